/* report.h — an uncaught error as text for people (api.md §2): code, message, place, source line, stack, cause. */
#ifndef GENE_HOST_REPORT_H
#define GENE_HOST_REPORT_H

#include "vm/vm.h"

/* Text of the file with this name, or NULL; NUL-terminated. Freed with free(). */
typedef char *(*ReportSourceFn)(VM *vm, const char *file);

/* Appends the report, which ends with a newline. Runs no Gene code. */
void report_exception(VM *vm, Value exception, ReportSourceFn source, Buffer *out);

#endif

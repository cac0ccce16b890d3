/* json_parse.h — plain JSON to values. */
#ifndef GENE_LIB_JSON_PARSE_H
#define GENE_LIB_JSON_PARSE_H

#include "vm/vm.h"

/* `text` must be reachable. Raises 'Invalid JSON: …' with line and column. Runs no Gene code. */
NativeResult json_parse_text(VM *vm, StrObj *text, Value *out);

#endif

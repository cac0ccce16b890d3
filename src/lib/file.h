/* file.h — what gene/io (io.c) and the classes File and Dir (file.c) share. */
#ifndef GENE_LIB_FILE_H
#define GENE_LIB_FILE_H

#include "lib/operation.h"

/* Outcomes of file operations, with the messages of language 29 §2–3. */
extern const Adaptation file_read, file_write, file_append, file_delete, file_make_dir, file_list;

/* Is this the host's reason for a path that does not exist? */
bool file_is_missing(const char *reason);
/* "NAME requires COUNT arguments (PARTS)"; false after raising. */
bool file_check_args(VM *vm, const Args *args, uint32_t count, const char *name, const char *parts);
/* "NAME requires a string path" unless argument i is one; false after raising. */
bool file_path_arg(VM *vm, const Args *args, uint32_t i, const char *name);
/* Future of an operation on a path; `second` is its other argument or VAL_UNSET. Both must be reachable. */
Value file_begin(VM *vm, int kind, Value path, Value second, const Adaptation *adaptation);
/* File, Dir, FileReader, bound globally and in `io`. */
void file_install(VM *vm, NamespaceObj *io);

#endif

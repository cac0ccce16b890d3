/* path.h — file names as text: nothing here looks at a file system. */
#ifndef GENE_LIB_PATH_H
#define GENE_LIB_PATH_H

#include "vm/vm.h"

/* The program's current directory; "/" when the host has told none. */
const char *path_current(VM *vm);
/* Appends `path` without "." and ".." and double slashes, absolute. */
void path_append_absolute(VM *vm, Buffer *out, const char *path, size_t size);
/* The absolute form of a string; unrooted. */
Value path_absolute(VM *vm, const StrObj *path);
/* Tables for the namespace io. */
void path_install(VM *vm, NamespaceObj *ns);

#endif

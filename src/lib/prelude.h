/* prelude.h — the part of the library written in Gene: the .gene files of this folder, compiled while the program is built
 * (host/prelude_main.c), so that nothing of it is read or compiled at run time. */
#ifndef GENE_LIB_PRELUDE_H
#define GENE_LIB_PRELUDE_H

#include "vm/vm.h"

typedef struct GenePreludeFile {
    const char *name;
    const unsigned char *image; /* compiler/image.h */
    size_t size;
} GenePreludeFile;

/* Sorted by name; a row of NULLs ends the list. */
extern const GenePreludeFile gene_prelude_files[];
extern const size_t gene_prelude_file_count;

/* Defines natives that only the file sees. */
typedef void (*PreludeInstall)(VM *vm, NamespaceObj *ns);

/* Code of a file's top-level forms in `module`, which is reachable and has no variables. Unrooted. */
CodeObj *prelude_load(VM *vm, ModuleObj *module, const char *file);
/* Calls a function of a file of functions in place of the running native: its Gene code may wait without a C stack of its own,
 * and call itself as deep as any Gene code. argv must not point into the fiber's stack. install may be NULL. */
NativeResult prelude_call(VM *vm, const char *file, PreludeInstall install, const char *name, const Value *argv,
                          uint32_t argc, Value *out);

#endif

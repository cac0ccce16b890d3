/* extensions.h — members of genex that are loaded when they are first used: a Gene file of this folder and the natives
 * that only that file sees. */
#ifndef GENE_LIB_EXTENSIONS_H
#define GENE_LIB_EXTENSIONS_H

#include "vm/vm.h"

typedef struct Extension {
    const char *name, *file;
    void (*install)(VM *vm, NamespaceObj *ns); /* defines the natives */
} Extension;

extern const Extension extensions[];
extern const size_t extension_count;

#endif

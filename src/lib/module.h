/* module.h — modules while they are loaded (language 21 §1–2). */
#ifndef GENE_LIB_MODULE_H
#define GENE_LIB_MODULE_H

#include "vm/vm.h"

typedef enum ModuleState {
    MODULE_NEW,     /* made; the main module stays so */
    MODULE_RUNNING, /* its body runs or waits */
    MODULE_LOADED,
} ModuleState;

/* The namespace of the module that `specifier`, a string or symbol, names for `importer`; run first if it has not run yet. In
 * place of the running native. */
NativeResult module_load(VM *vm, Value specifier, const ModuleObj *importer, Value *out);

#endif

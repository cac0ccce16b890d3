/* module.h — modules while they are loaded (language 21 §1–2). */
#ifndef GENE_LIB_MODULE_H
#define GENE_LIB_MODULE_H

#include "vm/vm.h"

typedef enum ModuleState {
    MODULE_NEW,     /* made; the main module stays so */
    MODULE_RUNNING, /* its body runs or waits */
    MODULE_LOADED,
} ModuleState;

#endif

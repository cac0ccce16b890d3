/* lib.h — the native part of Gene's library. One file per module, one table per file; see modules.h for the list. */
#ifndef GENE_LIB_LIB_H
#define GENE_LIB_LIB_H

#include "vm/vm.h"

/* Registers every module. Once, after vm_init and before any Gene code runs. */
void lib_install(VM *vm);

#endif

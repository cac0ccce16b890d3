/* system.h — what a host tells a program about itself. */
#ifndef GENE_LIB_SYSTEM_H
#define GENE_LIB_SYSTEM_H

#include "vm/vm.h"

/* Binds $args, $program and $env, as vm->args … say now, and gene/main_module. Again whenever a program is started. */
void system_bind_program(VM *vm);

#endif

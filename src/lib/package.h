/* package.h — where modules and packages are found: packages.gene and the natives it shares with import.gene. */
#ifndef GENE_LIB_PACKAGE_H
#define GENE_LIB_PACKAGE_H

#include "vm/vm.h"

void package_define_natives(VM *vm, NamespaceObj *ns);

#endif

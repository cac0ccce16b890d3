/* adapter.h — applying interfaces, and what adapters answer (language 20 §12–14). */
#ifndef GENE_VM_ADAPTER_H
#define GENE_VM_ADAPTER_H

#include "vm/bind.h"
#include "vm/vm.h"

/* (Interface value …): puts what it gives in place of the value, the first argument. *out_ctor is a constructor still to be
 * called with all of them, or nil. False after raising. */
bool adapter_apply(VM *vm, InterfaceObj *interface, const Arguments *a, Value *out_ctor);
/* a/name; nil unless the interface declares it. */
Value adapter_get(VM *vm, const AdapterObj *adapter, const SymbolObj *name);
/* (a/name = value); false after raising. */
bool adapter_set(VM *vm, AdapterObj *adapter, SymbolObj *name, Value value);
void adapter_install_intrinsics(VM *vm);

#endif

/* property.h — reading and writing members: a/b, a/0, a/<e> (language 03 §3.6, 12 §12.1–12.2). */
#ifndef GENE_VM_PROPERTY_H
#define GENE_VM_PROPERTY_H

#include "vm/vm.h"

/* Never raises and runs no Gene code: void when there is nothing. */
Value property_get(VM *vm, Value container, const SymbolObj *name);
Value property_get_index(VM *vm, Value container, int64_t index);
/* a/<key>: key must be a string, symbol or Int. False after raising. */
bool property_get_dynamic(VM *vm, Value container, Value key, Value *out);
/* The same for what a path's last part, naming a local variable, holds: "Invalid property type: KIND". */
bool property_check_key(VM *vm, Value key);
/* False after raising. */
bool property_set(VM *vm, Value container, SymbolObj *name, Value value);
bool property_set_index(VM *vm, Value container, int64_t index, Value value);
bool property_set_dynamic(VM *vm, Value container, Value key, Value value);
/* Raises when the container is sealed or frozen; `operation` and `frozen_operation` as in language 11 §11.1–11.2. */
bool check_mutable(VM *vm, Value container, const char *operation, const char *frozen_operation);
/* Text of a key that is a string, symbol or Int, as a symbol; NULL for other kinds. */
SymbolObj *property_key(VM *vm, Value key);

#endif

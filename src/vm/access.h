/* access.h — what the loop calls when an instruction's fast path does not apply. All may allocate; the bool ones return
 * false after raising. */
#ifndef GENE_VM_ACCESS_H
#define GENE_VM_ACCESS_H

#include "vm/vm.h"

bool access_get_name(VM *vm, Frame *frame, uint32_t constant, uint32_t cache_index, Value *out);
void access_set_name(VM *vm, Frame *frame, SymbolObj *name, Value value);
Value access_get_property(VM *vm, CodeObj *code, uint32_t cache_index, Value container, const SymbolObj *name);
bool access_set_property(VM *vm, CodeObj *code, uint32_t cache_index, Value container, SymbolObj *name, Value value);
Value access_make_function(VM *vm, Frame *frame, CodeObj *code);
bool access_append_spread(VM *vm, ArrayObj *target, Value source, uint32_t context);
bool access_merge_spread(VM *vm, Value target, Value source, uint32_t context);
bool access_spread_into_node(VM *vm, Value node, Value source, uint32_t properties);
bool access_require_present(VM *vm, Value value);
Value access_get_property_or_variable(VM *vm, Value container, const SymbolObj *name, Value variable);

#endif

/* call.h — calls as the loop, exec.c and generators see them. */
#ifndef GENE_VM_CALL_H
#define GENE_VM_CALL_H

#include "vm/vm.h"

/* Arguments of a spread call, copied above the current frame. */
typedef struct SpreadCall {
    uint32_t base, count, keyword_count;
    const Value *keyword_names;
} SpreadCall;

/* Where a native's outcome goes: stores the value or sets vm->wait_for. */
CallResult native_outcome(VM *vm, NativeResult result, Value out, uint32_t result_slot);
/* New instance of `callee`: stack[base] is scratch for self, `count` arguments follow it. */
CallResult vm_construct(VM *vm, Value callee, uint32_t base, uint32_t count, const Value *keyword_names,
                        uint32_t keyword_count, uint32_t result_slot, uint32_t flags);
/* Calls a method already looked up (VAL_UNSET: not found; then fields, on_method_missing, nil rules apply). `count`
 * includes the receiver at stack[base]. */
CallResult vm_call_found(VM *vm, Value method, SymbolObj *name, uint32_t base, uint32_t count,
                         const Value *keyword_names, uint32_t keyword_count, uint32_t result_slot, uint32_t flags);
CallResult vm_call_super(VM *vm, FunctionObj *running, SymbolObj *name, uint32_t base, uint32_t count,
                         const Value *keyword_names, uint32_t keyword_count, uint32_t result_slot);
/* A call in tail position of the running frame: replaces the frame when the callee is a plain function, else an ordinary
 * call whose value goes to register `a`. Callee in register a, arguments after it. */
CallResult vm_tail_call(VM *vm, Value callee, uint32_t a, uint32_t count, const Value *keyword_names,
                        uint32_t keyword_count);
CallResult vm_raise_no_method(VM *vm, Value receiver, const SymbolObj *name, uint32_t keyword_count);
/* Copies the items of `array` and the entries of map `keywords` (or nil) above top. False after raising. */
bool vm_spread_arguments(VM *vm, Value callee_slot_value, Value array, Value keywords, SpreadCall *out_call);
/* The same for a method: the first item is the receiver. */
bool vm_spread_method(VM *vm, Value name, Value array, Value keywords, SpreadCall *out_call);

#endif

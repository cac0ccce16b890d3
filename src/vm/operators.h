/* operators.h — operators whose slow case may call Gene code: the loop hands them to the driver as natives. */
#ifndef GENE_VM_OPERATORS_H
#define GENE_VM_OPERATORS_H

#include "vm/vm.h"

/* The loop hands a native, its arguments copied above the frame, to the driver and returns LOOP_NATIVE. False after raising. */
void pend_native(VM *vm, const NativeDef *def, uint32_t base, uint32_t count, uint32_t slot);
bool pend_pair(VM *vm, const NativeDef *def, Value a, Value b, uint32_t slot);
/* The jump of JEQI and JNEQI when == is a method: the driver makes it. */
bool pend_jump(VM *vm, Value a, Value b, int32_t offset, bool when);
/* The instruction, `words` before pc, runs again when what it has failed to assign to has been read. */
bool pend_again(VM *vm, Frame *frame, Value unread, uint32_t words, uint32_t slot);

extern const NativeDef equals_native, not_equals_native; /* a b */
extern const NativeDef jump_if_equal_native; /* a b offset when: moves the calling frame's pc when (a == b) is `when` */
extern const NativeDef interpolate_native;   /* part … */
extern const NativeDef missing_member_native; /* namespace name: asks on_member_missing handlers */

extern const NativeDef unread_member_native; /* container key: the member, both read first; nil key: the container */
extern const NativeDef unread_method_native; /* receiver name argument…: the same as the method's value */

/* Reads the node if it is unread. The value is reachable. Runs Gene code; false after raising. */
bool unread_settle(VM *vm, Value value);
/* (a == b) is decided by Gene code: a is an instance whose class has an own == method. */
bool equals_is_gene(VM *vm, Value a);
/* String of an interpolation's text, which it frees. False after raising. */
bool interpolated_string(VM *vm, Buffer *text, Value *out);
/* eval.c: form scope; template scope; form */
extern const NativeDef eval_native, eval_value_native, render_in_native, caller_eval_native;
/* quote.c: data; template values */
extern const NativeDef copy_quoted_native, render_native;

/* Does reading this absent member have to ask a handler? */
bool namespace_needs_handler(Value ns, const SymbolObj *name);
#endif

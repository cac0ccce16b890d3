/* operators.h — operators whose slow case may call Gene code: the loop hands them to the driver as natives. */
#ifndef GENE_VM_OPERATORS_H
#define GENE_VM_OPERATORS_H

#include "vm/vm.h"

extern const NativeDef equals_native, not_equals_native; /* a b */
extern const NativeDef jump_if_equal_native; /* a b offset when: moves the calling frame's pc when (a == b) is `when` */
extern const NativeDef interpolate_native;   /* part … */
extern const NativeDef missing_member_native; /* namespace name: asks on_member_missing handlers */

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

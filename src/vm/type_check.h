/* type_check.h — values at typed boundaries (language 09 §9.3), `is` and `.to` (§9.4). */
#ifndef GENE_VM_TYPE_CHECK_H
#define GENE_VM_TYPE_CHECK_H

#include "vm/vm.h"

/* What the message of a failure names. */
typedef struct TypeContext {
    Boundary boundary;
    const SymbolObj *name;            /* parameter, function, field */
    const SymbolObj *owner, *variant; /* PAYLOAD: enum and variant */
} TypeContext;

/* Replaces *io_value, which the caller keeps reachable, by what passes. False after raising. A lossy conversion warns. */
bool type_check(VM *vm, const TypeObj *type, Value *io_value, const TypeContext *context);
/* The same for register `reg` of the running frame. */
bool type_check_register(VM *vm, uint32_t reg, Value type, Boundary boundary);
/* Declared type of a field of the class or one above it; NULL: none. */
TypeObj *type_of_field(const ClassObj *class_, const SymbolObj *name);
/* Types that programs name in values: a class, a type value, a symbol, string or quoted expression. NULL: none of these. */
TypeObj *type_from_value(VM *vm, Value value);
/* v is T. False after raising. */
bool value_is(VM *vm, Value value, Value type, bool *out_holds);
/* Does a tail call of `callee` check all that the running function's own return type asks for? */
bool type_covers_return(const Frame *frame, Value callee);

#endif

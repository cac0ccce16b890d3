/* variant.h — what enum variants do when they are called, read and matched (language 08). */
#ifndef GENE_VM_VARIANT_H
#define GENE_VM_VARIANT_H

#include "vm/call.h"

/* Calls a variant: its value with the arguments at stack[base…] as payload goes to stack[result_slot]. */
CallResult variant_construct(VM *vm, Value callee, uint32_t base, uint32_t count, const Value *keyword_names,
                             uint32_t keyword_count, uint32_t result_slot);
/* (v .name) of a value with payload: the field's value, or VAL_UNSET. */
Value variant_get_field(Value value, const SymbolObj *name);
/* Raises unless the head of a pattern is a variant with `binders` fields. */
bool variant_check_pattern(VM *vm, Value head, uint32_t binders);

/* Payload `number` of a value; void when there is none. */
static inline Value variant_payload(Value value, uint32_t number) {
    bool has = is_enum_value(value) && number < enum_value_of(value)->variant->field_count;
    return LIKELY(has) ? enum_value_of(value)->payload[number] : VAL_VOID;
}

typedef enum Unwrapped {
    UNWRAPPED_VALUE, /* *io_value goes on: the payload of Ok and Some, anything that is neither Result nor Option as it was */
    UNWRAPPED_EXIT, /* Err or None: to be returned */
} Unwrapped;

static inline Unwrapped variant_unwrap(VM *vm, Value *io_value) {
    VariantObj *const *builtin = vm->space.variants;
    const VariantObj *variant = variant_of_any(*io_value);
    if (!variant) return UNWRAPPED_VALUE;
    if (*io_value == value_pointer(builtin[VARIANT_NONE])) return UNWRAPPED_EXIT;
    if (!is_enum_value(*io_value)) return UNWRAPPED_VALUE;
    if (variant == builtin[VARIANT_ERR]) return UNWRAPPED_EXIT;
    if (variant == builtin[VARIANT_OK] || variant == builtin[VARIANT_SOME]) {
        *io_value = enum_value_of(*io_value)->payload[0];
    }
    return UNWRAPPED_VALUE;
}

#endif

/* variant.c — constructing values of enum variants, reading their fields, checking patterns.
 * Invariant: arguments stay in their stack slots until the value that takes them over exists. */
#include "vm/variant.h"

#include "vm/suggest.h"
#include "vm/type_check.h"

/* --- messages --------------------------------------------------------------------------------------------------------- */

/* Writes "Enum/Variant". */
static void append_variant(Buffer *text, const VariantObj *variant) {
    buffer_append_format(text, "%s/%s", variant->parent->name->text, variant->name->text);
}

static void append_fields(Buffer *text, const VariantObj *variant) {
    for (uint32_t i = 0; i < variant->field_count; i++) {
        buffer_append_format(text, "%s%s", i ? ", " : "", variant->fields[i].name->text);
    }
}

static void append_names(Buffer *text, SymbolObj *const *names, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) buffer_append_format(text, "%s%s", i ? ", " : "", names[i]->text);
}

/* Raises the text and frees it. */
static CallResult raise_text(VM *vm, ErrorId id, Buffer *text) {
    vm_raise(vm, id, "%s", buffer_text(text));
    buffer_free(text);
    return CALL_RAISED;
}

static CallResult raise_count(VM *vm, const VariantObj *variant, uint32_t count) {
    Buffer text;
    buffer_init(&text);
    if (variant->field_count == 0) {
        buffer_append_text(&text, "Unit variant ");
        append_variant(&text, variant);
        buffer_append_format(&text, " expects 0 arguments, got %u", count);
    } else {
        buffer_append_text(&text, "Variant ");
        append_variant(&text, variant);
        buffer_append_format(&text, " expects %u arguments (", variant->field_count);
        append_fields(&text, variant);
        buffer_append_format(&text, "), got %u", count);
    }
    return raise_text(vm, ERR_ARITY, &text);
}

static int compare_names(const void *a, const void *b) {
    const SymbolObj *const *x = a, *const *y = b;
    return strcmp((*x)->text, (*y)->text);
}

/* --- keywords --------------------------------------------------------------------------------------------------------- */

typedef struct Keywords {
    const Value *names;
    uint32_t count;
} Keywords;

/* Number of the keyword of that name, or -1. */
static int32_t find_keyword(const Keywords *keywords, const SymbolObj *name) {
    for (uint32_t i = 0; i < keywords->count; i++) {
        if (symbol_of(keywords->names[i]) == name) return (int32_t)i;
    }
    return -1;
}

/* The keywords that name no field, or (missing) the fields that no keyword names. */
static uint32_t mismatched(const VariantObj *variant, const Keywords *keywords, bool missing, SymbolObj **out_names) {
    uint32_t used = 0;
    uint32_t count = missing ? variant->field_count : keywords->count;
    for (uint32_t i = 0; i < count; i++) {
        SymbolObj *name = missing ? variant->fields[i].name : symbol_of(keywords->names[i]);
        int32_t found = missing ? find_keyword(keywords, name) : variant_find_field(variant, name);
        if (found < 0) out_names[used++] = name;
    }
    return used;
}

/* CALL_VALUE when every field has its keyword and every keyword its field. */
static CallResult check_keywords(VM *vm, const VariantObj *variant, const Keywords *keywords) {
    uint32_t most = keywords->count > variant->field_count ? keywords->count : variant->field_count;
    SymbolObj **names = malloc(most * sizeof *names);
    if (!names) {
        vm_raise(vm, ERR_LIMIT_MEMORY, "no memory left for the keywords of a variant");
        return CALL_RAISED;
    }
    uint32_t count = mismatched(variant, keywords, false, names);
    bool unknown = count > 0;
    if (unknown) qsort(names, count, sizeof *names, compare_names);
    if (!unknown) count = mismatched(variant, keywords, true, names);
    CallResult result = CALL_VALUE;
    if (count > 0) {
        Buffer text;
        buffer_init(&text);
        buffer_append_text(&text, variant->field_count ? "Variant " : "Unit variant ");
        append_variant(&text, variant);
        buffer_append_text(&text, variant->field_count == 0 ? " expects 0 keyword arguments, got: "
                                  : unknown                 ? " got unknown keyword argument(s): "
                                                            : " missing keyword argument(s): ");
        append_names(&text, names, count);
        if (variant->field_count) {
            buffer_append_text(&text, "; expected fields: ");
            append_fields(&text, variant);
        }
        result = raise_text(vm, ERR_KEYWORD, &text);
    }
    free(names);
    return result;
}

/* --- values ------------------------------------------------------------------------------------------------------------- */

/* Checks and converts the payload at stack[base…] (language 09 §9.3). */
static bool check_types(VM *vm, const VariantObj *variant, uint32_t base) {
    for (uint32_t i = 0; i < variant->field_count; i++) {
        const TypeObj *type = variant->fields[i].type;
        Value value = vm->fiber->stack[base + i];
        if (!type || type->mask & KIND_BIT(type_kind(value))) continue;
        TypeContext context = {BOUNDARY_PAYLOAD, variant->fields[i].name, variant->parent->name, variant->name};
        if (!type_check(vm, type, &value, &context)) return false;
        vm->fiber->stack[base + i] = value;
    }
    return true;
}

/* The value whose payload stands at stack[base…], below the fiber's top. */
static CallResult make_value(VM *vm, VariantObj *variant, uint32_t base, uint32_t result_slot) {
    if (variant->is_typed && !check_types(vm, variant, base)) return CALL_RAISED;
    EnumValueObj *value = enum_value_make(vm, variant);
    memcpy(value->payload, vm->fiber->stack + base, variant->field_count * sizeof(Value));
    vm->fiber->stack[result_slot] = value_pointer(value);
    return CALL_VALUE;
}

static CallResult construct_by_keyword(VM *vm, VariantObj *variant, uint32_t values, const Keywords *keywords,
                                       uint32_t result_slot) {
    CallResult checked = check_keywords(vm, variant, keywords);
    if (checked != CALL_VALUE) return checked;
    Fiber *fiber = vm->fiber;
    if (!fiber_reserve(vm, fiber, variant->field_count)) return CALL_RAISED;
    uint32_t base = fiber->top;
    for (uint32_t i = 0; i < variant->field_count; i++) {
        uint32_t keyword = (uint32_t)find_keyword(keywords, variant->fields[i].name);
        fiber->stack[base + i] = fiber->stack[values + keyword];
    }
    fiber->top = base + variant->field_count;
    return make_value(vm, variant, base, result_slot);
}

CallResult variant_construct(VM *vm, Value callee, uint32_t base, uint32_t count, const Value *keyword_names,
                             uint32_t keyword_count, uint32_t result_slot) {
    VariantObj *variant = variant_of(callee);
    Fiber *fiber = vm->fiber;
    uint32_t top = fiber->top;
    uint32_t end = base + count + keyword_count;
    if (fiber->top < end) fiber->top = end;
    fiber->stack[base - 1] = callee; /* keeps the variant until the value does */
    CallResult result = CALL_VALUE;
    if (keyword_count) {
        Keywords keywords = {keyword_names, keyword_count};
        if (count > 0 && variant->field_count > 0) {
            vm_raise(vm, ERR_KEYWORD, "Variant %s/%s cannot mix positional and keyword arguments",
                     variant->parent->name->text, variant->name->text);
            result = CALL_RAISED;
        } else {
            result = construct_by_keyword(vm, variant, base + count, &keywords, result_slot);
        }
    } else if (count != variant->field_count) {
        result = raise_count(vm, variant, count);
    } else if (count == 0) {
        fiber->stack[result_slot] = callee;
    } else {
        result = make_value(vm, variant, base, result_slot);
    }
    fiber->top = top;
    return result;
}

Value variant_get_field(Value value, const SymbolObj *name) {
    const EnumValueObj *self = enum_value_of(value);
    int32_t field = variant_find_field(self->variant, name);
    return field < 0 ? VAL_UNSET : self->payload[field];
}

/* --- patterns ----------------------------------------------------------------------------------------------------------- */

bool variant_check_pattern(VM *vm, Value head, uint32_t binders) {
    if (!is_variant(head)) {
        vm_raise(vm, ERR_TYPE_PLAIN, "Enum pattern expected VkEnumMember, got %s", kind_name(head));
        suggest_text(vm, "the pattern names no variant of an enum");
        return false;
    }
    const VariantObj *variant = variant_of(head);
    if (variant->field_count == binders) return true;
    Buffer text;
    buffer_init(&text);
    buffer_append_text(&text, "variant ");
    append_variant(&text, variant);
    buffer_append_format(&text, " pattern expects %u binding(s)", variant->field_count);
    if (variant->field_count) {
        buffer_append_text(&text, " (");
        append_fields(&text, variant);
        buffer_append_text(&text, ")");
    }
    buffer_append_format(&text, ", got %u", binders);
    raise_text(vm, ERR_ARITY, &text);
    return false;
}

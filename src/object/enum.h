/* enum.h — enum declarations, their variants, and variants with a payload (language 08).
 * Invariants: one EnumObj for each declaration in a source, made when it is compiled, so a variant is known by its address;
 * an EnumValueObj holds exactly variant->field_count values and never changes. */
#ifndef GENE_OBJECT_ENUM_H
#define GENE_OBJECT_ENUM_H

#include "object/class.h"
#include "object/type.h"

#define ENUM_FIELDS_MAX 200u

typedef struct EnumObj EnumObj;

typedef struct EnumField {
    SymbolObj *name;
    TypeObj *type; /* NULL: accepts anything */
} EnumField;

typedef struct VariantObj {
    Obj header;
    EnumObj *parent;
    SymbolObj *name;
    uint32_t field_count; /* 0: a unit variant, which is itself a value */
    bool is_typed;        /* some field has a type */
    EnumField fields[];
} VariantObj;

struct EnumObj {
    Obj header;
    SymbolObj *name;
    ClassObj *class_;      /* of its variants and values; has the enum's name */
    VariantObj **variants; /* in order of declaration */
    uint32_t count, capacity;
};

typedef struct EnumValueObj {
    Obj header;
    VariantObj *variant;
    Value payload[];
} EnumValueObj;

/* Both want the collector paused. */
EnumObj *enum_make(VM *vm, SymbolObj *name);
VariantObj *enum_add_variant(VM *vm, EnumObj *enum_, SymbolObj *name, const EnumField *fields, uint32_t field_count);
/* NULL: no such variant. */
VariantObj *enum_find(const EnumObj *enum_, const SymbolObj *name);
/* Number of a field, or -1. */
int32_t variant_find_field(const VariantObj *variant, const SymbolObj *name);
/* The payload, all nil; the variant must stay reachable. */
EnumValueObj *enum_value_make(VM *vm, VariantObj *variant);

static inline bool is_enum(Value value) { return is_obj_type(value, OBJ_ENUM); }
static inline EnumObj *enum_of(Value value) { return (EnumObj *)pointer_of(value); }
static inline bool is_variant(Value value) { return is_obj_type(value, OBJ_VARIANT); }
static inline VariantObj *variant_of(Value value) { return (VariantObj *)pointer_of(value); }
static inline bool is_enum_value(Value value) { return is_obj_type(value, OBJ_ENUM_VALUE); }
static inline EnumValueObj *enum_value_of(Value value) { return (EnumValueObj *)pointer_of(value); }
/* The variant of a variant or of a value with payload; NULL of anything else. */
static inline VariantObj *variant_of_any(Value value) {
    if (is_enum_value(value)) return enum_value_of(value)->variant;
    return is_variant(value) ? variant_of(value) : NULL;
}
/* Is the value one of exactly this variant? A constructor is none. */
static inline bool variant_matches(const VariantObj *variant, Value value) {
    if (variant->field_count == 0) return value == value_pointer(variant);
    return is_enum_value(value) && enum_value_of(value)->variant == variant;
}

void enum_describe(Heap *heap);

#endif

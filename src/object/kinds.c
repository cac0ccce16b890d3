/* kinds.c — what kind a value is, as programs and messages see it. */
#include "object/space.h"

static const char *const kind_names[OBJ_TYPE_COUNT] = {
#define OBJ_TYPE(suffix, kind, type_name) kind,
    OBJ_TYPES(OBJ_TYPE)
#undef OBJ_TYPE
};

static const char *const type_names[OBJ_TYPE_COUNT] = {
#define OBJ_TYPE(suffix, kind, type_name) type_name,
    OBJ_TYPES(OBJ_TYPE)
#undef OBJ_TYPE
};

/* The name of a form that stands for itself as a value: `interceptor`. */
static bool is_native_macro(Value value) {
    return obj_type_of(value) == OBJ_NATIVE && (native_of(value)->def->flags & NATIVE_FORM);
}

const char *kind_name(Value value) {
    if (is_object(value)) return is_native_macro(value) ? "VkNativeMacro" : kind_names[obj_type_of(value)];
    if (is_small_int(value)) return "VkInt";
    if (is_float(value)) return "VkFloat";
    if (is_char(value) || value == VAL_NOT_FOUND) return "VkChar";
    if (is_bool(value)) return "VkBool";
    if (is_nil(value)) return "VkNil";
    return value == VAL_PLACEHOLDER ? "VkPlaceholder" : "VkVoid";
}

const char *type_name(VM *vm, Value value) {
    if (is_object(value)) {
        ObjType type = obj_type_of(value);
        if (type == OBJ_INSTANCE || (type >= OBJ_ITERATOR && type <= OBJ_ENUM_VALUE)) {
            return class_of(vm, value)->name->text;
        }
        return is_native_macro(value) ? kind_name(value) : type_names[type];
    }
    if (is_small_int(value)) return "Int";
    if (is_float(value)) return "Float";
    if (is_bool(value)) return "Bool";
    return is_nil(value) ? "Nil" : kind_name(value);
}

/* The kinds without one class stand together in obj_types.h: iterators, variants, enum values, adapters. */
ClassObj *class_of(VM *vm, Value value) {
    const ObjectSpace *space = vm_space(vm);
    if (is_object(value)) {
        ObjType type = obj_type_of(value);
        if (type == OBJ_INSTANCE) return instance_of(value)->class_;
        if (type >= OBJ_ITERATOR && type <= OBJ_ADAPTER) {
            if (type == OBJ_ADAPTER) return adapter_of(value)->implementation;
            const VariantObj *variant = variant_of_any(value);
            if (variant) return variant->parent->class_;
            if (space->class_of_iterator) return space->class_of_iterator(vm, value);
        }
        return space->type_classes[type];
    }
    if (is_small_int(value)) return space->int_class;
    if (is_float(value)) return space->float_class;
    if (is_char(value) || value == VAL_NOT_FOUND) return space->char_class;
    if (is_bool(value)) return space->bool_class;
    if (is_nil(value)) return space->nil_class;
    return value == VAL_PLACEHOLDER ? space->special_class : space->void_class;
}

/* enum.c — enums, variants and their payloads; read enum.h first. */
#include "object/enum.h"

#include "object/space.h"

EnumObj *enum_make(VM *vm, SymbolObj *name) {
    ENSURE(vm_heap(vm)->pause_depth > 0, "enums are made while compiling or at start-up");
    EnumObj *enum_ = heap_alloc(vm, OBJ_ENUM, sizeof(EnumObj));
    enum_->name = name;
    enum_->class_ = class_make(vm, name, vm_space(vm)->object_class);
    return enum_;
}

VariantObj *enum_add_variant(VM *vm, EnumObj *enum_, SymbolObj *name, const EnumField *fields, uint32_t field_count) {
    ENSURE(vm_heap(vm)->pause_depth > 0, "enums are made while compiling or at start-up");
    VariantObj *variant = heap_alloc(vm, OBJ_VARIANT, sizeof(VariantObj) + field_count * sizeof(EnumField));
    variant->parent = enum_;
    variant->name = name;
    variant->field_count = field_count;
    for (uint32_t i = 0; i < field_count; i++) {
        variant->fields[i] = fields[i];
        if (fields[i].type) variant->is_typed = true;
    }
    if (enum_->count == enum_->capacity) {
        uint32_t capacity = enum_->capacity ? enum_->capacity * 2 : 4;
        enum_->variants = heap_realloc_buffer(vm, enum_->variants, enum_->capacity * sizeof *enum_->variants,
                                              capacity * sizeof *enum_->variants);
        enum_->capacity = capacity;
    }
    enum_->variants[enum_->count++] = variant;
    heap_touch(vm, enum_);
    return variant;
}

VariantObj *enum_find(const EnumObj *enum_, const SymbolObj *name) {
    for (uint32_t i = 0; i < enum_->count; i++) {
        if (enum_->variants[i]->name == name) return enum_->variants[i];
    }
    return NULL;
}

int32_t variant_find_field(const VariantObj *variant, const SymbolObj *name) {
    for (uint32_t i = 0; i < variant->field_count; i++) {
        if (variant->fields[i].name == name) return (int32_t)i;
    }
    return -1;
}

EnumValueObj *enum_value_make(VM *vm, VariantObj *variant) {
    uint32_t count = variant->field_count;
    EnumValueObj *value = heap_alloc(vm, OBJ_ENUM_VALUE, sizeof(EnumValueObj) + count * sizeof(Value));
    value->variant = variant;
    for (uint32_t i = 0; i < count; i++) value->payload[i] = VAL_NIL;
    return value;
}

static void trace_enum(Heap *heap, Obj *object) {
    const EnumObj *enum_ = (EnumObj *)object;
    heap_mark_object(heap, enum_->name);
    heap_mark_object(heap, enum_->class_);
    for (uint32_t i = 0; i < enum_->count; i++) heap_mark_object(heap, enum_->variants[i]);
}

static void finalize_enum(Heap *heap, Obj *object) {
    EnumObj *enum_ = (EnumObj *)object;
    heap_free_buffer(heap, enum_->variants, enum_->capacity * sizeof *enum_->variants);
}

static void trace_variant(Heap *heap, Obj *object) {
    const VariantObj *variant = (VariantObj *)object;
    heap_mark_object(heap, variant->parent);
    heap_mark_object(heap, variant->name);
    for (uint32_t i = 0; i < variant->field_count; i++) {
        heap_mark_object(heap, variant->fields[i].name);
        heap_mark_object(heap, variant->fields[i].type);
    }
}

static void trace_enum_value(Heap *heap, Obj *object) {
    const EnumValueObj *value = (EnumValueObj *)object;
    heap_mark_object(heap, value->variant);
    heap_mark_values(heap, value->payload, value->variant->field_count);
}

void enum_describe(Heap *heap) {
    static const ObjDescriptor enum_ = {trace_enum, finalize_enum};
    static const ObjDescriptor variant = {trace_variant, NULL};
    static const ObjDescriptor value = {trace_enum_value, NULL};
    heap_describe(heap, OBJ_ENUM, &enum_);
    heap_describe(heap, OBJ_VARIANT, &variant);
    heap_describe(heap, OBJ_ENUM_VALUE, &value);
}

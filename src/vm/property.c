/* property.c — what each kind of container answers to a member name or index. */
#include "vm/property.h"

#include "base/number.h"
#include "vm/adapter.h"
#include "vm/type_check.h"

bool check_mutable(VM *vm, Value container, const char *operation, const char *frozen_operation) {
    if (LIKELY(!is_obj_immutable(pointer_of(container)))) return true;
    const Obj *object = pointer_of(container);
    static const char *const names[OBJ_TYPE_COUNT] = {[OBJ_ARRAY] = "array",
                                                      [OBJ_MAP] = "map",
                                                      [OBJ_HASHMAP] = "hash map",
                                                      [OBJ_SET] = "hash set",
                                                      [OBJ_NODE] = "gene"};
    if (object->flags & OBJ_SEALED)
        vm_raise(vm, ERR_SEALED, "Cannot %s sealed %s", operation, names[object->type]);
    else
        vm_raise(vm, ERR_SEALED, "cannot mutate frozen %s via %s", kind_name(container), frozen_operation);
    return false;
}

SymbolObj *property_key(VM *vm, Value key) {
    if (is_symbol(key)) return symbol_of(key);
    if (is_string(key)) return symbol_from_string(vm, string_of(key));
    if (is_int(key)) {
        char text[NUMBER_TEXT_MAX];
        return symbol_intern(vm, text, number_format_int(int_of(key), text));
    }
    return NULL;
}

static Value or_void(Value value) { return value == VAL_UNSET ? VAL_VOID : value; }

static Value class_member(const ClassObj *class_, const SymbolObj *name) {
    for (; class_; class_ = class_->parent) {
        Value value = namespace_get(class_->ns, name);
        if (value != VAL_UNSET) return value;
    }
    return VAL_VOID;
}

Value property_get(VM *vm, Value container, const SymbolObj *name) {
    if (container == VAL_NIL) return VAL_NIL;
    if (!is_object(container)) return VAL_VOID;
    switch (obj_type_of(container)) {
    case OBJ_MAP: return or_void(map_get(map_of(container), name));
    case OBJ_NODE: return or_void(table_get_symbol(&node_of(container)->props, name));
    case OBJ_INSTANCE: return or_void(instance_get(instance_of(container), name));
    case OBJ_NAMESPACE: return or_void(namespace_get(namespace_of(container), name));
    case OBJ_CLASS: return class_member(class_of_value(container), name);
    case OBJ_ADAPTER: return adapter_get(vm, adapter_of(container), name);
    case OBJ_ADAPTER_STORE: return or_void(table_get_symbol(&adapter_store_of(container)->properties, name));
    case OBJ_MATCH: return match_property(vm, match_of(container), name);
    case OBJ_ENUM: {
        const VariantObj *variant = enum_find(enum_of(container), name);
        return variant ? value_pointer(variant) : VAL_VOID;
    }
    default: return VAL_VOID;
    }
}

Value property_get_index(VM *vm, Value container, int64_t index) {
    if (container == VAL_NIL) return VAL_NIL;
    if (!is_object(container)) return VAL_VOID;
    const Value *items;
    int64_t count;
    switch (obj_type_of(container)) {
    case OBJ_ARRAY:
        items = array_of(container)->items;
        count = array_of(container)->count;
        break;
    case OBJ_NODE:
        items = node_of(container)->children;
        count = node_of(container)->count;
        break;
    case OBJ_MAP:
    case OBJ_INSTANCE:
    case OBJ_ADAPTER:
    case OBJ_ADAPTER_STORE: return property_get(vm, container, property_key(vm, int_make(vm, index)));
    default: return VAL_VOID;
    }
    if (index < 0) index += count;
    return index >= 0 && index < count ? items[index] : VAL_VOID;
}

bool property_check_key(VM *vm, Value key) {
    if (is_int(key) || is_symbol(key) || is_string(key)) return true;
    vm_raise(vm, ERR_RUNTIME, "Invalid property type: %s", kind_name(key));
    return false;
}

bool property_get_dynamic(VM *vm, Value container, Value key, Value *out) {
    if (is_int(key)) {
        *out = property_get_index(vm, container, int_of(key));
        return true;
    }
    if (is_symbol(key) || is_string(key)) {
        *out = property_get(vm, container, property_key(vm, key));
        return true;
    }
    if (key == VAL_NIL)
        vm_raise(vm, ERR_RUNTIME, "Dynamic selector segment cannot be nil");
    else if (key == VAL_VOID)
        vm_raise(vm, ERR_RUNTIME, "Dynamic selector segment cannot be void");
    else
        vm_raise(vm, ERR_RUNTIME, "Dynamic selector segment must resolve to string, symbol, or int, got %s",
                 kind_name(key));
    return false;
}

static bool set_field(VM *vm, InstanceObj *instance, SymbolObj *name, Value value) {
    const TypeObj *type = UNLIKELY(instance->class_->checks_fields) ? type_of_field(instance->class_, name) : NULL;
    TypeContext context = {.boundary = BOUNDARY_FIELD, .name = name};
    if (type && !type_check(vm, type, &value, &context)) return false;
    instance_set(vm, instance, name, value);
    return true;
}

/* `operation` is what the language calls the kind of assignment when it refuses to change something frozen. */
static bool set_named(VM *vm, Value container, SymbolObj *name, Value value, const char *operation) {
    if (is_object(container)) {
        switch (obj_type_of(container)) {
        case OBJ_MAP:
            if (!check_mutable(vm, container, "set item on", operation)) return false;
            map_set(vm, map_of(container), name, value);
            return true;
        case OBJ_NODE:
            if (!check_mutable(vm, container, "set property on", operation)) return false;
            node_set_prop(vm, node_of(container), name, value);
            return true;
        case OBJ_INSTANCE: return set_field(vm, instance_of(container), name, value);
        case OBJ_NAMESPACE: namespace_set(vm, namespace_of(container), name, value); return true;
        case OBJ_CLASS: namespace_set(vm, class_of_value(container)->ns, name, value); return true;
        case OBJ_ADAPTER: return adapter_set(vm, adapter_of(container), name, value);
        case OBJ_ADAPTER_STORE:
            table_set_symbol(vm, &adapter_store_of(container)->properties, name, value);
            heap_touch(vm, adapter_store_of(container));
            return true;
        case OBJ_ARRAY: vm_raise(vm, ERR_RUNTIME, "Cannot set named member '%s' on array", name->text); return false;
        default: break;
        }
    }
    if (container == VAL_NIL) {
        vm_raise(vm, ERR_RUNTIME, "Cannot set member '%s' on nil (namespace or object doesn't exist)", name->text);
    } else {
        vm_raise(vm, ERR_RUNTIME, "Cannot set member on value of type: %s", kind_name(container));
    }
    return false;
}

bool property_set(VM *vm, Value container, SymbolObj *name, Value value) {
    return set_named(vm, container, name, value, "IkSetMember");
}

static bool set_at(VM *vm, Value container, int64_t index, Value value, const char *operation) {
    if (is_array(container)) {
        ArrayObj *array = array_of(container);
        if (index < 0 || index >= array->count) {
            vm_raise(vm, ERR_INDEX, "Array index out of bounds: %lld (len=%u)", (long long)index, array->count);
            return false;
        }
        if (!check_mutable(vm, container, "set item on", operation)) return false;
        array->items[index] = value;
        heap_touch(vm, array);
        return true;
    }
    if (is_node(container)) {
        NodeObj *node = node_of(container);
        if (index < 0 || index >= node->count) {
            vm_raise(vm, ERR_INDEX, "Gene child index out of bounds: %lld (len=%u)", (long long)index, node->count);
            return false;
        }
        if (!check_mutable(vm, container, "set child on", operation)) return false;
        node->children[index] = value;
        heap_touch(vm, node);
        return true;
    }
    vm_raise(vm, ERR_RUNTIME, "Cannot set child on value of type: %s", kind_name(container));
    return false;
}

bool property_set_index(VM *vm, Value container, int64_t index, Value value) {
    return set_at(vm, container, index, value, "IkSetChild");
}

bool property_set_dynamic(VM *vm, Value container, Value key, Value value) {
    if (container == VAL_NIL) {
        vm_raise(vm, ERR_RUNTIME, "Cannot set member on nil (namespace or object doesn't exist)");
        return false;
    }
    if (is_array(container) || (is_node(container) && is_int(key))) {
        if (!is_int(key)) {
            vm_raise(vm, ERR_RUNTIME, "Array index must be an integer");
            return false;
        }
        return set_at(vm, container, int_of(key), value, "IkSetMemberDynamic");
    }
    SymbolObj *name = property_key(vm, key);
    if (!name) {
        vm_raise(vm, ERR_RUNTIME, "Invalid property type: %s", kind_name(key));
        return false;
    }
    return set_named(vm, container, name, value, "IkSetMemberDynamic");
}

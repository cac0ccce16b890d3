/* access.c — the slow halves of the loop's name, property, closure and spread instructions; they fill inline caches.
 * Invariant: a cache entry is only trusted together with the shape, namespace or epoch it was made under. */
#include "vm/access.h"

#include "vm/property.h"
#include "vm/suggest.h"
#include "vm/type_check.h"

bool access_get_name(VM *vm, Frame *frame, uint32_t constant, uint32_t cache_index, Value *out) {
    InlineCache *cache = &frame->code->caches[cache_index];
    NamespaceObj *ns = frame->fn->ns;
    const SymbolObj *name = symbol_of(frame->code->constants[constant]);
    for (NamespaceObj *at = ns; at; at = at->parent) {
        Value *slot = table_find_symbol(&at->members, name);
        if (!slot) continue;
        cache->key = ns;
        cache->epoch = vm->space.namespace_epoch;
        cache->slot = slot;
        *out = *slot;
        return true;
    }
    /* A variable of the module that was declared after this code was compiled (REPL, later evals). */
    const ModuleObj *module = frame->code->module;
    Value slot = table_get_symbol(&module->names, name);
    if (slot != VAL_UNSET) {
        *out = module->vars[small_int_of(slot)];
        return true;
    }
    vm_raise(vm, ERR_UNDEFINED, "%s is not defined", name->text);
    suggest_name(vm, frame, name);
    return false;
}

void access_set_name(VM *vm, Frame *frame, SymbolObj *name, Value value) {
    for (NamespaceObj *at = frame->fn->ns; at; at = at->parent) {
        if (namespace_get(at, name) == VAL_UNSET) continue;
        namespace_set(vm, at, name, value);
        return;
    }
    namespace_set(vm, frame->code->module->ns, name, value);
}

Value access_get_property(VM *vm, CodeObj *code, uint32_t cache_index, Value container, const SymbolObj *name) {
    if (is_instance(container)) {
        InstanceObj *instance = instance_of(container);
        int32_t slot = shape_find(instance->shape, name);
        if (slot < 0) return VAL_VOID;
        InlineCache *cache = &code->caches[cache_index];
        cache->key = instance->shape;
        cache->index = (uint32_t)slot;
        return instance->values[slot];
    }
    if (is_map(container)) {
        const Table *table = &map_of(container)->table;
        Value *found = table_find_symbol(table, name);
        if (!found) return VAL_VOID;
        InlineCache *cache = &code->caches[cache_index];
        cache->key = NULL; /* the index is no slot of the shape that was there */
        cache->index = (uint32_t)(((char *)found - (char *)table->entries) / (ptrdiff_t)sizeof(TableEntry));
        return *found;
    }
    if (is_enum(container)) {
        const EnumObj *enum_ = enum_of(container);
        InlineCache *cache = &code->caches[cache_index];
        if (cache->index < enum_->count && enum_->variants[cache->index]->name == name) {
            return value_pointer(enum_->variants[cache->index]);
        }
        cache->key = NULL; /* as above */
        for (cache->index = 0; cache->index < enum_->count; cache->index++) {
            if (enum_->variants[cache->index]->name == name) return value_pointer(enum_->variants[cache->index]);
        }
        return VAL_VOID;
    }
    return property_get(vm, container, name);
}

bool access_set_property(VM *vm, CodeObj *code, uint32_t cache_index, Value container, SymbolObj *name, Value value) {
    if (!property_set(vm, container, name, value)) return false;
    if (is_instance(container)) {
        InstanceObj *instance = instance_of(container);
        /* Instances with this shape check this name too: they always come here. */
        if (instance->class_->checks_fields && type_of_field(instance->class_, name)) return true;
        InlineCache *cache = &code->caches[cache_index];
        cache->key = instance->shape;
        cache->index = (uint32_t)shape_find(instance->shape, name);
    }
    return true;
}

Value access_make_function(VM *vm, Frame *frame, CodeObj *code) {
    Value value = function_make(vm, code, frame->fn->ns);
    FunctionObj *fn = function_of(value);
    Value *R = vm->fiber->stack + frame->base;
    for (uint32_t i = 0; i < code->capture_count; i++) {
        const Capture *capture = &code->captures[i];
        fn->upvalues[i] = capture->from_register ? cell_of(R[capture->index]) : frame->fn->upvalues[capture->index];
    }
    fn->home_class = frame->fn->home_class;
    return value;
}

static bool check_room(VM *vm, size_t count) {
    if (count * sizeof(Value) <= HEAP_SMALL_REQUEST || heap_can_allocate(vm, count * sizeof(Value))) return true;
    vm_raise(vm, ERR_LIMIT_MEMORY, "memory limit reached: no room for %zu more items (limits.memory)", count);
    return false;
}

bool access_append_spread(VM *vm, ArrayObj *target, Value source, uint32_t context) {
    if (source == VAL_NIL) return true;
    if (!is_array(source)) {
        vm_raise(vm, ERR_RUNTIME, "... can only spread arrays in %s context, got %s",
                 context ? "gene children" : "array", kind_name(source));
        return false;
    }
    ArrayObj *from = array_of(source);
    if (!check_room(vm, (size_t)target->count + from->count)) return false;
    array_append(vm, target, from->items, from->count);
    return true;
}

bool access_merge_spread(VM *vm, Value target, Value source, uint32_t context) {
    if (source == VAL_NIL) return true;
    if (!is_map(source)) {
        vm_raise(vm, ERR_RUNTIME, "... can only spread maps in %s context, got %s", context ? "gene properties" : "map",
                 kind_name(source));
        return false;
    }
    const Table *table = &map_of(source)->table;
    for (uint32_t i = table_next(table, 0); i < table->used; i = table_next(table, i + 1)) {
        SymbolObj *key = symbol_of(table->entries[i].key);
        if (is_map(target))
            map_set(vm, map_of(target), key, table->entries[i].value);
        else
            node_set_prop(vm, node_of(target), key, table->entries[i].value);
    }
    return true;
}

bool access_spread_into_node(VM *vm, Value node, Value source, uint32_t properties) {
    if (properties) return access_merge_spread(vm, node, source, 1);
    if (source == VAL_NIL) return true;
    if (!is_array(source)) {
        vm_raise(vm, ERR_RUNTIME, "... can only spread arrays in gene children context, got %s", kind_name(source));
        return false;
    }
    if (!check_room(vm, (size_t)node_of(node)->count + array_of(source)->count)) return false;
    for (uint32_t i = 0; i < array_of(source)->count; i++) node_push(vm, node_of(node), array_of(source)->items[i]);
    return true;
}

bool access_require_present(VM *vm, Value value) {
    if (value == VAL_VOID)
        vm_raise(vm, ERR_RUNTIME, "Selector did not match (VOID)");
    else if (value == VAL_NIL)
        vm_raise(vm, ERR_RUNTIME, "Selector matched but value is nil");
    else if (value == VAL_PLACEHOLDER)
        vm_raise(vm, ERR_RUNTIME, "Selector matched but value is a placeholder");
    else
        return true;
    return false;
}

/* a/k where k is also a visible variable (language 12 §12.2). */
Value access_get_property_or_variable(VM *vm, Value container, const SymbolObj *name, Value variable) {
    Value value = is_array(container) ? VAL_VOID : property_get(vm, container, name);
    if (value != VAL_VOID || !(is_array(container) || is_map(container))) return value;
    if (is_map(container) && map_get(map_of(container), name) != VAL_UNSET) return value;
    if (is_int(variable)) return property_get_index(vm, container, int_of(variable));
    SymbolObj *key = property_key(vm, variable);
    return key ? property_get(vm, container, key) : VAL_VOID;
}

/* class.c — classes, shapes, instances, namespaces, modules, host values.
 *
 * Shapes with more than SHAPE_WALK_MAX names find a slot through `lookup`, a map from name to slot. A chain
 * of shapes, each made by adding a name to the one before, shares one map: it may know names that were added
 * later, which shape_find tells by their slots. Only a second branch from the same shape gets its own map.
 * Invariant: lookup has the names of this shape's chain with their slots; any other name in it has a slot
 * from `count` on.
 *
 * Epochs (ObjectSpace) change when a lookup could have another result; function.c says how caches rely on
 * that. */
#include "object/class.h"

#include "object/space.h"

#define SHAPE_WALK_MAX 8
#define INSTANCE_CAPACITY_MIN 4
/* Instances used as dictionaries must not make every instance of their class large. */
#define INSTANCE_HINT_MAX 32

/* --- classes -------------------------------------------------------------------------------------- */

ClassObj *class_make(VM *vm, SymbolObj *name, ClassObj *parent) {
    NamespaceObj *ns = namespace_make(vm, name, NULL);
    space_hold(vm, value_pointer(ns));
    ClassObj *class_ = heap_alloc(vm, OBJ_CLASS, sizeof(ClassObj));
    space_release(vm, 1);
    class_->name = name;
    class_->parent = parent;
    class_->ctor = VAL_NIL;
    class_->missing_method = VAL_NIL;
    class_->metadata = VAL_NIL;
    class_->interfaces = VAL_NIL;
    class_->ns = ns;
    if (parent) {
        class_->is_exception = parent->is_exception;
        class_->instance_hint = parent->instance_hint;
        class_->checks_fields = parent->checks_fields;
        class_->root = parent->root;
    } else {
        class_->root = vm_space(vm)->empty_shape;
    }
    return class_;
}

void class_set_method(VM *vm, ClassObj *class_, SymbolObj *name, Value method) {
    table_set_symbol(vm, &class_->methods, name, method);
    heap_touch(vm, class_);
    vm_space(vm)->class_epoch++;
}

Value class_find_method(const ClassObj *class_, const SymbolObj *name, ClassObj **out_owner) {
    for (; class_; class_ = class_->parent) {
        Value method = table_get_symbol(&class_->methods, name);
        if (method == VAL_UNSET) continue;
        if (out_owner) *out_owner = (ClassObj *)class_;
        return method;
    }
    return VAL_UNSET;
}

bool class_descends_from(const ClassObj *class_, const ClassObj *ancestor) {
    for (; class_; class_ = class_->parent) {
        if (class_ == ancestor) return true;
    }
    return false;
}

/* --- shapes --------------------------------------------------------------------------------------- */

int32_t shape_find(const ShapeObj *shape, const SymbolObj *name) {
    if (shape->lookup) {
        Value slot = table_get_symbol(&shape->lookup->table, name);
        if (slot == VAL_UNSET || small_int_of(slot) >= shape->count) return -1;
        return (int32_t)small_int_of(slot);
    }
    for (; shape->count; shape = shape->parent) {
        if (shape->name == name) return (int32_t)shape->count - 1;
    }
    return -1;
}

void shape_names(const ShapeObj *shape, SymbolObj **out_names) {
    for (; shape->count; shape = shape->parent) out_names[shape->count - 1] = shape->name;
}

/* Gives a shape that is already part of the tree its lookup. */
static void add_lookup(VM *vm, ShapeObj *shape) {
    MapObj *lookup = shape->parent->lookup;
    bool can_share = lookup && lookup->table.count == shape->parent->count;
    if (!can_share) lookup = map_of(map_make(vm));
    shape->lookup = lookup;
    heap_touch(vm, shape);
    if (!can_share) table_reserve(vm, &lookup->table, shape->count);
    uint32_t known = can_share ? shape->parent->count : 0;
    for (const ShapeObj *s = shape; s->count > known; s = s->parent) {
        map_set(vm, lookup, s->name, value_small_int((int64_t)s->count - 1));
    }
}

ShapeObj *shape_extend(VM *vm, ShapeObj *shape, SymbolObj *name) {
    Value known = table_get_symbol(&shape->transitions, name);
    if (known != VAL_UNSET) return pointer_of(known);
    space_hold(vm, value_pointer(name));
    ShapeObj *next = heap_alloc(vm, OBJ_SHAPE, sizeof(ShapeObj));
    next->parent = shape;
    next->name = name;
    next->count = shape->count + 1;
    table_set_symbol(vm, &shape->transitions, name, value_pointer(next));
    heap_touch(vm, shape);
    space_release(vm, 1);
    if (next->count > SHAPE_WALK_MAX) add_lookup(vm, next);
    return next;
}

/* The root of classes that check what those of `root` do, and `name`. */
static ShapeObj *typed_root(VM *vm, ShapeObj *root, SymbolObj *name) {
    Value known = root->typed ? map_get(root->typed, name) : VAL_UNSET;
    if (known != VAL_UNSET) return pointer_of(known);
    if (!root->typed) {
        Value map = map_make(vm);
        root->typed = map_of(map);
        heap_touch(vm, root);
    }
    ShapeObj *made = heap_alloc(vm, OBJ_SHAPE, sizeof(ShapeObj));
    map_set(vm, root->typed, name, value_pointer(made));
    return made;
}

void class_add_typed_field(VM *vm, ClassObj *class_, SymbolObj *name, Value type) {
    class_->root = typed_root(vm, class_->root, name);
    class_->checks_fields = true;
    table_set_symbol(vm, &class_->fields, name, type);
    heap_touch(vm, class_);
}

/* --- instances ------------------------------------------------------------------------------------ */

Value instance_make(VM *vm, ClassObj *class_) {
    uint32_t capacity = class_->instance_hint;
    InstanceObj *instance =
        heap_alloc(vm, OBJ_INSTANCE, offsetof(InstanceObj, inline_values) + capacity * sizeof(Value));
    instance->class_ = class_;
    instance->shape = class_->root;
    instance->values = instance->inline_values;
    instance->capacity = capacity;
    return value_pointer(instance);
}

Value instance_get(const InstanceObj *instance, const SymbolObj *name) {
    int32_t slot = shape_find(instance->shape, name);
    return slot < 0 ? VAL_UNSET : instance->values[slot];
}

static void grow_instance(VM *vm, InstanceObj *instance) {
    uint32_t old = instance->capacity;
    uint32_t capacity = old < INSTANCE_CAPACITY_MIN ? INSTANCE_CAPACITY_MIN : old * 2;
    Value *values = instance->values;
    if (values == instance->inline_values) {
        values = heap_alloc_buffer(vm, capacity * sizeof *values);
        if (old) memcpy(values, instance->inline_values, old * sizeof *values);
    } else {
        values = heap_realloc_buffer(vm, values, old * sizeof *values, capacity * sizeof *values);
    }
    instance->values = values;
    instance->capacity = capacity;
}

void instance_add(VM *vm, InstanceObj *instance, ShapeObj *next, Value value) {
    uint32_t count = instance->shape->count;
    ENSURE(next->parent == instance->shape, "a transition adds one name to the instance's own shape");
    if (UNLIKELY(count == instance->capacity)) grow_instance(vm, instance);
    instance->values[count] = value;
    instance->shape = next; /* the tree keeps it alive: no touch for this store */
    if (is_object(value)) heap_touch(vm, instance);
    ClassObj *class_ = instance->class_;
    if (count >= class_->instance_hint && count < INSTANCE_HINT_MAX) class_->instance_hint = count + 1;
}

void instance_set(VM *vm, InstanceObj *instance, SymbolObj *name, Value value) {
    int32_t slot = shape_find(instance->shape, name);
    if (slot >= 0) {
        instance->values[slot] = value;
        if (is_object(value)) heap_touch(vm, instance);
        return;
    }
    space_hold(vm, value);
    instance_add(vm, instance, shape_extend(vm, instance->shape, name), value);
    space_release(vm, 1);
}

/* --- namespaces ----------------------------------------------------------------------------------- */

NamespaceObj *namespace_make(VM *vm, SymbolObj *name, NamespaceObj *parent) {
    NamespaceObj *ns = heap_alloc(vm, OBJ_NAMESPACE, sizeof(NamespaceObj));
    ns->name = name;
    ns->parent = parent;
    ns->missing_handlers = VAL_NIL;
    return ns;
}

void namespace_set(VM *vm, NamespaceObj *ns, SymbolObj *name, Value value) {
    uint32_t count = ns->members.count;
    table_set_symbol(vm, &ns->members, name, value);
    heap_touch(vm, ns);
    if (ns->members.count != count) vm_space(vm)->namespace_epoch++;
}

Value namespace_get(const NamespaceObj *ns, const SymbolObj *name) {
    const Table *members = &ns->members;
    return table_get_symbol(members, name);
}

Value namespace_delete(VM *vm, NamespaceObj *ns, const SymbolObj *name) {
    Value value = table_delete_symbol(vm, &ns->members, name);
    if (value != VAL_UNSET) vm_space(vm)->namespace_epoch++;
    return value;
}

/* --- modules, host values ------------------------------------------------------------------------- */

ModuleObj *module_make(VM *vm, SymbolObj *name, NamespaceObj *parent) {
    NamespaceObj *ns = namespace_make(vm, name, parent);
    space_hold(vm, value_pointer(ns));
    ModuleObj *module = heap_alloc(vm, OBJ_MODULE, sizeof(ModuleObj));
    space_release(vm, 1);
    module->ns = ns;
    module->path = VAL_NIL;
    module->ready = VAL_NIL;
    return module;
}

uint32_t module_add_var(VM *vm, ModuleObj *module, SymbolObj *name) {
    uint32_t slot = module->var_count;
    if (slot == module->var_capacity) {
        uint32_t capacity = slot ? slot * 2 : 8;
        module->vars = heap_realloc_buffer(vm, module->vars, slot * sizeof(Value), capacity * sizeof(Value));
        module->var_capacity = capacity;
    }
    module->vars[slot] = VAL_NIL;
    module->var_count++;
    table_set_symbol(vm, &module->names, name, value_small_int(slot));
    heap_touch(vm, module);
    return slot;
}

Value host_make(VM *vm, uint32_t handle) {
    HostObj *host = heap_alloc(vm, OBJ_HOST, sizeof(HostObj));
    host->handle = handle;
    return value_pointer(host);
}

/* --- descriptors ---------------------------------------------------------------------------------- */

static void trace_namespace(Heap *heap, Obj *object) {
    NamespaceObj *ns = (NamespaceObj *)object;
    heap_mark_object(heap, ns->name);
    heap_mark_object(heap, ns->parent);
    table_trace(heap, &ns->members);
    heap_mark_value(heap, ns->missing_handlers);
}

static void finalize_namespace(Heap *heap, Obj *object) {
    table_free(heap, &((NamespaceObj *)object)->members);
    vm_space(heap->vm)->namespace_epoch++;
}

static void trace_class(Heap *heap, Obj *object) {
    ClassObj *class_ = (ClassObj *)object;
    heap_mark_object(heap, class_->name);
    heap_mark_object(heap, class_->parent);
    heap_mark_object(heap, class_->ns);
    heap_mark_object(heap, class_->root);
    table_trace(heap, &class_->methods);
    table_trace(heap, &class_->fields);
    heap_mark_value(heap, class_->ctor);
    heap_mark_value(heap, class_->missing_method);
    heap_mark_value(heap, class_->metadata);
    heap_mark_value(heap, class_->interfaces);
}

static void finalize_class(Heap *heap, Obj *object) {
    ClassObj *class_ = (ClassObj *)object;
    table_free(heap, &class_->methods);
    table_free(heap, &class_->fields);
    vm_space(heap->vm)->class_epoch++;
}

static void trace_shape(Heap *heap, Obj *object) {
    ShapeObj *shape = (ShapeObj *)object;
    heap_mark_object(heap, shape->parent);
    heap_mark_object(heap, shape->name);
    heap_mark_object(heap, shape->lookup);
    heap_mark_object(heap, shape->typed);
    table_trace(heap, &shape->transitions);
}

static void finalize_shape(Heap *heap, Obj *object) { table_free(heap, &((ShapeObj *)object)->transitions); }

static void trace_instance(Heap *heap, Obj *object) {
    InstanceObj *instance = (InstanceObj *)object;
    heap_mark_object(heap, instance->class_);
    if (!instance->shape) return; /* just allocated */
    heap_mark_object(heap, instance->shape);
    heap_mark_values(heap, instance->values, instance->shape->count);
}

static void finalize_instance(Heap *heap, Obj *object) {
    InstanceObj *instance = (InstanceObj *)object;
    if (instance->values == instance->inline_values) return;
    heap_free_buffer(heap, instance->values, instance->capacity * sizeof(Value));
}

static void trace_module(Heap *heap, Obj *object) {
    ModuleObj *module = (ModuleObj *)object;
    heap_mark_object(heap, module->ns);
    heap_mark_value(heap, module->path);
    heap_mark_value(heap, module->ready);
    heap_mark_object(heap, module->waits_for);
    table_trace(heap, &module->names);
    table_trace(heap, &module->lets);
    table_trace(heap, &module->types);
    table_trace(heap, &module->exports);
    heap_mark_values(heap, module->vars, module->var_count);
}

static void finalize_module(Heap *heap, Obj *object) {
    ModuleObj *module = (ModuleObj *)object;
    table_free(heap, &module->names);
    table_free(heap, &module->lets);
    table_free(heap, &module->types);
    table_free(heap, &module->exports);
    heap_free_buffer(heap, module->vars, module->var_capacity * sizeof(Value));
}

static void finalize_host(Heap *heap, Obj *object) {
    ObjectSpace *space = vm_space(heap->vm);
    if (space->release_host) space->release_host(heap->vm, ((HostObj *)object)->handle);
}

void class_describe(Heap *heap) {
    static const ObjDescriptor ns = {trace_namespace, finalize_namespace};
    static const ObjDescriptor class_ = {trace_class, finalize_class};
    static const ObjDescriptor shape = {trace_shape, finalize_shape};
    static const ObjDescriptor instance = {trace_instance, finalize_instance};
    static const ObjDescriptor module = {trace_module, finalize_module};
    static const ObjDescriptor host = {NULL, finalize_host};
    heap_describe(heap, OBJ_NAMESPACE, &ns);
    heap_describe(heap, OBJ_CLASS, &class_);
    heap_describe(heap, OBJ_SHAPE, &shape);
    heap_describe(heap, OBJ_INSTANCE, &instance);
    heap_describe(heap, OBJ_MODULE, &module);
    heap_describe(heap, OBJ_HOST, &host);
}

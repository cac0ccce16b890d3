/* freeze.c — (freeze v): deep immutability, in place (language 11 §11.2).
 * Invariant: no Gene code runs meanwhile. Objects are marked as they are reached, which also ends cycles; when something
 * cannot be frozen, all marks made are taken back before it is told. */
#include "lib/modules.h"
#include "lib/support.h"

/* An object that is being gone through, or has been. */
typedef struct Visit {
    Obj *object;
    uint32_t parent; /* index of the visit that reached it */
    uint32_t cursor; /* next child */
} Visit;

typedef struct Walk {
    VM *vm;
    Visit *visits;
    uint32_t count, capacity;
} Walk;

/* --- what can be frozen -------------------------------------------------------------------------------------- */

/* Nothing to mark. */
static bool is_immutable_kind(Value value) {
    if (!is_object(value)) return value != VAL_VOID && value != VAL_PLACEHOLDER;
    switch (obj_type_of(value)) {
    case OBJ_INT:
    case OBJ_STR:
    case OBJ_SYMBOL:
    case OBJ_PATH:
    case OBJ_BYTES: return true;
    default: return false;
    }
}

static bool is_freezable(Value value) {
    if (!is_object(value)) return false;
    switch (obj_type_of(value)) {
    case OBJ_ARRAY:
    case OBJ_MAP:
    case OBJ_HASHMAP:
    case OBJ_NODE:
    case OBJ_FUNCTION: return true;
    default: return false;
    }
}

/* --- children: cursors number them, with gaps ------------------------------------------------------------------ */

static bool next_in_list(const Value *items, uint32_t count, uint32_t at, Value *out_child) {
    if (at >= count) return false;
    *out_child = items[at];
    return true;
}

static bool next_in_map(const Table *table, uint32_t *io_cursor, Value *out_child) {
    uint32_t i = table_next(table, *io_cursor);
    if (i >= table->used) return false;
    *io_cursor = i + 1;
    *out_child = table->entries[i].value;
    return true;
}

/* Keys at even cursors, their values at odd ones. */
static bool next_in_hashmap(const Table *table, uint32_t *io_cursor, Value *out_child) {
    uint32_t i = *io_cursor / 2;
    if (*io_cursor % 2 == 0) i = table_next(table, i);
    if (i >= table->used) return false;
    *out_child = *io_cursor % 2 ? table->entries[i].value : table->entries[i].key;
    *io_cursor = *io_cursor % 2 ? i * 2 + 2 : i * 2 + 1;
    return true;
}

/* Type, properties, children. */
static bool next_in_node(const NodeObj *node, uint32_t *io_cursor, Value *out_child) {
    if (*io_cursor == 0) {
        *io_cursor = 1;
        *out_child = node->type;
        return true;
    }
    uint32_t property = *io_cursor - 1;
    if (next_in_map(&node->props, &property, out_child)) {
        *io_cursor = property + 1;
        return true;
    }
    uint32_t first = node->props.used + 1;
    if (*io_cursor < first) *io_cursor = first;
    return next_in_list(node->children, node->count, (*io_cursor)++ - first, out_child);
}

static bool next_child(Visit *visit, Value *out_child) {
    Value value = value_pointer(visit->object);
    switch (obj_type_of(value)) {
    case OBJ_ARRAY: return next_in_list(array_of(value)->items, array_of(value)->count, visit->cursor++, out_child);
    case OBJ_MAP: return next_in_map(&map_of(value)->table, &visit->cursor, out_child);
    case OBJ_HASHMAP: return next_in_hashmap(&hash_of(value)->table, &visit->cursor, out_child);
    case OBJ_NODE: return next_in_node(node_of(value), &visit->cursor, out_child);
    default: {
        const FunctionObj *fn = function_of(value);
        if (visit->cursor >= fn->upvalue_count) return false;
        *out_child = fn->upvalues[visit->cursor++]->value;
        return true;
    }
    }
}

/* --- the error: the path of what cannot be frozen ---------------------------------------------------------------- */

static uint32_t live_entries_before(const Table *table, uint32_t end) {
    uint32_t count = 0;
    for (uint32_t i = table_next(table, 0); i < end; i = table_next(table, i + 1)) count++;
    return count;
}

/* The step to the child `visit` is at: the one before its cursor. */
static void append_step(Buffer *path, const Visit *visit) {
    Value value = value_pointer(visit->object);
    uint32_t at = visit->cursor - 1;
    switch (obj_type_of(value)) {
    case OBJ_ARRAY: buffer_append_format(path, "/[%u]", at); break;
    case OBJ_MAP: buffer_append_format(path, "/.%s", symbol_of(map_of(value)->table.entries[at].key)->text); break;
    case OBJ_HASHMAP: {
        uint32_t pair = live_entries_before(&hash_of(value)->table, at / 2);
        buffer_append_format(path, at % 2 ? "/value[%u]" : "/key[%u]", pair);
        break;
    }
    case OBJ_NODE: {
        const NodeObj *node = node_of(value);
        uint32_t first = node->props.used + 1;
        if (at == 0)
            buffer_append_text(path, "/type");
        else if (at < first)
            buffer_append_format(path, "/.%s", symbol_of(node->props.entries[at - 1].key)->text);
        else
            buffer_append_format(path, "/children[%u]", at - first);
        break;
    }
    default: {
        const Capture *capture = &function_of(value)->code->captures[at];
        buffer_append_format(path, "/<closure>/<scope:%u>/<capture:%s>", capture->scope, capture->name->text);
        break;
    }
    }
}

static void raise_unfreezable(const Walk *walk, Value value, uint32_t parent) {
    VM *vm = walk->vm;
    /* The ancestors from the last to the first; their cursors still stand at the way down. */
    uint32_t depth = 0;
    Buffer path;
    lib_buffer_init(vm, &path);
    if (walk->count > 0) {
        for (uint32_t i = parent;; i = walk->visits[i].parent) {
            depth++;
            if (i == 0) break;
        }
    }
    for (uint32_t level = 0; level < depth && path.size < 4096; level++) {
        uint32_t i = parent;
        for (uint32_t up = level + 1; up < depth; up++) i = walk->visits[i].parent;
        append_step(&path, &walk->visits[i]);
    }
    vm_raise(vm, ERR_RUNTIME,
             "freeze cannot make %s frozen at %s; Phase 1 only deep-freezes MVP containers, and sealed non-MVP values "
             "stay shallow",
             kind_name(value), depth ? buffer_text(&path) : "/");
    buffer_free(&path);
}

/* --- the walk ------------------------------------------------------------------------------------------------ */

static bool visit(Walk *walk, Value value, uint32_t parent) {
    if (is_immutable_kind(value)) return true;
    if (!is_freezable(value)) {
        raise_unfreezable(walk, value, parent);
        return false;
    }
    Obj *object = pointer_of(value);
    if (object->flags & OBJ_FROZEN) return true;
    if (walk->count == walk->capacity) {
        uint32_t capacity = walk->capacity ? walk->capacity * 2 : 64;
        if (capacity > UINT32_MAX / sizeof(Visit) || !lib_check_space(walk->vm, capacity * sizeof(Visit))) return false;
        walk->visits =
            heap_realloc_buffer(walk->vm, walk->visits, walk->capacity * sizeof(Visit), capacity * sizeof(Visit));
        walk->capacity = capacity;
    }
    object->flags |= OBJ_FROZEN;
    walk->visits[walk->count++] = (Visit){object, parent, 0};
    return true;
}

/* Depth first, so that the first in reading order is the one told. */
static bool visit_all(Walk *walk, Value root) {
    if (!visit(walk, root, 0)) return false;
    if (walk->count == 0) return true;
    for (uint32_t current = 0;;) {
        Value child;
        if (next_child(&walk->visits[current], &child)) {
            uint32_t count = walk->count;
            if (!visit(walk, child, current)) return false;
            if (walk->count > count) current = count;
            continue;
        }
        if (current == 0) return true;
        current = walk->visits[current].parent;
    }
}

static NativeResult freeze(VM *vm, const Args *args, Value *out) {
    if (args->count != 1) return vm_raise(vm, ERR_ARGUMENT, "freeze requires 1 argument");
    Walk walk = {.vm = vm};
    *out = native_arg(vm, args, 0);
    bool ok = visit_all(&walk, *out);
    if (!ok) {
        for (uint32_t i = 0; i < walk.count; i++) walk.visits[i].object->flags &= (uint8_t)~OBJ_FROZEN;
    }
    heap_free_buffer(vm_heap(vm), walk.visits, walk.capacity * sizeof(Visit));
    return ok ? NATIVE_RETURN : NATIVE_RAISE;
}

static const NativeDef functions[] = {
    {"freeze", freeze, 0, -1, 0, "(freeze v)", "Makes v and all data reachable from it immutable, in place; v."},
};

void lib_install_freeze(VM *vm) { vm_define_natives(vm, vm->global_ns, functions, COUNT_OF(functions)); }

/* collection.c — arrays, maps, hash maps, sets, ranges, nodes, quotes.
 * Invariants: items[0..count) are initialised, the rest of a buffer is never looked at. Adding to a
 * collection never collects, because growing a buffer does not. */
#include "object/collection.h"

#include "object/space.h"

/* Rule 3 of heap.h, for the store of `value`. */
static void touch(VM *vm, void *object, Value value) {
    if (is_object(value)) heap_touch(vm, object);
}

/* --- growable lists of values: array items and node children -------------------------------------- */

#define DOUBLING_MAX (1u << 20) /* items; longer lists grow by half */

/* Room for one item more. */
static void make_room(VM *vm, Value **items, uint32_t count, uint32_t *capacity) {
    if (LIKELY(count < *capacity)) return;
    uint32_t wanted = count < 4 ? 4 : count < DOUBLING_MAX ? count * 2 : count + count / 2;
    *items = heap_realloc_buffer(vm, *items, *capacity * sizeof(Value), wanted * sizeof(Value));
    *capacity = wanted;
}

static void insert_at(Value *items, uint32_t *count, uint32_t index, Value value) {
    ENSURE(index <= *count, "the caller checks indices");
    memmove(items + index + 1, items + index, (*count - index) * sizeof *items);
    items[index] = value;
    ++*count;
}

static Value remove_at(Value *items, uint32_t *count, uint32_t index) {
    ENSURE(index < *count, "the caller checks indices");
    Value value = items[index];
    --*count;
    memmove(items + index, items + index + 1, (*count - index) * sizeof *items);
    return value;
}

/* --- arrays --------------------------------------------------------------------------------------- */

Value array_make(VM *vm, uint32_t capacity) {
    ArrayObj *array = heap_alloc(vm, OBJ_ARRAY, sizeof(ArrayObj));
    array->items = heap_alloc_buffer(vm, capacity * sizeof *array->items);
    array->capacity = capacity;
    return value_pointer(array);
}

Value array_from(VM *vm, const Value *items, uint32_t count) {
    Value value = array_make(vm, count);
    ArrayObj *array = array_of(value);
    if (count) memcpy(array->items, items, count * sizeof *items);
    array->count = count;
    return value;
}

/* Room for `count` items in all. */
static void reserve_items(VM *vm, ArrayObj *array, uint32_t count) {
    if (count <= array->capacity) return;
    uint32_t grown = array->capacity + array->capacity / 2;
    uint32_t wanted = count > grown ? count : grown;
    size_t old_size = array->capacity * sizeof(Value);
    array->items = heap_realloc_buffer(vm, array->items, old_size, wanted * sizeof(Value));
    array->capacity = wanted;
}

void array_push(VM *vm, ArrayObj *array, Value value) {
    make_room(vm, &array->items, array->count, &array->capacity);
    array->items[array->count++] = value;
    touch(vm, array, value);
}

void array_append(VM *vm, ArrayObj *array, const Value *items, uint32_t count) {
    if (count == 0) return;
    /* The items may be the array's own, which move when it grows. */
    bool is_own = array->count && items >= array->items && items < array->items + array->count;
    size_t own_index = is_own ? (size_t)(items - array->items) : 0;
    reserve_items(vm, array, array->count + count);
    if (is_own) items = array->items + own_index;
    memcpy(array->items + array->count, items, count * sizeof *items);
    array->count += count;
    heap_touch(vm, array);
}

void array_insert(VM *vm, ArrayObj *array, uint32_t index, Value value) {
    make_room(vm, &array->items, array->count, &array->capacity);
    insert_at(array->items, &array->count, index, value);
    touch(vm, array, value);
}

Value array_remove(VM *vm, ArrayObj *array, uint32_t index) {
    (void)vm;
    return remove_at(array->items, &array->count, index);
}

void array_resize(VM *vm, ArrayObj *array, uint32_t count) {
    reserve_items(vm, array, count);
    for (uint32_t i = array->count; i < count; i++) array->items[i] = VAL_NIL;
    array->count = count;
}

/* --- maps, hash maps, sets ------------------------------------------------------------------------ */

Value map_make(VM *vm) { return value_pointer(heap_alloc(vm, OBJ_MAP, sizeof(MapObj))); }
Value hashmap_make(VM *vm) { return value_pointer(heap_alloc(vm, OBJ_HASHMAP, sizeof(HashObj))); }
Value set_make(VM *vm) { return value_pointer(heap_alloc(vm, OBJ_SET, sizeof(HashObj))); }

Value map_get(const MapObj *map, const SymbolObj *key) { return table_get_symbol(&map->table, key); }

void map_set(VM *vm, MapObj *map, SymbolObj *key, Value value) {
    table_set_symbol(vm, &map->table, key, value);
    heap_touch(vm, map); /* the key may be new, too */
}

Value map_delete(VM *vm, MapObj *map, const SymbolObj *key) {
    Table *table = &map->table;
    return table_delete_symbol(vm, table, key);
}

void map_set_text(VM *vm, MapObj *map, const char *key, Value value) {
    space_hold(vm, value);
    map_set(vm, map, symbol_from(vm, key), value);
    space_release(vm, 1);
}

Value map_get_text(VM *vm, const MapObj *map, const char *key) { return map_get(map, symbol_from(vm, key)); }

/* --- nodes ---------------------------------------------------------------------------------------- */

Value node_make(VM *vm, Value type) {
    NodeObj *node = heap_alloc(vm, OBJ_NODE, sizeof(NodeObj));
    node->type = type;
    return value_pointer(node);
}

void node_push(VM *vm, NodeObj *node, Value child) {
    make_room(vm, &node->children, node->count, &node->capacity);
    node->children[node->count++] = child;
    touch(vm, node, child);
}

void node_insert(VM *vm, NodeObj *node, uint32_t index, Value child) {
    make_room(vm, &node->children, node->count, &node->capacity);
    insert_at(node->children, &node->count, index, child);
    touch(vm, node, child);
}

Value node_remove(VM *vm, NodeObj *node, uint32_t index) {
    (void)vm;
    return remove_at(node->children, &node->count, index);
}

void node_set_prop(VM *vm, NodeObj *node, SymbolObj *key, Value value) {
    table_set_symbol(vm, &node->props, key, value);
    heap_touch(vm, node);
}

/* --- ranges, quotes ------------------------------------------------------------------------------- */

Value range_make(VM *vm, Value first, Value last, Value step) {
    RangeObj *range = heap_alloc(vm, OBJ_RANGE, sizeof(RangeObj));
    range->first = first;
    range->last = last;
    range->step = step;
    return value_pointer(range);
}

Value quote_make(VM *vm, ObjType type, Value form, bool discard) {
    QuoteObj *quote = heap_alloc(vm, type, sizeof(QuoteObj));
    quote->form = form;
    quote->discard = discard;
    return value_pointer(quote);
}

/* --- trees not read yet ------------------------------------------------------------------------------------------------ */

Value unread_make(VM *vm, Value path) {
    UnreadObj *unread = heap_alloc(vm, OBJ_UNREAD, sizeof(NodeObj)); /* the largest it may become */
    unread->path = path;
    return value_pointer(unread);
}

void unread_become(VM *vm, UnreadObj *unread, Value read) {
    Obj *from = pointer_of(read);
    size_t size = is_array(read) ? sizeof(ArrayObj) : is_map(read) ? sizeof(MapObj) : sizeof(NodeObj);
    memcpy((char *)unread + sizeof(Obj), (char *)from + sizeof(Obj), size - sizeof(Obj));
    memset((char *)from + sizeof(Obj), 0, size - sizeof(Obj));
    unread->header.type = from->type;
    unread->header.flags |= from->flags & OBJ_HOLDS_UNREAD;
    heap_touch(vm, unread);
}

/* --- descriptors ---------------------------------------------------------------------------------- */

static void trace_unread(Heap *heap, Obj *object) { heap_mark_value(heap, ((UnreadObj *)object)->path); }

static void trace_array(Heap *heap, Obj *object) {
    ArrayObj *array = (ArrayObj *)object;
    heap_mark_values(heap, array->items, array->count);
}

static void finalize_array(Heap *heap, Obj *object) {
    ArrayObj *array = (ArrayObj *)object;
    heap_free_buffer(heap, array->items, array->capacity * sizeof(Value));
}

static void trace_map(Heap *heap, Obj *object) { table_trace(heap, &((MapObj *)object)->table); }
static void finalize_map(Heap *heap, Obj *object) { table_free(heap, &((MapObj *)object)->table); }
static void trace_hash(Heap *heap, Obj *object) { table_trace(heap, &((HashObj *)object)->table); }
static void finalize_hash(Heap *heap, Obj *object) { table_free(heap, &((HashObj *)object)->table); }

static void trace_node(Heap *heap, Obj *object) {
    NodeObj *node = (NodeObj *)object;
    heap_mark_value(heap, node->type);
    table_trace(heap, &node->props);
    heap_mark_values(heap, node->children, node->count);
}

static void finalize_node(Heap *heap, Obj *object) {
    NodeObj *node = (NodeObj *)object;
    table_free(heap, &node->props);
    heap_free_buffer(heap, node->children, node->capacity * sizeof(Value));
}

static void trace_range(Heap *heap, Obj *object) {
    RangeObj *range = (RangeObj *)object;
    heap_mark_value(heap, range->first);
    heap_mark_value(heap, range->last);
    heap_mark_value(heap, range->step);
}

static void trace_quote(Heap *heap, Obj *object) { heap_mark_value(heap, ((QuoteObj *)object)->form); }

void collection_describe(Heap *heap) {
    static const ObjDescriptor array = {trace_array, finalize_array};
    static const ObjDescriptor map = {trace_map, finalize_map};
    static const ObjDescriptor hash = {trace_hash, finalize_hash};
    static const ObjDescriptor node = {trace_node, finalize_node};
    static const ObjDescriptor range = {trace_range, NULL};
    static const ObjDescriptor quote = {trace_quote, NULL};
    static const ObjDescriptor unread = {trace_unread, NULL};
    heap_describe(heap, OBJ_ARRAY, &array);
    heap_describe(heap, OBJ_MAP, &map);
    heap_describe(heap, OBJ_HASHMAP, &hash);
    heap_describe(heap, OBJ_SET, &hash);
    heap_describe(heap, OBJ_NODE, &node);
    heap_describe(heap, OBJ_RANGE, &range);
    heap_describe(heap, OBJ_QUOTE, &quote);
    heap_describe(heap, OBJ_UNQUOTE, &quote);
    heap_describe(heap, OBJ_PACKAGE, &quote);
    heap_describe(heap, OBJ_APPLICATION, &quote);
    heap_describe(heap, OBJ_UNREAD, &unread);
}

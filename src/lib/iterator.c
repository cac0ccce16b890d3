/* iterator.c — ArrayIterator, MapIterator and RangeIterator, and the iter methods that make them.
 * Invariant: an iterator over a map, hash map or set owns the snapshot it walks over; one over an array reads the array
 * as it is at each step. */
#include "lib/iterator.h"

#include "lib/hash_support.h"
#include "lib/modules.h"
#include "lib/support.h"

Value iterator_make(VM *vm, ClassObj *class_, IteratorKind kind, Value source) {
    IteratorObj *iterator = heap_alloc(vm, OBJ_ITERATOR, sizeof *iterator);
    iterator->class_ = class_;
    iterator->kind = (uint8_t)kind;
    iterator->source = source;
    return value_pointer(iterator);
}

static IteratorObj *receiver(VM *vm, const Args *args) { return lib_receiver(vm, args, OBJ_ITERATOR); }

static bool has_next(const IteratorObj *iterator) {
    switch ((IteratorKind)iterator->kind) {
    case ITERATOR_ARRAY: return iterator->position < array_of(iterator->source)->count;
    case ITERATOR_PAIRS: return iterator->position < array_of(iterator->source)->count / 2;
    case ITERATOR_RANGE: break;
    }
    if (iterator->step == 0) return false;
    return iterator->step > 0 ? iterator->next <= iterator->last : iterator->next >= iterator->last;
}

/* Produces the next item: its key or index, and its value; the iterator has one. Both are reachable from *out_* and the
 * iterator only. */
static void advance(VM *vm, IteratorObj *iterator, Value *out_key, Value *out_value) {
    uint32_t i = iterator->position++;
    *out_key = value_small_int(i);
    switch ((IteratorKind)iterator->kind) {
    case ITERATOR_ARRAY: *out_value = array_of(iterator->source)->items[i]; return;
    case ITERATOR_PAIRS:
        *out_key = array_of(iterator->source)->items[2 * i];
        *out_value = array_of(iterator->source)->items[2 * i + 1];
        return;
    case ITERATOR_RANGE: break;
    }
    *out_value = int_make(vm, iterator->next);
    if (__builtin_add_overflow(iterator->next, iterator->step, &iterator->next)) iterator->step = 0;
}

static NativeResult iterator_has_next(VM *vm, const Args *args, Value *out) {
    const IteratorObj *iterator = receiver(vm, args);
    return iterator ? lib_return(out, value_bool(has_next(iterator))) : NATIVE_RAISE;
}

static NativeResult iterator_next(VM *vm, const Args *args, Value *out) {
    IteratorObj *iterator = receiver(vm, args);
    if (!iterator) return NATIVE_RAISE;
    if (!has_next(iterator)) return lib_return(out, VAL_NOT_FOUND);
    Value key;
    advance(vm, iterator, &key, out);
    return NATIVE_RETURN;
}

static NativeResult iterator_next_pair(VM *vm, const Args *args, Value *out) {
    IteratorObj *iterator = receiver(vm, args);
    if (!iterator) return NATIVE_RAISE;
    if (!has_next(iterator)) return lib_return(out, VAL_NOT_FOUND);
    Value key, value;
    advance(vm, iterator, &key, &value);
    uint32_t scope = roots_open(vm);
    root_push(vm, value);
    *out = lib_pair(vm, key, value);
    roots_close(vm, scope);
    return NATIVE_RETURN;
}

static NativeResult iterator_iter(VM *vm, const Args *args, Value *out) {
    return lib_return(out, native_arg(vm, args, 0));
}

/* --- iter methods: the native's data is the iterator's class ------------------------------------------------- */

static ClassObj *iterator_class(const Args *args) { return class_of_value(native_of(args->callee)->data); }

static NativeResult array_iter(VM *vm, const Args *args, Value *out) {
    if (!lib_receiver(vm, args, OBJ_ARRAY)) return NATIVE_RAISE;
    return lib_return(out, iterator_make(vm, iterator_class(args), ITERATOR_ARRAY, native_arg(vm, args, 0)));
}

static NativeResult pairs_iter(VM *vm, const Args *args, const Table *table, Value *out) {
    uint32_t scope = roots_open(vm), entries;
    if (!lib_push_entries(vm, table, &entries)) return NATIVE_RAISE;
    *out = iterator_make(vm, iterator_class(args), ITERATOR_PAIRS, root_get(vm, entries));
    roots_close(vm, scope);
    return NATIVE_RETURN;
}

static NativeResult map_iter(VM *vm, const Args *args, Value *out) {
    const MapObj *map = lib_receiver(vm, args, OBJ_MAP);
    return map ? pairs_iter(vm, args, &map->table, out) : NATIVE_RAISE;
}

static NativeResult hashmap_iter(VM *vm, const Args *args, Value *out) {
    const HashObj *hash = lib_receiver(vm, args, OBJ_HASHMAP);
    return hash ? pairs_iter(vm, args, &hash->table, out) : NATIVE_RAISE;
}

static NativeResult set_iter(VM *vm, const Args *args, Value *out) {
    const HashObj *set = lib_receiver(vm, args, OBJ_SET);
    Value members;
    if (!set || lib_return_table(vm, &set->table, TABLE_KEYS, false, &members) == NATIVE_RAISE) return NATIVE_RAISE;
    uint32_t scope = roots_open(vm);
    root_push(vm, members);
    *out = iterator_make(vm, iterator_class(args), ITERATOR_ARRAY, members);
    roots_close(vm, scope);
    return NATIVE_RETURN;
}

static NativeResult range_iter(VM *vm, const Args *args, Value *out) {
    const RangeObj *range = lib_receiver(vm, args, OBJ_RANGE);
    if (!range) return NATIVE_RAISE;
    Value step = range->step == VAL_UNSET ? value_small_int(1) : range->step;
    if (!is_int(range->first) || !is_int(range->last) || !is_int(step)) {
        return vm_raise(vm, ERR_ARGUMENT, "Range iteration requires Int bounds");
    }
    *out = iterator_make(vm, iterator_class(args), ITERATOR_RANGE, VAL_NIL);
    IteratorObj *iterator = pointer_of(*out);
    iterator->next = int_of(range->first);
    iterator->last = int_of(range->last);
    iterator->step = int_of(step);
    return NATIVE_RETURN;
}

/* --- installation ------------------------------------------------------------------------------------------ */

static void trace(Heap *heap, Obj *object) {
    IteratorObj *iterator = (IteratorObj *)object;
    heap_mark_object(heap, iterator->class_);
    heap_mark_value(heap, iterator->source);
}

static ClassObj *class_of_iterator(VM *vm, Value iterator) {
    (void)vm;
    return ((IteratorObj *)pointer_of(iterator))->class_;
}

static const NativeDef methods[] = {
    {"iter", iterator_iter, 0, -1, NATIVE_METHOD, "(it .iter)", "The iterator itself."},
    {"has_next", iterator_has_next, 0, -1, NATIVE_METHOD, "(it .has_next)", "Is there another value?"},
    {"next", iterator_next, 0, -1, NATIVE_METHOD, "(it .next)", "The next value, or not_found at the end."},
    {"next_pair", iterator_next_pair, 0, -1, NATIVE_METHOD, "(it .next_pair)",
     "The next [index-or-key value], or not_found at the end."},
};

static const struct {
    ObjType type;
    const char *class_name;
    NativeDef def;
} makers[] = {
    {OBJ_ARRAY, "ArrayIterator", {"iter", array_iter, 0, -1, NATIVE_METHOD, "(a .iter)", "An iterator."}},
    {OBJ_SET, "ArrayIterator", {"iter", set_iter, 0, -1, NATIVE_METHOD, "(s .iter)", "An iterator over a snapshot."}},
    {OBJ_MAP, "MapIterator", {"iter", map_iter, 0, -1, NATIVE_METHOD, "(m .iter)", "An iterator over a snapshot."}},
    {OBJ_HASHMAP,
     "MapIterator",
     {"iter", hashmap_iter, 0, -1, NATIVE_METHOD, "(h .iter)", "An iterator over a snapshot."}},
    {OBJ_RANGE, "RangeIterator", {"iter", range_iter, 0, -1, NATIVE_METHOD, "(r .iter)", "An iterator."}},
};

void lib_install_iterator(VM *vm) {
    static const ObjDescriptor descriptor = {trace, NULL};
    heap_describe(vm_heap(vm), OBJ_ITERATOR, &descriptor);
    ObjectSpace *space = vm_space(vm);
    ClassObj *parent = space->type_classes[OBJ_ITERATOR];
    vm_define_methods(vm, parent, methods, COUNT_OF(methods));
    for (size_t i = 0; i < COUNT_OF(makers); i++) {
        Value class_ = vm_lookup_name(vm->global_ns, symbol_from(vm, makers[i].class_name));
        if (class_ == VAL_UNSET) {
            class_ = value_pointer(vm_define_class(vm, vm->global_ns, makers[i].class_name, parent));
            vm_set_global(vm, vm->gene_ns, makers[i].class_name, class_);
        }
        lib_define_method(vm, space->type_classes[makers[i].type], &makers[i].def, class_);
    }
    space->class_of_iterator = class_of_iterator;
}

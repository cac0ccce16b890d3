/* iterate.c — stepping through whatever `for` accepts.
 * Arrays are read live; maps, hash maps and sets through a flat [key value key value …] snapshot made at the start. */
#include "vm/iterate.h"

#include "vm/call.h"
#include "vm/generator.h"

typedef enum IterateMode {
    ITERATE_OBJECT = -1, /* an iterator object: next / next_pair */
    ITERATE_ARRAY = 0,
    ITERATE_PAIRS,   /* flat snapshot of a map or hash map */
    ITERATE_MEMBERS, /* flat snapshot of a set: the key of a pair is the running index */
    ITERATE_STEPS,   /* range with a step or in pairs */
} IterateMode;

static Value mode_value(IterateMode mode) {
    /* Kept apart from the Int a plain range has in this register. */
    return value_char((uint32_t)(mode + 1));
}
static IterateMode mode_of(Value value) { return (IterateMode)((int)char_of(value) - 1); }

static void set_state(VM *vm, uint32_t state, Value source, Value position, Value mode) {
    Value *stack = vm->fiber->stack + state;
    stack[0] = source;
    stack[1] = position;
    stack[2] = mode;
}

static CallResult begin_snapshot(VM *vm, uint32_t state, const Table *table, IterateMode mode) {
    size_t size = (size_t)table->count * 2 * sizeof(Value);
    if (size > HEAP_SMALL_REQUEST && !heap_can_allocate(vm, size)) {
        vm_raise(vm, ERR_LIMIT_MEMORY, "memory limit reached: no room to iterate over %u entries (limits.memory)",
                 table->count);
        return CALL_RAISED;
    }
    Value list = array_make(vm, table->count * 2);
    for (uint32_t i = table_next(table, 0); i < table->used; i = table_next(table, i + 1)) {
        array_push(vm, array_of(list), table->entries[i].key);
        array_push(vm, array_of(list), table->entries[i].value);
    }
    set_state(vm, state, list, value_small_int(0), mode_value(mode));
    return CALL_VALUE;
}

static CallResult begin_range(VM *vm, uint32_t state, Value source, bool pairs) {
    RangeObj *range = range_of(source);
    Value step = range->step == VAL_UNSET ? value_small_int(1) : range->step;
    if (!is_int(range->first) || !is_int(range->last) || !is_int(step)) {
        vm_raise(vm, ERR_ARGUMENT, "Range.iter requires Int bounds and step");
        return CALL_RAISED;
    }
    /* The loop steps through a plain range with small Ints alone: one past the last has to be one, too. */
    bool plain = step == value_small_int(1) && !pairs && is_small_int(range->first) && is_small_int(range->last) &&
                 small_int_of(range->last) < INT48_MAX;
    set_state(vm, state, source, plain ? range->first : value_small_int(0),
              plain ? range->last : mode_value(ITERATE_STEPS));
    return CALL_VALUE;
}

CallResult iterate_begin(VM *vm, uint32_t state, Value source, bool pairs) {
    Value zero = value_small_int(0);
    if (source == VAL_NIL) {
        set_state(vm, state, VAL_NIL, zero, mode_value(ITERATE_ARRAY));
        return CALL_VALUE;
    }
    if (is_object(source)) {
        switch (obj_type_of(source)) {
        case OBJ_ARRAY: set_state(vm, state, source, zero, mode_value(ITERATE_ARRAY)); return CALL_VALUE;
        case OBJ_MAP: return begin_snapshot(vm, state, &map_of(source)->table, ITERATE_PAIRS);
        case OBJ_HASHMAP: return begin_snapshot(vm, state, &hash_of(source)->table, ITERATE_PAIRS);
        case OBJ_SET: return begin_snapshot(vm, state, &hash_of(source)->table, ITERATE_MEMBERS);
        case OBJ_RANGE: return begin_range(vm, state, source, pairs);
        case OBJ_GENERATOR: set_state(vm, state, source, zero, mode_value(ITERATE_OBJECT)); return CALL_VALUE;
        default: break;
        }
    }
    set_state(vm, state, source, zero, mode_value(ITERATE_OBJECT));
    Fiber *fiber = vm->fiber;
    if (!fiber_reserve(vm, fiber, 2)) return CALL_RAISED;
    uint32_t base = fiber->top + 1;
    fiber->stack[base - 1] = VAL_NIL;
    fiber->stack[base] = source;
    fiber->top = base + 1;
    return vm_call_method(vm, SYM(vm, ITER), base, 1, NULL, 0, state, 0);
}

static void give(VM *vm, uint32_t state, bool pairs, Value key, Value value) {
    Value *stack = vm->fiber->stack + state;
    if (pairs) {
        stack[3] = key;
        stack[4] = value;
    } else {
        stack[3] = value;
    }
}

static bool next_in_list(VM *vm, uint32_t state, bool pairs, IterateMode mode) {
    Value *stack = vm->fiber->stack + state;
    if (!is_array(stack[0])) return false; /* nil: nothing to iterate */
    ArrayObj *list = array_of(stack[0]);
    int64_t at = small_int_of(stack[1]);
    uint32_t width = mode == ITERATE_ARRAY ? 1 : 2;
    if (at + width > list->count) return false;
    stack[1] = value_small_int(at + width);
    switch (mode) {
    case ITERATE_ARRAY: give(vm, state, pairs, value_small_int(at), list->items[at]); break;
    case ITERATE_MEMBERS: give(vm, state, pairs, value_small_int(at / 2), list->items[at]); break;
    default: give(vm, state, pairs, list->items[at], list->items[at + 1]); break;
    }
    return true;
}

/* first + index × step, of which the product alone may be too large for an Int; false when the sum is. */
static bool item_of_range(int64_t first, int64_t step, int64_t index, int64_t *out) {
    uint64_t least = (uint64_t)INT64_MIN;
    uint64_t room = step > 0 ? (uint64_t)INT64_MAX - (uint64_t)first : (uint64_t)first - least;
    uint64_t size = (uint64_t)step;
    if (step < 0) size = 0 - size;
    if ((uint64_t)index > room / size) return false;
    *out = (int64_t)((uint64_t)first + (uint64_t)index * (uint64_t)step);
    return true;
}

static bool next_in_range(VM *vm, uint32_t state, bool pairs) {
    Value *stack = vm->fiber->stack + state;
    RangeObj *range = range_of(stack[0]);
    int64_t index = small_int_of(stack[1]);
    int64_t step = range->step == VAL_UNSET ? 1 : int_of(range->step);
    int64_t at;
    if (step == 0 || !item_of_range(int_of(range->first), step, index, &at)) return false;
    int64_t last = int_of(range->last);
    if (step > 0 ? at > last : at < last) return false;
    stack[1] = value_small_int(index + 1);
    give(vm, state, pairs, value_small_int(index), int_make(vm, at));
    return true;
}

CallResult iterate_next(VM *vm, uint32_t state, bool pairs, bool *out_has_item) {
    Fiber *fiber = vm->fiber;
    Value source = fiber->stack[state], marker = fiber->stack[state + 2];
    if (is_char(marker) && mode_of(marker) != ITERATE_OBJECT) {
        IterateMode mode = mode_of(marker);
        *out_has_item = mode == ITERATE_STEPS ? next_in_range(vm, state, pairs) : next_in_list(vm, state, pairs, mode);
        return CALL_VALUE;
    }
    if (source == VAL_NIL) { /* what iter gave: every method of nil gives nil, for ever */
        *out_has_item = false;
        return CALL_VALUE;
    }
    CallResult result;
    if (is_obj_type(source, OBJ_GENERATOR)) {
        result = generator_resume(vm, pointer_of(source), state + 3, pairs ? FRAME_NEXT_PAIR : 0);
    } else {
        if (!fiber_reserve(vm, fiber, 2)) return CALL_RAISED;
        uint32_t base = fiber->top + 1;
        fiber->stack[base - 1] = VAL_NIL;
        fiber->stack[base] = source;
        fiber->top = base + 1;
        SymbolObj *name = pairs ? SYM(vm, NEXT_PAIR) : SYM(vm, NEXT);
        result = vm_call_method(vm, name, base, 1, NULL, 0, state + 3, 0);
    }
    if (result != CALL_VALUE) return result;
    return iterate_check(vm, state, pairs, out_has_item) ? CALL_VALUE : CALL_RAISED;
}

bool iterate_check(VM *vm, uint32_t state, bool pairs, bool *out_has_item) {
    Value *stack = vm->fiber->stack + state;
    Value value = stack[3];
    *out_has_item = value != VAL_NOT_FOUND;
    if (!*out_has_item || !pairs) return true;
    if (!is_array(value) || array_of(value)->count != 2) {
        vm_raise(vm, ERR_RUNTIME, "next_pair must give [key value] or not_found, got %s", kind_name(value));
        return false;
    }
    give(vm, state, true, array_of(value)->items[0], array_of(value)->items[1]);
    return true;
}

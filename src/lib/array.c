/* array.c — Array methods that call no Gene function (language 10 §10.1); those that may are in array_compare.c and each.c. */
#include "lib/modules.h"
#include "lib/support.h"
#include "vm/property.h"

static ArrayObj *receiver(VM *vm, const Args *args) { return lib_receiver(vm, args, OBJ_ARRAY); }

/* --- reading -------------------------------------------------------------------------------------------- */

static NativeResult array_size(VM *vm, const Args *args, Value *out) {
    const ArrayObj *array = receiver(vm, args);
    if (!array) return NATIVE_RAISE;
    return lib_return(out, value_small_int(array->count));
}

static NativeResult array_is_empty(VM *vm, const Args *args, Value *out) {
    const ArrayObj *array = receiver(vm, args);
    if (!array) return NATIVE_RAISE;
    return lib_return(out, value_bool(array->count == 0));
}

static NativeResult array_is_not_empty(VM *vm, const Args *args, Value *out) {
    const ArrayObj *array = receiver(vm, args);
    if (!array) return NATIVE_RAISE;
    return lib_return(out, value_bool(array->count > 0));
}

static NativeResult array_get(VM *vm, const Args *args, Value *out) {
    const ArrayObj *array = receiver(vm, args);
    if (!array) return NATIVE_RAISE;
    Value index = native_arg(vm, args, 1);
    bool found = is_int(index) && int_of(index) >= 0 && int_of(index) < array->count;
    return lib_return(out, found ? array->items[int_of(index)] : VAL_NIL);
}

static NativeResult array_first(VM *vm, const Args *args, Value *out) {
    const ArrayObj *array = receiver(vm, args);
    if (!array) return NATIVE_RAISE;
    return lib_return(out, array->count ? array->items[0] : VAL_NIL);
}

static NativeResult array_last(VM *vm, const Args *args, Value *out) {
    const ArrayObj *array = receiver(vm, args);
    if (!array) return NATIVE_RAISE;
    return lib_return(out, array->count ? array->items[array->count - 1] : VAL_NIL);
}

/* --- changing ------------------------------------------------------------------------------------------- */

/* The index given as argument 1, negative from the end; false after raising. */
static bool index_arg(VM *vm, const Args *args, const ArrayObj *array, const char *method, uint32_t *out_index) {
    Value value = native_arg(vm, args, 1);
    if (!is_int(value)) {
        vm_raise_message(vm, "%s index must be an integer", method);
        return false;
    }
    int64_t index = int_of(value);
    if (index < 0 && index >= -(int64_t)array->count) index += array->count;
    if (index < 0 || index >= array->count) {
        vm_raise(vm, ERR_INDEX, "%s index out of bounds", method);
        return false;
    }
    *out_index = (uint32_t)index;
    return true;
}

static NativeResult array_set(VM *vm, const Args *args, Value *out) {
    ArrayObj *array = receiver(vm, args);
    uint32_t index;
    if (!array || !index_arg(vm, args, array, "set", &index)) return NATIVE_RAISE;
    if (!check_mutable(vm, value_pointer(array), "set item on", "set")) return NATIVE_RAISE;
    array->items[index] = native_arg(vm, args, 2);
    heap_touch(vm, array);
    return lib_return(out, value_pointer(array));
}

static NativeResult array_add(VM *vm, const Args *args, Value *out) {
    ArrayObj *array = receiver(vm, args);
    if (!array || !check_mutable(vm, value_pointer(array), "append to", native_of(args->callee)->def->name))
        return NATIVE_RAISE;
    array_push(vm, array, native_arg_or(vm, args, 1, VAL_NIL));
    return lib_return(out, value_pointer(array));
}

static NativeResult array_push_value(VM *vm, const Args *args, Value *out) {
    ArrayObj *array = receiver(vm, args);
    if (!array || !check_mutable(vm, value_pointer(array), "push to", "push")) return NATIVE_RAISE;
    array_push(vm, array, native_arg_or(vm, args, 1, VAL_NIL));
    return lib_return(out, value_small_int(array->count));
}

static NativeResult array_pop(VM *vm, const Args *args, Value *out) {
    ArrayObj *array = receiver(vm, args);
    if (!array) return NATIVE_RAISE;
    if (array->count == 0) return lib_return(out, VAL_NIL);
    if (!check_mutable(vm, value_pointer(array), "pop from", "pop")) return NATIVE_RAISE;
    return lib_return(out, array_remove(vm, array, array->count - 1));
}

static NativeResult array_del(VM *vm, const Args *args, Value *out) {
    ArrayObj *array = receiver(vm, args);
    uint32_t index;
    if (!array || !index_arg(vm, args, array, "del", &index)) return NATIVE_RAISE;
    if (!check_mutable(vm, value_pointer(array), "delete from", "del")) return NATIVE_RAISE;
    return lib_return(out, array_remove(vm, array, index));
}

static NativeResult array_clear(VM *vm, const Args *args, Value *out) {
    ArrayObj *array = receiver(vm, args);
    if (!array || !check_mutable(vm, value_pointer(array), "clear", "clear")) return NATIVE_RAISE;
    array_resize(vm, array, 0);
    return lib_return(out, value_pointer(array));
}

/* --- new arrays --------------------------------------------------------------------------------------- */

/* New array of `count` elements from `from` on; nothing of an empty array may be pointed into. */
static NativeResult return_part(VM *vm, const ArrayObj *array, uint32_t from, uint32_t count, Value *out) {
    return lib_return_items(vm, count ? array->items + from : NULL, count, out);
}

static NativeResult array_slice(VM *vm, const Args *args, Value *out) {
    const ArrayObj *array = receiver(vm, args);
    int64_t start, end;
    if (!array || !lib_int_arg(vm, args, 1, "slice start must be an integer", &start)) return NATIVE_RAISE;
    end = array->count;
    if (lib_has_arg(args, 2) && !lib_int_arg(vm, args, 2, "slice end must be an integer", &end)) return NATIVE_RAISE;
    uint32_t from = lib_clamp_index(start, array->count);
    uint32_t to = lib_clamp_index(end, array->count);
    return return_part(vm, array, from, from < to ? to - from : 0, out);
}

static NativeResult array_take(VM *vm, const Args *args, Value *out) {
    const ArrayObj *array = receiver(vm, args);
    int64_t count;
    if (!array || !lib_int_arg(vm, args, 1, "take count must be an integer", &count)) return NATIVE_RAISE;
    uint32_t taken = count < 0 ? 0 : lib_clamp_index(count, array->count);
    return return_part(vm, array, 0, taken, out);
}

static NativeResult array_skip(VM *vm, const Args *args, Value *out) {
    const ArrayObj *array = receiver(vm, args);
    int64_t count;
    if (!array || !lib_int_arg(vm, args, 1, "skip count must be an integer", &count)) return NATIVE_RAISE;
    uint32_t skipped = count < 0 ? 0 : lib_clamp_index(count, array->count);
    return return_part(vm, array, skipped, array->count - skipped, out);
}

static NativeResult array_reverse(VM *vm, const Args *args, Value *out) {
    const ArrayObj *array = receiver(vm, args);
    if (!array || lib_return_items(vm, array->items, array->count, out) == NATIVE_RAISE) return NATIVE_RAISE;
    ArrayObj *reversed = array_of(*out);
    for (uint32_t i = 0; i < reversed->count / 2; i++) {
        Value item = reversed->items[i];
        reversed->items[i] = reversed->items[reversed->count - 1 - i];
        reversed->items[reversed->count - 1 - i] = item;
    }
    return NATIVE_RETURN;
}

static NativeResult array_zip(VM *vm, const Args *args, Value *out) {
    const ArrayObj *array = receiver(vm, args);
    if (!array) return NATIVE_RAISE;
    Value argument = native_arg_or(vm, args, 1, VAL_NIL);
    if (!is_array(argument)) return vm_raise_message(vm, "zip argument must be an array");
    const ArrayObj *other = array_of(argument);
    uint32_t count = array->count < other->count ? array->count : other->count;
    uint32_t scope = roots_open(vm), result;
    if (!lib_push_array(vm, count, &result)) return NATIVE_RAISE;
    for (uint32_t i = 0; i < count; i++) {
        array_push(vm, array_of(root_get(vm, result)), lib_pair(vm, array->items[i], other->items[i]));
    }
    *out = root_get(vm, result);
    roots_close(vm, scope);
    return NATIVE_RETURN;
}

static NativeResult array_pairs(VM *vm, const Args *args, Value *out) {
    const ArrayObj *array = receiver(vm, args);
    uint32_t scope = roots_open(vm), result;
    if (!array || !lib_push_array(vm, array->count, &result)) return NATIVE_RAISE;
    for (uint32_t i = 0; i < array->count; i++) {
        array_push(vm, array_of(root_get(vm, result)), lib_pair(vm, value_small_int(i), array->items[i]));
    }
    *out = root_get(vm, result);
    roots_close(vm, scope);
    return NATIVE_RETURN;
}

static NativeResult array_to_map(VM *vm, const Args *args, Value *out) {
    const ArrayObj *array = receiver(vm, args);
    if (!array) return NATIVE_RAISE;
    uint32_t scope = roots_open(vm);
    uint32_t result = root_push(vm, map_make(vm));
    for (uint32_t i = 0; i < array->count; i++) {
        Value pair = array->items[i];
        if (!is_array(pair) || array_of(pair)->count != 2) {
            roots_close(vm, scope);
            return vm_raise_message(vm, "to_map expects [key value] pairs");
        }
        SymbolObj *key = property_key(vm, array_of(pair)->items[0]);
        if (!key) {
            roots_close(vm, scope);
            return vm_raise_message(vm, "to_map key must be string, symbol, or int");
        }
        map_set(vm, map_of(root_get(vm, result)), key, array_of(pair)->items[1]);
    }
    *out = root_get(vm, result);
    roots_close(vm, scope);
    return NATIVE_RETURN;
}

/* --- table ------------------------------------------------------------------------------------------------ */

static const NativeDef methods[] = {
    {"size", array_size, 0, -1, NATIVE_METHOD, "(a .size)", "Number of elements."},
    {"length", array_size, 0, -1, NATIVE_METHOD, "(a .length)", "Number of elements."},
    {"empty", array_is_empty, 0, -1, NATIVE_METHOD, "(a .empty)", "True when there are no elements."},
    {"empty?", array_is_empty, 0, -1, NATIVE_METHOD, "(a .empty?)", "True when there are no elements."},
    {"not_empty?", array_is_not_empty, 0, -1, NATIVE_METHOD, "(a .not_empty?)", "True when there are elements."},
    {"get", array_get, 1, -1, NATIVE_METHOD, "(a .get i)", "Element i from 0, or nil when out of range."},
    {"set", array_set, 2, -1, NATIVE_METHOD, "(a .set i v)", "Stores v at i (negative: from the end); the array."},
    {"first", array_first, 0, -1, NATIVE_METHOD, "(a .first)", "First element or nil."},
    {"last", array_last, 0, -1, NATIVE_METHOD, "(a .last)", "Last element or nil."},
    {"add", array_add, 0, -1, NATIVE_METHOD, "(a .add v)", "Appends v; the array."},
    {"append", array_add, 0, -1, NATIVE_METHOD, "(a .append v)", "Appends v; the array."},
    {"push", array_push_value, 0, -1, NATIVE_METHOD, "(a .push v)", "Appends v; the new size."},
    {"pop", array_pop, 0, -1, NATIVE_METHOD, "(a .pop)", "Removes and returns the last element; nil if empty."},
    {"del", array_del, 1, -1, NATIVE_METHOD, "(a .del i)", "Removes and returns element i (negative: from the end)."},
    {"clear", array_clear, 0, -1, NATIVE_METHOD, "(a .clear)", "Removes all elements; the array."},
    {"slice", array_slice, 1, -1, NATIVE_METHOD, "(a .slice i [j])",
     "New array of the elements from i up to but without j; negative counts from the end."},
    {"take", array_take, 1, -1, NATIVE_METHOD, "(a .take n)", "New array of the first n elements."},
    {"skip", array_skip, 1, -1, NATIVE_METHOD, "(a .skip n)", "New array without the first n elements."},
    {"reverse", array_reverse, 0, -1, NATIVE_METHOD, "(a .reverse)", "New array in reverse order."},
    {"zip", array_zip, 0, -1, NATIVE_METHOD, "(a .zip other)", "New array of pairs, as long as the shorter array."},
    {"pairs", array_pairs, 0, -1, NATIVE_METHOD, "(a .pairs)", "New array of [index element]."},
    {"to_map", array_to_map, 0, -1, NATIVE_METHOD, "(a .to_map)", "Map made of [key value] pairs."},
};

void lib_install_array(VM *vm) {
    vm_define_methods(vm, vm_space(vm)->type_classes[OBJ_ARRAY], methods, COUNT_OF(methods));
}

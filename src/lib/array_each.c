/* array_each.c — Array methods that may run Gene code: callbacks, ==, texts (language 10 §10.1).
 * The loops with a callback go on in Gene (each.gene). Invariant of the others: == and to_s may change the array, so every turn
 * reads count and item afresh. */
#include "lib/array_sort.h"
#include "lib/modules.h"
#include "lib/prelude.h"
#include "lib/support.h"

static ArrayObj *receiver(VM *vm, const Args *args) { return lib_receiver(vm, args, OBJ_ARRAY); }

/* Goes on in a function of each.gene with the receiver and `count` arguments. */
static NativeResult loop(VM *vm, const Args *args, const char *name, uint32_t count, Value *out) {
    Value argv[3];
    for (uint32_t i = 0; i <= count; i++) argv[i] = native_arg(vm, args, i);
    return prelude_call(vm, "each.gene", NULL, name, argv, count + 1, out);
}

static NativeResult array_map(VM *vm, const Args *args, Value *out) {
    bool ok = receiver(vm, args) && lib_callable_arg(vm, args, 1, "map callback must be a function", true);
    return ok ? loop(vm, args, "array_map", 1, out) : NATIVE_RAISE;
}

static NativeResult array_filter(VM *vm, const Args *args, Value *out) {
    bool ok = receiver(vm, args) && lib_callable_arg(vm, args, 1, "filter predicate must be callable", true);
    return ok ? loop(vm, args, "array_filter", 1, out) : NATIVE_RAISE;
}

static NativeResult array_reduce(VM *vm, const Args *args, Value *out) {
    if (!receiver(vm, args)) return NATIVE_RAISE;
    if (!lib_has_arg(args, 2)) {
        return vm_raise_message(vm, "Array.reduce requires an initial value and a reducer function");
    }
    if (!lib_callable_arg(vm, args, 2, "reduce reducer must be callable", true)) return NATIVE_RAISE;
    return loop(vm, args, "array_reduce", 2, out);
}

static NativeResult array_each(VM *vm, const Args *args, Value *out) {
    bool ok = receiver(vm, args) && lib_callable_arg(vm, args, 1, "each callback must be a function", false);
    return ok ? loop(vm, args, "array_each", 1, out) : NATIVE_RAISE;
}

static NativeResult array_find(VM *vm, const Args *args, Value *out) {
    bool ok = receiver(vm, args) && lib_callable_arg(vm, args, 1, "find predicate must be callable", true);
    return ok ? loop(vm, args, "array_find", 1, out) : NATIVE_RAISE;
}

static NativeResult array_any(VM *vm, const Args *args, Value *out) {
    bool ok = receiver(vm, args) && lib_callable_arg(vm, args, 1, "any predicate must be callable", true);
    return ok ? loop(vm, args, "array_any", 1, out) : NATIVE_RAISE;
}

static NativeResult array_all(VM *vm, const Args *args, Value *out) {
    bool ok = receiver(vm, args) && lib_callable_arg(vm, args, 1, "all predicate must be callable", true);
    return ok ? loop(vm, args, "array_all", 1, out) : NATIVE_RAISE;
}

/* Index of the first item equal to argument 1, or -1. False after raising. */
static bool position(VM *vm, const Args *args, int64_t *out_index) {
    const ArrayObj *array = receiver(vm, args);
    if (!array) return false;
    *out_index = -1;
    for (uint32_t i = 0; i < array->count; i++) {
        Value item = array->items[i], wanted = native_arg(vm, args, 1);
        bool equal;
        if (!values_equal_fast(item, wanted, &equal)) {
            uint32_t scope = roots_open(vm);
            root_push(vm, item);
            bool ok = values_equal(vm, item, wanted, &equal);
            roots_close(vm, scope);
            if (!ok) return false;
        }
        if (!equal) continue;
        *out_index = i;
        return true;
    }
    return true;
}

static NativeResult array_contains(VM *vm, const Args *args, Value *out) {
    int64_t index;
    if (!position(vm, args, &index)) return NATIVE_RAISE;
    return lib_return(out, value_bool(index >= 0));
}

static NativeResult array_index_of(VM *vm, const Args *args, Value *out) {
    int64_t index;
    if (!position(vm, args, &index)) return NATIVE_RAISE;
    return lib_return(out, value_small_int(index));
}

static bool join_items(VM *vm, const Args *args, const ArrayObj *array, Buffer *text) {
    for (uint32_t i = 0; i < array->count; i++) {
        Value separator = native_arg_or(vm, args, 1, VAL_NIL);
        if (i > 0 && is_string(separator)) {
            buffer_append(text, string_of(separator)->text, string_of(separator)->size);
        }
        if (!print_value(vm, text, array->items[i], RENDER_STRING_FORM)) return false;
    }
    return true;
}

static NativeResult array_join(VM *vm, const Args *args, Value *out) {
    const ArrayObj *array = receiver(vm, args);
    if (!array) return NATIVE_RAISE;
    if (lib_has_arg(args, 1) && !is_string(native_arg(vm, args, 1))) {
        return vm_raise_message(vm, "Array.join separator must be a string");
    }
    Buffer text;
    lib_buffer_init(vm, &text);
    if (join_items(vm, args, array, &text)) return lib_return_text(vm, &text, out);
    buffer_free(&text);
    return NATIVE_RAISE;
}

static NativeResult array_sort(VM *vm, const Args *args, Value *out) {
    if (!receiver(vm, args)) return NATIVE_RAISE;
    Value compare = native_arg_or(vm, args, 1, VAL_UNSET);
    if (compare != VAL_UNSET && !lib_callable_arg(vm, args, 1, "sort comparator must be callable", true)) {
        return NATIVE_RAISE;
    }
    return array_sorted(vm, native_arg(vm, args, 0), compare, out);
}

#define REENTRANT_METHOD (NATIVE_METHOD | NATIVE_REENTRANT)

static const NativeDef methods[] = {
    {"map", array_map, 1, -1, NATIVE_METHOD, "(a .map f)", "New array of (f element)."},
    {"filter", array_filter, 1, -1, NATIVE_METHOD, "(a .filter f)",
     "New array of the elements for which (f element) is true."},
    {"reduce", array_reduce, 0, -1, NATIVE_METHOD, "(a .reduce init f)",
     "Folds (f result element) from the left, starting with init."},
    {"each", array_each, 1, -1, NATIVE_METHOD, "(a .each f)", "Calls (f element) for each; the array."},
    {"find", array_find, 1, -1, NATIVE_METHOD, "(a .find f)", "First element for which (f element) is true, or nil."},
    {"any", array_any, 1, -1, NATIVE_METHOD, "(a .any f)", "Is (f element) true for any element?"},
    {"all", array_all, 1, -1, NATIVE_METHOD, "(a .all f)", "Is (f element) true for all elements?"},
    {"contains", array_contains, 1, -1, REENTRANT_METHOD, "(a .contains v)", "Is an element equal to v?"},
    {"index_of", array_index_of, 1, -1, REENTRANT_METHOD, "(a .index_of v)",
     "Index of the first element equal to v, or -1."},
    {"join", array_join, 0, -1, REENTRANT_METHOD, "(a .join [separator])", "The elements' texts as one string."},
    {"sort", array_sort, 0, -1, REENTRANT_METHOD, "(a .sort [compare])",
     "New array, stable; by text, or by (compare a b): a negative Int or true puts a first."},
};

void lib_install_array_each(VM *vm) {
    vm_define_methods(vm, vm_space(vm)->type_classes[OBJ_ARRAY], methods, COUNT_OF(methods));
}

/* array_compare.c — Array methods that compare, order or print the elements, which may run Gene code (language 10 §10.1).
 * Invariant: == and to_s may change the array, so every turn reads count and item afresh. */
#include "lib/array_sort.h"
#include "lib/modules.h"
#include "lib/support.h"

static ArrayObj *receiver(VM *vm, const Args *args) { return lib_receiver(vm, args, OBJ_ARRAY); }

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
    {"contains", array_contains, 1, -1, REENTRANT_METHOD, "(a .contains v)", "Is an element equal to v?"},
    {"index_of", array_index_of, 1, -1, REENTRANT_METHOD, "(a .index_of v)",
     "Index of the first element equal to v, or -1."},
    {"join", array_join, 0, -1, REENTRANT_METHOD, "(a .join [separator])", "The elements' texts as one string."},
    {"sort", array_sort, 0, -1, REENTRANT_METHOD, "(a .sort [compare])",
     "New array, stable; by text, or by (compare a b): a negative Int or true puts a first."},
};

void lib_install_array_compare(VM *vm) {
    vm_define_methods(vm, vm_space(vm)->type_classes[OBJ_ARRAY], methods, COUNT_OF(methods));
}

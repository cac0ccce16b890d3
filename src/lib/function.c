/* function.c — methods of functions, and what a function says about itself (language 05 §5.4, 5.6). */
#include "lib/modules.h"
#include "lib/support.h"

static NativeResult function_call(VM *vm, const Args *args, Value *out) {
    Value self = native_arg(vm, args, 0);
    if (!is_callable(vm, self)) return lib_raise_receiver(vm, args);
    uint32_t slot = vm->native_slot;
    if (!is_function(self)) {
        const Value *argv = vm->fiber->stack + args->base + 1;
        uint32_t scope = roots_open(vm);
        uint32_t list = root_push(vm, array_from(vm, argv, args->count - 1));
        uint32_t keywords = root_push(vm, lib_keyword_map(vm, args));
        const ArrayObj *items = array_of(root_get(vm, list));
        bool ok = exec_callable_keywords(vm, self, items->items, items->count, root_get(vm, keywords), out);
        roots_close(vm, scope);
        return ok ? NATIVE_RETURN : NATIVE_RAISE;
    }
    /* A function is called without a C frame below it: where self stands, its frame may use the slot. */
    switch (vm_call(vm, self, args->base + 1, args->count - 1, args->keyword_names, args->keyword_count, slot, 0)) {
    case CALL_FRAME: return NATIVE_FRAME;
    case CALL_VALUE: return lib_return(out, vm->fiber->stack[slot]);
    case CALL_SWITCH: *out = vm->fiber->stack[slot]; return NATIVE_SWITCH;
    case CALL_WAIT: *out = vm->wait_for; return NATIVE_WAIT;
    case CALL_NATIVE:
    case CALL_RAISED: break;
    }
    return NATIVE_RAISE;
}

/* What the function's metadata says under `key`, or VAL_UNSET. False after raising that it is no function. */
static bool metadata(VM *vm, Value value, const char *key, Value *out_value) {
    if (!is_function(value)) {
        vm_raise_message(vm, "Function.%s must be called on a function", key);
        return false;
    }
    Value map = function_of(value)->code->metadata;
    *out_value = is_map(map) ? map_get_text(vm, map_of(map), key) : VAL_UNSET;
    return true;
}

static NativeResult function_intent(VM *vm, const Args *args, Value *out) {
    if (!metadata(vm, native_arg_or(vm, args, 0, VAL_NIL), "intent", out)) return NATIVE_RAISE;
    return *out == VAL_UNSET ? lib_return(out, string_from(vm, "")) : NATIVE_RETURN;
}

static NativeResult function_examples(VM *vm, const Args *args, Value *out) {
    Value examples;
    if (!metadata(vm, native_arg_or(vm, args, 0, VAL_NIL), "examples", &examples)) return NATIVE_RAISE;
    if (!is_array(examples)) return lib_return(out, array_make(vm, 0));
    return lib_return_items(vm, array_of(examples)->items, array_of(examples)->count, out);
}

static const NativeDef methods[] = {
    {"call", function_call, 0, -1, NATIVE_METHOD | NATIVE_REENTRANT | NATIVE_KEYWORDS, "(f .call v…)",
     "Calls the function."},
    {"intent", function_intent, 0, -1, NATIVE_METHOD, "(f .intent)", "The ^intent text, or the empty string."},
    {"examples", function_examples, 0, -1, NATIVE_METHOD, "(f .examples)", "The ^examples array, or an empty one."},
    {"function_intent", function_intent, 0, -1, 0, "(function_intent f)", "The ^intent text, or the empty string."},
    {"function_examples", function_examples, 0, -1, 0, "(function_examples f)",
     "The ^examples array, or an empty one."},
};
#define METHOD_COUNT 3 /* the rest are functions */

void lib_install_function(VM *vm) {
    vm_define_methods(vm, vm_space(vm)->type_classes[OBJ_FUNCTION], methods, METHOD_COUNT);
    const NativeDef *functions = methods + METHOD_COUNT;
    vm_define_natives(vm, vm->global_ns, functions, COUNT_OF(methods) - METHOD_COUNT);
    vm_define_natives(vm, vm->gene_ns, functions, COUNT_OF(methods) - METHOD_COUNT);
}

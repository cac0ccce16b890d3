/* eval.c — (eval form): forms compiled and run inside a scope that is running (language 06 §6.4).
 * Invariant: the code made here captures only the cells its scope descriptor lists, so it can be instantiated by the frame
 * that asked for it. */
#include "vm/access.h"
#include "vm/call.h"
#include "vm/operators.h"

static bool is_known_name(const Frame *frame, const ScopeDescriptor *scope, const SymbolObj *name) {
    for (uint32_t i = 0; i < scope->count; i++) {
        if (scope->names[i].name == name) return true;
    }
    return table_get_symbol(&frame->code->module->names, name) != VAL_UNSET ||
           vm_lookup_name(frame->fn->ns, name) != VAL_UNSET;
}

static CodeObj *compile(VM *vm, const Frame *frame, Value forms, uint32_t scope_number) {
    CompileRequest request = {.forms = forms, .module = frame->code->module, .file = frame->code->file};
    Diagnostics diagnostics = {NULL, 0, 0};
    CodeObj *code = compiler_compile_in_scope(vm, &request, frame->code, scope_number, &diagnostics);
    if (!code) vm_raise(vm, diagnostics.items[0].id, "%s", diagnostics.items[0].message);
    diagnostics_free(&diagnostics);
    return code;
}

static NativeResult eval_form(VM *vm, const Args *args, Value *out) {
    Fiber *fiber = vm->fiber;
    Frame *frame = &fiber->frames[fiber->frame_count - 1];
    uint32_t slot = vm->native_slot;
    Value form = native_arg(vm, args, 0);
    uint32_t scope_number = (uint32_t)small_int_of(native_arg(vm, args, 1));
    if (!is_node(form) && !is_quote(form) && !is_symbol(form) && !is_path(form)) {
        *out = form;
        return NATIVE_RETURN;
    }
    if (is_symbol(form) && !is_known_name(frame, &frame->code->scopes[scope_number], symbol_of(form))) {
        return vm_raise(vm, ERR_UNDEFINED, "Unknown symbol: %s", symbol_of(form)->text);
    }
    uint32_t roots = roots_open(vm);
    Value forms = array_from(vm, &form, 1);
    root_push(vm, forms);
    CodeObj *code = compile(vm, frame, forms, scope_number);
    if (!code) return NATIVE_RAISE;
    root_push(vm, value_pointer(code));
    Value fn = access_make_function(vm, frame, code);
    roots_close(vm, roots);
    native_set_arg(vm, args, 0, fn);
    switch (vm_call(vm, fn, args->base + 1, 0, NULL, 0, slot, 0)) {
    case CALL_FRAME: return NATIVE_FRAME;
    case CALL_VALUE: *out = fiber->stack[slot]; return NATIVE_RETURN;
    default: return NATIVE_RAISE;
    }
}

const NativeDef eval_native = {"eval",
                               eval_form,
                               2,
                               2,
                               0,
                               "(eval form…)",
                               "Compiles and runs a data form in the current scope; other values are themselves."};

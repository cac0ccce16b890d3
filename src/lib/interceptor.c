/* interceptor.c — making interceptors, applying them to functions and classes, calling interceptions (language 11 §11.3–11.5).
 * Invariant: an application changes a class only after everything about it has been checked. */
#include "lib/modules.h"
#include "lib/prelude.h"
#include "lib/support.h"

#include <stdarg.h>
#include <stdio.h>

/* --- definition ---------------------------------------------------------------------------------------------- */

/* What a name given as advice means where the definition runs; VAL_UNSET when nothing. */
static Value named_callable(VM *vm, const SymbolObj *name) {
    const Frame *frame = &vm->fiber->frames[vm->fiber->frame_count - 1];
    Value found = vm_lookup_name(frame->fn->ns, name);
    if (found != VAL_UNSET) return found;
    const ModuleObj *module = frame->code->module;
    Value slot = table_get_symbol(&module->names, name);
    return slot == VAL_UNSET ? VAL_UNSET : module->vars[small_int_of(slot)];
}

/* Replaces a name by the function it means and checks that it is one. */
static bool resolve_advice(VM *vm, Value *io_callable) {
    if (is_symbol(*io_callable)) {
        Value found = named_callable(vm, symbol_of(*io_callable));
        if (found == VAL_UNSET) {
            vm_raise(vm, ERR_UNDEFINED, "advice callable not found: %s", symbol_of(*io_callable)->text);
            return false;
        }
        *io_callable = found;
    }
    if (is_function(*io_callable) || is_obj_type(*io_callable, OBJ_NATIVE)) return true;
    vm_raise(vm, ERR_TYPE_PLAIN, "advice callable must be a function or native function");
    return false;
}

/* What InterceptorObj.advice is, from the flat list `given` in a root. */
static Value sort_advice(VM *vm, uint32_t given, uint32_t parameter_count) {
    uint32_t scope = roots_open(vm);
    uint32_t count = parameter_count * ADVICE_KIND_COUNT;
    uint32_t lists = root_push(vm, array_make(vm, count));
    for (uint32_t i = 0; i < count; i++) {
        Value list = array_make(vm, 0);
        array_push(vm, array_of(root_get(vm, lists)), list);
    }
    for (uint32_t i = 0; i < array_of(root_get(vm, given))->count; i += 4) {
        const Value *row = array_of(root_get(vm, given))->items + i;
        AdviceKind kind = (AdviceKind)small_int_of(row[1]);
        int64_t flags = small_int_of(row[3]);
        Value advice = row[2];
        uint32_t at = (uint32_t)small_int_of(row[0]) * ADVICE_KIND_COUNT + kind;
        if (kind == ADVICE_AFTER) {
            Value parts[] = {advice, value_bool(flags & ADVICE_IS_NAMED), value_bool(flags & ADVICE_REPLACES)};
            advice = array_from(vm, parts, 3);
        }
        array_push(vm, array_of(array_of(root_get(vm, lists))->items[at]), advice);
    }
    Value sorted = root_get(vm, lists);
    roots_close(vm, scope);
    return sorted;
}

/* Rows of parameter, kind, callable and flags, as the compiler makes them; code of an image may do otherwise. */
static bool are_advice_rows(Value list, uint32_t parameter_count) {
    if (!is_array(list) || array_of(list)->count % 4 != 0) return false;
    for (uint32_t i = 0; i < array_of(list)->count; i += 4) {
        const Value *row = array_of(list)->items + i;
        if (!is_small_int(row[0]) || !is_small_int(row[1]) || !is_small_int(row[3])) return false;
        if (small_int_of(row[0]) < 0 || small_int_of(row[0]) >= parameter_count) return false;
        if (small_int_of(row[1]) < 0 || small_int_of(row[1]) >= ADVICE_KIND_COUNT) return false;
    }
    return true;
}

static NativeResult make_interceptor(VM *vm, const Args *args, Value *out) {
    uint32_t given = args->base + 3;
    if (!are_advice_rows(root_get(vm, given), array_of(native_arg(vm, args, 2))->count)) {
        return vm_raise(vm, ERR_TYPE_PLAIN, "malformed advice");
    }
    ArrayObj *rows = array_of(root_get(vm, given));
    for (uint32_t i = 0; i < rows->count; i += 4) {
        if (!resolve_advice(vm, &rows->items[i + 2])) return NATIVE_RAISE;
        heap_touch(vm, rows);
    }
    native_set_arg(vm, args, 3, sort_advice(vm, given, array_of(native_arg(vm, args, 2))->count));
    *out = interceptor_make(vm, symbol_of(native_arg(vm, args, 0)), native_arg(vm, args, 1) == VAL_TRUE,
                            native_arg(vm, args, 2), native_arg(vm, args, 3));
    return NATIVE_RETURN;
}

/* --- application ------------------------------------------------------------------------------------------------ */

static NativeResult refuse(VM *vm, const InterceptorObj *interceptor, const char *marker, const char *format, ...)
    PRINTF_LIKE(4, 5);
static NativeResult refuse(VM *vm, const InterceptorObj *interceptor, const char *marker, const char *format, ...) {
    char detail[400];
    va_list list;
    va_start(list, format);
    vsnprintf(detail, sizeof detail, format, list);
    va_end(list);
    return vm_raise(vm, ERR_INTERCEPT, "[GENE.INTERCEPT.%s] %sinterceptor application '%.100s': %s", marker,
                    interceptor->wraps_class ? "" : "fn-", interceptor->name->text, detail);
}

/* Raises when the value gets forms instead of values; `expected` begins the detail. */
static bool refuse_macro(VM *vm, const InterceptorObj *interceptor, Value value, const char *expected) {
    if (is_obj_type(value, OBJ_FUNCTION) && is_macro(value)) {
        refuse(vm, interceptor, "MACRO_UNSUPPORTED", "%s; actual macro-like function '%.100s'", expected,
               function_of(value)->code->name->text);
        return true;
    }
    if (is_macro(value)) {
        refuse(vm, interceptor, "MACRO_UNSUPPORTED", "%s; actual native macro", expected);
        return true;
    }
    return false;
}

static bool refuse_async(VM *vm, const InterceptorObj *interceptor, Value value) {
    if (!is_function(value) || !(function_of(value)->code->flags & CODE_ASYNC)) return false;
    refuse(vm, interceptor, "ASYNC_UNSUPPORTED", "expected synchronous callable target; actual async function '%.100s'",
           function_of(value)->code->name->text);
    return true;
}

static const SymbolObj *keyword_parameter(Value function) {
    const CodeObj *code = function_of(function)->code;
    for (uint32_t i = 0; i < code->param_count; i++) {
        if (code->params[i].kind >= PARAM_KEYWORD) return code->params[i].name;
    }
    return NULL;
}

static NativeResult apply_to_function(VM *vm, const Args *args, const InterceptorObj *interceptor, Value *out) {
    if (args->keyword_count) {
        return refuse(vm, interceptor, "KEYWORD_UNSUPPORTED", "direct application does not accept keyword arguments");
    }
    if (args->count != 2) {
        return refuse(vm, interceptor, "FN_ARITY", "expected exactly one callable argument; actual %u",
                      args->count - 1);
    }
    Value target = native_arg(vm, args, 1);
    if (refuse_macro(vm, interceptor, target, "expected non-macro callable target")) return NATIVE_RAISE;
    if (is_obj_type(target, OBJ_FUNCTION)) {
        if (refuse_async(vm, interceptor, target)) return NATIVE_RAISE;
        const SymbolObj *keyword = keyword_parameter(target);
        if (keyword) {
            return refuse(vm, interceptor, "KEYWORD_UNSUPPORTED",
                          "target function '%.100s' declares keyword parameter '%.100s', but keyword forwarding is "
                          "deferred",
                          function_of(target)->code->name->text, keyword->text);
        }
    } else if (!is_obj_type(target, OBJ_NATIVE) && !is_interception(target)) {
        return refuse(vm, interceptor, "FN_TARGET",
                      "expected function, native function, or interception target; actual %s",
                      is_class(target) ? "class" : kind_name(target));
    }
    return lib_return(out, interception_make(vm, native_arg(vm, args, 0), 0, target));
}

static const char *class_target_text(Value target) {
    if (is_obj_type(target, OBJ_FUNCTION)) return "function";
    if (is_obj_type(target, OBJ_NATIVE)) return "native function";
    return is_interception(target) ? "interception" : kind_name(target);
}

/* The own method that argument `index` names, or VAL_UNSET after raising. */
static Value mapped_method(VM *vm, const Args *args, const InterceptorObj *interceptor, uint32_t index) {
    const ClassObj *class_ = class_of_value(native_arg(vm, args, 1));
    const SymbolObj *parameter = symbol_of(array_of(interceptor->parameters)->items[index - 2]);
    Value name = native_arg(vm, args, index);
    if (!lib_is_name(name)) {
        refuse(vm, interceptor, "MAPPING_NAME",
               "mapping for parameter '%.100s' expected string or symbol method name; actual %s", parameter->text,
               kind_name(name));
        return VAL_UNSET;
    }
    Value method = table_get_symbol(&class_->methods, lib_symbol(vm, name));
    if (method == VAL_UNSET) {
        refuse(vm, interceptor, "MISSING_METHOD", "class '%.100s' has no method '%.100s' for parameter '%.100s'",
               class_->name->text, lib_name_text(name), parameter->text);
        return VAL_UNSET;
    }
    return refuse_async(vm, interceptor, method) ? VAL_UNSET : method;
}

static bool check_class_application(VM *vm, const Args *args, const InterceptorObj *interceptor) {
    uint32_t wanted = array_of(interceptor->parameters)->count;
    if (args->keyword_count) {
        refuse(vm, interceptor, "KEYWORD_UNSUPPORTED",
               "class interceptor application does not accept keyword arguments");
        return false;
    }
    if (args->count < 2) {
        refuse(vm, interceptor, "CLASS_TARGET", "expected class target argument; actual none");
        return false;
    }
    Value target = native_arg(vm, args, 1);
    if (refuse_macro(vm, interceptor, target, "expected class target")) return false;
    if (!is_class(target)) {
        refuse(vm, interceptor, "CLASS_TARGET", "expected class target; actual %s", class_target_text(target));
        return false;
    }
    if (args->count - 2 != wanted) {
        refuse(vm, interceptor, "MAPPING_ARITY", "expected %u method mapping arguments; actual %u", wanted,
               args->count - 2);
        return false;
    }
    for (uint32_t i = 2; i < args->count; i++) {
        if (mapped_method(vm, args, interceptor, i) == VAL_UNSET) return false;
    }
    return true;
}

static NativeResult apply_to_class(VM *vm, const Args *args, const InterceptorObj *interceptor, Value *out) {
    if (!check_class_application(vm, args, interceptor)) return NATIVE_RAISE;
    uint32_t scope = roots_open(vm);
    uint32_t made = root_push(vm, array_make(vm, args->count - 2));
    for (uint32_t i = 2; i < args->count; i++) {
        Value method = mapped_method(vm, args, interceptor, i);
        Value interception = interception_make(vm, native_arg(vm, args, 0), i - 2, method);
        array_push(vm, array_of(root_get(vm, made)), interception);
        class_set_method(vm, class_of_value(native_arg(vm, args, 1)), lib_symbol(vm, native_arg(vm, args, i)),
                         interception);
    }
    *out = root_get(vm, made);
    roots_close(vm, scope);
    return NATIVE_RETURN;
}

static NativeResult apply_interceptor(VM *vm, const Args *args, Value *out) {
    const InterceptorObj *interceptor = lib_receiver(vm, args, OBJ_INTERCEPTOR);
    if (!interceptor) return NATIVE_RAISE;
    return interceptor->wraps_class ? apply_to_class(vm, args, interceptor, out)
                                    : apply_to_function(vm, args, interceptor, out);
}

/* --- calling an interception ---------------------------------------------------------------------------------------- */

/* Is an inline advice's parameter list longer than the call's arguments? Its first parameter is self. */
static NativeResult takes_result(VM *vm, const Args *args, Value *out) {
    Value advice = native_arg(vm, args, 0);
    bool longer =
        is_function(advice) && function_of(advice)->code->param_count > array_of(native_arg(vm, args, 1))->count + 1u;
    return lib_return(out, value_bool(longer));
}

static void install_helpers(VM *vm, NamespaceObj *ns) {
    static const NativeDef helpers[] = {
        {"takes_result", takes_result, 2, 2, 0, "(takes_result advice args)", "Does it want the call's result, too?"},
    };
    vm_define_natives(vm, ns, helpers, COUNT_OF(helpers));
}

static NativeResult call_interception(VM *vm, const Args *args, Value *out) {
    const InterceptionObj *interception = lib_receiver(vm, args, OBJ_INTERCEPTION);
    if (!interception) return NATIVE_RAISE;
    const InterceptorObj *interceptor = interceptor_of(interception->interceptor);
    bool is_method = interceptor->wraps_class;
    if (!is_method && args->keyword_count) {
        return vm_raise_message(vm, "Keyword arguments are not supported for intercepted standalone functions");
    }
    uint32_t first = is_method ? 2 : 1;
    if (args->count < first) return vm_raise(vm, ERR_ARGUMENT, "an intercepted method requires its instance");
    uint32_t scope = roots_open(vm);
    Value instance = is_method ? native_arg(vm, args, 1) : VAL_NIL;
    uint32_t list = root_push(vm, VAL_NIL);
    if (!lib_check_space(vm, (size_t)args->count * sizeof(Value))) return NATIVE_RAISE;
    uint32_t count = args->count - first;
    root_set(vm, list, array_make(vm, count));
    if (count) array_append(vm, array_of(root_get(vm, list)), vm->fiber->stack + args->base + first, count);
    uint32_t keywords = root_push(vm, lib_keyword_map(vm, args));
    Value original = is_method ? bound_method_make(vm, instance, interception->target) : interception->target;
    Value argv[ADVICE_KIND_COUNT + 4];
    uint32_t argc = 0;
    bool advised = !interception->is_disabled && !interceptor->is_disabled;
    if (advised) {
        const Value *lists = array_of(interceptor->advice)->items + interception->parameter * ADVICE_KIND_COUNT;
        for (uint32_t i = 0; i < ADVICE_KIND_COUNT; i++) argv[argc++] = lists[i];
        argv[argc++] = instance;
    } else {
        argv[argc++] = original;
    }
    argv[argc++] = root_get(vm, list);
    argv[argc++] = root_get(vm, keywords);
    if (advised) argv[argc++] = original;
    roots_close(vm, scope);
    return prelude_call(vm, "interceptor.gene", install_helpers, advised ? "call_intercepted" : "call_original", argv,
                        argc, out);
}

/* --- enabling --------------------------------------------------------------------------------------------------------- */

static NativeResult set_disabled(VM *vm, const Args *args, bool disabled, Value *out) {
    *out = native_arg(vm, args, 0);
    if (is_interceptor(*out))
        interceptor_of(*out)->is_disabled = disabled;
    else if (is_interception(*out))
        interception_of(*out)->is_disabled = disabled;
    else
        return lib_raise_receiver(vm, args);
    return NATIVE_RETURN;
}

static NativeResult enable(VM *vm, const Args *args, Value *out) { return set_disabled(vm, args, false, out); }
static NativeResult disable(VM *vm, const Args *args, Value *out) { return set_disabled(vm, args, true, out); }

/* --- tables ------------------------------------------------------------------------------------------------------------- */

/* The forms' names as values: nothing can be done with them. */
static NativeResult form_as_value(VM *vm, const Args *args, Value *out) {
    (void)out;
    const char *name = native_of(args->callee)->def->name;
    return vm_raise(vm, ERR_NOT_CALLABLE, "%s is a form and cannot be called as a value", name);
}

#define CALL_METHOD (NATIVE_METHOD | NATIVE_KEYWORDS)

static const NativeDef interceptor_methods[] = {
    {"call", apply_interceptor, 0, -1, CALL_METHOD, "(Name callable), (Name Class method…)",
     "Wraps a callable, or methods of a class in place."},
    {"enable", enable, 0, -1, NATIVE_METHOD, "(i .enable)", "Lets advice run again; the receiver."},
    {"disable", disable, 0, -1, NATIVE_METHOD, "(i .disable)", "Keeps advice from running; the receiver."},
};

static const NativeDef interception_methods[] = {
    {"call", call_interception, 0, -1, CALL_METHOD, "(f v…)", "Calls the original with advice around it."},
    {"enable", enable, 0, -1, NATIVE_METHOD, "(f .enable)", "Lets advice run again; the receiver."},
    {"disable", disable, 0, -1, NATIVE_METHOD, "(f .disable)", "Keeps advice from running; the receiver."},
};

static const NativeDef forms[] = {
    {"interceptor", form_as_value, 0, -1, NATIVE_MACRO | NATIVE_FORM, "(interceptor Name [m…] advice…)",
     "Defines advice for methods of a class."},
    {"fn-interceptor", form_as_value, 0, -1, NATIVE_MACRO | NATIVE_FORM, "(fn-interceptor Name [f] advice…)",
     "Defines advice for a callable."},
};

static const NativeDef definition = {
    "interceptor", make_interceptor, 4, 4, 0, "(interceptor Name [m…] advice…)", "Advice for callables."};

void lib_install_interceptor(VM *vm) {
    ClassObj *const *classes = vm_space(vm)->type_classes;
    vm_define_methods(vm, classes[OBJ_INTERCEPTOR], interceptor_methods, COUNT_OF(interceptor_methods));
    vm_define_methods(vm, classes[OBJ_INTERCEPTION], interception_methods, COUNT_OF(interception_methods));
    vm_define_natives(vm, vm->global_ns, forms, COUNT_OF(forms));
    vm_install_intrinsic(vm, INTRINSIC_INTERCEPTOR, &definition);
}

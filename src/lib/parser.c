/* parser.c — gene/Parser: the forms of a text one after the other (language 28 §4).
 * Invariant: an instance holds the forms in front of the first fault, nil once closed, how many of them were given, and that
 * fault, which is raised when its turn comes. */
#include "lib/modules.h"
#include "lib/support.h"
#include "reader/reader.h"

/* Of a form that holds a fault something may have been read. */
static uint32_t count_before_fault(const ReadResult *result) {
    uint32_t count = array_of(result->forms)->count;
    const Diagnostic *fault = result->diagnostics.items;
    for (uint32_t i = 0; result->diagnostics.count > 0 && i < count; i++) {
        const FormPosition *form = &result->positions[i];
        bool is_behind =
            form->end_line == fault->line ? form->end_column > fault->column : form->end_line > fault->line;
        if (is_behind) return i;
    }
    return count;
}

static NativeResult parser_new(VM *vm, const Args *args, Value *out) {
    Value text = native_arg_or(vm, args, 1, VAL_NIL);
    if (!is_string(text)) return vm_raise_message(vm, "Parser requires a string");
    ReadOptions options = {.file = "<parse>"};
    ReadResult result;
    reader_read(vm, string_of(text)->text, string_of(text)->size, &options, &result);
    uint32_t scope = roots_open(vm);
    uint32_t forms = root_push(vm, result.forms);
    array_resize(vm, array_of(result.forms), count_before_fault(&result));
    uint32_t parser = root_push(vm, instance_make(vm, class_of_value(native_arg(vm, args, 0))));
    lib_set_field(vm, root_get(vm, parser), "forms", root_get(vm, forms));
    lib_set_field(vm, root_get(vm, parser), "given", value_small_int(0));
    if (result.diagnostics.count > 0) {
        const Diagnostic *fault = diagnostics_main(&result.diagnostics);
        lib_set_field(vm, root_get(vm, parser), "fault", string_from(vm, fault->message));
        lib_set_field(vm, root_get(vm, parser), "code", string_from(vm, error_table[fault->id].code));
    }
    reader_free(&result);
    *out = root_get(vm, parser);
    roots_close(vm, scope);
    return NATIVE_RETURN;
}

static NativeResult parser_read(VM *vm, const Args *args, Value *out) {
    Value parser = native_arg(vm, args, 0), forms = lib_get_field(vm, parser, "forms");
    Value given = lib_get_field(vm, parser, "given");
    *out = VAL_NIL;
    if (!is_array(forms) || !is_small_int(given)) return NATIVE_RETURN;
    int64_t at = small_int_of(given), count = array_of(forms)->count;
    if (at < 0 || at > count) return NATIVE_RETURN;
    lib_set_field(vm, parser, "given", value_small_int(at + 1));
    if (at < count) return lib_return(out, array_of(forms)->items[at]);
    Value fault = lib_get_field(vm, parser, "fault"), code = lib_get_field(vm, parser, "code");
    if (!is_string(fault) || !is_string(code)) return NATIVE_RETURN;
    return vm_raise(vm, error_by_code(string_of(code)->text, string_of(code)->size), "%s", string_of(fault)->text);
}

static NativeResult parser_close(VM *vm, const Args *args, Value *out) {
    Value parser = native_arg(vm, args, 0);
    if (!is_instance(parser)) return lib_raise_receiver(vm, args);
    lib_set_field(vm, parser, "forms", VAL_NIL);
    return lib_return(out, VAL_NIL);
}

static const NativeDef constructor = {
    "Parser", parser_new, 0, -1, NATIVE_METHOD, "(new gene/Parser s)", "Reads the forms of a text one by one."};
static const NativeDef methods[] = {
    {"read", parser_read, 0, -1, NATIVE_METHOD, "(p .read)", "The next form; nil at the end."},
    {"close", parser_close, 0, -1, NATIVE_METHOD, "(p .close)", "No form follows."},
};

void lib_install_parser(VM *vm) {
    ClassObj *class_ = lib_define_class(vm, vm->gene_ns, "Parser");
    vm_define_methods(vm, class_, methods, COUNT_OF(methods));
    class_->ctor = native_make(vm, &constructor, VAL_NIL);
}

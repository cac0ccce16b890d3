/* parser.c — gene/Parser: the forms of a text one after the other (language 28 §4).
 * Invariant: an instance holds the text and the offset behind the last form read; nil in place of the text once closed. */
#include "lib/modules.h"
#include "lib/support.h"
#include "reader/reader.h"

static NativeResult parser_new(VM *vm, const Args *args, Value *out) {
    Value text = native_arg_or(vm, args, 1, VAL_NIL);
    if (!is_string(text)) return vm_raise_message(vm, "Parser requires a string");
    uint32_t scope = roots_open(vm);
    uint32_t parser = root_push(vm, instance_make(vm, class_of_value(native_arg(vm, args, 0))));
    lib_set_field(vm, root_get(vm, parser), "text", text);
    lib_set_field(vm, root_get(vm, parser), "position", value_small_int(0));
    *out = root_get(vm, parser);
    roots_close(vm, scope);
    return NATIVE_RETURN;
}

static NativeResult parser_read(VM *vm, const Args *args, Value *out) {
    Value parser = native_arg(vm, args, 0), text = lib_get_field(vm, parser, "text");
    Value position = lib_get_field(vm, parser, "position");
    *out = VAL_NIL;
    if (!is_string(text) || !is_small_int(position) || small_int_of(position) < 0) return NATIVE_RETURN;
    Diagnostics diagnostics = {0};
    ReadOptions options = {.file = "<parse>"};
    size_t at = (size_t)small_int_of(position);
    uint32_t scope = roots_open(vm);
    bool ok = reader_read_next(vm, string_of(text)->text, string_of(text)->size, &options, &at, out, &diagnostics);
    uint32_t form = root_push(vm, *out);
    lib_set_field(vm, parser, "position", value_small_int((int64_t)at));
    if (!ok) vm_raise(vm, diagnostics.items[0].id, "%s", diagnostics.items[0].message);
    diagnostics_free(&diagnostics);
    *out = root_get(vm, form);
    roots_close(vm, scope);
    return ok ? NATIVE_RETURN : NATIVE_RAISE;
}

static NativeResult parser_close(VM *vm, const Args *args, Value *out) {
    Value parser = native_arg(vm, args, 0);
    if (!is_instance(parser)) return lib_raise_receiver(vm, args);
    lib_set_field(vm, parser, "text", VAL_NIL);
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

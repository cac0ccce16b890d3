/* source.c — see source.h. */
#include "lib/source.h"

#include "compiler/image.h"

ModuleObj *source_module_in(VM *vm, Value path, Value name, NamespaceObj *parent, bool is_main) {
    uint32_t scope = roots_open(vm);
    root_push(vm, path);
    root_push(vm, name);
    root_push(vm, value_pointer(parent));
    SymbolObj *symbol = symbol_from_string(vm, string_of(name));
    root_push(vm, value_pointer(symbol));
    ModuleObj *module = module_make(vm, symbol, parent);
    root_push(vm, value_pointer(module));
    module->path = path;
    module->is_main = is_main;
    vm_set_global(vm, module->ns, "__is_main__", value_bool(is_main));
    vm_set_global(vm, module->ns, "__module_name__", name);
    roots_close(vm, scope);
    return module;
}

ModuleObj *source_module(VM *vm, Value path, bool is_main) {
    return source_module_in(vm, path, path, vm->gene_ns, is_main);
}

/* --- what the reader and the compiler found --------------------------------------------------------------------- */

static void set_diagnostic(VM *vm, uint32_t root, const Diagnostic *item) {
    MapObj *map = map_of(root_get(vm, root));
    map_set_text(vm, map, "code", string_from(vm, error_table[item->id].code));
    map_set_text(vm, map, "message", string_make_lossy(vm, item->message, strlen(item->message)));
    map_set_text(vm, map, "line", value_small_int(item->line));
    map_set_text(vm, map, "column", value_small_int(item->column));
    map_set_text(vm, map, "endLine", value_small_int(item->end_line));
    map_set_text(vm, map, "endColumn", value_small_int(item->end_column));
}

Value source_diagnostics(VM *vm, const Diagnostics *diagnostics) {
    uint32_t scope = roots_open(vm);
    uint32_t list = root_push(vm, array_make(vm, diagnostics->count));
    for (uint32_t i = 0; i < diagnostics->count; i++) {
        uint32_t item = root_push(vm, map_make(vm));
        set_diagnostic(vm, item, &diagnostics->items[i]);
        array_push(vm, array_of(root_get(vm, list)), root_get(vm, item));
        roots_close(vm, item);
    }
    Value result = root_get(vm, list);
    roots_close(vm, scope);
    return result;
}

static void set_field(VM *vm, uint32_t instance, SymbolObj *name, Value value) {
    instance_set(vm, instance_of(root_get(vm, instance)), name, value);
}

Value source_syntax_error(VM *vm, const Diagnostics *diagnostics, StrObj *file) {
    static const Diagnostic unknown = {.id = ERR_COMPILE_LIMIT, .message = "the source cannot be compiled"};
    const Diagnostic *first = diagnostics->count ? diagnostics_main(diagnostics) : &unknown;
    uint32_t scope = roots_open(vm);
    root_push(vm, value_pointer(file));
    uint32_t root = root_push(vm, vm_make_exception(vm, first->id, first->message, strlen(first->message)));
    Buffer place;
    buffer_init(&place);
    buffer_append_format(&place, "%s:%u:%u", file->text, first->line, first->column);
    Value location = string_from_buffer(vm, &place);
    buffer_free(&place);
    set_field(vm, root, SYM(vm, LOCATION), location);
    if (first->hint) {
        Value hint = string_from(vm, first->hint);
        set_field(vm, root, SYM(vm, HINT), hint);
    }
    Value list = source_diagnostics(vm, diagnostics);
    set_field(vm, root, SYM(vm, DIAGNOSTICS), list);
    Value stack = array_make(vm, 0);
    set_field(vm, root, SYM(vm, STACK), stack);
    Value exception = root_get(vm, root);
    roots_close(vm, scope);
    return exception;
}

/* --- compiling ---------------------------------------------------------------------------------------------------- */

CodeObj *source_compile(VM *vm, ModuleObj *module, StrObj *source, StrObj *file) {
    ReadOptions options = {.file = file->text};
    ReadResult read;
    reader_read(vm, source->text, source->size, &options, &read);
    uint32_t scope = roots_open(vm);
    root_push(vm, read.forms);
    CodeObj *code = NULL;
    if (read.diagnostics.count == 0) {
        CompileRequest request = {.forms = read.forms,
                                  .positions = read.positions,
                                  .module = module,
                                  .file = file,
                                  .source = source,
                                  .is_source = true,
                                  .environment = vm->env};
        Diagnostics diagnostics = {0};
        code = compiler_compile(vm, &request, &diagnostics);
        if (!code) vm->exception = source_syntax_error(vm, &diagnostics, file);
        diagnostics_free(&diagnostics);
    } else {
        vm->exception = source_syntax_error(vm, &read.diagnostics, file);
    }
    roots_close(vm, scope);
    reader_free(&read);
    return code;
}

/* --- images --------------------------------------------------------------------------------------------------------- */

CodeObj *source_load(VM *vm, ModuleObj *module, const BytesObj *image, const StrObj *name) {
    const char *problem;
    CodeObj *code = image_read(vm, image->data, image->size, module, string_of(module->path), false, &problem);
    if (!code) vm_raise(vm, ERR_IMAGE, "%s: %s", name->text, problem);
    return code;
}

Value source_image(VM *vm, const CodeObj *code, const StrObj *source, bool keeps_source) {
    ImageOrigin origin = {.file = code->file->text,
                          .file_size = code->file->size,
                          .text = source->text,
                          .text_size = keeps_source ? source->size : 0,
                          .hash = image_hash(source->text, source->size),
                          .options = image_options(vm)};
    Buffer bytes;
    buffer_init(&bytes);
    const char *problem;
    Value image = VAL_UNSET;
    if (!image_write(vm, code, &origin, true, &bytes, &problem)) {
        vm_raise(vm, ERR_IMAGE, "%s: %s", code->file->text, problem);
    } else if (bytes.size > HEAP_SMALL_REQUEST && !heap_can_allocate(vm, bytes.size)) {
        vm_raise(vm, ERR_LIMIT_MEMORY, "memory limit reached: no room for an image of %zu bytes (limits.memory)",
                 bytes.size);
    } else {
        image = bytes_make(vm, (const uint8_t *)bytes.data, bytes.size);
    }
    buffer_free(&bytes);
    return image;
}

NativeResult source_read_forms(VM *vm, const Args *args, Value *out) {
    const StrObj *text = string_of(native_arg(vm, args, 0));
    ReadOptions options = {.file = "<parse>"};
    ReadResult result;
    reader_read(vm, text->text, text->size, &options, &result);
    bool ok = result.diagnostics.count == 0;
    if (!ok)
        vm_raise(vm, diagnostics_main(&result.diagnostics)->id, "%s", diagnostics_main(&result.diagnostics)->message);
    *out = result.forms;
    reader_free(&result);
    return ok ? NATIVE_RETURN : NATIVE_RAISE;
}

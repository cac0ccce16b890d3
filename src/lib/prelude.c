/* prelude.c — library functions written in Gene, called in place of natives.
 * Invariant: a file of functions (import.gene, each.gene) captures nothing, so its functions are made from their code and the
 * file itself never runs. Its image is read when one of its functions is first called. */
#include "lib/prelude.h"

#include "lib/module.h"
#include "lib/source.h"

#include "compiler/image.h"

static const GenePreludeFile *find_file(const char *name) {
    for (size_t i = 0; i < gene_prelude_file_count; i++) {
        if (strcmp(gene_prelude_files[i].name, name) == 0) return &gene_prelude_files[i];
    }
    return NULL;
}

CodeObj *prelude_load(VM *vm, ModuleObj *module, const char *file) {
    const GenePreludeFile *prelude = find_file(file);
    ENSURE(prelude, "every prelude file asked for is embedded");
    const char *problem;
    CodeObj *code = image_read(vm, prelude->image, prelude->size, module, NULL, true, &problem);
    ENSURE(code, "an image made together with the program can be read");
    return code;
}

static void make_functions(VM *vm, ModuleObj *module, const CodeObj *code) {
    for (uint32_t i = 0; i < code->constant_count; i++) {
        if (!is_obj_type(code->constants[i], OBJ_CODE)) continue;
        CodeObj *body = pointer_of(code->constants[i]);
        Value slot = table_get_symbol(&module->names, body->name);
        if (slot == VAL_UNSET) continue;
        Value function = function_make(vm, body, module->ns);
        module->vars[small_int_of(slot)] = function;
        heap_touch(vm, module);
    }
}

/* The module of a file of functions, made at the first call. NULL after raising. */
static ModuleObj *module_of_file(VM *vm, const char *file, PreludeInstall install) {
    SymbolObj *key = symbol_from(vm, file);
    Value found = table_get_symbol(&vm->modules, key);
    if (found != VAL_UNSET) return pointer_of(found);
    uint32_t scope = roots_open(vm);
    root_push(vm, value_pointer(key));
    uint32_t path = root_push(vm, string_from(vm, file));
    ModuleObj *module = source_module(vm, root_get(vm, path), false);
    root_push(vm, value_pointer(module));
    module->is_internal = true;
    module->state = MODULE_LOADED;
    if (install) install(vm, module->ns);
    CodeObj *code = prelude_load(vm, module, file);
    if (code) {
        root_push(vm, value_pointer(code));
        make_functions(vm, module, code);
        table_set_symbol(vm, &vm->modules, key, value_pointer(module));
    }
    roots_close(vm, scope);
    return code ? module : NULL;
}

NativeResult prelude_call(VM *vm, const char *file, PreludeInstall install, const char *name, const Value *argv,
                          uint32_t argc, Value *out) {
    uint32_t slot = vm->native_slot;
    uint32_t scope = roots_open(vm);
    uint32_t callee = root_push(vm, VAL_NIL);
    for (uint32_t i = 0; i < argc; i++) root_push(vm, argv[i]);
    const ModuleObj *module = module_of_file(vm, file, install);
    if (!module) return roots_close(vm, scope), NATIVE_RAISE;
    Value variable = table_get_symbol(&module->names, symbol_from(vm, name));
    ENSURE(variable != VAL_UNSET, "the file defines what is called in it");
    Value function = module->vars[small_int_of(variable)];
    root_set(vm, callee, function);
    return native_after_call(vm, vm_call(vm, function, callee + 1, argc, NULL, 0, slot, 0), slot, out);
}

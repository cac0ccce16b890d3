/* module.c — (import …): finding, running and caching modules, and binding what is imported (language 21 §1–2).
 *
 * A module is in vm->modules under its resolved path from the moment its code is known; one that fails is taken out again.
 * Its body runs in the task that imports it first, called by import.gene; other importers wait for its end. Whoever waits
 * says so in ModuleObj.waits_for: a chain of those that leads back to the importer is a cycle. */
#include "lib/module.h"

#include "lib/async.h"
#include "lib/extensions.h"
#include "lib/modules.h"
#include "lib/package.h"
#include "lib/path.h"
#include "lib/prelude.h"
#include "lib/source.h"
#include "lib/support.h"
#include "task/future.h"
#include "vm/property.h"
#include "vm/suggest.h"

static bool is_module(Value value) { return is_obj_type(value, OBJ_MODULE); }
static ModuleObj *module_of(Value value) { return (ModuleObj *)pointer_of(value); }
static ModuleObj *module_arg(VM *vm, const Args *args, uint32_t i) { return module_of(native_arg(vm, args, i)); }

static const char *module_path(const ModuleObj *module) {
    return is_string(module->path) ? string_of(module->path)->text : "";
}

#define IMPORT_FILE "import.gene"

/* What import.gene is made of; defined at the end of this file. */
static void define_import_natives(VM *vm, NamespaceObj *ns);

/* Calls a function of import.gene in place of the running native. */
static NativeResult call_import_function(VM *vm, const char *name, const Value *argv, uint32_t argc, Value *out) {
    return prelude_call(vm, IMPORT_FILE, define_import_natives, name, argv, argc, out);
}

/* --- the import form -------------------------------------------------------------------------------------------------- */

static Value option_of(VM *vm, Value specification, const char *name) {
    Value value = map_get_text(vm, map_of(specification), name);
    return value == VAL_UNSET ? VAL_NIL : value;
}

static NativeResult import(VM *vm, const Args *args, Value *out) {
    Value specification = native_arg(vm, args, 0);
    Value argv[] = {specification, native_arg(vm, args, 1)};
    bool is_builtin = is_nil(option_of(vm, specification, "from"));
    if (is_builtin) return call_import_function(vm, "import_builtin", argv, 2, out);
    if (is_truthy(option_of(vm, specification, "native"))) {
        return vm_raise(vm, ERR_UNSUPPORTED, "[GENE.WASM.UNSUPPORTED] native extensions is not available in wasm");
    }
    return call_import_function(vm, "import_from", argv, 2, out);
}

static const NativeDef import_def = {"import", import, 2, 2, 0, "(import a b from \"path\")", "Imports members."};

/* --- finding ------------------------------------------------------------------------------------------------------------ */

/* The main module is known by its path as it was given: in the cache it stands under its full one. */
static void remember_importer(VM *vm, ModuleObj *importer) {
    if (!importer->is_main || !is_string(importer->path)) return;
    uint32_t scope = roots_open(vm);
    uint32_t path = root_push(vm, path_absolute(vm, string_of(importer->path)));
    SymbolObj *key = symbol_from_string(vm, string_of(root_get(vm, path)));
    if (table_get_symbol(&vm->modules, key) == VAL_UNSET) {
        table_set_symbol(vm, &vm->modules, key, value_pointer(importer));
    }
    roots_close(vm, scope);
}

/* A new module for a source, text or image, with its body ready to run. `path` and `source` are reachable. NULL after raising. */
static ModuleObj *make_module(VM *vm, SymbolObj *key, Value path, Value source) {
    uint32_t scope = roots_open(vm);
    root_push(vm, value_pointer(key));
    ModuleObj *module = source_module(vm, path, false);
    root_push(vm, value_pointer(module));
    CodeObj *code = is_bytes(source) ? source_load(vm, module, bytes_of(source), string_of(path))
                                     : source_compile(vm, module, string_of(source), string_of(path));
    if (code) {
        root_push(vm, value_pointer(code));
        module->ready = function_make(vm, code, module->ns);
        heap_touch(vm, module);
        table_set_symbol(vm, &vm->modules, key, value_pointer(module));
    }
    roots_close(vm, scope);
    return code ? module : NULL;
}

/* (find_module file importer): what the host has found, {^path ^source}, as a module. */
static NativeResult find_module(VM *vm, const Args *args, Value *out) {
    const MapObj *file = map_of(native_arg(vm, args, 0));
    ModuleObj *importer = module_arg(vm, args, 1);
    Value path = map_get_text(vm, file, "path"), source = map_get_text(vm, file, "source");
    if (!is_string(path) || !(is_string(source) || is_bytes(source)))
        return vm_raise(vm, ERR_IMPORT, "the host gave no source text");
    remember_importer(vm, importer);
    SymbolObj *key = symbol_from_string(vm, string_of(path));
    *out = table_get_symbol(&vm->modules, key);
    if (*out != VAL_UNSET) return NATIVE_RETURN;
    ModuleObj *module = make_module(vm, key, path, source);
    return module ? lib_return(out, value_pointer(module)) : NATIVE_RAISE;
}

/* --- running ------------------------------------------------------------------------------------------------------------- */

static void set_waits_for(VM *vm, Value importer, ModuleObj *module) {
    if (!is_module(importer)) return;
    module_of(importer)->waits_for = module;
    heap_touch(vm, module_of(importer));
}

/* (begin_module module importer): the function to call, or nil when somebody else has called it. */
static NativeResult begin_module(VM *vm, const Args *args, Value *out) {
    ModuleObj *module = module_arg(vm, args, 0);
    *out = VAL_NIL;
    if (module->is_main || module->state != MODULE_NEW) return NATIVE_RETURN;
    *out = module->ready;
    module->ready = VAL_NIL;
    module->state = MODULE_RUNNING;
    set_waits_for(vm, native_arg(vm, args, 1), module);
    return NATIVE_RETURN;
}

/* The end of a body, for those who wait. */
static void tell_waiting(VM *vm, ModuleObj *module, FutureState state, Value value) {
    Value ready = module->ready;
    module->ready = VAL_NIL;
    if (is_future(ready)) future_finish(vm, future_of(ready), state, value);
}

static void forget_module(VM *vm, ModuleObj *module) {
    SymbolObj *key = symbol_from_string(vm, string_of(module->path));
    if (table_get_symbol(&vm->modules, key) == value_pointer(module)) {
        table_delete_symbol(vm, &vm->modules, key);
    }
    module->state = MODULE_NEW;
}

/* Modules that have ended stand in the order of their ends: one that is imported before its importers. */
static void keep_order(VM *vm, ModuleObj *module) {
    SymbolObj *key = symbol_from_string(vm, string_of(module->path));
    if (table_delete_symbol(vm, &vm->modules, key) == VAL_UNSET) return;
    table_set_symbol(vm, &vm->modules, key, value_pointer(module));
}

/* (end_module module exception|nil) */
static NativeResult end_module(VM *vm, const Args *args, Value *out) {
    ModuleObj *module = module_arg(vm, args, 0);
    Value exception = native_arg(vm, args, 1);
    if (is_nil(exception)) {
        module->state = MODULE_LOADED;
        keep_order(vm, module);
        tell_waiting(vm, module, FUTURE_SUCCESS, VAL_NIL);
    } else {
        forget_module(vm, module);
        tell_waiting(vm, module, FUTURE_FAILURE, exception);
    }
    return async_return(vm, VAL_NIL, out);
}

/* (leave_module module|nil importer|nil): a module that still runs was stopped. */
static NativeResult leave_module(VM *vm, const Args *args, Value *out) {
    set_waits_for(vm, native_arg(vm, args, 1), NULL);
    Value module = native_arg(vm, args, 0);
    if (is_module(module) && module_of(module)->state == MODULE_RUNNING) {
        static const char text[] = "the import was cancelled";
        Value exception = vm_make_exception(vm, ERR_CANCELLED, text, sizeof text - 1);
        uint32_t scope = roots_open(vm);
        root_push(vm, exception);
        forget_module(vm, module_of(module));
        tell_waiting(vm, module_of(module), FUTURE_FAILURE, exception);
        roots_close(vm, scope);
    }
    return async_return(vm, VAL_NIL, out);
}

static NativeResult raise_cycle(VM *vm, const ModuleObj *module, const ModuleObj *importer) {
    Buffer chain;
    buffer_init(&chain);
    buffer_append_text(&chain, module_path(module));
    for (const ModuleObj *at = module; at != importer;) {
        at = at->waits_for;
        buffer_append_format(&chain, " -> %s", module_path(at));
    }
    buffer_append_format(&chain, " -> %s", module_path(module));
    vm_raise(vm, ERR_MODULE_CYCLE, "[GENE.MODULE.CYCLE] Cyclic import detected: %s", buffer_text(&chain));
    buffer_free(&chain);
    return NATIVE_RAISE;
}

/* (wait_for_module module importer|nil) */
static NativeResult wait_for_module(VM *vm, const Args *args, Value *out) {
    ModuleObj *module = module_arg(vm, args, 0);
    Value importer = native_arg(vm, args, 1);
    ENSURE(module, "a module waits for a module");
    for (const ModuleObj *at = module; at && is_module(importer); at = at->waits_for) {
        if (at == module_of(importer)) return raise_cycle(vm, module, at);
    }
    if (module->state != MODULE_RUNNING) return lib_return(out, VAL_NIL);
    if (is_nil(module->ready)) {
        module->ready = future_make(vm);
        heap_touch(vm, module);
    }
    set_waits_for(vm, importer, module);
    *out = module->ready;
    return NATIVE_WAIT;
}

/* --- extensions: members of genex that are Gene files of the library --------------------------------------------------------- */

static const Extension *find_extension(const char *name) {
    for (size_t i = 0; i < extension_count; i++) {
        if (strcmp(extensions[i].name, name) == 0) return &extensions[i];
    }
    return NULL;
}

/* The extension's module, whose namespace is the member of genex; made when it is first asked for. NULL: there is no such
 * extension, or after raising. */
static ModuleObj *extension_of(VM *vm, const char *name) {
    const Extension *extension = find_extension(name);
    if (!extension) return NULL;
    SymbolObj *key = symbol_from(vm, extension->file);
    Value found = table_get_symbol(&vm->modules, key);
    if (found != VAL_UNSET) return module_of(found);
    uint32_t scope = roots_open(vm);
    root_push(vm, value_pointer(key));
    NamespaceObj *internals = namespace_make(vm, key, vm->gene_ns);
    root_push(vm, value_pointer(internals));
    extension->install(vm, internals);
    uint32_t path = root_push(vm, string_from(vm, extension->file));
    uint32_t title = root_push(vm, string_from(vm, extension->name));
    ModuleObj *module = source_module_in(vm, root_get(vm, path), root_get(vm, title), internals, false);
    root_push(vm, value_pointer(module));
    module->is_internal = true;
    CodeObj *code = prelude_load(vm, module, extension->file);
    if (code) {
        root_push(vm, value_pointer(code));
        module->ready = function_make(vm, code, module->ns);
        heap_touch(vm, module);
        table_set_symbol(vm, &vm->modules, key, value_pointer(module));
        vm_set_global(vm, vm->genex_ns, extension->name, value_pointer(module->ns));
    }
    roots_close(vm, scope);
    return code ? module : NULL;
}

/* (extension_module name): the module, or nil when there is no such extension. */
static NativeResult extension_module(VM *vm, const Args *args, Value *out) {
    ModuleObj *module = extension_of(vm, string_of(native_arg(vm, args, 0))->text);
    if (!module && vm->exception != VAL_UNSET) return NATIVE_RAISE;
    return lib_return(out, module ? value_pointer(module) : VAL_NIL);
}

/* (extension name): its namespace, or nil. */
static NativeResult extension_namespace(VM *vm, const Args *args, Value *out) {
    ModuleObj *module = extension_of(vm, string_of(native_arg(vm, args, 0))->text);
    return lib_return(out, module ? value_pointer(module->ns) : VAL_NIL);
}

/* The handler of genex for members it has not yet. */
static NativeResult genex_missing(VM *vm, const Args *args, Value *out) {
    Value name = native_arg(vm, args, 0);
    if (!is_string(name) || !find_extension(string_of(name)->text)) return lib_return(out, VAL_NIL);
    return call_import_function(vm, "genex_member", &name, 1, out);
}

static const NativeDef genex_def = {"genex", genex_missing, 1, -1, 0, "genex/name", "Loads an extension."};

/* --- binding ------------------------------------------------------------------------------------------------------------------ */

static const ArrayObj *items_of(VM *vm, Value specification) {
    return array_of(map_get_text(vm, map_of(specification), "items"));
}

/* The path of an item: an array of symbols. */
static const ArrayObj *item_path(const ArrayObj *items, uint32_t i) {
    return array_of(array_of(items->items[i])->items[0]);
}

static SymbolObj *part_of(const ArrayObj *path, uint32_t i) { return symbol_of(path->items[i]); }

/* (extensions_of specification): modules of the extensions that its items mention. */
static NativeResult extensions_of(VM *vm, const Args *args, Value *out) {
    uint32_t scope = roots_open(vm);
    uint32_t list = root_push(vm, array_make(vm, 1));
    const ArrayObj *items = items_of(vm, native_arg(vm, args, 0));
    for (uint32_t i = 0; i < items->count; i++) {
        const ArrayObj *path = item_path(items, i);
        if (path->count < 2 || !symbol_is(part_of(path, 0), "genex")) continue;
        ModuleObj *module = extension_of(vm, part_of(path, 1)->text);
        if (module)
            array_push(vm, array_of(root_get(vm, list)), value_pointer(module));
        else if (vm->exception != VAL_UNSET)
            return roots_close(vm, scope), NATIVE_RAISE;
    }
    *out = root_get(vm, list);
    roots_close(vm, scope);
    return NATIVE_RETURN;
}

static NativeResult raise_no_symbol(VM *vm, const ArrayObj *path) {
    Buffer name;
    buffer_init(&name);
    for (uint32_t i = 0; i < path->count; i++) {
        buffer_append_format(&name, "%s%s", i ? "/" : "", part_of(path, i)->text);
    }
    vm_raise(vm, ERR_IMPORT, "Symbol '%s' not found in namespace", buffer_text(&name));
    buffer_free(&name);
    return NATIVE_RAISE;
}

/* Names that a wildcard does not bring in. */
static bool is_hidden_name(const SymbolObj *name) {
    static const char *const hidden[] = {"gene", "genex", "$pkg", "pkg"};
    for (size_t i = 0; i < COUNT_OF(hidden); i++) {
        if (symbol_is(name, hidden[i])) return true;
    }
    size_t size = name->size;
    return size > 4 && memcmp(name->text, "__", 2) == 0 && memcmp(name->text + size - 2, "__", 2) == 0;
}

/* Every member of `ns` becomes one of the importer; `exports`: only these, NULL: all. */
static void import_all(VM *vm, NamespaceObj *ns, const Table *exports, ModuleObj *importer) {
    const Table *members = &ns->members;
    for (uint32_t i = table_next(members, 0); i < members->used; i = table_next(members, i + 1)) {
        SymbolObj *name = symbol_of(members->entries[i].key);
        bool is_exported = !exports || table_get_symbol(exports, name) != VAL_UNSET;
        if (is_exported && !is_hidden_name(name)) namespace_set(vm, importer->ns, name, members->entries[i].value);
    }
}

/* Where the items of one import form come from. */
typedef struct Origin {
    NamespaceObj *ns;
    const Table *exports; /* NULL: all members */
    ModuleObj *importer;
    uint32_t first; /* parts of a path that `ns` stands for */
} Origin;

static NativeResult raise_not_exported(VM *vm, const SymbolObj *name) {
    return vm_raise(vm, ERR_EXPORT_MISSING,
                    "[GENE.IMPORT.EXPORT_MISSING] Cannot import '%s' from module with explicit exports", name->text);
}

/* The value that `path` names; nil after binding what a wildcard brings in. */
static NativeResult import_item(VM *vm, const Origin *origin, const ArrayObj *path, Value *out) {
    Value value = value_pointer(origin->ns);
    for (uint32_t i = origin->first; i < path->count; i++) {
        SymbolObj *name = part_of(path, i);
        const Table *exports = i == origin->first ? origin->exports : NULL;
        if (!is_namespace(value) && !is_class(value)) {
            return vm_raise(vm, ERR_IMPORT, "'%s' is not a namespace", part_of(path, i - 1)->text);
        }
        NamespaceObj *ns = is_class(value) ? class_of_value(value)->ns : namespace_of(value);
        if (symbol_is(name, "*") && i + 1 == path->count) {
            import_all(vm, ns, exports, origin->importer);
            return lib_return(out, VAL_NIL);
        }
        if (exports && table_get_symbol(exports, name) == VAL_UNSET) return raise_not_exported(vm, name);
        value = is_class(value) ? property_get(vm, value, name) : namespace_get(ns, name);
        if (value == VAL_UNSET || value == VAL_VOID) {
            raise_no_symbol(vm, path);
            suggest_member(vm, ns, name);
            return NATIVE_RAISE;
        }
    }
    return lib_return(out, value);
}

/* The array with one value an item. */
static NativeResult import_items(VM *vm, Value specification, const Origin *origin, Value *out) {
    uint32_t scope = roots_open(vm);
    root_push(vm, value_pointer(origin->ns));
    const ArrayObj *items = items_of(vm, specification);
    uint32_t list = root_push(vm, array_make(vm, items->count));
    NativeResult result = NATIVE_RETURN;
    for (uint32_t i = 0; i < items->count && result == NATIVE_RETURN; i++) {
        Value value = VAL_NIL;
        result = import_item(vm, origin, item_path(items, i), &value);
        array_push(vm, array_of(root_get(vm, list)), value);
    }
    *out = root_get(vm, list);
    roots_close(vm, scope);
    return result;
}

/* (imported_values specification importer module) */
static NativeResult imported_values(VM *vm, const Args *args, Value *out) {
    const ModuleObj *module = module_arg(vm, args, 2);
    Origin origin = {.ns = module->ns,
                     .exports = module->has_exports ? &module->exports : NULL,
                     .importer = module_arg(vm, args, 1)};
    return import_items(vm, native_arg(vm, args, 0), &origin, out);
}

/* (builtin_values specification importer) */
static NativeResult builtin_values(VM *vm, const Args *args, Value *out) {
    Origin origin = {.ns = vm->global_ns, .importer = module_arg(vm, args, 1)};
    return import_items(vm, native_arg(vm, args, 0), &origin, out);
}

/* --- without an import form ------------------------------------------------------------------------------------------------------ */

static NativeResult namespace_of_module(VM *vm, const Args *args, Value *out) {
    return lib_return(out, value_pointer(module_arg(vm, args, 0)->ns));
}

NativeResult module_load(VM *vm, Value specifier, const ModuleObj *importer, Value *out) {
    uint32_t scope = roots_open(vm);
    uint32_t specification = root_push(vm, map_make(vm));
    Value from = is_string(specifier) ? specifier : string_from_symbol(vm, symbol_of(specifier));
    map_set_text(vm, map_of(root_get(vm, specification)), "from", from);
    Value argv[] = {root_get(vm, specification), value_pointer(importer)};
    roots_close(vm, scope);
    return call_import_function(vm, "module_namespace", argv, COUNT_OF(argv), out);
}

/* --- tables -------------------------------------------------------------------------------------------------------------------- */

static const NativeDef import_natives[] = {
    {"find_module", find_module, 2, 2, 0, "", "The module of a file."},
    {"begin_module", begin_module, 2, 2, 0, "", "The body of a module that nobody has run."},
    {"end_module", end_module, 2, 2, 0, "", "The body has ended."},
    {"leave_module", leave_module, 2, 2, 0, "", "The import has ended."},
    {"wait_for_module", wait_for_module, 2, 2, 0, "", "Waits while somebody else runs the body."},
    {"extension_module", extension_module, 1, 1, 0, "", "The module of an extension."},
    {"extension", extension_namespace, 1, 1, 0, "", "The namespace of an extension."},
    {"extensions_of", extensions_of, 1, 1, 0, "", "The extensions that an import mentions."},
    {"imported_values", imported_values, 3, 3, 0, "", "What an import from a module binds."},
    {"namespace_of", namespace_of_module, 1, 1, 0, "", "The namespace of a module."},
    {"builtin_values", builtin_values, 2, 2, 0, "", "What an import without from binds."},
};

static void define_import_natives(VM *vm, NamespaceObj *ns) {
    package_define_natives(vm, ns);
    vm_define_natives(vm, ns, import_natives, COUNT_OF(import_natives));
}

void lib_install_module(VM *vm) {
    vm_install_intrinsic(vm, INTRINSIC_IMPORT, &import_def);
    NamespaceObj *genex = vm->genex_ns;
    genex->missing_handlers = array_make(vm, 1);
    array_push(vm, array_of(genex->missing_handlers), native_make(vm, &genex_def, VAL_NIL));
    heap_touch(vm, genex);
}

/* package.c — the values $pkg and $app, and what packages.gene is made of (language 21 §2.1, §4–6). How modules and packages are
 * found is written there, over one host operation that tells which of some files there are. */
#include "lib/package.h"

#include "lib/modules.h"
#include "lib/path.h"
#include "lib/prelude.h"
#include "lib/support.h"
#include "port/operations.h"
#include "reader/reader.h"
#include "task/scheduler.h"

#define PACKAGES_FILE "packages.gene"
#define CALL_ARGUMENTS 4u /* the most that a function of packages.gene takes from outside */

static ModuleObj *module_arg(VM *vm, const Args *args, uint32_t i) { return pointer_of(native_arg(vm, args, i)); }

/* --- calling packages.gene ---------------------------------------------------------------------------------------- */

/* (packages name argument…) */
static NativeResult call_packages(VM *vm, const Args *args, Value *out) {
    Value argv[CALL_ARGUMENTS];
    for (uint32_t i = 1; i < args->count; i++) argv[i - 1] = native_arg(vm, args, i);
    const char *name = string_of(native_arg(vm, args, 0))->text;
    return prelude_call(vm, PACKAGES_FILE, package_define_natives, name, argv, args->count - 1, out);
}

/* $pkg, $app, ($dep name ^path path): see PACKAGE in intrinsics.h. */
static NativeResult package(VM *vm, const Args *args, Value *out) {
    Value argv[] = {native_arg(vm, args, 0), native_arg(vm, args, 1), native_arg(vm, args, 2)};
    const char *name = "package_of";
    uint32_t argc = 1;
    if (is_string(argv[1])) {
        if (!is_string(argv[2]) && !is_nil(argv[2])) return vm_raise(vm, ERR_IMPORT, "$dep ^path must be a string");
        name = "add_dependency";
        argc = 3;
    } else if (is_truthy(argv[1])) {
        name = "application";
        argc = 0;
    }
    return prelude_call(vm, PACKAGES_FILE, package_define_natives, name, argv, argc, out);
}

static const NativeDef package_def = {"package", package, 3, 3, 0, "$pkg", "The package of a module."};

/* --- files and paths ----------------------------------------------------------------------------------------------- */

/* The directory that the program was started in. */
static const char *start_directory(VM *vm) {
    Value start = is_map(vm->system) ? map_get_text(vm, map_of(vm->system), "start") : VAL_UNSET;
    return is_string(start) ? string_of(start)->text : path_current(vm);
}

/* Appends `path` as seen from the directory `base`, absolute. */
static void append_path(VM *vm, Buffer *out, const char *base, const char *path, size_t size) {
    Buffer joined;
    buffer_init(&joined);
    if (size == 0 || path[0] != '/') buffer_append_format(&joined, "%s/", base);
    buffer_append(&joined, path, size);
    path_append_absolute(vm, out, buffer_text(&joined), joined.size);
    buffer_free(&joined);
}

/* (load_files paths specifier|nil importer) */
static NativeResult load_files(VM *vm, const Args *args, Value *out) {
    Value argv[] = {native_arg(vm, args, 0), native_arg(vm, args, 1), module_arg(vm, args, 2)->path};
    *out = scheduler_begin_operation(vm, OPERATION_LOAD_MODULE, argv, COUNT_OF(argv), false);
    return NATIVE_WAIT;
}

/* (full_path directory path) */
static NativeResult full_path(VM *vm, const Args *args, Value *out) {
    const StrObj *base = string_of(native_arg(vm, args, 0)), *path = string_of(native_arg(vm, args, 1));
    Buffer text;
    lib_buffer_init(vm, &text);
    append_path(vm, &text, base->text, path->text, path->size);
    return lib_return_text(vm, &text, out);
}

/* (module_path importer): as errors name it. */
static NativeResult module_path(VM *vm, const Args *args, Value *out) {
    return lib_return(out, module_arg(vm, args, 0)->path);
}

/* (module_folder importer): the directory it lies in. */
static NativeResult module_folder(VM *vm, const Args *args, Value *out) {
    Value path = module_arg(vm, args, 0)->path;
    const char *text = is_string(path) ? string_of(path)->text : "", *slash = strrchr(text, '/');
    Buffer folder;
    lib_buffer_init(vm, &folder);
    append_path(vm, &folder, start_directory(vm), text, slash ? (size_t)(slash - text) + 1 : 0);
    return lib_return_text(vm, &folder, out);
}

/* --- what packages.gene asks ----------------------------------------------------------------------------------------- */

static NativeResult is_main(VM *vm, const Args *args, Value *out) {
    return lib_return(out, value_bool(module_arg(vm, args, 0)->is_main));
}

static NativeResult main_module(VM *vm, const Args *args, Value *out) {
    (void)args;
    return lib_return(out, value_pointer(vm->main_module));
}

/* (read_forms text): all of them. */
static NativeResult read_forms(VM *vm, const Args *args, Value *out) {
    const StrObj *text = string_of(native_arg(vm, args, 0));
    ReadOptions options = {.file = PACKAGES_FILE};
    ReadResult read;
    reader_read(vm, text->text, text->size, &options, &read);
    *out = read.forms;
    const Diagnostic *first = read.diagnostics.items;
    bool ok = read.diagnostics.count == 0;
    if (!ok) vm_raise(vm, first->id, "%u:%u: %s", first->line, first->column, first->message);
    reader_free(&read);
    return ok ? NATIVE_RETURN : NATIVE_RAISE;
}

static NativeResult kind(VM *vm, const Args *args, Value *out) {
    return lib_return(out, string_from(vm, kind_name(native_arg(vm, args, 0))));
}

static NativeResult state(VM *vm, const Args *args, Value *out) {
    (void)args;
    if (!is_map(vm->packages)) {
        vm->packages = map_make(vm);
        map_set_text(vm, map_of(vm->packages), "cwd", string_from(vm, start_directory(vm)));
        Value given = is_map(vm->system) ? map_get_text(vm, map_of(vm->system), "package") : VAL_UNSET;
        if (is_string(given)) map_set_text(vm, map_of(vm->packages), "given", given);
    }
    return lib_return(out, vm->packages);
}

static NativeResult make_package(VM *vm, const Args *args, Value *out) {
    return lib_return(out, quote_make(vm, OBJ_PACKAGE, native_arg(vm, args, 0), false));
}

static NativeResult make_application(VM *vm, const Args *args, Value *out) {
    return lib_return(out, quote_make(vm, OBJ_APPLICATION, native_arg(vm, args, 0), false));
}

static NativeResult fields_of(VM *vm, const Args *args, Value *out) {
    return lib_return(out, quote_of(native_arg(vm, args, 0))->form);
}

/* --- methods ------------------------------------------------------------------------------------------------------------ */

/* The field with the method's name. */
static NativeResult package_field(VM *vm, const Args *args, Value *out) {
    const QuoteObj *package = lib_receiver(vm, args, OBJ_PACKAGE);
    if (!package) return NATIVE_RAISE;
    Value value = map_get_text(vm, map_of(package->form), native_of(args->callee)->def->name);
    return lib_return(out, value == VAL_UNSET ? VAL_NIL : value);
}

static NativeResult application_package(VM *vm, const Args *args, Value *out) {
    const QuoteObj *application = lib_receiver(vm, args, OBJ_APPLICATION);
    return application ? lib_return(out, application->form) : NATIVE_RAISE;
}

/* --- tables --------------------------------------------------------------------------------------------------------------- */

static const NativeDef natives[] = {
    {"packages", call_packages, 1, 1 + CALL_ARGUMENTS, 0, "", "Calls a function of packages.gene."},
    {"load_files", load_files, 3, 3, 0, "", "Which files there are, with their texts."},
    {"full_path", full_path, 2, 2, 0, "", "A path as seen from a directory."},
    {"module_path", module_path, 1, 1, 0, "", "What a module is called."},
    {"module_folder", module_folder, 1, 1, 0, "", "The directory of a module."},
    {"is_main", is_main, 1, 1, 0, "", "Is it the program's?"},
    {"main_module", main_module, 0, 0, 0, "", "The program's module."},
    {"read_forms", read_forms, 1, 1, 0, "", "All forms of a text."},
    {"kind", kind, 1, 1, 0, "", "The name of a value's kind."},
    {"state", state, 0, 0, 0, "", "What is known of packages."},
    {"make_package", make_package, 1, 1, 0, "", "A package with these fields."},
    {"make_application", make_application, 1, 1, 0, "", "An application with this package."},
    {"fields_of", fields_of, 1, 1, 0, "", "The fields of a package."},
};

static const NativeDef package_methods[] = {
    {"name", package_field, 0, 0, NATIVE_METHOD, "($pkg .name)", "The name in package.gene; gene outside of packages."},
    {"version", package_field, 0, 0, NATIVE_METHOD, "($pkg .version)", "The version in package.gene, or nil."},
    {"dir", package_field, 0, 0, NATIVE_METHOD, "($pkg .dir)",
     "The directory with package.gene; nil outside of packages."},
    {"source_dir", package_field, 0, 0, NATIVE_METHOD, "($pkg .source_dir)", "Where the modules are; src."},
    {"main_module", package_field, 0, 0, NATIVE_METHOD, "($pkg .main_module)", "What \"index\" means; index."},
    {"test_dir", package_field, 0, 0, NATIVE_METHOD, "($pkg .test_dir)", "Where the tests are; tests."},
};

static const NativeDef application_methods[] = {
    {"pkg", application_package, 0, 0, NATIVE_METHOD, "($app .pkg)", "The package of the main module."},
    {"package", application_package, 0, 0, NATIVE_METHOD, "($app .package)", "The package of the main module."},
};

void package_define_natives(VM *vm, NamespaceObj *ns) { vm_define_natives(vm, ns, natives, COUNT_OF(natives)); }

void lib_install_package(VM *vm) {
    vm_install_intrinsic(vm, INTRINSIC_PACKAGE, &package_def);
    ClassObj *const *classes = vm_space(vm)->type_classes;
    vm_define_methods(vm, classes[OBJ_PACKAGE], package_methods, COUNT_OF(package_methods));
    vm_define_methods(vm, classes[OBJ_APPLICATION], application_methods, COUNT_OF(application_methods));
}

/* system.c — what the program can know of its surroundings: current directory, $args … (language 28 §3, 29 §5). */
#include "lib/system.h"

#include "lib/modules.h"
#include "lib/operation.h"
#include "lib/path.h"
#include "lib/support.h"

#include "port/operations.h"
#include "port/port.h"

/* What the host said under `key`; `fallback` when it said nothing. */
static Value system_value(VM *vm, const char *key, const char *fallback) {
    Value value = is_map(vm->system) ? map_get_text(vm, map_of(vm->system), key) : VAL_UNSET;
    return value == VAL_UNSET || is_nil(value) ? string_from(vm, fallback) : value;
}

static NativeResult system_os(VM *vm, const Args *args, Value *out) {
    (void)args;
    return lib_return(out, system_value(vm, "os", "linux"));
}

static NativeResult system_arch(VM *vm, const Args *args, Value *out) {
    (void)args;
    return lib_return(out, system_value(vm, "arch", "wasm32"));
}

static NativeResult system_cwd(VM *vm, const Args *args, Value *out) {
    (void)args;
    return lib_return(out, string_from(vm, path_current(vm)));
}

static NativeResult system_args(VM *vm, const Args *args, Value *out) {
    (void)args;
    Value list = is_map(vm->system) ? map_get_text(vm, map_of(vm->system), "args") : VAL_UNSET;
    if (list == VAL_UNSET || !is_array(list)) list = is_array(vm->args) ? vm->args : array_make(vm, 0);
    return lib_return_items(vm, array_of(list)->items, array_of(list)->count, out);
}

/* The host has confirmed that the path is a directory: it becomes the current one. */
static Value enter_directory(VM *vm, Value stat, Value path) {
    if (!is_map(stat) || map_get_text(vm, map_of(stat), "is_dir") != VAL_TRUE) {
        vm_raise(vm, ERR_IO, "Failed to change directory: Not a directory");
        return VAL_UNSET;
    }
    if (!is_map(vm->system)) vm->system = map_make(vm);
    if (map_get_text(vm, map_of(vm->system), "start") == VAL_UNSET) {
        map_set_text(vm, map_of(vm->system), "start", string_from(vm, path_current(vm)));
    }
    map_set_text(vm, map_of(vm->system), "cwd", path);
    return VAL_NIL;
}

static const Adaptation change_directory = {"Failed to change directory: %r", enter_directory, NULL};

static NativeResult system_cd(VM *vm, const Args *args, Value *out) {
    Value path = native_arg_or(vm, args, 0, VAL_UNSET);
    if (path == VAL_UNSET) return vm_raise_message(vm, "cd requires 1 argument (path)");
    if (!is_string(path)) return vm_raise_message(vm, "cd requires a string path");
    uint32_t scope = roots_open(vm);
    uint32_t absolute = root_push(vm, path_absolute(vm, string_of(path)));
    Value argv[] = {root_get(vm, absolute)};
    *out = operation_begin(vm, OPERATION_STAT_FILE, argv, 1, root_get(vm, absolute), &change_directory);
    roots_close(vm, scope);
    return NATIVE_WAIT;
}

/* --- tables ------------------------------------------------------------------------------------------------------- */

static const NativeDef natives[] = {
    {"os", system_os, 0, -1, 0, "(system/os)", "linux, macos or windows."},
    {"arch", system_arch, 0, -1, 0, "(system/arch)", "The processor's name."},
    {"cwd", system_cwd, 0, -1, 0, "(system/cwd)", "The current directory."},
    {"cd", system_cd, 0, -1, 0, "(system/cd path)", "Makes a directory the current one."},
    {"args", system_args, 0, -1, 0, "(system/args)", "All arguments of the process."},
};

/* --- $name ----------------------------------------------------------------------------------------------- */

static NativeResult global_value(VM *vm, const Args *args, Value *out) {
    const SymbolObj *name = symbol_of(native_arg(vm, args, 0));
    *out = vm_lookup_name(vm->gene_ns, name);
    if (*out != VAL_UNSET) return NATIVE_RETURN;
    return vm_raise(vm, ERR_UNDEFINED, "%s is not defined", name->text);
}

static const NativeDef global_def = {"$", global_value, 1, 1, 0, "$name", "A global name."};

void system_bind_program(VM *vm) {
    vm_set_global(vm, vm->global_ns, "args", vm->args);
    vm_set_global(vm, vm->global_ns, "program", vm->program);
    vm_set_global(vm, vm->global_ns, "env", vm->env);
    vm_set_global(vm, vm->gene_ns, "main_module", vm->program);
}

void lib_install_system(VM *vm) {
    vm_install_intrinsic(vm, INTRINSIC_GLOBAL, &global_def);
    NamespaceObj *ns = lib_namespace(vm, vm->global_ns, "system");
    vm_define_natives(vm, ns, natives, COUNT_OF(natives));
    vm_set_global(vm, ns, "exit", vm_lookup_name(vm->global_ns, symbol_from(vm, "exit")));
}

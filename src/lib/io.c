/* io.c — gene/io: files as Futures, and (gene/io/read …), (gene/io/write …), which wait for them (language 23 §7,
 * 29 §1). Waiting suspends the calling task only: neither the page nor any other task is blocked. */
#include "lib/file.h"
#include "lib/modules.h"
#include "lib/path.h"
#include "lib/support.h"

#include "port/operations.h"

/* --- outcomes ------------------------------------------------------------------------------------------------ */

static Value to_nil(VM *vm, Value value, Value subject) {
    (void)vm, (void)value, (void)subject;
    return VAL_NIL;
}

/* Full paths of the names in a directory. */
static Value to_paths(VM *vm, Value names, Value directory) {
    if (!is_array(names)) return array_make(vm, 0);
    const StrObj *base = string_of(directory);
    bool has_slash = base->size > 0 && base->text[base->size - 1] == '/';
    uint32_t scope = roots_open(vm);
    uint32_t paths = root_push(vm, array_make(vm, array_of(names)->count));
    for (uint32_t i = 0; i < array_of(names)->count; i++) {
        Value name = array_of(names)->items[i];
        if (!is_string(name)) continue;
        Buffer path;
        buffer_init(&path);
        buffer_append(&path, base->text, base->size);
        if (!has_slash) buffer_append_byte(&path, '/');
        buffer_append(&path, string_of(name)->text, string_of(name)->size);
        Value text = string_from_buffer(vm, &path);
        array_push(vm, array_of(root_get(vm, paths)), text);
    }
    Value result = root_get(vm, paths);
    roots_close(vm, scope);
    return result;
}

bool file_is_missing(const char *reason) { return strcmp(reason, "No such file or directory") == 0; }

static Value nil_if_missing(VM *vm, const char *reason, Value path) {
    (void)vm, (void)path;
    return file_is_missing(reason) ? VAL_NIL : VAL_UNSET;
}

static Value empty_if_missing(VM *vm, const char *reason, Value path) {
    (void)path;
    return file_is_missing(reason) ? array_make(vm, 0) : VAL_UNSET;
}

const Adaptation file_read = {"Failed to read file '%s': cannot open: %s", NULL, NULL};
const Adaptation file_write = {"Failed to write file '%s': cannot open: %s", to_nil, NULL};
const Adaptation file_append = {"Failed to append to file '%s': cannot open: %s", to_nil, NULL};
const Adaptation file_delete = {"Failed to delete '%s': %r", to_nil, nil_if_missing};
const Adaptation file_make_dir = {"Failed to create directory '%s': %r", to_nil, NULL};
const Adaptation file_list = {"Failed to list directory '%s': %r", to_paths, empty_if_missing};
static const Adaptation read_later = {"Error opening file: %r", NULL, NULL};
static const Adaptation write_later = {"%r", to_nil, NULL};
static const Adaptation stat_later = {"%r", NULL, NULL};
static const Adaptation exists_later = {NULL, NULL, NULL};
static const Adaptation list_later = {"%r", to_paths, NULL};

/* --- starting ------------------------------------------------------------------------------------------------ */

bool file_check_args(VM *vm, const Args *args, uint32_t count, const char *name, const char *parts) {
    if (args->count >= count) return true;
    vm_raise_message(vm, "%s requires %u argument%s%s%s%s", name, count, count == 1 ? "" : "s", parts ? " (" : "",
                     parts ? parts : "", parts ? ")" : "");
    return false;
}

bool file_path_arg(VM *vm, const Args *args, uint32_t i, const char *name) {
    if (is_string(native_arg_or(vm, args, i, VAL_NIL))) return true;
    vm_raise_message(vm, "%s requires a string path", name);
    return false;
}

Value file_begin(VM *vm, int kind, Value path, Value second, const Adaptation *adaptation) {
    uint32_t scope = roots_open(vm);
    root_push(vm, path);
    root_push(vm, second);
    /* The host has a current directory of its own, which (system/cd …) does not change. No path stays none: it is not that
     * directory, which (Dir/delete "") would remove. */
    bool is_ours = is_map(vm->system) && string_of(path)->size > 0;
    root_push(vm, is_ours ? path_absolute(vm, string_of(path)) : path);
    Value argv[] = {root_get(vm, scope + 2), second};
    Value future = operation_begin(vm, kind, argv, second == VAL_UNSET ? 1 : 2, path, adaptation);
    roots_close(vm, scope);
    return future;
}

/* A path, and a text to write. */
static NativeResult begin_write(VM *vm, const Args *args, int kind, const char *name, const Adaptation *adaptation,
                                Value *out) {
    if (!file_check_args(vm, args, 2, name, NULL) || !file_path_arg(vm, args, 0, name)) return NATIVE_RAISE;
    Value text = native_arg(vm, args, 1);
    if (!is_string(text)) return vm_raise_message(vm, "%s requires string content", name);
    return lib_return(out, file_begin(vm, kind, native_arg(vm, args, 0), text, adaptation));
}

static NativeResult begin_on_path(VM *vm, const Args *args, int kind, const char *name, const Adaptation *adaptation,
                                  Value *out) {
    if (!file_check_args(vm, args, 1, name, NULL) || !file_path_arg(vm, args, 0, name)) return NATIVE_RAISE;
    return lib_return(out, file_begin(vm, kind, native_arg(vm, args, 0), VAL_UNSET, adaptation));
}

/* --- natives --------------------------------------------------------------------------------------------------- */

static NativeResult io_read(VM *vm, const Args *args, Value *out) {
    NativeResult result = begin_on_path(vm, args, OPERATION_READ_FILE, "File/read", &file_read, out);
    return result == NATIVE_RETURN ? NATIVE_WAIT : result;
}

static NativeResult io_write(VM *vm, const Args *args, Value *out) {
    NativeResult result = begin_write(vm, args, OPERATION_WRITE_FILE, "File/write", &file_write, out);
    return result == NATIVE_RETURN ? NATIVE_WAIT : result;
}

static NativeResult io_read_async(VM *vm, const Args *args, Value *out) {
    return begin_on_path(vm, args, OPERATION_READ_FILE, "File/read_async", &read_later, out);
}

static NativeResult io_write_async(VM *vm, const Args *args, Value *out) {
    return begin_write(vm, args, OPERATION_WRITE_FILE, "File/write_async", &write_later, out);
}

static NativeResult io_append_async(VM *vm, const Args *args, Value *out) {
    return begin_write(vm, args, OPERATION_APPEND_FILE, "File/append_async", &write_later, out);
}

static NativeResult io_exists_async(VM *vm, const Args *args, Value *out) {
    return begin_on_path(vm, args, OPERATION_FILE_EXISTS, "File/exists_async", &exists_later, out);
}

static NativeResult io_delete_async(VM *vm, const Args *args, Value *out) {
    return begin_on_path(vm, args, OPERATION_DELETE_FILE, "File/delete_async", &file_delete, out);
}

static NativeResult io_list_async(VM *vm, const Args *args, Value *out) {
    return begin_on_path(vm, args, OPERATION_LIST_DIR, "Dir/list_async", &list_later, out);
}

static NativeResult io_stat_async(VM *vm, const Args *args, Value *out) {
    return begin_on_path(vm, args, OPERATION_STAT_FILE, "File/stat_async", &stat_later, out);
}

static NativeResult io_mkdir_async(VM *vm, const Args *args, Value *out) {
    return begin_on_path(vm, args, OPERATION_MAKE_DIR, "Dir/mkdir_async", &write_later, out);
}

static const NativeDef natives[] = {
    {"read", io_read, 0, -1, 0, "(gene/io/read path)", "The text of a file; waits for it."},
    {"write", io_write, 0, -1, 0, "(gene/io/write path text)", "Creates or overwrites a file; waits; nil."},
    {"read_async", io_read_async, 0, -1, 0, "(gene/io/read_async path)", "Future of the text of a file."},
    {"write_async", io_write_async, 0, -1, 0, "(gene/io/write_async path text)", "Future of nil: the file is written."},
    {"append_async", io_append_async, 0, -1, 0, "(gene/io/append_async path text)",
     "Future of nil: the text is at the end of the file."},
    {"exists_async", io_exists_async, 0, -1, 0, "(gene/io/exists_async path)",
     "Future of a Bool: is there a file or directory?"},
    {"delete_async", io_delete_async, 0, -1, 0, "(gene/io/delete_async path)", "Future of nil: there is no such file."},
    {"list_async", io_list_async, 0, -1, 0, "(gene/io/list_async path)",
     "Future of the array of the paths in a directory."},
    {"stat_async", io_stat_async, 0, -1, 0, "(gene/io/stat_async path)",
     "Future of a map ^size ^is_file ^is_dir ^modified."},
    {"mkdir_async", io_mkdir_async, 0, -1, 0, "(gene/io/mkdir_async path)",
     "Future of nil: the directory and its parents are there."},
};

void lib_install_io(VM *vm) {
    NamespaceObj *io = lib_namespace(vm, vm->gene_ns, "io");
    vm_set_global(vm, vm->global_ns, "io", value_pointer(io));
    vm_define_natives(vm, io, natives, COUNT_OF(natives));
    path_install(vm, io);
    file_install(vm, io);
}

/* file.c — the classes File, Dir and FileReader (language 29 §2–3). All of it waits for operations of the host. */
#include "lib/file.h"

#include "lib/support.h"
#include "port/operations.h"

/* --- outcomes ------------------------------------------------------------------------------------------------ */

/* Size of the first line of text[0..size) without its terminator; *out_next is where the next one begins. */
static size_t line_size(const char *text, size_t size, size_t *out_next) {
    const char *end = memchr(text, '\n', size);
    size_t length = end ? (size_t)(end - text) : size;
    *out_next = end ? length + 1 : size;
    return end && length > 0 && text[length - 1] == '\r' ? length - 1 : length;
}

static Value to_lines(VM *vm, Value text, Value path) {
    (void)path;
    uint32_t scope = roots_open(vm);
    root_push(vm, text);
    uint32_t lines = root_push(vm, array_make(vm, 0));
    const StrObj *string = string_of(text);
    for (size_t at = 0, next; at < string->size; at += next) {
        size_t size = line_size(string->text + at, string->size - at, &next);
        Value line = string_make(vm, string->text + at, size);
        array_push(vm, array_of(root_get(vm, lines)), line);
    }
    Value result = root_get(vm, lines);
    roots_close(vm, scope);
    return result;
}

static Value stat_says(VM *vm, Value stat, const char *key) {
    return value_bool(is_map(stat) && map_get_text(vm, map_of(stat), key) == VAL_TRUE);
}

static Value to_is_file(VM *vm, Value stat, Value path) {
    (void)path;
    return stat_says(vm, stat, "is_file");
}

static Value to_is_dir(VM *vm, Value stat, Value path) {
    (void)path;
    return stat_says(vm, stat, "is_dir");
}

static Value false_instead(VM *vm, const char *reason, Value path) {
    (void)vm, (void)reason, (void)path;
    return VAL_FALSE;
}

static const Adaptation read_lines = {"cannot open: %s", to_lines, NULL};
static const Adaptation open_reader = {"cannot open: %s", NULL, NULL};
static const Adaptation is_file = {NULL, to_is_file, false_instead};
static const Adaptation is_dir = {NULL, to_is_dir, false_instead};

/* --- File ------------------------------------------------------------------------------------------------------ */

/* One path: the future of an operation on it, to be waited for. */
static NativeResult wait_on_path(VM *vm, const Args *args, const char *name, int kind, const Adaptation *adaptation,
                                 Value *out) {
    if (!file_check_args(vm, args, 1, name, "path") || !file_path_arg(vm, args, 0, name)) return NATIVE_RAISE;
    *out = file_begin(vm, kind, native_arg(vm, args, 0), VAL_UNSET, adaptation);
    return NATIVE_WAIT;
}

static NativeResult wait_for_write(VM *vm, const Args *args, const char *name, int kind, const Adaptation *adaptation,
                                   Value *out) {
    if (!file_check_args(vm, args, 2, name, "path, content") || !file_path_arg(vm, args, 0, name)) return NATIVE_RAISE;
    if (!is_string(native_arg(vm, args, 1))) return vm_raise_message(vm, "%s requires string content", name);
    *out = file_begin(vm, kind, native_arg(vm, args, 0), native_arg(vm, args, 1), adaptation);
    return NATIVE_WAIT;
}

static NativeResult file_read_text(VM *vm, const Args *args, Value *out) {
    return wait_on_path(vm, args, "File/read", OPERATION_READ_FILE, &file_read, out);
}

static NativeResult file_read_lines(VM *vm, const Args *args, Value *out) {
    return wait_on_path(vm, args, "File/read_lines", OPERATION_READ_FILE, &read_lines, out);
}

static NativeResult file_write_text(VM *vm, const Args *args, Value *out) {
    return wait_for_write(vm, args, "File/write", OPERATION_WRITE_FILE, &file_write, out);
}

static NativeResult file_append_text(VM *vm, const Args *args, Value *out) {
    return wait_for_write(vm, args, "File/append", OPERATION_APPEND_FILE, &file_append, out);
}

static NativeResult file_exists(VM *vm, const Args *args, Value *out) {
    return wait_on_path(vm, args, "File/exists", OPERATION_STAT_FILE, &is_file, out);
}

static NativeResult file_delete_path(VM *vm, const Args *args, Value *out) {
    return wait_on_path(vm, args, "File/delete", OPERATION_DELETE_FILE, &file_delete, out);
}

static NativeResult file_each_line(VM *vm, const Args *args, Value *out) {
    static const char name[] = "File/each_line";
    if (!file_check_args(vm, args, 2, name, "path, function") || !file_path_arg(vm, args, 0, name)) return NATIVE_RAISE;
    if (!lib_callable_arg(vm, args, 1, "File/each_line requires a function", false)) return NATIVE_RAISE;
    uint32_t scope = roots_open(vm);
    Value future = file_begin(vm, OPERATION_READ_FILE, native_arg(vm, args, 0), VAL_UNSET, &read_lines), lines;
    bool ok = exec_await(vm, future, &lines);
    uint32_t list = root_push(vm, ok ? lines : VAL_NIL);
    for (uint32_t i = 0; ok && i < array_of(root_get(vm, list))->count; i++) {
        Value line = array_of(root_get(vm, list))->items[i], ignored;
        ok = exec_callable(vm, native_arg(vm, args, 1), &line, 1, &ignored);
    }
    roots_close(vm, scope);
    return ok ? lib_return(out, VAL_NIL) : NATIVE_RAISE;
}

/* --- FileReader: a text and how much of it was read -------------------------------------------------------------- */

/* The native's data is the class FileReader. */
static NativeResult file_reader(VM *vm, const Args *args, Value *out) {
    static const char name[] = "File/reader";
    if (!file_check_args(vm, args, 1, name, "path") || !file_path_arg(vm, args, 0, name)) return NATIVE_RAISE;
    uint32_t scope = roots_open(vm);
    Value future = file_begin(vm, OPERATION_READ_FILE, native_arg(vm, args, 0), VAL_UNSET, &open_reader), text;
    if (!exec_await(vm, future, &text)) return roots_close(vm, scope), NATIVE_RAISE;
    uint32_t content = root_push(vm, text);
    uint32_t reader = root_push(vm, instance_make(vm, class_of_value(native_of(args->callee)->data)));
    lib_set_field(vm, root_get(vm, reader), "text", root_get(vm, content));
    lib_set_field(vm, root_get(vm, reader), "position", value_small_int(0));
    *out = root_get(vm, reader);
    roots_close(vm, scope);
    return NATIVE_RETURN;
}

static NativeResult reader_read_line(VM *vm, const Args *args, Value *out) {
    Value reader = native_arg(vm, args, 0), text = lib_get_field(vm, reader, "text");
    Value position = lib_get_field(vm, reader, "position");
    *out = VAL_NIL;
    if (!is_string(text) || !is_int(position) || int_of(position) >= string_of(text)->size) return NATIVE_RETURN;
    const StrObj *string = string_of(text);
    size_t at = (size_t)int_of(position), next;
    size_t size = line_size(string->text + at, string->size - at, &next);
    uint32_t scope = roots_open(vm);
    uint32_t line = root_push(vm, string_make(vm, string->text + at, size));
    lib_set_field(vm, reader, "position", value_small_int((int64_t)(at + next)));
    *out = root_get(vm, line);
    roots_close(vm, scope);
    return NATIVE_RETURN;
}

static NativeResult reader_close(VM *vm, const Args *args, Value *out) {
    if (!is_instance(native_arg(vm, args, 0))) return lib_raise_receiver(vm, args);
    lib_set_field(vm, native_arg(vm, args, 0), "text", VAL_NIL);
    return lib_return(out, VAL_NIL);
}

/* --- (new File path) -------------------------------------------------------------------------------------------------- */

static NativeResult file_new(VM *vm, const Args *args, Value *out) {
    Value path = native_arg_or(vm, args, 1, VAL_NIL);
    if (!is_string(path)) return vm_raise_message(vm, "File requires a string path");
    uint32_t scope = roots_open(vm);
    uint32_t file = root_push(vm, instance_make(vm, class_of_value(native_arg(vm, args, 0))));
    lib_set_field(vm, root_get(vm, file), "path", path);
    *out = root_get(vm, file);
    roots_close(vm, scope);
    return NATIVE_RETURN;
}

/* The path of a File instance; VAL_UNSET after raising. */
static Value file_path(VM *vm, const Args *args) {
    Value path = lib_get_field(vm, native_arg(vm, args, 0), "path");
    if (is_string(path)) return path;
    lib_raise_receiver(vm, args);
    return VAL_UNSET;
}

static NativeResult file_object_read(VM *vm, const Args *args, Value *out) {
    Value path = file_path(vm, args);
    if (path == VAL_UNSET) return NATIVE_RAISE;
    *out = file_begin(vm, OPERATION_READ_FILE, path, VAL_UNSET, &file_read);
    return NATIVE_WAIT;
}

static NativeResult file_object_write(VM *vm, const Args *args, Value *out) {
    Value path = file_path(vm, args), text = native_arg_or(vm, args, 1, VAL_NIL);
    if (path == VAL_UNSET) return NATIVE_RAISE;
    if (!is_string(text)) return vm_raise_message(vm, "File/write requires string content");
    *out = file_begin(vm, OPERATION_WRITE_FILE, path, text, &file_write);
    return NATIVE_WAIT;
}

/* --- Dir ---------------------------------------------------------------------------------------------------------------- */

static NativeResult dir_create(VM *vm, const Args *args, Value *out) {
    return wait_on_path(vm, args, "Dir/create", OPERATION_MAKE_DIR, &file_make_dir, out);
}

static NativeResult dir_exists(VM *vm, const Args *args, Value *out) {
    return wait_on_path(vm, args, "Dir/exists", OPERATION_STAT_FILE, &is_dir, out);
}

static NativeResult dir_list(VM *vm, const Args *args, Value *out) {
    return wait_on_path(vm, args, "Dir/list", OPERATION_LIST_DIR, &file_list, out);
}

static NativeResult dir_delete(VM *vm, const Args *args, Value *out) {
    static const char name[] = "Dir/delete";
    if (!file_check_args(vm, args, 1, name, "path") || !file_path_arg(vm, args, 0, name)) return NATIVE_RAISE;
    *out = file_begin(vm, OPERATION_DELETE_FILE, native_arg(vm, args, 0), VAL_TRUE, &file_delete);
    return NATIVE_WAIT;
}

/* --- tables --------------------------------------------------------------------------------------------------------------- */

static const NativeDef file_functions[] = {
    {"read", file_read_text, 0, -1, 0, "(File/read path)", "The text of a file."},
    {"read_lines", file_read_lines, 0, -1, 0, "(File/read_lines path)", "The lines of a file, without terminators."},
    {"each_line", file_each_line, 0, -1, NATIVE_REENTRANT, "(File/each_line path f)", "Calls (f line) for each line."},
    {"write", file_write_text, 0, -1, 0, "(File/write path text)", "Creates or overwrites a file."},
    {"append", file_append_text, 0, -1, 0, "(File/append path text)", "Writes at the end of a file."},
    {"exists", file_exists, 0, -1, 0, "(File/exists path)", "Is there such a file? False for directories."},
    {"delete", file_delete_path, 0, -1, 0, "(File/delete path)", "Removes a file, if it is there."},
};

static const NativeDef dir_functions[] = {
    {"create", dir_create, 0, -1, 0, "(Dir/create path)", "Makes a directory and its parents."},
    {"exists", dir_exists, 0, -1, 0, "(Dir/exists path)", "Is there such a directory? False for files."},
    {"list", dir_list, 0, -1, 0, "(Dir/list path)", "The paths in a directory."},
    {"delete", dir_delete, 0, -1, 0, "(Dir/delete path)", "Removes a directory and all that is in it."},
};

static const NativeDef file_constructor = {"File",           file_new, 0, -1, NATIVE_METHOD, "(new File path)",
                                           "A file by name."};

static const NativeDef file_methods[] = {
    {"read", file_object_read, 0, -1, NATIVE_METHOD, "(f .read)", "The text of the file."},
    {"write", file_object_write, 0, -1, NATIVE_METHOD, "(f .write text)", "Creates or overwrites the file."},
};

static const NativeDef reader_function = {
    "reader", file_reader, 0, -1, NATIVE_REENTRANT, "(File/reader path)", "A FileReader at the start of the file."};

static const NativeDef reader_methods[] = {
    {"read_line", reader_read_line, 0, -1, NATIVE_METHOD, "(r .read_line)", "The next line, or nil at the end."},
    {"close", reader_close, 0, -1, NATIVE_METHOD, "(r .close)", "No line follows."},
};

void file_install(VM *vm, NamespaceObj *io) {
    ClassObj *file = lib_define_class(vm, io, "File");
    vm_define_natives(vm, file->ns, file_functions, COUNT_OF(file_functions));
    vm_define_methods(vm, file, file_methods, COUNT_OF(file_methods));
    file->ctor = native_make(vm, &file_constructor, VAL_NIL);
    ClassObj *reader = lib_define_class(vm, io, "FileReader");
    vm_define_methods(vm, reader, reader_methods, COUNT_OF(reader_methods));
    vm_set_global(vm, file->ns, reader_function.name, native_make(vm, &reader_function, value_pointer(reader)));
    ClassObj *dir = lib_define_class(vm, io, "Dir");
    vm_define_natives(vm, dir->ns, dir_functions, COUNT_OF(dir_functions));
}

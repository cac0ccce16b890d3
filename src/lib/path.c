/* path.c — see path.h: path_join, path_abs, path_basename, path_dirname, path_ext (language 29 §3). */
#include "lib/path.h"

#include "lib/support.h"

const char *path_current(VM *vm) {
    Value cwd = is_map(vm->system) ? map_get_text(vm, map_of(vm->system), "cwd") : VAL_UNSET;
    return is_string(cwd) ? string_of(cwd)->text : "/";
}

/* --- pieces --------------------------------------------------------------------------------------------- */

/* Size of `path` without the slashes at its end; a lone "/" stays. */
static size_t trimmed_size(const StrObj *path) {
    size_t size = path->size;
    while (size > 1 && path->text[size - 1] == '/') size--;
    return size;
}

/* Where the last segment of text[0..size) begins. */
static size_t name_start(const char *text, size_t size) {
    while (size > 0 && text[size - 1] != '/') size--;
    return size;
}

/* Removes the last segment of an absolute path; the root stays. */
static void remove_segment(Buffer *out, size_t root) {
    while (out->size > root && out->data[out->size - 1] != '/') out->size--;
    if (out->size > root) out->size--;
}

/* Appends the segments of `path` to the absolute path that begins at `root`, which has no slash at its end. */
static void append_segments(Buffer *out, size_t root, const char *path, size_t size) {
    for (size_t at = 0; at < size;) {
        size_t end = at;
        while (end < size && path[end] != '/') end++;
        size_t length = end - at;
        bool is_up = length == 2 && memcmp(path + at, "..", 2) == 0;
        bool is_here = length == 0 || (length == 1 && path[at] == '.');
        if (is_up) {
            remove_segment(out, root);
        } else if (!is_here) {
            buffer_append_byte(out, '/');
            buffer_append(out, path + at, length);
        }
        at = end + 1;
    }
}

void path_append_absolute(VM *vm, Buffer *out, const char *path, size_t size) {
    size_t root = out->size;
    if (size == 0 || path[0] != '/') append_segments(out, root, path_current(vm), strlen(path_current(vm)));
    append_segments(out, root, path, size);
    if (out->size == root) buffer_append_byte(out, '/');
}

Value path_absolute(VM *vm, const StrObj *path) {
    Buffer text;
    buffer_init(&text);
    path_append_absolute(vm, &text, path->text, path->size);
    return string_from_buffer(vm, &text);
}

/* --- natives -------------------------------------------------------------------------------------------- */

/* Argument 0, a string; NULL after raising. */
static const StrObj *path_arg(VM *vm, const Args *args, const char *name) {
    Value path = native_arg_or(vm, args, 0, VAL_NIL);
    if (is_string(path)) return string_of(path);
    vm_raise_message(vm, "%s requires a string path", name);
    return NULL;
}

static NativeResult path_join(VM *vm, const Args *args, Value *out) {
    if (args->count < 2) return vm_raise_message(vm, "path_join requires at least 2 arguments");
    Buffer text;
    lib_buffer_init(vm, &text);
    for (uint32_t i = 0; i < args->count; i++) {
        Value part = native_arg(vm, args, i);
        if (!is_string(part)) {
            buffer_free(&text);
            return vm_raise_message(vm, "path_join requires string paths");
        }
        const char *piece = string_of(part)->text;
        size_t size = string_of(part)->size;
        if (size == 0) continue;
        while (text.size > 1 && text.data[text.size - 1] == '/') text.size--;
        bool has_slash = text.size > 0 && text.data[text.size - 1] == '/';
        if (text.size > 0) {
            while (size > 0 && *piece == '/') piece++, size--;
            if (!has_slash) buffer_append_byte(&text, '/');
        }
        buffer_append(&text, piece, size);
    }
    return lib_return_text(vm, &text, out);
}

static NativeResult path_abs(VM *vm, const Args *args, Value *out) {
    const StrObj *path = path_arg(vm, args, "path_abs");
    if (!path) return NATIVE_RAISE;
    return lib_return(out, path_absolute(vm, path));
}

static NativeResult path_basename(VM *vm, const Args *args, Value *out) {
    const StrObj *path = path_arg(vm, args, "path_basename");
    if (!path) return NATIVE_RAISE;
    size_t size = trimmed_size(path), start = name_start(path->text, size);
    return lib_return(out, string_make(vm, path->text + start, size - start));
}

static NativeResult path_dirname(VM *vm, const Args *args, Value *out) {
    const StrObj *path = path_arg(vm, args, "path_dirname");
    if (!path) return NATIVE_RAISE;
    size_t size = name_start(path->text, trimmed_size(path));
    if (size == 0) return lib_return(out, string_from(vm, "."));
    while (size > 1 && path->text[size - 1] == '/') size--;
    return lib_return(out, string_make(vm, path->text, size));
}

static NativeResult path_ext(VM *vm, const Args *args, Value *out) {
    const StrObj *path = path_arg(vm, args, "path_ext");
    if (!path) return NATIVE_RAISE;
    size_t size = trimmed_size(path), start = name_start(path->text, size), dot = size;
    /* A name that begins with a dot is hidden, that is no extension. */
    for (size_t at = start + 1; at < size; at++) {
        if (path->text[at] == '.') dot = at;
    }
    return lib_return(out, string_make(vm, path->text + dot, size - dot));
}

static const NativeDef natives[] = {
    {"path_join", path_join, 0, -1, 0, "(io/path_join a b…)", "The parts with one slash between them."},
    {"path_abs", path_abs, 0, -1, 0, "(io/path_abs path)", "The absolute path, without . and .. segments."},
    {"path_basename", path_basename, 0, -1, 0, "(io/path_basename path)", "The last segment."},
    {"path_dirname", path_dirname, 0, -1, 0, "(io/path_dirname path)", "All but the last segment; . when it is all."},
    {"path_ext", path_ext, 0, -1, 0, "(io/path_ext path)", "The extension with its dot, or an empty string."},
};

void path_install(VM *vm, NamespaceObj *ns) { vm_define_natives(vm, ns, natives, COUNT_OF(natives)); }

/* reader_token.c — symbols, paths and property keys.
 * Invariant: a token's raw text is a slice of the source; backslashes go when a name is interned, so '/' and
 * '^' split a token only where no backslash precedes them. */
#include "reader/reader_internal.h"

#define PARTS_INLINE 16

size_t reader_token_end(const Reader *reader, size_t at) {
    const char *text = reader->text;
    while (at < reader->end) {
        if (text[at] == '\\') {
            /* Only the first byte of the escaped character could end the token. */
            at += at + 1 < reader->end ? 2 : 1;
        } else if (reader_char_class[(unsigned char)text[at]] & CHAR_TOKEN_END) {
            break;
        } else {
            at++;
        }
    }
    return at;
}

/* The name written as these bytes of the source, which belong to a token taken by take_token(). */
static SymbolObj *intern(Reader *reader, const char *raw, size_t size) {
    if (size == 0 || !memchr(raw, '\\', size)) return symbol_intern(reader->vm, raw, size);
    Buffer *scratch = &reader->scratch;
    size_t base = scratch->size;
    for (size_t i = 0; i < size; i++) {
        if (raw[i] == '\\') i++;
        buffer_append_byte(scratch, raw[i]);
    }
    SymbolObj *symbol = symbol_intern(reader->vm, scratch->data + base, scratch->size - base);
    scratch->size = base;
    return symbol;
}

/* Offset of the first unescaped `separator` at or behind `at`; `size` when there is none. */
static size_t find_separator(const char *raw, size_t at, size_t size, char separator) {
    while (at < size && raw[at] != separator) at += raw[at] == '\\' ? 2 : 1;
    return at < size ? at : size;
}

/* nil, void, true, false, not_found; VAL_UNSET for any other token. */
static Value special_of(const char *raw, size_t size) {
    static const struct {
        const char *text;
        size_t size;
        Value value;
    } specials[] = {
        {"nil", 3, VAL_NIL},     {"void", 4, VAL_VOID},           {"true", 4, VAL_TRUE},
        {"false", 5, VAL_FALSE}, {"not_found", 9, VAL_NOT_FOUND},
    };
    for (size_t i = 0; i < COUNT_OF(specials); i++)
        if (size == specials[i].size && memcmp(raw, specials[i].text, size) == 0) return specials[i].value;
    return VAL_UNSET;
}

static Value make_path(Reader *reader, size_t start, size_t size, SymbolObj **parts, uint32_t count) {
    const char *raw = reader->text + start;
    size_t at = 0;
    for (uint32_t i = 0; i < count; i++) {
        size_t end = find_separator(raw, at, size, '/');
        parts[i] = intern(reader, raw + at, end - at);
        at = end + 1;
    }
    Value path = path_make(reader->vm, parts, count);
    Mark where = reader_locate(reader, start);
    path_of(path)->line = where.line;
    path_of(path)->column = where.column;
    return path;
}

static ReadStatus read_path(Reader *reader, size_t start, size_t size, Value *out_form) {
    const char *raw = reader->text + start;
    size_t count = 1;
    for (size_t at = find_separator(raw, 0, size, '/'); at < size; at = find_separator(raw, at + 1, size, '/')) count++;
    if (count <= PARTS_INLINE) {
        SymbolObj *parts[PARTS_INLINE];
        *out_form = make_path(reader, start, size, parts, (uint32_t)count);
        return READ_FORM;
    }
    if (!reader_can_hold(reader, count * sizeof(SymbolObj *), start)) return READ_BAD;
    SymbolObj **parts = malloc(count * sizeof(SymbolObj *));
    if (!parts) return reader_fail_memory(reader, start);
    *out_form = make_path(reader, start, size, parts, (uint32_t)count);
    free(parts);
    return READ_FORM;
}

/* A backslash with nothing behind it escapes nothing. */
static bool ends_in_backslash(const char *raw, size_t size) {
    size_t backslashes = 0;
    while (backslashes < size && raw[size - 1 - backslashes] == '\\') backslashes++;
    return backslashes % 2 == 1;
}

/* Takes the token at `at`. False: reported. */
static bool take_token(Reader *reader, size_t *out_start, size_t *out_size) {
    size_t start = reader->at;
    size_t size = reader_token_end(reader, start) - start;
    reader->at = start + size;
    *out_start = start;
    *out_size = size;
    /* intern() relies on this room. */
    if (memchr(reader->text + start, '\\', size)) buffer_reserve(&reader->scratch, size);
    if (!reader_can_hold(reader, size, start)) return false;
    if (!reader_at_end(reader) || !ends_in_backslash(reader->text + start, size)) return true;
    reader_fail_at_end(reader, ERR_READ_SYNTAX, start, "EOF after \\");
    return false;
}

ReadStatus reader_symbol(Reader *reader, Value *out_form) {
    size_t start, size;
    if (!take_token(reader, &start, &size)) return READ_BAD;
    const char *raw = reader->text + start;
    if (find_separator(raw, 0, size, '/') < size && size > 1 && !(size == 2 && memcmp(raw, "/=", 2) == 0))
        return read_path(reader, start, size, out_form);
    Value special = special_of(raw, size);
    *out_form = special != VAL_UNSET ? special : value_pointer(intern(reader, raw, size));
    return READ_FORM;
}

Value reader_plain_symbol(Reader *reader, size_t size) {
    const char *raw = reader->text + reader->at;
    reader->at += size;
    return value_pointer(symbol_intern(reader->vm, raw, size));
}

/* --- property keys -------------------------------------------------------------------------------------- */

/* The map under `key` of `container`, made when absent; VAL_UNSET when something else stands there. */
static Value inner_map(VM *vm, Value container, SymbolObj *key) {
    bool in_node = is_node(container);
    Value inner = in_node ? table_get_symbol(&node_of(container)->props, key) : map_get(map_of(container), key);
    if (inner == VAL_UNSET) {
        inner = map_make(vm);
        if (in_node)
            node_set_prop(vm, node_of(container), key, inner);
        else
            map_set(vm, map_of(container), key, inner);
    }
    return is_map(inner) && !(map_of(inner)->header.flags & OBJ_SEALED) ? inner : VAL_UNSET;
}

/* ^^ means true; ^! means nil, but false in a nested key (language 01 §1.7). `*io_at` is behind a '^'. */
static Value shortcut_at(const char *raw, size_t *io_at, size_t size, bool nested) {
    if (*io_at >= size || (raw[*io_at] != '^' && raw[*io_at] != '!')) return VAL_UNSET;
    if (raw[(*io_at)++] == '^') return VAL_TRUE;
    return nested ? VAL_FALSE : VAL_NIL;
}

static bool too_deep(Reader *reader, const KeyTarget *target, size_t start) {
    if (target->levels <= reader->max_depth - reader->depth) return false;
    reader->depth = reader->max_depth;
    return !reader_enter(reader, start);
}

bool reader_key(Reader *reader, Value container, KeyTarget *out_target) {
    size_t start, size;
    if (!take_token(reader, &start, &size)) return false;
    const char *raw = reader->text + start;
    size_t at = 1;
    *out_target = (KeyTarget){.container = container, .shortcut = VAL_UNSET};
    for (;;) {
        Value shortcut = shortcut_at(raw, &at, size, out_target->levels > 0);
        if (shortcut != VAL_UNSET) out_target->shortcut = shortcut;
        size_t end = find_separator(raw, at, size, '^');
        if (end == at) {
            reader_report(reader, ERR_READ_PROPERTY, start, "Expect key at %zu but found %.*s", start + at,
                          start + at < reader->end ? 1 : 0, raw + at);
            return false;
        }
        out_target->key = intern(reader, raw + at, end - at);
        if (end == size) return true;
        out_target->levels++;
        if (too_deep(reader, out_target, start)) return false;
        at = end + 1;
        if (out_target->container == VAL_UNSET) continue;
        out_target->container = inner_map(reader->vm, out_target->container, out_target->key);
        if (out_target->container == VAL_UNSET) reader_report_conflict(reader, start);
    }
}

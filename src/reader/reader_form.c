/* reader_form.c — one form: dispatch on its first character, containers, quotes, going on after a fault.
 * Invariant: a container's loop ends at its closer, at the end of the text, or at a closer that an outer form
 * waits for, which it leaves there; a closer nobody waits for is reported and skipped. One fault thus gives
 * one diagnostic. C recursion goes through reader_form() and is bounded by reader_enter(). */
#include "base/hash.h"
#include "base/utf8.h"
#include "reader/reader_internal.h"

/* --- items of a container ------------------------------------------------------------------------------- */

static uint32_t *open_count(Reader *reader, char closer) {
    switch (closer) {
    case ')': return &reader->open.parens;
    case ']': return &reader->open.brackets;
    default: return &reader->open.braces;
    }
}

static NextItem unclosed(Reader *reader, char closer, size_t start) {
    Mark where = reader_locate(reader, start);
    if (closer == '}')
        reader_fail_at_end(reader, ERR_READ_UNCLOSED, start, "EOF while reading");
    else
        reader_fail_at_end(reader, ERR_READ_UNCLOSED, start, "EOF while reading list %c %s %u", closer, reader->file,
                           (unsigned)where.line);
    return ITEM_BROKEN;
}

static void report_unmatched(Reader *reader, char closer, size_t length) {
    if (reader->mismatch == reader->at) return;
    Mark where = reader_locate(reader, reader->at);
    reader->mismatch = where.offset;
    reader->at += length;
    reader_report(reader, ERR_READ_UNMATCHED, where.offset, "Unmatched delimiter: %c at %s:%u:%u", closer, reader->file,
                  (unsigned)where.line, (unsigned)where.column);
}

NextItem reader_next_item(Reader *reader, char closer, size_t start) {
    for (;;) {
        reader_skip_blank(reader);
        if (reader_at_end(reader)) return unclosed(reader, closer, start);
        char c = reader->text[reader->at];
        if (c == closer) {
            size_t at = reader->at++;
            reader_note(reader, "close", at);
            return ITEM_CLOSED;
        }
        if (c != ')' && c != ']' && c != '}') return ITEM_NEXT;
        size_t at = reader->at;
        report_unmatched(reader, c, 1);
        if (reader_at_end(reader) && reader->end_reported) return ITEM_BROKEN;
        if (*open_count(reader, c) > 0) {
            reader->at = at;
            return ITEM_BROKEN;
        }
        reader->at = at + 1;
    }
}

void reader_reject_semicolon(Reader *reader) {
    size_t start = reader->at++;
    reader_report(reader, ERR_READ_SYNTAX, start, "';' chains calls inside ( ) only");
}

/* --- properties ----------------------------------------------------------------------------------------- */

static Value property_of(Value container, const SymbolObj *key) {
    return is_node(container) ? table_get_symbol(&node_of(container)->props, key) : map_get(map_of(container), key);
}

static void set_property(VM *vm, Value container, SymbolObj *key, Value value) {
    if (is_node(container))
        node_set_prop(vm, node_of(container), key, value);
    else
        map_set(vm, map_of(container), key, value);
}

static void report_missing_value(Reader *reader, size_t start, size_t key_end) {
    /* At the end of the text the unclosed container is the fault. */
    if (reader_at_end(reader)) return;
    const char *key = reader->text + start + 1;
    reader_report(reader, ERR_READ_PROPERTY, start, "Expect value for %.*s", reader_excerpt(key, key_end - start - 1),
                  key);
}

void reader_report_conflict(Reader *reader, size_t start) {
    reader_report(reader, ERR_READ_PROPERTY, start, "Bad input at %zu (conflict with property shortcut found earlier.)",
                  start);
}

static void read_property(Reader *reader, Value container) {
    size_t start = reader->at;
    KeyTarget target;
    if (!reader_key(reader, container, &target)) return;
    reader_note(reader, "property", start);
    if (target.shortcut != VAL_UNSET) {
        if (target.container != VAL_UNSET) set_property(reader->vm, target.container, target.key, target.shortcut);
        return;
    }
    size_t key_end = reader->at;
    reader_skip_blank(reader);
    Value value = VAL_NIL;
    ReadStatus status = READ_STOP;
    if (reader_peek(reader, 0) != '^') {
        reader->depth += target.levels;
        status = reader_form(reader, &value);
        reader->depth -= target.levels;
    }
    if (status == READ_STOP) report_missing_value(reader, start, key_end);
    if (status != READ_FORM || target.container == VAL_UNSET) return;
    if (property_of(target.container, target.key) != VAL_UNSET)
        reader_report_conflict(reader, start);
    else
        set_property(reader->vm, target.container, target.key, value);
}

/* --- genes ---------------------------------------------------------------------------------------------- */

static NodeObj *make_node(Reader *reader, Value type, Mark where) {
    NodeObj *node = node_of(node_make(reader->vm, type));
    node->line = where.line;
    node->column = where.column;
    return node;
}

/* One gene being read. */
typedef struct GeneState {
    NodeObj *node; /* the current segment of the chain */
    bool has_type;
    enum { RUN_NONE, RUN_OPEN, RUN_OVER } run; /* of properties */
} GeneState;

/* `(a b; c)` is ((a b) c): the segment so far becomes the type of the next one. */
static void chain(Reader *reader, GeneState *state, size_t start) {
    size_t semicolon = reader->at++;
    reader_note(reader, "chain", semicolon);
    if (!state->has_type) {
        reader_report(reader, ERR_READ_SYNTAX, semicolon, "';' needs a form before it");
        return;
    }
    if (!reader_enter(reader, start)) return;
    NodeObj *inner = state->node;
    state->node = make_node(reader, value_pointer(inner), (Mark){start, inner->line, inner->column});
    state->run = RUN_NONE;
}

static void gene_property(Reader *reader, GeneState *state) {
    if (state->run == RUN_OVER) {
        Mark where = reader_locate(reader, reader->at);
        reader_report(reader, ERR_READ_PROPERTY, where.offset,
                      "properties found in wrong place while reading list ) %s %u", reader->file, (unsigned)where.line);
    }
    state->run = RUN_OPEN;
    if (!reader_at_end(reader)) read_property(reader, value_pointer(state->node));
}

static void gene_item(Reader *reader, GeneState *state) {
    Value form = VAL_NIL;
    ReadStatus status = reader_form(reader, &form);
    if (state->run == RUN_OPEN) state->run = RUN_OVER;
    if (status == READ_FORM && !state->has_type)
        state->node->type = form;
    else if (status == READ_FORM)
        node_push(reader->vm, state->node, form);
    state->has_type = true;
}

/* The opening parenthesis is behind us. */
static ReadStatus read_gene(Reader *reader, size_t start, bool sealed, Value *out_form) {
    uint32_t depth = reader->depth;
    if (!reader_enter(reader, start)) return READ_BAD;
    GeneState state = {.node = make_node(reader, VAL_NIL, reader_locate(reader, start))};
    reader->open.parens++;
    while (reader_next_item(reader, ')', start) == ITEM_NEXT) {
        char c = reader->text[reader->at];
        if (c == ';')
            chain(reader, &state, start);
        else if (c == '^' && state.has_type)
            gene_property(reader, &state);
        else
            gene_item(reader, &state);
    }
    reader->open.parens--;
    reader->depth = depth;
    if (sealed) state.node->header.flags |= OBJ_SEALED;
    *out_form = value_pointer(state.node);
    return READ_FORM;
}

/* --- arrays, maps, hash maps ---------------------------------------------------------------------------- */

static ReadStatus read_array(Reader *reader, size_t start, bool sealed, Value *out_form) {
    if (!reader_enter(reader, start)) return READ_BAD;
    ArrayObj *array = array_of(array_make(reader->vm, 0));
    reader->open.brackets++;
    while (reader_next_item(reader, ']', start) == ITEM_NEXT) {
        Value item = VAL_NIL;
        ReadStatus status = reader_form(reader, &item);
        if (status == READ_FORM) array_push(reader->vm, array, item);
        if (status == READ_STOP) reader_reject_semicolon(reader);
    }
    reader->open.brackets--;
    reader->depth--;
    if (sealed) array->header.flags |= OBJ_SEALED;
    *out_form = value_pointer(array);
    return READ_FORM;
}

/* Something that is no property stands in a map: reported once a map, then skipped form by form. */
static void skip_map_item(Reader *reader, bool *io_reported) {
    size_t start = reader->at;
    Value ignored;
    if (reader_form(reader, &ignored) == READ_STOP) reader->at++;
    if (*io_reported) return;
    *io_reported = true;
    const char *text = reader->text + start;
    reader_report(reader, ERR_READ_PROPERTY, start, "Expect key at %zu but found %.*s", start, (int)utf8_width(*text),
                  text);
}

Value reader_map(Reader *reader, size_t start) {
    Value map = map_make(reader->vm);
    bool reported = false;
    reader->open.braces++;
    while (reader_next_item(reader, '}', start) == ITEM_NEXT) {
        if (reader->text[reader->at] == '^')
            read_property(reader, map);
        else
            skip_map_item(reader, &reported);
    }
    reader->open.braces--;
    return map;
}

static ReadStatus read_map(Reader *reader, size_t start, bool sealed, Value *out_form) {
    if (!reader_enter(reader, start)) return READ_BAD;
    *out_form = reader_map(reader, start);
    reader->depth--;
    if (sealed) map_of(*out_form)->header.flags |= OBJ_SEALED;
    return READ_FORM;
}

static void close_hash_map(Reader *reader, size_t start) {
    if (reader_peek(reader, 0) == '}')
        reader->at++;
    else if (reader_at_end(reader))
        unclosed(reader, '}', start);
    else
        reader_report(reader, ERR_READ_UNCLOSED, start, "a hash map ends with }}");
}

static ReadStatus read_hash_map(Reader *reader, size_t start, bool sealed, Value *out_form) {
    if (!reader_enter(reader, start)) return READ_BAD;
    HashObj *hash = hash_of(hashmap_make(reader->vm));
    Value key = VAL_UNSET, item = VAL_NIL;
    NextItem next;
    reader->open.braces++;
    while ((next = reader_next_item(reader, '}', start)) == ITEM_NEXT) {
        ReadStatus status = reader_form(reader, &item);
        if (status == READ_STOP) reader_reject_semicolon(reader);
        if (status != READ_FORM) continue;
        if (key == VAL_UNSET) {
            key = item;
        } else {
            /* Numbering the pairs spreads them over the table; see reader.h for why it is no real hash. */
            table_append(reader->vm, &hash->table, key, hash_word(hash->table.count), item);
            key = VAL_UNSET;
        }
    }
    reader->open.braces--;
    reader->depth--;
    if (next == ITEM_CLOSED) close_hash_map(reader, start);
    if (key != VAL_UNSET) table_append(reader->vm, &hash->table, key, hash_word(hash->table.count), VAL_UNSET);
    if (sealed) hash->header.flags |= OBJ_SEALED;
    *out_form = value_pointer(hash);
    return READ_FORM;
}

/* An opening delimiter stands at `at`, the form began at `start` (one before, when sealed). */
static ReadStatus read_container(Reader *reader, size_t start, Value *out_form) {
    bool sealed = start != reader->at;
    switch (reader->text[reader->at++]) {
    case '(': return read_gene(reader, start, sealed, out_form);
    case '[': return read_array(reader, start, sealed, out_form);
    default: break;
    }
    if (reader_peek(reader, 0) != '{') return read_map(reader, start, sealed, out_form);
    reader->at++;
    return read_hash_map(reader, start, sealed, out_form);
}

/* --- forms in front of forms ---------------------------------------------------------------------------- */

static ReadStatus missing_form(Reader *reader, size_t start, size_t prefix_size) {
    const char *prefix = reader->text + start;
    if (reader_at_end(reader))
        return reader_fail_at_end(reader, ERR_READ_UNCLOSED, start, "EOF while reading the form after %.*s",
                                  (int)prefix_size, prefix);
    return reader_fail(reader, ERR_READ_SYNTAX, start, "a form must follow %.*s", (int)prefix_size, prefix);
}

/* `F, %F, %_F */
static ReadStatus read_quote(Reader *reader, ObjType type, size_t prefix_size, Value *out_form) {
    size_t start = reader->at;
    if (!reader_enter(reader, start)) return READ_BAD;
    reader->at += prefix_size;
    Value form = VAL_NIL;
    ReadStatus status = reader_form(reader, &form);
    reader->depth--;
    if (status == READ_STOP) return missing_form(reader, start, prefix_size);
    if (status == READ_FORM) *out_form = quote_make(reader->vm, type, form, prefix_size == 2);
    return status;
}

/* #@f x is (f x). */
static ReadStatus read_decorator(Reader *reader, Value *out_form) {
    size_t start = reader->at;
    if (!reader_enter(reader, start)) return READ_BAD;
    reader->at += 2;
    NodeObj *node = make_node(reader, VAL_NIL, reader_locate(reader, start));
    Value target = VAL_NIL;
    ReadStatus status = reader_form(reader, &node->type);
    ReadStatus target_status = status == READ_STOP ? READ_STOP : reader_form(reader, &target);
    reader->depth--;
    if (target_status == READ_STOP) return missing_form(reader, start, 2);
    if (status == READ_BAD || target_status == READ_BAD) return READ_BAD;
    node_push(reader->vm, node, target);
    *out_form = value_pointer(node);
    return READ_FORM;
}

static bool ends_percent(int byte) { return byte == 0 || reader_is_blank(byte) || (byte && strchr(")]};", byte)); }

/* % alone is the modulo operator. */
static ReadStatus read_percent(Reader *reader, Value *out_form) {
    int next = reader_peek(reader, 1);
    if (next == '=' || ends_percent(next)) {
        *out_form = reader_plain_symbol(reader, next == '=' ? 2 : 1);
        return READ_FORM;
    }
    int behind = reader_peek(reader, 2);
    /* With nothing to discard behind it, %_ is the unquoted placeholder. */
    bool discard = next == '_' && (reader_is_blank(behind) || !ends_percent(behind));
    return read_quote(reader, OBJ_UNQUOTE, discard ? 2 : 1, out_form);
}

/* --- dispatch ------------------------------------------------------------------------------------------- */

/* What begins with '#' and is no comment (reader_skip_blank took those). */
static ReadStatus read_hash_sign(Reader *reader, Value *out_form) {
    size_t start = reader->at;
    switch (reader_peek(reader, 1)) {
    case '(':
    case '[':
    case '{': reader->at++; return read_container(reader, start, out_form);
    case '"': return reader_interpolated(reader, out_form);
    case '/': return reader_regex(reader, out_form);
    case '@': return read_decorator(reader, out_form);
    default: return reader_symbol(reader, out_form);
    }
}

/* Nothing is collected while reading, so passing the limit is final. */
static bool is_past_limit(const Reader *reader) {
    const Heap *heap = vm_heap(reader->vm);
    return heap->limit > 0 && heap->live_bytes > heap->limit;
}

static ReadStatus read_form(Reader *reader, Value *out_form) {
    int c = reader_peek(reader, 0);
    if (UNLIKELY(is_past_limit(reader)) && c != 0) return reader_fail_memory(reader, reader->at);
    switch (c) {
    case 0: /* the end: NUL never stands inside */
    case ')':
    case ']':
    case '}':
    case ';': return READ_STOP;
    case '(':
    case '[':
    case '{': return read_container(reader, reader->at, out_form);
    case '"': return reader_string(reader, out_form);
    case '\'': return reader_char(reader, out_form);
    case '`': return read_quote(reader, OBJ_QUOTE, 1, out_form);
    case '%': return read_percent(reader, out_form);
    case '#': return read_hash_sign(reader, out_form);
    case '+':
    case '-':
        return reader_is_digit(reader_peek(reader, 1)) ? reader_number(reader, out_form)
                                                       : reader_symbol(reader, out_form);
    default: return reader_is_digit(c) ? reader_number(reader, out_form) : reader_symbol(reader, out_form);
    }
}

/* --- the listing of tokens -------------------------------------------------------------------------------- */

/* What stands in front of other tokens is noted before them: its kind and its size; NULL for a token of its own. */
static const char *prefix_kind(const Reader *reader, size_t *out_size) {
    int next = reader_peek(reader, 1);
    *out_size = 1;
    switch (reader_peek(reader, 0)) {
    case '(':
    case '[':
    case '{': return "open";
    case '`': return "quote";
    case '%': return next == '=' || ends_percent(next) ? NULL : "unquote";
    case '#': break;
    default: return NULL;
    }
    *out_size = 2;
    switch (next) {
    case '(':
    case '[':
    case '{': return "open";
    case '@': return "decorator";
    case '"': return "text";
    default: return NULL;
    }
}

static const char *token_kind(int first, int next) {
    if (first == '"') return "string";
    if (first == '\'') return "char";
    if (first == '#' && next == '/') return "regex";
    bool has_sign = first == '+' || first == '-';
    return reader_is_digit(first) || (has_sign && reader_is_digit(next)) ? "number" : "symbol";
}

ReadStatus reader_form(Reader *reader, Value *out_form) {
    reader_skip_blank(reader);
    if (LIKELY(!reader->tokens)) return read_form(reader, out_form);
    size_t start = reader->at, size;
    const char *prefix = prefix_kind(reader, &size);
    const char *kind = token_kind(reader_peek(reader, 0), reader_peek(reader, 1));
    if (prefix) {
        reader->at = start + size;
        reader_note(reader, prefix, start);
        reader->at = start;
    }
    ReadStatus status = read_form(reader, out_form);
    if (!prefix && status == READ_FORM) reader_note(reader, kind, start);
    return status;
}

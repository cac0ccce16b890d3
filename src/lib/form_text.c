/* form_text.c — see form_text.h. */
#include "lib/form_text.h"

#define INDENT 2u

typedef struct Writer {
    VM *vm;
    Buffer *out;
    uint32_t indent; /* of the line being written */
    char sigil;      /* in front of the next gene's keys; '^' for all others */
} Writer;

static void write_compact(Writer *w, Value form);
static void write_pretty(Writer *w, Value form);

/* --- leaves --------------------------------------------------------------------------------------------------------- */

/* The letter after a backslash that stands for a character, or 0. */
static char escape_letter(char character) {
    static const struct {
        char character, letter;
    } escapes[] = {{'\b', 'b'}, {'\f', 'f'}, {'\n', 'n'}, {'\r', 'r'}, {'\t', 't'}, {'\\', '\\'}};
    for (size_t i = 0; i < COUNT_OF(escapes); i++) {
        if (escapes[i].character == character) return escapes[i].letter;
    }
    return 0;
}

static void write_string(Buffer *out, const StrObj *string) {
    buffer_append_byte(out, '"');
    for (uint32_t i = 0; i < string->size; i++) {
        char character = string->text[i], letter = character == '"' ? '"' : escape_letter(character);
        if (letter)
            buffer_append_format(out, "\\%c", letter);
        else if ((unsigned char)character < 0x20)
            buffer_append_format(out, "\\u%04x", (unsigned)character);
        else
            buffer_append_byte(out, character);
    }
    buffer_append_byte(out, '"');
}

static void write_char(Buffer *out, uint32_t code_point) {
    char letter = code_point < 0x80 ? escape_letter((char)code_point) : 0;
    if (code_point == '\'') letter = '\'';
    buffer_append_byte(out, '\'');
    if (letter)
        buffer_append_format(out, "\\%c", letter);
    else
        buffer_append_utf8(out, code_point);
    buffer_append_byte(out, '\'');
}

/* Where a name stands decides which of its characters would mean something else there. */
typedef enum TokenPlace { PLACE_SYMBOL, PLACE_PATH_START, PLACE_PATH_PART, PLACE_KEY } TokenPlace;

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

/* Would a form that starts with this text be no symbol or path? */
static bool starts_otherwise(const char *text) {
    char next = text[0] ? text[1] : '\0';
    switch (text[0]) {
    case '\'':
    case '^': return true;
    case '#': return next == '\0' || strchr("!#<@", next) != NULL;
    case '+':
    case '-': return is_digit(next);
    default: return is_digit(text[0]);
    }
}

static bool is_special_name(const SymbolObj *symbol) {
    static const char *const names[] = {"nil", "void", "true", "false", "not_found"};
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        if (symbol_is(symbol, names[i])) return true;
    }
    return false;
}

/* Operators that are symbols although characters of them end or split a token. */
static bool is_whole_operator(const SymbolObj *symbol) {
    static const char *const names[] = {"/", "/=", "%", "%="};
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        if (symbol_is(symbol, names[i])) return true;
    }
    return false;
}

/* Must the first character have a backslash, whatever it is? */
static bool is_marked(const SymbolObj *symbol, TokenPlace place) {
    switch (place) {
    case PLACE_SYMBOL: return starts_otherwise(symbol->text) || is_special_name(symbol);
    case PLACE_PATH_START: return starts_otherwise(symbol->text);
    case PLACE_PATH_PART: return symbol_is(symbol, "="); /* behind an empty part it would be the operator */
    default: return symbol->text[0] == '!';
    }
}

static void write_token(Buffer *out, const SymbolObj *symbol, TokenPlace place) {
    if (place == PLACE_SYMBOL && is_whole_operator(symbol)) {
        buffer_append(out, symbol->text, symbol->size);
        return;
    }
    const char *ends = place == PLACE_KEY ? " \t\r\n\v\f,;\"`%()[]{}\\^" : " \t\r\n\v\f,;\"`%()[]{}\\";
    for (uint32_t i = 0; i < symbol->size; i++) {
        char c = symbol->text[i];
        bool is_first_marked = i == 0 && is_marked(symbol, place);
        if (is_first_marked || c == '/' || strchr(ends, c)) buffer_append_byte(out, '\\');
        buffer_append_byte(out, c);
    }
}

static void write_path(Buffer *out, const PathObj *path) {
    for (uint32_t i = 0; i < path->count; i++) {
        if (i) buffer_append_byte(out, '/');
        write_token(out, path->parts[i], i ? PLACE_PATH_PART : PLACE_PATH_START);
    }
}

/* --- containers ------------------------------------------------------------------------------------------------------- */

static const char *seal(Value form) { return ((Obj *)pointer_of(form))->flags & OBJ_SEALED ? "#" : ""; }

static void write_key(Buffer *out, char sigil, const SymbolObj *key) {
    buffer_append_byte(out, sigil);
    write_token(out, key, PLACE_KEY);
    buffer_append_byte(out, ' ');
}

static void write_props(Writer *w, const Table *props, bool is_first, char sigil) {
    for (uint32_t i = table_next(props, 0); i < props->used; i = table_next(props, i + 1)) {
        if (!is_first) buffer_append_byte(w->out, ' ');
        is_first = false;
        write_key(w->out, sigil, symbol_of(props->entries[i].key));
        write_compact(w, props->entries[i].value);
    }
}

static void write_items(Writer *w, const Value *items, uint32_t count, bool is_first) {
    for (uint32_t i = 0; i < count; i++) {
        if (i || !is_first) buffer_append_byte(w->out, ' ');
        write_compact(w, items[i]);
    }
}

/* The opening parenthesis, type and properties of a gene. */
static void write_head(Writer *w, const NodeObj *node, Value form) {
    buffer_append_format(w->out, "%s(", seal(form));
    bool is_empty = is_nil(node->type) && node->props.count == 0 && node->count == 0;
    char sigil = w->sigil;
    w->sigil = '^';
    if (!is_empty) write_compact(w, node->type);
    write_props(w, &node->props, false, sigil);
}

/* Keys and values as they were written; a last key may have no value. */
static void write_pairs(Writer *w, const Table *table) {
    bool is_first = true;
    for (uint32_t i = table_next(table, 0); i < table->used; i = table_next(table, i + 1)) {
        if (!is_first) buffer_append_byte(w->out, ' ');
        is_first = false;
        write_compact(w, table->entries[i].key);
        if (table->entries[i].value == VAL_UNSET) continue;
        buffer_append_byte(w->out, ' ');
        write_compact(w, table->entries[i].value);
    }
}

static void write_compact(Writer *w, Value form) {
    Buffer *out = w->out;
    if (is_char(form)) {
        write_char(out, char_of(form));
        return;
    }
    ObjType type = is_object(form) ? obj_type_of(form) : OBJ_TYPE_COUNT;
    switch (type) {
    case OBJ_STR: write_string(out, string_of(form)); break;
    case OBJ_SYMBOL: write_token(out, symbol_of(form), PLACE_SYMBOL); break;
    case OBJ_PATH: write_path(out, path_of(form)); break;
    case OBJ_ARRAY:
        buffer_append_format(out, "%s[", seal(form));
        write_items(w, array_of(form)->items, array_of(form)->count, true);
        buffer_append_byte(out, ']');
        break;
    case OBJ_MAP:
        buffer_append_format(out, "%s{", seal(form));
        write_props(w, &map_of(form)->table, true, '^');
        buffer_append_byte(out, '}');
        break;
    case OBJ_HASHMAP:
        buffer_append_format(out, "%s{{", seal(form));
        write_pairs(w, &hash_of(form)->table);
        buffer_append_text(out, "}}");
        break;
    case OBJ_NODE:
        write_head(w, node_of(form), form);
        write_items(w, node_of(form)->children, node_of(form)->count, false);
        buffer_append_byte(out, ')');
        break;
    case OBJ_QUOTE:
    case OBJ_UNQUOTE:
        buffer_append_text(out, is_quote(form) ? "`" : quote_of(form)->discard ? "%_" : "%");
        write_compact(w, quote_of(form)->form);
        break;
    default: print_value_safely(w->vm, out, form, RENDER_QUOTED); break;
    }
}

/* --- on several lines -------------------------------------------------------------------------------------------------- */

static void new_line(Writer *w) {
    buffer_append_byte(w->out, '\n');
    for (uint32_t i = 0; i < w->indent; i++) buffer_append_byte(w->out, ' ');
}

static void write_lines(Writer *w, const Value *items, uint32_t count, const char *end) {
    w->indent += INDENT;
    for (uint32_t i = 0; i < count; i++) {
        new_line(w);
        write_pretty(w, items[i]);
    }
    w->indent -= INDENT;
    new_line(w);
    buffer_append_text(w->out, end);
}

static void write_entry_lines(Writer *w, const Table *table) {
    w->indent += INDENT;
    for (uint32_t i = table_next(table, 0); i < table->used; i = table_next(table, i + 1)) {
        new_line(w);
        write_key(w->out, '^', symbol_of(table->entries[i].key));
        write_compact(w, table->entries[i].value);
    }
    w->indent -= INDENT;
    new_line(w);
    buffer_append_byte(w->out, '}');
}

static void write_pretty(Writer *w, Value form) {
    if (is_node(form) && node_of(form)->count > 0) {
        write_head(w, node_of(form), form);
        write_lines(w, node_of(form)->children, node_of(form)->count, ")");
    } else if (is_array(form) && array_of(form)->count > 0) {
        buffer_append_format(w->out, "%s[", seal(form));
        write_lines(w, array_of(form)->items, array_of(form)->count, "]");
    } else if (is_map(form) && map_of(form)->table.count > 0) {
        buffer_append_format(w->out, "%s{", seal(form));
        write_entry_lines(w, &map_of(form)->table);
    } else {
        write_compact(w, form);
    }
}

void form_append(VM *vm, Buffer *out, Value form, FormStyle style) {
    Writer writer = {vm, out, 0, style == FORM_SEXP && is_node(form) ? ':' : '^'};
    if (style == FORM_PRETTY)
        write_pretty(&writer, form);
    else
        write_compact(&writer, form);
}

void form_append_key(Buffer *out, const SymbolObj *key) { write_key(out, '^', key); }

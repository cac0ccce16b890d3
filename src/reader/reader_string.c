/* reader_string.c — strings, interpolated strings, characters, regex literals (language 01 §1.6, §1.9).
 * Invariant: text is decoded into reader->scratch from a remembered size on, and cut back before returning,
 * so that a string inside an interpolated form of a string does not disturb the outer one. */
#include "base/utf8.h"
#include "reader/reader_internal.h"

/* A string being read. */
typedef struct Quoted {
    size_t start;
    size_t base;      /* its text in scratch begins here */
    const char *name; /* how messages call the failing step */
    bool triple;
    bool has_parts; /* '#' introduces a part */
    bool bad;       /* a bad escape has been reported */
} Quoted;

typedef enum TextEnd {
    TEXT_CLOSED,   /* the closing quotes, consumed */
    TEXT_PART,     /* at a '#' that introduces a part */
    TEXT_UNCLOSED, /* the end */
} TextEnd;

static bool make_string(Reader *reader, size_t start, const char *text, size_t size, Value *out_string) {
    if (!reader_can_hold(reader, size, start)) return false;
    *out_string = string_make(reader->vm, size ? text : "", size);
    return true;
}

/* scratch[base..] as a string; scratch is cut back. */
static bool take_scratch(Reader *reader, size_t start, size_t base, Value *out_string) {
    size_t size = reader->scratch.size - base;
    reader->scratch.size = base;
    return make_string(reader, start, size ? reader->scratch.data + base : "", size, out_string);
}

/* --- escapes -------------------------------------------------------------------------------------------- */

static int hex_digit(int byte) {
    if (reader_is_digit(byte)) return byte - '0';
    int lower = byte | 0x20;
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/* Four hex digits, or -1. */
static int32_t read_hex4(Reader *reader) {
    int32_t unit = 0;
    for (size_t i = 0; i < 4; i++) {
        int digit = hex_digit(reader_peek(reader, i));
        if (digit < 0) return -1;
        unit = unit << 4 | digit;
    }
    reader->at += 4;
    return unit;
}

/* Behind "\u". A pair of surrogates is one code point, a lone one is none. */
static bool read_unicode(Reader *reader, uint32_t *out_code_point) {
    int32_t unit = read_hex4(reader);
    if (unit < 0 || (unit >= 0xDC00 && unit <= 0xDFFF)) return false;
    *out_code_point = (uint32_t)unit;
    if (unit < 0xD800 || unit > 0xDBFF) return true;
    if (reader_peek(reader, 0) != '\\' || reader_peek(reader, 1) != 'u') return false;
    reader->at += 2;
    int32_t low = read_hex4(reader);
    if (low < 0xDC00 || low > 0xDFFF) return false;
    *out_code_point = 0x10000 + ((uint32_t)(unit - 0xD800) << 10) + (uint32_t)(low - 0xDC00);
    return true;
}

/* What \c stands for, when that is not c. */
static char control_of(int c) {
    switch (c) {
    case 'b': return '\b';
    case 'f': return '\f';
    case 'n': return '\n';
    case 'r': return '\r';
    case 't': return '\t';
    default: return 0;
    }
}

/* `at` is on a backslash with something behind it. */
static void read_escape(Reader *reader, Quoted *quoted) {
    size_t start = reader->at++;
    int c = reader_peek(reader, 0);
    reader->at++;
    if (c != 'u') {
        char control = control_of(c);
        /* Of a longer character this is the first byte; the others follow as ordinary text. */
        buffer_append_byte(&reader->scratch, control ? control : (char)c);
        return;
    }
    uint32_t code_point;
    if (read_unicode(reader, &code_point)) {
        buffer_append_utf8(&reader->scratch, code_point);
    } else if (!quoted->bad) {
        quoted->bad = true;
        reader_report(reader, ERR_READ_STRING, start, "%s failure: ErrInvalidToken", quoted->name);
    }
}

/* --- text ----------------------------------------------------------------------------------------------- */

static bool starts_part(const Reader *reader) {
    int next = reader_peek(reader, 1);
    return next == '{' || next == '(' || next == '[' || next == '<';
}

/* Decodes up to the closing quotes or the next part. */
static TextEnd read_text(Reader *reader, Quoted *quoted) {
    const char *text = reader->text;
    for (;;) {
        size_t run = reader->at;
        while (run < reader->end && text[run] != '"' && text[run] != '\\' && text[run] != '#') run++;
        buffer_append(&reader->scratch, text + reader->at, run - reader->at);
        reader->at = run;
        if (run == reader->end) return TEXT_UNCLOSED;
        if (text[run] == '"') {
            size_t width = quoted->triple ? 3 : 1;
            if (width == 1 || (reader_peek(reader, 1) == '"' && reader_peek(reader, 2) == '"')) {
                reader->at += width;
                return TEXT_CLOSED;
            }
        } else if (text[run] == '\\') {
            if (run + 1 == reader->end) return TEXT_UNCLOSED;
            read_escape(reader, quoted);
            continue;
        } else if (quoted->has_parts && starts_part(reader)) {
            return TEXT_PART;
        }
        buffer_append_byte(&reader->scratch, text[run]);
        reader->at++;
    }
}

/* Cuts what laying out a triple-quoted text adds: blank space with line breaks next to the quotes becomes one
 * '\n', but for the first line's indentation. */
static void trim_lines(Buffer *scratch, size_t base, bool leading, bool trailing) {
    if (scratch->failed || scratch->size == base) return;
    char *text = scratch->data + base;
    size_t size = scratch->size - base;
    if (leading) {
        size_t blank = 0, newline = SIZE_MAX;
        for (; blank < size && reader_is_blank((unsigned char)text[blank]) && text[blank] != ','; blank++)
            if (text[blank] == '\n') newline = blank;
        if (newline != SIZE_MAX) {
            size -= newline;
            memmove(text, text + newline, size);
        }
    }
    if (trailing) {
        size_t newline = SIZE_MAX;
        for (size_t i = size; i > 0 && reader_is_blank((unsigned char)text[i - 1]) && text[i - 1] != ','; i--)
            if (text[i - 1] == '\n') newline = i - 1;
        if (newline != SIZE_MAX) size = newline + 1;
    }
    scratch->size = base + size;
}

static ReadStatus fail_unclosed(Reader *reader, const Quoted *quoted) {
    reader->scratch.size = quoted->base;
    return reader_fail_at_end(reader, ERR_READ_STRING, quoted->start, "%s failure: ErrQuoteExpected", quoted->name);
}

/* Behind the opening quotes, which `at` is on. */
static Quoted open_quotes(Reader *reader, size_t start, const char *name) {
    Quoted quoted = {.start = start, .base = reader->scratch.size, .name = name};
    quoted.triple = reader_peek(reader, 1) == '"' && reader_peek(reader, 2) == '"';
    reader->at += quoted.triple ? 3 : 1;
    return quoted;
}

ReadStatus reader_string(Reader *reader, Value *out_form) {
    Quoted quoted = open_quotes(reader, reader->at, "read_string");
    if (!quoted.triple) {
        /* Most strings have no escapes: made straight from the source, a 50 MB literal is not held twice. */
        size_t run = reader->at;
        while (run < reader->end && reader->text[run] != '"' && reader->text[run] != '\\') run++;
        if (run < reader->end && reader->text[run] == '"') {
            const char *text = reader->text + reader->at;
            size_t size = run - reader->at;
            reader->at = run + 1;
            return make_string(reader, quoted.start, text, size, out_form) ? READ_FORM : READ_BAD;
        }
    }
    if (read_text(reader, &quoted) != TEXT_CLOSED) return fail_unclosed(reader, &quoted);
    if (quoted.triple) trim_lines(&reader->scratch, quoted.base, true, true);
    return take_scratch(reader, quoted.start, quoted.base, out_form) ? READ_FORM : READ_BAD;
}

/* --- interpolation -------------------------------------------------------------------------------------- */

/* The forms up to the brace that closes "#{"; one is right. */
static ReadStatus read_braced(Reader *reader, size_t start, Value *out_form) {
    uint32_t count = 0, diagnostic_count = reader->diagnostics->count;
    Value form;
    NextItem next;
    reader->open.braces++;
    while ((next = reader_next_item(reader, '}', start)) == ITEM_NEXT) {
        size_t item = reader->at;
        ReadStatus status = reader_form(reader, &form);
        if (status == READ_STOP) reader_reject_semicolon(reader);
        if (status != READ_FORM) continue;
        if (count++ == 0) *out_form = form;
        if (count == 2) reader_report(reader, ERR_READ_STRING, item, "#{ } in a string holds one form only");
    }
    reader->open.braces--;
    if (count > 0) return READ_FORM;
    if (next == ITEM_CLOSED && reader->diagnostics->count == diagnostic_count)
        reader_report(reader, ERR_READ_STRING, start, "#{ } in a string needs a form");
    return READ_BAD;
}

/* `at` is on the '#'. A closer inside never ends a form outside the string: the counts begin anew. */
static ReadStatus read_part(Reader *reader, Value *out_form) {
    size_t start = reader->at;
    OpenForms outside = reader->open;
    reader->open = (OpenForms){0};
    ReadStatus status = READ_FORM;
    if (reader_peek(reader, 1) != '{') {
        reader->at++;
        status = reader_form(reader, out_form);
    } else {
        reader->at += 2;
        reader_skip_blank(reader);
        if (reader_peek(reader, 0) == '^')
            *out_form = reader_map(reader, start);
        else
            status = read_braced(reader, start, out_form);
    }
    reader->open = outside;
    return status;
}

/* Adds the text since the last part; none when it is empty. False: no memory. */
static bool flush_text(Reader *reader, const Quoted *quoted, NodeObj *node, bool first, bool last) {
    if (quoted->triple) trim_lines(&reader->scratch, quoted->base, first, last);
    if (reader->scratch.size == quoted->base) return true;
    Value text;
    if (!take_scratch(reader, quoted->start, quoted->base, &text)) return false;
    node_push(reader->vm, node, text);
    return true;
}

/* When all parts are strings they are one constant, otherwise the node stays. */
static bool join_parts(Reader *reader, const Quoted *quoted, NodeObj *node, Value *out_form) {
    *out_form = value_pointer(node);
    for (uint32_t i = 0; i < node->count; i++)
        if (!is_string(node->children[i])) return true;
    if (node->count == 1) {
        *out_form = node->children[0];
        return true;
    }
    for (uint32_t i = 0; i < node->count; i++) {
        StrObj *part = string_of(node->children[i]);
        buffer_append(&reader->scratch, part->text, part->size);
    }
    return take_scratch(reader, quoted->start, quoted->base, out_form);
}

ReadStatus reader_interpolated(Reader *reader, Value *out_form) {
    size_t start = reader->at;
    if (!reader_enter(reader, start)) return READ_BAD;
    reader->at++;
    Quoted quoted = open_quotes(reader, start, "read_string_interpolation");
    quoted.has_parts = true;
    NodeObj *node = node_of(node_make(reader->vm, value_pointer(SYM(reader->vm, STR_HEAD))));
    Mark where = reader_locate(reader, start);
    node->line = where.line;
    node->column = where.column;
    bool first = true;
    TextEnd end;
    while ((end = read_text(reader, &quoted)) == TEXT_PART) {
        if (reader_peek(reader, 1) == '<') {
            reader_skip_block_comment(reader);
            continue;
        }
        if (!flush_text(reader, &quoted, node, first, false)) return READ_BAD;
        first = false;
        Value part;
        if (read_part(reader, &part) == READ_FORM) node_push(reader->vm, node, part);
    }
    reader->depth--;
    if (end == TEXT_UNCLOSED) return fail_unclosed(reader, &quoted);
    if (!flush_text(reader, &quoted, node, first, true)) return READ_BAD;
    return join_parts(reader, &quoted, node, out_form) ? READ_FORM : READ_BAD;
}

/* --- characters ----------------------------------------------------------------------------------------- */

ReadStatus reader_char(Reader *reader, Value *out_form) {
    size_t start = reader->at;
    const char *text = reader->text;
    size_t at = start + 1;
    bool escaped = at < reader->end && text[at] == '\\';
    at += escaped;
    uint32_t code_point = 0;
    if (at < reader->end) at += utf8_decode(text + at, reader->end - at, &code_point);
    if (at < reader->end && text[at] == '\'') {
        char control = escaped && code_point < 0x80 ? control_of((int)code_point) : 0;
        reader->at = at + 1;
        *out_form = value_char(control ? (uint32_t)control : code_point);
        return READ_FORM;
    }
    if (at >= reader->end) {
        return reader_fail_at_end(reader, ERR_READ_STRING, start,
                                  "Expected closing ' in character literal, got: end of text (ord: 0)");
    }
    uint32_t got = 0;
    size_t width = utf8_decode(text + at, reader->end - at, &got);
    /* Often it is a quoted word or list, as other Lisps write it: skip the word, read on at the list. */
    reader->at = start + 1;
    reader_skip_token(reader);
    return reader_fail(reader, ERR_READ_STRING, start, "Expected closing ' in character literal, got: %.*s (ord: %u)",
                       (int)width, text + at, (unsigned)got);
}

/* --- regex literals ------------------------------------------------------------------------------------- */

/* Copies to scratch up to an unescaped '/', which is consumed. "\/" is '/', "\\" is '\'; other backslashes
 * are the regex engine's. False: the end. */
static bool read_segment(Reader *reader) {
    const char *text = reader->text;
    while (!reader_at_end(reader)) {
        char c = text[reader->at++];
        if (c == '/') return true;
        int next = reader_peek(reader, 0);
        if (c == '\\' && next == 0) return false;
        if (c == '\\' && next != '/' && next != '\\') buffer_append_byte(&reader->scratch, c);
        if (c == '\\') c = text[reader->at++];
        buffer_append_byte(&reader->scratch, c);
    }
    return false;
}

static bool ends_regex(int byte) { return byte == 0 || reader_is_blank(byte) || strchr(")]};", byte); }

/* Looks ahead from behind the pattern's '/': is there another before the literal must end? */
static bool has_replacement(const Reader *reader) {
    bool flags_only = true;
    for (size_t at = reader->at; at < reader->end; at++) {
        unsigned char c = (unsigned char)reader->text[at];
        if (c == '/') return true;
        if (reader_is_blank(c) && c != ',') return false;
        if (flags_only && ends_regex(c)) return false;
        if (c == '\\') at++;
        if (c != 'i' && c != 'm') flags_only = false;
    }
    return false;
}

/* False: reported. */
static bool read_flags(Reader *reader, size_t start, bool *out_ignore_case, bool *out_multi_line) {
    *out_ignore_case = *out_multi_line = false;
    for (; !ends_regex(reader_peek(reader, 0)); reader->at++) {
        char flag = reader->text[reader->at];
        if (flag == 'i') {
            *out_ignore_case = true;
        } else if (flag == 'm') {
            *out_multi_line = true;
        } else {
            const char *bad = reader->text + reader->at;
            while (!ends_regex(reader_peek(reader, 0))) reader->at++;
            reader_report(reader, ERR_READ_REGEX, start, "Invalid regex flag: %.*s", (int)utf8_width(*bad), bad);
            return false;
        }
    }
    return true;
}

ReadStatus reader_regex(Reader *reader, Value *out_form) {
    size_t start = reader->at, base = reader->scratch.size;
    Value pattern, replacement = VAL_UNSET;
    bool ignore_case, multi_line;
    reader->at += 2;
    bool closed = read_segment(reader);
    if (!take_scratch(reader, start, base, &pattern)) return READ_BAD;
    if (closed && has_replacement(reader)) {
        closed = read_segment(reader);
        if (!take_scratch(reader, start, base, &replacement)) return READ_BAD;
    }
    if (!closed) return reader_fail_at_end(reader, ERR_READ_REGEX, start, "EOF while reading regex literal");
    if (!read_flags(reader, start, &ignore_case, &multi_line)) return READ_BAD;
    *out_form = regex_make(reader->vm, string_of(pattern), replacement == VAL_UNSET ? NULL : string_of(replacement),
                           ignore_case, multi_line);
    return READ_FORM;
}

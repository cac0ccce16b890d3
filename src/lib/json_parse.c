/* json_parse.c — a strict JSON parser (RFC 8259; language 31 §1).
 * Invariant: every value that is not finished hangs on a container that is rooted. */
#include "lib/json_parse.h"

#include "base/number.h"
#include "base/utf8.h"
#include "lib/support.h"
#include "vm/recursion.h"

typedef struct Parser {
    VM *vm;
    const char *text; /* NUL-terminated */
    size_t size, at;
} Parser;

static bool fail(Parser *p, const char *problem) {
    uint32_t line = 1;
    size_t line_start = 0;
    for (size_t i = 0; i < p->at; i++) {
        if (p->text[i] != '\n') continue;
        line++;
        line_start = i + 1;
    }
    unsigned column = (unsigned)utf8_count(p->text + line_start, p->at - line_start) + 1;
    vm_raise(p->vm, ERR_RUNTIME, "Invalid JSON: %s at line %u, column %u", problem, line, column);
    return false;
}

static void skip_blanks(Parser *p) {
    while (p->at < p->size && p->text[p->at] && strchr(" \t\r\n", p->text[p->at])) p->at++;
}

/* Takes the character if it is next. */
static bool take(Parser *p, char c) {
    if (p->at >= p->size || p->text[p->at] != c) return false;
    p->at++;
    return true;
}

/* --- strings ------------------------------------------------------------------------------------------------ */

static bool hex4(Parser *p, uint32_t *out_code) {
    *out_code = 0;
    for (int i = 0; i < 4; i++) {
        char c = p->at < p->size ? p->text[p->at] : 0;
        uint32_t digit = c >= '0' && c <= '9'   ? (uint32_t)(c - '0')
                         : c >= 'a' && c <= 'f' ? (uint32_t)(c - 'a' + 10)
                         : c >= 'A' && c <= 'F' ? (uint32_t)(c - 'A' + 10)
                                                : 16;
        if (digit > 15) return fail(p, "expected four hex digits after \\u");
        *out_code = *out_code << 4 | digit;
        p->at++;
    }
    return true;
}

/* After "\u"; a surrogate without its other half becomes U+FFFD. */
static bool unicode_escape(Parser *p, Buffer *out) {
    uint32_t code;
    if (!hex4(p, &code)) return false;
    bool is_high = code >= 0xD800 && code <= 0xDBFF;
    if (is_high && p->at + 1 < p->size && p->text[p->at] == '\\' && p->text[p->at + 1] == 'u') {
        size_t before = p->at;
        uint32_t low;
        p->at += 2;
        if (!hex4(p, &low)) return false;
        if (low >= 0xDC00 && low <= 0xDFFF)
            code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
        else
            p->at = before;
    }
    buffer_append_utf8(out, code);
    return true;
}

static bool escape(Parser *p, Buffer *out) {
    static const char names[] = "\"\\/bfnrt", values[] = "\"\\/\b\f\n\r\t";
    char c = p->at < p->size ? p->text[p->at] : 0;
    const char *name = c ? strchr(names, c) : NULL;
    if (c != 'u' && !name) return fail(p, "unknown escape in string");
    p->at++;
    if (c == 'u') return unicode_escape(p, out);
    buffer_append_byte(out, values[name - names]);
    return true;
}

/* After the opening quote. */
static bool string_into(Parser *p, Buffer *out) {
    for (;;) {
        size_t start = p->at;
        while (p->at < p->size && (unsigned char)p->text[p->at] >= 0x20 && !strchr("\"\\", p->text[p->at])) p->at++;
        buffer_append(out, p->text + start, p->at - start);
        if (take(p, '"')) return true;
        if (p->at >= p->size) return fail(p, "unclosed string");
        if (!take(p, '\\')) return fail(p, "control character in string");
        if (!escape(p, out)) return false;
    }
}

/* --- numbers, words ------------------------------------------------------------------------------------------- */

static bool digits(Parser *p) {
    size_t start = p->at;
    while (p->at < p->size && p->text[p->at] >= '0' && p->text[p->at] <= '9') p->at++;
    return p->at > start || fail(p, "expected a digit");
}

static bool number(Parser *p, Value *out) {
    size_t start = p->at;
    bool whole = true;
    take(p, '-');
    if (!take(p, '0') && !digits(p)) return false;
    if (take(p, '.')) {
        whole = false;
        if (!digits(p)) return false;
    }
    if (take(p, 'e') || take(p, 'E')) {
        whole = false;
        if (!take(p, '+')) take(p, '-');
        if (!digits(p)) return false;
    }
    int64_t integer;
    double real = 0;
    if (whole && number_parse_int(p->text + start, p->at - start, &integer)) {
        *out = int_make(p->vm, integer);
        return true;
    }
    if (!number_parse_double(p->text + start, p->at - start, &real)) return fail(p, "malformed number");
    *out = value_float(real);
    return true;
}

static bool word(Parser *p, const char *text, Value value, Value *out) {
    size_t size = strlen(text);
    if (p->size - p->at < size || memcmp(p->text + p->at, text, size) != 0) return fail(p, "unexpected text");
    p->at += size;
    *out = value;
    return true;
}

/* --- containers ----------------------------------------------------------------------------------------------- */

static bool value(Parser *p, Value *out);

static bool items(Parser *p, uint32_t array) {
    skip_blanks(p);
    if (take(p, ']')) return true;
    for (;;) {
        Value item = VAL_NIL;
        if (!value(p, &item)) return false;
        array_push(p->vm, array_of(root_get(p->vm, array)), item);
        if (take(p, ']')) return true;
        if (!take(p, ',')) return fail(p, "expected ',' or ']'");
    }
}

/* "key": value. The key is rooted at `key`. */
static bool member(Parser *p, uint32_t map, uint32_t key) {
    VM *vm = p->vm;
    skip_blanks(p);
    if (!take(p, '"')) return fail(p, "expected a string as key");
    Buffer text;
    lib_buffer_init(vm, &text);
    bool ok = string_into(p, &text);
    if (ok) root_set(vm, key, value_pointer(symbol_intern(vm, text.data ? text.data : "", text.size)));
    buffer_free(&text);
    if (!ok) return false;
    skip_blanks(p);
    if (!take(p, ':')) return fail(p, "expected ':'");
    Value item;
    if (!value(p, &item)) return false;
    map_set(vm, map_of(root_get(vm, map)), symbol_of(root_get(vm, key)), item);
    return true;
}

static bool members(Parser *p, uint32_t map) {
    skip_blanks(p);
    if (take(p, '}')) return true;
    uint32_t key = root_push(p->vm, VAL_NIL);
    for (;;) {
        if (!member(p, map, key)) return false;
        if (take(p, '}')) return true;
        if (!take(p, ',')) return fail(p, "expected ',' or '}'");
    }
}

static bool container(Parser *p, bool is_object_text, Value *out) {
    VM *vm = p->vm;
    if (!recursion_enter(vm, "JSON text")) return false;
    uint32_t scope = roots_open(vm);
    uint32_t root = root_push(vm, is_object_text ? map_make(vm) : array_make(vm, 0));
    bool ok = is_object_text ? members(p, root) : items(p, root);
    *out = root_get(vm, root);
    roots_close(vm, scope);
    recursion_leave(vm);
    return ok;
}

static bool string(Parser *p, Value *out) {
    Buffer text;
    lib_buffer_init(p->vm, &text);
    if (string_into(p, &text)) return lib_return_text(p->vm, &text, out) != NATIVE_RAISE;
    buffer_free(&text);
    return false;
}

/* A value and the blanks around it. */
static bool value(Parser *p, Value *out) {
    skip_blanks(p);
    if (p->at >= p->size) return fail(p, "unexpected end of text");
    bool ok;
    switch (p->text[p->at]) {
    case '{': p->at++, ok = container(p, true, out); break;
    case '[': p->at++, ok = container(p, false, out); break;
    case '"': p->at++, ok = string(p, out); break;
    case 't': ok = word(p, "true", VAL_TRUE, out); break;
    case 'f': ok = word(p, "false", VAL_FALSE, out); break;
    case 'n': ok = word(p, "null", VAL_NIL, out); break;
    default:
        if (p->text[p->at] != '-' && (p->text[p->at] < '0' || p->text[p->at] > '9')) {
            return fail(p, "unexpected character");
        }
        ok = number(p, out);
    }
    if (ok) skip_blanks(p);
    return ok;
}

NativeResult json_parse_text(VM *vm, StrObj *text, Value *out) {
    Parser parser = {vm, text->text, text->size, 0};
    if (!value(&parser, out)) return NATIVE_RAISE;
    if (parser.at < parser.size) return fail(&parser, "more text after the value"), NATIVE_RAISE;
    return NATIVE_RETURN;
}

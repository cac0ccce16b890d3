/* http_values.c — see http_values.h. */
#include "lib/http_values.h"

#define STATUS_MIN 100
#define STATUS_MAX 999

void http_copy_fields(VM *vm, InstanceObj *instance, Value map) {
    if (!is_object(map) || !is_map(map)) return;
    const Table *table = &map_of(map)->table;
    for (uint32_t i = table_next(table, 0); i < table->used; i = table_next(table, i + 1)) {
        instance_set(vm, instance, symbol_of(table->entries[i].key), table->entries[i].value);
    }
}

bool http_name_is(const SymbolObj *symbol, const char *name) {
    if (symbol->size != strlen(name)) return false;
    for (size_t i = 0; i < symbol->size; i++) {
        char letter = symbol->text[i];
        if (letter >= 'A' && letter <= 'Z') letter = (char)(letter + 32);
        if (letter != name[i]) return false;
    }
    return true;
}

/* --- headers and bodies ----------------------------------------------------------------------------------------- */

static Value text_value(VM *vm, Value value) {
    if (is_object(value) && is_string(value)) return value;
    Buffer text;
    buffer_init(&text);
    if (!is_nil(value) && !is_void(value)) print_value_safely(vm, &text, value, RENDER_PLAIN);
    return string_from_buffer(vm, &text);
}

Value http_header_value(VM *vm, Value value) {
    if (!is_object(value) || !is_array(value)) return text_value(vm, value);
    uint32_t scope = roots_open(vm);
    root_push(vm, value);
    uint32_t list = root_push(vm, array_make(vm, array_of(value)->count));
    for (uint32_t i = 0; i < array_of(value)->count; i++) {
        Value item = text_value(vm, array_of(value)->items[i]);
        array_push(vm, array_of(root_get(vm, list)), item);
    }
    Value result = root_get(vm, list);
    roots_close(vm, scope);
    return result;
}

static bool has_plain_values(const Table *table) {
    for (uint32_t i = table_next(table, 0); i < table->used; i = table_next(table, i + 1)) {
        Value value = table->entries[i].value;
        if (!is_object(value) || !is_string(value)) return false;
    }
    return true;
}

/* A map whose values are strings or arrays of strings; the map itself when it is one already. Unrooted. */
static Value header_map(VM *vm, Value headers) {
    if (!is_object(headers) || !is_map(headers)) return VAL_NIL;
    const Table *table = &map_of(headers)->table;
    if (has_plain_values(table)) return headers;
    uint32_t scope = roots_open(vm);
    root_push(vm, headers);
    uint32_t copy = root_push(vm, map_make(vm));
    for (uint32_t i = table_next(table, 0); i < table->used; i = table_next(table, i + 1)) {
        uint32_t value = root_push(vm, http_header_value(vm, table->entries[i].value));
        map_set(vm, map_of(root_get(vm, copy)), symbol_of(table->entries[i].key), root_get(vm, value));
        roots_close(vm, value);
    }
    Value result = root_get(vm, copy);
    roots_close(vm, scope);
    return result;
}

static Value body_value(VM *vm, Value body) {
    if (is_object(body) && (is_string(body) || is_bytes(body))) return body;
    return text_value(vm, body);
}

/* --- answers ------------------------------------------------------------------------------------------------------ */

/* {^status ^headers ^body}; the parts are any values and reachable. */
static Value make_answer(VM *vm, Value status, Value headers, Value body) {
    uint32_t scope = roots_open(vm);
    uint32_t header_root = root_push(vm, header_map(vm, headers));
    uint32_t body_root = root_push(vm, body_value(vm, body));
    uint32_t answer = root_push(vm, map_make(vm));
    map_set_text(vm, map_of(root_get(vm, answer)), "status", status);
    map_set_text(vm, map_of(root_get(vm, answer)), "headers", root_get(vm, header_root));
    map_set_text(vm, map_of(root_get(vm, answer)), "body", root_get(vm, body_root));
    Value result = root_get(vm, answer);
    roots_close(vm, scope);
    return result;
}

Value http_text_answer(VM *vm, int status, const char *text) {
    uint32_t scope = roots_open(vm);
    uint32_t body = root_push(vm, string_make_lossy(vm, text, strlen(text)));
    Value answer = make_answer(vm, value_small_int(status), VAL_NIL, root_get(vm, body));
    roots_close(vm, scope);
    return answer;
}

static Value invalid_answer(VM *vm, const char *what, const char *kind) {
    Buffer text;
    buffer_init(&text);
    buffer_append_format(&text, "%s: %s", what, kind);
    Value answer = http_text_answer(vm, 500, buffer_text(&text));
    buffer_free(&text);
    return answer;
}

/* A part of an instance or map; nil when it is missing. */
static Value part(VM *vm, Value value, const char *name) {
    Value found =
        is_map(value) ? map_get_text(vm, map_of(value), name) : instance_get(instance_of(value), symbol_from(vm, name));
    return found == VAL_UNSET ? VAL_NIL : found;
}

/* From an instance or map with status, headers and body. */
static Value answer_from_parts(VM *vm, Value value) {
    Value status = part(vm, value, "status"), body = part(vm, value, "body");
    if (is_nil(status) && is_nil(body)) return invalid_answer(vm, "Invalid response type", kind_name(value));
    if (is_nil(status)) status = value_small_int(200);
    if (!is_int(status) || int_of(status) < STATUS_MIN || int_of(status) > STATUS_MAX) {
        return invalid_answer(vm, "Invalid response status", kind_name(status));
    }
    return make_answer(vm, status, part(vm, value, "headers"), body);
}

Value http_answer(VM *vm, Value value) {
    if (is_nil(value)) return http_text_answer(vm, 404, "Not Found");
    if (is_object(value)) {
        if (is_string(value)) return make_answer(vm, value_small_int(200), VAL_NIL, value);
        if (is_instance(value) || is_map(value)) return answer_from_parts(vm, value);
    }
    return invalid_answer(vm, "Invalid response type", kind_name(value));
}

/* --- forms ---------------------------------------------------------------------------------------------------------- */

static int hex_digit(char digit) {
    if (digit >= '0' && digit <= '9') return digit - '0';
    digit = (char)(digit | 0x20);
    return digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : -1;
}

static void append_decoded(Buffer *out, const char *text, size_t size) {
    for (size_t i = 0; i < size; i++) {
        bool is_escape = text[i] == '%' && i + 2 < size && hex_digit(text[i + 1]) >= 0 && hex_digit(text[i + 2]) >= 0;
        if (is_escape) {
            buffer_append_byte(out, (char)(hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2])));
            i += 2;
        } else {
            buffer_append_byte(out, text[i] == '+' ? ' ' : text[i]);
        }
    }
}

/* The decoded piece as a string; unrooted. */
static Value decoded(VM *vm, const char *text, size_t size) {
    Buffer piece;
    buffer_init(&piece);
    append_decoded(&piece, text, size);
    Value string = string_make_lossy(vm, piece.data ? piece.data : "", piece.size);
    buffer_free(&piece);
    return string;
}

Value http_parse_form(VM *vm, const StrObj *text) {
    uint32_t scope = roots_open(vm);
    root_push(vm, value_pointer(text));
    uint32_t fields = root_push(vm, map_make(vm));
    for (size_t at = 0; at < text->size;) {
        size_t end = at, equals;
        while (end < text->size && text->text[end] != '&') end++;
        for (equals = at; equals < end && text->text[equals] != '=';) equals++;
        if (equals > at) {
            uint32_t name = root_push(vm, decoded(vm, text->text + at, equals - at));
            size_t start = equals < end ? equals + 1 : end;
            uint32_t value = root_push(vm, decoded(vm, text->text + start, end - start));
            SymbolObj *key = symbol_from_string(vm, string_of(root_get(vm, name)));
            map_set(vm, map_of(root_get(vm, fields)), key, root_get(vm, value));
            roots_close(vm, name);
        }
        at = end + 1;
    }
    Value result = root_get(vm, fields);
    roots_close(vm, scope);
    return result;
}

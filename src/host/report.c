/* report.c — see report.h.
 *
 *     error[GENE.RUNTIME.ERROR]: boom
 *       --> prog.gene:3:5
 *        |
 *      3 |     (throw "boom")
 *        |     ^
 *       hint: what to do
 *       at f (prog.gene:3:5)
 *       caused by: Exception [GENE.RUNTIME.ERROR]: … (prog.gene:2:1)
 *
 * Every build tells an error in the same words: js/report.js writes what this writes, in colours where wanted. */
#include "host/report.h"

#define STACK_SHOWN 20u
#define CAUSES_SHOWN 5
/* Of a long line this much is shown, in characters, from so far before the column on. */
#define LINE_SHOWN 160u
#define LINE_BEFORE 80u

typedef struct Place {
    const char *file;
    size_t file_size;
    uint32_t line, column;
} Place;

static Value field(Value exception, const SymbolObj *name) {
    Value value = is_instance(exception) ? instance_get(instance_of(exception), name) : VAL_UNSET;
    return value == VAL_UNSET ? VAL_NIL : value;
}

/* Reads "FILE:LINE:COLUMN"; file names may contain colons. */
static bool parse_place(Value location, Place *out_place) {
    if (!is_string(location)) return false;
    const char *text = string_of(location)->text;
    uint32_t numbers[2] = {0, 0};
    size_t end = string_of(location)->size;
    for (int i = 1; i >= 0; i--) {
        size_t colon = end;
        while (colon > 0 && text[colon - 1] >= '0' && text[colon - 1] <= '9') colon--;
        if (colon == end || colon == 0 || text[colon - 1] != ':') return false;
        numbers[i] = (uint32_t)strtoul(text + colon, NULL, 10);
        end = colon - 1;
    }
    *out_place = (Place){text, end, numbers[0], numbers[1]};
    return numbers[0] > 0;
}

/* Start of line `line` in `source`, or NULL. */
static const char *find_line(const char *source, uint32_t line) {
    while (source && --line > 0) {
        source = strchr(source, '\n');
        if (source) source++;
    }
    return source && *source ? source : NULL;
}

static const char *skip_character(const char *at) {
    at++;
    while (((unsigned char)*at & 0xC0) == 0x80) at++;
    return at;
}

/* The source line with a caret below its column; tabs are kept so that the caret stands right. */
static void append_source_line(Buffer *out, const char *source, const Place *place) {
    const char *line = find_line(source, place->line);
    if (!line) return;
    const char *end = line + strcspn(line, "\n");
    while (end > line && strchr(" \t\r\f\v", end[-1])) end--;
    uint32_t length = 0, first = 1;
    for (const char *at = line; at < end; at = skip_character(at)) length++;
    if (length > LINE_SHOWN && place->column > LINE_SHOWN - LINE_BEFORE / 2) first = place->column - LINE_BEFORE;
    int width = 1;
    for (uint32_t rest = place->line; rest >= 10; rest /= 10) width++;
    buffer_append_format(out, "%*s |\n%u | %s", width, "", place->line, first > 1 ? "…" : "");
    const char *start = line;
    for (uint32_t i = 1; i < first && start < end; i++) start = skip_character(start);
    const char *stop = start;
    for (uint32_t i = 0; i < LINE_SHOWN && stop < end; i++) stop = skip_character(stop);
    buffer_append(out, start, (size_t)(stop - start));
    buffer_append_format(out, "%s\n%*s | %s", stop < end ? "…" : "", width, "", first > 1 ? " " : "");
    const char *at = start;
    for (uint32_t column = first; column < place->column && at < stop; column++, at = skip_character(at)) {
        buffer_append_byte(out, *at == '\t' ? '\t' : ' ');
    }
    buffer_append_text(out, "^\n");
}

static void append_file(Buffer *out, const Place *place) {
    buffer_append(out, place->file, place->file_size);
    buffer_append_format(out, ":%u:%u", place->line, place->column);
}

static void append_place(VM *vm, Buffer *out, const Place *place, ReportSourceFn source_of) {
    buffer_append_text(out, "  --> ");
    append_file(out, place);
    buffer_append_byte(out, '\n');
    Buffer file;
    buffer_init(&file);
    buffer_append(&file, place->file, place->file_size);
    char *source = source_of ? source_of(vm, buffer_text(&file)) : NULL;
    append_source_line(out, source, place);
    free(source);
    buffer_free(&file);
}

static const char *code_of(VM *vm, Value exception) {
    Value code = field(exception, SYM(vm, CODE));
    return is_string(code) ? string_of(code)->text : error_table[ERR_RUNTIME].code;
}

static void append_message(VM *vm, Buffer *out, Value exception) {
    Value message = field(exception, SYM(vm, MESSAGE));
    if (is_string(message))
        buffer_append(out, string_of(message)->text, string_of(message)->size);
    else
        print_value_safely(vm, out, is_nil(message) ? exception : message, RENDER_QUOTED);
}

static void append_hint(VM *vm, Buffer *out, Value exception) {
    Value own = field(exception, SYM(vm, HINT));
    const char *hint = is_string(own) ? string_of(own)->text : error_hint(code_of(vm, exception));
    if (*hint) buffer_append_format(out, "  hint: %s\n", hint);
}

static uint32_t entry_number(VM *vm, const MapObj *entry, const char *name) {
    Value value = map_get_text(vm, entry, name);
    return is_int(value) ? (uint32_t)int_of(value) : 0;
}

static void append_stack(VM *vm, Buffer *out, Value stack) {
    if (!is_array(stack)) return;
    const ArrayObj *entries = array_of(stack);
    for (uint32_t i = 0; i < entries->count && i < STACK_SHOWN; i++) {
        if (!is_map(entries->items[i])) continue;
        const MapObj *entry = map_of(entries->items[i]);
        Value name = map_get_text(vm, entry, "fn"), file = map_get_text(vm, entry, "file");
        buffer_append_format(out, "  at %s (%s:%u:%u)\n", is_string(name) ? string_of(name)->text : "",
                             is_string(file) ? string_of(file)->text : "", entry_number(vm, entry, "line"),
                             entry_number(vm, entry, "column"));
    }
    if (entries->count > STACK_SHOWN) buffer_append_format(out, "  … %u more\n", entries->count - STACK_SHOWN);
}

/* A program may have put anything there. */
static bool are_diagnostics(VM *vm, Value list) {
    if (!is_array(list)) return false;
    for (uint32_t i = 0; i < array_of(list)->count; i++) {
        Value item = array_of(list)->items[i];
        if (!is_map(item) || !is_string(map_get_text(vm, map_of(item), "code"))) return false;
        if (!is_string(map_get_text(vm, map_of(item), "message"))) return false;
    }
    return true;
}

/* A source's later mistakes; the first is the exception's own message. */
static void append_diagnostics(VM *vm, Buffer *out, Value diagnostics, const Place *first, ReportSourceFn source) {
    if (!are_diagnostics(vm, diagnostics)) return;
    for (uint32_t i = 1; i < array_of(diagnostics)->count; i++) {
        const MapObj *item = map_of(array_of(diagnostics)->items[i]);
        buffer_append_format(out, "error[%s]: %s\n", string_of(map_get_text(vm, item, "code"))->text,
                             string_of(map_get_text(vm, item, "message"))->text);
        Place place = {first->file, first->file_size, entry_number(vm, item, "line"), entry_number(vm, item, "column")};
        append_place(vm, out, &place, source);
    }
}

/* What only wraps a message adds nothing to it. */
static bool same_message(VM *vm, Value a, Value b) {
    Value first = field(a, SYM(vm, MESSAGE)), second = field(b, SYM(vm, MESSAGE));
    return is_string(first) && is_string(second) && string_equals(string_of(first), string_of(second));
}

static bool is_exception(Value value) { return is_instance(value) && instance_of(value)->class_->is_exception; }

static void append_causes(VM *vm, Buffer *out, Value exception) {
    Value told = exception, cause = field(exception, SYM(vm, CAUSE));
    for (int i = 0; i < CAUSES_SHOWN && is_exception(cause) && cause != exception; i++) {
        if (!same_message(vm, told, cause)) {
            buffer_append_format(out, "  caused by: %s [%s]: ", instance_of(cause)->class_->name->text,
                                 code_of(vm, cause));
            append_message(vm, out, cause);
            Place place;
            if (parse_place(field(cause, SYM(vm, LOCATION)), &place)) {
                buffer_append_text(out, " (");
                append_file(out, &place);
                buffer_append_byte(out, ')');
            }
            buffer_append_byte(out, '\n');
        }
        told = cause;
        cause = field(cause, SYM(vm, CAUSE));
    }
}

void report_exception(VM *vm, Value exception, ReportSourceFn source, Buffer *out) {
    buffer_append_format(out, "error[%s]: ", code_of(vm, exception));
    append_message(vm, out, exception);
    buffer_append_byte(out, '\n');
    Place place = {"", 0, 0, 0};
    if (parse_place(field(exception, SYM(vm, LOCATION)), &place)) append_place(vm, out, &place, source);
    append_hint(vm, out, exception);
    append_stack(vm, out, field(exception, SYM(vm, STACK)));
    append_diagnostics(vm, out, field(exception, SYM(vm, DIAGNOSTICS)), &place, source);
    append_causes(vm, out, exception);
}

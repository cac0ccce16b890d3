/* report.c — see report.h.
 *
 *     error[GENE.RUNTIME.ERROR]: boom
 *       --> prog.gene:3:5
 *        |
 *      3 |     (throw "boom")
 *        |     ^
 *       at f (prog.gene:3:5)
 *       caused by error[…]: … */
#include "host/report.h"

#define STACK_SHOWN 10u
#define CAUSES_SHOWN 5
#define LINE_SHOWN 160u

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

/* The source line with a caret below its column; tabs are kept so that the caret stands right. */
static void append_source_line(Buffer *out, const char *source, const Place *place) {
    const char *line = find_line(source, place->line);
    if (!line) return;
    size_t size = strcspn(line, "\r\n");
    int width = 1;
    for (uint32_t rest = place->line; rest >= 10; rest /= 10) width++;
    buffer_append_format(out, "  %*s |\n  %u | ", width, "", place->line);
    buffer_append(out, line, size < LINE_SHOWN ? size : LINE_SHOWN);
    buffer_append_format(out, "\n  %*s | ", width, "");
    uint32_t column = 1;
    for (size_t i = 0; i < size && i < LINE_SHOWN && column < place->column; i++) {
        bool continues = ((unsigned char)line[i] & 0xC0) == 0x80;
        if (continues) continue;
        buffer_append_byte(out, line[i] == '\t' ? '\t' : ' ');
        column++;
    }
    buffer_append_text(out, "^\n");
}

static void append_place(VM *vm, Buffer *out, const Place *place, ReportSourceFn source_of) {
    Buffer file;
    buffer_init(&file);
    buffer_append(&file, place->file, place->file_size);
    buffer_append_format(out, "  --> %s:%u:%u\n", buffer_text(&file), place->line, place->column);
    char *source = source_of ? source_of(vm, buffer_text(&file)) : NULL;
    append_source_line(out, source, place);
    free(source);
    buffer_free(&file);
}

static void append_head(VM *vm, Buffer *out, Value exception) {
    Value code = field(exception, SYM(vm, CODE)), message = field(exception, SYM(vm, MESSAGE));
    const char *fallback = error_table[ERR_RUNTIME].code;
    buffer_append_format(out, "error[%s]: ", is_string(code) ? string_of(code)->text : fallback);
    if (is_string(message))
        buffer_append(out, string_of(message)->text, string_of(message)->size);
    else
        print_value_safely(vm, out, is_nil(message) ? exception : message, RENDER_QUOTED);
    buffer_append_byte(out, '\n');
}

static int64_t entry_number(VM *vm, const MapObj *entry, const char *name) {
    Value value = map_get_text(vm, entry, name);
    return is_int(value) ? int_of(value) : 0;
}

static void append_stack(VM *vm, Buffer *out, Value stack) {
    if (!is_array(stack)) return;
    const ArrayObj *entries = array_of(stack);
    for (uint32_t i = 0; i < entries->count && i < STACK_SHOWN; i++) {
        if (!is_map(entries->items[i])) continue;
        const MapObj *entry = map_of(entries->items[i]);
        Value name = map_get_text(vm, entry, "fn"), file = map_get_text(vm, entry, "file");
        buffer_append_format(out, "  at %s (%s:%d:%d)\n", is_string(name) ? string_of(name)->text : "<unnamed>",
                             is_string(file) ? string_of(file)->text : "<input>", (int)entry_number(vm, entry, "line"),
                             (int)entry_number(vm, entry, "column"));
    }
    if (entries->count > STACK_SHOWN) buffer_append_format(out, "  … and %u more\n", entries->count - STACK_SHOWN);
}

void report_exception(VM *vm, Value exception, ReportSourceFn source, Buffer *out) {
    append_head(vm, out, exception);
    Place place;
    if (parse_place(field(exception, SYM(vm, LOCATION)), &place)) append_place(vm, out, &place, source);
    append_stack(vm, out, field(exception, SYM(vm, STACK)));
    Value cause = field(exception, SYM(vm, CAUSE));
    for (int i = 0; i < CAUSES_SHOWN && is_instance(cause); i++) {
        buffer_append_text(out, "  caused by ");
        append_head(vm, out, cause);
        cause = field(cause, SYM(vm, CAUSE));
    }
}

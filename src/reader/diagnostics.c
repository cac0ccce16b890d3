/* diagnostics.c — the bounded list of what went wrong in one text.
 * Invariant: at most READER_DIAGNOSTICS_MAX items, each owning its message. */
#include <stdio.h>

#include "reader/reader_internal.h"

static char *format_message(const char *format, va_list args) {
    va_list again;
    va_copy(again, args);
    int length = vsnprintf(NULL, 0, format, args);
    char *message = length < 0 ? NULL : malloc((size_t)length + 1);
    if (message) vsnprintf(message, (size_t)length + 1, format, again);
    va_end(again);
    return message;
}

static bool has_room(Diagnostics *list) {
    if (list->count >= READER_DIAGNOSTICS_MAX) return false;
    if (list->count < list->capacity) return true;
    uint32_t capacity = list->capacity ? list->capacity * 2 : 4;
    Diagnostic *items = realloc(list->items, capacity * sizeof *items);
    if (!items) return false;
    list->items = items;
    list->capacity = capacity;
    return true;
}

void diagnostics_add_list(Diagnostics *list, ErrorId id, FormPosition where, const char *format, va_list args) {
    if (!has_room(list)) return;
    char *message = format_message(format, args);
    if (!message) return;
    list->items[list->count++] = (Diagnostic){.id = id,
                                              .line = where.line,
                                              .column = where.column,
                                              .end_line = where.end_line,
                                              .end_column = where.end_column,
                                              .message = message};
}

void diagnostics_add(Diagnostics *list, ErrorId id, uint32_t line, uint32_t column, const char *format, ...) {
    va_list args;
    va_start(args, format);
    diagnostics_add_list(list, id, (FormPosition){line, column, line, column}, format, args);
    va_end(args);
}

static bool is_before(const Diagnostic *a, const Diagnostic *b) {
    return a->line < b->line || (a->line == b->line && a->column < b->column);
}

void diagnostics_sort(Diagnostics *list) {
    for (uint32_t i = 1; i < list->count; i++) {
        Diagnostic moving = list->items[i];
        uint32_t to = i;
        for (; to > 0 && is_before(&moving, &list->items[to - 1]); to--) list->items[to] = list->items[to - 1];
        list->items[to] = moving;
    }
}

const Diagnostic *diagnostics_main(const Diagnostics *list) {
    for (uint32_t i = 0; i < list->count; i++) {
        if (list->items[i].id != ERR_READ_UNCLOSED) return &list->items[i];
    }
    return list->items;
}

void diagnostics_free(Diagnostics *list) {
    for (uint32_t i = 0; i < list->count; i++) free(list->items[i].message);
    free(list->items);
    *list = (Diagnostics){0};
}

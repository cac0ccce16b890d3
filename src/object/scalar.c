/* scalar.c — boxed integers, dates, regex literals.
 * Invariant: an IntObj never holds a number that fits 48 bits: a boxed and an inline Int are never equal. */
#include "object/scalar.h"

Value int_make_boxed(VM *vm, int64_t number) {
    ENSURE(!fits_small_int(number), "int_make keeps small numbers inline");
    IntObj *boxed = heap_alloc(vm, OBJ_INT, sizeof(IntObj));
    boxed->number = number;
    return value_pointer(boxed);
}

Value date_make(VM *vm, ObjType type, const DateObj *parts) {
    DateObj *date = heap_alloc(vm, type, sizeof(DateObj));
    Obj header = date->header;
    *date = *parts;
    date->header = header;
    return value_pointer(date);
}

Value regex_make(VM *vm, StrObj *pattern, StrObj *replacement, bool ignore_case, bool multi_line) {
    RegexObj *regex = heap_alloc(vm, OBJ_REGEX, sizeof(RegexObj));
    regex->pattern = pattern;
    regex->replacement = replacement;
    regex->ignore_case = ignore_case;
    regex->multi_line = multi_line;
    return value_pointer(regex);
}

static void trace_date(Heap *heap, Obj *object) { heap_mark_object(heap, ((DateObj *)object)->zone); }

static void trace_regex(Heap *heap, Obj *object) {
    RegexObj *regex = (RegexObj *)object;
    heap_mark_object(heap, regex->pattern);
    heap_mark_object(heap, regex->replacement);
}

void scalar_describe(Heap *heap) {
    static const ObjDescriptor plain = {NULL, NULL};
    static const ObjDescriptor date = {trace_date, NULL};
    static const ObjDescriptor regex = {trace_regex, NULL};
    heap_describe(heap, OBJ_INT, &plain);
    heap_describe(heap, OBJ_DATE, &date);
    heap_describe(heap, OBJ_DATETIME, &date);
    heap_describe(heap, OBJ_TIME, &date);
    heap_describe(heap, OBJ_REGEX, &regex);
}

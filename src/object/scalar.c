/* scalar.c — boxed integers, dates.
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

static void trace_date(Heap *heap, Obj *object) { heap_mark_object(heap, ((DateObj *)object)->zone); }

void scalar_describe(Heap *heap) {
    static const ObjDescriptor plain = {NULL, NULL};
    static const ObjDescriptor date = {trace_date, NULL};
    heap_describe(heap, OBJ_INT, &plain);
    heap_describe(heap, OBJ_DATE, &date);
    heap_describe(heap, OBJ_DATETIME, &date);
    heap_describe(heap, OBJ_TIME, &date);
}

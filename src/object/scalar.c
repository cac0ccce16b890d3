/* scalar.c — boxed integers, dates.
 * Invariant: an IntObj never holds a number that fits 48 bits: a boxed and an inline Int are never equal. */
#include "object/scalar.h"

Value int_make_boxed(VM *vm, int64_t number) {
    ENSURE(!fits_small_int(number), "int_make keeps small numbers inline");
    IntObj *boxed = heap_alloc(vm, OBJ_INT, sizeof(IntObj));
    boxed->number = number;
    return value_pointer(boxed);
}

static NumberOrder order_ints(int64_t a, int64_t b) { return a < b ? ORDER_LESS : a > b ? ORDER_GREATER : ORDER_SAME; }

/* Large Ints are no doubles, so the Float becomes an Int where it can. */
static NumberOrder order_int_float(int64_t a, double b) {
    if (b != b) return ORDER_NONE;
    if (b >= 0x1p63) return ORDER_LESS;
    if (b < -0x1p63) return ORDER_GREATER;
    int64_t whole = (int64_t)b;
    double fraction = b - (double)whole;
    if (a != whole) return order_ints(a, whole);
    return fraction > 0 ? ORDER_LESS : fraction < 0 ? ORDER_GREATER : ORDER_SAME;
}

NumberOrder number_order(Value a, Value b) {
    if (is_int(a)) return is_int(b) ? order_ints(int_of(a), int_of(b)) : order_int_float(int_of(a), float_of(b));
    if (is_int(b)) {
        NumberOrder order = order_int_float(int_of(b), float_of(a));
        return order == ORDER_LESS ? ORDER_GREATER : order == ORDER_GREATER ? ORDER_LESS : order;
    }
    double x = float_of(a), y = float_of(b);
    return x < y ? ORDER_LESS : x > y ? ORDER_GREATER : x == y ? ORDER_SAME : ORDER_NONE;
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

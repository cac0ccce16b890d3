/* scalar.h — boxed integers, dates and times: immutable data with no references but strings. */
#ifndef GENE_OBJECT_SCALAR_H
#define GENE_OBJECT_SCALAR_H

#include "heap/heap.h"
#include "object/string.h"

typedef struct IntObj {
    Obj header;
    int64_t number;
} IntObj;

/* Inline when it fits 48 bits, boxed otherwise. */
Value int_make_boxed(VM *vm, int64_t number);
static inline Value int_make(VM *vm, int64_t number) {
    return fits_small_int(number) ? value_small_int(number) : int_make_boxed(vm, number);
}
static inline bool is_int(Value value) { return is_small_int(value) || is_obj_type(value, OBJ_INT); }
static inline int64_t int_of(Value value) {
    return is_small_int(value) ? small_int_of(value) : ((IntObj *)pointer_of(value))->number;
}
static inline bool is_number(Value value) { return is_float(value) || is_int(value); }
/* Int or Float as a double. */
static inline double number_of(Value value) { return is_float(value) ? float_of(value) : (double)int_of(value); }

typedef enum NumberOrder { ORDER_LESS = -1, ORDER_SAME = 0, ORDER_GREATER = 1, ORDER_NONE = 2 } NumberOrder;

/* Two numbers of any kind by their exact values; ORDER_NONE when one is NaN. */
NumberOrder number_order(Value a, Value b);

/* Date, DateTime, Time (language 01 §1.5): one layout, the object type says which parts count. */
typedef struct DateObj {
    Obj header;
    int32_t year;
    uint8_t month, day, hour, minute, second;
    bool has_offset;
    int16_t offset_minutes;
    uint32_t microsecond;
    StrObj *zone; /* NULL: none; "UTC" for Z */
} DateObj;

Value date_make(VM *vm, ObjType type, const DateObj *parts); /* copies all but the header */
static inline DateObj *date_of(Value value) { return (DateObj *)pointer_of(value); }
static inline bool is_date_kind(Value value) {
    return is_obj_type(value, OBJ_DATE) || is_obj_type(value, OBJ_DATETIME) || is_obj_type(value, OBJ_TIME);
}

void scalar_describe(Heap *heap);

#endif

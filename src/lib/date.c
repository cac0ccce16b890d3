/* date.c — accessors of Date, DateTime and Time (language 02 §2.6, 30). */
#include "lib/modules.h"
#include "lib/support.h"
#include "object/calendar.h"

#define HAS_DATE 1u
#define HAS_TIME 2u

/* The parts a kind of date has. */
static unsigned parts_of(ObjType type) {
    return type == OBJ_DATE ? HAS_DATE : type == OBJ_TIME ? HAS_TIME : HAS_DATE | HAS_TIME;
}

/* The receiver if it has these parts; NULL after raising. */
static const DateObj *receiver(VM *vm, const Args *args, unsigned parts) {
    Value self = native_arg(vm, args, 0);
    if (is_date_kind(self) && (parts_of(obj_type_of(self)) & parts) == parts) return date_of(self);
    lib_raise_receiver(vm, args);
    return NULL;
}

static NativeResult date_year(VM *vm, const Args *args, Value *out) {
    const DateObj *date = receiver(vm, args, HAS_DATE);
    return date ? lib_return(out, value_small_int(date->year)) : NATIVE_RAISE;
}

static NativeResult date_month(VM *vm, const Args *args, Value *out) {
    const DateObj *date = receiver(vm, args, HAS_DATE);
    return date ? lib_return(out, value_small_int(date->month)) : NATIVE_RAISE;
}

static NativeResult date_day(VM *vm, const Args *args, Value *out) {
    const DateObj *date = receiver(vm, args, HAS_DATE);
    return date ? lib_return(out, value_small_int(date->day)) : NATIVE_RAISE;
}

static NativeResult date_hour(VM *vm, const Args *args, Value *out) {
    const DateObj *date = receiver(vm, args, HAS_TIME);
    return date ? lib_return(out, value_small_int(date->hour)) : NATIVE_RAISE;
}

static NativeResult date_minute(VM *vm, const Args *args, Value *out) {
    const DateObj *date = receiver(vm, args, HAS_TIME);
    return date ? lib_return(out, value_small_int(date->minute)) : NATIVE_RAISE;
}

static NativeResult date_second(VM *vm, const Args *args, Value *out) {
    const DateObj *date = receiver(vm, args, HAS_TIME);
    return date ? lib_return(out, value_small_int(date->second)) : NATIVE_RAISE;
}

static NativeResult date_microsecond(VM *vm, const Args *args, Value *out) {
    const DateObj *date = receiver(vm, args, HAS_TIME);
    return date ? lib_return(out, value_small_int(date->microsecond)) : NATIVE_RAISE;
}

static NativeResult date_offset(VM *vm, const Args *args, Value *out) {
    const DateObj *date = receiver(vm, args, HAS_TIME);
    if (!date) return NATIVE_RAISE;
    return lib_return(out, date->has_offset ? value_small_int(date->offset_minutes) : VAL_NIL);
}

static NativeResult date_timezone(VM *vm, const Args *args, Value *out) {
    const DateObj *date = receiver(vm, args, HAS_TIME);
    if (!date) return NATIVE_RAISE;
    return lib_return(out, date->zone ? value_pointer(date->zone) : VAL_NIL);
}

static NativeResult date_to_i(VM *vm, const Args *args, Value *out) {
    const DateObj *date = receiver(vm, args, HAS_DATE | HAS_TIME);
    if (!date) return NATIVE_RAISE;
    double as_utc = calendar_to_ms(date) + date->offset_minutes * 60000.0;
    return lib_return(out, int_make(vm, (int64_t)as_utc));
}

static const NativeDef methods[] = {
    {"year", date_year, 0, -1, NATIVE_METHOD, "(d .year)", "The year."},
    {"month", date_month, 0, -1, NATIVE_METHOD, "(d .month)", "The month from 1."},
    {"day", date_day, 0, -1, NATIVE_METHOD, "(d .day)", "The day of the month."},
    {"hour", date_hour, 0, -1, NATIVE_METHOD, "(d .hour)", "The hour."},
    {"minute", date_minute, 0, -1, NATIVE_METHOD, "(d .minute)", "The minute."},
    {"second", date_second, 0, -1, NATIVE_METHOD, "(d .second)", "The second."},
    {"microsecond", date_microsecond, 0, -1, NATIVE_METHOD, "(d .microsecond)", "The fraction of the second."},
    {"offset", date_offset, 0, -1, NATIVE_METHOD, "(d .offset)", "Minutes east of UTC, or nil."},
    {"timezone", date_timezone, 0, -1, NATIVE_METHOD, "(d .timezone)", "Name of the zone, UTC for Z, or nil."},
    {"to_i", date_to_i, 0, -1, NATIVE_METHOD, "(d .to_i)",
     "Milliseconds since 1970, of the fields as if they were UTC."},
};
#define DATE_COUNT 3 /* the first rows are a Date's, */
#define TIME_FIRST 3 /* those from here on but the last a Time's, all of them a DateTime's */

void lib_install_date(VM *vm) {
    ClassObj *const *classes = vm_space(vm)->type_classes;
    vm_define_methods(vm, classes[OBJ_DATE], methods, DATE_COUNT);
    vm_define_methods(vm, classes[OBJ_TIME], methods + TIME_FIRST, COUNT_OF(methods) - TIME_FIRST - 1);
    vm_define_methods(vm, classes[OBJ_DATETIME], methods, COUNT_OF(methods));
}

/* date.c — accessors of Date, DateTime and Time (language 02 §2.6, 30). */
#include "lib/modules.h"
#include "lib/support.h"

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

/* Days from 1970-01-01 to a date of the Gregorian calendar. A year is counted from March, so that the leap day is its
 * last; 400 years have 146097 days. */
static int64_t days_since_epoch(int64_t year, int64_t month, int64_t day) {
    int64_t shifted = month <= 2 ? year - 1 : year;
    int64_t era = (shifted >= 0 ? shifted : shifted - 399) / 400;
    int64_t year_of_era = shifted - era * 400;
    int64_t month_from_march = month > 2 ? month - 3 : month + 9;
    int64_t day_of_year = (153 * month_from_march + 2) / 5 + day - 1;
    return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719468;
}

static NativeResult date_to_i(VM *vm, const Args *args, Value *out) {
    const DateObj *date = receiver(vm, args, HAS_DATE | HAS_TIME);
    if (!date) return NATIVE_RAISE;
    int64_t hours = days_since_epoch(date->year, date->month, date->day) * 24 + date->hour;
    int64_t seconds = (hours * 60 + date->minute) * 60 + date->second;
    return lib_return(out, int_make(vm, seconds * 1000 + date->microsecond / 1000));
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

/* clock.c — what the clock says: seconds, dates and times of the host's wall clock and its time zone (language 30). */
#include "lib/modules.h"
#include "lib/support.h"
#include "object/calendar.h"
#include "port/port.h"

#include <math.h>

#define DAY_MS 86400000.0

static NativeResult time_now(VM *vm, const Args *args, Value *out) {
    (void)args;
    return lib_return(out, int_make(vm, (int64_t)floor(port_wall_ms(vm) / 1000)));
}

static NativeResult time_now_us(VM *vm, const Args *args, Value *out) {
    (void)args;
    return lib_return(out, int_make(vm, (int64_t)(port_wall_ms(vm) * 1000)));
}

/* A Date or DateTime of the local clock, `days` from now, in whole seconds and without a zone. */
static NativeResult local(VM *vm, ObjType type, int days, Value *out) {
    double now = port_wall_ms(vm);
    double shifted = floor(now / 1000) * 1000 + port_zone_minutes(vm, now) * 60000 + days * DAY_MS;
    DateObj date;
    if (!calendar_from_ms(shifted, &date)) return vm_raise_message(vm, "the clock is out of the range of dates");
    date.has_offset = false;
    return lib_return(out, date_make(vm, type, &date));
}

static NativeResult clock_now(VM *vm, const Args *args, Value *out) {
    (void)args;
    return local(vm, OBJ_DATETIME, 0, out);
}

static NativeResult clock_today(VM *vm, const Args *args, Value *out) {
    (void)args;
    return local(vm, OBJ_DATE, 0, out);
}

static NativeResult clock_yesterday(VM *vm, const Args *args, Value *out) {
    (void)args;
    return local(vm, OBJ_DATE, -1, out);
}

static NativeResult clock_tomorrow(VM *vm, const Args *args, Value *out) {
    (void)args;
    return local(vm, OBJ_DATE, 1, out);
}

static const NativeDef seconds[] = {
    {"now", time_now, 0, -1, 0, "(time/now)", "Seconds since 1970."},
    {"now_us", time_now_us, 0, -1, 0, "(time/now_us)", "Microseconds since 1970."},
};

static const NativeDef dates[] = {
    {"now", clock_now, 0, -1, 0, "(gene/now)", "The local date and time, in whole seconds and without a zone."},
    {"today", clock_today, 0, -1, 0, "(gene/today)", "The local date."},
    {"yesterday", clock_yesterday, 0, -1, 0, "(gene/yesterday)", "The local date a day ago."},
    {"tomorrow", clock_tomorrow, 0, -1, 0, "(gene/tomorrow)", "The local date in a day."},
};

void lib_install_clock(VM *vm) {
    NamespaceObj *time = lib_namespace(vm, vm->global_ns, "time");
    vm_define_natives(vm, time, seconds, COUNT_OF(seconds));
    vm_set_global(vm, vm->gene_ns, "time", value_pointer(time));
    vm_define_natives(vm, vm->gene_ns, dates, COUNT_OF(dates));
}

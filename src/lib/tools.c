/* tools.c — see tools.h. */
#include "lib/tools.h"

#include "lib/source.h"
#include "lib/support.h"
#include "object/calendar.h"
#include "port/port.h"
#include "task/scheduler.h"

#include <math.h>

#define MINUTE_MS 60000.0
#define DAY_MS 86400000.0

static NativeResult text_of(VM *vm, const Args *args, Rendering rendering, Value *out) {
    Buffer text;
    lib_buffer_init(vm, &text);
    if (print_value(vm, &text, native_arg(vm, args, 0), rendering)) return lib_return_text(vm, &text, out);
    buffer_free(&text);
    return NATIVE_RAISE;
}

static NativeResult quoted_text(VM *vm, const Args *args, Value *out) { return text_of(vm, args, RENDER_QUOTED, out); }

NativeResult tools_plain_text(VM *vm, const Args *args, Value *out) { return text_of(vm, args, RENDER_PLAIN, out); }

/* What any value prints as, whatever to_s method it has. */
static NativeResult builtin_text(VM *vm, const Args *args, Value *out) {
    Buffer text;
    lib_buffer_init(vm, &text);
    Value value = native_arg(vm, args, 0);
    if (is_class(value) && class_of_value(value)->name)
        buffer_append_text(&text, class_of_value(value)->name->text);
    else
        print_value_safely(vm, &text, value, RENDER_PLAIN);
    return lib_return_text(vm, &text, out);
}

/* The file of the code that called the library; nil outside any. */
static NativeResult calling_module(VM *vm, const Args *args, Value *out) {
    (void)args;
    for (uint32_t i = vm->fiber->frame_count; i-- > 0;) {
        const ModuleObj *module = vm->fiber->frames[i].code->module;
        if (module && !module->is_internal) return lib_return(out, module->path);
    }
    return lib_return(out, VAL_NIL);
}

/* The level that the command line asked for; nil: none. */
static NativeResult asked_level(VM *vm, const Args *args, Value *out) {
    (void)args;
    Value level = is_map(vm->system) ? map_get_text(vm, map_of(vm->system), "log_level") : VAL_UNSET;
    return lib_return(out, level == VAL_UNSET ? VAL_NIL : level);
}

/* The local time as "26-11-20 Fri 03:22:22.502 2026 +00:00". */
static NativeResult timestamp(VM *vm, const Args *args, Value *out) {
    (void)args;
    static const char days[][4] = {"Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"};
    double now = port_wall_ms(vm);
    int zone = (int)port_zone_minutes(vm, now);
    double local = floor(now) + zone * MINUTE_MS;
    DateObj date;
    if (!calendar_from_ms(local, &date)) return vm_raise_message(vm, "the clock is out of the range of dates");
    int day = (int)fmod(fmod(floor(local / DAY_MS), 7) + 7, 7);
    Buffer text;
    lib_buffer_init(vm, &text);
    buffer_append_format(&text, "%02d-%02d-%02d %s %02d:%02d:%02d.%03d %04d %c%02d:%02d", date.year % 100, date.month,
                         date.day, days[day], date.hour, date.minute, date.second, (int)(date.microsecond / 1000),
                         date.year, zone < 0 ? '-' : '+', abs(zone) / 60, abs(zone) % 60);
    return lib_return_text(vm, &text, out);
}

static const NativeDef natives[] = {
    {"literal", quoted_text, 1, 1, NATIVE_REENTRANT, "", "A value as source text."},
};

/* The ids of the running task, of the one that made it, and so on, as far as these have not ended. */
static NativeResult task_line(VM *vm, const Args *args, Value *out) {
    (void)args;
    uint32_t roots = roots_open(vm);
    uint32_t ids = root_push(vm, array_make(vm, 2));
    for (const TaskObj *task = scheduler_current(vm); task; task = task_find(vm, task->maker)) {
        array_push(vm, array_of(root_get(vm, ids)), value_small_int(task->id));
    }
    Value found = root_get(vm, ids);
    roots_close(vm, roots);
    return lib_return(out, found);
}

static const NativeDef testing_natives[] = {
    {"task_line", task_line, 0, 0, 0, "", "The running task and those that made it."},
};

static const NativeDef logging_natives[] = {
    {"plain_text", tools_plain_text, 1, 1, NATIVE_REENTRANT, "", "A value as println writes it."},
    {"builtin_text", builtin_text, 1, 1, 0, "", "What a value prints as when it has no text of its own."},
    {"calling_module", calling_module, 0, 0, 0, "", "The file that called the library."},
    {"asked_level", asked_level, 0, 0, 0, "", "The level that the command line asked for."},
    {"timestamp", timestamp, 0, 0, 0, "", "The local time."},
};

static const NativeDef repl_natives[] = {
    {"read_forms", source_read_forms, 1, 1, 0, "", "Array of the forms of a text."},
};

void tools_install(VM *vm, NamespaceObj *ns) { vm_define_natives(vm, ns, natives, COUNT_OF(natives)); }

void tools_install_testing(VM *vm, NamespaceObj *ns) {
    vm_define_natives(vm, ns, testing_natives, COUNT_OF(testing_natives));
}

void tools_install_logging(VM *vm, NamespaceObj *ns) {
    vm_define_natives(vm, ns, logging_natives, COUNT_OF(logging_natives));
}

void tools_install_repl(VM *vm, NamespaceObj *ns) {
    tools_install(vm, ns);
    vm_define_natives(vm, ns, repl_natives, COUNT_OF(repl_natives));
}

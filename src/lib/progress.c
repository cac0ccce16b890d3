/* progress.c — progress of a task, told to any number of listeners (ASY-14), and a bar for terminals.
 * Invariant: task->progress is nil or the array [fraction note listener …]. */
#include "lib/async.h"
#include "lib/modules.h"
#include "lib/support.h"
#include "port/port.h"
#include "task/scheduler.h"

enum { AT_FRACTION, AT_NOTE, FIRST_LISTENER };

#define BAR_CELLS 30

static ArrayObj *progress_of(VM *vm, TaskObj *task) {
    if (task->progress == VAL_NIL) {
        const Value empty[] = {VAL_NIL, VAL_NIL};
        task->progress = array_from(vm, empty, FIRST_LISTENER);
        heap_touch(vm, task);
    }
    return array_of(task->progress);
}

/* Clamped to 0…1; nil: unknown. VAL_UNSET for anything else. */
static Value fraction_of(Value value) {
    if (value == VAL_NIL) return VAL_NIL;
    if (!is_number(value)) return VAL_UNSET;
    double fraction = number_of(value);
    return value_float(fraction > 1 ? 1.0 : fraction > 0 ? fraction : 0.0);
}

static bool tell(VM *vm, Value listener, Value fraction, Value note) {
    const Value arguments[] = {fraction, note};
    TaskObj *task = task_make(vm, listener, arguments, COUNT_OF(arguments), VAL_NIL);
    if (!task) return false;
    task->is_callback = true;
    scheduler_start_inline(vm, task);
    return true;
}

static NativeResult report_progress(VM *vm, const Args *args, Value *out) {
    Value fraction = fraction_of(native_arg(vm, args, 0));
    Value note = native_arg_or(vm, args, 1, VAL_NIL);
    if (fraction == VAL_UNSET) return vm_raise(vm, ERR_ARGUMENT, "report_progress expects a number from 0 to 1 or nil");
    TaskObj *task = scheduler_current(vm);
    if (!task) return lib_return(out, VAL_NIL);
    ArrayObj *progress = progress_of(vm, task);
    progress->items[AT_FRACTION] = fraction;
    progress->items[AT_NOTE] = note;
    heap_touch(vm, progress);
    for (uint32_t i = FIRST_LISTENER; i < progress->count; i++) {
        if (!tell(vm, progress->items[i], fraction, note)) return NATIVE_RAISE;
    }
    return async_return(vm, VAL_NIL, out);
}

/* The listener hears of later reports, and at once of the last one there has been. */
static NativeResult listen(VM *vm, TaskObj *task, Value listener, Value *out) {
    uint32_t scope = roots_open(vm);
    root_push(vm, listener);
    ArrayObj *progress = progress_of(vm, task);
    roots_close(vm, scope);
    array_push(vm, progress, listener);
    bool reported = progress->items[AT_FRACTION] != VAL_NIL || progress->items[AT_NOTE] != VAL_NIL;
    if (reported && !tell(vm, listener, progress->items[AT_FRACTION], progress->items[AT_NOTE])) return NATIVE_RAISE;
    return async_return(vm, value_pointer(task), out);
}

static NativeResult on_progress(VM *vm, const Args *args, Value *out) {
    TaskObj *task = lib_receiver(vm, args, OBJ_TASK);
    if (!task) return NATIVE_RAISE;
    if (!lib_callable_arg(vm, args, 1, "on_progress expects a function", true)) return NATIVE_RAISE;
    return listen(vm, task, native_arg(vm, args, 1), out);
}

/* `[##########····················]  33 % note`: one line, drawn over itself. */
static NativeResult draw_bar(VM *vm, const Args *args, Value *out) {
    Value fraction = native_arg(vm, args, 0), note = native_arg(vm, args, 1);
    Buffer line;
    lib_buffer_init(vm, &line);
    buffer_append_text(&line, "\r[");
    int filled = fraction == VAL_NIL ? 0 : (int)(float_of(fraction) * BAR_CELLS);
    for (int i = 0; i < BAR_CELLS; i++) buffer_append_text(&line, i < filled ? "#" : "·");
    if (fraction == VAL_NIL)
        buffer_append_text(&line, "]   ? ");
    else
        buffer_append_format(&line, "] %3d %%", (int)(float_of(fraction) * 100));
    if (note != VAL_NIL) {
        buffer_append_byte(&line, ' ');
        print_value_safely(vm, &line, note, RENDER_PLAIN);
    }
    buffer_append_text(&line, "\x1b[K");
    if (fraction == value_float(1.0)) buffer_append_byte(&line, '\n');
    port_write(vm, PORT_STDERR, line.data, line.size);
    buffer_free(&line);
    return lib_return(out, VAL_NIL);
}

static const NativeDef draw = {
    "draw_progress", draw_bar, 2, 2, 0, "(draw_progress x note)", "Draws a progress bar on stderr."};

static NativeResult show_progress(VM *vm, const Args *args, Value *out) {
    Value task = native_arg(vm, args, 0);
    if (!is_task(task)) return vm_raise(vm, ERR_ARGUMENT, "show_progress expects a Task, got %s", kind_name(task));
    return listen(vm, task_of(task), native_make(vm, &draw, VAL_NIL), out);
}

static const NativeDef functions[] = {
    {"report_progress", report_progress, 1, 2, 0, "(report_progress x note?)",
     "Tells the listeners of the current task how far it is: x from 0 to 1, or nil for unknown; nil."},
    {"show_progress", show_progress, 1, 1, 0, "(show_progress task)",
     "Draws the task's progress as a bar on stderr; the task."},
};

static const NativeDef task_methods[] = {
    {"on_progress", on_progress, 1, 1, NATIVE_METHOD, "(t .on_progress f)",
     "Calls (f x note) at each report of the task's progress; the task."},
};

void lib_install_progress(VM *vm) {
    vm_define_natives(vm, vm->global_ns, functions, COUNT_OF(functions));
    vm_define_methods(vm, vm_space(vm)->type_classes[OBJ_TASK], task_methods, COUNT_OF(task_methods));
}

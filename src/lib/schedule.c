/* schedule.c — tasks and time: spawn, sleep, timers, run_forever, yielding (language 23 §5–6, ui.md §3). */
#include "lib/async.h"
#include "lib/modules.h"
#include "lib/support.h"
#include "task/run_forever.h"
#include "task/scheduler.h"
#include "task/timers.h"

#define LONGEST_MS 1e15 /* some 30,000 years: infinity as a finite number */

bool async_duration(Value value, double *out_ms) {
    if (!is_number(value)) return false;
    double ms = is_float(value) ? float_of(value) * 1000 : (double)int_of(value);
    *out_ms = ms > 0 ? ms < LONGEST_MS ? ms : LONGEST_MS : 0;
    return true;
}

/* --- sleeping ----------------------------------------------------------------------------------------------------- */

static NativeResult sleep_future(VM *vm, const Args *args, const char *name, const char *argument, Value *out) {
    if (args->count != 1) return vm_raise_message(vm, "%s requires 1 argument%s", name, argument);
    double delay_ms;
    if (!async_duration(native_arg(vm, args, 0), &delay_ms)) {
        return vm_raise_message(vm, "%s requires a number (milliseconds)", name);
    }
    *out = scheduler_sleep(vm, delay_ms);
    return NATIVE_RETURN;
}

static NativeResult sleep_task(VM *vm, const Args *args, Value *out) {
    NativeResult result = sleep_future(vm, args, "sleep", " (duration in milliseconds)", out);
    return result == NATIVE_RETURN ? NATIVE_WAIT : result;
}

static NativeResult sleep_async(VM *vm, const Args *args, Value *out) {
    return sleep_future(vm, args, "sleep_async", "", out);
}

/* --- tasks -------------------------------------------------------------------------------------------------------- */

typedef struct SpawnOptions {
    Value name, owner;
    bool is_daemon;
} SpawnOptions;

/* Options that spawn itself takes; false for any other keyword, which goes to the function. */
static bool is_spawn_option(const SymbolObj *name) {
    static const char *const options[] = {"name", "daemon", "owner", "on", "priority"};
    for (size_t i = 0; i < COUNT_OF(options); i++) {
        if (symbol_is(name, options[i])) return true;
    }
    return false;
}

static Value option(VM *vm, const Args *args, const char *name) {
    Value value = native_keyword(vm, args, name);
    return value == VAL_UNSET ? VAL_NIL : value;
}

static bool name_is(Value value, const char *text) {
    return lib_is_name(value) && strcmp(lib_name_text(value), text) == 0;
}

static bool read_spawn_options(VM *vm, const Args *args, SpawnOptions *out_options) {
    Value on = option(vm, args, "on"), priority = option(vm, args, "priority"), owner = option(vm, args, "owner");
    if (!is_nil(on) && !name_is(on, "main")) {
        vm_raise(vm, ERR_UNSUPPORTED, "spawn ^on: tasks run on \"main\" only, so far");
        return false;
    }
    if (!is_nil(priority) && !name_is(priority, "normal")) {
        vm_raise(vm, ERR_UNSUPPORTED, "spawn ^priority: tasks have the priority \"normal\" only, so far");
        return false;
    }
    bool known = is_nil(owner) || name_is(owner, "app") || name_is(owner, "task") || name_is(owner, "none");
    if (!known) {
        vm_raise(vm, ERR_ARGUMENT, "spawn ^owner must be \"app\", \"task\" or \"none\"");
        return false;
    }
    Value name = option(vm, args, "name");
    *out_options = (SpawnOptions){
        .name = is_symbol(name) ? string_from_symbol(vm, symbol_of(name)) : name,
        .owner = owner,
        .is_daemon = is_truthy(option(vm, args, "daemon")),
    };
    return true;
}

/* Map of the keywords that are no options; nil when there is none. */
static Value passed_keywords(VM *vm, const Args *args) {
    uint32_t scope = roots_open(vm);
    Value map = VAL_NIL;
    for (uint32_t i = 0; i < args->keyword_count; i++) {
        SymbolObj *name = symbol_of(args->keyword_names[i]);
        if (is_spawn_option(name)) continue;
        if (is_nil(map)) root_push(vm, map = map_make(vm));
        map_set(vm, map_of(map), name, native_arg(vm, args, args->count + i));
    }
    roots_close(vm, scope);
    return map;
}

/* The task that spawned `target` has ended. */
static void owner_ended(VM *vm, FutureObj *owner, Value target, uint32_t number) {
    (void)owner, (void)number;
    if (task_of(target)->state == TASK_ENDED) return;
    task_cancel(vm, task_of(target), CANCEL_SOFT, task_cancel_exception(vm, VAL_NIL));
}

static NativeResult spawn(VM *vm, const Args *args, Value *out) {
    Value callee = native_arg_or(vm, args, 0, VAL_NIL);
    if (!is_callable(vm, callee)) return vm_raise(vm, ERR_TYPE, "spawn needs a function; write (spawn (fn [] …))");
    SpawnOptions options;
    if (!read_spawn_options(vm, args, &options)) return NATIVE_RAISE;
    uint32_t scope = roots_open(vm);
    root_push(vm, options.name);
    uint32_t keywords = root_push(vm, passed_keywords(vm, args));
    const Value *argv = vm->fiber->stack + args->base + 1;
    TaskObj *task = task_make(vm, callee, argv, args->count - 1, root_get(vm, keywords));
    if (task) {
        TaskObj *current = scheduler_current(vm);
        task->name = options.name;
        heap_touch(vm, task);
        if (options.is_daemon) task->is_daemon = true;
        scheduler_start(vm, task, 0);
        *out = value_pointer(task);
        if (current && name_is(options.owner, "task")) {
            future_wait(vm, &current->future, WAITER_NATIVE, *out, owner_ended, 0);
        }
    }
    roots_close(vm, scope);
    return task ? NATIVE_RETURN : NATIVE_RAISE;
}

static NativeResult current_task(VM *vm, const Args *args, Value *out) {
    (void)args;
    TaskObj *task = scheduler_current(vm);
    return lib_return(out, task ? value_pointer(task) : VAL_NIL);
}

static NativeResult is_cancelled(VM *vm, const Args *args, Value *out) {
    (void)args;
    const TaskObj *task = scheduler_current(vm);
    return lib_return(out, value_bool(task && task->cancel_level != CANCEL_NONE));
}

static NativeResult yield_now(VM *vm, const Args *args, Value *out) {
    (void)args;
    scheduler_yield(vm);
    return async_return(vm, VAL_NIL, out);
}

/* --- timers ------------------------------------------------------------------------------------------------------- */

static NativeResult schedule(VM *vm, const Args *args, const char *name, bool repeat, Value *out) {
    double delay_ms;
    if (args->count != 2 || !async_duration(native_arg(vm, args, 0), &delay_ms) ||
        !is_callable(vm, native_arg(vm, args, 1))) {
        return vm_raise(vm, ERR_ARGUMENT, "schedule/%s requires a number (milliseconds) and a function", name);
    }
    if (repeat && !(delay_ms > 0)) return vm_raise(vm, ERR_ARGUMENT, "schedule/every requires a positive interval");
    return lib_return(out, timer_make(vm, delay_ms, repeat, native_arg(vm, args, 1)));
}

static NativeResult schedule_after(VM *vm, const Args *args, Value *out) {
    return schedule(vm, args, "after", false, out);
}

static NativeResult schedule_every(VM *vm, const Args *args, Value *out) {
    return schedule(vm, args, "every", true, out);
}

static NativeResult timer_cancel_method(VM *vm, const Args *args, Value *out) {
    TimerObj *timer = lib_receiver(vm, args, OBJ_TIMER);
    return timer ? lib_return(out, value_bool(timer_cancel(vm, timer))) : NATIVE_RAISE;
}

static NativeResult timer_is_active(VM *vm, const Args *args, Value *out) {
    const TimerObj *timer = lib_receiver(vm, args, OBJ_TIMER);
    return timer ? lib_return(out, value_bool(timer->number != 0)) : NATIVE_RAISE;
}

/* --- run_forever -------------------------------------------------------------------------------------------------- */

static NativeResult run_forever(VM *vm, const Args *args, Value *out) {
    return run_forever_start(vm, option(vm, args, "id"), out) ? NATIVE_WAIT : NATIVE_RAISE;
}

static NativeResult stop_forever(VM *vm, const Args *args, Value *out) {
    Value id = args->count > 0 ? native_arg(vm, args, 0) : option(vm, args, "id");
    return run_forever_stop(vm, id) ? async_return(vm, VAL_NIL, out) : NATIVE_RAISE;
}

/* --- exit --------------------------------------------------------------------------------------------------------- */

static NativeResult exit_program(VM *vm, const Args *args, Value *out) {
    Value code = native_arg_or(vm, args, 0, value_small_int(0));
    if (!is_int(code)) return vm_raise(vm, ERR_ARGUMENT, "exit requires an Int, got %s", kind_name(code));
    scheduler_exit(vm, (int)(int_of(code) & 0xFF));
    return async_return(vm, VAL_NIL, out);
}

/* --- $duration ---------------------------------------------------------------------------------------------------- */

static NativeResult duration(VM *vm, const Args *args, Value *out) {
    if (is_truthy(native_arg_or(vm, args, 0, VAL_NIL))) {
        return lib_return(out, value_float(scheduler_duration_start(vm)));
    }
    double microseconds = scheduler_duration(vm);
    if (microseconds != microseconds) return vm_raise(vm, ERR_RUNTIME, "duration_start is not set");
    return lib_return(out, value_float(microseconds));
}

/* --- tables ------------------------------------------------------------------------------------------------------- */

#define EXIT_ROW \
    { "exit", exit_program, 0, 1, 0, "(exit n?)", "Ends the program with this exit code, after finally parts." }
#define SLEEP_ROW                                                                        \
    {                                                                                    \
        "sleep", sleep_task, 0, -1, 0, "(sleep d)",                                      \
            "The task waits for d (Int milliseconds, Float seconds); others go on. nil." \
    }

static const NativeDef functions[] = {
    SLEEP_ROW,
    {"spawn", spawn, 1, -1, NATIVE_KEYWORDS, "(spawn f args… ^name s ^daemon b ^owner o)",
     "A task that runs (f args…) beside this one."},
    {"current_task", current_task, 0, 0, 0, "(current_task)", "The running task."},
    {"cancelled?", is_cancelled, 0, 0, 0, "(cancelled?)", "Was the running task asked to stop?"},
    {"yield_now", yield_now, 0, 0, 0, "(yield_now)", "Lets everything else that is ready go first; nil."},
    {"run_forever", run_forever, 0, 0, NATIVE_KEYWORDS, "(run_forever ^id s)",
     "The task waits, and the program lives, until it is stopped; nil."},
    {"stop_forever", stop_forever, 0, 1, NATIVE_KEYWORDS, "(stop_forever id?)",
     "Stops the run_forever with this id, or the innermost; nil."},
    {"stop_scheduler", stop_forever, 0, 1, NATIVE_KEYWORDS, "(stop_scheduler id?)", "The same as stop_forever."},
    EXIT_ROW,
};

static const NativeDef gene_functions[] = {
    SLEEP_ROW,
    {"sleep_async", sleep_async, 0, -1, 0, "(gene/sleep_async d)", "A future that succeeds with nil after d."},
    {"poll_event_loop", yield_now, 0, 0, 0, "(gene/poll_event_loop)", "Lets what is due happen first; nil."},
};

static const NativeDef schedule_functions[] = {
    {"after", schedule_after, 0, -1, 0, "(schedule/after d f)", "Calls (f) once after d; a Timer."},
    {"every", schedule_every, 0, -1, 0, "(schedule/every d f)", "Calls (f) every d, without drift; a Timer."},
};

static const NativeDef system_functions[] = {EXIT_ROW};

static const NativeDef timer_methods[] = {
    {"cancel", timer_cancel_method, 0, 0, NATIVE_METHOD, "(t .cancel)", "Stops the timer; true if it was active."},
    {"active?", timer_is_active, 0, 0, NATIVE_METHOD, "(t .active?)", "Will it call its function again?"},
};

static const NativeDef duration_intrinsic = {
    "$duration", duration, 0, 1, 0, "$duration", "Microseconds since the last $duration_start."};

void lib_install_schedule(VM *vm) {
    NamespaceObj *schedule_ns = lib_namespace(vm, vm->global_ns, "schedule");
    vm_define_natives(vm, vm->global_ns, functions, COUNT_OF(functions));
    vm_define_natives(vm, vm->gene_ns, gene_functions, COUNT_OF(gene_functions));
    vm_define_natives(vm, schedule_ns, schedule_functions, COUNT_OF(schedule_functions));
    NamespaceObj *system_ns = lib_namespace(vm, vm->global_ns, "system");
    vm_define_natives(vm, system_ns, system_functions, COUNT_OF(system_functions));
    vm_define_methods(vm, vm_space(vm)->type_classes[OBJ_TIMER], timer_methods, COUNT_OF(timer_methods));
    vm_install_intrinsic(vm, INTRINSIC_DURATION, &duration_intrinsic);
}

/* async.c — class Future and its subclass Task, and the await family (language 23 §2–3, ui.md §3).
 * A native that completes a future returns through switch_or_return: the callbacks it started run before its task goes
 * on (SCH-3). */
#include "lib/async.h"

#include "lib/modules.h"
#include "lib/support.h"
#include "task/combinators.h"
#include "task/scheduler.h"

NativeResult async_return(VM *vm, Value value, Value *out) {
    *out = value;
    return scheduler_must_switch(vm) ? NATIVE_SWITCH : NATIVE_RETURN;
}

static const char *state_name(const FutureObj *future) {
    static const char *const names[] = {"pending", "success", "failure", "cancelled"};
    return names[future->state];
}

static FutureObj *receiver(VM *vm, const Args *args) {
    Value self = native_arg(vm, args, 0);
    if (LIKELY(is_future(self))) return future_of(self);
    lib_raise_receiver(vm, args);
    return NULL;
}

static TaskObj *task_receiver(VM *vm, const Args *args) { return lib_receiver(vm, args, OBJ_TASK); }

/* A pending future that is not a task's; else raises. */
static bool can_finish(VM *vm, const FutureObj *future, const char *verb) {
    if (future->state != FUTURE_PENDING) {
        vm_raise(vm, ERR_ALREADY_TERMINAL, "%s: cannot %s a future in state %s", error_table[ERR_ALREADY_TERMINAL].code,
                 verb, state_name(future));
        return false;
    }
    if (future->header.type == OBJ_TASK) {
        vm_raise(vm, ERR_SCHEDULER, "cannot %s a task: it ends with its function; cancel it", verb);
        return false;
    }
    return true;
}

/* --- state -------------------------------------------------------------------------------------------------------- */

static NativeResult future_new(VM *vm, const Args *args, Value *out) {
    if (args->count > 1)
        *out = future_make_finished(vm, FUTURE_SUCCESS, native_arg(vm, args, 1));
    else
        *out = future_make(vm);
    return NATIVE_RETURN;
}

static NativeResult future_state(VM *vm, const Args *args, Value *out) {
    FutureObj *future = receiver(vm, args);
    if (!future) return NATIVE_RAISE;
    SymbolObj *const names[] = {SYM(vm, PENDING), SYM(vm, SUCCESS), SYM(vm, FAILURE), SYM(vm, CANCELLED)};
    future->observed = true;
    return lib_return(out, value_pointer(names[future->state]));
}

static NativeResult future_value(VM *vm, const Args *args, Value *out) {
    FutureObj *future = receiver(vm, args);
    if (!future) return NATIVE_RAISE;
    future->observed = true;
    return lib_return(out, future->state == FUTURE_PENDING ? VAL_NIL : future->value);
}

static NativeResult task_result(VM *vm, const Args *args, Value *out) {
    const TaskObj *task = task_receiver(vm, args);
    if (!task) return NATIVE_RAISE;
    return lib_return(out, task->future.state == FUTURE_SUCCESS ? task->future.value : VAL_NIL);
}

static NativeResult task_error(VM *vm, const Args *args, Value *out) {
    TaskObj *task = task_receiver(vm, args);
    if (!task) return NATIVE_RAISE;
    bool failed = task->future.state == FUTURE_FAILURE || task->future.state == FUTURE_CANCELLED;
    task->future.observed = true;
    return lib_return(out, failed ? task->future.value : VAL_NIL);
}

static NativeResult task_name(VM *vm, const Args *args, Value *out) {
    const TaskObj *task = task_receiver(vm, args);
    return task ? lib_return(out, task->name) : NATIVE_RAISE;
}

static NativeResult task_id(VM *vm, const Args *args, Value *out) {
    const TaskObj *task = task_receiver(vm, args);
    return task ? lib_return(out, value_small_int(task->id)) : NATIVE_RAISE;
}

/* --- completing --------------------------------------------------------------------------------------------------- */

static NativeResult future_complete(VM *vm, const Args *args, Value *out) {
    FutureObj *future = receiver(vm, args);
    if (!future || !can_finish(vm, future, "complete")) return NATIVE_RAISE;
    future_finish(vm, future, FUTURE_SUCCESS, native_arg_or(vm, args, 1, VAL_NIL));
    return async_return(vm, VAL_NIL, out);
}

static NativeResult future_fail(VM *vm, const Args *args, Value *out) {
    FutureObj *future = receiver(vm, args);
    if (!future) return NATIVE_RAISE;
    if (args->count < 2) return vm_raise(vm, ERR_ARGUMENT, "Future.fail requires a future and an error value");
    if (!can_finish(vm, future, "fail")) return NATIVE_RAISE;
    vm_throw(vm, native_arg(vm, args, 1)); /* for its normalisation to an exception */
    future_finish(vm, future, FUTURE_FAILURE, vm_take_exception(vm));
    return async_return(vm, VAL_NIL, out);
}

/* The reason given, or the default one. */
static Value cancel_reason(VM *vm, const Args *args, const char *message) {
    if (args->count > 1) return native_arg(vm, args, 1);
    uint32_t scope = roots_open(vm);
    uint32_t exception = root_push(vm, vm_make_exception(vm, ERR_CANCELLED, message, strlen(message)));
    Value location = string_from(vm, "cancel");
    instance_set(vm, instance_of(root_get(vm, exception)), SYM(vm, LOCATION), location);
    Value result = root_get(vm, exception);
    roots_close(vm, scope);
    return result;
}

static bool cancel(VM *vm, const Args *args, FutureObj *future) {
    if (!can_finish(vm, future, "cancel")) return false;
    future_cancel(vm, future, cancel_reason(vm, args, "Future cancelled"));
    return true;
}

static NativeResult cancel_task(VM *vm, const Args *args, Value *out) {
    TaskObj *task = (TaskObj *)future_of(native_arg(vm, args, 0));
    bool unfinished = task->state != TASK_ENDED;
    if (unfinished) {
        Value reason = cancel_reason(vm, args, "Task cancelled");
        task_cancel(vm, task, CANCEL_SOFT, task_cancel_exception(vm, reason));
    }
    return async_return(vm, value_bool(unfinished), out);
}

static NativeResult future_cancel_method(VM *vm, const Args *args, Value *out) {
    FutureObj *future = receiver(vm, args);
    if (!future) return NATIVE_RAISE;
    if (future->header.type == OBJ_TASK) return cancel_task(vm, args, out);
    if (!cancel(vm, args, future)) return NATIVE_RAISE;
    return async_return(vm, native_arg(vm, args, 0), out);
}

/* --- callbacks ---------------------------------------------------------------------------------------------------- */

/* Registers argument 1; the value is the future, for chaining. */
static NativeResult on(VM *vm, const Args *args, WaiterKind kind, Value *out) {
    FutureObj *future = receiver(vm, args);
    if (!future || !lib_callable_arg(vm, args, 1, "a callback must be a function", true)) return NATIVE_RAISE;
    future_wait(vm, future, kind, native_arg(vm, args, 1), NULL, 0);
    return async_return(vm, native_arg(vm, args, 0), out);
}

static NativeResult future_on_success(VM *vm, const Args *args, Value *out) {
    return on(vm, args, WAITER_SUCCESS, out);
}

static NativeResult future_on_failure(VM *vm, const Args *args, Value *out) {
    return on(vm, args, WAITER_FAILURE, out);
}

static NativeResult future_on_complete(VM *vm, const Args *args, Value *out) {
    return on(vm, args, WAITER_COMPLETE, out);
}

static bool optional_callback(VM *vm, const Args *args, uint32_t i) {
    return is_nil(native_arg_or(vm, args, i, VAL_NIL)) ||
           lib_callable_arg(vm, args, i, "a callback must be a function", true);
}

static NativeResult chain(VM *vm, const Args *args, ChainKind kind, uint32_t success, uint32_t failure, Value *out) {
    FutureObj *future = receiver(vm, args);
    if (!future || !optional_callback(vm, args, 1) || !optional_callback(vm, args, 2)) return NATIVE_RAISE;
    Value on_success = success ? native_arg_or(vm, args, success, VAL_NIL) : VAL_NIL;
    Value on_failure = failure ? native_arg_or(vm, args, failure, VAL_NIL) : VAL_NIL;
    return async_return(vm, future_chain(vm, future, kind, on_success, on_failure), out);
}

static NativeResult future_then(VM *vm, const Args *args, Value *out) { return chain(vm, args, CHAIN_THEN, 1, 2, out); }
static NativeResult future_catch(VM *vm, const Args *args, Value *out) {
    return chain(vm, args, CHAIN_THEN, 0, 1, out);
}
static NativeResult future_finally(VM *vm, const Args *args, Value *out) {
    return chain(vm, args, CHAIN_FINALLY, 1, 0, out);
}
static NativeResult future_map(VM *vm, const Args *args, Value *out) { return chain(vm, args, CHAIN_MAP, 1, 0, out); }

/* --- functions ---------------------------------------------------------------------------------------------------- */

static FutureObj *future_arg(VM *vm, const Args *args) {
    Value value = native_arg_or(vm, args, 0, VAL_NIL);
    if (is_future(value)) return future_of(value);
    vm_raise(vm, ERR_ARGUMENT, "First argument must be a Future");
    return NULL;
}

static NativeResult complete_future(VM *vm, const Args *args, Value *out) {
    if (args->count != 2) {
        return vm_raise(vm, ERR_ARGUMENT, "complete_future requires exactly 2 arguments (future and value)");
    }
    FutureObj *future = future_arg(vm, args);
    return future ? future_complete(vm, args, out) : NATIVE_RAISE;
}

static NativeResult cancel_future(VM *vm, const Args *args, Value *out) {
    FutureObj *future = future_arg(vm, args);
    if (!future) return NATIVE_RAISE;
    NativeResult result = future_cancel_method(vm, args, out);
    *out = VAL_NIL;
    return result;
}

/* (await f g …), (await ^timeout t f …): argument 0 is the timeout literal or nil. */
static NativeResult await_many(VM *vm, const Args *args, Value *out) {
    double timeout_ms = -1;
    Value timeout = native_arg(vm, args, 0);
    if (!is_nil(timeout) && !async_duration(timeout, &timeout_ms)) {
        return vm_raise(vm, ERR_ARGUMENT, "await ^timeout must be int milliseconds or float seconds");
    }
    Combination kind = args->count == 2 ? COMBINE_ONE : COMBINE_ALL;
    return futures_combine(vm, kind, vm->fiber->stack + args->base + 1, args->count - 1, timeout_ms, out);
}

static NativeResult await_group(VM *vm, const Args *args, Combination kind, const char *name, Value *out) {
    Value futures = native_arg_or(vm, args, 0, VAL_UNSET);
    if (!is_array(futures)) {
        return vm_raise(vm, ERR_ARGUMENT, "%s expects an array of futures, got %s", name, kind_name(futures));
    }
    return futures_combine(vm, kind, array_of(futures)->items, array_of(futures)->count, -1, out);
}

static NativeResult await_all(VM *vm, const Args *args, Value *out) {
    if (native_arg_or(vm, args, 0, VAL_UNSET) != VAL_UNSET) {
        return await_group(vm, args, COMBINE_ALL, "$await_all", out);
    }
    *out = scheduler_drain(vm);
    return NATIVE_WAIT;
}

static NativeResult await_any(VM *vm, const Args *args, Value *out) {
    return await_group(vm, args, COMBINE_ANY, "$await_any", out);
}

static NativeResult await_race(VM *vm, const Args *args, Value *out) {
    return await_group(vm, args, COMBINE_RACE, "$await_race", out);
}

static NativeResult await_settled(VM *vm, const Args *args, Value *out) {
    return await_group(vm, args, COMBINE_SETTLED, "$await_settled", out);
}

/* --- tables ------------------------------------------------------------------------------------------------------- */

static const NativeDef constructor = {"Future",
                                      future_new,
                                      0,
                                      1,
                                      NATIVE_METHOD,
                                      "(new gene/Future value?)",
                                      "A pending future; with a value one that has succeeded with it."};

static const NativeDef future_methods[] = {
    {"state", future_state, 0, 0, NATIVE_METHOD, "(f .state)", "The symbol pending, success, failure or cancelled."},
    {"value", future_value, 0, 0, NATIVE_METHOD, "(f .value)", "Value, exception or cancel reason; nil while pending."},
    {"complete", future_complete, 0, 1, NATIVE_METHOD, "(f .complete v?)", "Ends f with success; its callbacks run."},
    {"fail", future_fail, 0, 1, NATIVE_METHOD, "(f .fail error)", "Ends f with this error; its callbacks run."},
    {"cancel", future_cancel_method, 0, 1, NATIVE_METHOD, "(f .cancel reason?)",
     "Cancels f and aborts what it stands for; f. A task is asked to stop; true if it was unfinished."},
    {"on_success", future_on_success, 1, 1, NATIVE_METHOD, "(f .on_success g)", "Calls (g value) on success; f."},
    {"on_failure", future_on_failure, 1, 1, NATIVE_METHOD, "(f .on_failure g)",
     "Calls (g exception) on failure or cancel; f."},
    {"on_complete", future_on_complete, 1, 1, NATIVE_METHOD, "(f .on_complete g)", "Calls (g f) when f ends; f."},
    {"then", future_then, 1, 2, NATIVE_METHOD, "(f .then g h?)",
     "Future of (g value), or of (h exception); a future that they return is waited for."},
    {"catch", future_catch, 1, 1, NATIVE_METHOD, "(f .catch h)", "Future of f's value, or of (h exception)."},
    {"finally", future_finally, 1, 1, NATIVE_METHOD, "(f .finally g)", "Calls (g) when f ends; future of f's outcome."},
    {"map", future_map, 1, 1, NATIVE_METHOD, "(f .map g)", "Future of (g value), as it is."},
};

static const NativeDef task_methods[] = {
    {"result", task_result, 0, 0, NATIVE_METHOD, "(t .result)", "The task's value; nil before it has succeeded."},
    {"error", task_error, 0, 0, NATIVE_METHOD, "(t .error)", "The task's exception; nil unless it failed."},
    {"name", task_name, 0, 0, NATIVE_METHOD, "(t .name)", "The name given to spawn, or nil."},
    {"id", task_id, 0, 0, NATIVE_METHOD, "(t .id)", "The task's number."},
};

static const NativeDef functions[] = {
    {"complete_future", complete_future, 0, -1, 0, "(complete_future f v)", "Ends f with success; nil."},
    {"cancel_future", cancel_future, 0, 2, 0, "(cancel_future f reason?)", "Cancels f; nil."},
};

static const struct {
    Intrinsic id;
    NativeDef def;
} intrinsics[] = {
    {INTRINSIC_AWAIT_MANY, {"await", await_many, 2, -1, 0, "(await ^timeout t f…)", "Values of futures, waited for."}},
    {INTRINSIC_AWAIT_ALL,
     {"$await_all", await_all, 0, 1, 0, "($await_all futures?)", "Values of all; the first failure after all ended."}},
    {INTRINSIC_AWAIT_ANY, {"$await_any", await_any, 1, 1, 0, "($await_any futures)", "Value of the first success."}},
    {INTRINSIC_AWAIT_RACE, {"$await_race", await_race, 1, 1, 0, "($await_race futures)", "Outcome of the first end."}},
    {INTRINSIC_AWAIT_SETTLED,
     {"$await_settled", await_settled, 1, 1, 0, "($await_settled futures)", "{^state ^value ^error} of each."}},
};

void lib_install_async(VM *vm) {
    const ObjectSpace *space = vm_space(vm);
    ClassObj *future_class = space->type_classes[OBJ_FUTURE];
    ClassObj *task_class = space->type_classes[OBJ_TASK];
    future_class->ctor = native_make(vm, &constructor, VAL_NIL);
    heap_touch(vm, future_class);
    task_class->parent = future_class;
    vm_define_methods(vm, future_class, future_methods, COUNT_OF(future_methods));
    vm_define_methods(vm, task_class, task_methods, COUNT_OF(task_methods));
    vm_define_natives(vm, vm->global_ns, functions, COUNT_OF(functions));
    for (size_t i = 0; i < COUNT_OF(intrinsics); i++) vm_install_intrinsic(vm, intrinsics[i].id, &intrinsics[i].def);
}

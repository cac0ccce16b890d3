/* task_test.c — futures, timers, tasks and the pump, on a host whose clock only moves when a test moves it. The tasks
 * are natives, so that nothing but the scheduler is under test; Gene programs are in tests/gene/async. */
#include "check.h"

#include "port/operations.h"
#include "port/port.h"
#include "task/combinators.h"
#include "task/run_forever.h"
#include "task/scheduler.h"
#include "task/scheduler_private.h"
#include "task/timers.h"

/* A collection at every allocation makes large numbers take for ever. */
#if defined(GENE_GC_STRESS) && GENE_GC_STRESS
#define LONG_CHAIN 300
#define MANY 100
#else
#define LONG_CHAIN 100000
#define MANY 1000
#endif

/* --- the host ----------------------------------------------------------------------------------------------------- */

static struct {
    double now_ms, armed_ms; /* armed_ms < 0: no timer */
    uint32_t arm_calls, turns, last_operation, cancelled_operation, unhandled_count, ended_count;
    int ended_state, exit_code;
    Buffer log;
} host;

double port_now_ms(VM *vm) {
    (void)vm;
    return host.now_ms;
}
double port_wall_ms(VM *vm) {
    (void)vm;
    return host.now_ms;
}
double port_zone_minutes(VM *vm, double wall_ms) {
    (void)vm, (void)wall_ms;
    return 0;
}
double port_random(VM *vm) {
    (void)vm;
    return 0.5;
}
void port_write(VM *vm, int stream, const char *text, size_t size) { (void)vm, (void)stream, (void)text, (void)size; }
void port_arm_timer(VM *vm, double delay_ms) {
    (void)vm;
    host.arm_calls++;
    host.armed_ms = delay_ms < 0 ? -1 : host.now_ms + delay_ms;
}
void port_request_turn(VM *vm) {
    (void)vm;
    host.turns++;
}
bool port_start_operation(VM *vm, int kind, uint32_t operation, const Value *argv, uint32_t argc, Buffer *out_error,
                          int *out_error_id) {
    (void)vm, (void)argv, (void)argc;
    host.last_operation = operation;
    if (kind != OPERATION_FETCH) return true;
    buffer_append_text(out_error, "refused");
    *out_error_id = ERR_UNSUPPORTED;
    return false;
}
void port_cancel_operation(VM *vm, uint32_t operation) {
    (void)vm;
    host.cancelled_operation = operation;
}
bool port_call_host(VM *vm, uint32_t function, const Value *argv, uint32_t argc, Value *out) {
    (void)vm, (void)function, (void)argv, (void)argc;
    *out = VAL_NIL;
    return true;
}
void port_adopt_promise(VM *vm, uint32_t promise, uint32_t operation) { (void)vm, (void)promise, (void)operation; }
void port_release_host(VM *vm, uint32_t handle) { (void)vm, (void)handle; }
void port_task_ended(VM *vm, uint32_t ticket, int state, Value value) {
    (void)vm, (void)ticket, (void)value;
    host.ended_count++;
    host.ended_state = state;
}
void port_unhandled(VM *vm, Value exception) {
    (void)vm, (void)exception;
    host.unhandled_count++;
}
void port_exit(VM *vm, int code) {
    (void)vm;
    host.exit_code = code;
}

/* --- set-up ------------------------------------------------------------------------------------------------------- */

static VM vm_space_of_test;
#define vm (&vm_space_of_test)

static void open_vm(void) {
    Limits limits = {0};
    memset(&host, 0, sizeof host);
    host.now_ms = 1000;
    host.armed_ms = -1;
    host.exit_code = -1;
    buffer_init(&host.log);
    vm_init(vm, &limits, 1);
    CHECK(scheduler_init(vm, 0, 0));
}

static void close_vm(void) {
    scheduler_destroy(vm);
    vm_destroy(vm);
    buffer_free(&host.log);
}

/* Pumps until everything waits, moving the clock to each timer that is armed. */
static void run_all(void) {
    for (;;) {
        PumpResult result = scheduler_pump(vm);
        if (result == PUMP_MORE) continue;
        if (host.armed_ms < 0) return;
        host.now_ms = host.armed_ms;
        host.armed_ms = -1;
    }
}

static void note(const char *text) {
    if (host.log.size) buffer_append_byte(&host.log, ' ');
    buffer_append_text(&host.log, text);
}

#define CHECK_LOG(expected)                          \
    do {                                             \
        CHECK_STR(buffer_text(&host.log), expected); \
        buffer_clear(&host.log);                     \
    } while (0)

/* A native with data: [kind-specific items]. Rooted by the caller. */
static Value native_with(const NativeDef *def, Value data) {
    uint32_t scope = roots_open(vm);
    root_push(vm, data);
    Value native = native_make(vm, def, data);
    roots_close(vm, scope);
    return native;
}

static Value pair(Value a, Value b) {
    Value items[] = {a, b};
    uint32_t scope = roots_open(vm);
    root_push(vm, a);
    root_push(vm, b);
    Value array = array_from(vm, items, 2);
    roots_close(vm, scope);
    return array;
}

static Value data_item(const Args *args, uint32_t i) { return array_of(native_of(args->callee)->data)->items[i]; }

/* Notes its data, a string. */
static NativeResult say(VM *v, const Args *args, Value *out) {
    (void)v;
    note(string_of(native_of(args->callee)->data)->text);
    *out = native_of(args->callee)->data;
    return NATIVE_RETURN;
}
static const NativeDef say_def = {"say", say, 0, -1, 0, "", ""};
static Value say_native(const char *text) { return native_with(&say_def, string_from(vm, text)); }

/* Waits for its data, a future, below itself, and notes what came of it. */
static NativeResult wait_below(VM *v, const Args *args, Value *out) {
    bool ok = exec_await(v, data_item(args, 0), out);
    note(string_of(data_item(args, 1))->text);
    if (!ok) note("!");
    return ok ? NATIVE_RETURN : NATIVE_RAISE;
}
static const NativeDef wait_below_def = {"wait_below", wait_below, 0, -1, NATIVE_REENTRANT, "", ""};

static Value waiter(Value future, const char *name) {
    uint32_t scope = roots_open(vm);
    root_push(vm, future);
    Value native = native_with(&wait_below_def, pair(future, string_from(vm, name)));
    roots_close(vm, scope);
    return native;
}

static TaskObj *start(Value callee) {
    uint32_t scope = roots_open(vm);
    root_push(vm, callee);
    TaskObj *task = task_make(vm, callee, NULL, 0, VAL_NIL);
    scheduler_start(vm, task, 0);
    roots_close(vm, scope);
    return task;
}

/* --- timers ------------------------------------------------------------------------------------------------------- */

static void on_success(Value future, const char *text) {
    uint32_t scope = roots_open(vm);
    root_push(vm, future);
    future_wait(vm, future_of(future), WAITER_SUCCESS, say_native(text), NULL, 0);
    roots_close(vm, scope);
}

TEST(timers_fire_in_order_of_due_time_then_creation_SCH_16) {
    open_vm();
    on_success(scheduler_sleep(vm, 30), "c");
    on_success(scheduler_sleep(vm, 10), "a");
    on_success(scheduler_sleep(vm, 30), "d");
    on_success(scheduler_sleep(vm, 20), "b");
    run_all();
    CHECK_LOG("a b c d");
    CHECK_EQ_INT(scheduler_pending(vm).timers, 0);
    close_vm();
}

TEST(many_timers_fire_in_order_and_cancelled_ones_do_not) {
    enum { COUNT = 2 * MANY };
    open_vm();
    uint32_t scope = roots_open(vm);
    uint32_t list = root_push(vm, array_make(vm, COUNT));
    uint32_t random = 7;
    for (uint32_t i = 0; i < COUNT; i++) {
        random = random * 1103515245 + 12345;
        array_push(vm, array_of(root_get(vm, list)), scheduler_sleep(vm, 1 + (random >> 8) % 500));
    }
    for (uint32_t i = 0; i < COUNT; i += 3) {
        CHECK(future_cancel(vm, future_of(array_of(root_get(vm, list))->items[i]), VAL_NIL));
    }
    CHECK_EQ_INT(scheduler_pending(vm).timers, COUNT - (COUNT + 2) / 3);
    run_all();
    uint32_t succeeded = 0;
    for (uint32_t i = 0; i < COUNT; i++) {
        succeeded += future_of(array_of(root_get(vm, list))->items[i])->state == FUTURE_SUCCESS;
    }
    CHECK_EQ_INT(succeeded, COUNT - (COUNT + 2) / 3);
    roots_close(vm, scope);
    close_vm();
}

TEST(an_idle_pump_arms_no_timer_SCH_11) {
    open_vm();
    CHECK_EQ_INT(scheduler_pump(vm), PUMP_IDLE);
    CHECK_EQ_INT(host.arm_calls, 0);
    on_success(scheduler_sleep(vm, 10), "x");
    CHECK_EQ_INT(scheduler_pump(vm), PUMP_WAITING);
    scheduler_pump(vm);
    CHECK_EQ_INT(host.arm_calls, 1);
    CHECK_EQ_FLOAT(host.armed_ms, 1010);
    run_all();
    CHECK_EQ_INT(host.arm_calls, 1);
    close_vm();
}

TEST(a_host_timer_that_fires_early_is_armed_again) {
    open_vm();
    on_success(scheduler_sleep(vm, 10), "x");
    scheduler_pump(vm);
    host.now_ms += 9.5;
    scheduler_pump(vm);
    CHECK_EQ_INT(host.arm_calls, 2);
    CHECK_LOG("");
    host.now_ms += 0.5;
    scheduler_pump(vm);
    CHECK_LOG("x");
    close_vm();
}

TEST(a_repeating_timer_neither_drifts_nor_bursts_SCH_16) {
    open_vm();
    uint32_t scope = roots_open(vm);
    uint32_t timer = root_push(vm, timer_make(vm, 10, true, say_native("t")));
    scheduler_pump(vm);
    host.now_ms = 1013; /* the host is late */
    scheduler_pump(vm);
    CHECK_EQ_FLOAT(host.armed_ms, 1020);
    host.now_ms = 1057; /* very late: four are skipped */
    scheduler_pump(vm);
    CHECK_EQ_FLOAT(host.armed_ms, 1060);
    CHECK_LOG("t t");
    CHECK(scheduler_is_drained(vm)); /* it does not keep the program alive */
    CHECK(timer_cancel(vm, timer_of(root_get(vm, timer))));
    CHECK(!timer_cancel(vm, timer_of(root_get(vm, timer))));
    scheduler_pump(vm);
    CHECK(host.armed_ms < 0);
    roots_close(vm, scope);
    close_vm();
}

/* --- futures and callbacks ---------------------------------------------------------------------------------------- */

/* Completes its data, [future next], below itself: what it notes after that comes after the callbacks. */
static NativeResult complete(VM *v, const Args *args, Value *out) {
    (void)out;
    future_finish(v, future_of(native_of(args->callee)->data), FUTURE_SUCCESS, VAL_TRUE);
    return NATIVE_SWITCH;
}
static const NativeDef complete_def = {"complete", complete, 0, -1, 0, "", ""};

static NativeResult complete_below(VM *v, const Args *args, Value *out) {
    note("before");
    bool ok = exec_callable(v, native_of(args->callee)->data, NULL, 0, out);
    note("after");
    return ok ? NATIVE_RETURN : NATIVE_RAISE;
}
static const NativeDef complete_below_def = {"complete_below", complete_below, 0, -1, NATIVE_REENTRANT, "", ""};

TEST(callbacks_run_in_order_before_the_completer_goes_on_SCH_3) {
    open_vm();
    uint32_t scope = roots_open(vm);
    Value future = future_make(vm);
    root_push(vm, future);
    on_success(future, "1");
    on_success(future, "2");
    on_success(future, "3");
    Value inner = native_with(&complete_def, future);
    start(native_with(&complete_below_def, inner));
    run_all();
    CHECK_LOG("before 1 2 3 after");
    on_success(future, "4"); /* on a finished future: at once */
    run_all();
    CHECK_LOG("4");
    CHECK(!future_finish(vm, future_of(future), FUTURE_FAILURE, VAL_NIL));
    roots_close(vm, scope);
    close_vm();
}

TEST(one_completion_and_its_callbacks_come_before_the_next_SCH_3) {
    open_vm();
    uint32_t scope = roots_open(vm);
    uint32_t first, second;
    Value a = scheduler_expect_operation(vm, &first);
    root_push(vm, a);
    Value b = scheduler_expect_operation(vm, &second);
    root_push(vm, b);
    Value c = future_make(vm);
    root_push(vm, c);
    future_wait(vm, future_of(a), WAITER_SUCCESS, native_with(&complete_def, c), NULL, 0);
    on_success(c, "c");
    on_success(a, "a");
    on_success(b, "b");
    scheduler_complete(vm, second, VAL_NIL);
    scheduler_complete(vm, first, VAL_NIL);
    scheduler_complete(vm, first, VAL_NIL); /* ignored */
    run_all();
    CHECK_LOG("b c a");
    CHECK_EQ_INT(scheduler_pending(vm).operations, 0);
    roots_close(vm, scope);
    close_vm();
}

TEST(a_chain_of_100000_callbacks_does_not_recurse) {
    enum { COUNT = LONG_CHAIN };
    open_vm();
    uint32_t scope = roots_open(vm);
    uint32_t last = root_push(vm, future_make(vm));
    Value final = root_get(vm, last);
    root_push(vm, final);
    for (uint32_t i = 0; i < COUNT; i++) {
        uint32_t future = root_push(vm, future_make(vm));
        Value callback = native_with(&complete_def, root_get(vm, last));
        future_wait(vm, future_of(root_get(vm, future)), WAITER_SUCCESS, callback, NULL, 0);
        root_set(vm, last, root_get(vm, future));
        roots_close(vm, future);
    }
    future_finish(vm, future_of(root_get(vm, last)), FUTURE_SUCCESS, VAL_NIL);
    run_all();
    CHECK_EQ_INT(future_of(final)->state, FUTURE_SUCCESS);
    roots_close(vm, scope);
    close_vm();
}

TEST(a_chain_of_100000_thens_does_not_recurse) {
    enum { COUNT = LONG_CHAIN };
    open_vm();
    uint32_t scope = roots_open(vm);
    Value first = future_make(vm);
    root_push(vm, first);
    uint32_t last = root_push(vm, first);
    for (uint32_t i = 0; i < COUNT; i++) {
        root_set(vm, last, future_chain(vm, future_of(root_get(vm, last)), CHAIN_THEN, VAL_NIL, VAL_NIL));
    }
    future_finish(vm, future_of(first), FUTURE_SUCCESS, value_small_int(7));
    CHECK(future_of(root_get(vm, last))->state == FUTURE_SUCCESS);
    CHECK_EQ_INT(small_int_of(future_of(root_get(vm, last))->value), 7);
    roots_close(vm, scope);
    close_vm();
}

TEST(cancelling_the_end_of_a_chain_aborts_the_operation_ASY_13) {
    enum { COUNT = MANY };
    open_vm();
    uint32_t scope = roots_open(vm);
    uint32_t last = root_push(vm, scheduler_begin_operation(vm, OPERATION_READ_FILE, NULL, 0, false));
    for (uint32_t i = 0; i < COUNT; i++) {
        root_set(vm, last, future_chain(vm, future_of(root_get(vm, last)), CHAIN_MAP, VAL_NIL, VAL_NIL));
    }
    CHECK(future_cancel(vm, future_of(root_get(vm, last)), VAL_TRUE));
    CHECK_EQ_INT(host.cancelled_operation, host.last_operation);
    CHECK_EQ_INT(scheduler_pending(vm).operations, 0);
    CHECK_EQ_INT(future_of(root_get(vm, last))->state, FUTURE_CANCELLED);
    roots_close(vm, scope);
    close_vm();
}

TEST(a_source_that_others_wait_for_survives_a_cancel) {
    open_vm();
    uint32_t scope = roots_open(vm);
    Value source = scheduler_begin_operation(vm, OPERATION_READ_FILE, NULL, 0, false);
    root_push(vm, source);
    on_success(source, "read");
    Value derived = future_chain(vm, future_of(source), CHAIN_MAP, VAL_NIL, VAL_NIL);
    CHECK(future_cancel(vm, future_of(derived), VAL_NIL));
    CHECK_EQ_INT(host.cancelled_operation, 0);
    scheduler_complete(vm, host.last_operation, VAL_NIL);
    run_all();
    CHECK_LOG("read");
    roots_close(vm, scope);
    close_vm();
}

TEST(a_refused_operation_is_a_failed_future) {
    open_vm();
    uint32_t scope = roots_open(vm);
    Value future = scheduler_begin_operation(vm, OPERATION_FETCH, NULL, 0, false);
    root_push(vm, future);
    CHECK_EQ_INT(future_of(future)->state, FUTURE_FAILURE);
    CHECK_EQ_INT(scheduler_pending(vm).operations, 0);
    run_all();
    CHECK_EQ_INT(host.unhandled_count, 1);
    roots_close(vm, scope);
    close_vm();
}

/* --- tasks -------------------------------------------------------------------------------------------------------- */

TEST(thousand_tasks_wait_below_natives_and_wake_in_timer_order) {
    enum { COUNT = MANY };
    open_vm();
    uint32_t random = 3;
    TaskObj *tasks[COUNT];
    uint32_t scope = roots_open(vm);
    for (uint32_t i = 0; i < COUNT; i++) {
        random = random * 1103515245 + 12345;
        tasks[i] = start(waiter(scheduler_sleep(vm, 1 + (random >> 8) % 100), "w"));
        root_push(vm, value_pointer(tasks[i]));
    }
    scheduler_pump(vm);
    CHECK_EQ_INT(scheduler_pending(vm).tasks, COUNT);
    run_all();
    for (uint32_t i = 0; i < COUNT; i++) CHECK_EQ_INT(tasks[i]->future.state, FUTURE_SUCCESS);
    CHECK_EQ_INT(scheduler_pending(vm).tasks, 0);
    roots_close(vm, scope);
    close_vm();
}

TEST(a_circle_of_tasks_is_a_deadlock_at_once_SCH_12) {
    open_vm();
    uint32_t scope = roots_open(vm);
    Value data_a = pair(VAL_NIL, string_from(vm, "a"));
    root_push(vm, data_a);
    Value data_b = pair(VAL_NIL, string_from(vm, "b"));
    root_push(vm, data_b);
    TaskObj *a = start(native_with(&wait_below_def, data_a));
    root_push(vm, value_pointer(a));
    TaskObj *b = start(native_with(&wait_below_def, data_b));
    root_push(vm, value_pointer(b));
    array_of(data_a)->items[0] = value_pointer(b);
    array_of(data_b)->items[0] = value_pointer(a);
    run_all();
    CHECK_LOG("b ! a !"); /* b closes the circle and fails; then a, which waits for b */
    CHECK(instance_of(b->future.value)->class_ == vm->error_classes[ERR_DEADLOCK]);
    roots_close(vm, scope);
    close_vm();
}

TEST(a_task_that_waits_for_itself_gets_its_deadlock_SCH_12) {
    open_vm();
    uint32_t scope = roots_open(vm);
    Value data = pair(VAL_NIL, string_from(vm, "self"));
    root_push(vm, data);
    TaskObj *task = start(native_with(&wait_below_def, data));
    root_push(vm, value_pointer(task));
    array_of(data)->items[0] = value_pointer(task);
    run_all();
    CHECK_LOG("self !");
    roots_close(vm, scope);
    close_vm();
}

TEST(a_program_that_nothing_can_wake_gets_a_deadlock_SCH_12) {
    open_vm();
    uint32_t scope = roots_open(vm);
    Value callee = waiter(future_make(vm), "main");
    root_push(vm, callee);
    TaskObj *task = task_make(vm, callee, NULL, 0, VAL_NIL);
    task->is_main = true;
    root_push(vm, value_pointer(task));
    scheduler_start(vm, task, 5);
    Value timer = scheduler_sleep(vm, 10);
    root_push(vm, timer);
    scheduler_pump(vm);
    CHECK(!scheduler_check_deadlock(vm)); /* the timer could do it */
    run_all();
    CHECK(scheduler_check_deadlock(vm));
    run_all();
    CHECK_LOG("main !");
    CHECK_EQ_INT(host.ended_count, 1);
    CHECK_EQ_INT(host.ended_state, FUTURE_FAILURE);
    CHECK_EQ_INT(host.unhandled_count, 0); /* the host has seen it */
    roots_close(vm, scope);
    close_vm();
}

TEST(a_run_forever_with_nothing_else_to_do_keeps_the_program_alive_SCH_1) {
    open_vm();
    uint32_t scope = roots_open(vm);
    Value future;
    CHECK(run_forever_start(vm, VAL_NIL, &future));
    root_push(vm, future);
    Value callee = waiter(future, "main");
    root_push(vm, callee);
    TaskObj *task = task_make(vm, callee, NULL, 0, VAL_NIL);
    task->is_main = true;
    root_push(vm, value_pointer(task));
    scheduler_start(vm, task, 5);
    run_all();
    CHECK(!scheduler_check_deadlock(vm));
    CHECK(!scheduler_is_drained(vm));
    CHECK_EQ_INT(host.arm_calls, 0);
    CHECK(run_forever_stop(vm, VAL_NIL));
    run_all();
    CHECK_EQ_INT(host.ended_state, FUTURE_SUCCESS);
    CHECK(scheduler_is_drained(vm));
    roots_close(vm, scope);
    close_vm();
}

TEST(cancelling_a_waiting_task_aborts_the_operation_only_it_waits_for_ASY_13) {
    open_vm();
    uint32_t scope = roots_open(vm);
    Value operation = scheduler_begin_operation(vm, OPERATION_READ_FILE, NULL, 0, false);
    root_push(vm, operation);
    TaskObj *task = start(waiter(operation, "w"));
    root_push(vm, value_pointer(task));
    scheduler_pump(vm);
    task_cancel(vm, task, CANCEL_SOFT, task_cancel_exception(vm, VAL_NIL));
    run_all();
    CHECK_LOG("w !");
    CHECK_EQ_INT(task->future.state, FUTURE_CANCELLED);
    CHECK_EQ_INT(host.cancelled_operation, host.last_operation);
    CHECK_EQ_INT(host.unhandled_count, 0);
    scheduler_complete(vm, host.last_operation, VAL_NIL); /* too late: ignored */
    run_all();
    roots_close(vm, scope);
    close_vm();
}

TEST(a_task_cancelled_before_its_first_turn_never_runs) {
    open_vm();
    uint32_t scope = roots_open(vm);
    TaskObj *task = start(say_native("never"));
    root_push(vm, value_pointer(task));
    task_cancel(vm, task, CANCEL_SOFT, task_cancel_exception(vm, VAL_NIL));
    run_all();
    CHECK_LOG("");
    CHECK_EQ_INT(task->future.state, FUTURE_CANCELLED);
    roots_close(vm, scope);
    close_vm();
}

/* Waits for its data again and again, as if its finally parts never ended. */
static NativeResult stubborn(VM *v, const Args *args, Value *out) {
    for (int i = 0; i < 4 && !exec_await(v, data_item(args, 0), out); i++) {
        vm_take_exception(v);
        note("again");
    }
    return vm_raise(v, ERR_RUNTIME, "over");
}
static const NativeDef stubborn_def = {"stubborn", stubborn, 0, -1, NATIVE_REENTRANT, "", ""};

TEST(a_stopped_task_gets_two_seconds_then_it_is_killed_ASY_13) {
    open_vm();
    uint32_t scope = roots_open(vm);
    Value data = pair(future_make(vm), VAL_NIL);
    root_push(vm, data);
    TaskObj *task = start(native_with(&stubborn_def, data));
    root_push(vm, value_pointer(task));
    scheduler_pump(vm);
    task_cancel(vm, task, CANCEL_HARD, task_cancel_exception(vm, VAL_NIL));
    scheduler_pump(vm);
    CHECK_LOG("again");
    CHECK_EQ_FLOAT(host.armed_ms, 3000);
    host.now_ms = 3000;
    scheduler_pump(vm);
    CHECK_LOG("again again again"); /* a killed task waits no more */
    CHECK_EQ_INT(task->future.state, FUTURE_CANCELLED);
    roots_close(vm, scope);
    close_vm();
}

TEST(a_failure_nobody_looks_at_is_reported_once_SCH_15) {
    open_vm();
    uint32_t scope = roots_open(vm);
    Value future = future_make(vm);
    root_push(vm, future);
    Value seen = future_make(vm);
    root_push(vm, seen);
    future_wait(vm, future_of(seen), WAITER_FAILURE, say_native("seen"), NULL, 0);
    Value exception = vm_make_exception(vm, ERR_RUNTIME, "x", 1);
    root_push(vm, exception);
    future_finish(vm, future_of(future), FUTURE_FAILURE, exception);
    future_finish(vm, future_of(seen), FUTURE_FAILURE, exception);
    run_all();
    run_all();
    CHECK_EQ_INT(host.unhandled_count, 1);
    CHECK_LOG("seen");
    roots_close(vm, scope);
    close_vm();
}

/* --- combinations ------------------------------------------------------------------------------------------------- */

static Value combine(Combination kind, Value a, Value b, double timeout_ms, NativeResult *out_result) {
    uint32_t scope = roots_open(vm);
    Value items[] = {a, b};
    root_push(vm, a);
    root_push(vm, b);
    Value out = VAL_NIL;
    *out_result = futures_combine(vm, kind, items, 2, timeout_ms, &out);
    roots_close(vm, scope);
    return out;
}

TEST(await_all_gives_values_in_order_after_all_have_ended_ASY_5) {
    open_vm();
    uint32_t scope = roots_open(vm);
    Value a = future_make(vm), b = VAL_NIL;
    root_push(vm, a);
    b = future_make(vm);
    root_push(vm, b);
    NativeResult result;
    Value all = combine(COMBINE_ALL, a, b, -1, &result);
    root_push(vm, all);
    CHECK_EQ_INT(result, NATIVE_WAIT);
    future_finish(vm, future_of(b), FUTURE_SUCCESS, value_small_int(2));
    CHECK_EQ_INT(future_of(all)->state, FUTURE_PENDING);
    future_finish(vm, future_of(a), FUTURE_SUCCESS, value_small_int(1));
    CHECK_EQ_INT(future_of(all)->state, FUTURE_SUCCESS);
    CHECK_EQ_INT(small_int_of(array_of(future_of(all)->value)->items[0]), 1);
    CHECK_EQ_INT(small_int_of(array_of(future_of(all)->value)->items[1]), 2);
    Value again = combine(COMBINE_ALL, a, value_small_int(5), -1, &result);
    CHECK_EQ_INT(result, NATIVE_RETURN);
    CHECK_EQ_INT(small_int_of(array_of(again)->items[1]), 5);
    roots_close(vm, scope);
    close_vm();
}

TEST(race_takes_the_first_end_and_any_the_first_success_ASY_5) {
    open_vm();
    uint32_t scope = roots_open(vm);
    Value a = future_make(vm), b = VAL_NIL;
    root_push(vm, a);
    b = future_make(vm);
    root_push(vm, b);
    NativeResult result;
    Value race = combine(COMBINE_RACE, a, b, -1, &result);
    root_push(vm, race);
    Value any = combine(COMBINE_ANY, a, b, -1, &result);
    root_push(vm, any);
    Value exception = vm_make_exception(vm, ERR_RUNTIME, "x", 1);
    future_finish(vm, future_of(a), FUTURE_FAILURE, exception);
    CHECK_EQ_INT(future_of(race)->state, FUTURE_FAILURE);
    CHECK_EQ_INT(future_of(any)->state, FUTURE_PENDING);
    future_finish(vm, future_of(b), FUTURE_SUCCESS, value_small_int(3));
    CHECK_EQ_INT(future_of(any)->state, FUTURE_SUCCESS);
    CHECK_EQ_INT(small_int_of(future_of(any)->value), 3);
    roots_close(vm, scope);
    close_vm();
}

TEST(a_timeout_ends_the_waiting_and_leaves_the_futures_pending_ASY_13) {
    open_vm();
    uint32_t scope = roots_open(vm);
    Value a = future_make(vm);
    root_push(vm, a);
    NativeResult result;
    Value all = combine(COMBINE_ALL, a, VAL_NIL, 50, &result);
    root_push(vm, all);
    future_of(all)->observed = true;
    run_all();
    CHECK_EQ_FLOAT(host.now_ms, 1050);
    CHECK_EQ_INT(future_of(all)->state, FUTURE_FAILURE);
    CHECK(instance_of(future_of(all)->value)->class_ == vm->error_classes[ERR_TIMEOUT]);
    CHECK_EQ_INT(future_of(a)->state, FUTURE_PENDING);
    CHECK(future_of(a)->first == NULL);
    roots_close(vm, scope);
    close_vm();
}

/* --- run_forever, end of the program ------------------------------------------------------------------------------ */

TEST(run_forevers_stop_by_id_or_innermost_first_SCH_2) {
    open_vm();
    uint32_t scope = roots_open(vm);
    Value a, b, c;
    Value web = string_from(vm, "web");
    root_push(vm, web);
    CHECK(run_forever_start(vm, web, &a));
    root_push(vm, a);
    CHECK(run_forever_start(vm, VAL_NIL, &b));
    root_push(vm, b);
    CHECK(run_forever_start(vm, VAL_NIL, &c));
    root_push(vm, c);
    CHECK(!run_forever_start(vm, web, &a));
    vm_take_exception(vm);
    CHECK(!scheduler_is_drained(vm));
    CHECK(run_forever_stop(vm, web));
    CHECK_EQ_INT(future_of(c)->state, FUTURE_PENDING);
    CHECK(run_forever_stop(vm, VAL_NIL));
    CHECK_EQ_INT(future_of(c)->state, FUTURE_SUCCESS);
    CHECK_EQ_INT(future_of(b)->state, FUTURE_PENDING);
    CHECK(!run_forever_stop(vm, web)); /* no such id any more */
    vm_take_exception(vm);
    CHECK(run_forever_stop(vm, VAL_NIL));
    CHECK(run_forever_stop(vm, VAL_NIL)); /* none is active: harmless */
    CHECK(scheduler_is_drained(vm));
    roots_close(vm, scope);
    close_vm();
}

TEST(exit_ends_the_program_after_its_tasks_have_ended) {
    open_vm();
    start(waiter(future_make(vm), "w"));
    scheduler_pump(vm);
    scheduler_exit(vm, 3);
    CHECK_EQ_INT(host.exit_code, -1);
    run_all();
    CHECK_LOG("w !");
    CHECK_EQ_INT(host.exit_code, 3);
    close_vm();
}

TEST(finished_work_leaves_nothing_alive) {
    open_vm();
    heap_collect(vm);
    size_t before = heap_stats(vm).live_objects;
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 200; i++) start(waiter(scheduler_sleep(vm, i % 17), "w"));
        run_all();
        buffer_clear(&host.log);
        heap_collect(vm);
        if (round == 0) before = heap_stats(vm).live_objects; /* interned names of the first round stay */
    }
    CHECK_EQ_INT(heap_stats(vm).live_objects, before);
    close_vm();
}

TEST(a_task_takes_its_arguments_from_a_stack_that_moves) {
    open_vm();
    const Fiber *fiber = vm->fiber;
    uint32_t scope = roots_open(vm);
    Value name = value_pointer(symbol_from(vm, "name"));
    root_push(vm, name);
    while (fiber->top + 2 < fiber->capacity) root_push(vm, VAL_NIL);
    uint32_t first = root_push(vm, value_small_int(1));
    root_push(vm, value_small_int(2));
    CHECK_EQ_INT(fiber->top, fiber->capacity); /* the next root moves it */
    const TaskObj *task = task_make_call(vm, VAL_NIL, fiber->stack + first, 1, &name, 1);
    CHECK(fiber->capacity > fiber->top);
    CHECK(task->fiber.stack[1] == value_small_int(1));
    CHECK(task->fiber.stack[2] == value_small_int(2));
    roots_close(vm, scope);
    close_vm();
}

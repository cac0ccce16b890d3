/* scheduler.c — see scheduler.h.
 * Order within a pump: the inline stack; else one event (an answer of the host or a due timer), whose callbacks are the
 * next inline stack; else the next ready task. A ready task that has waited STARVED_MS goes before the next event.
 * The clock is read when a task runs out of fuel, and when nothing is ready: never for each task. */
#include "task/scheduler_private.h"

#include <math.h>

#define SLICE_MS_DEFAULT 8.0
#define QUANTUM_MS_DEFAULT 2.0
#define STARVED_MS 50.0
#define REPORT_LATEST_MS 1000.0
/* A host's timer may fire a little early: within this time of being due it counts as having fired. */
#define TIMER_SLACK_MS 2.0
/* Hosts count in 32 bits: for what is due later the pump wakes up in between. */
#define LONGEST_TIMER_MS 1e9
#define PUMP_DEPTH_MAX 32u
/* Tasks switched between two looks at the clock, when none of them runs out of fuel: some 0.1 ms. */
#define SWITCHES_PER_LOOK 256u

/* --- queues ------------------------------------------------------------------------------------------------------- */

static void queue_push(TaskQueue *queue, TaskObj *task) {
    task->queue_next = NULL;
    if (queue->last)
        queue->last->queue_next = task;
    else
        queue->first = task;
    queue->last = task;
}

static TaskObj *queue_pop(TaskQueue *queue) {
    TaskObj *task = queue->first;
    queue->first = task->queue_next;
    if (!queue->first) queue->last = NULL;
    task->queue_next = NULL;
    return task;
}

static void queue_remove(TaskQueue *queue, TaskObj *task) {
    TaskObj *previous = NULL;
    for (TaskObj *at = queue->first; at != task; at = at->queue_next) previous = at;
    if (previous)
        previous->queue_next = task->queue_next;
    else
        queue->first = task->queue_next;
    if (queue->last == task) queue->last = previous;
    task->queue_next = NULL;
}

static void queue_push_first(TaskQueue *queue, TaskObj *task) {
    task->queue_next = queue->first;
    queue->first = task;
    if (!queue->last) queue->last = task;
}

void scheduler_ready(VM *vm, TaskObj *task) {
    task->state = TASK_READY;
    task->ready_since_ms = vm->scheduler->now_ms;
    queue_push(&vm->scheduler->ready, task);
}

void scheduler_ready_first(VM *vm, TaskObj *task) {
    task->state = TASK_READY;
    task->ready_since_ms = vm->scheduler->now_ms;
    queue_push_first(&vm->scheduler->ready, task);
}

void scheduler_interrupted(VM *vm, TaskObj *task) {
    task->state = TASK_READY;
    task->queue_next = vm->scheduler->inline_top;
    vm->scheduler->inline_top = task;
}

/* The tasks started inline go on top of the inline stack, the first one uppermost. */
static void flush_fresh(Scheduler *scheduler) {
    if (!scheduler->fresh.first) return;
    scheduler->fresh.last->queue_next = scheduler->inline_top;
    scheduler->inline_top = scheduler->fresh.first;
    scheduler->fresh = (TaskQueue){NULL, NULL};
}

void scheduler_count_task(VM *vm, const TaskObj *task, bool starts) {
    uint32_t change = starts ? 1 : UINT32_MAX;
    if (task->is_daemon) vm->scheduler->daemon_count += change;
    if (task->is_main) vm->scheduler->main_count += change;
}

static Value exit_exception(VM *vm) {
    static const char text[] = "the program ends by (exit)";
    return vm_make_exception(vm, ERR_EXIT, text, sizeof text - 1);
}

static void prepare(VM *vm, TaskObj *task) {
    scheduler_count_task(vm, task, true);
    task->state = TASK_READY;
    if (task->deadline_ms > 0) {
        task->deadline_timer = timers_add(vm, TIMER_DEADLINE, task->deadline_ms, value_pointer(task), true);
    }
    if (vm->scheduler->exiting) task_cancel(vm, task, CANCEL_HARD, exit_exception(vm));
}

void scheduler_start(VM *vm, TaskObj *task, uint32_t ticket) {
    task->ticket = ticket;
    prepare(vm, task);
    scheduler_ready(vm, task);
}

void scheduler_start_inline(VM *vm, TaskObj *task) {
    prepare(vm, task);
    queue_push(&vm->scheduler->fresh, task);
}

TaskObj *scheduler_current(VM *vm) { return vm->scheduler->current; }
bool scheduler_in_daemon(VM *vm) { return vm->scheduler->current && vm->scheduler->current->is_daemon; }
void scheduler_yield(VM *vm) { vm->scheduler->yield_requested = true; }

bool scheduler_must_switch(VM *vm) {
    const Scheduler *scheduler = vm->scheduler;
    const TaskObj *task = scheduler->current;
    return scheduler->fresh.first || scheduler->yield_requested || (task && task_cancel_is_pending(task));
}

/* --- time --------------------------------------------------------------------------------------------------------- */

void scheduler_look_at_clock(VM *vm) { vm->scheduler->now_ms = port_now_ms(vm); }

bool scheduler_has_event(const Scheduler *scheduler) {
    return operations_have_answer(scheduler) || timers_next_due(&scheduler->timers) <= scheduler->now_ms;
}

/* One timer of the host, for the earliest due time; none when there is none (SCH-11). */
static void arm_timer(VM *vm) {
    Scheduler *scheduler = vm->scheduler;
    double due_ms = timers_next_due(&scheduler->timers);
    if (due_ms == scheduler->armed_ms) return;
    double delay_ms = due_ms - scheduler->now_ms;
    if (due_ms == HUGE_VAL) {
        delay_ms = -1;
    } else if (delay_ms > LONGEST_TIMER_MS) {
        delay_ms = LONGEST_TIMER_MS;
        due_ms = scheduler->now_ms + delay_ms;
    } else if (delay_ms < 0) {
        delay_ms = 0;
    }
    scheduler->armed_ms = due_ms;
    port_arm_timer(vm, delay_ms);
}

Value scheduler_sleep(VM *vm, double delay_ms) {
    uint32_t scope = roots_open(vm);
    Value future = future_make(vm);
    root_push(vm, future);
    double due_ms = port_now_ms(vm) + (delay_ms > 0 ? delay_ms : 0);
    future_of(future)->operation = timers_add(vm, TIMER_SLEEP, due_ms, future, scheduler_in_daemon(vm));
    roots_close(vm, scope);
    return future;
}

double scheduler_duration_start(VM *vm) {
    vm->scheduler->duration_start_us = port_now_ms(vm) * 1000;
    return vm->scheduler->duration_start_us;
}

double scheduler_duration(VM *vm) { return port_now_ms(vm) * 1000 - vm->scheduler->duration_start_us; }

/* --- errors nobody sees (SCH-15) ---------------------------------------------------------------------------------- */

void value_list_push(VM *vm, ValueList *list, Value value) {
    if (list->count == list->capacity) {
        uint32_t capacity = list->capacity ? list->capacity * 2 : 8;
        list->items = heap_realloc_buffer(vm, list->items, list->capacity * sizeof(Value), capacity * sizeof(Value));
        list->capacity = capacity;
    }
    list->items[list->count++] = value;
}

void value_list_free(Heap *heap, ValueList *list) {
    if (list->items) heap_free_buffer(heap, list->items, list->capacity * sizeof(Value));
    *list = (ValueList){NULL, 0, 0};
}

void scheduler_report(VM *vm, Value exception) {
    Scheduler *scheduler = vm->scheduler;
    if (scheduler->failures.count == 0) scheduler->failed_since_ms = scheduler->now_ms;
    value_list_push(vm, &scheduler->failures, exception);
}

void scheduler_watch_failure(VM *vm, FutureObj *future) { scheduler_report(vm, value_pointer(future)); }

/* At the end of a pump: failures that nobody has looked at are reported, once each. While tasks are ready, the one that
 * will look may be among them; but in a program that is never idle reports do not wait for ever. */
static void report_failures(VM *vm) {
    Scheduler *scheduler = vm->scheduler;
    ValueList *failures = &scheduler->failures;
    bool is_busy = scheduler->ready.first || scheduler->inline_top;
    if (failures->count == 0 || scheduler->pump_depth > 1) return;
    if (is_busy && scheduler->now_ms - scheduler->failed_since_ms < REPORT_LATEST_MS) return;
    for (uint32_t i = 0; i < failures->count; i++) {
        Value failed = failures->items[i];
        if (is_future(failed)) {
            if (future_of(failed)->observed) continue;
            future_of(failed)->observed = true;
            failed = future_of(failed)->value;
        }
        port_unhandled(vm, failed);
    }
    failures->count = 0;
}

/* --- draining: ($await_all) --------------------------------------------------------------------------------------- */

Value scheduler_drain(VM *vm) {
    Value future = future_make(vm);
    value_list_push(vm, &vm->scheduler->drains, future);
    return future;
}

static uint32_t one_shot_count(const Scheduler *scheduler) {
    return scheduler->timers.one_shot_count + scheduler->operations.count - scheduler->daemon_operation_count;
}

/* Could a waiting task still be woken? */
static bool can_be_woken(const Scheduler *scheduler) {
    return scheduler->timers.event_count > 0 || scheduler->operations.count > 0 || scheduler->server_count > 0;
}

static uint32_t draining_count(const Scheduler *scheduler) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < scheduler->drains.count; i++) {
        for (const Waiter *waiter = future_of(scheduler->drains.items[i])->first; waiter; waiter = waiter->next) {
            count += waiter->kind == WAITER_TASK && !task_of(waiter->target)->is_daemon;
        }
    }
    return count;
}

/* Nothing is ready. True when drained futures were completed. */
static bool finish_drains(VM *vm) {
    Scheduler *scheduler = vm->scheduler;
    if (scheduler->drains.count == 0 || one_shot_count(scheduler) > 0) return false;
    bool others_wait = scheduler->task_count - scheduler->daemon_count > draining_count(scheduler);
    if (others_wait && can_be_woken(scheduler)) return false;
    while (scheduler->drains.count > 0) {
        FutureObj *future = future_of(scheduler->drains.items[--scheduler->drains.count]);
        future_finish(vm, future, FUTURE_SUCCESS, VAL_NIL);
    }
    return true;
}

/* --- the pump ----------------------------------------------------------------------------------------------------- */

static void process_event(VM *vm) {
    Scheduler *scheduler = vm->scheduler;
    if (operations_have_answer(scheduler))
        operations_process_answer(vm);
    else
        timers_fire_next(vm, scheduler->now_ms);
    flush_fresh(scheduler);
}

/* One turn or event. False when nothing is ready. */
static bool run_next(VM *vm) {
    Scheduler *scheduler = vm->scheduler;
    flush_fresh(scheduler);
    TaskObj *task = scheduler->inline_top;
    bool is_inline = task != NULL;
    if (is_inline) {
        scheduler->inline_top = task->queue_next;
    } else {
        const TaskObj *ready = scheduler->ready.first;
        bool starved = ready && scheduler->now_ms - ready->ready_since_ms >= STARVED_MS;
        if (!starved && scheduler_has_event(scheduler)) {
            process_event(vm);
            return true;
        }
        if (!ready) return false;
        task = queue_pop(&scheduler->ready);
    }
    task_run(vm, task, is_inline);
    flush_fresh(scheduler);
    if (++scheduler->switch_count % SWITCHES_PER_LOOK == 0) scheduler_look_at_clock(vm);
    return true;
}

/* Runs turns until nothing is ready (true), the slice is used up or `target` has ended. */
static bool run_turns(VM *vm, const TaskObj *target) {
    Scheduler *scheduler = vm->scheduler;
    for (;;) {
        if (target ? target->state == TASK_ENDED : scheduler->now_ms >= scheduler->slice_end_ms) return false;
        if (run_next(vm)) continue;
        scheduler_look_at_clock(vm);
        if (!scheduler_has_event(scheduler) && !finish_drains(vm)) return true;
    }
}

/* The program asked to end, and its tasks have. */
static void finish_exit(VM *vm) {
    Scheduler *scheduler = vm->scheduler;
    if (!scheduler->exiting || scheduler->task_count > 0) return;
    scheduler->exiting = false;
    port_exit(vm, scheduler->exit_code);
}

/* A pump within a task's native: what that task interrupted must not go on before it. */
typedef struct OuterPump {
    TaskObj *inline_top;
    double slice_end_ms;
    bool is_sync;
} OuterPump;

static OuterPump enter_pump(VM *vm, bool is_sync) {
    Scheduler *scheduler = vm->scheduler;
    OuterPump outer = {scheduler->inline_top, scheduler->slice_end_ms, scheduler->is_sync};
    if (scheduler->pump_depth++ > 0) scheduler->inline_top = NULL;
    if (scheduler->current) heap_touch(vm, scheduler->current);
    scheduler->is_sync = is_sync;
    scheduler_look_at_clock(vm);
    scheduler->slice_end_ms = scheduler->now_ms + scheduler->slice_ms;
    if (scheduler->armed_ms - scheduler->now_ms <= TIMER_SLACK_MS) scheduler->armed_ms = HUGE_VAL;
    return outer;
}

static void leave_pump(VM *vm, const OuterPump *outer) {
    Scheduler *scheduler = vm->scheduler;
    if (--scheduler->pump_depth == 0) {
        finish_exit(vm);
        return;
    }
    TaskQueue left = {NULL, NULL};
    while (scheduler->inline_top) {
        TaskObj *task = scheduler->inline_top;
        scheduler->inline_top = task->queue_next;
        queue_push(&left, task);
    }
    if (left.first) {
        left.last->queue_next = scheduler->ready.first;
        scheduler->ready.first = left.first;
        if (!scheduler->ready.last) scheduler->ready.last = left.last;
    }
    scheduler->inline_top = outer->inline_top;
    scheduler->slice_end_ms = outer->slice_end_ms;
    scheduler->is_sync = outer->is_sync;
    vm->fuel = 0; /* the clock has moved on */
}

PumpResult scheduler_pump(VM *vm) {
    Scheduler *scheduler = vm->scheduler;
    Fiber *fiber = vm->fiber;
    if (scheduler->pump_depth >= PUMP_DEPTH_MAX) return PUMP_WAITING;
    if (scheduler->pump_depth == 0) vm->fiber = &vm->host_fiber;
    OuterPump outer = enter_pump(vm, false);
    bool all_done = run_turns(vm, NULL);
    report_failures(vm);
    leave_pump(vm, &outer);
    vm->fiber = fiber;
    if (!all_done) {
        port_request_turn(vm);
        return PUMP_MORE;
    }
    heap_step(vm, HEAP_STEP_WORK);
    arm_timer(vm);
    return scheduler->task_count || one_shot_count(scheduler) || scheduler->server_count ? PUMP_WAITING : PUMP_IDLE;
}

/* Fails a task that has just been queued: the host and Gene call each other without end. */
static void refuse(VM *vm, TaskObj *task) {
    static const char text[] = "stack overflow: too many nested synchronous calls from the host";
    queue_remove(&vm->scheduler->ready, task);
    task_end(vm, task, FUTURE_FAILURE, vm_make_exception(vm, ERR_LIMIT_NESTING, text, sizeof text - 1));
}

bool scheduler_run_sync(VM *vm, TaskObj *task) {
    Scheduler *scheduler = vm->scheduler;
    Fiber *fiber = vm->fiber;
    if (scheduler->pump_depth >= PUMP_DEPTH_MAX) {
        if (task->state == TASK_READY && !task->is_started) refuse(vm, task);
    } else if (task->state != TASK_ENDED) {
        if (scheduler->pump_depth == 0) vm->fiber = &vm->host_fiber;
        OuterPump outer = enter_pump(vm, true);
        run_turns(vm, task);
        report_failures(vm);
        leave_pump(vm, &outer);
        vm->fiber = fiber;
        arm_timer(vm);
    }
    /* What became ready meanwhile needs a pump of its own. */
    if (scheduler->pump_depth == 0 && (scheduler->ready.first || scheduler->inline_top)) port_request_turn(vm);
    return task->state == TASK_ENDED;
}

/* --- questions ---------------------------------------------------------------------------------------------------- */

PendingCounts scheduler_pending(VM *vm) {
    const Scheduler *scheduler = vm->scheduler;
    return (PendingCounts){
        .tasks = scheduler->task_count,
        .operations = scheduler->operations.count + scheduler->answers.count,
        .timers = scheduler->timers.event_count,
        .servers = scheduler->server_count,
        .run_forevers = scheduler->run_forever_count,
    };
}

void scheduler_cstack_counts(VM *vm, uint32_t *out_total, uint32_t *out_used) {
    cstack_pool_stats(vm->scheduler->cstacks, out_total, out_used);
}

bool scheduler_is_drained(VM *vm) {
    const Scheduler *scheduler = vm->scheduler;
    if (scheduler->main_count > 0 || scheduler->run_forever_count > 0) return false;
    if (scheduler->ready.first || scheduler->inline_top || scheduler->fresh.first) return false;
    if (scheduler->answers.count > 0 || one_shot_count(scheduler) > 0) return false;
    /* A task that waits keeps the program alive as long as something can still wake it. */
    bool task_waits = scheduler->task_count > scheduler->daemon_count;
    return !task_waits || !can_be_woken(scheduler);
}

void scheduler_count_server(VM *vm, int change) { vm->scheduler->server_count += (uint32_t)change; }

/* --- stopping ----------------------------------------------------------------------------------------------------- */

void scheduler_interrupt(VM *vm, Value reason_exception) {
    uint32_t scope = roots_open(vm);
    root_push(vm, reason_exception);
    for (TaskObj *task = vm->scheduler->all, *next; task; task = next) {
        next = task->all_next;
        task_cancel(vm, task, CANCEL_HARD, reason_exception);
    }
    timers_cancel_scheduled(vm);
    roots_close(vm, scope);
}

void scheduler_exit(VM *vm, int code) {
    Scheduler *scheduler = vm->scheduler;
    if (scheduler->exiting) return;
    scheduler->exiting = true;
    scheduler->exit_code = code;
    scheduler_interrupt(vm, exit_exception(vm));
}

/* --- life --------------------------------------------------------------------------------------------------------- */

static bool should_yield(VM *vm) {
    Scheduler *scheduler = vm->scheduler;
    const TaskObj *task = scheduler->current;
    scheduler_look_at_clock(vm);
    bool over = scheduler->now_ms >= scheduler->quantum_end_ms ||
                (!scheduler->is_sync && scheduler->now_ms >= scheduler->slice_end_ms);
    return over || scheduler_has_event(scheduler) || (task && task_cancel_is_pending(task));
}

static bool spawn_inline(VM *vm, Value callee, uint32_t base, uint32_t count, const Value *keyword_names,
                         uint32_t keyword_count, Value *out_task) {
    Fiber *fiber = vm->fiber;
    uint32_t top = fiber->top;
    uint32_t end = base + count + keyword_count;
    if (top < end) fiber->top = end;
    root_push(vm, callee);
    TaskObj *task = task_make_call(vm, callee, fiber->stack + base, count, keyword_names, keyword_count);
    fiber->top = top;
    if (!task) return false;
    scheduler_start_inline(vm, task);
    *out_task = value_pointer(task);
    return true;
}

static void mark_list(Heap *heap, const ValueList *list) { heap_mark_values(heap, list->items, list->count); }

static void mark_roots(VM *vm, Heap *heap, bool final) {
    (void) final;
    Scheduler *scheduler = vm->scheduler;
    bool cycle_starts = heap->rounds <= 1;
    task_mark_all(heap, scheduler, cycle_starts);
    if (scheduler->current) heap_touch(vm, scheduler->current);
    timers_mark(heap, &scheduler->timers, cycle_starts);
    operations_mark(heap, scheduler, cycle_starts);
    for (const Waiter *waiter = scheduler->firing.first; waiter; waiter = waiter->next) {
        heap_mark_object(heap, waiter->future);
        heap_mark_value(heap, waiter->target);
    }
    mark_list(heap, &scheduler->failures);
    mark_list(heap, &scheduler->drains);
    for (uint32_t i = 0; i < scheduler->run_forever_count; i++) {
        heap_mark_value(heap, scheduler->run_forevers[i].id);
        heap_mark_object(heap, scheduler->run_forevers[i].future);
    }
}

bool scheduler_init(VM *vm, double slice_ms, double quantum_ms) {
    Scheduler *scheduler = calloc(1, sizeof *scheduler);
    if (!scheduler) return false;
    scheduler->slice_ms = slice_ms > 0 ? slice_ms : SLICE_MS_DEFAULT;
    scheduler->quantum_ms = quantum_ms > 0 ? quantum_ms : QUANTUM_MS_DEFAULT;
    scheduler->armed_ms = HUGE_VAL;
    scheduler->duration_start_us = NAN;
    scheduler->cstacks = cstack_pool_make();
    vm->scheduler = scheduler;
    vm->hooks = (VMHooks){
        .should_yield = should_yield,
        .spawn_inline = spawn_inline,
        .mark_roots = mark_roots,
        .finished_future = future_make_finished,
    };
    future_describe(vm_heap(vm));
    task_describe(vm_heap(vm));
    timer_describe(vm_heap(vm));
    return true;
}

/* Natives below a waiting task own memory: they must return. The host hears of the end of its tasks. */
static void end_tasks(VM *vm) {
    static const char text[] = "the runtime is disposed";
    Scheduler *scheduler = vm->scheduler;
    uint32_t scope = roots_open(vm);
    uint32_t reason = root_push(vm, vm_make_exception(vm, ERR_DISPOSED, text, sizeof text - 1));
    for (TaskObj *task = scheduler->all, *next; task; task = next) {
        next = task->all_next;
        task_cancel(vm, task, CANCEL_KILL, root_get(vm, reason));
    }
    flush_fresh(scheduler);
    for (TaskObj *task; (task = scheduler->inline_top) != NULL;) {
        scheduler->inline_top = task->queue_next;
        task_run(vm, task, true);
    }
    while (scheduler->ready.first) task_run(vm, queue_pop(&scheduler->ready), false);
    roots_close(vm, scope);
}

void scheduler_destroy(VM *vm) {
    Scheduler *scheduler = vm->scheduler;
    Heap *heap = vm_heap(vm);
    end_tasks(vm);
    waiters_free(heap, scheduler);
    timers_free(heap, &scheduler->timers);
    operations_free(heap, scheduler);
    value_list_free(heap, &scheduler->failures);
    value_list_free(heap, &scheduler->drains);
    if (scheduler->run_forevers) {
        heap_free_buffer(heap, scheduler->run_forevers, scheduler->run_forever_capacity * sizeof(RunForever));
    }
    cstack_pool_free(scheduler->cstacks);
    free(scheduler);
    vm->scheduler = NULL;
    vm->hooks = (VMHooks){0};
}

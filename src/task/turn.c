/* turn.c — one turn of a task: from the moment the pump hands it control until it parks, ends or is switched out.
 *
 * A task without C frames runs by run_loop() on the pump's own stack. When the loop asks for a native that may call
 * Gene code, the native runs on a C stack of its own, which can be left suspended (port/cstack.h). */
#include "task/scheduler_private.h"

/* Natives between two looks at the clock: run_loop starts with new fuel after each, and might never run out of it. */
#define NATIVES_PER_LOOK 16u

/* --- the steps of a turn ------------------------------------------------------------------------------------------ */

/* First turn: makes the call that task_make put on the stack. */
static LoopStatus begin_call(VM *vm, TaskObj *task) {
    Fiber *fiber = &task->fiber;
    uint32_t count = task->argument_count, keyword_count = task->keyword_count;
    const Value *names = keyword_count ? array_of(fiber->stack[1 + count + keyword_count])->items : NULL;
    task->is_started = true;
    switch (vm_call(vm, fiber->stack[0], 1, count, names, keyword_count, 0, FRAME_ENTRY | FRAME_ASYNC_BODY)) {
    case CALL_FRAME:
        fiber->frames[0].flags |= FRAME_ENTRY; /* a native that goes on in a frame did not know */
        return run_loop(vm);
    case CALL_VALUE: vm->result = fiber->stack[0]; return LOOP_DONE;
    case CALL_NATIVE: return LOOP_NATIVE;
    case CALL_WAIT: return LOOP_WAIT;
    case CALL_SWITCH: return LOOP_SWITCH;
    case CALL_RAISED: break;
    }
    return LOOP_RAISED;
}

/* A task whose callee is a native, or that was cancelled before its first turn, has no frame to go on in. */
static LoopStatus finish_frameless(VM *vm, Fiber *fiber) {
    Value value = fiber->stack[0];
    if (!fiber_take_resumption(vm, fiber, &value)) return LOOP_RAISED;
    vm->result = fiber->stack[0] = value;
    return LOOP_DONE;
}

static LoopStatus go_on(VM *vm, TaskObj *task) {
    Fiber *fiber = &task->fiber;
    if (!task->is_started && fiber->resume == RESUME_NONE) return begin_call(vm, task);
    if (fiber->frame_count == 0) return finish_frameless(vm, fiber);
    return run_loop(vm);
}

/* Entry of a C stack. The result travels through memory: a return value would not survive a suspension (design D5). */
static void run_native(void *argument) {
    VM *vm = argument;
    vm->scheduler->native_status = drive_native(vm);
}

/* After a C stack was started or resumed. LOOP_FUEL from a native that has finished means: go on in the loop. */
static LoopStatus after_native(VM *vm, TaskObj *task, bool finished) {
    Scheduler *scheduler = vm->scheduler;
    vm->current_cstack = NULL;
    task->cstack_suspended = !finished;
    if (!finished) return vm->suspend_status;
    cstack_release(scheduler->cstacks, task->cstack);
    task->cstack = NULL;
    if (scheduler->native_status != LOOP_FUEL) return scheduler->native_status;
    return ++scheduler->native_count % NATIVES_PER_LOOK ? go_on(vm, task) : LOOP_FUEL;
}

static LoopStatus start_native(VM *vm, TaskObj *task) {
    CStack *stack = cstack_acquire(vm->scheduler->cstacks);
    if (!stack) {
        vm_raise(vm, ERR_LIMIT_TASKS, "no memory left for one more task that waits below a native");
        return vm_unwind(vm) ? run_loop(vm) : LOOP_RAISED;
    }
    task->cstack = vm->current_cstack = stack;
    return after_native(vm, task, cstack_start(stack, run_native, vm));
}

static LoopStatus step(VM *vm, TaskObj *task) {
    if (!task->cstack_suspended) return go_on(vm, task);
    vm->current_cstack = task->cstack;
    return after_native(vm, task, cstack_resume(task->cstack));
}

/* --- why it stopped ----------------------------------------------------------------------------------------------- */

/* True: the task goes on at once. */
static bool park(VM *vm, TaskObj *task) {
    FutureObj *future = future_of(vm->wait_for);
    Fiber *fiber = &task->fiber;
    Value exception;
    bool goes_on = true;
    future->observed = true;
    if (future->state != FUTURE_PENDING) {
        fiber->resume = RESUME_FUTURE;
        fiber->resume_value = vm->wait_for;
    } else if (task_cancel_is_pending(task) || task->cancel_level == CANCEL_KILL) {
        task->cancel_delivered = false; /* a killed task never waits again */
        future_abandon(vm, future, task->cancel_reason);
    } else if (deadlock_closes_circle(vm, task, future, &exception)) {
        fiber->resume = RESUME_RAISE;
        fiber->resume_value = exception;
    } else {
        future_park(vm, future, task);
        goes_on = false;
    }
    vm->wait_for = VAL_NIL;
    return goes_on;
}

/* The loop has used up its fuel. True: the task goes on at once. */
static bool keep_running(VM *vm, TaskObj *task, bool is_inline) {
    Scheduler *scheduler = vm->scheduler;
    scheduler_look_at_clock(vm);
    heap_step(vm, HEAP_STEP_WORK);
    if (task_cancel_is_pending(task)) return true;
    bool interrupts = is_inline || scheduler->inline_top != NULL;
    if (scheduler->now_ms >= scheduler->quantum_end_ms) {
        bool alone = !interrupts && !scheduler->ready.first && !scheduler_has_event(scheduler);
        scheduler->quantum_end_ms = scheduler->now_ms + scheduler->quantum_ms;
        if (!alone) return scheduler_ready(vm, task), false;
    } else if (!interrupts && scheduler_has_event(scheduler)) {
        return scheduler_ready_first(vm, task), false;
    }
    if (scheduler->is_sync || scheduler->now_ms < scheduler->slice_end_ms) return true;
    if (interrupts)
        scheduler_interrupted(vm, task);
    else
        scheduler_ready_first(vm, task);
    return false;
}

static void switch_out(VM *vm, TaskObj *task) {
    if (vm->scheduler->yield_requested) {
        vm->scheduler->yield_requested = false;
        scheduler_ready(vm, task);
    } else {
        scheduler_interrupted(vm, task);
    }
}

static void end_raised(VM *vm, TaskObj *task) {
    Value exception = vm_take_exception(vm);
    bool stopped = task->cancel_delivered && (task->cancel_level >= CANCEL_HARD || exception == task->cancel_reason);
    task_end(vm, task, stopped ? FUTURE_CANCELLED : FUTURE_FAILURE, exception);
}

static void end_done(VM *vm, TaskObj *task) {
    Value value = vm->result;
    vm->result = VAL_NIL;
    task_end(vm, task, FUTURE_SUCCESS, value);
}

/* True: the task goes on at once. */
static bool settle(VM *vm, TaskObj *task, LoopStatus status, bool is_inline) {
    switch (status) {
    case LOOP_DONE: end_done(vm, task); return false;
    case LOOP_RAISED: end_raised(vm, task); return false;
    case LOOP_WAIT: return park(vm, task);
    case LOOP_SWITCH: switch_out(vm, task); return false;
    case LOOP_FUEL: return keep_running(vm, task, is_inline);
    case LOOP_NATIVE: break;
    }
    ENSURE(false, "natives are called within the turn");
    return false;
}

/* --- the turn ----------------------------------------------------------------------------------------------------- */

void task_run(VM *vm, TaskObj *task, bool is_inline) {
    Scheduler *scheduler = vm->scheduler;
    TaskObj *outer_task = scheduler->current;
    Fiber *outer_fiber = vm->fiber;
    CStack *outer_cstack = vm->current_cstack;
    scheduler->quantum_end_ms = scheduler->now_ms + scheduler->quantum_ms;
    task->state = TASK_RUNNING;
    task->queue_next = NULL;
    bool goes_on;
    do {
        task_deliver_cancel(vm, task);
        scheduler->current = task;
        vm->fiber = &task->fiber;
        vm->current_cstack = NULL;
        LoopStatus status = step(vm, task);
        while (status == LOOP_NATIVE) status = start_native(vm, task);
        vm->fiber = outer_fiber;
        vm->current_cstack = outer_cstack;
        scheduler->current = outer_task;
        heap_touch(vm, task);
        goes_on = settle(vm, task, status, is_inline);
    } while (goes_on);
}

/* task.c — making, waking, cancelling and ending tasks. Running them is turn.c's business. */
#include "task/scheduler_private.h"

#define NO_HANDLER_PC UINT32_MAX /* no try range holds it */

/* --- making ------------------------------------------------------------------------------------------------------- */

static void link_task(Scheduler *scheduler, TaskObj *task) {
    task->all_next = scheduler->all;
    if (scheduler->all) scheduler->all->all_previous = task;
    scheduler->all = task;
    scheduler->task_count++;
}

static void unlink_task(Scheduler *scheduler, TaskObj *task) {
    if (task->all_previous)
        task->all_previous->all_next = task->all_next;
    else
        scheduler->all = task->all_next;
    if (task->all_next) task->all_next->all_previous = task->all_previous;
    if (scheduler->marked == task) scheduler->marked = task->all_next;
    scheduler->task_count--;
}

/* Room for the call and an unlinked task; the callee and everything to pass are reachable. NULL after raising. */
static TaskObj *allocate(VM *vm, uint32_t slots) {
    if (vm->limits.tasks && vm->scheduler->task_count >= vm->limits.tasks) {
        vm_raise(vm, ERR_LIMIT_TASKS, "more than %u unfinished tasks (limits.tasks)", vm->limits.tasks);
        return NULL;
    }
    TaskObj *task = heap_alloc(vm, OBJ_TASK, sizeof(TaskObj));
    task->future.value = VAL_NIL;
    fiber_init(&task->fiber);
    task->cancel_reason = VAL_NIL;
    task->name = VAL_NIL;
    task->progress = VAL_NIL;
    if (!fiber_reserve(vm, &task->fiber, slots)) return NULL;
    task->fiber.top = slots;
    task->id = ++vm->scheduler->last_task_id;
    task->maker = scheduler_current(vm) ? scheduler_current(vm)->id : 0;
    task->is_daemon = scheduler_in_daemon(vm);
    return task;
}

/* A root pushed may move the stack: where values are on it, if they are. */
#define ELSEWHERE SIZE_MAX
static size_t stack_offset(const Fiber *fiber, const Value *values) {
    bool on_stack = values >= fiber->stack && values < fiber->stack + fiber->capacity;
    return on_stack ? (size_t)(values - fiber->stack) : ELSEWHERE;
}

TaskObj *task_make_call(VM *vm, Value callee, const Value *argv, uint32_t argc, const Value *keyword_names,
                        uint32_t keyword_count) {
    uint32_t scope = roots_open(vm);
    Value names = VAL_NIL;
    if (keyword_count) {
        size_t offset = stack_offset(vm->fiber, argv);
        names = array_from(vm, keyword_names, keyword_count);
        root_push(vm, names);
        if (offset != ELSEWHERE) argv = vm->fiber->stack + offset;
    }
    TaskObj *task = allocate(vm, 1 + argc + keyword_count + (keyword_count ? 1 : 0));
    roots_close(vm, scope);
    if (!task) return NULL;
    Value *stack = task->fiber.stack;
    stack[0] = callee;
    if (argc + keyword_count) memcpy(stack + 1, argv, (argc + keyword_count) * sizeof(Value));
    if (keyword_count) stack[1 + argc + keyword_count] = names;
    task->argument_count = argc;
    task->keyword_count = keyword_count;
    link_task(vm->scheduler, task);
    return task;
}

uint32_t roots_push_all(VM *vm, const Value *values, uint32_t count) {
    size_t offset = stack_offset(vm->fiber, values);
    uint32_t first = vm->fiber->top;
    for (uint32_t i = 0; i < count; i++) root_push(vm, offset == ELSEWHERE ? values[i] : vm->fiber->stack[offset + i]);
    return first;
}

TaskObj *task_make(VM *vm, Value callee, const Value *argv, uint32_t argc, Value keywords_map) {
    const Table *table = is_map(keywords_map) ? &map_of(keywords_map)->table : NULL;
    uint32_t keyword_count = table ? table->count : 0;
    uint32_t scope = roots_open(vm);
    roots_push_all(vm, argv, argc);
    for (uint32_t i = 0; table && (i = table_next(table, i)) < table->used; i++) root_push(vm, table->entries[i].value);
    uint32_t names = vm->fiber->top;
    for (uint32_t i = 0; table && (i = table_next(table, i)) < table->used; i++) root_push(vm, table->entries[i].key);
    root_push(vm, callee);
    /* Until the names are taken nothing moves the stack. */
    const Value *stack = vm->fiber->stack;
    TaskObj *task = task_make_call(vm, callee, stack + scope, argc, stack + names, keyword_count);
    roots_close(vm, scope);
    return task;
}

/* --- waking and ending -------------------------------------------------------------------------------------------- */

void task_wake(VM *vm, TaskObj *task, ResumeKind kind, Value value) {
    ENSURE(task->state == TASK_WAITING, "only a waiting task can be woken");
    task->waiting_on = NULL;
    task->fiber.resume = (uint8_t)kind;
    task->fiber.resume_value = value;
    heap_touch(vm, task);
    scheduler_ready(vm, task);
}

void task_end(VM *vm, TaskObj *task, FutureState state, Value value) {
    Scheduler *scheduler = vm->scheduler;
    uint32_t scope = roots_open(vm);
    root_push(vm, value_pointer(task));
    root_push(vm, value);
    task->state = TASK_ENDED;
    scheduler_count_task(vm, task, false);
    if (task->stop_timer) timers_remove(vm, task->stop_timer);
    if (task->deadline_timer) timers_remove(vm, task->deadline_timer);
    task->stop_timer = task->deadline_timer = 0;
    task->cancel_reason = VAL_NIL;
    unlink_task(scheduler, task);
    fiber_free(vm_heap(vm), &task->fiber);
    if (task->ticket) {
        task->future.observed = true; /* the host sees it */
        port_task_ended(vm, task->ticket, (int)state, value);
    }
    future_finish(vm, &task->future, state, value);
    roots_close(vm, scope);
}

/* --- cancelling --------------------------------------------------------------------------------------------------- */

void task_deliver_cancel(VM *vm, TaskObj *task) {
    if (!task_cancel_is_pending(task)) return;
    Fiber *fiber = &task->fiber;
    task->cancel_delivered = true;
    fiber->resume = RESUME_RAISE;
    fiber->resume_value = task->cancel_reason;
    if (task->cancel_level >= CANCEL_HARD) fiber->hard_stop = true;
    if (task->cancel_level == CANCEL_KILL) {
        /* No finally part may be entered any more; natives on the C stack get their exception and return. */
        for (uint32_t i = 0; i < fiber->frame_count; i++) fiber->frames[i].pc = NO_HANDLER_PC;
    }
    heap_touch(vm, task);
}

Value task_cancel_exception(VM *vm, Value reason) {
    if (is_instance(reason) && instance_of(reason)->class_->is_exception) return reason;
    uint32_t scope = roots_open(vm);
    root_push(vm, reason);
    Buffer text;
    buffer_init(&text);
    if (is_nil(reason))
        buffer_append_text(&text, "cancelled");
    else
        print_value_safely(vm, &text, reason, RENDER_PLAIN);
    uint32_t exception = root_push(vm, vm_make_exception(vm, ERR_CANCELLED, buffer_text(&text), text.size));
    buffer_free(&text);
    Value location = string_from(vm, "cancel");
    instance_set(vm, instance_of(root_get(vm, exception)), SYM(vm, LOCATION), location);
    if (!is_string(reason) && !is_nil(reason)) {
        instance_set(vm, instance_of(root_get(vm, exception)), SYM(vm, CAUSE), reason);
    }
    Value result = root_get(vm, exception);
    roots_close(vm, scope);
    return result;
}

void task_cancel(VM *vm, TaskObj *task, CancelLevel level, Value reason_exception) {
    if (task->state == TASK_ENDED) return;
    if (level < task->cancel_level) return; /* being stopped harder already */
    if (level >= CANCEL_HARD && level == task->cancel_level) return;
    uint32_t scope = roots_open(vm);
    root_push(vm, reason_exception);
    task->cancel_level = (uint8_t)level;
    task->cancel_reason = reason_exception;
    task->cancel_delivered = false;
    heap_touch(vm, task);
    if (level == CANCEL_HARD && !task->stop_timer) {
        double due_ms = port_now_ms(vm) + STOP_GRACE_MS;
        task->stop_timer = timers_add(vm, TIMER_STOP, due_ms, value_pointer(task), true);
    }
    if (task->state == TASK_WAITING) {
        FutureObj *future = task->waiting_on;
        root_push(vm, value_pointer(future));
        future_forget(vm, &task->waiter);
        task_wake(vm, task, RESUME_RAISE, reason_exception);
        future_abandon(vm, future, reason_exception);
    }
    vm->fuel = 0; /* it may be the one that runs */
    roots_close(vm, scope);
}

TaskObj *task_find(VM *vm, uint32_t id) {
    TaskObj *task = vm->scheduler->all;
    while (task && task->id != id) task = task->all_next;
    return task;
}

/* --- for messages ------------------------------------------------------------------------------------------------- */

void task_describe_one(VM *vm, const TaskObj *task, Buffer *out) {
    if (task->is_main && is_nil(task->name))
        buffer_append_text(out, "the main task");
    else
        buffer_append_format(out, "task %u", task->id);
    if (is_string(task->name)) {
        buffer_append_byte(out, ' ');
        print_value_safely(vm, out, task->name, RENDER_QUOTED);
    }
}

void task_position(const TaskObj *task, Buffer *out) {
    const Fiber *fiber = &task->fiber;
    if (fiber->frame_count == 0) return;
    const Frame *frame = &fiber->frames[fiber->frame_count - 1];
    uint32_t line, column;
    code_position(frame->code, frame->pc > 0 ? frame->pc - 1 : 0, &line, &column);
    buffer_append_format(out, "%s:%u", frame->code->file ? frame->code->file->text : "<input>", line);
}

/* --- collector ---------------------------------------------------------------------------------------------------- */

static void task_trace(Heap *heap, Obj *object) {
    TaskObj *task = (TaskObj *)object;
    future_trace(heap, object);
    fiber_trace(heap, &task->fiber);
    heap_mark_object(heap, task->waiting_on);
    heap_mark_value(heap, task->cancel_reason);
    heap_mark_value(heap, task->name);
    heap_mark_value(heap, task->progress);
}

static void task_finalize(Heap *heap, Obj *object) {
    future_finalize(heap, object);
    fiber_free(heap, &((TaskObj *)object)->fiber);
}

void task_describe(Heap *heap) {
    static const ObjDescriptor descriptor = {.trace = task_trace, .finalize = task_finalize};
    heap_describe(heap, OBJ_TASK, &descriptor);
}

void task_mark_all(Heap *heap, Scheduler *scheduler, bool cycle_starts) {
    if (cycle_starts) scheduler->marked = NULL;
    for (TaskObj *task = scheduler->all; task && task != scheduler->marked; task = task->all_next) {
        heap_mark_object(heap, task);
    }
    scheduler->marked = scheduler->all;
}

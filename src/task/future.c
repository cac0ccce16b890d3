/* future.c — see future.h.
 * Invariants: a waiter is in exactly one list: that of its future while it is pending, the scheduler's `firing` list
 * afterwards; a future with waiters in `firing` stays reachable through them. */
#include "task/scheduler_private.h"

#define WAITERS_PER_CHUNK 128u

struct WaiterChunk {
    WaiterChunk *next;
    Waiter waiters[WAITERS_PER_CHUNK];
};

/* --- waiters ------------------------------------------------------------------------------------------------------ */

static Waiter *waiter_take(VM *vm) {
    Scheduler *scheduler = vm->scheduler;
    if (!scheduler->free_waiters) {
        WaiterChunk *chunk = heap_alloc_buffer(vm, sizeof *chunk);
        chunk->next = scheduler->waiter_chunks;
        scheduler->waiter_chunks = chunk;
        for (uint32_t i = 0; i < WAITERS_PER_CHUNK; i++) {
            chunk->waiters[i].next = scheduler->free_waiters;
            scheduler->free_waiters = &chunk->waiters[i];
        }
    }
    Waiter *waiter = scheduler->free_waiters;
    scheduler->free_waiters = waiter->next;
    waiter->is_pooled = true;
    return waiter;
}

static void waiter_give(Scheduler *scheduler, Waiter *waiter) {
    if (!waiter->is_pooled) return;
    waiter->next = scheduler->free_waiters;
    scheduler->free_waiters = waiter;
}

void waiters_free(Heap *heap, Scheduler *scheduler) {
    for (WaiterChunk *chunk = scheduler->waiter_chunks, *next; chunk; chunk = next) {
        next = chunk->next;
        heap_free_buffer(heap, chunk, sizeof *chunk);
    }
    scheduler->waiter_chunks = NULL;
    scheduler->free_waiters = NULL;
}

static void append(WaiterList *list, Waiter *waiter) {
    waiter->next = NULL;
    waiter->previous = list->last;
    if (list->last)
        list->last->next = waiter;
    else
        list->first = waiter;
    list->last = waiter;
}

static void unlink_from(WaiterList *list, Waiter *waiter) {
    if (waiter->previous)
        waiter->previous->next = waiter->next;
    else
        list->first = waiter->next;
    if (waiter->next)
        waiter->next->previous = waiter->previous;
    else
        list->last = waiter->previous;
}

static void link_waiter(VM *vm, FutureObj *future, Waiter *waiter) {
    WaiterList list = {future->first, future->last};
    waiter->future = future;
    append(&list, waiter);
    future->first = list.first;
    future->last = list.last;
    if (waiter->kind != WAITER_SUCCESS) future->observed = true;
    heap_touch(vm, future);
}

void future_forget(VM *vm, Waiter *waiter) {
    FutureObj *future = waiter->future;
    if (future->state == FUTURE_PENDING) {
        WaiterList list = {future->first, future->last};
        unlink_from(&list, waiter);
        future->first = list.first;
        future->last = list.last;
    } else {
        unlink_from(&vm->scheduler->firing, waiter);
    }
    waiter_give(vm->scheduler, waiter);
}

void future_forget_target(VM *vm, FutureObj *future, Value target) {
    if (future->state != FUTURE_PENDING) return;
    for (Waiter *waiter = future->first, *next; waiter; waiter = next) {
        next = waiter->next;
        if (waiter->target == target) future_forget(vm, waiter);
    }
}

/* --- making ------------------------------------------------------------------------------------------------------- */

Value future_make(VM *vm) {
    FutureObj *future = heap_alloc(vm, OBJ_FUTURE, sizeof(FutureObj));
    future->value = VAL_NIL;
    return value_pointer(future);
}

Value future_make_finished(VM *vm, FutureState state, Value value) {
    uint32_t scope = roots_open(vm);
    root_push(vm, value);
    FutureObj *future = future_of(future_make(vm));
    roots_close(vm, scope);
    future->state = (uint8_t)state;
    future->value = value;
    if (state == FUTURE_FAILURE) scheduler_watch_failure(vm, future);
    return value_pointer(future);
}

/* --- firing ------------------------------------------------------------------------------------------------------- */

static void call_back(VM *vm, Value callee, Value argument) {
    TaskObj *task = task_make(vm, callee, &argument, 1, VAL_NIL);
    if (task) {
        task->is_callback = true;
        scheduler_start_inline(vm, task);
    } else {
        scheduler_report(vm, vm_take_exception(vm));
    }
}

static void fire(VM *vm, FutureObj *future, WaiterKind kind, Value target, WaiterFn native_fn, uint32_t number) {
    bool success = future->state == FUTURE_SUCCESS;
    switch (kind) {
    case WAITER_TASK: task_wake(vm, task_of(target), RESUME_FUTURE, value_pointer(future)); break;
    case WAITER_SUCCESS:
        if (success) call_back(vm, target, future->value);
        break;
    case WAITER_FAILURE:
        if (!success) call_back(vm, target, future->value);
        break;
    case WAITER_COMPLETE: call_back(vm, target, value_pointer(future)); break;
    case WAITER_NATIVE: native_fn(vm, future, target, number); break;
    }
}

static void fire_all(VM *vm) {
    Scheduler *scheduler = vm->scheduler;
    if (scheduler->is_firing) return;
    scheduler->is_firing = true;
    uint32_t scope = roots_open(vm);
    uint32_t future_root = root_push(vm, VAL_NIL);
    uint32_t target_root = root_push(vm, VAL_NIL);
    for (Waiter *waiter; (waiter = scheduler->firing.first);) {
        Waiter fired = *waiter;
        root_set(vm, future_root, value_pointer(fired.future));
        root_set(vm, target_root, fired.target);
        unlink_from(&scheduler->firing, waiter);
        waiter_give(scheduler, waiter);
        fire(vm, fired.future, (WaiterKind)fired.kind, fired.target, fired.native_fn, fired.number);
    }
    roots_close(vm, scope);
    scheduler->is_firing = false;
}

/* What the future stood for is no longer wanted. */
static void release_source(VM *vm, FutureObj *future) {
    uint32_t number = future->operation;
    future->operation = 0;
    switch (number & NUMBER_CLASS) {
    case NUMBER_TIMER: timers_remove(vm, number); break;
    case NUMBER_RUN_FOREVER: run_forever_forget(vm, number); break;
    default: operation_cancel(vm, number); break;
    }
}

bool future_finish(VM *vm, FutureObj *future, FutureState state, Value value) {
    if (future->state != FUTURE_PENDING) return false;
    Scheduler *scheduler = vm->scheduler;
    if (future->operation) release_source(vm, future);
    future->state = (uint8_t)state;
    future->value = value;
    heap_touch(vm, future);
    if (state == FUTURE_FAILURE && !future->observed) scheduler_watch_failure(vm, future);
    if (!future->first) return true;
    if (scheduler->firing.last) {
        scheduler->firing.last->next = future->first;
        future->first->previous = scheduler->firing.last;
    } else {
        scheduler->firing.first = future->first;
    }
    scheduler->firing.last = future->last;
    future->first = future->last = NULL;
    fire_all(vm);
    return true;
}

Waiter *future_wait(VM *vm, FutureObj *future, WaiterKind kind, Value target, WaiterFn native_fn, uint32_t number) {
    if (future->state != FUTURE_PENDING) {
        if (kind != WAITER_SUCCESS) future->observed = true;
        uint32_t scope = roots_open(vm);
        root_push(vm, value_pointer(future));
        root_push(vm, target);
        fire(vm, future, kind, target, native_fn, number);
        roots_close(vm, scope);
        return NULL;
    }
    Waiter *waiter = waiter_take(vm);
    waiter->kind = (uint8_t)kind;
    waiter->target = target;
    waiter->native_fn = native_fn;
    waiter->number = number;
    link_waiter(vm, future, waiter);
    return waiter;
}

void future_park(VM *vm, FutureObj *future, TaskObj *task) {
    task->waiter = (Waiter){.kind = WAITER_TASK, .target = value_pointer(task)};
    link_waiter(vm, future, &task->waiter);
    task->waiting_on = future;
    task->state = TASK_WAITING;
    heap_touch(vm, task);
}

/* --- cancelling --------------------------------------------------------------------------------------------------- */

/* Does it stand for work of the host that nobody waits for any more? */
static bool is_abandoned(const FutureObj *future) {
    if (future->state != FUTURE_PENDING || future->first) return false;
    if (future->header.type == OBJ_TASK) return ((const TaskObj *)future)->is_callback;
    return future->operation || combination_is(future);
}

bool future_cancel(VM *vm, FutureObj *future, Value reason) {
    if (future->state != FUTURE_PENDING) return false;
    uint32_t scope = roots_open(vm);
    root_push(vm, reason);
    uint32_t next = root_push(vm, value_pointer(future));
    /* A loop, because chains of .then may be long. */
    while (is_future(root_get(vm, next))) {
        future = future_of(root_get(vm, next));
        if (future->header.type == OBJ_TASK) {
            task_cancel(vm, (TaskObj *)future, CANCEL_SOFT, task_cancel_exception(vm, reason));
            break;
        }
        Value sources = combination_sources(future);
        root_set(vm, next, sources);
        combination_detach(vm, future);
        future_finish(vm, future, FUTURE_CANCELLED, reason);
        if (is_future(sources) && !is_abandoned(future_of(sources))) break;
    }
    Value sources = root_get(vm, next);
    for (uint32_t i = 0; is_array(sources) && i < array_of(sources)->count; i++) {
        Value item = array_of(sources)->items[i];
        if (is_future(item)) future_abandon(vm, future_of(item), reason);
    }
    roots_close(vm, scope);
    return true;
}

void future_abandon(VM *vm, FutureObj *future, Value reason) {
    if (is_abandoned(future)) future_cancel(vm, future, reason);
}

/* --- collector ---------------------------------------------------------------------------------------------------- */

void future_trace(Heap *heap, Obj *object) {
    FutureObj *future = (FutureObj *)object;
    heap_mark_value(heap, future->value);
    for (const Waiter *waiter = future->first; waiter; waiter = waiter->next) heap_mark_value(heap, waiter->target);
}

/* A pending future that nobody can complete any more. At the end of the VM the waiters have been freed before. */
void future_finalize(Heap *heap, Obj *object) {
    Scheduler *scheduler = heap->vm->scheduler;
    if (!scheduler) return;
    FutureObj *future = (FutureObj *)object;
    for (Waiter *waiter = future->first, *next; waiter; waiter = next) {
        next = waiter->next;
        waiter_give(scheduler, waiter);
    }
}

void future_describe(Heap *heap) {
    static const ObjDescriptor descriptor = {.trace = future_trace, .finalize = future_finalize};
    heap_describe(heap, OBJ_FUTURE, &descriptor);
}

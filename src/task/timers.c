/* timers.c — see timers.h.
 * Invariant: slot.place is the slot's position in `nodes`, so that a cancelled timer leaves at once: a program that
 * awaits with long timeouts in a loop would otherwise keep all of them. */
#include "task/timers.h"

#include "task/scheduler_private.h"

#include <math.h>

#define ARITY 4u

static bool is_before(const TimerNode *a, const TimerNode *b) {
    if (a->due_ms != b->due_ms) return a->due_ms < b->due_ms;
    return (int32_t)(a->sequence - b->sequence) < 0;
}

static void place(Timers *timers, uint32_t at, TimerNode node) {
    timers->nodes[at] = node;
    timers->table.slots[node.slot].place = at;
}

static void sift_up(Timers *timers, uint32_t at, TimerNode node) {
    while (at > 0) {
        uint32_t parent = (at - 1) / ARITY;
        if (!is_before(&node, &timers->nodes[parent])) break;
        place(timers, at, timers->nodes[parent]);
        at = parent;
    }
    place(timers, at, node);
}

static void sift_down(Timers *timers, uint32_t at, TimerNode node) {
    for (;;) {
        uint32_t first = at * ARITY + 1;
        if (first >= timers->count) break;
        uint32_t end = first + ARITY < timers->count ? first + ARITY : timers->count;
        uint32_t least = first;
        for (uint32_t i = first + 1; i < end; i++) {
            if (is_before(&timers->nodes[i], &timers->nodes[least])) least = i;
        }
        if (!is_before(&timers->nodes[least], &node)) break;
        place(timers, at, timers->nodes[least]);
        at = least;
    }
    place(timers, at, node);
}

static void push_node(VM *vm, Timers *timers, double due_ms, uint32_t slot) {
    if (timers->count == timers->capacity) {
        uint32_t capacity = timers->capacity ? timers->capacity * 2 : 16;
        timers->nodes =
            heap_realloc_buffer(vm, timers->nodes, timers->capacity * sizeof(TimerNode), capacity * sizeof(TimerNode));
        timers->capacity = capacity;
    }
    sift_up(timers, timers->count++, (TimerNode){due_ms, timers->next_sequence++, slot});
}

static void remove_node(Timers *timers, uint32_t at) {
    TimerNode last = timers->nodes[--timers->count];
    if (at == timers->count) return;
    if (at > 0 && is_before(&last, &timers->nodes[(at - 1) / ARITY]))
        sift_up(timers, at, last);
    else
        sift_down(timers, at, last);
}

/* --- the table ---------------------------------------------------------------------------------------------------- */

static void count_timer(Timers *timers, const Slot *slot, uint32_t change) {
    bool is_event = slot->kind != TIMER_DEADLINE && slot->kind != TIMER_STOP;
    if (is_event) timers->event_count += change;
    if (is_event && slot->kind != TIMER_REPEAT && !slot->is_daemon) timers->one_shot_count += change;
}

uint32_t timers_add(VM *vm, TimerKind kind, double due_ms, Value target, bool is_daemon) {
    Timers *timers = &vm->scheduler->timers;
    uint32_t index = slots_add(vm, &timers->table, target);
    Slot *slot = &timers->table.slots[index];
    slot->kind = (uint8_t)kind;
    slot->is_daemon = is_daemon;
    count_timer(timers, slot, 1);
    push_node(vm, timers, due_ms, index);
    return NUMBER_TIMER | index;
}

void timers_remove(VM *vm, uint32_t number) {
    Timers *timers = &vm->scheduler->timers;
    uint32_t index = number & NUMBER_MASK;
    Slot *slot = &timers->table.slots[index];
    remove_node(timers, slot->place);
    count_timer(timers, slot, UINT32_MAX);
    slots_remove(&timers->table, index);
}

double timers_next_due(const Timers *timers) { return timers->count ? timers->nodes[0].due_ms : HUGE_VAL; }

/* --- firing ------------------------------------------------------------------------------------------------------- */

static void call_back(VM *vm, TimerObj *timer) {
    TaskObj *task = task_make(vm, timer->callee, NULL, 0, VAL_NIL);
    if (task) {
        task->is_callback = true;
        scheduler_start_inline(vm, task);
    } else {
        scheduler_report(vm, vm_take_exception(vm));
    }
}

/* The next multiple of the interval that lies ahead: no drift, and no burst after a long pause. */
static void repeat(VM *vm, TimerObj *timer, double now_ms) {
    timer->due_ms += timer->interval_ms;
    if (timer->due_ms <= now_ms) {
        timer->due_ms += floor((now_ms - timer->due_ms) / timer->interval_ms + 1) * timer->interval_ms;
    }
    push_node(vm, &vm->scheduler->timers, timer->due_ms, timer->number & NUMBER_MASK);
}

static void time_out(VM *vm, FutureObj *future) {
    static const char text[] = "await timed out";
    Value exception = vm_make_exception(vm, ERR_TIMEOUT, text, sizeof text - 1);
    combination_detach(vm, future);
    future_finish(vm, future, FUTURE_FAILURE, exception);
}

static void stop_late(VM *vm, TaskObj *task, TimerKind kind) {
    if (kind == TIMER_STOP) {
        task->stop_timer = 0;
        task_cancel(vm, task, CANCEL_KILL, task->cancel_reason);
        return;
    }
    task->deadline_timer = 0;
    static const char text[] = "the time limit is reached (limits.time)";
    Value exception = vm_make_exception(vm, ERR_LIMIT_TIME, text, sizeof text - 1);
    task_cancel(vm, task, CANCEL_HARD, exception);
}

void timers_fire_next(VM *vm, double now_ms) {
    Timers *timers = &vm->scheduler->timers;
    uint32_t index = timers->nodes[0].slot;
    Slot *slot = &timers->table.slots[index];
    TimerKind kind = (TimerKind)slot->kind;
    uint32_t scope = roots_open(vm);
    Value target = slot->target;
    root_push(vm, target);
    remove_node(timers, 0);
    if (kind == TIMER_REPEAT) {
        repeat(vm, timer_of(target), now_ms);
    } else {
        count_timer(timers, slot, UINT32_MAX);
        slots_remove(&timers->table, index);
    }
    switch (kind) {
    case TIMER_SLEEP:
        future_of(target)->operation = 0;
        future_finish(vm, future_of(target), FUTURE_SUCCESS, VAL_NIL);
        break;
    case TIMER_TIMEOUT:
        future_of(target)->operation = 0;
        time_out(vm, future_of(target));
        break;
    case TIMER_ONCE:
        timer_of(target)->number = 0;
        call_back(vm, timer_of(target));
        break;
    case TIMER_REPEAT: call_back(vm, timer_of(target)); break;
    case TIMER_DEADLINE:
    case TIMER_STOP: stop_late(vm, task_of(target), kind); break;
    }
    roots_close(vm, scope);
}

/* --- timer objects ------------------------------------------------------------------------------------------------ */

Value timer_make(VM *vm, double delay_ms, bool repeats, Value callee) {
    uint32_t scope = roots_open(vm);
    root_push(vm, callee);
    TimerObj *timer = heap_alloc(vm, OBJ_TIMER, sizeof(TimerObj));
    timer->callee = callee;
    timer->interval_ms = repeats ? delay_ms : 0;
    timer->due_ms = port_now_ms(vm) + (delay_ms > 0 ? delay_ms : 0);
    Value value = value_pointer(timer);
    root_push(vm, value);
    timer->number = timers_add(vm, repeats ? TIMER_REPEAT : TIMER_ONCE, timer->due_ms, value, scheduler_in_daemon(vm));
    roots_close(vm, scope);
    return value;
}

bool timer_cancel(VM *vm, TimerObj *timer) {
    if (!timer->number) return false;
    timers_remove(vm, timer->number);
    timer->number = 0;
    return true;
}

void timers_cancel_scheduled(VM *vm) {
    SlotTable *table = &vm->scheduler->timers.table;
    for (uint32_t i = table->newest, next; i; i = next) {
        next = table->slots[i].next;
        if (is_timer(table->slots[i].target)) timer_cancel(vm, timer_of(table->slots[i].target));
    }
}

static void timer_trace(Heap *heap, Obj *object) { heap_mark_value(heap, ((TimerObj *)object)->callee); }

void timer_describe(Heap *heap) {
    static const ObjDescriptor descriptor = {.trace = timer_trace};
    heap_describe(heap, OBJ_TIMER, &descriptor);
}

void timers_mark(Heap *heap, Timers *timers, bool cycle_starts) { slots_mark(heap, &timers->table, cycle_starts); }

void timers_free(Heap *heap, Timers *timers) {
    slots_free(heap, &timers->table);
    if (timers->nodes) heap_free_buffer(heap, timers->nodes, timers->capacity * sizeof(TimerNode));
    timers->nodes = NULL;
    timers->count = timers->capacity = 0;
}

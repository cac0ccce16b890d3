/* operations.c — what the host is doing for the program: numbers, futures and answers.
 * Invariant: an answer waits in the queue until a pump takes it, so that one completion and its callbacks are over
 * before the next is seen (SCH-3); an answer whose slot has a new generation is of a cancelled operation and dropped. */
#include "task/scheduler_private.h"

#define SLOT_BITS 20
#define SLOT_LIMIT (1u << SLOT_BITS)
#define GENERATION_MASK 0x3FFu

static uint32_t operation_number(const SlotTable *table, uint32_t slot) {
    return (table->slots[slot].generation & GENERATION_MASK) << SLOT_BITS | slot;
}

/* Slot of an operation that is still expected; 0 otherwise. */
static uint32_t find(const SlotTable *table, uint32_t operation) {
    uint32_t slot = operation & (SLOT_LIMIT - 1);
    bool known = slot > 0 && slot < table->capacity && table->slots[slot].is_used;
    return known && operation_number(table, slot) == operation ? slot : 0;
}

static void remove_slot(Scheduler *scheduler, uint32_t slot) {
    if (scheduler->operations.slots[slot].is_daemon) scheduler->daemon_operation_count--;
    slots_remove(&scheduler->operations, slot);
}

static Value expect(VM *vm, bool is_daemon, uint32_t *out_operation) {
    Scheduler *scheduler = vm->scheduler;
    Value future = future_make(vm);
    uint32_t slot = slots_add(vm, &scheduler->operations, future);
    if (slot >= SLOT_LIMIT) base_fatal("more than a million host operations at once");
    scheduler->operations.slots[slot].is_daemon = is_daemon;
    if (is_daemon) scheduler->daemon_operation_count++;
    *out_operation = operation_number(&scheduler->operations, slot);
    future_of(future)->operation = *out_operation;
    return future;
}

Value scheduler_expect_operation(VM *vm, uint32_t *out_operation) {
    return expect(vm, scheduler_in_daemon(vm), out_operation);
}

Value scheduler_begin_operation(VM *vm, int kind, const Value *argv, uint32_t argc, bool is_daemon) {
    uint32_t scope = roots_open(vm);
    roots_push_all(vm, argv, argc);
    uint32_t operation;
    Value future = expect(vm, is_daemon || scheduler_in_daemon(vm), &operation);
    root_push(vm, future);
    Buffer error;
    buffer_init(&error);
    int error_id = ERR_HOST;
    if (!port_start_operation(vm, kind, operation, vm->fiber->stack + scope, argc, &error, &error_id)) {
        remove_slot(vm->scheduler, find(&vm->scheduler->operations, operation));
        future_of(future)->operation = 0;
        Value exception = vm_make_exception(vm, (ErrorId)error_id, buffer_text(&error), error.size);
        future_finish(vm, future_of(future), FUTURE_FAILURE, exception);
    }
    buffer_free(&error);
    roots_close(vm, scope);
    return future;
}

void operation_cancel(VM *vm, uint32_t operation) {
    uint32_t slot = find(&vm->scheduler->operations, operation);
    if (!slot) return;
    remove_slot(vm->scheduler, slot);
    port_cancel_operation(vm, operation);
}

/* --- answers ------------------------------------------------------------------------------------------------------ */

/* At the end of the items: moves them to the front, or grows when more than half is in use. */
static void make_room(VM *vm, AnswerQueue *queue) {
    if (queue->count * 2 <= queue->capacity && queue->first > 0) {
        memmove(queue->items, queue->items + queue->first, queue->count * sizeof(Answer));
        queue->first = 0;
        return;
    }
    uint32_t capacity = queue->capacity ? queue->capacity * 2 : 16;
    queue->items = heap_realloc_buffer(vm, queue->items, queue->capacity * sizeof(Answer), capacity * sizeof(Answer));
    queue->capacity = capacity;
}

static void push_answer(VM *vm, uint32_t operation, Value value, bool failed) {
    AnswerQueue *queue = &vm->scheduler->answers;
    if (!find(&vm->scheduler->operations, operation)) return;
    if (queue->first + queue->count == queue->capacity) make_room(vm, queue);
    queue->items[queue->first + queue->count++] = (Answer){value, operation, failed};
}

void scheduler_complete(VM *vm, uint32_t operation, Value value) { push_answer(vm, operation, value, false); }
void scheduler_fail(VM *vm, uint32_t operation, Value exception) { push_answer(vm, operation, exception, true); }

bool scheduler_has_answer(VM *vm) { return operations_have_answer(vm->scheduler); }

bool operations_have_answer(const Scheduler *scheduler) { return scheduler->answers.count > 0; }

void operations_process_answer(VM *vm) {
    Scheduler *scheduler = vm->scheduler;
    AnswerQueue *queue = &scheduler->answers;
    Answer answer = queue->items[queue->first++];
    if (--queue->count == 0) queue->first = 0;
    uint32_t slot = find(&scheduler->operations, answer.operation);
    if (!slot) return; /* cancelled meanwhile */
    FutureObj *future = future_of(scheduler->operations.slots[slot].target);
    remove_slot(scheduler, slot);
    future->operation = 0;
    uint32_t scope = roots_open(vm);
    root_push(vm, value_pointer(future));
    future_finish(vm, future, answer.failed ? FUTURE_FAILURE : FUTURE_SUCCESS, answer.value);
    roots_close(vm, scope);
}

/* --- collector ---------------------------------------------------------------------------------------------------- */

void operations_mark(Heap *heap, Scheduler *scheduler, bool cycle_starts) {
    slots_mark(heap, &scheduler->operations, cycle_starts);
    const AnswerQueue *queue = &scheduler->answers;
    for (uint32_t i = 0; i < queue->count; i++) heap_mark_value(heap, queue->items[queue->first + i].value);
}

void operations_free(Heap *heap, Scheduler *scheduler) {
    slots_free(heap, &scheduler->operations);
    AnswerQueue *queue = &scheduler->answers;
    if (queue->items) heap_free_buffer(heap, queue->items, queue->capacity * sizeof(Answer));
    *queue = (AnswerQueue){0};
}

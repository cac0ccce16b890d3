/* future.h — completing futures, and everything that can wait for one.
 * Order (SCH-3): a completion runs its waiters in registration order; callbacks become tasks on the inline stack and
 * run to their end or first wait before the next completion; waiting tasks become ready. Completing never recurses:
 * what a waiter completes in turn is queued behind the waiters of the future before it. */
#ifndef GENE_TASK_FUTURE_H
#define GENE_TASK_FUTURE_H

#include "object/future.h"
#include "vm/vm.h"

typedef enum WaiterKind {
    WAITER_TASK,     /* `target` is a task to make ready */
    WAITER_SUCCESS,  /* `target` is called with the value */
    WAITER_FAILURE,  /* `target` is called with the exception, also after cancel */
    WAITER_COMPLETE, /* `target` is called with the future */
    WAITER_NATIVE,   /* native_fn(vm, future, target, number) */
} WaiterKind;

typedef void (*WaiterFn)(VM *vm, FutureObj *future, Value target, uint32_t number);

/* In the list of its pending future; after completion in the scheduler's list of waiters to fire. */
struct Waiter {
    Waiter *next, *previous;
    FutureObj *future;
    WaiterFn native_fn;
    Value target;
    uint32_t number; /* for native_fn: e.g. position in await_all */
    uint8_t kind;    /* WaiterKind */
    bool is_pooled;  /* false: part of a TaskObj */
};

typedef struct WaiterList {
    Waiter *first, *last;
} WaiterList;

Value future_make(VM *vm);
/* `value` is kept alive. A failure is reported when nobody looks at it (SCH-15). */
Value future_make_finished(VM *vm, FutureState state, Value value);
/* False when the future was already finished (nothing changes). Callbacks are put on the inline stack: a native that
 * completes a future for Gene code returns NATIVE_SWITCH. */
bool future_finish(VM *vm, FutureObj *future, FutureState state, Value value);
/* Adds a waiter; on a finished future it fires at once (and the result is NULL). */
Waiter *future_wait(VM *vm, FutureObj *future, WaiterKind kind, Value target, WaiterFn native_fn, uint32_t number);
/* The same for a task, with the waiter it embeds. The future is pending. */
void future_park(VM *vm, FutureObj *future, TaskObj *task);
void future_forget(VM *vm, Waiter *waiter);
/* Removes all waiters with this target from a pending future. */
void future_forget_target(VM *vm, FutureObj *future, Value target);
/* Cancels a pending future: aborts its host operation, timer or task (which may take its time), and what it was made
 * from if nobody else waits for that. False when it was finished. */
bool future_cancel(VM *vm, FutureObj *future, Value reason);
/* A waiter has left: cancels a future that stands for work of the host which nobody waits for any more. */
void future_abandon(VM *vm, FutureObj *future, Value reason);
void future_describe(Heap *heap);

#endif

/* scheduler_private.h — the scheduler's state and what the files of task/ share; nobody else includes it. */
#ifndef GENE_TASK_SCHEDULER_PRIVATE_H
#define GENE_TASK_SCHEDULER_PRIVATE_H

#include "port/port.h"
#include "task/combinators.h"
#include "task/run_forever.h"
#include "task/scheduler.h"
#include "task/timers.h"

/* FutureObj.operation: the two upper bits say what the rest numbers. Hosts see operation numbers only. */
#define NUMBER_CLASS 0xC0000000u
#define NUMBER_OPERATION 0x00000000u /* generation << 20 | slot */
#define NUMBER_TIMER 0x40000000u     /* slot */
#define NUMBER_RUN_FOREVER 0x80000000u
#define NUMBER_MASK 0x3FFFFFFFu

#define HEAP_STEP_WORK ((size_t)64 * 1024) /* marking or sweeping at each look at the clock; some 20 µs */
#define STOP_GRACE_MS 2000                 /* for the finally parts of a stopped task */

typedef struct WaiterChunk WaiterChunk;

typedef struct TaskQueue {
    TaskObj *first, *last;
} TaskQueue;

typedef struct ValueList {
    Value *items;
    uint32_t count, capacity;
} ValueList;

/* What the host has answered and no pump has seen yet. */
typedef struct Answer {
    Value value;
    uint32_t operation;
    bool failed;
} Answer;

typedef struct AnswerQueue {
    Answer *items;
    uint32_t first, count, capacity;
} AnswerQueue;

typedef struct RunForever {
    Value id;
    FutureObj *future;
    uint32_t number; /* future->operation */
} RunForever;

struct Scheduler {
    /* --- time --- */
    double slice_ms, quantum_ms;
    double now_ms; /* the clock at the last look */
    double slice_end_ms, quantum_end_ms;
    double armed_ms;          /* what the host's timer is armed for; HUGE_VAL: it is not */
    double duration_start_us; /* $duration_start; negative: not set */

    /* --- tasks --- */
    TaskObj *current;
    TaskObj *inline_top; /* stack: callbacks, and below them the tasks they interrupted */
    TaskQueue fresh;     /* started inline since the last step: go on top of the inline stack, first on top */
    TaskQueue ready;
    TaskObj *all;    /* unfinished ones, newest first */
    TaskObj *marked; /* this one and the older ones were marked in the cycle under way */
    uint32_t task_count, daemon_count, main_count;
    uint32_t last_task_id;
    uint32_t pump_depth;
    bool yield_requested;     /* the task that switches goes to the end of the queue */
    bool is_sync;             /* the innermost pump runs a synchronous evaluation: its slice does not end */
    LoopStatus native_status; /* of the native that a C stack has finished */
    uint32_t native_count, switch_count;
    CStackPool *cstacks;

    /* --- futures --- */
    WaiterList firing;
    bool is_firing;
    Waiter *free_waiters;
    WaiterChunk *waiter_chunks;
    ValueList failures; /* futures and exceptions to report unless somebody looks at them in this turn */
    double failed_since_ms;
    ValueList drains; /* futures of ($await_all) */

    /* --- what can wake the program --- */
    Timers timers;
    SlotTable operations;
    uint32_t daemon_operation_count;
    AnswerQueue answers;
    uint32_t server_count;
    RunForever *run_forevers; /* innermost last */
    uint32_t run_forever_count, run_forever_capacity;
    uint32_t last_run_forever;

    bool exiting;
    int exit_code;
};

/* scheduler.c */
bool scheduler_in_daemon(VM *vm);
/* Reports the failure of `future` at the end of the turn unless somebody looks at it before. */
void scheduler_watch_failure(VM *vm, FutureObj *future);
/* Reports an exception that no future holds. */
void scheduler_report(VM *vm, Value exception);
/* A task starts or ends: keeps the counts of daemons and main tasks. */
void scheduler_count_task(VM *vm, const TaskObj *task, bool starts);
void scheduler_ready(VM *vm, TaskObj *task);
void scheduler_ready_first(VM *vm, TaskObj *task);
/* Onto the inline stack: it goes on after the callbacks that are put there next. */
void scheduler_interrupted(VM *vm, TaskObj *task);
void value_list_push(VM *vm, ValueList *list, Value value);
void value_list_free(Heap *heap, ValueList *list);

/* operations.c */
bool operations_have_answer(const Scheduler *scheduler);
void operations_process_answer(VM *vm);
/* The future was finished by somebody else. */
void operation_cancel(VM *vm, uint32_t operation);
void operations_mark(Heap *heap, Scheduler *scheduler, bool cycle_starts);
void operations_free(Heap *heap, Scheduler *scheduler);

/* task.c */
/* Pushes values as roots, which may stand on this very stack; the index of the first. */
uint32_t roots_push_all(VM *vm, const Value *values, uint32_t count);
/* `argv`: the arguments, then the values of the keywords; all reachable, and argv not on a stack that may move. */
TaskObj *task_make_call(VM *vm, Value callee, const Value *argv, uint32_t argc, const Value *keyword_names,
                        uint32_t keyword_count);
void task_wake(VM *vm, TaskObj *task, ResumeKind kind, Value value);
static inline bool task_cancel_is_pending(const TaskObj *task) {
    return task->cancel_level != CANCEL_NONE && !task->cancel_delivered;
}
/* Puts a requested cancellation into the fiber of a task that is about to continue. */
void task_deliver_cancel(VM *vm, TaskObj *task);
void task_end(VM *vm, TaskObj *task, FutureState state, Value value);
void task_mark_all(Heap *heap, Scheduler *scheduler, bool cycle_starts);

/* turn.c */
/* Runs the task until it parks, ends or is switched out. `is_inline`: it came from the inline stack. */
void task_run(VM *vm, TaskObj *task, bool is_inline);
/* Is there an answer or a due timer? */
bool scheduler_has_event(const Scheduler *scheduler);
void scheduler_look_at_clock(VM *vm);

/* deadlock.c */
/* True when `task` waiting for `future` would close a circle; *out_exception then names it. */
bool deadlock_closes_circle(VM *vm, TaskObj *task, FutureObj *future, Value *out_exception);

/* future.c */
void waiters_free(Heap *heap, Scheduler *scheduler);
void future_trace(Heap *heap, Obj *object);
void future_finalize(Heap *heap, Obj *object);

/* run_forever.c */
void run_forever_forget(VM *vm, uint32_t number);

#endif

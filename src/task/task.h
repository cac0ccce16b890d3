/* task.h — tasks: a fiber that the scheduler runs, and the future of its result.
 * Invariant: an unfinished task is on the scheduler's list of all tasks (a root), and in exactly one of: running, the
 * inline stack, the ready queue, the waiter list of `waiting_on`. */
#ifndef GENE_TASK_TASK_H
#define GENE_TASK_TASK_H

#include "port/cstack.h"
#include "task/future.h"
#include "vm/vm.h"

typedef enum TaskState { TASK_READY, TASK_RUNNING, TASK_WAITING, TASK_ENDED } TaskState;
typedef enum CancelLevel {
    CANCEL_NONE,
    CANCEL_SOFT, /* task.cancel: CancellationException, may be caught */
    CANCEL_HARD, /* stop, timeout, limits: passes catch clauses, runs finally parts for at most 2 s */
    CANCEL_KILL, /* finally parts took too long: frames are dropped */
} CancelLevel;

struct TaskObj {
    FutureObj future; /* first; header.type is OBJ_TASK */
    Fiber fiber;
    CStack *cstack;   /* set while a native is on its C stack */
    bool cstack_suspended;
    uint8_t state;        /* TaskState */
    uint8_t cancel_level; /* requested */
    bool cancel_delivered;
    bool is_main;   /* gets DeadlockException; its end lets the program drain */
    bool is_daemon; /* does not keep the program alive */
    bool is_callback; /* runs on the inline stack for a completed future */
    FutureObj *waiting_on;
    Waiter *waiter;       /* its entry in waiting_on's list */
    TaskObj *queue_next;  /* ready queue or inline stack */
    TaskObj *all_next, *all_previous;
    Value cancel_reason;  /* exception to deliver */
    Value name;           /* string or nil */
    uint32_t id;
    uint32_t ticket;      /* number the host knows it by; 0 none */
    double stop_deadline_ms; /* when CANCEL_HARD becomes CANCEL_KILL */
    double deadline_ms;   /* time limit (limits.time, eval timeout) on port_now_ms; 0 none */
};

static inline TaskObj *task_of(Value value) { return (TaskObj *)pointer_of(value); }
static inline bool is_task(Value value) { return is_obj_type(value, OBJ_TASK); }

/* A task that will call `callee` with copies of argv; not queued yet. NULL after raising when limits.tasks is reached. */
TaskObj *task_make(VM *vm, Value callee, const Value *argv, uint32_t argc, Value keywords_map);
/* Asks a task to stop (ASY-13): wakes it when it waits; aborts the operation it alone waits for. */
void task_cancel(VM *vm, TaskObj *task, CancelLevel level, Value reason_exception);
void task_describe(Heap *heap);

#endif

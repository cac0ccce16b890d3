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
    CANCEL_KILL, /* finally parts took too long: they are not entered any more */
} CancelLevel;

struct TaskObj {
    FutureObj future; /* first; header.type is OBJ_TASK */
    Fiber fiber;      /* before the first turn: callee, arguments, keyword values, their names (array) */
    CStack *cstack;   /* set while a native is on its C stack */
    bool cstack_suspended;
    bool is_started;      /* the call has been made */
    uint8_t state;        /* TaskState */
    uint8_t cancel_level; /* requested */
    bool cancel_delivered;
    bool is_main;     /* gets DeadlockException; its end lets the program drain */
    bool is_daemon;   /* does not keep the program alive */
    bool is_callback; /* made for a completed future or a timer */
    FutureObj *waiting_on;
    Waiter waiter;       /* its entry in waiting_on's list */
    TaskObj *queue_next; /* ready queue or inline stack */
    double ready_since_ms;
    TaskObj *all_next, *all_previous;
    Value cancel_reason; /* exception to deliver */
    Value name;          /* string or nil */
    Value progress;      /* lib/progress.c; nil before the first report or listener */
    uint32_t id;
    uint32_t maker;                         /* id of the task that made it; 0 none */
    uint32_t ticket;                        /* number the host knows it by; 0 none */
    uint32_t argument_count, keyword_count; /* of the call to make */
    uint32_t stop_timer;                    /* when CANCEL_HARD becomes CANCEL_KILL */
    uint32_t deadline_timer;
    double deadline_ms; /* time limit (limits.time, eval timeout) on port_now_ms; 0 none. Set before it is started */
};

static inline TaskObj *task_of(Value value) { return (TaskObj *)pointer_of(value); }
static inline bool is_task(Value value) { return is_obj_type(value, OBJ_TASK); }

/* A task that will call `callee` with copies of argv; not queued yet, to be started by the caller. keywords_map: a
 * map or nil. NULL after raising when limits.tasks is reached. Stays reachable until it ends. */
TaskObj *task_make(VM *vm, Value callee, const Value *argv, uint32_t argc, Value keywords_map);
/* The unfinished task of that id, or NULL. */
TaskObj *task_find(VM *vm, uint32_t id);
/* Asks a task to stop (ASY-13): wakes it when it waits; aborts the operation it alone waits for. */
void task_cancel(VM *vm, TaskObj *task, CancelLevel level, Value reason_exception);
/* `reason` itself when it is an exception, else a CancellationException with its text as message. Unrooted. */
Value task_cancel_exception(VM *vm, Value reason);
/* `task 3 "name"`: for messages. */
void task_describe_one(VM *vm, const TaskObj *task, Buffer *out);
/* Where an unfinished task stands: "file:line"; nothing when it is in no Gene code. */
void task_position(const TaskObj *task, Buffer *out);
void task_describe(Heap *heap);

#endif

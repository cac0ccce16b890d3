/* scheduler.h — the one pump: runs ready tasks for a bounded time and returns to the host.
 *
 * The host calls scheduler_pump when something may have happened; between pumps nothing runs and, while nothing is
 * due, no timer is armed (SCH-11). There is no other loop in the runtime. */
#ifndef GENE_TASK_SCHEDULER_H
#define GENE_TASK_SCHEDULER_H

#include "task/task.h"

typedef enum PumpResult {
    PUMP_MORE,    /* the slice is used up: a turn was requested from the host */
    PUMP_WAITING, /* tasks wait for operations, timers or events */
    PUMP_IDLE,    /* nothing left to do */
} PumpResult;

typedef struct PendingCounts {
    uint32_t tasks, operations, timers, servers, run_forevers;
} PendingCounts;

/* Defaults: 8 and 2 ms. Installs vm->hooks and the descriptors of task/'s objects. */
bool scheduler_init(VM *vm, double slice_ms, double quantum_ms);
/* Ends every task: natives on C stacks return with an exception; no finally part is entered. */
void scheduler_destroy(VM *vm);

/* Runs: inline stack, then due timers and answered operations, then ready tasks in turn; until nothing is ready or
 * slice_ms have passed. Re-entrant: a host function called by Gene may pump for a synchronous call. */
PumpResult scheduler_pump(VM *vm);
/* Runs until `task`, which was started, has ended or nothing more can be done without the host. False: it would have to
 * wait. Nested too deeply, the task ends with GENE.LIMIT.NESTING. */
bool scheduler_run_sync(VM *vm, TaskObj *task);
/* Queues a task. With a ticket the host hears of its end through port_task_ended. */
void scheduler_start(VM *vm, TaskObj *task, uint32_t ticket);
/* Runs the task before the one that is running now goes on (callbacks, ^^async calls). */
void scheduler_start_inline(VM *vm, TaskObj *task);
/* The running task, or NULL. */
TaskObj *scheduler_current(VM *vm);
/* The native that returns NATIVE_SWITCH next sends its task to the end of the queue (yield_now). */
void scheduler_yield(VM *vm);
/* Must the running native return NATIVE_SWITCH: has it started tasks inline, yielded, or cancelled its own task? */
bool scheduler_must_switch(VM *vm);

/* A future answered by the host; *out_operation is its number. Daemon operations do not keep the program alive. */
Value scheduler_begin_operation(VM *vm, int kind, const Value *argv, uint32_t argc, bool is_daemon);
/* A bare number and its future, for promises that the host already has. */
Value scheduler_expect_operation(VM *vm, uint32_t *out_operation);
/* Answers; ignored when the operation was cancelled. The next pump runs what follows. */
void scheduler_complete(VM *vm, uint32_t operation, Value value);
void scheduler_fail(VM *vm, uint32_t operation, Value exception);
/* Is an answer waiting for a pump? */
bool scheduler_has_answer(VM *vm);
/* A server has begun to listen (+1) or has stopped (-1): it can wake the program, but does not keep it alive alone. */
void scheduler_count_server(VM *vm, int change);

/* A future that succeeds with nil after delay_ms. Timers fire in deadline order, ties in order of creation. */
Value scheduler_sleep(VM *vm, double delay_ms);
/* A future that succeeds with nil when all other one-shot work of the program has ended: ($await_all). */
Value scheduler_drain(VM *vm);
/* $duration_start: now, remembered; $duration: since then, or NaN when it was never read. Microseconds. */
double scheduler_duration_start(VM *vm);
double scheduler_duration(VM *vm);

PendingCounts scheduler_pending(VM *vm);
/* C stacks that exist, and those in use. */
void scheduler_cstack_counts(VM *vm, uint32_t *out_total, uint32_t *out_used);
/* True when the program whose main task has ended has no one-shot work left (design §3, end of a program). */
bool scheduler_is_drained(VM *vm);
/* If nothing at all can ever wake the waiting tasks, gives main tasks their DeadlockException. True when it did. The
 * host calls it a macrotask after a pump that ended waiting with no operation, timer, server or run_forever. */
bool scheduler_check_deadlock(VM *vm);
/* Cancels every task (hard) and every scheduled timer. The host pumps until nothing is pending. */
void scheduler_interrupt(VM *vm, Value reason_exception);
/* (exit n): stops every task; when their finally parts have run, port_exit(code). The calling native returns
 * NATIVE_SWITCH. */
void scheduler_exit(VM *vm, int code);

#endif

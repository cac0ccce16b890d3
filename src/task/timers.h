/* timers.h — everything that happens at a time: sleeps, schedule/after, schedule/every, await timeouts, deadlines.
 * A 4-ary heap of due times over a slot table. Timers fire in order of their due times, ties in order of creation. */
#ifndef GENE_TASK_TIMERS_H
#define GENE_TASK_TIMERS_H

#include "object/future.h"
#include "task/slots.h"

typedef enum TimerKind {
    TIMER_SLEEP,    /* target: a future that succeeds with nil */
    TIMER_TIMEOUT,  /* target: a future that fails with TimeoutException */
    TIMER_ONCE,     /* target: a TimerObj of schedule/after */
    TIMER_REPEAT,   /* target: a TimerObj of schedule/every */
    TIMER_DEADLINE, /* target: a task that has used up its time */
    TIMER_STOP,     /* target: a task whose finally parts take too long */
} TimerKind;

typedef struct TimerNode {
    double due_ms;
    uint32_t sequence, slot;
} TimerNode;

typedef struct Timers {
    SlotTable table;
    TimerNode *nodes; /* heap */
    uint32_t count, capacity;
    uint32_t next_sequence;
    uint32_t one_shot_count; /* sleeps, timeouts and schedule/after of non-daemons: they keep the program alive */
    uint32_t event_count;    /* all but deadlines and stops: they can wake the program */
} Timers;

/* The value of (schedule/after …) and (schedule/every …). */
typedef struct TimerObj {
    Obj header;
    uint32_t number;    /* timer number; 0: fired, or cancelled */
    double interval_ms; /* schedule/every; 0: once */
    double due_ms;
    Value callee;
    bool is_daemon;
} TimerObj;

static inline bool is_timer(Value value) { return is_obj_type(value, OBJ_TIMER); }
static inline TimerObj *timer_of(Value value) { return (TimerObj *)pointer_of(value); }

/* `target` must be reachable. Returns the timer's number. */
uint32_t timers_add(VM *vm, TimerKind kind, double due_ms, Value target, bool is_daemon);
void timers_remove(VM *vm, uint32_t number);
/* HUGE_VAL when there is none. */
double timers_next_due(const Timers *timers);
/* Fires the earliest timer, which is due at `now_ms`. */
void timers_fire_next(VM *vm, double now_ms);

/* schedule/after and schedule/every; repeat: interval_ms must be positive. */
Value timer_make(VM *vm, double delay_ms, bool repeat, Value callee);
/* False when it had fired or was cancelled already. */
bool timer_cancel(VM *vm, TimerObj *timer);
/* Cancels every schedule/after and schedule/every. */
void timers_cancel_scheduled(VM *vm);

void timers_mark(Heap *heap, Timers *timers, bool cycle_starts);
void timers_free(Heap *heap, Timers *timers);
void timer_describe(Heap *heap);

#endif

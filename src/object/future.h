/* future.h — the data of a future. Who waits and what runs on completion is the business of task/.
 * Invariant: state leaves FUTURE_PENDING once and never changes again; `first` is NULL afterwards. */
#ifndef GENE_OBJECT_FUTURE_H
#define GENE_OBJECT_FUTURE_H

#include "heap/heap.h"

typedef enum FutureState { FUTURE_PENDING, FUTURE_SUCCESS, FUTURE_FAILURE, FUTURE_CANCELLED } FutureState;

typedef struct Waiter Waiter; /* task/future.h */

typedef struct FutureObj {
    Obj header;           /* OBJ_FUTURE, or OBJ_TASK for the part a TaskObj begins with */
    uint8_t state;        /* FutureState */
    bool observed;        /* somebody will see a failure: awaited or has a failure callback */
    uint32_t operation;   /* host operation or timer to abort on cancel; 0 = none */
    Value value;          /* result, exception, or cancellation reason; while pending nil, or the record of
                             a future derived from others (task/combinators.c) */
    Waiter *first, *last; /* in registration order */
} FutureObj;

static inline bool is_future(Value value) { return is_obj_type(value, OBJ_FUTURE) || is_obj_type(value, OBJ_TASK); }
static inline FutureObj *future_of(Value value) { return (FutureObj *)pointer_of(value); }

#endif

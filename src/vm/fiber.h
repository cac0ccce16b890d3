/* fiber.h — what the interpreter loop runs on: a growable value stack and a growable list of frames.
 * Invariants: all live values of a frame are in its slots at every call and back-edge; stack[0..top) is scanned by
 * the collector, the rest is cleared by it. The stack may move whenever it grows: hold indices, not pointers. */
#ifndef GENE_VM_FIBER_H
#define GENE_VM_FIBER_H

#include "object/space.h"

typedef struct GeneratorObj GeneratorObj;

enum FrameFlag {
    FRAME_ENTRY = 1 << 0,      /* from_exec_function: run_loop returns when this frame ends */
    FRAME_NEW = 1 << 1,        /* a constructor: the call's value is R[0] */
    FRAME_GENERATOR = 1 << 2,  /* body of a generator that is being resumed */
    FRAME_HAS_NEXT = 1 << 3,   /* … through has_next: the caller gets a Bool */
    FRAME_NEXT_PAIR = 1 << 4,  /* … through next_pair */
    FRAME_EVAL = 1 << 6,       /* a form evaluated in the scope of frame number `environment` */
    FRAME_CLOSING = 1 << 7,    /* … through close: what it is left by is no error */
    FRAME_ASYNC_BODY = 1 << 5, /* request, never stored: run the body of a ^^async function, do not spawn */
};

typedef struct Frame {
    FunctionObj *fn;
    CodeObj *code;        /* fn->code */
    uint32_t pc;          /* next word to execute */
    uint32_t base;        /* stack index of R[0] */
    uint32_t result;      /* stack index that gets the value */
    uint32_t flags;       /* FrameFlag */
    uint32_t environment; /* with FRAME_EVAL */
    GeneratorObj *generator;
} Frame;

typedef enum ResumeKind {
    RESUME_NONE,
    RESUME_FUTURE, /* resume_value is a finished future: deliver its outcome to resume_slot */
    RESUME_RAISE,  /* resume_value is an exception to raise at the point of suspension */
} ResumeKind;

typedef struct Fiber {
    Value *stack;
    Frame *frames;
    uint32_t capacity, top;
    uint32_t frame_capacity, frame_count;
    uint32_t nesting;   /* exec_callable activations on this fiber */
    uint32_t recursion; /* C recursion of equality, hash and JSON on this fiber */
    uint32_t resume_slot;
    Value resume_value;
    Value handled;  /* $ex */
    uint8_t resume; /* ResumeKind */
    bool hard_stop; /* unwinding past every catch clause; only finally parts run */
    bool at_start;  /* stopped before, not after, the instruction at pc (LOOP_FUEL) */
} Fiber;

void fiber_init(Fiber *fiber);
void fiber_free(Heap *heap, Fiber *fiber);
void fiber_trace(Heap *heap, Fiber *fiber);
/* Room for `slots` more slots above top. False after raising when the memory limit is reached. A large request may
 * collect: what is needed afterwards must be reachable. */
bool fiber_reserve(VM *vm, Fiber *fiber, uint32_t slots);
/* Makes the stack `capacity` slots large, which is more than it is. Never collects, never fails. */
void fiber_grow(VM *vm, Fiber *fiber, uint32_t capacity);
/* Wherever the stack may move it does move under GC stress, while it is small: what still points into it shows. */
#ifdef GENE_GC_STRESS
void fiber_move(VM *vm, Fiber *fiber);
#else
static inline void fiber_move(VM *vm, Fiber *fiber) { (void)vm, (void)fiber; }
#endif
/* Room for one more frame; false after raising at limits.depth. May collect as fiber_reserve. */
bool fiber_reserve_frame(VM *vm, Fiber *fiber);

/* Takes what the scheduler left for the suspended call: *io_value becomes the future's value, or stays as it is when there was
 * nothing to wait for. False after raising the future's failure or the exception to resume with. */
bool fiber_take_resumption(VM *vm, Fiber *fiber, Value *io_value);

#endif

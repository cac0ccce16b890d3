/* vm.h — all state of one runtime, and the calls between native code and Gene code.
 *
 * run_loop() executes bytecode and never calls anything that may suspend; it returns a LoopStatus to its driver
 * (vm/exec.c below a native, task/scheduler.c otherwise). See docs/architecture.md. */
#ifndef GENE_VM_VM_H
#define GENE_VM_VM_H

#include "base/buffer.h"
#include "compiler/compiler.h"
#include "compiler/intrinsics.h"
#include "object/errors.h"
#include "object/future.h"
#include "object/space.h"
#include "port/cstack.h"
#include "vm/fiber.h"

typedef enum LoopStatus {
    LOOP_DONE,   /* the entry frame returned: vm->result */
    LOOP_RAISED, /* an exception left the entry frame: vm->exception */
    LOOP_WAIT,   /* the task waits for future vm->wait_for; the value goes to fiber->resume_slot */
    LOOP_SWITCH, /* tasks were put on the inline stack: they run before this task goes on */
    LOOP_NATIVE, /* vm->pending_native wants to be called by the driver */
    LOOP_FUEL,   /* a time slice of ticks is used up; the loop continues where it was */
} LoopStatus;

/* What a native sees of its call. Arguments are slots of the current fiber's stack (the stack may move while Gene
 * code runs: read them through native_arg). */
struct Args {
    uint32_t base;              /* stack index of argument 0 (the receiver of a method) */
    uint32_t count;             /* positionals, receiver included */
    uint32_t keyword_count;     /* their values follow the positionals */
    const Value *keyword_names; /* symbols; reachable during the call */
    Value callee;               /* the native itself, for its data */
};

typedef struct Limits {
    size_t memory;    /* bytes; 0 none */
    double time_ms;   /* of one program or eval; 0 none */
    uint32_t depth;   /* Gene frames */
    uint32_t nesting; /* exec_callable activations on one task */
    uint32_t tasks;   /* unfinished tasks */
} Limits;

#define LIMIT_DEPTH_DEFAULT 200000u
#define LIMIT_NESTING_DEFAULT 100u
#define LIMIT_TASKS_DEFAULT 1000000u
#define LIMIT_MEMORY_DEFAULT (1024u * 1024u * 1024u)
#define FUEL_SLICE 20000 /* ticks between two looks at the clock */

typedef enum Rendering { RENDER_PLAIN, RENDER_QUOTED, RENDER_STRING_FORM, RENDER_INTERPOLATED } Rendering;

/* What the task room installs: the loop must not know the rooms below it. */
typedef struct VMHooks {
    /* Asked at LOOP_FUEL below a native: is it time to let others run? */
    bool (*should_yield)(VM *vm);
    /* Makes the task of a ^^async call and puts it on the inline stack: callee with the bound-less arguments at
     * stack[base..base+count) and keywords after them. *out is the task, whose fiber calls `callee` with frame flag
     * FRAME_ASYNC_BODY. False after raising. */
    bool (*spawn_inline)(VM *vm, Value callee, uint32_t base, uint32_t count, const Value *keyword_names,
                         uint32_t keyword_count, Value *out_task);
    /* Marks the roots of the rooms below: tasks, operations. */
    void (*mark_roots)(VM *vm, Heap *heap, bool final);
    /* A future already finished, for (async e). */
    Value (*finished_future)(VM *vm, FutureState state, Value value);
} VMHooks;

typedef struct Scheduler Scheduler; /* task/scheduler.h */
typedef struct TaskObj TaskObj;     /* task/task.h */

struct VM {
    ObjectSpace space; /* first: see object/space.h */
    Limits limits;

    /* --- the loop --- */
    Fiber *fiber;     /* of the current task, or &host_fiber */
    Fiber host_fiber; /* for native work outside any task (start-up, embedding calls) */
    int32_t fuel;     /* set to 0: the loop shall return at its next tick */
    bool is_traced;   /* (trace_start): the loop returns at every tick and tells where it is */
    Value result;
    Value exception;                 /* set by vm_raise; VAL_UNSET otherwise */
    Value wait_for;                  /* with LOOP_WAIT: a future */
    const NativeDef *pending_native; /* with LOOP_NATIVE */
    Args pending_args;
    uint32_t pending_slot;     /* stack index that gets the pending native's value */
    uint32_t native_slot;      /* stack index that gets the value of the native being called (NATIVE_FRAME) */
    LoopStatus suspend_status; /* why exec.c suspends the current task's C stack */
    CStack *current_cstack;    /* of the running task; NULL: it has none */
    VMHooks hooks;
    bool (*find_key)(VM *vm, HashObj *hash, Value key, const char *container_name, uint32_t *out_hash,
                     TableEntry **out_entry); /* see hash_find_plain */
    uint32_t gene_forbidden;                  /* > 0: exec_callable raises instead of running Gene code */

    /* --- names --- */
    NamespaceObj *global_ns, *gene_ns, *genex_ns;
    ModuleObj *main_module;
    Table modules; /* path symbol → module */
    ClassObj *exception_class;
    ClassObj *error_classes[ERROR_COUNT];
    Value intrinsics[INTRINSIC_COUNT]; /* natives */
    Value args, program, env;          /* $args, $program, $env */
    Value
        system; /* what the host says of itself: map ^cwd ^start ^os ^arch ^package ^args ^tty [stdin stdout stderr], or nil */
    Value packages;      /* what lib/package.c knows of packages: a map, or nil */
    Value tree_reader;   /* native of lib/serdes.c that reads an unread node; nil before there is one */
    Value unread_method; /* native that calls a method of a node it reads first */

    /* --- handles: values the host holds, by number --- */
    Value *handles;
    uint32_t *handle_free;
    uint32_t handle_count, handle_capacity, handle_free_count, handle_live;

    EngineObj *regex_engine; /* lib/regex_engine.c; pinned. NULL: nothing was searched yet */
    Scheduler *scheduler;
    void *host; /* host room's own state */
};

/* --- native arguments ---------------------------------------------------------------------------------- */
static inline Value native_arg(VM *vm, const Args *args, uint32_t i) { return vm->fiber->stack[args->base + i]; }
/* Nil when absent. */
static inline Value native_arg_or(VM *vm, const Args *args, uint32_t i, Value fallback) {
    return i < args->count ? native_arg(vm, args, i) : fallback;
}
static inline void native_set_arg(VM *vm, const Args *args, uint32_t i, Value value) {
    vm->fiber->stack[args->base + i] = value;
}
/* Value of keyword `name`, VAL_UNSET when not passed. */
Value native_keyword(VM *vm, const Args *args, const char *name);

/* --- raising --------------------------------------------------------------------------------------------- */
/* All set vm->exception and return NATIVE_RAISE so that a native can `return vm_raise(…)`. */
NativeResult vm_raise(VM *vm, ErrorId id, const char *format, ...) PRINTF_LIKE(3, 4);
/* With the class page 22 §3.1 infers from the message. */
NativeResult vm_raise_message(VM *vm, const char *format, ...) PRINTF_LIKE(2, 3);
/* (throw v): normalises strings and other values to an Exception (language 22 §1). */
NativeResult vm_throw(VM *vm, Value value);
/* An exception object as it is. */
NativeResult vm_raise_exception(VM *vm, Value exception);
/* Appends FILE:LINE:COLUMN of what is running. */
void vm_append_place(VM *vm, Buffer *out);
/* Takes and clears vm->exception. */
Value vm_take_exception(VM *vm);
/* An exception instance without raising it. */
Value vm_make_exception(VM *vm, ErrorId id, const char *message, size_t message_size);

/* --- roots ------------------------------------------------------------------------------------------------- */
/* Values a native must keep across allocations and calls live on its fiber's stack:
 *     uint32_t scope = roots_open(vm);
 *     uint32_t list = root_push(vm, array_make(vm, 0));
 *     … root_get(vm, list) …
 *     roots_close(vm, scope);
 * Close in the same function on every path. Survives suspension; the index stays valid when the stack moves. */
static inline uint32_t roots_open(VM *vm) { return vm->fiber->top; }
static inline void roots_close(VM *vm, uint32_t scope) { vm->fiber->top = scope; }
uint32_t root_push(VM *vm, Value value);
static inline Value root_get(VM *vm, uint32_t root) { return vm->fiber->stack[root]; }
static inline void root_set(VM *vm, uint32_t root, Value value) { vm->fiber->stack[root] = value; }

/* --- native → Gene ------------------------------------------------------------------------------------------ */
/* The only way from a native into Gene. Runs until the callee returns or raises; to the native it looks like a call
 * that took long (its task may wait meanwhile, other tasks run). False: vm->exception is set. Only natives flagged
 * NATIVE_REENTRANT may call these. `argv` is copied first. */
bool exec_callable(VM *vm, Value callee, const Value *argv, uint32_t argc, Value *out_value);
bool exec_callable_keywords(VM *vm, Value callee, const Value *argv, uint32_t argc, Value keywords_map,
                            Value *out_value);
/* (receiver .name argv…) with every rule of method lookup. */
bool exec_method(VM *vm, Value receiver, SymbolObj *name, const Value *argv, uint32_t argc, Value *out_value);
/* Method of the value's class chain defined in Gene or natively; VAL_UNSET when there is none. */
Value vm_find_method(VM *vm, Value receiver, const SymbolObj *name);
bool is_callable(VM *vm, Value value);
/* Suspends the current native until `future` ends; then as exec_callable. For natives that are NATIVE_REENTRANT. */
bool exec_await(VM *vm, Value future, Value *out_value);

/* --- text, equality, hashing (may call Gene methods: callers are NATIVE_REENTRANT) --------------------------- */
/* Appends the text of a value (language 02 §2.5); instances with their own to_s are asked. False after raising. */
bool print_value(VM *vm, Buffer *out, Value value, Rendering rendering);
/* Interpolated text of a value that is no container or instance; false when it is one. For the loop: it must not even be able
 * to reach Gene code by direct calls, or Asyncify would instrument it. */
bool print_scalar(Buffer *out, Value value);
/* The same without ever running Gene code: for diagnostics. Depth and length are bounded. It cannot reach Gene by direct
 * calls either, for raising, the loop and the scheduler stay outside what Asyncify instruments. */
void print_value_safely(VM *vm, Buffer *out, Value value, Rendering rendering);
/* a == b (language 02 §2.3), own == methods included. False after raising. */
bool values_equal(VM *vm, Value a, Value b, bool *out_equal);
/* True when == of these needs no Gene code and no recursion: then *out_equal is the answer. */
bool values_equal_fast(Value a, Value b, bool *out_equal);
bool value_hash(VM *vm, Value value, const char *container_name, uint32_t *out_hash);
/* Hash map and set entry for a key: NULL when absent. False after raising. */
bool hash_find(VM *vm, HashObj *hash, Value key, const char *container_name, uint32_t *out_hash,
               TableEntry **out_entry);

/* hash_find for code that must not run Gene (decoding host values): a key with its own hash or == method raises. Through a
 * pointer, because hash_find can reach Gene, and who converts stays outside what Asyncify instruments. */
static inline bool hash_find_plain(VM *vm, HashObj *hash, Value key, const char *container_name, uint32_t *out_hash,
                                   TableEntry **out_entry) {
    vm->gene_forbidden++;
    bool ok = vm->find_key(vm, hash, key, container_name, out_hash, out_entry);
    vm->gene_forbidden--;
    return ok;
}

/* --- the loop (vm/loop.c) ------------------------------------------------------------------------------------- */
LoopStatus run_loop(VM *vm);
/* Calls vm->pending_native and stores its value, or unwinds its exception to the nearest handler.
 * LOOP_FUEL: go on with run_loop. Instrumented by Asyncify; run_loop must not be. */
LoopStatus drive_native(VM *vm);

/* --- calls (vm/call.c): shared by the loop and exec.c --------------------------------------------------------- */
typedef enum CallResult {
    CALL_FRAME,  /* a frame was pushed: go on in the loop */
    CALL_VALUE,  /* the value is already in stack[result_slot] */
    CALL_NATIVE, /* vm->pending_* are set: return LOOP_NATIVE */
    CALL_WAIT,   /* vm->wait_for is set */
    CALL_SWITCH,
    CALL_RAISED,
} CallResult;
/* Calls `callee` with `count` positionals (and keywords) at stack[base…]; the value goes to stack[result_slot]. */
CallResult vm_call(VM *vm, Value callee, uint32_t base, uint32_t count, const Value *keyword_names,
                   uint32_t keyword_count, uint32_t result_slot, uint32_t frame_flags);
/* What a native gives whose last act is such a call with `slot`, its vm->native_slot. Not for a re-entrant one. */
NativeResult native_after_call(VM *vm, CallResult result, uint32_t slot, Value *out);
/* Receiver at stack[base], counted in `count`. */
CallResult vm_call_method(VM *vm, SymbolObj *name, uint32_t base, uint32_t count, const Value *keyword_names,
                          uint32_t keyword_count, uint32_t result_slot, uint32_t frame_flags);
/* Unwinds to the innermost handler above the entry frame; false when there is none (frames popped to the entry). */
bool vm_unwind(VM *vm);
/* The heap's limit was passed: collects, and raises GENE.LIMIT.MEMORY when that was not enough. */
bool vm_memory_is_exhausted(VM *vm);
/* A line on stderr that says where the program is, for trace_start. */
void vm_trace(VM *vm);

/* --- names and modules ------------------------------------------------------------------------------------------ */
void vm_define_natives(VM *vm, NamespaceObj *ns, const NativeDef *defs, size_t count);
void vm_define_methods(VM *vm, ClassObj *class_, const NativeDef *defs, size_t count);
void vm_set_global(VM *vm, NamespaceObj *ns, const char *name, Value value);
/* A subclass defined by the runtime, bound in `ns`. */
ClassObj *vm_define_class(VM *vm, NamespaceObj *ns, const char *name, ClassObj *parent);
void vm_install_intrinsic(VM *vm, Intrinsic id, const NativeDef *def);
/* The rows of intrinsics.c. */
void vm_install_intrinsics(VM *vm);
/* Free name in `ns` and its parents; VAL_UNSET when absent. */
Value vm_lookup_name(NamespaceObj *ns, const SymbolObj *name);

/* --- handles -------------------------------------------------------------------------------------------------- */
uint32_t handle_make(VM *vm, Value value); /* never 0 */
Value handle_get(VM *vm, uint32_t handle);
void handle_release(VM *vm, uint32_t handle);

/* Start-up of the rooms up to vm/: heap, symbols, classes, namespaces, exception classes. */
void vm_init(VM *vm, const Limits *limits, uint32_t hash_seed);
void vm_destroy(VM *vm);

#endif

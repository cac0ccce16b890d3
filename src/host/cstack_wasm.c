/* cstack_wasm.c — C stacks in WebAssembly: a private shadow stack each, and Asyncify driven from inside the module.
 *
 * WebAssembly hides the machine stack, so a C call chain cannot be switched; it can only be unwound (every frame
 * saves its locals into a buffer and returns) and wound up again later. cstack_start/resume are the upper end of a
 * chain, cstack_suspend the lower one: those three call Asyncify's controls and are themselves never instrumented.
 * They must stay functions of their own (WASM_EXPORT), or what they are inlined into becomes an end of the chain.
 * Invariant: a suspended stack's frames are in its shadow stack above `stack_pointer` and in `buffer`, nowhere else. */
#include "port/cstack.h"
#include "vm/vm.h"

#define CSTACK_SIZE 65536u
#define CSTACK_IDLE_MAX 64u /* stacks kept for the next task */
#define CSTACK_LIMIT 16384u /* stacks in use: 1 GB of address space */
#define CSTACK_ALIGNMENT 16u
/* What unwound frames may need: a fixed part and a part for each nested exec_callable or level of printing. Measured
 * for map functions, sort comparators, to_s below println and nested arrays, 1 to 90 levels deep: 196 to 264 bytes a
 * level (and 110 to 130 bytes of the shadow stack). A buffer that is too small traps. */
#define BUFFER_BASE 2048u
#define BUFFER_PER_LEVEL 768u
#define BUFFER_GAP 256u /* between the buffer and the live end of the stack, for cstack_suspend's own frame */
#define CANARY 0x5AFE57ACu

#define ASYNCIFY_IMPORT(name) __attribute__((import_module("asyncify"), import_name(#name)))
ASYNCIFY_IMPORT(start_unwind) void asyncify_start_unwind(void *buffer);
ASYNCIFY_IMPORT(stop_unwind) void asyncify_stop_unwind(void);
ASYNCIFY_IMPORT(start_rewind) void asyncify_start_rewind(void *buffer);
ASYNCIFY_IMPORT(stop_rewind) void asyncify_stop_rewind(void);

/* From Emscripten's compiler-rt, and the linker: the end of static data is where the first stack ends. */
extern void *stackSave(void);
extern void stackRestore(void *pointer);
extern char __data_end;

/* Layout fixed by Asyncify. */
typedef struct AsyncifyBuffer {
    char *position, *end;
} AsyncifyBuffer;

struct CStack {
    CStack *next_idle;
    CStackEntry entry;
    void *argument;
    char *stack_pointer; /* while suspended */
    char *own_buffer;    /* malloc'ed when the free part of the stack was too small; else NULL */
    AsyncifyBuffer buffer;
    uint32_t canary; /* last: an overflowing stack, which grows down towards it, hits it first */
};

struct CStackPool {
    CStack *idle;
    uint32_t idle_count, total, used;
};

/* Asyncify's state is one per module instance, and get_state is not available inside it. */
static enum { ASYNCIFY_NORMAL, ASYNCIFY_UNWINDING, ASYNCIFY_REWINDING } asyncify_state;

CStackPool *cstack_pool_make(void) {
    CStackPool *pool = calloc(1, sizeof *pool);
    if (!pool) base_fatal("no memory for the pool of C stacks");
    return pool;
}

void cstack_pool_free(CStackPool *pool) {
    while (pool->idle) {
        CStack *stack = pool->idle;
        pool->idle = stack->next_idle;
        free(stack);
    }
    free(pool);
}

CStack *cstack_acquire(CStackPool *pool) {
    CStack *stack = pool->idle;
    if (stack) {
        pool->idle = stack->next_idle;
        pool->idle_count--;
    } else {
        if (pool->used >= CSTACK_LIMIT) return NULL;
        stack = aligned_alloc(CSTACK_ALIGNMENT, CSTACK_SIZE);
        if (!stack) return NULL;
        pool->total++;
    }
    pool->used++;
    *stack = (CStack){.canary = CANARY};
    return stack;
}

static void check_canary(const CStack *stack) {
    if (stack->canary != CANARY) base_fatal("a native overran its C stack");
}

void cstack_release(CStackPool *pool, CStack *stack) {
    check_canary(stack);
    free(stack->own_buffer);
    pool->used--;
    if (pool->idle_count >= CSTACK_IDLE_MAX) {
        pool->total--;
        free(stack);
        return;
    }
    stack->next_idle = pool->idle;
    pool->idle = stack;
    pool->idle_count++;
}

/* The first instrumented function of every chain. */
void cstack_enter(CStack *stack);
WASM_EXPORT(cstack_enter) void cstack_enter(CStack *stack) { stack->entry(stack->argument); }

/* The end of an enter or re-enter: true when the entry has returned. */
static bool finish(CStack *stack, void *caller_stack) {
    bool finished = true;
    if (asyncify_state == ASYNCIFY_UNWINDING) {
        asyncify_stop_unwind();
        asyncify_state = ASYNCIFY_NORMAL;
        finished = false;
    }
    stackRestore(caller_stack);
    check_canary(stack);
    return finished;
}

WASM_EXPORT(cstack_start) bool cstack_start(CStack *stack, CStackEntry entry, void *argument) {
    void *caller_stack = stackSave();
    stack->entry = entry;
    stack->argument = argument;
    stackRestore((char *)stack + CSTACK_SIZE);
    cstack_enter(stack);
    return finish(stack, caller_stack);
}

WASM_EXPORT(cstack_resume) bool cstack_resume(CStack *stack) {
    void *caller_stack = stackSave();
    stackRestore(stack->stack_pointer);
    asyncify_state = ASYNCIFY_REWINDING;
    asyncify_start_rewind(&stack->buffer);
    cstack_enter(stack);
    return finish(stack, caller_stack);
}

/* The unwound frames go into the unused part of the stack itself, just below its live end, so that a suspended stack
 * touches few pages; only a stack that is nearly full gets a block of its own. */
static void place_buffer(CStack *stack, uint32_t depth) {
    size_t needed = BUFFER_BASE + (size_t)BUFFER_PER_LEVEL * depth;
    size_t room = (size_t)(stack->stack_pointer - (char *)(stack + 1));
    char *start = stack->stack_pointer - BUFFER_GAP - needed;
    if (room < needed + BUFFER_GAP) {
        start = stack->own_buffer = malloc(needed);
        if (!start) base_fatal("no memory left to suspend a native");
    }
    stack->buffer = (AsyncifyBuffer){start, start + needed};
}

WASM_EXPORT(cstack_suspend) void cstack_suspend(CStack *stack, uint32_t depth) {
    if (asyncify_state == ASYNCIFY_REWINDING) {
        asyncify_state = ASYNCIFY_NORMAL;
        asyncify_stop_rewind();
        free(stack->own_buffer);
        stack->own_buffer = NULL;
        return;
    }
    stack->stack_pointer = stackSave();
    place_buffer(stack, depth);
    asyncify_state = ASYNCIFY_UNWINDING;
    asyncify_start_unwind(&stack->buffer);
}

WASM_EXPORT(port_suspend_task) void port_suspend_task(VM *vm, uint32_t depth) {
    cstack_suspend(vm->current_cstack, depth + vm->fiber->recursion);
}

size_t cstack_remaining(const CStack *stack) {
    const char *end = stack ? (const char *)(stack + 1) : &__data_end;
    const char *pointer = stackSave();
    return pointer > end ? (size_t)(pointer - end) : 0;
}

void cstack_pool_stats(const CStackPool *pool, uint32_t *out_total, uint32_t *out_used) {
    *out_total = pool->total;
    *out_used = pool->used;
}

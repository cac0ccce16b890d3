/* cstack_native.c — C stacks on a POSIX host, for tests, sanitizers and callgrind: ucontext.
 * Invariant: `caller` is where the stack was last entered from; it is only valid while the stack runs. */
#include "port/cstack.h"
#include "vm/vm.h"

#include <sys/mman.h>
#include <ucontext.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define CSTACK_ASAN 1
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define CSTACK_ASAN 1
#endif

#ifdef CSTACK_ASAN
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#define CSTACK_SIZE ((size_t)1024 * 1024) /* frames grow a lot under the sanitizer */
#else
#define CSTACK_SIZE ((size_t)256 * 1024)
#endif
#define CSTACK_GUARD ((size_t)4096)
#define CSTACK_IDLE_MAX 64u
#define CSTACK_LIMIT 16384u
/* What is assumed to be left of the thread's own stack. */
#define MAIN_STACK_SIZE ((size_t)4 * 1024 * 1024)

struct CStack {
    CStack *next_idle;
    char *memory; /* CSTACK_GUARD bytes that fault, then CSTACK_SIZE usable ones */
    CStackEntry entry;
    void *argument;
    ucontext_t own, caller;
    bool finished;
#ifdef CSTACK_ASAN
    void *own_fake_stack, *caller_fake_stack;
    const void *caller_bottom;
    size_t caller_size;
#endif
};

struct CStackPool {
    CStack *idle;
    uint32_t idle_count, total, used;
};

CStackPool *cstack_pool_make(void) {
    CStackPool *pool = calloc(1, sizeof *pool);
    if (!pool) base_fatal("no memory for the pool of C stacks");
    return pool;
}

static void destroy(CStack *stack) {
    munmap(stack->memory, CSTACK_GUARD + CSTACK_SIZE);
    free(stack);
}

void cstack_pool_free(CStackPool *pool) {
    while (pool->idle) {
        CStack *stack = pool->idle;
        pool->idle = stack->next_idle;
        destroy(stack);
    }
    free(pool);
}

static CStack *create(void) {
    CStack *stack = calloc(1, sizeof *stack);
    if (!stack) return NULL;
    stack->memory = mmap(NULL, CSTACK_GUARD + CSTACK_SIZE, PROT_READ | PROT_WRITE,
                         MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (stack->memory == MAP_FAILED) return free(stack), NULL;
    mprotect(stack->memory, CSTACK_GUARD, PROT_NONE);
    return stack;
}

CStack *cstack_acquire(CStackPool *pool) {
    CStack *stack = pool->idle;
    if (stack) {
        pool->idle = stack->next_idle;
        pool->idle_count--;
    } else {
        stack = pool->used < CSTACK_LIMIT ? create() : NULL;
        if (!stack) return NULL;
        pool->total++;
    }
    pool->used++;
    return stack;
}

void cstack_release(CStackPool *pool, CStack *stack) {
    pool->used--;
    if (pool->idle_count >= CSTACK_IDLE_MAX) {
        pool->total--;
        destroy(stack);
        return;
    }
    stack->next_idle = pool->idle;
    pool->idle = stack;
    pool->idle_count++;
}

/* --- switching, and telling the address sanitizer about it -------------------------------------------------------- */

static void enter_stack(CStack *stack) {
#ifdef CSTACK_ASAN
    __sanitizer_start_switch_fiber(&stack->caller_fake_stack, stack->memory + CSTACK_GUARD, CSTACK_SIZE);
#endif
    swapcontext(&stack->caller, &stack->own);
#ifdef CSTACK_ASAN
    __sanitizer_finish_switch_fiber(stack->caller_fake_stack, NULL, NULL);
#endif
}

/* Runs on `stack`: control has just arrived there. */
static void arrived(CStack *stack) {
#ifdef CSTACK_ASAN
    __sanitizer_finish_switch_fiber(stack->own_fake_stack, &stack->caller_bottom, &stack->caller_size);
#else
    (void)stack;
#endif
}

/* Runs on `stack`: control is about to leave it, for good when it has finished. */
static void leave_stack(CStack *stack) {
#ifdef CSTACK_ASAN
    __sanitizer_start_switch_fiber(stack->finished ? NULL : &stack->own_fake_stack, stack->caller_bottom,
                                   stack->caller_size);
#endif
    swapcontext(&stack->own, &stack->caller);
}

/* makecontext passes ints only. */
static void run_entry(unsigned low, unsigned high) {
    CStack *stack = (CStack *)(uintptr_t)((uint64_t)high << 32 | low);
    arrived(stack);
    stack->entry(stack->argument);
    stack->finished = true;
    leave_stack(stack);
}

bool cstack_start(CStack *stack, CStackEntry entry, void *argument) {
    stack->entry = entry;
    stack->argument = argument;
    stack->finished = false;
#ifdef CSTACK_ASAN
    stack->own_fake_stack = NULL;
    __asan_unpoison_memory_region(stack->memory + CSTACK_GUARD, CSTACK_SIZE);
#endif
    getcontext(&stack->own);
    stack->own.uc_stack.ss_sp = stack->memory + CSTACK_GUARD;
    stack->own.uc_stack.ss_size = CSTACK_SIZE;
    stack->own.uc_link = NULL;
    uint64_t address = (uintptr_t)stack;
    makecontext(&stack->own, (void (*)(void))run_entry, 2, (unsigned)address, (unsigned)(address >> 32));
    enter_stack(stack);
    return stack->finished;
}

bool cstack_resume(CStack *stack) {
    enter_stack(stack);
    return stack->finished;
}

void cstack_suspend(CStack *stack, uint32_t depth) {
    (void)depth;
    leave_stack(stack);
    arrived(stack);
}

void port_suspend_task(VM *vm, uint32_t depth) { cstack_suspend(vm->current_cstack, depth); }

size_t cstack_remaining(const CStack *stack) {
    const char *here = __builtin_frame_address(0);
    if (!stack) return MAIN_STACK_SIZE;
    const char *end = stack->memory + CSTACK_GUARD;
    return here > end && here < end + CSTACK_SIZE ? (size_t)(here - end) : 0;
}

void cstack_pool_stats(const CStackPool *pool, uint32_t *out_total, uint32_t *out_used) {
    *out_total = pool->total;
    *out_used = pool->used;
}

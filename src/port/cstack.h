/* cstack.h — C stacks of their own for tasks that wait below a native (design D4).
 *
 * A task that runs a native which may call Gene gets a CStack; when the Gene code below the native waits,
 * cstack_suspend() leaves the whole C call chain parked and control returns to whoever started or resumed the stack.
 * Any number may be parked and resumed in any order. wasm: a private shadow stack plus an Asyncify buffer, driven from
 * inside the module (host/cstack_wasm.c); POSIX: ucontext (host/cstack_native.c). */
#ifndef GENE_PORT_CSTACK_H
#define GENE_PORT_CSTACK_H

#include "base/common.h"

typedef struct CStack CStack;
typedef struct CStackPool CStackPool;

CStackPool *cstack_pool_make(void);
/* Every stack must be back in the pool or abandoned. */
void cstack_pool_free(CStackPool *pool);
/* NULL when no memory is left or `limit` stacks are in use. */
CStack *cstack_acquire(CStackPool *pool);
void cstack_release(CStackPool *pool, CStack *stack);

typedef void (*CStackEntry)(void *argument);
/* Runs entry(argument) on the stack until it returns (true) or suspends (false). May be nested: entry may start another
 * stack. Never called while an unwind is under way. */
bool cstack_start(CStack *stack, CStackEntry entry, void *argument);
/* Continues after cstack_suspend(); same result as cstack_start. */
bool cstack_resume(CStack *stack);
/* Called on `stack` itself. Returns when somebody resumes it. `depth` is the number of exec_callable activations on it,
 * from which the size of the buffer that takes the unwound frames follows. */
void cstack_suspend(CStack *stack, uint32_t depth);
/* Suspends the C stack of the VM's running task (VM.current_cstack): cstack_suspend for callers that only know the VM.
 * A direct call, so that Asyncify instruments every caller. */
void port_suspend_task(VM *vm, uint32_t depth);
/* Bytes of C stack left below the caller on the current stack, for depth checks. */
size_t cstack_remaining(const CStack *stack);
/* How many stacks exist and how many are in use. */
void cstack_pool_stats(const CStackPool *pool, uint32_t *out_total, uint32_t *out_used);

#endif

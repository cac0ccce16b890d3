/* recursion.h — the bound on C recursion over nested values: JSON, serialised text, sets (SCH-13). */
#ifndef GENE_VM_RECURSION_H
#define GENE_VM_RECURSION_H

#include "vm/vm.h"

/* Levels of nesting; each costs some hundred bytes of C stack. */
#define RECURSION_MAX 800u
#define RECURSION_CSTACK_RESERVE 6144u

/* False after raising: `what` is nested more than `most` levels deep (or contains itself). The host's own stack, which a
 * browser may keep small and which cannot be asked, bounds what `most` may be. */
static inline bool recursion_enter_below(VM *vm, const char *what, uint32_t most) {
    bool stack_low = cstack_remaining(vm->current_cstack) < RECURSION_CSTACK_RESERVE;
    if (vm->fiber->recursion >= most || stack_low) {
        vm_raise(vm, ERR_STACK_OVERFLOW, "stack overflow: %s is nested more than %u levels deep or contains itself",
                 what, vm->fiber->recursion);
        return false;
    }
    vm->fiber->recursion++;
    return true;
}

static inline bool recursion_enter(VM *vm, const char *what) { return recursion_enter_below(vm, what, RECURSION_MAX); }

static inline void recursion_leave(VM *vm) { vm->fiber->recursion--; }

#endif

/* combinators.h — futures made from other futures: await of many, all, any, race, settled; then, catch, finally, map.
 *
 * While such a future is pending its `value` is its record, an array that says what it is made from (see
 * combinators.c); nothing outside this file looks at the value of a pending future. */
#ifndef GENE_TASK_COMBINATORS_H
#define GENE_TASK_COMBINATORS_H

#include "object/future.h"
#include "vm/vm.h"

typedef enum Combination {
    COMBINE_ONE,     /* the outcome of the one item */
    COMBINE_ALL,     /* array of values; after all have ended the first failure in order */
    COMBINE_ANY,     /* first success; when all have failed the first failure in order */
    COMBINE_RACE,    /* first end */
    COMBINE_SETTLED, /* array of {^state ^value ^error} */
} Combination;

/* What (await …) and its relatives do with items[0..count), which may be moved: an array's items or stack slots.
 * Items that are no futures count as finished. timeout_ms < 0: none. The result of the native that calls it. */
NativeResult futures_combine(VM *vm, Combination kind, const Value *items, uint32_t count, double timeout_ms,
                             Value *out);

typedef enum ChainKind {
    CHAIN_THEN,    /* on_success(value), on_failure(exception); a future as result is waited for */
    CHAIN_FINALLY, /* on_success() either way; the outcome passes through */
    CHAIN_MAP,     /* on_success(value); the result as it is */
} ChainKind;

/* The future of what the callbacks give; VAL_NIL for a missing callback: the outcome passes through. Unrooted. */
Value future_chain(VM *vm, FutureObj *source, ChainKind kind, Value on_success, Value on_failure);

/* --- for task/ ---------------------------------------------------------------------------------------------------- */
bool combination_is(const FutureObj *future);
/* What it is made from: nil, a future or an array. */
Value combination_sources(const FutureObj *future);
/* True when it cannot end before every source has (await of many, all, settled, chains). */
bool combination_needs_all(const FutureObj *future);
/* Stops waiting for the sources, which stay as they are. */
void combination_detach(VM *vm, FutureObj *future);

#endif

/* run_forever.h — (run_forever) keeps the program alive until it is stopped; any number may be active, in any tasks. */
#ifndef GENE_TASK_RUN_FOREVER_H
#define GENE_TASK_RUN_FOREVER_H

#include "vm/vm.h"

/* The running task waits for *out until the run_forever is stopped. `id`: string, symbol or Int; nil: none. False after
 * raising. */
bool run_forever_start(VM *vm, Value id, Value *out_future);
/* Stops the one with this id; nil: the innermost, if any. False after raising. */
bool run_forever_stop(VM *vm, Value id);

#endif

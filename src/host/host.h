/* host.h — a whole VM: all rooms put together. */
#ifndef GENE_HOST_HOST_H
#define GENE_HOST_HOST_H

#include "vm/vm.h"

/* All rooms started, library installed, an empty main module. NULL when the host has no memory. */
VM *host_create(const Limits *limits, double slice_ms, uint32_t hash_seed);
/* Ends all tasks and frees everything. */
void host_destroy(VM *vm);

/* What this host keeps in VM.host: host_wasm.c and host_native.c each have their own. Made before anything of the VM runs,
 * freed after everything. False: no memory. */
bool host_attach(VM *vm);
void host_detach(VM *vm);

/* Stops a task, or cancels a future; for a task that returned a pending future, cancels that. False when it had ended. */
bool host_cancel(VM *vm, Value future, Value reason_exception);

#endif

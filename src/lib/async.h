/* async.h — what the modules about tasks, futures and time share. */
#ifndef GENE_LIB_ASYNC_H
#define GENE_LIB_ASYNC_H

#include "vm/vm.h"

/* The native's value; tasks it started inline run before its own goes on. */
NativeResult async_return(VM *vm, Value value, Value *out);
/* A duration: Int milliseconds or Float seconds; negative counts as 0. False when the value is neither. */
bool async_duration(Value value, double *out_ms);

#endif

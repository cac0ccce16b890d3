/* host_function.h — functions and promises of the host as Gene values. */
#ifndef GENE_HOST_HOST_FUNCTION_H
#define GENE_HOST_HOST_FUNCTION_H

#include "value/value.h"

/* A Gene function that calls the host's function `number` and owns one reference to it. Unrooted. */
Value host_function_make(VM *vm, uint32_t number);
/* Host number of such a function, or 0. */
uint32_t host_function_number(Value value);
/* A future that the host's promise `number` answers. Unrooted. */
Value host_promise_future(VM *vm, uint32_t number);

#endif

/* array_sort.h — sorting arrays. */
#ifndef GENE_LIB_ARRAY_SORT_H
#define GENE_LIB_ARRAY_SORT_H

#include "vm/vm.h"

/* A new, stably sorted array: by string form when `compare` is VAL_UNSET, else by its answers (language 10 §10.1).
 * Both values must be reachable. Runs Gene code. */
NativeResult array_sorted(VM *vm, Value array, Value compare, Value *out);

#endif

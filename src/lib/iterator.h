/* iterator.h — iterator objects over the built-in collections (language 10 §10.5, 25 §2). */
#ifndef GENE_LIB_ITERATOR_H
#define GENE_LIB_ITERATOR_H

#include "vm/vm.h"

typedef enum IteratorKind {
    ITERATOR_ARRAY, /* source: array, read live */
    ITERATOR_PAIRS, /* source: array key value …, the iterator's own */
    ITERATOR_RANGE,
} IteratorKind;

typedef struct IteratorObj {
    Obj header; /* OBJ_ITERATOR */
    ClassObj *class_;
    Value source;             /* nil for ranges */
    uint32_t position;        /* items produced */
    uint8_t kind;             /* IteratorKind */
    int64_t next, last, step; /* of a range; step 0: at the end */
} IteratorObj;

/* `source` must be reachable until the call returns. */
Value iterator_make(VM *vm, ClassObj *class_, IteratorKind kind, Value source);

#endif

/* selector.h — selectors: lists of segments that pick values out of data (language 12 §12.4).
 * Invariant: a segment is an Int, a symbol (an operator when its text is one, else a name), a string (a name, even if its text
 * is an operator's) or something to call. A selector never changes. */
#ifndef GENE_OBJECT_SELECTOR_H
#define GENE_OBJECT_SELECTOR_H

#include "heap/heap.h"
#include "object/string.h"

typedef struct SelectorObj {
    Obj header;
    uint32_t count; /* ≥ 1 */
    Value segments[];
} SelectorObj;

typedef enum SelectorOp {
    SELECTOR_NAME, /* no operator */
    SELECTOR_ITEMS,
    SELECTOR_ENTRIES,
    SELECTOR_ARRAY,
    SELECTOR_MAP,
    SELECTOR_PRESENT,
} SelectorOp;

/* With all segments nil; the caller fills them at once. */
Value selector_make(VM *vm, uint32_t count);
/* What a symbol stands for as a segment. */
SelectorOp selector_operator(const SymbolObj *symbol);
static inline bool is_selector(Value value) { return is_obj_type(value, OBJ_SELECTOR); }
static inline SelectorObj *selector_of(Value value) { return (SelectorObj *)pointer_of(value); }

void selector_describe(Heap *heap);

#endif

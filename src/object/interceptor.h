/* interceptor.h — interceptors (advice for callables) and interceptions (one callable wrapped in it); language 11 §11.3–11.5.
 * Invariant: the lists of an interceptor do not change once it is made. */
#ifndef GENE_OBJECT_INTERCEPTOR_H
#define GENE_OBJECT_INTERCEPTOR_H

#include "object/collection.h"

typedef enum AdviceKind {
    ADVICE_FILTER,
    ADVICE_BEFORE,
    ADVICE_INVARIANT,
    ADVICE_AROUND,
    ADVICE_AFTER,
    ADVICE_KIND_COUNT,
} AdviceKind;

/* How an advice was written. */
enum {
    ADVICE_IS_NAMED = 1 << 0, /* a function by name */
    ADVICE_REPLACES = 1 << 1, /* its value replaces the call's */
};

typedef struct InterceptorObj {
    Obj header;
    SymbolObj *name;
    bool is_disabled;
    bool wraps_class; /* methods of a class, not one callable */
    Value parameters; /* array of symbols */
    Value advice;     /* array: ADVICE_KIND_COUNT arrays for each parameter, in order. They hold functions; those of
                       * ADVICE_AFTER [function is_named replaces_result] */
} InterceptorObj;

typedef struct InterceptionObj {
    Obj header;
    Value interceptor;
    Value target; /* the callable it stands for */
    uint32_t parameter;
    bool is_disabled;
} InterceptionObj;

/* Constructors want their arguments to stay reachable until they return. */
Value interceptor_make(VM *vm, SymbolObj *name, bool wraps_class, Value parameters, Value advice);
Value interception_make(VM *vm, Value interceptor, uint32_t parameter, Value target);
static inline bool is_interceptor(Value value) { return is_obj_type(value, OBJ_INTERCEPTOR); }
static inline InterceptorObj *interceptor_of(Value value) { return (InterceptorObj *)pointer_of(value); }
static inline bool is_interception(Value value) { return is_obj_type(value, OBJ_INTERCEPTION); }
static inline InterceptionObj *interception_of(Value value) { return (InterceptionObj *)pointer_of(value); }

void interceptor_describe(Heap *heap);

#endif

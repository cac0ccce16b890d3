/* function.h — compiled code, functions, cells, natives, bound methods.
 * Invariant: a CodeObj never changes after the compiler finished it, except for its inline caches and scope memos. */
#ifndef GENE_OBJECT_FUNCTION_H
#define GENE_OBJECT_FUNCTION_H

#include "heap/heap.h"
#include "object/string.h"
#include "object/table.h"

typedef struct ClassObj ClassObj;
typedef struct NamespaceObj NamespaceObj;
typedef struct ModuleObj ModuleObj;
typedef struct CodeObj CodeObj;

/* A captured variable. */
typedef struct CellObj {
    Obj header;
    Value value;
} CellObj;

/* Constructors here allocate once and want their arguments to stay reachable until they return. */
Value cell_make(VM *vm, Value value);
static inline CellObj *cell_of(Value value) { return (CellObj *)pointer_of(value); }

typedef enum ParamKind {
    PARAM_REQUIRED,
    PARAM_OPTIONAL, /* slot gets VAL_UNSET when missing; the code's prologue evaluates the default */
    PARAM_REST,     /* positional rest → array */
    PARAM_KEYWORD,  /* required keyword */
    PARAM_KEYWORD_OPTIONAL,
    PARAM_KEYWORD_REST, /* → map */
} ParamKind;

typedef struct Param {
    SymbolObj *name; /* "_" when ignored; a nested pattern's text, NULL inside a pattern */
    ParamKind kind;
    uint8_t slot; /* register that receives the argument */
} Param;

typedef struct Capture {
    uint8_t index;      /* register (holding a cell) or upvalue number of the creating function */
    bool from_register; /* false: from the creating function's own upvalues */
    uint16_t scope;     /* scopes with variables between the function and the one it is of */
    SymbolObj *name;
} Capture;

/* try/catch/finally: the innermost range holding the pc wins (ranges are listed innermost first). */
typedef struct Handler {
    uint32_t start, end; /* [start, end) in instruction words */
    uint32_t target;
    uint8_t slot;    /* register that receives the exception */
    bool is_finally; /* also entered for a hard stop, which no catch clause sees */
} Handler;

typedef struct LineEntry {
    uint32_t pc; /* first word this position is valid for */
    uint32_t line, column;
} LineEntry;

/* Code made at run time for a form evaluated at a site: `form` is a private copy of what it was made from, `var_count` the
 * number of module variables it knew. */
#define SCOPE_MEMO_COUNT 4
typedef struct ScopeMemo {
    struct {
        Value form; /* VAL_UNSET: free */
        CodeObj *code;
        uint32_t var_count;
    } entries[SCOPE_MEMO_COUNT];
    uint32_t next; /* the entry to be replaced next */
} ScopeMemo;

/* Name → place, for code that evaluates forms in this scope ($caller_eval, eval). Every name listed lives in a
 * cell. One descriptor for each call of a possible macro and each eval site, in order of `pc`. */
typedef struct ScopeName {
    SymbolObj *name;
    Value type; /* to check assignments against, or nil */
    uint8_t index;
    bool from_register;
    bool is_let; /* may not be assigned */
} ScopeName;
typedef struct ScopeDescriptor {
    ScopeName *names;
    uint32_t count;
    uint32_t pc;     /* word after the call */
    ScopeMemo *memo; /* NULL until a form was compiled here */
} ScopeDescriptor;

/* One per call/property/global site. What the fields mean is up to the instruction that owns the cache. */
typedef struct InlineCache {
    const void *key; /* ClassObj, ShapeObj, NamespaceObj …; not traced: compare it with a live object, and
                        * the epoch, which changes when a class or namespace dies (shapes never die) */
    uint32_t epoch;  /* class or namespace epoch the entry was made under */
    uint32_t index;
    Value value; /* method or function found; always also reachable from `key` while the epoch holds */
    Value *slot;
} InlineCache;

enum CodeFlag {
    CODE_GENERATOR = 1 << 0,
    CODE_ASYNC = 1 << 1,
    CODE_MACRO = 1 << 2,  /* name ends in '!': receives forms */
    CODE_METHOD = 1 << 3, /* params[0] is self */
    CODE_SIMPLE = 1 << 4, /* only required positionals: binding is a count check */
    CODE_BLOCK = 1 << 5,
    CODE_NO_PARAMS = 1 << 6, /* declares no parameter but self: extra positionals are ignored */
    CODE_TOP_LEVEL = 1 << 7,
};

/* The arrays are heap buffers of exactly as many elements as the counts say. Set an array, then its count. */
struct CodeObj {
    Obj header;
    SymbolObj *name; /* "<unnamed>" for anonymous functions */
    StrObj *file;
    ModuleObj *module;
    uint32_t *words;
    Value *constants;
    Param *params;
    Capture *captures;
    Handler *handlers;
    LineEntry *lines;
    ScopeDescriptor *scopes;
    InlineCache *caches;
    uint32_t word_count, constant_count, handler_count, line_count, scope_count, cache_count;
    uint16_t param_count, capture_count;
    uint16_t slot_count;     /* registers, incl. outgoing arguments; ≤ 256 */
    uint16_t flags;          /* CodeFlag */
    uint16_t required_count; /* positionals a CODE_SIMPLE function takes, self included */
    uint32_t line, column;   /* of the definition */
    Value metadata;          /* map of ^intent, ^examples …, or nil */
    Value signature;         /* function type, self left out; nil when nothing is annotated */
};

typedef struct FunctionObj {
    Obj header; /* type OBJ_FUNCTION or OBJ_BLOCK */
    CodeObj *code;
    NamespaceObj *ns;     /* where free names are looked up first */
    ClassObj *home_class; /* class whose method this is, for super; NULL otherwise */
    uint32_t upvalue_count;
    CellObj *upvalues[];
} FunctionObj;

Value function_make(VM *vm, CodeObj *code, NamespaceObj *ns); /* upvalues NULL: the caller fills them at once */
static inline FunctionObj *function_of(Value value) { return (FunctionObj *)pointer_of(value); }
static inline bool is_function(Value value) {
    return is_obj_type(value, OBJ_FUNCTION) || is_obj_type(value, OBJ_BLOCK);
}
CodeObj *code_make(VM *vm);
/* Position of an instruction; 0/0 when unknown. */
void code_position(const CodeObj *code, uint32_t pc, uint32_t *out_line, uint32_t *out_column);

typedef struct Args Args;
typedef enum NativeResult {
    NATIVE_RETURN, /* *out is the value */
    NATIVE_RAISE,  /* vm->exception is set (vm_raise…) */
    NATIVE_WAIT,   /* *out is a future: the calling task waits for it; its value is the call's value */
    NATIVE_SWITCH, /* *out is the value, but the tasks on the inline stack run first (callbacks, SCH-3) */
    NATIVE_FRAME,  /* a frame was pushed whose value goes to vm->native_slot (generators, (f .call …)) */
    NATIVE_CALL,   /* vm->pending_* say how the call goes on; not from a re-entrant native */
} NativeResult;
typedef NativeResult (*NativeFn)(VM *vm, const Args *args, Value *out);

enum NativeFlag {
    NATIVE_REENTRANT = 1 << 0, /* may call Gene code (exec_callable): always goes through the driver */
    NATIVE_METHOD = 1 << 1,    /* argument 0 is the receiver; not counted in min/max */
    NATIVE_KEYWORDS = 1 << 2,  /* accepts keyword arguments; others raise on any */
    NATIVE_MACRO = 1 << 3, /* called by a name that ends in `!` or by a path it gets forms, as a function defined with
                                  fn name! does. To evaluate them it calls such a function of the prelude, which it may stand
                                  for: the frame that called the native is then the function's caller */
    NATIVE_FORM = 1 << 4,  /* what the name of a form means where it is no form: kind VkNativeMacro */
};

/* A row of a library table: declared once, feeds registration, arity errors, docs and completion. */
typedef struct NativeDef {
    const char *name;
    NativeFn fn;
    int16_t min_args, max_args; /* positionals without receiver; max -1: any number */
    uint16_t flags;
    const char *signature;
    const char *doc;
} NativeDef;

typedef struct NativeObj {
    Obj header;
    const NativeDef *def;
    Value data; /* closed-over value for natives made at run time (host functions …), else nil */
} NativeObj;

Value native_make(VM *vm, const NativeDef *def, Value data);
static inline NativeObj *native_of(Value value) { return (NativeObj *)pointer_of(value); }

/* Does a call that asks pass it forms? */
static inline bool is_macro(Value value) {
    if (is_obj_type(value, OBJ_FUNCTION)) return (function_of(value)->code->flags & CODE_MACRO) != 0;
    return is_obj_type(value, OBJ_NATIVE) && (native_of(value)->def->flags & NATIVE_MACRO) != 0;
}

typedef struct BoundMethodObj {
    Obj header;
    Value receiver, method;
} BoundMethodObj;

Value bound_method_make(VM *vm, Value receiver, Value method);
static inline BoundMethodObj *bound_method_of(Value value) { return (BoundMethodObj *)pointer_of(value); }

void function_describe(Heap *heap);

#endif

/* ast.h — what analysis hands to emission: expressions with resolved variables.
 *
 * Invariants: the tree is no deeper than a small multiple of the forms' nesting (chains of operators, elif, case
 * and path steps are lists, not nests), so both passes may recurse on it. Everything lives in the arena; heap
 * values in it stay alive because the collector is paused during a compilation. */
#ifndef GENE_COMPILER_AST_H
#define GENE_COMPILER_AST_H

#include "compiler/arena.h"
#include "compiler/intrinsics.h"
#include "compiler/opcodes.h"
#include "object/errors.h"
#include "object/space.h"

typedef struct Expr Expr;
typedef struct Var Var;
typedef struct Scope Scope;
typedef struct Function Function;
typedef struct Loop Loop;
typedef struct Pattern Pattern;
typedef struct KnownEnum KnownEnum;

/* --- variables and scopes ------------------------------------------------------------------------------- */

/* How far a variable whose declaration is not complete yet can be seen. */
typedef enum VarVisibility {
    VAR_DECLARED,    /* by everybody in its scope */
    VAR_TO_NESTED,   /* by nested functions only: recursion, functions above their definition */
    VAR_LAST_RESORT, /* by nested functions when the name means nothing else */
    VAR_HIDDEN,      /* by nobody */
} VarVisibility;

struct Var {
    SymbolObj *name; /* NULL: made by the compiler for itself */
    Function *owner; /* function whose register or cell it is; the top function for module variables */
    Var *shadowed;   /* what the name meant outside */
    Var *next;       /* in the same scope, in order of declaration */
    uint32_t depth;  /* of its scope */
    uint32_t slot;   /* module variable number; of an outer variable: is `reg` a register? */
    TypeObj *type;   /* declared: every assignment is checked; NULL: none */
    TypeObj *bound;  /* of a parameter: checked when the call begins */
    const Function *function, *constructor; /* what (fn name …), (class name …) made; NULL: unknown */
    int16_t reg;                            /* register while its scope is being emitted */
    uint8_t visibility;                     /* VarVisibility */
    const NodeObj *interface;               /* bound by this (interface …) form; NULL: unknown */
    const NodeObj *class_form;              /* the (class …) form that bound it last; NULL: unknown */
    bool is_module;
    bool is_let;
    bool is_definition; /* bound by fn, class … and so never the name of a key */
    bool is_self;
    bool is_member; /* of the namespace whose body is being analysed: hides variables outside, read as a free name */
    bool is_outer;  /* of the scope around a nested compilation: `reg` is where the running function has its cell */
    bool captured;  /* lives in a cell */
    bool is_assigned;
    EnumObj *holds; /* enum that its value is of, as far as that is known; NULL: unknown */
    bool early;     /* initialised (nil) where its scope begins: its declaration may not run before a use */
};

struct Scope {
    Scope *parent;
    Function *fn;
    Var *vars;            /* newest first while open, oldest first once closed */
    uint32_t depth;       /* 0: the module */
    uint32_t conditional; /* > 0: what is being analysed may not run, or run more than once, in this scope */
    KnownEnum *enums;     /* declared in it, newest first */
    bool is_module;
    bool transparent;       /* holds only what the compiler put there; declarations go to the parent */
    bool keeps_definitions; /* fn, class … inside a function belong to this scope, not to the function's */
};

/* An enum declaration that patterns can refer to. */
struct KnownEnum {
    KnownEnum *next;
    const NodeObj *node;
    EnumObj *enum_; /* NULL: the declaration is wrong, reported */
    Var *var;       /* NULL: not reached yet */
};

/* --- pieces of expressions ------------------------------------------------------------------------------ */

typedef struct ExprList {
    Expr **items;
    uint32_t count;
} ExprList;

typedef struct Operation {
    Expr *operand;
    uint8_t op;      /* OpCode */
    bool is_numeric; /* == or != of a variable and a number literal */
} Operation;

typedef struct Item {
    Expr *value;
    bool spread;
} Item;

typedef struct Entry {
    SymbolObj *key; /* NULL: `value` is a map to spread */
    Expr *value;
} Entry;

/* Items and properties of a call, array, map or node. */
typedef struct Arguments {
    Item *items;
    Entry *entries;
    uint32_t item_count, entry_count;
    bool spreads_items, spreads_entries;
} Arguments;

/* The pattern (head binder…) or head of a case clause whose head is a variant. */
typedef struct EnumPattern {
    VariantObj *known; /* NULL: the value of `head` */
    Expr *head;
    const Value *binders; /* symbols */
    Var **vars;           /* one a binder; NULL: ignored */
    uint32_t count;
    Scope *scope; /* of the clause */
} EnumPattern;

typedef struct Clause {
    Expr *test;           /* NULL: always, or `pattern` (case only) */
    EnumPattern *pattern; /* case only; instead of `test` */
    Expr *body;
    bool negated; /* if only */
} Clause;

typedef enum StepKind {
    STEP_NAME,           /* /name */
    STEP_INDEX,          /* /0 */
    STEP_DYNAMIC,        /* /<e>; with a name: a plain last part, which names a local variable */
    STEP_METHOD,         /* /.name */
    STEP_DYNAMIC_METHOD, /* /.<e> */
    STEP_PRESENT,        /* /! */
} StepKind;

typedef struct Step {
    StepKind kind;
    SymbolObj *name;
    int32_t index;
    Expr *dynamic; /* of the dynamic kinds; with STEP_NAME the variable of that name, or NULL */
} Step;

/* One parameter, or one item of an array pattern. */
typedef struct ParamSpec {
    SymbolObj *name; /* "_" when ignored; of a nested pattern its text, or NULL inside a pattern */
    ParamKind kind;
    Var *var;       /* NULL: ignored */
    Expr *fallback; /* default, or NULL */
    Pattern *nested;
    SymbolObj *field; /* /x parameters */
    TypeObj *type;    /* NULL: not annotated, or Any */
} ParamSpec;

typedef struct ParamList {
    ParamSpec *items;
    uint32_t count;
} ParamList;

struct Pattern {
    bool is_map;
    ParamList items; /* array pattern; of a map pattern `name` is the key and only `var` counts */
};

typedef struct CatchClause {
    Expr *class_; /* NULL: catches everything */
    Scope *scope;
    Var *binding;
    Pattern *pattern;
    Expr *body;
} CatchClause;

typedef enum LoopKind { LOOP_FOREVER, LOOP_WHILE, LOOP_REPEAT, LOOP_FOR } LoopKind;

struct Loop {
    Loop *outer;
    SymbolObj *label;
    LoopKind kind;
    uint32_t finally_level; /* finally bodies around the loop in its function */
    /* while it is emitted */
    int target;
    uint32_t breaks, continues; /* JumpList heads */
    void *context;
};

/* --- functions ------------------------------------------------------------------------------------------ */

typedef enum FunctionKind {
    FUNCTION_TOP, /* the module's statements */
    FUNCTION_PLAIN,
    FUNCTION_BLOCK,
    FUNCTION_METHOD,
    FUNCTION_CTOR,
    FUNCTION_BODY,  /* class or namespace body: one parameter, self */
    FUNCTION_OUTER, /* the running function an eval'ed form is compiled into */
} FunctionKind;

/* What a class is known to declare while its methods are analysed. */
typedef struct ClassInfo {
    SymbolObj *name;
    SymbolObj **fields;
    uint32_t field_count;
    bool checks_fields;
    const Function *constructor;
    Function *blamed; /* gets the errors of the class form */
} ClassInfo;

struct Function {
    Function *parent;
    FunctionKind kind;
    SymbolObj *name;
    uint16_t flags;   /* CodeFlag */
    ParamList params; /* self not included */
    Scope *scope;
    Var *self; /* of methods, constructors and bodies */
    Expr *body;
    Var **upvalues;
    uint32_t upvalue_count, upvalue_capacity;
    Value metadata;
    TypeObj *result;    /* NULL: not annotated, or Any */
    bool checks_result; /* whatever it returns passes a check */
    ClassInfo *class_info;
    const char *error;      /* compile error in the body: raised when called */
    const char *error_hint; /* static text; NULL: none of its own */
    ErrorId error_id;
    uint32_t error_line, error_column;
    uint32_t line, column;
    uint32_t eval_site_count;
    /* while it is analysed */
    Loop *loop;
    uint32_t finally_level;
    uint32_t types_mark;    /* types_open before it */
    uint32_t assign_serial; /* grows with every assignment to or declaration of a variable */
};

/* A place that evaluates forms in the scope around it. */
typedef struct EvalSite {
    Var **vars;
    uint32_t count;
} EvalSite;

/* What a call hands to a macro, decided when it runs (language 03 §3.4). */
typedef struct MacroCall {
    Arguments forms; /* quoted; those of the call are evaluated */
    Scope *scope;    /* of what the evaluated arguments declare */
    EvalSite *site;
} MacroCall;

/* --- expressions ---------------------------------------------------------------------------------------- */

typedef enum ExprKind {
    EXPR_CONST,
    EXPR_QUOTED, /* fresh copy of the constant */
    EXPR_VAR,
    EXPR_NAME,    /* free name */
    EXPR_ASSIGN,  /* var = value */
    EXPR_DECLARE, /* (var x value) */
    EXPR_SET_NAME,
    EXPR_DEFINE_NAME,
    EXPR_DESTRUCTURE,
    EXPR_ARITHMETIC, /* left fold of `chain` */
    EXPR_COMPARE,    /* every neighbouring pair of `chain` compares true */
    EXPR_LOGIC,      /* && or || over `chain` */
    EXPR_UNARY,
    EXPR_IF,
    EXPR_CASE,
    EXPR_SEQUENCE,
    EXPR_SCOPE,
    EXPR_LOOP,
    EXPR_JUMP, /* break, continue */
    EXPR_RETURN,
    EXPR_FUNCTION,
    EXPR_CALL,
    EXPR_METHOD_CALL,
    EXPR_SUPER_CALL,
    EXPR_NEW,
    EXPR_ARRAY,
    EXPR_MAP,
    EXPR_HASHMAP,
    EXPR_NODE,
    EXPR_INTERPOLATE,
    EXPR_RANGE,
    EXPR_PATH,
    EXPR_SET_PATH,
    EXPR_TRY,
    EXPR_ENSURE, /* a body whose value is checked, however it is left */
    EXPR_THROW,
    EXPR_ASYNC,
    EXPR_YIELD,
    EXPR_CURRENT_EXCEPTION,
    EXPR_INTRINSIC,
    EXPR_UNWRAP, /* (e ?) */
    EXPR_EVAL,
} ExprKind;

struct Expr {
    uint8_t kind; /* ExprKind */
    bool assigns; /* assigns or declares a variable of this function */
    bool sealed;  /* literal #[…] #{…} #(…) */
    uint32_t line, column;
    union {
        Value constant;
        Var *var;
        SymbolObj *name;
        Expr *operand;
        ExprList list;
        Function *function;
        Arguments arguments; /* ARRAY, MAP */
        struct {
            Var *var;
            Expr *value;
        } assign;
        struct {
            SymbolObj *name;
            Expr *value;
        } named;
        struct {
            Pattern *pattern;
            Expr *value;
        } destructure;
        struct {
            Expr *first;
            Operation *rest;
            uint32_t count, capacity;
        } chain;
        struct {
            Expr *operand;
            uint8_t op;
        } unary;
        struct {
            Expr *target; /* case only */
            Clause *clauses;
            uint32_t count;
            Expr *otherwise; /* NULL: nil */
        } branches;
        struct {
            Scope *scope;
            Expr *body;
        } scoped;
        struct {
            Loop *loop;
            Expr *subject; /* condition, count or collection; NULL for loop */
            Scope *scope;  /* of a turn, or NULL */
            Expr *body;
            Var *key, *value;
            Pattern *pattern; /* instead of `value` */
            bool pairs;
        } loop;
        struct {
            Loop *loop;
            Expr *value;
            bool is_continue;
        } jump;
        struct {
            Expr *callee;    /* callee, receiver, class or node type */
            SymbolObj *name; /* method; NULL: `dynamic` gives it */
            Expr *dynamic;
            Arguments arguments;
            MacroCall *macro;  /* CALL only: the callee may be one; else NULL */
            uint8_t else_gene; /* CALL only: GeneCallee */
        } call;
        struct {
            Expr *base;
            Step *steps;
            uint32_t count;
            Expr *value; /* SET_PATH */
            uint8_t op;  /* SET_PATH: OpCode of a compound assignment */
            bool compound;
        } path;
        struct {
            Expr *body;
            CatchClause *catches;
            uint32_t count;
            Expr *finally_body; /* NULL: none */
        } try_;
        struct {
            Expr *body;
            Scope *scope; /* of `result` */
            Var *result;
            Expr *checks;
        } ensure;
        struct {
            Intrinsic id;
            ExprList arguments;
        } intrinsic;
        struct {
            Expr *operand;
            bool stays; /* in a finally body: Err and None give nil */
        } unwrap;
        struct {
            Expr *form;
            EvalSite *site;
            Intrinsic id; /* EVAL or RENDER_IN */
        } eval;
    } as;
};

#endif

/* analyze.h — the first pass, forms to expressions; shared by the analyze_*.c files and scope.c only. */
#ifndef GENE_COMPILER_ANALYZE_H
#define GENE_COMPILER_ANALYZE_H

#include "compiler/ast.h"
#include "compiler/compiler.h"

typedef struct NameEntry {
    SymbolObj *name; /* NULL: free slot */
    Var *top;        /* innermost binding, or NULL: a free name */
} NameEntry;

/* A type alias or type parameter. */
typedef struct TypeName {
    SymbolObj *name;
    Value form;    /* of an alias */
    TypeObj *type; /* NULL: not needed yet */
    bool is_open;  /* being made from `form` */
} TypeName;

/* State of one compilation. */
typedef struct Compiler {
    VM *vm;
    Arena arena;
    ModuleObj *module;
    StrObj *file;
    const StrObj *source;  /* NULL: unknown */
    uint32_t *line_starts; /* offsets in it, once needed */
    uint32_t line_count;
    size_t searched; /* bytes of it locate_name has looked at */
    Diagnostics *diagnostics;
    uint32_t first_diagnostic; /* count when the compilation began */
    Function *fn;              /* being analysed */
    Function *top;             /* of this compilation */
    Function *blamed;          /* function whose body gets the next compile error; NULL: a diagnostic */
    Scope *scope;
    NameEntry *names; /* open addressing, keyed by symbol address */
    uint32_t name_count, name_capacity;
    TypeName *types; /* innermost last */
    uint32_t type_count, type_capacity;
    uint32_t line, column; /* of the innermost node being analysed */
    uint32_t depth, max_depth;
    bool is_nested; /* compiles into a running scope: top-level variables are locals */
} Compiler;

/* --- scope.c: names ------------------------------------------------------------------------------------- */
Scope *scope_open(Compiler *c, bool transparent);
void scope_close(Compiler *c);
/* The scope that gets declarations made here. */
Scope *scope_current(const Compiler *c);
/* Brackets code that may not run, or run again, within the current scope. */
void scope_enter_conditional(Compiler *c);
void scope_leave_conditional(Compiler *c);
/* Has the current scope a complete declaration of this name? */
bool scope_has(Compiler *c, SymbolObj *name);
/* A new variable of the current scope, in two steps with its initialiser analysed between. */
Var *scope_begin_declare(Compiler *c, SymbolObj *name, VarVisibility meanwhile);
void scope_finish_declare(Compiler *c, Var *var);
Var *scope_declare(Compiler *c, SymbolObj *name);
/* The variable cannot be assigned again, in later compilations of the module either. */
void scope_mark_let(Compiler *c, Var *var);
/* Every assignment is checked, in later compilations of the module too. */
void scope_mark_type(Compiler *c, Var *var, TypeObj *type);
/* For fn, class … : the variable they bind (language 07 §7.3), not complete yet. */
Var *scope_begin_definition(Compiler *c, SymbolObj *name);
Scope *scope_of_definition(Compiler *c); /* the scope that variable belongs to */
/* Makes a name known to nested functions before its declaration is reached. */
void scope_predeclare(Compiler *c, SymbolObj *name, bool is_let, bool is_definition);
/* In a class or namespace body: the name means the member just defined with /name. */
void scope_declare_member(Compiler *c, SymbolObj *name);
/* A register of the current scope, transparent ones included, without a name. */
Var *scope_add_hidden(Compiler *c);
/* `self` means `var` in the current scope, transparent or not. */
void scope_bind_self(Compiler *c, Var *var);
/* What the name means here, captured if need be; NULL: a free name. */
Var *scope_resolve(Compiler *c, SymbolObj *name);
/* The same without marking anything. */
Var *scope_peek(Compiler *c, SymbolObj *name);
/* Records that forms are evaluated here: every visible local moves to a cell. */
EvalSite *scope_record_eval_site(Compiler *c);
void scope_bind_outer(Compiler *c, Var *var); /* a variable of the scope around a nested compilation */

/* --- analyze.c: forms and errors ------------------------------------------------------------------------ */
Expr *analyze_form(Compiler *c, Value form);
/* Forms in order; the value is that of the last, nil when there are none. */
Expr *analyze_sequence(Compiler *c, const Value *forms, uint32_t count);
/* The same in a scope of its own. */
Expr *analyze_scoped(Compiler *c, const Value *forms, uint32_t count);
/* A fresh copy of the form as data. */
Expr *analyze_quote(Compiler *c, Value form);
/* `xs...` → xs, `a/b...` → a/b; false: the form is no such spread, and *out_form is as it was. */
bool strip_spread(Compiler *c, Value form, Value *out_form);
void analyze_arguments(Compiler *c, const NodeObj *node, uint32_t first_child, Arguments *out_arguments);
/* nil, after reporting. */
Expr *analyze_error(Compiler *c, ErrorId id, const char *format, ...) PRINTF_LIKE(3, 4);
/* One line on standard error; the program runs all the same. */
void analyze_warning(Compiler *c, const char *format, ...) PRINTF_LIKE(2, 3);
Expr *analyze_name(Compiler *c, SymbolObj *name);
Expr *analyze_self(Compiler *c);

Expr *expr_new(Compiler *c, ExprKind kind);
Expr *expr_const(Compiler *c, Value value);
Expr *expr_var(Compiler *c, Var *var);
Expr *expr_unary(Compiler *c, OpCode op, Expr *operand);
Expr *expr_intrinsic(Compiler *c, Intrinsic id, uint32_t count, ...); /* Expr * each */
Expr *expr_raise(Compiler *c, const char *message);
Expr *expr_declare(Compiler *c, Var *var, Expr *value);
/* EVAL or RENDER_IN of a form's value in the scope here. */
Expr *expr_eval(Compiler *c, Intrinsic id, Expr *form);
/* Member of the current namespace. */
Expr *expr_define_member(Compiler *c, SymbolObj *name, Expr *value);
Expr *expr_sequence(Compiler *c, Expr *first, Expr *second);

static inline bool is_symbol_text(Value form, const char *text) {
    return is_symbol(form) && symbol_is(symbol_of(form), text);
}
static inline Value symbol_value(const SymbolObj *symbol) { return value_pointer(symbol); }

/* --- locate.c ------------------------------------------------------------------------------------------- */
/* Moves the position of x, which uses a free name, to where the name stands in the source. */
void locate_name(Compiler *c, Expr *x, const SymbolObj *name);

/* --- analyze_type.c ------------------------------------------------------------------------------------- */
/* The type to check for; NULL: none, because it is Any, invalid (reported) or types are ignored. */
TypeObj *analyze_type(Compiler *c, Value form);
/* A gene that is a type expression (language 09 §9.6), as a value; NULL: it is something else. */
Expr *analyze_type_value(Compiler *c, NodeObj *node);
/* Aliases and type parameters declared after types_open are known until types_close. */
uint32_t types_open(const Compiler *c);
void types_close(Compiler *c, uint32_t mark);
/* T and U when a definition's name is written name:T:U. */
void declare_type_parameters(Compiler *c, Value name);
/* Makes the (type A …) among a module's statements known to all of them. */
void predeclare_aliases(Compiler *c, const Value *forms, uint32_t count);

/* --- analyze_operator.c --------------------------------------------------------------------------------- */
/* NULL: the node is not an infix or prefix operator expression, an assignment. */
Expr *analyze_infix(Compiler *c, NodeObj *node);
Expr *analyze_prefix_operator(Compiler *c, NodeObj *node);
Expr *analyze_assignment(Compiler *c, NodeObj *node);
Expr *analyze_lookup_prefix(Compiler *c, NodeObj *node); /* (./ v k default) */
bool is_lookup_operator(Value form);
/* Assignment of an analysed value to a variable or free name. */
Expr *analyze_assign_name(Compiler *c, SymbolObj *name, Expr *value);

/* Text of a key: an Int when it is one, else the symbol. */
Value literal_key(const SymbolObj *part);

/* --- analyze_selector.c --------------------------------------------------------------------------------- */
/* @name, @a/0/b: a symbol or path. */
Expr *analyze_selector_literal(Compiler *c, Value form);
/* Is it .@name, .@a/b or .@? Then `rest` are the forms that follow it. target VAL_UNSET: self. */
bool is_selector_call(Value form);
Expr *analyze_selector_call(Compiler *c, Value target, Value form, const Value *rest, uint32_t count);

/* --- analyze_path.c ------------------------------------------------------------------------------------- */
Expr *analyze_path(Compiler *c, PathObj *path);
/* The first `count` parts as an expression; count ≥ 1. */
Expr *analyze_path_prefix(Compiler *c, PathObj *path, uint32_t count);
Expr *analyze_path_assignment(Compiler *c, PathObj *path, Value value, OpCode op, bool compound);
/* nil, true … are tokens of their own, but only text inside a path or before `...`. */
bool literal_word(const SymbolObj *part, Value *out_value);
/* $x, $ns … */
Expr *analyze_dollar(Compiler *c, SymbolObj *symbol);
/* (/x …) in front of a definition: is this path "/name" or "$ns/name"? Then *out_name is the name. */
bool is_member_path(const PathObj *path, SymbolObj **out_name);
/* Container expression and last name of any other path given as a definition's name. */
Expr *analyze_container(Compiler *c, PathObj *path, SymbolObj **out_name);
/* The container of (fn a/f …) or (class a/C …). A free name is unset: SET_MEMBER looks it up, which has the message for
 * a missing one. */
Expr *definition_container(Compiler *c, PathObj *path, SymbolObj **out_name);
Expr *expr_property(Compiler *c, Expr *base, SymbolObj *name);

/* --- analyze_variable.c: var, let, patterns ------------------------------------------------------------- */
/* Declares the pattern's names in the current scope. NULL after an error. */
Pattern *analyze_pattern(Compiler *c, Value form, bool is_let);
typedef enum ParamMode { PARAMS_PATTERN, PARAMS_FUNCTION } ParamMode;
bool analyze_params(Compiler *c, ArrayObj *list, ParamMode mode, ParamList *out_params);
/* "x:" → x, with *out_typed. */
SymbolObj *strip_colon(Compiler *c, SymbolObj *symbol, bool *out_typed);

/* --- analyze_function.c --------------------------------------------------------------------------------- */
typedef struct FunctionRequest {
    FunctionKind kind;
    SymbolObj *name;  /* NULL: unnamed */
    ArrayObj *params; /* NULL: none */
    const Value *body;
    uint32_t body_count;
    const Value *result; /* return type; NULL: none */
    const NodeObj *node; /* for ^intent …; NULL: none */
    uint16_t flags;
    ClassInfo *class_info;
} FunctionRequest;
Expr *analyze_function(Compiler *c, const FunctionRequest *request);
/* analyze_contract.c: the body with the checks of ^pre and ^post around it. */
typedef Expr *(*AnalyzeBody)(Compiler *c, const FunctionRequest *request);
Expr *analyze_contract(Compiler *c, const FunctionRequest *request, AnalyzeBody body);
Expr *analyze_arrow(Compiler *c, NodeObj *node); /* (x -> …), (-> …) */
Function *function_open(Compiler *c, FunctionKind kind, SymbolObj *name);
void function_close(Compiler *c);
/* Index in body after `-> Type` and `! [effects]`. */
uint32_t skip_return_type(const Value *forms, uint32_t count);
/* The type itself, NULL when there is none. */
const Value *return_type(const Value *forms, uint32_t count);
/* name:T:U → name. */
SymbolObj *strip_type_parameters(Compiler *c, SymbolObj *symbol);

/* --- analyze_macro.c ------------------------------------------------------------------------------------ */
bool is_macro_name(const SymbolObj *name);
/* Is it decided at run time whether a call with this head takes forms? */
bool may_be_macro(Compiler *c, Value head);
/* The arguments of such a call, both as forms and to be evaluated. */
void analyze_macro_call(Compiler *c, NodeObj *node, Expr *call);
/* --- analyze_enum.c ------------------------------------------------------------------------------------- */
/* Makes the variants of a module-level enum known to the functions above it. */
void predeclare_enum(Compiler *c, const NodeObj *node);
/* NULL: the pattern is an expression to compare with. */
EnumPattern *analyze_enum_pattern(Compiler *c, Value form);
/* Declares the pattern's names in the scope just opened for its clause. */
void declare_enum_binders(Compiler *c, EnumPattern *pattern);
/* Warns of variants that an EXPR_CASE over an enum leaves out. */
void check_exhaustive(Compiler *c, const Expr *x);
/* The enum that the expression's value is surely of; NULL: not known. */
EnumObj *enum_of_expr(Compiler *c, const Expr *x);
Expr *analyze_unwrap(Compiler *c, const NodeObj *node);

/* --- analyze_class.c ------------------------------------------------------------------------------------ */
Expr *analyze_super(Compiler *c, NodeObj *node);
SymbolObj *object_class_name(Compiler *c, const SymbolObj *name); /* Name → NameClass */

/* --- analyze_module.c: the top level -------------------------------------------------------------------- */
/* Fills c->top->body. */
void analyze_top_level(Compiler *c, const CompileRequest *request);

/* --- comptime.c ----------------------------------------------------------------------------------------- */
/* Replaces the (comptime …) blocks among the forms by the definitions they reach; the new list is the request's. */
void expand_comptime(Compiler *c, CompileRequest *io_request);

/* --- special.c: the table of special forms -------------------------------------------------------------- */
typedef Expr *(*AnalyzeForm)(Compiler *c, NodeObj *node);
typedef struct SpecialForm {
    const char *name;
    AnalyzeForm analyze; /* NULL: `message` is a compile error */
    const char *message;
    bool is_definition; /* hoisted at the top level of a file */
} SpecialForm;
const SpecialForm *special_find(const SymbolObj *name);
/* The row of a node that will be analysed as a definition, else NULL. */
const SpecialForm *special_definition(Value form);
bool special_table_is_sorted(void);     /* for the unit test: lookup depends on it */
bool special_table_is_documented(void); /* the same: every form that compiles has its row of documentation */

typedef struct SpecialDoc {
    const char *name, *signature, *doc;
} SpecialDoc;
/* The rows of the documentation of special forms, from 0; NULL behind the last. Forms that only raise may have one. */
const SpecialDoc *special_doc(uint32_t index);
/* How the form of this name is written; NULL: there is none. */
const char *special_signature(const char *name);

#endif

/* emit.h — the second pass, expressions to register code; shared by the emit*.c files only.
 *
 * Registers: parameters first, then the variables of open scopes and temporaries, stack-like: whoever takes
 * registers restores `top`. A scope's variables get theirs where it begins. An instruction writes a variable's register
 * only when its whole value is known, because the expression may still read the old one. */
#ifndef GENE_COMPILER_EMIT_H
#define GENE_COMPILER_EMIT_H

#include "compiler/analyze.h"
#include "compiler/code_builder.h"

#define REGISTERS_MAX 250
#define BLOCK_MAX 100 /* arguments or items given in registers at once; more go through arrays */
#define CHUNK_MAX 32  /* items added to a container at once */

/* Where a value goes: a register, or one of these. */
enum {
    TARGET_DROP = -1,   /* only the effects count */
    TARGET_RETURN = -2, /* it is the function's value */
};

/* What a jump out of the code being emitted must do on its way. */
typedef enum ContextKind { CONTEXT_HANDLER, CONTEXT_FINALLY, CONTEXT_ENSURE } ContextKind;

/* A way out of a try with finally: taken after the finally body. */
typedef struct Exit {
    struct Exit *next;
    Loop *loop; /* NULL: return */
    bool is_continue;
    uint32_t code; /* completion kind that asks for it */
} Exit;

typedef struct Context {
    struct Context *outer;
    ContextKind kind;
    uint32_t saved;             /* HANDLER: register with the outer $ex */
    uint32_t completion, value; /* FINALLY: registers; ENSURE: value only */
    JumpList entries;           /* jumps to the finally body, to the checks */
    Exit *exits;
    uint32_t exit_count;
} Context;

typedef struct Emitter {
    Compiler *c;
    Function *fn;
    CodeBuilder code;
    Context *context;
    uint32_t top, slot_count;
    uint64_t variables[4];   /* bit set: the register belongs to a variable */
    uint32_t guarded;        /* > 0: inside a protected range, so nothing is a tail call */
    ScopeDescriptor *scopes; /* of the eval sites emitted so far */
    uint32_t scope_count;
    bool failed;             /* out of registers, reported */
    bool return_proven;      /* what goes to TARGET_RETURN is of the function's return type for certain */
    bool returns_explicitly; /* inside (return …) */
} Emitter;

/* --- emit.c --------------------------------------------------------------------------------------------- */
/* Code of a function and all functions in it. */
CodeObj *emit_function(Compiler *c, Function *fn);
void emit_value(Emitter *e, Expr *x, int target);
/* Register that holds the value: a variable's own, or a new temporary. */
uint32_t emit_operand(Emitter *e, Expr *x);
/* The same, but not a variable's register when it might be assigned before use. */
uint32_t emit_stable_operand(Emitter *e, Expr *x, bool may_change);
/* The register of a variable used as an operand, -1 when it has none or might be assigned before use. */
int variable_operand(const Emitter *e, const Expr *x, bool may_change);
uint32_t take_registers(Emitter *e, uint32_t count);
bool is_variable_register(const Emitter *e, uint32_t reg);
/* A register to build the value in: the target's when nothing can still read it. */
uint32_t build_register(Emitter *e, int target);
/* A register with free ones above it, for a call: the target's when it is the topmost. */
uint32_t block_register(Emitter *e, int target);
/* Hands the value in `reg` to the target. */
void deliver(Emitter *e, uint32_t reg, int target);
void deliver_nil(Emitter *e, int target);
void enter_scope(Emitter *e, Scope *scope);
void leave_scope(Emitter *e, Scope *scope);
void load_variable(Emitter *e, Var *var, uint32_t reg);
/* First value of a variable: `reg` holds it. */
void bind_variable(Emitter *e, Var *var, uint32_t reg);
void emit_symbol_op(Emitter *e, OpCode op, uint32_t a, const SymbolObj *name);
void emit_intrinsic_call(Emitter *e, Intrinsic id, uint32_t first, uint32_t count);
/* The call at the end of the code so far evaluates forms in the scope of `site`. */
void describe_site(Emitter *e, const EvalSite *site);

/* --- emit_expr.c ---------------------------------------------------------------------------------------- */
void emit_arithmetic(Emitter *e, Expr *x, int target);
void emit_compare(Emitter *e, Expr *x, int target);
void emit_logic(Emitter *e, Expr *x, int target);
void emit_unary(Emitter *e, Expr *x, int target);
void emit_path(Emitter *e, Expr *x, int target);
void emit_set_path(Emitter *e, Expr *x, int target);
/* dst = left op constant-or-register */
bool constant_operand(Emitter *e, const Expr *operand, uint32_t *out_constant);
void emit_operation(Emitter *e, uint32_t op, uint32_t dst, uint32_t left, Expr *operand);

/* --- emit_type.c ---------------------------------------------------------------------------------------- */
/* Needs the expression's value no check to pass as the type? NULL is Any. */
bool is_proven(const Emitter *e, const TypeObj *type, const Expr *x);
void emit_check(Emitter *e, uint32_t reg, const TypeObj *type, Boundary boundary);
/* Before RETURN. */
void emit_return_check(Emitter *e, uint32_t reg);
/* Function type for CodeObj.signature. */
Value signature_of(Compiler *c, const Function *fn);
/* Reports a call, or a new, with more positionals than the function it certainly calls can take. */
void check_argument_count(Emitter *e, const Expr *callee, const Arguments *arguments, bool is_new);

/* --- emit_branch.c -------------------------------------------------------------------------------------- */
/* Jumps to the list when the value is falsy; falls through otherwise. */
void emit_branch_false(Emitter *e, Expr *x, JumpList *list);
/* A jump back to `target` when a plain comparison holds; false, without code, when the test is none. */
bool emit_loop_test(Emitter *e, Expr *x, uint32_t target);
void emit_branch_true(Emitter *e, Expr *x, JumpList *list);
bool is_boolean(const Expr *x);

/* --- emit_control.c ------------------------------------------------------------------------------------- */
void emit_if(Emitter *e, Expr *x, int target);
void emit_case(Emitter *e, Expr *x, int target);
void emit_loop(Emitter *e, Expr *x, int target);
void emit_jump(Emitter *e, Expr *x);
void emit_return(Emitter *e, Expr *x);
void emit_ensure(Emitter *e, Expr *x, int target);
void emit_unwrap(Emitter *e, Expr *x, int target);
/* Leaves through all contexts up to `until` with the value in `reg`. */
void emit_exit(Emitter *e, Loop *loop, bool is_continue, uint32_t reg);

/* --- emit_try.c ----------------------------------------------------------------------------------------- */
void emit_try(Emitter *e, Expr *x, int target);
void emit_async(Emitter *e, Expr *x, int target);

/* --- emit_call.c ---------------------------------------------------------------------------------------- */
void emit_call(Emitter *e, Expr *x, int target);
void emit_method_call(Emitter *e, Expr *x, int target);
void emit_new(Emitter *e, Expr *x, int target);

/* --- emit_literal.c ------------------------------------------------------------------------------------- */
void emit_array(Emitter *e, Expr *x, int target);
void emit_map(Emitter *e, Expr *x, int target);
void emit_hashmap(Emitter *e, Expr *x, int target);
void emit_node(Emitter *e, Expr *x, int target);
void emit_interpolation(Emitter *e, const ExprList *parts, int target);
/* Array in `reg` of the items, after `count` values already in registers from `first`. spread_context as for
 * ARRSPREAD. */
void emit_items(Emitter *e, uint32_t reg, uint32_t first, uint32_t count, const Arguments *arguments,
                uint32_t spread_context);
void emit_entries(Emitter *e, uint32_t reg, const Arguments *arguments, uint32_t spread_context);

/* --- emit_pattern.c ------------------------------------------------------------------------------------- */
/* Binds the pattern's names to the parts of the value in `reg`. */
void emit_pattern(Emitter *e, Pattern *pattern, uint32_t reg);
/* Jumps to the list unless the value in `reg` is of the pattern's variant; with it, binds the names to its payload in the
 * clause's scope, which the caller has entered. */
void emit_enum_test(Emitter *e, const EnumPattern *pattern, uint32_t reg, JumpList *list);
void emit_enum_binders(Emitter *e, const EnumPattern *pattern, uint32_t reg);
/* Defaults, patterns, fields and cells of the parameters. */
void emit_prologue(Emitter *e);
void fill_params(Compiler *c, CodeObj *code, const ParamList *params, bool has_self);

#endif

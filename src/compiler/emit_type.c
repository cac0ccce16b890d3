/* emit_type.c — checks at typed boundaries, and when they can be left out (language 09 §9.3, 05 §5.3).
 * Invariant: code without annotations has none of these instructions. */
#include "compiler/emit.h"

#define NUMBERS (KIND_BIT(OBJ_INT) | KIND_BIT(KIND_FLOAT))
#define OR_NIL KIND_BIT(KIND_NIL)

/* --- what is known of a value --------------------------------------------------------------------------------- */

/* A declared variable only holds what its type admits, and nil. A parameter is checked once. */
static uint64_t variable_kinds(const Var *var) {
    const TypeObj *type = var->type;
    if (!type && !var->is_assigned && !var->captured) type = var->bound;
    return type ? type->mask | OR_NIL : 0;
}

static bool is_within(uint64_t kinds, uint64_t allowed) { return kinds != 0 && (kinds & ~allowed) == 0; }

/* An operator raises for nil, so only numbers come out of numbers. */
static uint64_t operation_kinds(uint64_t left, uint64_t right, uint32_t op) {
    if (op == OP_CONCAT) return KIND_BIT(OBJ_STR);
    if (op == OP_IS) return KIND_BIT(KIND_BOOL);
    if (!is_within(left, NUMBERS | OR_NIL) || !is_within(right, NUMBERS | OR_NIL)) return 0;
    if (op == OP_DIV) return KIND_BIT(KIND_FLOAT);
    if (op != OP_ADD && op != OP_SUB && op != OP_MUL && op != OP_MOD) return 0;
    if (is_within(left | right, KIND_BIT(OBJ_INT) | OR_NIL)) return KIND_BIT(OBJ_INT);
    bool has_float = is_within(left, KIND_BIT(KIND_FLOAT) | OR_NIL) || is_within(right, KIND_BIT(KIND_FLOAT) | OR_NIL);
    return has_float ? KIND_BIT(KIND_FLOAT) : NUMBERS;
}

/* Every kind the expression's value can have; 0: unknown. */
static uint64_t known_kinds(const Expr *x) {
    switch ((ExprKind)x->kind) {
    case EXPR_CONST: return KIND_BIT(type_kind(x->as.constant));
    case EXPR_VAR: return variable_kinds(x->as.var);
    case EXPR_COMPARE: return KIND_BIT(KIND_BOOL);
    case EXPR_INTERPOLATE: return KIND_BIT(OBJ_STR);
    case EXPR_ARRAY: return KIND_BIT(OBJ_ARRAY);
    case EXPR_MAP: return KIND_BIT(OBJ_MAP);
    case EXPR_ARITHMETIC: {
        uint64_t kinds = known_kinds(x->as.chain.first);
        for (uint32_t i = 0; i < x->as.chain.count; i++) {
            kinds = operation_kinds(kinds, known_kinds(x->as.chain.rest[i].operand), x->as.chain.rest[i].op);
        }
        return kinds;
    }
    default: return 0;
    }
}

bool is_proven(const Emitter *e, const TypeObj *type, const Expr *x) {
    if (!type) return true;
    bool strict = vm_space(e->c->vm)->strict_nil;
    return is_within(known_kinds(x), type->mask | (strict ? 0 : OR_NIL));
}

/* --- checks ------------------------------------------------------------------------------------------------------ */

/* The instruction whose quick test is enough for most values of the type. */
static OpCode check_op(const TypeObj *type, uint32_t *out_kind) {
    *out_kind = 0;
    if (type->mask & KIND_BIT(OBJ_INT)) return OP_CHECKINT;
    if (type->mask & KIND_BIT(KIND_FLOAT)) return OP_CHECKFLOAT;
    for (uint32_t kind = 0; kind < OBJ_TYPE_COUNT; kind++) {
        if (!(type->mask & KIND_BIT(kind))) continue;
        *out_kind = kind;
        return OP_CHECKKIND;
    }
    return OP_CHECK;
}

void emit_check(Emitter *e, uint32_t reg, const TypeObj *type, Boundary boundary) {
    if (code_is_dead(&e->code)) return;
    uint32_t kind;
    OpCode op = check_op(type, &kind);
    code_abc(&e->code, op, reg, kind, (uint32_t)boundary);
    code_extra(&e->code, code_constant(&e->code, value_pointer(type)));
}

void emit_return_check(Emitter *e, uint32_t reg) {
    if (!e->fn->checks_result || e->return_proven) return;
    emit_check(e, reg, e->fn->result, e->returns_explicitly ? BOUNDARY_EXPLICIT_RETURN : BOUNDARY_RETURN);
}

/* --- signatures --------------------------------------------------------------------------------------------------- */

Value signature_of(Compiler *c, const Function *fn) {
    bool annotated = fn->result != NULL;
    for (uint32_t i = 0; i < fn->params.count; i++) annotated = annotated || fn->params.items[i].type;
    if (!annotated) return VAL_NIL;
    TypePart *parts = ARENA_ARRAY(&c->arena, TypePart, fn->params.count + 1);
    for (uint32_t i = 0; i < fn->params.count; i++) parts[i].type = fn->params.items[i].type;
    parts[fn->params.count].type = fn->result;
    return value_pointer(type_function(c->vm, parts, fn->params.count + 1));
}

/* --- calls known before they run ------------------------------------------------------------------------------------ */

/* Positionals the function takes at most; UINT32_MAX: any number. */
static uint32_t most_positionals(const Function *fn) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < fn->params.count; i++) {
        ParamKind kind = fn->params.items[i].kind;
        if (kind == PARAM_REST) return UINT32_MAX;
        if (kind == PARAM_REQUIRED || kind == PARAM_OPTIONAL) count++;
    }
    return fn->params.count == 0 ? UINT32_MAX : count; /* without parameters the rest is ignored */
}

void check_argument_count(Emitter *e, const Expr *callee, const Arguments *arguments, bool is_new) {
    Compiler *c = e->c;
    if (callee->kind != EXPR_VAR || arguments->spreads_items || vm_space(c->vm)->ignores_types) return;
    const Var *var = callee->as.var;
    const Function *fn = is_new ? var->constructor : var->function;
    if (!fn || var->is_assigned || fn->flags & CODE_MACRO || arguments->item_count <= most_positionals(fn)) return;
    c->line = e->code.line;
    c->column = e->code.column;
    analyze_error(c, ERR_COMPILE_NAME, "Type error: too many positional arguments in %s (expected %u, got %u)",
                  is_new ? "new" : "call", most_positionals(fn), arguments->item_count);
}

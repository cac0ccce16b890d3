/* emit_branch.c — conditions: comparisons fused with their jump, && and || without a value. */
#include "compiler/emit.h"

bool is_boolean(const Expr *x) {
    if (x->kind == EXPR_CONST) return is_bool(x->as.constant);
    return x->kind == EXPR_COMPARE;
}

static bool small_literal(const Expr *x, uint32_t *out_field) {
    if (x->kind != EXPR_CONST || !is_small_int(x->as.constant)) return false;
    int64_t number = small_int_of(x->as.constant);
    *out_field = (uint32_t)number;
    return number >= INT16_MIN && number <= INT16_MAX;
}

/* Where the right operand of a fused comparison comes from. */
typedef enum OperandForm { IN_REGISTER, IN_INSTRUCTION, IN_CONSTANTS } OperandForm;

/* Where the right operand of a fused comparison is; false when it has to be evaluated into a register. */
static bool ready_operand(Emitter *e, const Expr *operand, OperandForm *out_form, uint32_t *out_field) {
    *out_form = small_literal(operand, out_field) ? IN_INSTRUCTION : IN_CONSTANTS;
    return *out_form == IN_INSTRUCTION || constant_operand(e, operand, out_field);
}

/* The jump taken when the comparison is false; OP_COUNT: there is none. */
static OpCode negative_jump(uint32_t op, OperandForm form) {
    static const OpCode jumps[][3] = {
        {OP_JNLT, OP_JNLTI, OP_JNLTK},
        {OP_JNLE, OP_JNLEI, OP_JNLEK},
        {OP_JNGT, OP_JNGTI, OP_JNGTK},
        {OP_JNGE, OP_JNGEI, OP_JNGEK},
    };
    switch (op) {
    case OP_LT: return jumps[0][form];
    case OP_LE: return jumps[1][form];
    case OP_GT: return jumps[2][form];
    case OP_GE: return jumps[3][form];
    default: return OP_COUNT;
    }
}

/* == and != of a variable and a small literal. */
static bool emit_literal_equality(Emitter *e, const Operation *operation, uint32_t left, bool jump_if, JumpList *list) {
    uint32_t field;
    if (!operation->is_numeric || !small_literal(operation->operand, &field)) return false;
    if (operation->op != OP_EQ && operation->op != OP_NE) return false;
    bool jumps_when_equal = (operation->op == OP_EQ) == jump_if;
    code_jump_if(&e->code, jumps_when_equal ? OP_JEQI : OP_JNEQI, left, field, list);
    return true;
}

/* One comparison. False jumps come straight from the opcode; true ones exist for equality only (a >= b is not the
 * opposite of a < b for NaN, and would name the wrong operator in an error). */
static void emit_comparison_branch(Emitter *e, Expr *x, bool jump_if, JumpList *list) {
    const Operation *operation = &x->as.chain.rest[0];
    uint32_t left = emit_stable_operand(e, x->as.chain.first, x->assigns);
    if (emit_literal_equality(e, operation, left, jump_if, list)) return;
    if (negative_jump(operation->op, IN_REGISTER) != OP_COUNT) {
        uint32_t field;
        OperandForm form;
        if (!ready_operand(e, operation->operand, &form, &field)) {
            form = IN_REGISTER;
            field = emit_operand(e, operation->operand);
        }
        OpCode jump = negative_jump(operation->op, form);
        JumpList skip = 0;
        code_jump_if(&e->code, jump, left, field, jump_if ? &skip : list);
        if (jump_if) {
            code_jump(&e->code, list);
            code_patch(&e->code, &skip);
        }
        return;
    }
    uint32_t right = emit_operand(e, operation->operand);
    uint32_t result = take_registers(e, 1);
    bool numeric = operation->is_numeric;
    code_abc(&e->code, numeric ? OP_EQNUM : OP_EQ, result, left, right);
    bool jumps_when_equal = (operation->op == OP_EQ) == jump_if;
    code_jump_if(&e->code, jumps_when_equal ? OP_JT : OP_JF, result, 0, list);
}

static void emit_plain_branch(Emitter *e, Expr *x, bool jump_if, JumpList *list) {
    if (x->kind == EXPR_CONST) {
        if (is_truthy(x->as.constant) == jump_if) code_jump(&e->code, list);
        return;
    }
    uint32_t reg = emit_operand(e, x);
    code_jump_if(&e->code, jump_if ? OP_JT : OP_JF, reg, 0, list);
}

/* a && b is truthy exactly when both are: Ints and Bytes, which combine bitwise, are always truthy. */
static void emit_and_false(Emitter *e, Expr *x, JumpList *list) {
    emit_branch_false(e, x->as.chain.first, list);
    for (uint32_t i = 0; i < x->as.chain.count; i++) emit_branch_false(e, x->as.chain.rest[i].operand, list);
}

static void emit_or_false(Emitter *e, Expr *x, JumpList *list) {
    JumpList is_true = 0;
    emit_branch_true(e, x->as.chain.first, &is_true);
    for (uint32_t i = 0; i + 1 < x->as.chain.count; i++) emit_branch_true(e, x->as.chain.rest[i].operand, &is_true);
    emit_branch_false(e, x->as.chain.rest[x->as.chain.count - 1].operand, list);
    code_patch(&e->code, &is_true);
}

/* An || of Bools: others evaluate their right operand also when the left is an Int. */
static bool is_boolean_or(const Expr *x) {
    if (x->as.chain.rest[0].op != OP_OR || !is_boolean(x->as.chain.first)) return false;
    for (uint32_t i = 0; i + 1 < x->as.chain.count; i++) {
        if (!is_boolean(x->as.chain.rest[i].operand)) return false;
    }
    return true;
}

static void emit_branch(Emitter *e, Expr *x, bool jump_if, JumpList *list) {
    if (x->kind == EXPR_COMPARE && x->as.chain.count == 1) {
        emit_comparison_branch(e, x, jump_if, list);
    } else if (x->kind == EXPR_UNARY && x->as.unary.op == OP_NOT && is_boolean(x->as.unary.operand)) {
        emit_branch(e, x->as.unary.operand, !jump_if, list);
    } else if (x->kind == EXPR_LOGIC && x->as.chain.rest[0].op == OP_AND) {
        if (!jump_if) {
            emit_and_false(e, x, list);
            return;
        }
        JumpList is_false = 0;
        emit_and_false(e, x, &is_false);
        code_jump(&e->code, list);
        code_patch(&e->code, &is_false);
    } else if (x->kind == EXPR_LOGIC && is_boolean_or(x)) {
        if (!jump_if) {
            emit_or_false(e, x, list);
            return;
        }
        emit_branch_true(e, x->as.chain.first, list);
        for (uint32_t i = 0; i < x->as.chain.count; i++) emit_branch_true(e, x->as.chain.rest[i].operand, list);
    } else {
        emit_plain_branch(e, x, jump_if, list);
    }
}

static void emit_branch_at(Emitter *e, Expr *x, bool jump_if, JumpList *list) {
    uint32_t top = e->top;
    uint32_t line = e->code.line;
    uint32_t column = e->code.column;
    if (x->line) {
        e->code.line = x->line;
        e->code.column = x->column;
    }
    emit_branch(e, x, jump_if, list);
    e->code.line = line;
    e->code.column = column;
    e->top = top;
}

void emit_branch_false(Emitter *e, Expr *x, JumpList *list) { emit_branch_at(e, x, false, list); }
void emit_branch_true(Emitter *e, Expr *x, JumpList *list) { emit_branch_at(e, x, true, list); }

/* --- the bottom of a loop ------------------------------------------------------------------------------- */

/* The jump back taken when the comparison holds; OP_COUNT: there is none. */
static OpCode loop_jump(uint32_t op, OperandForm form) {
    static const OpCode jumps[][3] = {
        {OP_LOOPLT, OP_LOOPLTI, OP_LOOPLTK},
        {OP_LOOPLE, OP_LOOPLEI, OP_LOOPLEK},
        {OP_LOOPGT, OP_LOOPGTI, OP_LOOPGTK},
        {OP_LOOPGE, OP_LOOPGEI, OP_LOOPGEK},
    };
    return op >= OP_LT && op <= OP_GE ? jumps[op - OP_LT][form] : OP_COUNT;
}

bool emit_loop_test(Emitter *e, Expr *x, uint32_t target) {
    if (code_is_dead(&e->code)) return true;
    if (x->kind != EXPR_COMPARE || x->as.chain.count != 1) return false;
    const Operation *operation = &x->as.chain.rest[0];
    int left = variable_operand(e, x->as.chain.first, x->assigns);
    if (left < 0) return false;
    OperandForm form;
    uint32_t field;
    if (!ready_operand(e, operation->operand, &form, &field)) {
        int right = variable_operand(e, operation->operand, x->assigns);
        if (right < 0) return false;
        form = IN_REGISTER;
        field = (uint32_t)right;
    }
    OpCode jump = loop_jump(operation->op, form);
    if (jump == OP_COUNT) return false;
    uint32_t line = e->code.line, column = e->code.column;
    if (x->line) {
        e->code.line = x->line;
        e->code.column = x->column;
    }
    code_jump_back(&e->code, jump, (uint32_t)left, field, target);
    e->code.line = line;
    e->code.column = column;
    return true;
}

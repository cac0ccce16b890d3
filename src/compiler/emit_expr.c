/* emit_expr.c — operators and paths. */
#include "compiler/emit.h"

/* --- arithmetic ----------------------------------------------------------------------------------------- */

/* ADDI's operand: + of 0…127, or - of 1…128 as its negative (the sign tells which words an error uses). */
static bool immediate_operand(uint32_t op, const Expr *operand, int32_t *out_immediate) {
    if (operand->kind != EXPR_CONST || !is_small_int(operand->as.constant)) return false;
    int64_t number = small_int_of(operand->as.constant);
    if (op == OP_ADD && number >= 0 && number <= 127) {
        *out_immediate = (int32_t)number;
        return true;
    }
    if (op == OP_SUB && number >= 1 && number <= 128) {
        *out_immediate = (int32_t)-number;
        return true;
    }
    return false;
}

/* The form of an operator that takes its right operand from the constants; OP_COUNT: there is none. */
static OpCode constant_form(uint32_t op) {
    switch (op) {
    case OP_ADD: return OP_ADDK;
    case OP_SUB: return OP_SUBK;
    case OP_MUL: return OP_MULK;
    case OP_DIV: return OP_DIVK;
    case OP_MOD: return OP_MODK;
    default: return OP_COUNT;
    }
}

/* A number's place among the constants, when an instruction's 8 bits can name it. */
bool constant_operand(Emitter *e, const Expr *operand, uint32_t *out_constant) {
    if (operand->kind != EXPR_CONST || !is_number(operand->as.constant)) return false;
    *out_constant = code_constant(&e->code, operand->as.constant);
    return *out_constant <= UINT8_MAX;
}

void emit_operation(Emitter *e, uint32_t op, uint32_t dst, uint32_t left, Expr *operand) {
    int32_t immediate;
    if (immediate_operand(op, operand, &immediate)) {
        code_abc(&e->code, OP_ADDI, dst, left, (uint32_t)immediate);
        return;
    }
    uint32_t constant;
    if (constant_form(op) != OP_COUNT && constant_operand(e, operand, &constant)) {
        code_abc(&e->code, constant_form(op), dst, left, constant);
        return;
    }
    uint32_t right = emit_operand(e, operand);
    code_abc(&e->code, (OpCode)op, dst, left, right);
}

/* First operand of a chain: in a variable's register, or in `reg`. */
static uint32_t emit_first(Emitter *e, Expr *x, uint32_t reg) {
    int own = variable_operand(e, x->as.chain.first, x->assigns);
    if (own >= 0) return (uint32_t)own;
    emit_value(e, x->as.chain.first, (int)reg);
    return reg;
}

void emit_arithmetic(Emitter *e, Expr *x, int target) {
    uint32_t accumulator = build_register(e, target);
    uint32_t left = emit_first(e, x, accumulator);
    for (uint32_t i = 0; i < x->as.chain.count; i++) {
        uint32_t top = e->top;
        bool is_last = i + 1 == x->as.chain.count;
        uint32_t dst = is_last && target >= 0 ? (uint32_t)target : accumulator;
        emit_operation(e, x->as.chain.rest[i].op, dst, left, x->as.chain.rest[i].operand);
        left = dst;
        e->top = top;
    }
    deliver(e, left, target);
}

/* --- comparisons and logic ------------------------------------------------------------------------------ */

static void emit_comparison(Emitter *e, const Operation *operation, uint32_t dst, uint32_t left, uint32_t right) {
    if (operation->is_numeric && (operation->op == OP_EQ || operation->op == OP_NE)) {
        code_abc(&e->code, OP_EQNUM, dst, left, right);
        if (operation->op == OP_NE) code_abc(&e->code, OP_NOT, dst, dst, 0);
        return;
    }
    code_abc(&e->code, (OpCode)operation->op, dst, left, right);
}

/* Operand of a comparison chain: a variable's register, or `reg`. */
static uint32_t chain_operand(Emitter *e, Expr *x, bool may_change, uint32_t reg) {
    int own = variable_operand(e, x, may_change);
    if (own >= 0) return (uint32_t)own;
    emit_value(e, x, (int)reg);
    return reg;
}

/* (a < b <= c): each operand once; two registers take turns holding them. */
static void emit_comparison_chain(Emitter *e, Expr *x, int target) {
    uint32_t result = build_register(e, target);
    uint32_t turns = take_registers(e, 2);
    JumpList end = 0;
    uint32_t left = chain_operand(e, x->as.chain.first, x->assigns, turns);
    for (uint32_t i = 0; i < x->as.chain.count; i++) {
        uint32_t right = chain_operand(e, x->as.chain.rest[i].operand, x->assigns, turns + (i + 1) % 2);
        emit_comparison(e, &x->as.chain.rest[i], result, left, right);
        if (i + 1 < x->as.chain.count) code_jump_if(&e->code, OP_JF, result, 0, &end);
        left = right;
    }
    code_patch(&e->code, &end);
    deliver(e, result, target);
}

void emit_compare(Emitter *e, Expr *x, int target) {
    if (x->as.chain.count > 1) {
        emit_comparison_chain(e, x, target);
        return;
    }
    uint32_t scratch = build_register(e, target);
    uint32_t left = emit_first(e, x, scratch);
    uint32_t right = emit_operand(e, x->as.chain.rest[0].operand);
    uint32_t dst = target >= 0 ? (uint32_t)target : scratch;
    emit_comparison(e, &x->as.chain.rest[0], dst, left, right);
    deliver(e, dst, target);
}

void emit_logic(Emitter *e, Expr *x, int target) {
    uint32_t result = build_register(e, target);
    JumpList end = 0;
    bool known = is_boolean(x->as.chain.first);
    emit_value(e, x->as.chain.first, (int)result);
    for (uint32_t i = 0; i < x->as.chain.count; i++) {
        const Operation *operation = &x->as.chain.rest[i];
        code_jump_if(&e->code, operation->op == OP_AND ? OP_JAND : OP_JOR, result, 0, &end);
        if (known) {
            /* A Bool that did not decide has no part in the result. */
            emit_value(e, operation->operand, (int)result);
        } else {
            uint32_t top = e->top;
            uint32_t right = emit_operand(e, operation->operand);
            code_abc(&e->code, (OpCode)operation->op, result, result, right);
            e->top = top;
        }
        known = known && is_boolean(operation->operand);
    }
    code_patch(&e->code, &end);
    deliver(e, result, target);
}

void emit_unary(Emitter *e, Expr *x, int target) {
    uint32_t operand = emit_operand(e, x->as.unary.operand);
    uint32_t dst = target >= 0 ? (uint32_t)target : take_registers(e, 1);
    code_abc(&e->code, (OpCode)x->as.unary.op, dst, operand, 0);
    deliver(e, dst, target);
}

/* --- reading paths -------------------------------------------------------------------------------------- */

static void emit_property(Emitter *e, const Step *step, uint32_t dst, uint32_t from) {
    if (step->dynamic) {
        uint32_t key = emit_operand(e, step->dynamic);
        code_abc(&e->code, OP_GETPROPVAR, dst, from, key);
    } else {
        code_abc(&e->code, OP_GETPROP, dst, from, 0);
    }
    code_extra(&e->code, code_symbol(&e->code, step->name));
    code_extra(&e->code, code_cache(&e->code));
}

/* A method without arguments: result in `dst`. */
static void emit_method_step(Emitter *e, const Step *step, uint32_t dst, uint32_t from) {
    uint32_t base = block_register(e, (int)dst);
    uint32_t receiver = take_registers(e, step->name ? 1 : 2);
    deliver(e, from, (int)receiver);
    if (step->name) {
        code_abc(&e->code, OP_CALLM, base, 0, 0);
        code_extra(&e->code, code_symbol(&e->code, step->name));
        code_extra(&e->code, code_cache(&e->code));
    } else {
        code_abc(&e->code, OP_ARRAY, receiver, receiver, 1);
        emit_value(e, step->dynamic, (int)base);
        emit_intrinsic_call(e, INTRINSIC_METHOD_NAME, base, 1);
        code_load_constant(&e->code, receiver + 1, VAL_NIL);
        code_abc(&e->code, OP_CALLMSPREAD, base, 0, 0);
    }
    deliver(e, base, (int)dst);
}

/* One step from `from` into `dst`; returns the register with the result. */
static uint32_t emit_step(Emitter *e, const Step *step, uint32_t dst, uint32_t from) {
    uint32_t top = e->top;
    switch (step->kind) {
    case STEP_NAME: emit_property(e, step, dst, from); break;
    case STEP_INDEX:
        code_abc(&e->code, OP_GETIDX, dst, from, 0);
        code_extra(&e->code, (uint32_t)step->index);
        break;
    case STEP_DYNAMIC: {
        uint32_t key = emit_operand(e, step->dynamic);
        code_abc(&e->code, step->name ? OP_GETKEY : OP_GETDYN, dst, from, key);
        break;
    }
    case STEP_METHOD:
    case STEP_DYNAMIC_METHOD: emit_method_step(e, step, dst, from); break;
    case STEP_PRESENT:
        code_abc(&e->code, OP_PRESENT, from, 0, 0);
        dst = from;
        break;
    }
    e->top = top;
    return dst;
}

/* The first `count` steps; intermediate values in `scratch`, the last in `dst` if that is a register. */
static uint32_t emit_steps(Emitter *e, Expr *x, uint32_t count, uint32_t scratch, int dst) {
    int own = variable_operand(e, x->as.path.base, x->assigns);
    uint32_t at = own >= 0 ? (uint32_t)own : scratch;
    if (own < 0) emit_value(e, x->as.path.base, (int)scratch);
    for (uint32_t i = 0; i < count; i++) {
        bool is_last = i + 1 == count;
        at = emit_step(e, &x->as.path.steps[i], is_last && dst >= 0 ? (uint32_t)dst : scratch, at);
    }
    return at;
}

void emit_path(Emitter *e, Expr *x, int target) {
    uint32_t scratch = build_register(e, target);
    deliver(e, emit_steps(e, x, x->as.path.count, scratch, target), target);
}

/* --- writing paths -------------------------------------------------------------------------------------- */

static void emit_set_step(Emitter *e, const Step *step, uint32_t container, uint32_t key, uint32_t value) {
    switch (step->kind) {
    case STEP_NAME:
        code_abc(&e->code, OP_SETPROP, container, value, 0);
        code_extra(&e->code, code_symbol(&e->code, step->name));
        code_extra(&e->code, code_cache(&e->code));
        break;
    case STEP_INDEX:
        code_abc(&e->code, OP_SETIDX, container, value, 0);
        code_extra(&e->code, (uint32_t)step->index);
        break;
    default: code_abc(&e->code, OP_SETDYN, container, key, value); break;
    }
}

static void load_key(Emitter *e, const Step *step, uint32_t reg, uint32_t key) {
    if (step->kind == STEP_DYNAMIC) {
        code_abc(&e->code, OP_MOVE, reg, key, 0);
    } else if (step->kind == STEP_INDEX) {
        code_load_constant(&e->code, reg, value_small_int(step->index));
    } else {
        code_load_constant(&e->code, reg, value_pointer(step->name));
    }
}

/* A truthy value read the ordinary way is what the strict way gives too, so that only nil, false and absent members
 * pay for the call: numbers never do. Negative and computed indices are always strict. */
static void emit_fast_read(Emitter *e, const Step *step, uint32_t dst, uint32_t container, JumpList *done) {
    if (step->kind == STEP_DYNAMIC || (step->kind == STEP_INDEX && step->index < 0)) return;
    emit_step(e, step, dst, container);
    code_jump_if(&e->code, OP_JT, dst, 0, done);
}

static uint32_t emit_compound_value(Emitter *e, Expr *x, const Step *step, uint32_t container, uint32_t key) {
    uint32_t current = take_registers(e, 2);
    JumpList done = 0;
    emit_fast_read(e, step, current, container, &done);
    code_abc(&e->code, OP_MOVE, current, container, 0);
    load_key(e, step, current + 1, key);
    emit_intrinsic_call(e, INTRINSIC_GET_STRICT, current, 2);
    code_patch(&e->code, &done);
    e->top = current + 1;
    emit_operation(e, x->as.path.op, current, current, x->as.path.value);
    e->top = current + 1;
    return current;
}

void emit_set_path(Emitter *e, Expr *x, int target) {
    const Step *last = &x->as.path.steps[x->as.path.count - 1];
    uint32_t scratch = take_registers(e, 1);
    uint32_t container = emit_steps(e, x, x->as.path.count - 1, scratch, TARGET_DROP);
    uint32_t key = 0;
    if (last->kind == STEP_DYNAMIC) key = emit_stable_operand(e, last->dynamic, x->assigns);
    uint32_t value =
        x->as.path.compound ? emit_compound_value(e, x, last, container, key) : emit_operand(e, x->as.path.value);
    emit_set_step(e, last, container, key, value);
    deliver(e, value, target);
}

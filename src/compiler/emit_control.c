/* emit_control.c — branches, loops and leaving them. */
#include "compiler/emit.h"

/* --- branches ------------------------------------------------------------------------------------------- */

/* A branch that gives no value: nil when the form has one. */
static bool is_empty(const Expr *x) { return !x || (x->kind == EXPR_CONST && is_nil(x->as.constant)); }

/* What is given when no test holds, and the end of all clauses. */
static void emit_otherwise(Emitter *e, Expr *x, int target, JumpList *end) {
    if (x->as.branches.otherwise) {
        emit_value(e, x->as.branches.otherwise, target);
    } else {
        deliver_nil(e, target);
    }
    code_patch(&e->code, end);
}

void emit_if(Emitter *e, Expr *x, int target) {
    JumpList end = 0;
    bool has_else = target != TARGET_DROP || !is_empty(x->as.branches.otherwise);
    for (uint32_t i = 0; i < x->as.branches.count; i++) {
        Clause *clause = &x->as.branches.clauses[i];
        JumpList next = 0;
        if (clause->negated) {
            emit_branch_true(e, clause->test, &next);
        } else {
            emit_branch_false(e, clause->test, &next);
        }
        emit_value(e, clause->body, target);
        bool is_last = i + 1 == x->as.branches.count && !has_else;
        if (!is_last) code_jump(&e->code, &end);
        code_patch(&e->code, &next);
    }
    emit_otherwise(e, x, target, &end);
}

static void emit_case_test(Emitter *e, uint32_t subject, Expr *pattern, JumpList *next) {
    uint32_t top = e->top;
    uint32_t value = emit_operand(e, pattern);
    uint32_t result = is_variable_register(e, value) ? take_registers(e, 1) : value;
    code_abc(&e->code, OP_EQ, result, subject, value);
    code_jump_if(&e->code, OP_JF, result, 0, next);
    e->top = top;
}

static void emit_case_body(Emitter *e, uint32_t subject, Clause *clause, int target, JumpList *next) {
    const EnumPattern *pattern = clause->pattern;
    if (!pattern) {
        emit_value(e, clause->body, target);
        return;
    }
    uint32_t top = e->top;
    emit_enum_test(e, pattern, subject, next);
    enter_scope(e, pattern->scope);
    emit_enum_binders(e, pattern, subject);
    emit_value(e, clause->body, target);
    leave_scope(e, pattern->scope);
    e->top = top;
}

void emit_case(Emitter *e, Expr *x, int target) {
    JumpList end = 0;
    uint32_t subject = emit_stable_operand(e, x->as.branches.target, x->assigns);
    bool has_else = target != TARGET_DROP || !is_empty(x->as.branches.otherwise);
    for (uint32_t i = 0; i < x->as.branches.count; i++) {
        Clause *clause = &x->as.branches.clauses[i];
        JumpList next = 0;
        if (clause->test) emit_case_test(e, subject, clause->test, &next);
        emit_case_body(e, subject, clause, target, &next);
        bool is_last = i + 1 == x->as.branches.count && !has_else;
        if (!is_last) code_jump(&e->code, &end);
        code_patch(&e->code, &next);
    }
    emit_otherwise(e, x, target, &end);
}

/* --- loops ---------------------------------------------------------------------------------------------- */

static void emit_turn(Emitter *e, Expr *x) {
    if (x->as.loop.scope) enter_scope(e, x->as.loop.scope);
    emit_value(e, x->as.loop.body, TARGET_DROP);
    if (x->as.loop.scope) leave_scope(e, x->as.loop.scope);
    code_patch(&e->code, &x->as.loop.loop->continues);
}

static void emit_while(Emitter *e, Expr *x) {
    Expr *test = x->as.loop.subject;
    uint32_t start = code_here(&e->code);
    if (test) emit_branch_false(e, test, &x->as.loop.loop->breaks);
    uint32_t body = code_here(&e->code);
    emit_turn(e, x);
    if (!test || !emit_loop_test(e, test, body)) code_loop(&e->code, start);
}

static void emit_repeat(Emitter *e, Expr *x) {
    Expr *count = x->as.loop.subject;
    uint32_t counter = take_registers(e, 1);
    emit_value(e, count, (int)counter);
    bool is_literal = count->kind == EXPR_CONST && is_small_int(count->as.constant);
    if (!is_literal) emit_intrinsic_call(e, INTRINSIC_REPEAT_COUNT, counter, 1);
    uint32_t start = code_here(&e->code);
    code_jump_if(&e->code, OP_JNGTI, counter, 0, &x->as.loop.loop->breaks);
    emit_turn(e, x);
    code_abc(&e->code, OP_ADDI, counter, counter, (uint32_t)-1);
    code_loop(&e->code, start);
}

/* The variable of a turn is the register FORNEXT fills; a captured one becomes a fresh cell there. */
static void bind_turn_variable(Emitter *e, Var *var, uint32_t reg) {
    if (!var) return;
    var->reg = (int16_t)reg;
    bind_variable(e, var, reg);
}

static void emit_for(Emitter *e, Expr *x) {
    uint32_t iterator = take_registers(e, 3);
    e->top = iterator + 1;
    emit_value(e, x->as.loop.subject, (int)iterator);
    e->top = iterator;
    take_registers(e, 5);
    bool pairs = x->as.loop.pairs;
    code_abc(&e->code, OP_ITER, iterator, iterator, pairs);
    JumpList next = 0;
    code_jump(&e->code, &next);
    uint32_t start = code_here(&e->code);
    uint32_t value = iterator + (pairs ? 4 : 3);
    bind_turn_variable(e, x->as.loop.key, iterator + 3);
    bind_turn_variable(e, x->as.loop.value, value);
    enter_scope(e, x->as.loop.scope);
    if (x->as.loop.pattern) emit_pattern(e, x->as.loop.pattern, value);
    emit_value(e, x->as.loop.body, TARGET_DROP);
    leave_scope(e, x->as.loop.scope);
    code_patch(&e->code, &x->as.loop.loop->continues);
    code_patch(&e->code, &next);
    code_jump_back(&e->code, OP_FORNEXT, iterator, pairs, start);
    code_jump_back(&e->code, OP_FORCHECK, iterator, pairs, start);
}

void emit_loop(Emitter *e, Expr *x, int target) {
    Loop *loop = x->as.loop.loop;
    bool has_value = loop->kind == LOOP_FOREVER && target != TARGET_DROP;
    uint32_t result = has_value ? build_register(e, target) : 0;
    if (has_value)
        code_load_constant(&e->code, result, VAL_NIL); /* a break may come by way of a finally body: emit_try.c */
    loop->target = has_value ? (int)result : TARGET_DROP;
    loop->context = e->context;
    switch (loop->kind) {
    case LOOP_FOREVER:
    case LOOP_WHILE: emit_while(e, x); break;
    case LOOP_REPEAT: emit_repeat(e, x); break;
    case LOOP_FOR: emit_for(e, x); break;
    }
    code_patch(&e->code, &loop->breaks);
    if (has_value) {
        deliver(e, result, target);
    } else {
        deliver_nil(e, target);
    }
}

/* --- leaving -------------------------------------------------------------------------------------------- */

static uint32_t exit_code(Emitter *e, Context *context, Loop *loop, bool is_continue) {
    for (const Exit *exit = context->exits; exit; exit = exit->next) {
        if (exit->loop == loop && exit->is_continue == is_continue) return exit->code;
    }
    Exit *exit = ARENA_NEW(&e->c->arena, Exit);
    exit->loop = loop;
    exit->is_continue = is_continue;
    exit->code = context->exit_count++ + 2; /* 0: normal end, 1: exception */
    exit->next = context->exits;
    context->exits = exit;
    return exit->code;
}

void emit_exit(Emitter *e, Loop *loop, bool is_continue, uint32_t reg) {
    const Context *until = loop ? loop->context : NULL;
    for (Context *context = e->context; context != until; context = context->outer) {
        if (context->kind == CONTEXT_HANDLER) {
            code_abc(&e->code, OP_SETEX, context->saved, 0, 0);
            continue;
        }
        if (context->kind == CONTEXT_ENSURE) { /* only a return gets here: it is around the whole function */
            deliver(e, reg, (int)context->value);
            code_jump(&e->code, &context->entries);
            return;
        }
        /* The finally body runs first and goes on from there. */
        if (!loop) deliver(e, reg, (int)context->value);
        code_load_constant(&e->code, context->completion, value_small_int(exit_code(e, context, loop, is_continue)));
        code_jump(&e->code, &context->entries);
        return;
    }
    if (!loop) {
        bool proven = e->return_proven;
        e->return_proven = false;
        deliver(e, reg, TARGET_RETURN);
        e->return_proven = proven;
    } else {
        code_jump(&e->code, is_continue ? &loop->continues : &loop->breaks);
    }
}

void emit_jump(Emitter *e, Expr *x) {
    Loop *loop = x->as.jump.loop;
    int target = x->as.jump.is_continue ? TARGET_DROP : loop->target;
    if (x->as.jump.value) {
        emit_value(e, x->as.jump.value, target);
    } else {
        deliver_nil(e, target);
    }
    emit_exit(e, loop, x->as.jump.is_continue, 0);
}

/* Where the value of a return waits while the innermost finally body runs; a temporary when there is none. */
static uint32_t return_register(Emitter *e) {
    for (const Context *context = e->context; context; context = context->outer) {
        if (context->kind == CONTEXT_FINALLY) return context->value;
    }
    return take_registers(e, 1);
}

void emit_return(Emitter *e, Expr *x) {
    bool explicitly = e->returns_explicitly;
    e->returns_explicitly = true;
    if (e->fn->kind == FUNCTION_CTOR) {
        emit_value(e, x->as.operand, TARGET_DROP);
        emit_exit(e, NULL, false, 0);
    } else if (!e->context) {
        emit_value(e, x->as.operand, TARGET_RETURN);
    } else {
        uint32_t reg = return_register(e);
        emit_value(e, x->as.operand, (int)reg);
        emit_exit(e, NULL, false, reg);
    }
    e->returns_explicitly = explicitly;
}

/* A function's body and the checks of its value. */
void emit_ensure(Emitter *e, Expr *x, int target) {
    bool is_ctor = e->fn->kind == FUNCTION_CTOR;
    bool has_value = !is_ctor && !(e->fn->flags & CODE_GENERATOR);
    Context context = {.outer = e->context, .kind = CONTEXT_ENSURE, .value = take_registers(e, 1)};
    e->context = &context;
    e->guarded++;
    emit_value(e, x->as.ensure.body, has_value ? (int)context.value : TARGET_DROP);
    e->guarded--;
    e->context = context.outer;
    if (!has_value && !code_is_dead(&e->code)) {
        if (is_ctor)
            deliver(e, 0, (int)context.value);
        else
            code_load_constant(&e->code, context.value, VAL_NIL);
    }
    code_patch(&e->code, &context.entries);
    enter_scope(e, x->as.ensure.scope);
    bind_variable(e, x->as.ensure.result, context.value);
    emit_value(e, x->as.ensure.checks, TARGET_DROP);
    leave_scope(e, x->as.ensure.scope);
    deliver(e, context.value, target);
}

/* (e ?): Err and None leave the function as a return would. */
void emit_unwrap(Emitter *e, Expr *x, int target) {
    uint32_t reg = build_register(e, target);
    emit_value(e, x->as.unwrap.operand, (int)reg);
    JumpList go_on = 0;
    code_jump_if(&e->code, OP_UNWRAP, reg, 0, &go_on);
    if (x->as.unwrap.stays) {
        code_load_constant(&e->code, reg, VAL_NIL);
    } else {
        bool explicitly = e->returns_explicitly;
        e->returns_explicitly = true;
        uint32_t value = e->context ? return_register(e) : reg;
        if (e->fn->kind == FUNCTION_CTOR)
            value = 0; /* self */
        else
            deliver(e, reg, (int)value);
        emit_exit(e, NULL, false, value);
        e->returns_explicitly = explicitly;
    }
    code_patch(&e->code, &go_on);
    deliver(e, reg, target);
}

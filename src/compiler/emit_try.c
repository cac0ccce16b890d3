/* emit_try.c — try/catch/finally and async.
 *
 * A finally body is emitted once. Whoever leaves the protected part puts a completion kind in a register (0 normal,
 * 1 exception, more: one for each return, break, continue) and jumps to it; afterwards the kind says where to go on.
 * Handlers are recorded innermost first because inner forms are finished before outer ones. */
#include "compiler/emit.h"

#define COMPLETED 0
#define RAISED 1

/* Jumps to `next` unless the clause applies to the exception in `exception`. */
static void emit_catch_test(Emitter *e, const CatchClause *clause, uint32_t exception, JumpList *next) {
    if (!clause->class_) return;
    uint32_t top = e->top;
    uint32_t first = take_registers(e, 2);
    code_abc(&e->code, OP_MOVE, first, exception, 0);
    emit_value(e, clause->class_, (int)first + 1);
    emit_intrinsic_call(e, INTRINSIC_EXCEPTION_IS, first, 2);
    code_jump_if(&e->code, OP_JF, first, 0, next);
    e->top = top;
}

/* An array pattern takes the exception's cause apart, a map pattern the exception itself. */
static void bind_catch(Emitter *e, const CatchClause *clause, uint32_t exception) {
    if (clause->binding) bind_variable(e, clause->binding, exception);
    if (!clause->pattern) return;
    uint32_t top = e->top;
    uint32_t value = exception;
    if (!clause->pattern->is_map) {
        value = take_registers(e, 1);
        code_abc(&e->code, OP_GETPROP, value, exception, 0);
        code_extra(&e->code, code_symbol(&e->code, SYM(e->c->vm, CAUSE)));
        code_extra(&e->code, code_cache(&e->code));
    }
    emit_pattern(e, clause->pattern, value);
    e->top = top;
}

static void emit_catches(Emitter *e, Expr *x, uint32_t exception, uint32_t saved, int target, JumpList *end) {
    for (uint32_t i = 0; i < x->as.try_.count; i++) {
        CatchClause *clause = &x->as.try_.catches[i];
        JumpList next = 0;
        uint32_t top = e->top;
        emit_catch_test(e, clause, exception, &next);
        enter_scope(e, clause->scope);
        bind_catch(e, clause, exception);
        emit_value(e, clause->body, target);
        leave_scope(e, clause->scope);
        if (!code_is_dead(&e->code)) {
            code_abc(&e->code, OP_SETEX, saved, 0, 0);
            code_jump(&e->code, end);
        }
        e->top = top;
        code_patch(&e->code, &next);
        if (!clause->class_) return; /* catches everything: later clauses never run */
    }
    if (code_is_dead(&e->code)) return;
    code_abc(&e->code, OP_SETEX, saved, 0, 0);
    code_abc(&e->code, OP_RETHROW, exception, 0, 0);
}

/* The body and its catch clauses. */
static void emit_guarded(Emitter *e, Expr *x, int target) {
    if (x->as.try_.count == 0) {
        emit_value(e, x->as.try_.body, target);
        return;
    }
    uint32_t exception = take_registers(e, 3);
    uint32_t saved = exception + 1;
    uint32_t escaping = exception + 2;
    uint32_t start = code_here(&e->code);
    e->guarded++;
    emit_value(e, x->as.try_.body, target);
    JumpList end = 0;
    uint32_t body_end = e->code.word_count;
    code_jump(&e->code, &end);
    uint32_t handler = code_here(&e->code);
    code_abc(&e->code, OP_GETEX, saved, 0, 0);
    code_abc(&e->code, OP_SETEX, exception, 0, 0);
    code_handler(&e->code, start, body_end, handler, exception, false);
    Context context = {.outer = e->context, .kind = CONTEXT_HANDLER, .saved = saved};
    e->context = &context;
    uint32_t catches = code_here(&e->code);
    emit_catches(e, x, exception, saved, target, &end);
    e->context = context.outer;
    e->guarded--;
    /* What leaves a clause by raising restores $ex on its way. */
    uint32_t cleanup = code_here(&e->code);
    code_abc(&e->code, OP_SETEX, saved, 0, 0);
    code_abc(&e->code, OP_RETHROW, escaping, 0, 0);
    code_handler(&e->code, catches, cleanup, cleanup, escaping, false);
    code_patch(&e->code, &end);
}

/* After the finally body: on to where the completion kind says. */
static void emit_dispatch(Emitter *e, const Context *context) {
    JumpList next = 0;
    code_jump_if(&e->code, OP_JNEQI, context->completion, RAISED, &next);
    code_abc(&e->code, OP_RETHROW, context->value, 0, 0);
    code_patch(&e->code, &next);
    for (const Exit *exit = context->exits; exit; exit = exit->next) {
        code_jump_if(&e->code, OP_JNEQI, context->completion, exit->code, &next);
        emit_exit(e, exit->loop, exit->is_continue, context->value);
        code_patch(&e->code, &next);
    }
}

static void emit_finally(Emitter *e, Expr *x, int target) {
    Context context = {.outer = e->context, .kind = CONTEXT_FINALLY};
    context.completion = take_registers(e, 2);
    context.value = context.completion + 1;
    uint32_t top = e->top;
    /* Both are read after the finally body, whoever came by; the verifier does not follow the kind. */
    code_load_constant(&e->code, context.value, VAL_NIL);
    if (target >= 0) code_load_constant(&e->code, (uint32_t)target, VAL_NIL);
    uint32_t start = code_here(&e->code);
    e->context = &context;
    e->guarded++;
    emit_guarded(e, x, target);
    e->guarded--;
    e->context = context.outer;
    e->top = top;
    uint32_t end = e->code.word_count;
    if (!code_is_dead(&e->code)) {
        code_load_constant(&e->code, context.completion, value_small_int(COMPLETED));
        code_jump(&e->code, &context.entries);
    }
    uint32_t handler = code_here(&e->code);
    code_handler(&e->code, start, end, handler, context.value, true);
    code_load_constant(&e->code, context.completion, value_small_int(RAISED));
    code_patch(&e->code, &context.entries);
    emit_value(e, x->as.try_.finally_body, TARGET_DROP);
    emit_dispatch(e, &context);
}

void emit_try(Emitter *e, Expr *x, int target) {
    /* Never straight into a variable: the finally body may still read its old value, or raise. */
    int result = target == TARGET_DROP ? TARGET_DROP : (int)build_register(e, target);
    if (x->as.try_.finally_body) {
        emit_finally(e, x, result);
    } else {
        emit_guarded(e, x, result);
    }
    if (result >= 0) deliver(e, (uint32_t)result, target);
}

void emit_async(Emitter *e, Expr *x, int target) {
    uint32_t value = take_registers(e, 1);
    uint32_t result = target >= 0 ? (uint32_t)target : take_registers(e, 1);
    uint32_t start = code_here(&e->code);
    e->guarded++;
    emit_value(e, x->as.operand, (int)value);
    e->guarded--;
    uint32_t end = e->code.word_count;
    JumpList done = 0;
    code_abc(&e->code, OP_ASYNCOK, result, value, 0);
    code_jump(&e->code, &done);
    uint32_t handler = code_here(&e->code);
    code_handler(&e->code, start, end, handler, value, false);
    code_abc(&e->code, OP_ASYNCFAIL, result, value, 0);
    code_patch(&e->code, &done);
    deliver(e, result, target);
}

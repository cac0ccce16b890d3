/* analyze_try.c — try/catch/finally, throw, and the forms of futures and generators (language 22, 23, 25). */
#include "compiler/analyze_forms.h"

/* --- try ------------------------------------------------------------------------------------------------ */

static uint32_t part_end(const NodeObj *node, uint32_t first) {
    while (first < node->count && !is_symbol_text(node->children[first], "catch") &&
           !is_symbol_text(node->children[first], "finally")) {
        first++;
    }
    return first;
}

static bool binds_name(const SymbolObj *symbol) {
    char first = symbol->text[0];
    return first != '$' && !(first >= 'A' && first <= 'Z');
}

/* Analyses the pattern inside the clause's scope, the class outside of it. */
static void analyze_catch_pattern(Compiler *c, Value pattern, CatchClause *clause) {
    bool is_any = is_symbol_text(pattern, "*") || is_symbol_text(pattern, "_");
    bool is_name = is_symbol(pattern) && binds_name(symbol_of(pattern));
    bool is_pattern = is_array(pattern) || is_map(pattern);
    if (!is_any && !is_name && !is_pattern) {
        scope_enter_conditional(c);
        clause->class_ = analyze_form(c, pattern);
        scope_leave_conditional(c);
    }
    clause->scope = scope_open(c, false);
    if (is_pattern) clause->pattern = analyze_pattern(c, pattern, false);
    if (is_name && !is_any) clause->binding = scope_declare(c, symbol_of(pattern));
}

static void analyze_catch(Compiler *c, NodeObj *node, uint32_t first, uint32_t end, CatchClause *clause) {
    analyze_catch_pattern(c, node->children[first], clause);
    clause->body = analyze_sequence(c, node->children + first + 1, end - first - 1);
    scope_close(c);
}

Expr *analyze_try(Compiler *c, NodeObj *node) {
    Expr *x = expr_new(c, EXPR_TRY);
    uint32_t next = part_end(node, 0);
    scope_enter_conditional(c);
    x->as.try_.body = analyze_sequence(c, node->children, next);
    scope_leave_conditional(c);
    x->as.try_.catches = ARENA_ARRAY(&c->arena, CatchClause, node->count);
    while (next < node->count) {
        bool is_catch = is_symbol_text(node->children[next], "catch");
        uint32_t first = next + 1;
        uint32_t pattern_at = first;
        next = part_end(node, is_catch && first < node->count ? first + 1 : first);
        if (is_catch) {
            if (pattern_at >= node->count) return analyze_error(c, ERR_COMPILE_FORM, "catch requires a pattern");
            analyze_catch(c, node, pattern_at, next, &x->as.try_.catches[x->as.try_.count++]);
        } else {
            c->fn->finally_level++;
            scope_enter_conditional(c);
            x->as.try_.finally_body = analyze_sequence(c, node->children + first, next - first);
            scope_leave_conditional(c);
            c->fn->finally_level--;
        }
    }
    return x;
}

static Expr *operand_form(Compiler *c, ExprKind kind, Expr *operand) {
    Expr *x = expr_new(c, kind);
    x->as.operand = operand;
    return x;
}

Expr *analyze_throw(Compiler *c, NodeObj *node) {
    return operand_form(c, EXPR_THROW, node->count > 0 ? analyze_form(c, node->children[0]) : expr_const(c, VAL_NIL));
}

/* --- futures -------------------------------------------------------------------------------------------- */

Expr *analyze_async(Compiler *c, NodeObj *node) {
    if (node->count != 1) return analyze_error(c, ERR_COMPILE_FORM, "async expects exactly 1 argument");
    scope_enter_conditional(c);
    Expr *operand = analyze_form(c, node->children[0]);
    scope_leave_conditional(c);
    return operand_form(c, EXPR_ASYNC, operand);
}

static Expr *analyze_await_many(Compiler *c, NodeObj *node, Expr *timeout) {
    Expr *x = expr_new(c, EXPR_INTRINSIC);
    x->as.intrinsic.id = INTRINSIC_AWAIT_MANY;
    ExprList *arguments = &x->as.intrinsic.arguments;
    arguments->items = ARENA_ARRAY(&c->arena, Expr *, node->count + 1);
    arguments->items[arguments->count++] = timeout;
    for (uint32_t i = 0; i < node->count; i++) {
        arguments->items[arguments->count++] = analyze_form(c, node->children[i]);
    }
    return x;
}

Expr *analyze_await(Compiler *c, NodeObj *node) {
    if (node->count == 0) return analyze_error(c, ERR_COMPILE_FORM, "await expects at least 1 argument");
    Value timeout = table_get_symbol(&node->props, SYM(c->vm, TIMEOUT));
    if (timeout == VAL_UNSET) {
        if (node->count == 1) return expr_unary(c, OP_AWAIT, analyze_form(c, node->children[0]));
        timeout = VAL_NIL;
    } else if (!is_number(timeout)) {
        return analyze_error(c, ERR_COMPILE_FORM, "await ^timeout must be int milliseconds or float seconds");
    }
    return analyze_await_many(c, node, expr_const(c, timeout));
}

static Expr *await_group(Compiler *c, NodeObj *node, Intrinsic id, const char *name, bool optional) {
    if (node->count > 1 || (node->count == 0 && !optional)) {
        return analyze_error(c, ERR_COMPILE_FORM, "%s expects %s 1 argument", name, optional ? "at most" : "exactly");
    }
    Expr *futures = node->count ? analyze_form(c, node->children[0]) : expr_const(c, VAL_UNSET);
    return expr_intrinsic(c, id, 1, futures);
}

Expr *analyze_await_all(Compiler *c, NodeObj *node) {
    return await_group(c, node, INTRINSIC_AWAIT_ALL, "$await_all", true);
}
Expr *analyze_await_any(Compiler *c, NodeObj *node) {
    return await_group(c, node, INTRINSIC_AWAIT_ANY, "$await_any", false);
}
Expr *analyze_await_race(Compiler *c, NodeObj *node) {
    return await_group(c, node, INTRINSIC_AWAIT_RACE, "$await_race", false);
}
Expr *analyze_await_settled(Compiler *c, NodeObj *node) {
    return await_group(c, node, INTRINSIC_AWAIT_SETTLED, "$await_settled", false);
}

/* --- generators ----------------------------------------------------------------------------------------- */

Expr *analyze_yield(Compiler *c, NodeObj *node) {
    Expr *value = node->count > 0 ? analyze_form(c, node->children[0]) : expr_const(c, VAL_NIL);
    if (!(c->fn->flags & CODE_GENERATOR)) {
        return expr_sequence(c, value, expr_raise(c, "yield used outside of generator function"));
    }
    return operand_form(c, EXPR_YIELD, value);
}

/* analyze_forms.c — the small forms: do, typeof, not, range, eval, $parse … (language 03 §3.5). */
#include "compiler/analyze_forms.h"

Expr *analyze_do(Compiler *c, NodeObj *node) { return analyze_sequence(c, node->children, node->count); }

Expr *analyze_typeof(Compiler *c, NodeObj *node) {
    if (node->count != 1) return analyze_error(c, ERR_COMPILE_FORM, "typeof expects exactly 1 argument");
    return expr_unary(c, OP_TYPEOF, analyze_form(c, node->children[0]));
}

Expr *analyze_not(Compiler *c, NodeObj *node) {
    if (node->count != 1) return analyze_error(c, ERR_COMPILE_FORM, "not expects exactly 1 argument");
    return expr_unary(c, OP_NOT, analyze_form(c, node->children[0]));
}

Expr *analyze_range_form(Compiler *c, NodeObj *node) {
    if (node->count < 2) return analyze_error(c, ERR_COMPILE_FORM, "range requires at least 2 arguments");
    Expr *x = expr_new(c, EXPR_RANGE);
    x->as.list.count = node->count > 2 ? 3 : 2;
    x->as.list.items = ARENA_ARRAY(&c->arena, Expr *, 3);
    for (uint32_t i = 0; i < x->as.list.count; i++) x->as.list.items[i] = analyze_form(c, node->children[i]);
    return x;
}

/* Each argument's value is evaluated as a form in the scope here; the last result counts. */
Expr *analyze_eval(Compiler *c, NodeObj *node) {
    if (node->count == 0) return expr_const(c, VAL_NIL);
    Expr *sequence = expr_new(c, EXPR_SEQUENCE);
    sequence->as.list.items = ARENA_ARRAY(&c->arena, Expr *, node->count);
    sequence->as.list.count = node->count;
    for (uint32_t i = 0; i < node->count; i++) {
        sequence->as.list.items[i] = expr_eval(c, INTRINSIC_EVAL, analyze_form(c, node->children[i]));
    }
    return sequence;
}

Expr *analyze_parse(Compiler *c, NodeObj *node) {
    if (node->count != 1) return analyze_error(c, ERR_COMPILE_FORM, "$parse expects exactly 1 argument");
    return expr_intrinsic(c, INTRINSIC_PARSE, 1, analyze_form(c, node->children[0]));
}

static Value made_form(Compiler *c, const NodeObj *place, Value head, uint32_t count, const Value *children) {
    Value form = node_make(c->vm, head);
    node_of(form)->line = place->line;
    node_of(form)->column = place->column;
    for (uint32_t i = 0; i < count; i++) node_push(c->vm, node_of(form), children[i]);
    return form;
}

/* (genex/repl/session (fn [form] (eval form))): the session evaluates what it reads in the scope here. */
Expr *analyze_repl(Compiler *c, NodeObj *node) {
    if (node->count != 0) return analyze_error(c, ERR_COMPILE_FORM, "$repl expects no arguments");
    VM *vm = c->vm;
    Value form = value_pointer(symbol_from(vm, "form"));
    Value eval = made_form(c, node, value_pointer(symbol_from(vm, "eval")), 1, &form);
    Value fn = made_form(c, node, value_pointer(symbol_from(vm, "fn")), 2, (Value[]){array_from(vm, &form, 1), eval});
    SymbolObj *session[] = {symbol_from(vm, "genex"), symbol_from(vm, "repl"), symbol_from(vm, "session")};
    return analyze_form(c, made_form(c, node, path_make(vm, session, COUNT_OF(session)), 1, &fn));
}

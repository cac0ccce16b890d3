/* analyze_contract.c — ^pre and ^post of functions, methods and constructors (language 22 §6).
 *
 * The conditions become code around the body. When contracts are off nothing of them is compiled, and a function without
 * conditions is compiled as if there were none. */
#include "compiler/analyze_forms.h"

/* What ^pre or ^post lists: an array of conditions, or one bare condition. */
typedef struct Conditions {
    const Value *forms;
    uint32_t count;
    Value single;
} Conditions;

static void read_conditions(Compiler *c, const NodeObj *node, const char *name, Conditions *out) {
    out->single = table_get_symbol(&node->props, symbol_from(c->vm, name));
    if (out->single == VAL_UNSET) {
        out->count = 0;
    } else if (is_array(out->single)) {
        out->forms = array_of(out->single)->items;
        out->count = array_of(out->single)->count;
    } else {
        out->forms = &out->single;
        out->count = 1;
    }
}

/* --- the text of a condition ------------------------------------------------------------------------------ */

/* The form with /x spelt self/x, as messages show it. */
static Value spelt_out(Compiler *c, Value form, uint32_t depth) {
    if (depth > c->max_depth) return form;
    if (is_path(form) && path_of(form)->parts[0]->size == 0) {
        const PathObj *path = path_of(form);
        SymbolObj **parts = ARENA_ARRAY(&c->arena, SymbolObj *, path->count);
        memcpy(parts, path->parts, path->count * sizeof *parts);
        parts[0] = SYM(c->vm, SELF);
        return path_make(c->vm, parts, path->count);
    }
    if (is_array(form)) {
        Value copy = array_make(c->vm, array_of(form)->count);
        for (uint32_t i = 0; i < array_of(form)->count; i++) {
            array_push(c->vm, array_of(copy), spelt_out(c, array_of(form)->items[i], depth + 1));
        }
        return copy;
    }
    if (is_map(form)) {
        Value copy = map_make(c->vm);
        const Table *table = &map_of(form)->table;
        for (uint32_t i = table_next(table, 0); i < table->used; i = table_next(table, i + 1)) {
            const TableEntry *entry = &table->entries[i];
            map_set(c->vm, map_of(copy), symbol_of(entry->key), spelt_out(c, entry->value, depth + 1));
        }
        return copy;
    }
    if (!is_node(form)) return form;
    const NodeObj *node = node_of(form);
    Value copy = node_make(c->vm, spelt_out(c, node->type, depth + 1));
    for (uint32_t i = table_next(&node->props, 0); i < node->props.used; i = table_next(&node->props, i + 1)) {
        const TableEntry *entry = &node->props.entries[i];
        node_set_prop(c->vm, node_of(copy), symbol_of(entry->key), spelt_out(c, entry->value, depth + 1));
    }
    for (uint32_t i = 0; i < node->count; i++) {
        node_push(c->vm, node_of(copy), spelt_out(c, node->children[i], depth + 1));
    }
    return copy;
}

/* --- checks ----------------------------------------------------------------------------------------------- */

/* Raises unless the condition holds. `result` is NULL for a precondition. */
static Expr *analyze_check(Compiler *c, Value form, uint32_t number, Var *result) {
    Expr *text = expr_const(c, spelt_out(c, form, 0));
    Expr *index = expr_const(c, value_small_int(number));
    Expr *x = expr_new(c, EXPR_IF);
    x->as.branches.clauses = ARENA_ARRAY(&c->arena, Clause, 1);
    x->as.branches.count = 1;
    Clause *clause = x->as.branches.clauses;
    clause->test = analyze_form(c, form);
    clause->negated = true;
    clause->body = result ? expr_intrinsic(c, INTRINSIC_CONTRACT, 3, index, text, expr_var(c, result))
                          : expr_intrinsic(c, INTRINSIC_CONTRACT, 2, index, text);
    return x;
}

static Expr *analyze_checks(Compiler *c, const Conditions *conditions, Var *result) {
    Expr *all = expr_new(c, EXPR_SEQUENCE);
    all->as.list.items = ARENA_ARRAY(&c->arena, Expr *, conditions->count + 1);
    for (uint32_t i = 0; i < conditions->count; i++) {
        all->as.list.items[all->as.list.count++] = analyze_check(c, conditions->forms[i], i + 1, result);
    }
    all->as.list.items[all->as.list.count++] = expr_const(c, VAL_NIL);
    return all;
}

Expr *analyze_contract(Compiler *c, const FunctionRequest *request, AnalyzeBody body) {
    const NodeObj *node = request->node;
    if (!node || node->props.count == 0 || vm_space(c->vm)->contracts_off) return body(c, request);
    Conditions pre, post;
    read_conditions(c, node, "pre", &pre);
    read_conditions(c, node, "post", &post);
    if (pre.count + post.count == 0) return body(c, request);
    Expr *before = analyze_checks(c, &pre, NULL);
    /* The body's own variables are none of the conditions' business: a return may have come before them. */
    Expr *scoped = expr_new(c, EXPR_SCOPE);
    scoped->as.scoped.scope = scope_open(c, false);
    scoped->as.scoped.body = body(c, request);
    scope_close(c);
    if (post.count == 0) return expr_sequence(c, before, scoped);
    Expr *x = expr_new(c, EXPR_ENSURE);
    x->as.ensure.body = scoped;
    x->as.ensure.scope = scope_open(c, false);
    x->as.ensure.result = scope_declare(c, symbol_from(c->vm, "result"));
    x->as.ensure.checks = analyze_checks(c, &post, x->as.ensure.result);
    scope_close(c);
    return expr_sequence(c, before, x);
}

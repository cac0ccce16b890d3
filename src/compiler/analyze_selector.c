/* analyze_selector.c — selector literals, (@ …), (target .@ …) and $set (language 12 §12.4–12.5). */
#include "compiler/analyze_forms.h"

/* --- literals ------------------------------------------------------------------------------------------- */

static Expr *empty_segment(Compiler *c) {
    return analyze_error(c, ERR_COMPILE_FORM, "@ selector segment cannot be empty");
}

/* @a/0/b: the parts, the first of them without its `skip` leading characters. */
static Expr *literal(Compiler *c, SymbolObj *const *parts, uint32_t count, uint32_t skip) {
    Value value = selector_make(c->vm, count);
    for (uint32_t i = 0; i < count; i++) {
        SymbolObj *part = parts[i];
        if (i == 0) part = symbol_intern(c->vm, part->text + skip, part->size - skip);
        if (part->size == 0) return empty_segment(c);
        selector_of(value)->segments[i] = literal_key(part);
    }
    return expr_const(c, value);
}

/* A symbol or path that begins with the `skip` characters "@" or ".@". */
static Expr *literal_form(Compiler *c, Value form, uint32_t skip) {
    if (is_path(form)) return literal(c, path_of(form)->parts, path_of(form)->count, skip);
    SymbolObj *symbol = symbol_of(form);
    return literal(c, &symbol, 1, skip);
}

Expr *analyze_selector_literal(Compiler *c, Value form) { return literal_form(c, form, 1); }

/* --- (@ seg…) -------------------------------------------------------------------------------------------- */

/* What a literal segment stands for; false: the form is to be evaluated. */
static bool literal_segment(Compiler *c, Value form, Value *out_segment) {
    *out_segment = form;
    if (is_int(form) || is_symbol(form)) return true;
    if (!is_string(form)) return false;
    SymbolObj *name = symbol_from_string(c->vm, string_of(form));
    if (selector_operator(name) == SELECTOR_NAME) *out_segment = symbol_value(name);
    return true;
}

static Expr *segments(Compiler *c, const Value *forms, uint32_t count) {
    if (count == 0) return analyze_error(c, ERR_COMPILE_FORM, "@ expects at least 1 argument for selector creation");
    Expr *made = expr_new(c, EXPR_INTRINSIC);
    ExprList *arguments = &made->as.intrinsic.arguments;
    made->as.intrinsic.id = INTRINSIC_SELECTOR;
    arguments->items = ARENA_ARRAY(&c->arena, Expr *, count);
    Value constant = selector_make(c->vm, count);
    bool is_constant = true;
    for (uint32_t i = 0; i < count; i++) {
        Value *segment = &selector_of(constant)->segments[i];
        bool is_literal = literal_segment(c, forms[i], segment);
        is_constant &= is_literal;
        arguments->items[arguments->count++] = is_literal ? expr_const(c, *segment) : analyze_form(c, forms[i]);
    }
    return is_constant ? expr_const(c, constant) : made;
}

Expr *analyze_selector(Compiler *c, NodeObj *node) { return segments(c, node->children, node->count); }

/* --- (target .@a/b), (target .@ seg…) ---------------------------------------------------------------------- */

bool is_selector_call(Value form) {
    if (is_path(form)) form = symbol_value(path_of(form)->parts[0]);
    return is_symbol(form) && symbol_of(form)->size >= 2 && memcmp(symbol_of(form)->text, ".@", 2) == 0;
}

Expr *analyze_selector_call(Compiler *c, Value target, Value form, const Value *rest, uint32_t count) {
    bool has_segments = is_symbol_text(form, ".@");
    Expr *x = expr_new(c, EXPR_CALL);
    x->as.call.callee = has_segments ? segments(c, rest, count) : literal_form(c, form, 2);
    if (has_segments) count = 0;
    Arguments *arguments = &x->as.call.arguments;
    arguments->items = ARENA_ARRAY(&c->arena, Item, count + 1);
    arguments->items[arguments->item_count++].value = target == VAL_UNSET ? analyze_self(c) : analyze_form(c, target);
    for (uint32_t i = 0; i < count; i++) {
        arguments->items[arguments->item_count++].value = analyze_form(c, rest[i]);
    }
    return x;
}

/* --- $set --------------------------------------------------------------------------------------------------- */

/* The one segment of the selector given to $set, as the last step of a path. False after reporting. */
static bool set_step(Compiler *c, Value selector, Step *out_step) {
    Value key = VAL_UNSET;
    if (is_symbol(selector) && symbol_of(selector)->text[0] == '@') {
        const SymbolObj *symbol = symbol_of(selector);
        if (symbol->size == 1) return empty_segment(c), false;
        key = literal_key(symbol_intern(c->vm, symbol->text + 1, symbol->size - 1));
    } else if (is_node(selector) && is_symbol_text(node_of(selector)->type, "@")) {
        const NodeObj *node = node_of(selector);
        if (node->count != 1) {
            analyze_error(c, ERR_COMPILE_FORM, "%s",
                          node->count ? "$set selector must have exactly one property"
                                      : "$set selector requires at least one segment");
            return false;
        }
        if (is_string(node->children[0]))
            key = symbol_value(symbol_from_string(c->vm, string_of(node->children[0])));
        else if (!literal_segment(c, node->children[0], &key))
            key = VAL_UNSET;
        if (key == VAL_UNSET) out_step->dynamic = analyze_form(c, node->children[0]);
    } else {
        analyze_error(c, ERR_COMPILE_FORM, "$set expects a selector (@property) as second argument");
        return false;
    }
    out_step->kind = STEP_DYNAMIC;
    if (key == VAL_UNSET) return true;
    if (is_symbol(key)) {
        out_step->kind = STEP_NAME;
        out_step->name = symbol_of(key);
    } else if (int_of(key) >= INT32_MIN && int_of(key) <= INT32_MAX) {
        out_step->kind = STEP_INDEX;
        out_step->index = (int32_t)int_of(key);
    } else {
        out_step->dynamic = expr_const(c, key);
    }
    return true;
}

Expr *analyze_set(Compiler *c, NodeObj *node) {
    if (node->count != 3) return analyze_error(c, ERR_COMPILE_FORM, "$set expects exactly 3 arguments");
    Expr *x = expr_new(c, EXPR_SET_PATH);
    x->as.path.base = analyze_form(c, node->children[0]);
    x->as.path.steps = ARENA_NEW(&c->arena, Step);
    x->as.path.count = 1;
    if (!set_step(c, node->children[1], x->as.path.steps)) return expr_const(c, VAL_NIL);
    x->as.path.value = analyze_form(c, node->children[2]);
    x->as.path.op = OP_MOVE;
    return x;
}

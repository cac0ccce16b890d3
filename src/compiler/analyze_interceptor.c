/* analyze_interceptor.c — interceptor and fn-interceptor (language 11 §11.3).
 * What is wrong with a definition is raised when it runs: its expression becomes that error. */
#include "compiler/analyze_forms.h"

#include <stdio.h>

typedef struct Definition {
    Compiler *c;
    const char *label; /* of the form, for messages */
    ArrayObj *parameters;
    uint32_t *has_around; /* for each parameter */
    bool failed;
    char problem[256];
} Definition;

static Expr *fail(Definition *d, const char *format, const char *text) {
    if (!d->failed) snprintf(d->problem, sizeof d->problem, format, text);
    d->failed = true;
    return NULL;
}

/* --- advice ----------------------------------------------------------------------------------------------- */

static bool advice_kind(const SymbolObj *name, AdviceKind *out_kind) {
    static const char *const names[ADVICE_KIND_COUNT] = {
        [ADVICE_FILTER] = "before_filter", [ADVICE_BEFORE] = "before", [ADVICE_INVARIANT] = "invariant",
        [ADVICE_AROUND] = "around",        [ADVICE_AFTER] = "after",
    };
    for (uint32_t i = 0; i < ADVICE_KIND_COUNT; i++) {
        if (!symbol_is(name, names[i])) continue;
        *out_kind = (AdviceKind)i;
        return true;
    }
    return false;
}

static bool find_parameter(const Definition *d, Value name, uint32_t *out_index) {
    for (uint32_t i = 0; i < d->parameters->count; i++) {
        if (d->parameters->items[i] != name) continue;
        *out_index = i;
        return true;
    }
    return false;
}

static bool replaces_result(Compiler *c, const NodeObj *node, bool *out_given) {
    Value value = table_get_symbol(&node->props, symbol_from(c->vm, "replace_result"));
    *out_given = value != VAL_UNSET;
    return *out_given && is_truthy(value);
}

/* [params] body…: a method, so that `self` and /field mean the instance. */
static Expr *inline_advice(Definition *d, NodeObj *node, SymbolObj *kind) {
    Compiler *c = d->c;
    Value params = node->children[1];
    FunctionRequest request = {.kind = FUNCTION_METHOD, .name = kind};
    if (is_array(params)) {
        request.params = array_of(params);
    } else if (!is_symbol(params)) {
        return fail(d, "advice arguments must be an array or symbol%s", "");
    } else if (params != symbol_value(SYM(c->vm, UNDERSCORE)) && params != symbol_value(SYM(c->vm, SELF))) {
        request.params = array_of(array_from(c->vm, &params, 1));
    }
    request.body = node->children + 2;
    request.body_count = node->count - 2;
    return analyze_function(c, &request);
}

/* A function by name: what a variable holds, else the symbol, which INTERCEPTOR looks up. */
static Expr *named_advice(Definition *d, Value name) {
    if (!is_symbol(name)) return fail(d, "advice callable must be a symbol%s", "");
    Var *var = scope_peek(d->c, symbol_of(name));
    return var && !var->is_member ? analyze_name(d->c, symbol_of(name)) : expr_const(d->c, name);
}

static void add_item(Arguments *list, Expr *value) { list->items[list->item_count++].value = value; }

/* NULL after failing. Adds the advice to `list` as INTERCEPTOR takes it: parameter, kind, function or name, flags. */
static Expr *analyze_advice(Definition *d, Value form, Arguments *list) {
    Compiler *c = d->c;
    if (!is_node(form)) return fail(d, "%s advice definition must be a gene expression", d->label);
    NodeObj *node = node_of(form);
    if (node->count == 0) return fail(d, "%s advice requires type and target", d->label);
    if (!is_symbol(node->type)) return fail(d, "%s advice type must be a symbol", d->label);
    Value target = node->children[0];
    if (!is_symbol(target)) {
        return fail(d, "%s advice target must be an interceptor parameter symbol", d->label);
    }
    uint32_t parameter;
    if (!find_parameter(d, target, &parameter)) {
        char format[96];
        snprintf(format, sizeof format, "%s advice target '%%.100s' is not a defined interceptor parameter", d->label);
        return fail(d, format, symbol_of(target)->text);
    }
    AdviceKind kind;
    if (!advice_kind(symbol_of(node->type), &kind)) {
        char format[64];
        snprintf(format, sizeof format, "unknown %s advice type: %%.100s", d->label);
        return fail(d, format, symbol_of(node->type)->text);
    }
    if (kind == ADVICE_AROUND && d->has_around[parameter]++) {
        return fail(d, "around advice already defined for '%.100s'", symbol_of(target)->text);
    }
    bool has_flag;
    bool replaces = replaces_result(c, node, &has_flag);
    if (has_flag && kind != ADVICE_AFTER) {
        return fail(d, "replace_result is only allowed for after %s advices", d->label);
    }
    bool is_named = node->count == 2 && !is_array(node->children[1]);
    if (node->count == 1) return fail(d, "advice arguments must be an array or symbol%s", "");
    Expr *function = is_named ? named_advice(d, node->children[1]) : inline_advice(d, node, symbol_of(node->type));
    if (!function) return NULL;
    int64_t flags = (is_named ? ADVICE_IS_NAMED : 0) | (replaces ? ADVICE_REPLACES : 0);
    add_item(list, expr_const(c, value_small_int(parameter)));
    add_item(list, expr_const(c, value_small_int(kind)));
    add_item(list, function);
    add_item(list, expr_const(c, value_small_int(flags)));
    return function;
}

/* --- definitions -------------------------------------------------------------------------------------------- */

static void check_head(Definition *d, const NodeObj *node, bool is_class) {
    if (node->count < 2) {
        fail(d, "%s requires a name and interceptor parameters", d->label);
    } else if (!is_symbol(node->children[0])) {
        fail(d, "%s name must be a symbol", d->label);
    } else if (!is_array(node->children[1])) {
        fail(d, "%s parameter list must be an array", d->label);
    } else {
        d->parameters = array_of(node->children[1]);
        for (uint32_t i = 0; i < d->parameters->count; i++) {
            if (!is_symbol(d->parameters->items[i])) fail(d, "%s parameter must be a symbol", d->label);
        }
        if (!is_class && d->parameters->count != 1) {
            fail(d, "%s parameter list must contain exactly one symbol", d->label);
        }
    }
}

static Expr *analyze_definition(Compiler *c, NodeObj *node, const char *label, bool is_class) {
    Definition d = {.c = c, .label = label};
    check_head(&d, node, is_class);
    if (d.failed) return expr_raise(c, d.problem);
    d.has_around = ARENA_ARRAY(&c->arena, uint32_t, d.parameters->count);
    Expr *advice = expr_new(c, EXPR_ARRAY);
    advice->as.arguments.items = ARENA_ARRAY(&c->arena, Item, (size_t)node->count * 4);
    for (uint32_t i = 2; i < node->count && !d.failed; i++) {
        analyze_advice(&d, node->children[i], &advice->as.arguments);
    }
    if (d.failed) return expr_raise(c, d.problem);
    Expr *made =
        expr_intrinsic(c, INTRINSIC_INTERCEPTOR, 4, expr_const(c, node->children[0]),
                       expr_const(c, value_bool(is_class)), expr_const(c, value_pointer(d.parameters)), advice);
    return expr_define_member(c, symbol_of(node->children[0]), made);
}

Expr *analyze_interceptor(Compiler *c, NodeObj *node) { return analyze_definition(c, node, "interceptor", true); }
Expr *analyze_fn_interceptor(Compiler *c, NodeObj *node) {
    return analyze_definition(c, node, "fn-interceptor", false);
}

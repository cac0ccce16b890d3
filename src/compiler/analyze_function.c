/* analyze_function.c — fn, blocks and what they share: parameters, body, metadata (language 05, 25 §1). */
#include "compiler/analyze_forms.h"

#include <stdio.h>

/* --- opening and closing -------------------------------------------------------------------------------- */

Function *function_open(Compiler *c, FunctionKind kind, SymbolObj *name) {
    Function *fn = ARENA_NEW(&c->arena, Function);
    fn->parent = c->fn;
    fn->kind = kind;
    fn->name = name ? name : SYM(c->vm, UNNAMED);
    fn->metadata = VAL_NIL;
    fn->line = c->line;
    fn->column = c->column;
    fn->types_mark = types_open(c);
    c->fn = fn;
    fn->scope = scope_open(c, false);
    if (kind == FUNCTION_METHOD || kind == FUNCTION_CTOR || kind == FUNCTION_BODY) {
        fn->self = scope_add_hidden(c);
        scope_bind_self(c, fn->self);
        fn->flags |= CODE_METHOD;
    }
    return fn;
}

void function_close(Compiler *c) {
    scope_close(c);
    types_close(c, c->fn->types_mark);
    c->fn = c->fn->parent;
}

/* --- metadata ------------------------------------------------------------------------------------------- */

static void metadata_error(Compiler *c, const char *property, const SymbolObj *name, const char *what) {
    analyze_error(c, ERR_COMPILE_FORM, "Invalid ^%s for function %s: %s", property, name->text, what);
}

/* Reports what is wrong with `[args] operator result …`. */
static void check_examples(Compiler *c, const SymbolObj *name, Value examples) {
    if (!is_array(examples)) {
        metadata_error(c, "examples", name, "expected an array of examples");
        return;
    }
    const ArrayObj *array = array_of(examples);
    for (uint32_t i = 0; i < array->count; i += 3) {
        char text[256];
        const char *problem = text;
        if (!is_array(array->items[i])) {
            snprintf(text, sizeof text, "expected argument array, got %s", kind_name(array->items[i]));
        } else if (i + 1 >= array->count) {
            problem = "missing operator after argument array";
        } else if (!is_symbol(array->items[i + 1])) {
            problem = "expected operator symbol ('->' or 'throws')";
        } else if (!is_symbol_text(array->items[i + 1], "->") && !is_symbol_text(array->items[i + 1], "throws")) {
            snprintf(text, sizeof text, "unsupported operator '%.100s'; expected '->' or 'throws'",
                     symbol_of(array->items[i + 1])->text);
        } else if (i + 2 >= array->count) {
            problem = is_symbol_text(array->items[i + 1], "->") ? "missing expected result after '->'"
                                                                : "missing exception type after 'throws'";
        } else {
            continue;
        }
        metadata_error(c, "examples", name, problem);
        return;
    }
}

static void add_metadata(Compiler *c, Function *fn, const NodeObj *node) {
    if (node->props.count == 0) return;
    SymbolObj *intent_name = symbol_from(c->vm, "intent");
    SymbolObj *examples_name = symbol_from(c->vm, "examples");
    Value intent = table_get_symbol(&node->props, intent_name);
    Value examples = table_get_symbol(&node->props, examples_name);
    if (intent == VAL_UNSET && examples == VAL_UNSET) return;
    fn->metadata = map_make(c->vm);
    if (intent != VAL_UNSET) {
        if (!is_string(intent)) metadata_error(c, "intent", fn->name, "expected a string");
        map_set(c->vm, map_of(fn->metadata), intent_name, intent);
    }
    if (examples != VAL_UNSET) {
        check_examples(c, fn->name, examples);
        map_set(c->vm, map_of(fn->metadata), examples_name, examples);
    }
}

/* --- bodies --------------------------------------------------------------------------------------------- */

uint32_t skip_return_type(const Value *forms, uint32_t count) {
    uint32_t next = 0;
    if (next < count && is_symbol_text(forms[next], "->")) next += 2;
    if (next + 1 < count && is_symbol_text(forms[next], "!") && is_array(forms[next + 1])) next += 2;
    return next < count ? next : count;
}

const Value *return_type(const Value *forms, uint32_t count) {
    return count > 1 && is_symbol_text(forms[0], "->") ? &forms[1] : NULL;
}

/* A generator's type is that of what it yields, an async function may write that of its future. */
static void analyze_result(Compiler *c, Function *fn, const Value *form) {
    fn->result = form ? analyze_type(c, *form) : NULL;
    if (!fn->result || fn->kind == FUNCTION_CTOR || (fn->flags & CODE_GENERATOR)) return;
    fn->checks_result = !(fn->flags & CODE_ASYNC) || !(fn->result->mask & KIND_BIT(OBJ_FUTURE));
}

static bool has_true_property(Compiler *c, const NodeObj *node, const char *name) {
    if (!node || node->props.count == 0) return false;
    Value value = table_get_symbol(&node->props, symbol_from(c->vm, name));
    return value != VAL_UNSET && is_truthy(value);
}

static bool is_generator_name(const SymbolObj *name) {
    return name->size > 1 && name->text[name->size - 1] == '*' && name->text[0] != '*';
}

/* Functions defined among the body's statements may call each other whatever their order. */
static void predeclare_definitions(Compiler *c, const Value *forms, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) {
        if (!special_definition(forms[i]) || !is_symbol_text(node_of(forms[i])->type, "fn")) continue;
        const NodeObj *node = node_of(forms[i]);
        if (node->count < 2 || !is_symbol(node->children[0])) continue;
        scope_predeclare(c, strip_type_parameters(c, symbol_of(node->children[0])), false, true);
    }
}

static Expr *analyze_body(Compiler *c, const FunctionRequest *request) {
    predeclare_definitions(c, request->body, request->body_count);
    return analyze_sequence(c, request->body, request->body_count);
}

Expr *analyze_function(Compiler *c, const FunctionRequest *request) {
    Function *fn = function_open(c, request->kind, request->name);
    const NodeObj *node = request->node;
    fn->flags |= request->flags;
    fn->class_info = request->class_info;
    if (is_generator_name(fn->name) || has_true_property(c, node, "generator")) fn->flags |= CODE_GENERATOR;
    if (has_true_property(c, node, "async")) fn->flags |= CODE_ASYNC;
    bool ok = !request->params || analyze_params(c, request->params, PARAMS_FUNCTION, &fn->params);
    analyze_result(c, fn, request->result);
    if (node) add_metadata(c, fn, node);
    Function *blamed = c->blamed;
    if (request->kind != FUNCTION_BODY) c->blamed = fn; /* a class or namespace body runs at once */
    fn->body = ok ? analyze_contract(c, request, analyze_body) : expr_const(c, VAL_NIL);
    c->blamed = blamed;
    function_close(c);
    Expr *x = expr_new(c, EXPR_FUNCTION);
    x->as.function = fn;
    return x;
}

/* --- fn ------------------------------------------------------------------------------------------------- */

SymbolObj *strip_type_parameters(Compiler *c, SymbolObj *symbol) {
    const char *colon = strchr(symbol->text, ':');
    if (!colon || colon == symbol->text || !(colon[1] >= 'A' && colon[1] <= 'Z')) return symbol;
    return symbol_intern(c->vm, symbol->text, (size_t)(colon - symbol->text));
}

static Expr *make_fn(Compiler *c, NodeObj *node, SymbolObj *name, uint32_t params_at) {
    FunctionRequest request = {.kind = FUNCTION_PLAIN, .name = name, .node = node};
    if (params_at >= node->count) {
        return analyze_error(c, ERR_COMPILE_FORM, "fn requires an argument list after the name");
    }
    if (!is_array(node->children[params_at])) {
        return analyze_error(c, ERR_COMPILE_FORM, "fn argument list must be an array, e.g. [a b]");
    }
    request.params = array_of(node->children[params_at]);
    uint32_t body = params_at + 1;
    request.result = return_type(node->children + body, node->count - body);
    body += skip_return_type(node->children + body, node->count - body);
    request.body = node->children + body;
    request.body_count = node->count - body;
    if (name && is_macro_name(name)) {
        request.flags = CODE_MACRO;
        c->module->has_macros = true;
    }
    uint32_t types = types_open(c);
    if (params_at > 0) declare_type_parameters(c, node->children[0]);
    Expr *x = analyze_function(c, &request);
    types_close(c, types);
    return x;
}

/* (fn name …): a variable, and at module level also a member of the module's namespace. */
static Expr *define_fn(Compiler *c, NodeObj *node, SymbolObj *name) {
    if (name == SYM(c->vm, SELF)) {
        return analyze_error(c, ERR_COMPILE_FORM, "Reserved identifier 'self' cannot be used for function");
    }
    Var *var = scope_begin_definition(c, name);
    Expr *function = make_fn(c, node, name, 1);
    if (function->kind == EXPR_FUNCTION) var->function = function->as.function;
    scope_finish_declare(c, var);
    Expr *x = expr_declare(c, var, function);
    return var->is_module ? expr_define_member(c, name, x) : x;
}

static Expr *define_member_fn(Compiler *c, NodeObj *node, PathObj *path) {
    SymbolObj *name;
    if (is_member_path(path, &name)) {
        name = strip_type_parameters(c, name);
        scope_declare_member(c, name); /* before the body, which may call it */
        return expr_define_member(c, name, make_fn(c, node, name, 1));
    }
    Expr *container = definition_container(c, path, &name);
    name = strip_type_parameters(c, name);
    return expr_intrinsic(c, INTRINSIC_SET_MEMBER, 4, container, expr_const(c, symbol_value(name)),
                          make_fn(c, node, name, 1), expr_const(c, symbol_value(path->parts[path->count - 2])));
}

Expr *analyze_fn(Compiler *c, NodeObj *node) {
    if (node->count == 0) return analyze_error(c, ERR_COMPILE_FORM, "fn requires a name or argument list");
    Value first = node->children[0];
    if (is_array(first)) return make_fn(c, node, NULL, 0);
    if (is_string(first)) return define_fn(c, node, symbol_from_string(c->vm, string_of(first)));
    if (is_path(first)) return define_member_fn(c, node, path_of(first));
    if (is_symbol(first)) return define_fn(c, node, strip_type_parameters(c, symbol_of(first)));
    return analyze_error(c, ERR_COMPILE_FORM, "fn argument list must be an array, e.g. [a b]");
}

/* --- blocks --------------------------------------------------------------------------------------------- */

static Expr *make_block(Compiler *c, ArrayObj *params, const Value *body, uint32_t count) {
    FunctionRequest request = {
        .kind = FUNCTION_BLOCK, .params = params, .body = body, .body_count = count, .flags = CODE_BLOCK};
    return analyze_function(c, &request);
}

Expr *analyze_block_form(Compiler *c, NodeObj *node) {
    bool has_params = node->count > 0 && is_array(node->children[0]);
    uint32_t first = has_params ? 1 : 0;
    if (first >= node->count) return make_block(c, has_params ? array_of(node->children[0]) : NULL, NULL, 0);
    return make_block(c, has_params ? array_of(node->children[0]) : NULL, node->children + first, node->count - first);
}

Expr *analyze_arrow(Compiler *c, NodeObj *node) {
    if (is_symbol_text(node->type, "->")) return make_block(c, NULL, node->children, node->count);
    ArrayObj *params = NULL;
    if (is_array(node->type)) {
        params = array_of(node->type);
    } else if (is_symbol(node->type)) {
        params = array_of(array_from(c->vm, &node->type, 1));
    } else {
        return analyze_error(c, ERR_COMPILE_FORM, "-> expects a name or a parameter list on its left");
    }
    return make_block(c, params, node->children + 1, node->count - 1);
}

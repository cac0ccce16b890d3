/* analyze_class.c — class, object and ns with their members, new, super, and $with/$tap, which also bind self
 * (language 20, 21 §3, 03 §3.5). */
#include "compiler/making.h"

/* --- binding what a definition made --------------------------------------------------------------------- */

Expr *definition_container(Compiler *c, PathObj *path, SymbolObj **out_name) {
    if (path->count != 2 || path->parts[0]->text[0] == '$' || scope_peek(c, path->parts[0]))
        return analyze_container(c, path, out_name);
    *out_name = path->parts[1];
    return expr_const(c, VAL_UNSET);
}

Destination destination_of(Compiler *c, Value form, const char *what) {
    Destination d = {0};
    if (is_symbol(form)) {
        d.name = strip_type_parameters(c, symbol_of(form));
        d.var = scope_begin_definition(c, d.name);
    } else if (is_path(form)) {
        d.is_member = is_member_path(path_of(form), &d.name);
        d.is_class = strcmp(what, "namespace") != 0;
        if (d.is_member) return d;
        PathObj *path = path_of(form);
        d.container_name = path->parts[path->count - 2];
        d.container = d.is_class ? definition_container(c, path, &d.name) : analyze_container(c, path, &d.name);
    } else {
        analyze_error(c, ERR_COMPILE_FORM, "Unsupported %s name type: %s", what, kind_name(form));
    }
    return d;
}

Expr *bind_destination(Compiler *c, const Destination *d, Expr *value, bool joins_namespace) {
    if (d->is_member) return expr_define_member(c, d->name, value);
    if (d->container) {
        return expr_intrinsic(c, INTRINSIC_SET_MEMBER, d->is_class ? 5 : 3, d->container,
                              expr_const(c, symbol_value(d->name)), value,
                              expr_const(c, symbol_value(d->container_name)), expr_const(c, VAL_TRUE));
    }
    ENSURE(d->var, "what is neither a member nor in a container is a variable");
    scope_finish_declare(c, d->var);
    Expr *x = expr_declare(c, d->var, value);
    return d->var->is_module && joins_namespace ? expr_define_member(c, d->name, x) : x;
}

Making making_begin(Compiler *c, uint32_t capacity) {
    Making m;
    m.scope = scope_open(c, true);
    m.made = scope_add_hidden(c);
    m.sequence = expr_new(c, EXPR_SEQUENCE);
    m.sequence->as.list.items = ARENA_ARRAY(&c->arena, Expr *, capacity);
    return m;
}

void making_add(Making *m, Expr *x) { m->sequence->as.list.items[m->sequence->as.list.count++] = x; }

Expr *making_end(Compiler *c, Making *m) {
    making_add(m, expr_var(c, m->made));
    scope_close(c);
    Expr *x = expr_new(c, EXPR_SCOPE);
    x->as.scoped.scope = m->scope;
    x->as.scoped.body = m->sequence;
    return x;
}

Expr *making_body(Compiler *c, Var *made, SymbolObj *name, const Value *forms, uint32_t count, ClassInfo *info) {
    FunctionRequest request = {
        .kind = FUNCTION_BODY, .name = name, .body = forms, .body_count = count, .class_info = info};
    Expr *body = analyze_function(c, &request);
    return expr_intrinsic(c, INTRINSIC_CALL_BODY, 2, body, expr_var(c, made));
}

/* --- classes -------------------------------------------------------------------------------------------- */

/* What follows the name: [< Parent] [implements Interface | implements [Interface…]] members… */
typedef struct ClassHeader {
    Expr *parent;
    uint32_t interfaces; /* child after `implements`; 0: none */
    uint32_t members;
    bool has_parent;
    bool failed;
} ClassHeader;

static ClassHeader analyze_header(Compiler *c, NodeObj *node) {
    ClassHeader header = {.members = 1};
    if (node->count > 2 && is_symbol_text(node->children[1], "<")) {
        Value parent = node->children[2];
        header.members = 3;
        header.has_parent = true;
        if (!is_symbol(parent) && !is_path(parent) && !is_node(parent)) {
            header.failed = true;
            analyze_error(c, ERR_COMPILE_FORM, "Invalid superclass");
        }
        header.parent = analyze_form(c, parent);
    } else {
        header.parent = expr_const(c, VAL_UNSET);
    }
    if (header.members < node->count && is_symbol_text(node->children[header.members], "implements")) {
        header.interfaces = header.members + 1;
        header.members += 2;
        if (header.interfaces >= node->count) {
            header.failed = true;
            analyze_error(c, ERR_COMPILE_FORM, "implements requires an interface");
        }
    }
    return header;
}

static Value declared_fields(Compiler *c, const NodeObj *node) {
    if (node->props.count == 0) return VAL_NIL;
    Value fields = table_get_symbol(&node->props, symbol_from(c->vm, "fields"));
    return is_map(fields) ? fields : VAL_NIL;
}

static SymbolObj *field_name(Compiler *c, Value form) {
    bool typed;
    if (!is_node(form) || !is_symbol_text(node_of(form)->type, "field")) return NULL;
    const NodeObj *node = node_of(form);
    if (node->count == 0 || !is_symbol(node->children[0])) return NULL;
    return strip_colon(c, symbol_of(node->children[0]), &typed);
}

/* Fields are only checked where all of them are in sight: without a parent class. */
static ClassInfo *class_info(Compiler *c, NodeObj *node, SymbolObj *name, const ClassHeader *header) {
    ClassInfo *info = ARENA_NEW(&c->arena, ClassInfo);
    Value fields = declared_fields(c, node);
    uint32_t capacity = node->count + (is_map(fields) ? map_of(fields)->table.count : 0);
    info->name = name;
    info->blamed = c->blamed;
    info->fields = ARENA_ARRAY(&c->arena, SymbolObj *, capacity);
    if (is_map(fields)) {
        const Table *table = &map_of(fields)->table;
        for (uint32_t i = table_next(table, 0); i < table->used; i = table_next(table, i + 1)) {
            info->fields[info->field_count++] = symbol_of(table->entries[i].key);
        }
    }
    for (uint32_t i = header->members; i < node->count; i++) {
        SymbolObj *field = field_name(c, node->children[i]);
        if (field) info->fields[info->field_count++] = field;
    }
    info->checks_fields = info->field_count > 0 && !header->has_parent;
    return info;
}

static void make_class(Compiler *c, Making *m, NodeObj *node, const Destination *d) {
    ClassHeader header = analyze_header(c, node);
    Expr *made = expr_intrinsic(c, INTRINSIC_CLASS, 3, expr_const(c, symbol_value(d->name)), header.parent,
                                expr_const(c, declared_fields(c, node)));
    making_add(m, expr_declare(c, m->made, made));
    making_add(m, bind_destination(c, d, expr_var(c, m->made), true));
    if (header.failed) return;
    if (header.interfaces) making_add_implements(c, m, node, header.interfaces);
    if (header.members < node->count) {
        ClassInfo *info = class_info(c, node, d->name, &header);
        uint32_t types = types_open(c);
        declare_type_parameters(c, node->children[0]);
        making_add(
            m, making_body(c, m->made, d->name, node->children + header.members, node->count - header.members, info));
        types_close(c, types);
        if (d->var) d->var->constructor = info->constructor;
    }
    if (d->var) d->var->class_form = node;
    if (header.interfaces) making_add(m, expr_intrinsic(c, INTRINSIC_CHECK_INTERFACES, 1, expr_var(c, m->made)));
}

Expr *analyze_class(Compiler *c, NodeObj *node) {
    if (node->count == 0) return analyze_error(c, ERR_COMPILE_FORM, "class requires a name");
    Making m = making_begin(c, 5 + node->count);
    Destination d = destination_of(c, node->children[0], "class");
    if (d.name) make_class(c, &m, node, &d);
    return making_end(c, &m);
}

SymbolObj *object_class_name(Compiler *c, const SymbolObj *name) {
    Buffer text;
    buffer_init(&text);
    buffer_append(&text, name->text, name->size);
    buffer_append_text(&text, "Class");
    SymbolObj *symbol = symbol_intern(c->vm, buffer_text(&text), text.size);
    buffer_free(&text);
    return symbol;
}

/* (object Name …): class NameClass and its one instance, bound to Name. */
Expr *analyze_object(Compiler *c, NodeObj *node) {
    if (node->count == 0 || !is_symbol(node->children[0])) {
        return analyze_error(c, ERR_COMPILE_FORM, "object requires a name");
    }
    SymbolObj *name = symbol_of(node->children[0]);
    Making m = making_begin(c, 6 + node->count);
    Var *instance = scope_begin_definition(c, name);
    Destination d = destination_of(c, symbol_value(object_class_name(c, name)), "class");
    make_class(c, &m, node, &d);
    scope_finish_declare(c, instance);
    Expr *make = expr_new(c, EXPR_NEW);
    make->as.call.callee = expr_var(c, m.made);
    making_add(&m, expr_declare(c, instance, make));
    m.made = instance;
    return making_end(c, &m);
}

Expr *analyze_ns(Compiler *c, NodeObj *node) {
    if (node->count == 0) return analyze_error(c, ERR_COMPILE_FORM, "ns requires a name");
    Making m = making_begin(c, 4);
    Destination d = destination_of(c, node->children[0], "namespace");
    if (d.name) {
        Expr *made = expr_intrinsic(c, INTRINSIC_NAMESPACE, 1, expr_const(c, symbol_value(d.name)));
        making_add(&m, expr_declare(c, m.made, made));
        making_add(&m, bind_destination(c, &d, expr_var(c, m.made), true));
        if (node->count > 1) {
            making_add(&m, making_body(c, m.made, d.name, node->children + 1, node->count - 1, NULL));
        }
    }
    return making_end(c, &m);
}

/* --- members -------------------------------------------------------------------------------------------- */

static bool in_class_body(Compiler *c, const char *form) {
    if (c->fn->kind == FUNCTION_BODY && c->fn->class_info) return true;
    analyze_error(c, ERR_COMPILE_FORM, "%s is only allowed inside a class", form);
    return false;
}

static Expr *member_function(Compiler *c, FunctionKind kind, SymbolObj *name, NodeObj *node, uint32_t params_at) {
    uint32_t body = params_at + 1;
    const Value *result = return_type(node->children + body, node->count - body);
    body += skip_return_type(node->children + body, node->count - body);
    FunctionRequest request = {
        .kind = kind,
        .name = name,
        .node = node,
        .params = array_of(node->children[params_at]),
        .body = node->children + body,
        .body_count = node->count - body,
        .result = result,
        .class_info = c->fn->class_info,
    };
    uint32_t types = types_open(c);
    if (params_at > 0) declare_type_parameters(c, node->children[0]);
    Expr *x = analyze_function(c, &request);
    types_close(c, types);
    return x;
}

uint32_t method_body_start(const NodeObj *node) {
    return node->count < 2 ? node->count : 2 + skip_return_type(node->children + 2, node->count - 2);
}

Expr *analyze_method(Compiler *c, NodeObj *node) {
    if (!in_class_body(c, "method")) return expr_const(c, VAL_NIL);
    SymbolObj *name = NULL;
    if (node->count > 0 && is_symbol(node->children[0])) name = strip_type_parameters(c, symbol_of(node->children[0]));
    if (node->count > 0 && is_string(node->children[0])) {
        name = symbol_from_string(c->vm, string_of(node->children[0]));
    }
    if (!name) return analyze_error(c, ERR_COMPILE_FORM, "method requires a name");
    if (name->size > 1 && name->text[name->size - 1] == '!') {
        return analyze_error(c, ERR_COMPILE_FORM,
                             "Macro-like class methods are not supported; use (method name [args] ...) and a "
                             "standalone fn! if you need quoted arguments");
    }
    if (node->count < 2 || !is_array(node->children[1])) {
        return analyze_error(c, ERR_COMPILE_FORM, "Method requires an array argument list; use [] for no arguments");
    }
    /* Without a body there is no method (language 20 §1.1). */
    if (method_body_start(node) >= node->count) return expr_const(c, VAL_NIL);
    Expr *function = member_function(c, FUNCTION_METHOD, name, node, 1);
    return expr_intrinsic(c, INTRINSIC_CLASS_METHOD, 3, analyze_self(c), expr_const(c, symbol_value(name)), function);
}

Expr *analyze_ctor(Compiler *c, NodeObj *node) {
    if (!in_class_body(c, "ctor")) return expr_const(c, VAL_NIL);
    if (node->count == 0 || !is_array(node->children[0])) {
        return analyze_error(c, ERR_COMPILE_FORM,
                             "Constructor requires an array argument list; use [] for no arguments");
    }
    Expr *function = member_function(c, FUNCTION_CTOR, SYM(c->vm, CTOR), node, 0);
    c->fn->class_info->constructor = function->as.function;
    return expr_intrinsic(c, INTRINSIC_CLASS_CTOR, 2, analyze_self(c), function);
}

Expr *analyze_on_method_missing(Compiler *c, NodeObj *node) {
    if (!in_class_body(c, "on_method_missing")) return expr_const(c, VAL_NIL);
    if (node->count == 0 || !is_array(node->children[0])) {
        return analyze_error(c, ERR_COMPILE_FORM, "Method requires an array argument list; use [] for no arguments");
    }
    SymbolObj *name = symbol_from(c->vm, "on_method_missing");
    Expr *function = member_function(c, FUNCTION_METHOD, name, node, 0);
    return expr_intrinsic(c, INTRINSIC_CLASS_MISSING, 2, analyze_self(c), function);
}

Expr *analyze_field(Compiler *c, NodeObj *node) {
    if (!in_class_body(c, "field")) return expr_const(c, VAL_NIL);
    if (node->count == 0 || !is_symbol(node->children[0])) {
        return analyze_error(c, ERR_COMPILE_FORM, "field requires a name");
    }
    bool typed;
    SymbolObj *name = strip_colon(c, symbol_of(node->children[0]), &typed);
    TypeObj *type = node->count > 1 ? analyze_type(c, node->children[1]) : NULL;
    Value declared = node->count > 1 ? node->children[1] : VAL_NIL;
    return expr_intrinsic(c, INTRINSIC_CLASS_FIELD, 3, analyze_self(c), expr_const(c, symbol_value(name)),
                          expr_const(c, type ? value_pointer(type) : declared));
}

/* --- new and super -------------------------------------------------------------------------------------- */

Expr *analyze_new(Compiler *c, NodeObj *node) {
    if (node->count == 0) return analyze_error(c, ERR_COMPILE_FORM, "new requires a class");
    Expr *x = expr_new(c, EXPR_NEW);
    x->as.call.callee = analyze_form(c, node->children[0]);
    analyze_arguments(c, node, 1, &x->as.call.arguments);
    return x;
}

/* An error in a method that no program of this class can be right with: it is the class's, not only the method's. */
static Expr *super_error(Compiler *c) {
    Function *blamed = c->blamed;
    for (const Function *fn = c->fn; fn; fn = fn->parent) {
        if (!fn->class_info) continue;
        c->blamed = fn->class_info->blamed;
        break;
    }
    Expr *x = analyze_error(c, ERR_COMPILE_FORM, "super expects a method: (super .member ...)");
    c->blamed = blamed;
    return x;
}

Expr *analyze_super(Compiler *c, NodeObj *node) {
    SymbolObj *dotted = node->count > 0 && is_symbol(node->children[0]) ? symbol_of(node->children[0]) : NULL;
    if (!dotted || dotted->size < 2 || dotted->text[0] != '.') {
        return super_error(c);
    }
    SymbolObj *name = symbol_intern(c->vm, dotted->text + 1, dotted->size - 1);
    if (symbol_is(name, "ctor!")) return expr_raise(c, "Macro-like super constructors are not supported");
    if (name->text[name->size - 1] == '!') return expr_raise(c, "Macro-like super methods are not supported");
    Function *fn = c->fn;
    while (fn->parent && fn->kind != FUNCTION_METHOD && fn->kind != FUNCTION_CTOR && fn->kind != FUNCTION_BODY) {
        fn = fn->parent;
    }
    /* SUPER itself knows whether the function around an evaluated form is a method. */
    bool is_evaluated = fn->kind == FUNCTION_OUTER && scope_peek(c, SYM(c->vm, SELF));
    if (!is_evaluated && fn->kind != FUNCTION_METHOD && fn->kind != FUNCTION_CTOR) {
        return expr_raise(c, "super requires an instance context");
    }
    Expr *x = expr_new(c, EXPR_SUPER_CALL);
    x->as.call.callee = analyze_self(c);
    x->as.call.name = name;
    analyze_arguments(c, node, 1, &x->as.call.arguments);
    return x;
}

/* --- $with and $tap ------------------------------------------------------------------------------------- */

/* Opens the scope in which self is the value of `form`; its declaration is the sequence's first item. */
static Making begin_self(Compiler *c, Value form, uint32_t capacity) {
    Expr *value = analyze_form(c, form);
    Making m = making_begin(c, capacity);
    scope_bind_self(c, m.made);
    making_add(&m, expr_declare(c, m.made, value));
    return m;
}

static Expr *end_self(Compiler *c, Making *m) {
    scope_close(c);
    Expr *x = expr_new(c, EXPR_SCOPE);
    x->as.scoped.scope = m->scope;
    x->as.scoped.body = m->sequence;
    return x;
}

Expr *analyze_with(Compiler *c, NodeObj *node) {
    if (node->count == 0) return analyze_error(c, ERR_COMPILE_FORM, "$with expects at least 1 argument");
    Making m = begin_self(c, node->children[0], 2);
    making_add(&m, analyze_sequence(c, node->children + 1, node->count - 1));
    return end_self(c, &m);
}

Expr *analyze_tap(Compiler *c, NodeObj *node) {
    if (node->count == 0) return analyze_error(c, ERR_COMPILE_FORM, "$tap expects at least 1 argument");
    Making m = begin_self(c, node->children[0], 3);
    uint32_t first = 1;
    const SymbolObj *label = node->count > 1 && is_symbol(node->children[1]) ? symbol_of(node->children[1]) : NULL;
    if (label && label->size > 1 && label->text[0] == ':') {
        Scope *scope = scope_open(c, false);
        Expr *value = expr_var(c, m.made);
        Var *var = scope_declare(c, symbol_intern(c->vm, label->text + 1, label->size - 1));
        Expr *declaration = expr_declare(c, var, value);
        Expr *body = expr_sequence(c, declaration, analyze_sequence(c, node->children + 2, node->count - 2));
        scope_close(c);
        Expr *scoped = expr_new(c, EXPR_SCOPE);
        scoped->as.scoped.scope = scope;
        scoped->as.scoped.body = body;
        making_add(&m, scoped);
    } else {
        making_add(&m, analyze_sequence(c, node->children + first, node->count - first));
    }
    making_add(&m, expr_var(c, m.made));
    return end_self(c, &m);
}

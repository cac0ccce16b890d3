/* analyze_interface.c — interface, implement, and implements in a class's header (language 20 §12–14). */
#include "compiler/making.h"

/* --- interface ------------------------------------------------------------------------------------------ */

typedef struct Members {
    Compiler *c;
    Value methods; /* array of symbols */
    Value fields;  /* map: name → read-only? */
} Members;

static bool is_method_member(const NodeObj *node) {
    return is_symbol_text(node->type, "method") && node->count >= 2 && is_symbol(node->children[0]) &&
           is_array(node->children[1]);
}

static void add_interface_method(Members *m, const NodeObj *node) {
    bool is_quoted = node->count >= 2 && is_string(node->children[0]) && is_array(node->children[1]);
    if (!is_method_member(node) && !is_quoted) {
        analyze_error(m->c, ERR_COMPILE_FORM, "interface method requires a name and parameter list");
        return;
    }
    if (method_body_start(node) < node->count) {
        analyze_error(m->c, ERR_COMPILE_FORM, "interface methods cannot have a body");
        return;
    }
    SymbolObj *name =
        is_quoted ? symbol_from_string(m->c->vm, string_of(node->children[0])) : symbol_of(node->children[0]);
    array_push(m->c->vm, array_of(m->methods), symbol_value(name));
}

static void add_interface_field(Members *m, const NodeObj *node, bool wants_type) {
    if (node->count == 0 || !is_symbol(node->children[0]) || (wants_type && node->count < 2)) {
        analyze_error(m->c, ERR_COMPILE_FORM, "field requires a name and type");
        return;
    }
    if (!wants_type) analyze_warning(m->c, "interface prop is deprecated; use field");
    bool typed;
    Value readonly = table_get_symbol(&node->props, symbol_from(m->c->vm, "readonly"));
    SymbolObj *name = strip_colon(m->c, symbol_of(node->children[0]), &typed);
    map_set(m->c->vm, map_of(m->fields), name, value_bool(readonly != VAL_UNSET && is_truthy(readonly)));
}

static void add_interface_member(Members *m, Value form) {
    const NodeObj *node = is_node(form) ? node_of(form) : NULL;
    const char *head = node && is_symbol(node->type) ? symbol_of(node->type)->text : NULL;
    if (head && strcmp(head, "method") == 0)
        add_interface_method(m, node);
    else if (head && (strcmp(head, "field") == 0 || strcmp(head, "prop") == 0))
        add_interface_field(m, node, strcmp(head, "field") == 0);
    else if (head || is_symbol(form))
        analyze_error(m->c, ERR_COMPILE_FORM, "unsupported interface member: %s", head ? head : symbol_of(form)->text);
    else
        analyze_error(m->c, ERR_COMPILE_FORM, "unsupported interface member: %s", kind_name(form));
}

Expr *analyze_interface(Compiler *c, NodeObj *node) {
    if (node->count == 0) return analyze_error(c, ERR_COMPILE_FORM, "interface requires a name");
    Making m = making_begin(c, 3);
    Destination d = destination_of(c, node->children[0], "interface");
    if (d.var) d.var->interface = node;
    Members members = {c, array_make(c->vm, 4), map_make(c->vm)};
    for (uint32_t i = 1; i < node->count; i++) add_interface_member(&members, node->children[i]);
    if (d.name) {
        Expr *made = expr_intrinsic(c, INTRINSIC_INTERFACE, 3, expr_const(c, symbol_value(d.name)),
                                    expr_const(c, members.methods), expr_const(c, members.fields));
        making_add(&m, expr_declare(c, m.made, made));
        making_add(&m, bind_destination(c, &d, expr_var(c, m.made), true));
    }
    return making_end(c, &m);
}

/* --- implements ----------------------------------------------------------------------------------------- */

/* Has the class form a method of that name with a body? */
static bool defines_method(const NodeObj *node, const SymbolObj *name) {
    for (uint32_t i = 1; i < node->count; i++) {
        const NodeObj *member = is_node(node->children[i]) ? node_of(node->children[i]) : NULL;
        if (!member || member->count == 0 || !is_symbol_text(member->type, "method")) continue;
        Value own = member->children[0];
        bool same = is_string(own) ? strcmp(string_of(own)->text, name->text) == 0 : own == symbol_value(name);
        if (same && method_body_start(member) < member->count) return true;
    }
    return false;
}

#define ANCESTORS_MAX 100u

/* Has the class, or one of its ancestors, as far as their forms are known: those of the same module are. */
static bool may_have_method(Compiler *c, const NodeObj *node, const SymbolObj *name) {
    for (uint32_t i = 0; i < ANCESTORS_MAX && !defines_method(node, name); i++) {
        if (node->count < 3 || !is_symbol_text(node->children[1], "<")) return false;
        const Var *parent = is_symbol(node->children[2]) ? scope_peek(c, symbol_of(node->children[2])) : NULL;
        if (!parent || !parent->is_module || !parent->class_form || c->fn != c->top) return true;
        node = parent->class_form;
    }
    return true;
}

/* What can be told before the program runs. */
static void check_methods(Compiler *c, const NodeObj *node, const NodeObj *interface, const SymbolObj *interface_name) {
    const SymbolObj *class_name = is_symbol(node->children[0])
                                      ? symbol_of(node->children[0])
                                      : path_of(node->children[0])->parts[path_of(node->children[0])->count - 1];
    for (uint32_t i = 1; i < interface->count; i++) {
        if (!is_node(interface->children[i]) || !is_method_member(node_of(interface->children[i]))) continue;
        const SymbolObj *name = symbol_of(node_of(interface->children[i])->children[0]);
        if (class_find_method(vm_space(c->vm)->object_class, name, NULL) != VAL_UNSET) continue;
        if (may_have_method(c, node, name)) continue;
        analyze_error(c, ERR_COMPILE_NAME, "Type error: class %s does not implement method %s required by interface %s",
                      class_name->text, name->text, interface_name->text);
        return;
    }
}

static SymbolObj *last_name(Value form) {
    if (is_symbol(form)) return symbol_of(form);
    return is_path(form) ? path_of(form)->parts[path_of(form)->count - 1] : NULL;
}

/* Can the name of an interface mean nothing, whatever happens until the class is made? */
static bool is_surely_unknown(Compiler *c, Value form) {
    if (!is_symbol(form)) return false;
    const Var *var = scope_peek(c, symbol_of(form));
    if (var) return var->is_definition && !var->interface;
    if (c->is_nested) return false;
    for (const NamespaceObj *at = c->module->ns; at; at = at->parent) {
        if (namespace_get(at, symbol_of(form)) != VAL_UNSET) return false;
    }
    return true;
}

static void add_one_interface(Compiler *c, Making *m, const NodeObj *node, Value form) {
    SymbolObj *name = last_name(form);
    if (!name) {
        analyze_error(c, ERR_COMPILE_NAME, "Unknown interface: %s", kind_name(form));
        return;
    }
    if (is_surely_unknown(c, form)) {
        analyze_error(c, ERR_COMPILE_NAME, "Unknown interface: %s", name->text);
        return;
    }
    const Var *var = is_symbol(form) ? scope_peek(c, name) : NULL;
    if (var && var->interface) check_methods(c, node, var->interface, name);
    making_add(m, expr_intrinsic(c, INTRINSIC_IMPLEMENTS, 3, expr_var(c, m->made), analyze_form(c, form),
                                 expr_const(c, symbol_value(name))));
}

void making_add_implements(Compiler *c, Making *m, const NodeObj *node, uint32_t at) {
    if (!is_array(node->children[at])) {
        add_one_interface(c, m, node, node->children[at]);
        return;
    }
    const ArrayObj *list = array_of(node->children[at]);
    Expr *all = expr_new(c, EXPR_SEQUENCE);
    all->as.list.items = ARENA_ARRAY(&c->arena, Expr *, list->count + 1);
    Making inner = {.sequence = all, .made = m->made};
    for (uint32_t i = 0; i < list->count; i++) add_one_interface(c, &inner, node, list->items[i]);
    making_add(&inner, expr_const(c, VAL_NIL));
    making_add(m, all);
}

/* --- implement ------------------------------------------------------------------------------------------ */

static bool check_implement_members(Compiler *c, const NodeObj *node) {
    for (uint32_t i = 3; i < node->count; i++) {
        Value form = node->children[i];
        Value head = is_node(form) ? node_of(form)->type : form;
        if (is_node(form) && (is_symbol_text(head, "method") || is_symbol_text(head, "ctor"))) continue;
        /* Those that are refused in classes, too, have messages of their own. */
        if (is_node(form) && (is_symbol_text(head, "method!") || is_symbol_text(head, "ctor!"))) continue;
        analyze_error(c, ERR_COMPILE_FORM, "unsupported implement member: %s; there are (ctor …) and (method …)",
                      is_symbol(head) ? symbol_of(head)->text : kind_name(head));
        return false;
    }
    return true;
}

Expr *analyze_implement(Compiler *c, NodeObj *node) {
    bool has_for = node->count >= 2 && is_symbol_text(node->children[1], "for");
    if (!has_for) {
        if (c->fn->kind == FUNCTION_BODY && c->fn->class_info) {
            return analyze_error(c, ERR_COMPILE_FORM, "Classes must declare interfaces in the header with implements");
        }
        return expr_raise(c, "inline implement can only be used inside a class");
    }
    SymbolObj *name = last_name(node->children[0]);
    if (!name || node->count < 3) {
        return analyze_error(c, ERR_COMPILE_FORM, "implement requires an interface and a class: (implement I for C …)");
    }
    if (!check_implement_members(c, node)) return expr_const(c, VAL_NIL);
    Making m = making_begin(c, 3);
    bool is_free = is_symbol(node->children[0]) && !scope_peek(c, name);
    Expr *interface = is_free ? expr_const(c, symbol_value(name)) : analyze_form(c, node->children[0]);
    Expr *made = expr_intrinsic(c, INTRINSIC_IMPLEMENT, 3, interface, analyze_form(c, node->children[2]),
                                expr_const(c, symbol_value(name)));
    making_add(&m, expr_declare(c, m.made, made));
    if (node->count > 3) {
        ClassInfo *info = ARENA_NEW(&c->arena, ClassInfo);
        info->name = name;
        info->blamed = c->blamed;
        making_add(&m, making_body(c, m.made, name, node->children + 3, node->count - 3, info));
    }
    making_end(c, &m);
    m.sequence->as.list.items[m.sequence->as.list.count - 1] = expr_const(c, VAL_NIL);
    Expr *x = expr_new(c, EXPR_SCOPE);
    x->as.scoped.scope = m.scope;
    x->as.scoped.body = m.sequence;
    return x;
}

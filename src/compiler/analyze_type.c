/* analyze_type.c — type expressions, aliases, type parameters and types as values (language 09 §9.2, §9.6).
 *
 * A compilation's aliases and type parameters form a list, innermost last; a function's end takes its own away. Aliases of the
 * file's top level are in it before anything is analysed, as forms, and become types when first used. */
#include "compiler/analyze_forms.h"

#define NOT_A_NAME                                                                                                     \
    "type alias name must be a symbol; legacy ADT declaration heads are no longer supported; use (type Name Expr) or " \
    "enum declarations such as (enum Name:T ...)"

/* --- names ------------------------------------------------------------------------------------------------ */

static TypeName *add_name(Compiler *c, SymbolObj *name) {
    if (c->type_count == c->type_capacity) {
        uint32_t capacity = c->type_capacity ? c->type_capacity * 2 : 8;
        TypeName *grown = ARENA_ARRAY(&c->arena, TypeName, capacity);
        if (c->type_count) memcpy(grown, c->types, c->type_count * sizeof *grown);
        c->types = grown;
        c->type_capacity = capacity;
    }
    TypeName *entry = &c->types[c->type_count++];
    *entry = (TypeName){.name = name, .form = VAL_NIL};
    return entry;
}

static TypeObj *parse_type(Compiler *c, Value form);

/* An alias that is being expanded means nothing inside itself, so its name is compared like any other. */
static TypeObj *find_name(void *context, SymbolObj *name) {
    Compiler *c = context;
    for (uint32_t i = c->type_count; i > 0; i--) {
        TypeName *entry = &c->types[i - 1];
        if (entry->name != name) continue;
        if (entry->type || entry->is_open) return entry->type;
        entry->is_open = true;
        TypeObj *type = parse_type(c, entry->form);
        entry = &c->types[i - 1];
        entry->is_open = false;
        entry->type = type;
        return type;
    }
    Value slot = table_get_symbol(&c->module->names, name);
    Value known = slot == VAL_UNSET ? VAL_NIL : c->module->vars[small_int_of(slot)];
    return is_type(known) ? type_of(known) : NULL; /* an alias of an earlier compilation */
}

/* NULL after reporting. */
static TypeObj *parse_type(Compiler *c, Value form) {
    TypeNames names = {find_name, c};
    const char *error;
    TypeObj *type = type_parse(c->vm, form, &names, &error);
    if (!type) analyze_error(c, ERR_COMPILE_FORM, "Invalid type expression: %s", error);
    return type;
}

TypeObj *analyze_type(Compiler *c, Value form) {
    if (vm_space(c->vm)->ignores_types) return NULL;
    TypeObj *type = parse_type(c, form);
    return type && type->mask != TYPE_MASK_ANY ? type : NULL;
}

uint32_t types_open(const Compiler *c) { return c->type_count; }
void types_close(Compiler *c, uint32_t mark) { c->type_count = mark; }

void declare_type_parameters(Compiler *c, Value name) {
    if (is_path(name)) name = symbol_value(path_of(name)->parts[path_of(name)->count - 1]);
    if (!is_symbol(name) || strip_type_parameters(c, symbol_of(name)) == symbol_of(name)) return;
    const char *colon = strchr(symbol_of(name)->text, ':');
    while (colon) {
        const char *next = strchr(colon + 1, ':');
        size_t size = next ? (size_t)(next - colon - 1) : strlen(colon + 1);
        TypeName *entry = add_name(c, symbol_intern(c->vm, colon + 1, size));
        entry->type = type_variable(c->vm, entry->name);
        colon = next;
    }
}

/* --- aliases ------------------------------------------------------------------------------------------------ */

static bool is_alias(const NodeObj *node) {
    return node->count == 2 && node->props.count == 0 && is_symbol(node->children[0]) &&
           !is_symbol_text(node->children[0], "Self");
}

void predeclare_aliases(Compiler *c, const Value *forms, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) {
        if (!is_node(forms[i]) || !is_symbol_text(node_of(forms[i])->type, "type")) continue;
        const NodeObj *node = node_of(forms[i]);
        if (is_alias(node)) add_name(c, symbol_of(node->children[0]))->form = node->children[1];
    }
}

/* (type (Result T E) …), how enums were declared once. */
static Expr *refuse_legacy(Compiler *c, const NodeObj *head) {
    Buffer text;
    buffer_init(&text);
    const SymbolObj *name = symbol_of(head->type);
    buffer_append_text(&text, name->text);
    for (uint32_t i = 0; i < head->count; i++) {
        if (is_symbol(head->children[i])) buffer_append_format(&text, ":%s", symbol_of(head->children[i])->text);
    }
    Expr *x = analyze_error(c, ERR_COMPILE_FORM,
                            "legacy ADT declaration for %s is no longer supported; use enum declarations such as (enum "
                            "%s ...)",
                            name->text, buffer_text(&text));
    buffer_free(&text);
    return x;
}

Expr *analyze_type_form(Compiler *c, NodeObj *node) {
    if (node->count > 0 && is_node(node->children[0]) && is_symbol(node_of(node->children[0])->type)) {
        return refuse_legacy(c, node_of(node->children[0]));
    }
    if (node->count == 0 || !is_symbol(node->children[0])) return analyze_error(c, ERR_COMPILE_FORM, NOT_A_NAME);
    SymbolObj *name = symbol_of(node->children[0]);
    if (symbol_is(name, "Self")) {
        return analyze_error(c, ERR_COMPILE_FORM, "Reserved type name 'Self' cannot be used for type alias");
    }
    if (!is_alias(node)) return analyze_error(c, ERR_COMPILE_FORM, "type expects a name and a type: (type Name Expr)");
    add_name(c, name)->form = node->children[1];
    TypeObj *type = find_name(c, name);
    if (!type) return expr_const(c, VAL_NIL);
    Var *var = scope_begin_definition(c, name);
    scope_finish_declare(c, var);
    Expr *x = expr_declare(c, var, expr_const(c, value_pointer(type)));
    return var->is_module ? expr_define_member(c, name, x) : x;
}

/* --- types as values ------------------------------------------------------------------------------------------ */

static bool is_alias_name(Compiler *c, const SymbolObj *name) {
    for (uint32_t i = c->type_count; i > 0; i--) {
        if (c->types[i - 1].name == name) return true;
    }
    Value slot = table_get_symbol(&c->module->names, name);
    return slot != VAL_UNSET && is_type(c->module->vars[small_int_of(slot)]);
}

static bool is_type_name(Compiler *c, const SymbolObj *name) {
    bool is_upper = name->text[0] >= 'A' && name->text[0] <= 'Z';
    return is_upper || type_is_builtin(name) || is_alias_name(c, name);
}

static bool looks_like_type(Compiler *c, Value form, uint32_t depth);

static bool look_like_types(Compiler *c, const Value *forms, uint32_t count, uint32_t depth) {
    for (uint32_t i = 0; i < count; i++) {
        if (!looks_like_type(c, forms[i], depth)) return false;
    }
    return true;
}

static bool is_type_application(Compiler *c, const NodeObj *node, uint32_t depth) {
    if (node->props.count > 0 || node->count == 0) return false;
    if (is_symbol_text(node->children[0], "|")) {
        if (!looks_like_type(c, node->type, depth)) return false;
        for (uint32_t i = 1; i < node->count; i += 2) {
            if (!looks_like_type(c, node->children[i], depth)) return false;
        }
        return true;
    }
    if (!is_symbol(node->type)) return false;
    if (is_symbol_text(node->type, "Fn")) return is_array(node->children[0]);
    const SymbolObj *head = symbol_of(node->type);
    bool is_known = is_alias_name(c, head) || (type_is_builtin(head) && !scope_peek(c, symbol_of(node->type)));
    return is_known && look_like_types(c, node->children, node->count, depth);
}

static bool looks_like_type(Compiler *c, Value form, uint32_t depth) {
    if (depth > c->max_depth) return false;
    if (is_symbol(form)) return is_type_name(c, symbol_of(form));
    if (is_path(form)) return is_type_name(c, path_of(form)->parts[path_of(form)->count - 1]);
    if (is_node(form)) return is_type_application(c, node_of(form), depth + 1);
    return is_nil(form) || is_void(form);
}

Expr *analyze_type_value(Compiler *c, NodeObj *node) {
    if (!is_type_application(c, node, 0)) return NULL;
    TypeObj *type = parse_type(c, value_pointer(node));
    return expr_const(c, type ? value_pointer(type) : VAL_NIL);
}

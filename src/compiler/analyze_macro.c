/* analyze_macro.c — calls that may be macro calls, $caller_eval, $render, $emit (language 03 §3.4, 06 §6.2–6.3).
 * Invariant: which of the two argument lists of such a call is used is decided when it runs, so the one that is evaluated
 * must not disturb the other: its errors are raised only there, and what it declares stays in its own scope. */
#include "compiler/analyze_forms.h"

/* --- macro calls ---------------------------------------------------------------------------------------- */

bool is_macro_name(const SymbolObj *name) {
    return name->size > 1 && name->text[name->size - 1] == '!' && name->text[0] != '.';
}

/* What a path of free names means now: built-in namespaces are complete before anything is compiled. */
static Value built_in_member(const Compiler *c, const PathObj *path) {
    Value value = VAL_UNSET;
    for (const NamespaceObj *ns = c->module->ns; ns && value == VAL_UNSET; ns = ns->parent) {
        value = namespace_get(ns, path->parts[0]);
    }
    for (uint32_t i = 1; i < path->count && is_namespace(value); i++) {
        value = namespace_get(namespace_of(value), path->parts[i]);
    }
    return value;
}

/* A name that ends in `!` says so. Other expressions are only suspected in a module that knows macros, and only where their
 * value is no member of a class, a namespace or the library: there macros have such names. */
bool may_be_macro(Compiler *c, Value head) {
    if (is_symbol(head)) return is_macro_name(symbol_of(head));
    if (is_path(head)) {
        const PathObj *path = path_of(head);
        if (is_macro_name(path->parts[path->count - 1])) return true;
        const Var *root = scope_peek(c, path->parts[0]);
        if (!root) return is_macro(built_in_member(c, path));
        return c->module->has_macros && !root->is_definition && !root->is_self && !root->is_member;
    }
    if (!is_node(head)) return is_macro(head);
    Value type = node_of(head)->type;
    bool is_function = is_symbol_text(type, "fn") || is_symbol_text(type, "block") || is_symbol_text(type, "->");
    return c->module->has_macros && !is_function;
}

/* The arguments as data: nothing in them means anything yet, spreads included. */
static void quote_arguments(Compiler *c, const NodeObj *node, Arguments *out) {
    memset(out, 0, sizeof *out);
    const Table *props = &node->props;
    out->entries = ARENA_ARRAY(&c->arena, Entry, props->count);
    for (uint32_t i = table_next(props, 0); i < props->used; i = table_next(props, i + 1)) {
        Entry *entry = &out->entries[out->entry_count++];
        entry->key = symbol_of(props->entries[i].key);
        entry->value = analyze_quote(c, props->entries[i].value);
    }
    out->items = ARENA_ARRAY(&c->arena, Item, node->count);
    for (uint32_t i = 0; i < node->count; i++) {
        out->items[out->item_count++].value = analyze_quote(c, node->children[i]);
    }
}

void analyze_macro_call(Compiler *c, NodeObj *node, Expr *call) {
    MacroCall *macro = ARENA_NEW(&c->arena, MacroCall);
    quote_arguments(c, node, &macro->forms);
    macro->site = scope_record_eval_site(c);
    Function trap = {.error = NULL};
    Function *blamed = c->blamed;
    c->blamed = &trap;
    macro->scope = scope_open(c, false);
    macro->scope->keeps_definitions = true;
    Arguments *arguments = &call->as.call.arguments;
    analyze_arguments(c, node, 0, arguments);
    scope_close(c);
    c->blamed = blamed;
    if (trap.error) {
        memset(arguments, 0, sizeof *arguments);
        arguments->items = ARENA_NEW(&c->arena, Item);
        arguments->item_count = 1;
        arguments->items->value = expr_intrinsic(c, INTRINSIC_RAISE, 2, expr_const(c, string_from(c->vm, trap.error)),
                                                 expr_const(c, value_small_int((int64_t)trap.error_id)));
        if (trap.error_line) {
            arguments->items->value->line = trap.error_line;
            arguments->items->value->column = trap.error_column;
        }
    }
    call->as.call.macro = macro;
}

Expr *analyze_caller_eval(Compiler *c, NodeObj *node) {
    if (node->count != 1) return analyze_error(c, ERR_COMPILE_FORM, "$caller_eval expects exactly 1 argument");
    return expr_intrinsic(c, INTRINSIC_CALLER_EVAL, 1, analyze_form(c, node->children[0]));
}

/* --- templates ------------------------------------------------------------------------------------------ */

typedef struct ValueList {
    Compiler *c;
    Arguments *values;
    uint32_t capacity;
} ValueList;

static void add_value(ValueList *list, Value form) {
    Arguments *values = list->values;
    if (values->item_count == list->capacity) {
        list->capacity = list->capacity ? list->capacity * 2 : 8;
        Item *grown = ARENA_ARRAY(&list->c->arena, Item, list->capacity);
        if (values->item_count) memcpy(grown, values->items, values->item_count * sizeof *grown);
        values->items = grown;
    }
    values->items[values->item_count++].value = analyze_scoped(list->c, &form, 1);
}

static void collect_unquotes(ValueList *list, Value form);

/* Items of an array, children of a gene: here `%xs...` is the array whose elements are inserted. */
static void collect_items(ValueList *list, const Value *items, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) {
        Value form;
        if (is_unquote(items[i]) && strip_spread(list->c, quote_of(items[i])->form, &form)) {
            add_value(list, form);
        } else {
            collect_unquotes(list, items[i]);
        }
    }
}

static void collect_properties(ValueList *list, const Table *table) {
    for (uint32_t i = table_next(table, 0); i < table->used; i = table_next(table, i + 1)) {
        collect_unquotes(list, table->entries[i].value);
    }
}

/* In the order in which vm/quote.c copies the template: type, properties, children. */
static void collect_unquotes(ValueList *list, Value form) {
    Compiler *c = list->c;
    while (is_quote(form)) form = quote_of(form)->form;
    if (!is_object(form)) return;
    if (++c->depth > c->max_depth) {
        analyze_error(c, ERR_COMPILE_LIMIT, "forms are nested more than %u deep", c->max_depth);
    } else if (is_unquote(form)) {
        add_value(list, quote_of(form)->form);
    } else if (is_node(form)) {
        collect_unquotes(list, node_of(form)->type);
        collect_properties(list, &node_of(form)->props);
        collect_items(list, node_of(form)->children, node_of(form)->count);
    } else if (is_array(form)) {
        collect_items(list, array_of(form)->items, array_of(form)->count);
    } else if (is_map(form)) {
        collect_properties(list, &map_of(form)->table);
    }
    c->depth--;
}

/* A template written here is known now; any other is compiled as `($render `template)` when it is there. */
Expr *analyze_render(Compiler *c, NodeObj *node) {
    if (node->count != 1) return analyze_error(c, ERR_COMPILE_FORM, "$render expects exactly 1 argument");
    Value form = node->children[0];
    if (!is_quote(form)) return expr_eval(c, INTRINSIC_RENDER_IN, analyze_form(c, form));
    Expr *values = expr_new(c, EXPR_ARRAY);
    ValueList list = {c, &values->as.arguments, 0};
    collect_unquotes(&list, form);
    return expr_intrinsic(c, INTRINSIC_RENDER, 2, expr_const(c, form), values);
}

Expr *analyze_emit(Compiler *c, NodeObj *node) {
    if (node->count != 1) return analyze_error(c, ERR_COMPILE_FORM, "$emit expects exactly 1 argument");
    return analyze_form(c, node->children[0]);
}

/* analyze_module.c — the top level of a file: names known in advance, definitions first, import and export
 * (language 07 §7.4, 21 §1–2). */
#include "compiler/analyze_forms.h"

/* --- names known in advance ----------------------------------------------------------------------------- */

static void predeclare_pattern(Compiler *c, Value form, bool is_let, uint32_t depth) {
    if (depth > c->max_depth) return;
    if (is_symbol(form)) {
        const SymbolObj *symbol = symbol_of(form);
        size_t start = symbol->size > 1 && symbol->text[0] == '^' ? 1 : 0;
        size_t size = symbol->size - start;
        if (size > 3 && memcmp(symbol->text + symbol->size - 3, "...", 3) == 0) size -= 3;
        SymbolObj *name = symbol_intern(c->vm, symbol->text + start, size);
        if (name != SYM(c->vm, UNDERSCORE) && name != SYM(c->vm, SELF)) scope_predeclare(c, name, is_let, false);
    } else if (is_array(form)) {
        const ArrayObj *array = array_of(form);
        for (uint32_t i = 0; i < array->count; i++) {
            if (is_symbol_text(array->items[i], "...")) continue;
            if (is_symbol_text(array->items[i], "=")) {
                i++; /* its default */
                continue;
            }
            predeclare_pattern(c, array->items[i], is_let, depth + 1);
        }
    } else if (is_map(form)) {
        const Table *table = &map_of(form)->table;
        for (uint32_t i = table_next(table, 0); i < table->used; i = table_next(table, i + 1)) {
            predeclare_pattern(c, table->entries[i].value, is_let, depth + 1);
        }
    }
}

static void predeclare_variable(Compiler *c, const NodeObj *node, bool is_let) {
    if (node->count == 0) return;
    Value target = node->children[0];
    bool typed;
    if (is_symbol(target)) {
        if (symbol_of(target)->text[0] == '$') return;
        target = symbol_value(strip_colon(c, symbol_of(target), &typed));
    }
    predeclare_pattern(c, target, is_let, 0);
}

static void predeclare_definition(Compiler *c, const NodeObj *node) {
    if (node->count == 0 || !is_symbol(node->children[0])) return;
    SymbolObj *name = strip_type_parameters(c, symbol_of(node->children[0]));
    if (is_symbol_text(node->type, "enum")) predeclare_enum(c, node);
    if (is_symbol_text(node->type, "fn") && (node->count < 2 || name == SYM(c->vm, INIT))) return;
    if (is_macro_name(name)) c->module->has_macros = true;
    bool is_object_form = is_symbol_text(node->type, "object");
    if (name == SYM(c->vm, SELF)) return;
    scope_predeclare(c, name, false, !is_object_form);
    if (is_symbol_text(node->type, "interface")) scope_peek(c, name)->interface = node;
    if (is_object_form) scope_predeclare(c, object_class_name(c, name), false, true);
}

/* Declares what the form will declare in the module's scope; do, loop, while and try open none. */
static void predeclare(Compiler *c, Value form, uint32_t depth) {
    if (!is_node(form) || !is_symbol(node_of(form)->type) || depth > c->max_depth) return;
    const NodeObj *node = node_of(form);
    const SymbolObj *head = symbol_of(node->type);
    if (symbol_is(head, "var") || symbol_is(head, "let")) {
        predeclare_variable(c, node, symbol_is(head, "let"));
    } else if (special_definition(form)) {
        /* import declares its items itself */
        bool binds = !symbol_is(head, "import") && !symbol_is(head, "implement") && !symbol_is(head, "$dep");
        if (binds) predeclare_definition(c, node);
    } else if (symbol_is(head, "do") || symbol_is(head, "loop") || symbol_is(head, "while") || symbol_is(head, "try")) {
        for (uint32_t i = 0; i < node->count; i++) {
            if (is_symbol_text(node->children[i], "catch") || is_symbol_text(node->children[i], "finally")) break;
            predeclare(c, node->children[i], depth + 1);
        }
    }
}

/* --- the statements ------------------------------------------------------------------------------------- */

typedef struct TopLevel {
    Compiler *c;
    const CompileRequest *request;
    ArrayObj *forms;
    Expr *sequence;
    bool has_init;
} TopLevel;

static void add_statement(TopLevel *t, Expr *x) {
    ExprList *list = &t->sequence->as.list;
    list->items[list->count++] = x;
}

static Expr *analyze_statement(TopLevel *t, uint32_t i) {
    Compiler *c = t->c;
    if (t->request->positions) {
        c->line = t->request->positions[i].line;
        c->column = t->request->positions[i].column;
    }
    return analyze_form(c, t->forms->items[i]);
}

static bool is_init(Compiler *c, Value form) {
    if (!is_node(form) || !is_symbol_text(node_of(form)->type, "fn")) return false;
    const NodeObj *node = node_of(form);
    return node->count >= 2 && is_symbol(node->children[0]) && symbol_of(node->children[0]) == SYM(c->vm, INIT) &&
           is_array(node->children[1]);
}

/* The body of (fn __init__ [] …) comes before the other statements. */
static void add_init(TopLevel *t, const NodeObj *node) {
    t->c->line = node->line;
    t->c->column = node->column;
    if (t->has_init) {
        analyze_error(t->c, ERR_COMPILE_FORM, "Duplicate __init__ definition in module");
        return;
    }
    t->has_init = true;
    uint32_t body = 2 + skip_return_type(node->children + 2, node->count - 2);
    add_statement(t, analyze_sequence(t->c, node->children + body, node->count - body));
}

/* A class whose parent sits in a variable of this file waits for that variable's statement. */
static bool has_variable_parent(Compiler *c, Value form) {
    const NodeObj *node = node_of(form);
    bool is_class = is_symbol_text(node->type, "class") || is_symbol_text(node->type, "object");
    if (!is_class || node->count < 3 || !is_symbol_text(node->children[1], "<") || !is_symbol(node->children[2])) {
        return false;
    }
    const Var *parent = scope_peek(c, symbol_of(node->children[2]));
    return parent && !parent->is_definition && parent->visibility != VAR_DECLARED;
}

static bool is_hoisted(Compiler *c, Value form) {
    return special_definition(form) && !is_init(c, form) && !has_variable_parent(c, form);
}

/* Interfaces, which evaluate nothing, come first: a class can be above those it implements. */
static void add_definitions(TopLevel *t, bool interfaces, bool *hoisted, Var **out_last) {
    uint32_t count = t->forms->count;
    for (uint32_t i = 0; i < count; i++) {
        if (hoisted[i] || !is_hoisted(t->c, t->forms->items[i])) continue;
        if (interfaces && !is_symbol_text(node_of(t->forms->items[i])->type, "interface")) continue;
        hoisted[i] = true;
        Expr *x = analyze_statement(t, i);
        if (i == count - 1) {
            *out_last = scope_add_hidden(t->c);
            x = expr_declare(t->c, *out_last, x);
        }
        add_statement(t, x);
    }
}

void analyze_top_level(Compiler *c, const CompileRequest *request) {
    CompileRequest expanded = *request;
    if (request->is_source) expand_comptime(c, &expanded);
    TopLevel t = {.c = c, .request = &expanded, .forms = array_of(expanded.forms)};
    uint32_t count = t.forms->count;
    bool *hoisted = ARENA_ARRAY(&c->arena, bool, count);
    Var *last = NULL; /* value of a last form that was hoisted */
    predeclare_aliases(c, t.forms->items, count);
    for (uint32_t i = 0; i < count; i++) predeclare(c, t.forms->items[i], 0);
    t.sequence = expr_new(c, EXPR_SEQUENCE);
    t.sequence->as.list.items = ARENA_ARRAY(&c->arena, Expr *, count + 2);
    add_definitions(&t, true, hoisted, &last);
    add_definitions(&t, false, hoisted, &last);
    for (uint32_t i = 0; i < count; i++) {
        if (is_init(c, t.forms->items[i])) add_init(&t, node_of(t.forms->items[i]));
    }
    for (uint32_t i = 0; i < count; i++) {
        if (!hoisted[i] && !is_init(c, t.forms->items[i])) add_statement(&t, analyze_statement(&t, i));
    }
    if (last) add_statement(&t, expr_var(c, last));
    if (t.sequence->as.list.count == 0) add_statement(&t, expr_const(c, VAL_NIL));
    c->top->body = t.sequence;
}

/* --- import and export ---------------------------------------------------------------------------------- */

static bool at_top_level(const Compiler *c) { return c->depth == 1 && c->fn == c->top && !c->is_nested; }

/* Items as constants: [[part…] alias-or-nil]; a part `*` at the end stands for every member. */
typedef struct ImportItems {
    Compiler *c;
    Value list;
    SymbolObj **names; /* to bind, one an item; NULL: a wildcard */
    uint32_t count;
    bool failed;
} ImportItems;

static void add_import_item(ImportItems *items, SymbolObj *const *parts, uint32_t count) {
    VM *vm = items->c->vm;
    Value path = array_make(vm, count);
    SymbolObj *last = parts[count - 1];
    SymbolObj *alias = last;
    const char *colon = strchr(last->text, ':');
    if (colon && colon != last->text && colon[1]) {
        alias = symbol_from(vm, colon + 1);
        last = symbol_intern(vm, last->text, (size_t)(colon - last->text));
    }
    for (uint32_t i = 0; i + 1 < count; i++) array_push(vm, array_of(path), symbol_value(parts[i]));
    array_push(vm, array_of(path), symbol_value(last));
    bool is_wildcard = symbol_is(last, "*");
    if (is_macro_name(last)) items->c->module->has_macros = true;
    Value pair[] = {path, is_wildcard ? VAL_NIL : symbol_value(alias)};
    array_push(vm, array_of(items->list), array_from(vm, pair, 2));
    items->names[items->count++] = is_wildcard ? NULL : alias;
}

/* n/[h x:y] */
static void add_import_members(ImportItems *items, const PathObj *path, const ArrayObj *members) {
    SymbolObj **parts = ARENA_ARRAY(&items->c->arena, SymbolObj *, path->count);
    memcpy(parts, path->parts, path->count * sizeof(SymbolObj *));
    for (uint32_t i = 0; i < members->count; i++) {
        if (!is_symbol(members->items[i])) {
            analyze_error(items->c, ERR_COMPILE_FORM, "Invalid import item type: %s", kind_name(members->items[i]));
            items->failed = true;
            return;
        }
        parts[path->count - 1] = symbol_of(members->items[i]);
        add_import_item(items, parts, path->count);
    }
}

static uint32_t import_item_capacity(const NodeObj *node) {
    uint32_t capacity = node->count;
    for (uint32_t i = 0; i < node->count; i++) {
        if (is_array(node->children[i])) capacity += array_of(node->children[i])->count;
    }
    return capacity;
}

/* Returns the index of `from`, or the number of children. */
static uint32_t collect_import_items(ImportItems *items, const NodeObj *node) {
    uint32_t i = 0;
    for (; i < node->count && !items->failed; i++) {
        Value form = node->children[i];
        if (is_symbol_text(form, "from")) break;
        if (is_symbol(form)) {
            SymbolObj *symbol = symbol_of(form);
            add_import_item(items, &symbol, 1);
        } else if (is_path(form)) {
            PathObj *path = path_of(form);
            bool has_list =
                path->parts[path->count - 1]->size == 0 && i + 1 < node->count && is_array(node->children[i + 1]);
            if (has_list) {
                add_import_members(items, path, array_of(node->children[++i]));
            } else {
                add_import_item(items, path->parts, path->count);
            }
        } else {
            analyze_error(items->c, ERR_COMPILE_FORM, "Invalid import item type: %s", kind_name(form));
            items->failed = true;
        }
    }
    return i;
}

static bool is_builtin_import(const PathObj *path) {
    const SymbolObj *first = path->parts[0];
    return symbol_is(first, "gene") || symbol_is(first, "genex") || symbol_is(first, "global");
}

/* Without `from` every item starts at a built-in namespace. */
static bool check_no_from(Compiler *c, const NodeObj *node) {
    bool ok = node->count > 0;
    for (uint32_t i = 0; ok && i < node->count; i++) {
        Value item = node->children[i];
        ok = is_array(item) || (is_path(item) && is_builtin_import(path_of(item)));
    }
    if (!ok) analyze_error(c, ERR_COMPILE_FORM, "Module path not specified in import statement");
    return ok;
}

/* The constant described at IMPORT in intrinsics.h. */
static Value import_specification(Compiler *c, const NodeObj *node, Value items, uint32_t from) {
    static const char *const options[] = {"pkg", "path", "native"};
    Value specification = map_make(c->vm);
    map_set_text(c->vm, map_of(specification), "items", items);
    if (from + 1 < node->count) {
        map_set_text(c->vm, map_of(specification), "from", node->children[from + 1]);
        if (from + 3 < node->count && is_symbol_text(node->children[from + 2], "of")) {
            map_set_text(c->vm, map_of(specification), "pkg", node->children[from + 3]);
        }
    }
    for (uint32_t i = 0; i < COUNT_OF(options); i++) {
        Value value = table_get_symbol(&node->props, symbol_from(c->vm, options[i]));
        if (value != VAL_UNSET) map_set_text(c->vm, map_of(specification), options[i], value);
    }
    return specification;
}

/* Binds the imported values, which the hidden variable holds as an array. */
static Expr *bind_imports(Compiler *c, const ImportItems *items, Value specification) {
    Scope *scope = scope_open(c, true);
    Var *values = scope_add_hidden(c);
    Expr *sequence = expr_new(c, EXPR_SEQUENCE);
    sequence->as.list.items = ARENA_ARRAY(&c->arena, Expr *, items->count + 2);
    Expr *import =
        expr_intrinsic(c, INTRINSIC_IMPORT, 2, expr_const(c, specification), expr_const(c, value_pointer(c->module)));
    sequence->as.list.items[sequence->as.list.count++] = expr_declare(c, values, import);
    for (uint32_t i = 0; i < items->count; i++) {
        if (!items->names[i]) continue;
        Expr *value = expr_property(c, expr_var(c, values), items->names[i]);
        value->as.path.steps->kind = STEP_INDEX;
        value->as.path.steps->index = (int32_t)i;
        Var *var = scope_declare(c, items->names[i]);
        sequence->as.list.items[sequence->as.list.count++] = expr_declare(c, var, value);
    }
    sequence->as.list.items[sequence->as.list.count++] = expr_const(c, VAL_NIL);
    scope_close(c);
    Expr *x = expr_new(c, EXPR_SCOPE);
    x->as.scoped.scope = scope;
    x->as.scoped.body = sequence;
    return x;
}

Expr *analyze_import(Compiler *c, NodeObj *node) {
    if (!at_top_level(c)) {
        return analyze_error(c, ERR_COMPILE_FORM,
                             "import is compile-time only; place imports at module top level or emit them from "
                             "(comptime ...)");
    }
    ImportItems items = {.c = c, .list = array_make(c->vm, node->count)};
    items.names = ARENA_ARRAY(&c->arena, SymbolObj *, import_item_capacity(node));
    uint32_t from = collect_import_items(&items, node);
    if (items.failed) return expr_const(c, VAL_NIL);
    if (from == node->count) {
        if (!check_no_from(c, node)) return expr_const(c, VAL_NIL);
    } else if (from + 1 >= node->count || !is_string(node->children[from + 1])) {
        return analyze_error(c, ERR_COMPILE_FORM, "Module path not specified in import statement");
    }
    return bind_imports(c, &items, import_specification(c, node, items.list, from));
}

static SymbolObj *export_name(Compiler *c, Value form) {
    if (is_symbol(form)) return symbol_of(form);
    if (is_string(form)) return symbol_from_string(c->vm, string_of(form));
    return NULL;
}

/* One EXPORT per name: the intrinsic adds to what is exported already. */
Expr *analyze_export(Compiler *c, NodeObj *node) {
    bool is_list = node->count == 1 && is_array(node->children[0]);
    const Value *forms = is_list ? array_of(node->children[0])->items : node->children;
    uint32_t count = is_list ? array_of(node->children[0])->count : node->count;
    if (count == 0) return analyze_error(c, ERR_COMPILE_FORM, "export expects at least one name");
    Expr *sequence = expr_new(c, EXPR_SEQUENCE);
    sequence->as.list.items = ARENA_ARRAY(&c->arena, Expr *, count);
    for (uint32_t i = 0; i < count; i++) {
        SymbolObj *name = export_name(c, forms[i]);
        if (!name) return analyze_error(c, ERR_COMPILE_FORM, "export names must be symbols or strings");
        Value names = symbol_value(name);
        Var *var = scope_resolve(c, name);
        sequence->as.list.items[sequence->as.list.count++] =
            expr_intrinsic(c, INTRINSIC_EXPORT, 2, expr_const(c, array_from(c->vm, &names, 1)),
                           var ? expr_var(c, var) : expr_const(c, VAL_UNSET));
    }
    return sequence;
}

/* ($dep "name" "version" ^path "dir"): what is needed to find the package is known when it is compiled. */
Expr *analyze_dep(Compiler *c, NodeObj *node) {
    SymbolObj *name = node->count ? export_name(c, node->children[0]) : NULL;
    if (!name) return analyze_error(c, ERR_COMPILE_FORM, "$dep requires package name");
    Value path = table_get_symbol(&node->props, symbol_from(c->vm, "path"));
    bool has_path = path != VAL_UNSET && !is_nil(path);
    if (has_path && !is_string(path)) return analyze_error(c, ERR_COMPILE_FORM, "$dep ^path must be a string");
    return expr_intrinsic(c, INTRINSIC_PACKAGE, 3, expr_const(c, value_pointer(c->module)),
                          expr_const(c, string_from_symbol(c->vm, name)), expr_const(c, has_path ? path : VAL_NIL));
}

/* --- small forms ---------------------------------------------------------------------------------------- */

/* One that is no block of a source text: those were expanded before. */
Expr *analyze_comptime(Compiler *c, NodeObj *node) {
    (void)node;
    return expr_const(c, VAL_NIL);
}

Expr *analyze_if_main(Compiler *c, NodeObj *node) {
    Expr *x = expr_new(c, EXPR_IF);
    Expr *test = expr_new(c, EXPR_NAME);
    test->as.name = symbol_from(c->vm, "__is_main__");
    x->as.branches.clauses = ARENA_NEW(&c->arena, Clause);
    x->as.branches.clauses->test = test;
    x->as.branches.clauses->body = analyze_scoped(c, node->children, node->count);
    x->as.branches.count = 1;
    return x;
}

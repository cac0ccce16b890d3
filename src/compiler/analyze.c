/* analyze.c — one form to one expression: atoms, containers, quotes, calls, and the order in which a gene's rules
 * are tried (language 03 §3.2). The forms themselves are in the other analyze_*.c files, their table in special.c. */
#include "compiler/analyze_forms.h"

#include <stdarg.h>
#include <stdio.h>

/* Literals with more items than this are checked for being constant all through and then copied as a whole. */
#define CONSTANT_LITERAL_MIN 16

/* --- errors --------------------------------------------------------------------------------------------- */

Expr *analyze_error(Compiler *c, ErrorId id, const char *format, ...) {
    char message[512];
    va_list arguments;
    va_start(arguments, format);
    int size = vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    if (size < 0) size = 0;
    if ((size_t)size >= sizeof message) size = sizeof message - 1;
    if (c->blamed && id != ERR_COMPILE_LIMIT) {
        if (!c->blamed->error) {
            c->blamed->error = arena_copy_text(&c->arena, message, (size_t)size);
            c->blamed->error_id = id;
            c->blamed->error_line = c->line;
            c->blamed->error_column = c->column;
        }
    } else if (c->diagnostics->count - c->first_diagnostic < READER_DIAGNOSTICS_MAX) {
        diagnostics_add(c->diagnostics, id, c->line, c->column, "%s", message);
    }
    return expr_const(c, VAL_NIL);
}

void analyze_warning(Compiler *c, const char *format, ...) {
    if (!vm_space(c->vm)->warn) return;
    Buffer text;
    buffer_init(&text);
    char message[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    buffer_append_format(&text, "Warning: %s @ %s:%u:%u\n", message, c->file ? c->file->text : "<input>", c->line,
                         c->column);
    if (!text.failed) vm_space(c->vm)->warn(c->vm, text.data, text.size);
    buffer_free(&text);
}

/* --- making expressions --------------------------------------------------------------------------------- */

Expr *expr_new(Compiler *c, ExprKind kind) {
    Expr *x = ARENA_NEW(&c->arena, Expr);
    x->kind = (uint8_t)kind;
    x->line = c->line;
    x->column = c->column;
    return x;
}

Expr *expr_const(Compiler *c, Value value) {
    Expr *x = expr_new(c, EXPR_CONST);
    x->as.constant = value;
    return x;
}

Expr *expr_var(Compiler *c, Var *var) {
    Expr *x = expr_new(c, EXPR_VAR);
    x->as.var = var;
    return x;
}

Expr *expr_unary(Compiler *c, OpCode op, Expr *operand) {
    Expr *x = expr_new(c, EXPR_UNARY);
    x->as.unary.op = (uint8_t)op;
    x->as.unary.operand = operand;
    return x;
}

Expr *expr_intrinsic(Compiler *c, Intrinsic id, uint32_t count, ...) {
    Expr *x = expr_new(c, EXPR_INTRINSIC);
    x->as.intrinsic.id = id;
    x->as.intrinsic.arguments.items = ARENA_ARRAY(&c->arena, Expr *, count);
    x->as.intrinsic.arguments.count = count;
    va_list arguments;
    va_start(arguments, count);
    for (uint32_t i = 0; i < count; i++) x->as.intrinsic.arguments.items[i] = va_arg(arguments, Expr *);
    va_end(arguments);
    return x;
}

Expr *expr_raise(Compiler *c, const char *message) {
    return expr_intrinsic(c, INTRINSIC_RAISE, 1, expr_const(c, string_from(c->vm, message)));
}

Expr *expr_declare(Compiler *c, Var *var, Expr *value) {
    Expr *x = expr_new(c, EXPR_DECLARE);
    x->as.assign.var = var;
    x->as.assign.value = value;
    return x;
}

Expr *expr_eval(Compiler *c, Intrinsic id, Expr *form) {
    Expr *x = expr_new(c, EXPR_EVAL);
    x->as.eval.id = id;
    x->as.eval.form = form;
    x->as.eval.site = scope_record_eval_site(c);
    return x;
}

Expr *expr_define_member(Compiler *c, SymbolObj *name, Expr *value) {
    scope_declare_member(c, name);
    Expr *x = expr_new(c, EXPR_DEFINE_NAME);
    x->as.named.name = name;
    x->as.named.value = value;
    return x;
}

Expr *expr_sequence(Compiler *c, Expr *first, Expr *second) {
    Expr *x = expr_new(c, EXPR_SEQUENCE);
    x->as.list.items = ARENA_ARRAY(&c->arena, Expr *, 2);
    x->as.list.items[0] = first;
    x->as.list.items[1] = second;
    x->as.list.count = 2;
    return x;
}

Expr *analyze_sequence(Compiler *c, const Value *forms, uint32_t count) {
    if (count == 0) return expr_const(c, VAL_NIL);
    if (count == 1) return analyze_form(c, forms[0]);
    Expr *x = expr_new(c, EXPR_SEQUENCE);
    x->as.list.items = ARENA_ARRAY(&c->arena, Expr *, count);
    x->as.list.count = count;
    for (uint32_t i = 0; i < count; i++) x->as.list.items[i] = analyze_form(c, forms[i]);
    return x;
}

Expr *analyze_scoped(Compiler *c, const Value *forms, uint32_t count) {
    Scope *scope = scope_open(c, false);
    Expr *body = analyze_sequence(c, forms, count);
    scope_close(c);
    if (!scope->vars) return body;
    Expr *x = expr_new(c, EXPR_SCOPE);
    x->as.scoped.scope = scope;
    x->as.scoped.body = body;
    return x;
}

/* --- atoms ---------------------------------------------------------------------------------------------- */

Expr *analyze_self(Compiler *c) {
    Var *self = scope_resolve(c, SYM(c->vm, SELF));
    return self ? expr_var(c, self) : expr_const(c, value_pointer(c->module->ns));
}

Expr *analyze_name(Compiler *c, SymbolObj *name) {
    Var *var = scope_resolve(c, name);
    if (var) return expr_var(c, var);
    Expr *x = expr_new(c, EXPR_NAME);
    x->as.name = name;
    locate_name(c, x, name);
    return x;
}

static bool ends_with_dots(const SymbolObj *symbol) {
    return symbol->size > 3 && memcmp(symbol->text + symbol->size - 3, "...", 3) == 0;
}

static Expr *analyze_symbol(Compiler *c, SymbolObj *symbol) {
    if (symbol == SYM(c->vm, UNDERSCORE)) return expr_const(c, VAL_PLACEHOLDER);
    if (symbol == SYM(c->vm, SELF)) return analyze_self(c);
    if (symbol->size > 1) {
        if (symbol->text[0] == '@') return analyze_selector_literal(c, symbol_value(symbol));
        if (symbol->text[0] == '$') return analyze_dollar(c, symbol);
        if (symbol_is(symbol, "super")) {
            return expr_raise(c, "super can only be used in call form: (super .member ...)");
        }
        if (symbol_is(symbol, "...") || ends_with_dots(symbol)) {
            return analyze_error(c, ERR_COMPILE_FORM, "... can only be used in arrays, calls and genes");
        }
    }
    return analyze_name(c, symbol);
}

/* --- quotes --------------------------------------------------------------------------------------------- */

static bool is_container(Value form) { return is_array(form) || is_map(form) || is_hashmap(form) || is_node(form); }

static Expr *constant_copy(Compiler *c, Value form) {
    Expr *x = expr_new(c, EXPR_QUOTED);
    x->as.constant = form;
    return x;
}

/* Quotes inside the data disappear when it is copied (language 06 §6.1). */
Expr *analyze_quote(Compiler *c, Value form) {
    while (is_quote(form)) form = quote_of(form)->form;
    return is_container(form) ? constant_copy(c, form) : expr_const(c, form);
}

/* --- containers ----------------------------------------------------------------------------------------- */

/* Nothing in it needs evaluation and copying it gives the literal's value. */
static bool is_constant_data(Value form) {
    if (is_array(form)) {
        const ArrayObj *array = array_of(form);
        for (uint32_t i = 0; i < array->count; i++) {
            if (!is_constant_data(array->items[i])) return false;
        }
        return true;
    }
    if (is_map(form)) {
        const Table *table = &map_of(form)->table;
        for (uint32_t i = table_next(table, 0); i < table->used; i = table_next(table, i + 1)) {
            if (symbol_of(table->entries[i].key)->text[0] == '.') return false; /* a spread */
            if (!is_constant_data(table->entries[i].value)) return false;
        }
        return true;
    }
    return !is_object(form) || is_obj_type(form, OBJ_INT) || is_string(form);
}

static bool is_large_constant(Value form, uint32_t count) {
    return count > CONSTANT_LITERAL_MIN && is_constant_data(form);
}

bool strip_spread(Compiler *c, Value form, Value *out_form) {
    if (is_symbol(form) && ends_with_dots(symbol_of(form))) {
        SymbolObj *symbol = symbol_intern(c->vm, symbol_of(form)->text, symbol_of(form)->size - 3);
        *out_form = symbol_value(symbol);
        literal_word(symbol, out_form);
        return true;
    }
    if (!is_path(form) || !ends_with_dots(path_of(form)->parts[path_of(form)->count - 1])) return false;
    PathObj *path = path_of(form);
    SymbolObj **parts = ARENA_ARRAY(&c->arena, SymbolObj *, path->count);
    memcpy(parts, path->parts, path->count * sizeof(SymbolObj *));
    SymbolObj *last = parts[path->count - 1];
    parts[path->count - 1] = symbol_intern(c->vm, last->text, last->size - 3);
    *out_form = path_make(c->vm, parts, path->count);
    return true;
}

/* `xs...` and `EXPR ...` (language 03 §3.4). */
static uint32_t analyze_items(Compiler *c, const Value *forms, uint32_t count, Item *items, bool *out_spreads) {
    uint32_t used = 0;
    for (uint32_t i = 0; i < count; i++) {
        Item *item = &items[used++];
        Value form = forms[i];
        if (i + 1 < count && is_symbol_text(forms[i + 1], "...")) {
            item->value = analyze_form(c, form);
            item->spread = true;
            i++;
        } else if (strip_spread(c, form, &form)) {
            item->value = analyze_form(c, form);
            item->spread = true;
        } else {
            item->value = analyze_form(c, form);
        }
        *out_spreads |= item->spread;
    }
    return used;
}

static void analyze_entries(Compiler *c, const Table *table, Arguments *out) {
    out->entries = ARENA_ARRAY(&c->arena, Entry, table->count);
    for (uint32_t i = table_next(table, 0); i < table->used; i = table_next(table, i + 1)) {
        SymbolObj *key = symbol_of(table->entries[i].key);
        Entry *entry = &out->entries[out->entry_count++];
        bool spread = key->size >= 3 && memcmp(key->text, "...", 3) == 0;
        entry->key = spread ? NULL : key;
        entry->value = analyze_form(c, table->entries[i].value);
        out->spreads_entries |= spread;
    }
}

void analyze_arguments(Compiler *c, const NodeObj *node, uint32_t first_child, Arguments *out) {
    memset(out, 0, sizeof *out);
    if (node->props.count) analyze_entries(c, &node->props, out);
    if (first_child < node->count) {
        uint32_t count = node->count - first_child;
        out->items = ARENA_ARRAY(&c->arena, Item, count);
        out->item_count = analyze_items(c, node->children + first_child, count, out->items, &out->spreads_items);
    }
}

static Expr *analyze_array(Compiler *c, ArrayObj *array) {
    if (is_large_constant(value_pointer(array), array->count)) return constant_copy(c, value_pointer(array));
    Expr *x = expr_new(c, EXPR_ARRAY);
    x->sealed = array->header.flags & OBJ_SEALED;
    Arguments *arguments = &x->as.arguments;
    arguments->items = ARENA_ARRAY(&c->arena, Item, array->count);
    arguments->item_count = analyze_items(c, array->items, array->count, arguments->items, &arguments->spreads_items);
    return x;
}

static Expr *analyze_map(Compiler *c, MapObj *map) {
    if (is_large_constant(value_pointer(map), map->table.count)) return constant_copy(c, value_pointer(map));
    Expr *x = expr_new(c, EXPR_MAP);
    x->sealed = map->header.flags & OBJ_SEALED;
    analyze_entries(c, &map->table, &x->as.arguments);
    return x;
}

static Expr *analyze_hashmap(Compiler *c, HashObj *hash) {
    Expr *x = expr_new(c, EXPR_HASHMAP);
    x->sealed = hash->header.flags & OBJ_SEALED;
    x->as.list.items = ARENA_ARRAY(&c->arena, Expr *, hash->table.count * 2);
    const Table *table = &hash->table;
    for (uint32_t i = table_next(table, 0); i < table->used; i = table_next(table, i + 1)) {
        x->as.list.items[x->as.list.count++] = analyze_form(c, table->entries[i].key);
        if (table->entries[i].value == VAL_UNSET) break; /* a key without a value: HASHMAP raises */
        x->as.list.items[x->as.list.count++] = analyze_form(c, table->entries[i].value);
    }
    return x;
}

/* --- genes ---------------------------------------------------------------------------------------------- */

static Expr *analyze_node_literal(Compiler *c, NodeObj *node) {
    Expr *x = expr_new(c, EXPR_NODE);
    x->sealed = node->header.flags & OBJ_SEALED;
    bool is_plain = node->type == symbol_value(SYM(c->vm, UNDERSCORE)); /* (_ …): the symbol, not the placeholder */
    x->as.call.callee = is_plain ? expr_const(c, node->type) : analyze_form(c, node->type);
    analyze_arguments(c, node, 0, &x->as.call.arguments);
    return x;
}

static Expr *analyze_interpolation(Compiler *c, NodeObj *node) {
    Expr *x = expr_new(c, EXPR_INTERPOLATE);
    x->as.list.items = ARENA_ARRAY(&c->arena, Expr *, node->count);
    x->as.list.count = node->count;
    for (uint32_t i = 0; i < node->count; i++) x->as.list.items[i] = analyze_form(c, node->children[i]);
    return x;
}

static Expr *macro_like_method(Compiler *c) {
    return analyze_error(c, ERR_COMPILE_FORM,
                         "Macro-like class methods are not supported; use (method name [args] ...) and a standalone "
                         "fn! if you need quoted arguments");
}

static Expr *analyze_method_call(Compiler *c, Expr *receiver, NodeObj *node, SymbolObj *dotted, uint32_t first) {
    if (dotted->text[dotted->size - 1] == '!') return macro_like_method(c);
    Expr *x = expr_new(c, EXPR_METHOD_CALL);
    x->as.call.callee = receiver;
    x->as.call.name = symbol_intern(c->vm, dotted->text + 1, dotted->size - 1);
    analyze_arguments(c, node, first, &x->as.call.arguments);
    return x;
}

/* (obj . name args…) */
static Expr *analyze_dynamic_call(Compiler *c, NodeObj *node) {
    Expr *x = expr_new(c, EXPR_METHOD_CALL);
    x->as.call.callee = analyze_form(c, node->type);
    if (node->count < 2) return analyze_error(c, ERR_COMPILE_FORM, "Dynamic method call requires a method name");
    x->as.call.dynamic = analyze_form(c, node->children[1]);
    analyze_arguments(c, node, 2, &x->as.call.arguments);
    return x;
}

static Expr *analyze_range(Compiler *c, Value first, Value last) {
    Expr *x = expr_new(c, EXPR_RANGE);
    x->as.list.items = ARENA_ARRAY(&c->arena, Expr *, 2);
    x->as.list.count = 2;
    x->as.list.items[0] = analyze_form(c, first);
    x->as.list.items[1] = analyze_form(c, last);
    return x;
}

/* A method name: ".name", but neither "." nor ".." nor "...". */
static bool is_dotted(Value form) {
    if (!is_symbol(form)) return false;
    const SymbolObj *symbol = symbol_of(form);
    return symbol->size > 1 && symbol->text[0] == '.' && !symbol_is(symbol, "..") && !symbol_is(symbol, "...");
}

/* Rule 5: is the gene data with evaluated parts? */
static bool constructs_node(Compiler *c, const NodeObj *node) {
    if (node->header.flags & OBJ_SEALED) return true;
    if (is_symbol(node->type)) return symbol_of(node->type) == SYM(c->vm, UNDERSCORE);
    /* A method called on quoted data is a call: `.name` as an item could never be evaluated. */
    return is_quote(node->type) && !(node->count > 0 && is_dotted(node->children[0]));
}

/* Source has names, paths and genes there; code made by a program may have the callable itself. */
static bool may_be_callee(Compiler *c, Value head) {
    if (!is_object(head)) return false;
    switch (obj_type_of(head)) {
    case OBJ_NODE: return node_of(head)->type != symbol_value(SYM(c->vm, STR_HEAD));
    case OBJ_SYMBOL:
    case OBJ_PATH:
    case OBJ_FUNCTION:
    case OBJ_BLOCK:
    case OBJ_NATIVE:
    case OBJ_BOUND_METHOD:
    case OBJ_CLASS:
    case OBJ_INSTANCE: return true;
    default: return false;
    }
}

/* Is the last step `.<E>`, which calls a method at once? */
static bool calls_dynamic_method(Value head) {
    if (!is_path(head)) return false;
    const PathObj *path = path_of(head);
    bool is_inside = false; /* E may span parts */
    bool is_method = false;
    for (uint32_t i = 1; i < path->count; i++) {
        const SymbolObj *part = path->parts[i];
        if (!is_inside) is_method = part->size > 1 && part->text[0] == '.' && part->text[1] == '<';
        is_inside =
            (is_inside || is_method || part->text[0] == '<') && (part->size == 0 || part->text[part->size - 1] != '>');
    }
    return is_method;
}

/* Rule 16, or a head that can never be called. */
static Expr *analyze_call(Compiler *c, NodeObj *node) {
    if (!may_be_callee(c, node->type)) return analyze_node_literal(c, node);
    if (node->count + node->props.count > 0 && calls_dynamic_method(node->type)) {
        return analyze_error(c, ERR_COMPILE_FORM,
                             "Dynamic method sugar only supports zero-argument calls; use (obj . expr args...)");
    }
    Expr *x = expr_new(c, EXPR_CALL);
    x->as.call.callee = analyze_form(c, node->type);
    if (x->as.call.callee->kind == EXPR_NAME) { /* that a callee is missing is the call's problem */
        x->as.call.callee->line = x->line;
        x->as.call.callee->column = x->column;
    }
    x->as.call.else_gene = is_symbol(node->type) ? CALLEE_MUST : is_path(node->type) ? CALLEE_FOUND : CALLEE_ANY;
    if (may_be_macro(c, node->type)) {
        analyze_macro_call(c, node, x);
    } else {
        analyze_arguments(c, node, 0, &x->as.call.arguments);
    }
    return x;
}

static Expr *analyze_special(Compiler *c, const SpecialForm *special, NodeObj *node) {
    if (!special->analyze) return analyze_error(c, ERR_COMPILE_FORM, "%s", special->message);
    uint32_t line = c->line, column = c->column, known = c->diagnostics->count;
    Expr *x = special->analyze(c, node);
    /* What is wrong with the form itself and not with what stands in it: how it is written. */
    Function *fn = c->blamed;
    if (fn && fn->error && fn->error_id == ERR_COMPILE_FORM && fn->error_line == line && fn->error_column == column &&
        !fn->error_hint) {
        fn->error_hint = special_signature(special->name);
    }
    for (uint32_t i = known; i < c->diagnostics->count; i++) {
        Diagnostic *item = &c->diagnostics->items[i];
        bool is_about_form = item->id == ERR_COMPILE_FORM && item->line == line && item->column == column;
        if (is_about_form && !item->hint) item->hint = special_signature(special->name);
    }
    return x;
}

/* Rules that look at the first child (6–8, 10, 11); NULL: none applies. */
static Expr *analyze_by_child(Compiler *c, NodeObj *node) {
    Expr *x = analyze_infix(c, node);
    if (x) return x;
    Value child = node->children[0];
    if (is_selector_call(child)) {
        return analyze_selector_call(c, node->type, child, node->children + 1, node->count - 1);
    }
    if (!is_symbol(child)) return NULL;
    SymbolObj *symbol = symbol_of(child);
    if (symbol_is(symbol, ".")) return analyze_dynamic_call(c, node);
    if (is_dotted(child)) {
        return analyze_method_call(c, analyze_form(c, node->type), node, symbol, 1);
    }
    return NULL;
}

/* gene/eval sees the scope here as eval does. */
static bool is_eval_path(Value head) {
    if (!is_path(head) || path_of(head)->count != 2) return false;
    return symbol_is(path_of(head)->parts[0], "gene") && symbol_is(path_of(head)->parts[1], "eval");
}

static Expr *analyze_node(Compiler *c, NodeObj *node) {
    Value head = node->type;
    SymbolObj *symbol = is_symbol(head) ? symbol_of(head) : NULL;
    if (symbol == SYM(c->vm, STR_HEAD)) return analyze_interpolation(c, node);
    if (is_lookup_operator(head)) return analyze_lookup_prefix(c, node);
    if (node->count == 2 && is_symbol_text(node->children[0], "..")) {
        return analyze_range(c, head, node->children[1]);
    }
    if (node->count == 0 && node->props.count == 0 && is_number(head)) return expr_const(c, head);
    if (symbol && symbol_is(symbol, "super")) return analyze_super(c, node);
    if (constructs_node(c, node)) return analyze_node_literal(c, node);
    if (node->count > 0) {
        Expr *x = analyze_by_child(c, node);
        if (x) return x;
    }
    if (symbol) {
        Expr *x = analyze_prefix_operator(c, node);
        if (x) return x;
    }
    if (node->count > 0 && is_symbol(node->children[0])) {
        Expr *x = analyze_assignment(c, node);
        if (x) return x;
        if (is_symbol_text(node->children[0], "?")) return analyze_unwrap(c, node);
        if (is_symbol_text(node->children[0], "->")) return analyze_arrow(c, node);
    }
    if (symbol) {
        const SpecialForm *special = special_find(symbol);
        if (special) return analyze_special(c, special, node);
        if (is_dotted(head) && !is_selector_call(head)) {
            return analyze_method_call(c, analyze_self(c), node, symbol, 0);
        }
    }
    if (is_eval_path(head)) return analyze_eval(c, node);
    Expr *type = analyze_type_value(c, node);
    if (type) return type;
    if (is_selector_call(head)) return analyze_selector_call(c, VAL_UNSET, head, node->children, node->count);
    return analyze_call(c, node);
}

static Expr *analyze_object_form(Compiler *c, Value form) {
    switch (obj_type_of(form)) {
    case OBJ_SYMBOL: return analyze_symbol(c, symbol_of(form));
    case OBJ_PATH: return analyze_path(c, path_of(form));
    case OBJ_NODE: return analyze_node(c, node_of(form));
    case OBJ_ARRAY: return analyze_array(c, array_of(form));
    case OBJ_MAP: return analyze_map(c, map_of(form));
    case OBJ_HASHMAP: return analyze_hashmap(c, hash_of(form));
    case OBJ_QUOTE: return analyze_quote(c, quote_of(form)->form);
    case OBJ_UNQUOTE: return analyze_error(c, ERR_COMPILE_FORM, "unquote is only allowed inside a quoted form");
    default: return expr_const(c, form);
    }
}

Expr *analyze_form(Compiler *c, Value form) {
    if (!is_object(form)) return expr_const(c, form);
    if (++c->depth > c->max_depth) {
        c->depth--;
        return analyze_error(c, ERR_COMPILE_LIMIT, "forms are nested more than %u deep", c->max_depth);
    }
    uint32_t line = c->line;
    uint32_t column = c->column;
    if (is_node(form) && node_of(form)->line) {
        c->line = node_of(form)->line;
        c->column = node_of(form)->column;
    } else if (is_path(form) && path_of(form)->line) {
        c->line = path_of(form)->line;
        c->column = path_of(form)->column;
    }
    uint32_t serial = c->fn->assign_serial;
    Expr *x = analyze_object_form(c, form);
    if (c->fn->assign_serial != serial) x->assigns = true;
    c->line = line;
    c->column = column;
    c->depth--;
    return x;
}

/* analyze_variable.c — var, let, destructuring patterns and parameter lists (language 07 §7.1, §7.5, 05 §5.2). */
#include "compiler/analyze_forms.h"

SymbolObj *strip_colon(Compiler *c, SymbolObj *symbol, bool *out_typed) {
    *out_typed = symbol->size > 1 && symbol->text[symbol->size - 1] == ':';
    return *out_typed ? symbol_intern(c->vm, symbol->text, symbol->size - 1) : symbol;
}

/* --- items of patterns and parameter lists -------------------------------------------------------------- */

typedef struct ParamParser {
    Compiler *c;
    ArrayObj *list;
    uint32_t next;
    ParamMode mode;
    bool has_rest, failed, is_let;
} ParamParser;

static void pattern_error(ParamParser *p, const char *message) {
    if (!p->failed) analyze_error(p->c, ERR_COMPILE_FORM, "%s", message);
    p->failed = true;
}

static bool accept(ParamParser *p, const char *text) {
    if (p->next >= p->list->count || !is_symbol_text(p->list->items[p->next], text)) return false;
    p->next++;
    return true;
}

static bool strip_suffix(Compiler *c, SymbolObj **io_symbol, const char *suffix) {
    size_t size = strlen(suffix);
    SymbolObj *symbol = *io_symbol;
    if (symbol->size <= size || memcmp(symbol->text + symbol->size - size, suffix, size) != 0) return false;
    *io_symbol = symbol_intern(c->vm, symbol->text, symbol->size - size);
    return true;
}

/* The type after `name:`. Inside patterns types say nothing. */
static TypeObj *parse_item_type(ParamParser *p, bool typed) {
    if (!typed || p->next >= p->list->count) return NULL;
    Value form = p->list->items[p->next++];
    return p->mode == PARAMS_FUNCTION ? analyze_type(p->c, form) : NULL;
}

static Var *declare_item(ParamParser *p, SymbolObj *name) {
    if (name == SYM(p->c->vm, UNDERSCORE)) return NULL;
    bool is_self = name == SYM(p->c->vm, SELF);
    if (is_self && p->mode != PARAMS_FUNCTION) {
        pattern_error(p, "Reserved identifier 'self' cannot be used for variable");
        return NULL;
    }
    Var *var = scope_declare(p->c, name);
    var->is_self = is_self; /* (fn [self x] …), a method written as a function (language 20 §8) */
    var->is_let = false;
    if (p->is_let) scope_mark_let(p->c, var);
    return var;
}

/* `= EXPR`, analysed before the item's own name is visible. A macro function's parameters are forms, and so are their
 * defaults. */
static Expr *parse_default(ParamParser *p) {
    if (!accept(p, "=")) return NULL;
    if (p->next >= p->list->count) {
        pattern_error(p, "Unsupported destructuring pattern");
        return NULL;
    }
    if (p->mode == PARAMS_FUNCTION && (p->c->fn->flags & CODE_MACRO)) {
        return analyze_quote(p->c, p->list->items[p->next++]);
    }
    scope_enter_conditional(p->c);
    Expr *fallback = analyze_form(p->c, p->list->items[p->next++]);
    scope_leave_conditional(p->c);
    return fallback;
}

static void parse_name_item(ParamParser *p, SymbolObj *symbol, ParamSpec *out) {
    bool is_keyword = symbol->text[0] == '^' && symbol->size > 1;
    bool typed;
    if (is_keyword && strpbrk(symbol->text + 1, "^!") == symbol->text + 1) { /* ^^k, ^!k say a value */
        pattern_error(p, "Unsupported destructuring pattern");
        return;
    }
    if (is_keyword) symbol = symbol_intern(p->c->vm, symbol->text + 1, symbol->size - 1);
    symbol = strip_colon(p->c, symbol, &typed);
    if (symbol_is(symbol, "...")) {
        pattern_error(p, "Positional rest must follow a named parameter");
        return;
    }
    if (symbol_is(symbol, ":")) pattern_error(p, "a name is missing before ':'; write name: Type");
    if (typed && p->next >= p->list->count) pattern_error(p, "a type is missing after ':'; write name: Type");
    bool is_rest = strip_suffix(p->c, &symbol, "...");
    if (!is_rest && !typed && accept(p, "...")) is_rest = true;
    TypeObj *type = parse_item_type(p, typed);
    if (is_rest && !is_keyword) {
        if (p->has_rest) pattern_error(p, "Only one named positional rest parameter is allowed");
        p->has_rest = true;
    }
    out->name = symbol;
    out->fallback = is_rest ? NULL : parse_default(p);
    if (is_keyword) {
        out->kind = is_rest ? PARAM_KEYWORD_REST : out->fallback ? PARAM_KEYWORD_OPTIONAL : PARAM_KEYWORD;
    } else {
        out->kind = is_rest ? PARAM_REST : out->fallback ? PARAM_OPTIONAL : PARAM_REQUIRED;
    }
    out->var = declare_item(p, symbol);
    if (is_rest) return; /* an array or a map, whatever it holds */
    out->type = type;
    if (out->var) out->var->bound = type;
}

/* /x: bind and store into the field. */
static void parse_field_item(ParamParser *p, PathObj *path, ParamSpec *out) {
    if (p->mode != PARAMS_FUNCTION || path->count != 2 || path->parts[0]->size > 0) {
        pattern_error(p, "Unsupported destructuring pattern");
        return;
    }
    parse_name_item(p, path->parts[1], out);
    out->field = out->name;
}

static void append_pattern(Buffer *text, const Pattern *pattern) {
    buffer_append_byte(text, '[');
    for (uint32_t i = 0; i < pattern->items.count; i++) {
        const ParamSpec *item = &pattern->items.items[i];
        if (i > 0) buffer_append_byte(text, ' ');
        if (item->kind >= PARAM_KEYWORD) buffer_append_byte(text, '^');
        if (item->nested)
            append_pattern(text, item->nested);
        else
            buffer_append(text, item->name->text, item->name->size);
        if (item->kind == PARAM_REST || item->kind == PARAM_KEYWORD_REST) buffer_append_text(text, "...");
    }
    buffer_append_byte(text, ']');
}

/* `[a b]`: what a parameter that is a pattern is called where it is told of. */
static SymbolObj *pattern_name(Compiler *c, const Pattern *pattern) {
    Buffer text;
    buffer_init(&text);
    append_pattern(&text, pattern);
    SymbolObj *name = symbol_from(c->vm, buffer_text(&text));
    buffer_free(&text);
    return name;
}

static void parse_item(ParamParser *p, ParamSpec *out) {
    Value item = p->list->items[p->next++];
    if (is_symbol(item)) {
        parse_name_item(p, symbol_of(item), out);
    } else if (is_path(item)) {
        parse_field_item(p, path_of(item), out);
    } else if (is_array(item)) {
        out->nested = analyze_pattern(p->c, item, p->is_let);
        if (!out->nested)
            p->failed = true;
        else if (p->mode == PARAMS_FUNCTION)
            out->name = pattern_name(p->c, out->nested);
        out->fallback = parse_default(p);
        out->kind = out->fallback ? PARAM_OPTIONAL : PARAM_REQUIRED;
    } else {
        pattern_error(p, "Unsupported destructuring pattern");
    }
}

static bool parse_items(Compiler *c, ArrayObj *list, ParamMode mode, bool is_let, ParamList *out) {
    ParamParser parser = {.c = c, .list = list, .mode = mode, .is_let = is_let};
    out->items = ARENA_ARRAY(&c->arena, ParamSpec, list->count);
    out->count = 0;
    while (parser.next < list->count && !parser.failed) parse_item(&parser, &out->items[out->count++]);
    if (out->count > 200) {
        analyze_error(c, ERR_COMPILE_LIMIT, "more than 200 parameters or names in one pattern");
        return false;
    }
    return !parser.failed;
}

bool analyze_params(Compiler *c, ArrayObj *list, ParamMode mode, ParamList *out_params) {
    return parse_items(c, list, mode, false, out_params);
}

/* --- patterns ------------------------------------------------------------------------------------------- */

static Pattern *analyze_map_pattern(Compiler *c, MapObj *map, bool is_let) {
    Pattern *pattern = ARENA_NEW(&c->arena, Pattern);
    const Table *table = &map->table;
    pattern->is_map = true;
    pattern->items.items = ARENA_ARRAY(&c->arena, ParamSpec, table->count);
    for (uint32_t i = table_next(table, 0); i < table->used; i = table_next(table, i + 1)) {
        ParamSpec *item = &pattern->items.items[pattern->items.count++];
        if (!is_symbol(table->entries[i].value)) {
            analyze_error(c, ERR_COMPILE_FORM, "Unsupported map destructuring pattern: expected symbol bindings");
            return NULL;
        }
        SymbolObj *name = symbol_of(table->entries[i].value);
        item->name = symbol_of(table->entries[i].key);
        if (name == SYM(c->vm, UNDERSCORE)) continue;
        item->var = scope_declare(c, name);
        item->var->is_let = false;
        if (is_let) scope_mark_let(c, item->var);
    }
    return pattern;
}

Pattern *analyze_pattern(Compiler *c, Value form, bool is_let) {
    if (++c->depth > c->max_depth) {
        c->depth--;
        analyze_error(c, ERR_COMPILE_LIMIT, "patterns are nested more than %u deep", c->max_depth);
        return NULL;
    }
    Pattern *pattern = NULL;
    if (is_map(form)) {
        pattern = analyze_map_pattern(c, map_of(form), is_let);
    } else {
        pattern = ARENA_NEW(&c->arena, Pattern);
        if (!parse_items(c, array_of(form), PARAMS_PATTERN, is_let, &pattern->items)) pattern = NULL;
    }
    c->depth--;
    return pattern;
}

/* --- var and let ---------------------------------------------------------------------------------------- */

/* Forms that make a function: a variable so initialised may call itself. */
static bool is_function_form(Value form) {
    if (!is_node(form)) return false;
    const NodeObj *node = node_of(form);
    if (is_symbol_text(node->type, "fn") || is_symbol_text(node->type, "block") || is_symbol_text(node->type, "->")) {
        return true;
    }
    return node->count > 0 && is_symbol_text(node->children[0], "->");
}

static Expr *declare_name(Compiler *c, SymbolObj *name, const Value *type, const Value *value, bool is_let) {
    if (name == SYM(c->vm, SELF)) {
        return analyze_error(c, ERR_COMPILE_FORM, "Reserved identifier 'self' cannot be used for variable");
    }
    /* A name that exists here already still means the old variable in the initialiser (language 07 §7.2). */
    VarVisibility meanwhile = VAR_LAST_RESORT;
    if (scope_has(c, name)) {
        meanwhile = VAR_HIDDEN;
    } else if (value && is_function_form(*value)) {
        meanwhile = VAR_TO_NESTED;
    }
    Var *var = scope_begin_declare(c, name, meanwhile);
    Expr *initial = value ? analyze_form(c, *value) : expr_const(c, VAL_NIL);
    var->is_let = false;
    var->is_definition = false;
    var->holds = enum_of_expr(c, initial);
    if (is_let) scope_mark_let(c, var);
    TypeObj *declared = type ? analyze_type(c, *type) : NULL;
    if (declared) scope_mark_type(c, var, declared);
    scope_finish_declare(c, var);
    return expr_declare(c, var, initial);
}

static Expr *declare_pattern(Compiler *c, Value form, const Value *value, bool is_let) {
    Expr *initial = value ? analyze_form(c, *value) : expr_const(c, VAL_NIL);
    Pattern *pattern = analyze_pattern(c, form, is_let);
    if (!pattern) return expr_const(c, VAL_NIL);
    Expr *x = expr_new(c, EXPR_DESTRUCTURE);
    x->as.destructure.pattern = pattern;
    x->as.destructure.value = initial;
    return x;
}

/* (var /x v), (var $ns/x v), (var a/b v) */
static Expr *declare_member(Compiler *c, PathObj *path, const Value *value) {
    SymbolObj *name;
    bool typed;
    if (is_member_path(path, &name)) {
        name = strip_colon(c, name, &typed);
        return expr_define_member(c, name, value ? analyze_form(c, *value) : expr_const(c, VAL_NIL));
    }
    Expr *container = analyze_container(c, path, &name);
    name = strip_colon(c, name, &typed);
    Expr *initial = value ? analyze_form(c, *value) : expr_const(c, VAL_NIL);
    return expr_intrinsic(c, INTRINSIC_SET_MEMBER, 3, container, expr_const(c, symbol_value(name)), initial);
}

static Expr *analyze_declaration(Compiler *c, NodeObj *node, const char *form_name, bool is_let) {
    if (node->count == 0) return analyze_error(c, ERR_COMPILE_FORM, "%s requires a name", form_name);
    Value target = node->children[0];
    uint32_t value_at = 1;
    bool typed = false;
    if (is_symbol(target)) {
        target = symbol_value(strip_colon(c, symbol_of(target), &typed));
    } else if (is_path(target)) {
        strip_colon(c, path_of(target)->parts[path_of(target)->count - 1], &typed);
    }
    if (typed) value_at = 2;
    const Value *value = value_at < node->count ? &node->children[value_at] : NULL;
    if (is_array(target) || is_map(target)) return declare_pattern(c, target, value, is_let);
    if (is_path(target)) return declare_member(c, path_of(target), value);
    if (!is_symbol(target)) {
        return analyze_error(c, ERR_COMPILE_FORM, "Variable name must be a symbol, got %s", kind_name(target));
    }
    SymbolObj *name = symbol_of(target);
    if (name->text[0] == '$' && name->size > 1) {
        Expr *initial = value ? analyze_form(c, *value) : expr_const(c, VAL_NIL);
        SymbolObj *global = symbol_intern(c->vm, name->text + 1, name->size - 1);
        return expr_intrinsic(c, INTRINSIC_SET_MEMBER, 3, expr_const(c, VAL_UNSET), expr_const(c, symbol_value(global)),
                              initial);
    }
    const Value *type = typed && node->count > 1 ? &node->children[1] : NULL;
    return declare_name(c, name, type, value, is_let);
}

Expr *analyze_var(Compiler *c, NodeObj *node) { return analyze_declaration(c, node, "var", false); }
Expr *analyze_let(Compiler *c, NodeObj *node) { return analyze_declaration(c, node, "let", true); }

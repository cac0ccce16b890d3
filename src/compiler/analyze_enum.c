/* analyze_enum.c — enum declarations, enum patterns of case, and the ? operator (language 08).
 * Invariant: a declaration's EnumObj is made once, at module level before any statement is analysed, so functions above it can
 * match its variants. */
#include "compiler/analyze_forms.h"

#include <stdio.h>

/* --- declarations --------------------------------------------------------------------------------------- */

/* One declaration being read. Every error is reported, and ends it. */
typedef struct Declaration {
    Compiler *c;
    const NodeObj *node;
    SymbolObj *name;
    SymbolObj **parameters; /* of its type */
    uint32_t parameter_count;
    EnumObj *enum_;
} Declaration;

static bool is_upper(const SymbolObj *name, uint32_t at) { return name->text[at] >= 'A' && name->text[at] <= 'Z'; }

static bool fail(Declaration *d, const char *message) {
    analyze_error(d->c, ERR_COMPILE_FORM, "%s", message);
    return false;
}

static bool has_parameter(const Declaration *d, const SymbolObj *name) {
    for (uint32_t i = 0; i < d->parameter_count; i++) {
        if (d->parameters[i] == name) return true;
    }
    return false;
}

/* Name:T:U */
static bool read_head(Declaration *d) {
    Compiler *c = d->c;
    if (d->node->count == 0) return fail(d, "enum expects at least a name");
    if (!is_symbol(d->node->children[0])) return fail(d, "enum name must be a symbol");
    const SymbolObj *head = symbol_of(d->node->children[0]);
    const char *colon = strchr(head->text, ':');
    size_t size = colon ? (size_t)(colon - head->text) : head->size;
    if (size == 0) return fail(d, "enum name must not be empty");
    d->name = symbol_intern(c->vm, head->text, size);
    if (d->name == SYM(c->vm, SELF)) return fail(d, "Reserved identifier 'self' cannot be used for enum");
    d->parameters = ARENA_ARRAY(&c->arena, SymbolObj *, head->size);
    while (colon) {
        const char *start = colon + 1;
        colon = strchr(start, ':');
        size = colon ? (size_t)(colon - start) : strlen(start);
        SymbolObj *parameter = symbol_intern(c->vm, start, size);
        if (size == 0 || !is_upper(parameter, 0)) {
            analyze_error(c, ERR_COMPILE_FORM, "enum generic declaration '%s' has invalid generic parameter syntax",
                          head->text);
            return false;
        }
        if (has_parameter(d, parameter)) {
            analyze_error(c, ERR_COMPILE_FORM, "enum %s has duplicate generic parameter %s", d->name->text,
                          parameter->text);
            return false;
        }
        d->parameters[d->parameter_count++] = parameter;
    }
    return true;
}

static bool field_error(Declaration *d, const SymbolObj *variant, const char *format, const char *name) {
    char problem[256];
    snprintf(problem, sizeof problem, format, name);
    analyze_error(d->c, ERR_COMPILE_FORM, "enum variant %s/%s %s", d->name->text, variant->text, problem);
    return false;
}

static bool is_type_form(Value form) {
    if (is_symbol(form)) {
        const SymbolObj *symbol = symbol_of(form);
        return symbol->text[symbol->size - 1] != ':';
    }
    return is_path(form) || is_node(form) || is_nil(form);
}

/* `name` or `name: Type` at *io_next. */
static bool read_field(Declaration *d, const SymbolObj *variant, const NodeObj *node, uint32_t *io_next,
                       EnumField *out) {
    Value form = node->children[(*io_next)++];
    if (!is_symbol(form)) return field_error(d, variant, "field must be a symbol%s", "");
    if (is_symbol_text(form, ":")) return field_error(d, variant, "has an empty field name%s", "");
    bool typed;
    out->name = strip_colon(d->c, symbol_of(form), &typed);
    out->type = NULL;
    if (!typed) return true;
    if (*io_next >= node->count) {
        return field_error(d, variant, "field %.200s is missing a type after ':'", out->name->text);
    }
    Value type = node->children[(*io_next)++];
    if (!is_type_form(type))
        return field_error(d, variant, "field %.200s has an invalid type annotation", out->name->text);
    out->type = analyze_type(d->c, type);
    return true;
}

static bool add_variant(Declaration *d, SymbolObj *name, const EnumField *fields, uint32_t count) {
    if (enum_find(d->enum_, name)) {
        analyze_error(d->c, ERR_COMPILE_FORM, "enum %s has duplicate variant %s", d->name->text, name->text);
        return false;
    }
    enum_add_variant(d->c->vm, d->enum_, name, fields, count);
    return true;
}

/* (Name field…) */
static bool read_data_variant(Declaration *d, const NodeObj *node) {
    if (!is_symbol(node->type)) return fail(d, "enum data variant name must be a symbol");
    SymbolObj *name = symbol_of(node->type);
    if (node->props.count > 0) {
        return field_error(d, name, "field declarations must be positional, not properties%s", "");
    }
    EnumField *fields = ARENA_ARRAY(&d->c->arena, EnumField, node->count);
    uint32_t count = 0;
    for (uint32_t next = 0; next < node->count;) {
        EnumField *field = &fields[count];
        if (!read_field(d, name, node, &next, field)) return false;
        for (uint32_t i = 0; i < count; i++) {
            if (fields[i].name != field->name) continue;
            return field_error(d, name, "has duplicate field %.200s", field->name->text);
        }
        if (++count > ENUM_FIELDS_MAX) {
            analyze_error(d->c, ERR_COMPILE_LIMIT, "enum variant %s/%s has more than %u fields", d->name->text,
                          name->text, ENUM_FIELDS_MAX);
            return false;
        }
    }
    return add_variant(d, name, fields, count);
}

static bool read_variant(Declaration *d, Value form) {
    if (is_node(form)) return read_data_variant(d, node_of(form));
    if (is_symbol(form) && !is_symbol_text(form, "=")) return add_variant(d, symbol_of(form), NULL, 0);
    return fail(d, "enum member must be a symbol or data variant (Name field1 field2)");
}

static bool read_values(Declaration *d) {
    if (d->node->props.count == 0) return true;
    Value values = table_get_symbol(&d->node->props, symbol_from(d->c->vm, "values"));
    if (values == VAL_UNSET) return true;
    if (!is_array(values)) return fail(d, "enum ^values must be an array");
    const ArrayObj *array = array_of(values);
    for (uint32_t i = 0; i < array->count; i++) {
        if (!is_symbol(array->items[i])) return fail(d, "enum ^values member must be a symbol");
        if (!add_variant(d, symbol_of(array->items[i]), NULL, 0)) return false;
    }
    return true;
}

static bool read_variants(Declaration *d) {
    if (!read_values(d)) return false;
    for (uint32_t i = 1; i < d->node->count; i++) {
        if (!read_variant(d, d->node->children[i])) return false;
    }
    return true;
}

/* NULL after an error. */
static EnumObj *make_enum(Compiler *c, const NodeObj *node) {
    Declaration d = {.c = c, .node = node};
    if (!read_head(&d)) return NULL;
    d.enum_ = enum_make(c->vm, d.name);
    uint32_t types = types_open(c);
    declare_type_parameters(c, node->children[0]);
    bool ok = read_variants(&d);
    types_close(c, types);
    return ok ? d.enum_ : NULL;
}

static KnownEnum *add_known(Compiler *c, Scope *scope, const NodeObj *node) {
    KnownEnum *known = ARENA_NEW(&c->arena, KnownEnum);
    known->node = node;
    known->enum_ = make_enum(c, node);
    known->next = scope->enums;
    scope->enums = known;
    return known;
}

void predeclare_enum(Compiler *c, const NodeObj *node) {
    uint32_t line = c->line, column = c->column;
    c->line = node->line;
    c->column = node->column;
    add_known(c, scope_current(c), node);
    c->line = line;
    c->column = column;
}

static KnownEnum *find_node(const Scope *scope, const NodeObj *node) {
    for (KnownEnum *known = scope->enums; known; known = known->next) {
        if (known->node == node) return known;
    }
    return NULL;
}

Expr *analyze_enum(Compiler *c, NodeObj *node) {
    KnownEnum *known = find_node(scope_current(c), node);
    if (!known) known = add_known(c, scope_of_definition(c), node);
    if (!known->enum_) return expr_const(c, VAL_NIL);
    known->var = scope_begin_definition(c, known->enum_->name);
    scope_finish_declare(c, known->var);
    return expr_declare(c, known->var, expr_const(c, value_pointer(known->enum_)));
}

/* --- enums the compiler knows --------------------------------------------------------------------------- */

/* The newest declaration of a scope under this name. */
static const KnownEnum *newest_of(const Scope *scope, const SymbolObj *name) {
    for (const KnownEnum *known = scope->enums; known; known = known->next) {
        if (known->enum_ && known->enum_->name == name) return known;
    }
    return NULL;
}

/* An enum that an earlier compilation left in a module variable of the same name. */
static EnumObj *enum_in_module(const ModuleObj *module, uint32_t slot, const SymbolObj *name) {
    if (slot >= module->var_count || !is_enum(module->vars[slot])) return NULL;
    EnumObj *enum_ = enum_of(module->vars[slot]);
    return enum_->name == name ? enum_ : NULL;
}

/* The enum declared under the name that `var` is what the name means here; NULL: not known. */
static EnumObj *enum_of_var(Compiler *c, const Var *var) {
    if (!var || !var->name) return NULL;
    for (const Scope *scope = c->scope; scope; scope = scope->parent) {
        if (scope->depth != var->depth) continue;
        const KnownEnum *known = newest_of(scope, var->name);
        if (known && (!known->var || known->var == var)) return known->enum_;
    }
    return var->is_module ? enum_in_module(c->module, var->slot, var->name) : NULL;
}

static EnumObj *enum_named(Compiler *c, SymbolObj *name) { return enum_of_var(c, scope_peek(c, name)); }

/* Candidates of one scope for a variant's name. */
typedef struct Candidates {
    VariantObj *first, *second;
} Candidates;

static void add_candidate(Candidates *found, const EnumObj *enum_, const SymbolObj *variant) {
    VariantObj *candidate = enum_find(enum_, variant);
    if (!candidate || candidate == found->first) return;
    if (found->first)
        found->second = candidate;
    else
        found->first = candidate;
}

static Candidates candidates_in(Compiler *c, const Scope *scope, const SymbolObj *variant) {
    Candidates found = {NULL, NULL};
    for (const KnownEnum *known = scope->enums; known; known = known->next) {
        if (known->enum_ && newest_of(scope, known->enum_->name) == known) add_candidate(&found, known->enum_, variant);
    }
    /* Code compiled into a running scope has no scope of the module around it. */
    if (!scope->is_module && !(c->is_nested && !scope->parent)) return found;
    const Table *names = &c->module->names;
    for (uint32_t i = table_next(names, 0); i < names->used; i = table_next(names, i + 1)) {
        const SymbolObj *name = symbol_of(names->entries[i].key);
        const EnumObj *enum_ = enum_in_module(c->module, (uint32_t)small_int_of(names->entries[i].value), name);
        if (enum_ && !newest_of(scope, name)) add_candidate(&found, enum_, variant);
    }
    return found;
}

/* A bare name of a variant, visible like the name of its enum; a variable of a nearer scope hides it. */
static VariantObj *bare_variant(Compiler *c, SymbolObj *name) {
    const Var *var = scope_peek(c, name);
    for (const Scope *scope = c->scope; scope; scope = scope->parent) {
        Candidates found = candidates_in(c, scope, name);
        uint32_t depth = scope->parent ? scope->depth : 0;
        if (found.first && !found.second) return var && var->depth > depth ? NULL : found.first;
        if (!found.first) continue;
        /* Newest first. */
        analyze_error(c, ERR_COMPILE_FORM, "variant %s is ambiguous; use a qualified pattern such as %s/%s or %s/%s",
                      name->text, found.second->parent->name->text, name->text, found.first->parent->name->text,
                      name->text);
        return found.first;
    }
    return NULL;
}

static VariantObj *builtin_variant(const Compiler *c, const SymbolObj *name) {
    for (uint32_t i = 0; i < BUILTIN_VARIANT_COUNT; i++) {
        VariantObj *variant = vm_space(c->vm)->variants[i];
        if (variant && variant->name == name) return variant;
    }
    return NULL;
}

/* --- patterns ------------------------------------------------------------------------------------------- */

static bool is_plain_part(const SymbolObj *part) { return part->size > 0 && part->text[0] != '.'; }

/* Is the pattern's head one of an enum pattern? Then *out_known is its variant, or NULL when only the run can tell. */
static bool is_enum_head(Compiler *c, Value head, VariantObj **out_known) {
    *out_known = NULL;
    if (is_path(head)) {
        const PathObj *path = path_of(head);
        if (path->count != 2 || !is_plain_part(path->parts[0]) || !is_plain_part(path->parts[1])) return false;
        const EnumObj *enum_ = enum_named(c, path->parts[0]);
        if (enum_) *out_known = enum_find(enum_, path->parts[1]);
        return true;
    }
    if (!is_symbol(head)) return false;
    *out_known = builtin_variant(c, symbol_of(head));
    if (!*out_known) *out_known = bare_variant(c, symbol_of(head));
    if (*out_known) return true;
    const Var *var = is_upper(symbol_of(head), 0) ? scope_peek(c, symbol_of(head)) : NULL;
    return var && !var->is_definition && !var->is_member;
}

static void head_text(const EnumPattern *pattern, Value head, char *out, size_t size) {
    if (pattern->known) {
        snprintf(out, size, "%s/%s", pattern->known->parent->name->text, pattern->known->name->text);
    } else if (is_path(head)) {
        snprintf(out, size, "%s/%s", path_of(head)->parts[0]->text, path_of(head)->parts[1]->text);
    } else {
        snprintf(out, size, "%s", symbol_of(head)->text);
    }
}

static void check_count(Compiler *c, const EnumPattern *pattern, const char *text) {
    const VariantObj *variant = pattern->known;
    if (!variant || variant->field_count == pattern->count) return;
    char fields[300] = "";
    size_t used = 0;
    for (uint32_t i = 0; i < variant->field_count && used < sizeof fields; i++) {
        int size =
            snprintf(fields + used, sizeof fields - used, "%s%s", i ? ", " : " (", variant->fields[i].name->text);
        used += size > 0 ? (size_t)size : sizeof fields;
    }
    analyze_error(c, ERR_COMPILE_FORM, "variant %s pattern expects %u binding(s)%s%s, got %u", text,
                  variant->field_count, fields, variant->field_count ? ")" : "", pattern->count);
}

EnumPattern *analyze_enum_pattern(Compiler *c, Value form) {
    bool has_binders = is_node(form) && node_of(form)->props.count == 0;
    Value head = has_binders ? node_of(form)->type : form;
    VariantObj *known;
    if (!is_enum_head(c, head, &known)) return NULL;
    EnumPattern *pattern = ARENA_NEW(&c->arena, EnumPattern);
    pattern->known = known;
    if (!known) pattern->head = analyze_form(c, head);
    pattern->count = has_binders ? node_of(form)->count : 0;
    if (has_binders) pattern->binders = node_of(form)->children;
    char text[200];
    head_text(pattern, head, text, sizeof text);
    check_count(c, pattern, text);
    for (uint32_t i = 0; i < pattern->count; i++) {
        if (is_symbol(pattern->binders[i])) continue;
        analyze_error(c, ERR_COMPILE_FORM, "enum pattern %s binding must be a symbol", text);
        pattern->count = 0;
    }
    return pattern;
}

void declare_enum_binders(Compiler *c, EnumPattern *pattern) {
    pattern->scope = scope_current(c);
    pattern->vars = ARENA_ARRAY(&c->arena, Var *, pattern->count);
    uint32_t serial = c->fn->assign_serial;
    for (uint32_t i = 0; i < pattern->count; i++) {
        SymbolObj *name = symbol_of(pattern->binders[i]);
        if (name == SYM(c->vm, SELF)) {
            analyze_error(c, ERR_COMPILE_FORM, "Reserved identifier 'self' cannot be used for variable");
        } else if (name != SYM(c->vm, UNDERSCORE)) {
            pattern->vars[i] = scope_declare(c, name);
        }
    }
    c->fn->assign_serial = serial; /* the scope is new: no operand can be one of its variables */
}

/* --- exhaustiveness ------------------------------------------------------------------------------------- */

/* The variant a constructor or unit variant names. */
static VariantObj *variant_of_expr(Compiler *c, const Expr *x) {
    if (x->kind == EXPR_NAME) return builtin_variant(c, x->as.name);
    if (x->kind != EXPR_PATH || x->as.path.count != 1 || x->as.path.base->kind != EXPR_VAR) return NULL;
    const EnumObj *enum_ = enum_of_var(c, x->as.path.base->as.var);
    const Step *step = x->as.path.steps;
    return enum_ && step->kind == STEP_NAME ? enum_find(enum_, step->name) : NULL;
}

static EnumObj *enum_of_type(Compiler *c, const TypeObj *type) {
    if (type && type->form == TYPE_APPLIED) type = type->parts[0].type; /* (Result Int String) */
    return type && type->form == TYPE_NAME ? enum_named(c, type->name) : NULL;
}

EnumObj *enum_of_expr(Compiler *c, const Expr *x) {
    if (x->kind == EXPR_VAR) {
        const Var *var = x->as.var;
        EnumObj *declared = enum_of_type(c, var->type ? var->type : var->is_assigned ? NULL : var->bound);
        return declared ? declared : var->holds;
    }
    const VariantObj *variant = variant_of_expr(c, x->kind == EXPR_CALL ? x->as.call.callee : x);
    return variant ? variant->parent : NULL;
}

static bool has_clause(const Expr *x, const VariantObj *variant) {
    for (uint32_t i = 0; i < x->as.branches.count; i++) {
        const EnumPattern *pattern = x->as.branches.clauses[i].pattern;
        if (pattern && pattern->known == variant) return true;
    }
    return false;
}

/* Does a clause or the else branch take whatever comes? A value or unknown pattern may take anything. */
static bool takes_all(const Expr *x) {
    for (uint32_t i = 0; i < x->as.branches.count; i++) {
        const EnumPattern *pattern = x->as.branches.clauses[i].pattern;
        if (!pattern || !pattern->known) return true;
    }
    return x->as.branches.otherwise || x->as.branches.count == 0;
}

void check_exhaustive(Compiler *c, const Expr *x) {
    const EnumObj *enum_ = enum_of_expr(c, x->as.branches.target);
    if (!enum_ || takes_all(x)) return;
    Buffer missing;
    buffer_init(&missing);
    for (uint32_t i = 0; i < enum_->count; i++) {
        if (has_clause(x, enum_->variants[i])) continue;
        buffer_append_format(&missing, "%s%s", missing.size ? ", " : "", enum_->variants[i]->name->text);
    }
    if (missing.size) {
        analyze_warning(c, "Type error: non-exhaustive case over %s; missing variants: %s", enum_->name->text,
                        buffer_text(&missing));
    }
    buffer_free(&missing);
}

/* --- the ? operator ------------------------------------------------------------------------------------- */

Expr *analyze_unwrap(Compiler *c, const NodeObj *node) {
    if (node->count > 1 || node->props.count > 0) {
        return analyze_error(c, ERR_COMPILE_FORM, "? takes nothing but the value before it: (value ?)");
    }
    Expr *x = expr_new(c, EXPR_UNWRAP);
    x->as.unwrap.operand = analyze_form(c, node->type);
    x->as.unwrap.stays = c->fn->finally_level > 0; /* as return does there (language 04 §4.5) */
    return x;
}

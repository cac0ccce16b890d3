/* analyze_path.c — a/b/c, /x, $x, assignment to paths, dynamic parts (language 12 §12.1–12.2, 03 §3.6). */
#include "base/number.h"
#include "compiler/analyze.h"

/* --- first parts ---------------------------------------------------------------------------------------- */

Expr *analyze_dollar(Compiler *c, SymbolObj *symbol) {
    if (symbol_is(symbol, "$ns")) return expr_intrinsic(c, INTRINSIC_CURRENT_NS, 0);
    if (symbol_is(symbol, "$pkg") || symbol_is(symbol, "$app")) {
        return expr_intrinsic(c, INTRINSIC_PACKAGE, 3, expr_const(c, value_pointer(c->module)),
                              expr_const(c, symbol_is(symbol, "$app") ? VAL_TRUE : VAL_NIL), expr_const(c, VAL_NIL));
    }
    if (symbol_is(symbol, "$ex")) return expr_new(c, EXPR_CURRENT_EXCEPTION);
    if (symbol_is(symbol, "$duration_start") || symbol_is(symbol, "$duration")) {
        return expr_intrinsic(c, INTRINSIC_DURATION, 1,
                              expr_const(c, value_bool(symbol_is(symbol, "$duration_start"))));
    }
    SymbolObj *name = symbol_intern(c->vm, symbol->text + 1, symbol->size - 1);
    Expr *x = expr_intrinsic(c, INTRINSIC_GLOBAL, 1, expr_const(c, symbol_value(name)));
    locate_name(c, x, symbol);
    return x;
}

bool literal_word(const SymbolObj *part, Value *out_value) {
    static const struct {
        const char *text;
        Value value;
    } rows[] = {
        {"nil", VAL_NIL}, {"void", VAL_VOID}, {"true", VAL_TRUE}, {"false", VAL_FALSE}, {"not_found", VAL_NOT_FOUND}};
    for (uint32_t i = 0; i < COUNT_OF(rows); i++) {
        if (symbol_is(part, rows[i].text)) {
            *out_value = rows[i].value;
            return true;
        }
    }
    return false;
}

static Expr *analyze_first_part(Compiler *c, SymbolObj *part) {
    Value literal;
    if (part->size == 0 || part == SYM(c->vm, SELF)) return analyze_self(c);
    if (part->text[0] == '$' && part->size > 1) return analyze_dollar(c, part);
    if (literal_word(part, &literal)) return expr_const(c, literal);
    return analyze_name(c, part);
}

/* --- steps ---------------------------------------------------------------------------------------------- */

/* A variable whose value may be the key meant by a plain part (language 12 §12.2). */
static bool may_hold_key(const Var *var) { return var && !var->is_definition && !var->is_self && !var->is_member; }

/* The last part of a path of three or more, naming a local variable, is dynamic. Module variables are local to the
 * module's own statements only: a function does not know which of them happen to be set. */
static bool is_local_key(Compiler *c, SymbolObj *name) {
    Var *var = scope_peek(c, name);
    if (!may_hold_key(var)) return false;
    return !var->is_module || (c->fn == c->top && var->visibility == VAR_DECLARED);
}

/* `<E>` and `.<E>` may span parts, `skip` characters in. Returns the parts used; 0 after an error. */
static uint32_t analyze_dynamic_part(Compiler *c, PathObj *path, uint32_t first, uint32_t skip, Expr **out_expr) {
    uint32_t last = first;
    while (last < path->count &&
           (path->parts[last]->size == 0 || path->parts[last]->text[path->parts[last]->size - 1] != '>')) {
        last++;
    }
    if (last == path->count) {
        analyze_error(c, ERR_COMPILE_FORM, "Unterminated dynamic selector path segment");
        return 0;
    }
    uint32_t count = last - first + 1;
    SymbolObj **parts = ARENA_ARRAY(&c->arena, SymbolObj *, count);
    for (uint32_t i = 0; i < count; i++) {
        const SymbolObj *part = path->parts[first + i];
        uint32_t start = i == 0 ? skip : 0;
        uint32_t end = i == count - 1 ? part->size - 1 : part->size;
        if (end < start) end = start;
        parts[i] = symbol_intern(c->vm, part->text + start, end - start);
    }
    if (count == 1 && parts[0]->size == 0) {
        analyze_error(c, ERR_COMPILE_FORM, "Dynamic selector path segment cannot be empty");
        return 0;
    }
    *out_expr = analyze_form(c, count == 1 ? symbol_value(parts[0]) : path_make(c->vm, parts, count));
    return count;
}

static bool index_part(const SymbolObj *part, int32_t *out_index) {
    int64_t number;
    if (part->size == 0 || part->text[0] == '+' || !number_parse_int(part->text, part->size, &number)) return false;
    if (number < INT32_MIN || number > INT32_MAX) return false;
    *out_index = (int32_t)number;
    return true;
}

static void analyze_plain_part(Compiler *c, SymbolObj *part, bool is_last_of_many, bool retries, Step *out_step) {
    out_step->kind = STEP_NAME;
    out_step->name = part;
    if (is_last_of_many && is_local_key(c, part)) {
        out_step->kind = STEP_DYNAMIC;
        out_step->dynamic = analyze_name(c, part);
    } else if (retries && may_hold_key(scope_peek(c, part))) {
        out_step->dynamic = analyze_name(c, part);
    }
}

/* An index no step can hold, as an expression; NULL: it is a name. */
static Expr *big_index(Compiler *c, const SymbolObj *part) {
    int64_t number;
    if (part->text[0] == '+' || !number_parse_int(part->text, part->size, &number)) return NULL;
    return expr_const(c, int_make(c->vm, number));
}

/* Parts [1, count) of the path. NULL after an error. */
static Step *analyze_steps(Compiler *c, PathObj *path, uint32_t count, bool is_instance, uint32_t *out_count) {
    Step *steps = ARENA_ARRAY(&c->arena, Step, count);
    uint32_t used = 0;
    for (uint32_t i = 1; i < count;) {
        SymbolObj *part = path->parts[i];
        Step *step = &steps[used++];
        const char *text = part->text;
        bool is_last = i + 1 == path->count;
        if (text[0] == '<' || (text[0] == '.' && text[1] == '<')) {
            bool is_method = text[0] == '.';
            step->kind = is_method ? STEP_DYNAMIC_METHOD : STEP_DYNAMIC;
            uint32_t parts = analyze_dynamic_part(c, path, i, is_method ? 2 : 1, &step->dynamic);
            if (parts == 0) return NULL;
            i += parts;
            continue;
        }
        i++;
        if (symbol_is(part, "!")) {
            step->kind = STEP_PRESENT;
        } else if (text[0] == '.' && part->size > 1) {
            step->kind = STEP_METHOD;
            step->name = symbol_intern(c->vm, text + 1, part->size - 1);
        } else if (index_part(part, &step->index)) {
            step->kind = STEP_INDEX;
        } else if (part->size > 9 && (step->dynamic = big_index(c, part)) != NULL) {
            step->kind = STEP_DYNAMIC;
        } else {
            /* What an adapter keeps for itself is always named: (/_geneinternal/scale = scale), language 20 §14. */
            bool is_named = symbol_is(path->parts[i - 2], "_geneinternal");
            analyze_plain_part(c, part, is_last && path->count >= 3 && !is_named,
                               !is_named && !(is_instance && used == 1), step);
        }
    }
    *out_count = used;
    return steps;
}

/* --- fields declared by the class ----------------------------------------------------------------------- */

static const ClassInfo *class_of_self(Compiler *c) {
    const Var *self = scope_peek(c, SYM(c->vm, SELF));
    for (Function *fn = c->fn; fn; fn = fn->parent) {
        if (fn->kind == FUNCTION_METHOD || fn->kind == FUNCTION_CTOR) return fn->self == self ? fn->class_info : NULL;
    }
    return NULL;
}

/* /name in a method of a class that declares its fields (language 20 §1.1). */
static void check_field(Compiler *c, PathObj *path) {
    const ClassInfo *info = class_of_self(c);
    const SymbolObj *name = path->parts[1];
    int32_t index;
    if (!info || !info->checks_fields || name->size == 0) return;
    if (strchr("<.!", name->text[0]) || index_part(name, &index)) return;
    for (uint32_t i = 0; i < info->field_count; i++) {
        if (info->fields[i] == name) return;
    }
    Function *blamed = c->blamed;
    c->blamed = info->blamed;
    analyze_error(c, ERR_COMPILE_NAME, "Unknown field: %s on class %s", name->text, info->name->text);
    c->blamed = blamed;
}

/* Is the path's first value surely no array or map, so that nothing is retried? */
static bool starts_at_instance(Compiler *c, const PathObj *path) {
    if (path->parts[0]->size > 0) return false;
    const Var *self = scope_peek(c, SYM(c->vm, SELF));
    return !self || self == self->owner->self;
}

/* --- reading -------------------------------------------------------------------------------------------- */

Expr *analyze_path_prefix(Compiler *c, PathObj *path, uint32_t count) {
    SymbolObj *first = path->parts[0];
    if (first->text[0] == '@') return analyze_selector_literal(c, value_pointer(path));
    Expr *base = analyze_first_part(c, first);
    if (count == 1) return base;
    if (first->size == 0) check_field(c, path);
    Expr *x = expr_new(c, EXPR_PATH);
    x->as.path.base = base;
    x->as.path.steps = analyze_steps(c, path, count, starts_at_instance(c, path), &x->as.path.count);
    return x->as.path.steps ? x : expr_const(c, VAL_NIL);
}

Expr *analyze_path(Compiler *c, PathObj *path) { return analyze_path_prefix(c, path, path->count); }

Expr *expr_property(Compiler *c, Expr *base, SymbolObj *name) {
    Expr *x = expr_new(c, EXPR_PATH);
    x->as.path.base = base;
    x->as.path.steps = ARENA_NEW(&c->arena, Step);
    x->as.path.steps->kind = STEP_NAME;
    x->as.path.steps->name = name;
    x->as.path.count = 1;
    return x;
}

/* --- writing -------------------------------------------------------------------------------------------- */

Expr *analyze_path_assignment(Compiler *c, PathObj *path, Value value, OpCode op, bool compound) {
    if (path->parts[0]->text[0] == '@') return analyze_error(c, ERR_COMPILE_FORM, "Invalid assignment target");
    Expr *target = analyze_path(c, path);
    if (target->kind != EXPR_PATH) return target; /* reported */
    Step *last = &target->as.path.steps[target->as.path.count - 1];
    if (last->kind != STEP_NAME && last->kind != STEP_INDEX && last->kind != STEP_DYNAMIC) {
        return analyze_error(c, ERR_COMPILE_FORM, "Invalid assignment target");
    }
    if (last->kind == STEP_NAME) last->dynamic = NULL; /* writing retries nothing */
    target->kind = EXPR_SET_PATH;
    target->as.path.value = analyze_form(c, value);
    target->as.path.op = (uint8_t)op;
    target->as.path.compound = compound;
    return target;
}

bool is_member_path(const PathObj *path, SymbolObj **out_name) {
    if (path->count != 2) return false;
    if (path->parts[0]->size > 0 && !symbol_is(path->parts[0], "$ns")) return false;
    *out_name = path->parts[1];
    return true;
}

Expr *analyze_container(Compiler *c, PathObj *path, SymbolObj **out_name) {
    *out_name = path->parts[path->count - 1];
    return analyze_path_prefix(c, path, path->count - 1);
}

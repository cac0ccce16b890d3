/* scope.c — what a name means: bindings of all open scopes, captures, eval sites.
 *
 * Invariant: each name's bindings form a list from the innermost scope outward, so lookup does not depend on how many
 * scopes are open. A variable captured by a nested function is listed among the upvalues of every function between. */
#include "compiler/analyze.h"

/* --- the table of names --------------------------------------------------------------------------------- */

static uint32_t name_slot(const Compiler *c, const SymbolObj *name) {
    uint32_t mask = c->name_capacity - 1;
    uint32_t slot = (uint32_t)(((uintptr_t)name >> 4) * 2654435761u) & mask;
    while (c->names[slot].name && c->names[slot].name != name) slot = (slot + 1) & mask;
    return slot;
}

static void grow_names(Compiler *c) {
    NameEntry *old = c->names;
    uint32_t old_capacity = c->name_capacity;
    c->name_capacity = old_capacity ? old_capacity * 2 : 64;
    c->names = calloc(c->name_capacity, sizeof(NameEntry));
    if (!c->names) base_fatal("out of memory while compiling");
    for (uint32_t i = 0; i < old_capacity; i++) {
        if (old[i].name) c->names[name_slot(c, old[i].name)] = old[i];
    }
    free(old);
}

static Var *new_var(Compiler *c, SymbolObj *name, Scope *scope) {
    Var *var = ARENA_NEW(&c->arena, Var);
    var->name = name;
    var->owner = scope->fn;
    var->depth = scope->depth;
    var->reg = -1;
    var->visibility = VAR_DECLARED;
    return var;
}

/* A variable the module got from an earlier compilation. */
static Var *known_module_var(Compiler *c, SymbolObj *name) {
    Value slot = table_get_symbol(&c->module->names, name);
    if (slot == VAL_UNSET) return NULL;
    Var *var = ARENA_NEW(&c->arena, Var);
    var->name = name;
    var->owner = c->top;
    var->slot = (uint32_t)int_of(slot);
    var->reg = -1;
    var->is_module = true;
    var->is_let = table_get_symbol(&c->module->lets, name) != VAL_UNSET;
    Value type = table_get_symbol(&c->module->types, name);
    if (is_type(type)) var->type = type_of(type);
    return var;
}

static NameEntry *name_entry(Compiler *c, SymbolObj *name) {
    if (c->name_count * 4 >= c->name_capacity * 3) grow_names(c);
    NameEntry *entry = &c->names[name_slot(c, name)];
    if (!entry->name) {
        entry->name = name;
        entry->top = known_module_var(c, name);
        c->name_count++;
    }
    return entry;
}

static void bind(Compiler *c, Var *var) {
    Var **link = &name_entry(c, var->name)->top;
    /* A function's nested definition is bound in its outermost scope, below what inner scopes bind. */
    while (*link && (*link)->depth > var->depth) link = &(*link)->shadowed;
    var->shadowed = *link;
    *link = var;
}

static void unbind(Compiler *c, Var *var) {
    Var **link = &name_entry(c, var->name)->top;
    while (*link != var) {
        ENSURE(*link, "a variable is bound until its scope closes");
        link = &(*link)->shadowed;
    }
    *link = var->shadowed;
}

/* --- scopes --------------------------------------------------------------------------------------------- */

Scope *scope_open(Compiler *c, bool transparent) {
    Scope *scope = ARENA_NEW(&c->arena, Scope);
    scope->parent = c->scope;
    scope->fn = c->fn;
    scope->depth = c->scope ? c->scope->depth + 1 : 0;
    scope->transparent = transparent;
    c->scope = scope;
    return scope;
}

void scope_close(Compiler *c) {
    Scope *scope = c->scope;
    Var *oldest_first = NULL;
    for (Var *var = scope->vars; var;) {
        Var *next = var->next;
        if (var->name) unbind(c, var);
        var->next = oldest_first;
        oldest_first = var;
        var = next;
    }
    scope->vars = oldest_first;
    c->scope = scope->parent;
}

Scope *scope_current(const Compiler *c) {
    Scope *scope = c->scope;
    while (scope->transparent) scope = scope->parent;
    return scope;
}

void scope_enter_conditional(Compiler *c) { scope_current(c)->conditional++; }
void scope_leave_conditional(Compiler *c) { scope_current(c)->conditional--; }

/* --- declaring ------------------------------------------------------------------------------------------ */

static Var *binding_in(Compiler *c, const Scope *scope, SymbolObj *name) {
    Var *var = name_entry(c, name)->top;
    while (var && var->depth > scope->depth) var = var->shadowed;
    return var && var->depth == scope->depth ? var : NULL;
}

bool scope_has(Compiler *c, SymbolObj *name) {
    Var *var = binding_in(c, scope_current(c), name);
    while (var && var->depth == scope_current(c)->depth) {
        if (var->visibility == VAR_DECLARED) return true;
        var = var->shadowed;
    }
    return false;
}

static Var *add_var(Compiler *c, Scope *scope, SymbolObj *name) {
    Var *var = new_var(c, name, scope);
    if (scope->is_module) {
        var->is_module = true;
        var->slot = module_add_var(c->vm, c->module, name);
        table_delete_symbol(c->vm, &c->module->lets, name);
        table_delete_symbol(c->vm, &c->module->types, name);
    } else {
        var->next = scope->vars;
        scope->vars = var;
        var->early = scope->conditional > 0;
    }
    bind(c, var);
    return var;
}

static Var *begin_in(Compiler *c, Scope *scope, SymbolObj *name, VarVisibility meanwhile) {
    Var *var = binding_in(c, scope, name);
    if (!var || var->visibility == VAR_DECLARED) {
        var = add_var(c, scope, name);
    } else {
        if (scope->conditional > 0) var->early = true;
    }
    var->visibility = (uint8_t)meanwhile;
    return var;
}

Var *scope_begin_declare(Compiler *c, SymbolObj *name, VarVisibility meanwhile) {
    return begin_in(c, scope_current(c), name, meanwhile);
}

void scope_finish_declare(Compiler *c, Var *var) {
    var->visibility = VAR_DECLARED;
    if (!var->is_module) c->fn->assign_serial++;
}

void scope_mark_let(Compiler *c, Var *var) {
    var->is_let = true;
    if (var->is_module) table_set_symbol(c->vm, &c->module->lets, var->name, VAL_TRUE);
}

void scope_mark_type(Compiler *c, Var *var, TypeObj *type) {
    var->type = type;
    if (!var->is_module) return;
    table_set_symbol(c->vm, &c->module->types, var->name, value_pointer(type));
    heap_touch(c->vm, c->module);
}

Var *scope_declare(Compiler *c, SymbolObj *name) {
    Var *var = scope_begin_declare(c, name, VAR_HIDDEN);
    scope_finish_declare(c, var);
    return var;
}

/* At module level and in class and namespace bodies a definition belongs to the current scope; inside a function it
 * is a local of the whole function. */
Scope *scope_of_definition(Compiler *c) {
    Scope *scope = scope_current(c);
    if (c->fn->kind == FUNCTION_TOP || c->fn->kind == FUNCTION_BODY) return scope;
    while (scope != c->fn->scope && !scope->keeps_definitions) scope = scope->parent;
    return scope;
}

Var *scope_begin_definition(Compiler *c, SymbolObj *name) {
    Scope *scope = scope_of_definition(c);
    Var *var = begin_in(c, scope, name, VAR_TO_NESTED);
    if (scope != scope_current(c)) var->early = true;
    var->is_definition = true;
    return var;
}

void scope_predeclare(Compiler *c, SymbolObj *name, bool is_let, bool is_definition) {
    Scope *scope = scope_current(c);
    Var *var = binding_in(c, scope, name);
    if (var && var->visibility != VAR_DECLARED) return; /* the first of several counts */
    var = add_var(c, scope, name);
    var->visibility = VAR_TO_NESTED;
    var->is_let = is_let;
    var->is_definition = is_definition;
}

void scope_declare_member(Compiler *c, SymbolObj *name) {
    Scope *scope = scope_current(c);
    if (c->fn->kind != FUNCTION_BODY || scope != c->fn->scope || scope_has(c, name)) return;
    Var *var = new_var(c, name, scope);
    var->is_member = true;
    var->next = scope->vars;
    scope->vars = var;
    bind(c, var);
}

Var *scope_add_hidden(Compiler *c) {
    Var *var = new_var(c, NULL, c->scope);
    var->next = c->scope->vars;
    c->scope->vars = var;
    return var;
}

void scope_bind_self(Compiler *c, Var *var) {
    var->name = SYM(c->vm, SELF);
    var->is_self = true;
    bind(c, var);
}

void scope_bind_outer(Compiler *c, Var *var) {
    var->is_self = var->name == SYM(c->vm, SELF);
    var->next = c->scope->vars;
    c->scope->vars = var;
    bind(c, var);
}

/* --- resolving ------------------------------------------------------------------------------------------ */

/* Is `var` what a name means in the function being analysed? A weak candidate counts when there is no other. */
static bool is_visible(const Compiler *c, const Var *var, bool *out_weak) {
    bool nested = var->owner != c->fn;
    *out_weak = false;
    switch ((VarVisibility)var->visibility) {
    case VAR_DECLARED: return true;
    case VAR_TO_NESTED: *out_weak = var->is_module; return nested;
    case VAR_LAST_RESORT: *out_weak = nested || var->is_module; return false;
    case VAR_HIDDEN: return false;
    }
    return false;
}

Var *scope_peek(Compiler *c, SymbolObj *name) {
    Var *weak = NULL;
    for (Var *var = name_entry(c, name)->top; var; var = var->shadowed) {
        bool is_weak;
        if (is_visible(c, var, &is_weak)) return var;
        if (is_weak && !weak) weak = var;
    }
    return weak;
}

static bool has_upvalue(const Function *fn, const Var *var) {
    for (uint32_t i = 0; i < fn->upvalue_count; i++) {
        if (fn->upvalues[i] == var) return true;
    }
    return false;
}

static void add_upvalue(Compiler *c, Function *fn, Var *var) {
    if (fn->upvalue_count == fn->upvalue_capacity) {
        uint32_t capacity = fn->upvalue_capacity ? fn->upvalue_capacity * 2 : 4;
        Var **grown = ARENA_ARRAY(&c->arena, Var *, capacity);
        if (fn->upvalue_count) memcpy(grown, fn->upvalues, fn->upvalue_count * sizeof *grown);
        fn->upvalues = grown;
        fn->upvalue_capacity = capacity;
    }
    fn->upvalues[fn->upvalue_count++] = var;
    if (fn->upvalue_count == 256) {
        analyze_error(c, ERR_COMPILE_LIMIT, "a function captures more than 255 variables");
    }
}

static void capture(Compiler *c, Var *var) {
    var->captured = true;
    for (Function *fn = c->fn; fn != var->owner; fn = fn->parent) {
        if (has_upvalue(fn, var)) break;
        if (fn->upvalue_count < 256) add_upvalue(c, fn, var);
    }
}

Var *scope_resolve(Compiler *c, SymbolObj *name) {
    Var *var = scope_peek(c, name);
    if (!var || var->is_member) return NULL;
    if (var->is_module) return var;
    if (var->visibility != VAR_DECLARED) var->early = true;
    if (var->owner != c->fn) capture(c, var);
    return var;
}

EvalSite *scope_record_eval_site(Compiler *c) {
    EvalSite *site = ARENA_NEW(&c->arena, EvalSite);
    uint32_t capacity = 0;
    for (Scope *scope = c->scope; scope; scope = scope->parent) {
        for (Var *var = scope->vars; var; var = var->next) capacity++;
    }
    site->vars = ARENA_ARRAY(&c->arena, Var *, capacity);
    for (Scope *scope = c->scope; scope; scope = scope->parent) {
        for (Var *var = scope->vars; var; var = var->next) {
            if (!var->name || var->is_member || scope_peek(c, var->name) != var) continue;
            scope_resolve(c, var->name);
            var->captured = true;
            site->vars[site->count++] = var;
        }
    }
    c->fn->eval_site_count++;
    return site;
}

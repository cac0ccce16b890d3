/* compiler.c — one compilation from forms to a code object.
 * Invariant: the collector is paused throughout, so values held only by the tree or the builders stay alive. */
#include "compiler/compiler.h"

#include "compiler/emit.h"

static void compiler_begin(Compiler *c, VM *vm, ModuleObj *module, StrObj *file, uint32_t max_depth,
                           Diagnostics *diagnostics) {
    memset(c, 0, sizeof *c);
    c->vm = vm;
    c->module = module;
    c->file = file;
    c->diagnostics = diagnostics;
    c->first_diagnostic = diagnostics->count;
    c->max_depth = max_depth ? max_depth : READER_DEPTH_MAX;
    heap_pause(vm);
}

static void compiler_end(Compiler *c) {
    free(c->names);
    arena_free(&c->arena);
    heap_resume(c->vm);
}

static CodeObj *finish(Compiler *c) {
    bool ok = c->diagnostics->count == c->first_diagnostic;
    CodeObj *code = ok ? emit_function(c, c->top) : NULL;
    if (c->diagnostics->count != c->first_diagnostic) code = NULL;
    compiler_end(c);
    return code;
}

static Function *new_function(Compiler *c, FunctionKind kind, Function *parent) {
    Function *fn = ARENA_NEW(&c->arena, Function);
    fn->parent = parent;
    fn->kind = kind;
    fn->name = SYM(c->vm, INIT);
    fn->metadata = VAL_NIL;
    return fn;
}

CodeObj *compiler_compile(VM *vm, const CompileRequest *request, Diagnostics *out_diagnostics) {
    Compiler c;
    compiler_begin(&c, vm, request->module, request->file, request->max_depth, out_diagnostics);
    c.source = request->source;
    c.top = new_function(&c, FUNCTION_TOP, NULL);
    c.fn = c.top;
    Scope *scope = scope_open(&c, false);
    scope->is_module = true;
    c.top->scope = scope;
    analyze_top_level(&c, request);
    scope_close(&c);
    return finish(&c);
}

/* The names of a running scope, as variables of a function around the new code. */
static void bind_outer_names(Compiler *c, const ScopeDescriptor *names, Function *outer) {
    c->fn = outer;
    outer->scope = scope_open(c, false);
    outer->scope->depth = 1; /* inside the module, whose variables have depth 0 */
    for (uint32_t i = 0; i < names->count; i++) {
        Var *var = ARENA_NEW(&c->arena, Var);
        var->name = names->names[i].name;
        if (is_type(names->names[i].type)) var->type = type_of(names->names[i].type);
        var->is_let = names->names[i].is_let;
        var->owner = outer;
        var->depth = outer->scope->depth;
        var->reg = (int16_t)names->names[i].index;
        var->slot = names->names[i].from_register;
        var->is_outer = true;
        var->captured = true;
        scope_bind_outer(c, var);
    }
}

CodeObj *compiler_compile_in_scope(VM *vm, const CompileRequest *request, const ScopeDescriptor *names,
                                   Diagnostics *out_diagnostics) {
    Compiler c;
    compiler_begin(&c, vm, request->module, request->file, request->max_depth, out_diagnostics);
    c.is_nested = true;
    Function *outer = new_function(&c, FUNCTION_OUTER, NULL);
    c.top = new_function(&c, FUNCTION_TOP, outer);
    bind_outer_names(&c, names, outer);
    c.fn = c.top;
    c.top->scope = scope_open(&c, false);
    if (request->positions) {
        c.line = request->positions->line;
        c.column = request->positions->column;
    }
    ArrayObj *forms = array_of(request->forms);
    c.top->body = analyze_sequence(&c, forms->items, forms->count);
    scope_close(&c);
    return finish(&c);
}

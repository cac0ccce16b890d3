/* emit.c — functions, registers, variables, and which emitter handles which expression. */
#include "compiler/emit.h"

/* --- registers ------------------------------------------------------------------------------------------ */

uint32_t take_registers(Emitter *e, uint32_t count) {
    uint32_t first = e->top;
    e->top += count;
    if (e->top > REGISTERS_MAX) {
        if (!e->failed) {
            e->c->line = e->code.line;
            e->c->column = e->code.column;
            analyze_error(e->c, ERR_COMPILE_LIMIT,
                          "function '%s' needs more than %d variables and intermediate values at once",
                          e->fn->name->text, REGISTERS_MAX);
        }
        e->failed = true;
        return 0; /* what is emitted from now on is thrown away */
    }
    if (e->top > e->slot_count) e->slot_count = e->top;
    return first;
}

bool is_variable_register(const Emitter *e, uint32_t reg) { return e->variables[reg >> 6 & 3] >> (reg & 63) & 1; }

static void mark_variable(Emitter *e, uint32_t reg, bool is_variable) {
    uint64_t bit = (uint64_t)1 << (reg & 63);
    if (is_variable) {
        e->variables[reg >> 6 & 3] |= bit;
    } else {
        e->variables[reg >> 6 & 3] &= ~bit;
    }
}

uint32_t build_register(Emitter *e, int target) {
    if (target >= 0 && !is_variable_register(e, (uint32_t)target)) return (uint32_t)target;
    return take_registers(e, 1);
}

uint32_t block_register(Emitter *e, int target) {
    if (target >= 0 && (uint32_t)target + 1 == e->top && !is_variable_register(e, (uint32_t)target)) {
        return (uint32_t)target;
    }
    return take_registers(e, 1);
}

void deliver(Emitter *e, uint32_t reg, int target) {
    if (code_is_dead(&e->code)) return;
    if (target == TARGET_RETURN) {
        emit_return_check(e, reg);
        code_abc(&e->code, OP_RETURN, reg, 0, 0);
    } else if (target >= 0 && (uint32_t)target != reg) {
        code_abc(&e->code, OP_MOVE, (uint32_t)target, reg, 0);
    }
}

static void deliver_constant(Emitter *e, Value value, int target) {
    if (target == TARGET_DROP || code_is_dead(&e->code)) return;
    uint32_t reg = target >= 0 ? (uint32_t)target : take_registers(e, 1);
    code_load_constant(&e->code, reg, value);
    bool proven = e->return_proven;
    Expr constant = {.kind = EXPR_CONST, .as.constant = value};
    if (target == TARGET_RETURN) e->return_proven = is_proven(e, e->fn->result, &constant);
    deliver(e, reg, target);
    e->return_proven = proven;
}

void deliver_nil(Emitter *e, int target) { deliver_constant(e, VAL_NIL, target); }

/* --- small emissions ------------------------------------------------------------------------------------ */

void emit_symbol_op(Emitter *e, OpCode op, uint32_t a, const SymbolObj *name) {
    code_abc(&e->code, op, a, 0, 0);
    code_extra(&e->code, code_symbol(&e->code, name));
}

void emit_intrinsic_call(Emitter *e, Intrinsic id, uint32_t first, uint32_t count) {
    code_abc(&e->code, OP_INTRINSIC, first, count, (uint32_t)id);
}

static void emit_slot_op(Emitter *e, OpCode op, OpCode wide_op, uint32_t reg, uint32_t slot) {
    if (slot <= UINT16_MAX) {
        code_abx(&e->code, op, reg, slot);
    } else {
        code_abc(&e->code, wide_op, reg, 0, 0);
        code_extra(&e->code, slot);
    }
}

/* --- variables ------------------------------------------------------------------------------------------ */

static uint32_t upvalue_number(const Function *fn, const Var *var) {
    for (uint32_t i = 0; i < fn->upvalue_count; i++) {
        if (fn->upvalues[i] == var) return i;
    }
    ENSURE(false, "analysis lists every captured variable in each function between");
    return 0;
}

/* The variable is a register that holds its value, in this function. */
static bool is_register_variable(const Emitter *e, const Var *var) {
    if (var->is_module || var->owner != e->fn) return false;
    return !var->captured || var == e->fn->self;
}

static uint32_t variable_register(const Emitter *e, const Var *var) {
    return var == e->fn->self ? 0 : (uint32_t)var->reg;
}

void load_variable(Emitter *e, Var *var, uint32_t reg) {
    if (var->is_module) {
        emit_slot_op(e, OP_GETVAR, OP_GETVARX, reg, var->slot);
    } else if (is_register_variable(e, var)) {
        deliver(e, variable_register(e, var), (int)reg);
    } else if (var->owner == e->fn) {
        code_abc(&e->code, OP_GETCELL, reg, (uint32_t)var->reg, 0);
    } else {
        code_abc(&e->code, OP_GETUP, reg, upvalue_number(e->fn, var), 0);
    }
}

static void store_variable(Emitter *e, Var *var, uint32_t reg) {
    if (var->is_module) {
        emit_slot_op(e, OP_SETVAR, OP_SETVARX, reg, var->slot);
    } else if (is_register_variable(e, var)) {
        deliver(e, reg, var->reg);
    } else if (var->owner == e->fn) {
        code_abc(&e->code, OP_SETCELL, (uint32_t)var->reg, reg, 0);
    } else {
        code_abc(&e->code, OP_SETUP, upvalue_number(e->fn, var), reg, 0);
    }
}

void bind_variable(Emitter *e, Var *var, uint32_t reg) {
    if (var->is_module || !var->captured || var->early) {
        store_variable(e, var, reg);
    } else {
        deliver(e, reg, var->reg);
        code_abc(&e->code, OP_NEWCELL, (uint32_t)var->reg, 0, 0);
    }
    if (!var->is_module) mark_variable(e, (uint32_t)var->reg, true);
}

void enter_scope(Emitter *e, Scope *scope) {
    for (Var *var = scope->vars; var; var = var->next) {
        if (var == e->fn->self) {
            if (!var->captured) continue;
            var->reg = (int16_t)take_registers(e, 1);
            code_abc(&e->code, OP_MOVE, (uint32_t)var->reg, 0, 0);
            code_abc(&e->code, OP_NEWCELL, (uint32_t)var->reg, 0, 0);
            continue;
        }
        if (var->reg >= 0 || var->is_member) continue; /* a parameter or loop variable; no variable at all */
        var->reg = (int16_t)take_registers(e, 1);
        mark_variable(e, (uint32_t)var->reg, var->early);
        if (!var->early) continue;
        code_load_constant(&e->code, (uint32_t)var->reg, VAL_NIL);
        if (var->captured) code_abc(&e->code, OP_NEWCELL, (uint32_t)var->reg, 0, 0);
    }
}

void leave_scope(Emitter *e, Scope *scope) {
    for (Var *var = scope->vars; var; var = var->next) {
        if (var->reg >= 0) mark_variable(e, (uint32_t)var->reg, false);
    }
}

static void emit_variable(Emitter *e, Var *var, int target) {
    if (target == TARGET_DROP) return;
    if (is_register_variable(e, var)) {
        deliver(e, variable_register(e, var), target);
        return;
    }
    uint32_t reg = target >= 0 ? (uint32_t)target : take_registers(e, 1);
    load_variable(e, var, reg);
    deliver(e, reg, target);
}

static void emit_assign(Emitter *e, Expr *x, int target) {
    Var *var = x->as.assign.var;
    bool is_checked = !is_proven(e, var->type, x->as.assign.value);
    uint32_t reg;
    if (is_register_variable(e, var) && is_checked) {
        reg = take_registers(e, 1); /* the variable keeps its value when the new one is refused */
        emit_value(e, x->as.assign.value, (int)reg);
        emit_check(e, reg, var->type, BOUNDARY_VARIABLE);
        store_variable(e, var, reg);
    } else if (is_register_variable(e, var)) {
        reg = (uint32_t)var->reg;
        emit_value(e, x->as.assign.value, (int)reg);
    } else {
        if (target >= 0 && !is_variable_register(e, (uint32_t)target)) {
            reg = (uint32_t)target;
            emit_value(e, x->as.assign.value, target);
        } else {
            reg = emit_operand(e, x->as.assign.value);
        }
        if (is_checked) emit_check(e, reg, var->type, BOUNDARY_VARIABLE);
        store_variable(e, var, reg);
    }
    deliver(e, reg, target);
}

static void emit_declare(Emitter *e, Expr *x, int target) {
    Var *var = x->as.assign.var;
    if (var->is_module || (var->captured && var->early)) {
        emit_assign(e, x, target);
        return;
    }
    emit_value(e, x->as.assign.value, var->reg);
    if (!is_proven(e, var->type, x->as.assign.value)) {
        emit_check(e, (uint32_t)var->reg, var->type, BOUNDARY_VARIABLE);
    }
    mark_variable(e, (uint32_t)var->reg, true);
    deliver(e, (uint32_t)var->reg, target);
    if (var->captured && target != TARGET_RETURN) code_abc(&e->code, OP_NEWCELL, (uint32_t)var->reg, 0, 0);
}

static void emit_named(Emitter *e, OpCode op, Expr *x, int target) {
    uint32_t reg = emit_operand(e, x->as.named.value);
    emit_symbol_op(e, op, reg, x->as.named.name);
    deliver(e, reg, target);
}

static void emit_name(Emitter *e, Expr *x, int target) {
    uint32_t reg = build_register(e, target);
    emit_symbol_op(e, OP_GETNAME, reg, x->as.name);
    code_extra(&e->code, code_cache(&e->code));
    deliver(e, reg, target);
}

/* --- operands ------------------------------------------------------------------------------------------- */

uint32_t emit_operand(Emitter *e, Expr *x) { return emit_stable_operand(e, x, false); }

int variable_operand(const Emitter *e, const Expr *x, bool may_change) {
    if (x->kind != EXPR_VAR || !is_register_variable(e, x->as.var)) return -1;
    if (may_change && x->as.var != e->fn->self) return -1;
    return (int)variable_register(e, x->as.var);
}

uint32_t emit_stable_operand(Emitter *e, Expr *x, bool may_change) {
    int own = variable_operand(e, x, may_change);
    if (own >= 0) return (uint32_t)own;
    uint32_t reg = take_registers(e, 1);
    emit_value(e, x, (int)reg);
    return reg;
}

/* --- sequences, intrinsics, eval ------------------------------------------------------------------------ */

static void emit_sequence(Emitter *e, const ExprList *list, int target) {
    for (uint32_t i = 0; i + 1 < list->count; i++) emit_value(e, list->items[i], TARGET_DROP);
    emit_value(e, list->items[list->count - 1], target);
}

static void emit_scope(Emitter *e, Expr *x, int target) {
    enter_scope(e, x->as.scoped.scope);
    emit_value(e, x->as.scoped.body, target);
    leave_scope(e, x->as.scoped.scope);
}

static void emit_intrinsic(Emitter *e, Expr *x, int target) {
    const ExprList *arguments = &x->as.intrinsic.arguments;
    uint32_t first = block_register(e, target);
    for (uint32_t i = 0; i < arguments->count; i++) {
        uint32_t reg = i == 0 ? first : take_registers(e, 1);
        emit_value(e, arguments->items[i], (int)reg);
    }
    emit_intrinsic_call(e, x->as.intrinsic.id, first, arguments->count);
    deliver(e, first, target);
}

void describe_site(Emitter *e, const EvalSite *site) {
    ScopeDescriptor *scope = &e->scopes[e->scope_count++];
    scope->pc = e->code.word_count;
    scope->count = site->count;
    scope->names = ARENA_ARRAY(&e->c->arena, ScopeName, site->count);
    for (uint32_t i = 0; i < site->count; i++) {
        const Var *var = site->vars[i];
        bool is_own = var->owner == e->fn;
        scope->names[i].name = var->name;
        scope->names[i].type = var->type ? value_pointer(var->type) : VAL_NIL;
        scope->names[i].from_register = is_own;
        scope->names[i].is_let = var->is_let;
        scope->names[i].index = (uint8_t)(is_own ? (uint32_t)var->reg : upvalue_number(e->fn, var));
    }
}

static void emit_eval(Emitter *e, Expr *x, int target) {
    uint32_t first = block_register(e, target);
    emit_value(e, x->as.eval.form, (int)first);
    code_load_constant(&e->code, take_registers(e, 1), value_small_int(e->scope_count));
    emit_intrinsic_call(e, x->as.eval.id, first, 2);
    describe_site(e, x->as.eval.site);
    deliver(e, first, target);
}

static void emit_quoted(Emitter *e, Expr *x, int target) {
    uint32_t first = block_register(e, target);
    code_load_constant(&e->code, first, x->as.constant);
    emit_intrinsic_call(e, INTRINSIC_COPY_QUOTED, first, 1);
    deliver(e, first, target);
}

static void emit_range(Emitter *e, const ExprList *list, int target) {
    uint32_t first = take_registers(e, list->count);
    for (uint32_t i = 0; i < list->count; i++) {
        e->top = first + i + 1; /* so that a call can use the register itself */
        emit_value(e, list->items[i], (int)(first + i));
    }
    uint32_t reg = target >= 0 ? (uint32_t)target : first;
    code_abc(&e->code, OP_RANGE, reg, first, list->count);
    deliver(e, reg, target);
}

static void emit_closure(Emitter *e, Expr *x, int target) {
    CodeObj *code = emit_function(e->c, x->as.function);
    uint32_t constant = code_constant(&e->code, value_pointer(code));
    uint32_t reg = target >= 0 ? (uint32_t)target : take_registers(e, 1);
    emit_slot_op(e, OP_FUNC, OP_FUNCX, reg, constant);
    deliver(e, reg, target);
}

static void emit_yield(Emitter *e, Expr *x, int target) {
    uint32_t reg = build_register(e, target);
    emit_value(e, x->as.operand, (int)reg);
    code_abc(&e->code, OP_YIELD, reg, 0, 0);
    deliver(e, reg, target);
}

static void emit_current_exception(Emitter *e, int target) {
    if (target == TARGET_DROP) return;
    uint32_t reg = target >= 0 ? (uint32_t)target : take_registers(e, 1);
    code_abc(&e->code, OP_GETEX, reg, 0, 0);
    deliver(e, reg, target);
}

static void emit_destructure(Emitter *e, Expr *x, int target) {
    uint32_t reg = emit_operand(e, x->as.destructure.value);
    emit_pattern(e, x->as.destructure.pattern, reg);
    deliver_nil(e, target);
}

/* --- dispatch ------------------------------------------------------------------------------------------- */

static void emit_expr(Emitter *e, Expr *x, int target) {
    switch ((ExprKind)x->kind) {
    case EXPR_CONST: deliver_constant(e, x->as.constant, target); break;
    case EXPR_QUOTED: emit_quoted(e, x, target); break;
    case EXPR_VAR: emit_variable(e, x->as.var, target); break;
    case EXPR_NAME: emit_name(e, x, target); break;
    case EXPR_ASSIGN: emit_assign(e, x, target); break;
    case EXPR_DECLARE: emit_declare(e, x, target); break;
    case EXPR_SET_NAME: emit_named(e, OP_SETNAME, x, target); break;
    case EXPR_DEFINE_NAME: emit_named(e, OP_DEFNAME, x, target); break;
    case EXPR_DESTRUCTURE: emit_destructure(e, x, target); break;
    case EXPR_ARITHMETIC: emit_arithmetic(e, x, target); break;
    case EXPR_COMPARE: emit_compare(e, x, target); break;
    case EXPR_LOGIC: emit_logic(e, x, target); break;
    case EXPR_UNARY: emit_unary(e, x, target); break;
    case EXPR_IF: emit_if(e, x, target); break;
    case EXPR_CASE: emit_case(e, x, target); break;
    case EXPR_SEQUENCE: emit_sequence(e, &x->as.list, target); break;
    case EXPR_SCOPE: emit_scope(e, x, target); break;
    case EXPR_LOOP: emit_loop(e, x, target); break;
    case EXPR_JUMP: emit_jump(e, x); break;
    case EXPR_RETURN: emit_return(e, x); break;
    case EXPR_FUNCTION: emit_closure(e, x, target); break;
    case EXPR_CALL: emit_call(e, x, target); break;
    case EXPR_METHOD_CALL:
    case EXPR_SUPER_CALL: emit_method_call(e, x, target); break;
    case EXPR_NEW: emit_new(e, x, target); break;
    case EXPR_ARRAY: emit_array(e, x, target); break;
    case EXPR_MAP: emit_map(e, x, target); break;
    case EXPR_HASHMAP: emit_hashmap(e, x, target); break;
    case EXPR_NODE: emit_node(e, x, target); break;
    case EXPR_INTERPOLATE: emit_interpolation(e, &x->as.list, target); break;
    case EXPR_RANGE: emit_range(e, &x->as.list, target); break;
    case EXPR_PATH: emit_path(e, x, target); break;
    case EXPR_SET_PATH: emit_set_path(e, x, target); break;
    case EXPR_TRY: emit_try(e, x, target); break;
    case EXPR_ENSURE: emit_ensure(e, x, target); break;
    case EXPR_THROW: code_abc(&e->code, OP_THROW, emit_operand(e, x->as.operand), 0, 0); break;
    case EXPR_ASYNC: emit_async(e, x, target); break;
    case EXPR_YIELD: emit_yield(e, x, target); break;
    case EXPR_CURRENT_EXCEPTION: emit_current_exception(e, target); break;
    case EXPR_INTRINSIC: emit_intrinsic(e, x, target); break;
    case EXPR_UNWRAP: emit_unwrap(e, x, target); break;
    case EXPR_EVAL: emit_eval(e, x, target); break;
    }
}

void emit_value(Emitter *e, Expr *x, int target) {
    uint32_t top = e->top;
    uint32_t line = e->code.line;
    uint32_t column = e->code.column;
    if (x->line) {
        e->code.line = x->line;
        e->code.column = x->column;
    }
    bool proven = e->return_proven;
    if (target == TARGET_RETURN) e->return_proven = is_proven(e, e->fn->result, x);
    emit_expr(e, x, target);
    e->return_proven = proven;
    e->code.line = line;
    e->code.column = column;
    e->top = top;
}

/* --- functions ------------------------------------------------------------------------------------------ */

static void emit_error_body(Emitter *e) {
    uint32_t count = e->fn->error_hint ? 3 : 2, reg = take_registers(e, count);
    code_load_constant(&e->code, reg, string_from(e->c->vm, e->fn->error));
    code_load_constant(&e->code, reg + 1, value_small_int((int64_t)e->fn->error_id));
    if (e->fn->error_hint) code_load_constant(&e->code, reg + 2, string_from(e->c->vm, e->fn->error_hint));
    if (e->fn->error_line) {
        e->code.line = e->fn->error_line;
        e->code.column = e->fn->error_column;
    }
    emit_intrinsic_call(e, INTRINSIC_RAISE, reg, count);
    code_abc(&e->code, OP_RETURN, reg, 0, 0);
}

static void emit_body(Emitter *e) {
    Function *fn = e->fn;
    enter_scope(e, fn->scope);
    emit_prologue(e);
    if (fn->kind == FUNCTION_CTOR) {
        emit_value(e, fn->body, TARGET_DROP);
        deliver(e, 0, TARGET_RETURN);
    } else if (fn->flags & CODE_GENERATOR) {
        emit_value(e, fn->body, TARGET_DROP);
        deliver_nil(e, TARGET_RETURN);
    } else {
        emit_value(e, fn->body, TARGET_RETURN);
        /* Expressions that never give a value (throw, return) and loops that may leave by break end up here. */
        if (!code_is_dead(&e->code)) deliver_nil(e, TARGET_RETURN);
    }
}

/* How far out a captured variable is, for messages. */
static uint16_t scopes_between(const Function *fn, const Var *var) {
    uint32_t count = 0;
    for (const Scope *scope = fn->scope->parent; scope && scope->depth > var->depth; scope = scope->parent) {
        if (scope->vars && !scope->transparent && count < UINT16_MAX) count++;
    }
    return (uint16_t)count;
}

static void fill_captures(Emitter *e, CodeObj *code) {
    const Function *fn = e->fn;
    if (fn->upvalue_count == 0 || e->failed) return;
    code->capture_count = (uint16_t)fn->upvalue_count;
    code->captures = heap_alloc_buffer(e->c->vm, fn->upvalue_count * sizeof *code->captures);
    for (uint32_t i = 0; i < fn->upvalue_count; i++) {
        const Var *var = fn->upvalues[i];
        bool is_register = var->owner == fn->parent;
        code->captures[i].from_register = is_register && (!var->is_outer || var->slot);
        code->captures[i].name = var->name;
        code->captures[i].scope = scopes_between(fn, var);
        code->captures[i].index = (uint8_t)(is_register ? (uint32_t)var->reg : upvalue_number(fn->parent, var));
    }
}

static void fill_scopes(Emitter *e, CodeObj *code) {
    uint32_t count = e->scope_count;
    if (count == 0 || e->failed) return;
    code->scope_count = count;
    code->scopes = heap_alloc_buffer(e->c->vm, count * sizeof *code->scopes);
    for (uint32_t i = 0; i < count; i++) {
        ScopeDescriptor scope = e->scopes[i];
        if (scope.count > 0) {
            ScopeName *names = heap_alloc_buffer(e->c->vm, scope.count * sizeof *names);
            memcpy(names, scope.names, scope.count * sizeof *names);
            scope.names = names;
        } else {
            scope.names = NULL;
        }
        code->scopes[i] = scope;
    }
}

static uint16_t code_flags(const Function *fn) {
    uint16_t flags = fn->flags;
    bool is_simple = true;
    for (uint32_t i = 0; i < fn->params.count; i++) {
        if (fn->params.items[i].kind != PARAM_REQUIRED) is_simple = false;
    }
    if (is_simple) flags |= CODE_SIMPLE;
    if (fn->params.count == 0) flags |= CODE_NO_PARAMS;
    if (fn->kind == FUNCTION_TOP && !fn->parent) flags |= CODE_TOP_LEVEL;
    return flags;
}

CodeObj *emit_function(Compiler *c, Function *fn) {
    Emitter e = {.c = c, .fn = fn};
    code_begin(&e.code, c->vm);
    e.code.line = fn->line;
    e.code.column = fn->column;
    e.scopes = ARENA_ARRAY(&c->arena, ScopeDescriptor, fn->eval_site_count);
    uint32_t self_count = fn->self ? 1 : 0;
    take_registers(&e, fn->params.count + self_count);
    for (uint32_t i = 0; i < fn->params.count + self_count; i++) mark_variable(&e, i, true);
    for (uint32_t i = 0; i < fn->params.count; i++) {
        if (fn->params.items[i].var) fn->params.items[i].var->reg = (int16_t)(i + self_count);
    }
    if (fn->error) {
        emit_error_body(&e);
    } else {
        emit_body(&e);
    }
    CodeObj *code = code_make(c->vm);
    code->name = fn->name;
    code->file = c->file;
    code->module = c->module;
    code->flags = code_flags(fn);
    code->line = fn->line;
    code->column = fn->column;
    code->metadata = fn->metadata;
    code->signature = signature_of(c, fn);
    code->slot_count = (uint16_t)(e.slot_count ? e.slot_count : 1);
    fill_params(c, code, &fn->params, fn->self != NULL);
    code->required_count = code->param_count;
    fill_captures(&e, code);
    fill_scopes(&e, code);
    if (e.code.too_large) analyze_error(c, ERR_COMPILE_LIMIT, "function '%s' is too large", fn->name->text);
    code_finish(&e.code, code);
    return code;
}

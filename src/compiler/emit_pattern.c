/* emit_pattern.c — destructuring, and what a function does with its arguments before its body. */
#include "compiler/emit.h"

void fill_params(Compiler *c, CodeObj *code, const ParamList *params, bool has_self) {
    uint32_t count = params->count + (has_self ? 1 : 0);
    code->param_count = (uint16_t)count;
    if (count == 0) return;
    code->params = heap_alloc_buffer(c->vm, count * sizeof *code->params);
    uint32_t used = 0;
    if (has_self) code->params[used++] = (Param){SYM(c->vm, SELF), PARAM_REQUIRED, 0};
    for (uint32_t i = 0; i < params->count; i++) {
        const ParamSpec *item = &params->items[i];
        code->params[used] = (Param){item->name, item->kind, (uint8_t)used};
        used++;
    }
}

/* The value in `reg`, or the default when it is unset. */
static void emit_default(Emitter *e, Expr *fallback, uint32_t reg) {
    if (!fallback) return;
    JumpList given = 0;
    code_jump_if(&e->code, OP_JSET, reg, 0, &given);
    emit_value(e, fallback, (int)reg);
    code_patch(&e->code, &given);
}

static Value pattern_code(Emitter *e, const ParamList *items) {
    CodeObj *code = code_make(e->c->vm);
    code->name = SYM(e->c->vm, UNNAMED);
    code->file = e->c->file;
    code->module = e->c->module;
    code->line = e->code.line;
    code->column = e->code.column;
    fill_params(e->c, code, items, false);
    code->slot_count = code->param_count;
    code->required_count = code->param_count;
    return value_pointer(code);
}

static void emit_array_pattern(Emitter *e, const ParamList *items, uint32_t reg) {
    uint32_t parts = take_registers(e, 2);
    code_load_constant(&e->code, parts, pattern_code(e, items));
    code_abc(&e->code, OP_MOVE, parts + 1, reg, 0);
    emit_intrinsic_call(e, INTRINSIC_DESTRUCTURE, parts, 2);
    for (uint32_t i = 0; i < items->count; i++) {
        const ParamSpec *item = &items->items[i];
        if (!item->var && !item->nested) continue;
        e->top = parts + 1;
        Var *var = item->var;
        bool is_direct = var && !var->is_module && !(var->captured && var->early);
        uint32_t value = is_direct ? (uint32_t)var->reg : take_registers(e, 1);
        code_abc(&e->code, OP_GETIDX, value, parts, 0);
        code_extra(&e->code, i);
        emit_default(e, item->fallback, value);
        if (item->nested) emit_pattern(e, item->nested, value);
        if (var) bind_variable(e, var, value);
    }
}

void emit_pattern(Emitter *e, Pattern *pattern, uint32_t reg) {
    uint32_t top = e->top;
    if (!pattern->is_map) {
        emit_array_pattern(e, &pattern->items, reg);
        e->top = top;
        return;
    }
    for (uint32_t i = 0; i < pattern->items.count; i++) {
        const ParamSpec *item = &pattern->items.items[i];
        if (!item->var) continue;
        uint32_t value = take_registers(e, 1);
        code_abc(&e->code, OP_GETPROP, value, reg, 0);
        code_extra(&e->code, code_symbol(&e->code, item->name));
        code_extra(&e->code, code_cache(&e->code));
        bind_variable(e, item->var, value);
        e->top = top;
    }
}

void emit_enum_test(Emitter *e, const EnumPattern *pattern, uint32_t reg, JumpList *list) {
    uint32_t top = e->top;
    uint32_t constant = UINT32_MAX;
    if (pattern->known) constant = code_constant(&e->code, value_pointer(pattern->known));
    if (constant <= UINT16_MAX) {
        code_jump_if(&e->code, OP_JNVARK, reg, constant, list);
        return;
    }
    uint32_t head = take_registers(e, 2);
    if (pattern->known) {
        code_load_constant(&e->code, head, value_pointer(pattern->known));
    } else {
        emit_value(e, pattern->head, (int)head);
        code_load_constant(&e->code, head + 1, value_small_int(pattern->count));
        emit_intrinsic_call(e, INTRINSIC_ENUM_PATTERN, head, 2);
    }
    code_jump_if(&e->code, OP_JNVAR, reg, head, list);
    e->top = top;
}

void emit_enum_binders(Emitter *e, const EnumPattern *pattern, uint32_t reg) {
    uint32_t top = e->top;
    for (uint32_t i = 0; i < pattern->count; i++) {
        Var *var = pattern->vars[i];
        if (!var) continue;
        uint32_t value = var->captured && var->early ? take_registers(e, 1) : (uint32_t)var->reg;
        code_abc(&e->code, OP_GETFIELD, value, reg, i);
        bind_variable(e, var, value);
        e->top = top;
    }
}

void emit_prologue(Emitter *e) {
    const Function *fn = e->fn;
    uint32_t self_count = fn->self ? 1 : 0;
    for (uint32_t i = 0; i < fn->params.count; i++) {
        const ParamSpec *item = &fn->params.items[i];
        uint32_t reg = i + self_count;
        emit_default(e, item->fallback, reg);
        if (item->type) emit_check(e, reg, item->type, BOUNDARY_PARAMETER);
        if (item->field && fn->self) {
            code_abc(&e->code, OP_SETPROP, 0, reg, 0);
            code_extra(&e->code, code_symbol(&e->code, item->field));
            code_extra(&e->code, code_cache(&e->code));
        }
        if (item->nested) emit_pattern(e, item->nested, reg);
        if (item->var && item->var->captured) code_abc(&e->code, OP_NEWCELL, reg, 0, 0);
    }
}

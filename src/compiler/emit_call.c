/* emit_call.c — calls of functions, methods, super and classes.
 *
 * Keyword values are evaluated before positionals but sit behind them: their registers are taken first, leaving a
 * gap. Spreads and very long argument lists go through an array and a map instead. */
#include "compiler/emit.h"

static bool fits_block(const Arguments *arguments) {
    return !arguments->spreads_items && !arguments->spreads_entries &&
           arguments->item_count + arguments->entry_count <= BLOCK_MAX;
}

/* Into the registers from `top` on. */
static void emit_block(Emitter *e, const Arguments *arguments) {
    uint32_t first = e->top;
    if (arguments->entry_count == 0) {
        for (uint32_t i = 0; i < arguments->item_count; i++) {
            uint32_t reg = take_registers(e, 1);
            emit_value(e, arguments->items[i].value, (int)reg);
        }
        return;
    }
    take_registers(e, arguments->item_count);
    for (uint32_t i = 0; i < arguments->entry_count; i++) {
        uint32_t reg = take_registers(e, 1);
        emit_value(e, arguments->entries[i].value, (int)reg);
    }
    for (uint32_t i = 0; i < arguments->item_count; i++) {
        emit_value(e, arguments->items[i].value, (int)(first + i));
    }
}

static uint32_t keyword_names(Emitter *e, const Arguments *arguments) {
    Value names = array_make(e->c->vm, arguments->entry_count);
    for (uint32_t i = 0; i < arguments->entry_count; i++) {
        array_push(e->c->vm, array_of(names), value_pointer(arguments->entries[i].key));
    }
    return code_constant(&e->code, names);
}

static void emit_keywords_map(Emitter *e, uint32_t reg, const Arguments *arguments) {
    if (arguments->entry_count == 0) {
        code_load_constant(&e->code, reg, VAL_NIL);
    } else {
        emit_entries(e, reg, arguments, 1);
    }
}

/* A macro's own frame stays: it is how $caller_eval finds the caller. */
static bool is_tail_call(const Emitter *e, int target) {
    if (target != TARGET_RETURN || e->guarded > 0) return false;
    if (e->fn->flags & (CODE_GENERATOR | CODE_ASYNC | CODE_MACRO)) return false;
    return e->fn->kind == FUNCTION_PLAIN || e->fn->kind == FUNCTION_BLOCK || e->fn->kind == FUNCTION_METHOD;
}

/* In a function with a return type a tail call happens only if the callee checks as much. */
static void emit_checked_tail(Emitter *e, const Expr *x, uint32_t base, const Arguments *arguments) {
    uint32_t names = arguments->entry_count ? keyword_names(e, arguments) + 1 : 0;
    code_abc(&e->code, OP_TAILCHECKED, base, arguments->item_count, x->as.call.else_gene);
    code_extra(&e->code, names);
}

/* The call x of R[base] with these arguments. */
static void emit_arguments_and_call(Emitter *e, const Expr *x, const Arguments *arguments, uint32_t base,
                                    bool is_tail) {
    uint32_t else_gene = x->as.call.else_gene;
    if (!fits_block(arguments)) {
        uint32_t items = take_registers(e, 2);
        emit_keywords_map(e, items + 1, arguments);
        emit_items(e, items, 0, 0, arguments, 1);
        code_abc(&e->code, OP_CALLSPREAD, base, 0, else_gene);
        return;
    }
    emit_block(e, arguments);
    if (is_tail && e->fn->checks_result) {
        emit_checked_tail(e, x, base, arguments);
    } else if (arguments->entry_count == 0) {
        code_abc(&e->code, is_tail ? OP_TAILCALL : OP_CALL, base, arguments->item_count, else_gene);
    } else {
        uint32_t names = keyword_names(e, arguments);
        code_abc(&e->code, is_tail ? OP_TAILCALLKW : OP_CALLKW, base, arguments->item_count, else_gene);
        code_extra(&e->code, names);
    }
}

/* What the callee is decides between evaluated arguments and forms. A macro call is never a tail call: the frame it comes
 * from must be there for $caller_eval. */
static void emit_macro_call(Emitter *e, Expr *x, int target) {
    const MacroCall *macro = x->as.call.macro;
    enter_scope(e, macro->scope);
    uint32_t base = block_register(e, target);
    emit_value(e, x->as.call.callee, (int)base);
    uint32_t top = e->top;
    JumpList takes_forms = 0, end = 0;
    code_jump_if(&e->code, OP_JMACRO, base, 0, &takes_forms);
    emit_arguments_and_call(e, x, &x->as.call.arguments, base, is_tail_call(e, target));
    deliver(e, base, target);
    code_jump(&e->code, &end);
    e->top = top;
    code_patch(&e->code, &takes_forms);
    emit_arguments_and_call(e, x, &macro->forms, base, false);
    describe_site(e, macro->site);
    deliver(e, base, target);
    code_patch(&e->code, &end);
    leave_scope(e, macro->scope);
}

void emit_call(Emitter *e, Expr *x, int target) {
    if (x->as.call.macro) {
        emit_macro_call(e, x, target);
        return;
    }
    check_argument_count(e, x->as.call.callee, &x->as.call.arguments, false);
    uint32_t base = block_register(e, target);
    emit_value(e, x->as.call.callee, (int)base);
    emit_arguments_and_call(e, x, &x->as.call.arguments, base, is_tail_call(e, target));
    deliver(e, base, target);
}

/* --- methods -------------------------------------------------------------------------------------------- */

/* Name in R[base], receiver and arguments in an array, keywords in a map. The receiver is in R[base + 1]. */
static void emit_spread_method(Emitter *e, Expr *x, uint32_t base) {
    const Arguments *arguments = &x->as.call.arguments;
    uint32_t items = base + 1;
    take_registers(e, 1);
    if (x->as.call.dynamic) {
        emit_value(e, x->as.call.dynamic, (int)base);
        emit_intrinsic_call(e, INTRINSIC_METHOD_NAME, base, 1);
    } else {
        code_load_constant(&e->code, base, value_pointer(x->as.call.name));
    }
    emit_keywords_map(e, items + 1, arguments);
    emit_items(e, items, items, 1, arguments, 1);
    code_abc(&e->code, x->kind == EXPR_SUPER_CALL ? OP_SUPERSPREAD : OP_CALLMSPREAD, base, 0, 0);
}

static void emit_plain_method(Emitter *e, Expr *x, uint32_t base) {
    const Arguments *arguments = &x->as.call.arguments;
    emit_block(e, arguments);
    uint32_t name = code_symbol(&e->code, x->as.call.name);
    if (x->kind == EXPR_SUPER_CALL) {
        code_abc(&e->code, OP_SUPER, base, arguments->item_count, 0);
        code_extra(&e->code, name);
        return;
    }
    bool has_keywords = arguments->entry_count > 0;
    uint32_t names = has_keywords ? keyword_names(e, arguments) : 0;
    code_abc(&e->code, has_keywords ? OP_CALLMKW : OP_CALLM, base, arguments->item_count, 0);
    code_extra(&e->code, name);
    code_extra(&e->code, code_cache(&e->code));
    if (has_keywords) code_extra(&e->code, names);
}

void emit_method_call(Emitter *e, Expr *x, int target) {
    const Arguments *arguments = &x->as.call.arguments;
    uint32_t base = block_register(e, target);
    uint32_t receiver = take_registers(e, 1);
    emit_value(e, x->as.call.callee, (int)receiver);
    bool is_plain =
        fits_block(arguments) && !x->as.call.dynamic && !(x->kind == EXPR_SUPER_CALL && arguments->entry_count > 0);
    if (is_plain) {
        emit_plain_method(e, x, base);
    } else {
        emit_spread_method(e, x, base);
    }
    deliver(e, base, target);
}

void emit_new(Emitter *e, Expr *x, int target) {
    const Arguments *arguments = &x->as.call.arguments;
    check_argument_count(e, x->as.call.callee, arguments, true);
    uint32_t base = block_register(e, target);
    emit_value(e, x->as.call.callee, (int)base);
    uint32_t second = take_registers(e, 1);
    if (!fits_block(arguments)) {
        take_registers(e, 1);
        emit_keywords_map(e, second + 1, arguments);
        emit_items(e, second, 0, 0, arguments, 1);
        code_abc(&e->code, OP_NEWSPREAD, base, 0, 0);
    } else {
        emit_block(e, arguments);
        bool has_keywords = arguments->entry_count > 0;
        uint32_t names = has_keywords ? keyword_names(e, arguments) : 0;
        code_abc(&e->code, has_keywords ? OP_NEWKW : OP_NEW, base, arguments->item_count, 0);
        if (has_keywords) code_extra(&e->code, names);
    }
    deliver(e, base, target);
}

/* bind.c — from arguments to parameter slots.
 * The common case (only required positionals, no keywords) never comes here: it is a count check at the call. */
#include "vm/bind.h"

/* State of one binding; `source` is where the arguments were moved to, above everything else on the stack: positionals,
 * keyword values, keyword names. (Whatever held the names may be a slot that a parameter gets.) */
typedef struct Binding {
    VM *vm;
    const CodeObj *code;
    const char *prefix;
    uint32_t source, count, keyword_count;
    uint32_t target;
    uint32_t uncounted;
    uint32_t next; /* next positional to hand out */
} Binding;

static Value *stack_at(Binding *b, uint32_t index) { return &b->vm->fiber->stack[index]; }

static bool raise_count(Binding *b, uint32_t expected) {
    vm_raise(b->vm, ERR_ARITY, "%sExpected %u arguments, got %u", b->prefix, expected - b->uncounted,
             b->count - b->uncounted);
    return false;
}

static Value keyword_value(Binding *b, uint32_t i) { return *stack_at(b, b->source + b->count + i); }
static SymbolObj *keyword_name(Binding *b, uint32_t i) {
    return symbol_of(*stack_at(b, b->source + b->count + b->keyword_count + i));
}

static int32_t find_keyword(Binding *b, const SymbolObj *name) {
    for (uint32_t i = 0; i < b->keyword_count; i++) {
        if (keyword_name(b, i) == name) return (int32_t)i;
    }
    return -1;
}

static bool has_keyword_param(const CodeObj *code, const SymbolObj *name) {
    for (uint32_t i = 0; i < code->param_count; i++) {
        ParamKind kind = code->params[i].kind;
        if ((kind == PARAM_KEYWORD || kind == PARAM_KEYWORD_OPTIONAL) && code->params[i].name == name) return true;
    }
    return false;
}

/* Positionals that parameters after `index` need (required) or could take (all but rest). */
static uint32_t positionals_after(const CodeObj *code, uint32_t index, bool required_only) {
    uint32_t count = 0;
    for (uint32_t i = index + 1; i < code->param_count; i++) {
        ParamKind kind = code->params[i].kind;
        if (kind == PARAM_REQUIRED || (kind == PARAM_OPTIONAL && !required_only)) count++;
    }
    return count;
}

static void bind_rest(Binding *b, uint32_t index, uint32_t slot) {
    uint32_t reserved = positionals_after(b->code, index, false);
    uint32_t available = b->count - b->next;
    uint32_t take = available > reserved ? available - reserved : 0;
    Value rest = array_make(b->vm, take);
    array_append(b->vm, array_of(rest), stack_at(b, b->source + b->next), take);
    b->next += take;
    *stack_at(b, slot) = rest;
}

static void bind_keyword_rest(Binding *b, uint32_t slot) {
    *stack_at(b, slot) = map_make(b->vm);
    for (uint32_t i = 0; i < b->keyword_count; i++) {
        if (has_keyword_param(b->code, keyword_name(b, i))) continue;
        map_set(b->vm, map_of(*stack_at(b, slot)), keyword_name(b, i), keyword_value(b, i));
    }
}

static bool bind_parameter(Binding *b, uint32_t index, bool *io_keyword_rest) {
    const Param *param = &b->code->params[index];
    uint32_t slot = b->target + param->slot;
    switch (param->kind) {
    case PARAM_REQUIRED:
        if (b->next >= b->count) return raise_count(b, index + 1);
        *stack_at(b, slot) = *stack_at(b, b->source + b->next++);
        return true;
    case PARAM_OPTIONAL:
        if (b->count - b->next > positionals_after(b->code, index, true)) {
            *stack_at(b, slot) = *stack_at(b, b->source + b->next++);
        } else {
            *stack_at(b, slot) = VAL_UNSET;
        }
        return true;
    case PARAM_REST: bind_rest(b, index, slot); return true;
    case PARAM_KEYWORD:
    case PARAM_KEYWORD_OPTIONAL: {
        int32_t found = find_keyword(b, param->name);
        if (found >= 0) {
            *stack_at(b, slot) = keyword_value(b, (uint32_t)found);
        } else if (param->kind == PARAM_KEYWORD_OPTIONAL) {
            *stack_at(b, slot) = VAL_UNSET;
        } else {
            vm_raise(b->vm, ERR_KEYWORD, "%sMissing keyword argument: %s", b->prefix, param->name->text);
            return false;
        }
        return true;
    }
    case PARAM_KEYWORD_REST:
        bind_keyword_rest(b, slot);
        *io_keyword_rest = true;
        return true;
    }
    return true;
}

bool bind_arguments(VM *vm, const CodeObj *code, const Arguments *arguments, uint32_t target, const char *prefix) {
    Fiber *fiber = vm->fiber;
    uint32_t keyword_count = arguments->keyword_count;
    uint32_t total = arguments->count + keyword_count;
    uint32_t first_free = target + code->slot_count;
    if (first_free < arguments->base + total) first_free = arguments->base + total;
    uint32_t top = fiber->top;
    if (first_free < top) first_free = top;
    ENSURE(first_free <= fiber->capacity, "the caller has made room for the parameters");
    fiber->top = first_free;
    if (!fiber_reserve(vm, fiber, total + keyword_count)) return fiber->top = top, false;
    Value *moved = fiber->stack + first_free;
    memcpy(moved, fiber->stack + arguments->base, total * sizeof(Value));
    if (keyword_count) memcpy(moved + total, arguments->keyword_names, keyword_count * sizeof(Value));
    fiber->top = first_free + total + keyword_count;
    /* The slots are scanned while rest parameters allocate: no stale words may be among them. */
    for (uint32_t i = 0; i < code->param_count; i++) fiber->stack[target + code->params[i].slot] = VAL_NIL;
    Binding b = {vm, code, prefix, first_free, arguments->count, keyword_count, target, arguments->uncounted, 0};
    bool keyword_rest = false;
    bool ok = true;
    for (uint32_t i = 0; ok && i < code->param_count; i++) ok = bind_parameter(&b, i, &keyword_rest);
    if (ok && !keyword_rest) {
        for (uint32_t i = 0; ok && i < b.keyword_count; i++) {
            if (has_keyword_param(code, keyword_name(&b, i))) continue;
            vm_raise(vm, ERR_KEYWORD, "%sUnexpected keyword argument: %s", prefix, keyword_name(&b, i)->text);
            ok = false;
        }
    }
    if (ok && b.next < b.count && !(code->flags & CODE_NO_PARAMS)) ok = raise_count(&b, b.next);
    fiber->top = top;
    return ok;
}

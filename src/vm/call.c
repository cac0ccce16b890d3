/* call.c — calling anything callable, and method lookup (language 03 §3.4, 20 §3–6).
 * Invariants: the callee's slot stack[base-1] is scratch; arguments stand at stack[base…]; a pushed frame's registers
 * begin at `base`. */
#include "vm/call.h"

#include "compiler/opcodes.h"
#include "vm/adapter.h"
#include "vm/bind.h"
#include "vm/generator.h"
#include "vm/suggest.h"
#include "vm/variant.h"

#define METHOD_MISSING_DEPTH_MAX 32

Value vm_find_method(VM *vm, Value receiver, const SymbolObj *name) {
    return class_find_method(class_of(vm, receiver), name, NULL);
}

bool is_callable(VM *vm, Value value) {
    if (!is_object(value)) return false;
    switch (obj_type_of(value)) {
    case OBJ_FUNCTION:
    case OBJ_BLOCK:
    case OBJ_NATIVE:
    case OBJ_BOUND_METHOD:
    case OBJ_INTERCEPTOR:
    case OBJ_INTERCEPTION:
    case OBJ_VARIANT:
    case OBJ_CLASS:
    case OBJ_INTERFACE: return true;
    case OBJ_INSTANCE: return class_find_method(instance_of(value)->class_, SYM(vm, CALL), NULL) != VAL_UNSET;
    default: return false;
    }
}

static CallResult raise_not_callable(VM *vm, Value callee, uint32_t count, uint32_t keyword_count) {
    if (is_instance(callee)) {
        vm_raise(vm, ERR_NOT_CALLABLE, "Instance of %s is not callable (no 'call' method)",
                 instance_of(callee)->class_->name->text);
    } else {
        const char *variant = keyword_count ? "Kw" : count == 0 ? "0" : count == 1 ? "1" : "";
        vm_raise(vm, ERR_NOT_CALLABLE, "IkUnifiedCall%s requires a callable, got %s", variant, kind_name(callee));
        suggest_callee(vm, callee);
    }
    return CALL_RAISED;
}

/* What the call at which the top frame stands says of its callee; natives that call end up here too. Any word before pc may
 * belong to the instruction before. */
static GeneCallee callee_of_frame(const VM *vm, Value callee, const Arguments *a) {
    const Fiber *fiber = vm->fiber;
    if (fiber->frame_count == 0) return CALLEE_MUST;
    const Frame *frame = &fiber->frames[fiber->frame_count - 1];
    if (frame->pc < 2) return CALLEE_MUST;
    const uint32_t *last = frame->code->words + frame->pc - 1;
    uint32_t op = INSTR_OP(*last), earlier = INSTR_OP(last[-1]);
    bool has_keywords = a->keyword_count > 0;
    uint32_t word = 0;
    if (has_keywords ? op == OP_CALLSPREAD && INSTR_C(*last)
                     : op == OP_CALLSPREAD || op == OP_CALL || op == OP_TAILCALL)
        word = *last;
    else if (earlier == OP_TAILCHECKED || (has_keywords && (earlier == OP_CALLKW || earlier == OP_TAILCALLKW)))
        word = last[-1];
    if (word == 0 || INSTR_A(word) >= frame->code->slot_count) return CALLEE_MUST;
    return fiber->stack[frame->base + INSTR_A(word)] == callee ? (GeneCallee)INSTR_C(word) : CALLEE_MUST;
}

/* A callee that is no name and no callable is the type of a new gene (language 03 §3.4). */
static CallResult call_data(VM *vm, Value callee, const Arguments *a, uint32_t result_slot) {
    GeneCallee kind = is_instance(callee) ? CALLEE_MUST : callee_of_frame(vm, callee, a);
    if (kind == CALLEE_MUST || (kind == CALLEE_FOUND && (callee == VAL_NIL || callee == VAL_VOID))) {
        return raise_not_callable(vm, callee, a->count, a->keyword_count);
    }
    Fiber *fiber = vm->fiber;
    uint32_t top = fiber->top, end = a->base + a->count + a->keyword_count;
    if (fiber->top < end) fiber->top = end;
    uint32_t scope = roots_open(vm);
    uint32_t root = root_push(vm, node_make(vm, callee));
    for (uint32_t i = 0; i < a->keyword_count; i++) {
        node_set_prop(vm, node_of(root_get(vm, root)), symbol_of(a->keyword_names[i]),
                      fiber->stack[a->base + a->count + i]);
    }
    for (uint32_t i = 0; i < a->count; i++) node_push(vm, node_of(root_get(vm, root)), fiber->stack[a->base + i]);
    Value node = root_get(vm, root);
    roots_close(vm, scope);
    fiber->top = top;
    fiber->stack[result_slot] = node;
    return CALL_VALUE;
}

static bool check_native_arity(VM *vm, const NativeDef *def, uint32_t count, uint32_t keyword_count) {
    uint32_t receiver = def->flags & NATIVE_METHOD ? 1 : 0;
    if (keyword_count && !(def->flags & NATIVE_KEYWORDS)) {
        vm_raise(vm, ERR_KEYWORD, "%s takes no keyword arguments; write %s", def->name, def->signature);
        return false;
    }
    if (count < (uint32_t)def->min_args + receiver) {
        vm_raise(vm, ERR_ARGUMENT, "%s requires %d argument%s; write %s", def->name, def->min_args,
                 def->min_args == 1 ? "" : "s", def->signature);
        return false;
    }
    return true;
}

static CallResult call_native(VM *vm, Value callee, const Arguments *a, uint32_t result_slot) {
    const NativeDef *def = native_of(callee)->def;
    if (!check_native_arity(vm, def, a->count, a->keyword_count)) return CALL_RAISED;
    Args args = {a->base, a->count, a->keyword_count, a->keyword_names, callee};
    if (def->flags & NATIVE_REENTRANT) {
        vm->pending_native = def;
        vm->pending_args = args;
        vm->pending_slot = result_slot;
        return CALL_NATIVE;
    }
    Fiber *fiber = vm->fiber;
    uint32_t top = fiber->top;
    uint32_t end = a->base + a->count + a->keyword_count;
    if (fiber->top < end) fiber->top = end;
    vm->native_slot = result_slot;
    Value out = VAL_NIL;
    NativeResult result = def->fn(vm, &args, &out);
    if (result != NATIVE_FRAME) fiber->top = top;
    return native_outcome(vm, result, out, result_slot);
}

NativeResult native_after_call(VM *vm, CallResult result, uint32_t slot, Value *out) {
    switch (result) {
    case CALL_FRAME: return NATIVE_FRAME;
    case CALL_VALUE: *out = vm->fiber->stack[slot]; return NATIVE_RETURN;
    case CALL_NATIVE: return NATIVE_CALL;
    case CALL_SWITCH: *out = vm->fiber->stack[slot]; return NATIVE_SWITCH;
    case CALL_WAIT: *out = vm->wait_for; return NATIVE_WAIT;
    case CALL_RAISED: break;
    }
    return NATIVE_RAISE;
}

CallResult native_outcome(VM *vm, NativeResult result, Value out, uint32_t result_slot) {
    switch (result) {
    case NATIVE_RETURN: vm->fiber->stack[result_slot] = out; return CALL_VALUE;
    case NATIVE_RAISE: return CALL_RAISED;
    case NATIVE_FRAME: return CALL_FRAME;
    case NATIVE_CALL: return CALL_NATIVE;
    case NATIVE_SWITCH: vm->fiber->stack[result_slot] = out; return CALL_SWITCH;
    case NATIVE_WAIT:
        vm->wait_for = out;
        vm->fiber->resume_slot = result_slot;
        return CALL_WAIT;
    }
    return CALL_RAISED;
}

static CallResult push_frame(VM *vm, FunctionObj *fn, uint32_t base, uint32_t result_slot, uint32_t flags) {
    Fiber *fiber = vm->fiber;
    uint32_t needed = base + fn->code->slot_count;
    if (needed > fiber->top && !fiber_reserve(vm, fiber, needed - fiber->top)) return CALL_RAISED;
    if (fiber->top < needed) fiber->top = needed; /* making room for a frame may collect */
    if (!fiber_reserve_frame(vm, fiber)) return CALL_RAISED;
    fiber->top = needed;
    fiber->frames[fiber->frame_count++] = (Frame){
        .fn = fn, .code = fn->code, .pc = 0, .base = base, .result = result_slot, .flags = flags, .generator = NULL};
    return CALL_FRAME;
}

static CallResult call_function(VM *vm, Value callee, const Arguments *a, uint32_t result_slot, uint32_t flags) {
    FunctionObj *fn = function_of(callee);
    CodeObj *code = fn->code;
    if ((code->flags & CODE_ASYNC) && !(code->flags & CODE_GENERATOR) && !(flags & FRAME_ASYNC_BODY)) {
        Value task;
        if (!vm->hooks.spawn_inline(vm, callee, a->base, a->count, a->keyword_names, a->keyword_count, &task)) {
            return CALL_RAISED;
        }
        vm->fiber->stack[result_slot] = task;
        return CALL_SWITCH;
    }
    Fiber *fiber = vm->fiber;
    uint32_t top = fiber->top;
    uint32_t end = a->base + a->count + a->keyword_count;
    uint32_t needed = a->base + code->slot_count;
    if (needed < end) needed = end;
    if (needed > fiber->top && !fiber_reserve(vm, fiber, needed - fiber->top)) return CALL_RAISED;
    bool is_bound = (code->flags & CODE_SIMPLE) && a->keyword_count == 0 && a->count == code->required_count;
    if (!is_bound) {
        fiber->top = top < needed ? needed : top;
        root_push(vm, callee); /* a parameter may get the slot that held it */
        bool ok = bind_arguments(vm, code, a, a->base, "");
        fiber->top = top;
        if (!ok) return CALL_RAISED;
    }
    if (code->flags & CODE_GENERATOR) {
        if (fiber->top < needed) fiber->top = needed;
        Value generator = generator_make(vm, fn, a->base);
        fiber->top = top;
        fiber->stack[result_slot] = generator;
        return CALL_VALUE;
    }
    return push_frame(vm, fn, a->base, result_slot, flags & ~(uint32_t)FRAME_ASYNC_BODY);
}

/* Puts a receiver in front of the arguments, in the callee's slot; the callee moves behind them. */
static Arguments with_receiver(VM *vm, const Arguments *a, Value receiver, Value callee) {
    Fiber *fiber = vm->fiber;
    uint32_t end = a->base + a->count + a->keyword_count;
    if (fiber->top < end) fiber->top = end;
    root_push(vm, callee);
    fiber->stack[a->base - 1] = receiver;
    return (Arguments){a->base - 1, a->count + 1, a->keyword_names, a->keyword_count, 0};
}

/* The arguments behind a receiver, copied above everything else: an intercepted method is called with its instance where the
 * callee would stand. */
static bool move_above(VM *vm, const Arguments *a, Value receiver, Arguments *out_moved) {
    Fiber *fiber = vm->fiber;
    uint32_t total = a->count + a->keyword_count;
    if (fiber->top < a->base + total) fiber->top = a->base + total;
    root_push(vm, receiver);
    uint32_t base = fiber->top;
    if (!fiber_reserve(vm, fiber, total + 1)) return false;
    fiber->stack[base] = receiver;
    if (total) memcpy(fiber->stack + base + 1, fiber->stack + a->base, total * sizeof(Value));
    fiber->top = base + 1 + total;
    *out_moved = (Arguments){base, a->count + 1, a->keyword_names, a->keyword_count, 0};
    return true;
}

CallResult vm_construct(VM *vm, Value callee, uint32_t base, uint32_t count, const Value *keyword_names,
                        uint32_t keyword_count, uint32_t result_slot, uint32_t flags) {
    Fiber *fiber = vm->fiber;
    if (!is_class(callee)) {
        vm_raise(vm, ERR_OOP, "new requires a class, got %s", kind_name(callee));
        return CALL_RAISED;
    }
    ClassObj *class_ = class_of_value(callee);
    Arguments a = {base, count + 1, keyword_names, keyword_count, 1};
    if (is_obj_type(class_->ctor, OBJ_NATIVE)) {
        fiber->stack[base] = callee;
        return call_native(vm, class_->ctor, &a, result_slot);
    }
    uint32_t top = fiber->top;
    uint32_t end = base + a.count + keyword_count;
    if (fiber->top < end) fiber->top = end;
    fiber->stack[base] = callee; /* keeps the class until the instance does */
    Value instance = instance_make(vm, class_);
    fiber->top = top;
    fiber->stack[base] = instance;
    if (class_->ctor == VAL_NIL) {
        fiber->stack[result_slot] = instance;
        return CALL_VALUE;
    }
    return call_function(vm, class_->ctor, &a, result_slot, flags | FRAME_NEW);
}

static CallResult call_with(VM *vm, Value callee, const Arguments *a, uint32_t result_slot, uint32_t flags) {
    if (!is_object(callee)) return call_data(vm, callee, a, result_slot);
    switch (obj_type_of(callee)) {
    case OBJ_FUNCTION:
    case OBJ_BLOCK: return call_function(vm, callee, a, result_slot, flags);
    case OBJ_NATIVE: return call_native(vm, callee, a, result_slot);
    case OBJ_BOUND_METHOD: {
        BoundMethodObj *bound = bound_method_of(callee);
        Arguments shifted = with_receiver(vm, a, bound->receiver, callee);
        return call_with(vm, bound->method, &shifted, result_slot, flags);
    }
    case OBJ_CLASS: {
        vm->fiber->stack[a->base - 1] = callee;
        return vm_construct(vm, callee, a->base - 1, a->count, a->keyword_names, a->keyword_count, result_slot, flags);
    }
    case OBJ_INTERFACE: {
        Value ctor;
        if (!adapter_apply(vm, interface_of(callee), a, &ctor)) return CALL_RAISED;
        Arguments with_self = *a;
        with_self.uncounted = 1;
        if (ctor != VAL_NIL) return call_function(vm, ctor, &with_self, result_slot, flags | FRAME_NEW);
        vm->fiber->stack[result_slot] = vm->fiber->stack[a->base];
        return CALL_VALUE;
    }
    case OBJ_SELECTOR:
    case OBJ_INTERCEPTOR:
    case OBJ_INTERCEPTION: {
        Arguments moved;
        Value method = class_find_method(class_of(vm, callee), SYM(vm, CALL), NULL);
        if (!move_above(vm, a, callee, &moved)) return CALL_RAISED;
        return call_with(vm, method, &moved, result_slot, flags);
    }
    case OBJ_VARIANT:
        return variant_construct(vm, callee, a->base, a->count, a->keyword_names, a->keyword_count, result_slot);
    case OBJ_INSTANCE: {
        Value method = class_find_method(instance_of(callee)->class_, SYM(vm, CALL), NULL);
        if (method == VAL_UNSET) break;
        Arguments shifted = with_receiver(vm, a, callee, callee);
        return call_with(vm, method, &shifted, result_slot, flags);
    }
    default: break;
    }
    return call_data(vm, callee, a, result_slot);
}

CallResult vm_call(VM *vm, Value callee, uint32_t base, uint32_t count, const Value *keyword_names,
                   uint32_t keyword_count, uint32_t result_slot, uint32_t frame_flags) {
    Arguments a = {base, count, keyword_names, keyword_count, 0};
    return call_with(vm, callee, &a, result_slot, frame_flags);
}

CallResult vm_tail_call(VM *vm, Value callee, uint32_t a, uint32_t count, const Value *keyword_names,
                        uint32_t keyword_count) {
    Fiber *fiber = vm->fiber;
    Frame *frame = &fiber->frames[fiber->frame_count - 1];
    uint32_t base = frame->base, first = base + a + 1;
    bool replaceable = is_function(callee) && (frame->flags & ~(uint32_t)FRAME_ENTRY) == 0 &&
                       (function_of(callee)->code->flags & (CODE_GENERATOR | CODE_ASYNC)) == 0;
    if (!replaceable) return vm_call(vm, callee, first, count, keyword_names, keyword_count, base + a, 0);
    FunctionObj *fn = function_of(callee);
    CodeObj *code = fn->code;
    uint32_t needed = base + code->slot_count;
    if (needed > fiber->top && !fiber_reserve(vm, fiber, needed - fiber->top)) return CALL_RAISED;
    Arguments arguments = {first, count, keyword_names, keyword_count, 0};
    if ((code->flags & CODE_SIMPLE) && keyword_count == 0 && count == code->required_count) {
        memmove(fiber->stack + base, fiber->stack + first, count * sizeof(Value));
    } else {
        uint32_t top = fiber->top;
        if (fiber->top < needed) fiber->top = needed;
        root_push(vm, callee); /* a parameter may get the slot that held it */
        bool ok = bind_arguments(vm, code, &arguments, base, "");
        fiber->top = top;
        if (!ok) return CALL_RAISED;
    }
    frame = &fiber->frames[fiber->frame_count - 1];
    frame->fn = fn;
    frame->code = code;
    frame->pc = 0;
    fiber->top = needed;
    return CALL_FRAME;
}

/* --- methods -------------------------------------------------------------------------------------------------- */

static bool is_listed_kind(Value receiver) {
    if (!is_object(receiver)) return false;
    switch (obj_type_of(receiver)) {
    case OBJ_STR:
    case OBJ_ARRAY:
    case OBJ_MAP:
    case OBJ_NODE:
    case OBJ_RANGE:
    case OBJ_FUNCTION:
    case OBJ_BOUND_METHOD:
    case OBJ_BLOCK:
    case OBJ_NAMESPACE:
    case OBJ_FUTURE:
    case OBJ_TASK:
    case OBJ_GENERATOR: return true;
    case OBJ_NATIVE: return !(native_of(receiver)->def->flags & NATIVE_FORM);
    default: return false;
    }
}

CallResult vm_raise_no_method(VM *vm, Value receiver, const SymbolObj *name, uint32_t keyword_count) {
    if (is_instance(receiver) || is_obj_type(receiver, OBJ_ITERATOR)) {
        vm_raise(vm, ERR_METHOD_NOT_FOUND, "Method %s not found on instance", name->text);
    } else if (is_adapter(receiver)) {
        vm_raise(vm, ERR_METHOD_NOT_FOUND, "Method %s not found on Adapter", name->text);
    } else if (is_enum_value(receiver) && keyword_count == 0) {
        vm_raise(vm, ERR_METHOD_NOT_FOUND, "Variant %s has no field %s", enum_value_of(receiver)->variant->name->text,
                 name->text);
    } else if (keyword_count) {
        vm_raise(vm, ERR_UNSUPPORTED_CALL, "Unified method call with keywords not supported for %s",
                 kind_name(receiver));
    } else if (is_listed_kind(receiver)) {
        vm_raise(vm, ERR_METHOD_NOT_FOUND, "Method %s not found on %s", name->text, kind_name(receiver));
    } else {
        vm_raise(vm, ERR_UNSUPPORTED_CALL, "Unified method call not supported for %s", kind_name(receiver));
    }
    if (!keyword_count) suggest_method(vm, receiver, name);
    return CALL_RAISED;
}

/* on_method_missing of the class chain: (handler self name args…). */
static CallResult call_missing(VM *vm, Value handler, const SymbolObj *name, const Arguments *a, uint32_t result_slot,
                               uint32_t flags) {
    Fiber *fiber = vm->fiber;
    uint32_t depth = 0;
    for (uint32_t i = fiber->frame_count; i > 0 && depth <= METHOD_MISSING_DEPTH_MAX; i--) {
        if (fiber->frames[i - 1].fn != function_of(handler)) break;
        depth++;
    }
    if (depth > METHOD_MISSING_DEPTH_MAX) {
        vm_raise(vm, ERR_OOP, "on_method_missing recursion limit exceeded while resolving '%s'", name->text);
        return CALL_RAISED;
    }
    uint32_t total = a->count + a->keyword_count;
    uint32_t end = a->base + total;
    if (fiber->top < end) fiber->top = end;
    uint32_t base = fiber->top + 1;
    if (!fiber_reserve(vm, fiber, total + 2)) return CALL_RAISED;
    Value *stack = fiber->stack;
    stack[base - 1] = VAL_NIL;
    stack[base] = stack[a->base];
    stack[base + 1] = value_pointer(name);
    memcpy(stack + base + 2, stack + a->base + 1, (total - 1) * sizeof(Value));
    fiber->top = base + total + 1;
    Arguments moved = {base, a->count + 1, a->keyword_names, a->keyword_count, 0};
    return call_with(vm, handler, &moved, result_slot, flags);
}

CallResult vm_call_found(VM *vm, Value method, SymbolObj *name, uint32_t base, uint32_t count,
                         const Value *keyword_names, uint32_t keyword_count, uint32_t result_slot, uint32_t flags) {
    Fiber *fiber = vm->fiber;
    Arguments a = {base, count, keyword_names, keyword_count, 0};
    Value receiver = fiber->stack[base];
    if (UNLIKELY(is_enum_value(receiver)) && count == 1 && keyword_count == 0) {
        Value field = variant_get_field(receiver, name); /* before a method of that name */
        if (field != VAL_UNSET) {
            fiber->stack[result_slot] = field;
            return CALL_VALUE;
        }
    }
    if (method != VAL_UNSET) return call_with(vm, method, &a, result_slot, flags);
    if (receiver == VAL_NIL) {
        fiber->stack[result_slot] = VAL_NIL;
        return CALL_VALUE;
    }
    if (is_instance(receiver)) {
        if (count == 1 && keyword_count == 0) {
            Value field = instance_get(instance_of(receiver), name);
            if (field != VAL_UNSET) {
                fiber->stack[result_slot] = field;
                return CALL_VALUE;
            }
        }
        for (ClassObj *class_ = instance_of(receiver)->class_; class_; class_ = class_->parent) {
            if (class_->missing_method != VAL_NIL) {
                return call_missing(vm, class_->missing_method, name, &a, result_slot, flags);
            }
        }
    }
    if (is_unread(receiver) && keyword_count == 0) {
        return call_missing(vm, vm->unread_method, name, &a, result_slot, flags);
    }
    return vm_raise_no_method(vm, receiver, name, keyword_count);
}

CallResult vm_call_method(VM *vm, SymbolObj *name, uint32_t base, uint32_t count, const Value *keyword_names,
                          uint32_t keyword_count, uint32_t result_slot, uint32_t flags) {
    Value method = vm_find_method(vm, vm->fiber->stack[base], name);
    return vm_call_found(vm, method, name, base, count, keyword_names, keyword_count, result_slot, flags);
}

CallResult vm_call_super(VM *vm, FunctionObj *running, SymbolObj *name, uint32_t base, uint32_t count,
                         const Value *keyword_names, uint32_t keyword_count, uint32_t result_slot) {
    if (!running->home_class) {
        vm_raise(vm, ERR_OOP, "super requires an instance context");
        return CALL_RAISED;
    }
    ClassObj *parent = running->home_class->parent;
    if (!parent) {
        vm_raise(vm, ERR_OOP, "No parent class available for super");
        return CALL_RAISED;
    }
    Arguments a = {base, count, keyword_names, keyword_count, name == SYM(vm, CTOR)};
    if (name == SYM(vm, CTOR)) {
        if (!is_function(parent->ctor)) {
            vm_raise(vm, ERR_OOP, "Superclass constructor must be a function or native function");
            return CALL_RAISED;
        }
        return call_with(vm, parent->ctor, &a, result_slot, 0);
    }
    Value method = class_find_method(parent, name, NULL);
    if (method == VAL_UNSET) {
        vm_raise(vm, ERR_METHOD_NOT_FOUND, "Method '%s' not found in super class hierarchy", name->text);
        return CALL_RAISED;
    }
    return call_with(vm, method, &a, result_slot, 0);
}

bool vm_spread_arguments(VM *vm, Value callee_slot_value, Value array, Value keywords, SpreadCall *out_call) {
    Fiber *fiber = vm->fiber;
    uint32_t count = is_array(array) ? array_of(array)->count : 0;
    uint32_t keyword_count = is_map(keywords) ? map_of(keywords)->table.count : 0;
    if (!fiber_reserve(vm, fiber, count + keyword_count + 2)) return false;
    uint32_t base = fiber->top;
    Value *stack = fiber->stack;
    stack[base] = callee_slot_value;
    if (count) memcpy(stack + base + 1, array_of(array)->items, count * sizeof(Value));
    out_call->base = base + 1;
    out_call->count = count;
    out_call->keyword_count = keyword_count;
    out_call->keyword_names = NULL;
    if (keyword_count) {
        /* The names need an address that outlives the stack's moves: an array kept above the values. */
        fiber->top = base + 1 + count;
        const Table *table = &map_of(keywords)->table;
        uint32_t at = base + 1 + count;
        for (uint32_t i = table_next(table, 0); i < table->used; i = table_next(table, i + 1)) {
            stack[at++] = table->entries[i].value;
        }
        fiber->top = at;
        Value names = array_make(vm, keyword_count);
        for (uint32_t i = table_next(table, 0); i < table->used; i = table_next(table, i + 1)) {
            array_push(vm, array_of(names), table->entries[i].key);
        }
        fiber->stack[at] = names;
        out_call->keyword_names = array_of(names)->items;
        at++;
        fiber->top = at;
        return true;
    }
    fiber->top = base + 1 + count;
    return true;
}

bool vm_spread_method(VM *vm, Value name, Value array, Value keywords, SpreadCall *out_call) {
    if (is_array(array) && array_of(array)->count > 0) return vm_spread_arguments(vm, name, array, keywords, out_call);
    vm_raise(vm, ERR_OOP, "a method call needs a receiver"); /* only the code of an image has none */
    return false;
}

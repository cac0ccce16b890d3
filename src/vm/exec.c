/* exec.c — native code calling Gene code (SCH-4…SCH-6), and the driver that calls re-entrant natives.
 *
 * The functions here and the natives that call them directly are what Asyncify instruments: when Gene code below a native
 * waits, port_suspend_task() unwinds the C stack of its task up to the pump and later winds it back. run_loop is never on
 * that path: it has returned before anything suspends. */
#include "vm/call.h"

#define CSTACK_RESERVE 8192u /* bytes one more level of native code may need */

static uint32_t frame_top(const Fiber *fiber) {
    if (fiber->frame_count == 0) return fiber->top;
    const Frame *frame = &fiber->frames[fiber->frame_count - 1];
    return frame->base + frame->code->slot_count;
}

WASM_EXPORT(drive_native) LoopStatus drive_native(VM *vm) {
    Fiber *fiber = vm->fiber;
    const NativeDef *def = vm->pending_native;
    Args args = vm->pending_args;
    uint32_t slot = vm->pending_slot;
    uint32_t end = args.base + args.count + args.keyword_count;
    if (fiber->top < end) fiber->top = end;
    vm->native_slot = slot;
    Value out = VAL_NIL;
    NativeResult result = def->fn(vm, &args, &out);
    if (result != NATIVE_FRAME) fiber->top = frame_top(fiber);
    switch (native_outcome(vm, result, out, slot)) {
        case CALL_RAISED: return vm_unwind(vm) ? LOOP_FUEL : LOOP_RAISED;
        case CALL_WAIT: return LOOP_WAIT;
        case CALL_SWITCH: return LOOP_SWITCH;
        default: return LOOP_FUEL;
    }
}

/* Parks the running task until the scheduler resumes it; `status` says why, as from run_loop. False after raising when the
 * task has no C stack of its own (native work outside any task). */
static bool suspend(VM *vm, LoopStatus status) {
    if (!vm->current_cstack) {
        vm_raise(vm, ERR_WOULD_BLOCK, "cannot wait here: no task is running");
        return false;
    }
    vm->suspend_status = status;
    port_suspend_task(vm, vm->fiber->nesting + vm->fiber->recursion);
    return true;
}

/* Runs the loop until the entry frame ends: true with vm->result, false with vm->exception. */
static bool run_nested(VM *vm) {
    for (;;) {
        LoopStatus status = run_loop(vm);
        if (status == LOOP_NATIVE) status = drive_native(vm);
        switch (status) {
            case LOOP_DONE: return true;
            case LOOP_RAISED: return false;
            case LOOP_NATIVE: break;
            case LOOP_FUEL:
                if (vm->current_cstack && vm->hooks.should_yield && vm->hooks.should_yield(vm)) suspend(vm, status);
                break;
            case LOOP_WAIT:
            case LOOP_SWITCH:
                if (!suspend(vm, status)) {
                    vm->fiber->resume_value = vm_take_exception(vm);
                    vm->fiber->resume = RESUME_RAISE;
                }
                break;
        }
    }
}

/* After the suspension of a native that is itself the entry: what the scheduler left in the fiber. */
static bool take_resumption(VM *vm, Value *out_value) {
    Fiber *fiber = vm->fiber;
    ResumeKind kind = (ResumeKind)fiber->resume;
    Value value = fiber->resume_value;
    fiber->resume = RESUME_NONE;
    fiber->resume_value = VAL_NIL;
    if (kind == RESUME_RAISE) {
        vm_raise_exception(vm, value);
        return false;
    }
    if (kind == RESUME_FUTURE) {
        const FutureObj *future = future_of(value);
        if (future->state != FUTURE_SUCCESS) {
            vm_throw(vm, future->value);
            return false;
        }
        *out_value = future->value;
    }
    return true;
}

static bool finish_call(VM *vm, CallResult result, uint32_t slot, Value *out_value);
bool run_pending_native(VM *vm, uint32_t slot, Value *out_value);

/* A re-entrant native called from a native: no Gene frame stands between them. */
WASM_EXPORT(run_pending_native) bool run_pending_native(VM *vm, uint32_t slot, Value *out_value) {
    const NativeDef *def = vm->pending_native;
    Args args = vm->pending_args;
    Fiber *fiber = vm->fiber;
    uint32_t end = args.base + args.count + args.keyword_count;
    if (fiber->top < end) fiber->top = end;
    vm->native_slot = slot;
    Value out = VAL_NIL;
    NativeResult result = def->fn(vm, &args, &out);
    return finish_call(vm, native_outcome(vm, result, out, slot), slot, out_value);
}

static bool finish_call(VM *vm, CallResult result, uint32_t slot, Value *out_value) {
    Fiber *fiber = vm->fiber;
    switch (result) {
        case CALL_FRAME:
            fiber->frames[fiber->frame_count - 1].flags |= FRAME_ENTRY;
            if (!run_nested(vm)) return false;
            *out_value = vm->result;
            vm->result = VAL_NIL;
            return true;
        case CALL_VALUE: *out_value = fiber->stack[slot]; return true;
        case CALL_NATIVE: return run_pending_native(vm, slot, out_value);
        case CALL_WAIT:
            if (future_of(vm->wait_for)->state == FUTURE_PENDING) {
                if (!suspend(vm, LOOP_WAIT)) return false;
                return take_resumption(vm, out_value);
            }
            fiber->resume = RESUME_FUTURE;
            fiber->resume_value = vm->wait_for;
            return take_resumption(vm, out_value);
        case CALL_SWITCH: {
            if (!suspend(vm, LOOP_SWITCH)) return false;
            Value ignored;
            if (!take_resumption(vm, &ignored)) return false;
            *out_value = fiber->stack[slot];
            return true;
        }
        case CALL_RAISED: return false;
    }
    return false;
}

static bool enter(VM *vm) {
    Fiber *fiber = vm->fiber;
    if (vm->gene_forbidden) {
        vm_raise(vm, ERR_CONVERT, "no Gene method can be called while host data is converted");
        return false;
    }
    bool stack_low = vm->current_cstack && cstack_remaining(vm->current_cstack) < CSTACK_RESERVE;
    if (fiber->nesting >= vm->limits.nesting || stack_low) {
        vm_raise(vm, ERR_LIMIT_NESTING, "stack overflow: more than %u nested native calls (limits.nesting)",
                 fiber->nesting);
        return false;
    }
    fiber->nesting++;
    return true;
}

/* Callee and arguments are on the stack from `scope` on; pops them. */
static bool run_call(VM *vm, CallResult result, uint32_t scope, Value *out_value) {
    Fiber *fiber = vm->fiber;
    *out_value = VAL_NIL;
    bool ok = finish_call(vm, result, scope, out_value);
    fiber->nesting--;
    fiber->top = scope;
    return ok;
}

/* Pushes `head` values and argv, which may itself point into the stack that has to grow. */
static bool push_arguments(VM *vm, Value first, Value second, uint32_t head, const Value *argv, uint32_t argc) {
    Fiber *fiber = vm->fiber;
    bool inside = argv >= fiber->stack && argv < fiber->stack + fiber->capacity;
    size_t index = inside ? (size_t)(argv - fiber->stack) : 0;
    if (!fiber_reserve(vm, fiber, argc + head)) return false;
    if (inside) argv = fiber->stack + index;
    Value *target = fiber->stack + fiber->top;
    target[0] = first;
    if (head == 2) target[1] = second;
    if (argc) memcpy(target + head, argv, argc * sizeof(Value));
    fiber->top += head + argc;
    return true;
}

bool exec_callable(VM *vm, Value callee, const Value *argv, uint32_t argc, Value *out_value) {
    uint32_t scope = vm->fiber->top;
    if (!enter(vm)) return false;
    if (!push_arguments(vm, callee, VAL_NIL, 1, argv, argc)) return vm->fiber->nesting--, false;
    return run_call(vm, vm_call(vm, callee, scope + 1, argc, NULL, 0, scope, 0), scope, out_value);
}

bool exec_callable_keywords(VM *vm, Value callee, const Value *argv, uint32_t argc, Value keywords_map,
                            Value *out_value) {
    if (!is_map(keywords_map) || map_of(keywords_map)->table.count == 0) {
        return exec_callable(vm, callee, argv, argc, out_value);
    }
    uint32_t scope = vm->fiber->top;
    root_push(vm, callee);
    root_push(vm, keywords_map);
    uint32_t list = root_push(vm, array_from(vm, argv, argc));
    if (!enter(vm)) return roots_close(vm, scope), false;
    SpreadCall call;
    CallResult result = CALL_RAISED;
    if (vm_spread_arguments(vm, callee, root_get(vm, list), root_get(vm, scope + 1), &call)) {
        result = vm_call(vm, callee, call.base, call.count, call.keyword_names, call.keyword_count, scope, 0);
    }
    return run_call(vm, result, scope, out_value);
}

bool exec_method(VM *vm, Value receiver, SymbolObj *name, const Value *argv, uint32_t argc, Value *out_value) {
    uint32_t scope = vm->fiber->top;
    if (!enter(vm)) return false;
    if (!push_arguments(vm, VAL_NIL, receiver, 2, argv, argc)) return vm->fiber->nesting--, false;
    return run_call(vm, vm_call_method(vm, name, scope + 1, argc + 1, NULL, 0, scope, 0), scope, out_value);
}

bool exec_await(VM *vm, Value future, Value *out_value) {
    if (!is_future(future)) {
        *out_value = future;
        return true;
    }
    uint32_t scope = roots_open(vm);
    root_push(vm, future);
    vm->wait_for = future;
    vm->fiber->nesting++;
    bool ok = finish_call(vm, CALL_WAIT, scope, out_value);
    vm->fiber->nesting--;
    roots_close(vm, scope);
    return ok;
}

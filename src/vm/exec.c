/* exec.c — native code calling Gene code (SCH-4…SCH-6), and the driver that calls re-entrant natives.
 *
 * The functions here and the natives that call them directly are what Asyncify instruments: when Gene code below a native
 * waits, port_suspend_task() unwinds the C stack of its task up to the pump and later winds it back. run_loop is never on
 * that path: it has returned before anything suspends. */
#include "vm/call.h"

#define CSTACK_RESERVE 8192u /* bytes one more level of native code may need */
#define NATIVES_PER_LOOK 16u /* the loop starts with new fuel after each native, and might never run out of it */

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
    if (result != NATIVE_FRAME)
        fiber->top = frame_top(fiber);
    else if (fiber->frame_count == 1)
        fiber->frames[0].flags |= FRAME_ENTRY; /* of a task whose callee is the native */
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
    uint32_t native_count = 0;
    for (;;) {
        LoopStatus status = run_loop(vm);
        if (status == LOOP_NATIVE) {
            status = drive_native(vm);
            if (status == LOOP_FUEL && ++native_count % NATIVES_PER_LOOK) continue;
        }
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
            return fiber_take_resumption(vm, vm->fiber, out_value);
        }
        future_of(vm->wait_for)->observed = true;
        fiber->resume = RESUME_FUTURE;
        fiber->resume_value = vm->wait_for;
        return fiber_take_resumption(vm, vm->fiber, out_value);
    case CALL_SWITCH: {
        if (!suspend(vm, LOOP_SWITCH)) return false;
        Value ignored;
        if (!fiber_take_resumption(vm, vm->fiber, &ignored)) return false;
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
    bool stack_low = cstack_remaining(vm->current_cstack) < CSTACK_RESERVE;
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

/* Pushes two values and argv, which may itself point into the stack that has to grow. Does not collect: nothing of it need be
 * reachable. */
static void push_arguments(VM *vm, Value first, Value second, const Value *argv, uint32_t argc) {
    Fiber *fiber = vm->fiber;
    bool inside = argv && argv >= fiber->stack && argv < fiber->stack + fiber->capacity;
    size_t index = inside ? (size_t)(argv - fiber->stack) : 0;
    root_push(vm, first);
    root_push(vm, second);
    if (!argv || argc == 0) return;
    if (argc > fiber->capacity - fiber->top) fiber_grow(vm, fiber, fiber->top + argc);
    memcpy(fiber->stack + fiber->top, inside ? fiber->stack + index : argv, argc * sizeof(Value));
    fiber->top += argc;
}

bool exec_callable(VM *vm, Value callee, const Value *argv, uint32_t argc, Value *out_value) {
    uint32_t scope = vm->fiber->top;
    if (!enter(vm)) return *out_value = VAL_NIL, false;
    push_arguments(vm, VAL_NIL, callee, argv, argc);
    return run_call(vm, vm_call(vm, callee, scope + 2, argc, NULL, 0, scope, 0), scope, out_value);
}

bool exec_callable_keywords(VM *vm, Value callee, const Value *argv, uint32_t argc, Value keywords_map,
                            Value *out_value) {
    if (!is_map(keywords_map) || map_of(keywords_map)->table.count == 0) {
        return exec_callable(vm, callee, argv, argc, out_value);
    }
    uint32_t scope = vm->fiber->top;
    if (!enter(vm)) return *out_value = VAL_NIL, false;
    push_arguments(vm, keywords_map, callee, argv, argc);
    const Table *table = &map_of(keywords_map)->table;
    for (uint32_t i = 0; (i = table_next(table, i)) < table->used; i++) root_push(vm, table->entries[i].value);
    /* The map may be changed by the callee; and the names have to stay where they are while the stack moves. */
    Value names = array_make(vm, table->count);
    for (uint32_t i = 0; (i = table_next(table, i)) < table->used; i++) {
        array_push(vm, array_of(names), table->entries[i].key);
    }
    root_push(vm, names);
    CallResult result = vm_call(vm, callee, scope + 2, argc, array_of(names)->items, table->count, scope, 0);
    return run_call(vm, result, scope, out_value);
}

bool exec_method(VM *vm, Value receiver, SymbolObj *name, const Value *argv, uint32_t argc, Value *out_value) {
    uint32_t scope = vm->fiber->top;
    if (!enter(vm)) return *out_value = VAL_NIL, false;
    push_arguments(vm, VAL_NIL, receiver, argv, argc);
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

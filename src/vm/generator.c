/* generator.c — suspending and resuming the single frame of a generator.
 * Invariant: what `saved` holds counts while the state is suspended only; a running generator's registers are on the fiber
 * that resumed it. */
#include "vm/generator.h"

static inline GeneratorObj *generator_of(Value value) { return (GeneratorObj *)pointer_of(value); }

static void generator_trace(Heap *heap, Obj *object) {
    GeneratorObj *generator = (GeneratorObj *)object;
    heap_mark_object(heap, generator->fn);
    if (generator->state == GENERATOR_SUSPENDED && generator->saved) {
        heap_mark_values(heap, generator->saved, generator->saved_count);
    }
    heap_mark_value(heap, generator->buffered);
    heap_mark_value(heap, generator->handled);
}

static void generator_finalize(Heap *heap, Obj *object) {
    GeneratorObj *generator = (GeneratorObj *)object;
    if (generator->saved) heap_free_buffer(heap, generator->saved, generator->saved_count * sizeof(Value));
}

void generator_describe(Heap *heap) {
    static const ObjDescriptor descriptor = {generator_trace, generator_finalize};
    heap_describe(heap, OBJ_GENERATOR, &descriptor);
}

Value generator_make(VM *vm, FunctionObj *fn, uint32_t base) {
    uint32_t scope = roots_open(vm);
    root_push(vm, value_pointer(fn));
    GeneratorObj *generator = heap_alloc(vm, OBJ_GENERATOR, sizeof *generator);
    roots_close(vm, scope);
    generator->buffered = VAL_UNSET;
    generator->handled = VAL_NIL;
    generator->fn = fn;
    const CodeObj *code = fn->code;
    uint32_t count = code->slot_count;
    Value *saved = heap_alloc_buffer(vm, count * sizeof(Value));
    for (uint32_t i = 0; i < count; i++) saved[i] = VAL_NIL;
    for (uint32_t i = 0; i < code->param_count; i++) {
        uint32_t slot = code->params[i].slot;
        saved[slot] = vm->fiber->stack[base + slot];
    }
    generator->saved = saved;
    generator->saved_count = count;
    return value_pointer(generator);
}

static void swap_handled(VM *vm, GeneratorObj *generator) {
    Value handled = generator->handled;
    generator->handled = vm->fiber->handled;
    vm->fiber->handled = handled;
    heap_touch(vm, generator);
}

void generator_end(VM *vm, GeneratorObj *generator) {
    swap_handled(vm, generator);
    generator->handled = VAL_NIL;
    generator->state = GENERATOR_ENDED;
}

/* What the caller of next/has_next/next_pair gets for a produced value; false after raising. */
static bool deliver(VM *vm, GeneratorObj *generator, Value value, uint32_t slot, uint32_t flags) {
    Fiber *fiber = vm->fiber;
    if (flags & FRAME_HAS_NEXT) {
        if (value != VAL_NOT_FOUND) {
            generator->buffered = value;
            heap_touch(vm, generator);
        }
        fiber->stack[slot] = value_bool(value != VAL_NOT_FOUND);
        return true;
    }
    if ((flags & FRAME_NEXT_PAIR) && value != VAL_NOT_FOUND && !(is_array(value) && array_of(value)->count == 2)) {
        vm_raise(vm, ERR_GENERATOR, "Generator.next_pair expects yielded [key value] arrays");
        return false;
    }
    fiber->stack[slot] = value;
    return true;
}

/* Puts the suspended frame back on the fiber. */
static bool push_saved_frame(VM *vm, GeneratorObj *generator, uint32_t result_slot, uint32_t flags) {
    Fiber *fiber = vm->fiber;
    uint32_t base = fiber->top;
    if (!fiber_reserve(vm, fiber, generator->saved_count) || !fiber_reserve_frame(vm, fiber)) return false;
    memcpy(fiber->stack + base, generator->saved, generator->saved_count * sizeof(Value));
    generator->state = GENERATOR_RUNNING;
    swap_handled(vm, generator);
    fiber->top = base + generator->saved_count;
    fiber->frames[fiber->frame_count++] = (Frame){.fn = generator->fn,
                                                  .code = generator->fn->code,
                                                  .pc = generator->pc,
                                                  .base = base,
                                                  .result = result_slot,
                                                  .flags = FRAME_GENERATOR | flags,
                                                  .generator = generator};
    return true;
}

CallResult generator_resume(VM *vm, GeneratorObj *generator, uint32_t result_slot, uint32_t flags) {
    if (generator->buffered != VAL_UNSET) {
        Value value = generator->buffered;
        if (!(flags & FRAME_HAS_NEXT)) generator->buffered = VAL_UNSET;
        return deliver(vm, generator, value, result_slot, flags) ? CALL_VALUE : CALL_RAISED;
    }
    if (generator->state == GENERATOR_ENDED) {
        return deliver(vm, generator, VAL_NOT_FOUND, result_slot, flags) ? CALL_VALUE : CALL_RAISED;
    }
    if (generator->state == GENERATOR_RUNNING) {
        vm_raise(vm, ERR_GENERATOR, "generator is already running");
        return CALL_RAISED;
    }
    return push_saved_frame(vm, generator, result_slot, flags) ? CALL_FRAME : CALL_RAISED;
}

NativeResult generator_leave(VM *vm, Value value, Value *out) {
    GeneratorObj *generator = generator_of(value);
    *out = VAL_FALSE;
    if (generator->state == GENERATOR_RUNNING) return vm_raise(vm, ERR_GENERATOR, "generator is already running");
    generator->buffered = VAL_UNSET;
    if (generator->pc == 0) generator->state = GENERATOR_ENDED; /* not begun: nothing to run */
    if (generator->state == GENERATOR_ENDED) return NATIVE_RETURN;
    vm_raise(vm, ERR_GENERATOR_CLOSED, "the generator is closed");
    Value exception = vm_take_exception(vm);
    uint32_t scope = roots_open(vm);
    uint32_t root = root_push(vm, exception);
    if (push_saved_frame(vm, generator, vm->native_slot, FRAME_HAS_NEXT | FRAME_CLOSING)) {
        vm->exception = root_get(vm, root);
    } else {
        roots_close(vm, scope);
    }
    return NATIVE_RAISE;
}

bool generator_is_left(VM *vm, const Frame *frame) {
    if (!(frame->flags & FRAME_CLOSING)) return false;
    Value code = instance_get(instance_of(vm->exception), SYM(vm, CODE));
    return is_string(code) && strcmp(string_of(code)->text, error_table[ERR_GENERATOR_CLOSED].code) == 0;
}

static void pop_generator_frame(VM *vm, Frame *frame) {
    vm->fiber->frame_count--;
    vm->fiber->top = frame->base;
}

bool generator_yield(VM *vm, Value value) {
    Fiber *fiber = vm->fiber;
    Frame frame = fiber->frames[fiber->frame_count - 1];
    GeneratorObj *generator = frame.generator;
    memcpy(generator->saved, fiber->stack + frame.base, generator->saved_count * sizeof(Value));
    generator->pc = frame.pc;
    generator->state = GENERATOR_SUSPENDED;
    swap_handled(vm, generator); /* … and touches */
    pop_generator_frame(vm, &frame);
    return deliver(vm, generator, value, frame.result, frame.flags);
}

void generator_return(VM *vm) {
    Fiber *fiber = vm->fiber;
    Frame frame = fiber->frames[fiber->frame_count - 1];
    generator_end(vm, frame.generator);
    pop_generator_frame(vm, &frame);
    deliver(vm, frame.generator, VAL_NOT_FOUND, frame.result, frame.flags);
}

/* --- the class ------------------------------------------------------------------------------------------------ */

static NativeResult resume_native(VM *vm, const Args *args, Value *out, uint32_t flags) {
    Value self = native_arg(vm, args, 0);
    uint32_t slot = vm->native_slot;
    if (!is_obj_type(self, OBJ_GENERATOR)) { /* an instance of a class derived from Generator */
        return vm_raise(vm, ERR_TYPE, "Method %s not supported for %s", native_of(args->callee)->def->name,
                        kind_name(self));
    }
    return native_after_call(vm, generator_resume(vm, generator_of(self), slot, flags), slot, out);
}

static NativeResult generator_next(VM *vm, const Args *args, Value *out) { return resume_native(vm, args, out, 0); }
static NativeResult generator_has_next(VM *vm, const Args *args, Value *out) {
    return resume_native(vm, args, out, FRAME_HAS_NEXT);
}
static NativeResult generator_next_pair(VM *vm, const Args *args, Value *out) {
    return resume_native(vm, args, out, FRAME_NEXT_PAIR);
}
static NativeResult generator_iter(VM *vm, const Args *args, Value *out) {
    *out = native_arg(vm, args, 0);
    return NATIVE_RETURN;
}

const NativeDef generator_methods[] = {
    {"next", generator_next, 0, 0, NATIVE_METHOD, "(g .next)", "The next yielded value, or not_found at the end."},
    {"has_next", generator_has_next, 0, 0, NATIVE_METHOD, "(g .has_next)",
     "True when another value follows; runs the body up to it and keeps it for next."},
    {"next_pair", generator_next_pair, 0, 0, NATIVE_METHOD, "(g .next_pair)",
     "The next yielded value, which must be a [key value] array, or not_found."},
    {"iter", generator_iter, 0, 0, NATIVE_METHOD, "(g .iter)", "The generator itself."},
};
const size_t generator_method_count = COUNT_OF(generator_methods);

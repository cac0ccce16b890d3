/* fiber.c — growing, tracing and freeing the stacks the loop runs on.
 * Invariant: slots in [top, capacity) hold either words that were live at the last scan or nil, so a frame may be
 * pushed over them without clearing; fiber_trace keeps it so by clearing what it does not mark. */
#include "vm/fiber.h"

#include "vm/vm.h"

#define FIBER_FIRST_SLOTS 16u
#define FIBER_FIRST_FRAMES 2u
#define FIBER_SLOTS_MAX (1u << 27) /* 1 GB */
#ifdef GENE_GC_STRESS
#define FIBER_MOVED_MAX 256u
#endif

void fiber_init(Fiber *fiber) {
    memset(fiber, 0, sizeof *fiber);
    fiber->resume_value = VAL_NIL;
    fiber->handled = VAL_NIL;
}

void fiber_free(Heap *heap, Fiber *fiber) {
    if (fiber->stack) heap_free_buffer(heap, fiber->stack, fiber->capacity * sizeof(Value));
    if (fiber->frames) heap_free_buffer(heap, fiber->frames, fiber->frame_capacity * sizeof(Frame));
    fiber->stack = NULL;
    fiber->frames = NULL;
    fiber->capacity = fiber->top = fiber->frame_capacity = fiber->frame_count = 0;
}

void fiber_trace(Heap *heap, Fiber *fiber) {
    heap_mark_values(heap, fiber->stack, fiber->top);
    for (uint32_t i = fiber->top; i < fiber->capacity; i++) fiber->stack[i] = VAL_NIL;
    for (uint32_t i = 0; i < fiber->frame_count; i++) {
        heap_mark_object(heap, fiber->frames[i].fn);
        heap_mark_object(heap, fiber->frames[i].generator);
    }
    heap_mark_value(heap, fiber->resume_value);
    heap_mark_value(heap, fiber->handled);
}

#ifdef GENE_GC_STRESS
void fiber_move(VM *vm, Fiber *fiber) {
    if (fiber->capacity == 0 || fiber->capacity > FIBER_MOVED_MAX) return;
    size_t size = fiber->capacity * sizeof(Value);
    Value *moved = heap_alloc_buffer(vm, size);
    memcpy(moved, fiber->stack, size);
    heap_free_buffer(vm_heap(vm), fiber->stack, size);
    fiber->stack = moved;
}
#endif

bool fiber_reserve(VM *vm, Fiber *fiber, uint32_t slots) {
    fiber_move(vm, fiber);
    uint64_t needed = (uint64_t)fiber->top + slots;
    if (LIKELY(needed <= fiber->capacity)) return true;
    uint64_t capacity = fiber->capacity ? (uint64_t)fiber->capacity * 2 : FIBER_FIRST_SLOTS;
    if (capacity < needed) capacity = needed;
    uint64_t extra = (capacity - fiber->capacity) * sizeof(Value);
    if (needed > FIBER_SLOTS_MAX || (extra > HEAP_SMALL_REQUEST && !heap_can_allocate(vm, (size_t)extra))) {
        vm_raise(vm, ERR_LIMIT_MEMORY, "stack overflow: the memory limit is reached (limits.memory)");
        return false;
    }
    fiber_grow(vm, fiber, (uint32_t)capacity);
    return true;
}

void fiber_grow(VM *vm, Fiber *fiber, uint32_t capacity) {
    fiber->stack = heap_realloc_buffer(vm, fiber->stack, fiber->capacity * sizeof(Value), capacity * sizeof(Value));
    for (uint32_t i = fiber->capacity; i < capacity; i++) fiber->stack[i] = VAL_NIL;
    fiber->capacity = capacity;
}

bool fiber_reserve_frame(VM *vm, Fiber *fiber) {
    if (LIKELY(fiber->frame_count < fiber->frame_capacity)) return true;
    if (fiber->frame_count >= vm->limits.depth) {
        vm_raise(vm, ERR_STACK_OVERFLOW, "stack overflow: more than %u nested calls (limits.depth)", vm->limits.depth);
        return false;
    }
    uint32_t capacity = fiber->frame_capacity ? fiber->frame_capacity * 2 : FIBER_FIRST_FRAMES;
    if (capacity > vm->limits.depth) capacity = vm->limits.depth;
    size_t extra = (capacity - fiber->frame_capacity) * sizeof(Frame);
    if (extra > HEAP_SMALL_REQUEST && !heap_can_allocate(vm, extra)) {
        vm_raise(vm, ERR_LIMIT_MEMORY, "stack overflow: the memory limit is reached (limits.memory)");
        return false;
    }
    fiber->frames =
        heap_realloc_buffer(vm, fiber->frames, fiber->frame_capacity * sizeof(Frame), capacity * sizeof(Frame));
    fiber->frame_capacity = capacity;
    return true;
}

bool fiber_take_resumption(VM *vm, Fiber *fiber, Value *io_value) {
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
        *io_value = future->value;
    }
    return true;
}

/* heap.c — allocation, limits and the pace of the collector. mark.c and sweep.c do the collecting.
 * Invariants: live_bytes is the sum of all objects not yet freed (cells at full size) and their buffers;
 * a cycle runs in increments paid for by allocation (debt), before the new object exists, so an increment
 * never sees a half-made object. */
#include "heap/heap_private.h"

/* Larger requests fail alike on 32 and 64 bits. */
#define LARGEST_REQUEST ((size_t)1 << 30)

void heap_init(Heap *heap, VM *vm, size_t limit_bytes) {
    *heap = (Heap){.vm = vm, .limit = limit_bytes, .configured_limit = limit_bytes, .threshold = FIRST_THRESHOLD};
    heap->large_next = &heap->large;
    for (size_t words = 0, size_class = 0; words < COUNT_OF(heap->class_of); words++) {
        if (words * 8 > heap_cell_size[size_class]) size_class++;
        heap->class_of[words] = (uint8_t)size_class;
    }
}

void heap_destroy(Heap *heap) {
    heap->busy = true;
    heap_free_all(heap);
    heap->busy = false;
    ENSURE(heap->live_bytes == 0 && heap->live_objects == 0, "finalizers free every buffer, with its right size");
    free(heap->gray.items);
    free(heap->again.items);
    free(heap->pinned.items);
    heap->gray = heap->again = heap->pinned = (HeapList){0};
}

void heap_describe(Heap *heap, ObjType type, const ObjDescriptor *descriptor) { heap->descriptors[type] = descriptor; }

/* --- pace -------------------------------------------------------------------------------------------- */

static size_t twice(size_t bytes) { return bytes > SIZE_MAX / 2 ? SIZE_MAX : bytes * 2; }

static void end_cycle(Heap *heap) {
    heap->phase = PHASE_IDLE;
    heap->collections++;
    heap->threshold = twice(heap->live_bytes);
    if (heap->threshold < FIRST_THRESHOLD) heap->threshold = FIRST_THRESHOLD;
    if (heap->live_bytes < heap->configured_limit - heap->configured_limit / 32) heap->limit = heap->configured_limit;
    /* Near the limit a cycle starts early enough to be done, bit by bit, before a full one is forced. */
    if (heap->limit > heap->live_bytes && heap->threshold > heap->limit) {
        heap->threshold = heap->live_bytes + (heap->limit - heap->live_bytes) / 2;
    }
}

/* `work` units of the cycle under way. */
static void advance(Heap *heap, size_t work) {
    heap->busy = true;
    if (heap->phase == PHASE_MARKING) {
        heap_mark(heap, work);
    } else if (heap->phase == PHASE_SWEEPING && heap_sweep(heap, work)) {
        end_cycle(heap);
    }
    heap->busy = false;
}

static void start_cycle(Heap *heap) {
    heap->busy = true;
    heap_begin_mark(heap);
    heap->busy = false;
}

static void finish_cycle(Heap *heap) {
    while (heap->phase != PHASE_IDLE) advance(heap, SIZE_MAX);
}

void heap_collect(VM *vm) {
    Heap *heap = vm_heap(vm);
    if (heap->pause_depth > 0) return;
    ENSURE(!heap->busy, "the collector does not collect recursively");
    /* A cycle under way may keep what died since it was marked; only a whole new one is exact. */
    finish_cycle(heap);
    start_cycle(heap);
    finish_cycle(heap);
    heap->debt = 0;
}

static bool is_past_limit(const Heap *heap) { return heap->limit > 0 && heap->live_bytes > heap->limit; }

/* Past the limit: collects, and raises the flag when that does not help or hardly does. (With less than 1/64
 * to spare the program would soon do nothing but collect.) The next such collection waits until the VM
 * has cleared the flag. */
static void enforce_limit(Heap *heap) {
    if (heap->limit_passed) return;
    heap_collect(heap->vm);
    heap->limit_passed = heap->live_bytes > heap->limit - heap->limit / 64;
}

/* The increment that allocation owes. */
static void pay_debt(Heap *heap) {
    size_t debt = heap->debt < MOST_DEBT ? heap->debt : MOST_DEBT;
    heap->debt = 0;
    if (heap->pause_depth > 0) return;
    if (is_past_limit(heap)) {
        enforce_limit(heap);
    } else if (heap->phase == PHASE_IDLE) {
        if (heap->live_bytes >= heap->threshold) start_cycle(heap);
    } else if (heap->live_bytes / HURRY_FACTOR > heap->threshold) {
        finish_cycle(heap);
    } else {
        advance(heap, debt * WORK_PER_BYTE);
    }
}

void heap_step(VM *vm, size_t work) {
    Heap *heap = vm_heap(vm);
    if (heap->pause_depth > 0) return;
    if (is_past_limit(heap)) {
        enforce_limit(heap);
    } else if (heap->phase != PHASE_IDLE) {
        advance(heap, work);
    }
}

void heap_pause(VM *vm) { vm_heap(vm)->pause_depth++; }

void heap_resume(VM *vm) {
    Heap *heap = vm_heap(vm);
    ENSURE(heap->pause_depth > 0, "every resume ends one pause");
    heap->pause_depth--;
}

HeapStats heap_stats(VM *vm) {
    const Heap *heap = vm_heap(vm);
    return (HeapStats){
        .live_objects = heap->live_objects,
        .live_bytes = heap->live_bytes,
        .peak_bytes = heap->live_bytes > heap->peak_bytes ? heap->live_bytes : heap->peak_bytes,
        .collections = heap->collections,
    };
}

/* --- objects ----------------------------------------------------------------------------------------- */

static void add_bytes(Heap *heap, size_t bytes) {
    heap->live_bytes += bytes;
    heap->debt += bytes;
}

/* heap_can_allocate has vouched for large requests, and the limit should lie below what the host can give:
 * there is no way to go on from here. */
static void *host_realloc(void *old, size_t size) {
    void *memory = realloc(old, size);
    if (UNLIKELY(!memory)) base_fatal("the host has no memory left");
    return memory;
}

static Obj *alloc_large(Heap *heap, size_t size) {
    HeapLarge *large = host_realloc(NULL, sizeof *large + size);
    large->size = size;
    large->next = heap->large;
    /* A cursor at the head stays there and finds the newcomer alive. */
    heap->large = large;
    add_bytes(heap, size);
    Obj *object = (Obj *)(void *)large->object;
    memset(object, 0, size);
    object->size_class = LARGE_CLASS;
    return object;
}

/* Volatile, or the compiler makes it a memset again: for cells of 64 bytes the call costs a quarter of the
 * whole allocation in wasm. */
static inline void clear_words(void *memory, size_t count) {
    volatile uint64_t *words = memory;
    for (size_t i = 0; i < count; i++) words[i] = 0;
}

static Obj *alloc_small(Heap *heap, size_t size) {
    uint8_t size_class = heap->class_of[(size + 7) / 8];
    Obj *object = &heap_take_cell(heap, size_class)->header;
    size_t cell_size = heap_cell_size[size_class];
    add_bytes(heap, cell_size);
    clear_words(object, cell_size / 8);
    object->size_class = size_class;
    return object;
}

#if GENE_GC_STRESS
static void stress(Heap *heap) {
    if (heap->pause_depth > 0 || ++heap->stress_count < GENE_GC_STRESS_INTERVAL) return;
    heap->stress_count = 0;
    heap_collect(heap->vm);
}
#endif

void *heap_alloc(VM *vm, ObjType type, size_t size) {
    Heap *heap = vm_heap(vm);
    ENSURE(!heap->busy, "descriptors, root functions and clear_weak must not allocate");
    ENSURE(size >= sizeof(Obj), "every object begins with its header");
#if GENE_GC_STRESS
    stress(heap);
#endif
    /* A forced collection clears the debt; the limit is looked at all the same. */
    if (UNLIKELY(GENE_GC_STRESS || heap->debt >= STEP_BYTES)) pay_debt(heap);
    Obj *object = LIKELY(size <= HEAP_CELL_MAX) ? alloc_small(heap, size) : alloc_large(heap, size);
    heap->live_objects++;
    object->type = (uint8_t)type;
    object->mark = heap->current_white;
    return object;
}

/* --- buffers ----------------------------------------------------------------------------------------- */

void *heap_alloc_buffer(VM *vm, size_t size) { return heap_realloc_buffer(vm, NULL, 0, size); }

void *heap_realloc_buffer(VM *vm, void *buffer, size_t old_size, size_t new_size) {
    Heap *heap = vm_heap(vm);
    if (new_size == 0) {
        heap_free_buffer(heap, buffer, old_size);
        return NULL;
    }
    void *memory = host_realloc(buffer, new_size);
    if (new_size >= old_size) {
        add_bytes(heap, new_size - old_size);
    } else {
        heap_subtract(heap, old_size - new_size);
    }
    return memory;
}

void heap_free_buffer(Heap *heap, void *buffer, size_t size) {
    if (!buffer) return;
    ENSURE(size <= heap->live_bytes, "a buffer is freed with the size it was allocated with");
    heap_subtract(heap, size);
    free(buffer);
}

static bool has_room(const Heap *heap, size_t size) {
    if (heap->limit > 0 && (heap->live_bytes > heap->limit || size > heap->limit - heap->live_bytes)) return false;
    if (size <= HEAP_SMALL_REQUEST) return true;
    /* The limit may promise more than the host has: try. (Volatile, or the compiler drops the pair.) */
    void *volatile probe = malloc(size);
    free(probe);
    return probe != NULL;
}

void heap_open_reserve(VM *vm) {
    Heap *heap = vm_heap(vm);
    heap->limit = heap->configured_limit + heap->configured_limit / 16;
}

bool heap_can_allocate(VM *vm, size_t size) {
    Heap *heap = vm_heap(vm);
    if (size > LARGEST_REQUEST || (heap->limit > 0 && size > heap->limit)) return false;
    if (has_room(heap, size)) return true;
    heap_collect(vm);
    return has_room(heap, size);
}

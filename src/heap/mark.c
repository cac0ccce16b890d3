/* mark.c — the marking half of the collector.
 * Invariant while marking: what a black object refers to is not white, unless the object is a stack that the
 * next root scan rescans. heap_touch keeps it by making the object stored into gray again (a backward barrier:
 * stores are many, objects stored into are few). Such an object is traced again in the next round, not at
 * once, or a large array under construction would be traced anew in every increment.
 * Fresh objects are white and may hang off a stack alone, so a few rounds over the roots run incrementally
 * before the final, atomic one, which then finds little left. */
#include "heap/heap_private.h"

#define MOST_ROUNDS 4
/* A round that traced less than this leaves little for the final one. */
#define SHORT_ROUND (64u * 1024u)

void heap_list_push(HeapList *list, Obj *object) {
    if (list->count == list->capacity) {
        size_t capacity = list->capacity ? list->capacity * 2 : 256;
        Obj **items = realloc(list->items, capacity * sizeof *items);
        if (!items) base_fatal("no memory left for the collector's own lists");
        list->items = items;
        list->capacity = capacity;
    }
    list->items[list->count++] = object;
}

static bool is_traced(const Heap *heap, const Obj *object) {
    const ObjDescriptor *descriptor = heap->descriptors[object->type];
    return descriptor && descriptor->trace;
}

void heap_mark_white(Heap *heap, Obj *object) {
    ENSURE(heap->phase == PHASE_MARKING, "only root and trace functions mark");
    heap->traced += sizeof *object;
    if (is_traced(heap, object)) {
        object->mark = MARK_GRAY;
        heap_list_push(&heap->gray, object);
    } else {
        object->mark = MARK_BLACK;
    }
}

void heap_touch_slow(Heap *heap, Obj *object) {
    if (heap->phase == PHASE_MARKING) {
        if (!is_traced(heap, object)) return;
        object->mark = MARK_GRAY;
        heap_list_push(&heap->again, object);
    } else {
        /* A survivor the sweeper has not come to. Doing its work makes the next touch cheap. */
        object->mark = heap->current_white;
    }
}

bool heap_is_dead(Heap *heap, const Obj *object) { return object->mark == heap->current_white; }

void heap_pin(VM *vm, void *object) {
    Obj *pinned = object;
    if (pinned->flags & OBJ_PINNED) return;
    pinned->flags |= OBJ_PINNED;
    heap_list_push(&vm_heap(vm)->pinned, pinned);
}

static void scan_roots(Heap *heap, bool final) {
    heap->rounds++;
    heap->round_start = heap->traced;
    for (size_t i = 0; i < heap->pinned.count; i++) heap_mark_object(heap, heap->pinned.items[i]);
    if (heap->mark_roots) heap->mark_roots(heap->vm, heap, final);
    for (size_t i = 0; i < heap->again.count; i++) heap_list_push(&heap->gray, heap->again.items[i]);
    heap->again.count = 0;
}

void heap_begin_mark(Heap *heap) {
    heap->phase = PHASE_MARKING;
    heap->rounds = 0;
    scan_roots(heap, false);
}

/* Traces until nothing is gray (true) or `work` units are done. */
static bool drain(Heap *heap, size_t work) {
    size_t start = heap->traced;
    while (heap->gray.count > 0) {
        if (heap->traced - start >= work) return false;
        Obj *object = heap->gray.items[--heap->gray.count];
        object->mark = MARK_BLACK;
        heap->traced += size_of_object(object);
        heap->descriptors[object->type]->trace(heap, object);
    }
    return true;
}

bool heap_mark(Heap *heap, size_t work) {
    size_t start = heap->traced;
    for (;;) {
        size_t done = heap->traced - start;
        if (!drain(heap, work > done ? work - done : 0)) return false;
        bool short_round = heap->rounds > 1 && heap->traced - heap->round_start < SHORT_ROUND;
        if (short_round || heap->rounds >= MOST_ROUNDS) break;
        scan_roots(heap, false);
    }
    scan_roots(heap, true);
    drain(heap, SIZE_MAX);
    if (heap->clear_weak) heap->clear_weak(heap->vm, heap);
    ENSURE(heap->gray.count == 0 && heap->again.count == 0, "clear_weak must not bring objects back to life");
    heap->current_white ^= MARK_WHITE_A ^ MARK_WHITE_B;
    heap_begin_sweep(heap);
    return true;
}

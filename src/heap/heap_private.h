/* heap_private.h — what heap.c, mark.c and sweep.c share; nobody else includes it.
 *
 * Colours (Obj.mark). Two whites take turns: while a cycle marks, `current_white` is the colour of everything
 * not yet reached, new objects included. The flip at the end of marking makes the other one current, so what
 * still has the old white is garbage, and objects born while the heap is swept survive. Sweeping turns black
 * into the current white; a cycle starts only when all is swept, hence black means "traced in the cycle that
 * is marking" or "survivor not yet swept", which heap_touch_slow tells apart. */
#ifndef GENE_HEAP_HEAP_PRIVATE_H
#define GENE_HEAP_HEAP_PRIVATE_H

#include "heap/heap.h"

#ifndef GENE_GC_STRESS
#define GENE_GC_STRESS 0
#endif
#ifndef GENE_GC_STRESS_INTERVAL
#define GENE_GC_STRESS_INTERVAL 1
#endif

/* Free cells are overwritten so that a use after free shows. */
#define FREED_BYTE 0xDB
#if GENE_GC_STRESS || !defined(NDEBUG)
#define FILL_FREED 1
#else
#define FILL_FREED 0
#endif

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HEAP_ASAN 1
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define HEAP_ASAN 1
#endif
#ifdef HEAP_ASAN
#include <sanitizer/asan_interface.h>
#define POISON(memory, size) __asan_poison_memory_region((memory), (size))
#define UNPOISON(memory, size) __asan_unpoison_memory_region((memory), (size))
#define MAY_TOUCH_POISON __attribute__((no_sanitize("address")))
#else
#define POISON(memory, size) ((void)(memory), (void)(size))
#define UNPOISON(memory, size) ((void)(memory), (void)(size))
#define MAY_TOUCH_POISON
#endif

enum { PHASE_IDLE, PHASE_MARKING, PHASE_SWEEPING };

enum {
    MARK_WHITE_A = 0,
    MARK_WHITE_B = 1,
    MARK_BLACK = HEAP_BLACK,
    MARK_GRAY = 3,
    MARK_FREE = 4, /* a free cell */
};

#define LARGE_CLASS 0xFF
#define PAGE_BYTES (32u * 1024u)

/* Allocation between two increments. */
#define STEP_BYTES (32u * 1024u)
/* A larger debt (one huge buffer) is forgiven: the pause matters more. */
#define MOST_DEBT (4 * STEP_BYTES)
/* Work units (bytes looked at) per byte allocated. An increment then takes some 0.1 ms, and the heap grows by
 * an eighth of its live bytes while a cycle marks and about as much while it sweeps. */
#define WORK_PER_BYTE 8
/* Past this multiple of the threshold the cycle under way is finished at once: memory matters more. */
#define HURRY_FACTOR 2
#define FIRST_THRESHOLD (1024u * 1024u)

struct HeapPage {
    HeapPage *next;
    uint64_t first_cell[]; /* for its alignment */
};

struct HeapLarge {
    HeapLarge *next;
    size_t size;
    uint64_t object[]; /* for its alignment */
};

/* A free cell: only `mark` of the header means anything. */
typedef struct FreeCell {
    Obj header;
    struct FreeCell *next;
} FreeCell;

extern const uint16_t heap_cell_size[HEAP_CLASS_COUNT];

static inline size_t page_cell_count(int size_class) {
    return (PAGE_BYTES - sizeof(HeapPage)) / heap_cell_size[size_class];
}
static inline HeapLarge *large_of(Obj *object) {
    return (HeapLarge *)(void *)((char *)object - offsetof(HeapLarge, object));
}
static inline size_t size_of_object(Obj *object) {
    return object->size_class == LARGE_CLASS ? large_of(object)->size : heap_cell_size[object->size_class];
}

/* sweep.c */
/* A free cell of the class, unlinked and unpoisoned; sweeps or adds a page when the list is empty. */
FreeCell *heap_take_cell(Heap *heap, int size_class);
/* Puts every page and large object before the sweeper; marking has just ended. */
void heap_begin_sweep(Heap *heap);
/* Sweeps for `work` units; true when nothing is left to sweep. */
bool heap_sweep(Heap *heap, size_t work);
/* Finalizes and frees everything there is. */
void heap_free_all(Heap *heap);

/* mark.c */
void heap_begin_mark(Heap *heap);
/* Marks for `work` units; true when marking has ended and the colours are flipped. */
bool heap_mark(Heap *heap, size_t work);
void heap_list_push(HeapList *list, Obj *object);

/* heap.c */
static inline void heap_subtract(Heap *heap, size_t bytes) {
    if (heap->live_bytes > heap->peak_bytes) heap->peak_bytes = heap->live_bytes;
    heap->live_bytes -= bytes;
}

#endif

/* sweep.c — pages, cells and large objects, and the sweeping half of the collector.
 * Invariants: the free lists hold cells of `pages` only, so a page taken off `sweep_next` brings all its free
 * cells, old and new, and an empty one can go back to the host without touching any list. A page is swept by
 * whoever comes first: an allocation that needs cells of its class, or heap_sweep. */
#include "heap/heap_private.h"

const uint16_t heap_cell_size[HEAP_CLASS_COUNT] = {16,  24,  32,  40,  48,  64,  80,  96,
                                                   128, 160, 192, 256, 384, 512, 768, HEAP_CELL_MAX};

/* Work units for looking through a page (much cheaper than tracing it) and for freeing one object. */
#define PAGE_WORK (PAGE_BYTES / 4)
#define FREE_WORK 16
/* Full pages one allocation looks at before it takes a new page: bounds its pause. */
#define MOST_PAGES_PER_TAKE 8

/* Free cells are poisoned under AddressSanitizer; the sweeper alone may see their colour and link them. */
MAY_TOUCH_POISON static uint8_t peek_mark(const Obj *cell) { return cell->mark; }

MAY_TOUCH_POISON static void link_free_cell(FreeCell *cell, FreeCell *next) {
    cell->header.mark = MARK_FREE;
    cell->next = next;
}

static void free_cell_memory(FreeCell *cell, size_t size) {
#if FILL_FREED
    memset(cell, FREED_BYTE, size);
#endif
    POISON(cell, size);
}

static void finalize(Heap *heap, Obj *object) {
    ENSURE(heap->busy, "finalizers run inside the collector");
    const ObjDescriptor *descriptor = heap->descriptors[object->type];
    if (descriptor && descriptor->finalize) descriptor->finalize(heap, object);
    heap_subtract(heap, size_of_object(object));
    heap->live_objects--;
}

/* Frees the dead objects of a page and links all its free cells before `*io_free`; returns the live ones. */
static size_t sweep_cells(Heap *heap, HeapPage *page, int size_class, FreeCell **io_free) {
    size_t size = heap_cell_size[size_class], count = page_cell_count(size_class), live = 0;
    FreeCell *free_cells = *io_free;
    /* Backwards, so that allocation goes forwards through memory. */
    for (char *at = (char *)page->first_cell + count * size; at != (char *)page->first_cell;) {
        at -= size;
        Obj *object = (Obj *)(void *)at;
        uint8_t mark = peek_mark(object);
        if (mark == MARK_BLACK || mark == heap->current_white) {
            object->mark = heap->current_white;
            live++;
            continue;
        }
        if (mark != MARK_FREE) {
            ENSURE(!(object->flags & OBJ_PINNED), "heap_pin, not the flag alone, makes an object a root");
            finalize(heap, object);
            free_cell_memory((FreeCell *)(void *)at, size);
        }
        link_free_cell((FreeCell *)(void *)at, free_cells);
        free_cells = (FreeCell *)(void *)at;
    }
    *io_free = free_cells;
    return live;
}

static void release_page(HeapPage *page) {
    UNPOISON(page, PAGE_BYTES);
    free(page);
}

/* Sweeps one page of the class and returns the work done. An empty page is released unless `keep_empty`. */
static size_t sweep_page(Heap *heap, int size_class, bool keep_empty) {
    size_t objects_before = heap->live_objects;
    HeapPage *page = heap->sweep_next[size_class];
    heap->sweep_next[size_class] = page->next;
    FreeCell *free_cells = heap->free_cells[size_class];
    if (sweep_cells(heap, page, size_class, &free_cells) == 0 && !keep_empty) {
        release_page(page);
    } else {
        heap->free_cells[size_class] = free_cells;
        page->next = heap->pages[size_class];
        heap->pages[size_class] = page;
    }
    return PAGE_WORK + (objects_before - heap->live_objects) * FREE_WORK;
}

static void add_page(Heap *heap, int size_class) {
    HeapPage *page = malloc(PAGE_BYTES);
    if (!page) base_fatal("the host has no memory left for a heap page");
    size_t size = heap_cell_size[size_class], count = page_cell_count(size_class);
    FreeCell *free_cells = heap->free_cells[size_class];
    for (size_t i = count; i-- > 0;) {
        FreeCell *cell = (FreeCell *)(void *)((char *)page->first_cell + i * size);
        free_cell_memory(cell, size);
        link_free_cell(cell, free_cells);
        free_cells = cell;
    }
    heap->free_cells[size_class] = free_cells;
    page->next = heap->pages[size_class];
    heap->pages[size_class] = page;
}

/* Finds cells for an empty list. */
static void refill(Heap *heap, int size_class) {
    bool was_busy = heap->busy;
    heap->busy = true;
    for (int i = 0; i < MOST_PAGES_PER_TAKE && heap->sweep_next[size_class] && !heap->free_cells[size_class]; i++) {
        sweep_page(heap, size_class, true);
    }
    if (!heap->free_cells[size_class]) add_page(heap, size_class);
    heap->busy = was_busy;
}

FreeCell *heap_take_cell(Heap *heap, int size_class) {
    if (UNLIKELY(!heap->free_cells[size_class])) refill(heap, size_class);
    FreeCell *cell = heap->free_cells[size_class];
    UNPOISON(cell, heap_cell_size[size_class]);
    heap->free_cells[size_class] = cell->next;
    return cell;
}

void heap_begin_sweep(Heap *heap) {
    heap->phase = PHASE_SWEEPING;
    for (int i = 0; i < HEAP_CLASS_COUNT; i++) {
        heap->sweep_next[i] = heap->pages[i];
        heap->pages[i] = NULL;
        heap->free_cells[i] = NULL;
    }
    heap->large_next = &heap->large;
}

/* Sweeps the large object under the cursor. */
static void sweep_large(Heap *heap) {
    HeapLarge *large = *heap->large_next;
    Obj *object = (Obj *)(void *)large->object;
    if (object->mark == MARK_BLACK || object->mark == heap->current_white) {
        object->mark = heap->current_white;
        heap->large_next = &large->next;
        return;
    }
    ENSURE(!(object->flags & OBJ_PINNED), "heap_pin, not the flag alone, makes an object a root");
    *heap->large_next = large->next;
    finalize(heap, object);
    free(large);
}

bool heap_sweep(Heap *heap, size_t work) {
    size_t done = 0;
    for (int i = 0; i < HEAP_CLASS_COUNT; i++) {
        while (heap->sweep_next[i]) {
            if (done >= work) return false;
            done += sweep_page(heap, i, false);
        }
    }
    while (*heap->large_next) {
        if (done >= work) return false;
        sweep_large(heap);
        done += FREE_WORK;
    }
    return true;
}

void heap_free_all(Heap *heap) {
    for (size_t i = 0; i < heap->pinned.count; i++) heap->pinned.items[i]->flags &= (uint8_t)~OBJ_PINNED;
    /* What a cycle has coloured black or half swept becomes plain white first … */
    if (heap->phase == PHASE_MARKING) heap_begin_sweep(heap);
    if (heap->phase == PHASE_SWEEPING) heap_sweep(heap, SIZE_MAX);
    /* … and after the flip everything is garbage. */
    heap->current_white ^= MARK_WHITE_A ^ MARK_WHITE_B;
    heap_begin_sweep(heap);
    heap_sweep(heap, SIZE_MAX);
}

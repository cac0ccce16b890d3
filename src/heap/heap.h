/* heap.h — allocation and the collector: precise, non-moving, incremental mark-sweep with size classes.
 *
 * Rules every other file lives by:
 *  1. Any heap_alloc may run a collection step (the buffer functions never do). A value needed after it must
 *     be reachable: from a task's stack, from a rooted object, or pinned by a Roots scope (vm/roots.h).
 *  2. Objects never move.
 *  3. After storing a reference into an object that already existed (not one just allocated in the same
 *     function with no allocation since), call heap_touch(vm, object): it re-greys an object that was already
 *     marked. Stores into a task's stack need nothing: tasks are rescanned (HeapRootFn). Storing what is no
 *     heap object needs no touch either, and skipping it keeps large arrays from being traced twice.
 *  4. heap_alloc never fails: when the limit is passed the VM raises GENE.LIMIT.MEMORY at the next safe
 *     point. Whoever asks for more than HEAP_SMALL_REQUEST bytes at once asks heap_can_allocate() first. */
#ifndef GENE_HEAP_HEAP_H
#define GENE_HEAP_HEAP_H

#include "base/common.h"
#include "heap/obj_types.h"
#include "value/value.h"

#define HEAP_SMALL_REQUEST (64u * 1024u)

typedef enum ObjType {
#define OBJ_TYPE(suffix, kind, type_name) OBJ_##suffix,
    OBJ_TYPES(OBJ_TYPE)
#undef OBJ_TYPE
        OBJ_TYPE_COUNT
} ObjType;

/* Object flags. */
enum {
    OBJ_SEALED = 1 << 0,       /* shallowly immutable (language 11 §11.1) */
    OBJ_FROZEN = 1 << 1,       /* deeply immutable (language 11 §11.2) */
    OBJ_PINNED = 1 << 2,       /* never collected: built-in classes, interned core symbols; set by heap_pin */
    OBJ_HOLDS_UNREAD = 1 << 3, /* an array or map with members that are not read yet (object/collection.h) */
};

/* Header of every heap object. */
typedef struct Obj {
    uint8_t type;       /* ObjType */
    uint8_t mark;       /* collector's colour */
    uint8_t flags;      /* OBJ_SEALED … */
    uint8_t size_class; /* collector's; 0xFF = large object */
    uint32_t hash;      /* cached or identity hash; 0 = not computed yet */
} Obj;

typedef struct Heap Heap;

/* What the collector must know about a type. Each file in object/, vm/ and task/ owns its descriptor. */
typedef struct ObjDescriptor {
    /* Marks everything the object refers to, with heap_mark_value/heap_mark_object. NULL: refers to nothing. */
    void (*trace)(Heap *heap, Obj *object);
    /* Frees what the object owns outside the heap (heap_free_buffer). NULL: owns nothing. */
    void (*finalize)(Heap *heap, Obj *object);
} ObjDescriptor;

/* Marks the VM's own roots; installed by vm/. Called at the start of a cycle, perhaps a few times more while
 * it marks, and atomically at its end (final). Marking an object that is already black does nothing, so a
 * task's stack is rescanned by heap_touch: whoever leaves a task touches it, and this function touches the
 * current one. */
typedef void (*HeapRootFn)(VM *vm, Heap *heap, bool final);

typedef struct HeapStats {
    size_t live_objects; /* objects not yet freed */
    size_t live_bytes;   /* objects and their buffers */
    size_t peak_bytes;
    size_t collections; /* finished cycles */
} HeapStats;

typedef struct HeapPage HeapPage;
typedef struct HeapLarge HeapLarge;
#define HEAP_CLASS_COUNT 16
/* Cells are this many bytes at most; bigger objects are allocated one by one. */
#define HEAP_CELL_MAX 1024

/* A growable list of objects. */
typedef struct HeapList {
    Obj **items;
    size_t count, capacity;
} HeapList;

struct Heap {
    VM *vm;
    const ObjDescriptor *descriptors[OBJ_TYPE_COUNT];
    HeapRootFn mark_roots;
    /* Called for each symbol/weak entry owner before sweep so that weak tables drop dead entries. */
    void (*clear_weak)(VM *vm, Heap *heap);
    HeapPage *pages[HEAP_CLASS_COUNT];      /* pages of a class, swept in this cycle or added since */
    HeapPage *sweep_next[HEAP_CLASS_COUNT]; /* pages still to sweep; with `pages`, all there are */
    void *free_cells[HEAP_CLASS_COUNT];     /* cells of `pages` only */
    HeapLarge *large;
    HeapLarge **large_next; /* link to the next large object to sweep */
    HeapList gray;          /* marked, to be traced */
    HeapList again;         /* touched after they were traced: traced again in the next round */
    HeapList pinned;        /* heap_pin: always roots */
    int phase;              /* idle, marking, sweeping */
    uint8_t current_white;
    uint8_t class_of[HEAP_CELL_MAX / 8 + 1]; /* size class by size in words */
    int rounds;                              /* root scans of this cycle */
    size_t traced, round_start;              /* marking done, ever and when this round began (work units) */
    size_t live_bytes, live_objects, peak_bytes;
    size_t threshold; /* bytes at which the next cycle starts */
    size_t limit;     /* bytes; 0 = none. Above `configured_limit` while the reserve is open */
    size_t configured_limit;
    size_t debt; /* bytes allocated since the last increment */
    size_t collections;
    uint32_t stress_count; /* allocations since the last forced collection (GENE_GC_STRESS) */
    bool busy;             /* inside the collector: descriptors and root functions must not allocate */
    uint32_t pause_depth;  /* > 0: no collection (VM start-up, reader) */
    bool limit_passed;     /* raise GENE.LIMIT.MEMORY at the next safe point */
};

void heap_init(Heap *heap, VM *vm, size_t limit_bytes);
/* Frees every object; finalizers run, in no particular order. Buffers no object owns are freed before. */
void heap_destroy(Heap *heap);
void heap_describe(Heap *heap, ObjType type, const ObjDescriptor *descriptor);

/* VM begins with its Heap, so both views are the same address. */
static inline Heap *vm_heap(VM *vm) { return (Heap *)vm; }

/* A zeroed object of `size` bytes (at least sizeof(Obj)) with its header set. Never NULL. */
void *heap_alloc(VM *vm, ObjType type, size_t size);
/* Buffers owned by one object (array storage, string table …); counted towards the limit. Not zeroed. Never
 * collects, never NULL (but for size 0). The owner's finalizer frees them. */
void *heap_alloc_buffer(VM *vm, size_t size);
void *heap_realloc_buffer(VM *vm, void *buffer, size_t old_size, size_t new_size);
void heap_free_buffer(Heap *heap, void *buffer, size_t size);
/* After GENE.LIMIT.MEMORY was raised: 1/16 more than the limit may be used, once, so that a program or its embedder can let go
 * of what fills the heap. Closed by the first cycle that ends well below the limit. */
void heap_open_reserve(VM *vm);
/* False when, even after a full collection, `size` more bytes would pass the limit or what the host has. */
bool heap_can_allocate(VM *vm, size_t size);

/* Rule 3 above. Cheap: one test when no cycle is marking. */
void heap_touch_slow(Heap *heap, Obj *object);
#define HEAP_BLACK 2
static inline void heap_touch(VM *vm, void *object) {
    if (UNLIKELY(((Obj *)object)->mark == HEAP_BLACK)) heap_touch_slow(vm_heap(vm), (Obj *)object);
}

void heap_mark_white(Heap *heap, Obj *object);
static inline void heap_mark_object(Heap *heap, void *object) { /* NULL is allowed */
    if (!object) return;
    ENSURE(((Obj *)object)->mark <= 3, "whatever is reachable has not been freed");
    if (((Obj *)object)->mark == heap->current_white) heap_mark_white(heap, (Obj *)object);
}
static inline void heap_mark_value(Heap *heap, Value value) {
    heap->traced += sizeof value;
    if (is_object(value)) heap_mark_object(heap, pointer_of(value));
}
static inline void heap_mark_values(Heap *heap, const Value *values, size_t count) {
    heap->traced += count * sizeof *values;
    for (size_t i = 0; i < count; i++) {
        if (is_object(values[i])) heap_mark_object(heap, pointer_of(values[i]));
    }
}
/* Makes an object a root for good. */
void heap_pin(VM *vm, void *object);
/* During clear_weak: will this object be freed by the coming sweep? */
bool heap_is_dead(Heap *heap, const Obj *object);

/* A full, atomic cycle: on return everything unreachable is freed. Does nothing while paused. */
void heap_collect(VM *vm);
/* A bounded increment of the cycle under way, if any; called by the scheduler when idle or at fuel returns.
 * `work` is in bytes looked at, some 2–4 per nanosecond. */
void heap_step(VM *vm, size_t work);
/* Nested; while paused nothing is collected. For VM start-up and for the reader only. */
void heap_pause(VM *vm);
void heap_resume(VM *vm);
HeapStats heap_stats(VM *vm);

static inline bool is_obj_type(Value value, ObjType type) {
    return is_object(value) && ((Obj *)pointer_of(value))->type == type;
}
static inline ObjType obj_type_of(Value value) { return (ObjType)((Obj *)pointer_of(value))->type; }
static inline bool is_obj_immutable(const void *object) {
    return (((const Obj *)object)->flags & (OBJ_SEALED | OBJ_FROZEN)) != 0;
}

#endif

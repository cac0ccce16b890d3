/* slots.h — numbered places for things the scheduler must keep alive until something happens: timers, host
 * operations.
 * Invariants: slot 0 is never used; the slots in use form a list, newest first, so that the collector's later root
 * scans look only at what was added since the scan before. */
#ifndef GENE_TASK_SLOTS_H
#define GENE_TASK_SLOTS_H

#include "heap/heap.h"

typedef struct Slot {
    Value target;            /* kept alive: a future, task or timer */
    uint32_t next, previous; /* list of used slots; `next` also links free ones */
    uint32_t generation;     /* changes with every reuse */
    uint32_t place;          /* owner's: position in the timer heap … */
    uint8_t kind;            /* owner's */
    bool is_daemon;          /* does not keep the program alive */
    bool is_used;
} Slot;

typedef struct SlotTable {
    Slot *slots;
    uint32_t capacity, count;
    uint32_t first_free, newest;
    uint32_t marked; /* this slot and the older ones were marked in the cycle under way */
} SlotTable;

/* The new slot's index; the other fields are the caller's to set. */
uint32_t slots_add(VM *vm, SlotTable *table, Value target);
void slots_remove(SlotTable *table, uint32_t index);
void slots_mark(Heap *heap, SlotTable *table, bool cycle_starts);
void slots_free(Heap *heap, SlotTable *table);

#endif

/* slots.c — see slots.h. */
#include "task/slots.h"

#define FIRST_CAPACITY 16u

static void grow(VM *vm, SlotTable *table) {
    uint32_t capacity = table->capacity ? table->capacity * 2 : FIRST_CAPACITY;
    table->slots = heap_realloc_buffer(vm, table->slots, table->capacity * sizeof(Slot), capacity * sizeof(Slot));
    uint32_t first = table->capacity ? table->capacity : 1;
    memset(table->slots + table->capacity, 0, (capacity - table->capacity) * sizeof(Slot));
    for (uint32_t i = first; i < capacity; i++) table->slots[i].next = i + 1 < capacity ? i + 1 : 0;
    table->first_free = first;
    table->capacity = capacity;
}

uint32_t slots_add(VM *vm, SlotTable *table, Value target) {
    if (!table->first_free) grow(vm, table);
    uint32_t index = table->first_free;
    Slot *slot = &table->slots[index];
    table->first_free = slot->next;
    *slot = (Slot){.target = target, .next = table->newest, .generation = slot->generation, .is_used = true};
    if (table->newest) table->slots[table->newest].previous = index;
    table->newest = index;
    table->count++;
    return index;
}

void slots_remove(SlotTable *table, uint32_t index) {
    Slot *slot = &table->slots[index];
    ENSURE(slot->is_used, "a slot is removed once");
    if (slot->previous)
        table->slots[slot->previous].next = slot->next;
    else
        table->newest = slot->next;
    if (slot->next) table->slots[slot->next].previous = slot->previous;
    if (table->marked == index) table->marked = slot->next;
    slot->is_used = false;
    slot->target = VAL_NIL;
    slot->generation++;
    slot->next = table->first_free;
    table->first_free = index;
    table->count--;
}

void slots_mark(Heap *heap, SlotTable *table, bool cycle_starts) {
    if (cycle_starts) table->marked = 0;
    for (uint32_t i = table->newest; i && i != table->marked; i = table->slots[i].next) {
        heap_mark_value(heap, table->slots[i].target);
    }
    table->marked = table->newest;
}

void slots_free(Heap *heap, SlotTable *table) {
    if (table->slots) heap_free_buffer(heap, table->slots, table->capacity * sizeof(Slot));
    memset(table, 0, sizeof *table);
}

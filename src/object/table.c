/* table.c — the insertion-ordered hash table.
 * Invariants beyond those of table.h: a table with capacity over TABLE_LINEAR_MAX has an index of twice its
 * capacity (a power of two). Entry places are not used again before a compaction, which rebuilds the index,
 * so at most half of the index slots are ever taken, deleted ones included: probing meets an empty slot. */
#include "object/table.h"

#define INDEX_DELETED UINT32_MAX

static uint32_t round_capacity(uint32_t count) {
    uint32_t capacity = 4;
    while (capacity < count) capacity *= 2;
    return capacity;
}

static void index_insert(Table *table, uint32_t hash, uint32_t entry_number) {
    uint32_t mask = table->index_size - 1;
    uint32_t slot = hash & mask;
    while (table->index[slot]) slot = (slot + 1) & mask;
    table->index[slot] = entry_number + 1;
}

static void rebuild_index(Table *table) {
    if (!table->index) return;
    memset(table->index, 0, table->index_size * sizeof *table->index);
    for (uint32_t i = 0; i < table->used; i++) index_insert(table, table->entries[i].hash, i);
}

/* Moves the live entries together and indexes them anew. */
static void compact(Table *table) {
    uint32_t kept = 0;
    for (uint32_t i = table_next(table, 0); i < table->used; i = table_next(table, i + 1)) {
        if (kept != i) table->entries[kept] = table->entries[i];
        kept++;
    }
    table->used = kept;
    table->version++;
    rebuild_index(table);
}

/* Room for exactly `capacity` entries, at least as many as are live. */
static void resize(VM *vm, Table *table, uint32_t capacity) {
    uint32_t index_size = capacity > TABLE_LINEAR_MAX ? capacity * 2 : 0;
    heap_free_buffer(vm_heap(vm), table->index, table->index_size * sizeof *table->index);
    table->index = NULL;
    compact(table);
    table->entries = heap_realloc_buffer(vm, table->entries, table->capacity * sizeof *table->entries,
                                         capacity * sizeof *table->entries);
    table->capacity = capacity;
    table->index = heap_alloc_buffer(vm, index_size * sizeof *table->index);
    table->index_size = index_size;
    rebuild_index(table);
}

/* At least one unused place. */
static void make_room(VM *vm, Table *table) {
    if (table->count >= table->capacity - table->capacity / 4) {
        resize(vm, table, round_capacity(table->capacity + 1));
    } else if (table->count < table->capacity / 8) {
        resize(vm, table, round_capacity(table->count * 2));
    } else {
        compact(table);
    }
}

/* --- keys compared by identity -------------------------------------------------------------------- */

static TableEntry *find_symbol_entry(const Table *table, const SymbolObj *key) {
    Value word = value_pointer(key);
    if (!table->index) {
        for (uint32_t i = 0; i < table->used; i++) {
            if (table->entries[i].key == word) return &table->entries[i];
        }
        return NULL;
    }
    uint32_t mask = table->index_size - 1;
    uint32_t slot = key->header.hash & mask;
    for (uint32_t number; (number = table->index[slot]) != 0; slot = (slot + 1) & mask) {
        if (number == INDEX_DELETED) continue;
        TableEntry *entry = &table->entries[number - 1];
        if (entry->key == word) return entry;
    }
    return NULL;
}

Value *table_find_symbol(const Table *table, const SymbolObj *key) {
    TableEntry *entry = find_symbol_entry(table, key);
    return entry ? &entry->value : NULL;
}

Value table_get_symbol(const Table *table, const SymbolObj *key) {
    TableEntry *entry = find_symbol_entry(table, key);
    return entry ? entry->value : VAL_UNSET;
}

void table_set_symbol(VM *vm, Table *table, SymbolObj *key, Value value) {
    TableEntry *entry = find_symbol_entry(table, key);
    if (entry) {
        entry->value = value;
    } else {
        table_append(vm, table, value_pointer(key), key->header.hash, value);
    }
}

Value table_delete_symbol(VM *vm, Table *table, const SymbolObj *key) {
    TableEntry *entry = find_symbol_entry(table, key);
    if (!entry) return VAL_UNSET;
    Value value = entry->value;
    table_delete_entry(vm, table, entry);
    return value;
}

/* --- any keys ------------------------------------------------------------------------------------- */

TableEntry *table_next_candidate(const Table *table, uint32_t hash, uint32_t *io_cursor) {
    if (!table->index) {
        for (uint32_t i = *io_cursor; i < table->used; i++) {
            TableEntry *entry = &table->entries[i];
            if (entry->hash != hash || entry->key == VAL_UNSET) continue;
            *io_cursor = i + 1;
            return entry;
        }
        *io_cursor = table->used;
        return NULL;
    }
    /* The cursor counts probes. Same hash means same probe sequence, and deleted slots are not filled again:
     * the order of the sequence is the order of insertion. */
    uint32_t mask = table->index_size - 1;
    for (;; ++*io_cursor) {
        uint32_t number = table->index[(hash + *io_cursor) & mask];
        if (number == 0) return NULL;
        if (number == INDEX_DELETED || table->entries[number - 1].hash != hash) continue;
        ++*io_cursor;
        return &table->entries[number - 1];
    }
}

void table_append(VM *vm, Table *table, Value key, uint32_t hash, Value value) {
    if (UNLIKELY(table->used == table->capacity)) make_room(vm, table);
    uint32_t number = table->used++;
    table->entries[number] = (TableEntry){key, value, hash};
    table->count++;
    table->version++;
    if (table->index) index_insert(table, hash, number);
}

void table_delete_entry(VM *vm, Table *table, TableEntry *entry) {
    (void)vm;
    if (table->index) {
        uint32_t number = (uint32_t)(entry - table->entries) + 1;
        uint32_t mask = table->index_size - 1;
        uint32_t slot = entry->hash & mask;
        while (table->index[slot] != number) slot = (slot + 1) & mask;
        table->index[slot] = INDEX_DELETED;
    }
    entry->key = VAL_UNSET;
    entry->value = VAL_UNSET;
    table->count--;
    table->version++;
    /* Without an index the places at the end can be had back at once. */
    while (!table->index && table->used && table->entries[table->used - 1].key == VAL_UNSET) table->used--;
}

/* --- the whole table ------------------------------------------------------------------------------ */

void table_reserve(VM *vm, Table *table, uint32_t count) {
    if (count <= table->capacity - table->used) return;
    uint32_t needed = table->count + count;
    if (needed <= table->capacity) {
        compact(table);
    } else {
        resize(vm, table, needed <= TABLE_LINEAR_MAX ? needed : round_capacity(needed));
    }
}

void table_clear(VM *vm, Table *table) {
    if (table->capacity > TABLE_LINEAR_MAX) table_free(vm_heap(vm), table);
    table->count = table->used = 0;
    table->version++;
}

void table_copy(VM *vm, Table *target, const Table *source) {
    ENSURE(target->count == 0, "a copy replaces nothing");
    table_reserve(vm, target, source->count);
    for (uint32_t i = table_next(source, 0); i < source->used; i = table_next(source, i + 1)) {
        const TableEntry *entry = &source->entries[i];
        table_append(vm, target, entry->key, entry->hash, entry->value);
    }
}

void table_trace(Heap *heap, const Table *table) {
    heap->traced += table->used * sizeof *table->entries;
    for (uint32_t i = 0; i < table->used; i++) {
        heap_mark_value(heap, table->entries[i].key);
        heap_mark_value(heap, table->entries[i].value);
    }
}

void table_free(Heap *heap, Table *table) {
    heap_free_buffer(heap, table->entries, table->capacity * sizeof *table->entries);
    heap_free_buffer(heap, table->index, table->index_size * sizeof *table->index);
    *table = (Table){.version = table->version};
}

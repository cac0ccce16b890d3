/* table.h — the insertion-ordered hash table under maps, hash maps, sets, namespaces, gene properties.
 * Invariants: entries[0..used) in insertion order; a deleted entry has key VAL_UNSET until compaction; up to
 * TABLE_LINEAR_MAX entries there is no index and lookup is a scan. Overwriting keeps an entry's place; deleting
 * and adding again moves it to the end. The owner object calls heap_touch after a store.
 * Nothing here collects: keys and values need no root during these calls. A zeroed Table is empty. */
#ifndef GENE_OBJECT_TABLE_H
#define GENE_OBJECT_TABLE_H

#include "heap/heap.h"
#include "object/string.h"

#define TABLE_LINEAR_MAX 8

typedef struct TableEntry {
    Value key; /* VAL_UNSET: deleted */
    Value value;
    uint32_t hash;
} TableEntry;

typedef struct Table {
    TableEntry *entries;
    uint32_t *index; /* slots hold entry number + 1; 0 empty, UINT32_MAX deleted. NULL while small */
    uint32_t count;  /* live entries */
    uint32_t used;   /* entries in use, live or deleted */
    uint32_t capacity;
    uint32_t index_size; /* power of two */
    uint32_t version;    /* changes whenever an entry is added, deleted or moved (not on overwrite) */
} Table;

/* --- keys compared by word identity (symbols) ------------------------------------------------------- */
/* Pointer stays valid until the next change of `version`. NULL when absent. */
Value *table_find_symbol(const Table *table, const SymbolObj *key);
/* Value or VAL_UNSET. */
Value table_get_symbol(const Table *table, const SymbolObj *key);
void table_set_symbol(VM *vm, Table *table, SymbolObj *key, Value value);
/* The removed value or VAL_UNSET. */
Value table_delete_symbol(VM *vm, Table *table, const SymbolObj *key);

/* --- any keys: the caller brings hash and equality ---------------------------------------------------- */
/* Entries with this hash, in order: start with *io_cursor = 0; NULL at the end. The caller compares keys (which
 * may run Gene code: compare `version` afterwards and start again when it changed). */
TableEntry *table_next_candidate(const Table *table, uint32_t hash, uint32_t *io_cursor);
/* Adds an entry known to be absent. */
void table_append(VM *vm, Table *table, Value key, uint32_t hash, Value value);
void table_delete_entry(VM *vm, Table *table, TableEntry *entry);

/* Room for `count` more entries. */
void table_reserve(VM *vm, Table *table, uint32_t count);
/* Keeps its storage when that is small. */
void table_clear(VM *vm, Table *table);
void table_copy(VM *vm, Table *target, const Table *source); /* target empty */
void table_trace(Heap *heap, const Table *table);
void table_free(Heap *heap, Table *table);

/* Iteration that skips deleted entries:
 *   for (uint32_t i = table_next(t, 0); i < t->used; i = table_next(t, i + 1)) … t->entries[i] */
static inline uint32_t table_next(const Table *table, uint32_t i) {
    while (i < table->used && table->entries[i].key == VAL_UNSET) i++;
    return i;
}

#endif

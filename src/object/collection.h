/* collection.h — arrays, maps, hash maps, sets, ranges, nodes (genes), quotes.
 * Mutators here do not check sealed/frozen (the language's own mutators in lib/ and vm/ do, with their texts);
 * they do call heap_touch. Adding never collects (map_set_text keeps its value alive itself); constructors
 * allocate once and want their arguments to stay reachable until they return. Lists can be long: who makes or
 * grows one by a number a program chose asks heap_can_allocate first. */
#ifndef GENE_OBJECT_COLLECTION_H
#define GENE_OBJECT_COLLECTION_H

#include "heap/heap.h"
#include "object/string.h"
#include "object/table.h"

typedef struct ArrayObj {
    Obj header;
    uint32_t count, capacity;
    Value *items;
} ArrayObj;

Value array_make(VM *vm, uint32_t capacity);
/* Copies; `items` must stay reachable during the call. */
Value array_from(VM *vm, const Value *items, uint32_t count);
void array_push(VM *vm, ArrayObj *array, Value value);
void array_append(VM *vm, ArrayObj *array, const Value *items, uint32_t count);
void array_insert(VM *vm, ArrayObj *array, uint32_t index, Value value);
Value array_remove(VM *vm, ArrayObj *array, uint32_t index);
void array_resize(VM *vm, ArrayObj *array, uint32_t count); /* new items are nil */
static inline bool is_array(Value value) { return is_obj_type(value, OBJ_ARRAY); }
static inline ArrayObj *array_of(Value value) { return (ArrayObj *)pointer_of(value); }

/* Map: keys are symbols. */
typedef struct MapObj {
    Obj header;
    Table table;
} MapObj;

Value map_make(VM *vm);
static inline bool is_map(Value value) { return is_obj_type(value, OBJ_MAP); }
static inline MapObj *map_of(Value value) { return (MapObj *)pointer_of(value); }
/* Value or VAL_UNSET. */
Value map_get(const MapObj *map, const SymbolObj *key);
void map_set(VM *vm, MapObj *map, SymbolObj *key, Value value);
Value map_delete(VM *vm, MapObj *map, const SymbolObj *key);
/* Convenience for natives: key given as text. */
void map_set_text(VM *vm, MapObj *map, const char *key, Value value);
Value map_get_text(VM *vm, const MapObj *map, const char *key);

/* HashMap and Set share a layout; a set's values are VAL_NIL. Lookup needs vm/equality.h. */
typedef struct HashObj {
    Obj header;
    Table table;
} HashObj;

Value hashmap_make(VM *vm);
Value set_make(VM *vm);
static inline bool is_hashmap(Value value) { return is_obj_type(value, OBJ_HASHMAP); }
static inline bool is_set(Value value) { return is_obj_type(value, OBJ_SET); }
static inline HashObj *hash_of(Value value) { return (HashObj *)pointer_of(value); }

/* Node: the gene `(type ^prop value child …)`. */
typedef struct NodeObj {
    Obj header;
    Value type;
    Table props; /* symbol keys */
    Value *children;
    uint32_t count, capacity;
    uint32_t line, column; /* 1-based source position; 0 when made at run time */
} NodeObj;

Value node_make(VM *vm, Value type);
static inline bool is_node(Value value) { return is_obj_type(value, OBJ_NODE); }
static inline NodeObj *node_of(Value value) { return (NodeObj *)pointer_of(value); }
void node_push(VM *vm, NodeObj *node, Value child);
void node_insert(VM *vm, NodeObj *node, uint32_t index, Value child);
Value node_remove(VM *vm, NodeObj *node, uint32_t index);
void node_set_prop(VM *vm, NodeObj *node, SymbolObj *key, Value value);

typedef struct RangeObj {
    Obj header;
    Value first, last;
    Value step; /* VAL_UNSET when not given */
} RangeObj;

Value range_make(VM *vm, Value first, Value last, Value step);
static inline bool is_range(Value value) { return is_obj_type(value, OBJ_RANGE); }
static inline RangeObj *range_of(Value value) { return (RangeObj *)pointer_of(value); }

/* `F read as OBJ_QUOTE, %F as OBJ_UNQUOTE. OBJ_PACKAGE, whose form is the map of its fields, and OBJ_APPLICATION, whose form is its
 * package, have the same shape. */
typedef struct QuoteObj {
    Obj header;
    Value form;
    bool discard; /* %_F */
} QuoteObj;

Value quote_make(VM *vm, ObjType type, Value form, bool discard);
static inline bool is_quote(Value value) { return is_obj_type(value, OBJ_QUOTE); }
static inline bool is_unquote(Value value) { return is_obj_type(value, OBJ_UNQUOTE); }
static inline QuoteObj *quote_of(Value value) { return (QuoteObj *)pointer_of(value); }

/* A node of a directory tree that has not been read (language 32 §3.2). Reading turns it into the array, map or gene it stands
 * for, in place: whoever holds it holds that. */
typedef struct UnreadObj {
    Obj header;
    Value path; /* string: the directory */
} UnreadObj;

/* The path is reachable. */
Value unread_make(VM *vm, Value path);
static inline bool is_unread(Value value) { return is_obj_type(value, OBJ_UNREAD); }
static inline UnreadObj *unread_of(Value value) { return (UnreadObj *)pointer_of(value); }
/* Is it an array (a map) whose members can be taken as they are? The same work as asking for the type alone. */
static inline bool is_settled(Value value, ObjType type) {
    if (!is_object(value)) return false;
    uint32_t header; /* type, mark, flags, size class */
    memcpy(&header, pointer_of(value), sizeof header);
    return (header & (0xFFu | (uint32_t)OBJ_HOLDS_UNREAD << 16)) == (uint32_t)type;
}
/* It takes over what `read`, an array, map or gene that nobody else holds, contains. */
void unread_become(VM *vm, UnreadObj *unread, Value read);

void collection_describe(Heap *heap);

#endif

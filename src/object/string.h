/* string.h — immutable UTF-8 strings, interned symbols, paths, bytes.
 * Invariants: text is well-formed UTF-8 followed by a NUL that does not count; two symbols with the same text
 * are the same object; a path's parts are symbols (empty text for an empty part). */
#ifndef GENE_OBJECT_STRING_H
#define GENE_OBJECT_STRING_H

#include "base/buffer.h"
#include "heap/heap.h"

typedef struct StrObj {
    Obj header;
    uint32_t size;         /* bytes */
    uint32_t length_plus1; /* code points + 1; 0 = not counted yet */
    char text[];
} StrObj;

/* Also the representation of a name everywhere: property keys, method names, variables. */
typedef struct SymbolObj {
    Obj header; /* hash is always set */
    uint32_t size;
    struct SymbolObj *next; /* chain of the intern table */
    char text[];
} SymbolObj;

typedef struct PathObj {
    Obj header;
    uint32_t count;
    uint32_t line, column; /* 1-based source position; 0 when made at run time */
    SymbolObj *parts[];
} PathObj;

typedef struct BytesObj {
    Obj header;
    uint32_t size;
    uint8_t data[];
} BytesObj;

/* All constructors here allocate once, return unrooted objects and want what they are given (text inside
 * another object too) to stay reachable until they return. Who makes much text asks heap_can_allocate. */

/* Copies `size` bytes of well-formed UTF-8. */
Value string_make(VM *vm, const char *text, size_t size);
Value string_from(VM *vm, const char *text);
/* Copies; malformed bytes become U+FFFD. */
Value string_make_lossy(VM *vm, const char *text, size_t size);
/* Takes the bytes and frees the buffer, which is empty afterwards (freeing it again does no harm). */
Value string_from_buffer(VM *vm, Buffer *buffer);
Value string_from_char(VM *vm, uint32_t code_point);
static inline bool is_string(Value value) { return is_obj_type(value, OBJ_STR); }
static inline StrObj *string_of(Value value) { return (StrObj *)pointer_of(value); }
uint32_t string_length(StrObj *string); /* code points; cached */
static inline bool string_is_ascii(StrObj *string) { return string_length(string) == string->size; }
uint32_t string_hash(VM *vm, StrObj *string); /* cached, never 0; header.hash of the symbol with that text */
bool string_equals(const StrObj *a, const StrObj *b);

/* The one symbol with this text. The table is weak: an unreachable symbol goes like any other object. */
SymbolObj *symbol_intern(VM *vm, const char *text, size_t size);
SymbolObj *symbol_from(VM *vm, const char *text);
SymbolObj *symbol_from_string(VM *vm, StrObj *string);
static inline bool is_symbol(Value value) { return is_obj_type(value, OBJ_SYMBOL); }
static inline SymbolObj *symbol_of(Value value) { return (SymbolObj *)pointer_of(value); }
bool symbol_is(const SymbolObj *symbol, const char *text);
Value string_from_symbol(VM *vm, const SymbolObj *symbol);

/* parts are symbols, reachable until the call returns. */
Value path_make(VM *vm, SymbolObj *const *parts, uint32_t count);
static inline bool is_path(Value value) { return is_obj_type(value, OBJ_PATH); }
static inline PathObj *path_of(Value value) { return (PathObj *)pointer_of(value); }

Value bytes_make(VM *vm, const uint8_t *data, size_t size); /* data NULL: zeroed */
static inline bool is_bytes(Value value) { return is_obj_type(value, OBJ_BYTES); }
static inline BytesObj *bytes_of(Value value) { return (BytesObj *)pointer_of(value); }

/* Weak table of all symbols; lives in ObjectSpace. */
typedef struct SymbolTable {
    SymbolObj **buckets;
    uint32_t bucket_count; /* power of two */
    uint32_t count;
} SymbolTable;

void string_describe(Heap *heap);
void symbol_table_sweep(VM *vm, Heap *heap); /* drops dead symbols; called through Heap.clear_weak */
void symbol_table_free(Heap *heap, SymbolTable *table);

#endif

/* string.c — strings, the weak symbol table, paths, bytes.
 * Invariant: a symbol is in the table exactly as long as it lives; the table does not keep it alive. Between
 * the end of marking and the sweep symbol_table_sweep() drops the dead ones, so a lookup never revives one.
 * Cached hashes are never 0 (0 means "not computed"). */
#include "object/string.h"

#include "base/hash.h"
#include "base/utf8.h"
#include "object/space.h"

#define SYMBOL_BUCKETS_MIN 512u

static uint32_t hash_text(VM *vm, const char *text, size_t size) {
    uint32_t hash = hash_bytes(text, size, vm_space(vm)->hash_seed);
    return hash ? hash : 1;
}

/* --- strings -------------------------------------------------------------------------------------- */

static StrObj *alloc_string(VM *vm, size_t size) {
    ENSURE(size < UINT32_MAX, "callers that ask for much text check heap_can_allocate first");
    StrObj *string = heap_alloc(vm, OBJ_STR, offsetof(StrObj, text) + size + 1);
    string->size = (uint32_t)size;
    return string;
}

Value string_make(VM *vm, const char *text, size_t size) {
    StrObj *empty = vm_space(vm)->empty_string;
    if (size == 0 && empty) return value_pointer(empty);
    StrObj *string = alloc_string(vm, size);
    if (size) memcpy(string->text, text, size);
    return value_pointer(string);
}

Value string_from(VM *vm, const char *text) { return string_make(vm, text, strlen(text)); }

/* Bytes at the start of malformed text that are replaced together: a lead byte with as many of the
 * continuation bytes it asks for as are there, as TextDecoder does it; anything else alone. */
static size_t malformed_width(const char *text, size_t size) {
    const unsigned char *bytes = (const unsigned char *)text;
    size_t wanted = bytes[0] < 0xC2 || bytes[0] > 0xF4 ? 1 : utf8_width(text[0]);
    if (wanted == 1 || size == 1) return 1;
    unsigned char low = bytes[0] == 0xE0 ? 0xA0 : bytes[0] == 0xF0 ? 0x90 : 0x80;
    unsigned char high = bytes[0] == 0xED ? 0x9F : bytes[0] == 0xF4 ? 0x8F : 0xBF;
    if (bytes[1] < low || bytes[1] > high) return 1;
    size_t width = 2;
    while (width < wanted && width < size && (bytes[width] & 0xC0) == 0x80) width++;
    return width;
}

/* Size of the repaired text; written to `out` unless that is NULL. */
static size_t repair(const char *text, size_t size, char *out) {
    size_t done = 0;
    while (size > 0) {
        size_t good = utf8_find_invalid(text, size);
        if (out) memcpy(out + done, text, good);
        done += good;
        text += good;
        size -= good;
        if (size == 0) break;
        char replacement[4];
        size_t replacement_size = utf8_encode(UTF8_REPLACEMENT, replacement);
        if (out) memcpy(out + done, replacement, replacement_size);
        done += replacement_size;
        size_t bad = malformed_width(text, size);
        text += bad;
        size -= bad;
    }
    return done;
}

Value string_make_lossy(VM *vm, const char *text, size_t size) {
    if (utf8_find_invalid(text, size) == size) return string_make(vm, text, size);
    StrObj *string = alloc_string(vm, repair(text, size, NULL));
    repair(text, size, string->text);
    return value_pointer(string);
}

Value string_from_buffer(VM *vm, Buffer *buffer) {
    Value string = string_make(vm, buffer->data, buffer->size);
    buffer_free(buffer);
    return string;
}

Value string_from_char(VM *vm, uint32_t code_point) {
    char text[4];
    size_t size = utf8_encode(code_point, text);
    return string_make(vm, text, size);
}

uint32_t string_length(StrObj *string) {
    if (string->length_plus1 == 0) {
        string->length_plus1 = (uint32_t)utf8_count(string->text, string->size) + 1;
    }
    return string->length_plus1 - 1;
}

uint32_t string_hash(VM *vm, StrObj *string) {
    if (string->header.hash == 0) string->header.hash = hash_text(vm, string->text, string->size);
    return string->header.hash;
}

bool string_equals(const StrObj *a, const StrObj *b) {
    if (a == b) return true;
    if (a->size != b->size) return false;
    if (a->header.hash && b->header.hash && a->header.hash != b->header.hash) return false;
    return memcmp(a->text, b->text, a->size) == 0;
}

/* --- symbols -------------------------------------------------------------------------------------- */

static void grow_symbol_table(VM *vm, SymbolTable *table) {
    uint32_t bucket_count = table->bucket_count ? table->bucket_count * 2 : SYMBOL_BUCKETS_MIN;
    SymbolObj **buckets = heap_alloc_buffer(vm, bucket_count * sizeof(SymbolObj *));
    memset(buckets, 0, bucket_count * sizeof(SymbolObj *));
    for (uint32_t i = 0; i < table->bucket_count; i++) {
        SymbolObj *symbol = table->buckets[i];
        while (symbol) {
            SymbolObj *next = symbol->next;
            SymbolObj **bucket = &buckets[symbol->header.hash & (bucket_count - 1)];
            symbol->next = *bucket;
            *bucket = symbol;
            symbol = next;
        }
    }
    heap_free_buffer(vm_heap(vm), table->buckets, table->bucket_count * sizeof(SymbolObj *));
    table->buckets = buckets;
    table->bucket_count = bucket_count;
}

SymbolObj *symbol_intern(VM *vm, const char *text, size_t size) {
    SymbolTable *table = &vm_space(vm)->symbols;
    uint32_t hash = hash_text(vm, text, size);
    if (table->bucket_count) {
        SymbolObj *symbol = table->buckets[hash & (table->bucket_count - 1)];
        for (; symbol; symbol = symbol->next) {
            if (symbol->header.hash == hash && symbol->size == size && memcmp(symbol->text, text, size) == 0)
                return symbol;
        }
    }
    ENSURE(size < UINT32_MAX, "callers that ask for much text check heap_can_allocate first");
    if (table->count >= table->bucket_count) grow_symbol_table(vm, table);
    /* May collect, and so sweep the table: look at the chain again only afterwards. */
    SymbolObj *symbol = heap_alloc(vm, OBJ_SYMBOL, offsetof(SymbolObj, text) + size + 1);
    symbol->header.hash = hash;
    symbol->size = (uint32_t)size;
    if (size) memcpy(symbol->text, text, size);
    SymbolObj **bucket = &table->buckets[hash & (table->bucket_count - 1)];
    symbol->next = *bucket;
    *bucket = symbol;
    table->count++;
    return symbol;
}

SymbolObj *symbol_from(VM *vm, const char *text) { return symbol_intern(vm, text, strlen(text)); }

SymbolObj *symbol_from_string(VM *vm, StrObj *s) { return symbol_intern(vm, s->text, s->size); }

bool symbol_is(const SymbolObj *symbol, const char *text) {
    size_t size = strlen(text);
    return symbol->size == size && memcmp(symbol->text, text, size) == 0;
}

Value string_from_symbol(VM *vm, const SymbolObj *s) { return string_make(vm, s->text, s->size); }

void symbol_table_sweep(VM *vm, Heap *heap) {
    SymbolTable *table = &vm_space(vm)->symbols;
    for (uint32_t i = 0; i < table->bucket_count; i++) {
        SymbolObj **link = &table->buckets[i];
        while (*link) {
            if (heap_is_dead(heap, &(*link)->header)) {
                *link = (*link)->next;
                table->count--;
            } else {
                link = &(*link)->next;
            }
        }
    }
}

void symbol_table_free(Heap *heap, SymbolTable *table) {
    heap_free_buffer(heap, table->buckets, table->bucket_count * sizeof(SymbolObj *));
    *table = (SymbolTable){0};
}

/* --- paths, bytes --------------------------------------------------------------------------------- */

Value path_make(VM *vm, SymbolObj *const *parts, uint32_t count) {
    PathObj *path = heap_alloc(vm, OBJ_PATH, offsetof(PathObj, parts) + count * sizeof(SymbolObj *));
    path->count = count;
    if (count) memcpy(path->parts, parts, count * sizeof(SymbolObj *));
    return value_pointer(path);
}

Value bytes_make(VM *vm, const uint8_t *data, size_t size) {
    ENSURE(size <= UINT32_MAX, "callers that ask for many bytes check heap_can_allocate first");
    BytesObj *bytes = heap_alloc(vm, OBJ_BYTES, offsetof(BytesObj, data) + size);
    bytes->size = (uint32_t)size;
    if (data && size) memcpy(bytes->data, data, size);
    return value_pointer(bytes);
}

static void trace_path(Heap *heap, Obj *object) {
    PathObj *path = (PathObj *)object;
    for (uint32_t i = 0; i < path->count; i++) heap_mark_object(heap, path->parts[i]);
}

void string_describe(Heap *heap) {
    static const ObjDescriptor plain = {NULL, NULL};
    static const ObjDescriptor path = {trace_path, NULL};
    heap_describe(heap, OBJ_STR, &plain);
    heap_describe(heap, OBJ_SYMBOL, &plain);
    heap_describe(heap, OBJ_BYTES, &plain);
    heap_describe(heap, OBJ_PATH, &path);
}

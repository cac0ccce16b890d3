/* arena.c — chunks in a list, newest first.
 * Invariant: memory handed out is zero: chunks are zeroed when made and never reused. */
#include "compiler/arena.h"

#define FIRST_CHUNK_SIZE ((size_t)8 * 1024)
#define MAX_CHUNK_SIZE ((size_t)1024 * 1024)

struct ArenaChunk {
    ArenaChunk *next;
    size_t size;
    max_align_t data[];
};

static void add_chunk(Arena *arena, size_t at_least) {
    /* Doubling keeps small evals cheap and large files linear. */
    size_t size = arena->chunks ? arena->chunks->size * 2 : FIRST_CHUNK_SIZE;
    if (size > MAX_CHUNK_SIZE) size = MAX_CHUNK_SIZE;
    if (size < at_least) size = at_least;
    ArenaChunk *chunk = calloc(1, sizeof(ArenaChunk) + size);
    if (!chunk) base_fatal("out of memory while compiling");
    chunk->next = arena->chunks;
    chunk->size = size;
    arena->chunks = chunk;
    arena->next = (char *)chunk->data;
    arena->left = size;
}

void *arena_alloc(Arena *arena, size_t size) {
    size_t rounded = (size + _Alignof(max_align_t) - 1) & ~(_Alignof(max_align_t) - 1);
    if (rounded > arena->left) add_chunk(arena, rounded);
    void *result = arena->next;
    arena->next += rounded;
    arena->left -= rounded;
    return result;
}

char *arena_copy_text(Arena *arena, const char *text, size_t size) {
    char *copy = arena_alloc(arena, size + 1);
    memcpy(copy, text, size);
    return copy;
}

void arena_free(Arena *arena) {
    ArenaChunk *chunk = arena->chunks;
    while (chunk) {
        ArenaChunk *next = chunk->next;
        free(chunk);
        chunk = next;
    }
    memset(arena, 0, sizeof *arena);
}

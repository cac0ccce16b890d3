/* arena.h — memory of one compilation: taken piece by piece, given back all at once. */
#ifndef GENE_COMPILER_ARENA_H
#define GENE_COMPILER_ARENA_H

#include "base/common.h"

typedef struct ArenaChunk ArenaChunk;

typedef struct Arena {
    ArenaChunk *chunks;
    char *next;
    size_t left; /* bytes free at `next` */
} Arena;

/* Zeroed, aligned for any type. Never NULL. */
void *arena_alloc(Arena *arena, size_t size);
/* A copy of `size` bytes and a NUL. */
char *arena_copy_text(Arena *arena, const char *text, size_t size);
void arena_free(Arena *arena);

#define ARENA_NEW(arena, Type) ((Type *)arena_alloc((arena), sizeof(Type)))
#define ARENA_ARRAY(arena, Type, count) ((Type *)arena_alloc((arena), sizeof(Type) * (size_t)(count)))

#endif

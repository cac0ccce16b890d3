/* hash.h — hashing of bytes and words. Seeded per VM so that untrusted keys cannot be chosen to collide. */
#ifndef GENE_BASE_HASH_H
#define GENE_BASE_HASH_H

#include "base/common.h"

uint32_t hash_bytes(const void *data, size_t size, uint32_t seed);

static inline uint32_t hash_word(uint64_t word) {
    word ^= word >> 33;
    word *= 0xff51afd7ed558ccdULL;
    word ^= word >> 33;
    word *= 0xc4ceb9fe1a85ec53ULL;
    word ^= word >> 33;
    return (uint32_t)word;
}

#endif

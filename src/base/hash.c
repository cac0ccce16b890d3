/* hash.c — SipHash-1-3 of byte strings. A keyed ARX hash rather than a multiplicative one: those have pairs
 * of inputs that collide under every seed. Strings cache their hash, so the few extra cycles do not show. */
#include "base/hash.h"

typedef struct SipState {
    uint64_t a, b, c, d;
} SipState;

static inline uint64_t rotate(uint64_t word, int bits) { return word << bits | word >> (64 - bits); }

static inline void sip_round(SipState *state) {
    state->a += state->b;
    state->c += state->d;
    state->b = rotate(state->b, 13) ^ state->a;
    state->d = rotate(state->d, 16) ^ state->c;
    state->a = rotate(state->a, 32);
    state->c += state->b;
    state->a += state->d;
    state->b = rotate(state->b, 17) ^ state->c;
    state->d = rotate(state->d, 21) ^ state->a;
    state->c = rotate(state->c, 32);
}

static inline void absorb(SipState *state, uint64_t word) {
    state->d ^= word;
    sip_round(state);
    state->a ^= word;
}

uint32_t hash_bytes(const void *data, size_t size, uint32_t seed) {
    const unsigned char *bytes = data;
    uint64_t key0 = seed * 0x9E3779B97F4A7C15ull, key1 = (seed ^ 0x5bf03635u) * 0xC2B2AE3D27D4EB4Full;
    SipState state = {key0 ^ 0x736f6d6570736575ull, key1 ^ 0x646f72616e646f6dull, key0 ^ 0x6c7967656e657261ull,
                      key1 ^ 0x7465646279746573ull};
    uint64_t word;
    size_t at = 0;
    for (; size - at >= 8; at += 8) {
        memcpy(&word, bytes + at, 8);
        absorb(&state, word);
    }
    word = (uint64_t)size << 56;
    for (int shift = 0; at < size; at++, shift += 8) word |= (uint64_t)bytes[at] << shift;
    absorb(&state, word);
    state.c ^= 0xff;
    for (int i = 0; i < 3; i++) sip_round(&state);
    uint64_t mixed = state.a ^ state.b ^ state.c ^ state.d;
    return (uint32_t)(mixed ^ mixed >> 32);
}

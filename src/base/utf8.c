/* utf8.c — UTF-8, by the well-formedness table of the Unicode standard (table 3-7): the second byte's range
 * depends on the lead byte, and that alone excludes overlong forms, surrogates and values past 0x10FFFF. */
#include "base/utf8.h"

static bool is_tail(unsigned char byte) { return (byte & 0xC0) == 0x80; }

static size_t decode_long(const unsigned char *text, size_t size, uint32_t *out_code_point) {
    unsigned char lead = text[0];
    if (lead < 0xC2 || lead > 0xF4 || size < 2) return 0;
    unsigned char low = 0x80, high = 0xBF;
    if (lead == 0xE0) low = 0xA0;
    if (lead == 0xED) high = 0x9F;
    if (lead == 0xF0) low = 0x90;
    if (lead == 0xF4) high = 0x8F;
    if (text[1] < low || text[1] > high) return 0;
    if (lead < 0xE0) {
        *out_code_point = (lead & 0x1Fu) << 6 | (text[1] & 0x3Fu);
        return 2;
    }
    if (size < 3 || !is_tail(text[2])) return 0;
    if (lead < 0xF0) {
        *out_code_point = (lead & 0x0Fu) << 12 | (text[1] & 0x3Fu) << 6 | (text[2] & 0x3Fu);
        return 3;
    }
    if (size < 4 || !is_tail(text[3])) return 0;
    *out_code_point = (lead & 0x07u) << 18 | (text[1] & 0x3Fu) << 12 | (text[2] & 0x3Fu) << 6 | (text[3] & 0x3Fu);
    return 4;
}

size_t utf8_decode(const char *text, size_t size, uint32_t *out_code_point) {
    const unsigned char *bytes = (const unsigned char *)text;
    if (LIKELY(bytes[0] < 0x80)) {
        *out_code_point = bytes[0];
        return 1;
    }
    return decode_long(bytes, size, out_code_point);
}

size_t utf8_encode(uint32_t code_point, char out[4]) {
    if (code_point > 0x10FFFF || (code_point >= 0xD800 && code_point <= 0xDFFF)) code_point = UTF8_REPLACEMENT;
    if (code_point < 0x80) {
        out[0] = (char)code_point;
        return 1;
    }
    if (code_point < 0x800) {
        out[0] = (char)(0xC0 | code_point >> 6);
        out[1] = (char)(0x80 | (code_point & 0x3F));
        return 2;
    }
    if (code_point < 0x10000) {
        out[0] = (char)(0xE0 | code_point >> 12);
        out[1] = (char)(0x80 | (code_point >> 6 & 0x3F));
        out[2] = (char)(0x80 | (code_point & 0x3F));
        return 3;
    }
    out[0] = (char)(0xF0 | code_point >> 18);
    out[1] = (char)(0x80 | (code_point >> 12 & 0x3F));
    out[2] = (char)(0x80 | (code_point >> 6 & 0x3F));
    out[3] = (char)(0x80 | (code_point & 0x3F));
    return 4;
}

static uint64_t load_word(const char *text) {
    uint64_t word;
    memcpy(&word, text, sizeof word);
    return word;
}

#define HIGH_BITS 0x8080808080808080ull

/* Continuation bytes (10xxxxxx) among the eight of a word. */
static size_t tails_in(uint64_t word) {
    uint64_t tails = word & HIGH_BITS & ~(word << 1);
    return (size_t)__builtin_popcountll(tails);
}

size_t utf8_find_invalid(const char *text, size_t size) {
    size_t at = 0;
    while (at < size) {
        /* Most text is ASCII: eight bytes at a time. */
        while (size - at >= 8 && !(load_word(text + at) & HIGH_BITS)) at += 8;
        if (at == size) break;
        uint32_t code_point;
        size_t width = utf8_decode(text + at, size - at, &code_point);
        if (width == 0) return at;
        at += width;
    }
    return size;
}

size_t utf8_count(const char *text, size_t size) {
    size_t tails = 0, at = 0;
    for (; size - at >= 8; at += 8) tails += tails_in(load_word(text + at));
    for (; at < size; at++) tails += is_tail((unsigned char)text[at]);
    return size - tails;
}

size_t utf8_offset(const char *text, size_t size, size_t index) {
    size_t at = 0;
    /* A word holds 8 − tails starts. Stopping while index ≥ 8 keeps the start we look for ahead of us. */
    while (index >= 8 && size - at >= 8) {
        index -= 8 - tails_in(load_word(text + at));
        at += 8;
    }
    /* The words may have ended in the middle of a code point. */
    while (at < size && is_tail((unsigned char)text[at])) at++;
    for (; index > 0 && at < size; index--) at += utf8_width(text[at]);
    return at < size ? at : size;
}

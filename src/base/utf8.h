/* utf8.h — decoding, encoding and counting UTF-8. Strings in Gene are always well-formed. */
#ifndef GENE_BASE_UTF8_H
#define GENE_BASE_UTF8_H

#include "base/common.h"

#define UTF8_REPLACEMENT 0xFFFDu

/* Decodes one code point at text[0..size) (size > 0) into *out_code_point and returns the bytes used;
 * malformed input gives 0 bytes. Overlong forms, surrogates and values over 0x10FFFF are malformed. */
size_t utf8_decode(const char *text, size_t size, uint32_t *out_code_point);
/* Writes 1–4 bytes to out and returns how many; surrogates and values out of range write U+FFFD. */
size_t utf8_encode(uint32_t code_point, char out[4]);
/* Offset of the first malformed byte, or `size` when all is well-formed. */
size_t utf8_find_invalid(const char *text, size_t size);
/* Code points in well-formed text. */
size_t utf8_count(const char *text, size_t size);
/* Byte offset of code point `index` in well-formed text; `size` when past the end. */
size_t utf8_offset(const char *text, size_t size, size_t index);
/* Bytes of the code point that starts with this lead byte of well-formed text. */
static inline size_t utf8_width(char lead) {
    unsigned char byte = (unsigned char)lead;
    return byte < 0x80 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
}

#endif

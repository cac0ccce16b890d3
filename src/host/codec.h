/* codec.h — Gene values ↔ one compact binary record; every crossing between the core and its host uses it.
 *
 * A record is a tag byte and its payload, little-endian, unaligned; strings are UTF-8 with a u32 byte count; containers
 * are a u32 count and that many records. js/values.js is the other end. Neither direction recurses on the C stack: the
 * depth of data is bounded by CODEC_DEPTH_MAX, cycles are found when that depth is passed.
 *
 * CODEC_TAG(name, number, direction, payload): direction is "both", "out" (to the host) or "in". */
#ifndef GENE_HOST_CODEC_H
#define GENE_HOST_CODEC_H

#include "base/buffer.h"
#include "value/value.h"

#define CODEC_TAGS(CODEC_TAG)                                                                                        \
    CODEC_TAG(NIL, 0, "both", "")                                                                                    \
    CODEC_TAG(VOID, 1, "both", "")                                                                                   \
    CODEC_TAG(FALSE, 2, "both", "")                                                                                  \
    CODEC_TAG(TRUE, 3, "both", "")                                                                                   \
    CODEC_TAG(INT32, 4, "both", "i32")                                                                               \
    CODEC_TAG(INT64, 5, "both", "i64")                                                                               \
    CODEC_TAG(FLOAT, 6, "both", "f64")                                                                               \
    CODEC_TAG(CHAR, 7, "out", "u32 code point")                                                                      \
    CODEC_TAG(STRING, 8, "both", "string")                                                                           \
    CODEC_TAG(BYTES, 9, "both", "u32 size, bytes")                                                                   \
    CODEC_TAG(ARRAY, 10, "both", "u32 count, values")                                                                \
    CODEC_TAG(MAP, 11, "both", "u32 count, (string key, value)…")                                                    \
    CODEC_TAG(HASHMAP, 12, "both", "u32 count, (key, value)…")                                                       \
    CODEC_TAG(SET, 13, "both", "u32 count, values")                                                                  \
    CODEC_TAG(DATETIME, 14, "both", "f64 milliseconds since 1970, u8 1: of local time (no zone)")                    \
    CODEC_TAG(SYMBOL, 15, "both", "string; out: only of plain data")                                                 \
    CODEC_TAG(NODE, 16, "both", "u32 line, u32 column, type, MAP of properties, ARRAY of children; out: plain data") \
    CODEC_TAG(HOST, 17, "both", "u32 host number of an object that Gene only passes around")                         \
    CODEC_TAG(HANDLE, 18, "out", "u8 HandleKind, u32 identity, u32 handle, string type or function name")            \
    CODEC_TAG(EXCEPTION, 19, "out",                                                                                  \
              "u32 identity, u32 handle, u8 count and class names (own first), string code, "                        \
              "string hint, message, location, stack, cause, host error, diagnostics")                               \
    CODEC_TAG(REFERENCE, 20, "in", "u32 handle")                                                                     \
    CODEC_TAG(FUNCTION, 21, "in", "u32 host number")                                                                 \
    CODEC_TAG(PROMISE, 22, "in", "u32 host number")                                                                  \
    CODEC_TAG(ERROR, 23, "in", "u32 host number, string code, string class, string message, string stack, cause")

typedef enum CodecTag {
#define CODEC_TAG(name, number, direction, payload) CODEC_##name = number,
    CODEC_TAGS(CODEC_TAG)
#undef CODEC_TAG
} CodecTag;

/* What the host should make of a handle. HANDLE_KIND(name, number, host object) */
#define HANDLE_KINDS(HANDLE_KIND)           \
    HANDLE_KIND(OPAQUE, 0, "handle object") \
    HANDLE_KIND(FUNCTION, 1, "function")    \
    HANDLE_KIND(FUTURE, 2, "promise")       \
    HANDLE_KIND(ITERATOR, 3, "async iterator")

typedef enum HandleKind {
#define HANDLE_KIND(name, number, what) HANDLE_##name = number,
    HANDLE_KINDS(HANDLE_KIND)
#undef HANDLE_KIND
} HandleKind;

#define CODEC_DEPTH_MAX 1000 /* levels of containers */

typedef enum CodecMode {
    CODEC_LIVE,  /* what is not data becomes a handle */
    CODEC_PLAIN, /* forms, symbols, instances, ranges … become data too (toJS(), parse) */
} CodecMode;

/* Appends the record of `value`. Runs no Gene code and allocates nothing on the heap. False after raising
 * GENE.CONVERT.CYCLE, GENE.CONVERT.DEPTH or GENE.LIMIT.MEMORY: the buffer is as before, no handle is kept. */
bool codec_encode(VM *vm, Buffer *out, Value value, CodecMode mode);

/* Reads the record at data[*io_offset…) and moves the offset past it. False after raising GENE.CONVERT.… (malformed,
 * too deep) or GENE.LIMIT.MEMORY. The result is unrooted. */
bool codec_decode(VM *vm, const uint8_t *data, size_t size, size_t *io_offset, Value *out_value);

#endif

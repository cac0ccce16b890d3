/* buffer.h — a growable byte buffer.
 * Invariant: data[0..size) is initialised; data may be NULL while capacity is 0.
 * A buffer that could not grow sets `failed` and ignores later appends; check it once at the end. */
#ifndef GENE_BASE_BUFFER_H
#define GENE_BASE_BUFFER_H

#include "base/common.h"

typedef struct Buffer {
    char *data;
    size_t size;
    size_t capacity;
    size_t limit; /* bytes; 0 means no limit */
    bool failed;  /* the limit or the host's memory was reached */
} Buffer;

void buffer_init(Buffer *buffer);
void buffer_free(Buffer *buffer);
void buffer_clear(Buffer *buffer);
/* Room for `extra` more bytes; false (and failed) when impossible. */
bool buffer_reserve(Buffer *buffer, size_t extra);
void buffer_append(Buffer *buffer, const void *data, size_t size);
void buffer_append_text(Buffer *buffer, const char *text);
void buffer_append_byte(Buffer *buffer, char byte);
void buffer_append_utf8(Buffer *buffer, uint32_t code_point);
void buffer_append_format(Buffer *buffer, const char *format, ...) PRINTF_LIKE(2, 3);
/* NUL-terminates (the NUL is not counted in size) and returns data; "" when empty or failed. */
const char *buffer_text(Buffer *buffer);

#endif

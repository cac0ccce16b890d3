/* buffer.c — growable byte buffers. Failure is sticky: one check at the end covers every append before it. */
#include "base/buffer.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/utf8.h"

#define FIRST_CAPACITY 64

void buffer_init(Buffer *buffer) { *buffer = (Buffer){0}; }

void buffer_free(Buffer *buffer) {
    free(buffer->data);
    *buffer = (Buffer){.limit = buffer->limit};
}

void buffer_clear(Buffer *buffer) {
    buffer->size = 0;
    buffer->failed = false;
}

static bool fail(Buffer *buffer) {
    buffer->failed = true;
    return false;
}

/* Makes capacity at least `wanted`, which is past the present capacity. */
static bool grow(Buffer *buffer, size_t wanted) {
    size_t capacity = buffer->capacity ? buffer->capacity : FIRST_CAPACITY;
    while (capacity < wanted) {
        if (capacity > SIZE_MAX / 2) return fail(buffer);
        capacity *= 2;
    }
    char *data = realloc(buffer->data, capacity);
    if (!data) return fail(buffer);
    buffer->data = data;
    buffer->capacity = capacity;
    return true;
}

bool buffer_reserve(Buffer *buffer, size_t extra) {
    if (buffer->failed) return false;
    size_t most = buffer->limit ? buffer->limit : SIZE_MAX / 2;
    if (buffer->size > most || extra > most - buffer->size) return fail(buffer);
    size_t wanted = buffer->size + extra;
    return wanted <= buffer->capacity || grow(buffer, wanted);
}

void buffer_append(Buffer *buffer, const void *data, size_t size) {
    if (size == 0 || !buffer_reserve(buffer, size)) return;
    memcpy(buffer->data + buffer->size, data, size);
    buffer->size += size;
}

void buffer_append_text(Buffer *buffer, const char *text) { buffer_append(buffer, text, strlen(text)); }

void buffer_append_byte(Buffer *buffer, char byte) {
    if (!buffer_reserve(buffer, 1)) return;
    buffer->data[buffer->size++] = byte;
}

void buffer_append_utf8(Buffer *buffer, uint32_t code_point) {
    char bytes[4] = {0};
    buffer_append(buffer, bytes, utf8_encode(code_point, bytes));
}

void buffer_append_format(Buffer *buffer, const char *format, ...) {
    char small[256];
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int length = vsnprintf(small, sizeof small, format, args);
    va_end(args);
    if (length < 0) {
        fail(buffer);
    } else if ((size_t)length < sizeof small) {
        buffer_append(buffer, small, (size_t)length);
    } else if (buffer_reserve(buffer, (size_t)length) &&
               /* vsnprintf also writes a NUL, which the limit does not count. */
               (buffer->capacity - buffer->size > (size_t)length || grow(buffer, buffer->size + (size_t)length + 1))) {
        vsnprintf(buffer->data + buffer->size, (size_t)length + 1, format, again);
        buffer->size += (size_t)length;
    }
    va_end(again);
}

const char *buffer_text(Buffer *buffer) {
    if (buffer->failed || buffer->size == 0) return "";
    if (buffer->size == buffer->capacity && !grow(buffer, buffer->size + 1)) return "";
    buffer->data[buffer->size] = '\0';
    return buffer->data;
}

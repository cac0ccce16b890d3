/* reader_internal.h — what the files of this room share.
 *
 *   reader.c         the public calls, positions, blanks and comments, reporting
 *   reader_form.c    dispatch on the first character, genes, arrays, maps, quotes; recovery from a bad form
 *   reader_token.c   symbols, paths, property keys
 *   reader_number.c  numbers and bytes
 *   reader_time.c    dates and times
 *   reader_string.c  strings, interpolation, characters, regex literals
 *   diagnostics.c    the list of what went wrong
 *
 * Invariants: text[0..end) is well-formed UTF-8 without NUL; `at` only moves forward; every ReadStatus but
 * READ_STOP has consumed at least one byte, so each loop over forms ends; `scratch` is used as a stack: who
 * appends to it remembers its size before and cuts it back. The collector is paused: forms need no roots. */
#ifndef GENE_READER_READER_INTERNAL_H
#define GENE_READER_READER_INTERNAL_H

#include <stdarg.h>

#include "base/buffer.h"
#include "reader/reader.h"

typedef enum ReadStatus {
    READ_FORM, /* *out_form is the form */
    READ_BAD,  /* reported and skipped: go on behind it */
    READ_STOP, /* a closer, ';' or the end stands here; not consumed, not reported */
} ReadStatus;

typedef struct Mark {
    size_t offset;
    uint32_t line, column;
} Mark;

/* Enclosing forms that wait for `)`, `]`, `}`: tells a stray closer from one that ends an outer form. */
typedef struct OpenForms {
    uint32_t parens, brackets, braces;
} OpenForms;

typedef struct Reader {
    VM *vm;
    const char *text;
    size_t at, end;
    size_t first; /* offset of the first character, behind a byte order mark */
    Mark mark;    /* the last offset located; the next one is counted from there */
    const char *file;
    uint32_t depth, max_depth;
    OpenForms open;
    size_t mismatch;   /* offset of the last closer reported as unmatched; SIZE_MAX = none */
    bool end_reported; /* an unclosed form has been reported, or reading was given up: no more about the end */
    bool incomplete;
    Buffer scratch;
    Buffer *tokens; /* listing of tokens, or NULL */
    Diagnostics *diagnostics;
} Reader;

/* --- reader.c ------------------------------------------------------------------------------------------- */

enum { CHAR_BLANK = 1, CHAR_TOKEN_END = 2 };
extern const uint8_t reader_char_class[256];

/* The byte `ahead` of the next one; 0 behind the end. */
static inline int reader_peek(const Reader *reader, size_t ahead) {
    return reader->end - reader->at > ahead ? (unsigned char)reader->text[reader->at + ahead] : 0;
}
static inline bool reader_at_end(const Reader *reader) { return reader->at >= reader->end; }
static inline bool reader_is_blank(int byte) { return reader_char_class[byte] & CHAR_BLANK; }
static inline bool reader_is_digit(int byte) { return byte >= '0' && byte <= '9'; }
static inline bool reader_is_letter(int byte) {
    /* Every code point outside ASCII counts: it would only make a stray symbol. */
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || byte >= 0x80;
}

Mark reader_locate(Reader *reader, size_t offset);
/* Past whitespace and comments. */
void reader_skip_blank(Reader *reader);
/* `at` is on a "#<". */
void reader_skip_block_comment(Reader *reader);
void reader_skip_line(Reader *reader);
/* Past the rest of a token that could not be understood. */
void reader_skip_token(Reader *reader);

/* Adds text[start..at) to the listing of tokens, if one is wanted. */
void reader_note(Reader *reader, const char *kind, size_t start);

/* A diagnostic for text[start..at). */
void reader_report(Reader *reader, ErrorId id, size_t start, const char *format, ...) PRINTF_LIKE(4, 5);
void reader_report_list(Reader *reader, ErrorId id, size_t start, const char *format, va_list args);
/* The same, and READ_BAD. */
ReadStatus reader_fail(Reader *reader, ErrorId id, size_t start, const char *format, ...) PRINTF_LIKE(4, 5);
/* The text ended inside the form at `start`. Said once: the innermost form is the one to close first. */
ReadStatus reader_fail_at_end(Reader *reader, ErrorId id, size_t start, const char *format, ...) PRINTF_LIKE(4, 5);
/* Reads no further; the end is not reported as a fault of the text. */
void reader_give_up(Reader *reader);
/* One level deeper; false (reported, given up) when that is too deep. reader->depth-- leaves it. */
bool reader_enter(Reader *reader, size_t start);
/* Memory has run out: reported, given up; READ_BAD. */
ReadStatus reader_fail_memory(Reader *reader, size_t start);
/* Is there memory for a literal of so many bytes? False: reported, given up. */
bool reader_can_hold(Reader *reader, size_t size, size_t start);
/* How many bytes of user text go into a message: whole code points, not many. For "%.*s". */
int reader_excerpt(const char *text, size_t size);

/* --- the other files ------------------------------------------------------------------------------------ */

/* The next form, blanks before it skipped. */
ReadStatus reader_form(Reader *reader, Value *out_form);

typedef enum NextItem {
    ITEM_NEXT,   /* something stands here that does not end the form; may be ';' */
    ITEM_CLOSED, /* the closer, consumed */
    ITEM_BROKEN, /* the end, or a closer of an outer form; reported */
} NextItem;
/* Looks for the next item of a form that began at `start` and ends with `closer`. */
NextItem reader_next_item(Reader *reader, char closer, size_t start);
/* A property's key has a value already. */
void reader_report_conflict(Reader *reader, size_t start);
/* Reports and skips a ';' where there is no chain. */
void reader_reject_semicolon(Reader *reader);
/* The rest of a map whose opening brace is behind us. */
Value reader_map(Reader *reader, size_t start);

/* Offset behind the token at `at`. */
size_t reader_token_end(const Reader *reader, size_t at);
ReadStatus reader_symbol(Reader *reader, Value *out_form);
/* The next `size` bytes as a symbol. */
Value reader_plain_symbol(Reader *reader, size_t size);

/* Where the value of `^key` goes: into `container` (node or map) under `key`. */
typedef struct KeyTarget {
    Value container; /* VAL_UNSET: the key was refused, its value is dropped */
    SymbolObj *key;
    Value shortcut;  /* value of ^^key and ^!key, VAL_UNSET for ^key */
    uint32_t levels; /* maps between the outer container and the value */
} KeyTarget;
/* `at` is on the '^'. Makes the inner maps of ^a^b. False: reported, nothing to read. */
bool reader_key(Reader *reader, Value container, KeyTarget *out_target);

ReadStatus reader_number(Reader *reader, Value *out_form);
/* `at` is on the '-' or ':' behind the number's first digits, which begin at `start`. */
ReadStatus reader_date(Reader *reader, size_t start, Value *out_form);
ReadStatus reader_time(Reader *reader, size_t start, Value *out_form);

ReadStatus reader_string(Reader *reader, Value *out_form);
ReadStatus reader_interpolated(Reader *reader, Value *out_form);
ReadStatus reader_char(Reader *reader, Value *out_form);
ReadStatus reader_regex(Reader *reader, Value *out_form);

void diagnostics_add_list(Diagnostics *list, ErrorId id, FormPosition where, const char *format, va_list args);
/* By position; equal ones keep their order. */
void diagnostics_sort(Diagnostics *list);

#endif

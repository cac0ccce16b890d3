/* reader.c — the public calls; positions, blanks, comments and reporting for the rest of the room.
 * Invariant: whatever the text, a result comes back: the forms that could be read and what was wrong.
 * Where to read next: reader_internal.h lists the files, reader_form.c is the heart. */
#include "reader/reader_internal.h"

#include "base/utf8.h"

#define EXCERPT_MAX 60
/* What forms take on the heap, for each byte of source: dense text of short symbols and numbers. */
#define FORM_BYTES_PER_BYTE 32

#define BLANK (CHAR_BLANK | CHAR_TOKEN_END)
const uint8_t reader_char_class[256] = {
    [0] = CHAR_TOKEN_END,   [' '] = BLANK,          ['\t'] = BLANK,         ['\n'] = BLANK,
    ['\v'] = BLANK,         ['\f'] = BLANK,         ['\r'] = BLANK,         [','] = BLANK,
    [';'] = CHAR_TOKEN_END, ['"'] = CHAR_TOKEN_END, ['`'] = CHAR_TOKEN_END, ['%'] = CHAR_TOKEN_END,
    ['('] = CHAR_TOKEN_END, [')'] = CHAR_TOKEN_END, ['['] = CHAR_TOKEN_END, [']'] = CHAR_TOKEN_END,
    ['{'] = CHAR_TOKEN_END, ['}'] = CHAR_TOKEN_END,
};

/* --- positions ------------------------------------------------------------------------------------------ */

/* Forms are located when they begin, so counting on from the last place keeps reading linear; going back costs
 * a count from the start and must only happen for a diagnostic. */
Mark reader_locate(Reader *reader, size_t offset) {
    Mark mark = reader->mark;
    if (offset < mark.offset) mark = (Mark){reader->first, 1, 1};
    const char *text = reader->text;
    for (size_t i = mark.offset; i < offset; i++) {
        if (text[i] == '\n' || (text[i] == '\r' && (i + 1 == reader->end || text[i + 1] != '\n'))) {
            mark.line++;
            mark.column = 1;
        } else if (((unsigned char)text[i] & 0xC0) != 0x80) {
            mark.column++;
        }
    }
    mark.offset = offset;
    reader->mark = mark;
    return mark;
}

/* --- blanks and comments -------------------------------------------------------------------------------- */

void reader_skip_line(Reader *reader) {
    while (!reader_at_end(reader)) {
        char c = reader->text[reader->at];
        if (c == '\n' || c == '\r') return;
        reader->at++;
    }
}

/* Ends at the first "#" behind a single ">": ">>#" does not count, so #<< … >># may stand inside. */
void reader_skip_block_comment(Reader *reader) {
    const char *text = reader->text;
    size_t start = reader->at + 2;
    for (size_t i = start + 1; i < reader->end; i++) {
        if (text[i] != '#' || text[i - 1] != '>') continue;
        if (i - 1 > start && text[i - 2] == '>') continue;
        reader->at = i + 1;
        return;
    }
    reader->at = reader->end;
}

void reader_skip_blank(Reader *reader) {
    for (;;) {
        int c = reader_peek(reader, 0);
        if (reader_is_blank(c)) {
            reader->at++;
            continue;
        }
        if (c != '#') return;
        switch (reader_peek(reader, 1)) {
        case 0: /* an empty comment at the end of the text */
        case ' ':
        case '\t':
        case '!':
        case '#':
        case '\r':
        case '\n': reader_skip_line(reader); break;
        case '<': reader_skip_block_comment(reader); break;
        default: return;
        }
    }
}

void reader_skip_token(Reader *reader) { reader->at = reader_token_end(reader, reader->at); }

/* --- reporting ------------------------------------------------------------------------------------------ */

void reader_give_up(Reader *reader) {
    reader->at = reader->end;
    reader->end_reported = true;
}

static void report_span(Reader *reader, ErrorId id, size_t start, size_t end, const char *format, va_list args) {
    Mark from = reader_locate(reader, start);
    Mark to = reader_locate(reader, end);
    FormPosition where = {from.line, from.column, to.line, to.column};
    diagnostics_add_list(reader->diagnostics, id, where, format, args);
    if (reader->diagnostics->count >= READER_DIAGNOSTICS_MAX) reader_give_up(reader);
}

void reader_report_list(Reader *reader, ErrorId id, size_t start, const char *format, va_list args) {
    report_span(reader, id, start, reader->at, format, args);
}

void reader_report(Reader *reader, ErrorId id, size_t start, const char *format, ...) {
    va_list args;
    va_start(args, format);
    reader_report_list(reader, id, start, format, args);
    va_end(args);
}

ReadStatus reader_fail(Reader *reader, ErrorId id, size_t start, const char *format, ...) {
    va_list args;
    va_start(args, format);
    reader_report_list(reader, id, start, format, args);
    va_end(args);
    return READ_BAD;
}

ReadStatus reader_fail_at_end(Reader *reader, ErrorId id, size_t start, const char *format, ...) {
    bool reported = reader->end_reported;
    reader_give_up(reader);
    if (reported) return READ_BAD;
    reader->incomplete = true;
    va_list args;
    va_start(args, format);
    /* The rest of the text is no part of the fault: the end is unknown. */
    report_span(reader, id, start, start, format, args);
    va_end(args);
    return READ_BAD;
}

bool reader_enter(Reader *reader, size_t start) {
    if (reader->depth < reader->max_depth) {
        reader->depth++;
        return true;
    }
    reader_report(reader, ERR_READ_DEPTH, start, "nesting deeper than %u forms (limit reader depth)",
                  (unsigned)reader->max_depth);
    reader_give_up(reader);
    return false;
}

ReadStatus reader_fail_memory(Reader *reader, size_t start) {
    reader_give_up(reader);
    reader_report(reader, ERR_LIMIT_MEMORY, start, "the text does not fit into the memory limit");
    return READ_BAD;
}

bool reader_can_hold(Reader *reader, size_t size, size_t start) {
    bool fits = !reader->scratch.failed && size < UINT32_MAX - 64;
    if (fits && (size <= HEAP_SMALL_REQUEST || heap_can_allocate(reader->vm, size))) return true;
    reader_fail_memory(reader, start);
    return false;
}

int reader_excerpt(const char *text, size_t size) {
    if (size <= EXCERPT_MAX) return (int)size;
    size = EXCERPT_MAX;
    while (((unsigned char)text[size] & 0xC0) == 0x80) size--;
    return (int)size;
}

/* --- a whole text --------------------------------------------------------------------------------------- */

void reader_note(Reader *reader, const char *kind, size_t start) {
    if (LIKELY(!reader->tokens)) return;
    Mark where = reader_locate(reader, start);
    buffer_append_format(reader->tokens, "%u:%u %s ", (unsigned)where.line, (unsigned)where.column, kind);
    buffer_append(reader->tokens, reader->text + start, reader->at - start);
    buffer_append_byte(reader->tokens, '\n');
}

static void start_reading(Reader *reader, VM *vm, const char *text, size_t size, const ReadOptions *options,
                          Diagnostics *diagnostics) {
    const char *nul = size ? memchr(text, '\0', size) : NULL;
    *reader = (Reader){.vm = vm, .text = text, .end = nul ? (size_t)(nul - text) : size};
    reader->mismatch = SIZE_MAX;
    reader->file = options && options->file ? options->file : "<input>";
    reader->max_depth = options && options->max_depth ? options->max_depth : READER_DEPTH_MAX;
    reader->diagnostics = diagnostics;
    reader->tokens = options ? options->tokens : NULL;
    if (reader->end >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0) reader->first = 3;
    reader->at = reader->first;
    reader->mark = (Mark){reader->first, 1, 1};
    buffer_init(&reader->scratch);
}

/* Text behind a malformed byte cannot be trusted, and one fault in the encoding is enough to say: we read up
 * to it and blame it, not the forms it leaves open. */
static void read_up_to_malformed(Reader *reader) {
    size_t valid = utf8_find_invalid(reader->text, reader->end);
    if (valid == reader->end) return;
    reader->at = valid + 1;
    reader_report(reader, ERR_READ_UTF8, valid, "invalid UTF-8: byte 0x%02X",
                  (unsigned)(unsigned char)reader->text[valid]);
    reader->end = valid;
    reader->at = reader->first;
    reader->mark = (Mark){reader->first, 1, 1};
    reader->end_reported = true;
}

/* The next form outside all others. READ_STOP: the end. */
static ReadStatus top_form(Reader *reader, Mark *out_start, Value *out_form) {
    for (;;) {
        reader_skip_blank(reader);
        if (reader_at_end(reader)) return READ_STOP;
        *out_start = reader_locate(reader, reader->at);
        ReadStatus status = reader_form(reader, out_form);
        if (status != READ_STOP) return status;
        char c = reader->text[reader->at];
        if (c == ';') {
            reader_skip_line(reader);
            continue;
        }
        Mark where = reader_locate(reader, reader->at++);
        return reader_fail(reader, ERR_READ_UNMATCHED, where.offset, "Unmatched delimiter: %c at %s:%u:%u", c,
                           reader->file, (unsigned)where.line, (unsigned)where.column);
    }
}

static bool add_position(ReadResult *result, uint32_t count, FormPosition position) {
    /* Full whenever the count is a power of two (or 0): no capacity to remember. */
    if ((count & (count - 1)) == 0) {
        size_t capacity = count ? (size_t)count * 2 : 1;
        FormPosition *positions = realloc(result->positions, capacity * sizeof *positions);
        if (!positions) return false;
        result->positions = positions;
    }
    result->positions[count] = position;
    return true;
}

/* While reading nothing is collected, so garbage from before would count against the limit: it goes first. */
static void make_room(VM *vm, size_t size) {
    if (size > HEAP_SMALL_REQUEST)
        heap_collect(vm);
    else
        (void)heap_can_allocate(vm, size * FORM_BYTES_PER_BYTE); /* a guess; what counts is that it collects */
}

void reader_read(VM *vm, const char *text, size_t size, const ReadOptions *options, ReadResult *out_result) {
    *out_result = (ReadResult){.forms = VAL_NIL};
    Reader reader;
    start_reading(&reader, vm, text, size, options, &out_result->diagnostics);
    read_up_to_malformed(&reader);
    make_room(vm, size);
    heap_pause(vm);
    out_result->forms = array_make(vm, 0);
    ArrayObj *forms = array_of(out_result->forms);
    ReadStatus status;
    Mark start;
    Value form = VAL_NIL;
    while ((status = top_form(&reader, &start, &form)) != READ_STOP) {
        if (status != READ_FORM) continue;
        Mark end = reader_locate(&reader, reader.at);
        FormPosition position = {start.line, start.column, end.line, end.column};
        if (!add_position(out_result, forms->count, position)) {
            reader_fail_memory(&reader, start.offset);
            break;
        }
        array_push(vm, forms, form);
    }
    out_result->incomplete = reader.incomplete;
    diagnostics_sort(&out_result->diagnostics);
    buffer_free(&reader.scratch);
    heap_resume(vm);
}

void reader_free(ReadResult *result) {
    free(result->positions);
    result->positions = NULL;
    diagnostics_free(&result->diagnostics);
}

bool reader_read_first(VM *vm, const char *text, size_t size, const ReadOptions *options, Value *out_form,
                       Diagnostics *out_diagnostics) {
    *out_form = VAL_NIL;
    *out_diagnostics = (Diagnostics){0};
    Reader reader;
    start_reading(&reader, vm, text, size, options, out_diagnostics);
    read_up_to_malformed(&reader);
    make_room(vm, size);
    heap_pause(vm);
    Mark start;
    Value form = VAL_NIL;
    bool found = top_form(&reader, &start, &form) == READ_FORM;
    /* A form may come back although something inside it was wrong. */
    bool good = out_diagnostics->count == 0;
    if (good && found) *out_form = form;
    diagnostics_sort(out_diagnostics);
    buffer_free(&reader.scratch);
    heap_resume(vm);
    return good;
}

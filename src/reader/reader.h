/* reader.h — text to forms (language 01), with positions and more than one diagnostic.
 *
 * Forms are ordinary values: nodes for genes (with line/column), arrays, maps, hash maps, symbols, paths …
 * `F is an OBJ_QUOTE, %F an OBJ_UNQUOTE; an interpolated string with parts is the node (#Str part…).
 * A sealed literal has OBJ_SEALED on its container.
 * The table of a hash map literal holds its pairs as written, for iteration only: keys are unevaluated forms,
 * a key may stand twice, the hashes mean nothing (the reader cannot call vm/'s equality), and the value of a
 * last key without one is VAL_UNSET (an odd count is an error when the literal is evaluated, language 10).
 * Whoever wants to look keys up builds a new hash map from the pairs. */
#ifndef GENE_READER_READER_H
#define GENE_READER_READER_H

#include "base/buffer.h"
#include "object/errors.h"
#include "object/space.h"

#define READER_DEPTH_MAX 1000 /* default nesting of forms (SCH-13) */
#define READER_DIAGNOSTICS_MAX 20

typedef struct Diagnostic {
    ErrorId id;
    uint32_t line, column;         /* 1-based, in code points */
    uint32_t end_line, end_column; /* exclusive end; equal to the start when unknown */
    char *message;                 /* owned by the list */
    const char *hint;              /* static; NULL: that of the error's table */
} Diagnostic;

typedef struct Diagnostics {
    Diagnostic *items;
    uint32_t count, capacity;
} Diagnostics;

/* Ignored when READER_DIAGNOSTICS_MAX are there already. */
void diagnostics_add(Diagnostics *list, ErrorId id, uint32_t line, uint32_t column, const char *format, ...)
    PRINTF_LIKE(5, 6);
void diagnostics_free(Diagnostics *list);
/* The one to raise, of a list that is not empty: what a reader that stops at the first fault would have met. A form the text
 * ends in begins before that but is found last. */
const Diagnostic *diagnostics_main(const Diagnostics *list);

typedef struct ReadOptions {
    const char *file;   /* name in messages; NULL: "<input>" */
    uint32_t max_depth; /* 0: READER_DEPTH_MAX */
    Buffer *tokens;     /* gets a line `line:column kind text` for each token read; NULL: no listing */
} ReadOptions;

typedef struct FormPosition {
    uint32_t line, column, end_line, end_column;
} FormPosition;

typedef struct ReadResult {
    Value forms;             /* array of all top-level forms that could be read (unrooted) */
    FormPosition *positions; /* one for each form; owned by the result */
    Diagnostics diagnostics; /* in source order; empty means all is well */
    bool incomplete;         /* the text ended inside a form: more text could complete it (REPL) */
} ReadResult;

/* Never raises and never runs Gene code. Bytes after a NUL are ignored. Free with reader_free. */
void reader_read(VM *vm, const char *text, size_t size, const ReadOptions *options, ReadResult *out_result);
void reader_free(ReadResult *result);

/* First form only ($parse); what follows it is not looked at. False: *out_diagnostics has the reason; no form
 * at all gives VAL_NIL and true. Free the diagnostics in either case. */
bool reader_read_first(VM *vm, const char *text, size_t size, const ReadOptions *options, Value *out_form,
                       Diagnostics *out_diagnostics);

#endif

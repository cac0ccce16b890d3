/* gene.h — the Gene VM for C programs.
 *
 * One GeneVM is one runtime: its own heap, globals, tasks and limits. It is used from one thread at a time. Nothing here
 * blocks: gene_step() runs what is ready and returns. Gene values are held through handles, which keep them alive; a
 * handle is never 0, and a function that returns 0 (or false) has failed: gene_error() says why.
 * Ownership: every handle returned is owned by the caller, who gives it back with gene_release(). */
#ifndef GENE_H
#define GENE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct VM GeneVM;
typedef uint32_t GeneHandle;

/* --- version --------------------------------------------------------------------------------------------------------- */

#define GENE_VERSION "0.1.0"
/* Of the library; differs from GENE_VERSION when header and library do not belong together. Static. */
const char *gene_version(void);

/* --- configuration ---------------------------------------------------------------------------------------------------- */

typedef struct GeneConfig {
    size_t struct_size;     /* set by gene_config_init */
    size_t memory_limit;    /* bytes of Gene data; 0: 1 GiB */
    double time_limit_ms;   /* of one evaluation; 0: none */
    uint32_t depth_limit;   /* Gene calls; 0: 200,000 */
    uint32_t nesting_limit; /* Gene calls below native calls; 0: 100 */
    uint32_t task_limit;    /* unfinished tasks; 0: 1,000,000 */
    double slice_ms;        /* time one gene_step may take; 0: 8 */
    uint32_t hash_seed;     /* pass something random when hash keys come from strangers */
    bool strict_nil;        /* nil passes a typed boundary only where its type says so */
    bool ignores_types;     /* type annotations are not checked */
    bool contracts_off;     /* ^pre and ^post of functions are not checked */
} GeneConfig;

/* Fills in the defaults. */
void gene_config_init(GeneConfig *out_config);

/* --- lifetime ---------------------------------------------------------------------------------------------------------- */

/* NULL when the host has no memory. `config` may be NULL: defaults. */
GeneVM *gene_create(const GeneConfig *config);
/* Ends all tasks and frees everything; handles are void. Not from within a native. NULL is allowed. */
void gene_destroy(GeneVM *vm);

/* --- evaluate and step -------------------------------------------------------------------------------------------------- */

/* Compiles `source` (UTF-8) into the main module, where its definitions stay, and queues it. `file` is its name in
 * messages; NULL: "<eval>". The result is a task: a future of the value of the last form. 0: syntax error. */
GeneHandle gene_eval(GeneVM *vm, const char *source, size_t source_size, const char *file);

typedef enum GeneStatus {
    GENE_MORE,    /* the slice is over; step again soon */
    GENE_WAITING, /* everything waits: for timers (the host's port wakes up) or operations */
    GENE_IDLE,    /* nothing is left to do */
} GeneStatus;

/* Runs ready tasks, due timers and answered operations for at most slice_ms. */
GeneStatus gene_step(GeneVM *vm);
/* Steps until the future has ended or all wait; false: it is still pending. */
bool gene_finish(GeneVM *vm, GeneHandle future);

typedef enum GeneState { GENE_PENDING, GENE_SUCCESS, GENE_FAILURE, GENE_CANCELLED } GeneState;

/* Of a future or task; GENE_SUCCESS for any other value. */
GeneState gene_state(GeneVM *vm, GeneHandle future);
/* Its value, or the exception; a value that is no future is its own. 0 while pending. */
GeneHandle gene_outcome(GeneVM *vm, GeneHandle future);

/* --- read and build values -------------------------------------------------------------------------------------------------- */

typedef enum GeneType {
    GENE_NIL,
    GENE_VOID,
    GENE_BOOL,
    GENE_INT,
    GENE_FLOAT,
    GENE_CHAR,
    GENE_STRING,
    GENE_SYMBOL,
    GENE_BYTES,
    GENE_ARRAY,
    GENE_MAP,
    GENE_FUNCTION,
    GENE_FUTURE,
    GENE_EXCEPTION,
    GENE_OTHER,
} GeneType;

GeneType gene_type(GeneVM *vm, GeneHandle value);
/* False when the value is of another type; *out is then unchanged. */
bool gene_read_bool(GeneVM *vm, GeneHandle value, bool *out);
bool gene_read_int(GeneVM *vm, GeneHandle value, int64_t *out);
/* Int or Float. */
bool gene_read_number(GeneVM *vm, GeneHandle value, double *out);
/* Text of a String or Symbol, bytes of Bytes: borrowed, valid while the handle is. A text is followed by a NUL. */
bool gene_read_text(GeneVM *vm, GeneHandle value, const char **out_text, size_t *out_size);
/* Items of an array, entries of a map; 0 for others. */
size_t gene_count(GeneVM *vm, GeneHandle value);
GeneHandle gene_item(GeneVM *vm, GeneHandle array, size_t index);
/* Entry of a map, field of an instance or exception, member of a namespace or class; void when there is none. */
GeneHandle gene_member(GeneVM *vm, GeneHandle value, const char *name);
/* The value as Gene prints it, quoted; bounded in length. The caller frees it with free(). NULL: no memory. */
char *gene_text(GeneVM *vm, GeneHandle value);

GeneHandle gene_nil(GeneVM *vm);
GeneHandle gene_bool(GeneVM *vm, bool flag);
GeneHandle gene_int(GeneVM *vm, int64_t number);
GeneHandle gene_number(GeneVM *vm, double number);
/* Malformed UTF-8 becomes U+FFFD. */
GeneHandle gene_string(GeneVM *vm, const char *text, size_t size);
GeneHandle gene_array(GeneVM *vm, const GeneHandle *items, size_t count);
GeneHandle gene_map(GeneVM *vm, const char *const *keys, const GeneHandle *values, size_t count);

/* --- names and calls --------------------------------------------------------------------------------------------------------- */

/* A global, or a member of a namespace by a path `ns/name`. */
bool gene_define(GeneVM *vm, const char *path, GeneHandle value);
/* 0: not defined. */
GeneHandle gene_get(GeneVM *vm, const char *path);
/* Queues a call and returns its task. */
GeneHandle gene_call(GeneVM *vm, GeneHandle callee, const GeneHandle *args, size_t count);

/* --- handles -------------------------------------------------------------------------------------------------------------------- */

/* Another handle for the same value. */
GeneHandle gene_retain(GeneVM *vm, GeneHandle value);
/* 0 is allowed. */
void gene_release(GeneVM *vm, GeneHandle value);

/* --- host operations ------------------------------------------------------------------------------------------------------------- */

/* A future for something the host does, and the number to answer it by, once. */
GeneHandle gene_start(GeneVM *vm, uint32_t *out_operation);
/* Ignored when the future has ended meanwhile. What waits for it runs in the next gene_step. */
void gene_complete(GeneVM *vm, uint32_t operation, GeneHandle value);
void gene_fail(GeneVM *vm, uint32_t operation, const char *message);
/* Cancels a pending future or task; finally parts run in the next gene_step. False when it had ended. */
bool gene_cancel(GeneVM *vm, GeneHandle future, const char *reason);

/* --- limits and interrupt ---------------------------------------------------------------------------------------------------------- */

/* Stops every task. */
void gene_interrupt(GeneVM *vm, const char *reason);

typedef struct GeneStats {
    size_t live_objects, live_bytes, peak_bytes, collections;
    uint32_t handles, tasks, operations, timers;
} GeneStats;

GeneStats gene_stats(GeneVM *vm);
/* Frees all that is unreachable, now. */
void gene_collect(GeneVM *vm);

/* --- diagnostics --------------------------------------------------------------------------------------------------------------------- */

/* The exception of the last function that failed, as a handle; 0 when none has since the last call of this. Its members
 * `code`, `message`, `location` and `diagnostics` tell more. */
GeneHandle gene_error(GeneVM *vm);

#ifdef __cplusplus
}
#endif

#endif

/* regex_engine.h — PCRE2 behind one door: compiling, searching a bounded time, what matched. */
#ifndef GENE_LIB_REGEX_ENGINE_H
#define GENE_LIB_REGEX_ENGINE_H

#include "vm/vm.h"

typedef enum EngineResult {
    ENGINE_FOUND,
    ENGINE_NONE,
    ENGINE_LATER,  /* the time is over: go on from *io_at */
    ENGINE_RAISED, /* vm->exception is set */
} EngineResult;

/* Milliseconds a search may keep the host waiting before it lets others run. */
#define ENGINE_SLICE_MS 4.0

/* Compiles the pattern unless that is done. False after raising. The regex is reachable. */
bool engine_prepare(VM *vm, RegexObj *regex);
/* A new slice of time begins. After engine_prepare. */
void engine_start_slice(VM *vm);
/* The first match at or after byte *io_at, or at that very byte (`here`). Regex and subject are reachable. */
EngineResult engine_find(VM *vm, const RegexObj *regex, const StrObj *subject, bool here, size_t *io_at);
/* A search ends or pauses: lets go of memory that only it needed. */
void engine_rest(VM *vm);

/* Of the last match found: start and end of the whole and of each group, SIZE_MAX where a group took no part. Valid until the
 * next engine_find or engine_rest. */
const size_t *engine_groups(VM *vm);
#define ENGINE_NO_GROUP UINT32_MAX
/* Number of the group of that name. */
uint32_t engine_group_number(const RegexObj *regex, const char *name, size_t size);
/* Name i, in alphabetical order, and its group; NULL behind the last. */
const char *engine_group_name(const RegexObj *regex, uint32_t i, uint32_t *out_number);

#endif

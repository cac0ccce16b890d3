/* regex_engine.c — the only file that knows PCRE2 (language 26 §2).
 *
 * Characters are code points, and case is Unicode's; \d \w \s \b and the POSIX classes are those of ASCII, as Perl and
 * JavaScript have them and as programs that parse numbers and identifiers expect: \p{L} and a leading (*UCP) ask for more.
 *
 * No pattern may hang its host. CMakeLists.txt puts two questions of ours into the matcher. At each place where a match may
 * begin it asks gene_pcre2_begin, which ends the call when the slice of time is over: the search goes on there later. And
 * when trying one place has taken a number of steps it asks gene_pcre2_more, which looks at the clock and gives up at some
 * 50 ms: GENE.REGEX.LIMIT. A step may look through the rest of the subject, so the longer that is, the fewer steps go by
 * between two looks.
 *
 * Invariant: nothing of the engine is in use between two calls of engine_find, so one match data serves all tasks. */
#include "lib/regex_engine.h"

#include "base/utf8.h"
#include "port/port.h"

#include <pcre2.h>

#define PATTERN_MAX ((size_t)256 * 1024)    /* bytes; PCRE2 itself limits what they compile to, to 64 KB */
#define NESTING_MAX 200u                    /* of parentheses */
#define MATCH_HEAP_KB ((uint32_t)64 * 1024) /* for backtracking */
#define IDLE_HEAP_MAX ((size_t)256 * 1024)  /* of which so much may stay for the next search */
#define COMPILE_STACK ((size_t)32 * 1024)   /* C stack the compiler wants, and what it leaves to others */
#define COMPILE_MS 500.0
#define COMPILE_STACK_LEFT ((size_t)12 * 1024)

#define WORK_BETWEEN_LOOKS ((size_t)16 * 1000 * 1000) /* characters looked at, as an upper bound */
#define STEPS_MAX 50000u
#define STEPS_MIN 16u
#define PLACES_MAX 256u
#define PLACE_MS 50.0          /* for one place, and so much more … */
#define PLACE_MS_PER_BYTE 4e-5 /* … for each byte of the subject: looking at each once is no reason to stop */
#define PLACE_STEPS 5000000u
#define PLACE_STEPS_PER_BYTE 8u

typedef struct Engine {
    VM *vm;
    pcre2_general_context *general;
    pcre2_compile_context *compile;
    pcre2_match_context *match;
    pcre2_match_data *data;
    /* --- the clock --- */
    double compile_end_ms;
    bool is_late;        /* the pattern takes too long to compile */
    double slice_end_ms; /* 0: nobody has looked yet */
    double place_end_ms; /* 0: not begun to count */
    size_t place, steps_left;
    uint32_t steps, places; /* between two looks at the clock */
    uint32_t places_left;
    size_t size; /* of the subject */
    bool may_stop, stopped;
    bool is_large; /* the match data has grown more than it is worth keeping */
} Engine;

int gene_pcre2_begin(void *data, size_t place, uint32_t *out_limit);
int gene_pcre2_more(void *data, uint32_t *io_limit);

/* --- memory ----------------------------------------------------------------------------------------------- */

/* Before each block stands its size, which the heap wants back. */
#define BLOCK_HEADER 16

static void *engine_alloc(size_t size, void *data) {
    VM *vm = data;
    size += BLOCK_HEADER;
    if (size > HEAP_SMALL_REQUEST && !heap_can_allocate(vm, size)) return NULL;
    char *block = heap_alloc_buffer(vm, size);
    memcpy(block, &size, sizeof size);
    return block + BLOCK_HEADER;
}

static void engine_free(void *memory, void *data) {
    if (!memory) return;
    char *block = (char *)memory - BLOCK_HEADER;
    size_t size;
    memcpy(&size, block, sizeof size);
    heap_free_buffer(vm_heap((VM *)data), block, size);
}

static void release_engine(void *memory) {
    Engine *engine = memory;
    VM *vm = engine->vm;
    pcre2_match_data_free(engine->data);
    pcre2_match_context_free(engine->match);
    pcre2_compile_context_free(engine->compile);
    pcre2_general_context_free(engine->general);
    engine_free(engine, vm);
}

static void release_code(void *code) { pcre2_code_free(code); }

/* --- compiling ---------------------------------------------------------------------------------------------- */

/* Asked at each group, and before the other cases of a range of characters are looked for. Not 0: it has gone too far. */
static int compile_guard(uint32_t depth, void *data) {
    (void)depth;
    Engine *engine = data;
    if (port_now_ms(engine->vm) > engine->compile_end_ms) engine->is_late = true;
    return engine->is_late || cstack_remaining(engine->vm->current_cstack) < COMPILE_STACK_LEFT;
}

static Engine *make_engine(VM *vm) {
    EngineObj *object = engine_make(vm);
    heap_pin(vm, object);
    vm->regex_engine = object;
    Engine *engine = engine_alloc(sizeof *engine, vm);
    *engine = (Engine){.vm = vm, .general = pcre2_general_context_create(engine_alloc, engine_free, vm)};
    engine->compile = pcre2_compile_context_create(engine->general);
    pcre2_set_newline(engine->compile, PCRE2_NEWLINE_LF);
    pcre2_set_max_pattern_length(engine->compile, PATTERN_MAX);
    pcre2_set_parens_nest_limit(engine->compile, NESTING_MAX);
    pcre2_set_compile_recursion_guard(engine->compile, compile_guard, engine);
    engine->match = pcre2_match_context_create(engine->general);
    pcre2_set_heap_limit(engine->match, MATCH_HEAP_KB);
    pcre2_set_callout(engine->match, NULL, engine); /* patterns have no callouts, but our questions need the engine */
    object->engine = engine;
    object->release = release_engine;
    return engine;
}

static Engine *engine_of(VM *vm) { return vm->regex_engine->engine; }

#define PLACE_OF_ERROR 24 /* bytes of the pattern shown on each side of an error */

static bool raise_invalid(VM *vm, const StrObj *pattern, int error, size_t offset) {
    char text[128];
    pcre2_get_error_message(error, (PCRE2_UCHAR *)text, sizeof text);
    if (offset > pattern->size) offset = pattern->size;
    size_t from = offset > PLACE_OF_ERROR ? offset - PLACE_OF_ERROR : 0;
    while (from < offset && ((uint8_t)pattern->text[from] & 0xC0) == 0x80) from++;
    vm_raise(vm, ERR_REGEX, "%s at character %zu of the regular expression, after \"%s%.*s\"", text,
             utf8_count(pattern->text, offset), from ? "…" : "", (int)(offset - from), pattern->text + from);
    return false;
}

/* \G means where the search began: it cannot be left and taken up. */
static bool can_pause(const StrObj *pattern) {
    const char *at = pattern->text;
    while ((at = strchr(at, '\\')) && at[1] != 'G') at += at[1] ? 2 : 1;
    return !at;
}

bool engine_prepare(VM *vm, RegexObj *regex) {
    if (LIKELY(regex->compiled)) return true;
    Engine *engine = vm->regex_engine ? engine_of(vm) : make_engine(vm);
    if (cstack_remaining(vm->current_cstack) < COMPILE_STACK) {
        vm_raise(vm, ERR_LIMIT_NESTING,
                 "stack overflow: a regular expression cannot be compiled so deep inside native calls");
        return false;
    }
    uint32_t options = PCRE2_UTF | PCRE2_NO_UTF_CHECK | PCRE2_NEVER_BACKSLASH_C;
    if (regex->ignore_case) options |= PCRE2_CASELESS;
    if (regex->multi_line) options |= PCRE2_DOTALL;
    const StrObj *pattern = regex->pattern;
    int error;
    PCRE2_SIZE offset;
    engine->is_late = false;
    engine->compile_end_ms = port_now_ms(vm) + COMPILE_MS;
    void *code = pcre2_compile((PCRE2_SPTR)pattern->text, pattern->size, options, &error, &offset, engine->compile);
    if (engine->is_late) {
        pcre2_code_free(code);
        vm_raise(vm, ERR_REGEX_LIMIT,
                 "regular expression takes too long to compile: use fewer groups, or smaller ranges of characters "
                 "where case is ignored");
        return false;
    }
    if (!code) return raise_invalid(vm, pattern, error, offset);
    regex->compiled = code;
    regex->release = release_code;
    regex->can_pause = can_pause(pattern);
    pcre2_pattern_info(regex->compiled, PCRE2_INFO_CAPTURECOUNT, &regex->group_count);
    return true;
}

/* --- the clock ---------------------------------------------------------------------------------------------- */

void engine_start_slice(VM *vm) {
    Engine *engine = engine_of(vm);
    engine->slice_end_ms = 0;
    engine->places_left = PLACES_MAX;
}

/* How often the clock is looked at while `rest` bytes are to be searched. */
static void pace(Engine *engine, size_t rest) {
    size_t looks = WORK_BETWEEN_LOOKS / (rest + 1);
    engine->steps = looks > STEPS_MAX ? STEPS_MAX : looks < STEPS_MIN ? STEPS_MIN : (uint32_t)looks;
    engine->places = looks > PLACES_MAX ? PLACES_MAX : looks < 1 ? 1 : (uint32_t)looks;
}

/* The matcher is about to try `place`. Not 0: it shall stop instead. */
int gene_pcre2_begin(void *data, size_t place, uint32_t *out_limit) {
    Engine *engine = data;
    *out_limit = engine->steps;
    engine->place = place;
    engine->place_end_ms = 0;
    if (LIKELY(engine->places_left-- > 0)) return 0;
    pace(engine, engine->size - place);
    engine->places_left = engine->places;
    double now = port_now_ms(engine->vm);
    if (engine->slice_end_ms <= 0) engine->slice_end_ms = now + ENGINE_SLICE_MS;
    engine->stopped = engine->may_stop && now >= engine->slice_end_ms;
    return engine->stopped ? PCRE2_ERROR_CALLOUT : 0;
}

/* The place has taken as many steps as it may. 0: it gets more. */
int gene_pcre2_more(void *data, uint32_t *io_limit) {
    Engine *engine = data;
    double now = port_now_ms(engine->vm);
    engine->places_left = 0; /* the next place looks at the clock first */
    if (engine->place_end_ms <= 0) {
        engine->place_end_ms = now + PLACE_MS + PLACE_MS_PER_BYTE * (double)engine->size;
        size_t more = PLACE_STEPS_PER_BYTE * engine->size;
        engine->steps_left = more < UINT32_MAX / 2 ? PLACE_STEPS + more : UINT32_MAX / 2;
    }
    if (now > engine->place_end_ms || engine->steps_left < engine->steps) return 1;
    engine->steps_left -= engine->steps;
    *io_limit += engine->steps;
    return 0;
}

/* --- searching ---------------------------------------------------------------------------------------------- */

static bool reserve_groups(Engine *engine, const RegexObj *regex) {
    uint32_t count = regex->group_count;
    if (engine->data && pcre2_get_ovector_count(engine->data) > count) return true;
    pcre2_match_data_free(engine->data);
    engine->data = pcre2_match_data_create(count + 1, engine->general);
    return engine->data != NULL;
}

static EngineResult fail(VM *vm, const Engine *engine, const StrObj *subject, int error) {
    size_t at = utf8_count(subject->text, engine->place);
    switch (error) {
    case PCRE2_ERROR_MATCHLIMIT:
        vm_raise(vm, ERR_REGEX_LIMIT,
                 "regular expression took too long at character %zu: it goes back and tries again too often "
                 "(nested repeats such as (a+)+); make it more specific",
                 at);
        break;
    case PCRE2_ERROR_HEAPLIMIT:
    case PCRE2_ERROR_DEPTHLIMIT:
        vm_raise(vm, ERR_REGEX_LIMIT,
                 "regular expression needs too much memory at character %zu: a repeated group matches too often; "
                 "make it more specific",
                 at);
        break;
    case PCRE2_ERROR_NOMEMORY:
        vm_raise(vm, ERR_LIMIT_MEMORY, "memory limit reached while matching a regular expression (limits.memory)");
        break;
    default: {
        char text[128];
        pcre2_get_error_message(error, (PCRE2_UCHAR *)text, sizeof text);
        vm_raise(vm, ERR_REGEX, "regular expression failed at character %zu: %s", at, text);
    }
    }
    return ENGINE_RAISED;
}

EngineResult engine_find(VM *vm, const RegexObj *regex, const StrObj *subject, bool here, size_t *io_at) {
    Engine *engine = engine_of(vm);
    size_t live_before = vm_heap(vm)->live_bytes;
    if (!reserve_groups(engine, regex)) return fail(vm, engine, subject, PCRE2_ERROR_NOMEMORY);
    engine->size = subject->size;
    engine->place = *io_at;
    engine->stopped = false;
    engine->may_stop = regex->can_pause;
    pace(engine, subject->size - *io_at);
    if (engine->places_left > engine->places) engine->places_left = engine->places;
    int found = pcre2_match(regex->compiled, (PCRE2_SPTR)subject->text, subject->size, *io_at,
                            PCRE2_NO_UTF_CHECK | (here ? PCRE2_ANCHORED : 0), engine->data, engine->match);
    if (vm_heap(vm)->live_bytes > live_before + IDLE_HEAP_MAX) engine->is_large = true;
    if (found >= 0) return ENGINE_FOUND;
    if (found == PCRE2_ERROR_NOMATCH) return ENGINE_NONE;
    if (!engine->stopped) return fail(vm, engine, subject, found);
    *io_at = engine->place;
    return ENGINE_LATER;
}

void engine_rest(VM *vm) {
    Engine *engine = engine_of(vm);
    if (LIKELY(!engine->is_large)) return;
    pcre2_match_data_free(engine->data);
    engine->data = NULL;
    engine->is_large = false;
}

/* --- groups ------------------------------------------------------------------------------------------------- */

const size_t *engine_groups(VM *vm) { return pcre2_get_ovector_pointer(engine_of(vm)->data); }

/* The table has one entry of `width` bytes for each name, in alphabetical order: the number, high byte first, and the name. */
static const uint8_t *name_table(const RegexObj *regex, uint32_t *out_count, uint32_t *out_width) {
    PCRE2_SPTR table = NULL;
    pcre2_pattern_info(regex->compiled, PCRE2_INFO_NAMECOUNT, out_count);
    pcre2_pattern_info(regex->compiled, PCRE2_INFO_NAMEENTRYSIZE, out_width);
    pcre2_pattern_info(regex->compiled, PCRE2_INFO_NAMETABLE, &table);
    return table;
}

static uint32_t number_of_entry(const uint8_t *entry) { return (uint32_t)entry[0] << 8 | entry[1]; }

uint32_t engine_group_number(const RegexObj *regex, const char *name, size_t size) {
    uint32_t count, width;
    const uint8_t *entry = name_table(regex, &count, &width);
    for (uint32_t i = 0; i < count; i++, entry += width) {
        const char *known = (const char *)entry + 2;
        if (strlen(known) == size && memcmp(known, name, size) == 0) return number_of_entry(entry);
    }
    return ENGINE_NO_GROUP;
}

const char *engine_group_name(const RegexObj *regex, uint32_t i, uint32_t *out_number) {
    uint32_t count, width;
    const uint8_t *entry = name_table(regex, &count, &width) + (size_t)i * width;
    if (i >= count) return NULL;
    *out_number = number_of_entry(entry);
    return (const char *)entry + 2;
}

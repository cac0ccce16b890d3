/* regex.h — regular expressions, matches, and what the engine keeps between calls (language 26).
 * Invariant: what the engine compiled or allocated belongs to exactly one of these objects, whose finalizer hands it to the
 * `release` stored beside it: this room does not know the engine (lib/regex_engine.c). */
#ifndef GENE_OBJECT_REGEX_H
#define GENE_OBJECT_REGEX_H

#include "object/collection.h"

typedef struct RegexObj {
    Obj header;
    StrObj *pattern;
    StrObj *replacement; /* NULL: none */
    bool ignore_case, multi_line;
    void *compiled; /* the engine's code, made at first use */
    void (*release)(void *compiled);
    uint32_t group_count; /* once it is compiled */
    bool can_pause;       /* a search may be left and taken up again */
} RegexObj;

Value regex_make(VM *vm, StrObj *pattern, StrObj *replacement, bool ignore_case, bool multi_line);
static inline bool is_regex(Value value) { return is_obj_type(value, OBJ_REGEX); }
static inline RegexObj *regex_of(Value value) { return (RegexObj *)pointer_of(value); }

/* A match: where in which subject, and the texts of the groups. */
typedef struct MatchObj {
    Obj header;
    StrObj *subject;
    uint32_t start, end; /* bytes */
    Value captures;      /* array of strings */
    Value named;         /* map of strings */
} MatchObj;

/* Groups are empty; unrooted. */
MatchObj *match_make(VM *vm, StrObj *subject, size_t start, size_t end);
/* m/name; VAL_VOID for names a match does not have. The match is reachable. */
Value match_property(VM *vm, MatchObj *match, const SymbolObj *name);
static inline MatchObj *match_of(Value value) { return (MatchObj *)pointer_of(value); }

/* What a method of strings or regexes does with the matches. */
typedef enum SearchKind {
    SEARCH_MATCH,  /* the first match object, or nil */
    SEARCH_TEST,   /* is there one? */
    SEARCH_FIND,   /* the first matched text, or nil */
    SEARCH_INDEX,  /* position of the first one, or -1 */
    SEARCH_RINDEX, /* position of the last one that begins at or before `at`, or -1 */
    SEARCH_ALL,    /* array of the matched texts */
    SEARCH_SPLIT,  /* array of the texts between */
    SEARCH_REPLACE,
    SEARCH_REPLACE_ALL,
} SearchKind;

/* A search under way, which may be left and taken up again. */
typedef struct SearchObj {
    Obj header;
    SearchKind kind;
    RegexObj *regex;
    StrObj *subject;
    StrObj *replacement;
    Value result;  /* the texts found so far; at the end what the search gives */
    Buffer text;   /* of a replacement so far */
    size_t at;     /* where the next match may begin; behind the subject's size: nowhere */
    size_t done;   /* bytes of the subject already split off or copied */
    int64_t limit; /* most pieces of a split; 0: any number */
} SearchObj;

SearchObj *search_make(VM *vm); /* unrooted */
static inline SearchObj *search_of(Value value) { return (SearchObj *)pointer_of(value); }

/* The engine's working memory; one for each VM, made at the first search. */
typedef struct EngineObj {
    Obj header;
    void *engine;
    void (*release)(void *engine);
    SearchObj *idle; /* a finished search to use again, or NULL */
} EngineObj;

EngineObj *engine_make(VM *vm); /* unrooted */

void regex_describe(Heap *heap);

#endif

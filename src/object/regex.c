/* regex.c — regular expressions and matches as objects. */
#include "object/regex.h"

#include "base/utf8.h"
#include "object/space.h"

Value regex_make(VM *vm, StrObj *pattern, StrObj *replacement, bool ignore_case, bool multi_line) {
    RegexObj *regex = heap_alloc(vm, OBJ_REGEX, sizeof(RegexObj));
    regex->pattern = pattern;
    regex->replacement = replacement;
    regex->ignore_case = ignore_case;
    regex->multi_line = multi_line;
    return value_pointer(regex);
}

MatchObj *match_make(VM *vm, StrObj *subject, size_t start, size_t end) {
    MatchObj *match = heap_alloc(vm, OBJ_MATCH, sizeof(MatchObj));
    match->subject = subject;
    match->start = (uint32_t)start;
    match->end = (uint32_t)end;
    match->captures = match->named = VAL_NIL;
    return match;
}

static Value position(StrObj *subject, uint32_t offset) {
    return value_small_int((int64_t)(string_is_ascii(subject) ? offset : utf8_count(subject->text, offset)));
}

/* Part of the subject; void where there is no room for a copy. */
static Value part(VM *vm, const StrObj *subject, uint32_t from, uint32_t to) {
    if (to - from > HEAP_SMALL_REQUEST && !heap_can_allocate(vm, to - from)) return VAL_VOID;
    return string_make(vm, subject->text + from, to - from);
}

Value match_property(VM *vm, MatchObj *match, const SymbolObj *name) {
    StrObj *subject = match->subject;
    if (symbol_is(name, "value")) return part(vm, subject, match->start, match->end);
    if (symbol_is(name, "captures")) return match->captures;
    if (symbol_is(name, "named_captures")) return match->named;
    if (symbol_is(name, "start")) return position(subject, match->start);
    if (symbol_is(name, "end")) return position(subject, match->end);
    if (symbol_is(name, "pre_match")) return part(vm, subject, 0, match->start);
    if (symbol_is(name, "post_match")) return part(vm, subject, match->end, subject->size);
    return VAL_VOID;
}

SearchObj *search_make(VM *vm) {
    SearchObj *search = heap_alloc(vm, OBJ_SEARCH, sizeof(SearchObj));
    search->result = VAL_NIL;
    return search;
}

EngineObj *engine_make(VM *vm) { return heap_alloc(vm, OBJ_ENGINE, sizeof(EngineObj)); }

/* --- the collector's view -------------------------------------------------------------------------- */

static void trace_regex(Heap *heap, Obj *object) {
    RegexObj *regex = (RegexObj *)object;
    heap_mark_object(heap, regex->pattern);
    heap_mark_object(heap, regex->replacement);
}

static void free_regex(Heap *heap, Obj *object) {
    (void)heap;
    RegexObj *regex = (RegexObj *)object;
    if (regex->compiled) regex->release(regex->compiled);
}

static void trace_match(Heap *heap, Obj *object) {
    MatchObj *match = (MatchObj *)object;
    heap_mark_object(heap, match->subject);
    heap_mark_value(heap, match->captures);
    heap_mark_value(heap, match->named);
}

static void trace_search(Heap *heap, Obj *object) {
    SearchObj *search = (SearchObj *)object;
    heap_mark_object(heap, search->regex);
    heap_mark_object(heap, search->subject);
    heap_mark_object(heap, search->replacement);
    heap_mark_value(heap, search->result);
}

static void free_search(Heap *heap, Obj *object) {
    (void)heap;
    buffer_free(&((SearchObj *)object)->text);
}

static void trace_engine(Heap *heap, Obj *object) { heap_mark_object(heap, ((EngineObj *)object)->idle); }

static void free_engine(Heap *heap, Obj *object) {
    (void)heap;
    EngineObj *engine = (EngineObj *)object;
    if (engine->engine) engine->release(engine->engine);
}

void regex_describe(Heap *heap) {
    static const ObjDescriptor regex = {trace_regex, free_regex};
    static const ObjDescriptor match = {trace_match, NULL};
    static const ObjDescriptor search = {trace_search, free_search};
    static const ObjDescriptor engine = {trace_engine, free_engine};
    heap_describe(heap, OBJ_REGEX, &regex);
    heap_describe(heap, OBJ_MATCH, &match);
    heap_describe(heap, OBJ_SEARCH, &search);
    heap_describe(heap, OBJ_ENGINE, &engine);
}

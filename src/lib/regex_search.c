/* regex_search.c — finding, splitting and replacing with regular expressions (language 26 §3–4).
 *
 * A search that takes longer than a slice of time goes on in regex.gene, a slice in each turn of a loop there: so others run
 * meanwhile, and Stop and the limits hold, without a C stack that waits. All of its state is in the SearchObj for that.
 * As in JavaScript, an empty match moves the search on by one character, and may stand right behind another match. */
#include "lib/regex_search.h"

#include "base/utf8.h"
#include "lib/prelude.h"
#include "lib/regex_engine.h"
#include "lib/support.h"

/* --- pieces of the subject --------------------------------------------------------------------------------- */

static void push_text(VM *vm, SearchObj *search, size_t from, size_t to) {
    Value text = string_make(vm, search->subject->text + from, to - from);
    array_push(vm, array_of(search->result), text);
}

/* The start of the character behind the one at `at`; behind the size when there is none. */
static size_t next_place(const StrObj *subject, size_t at) {
    return at < subject->size ? at + utf8_width(subject->text[at]) : at + 1;
}

/* Where to look on behind a match. */
static size_t place_behind(const StrObj *subject, const size_t *groups) {
    return groups[1] > groups[0] ? groups[1] : next_place(subject, groups[1]);
}

/* --- match objects ------------------------------------------------------------------------------------------- */

static Value group_text(VM *vm, const StrObj *subject, const size_t *groups, uint32_t number) {
    size_t from = groups[2 * number], to = groups[2 * number + 1];
    return from < to && to <= subject->size ? string_make(vm, subject->text + from, to - from) : string_make(vm, "", 0);
}

/* Name → text, in the order of the groups, which is not that of the engine's table. */
static void fill_named(VM *vm, const SearchObj *search, const ArrayObj *captures, MapObj *named) {
    uint32_t number, name_count = 0, done = 0;
    while (engine_group_name(search->regex, name_count, &number)) name_count++;
    for (uint32_t group = 1; group <= captures->count && done < name_count; group++) {
        for (uint32_t i = 0; i < name_count; i++) {
            const char *name = engine_group_name(search->regex, i, &number);
            if (number != group) continue;
            map_set_text(vm, named, name, captures->items[group - 1]);
            done++;
            break;
        }
    }
}

static Value make_match(VM *vm, SearchObj *search) {
    const size_t *groups = engine_groups(vm);
    MatchObj *match = match_make(vm, search->subject, groups[0], groups[1]);
    search->result = value_pointer(match);
    heap_touch(vm, search);
    uint32_t count = search->regex->group_count;
    Value captures = array_make(vm, count);
    match->captures = captures;
    heap_touch(vm, match);
    for (uint32_t i = 1; i <= count; i++) {
        array_push(vm, array_of(captures), group_text(vm, search->subject, groups, i));
    }
    match->named = map_make(vm);
    heap_touch(vm, match);
    fill_named(vm, search, array_of(captures), map_of(match->named));
    return value_pointer(match);
}

/* --- replacing ----------------------------------------------------------------------------------------------- */

static void append_group(const SearchObj *search, const size_t *groups, uint32_t number, Buffer *out) {
    if (number > search->regex->group_count) return;
    size_t from = groups[2 * number], to = groups[2 * number + 1];
    if (from < to && to <= search->subject->size) buffer_append(out, search->subject->text + from, to - from);
}

/* \k<name> or \g<name> at `text`: its size, 0 when it is none. */
static size_t append_named(const SearchObj *search, const size_t *groups, const char *text, size_t size, Buffer *out) {
    if (size < 4 || (text[1] != 'k' && text[1] != 'g') || text[2] != '<') return 0;
    const char *name = text + 3, *end = memchr(name, '>', size - 3);
    if (!end) return 0;
    uint32_t number = engine_group_number(search->regex, name, (size_t)(end - name));
    if (number != ENGINE_NO_GROUP) append_group(search, groups, number, out);
    return (size_t)(end - text) + 1;
}

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

/* What the backslash at `text` begins: its size. */
static size_t append_escape(const SearchObj *search, const size_t *groups, const char *text, size_t size, Buffer *out) {
    if (size > 1 && text[1] == '\\') return buffer_append_byte(out, '\\'), 2;
    if (size > 1 && is_digit(text[1])) {
        size_t width = size > 2 && text[1] != '0' && is_digit(text[2]) ? 3 : 2;
        uint32_t number = (uint32_t)(text[1] - '0');
        if (width == 3) number = number * 10 + (uint32_t)(text[2] - '0');
        append_group(search, groups, number, out);
        return width;
    }
    size_t width = append_named(search, groups, text, size, out);
    if (width > 0) return width;
    buffer_append_byte(out, '\\');
    return 1;
}

static void append_replacement(const SearchObj *search, const size_t *groups, Buffer *out) {
    const char *text = search->replacement->text;
    size_t size = search->replacement->size;
    for (size_t at = 0; at < size;) {
        const char *backslash = memchr(text + at, '\\', size - at);
        size_t plain = backslash ? (size_t)(backslash - text) - at : size - at;
        buffer_append(out, text + at, plain);
        at += plain;
        if (backslash) at += append_escape(search, groups, backslash, size - at, out);
    }
}

static void replace_match(SearchObj *search, const size_t *groups) {
    /* \K may put the start of a match before the end of the one before it. */
    if (groups[0] > search->done) {
        buffer_append(&search->text, search->subject->text + search->done, groups[0] - search->done);
    }
    append_replacement(search, groups, &search->text);
    search->done = groups[1];
}

static NativeResult end_replace(VM *vm, SearchObj *search) {
    const StrObj *subject = search->subject;
    if (search->result == VAL_NIL) {
        search->result = value_pointer(subject); /* nothing was found */
    } else {
        buffer_append(&search->text, subject->text + search->done, subject->size - search->done);
        if (lib_return_text(vm, &search->text, &search->result) != NATIVE_RETURN) return NATIVE_RAISE;
    }
    heap_touch(vm, search);
    return NATIVE_RETURN;
}

/* --- each kind of search --------------------------------------------------------------------------------------- */

static bool more_pieces(const SearchObj *search) {
    return search->limit <= 0 || array_of(search->result)->count + 1 < search->limit;
}

/* Takes a match in. True: the search goes on behind it. */
static bool take_match(VM *vm, SearchObj *search) {
    const size_t *groups = engine_groups(vm);
    StrObj *subject = search->subject;
    size_t start = groups[0], end = groups[1];
    search->at = place_behind(subject, groups);
    switch (search->kind) {
    case SEARCH_TEST: search->result = VAL_TRUE; return false;
    case SEARCH_MATCH: make_match(vm, search); return false;
    case SEARCH_FIND:
        search->result = group_text(vm, subject, groups, 0);
        heap_touch(vm, search);
        return false;
    case SEARCH_INDEX:
    case SEARCH_RINDEX: search->result = value_small_int((int64_t)utf8_count(subject->text, start)); return false;
    case SEARCH_ALL: push_text(vm, search, start, end); return true;
    case SEARCH_SPLIT:
        /* An empty match separates nothing from nothing at either end. */
        if (end == start && (start <= search->done || start >= subject->size)) return true;
        if (start >= search->done) push_text(vm, search, search->done, start);
        search->done = end;
        return more_pieces(search);
    case SEARCH_REPLACE:
        search->result = VAL_TRUE;
        replace_match(search, groups);
        return false;
    case SEARCH_REPLACE_ALL:
        search->result = VAL_TRUE;
        replace_match(search, groups);
        return !search->text.failed;
    }
    return false;
}

/* Nothing more is found, or wanted. */
static NativeResult end_search(VM *vm, SearchObj *search) {
    switch (search->kind) {
    case SEARCH_SPLIT: push_text(vm, search, search->done, search->subject->size); return NATIVE_RETURN;
    case SEARCH_REPLACE:
    case SEARCH_REPLACE_ALL: return end_replace(vm, search);
    default: return NATIVE_RETURN;
    }
}

/* The last match that begins at or before search->at: tries each place from there backwards. */
static EngineResult find_backwards(VM *vm, SearchObj *search) {
    for (;;) {
        size_t place = search->at;
        EngineResult found = engine_find(vm, search->regex, search->subject, true, &place);
        if (found != ENGINE_NONE) return found;
        if (search->at == 0) return ENGINE_NONE;
        do search->at--;
        while (((uint8_t)search->subject->text[search->at] & 0xC0) == 0x80);
    }
}

/* Searches for a slice of time. ENGINE_NONE: the result is there. */
static EngineResult search_slice(VM *vm, SearchObj *search) {
    engine_start_slice(vm);
    for (bool more = true; more && search->at <= search->subject->size;) {
        EngineResult found = search->kind == SEARCH_RINDEX
                                 ? find_backwards(vm, search)
                                 : engine_find(vm, search->regex, search->subject, false, &search->at);
        if (found == ENGINE_LATER || found == ENGINE_RAISED) return found;
        more = found == ENGINE_FOUND && take_match(vm, search);
    }
    return end_search(vm, search) == NATIVE_RETURN ? ENGINE_NONE : ENGINE_RAISED;
}

/* --- running ------------------------------------------------------------------------------------------------- */

/* (continue_search s): another slice; was it not the last? */
static NativeResult continue_search(VM *vm, const Args *args, Value *out) {
    SearchObj *search = search_of(native_arg(vm, args, 0));
    EngineResult result = search_slice(vm, search);
    engine_rest(vm);
    vm->fuel = 0; /* the slice is over for the program, too */
    return result == ENGINE_RAISED ? NATIVE_RAISE : lib_return(out, value_bool(result == ENGINE_LATER));
}

static NativeResult search_result(VM *vm, const Args *args, Value *out) {
    return lib_return(out, search_of(native_arg(vm, args, 0))->result);
}

static const NativeDef slices[] = {
    {"continue_search", continue_search, 1, 1, 0, "(continue_search s)",
     "Searches on for a while: is there more to do?"},
    {"search_result", search_result, 1, 1, 0, "(search_result s)", "What the search has found."},
};

static void install_slices(VM *vm, NamespaceObj *ns) { vm_define_natives(vm, ns, slices, COUNT_OF(slices)); }

static SearchObj *begin_search(VM *vm, const SearchRequest *request) {
    EngineObj *engine = vm->regex_engine;
    SearchObj *search = engine->idle ? engine->idle : search_make(vm);
    engine->idle = NULL;
    search->kind = request->kind;
    search->regex = request->regex;
    search->subject = request->subject;
    search->replacement = request->replacement;
    search->at = request->at;
    search->done = 0;
    search->limit = request->limit;
    search->result = request->kind == SEARCH_TEST ? VAL_FALSE : VAL_NIL;
    if (request->kind == SEARCH_INDEX || request->kind == SEARCH_RINDEX) search->result = value_small_int(-1);
    lib_buffer_init(vm, &search->text);
    heap_touch(vm, search);
    return search;
}

/* Lets go of what the search refers to, and keeps it for the next one. */
static void end_idle(VM *vm, SearchObj *search) {
    buffer_free(&search->text);
    search->regex = NULL;
    search->subject = search->replacement = NULL;
    search->result = VAL_NIL;
    vm->regex_engine->idle = search;
    heap_touch(vm, vm->regex_engine);
}

NativeResult search_run(VM *vm, const SearchRequest *request, Value *out) {
    if (!engine_prepare(vm, request->regex)) return NATIVE_RAISE;
    uint32_t scope = roots_open(vm);
    SearchObj *search = begin_search(vm, request);
    root_push(vm, value_pointer(search));
    if (request->kind == SEARCH_ALL || request->kind == SEARCH_SPLIT) {
        search->result = array_make(vm, 0);
        heap_touch(vm, search);
    }
    EngineResult result;
    if (request->kind == SEARCH_SPLIT && (request->subject->size == 0 || !more_pieces(search))) {
        result = ENGINE_NONE;
        if (request->subject->size > 0) push_text(vm, search, 0, request->subject->size);
    } else {
        result = search_slice(vm, search);
    }
    engine_rest(vm);
    if (result == ENGINE_LATER) {
        Value argument = value_pointer(search);
        return prelude_call(vm, "regex.gene", install_slices, "finish", &argument, 1, out);
    }
    *out = search->result;
    end_idle(vm, search);
    roots_close(vm, scope);
    return result == ENGINE_RAISED ? NATIVE_RAISE : NATIVE_RETURN;
}

bool search_replacement_arg(VM *vm, const Args *args, uint32_t i, const RegexObj *regex, StrObj **out_replacement) {
    *out_replacement = regex->replacement;
    if (lib_has_arg(args, i)) {
        Value replacement = native_arg(vm, args, i);
        if (is_string(replacement)) return *out_replacement = string_of(replacement), true;
        vm_raise_message(vm, "Replacement must be a string");
        return false;
    }
    if (!regex->replacement) vm_raise_message(vm, "Replacement string is required");
    return regex->replacement != NULL;
}

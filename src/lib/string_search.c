/* string_search.c — finding, splitting and replacing text in strings (language 27 §1). Where the pattern is a regular expression
 * regex_search.c does the work. Well-formed UTF-8 is searched byte by byte: a match always begins and ends at a character. */
#include "base/utf8.h"
#include "lib/modules.h"
#include "lib/regex_search.h"
#include "lib/support.h"

static StrObj *receiver(VM *vm, const Args *args) { return lib_receiver(vm, args, OBJ_STR); }

/* --- searching bytes -------------------------------------------------------------------------------------- */

#define NOT_FOUND SIZE_MAX

/* Offset of the first occurrence of `pattern` at or after `from`. */
static size_t find_text(const StrObj *string, const StrObj *pattern, size_t from) {
    if (pattern->size == 0) return from <= string->size ? from : NOT_FOUND;
    while (from + pattern->size <= string->size) {
        size_t room = string->size - pattern->size - from + 1;
        const char *start = memchr(string->text + from, pattern->text[0], room);
        if (!start) return NOT_FOUND;
        if (memcmp(start, pattern->text, pattern->size) == 0) return (size_t)(start - string->text);
        from = (size_t)(start - string->text) + 1;
    }
    return NOT_FOUND;
}

/* Offset of the last occurrence that begins at or before `from`. */
static size_t find_last_text(const StrObj *string, const StrObj *pattern, size_t from) {
    if (pattern->size > string->size) return NOT_FOUND;
    size_t last = string->size - pattern->size;
    for (size_t i = from < last ? from : last;; i--) {
        bool at_character = ((uint8_t)string->text[i] & 0xC0) != 0x80;
        if (at_character && memcmp(string->text + i, pattern->text, pattern->size) == 0) return i;
        if (i == 0) return NOT_FOUND;
    }
}

/* --- arguments ---------------------------------------------------------------------------------------------- */

/* Argument 1 as a string pattern; NULL after raising `error`. */
static StrObj *pattern_arg(VM *vm, const Args *args, const char *error) {
    Value pattern = native_arg_or(vm, args, 1, VAL_NIL);
    if (is_string(pattern)) return string_of(pattern);
    vm_raise_message(vm, "%s", error);
    return NULL;
}

/* Argument 1 as a regex, NULL when it is none. */
static RegexObj *regex_arg(VM *vm, const Args *args) {
    Value pattern = native_arg_or(vm, args, 1, VAL_NIL);
    return is_regex(pattern) ? regex_of(pattern) : NULL;
}

static NativeResult search(VM *vm, RegexObj *regex, StrObj *string, SearchKind kind, Value *out) {
    SearchRequest request = {.kind = kind, .regex = regex, .subject = string};
    return search_run(vm, &request, out);
}

/* Argument 1 where only a string will do; NULL after raising `error`. */
static StrObj *string_arg(VM *vm, const Args *args, const char *error) {
    Value text = native_arg_or(vm, args, 1, VAL_NIL);
    if (is_string(text)) return string_of(text);
    vm_raise_message(vm, "%s", error);
    return NULL;
}

/* --- positions ----------------------------------------------------------------------------------------------- */

/* Argument 2 as a byte offset, `fallback` when absent. *out_past: it lies behind the end. False after raising. */
static bool start_arg(VM *vm, const Args *args, StrObj *string, const char *error, size_t fallback, size_t *out_offset,
                      bool *out_past) {
    *out_offset = fallback;
    *out_past = false;
    if (!lib_has_arg(args, 2)) return true;
    int64_t start;
    if (!lib_int_arg(vm, args, 2, error, &start)) return false;
    uint32_t length = string_length(string);
    *out_past = start > length;
    *out_offset = utf8_offset(string->text, string->size, lib_clamp_index(start, length));
    return true;
}

static NativeResult return_position(const StrObj *string, size_t offset, Value *out) {
    if (offset == NOT_FOUND) return lib_return(out, value_small_int(-1));
    return lib_return(out, value_small_int((int64_t)utf8_count(string->text, offset)));
}

static NativeResult string_index(VM *vm, const Args *args, Value *out) {
    static const char error[] = "String.index expects a Regexp or string pattern";
    StrObj *string = receiver(vm, args), *pattern = NULL;
    RegexObj *regex = regex_arg(vm, args);
    if (!string || (!regex && !(pattern = pattern_arg(vm, args, error)))) return NATIVE_RAISE;
    size_t start;
    bool past;
    if (!start_arg(vm, args, string, "String.index expects an integer start", 0, &start, &past)) return NATIVE_RAISE;
    if (regex) {
        size_t at = past ? (size_t)string->size + 1 : start;
        SearchRequest request = {.kind = SEARCH_INDEX, .regex = regex, .subject = string, .at = at};
        return search_run(vm, &request, out);
    }
    return return_position(string, past ? NOT_FOUND : find_text(string, pattern, start), out);
}

static NativeResult string_rindex(VM *vm, const Args *args, Value *out) {
    static const char error[] = "String.rindex expects a Regexp or string pattern";
    StrObj *string = receiver(vm, args), *pattern = NULL;
    RegexObj *regex = regex_arg(vm, args);
    if (!string || (!regex && !(pattern = pattern_arg(vm, args, error)))) return NATIVE_RAISE;
    size_t start;
    bool past;
    if (!start_arg(vm, args, string, "String.rindex expects an integer start", string->size, &start, &past)) {
        return NATIVE_RAISE;
    }
    if (regex) {
        SearchRequest request = {.kind = SEARCH_RINDEX, .regex = regex, .subject = string, .at = start};
        return search_run(vm, &request, out);
    }
    return return_position(string, find_last_text(string, pattern, start), out);
}

/* --- occurrences ------------------------------------------------------------------------------------------ */

static NativeResult string_find(VM *vm, const Args *args, Value *out) {
    StrObj *string = receiver(vm, args), *pattern;
    RegexObj *regex = regex_arg(vm, args);
    if (!string) return NATIVE_RAISE;
    if (regex) return search(vm, regex, string, SEARCH_FIND, out);
    if (!(pattern = pattern_arg(vm, args, "String.find expects a Regexp or string pattern"))) return NATIVE_RAISE;
    if (pattern->size == 0) return vm_raise_message(vm, "String.find pattern cannot be empty");
    return lib_return(out, find_text(string, pattern, 0) == NOT_FOUND ? VAL_NIL : native_arg(vm, args, 1));
}

static NativeResult string_find_all(VM *vm, const Args *args, Value *out) {
    StrObj *string = receiver(vm, args), *pattern;
    RegexObj *regex = regex_arg(vm, args);
    if (!string) return NATIVE_RAISE;
    if (regex) return search(vm, regex, string, SEARCH_ALL, out);
    if (!(pattern = pattern_arg(vm, args, "String.find_all expects a Regexp or string pattern"))) return NATIVE_RAISE;
    if (pattern->size == 0) return vm_raise_message(vm, "String.find_all pattern cannot be empty");
    Value found = array_make(vm, 0);
    size_t at = 0;
    while ((at = find_text(string, pattern, at)) != NOT_FOUND) {
        array_push(vm, array_of(found), native_arg(vm, args, 1));
        at += pattern->size;
    }
    return lib_return(out, found);
}

static NativeResult string_contain(VM *vm, const Args *args, Value *out) {
    StrObj *string = receiver(vm, args), *pattern;
    RegexObj *regex = regex_arg(vm, args);
    if (!string) return NATIVE_RAISE;
    if (regex) return search(vm, regex, string, SEARCH_TEST, out);
    if (!(pattern = pattern_arg(vm, args, "String.contain expects a Regexp or string pattern"))) return NATIVE_RAISE;
    return lib_return(out, value_bool(find_text(string, pattern, 0) != NOT_FOUND));
}

static NativeResult string_contains(VM *vm, const Args *args, Value *out) {
    const StrObj *string = receiver(vm, args), *part;
    if (!string) return NATIVE_RAISE;
    if (!(part = string_arg(vm, args, "String.contains requires a string argument"))) return NATIVE_RAISE;
    return lib_return(out, value_bool(find_text(string, part, 0) != NOT_FOUND));
}

static NativeResult string_starts_with(VM *vm, const Args *args, Value *out) {
    const StrObj *string = receiver(vm, args), *part;
    if (!string) return NATIVE_RAISE;
    if (!(part = string_arg(vm, args, "starts_with expects string arguments"))) return NATIVE_RAISE;
    bool starts = part->size <= string->size && memcmp(string->text, part->text, part->size) == 0;
    return lib_return(out, value_bool(starts));
}

static NativeResult string_ends_with(VM *vm, const Args *args, Value *out) {
    const StrObj *string = receiver(vm, args), *part;
    if (!string) return NATIVE_RAISE;
    if (!(part = string_arg(vm, args, "ends_with expects string arguments"))) return NATIVE_RAISE;
    bool ends =
        part->size <= string->size && memcmp(string->text + (string->size - part->size), part->text, part->size) == 0;
    return lib_return(out, value_bool(ends));
}

static NativeResult match(VM *vm, const Args *args, SearchKind kind, Value *out) {
    StrObj *string = receiver(vm, args);
    RegexObj *regex = regex_arg(vm, args);
    if (!string) return NATIVE_RAISE;
    if (!regex) return vm_raise_message(vm, "String.%s requires a Regexp", native_of(args->callee)->def->name);
    return search(vm, regex, string, kind, out);
}

static NativeResult string_match(VM *vm, const Args *args, Value *out) { return match(vm, args, SEARCH_MATCH, out); }
static NativeResult string_matches(VM *vm, const Args *args, Value *out) { return match(vm, args, SEARCH_TEST, out); }

/* --- splitting, replacing ------------------------------------------------------------------------------------ */

static void push_part(VM *vm, uint32_t result, const char *text, size_t size) {
    Value part = string_make(vm, text, size);
    array_push(vm, array_of(root_get(vm, result)), part);
}

static NativeResult string_split(VM *vm, const Args *args, Value *out) {
    StrObj *string = receiver(vm, args), *separator = NULL;
    RegexObj *regex = regex_arg(vm, args);
    if (!string) return NATIVE_RAISE;
    if (!lib_has_arg(args, 1)) return vm_raise_message(vm, "String.split requires separator");
    if (!regex && !(separator = pattern_arg(vm, args, "split separator must be a string or Regexp"))) {
        return NATIVE_RAISE;
    }
    int64_t limit = 0;
    if (lib_has_arg(args, 2) && !lib_int_arg(vm, args, 2, "split limit must be an integer", &limit)) {
        return NATIVE_RAISE;
    }
    if (regex) {
        SearchRequest request = {.kind = SEARCH_SPLIT, .regex = regex, .subject = string, .limit = limit};
        return search_run(vm, &request, out);
    }
    uint32_t scope = roots_open(vm);
    uint32_t result = root_push(vm, array_make(vm, 0));
    size_t start = 0, at;
    while (separator->size > 0 && (limit <= 0 || array_of(root_get(vm, result))->count + 1 < limit) &&
           (at = find_text(string, separator, start)) != NOT_FOUND) {
        push_part(vm, result, string->text + start, at - start);
        start = at + separator->size;
    }
    push_part(vm, result, string->text + start, string->size - start);
    *out = root_get(vm, result);
    roots_close(vm, scope);
    return NATIVE_RETURN;
}

static NativeResult replace(VM *vm, const Args *args, const char *pattern_error, const char *missing_error, bool all,
                            Value *out) {
    StrObj *string = receiver(vm, args), *pattern = NULL;
    RegexObj *regex = regex_arg(vm, args);
    if (!string || (!regex && !(pattern = pattern_arg(vm, args, pattern_error)))) return NATIVE_RAISE;
    if (!regex && !lib_has_arg(args, 2)) return vm_raise_message(vm, "%s", missing_error);
    if (lib_has_arg(args, 2) && !is_string(native_arg(vm, args, 2))) {
        return vm_raise_message(vm, "replace expects string replacement");
    }
    if (regex) {
        SearchRequest request = {.kind = all ? SEARCH_REPLACE_ALL : SEARCH_REPLACE, .regex = regex, .subject = string};
        bool ok = search_replacement_arg(vm, args, 2, regex, &request.replacement);
        return ok ? search_run(vm, &request, out) : NATIVE_RAISE;
    }
    const StrObj *replacement = string_of(native_arg(vm, args, 2));
    size_t at = pattern->size ? find_text(string, pattern, 0) : NOT_FOUND, start = 0;
    if (at == NOT_FOUND) return lib_return(out, value_pointer(string));
    Buffer text;
    lib_buffer_init(vm, &text);
    do {
        buffer_append(&text, string->text + start, at - start);
        buffer_append(&text, replacement->text, replacement->size);
        start = at + pattern->size;
    } while (all && !text.failed && (at = find_text(string, pattern, start)) != NOT_FOUND);
    buffer_append(&text, string->text + start, string->size - start);
    return lib_return_text(vm, &text, out);
}

static NativeResult string_replace(VM *vm, const Args *args, Value *out) {
    static const char missing[] = "String.replace requires target and replacement";
    if (!receiver(vm, args)) return NATIVE_RAISE;
    if (!lib_has_arg(args, 1)) return vm_raise_message(vm, "%s", missing);
    return replace(vm, args, "String.replace expects a Regexp or string pattern", missing, false, out);
}

static NativeResult string_replace_all(VM *vm, const Args *args, Value *out) {
    if (!receiver(vm, args)) return NATIVE_RAISE;
    if (!lib_has_arg(args, 1)) return vm_raise_message(vm, "String.replace_all requires a pattern");
    return replace(vm, args, "String.replace_all expects a Regexp or string pattern",
                   "String.replace_all requires target and replacement", true, out);
}

/* --- table ------------------------------------------------------------------------------------------------ */

static const NativeDef methods[] = {
    {"index", string_index, 0, -1, NATIVE_METHOD, "(s .index p [start])", "Position of the first p, or -1."},
    {"rindex", string_rindex, 0, -1, NATIVE_METHOD, "(s .rindex p [start])",
     "Position of the last p that begins at or before start, or -1."},
    {"find", string_find, 0, -1, NATIVE_METHOD, "(s .find p)", "The first matched text, or nil."},
    {"find_all", string_find_all, 0, -1, NATIVE_METHOD, "(s .find_all p)", "New array of the matched texts."},
    {"scan", string_find_all, 0, -1, NATIVE_METHOD, "(s .scan p)", "New array of the matched texts."},
    {"contain", string_contain, 0, -1, NATIVE_METHOD, "(s .contain p)", "Does p occur?"},
    {"include?", string_contain, 0, -1, NATIVE_METHOD, "(s .include? p)", "Does p occur?"},
    {"contains", string_contains, 0, -1, NATIVE_METHOD, "(s .contains t)", "Does the string t occur?"},
    {"starts_with", string_starts_with, 0, -1, NATIVE_METHOD, "(s .starts_with t)", "Does it begin with t?"},
    {"start_with?", string_starts_with, 0, -1, NATIVE_METHOD, "(s .start_with? t)", "Does it begin with t?"},
    {"ends_with", string_ends_with, 0, -1, NATIVE_METHOD, "(s .ends_with t)", "Does it end with t?"},
    {"end_with?", string_ends_with, 0, -1, NATIVE_METHOD, "(s .end_with? t)", "Does it end with t?"},
    {"match", string_match, 0, -1, NATIVE_METHOD, "(s .match re)", "The first match of a regular expression."},
    {"match?", string_matches, 0, -1, NATIVE_METHOD, "(s .match? re)", "Does a regular expression match?"},
    {"split", string_split, 0, -1, NATIVE_METHOD, "(s .split separator [limit])",
     "New array of the pieces between separators, at most `limit`."},
    {"replace", string_replace, 0, -1, NATIVE_METHOD, "(s .replace p t)", "With the first p replaced by t."},
    {"sub", string_replace, 0, -1, NATIVE_METHOD, "(s .sub p t)", "With the first p replaced by t."},
    {"replace_all", string_replace_all, 0, -1, NATIVE_METHOD, "(s .replace_all p t)", "With every p replaced by t."},
    {"gsub", string_replace_all, 0, -1, NATIVE_METHOD, "(s .gsub p t)", "With every p replaced by t."},
};

void lib_install_string_search(VM *vm) {
    vm_define_methods(vm, vm_space(vm)->type_classes[OBJ_STR], methods, COUNT_OF(methods));
}

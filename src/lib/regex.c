/* regex.c — class Regexp: its constructor and methods (language 26). */
#include "lib/modules.h"
#include "lib/regex_search.h"
#include "lib/support.h"

/* --- constructor ------------------------------------------------------------------------------------------------ */

/* Flag names among the keywords; false after raising. */
static bool flag_args(VM *vm, const Args *args, bool *out_ignore_case, bool *out_multi_line) {
    *out_ignore_case = *out_multi_line = false;
    for (uint32_t i = 0; i < args->keyword_count; i++) {
        const SymbolObj *name = symbol_of(args->keyword_names[i]);
        bool is_set = is_truthy(native_arg(vm, args, args->count + i));
        if (symbol_is(name, "i")) {
            *out_ignore_case = is_set;
        } else if (symbol_is(name, "m")) {
            *out_multi_line = is_set;
        } else {
            vm_raise(vm, ERR_RUNTIME, "Regexp.ctor unknown flag: %s", name->text);
            return false;
        }
    }
    return true;
}

static NativeResult regex_new(VM *vm, const Args *args, Value *out) {
    bool ignore_case, multi_line;
    if (!lib_has_arg(args, 1)) return vm_raise_message(vm, "Regexp.ctor requires a pattern string");
    Value pattern = native_arg(vm, args, 1), replacement = native_arg_or(vm, args, 2, VAL_NIL);
    if (!is_string(pattern)) return vm_raise_message(vm, "Regexp.ctor expects a string pattern");
    if (lib_has_arg(args, 3)) return vm_raise(vm, ERR_RUNTIME, "Regexp.ctor accepts at most pattern and replacement");
    if (!is_string(replacement) && replacement != VAL_NIL) {
        return vm_raise(vm, ERR_RUNTIME, "Regexp.ctor replacement must be a string or nil");
    }
    if (!flag_args(vm, args, &ignore_case, &multi_line)) return NATIVE_RAISE;
    StrObj *text = replacement == VAL_NIL ? NULL : string_of(replacement);
    return lib_return(out, regex_make(vm, string_of(pattern), text, ignore_case, multi_line));
}

/* --- methods ------------------------------------------------------------------------------------------------------ */

/* Regex and subject of the call; false after raising. */
static bool begin(VM *vm, const Args *args, SearchKind kind, SearchRequest *out_request) {
    const char *name = native_of(args->callee)->def->name;
    RegexObj *regex = lib_receiver(vm, args, OBJ_REGEX);
    if (!regex) return false;
    Value subject = native_arg_or(vm, args, 1, VAL_UNSET);
    *out_request = (SearchRequest){.kind = kind, .regex = regex};
    if (subject == VAL_UNSET) {
        vm_raise_message(vm, "Regexp.%s requires an input string", name);
    } else if (!is_string(subject)) {
        vm_raise_message(vm, "Regexp.%s expects a Regexp and string", name);
    } else {
        out_request->subject = string_of(subject);
        return true;
    }
    return false;
}

static NativeResult run(VM *vm, const Args *args, SearchKind kind, Value *out) {
    SearchRequest request;
    return begin(vm, args, kind, &request) ? search_run(vm, &request, out) : NATIVE_RAISE;
}

static NativeResult regex_match(VM *vm, const Args *args, Value *out) { return run(vm, args, SEARCH_MATCH, out); }
static NativeResult regex_test(VM *vm, const Args *args, Value *out) { return run(vm, args, SEARCH_TEST, out); }
static NativeResult regex_find(VM *vm, const Args *args, Value *out) { return run(vm, args, SEARCH_FIND, out); }
static NativeResult regex_find_all(VM *vm, const Args *args, Value *out) { return run(vm, args, SEARCH_ALL, out); }

static NativeResult regex_split(VM *vm, const Args *args, Value *out) {
    SearchRequest request;
    if (!begin(vm, args, SEARCH_SPLIT, &request)) return NATIVE_RAISE;
    if (lib_has_arg(args, 2) && !lib_int_arg(vm, args, 2, "split limit must be an integer", &request.limit)) {
        return NATIVE_RAISE;
    }
    return search_run(vm, &request, out);
}

static NativeResult replace(VM *vm, const Args *args, SearchKind kind, Value *out) {
    SearchRequest request;
    if (!begin(vm, args, kind, &request)) return NATIVE_RAISE;
    if (!search_replacement_arg(vm, args, 2, request.regex, &request.replacement)) return NATIVE_RAISE;
    return search_run(vm, &request, out);
}

static NativeResult regex_replace(VM *vm, const Args *args, Value *out) {
    return replace(vm, args, SEARCH_REPLACE, out);
}

static NativeResult regex_replace_all(VM *vm, const Args *args, Value *out) {
    return replace(vm, args, SEARCH_REPLACE_ALL, out);
}

/* --- table ---------------------------------------------------------------------------------------------------------- */

static const NativeDef constructor = {"Regexp",
                                      regex_new,
                                      0,
                                      -1,
                                      NATIVE_METHOD | NATIVE_KEYWORDS,
                                      "(new Regexp pattern [replacement] [^^i] [^^m])",
                                      "A regular expression; ^^i ignores case, with ^^m the dot matches line ends."};

static const NativeDef methods[] = {
    {"match", regex_match, 0, -1, NATIVE_METHOD, "(r .match s)", "The first match, or nil."},
    {"process", regex_match, 0, -1, NATIVE_METHOD, "(r .process s)", "The first match, or nil."},
    {"match?", regex_test, 0, -1, NATIVE_METHOD, "(r .match? s)", "Is there a match?"},
    {"find", regex_find, 0, -1, NATIVE_METHOD, "(r .find s)", "The first matched text, or nil."},
    {"find_all", regex_find_all, 0, -1, NATIVE_METHOD, "(r .find_all s)", "New array of the matched texts."},
    {"scan", regex_find_all, 0, -1, NATIVE_METHOD, "(r .scan s)", "New array of the matched texts."},
    {"split", regex_split, 0, -1, NATIVE_METHOD, "(r .split s [limit])",
     "New array of the pieces between matches, at most `limit`."},
    {"sub", regex_replace, 0, -1, NATIVE_METHOD, "(r .sub s [t])", "s with the first match replaced by t."},
    {"replace", regex_replace, 0, -1, NATIVE_METHOD, "(r .replace s [t])", "s with the first match replaced by t."},
    {"gsub", regex_replace_all, 0, -1, NATIVE_METHOD, "(r .gsub s [t])", "s with every match replaced by t."},
    {"replace_all", regex_replace_all, 0, -1, NATIVE_METHOD, "(r .replace_all s [t])",
     "s with every match replaced by t."},
};

void lib_install_regex(VM *vm) {
    ClassObj *class_ = vm_space(vm)->type_classes[OBJ_REGEX];
    class_->ctor = native_make(vm, &constructor, VAL_NIL);
    vm_define_methods(vm, class_, methods, COUNT_OF(methods));
}

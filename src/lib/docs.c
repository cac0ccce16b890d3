/* docs.c — see docs.h.
 * A place (namespace or class) is listed once, under the first name it is found by: `gene` repeats what is global. */
#include "lib/docs.h"

#include "compiler/analyze.h"

/* What has no native of its own: operators and notations, which the compiler knows, variables, and what Gene code of the
 * library defines. The coverage test (docs/coverage.md) asks for a program about each. */
typedef struct DocRow {
    const char *name, *signature, *doc;
} DocRow;

static const DocRow operator_rows[] = {
    {"+", "(a + b …)", "The sum; overflow of Ints raises."},
    {"-", "(a - b …)", "The difference; (- a) is the negation."},
    {"*", "(a * b …)", "The product."},
    {"/", "(a / b …)", "The quotient, always a Float."},
    {"%", "(a % b …)", "The remainder, with the sign of the dividend."},
    {"**", "(a ** b)", "The power."},
    {"<", "(a < b)", "Is a smaller? Numbers, dates, times; chains: (a < b <= c)."},
    {"<=", "(a <= b)", "Is a smaller or equal?"},
    {">", "(a > b)", "Is a greater?"},
    {">=", "(a >= b)", "Is a greater or equal?"},
    {"==", "(a == b)", "Are they equal? A class may define its own."},
    {"!=", "(a != b)", "Are they not equal?"},
    {"is", "(value is Type)", "Is it of the type?"},
    {"&&", "(a && b …)", "Logical and; bitwise of two Ints or Bytes."},
    {"||", "(a || b …)", "Logical or; bitwise of two Ints or Bytes."},
    {"&|&", "(a &|& b …)", "Exclusive or; bitwise of two Ints or Bytes."},
    {"<<", "(a << n)", "Shifts the bits of an Int or of Bytes to the left."},
    {">>", "(a >> n)", "Shifts the bits of an Int or of Bytes to the right."},
    {"?", "(result ?)", "The value of Ok or Some; Err and None are returned from the function around it."},
    {"./", "(value ./ key default?)", "Looks a key up, which is evaluated."},
    {"=", "(target = value)", "Assigns to a variable or to the last step of a path."},
    {"+=", "(target += value)", "Assigns the sum."},
    {"-=", "(target -= value)", "Assigns the difference."},
    {"*=", "(target *= value)", "Assigns the product."},
    {"/=", "(target /= value)", "Assigns the quotient."},
    {"%=", "(target %= value)", "Assigns the remainder."},
};

static const DocRow notation_rows[] = {
    {"`", "`form", "The form as data."},
    {"%x", "%form", "In a template: the value of the form when the template is rendered; %_form is dropped."},
    {"#\"", "#\"text #{form}\"", "A string with values in it."},
    {"#@", "#@f form", "A decorator: (f form)."},
    {"#[", "#[…] #{…} #{{…}} #(…)", "A sealed array, map, hash map or gene, whose items cannot be changed."},
    {"x...", "(f xs...) [xs...]", "Spreads the items of an array."},
    {"^...", "(f ^... map) {^... map}", "Spreads the entries of a map."},
    {"a/b", "a/b", "The member, property, entry or field b of a; void when there is none."},
    {"a/0", "a/0 a/-1", "An item by its place, from the end when negative."},
    {"a/.b", "a/.b", "Calls the method b without arguments."},
    {"a/<b>", "a/<b> a/.<b>", "A step whose name is the value of b."},
    {"a/!", "a/!", "Raises when there is nothing, or nil."},
    {"/x", "/x", "The member x of self."},
    {".m", "(value .m arguments…)", "Calls a method; (.m) one of self."},
    {".", "(value . name arguments…)", "Calls the method that a value names."},
    {".@", "(value .@ step…)", "Applies a selector."},
    {"^pre", "(fn f [params] ^pre [condition…] body…)", "Conditions that must hold before the body runs."},
    {"^post", "(fn f [params] ^post [condition…] body…)", "Conditions that must hold after it; they see `result`."},
    {"self", "self", "What a method was called on; the namespace outside of methods."},
    {"super", "(super .m arguments…)", "Calls the method of the parent class."},
};

static const DocRow variable_rows[] = {
    {"$ns", "$ns", "The current namespace."},
    {"$ex", "$ex", "The exception that is being handled, else nil."},
    {"$pkg", "$pkg", "The package of this module."},
    {"$app", "$app", "The application."},
    {"$env", "$env/NAME", "The environment variables."},
    {"$args", "$args", "The arguments of the program."},
    {"$program", "$program", "The program's file as it was given."},
    {"$duration_start", "$duration_start", "Starts a measurement."},
    {"$duration", "$duration", "Microseconds since the last $duration_start."},
    {"__is_main__", "__is_main__", "Is this module the program?"},
    {"__module_name__", "__module_name__", "The path of this module."},
    {"gene/main_module", "gene/main_module", "The path of the program's main module."},
    {"genex", "genex/NAME", "The extensions, each of which is loaded when it is first used."},
    {"not_found", "not_found", "What an iterator gives at its end."},
    {"Result", "Result", "The enum of Ok and Err."},
    {"Ok", "(Ok value)", "A Result that succeeded."},
    {"Err", "(Err error)", "A Result that failed."},
    {"Option", "Option", "The enum of Some and None."},
    {"Some", "(Some value)", "An Option that has a value."},
    {"None", "None", "The Option that has none."},
    {"math/PI", "math/PI", "3.141592653589793"},
    {"math/E", "math/E", "2.718281828459045"},
    {"stdin", "stdin", "The standard input, an IOHandle."},
    {"stdout", "stdout", "The standard output, an IOHandle."},
    {"stderr", "stderr", "The standard error output, an IOHandle."},
    {"RegexpMatch/value", "m/value", "The matched text."},
    {"RegexpMatch/captures", "m/captures", "The groups in their order, named ones too."},
    {"RegexpMatch/named_captures", "m/named_captures", "The named groups."},
    {"RegexpMatch/start", "m/start", "The offset of the match, in characters."},
    {"RegexpMatch/end", "m/end", "The offset behind the match."},
    {"RegexpMatch/pre_match", "m/pre_match", "The text before the match."},
    {"RegexpMatch/post_match", "m/post_match", "The text after the match."},
};

/* Of the extensions, which are Gene code that is loaded when it is first used. */
static const struct {
    const char *kind;
    DocRow row;
} extension_rows[] = {
    {"function",
     {"genex/http/http_get", "(http_get url headers? ^timeout ms? ^strict b?)",
      "Sends a GET; a Future of the Response."}},
    {"function",
     {"genex/http/http_post", "(http_post url body headers? ^timeout ms? ^strict b?)",
      "Sends a POST; a Future of the Response."}},
    {"function",
     {"genex/http/get", "(genex/http/get url headers? ^timeout ms?)",
      "The body that a GET brings; an error status raises."}},
    {"function",
     {"genex/http/post", "(genex/http/post url body? headers? ^timeout ms?)",
      "The body that a POST brings; an error status raises."}},
    {"function", {"genex/http/put", "(genex/http/put url body? headers? ^timeout ms?)", "The body that a PUT brings."}},
    {"function",
     {"genex/http/delete", "(genex/http/delete url headers? ^timeout ms?)", "The body that a DELETE brings."}},
    {"function",
     {"genex/http/get_json", "(genex/http/get_json url headers? ^timeout ms?)", "The JSON that a GET brings, parsed."}},
    {"function",
     {"genex/http/post_json", "(genex/http/post_json url body headers? ^timeout ms?)",
      "Sends JSON; the answer, parsed."}},
    {"function", {"genex/http/json_parse", "(genex/http/json_parse text)", "Parses JSON."}},
    {"function", {"genex/http/json_stringify", "(genex/http/json_stringify value)", "The value as JSON."}},
    {"function",
     {"genex/http/start_server", "(start_server port handler? ^host h? ^debug b? ^request_timeout_ms n?)",
      "Serves requests; a Server."}},
    {"function", {"genex/http/http_server_status", "(http_server_status server?)", "A map of what the servers do."}},
    {"function",
     {"genex/http/respond", "(respond status body? headers?)", "A ServerResponse; a body alone has the status 200."}},
    {"function",
     {"genex/http/redirect", "(redirect url status?)", "A ServerResponse that sends the client elsewhere."}},
    {"constructor", {"gene/Request", "(new gene/Request url method? headers? body?)", "A request that can be sent."}},
    {"method", {"gene/Request.send", "(request .send ^timeout ms? ^strict b?)", "Sends it; a Future of the Response."}},
    {"constructor",
     {"gene/Response", "(new gene/Response status body headers?)", "A response, as the client gets it."}},
    {"method", {"gene/Response.json", "(response .json)", "The body, parsed as JSON."}},
    {"method", {"genex/http/Server.stop", "(server .stop)", "Closes the server."}},
    {"constructor",
     {"genex/logging/Logger", "(new genex/logging/Logger target)", "What logs under the name of a target."}},
    {"method", {"genex/logging/Logger.error", "(logger .error v…)", "Logs at level ERROR."}},
    {"method", {"genex/logging/Logger.warn", "(logger .warn v…)", "Logs at level WARN."}},
    {"method", {"genex/logging/Logger.info", "(logger .info v…)", "Logs at level INFO."}},
    {"method", {"genex/logging/Logger.debug", "(logger .debug v…)", "Logs at level DEBUG."}},
    {"method", {"genex/logging/Logger.trace", "(logger .trace v…)", "Logs at level TRACE."}},
    {"function", {"genex/html/extract_text", "(genex/html/extract_text html)", "The text of a page."}},
    {"function",
     {"genex/html/extract_text_with_links", "(genex/html/extract_text_with_links html base_url?)",
      "A map of the text of a page and its links."}},
    {"function", {"genex/test/test!", "(test! ^^skip? name body)", "Runs a test and prints what became of it."}},
    {"function", {"genex/test/suite!", "(suite! ^^skip? name form…)", "Runs the tests of a suite, indented."}},
    {"function", {"genex/test/check", "(check value message?)", "Raises when the value is nil or false."}},
    {"function", {"genex/test/fail", "(fail message?)", "Raises."}},
    {"constructor", {"genex/test/TestFailure", "TestFailure", "What check and fail raise."}},
};

/* genex/html/tags: each takes ^name value for attributes, and content. */
static const char *const html_tags[] = {"HTML",  "HEAD",  "TITLE", "BODY", "DIV",  "SPAN",   "P",      "H1",
                                        "H2",    "H3",    "UL",    "OL",   "LI",   "FORM",   "BUTTON", "LABEL",
                                        "A",     "TABLE", "TR",    "TD",   "TH",   "HEADER", "FOOTER", "SCRIPT",
                                        "STYLE", "SVG",   "INPUT", "IMG",  "LINK", "META",   "LINE"};

typedef struct Walk {
    VM *vm;
    uint32_t list;   /* root of the result */
    uint32_t places; /* root of an array of what has been seen: namespaces and classes */
} Walk;

static void set_text(VM *vm, uint32_t map, const char *key, const char *text) {
    map_set_text(vm, map_of(root_get(vm, map)), key, string_from(vm, text));
}

static void add(const Walk *w, const char *name, const char *kind, const char *signature, const char *doc) {
    VM *vm = w->vm;
    uint32_t map = root_push(vm, map_make(vm));
    set_text(vm, map, "name", name);
    set_text(vm, map, "kind", kind);
    set_text(vm, map, "signature", signature);
    set_text(vm, map, "doc", doc);
    array_push(vm, array_of(root_get(vm, w->list)), root_get(vm, map));
    roots_close(vm, map);
}

static void add_native(const Walk *w, const char *prefix, char separator, const SymbolObj *name, Value value,
                       const char *kind) {
    if (!is_obj_type(value, OBJ_NATIVE)) return;
    const NativeDef *def = native_of(value)->def;
    Buffer full;
    buffer_init(&full);
    if (*prefix) buffer_append_format(&full, "%s%c", prefix, separator);
    buffer_append_text(&full, name->text);
    buffer_append_byte(&full, '\0');
    add(w, full.data, kind, def->signature, def->doc);
    buffer_free(&full);
}

static bool is_new(const Walk *w, Value place) {
    ArrayObj *seen = array_of(root_get(w->vm, w->places));
    for (uint32_t i = 0; i < seen->count; i++) {
        if (seen->items[i] == place) return false;
    }
    array_push(w->vm, seen, place);
    return true;
}

static void list_members(const Walk *w, const char *prefix, const NamespaceObj *ns);

static void list_class(const Walk *w, const char *name, ClassObj *class_) {
    const Table *methods = &class_->methods;
    for (uint32_t i = table_next(methods, 0); i < methods->used; i = table_next(methods, i + 1)) {
        add_native(w, name, '.', symbol_of(methods->entries[i].key), methods->entries[i].value, "method");
    }
    if (is_obj_type(class_->ctor, OBJ_NATIVE)) {
        const NativeDef *def = native_of(class_->ctor)->def;
        add(w, name, "constructor", def->signature, def->doc);
    }
}

/* Nesting is that of namespaces in namespaces, which the library decides. */
static void list_place(const Walk *w, const char *prefix, const SymbolObj *name, Value place) {
    Buffer full;
    buffer_init(&full);
    if (*prefix) buffer_append_format(&full, "%s/", prefix);
    buffer_append_text(&full, name->text);
    buffer_append_byte(&full, '\0');
    if (is_class(place)) list_class(w, full.data, class_of_value(place));
    list_members(w, full.data, is_class(place) ? class_of_value(place)->ns : namespace_of(place));
    buffer_free(&full);
}

/* Functions, then classes, then namespaces; `gene` and `genex` after all others, whose content they repeat. */
static void list_members(const Walk *w, const char *prefix, const NamespaceObj *ns) {
    const VM *vm = w->vm;
    const Table *members = &ns->members;
    for (int turn = 0; turn < 4; turn++) {
        for (uint32_t i = table_next(members, 0); i < members->used; i = table_next(members, i + 1)) {
            SymbolObj *name = symbol_of(members->entries[i].key);
            Value value = members->entries[i].value;
            bool repeats = ns == vm->gene_ns || ns == vm->genex_ns;
            if (turn == 0 && (!repeats || namespace_get(vm->global_ns, name) != value))
                add_native(w, prefix, '/', name, value, "function");
            if (!is_object(value)) continue;
            bool is_class_turn = turn == 1 && is_class(value);
            bool is_last = pointer_of(value) == vm->gene_ns || pointer_of(value) == vm->genex_ns;
            bool is_namespace_turn = turn == (is_last ? 3 : 2) && is_namespace(value);
            if ((is_class_turn || is_namespace_turn) && is_new(w, value)) list_place(w, prefix, name, value);
        }
    }
}

static void add_forms(const Walk *w) {
    const SpecialDoc *row;
    for (uint32_t i = 0; (row = special_doc(i)) != NULL; i++) {
        const SpecialForm *form = special_find(symbol_from(w->vm, row->name));
        if (form && form->analyze) add(w, row->name, "form", row->signature, row->doc);
    }
}

static void add_tags(const Walk *w) {
    for (size_t i = 0; i < COUNT_OF(html_tags); i++) {
        Buffer name;
        Buffer signature;
        buffer_init(&name);
        buffer_init(&signature);
        buffer_append_format(&name, "genex/html/tags/%s", html_tags[i]);
        buffer_append_byte(&name, '\0');
        buffer_append_format(&signature, "(%s ^attribute value… content…)", html_tags[i]);
        buffer_append_byte(&signature, '\0');
        add(w, name.data, "function", signature.data, "The text of the tag.");
        buffer_free(&signature);
        buffer_free(&name);
    }
}

static void add_rows(const Walk *w, const DocRow *rows, size_t count, const char *kind) {
    for (size_t i = 0; i < count; i++) add(w, rows[i].name, kind, rows[i].signature, rows[i].doc);
}

Value docs_list(VM *vm) {
    uint32_t scope = roots_open(vm);
    Walk w = {.vm = vm};
    w.list = root_push(vm, array_make(vm, 0));
    w.places = root_push(vm, array_make(vm, 0));
    is_new(&w, value_pointer(vm->global_ns));
    add_forms(&w);
    add_rows(&w, operator_rows, COUNT_OF(operator_rows), "operator");
    add_rows(&w, notation_rows, COUNT_OF(notation_rows), "notation");
    add_rows(&w, variable_rows, COUNT_OF(variable_rows), "variable");
    list_members(&w, "", vm->global_ns);
    for (size_t i = 0; i < COUNT_OF(extension_rows); i++) {
        add_rows(&w, &extension_rows[i].row, 1, extension_rows[i].kind);
    }
    add_tags(&w);
    Value result = root_get(vm, w.list);
    roots_close(vm, scope);
    return result;
}

/* special.c — the special forms, one row each (language 03 §3.2, rules 12–14), sorted by name. */
#include "compiler/analyze_forms.h"

static const SpecialForm special_forms[] = {
    {"!", analyze_not, NULL, false},
    {"$await_all", analyze_await_all, NULL, false},
    {"$await_any", analyze_await_any, NULL, false},
    {"$await_race", analyze_await_race, NULL, false},
    {"$await_settled", analyze_await_settled, NULL, false},
    {"$caller_eval", analyze_caller_eval, NULL, false},
    {"$dep", analyze_dep, NULL, true},
    {"$emit", analyze_emit, NULL, false},
    {"$if_main", analyze_if_main, NULL, false},
    {"$parse", analyze_parse, NULL, false},
    {"$render", analyze_render, NULL, false},
    {"$repl", analyze_repl, NULL, false},
    {"$set", analyze_set, NULL, false},
    {"$tap", analyze_tap, NULL, false},
    {"$with", analyze_with, NULL, false},
    {"->", analyze_arrow, NULL, false},
    {"..", analyze_range_form, NULL, false},
    {".ctor", NULL, "Legacy dotted class members are not supported; use (method ...) or (ctor ...) instead", false},
    {".fn", NULL, "Legacy dotted class members are not supported; use (method ...) or (ctor ...) instead", false},
    {"@", analyze_selector, NULL, false},
    {"async", analyze_async, NULL, false},
    {"await", analyze_await, NULL, false},
    {"block", analyze_block_form, NULL, false},
    {"break", analyze_break, NULL, false},
    {"case", analyze_case, NULL, false},
    {"class", analyze_class, NULL, true},
    {"comptime", analyze_comptime, NULL, false},
    {"continue", analyze_continue, NULL, false},
    {"ctor", analyze_ctor, NULL, false},
    {"ctor!", NULL, "Macro-like constructors are not supported; use (ctor [args] ...)", false},
    {"do", analyze_do, NULL, false},
    {"enum", analyze_enum, NULL, true},
    {"eval", analyze_eval, NULL, false},
    {"export", analyze_export, NULL, false},
    {"field", analyze_field, NULL, false},
    {"fn", analyze_fn, NULL, true},
    {"fn-interceptor", analyze_fn_interceptor, NULL, false},
    {"fnx", NULL, "fnx is no longer supported; use (fn [args] ...) instead", false},
    {"fnx!", NULL, "fnx! is no longer supported; use (fn [args] ...) instead", false},
    {"fnxx", NULL, "fnxx is no longer supported; use (fn [args] ...) instead", false},
    {"for", analyze_for, NULL, false},
    {"if", analyze_if, NULL, false},
    {"if_not", analyze_if_not, NULL, false},
    {"ifel", analyze_ifel, NULL, false},
    {"implement", analyze_implement, NULL, true},
    {"import", analyze_import, NULL, true},
    {"interceptor", analyze_interceptor, NULL, false},
    {"interface", analyze_interface, NULL, true},
    {"let", analyze_let, NULL, false},
    {"loop", analyze_loop, NULL, false},
    {"match", NULL, "match has been removed; use (var pattern value) for binding or (case ...) for branching", false},
    {"method", analyze_method, NULL, false},
    {"method!", NULL,
     "Macro-like class methods are not supported; use (method name [args] ...) and a standalone fn! if you need "
     "quoted arguments",
     false},
    {"new", analyze_new, NULL, false},
    {"new!", NULL, "Macro-like constructors are not supported; use (new Class ...)", false},
    {"not", analyze_not, NULL, false},
    {"ns", analyze_ns, NULL, true},
    {"object", analyze_object, NULL, true},
    {"on_method_missing", analyze_on_method_missing, NULL, false},
    {"prop", NULL, "prop is only allowed inside an interface", false},
    {"range", analyze_range_form, NULL, false},
    {"repeat", analyze_repeat, NULL, false},
    {"return", analyze_return, NULL, false},
    {"throw", analyze_throw, NULL, false},
    {"try", analyze_try, NULL, false},
    {"type", analyze_type_form, NULL, true},
    {"typeof", analyze_typeof, NULL, false},
    {"var", analyze_var, NULL, false},
    {"while", analyze_while, NULL, false},
    {"yield", analyze_yield, NULL, false},
};

/* What `gene doc` and completion say of them. */
static const SpecialDoc special_docs[] = {
    {"!", "(! value)", "true when the value is falsy: false, nil or void; the complement of an Int or of Bytes."},
    {"$await_all", "($await_all futures)", "Waits for all of them; an array of their values, or the first failure."},
    {"$await_any", "($await_any futures)", "Waits for the first that succeeds."},
    {"$await_race", "($await_race futures)", "Waits for the first that ends, and ends like it."},
    {"$await_settled", "($await_settled futures)", "Waits until all have ended; an array of their outcomes."},
    {"$caller_eval", "($caller_eval form)", "In a macro: evaluates a form in the scope of the caller."},
    {"$dep", "($dep name version ^path path)", "Declares what a package depends on."},
    {"$emit", "($emit value)", "The value; a place for it in templates."},
    {"$if_main", "($if_main body…)", "Runs the body only in the file that was started."},
    {"$parse", "($parse text)", "The first form of a text, as data."},
    {"$render", "($render template)", "Fills in a quoted template."},
    {"$repl", "($repl)",
     "Reads forms from stdin and evaluates them in the scope here, until exit or the end of the input."},
    {"$set", "($set target @key value)", "Sets the member that a selector of one step names."},
    {"$tap", "($tap value name? body…)", "Runs the body with the value, and gives the value."},
    {"$with", "($with value body…)", "Runs the body with the value as self."},
    {"->", "(-> body…) (x -> body…) ([params] -> body…)",
     "A block: a callable without a name; `return` ends the block only."},
    {"..", "(from .. to)", "The Range from one bound to another, both included."},
    {"@", "(@ step…)", "A selector: a function that looks up a path in its argument."},
    {"async", "(async expression)", "A Future of its value or exception."},
    {"await", "(await ^timeout ms? future…)", "Waits for a Future and gives its value, or raises what it failed with."},
    {"block", "(block [params]? body…)", "A block: a callable without a name; `return` ends the block only."},
    {"break", "(break value?)", "Ends the innermost loop, with a value."},
    {"case", "(case value when pattern body… else body…)", "Runs the first branch whose pattern fits the value."},
    {"class", "(class Name < Parent body…)", "Defines a class: ctor, methods, fields."},
    {"comptime", "(comptime body…)", "Runs the body while the program is compiled."},
    {"continue", "(continue)", "Goes on with the next turn of the innermost loop."},
    {"ctor", "(ctor [params] body…)", "In a class: what `new` runs."},
    {"do", "(do body…)", "Evaluates forms one after the other; the last one's value."},
    {"enum", "(enum Name:T unit (Variant field other: Type) …)", "Declares an enum and its variants."},
    {"eval", "(eval form…)", "Evaluates data as code."},
    {"export", "(export [name…])", "Says which names of this module others may import."},
    {"field", "(field name Type? default?)", "In a class: declares a property of its instances."},
    {"fn", "(fn name? [params] -> Type? body…)", "Defines a function; without a name it is a value only."},
    {"fn-interceptor", "(fn-interceptor Name [f] advice…)", "Defines advice for callables: (Name f) wraps one."},
    {"for", "(for pattern in collection body…)", "Runs the body for each item of a collection, generator or range."},
    {"if", "(if condition body… elif condition body… else body…)", "Runs the first branch whose condition holds."},
    {"if_not", "(if_not condition body…)", "Runs the body when the condition does not hold."},
    {"ifel", "(ifel condition then else)", "One of two values."},
    {"implement", "(implement Interface for Class? body…)", "Says how a class does what an interface asks."},
    {"import", "(import name… from \"module\")", "Brings names of another module or namespace into this one."},
    {"interceptor", "(interceptor Name [m…] advice…)",
     "Defines advice for methods: (Name Class \"m\" …) wraps them in place."},
    {"interface", "(interface Name body…)", "Declares methods and properties that classes may implement."},
    {"let", "(let name value)", "Binds a name that cannot be assigned again."},
    {"loop", "(loop body…)", "Repeats the body until break, return or an exception."},
    {"method", "(method name [params] body…)", "In a class: defines a method, whose receiver is self."},
    {"new", "(new Class arguments…)", "Makes an instance and runs its ctor."},
    {"not", "(not value)", "true when the value is falsy: false, nil or void; the complement of an Int or of Bytes."},
    {"ns", "(ns name body…)", "Defines a namespace."},
    {"object", "(object Name < Parent body…)", "Defines a class and its only instance."},
    {"on_method_missing", "(on_method_missing [name args…] body…)",
     "In a class: answers calls of methods that there are not."},
    {"range", "(range from to step?)", "The Range from one number to another, both included."},
    {"repeat", "(repeat count body…)", "Runs the body a number of times."},
    {"return", "(return value?)", "Ends the function with a value."},
    {"throw", "(throw exception-or-message)", "Raises an exception; a string becomes the message of one."},
    {"try", "(try body… catch Class-or-name body… finally body…)",
     "Runs the body, and the first clause that catches what it raises."},
    {"type", "(type Name Type)", "Gives a type a name."},
    {"typeof", "(typeof value)", "The name of the value's type."},
    {"var", "(var pattern value?)", "Binds names: one, or those of an array or map pattern."},
    {"while", "(while condition body…)", "Repeats the body as long as the condition holds."},
    {"yield", "(yield value)", "In a generator: gives a value and waits to be asked for the next."},
};

const SpecialDoc *special_doc(uint32_t index) { return index < COUNT_OF(special_docs) ? &special_docs[index] : NULL; }

const char *special_signature(const char *name) {
    for (uint32_t i = 0; i < COUNT_OF(special_docs); i++) {
        if (strcmp(special_docs[i].name, name) == 0) return special_docs[i].signature;
    }
    return NULL;
}

const SpecialForm *special_find(const SymbolObj *name) {
    uint32_t low = 0;
    uint32_t high = COUNT_OF(special_forms);
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        int order = strcmp(name->text, special_forms[middle].name);
        if (order == 0) return &special_forms[middle];
        if (order < 0) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return NULL;
}

const SpecialForm *special_definition(Value form) {
    if (!is_node(form) || !is_symbol(node_of(form)->type)) return NULL;
    const SpecialForm *special = special_find(symbol_of(node_of(form)->type));
    return special && special->is_definition ? special : NULL;
}

bool special_table_is_sorted(void) {
    for (uint32_t i = 1; i < COUNT_OF(special_forms); i++) {
        if (strcmp(special_forms[i - 1].name, special_forms[i].name) >= 0) return false;
    }
    return true;
}

bool special_table_is_documented(void) {
    for (uint32_t i = 0; i < COUNT_OF(special_forms); i++) {
        if (special_forms[i].analyze && !special_signature(special_forms[i].name)) return false;
    }
    return true;
}

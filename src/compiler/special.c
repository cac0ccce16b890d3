/* special.c — the special forms, one row each (language 03 §3.2, rules 12–14), sorted by name. */
#include "compiler/analyze_forms.h"

static const SpecialForm special_forms[] = {
    {"!", analyze_not, NULL, false},
    {"$await_all", analyze_await_all, NULL, false},
    {"$await_any", analyze_await_any, NULL, false},
    {"$await_race", analyze_await_race, NULL, false},
    {"$await_settled", analyze_await_settled, NULL, false},
    {"$caller_eval", analyze_caller_eval, NULL, false},
    {"$dep", NULL, "$dep is not supported yet", true},
    {"$emit", analyze_emit, NULL, false},
    {"$if_main", analyze_if_main, NULL, false},
    {"$parse", analyze_parse, NULL, false},
    {"$render", analyze_render, NULL, false},
    {"$set", NULL, "$set is not supported yet", false},
    {"$tap", analyze_tap, NULL, false},
    {"$with", analyze_with, NULL, false},
    {"->", analyze_arrow, NULL, false},
    {"..", analyze_range_form, NULL, false},
    {".ctor", NULL, "Legacy dotted class members are not supported; use (method ...) or (ctor ...) instead", false},
    {".fn", NULL, "Legacy dotted class members are not supported; use (method ...) or (ctor ...) instead", false},
    {"@", NULL, "selector values are not supported yet", false},
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
    {"enum", NULL, "enum is not supported yet", true},
    {"eval", analyze_eval, NULL, false},
    {"export", analyze_export, NULL, false},
    {"field", analyze_field, NULL, false},
    {"fn", analyze_fn, NULL, true},
    {"fnx", NULL, "fnx is no longer supported; use (fn [args] ...) instead", false},
    {"fnx!", NULL, "fnx! is no longer supported; use (fn [args] ...) instead", false},
    {"fnxx", NULL, "fnxx is no longer supported; use (fn [args] ...) instead", false},
    {"for", analyze_for, NULL, false},
    {"if", analyze_if, NULL, false},
    {"if_not", analyze_if_not, NULL, false},
    {"ifel", analyze_ifel, NULL, false},
    {"implement", analyze_implement, NULL, true},
    {"import", analyze_import, NULL, true},
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

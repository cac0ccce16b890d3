/* suggest.c — finds the name that is nearest to a misspelt one. Read suggest.h first.
 * Invariant: a suggestion is at most SLIPS_MAX slips of the pen away, and at most a third of its letters. */
#include "vm/suggest.h"

#include "compiler/analyze.h"
#include "object/enum.h"

#include <stdio.h>
#include <string.h>

#define NAME_SIZE_MAX 40u
#define SLIPS_MAX 2u

typedef struct Search {
    const SymbolObj *wanted, *best;
    uint32_t slips; /* of `best`; a candidate must have fewer */
} Search;

static uint32_t least(uint32_t a, uint32_t b) { return a < b ? a : b; }

/* Letters left out, put in, replaced, or two neighbours swapped, on the way from one name to the other. */
static uint32_t count_slips(const SymbolObj *a, const SymbolObj *b) {
    uint32_t rows[3][NAME_SIZE_MAX + 1];
    for (uint32_t j = 0; j <= b->size; j++) rows[0][j] = j;
    for (uint32_t i = 1; i <= a->size; i++) {
        uint32_t *row = rows[i % 3];
        const uint32_t *above = rows[(i + 2) % 3], *above_that = rows[(i + 1) % 3];
        row[0] = i;
        for (uint32_t j = 1; j <= b->size; j++) {
            bool is_same = a->text[i - 1] == b->text[j - 1];
            row[j] = least(above[j - 1] + !is_same, least(above[j], row[j - 1]) + 1);
            bool is_swapped = i > 1 && j > 1 && a->text[i - 1] == b->text[j - 2] && a->text[i - 2] == b->text[j - 1];
            if (is_swapped) row[j] = least(row[j], above_that[j - 2] + 1);
        }
    }
    return rows[a->size % 3][b->size];
}

static void consider(Search *search, const SymbolObj *name) {
    uint32_t size = search->wanted->size;
    /* A macro or a generator function, called without the last letter of its name. */
    bool is_cut = name && name->size == size + 1 && strchr("!*", name->text[size]);
    if (is_cut && memcmp(name->text, search->wanted->text, size) == 0) {
        search->slips = 0;
        search->best = name;
    }
    if (!name || name->size > NAME_SIZE_MAX || name->size < 2) return;
    uint32_t difference = name->size > size ? name->size - size : size - name->size;
    if (difference >= search->slips) return;
    uint32_t slips = count_slips(search->wanted, name);
    if (slips >= search->slips) return;
    search->slips = slips;
    search->best = name;
}

static void consider_keys(Search *search, const Table *table) {
    for (uint32_t i = table_next(table, 0); i < table->used; i = table_next(table, i + 1)) {
        if (is_symbol(table->entries[i].key)) consider(search, symbol_of(table->entries[i].key));
    }
}

static Search search_for(const SymbolObj *name) {
    uint32_t allowed = least(name->size / 3, SLIPS_MAX);
    return (Search){name, NULL, name->size > NAME_SIZE_MAX ? 0 : allowed + 1};
}

/* Unrooted arguments are none: the texts are copied before anything is allocated. */
static void tell(VM *vm, const char *before, const char *name, const char *after) {
    if (!is_instance(vm->exception)) return;
    Buffer text;
    buffer_init(&text);
    buffer_append_format(&text, "%s%s%s", before, name, after);
    Value hint = string_from_buffer(vm, &text);
    buffer_free(&text);
    instance_set(vm, instance_of(vm->exception), SYM(vm, HINT), hint);
}

void suggest_text(VM *vm, const char *text) { tell(vm, text, "", ""); }

static void tell_best(VM *vm, const Search *search) {
    if (search->best) tell(vm, "did you mean ", search->best->text, "?");
}

/* --- names that are no variables ------------------------------------------------------------------------------------ */

/* Words of other languages, between blanks, and how the same is said here. */
static const struct {
    const char *words, *advice;
} foreign_words[] = {
    {" = ", "write (var name value) and (name = value); == compares"},
    {" === eq? equal? equals ", "write =="},
    {" !== <> not= ", "write !="},
    {" and ", "write &&"},
    {" or ", "write ||"},
    {" mod rem ", "write %"},
    {" null undefined ", "write nil"},
    {" this ", "the instance is self, its field x is /x"},
    {" const def define ", "write (var name value), (let name value), (fn name [parameters] body…)"},
    {" defn defun func function lambda => ", "write (fn name [parameters] body…) or (x -> body…)"},
    {" macro defmacro ", "write (fn name! [forms] body…)"},
    {" quote ", "write a backquote before the form"},
    {" switch cond ", "write (case value when pattern body… else body…)"},
    {" elseif elsif ", "write elif"},
    {" unless ", "write (if_not condition body…)"},
    {" str concat format printf sprintf ", "write ($ value…) or #\"… #{value} …\""},
    {" constructor init ", "write (ctor [parameters] body…)"},
    {" extends ", "write (class Name < Parent body…)"},
    {" static ", "a name with a slash belongs to the class: (fn /name [] …)"},
    {" instanceof ", "write (value is Class)"},
    {" set! ", "write (name = value)"},
    {" raise ", "write (throw value)"},
    {" require include ", "write (import name from \"./file\")"},
    {" setTimeout setInterval ", "write (schedule/after ms f), (schedule/every ms f)"},
    {" Promise Future ", "write (new gene/Future)"},
};

static bool tell_foreign_word(VM *vm, const SymbolObj *name) {
    char word[NAME_SIZE_MAX + 3];
    if (name->size > NAME_SIZE_MAX) return false;
    snprintf(word, sizeof word, " %s ", name->text);
    for (size_t i = 0; i < COUNT_OF(foreign_words); i++) {
        if (!strstr(foreign_words[i].words, word)) continue;
        suggest_text(vm, foreign_words[i].advice);
        return true;
    }
    return false;
}

/* A word with a place in a form, where it is not in it. */
static bool tell_form(VM *vm, const SymbolObj *name) {
    static const struct {
        const char *word, *form;
    } parts[] = {{"elif", "if"},   {"else", "if or case"}, {"then", "if"},
                 {"when", "case"}, {"catch", "try"},       {"finally", "try"}};
    for (size_t i = 0; i < COUNT_OF(parts); i++) {
        if (strcmp(name->text, parts[i].word) != 0) continue;
        char text[96];
        snprintf(text, sizeof text, "%s is a part of %s: a parenthesis before it may close too much", parts[i].word,
                 parts[i].form);
        suggest_text(vm, text);
        return true;
    }
    const char *signature = special_signature(name->text);
    if (signature) tell(vm, "write ", signature, "");
    return signature != NULL;
}

/* `a.b`, `i++`, `x-1`, `#note`: what is one name here and was meant to be more. */
static bool tell_spelling(VM *vm, const SymbolObj *name) {
    const char *text = name->text;
    const char *minus = strchr(text, '-');
    if (name->size < 2) return false;
    if (text[0] == '#')
        suggest_text(vm, "a comment begins with # and a blank");
    else if (strpbrk(text, "+*<>=") || (minus && (minus == text || (minus[1] >= '0' && minus[1] <= '9'))))
        suggest_text(vm, "operators stand between blanks: (a + b), (- a)");
    else if (strchr(text + 1, '.'))
        suggest_text(vm, "members are read with a/b, methods called with (a .b)");
    else
        return false;
    return true;
}

/* A field or method of self, or a method of a kind of values. */
static bool tell_member(VM *vm, const Frame *frame, const SymbolObj *name) {
    if (frame->code->flags & CODE_METHOD) {
        Value self = vm->fiber->stack[frame->base];
        if (is_obj_type(self, OBJ_CELL)) self = cell_of(self)->value;
        if (is_instance(self) && shape_find(instance_of(self)->shape, name) >= 0) {
            tell(vm, "the field of the instance is /", name->text, "");
            return true;
        }
        if (class_find_method(class_of(vm, self), name, NULL) != VAL_UNSET) {
            tell(vm, "call the method of the instance: (.", name->text, ")");
            return true;
        }
    }
    static const ObjType kinds[] = {OBJ_STR, OBJ_ARRAY, OBJ_MAP};
    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        if (class_find_method(vm_space(vm)->type_classes[kinds[i]], name, NULL) == VAL_UNSET) continue;
        tell(vm, "it is a method: (value .", name->text, ")");
        return true;
    }
    return false;
}

/* A variant without its enum. */
static bool tell_variant(VM *vm, const ModuleObj *module, const SymbolObj *name) {
    for (uint32_t i = table_next(&module->names, 0); i < module->names.used; i = table_next(&module->names, i + 1)) {
        Value value = module->vars[small_int_of(module->names.entries[i].value)];
        if (!is_obj_type(value, OBJ_ENUM) || !enum_find(enum_of(value), name)) continue;
        tell(vm, "it is a variant of the enum ", enum_of(value)->name->text, ": write Enum/Variant");
        return true;
    }
    return false;
}

void suggest_name(VM *vm, const Frame *frame, const SymbolObj *name) {
    if (tell_foreign_word(vm, name) || tell_form(vm, name) || tell_member(vm, frame, name)) return;
    if (tell_variant(vm, frame->code->module, name) || tell_spelling(vm, name)) return;
    const CodeObj *code = frame->code;
    Search search = search_for(name);
    for (uint32_t i = 0; i < code->param_count; i++) consider(&search, code->params[i].name);
    for (uint32_t i = 0; i < code->capture_count; i++) consider(&search, code->captures[i].name);
    for (uint32_t i = 0; i < code->scope_count; i++) {
        for (uint32_t j = 0; j < code->scopes[i].count; j++) consider(&search, code->scopes[i].names[j].name);
    }
    consider_keys(&search, &code->module->names);
    for (const NamespaceObj *at = frame->fn->ns; at; at = at->parent) consider_keys(&search, &at->members);
    tell_best(vm, &search);
}

void suggest_method(VM *vm, Value receiver, const SymbolObj *name) {
    if (is_map(receiver) && table_get_symbol(&map_of(receiver)->table, name) != VAL_UNSET) {
        tell(vm, "read the key with value/", name->text, "");
        return;
    }
    Search search = search_for(name);
    for (const ClassObj *at = class_of(vm, receiver); at; at = at->parent) consider_keys(&search, &at->methods);
    if (search.best)
        tell_best(vm, &search);
    else if (is_obj_type(namespace_get(vm->global_ns, name), OBJ_NATIVE))
        tell(vm, "it is a function: (", name->text, " value)");
}

void suggest_member(VM *vm, const NamespaceObj *ns, const SymbolObj *name) {
    Search search = search_for(name);
    consider_keys(&search, &ns->members);
    tell_best(vm, &search);
}

void suggest_callee(VM *vm, Value callee) {
    if (is_void(callee))
        suggest_text(vm, "there is nothing of that name: check its spelling");
    else if (is_nil(callee))
        suggest_text(vm, "nil is called: has it got its value yet?");
    else if (is_obj_type(callee, OBJ_ENUM))
        suggest_text(vm, "call a variant: (Enum/Variant …)");
    else if (is_array(callee) || is_map(callee))
        suggest_text(vm, "read an element with a path: value/key, value/0, value/<name>");
}

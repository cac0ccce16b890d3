/* suggest.c — finds the name that is nearest to a misspelt one. Read suggest.h first.
 * Invariant: a suggestion is at most SLIPS_MAX slips of the pen away, and at most a third of its letters. */
#include "vm/suggest.h"

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

/* Unrooted arguments are none: the text is copied before anything is allocated. */
static void tell(VM *vm, const char *format, const char *a, const char *b) {
    if (!is_instance(vm->exception)) return;
    Buffer text;
    buffer_init(&text);
    buffer_append_format(&text, format, a, b);
    Value hint = string_from_buffer(vm, &text);
    buffer_free(&text);
    instance_set(vm, instance_of(vm->exception), SYM(vm, HINT), hint);
}

void suggest_name(VM *vm, const Frame *frame, const SymbolObj *name) {
    static const struct {
        const char *word, *form;
    } parts[] = {{"elif", "if"},   {"else", "if or case"}, {"then", "if"},
                 {"when", "case"}, {"catch", "try"},       {"finally", "try"}};
    for (size_t i = 0; i < COUNT_OF(parts); i++) {
        if (strcmp(name->text, parts[i].word) != 0) continue;
        tell(vm, "%s is a part of %s: a parenthesis before it may close too much", parts[i].word, parts[i].form);
        return;
    }
    const CodeObj *code = frame->code;
    Search search = search_for(name);
    for (uint32_t i = 0; i < code->param_count; i++) consider(&search, code->params[i].name);
    for (uint32_t i = 0; i < code->capture_count; i++) consider(&search, code->captures[i].name);
    for (uint32_t i = 0; i < code->scope_count; i++) {
        for (uint32_t j = 0; j < code->scopes[i].count; j++) consider(&search, code->scopes[i].names[j].name);
    }
    consider_keys(&search, &code->module->names);
    for (const NamespaceObj *at = frame->fn->ns; at; at = at->parent) consider_keys(&search, &at->members);
    if (search.best) tell(vm, "did you mean %s?%s", search.best->text, "");
}

void suggest_method(VM *vm, const ClassObj *class_, const SymbolObj *name) {
    Search search = search_for(name);
    for (; class_; class_ = class_->parent) consider_keys(&search, &class_->methods);
    if (search.best) tell(vm, "did you mean %s?%s", search.best->text, "");
}

/* quote.c — fresh copies of quoted data, and of templates with their unquotes replaced (language 06 §6.1, §6.3).
 * Invariant: what is copied was a form of the code that copies it, so its depth is bounded by the compiler. */
#include "vm/access.h"
#include "vm/operators.h"

typedef struct Copier {
    VM *vm;
    uint32_t values; /* of a template: root of the array with the values of its unquotes */
    uint32_t next;   /* value of the next unquote */
    bool renders;
    bool failed; /* an exception is set */
} Copier;

static Value copy_form(Copier *copier, Value form);

/* The value of the unquote copying has come to. */
static Value next_value(Copier *copier) {
    Value values = root_get(copier->vm, copier->values);
    /* The compiler gives one for every unquote of the template; code of an image may not. */
    if (!is_array(values) || copier->next >= array_of(values)->count) return VAL_NIL;
    return array_of(values)->items[copier->next++];
}

/* --- items ---------------------------------------------------------------------------------------------- */

static bool ends_with_dots(const SymbolObj *symbol) {
    return symbol->size > 3 && memcmp(symbol->text + symbol->size - 3, "...", 3) == 0;
}

/* %xs... */
static bool is_splice(Value form) {
    if (is_symbol(form)) return ends_with_dots(symbol_of(form));
    return is_path(form) && ends_with_dots(path_of(form)->parts[path_of(form)->count - 1]);
}

static bool splice(Copier *copier, uint32_t copy) {
    VM *vm = copier->vm;
    Value source = next_value(copier);
    if (is_array(root_get(vm, copy))) return access_append_spread(vm, array_of(root_get(vm, copy)), source, 0);
    return access_spread_into_node(vm, root_get(vm, copy), source, 0);
}

/* Copies items to the end of the array or the children of the gene in `copy`. */
static void copy_items(Copier *copier, Value source, uint32_t copy) {
    VM *vm = copier->vm;
    uint32_t count = is_array(source) ? array_of(source)->count : node_of(source)->count;
    for (uint32_t i = 0; i < count && !copier->failed; i++) {
        Value item = is_array(source) ? array_of(source)->items[i] : node_of(source)->children[i];
        if (copier->renders && is_unquote(item)) {
            bool discard = quote_of(item)->discard;
            if (is_splice(quote_of(item)->form) && !discard) {
                if (!splice(copier, copy)) copier->failed = true;
                continue;
            }
            item = next_value(copier);
            if (discard) continue;
        } else {
            item = copy_form(copier, item);
        }
        if (is_array(source))
            array_push(vm, array_of(root_get(vm, copy)), item);
        else
            node_push(vm, node_of(root_get(vm, copy)), item);
    }
}

/* --- containers ------------------------------------------------------------------------------------------ */

static Value copy_array(Copier *copier, Value source) {
    VM *vm = copier->vm;
    uint32_t scope = roots_open(vm);
    uint32_t copy = root_push(vm, array_make(vm, array_of(source)->count));
    copy_items(copier, source, copy);
    Value result = root_get(vm, copy);
    roots_close(vm, scope);
    return result;
}

static Value copy_map(Copier *copier, const Table *table) {
    VM *vm = copier->vm;
    uint32_t scope = roots_open(vm);
    uint32_t copy = root_push(vm, map_make(vm));
    for (uint32_t i = table_next(table, 0); i < table->used; i = table_next(table, i + 1)) {
        Value value = copy_form(copier, table->entries[i].value);
        map_set(vm, map_of(root_get(vm, copy)), symbol_of(table->entries[i].key), value);
    }
    Value result = root_get(vm, copy);
    roots_close(vm, scope);
    return result;
}

/* False after raising. */
static bool put(VM *vm, Value map, Value key, Value value) {
    uint32_t hash;
    TableEntry *entry;
    if (!hash_find_plain(vm, hash_of(map), key, "HashMap", &hash, &entry)) return false;
    if (entry)
        entry->value = value;
    else
        table_append(vm, &hash_of(map)->table, key, hash, value);
    heap_touch(vm, hash_of(map));
    return true;
}

/* The reader keeps the entries of a hash map literal as written, without hashes. */
static Value copy_hashmap(Copier *copier, const Table *table) {
    VM *vm = copier->vm;
    uint32_t scope = roots_open(vm);
    uint32_t copy = root_push(vm, hashmap_make(vm));
    for (uint32_t i = table_next(table, 0); i < table->used && !copier->failed; i = table_next(table, i + 1)) {
        uint32_t key = root_push(vm, copy_form(copier, table->entries[i].key));
        Value form = table->entries[i].value;
        uint32_t value = root_push(vm, form == VAL_UNSET ? VAL_NIL : copy_form(copier, form));
        if (!put(vm, root_get(vm, copy), root_get(vm, key), root_get(vm, value))) copier->failed = true;
        roots_close(vm, copy + 1);
    }
    Value result = root_get(vm, copy);
    roots_close(vm, scope);
    return result;
}

static Value copy_node(Copier *copier, Value source) {
    VM *vm = copier->vm;
    uint32_t scope = roots_open(vm);
    uint32_t type = root_push(vm, copy_form(copier, node_of(source)->type));
    uint32_t copy = root_push(vm, node_make(vm, root_get(vm, type)));
    node_of(root_get(vm, copy))->line = node_of(source)->line;
    node_of(root_get(vm, copy))->column = node_of(source)->column;
    const Table *props = &node_of(source)->props;
    for (uint32_t i = table_next(props, 0); i < props->used; i = table_next(props, i + 1)) {
        Value value = copy_form(copier, props->entries[i].value);
        node_set_prop(vm, node_of(root_get(vm, copy)), symbol_of(props->entries[i].key), value);
    }
    copy_items(copier, source, copy);
    Value result = root_get(vm, copy);
    roots_close(vm, scope);
    return result;
}

/* --- forms ----------------------------------------------------------------------------------------------- */

static Value copy_unquote(Copier *copier, Value form) {
    if (!copier->renders) return form;
    Value value = next_value(copier);
    return quote_of(form)->discard ? VAL_NIL : value;
}

/* Quotes inside data disappear. Templates are rendered in genes, arrays and maps only. */
static Value copy_form(Copier *copier, Value form) {
    if (!is_object(form) || copier->failed) return form;
    Value copy = form;
    switch (obj_type_of(form)) {
    case OBJ_ARRAY: copy = copy_array(copier, form); break;
    case OBJ_MAP: copy = copy_map(copier, &map_of(form)->table); break;
    case OBJ_HASHMAP: {
        bool renders = copier->renders;
        copier->renders = false;
        copy = copy_hashmap(copier, &hash_of(form)->table);
        copier->renders = renders;
        break;
    }
    case OBJ_NODE: copy = copy_node(copier, form); break;
    case OBJ_QUOTE: return copy_form(copier, quote_of(form)->form);
    case OBJ_UNQUOTE: return copy_unquote(copier, form);
    default: return form;
    }
    ((Obj *)pointer_of(copy))->flags |= ((Obj *)pointer_of(form))->flags & OBJ_SEALED;
    return copy;
}

static NativeResult copy_quoted(VM *vm, const Args *args, Value *out) {
    Copier copier = {.vm = vm};
    *out = copy_form(&copier, native_arg(vm, args, 0));
    return copier.failed ? NATIVE_RAISE : NATIVE_RETURN;
}

static NativeResult render(VM *vm, const Args *args, Value *out) {
    Copier copier = {.vm = vm, .values = args->base + 1, .renders = true};
    *out = copy_form(&copier, native_arg(vm, args, 0));
    return copier.failed ? NATIVE_RAISE : NATIVE_RETURN;
}

const NativeDef copy_quoted_native = {"`", copy_quoted, 1, 1, 0, "`form", "Fresh copy of quoted data."};
const NativeDef render_native = {"$render", render, 2, 2, 0, "($render template)", "A template with its values."};

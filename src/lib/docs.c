/* docs.c — see docs.h.
 * A place (namespace or class) is listed once, under the first name it is found by: `gene` repeats what is global. */
#include "lib/docs.h"

#include "compiler/analyze.h"

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
            if (turn == 0 && (ns == vm->global_ns || namespace_get(vm->global_ns, name) != value))
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

Value docs_list(VM *vm) {
    uint32_t scope = roots_open(vm);
    Walk w = {.vm = vm};
    w.list = root_push(vm, array_make(vm, 0));
    w.places = root_push(vm, array_make(vm, 0));
    is_new(&w, value_pointer(vm->global_ns));
    add_forms(&w);
    list_members(&w, "", vm->global_ns);
    Value result = root_get(vm, w.list);
    roots_close(vm, scope);
    return result;
}

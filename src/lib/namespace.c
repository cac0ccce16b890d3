/* namespace.c — methods of namespaces (language 21 §3.2–3.3).
 * Invariant: methods with callbacks walk a snapshot of the members. */
#include "lib/modules.h"
#include "lib/support.h"

static NamespaceObj *receiver(VM *vm, const Args *args) { return lib_receiver(vm, args, OBJ_NAMESPACE); }

static NativeResult ns_name(VM *vm, const Args *args, Value *out) {
    const NamespaceObj *ns = receiver(vm, args);
    if (!ns) return NATIVE_RAISE;
    return lib_return(out, ns->name ? string_from_symbol(vm, ns->name) : string_from(vm, "<root>"));
}

static NativeResult ns_size(VM *vm, const Args *args, Value *out) {
    const NamespaceObj *ns = receiver(vm, args);
    return ns ? lib_return(out, value_small_int(ns->members.count)) : NATIVE_RAISE;
}

static NativeResult ns_is_empty(VM *vm, const Args *args, Value *out) {
    const NamespaceObj *ns = receiver(vm, args);
    return ns ? lib_return(out, value_bool(ns->members.count == 0)) : NATIVE_RAISE;
}

static NativeResult ns_is_not_empty(VM *vm, const Args *args, Value *out) {
    const NamespaceObj *ns = receiver(vm, args);
    return ns ? lib_return(out, value_bool(ns->members.count > 0)) : NATIVE_RAISE;
}

/* --- members ---------------------------------------------------------------------------------------------- */

/* Argument 1 as a member name; NULL after raising. Unrooted. */
static SymbolObj *name_arg(VM *vm, const Args *args) {
    Value name = native_arg(vm, args, 1);
    if (lib_is_name(name)) return lib_symbol(vm, name);
    vm_raise_message(vm, "Namespace.%s expects a string or symbol", native_of(args->callee)->def->name);
    return NULL;
}

static NativeResult ns_has(VM *vm, const Args *args, Value *out) {
    const NamespaceObj *ns = receiver(vm, args);
    SymbolObj *name;
    if (!ns || !(name = name_arg(vm, args))) return NATIVE_RAISE;
    return lib_return(out, value_bool(namespace_get(ns, name) != VAL_UNSET));
}

static NativeResult ns_get(VM *vm, const Args *args, Value *out) {
    const NamespaceObj *ns = receiver(vm, args);
    SymbolObj *name;
    if (!ns || !(name = name_arg(vm, args))) return NATIVE_RAISE;
    Value value = namespace_get(ns, name);
    return lib_return(out, value == VAL_UNSET ? VAL_NIL : value);
}

static NativeResult ns_set(VM *vm, const Args *args, Value *out) {
    NamespaceObj *ns = receiver(vm, args);
    SymbolObj *name;
    if (!ns || !(name = name_arg(vm, args))) return NATIVE_RAISE;
    namespace_set(vm, ns, name, native_arg(vm, args, 2));
    return lib_return(out, native_arg(vm, args, 2));
}

static NativeResult ns_del(VM *vm, const Args *args, Value *out) {
    NamespaceObj *ns = receiver(vm, args);
    SymbolObj *name;
    if (!ns || !(name = name_arg(vm, args))) return NATIVE_RAISE;
    Value value = namespace_delete(vm, ns, name);
    return lib_return(out, value == VAL_UNSET ? VAL_NIL : value);
}

static NativeResult ns_clear(VM *vm, const Args *args, Value *out) {
    NamespaceObj *ns = receiver(vm, args);
    if (!ns) return NATIVE_RAISE;
    const Table *table = &ns->members;
    for (uint32_t i = table_next(table, 0); i < table->used; i = table_next(table, i + 1)) {
        namespace_delete(vm, ns, symbol_of(table->entries[i].key));
    }
    return lib_return(out, value_pointer(ns));
}

/* --- lists -------------------------------------------------------------------------------------------------- */

typedef enum MemberList { LIST_KEYS, LIST_VALUES, LIST_PAIRS } MemberList;

static NativeResult list_members(VM *vm, const Args *args, MemberList list, Value *out) {
    const NamespaceObj *ns = receiver(vm, args);
    uint32_t scope = roots_open(vm), result;
    if (!ns || !lib_push_array(vm, ns->members.count, &result)) return NATIVE_RAISE;
    uint32_t key = root_push(vm, VAL_NIL);
    const Table *table = &ns->members;
    for (uint32_t i = table_next(table, 0); i < table->used; i = table_next(table, i + 1)) {
        Value item = table->entries[i].value;
        if (list != LIST_VALUES) root_set(vm, key, string_from_symbol(vm, symbol_of(table->entries[i].key)));
        if (list == LIST_KEYS) item = root_get(vm, key);
        if (list == LIST_PAIRS) item = lib_pair(vm, root_get(vm, key), item);
        array_push(vm, array_of(root_get(vm, result)), item);
    }
    *out = root_get(vm, result);
    roots_close(vm, scope);
    return NATIVE_RETURN;
}

static NativeResult ns_keys(VM *vm, const Args *args, Value *out) { return list_members(vm, args, LIST_KEYS, out); }
static NativeResult ns_values(VM *vm, const Args *args, Value *out) { return list_members(vm, args, LIST_VALUES, out); }
static NativeResult ns_pairs(VM *vm, const Args *args, Value *out) { return list_members(vm, args, LIST_PAIRS, out); }

/* --- callbacks ------------------------------------------------------------------------------------------ */

/* Calls `function` with `extra` (unless VAL_UNSET), then name (as a string) and value of the entry at `i` of the snapshot
 * in root `entries`. */
static bool call_with_member(VM *vm, Value function, Value extra, uint32_t entries, uint32_t i, Value *out_value) {
    uint32_t scope = roots_open(vm);
    Value name = array_of(root_get(vm, entries))->items[i];
    uint32_t key = root_push(vm, string_from_symbol(vm, symbol_of(name)));
    Value argv[] = {extra, root_get(vm, key), array_of(root_get(vm, entries))->items[i + 1]};
    bool has_extra = extra != VAL_UNSET;
    bool ok = exec_callable(vm, function, has_extra ? argv : argv + 1, has_extra ? 3 : 2, out_value);
    roots_close(vm, scope);
    return ok;
}

static NativeResult ns_each(VM *vm, const Args *args, Value *out) {
    const NamespaceObj *ns = receiver(vm, args);
    if (!ns || !lib_callable_arg(vm, args, 1, "each callback must be a function", false)) return NATIVE_RAISE;
    uint32_t scope = roots_open(vm), entries;
    if (!lib_push_entries(vm, &ns->members, &entries)) return NATIVE_RAISE;
    bool ok = true;
    for (uint32_t i = 0; ok && i < array_of(root_get(vm, entries))->count; i += 2) {
        Value ignored;
        ok = call_with_member(vm, native_arg(vm, args, 1), VAL_UNSET, entries, i, &ignored);
    }
    roots_close(vm, scope);
    return ok ? lib_return(out, native_arg(vm, args, 0)) : NATIVE_RAISE;
}

static NativeResult ns_map(VM *vm, const Args *args, Value *out) {
    const NamespaceObj *ns = receiver(vm, args);
    if (!ns || !lib_callable_arg(vm, args, 1, "map callback must be callable", true)) return NATIVE_RAISE;
    uint32_t scope = roots_open(vm), entries;
    if (!lib_push_entries(vm, &ns->members, &entries)) return NATIVE_RAISE;
    uint32_t result = root_push(vm, map_make(vm));
    bool ok = true;
    for (uint32_t i = 0; ok && i < array_of(root_get(vm, entries))->count; i += 2) {
        Value mapped;
        ok = call_with_member(vm, native_arg(vm, args, 1), VAL_UNSET, entries, i, &mapped);
        if (!ok) continue;
        map_set(vm, map_of(root_get(vm, result)), symbol_of(array_of(root_get(vm, entries))->items[i]), mapped);
    }
    *out = root_get(vm, result);
    roots_close(vm, scope);
    return ok ? NATIVE_RETURN : NATIVE_RAISE;
}

static NativeResult ns_reduce(VM *vm, const Args *args, Value *out) {
    const NamespaceObj *ns = receiver(vm, args);
    if (!ns) return NATIVE_RAISE;
    if (!lib_has_arg(args, 2)) {
        return vm_raise_message(vm, "Namespace.reduce requires an initial value and a reducer function");
    }
    if (!lib_callable_arg(vm, args, 2, "reduce reducer must be callable", true)) return NATIVE_RAISE;
    uint32_t scope = roots_open(vm), entries;
    if (!lib_push_entries(vm, &ns->members, &entries)) return NATIVE_RAISE;
    bool ok = true;
    for (uint32_t i = 0; ok && i < array_of(root_get(vm, entries))->count; i += 2) {
        Value total;
        ok = call_with_member(vm, native_arg(vm, args, 2), native_arg(vm, args, 1), entries, i, &total);
        if (ok) native_set_arg(vm, args, 1, total);
    }
    roots_close(vm, scope);
    return ok ? lib_return(out, native_arg(vm, args, 1)) : NATIVE_RAISE;
}

static NativeResult ns_on_member_missing(VM *vm, const Args *args, Value *out) {
    NamespaceObj *ns = receiver(vm, args);
    if (!ns || !lib_callable_arg(vm, args, 1, "on_member_missing handler must be callable", true)) {
        return NATIVE_RAISE;
    }
    if (!is_array(ns->missing_handlers)) {
        ns->missing_handlers = array_make(vm, 1);
        heap_touch(vm, ns);
    }
    array_push(vm, array_of(ns->missing_handlers), native_arg(vm, args, 1));
    return lib_return(out, VAL_NIL);
}

/* --- table ------------------------------------------------------------------------------------------------ */

#define REENTRANT_METHOD (NATIVE_METHOD | NATIVE_REENTRANT)

static const NativeDef methods[] = {
    {"name", ns_name, 0, -1, NATIVE_METHOD, "(n .name)", "The namespace's name."},
    {"to_s", ns_name, 0, -1, NATIVE_METHOD, "(n .to_s)", "The namespace's name."},
    {"size", ns_size, 0, -1, NATIVE_METHOD, "(n .size)", "Number of members."},
    {"empty", ns_is_empty, 0, -1, NATIVE_METHOD, "(n .empty)", "True when there are no members."},
    {"empty?", ns_is_empty, 0, -1, NATIVE_METHOD, "(n .empty?)", "True when there are no members."},
    {"not_empty?", ns_is_not_empty, 0, -1, NATIVE_METHOD, "(n .not_empty?)", "True when there are members."},
    {"has", ns_has, 1, -1, NATIVE_METHOD, "(n .has name)", "Is there such a member?"},
    {"get", ns_get, 1, -1, NATIVE_METHOD, "(n .get name)", "The member, or nil."},
    {"set", ns_set, 2, -1, NATIVE_METHOD, "(n .set name v)", "Sets a member; v."},
    {"del", ns_del, 1, -1, NATIVE_METHOD, "(n .del name)", "Removes a member; its value, or nil."},
    {"clear", ns_clear, 0, -1, NATIVE_METHOD, "(n .clear)", "Removes all members; the namespace."},
    {"keys", ns_keys, 0, -1, NATIVE_METHOD, "(n .keys)", "New array of the names as strings."},
    {"values", ns_values, 0, -1, NATIVE_METHOD, "(n .values)", "New array of the members."},
    {"pairs", ns_pairs, 0, -1, NATIVE_METHOD, "(n .pairs)", "New array of [name member]."},
    {"each", ns_each, 1, -1, REENTRANT_METHOD, "(n .each f)", "Calls (f name member) for each; the namespace."},
    {"map", ns_map, 1, -1, REENTRANT_METHOD, "(n .map f)", "Map of the names to (f name member)."},
    {"reduce", ns_reduce, 0, -1, REENTRANT_METHOD, "(n .reduce init f)",
     "Folds (f result name member), starting with init."},
    {"on_member_missing", ns_on_member_missing, 0, -1, NATIVE_METHOD, "(n .on_member_missing f)",
     "Has (f name) asked for members that are missing."},
};

void lib_install_namespace(VM *vm) {
    vm_define_methods(vm, vm_space(vm)->type_classes[OBJ_NAMESPACE], methods, COUNT_OF(methods));
}

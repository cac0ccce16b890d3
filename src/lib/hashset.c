/* hashset.c — HashSet: constructor and methods (language 10 §10.4).
 * Invariant: members are walked over in a snapshot wherever a hash or == method of theirs may run. */
#include "lib/hash_support.h"
#include "lib/modules.h"
#include "lib/support.h"
#include "vm/property.h"

#define CONTAINER "HashSet"

static HashObj *receiver(VM *vm, const Args *args) { return lib_receiver(vm, args, OBJ_SET); }

static NativeResult set_new(VM *vm, const Args *args, Value *out) {
    if (args->keyword_count) return vm_raise_message(vm, "HashSet constructor does not accept keyword arguments");
    uint32_t scope = roots_open(vm);
    uint32_t result = root_push(vm, set_make(vm));
    bool ok = true;
    for (uint32_t i = 1; ok && i < args->count; i++) {
        ok = hash_put(vm, hash_of(root_get(vm, result)), native_arg(vm, args, i), VAL_NIL, CONTAINER);
    }
    if (ok) *out = root_get(vm, result);
    roots_close(vm, scope);
    return ok ? NATIVE_RETURN : NATIVE_RAISE;
}

static NativeResult set_size(VM *vm, const Args *args, Value *out) {
    const HashObj *set = receiver(vm, args);
    if (!set) return NATIVE_RAISE;
    return lib_return(out, value_small_int(set->table.count));
}

static NativeResult set_has(VM *vm, const Args *args, Value *out) {
    HashObj *set = receiver(vm, args);
    bool found;
    if (!set || !hash_has(vm, set, native_arg(vm, args, 1), CONTAINER, &found)) return NATIVE_RAISE;
    return lib_return(out, value_bool(found));
}

static NativeResult set_add(VM *vm, const Args *args, Value *out) {
    HashObj *set = receiver(vm, args);
    if (!set || !check_mutable(vm, value_pointer(set), "append to", "add")) return NATIVE_RAISE;
    for (uint32_t i = 1; i < args->count; i++) {
        if (!hash_put(vm, set, native_arg(vm, args, i), VAL_NIL, CONTAINER)) return NATIVE_RAISE;
    }
    return lib_return(out, value_pointer(set));
}

static NativeResult set_delete(VM *vm, const Args *args, Value *out) {
    HashObj *set = receiver(vm, args);
    if (!set || !check_mutable(vm, value_pointer(set), "delete from", native_of(args->callee)->def->name))
        return NATIVE_RAISE;
    uint32_t scope = roots_open(vm);
    uint32_t removed = root_push(vm, VAL_NIL);
    bool ok = true;
    for (uint32_t i = 1; ok && i < args->count; i++) {
        Value member, ignored;
        ok = hash_remove(vm, set, native_arg(vm, args, i), CONTAINER, &member, &ignored);
        if (member != VAL_UNSET) root_set(vm, removed, member);
    }
    if (ok) *out = root_get(vm, removed);
    roots_close(vm, scope);
    return ok ? NATIVE_RETURN : NATIVE_RAISE;
}

static NativeResult set_clear(VM *vm, const Args *args, Value *out) {
    HashObj *set = receiver(vm, args);
    if (!set || !check_mutable(vm, value_pointer(set), "clear", "clear")) return NATIVE_RAISE;
    table_clear(vm, &set->table);
    return lib_return(out, value_pointer(set));
}

static NativeResult set_to_array(VM *vm, const Args *args, Value *out) {
    const HashObj *set = receiver(vm, args);
    return set ? lib_return_table(vm, &set->table, TABLE_KEYS, false, out) : NATIVE_RAISE;
}

/* --- two sets ------------------------------------------------------------------------------------------ */

/* The set given as argument 1; NULL after raising. */
static HashObj *set_arg(VM *vm, const Args *args, const char *method) {
    Value argument = native_arg_or(vm, args, 1, VAL_NIL);
    if (is_set(argument)) return hash_of(argument);
    vm_raise_message(vm, "HashSet.%s expects a HashSet argument", method);
    return NULL;
}

/* Adds to `result` (a root) the members of `from` that are in `other`, or that are not. False after raising. */
static bool add_members(VM *vm, uint32_t result, const HashObj *from, HashObj *other, bool wanted) {
    uint32_t scope = roots_open(vm), entries;
    if (!lib_push_entries(vm, &from->table, &entries)) return false;
    bool ok = true;
    for (uint32_t i = 0; ok && i < array_of(root_get(vm, entries))->count; i += 2) {
        bool found;
        ok = hash_has(vm, other, array_of(root_get(vm, entries))->items[i], CONTAINER, &found);
        if (!ok || found != wanted) continue;
        Value member = array_of(root_get(vm, entries))->items[i];
        ok = hash_put(vm, hash_of(root_get(vm, result)), member, VAL_NIL, CONTAINER);
    }
    roots_close(vm, scope);
    return ok;
}

static NativeResult set_union(VM *vm, const Args *args, Value *out) {
    HashObj *set = receiver(vm, args), *other;
    if (!set || !(other = set_arg(vm, args, "union"))) return NATIVE_RAISE;
    uint32_t scope = roots_open(vm);
    uint32_t result = root_push(vm, set_make(vm));
    table_copy(vm, &hash_of(root_get(vm, result))->table, &set->table);
    bool ok = add_members(vm, result, other, set, false);
    if (ok) *out = root_get(vm, result);
    roots_close(vm, scope);
    return ok ? NATIVE_RETURN : NATIVE_RAISE;
}

static NativeResult select_members(VM *vm, const Args *args, const char *method, bool wanted, Value *out) {
    HashObj *set = receiver(vm, args), *other;
    if (!set || !(other = set_arg(vm, args, method))) return NATIVE_RAISE;
    uint32_t scope = roots_open(vm);
    uint32_t result = root_push(vm, set_make(vm));
    bool ok = add_members(vm, result, set, other, wanted);
    if (ok) *out = root_get(vm, result);
    roots_close(vm, scope);
    return ok ? NATIVE_RETURN : NATIVE_RAISE;
}

static NativeResult set_intersect(VM *vm, const Args *args, Value *out) {
    return select_members(vm, args, "intersect", true, out);
}

static NativeResult set_diff(VM *vm, const Args *args, Value *out) {
    return select_members(vm, args, "diff", false, out);
}

static NativeResult set_is_subset(VM *vm, const Args *args, Value *out) {
    HashObj *set = receiver(vm, args), *other;
    if (!set || !(other = set_arg(vm, args, "subset?"))) return NATIVE_RAISE;
    uint32_t scope = roots_open(vm), entries;
    if (!lib_push_entries(vm, &set->table, &entries)) return NATIVE_RAISE;
    bool ok = true, found = true;
    for (uint32_t i = 0; ok && found && i < array_of(root_get(vm, entries))->count; i += 2) {
        ok = hash_has(vm, other, array_of(root_get(vm, entries))->items[i], CONTAINER, &found);
    }
    roots_close(vm, scope);
    return ok ? lib_return(out, value_bool(found)) : NATIVE_RAISE;
}

/* --- table ------------------------------------------------------------------------------------------------ */

#define REENTRANT_METHOD (NATIVE_METHOD | NATIVE_REENTRANT)

static const NativeDef constructor = {
    "HashSet", set_new, 0, -1, REENTRANT_METHOD | NATIVE_KEYWORDS, "(new HashSet member…)", "A set of these members."};

static const NativeDef methods[] = {
    {"size", set_size, 0, -1, NATIVE_METHOD, "(s .size)", "Number of members."},
    {"has", set_has, 1, -1, REENTRANT_METHOD, "(s .has v)", "Is v a member?"},
    {"contains", set_has, 1, -1, REENTRANT_METHOD, "(s .contains v)", "Is v a member?"},
    {"add", set_add, 1, -1, REENTRANT_METHOD, "(s .add v…)", "Adds members; the set."},
    {"delete", set_delete, 1, -1, REENTRANT_METHOD, "(s .delete v…)", "Removes members; the one removed last, or nil."},
    {"del", set_delete, 1, -1, REENTRANT_METHOD, "(s .del v…)", "Removes members; the one removed last, or nil."},
    {"clear", set_clear, 0, -1, NATIVE_METHOD, "(s .clear)", "Removes all members; the set."},
    {"to_array", set_to_array, 0, -1, NATIVE_METHOD, "(s .to_array)", "New array of the members."},
    {"union", set_union, 0, -1, REENTRANT_METHOD, "(s .union t)", "New set of the members of s, then of t."},
    {"intersect", set_intersect, 0, -1, REENTRANT_METHOD, "(s .intersect t)", "New set of the members of s in t."},
    {"diff", set_diff, 0, -1, REENTRANT_METHOD, "(s .diff t)", "New set of the members of s not in t."},
    {"subset?", set_is_subset, 0, -1, REENTRANT_METHOD, "(s .subset? t)", "Are all members of s in t?"},
};

void lib_install_hashset(VM *vm) {
    ClassObj *class_ = vm_space(vm)->type_classes[OBJ_SET];
    class_->ctor = native_make(vm, &constructor, VAL_NIL);
    vm_define_methods(vm, class_, methods, COUNT_OF(methods));
}

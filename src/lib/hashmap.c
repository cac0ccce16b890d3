/* hashmap.c — HashMap: constructor and methods (language 10 §10.3), and what HashSet shares with it. */
#include "lib/hash_support.h"
#include "lib/modules.h"
#include "lib/support.h"
#include "vm/property.h"

#define CONTAINER "HashMap"

/* --- shared ------------------------------------------------------------------------------------------------ */

bool hash_put(VM *vm, HashObj *hash, Value key, Value value, const char *container_name) {
    uint32_t code;
    TableEntry *entry;
    if (!hash_find(vm, hash, key, container_name, &code, &entry)) return false;
    if (entry)
        entry->value = value;
    else
        table_append(vm, &hash->table, key, code, value);
    heap_touch(vm, hash);
    return true;
}

bool hash_remove(VM *vm, HashObj *hash, Value key, const char *container_name, Value *out_key, Value *out_value) {
    uint32_t code;
    TableEntry *entry;
    *out_key = *out_value = VAL_UNSET;
    if (!hash_find(vm, hash, key, container_name, &code, &entry)) return false;
    if (!entry) return true;
    *out_key = entry->key;
    *out_value = entry->value;
    table_delete_entry(vm, &hash->table, entry);
    return true;
}

bool hash_has(VM *vm, HashObj *hash, Value key, const char *container_name, bool *out_found) {
    uint32_t code;
    TableEntry *entry;
    if (!hash_find(vm, hash, key, container_name, &code, &entry)) return false;
    *out_found = entry != NULL;
    return true;
}

/* --- HashMap ------------------------------------------------------------------------------------------------- */

static HashObj *receiver(VM *vm, const Args *args) { return lib_receiver(vm, args, OBJ_HASHMAP); }

static NativeResult hashmap_new(VM *vm, const Args *args, Value *out) {
    if (args->keyword_count) return vm_raise_message(vm, "HashMap constructor does not accept keyword arguments");
    if (args->count % 2 == 0) {
        return vm_raise_message(vm, "HashMap constructor expects alternating key/value entries");
    }
    uint32_t scope = roots_open(vm);
    uint32_t result = root_push(vm, hashmap_make(vm));
    bool ok = true;
    for (uint32_t i = 1; ok && i < args->count; i += 2) {
        HashObj *hash = hash_of(root_get(vm, result));
        ok = hash_put(vm, hash, native_arg(vm, args, i), native_arg(vm, args, i + 1), CONTAINER);
    }
    if (ok) *out = root_get(vm, result);
    roots_close(vm, scope);
    return ok ? NATIVE_RETURN : NATIVE_RAISE;
}

static NativeResult hashmap_size(VM *vm, const Args *args, Value *out) {
    const HashObj *hash = receiver(vm, args);
    if (!hash) return NATIVE_RAISE;
    return lib_return(out, value_small_int(hash->table.count));
}

static NativeResult hashmap_is_immutable(VM *vm, const Args *args, Value *out) {
    const HashObj *hash = receiver(vm, args);
    if (!hash) return NATIVE_RAISE;
    return lib_return(out, value_bool(is_obj_immutable(hash)));
}

static NativeResult hashmap_get(VM *vm, const Args *args, Value *out) {
    HashObj *hash = receiver(vm, args);
    uint32_t code;
    TableEntry *entry;
    if (!hash || !hash_find(vm, hash, native_arg(vm, args, 1), CONTAINER, &code, &entry)) return NATIVE_RAISE;
    return lib_return(out, entry ? entry->value : native_arg_or(vm, args, 2, VAL_NIL));
}

static NativeResult hashmap_set(VM *vm, const Args *args, Value *out) {
    HashObj *hash = receiver(vm, args);
    if (!hash || !check_mutable(vm, value_pointer(hash), "set item on", "set")) return NATIVE_RAISE;
    if (!hash_put(vm, hash, native_arg(vm, args, 1), native_arg(vm, args, 2), CONTAINER)) return NATIVE_RAISE;
    return lib_return(out, value_pointer(hash));
}

static NativeResult hashmap_has(VM *vm, const Args *args, Value *out) {
    HashObj *hash = receiver(vm, args);
    bool found;
    if (!hash || !hash_has(vm, hash, native_arg(vm, args, 1), CONTAINER, &found)) return NATIVE_RAISE;
    return lib_return(out, value_bool(found));
}

static NativeResult hashmap_delete(VM *vm, const Args *args, Value *out) {
    HashObj *hash = receiver(vm, args);
    if (!hash || !check_mutable(vm, value_pointer(hash), "delete from", native_of(args->callee)->def->name))
        return NATIVE_RAISE;
    uint32_t scope = roots_open(vm);
    uint32_t removed = root_push(vm, VAL_NIL);
    bool ok = true;
    for (uint32_t i = 1; ok && i < args->count; i++) {
        Value key, value;
        ok = hash_remove(vm, hash, native_arg(vm, args, i), CONTAINER, &key, &value);
        if (value != VAL_UNSET) root_set(vm, removed, value);
    }
    if (ok) *out = root_get(vm, removed);
    roots_close(vm, scope);
    return ok ? NATIVE_RETURN : NATIVE_RAISE;
}

static NativeResult hashmap_clear(VM *vm, const Args *args, Value *out) {
    HashObj *hash = receiver(vm, args);
    if (!hash || !check_mutable(vm, value_pointer(hash), "clear", "clear")) return NATIVE_RAISE;
    table_clear(vm, &hash->table);
    return lib_return(out, value_pointer(hash));
}

static NativeResult hashmap_keys(VM *vm, const Args *args, Value *out) {
    const HashObj *hash = receiver(vm, args);
    return hash ? lib_return_table(vm, &hash->table, TABLE_KEYS, false, out) : NATIVE_RAISE;
}

static NativeResult hashmap_values(VM *vm, const Args *args, Value *out) {
    const HashObj *hash = receiver(vm, args);
    return hash ? lib_return_table(vm, &hash->table, TABLE_VALUES, false, out) : NATIVE_RAISE;
}

static NativeResult hashmap_pairs(VM *vm, const Args *args, Value *out) {
    const HashObj *hash = receiver(vm, args);
    return hash ? lib_return_table(vm, &hash->table, TABLE_PAIRS, false, out) : NATIVE_RAISE;
}

#define REENTRANT_METHOD (NATIVE_METHOD | NATIVE_REENTRANT)

static const NativeDef constructor = {"HashMap",
                                      hashmap_new,
                                      0,
                                      -1,
                                      REENTRANT_METHOD | NATIVE_KEYWORDS,
                                      "(new HashMap key value…)",
                                      "A hash map of these pairs."};

static const NativeDef methods[] = {
    {"size", hashmap_size, 0, -1, NATIVE_METHOD, "(h .size)", "Number of entries."},
    {"immutable?", hashmap_is_immutable, 0, -1, NATIVE_METHOD, "(h .immutable?)", "Is it sealed or frozen?"},
    {"get", hashmap_get, 1, -1, REENTRANT_METHOD, "(h .get key [default])", "The value, else the default, else nil."},
    {"set", hashmap_set, 2, -1, REENTRANT_METHOD, "(h .set key value)", "Stores the value; the hash map."},
    {"has", hashmap_has, 1, -1, REENTRANT_METHOD, "(h .has key)", "Is there an entry?"},
    {"contains", hashmap_has, 1, -1, REENTRANT_METHOD, "(h .contains key)", "Is there an entry?"},
    {"delete", hashmap_delete, 1, -1, REENTRANT_METHOD, "(h .delete key…)",
     "Removes entries; the value removed last, or nil."},
    {"del", hashmap_delete, 1, -1, REENTRANT_METHOD, "(h .del key…)",
     "Removes entries; the value removed last, or nil."},
    {"clear", hashmap_clear, 0, -1, NATIVE_METHOD, "(h .clear)", "Removes all entries; the hash map."},
    {"keys", hashmap_keys, 0, -1, NATIVE_METHOD, "(h .keys)", "New array of the keys."},
    {"values", hashmap_values, 0, -1, NATIVE_METHOD, "(h .values)", "New array of the values."},
    {"pairs", hashmap_pairs, 0, -1, NATIVE_METHOD, "(h .pairs)", "New array of [key value]."},
};

void lib_install_hashmap(VM *vm) {
    ClassObj *class_ = vm_space(vm)->type_classes[OBJ_HASHMAP];
    class_->ctor = native_make(vm, &constructor, VAL_NIL);
    vm_define_methods(vm, class_, methods, COUNT_OF(methods));
}

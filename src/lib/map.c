/* map.c — Map methods (language 10 §10.2).
 * Invariant: methods with callbacks walk a snapshot of the entries, so a callback may change the map. */
#include "lib/modules.h"
#include "lib/support.h"
#include "vm/property.h"

static MapObj *receiver(VM *vm, const Args *args) { return lib_receiver(vm, args, OBJ_MAP); }

/* --- reading -------------------------------------------------------------------------------------------- */

static NativeResult map_size(VM *vm, const Args *args, Value *out) {
    const MapObj *map = receiver(vm, args);
    if (!map) return NATIVE_RAISE;
    return lib_return(out, value_small_int(map->table.count));
}

static NativeResult map_is_empty(VM *vm, const Args *args, Value *out) {
    const MapObj *map = receiver(vm, args);
    if (!map) return NATIVE_RAISE;
    return lib_return(out, value_bool(map->table.count == 0));
}

static NativeResult map_is_not_empty(VM *vm, const Args *args, Value *out) {
    const MapObj *map = receiver(vm, args);
    if (!map) return NATIVE_RAISE;
    return lib_return(out, value_bool(map->table.count > 0));
}

static NativeResult map_is_immutable(VM *vm, const Args *args, Value *out) {
    const MapObj *map = receiver(vm, args);
    if (!map) return NATIVE_RAISE;
    return lib_return(out, value_bool(is_obj_immutable(map)));
}

static NativeResult map_get_key(VM *vm, const Args *args, Value *out) {
    const MapObj *map = receiver(vm, args);
    if (!map) return NATIVE_RAISE;
    Value key = native_arg_or(vm, args, 1, VAL_NIL);
    if (!lib_is_name(key)) return vm_raise_message(vm, "Map.get key must be a string or symbol");
    Value value = map_get(map, lib_symbol(vm, key));
    return lib_return(out, value == VAL_UNSET ? native_arg_or(vm, args, 2, VAL_NIL) : value);
}

static NativeResult map_has(VM *vm, const Args *args, Value *out) {
    const MapObj *map = receiver(vm, args);
    if (!map) return NATIVE_RAISE;
    Value key = native_arg_or(vm, args, 1, VAL_NIL);
    return lib_return(out, value_bool(lib_is_name(key) && map_get(map, lib_symbol(vm, key)) != VAL_UNSET));
}

static NativeResult map_keys(VM *vm, const Args *args, Value *out) {
    const MapObj *map = receiver(vm, args);
    return map ? lib_return_table(vm, &map->table, TABLE_KEYS, true, out) : NATIVE_RAISE;
}

static NativeResult map_values(VM *vm, const Args *args, Value *out) {
    const MapObj *map = receiver(vm, args);
    return map ? lib_return_table(vm, &map->table, TABLE_VALUES, true, out) : NATIVE_RAISE;
}

static NativeResult map_pairs(VM *vm, const Args *args, Value *out) {
    const MapObj *map = receiver(vm, args);
    return map ? lib_return_table(vm, &map->table, TABLE_PAIRS, true, out) : NATIVE_RAISE;
}

/* --- changing ------------------------------------------------------------------------------------------- */

static NativeResult map_set_key(VM *vm, const Args *args, Value *out) {
    MapObj *map = receiver(vm, args);
    if (!map) return NATIVE_RAISE;
    Value key = native_arg(vm, args, 1);
    if (!lib_is_name(key)) return vm_raise_message(vm, "Map.set key must be a string or symbol");
    if (!check_mutable(vm, value_pointer(map), "set item on", "set")) return NATIVE_RAISE;
    map_set(vm, map, lib_symbol(vm, key), native_arg(vm, args, 2));
    return lib_return(out, value_pointer(map));
}

static NativeResult map_del(VM *vm, const Args *args, Value *out) {
    MapObj *map = receiver(vm, args);
    if (!map) return NATIVE_RAISE;
    for (uint32_t i = 1; i < args->count; i++) {
        if (!lib_is_name(native_arg(vm, args, i))) {
            return vm_raise_message(vm, "Map.del key must be a string or symbol");
        }
    }
    if (!check_mutable(vm, value_pointer(map), "delete from", "del")) return NATIVE_RAISE;
    uint32_t scope = roots_open(vm);
    uint32_t removed = root_push(vm, VAL_NIL);
    for (uint32_t i = 1; i < args->count; i++) {
        Value value = map_delete(vm, map, lib_symbol(vm, native_arg(vm, args, i)));
        if (value != VAL_UNSET) root_set(vm, removed, value);
    }
    *out = root_get(vm, removed);
    roots_close(vm, scope);
    return NATIVE_RETURN;
}

static NativeResult map_merge(VM *vm, const Args *args, Value *out) {
    MapObj *map = receiver(vm, args);
    if (!map) return NATIVE_RAISE;
    Value argument = native_arg_or(vm, args, 1, VAL_NIL);
    if (!is_map(argument)) return vm_raise_message(vm, "Map.merge argument must be a map");
    if (!check_mutable(vm, value_pointer(map), "merge into", "merge")) return NATIVE_RAISE;
    const Table *other = &map_of(argument)->table;
    if (map == map_of(argument)) return lib_return(out, argument);
    for (uint32_t i = table_next(other, 0); i < other->used; i = table_next(other, i + 1)) {
        map_set(vm, map, symbol_of(other->entries[i].key), other->entries[i].value);
    }
    return lib_return(out, value_pointer(map));
}

static NativeResult map_clear(VM *vm, const Args *args, Value *out) {
    MapObj *map = receiver(vm, args);
    if (!map || !check_mutable(vm, value_pointer(map), "clear", "clear")) return NATIVE_RAISE;
    table_clear(vm, &map->table);
    return lib_return(out, value_pointer(map));
}

/* --- table ------------------------------------------------------------------------------------------------ */

static const NativeDef methods[] = {
    {"size", map_size, 0, -1, NATIVE_METHOD, "(m .size)", "Number of entries."},
    {"empty", map_is_empty, 0, -1, NATIVE_METHOD, "(m .empty)", "True when there are no entries."},
    {"empty?", map_is_empty, 0, -1, NATIVE_METHOD, "(m .empty?)", "True when there are no entries."},
    {"not_empty?", map_is_not_empty, 0, -1, NATIVE_METHOD, "(m .not_empty?)", "True when there are entries."},
    {"immutable?", map_is_immutable, 0, -1, NATIVE_METHOD, "(m .immutable?)", "Is the map sealed or frozen?"},
    {"get", map_get_key, 0, -1, NATIVE_METHOD, "(m .get key [default])", "The value, else the default, else nil."},
    {"set", map_set_key, 2, -1, NATIVE_METHOD, "(m .set key value)", "Stores the value; the map."},
    {"has", map_has, 0, -1, NATIVE_METHOD, "(m .has key)", "Is there an entry?"},
    {"contains", map_has, 0, -1, NATIVE_METHOD, "(m .contains key)", "Is there an entry?"},
    {"del", map_del, 1, -1, NATIVE_METHOD, "(m .del key…)", "Removes entries; the value removed last, or nil."},
    {"merge", map_merge, 0, -1, NATIVE_METHOD, "(m .merge other)", "Copies the other map's entries into m; m."},
    {"clear", map_clear, 0, -1, NATIVE_METHOD, "(m .clear)", "Removes all entries; the map."},
    {"keys", map_keys, 0, -1, NATIVE_METHOD, "(m .keys)", "New array of the keys as strings."},
    {"values", map_values, 0, -1, NATIVE_METHOD, "(m .values)", "New array of the values."},
    {"pairs", map_pairs, 0, -1, NATIVE_METHOD, "(m .pairs)", "New array of [key value]."},
};

void lib_install_map(VM *vm) { vm_define_methods(vm, vm_space(vm)->type_classes[OBJ_MAP], methods, COUNT_OF(methods)); }

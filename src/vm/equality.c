/* equality.c — ==, hashing, and finding keys (language 02 §2.3, 10 §10.3).
 * Invariant: whatever may call a Gene == or hash method keeps its operands rooted and re-reads containers afterwards. */
#include "base/hash.h"
#include "vm/call.h"
#include "vm/recursion.h"

static bool is_structural(ObjType type) {
    return type == OBJ_ARRAY || type == OBJ_MAP || type == OBJ_HASHMAP || type == OBJ_SET;
}

static bool dates_equal(const DateObj *a, const DateObj *b) {
    bool zones = a->zone == b->zone || (a->zone && b->zone && string_equals(a->zone, b->zone));
    return a->year == b->year && a->month == b->month && a->day == b->day && a->hour == b->hour &&
           a->minute == b->minute && a->second == b->second && a->microsecond == b->microsecond &&
           a->has_offset == b->has_offset && a->offset_minutes == b->offset_minutes && zones;
}

static bool paths_equal(const PathObj *a, const PathObj *b) {
    return a->count == b->count && memcmp(a->parts, b->parts, a->count * sizeof a->parts[0]) == 0;
}

bool values_equal_fast(Value a, Value b, bool *out_equal) {
    if (a == b && !is_float(a) && !is_instance(a)) {
        *out_equal = true;
        return true;
    }
    *out_equal = false;
    if (is_float(a) || is_float(b)) {
        *out_equal = is_float(a) && is_float(b) && float_of(a) == float_of(b);
        return !is_instance(a);
    }
    if (!is_object(a)) return true;
    ObjType type = obj_type_of(a);
    if (type == OBJ_INSTANCE) return false;
    if (!is_object(b) || obj_type_of(b) != type) return true;
    switch (type) {
    case OBJ_INT: *out_equal = int_of(a) == int_of(b); return true;
    case OBJ_STR: *out_equal = string_equals(string_of(a), string_of(b)); return true;
    case OBJ_PATH: *out_equal = paths_equal(path_of(a), path_of(b)); return true;
    case OBJ_BYTES:
        *out_equal = bytes_of(a)->size == bytes_of(b)->size &&
                     memcmp(bytes_of(a)->data, bytes_of(b)->data, bytes_of(a)->size) == 0;
        return true;
    case OBJ_DATE:
    case OBJ_DATETIME:
    case OBJ_TIME: *out_equal = dates_equal(date_of(a), date_of(b)); return true;
    case OBJ_ENUM_VALUE: return enum_value_of(a)->variant != enum_value_of(b)->variant;
    default: return !is_structural(type);
    }
}

static bool arrays_equal(VM *vm, ArrayObj *a, ArrayObj *b, bool *out_equal) {
    *out_equal = a->count == b->count;
    for (uint32_t i = 0; *out_equal && i < a->count && i < b->count; i++) {
        if (!values_equal(vm, a->items[i], b->items[i], out_equal)) return false;
    }
    return true;
}

static bool maps_equal(VM *vm, MapObj *a, MapObj *b, bool *out_equal) {
    *out_equal = a->table.count == b->table.count;
    for (uint32_t i = table_next(&a->table, 0); *out_equal && i < a->table.used; i = table_next(&a->table, i + 1)) {
        Value other = map_get(b, symbol_of(a->table.entries[i].key));
        if (other == VAL_UNSET)
            *out_equal = false;
        else if (!values_equal(vm, a->table.entries[i].value, other, out_equal))
            return false;
    }
    return true;
}

static bool hashmaps_equal(VM *vm, HashObj *a, HashObj *b, bool *out_equal) {
    *out_equal = a->table.count == b->table.count;
    uint32_t i = table_next(&a->table, 0), j = table_next(&b->table, 0);
    while (*out_equal && i < a->table.used && j < b->table.used) {
        if (!values_equal(vm, a->table.entries[i].key, b->table.entries[j].key, out_equal)) return false;
        if (*out_equal && i < a->table.used && j < b->table.used &&
            !values_equal(vm, a->table.entries[i].value, b->table.entries[j].value, out_equal)) {
            return false;
        }
        i = table_next(&a->table, i + 1);
        j = table_next(&b->table, j + 1);
    }
    return true;
}

static bool sets_equal(VM *vm, HashObj *a, HashObj *b, bool *out_equal) {
    *out_equal = a->table.count == b->table.count;
    for (uint32_t i = table_next(&a->table, 0); *out_equal && i < a->table.used; i = table_next(&a->table, i + 1)) {
        uint32_t hash;
        TableEntry *entry;
        if (!hash_find(vm, b, a->table.entries[i].key, "HashSet", &hash, &entry)) return false;
        *out_equal = entry != NULL;
    }
    return true;
}

static bool payloads_equal(VM *vm, const EnumValueObj *a, const EnumValueObj *b, bool *out_equal) {
    *out_equal = a->variant == b->variant;
    for (uint32_t i = 0; *out_equal && i < a->variant->field_count; i++) {
        if (!values_equal(vm, a->payload[i], b->payload[i], out_equal)) return false;
    }
    return true;
}

static bool containers_equal(VM *vm, Value a, Value b, bool *out_equal) {
    switch (obj_type_of(a)) {
    case OBJ_ARRAY: return arrays_equal(vm, array_of(a), array_of(b), out_equal);
    case OBJ_MAP: return maps_equal(vm, map_of(a), map_of(b), out_equal);
    case OBJ_HASHMAP: return hashmaps_equal(vm, hash_of(a), hash_of(b), out_equal);
    case OBJ_ENUM_VALUE: return payloads_equal(vm, enum_value_of(a), enum_value_of(b), out_equal);
    default: return sets_equal(vm, hash_of(a), hash_of(b), out_equal);
    }
}

bool values_equal(VM *vm, Value a, Value b, bool *out_equal) {
    if (values_equal_fast(a, b, out_equal)) return true;
    if (is_instance(a)) {
        if (class_find_method(instance_of(a)->class_, SYM(vm, EQUALS), NULL) == VAL_UNSET) {
            *out_equal = a == b;
            return true;
        }
        Value result;
        if (!exec_method(vm, a, SYM(vm, EQUALS), &b, 1, &result)) return false;
        *out_equal = is_truthy(result);
        return true;
    }
    if (!recursion_enter(vm, "compared value")) return false;
    uint32_t scope = roots_open(vm);
    root_push(vm, a);
    root_push(vm, b);
    bool ok = containers_equal(vm, a, b, out_equal);
    recursion_leave(vm);
    roots_close(vm, scope);
    return ok;
}

/* --- hashing -------------------------------------------------------------------------------------------------------- */

static uint32_t mix(uint32_t hash, uint32_t part) { return hash * 31u + part; }

/* Seeded, so that untrusted keys cannot be chosen to collide. */
static uint32_t hash_number(VM *vm, uint64_t word) {
    return hash_word(word ^ (uint64_t)vm_space(vm)->hash_seed * 0x9E3779B97F4A7C15ull);
}

/* Objects never move. */
static uint32_t hash_identity(VM *vm, const void *object) { return hash_number(vm, value_pointer(object)); }

static bool hash_instance(VM *vm, Value value, const char *container_name, uint32_t *out_hash) {
    if (class_find_method(instance_of(value)->class_, SYM(vm, HASH), NULL) == VAL_UNSET) {
        vm_raise(vm, ERR_RUNTIME, "Key is not hashable for %s: %s", container_name, kind_name(value));
        return false;
    }
    Value result;
    if (!exec_method(vm, value, SYM(vm, HASH), NULL, 0, &result)) return false;
    if (!is_int(result)) {
        vm_raise(vm, ERR_RUNTIME, "%s key .hash must return Int, got %s", container_name, kind_name(result));
        return false;
    }
    *out_hash = hash_number(vm, (uint64_t)int_of(result));
    return true;
}

static bool hash_entries(VM *vm, const Table *table, bool ordered, const char *container_name, uint32_t *out_hash) {
    uint32_t total = 17;
    for (uint32_t i = table_next(table, 0); i < table->used; i = table_next(table, i + 1)) {
        uint32_t key, value = 0;
        if (!value_hash(vm, table->entries[i].key, container_name, &key)) return false;
        if (i < table->used && !value_hash(vm, table->entries[i].value, container_name, &value)) return false;
        total = ordered ? mix(total, mix(key, value)) : total + hash_word(mix(key, value));
    }
    *out_hash = total;
    return true;
}

static bool hash_container(VM *vm, Value value, const char *container_name, uint32_t *out_hash) {
    switch (obj_type_of(value)) {
    case OBJ_ARRAY: {
        ArrayObj *array = array_of(value);
        uint32_t total = 7;
        for (uint32_t i = 0; i < array->count; i++) {
            uint32_t part;
            if (!value_hash(vm, array->items[i], container_name, &part)) return false;
            total = mix(total, part);
        }
        *out_hash = total;
        return true;
    }
    case OBJ_MAP: return hash_entries(vm, &map_of(value)->table, false, container_name, out_hash);
    case OBJ_ENUM_VALUE: {
        const EnumValueObj *self = enum_value_of(value);
        uint32_t total = hash_identity(vm, self->variant);
        for (uint32_t i = 0; i < self->variant->field_count; i++) {
            uint32_t part;
            if (!value_hash(vm, self->payload[i], container_name, &part)) return false;
            total = mix(total, part);
        }
        *out_hash = total;
        return true;
    }
    default:
        return hash_entries(vm, &hash_of(value)->table, obj_type_of(value) == OBJ_HASHMAP, container_name, out_hash);
    }
}

static bool hash_object(VM *vm, Value value, const char *container_name, uint32_t *out_hash) {
    ObjectSpace *space = vm_space(vm);
    Obj *object = pointer_of(value);
    switch ((ObjType)object->type) {
    case OBJ_INT: *out_hash = hash_number(vm, (uint64_t)int_of(value)); return true;
    case OBJ_STR: *out_hash = string_hash(vm, string_of(value)); return true;
    case OBJ_SYMBOL: *out_hash = object->hash ^ 0x5bd1e995u; return true;
    case OBJ_PATH: {
        uint32_t total = 3;
        for (uint32_t i = 0; i < path_of(value)->count; i++) {
            total = mix(total, path_of(value)->parts[i]->header.hash);
        }
        *out_hash = total;
        return true;
    }
    case OBJ_BYTES: *out_hash = hash_bytes(bytes_of(value)->data, bytes_of(value)->size, space->hash_seed); return true;
    case OBJ_DATE:
    case OBJ_DATETIME:
    case OBJ_TIME: {
        DateObj *date = date_of(value);
        *out_hash = hash_word(((uint64_t)(uint32_t)date->year << 32) ^ ((uint64_t)date->month << 28) ^
                              ((uint64_t)date->day << 20) ^ ((uint64_t)date->hour << 14) ^
                              ((uint64_t)date->minute << 7) ^ date->second ^ date->microsecond);
        return true;
    }
    case OBJ_INSTANCE: return hash_instance(vm, value, container_name, out_hash);
    case OBJ_ENUM:
    case OBJ_VARIANT: *out_hash = hash_identity(vm, object); return true;
    case OBJ_ENUM_VALUE:
    case OBJ_ARRAY:
    case OBJ_MAP:
    case OBJ_HASHMAP:
    case OBJ_SET: {
        if (!recursion_enter(vm, "hashed value")) return false;
        uint32_t scope = roots_open(vm);
        root_push(vm, value);
        bool ok = hash_container(vm, value, container_name, out_hash);
        recursion_leave(vm);
        roots_close(vm, scope);
        return ok;
    }
    default:
        vm_raise(vm, ERR_RUNTIME, "Key is not hashable for %s: %s", container_name, kind_name(value));
        return false;
    }
}

bool value_hash(VM *vm, Value value, const char *container_name, uint32_t *out_hash) {
    if (is_object(value)) return hash_object(vm, value, container_name, out_hash);
    if (is_float(value) && float_of(value) == 0.0) value = value_float(0.0);
    *out_hash = hash_number(vm, is_small_int(value) ? (uint64_t)small_int_of(value) : value);
    return true;
}

/* One walk over the candidates; *out_again when the table changed under a Gene == method. */
static bool find_once(VM *vm, HashObj *hash, Value key, uint32_t code, TableEntry **out_entry, bool *out_again) {
    uint32_t cursor = 0;
    *out_again = false;
    *out_entry = NULL;
    for (;;) {
        TableEntry *entry = table_next_candidate(&hash->table, code, &cursor);
        if (!entry) return true;
        bool equal;
        if (!values_equal_fast(key, entry->key, &equal)) {
            uint32_t version = hash->table.version;
            uint32_t index = (uint32_t)(entry - hash->table.entries);
            if (!values_equal(vm, key, entry->key, &equal)) return false;
            if (hash->table.version != version) {
                *out_again = true;
                return true;
            }
            entry = &hash->table.entries[index];
        }
        if (equal) {
            *out_entry = entry;
            return true;
        }
    }
}

bool hash_find(VM *vm, HashObj *hash, Value key, const char *container_name, uint32_t *out_hash,
               TableEntry **out_entry) {
    uint32_t scope = roots_open(vm);
    root_push(vm, value_pointer(hash));
    root_push(vm, key);
    bool again = false;
    bool ok = value_hash(vm, key, container_name, out_hash);
    if (ok) do
            ok = find_once(vm, hash, key, *out_hash, out_entry, &again);
        while (ok && again);
    roots_close(vm, scope);
    return ok;
}

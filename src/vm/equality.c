/* equality.c — ==, hashing, and finding keys (language 02 §2.3, 10 §10.3).
 * Containers are walked with an explicit stack of levels, not by recursion (only a set within a set recurs).
 * Invariant: whatever may call a Gene == or hash method keeps its operands rooted and re-reads containers afterwards. */
#include "base/hash.h"
#include "vm/call.h"
#include "vm/operators.h"
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
    if (!is_object(b) || obj_type_of(b) != type) return type != OBJ_UNREAD && !is_unread(b);
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
    default: return !is_structural(type) && type != OBJ_UNREAD;
    }
}

/* --- levels -------------------------------------------------------------------------------------------------------- */

/* The containers that are being walked are levels of four slots on the fiber's stack: however deep they are nested takes
 * no C stack, and what a Gene method does meanwhile finds them rooted. */
#define LEVEL_SLOTS 4u
#define DEPTH_MAX 1000u

static bool push_level(VM *vm, uint32_t scope, const char *what, Value container, Value second) {
    if (vm->fiber->top - scope >= DEPTH_MAX * LEVEL_SLOTS) {
        vm_raise(vm, ERR_STACK_OVERFLOW,
                 "stack overflow: %s value is nested more than %u levels deep or contains itself", what, DEPTH_MAX);
        return false;
    }
    Fiber *fiber = vm->fiber;
    if (UNLIKELY(fiber->capacity - fiber->top < LEVEL_SLOTS)) fiber_grow(vm, fiber, fiber->capacity + 64 * LEVEL_SLOTS);
    Value *level = fiber->stack + fiber->top;
    level[0] = container;
    level[1] = second;
    level[2] = level[3] = value_small_int(0);
    fiber->top += LEVEL_SLOTS;
    return true;
}

static uint32_t level_number(VM *vm, uint32_t slot) { return (uint32_t)small_int_of(root_get(vm, slot)); }

static void set_level_number(VM *vm, uint32_t slot, uint32_t number) { root_set(vm, slot, value_small_int(number)); }

/* --- equality of containers ------------------------------------------------------------------------------------------ */

/* Two containers and how far they are compared: i in a, j in b. Of hash maps keys and values take turns. */
typedef struct Pairs {
    Value a, b;
    uint32_t i, j;
    bool at_value;
} Pairs;

static Pairs load_pairs(VM *vm, uint32_t slot) {
    int64_t i = small_int_of(root_get(vm, slot + 2));
    return (Pairs){root_get(vm, slot), root_get(vm, slot + 1), (uint32_t)(i >> 1), level_number(vm, slot + 3), i & 1};
}

static void store_pairs(VM *vm, uint32_t slot, const Pairs *pairs) {
    root_set(vm, slot + 2, value_small_int((int64_t)pairs->i << 1 | pairs->at_value));
    set_level_number(vm, slot + 3, pairs->j);
}

static bool next_hashmap_pair(Pairs *pairs, Value *out_a, Value *out_b) {
    const Table *a = &hash_of(pairs->a)->table, *b = &hash_of(pairs->b)->table;
    if (!pairs->at_value) {
        pairs->i = table_next(a, pairs->i);
        pairs->j = table_next(b, pairs->j);
    }
    if (pairs->i >= a->used || pairs->j >= b->used) return false;
    *out_a = pairs->at_value ? a->entries[pairs->i].value : a->entries[pairs->i].key;
    *out_b = pairs->at_value ? b->entries[pairs->j].value : b->entries[pairs->j].key;
    pairs->i += pairs->at_value;
    pairs->j += pairs->at_value;
    pairs->at_value = !pairs->at_value;
    return true;
}

/* The next two elements to compare; *out_b is VAL_UNSET where b lacks a's. */
static bool next_pair(Pairs *pairs, Value *out_a, Value *out_b) {
    switch (obj_type_of(pairs->a)) {
    case OBJ_ARRAY: {
        const ArrayObj *a = array_of(pairs->a), *b = array_of(pairs->b);
        if (pairs->i >= a->count || pairs->i >= b->count) return false;
        *out_a = a->items[pairs->i];
        *out_b = b->items[pairs->i++];
        return true;
    }
    case OBJ_MAP: {
        const Table *a = &map_of(pairs->a)->table;
        pairs->i = table_next(a, pairs->i);
        if (pairs->i >= a->used) return false;
        const TableEntry *entry = &a->entries[pairs->i++];
        *out_a = entry->value;
        *out_b = map_get(map_of(pairs->b), symbol_of(entry->key));
        return true;
    }
    case OBJ_HASHMAP: return next_hashmap_pair(pairs, out_a, out_b);
    default: {
        const EnumValueObj *a = enum_value_of(pairs->a), *b = enum_value_of(pairs->b);
        if (pairs->i >= a->variant->field_count) return false;
        *out_a = a->payload[pairs->i];
        *out_b = b->payload[pairs->i++];
        return true;
    }
    }
}

static uint32_t element_count(Value container) {
    switch (obj_type_of(container)) {
    case OBJ_ARRAY: return array_of(container)->count;
    case OBJ_MAP: return map_of(container)->table.count;
    case OBJ_ENUM_VALUE: return 0;
    default: return hash_of(container)->table.count;
    }
}

#define SETS_MAX 400u /* sets in sets: a level of these takes more of the stack than others */

static bool sets_equal(VM *vm, Value a, Value b, bool *out_equal) {
    if (!recursion_enter_below(vm, "compared value", SETS_MAX)) return false;
    uint32_t scope = roots_open(vm);
    root_push(vm, a);
    root_push(vm, b);
    const Table *members = &hash_of(a)->table;
    bool ok = true;
    *out_equal = true;
    for (uint32_t i = table_next(members, 0); ok && *out_equal && i < members->used; i = table_next(members, i + 1)) {
        uint32_t hash;
        TableEntry *entry;
        ok = hash_find(vm, hash_of(b), members->entries[i].key, "HashSet", &hash, &entry);
        *out_equal = ok && entry;
    }
    roots_close(vm, scope);
    recursion_leave(vm);
    return ok;
}

/* Compares what needs more than a look, or opens a level for it: then they are equal as far as is known. */
static bool compare_deeply(VM *vm, uint32_t scope, Value a, Value b, bool *out_equal) {
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
    if (is_unread(a) || is_unread(b)) {
        if (!unread_settle(vm, a) || !unread_settle(vm, b)) return false;
        if (values_equal_fast(a, b, out_equal)) return true;
    }
    *out_equal = element_count(a) == element_count(b);
    if (!*out_equal) return true;
    return obj_type_of(a) == OBJ_SET ? sets_equal(vm, a, b, out_equal) : push_level(vm, scope, "compared", a, b);
}

/* Goes on with the innermost level until it ends, differs or has something to compare by itself. */
static bool compare_level(VM *vm, uint32_t scope, bool *out_equal) {
    uint32_t slot = vm->fiber->top - LEVEL_SLOTS;
    Pairs pairs = load_pairs(vm, slot);
    Value a, b;
    while (next_pair(&pairs, &a, &b)) {
        if (b == VAL_UNSET) {
            *out_equal = false;
            return true;
        }
        if (!values_equal_fast(a, b, out_equal)) {
            store_pairs(vm, slot, &pairs);
            return compare_deeply(vm, scope, a, b, out_equal);
        }
        if (!*out_equal) return true;
    }
    roots_close(vm, slot);
    return true;
}

bool values_equal(VM *vm, Value a, Value b, bool *out_equal) {
    if (values_equal_fast(a, b, out_equal)) return true;
    uint32_t scope = roots_open(vm);
    bool ok = compare_deeply(vm, scope, a, b, out_equal);
    while (ok && *out_equal && vm->fiber->top > scope) ok = compare_level(vm, scope, out_equal);
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

static bool hash_date(const DateObj *date, uint32_t *out_hash) {
    *out_hash =
        hash_word(((uint64_t)(uint32_t)date->year << 32) ^ ((uint64_t)date->month << 28) ^ ((uint64_t)date->day << 20) ^
                  ((uint64_t)date->hour << 14) ^ ((uint64_t)date->minute << 7) ^ date->second ^ date->microsecond);
    return true;
}

/* Of anything that is no container. */
static bool hash_single(VM *vm, Value value, const char *container_name, uint32_t *out_hash) {
    if (!is_object(value)) {
        if (is_float(value) && float_of(value) == 0.0) value = value_float(0.0);
        *out_hash = hash_number(vm, is_small_int(value) ? (uint64_t)small_int_of(value) : value);
        return true;
    }
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
    case OBJ_BYTES:
        *out_hash = hash_bytes(bytes_of(value)->data, bytes_of(value)->size, vm_space(vm)->hash_seed);
        return true;
    case OBJ_DATE:
    case OBJ_DATETIME:
    case OBJ_TIME: return hash_date(date_of(value), out_hash);
    case OBJ_INSTANCE: return hash_instance(vm, value, container_name, out_hash);
    case OBJ_ENUM:
    case OBJ_VARIANT: *out_hash = hash_identity(vm, object); return true;
    default:
        vm_raise(vm, ERR_RUNTIME, "Key is not hashable for %s: %s", container_name, kind_name(value));
        return false;
    }
}

static bool is_hashed_container(Value value) {
    return is_object(value) && (is_structural(obj_type_of(value)) || obj_type_of(value) == OBJ_ENUM_VALUE);
}

/* A container and how far it is hashed. Of tables keys and values take turns. */
typedef struct Parts {
    Value container;
    uint32_t i, total, key;
    bool at_value;
} Parts;

static Parts load_parts(VM *vm, uint32_t slot) {
    Value container = root_get(vm, slot);
    int64_t i = small_int_of(root_get(vm, slot + 2));
    return (Parts){container, (uint32_t)(i >> 1), level_number(vm, slot + 3), level_number(vm, slot + 1), i & 1};
}

static void store_parts(VM *vm, uint32_t slot, const Parts *parts) {
    set_level_number(vm, slot + 1, parts->key);
    root_set(vm, slot + 2, value_small_int((int64_t)parts->i << 1 | parts->at_value));
    set_level_number(vm, slot + 3, parts->total);
}

static bool push_parts(VM *vm, uint32_t scope, Value container) {
    if (!push_level(vm, scope, "hashed", container, value_small_int(0))) return false;
    ObjType type = obj_type_of(container);
    uint32_t first = type == OBJ_ARRAY        ? 7
                     : type == OBJ_ENUM_VALUE ? hash_identity(vm, enum_value_of(container)->variant)
                                              : 17;
    set_level_number(vm, vm->fiber->top - 1, first);
    return true;
}

static const Table *table_in(Value container) {
    return is_map(container) ? &map_of(container)->table : &hash_of(container)->table;
}

static bool next_part(Parts *parts, Value *out) {
    Value container = parts->container;
    if (is_array(container)) {
        if (parts->i >= array_of(container)->count) return false;
        *out = array_of(container)->items[parts->i];
        return true;
    }
    if (obj_type_of(container) == OBJ_ENUM_VALUE) {
        if (parts->i >= enum_value_of(container)->variant->field_count) return false;
        *out = enum_value_of(container)->payload[parts->i];
        return true;
    }
    const Table *table = table_in(container);
    if (!parts->at_value) parts->i = table_next(table, parts->i);
    if (parts->i >= table->used) return false;
    *out = parts->at_value ? table->entries[parts->i].value : table->entries[parts->i].key;
    return true;
}

/* Takes the hash of what next_part told. Only of arrays, payloads and hash maps the order counts. */
static void add_part(Parts *parts, uint32_t hash) {
    ObjType type = obj_type_of(parts->container);
    if (type == OBJ_ARRAY || type == OBJ_ENUM_VALUE) {
        parts->total = mix(parts->total, hash);
        parts->i++;
        return;
    }
    parts->at_value = !parts->at_value;
    if (parts->at_value) {
        parts->key = hash;
        return;
    }
    uint32_t entry = mix(parts->key, hash);
    parts->total = type == OBJ_HASHMAP ? mix(parts->total, entry) : parts->total + hash_word(entry);
    parts->i++;
}

/* Goes on with the innermost level until it ends or has a container to hash first. */
static bool hash_level(VM *vm, uint32_t scope, const char *container_name, uint32_t *out_hash) {
    uint32_t slot = vm->fiber->top - LEVEL_SLOTS;
    Parts parts = load_parts(vm, slot);
    Value part;
    while (next_part(&parts, &part)) {
        if (is_hashed_container(part)) {
            store_parts(vm, slot, &parts);
            return push_parts(vm, scope, part);
        }
        uint32_t hash;
        if (!hash_single(vm, part, container_name, &hash)) return false;
        add_part(&parts, hash);
    }
    *out_hash = parts.total;
    roots_close(vm, slot);
    if (slot == scope) return true;
    Parts outer = load_parts(vm, slot - LEVEL_SLOTS);
    add_part(&outer, parts.total);
    store_parts(vm, slot - LEVEL_SLOTS, &outer);
    return true;
}

bool value_hash(VM *vm, Value value, const char *container_name, uint32_t *out_hash) {
    if (!is_hashed_container(value)) return hash_single(vm, value, container_name, out_hash);
    uint32_t scope = roots_open(vm);
    *out_hash = 0;
    bool ok = push_parts(vm, scope, value);
    while (ok && vm->fiber->top > scope) ok = hash_level(vm, scope, container_name, out_hash);
    roots_close(vm, scope);
    return ok;
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

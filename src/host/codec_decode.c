/* codec_decode.c — a record from the host as a Gene value.
 * Invariant: a container under construction and the key that waits for its value are roots (two stack slots a level); a
 * finished container is delivered to the level below it. Nothing is believed: counts are checked against the bytes that
 * are left. Read codec.h first; the inverse is codec_encode.c. */
#include "base/utf8.h"
#include "host/codec.h"
#include "host/host_function.h"
#include "object/calendar.h"
#include "vm/vm.h"

typedef struct Level {
    uint32_t roots; /* stack index: the container, then the key in waiting or VAL_UNSET */
    uint32_t left;  /* values still to come, keys of hash maps included */
    CodecTag tag;
} Level;

typedef struct Decoder {
    VM *vm;
    const uint8_t *data;
    size_t size, at;
    Level *levels; /* CODEC_DEPTH_MAX of them, allocated with the first container */
    uint32_t depth;
    uint32_t keys_open; /* levels in the middle of a key */
} Decoder;

/* --- bytes -------------------------------------------------------------------------------------------------------- */

static bool malformed(Decoder *d) {
    vm_raise(d->vm, ERR_CONVERT, "malformed record from the host at byte %zu", d->at);
    return false;
}

static bool take(Decoder *d, void *out, size_t size) {
    if (size > d->size - d->at) return malformed(d);
    memcpy(out, d->data + d->at, size);
    d->at += size;
    return true;
}

static bool take_u32(Decoder *d, uint32_t *out) { return take(d, out, sizeof *out); }

/* Borrowed from the record. */
static bool take_text(Decoder *d, const char **out_text, uint32_t *out_size) {
    if (!take_u32(d, out_size)) return false;
    if (*out_size > d->size - d->at) return malformed(d);
    *out_text = (const char *)d->data + d->at;
    d->at += *out_size;
    return true;
}

static bool check_size(Decoder *d, size_t size) {
    if (size <= HEAP_SMALL_REQUEST || heap_can_allocate(d->vm, size)) return true;
    vm_raise(d->vm, ERR_LIMIT_MEMORY, "a value of %zu bytes does not fit the memory limit (limits.memory)", size);
    return false;
}

/* --- scalars ------------------------------------------------------------------------------------------------------ */

static bool take_string(Decoder *d, Value *out) {
    const char *text;
    uint32_t size;
    if (!take_text(d, &text, &size) || !check_size(d, size)) return false;
    *out = string_make_lossy(d->vm, text, size);
    return true;
}

static bool take_symbol(Decoder *d, Value *out) {
    const char *text;
    uint32_t size;
    if (!take_text(d, &text, &size) || !check_size(d, size)) return false;
    StrObj *clean = string_of(string_make_lossy(d->vm, text, size));
    uint32_t scope = roots_open(d->vm);
    root_push(d->vm, value_pointer(clean));
    *out = value_pointer(symbol_from_string(d->vm, clean));
    roots_close(d->vm, scope);
    return true;
}

static bool take_bytes(Decoder *d, Value *out) {
    const char *bytes;
    uint32_t size;
    if (!take_text(d, &bytes, &size) || !check_size(d, size)) return false;
    *out = bytes_make(d->vm, (const uint8_t *)bytes, size);
    return true;
}

static bool take_datetime(Decoder *d, Value *out) {
    double ms;
    uint8_t is_local;
    DateObj date;
    if (!take(d, &ms, sizeof ms) || !take(d, &is_local, 1)) return false;
    if (!calendar_from_ms(ms, &date)) {
        vm_raise(d->vm, ERR_CONVERT, "a date outside the years -9999 to 9999 cannot be converted");
        return false;
    }
    uint32_t scope = roots_open(d->vm);
    Value zone = string_from(d->vm, "UTC");
    root_push(d->vm, zone);
    date.zone = string_of(zone);
    *out = date_make(d->vm, OBJ_DATETIME, &date);
    roots_close(d->vm, scope);
    return true;
}

/* A key must not run Gene code to be hashed: the host is not a task that could wait for it. */
static bool is_usable_as_key(Decoder *d, Value value) {
    if (d->keys_open == 0 || !is_instance(value)) return true;
    Value hash = vm_find_method(d->vm, value, SYM(d->vm, HASH));
    Value equals = vm_find_method(d->vm, value, SYM(d->vm, EQUALS));
    if (!(is_object(hash) && is_function(hash)) && !(is_object(equals) && is_function(equals))) return true;
    vm_raise(d->vm, ERR_CONVERT, "an instance of %s cannot be a key that comes from the host: its hash is Gene code",
             type_name(d->vm, value));
    return false;
}

static bool take_reference(Decoder *d, Value *out) {
    uint32_t handle;
    if (!take_u32(d, &handle)) return false;
    *out = handle_get(d->vm, handle);
    if (*out == VAL_UNSET) {
        vm_raise(d->vm, ERR_HOST, "the handle was released or belongs to another runtime");
        return false;
    }
    return is_usable_as_key(d, *out);
}

static bool take_number(Decoder *d, CodecTag tag, Value *out) {
    int32_t small;
    int64_t whole;
    double real;
    switch (tag) {
    case CODEC_INT32:
        if (!take(d, &small, sizeof small)) return false;
        *out = value_small_int(small);
        return true;
    case CODEC_INT64:
        if (!take(d, &whole, sizeof whole)) return false;
        *out = int_make(d->vm, whole);
        return true;
    default:
        if (!take(d, &real, sizeof real)) return false;
        *out = value_float(real);
        return true;
    }
}

static bool take_host(Decoder *d, CodecTag tag, Value *out) {
    uint32_t number;
    if (!take_u32(d, &number)) return false;
    if (tag == CODEC_HOST)
        *out = host_make(d->vm, number);
    else if (tag == CODEC_FUNCTION)
        *out = host_function_make(d->vm, number);
    else
        *out = host_promise_future(d->vm, number);
    return *out != VAL_UNSET;
}

/* --- containers ----------------------------------------------------------------------------------------------------- */

static bool open_level(Decoder *d, CodecTag tag, uint32_t count, Value container) {
    if (d->depth >= CODEC_DEPTH_MAX) {
        vm_raise(d->vm, ERR_CONVERT_DEPTH, "cannot convert data nested more than %d levels", CODEC_DEPTH_MAX);
        return false;
    }
    if (!d->levels) {
        d->levels = malloc(CODEC_DEPTH_MAX * sizeof *d->levels);
        if (!d->levels) {
            vm_raise(d->vm, ERR_LIMIT_MEMORY, "no memory left to convert a value");
            return false;
        }
    }
    uint32_t roots = root_push(d->vm, container);
    root_push(d->vm, VAL_UNSET);
    d->levels[d->depth++] = (Level){roots, count, tag};
    if (tag == CODEC_HASHMAP || tag == CODEC_SET) d->keys_open++;
    return true;
}

static bool take_container(Decoder *d, CodecTag tag) {
    uint32_t count;
    if (!take_u32(d, &count)) return false;
    if (count > d->size - d->at) return malformed(d);
    if (!check_size(d, (size_t)count * sizeof(Value))) return false;
    switch (tag) {
    case CODEC_ARRAY: return open_level(d, tag, count, array_make(d->vm, count));
    case CODEC_MAP: return open_level(d, tag, count, map_make(d->vm));
    case CODEC_HASHMAP: return open_level(d, tag, count * 2, hashmap_make(d->vm));
    default: return open_level(d, tag, count, set_make(d->vm));
    }
}

static bool take_node(Decoder *d) {
    uint32_t line, column;
    if (!take_u32(d, &line) || !take_u32(d, &column)) return false;
    Value node = node_make(d->vm, VAL_NIL);
    node_of(node)->line = line;
    node_of(node)->column = column;
    return open_level(d, CODEC_NODE, 3, node);
}

static ClassObj *exception_class(VM *vm, const char *name, uint32_t size) {
    if (size == 0 || utf8_find_invalid(name, size) != size) return NULL;
    Value found = namespace_get(vm->global_ns, symbol_intern(vm, name, size));
    if (!is_object(found) || !is_class(found) || !class_of_value(found)->is_exception) return NULL;
    return class_of_value(found);
}

static void set_field(VM *vm, uint32_t instance_root, const char *name, Value value) {
    uint32_t scope = roots_open(vm);
    uint32_t root = root_push(vm, value);
    SymbolObj *symbol = symbol_from(vm, name);
    instance_set(vm, instance_of(root_get(vm, instance_root)), symbol, root_get(vm, root));
    roots_close(vm, scope);
}

/* An exception from a host error; its cause is the one value that follows. */
static bool take_error(Decoder *d) {
    VM *vm = d->vm;
    uint32_t number, size, class_size, code_size;
    const char *text, *class_name, *code;
    if (!take_u32(d, &number) || !take_text(d, &code, &code_size) || !take_text(d, &class_name, &class_size))
        return false;
    if (!take_text(d, &text, &size) || !check_size(d, size)) return false;
    Value exception = vm_make_exception(vm, error_by_code(code, code_size), text, size);
    if (!open_level(d, CODEC_ERROR, 1, exception)) return false;
    uint32_t root = d->levels[d->depth - 1].roots;
    ClassObj *class_ = exception_class(vm, class_name, class_size);
    if (class_) instance_of(root_get(vm, root))->class_ = class_;
    if (code_size) set_field(vm, root, "code", string_make_lossy(vm, code, code_size));
    if (number) set_field(vm, root, "host_error", host_make(vm, number));
    if (!take_text(d, &text, &size)) return false;
    if (size) set_field(vm, root, "host_stack", string_make_lossy(vm, text, size));
    return true;
}

/* Puts a key into the hash map or set of `level`; its value becomes `value`. */
static bool add_key(Decoder *d, const Level *level, Value value) {
    VM *vm = d->vm;
    uint32_t hash;
    TableEntry *entry;
    HashObj *container = hash_of(root_get(vm, level->roots));
    const char *name = level->tag == CODEC_SET ? "HashSet" : "HashMap";
    if (!hash_find_plain(vm, container, root_get(vm, level->roots + 1), name, &hash, &entry)) return false;
    if (entry)
        entry->value = value;
    else
        table_append(vm, &container->table, root_get(vm, level->roots + 1), hash, value);
    heap_touch(vm, container);
    return true;
}

static void set_node_part(VM *vm, NodeObj *node, uint32_t left, Value part) {
    if (left == 2) {
        node->type = part;
        heap_touch(vm, node);
    } else if (left == 1 && is_map(part)) {
        const Table *props = &map_of(part)->table;
        for (uint32_t i = table_next(props, 0); i < props->used; i = table_next(props, i + 1)) {
            node_set_prop(vm, node, symbol_of(props->entries[i].key), props->entries[i].value);
        }
    } else if (left == 0 && is_array(part)) {
        for (uint32_t i = 0; i < array_of(part)->count; i++) node_push(vm, node, array_of(part)->items[i]);
    }
}

/* Gives a finished value to the innermost open container. */
static bool deliver(Decoder *d, Value value) {
    VM *vm = d->vm;
    Level *level = &d->levels[d->depth - 1];
    level->left--;
    Value container = root_get(vm, level->roots);
    switch (level->tag) {
    case CODEC_ARRAY: array_push(vm, array_of(container), value); return true;
    case CODEC_MAP: map_set(vm, map_of(container), symbol_of(root_get(vm, level->roots + 1)), value); return true;
    case CODEC_SET: root_set(vm, level->roots + 1, value); return add_key(d, level, VAL_NIL);
    case CODEC_HASHMAP:
        if (root_get(vm, level->roots + 1) == VAL_UNSET) {
            root_set(vm, level->roots + 1, value);
            d->keys_open--;
            return true;
        }
        if (!add_key(d, level, value)) return false;
        root_set(vm, level->roots + 1, VAL_UNSET);
        d->keys_open++;
        return true;
    case CODEC_NODE: set_node_part(vm, node_of(container), level->left, value); return true;
    default: /* CODEC_ERROR */
        if (!is_nil(value)) instance_set(vm, instance_of(container), SYM(vm, CAUSE), value);
        return true;
    }
}

/* --- the whole ------------------------------------------------------------------------------------------------------ */

/* Reads one value, a container only as far as its header: then *out is VAL_UNSET. */
static bool take_value(Decoder *d, Value *out) {
    uint8_t tag;
    *out = VAL_UNSET;
    if (!take(d, &tag, 1)) return false;
    switch (tag) {
    case CODEC_NIL: *out = VAL_NIL; return true;
    case CODEC_VOID: *out = VAL_VOID; return true;
    case CODEC_FALSE: *out = VAL_FALSE; return true;
    case CODEC_TRUE: *out = VAL_TRUE; return true;
    case CODEC_INT32:
    case CODEC_INT64:
    case CODEC_FLOAT: return take_number(d, (CodecTag)tag, out);
    case CODEC_STRING: return take_string(d, out);
    case CODEC_SYMBOL: return take_symbol(d, out);
    case CODEC_BYTES: return take_bytes(d, out);
    case CODEC_DATETIME: return take_datetime(d, out);
    case CODEC_REFERENCE: return take_reference(d, out);
    case CODEC_HOST:
    case CODEC_FUNCTION:
    case CODEC_PROMISE: return take_host(d, (CodecTag)tag, out);
    case CODEC_ARRAY:
    case CODEC_MAP:
    case CODEC_HASHMAP:
    case CODEC_SET: return take_container(d, (CodecTag)tag);
    case CODEC_NODE: return take_node(d);
    case CODEC_ERROR: return take_error(d);
    default: d->at--; return malformed(d);
    }
}

/* Reads the key of the next entry when the innermost container is a map. */
static bool take_map_key(Decoder *d) {
    const Level *level = &d->levels[d->depth - 1];
    Value key;
    if (level->tag != CODEC_MAP) return true;
    if (!take_symbol(d, &key)) return false;
    root_set(d->vm, level->roots + 1, key);
    return true;
}

/* Ends every container that is complete; *out_value is the last one when no level is left. */
static bool close_levels(Decoder *d, Value *out_value) {
    while (d->depth > 0 && d->levels[d->depth - 1].left == 0) {
        const Level *level = &d->levels[--d->depth];
        if (level->tag == CODEC_HASHMAP || level->tag == CODEC_SET) d->keys_open--;
        Value container = root_get(d->vm, level->roots);
        roots_close(d->vm, level->roots);
        if (d->depth == 0)
            *out_value = container;
        else if (!deliver(d, container))
            return false;
    }
    return true;
}

static bool decode_record(Decoder *d, Value *out_value) {
    do {
        Value value;
        if (d->depth > 0 && !take_map_key(d)) return false;
        if (!take_value(d, &value)) return false;
        if (value != VAL_UNSET) {
            if (d->depth == 0)
                *out_value = value;
            else if (!deliver(d, value))
                return false;
        }
        if (!close_levels(d, out_value)) return false;
    } while (d->depth > 0);
    return true;
}

bool codec_decode(VM *vm, const uint8_t *data, size_t size, size_t *io_offset, Value *out_value) {
    size_t at = *io_offset;
    if (size - at >= 5 && data[at] == CODEC_INT32) {
        int32_t small;
        memcpy(&small, data + at + 1, sizeof small);
        *out_value = value_small_int(small);
        *io_offset = at + 5;
        return true;
    }
    Decoder decoder = {.vm = vm, .data = data, .size = size, .at = at};
    uint32_t scope = roots_open(vm);
    *out_value = VAL_NIL;
    bool ok = decode_record(&decoder, out_value);
    roots_close(vm, scope);
    free(decoder.levels);
    *io_offset = decoder.at;
    return ok;
}

/* codec_encode.c — a Gene value as a record for the host.
 * Invariant: `levels` holds the containers being written, outermost first; every handle made for the record is in `made`
 * until the whole record stands, so that a failure gives all of them back. Read codec.h first; the inverse is
 * codec_decode.c. */
#include "host/codec.h"
#include "host/host_function.h"
#include "object/calendar.h"
#include "vm/vm.h"

#define LEVELS_INLINE 16u
#define CLASS_NAMES_MAX 100u

typedef struct Level {
    Value container;
    uint32_t cursor; /* next entry, child or field */
    uint32_t phase;  /* of a node: type, properties, children; of an instance: PHASE_EXCEPTION or 0 */
} Level;
#define PHASE_EXCEPTION 1u

typedef struct Encoder {
    VM *vm;
    Buffer *out;
    CodecMode mode;
    Level *levels;
    uint32_t depth, capacity;
    Buffer made; /* uint32_t handles */
    Level inline_levels[LEVELS_INLINE];
} Encoder;

/* --- bytes -------------------------------------------------------------------------------------------------------- */

static void put(Buffer *out, const void *data, size_t size) {
    if (UNLIKELY(out->size + size > out->capacity) && !buffer_reserve(out, size)) return;
    memcpy(out->data + out->size, data, size);
    out->size += size;
}
static void put_tag(Buffer *out, CodecTag tag) {
    uint8_t byte = (uint8_t)tag;
    put(out, &byte, 1);
}
static void put_u8(Buffer *out, uint32_t number) {
    uint8_t byte = (uint8_t)number;
    put(out, &byte, 1);
}
static void put_u32(Buffer *out, uint32_t number) { put(out, &number, sizeof number); }
static void put_text(Buffer *out, const char *text, size_t size) {
    put_u32(out, (uint32_t)size);
    if (size) put(out, text, size);
}
static void put_name(Buffer *out, const SymbolObj *name) { put_text(out, name->text, name->size); }
static void put_string(Buffer *out, const char *text) {
    put_tag(out, CODEC_STRING);
    put_text(out, text, strlen(text));
}

static void put_int(Buffer *out, int64_t number) {
    if (number >= INT32_MIN && number <= INT32_MAX) {
        int32_t small = (int32_t)number;
        put_tag(out, CODEC_INT32);
        put(out, &small, sizeof small);
    } else {
        put_tag(out, CODEC_INT64);
        put(out, &number, sizeof number);
    }
}

static void put_float(Buffer *out, CodecTag tag, double number) {
    put_tag(out, tag);
    put(out, &number, sizeof number);
}

/* --- what is not data --------------------------------------------------------------------------------------------- */

static uint32_t identity_of(Value value) {
    return is_object(value) ? (uint32_t)(uintptr_t)pointer_of(value) : (uint32_t)value;
}

static uint32_t hold(Encoder *e, Value value) {
    uint32_t handle = handle_make(e->vm, value);
    put(&e->made, &handle, sizeof handle);
    return handle;
}

static const SymbolObj *function_name(Value value) {
    while (is_obj_type(value, OBJ_BOUND_METHOD)) value = bound_method_of(value)->method;
    if (is_function(value)) return function_of(value)->code->name;
    return is_class(value) ? class_of_value(value)->name : NULL;
}

static const char *type_text(VM *vm, Value value) {
    if (value == VAL_NOT_FOUND) return "NotFound";
    return value == VAL_PLACEHOLDER ? "Placeholder" : type_name(vm, value);
}

static void put_handle(Encoder *e, HandleKind kind, Value value) {
    const char *text;
    if (kind == HANDLE_FUNCTION) {
        const SymbolObj *name = function_name(value);
        text = name ? name->text : is_obj_type(value, OBJ_NATIVE) ? native_of(value)->def->name : "";
    } else {
        text = type_text(e->vm, value);
    }
    put_tag(e->out, CODEC_HANDLE);
    put_u8(e->out, kind);
    put_u32(e->out, identity_of(value));
    put_u32(e->out, hold(e, value));
    put_text(e->out, text, strlen(text));
}

static void put_host(Encoder *e, uint32_t number) {
    put_tag(e->out, CODEC_HOST);
    put_u32(e->out, number);
}

static void put_datetime(Encoder *e, const DateObj *date) {
    put_float(e->out, CODEC_DATETIME, calendar_to_ms(date));
    put_u8(e->out, !date->has_offset && !date->zone);
}

static void put_printed(Encoder *e, CodecTag tag, Value value) {
    Buffer text;
    buffer_init(&text);
    print_value_safely(e->vm, &text, value, RENDER_PLAIN);
    put_tag(e->out, tag);
    put_text(e->out, text.data, text.size);
    buffer_free(&text);
}

static void put_regex(Encoder *e, const RegexObj *regex) {
    char flags[3];
    size_t count = 0;
    if (regex->ignore_case) flags[count++] = 'i';
    if (regex->multi_line) flags[count++] = 'm';
    flags[count] = 0;
    put_tag(e->out, CODEC_MAP);
    put_u32(e->out, 2);
    put_text(e->out, "pattern", 7);
    put_tag(e->out, CODEC_STRING);
    put_text(e->out, regex->pattern->text, regex->pattern->size);
    put_text(e->out, "flags", 5);
    put_string(e->out, flags);
}

/* --- containers ----------------------------------------------------------------------------------------------------- */

static bool is_open(const Encoder *e, Value container) {
    for (uint32_t i = 0; i < e->depth; i++) {
        if (e->levels[i].container == container) return true;
    }
    return false;
}

static bool open_level(Encoder *e, Value container) {
    if (e->depth >= CODEC_DEPTH_MAX) {
        if (is_open(e, container))
            vm_raise(e->vm, ERR_CONVERT_CYCLE, "cannot convert data that contains itself");
        else
            vm_raise(e->vm, ERR_CONVERT_DEPTH, "cannot convert data nested more than %d levels", CODEC_DEPTH_MAX);
        return false;
    }
    if (e->depth == e->capacity) {
        uint32_t capacity = e->capacity * 4;
        Level *levels = malloc(capacity * sizeof *levels);
        if (!levels) {
            vm_raise(e->vm, ERR_LIMIT_MEMORY, "no memory left to convert a value");
            return false;
        }
        memcpy(levels, e->levels, e->depth * sizeof *levels);
        if (e->levels != e->inline_levels) free(e->levels);
        e->levels = levels;
        e->capacity = capacity;
    }
    e->levels[e->depth++] = (Level){container, 0, 0};
    return true;
}

static bool open_counted(Encoder *e, CodecTag tag, uint32_t count, Value container) {
    put_tag(e->out, tag);
    put_u32(e->out, count);
    return count == 0 || open_level(e, container);
}

static bool open_exception(Encoder *e, Value value) {
    Buffer *out = e->out;
    put_tag(out, CODEC_EXCEPTION);
    put_u32(out, identity_of(value));
    put_u32(out, hold(e, value));
    uint32_t count = 0;
    const ClassObj *own = instance_of(value)->class_;
    for (const ClassObj *class_ = own; class_ && count < CLASS_NAMES_MAX; class_ = class_->parent) count++;
    put_u8(out, count);
    for (const ClassObj *class_ = own; count; class_ = class_->parent, count--) put_name(out, class_->name);
    Value code = instance_get(instance_of(value), SYM(e->vm, CODE));
    const char *code_text = is_string(code) ? string_of(code)->text : "";
    put_text(out, code_text, strlen(code_text));
    /* A hint of its own is about the very name that was misspelt; the table's is about errors of this kind. */
    Value own_hint = instance_get(instance_of(value), SYM(e->vm, HINT));
    const char *hint = is_string(own_hint) ? string_of(own_hint)->text : error_hint(code_text);
    put_text(out, hint, strlen(hint));
    if (!open_level(e, value)) return false;
    e->levels[e->depth - 1].phase = PHASE_EXCEPTION;
    return true;
}

static bool open_plain(Encoder *e, Value value) {
    switch (obj_type_of(value)) {
    case OBJ_SYMBOL:
        put_tag(e->out, CODEC_SYMBOL);
        put_name(e->out, symbol_of(value));
        return true;
    case OBJ_PATH: put_printed(e, CODEC_SYMBOL, value); return true;
    case OBJ_DATE:
    case OBJ_TIME: put_printed(e, CODEC_STRING, value); return true;
    case OBJ_REGEX: put_regex(e, regex_of(value)); return true;
    case OBJ_INSTANCE: return open_counted(e, CODEC_MAP, instance_of(value)->shape->count, value);
    case OBJ_RANGE: return open_counted(e, CODEC_MAP, range_of(value)->step == VAL_UNSET ? 2 : 3, value);
    case OBJ_NODE:
        put_tag(e->out, CODEC_NODE);
        put_u32(e->out, node_of(value)->line);
        put_u32(e->out, node_of(value)->column);
        return open_level(e, value);
    case OBJ_QUOTE:
    case OBJ_UNQUOTE: {
        const char *name = is_quote(value) ? "quote" : quote_of(value)->discard ? "unquote_discard" : "unquote";
        put_tag(e->out, CODEC_NODE);
        put_u32(e->out, 0);
        put_u32(e->out, 0);
        put_tag(e->out, CODEC_SYMBOL);
        put_text(e->out, name, strlen(name));
        put_tag(e->out, CODEC_MAP);
        put_u32(e->out, 0);
        return open_counted(e, CODEC_ARRAY, 1, value);
    }
    default: put_handle(e, HANDLE_OPAQUE, value); return true;
    }
}

/* Only what was asked for as plain data shows its fields; an exception inside other data stays an error. */
static bool is_error(const Encoder *e, Value value) {
    return instance_of(value)->class_->is_exception && (e->mode == CODEC_LIVE || e->depth > 0);
}

static bool put_object(Encoder *e, Value value) {
    switch (obj_type_of(value)) {
    case OBJ_INT: put_int(e->out, int_of(value)); return true;
    case OBJ_STR:
        put_tag(e->out, CODEC_STRING);
        put_text(e->out, string_of(value)->text, string_of(value)->size);
        return true;
    case OBJ_BYTES:
        put_tag(e->out, CODEC_BYTES);
        put_text(e->out, (const char *)bytes_of(value)->data, bytes_of(value)->size);
        return true;
    case OBJ_ARRAY: return open_counted(e, CODEC_ARRAY, array_of(value)->count, value);
    case OBJ_MAP: return open_counted(e, CODEC_MAP, map_of(value)->table.count, value);
    case OBJ_HASHMAP: return open_counted(e, CODEC_HASHMAP, hash_of(value)->table.count, value);
    case OBJ_SET: return open_counted(e, CODEC_SET, hash_of(value)->table.count, value);
    case OBJ_DATETIME: put_datetime(e, date_of(value)); return true;
    case OBJ_HOST: put_host(e, ((HostObj *)pointer_of(value))->handle); return true;
    case OBJ_NATIVE:
        if (host_function_number(value))
            put_host(e, host_function_number(value));
        else
            put_handle(e, HANDLE_FUNCTION, value);
        return true;
    case OBJ_FUNCTION:
    case OBJ_BLOCK:
    case OBJ_BOUND_METHOD:
    case OBJ_SELECTOR:
    case OBJ_INTERCEPTOR:
    case OBJ_INTERCEPTION:
    case OBJ_CLASS:
    case OBJ_INTERFACE: put_handle(e, HANDLE_FUNCTION, value); return true;
    case OBJ_FUTURE:
    case OBJ_TASK: put_handle(e, HANDLE_FUTURE, value); return true;
    case OBJ_GENERATOR:
    case OBJ_ITERATOR: put_handle(e, HANDLE_ITERATOR, value); return true;
    case OBJ_INSTANCE:
        if (is_error(e, value)) return open_exception(e, value);
        break;
    default: break;
    }
    if (e->mode == CODEC_PLAIN) return open_plain(e, value);
    put_handle(e, HANDLE_OPAQUE, value);
    return true;
}

/* Writes a value; a container only as far as its header. */
static bool put_value(Encoder *e, Value value) {
    if (is_object(value)) return put_object(e, value);
    if (is_small_int(value))
        put_int(e->out, small_int_of(value));
    else if (is_float(value))
        put_float(e->out, CODEC_FLOAT, float_of(value));
    else if (is_char(value))
        put_tag(e->out, CODEC_CHAR), put_u32(e->out, char_of(value));
    else if (is_nil(value))
        put_tag(e->out, CODEC_NIL);
    else if (is_void(value) || value == VAL_UNSET)
        put_tag(e->out, CODEC_VOID);
    else if (is_bool(value))
        put_tag(e->out, value == VAL_TRUE ? CODEC_TRUE : CODEC_FALSE);
    else
        put_handle(e, HANDLE_OPAQUE, value);
    return true;
}

/* --- entries of containers: each writes the next one or closes the level -------------------------------------------- */

static bool close_level(Encoder *e) {
    e->depth--;
    return true;
}

static const TableEntry *next_entry(const Table *table, Level *level) {
    level->cursor = table_next(table, level->cursor);
    return level->cursor < table->used ? &table->entries[level->cursor++] : NULL;
}

static bool step_array(Encoder *e, Level *level) {
    const ArrayObj *array = array_of(level->container);
    return level->cursor < array->count ? put_value(e, array->items[level->cursor++]) : close_level(e);
}

static bool step_map(Encoder *e, Level *level, const Table *table) {
    const TableEntry *entry = next_entry(table, level);
    if (!entry) return close_level(e);
    put_name(e->out, symbol_of(entry->key));
    return put_value(e, entry->value);
}

static bool step_hash(Encoder *e, Level *level) {
    const Table *table = &hash_of(level->container)->table;
    if (level->phase) { /* the value of the key written before */
        level->phase = 0;
        return put_value(e, table->entries[level->cursor - 1].value);
    }
    const TableEntry *entry = next_entry(table, level);
    if (!entry) return close_level(e);
    level->phase = is_hashmap(level->container);
    return put_value(e, entry->key);
}

static bool step_node(Encoder *e, Level *level) {
    const NodeObj *node = node_of(level->container);
    switch (level->phase) {
    case 0: level->phase = 1; return put_value(e, node->type);
    case 1:
        put_tag(e->out, CODEC_MAP);
        put_u32(e->out, node->props.count);
        level->phase = 2;
        /* fallthrough */
    case 2: {
        const TableEntry *entry = next_entry(&node->props, level);
        if (entry) {
            put_name(e->out, symbol_of(entry->key));
            return put_value(e, entry->value);
        }
        put_tag(e->out, CODEC_ARRAY);
        put_u32(e->out, node->count);
        level->phase = 3;
        level->cursor = 0;
    }
        /* fallthrough */
    default: return level->cursor < node->count ? put_value(e, node->children[level->cursor++]) : close_level(e);
    }
}

static bool step_range(Encoder *e, Level *level) {
    static const char *const names[] = {"first", "last", "step"};
    const RangeObj *range = range_of(level->container);
    const Value values[] = {range->first, range->last, range->step};
    if (level->cursor == 3 || values[level->cursor] == VAL_UNSET) return close_level(e);
    put_text(e->out, names[level->cursor], strlen(names[level->cursor]));
    return put_value(e, values[level->cursor++]);
}

static bool step_fields(Encoder *e, Level *level) {
    const InstanceObj *instance = instance_of(level->container);
    if (level->cursor >= instance->shape->count) return close_level(e);
    const ShapeObj *shape = instance->shape;
    while (shape->count != level->cursor + 1) shape = shape->parent;
    put_name(e->out, shape->name);
    return put_value(e, instance->values[level->cursor++]);
}

static bool step_exception(Encoder *e, Level *level) {
    VM *vm = e->vm;
    SymbolObj *const names[] = {SYM(vm, MESSAGE), SYM(vm, LOCATION),   SYM(vm, STACK),
                                SYM(vm, CAUSE),   SYM(vm, HOST_ERROR), SYM(vm, DIAGNOSTICS)};
    if (level->cursor == COUNT_OF(names)) return close_level(e);
    bool is_message = level->cursor == 0;
    Value field = instance_get(instance_of(level->container), names[level->cursor++]);
    /* The host makes a text of it while it reads, and must not ask us then. */
    if (is_message && is_object(field) && !is_string(field)) return put_printed(e, CODEC_STRING, field), true;
    return put_value(e, field == VAL_UNSET ? VAL_NIL : field);
}

static bool step(Encoder *e) {
    Level *level = &e->levels[e->depth - 1];
    switch (obj_type_of(level->container)) {
    case OBJ_ARRAY: return step_array(e, level);
    case OBJ_MAP: return step_map(e, level, &map_of(level->container)->table);
    case OBJ_HASHMAP:
    case OBJ_SET: return step_hash(e, level);
    case OBJ_NODE: return step_node(e, level);
    case OBJ_RANGE: return step_range(e, level);
    case OBJ_QUOTE:
    case OBJ_UNQUOTE: return level->cursor++ == 0 ? put_value(e, quote_of(level->container)->form) : close_level(e);
    default: /* an instance */
        return level->phase == PHASE_EXCEPTION ? step_exception(e, level) : step_fields(e, level);
    }
}

/* --- the whole ------------------------------------------------------------------------------------------------------ */

static void give_back(Encoder *e) {
    for (size_t at = 0; at + sizeof(uint32_t) <= e->made.size; at += sizeof(uint32_t)) {
        uint32_t handle;
        memcpy(&handle, e->made.data + at, sizeof handle);
        handle_release(e->vm, handle);
    }
}

static bool encode_object(VM *vm, Buffer *out, Value value, CodecMode mode) {
    Encoder e = {.vm = vm, .out = out, .mode = mode, .capacity = LEVELS_INLINE};
    e.levels = e.inline_levels;
    buffer_init(&e.made);
    size_t start = out->size;
    bool ok = put_value(&e, value);
    while (ok && e.depth > 0 && !out->failed) ok = step(&e);
    if (ok && (out->failed || e.made.failed)) {
        vm_raise(vm, ERR_LIMIT_MEMORY, "no memory left to convert a value");
        ok = false;
    }
    if (!ok) {
        give_back(&e);
        out->size = start;
        out->failed = false;
    }
    buffer_free(&e.made);
    if (e.levels != e.inline_levels) free(e.levels);
    return ok;
}

bool codec_encode(VM *vm, Buffer *out, Value value, CodecMode mode) {
    if (is_object(value) || !buffer_reserve(out, 16)) return encode_object(vm, out, value, mode);
    if (is_small_int(value))
        put_int(out, small_int_of(value));
    else if (is_float(value))
        put_float(out, CODEC_FLOAT, float_of(value));
    else if (is_nil(value))
        put_tag(out, CODEC_NIL);
    else if (is_bool(value))
        put_tag(out, value == VAL_TRUE ? CODEC_TRUE : CODEC_FALSE);
    else
        return encode_object(vm, out, value, mode);
    return true;
}

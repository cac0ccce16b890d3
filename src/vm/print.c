/* print.c — values to text: plain, quoted, string form, interpolated (language 02 §2.4–2.6, 27 §2).
 * Invariant: a container being printed is rooted and read afresh at each element, because an element's own to_s may run
 * any Gene code, change the container, or wait. */
#include "base/number.h"
#include "base/utf8.h"
#include "vm/call.h"
#include "vm/recursion.h"

#define SAFE_DEPTH_MAX 20u
#define SAFE_SIZE_MAX 4000u

typedef struct Printer {
    VM *vm;
    Buffer *out;
    bool safe;        /* never run Gene code; bounded */
    bool string_form; /* no sealed prefix, () for an empty gene */
    uint32_t depth;   /* of a safe printer */
} Printer;

static bool print_any(Printer *p, Value value, bool quoted);

static void text(Printer *p, const char *literal) { buffer_append_text(p->out, literal); }

static void print_symbol(Printer *p, const SymbolObj *symbol) {
    buffer_append(p->out, symbol->text, symbol->size);
}

static void print_quoted_string(Printer *p, const StrObj *string) {
    buffer_append_byte(p->out, '"');
    buffer_append(p->out, string->text, string->size);
    buffer_append_byte(p->out, '"');
}

static void print_special(Printer *p, Value value) {
    static const char *const names[] = {"nil", "void", "false", "true", "_", "not_found", "unset"};
    uint64_t index = value & VALUE_PAYLOAD_MASK;
    text(p, index < COUNT_OF(names) ? names[index] : "?");
}

static void print_char(Printer *p, uint32_t code_point, bool quoted) {
    if (quoted) buffer_append_byte(p->out, '\'');
    buffer_append_utf8(p->out, code_point);
    if (quoted) buffer_append_byte(p->out, '\'');
}

static void print_number(Printer *p, Value value) {
    char digits[NUMBER_TEXT_MAX];
    size_t size = is_float(value) ? number_format_double(float_of(value), digits)
                                  : number_format_int(int_of(value), digits);
    buffer_append(p->out, digits, size);
}

static void print_bytes(Printer *p, const BytesObj *bytes) {
    static const char hex[] = "0123456789abcdef";
    text(p, "0#");
    for (uint32_t i = 0; i < bytes->size; i++) {
        buffer_append_byte(p->out, hex[bytes->data[i] >> 4]);
        buffer_append_byte(p->out, hex[bytes->data[i] & 15]);
    }
}

/* --- dates (02 §2.6) -------------------------------------------------------------------------------------------- */

static void print_fraction(Printer *p, uint32_t microsecond) {
    if (microsecond == 0) return;
    char digits[8];
    for (int i = 5; i >= 0; i--) {
        digits[i] = (char)('0' + microsecond % 10);
        microsecond /= 10;
    }
    size_t size = 6;
    while (digits[size - 1] == '0') size--;
    buffer_append_byte(p->out, '.');
    buffer_append(p->out, digits, size);
}

static void print_zone(Printer *p, const DateObj *date, bool is_time) {
    const char *zone = date->zone ? date->zone->text : "";
    bool utc = strcmp(zone, "UTC") == 0;
    int offset = date->has_offset ? date->offset_minutes : 0;
    if (offset != 0) {
        int size = offset < 0 ? -offset : offset;
        buffer_append_format(p->out, "%c%02d:%02d", offset < 0 ? '-' : '+', size / 60, size % 60);
        if (zone[0] && !utc) buffer_append_format(p->out, "[%s]", zone);
    } else if (utc) {
        text(p, "Z");
    } else if (zone[0]) {
        buffer_append_format(p->out, is_time ? "[%s]" : "Z[%s]", zone);
    }
}

static void print_date(Printer *p, ObjType type, const DateObj *date) {
    if (type != OBJ_TIME) buffer_append_format(p->out, "%04d-%02d-%02d", date->year, date->month, date->day);
    if (type == OBJ_DATE) return;
    if (type == OBJ_DATETIME) text(p, "T");
    buffer_append_format(p->out, "%02d:%02d", date->hour, date->minute);
    bool zoned = (date->has_offset && date->offset_minutes != 0) || (date->zone && date->zone->size > 0);
    if (date->second || date->microsecond || zoned) buffer_append_format(p->out, ":%02d", date->second);
    print_fraction(p, date->microsecond);
    print_zone(p, date, type == OBJ_TIME);
}

/* --- regex ------------------------------------------------------------------------------------------------------- */

static void print_regex_part(Printer *p, const StrObj *part) {
    for (uint32_t i = 0; i < part->size; i++) {
        char c = part->text[i];
        if (c == '/' || c == '\\') buffer_append_byte(p->out, '\\');
        buffer_append_byte(p->out, c);
    }
    buffer_append_byte(p->out, '/');
}

static void print_regex(Printer *p, const RegexObj *regex) {
    text(p, "#/");
    print_regex_part(p, regex->pattern);
    if (regex->replacement) print_regex_part(p, regex->replacement);
    if (regex->ignore_case) text(p, "i");
    if (regex->multi_line) text(p, "m");
}

/* --- containers ---------------------------------------------------------------------------------------------------- */

static bool is_sealed_shown(const Printer *p, const void *object) {
    return (((const Obj *)object)->flags & OBJ_SEALED) && !p->string_form;
}

static bool print_items(Printer *p, Value *const *items, const uint32_t *count, bool quoted) {
    for (uint32_t i = 0; i < *count; i++) {
        if (i > 0) text(p, " ");
        if (!print_any(p, (*items)[i], quoted)) return false;
    }
    return true;
}

static bool print_props(Printer *p, const Table *table, bool quoted, bool leading_space) {
    for (uint32_t i = table_next(table, 0); i < table->used; i = table_next(table, i + 1)) {
        if (leading_space) text(p, " ");
        leading_space = true;
        text(p, "^");
        print_symbol(p, symbol_of(table->entries[i].key));
        text(p, " ");
        if (!print_any(p, table->entries[i].value, quoted)) return false;
    }
    return true;
}

static bool print_array(Printer *p, ArrayObj *array, bool quoted) {
    text(p, is_sealed_shown(p, array) ? "#[" : "[");
    if (!print_items(p, &array->items, &array->count, quoted)) return false;
    text(p, "]");
    return true;
}

static bool print_map(Printer *p, MapObj *map, bool quoted) {
    text(p, is_sealed_shown(p, map) ? "#{" : "{");
    if (!print_props(p, &map->table, quoted, false)) return false;
    text(p, "}");
    return true;
}

static bool print_hash(Printer *p, HashObj *hash, bool quoted) {
    bool is_hash_set = hash->header.type == OBJ_SET;
    text(p, is_hash_set ? "(HashSet" : is_sealed_shown(p, hash) ? "#{{" : "{{");
    bool first = !is_hash_set;
    const Table *table = &hash->table;
    for (uint32_t i = table_next(table, 0); i < table->used; i = table_next(table, i + 1)) {
        if (!first) text(p, " ");
        first = false;
        if (!print_any(p, table->entries[i].key, quoted)) return false;
        if (is_hash_set || i >= table->used) continue;
        text(p, " ");
        if (!print_any(p, table->entries[i].value, quoted)) return false;
    }
    text(p, is_hash_set ? ")" : "}}");
    return true;
}

static bool print_node(Printer *p, NodeObj *node) {
    bool empty = node->type == VAL_NIL && node->count == 0 && node->props.count == 0;
    text(p, is_sealed_shown(p, node) ? "#(" : "(");
    if (!(p->string_form && empty) && !print_any(p, node->type, true)) return false;
    if (!print_props(p, &node->props, true, true)) return false;
    if (node->count) text(p, " ");
    if (!print_items(p, &node->children, &node->count, true)) return false;
    text(p, ")");
    return true;
}

static bool print_range(Printer *p, const RangeObj *range) {
    if (!print_any(p, range->first, true)) return false;
    text(p, "..");
    if (!print_any(p, range->last, true)) return false;
    if (range->step == VAL_UNSET) return true;
    text(p, " step ");
    return print_any(p, range->step, true);
}

static bool print_container(Printer *p, Value value, bool quoted) {
    Obj *object = pointer_of(value);
    switch ((ObjType)object->type) {
        case OBJ_ARRAY: return print_array(p, (ArrayObj *)object, quoted);
        case OBJ_MAP: return print_map(p, (MapObj *)object, quoted);
        case OBJ_NODE: return print_node(p, (NodeObj *)object);
        case OBJ_RANGE: return print_range(p, (RangeObj *)object);
        default: return print_hash(p, (HashObj *)object, quoted);
    }
}

static bool descend(Printer *p, Value value, bool quoted) {
    if (p->safe) {
        if (p->depth >= SAFE_DEPTH_MAX || p->out->size > SAFE_SIZE_MAX) {
            text(p, "…");
            return true;
        }
        p->depth++;
        bool ok = print_container(p, value, quoted);
        p->depth--;
        return ok;
    }
    uint32_t scope = roots_open(p->vm);
    root_push(p->vm, value);
    if (!recursion_enter(p->vm, "printed value")) return false;
    bool ok = print_container(p, value, quoted);
    recursion_leave(p->vm);
    roots_close(p->vm, scope);
    return ok && !p->out->failed;
}

/* --- the rest ------------------------------------------------------------------------------------------------------ */

/* SCH-6: an instance whose class defines to_s is asked for its text. */
static bool print_instance(Printer *p, Value value, bool *out_done) {
    *out_done = false;
    if (p->safe) return true;
    ClassObj *owner;
    Value method = class_find_method(instance_of(value)->class_, SYM(p->vm, TO_S), &owner);
    if (method == VAL_UNSET || !is_function(method)) return true;
    Value result;
    if (!exec_method(p->vm, value, SYM(p->vm, TO_S), NULL, 0, &result)) return false;
    *out_done = true;
    if (is_string(result)) {
        buffer_append(p->out, string_of(result)->text, string_of(result)->size);
        return true;
    }
    if (is_instance(result)) {
        text(p, kind_name(result));
        return true;
    }
    return descend(p, result, true);
}

static void print_future(Printer *p, const FutureObj *future) {
    static const char *const states[] = {"FsPending", "FsSuccess", "FsFailure", "FsCancelled"};
    buffer_append_format(p->out, "<Future %s>", states[future->state]);
}

static void print_path(Printer *p, const PathObj *path) {
    for (uint32_t i = 0; i < path->count; i++) {
        if (i > 0) text(p, "/");
        print_symbol(p, path->parts[i]);
    }
}

static bool print_object(Printer *p, Value value, bool quoted) {
    Obj *object = pointer_of(value);
    switch ((ObjType)object->type) {
        case OBJ_STR:
            if (quoted) print_quoted_string(p, (StrObj *)object);
            else buffer_append(p->out, ((StrObj *)object)->text, ((StrObj *)object)->size);
            return true;
        case OBJ_SYMBOL: print_symbol(p, (SymbolObj *)object); return true;
        case OBJ_PATH: print_path(p, (PathObj *)object); return true;
        case OBJ_BYTES: print_bytes(p, (BytesObj *)object); return true;
        case OBJ_DATE:
        case OBJ_DATETIME:
        case OBJ_TIME: print_date(p, (ObjType)object->type, (DateObj *)object); return true;
        case OBJ_REGEX: print_regex(p, (RegexObj *)object); return true;
        case OBJ_QUOTE: return print_any(p, ((QuoteObj *)object)->form, quoted);
        case OBJ_ARRAY:
        case OBJ_MAP:
        case OBJ_HASHMAP:
        case OBJ_SET:
        case OBJ_NODE:
        case OBJ_RANGE: return descend(p, value, quoted);
        case OBJ_FUTURE:
        case OBJ_TASK: print_future(p, (FutureObj *)object); return true;
        case OBJ_INSTANCE: {
            bool done;
            if (!print_instance(p, value, &done)) return false;
            if (!done) text(p, kind_name(value));
            return true;
        }
        default: text(p, kind_name(value)); return true;
    }
}

static bool print_any(Printer *p, Value value, bool quoted) {
    if (is_small_int(value) || is_float(value) || is_obj_type(value, OBJ_INT)) {
        print_number(p, value);
        return true;
    }
    if (is_object(value)) return print_object(p, value, quoted);
    if (is_char(value)) print_char(p, char_of(value), quoted);
    else print_special(p, value);
    return true;
}

static bool print_top(Printer *p, Value value, Rendering rendering) {
    switch (rendering) {
        case RENDER_PLAIN: return print_any(p, value, false);
        case RENDER_QUOTED: return print_any(p, value, true);
        case RENDER_STRING_FORM:
            if (value == VAL_NIL) return true;
            p->string_form = true;
            return print_any(p, value, !is_string(value));
        case RENDER_INTERPOLATED: return print_any(p, value, !is_string(value) && !is_char(value));
    }
    return true;
}

bool print_scalar(Buffer *out, Value value) {
    Printer p = {NULL, out, true, false, 0};
    if (is_string(value)) buffer_append(out, string_of(value)->text, string_of(value)->size);
    else if (is_symbol(value)) print_symbol(&p, symbol_of(value));
    else if (is_number(value)) print_number(&p, value);
    else if (is_char(value)) print_char(&p, char_of(value), false);
    else if (!is_object(value)) print_special(&p, value);
    else return false;
    return true;
}

bool print_value(VM *vm, Buffer *out, Value value, Rendering rendering) {
    Printer p = {vm, out, false, false, 0};
    if (out->limit == 0 && vm->limits.memory) out->limit = vm->limits.memory;
    if (!print_top(&p, value, rendering)) return false;
    if (out->failed) {
        vm_raise(vm, ERR_LIMIT_MEMORY, "memory limit reached while printing (limits.memory)");
        return false;
    }
    return true;
}

void print_bounded(VM *vm, Buffer *out, Value value, Rendering rendering) {
    Printer p = {vm, out, true, false, 0};
    print_top(&p, value, rendering);
}

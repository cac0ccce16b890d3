/* print.c — values to text: plain, quoted, string form, interpolated (language 02 §2.4–2.6, 27 §2).
 *
 * Containers are walked with an explicit stack of levels, not by recursion: an element may be nested deeply, and its own
 * to_s may run any Gene code, change the container, or wait. print_value keeps its levels on the fiber's stack, where the
 * collector sees them. It alone reaches Gene code; all else here must not even be able to by direct calls, for the loop
 * raises errors with it and Asyncify would instrument the loop.
 * Invariant: a container is read afresh at each step. */
#include "base/number.h"
#include "base/utf8.h"
#include "vm/call.h"
#include "vm/operators.h"

/* Nesting; what the reader can read can be printed. */
#define PRINT_DEPTH_MAX 1000u
#define SAFE_DEPTH_MAX 20u
#define SAFE_SIZE_MAX 4000u

typedef struct Printer {
    Buffer *out;
    bool string_form; /* no sealed prefix, () for an empty gene */
} Printer;

static void text(Printer *p, const char *literal) { buffer_append_text(p->out, literal); }

static void print_symbol(Printer *p, const SymbolObj *symbol) { buffer_append(p->out, symbol->text, symbol->size); }

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
    size_t size =
        is_float(value) ? number_format_double(float_of(value), digits) : number_format_int(int_of(value), digits);
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

/* --- values that contain no others ------------------------------------------------------------------------------------ */

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

/* Segments are not quoted: @(users/0/name). */
static void print_selector(Printer *p, const SelectorObj *selector) {
    text(p, "@(");
    for (uint32_t i = 0; i < selector->count; i++) {
        Value segment = selector->segments[i];
        if (i > 0) text(p, "/");
        if (is_symbol(segment))
            print_symbol(p, symbol_of(segment));
        else if (is_string(segment))
            text(p, string_of(segment)->text);
        else if (is_int(segment))
            print_number(p, segment);
        else
            text(p, kind_name(segment));
    }
    text(p, ")");
}

static void print_variant(Printer *p, const VariantObj *variant) {
    print_symbol(p, variant->parent->name);
    text(p, "/");
    print_symbol(p, variant->name);
}

static void print_special_or_number(Printer *p, Value value, bool quoted) {
    if (is_small_int(value) || is_float(value))
        print_number(p, value);
    else if (is_char(value))
        print_char(p, char_of(value), quoted);
    else
        print_special(p, value);
}

/* Anything but containers; instances and functions by the name of their kind. */
static void print_leaf(Printer *p, Value value, bool quoted) {
    if (!is_object(value)) {
        print_special_or_number(p, value, quoted);
        return;
    }
    Obj *object = pointer_of(value);
    switch ((ObjType)object->type) {
    case OBJ_STR:
        if (quoted)
            print_quoted_string(p, (StrObj *)object);
        else
            buffer_append(p->out, ((StrObj *)object)->text, ((StrObj *)object)->size);
        break;
    case OBJ_INT: print_number(p, value); break;
    case OBJ_SYMBOL: print_symbol(p, (SymbolObj *)object); break;
    case OBJ_PATH: print_path(p, (PathObj *)object); break;
    case OBJ_SELECTOR: print_selector(p, (SelectorObj *)object); break;
    case OBJ_BYTES: print_bytes(p, (BytesObj *)object); break;
    case OBJ_DATE:
    case OBJ_DATETIME:
    case OBJ_TIME: print_date(p, (ObjType)object->type, (DateObj *)object); break;
    case OBJ_REGEX: print_regex(p, (RegexObj *)object); break;
    case OBJ_ENUM: print_symbol(p, ((EnumObj *)object)->name); break;
    case OBJ_VARIANT: print_variant(p, (VariantObj *)object); break;
    case OBJ_FUTURE:
    case OBJ_TASK: print_future(p, (FutureObj *)object); break;
    case OBJ_TYPE_VALUE: type_append_text(p->out, (TypeObj *)object); break;
    default: text(p, kind_name(value)); break;
    }
}

/* --- containers ---------------------------------------------------------------------------------------------------- */

typedef enum NodePart { NODE_TYPE, NODE_PROPS, NODE_CHILDREN } NodePart;
typedef enum RangePart { RANGE_FIRST, RANGE_LAST, RANGE_STEP, RANGE_END } RangePart;
typedef enum EntryPart { ENTRY_KEY, ENTRY_VALUE } EntryPart;

/* A container whose text is under way. */
typedef struct Level {
    Value container;
    uint32_t position; /* items or table entries passed */
    uint8_t part;      /* NodePart, RangePart, EntryPart */
    bool separated;    /* the next element needs a space before it */
    bool quoted;       /* so are its elements */
} Level;

static bool is_container(Value value) {
    if (!is_object(value)) return false;
    switch (obj_type_of(value)) {
    case OBJ_ARRAY:
    case OBJ_MAP:
    case OBJ_HASHMAP:
    case OBJ_SET:
    case OBJ_NODE:
    case OBJ_ENUM_VALUE:
    case OBJ_RANGE: return true;
    default: return false;
    }
}

/* Quoted forms inside quoted data lose their backquote. */
static Value without_quotes(Value value) {
    while (is_quote(value)) value = quote_of(value)->form;
    return value;
}

/* Writes the start of a container. */
static Level open_container(Printer *p, Value container, bool quoted) {
    Level level = {.container = container, .quoted = quoted};
    const Obj *object = pointer_of(container);
    if ((object->flags & OBJ_SEALED) && !p->string_form && object->type != OBJ_SET) text(p, "#");
    switch ((ObjType)object->type) {
    case OBJ_ARRAY: text(p, "["); break;
    case OBJ_MAP: text(p, "{"); break;
    case OBJ_HASHMAP: text(p, "{{"); break;
    case OBJ_SET:
        text(p, "(HashSet");
        level.separated = true;
        break;
    case OBJ_NODE: {
        const NodeObj *node = node_of(container);
        bool empty = node->type == VAL_NIL && node->count == 0 && node->props.count == 0;
        if (p->string_form && empty) level.part = NODE_PROPS;
        level.quoted = true;
        text(p, "(");
        break;
    }
    case OBJ_ENUM_VALUE:
        text(p, "(");
        print_variant(p, enum_value_of(container)->variant);
        level.separated = level.quoted = true;
        break;
    default: level.quoted = true; break; /* a range */
    }
    return level;
}

static void separate(Printer *p, Level *level) {
    if (level->separated) text(p, " ");
    level->separated = true;
}

static bool next_item(Printer *p, Level *level, const Value *items, uint32_t count, Value *out) {
    if (level->position >= count) return false;
    separate(p, level);
    *out = items[level->position++];
    return true;
}

/* ^name and the value of a map or of a gene's properties. */
static bool next_property(Printer *p, Level *level, const Table *table, Value *out) {
    uint32_t i = table_next(table, level->position);
    if (i >= table->used) return false;
    separate(p, level);
    text(p, "^");
    print_symbol(p, symbol_of(table->entries[i].key));
    text(p, " ");
    level->position = i + 1;
    *out = table->entries[i].value;
    return true;
}

static bool next_entry(Printer *p, Level *level, const Table *table, bool has_values, Value *out) {
    if (level->part == ENTRY_VALUE) {
        uint32_t position = level->position++;
        level->part = ENTRY_KEY;
        if (position < table->used && table->entries[position].key != VAL_UNSET) {
            text(p, " ");
            *out = table->entries[position].value;
            return true;
        }
    }
    uint32_t i = table_next(table, level->position);
    if (i >= table->used) return false;
    separate(p, level);
    *out = table->entries[i].key;
    level->position = has_values ? i : i + 1;
    level->part = has_values ? ENTRY_VALUE : ENTRY_KEY;
    return true;
}

static bool next_of_node(Printer *p, Level *level, Value *out) {
    const NodeObj *node = node_of(level->container);
    if (level->part == NODE_TYPE) {
        level->part = NODE_PROPS;
        level->separated = true;
        *out = node->type;
        return true;
    }
    if (level->part == NODE_PROPS) {
        if (next_property(p, level, &node->props, out)) return true;
        level->part = NODE_CHILDREN;
        level->position = 0;
    }
    return next_item(p, level, node->children, node->count, out);
}

static bool next_of_range(Printer *p, Level *level, Value *out) {
    const RangeObj *range = range_of(level->container);
    switch ((RangePart)level->part++) {
    case RANGE_FIRST: *out = range->first; return true;
    case RANGE_LAST:
        text(p, "..");
        *out = range->last;
        return true;
    case RANGE_STEP:
        if (range->step == VAL_UNSET) return false;
        text(p, " step ");
        *out = range->step;
        return true;
    case RANGE_END: break;
    }
    return false;
}

/* Writes what stands before the container's next element, or its end: then false. */
static bool next_element(Printer *p, Level *level, Value *out) {
    const char *end;
    bool more;
    switch (obj_type_of(level->container)) {
    case OBJ_ARRAY:
        more = next_item(p, level, array_of(level->container)->items, array_of(level->container)->count, out);
        end = "]";
        break;
    case OBJ_MAP:
        more = next_property(p, level, &map_of(level->container)->table, out);
        end = "}";
        break;
    case OBJ_HASHMAP:
        more = next_entry(p, level, &hash_of(level->container)->table, true, out);
        end = "}}";
        break;
    case OBJ_SET:
        more = next_entry(p, level, &hash_of(level->container)->table, false, out);
        end = ")";
        break;
    case OBJ_NODE:
        more = next_of_node(p, level, out);
        end = ")";
        break;
    case OBJ_ENUM_VALUE: {
        const EnumValueObj *value = enum_value_of(level->container);
        more = next_item(p, level, value->payload, value->variant->field_count, out);
        end = ")";
        break;
    }
    default:
        more = next_of_range(p, level, out);
        end = "";
        break;
    }
    if (!more) text(p, end);
    return more;
}

/* --- renderings -------------------------------------------------------------------------------------------------------- */

/* Is a value at the top quoted? */
static bool is_quoted(Value value, Rendering rendering) {
    switch (rendering) {
    case RENDER_PLAIN: return false;
    case RENDER_QUOTED: return true;
    case RENDER_STRING_FORM: return !is_string(value);
    case RENDER_INTERPOLATED: return !is_string(value) && !is_char(value);
    }
    return true;
}

bool print_scalar(Buffer *out, Value value) {
    if (is_container(value) || is_instance(value) || is_quote(value) || is_unread(value)) return false;
    Printer p = {out, false};
    print_leaf(&p, value, is_quoted(value, RENDER_INTERPOLATED));
    return true;
}

void print_value_safely(VM *vm, Buffer *out, Value value, Rendering rendering) {
    (void)vm;
    if (rendering == RENDER_STRING_FORM && value == VAL_NIL) return;
    Printer p = {out, rendering == RENDER_STRING_FORM};
    bool quoted = is_quoted(value, rendering);
    size_t most = out->size + SAFE_SIZE_MAX;
    Level levels[SAFE_DEPTH_MAX];
    uint32_t depth = 0;
    for (;;) {
        value = without_quotes(value);
        if (!is_container(value))
            print_leaf(&p, value, quoted);
        else if (depth < SAFE_DEPTH_MAX)
            levels[depth++] = open_container(&p, value, quoted);
        else
            text(&p, "…");
        while (depth > 0 && !next_element(&p, &levels[depth - 1], &value)) depth--;
        if (depth == 0) return;
        quoted = levels[depth - 1].quoted;
        if (out->size > most) {
            text(&p, "…");
            return;
        }
    }
}

/* --- with Gene code --------------------------------------------------------------------------------------------------- */

/* A level takes two slots of the fiber's stack: the container, and the rest as an Int. */
#define LEVEL_SLOTS 2u

static void store_level(VM *vm, uint32_t slot, const Level *level) {
    int64_t rest = (int64_t)level->position << 4 | level->part << 2 | level->separated << 1 | level->quoted;
    root_set(vm, slot, level->container);
    root_set(vm, slot + 1, value_small_int(rest));
}

static Level load_level(VM *vm, uint32_t slot) {
    int64_t rest = small_int_of(root_get(vm, slot + 1));
    return (Level){.container = root_get(vm, slot),
                   .position = (uint32_t)(rest >> 4),
                   .part = (uint8_t)(rest >> 2 & 3),
                   .separated = rest >> 1 & 1,
                   .quoted = rest & 1};
}

static bool push_level(VM *vm, uint32_t scope, const Level *level) {
    if (vm->fiber->top - scope >= PRINT_DEPTH_MAX * LEVEL_SLOTS) {
        vm_raise(vm, ERR_STACK_OVERFLOW,
                 "stack overflow: printed value is nested more than %u levels deep or contains itself",
                 PRINT_DEPTH_MAX);
        return false;
    }
    uint32_t slot = root_push(vm, level->container);
    root_push(vm, VAL_NIL);
    store_level(vm, slot, level);
    return true;
}

/* The next value to print; false when all levels are done. */
static bool next_value(VM *vm, Printer *p, uint32_t scope, Value *out_value, bool *out_quoted) {
    while (vm->fiber->top > scope) {
        uint32_t slot = vm->fiber->top - LEVEL_SLOTS;
        Level level = load_level(vm, slot);
        *out_quoted = level.quoted;
        if (next_element(p, &level, out_value)) {
            store_level(vm, slot, &level);
            return true;
        }
        roots_close(vm, slot);
    }
    return false;
}

/* SCH-6: an instance whose class defines to_s is asked for its text. *out_instead is what to print in its place, or
 * VAL_UNSET: its text has been written. False after raising. */
static bool print_instance(VM *vm, Printer *p, Value value, Value *out_instead) {
    *out_instead = VAL_UNSET;
    Value method = class_find_method(instance_of(value)->class_, SYM(vm, TO_S), NULL);
    if (!is_function(method) && !is_interception(method)) {
        text(p, kind_name(value));
        return true;
    }
    Value result;
    if (!exec_method(vm, value, SYM(vm, TO_S), NULL, 0, &result)) return false;
    if (is_string(result))
        buffer_append(p->out, string_of(result)->text, string_of(result)->size);
    else if (is_instance(result))
        text(p, kind_name(result));
    else
        *out_instead = result;
    return true;
}

static bool print_all(VM *vm, Printer *p, Value value, bool quoted) {
    uint32_t scope = roots_open(vm);
    do {
        value = without_quotes(value);
        if (!unread_settle(vm, value)) return false;
        if (is_instance(value)) {
            if (!print_instance(vm, p, value, &value)) return false;
            if (value == VAL_UNSET) continue;
            value = without_quotes(value);
            quoted = true;
        }
        if (is_container(value)) {
            Level level = open_container(p, value, quoted);
            if (!push_level(vm, scope, &level)) return false;
        } else {
            print_leaf(p, value, quoted);
        }
    } while (!p->out->failed && next_value(vm, p, scope, &value, &quoted));
    if (p->out->failed) vm_raise(vm, ERR_LIMIT_MEMORY, "memory limit reached while printing (limits.memory)");
    return !p->out->failed;
}

bool print_value(VM *vm, Buffer *out, Value value, Rendering rendering) {
    if (out->limit == 0 && vm->limits.memory) out->limit = vm->limits.memory;
    if (rendering == RENDER_STRING_FORM && value == VAL_NIL) return true;
    Printer p = {out, rendering == RENDER_STRING_FORM};
    uint32_t scope = roots_open(vm);
    bool ok = print_all(vm, &p, value, is_quoted(value, rendering));
    roots_close(vm, scope);
    return ok;
}

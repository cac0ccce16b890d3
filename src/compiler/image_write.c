/* image_write.c — code to an image (image.h).
 * Invariant: an object is written after all it refers to; each record is put together in a buffer of its own, so that what
 * it refers to can be written in between. The nesting is that of forms and functions, which reader and compiler bound. */
#include "compiler/image.h"

#include "base/hash.h"
#include "object/regex.h"
#include "object/selector.h"
#include "object/type.h"

typedef struct Writer {
    Buffer body;
    const Obj **objects; /* hash table: object → numbers[] */
    uint32_t *numbers;
    uint32_t capacity, count; /* power of two; objects written */
    VM *vm;
    const ModuleObj *module;
    bool has_places;
    const char *problem;
} Writer;

typedef void (*WriteObject)(Writer *w, Buffer *record, const Obj *object);

static void write_object(Writer *w, const Obj *object);

/* --- numbers and references ----------------------------------------------------------------------------------------- */

static void put_number(Buffer *out, uint64_t number) {
    for (; number >= 0x80; number >>= 7) buffer_append_byte(out, (char)(number | 0x80));
    buffer_append_byte(out, (char)number);
}

/* Small numbers of either sign become small: 0 -1 1 -2 … are 0 1 2 3 … */
static uint64_t folded(int64_t number) { return (uint64_t)number << 1 ^ (number < 0 ? UINT64_MAX : 0); }

static void put_signed(Buffer *out, int64_t number) { put_number(out, folded(number)); }

static void put_word(Buffer *out, uint32_t word) {
    for (int i = 0; i < 4; i++) buffer_append_byte(out, (char)(word >> (8 * i)));
}

static uint32_t find_slot(const Writer *w, const Obj *object) {
    uint32_t slot = hash_word((uintptr_t)object) & (w->capacity - 1);
    while (w->objects[slot] && w->objects[slot] != object) slot = (slot + 1) & (w->capacity - 1);
    return slot;
}

static void grow_objects(Writer *w) {
    Writer old = *w;
    w->capacity = w->capacity ? w->capacity * 2 : 64;
    w->objects = calloc(w->capacity, sizeof *w->objects);
    w->numbers = calloc(w->capacity, sizeof *w->numbers);
    if (!w->objects || !w->numbers) base_fatal("out of memory while writing an image");
    for (uint32_t i = 0; i < old.capacity; i++) {
        if (!old.objects[i]) continue;
        uint32_t slot = find_slot(w, old.objects[i]);
        w->objects[slot] = old.objects[i];
        w->numbers[slot] = old.numbers[i];
    }
    free(old.objects);
    free(old.numbers);
}

/* The object's number; it is written first when it has none. */
static uint32_t object_number(Writer *w, const Obj *object) {
    if (w->count * 2 >= w->capacity) grow_objects(w);
    uint32_t slot = find_slot(w, object);
    if (w->objects[slot]) return w->numbers[slot];
    write_object(w, object);
    if (w->count * 2 >= w->capacity) grow_objects(w);
    slot = find_slot(w, object);
    w->objects[slot] = object;
    w->numbers[slot] = w->count;
    return w->count++;
}

/* A reference where only one kind of object can be. */
static void put_object(Writer *w, Buffer *record, const void *object) { put_number(record, object_number(w, object)); }

/* The same, or none. */
static void put_optional(Writer *w, Buffer *record, const void *object) {
    put_number(record, object ? (uint64_t)object_number(w, object) + 1 : 0);
}

static void put_tagged(Buffer *record, ImageValue tag, uint64_t payload) {
    put_number(record, payload << IMAGE_VALUE_BITS | tag);
}

static void put_value(Writer *w, Buffer *record, Value value) {
    if (is_object(value)) {
        if (pointer_of(value) == w->module)
            put_tagged(record, IMAGE_SPECIAL, IMAGE_MODULE);
        else if (pointer_of(value) == w->module->ns)
            put_tagged(record, IMAGE_SPECIAL, IMAGE_NAMESPACE);
        else
            put_tagged(record, IMAGE_OBJECT, object_number(w, pointer_of(value)));
    } else if (is_small_int(value)) {
        put_tagged(record, IMAGE_INT, folded(small_int_of(value)));
    } else if (is_char(value)) {
        put_tagged(record, IMAGE_CHAR, char_of(value));
    } else if (is_float(value)) {
        put_tagged(record, IMAGE_FLOAT, 0);
        put_word(record, (uint32_t)value);
        put_word(record, (uint32_t)(value >> 32));
    } else {
        put_tagged(record, IMAGE_SPECIAL, (uint32_t)value);
    }
}

static void put_values(Writer *w, Buffer *record, const Value *values, uint32_t count) {
    put_number(record, count);
    for (uint32_t i = 0; i < count; i++) put_value(w, record, values[i]);
}

static void put_text(Buffer *record, const char *text, size_t size) {
    put_number(record, size);
    buffer_append(record, text, size);
}

static void put_table(Writer *w, Buffer *record, const Table *table) {
    put_number(record, table->count);
    for (uint32_t i = table_next(table, 0); i < table->used; i = table_next(table, i + 1)) {
        put_value(w, record, table->entries[i].key);
        put_value(w, record, table->entries[i].value);
    }
}

/* --- data ----------------------------------------------------------------------------------------------------------- */

static void write_int(Writer *w, Buffer *record, const Obj *object) {
    (void)w;
    put_signed(record, ((const IntObj *)object)->number);
}

static void write_string(Writer *w, Buffer *record, const Obj *object) {
    (void)w;
    const StrObj *string = (const StrObj *)object;
    put_text(record, string->text, string->size);
}

static void write_symbol(Writer *w, Buffer *record, const Obj *object) {
    (void)w;
    const SymbolObj *symbol = (const SymbolObj *)object;
    put_text(record, symbol->text, symbol->size);
}

static void write_path(Writer *w, Buffer *record, const Obj *object) {
    const PathObj *path = (const PathObj *)object;
    put_number(record, path->line);
    put_number(record, path->column);
    put_number(record, path->count);
    for (uint32_t i = 0; i < path->count; i++) put_object(w, record, path->parts[i]);
}

static void write_bytes(Writer *w, Buffer *record, const Obj *object) {
    (void)w;
    const BytesObj *bytes = (const BytesObj *)object;
    put_text(record, (const char *)bytes->data, bytes->size);
}

static void write_array_items(Writer *w, Buffer *record, const Obj *object) {
    const ArrayObj *array = (const ArrayObj *)object;
    put_values(w, record, array->items, array->count);
}

static void write_map_entries(Writer *w, Buffer *record, const Obj *object) {
    put_table(w, record, &((const MapObj *)object)->table);
}

static void write_hashmap(Writer *w, Buffer *record, const Obj *object) {
    put_table(w, record, &((const HashObj *)object)->table);
}

static void write_node(Writer *w, Buffer *record, const Obj *object) {
    const NodeObj *node = (const NodeObj *)object;
    put_number(record, node->line);
    put_number(record, node->column);
    put_value(w, record, node->type);
    put_table(w, record, &node->props);
    put_values(w, record, node->children, node->count);
}

static void write_range(Writer *w, Buffer *record, const Obj *object) {
    const RangeObj *range = (const RangeObj *)object;
    put_value(w, record, range->first);
    put_value(w, record, range->last);
    put_value(w, record, range->step);
}

static void write_regex(Writer *w, Buffer *record, const Obj *object) {
    const RegexObj *regex = (const RegexObj *)object;
    put_object(w, record, regex->pattern);
    put_optional(w, record, regex->replacement);
    put_number(record, (regex->ignore_case ? 1u : 0u) | (regex->multi_line ? 2u : 0u));
}

static void write_date(Writer *w, Buffer *record, const Obj *object) {
    const DateObj *date = (const DateObj *)object;
    put_signed(record, date->year);
    const uint8_t parts[] = {date->month, date->day, date->hour, date->minute, date->second, date->has_offset};
    buffer_append(record, parts, sizeof parts);
    put_signed(record, date->offset_minutes);
    put_number(record, date->microsecond);
    put_optional(w, record, date->zone);
}

static void write_selector(Writer *w, Buffer *record, const Obj *object) {
    const SelectorObj *selector = (const SelectorObj *)object;
    put_values(w, record, selector->segments, selector->count);
}

static void write_quote(Writer *w, Buffer *record, const Obj *object) {
    const QuoteObj *quote = (const QuoteObj *)object;
    put_value(w, record, quote->form);
    put_number(record, quote->discard);
}

static void write_type(Writer *w, Buffer *record, const Obj *object) {
    const TypeObj *type = (const TypeObj *)object;
    put_number(record, type->form);
    put_number(record, type->mask);
    put_optional(w, record, type->name);
    put_value(w, record, type->written);
    put_number(record, type->count);
    for (uint32_t i = 0; i < type->count; i++) {
        put_object(w, record, type->parts[i].type);
        put_optional(w, record, type->parts[i].keyword);
        put_number(record, type->parts[i].kind);
    }
}

/* With its variants, which refer to it. */
static void write_enum(Writer *w, Buffer *record, const Obj *object) {
    const EnumObj *enum_ = (const EnumObj *)object;
    put_object(w, record, enum_->name);
    put_number(record, enum_->count);
    for (uint32_t i = 0; i < enum_->count; i++) {
        const VariantObj *variant = enum_->variants[i];
        put_object(w, record, variant->name);
        put_number(record, variant->field_count);
        for (uint32_t j = 0; j < variant->field_count; j++) {
            put_object(w, record, variant->fields[j].name);
            put_optional(w, record, variant->fields[j].type);
        }
    }
}

/* A built-in one by its number, another by its place in its enum. */
static void write_variant(Writer *w, Buffer *record, const Obj *object) {
    const VariantObj *variant = (const VariantObj *)object;
    for (uint32_t i = 0; i < BUILTIN_VARIANT_COUNT; i++) {
        if (vm_space(w->vm)->variants[i] != variant) continue;
        put_number(record, i + 1);
        return;
    }
    uint32_t place = 0;
    while (variant->parent->variants[place] != variant) place++;
    put_number(record, 0);
    put_object(w, record, variant->parent);
    put_number(record, place);
}

/* --- code ------------------------------------------------------------------------------------------------------------- */

static const uint8_t extra_words[OP_COUNT] = {
#define OP(name, format, extra, meaning) [OP_##name] = extra,
    OPCODES(OP)
#undef OP
};

static void put_words(Buffer *record, const CodeObj *code) {
    put_number(record, code->word_count);
    for (uint32_t pc = 0; pc < code->word_count;) {
        uint32_t word = code->words[pc++];
        put_word(record, word);
        for (uint32_t i = extra_words[INSTR_OP(word)]; i > 0; i--) put_signed(record, (int32_t)code->words[pc++]);
    }
}

static void put_lines(const Writer *w, Buffer *record, const CodeObj *code) {
    LineEntry last = {0, code->line, code->column};
    uint32_t count = w->has_places ? code->line_count : 0;
    put_number(record, count);
    for (uint32_t i = 0; i < count; i++) {
        LineEntry entry = code->lines[i];
        put_number(record, entry.pc - last.pc);
        put_signed(record, (int64_t)entry.line - last.line);
        put_signed(record, (int64_t)entry.column - last.column);
        last = entry;
    }
}

static void put_scopes(Writer *w, Buffer *record, const CodeObj *code) {
    put_number(record, code->scope_count);
    for (uint32_t i = 0; i < code->scope_count; i++) {
        put_number(record, code->scopes[i].pc);
        put_number(record, code->scopes[i].count);
        for (uint32_t j = 0; j < code->scopes[i].count; j++) {
            const ScopeName *name = &code->scopes[i].names[j];
            put_object(w, record, name->name);
            put_value(w, record, name->type);
            put_number(record, (uint32_t)name->index << 2 | (uint32_t)name->is_let << 1 | name->from_register);
        }
    }
}

static void write_code(Writer *w, Buffer *record, const Obj *object) {
    const CodeObj *code = (const CodeObj *)object;
    put_object(w, record, code->name);
    const uint32_t numbers[] = {code->flags, code->slot_count, code->required_count,
                                code->line,  code->column,     code->cache_count};
    for (size_t i = 0; i < COUNT_OF(numbers); i++) put_number(record, numbers[i]);
    put_value(w, record, code->metadata);
    put_value(w, record, code->signature);
    put_number(record, code->param_count);
    for (uint32_t i = 0; i < code->param_count; i++) {
        put_optional(w, record, code->params[i].name);
        put_number(record, (uint32_t)code->params[i].slot << 3 | code->params[i].kind);
    }
    put_number(record, code->capture_count);
    for (uint32_t i = 0; i < code->capture_count; i++) {
        put_number(record, (uint32_t)code->captures[i].index << 1 | code->captures[i].from_register);
        put_number(record, code->captures[i].scope);
        put_object(w, record, code->captures[i].name);
    }
    put_scopes(w, record, code);
    put_values(w, record, code->constants, code->constant_count);
    put_words(record, code);
    put_number(record, code->handler_count);
    for (uint32_t i = 0; i < code->handler_count; i++) {
        const Handler *handler = &code->handlers[i];
        const uint32_t parts[] = {handler->start, handler->end, handler->target, handler->slot, handler->is_finally};
        for (size_t j = 0; j < COUNT_OF(parts); j++) put_number(record, parts[j]);
    }
    put_lines(w, record, code);
}

/* --- kinds ------------------------------------------------------------------------------------------------------------- */

/* One row for each kind: how it is written, or NULL for what code never holds. */
#define WRITE_INT write_int
#define WRITE_STR write_string
#define WRITE_SYMBOL write_symbol
#define WRITE_PATH write_path
#define WRITE_BYTES write_bytes
#define WRITE_ARRAY write_array_items
#define WRITE_MAP write_map_entries
#define WRITE_HASHMAP write_hashmap
#define WRITE_SET NULL
#define WRITE_NODE write_node
#define WRITE_RANGE write_range
#define WRITE_REGEX write_regex
#define WRITE_DATE write_date
#define WRITE_DATETIME write_date
#define WRITE_TIME write_date
#define WRITE_SELECTOR write_selector
#define WRITE_QUOTE write_quote
#define WRITE_UNQUOTE write_quote
#define WRITE_FUNCTION NULL
#define WRITE_BLOCK NULL
#define WRITE_NATIVE NULL
#define WRITE_BOUND_METHOD NULL
#define WRITE_CLASS NULL
#define WRITE_INSTANCE NULL
#define WRITE_INTERFACE NULL
#define WRITE_ADAPTER NULL
#define WRITE_ADAPTER_STORE NULL
#define WRITE_TYPE_VALUE write_type
#define WRITE_MATCH NULL
#define WRITE_SEARCH NULL
#define WRITE_ENGINE NULL
#define WRITE_INTERCEPTOR NULL
#define WRITE_INTERCEPTION NULL
#define WRITE_NAMESPACE NULL
#define WRITE_PACKAGE NULL
#define WRITE_APPLICATION NULL
#define WRITE_FUTURE NULL
#define WRITE_TASK NULL
#define WRITE_TIMER NULL
#define WRITE_GENERATOR NULL
#define WRITE_ITERATOR NULL
#define WRITE_VARIANT write_variant
#define WRITE_ENUM_VALUE NULL
#define WRITE_ENUM write_enum
#define WRITE_HOST NULL
#define WRITE_CELL NULL
#define WRITE_CODE write_code
#define WRITE_SHAPE NULL
#define WRITE_MODULE NULL
#define WRITE_UNREAD NULL

static const WriteObject writers[OBJ_TYPE_COUNT] = {
#define OBJ_TYPE(suffix, kind, type_name) [OBJ_##suffix] = WRITE_##suffix,
    OBJ_TYPES(OBJ_TYPE)
#undef OBJ_TYPE
};

static void write_object(Writer *w, const Obj *object) {
    if (!writers[object->type]) {
        w->problem = "the code holds a value of a kind that only exists while a program runs";
        return;
    }
    Buffer record;
    buffer_init(&record);
    buffer_append_byte(&record, (char)object->type);
    buffer_append_byte(&record, (char)(object->flags & OBJ_SEALED));
    writers[object->type](w, &record, object);
    buffer_append(&w->body, record.data, record.size);
    w->body.failed |= record.failed;
    buffer_free(&record);
}

/* --- the image ----------------------------------------------------------------------------------------------------------- */

uint32_t image_checksum(const void *image, size_t size) {
    return hash_bytes((const char *)image + IMAGE_HEADER_SIZE, size - IMAGE_HEADER_SIZE, IMAGE_FORMAT);
}

uint8_t image_options(VM *vm) {
    const ObjectSpace *space = vm_space(vm);
    return (uint8_t)(space->strict_nil | space->ignores_types << 1 | space->contracts_off << 2);
}

uint32_t image_hash(const char *text, size_t size) { return hash_bytes(text, size, (uint32_t)size); }

bool image_write(VM *vm, const CodeObj *code, const ImageOrigin *origin, bool with_places, Buffer *out,
                 const char **out_problem) {
    Writer w = {.vm = vm, .module = code->module, .has_places = with_places};
    buffer_init(&w.body);
    Buffer tail;
    buffer_init(&tail);
    put_table(&w, &tail, &code->module->names);
    put_table(&w, &tail, &code->module->lets);
    put_object(&w, &tail, code);
    size_t start = out->size;
    buffer_append(out, "GIR", 3);
    buffer_append_byte(out, IMAGE_FORMAT);
    put_word(out, image_table_hash());
    put_word(out, 0);
    put_text(out, origin->file, origin->file_size);
    put_word(out, origin->hash);
    buffer_append_byte(out, (char)origin->options);
    put_text(out, origin->text, origin->text_size);
    put_number(out, code->module->var_count);
    put_number(out, w.count);
    buffer_append(out, w.body.data, w.body.size);
    buffer_append(out, tail.data, tail.size);
    if (w.body.failed || tail.failed || out->failed) w.problem = "no memory left to write the image";
    if (!w.problem) {
        uint32_t checksum = image_checksum(out->data + start, out->size - start);
        memcpy(out->data + start + 8, &checksum, sizeof checksum);
    } else {
        out->size = start;
    }
    buffer_free(&tail);
    buffer_free(&w.body);
    free(w.objects);
    free(w.numbers);
    *out_problem = w.problem;
    return !w.problem;
}

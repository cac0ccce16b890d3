/* image_read.c — an image to code (image.h).
 * Invariants: no count is believed before as many bytes are there; an object refers to objects before it only, and nests no
 * deeper than the reader's forms. The heap is paused meanwhile: what is read needs no root. */
#include "compiler/image.h"
#include "object/regex.h"
#include "object/selector.h"
#include "object/type.h"
#include "reader/reader.h"

#include "base/hash.h"
#include "base/utf8.h"

#define DEPTH_MAX (READER_DEPTH_MAX + 1u)
/* Bytes of heap that a byte of an image can ask for, at most. */
#define HEAP_PER_BYTE 32u
#define SIZE_MAX_READ (64u * 1024u * 1024u)

typedef struct ImageReader {
    VM *vm;
    const uint8_t *at, *end;
    ModuleObj *module;
    StrObj *file; /* of all code */
    Value *objects;
    uint16_t *depths; /* of each object: leaves 0 */
    uint32_t count;   /* objects read */
    uint32_t depth;   /* of the object being read */
    uint8_t type, flags;
    bool is_trusted, is_bad;
    const char *problem;         /* what the verifier found */
    uint32_t operands[OP_COUNT]; /* see image_operands */
} ImageReader;

typedef Value (*ReadObject)(ImageReader *r);

/* --- numbers and references ------------------------------------------------------------------------------------------- */

static uint64_t bad(ImageReader *r) {
    r->is_bad = true;
    r->at = r->end;
    return 0;
}

static uint64_t get_number(ImageReader *r) {
    uint64_t number = 0;
    for (uint32_t shift = 0; shift < 64 && r->at < r->end; shift += 7) {
        uint8_t byte = *r->at++;
        number |= (uint64_t)(byte & 0x7F) << shift;
        if (byte < 0x80) return number;
    }
    return bad(r);
}

static int64_t get_signed(ImageReader *r) {
    uint64_t number = get_number(r);
    return (int64_t)(number >> 1 ^ (0 - (number & 1)));
}

static uint32_t get_below(ImageReader *r, uint64_t limit) {
    uint64_t number = get_number(r);
    return (uint32_t)(number < limit ? number : bad(r));
}

static uint32_t get_u32(ImageReader *r) { return get_below(r, (uint64_t)UINT32_MAX + 1); }

static size_t bytes_left(const ImageReader *r) { return (size_t)(r->end - r->at); }

/* A count of things of at least one byte each. */
static uint32_t get_count(ImageReader *r) { return get_below(r, (uint64_t)bytes_left(r) + 1); }

static const uint8_t *get_bytes(ImageReader *r, size_t size) {
    if (size > bytes_left(r)) bad(r);
    const uint8_t *bytes = r->at;
    if (!r->is_bad) r->at += size;
    return bytes;
}

static uint32_t get_word(ImageReader *r) {
    const uint8_t *bytes = get_bytes(r, 4);
    if (r->is_bad) return 0;
    return bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

/* Code may nest as deep as forms do, and what it holds once more. */
static void note_depth(ImageReader *r, uint32_t number) {
    uint32_t depth = r->depths[number] + 1u;
    bool is_code = is_obj_type(r->objects[number], OBJ_CODE);
    if (r->type == OBJ_CODE && !is_code) return;
    if (depth > r->depth) r->depth = depth;
    if (depth > DEPTH_MAX) bad(r);
}

static Value object_numbered(ImageReader *r, uint64_t number) {
    if (number >= r->count) return bad(r), VAL_NIL;
    note_depth(r, (uint32_t)number);
    return r->objects[number];
}

/* A reference to an object of this kind; NULL when it is none. */
static void *get_object(ImageReader *r, ObjType type) {
    Value value = object_numbered(r, get_number(r));
    if (!is_obj_type(value, type)) bad(r);
    return r->is_bad ? NULL : pointer_of(value);
}

static void *get_optional(ImageReader *r, ObjType type) {
    uint64_t number = get_number(r);
    if (number == 0) return NULL;
    Value value = object_numbered(r, number - 1);
    if (!is_obj_type(value, type)) bad(r);
    return r->is_bad ? NULL : pointer_of(value);
}

static Value get_special(ImageReader *r, uint64_t payload) {
    if (payload == IMAGE_MODULE && r->type == OBJ_CODE) return value_pointer(r->module);
    if (payload == IMAGE_NAMESPACE && r->type == OBJ_CODE) return value_pointer(r->module->ns);
    return payload < IMAGE_UNSET ? VALUE_SPECIAL(payload) : (bad(r), VAL_NIL);
}

static Value get_value(ImageReader *r) {
    uint64_t number = get_number(r);
    uint64_t payload = number >> IMAGE_VALUE_BITS;
    switch (number & ((1u << IMAGE_VALUE_BITS) - 1)) {
    case IMAGE_OBJECT: return object_numbered(r, payload);
    case IMAGE_INT: {
        int64_t value = (int64_t)(payload >> 1 ^ (0 - (payload & 1)));
        return fits_small_int(value) ? value_small_int(value) : (bad(r), VAL_NIL);
    }
    case IMAGE_SPECIAL: return get_special(r, payload);
    case IMAGE_CHAR:
        return payload <= 0x10FFFF && (payload < 0xD800 || payload > 0xDFFF) ? value_char((uint32_t)payload)
                                                                             : (bad(r), VAL_NIL);
    case IMAGE_FLOAT: {
        Value value = get_word(r);
        value |= (Value)get_word(r) << 32;
        return is_float(value) ? value_float(float_of(value)) : (bad(r), VAL_NIL);
    }
    default: return bad(r), VAL_NIL;
    }
}

/* The same where a value may be missing. */
static Value get_given(ImageReader *r) {
    static const uint8_t unset = IMAGE_UNSET << IMAGE_VALUE_BITS | IMAGE_SPECIAL;
    if (r->at == r->end || *r->at != unset) return get_value(r);
    r->at++;
    return VAL_UNSET;
}

/* Text of a string or symbol. */
static const char *get_text(ImageReader *r, uint32_t *out_size) {
    *out_size = get_count(r);
    const char *text = (const char *)get_bytes(r, *out_size);
    if (!r->is_bad && utf8_find_invalid(text, *out_size) != *out_size) bad(r);
    if (r->is_bad) *out_size = 0;
    return text;
}

static void get_symbol_table(ImageReader *r, Table *table) {
    for (uint32_t count = get_count(r); count > 0 && !r->is_bad; count--) {
        Value key = get_value(r);
        Value value = get_value(r);
        if (!is_symbol(key)) bad(r);
        if (!r->is_bad) table_set_symbol(r->vm, table, symbol_of(key), value);
    }
}

/* --- data --------------------------------------------------------------------------------------------------------------- */

static Value read_int(ImageReader *r) {
    int64_t number = get_signed(r);
    return fits_small_int(number) ? (bad(r), VAL_NIL) : int_make(r->vm, number);
}

static Value read_string(ImageReader *r) {
    uint32_t size;
    const char *text = get_text(r, &size);
    return string_make(r->vm, text, size);
}

static Value read_symbol(ImageReader *r) {
    uint32_t size;
    const char *text = get_text(r, &size);
    return value_pointer(symbol_intern(r->vm, text, size));
}

static Value read_path(ImageReader *r) {
    uint32_t line = get_u32(r), column = get_u32(r), count = get_count(r);
    SymbolObj **parts = malloc((count + 1) * sizeof *parts);
    if (!parts) base_fatal("out of memory while reading an image");
    for (uint32_t i = 0; i < count; i++) parts[i] = get_object(r, OBJ_SYMBOL);
    if (count == 0) bad(r);
    Value path = r->is_bad ? VAL_NIL : path_make(r->vm, parts, count);
    free(parts);
    if (r->is_bad) return VAL_NIL;
    path_of(path)->line = line;
    path_of(path)->column = column;
    return path;
}

static Value read_bytes(ImageReader *r) {
    uint32_t size = get_count(r);
    const uint8_t *data = get_bytes(r, size);
    return r->is_bad ? VAL_NIL : bytes_make(r->vm, data, size);
}

static Value read_array(ImageReader *r) {
    uint32_t count = get_count(r);
    Value array = array_make(r->vm, count);
    for (; count > 0; count--) array_push(r->vm, array_of(array), get_value(r));
    return array;
}

static Value read_map(ImageReader *r) {
    Value map = map_make(r->vm);
    get_symbol_table(r, &map_of(map)->table);
    return map;
}

/* Entries as the reader left them: in order, without hashes of their keys. */
static Value read_hashmap(ImageReader *r) {
    Value map = hashmap_make(r->vm);
    Table *table = &hash_of(map)->table;
    for (uint32_t count = get_count(r); count > 0 && !r->is_bad; count--) {
        Value key = get_value(r);
        Value value = get_given(r); /* the last key of an odd number has none */
        if (value == VAL_UNSET && !r->is_trusted) value = VAL_NIL;
        if (!r->is_bad) table_append(r->vm, table, key, hash_word(table->count), value);
    }
    return map;
}

static Value read_node(ImageReader *r) {
    uint32_t line = get_u32(r), column = get_u32(r);
    Value node = node_make(r->vm, get_value(r));
    node_of(node)->line = line;
    node_of(node)->column = column;
    get_symbol_table(r, &node_of(node)->props);
    for (uint32_t count = get_count(r); count > 0; count--) node_push(r->vm, node_of(node), get_value(r));
    return node;
}

static Value read_range(ImageReader *r) {
    Value first = get_value(r), last = get_value(r), step = get_given(r);
    return range_make(r->vm, first, last, step);
}

static Value read_regex(ImageReader *r) {
    StrObj *pattern = get_object(r, OBJ_STR);
    StrObj *replacement = get_optional(r, OBJ_STR);
    uint32_t flags = get_below(r, 4);
    return r->is_bad ? VAL_NIL : regex_make(r->vm, pattern, replacement, flags & 1, (flags & 2) != 0);
}

static Value read_date(ImageReader *r) {
    DateObj date = {.year = (int32_t)get_signed(r)};
    const uint8_t *parts = get_bytes(r, 6);
    if (r->is_bad) return VAL_NIL;
    date.month = parts[0], date.day = parts[1], date.hour = parts[2], date.minute = parts[3], date.second = parts[4];
    date.has_offset = parts[5] != 0;
    date.offset_minutes = (int16_t)get_signed(r);
    date.microsecond = get_u32(r);
    date.zone = get_optional(r, OBJ_STR);
    bool is_time = date.hour < 24 && date.minute < 60 && date.second < 60 && date.microsecond < 1000000;
    bool is_date = r->type == OBJ_TIME || (date.month - 1u < 12 && date.day - 1u < 31);
    if (!is_time || !is_date || date.year < -9999 || date.year > 9999) bad(r);
    return r->is_bad ? VAL_NIL : date_make(r->vm, (ObjType)r->type, &date);
}

static Value read_selector(ImageReader *r) {
    uint32_t count = get_count(r);
    if (count == 0) bad(r);
    Value selector = selector_make(r->vm, count);
    for (uint32_t i = 0; i < count; i++) selector_of(selector)->segments[i] = get_value(r);
    return selector;
}

static Value read_quote(ImageReader *r) {
    Value form = get_value(r);
    return quote_make(r->vm, (ObjType)r->type, form, get_below(r, 2) != 0);
}

static Value read_type(ImageReader *r) {
    TypeObj shape = {.form = (uint8_t)get_below(r, 256)};
    shape.mask = get_number(r);
    shape.name = get_optional(r, OBJ_SYMBOL);
    shape.written = get_value(r);
    uint32_t count = get_count(r);
    TypePart *parts = calloc(count + 1u, sizeof *parts);
    if (!parts) base_fatal("out of memory while reading an image");
    for (uint32_t i = 0; i < count && !r->is_bad; i++) {
        parts[i].type = get_object(r, OBJ_TYPE_VALUE);
        parts[i].keyword = get_optional(r, OBJ_SYMBOL);
        parts[i].kind = (ParamKind)get_below(r, PARAM_KEYWORD_REST + 1);
    }
    TypeObj *type = r->is_bad ? NULL : type_restore(r->vm, &shape, parts, count);
    free(parts);
    return type ? value_pointer(type) : (bad(r), VAL_NIL);
}

static Value read_enum(ImageReader *r) {
    SymbolObj *name = get_object(r, OBJ_SYMBOL);
    if (!heap_can_allocate(r->vm, HEAP_SMALL_REQUEST)) bad(r); /* its class takes more than HEAP_PER_BYTE */
    if (r->is_bad) return VAL_NIL;
    EnumObj *enum_ = enum_make(r->vm, name);
    for (uint32_t count = get_count(r); count > 0 && !r->is_bad; count--) {
        EnumField fields[ENUM_FIELDS_MAX];
        SymbolObj *variant = get_object(r, OBJ_SYMBOL);
        uint32_t field_count = get_below(r, ENUM_FIELDS_MAX + 1);
        for (uint32_t i = 0; i < field_count; i++) {
            fields[i].name = get_object(r, OBJ_SYMBOL);
            fields[i].type = get_optional(r, OBJ_TYPE_VALUE);
        }
        if (!r->is_bad) enum_add_variant(r->vm, enum_, variant, fields, field_count);
    }
    return value_pointer(enum_);
}

static Value read_variant(ImageReader *r) {
    uint32_t builtin = get_below(r, BUILTIN_VARIANT_COUNT + 1);
    if (builtin > 0) return value_pointer(vm_space(r->vm)->variants[builtin - 1]);
    const EnumObj *enum_ = get_object(r, OBJ_ENUM);
    if (!enum_) return VAL_NIL;
    uint32_t place = get_below(r, enum_->count);
    return r->is_bad ? VAL_NIL : value_pointer(enum_->variants[place]);
}

/* --- code ---------------------------------------------------------------------------------------------------------------- */

static const uint8_t extra_words[OP_COUNT] = {
#define OP(name, format, extra, meaning) [OP_##name] = extra,
    OPCODES(OP)
#undef OP
};

static void read_params(ImageReader *r, CodeObj *code) {
    uint32_t count = get_below(r, 256);
    if (count == 0) return;
    code->params = heap_alloc_buffer(r->vm, count * sizeof *code->params);
    code->param_count = (uint16_t)count;
    for (uint32_t i = 0; i < count; i++) {
        code->params[i].name = get_optional(r, OBJ_SYMBOL);
        uint32_t packed = get_below(r, 256 << 3);
        if ((packed & 7) > PARAM_KEYWORD_REST) bad(r);
        code->params[i].kind = (ParamKind)(r->is_bad ? PARAM_REQUIRED : packed & 7);
        code->params[i].slot = (uint8_t)(packed >> 3);
    }
}

static void read_captures(ImageReader *r, CodeObj *code) {
    uint32_t count = get_below(r, 257);
    if (count == 0) return;
    code->captures = heap_alloc_buffer(r->vm, count * sizeof *code->captures);
    code->capture_count = (uint16_t)count;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t packed = get_below(r, 512);
        code->captures[i].index = (uint8_t)(packed >> 1);
        code->captures[i].from_register = packed & 1;
        code->captures[i].scope = (uint16_t)get_below(r, UINT16_MAX + 1);
        code->captures[i].name = get_object(r, OBJ_SYMBOL);
    }
}

static void read_scope(ImageReader *r, ScopeDescriptor *scope) {
    scope->pc = get_u32(r);
    uint32_t count = get_count(r);
    if (count == 0) return;
    scope->names = heap_alloc_buffer(r->vm, count * sizeof *scope->names);
    memset(scope->names, 0, count * sizeof *scope->names);
    scope->count = count;
    for (uint32_t i = 0; i < count; i++) {
        scope->names[i].name = get_object(r, OBJ_SYMBOL);
        scope->names[i].type = get_value(r);
        if (!is_nil(scope->names[i].type) && !is_type(scope->names[i].type)) bad(r);
        uint32_t packed = get_below(r, 1024);
        scope->names[i].index = (uint8_t)(packed >> 2);
        scope->names[i].is_let = packed >> 1 & 1;
        scope->names[i].from_register = packed & 1;
    }
}

static void read_scopes(ImageReader *r, CodeObj *code) {
    uint32_t count = get_count(r);
    if (count == 0) return;
    code->scopes = heap_alloc_buffer(r->vm, count * sizeof *code->scopes);
    memset(code->scopes, 0, count * sizeof *code->scopes);
    code->scope_count = count;
    for (uint32_t i = 0; i < count && !r->is_bad; i++) read_scope(r, &code->scopes[i]);
}

static void read_constants(ImageReader *r, CodeObj *code) {
    uint32_t count = get_count(r);
    if (count == 0) return;
    code->constants = heap_alloc_buffer(r->vm, count * sizeof *code->constants);
    for (uint32_t i = 0; i < count; i++) code->constants[i] = get_value(r);
    code->constant_count = count;
}

static void read_words(ImageReader *r, CodeObj *code) {
    uint32_t count = get_count(r);
    if (count == 0) return;
    code->words = heap_alloc_buffer(r->vm, count * sizeof *code->words);
    memset(code->words, 0, count * sizeof *code->words);
    code->word_count = count;
    for (uint32_t pc = 0; pc < count && !r->is_bad;) {
        uint32_t word = get_word(r);
        uint32_t op = INSTR_OP(word);
        if (op >= OP_COUNT || pc + extra_words[op] >= count) {
            bad(r);
            return;
        }
        code->words[pc++] = word;
        for (uint32_t i = extra_words[op]; i > 0; i--) code->words[pc++] = (uint32_t)get_signed(r);
    }
}

static void read_handlers(ImageReader *r, CodeObj *code) {
    uint32_t count = get_count(r);
    if (count == 0) return;
    code->handlers = heap_alloc_buffer(r->vm, count * sizeof *code->handlers);
    code->handler_count = count;
    for (uint32_t i = 0; i < count; i++) {
        Handler *handler = &code->handlers[i];
        handler->start = get_u32(r);
        handler->end = get_u32(r);
        handler->target = get_u32(r);
        handler->slot = (uint8_t)get_below(r, 256);
        handler->is_finally = get_below(r, 2) != 0;
    }
}

static void read_lines(ImageReader *r, CodeObj *code) {
    uint32_t count = get_count(r);
    if (count == 0) return;
    LineEntry last = {0, code->line, code->column};
    code->lines = heap_alloc_buffer(r->vm, count * sizeof *code->lines);
    code->line_count = count;
    for (uint32_t i = 0; i < count; i++) {
        last.pc += get_u32(r);
        last.line += (uint32_t)get_signed(r);
        last.column += (uint32_t)get_signed(r);
        code->lines[i] = last;
    }
}

static Value read_code(ImageReader *r) {
    CodeObj *code = code_make(r->vm);
    code->name = get_object(r, OBJ_SYMBOL);
    code->file = r->file;
    code->module = r->module;
    code->flags = (uint16_t)get_below(r, UINT16_MAX + 1);
    code->slot_count = (uint16_t)get_below(r, 257);
    code->required_count = (uint16_t)get_below(r, 257);
    code->line = get_u32(r);
    code->column = get_u32(r);
    uint32_t cache_count = get_u32(r);
    code->metadata = get_value(r);
    code->signature = get_value(r);
    read_params(r, code);
    read_captures(r, code);
    read_scopes(r, code);
    read_constants(r, code);
    read_words(r, code);
    read_handlers(r, code);
    read_lines(r, code);
    if (cache_count > code->word_count) bad(r);
    if (cache_count > 0 && !r->is_bad) {
        code->cache_count = cache_count;
        code->caches = heap_alloc_buffer(r->vm, code->cache_count * sizeof *code->caches);
        memset(code->caches, 0, code->cache_count * sizeof *code->caches);
    }
    return value_pointer(code);
}

/* --- kinds ------------------------------------------------------------------------------------------------------------------ */

/* One row for each kind, as in image_write.c. */
#define READ_INT read_int
#define READ_STR read_string
#define READ_SYMBOL read_symbol
#define READ_PATH read_path
#define READ_BYTES read_bytes
#define READ_ARRAY read_array
#define READ_MAP read_map
#define READ_HASHMAP read_hashmap
#define READ_SET NULL
#define READ_NODE read_node
#define READ_RANGE read_range
#define READ_REGEX read_regex
#define READ_DATE read_date
#define READ_DATETIME read_date
#define READ_TIME read_date
#define READ_SELECTOR read_selector
#define READ_QUOTE read_quote
#define READ_UNQUOTE read_quote
#define READ_FUNCTION NULL
#define READ_BLOCK NULL
#define READ_NATIVE NULL
#define READ_BOUND_METHOD NULL
#define READ_CLASS NULL
#define READ_INSTANCE NULL
#define READ_INTERFACE NULL
#define READ_ADAPTER NULL
#define READ_ADAPTER_STORE NULL
#define READ_TYPE_VALUE read_type
#define READ_MATCH NULL
#define READ_SEARCH NULL
#define READ_ENGINE NULL
#define READ_INTERCEPTOR NULL
#define READ_INTERCEPTION NULL
#define READ_NAMESPACE NULL
#define READ_PACKAGE NULL
#define READ_APPLICATION NULL
#define READ_FUTURE NULL
#define READ_TASK NULL
#define READ_TIMER NULL
#define READ_GENERATOR NULL
#define READ_ITERATOR NULL
#define READ_VARIANT read_variant
#define READ_ENUM_VALUE NULL
#define READ_ENUM read_enum
#define READ_HOST NULL
#define READ_CELL NULL
#define READ_CODE read_code
#define READ_SHAPE NULL
#define READ_MODULE NULL
#define READ_UNREAD NULL

static const ReadObject readers[OBJ_TYPE_COUNT] = {
#define OBJ_TYPE(suffix, kind, type_name) [OBJ_##suffix] = READ_##suffix,
    OBJ_TYPES(OBJ_TYPE)
#undef OBJ_TYPE
};

static bool is_container(uint8_t type) {
    return type == OBJ_ARRAY || type == OBJ_MAP || type == OBJ_HASHMAP || type == OBJ_NODE;
}

/* A constant that a program cannot have reached in code of the compiler's must not become one it can change. */
static void read_object(ImageReader *r) {
    r->type = (uint8_t)get_below(r, OBJ_TYPE_COUNT);
    r->flags = (uint8_t)get_below(r, OBJ_SEALED + 1);
    r->depth = 0;
    if (r->is_bad || !readers[r->type]) {
        bad(r);
        return;
    }
    Value value = readers[r->type](r);
    if (r->is_bad || !is_object(value)) {
        bad(r);
        return;
    }
    if (is_container(r->type)) {
        ((Obj *)pointer_of(value))->flags |= r->flags;
        if (!r->is_trusted) ((Obj *)pointer_of(value))->flags |= OBJ_FROZEN;
    }
    if (r->type == OBJ_CODE && !r->is_trusted) {
        r->problem = image_verify(r->operands, pointer_of(value));
        if (r->problem) bad(r);
    }
    r->depths[r->count] = (uint16_t)r->depth;
    r->objects[r->count++] = value;
}

/* --- the image ----------------------------------------------------------------------------------------------------------------- */

/* Slots for the variables come before the code that uses them, their names afterwards. */
static void read_variable_count(ImageReader *r) {
    uint32_t count = get_count(r); /* something writes each of them */
    for (uint32_t i = 0; i < count; i++) module_add_var(r->vm, r->module, SYM(r->vm, UNNAMED));
    table_clear(r->vm, &r->module->names);
}

static void read_names(ImageReader *r, Table *names) {
    r->depth = 0;
    get_symbol_table(r, names);
    for (uint32_t i = table_next(names, 0); i < names->used; i = table_next(names, i + 1)) {
        Value slot = names->entries[i].value;
        if (!is_small_int(slot) || small_int_of(slot) < 0 || small_int_of(slot) >= r->module->var_count) bad(r);
    }
    if (r->is_bad) table_clear(r->vm, names);
}

static CodeObj *read_body(ImageReader *r) {
    read_variable_count(r);
    uint32_t count = get_below(r, (uint64_t)bytes_left(r) / 2 + 1);
    r->objects = malloc((count + 1) * sizeof *r->objects);
    r->depths = malloc((count + 1) * sizeof *r->depths);
    if (!r->objects || !r->depths) base_fatal("out of memory while reading an image");
    while (r->count < count && !r->is_bad) read_object(r);
    read_names(r, &r->module->names);
    get_symbol_table(r, &r->module->lets);
    heap_touch(r->vm, r->module);
    const CodeObj *code = get_object(r, OBJ_CODE);
    if (r->at != r->end) bad(r);
    if (!r->is_bad && (code->word_count == 0 || code->param_count > 0 || code->capture_count > 0)) bad(r);
    CodeObj *result = r->is_bad ? NULL : pointer_of(r->objects[r->count - 1]);
    if (result != code) bad(r);
    free(r->objects);
    free(r->depths);
    return r->is_bad ? NULL : result;
}

static const char *header_problem(const uint8_t *bytes, size_t size) {
    if (size < IMAGE_HEADER_SIZE || !image_is(bytes, size)) return "this is not compiled Gene code";
    uint32_t table_hash, checksum;
    memcpy(&table_hash, bytes + 4, sizeof table_hash);
    memcpy(&checksum, bytes + 8, sizeof checksum);
    if (bytes[3] != IMAGE_FORMAT || table_hash != image_table_hash())
        return "this code was compiled by another version of Gene";
    if (checksum != image_checksum(bytes, size)) return "the compiled code is damaged";
    return NULL;
}

/* It lies in front of the body. */
static void get_origin(ImageReader *r, ImageOrigin *out) {
    uint32_t file_size, text_size;
    out->file = get_text(r, &file_size);
    out->file_size = file_size;
    out->hash = get_word(r);
    out->options = (uint8_t)get_below(r, 8);
    out->text = get_text(r, &text_size);
    out->text_size = text_size;
}

const char *image_origin(const void *bytes, size_t size, ImageOrigin *out_origin) {
    const char *problem = header_problem(bytes, size);
    if (problem) return problem;
    ImageReader r = {.at = (const uint8_t *)bytes + IMAGE_HEADER_SIZE, .end = (const uint8_t *)bytes + size};
    get_origin(&r, out_origin);
    return r.is_bad ? IMAGE_MALFORMED : NULL;
}

CodeObj *image_read(VM *vm, const void *bytes, size_t size, ModuleObj *module, StrObj *file, bool is_trusted,
                    const char **out_problem) {
    ENSURE(module->var_count == 0, "slots of an image are those of a module without other variables");
    const uint8_t *start = bytes;
    *out_problem = is_trusted ? NULL : header_problem(start, size);
    if (!*out_problem && !is_trusted && (size > SIZE_MAX_READ || !heap_can_allocate(vm, size * HEAP_PER_BYTE)))
        *out_problem = "the compiled code does not fit into memory";
    if (*out_problem) return NULL;
    ImageReader r = {.vm = vm, .at = start + IMAGE_HEADER_SIZE, .end = start + size, .module = module};
    r.is_trusted = is_trusted;
    if (!is_trusted) image_operands(r.operands);
    heap_pause(vm);
    ImageOrigin origin;
    get_origin(&r, &origin);
    r.file = file ? file : string_of(string_make(vm, origin.file, r.is_bad ? 0 : origin.file_size));
    CodeObj *code = read_body(&r);
    if (!code) *out_problem = r.problem ? r.problem : IMAGE_MALFORMED;
    heap_resume(vm);
    return code;
}

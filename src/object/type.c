/* type.c — see type.h. */
#include "object/type.h"

#include "object/space.h"

/* Nodes of one type: aliases are expanded, so a few lines could describe a type of any size. */
#define TYPE_SIZE_MAX 1000u
#define TYPE_DEPTH_MAX 32u
#define TYPE_PARTS_MAX 64u /* members, parameters or arguments: as many are on the C stack at each level */

/* --- kinds and built-in names ------------------------------------------------------------------------------- */

uint32_t type_kind(Value value) {
    if (is_object(value)) return obj_type_of(value);
    if (is_small_int(value)) return OBJ_INT;
    if (is_float(value)) return KIND_FLOAT;
    if (is_char(value) || value == VAL_NOT_FOUND) return KIND_CHAR;
    if (is_bool(value)) return KIND_BOOL;
    if (is_nil(value)) return KIND_NIL;
    return value == VAL_PLACEHOLDER ? KIND_PLACEHOLDER : KIND_VOID;
}

/* Names that stand for several kinds, other spellings, and kinds without objects. */
static const struct {
    const char *name;
    uint64_t mask;
} special_names[] = {
    {"Any", TYPE_MASK_ANY},
    {"Numeric", KIND_BIT(OBJ_INT) | KIND_BIT(KIND_FLOAT)},
    {"Collection", KIND_BIT(OBJ_ARRAY) | KIND_BIT(OBJ_MAP) | KIND_BIT(OBJ_HASHMAP) | KIND_BIT(OBJ_SET)},
    {"Function", KIND_BIT(OBJ_FUNCTION) | KIND_BIT(OBJ_NATIVE) | KIND_BIT(OBJ_BLOCK)},
    {"Self", KIND_BIT(OBJ_INSTANCE)},
    {"Int", KIND_BIT(OBJ_INT)},
    {"int", KIND_BIT(OBJ_INT)},
    {"int64", KIND_BIT(OBJ_INT)},
    {"i64", KIND_BIT(OBJ_INT)},
    {"Int64", KIND_BIT(OBJ_INT)},
    {"Float", KIND_BIT(KIND_FLOAT)},
    {"float", KIND_BIT(KIND_FLOAT)},
    {"float64", KIND_BIT(KIND_FLOAT)},
    {"f64", KIND_BIT(KIND_FLOAT)},
    {"Float64", KIND_BIT(KIND_FLOAT)},
    {"string", KIND_BIT(OBJ_STR)},
    {"Bool", KIND_BIT(KIND_BOOL)},
    {"bool", KIND_BIT(KIND_BOOL)},
    {"Nil", KIND_BIT(KIND_NIL)},
    {"nil", KIND_BIT(KIND_NIL)},
    {"Void", KIND_BIT(KIND_VOID)},
    {"void", KIND_BIT(KIND_VOID)},
    {"Char", KIND_BIT(KIND_CHAR)},
    {"Placeholder", KIND_BIT(KIND_PLACEHOLDER)},
};

static const char *without_prefix(const char *name) {
    return name[0] == 'V' && name[1] == 'k' && name[2] ? name + 2 : name;
}

/* The kinds a built-in name stands for; 0: none. Instances are known by their classes, never by their kind. */
static uint64_t name_mask(const char *name) {
    static const char *const kinds[OBJ_TYPE_COUNT] = {
#define OBJ_TYPE(suffix, kind, type_name) kind,
        OBJ_TYPES(OBJ_TYPE)
#undef OBJ_TYPE
    };
    static const char *const texts[OBJ_TYPE_COUNT] = {
#define OBJ_TYPE(suffix, kind, type_name) type_name,
        OBJ_TYPES(OBJ_TYPE)
#undef OBJ_TYPE
    };
    name = without_prefix(name);
    for (size_t i = 0; i < COUNT_OF(special_names); i++) {
        if (strcmp(special_names[i].name, name) == 0) return special_names[i].mask;
    }
    uint64_t mask = 0;
    for (uint32_t i = 0; i < OBJ_TYPE_COUNT; i++) {
        if (i == OBJ_INSTANCE || i == OBJ_ITERATOR) continue;
        bool is_named = strcmp(without_prefix(kinds[i]), name) == 0 || strcmp(without_prefix(texts[i]), name) == 0;
        if (is_named) mask |= KIND_BIT(i);
    }
    return mask;
}

bool type_is_builtin(const SymbolObj *name) {
    return symbol_is(name, "Result") || symbol_is(name, "Option") || symbol_is(name, "Fn") ||
           name_mask(name->text) != 0;
}

/* --- making types --------------------------------------------------------------------------------------------- */

typedef struct TypeParser {
    VM *vm;
    const TypeNames *names;
    const char *error;
    uint32_t depth;
} TypeParser;

static TypeObj *fail(TypeParser *p, const char *error) {
    if (!p->error) p->error = error;
    return NULL;
}

static TypeObj *make(VM *vm, TypeForm form, const TypePart *parts, uint32_t count) {
    TypeObj *type = heap_alloc(vm, OBJ_TYPE_VALUE, sizeof(TypeObj) + count * sizeof(TypePart));
    type->form = (uint8_t)form;
    type->count = count;
    type->written = VAL_NIL;
    type->size = 1;
    for (uint32_t i = 0; i < count; i++) {
        type->parts[i] = parts[i];
        type->size += parts[i].type->size;
        if (form == TYPE_UNION || (form == TYPE_APPLIED && i == 0)) type->mask |= parts[i].type->mask;
    }
    return type;
}

static TypeObj *make_name(VM *vm, SymbolObj *name, Value written) {
    TypeObj *type = make(vm, TYPE_NAME, NULL, 0);
    type->name = name;
    type->written = written;
    type->mask = name_mask(name->text);
    return type;
}

TypeObj *type_variable(VM *vm, SymbolObj *name) {
    heap_pause(vm);
    TypeObj *type = make(vm, TYPE_VARIABLE, NULL, 0);
    type->name = name;
    type->written = value_pointer(name);
    type->mask = TYPE_MASK_ANY;
    heap_resume(vm);
    return type;
}

TypeObj *type_function(VM *vm, const TypePart *parts, uint32_t count) {
    TypeObj *type = heap_alloc(vm, OBJ_TYPE_VALUE, sizeof(TypeObj) + count * sizeof(TypePart));
    TypeObj *any = NULL;
    type->form = TYPE_FUNCTION;
    type->written = VAL_NIL;
    type->size = 1;
    for (uint32_t i = 0; i < count; i++) {
        type->parts[i] = parts[i];
        if (!parts[i].type && !any) any = make_name(vm, symbol_from(vm, "Any"), value_pointer(symbol_from(vm, "Any")));
        if (!parts[i].type) type->parts[i].type = any;
        type->size += type->parts[i].type->size;
    }
    type->count = count;
    return type;
}

static bool is_well_formed(const TypeObj *shape, const TypePart *parts, uint32_t count) {
    bool is_named = shape->form == TYPE_NAME || shape->form == TYPE_VARIABLE;
    if (shape->form > TYPE_FUNCTION || is_named != (shape->name != NULL) || is_named != (count == 0)) return false;
    uint32_t size = 1;
    for (uint32_t i = 0; i < count; i++) {
        if (!parts[i].type || parts[i].kind > PARAM_KEYWORD_REST) return false;
        if (parts[i].kind == PARAM_KEYWORD && !parts[i].keyword) return false;
        size += parts[i].type->size;
    }
    return count <= TYPE_PARTS_MAX + 1 && size <= (TYPE_PARTS_MAX + 1) * TYPE_SIZE_MAX;
}

TypeObj *type_restore(VM *vm, const TypeObj *shape, const TypePart *parts, uint32_t count) {
    if (!is_well_formed(shape, parts, count)) return NULL;
    TypeObj *type = make(vm, (TypeForm)shape->form, parts, count);
    type->mask = shape->mask;
    type->name = shape->name;
    type->written = shape->written;
    return type;
}

/* --- parsing ------------------------------------------------------------------------------------------------- */

static TypeObj *parse(TypeParser *p, Value form);

static TypeObj *parse_name(TypeParser *p, SymbolObj *name, Value written) {
    if (p->names) {
        TypeObj *known = p->names->find(p->names->context, name);
        if (known) return known;
    }
    return make_name(p->vm, name, written);
}

static bool is_bar(Value form) { return is_symbol(form) && symbol_is(symbol_of(form), "|"); }

/* -1, 0, 1 by the texts of two types. */
static int compare_texts(const TypeObj *a, const TypeObj *b) {
    Buffer texts[2];
    buffer_init(&texts[0]);
    buffer_init(&texts[1]);
    type_append_text(&texts[0], a);
    type_append_text(&texts[1], b);
    int order = strcmp(buffer_text(&texts[0]), buffer_text(&texts[1]));
    buffer_free(&texts[0]);
    buffer_free(&texts[1]);
    return order;
}

/* Sorted insertion; a member that is there already is left out. */
static void add_member(TypePart *members, uint32_t *io_count, TypeObj *type) {
    uint32_t at = 0;
    for (; at < *io_count; at++) {
        int order = compare_texts(members[at].type, type);
        if (order == 0) return;
        if (order > 0) break;
    }
    memmove(members + at + 1, members + at, (*io_count - at) * sizeof *members);
    members[at] = (TypePart){.type = type};
    (*io_count)++;
}

static TypeObj *parse_union(TypeParser *p, const NodeObj *node) {
    if (node->count % 2 != 0) return fail(p, "a union is written (A | B | …)");
    TypePart members[TYPE_PARTS_MAX];
    uint32_t count = 0;
    for (uint32_t i = 0; i <= node->count; i += 2) {
        if (i > 0 && !is_bar(node->children[i - 2])) return fail(p, "a union is written (A | B | …)");
        TypeObj *type = parse(p, i == 0 ? node->type : node->children[i - 1]);
        if (!type) return NULL;
        bool is_union = type->form == TYPE_UNION;
        uint32_t added = is_union ? type->count : 1;
        if (count + added > COUNT_OF(members)) return fail(p, "the type is too large");
        for (uint32_t j = 0; j < added; j++) add_member(members, &count, is_union ? type->parts[j].type : type);
    }
    return count == 1 ? members[0].type : make(p->vm, TYPE_UNION, members, count);
}

static bool is_dots(Value form) { return is_symbol(form) && symbol_is(symbol_of(form), "..."); }

/* `T...` → T */
static bool strip_dots(VM *vm, Value *io_form) {
    if (!is_symbol(*io_form)) return false;
    const SymbolObj *symbol = symbol_of(*io_form);
    if (symbol->size <= 3 || memcmp(symbol->text + symbol->size - 3, "...", 3) != 0) return false;
    *io_form = value_pointer(symbol_intern(vm, symbol->text, symbol->size - 3));
    return true;
}

/* One parameter of `(Fn [T  U ...  V...  ^k T  ^... T] R)` from *io_next on. */
static bool parse_parameter(TypeParser *p, const ArrayObj *list, uint32_t *io_next, TypePart *out) {
    Value form = list->items[(*io_next)++];
    *out = (TypePart){.kind = PARAM_REQUIRED};
    if (is_symbol(form) && symbol_of(form)->text[0] == '^') {
        SymbolObj *name = symbol_of(form);
        bool is_rest = symbol_is(name, "^...");
        out->kind = is_rest ? PARAM_KEYWORD_REST : PARAM_KEYWORD;
        if (!is_rest) out->keyword = symbol_intern(p->vm, name->text + 1, name->size - 1);
        if (*io_next >= list->count) return fail(p, "a keyword of a function type is followed by its type") != NULL;
        form = list->items[(*io_next)++];
    } else if (strip_dots(p->vm, &form)) {
        out->kind = PARAM_REST;
    }
    out->type = parse(p, form);
    if (out->kind == PARAM_REQUIRED && *io_next < list->count && is_dots(list->items[*io_next])) {
        out->kind = PARAM_REST;
        (*io_next)++;
    }
    return out->type != NULL;
}

static TypeObj *parse_function(TypeParser *p, const NodeObj *node) {
    if (!is_array(node->children[0])) return fail(p, "a function type is written (Fn [Param…] Result)");
    const ArrayObj *list = array_of(node->children[0]);
    TypePart parts[TYPE_PARTS_MAX];
    uint32_t count = 0;
    for (uint32_t next = 0; next < list->count;) {
        if (count + 1 >= COUNT_OF(parts)) return fail(p, "the type is too large");
        if (!parse_parameter(p, list, &next, &parts[count++])) return NULL;
    }
    uint32_t result = 1;
    if (result < node->count && is_symbol(node->children[result]) &&
        symbol_is(symbol_of(node->children[result]), "->")) {
        result++;
    }
    parts[count] = (TypePart){0};
    if (result < node->count) {
        parts[count].type = parse(p, node->children[result]);
        if (!parts[count].type) return NULL;
    }
    return type_function(p->vm, parts, count + 1);
}

static TypeObj *parse_applied(TypeParser *p, const NodeObj *node) {
    TypePart parts[TYPE_PARTS_MAX];
    if (node->count + 1 > COUNT_OF(parts)) return fail(p, "the type is too large");
    for (uint32_t i = 0; i <= node->count; i++) {
        parts[i] = (TypePart){.type = parse(p, i == 0 ? node->type : node->children[i - 1])};
        if (!parts[i].type) return NULL;
    }
    return node->count == 0 ? parts[0].type : make(p->vm, TYPE_APPLIED, parts, node->count + 1);
}

static TypeObj *parse_node(TypeParser *p, const NodeObj *node) {
    if (node->count > 0 && is_bar(node->children[0])) return parse_union(p, node);
    bool is_function = is_symbol(node->type) && symbol_is(symbol_of(node->type), "Fn");
    if (is_function && node->count > 0) return parse_function(p, node);
    return parse_applied(p, node);
}

static TypeObj *parse(TypeParser *p, Value form) {
    while (is_quote(form)) form = quote_of(form)->form;
    if (is_symbol(form)) return parse_name(p, symbol_of(form), form);
    if (is_path(form)) return parse_name(p, path_of(form)->parts[path_of(form)->count - 1], form);
    if (is_nil(form)) return make_name(p->vm, symbol_from(p->vm, "Nil"), form);
    if (is_void(form)) return make_name(p->vm, symbol_from(p->vm, "Void"), form);
    if (is_type(form)) return type_of(form);
    if (is_class(form)) return make_name(p->vm, class_of_value(form)->name, value_pointer(class_of_value(form)->name));
    if (!is_node(form)) return fail(p, "a type is a name, (A | B), (Fn [A] B) or (Name A …)");
    if (p->depth == TYPE_DEPTH_MAX) return fail(p, "types are nested too deep");
    p->depth++;
    TypeObj *type = parse_node(p, node_of(form));
    p->depth--;
    if (type && type->size > TYPE_SIZE_MAX) return fail(p, "the type is too large");
    return type;
}

TypeObj *type_parse(VM *vm, Value form, const TypeNames *names, const char **out_error) {
    TypeParser parser = {.vm = vm, .names = names};
    heap_pause(vm);
    TypeObj *type = parse(&parser, form);
    heap_resume(vm);
    *out_error = parser.error;
    return type;
}

/* --- values and types ---------------------------------------------------------------------------------------------- */

/* By name: an instance is its class and all above it; a class is an Object; others go by their typeof text. */
static bool admits_by_name(VM *vm, const SymbolObj *name, Value value) {
    if (!is_object(value)) return false;
    ObjType kind = obj_type_of(value);
    if (kind == OBJ_INSTANCE || kind == OBJ_ITERATOR || kind == OBJ_CLASS) {
        for (const ClassObj *class_ = class_of(vm, value); class_; class_ = class_->parent) {
            if (class_->name == name) return true;
        }
        return false;
    }
    return strcmp(type_name(vm, value), name->text) == 0;
}

static bool is_anything(const TypeObj *type) { return type->mask == TYPE_MASK_ANY; }

/* Language 09 §9.5: does an annotated type fit what a function type asks for? */
static bool fits(const TypeObj *expected, const TypeObj *actual) {
    if (is_anything(expected) || is_anything(actual)) return true;
    if (actual->form == TYPE_UNION) {
        for (uint32_t i = 0; i < actual->count; i++) {
            if (!fits(expected, actual->parts[i].type)) return false;
        }
        return true;
    }
    if (expected->form == TYPE_UNION) {
        for (uint32_t i = 0; i < expected->count; i++) {
            if (fits(expected->parts[i].type, actual)) return true;
        }
        return false;
    }
    return type_equivalent(expected, actual);
}

static ParamKind sort_of(ParamKind kind) {
    if (kind == PARAM_OPTIONAL) return PARAM_REQUIRED;
    return kind == PARAM_KEYWORD_OPTIONAL ? PARAM_KEYWORD : kind;
}

static bool admits_code(const TypeObj *type, const CodeObj *code) {
    uint32_t first = code->flags & CODE_METHOD ? 1 : 0;
    uint32_t count = code->param_count - first;
    if (count != type->count - 1) return false;
    const TypeObj *signature = is_object(code->signature) ? type_of(code->signature) : NULL;
    for (uint32_t i = 0; i < count; i++) {
        const Param *param = &code->params[first + i];
        const TypePart *expected = &type->parts[i];
        if (sort_of(param->kind) != expected->kind) return false;
        if (expected->kind == PARAM_KEYWORD && param->name != expected->keyword) return false;
        if (signature && !fits(expected->type, signature->parts[i].type)) return false;
    }
    return !signature || fits(type->parts[count].type, signature->parts[count].type);
}

static bool admits_function(const TypeObj *type, Value value) {
    while (is_obj_type(value, OBJ_BOUND_METHOD)) value = bound_method_of(value)->method;
    if (is_obj_type(value, OBJ_NATIVE)) return true;
    return is_function(value) && admits_code(type, function_of(value)->code);
}

bool type_admits(VM *vm, const TypeObj *type, Value value) {
    if (type->mask & KIND_BIT(type_kind(value))) return true;
    switch ((TypeForm)type->form) {
    case TYPE_NAME: return admits_by_name(vm, type->name, value);
    case TYPE_VARIABLE: return true;
    case TYPE_APPLIED: return type_admits(vm, type->parts[0].type, value);
    case TYPE_FUNCTION: return admits_function(type, value);
    case TYPE_UNION: break;
    }
    for (uint32_t i = 0; i < type->count; i++) {
        if (type_admits(vm, type->parts[i].type, value)) return true;
    }
    return false;
}

bool type_admits_nil(const TypeObj *type) {
    if (type->mask & KIND_BIT(KIND_NIL)) return true;
    if (type->form == TYPE_APPLIED) {
        const TypeObj *head = type->parts[0].type;
        return type->count == 2 && head->form == TYPE_NAME && symbol_is(head->name, "Option");
    }
    for (uint32_t i = 0; type->form == TYPE_UNION && i < type->count; i++) {
        if (type_admits_nil(type->parts[i].type)) return true;
    }
    return false;
}

/* --- equivalence --------------------------------------------------------------------------------------------------- */

static bool has_member(const TypeObj *union_, const TypeObj *type) {
    for (uint32_t i = 0; i < union_->count; i++) {
        if (type_equivalent(union_->parts[i].type, type)) return true;
    }
    return false;
}

static bool are_members(const TypeObj *a, const TypeObj *b) {
    for (uint32_t i = 0; i < a->count; i++) {
        if (!has_member(b, a->parts[i].type)) return false;
    }
    return true;
}

static bool are_parts_equivalent(const TypeObj *a, const TypeObj *b) {
    if (a->count != b->count) return false;
    for (uint32_t i = 0; i < a->count; i++) {
        if (a->parts[i].kind != b->parts[i].kind || a->parts[i].keyword != b->parts[i].keyword) return false;
        if (!type_equivalent(a->parts[i].type, b->parts[i].type)) return false;
    }
    return true;
}

bool type_equivalent(const TypeObj *a, const TypeObj *b) {
    if (a == b || is_anything(a) || is_anything(b)) return true;
    if (a->form == TYPE_APPLIED && b->form == TYPE_NAME) a = a->parts[0].type;
    if (b->form == TYPE_APPLIED && a->form == TYPE_NAME) b = b->parts[0].type;
    if (a->form != b->form) return false;
    switch ((TypeForm)a->form) {
    case TYPE_NAME: return a->name == b->name || (a->mask && a->mask == b->mask);
    case TYPE_UNION: return are_members(a, b) && are_members(b, a);
    case TYPE_VARIABLE: return true;
    case TYPE_APPLIED:
    case TYPE_FUNCTION: break;
    }
    return are_parts_equivalent(a, b);
}

/* --- text ---------------------------------------------------------------------------------------------------------- */

static void append_symbol(Buffer *out, const SymbolObj *symbol) { buffer_append(out, symbol->text, symbol->size); }

static void append_written(Buffer *out, const TypeObj *type) {
    if (is_path(type->written)) {
        const PathObj *path = path_of(type->written);
        for (uint32_t i = 0; i < path->count; i++) {
            if (i > 0) buffer_append_text(out, "/");
            append_symbol(out, path->parts[i]);
        }
    } else {
        append_symbol(out, is_symbol(type->written) ? symbol_of(type->written) : type->name);
    }
}

static void append_function(Buffer *out, const TypeObj *type) {
    buffer_append_text(out, "(Fn [");
    for (uint32_t i = 0; i + 1 < type->count; i++) {
        const TypePart *part = &type->parts[i];
        if (i > 0) buffer_append_text(out, " ");
        if (part->kind == PARAM_KEYWORD || part->kind == PARAM_KEYWORD_REST) {
            buffer_append_text(out, "^");
            if (part->keyword)
                append_symbol(out, part->keyword);
            else
                buffer_append_text(out, "...");
            buffer_append_text(out, " ");
        }
        type_append_text(out, part->type);
        if (part->kind == PARAM_REST) buffer_append_text(out, " ...");
    }
    buffer_append_text(out, "] -> ");
    type_append_text(out, type->parts[type->count - 1].type);
    buffer_append_text(out, ")");
}

void type_append_text(Buffer *out, const TypeObj *type) {
    switch ((TypeForm)type->form) {
    case TYPE_NAME:
    case TYPE_VARIABLE: append_written(out, type); return;
    case TYPE_FUNCTION: append_function(out, type); return;
    case TYPE_APPLIED:
    case TYPE_UNION: break;
    }
    buffer_append_text(out, "(");
    for (uint32_t i = 0; i < type->count; i++) {
        if (i > 0) buffer_append_text(out, type->form == TYPE_UNION ? " | " : " ");
        type_append_text(out, type->parts[i].type);
    }
    buffer_append_text(out, ")");
}

/* --- descriptor ------------------------------------------------------------------------------------------------------ */

static void trace_type(Heap *heap, Obj *object) {
    const TypeObj *type = (const TypeObj *)object;
    heap_mark_object(heap, type->name);
    heap_mark_value(heap, type->written);
    for (uint32_t i = 0; i < type->count; i++) {
        heap_mark_object(heap, type->parts[i].type);
        heap_mark_object(heap, type->parts[i].keyword);
    }
}

void type_describe(Heap *heap) {
    static const ObjDescriptor type = {trace_type, NULL};
    heap_describe(heap, OBJ_TYPE_VALUE, &type);
}

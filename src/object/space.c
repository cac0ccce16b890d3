/* space.c — start-up, roots and end of the object room's share of a VM. */
#include "object/space.h"

/* Class of each heap kind (language 20 §9); kinds with the same name share a class; NULL: Object. */
static const char *const class_names[OBJ_TYPE_COUNT] = {
    [OBJ_INT] = "Int",
    [OBJ_STR] = "String",
    [OBJ_SYMBOL] = "Symbol",
    [OBJ_PATH] = "ComplexSymbol",
    [OBJ_BYTES] = "Bytes",
    [OBJ_ARRAY] = "Array",
    [OBJ_MAP] = "Map",
    [OBJ_HASHMAP] = "HashMap",
    [OBJ_SET] = "HashSet",
    [OBJ_NODE] = "Gene",
    [OBJ_RANGE] = "Range",
    [OBJ_REGEX] = "Regexp",
    [OBJ_MATCH] = "RegexpMatch",
    [OBJ_DATE] = "Date",
    [OBJ_DATETIME] = "DateTime",
    [OBJ_TIME] = "Time",
    [OBJ_SELECTOR] = "Selector",
    [OBJ_QUOTE] = "Quote",
    [OBJ_UNQUOTE] = "Unquote",
    [OBJ_FUNCTION] = "Function",
    [OBJ_BLOCK] = "Function",
    [OBJ_NATIVE] = "Function",
    [OBJ_BOUND_METHOD] = "Function",
    [OBJ_INTERCEPTOR] = "Interceptor",
    [OBJ_INTERCEPTION] = "Interception",
    [OBJ_CLASS] = "Class",
    [OBJ_INTERFACE] = "Interface",
    [OBJ_ADAPTER] = "Adapter",
    [OBJ_NAMESPACE] = "Namespace",
    [OBJ_MODULE] = "Namespace",
    [OBJ_PACKAGE] = "Package",
    [OBJ_APPLICATION] = "Application",
    [OBJ_FUTURE] = "Future",
    [OBJ_TASK] = "Task",
    [OBJ_TIMER] = "Timer",
    [OBJ_GENERATOR] = "Generator",
    [OBJ_ITERATOR] = "Iterator",
    [OBJ_ENUM] = "Enum",
    [OBJ_HOST] = "Custom",
    [OBJ_TYPE_VALUE] = "Type",
    [OBJ_UNREAD] = "Unread",
};

static ClassObj *make_builtin(VM *vm, const char *name, ClassObj *parent, uint32_t builtin_type) {
    ClassObj *class_ = class_make(vm, symbol_from(vm, name), parent);
    class_->builtin_type = builtin_type;
    return class_;
}

static ClassObj *class_named_before(ObjectSpace *space, int type) {
    for (int i = 0; i < type; i++) {
        if (class_names[i] && strcmp(class_names[i], class_names[type]) == 0) return space->type_classes[i];
    }
    return NULL;
}

static void make_classes(VM *vm) {
    ObjectSpace *space = vm_space(vm);
    ClassObj *object = space->object_class = class_make(vm, symbol_from(vm, "Object"), NULL);
    for (int type = 0; type < OBJ_TYPE_COUNT; type++) {
        ClassObj *class_ = class_names[type] ? class_named_before(space, type) : object;
        ClassObj *parent = type == OBJ_TASK     ? space->type_classes[OBJ_FUTURE]
                           : type == OBJ_UNREAD ? NULL /* no method is found: every call reads it first */
                                                : object;
        if (!class_) class_ = make_builtin(vm, class_names[type], parent, (uint32_t)type + 1);
        space->type_classes[type] = class_;
    }
    space->int_class = space->type_classes[OBJ_INT];
    space->float_class = make_builtin(vm, "Float", object, CLASS_BUILTIN_IMMEDIATE);
    space->bool_class = make_builtin(vm, "Bool", object, CLASS_BUILTIN_IMMEDIATE);
    space->char_class = make_builtin(vm, "Char", object, CLASS_BUILTIN_IMMEDIATE);
    space->nil_class = make_builtin(vm, "Nil", object, CLASS_BUILTIN_IMMEDIATE);
    space->void_class = make_builtin(vm, "Void", object, CLASS_BUILTIN_IMMEDIATE);
    space->special_class = make_builtin(vm, "Placeholder", object, CLASS_BUILTIN_IMMEDIATE);
}

void space_init(VM *vm) {
    static const char *const known_texts[KNOWN_SYMBOL_COUNT] = {
#define KNOWN_SYMBOL(suffix, text) text,
        KNOWN_SYMBOLS(KNOWN_SYMBOL)
#undef KNOWN_SYMBOL
    };
    ObjectSpace *space = vm_space(vm);
    Heap *heap = vm_heap(vm);
    string_describe(heap);
    collection_describe(heap);
    scalar_describe(heap);
    regex_describe(heap);
    function_describe(heap);
    selector_describe(heap);
    interceptor_describe(heap);
    class_describe(heap);
    interface_describe(heap);
    type_describe(heap);
    enum_describe(heap);
    heap->clear_weak = symbol_table_sweep;
    heap_pause(vm);
    space->empty_string = string_of(string_make(vm, "", 0));
    for (int i = 0; i < KNOWN_SYMBOL_COUNT; i++) space->known[i] = symbol_from(vm, known_texts[i]);
    space->empty_shape = heap_alloc(vm, OBJ_SHAPE, sizeof(ShapeObj));
    make_classes(vm);
    heap_resume(vm);
}

void space_mark(VM *vm, Heap *heap) {
    ObjectSpace *space = vm_space(vm);
    heap_mark_object(heap, space->empty_shape);
    heap_mark_object(heap, space->empty_string);
    for (int i = 0; i < KNOWN_SYMBOL_COUNT; i++) heap_mark_object(heap, space->known[i]);
    for (int i = 0; i < OBJ_TYPE_COUNT; i++) heap_mark_object(heap, space->type_classes[i]);
    heap_mark_object(heap, space->object_class);
    heap_mark_object(heap, space->float_class);
    heap_mark_object(heap, space->bool_class);
    heap_mark_object(heap, space->char_class);
    heap_mark_object(heap, space->nil_class);
    heap_mark_object(heap, space->void_class);
    heap_mark_object(heap, space->special_class);
    heap_mark_values(heap, space->held, space->held_count);
}

void space_destroy(VM *vm) { symbol_table_free(vm_heap(vm), &vm_space(vm)->symbols); }

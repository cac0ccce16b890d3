/* class.c — methods of classes, and classes made at run time (language 20 §8). */
#include "lib/modules.h"
#include "lib/support.h"

static ClassObj *receiver(VM *vm, const Args *args) { return lib_receiver(vm, args, OBJ_CLASS); }

static NativeResult class_name(VM *vm, const Args *args, Value *out) {
    const ClassObj *class_ = receiver(vm, args);
    return class_ ? lib_return(out, string_from_symbol(vm, class_->name)) : NATIVE_RAISE;
}

static NativeResult class_parent(VM *vm, const Args *args, Value *out) {
    const ClassObj *class_ = receiver(vm, args);
    if (!class_) return NATIVE_RAISE;
    return lib_return(out, class_->parent ? value_pointer(class_->parent) : VAL_NIL);
}

static NativeResult class_method_intent(VM *vm, const Args *args, Value *out) {
    const ClassObj *class_ = receiver(vm, args);
    if (!class_) return NATIVE_RAISE;
    Value name = native_arg(vm, args, 1);
    if (!lib_is_name(name)) return vm_raise_message(vm, "Class.method_intent expects a string or symbol");
    Value method = class_find_method(class_, lib_symbol(vm, name), NULL);
    if (method == VAL_UNSET || !is_function(method)) return lib_return(out, VAL_NIL);
    Value metadata = function_of(method)->code->metadata;
    Value intent = is_map(metadata) ? map_get_text(vm, map_of(metadata), "intent") : VAL_UNSET;
    return lib_return(out, intent == VAL_UNSET ? VAL_NIL : intent);
}

/* --- interfaces (language 20 §13) ---------------------------------------------------------------------------- */

static NativeResult interface_name(VM *vm, const Args *args, Value *out) {
    const InterfaceObj *interface = lib_receiver(vm, args, OBJ_INTERFACE);
    return interface ? lib_return(out, string_from_symbol(vm, interface->name)) : NATIVE_RAISE;
}

/* --- (Class ^name n ^parent p ^ctor f ^methods m) ----------------------------------------------------------- */

/* Constructor of such a class: makes the instance and calls the function given as ^ctor, this native's data, with it.
 * It is no method that the compiler knows, so it does not keep self where NEW would look for it. */
static NativeResult construct(VM *vm, const Args *args, Value *out) {
    ClassObj *class_ = lib_receiver(vm, args, OBJ_CLASS);
    if (!class_) return NATIVE_RAISE;
    native_set_arg(vm, args, 0, instance_make(vm, class_));
    uint32_t scope = roots_open(vm);
    uint32_t list = root_push(vm, array_from(vm, vm->fiber->stack + args->base, args->count));
    uint32_t keywords = root_push(vm, lib_keyword_map(vm, args));
    const ArrayObj *items = array_of(root_get(vm, list));
    Value ignored, function = native_of(args->callee)->data;
    bool ok = exec_callable_keywords(vm, function, items->items, items->count, root_get(vm, keywords), &ignored);
    roots_close(vm, scope);
    return ok ? lib_return(out, native_arg(vm, args, 0)) : NATIVE_RAISE;
}

static const NativeDef dynamic_constructor = {"new",
                                              construct,
                                              0,
                                              -1,
                                              NATIVE_METHOD | NATIVE_REENTRANT | NATIVE_KEYWORDS,
                                              "(new C v…)",
                                              "An instance of a class made at run time."};

/* Keyword as it was passed, `fallback` when it was not. */
static Value keyword_or(VM *vm, const Args *args, const char *name, Value fallback) {
    Value value = native_keyword(vm, args, name);
    return value == VAL_UNSET ? fallback : value;
}

/* Why these keywords make no class, or NULL. */
static const char *class_problem(Value name, Value parent, Value ctor, Value methods) {
    if (!is_nil(name) && !lib_is_name(name)) return "Class.name must be a string or symbol";
    if (!is_nil(parent) && !is_class(parent)) return "Class.parent must be a class";
    if (!is_nil(ctor) && !is_function(ctor) && !is_obj_type(ctor, OBJ_NATIVE)) return "Class.ctor must be a function";
    if (is_nil(methods)) return NULL;
    if (!is_map(methods)) return "Class.methods must be a map";
    const Table *table = &map_of(methods)->table;
    for (uint32_t i = table_next(table, 0); i < table->used; i = table_next(table, i + 1)) {
        Value method = table->entries[i].value;
        if (!is_function(method) && !is_obj_type(method, OBJ_NATIVE)) {
            return "Class method values must be functions or native functions";
        }
    }
    return NULL;
}

static NativeResult class_new(VM *vm, const Args *args, Value *out) {
    Value name = keyword_or(vm, args, "name", VAL_NIL), parent = keyword_or(vm, args, "parent", VAL_NIL);
    Value ctor = keyword_or(vm, args, "ctor", VAL_NIL), methods = keyword_or(vm, args, "methods", VAL_NIL);
    const char *problem = class_problem(name, parent, ctor, methods);
    if (problem) return vm_raise_message(vm, "%s", problem);
    uint32_t scope = roots_open(vm);
    SymbolObj *symbol = is_nil(name) ? SYM(vm, UNNAMED) : lib_symbol(vm, name);
    root_push(vm, value_pointer(symbol));
    ClassObj *class_ = class_make(vm, symbol, is_nil(parent) ? vm_space(vm)->object_class : class_of_value(parent));
    class_->ns->parent = vm->global_ns;
    root_push(vm, value_pointer(class_));
    if (!is_nil(ctor)) class_->ctor = native_make(vm, &dynamic_constructor, ctor);
    heap_touch(vm, class_);
    if (is_map(methods)) {
        const Table *table = &map_of(methods)->table;
        for (uint32_t i = table_next(table, 0); i < table->used; i = table_next(table, i + 1)) {
            class_set_method(vm, class_, symbol_of(table->entries[i].key), table->entries[i].value);
        }
    }
    roots_close(vm, scope);
    return lib_return(out, value_pointer(class_));
}

/* --- table ------------------------------------------------------------------------------------------------ */

static const NativeDef constructor = {"Class",
                                      class_new,
                                      0,
                                      -1,
                                      NATIVE_METHOD | NATIVE_KEYWORDS,
                                      "(Class ^name n ^parent p ^ctor f ^methods m)",
                                      "A class made at run time."};

static const NativeDef methods[] = {
    {"name", class_name, 0, -1, NATIVE_METHOD, "(C .name)", "The class's name."},
    {"to_s", class_name, 0, -1, NATIVE_METHOD, "(C .to_s)", "The class's name."},
    {"parent", class_parent, 0, -1, NATIVE_METHOD, "(C .parent)", "The class above, or nil."},
    {"method_intent", class_method_intent, 1, -1, NATIVE_METHOD, "(C .method_intent name)",
     "The ^intent text of a method, or nil."},
};

static const NativeDef interface_methods[] = {
    {"name", interface_name, 0, -1, NATIVE_METHOD, "(I .name)", "The interface's name."},
    {"to_s", interface_name, 0, -1, NATIVE_METHOD, "(I .to_s)", "The interface's name."},
};

void lib_install_class(VM *vm) {
    ClassObj *class_ = vm_space(vm)->type_classes[OBJ_CLASS];
    class_->ctor = native_make(vm, &constructor, VAL_NIL);
    vm_define_methods(vm, class_, methods, COUNT_OF(methods));
    vm_define_methods(vm, vm_space(vm)->type_classes[OBJ_INTERFACE], interface_methods, COUNT_OF(interface_methods));
}

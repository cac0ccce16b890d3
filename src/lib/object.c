/* object.c — methods every value has (language 02 §2.7, 20 §9–10). */
#include "lib/modules.h"
#include "lib/support.h"
#include "vm/type_check.h"

static NativeResult object_class(VM *vm, const Args *args, Value *out) {
    Value self = native_arg(vm, args, 0);
    /* Each way to implement an interface has its own class behind the scenes. */
    ClassObj *class_ = is_adapter(self) ? vm_space(vm)->type_classes[OBJ_ADAPTER] : class_of(vm, self);
    return lib_return(out, value_pointer(class_));
}

/* Reached for an instance only when its own class has no to_s, or through super: its to_s must not be asked again. */
static NativeResult object_to_s(VM *vm, const Args *args, Value *out) {
    Value self = native_arg(vm, args, 0);
    if (is_instance(self)) return lib_return(out, string_from(vm, kind_name(self)));
    Buffer text;
    lib_buffer_init(vm, &text);
    if (print_value(vm, &text, self, RENDER_STRING_FORM)) return lib_return_text(vm, &text, out);
    buffer_free(&text);
    return NATIVE_RAISE;
}

static NativeResult object_is(VM *vm, const Args *args, Value *out) {
    Value type = native_arg_or(vm, args, 1, VAL_NIL);
    if (is_enum(type)) type = value_pointer(enum_of(type)->class_);
    if (is_type(type)) return lib_return(out, value_bool(type_admits(vm, type_of(type), native_arg(vm, args, 0))));
    if (is_instance(type)) type = value_pointer(instance_of(type)->class_);
    if (!is_class(type)) return vm_raise_message(vm, "Object.is expects a class or instance as the second argument");
    if (class_of_value(type) == vm_space(vm)->object_class)
        return lib_return(out, VAL_TRUE); /* Exception has no parent */
    ClassObj *class_ = class_of(vm, native_arg(vm, args, 0));
    return lib_return(out, value_bool(class_descends_from(class_, class_of_value(type))));
}

static NativeResult object_to(VM *vm, const Args *args, Value *out) {
    *out = native_arg(vm, args, 0);
    Value wanted = native_arg_or(vm, args, 1, VAL_NIL);
    if (is_class(wanted) && class_descends_from(class_of(vm, *out), class_of_value(wanted))) return NATIVE_RETURN;
    uint32_t scope = roots_open(vm);
    const TypeObj *type = type_from_value(vm, wanted);
    if (!type) return vm_raise_message(vm, "Object.to expects a class or a type");
    root_push(vm, value_pointer(type));
    TypeContext context = {.boundary = BOUNDARY_CONVERSION};
    bool ok = type_check(vm, type, out, &context);
    roots_close(vm, scope);
    return ok ? NATIVE_RETURN : NATIVE_RAISE;
}

static const NativeDef methods[] = {
    {"class", object_class, 0, -1, NATIVE_METHOD, "(v .class)", "The value's class."},
    {"to_s", object_to_s, 0, -1, NATIVE_METHOD | NATIVE_REENTRANT, "(v .to_s)", "The value's text."},
    {"is", object_is, 0, -1, NATIVE_METHOD, "(v .is C)",
     "Is C the value's class or above it, or a type it belongs to?"},
    {"to", object_to, 0, -1, NATIVE_METHOD, "(v .to T)", "The value, converted between Int and Float where needed."},
};

void lib_install_object(VM *vm) {
    vm_define_methods(vm, vm_space(vm)->object_class, methods, COUNT_OF(methods));
    /* Exception has no parent and so would not have them. */
    vm_define_methods(vm, vm->exception_class, methods, COUNT_OF(methods));
}

/* scalar.c — to_s of plain data: characters, symbols, numbers and other kinds whose text needs no Gene code
 * (language 27 §3–5, 28 §5). */
#include "lib/modules.h"
#include "lib/support.h"

static NativeResult scalar_to_s(VM *vm, const Args *args, Value *out) {
    Value self = native_arg(vm, args, 0);
    if (is_instance(self)) return lib_raise_receiver(vm, args);
    Buffer text;
    buffer_init(&text);
    print_value_safely(vm, &text, self, RENDER_STRING_FORM);
    return lib_return_text(vm, &text, out);
}

static const NativeDef methods[] = {
    {"to_s", scalar_to_s, 0, -1, NATIVE_METHOD, "(v .to_s)", "The value's text."},
};

void lib_install_scalar(VM *vm) {
    static const ObjType types[] = {OBJ_INT,  OBJ_SYMBOL,   OBJ_PATH, OBJ_BYTES,
                                    OBJ_DATE, OBJ_DATETIME, OBJ_TIME, OBJ_REGEX};
    const ObjectSpace *space = vm_space(vm);
    for (size_t i = 0; i < COUNT_OF(types); i++) {
        vm_define_methods(vm, space->type_classes[types[i]], methods, COUNT_OF(methods));
    }
    ClassObj *const immediates[] = {space->float_class, space->bool_class, space->char_class};
    for (size_t i = 0; i < COUNT_OF(immediates); i++) {
        vm_define_methods(vm, immediates[i], methods, COUNT_OF(methods));
    }
}

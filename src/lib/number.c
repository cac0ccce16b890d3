/* number.c — methods of Int and Float (language 28 §5); to_s is in scalar.c. */
#include <math.h>

#include "lib/modules.h"
#include "lib/support.h"

static NativeResult number_to_i(VM *vm, const Args *args, Value *out) {
    Value self = native_arg(vm, args, 0);
    if (is_int(self)) return lib_return(out, self);
    if (!is_float(self)) return lib_raise_receiver(vm, args);
    double number = trunc(float_of(self));
    /* 2^63 is exact as a double; the largest Int is not. */
    if (!(number >= -0x1p63 && number < 0x1p63)) {
        return vm_raise_message(vm, "to_i requires a number within the range of Int");
    }
    return lib_return(out, int_make(vm, (int64_t)number));
}

static NativeResult number_to_f(VM *vm, const Args *args, Value *out) {
    Value self = native_arg(vm, args, 0);
    if (!is_number(self)) return lib_raise_receiver(vm, args);
    return lib_return(out, value_float(number_of(self)));
}

static const NativeDef methods[] = {
    {"to_i", number_to_i, 0, -1, NATIVE_METHOD, "(n .to_i)", "The Int without the fraction."},
    {"to_f", number_to_f, 0, -1, NATIVE_METHOD, "(n .to_f)", "The number as a Float."},
};

void lib_install_number(VM *vm) {
    vm_define_methods(vm, vm_space(vm)->int_class, methods, COUNT_OF(methods));
    vm_define_methods(vm, vm_space(vm)->float_class, methods, COUNT_OF(methods));
}

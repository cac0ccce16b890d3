/* error.c — methods of exceptions (language 22 §1): the properties the runtime gives them, void when absent. */
#include "lib/modules.h"
#include "lib/support.h"

static NativeResult exception_property(VM *vm, const Args *args, Value *out) {
    const InstanceObj *exception = lib_receiver(vm, args, OBJ_INSTANCE);
    if (!exception) return NATIVE_RAISE;
    Value value = instance_get(exception, symbol_from(vm, native_of(args->callee)->def->name));
    return lib_return(out, value == VAL_UNSET ? VAL_VOID : value);
}

static const NativeDef methods[] = {
    {"message", exception_property, 0, -1, NATIVE_METHOD, "(e .message)", "What went wrong."},
    {"cause", exception_property, 0, -1, NATIVE_METHOD, "(e .cause)", "The value or exception behind it."},
    {"code", exception_property, 0, -1, NATIVE_METHOD, "(e .code)", "The error's stable code."},
    {"location", exception_property, 0, -1, NATIVE_METHOD, "(e .location)", "FILE:LINE:COLUMN where it was raised."},
    {"stack", exception_property, 0, -1, NATIVE_METHOD, "(e .stack)", "The calls under way, innermost first."},
};

void lib_install_error(VM *vm) { vm_define_methods(vm, vm->exception_class, methods, COUNT_OF(methods)); }

/* nil.c — what nil and void answer besides Object's methods (language 20 §9). */
#include "lib/modules.h"
#include "lib/support.h"

static NativeResult nil_text(VM *vm, const Args *args, Value *out) {
    (void)args;
    return lib_return(out, string_from(vm, ""));
}

static NativeResult nil_serialized(VM *vm, const Args *args, Value *out) {
    (void)args;
    return lib_return(out, string_from(vm, "nil"));
}

static NativeResult void_text(VM *vm, const Args *args, Value *out) {
    (void)args;
    return lib_return(out, string_from(vm, "void"));
}

static NativeResult return_true(VM *vm, const Args *args, Value *out) {
    (void)vm, (void)args;
    return lib_return(out, VAL_TRUE);
}

static NativeResult return_false(VM *vm, const Args *args, Value *out) {
    (void)vm, (void)args;
    return lib_return(out, VAL_FALSE);
}

static const NativeDef methods[] = {
    {"empty", return_true, 0, -1, NATIVE_METHOD, "(nil .empty)", "True."},
    {"empty?", return_true, 0, -1, NATIVE_METHOD, "(nil .empty?)", "True."},
    {"not_empty?", return_false, 0, -1, NATIVE_METHOD, "(nil .not_empty?)", "False."},
    {"to_s", void_text, 0, -1, NATIVE_METHOD, "(void .to_s)", "void."},
    {"to_s", nil_text, 0, -1, NATIVE_METHOD, "(nil .to_s)", "The empty string."},
    {"to_bool", return_false, 0, -1, NATIVE_METHOD, "(nil .to_bool)", "False."},
    {"serialize", nil_serialized, 0, -1, NATIVE_METHOD, "(nil .serialize)", "nil."},
};
#define VOID_COUNT 4 /* the first rows are void's; the later ones are nil's alone or override them */

void lib_install_nil(VM *vm) {
    vm_define_methods(vm, vm_space(vm)->void_class, methods, VOID_COUNT);
    vm_define_methods(vm, vm_space(vm)->nil_class, methods, COUNT_OF(methods));
}

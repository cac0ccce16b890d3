/* bytes.c — methods of byte strings (language 02 §2.6, 27 §5). */
#include "lib/modules.h"
#include "lib/support.h"

static const BytesObj *receiver(VM *vm, const Args *args) { return lib_receiver(vm, args, OBJ_BYTES); }

static NativeResult bytes_size(VM *vm, const Args *args, Value *out) {
    const BytesObj *bytes = receiver(vm, args);
    return bytes ? lib_return(out, value_small_int(bytes->size)) : NATIVE_RAISE;
}

static NativeResult bytes_get(VM *vm, const Args *args, Value *out) {
    const BytesObj *bytes = receiver(vm, args);
    int64_t index;
    if (!bytes || !lib_int_arg(vm, args, 1, "Bytes.get expects an integer index", &index)) return NATIVE_RAISE;
    if (index < 0 || index >= bytes->size) {
        return vm_raise(vm, ERR_INDEX, "Bytes index out of bounds: %lld (size: %u)", (long long)index, bytes->size);
    }
    uint8_t byte = bytes->data[index];
    return lib_return(out, bytes_make(vm, &byte, 1));
}

static NativeResult bytes_to_array(VM *vm, const Args *args, Value *out) {
    const BytesObj *bytes = receiver(vm, args);
    uint32_t scope = roots_open(vm), result;
    if (!bytes || !lib_push_array(vm, bytes->size, &result)) return NATIVE_RAISE;
    for (uint32_t i = 0; i < bytes->size; i++) {
        array_push(vm, array_of(root_get(vm, result)), value_small_int(bytes->data[i]));
    }
    *out = root_get(vm, result);
    roots_close(vm, scope);
    return NATIVE_RETURN;
}

static const NativeDef methods[] = {
    {"size", bytes_size, 0, -1, NATIVE_METHOD, "(b .size)", "Number of bytes."},
    {"get", bytes_get, 1, -1, NATIVE_METHOD, "(b .get i)", "Byte i as Bytes of size 1."},
    {"to_array", bytes_to_array, 0, -1, NATIVE_METHOD, "(b .to_array)", "New array of Ints from 0 to 255."},
};

void lib_install_bytes(VM *vm) {
    vm_define_methods(vm, vm_space(vm)->type_classes[OBJ_BYTES], methods, COUNT_OF(methods));
}

/* type.c — types as values: names without a class, equivalence (language 09 §9.4). */
#include "lib/modules.h"
#include "lib/support.h"
#include "vm/type_check.h"

static NativeResult types_equivalent(VM *vm, const Args *args, Value *out) {
    static const char *const places[] = {"first", "second"};
    uint32_t scope = roots_open(vm);
    const TypeObj *types[2];
    for (uint32_t i = 0; i < 2; i++) {
        types[i] = type_from_value(vm, native_arg(vm, args, i));
        if (!types[i]) {
            return vm_raise(vm, ERR_ARGUMENT, "types_equivalent expects a type expression/value as %s argument",
                            places[i]);
        }
        root_push(vm, value_pointer(types[i]));
    }
    roots_close(vm, scope);
    return lib_return(out, value_bool(type_equivalent(types[0], types[1])));
}

static const NativeDef functions[] = {
    {"types_equivalent", types_equivalent, 2, 2, 0, "(types_equivalent A B)", "Do two types admit the same values?"},
    {"types_equiv", types_equivalent, 2, 2, 0, "(types_equiv A B)", "The same as types_equivalent."},
};

void lib_install_type(VM *vm) {
    static const char *const names[] = {"Any", "Numeric", "Collection"};
    vm_define_natives(vm, vm->gene_ns, functions, COUNT_OF(functions));
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        uint32_t scope = roots_open(vm);
        uint32_t name = root_push(vm, value_pointer(symbol_from(vm, names[i])));
        TypeObj *type = type_from_value(vm, root_get(vm, name));
        vm_set_global(vm, vm->gene_ns, names[i], value_pointer(type));
        roots_close(vm, scope);
    }
}

/* enum.c — the enums every program has: Result and Option (language 08 §8.3). */
#include "lib/modules.h"

/* One variant with its only field, or none; also a global name. */
static void add_variant(VM *vm, EnumObj *enum_, BuiltinVariant id, const char *name, const char *field) {
    EnumField fields[1] = {{NULL, NULL}};
    if (field) fields[0].name = symbol_from(vm, field);
    VariantObj *variant = enum_add_variant(vm, enum_, symbol_from(vm, name), fields, field ? 1 : 0);
    vm_space(vm)->variants[id] = variant;
    vm_set_global(vm, vm->global_ns, name, value_pointer(variant));
}

static EnumObj *add_enum(VM *vm, const char *name) {
    EnumObj *enum_ = enum_make(vm, symbol_from(vm, name));
    heap_pin(vm, enum_); /* the names may be bound to something else */
    vm_set_global(vm, vm->global_ns, name, value_pointer(enum_));
    return enum_;
}

void lib_install_enum(VM *vm) {
    EnumObj *result = add_enum(vm, "Result");
    add_variant(vm, result, VARIANT_OK, "Ok", "value");
    add_variant(vm, result, VARIANT_ERR, "Err", "error");
    EnumObj *option = add_enum(vm, "Option");
    add_variant(vm, option, VARIANT_SOME, "Some", "value");
    add_variant(vm, option, VARIANT_NONE, "None", NULL);
}

/* generator.c — (g .close): leaving a generator early. The loop round it is in generator.gene, so that finally parts may wait. */
#include "lib/modules.h"
#include "lib/prelude.h"
#include "lib/support.h"
#include "vm/generator.h"

static NativeResult leave(VM *vm, const Args *args, Value *out) {
    return generator_leave(vm, native_arg(vm, args, 0), out);
}

static void install(VM *vm, NamespaceObj *ns) {
    static const NativeDef natives[] = {
        {"leave", leave, 1, 1, 0, "(leave g)", "Leaves the body; true when a finally part yields."},
    };
    vm_define_natives(vm, ns, natives, COUNT_OF(natives));
}

static NativeResult generator_close(VM *vm, const Args *args, Value *out) {
    if (!lib_receiver(vm, args, OBJ_GENERATOR)) return NATIVE_RAISE;
    const Value self = native_arg(vm, args, 0);
    return prelude_call(vm, "generator.gene", install, "close", &self, 1, out);
}

static const NativeDef methods[] = {
    {"close", generator_close, 0, -1, NATIVE_METHOD, "(g .close)",
     "Ends the generator where it stands: its finally parts run."},
};

void lib_install_generator(VM *vm) {
    vm_define_methods(vm, vm_space(vm)->type_classes[OBJ_GENERATOR], methods, COUNT_OF(methods));
}

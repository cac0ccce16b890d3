/* lib.c — installs the native modules. */
#include "lib/lib.h"

#include "lib/modules.h"

/* Built-in classes as names; the exception classes are bound by vm_init. */
static void bind_classes(VM *vm) {
    const ObjectSpace *space = vm_space(vm);
    ClassObj *const others[] = {space->object_class, space->float_class, space->bool_class,
                                space->char_class,   space->nil_class,   space->void_class};
    for (size_t i = 0; i < COUNT_OF(others); i++) {
        vm_set_global(vm, vm->global_ns, others[i]->name->text, value_pointer(others[i]));
        vm_set_global(vm, vm->gene_ns, others[i]->name->text, value_pointer(others[i]));
    }
    for (int type = 0; type < OBJ_TYPE_COUNT; type++) {
        ClassObj *class_ = space->type_classes[type];
        vm_set_global(vm, vm->gene_ns, class_->name->text, value_pointer(class_));
        bool is_async = type == OBJ_FUTURE || type == OBJ_TASK || type == OBJ_TIMER || type == OBJ_GENERATOR;
        if (!is_async) vm_set_global(vm, vm->global_ns, class_->name->text, value_pointer(class_));
    }
}

void lib_install(VM *vm) {
    heap_pause(vm);
    bind_classes(vm);
#define MODULE(name) lib_install_##name(vm);
    LIB_MODULES(MODULE)
#undef MODULE
    heap_resume(vm);
}

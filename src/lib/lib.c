/* lib.c — installs the native modules. */
#include "lib/lib.h"

#include "lib/modules.h"

/* `gene` has every class that is global. */
static void bind_classes(VM *vm) {
    const Table *names = &vm->global_ns->members;
    for (uint32_t i = table_next(names, 0); i < names->used; i = table_next(names, i + 1)) {
        const TableEntry *entry = &names->entries[i];
        if (is_class(entry->value)) namespace_set(vm, vm->gene_ns, symbol_of(entry->key), entry->value);
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

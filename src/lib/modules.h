/* modules.h — every native module, declared once, in the order of installation.
 * MODULE(name) → void lib_install_name(VM *vm), defined in name.c. */
#ifndef GENE_LIB_MODULES_H
#define GENE_LIB_MODULES_H

#include "vm/vm.h"

#define LIB_MODULES(MODULE) \
    MODULE(object)          \
    MODULE(type)            \
    MODULE(nil)             \
    MODULE(class)           \
    MODULE(error)           \
    MODULE(enum)            \
    MODULE(function)        \
    MODULE(namespace)       \
    MODULE(number)          \
    MODULE(math)            \
    MODULE(scalar)          \
    MODULE(string)          \
    MODULE(string_search)   \
    MODULE(regex)           \
    MODULE(bytes)           \
    MODULE(base64)          \
    MODULE(date)            \
    MODULE(clock)           \
    MODULE(array)           \
    MODULE(array_compare)   \
    MODULE(map)             \
    MODULE(each)            \
    MODULE(hashmap)         \
    MODULE(hashset)         \
    MODULE(node)            \
    MODULE(iterator)        \
    MODULE(generator)       \
    MODULE(selector)        \
    MODULE(freeze)          \
    MODULE(interceptor)     \
    MODULE(json)            \
    MODULE(data)            \
    MODULE(parser)          \
    MODULE(serdes)          \
    MODULE(async)           \
    MODULE(schedule)        \
    MODULE(progress)        \
    MODULE(io)              \
    MODULE(stream)          \
    MODULE(system)          \
    MODULE(process)         \
    MODULE(module)          \
    MODULE(package)         \
    MODULE(core)

#define MODULE(name) void lib_install_##name(VM *vm);
LIB_MODULES(MODULE)
#undef MODULE

#endif

/* space.h — the object room's share of VM state, and the names and classes every room knows.
 * Invariant: VM begins with its ObjectSpace, which begins with its Heap. */
#ifndef GENE_OBJECT_SPACE_H
#define GENE_OBJECT_SPACE_H

#include "heap/heap.h"
#include "object/class.h"
#include "object/collection.h"
#include "object/enum.h"
#include "object/function.h"
#include "object/interceptor.h"
#include "object/interface.h"
#include "object/known_symbols.h"
#include "object/regex.h"
#include "object/scalar.h"
#include "object/selector.h"
#include "object/string.h"
#include "object/type.h"

#define SPACE_HELD_MAX 8

/* The variants of Result and Option. */
typedef enum BuiltinVariant {
    VARIANT_OK,
    VARIANT_ERR,
    VARIANT_SOME,
    VARIANT_NONE,
    BUILTIN_VARIANT_COUNT
} BuiltinVariant;

typedef struct ObjectSpace {
    Heap heap;
    SymbolTable symbols;
    uint32_t hash_seed;
    bool strict_nil;          /* nil passes typed boundaries only where the type says so */
    bool ignores_types;       /* annotations are read and forgotten */
    uint32_t class_epoch;     /* changes with every method added to any class */
    uint32_t namespace_epoch; /* changes with every name added to or removed from any namespace */
    bool contracts_off;       /* functions are compiled without the checks of ^pre and ^post */
    ShapeObj *empty_shape;
    StrObj *empty_string;
    SymbolObj *known[KNOWN_SYMBOL_COUNT];
    ClassObj *type_classes[OBJ_TYPE_COUNT]; /* class of each heap kind */
    ClassObj *nil_class, *void_class, *bool_class, *int_class, *float_class, *char_class, *special_class;
    ClassObj *object_class;
    VariantObj *variants[BUILTIN_VARIANT_COUNT]; /* installed by lib/, their enums pinned */
    /* Installed by lib/: class of an OBJ_ITERATOR by its kind. NULL: plain Iterator. */
    ClassObj *(*class_of_iterator)(VM *vm, Value iterator);
    /* Installed by host/: the host may forget `handle`. Runs inside the collector. NULL: nothing to tell. */
    void (*release_host)(VM *vm, uint32_t handle);
    /* Installed by vm/: a line for standard error while code is compiled. NULL: nobody hears it. */
    void (*warn)(VM *vm, const char *line, size_t size);
    Value held[SPACE_HELD_MAX]; /* see space_hold */
    uint32_t held_count;
} ObjectSpace;

static inline ObjectSpace *vm_space(VM *vm) { return (ObjectSpace *)vm; }
#define SYM(vm, suffix) (vm_space(vm)->known[KNOWN_##suffix])

/* Keeps a value alive across the allocations of one function of this room, which cannot see the task stack.
 * Released in the same function, last in, first out. */
static inline void space_hold(VM *vm, Value value) {
    ObjectSpace *space = vm_space(vm);
    ENSURE(space->held_count < SPACE_HELD_MAX, "holders nest only a few calls deep");
    space->held[space->held_count++] = value;
}
static inline void space_release(VM *vm, uint32_t count) {
    ENSURE(vm_space(vm)->held_count >= count, "what is released was held");
    vm_space(vm)->held_count -= count;
}

/* After heap_init, with hash_seed set. Describes the kinds of this room, installs symbol_table_sweep as
 * Heap.clear_weak, interns the known symbols, makes the root shape and the classes of built-in kinds (without
 * methods). */
void space_init(VM *vm);
/* Part of the VM's HeapRootFn. */
void space_mark(VM *vm, Heap *heap);
/* Before heap_destroy. */
void space_destroy(VM *vm);

/* The class of any value (language 20 §9). Never NULL. */
ClassObj *class_of(VM *vm, Value value);
/* "VkInt", "VkString" … (language 02 §2.1). */
const char *kind_name(Value value);
/* typeof text: "Int", an instance's class name … Result lives as long as the value's class. */
const char *type_name(VM *vm, Value value);

#endif

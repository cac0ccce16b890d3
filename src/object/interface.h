/* interface.h — interfaces, what classes have to do with them, and adapters (language 20 §12–14).
 *
 * A class implements an interface inline, promising that its instances have the methods themselves, or through an
 * implementation: a class derived from Adapter whose methods work on the adapter around a value. What an implementation
 * leaves out it has as natives that pass the call on to the value.
 * Invariant: ClassObj.interfaces is nil or an array interface, implementation, interface, implementation …, where an
 * implementation is a class, or true for an inline one. */
#ifndef GENE_OBJECT_INTERFACE_H
#define GENE_OBJECT_INTERFACE_H

#include "object/class.h"

typedef struct InterfaceObj {
    Obj header;
    SymbolObj *name;
    Table methods; /* symbol → true */
    Table fields;  /* symbol → bool: may it only be read? */
} InterfaceObj;

/* An adapter's private properties. */
typedef struct AdapterStoreObj {
    Obj header;
    Table properties;
} AdapterStoreObj;

typedef struct AdapterObj {
    Obj header;
    InterfaceObj *interface;
    ClassObj *implementation;
    Value inner;
    AdapterStoreObj *store;
} AdapterObj;

/* Arguments are to stay reachable until these return. */
Value interface_make(VM *vm, SymbolObj *name);
Value adapter_make(VM *vm, InterfaceObj *interface, ClassObj *implementation, Value inner);

/* Sets or replaces how the class implements the interface. */
void class_set_interface(VM *vm, ClassObj *class_, InterfaceObj *interface, Value implementation);
/* Searches the chain of the class; VAL_UNSET when none of it implements the interface. */
Value class_find_interface(const ClassObj *class_, const InterfaceObj *interface);

static inline bool is_interface(Value value) { return is_obj_type(value, OBJ_INTERFACE); }
static inline InterfaceObj *interface_of(Value value) { return (InterfaceObj *)pointer_of(value); }
static inline bool is_adapter(Value value) { return is_obj_type(value, OBJ_ADAPTER); }
static inline AdapterObj *adapter_of(Value value) { return (AdapterObj *)pointer_of(value); }
static inline AdapterStoreObj *adapter_store_of(Value value) { return (AdapterStoreObj *)pointer_of(value); }

void interface_describe(Heap *heap);

#endif

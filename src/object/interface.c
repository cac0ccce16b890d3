/* interface.c — see interface.h. */
#include "object/interface.h"

#include "object/space.h"

Value interface_make(VM *vm, SymbolObj *name) {
    InterfaceObj *interface = heap_alloc(vm, OBJ_INTERFACE, sizeof(InterfaceObj));
    interface->name = name;
    return value_pointer(interface);
}

Value adapter_make(VM *vm, InterfaceObj *interface, ClassObj *implementation, Value inner) {
    AdapterStoreObj *store = heap_alloc(vm, OBJ_ADAPTER_STORE, sizeof(AdapterStoreObj));
    space_hold(vm, value_pointer(store));
    AdapterObj *adapter = heap_alloc(vm, OBJ_ADAPTER, sizeof(AdapterObj));
    space_release(vm, 1);
    adapter->interface = interface;
    adapter->implementation = implementation;
    adapter->inner = inner;
    adapter->store = store;
    return value_pointer(adapter);
}

void class_set_interface(VM *vm, ClassObj *class_, InterfaceObj *interface, Value implementation) {
    if (is_nil(class_->interfaces)) {
        class_->interfaces = array_make(vm, 2);
        heap_touch(vm, class_);
    }
    ArrayObj *list = array_of(class_->interfaces);
    for (uint32_t i = 0; i < list->count; i += 2) {
        if (list->items[i] != value_pointer(interface)) continue;
        list->items[i + 1] = implementation;
        heap_touch(vm, list);
        return;
    }
    array_push(vm, list, value_pointer(interface));
    array_push(vm, list, implementation);
}

Value class_find_interface(const ClassObj *class_, const InterfaceObj *interface) {
    for (; class_; class_ = class_->parent) {
        if (is_nil(class_->interfaces)) continue;
        const ArrayObj *list = array_of(class_->interfaces);
        for (uint32_t i = 0; i < list->count; i += 2) {
            if (list->items[i] == value_pointer(interface)) return list->items[i + 1];
        }
    }
    return VAL_UNSET;
}

/* --- descriptors ---------------------------------------------------------------------------------- */

static void trace_interface(Heap *heap, Obj *object) {
    const InterfaceObj *interface = (InterfaceObj *)object;
    heap_mark_object(heap, interface->name);
    table_trace(heap, &interface->methods);
    table_trace(heap, &interface->fields);
}

static void finalize_interface(Heap *heap, Obj *object) {
    InterfaceObj *interface = (InterfaceObj *)object;
    table_free(heap, &interface->methods);
    table_free(heap, &interface->fields);
}

static void trace_adapter(Heap *heap, Obj *object) {
    const AdapterObj *adapter = (AdapterObj *)object;
    heap_mark_object(heap, adapter->interface);
    heap_mark_object(heap, adapter->implementation);
    heap_mark_value(heap, adapter->inner);
    heap_mark_object(heap, adapter->store);
}

static void trace_store(Heap *heap, Obj *object) { table_trace(heap, &((AdapterStoreObj *)object)->properties); }

static void finalize_store(Heap *heap, Obj *object) { table_free(heap, &((AdapterStoreObj *)object)->properties); }

void interface_describe(Heap *heap) {
    static const ObjDescriptor interface = {trace_interface, finalize_interface};
    static const ObjDescriptor adapter = {trace_adapter, NULL};
    static const ObjDescriptor store = {trace_store, finalize_store};
    heap_describe(heap, OBJ_INTERFACE, &interface);
    heap_describe(heap, OBJ_ADAPTER, &adapter);
    heap_describe(heap, OBJ_ADAPTER_STORE, &store);
}

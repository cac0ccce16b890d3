/* adapter.c — see adapter.h; with the intrinsics behind interface, implement and implements. */
#include "vm/adapter.h"

#include "vm/call.h"
#include "vm/property.h"

/* --- applying ---------------------------------------------------------------------------------------------------- */

bool adapter_apply(VM *vm, InterfaceObj *interface, const Arguments *a, Value *out_ctor) {
    Fiber *fiber = vm->fiber;
    *out_ctor = VAL_NIL;
    if (a->count == 0) {
        vm_raise(vm, ERR_ARGUMENT, "interface %s expects a value; write (%s value)", interface->name->text,
                 interface->name->text);
        return false;
    }
    Value value = fiber->stack[a->base];
    if (is_adapter(value)) value = fiber->stack[a->base] = adapter_of(value)->inner;
    const ClassObj *class_ = class_of(vm, value);
    Value found = class_find_interface(class_, interface);
    bool has_more = a->count > 1 || a->keyword_count > 0;
    if (found == VAL_UNSET) {
        vm_raise(vm, ERR_OOP, "No implementation found for interface %s on type %s", interface->name->text,
                 class_->name->text);
        return false;
    }
    if (!is_class(found)) {
        if (!has_more) return true;
        vm_raise(vm, ERR_OOP, "Inline interface implementation %s does not accept adapter constructor arguments",
                 interface->name->text);
        return false;
    }
    ClassObj *implementation = class_of_value(found);
    if (has_more && implementation->ctor == VAL_NIL) {
        vm_raise(vm, ERR_OOP, "Adapter %s does not define a constructor", interface->name->text);
        return false;
    }
    uint32_t top = fiber->top, end = a->base + a->count + a->keyword_count;
    if (fiber->top < end) fiber->top = end;
    Value adapter = adapter_make(vm, interface, implementation, value);
    fiber->top = top;
    fiber->stack[a->base] = adapter;
    *out_ctor = implementation->ctor;
    return true;
}

/* --- properties -------------------------------------------------------------------------------------------------- */

Value adapter_get(VM *vm, const AdapterObj *adapter, const SymbolObj *name) {
    if (symbol_is(name, "_genevalue")) return adapter->inner;
    if (symbol_is(name, "_geneinternal")) return value_pointer(adapter->store);
    if (table_get_symbol(&adapter->interface->fields, name) == VAL_UNSET) return VAL_NIL;
    return property_get(vm, adapter->inner, name);
}

bool adapter_set(VM *vm, AdapterObj *adapter, SymbolObj *name, Value value) {
    const InterfaceObj *interface = adapter->interface;
    Value readonly = table_get_symbol(&interface->fields, name);
    if (readonly == VAL_FALSE) return property_set(vm, adapter->inner, name, value);
    if (readonly == VAL_UNSET)
        vm_raise(vm, ERR_OOP, "Property %s is not declared on interface %s", name->text, interface->name->text);
    else
        vm_raise(vm, ERR_OOP, "Property %s is readonly", name->text);
    return false;
}

/* --- methods that the implementation leaves to the value --------------------------------------------------------- */

static bool answers(VM *vm, Value value, const SymbolObj *name) {
    if (vm_find_method(vm, value, name) != VAL_UNSET) return true;
    for (const ClassObj *at = class_of(vm, value); at; at = at->parent) {
        if (at->missing_method != VAL_NIL) return true;
    }
    return false;
}

static NativeResult forward(VM *vm, const Args *args, Value *out) {
    SymbolObj *name = symbol_of(native_of(args->callee)->data);
    Value self = native_arg(vm, args, 0);
    Value inner = is_adapter(self) ? adapter_of(self)->inner : self;
    if (!is_adapter(self) || !answers(vm, inner, name)) {
        return vm_raise(vm, ERR_METHOD_NOT_FOUND, "Method %s not found on inner object", name->text);
    }
    uint32_t slot = vm->native_slot;
    native_set_arg(vm, args, 0, inner);
    CallResult result =
        vm_call_method(vm, name, args->base, args->count, args->keyword_names, args->keyword_count, slot, 0);
    return native_after_call(vm, result, slot, out);
}

static const NativeDef forward_def = {
    "forward", forward, 0, -1, NATIVE_METHOD | NATIVE_KEYWORDS, "(adapter .method v…)", "Asks the adapted value."};

/* --- interface --------------------------------------------------------------------------------------------------- */

static NativeResult make_interface(VM *vm, const Args *args, Value *out) {
    *out = interface_make(vm, symbol_of(native_arg(vm, args, 0)));
    InterfaceObj *interface = interface_of(*out);
    const ArrayObj *methods = array_of(native_arg(vm, args, 1));
    for (uint32_t i = 0; i < methods->count; i++) {
        table_set_symbol(vm, &interface->methods, symbol_of(methods->items[i]), VAL_TRUE);
    }
    table_copy(vm, &interface->fields, &map_of(native_arg(vm, args, 2))->table);
    return NATIVE_RETURN;
}

/* --- implements -------------------------------------------------------------------------------------------------- */

static NativeResult implements(VM *vm, const Args *args, Value *out) {
    Value interface = native_arg(vm, args, 1);
    if (!is_interface(interface)) {
        return vm_raise(vm, ERR_OOP, "Unknown interface: %s", symbol_of(native_arg(vm, args, 2))->text);
    }
    if (!is_class(native_arg(vm, args, 0))) return vm_raise(vm, ERR_OOP, "implements requires a class");
    class_set_interface(vm, class_of_value(native_arg(vm, args, 0)), interface_of(interface), VAL_TRUE);
    *out = VAL_NIL;
    return NATIVE_RETURN;
}

/* After the class's body: it has what its interfaces want. */
static NativeResult check_interfaces(VM *vm, const Args *args, Value *out) {
    Value value = native_arg(vm, args, 0);
    if (!is_class(value) || !is_array(class_of_value(value)->interfaces)) { /* the code of an image may pass anything */
        return vm_raise(vm, ERR_OOP, "implements requires a class");
    }
    const ClassObj *class_ = class_of_value(value);
    const ArrayObj *list = array_of(class_->interfaces);
    for (uint32_t i = 0; i < list->count; i += 2) {
        const InterfaceObj *interface = interface_of(list->items[i]);
        const Table *methods = &interface->methods;
        for (uint32_t k = table_next(methods, 0); k < methods->used; k = table_next(methods, k + 1)) {
            const SymbolObj *name = symbol_of(methods->entries[k].key);
            if (class_find_method(class_, name, NULL) != VAL_UNSET) continue;
            return vm_raise(vm, ERR_TYPE, "Type error: class %s does not implement method %s required by interface %s",
                            class_->name->text, name->text, interface->name->text);
        }
    }
    *out = VAL_NIL;
    return NATIVE_RETURN;
}

/* --- implement --------------------------------------------------------------------------------------------------- */

/* The class of the adapters, to which the form's members are added. */
static NativeResult implement(VM *vm, const Args *args, Value *out) {
    Value interface = native_arg(vm, args, 0), target = native_arg(vm, args, 1);
    const FunctionObj *running = vm->fiber->frames[vm->fiber->frame_count - 1].fn;
    if (is_symbol(interface)) interface = vm_lookup_name(running->ns, symbol_of(interface));
    if (!is_interface(interface)) {
        return vm_raise(vm, ERR_OOP, "Interface not found: %s", symbol_of(native_arg(vm, args, 2))->text);
    }
    if (!is_class(target)) return vm_raise(vm, ERR_OOP, "implement requires a class, got %s", kind_name(target));
    uint32_t scope = roots_open(vm);
    root_push(vm, interface);
    ClassObj *adapter_class = vm->space.type_classes[OBJ_ADAPTER];
    ClassObj *class_ = class_make(vm, adapter_class->name, adapter_class);
    root_push(vm, value_pointer(class_));
    class_->ns->parent = running->ns;
    heap_touch(vm, class_->ns);
    const Table *methods = &interface_of(interface)->methods;
    for (uint32_t i = table_next(methods, 0); i < methods->used; i = table_next(methods, i + 1)) {
        SymbolObj *name = symbol_of(methods->entries[i].key);
        uint32_t native = root_push(vm, native_make(vm, &forward_def, value_pointer(name)));
        class_set_method(vm, class_, name, root_get(vm, native));
    }
    class_set_interface(vm, class_of_value(target), interface_of(interface), value_pointer(class_));
    roots_close(vm, scope);
    *out = value_pointer(class_);
    return NATIVE_RETURN;
}

void adapter_install_intrinsics(VM *vm) {
    static const NativeDef interface_def = {"interface",          make_interface,  3, 3, 0,
                                            "(interface Name …)", "New interface."};
    static const NativeDef implements_def = {
        "implements", implements, 3, 3, 0, "(class C implements I …)", "Notes that a class implements an interface."};
    static const NativeDef check_def = {
        "implements", check_interfaces, 1, 1, 0, "(class C implements I …)", "Checks that a class has all methods."};
    static const NativeDef implement_def = {
        "implement", implement, 3, 3, 0, "(implement I for C …)", "How values of a class implement an interface."};
    vm_install_intrinsic(vm, INTRINSIC_INTERFACE, &interface_def);
    vm_install_intrinsic(vm, INTRINSIC_IMPLEMENTS, &implements_def);
    vm_install_intrinsic(vm, INTRINSIC_CHECK_INTERFACES, &check_def);
    vm_install_intrinsic(vm, INTRINSIC_IMPLEMENT, &implement_def);
}

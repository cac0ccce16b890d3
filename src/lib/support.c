/* support.c — what the native modules share. */
#include "lib/support.h"

NativeResult lib_raise_receiver(VM *vm, const Args *args) {
    return vm_raise(vm, ERR_TYPE, "Method %s not supported for %s", native_of(args->callee)->def->name,
                    kind_name(native_arg(vm, args, 0)));
}

ClassObj *lib_define_class(VM *vm, NamespaceObj *ns, const char *name) {
    ClassObj *class_ = vm_define_class(vm, vm->global_ns, name, vm_space(vm)->object_class);
    vm_set_global(vm, ns, name, value_pointer(class_));
    return class_;
}

void lib_set_field(VM *vm, Value instance, const char *name, Value value) {
    uint32_t scope = roots_open(vm);
    root_push(vm, instance);
    root_push(vm, value);
    SymbolObj *symbol = symbol_from(vm, name);
    root_push(vm, value_pointer(symbol));
    instance_set(vm, instance_of(instance), symbol, value);
    roots_close(vm, scope);
}

Value lib_get_field(VM *vm, Value instance, const char *name) {
    Value value = is_instance(instance) ? instance_get(instance_of(instance), symbol_from(vm, name)) : VAL_UNSET;
    return value == VAL_UNSET ? VAL_NIL : value;
}

SymbolObj *lib_symbol(VM *vm, Value name) {
    return is_symbol(name) ? symbol_of(name) : symbol_from_string(vm, string_of(name));
}

uint32_t lib_clamp_index(int64_t index, uint32_t count) {
    if (index < 0) index = index < -(int64_t)count ? 0 : index + count;
    return index > count ? count : (uint32_t)index;
}

bool lib_int_arg(VM *vm, const Args *args, uint32_t i, const char *error, int64_t *out_number) {
    Value value = native_arg_or(vm, args, i, VAL_NIL);
    if (!is_int(value)) {
        vm_raise_message(vm, "%s", error);
        return false;
    }
    *out_number = int_of(value);
    return true;
}

Value lib_keyword_map(VM *vm, const Args *args) {
    if (args->keyword_count == 0) return VAL_NIL;
    Value map = map_make(vm);
    for (uint32_t i = 0; i < args->keyword_count; i++) {
        map_set(vm, map_of(map), symbol_of(args->keyword_names[i]), native_arg(vm, args, args->count + i));
    }
    return map;
}

bool lib_callable_arg(VM *vm, const Args *args, uint32_t i, const char *error, bool with_kind) {
    Value value = native_arg_or(vm, args, i, VAL_NIL);
    if (is_callable(vm, value)) return true;
    if (with_kind)
        vm_raise_message(vm, "%s, got %s", error, kind_name(value));
    else
        vm_raise_message(vm, "%s", error);
    return false;
}

bool lib_check_space(VM *vm, size_t size) {
    if (LIKELY(size <= HEAP_SMALL_REQUEST)) return true;
    if (size < UINT32_MAX && heap_can_allocate(vm, size)) return true;
    vm_raise(vm, ERR_LIMIT_MEMORY, "memory limit reached: no room for %llu more bytes (limits.memory)",
             (unsigned long long)size);
    return false;
}

bool lib_push_array(VM *vm, uint32_t capacity, uint32_t *out_root) {
    if (!lib_check_space(vm, (size_t)capacity * sizeof(Value))) return false;
    *out_root = root_push(vm, array_make(vm, capacity));
    return true;
}

NativeResult lib_return_items(VM *vm, const Value *items, uint32_t count, Value *out) {
    if (!lib_check_space(vm, (size_t)count * sizeof(Value))) return NATIVE_RAISE;
    return lib_return(out, array_from(vm, items, count));
}

Value lib_pair(VM *vm, Value a, Value b) {
    Value items[] = {a, b};
    return array_from(vm, items, 2);
}

static Value part_of(VM *vm, const TableEntry *entry, TablePart part, bool names, uint32_t key_root) {
    if (part == TABLE_VALUES) return entry->value;
    Value key = names ? string_from_symbol(vm, symbol_of(entry->key)) : entry->key;
    if (part == TABLE_KEYS) return key;
    root_set(vm, key_root, key);
    return lib_pair(vm, key, entry->value);
}

NativeResult lib_return_table(VM *vm, const Table *table, TablePart part, bool names, Value *out) {
    uint32_t scope = roots_open(vm), result;
    if (!lib_push_array(vm, table->count, &result)) return NATIVE_RAISE;
    uint32_t key = root_push(vm, VAL_NIL);
    for (uint32_t i = table_next(table, 0); i < table->used; i = table_next(table, i + 1)) {
        Value item = part_of(vm, &table->entries[i], part, names, key);
        array_push(vm, array_of(root_get(vm, result)), item);
    }
    *out = root_get(vm, result);
    roots_close(vm, scope);
    return NATIVE_RETURN;
}

bool lib_push_entries(VM *vm, const Table *table, uint32_t *out_root) {
    if (!lib_push_array(vm, table->count * 2, out_root)) return false;
    ArrayObj *entries = array_of(root_get(vm, *out_root));
    for (uint32_t i = table_next(table, 0); i < table->used; i = table_next(table, i + 1)) {
        array_push(vm, entries, table->entries[i].key);
        array_push(vm, entries, table->entries[i].value);
    }
    return true;
}

void lib_buffer_init(VM *vm, Buffer *buffer) {
    buffer_init(buffer);
    /* Not what is left of it: much of what the heap holds may be garbage. lib_return_text asks the heap. */
    buffer->limit = vm_heap(vm)->limit;
}

NativeResult lib_return_text(VM *vm, Buffer *buffer, Value *out) {
    if (buffer->failed || buffer->size >= UINT32_MAX) {
        buffer_free(buffer);
        return vm_raise(vm, ERR_LIMIT_MEMORY, "memory limit reached while making a string (limits.memory)");
    }
    if (!lib_check_space(vm, buffer->size)) {
        buffer_free(buffer);
        return NATIVE_RAISE;
    }
    return lib_return(out, string_from_buffer(vm, buffer));
}

bool lib_append_args(VM *vm, const Args *args, uint32_t first, Buffer *buffer) {
    for (uint32_t i = first; i < args->count; i++) {
        if (!print_value(vm, buffer, native_arg(vm, args, i), RENDER_STRING_FORM)) return false;
    }
    return true;
}

NamespaceObj *lib_namespace(VM *vm, NamespaceObj *ns, const char *name) {
    SymbolObj *symbol = symbol_from(vm, name);
    Value found = namespace_get(ns, symbol);
    if (is_namespace(found)) return namespace_of(found);
    NamespaceObj *made = namespace_make(vm, symbol, ns);
    namespace_set(vm, ns, symbol, value_pointer(made));
    return made;
}

void lib_define_method(VM *vm, ClassObj *class_, const NativeDef *def, Value data) {
    class_set_method(vm, class_, symbol_from(vm, def->name), native_make(vm, def, data));
}

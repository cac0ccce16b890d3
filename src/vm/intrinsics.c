/* intrinsics.c — the operations behind INTRINSIC that belong to the vm room: literals, classes, namespaces, patterns. */
#include "vm/adapter.h"
#include "vm/bind.h"
#include "vm/call.h"
#include "vm/operators.h"
#include "vm/property.h"
#include "vm/suggest.h"
#include "vm/variant.h"

#include <math.h>

static Frame *calling_frame(VM *vm) { return &vm->fiber->frames[vm->fiber->frame_count - 1]; }

/* --- literals --------------------------------------------------------------------------------------------------------- */

static void put_found(VM *vm, Value map, TableEntry *entry, Value key, uint32_t hash, Value value) {
    if (entry)
        entry->value = value;
    else
        table_append(vm, &hash_of(map)->table, key, hash, value);
    heap_touch(vm, hash_of(map));
}

static bool hashmap_put(VM *vm, Value map, Value key, Value value) {
    uint32_t hash;
    TableEntry *entry;
    if (!hash_find(vm, hash_of(map), key, "HashMap", &hash, &entry)) return false;
    put_found(vm, map, entry, key, hash, value);
    return true;
}

static NativeResult hashmap_literal(VM *vm, const Args *args, Value *out) {
    if (args->count % 2 != 0) return vm_raise(vm, ERR_RUNTIME, "HashMap literals expect alternating key/value entries");
    uint32_t scope = roots_open(vm);
    uint32_t map = root_push(vm, hashmap_make(vm));
    for (uint32_t i = 0; i < args->count; i += 2) {
        if (!hashmap_put(vm, root_get(vm, map), native_arg(vm, args, i), native_arg(vm, args, i + 1))) {
            return NATIVE_RAISE;
        }
    }
    *out = root_get(vm, map);
    roots_close(vm, scope);
    return NATIVE_RETURN;
}

static NativeResult hashmap_put_entry(VM *vm, const Args *args, Value *out) {
    if (!hashmap_put(vm, native_arg(vm, args, 0), native_arg(vm, args, 1), native_arg(vm, args, 2))) {
        return NATIVE_RAISE;
    }
    *out = native_arg(vm, args, 0);
    return NATIVE_RETURN;
}

/* --- members ----------------------------------------------------------------------------------------------------------- */

static NativeResult get_strict(VM *vm, const Args *args, Value *out) {
    Value container = native_arg(vm, args, 0), key = native_arg(vm, args, 1);
    if (is_array(container) || (is_node(container) && is_int(key))) {
        uint32_t count = is_array(container) ? array_of(container)->count : node_of(container)->count;
        if (is_symbol(key))
            return vm_raise(vm, ERR_RUNTIME, "Cannot set named member '%s' on array", symbol_of(key)->text);
        if (!is_int(key)) return vm_raise(vm, ERR_RUNTIME, "Array index must be an integer");
        if (int_of(key) < 0 || int_of(key) >= count) {
            return vm_raise(vm, ERR_INDEX, "%s index out of bounds: %lld (len=%u)",
                            is_array(container) ? "Array" : "Gene child", (long long)int_of(key), count);
        }
        *out = property_get_index(vm, container, int_of(key));
        return NATIVE_RETURN;
    }
    if (!property_get_dynamic(vm, container, key, out)) return NATIVE_RAISE;
    if (*out != VAL_VOID) return NATIVE_RETURN;
    if (is_instance(container)) {
        *out = VAL_NIL;
        return NATIVE_RETURN;
    }
    if (!is_map(container) && !is_node(container)) return NATIVE_RETURN;
    SymbolObj *name = property_key(vm, key);
    return vm_raise(vm, ERR_RUNTIME, "key not found: %s", name ? name->text : "?");
}

static NativeResult lookup(VM *vm, const Args *args, Value *out) {
    Value found = native_arg(vm, args, 0);
    *out = found == VAL_VOID ? native_arg(vm, args, 1) : found;
    return NATIVE_RETURN;
}

static NativeResult method_name(VM *vm, const Args *args, Value *out) {
    Value name = native_arg(vm, args, 0);
    if (is_symbol(name) || is_string(name)) {
        *out = value_pointer(property_key(vm, name));
        return NATIVE_RETURN;
    }
    if (name == VAL_NIL) return vm_raise(vm, ERR_RUNTIME, "Dynamic method name cannot be nil");
    if (name == VAL_VOID) return vm_raise(vm, ERR_RUNTIME, "Dynamic method name cannot be void");
    return vm_raise(vm, ERR_RUNTIME, "Dynamic method name must be string or symbol, got %s", kind_name(name));
}

static NativeResult element_spread(VM *vm, const Args *args, Value *out) {
    Value value = native_arg(vm, args, 0);
    if (value == VAL_NIL) {
        *out = array_make(vm, 0);
    } else if (is_array(value)) {
        *out = value;
    } else {
        return vm_raise(vm, ERR_RUNTIME, "... can only spread arrays in gene children context, got %s",
                        kind_name(value));
    }
    return NATIVE_RETURN;
}

/* Only namespaces and classes take definitions of functions and classes. */
static bool check_definition(VM *vm, const Args *args, Value *io_container) {
    Value name = native_arg(vm, args, 3);
    if (!is_symbol(name)) return vm_raise(vm, ERR_RUNTIME, "a container's name must be a symbol"), false;
    SymbolObj *text = symbol_of(name);
    if (*io_container == VAL_UNSET) *io_container = vm_lookup_name(calling_frame(vm)->fn->ns, text);
    bool is_missing = *io_container == VAL_UNSET || *io_container == VAL_VOID;
    if (!is_missing && (is_namespace(*io_container) || is_class(*io_container))) return true;
    if (args->count > 4) {
        vm_raise(vm, ERR_OOP, "Class container must be a namespace or class, got %s",
                 kind_name(is_missing ? VAL_VOID : *io_container));
    } else if (is_missing) {
        vm_raise(vm, ERR_RUNTIME, "Namespace %s not found", text->text);
    } else {
        vm_raise(vm, ERR_RUNTIME, "%s is not a namespace", text->text);
    }
    return false;
}

static NativeResult set_member(VM *vm, const Args *args, Value *out) {
    Value container = native_arg(vm, args, 0), name = native_arg(vm, args, 1);
    if (args->count > 3) {
        if (!check_definition(vm, args, &container)) return NATIVE_RAISE;
    } else if (container == VAL_UNSET) {
        container = value_pointer(vm->global_ns);
    }
    *out = native_arg(vm, args, 2);
    return property_set(vm, container, symbol_of(name), *out) ? NATIVE_RETURN : NATIVE_RAISE;
}

/* --- classes and namespaces --------------------------------------------------------------------------------------------- */

static NativeResult make_class(VM *vm, const Args *args, Value *out) {
    Value name = native_arg(vm, args, 0), parent = native_arg(vm, args, 1);
    if (parent != VAL_UNSET && !is_class(parent)) return vm_raise(vm, ERR_OOP, "Invalid superclass");
    ClassObj *base = parent == VAL_UNSET ? vm->space.object_class : class_of_value(parent);
    ClassObj *class_ = class_make(vm, symbol_of(name), base);
    class_->ns->parent = calling_frame(vm)->fn->ns;
    heap_touch(vm, class_->ns);
    *out = value_pointer(class_);
    return NATIVE_RETURN;
}

/* NULL after raising: the code of an image may pass anything where the compiler passes a class. */
static ClassObj *class_arg(VM *vm, const Args *args) {
    Value value = native_arg(vm, args, 0);
    if (is_class(value)) return class_of_value(value);
    vm_raise(vm, ERR_OOP, "a class body needs a class, got %s", kind_name(value));
    return NULL;
}

/* The function, as a method of the class. */
static Value method_arg(VM *vm, const Args *args, uint32_t index, ClassObj *class_) {
    FunctionObj *fn = function_of(native_arg(vm, args, index));
    fn->home_class = class_;
    heap_touch(vm, fn);
    return value_pointer(fn);
}

static NativeResult class_method(VM *vm, const Args *args, Value *out) {
    ClassObj *class_ = class_arg(vm, args);
    if (!class_) return NATIVE_RAISE;
    *out = method_arg(vm, args, 2, class_);
    class_set_method(vm, class_, symbol_of(native_arg(vm, args, 1)), *out);
    return NATIVE_RETURN;
}

static NativeResult class_ctor(VM *vm, const Args *args, Value *out) {
    ClassObj *class_ = class_arg(vm, args);
    if (!class_) return NATIVE_RAISE;
    class_->ctor = *out = method_arg(vm, args, 1, class_);
    heap_touch(vm, class_);
    return NATIVE_RETURN;
}

static NativeResult class_missing(VM *vm, const Args *args, Value *out) {
    ClassObj *class_ = class_arg(vm, args);
    if (!class_) return NATIVE_RAISE;
    class_->missing_method = *out = method_arg(vm, args, 1, class_);
    heap_touch(vm, class_);
    return NATIVE_RETURN;
}

static NativeResult class_field(VM *vm, const Args *args, Value *out) {
    ClassObj *class_ = class_arg(vm, args);
    if (!class_) return NATIVE_RAISE;
    SymbolObj *name = symbol_of(native_arg(vm, args, 1));
    Value type = native_arg(vm, args, 2);
    if (is_type(type)) {
        class_add_typed_field(vm, class_, name, type);
    } else {
        table_set_symbol(vm, &class_->fields, name, type);
        heap_touch(vm, class_);
    }
    *out = VAL_NIL;
    return NATIVE_RETURN;
}

static NativeResult call_body(VM *vm, const Args *args, Value *out) {
    Value body = native_arg(vm, args, 0), self = native_arg(vm, args, 1);
    if (!is_class(self) && !is_namespace(self)) {
        return vm_raise(vm, ERR_OOP, "a body needs a class or namespace, got %s", kind_name(self));
    }
    FunctionObj *fn = function_of(body);
    fn->ns = is_class(self) ? class_of_value(self)->ns : namespace_of(self);
    heap_touch(vm, fn);
    uint32_t slot = vm->native_slot;
    return native_after_call(vm, vm_call(vm, body, args->base + 1, 1, NULL, 0, slot, 0), slot, out);
}

static NativeResult make_namespace(VM *vm, const Args *args, Value *out) {
    *out = value_pointer(namespace_make(vm, symbol_of(native_arg(vm, args, 0)), calling_frame(vm)->fn->ns));
    return NATIVE_RETURN;
}

static NativeResult current_namespace(VM *vm, const Args *args, Value *out) {
    (void)args;
    *out = value_pointer(calling_frame(vm)->fn->ns);
    return NATIVE_RETURN;
}

/* --- errors and patterns -------------------------------------------------------------------------------------------------- */

static NativeResult exception_is(VM *vm, const Args *args, Value *out) {
    Value exception = native_arg(vm, args, 0), class_ = native_arg(vm, args, 1);
    *out = value_bool(is_class(class_) && is_instance(exception) &&
                      class_descends_from(instance_of(exception)->class_, class_of_value(class_)));
    return NATIVE_RETURN;
}

/* The value's elements as arguments (language 07 §7.5), copied above the frame. */
static bool spread_value(VM *vm, Value value, SpreadCall *out_call) {
    uint32_t scope = roots_open(vm);
    Value positionals = value, keywords = VAL_NIL;
    if (is_node(value)) {
        NodeObj *node = node_of(value);
        uint32_t map = root_push(vm, map_make(vm));
        table_copy(vm, &map_of(root_get(vm, map))->table, &node->props);
        positionals = array_from(vm, node->children, node->count);
        keywords = root_get(vm, map);
    } else if (is_map(value)) {
        keywords = value;
        positionals = VAL_NIL;
    } else if (!is_array(value)) {
        positionals = array_from(vm, &value, 1);
    }
    roots_close(vm, scope);
    root_push(vm, positionals);
    root_push(vm, keywords);
    return vm_spread_arguments(vm, VAL_NIL, positionals, keywords, out_call);
}

static NativeResult destructure(VM *vm, const Args *args, Value *out) {
    uint32_t scope = roots_open(vm);
    const CodeObj *code = pointer_of(native_arg(vm, args, 0));
    SpreadCall spread;
    if (!spread_value(vm, native_arg(vm, args, 1), &spread)) return NATIVE_RAISE;
    Fiber *fiber = vm->fiber;
    uint32_t target = fiber->top;
    uint32_t slots = code->slot_count > code->param_count ? code->slot_count : code->param_count;
    if (!fiber_reserve(vm, fiber, slots)) return NATIVE_RAISE;
    for (uint32_t i = 0; i < slots; i++) fiber->stack[target + i] = VAL_NIL;
    fiber->top = target + slots;
    Arguments arguments = {spread.base, spread.count, spread.keyword_names, spread.keyword_count, 0};
    if (!bind_arguments(vm, code, &arguments, target, "Destructuring pattern mismatch: ")) return NATIVE_RAISE;
    Value list = array_make(vm, code->param_count);
    for (uint32_t i = 0; i < code->param_count; i++) {
        array_push(vm, array_of(list), fiber->stack[target + code->params[i].slot]);
    }
    *out = list;
    roots_close(vm, scope);
    return NATIVE_RETURN;
}

static NativeResult check_enum_pattern(VM *vm, const Args *args, Value *out) {
    *out = native_arg(vm, args, 0);
    Value count = native_arg(vm, args, 1);
    uint32_t binders = is_small_int(count) ? (uint32_t)small_int_of(count) : 0;
    return variant_check_pattern(vm, *out, binders) ? NATIVE_RETURN : NATIVE_RAISE;
}

static NativeResult get_global(VM *vm, const Args *args, Value *out) {
    const SymbolObj *name = symbol_of(native_arg(vm, args, 0));
    *out = namespace_get(vm->global_ns, name);
    return *out != VAL_UNSET ? NATIVE_RETURN : vm_raise(vm, ERR_UNDEFINED, "%s is not defined", name->text);
}

/* (repeat value …): a Float is truncated, anything else but an Int is one turn or none. */
static NativeResult repeat_count(VM *vm, const Args *args, Value *out) {
    Value count = native_arg(vm, args, 0);
    if (is_int(count))
        *out = count;
    else if (is_float(count))
        *out = float_of(count) >= 1 ? int_make(vm, (int64_t)fmin(float_of(count), 9e18)) : value_small_int(0);
    else
        *out = value_small_int(is_truthy(count));
    return NATIVE_RETURN;
}

static NativeResult raise_message(VM *vm, const Args *args, Value *out) {
    (void)out;
    const char *message = string_of(native_arg(vm, args, 0))->text;
    if (args->count > 1) {
        Value kind = native_arg(vm, args, 1), hint = native_arg_or(vm, args, 2, VAL_NIL);
        vm_raise(vm, kind == value_small_int(ERR_COMPILE_LET) ? ERR_COMPILE_LET : ERR_COMPILE_FORM, "%s", message);
        if (is_string(hint)) suggest_text(vm, string_of(hint)->text);
        return NATIVE_RAISE;
    }
    return vm_raise_message(vm, "%s", message);
}

/* name=value of each parameter, as it is now. */
static void append_arguments(VM *vm, Buffer *text, const Frame *frame) {
    const CodeObj *code = frame->code;
    bool is_first = true;
    for (uint32_t i = 0; i < code->param_count; i++) {
        const Param *param = &code->params[i];
        if (i == 0 && param->name == SYM(vm, SELF) && code->name == SYM(vm, CTOR)) continue;
        Value value = vm->fiber->stack[frame->base + param->slot];
        if (is_obj_type(value, OBJ_CELL)) value = cell_of(value)->value;
        buffer_append_format(text, "%s%s=", is_first ? "" : ", ", param->name ? param->name->text : "_");
        print_value_safely(vm, text, value, RENDER_QUOTED);
        is_first = false;
    }
}

static NativeResult contract_violation(VM *vm, const Args *args, Value *out) {
    (void)out;
    const Frame *frame = calling_frame(vm);
    bool is_post = args->count > 2;
    Buffer text;
    buffer_init(&text);
    buffer_append_format(&text, "ContractViolation: %s %s #", frame->code->name->text,
                         is_post ? "postcondition" : "precondition");
    print_value_safely(vm, &text, native_arg(vm, args, 0), RENDER_QUOTED);
    buffer_append_text(&text, " failed: ");
    print_value_safely(vm, &text, native_arg(vm, args, 1), RENDER_QUOTED);
    buffer_append_text(&text, " | args=[");
    append_arguments(vm, &text, frame);
    buffer_append_byte(&text, ']');
    if (is_post) {
        buffer_append_text(&text, " | result=");
        print_value_safely(vm, &text, native_arg(vm, args, 2), RENDER_QUOTED);
    }
    vm_raise(vm, ERR_CONTRACT, "%s", buffer_text(&text));
    buffer_free(&text);
    return NATIVE_RAISE;
}

static NativeResult parse_first(VM *vm, const Args *args, Value *out) {
    Value text = native_arg(vm, args, 0);
    if (!is_string(text)) return vm_raise(vm, ERR_ARGUMENT, "$parse expects a string");
    Diagnostics diagnostics = {NULL, 0, 0};
    ReadOptions options = {.file = "<parse>"};
    bool ok = reader_read_first(vm, string_of(text)->text, string_of(text)->size, &options, out, &diagnostics);
    if (!ok) vm_raise(vm, diagnostics_main(&diagnostics)->id, "%s", diagnostics_main(&diagnostics)->message);
    diagnostics_free(&diagnostics);
    return ok ? NATIVE_RETURN : NATIVE_RAISE;
}

static NativeResult export_members(VM *vm, const Args *args, Value *out) {
    ModuleObj *module = calling_frame(vm)->code->module;
    ArrayObj *names = array_of(native_arg(vm, args, 0));
    module->has_exports = true;
    for (uint32_t i = 0; i < names->count; i++) {
        SymbolObj *name = symbol_of(names->items[i]);
        Value value = native_arg(vm, args, i + 1);
        if (value == VAL_UNSET) value = namespace_get(module->ns, name);
        if (value == VAL_UNSET) return vm_raise(vm, ERR_RUNTIME, "Cannot export '%s': value not found", name->text);
        namespace_set(vm, module->ns, name, value);
        table_set_symbol(vm, &module->exports, name, VAL_TRUE);
    }
    heap_touch(vm, module);
    *out = VAL_NIL;
    return NATIVE_RETURN;
}

static const struct {
    Intrinsic id;
    NativeDef def;
} rows[] = {
    {INTRINSIC_HASHMAP, {"{{}}", hashmap_literal, 0, -1, NATIVE_REENTRANT, "{{k v …}}", "A hash map."}},
    {INTRINSIC_HASHMAP_PUT, {"{{}}", hashmap_put_entry, 3, 3, NATIVE_REENTRANT, "{{k v …}}", "Adds an entry."}},
    {INTRINSIC_GET_STRICT, {"get", get_strict, 2, 2, 0, "(a/k += v)", "Current value of a member that must exist."}},
    {INTRINSIC_LOOKUP, {"./", lookup, 2, 2, 0, "(./ v key default)", "Member by computed key, or the default."}},
    {INTRINSIC_METHOD_NAME, {".", method_name, 1, 1, 0, "(v . name)", "Name of a dynamic method call."}},
    {INTRINSIC_ELEMENT_SPREAD, {"...", element_spread, 1, 1, 0, "xs...", "Array to spread."}},
    {INTRINSIC_CLASS, {"class", make_class, 2, 3, 0, "(class Name …)", "New class."}},
    {INTRINSIC_CLASS_METHOD, {"method", class_method, 3, 3, 0, "(method name [..] …)", "Adds a method."}},
    {INTRINSIC_CLASS_CTOR, {"ctor", class_ctor, 2, 2, 0, "(ctor [..] …)", "Sets the constructor."}},
    {INTRINSIC_CLASS_MISSING,
     {"on_method_missing", class_missing, 2, 2, 0, "(on_method_missing [..] …)",
      "Sets the fallback for unknown methods."}},
    {INTRINSIC_CLASS_FIELD, {"field", class_field, 3, 3, 0, "(field name Type)", "Declares a field."}},
    {INTRINSIC_CALL_BODY, {"body", call_body, 2, 2, 0, "", "Runs a class or namespace body."}},
    {INTRINSIC_NAMESPACE, {"ns", make_namespace, 1, 1, 0, "(ns Name …)", "New namespace."}},
    {INTRINSIC_SET_MEMBER, {"set", set_member, 3, 5, 0, "(var a/b v)", "Defines a member."}},
    {INTRINSIC_CURRENT_NS, {"$ns", current_namespace, 0, 0, 0, "$ns", "The current namespace."}},
    {INTRINSIC_EXCEPTION_IS, {"catch", exception_is, 2, 2, 0, "catch Class", "Does the clause apply?"}},
    {INTRINSIC_DESTRUCTURE, {"var", destructure, 2, 2, 0, "(var [pattern] v)", "Binds a pattern."}},
    {INTRINSIC_ENUM_PATTERN,
     {"when", check_enum_pattern, 2, 2, 0, "when (Enum/Variant …)", "Checks a pattern's head."}},
    {INTRINSIC_EXPORT, {"export", export_members, 1, -1, 0, "(export a b)", "Exports members."}},
    {INTRINSIC_GLOBAL, {"$", get_global, 1, 1, 0, "$name", "Member of the global namespace."}},
    {INTRINSIC_REPEAT_COUNT, {"repeat", repeat_count, 1, 1, 0, "(repeat n …)", "Number of turns."}},
    {INTRINSIC_PARSE, {"$parse", parse_first, 1, 1, 0, "($parse s)", "First form of s as data."}},
    {INTRINSIC_CONTRACT,
     {"contract", contract_violation, 2, 3, 0, "^pre [..] ^post [..]", "Raises a contract violation."}},
    {INTRINSIC_RAISE, {"raise", raise_message, 1, 3, 0, "", "Raises a message known at compile time."}},
};

void vm_install_intrinsics(VM *vm) {
    for (size_t i = 0; i < COUNT_OF(rows); i++) vm_install_intrinsic(vm, rows[i].id, &rows[i].def);
    vm_install_intrinsic(vm, INTRINSIC_COPY_QUOTED, &copy_quoted_native);
    vm_install_intrinsic(vm, INTRINSIC_RENDER, &render_native);
    vm_install_intrinsic(vm, INTRINSIC_EVAL, &eval_native);
    adapter_install_intrinsics(vm);
    vm_install_intrinsic(vm, INTRINSIC_RENDER_IN, &render_in_native);
    vm_install_intrinsic(vm, INTRINSIC_CALLER_EVAL, &caller_eval_native);
}

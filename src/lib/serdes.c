/* serdes.c — gene/serdes: values as Gene text with references to what has a name (language 32). serdes.gene and
 * serdes_tree.gene hold what waits for files and modules; here is what they are made of.
 *
 * A value that is no data is written as the module and path under which it can be imported: the member of a module or of the
 * library that is this very object. Invariant: what is searched is a tree, for a namespace is entered only from its parent. */
#include "base/hash.h"
#include "lib/form_text.h"
#include "lib/module.h"
#include "lib/modules.h"
#include "lib/path.h"
#include "lib/prelude.h"
#include "lib/support.h"
#include "object/enum.h"
#include "reader/reader.h"
#include "vm/property.h"
#include "vm/recursion.h"

#define PATH_DEPTH_MAX 32u

/* --- where a value is from ------------------------------------------------------------------------------------------ */

/* The member of `ns` that is `wanted`, or of the namespaces and classes made in it: *path gets its names. */
static bool find_member(const NamespaceObj *ns, Value wanted, Buffer *path, uint32_t depth) {
    const Table *members = &ns->members;
    for (uint32_t i = table_next(members, 0); i < members->used; i = table_next(members, i + 1)) {
        if (members->entries[i].value != wanted) continue;
        buffer_append_text(path, symbol_of(members->entries[i].key)->text);
        return true;
    }
    for (uint32_t i = table_next(members, 0); depth < PATH_DEPTH_MAX && i < members->used;
         i = table_next(members, i + 1)) {
        Value member = members->entries[i].value;
        const NamespaceObj *inner = is_namespace(member) ? namespace_of(member)
                                    : is_class(member)   ? class_of_value(member)->ns
                                                         : NULL;
        if (!inner || inner->parent != ns) continue;
        size_t size = path->size;
        buffer_append_format(path, "%s/", symbol_of(members->entries[i].key)->text);
        if (find_member(inner, wanted, path, depth + 1)) return true;
        path->size = size;
    }
    return false;
}

static bool find_in_module(const ModuleObj *module, Value wanted, Buffer *path) {
    if (module->is_internal || !find_member(module->ns, wanted, path, 0)) return false;
    bool can_be_hidden = !is_class(wanted) && !is_function(wanted) && !is_namespace(wanted);
    if (!module->has_exports || !can_be_hidden) return true;
    const char *slash = strchr(buffer_text(path), '/');
    size_t size = slash ? (size_t)(slash - buffer_text(path)) : path->size;
    const Table *exports = &module->exports;
    for (uint32_t i = table_next(exports, 0); i < exports->used; i = table_next(exports, i + 1)) {
        const SymbolObj *name = symbol_of(exports->entries[i].key);
        if (name->size == size && memcmp(name->text, buffer_text(path), size) == 0) return true;
    }
    path->size = 0;
    return false;
}

static bool find_in_library(VM *vm, Value wanted, Buffer *path) {
    if (find_member(vm->global_ns, wanted, path, 0)) return true;
    if (find_member(vm->gene_ns, wanted, path, 0)) {
        bool is_free_name = !is_namespace(wanted) && !strchr(buffer_text(path), '/');
        if (is_free_name) return true;
        path->size = 0;
        buffer_append_text(path, "gene/");
        return find_member(vm->gene_ns, wanted, path, 0);
    }
    const Table *members = &vm->genex_ns->members;
    for (uint32_t i = table_next(members, 0); i < members->used; i = table_next(members, i + 1)) {
        if (!is_namespace(members->entries[i].value)) continue;
        buffer_append_format(path, "genex/%s", symbol_of(members->entries[i].key)->text);
        if (members->entries[i].value == wanted) return true;
        buffer_append_byte(path, '/');
        if (find_member(namespace_of(members->entries[i].value), wanted, path, 0)) return true;
        path->size = 0;
    }
    return false;
}

/* The module of the code that called the library, or NULL. */
static const ModuleObj *user_module(VM *vm) {
    for (uint32_t i = vm->fiber->frame_count; i-- > 0;) {
        const ModuleObj *module = vm->fiber->frames[i].code->module;
        if (module && !module->is_internal) return module;
    }
    return NULL;
}

/* Modules whose body has ended come in the order of their ends: who defines a thing ends before who imports it. */
static const ModuleObj *find_module(VM *vm, Value wanted, Buffer *path) {
    const ModuleObj *user = user_module(vm);
    const Table *modules = &vm->modules;
    for (int ended = 1; ended >= 0; ended--) {
        for (uint32_t i = table_next(modules, 0); i < modules->used; i = table_next(modules, i + 1)) {
            const ModuleObj *module = pointer_of(modules->entries[i].value);
            if ((module->state == MODULE_LOADED) == ended && find_in_module(module, wanted, path)) return module;
        }
        if (ended && user && find_in_module(user, wanted, path)) return user;
        if (ended && vm->main_module && find_in_module(vm->main_module, wanted, path)) return vm->main_module;
    }
    return NULL;
}

/* --- writing ---------------------------------------------------------------------------------------------------------- */

typedef struct Writer {
    VM *vm;
    Buffer out;
    const ArrayObj *hosts; /* objects whose hook was asked, and the texts it gave */
    const ArrayObj *texts;
    Value unasked; /* the first object that is not among them */
} Writer;

static bool write_value(Writer *w, Value value);
static bool write_items(Writer *w, const Value *items, uint32_t count, bool is_first);

static bool refuse(Writer *w, Value value, const char *reason) {
    vm_raise_message(w->vm, "Value of kind %s is not serializable%s", kind_name(value), reason);
    return false;
}

static void write_quoted(Writer *w, const char *text) {
    Value string = string_from(w->vm, text);
    form_append(w->vm, &w->out, string, FORM_COMPACT);
}

/* ^module and ^path of a value, and of its part `inner` unless that is NULL; false when it has none. */
static bool write_reference(Writer *w, const char *head, Value value, const SymbolObj *inner) {
    Buffer path;
    buffer_init(&path);
    const ModuleObj *module = NULL;
    bool found = find_in_library(w->vm, value, &path) || (module = find_module(w->vm, value, &path)) != NULL;
    if (found) {
        buffer_append_format(&w->out, "(%s ", head);
        if (module) {
            Buffer full;
            buffer_init(&full);
            const StrObj *name = string_of(module->path);
            path_append_absolute(w->vm, &full, name->text, name->size);
            buffer_append_text(&w->out, "^module ");
            write_quoted(w, buffer_text(&full));
            buffer_append_byte(&w->out, ' ');
            buffer_free(&full);
        }
        if (inner) buffer_append_format(&path, "/%s", inner->text);
        buffer_append_text(&w->out, "^path ");
        write_quoted(w, buffer_text(&path));
        buffer_append_byte(&w->out, ')');
    }
    buffer_free(&path);
    return found;
}

static bool write_named(Writer *w, const char *head, Value value) {
    return write_reference(w, head, value, NULL) || refuse(w, value, ": no canonical module/path origin");
}

static bool write_variant(Writer *w, Value value, const VariantObj *variant) {
    return write_reference(w, "EnumRef", value_pointer(variant->parent), variant->name) ||
           refuse(w, value, ": no canonical module/path origin");
}

static bool write_enum_value(Writer *w, Value value) {
    const VariantObj *variant = enum_value_of(value)->variant;
    if (!recursion_enter(w->vm, "the value")) return false;
    buffer_append_text(&w->out, "(EnumValue ");
    bool ok = write_variant(w, value, variant);
    buffer_append_text(&w->out, " [");
    ok = ok && write_items(w, enum_value_of(value)->payload, variant->field_count, true);
    buffer_append_text(&w->out, "])");
    recursion_leave(w->vm);
    return ok;
}

static bool write_instance(Writer *w, Value value) {
    return write_reference(w, "InstanceRef", value, NULL) ||
           refuse(w, value, ": anonymous instances cannot be serialized");
}

static bool write_host(Writer *w, Value value) {
    for (uint32_t i = 0; i < w->hosts->count; i++) {
        if (w->hosts->items[i] != value) continue;
        const StrObj *text = string_of(w->texts->items[i]);
        buffer_append(&w->out, text->text, text->size);
        return true;
    }
    w->unasked = value;
    return false;
}

static bool write_symbol(Writer *w, Value value) {
    if (symbol_of(value)->size == 0) return refuse(w, value, "");
    form_append(w->vm, &w->out, value, FORM_COMPACT);
    return true;
}

static bool write_scalar(Writer *w, Value value) {
    if (is_float(value) && !(float_of(value) - float_of(value) == 0)) {
        return refuse(w, value, ": it is no finite number");
    }
    form_append(w->vm, &w->out, value, FORM_COMPACT);
    return true;
}

static bool write_entries(Writer *w, Value owner, const Table *table, bool is_first) {
    for (uint32_t i = table_next(table, 0); i < table->used; i = table_next(table, i + 1)) {
        const SymbolObj *key = symbol_of(table->entries[i].key);
        if (key->size == 0) return refuse(w, owner, ": it has an empty key");
        if (!is_first) buffer_append_byte(&w->out, ' ');
        is_first = false;
        form_append_key(&w->out, key);
        if (!write_value(w, table->entries[i].value)) return false;
    }
    return true;
}

static bool write_items(Writer *w, const Value *items, uint32_t count, bool is_first) {
    for (uint32_t i = 0; i < count; i++) {
        if (i || !is_first) buffer_append_byte(&w->out, ' ');
        if (!write_value(w, items[i])) return false;
    }
    return true;
}

static bool write_node(Writer *w, Value value) {
    const NodeObj *node = node_of(value);
    if (is_nil(node->type) && node->props.count == 0 && node->count == 0) return true;
    return write_value(w, node->type) && write_entries(w, value, &node->props, false) &&
           write_items(w, node->children, node->count, false);
}

static bool write_container(Writer *w, Value value) {
    if (!recursion_enter(w->vm, "the value")) return false;
    ObjType type = obj_type_of(value);
    if (((Obj *)pointer_of(value))->flags & OBJ_SEALED) buffer_append_byte(&w->out, '#');
    buffer_append_byte(&w->out, type == OBJ_ARRAY ? '[' : type == OBJ_MAP ? '{' : '(');
    bool ok = type == OBJ_ARRAY ? write_items(w, array_of(value)->items, array_of(value)->count, true)
              : type == OBJ_MAP ? write_entries(w, value, &map_of(value)->table, true)
                                : write_node(w, value);
    buffer_append_byte(&w->out, type == OBJ_ARRAY ? ']' : type == OBJ_MAP ? '}' : ')');
    recursion_leave(w->vm);
    return ok;
}

/* False after raising or with `unasked`. Runs no Gene code. */
static bool write_value(Writer *w, Value value) {
    if (value == VAL_NOT_FOUND) return refuse(w, value, "");
    if (!is_object(value)) return write_scalar(w, value);
    switch (obj_type_of(value)) {
    case OBJ_INT:
    case OBJ_STR: return write_scalar(w, value);
    case OBJ_SYMBOL: return write_symbol(w, value);
    case OBJ_ARRAY:
    case OBJ_MAP:
    case OBJ_NODE: return write_container(w, value);
    case OBJ_NAMESPACE: return write_named(w, "NamespaceRef", value);
    case OBJ_CLASS: return write_named(w, "ClassRef", value);
    case OBJ_FUNCTION:
    case OBJ_NATIVE: return write_named(w, "FunctionRef", value);
    case OBJ_ENUM: return write_named(w, "EnumRef", value);
    case OBJ_VARIANT: return write_variant(w, value, variant_of(value));
    case OBJ_ENUM_VALUE: return write_enum_value(w, value);
    case OBJ_INSTANCE: return write_instance(w, value);
    case OBJ_HOST: return write_host(w, value);
    case OBJ_UNREAD: w->unasked = value; return false;
    default: return refuse(w, value, "");
    }
}

/* (encode v hosts texts): the text of a value, or a host object that is not among `hosts`, or an unread node. */
static NativeResult encode(VM *vm, const Args *args, Value *out) {
    Writer writer = {.vm = vm,
                     .hosts = array_of(native_arg(vm, args, 1)),
                     .texts = array_of(native_arg(vm, args, 2)),
                     .unasked = VAL_UNSET};
    lib_buffer_init(vm, &writer.out);
    if (write_value(&writer, native_arg(vm, args, 0))) return lib_return_text(vm, &writer.out, out);
    buffer_free(&writer.out);
    *out = writer.unasked;
    return writer.unasked == VAL_UNSET ? NATIVE_RAISE : NATIVE_RETURN;
}

/* --- reading ------------------------------------------------------------------------------------------------------------ */

static bool is_library_path(Value head, const char *name) {
    if (!is_obj_type(head, OBJ_PATH) || path_of(head)->count != 2) return false;
    return symbol_is(path_of(head)->parts[0], "gene") && symbol_is(path_of(head)->parts[1], name);
}

static bool is_reference(const NodeObj *node) {
    static const char *const heads[] = {"NamespaceRef", "ClassRef",  "FunctionRef", "EnumRef",
                                        "InstanceRef",  "EnumValue", "Instance"};
    for (size_t i = 0; is_symbol(node->type) && i < COUNT_OF(heads); i++) {
        if (symbol_is(symbol_of(node->type), heads[i])) return true;
    }
    return is_library_path(node->type, "ref");
}

static bool find_references(VM *vm, uint32_t list, Value container);

static bool look_at(VM *vm, uint32_t list, Value container, Value key, Value item) {
    if (!is_node(item) || !is_reference(node_of(item))) return find_references(vm, list, item);
    array_push(vm, array_of(root_get(vm, list)), container);
    array_push(vm, array_of(root_get(vm, list)), key);
    array_push(vm, array_of(root_get(vm, list)), item);
    return true;
}

static bool look_at_items(VM *vm, uint32_t list, Value container, const Value *items, uint32_t count) {
    bool ok = true;
    for (uint32_t i = 0; ok && i < count; i++) ok = look_at(vm, list, container, value_small_int(i), items[i]);
    return ok;
}

static bool look_at_entries(VM *vm, uint32_t list, Value container, const Table *table) {
    bool ok = true;
    for (uint32_t i = table_next(table, 0); ok && i < table->used; i = table_next(table, i + 1)) {
        ok = look_at(vm, list, container, table->entries[i].key, table->entries[i].value);
    }
    return ok;
}

/* Pushes where the outermost references in a form are, in the order of their text. False after raising. */
static bool find_references(VM *vm, uint32_t list, Value container) {
    ObjType type = is_object(container) ? obj_type_of(container) : OBJ_TYPE_COUNT;
    if (type != OBJ_ARRAY && type != OBJ_MAP && type != OBJ_NODE) return true;
    if (!recursion_enter(vm, "the text")) return false;
    bool ok;
    if (type == OBJ_ARRAY) {
        ok = look_at_items(vm, list, container, array_of(container)->items, array_of(container)->count);
    } else if (type == OBJ_MAP) {
        ok = look_at_entries(vm, list, container, &map_of(container)->table);
    } else {
        const NodeObj *node = node_of(container);
        ok = look_at(vm, list, container, VAL_NIL, node->type) && look_at_entries(vm, list, container, &node->props) &&
             look_at_items(vm, list, container, node->children, node->count);
    }
    recursion_leave(vm);
    return ok;
}

/* (references form): [container key reference …] */
static NativeResult references(VM *vm, const Args *args, Value *out) {
    uint32_t scope = roots_open(vm);
    uint32_t list = root_push(vm, array_make(vm, 0));
    bool ok = find_references(vm, list, native_arg(vm, args, 0));
    *out = root_get(vm, list);
    roots_close(vm, scope);
    return ok ? NATIVE_RETURN : NATIVE_RAISE;
}

/* (content form): what a serialization is of; other forms are themselves. */
static NativeResult content(VM *vm, const Args *args, Value *out) {
    *out = native_arg(vm, args, 0);
    if (!is_node(*out) || !is_library_path(node_of(*out)->type, "serialization")) return NATIVE_RETURN;
    return lib_return(out, node_of(*out)->count ? node_of(*out)->children[0] : VAL_NIL);
}

/* (put container key value): puts a value in the place of a reference. The container was just read, so it may be sealed. */
static NativeResult put(VM *vm, const Args *args, Value *out) {
    Value container = native_arg(vm, args, 0), key = native_arg(vm, args, 1), value = native_arg(vm, args, 2);
    if (is_map(container))
        map_set(vm, map_of(container), symbol_of(key), value);
    else if (is_array(container))
        array_of(container)->items[int_of(key)] = value;
    else if (is_symbol(key))
        node_set_prop(vm, node_of(container), symbol_of(key), value);
    else if (is_nil(key))
        node_of(container)->type = value;
    else
        node_of(container)->children[int_of(key)] = value;
    heap_touch(vm, pointer_of(container));
    return lib_return(out, VAL_NIL);
}

/* (known_name s): what a free name stands for in the library, or else in the module that asks; or void. */
static NativeResult known_name(VM *vm, const Args *args, Value *out) {
    const SymbolObj *name = lib_symbol(vm, native_arg(vm, args, 0));
    const ModuleObj *user = user_module(vm);
    *out = vm_lookup_name(vm->gene_ns, name);
    if (*out == VAL_UNSET && user) *out = vm_lookup_name(user->ns, name);
    if (*out == VAL_UNSET) *out = VAL_VOID;
    return NATIVE_RETURN;
}

static bool has_path(VM *vm, const ModuleObj *module, const char *path) {
    if (!module || !is_string(module->path)) return false;
    Buffer full;
    buffer_init(&full);
    path_append_absolute(vm, &full, string_of(module->path)->text, string_of(module->path)->size);
    bool same = strcmp(buffer_text(&full), path) == 0;
    buffer_free(&full);
    return same;
}

/* (loaded_module path): the namespace of a module that need not be looked for, or nil. Main modules are no files that could be
 * loaded once more. */
static NativeResult loaded_module(VM *vm, const Args *args, Value *out) {
    Value path = native_arg(vm, args, 0), known = table_get_symbol(&vm->modules, lib_symbol(vm, path));
    const ModuleObj *module = user_module(vm);
    if (!has_path(vm, module, lib_name_text(path))) module = vm->main_module;
    if (!has_path(vm, module, lib_name_text(path))) module = NULL;
    if (!module && known != VAL_UNSET && ((ModuleObj *)pointer_of(known))->state == MODULE_LOADED) {
        module = pointer_of(known);
    }
    return lib_return(out, module ? value_pointer(module->ns) : VAL_NIL);
}

/* (load_module path): the namespace of a module, which is run first if it has not run yet. */
static NativeResult load_module(VM *vm, const Args *args, Value *out) {
    const ModuleObj *user = user_module(vm);
    return module_load(vm, native_arg(vm, args, 0), user ? user : vm->main_module, out);
}

/* (call_hook hook class payload): a method called on the class itself. */
static NativeResult call_hook(VM *vm, const Args *args, Value *out) {
    uint32_t slot = vm->native_slot, base = roots_open(vm);
    Value hook = native_arg(vm, args, 0), class_ = native_arg(vm, args, 1), payload = native_arg(vm, args, 2);
    root_push(vm, hook);
    uint32_t first = root_push(vm, class_);
    root_push(vm, payload);
    CallResult result = vm_call(vm, hook, first, 2, NULL, 0, slot, 0);
    if (result == CALL_VALUE) roots_close(vm, base);
    return native_after_call(vm, result, slot, out);
}

/* (hook_of class name): a method of instances, or nil. */
static NativeResult hook_of(VM *vm, const Args *args, Value *out) {
    Value found =
        class_find_method(class_of_value(native_arg(vm, args, 0)), lib_symbol(vm, native_arg(vm, args, 1)), NULL);
    return lib_return(out, found == VAL_UNSET ? VAL_NIL : found);
}

/* --- trees ---------------------------------------------------------------------------------------------------------------- */

/* (digest text): what a file is named by: 12 upper-case hexadecimal digits, the same in every run. */
static NativeResult digest(VM *vm, const Args *args, Value *out) {
    const StrObj *text = string_of(native_arg(vm, args, 0));
    uint32_t low = hash_bytes(text->text, text->size, 0), high = hash_bytes(text->text, text->size, ~low);
    Buffer name;
    buffer_init(&name);
    buffer_append_format(&name, "v%04X%08X", (unsigned)(high & 0xffffu), (unsigned)low);
    Value string = string_from_buffer(vm, &name);
    buffer_free(&name);
    return lib_return(out, string);
}

/* (encode_name key): letters, digits and `_ - .` stand for themselves, other bytes as % and two hexadecimal digits. */
static NativeResult encode_name(VM *vm, const Args *args, Value *out) {
    const StrObj *key = string_of(native_arg(vm, args, 0));
    Buffer name;
    lib_buffer_init(vm, &name);
    for (uint32_t i = 0; i < key->size; i++) {
        char c = key->text[i];
        bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (is_letter || c == '_' || c == '-' || c == '.')
            buffer_append_byte(&name, c);
        else
            buffer_append_format(&name, "%%%02X", (unsigned)(unsigned char)c);
    }
    return lib_return_text(vm, &name, out);
}

static int hex_digit(char c) {
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
                                  : -1;
}

/* (decode_name name): "%" alone is the directory of an empty key. */
static NativeResult decode_name(VM *vm, const Args *args, Value *out) {
    const StrObj *name = string_of(native_arg(vm, args, 0));
    Buffer key;
    lib_buffer_init(vm, &key);
    for (uint32_t i = strcmp(name->text, "%") == 0; i < name->size; i++) {
        int high = i + 2 < name->size && name->text[i] == '%' ? hex_digit(name->text[i + 1]) : -1;
        int low = high >= 0 ? hex_digit(name->text[i + 2]) : -1;
        if (low >= 0) i += 2;
        buffer_append_byte(&key, low >= 0 ? (char)(high * 16 + low) : name->text[i]);
    }
    *out = string_make_lossy(vm, buffer_text(&key), key.size);
    buffer_free(&key);
    return NATIVE_RETURN;
}

/* --- unread nodes --------------------------------------------------------------------------------------------------------- */

static NativeResult make_unread(VM *vm, const Args *args, Value *out) {
    return lib_return(out, unread_make(vm, native_arg(vm, args, 0)));
}

static NativeResult is_unread_node(VM *vm, const Args *args, Value *out) {
    return lib_return(out, value_bool(is_unread(native_arg(vm, args, 0))));
}

/* nil: another task has read it meanwhile. */
static NativeResult unread_path(VM *vm, const Args *args, Value *out) {
    Value node = native_arg(vm, args, 0);
    return lib_return(out, is_unread(node) ? unread_of(node)->path : VAL_NIL);
}

static NativeResult hold_unread(VM *vm, const Args *args, Value *out) {
    Value container = native_arg(vm, args, 0);
    ((Obj *)pointer_of(container))->flags |= OBJ_HOLDS_UNREAD;
    return lib_return(out, container);
}

/* Another task may have read it meanwhile: then that holds. */
static NativeResult become(VM *vm, const Args *args, Value *out) {
    Value node = native_arg(vm, args, 0);
    if (is_unread(node)) unread_become(vm, unread_of(node), native_arg(vm, args, 1));
    return lib_return(out, node);
}

/* --- selectors ------------------------------------------------------------------------------------------------------------ */

static void push_text(VM *vm, uint32_t list, const char *text, size_t size) {
    uint32_t scope = roots_open(vm);
    uint32_t string = root_push(vm, string_make(vm, text, size));
    array_push(vm, array_of(root_get(vm, list)), root_get(vm, string));
    roots_close(vm, scope);
}

static void split_name(VM *vm, uint32_t list, Value name) {
    for (const char *at = lib_name_text(name);;) {
        const char *slash = strchr(at, '/');
        push_text(vm, list, at, slash ? (size_t)(slash - at) : strlen(at));
        if (!slash) return;
        at = slash + 1;
    }
}

/* False when a part is neither a name nor a number. */
static bool split_path(VM *vm, uint32_t list, const PathObj *path) {
    for (uint32_t i = 0; i < path->count; i++) {
        const SymbolObj *part = path->parts[i];
        if ((part->size == 0 && i > 0 && i + 1 < path->count) || part->text[0] == '<') return false;
        push_text(vm, list, part->text, part->size);
    }
    return true;
}

static bool split_selector(VM *vm, uint32_t list, const SelectorObj *selector) {
    push_text(vm, list, "", 0);
    for (uint32_t i = 0; i < selector->count; i++) {
        const SymbolObj *key = property_key(vm, selector->segments[i]);
        if (!key) return false;
        push_text(vm, list, key->text, key->size);
    }
    return true;
}

/* (segments entry): the parts of `/a/0` as strings, the first one empty. Nil for what is no selector, void when a part can be
 * none of a tree. */
static NativeResult segments(VM *vm, const Args *args, Value *out) {
    Value entry = native_arg(vm, args, 0);
    bool is_path = is_obj_type(entry, OBJ_PATH);
    if (!is_path && !lib_is_name(entry) && !is_selector(entry)) return lib_return(out, VAL_NIL);
    uint32_t scope = roots_open(vm);
    uint32_t list = root_push(vm, array_make(vm, 0));
    bool ok = true;
    if (lib_is_name(entry))
        split_name(vm, list, entry);
    else
        ok = is_path ? split_path(vm, list, path_of(entry)) : split_selector(vm, list, selector_of(entry));
    *out = ok ? root_get(vm, list) : VAL_VOID;
    roots_close(vm, scope);
    return NATIVE_RETURN;
}

/* (simple_form? f): a literal or a name, which a macro may evaluate once more. */
static NativeResult is_simple_form(VM *vm, const Args *args, Value *out) {
    Value form = native_arg(vm, args, 0);
    return lib_return(out, value_bool(!is_node(form) && !is_obj_type(form, OBJ_PATH)));
}

static NativeResult is_void_value(VM *vm, const Args *args, Value *out) {
    return lib_return(out, value_bool(native_arg(vm, args, 0) == VAL_VOID));
}

static NativeResult kind(VM *vm, const Args *args, Value *out) {
    return lib_return(out, string_from(vm, kind_name(native_arg(vm, args, 0))));
}

/* --- tables ----------------------------------------------------------------------------------------------------------------- */

static const NativeDef helpers[] = {
    {"encode", encode, 3, 3, 0, "", "The text of a value."},
    {"content", content, 1, 1, 0, "", "What a serialization is of."},
    {"references", references, 1, 1, 0, "", "Where references are in a form."},
    {"put", put, 3, 3, 0, "", "Puts a value in the place of a reference."},
    {"known_name", known_name, 1, 1, 0, "", "What a name stands for in the library."},
    {"loaded_module", loaded_module, 1, 1, 0, "", "The namespace of a module, if it is there."},
    {"load_module", load_module, 1, 1, 0, "", "The namespace of a module."},
    {"call_hook", call_hook, 3, 3, 0, "", "A method called on a class."},
    {"hook_of", hook_of, 2, 2, 0, "", "A method of a class."},
    {"digest", digest, 1, 1, 0, "", "What a text is named by."},
    {"encode_name", encode_name, 1, 1, 0, "", "A key as a file name."},
    {"decode_name", decode_name, 1, 1, 0, "", "The key of a file name."},
    {"segments", segments, 1, 1, 0, "", "The parts of a selector."},
    {"simple_form?", is_simple_form, 1, 1, 0, "", "A literal or a name?"},
    {"kind", kind, 1, 1, 0, "", "The kind's name."},
    {"unread", make_unread, 1, 1, 0, "", "A node of a tree that is not read yet."},
    {"unread?", is_unread_node, 1, 1, 0, "", "Is it such a node?"},
    {"unread_path", unread_path, 1, 1, 0, "", "The directory of a node, nil once it is read."},
    {"holds_unread", hold_unread, 1, 1, 0, "", "Marks what may have unread members."},
    {"become", become, 2, 2, 0, "", "Turns an unread node into what was read."},
    {"void?", is_void_value, 1, 1, 0, "", "Not passed?"},
};

static void install_helpers(VM *vm, NamespaceObj *ns) { vm_define_natives(vm, ns, helpers, COUNT_OF(helpers)); }

static NativeResult run_value_function(VM *vm, const Args *args, Value *out) {
    const char *name = native_of(args->callee)->def->name;
    if (args->count == 0) return vm_raise_message(vm, "%s expects 1 argument", name);
    Value value = native_arg(vm, args, 0);
    return prelude_call(vm, "serdes.gene", install_helpers, name, &value, 1, out);
}

/* Trees: the function gets the number of arguments, the first two and the option. */
static NativeResult run_tree_function(VM *vm, const Args *args, Value *out) {
    const NativeDef *def = native_of(args->callee)->def;
    bool writes = def->name[0] == 'w';
    Value option = native_keyword(vm, args, writes ? "separate" : "lazy");
    Value argv[] = {value_small_int(args->count), native_arg_or(vm, args, 0, VAL_VOID),
                    native_arg_or(vm, args, 1, VAL_VOID), option == VAL_UNSET ? VAL_VOID : option};
    const char *function = writes ? "write_tree!" : "read_tree!";
    return prelude_call(vm, "serdes_tree.gene", install_helpers, function, argv, COUNT_OF(argv), out);
}

/* What the VM calls to have a node read. */
static NativeResult read_unread(VM *vm, const Args *args, Value *out) {
    Value node = native_arg(vm, args, 0);
    return prelude_call(vm, "serdes_tree.gene", install_helpers, "read_unread", &node, 1, out);
}

static const NativeDef tree_reader = {"read_tree", read_unread, 1, 1, 0, "", "Reads a node of a tree."};

#define TREE_FLAGS (NATIVE_MACRO | NATIVE_KEYWORDS)

static const NativeDef functions[] = {
    {"serialize", run_value_function, 0, -1, 0, "(gene/serdes/serialize v)", "The text that stands for a value."},
    {"deserialize", run_value_function, 0, -1, 0, "(gene/serdes/deserialize s)", "The value that a text stands for."},
    {"write_tree", run_tree_function, 0, -1, TREE_FLAGS, "(gene/serdes/write_tree path v [^separate [/a/*…]])",
     "Writes a value to a file, or parts of it to files of their own in a directory."},
    {"read_tree", run_tree_function, 0, -1, TREE_FLAGS, "(gene/serdes/read_tree path [^lazy [/a…]])",
     "The value that gene/serdes/write_tree wrote."},
};

static const NativeDef ref_function = {
    "ref", run_value_function, 0, -1, 0, "(gene/ref path)", "What a path of names stands for in the library."};

void lib_install_serdes(VM *vm) {
    vm_define_natives(vm, lib_namespace(vm, vm->gene_ns, "serdes"), functions, COUNT_OF(functions));
    vm_define_natives(vm, vm->gene_ns, &ref_function, 1);
    vm->tree_reader = native_make(vm, &tree_reader, VAL_NIL);
}

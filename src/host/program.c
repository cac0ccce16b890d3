/* program.c — see program.h.
 * Bindings of one evaluation are members of a namespace in front of the module's: closures keep it, nobody else sees it.
 * While the source is compiled the module's own variables of these names are hidden, or they would be found first. */
#include "host/program.h"

#include "lib/source.h"
#include "port/port.h"
#include "task/scheduler.h"

#define ARGUMENTS_SMALL 8u /* so many need no allocation */

/* --- modules ------------------------------------------------------------------------------------------------------ */

ModuleObj *program_module(VM *vm, Value path) { return source_module(vm, path, true); }

Value program_image(VM *vm, Value source, Value file) {
    uint32_t scope = roots_open(vm);
    root_push(vm, source);
    root_push(vm, file);
    ModuleObj *module = program_module(vm, file);
    root_push(vm, value_pointer(module));
    CodeObj *code = source_compile(vm, module, string_of(source), string_of(file));
    if (code) root_push(vm, value_pointer(code));
    Value image = code ? source_image(vm, code, string_of(source), false) : VAL_UNSET;
    roots_close(vm, scope);
    return image;
}

/* --- bindings ------------------------------------------------------------------------------------------------------- */

/* Takes the module's variables of these names away; pushes name and slot of each as roots and returns how many. */
static uint32_t hide_variables(VM *vm, ModuleObj *module, const Table *bindings) {
    uint32_t count = 0;
    for (uint32_t i = table_next(bindings, 0); i < bindings->used; i = table_next(bindings, i + 1)) {
        Value slot = table_delete_symbol(vm, &module->names, symbol_of(bindings->entries[i].key));
        if (slot == VAL_UNSET) continue;
        root_push(vm, bindings->entries[i].key);
        root_push(vm, slot);
        count++;
    }
    return count;
}

/* … and gives those back that the source has not defined anew. */
static void show_variables(VM *vm, ModuleObj *module, uint32_t roots, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) {
        SymbolObj *name = symbol_of(root_get(vm, roots + 2 * i));
        if (table_get_symbol(&module->names, name) != VAL_UNSET) continue;
        table_set_symbol(vm, &module->names, name, root_get(vm, roots + 2 * i + 1));
    }
    heap_touch(vm, module);
}

/* `bindings` is a reachable map; the result is unrooted. */
static NamespaceObj *binding_namespace(VM *vm, ModuleObj *module, const Table *bindings) {
    NamespaceObj *ns = namespace_make(vm, module->ns->name, module->ns);
    uint32_t scope = roots_open(vm);
    root_push(vm, value_pointer(ns));
    for (uint32_t i = table_next(bindings, 0); i < bindings->used; i = table_next(bindings, i + 1)) {
        namespace_set(vm, ns, symbol_of(bindings->entries[i].key), bindings->entries[i].value);
    }
    roots_close(vm, scope);
    return ns;
}

TaskObj *program_task(VM *vm, ModuleObj *module, Value source, Value file, Value bindings) {
    uint32_t scope = roots_open(vm);
    root_push(vm, value_pointer(module));
    root_push(vm, source);
    root_push(vm, file);
    root_push(vm, bindings);
    const Table *table = is_object(bindings) && is_map(bindings) ? &map_of(bindings)->table : NULL;
    Value handled = table ? table_get_symbol(table, symbol_from(vm, "$ex")) : VAL_UNSET;
    uint32_t hidden = vm->fiber->top;
    uint32_t hidden_count = table ? hide_variables(vm, module, table) : 0;
    CodeObj *code = is_bytes(source) ? source_load(vm, module, bytes_of(source), string_of(file))
                                     : source_compile(vm, module, string_of(source), string_of(file));
    show_variables(vm, module, hidden, hidden_count);
    TaskObj *task = NULL;
    if (code) {
        root_push(vm, value_pointer(code));
        NamespaceObj *ns =
            table && table->count > (handled != VAL_UNSET) ? binding_namespace(vm, module, table) : module->ns;
        root_push(vm, value_pointer(ns));
        Value function = function_make(vm, code, ns);
        task = task_make(vm, function, NULL, 0, VAL_NIL);
        if (task) task->is_main = true;
        if (task && handled != VAL_UNSET) task->fiber.handled = handled;
        if (task && vm->limits.time_ms > 0) task->deadline_ms = port_now_ms(vm) + vm->limits.time_ms;
    }
    roots_close(vm, scope);
    return task;
}

TaskObj *program_call(VM *vm, Value callee, uint32_t first_root, uint32_t argc) {
    /* A copy: making the task moves the stack that the roots are on. */
    Value small[ARGUMENTS_SMALL];
    Value *argv = argc <= ARGUMENTS_SMALL ? small : malloc(argc * sizeof *argv);
    if (!argv) {
        vm_raise(vm, ERR_LIMIT_MEMORY, "no memory left for a call");
        return NULL;
    }
    if (argc) memcpy(argv, vm->fiber->stack + first_root, argc * sizeof *argv);
    TaskObj *task = task_make(vm, callee, argv, argc, VAL_NIL);
    if (argv != small) free(argv);
    if (task) task->is_main = true;
    return task;
}

/* --- names ------------------------------------------------------------------------------------------------------------ */

/* The next part of a path like a/b/c; false at its end. */
static bool next_part(VM *vm, const char **io_rest, SymbolObj **out_part) {
    if (!*io_rest) return false;
    const char *slash = strchr(*io_rest, '/');
    /* "/" alone is the name of division. */
    if (slash == *io_rest) slash = NULL;
    *out_part = symbol_intern(vm, *io_rest, slash ? (size_t)(slash - *io_rest) : strlen(*io_rest));
    *io_rest = slash && slash[1] ? slash + 1 : NULL;
    return true;
}

static Value *main_variable(VM *vm, const SymbolObj *name) {
    Value slot = table_get_symbol(&vm->main_module->names, name);
    return slot == VAL_UNSET ? NULL : &vm->main_module->vars[small_int_of(slot)];
}

static Value lookup(VM *vm, const SymbolObj *name) {
    const Value *variable = main_variable(vm, name);
    return variable ? *variable : vm_lookup_name(vm->main_module->ns, name);
}

/* The namespace `part` of `ns` (NULL: of the program), made when there is none. NULL after raising. */
static NamespaceObj *step_into(VM *vm, NamespaceObj *ns, SymbolObj *part) {
    Value found = ns ? namespace_get(ns, part) : lookup(vm, part);
    if (found == VAL_UNSET) {
        NamespaceObj *made = namespace_make(vm, part, ns ? ns : vm->global_ns);
        uint32_t scope = roots_open(vm);
        root_push(vm, value_pointer(made));
        namespace_set(vm, ns ? ns : vm->global_ns, part, value_pointer(made));
        roots_close(vm, scope);
        return made;
    }
    if (is_namespace(found)) return namespace_of(found);
    if (is_class(found)) return class_of_value(found)->ns;
    vm_raise(vm, ERR_ARGUMENT, "'%s' is not a namespace", part->text);
    return NULL;
}

bool program_define(VM *vm, StrObj *path, Value value) {
    uint32_t scope = roots_open(vm);
    root_push(vm, value_pointer(path));
    root_push(vm, value);
    const char *rest = path->text;
    NamespaceObj *ns = NULL;
    SymbolObj *part;
    while (next_part(vm, &rest, &part)) {
        root_push(vm, value_pointer(part));
        if (!rest) break;
        ns = step_into(vm, ns, part);
        if (!ns) return roots_close(vm, scope), false;
    }
    Value *variable = ns ? NULL : main_variable(vm, part);
    if (variable) {
        *variable = value;
        heap_touch(vm, vm->main_module);
    }
    /* A member of that name nearer to the program, such as gene/println, would be found first. */
    for (NamespaceObj *near = ns ? NULL : vm->main_module->ns; near && near != vm->global_ns; near = near->parent) {
        if (namespace_get(near, part) != VAL_UNSET) namespace_set(vm, near, part, value);
    }
    namespace_set(vm, ns ? ns : vm->global_ns, part, value);
    roots_close(vm, scope);
    return true;
}

Value program_member(VM *vm, Value value, const SymbolObj *name) {
    if (!is_object(value)) return VAL_VOID;
    Value found = VAL_UNSET;
    switch (obj_type_of(value)) {
    case OBJ_NAMESPACE: found = namespace_get(namespace_of(value), name); break;
    case OBJ_CLASS: found = namespace_get(class_of_value(value)->ns, name); break;
    case OBJ_INSTANCE: found = instance_get(instance_of(value), name); break;
    case OBJ_MAP: found = map_get(map_of(value), name); break;
    case OBJ_NODE: found = table_get_symbol(&node_of(value)->props, name); break;
    case OBJ_MATCH: found = match_property(vm, match_of(value), name); break;
    case OBJ_RANGE:
        if (symbol_is(name, "first"))
            found = range_of(value)->first;
        else if (symbol_is(name, "last"))
            found = range_of(value)->last;
        else if (symbol_is(name, "step"))
            found = range_of(value)->step;
        break;
    default: break;
    }
    return found == VAL_UNSET ? VAL_VOID : found;
}

bool program_get(VM *vm, StrObj *path, Value *out_value) {
    uint32_t scope = roots_open(vm);
    root_push(vm, value_pointer(path));
    const char *rest = path->text;
    SymbolObj *part = NULL;
    bool has_part = next_part(vm, &rest, &part);
    ENSURE(has_part, "a path has a first part, be it empty");
    (void)has_part;
    *out_value = lookup(vm, part);
    if (*out_value == VAL_UNSET) {
        vm_raise(vm, ERR_UNDEFINED, "%s is not defined", part->text);
        roots_close(vm, scope);
        return false;
    }
    while (next_part(vm, &rest, &part)) *out_value = program_member(vm, *out_value, part);
    roots_close(vm, scope);
    return true;
}

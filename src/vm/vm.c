/* vm.c — start-up and shutdown of the rooms up to vm/, roots, names, handles. */
#include "vm/vm.h"

#include "port/port.h"
#include "vm/generator.h"
#include "vm/operators.h"

static void mark_roots(VM *vm, Heap *heap, bool final) {
    space_mark(vm, heap);
    fiber_trace(heap, &vm->host_fiber);
    if (vm->fiber != &vm->host_fiber) fiber_trace(heap, vm->fiber);
    const Value single[] = {vm->result,   vm->exception,   vm->wait_for,     vm->pending_args.callee,
                            vm->args,     vm->program,     vm->env,          vm->system,
                            vm->packages, vm->tree_reader, vm->unread_method};
    heap_mark_values(heap, single, COUNT_OF(single));
    heap_mark_values(heap, vm->intrinsics, INTRINSIC_COUNT);
    heap_mark_object(heap, vm->global_ns);
    heap_mark_object(heap, vm->gene_ns);
    heap_mark_object(heap, vm->genex_ns);
    heap_mark_object(heap, vm->main_module);
    heap_mark_object(heap, vm->exception_class);
    for (uint32_t i = 0; i < ERROR_COUNT; i++) heap_mark_object(heap, vm->error_classes[i]);
    table_trace(heap, &vm->modules);
    heap_mark_values(heap, vm->handles, vm->handle_count);
    if (vm->hooks.mark_roots) vm->hooks.mark_roots(vm, heap, final);
}

/* --- names -------------------------------------------------------------------------------------------------------------- */

void vm_set_global(VM *vm, NamespaceObj *ns, const char *name, Value value) {
    uint32_t scope = roots_open(vm);
    root_push(vm, value);
    SymbolObj *symbol = symbol_from(vm, name);
    root_push(vm, value_pointer(symbol));
    namespace_set(vm, ns, symbol, value);
    roots_close(vm, scope);
}

void vm_define_natives(VM *vm, NamespaceObj *ns, const NativeDef *defs, size_t count) {
    for (size_t i = 0; i < count; i++) vm_set_global(vm, ns, defs[i].name, native_make(vm, &defs[i], VAL_NIL));
}

void vm_define_methods(VM *vm, ClassObj *class_, const NativeDef *defs, size_t count) {
    for (size_t i = 0; i < count; i++) {
        uint32_t scope = roots_open(vm);
        uint32_t native = root_push(vm, native_make(vm, &defs[i], VAL_NIL));
        SymbolObj *name = symbol_from(vm, defs[i].name);
        root_push(vm, value_pointer(name));
        class_set_method(vm, class_, name, root_get(vm, native));
        roots_close(vm, scope);
    }
}

ClassObj *vm_define_class(VM *vm, NamespaceObj *ns, const char *name, ClassObj *parent) {
    uint32_t scope = roots_open(vm);
    SymbolObj *symbol = symbol_from(vm, name);
    root_push(vm, value_pointer(symbol));
    ClassObj *class_ = class_make(vm, symbol, parent);
    class_->ns->parent = ns;
    heap_touch(vm, class_->ns);
    root_push(vm, value_pointer(class_));
    namespace_set(vm, ns, symbol, value_pointer(class_));
    roots_close(vm, scope);
    return class_;
}

void vm_install_intrinsic(VM *vm, Intrinsic id, const NativeDef *def) {
    vm->intrinsics[id] = native_make(vm, def, VAL_NIL);
}

Value vm_lookup_name(NamespaceObj *ns, const SymbolObj *name) {
    for (; ns; ns = ns->parent) {
        Value value = namespace_get(ns, name);
        if (value != VAL_UNSET) return value;
    }
    return VAL_UNSET;
}

Value native_keyword(VM *vm, const Args *args, const char *name) {
    for (uint32_t i = 0; i < args->keyword_count; i++) {
        if (symbol_is(symbol_of(args->keyword_names[i]), name)) return native_arg(vm, args, args->count + i);
    }
    return VAL_UNSET;
}

/* --- roots and handles ---------------------------------------------------------------------------------------------------- */

/* A failure to grow would have nobody to hear of it, and a collection might free the value: so this takes what it needs.
 * Roots are few, hence the steps stay small beyond a size. */
#define ROOT_STEP_MAX 4096u

uint32_t root_push(VM *vm, Value value) {
    Fiber *fiber = vm->fiber;
    fiber_move(vm, fiber);
    if (UNLIKELY(fiber->top == fiber->capacity)) {
        uint32_t step = fiber->capacity < 16 ? 16 : fiber->capacity < ROOT_STEP_MAX ? fiber->capacity : ROOT_STEP_MAX;
        fiber_grow(vm, fiber, fiber->capacity + step);
    }
    fiber->stack[fiber->top] = value;
    return fiber->top++;
}

uint32_t handle_make(VM *vm, Value value) {
    uint32_t index;
    if (vm->handle_free_count > 0) {
        index = vm->handle_free[--vm->handle_free_count];
    } else {
        if (vm->handle_count == vm->handle_capacity) {
            uint32_t capacity = vm->handle_capacity ? vm->handle_capacity * 2 : 64;
            Value *handles = realloc(vm->handles, capacity * sizeof(Value));
            uint32_t *free_list = realloc(vm->handle_free, capacity * sizeof(uint32_t));
            if (!handles || !free_list) abort();
            vm->handles = handles;
            vm->handle_free = free_list;
            vm->handle_capacity = capacity;
        }
        index = vm->handle_count++;
    }
    vm->handles[index] = value;
    vm->handle_live++;
    return index + 1;
}

Value handle_get(VM *vm, uint32_t handle) {
    return handle > 0 && handle <= vm->handle_count ? vm->handles[handle - 1] : VAL_UNSET;
}

void handle_release(VM *vm, uint32_t handle) {
    if (handle_get(vm, handle) == VAL_UNSET) return;
    vm->handles[handle - 1] = VAL_UNSET;
    vm->handle_free[vm->handle_free_count++] = handle - 1;
    vm->handle_live--;
}

/* --- start-up --------------------------------------------------------------------------------------------------------------- */

static void define_exceptions(VM *vm) {
    static const struct {
        const char *name, *parent;
    } tree[] = {
        {"RuntimeException", "Exception"},
        {"TypeException", "Exception"},
        {"ArgumentException", "Exception"},
        {"IOError", "Exception"},
        {"ParseException", "Exception"},
        {"AssertionException", "Exception"},
        {"ConcurrencyException", "Exception"},
        {"TimeoutException", "ConcurrencyException"},
        {"CancellationException", "ConcurrencyException"},
        {"ThreadException", "ConcurrencyException"},
        {"DeadlockException", "ConcurrencyException"},
        {"NetworkException", "Exception"},
        {"ProviderException", "Exception"},
    };
    NamespaceObj *ns = vm->global_ns;
    vm->exception_class = vm_define_class(vm, ns, "Exception", NULL);
    vm->exception_class->is_exception = true;
    for (size_t i = 0; i < COUNT_OF(tree); i++) {
        Value parent = namespace_get(ns, symbol_from(vm, tree[i].parent));
        vm_define_class(vm, ns, tree[i].name, class_of_value(parent));
    }
    for (uint32_t i = 0; i < ERROR_COUNT; i++) {
        Value class_ = namespace_get(ns, symbol_from(vm, error_table[i].class_name));
        ENSURE(is_class(class_), "every row of the error table names a class of the tree");
        vm->error_classes[i] = class_of_value(class_);
    }
}

static void define_builtin_classes(VM *vm) {
    ObjectSpace *space = vm_space(vm);
    ClassObj *const immediates[] = {space->nil_class,   space->void_class, space->bool_class,  space->int_class,
                                    space->float_class, space->char_class, space->object_class};
    for (size_t i = 0; i < COUNT_OF(immediates); i++) {
        namespace_set(vm, vm->global_ns, immediates[i]->name, value_pointer(immediates[i]));
    }
    for (uint32_t i = 0; i < OBJ_TYPE_COUNT; i++) {
        ClassObj *class_ = space->type_classes[i];
        bool in_gene = i == OBJ_FUTURE || i == OBJ_TASK || i == OBJ_GENERATOR;
        if (class_ && i != OBJ_UNREAD)
            namespace_set(vm, in_gene ? vm->gene_ns : vm->global_ns, class_->name, value_pointer(class_));
    }
}

static void default_limits(Limits *limits) {
    if (limits->depth == 0) limits->depth = LIMIT_DEPTH_DEFAULT;
    if (limits->nesting == 0) limits->nesting = LIMIT_NESTING_DEFAULT;
    if (limits->tasks == 0) limits->tasks = LIMIT_TASKS_DEFAULT;
    if (limits->memory == 0) limits->memory = LIMIT_MEMORY_DEFAULT;
}

static void write_warning(VM *vm, const char *line, size_t size) { port_write(vm, PORT_STDERR, line, size); }

void vm_init(VM *vm, const Limits *limits, uint32_t hash_seed) {
    memset(vm, 0, sizeof *vm);
    vm->limits = *limits;
    default_limits(&vm->limits);
    vm->result = vm->wait_for = vm->args = vm->program = vm->env = vm->system = vm->packages = VAL_NIL;
    vm->tree_reader = vm->unread_method = VAL_NIL;
    vm->pending_args.callee = VAL_NIL;
    vm->exception = VAL_UNSET;
    vm->fuel = FUEL_SLICE;
    for (uint32_t i = 0; i < INTRINSIC_COUNT; i++) vm->intrinsics[i] = VAL_NIL;
    fiber_init(&vm->host_fiber);
    vm->fiber = &vm->host_fiber;
    vm->find_key = hash_find;
    vm->space.hash_seed = hash_seed;
    vm->space.warn = write_warning;
    heap_init(vm_heap(vm), vm, vm->limits.memory);
    vm_heap(vm)->mark_roots = mark_roots;
    heap_pause(vm);
    space_init(vm);
    generator_describe(vm_heap(vm));
    vm->global_ns = namespace_make(vm, symbol_from(vm, "global"), NULL);
    vm->genex_ns = namespace_make(vm, symbol_from(vm, "genex"), vm->global_ns);
    vm->gene_ns = namespace_make(vm, symbol_from(vm, "gene"), vm->genex_ns);
    vm_set_global(vm, vm->global_ns, "global", value_pointer(vm->global_ns));
    vm_set_global(vm, vm->global_ns, "gene", value_pointer(vm->gene_ns));
    vm_set_global(vm, vm->global_ns, "genex", value_pointer(vm->genex_ns));
    vm_set_global(vm, vm->global_ns, "not_found", VAL_NOT_FOUND);
    define_builtin_classes(vm);
    define_exceptions(vm);
    vm_define_methods(vm, vm->space.type_classes[OBJ_GENERATOR], generator_methods, generator_method_count);
    vm_install_intrinsics(vm);
    vm->unread_method = native_make(vm, &unread_method_native, VAL_NIL);
    heap_resume(vm);
}

void vm_destroy(VM *vm) {
    fiber_free(vm_heap(vm), &vm->host_fiber);
    table_free(vm_heap(vm), &vm->modules);
    free(vm->handles);
    free(vm->handle_free);
    space_destroy(vm);
    heap_destroy(vm_heap(vm));
}

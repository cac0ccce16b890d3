/* gene_vm.h — Gene programs on the vm room without those below it: they are compiled and run on the host fiber, with a few
 * natives of the tests' own that call Gene code. Included once by an executable, after check.h.
 *
 * CHECK_GENE compares the quoted text of a program's value, or "!! message" of what it raises. Run with GENE_GC_STRESS, the
 * same programs collect at every allocation: what is not rooted is gone. */
#ifndef GENE_TESTS_GENE_VM_H
#define GENE_TESTS_GENE_VM_H

#include <stdlib.h>

#include "compiler/opcodes.h"
#include "vm/call.h"

#if defined(GENE_GC_STRESS) && GENE_GC_STRESS
#define SCALE(normal, stressed) (stressed)
#else
#define SCALE(normal, stressed) (normal)
#endif

/* --- natives ------------------------------------------------------------------------------------------------------------ */

static NativeResult native_gc(VM *vm, const Args *args, Value *out) {
    (void)args;
    heap_collect(vm);
    *out = VAL_NIL;
    return NATIVE_RETURN;
}

/* Arguments from 1 on, at an address inside the stack: exec_callable has to cope. */
static const Value *rest_of(VM *vm, const Args *args) { return vm->fiber->stack + args->base + 1; }

static NativeResult native_call(VM *vm, const Args *args, Value *out) {
    Value callee = native_arg(vm, args, 0);
    return exec_callable(vm, callee, rest_of(vm, args), args->count - 1, out) ? NATIVE_RETURN : NATIVE_RAISE;
}

static NativeResult native_call_keywords(VM *vm, const Args *args, Value *out) {
    Value callee = native_arg(vm, args, 0), map = native_arg(vm, args, 1);
    bool ok = exec_callable_keywords(vm, callee, rest_of(vm, args) + 1, args->count - 2, map, out);
    return ok ? NATIVE_RETURN : NATIVE_RAISE;
}

static NativeResult native_call_method(VM *vm, const Args *args, Value *out) {
    SymbolObj *name = symbol_of(native_arg(vm, args, 1));
    bool ok = exec_method(vm, native_arg(vm, args, 0), name, rest_of(vm, args) + 1, args->count - 2, out);
    return ok ? NATIVE_RETURN : NATIVE_RAISE;
}

static NativeResult render(VM *vm, const Args *args, Rendering rendering, Value *out) {
    Buffer text;
    buffer_init(&text);
    bool ok = print_value(vm, &text, native_arg(vm, args, 0), rendering);
    if (ok) *out = string_from_buffer(vm, &text);
    buffer_free(&text);
    return ok ? NATIVE_RETURN : NATIVE_RAISE;
}

static NativeResult native_plain(VM *vm, const Args *args, Value *out) { return render(vm, args, RENDER_PLAIN, out); }
static NativeResult native_quoted(VM *vm, const Args *args, Value *out) { return render(vm, args, RENDER_QUOTED, out); }
static NativeResult native_text(VM *vm, const Args *args, Value *out) {
    return render(vm, args, RENDER_STRING_FORM, out);
}

static NativeResult native_push(VM *vm, const Args *args, Value *out) {
    array_push(vm, array_of(native_arg(vm, args, 0)), native_arg(vm, args, 1));
    *out = native_arg(vm, args, 0);
    return NATIVE_RETURN;
}

static NativeResult native_truncate(VM *vm, const Args *args, Value *out) {
    array_resize(vm, array_of(native_arg(vm, args, 0)), 0);
    *out = VAL_NIL;
    return NATIVE_RETURN;
}

static NativeResult native_delete(VM *vm, const Args *args, Value *out) {
    *out = map_delete(vm, map_of(native_arg(vm, args, 0)), symbol_of(native_arg(vm, args, 1)));
    return NATIVE_RETURN;
}

/* (bind receiver function): a bound method that nothing else refers to. */
static NativeResult native_bind(VM *vm, const Args *args, Value *out) {
    *out = bound_method_make(vm, native_arg(vm, args, 0), native_arg(vm, args, 1));
    return NATIVE_RETURN;
}

static NativeResult native_set(VM *vm, const Args *args, Value *out) {
    (void)args;
    *out = set_make(vm);
    return NATIVE_RETURN;
}

/* (put hash key value) (get hash key) */
static NativeResult native_put(VM *vm, const Args *args, Value *out) {
    HashObj *hash = hash_of(native_arg(vm, args, 0));
    uint32_t code;
    TableEntry *entry;
    if (!hash_find(vm, hash, native_arg(vm, args, 1), "HashMap", &code, &entry)) return NATIVE_RAISE;
    Value value = native_arg(vm, args, 2);
    if (entry)
        entry->value = value;
    else
        table_append(vm, &hash->table, native_arg(vm, args, 1), code, value);
    heap_touch(vm, hash);
    *out = native_arg(vm, args, 0);
    return NATIVE_RETURN;
}

static NativeResult native_get(VM *vm, const Args *args, Value *out) {
    HashObj *hash = hash_of(native_arg(vm, args, 0));
    uint32_t code;
    TableEntry *entry;
    if (!hash_find(vm, hash, native_arg(vm, args, 1), "HashMap", &code, &entry)) return NATIVE_RAISE;
    *out = entry ? entry->value : VAL_VOID;
    return NATIVE_RETURN;
}

/* (string_hash s): the other way to a string's cached hash. */
static NativeResult native_string_hash(VM *vm, const Args *args, Value *out) {
    *out = value_small_int(string_hash(vm, string_of(native_arg(vm, args, 0))));
    return NATIVE_RETURN;
}

static NativeResult native_throw(VM *vm, const Args *args, Value *out) {
    (void)out;
    return vm_raise_message(vm, "%s", string_of(native_arg(vm, args, 0))->text);
}

/* (outcome v failed): waits for a future that is finished already. */
static NativeResult native_outcome_of(VM *vm, const Args *args, Value *out) {
    FutureObj *future = heap_alloc(vm, OBJ_FUTURE, sizeof *future);
    future->value = native_arg(vm, args, 0);
    future->state = native_arg(vm, args, 1) == VAL_TRUE ? FUTURE_FAILURE : FUTURE_SUCCESS;
    *out = value_pointer(future);
    return NATIVE_WAIT;
}

static Value last_future = VAL_NIL; /* as long as the program that made it keeps it */

static NativeResult native_future(VM *vm, const Args *args, Value *out) {
    native_outcome_of(vm, args, out);
    last_future = *out;
    return NATIVE_RETURN;
}

static NativeResult native_await(VM *vm, const Args *args, Value *out) {
    return exec_await(vm, native_arg(vm, args, 0), out) ? NATIVE_RETURN : NATIVE_RAISE;
}

static NativeResult native_first(VM *vm, const Args *args, Value *out) {
    *out = native_arg(vm, args, 0);
    return NATIVE_RETURN;
}

static NativeResult native_hungry(VM *vm, const Args *args, Value *out) {
    (void)args;
    vm->fuel = 0;
    *out = VAL_NIL;
    return NATIVE_RETURN;
}

static const NativeDef natives[] = {
    {"gc", native_gc, 0, 0, 0, "(gc)", ""},
    {"form!", native_first, 1, 1, NATIVE_MACRO, "(form! f)", ""},
    {"form_of", native_first, 1, 1, NATIVE_MACRO, "(form_of f)", ""},
    {"call", native_call, 1, -1, NATIVE_REENTRANT, "(call f v…)", ""},
    {"call_keywords", native_call_keywords, 2, -1, NATIVE_REENTRANT, "(call_keywords f map v…)", ""},
    {"call_method", native_call_method, 2, -1, NATIVE_REENTRANT, "(call_method v name v…)", ""},
    {"plain", native_plain, 1, 1, NATIVE_REENTRANT, "(plain v)", ""},
    {"quoted", native_quoted, 1, 1, NATIVE_REENTRANT, "(quoted v)", ""},
    {"text", native_text, 1, 1, NATIVE_REENTRANT, "(text v)", ""},
    {"push", native_push, 2, 2, 0, "(push a v)", ""},
    {"truncate", native_truncate, 1, 1, 0, "(truncate a)", ""},
    {"delete", native_delete, 2, 2, 0, "(delete m k)", ""},
    {"bind", native_bind, 2, 2, 0, "(bind v f)", ""},
    {"hash_set", native_set, 0, 0, 0, "(hash_set)", ""},
    {"put", native_put, 3, 3, NATIVE_REENTRANT, "(put h k v)", ""},
    {"get", native_get, 2, 2, NATIVE_REENTRANT, "(get h k)", ""},
    {"string_hash", native_string_hash, 1, 1, 0, "(string_hash s)", ""},
    {"raise", native_throw, 1, 1, 0, "(raise s)", ""},
    {"outcome", native_outcome_of, 2, 2, 0, "(outcome v failed)", ""},
    {"future", native_future, 2, 2, 0, "(future v failed)", ""},
    {"await_now", native_await, 1, 1, NATIVE_REENTRANT, "(await_now f)", ""},
    {"hungry", native_hungry, 0, 0, 0, "(hungry)", ""},
};

/* --- a VM, and programs on it --------------------------------------------------------------------------------------- */

static void trace_future(Heap *heap, Obj *object) { heap_mark_value(heap, ((FutureObj *)object)->value); }

static inline VM *vm_open_with(Limits limits) {
    static const ObjDescriptor future = {trace_future, NULL};
    VM *vm = malloc(sizeof *vm);
    vm_init(vm, &limits, 12345);
    heap_describe(vm_heap(vm), OBJ_FUTURE, &future);
    vm_define_natives(vm, vm->global_ns, natives, COUNT_OF(natives));
    return vm;
}

static inline VM *vm_open(void) { return vm_open_with((Limits){0}); }

static inline void vm_close(VM *vm) {
    vm_destroy(vm);
    free(vm);
}

/* Pushes the function of a program as a root; 0 and a printed reason when it does not compile. */
static inline uint32_t push_program(VM *vm, const char *source) {
    uint32_t file = root_push(vm, string_from(vm, "test.gene"));
    SymbolObj *name = symbol_from(vm, "test");
    root_push(vm, value_pointer(name));
    uint32_t module = root_push(vm, value_pointer(module_make(vm, name, vm->gene_ns)));
    ReadResult read;
    reader_read(vm, source, strlen(source), NULL, &read);
    root_push(vm, read.forms);
    CompileRequest request = {.forms = read.forms,
                              .positions = read.positions,
                              .module = pointer_of(root_get(vm, module)),
                              .file = string_of(root_get(vm, file))};
    Diagnostics diagnostics = {0};
    CodeObj *code = read.diagnostics.count ? NULL : compiler_compile(vm, &request, &diagnostics);
    if (!code) {
        const Diagnostics *list = read.diagnostics.count ? &read.diagnostics : &diagnostics;
        printf("# %s: %s\n", source, list->count ? list->items[0].message : "?");
    }
    diagnostics_free(&diagnostics);
    reader_free(&read);
    if (!code) return 0;
    root_push(vm, value_pointer(code));
    return root_push(vm, function_make(vm, code, request.module->ns));
}

static inline void append_outcome(VM *vm, bool ok, Value value, Buffer *out) {
    uint32_t scope = roots_open(vm);
    root_push(vm, value);
    if (ok) {
        if (!print_value(vm, out, value, RENDER_QUOTED)) buffer_append_text(out, "!! cannot be printed");
    } else {
        Value exception = vm_take_exception(vm);
        Value message = instance_get(instance_of(exception), SYM(vm, MESSAGE));
        buffer_append_text(out, "!! ");
        print_value_safely(vm, out, message == VAL_UNSET ? VAL_VOID : message, RENDER_PLAIN);
    }
    roots_close(vm, scope);
}

/* The outcome's text; to be freed. Checks that the run leaves the fiber as it was. */
static inline char *run_text(VM *vm, const char *source) {
    Buffer out;
    buffer_init(&out);
    uint32_t scope = roots_open(vm);
    uint32_t program = push_program(vm, source);
    if (program) {
        uint32_t top = vm->fiber->top;
        Value value;
        bool ok = exec_callable(vm, root_get(vm, program), NULL, 0, &value);
        CHECK_EQ_INT(vm->fiber->top, top);
        CHECK_EQ_INT(vm->fiber->frame_count, 0);
        CHECK_EQ_INT(vm->fiber->nesting, 0);
        CHECK_EQ_INT(vm->fiber->recursion, 0);
        CHECK(vm->fiber->handled == VAL_NIL);
        append_outcome(vm, ok, value, &out);
    }
    roots_close(vm, scope);
    char *text = strdup(buffer_text(&out));
    buffer_free(&out);
    return text;
}

static inline void check_gene(VM *vm, const char *source, const char *expected, int line) {
    char *actual = run_text(vm, source);
    check_str(actual, expected, source, __FILE__, line);
    free(actual);
}
#define CHECK_GENE(source, expected) check_gene(vm, source, expected, __LINE__)

#endif

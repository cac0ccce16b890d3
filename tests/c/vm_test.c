/* vm_test.c — the vm room without those below it: Gene programs compiled and run on the host fiber, with a few natives of the
 * test's own that call Gene code, and code assembled by hand where a program cannot ask for it.
 *
 * CHECK_GENE compares the quoted text of a program's value, or "!! message" of what it raises. Run with GENE_GC_STRESS, the
 * same programs collect at every allocation: what is not rooted is gone. */
#include "check.h"

#include <math.h>
#include <stdlib.h>

#include "compiler/opcodes.h"
#include "vm/bind.h"
#include "vm/call.h"
#include "vm/generator.h"
#include "vm/recursion.h"

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
    if (entry) entry->value = value;
    else table_append(vm, &hash->table, native_arg(vm, args, 1), code, value);
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

static Value last_future = VAL_NIL; /* kept by the test's VM as a handle */

static NativeResult native_future(VM *vm, const Args *args, Value *out) {
    native_outcome_of(vm, args, out);
    last_future = *out;
    return NATIVE_RETURN;
}

static NativeResult native_await(VM *vm, const Args *args, Value *out) {
    return exec_await(vm, native_arg(vm, args, 0), out) ? NATIVE_RETURN : NATIVE_RAISE;
}

static NativeResult native_hungry(VM *vm, const Args *args, Value *out) {
    (void)args;
    vm->fuel = 0;
    *out = VAL_NIL;
    return NATIVE_RETURN;
}

static const NativeDef natives[] = {
    {"gc", native_gc, 0, 0, 0, "(gc)", ""},
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

static VM *vm_open_with(Limits limits) {
    static const ObjDescriptor future = {trace_future, NULL};
    VM *vm = malloc(sizeof *vm);
    vm_init(vm, &limits, 12345);
    heap_describe(vm_heap(vm), OBJ_FUTURE, &future);
    vm_define_natives(vm, vm->global_ns, natives, COUNT_OF(natives));
    return vm;
}

static VM *vm_open(void) { return vm_open_with((Limits){0}); }

static void vm_close(VM *vm) {
    vm_destroy(vm);
    free(vm);
}

/* Pushes the function of a program as a root; 0 and a printed reason when it does not compile. */
static uint32_t push_program(VM *vm, const char *source) {
    uint32_t file = root_push(vm, string_from(vm, "test.gene"));
    uint32_t module = root_push(vm, value_pointer(module_make(vm, symbol_from(vm, "test"), vm->gene_ns)));
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

static void append_outcome(VM *vm, bool ok, Value value, Buffer *out) {
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
static char *run_text(VM *vm, const char *source) {
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

static void check_gene(VM *vm, const char *source, const char *expected, int line) {
    char *actual = run_text(vm, source);
    check_str(actual, expected, source, __FILE__, line);
    free(actual);
}
#define CHECK_GENE(source, expected) check_gene(vm, source, expected, __LINE__)

/* --- calls and binding (language 05 §5.3) ---------------------------------------------------------------------------------- */

TEST(binds_arguments_of_every_kind) {
    VM *vm = vm_open();
#define F "(fn f [a b = 20 rest... ^k ^opt = \"o\" ^more...] [a b rest k opt more]) "
    CHECK_GENE(F "(f 1 ^k \"K\")", "[1 20 [] \"K\" \"o\" {}]");
    CHECK_GENE(F "(f 1 2 3 4 ^z 9 ^k \"K\" ^opt 5)", "[1 2 [3 4] \"K\" 5 {^z 9}]");
    CHECK_GENE(F "(f)", "!! Expected 1 arguments, got 0");
    CHECK_GENE(F "(f 1)", "!! Missing keyword argument: k");
    CHECK_GENE("(fn mid [a xs... z] [a xs z]) [(mid 1 2) (mid 1 2 3 4)]", "[[1 [] 2] [1 [2 3] 4]]");
    CHECK_GENE("(fn mid [a xs... z] [a xs z]) (mid 1)", "!! Expected 3 arguments, got 1");
    CHECK_GENE("(fn opt [a = 1 b] [a b]) [(opt 5) (opt 6 7)]", "[[1 5] [6 7]]");
    CHECK_GENE("(fn g [xs... o = 9 z] [xs o z]) [(g 1) (g 1 2) (g 1 2 3)]", "[[[] 9 1] [[] 1 2] [[1] 2 3]]");
    CHECK_GENE("(fn k [^a ^b = 2] [a b]) [(k ^^a) (k ^!a ^b 3)]", "[[true 2] [nil 3]]");
    CHECK_GENE("(fn k [^a ^b = 2] [a b]) (k ^a 1 ^c 2 ^d 3)", "!! Unexpected keyword argument: c");
    CHECK_GENE("(fn k [x ^a] x) (k ^a 1 ^x 2)", "!! Expected 1 arguments, got 0");
    CHECK_GENE("(var f (fn [x] x)) (f 1 2)", "!! Expected 1 arguments, got 2");
    CHECK_GENE("(var f (fn [x ^k = 1] x)) (f)", "!! Expected 1 arguments, got 0");
    CHECK_GENE("(var f (fn [] 7)) (f 1 2)", "7");
    CHECK_GENE("(var f (fn [] 7)) (f ^x 1)", "!! Unexpected keyword argument: x");
    CHECK_GENE("(fn area [w h = w l = (h + 1)] [w h l]) [(area 3) (area 3 4)]", "[[3 3 4] [3 4 5]]");
    CHECK_GENE("(var f (fn [_ b] b)) (f 1 2)", "2");
    vm_close(vm);
}

TEST(spreads_arguments_and_keeps_keyword_names) {
    VM *vm = vm_open();
    CHECK_GENE("(fn three [a b c] [a b c]) (var xs [2 3]) (var n nil) [(three 1 xs...) (three [7 8]... 9 n...)]",
               "[[1 2 3] [7 8 9]]");
    CHECK_GENE("(fn kw [^a ^b] [a b]) (kw ^... {^a 1 ^b 2})", "[1 2]");
    /* The names of spread keywords lie where parameters will be: more parameters than arguments, and one that allocates. */
    CHECK_GENE("(fn f [a = 1 b = 2 c = 3 d = 4 rest... ^k ^more...] [a b c d rest k more]) (var m {^k 5 ^z 6})"
               "[(f ^... m) (f 9 ^... m)]",
               "[[1 2 3 4 [] 5 {^z 6}] [9 2 3 4 [] 5 {^z 6}]]");
    CHECK_GENE("(fn f [a = 1 b = 2 c = 3 ^k] [a k]) (var m {^k 5 ^y 6}) (f ^... m)",
               "!! Unexpected keyword argument: y");
    CHECK_GENE("(class C (method m [a = 1 ^k rest...] [a k rest])) (var m {^k 2}) ((new C) .m ^... m)", "[1 2 []]");
    CHECK_GENE("(class C (ctor [a = 1 ^k rest...] (/v = [a k rest]))) (var m {^k 2}) (var c (new C 5 6 ^... m)) c/v",
               "[5 2 [6]]");
    CHECK_GENE("(class P (method m [xs... ^k] [xs k])) (class C < P (method m [xs... ^k] (super .m xs... ^k k)))"
               "((new C) .m 1 2 ^k 3)",
               "[[1 2] 3]");
    CHECK_GENE("(var x 5) [1 x...]", "!! ... can only spread arrays in array context, got VkInt");
    CHECK_GENE("(var x 5) (fn f [x] x) (f x...)", "!! ... can only spread arrays in gene children context, got VkInt");
    CHECK_GENE("{^a 1 ^... 5}", "!! ... can only spread maps in map context, got VkInt");
    CHECK_GENE("(_ ^... 5)", "!! ... can only spread maps in gene properties context, got VkInt");
    vm_close(vm);
}

TEST(calls_what_can_be_called) {
    VM *vm = vm_open();
    CHECK_GENE("(var f 5) (f)", "!! IkUnifiedCall0 requires a callable, got VkInt");
    CHECK_GENE("(var f \"s\") (f 1)", "!! IkUnifiedCall1 requires a callable, got VkString");
    CHECK_GENE("(var f nil) (f 1 2)", "!! IkUnifiedCall requires a callable, got VkNil");
    CHECK_GENE("(var f void) (f ^a 1)", "!! IkUnifiedCallKw requires a callable, got VkVoid");
    CHECK_GENE("(var f 5) (try (f) catch ArgumentException $ex/code)", "\"GENE.CALL.NOT_CALLABLE\"");
    CHECK_GENE("(class C) (var c (new C)) (c 1)", "!! Instance of C is not callable (no 'call' method)");
    CHECK_GENE("(class A (method call [x y = 2 ^k = 3] [x y k])) (class B < A) (var b (new B)) [(b 1) (b 1 ^k 5)]",
               "[[1 2 3] [1 2 5]]");
    CHECK_GENE("(class C (ctor [n] (/n = n))) (fn make [c] (c 5)) (var o (make C)) o/n", "5");
    CHECK_GENE("(fn adder [n] (fn [self x rest...] [n self x rest])) ((bind 1 (adder 9)) 2 3)", "[9 1 2 [3]]");
    CHECK_GENE("(fn f [x] x) (class C (method m [] (bind 3 f))) (var g ((new C) .m)) (g)", "3");
    CHECK_GENE("(call (fn [a b] [b a]) 1 2)", "[2 1]");
    CHECK_GENE("(call_keywords (fn [a b = 0 ^k ^rest...] [a b k rest]) {^k 1 ^z 2} 8)", "[8 0 1 {^z 2}]");
    CHECK_GENE("(call_keywords (fn [a] a) {} 8)", "8");
    CHECK_GENE("(call_method [7] `iter)", "!! Method iter not found on VkArray");
    CHECK_GENE("(gc 1)", "nil");
    CHECK_GENE("(gc ^a 1)", "!! gc takes no keyword arguments; write (gc)");
    CHECK_GENE("(push [])", "!! push requires 2 arguments; write (push a v)");
    vm_close(vm);
}

/* What is called is kept alive by nothing but the call. */
TEST(roots_callees_while_arguments_are_bound) {
    VM *vm = vm_open();
    CHECK_GENE("(fn make [n] (fn [xs... ^k = 1] (gc) [n xs k])) ((make 5) 1 2)", "[5 [1 2] 1]");
    /* In tail position the parameters take the callee's own register. */
    CHECK_GENE("(fn make [n] (fn [xs... ^k = 1] [n xs k])) (fn go [] ((make 5) 1 2 3)) (go)", "[5 [1 2 3] 1]");
    CHECK_GENE("(fn make [n] (fn [xs... ^k] [n xs k])) (fn go [] ((make 5) 1 2 3 ^k 7)) (go)", "[5 [1 2 3] 7]");
    CHECK_GENE("(fn make [] (class Local (ctor [a rest...] (/v = [a rest])))) (fn of [c] (c 1 2)) (var o (of (make))) o/v",
               "[1 [2]]");
    CHECK_GENE("(fn make [] (class Local (method m [] 3))) ((new (make)) .m)", "3");
    CHECK_GENE("(fn make [n] (fn gen* [a b = 2] (yield [n a b]))) (var g ((make 4) 1)) (g .next)", "[4 1 2]");
    CHECK_GENE("(call (bind [1] (fn [self rest...] [self rest])) [2])", "[[1] [[2]]]");
    vm_close(vm);
}

TEST(replaces_frames_in_tail_calls) {
    VM *vm = vm_open();
    char source[512];
    int turns = SCALE(100000, 3000);
#define RUN(format) (snprintf(source, sizeof source, format, turns), source)
    CHECK_GENE(RUN("(fn even [n] (if (n == 0) true else (odd (n - 1)))) (fn odd [n] (if (n == 0) false else (even (n - 1))))"
                   "(even %d)"),
               "true");
    CHECK_GENE(RUN("(fn down [n ^acc = 0] (if (n == 0) acc else (down (n - 1) ^acc (acc + 1)))) (down %d) "),
               SCALE("100000", "3000"));
    /* Callees with more registers than the caller, and fewer. */
    CHECK_GENE(RUN("(fn wide [n] (var a 1) (var b 2) (var c 3) (var d [a b c n]) (narrow (n - 1)))"
                   "(fn narrow [n] (if (n <= 0) \"end\" else (wide n))) (narrow %d)"),
               "\"end\"");
    CHECK_GENE("(class C (method call [n] (* n 2))) (fn f [c] (c 21)) (f (new C))", "42");
    CHECK_GENE("(fn gen* [n] (yield n)) (fn f [] (gen* 3)) (var g (f)) (g .next)", "3");
    CHECK_GENE("(fn f [x] (g x 1)) (fn g [x] x) (f 1)", "!! Expected 1 arguments, got 2");
    CHECK_GENE("(fn f [x] (x 1)) (f 5)", "!! IkUnifiedCall1 requires a callable, got VkInt");
    CHECK_GENE("(fn f [a b c] (g c b a)) (fn g [x y z] [x y z]) (f 1 2 3)", "[3 2 1]");
    CHECK_GENE("(call (fn [n] (if (n == 0) \"done\" else (self_call n))) 0)", "\"done\"");
    vm_close(vm);
}

/* --- methods and classes (language 20) ------------------------------------------------------------------------------------- */

TEST(finds_methods_by_the_rules) {
    VM *vm = vm_open();
    CHECK_GENE("(class A (method m [] 1) (method n [] 2)) (class B < A (method m [] [(super .m) 9])) (var b (new B))"
               "[(b .m) (b .n)]",
               "[[1 9] 2]");
    CHECK_GENE("(class A (ctor [] (/f = 5))) (var a (new A)) (a .f)", "5");
    CHECK_GENE("(class A (ctor [] (/f = 5))) (var a (new A)) (a .f 1)", "!! Method f not found on instance");
    CHECK_GENE("(class A) ((new A) .nope)", "!! Method nope not found on instance");
    CHECK_GENE("(class A) ((new A) .nope ^k 1)", "!! Method nope not found on instance");
    CHECK_GENE("(nil .nope 1 ^k 2)", "nil");
    CHECK_GENE("(void .nope)", "!! Unified method call not supported for VkVoid");
    CHECK_GENE("(5 .nope)", "!! Unified method call not supported for VkInt");
    CHECK_GENE("('c' .nope)", "!! Unified method call not supported for VkChar");
    CHECK_GENE("({{1 2}} .nope)", "!! Unified method call not supported for VkHashMap");
    CHECK_GENE("(\"s\" .nope)", "!! Method nope not found on VkString");
    CHECK_GENE("({} .nope)", "!! Method nope not found on VkMap");
    CHECK_GENE("({} .nope ^k 1)", "!! Unified method call with keywords not supported for VkMap");
    CHECK_GENE("(fn f* [] 1) (var g (f*)) (g .nope)", "!! Method nope not found on VkGenerator");
    CHECK_GENE("(class A (method m [x] x)) ((new A) .m)", "!! Expected 2 arguments, got 1");
    CHECK_GENE("(class A (method m [x] x)) ((new A) .m 1 2)", "!! Expected 2 arguments, got 3");
    CHECK_GENE("(class A (method m [] 1)) ((new A) .m 1 2)", "1");
    CHECK_GENE("(class A (method m [] (super .m))) ((new A) .m)", "!! Method 'm' not found in super class hierarchy");
    CHECK_GENE("(class E < Exception (method m [] (super .zip))) ((new E) .m)",
               "!! Method 'zip' not found in super class hierarchy");
    vm_close(vm);
}

TEST(constructs_instances) {
    VM *vm = vm_open();
    CHECK_GENE("(class A (ctor [x y = 2] (/x = x) (/y = y))) (var a (new A 1)) [a/x a/y a/z]", "[1 2 void]");
    CHECK_GENE("(class A (ctor [x] (/x = x))) (new A)", "!! Expected 1 arguments, got 0");
    CHECK_GENE("(class A (ctor [x y] nil)) (fn make [c] (c 1)) (make A)", "!! Expected 2 arguments, got 1");
    CHECK_GENE("(class A (ctor [^a] nil)) (new A)", "!! Missing keyword argument: a");
    CHECK_GENE("(class A (ctor [x] (/x = x) \"ignored\")) (var a (new A 1)) a/x", "1");
    CHECK_GENE("(class A (ctor [x] (/f = (fn [] self)) (/x = x))) (var a (new A 1)) (var b (a/f)) [b/x (b is A)]",
               "[1 true]");
    CHECK_GENE("(class A (ctor [x] (/x = x))) (class B < A) (var b (new B 1 2)) b/x", "void");
    CHECK_GENE("(class A (ctor [x] (/x = x))) (class B < A (ctor [x] (super .ctor x) (/y = x))) (var b (new B 4))"
               "[b/x b/y]",
               "[4 4]");
    CHECK_GENE("(class A) (class B < A (ctor [] (super .ctor))) (new B)",
               "!! Superclass constructor must be a function or native function");
    CHECK_GENE("(class A (ctor [x] nil)) (class B < A (ctor [] (super .ctor))) (new B)",
               "!! Expected 1 arguments, got 0");
    CHECK_GENE("(var c 5) (new c)", "!! new requires a class, got VkInt");
    CHECK_GENE("(var c 5) (try (new c) catch ArgumentException \"argument\")", "\"argument\"");
    vm_close(vm);
}

TEST(asks_on_method_missing) {
    VM *vm = vm_open();
    CHECK_GENE("(class G (on_method_missing [name args...] [name args])) (class H < G) (var g (new H))"
               "[(g .boo 1 2) (g .hm) g/hm]",
               "[[boo [1 2]] [hm []] void]");
    CHECK_GENE("(class G (on_method_missing [name ^k = 0] [name k])) ((new G) .boo ^k 7)", "[boo 7]");
    CHECK_GENE("(class G (on_method_missing [name] name)) ((new G) .boo 1)", "!! Expected 2 arguments, got 3");
    CHECK_GENE("(class G (on_method_missing [name] (self .other))) ((new G) .first)",
               "!! on_method_missing recursion limit exceeded while resolving 'other'");
    CHECK_GENE("(class G (on_method_missing [name n] (if (n == 0) \"end\" else (self .deeper (n - 1))))) ((new G) .deeper 20)",
               "\"end\"");
    vm_close(vm);
}

/* --- errors and unwinding (language 22) ------------------------------------------------------------------------------------- */

TEST(unwinds_to_the_right_handler) {
    VM *vm = vm_open();
    CHECK_GENE("(try (throw \"a\") catch e e/message)", "\"a\"");
    CHECK_GENE("(try (try (throw 5) catch TypeException 1) catch e [e/message e/cause])", "[\"5\" 5]");
    CHECK_GENE("(var log []) (try (try (throw \"x\") finally (push log 1)) catch * (push log 2)) log", "[1 2]");
    CHECK_GENE("(var log []) (fn f [] (try (return 1) finally (push log 2))) [(f) log]", "[1 [2]]");
    CHECK_GENE("(var log []) (fn f [] (for x in [1 2 3] (try (if (x == 2) (break)) (push log x) finally (push log \"f\")))) (f) log",
               "[1 \"f\" \"f\"]");
    CHECK_GENE("(fn deep [n] (if (n == 0) (throw \"deep\") else (+ 1 (deep (n - 1))))) (try (deep 50) catch e e/message)",
               "\"deep\"");
    /* The call is the last instruction of the protected part, the next one is outside. */
    CHECK_GENE("(fn bad [] (throw \"b\")) (var r (try (bad) catch * 1)) (try (var q (bad)) catch * r)", "1");
    CHECK_GENE("(try (var x (nope_undefined)) catch e e/message)", "\"nope_undefined is not defined\"");
    CHECK_GENE("(try (call (fn [] (throw \"inner\"))) catch e e/message)", "\"inner\"");
    CHECK_GENE("(fn f [] (try (call (fn [] (try (throw \"a\") catch TypeException 1))) catch e [e/message])) (f)", "[\"a\"]");
    CHECK_GENE("(call (fn [] (call (fn [] (try (call (fn [] (throw \"three\"))) catch e e/message)))))", "\"three\"");
    CHECK_GENE("(var log []) (try (call (fn [] (try (throw \"x\") finally (push log \"in\")))) catch * (push log \"out\")) log",
               "[\"in\" \"out\"]");
    CHECK_GENE("(try (outcome \"failed\" true) catch e e/message)", "\"failed\"");
    CHECK_GENE("(outcome 7 false)", "7");
    CHECK_GENE("(call outcome 7 false)", "7");
    CHECK_GENE("(try (call outcome \"no\" true) catch e e/message)", "\"no\"");
    CHECK_GENE("(throw)", "!! nil");
    vm_close(vm);
}

TEST(keeps_the_current_exception) {
    VM *vm = vm_open();
    CHECK_GENE("(try (throw \"a\") catch * (try (throw \"b\") catch * nil) $ex/message)", "\"a\"");
    CHECK_GENE("(try (try (throw \"a\") catch * (throw \"b\")) catch * nil) $ex", "nil");
    CHECK_GENE("(fn f [] (try (throw \"a\") catch * (return $ex/message))) [(f) $ex]", "[\"a\" nil]");
    CHECK_GENE("(try (throw \"a\") catch * (call (fn [] (try (throw \"b\") catch * nil)))  $ex/message)", "\"a\"");
    /* A generator that yields inside its handler keeps its own. */
    CHECK_GENE("(fn g* [] (try (throw \"in\") catch * (yield 1) (yield $ex/message))) (var g (g*))"
               "[(g .next) $ex (try (throw \"out\") catch * [(g .next) $ex/message]) $ex]",
               "[1 nil [\"in\" \"out\"] nil]");
    CHECK_GENE("(fn g* [] (try (throw \"in\") catch * (yield 1) (throw \"again\"))) (var g (g*)) (g .next)"
               "[(try (g .next) catch e e/message) $ex]",
               "[\"again\" nil]");
    vm_close(vm);
}

TEST(gives_errors_their_class) {
    VM *vm = vm_open();
#define CLASS_OF(e) "(fn class_of [f] (try (f) catch RuntimeException \"runtime\" catch TypeException \"type\" "       \
                    "catch ArgumentException \"argument\" catch IOError \"io\" catch TimeoutException \"timeout\" "       \
                    "catch CancellationException \"cancelled\" catch Exception \"plain\")) (class_of (fn [] " e "))"
    CHECK_GENE(CLASS_OF("(9223372036854775807 + 1)"), "\"runtime\"");
    CHECK_GENE(CLASS_OF("(1 % 0)"), "\"runtime\"");
    CHECK_GENE(CLASS_OF("(1 < \"a\")"), "\"type\"");
    CHECK_GENE(CLASS_OF("(5 .nope)"), "\"type\"");
    CHECK_GENE(CLASS_OF("(1 + \"a\")"), "\"plain\"");
    CHECK_GENE(CLASS_OF("(\"a\" ++ 1)"), "\"argument\"");
    CHECK_GENE(CLASS_OF("(0#00 && 0#0000)"), "\"argument\"");
    CHECK_GENE(CLASS_OF("(5 is 5)"), "\"argument\"");
    CHECK_GENE(CLASS_OF("nope"), "\"plain\"");
    CHECK_GENE(CLASS_OF("((fn [x] x))"), "\"plain\"");
    CHECK_GENE(CLASS_OF("(\"s\" .nope)"), "\"plain\"");
    CHECK_GENE(CLASS_OF("(raise \"Invalid parameter: x\")"), "\"argument\"");
    CHECK_GENE(CLASS_OF("(raise \"this is invalid\")"), "\"plain\"");
    CHECK_GENE(CLASS_OF("(raise \"failed to open it\")"), "\"io\"");
    CHECK_GENE(CLASS_OF("(raise \"a Timeout came\")"), "\"timeout\"");
    CHECK_GENE(CLASS_OF("(raise \"it was CANCELLED\")"), "\"cancelled\"");
    CHECK_GENE("(try (raise \"x\") catch e [e/code (e/location is String)])", "[\"GENE.RUNTIME.ERROR\" true]");
    vm_close(vm);
}

TEST(bounds_depth_nesting_and_recursion) {
    VM *vm = vm_open_with((Limits){.depth = 1000, .nesting = 20});
    CHECK_GENE("(fn f [n] (+ 1 (f (n + 1)))) (f 0)", "!! stack overflow: more than 1000 nested calls (limits.depth)");
    CHECK_GENE("(fn f [n] (if (n == 0) 0 else (+ 1 (f (n - 1))))) (f 900)", "900");
    CHECK_GENE("(fn f [n] (+ 1 (f (n + 1)))) (try (f 0) catch RuntimeException $ex/code)", "\"GENE.VM.STACK_OVERFLOW\"");
    CHECK_GENE("(fn f [] (call f)) (f)", "!! stack overflow: more than 20 nested native calls (limits.nesting)");
    CHECK_GENE("(fn f [n] (if (n == 0) 0 else (+ 1 (call f (n - 1))))) (f 15)", "15");
    CHECK_GENE("(fn f [] (call f)) (try (f) catch RuntimeException $ex/code)", "\"GENE.LIMIT.NESTING\"");
    CHECK_GENE("(class C (method to_s [] (plain self))) (plain (new C))",
               "!! stack overflow: more than 20 nested native calls (limits.nesting)");
    vm_close(vm);
    vm = vm_open();
    CHECK_GENE("(var a []) (push a a) (plain a)",
               "!! stack overflow: printed value is nested more than 1000 levels deep or contains itself");
    CHECK_GENE("(var a []) (push a a) (var b []) (push b b) (a == b)",
               "!! stack overflow: compared value is nested more than 400 levels deep or contains itself");
    CHECK_GENE("(var a []) (push a a) {{a 1}}",
               "!! stack overflow: hashed value is nested more than 400 levels deep or contains itself");
    CHECK_GENE("(fn nest [n] (if (n == 0) [] else [(nest (n - 1))])) [((nest 300) == (nest 300)) ((nest 300) == (nest 299))]",
               "[true false]");
    CHECK_GENE("(fn nest [n] (var a []) (for i in (1 .. n) (a = [a])) a) (var t (plain (nest 999))) (typeof t)", "\"String\"");
    CHECK_GENE("(fn nest [n] (var a []) (for i in (1 .. n) (a = [a])) a) (plain (nest 1000))",
               "!! stack overflow: printed value is nested more than 1000 levels deep or contains itself");
    /* A shared value costs its size each time it is printed, not more. */
    CHECK_GENE("(var a []) (push a a) (try (throw a) catch e (typeof e/message))", "\"String\"");
    vm_close(vm);
}

TEST(memory_limit_is_an_exception) {
    VM *vm = vm_open_with((Limits){.memory = SCALE(16u, 2u) * 1024 * 1024});
    CHECK_GENE("(fn hoard [] (var a []) (loop (a = [a a])))"
               "(var r (try (hoard) catch RuntimeException $ex/code)) [r (+ 1 1)]",
               "[\"GENE.LIMIT.MEMORY\" 2]");
    CHECK_GENE("(fn grow [] (var s \"0123456789\") (loop (s = (s ++ s)))) (try (grow) catch RuntimeException $ex/code)",
               "\"GENE.LIMIT.MEMORY\"");
    CHECK_GENE("(fn grow [] (var s \"0123456789\") (loop (s = #\"#{s}#{s}\"))) (try (grow) catch RuntimeException $ex/code)",
               "\"GENE.LIMIT.MEMORY\"");
    CHECK_GENE("(fn grow [] (var a [1 2 3]) (loop (a = [a... a...]))) (try (grow) catch RuntimeException $ex/code)",
               "\"GENE.LIMIT.MEMORY\"");
    CHECK_GENE("(fn f [xs...] (f xs... xs... 1)) (try (f 1) catch RuntimeException $ex/code)", "\"GENE.LIMIT.MEMORY\"");
    /* The loop's head is the first instruction of what try protects. */
    CHECK_GENE("(var a []) (var r (try (loop (a = [a a])) catch * $ex/code)) (a = nil) r", "\"GENE.LIMIT.MEMORY\"");
    vm_close(vm);
}

/* --- generators (language 25) ------------------------------------------------------------------------------------------------- */

#define UPTO "(fn upto* [n] (var i 1) (while (i <= n) (yield i) (i += 1))) "

TEST(runs_generators) {
    VM *vm = vm_open();
    CHECK_GENE(UPTO "(var g (upto* 2)) [g (g .next) (g .has_next) (g .has_next) (g .next) (g .has_next) (g .next) (g .next)]",
               "[VkGenerator 1 true true 2 false not_found not_found]");
    CHECK_GENE("(fn g* [a b = 2 rest... ^k = 3] (yield [a b rest k])) (var g (g* 1 5 6 ^k 9)) (g .next)", "[1 5 [6] 9]");
    CHECK_GENE("(fn g* [a] (yield a)) (g*)", "!! Expected 1 arguments, got 0");
    CHECK_GENE("(fn g* [] (var x (yield 1)) (yield x)) (var g (g*)) [(g .next) (g .next)]", "[1 nil]");
    CHECK_GENE("(fn g* [] (yield 1) (return 5) (yield 2)) (var g (g*)) [(g .next) (g .next) (g .next)]",
               "[1 not_found not_found]");
    CHECK_GENE(UPTO "(fn both* [n] (for x in (upto* n) (for y in (upto* n) (yield [x y])))) (var r [])"
                    "(for p in (both* 2) (push r p)) r",
               "[[1 1] [1 2] [2 1] [2 2]]");
    CHECK_GENE("(fn f [] (yield 1)) (f)", "!! yield used outside of generator function");
    CHECK_GENE("(fn f [] (yield 1)) (fn g* [] (f) (yield 2)) (var g (g*)) (try (g .next) catch e e/message)",
               "\"yield used outside of generator function\"");
    CHECK_GENE("(fn f [] (yield 1)) (try (call f) catch e e/message)", "\"yield used outside of generator function\"");
    CHECK_GENE("(class C (method items* [n] (yield n) (yield self))) (var g ((new C) .items* 7)) [(g .next) (g .next)]",
               "[7 VkInstance]");
    CHECK_GENE(UPTO "(var g (upto* 3)) [(call_method g `next) (call_method g `has_next) (call_method g `next)]", "[1 true 2]");
    vm_close(vm);
}

TEST(generators_end_with_their_exception) {
    VM *vm = vm_open();
    CHECK_GENE("(fn g* [] (yield 1) (throw \"oops\") (yield 2)) (var g (g*))"
               "[(g .next) (try (g .next) catch e e/message) (g .next) (g .has_next)]",
               "[1 \"oops\" not_found false]");
    CHECK_GENE("(fn g* [] (yield 1) (throw \"oops\")) (var g (g*)) [(g .next) (try (g .has_next) catch e e/message)]",
               "[1 \"oops\"]");
    CHECK_GENE("(var log []) (fn g* [] (try (yield 1) (throw \"a\") catch e (yield e/message) finally (push log \"f\")))"
               "(var g (g*)) [(g .next) (g .next) (g .next) log]",
               "[1 \"a\" not_found [\"f\"]]");
    CHECK_GENE("(fn g* [] (for x in [1 2] (if (x == 2) (throw \"two\")) (yield x))) (var r [])"
               "(try (for x in (g*) (push r x)) catch e (push r e/message)) r",
               "[1 \"two\"]");
    /* A generator that resumes itself. */
    CHECK_GENE("(var g nil) (fn g* [] (yield (g .next))) (g = (g*)) (try (g .next) catch e e/message)",
               "\"generator is already running\"");
    CHECK_GENE("(var g nil) (fn g* [] (yield 1) (yield (call_method g `next))) (g = (g*))"
               "[(g .next) (try (g .next) catch e e/message) (g .next)]",
               "[1 \"generator is already running\" not_found]");
    vm_close(vm);
}

TEST(next_pair_wants_pairs) {
    VM *vm = vm_open();
    CHECK_GENE("(fn g* [] (yield [1 2]) (yield [`a \"b\"])) (var r []) (for k v in (g*) (push r k) (push r v)) r",
               "[1 2 a \"b\"]");
    CHECK_GENE("(fn g* [] (yield [1 2])) (var g (g*)) [(g .next_pair) (g .next_pair)]", "[[1 2] not_found]");
#define ODD "(fn g* [] (yield 1) (yield [2 3])) (var g (g*)) "
    CHECK_GENE(ODD "[(try (g .next_pair) catch e e/message) (g .next_pair)]",
               "[\"Generator.next_pair expects yielded [key value] arrays\" [2 3]]");
    CHECK_GENE(ODD "(g .has_next) (try (g .next_pair) catch ArgumentException \"argument\")", "\"argument\"");
    CHECK_GENE(ODD "(try (for a b in g nil) catch e e/message)", "\"Generator.next_pair expects yielded [key value] arrays\"");
    /* Resumed by a native: the frames below the native are not the generator's to unwind. */
    CHECK_GENE(ODD "(fn f [] (try (call_method g `next_pair) catch e [e/message])) [(f) 1]",
               "[[\"Generator.next_pair expects yielded [key value] arrays\"] 1]");
    CHECK_GENE(ODD "(var log []) (try (try (call_method g `next_pair) finally (push log 1)) catch * (push log 2)) log", "[1 2]");
    vm_close(vm);
}

TEST(collects_what_generators_hold) {
    VM *vm = vm_open();
    CHECK_GENE("(fn g* [] (var a [1]) (yield 0) (gc) (yield a) (push a 2) (gc) (yield a)) (var g (g*)) (gc) (g .next) (gc)"
               "[(g .next) (g .next)]",
               "[[1 2] [1 2]]");
    CHECK_GENE("(fn g* [] (yield [1])) (var g (g*)) (g .has_next) (gc) (g .next)", "[1]");
    CHECK_GENE("(class G < gene/Generator) (var g (new G)) (g .next)", "!! Method next not supported for VkInstance");
    heap_collect(vm);
    size_t before = heap_stats(vm).live_objects;
    CHECK_GENE("(fn g* [] (var a [1 2 3]) (yield a) (yield a)) (for i in (1 .. 50) (var g (g*)) (g .next)) nil", "nil");
    heap_collect(vm);
    CHECK(heap_stats(vm).live_objects <= before);
    vm_close(vm);
}

/* --- iteration --------------------------------------------------------------------------------------------------------------- */

TEST(iterates_over_everything_iterable) {
    VM *vm = vm_open();
#define EACH(e) "(var r []) (for x in " e " (push r x)) r"
#define PAIRS(e) "(var r []) (for a b in " e " (push r a) (push r b)) r"
    CHECK_GENE(EACH("[7 8]"), "[7 8]");
    CHECK_GENE(PAIRS("[7 8]"), "[0 7 1 8]");
    CHECK_GENE(EACH("{^a 1 ^b 2}"), "[1 2]");
    CHECK_GENE(PAIRS("{^a 1 ^b 2}"), "[a 1 b 2]");
    CHECK_GENE(EACH("{{1 2 3 4}}"), "[2 4]");
    CHECK_GENE(PAIRS("{{1 2 3 4}}"), "[1 2 3 4]");
    CHECK_GENE("(var s (hash_set)) (put s 5 nil) (put s 6 nil) " EACH("s"), "[5 6]");
    CHECK_GENE("(var s (hash_set)) (put s 5 nil) (put s 6 nil) " PAIRS("s"), "[0 5 1 6]");
    CHECK_GENE(EACH("(1 .. 3)"), "[1 2 3]");
    CHECK_GENE(EACH("(3 .. 1)"), "[]");
    CHECK_GENE(PAIRS("(5 .. 6)"), "[0 5 1 6]");
    CHECK_GENE(EACH("(range 9 1 -4)"), "[9 5 1]");
    CHECK_GENE(EACH("(range 1 3 0)"), "[]");
    CHECK_GENE(EACH("nil"), "[]");
    CHECK_GENE(EACH("\"s\""), "!! Method iter not found on VkString");
    CHECK_GENE(EACH("`(f 1)"), "!! Method iter not found on VkGene");
    CHECK_GENE(EACH("5"), "!! Unified method call not supported for VkInt");
    CHECK_GENE(EACH("void"), "!! Unified method call not supported for VkVoid");
    CHECK_GENE(EACH("(1.5 .. 3)"), "!! Range.iter requires Int bounds and step");
    CHECK_GENE("(class C) " EACH("(new C)"), "!! Method iter not found on instance");
    CHECK_GENE("(class C (method iter [] nil)) " EACH("(new C)"), "[]");
    CHECK_GENE("(class C (ctor [n] (/n = n)) (method iter [] self) (method next [] (if (/n > 0) (/n -= 1) /n else not_found)))"
               EACH("(new C 3)"),
               "[2 1 0]");
    CHECK_GENE("(class C (method iter [] self) (method next_pair [] 5)) " PAIRS("(new C)"),
               "!! next_pair must give [key value] or not_found, got VkInt");
    /* Small Ints end at 2^47 - 1. */
    CHECK_GENE(EACH("(140737488355326 .. 140737488355327)"), "[140737488355326 140737488355327]");
    CHECK_GENE(EACH("(140737488355326 .. 140737488355329)"),
               "[140737488355326 140737488355327 140737488355328 140737488355329]");
    CHECK_GENE(EACH("(9223372036854775806 .. 9223372036854775807)"), "[9223372036854775806 9223372036854775807]");
    CHECK_GENE(EACH("(range -9223372036854775807 -9223372036854775808 -1)"),
               "[-9223372036854775807 -9223372036854775808]");
    vm_close(vm);
}

TEST(iterates_over_what_changes) {
    VM *vm = vm_open();
    CHECK_GENE("(var a [1 2]) (var r []) (for x in a (push r x) (if (x < 4) (push a (x + 2)))) r", "[1 2 3 4 5]");
    CHECK_GENE("(var a [1 2 3]) (var r []) (for x in a (push r x) (truncate a)) r", "[1]");
    CHECK_GENE("(var m {^a 1 ^b 2}) (var r []) (for k v in m (delete m `b) (push r k)) r", "[a b]");
    vm_close(vm);
}

/* --- equality and hashing (language 02 §2.3, 10 §10.3) ------------------------------------------------------------------------ */

TEST(compares_by_kind) {
    VM *vm = vm_open();
    CHECK_GENE("[(1 == 1) (\"a\" == \"a\") (\"a\" == `a) (nil == void) (nil == false) (2 == 2.0) (0.0 == -0.0)]",
               "[true true false false false false true]");
    CHECK_GENE("(var nan (0.0 / 0.0)) [(nan == nan) (nan != nan) ([1 nan] == [1 nan])]", "[false true false]");
    CHECK_GENE("[([1 [2]] == [1 [2]]) ({^a 1 ^b 2} == {^b 2 ^a 1}) ({{1 2 3 4}} == {{3 4 1 2}}) ([1] == #[1])]",
               "[true true false true]");
    CHECK_GENE("[(9223372036854775807 == 9223372036854775807) (140737488355328 == 140737488355328) "
               "(140737488355328 == 140737488355327)]",
               "[true true false]");
    CHECK_GENE("(var g `(f 1)) (var h `(f 1)) [(g == g) (g == h) (g != h) ((1 .. 2) == (1 .. 2))]",
               "[true false true false]");
    CHECK_GENE("(var p `a/b) [(0#01 == 0#01) (0#01 == 0#02) (2020-01-02 == 2020-01-02) (p == `a/b) ('a' == 'a')]",
               "[true false true true true]");
    CHECK_GENE("(var f (fn [] 1)) [(f == f) (f == (fn [] 1)) (gc == gc)]", "[true false true]");
    CHECK_GENE("(var a (hash_set)) (var b (hash_set)) (put a [1] nil) (put a 2 nil) (put b 2 nil) (put b [1] nil)"
               "[(a == b) (a == {})]",
               "[true false]");
    CHECK_GENE("(var x 2.0) [(x == 2) (x != 2) (x == 3) (if (x == 2) 1 else 2)]", "[true false false 1]");
    CHECK_GENE("(var x \"s\") [(x == 2) (x != 2) (if (x == 2) 1 else 2)]", "[false true 2]");
    vm_close(vm);
}

TEST(asks_instances_whether_they_are_equal) {
    VM *vm = vm_open();
#define ID "(class Id (ctor [n] (/n = n)) (method \"==\" [o] (if (o is Id) (/n == o/n) else (/n == o)))) "             \
           "(class Plain) "
    CHECK_GENE(ID "[((new Id 1) == (new Id 1)) ((new Id 1) != (new Id 1)) ((new Id 1) == 2) (1 == (new Id 1))]",
               "[true false false false]");
    CHECK_GENE(ID "(var p (new Plain)) [(p == p) (p == (new Plain)) (p != p)]", "[true false false]");
    CHECK_GENE(ID "[([(new Id 1)] == [(new Id 1)]) ({^a (new Id 1)} == {^a (new Id 2)})]", "[true false]");
    /* A variable against a literal: numeric, but an instance is asked all the same. */
    CHECK_GENE(ID "(var v (new Id 5)) [(v == 5) (v != 5) (v == 6) (v == 5.0)]", "[true false false false]");
    CHECK_GENE(ID "(fn f [v] (if (v == 5) \"five\" else \"other\")) [(f (new Id 5)) (f (new Id 6)) (f 5) (f 5.0) (f (new Plain))]",
               "[\"five\" \"other\" \"five\" \"five\" \"other\"]");
    CHECK_GENE(ID "(fn f [v] (if (v != 5) \"other\" else \"five\")) [(f (new Id 5)) (f (new Id 6)) (f 5) (f nil)]",
               "[\"five\" \"other\" \"five\" \"other\"]");
    CHECK_GENE(ID "(fn f [v] (var n 0) (while (v != 5) (v/n += 1) (n += 1)) n) (f (new Id 1))", "4");
    CHECK_GENE("(class Bad (method \"==\" [o] (throw \"bad\"))) (fn f [v] (try (if (v == 5) 1 else 2) catch e e/message)) (f (new Bad))",
               "\"bad\"");
    CHECK_GENE("(class Shrinks (ctor [a] (/a = a)) (method \"==\" [o] (truncate /a) true)) (var a []) (push a (new Shrinks a))"
               "(push a 1) (push a 2) (a == [1 2 3])",
               "true");
    vm_close(vm);
}

TEST(finds_hash_keys) {
    VM *vm = vm_open();
    CHECK_GENE("(var h {{1 \"one\" \"k\" 2 [1 2] 3 `k 4 1.0 5 'c' 6 nil 7 {^a 1} 8 `a/b 9 true 10}})"
               "[(get h 1) (get h \"k\") (get h [1 2]) (get h `k) (get h 1.0) (get h 'c') (get h nil) (get h {^a 1}) (get h `a/b) "
               "(get h true) (get h void)]",
               "[\"one\" 2 3 4 5 6 7 8 9 10 void]");
    CHECK_GENE("{{1 2 1 3}}", "{{1 3}}");
    CHECK_GENE("(var h {{-0.0 1 9223372036854775807 2}}) [(get h 0.0) (get h 9223372036854775807)]", "[1 2]");
    CHECK_GENE("{{(fn [] 1) 2}}", "!! Key is not hashable for HashMap: VkFunction");
    CHECK_GENE("(class C) {{(new C) 2}}", "!! Key is not hashable for HashMap: VkInstance");
    CHECK_GENE("(class C (method hash [] \"x\")) {{(new C) 2}}", "!! HashMap key .hash must return Int, got VkString");
    CHECK_GENE("(class Id (ctor [n] (/n = n)) (method hash [] (/n % 2)) (method \"==\" [o] (/n == o/n)))"
               "(var h {{(new Id 1) \"a\" (new Id 3) \"b\" (new Id 2) \"c\"}}) [(get h (new Id 3)) (get h (new Id 2)) (get h (new Id 5))]",
               "[\"b\" \"c\" void]");
    /* The two ways to a string's hash agree, or equal strings would differ. */
    CHECK_GENE("(fn check [n] (var bad []) (for i in (1 .. n) (var a #\"key #{i}\") (var b #\"key #{i}\") (string_hash a)"
               "(put {{}} b 1) (if (a != b) (push bad i))) bad) (check 50)",
               "[]");
    /* == may change the hash map that is being searched. */
    CHECK_GENE("(var h {{}}) (var grew false) (class Id (ctor [n] (/n = n)) (method hash [] 1)"
               "(method \"==\" [o] (if grew nil else (grew = true) (for i in (1 .. 40) (put h i i))) (/n == o/n)))"
               "(put h (new Id 1) \"a\") (put h (new Id 2) \"b\") [(get h (new Id 2)) (get h 40)]",
               "[\"b\" 40]");
    vm_close(vm);
}

/* --- printing (language 02 §2.4–2.6) -------------------------------------------------------------------------------------------- */

TEST(prints_every_rendering) {
    VM *vm = vm_open();
#define VALUE "[\"s\" 'c' nil void {^k \"s\" ^n [1]} {{\"k\" 'v'}} `(f ^k \"s\" 't' [\"u\"]) (1 .. 4) (range \"a\" \"b\" 2) #[1] #{^a 1}]"
    CHECK_GENE("(plain " VALUE ")",
               "\"[s c nil void {^k s ^n [1]} {{k v}} (f ^k \"s\" 't' [\"u\"]) 1..4 \"a\"..\"b\" step 2 #[1] #{^a 1}]\"");
    CHECK_GENE("(quoted " VALUE ")",
               "\"[\"s\" 'c' nil void {^k \"s\" ^n [1]} {{\"k\" 'v'}} (f ^k \"s\" 't' [\"u\"]) 1..4 \"a\"..\"b\" step 2 #[1] #{^a 1}]\"");
    CHECK_GENE("(text " VALUE ")",
               "\"[\"s\" 'c' nil void {^k \"s\" ^n [1]} {{\"k\" 'v'}} (f ^k \"s\" 't' [\"u\"]) 1..4 \"a\"..\"b\" step 2 [1] {^a 1}]\"");
    CHECK_GENE("[(text nil) (text \"s\") (text 'c') (plain 'c') (plain nil)]", "[\"\" \"s\" \"'c'\" \"c\" \"nil\"]");
    CHECK_GENE("[(plain `()) (text `()) (plain []) (plain {}) (plain {{}}) (plain (hash_set))]",
               "[\"(nil)\" \"()\" \"[]\" \"{}\" \"{{}}\" \"(HashSet)\"]");
    CHECK_GENE("(var s (hash_set)) (put s 1 nil) (put s \"b\" nil) [(plain s) (quoted s)]",
               "[\"(HashSet 1 b)\" \"(HashSet 1 \"b\")\"]");
    CHECK_GENE("[(plain 0#abCD) (plain #/a\\/b/i) (plain `a/b) (plain _) (plain not_found) (plain gc) (plain (fn [] 1))]",
               "[\"0#abcd\" \"#/a\\/b/i\" \"a/b\" \"_\" \"not_found\" \"VkNativeFn\" \"VkFunction\"]");
    CHECK_GENE("[(plain 1.0) (plain 1e17) (plain 1.5e-8) (plain (1.0 / 0.0)) (plain -9223372036854775808)]",
               "[\"1.0\" \"1e+17\" \"1.5e-8\" \"inf\" \"-9223372036854775808\"]");
    CHECK_GENE("(class C) [(plain C) (plain (new C)) (plain [(new C)])]", "[\"VkClass\" \"VkInstance\" \"[VkInstance]\"]");
    CHECK_GENE("(plain `[`a ``b])", "\"[a b]\"");
    CHECK_GENE("#\"#{\"s\"} #{'c'} #{nil} #{[\"s\" 'c']} #{{^k \"s\"}} #{2.50} #{`sym} #{0#ff} #{gc}\"",
               "\"s c nil [\"s\" 'c'] {^k \"s\"} 2.5 sym 0#ff VkNativeFn\"");
    vm_close(vm);
}

TEST(asks_instances_for_their_text) {
    VM *vm = vm_open();
#define P "(class P (ctor [v] (/v = v)) (method to_s [] /v)) "
    CHECK_GENE(P "(plain (new P \"text\"))", "\"text\"");
    CHECK_GENE(P "(plain [1 (new P \"in\") {^k (new P \"map\")}])", "\"[1 in {^k map}]\"");
    CHECK_GENE(P "#\"<#{(new P \"x\")}> #{[(new P \"y\")]}\"", "\"<x> [y]\"");
    /* What is no string is printed in its place, whatever it is. */
    CHECK_GENE(P "[(plain (new P 5)) (plain (new P nil)) (plain (new P [1 \"s\"])) (plain (new P 'c')) (plain (new P `sym))]",
               "[\"5\" \"nil\" \"[1 \"s\"]\" \"'c'\" \"sym\"]");
    CHECK_GENE(P "(plain (new P (new P \"x\")))", "\"VkInstance\"");
    CHECK_GENE(P "(plain (new P [(new P \"deep\")]))", "\"[deep]\"");
    CHECK_GENE("(class P (method to_s [] [self])) (plain (new P))",
               "!! stack overflow: printed value is nested more than 1000 levels deep or contains itself");
    CHECK_GENE("(class P (method to_s [] (throw \"no text\"))) (try (plain [1 (new P)]) catch e e/message)", "\"no text\"");
    CHECK_GENE("(class P (method to_s [] (gc) (plain [1 2 self/x]))) (plain [(new P) (new P)])", "\"[[1 2 void] [1 2 void]]\"");
    /* to_s changes what is being printed. */
    CHECK_GENE("(class T (ctor [a] (/a = a)) (method to_s [] (truncate /a) (gc) \"t\")) (var a []) (push a (new T a)) (push a 1) (push a 2)"
               "(plain a)",
               "\"[t]\"");
    CHECK_GENE("(class T (ctor [m] (/m = m)) (method to_s [] (delete /m `b) \"t\")) (var m {}) (m/a = (new T m)) (m/b = 1) (m/c = 2)"
               "(plain m)",
               "\"{^a t ^c 2}\"");
    vm_close(vm);
}

TEST(prints_safely_without_gene_code) {
    VM *vm = vm_open();
    CHECK_GENE("(class P (method to_s [] (throw \"never\"))) (try (throw [(new P) \"q\"]) catch e e/message)", "\"[VkInstance \"q\"]\"");
    CHECK_GENE("(var a [1]) (push a a) (try (throw a) catch e e/message)",
               "\"[1 [1 [1 [1 [1 [1 [1 [1 [1 [1 [1 [1 [1 [1 [1 [1 [1 [1 [1 [1 …]]]]]]]]]]]]]]]]]]]]\"");
    Buffer text;
    buffer_init(&text);
    uint32_t scope = roots_open(vm);
    Value list = array_make(vm, 0);
    root_push(vm, list);
    for (int i = 0; i < 100000; i++) array_push(vm, array_of(list), value_small_int(i));
    print_value_safely(vm, &text, list, RENDER_PLAIN);
    CHECK(text.size > 3000 && text.size < 5000);
    roots_close(vm, scope);
    buffer_free(&text);
    vm_close(vm);
}

/* --- arithmetic (language 03 §3.3) ------------------------------------------------------------------------------------------------ */

/* Operators on variables, so that nothing is computed at compile time; a and b are given as literals. */
static void check_operation(VM *vm, const char *a, const char *op, const char *b, const char *expected, int line) {
    char source[256];
    snprintf(source, sizeof source, "(fn f [x y] (x %s y)) (f %s %s)", op, a, b);
    check_gene(vm, source, expected, line);
}
#define OPERATION(a, op, b, expected) check_operation(vm, a, op, b, expected, __LINE__)
#define MAX48 "140737488355327"
#define MIN48 "-140737488355328"
#define MAX64 "9223372036854775807"
#define MIN64 "-9223372036854775808"

TEST(adds_and_multiplies_across_the_boundaries) {
    VM *vm = vm_open();
    OPERATION(MAX48, "+", "1", "140737488355328");
    OPERATION(MIN48, "-", "1", "-140737488355329");
    OPERATION("140737488355328", "-", "1", MAX48);
    OPERATION("140737488355328", "+", MIN48, "0");
    OPERATION(MAX64, "+", "1", "!! Integer overflow in addition");
    OPERATION(MIN64, "-", "1", "!! Integer overflow in subtraction");
    OPERATION(MAX64, "-", "-1", "!! Integer overflow in subtraction");
    OPERATION("0", "-", MIN64, "!! Integer overflow in subtraction");
    OPERATION("2147483647", "*", "2147483647", "4611686014132420609");
    OPERATION("-2147483648", "*", "-2147483648", "4611686018427387904");
    OPERATION("16777216", "*", "8388607", "140737471578112");
    OPERATION("16777216", "*", "8388608", "140737488355328");
    OPERATION("-16777216", "*", "8388608", MIN48);
    OPERATION("4294967296", "*", "3", "12884901888");
    OPERATION("4294967296", "*", "2147483648", "!! Integer overflow in multiplication");
    OPERATION(MIN64, "*", "-1", "!! Integer overflow in multiplication");
    OPERATION("3037000500", "*", "3037000500", "!! Integer overflow in multiplication");
    OPERATION("7", "/", "2", "3.5");
    OPERATION("6", "/", "2", "3.0");
    OPERATION("1", "/", "0", "inf");
    OPERATION("-7", "%", "3", "-1");
    OPERATION("7", "%", "-3", "1");
    OPERATION("4294967297", "%", "4294967296", "1");
    OPERATION("-1", "%", "4294967295", "-1");
    OPERATION(MIN64, "%", "-1", "0");
    OPERATION("7", "%", "0", "!! Modulo by zero");
    OPERATION("7.5", "%", "2", "1.5");
    OPERATION("7.5", "%", "0", "nan");
    OPERATION("2", "**", "62", "4611686018427387904");
    OPERATION("2", "**", "63", "!! Integer overflow in power");
    OPERATION("-2", "**", "63", MIN64);
    OPERATION("2", "**", "-1", "0.5");
    OPERATION("0", "**", "0", "1");
    OPERATION("-1", "**", "9223372036854775807", "-1");
    OPERATION("1.5", "+", "1", "2.5");
    OPERATION("1", "-", "0.5", "0.5");
    CHECK_GENE("(fn f [x] (- x)) [(f 5) (f -140737488355328) (f 1.5)]", "[-5 140737488355328 -1.5]");
    CHECK_GENE("(fn f [x] (- x)) (f -9223372036854775808)", "!! Integer overflow in negation");
    CHECK_GENE("(fn f [x] (+ x 127)) [(f 140737488355201) (f 0.5)]", "[140737488355328 127.5]");
    CHECK_GENE("(fn f [x] (- x 128)) [(f -140737488355201) (f 0.5)]", "[-140737488355329 -127.5]");
    CHECK_GENE("(fn f [x] (- x 128)) (f -9223372036854775807)", "!! Integer overflow in subtraction");
    CHECK_GENE("(fn f [x] (- x 1)) (f \"s\")", "!! Cannot subtract from values of type: VkString");
    vm_close(vm);
}

TEST(names_the_kinds_that_do_not_fit) {
    VM *vm = vm_open();
    OPERATION("\"a\"", "+", "1", "!! Cannot add values of type: VkString");
    OPERATION("1", "+", "\"a\"", "!! Cannot add VkInt and VkString");
    OPERATION("1.5", "-", "nil", "!! Cannot subtract VkNil from VkFloat");
    OPERATION("[]", "*", "1", "!! Cannot multiply values of type: VkArray");
    OPERATION("2", "*", "'c'", "!! Cannot multiply VkInt by VkChar");
    OPERATION("void", "/", "2", "!! Cannot divide values of type: VkVoid");
    OPERATION("1", "%", "true", "!! Cannot modulo VkInt by VkBool");
    OPERATION("1", "<", "\"a\"", "!! Cannot compare VkInt < VkString");
    OPERATION("\"a\"", ">=", "\"b\"", "!! Cannot compare VkString >= VkString");
    OPERATION("2020-01-01", "<", "2020-01-01T00:00", "!! Cannot compare VkDate < VkDateTime");
    CHECK_GENE("(fn f [x] (if (x > 5) 1 else 2)) (f nil)", "!! Cannot compare VkNil > VkInt");
    CHECK_GENE("(fn f [x] (- x)) (f \"s\")", "!! Cannot negate value of type: VkString");
    OPERATION("1.5", "<<", "1", "!! Cannot shift VkFloat by VkInt");
    OPERATION("\"a\"", "++", "1", "!! ++ expects String arguments");
    vm_close(vm);
}

TEST(compares_numbers_of_both_kinds) {
    VM *vm = vm_open();
    OPERATION("1", "<", "1.5", "true");
    OPERATION("2.0", "<=", "2", "true");
    OPERATION(MIN48, "<", MAX48, "true");
    OPERATION(MAX64, ">", MAX48, "true");
    OPERATION(MIN64, "<", "-1", "true");
    OPERATION("0.5", ">=", "0.25", "true");
    CHECK_GENE("(var n (0.0 / 0.0)) [(n < 1.0) (n > 1.0) (n <= n) (n >= n) (if (n < 1.0) 1 else 2) (if (n >= 1.0) 1 else 2)]",
               "[false false false false 2 2]");
    CHECK_GENE("(fn f [a b] (if (a < b) 1 else 2)) [(f 1 2) (f 2 1) (f 1.5 2.5) (f 1 1.5) (f 140737488355328 1)]",
               "[1 2 1 1 2]");
    CHECK_GENE("(fn f [a] (if (a <= 7) 1 else 2)) [(f 7) (f 8) (f 7.5) (f 140737488355328)]", "[1 2 2 2]");
    OPERATION("2020-01-02", ">", "2020-01-01", "true");
    OPERATION("2020-01-01T10:00+01:00", "<", "2020-01-01T10:00Z", "true");
    OPERATION("2020-01-01T10:00", "<", "2020-01-01T10:00Z", "!! Cannot compare naive and offset-aware datetimes");
    vm_close(vm);
}

TEST(combines_bits) {
    VM *vm = vm_open();
    OPERATION("6", "&&", "3", "2");
    OPERATION("6", "||", "3", "7");
    OPERATION("6", "&|&", "3", "5");
    OPERATION("-1", "&&", MAX64, MAX64);
    OPERATION("nil", "||", "\"d\"", "\"d\"");
    OPERATION("\"a\"", "&&", "\"b\"", "\"b\"");
    OPERATION("nil", "&&", "1", "nil");
    OPERATION("true", "&|&", "nil", "true");
    OPERATION("0#0f", "&&", "0#ff", "0#0f");
    OPERATION("0#0f", "||", "0#f000", "!! Bitwise OR requires same-size bytes (got 1 and 2)");
    OPERATION("1", "<<", "47", "140737488355328");
    OPERATION("1", "<<", "63", MIN64);
    OPERATION("1", "<<", "64", "!! Invalid shift amount");
    OPERATION("1", ">>", "-1", "!! Invalid shift amount");
    OPERATION("-8", ">>", "1", "-4");
    OPERATION(MIN64, ">>", "63", "-1");
    OPERATION("0#0180", "<<", "0", "0#0180");
    OPERATION("0#0180", "<<", "1", "0#0300");
    OPERATION("0#0180", "<<", "8", "0#8000");
    OPERATION("0#0180", ">>", "8", "0#0001");
    OPERATION("0#0180", ">>", "7", "0#0003");
    OPERATION("0#0180", ">>", "16", "0#0000");
    OPERATION("0#ff", "<<", "9223372036854775807", "0#00");
    OPERATION("0#ff", "<<", "-1", "!! Shift amount must be non-negative");
    CHECK_GENE("(fn f [x] (not x)) [(f 5) (f 9223372036854775807) (f 0#0ff0) (f nil) (f \"s\") (f [])]",
               "[-6 -9223372036854775808 0#f00f true false false]");
    vm_close(vm);
}

/* --- members ------------------------------------------------------------------------------------------------------------------------ */

/* One place that reads or writes sees instances of several shapes, maps, and anything else in turn. */
TEST(inline_caches_notice_other_kinds) {
    VM *vm = vm_open();
#define SHAPES "(class A (ctor [] (/x = 1) (/y = 2))) (class B (ctor [] (/z = 3) (/w = 4) (/v = 5) (/y = 6) (/x = 7))) "
    CHECK_GENE(SHAPES "(fn y [o] o/y) (var m {^q 0 ^r 0 ^s 0 ^t 0 ^y 9}) (var r [])"
                      "(for o in [(new A) m (new A) (new B) m (new B) `(g ^y 8) nil 5 (new A)] (push r (y o))) r",
               "[2 9 2 6 9 6 8 nil void 2]");
    CHECK_GENE(SHAPES "(fn set [o] (o/y = 0)) (var m {^q 1}) (for o in [(new A) m (new A) (new B) m]"
                      "(set o)) m",
               "{^q 1 ^y 0}");
    CHECK_GENE(SHAPES "(var a (new A)) (var b (new B)) (fn set [o] (o/y = 0)) (for o in [a {} b a] (set o)) [a/x a/y b/y b/x]",
               "[1 0 0 7]");
    CHECK_GENE("(fn k [m] m/k) (var m {^a 1 ^k 2}) (var n {^k 3 ^a 4}) (var r [(k m) (k n) (k m)]) (delete m `k) (push r (k m)) r",
               "[2 3 2 void]");
    CHECK_GENE("(class A (method m [] 1)) (class B < A) (fn f [o] (o .m)) (var b (new B)) (var r [(f b)])"
               "(class C < B (method m [] 2)) (push r (f (new C))) (push r (f b)) r",
               "[1 2 1]");
    CHECK_GENE("(ns n (var /a 1)) (fn f [] n/a) (var r [(f)]) (n/a = 2) (n/b = 5) (push r (f)) (push r n/b) r", "[1 2 5]");
    vm_close(vm);
}

TEST(reads_and_writes_members) {
    VM *vm = vm_open();
    CHECK_GENE("(var a [10 20]) [a/0 a/-1 a/5 a/-3 a/x]", "[10 20 void void void]");
    CHECK_GENE("(var m {^7 1 ^a nil}) [m/7 m/a m/b]", "[1 nil void]");
    CHECK_GENE("(var g `(t ^p 1 7 8)) [g/p g/0 g/-1 g/5]", "[1 7 8 void]");
    CHECK_GENE("(var n nil) (var v void) (var i 5) [n/a n/0 v/a i/x]", "[nil nil void void]");
    CHECK_GENE("(var i 1) (var arr [10 20]) (var k \"a\") (var m {^a 5}) [arr/i arr/<i> m/k m/<k>]", "[20 20 5 5]");
    CHECK_GENE("(var k nil) [1]/<k>", "!! Dynamic selector segment cannot be nil");
    CHECK_GENE("(var k 1.5) (var a [1]) a/<k>", "!! Dynamic selector segment must resolve to string, symbol, or int, got VkFloat");
    CHECK_GENE("(var a [1]) (a/1 = 2)", "!! Array index out of bounds: 1 (len=1)");
    CHECK_GENE("(var a [1]) (a/-1 = 2)", "!! Array index out of bounds: -1 (len=1)");
    CHECK_GENE("(var a [1]) (a/n = 2)", "!! Cannot set named member 'n' on array");
    CHECK_GENE("(var a nil) (a/n = 2)", "!! Cannot set member 'n' on nil (namespace or object doesn't exist)");
    CHECK_GENE("(var a {}) (a/b/c = 2)", "!! Cannot set member on value of type: VkVoid");
    CHECK_GENE("(var a {}) (a/0 = 2)", "!! Cannot set child on value of type: VkMap");
    CHECK_GENE("(var g `(f 1)) (g/1 = 2)", "!! Gene child index out of bounds: 1 (len=1)");
    CHECK_GENE("(var g `(f 1)) (g/1 += 2)", "!! Gene child index out of bounds: 1 (len=1)");
    CHECK_GENE("(var a #[1]) (a/0 = 2)", "!! Cannot set item on sealed array");
    CHECK_GENE("(var m #{}) (m/k = 2)", "!! Cannot set item on sealed map");
    CHECK_GENE("(var m {}) (m/k += 1)", "!! key not found: k");
    CHECK_GENE("(var m {^port nil}) m/port/!", "!! Selector matched but value is nil");
    CHECK_GENE("(var m {}) m/port/!", "!! Selector did not match (VOID)");
    CHECK_GENE("[(5 is Int) (5 is Object) ([] is Array) (nil is Nil)]", "[true false true true]");
    CHECK_GENE("(class A) (class B < A) [((new B) is A) ((new B) is Object) ((new A) is B)]", "[true true false]");
    vm_close(vm);
}

TEST(destructures_values) {
    VM *vm = vm_open();
    CHECK_GENE("(var [a b = 5 rest... z] [1 2 3 4]) [a b rest z]", "[1 2 [3] 4]");
    CHECK_GENE("(var [a b = 5 ^k = 6] `(f ^k 7 1)) [a b k]", "[1 5 7]");
    CHECK_GENE("(var [a b] [1]) a", "!! Destructuring pattern mismatch: Expected 2 arguments, got 1");
    CHECK_GENE("(var [a] [1 2]) a", "!! Destructuring pattern mismatch: Expected 1 arguments, got 2");
    CHECK_GENE("(var [a [b c]] [1 [2 3]]) [a b c]", "[1 2 3]");
    CHECK_GENE("(var {^x x ^y y} {^x 1}) [x y]", "[1 void]");
    vm_close(vm);
}

/* --- what Gene programs cannot ask for --------------------------------------------------------------------------------------------- */

/* A function assembled by hand, without parameters: its code is rooted through it. */
static Value assemble(VM *vm, const uint32_t *words, uint32_t word_count, const Value *constants, uint32_t constant_count,
                      uint16_t slot_count) {
    uint32_t scope = roots_open(vm);
    CodeObj *code = code_make(vm);
    root_push(vm, value_pointer(code));
    code->words = heap_alloc_buffer(vm, word_count * sizeof *words);
    memcpy(code->words, words, word_count * sizeof *words);
    code->word_count = word_count;
    code->constants = heap_alloc_buffer(vm, constant_count * sizeof *constants);
    if (constant_count) memcpy(code->constants, constants, constant_count * sizeof *constants);
    code->constant_count = constant_count;
    code->slot_count = slot_count;
    code->flags = CODE_SIMPLE | CODE_NO_PARAMS;
    code->name = SYM(vm, UNNAMED);
    Value function = function_make(vm, code, vm->global_ns);
    roots_close(vm, scope);
    return function;
}

static void add_handler(VM *vm, Value function, Handler handler) {
    CodeObj *code = function_of(function)->code;
    code->handlers = heap_realloc_buffer(vm, code->handlers, code->handler_count * sizeof handler,
                                         (code->handler_count + 1) * sizeof handler);
    code->handlers[code->handler_count++] = handler;
}

#define ABC(op, a, b, c) ((uint32_t)(op) | (uint32_t)(a) << 8 | (uint32_t)(b) << 16 | (uint32_t)(c) << 24)
#define SJ(op, offset) ((uint32_t)(op) | (uint32_t)(offset) << 8)
#define SBX(op, a, number) ((uint32_t)(op) | (uint32_t)(a) << 8 | ((uint32_t)(number) & 0xFFFF) << 16)

/* Begins a call on the host fiber, as the scheduler does for a task. */
static void begin(VM *vm, Value function) {
    root_push(vm, function);
    CallResult result = vm_call(vm, function, vm->fiber->top, 0, NULL, 0, vm->fiber->top - 1, FRAME_ENTRY);
    CHECK_EQ_INT(result, CALL_FRAME);
}

TEST(fuel_ends_and_the_loop_goes_on) {
    VM *vm = vm_open();
    const uint32_t words[] = {
        SBX(OP_LOADI, 0, 0),      /* 0 */
        ABC(OP_ADDI, 0, 0, 1),    /* 1: loop */
        SBX(OP_JNLTI, 0, 30000),  /* 2 */
        1,                        /* 3: -> 5 */
        SJ(OP_LOOP, -4),          /* 4: -> 1 */
        ABC(OP_RETURN, 0, 0, 0),  /* 5 */
    };
    begin(vm, assemble(vm, words, COUNT_OF(words), NULL, 0, 1));
    CHECK_EQ_INT(run_loop(vm), LOOP_FUEL);
    CHECK(vm->fiber->at_start);
    CHECK_EQ_INT(vm->fiber->frames[0].pc, 1);
    CHECK_EQ_INT(small_int_of(vm->fiber->stack[vm->fiber->frames[0].base]), FUEL_SLICE + 1);
    heap_collect(vm);
    CHECK_EQ_INT(run_loop(vm), LOOP_DONE);
    CHECK_EQ_INT(small_int_of(vm->result), 30000);
    CHECK_EQ_INT(vm->fiber->frame_count, 0);
    vm_close(vm);
}

/* A task that has run out of fuel is stopped at the instruction in front of which it stands. */
TEST(raises_where_a_stopped_task_stands) {
    VM *vm = vm_open();
    const uint32_t words[] = {
        SBX(OP_LOADI, 1, 7),     /* 0 */
        SBX(OP_LOADI, 0, 0),     /* 1: protected, and the loop's head */
        SJ(OP_LOOP, -2),         /* 2: -> 1 */
        ABC(OP_RETURN, 1, 0, 0), /* 3 */
        ABC(OP_RETURN, 0, 0, 0), /* 4: handler */
    };
    uint32_t scope = roots_open(vm);
    uint32_t function = root_push(vm, assemble(vm, words, COUNT_OF(words), NULL, 0, 2));
    add_handler(vm, root_get(vm, function), (Handler){1, 3, 4, 0, false});
    begin(vm, root_get(vm, function));
    CHECK_EQ_INT(run_loop(vm), LOOP_FUEL);
    vm->fiber->resume_value = vm_make_exception(vm, ERR_CANCELLED, "stop", 4);
    vm->fiber->resume = RESUME_RAISE;
    CHECK_EQ_INT(run_loop(vm), LOOP_DONE);
    CHECK(is_instance(vm->result));
    roots_close(vm, scope);
    /* A hard stop passes catch clauses, and takes finally parts. */
    function = root_push(vm, assemble(vm, words, COUNT_OF(words), NULL, 0, 2));
    add_handler(vm, root_get(vm, function), (Handler){1, 3, 4, 0, false});
    begin(vm, root_get(vm, function));
    CHECK_EQ_INT(run_loop(vm), LOOP_FUEL);
    vm->fiber->resume_value = vm_make_exception(vm, ERR_CANCELLED, "stop", 4);
    vm->fiber->resume = RESUME_RAISE;
    vm->fiber->hard_stop = true;
    CHECK_EQ_INT(run_loop(vm), LOOP_RAISED);
    CHECK(vm_take_exception(vm) != VAL_UNSET);
    CHECK_EQ_INT(vm->fiber->frame_count, 0);
    vm->fiber->hard_stop = false;
    roots_close(vm, scope);
    vm_close(vm);
}

TEST(memory_error_at_a_loops_head_is_caught) {
    VM *vm = vm_open_with((Limits){.memory = 8 * 1024 * 1024});
    const uint32_t words[] = {
        SBX(OP_LOADI, 0, 0),     /* 0 */
        SBX(OP_LOADI, 0, 1),     /* 1: protected, and the loop's head */
        SJ(OP_LOOP, -2),         /* 2 */
        ABC(OP_RETURN, 0, 0, 0), /* 3: handler */
    };
    uint32_t scope = roots_open(vm);
    uint32_t function = root_push(vm, assemble(vm, words, COUNT_OF(words), NULL, 0, 1));
    add_handler(vm, root_get(vm, function), (Handler){1, 3, 3, 0, false});
    begin(vm, root_get(vm, function));
    CHECK_EQ_INT(run_loop(vm), LOOP_FUEL);
    Value hoard = array_make(vm, 0);
    handle_make(vm, hoard);
    array_resize(vm, array_of(hoard), 1100 * 1024);
    vm_heap(vm)->limit_passed = true;
    CHECK_EQ_INT(run_loop(vm), LOOP_DONE);
    CHECK(is_instance(vm->result));
    vm->result = VAL_NIL;
    roots_close(vm, scope);
    vm_close(vm);
}

TEST(a_native_can_end_the_slice) {
    VM *vm = vm_open();
    uint32_t scope = roots_open(vm);
    uint32_t program = push_program(vm, "(fn f [] (hungry) (var i 0) (while (i < 100) (i += 1)) i) (f)");
    begin(vm, root_get(vm, program));
    LoopStatus status = run_loop(vm);
    CHECK_EQ_INT(status, LOOP_FUEL);
    CHECK_EQ_INT(run_loop(vm), LOOP_DONE);
    CHECK_EQ_INT(small_int_of(vm->result), 100);
    roots_close(vm, scope);
    vm_close(vm);
}

TEST(waiting_for_a_finished_future_observes_it) {
    VM *vm = vm_open();
    CHECK_GENE("(var f (future \"no\" true)) (try (await f) catch e e/message)", "\"no\"");
    CHECK(future_of(last_future)->observed);
    CHECK_GENE("(var f (future \"no\" true)) (try (await_now f) catch e e/message)", "\"no\"");
    CHECK(future_of(last_future)->observed);
    CHECK_GENE("(await 5)", "5");
    vm_close(vm);
}

TEST(nothing_can_be_waited_for_outside_a_task) {
    VM *vm = vm_open();
    uint32_t scope = roots_open(vm);
    FutureObj *future = heap_alloc(vm, OBJ_FUTURE, sizeof *future);
    future->value = VAL_NIL;
    vm_set_global(vm, vm->global_ns, "never", value_pointer(future));
    CHECK_GENE("(try (await_now never) catch e e/message)", "\"cannot wait here: no task is running\"");
    CHECK_GENE("(try (call (fn [] (await never))) catch e e/message)", "\"cannot wait here: no task is running\"");
    CHECK_GENE("(fn f [] (try (await never) finally 1)) (try (call f) catch e e/message)",
               "\"cannot wait here: no task is running\"");
    roots_close(vm, scope);
    vm_close(vm);
}

TEST(roots_survive_growth) {
    VM *vm = vm_open();
    uint32_t scope = roots_open(vm);
    for (int i = 0; i < 10000; i++) root_push(vm, value_small_int(i));
    CHECK_EQ_INT(small_int_of(root_get(vm, scope + 9999)), 9999);
    CHECK_EQ_INT(small_int_of(root_get(vm, scope)), 0);
    heap_collect(vm);
    roots_close(vm, scope);
    uint32_t handle = handle_make(vm, string_from(vm, "held"));
    heap_collect(vm);
    CHECK_STR(string_of(handle_get(vm, handle))->text, "held");
    handle_release(vm, handle);
    handle_release(vm, handle);
    CHECK(handle_get(vm, handle) == VAL_UNSET);
    CHECK(handle_get(vm, 0) == VAL_UNSET);
    CHECK_EQ_INT(handle_make(vm, VAL_NIL), handle);
    CHECK_EQ_INT(vm->handle_live, 1);
    vm_close(vm);
}

TEST(fibers_do_not_outgrow_the_memory_limit) {
    VM *vm = vm_open_with((Limits){.memory = 4 * 1024 * 1024});
    uint32_t top = vm->fiber->top;
    CHECK(!fiber_reserve(vm, vm->fiber, 1u << 30));
    CHECK_EQ_INT(vm->fiber->top, top);
    CHECK(vm_take_exception(vm) != VAL_UNSET);
    CHECK(!fiber_reserve(vm, vm->fiber, UINT32_MAX));
    CHECK(vm_take_exception(vm) != VAL_UNSET);
    CHECK(!fiber_reserve(vm, vm->fiber, 1024 * 1024));
    CHECK(vm_take_exception(vm) != VAL_UNSET);
    CHECK(fiber_reserve(vm, vm->fiber, 1024));
    vm_close(vm);
}

/* With a heap so small that cycles run all the time, in increments between which programs store everywhere. */
TEST(programs_live_with_incremental_marking) {
    VM *vm = vm_open_with((Limits){.memory = 64u * 1024 * 1024});
    char source[1024];
    snprintf(source, sizeof source,
             "(class Node (ctor [v next] (/v = v) (/next = next)))"
             "(var keep []) (var m {}) (var h {{}}) (var cells [])"
             "(for i in (1 .. %d) (var n (new Node [i] nil)) (for j in (1 .. 20) (n = (new Node [j] n)))"
             "  (push keep n) (m/last = n) (put h i n) (var c [i]) (push cells (fn [] (c = [c]) c))"
             "  (if (keep/50 != void) (truncate keep)))"
             "(var total 0) (for n in keep (var at n) (while (at != nil) (total += at/v/0) (at = at/next)))"
             "(for f in cells (f)) [(total > 0) (typeof m/last/v/0) (typeof (cells/0))]",
             SCALE(20000, 60));
    CHECK_GENE(source, "[true \"Int\" \"Array\"]");
    vm_close(vm);
}

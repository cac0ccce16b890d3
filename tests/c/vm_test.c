/* vm_test.c — calls, classes, unwinding, generators, iteration, and what the loop does for the scheduler. What values are and
 * become is in vm_values_test.c. Code is assembled by hand where a program cannot ask for it. */
#include "check.h"

#include "gene_vm.h"

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
    CHECK_GENE(
        "(fn make [] (class Local (ctor [a rest...] (/v = [a rest])))) (fn of [c] (c 1 2)) (var o (of (make))) o/v",
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
    CHECK_GENE(
        RUN("(fn even [n] (if (n == 0) true else (odd (n - 1)))) (fn odd [n] (if (n == 0) false else (even (n - 1))))"
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
    CHECK_GENE("(fn f [g] (g 1 2)) (f (fn [x] x))", "!! Expected 1 arguments, got 2");
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
    CHECK_GENE(
        "(class G (on_method_missing [name n] (if (n == 0) \"end\" else (self .deeper (n - 1))))) ((new G) .deeper 20)",
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
    CHECK_GENE(
        "(var log []) (fn f [] (for x in [1 2 3] (try (if (x == 2) (break)) (push log x) finally (push log \"f\")))) (f) log",
        "[1 \"f\" \"f\"]");
    CHECK_GENE(
        "(fn deep [n] (if (n == 0) (throw \"deep\") else (+ 1 (deep (n - 1))))) (try (deep 50) catch e e/message)",
        "\"deep\"");
    /* The call is the last instruction of the protected part, the next one is outside. */
    CHECK_GENE("(fn bad [] (throw \"b\")) (var r (try (bad) catch * 1)) (try (var q (bad)) catch * r)", "1");
    CHECK_GENE("(try (var x (nope_undefined)) catch e e/message)", "\"nope_undefined is not defined\"");
    CHECK_GENE("(try (call (fn [] (throw \"inner\"))) catch e e/message)", "\"inner\"");
    CHECK_GENE("(fn f [] (try (call (fn [] (try (throw \"a\") catch TypeException 1))) catch e [e/message])) (f)",
               "[\"a\"]");
    CHECK_GENE("(call (fn [] (call (fn [] (try (call (fn [] (throw \"three\"))) catch e e/message)))))", "\"three\"");
    CHECK_GENE(
        "(var log []) (try (call (fn [] (try (throw \"x\") finally (push log \"in\")))) catch * (push log \"out\")) log",
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
#define CLASS_OF(e)                                                                                 \
    "(fn class_of [f] (try (f) catch RuntimeException \"runtime\" catch TypeException \"type\" "    \
    "catch ArgumentException \"argument\" catch IOError \"io\" catch TimeoutException \"timeout\" " \
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
    CHECK_GENE("(fn f [n] (+ 1 (f (n + 1)))) (try (f 0) catch RuntimeException $ex/code)",
               "\"GENE.VM.STACK_OVERFLOW\"");
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
               "!! stack overflow: compared value is nested more than 1000 levels deep or contains itself");
    CHECK_GENE("(var a []) (push a a) {{a 1}}",
               "!! stack overflow: hashed value is nested more than 1000 levels deep or contains itself");
    CHECK_GENE(
        "(fn nest [n] (if (n == 0) [] else [(nest (n - 1))])) [((nest 300) == (nest 300)) ((nest 300) == (nest 299))]",
        "[true false]");
    CHECK_GENE("(fn nest [n] (var a []) (for i in (1 .. n) (a = [a])) a) (var t (plain (nest 999))) (typeof t)",
               "\"String\"");
    CHECK_GENE("(fn nest [n] (var a []) (for i in (1 .. n) (a = [a])) a) (plain (nest 1000))",
               "!! stack overflow: printed value is nested more than 1000 levels deep or contains itself");
    /* A shared value costs its size each time it is printed, not more. */
    CHECK_GENE("(var a []) (push a a) (try (throw a) catch e (typeof e/message))", "\"String\"");
    vm_close(vm);
}

TEST(memory_limit_is_an_exception) {
    VM *vm = vm_open_with((Limits){.memory = SCALE(16384u, 640u) * 1024});
    CHECK_GENE("(fn hoard [] (var a []) (loop (a = [a a])))"
               "(var r (try (hoard) catch RuntimeException $ex/code)) [r (+ 1 1)]",
               "[\"GENE.LIMIT.MEMORY\" 2]");
    CHECK_GENE("(fn grow [] (var s \"0123456789\") (loop (s = (s ++ s)))) (try (grow) catch RuntimeException $ex/code)",
               "\"GENE.LIMIT.MEMORY\"");
    CHECK_GENE(
        "(fn grow [] (var s \"0123456789\") (loop (s = #\"#{s}#{s}\"))) (try (grow) catch RuntimeException $ex/code)",
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
    CHECK_GENE(
        UPTO "(var g (upto* 2)) [g (g .next) (g .has_next) (g .has_next) (g .next) (g .has_next) (g .next) (g .next)]",
        "[VkGenerator 1 true true 2 false not_found not_found]");
    CHECK_GENE("(fn g* [a b = 2 rest... ^k = 3] (yield [a b rest k])) (var g (g* 1 5 6 ^k 9)) (g .next)",
               "[1 5 [6] 9]");
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
    CHECK_GENE(UPTO "(var g (upto* 3)) [(call_method g `next) (call_method g `has_next) (call_method g `next)]",
               "[1 true 2]");
    vm_close(vm);
}

TEST(generators_end_with_their_exception) {
    VM *vm = vm_open();
    CHECK_GENE("(fn g* [] (yield 1) (throw \"oops\") (yield 2)) (var g (g*))"
               "[(g .next) (try (g .next) catch e e/message) (g .next) (g .has_next)]",
               "[1 \"oops\" not_found false]");
    CHECK_GENE("(fn g* [] (yield 1) (throw \"oops\")) (var g (g*)) [(g .next) (try (g .has_next) catch e e/message)]",
               "[1 \"oops\"]");
    CHECK_GENE(
        "(var log []) (fn g* [] (try (yield 1) (throw \"a\") catch e (yield e/message) finally (push log \"f\")))"
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
    CHECK_GENE(ODD "(try (for a b in g nil) catch e e/message)",
               "\"Generator.next_pair expects yielded [key value] arrays\"");
    /* Resumed by a native: the frames below the native are not the generator's to unwind. */
    CHECK_GENE(ODD "(fn f [] (try (call_method g `next_pair) catch e [e/message])) [(f) 1]",
               "[[\"Generator.next_pair expects yielded [key value] arrays\"] 1]");
    CHECK_GENE(ODD "(var log []) (try (try (call_method g `next_pair) finally (push log 1)) catch * (push log 2)) log",
               "[1 2]");
    vm_close(vm);
}

TEST(collects_what_generators_hold) {
    VM *vm = vm_open();
    CHECK_GENE(
        "(fn g* [] (var a [1]) (yield 0) (gc) (yield a) (push a 2) (gc) (yield a)) (var g (g*)) (gc) (g .next) (gc)"
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
    CHECK_GENE(
        "(class C (ctor [n] (/n = n)) (method iter [] self) (method next [] (if (/n > 0) (/n -= 1) /n else not_found)))" EACH(
            "(new C 3)"),
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

/* --- what Gene programs cannot ask for --------------------------------------------------------------------------------------------- */

/* A function assembled by hand, without parameters: its code is rooted through it. */
static Value assemble(VM *vm, const uint32_t *words, uint32_t word_count, const Value *constants,
                      uint32_t constant_count, uint16_t slot_count) {
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
#define SBX(op, a, number) ((uint32_t)(op) | (uint32_t)(a) << 8 | ((uint32_t)(number)&0xFFFF) << 16)

/* Begins a call on the host fiber, as the scheduler does for a task. */
static void begin(VM *vm, Value function) {
    root_push(vm, function);
    CallResult result = vm_call(vm, function, vm->fiber->top, 0, NULL, 0, vm->fiber->top - 1, FRAME_ENTRY);
    CHECK_EQ_INT(result, CALL_FRAME);
}

TEST(fuel_ends_and_the_loop_goes_on) {
    VM *vm = vm_open();
    const uint32_t words[] = {
        SBX(OP_LOADI, 0, 0),     /* 0 */
        ABC(OP_ADDI, 0, 0, 1),   /* 1: loop */
        SBX(OP_JNLTI, 0, 30000), /* 2 */
        1,                       /* 3: -> 5 */
        SJ(OP_LOOP, -4),         /* 4: -> 1 */
        ABC(OP_RETURN, 0, 0, 0), /* 5 */
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

TEST(native_macros_get_forms) {
    VM *vm = vm_open();
    CHECK_GENE(
        "(var x 1) [(form! (x + 1)) (form_of (x + 1)) (global/form_of (x + 1)) ((fn [f!] (f! (x + 1))) form_of)]",
        "[(x + 1) 2 (x + 1) (x + 1)]");
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

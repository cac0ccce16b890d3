/* vm_values_test.c — equality, hashing, printing, arithmetic and members, as Gene programs see them. */
#include "check.h"

#include "gene_vm.h"

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
#define ID                                                                                          \
    "(class Id (ctor [n] (/n = n)) (method \"==\" [o] (if (o is Id) (/n == o/n) else (/n == o)))) " \
    "(class Plain) "
    CHECK_GENE(ID "[((new Id 1) == (new Id 1)) ((new Id 1) != (new Id 1)) ((new Id 1) == 2) (1 == (new Id 1))]",
               "[true false false false]");
    CHECK_GENE(ID "(var p (new Plain)) [(p == p) (p == (new Plain)) (p != p)]", "[true false false]");
    CHECK_GENE(ID "[([(new Id 1)] == [(new Id 1)]) ({^a (new Id 1)} == {^a (new Id 2)})]", "[true false]");
    /* A variable against a literal: numeric, but an instance is asked all the same. */
    CHECK_GENE(ID "(var v (new Id 5)) [(v == 5) (v != 5) (v == 6) (v == 5.0)]", "[true false false false]");
    CHECK_GENE(
        ID
        "(fn f [v] (if (v == 5) \"five\" else \"other\")) [(f (new Id 5)) (f (new Id 6)) (f 5) (f 5.0) (f (new Plain))]",
        "[\"five\" \"other\" \"five\" \"five\" \"other\"]");
    CHECK_GENE(ID "(fn f [v] (if (v != 5) \"other\" else \"five\")) [(f (new Id 5)) (f (new Id 6)) (f 5) (f nil)]",
               "[\"five\" \"other\" \"five\" \"other\"]");
    CHECK_GENE(ID "(fn f [v] (var n 0) (while (v != 5) (v/n += 1) (n += 1)) n) (f (new Id 1))", "4");
    CHECK_GENE(
        "(class Bad (method \"==\" [o] (throw \"bad\"))) (fn f [v] (try (if (v == 5) 1 else 2) catch e e/message)) (f (new Bad))",
        "\"bad\"");
    CHECK_GENE(
        "(class Shrinks (ctor [a] (/a = a)) (method \"==\" [o] (truncate /a) true)) (var a []) (push a (new Shrinks a))"
        "(push a 1) (push a 2) (a == [1 2 3])",
        "true");
    vm_close(vm);
}

TEST(finds_hash_keys) {
    VM *vm = vm_open();
    CHECK_GENE(
        "(var h {{1 \"one\" \"k\" 2 [1 2] 3 `k 4 1.0 5 'c' 6 nil 7 {^a 1} 8 `a/b 9 true 10}})"
        "[(get h 1) (get h \"k\") (get h [1 2]) (get h `k) (get h 1.0) (get h 'c') (get h nil) (get h {^a 1}) (get h `a/b) "
        "(get h true) (get h void)]",
        "[\"one\" 2 3 4 5 6 7 8 9 10 void]");
    CHECK_GENE("{{1 2 1 3}}", "{{1 3}}");
    CHECK_GENE("(var h {{-0.0 1 9223372036854775807 2}}) [(get h 0.0) (get h 9223372036854775807)]", "[1 2]");
    CHECK_GENE("{{(fn [] 1) 2}}", "!! Key is not hashable for HashMap: VkFunction");
    CHECK_GENE("(class C) {{(new C) 2}}", "!! Key is not hashable for HashMap: VkInstance");
    CHECK_GENE("(class C (method hash [] \"x\")) {{(new C) 2}}", "!! HashMap key .hash must return Int, got VkString");
    CHECK_GENE(
        "(class Id (ctor [n] (/n = n)) (method hash [] (/n % 2)) (method \"==\" [o] (/n == o/n)))"
        "(var h {{(new Id 1) \"a\" (new Id 3) \"b\" (new Id 2) \"c\"}}) [(get h (new Id 3)) (get h (new Id 2)) (get h (new Id 5))]",
        "[\"b\" \"c\" void]");
    /* The two ways to a string's hash agree, or equal strings would differ. */
    CHECK_GENE(
        "(fn check [n] (var bad []) (for i in (1 .. n) (var a #\"key #{i}\") (var b #\"key #{i}\") (string_hash a)"
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
#define VALUE \
    "[\"s\" 'c' nil void {^k \"s\" ^n [1]} {{\"k\" 'v'}} `(f ^k \"s\" 't' [\"u\"]) (1 .. 4) (range \"a\" \"b\" 2) #[1] #{^a 1}]"
    CHECK_GENE(
        "(plain " VALUE ")",
        "\"[s c nil void {^k s ^n [1]} {{k v}} (f ^k \"s\" 't' [\"u\"]) 1..4 \"a\"..\"b\" step 2 #[1] #{^a 1}]\"");
    CHECK_GENE(
        "(quoted " VALUE ")",
        "\"[\"s\" 'c' nil void {^k \"s\" ^n [1]} {{\"k\" 'v'}} (f ^k \"s\" 't' [\"u\"]) 1..4 \"a\"..\"b\" step 2 #[1] #{^a 1}]\"");
    CHECK_GENE(
        "(text " VALUE ")",
        "\"[\"s\" 'c' nil void {^k \"s\" ^n [1]} {{\"k\" 'v'}} (f ^k \"s\" 't' [\"u\"]) 1..4 \"a\"..\"b\" step 2 [1] {^a 1}]\"");
    CHECK_GENE("[(text nil) (text \"s\") (text 'c') (plain 'c') (plain nil)]", "[\"\" \"s\" \"'c'\" \"c\" \"nil\"]");
    CHECK_GENE("[(plain `()) (text `()) (plain []) (plain {}) (plain {{}}) (plain (hash_set))]",
               "[\"(nil)\" \"()\" \"[]\" \"{}\" \"{{}}\" \"(HashSet)\"]");
    CHECK_GENE("(var s (hash_set)) (put s 1 nil) (put s \"b\" nil) [(plain s) (quoted s)]",
               "[\"(HashSet 1 b)\" \"(HashSet 1 \"b\")\"]");
    CHECK_GENE(
        "[(plain 0#abCD) (plain #/a\\/b/i) (plain `a/b) (plain _) (plain not_found) (plain gc) (plain (fn [] 1))]",
        "[\"0#abcd\" \"#/a\\/b/i\" \"a/b\" \"_\" \"not_found\" \"VkNativeFn\" \"VkFunction\"]");
    CHECK_GENE("[(plain 1.0) (plain 1e17) (plain 1.5e-8) (plain (1.0 / 0.0)) (plain -9223372036854775808)]",
               "[\"1.0\" \"1e+17\" \"1.5e-8\" \"inf\" \"-9223372036854775808\"]");
    CHECK_GENE("(class C) [(plain C) (plain (new C)) (plain [(new C)])]",
               "[\"VkClass\" \"VkInstance\" \"[VkInstance]\"]");
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
    CHECK_GENE(
        P "[(plain (new P 5)) (plain (new P nil)) (plain (new P [1 \"s\"])) (plain (new P 'c')) (plain (new P `sym))]",
        "[\"5\" \"nil\" \"[1 \"s\"]\" \"'c'\" \"sym\"]");
    CHECK_GENE(P "(plain (new P (new P \"x\")))", "\"VkInstance\"");
    CHECK_GENE(P "(plain (new P [(new P \"deep\")]))", "\"[deep]\"");
    CHECK_GENE("(class P (method to_s [] [self])) (plain (new P))",
               "!! stack overflow: printed value is nested more than 1000 levels deep or contains itself");
    CHECK_GENE("(class P (method to_s [] (throw \"no text\"))) (try (plain [1 (new P)]) catch e e/message)",
               "\"no text\"");
    CHECK_GENE("(class P (method to_s [] (gc) (plain [1 2 self/x]))) (plain [(new P) (new P)])",
               "\"[[1 2 void] [1 2 void]]\"");
    /* to_s changes what is being printed. */
    CHECK_GENE(
        "(class T (ctor [a] (/a = a)) (method to_s [] (truncate /a) (gc) \"t\")) (var a []) (push a (new T a)) (push a 1) (push a 2)"
        "(plain a)",
        "\"[t]\"");
    CHECK_GENE(
        "(class T (ctor [m] (/m = m)) (method to_s [] (delete /m `b) \"t\")) (var m {}) (m/a = (new T m)) (m/b = 1) (m/c = 2)"
        "(plain m)",
        "\"{^a t ^c 2}\"");
    vm_close(vm);
}

TEST(prints_safely_without_gene_code) {
    VM *vm = vm_open();
    CHECK_GENE("(class P (method to_s [] (throw \"never\"))) (try (throw [(new P) \"q\"]) catch e e/message)",
               "\"[VkInstance \"q\"]\"");
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
    CHECK_GENE(
        "(var n (0.0 / 0.0)) [(n < 1.0) (n > 1.0) (n <= n) (n >= n) (if (n < 1.0) 1 else 2) (if (n >= 1.0) 1 else 2)]",
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
    CHECK_GENE(SHAPES
               "(var a (new A)) (var b (new B)) (fn set [o] (o/y = 0)) (for o in [a {} b a] (set o)) [a/x a/y b/y b/x]",
               "[1 0 0 7]");
    CHECK_GENE(
        "(fn k [m] m/k) (var m {^a 1 ^k 2}) (var n {^k 3 ^a 4}) (var r [(k m) (k n) (k m)]) (delete m `k) (push r (k m)) r",
        "[2 3 2 void]");
    CHECK_GENE("(class A (method m [] 1)) (class B < A) (fn f [o] (o .m)) (var b (new B)) (var r [(f b)])"
               "(class C < B (method m [] 2)) (push r (f (new C))) (push r (f b)) r",
               "[1 2 1]");
    CHECK_GENE("(ns n (var /a 1)) (fn f [] n/a) (var r [(f)]) (n/a = 2) (n/b = 5) (push r (f)) (push r n/b) r",
               "[1 2 5]");
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
    CHECK_GENE("(var k 1.5) (var a [1]) a/<k>",
               "!! Dynamic selector segment must resolve to string, symbol, or int, got VkFloat");
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

/* image_test.c — code to an image and back; images that are damaged, foreign or malicious.
 * A mutated image gets its right checksum back, so that the reader and the verifier see it; code that is changed before it
 * becomes an image is well-formed but for that. What reader and verifier let pass is run on a sanitized build. */
#include "compiler/image.h"

#include "check.h"
#include "compiler/compiler.h"
#include "host/host.h"
#include "host/program.h"
#include "lib/source.h"
#include "outcome.h"

/* For a longer search: -DMUTATIONS=20000 -DSEED=2. */
#ifndef MUTATIONS
#if defined(GENE_GC_STRESS) && GENE_GC_STRESS
#define MUTATIONS 20
#else
#define MUTATIONS 150
#endif
#endif
#ifndef SEED
#define SEED 7
#endif

static const char *const programs[] = {
    "(var a 1) (var a 2) (let b 3) [a b]",
    "(fn f [a b = 3 ^c = 4 rest...] [a b c rest]) [(f 1) (f 1 2 ^c 9 8 8)]",
    "[1 -1 140737488355328 -9223372036854775808 1.5 -0.0 'x' '\\n' nil true \"text ü\" void]",
    "`(a ^b 1 [c #[d] {^e \"f\"}] x/y/z {{1 2 \"k\" v}} %u 2024-01-02 10:20:30 2024-01-02T10:20:30Z #/re+/i)",
    "(class A (ctor [x] (/x = x)) (method g [y] (/x + y))) (class B < A (method g [y] (super .g y))) ((new B 5) .g 2)",
    "(var o []) (for x in [1 2 3] (try (if (x == 2) (throw \"n\")) (o .add x) catch e (o .add e) finally (o .add x))) o",
    "(fn counter [] (var n 0) (fn [] (n += 1) n)) (var c (counter)) (c) (c)",
    "(fn gen* [n] (var i 0) (while (i < n) (yield i) (i += 1))) (var r []) (for x in (gen* 4) (r .add x)) r",
    "(var y 10) (fn g [z] (eval `(y + z))) (g 5)",
    "(var [p q r...] [1 2 3 4]) (var {^k k} {^k 5}) [p q r k]",
    "(var m {^a 1 ^b [1 2]}) (m/c = #\"s#{m/a}\") (for [k v] in m (m/last = k)) m",
    "(ns n (var v 1) (fn f [] v)) (fn outer [] (fn inner [a ^b] [a b]) (inner ^b 2 1)) [(n/f) (outer)]",
    "(fn ^^async later [x] x) (await (later 5))",
    "(var i 0) (var t 0.5) (while (i < 10) (if ((i % 2) == 0) (t += i) else (t -= 1)) (i += 1)) t",
    "(fn even [n] (if (n == 0) true else (odd (n - 1)))) (fn odd [n] (if (n == 0) false else (even (n - 1)))) (even 10)",
    "(case 5 when 1 \"a\" when 5 \"b\" else \"c\")",
    "(fn dbl! [x] [($caller_eval x) ($caller_eval x)]) (fn f [a] (dbl! (a + 1))) (f 2)",
    "(fn typed [a: Int b: String = \"s\" ^c: (Array Int) = [1]] -> (Map String Any) {^a a ^b b ^c c}) (typed 1 ^c [2 3])",
    ("(interface Scaled (method value [])) (class A (field v Int) (ctor [] (/v = 1)) (method value [] /v)) "
     "(implement Scaled for Int (ctor [by] (/_geneinternal/by = by)) (method value [] (* /_genevalue /_geneinternal/by))) "
     "[((Scaled 4 5) .value) (try (Scaled 4) catch e e/message) ((new A) .value)]"),
    ("(fn-interceptor Audit [f] (before_filter f [x] (x > 0)) (around f [x inner] (inner (x + 1))) "
     "(after f ^^replace_result [x r] (r + 1))) ((Audit (fn [x] (x * 2))) 3)"),
    "(var key \"b\") (var d {^a {^b [1 2 3]} ^b 5}) [d/a/b/1 d/<key> d/.size d/a/b/.size d/zz d/a/b/-1 (d ./ \"q\" 9)]",
    "(var t {{1 2 \"k\" [3] 4 5}}) (for [k v] in t (print k)) (try ($await_all) catch e 1) [t/1 (t .size) #/a(b)/ 1..5]",
    "(fn ^^async w [n] n) [(await (w 1) (w 2)) ($await_all [(w 3) (w 4)]) ($await_any [(w 5)]) (try (await (async (throw 1))) catch * 7)]",
    "(loop (try (try (break 5) finally (print 1)) catch Exception (print 2) catch * (throw 3) finally (print 4)))",
    "(fn k [a b...] [a b]) (var xs [1 2]) (var m {^x 1}) [(k xs... 3) [0 xs... 9] {^y 2 ^... m} (k (k 1)...)]",
    "(var q 5) (var tpl `(a %q ^k %(q + 1) [%q])) (fn h [] ($render tpl)) [tpl (h) (eval `(+ 1 2)) ($parse \"(x y)\")]",
    "(ns deep (ns in (var z 1) (fn f [] z)) (class C (method m [] self))) (var deep/w 3) [deep/w deep]",
    "(class M (on_method_missing [name args...] [name args])) (var o (new M)) (var n \"size\") [(o .zip 1 2) (o . n)]",
    "(var c 0) (repeat 3 (c += 2)) (c -= 1) (var f (fn [x = c ^y = (x * 2) rest...] [x y rest])) [(f) (f 1 2 ^y 3) (f 1)]",
    "(var big {^a [1 2 {^b `(x y)}]}) (export [big]) (import x from \"nowhere\") big",
    "[self $ns (self .name)] (fn f [] self) (f) (var x 1) (/x = 2) (println /x self/x)",
    "(enum Shape:T (Circle r: Float) (Box w: T h) Dot) (var s (Shape/Box 1 2)) (case s when (Shape/Circle r) r when (Shape/Box w h) (w + h) else 0)",
    "(fn r [s] (var x (s ?)) (Ok (x + 1))) [(r (Ok 1)) (r (Err \"no\")) (try (None ?) catch * 5)] (type Id (Int | String)) (var i: Id 4) i",
    "(fn add ^pre [(> a 0)] ^post [(> result 0)] [a b] (a + b)) (try (add 0 1) catch e e/message) (comptime (var z 1) `(var made %z))",
    "(class P (field x Int) (ctor [v] (/x = v)) (method to_s [] #\"P#{/x}\") (method call [a] (a + /x))) (var p (new P 2)) [($ p) (p 3) (p .class)]",
    "(var a 1) (fn deep [] (fn [] (a += 1) (fn [] (a *= 2) a))) (((deep))) (&& a 1 (|| nil 2)) (with {^b 1} (/b = 3))",
    "(if_not true 1) (var r (range 0 9 3)) (for i in r (if (i == 6) (break)) (print i)) ($env \"HOME\" 1) (do 1 2)",
};

static VM *vm;

static void begin(void) {
    Limits limits = {.memory = 64u << 20, .time_ms = 20, .depth = 200};
    vm = host_create(&limits, 0, 1);
}
static void end(void) { host_destroy(vm); }

/* Printed value of source text or an image, run as a program of its own. */
static const char *run(Value program) {
    static char text[512];
    uint32_t scope = roots_open(vm);
    root_push(vm, program);
    Value file = string_from(vm, "test");
    root_push(vm, file);
    ModuleObj *module = program_module(vm, file);
    root_push(vm, value_pointer(module));
    TaskObj *task = program_task(vm, module, program, file, VAL_NIL);
    outcome_text(vm, task, text, sizeof text);
    roots_close(vm, scope);
    return text;
}

/* Pushes the image of source text as a root. */
static uint32_t push_image(const char *source) {
    uint32_t scope = roots_open(vm);
    uint32_t text = root_push(vm, string_from(vm, source));
    uint32_t file = root_push(vm, string_from(vm, "test"));
    Value image = program_image(vm, root_get(vm, text), root_get(vm, file));
    roots_close(vm, scope);
    CHECK(image != VAL_UNSET);
    return root_push(vm, image);
}

static const char *run_text(const char *source) { return run(string_from(vm, source)); }

static void list(const CodeObj *code, Buffer *out) {
    compiler_disassemble(code, out);
    for (uint32_t i = 0; i < code->line_count; i++) {
        buffer_append_format(out, "%u:%u:%u ", code->lines[i].pc, code->lines[i].line, code->lines[i].column);
    }
}

TEST(code_is_the_same_after_a_round_trip) {
    begin();
    for (size_t i = 0; i < COUNT_OF(programs); i++) {
        uint32_t scope = roots_open(vm);
        uint32_t file = root_push(vm, string_from(vm, "test"));
        ModuleObj *module = program_module(vm, root_get(vm, file));
        root_push(vm, value_pointer(module));
        uint32_t text = root_push(vm, string_from(vm, programs[i]));
        CodeObj *code = source_compile(vm, module, string_of(root_get(vm, text)), string_of(root_get(vm, file)));
        root_push(vm, value_pointer(code));
        uint32_t image = root_push(vm, source_image(vm, code, string_of(root_get(vm, text)), false));
        ModuleObj *other = program_module(vm, root_get(vm, file));
        root_push(vm, value_pointer(other));
        CodeObj *read = source_load(vm, other, bytes_of(root_get(vm, image)), string_of(root_get(vm, file)));
        CHECK(read != NULL);
        Buffer before, after;
        buffer_init(&before);
        buffer_init(&after);
        list(code, &before);
        if (read) list(read, &after);
        CHECK_STR(buffer_text(&after), buffer_text(&before));
        CHECK_EQ_INT(other->var_count, module->var_count);
        buffer_free(&before);
        buffer_free(&after);
        roots_close(vm, scope);
    }
    end();
}

TEST(an_image_runs_as_its_source_does) {
    begin();
    for (size_t i = 0; i < COUNT_OF(programs); i++) {
        char expected[512];
        snprintf(expected, sizeof expected, "%s", run_text(programs[i]));
        uint32_t scope = roots_open(vm);
        CHECK_STR(run(root_get(vm, push_image(programs[i]))), expected);
        roots_close(vm, scope);
    }
    end();
}

TEST(errors_keep_their_places) {
    begin();
    CHECK_STR(run_text("(fn f [x]\n  (x .nothing))\n(try (f 5) catch e $ex/location)"), "\"test:2:3\"");
    uint32_t scope = roots_open(vm);
    uint32_t image = push_image("(fn f [x]\n  (x .nothing))\n(try (f 5) catch e $ex/location)");
    CHECK_STR(run(root_get(vm, image)), "\"test:2:3\"");
    roots_close(vm, scope);
    end();
}

/* What reading the image with one byte changed says. */
static const char *run_changed(uint32_t image, uint32_t at, uint8_t byte) {
    BytesObj *bytes = bytes_of(root_get(vm, image));
    uint8_t before = bytes->data[at];
    bytes->data[at] = byte;
    const char *text = run(root_get(vm, image));
    bytes->data[at] = before;
    return text;
}

TEST(foreign_and_damaged_images_are_refused) {
    begin();
    uint32_t image = push_image("(1 + 2)");
    const char *foreign = "\"test: this code was compiled by another version of Gene\"";
    CHECK_STR(run(root_get(vm, image)), "3");
    CHECK_STR(run_changed(image, 0, 'X'), "\"test: this is not compiled Gene code\"");
    CHECK_STR(run_changed(image, 3, IMAGE_FORMAT + 1), foreign);
    CHECK_STR(run_changed(image, 4, (uint8_t)(bytes_of(root_get(vm, image))->data[4] ^ 1)), foreign);
    CHECK_STR(run_changed(image, IMAGE_HEADER_SIZE + 4, 0xFE), "\"test: the compiled code is damaged\"");
    end();
}

static void set_checksum(uint8_t *image, size_t size) {
    uint32_t checksum = image_checksum(image, size);
    memcpy(image + 8, &checksum, sizeof checksum);
}

TEST(images_cut_short_are_refused) {
    begin();
    uint32_t image = push_image(programs[4]);
    const BytesObj *whole = bytes_of(root_get(vm, image));
    for (uint32_t size = 0; size < whole->size; size++) {
        uint32_t scope = roots_open(vm);
        uint32_t cut = root_push(vm, bytes_make(vm, whole->data, size));
        if (size >= IMAGE_HEADER_SIZE) set_checksum(bytes_of(root_get(vm, cut))->data, size);
        const char *text = run(root_get(vm, cut));
        CHECK(strstr(text, size < IMAGE_HEADER_SIZE ? "not compiled Gene code" : "malformed") != NULL);
        roots_close(vm, scope);
    }
    end();
}

/* Code of the source text, to be changed by hand; it and its module are roots. */
static CodeObj *push_code(const char *source) {
    uint32_t file = root_push(vm, string_from(vm, "test"));
    uint32_t text = root_push(vm, string_from(vm, source));
    ModuleObj *module = program_module(vm, root_get(vm, file));
    root_push(vm, value_pointer(module));
    CodeObj *code = source_compile(vm, module, string_of(root_get(vm, text)), string_of(root_get(vm, file)));
    root_push(vm, value_pointer(code));
    return code;
}

/* What is told when code as it now is comes out of an image and runs. */
static const char *run_code(const CodeObj *code) {
    return run(root_get(vm, root_push(vm, source_image(vm, code, code->file, false))));
}

TEST(jumps_out_of_the_code_are_refused) {
    begin();
    CodeObj *code = push_code("(var a 1) (if (a == 2) 3)");
    bool found = false;
    for (uint32_t pc = 0; pc < code->word_count && !found; pc++) {
        found = INSTR_OP(code->words[pc]) == OP_JNEQI;
        if (found) code->words[pc + 1] = 0u - (pc + 3); /* to the word before the first */
    }
    CHECK(found);
    CHECK(strstr(run_code(code), "malformed") != NULL);
    end();
}

/* The code of a function with that name in the code. */
static CodeObj *function_in(const CodeObj *outer, const char *name) {
    for (uint32_t i = 0; i < outer->constant_count; i++) {
        if (!is_obj_type(outer->constants[i], OBJ_CODE)) continue;
        CodeObj *code = pointer_of(outer->constants[i]);
        if (strcmp(code->name->text, name) == 0) return code;
    }
    base_fatal("no such function");
}

/* Its first instruction of this kind. */
static uint32_t *find_op(const CodeObj *code, OpCode op) {
    for (uint32_t pc = 0; pc < code->word_count; pc++) {
        if (INSTR_OP(code->words[pc]) == op) return &code->words[pc];
    }
    base_fatal("no such instruction");
}

#define NOTHING OP_JMP /* as a whole word: to the next instruction */

TEST(a_call_needs_its_receiver) {
    begin();
    CodeObj *outer = push_code("(fn f [o] (o .size)) (f [1 2])");
    CHECK_STR(run_code(outer), "2");
    *find_op(function_in(outer, "f"), OP_MOVE) = NOTHING;
    CHECK(strstr(run_code(outer), "malformed") != NULL);
    outer = push_code("(fn f [o n] (o . n)) (f [1 2] \"size\")");
    CHECK_STR(run_code(outer), "2");
    *find_op(function_in(outer, "f"), OP_ARRAY) &= 0x00FFFFFF; /* of no items: the receiver was the first of them */
    CHECK(strstr(run_code(outer), "receiver") != NULL);
    end();
}

TEST(what_is_no_exception_can_be_thrown_on) {
    begin();
    CodeObj *outer = push_code("(fn f [a] (try (throw 1) finally a)) (try (f 7) catch e e/message)");
    CHECK_STR(run_code(outer), "\"1\"");
    *find_op(function_in(outer, "f"), OP_RETHROW) &= 0xFFFF00FF; /* register 0, the argument */
    CHECK_STR(run_code(outer), "\"7\"");
    end();
}

TEST(code_checks_no_boundary_but_its_own) {
    begin();
    CodeObj *outer = push_code("(fn f [x: Int] x) (f \"a\")");
    CHECK(strstr(run_code(outer), "expected Int, got String in x") != NULL);
    *find_op(function_in(outer, "f"), OP_CHECKINT) |= (uint32_t)BOUNDARY_PAYLOAD
                                                      << 24; /* whose message names an enum */
    CHECK(strstr(run_code(outer), "malformed") != NULL);
    end();
}

TEST(an_image_knows_its_origin) {
    begin();
    CodeObj *code = push_code("self");
    ImageOrigin origin;
    const char *text = "self # as it was written";
    uint32_t source = root_push(vm, string_from(vm, text));
    uint32_t image = root_push(vm, source_image(vm, code, string_of(root_get(vm, source)), true));
    const BytesObj *bytes = bytes_of(root_get(vm, image));
    CHECK(image_origin(bytes->data, bytes->size, &origin) == NULL);
    CHECK_EQ_INT(origin.file_size, 4);
    CHECK(memcmp(origin.file, "test", 4) == 0);
    CHECK_EQ_INT(origin.text_size, strlen(text));
    CHECK(memcmp(origin.text, text, strlen(text)) == 0);
    CHECK_EQ_INT(origin.hash, image_hash(text, strlen(text)));
    CHECK_EQ_INT(origin.options, 0);
    CHECK_STR(run(root_get(vm, image)), "VkNamespace");
    for (uint32_t size = IMAGE_HEADER_SIZE; size < IMAGE_HEADER_SIZE + 10; size++) {
        uint32_t scope = roots_open(vm);
        uint32_t cut = root_push(vm, bytes_make(vm, bytes_of(root_get(vm, image))->data, size));
        BytesObj *short_bytes = bytes_of(root_get(vm, cut));
        set_checksum(short_bytes->data, size);
        CHECK_STR(image_origin(short_bytes->data, size, &origin), IMAGE_MALFORMED);
        roots_close(vm, scope);
    }
    vm->space.strict_nil = true;
    CHECK_EQ_INT(image_options(vm), 1);
    end();
}

TEST(what_may_be_unset_cannot_be_read) {
    begin();
    CodeObj *code = push_code("nil");
    CHECK_EQ_INT(code->words[0], OP_LOADS); /* nil to register 0 */
    code->words[0] |= (uint32_t)IMAGE_UNSET << 16;
    CHECK(strstr(run_code(code), "malformed") != NULL);
    CodeObj *outer = push_code("(fn f [a = 1] a) (f)");
    CHECK_STR(run_code(outer), "1");
    CodeObj *inner = NULL;
    for (uint32_t i = 0; i < outer->constant_count; i++) {
        if (is_obj_type(outer->constants[i], OBJ_CODE)) inner = pointer_of(outer->constants[i]);
    }
    CHECK(inner && INSTR_OP(inner->words[0]) == OP_JSET);
    if (inner) inner->words[0] = OP_JMP, inner->words[1] = OP_JMP; /* the default is given without looking */
    CHECK(strstr(run_code(outer), "1") != NULL);
    if (inner) inner->words[2] = OP_JMP; /* … and not given at all */
    CHECK(strstr(run_code(outer), "malformed") != NULL);
    end();
}

TEST(a_body_that_is_a_task_is_one) {
    begin();
    CodeObj *code = push_code("(class A (var x 1)) 5");
    for (uint32_t i = 0; i < code->constant_count; i++) {
        if (is_obj_type(code->constants[i], OBJ_CODE)) ((CodeObj *)pointer_of(code->constants[i]))->flags |= CODE_ASYNC;
    }
    CHECK_STR(run_code(code), "5");
    end();
}

static uint32_t next_random(uint32_t *state) {
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

static void mutate(BytesObj *bytes, uint32_t *random) {
    for (uint32_t count = 1 + next_random(random) % 3; count > 0; count--) {
        uint32_t at = IMAGE_HEADER_SIZE + next_random(random) % (bytes->size - IMAGE_HEADER_SIZE);
        uint32_t how = next_random(random) % 4;
        uint8_t other = bytes->data[IMAGE_HEADER_SIZE + next_random(random) % (bytes->size - IMAGE_HEADER_SIZE)];
        if (how == 0)
            bytes->data[at] ^= (uint8_t)(1u << next_random(random) % 8);
        else if (how == 1)
            bytes->data[at] = (uint8_t)(bytes->data[at] + (next_random(random) % 2 ? 1 : 255));
        else
            bytes->data[at] = how == 2 ? other : (uint8_t)next_random(random);
    }
    set_checksum(bytes->data, bytes->size);
}

TEST(mutated_images_never_break_the_vm) {
    uint32_t random = SEED;
    for (size_t i = 0; i < COUNT_OF(programs); i++) {
        begin();
        uint32_t image = push_image(programs[i]);
        for (uint32_t turn = 0; turn < MUTATIONS; turn++) {
            uint32_t scope = roots_open(vm);
            const BytesObj *whole = bytes_of(root_get(vm, image));
            uint32_t copy = root_push(vm, bytes_make(vm, whole->data, whole->size));
            mutate(bytes_of(root_get(vm, copy)), &random);
            run(root_get(vm, copy));
            roots_close(vm, scope);
        }
        end();
    }
}

/* --- mutated code ------------------------------------------------------------------------------------------------------------ */

static const uint8_t extra_words[OP_COUNT] = {
#define OP(name, format, extra, meaning) [OP_##name] = extra,
    OPCODES(OP)
#undef OP
};

static uint32_t below(uint32_t *random, uint32_t limit) { return next_random(random) % limit; }

/* The code itself, or some code in it. */
static CodeObj *some_code(CodeObj *code, uint32_t *random) {
    for (uint32_t tries = code->constant_count ? 4 : 0; tries > 0; tries--) {
        Value constant = code->constants[below(random, code->constant_count)];
        if (!is_obj_type(constant, OBJ_CODE) || ((CodeObj *)pointer_of(constant))->word_count == 0) continue;
        return below(random, 4) ? some_code(pointer_of(constant), random) : pointer_of(constant);
    }
    return code;
}

static uint32_t some_instruction(const CodeObj *code, uint32_t *random) {
    uint32_t wanted = below(random, code->word_count), pc = 0;
    for (uint32_t next = 0; next <= wanted; next += 1 + extra_words[INSTR_OP(code->words[pc])]) pc = next;
    return pc;
}

/* The instruction keeps its length. */
static void corrupt_instruction(CodeObj *code, uint32_t *random) {
    uint32_t pc = some_instruction(code, random), field = below(random, 6);
    uint32_t *word = &code->words[pc], extra = extra_words[INSTR_OP(*word)];
    uint32_t changed = *word;
    if (field == 0)
        changed = (changed & ~0xFFu) | below(random, OP_COUNT);
    else if (field < 4)
        changed = (changed & ~(0xFFu << (8 * field))) | below(random, code->slot_count + 2u) << (8 * field);
    else if (field == 4)
        changed = code->words[some_instruction(code, random)];
    else if (extra)
        word[1 + below(random, extra)] = below(random, code->word_count + code->constant_count + 2) - 1;
    if (extra_words[INSTR_OP(changed)] == extra) *word = changed;
}

static void corrupt_tables(CodeObj *code, uint32_t *random) {
    switch (below(random, 6)) {
    case 0: code->slot_count = (uint16_t)(code->slot_count + below(random, 3) - 1); break;
    case 1: code->flags ^= (uint16_t)(1u << below(random, 8)); break;
    case 2:
        if (!code->handler_count) break;
        Handler *handler = &code->handlers[below(random, code->handler_count)];
        uint32_t *const fields[] = {&handler->start, &handler->end, &handler->target};
        *fields[below(random, 3)] = some_instruction(code, random);
        if (below(random, 2)) handler->slot = (uint8_t)below(random, code->slot_count + 1u);
        break;
    case 3:
        if (!code->constant_count) break;
        Value swapped = code->constants[0];
        uint32_t at = below(random, code->constant_count);
        code->constants[0] = code->constants[at];
        code->constants[at] = below(random, 3) ? swapped : VAL_NIL;
        break;
    case 4:
        if (!code->param_count) break;
        Param *param = &code->params[below(random, code->param_count)];
        param->slot = (uint8_t)below(random, code->slot_count + 1u);
        if (below(random, 2)) param->kind = (ParamKind)below(random, PARAM_KEYWORD_REST + 1);
        break;
    default:
        if (!code->capture_count) break;
        Capture *capture = &code->captures[below(random, code->capture_count)];
        capture->index = (uint8_t)below(random, 4);
        if (below(random, 2)) capture->from_register = !capture->from_register;
        break;
    }
}

TEST(mutated_code_never_breaks_the_vm) {
    uint32_t random = SEED;
    for (size_t i = 0; i < COUNT_OF(programs); i++) {
        begin();
        for (uint32_t turn = 0; turn < MUTATIONS; turn++) {
            uint32_t scope = roots_open(vm);
            CodeObj *code = push_code(programs[i]);
            for (uint32_t count = 1 + below(&random, 3); count > 0; count--) {
                CodeObj *changed = some_code(code, &random);
                if (below(&random, 4))
                    corrupt_instruction(changed, &random);
                else
                    corrupt_tables(changed, &random);
            }
            run_code(code);
            roots_close(vm, scope);
        }
        end();
    }
}

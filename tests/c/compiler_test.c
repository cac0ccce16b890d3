/* compiler_test.c — the code the compiler makes, as listings, and what it says about wrong programs.
 *
 * Every piece of code compiled here is also verified: registers, constants, caches, jumps and handlers within bounds,
 * no way off the end. A wrong program is compared with its diagnostics: "line:column code message", one a line. */
#include "check.h"

#include <stdlib.h>

#include "compiler/analyze.h"
#include "compiler/compiler.h"
#include "compiler/opcodes.h"

struct VM {
    ObjectSpace space;
};

typedef struct Session {
    VM *vm;
    ModuleObj *module;
    Buffer text;
} Session;

static void mark_roots(VM *vm, Heap *heap, bool final) {
    (void) final;
    space_mark(vm, heap);
}

static void session_open(Session *s) {
    s->vm = calloc(1, sizeof *s->vm);
    heap_init(vm_heap(s->vm), s->vm, 0);
    space_init(s->vm);
    vm_heap(s->vm)->mark_roots = mark_roots;
    heap_pause(s->vm);
    s->module = module_make(s->vm, symbol_from(s->vm, "test"), NULL);
    buffer_init(&s->text);
}

static void session_close(Session *s) {
    buffer_free(&s->text);
    heap_resume(s->vm);
    space_destroy(s->vm);
    heap_destroy(vm_heap(s->vm));
    free(s->vm);
}

/* --- verification -------------------------------------------------------------------------------------------------- */

typedef struct OpShape {
    const char *meaning;
    OpFormat format;
    uint32_t extra;
} OpShape;

static const OpShape op_shapes[OP_COUNT] = {
#define OP(name, format, extra, meaning) [OP_##name] = {meaning, FORMAT_##format, extra},
    OPCODES(OP)
#undef OP
};

static uint32_t last_register(const CodeObj *code, uint32_t pc) {
    uint32_t word = code->words[pc];
    uint32_t a = INSTR_A(word);
    uint32_t count = INSTR_B(word);
    switch ((OpCode)INSTR_OP(word)) {
    case OP_JMP:
    case OP_LOOP:
    case OP_SETUP: return 0;
    case OP_CALL:
    case OP_TAILCALL:
    case OP_INTRINSIC: return a + (count ? count - 1 : 0);
    case OP_CALLKW:
    case OP_TAILCALLKW:
    case OP_NEWKW: return a + count + array_of(code->constants[code->words[pc + 1]])->count;
    case OP_CALLM:
    case OP_SUPER:
    case OP_NEW: return a + 1 + count;
    case OP_CALLMKW: return a + 1 + count + array_of(code->constants[code->words[pc + 3]])->count;
    case OP_CALLSPREAD:
    case OP_CALLMSPREAD:
    case OP_SUPERSPREAD:
    case OP_NEWSPREAD: return a + 2;
    case OP_ITER: return a + (INSTR_C(word) ? 4 : 3);
    default: return a;
    }
}

/* Instruction starts are marked in `starts`; false at the first thing out of bounds. */
static bool verify_instruction(const CodeObj *code, uint32_t pc, const bool *starts) {
    uint32_t word = code->words[pc];
    const OpShape *shape = &op_shapes[INSTR_OP(word)];
    uint32_t next = pc + 1 + shape->extra;
    if (last_register(code, pc) >= code->slot_count) return false;
    if (strstr(shape->meaning, "R[B]") && INSTR_B(word) >= code->slot_count) return false;
    if (strstr(shape->meaning, "R[C]") && INSTR_C(word) >= code->slot_count) return false;
    if (strstr(shape->meaning, "U[B]") && INSTR_B(word) >= code->capture_count) return false;
    if (strstr(shape->meaning, "U[A]") && INSTR_A(word) >= code->capture_count) return false;
    if (strstr(shape->meaning, "K[Bx]") && INSTR_BX(word) >= code->constant_count) return false;
    if (strstr(shape->meaning, "K[W1]") && code->words[pc + 1] >= code->constant_count) return false;
    if (strstr(shape->meaning, "K[W3]") && code->words[pc + 3] >= code->constant_count) return false;
    if (strstr(shape->meaning, "cache W2") && code->words[pc + 2] >= code->cache_count) return false;
    uint32_t target = next;
    if (shape->format == FORMAT_sJ) target = next + (uint32_t)INSTR_SJ(word);
    if (strstr(shape->meaning, "jump W1")) target = next + code->words[pc + 1];
    return target <= code->word_count && (target == next || (target < code->word_count && starts[target]));
}

static bool ends_well(const CodeObj *code, uint32_t last) {
    OpCode op = (OpCode)INSTR_OP(code->words[last]);
    return op == OP_RETURN || op == OP_JMP || op == OP_LOOP || op == OP_THROW || op == OP_RETHROW;
}

static bool verify(const CodeObj *code);

static bool verify_inner(const CodeObj *code, const CodeObj *inner) {
    if (inner->word_count == 0) return true; /* describes a pattern only */
    for (uint32_t i = 0; i < inner->capture_count; i++) {
        uint32_t limit = inner->captures[i].from_register ? code->slot_count : code->capture_count;
        if (inner->captures[i].index >= limit) return false;
    }
    return verify(inner);
}

static bool verify_words(const CodeObj *code, bool *starts) {
    uint32_t last = 0;
    for (uint32_t pc = 0; pc < code->word_count; pc += 1 + op_shapes[INSTR_OP(code->words[pc])].extra) {
        if (INSTR_OP(code->words[pc]) >= OP_COUNT) return false;
        starts[pc] = true;
        last = pc;
    }
    for (uint32_t pc = 0; pc < code->word_count; pc += 1 + op_shapes[INSTR_OP(code->words[pc])].extra) {
        if (!verify_instruction(code, pc, starts)) return false;
    }
    return ends_well(code, last);
}

static bool verify(const CodeObj *code) {
    bool *starts = calloc(code->word_count + 1, 1);
    bool ok = verify_words(code, starts);
    for (uint32_t i = 0; i < code->handler_count; i++) {
        const Handler *handler = &code->handlers[i];
        ok = ok && handler->start < handler->end && handler->end <= code->word_count;
        ok = ok && handler->target < code->word_count && starts[handler->target] && handler->slot < code->slot_count;
    }
    free(starts);
    for (uint32_t i = 0; i < code->constant_count; i++) {
        if (is_obj_type(code->constants[i], OBJ_CODE)) ok = ok && verify_inner(code, pointer_of(code->constants[i]));
    }
    return ok;
}

/* --- compiling -------------------------------------------------------------------------------------------------------- */

static void append_diagnostics(Buffer *out, const Diagnostics *diagnostics) {
    for (uint32_t i = 0; i < diagnostics->count; i++) {
        const Diagnostic *item = &diagnostics->items[i];
        buffer_append_format(out, "%u:%u %s %s\n", item->line, item->column, error_table[item->id].code, item->message);
    }
}

/* NULL: the session's text has the diagnostics. */
static CodeObj *compile(Session *s, const char *source) {
    ReadResult read;
    ReadOptions options = {.file = "test.gene"};
    Diagnostics diagnostics = {NULL, 0, 0};
    reader_read(s->vm, source, strlen(source), &options, &read);
    CHECK_EQ_INT(read.diagnostics.count, 0);
    CompileRequest request = {.forms = read.forms,
                              .positions = read.positions,
                              .module = s->module,
                              .file = string_of(string_from(s->vm, "test.gene"))};
    CodeObj *code = compiler_compile(s->vm, &request, &diagnostics);
    buffer_clear(&s->text);
    append_diagnostics(&s->text, &diagnostics);
    if (code && !verify(code)) buffer_append_text(&s->text, "(code does not verify)\n");
    diagnostics_free(&diagnostics);
    reader_free(&read);
    return code;
}

static const CodeObj *first_function(const CodeObj *code) {
    for (uint32_t i = 0; i < code->constant_count; i++) {
        if (!is_obj_type(code->constants[i], OBJ_CODE)) continue;
        const CodeObj *inner = pointer_of(code->constants[i]);
        if (inner->word_count > 0) return inner;
    }
    return code;
}

/* Listing of the first function in the source (and what is in it), or the diagnostics. */
static const char *listing(Session *s, const char *source) {
    const CodeObj *code = compile(s, source);
    if (code && s->text.size == 0) compiler_disassemble(first_function(code), &s->text);
    return buffer_text(&s->text);
}

static const char *top_listing(Session *s, const char *source) {
    const CodeObj *code = compile(s, source);
    if (code && s->text.size == 0) compiler_disassemble(code, &s->text);
    return buffer_text(&s->text);
}

#define CODE_TEST(name, source, expected)             \
    TEST(name) {                                      \
        Session s;                                    \
        session_open(&s);                             \
        CHECK_STR(listing(&s, (source)), (expected)); \
        session_close(&s);                            \
    }

#define TOP_TEST(name, source, expected)                  \
    TEST(name) {                                          \
        Session s;                                        \
        session_open(&s);                                 \
        CHECK_STR(top_listing(&s, (source)), (expected)); \
        session_close(&s);                                \
    }

/* --- shapes -------------------------------------------------------------------------------------------------------- */

CODE_TEST(fib_is_near_optimal, "(fn fib [n] (if (n < 2) n else ((fib (n - 1)) + (fib (n - 2)))))",
          "fib [n] slots 4\n"
          "    0  JNLTI r0 2 -> 3\n"
          "    2  RETURN r0\n"
          "    3  GETVAR r1 0\n"
          "    4  ADDI r2 r0 -1\n"
          "    5  CALL r1 1\n"
          "    6  GETVAR r2 0\n"
          "    7  ADDI r3 r0 -2\n"
          "    8  CALL r2 1\n"
          "    9  ADD r1 r1 r2\n"
          "   10  RETURN r1\n")

CODE_TEST(integer_loop_stays_in_registers, "(fn sum [n] (var i 0) (var t 0) (while (i < n) (t += i) (i += 1)) t)",
          "sum [n] slots 4\n"
          "    0  LOADI r1 0\n"
          "    1  LOADI r2 0\n"
          "    2  JNLT r1 r0 -> 8\n"
          "    4  ADD r2 r2 r1\n"
          "    5  ADDI r1 r1 1\n"
          "    6  LOOPLT r1 r0 -> 4\n"
          "    8  RETURN r2\n")

CODE_TEST(fields_and_methods_of_self, "(class A (ctor [/x] nil) (method add [y] (/x += y) (.log /x)))",
          "A [self] slots 4\n"
          "    0  MOVE r1 r0\n"
          "    1  FUNC r2 <code ctor>\n"
          "    2  INTRINSIC r1 2 CLASS_CTOR\n"
          "    3  MOVE r1 r0\n"
          "    4  LOADK r2 add\n"
          "    5  FUNC r3 <code add>\n"
          "    6  INTRINSIC r1 3 CLASS_METHOD\n"
          "    7  RETURN r1\n"
          "ctor [self x] slots 2\n"
          "    0  SETPROP r0 r1 x\n"
          "    3  RETURN r0\n"
          "add [self y] slots 5\n"
          "    0  GETPROP r3 r0 x\n"
          "    3  JT r3 -> 8\n"
          "    5  MOVE r3 r0\n"
          "    6  LOADK r4 x\n"
          "    7  INTRINSIC r3 2 GET_STRICT\n"
          "    8  ADD r3 r3 r1\n"
          "    9  SETPROP r0 r3 x\n"
          "   12  MOVE r3 r0\n"
          "   13  GETPROP r4 r0 x\n"
          "   16  CALLM r2 1 log\n"
          "   19  RETURN r2\n")

CODE_TEST(captured_variables_live_in_cells, "(fn f [a] (var b 1) (fn [] (b += a) b))",
          "f [a] slots 3\n"
          "    0  NEWCELL r0\n"
          "    1  LOADI r1 1\n"
          "    2  NEWCELL r1\n"
          "    3  FUNC r2 <code <unnamed>>\n"
          "    4  RETURN r2\n"
          "<unnamed> [] slots 2 captures r1 r0\n"
          "    0  GETUP r0 u0\n"
          "    1  GETUP r1 u1\n"
          "    2  ADD r0 r0 r1\n"
          "    3  SETUP u0 r0\n"
          "    4  GETUP r0 u0\n"
          "    5  RETURN r0\n")

CODE_TEST(turns_of_for_get_fresh_cells, "(fn f [xs] (for x in xs (g (fn [] x))))",
          "f [xs] slots 8\n"
          "    0  MOVE r1 r0\n"
          "    1  ITER r1 r1 0\n"
          "    2  JMP -> 9\n"
          "    3  NEWCELL r4\n"
          "    4  GETNAME r6 g\n"
          "    7  FUNC r7 <code <unnamed>>\n"
          "    8  CALL r6 1\n"
          "    9  FORNEXT r1 0 -> 3\n"
          "   11  FORCHECK r1 0 -> 3\n"
          "   13  LOADS r6 nil\n"
          "   14  RETURN r6\n"
          "<unnamed> [] slots 1 captures r4\n"
          "    0  GETUP r0 u0\n"
          "    1  RETURN r0\n")

CODE_TEST(turns_of_while_share_their_cell, "(fn f [n] (while (g) (var y n) (h (fn [] y))))",
          "f [n] slots 4\n"
          "    0  LOADS r1 nil\n"
          "    1  NEWCELL r1\n"
          "    2  GETNAME r2 g\n"
          "    5  CALL r2 0\n"
          "    6  JF r2 -> 15\n"
          "    8  SETCELL r1 r0\n"
          "    9  GETNAME r2 h\n"
          "   12  FUNC r3 <code <unnamed>>\n"
          "   13  CALL r2 1\n"
          "   14  LOOP -> 2\n"
          "   15  LOADS r2 nil\n"
          "   16  RETURN r2\n"
          "<unnamed> [] slots 1 captures r1\n"
          "    0  GETUP r0 u0\n"
          "    1  RETURN r0\n")

CODE_TEST(local_functions_may_call_each_other, "(fn f [] (fn odd [n] (even n)) (fn even [n] (odd n)) (odd 3))",
          "f [] slots 4\n"
          "    0  LOADS r1 nil\n"
          "    1  NEWCELL r1\n"
          "    2  FUNC r0 <code odd>\n"
          "    3  NEWCELL r0\n"
          "    4  FUNC r2 <code even>\n"
          "    5  SETCELL r1 r2\n"
          "    6  GETCELL r2 r0\n"
          "    7  LOADI r3 3\n"
          "    8  TAILCALL r2 1\n"
          "    9  RETURN r2\n"
          "odd [n] slots 3 captures r1\n"
          "    0  GETUP r1 u0\n"
          "    1  MOVE r2 r0\n"
          "    2  TAILCALL r1 1\n"
          "    3  RETURN r1\n"
          "even [n] slots 3 captures r0\n"
          "    0  GETUP r1 u0\n"
          "    1  MOVE r2 r0\n"
          "    2  TAILCALL r1 1\n"
          "    3  RETURN r1\n")

CODE_TEST(a_variable_is_read_before_it_is_assigned_in_the_same_expression, "(fn f [x] (x + (x = 2)))",
          "f [x] slots 3\n"
          "    0  MOVE r1 r0\n"
          "    1  LOADI r0 2\n"
          "    2  MOVE r2 r0\n"
          "    3  ADD r1 r1 r2\n"
          "    4  RETURN r1\n")

CODE_TEST(containers_are_complete_before_the_variable_changes, "(fn f [x] (x = {^a x}))",
          "f [x] slots 2\n"
          "    0  MAP r1\n"
          "    1  MAPSET r1 r0 a\n"
          "    3  MOVE r0 r1\n"
          "    4  RETURN r0\n")

CODE_TEST(keyword_values_come_first_but_sit_last, "(fn f [] (g (a) ^k (b) 1))",
          "f [] slots 5\n"
          "    0  GETNAME r0 g\n"
          "    3  GETNAME r3 b\n"
          "    6  CALL r3 0\n"
          "    7  GETNAME r4 a\n"
          "   10  CALL r4 0\n"
          "   11  MOVE r1 r4\n"
          "   12  LOADI r2 1\n"
          "   13  TAILCALLKW r0 2 3\n"
          "   15  RETURN r0\n")

CODE_TEST(conditions_jump_without_making_a_value, "(fn f [a b] (if ((a < b) && (b != 3)) 1 elif not a 2 else 3))",
          "f [a b] slots 3\n"
          "    0  JNLT r0 r1 -> 6\n"
          "    2  JEQI r1 3 -> 6\n"
          "    4  LOADI r2 1\n"
          "    5  RETURN r2\n"
          "    6  JT r0 -> 10\n"
          "    8  LOADI r2 2\n"
          "    9  RETURN r2\n"
          "   10  LOADI r2 3\n"
          "   11  RETURN r2\n")

CODE_TEST(or_with_an_unknown_left_operand_combines, "(fn f [a b] (a || b))",
          "f [a b] slots 3\n"
          "    0  MOVE r2 r0\n"
          "    1  JOR r2 -> 4\n"
          "    3  OR r2 r2 r1\n"
          "    4  RETURN r2\n")

CODE_TEST(defaults_are_evaluated_when_missing, "(fn f [a b = (a + 1) ^k = 2] b)",
          "f [a b? k^?] slots 4\n"
          "    0  JSET r1 -> 3\n"
          "    2  ADDI r1 r0 1\n"
          "    3  JSET r2 -> 6\n"
          "    5  LOADI r2 2\n"
          "    6  RETURN r1\n")

CODE_TEST(nested_parameter_patterns, "(fn f [[x y] z] (y + z))",
          "f [[x y] z] slots 6\n"
          "    0  LOADK r4 <code <unnamed>>\n"
          "    1  MOVE r5 r0\n"
          "    2  INTRINSIC r4 2 DESTRUCTURE\n"
          "    3  GETIDX r2 r4 0\n"
          "    5  GETIDX r3 r4 1\n"
          "    7  ADD r4 r3 r1\n"
          "    8  RETURN r4\n")

CODE_TEST(paths, "(fn f [o k] o/a o/0 o/<k> o/x/k o/k o/.m/! (o/a = 1))",
          "f [o k] slots 4\n"
          "    0  GETPROP r2 r0 a\n"
          "    3  GETIDX r2 r0 0\n"
          "    5  GETDYN r2 r0 r1\n"
          "    6  GETPROP r2 r0 x\n"
          "    9  GETKEY r2 r2 r1\n"
          "   10  GETPROPVAR r2 r0 r1 k\n"
          "   13  MOVE r3 r0\n"
          "   14  CALLM r2 0 m\n"
          "   17  PRESENT r2\n"
          "   18  LOADI r3 1\n"
          "   19  SETPROP r0 r3 a\n"
          "   22  RETURN r3\n")

CODE_TEST(compound_assignment_reads_strictly, "(fn f [o] (o/n += 1))",
          "f [o] slots 4\n"
          "    0  GETPROP r2 r0 n\n"
          "    3  JT r2 -> 8\n"
          "    5  MOVE r2 r0\n"
          "    6  LOADK r3 n\n"
          "    7  INTRINSIC r2 2 GET_STRICT\n"
          "    8  ADDI r2 r2 1\n"
          "    9  SETPROP r0 r2 n\n"
          "   12  RETURN r2\n")

CODE_TEST(case_compares_in_order, "(fn f [x] (case x when 1 \"a\" when _ \"b\"))",
          "f [x] slots 2\n"
          "    0  LOADI r1 1\n"
          "    1  EQ r1 r0 r1\n"
          "    2  JF r1 -> 6\n"
          "    4  LOADK r1 \"a\"\n"
          "    5  RETURN r1\n"
          "    6  LOADK r1 \"b\"\n"
          "    7  RETURN r1\n")

CODE_TEST(try_catch_saves_and_restores_the_handled_exception, "(fn f [] (try (g) catch E 1 catch e e))",
          "f [] slots 6\n"
          "    0  GETNAME r4 g\n"
          "    3  CALL r4 0\n"
          "    4  MOVE r0 r4\n"
          "    5  JMP -> 24\n"
          "    6  GETEX r2\n"
          "    7  SETEX r1\n"
          "    8  MOVE r4 r1\n"
          "    9  GETNAME r5 E\n"
          "   12  INTRINSIC r4 2 EXCEPTION_IS\n"
          "   13  JF r4 -> 18\n"
          "   15  LOADI r0 1\n"
          "   16  SETEX r2\n"
          "   17  JMP -> 24\n"
          "   18  MOVE r4 r1\n"
          "   19  MOVE r0 r4\n"
          "   20  SETEX r2\n"
          "   21  JMP -> 24\n"
          "   22  SETEX r2\n"
          "   23  RETHROW r3\n"
          "   24  RETURN r0\n"
          "catch 0..5 -> 6 r1\n"
          "catch 8..22 -> 22 r3\n")

CODE_TEST(finally_runs_on_every_way_out, "(fn f [xs] (for x in xs (try (if x (break)) (return 3) finally (h))))",
          "f [xs] slots 9\n"
          "    0  MOVE r1 r0\n"
          "    1  ITER r1 r1 0\n"
          "    2  JMP -> 25\n"
          "    3  LOADS r7 nil\n"
          "    4  JF r4 -> 8\n"
          "    6  LOADI r6 2\n"
          "    7  JMP -> 12\n"
          "    8  LOADI r7 3\n"
          "    9  LOADI r6 3\n"
          "   10  JMP -> 12\n"
          "   11  LOADI r6 1\n"
          "   12  GETNAME r8 h\n"
          "   15  CALL r8 0\n"
          "   16  JNEQI r6 1 -> 19\n"
          "   18  RETHROW r7\n"
          "   19  JNEQI r6 3 -> 22\n"
          "   21  RETURN r7\n"
          "   22  JNEQI r6 2 -> 25\n"
          "   24  JMP -> 29\n"
          "   25  FORNEXT r1 0 -> 3\n"
          "   27  FORCHECK r1 0 -> 3\n"
          "   29  LOADS r6 nil\n"
          "   30  RETURN r6\n"
          "finally 4..11 -> 11 r7\n")

CODE_TEST(leaving_from_inside_finally_is_ignored, "(fn f [] (try 1 finally (return 2)))",
          "f [] slots 3\n"
          "    0  LOADS r2 nil\n"
          "    1  LOADS r0 nil\n"
          "    2  LOADI r0 1\n"
          "    3  LOADI r1 0\n"
          "    4  JMP -> 6\n"
          "    5  LOADI r1 1\n"
          "    6  JNEQI r1 1 -> 9\n"
          "    8  RETHROW r2\n"
          "    9  RETURN r0\n"
          "finally 2..3 -> 5 r2\n")

CODE_TEST(async_catches_what_its_operand_raises, "(fn f [] (async (g)))",
          "f [] slots 3\n"
          "    0  GETNAME r2 g\n"
          "    3  CALL r2 0\n"
          "    4  MOVE r0 r2\n"
          "    5  ASYNCOK r1 r0\n"
          "    6  JMP -> 8\n"
          "    7  ASYNCFAIL r1 r0\n"
          "    8  RETURN r1\n"
          "catch 0..5 -> 7 r0\n")

CODE_TEST(generators_yield_and_end, "(fn g* [] (yield 1) (return 2))",
          "g* [] slots 1 generator\n"
          "    0  LOADI r0 1\n"
          "    1  YIELD r0\n"
          "    2  LOADI r0 2\n"
          "    3  RETURN r0\n")

CODE_TEST(spreads_go_through_an_array_and_a_map, "(fn f [xs] (g xs... ^a 1 ^... xs))",
          "f [xs] slots 5\n"
          "    0  GETNAME r1 g\n"
          "    3  MAP r3\n"
          "    4  LOADI r4 1\n"
          "    5  MAPSET r3 r4 a\n"
          "    7  MAPSPREAD r3 r0 1\n"
          "    8  ARRAY r2 r4 0\n"
          "    9  ARRSPREAD r2 r0 1\n"
          "   10  CALLSPREAD r1\n"
          "   11  RETURN r1\n")

CODE_TEST(super_with_keywords, "(class B < A (method m [] (super .m 1) (super .m ^k 2)))",
          "B [self] slots 4\n"
          "    0  MOVE r1 r0\n"
          "    1  LOADK r2 m\n"
          "    2  FUNC r3 <code m>\n"
          "    3  INTRINSIC r1 3 CLASS_METHOD\n"
          "    4  RETURN r1\n"
          "m [self] slots 5\n"
          "    0  MOVE r2 r0\n"
          "    1  LOADI r3 1\n"
          "    2  SUPER r1 1 m\n"
          "    4  MOVE r2 r0\n"
          "    5  LOADK r1 m\n"
          "    6  MAP r3\n"
          "    7  LOADI r4 2\n"
          "    8  MAPSET r3 r4 k\n"
          "   10  ARRAY r2 r2 1\n"
          "   11  SUPERSPREAD r1\n"
          "   12  RETURN r1\n")

CODE_TEST(eval_describes_its_scope, "(fn f [n] (fn [] (eval n)))",
          "f [n] slots 2\n"
          "    0  NEWCELL r0\n"
          "    1  FUNC r1 <code <unnamed>>\n"
          "    2  RETURN r1\n"
          "<unnamed> [] slots 2 captures r0\n"
          "    0  GETUP r0 u0\n"
          "    1  LOADI r1 0\n"
          "    2  INTRINSIC r0 2 EVAL\n"
          "    3  RETURN r0\n"
          "scope 0: n=u0\n")

CODE_TEST(an_error_in_a_body_is_raised_by_the_call, "(fn f [] (if))",
          "f [] slots 3\n"
          "    0  LOADK r0 \"if: missing condition\"\n"
          "    1  LOADI r1 10\n"
          "    2  LOADK r2 \"(if condition body… elif condition body… else body…)\"\n"
          "    3  INTRINSIC r0 3 RAISE\n"
          "    4  RETURN r0\n")

CODE_TEST(yield_elsewhere_raises, "(fn f [] (yield 1))",
          "f [] slots 1\n"
          "    0  LOADK r0 \"yield used outside of generator function\"\n"
          "    1  INTRINSIC r0 1 RAISE\n"
          "    2  RETURN r0\n")

TOP_TEST(definitions_come_first_and_bind_to_the_first_variable, "(var v 1) (fn old [] v) (var v 2) v",
         "__init__ [] slots 1\n"
         "    0  FUNC r0 <code old>\n"
         "    1  SETVAR r0 1\n"
         "    2  DEFNAME r0 old\n"
         "    4  LOADI r0 1\n"
         "    5  SETVAR r0 0\n"
         "    6  LOADI r0 2\n"
         "    7  SETVAR r0 2\n"
         "    8  GETVAR r0 2\n"
         "    9  RETURN r0\n"
         "old [] slots 1\n"
         "    0  GETVAR r0 0\n"
         "    1  RETURN r0\n")

TOP_TEST(the_last_form_gives_the_value, "(println 1) (fn f [] 1)",
         "__init__ [] slots 3\n"
         "    0  FUNC r1 <code f>\n"
         "    1  SETVAR r1 0\n"
         "    2  DEFNAME r1 f\n"
         "    4  MOVE r0 r1\n"
         "    5  GETNAME r1 println\n"
         "    8  LOADI r2 1\n"
         "    9  CALL r1 1\n"
         "   10  RETURN r0\n"
         "f [] slots 1\n"
         "    0  LOADI r0 1\n"
         "    1  RETURN r0\n")

TOP_TEST(destructuring, "(var [a b = 2 rest...] [1]) (var {^k c} a)",
         "__init__ [] slots 3\n"
         "    0  LOADI r1 1\n"
         "    1  ARRAY r0 r1 1\n"
         "    2  LOADK r1 <code <unnamed>>\n"
         "    3  MOVE r2 r0\n"
         "    4  INTRINSIC r1 2 DESTRUCTURE\n"
         "    5  GETIDX r2 r1 0\n"
         "    7  SETVAR r2 0\n"
         "    8  GETIDX r2 r1 1\n"
         "   10  JSET r2 -> 13\n"
         "   12  LOADI r2 2\n"
         "   13  SETVAR r2 1\n"
         "   14  GETIDX r2 r1 2\n"
         "   16  SETVAR r2 2\n"
         "   17  GETVAR r0 0\n"
         "   18  GETPROP r1 r0 k\n"
         "   21  SETVAR r1 3\n"
         "   22  LOADS r1 nil\n"
         "   23  RETURN r1\n")

TOP_TEST(top_level_functions_are_members, "(fn f [] 1) (var /m 2) (var x 3)",
         "__init__ [] slots 1\n"
         "    0  FUNC r0 <code f>\n"
         "    1  SETVAR r0 0\n"
         "    2  DEFNAME r0 f\n"
         "    4  LOADI r0 2\n"
         "    5  DEFNAME r0 m\n"
         "    7  LOADI r0 3\n"
         "    8  SETVAR r0 1\n"
         "    9  RETURN r0\n"
         "f [] slots 1\n"
         "    0  LOADI r0 1\n"
         "    1  RETURN r0\n")

TOP_TEST(import_binds_what_the_module_gives, "(import a b/c:d from \"m\")",
         "__init__ [] slots 3\n"
         "    0  LOADK r1 <VkMap>\n"
         "    1  LOADK r2 <VkModule>\n"
         "    2  INTRINSIC r1 2 IMPORT\n"
         "    3  GETIDX r2 r1 0\n"
         "    5  SETVAR r2 0\n"
         "    6  GETIDX r2 r1 1\n"
         "    8  SETVAR r2 1\n"
         "    9  LOADS r0 nil\n"
         "   10  RETURN r0\n")

/* --- wrong programs ---------------------------------------------------------------------------------------------------- */

static const struct {
    const char *source, *expected;
} wrong_programs[] = {
    {"(if)", "1:1 GENE.COMPILE.FORM if: missing condition\n"},
    {"(if 1)", "1:1 GENE.COMPILE.FORM if: missing body after condition\n"},
    {"(if 1 2 elif)", "1:1 GENE.COMPILE.FORM elif: missing condition\n"},
    {"(ifel 1 2 3 4)",
     "1:1 GENE.COMPILE.FORM ifel: expected condition, then expression, and optional else expression\n"},
    {"(if_not 1 2 else 3)", "1:1 GENE.COMPILE.FORM if_not: else branches are not supported; use if ... else ... or "
                            "nest if_not\n"},
    {"(case)", "1:1 GENE.COMPILE.FORM case: missing target expression\n"},
    {"(case 1 2)", "1:1 GENE.COMPILE.FORM case: expected 'when' or 'else', got: VkInt\n"},
    {"(case 1 when)", "1:1 GENE.COMPILE.FORM case: missing value after 'when'\n"},
    {"(while)", "1:1 GENE.COMPILE.FORM while expects at least 1 argument (condition)\n"},
    {"(repeat)", "1:1 GENE.COMPILE.FORM repeat expects at least 1 argument (count)\n"},
    {"(for x)", "1:1 GENE.COMPILE.FORM for expects at least 2 arguments (variable and collection)\n"},
    {"(for x of y)", "1:1 GENE.COMPILE.FORM for loop requires 'in' keyword followed by a collection\n"},
    {"(for [a] b in c)", "1:1 GENE.COMPILE.FORM for loop index/key binding must be a symbol\n"},
    {"(for 1 in c)", "1:1 GENE.COMPILE.FORM for loop variable must be a symbol or destructuring pattern\n"},
    {"(loop (break ^from x))", "1:7 GENE.COMPILE.FORM No loop named 'x' found\n"},
    {"(loop (break ^from 1))", "1:7 GENE.COMPILE.FORM ^from must be a symbol or string\n"},
    {"(var)", "1:1 GENE.COMPILE.FORM var requires a name\n"},
    {"(let)", "1:1 GENE.COMPILE.FORM let requires a name\n"},
    {"(var 1 2)", "1:1 GENE.COMPILE.FORM Variable name must be a symbol, got VkInt\n"},
    {"(var self 2)", "1:1 GENE.COMPILE.FORM Reserved identifier 'self' cannot be used for variable\n"},
    {"(let x 1)\n(x = 2)", "2:1 GENE.COMPILE.LET Cannot reassign 'let' binding 'x'\n"},
    {"(let x 1)\n(x += 2)", "2:1 GENE.COMPILE.LET Cannot reassign 'let' binding 'x'\n"},
    {"([a] = 1)", "1:1 GENE.COMPILE.FORM destructuring assignment has been removed; use (var pattern value) and then "
                  "assign explicitly\n"},
    {"(var [... a] 1)", "1:1 GENE.COMPILE.FORM Positional rest must follow a named parameter\n"},
    {"(var [a... b...] 1)", "1:1 GENE.COMPILE.FORM Only one named positional rest parameter is allowed\n"},
    {"(var [1] 1)", "1:1 GENE.COMPILE.FORM Unsupported destructuring pattern\n"},
    {"(var {^a 1} 1)", "1:1 GENE.COMPILE.FORM Unsupported map destructuring pattern: expected symbol bindings\n"},
    {"(fn)", "1:1 GENE.COMPILE.FORM fn requires a name or argument list\n"},
    {"(fn f)", "1:1 GENE.COMPILE.FORM fn requires an argument list after the name\n"},
    {"(fn f x)", "1:1 GENE.COMPILE.FORM fn argument list must be an array, e.g. [a b]\n"},
    {"(fn self [])", "1:1 GENE.COMPILE.FORM Reserved identifier 'self' cannot be used for function\n"},
    {"(fn f [a] ^intent 5 a)", "1:1 GENE.COMPILE.FORM Invalid ^intent for function f: expected a string\n"},
    {"(fn f [a] ^examples [[1] => 2] a)", "1:1 GENE.COMPILE.FORM Invalid ^examples for function f: unsupported "
                                          "operator '=>'; expected '->' or 'throws'\n"},
    {"(fn f [a] ^examples [1] a)",
     "1:1 GENE.COMPILE.FORM Invalid ^examples for function f: expected argument array, got VkInt\n"},
    {"(fn f [a] ^examples [[1] ->] a)",
     "1:1 GENE.COMPILE.FORM Invalid ^examples for function f: missing expected result after '->'\n"},
    {"(1 + 2 3)", "1:1 GENE.COMPILE.FORM Incomplete infix expression\n"},
    {"(1 + 2 3 4)", "1:1 GENE.COMPILE.FORM Invalid infix expression\n"},
    {"(-)", "1:1 GENE.COMPILE.FORM - requires at least one argument\n"},
    {"(% 1)", "1:1 GENE.COMPILE.FORM % requires at least 2 arguments\n"},
    {"(< 1)", "1:1 GENE.COMPILE.FORM < requires exactly 2 arguments\n"},
    {"(is 1)", "1:1 GENE.COMPILE.FORM is requires exactly 2 arguments: (value is Type)\n"},
    {"(not)", "1:1 GENE.COMPILE.FORM not expects exactly 1 argument\n"},
    {"(typeof)", "1:1 GENE.COMPILE.FORM typeof expects exactly 1 argument\n"},
    {"(range 1)", "1:1 GENE.COMPILE.FORM range requires at least 2 arguments\n"},
    {"(./ 1)", "1:1 GENE.COMPILE.FORM ./ expects 2 or 3 arguments\n"},
    {"a/<>", "1:1 GENE.COMPILE.FORM Dynamic selector path segment cannot be empty\n"},
    {"a/<b", "1:1 GENE.COMPILE.FORM Unterminated dynamic selector path segment\n"},
    {"(async)", "1:1 GENE.COMPILE.FORM async expects exactly 1 argument\n"},
    {"(await)", "1:1 GENE.COMPILE.FORM await expects at least 1 argument\n"},
    {"(await ^timeout x f)", "1:1 GENE.COMPILE.FORM await ^timeout must be int milliseconds or float seconds\n"},
    {"(class A (method m! [] 1))",
     "1:10 GENE.COMPILE.FORM Macro-like class methods are not supported; use (method name [args] ...) and a "
     "standalone fn! if you need quoted arguments\n"},
    {"(class A (method m x))",
     "1:10 GENE.COMPILE.FORM Method requires an array argument list; use [] for no arguments\n"},
    {"(class A (ctor x))",
     "1:10 GENE.COMPILE.FORM Constructor requires an array argument list; use [] for no arguments\n"},
    {"(class A (ctor! []))",
     "1:10 GENE.COMPILE.FORM Macro-like constructors are not supported; use (ctor [args] ...)\n"},
    {"(new! A)", "1:1 GENE.COMPILE.FORM Macro-like constructors are not supported; use (new Class ...)\n"},
    {"(class A < 5)", "1:1 GENE.COMPILE.FORM Invalid superclass\n"},
    {"(class A (field x) (method m [] /y))", "1:33 GENE.COMPILE.FORM Unknown field: y on class A\n"},
    {"(match 1)", "1:1 GENE.COMPILE.FORM match has been removed; use (var pattern value) for binding or (case ...) "
                  "for branching\n"},
    {"(fnx [] 1)", "1:1 GENE.COMPILE.FORM fnx is no longer supported; use (fn [args] ...) instead\n"},
    {"(if true (import a from \"b\"))", "1:10 GENE.COMPILE.FORM import is compile-time only; place imports at module "
                                        "top level or emit them from (comptime ...)\n"},
    {"(import a)", "1:1 GENE.COMPILE.FORM Module path not specified in import statement\n"},
    {"(import \"a\" from \"b\")", "1:1 GENE.COMPILE.FORM Invalid import item type: VkString\n"},
    {"(export)", "1:1 GENE.COMPILE.FORM export expects at least one name\n"},
    {"(export 1)", "1:1 GENE.COMPILE.FORM export names must be symbols or strings\n"},
    {"(fn __init__ [] 1) (fn __init__ [] 2)", "1:20 GENE.COMPILE.FORM Duplicate __init__ definition in module\n"},
};

TEST(wrong_programs_are_explained) {
    for (size_t i = 0; i < COUNT_OF(wrong_programs); i++) {
        Session s;
        session_open(&s);
        CodeObj *code = compile(&s, wrong_programs[i].source);
        CHECK(code == NULL);
        CHECK_STR(buffer_text(&s.text), wrong_programs[i].expected);
        session_close(&s);
    }
}

TEST(several_errors_are_reported_at_once) {
    Session s;
    session_open(&s);
    CHECK(compile(&s, "(if)\n(println (case))\n(fn f [] (if))\n(var)") == NULL);
    CHECK_STR(buffer_text(&s.text), "1:1 GENE.COMPILE.FORM if: missing condition\n"
                                    "2:10 GENE.COMPILE.FORM case: missing target expression\n"
                                    "4:1 GENE.COMPILE.FORM var requires a name\n");
    session_close(&s);
}

/* --- limits --------------------------------------------------------------------------------------------------------------- */

static char *repeated(const char *before, const char *piece, uint32_t count, const char *after) {
    Buffer buffer;
    buffer_init(&buffer);
    buffer_append_text(&buffer, before);
    for (uint32_t i = 0; i < count; i++) buffer_append_text(&buffer, piece);
    buffer_append_text(&buffer, after);
    char *text = calloc(buffer.size + 1, 1);
    memcpy(text, buffer_text(&buffer), buffer.size);
    buffer_free(&buffer);
    return text;
}

static bool compiles(const char *before, const char *piece, uint32_t count, const char *after) {
    Session s;
    session_open(&s);
    char *source = repeated(before, piece, count, after);
    CodeObj *code = compile(&s, source);
    bool ok = code != NULL && s.text.size == 0;
    free(source);
    session_close(&s);
    return ok;
}

TEST(long_programs_need_neither_registers_nor_stack) {
    CHECK(compiles("(println (1 ", "+ 1 ", 100000, "))"));
    CHECK(compiles("(fn f [a] (if (a ", "&& a < 3 ", 50000, ") 1))"));
    CHECK(compiles("(fn f [a] (if a 1 ", "elif a 2 ", 50000, "))"));
    CHECK(compiles("(fn f [a] (case a ", "when 5 (f 1) ", 50000, "))"));
    CHECK(compiles("(f ", "(g) ^... m ", 1, ")"));
    CHECK(compiles("(f ", "(g) ", 5000, ")"));
    CHECK(compiles("[", "(g) xs... ", 5000, "]"));
    CHECK(compiles("{{", "(g) 1 ", 5000, "}}"));
    CHECK(compiles("(fn f [a] a", "/b/.c", 5000, ")"));
    CHECK(compiles("(var m (f ./ ", "b ./ ", 5000, "c))"));
    CHECK(compiles("", "(println 1 \"x\")\n", 50000, ""));
    CHECK(compiles("(fn f [] ", "(if true (var x 1) (g (fn [] x))) ", 20000, ")"));
    CHECK(compiles("(fn f [] (loop ", "(try (if a (return 1)) (if b (break)) finally (g)) ", 5000, "))"));
}

TEST(nesting_and_variables_are_limited) {
    Session s;
    session_open(&s);
    char *source = repeated("(fn f [] ", "(var x 1) ", 300, ")");
    CHECK(compile(&s, source) == NULL);
    CHECK_STR(buffer_text(&s.text), "1:1 GENE.COMPILE.LIMIT function 'f' needs more than 250 variables and "
                                    "intermediate values at once\n");
    free(source);
    source = repeated("(fn f [", "a ", 300, "] 1)");
    CHECK(compile(&s, source) == NULL);
    CHECK_STR(buffer_text(&s.text), "1:1 GENE.COMPILE.LIMIT more than 200 parameters or names in one pattern\n");
    free(source);
    session_close(&s);
}

TEST(nesting_deeper_than_asked_for_is_an_error) {
    Session s;
    session_open(&s);
    ReadResult read;
    ReadOptions options = {.file = "test.gene"};
    Diagnostics diagnostics = {NULL, 0, 0};
    const char *source = "[[[[1]]]]";
    reader_read(s.vm, source, strlen(source), &options, &read);
    CompileRequest request = {.forms = read.forms,
                              .positions = read.positions,
                              .module = s.module,
                              .file = string_of(string_from(s.vm, "test.gene")),
                              .max_depth = 3};
    CHECK(compiler_compile(s.vm, &request, &diagnostics) == NULL);
    append_diagnostics(&s.text, &diagnostics);
    CHECK_STR(buffer_text(&s.text), "1:1 GENE.COMPILE.LIMIT forms are nested more than 3 deep\n");
    diagnostics_free(&diagnostics);
    reader_free(&read);
    session_close(&s);
}

/* --- several compilations of one module --------------------------------------------------------------------------------- */

TEST(variables_persist_between_compilations) {
    Session s;
    session_open(&s);
    CHECK(compile(&s, "(var x 1) (let y 2)") != NULL);
    CHECK_STR(top_listing(&s, "(var x (x + 1))"), "__init__ [] slots 1\n"
                                                  "    0  GETVAR r0 0\n"
                                                  "    1  ADDI r0 r0 1\n"
                                                  "    2  SETVAR r0 2\n"
                                                  "    3  RETURN r0\n");
    CHECK(compile(&s, "(y = 3)") == NULL);
    CHECK_STR(buffer_text(&s.text), "1:1 GENE.COMPILE.LET Cannot reassign 'let' binding 'y'\n");
    CHECK(compile(&s, "(var y 4) (y = 5)") != NULL);
    CHECK(compile(&s, "(y = 6)") != NULL);
    session_close(&s);
}

TEST(forms_evaluated_in_a_scope_capture_its_cells) {
    Session s;
    session_open(&s);
    CodeObj *around = compile(&s, "(fn f [a b] (eval 1))");
    CHECK(around != NULL);
    const CodeObj *f = first_function(around);
    ReadResult read;
    ReadOptions options = {.file = "test.gene"};
    Diagnostics diagnostics = {NULL, 0, 0};
    const char *source = "(b = (b + 1)) (var c b) (fn [] c)";
    reader_read(s.vm, source, strlen(source), &options, &read);
    CompileRequest request = {.forms = read.forms,
                              .positions = read.positions,
                              .module = s.module,
                              .file = string_of(string_from(s.vm, "test.gene"))};
    CodeObj *code = compiler_compile_in_scope(s.vm, &request, &f->scopes[0], &diagnostics);
    CHECK(code != NULL);
    if (code) {
        buffer_clear(&s.text);
        compiler_disassemble(code, &s.text);
        CHECK_STR(buffer_text(&s.text), "__init__ [] slots 2 captures r1\n"
                                        "    0  GETUP r1 u0\n"
                                        "    1  ADDI r1 r1 1\n"
                                        "    2  SETUP u0 r1\n"
                                        "    3  GETUP r0 u0\n"
                                        "    4  NEWCELL r0\n"
                                        "    5  FUNC r1 <code <unnamed>>\n"
                                        "    6  RETURN r1\n"
                                        "<unnamed> [] slots 1 captures r0\n"
                                        "    0  GETUP r0 u0\n"
                                        "    1  RETURN r0\n");
    }
    diagnostics_free(&diagnostics);
    reader_free(&read);
    session_close(&s);
}

/* --- the rest --------------------------------------------------------------------------------------------------------------- */

TEST(positions_are_those_of_the_innermost_form) {
    Session s;
    session_open(&s);
    const CodeObj *code = compile(&s, "(fn f [a]\n  (g\n    (h a)))");
    CHECK(code != NULL);
    if (code) {
        const CodeObj *f = first_function(code);
        uint32_t line, column;
        for (uint32_t pc = 0; pc < f->word_count; pc += 1 + op_shapes[INSTR_OP(f->words[pc])].extra) {
            code_position(f, pc, &line, &column);
            OpCode op = (OpCode)INSTR_OP(f->words[pc]);
            if (op == OP_CALL) CHECK(line == 3 && column == 5);
            if (op == OP_TAILCALL) CHECK(line == 2 && column == 3);
        }
    }
    session_close(&s);
}

TEST(metadata_is_kept_unevaluated) {
    Session s;
    session_open(&s);
    const CodeObj *code = compile(&s, "(fn half [n] ^intent \"Halve\" ^examples [[4] -> 2.0 [1] throws E] (n / 2))");
    CHECK(code != NULL);
    if (code) {
        const CodeObj *f = first_function(code);
        CHECK(is_map(f->metadata));
        CHECK(is_string(map_get_text(s.vm, map_of(f->metadata), "intent")));
        CHECK_EQ_INT(array_of(map_get_text(s.vm, map_of(f->metadata), "examples"))->count, 6);
    }
    session_close(&s);
}

TEST(special_forms_can_be_searched) { CHECK(special_table_is_sorted()); }
TEST(special_forms_are_documented) { CHECK(special_table_is_documented()); }

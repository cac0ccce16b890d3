/* program_test.c — bindings of one evaluation, and names that a host defines and asks for. */
#include "host/program.h"

#include "check.h"
#include "host/host.h"
#include "outcome.h"

static VM *vm;

static void begin(void) {
    Limits limits = {0};
    vm = host_create(&limits, 0, 1);
}
static void end(void) { host_destroy(vm); }

/* Printed value of `source`, evaluated with the bindings x and y. */
static const char *eval_with(const char *source, Value x, Value y) {
    static char text[256];
    uint32_t scope = roots_open(vm);
    uint32_t bindings = root_push(vm, map_make(vm));
    if (x != VAL_UNSET) map_set_text(vm, map_of(root_get(vm, bindings)), "x", x);
    if (y != VAL_UNSET) map_set_text(vm, map_of(root_get(vm, bindings)), "y", y);
    uint32_t code = root_push(vm, string_from(vm, source));
    uint32_t file = root_push(vm, string_from(vm, "test"));
    TaskObj *task = program_task(vm, vm->main_module, root_get(vm, code), root_get(vm, file), root_get(vm, bindings));
    outcome_text(vm, task, text, sizeof text);
    roots_close(vm, scope);
    return text;
}
static const char *eval(const char *source) { return eval_with(source, VAL_UNSET, VAL_UNSET); }
static const char *eval_x(const char *source, int x) { return eval_with(source, value_small_int(x), VAL_UNSET); }

TEST(bindings_are_seen_by_their_source_only) {
    begin();
    CHECK_STR(eval_with("(x * y)", value_small_int(6), value_small_int(7)), "42");
    CHECK_STR(eval("x"), "\"x is not defined\"");
    end();
}

TEST(bindings_hide_variables_and_give_them_back) {
    begin();
    CHECK_STR(eval("(var x 1) (fn outer [] x) x"), "1");
    CHECK_STR(eval_x("(fn inner [] x) [x (outer) (inner)]", 2), "[2 1 2]");
    CHECK_STR(eval("[x (outer) (inner)]"), "[1 1 2]");
    CHECK_STR(eval_x("(x = 5) x", 3), "5");
    CHECK_STR(eval("x"), "1");
    end();
}

TEST(a_variable_defined_in_spite_of_a_binding_stays) {
    begin();
    CHECK_STR(eval("(var x 1)"), "1");
    CHECK_STR(eval_x("(var x 7) x", 2), "7");
    CHECK_STR(eval("x"), "7");
    end();
}

TEST(a_syntax_error_gives_hidden_variables_back) {
    begin();
    CHECK_STR(eval("(var x 1)"), "1");
    CHECK(strstr(eval_x("(var", 2), "EOF") != NULL);
    CHECK_STR(eval_x("(var)", 2), "\"var requires a name\"");
    CHECK_STR(eval("x"), "1");
    end();
}

static const char *get(const char *path) {
    static char text[256];
    Value value;
    if (!program_get(vm, string_of(string_from(vm, path)), &value)) {
        value = instance_get(instance_of(vm_take_exception(vm)), SYM(vm, MESSAGE));
    }
    Buffer out;
    buffer_init(&out);
    print_value_safely(vm, &out, value, RENDER_QUOTED);
    snprintf(text, sizeof text, "%s", buffer_text(&out));
    buffer_free(&out);
    return text;
}

static bool define(const char *path, Value value) {
    return program_define(vm, string_of(string_from(vm, path)), value);
}

TEST(names_are_defined_and_found_by_path) {
    begin();
    CHECK(define("a", value_small_int(1)));
    CHECK(define("n/m/b", value_small_int(2)));
    CHECK(define("n/c", value_small_int(3)));
    CHECK_STR(eval("[a n/m/b n/c]"), "[1 2 3]");
    CHECK_STR(get("n/m/b"), "2");
    CHECK_STR(get("n/none"), "void");
    CHECK_STR(get("none"), "\"none is not defined\"");
    CHECK_STR(get(""), "\" is not defined\"");
    CHECK(!define("a/b", value_small_int(1)));
    vm_take_exception(vm);
    CHECK_STR(eval("(var v 1)"), "1");
    CHECK(define("v", value_small_int(9)));
    CHECK_STR(eval("v"), "9");
    CHECK_STR(get("v"), "9");
    end();
}

TEST(members_are_read_without_running_code) {
    begin();
    CHECK_STR(eval("(class C (ctor [] (/k = 5) (/m = {^z 6})) (method go [] 1)) (var o (new C)) (var f `(a ^p 7)) nil"),
              "nil");
    CHECK_STR(get("o/k"), "5");
    CHECK_STR(get("o/m/z"), "6");
    CHECK_STR(get("f/p"), "7");
    CHECK_STR(get("o/go"), "void");
    end();
}

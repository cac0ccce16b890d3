/* api_test.c — the public C API (include/gene.h), used as an embedder would: handles only, no internal header. */
#include "include/gene.h"

#include "check.h"
#include <stdlib.h>

static GeneVM *vm;

static void begin(void) { vm = gene_create(NULL); }
static void end(void) { gene_destroy(vm); }

/* The handle of the value of a program that ends by itself. */
static GeneHandle run(const char *source) {
    GeneHandle task = gene_eval(vm, source, strlen(source), "api_test");
    CHECK(task != 0);
    CHECK(gene_finish(vm, task));
    CHECK_EQ_INT(gene_state(vm, task), GENE_SUCCESS);
    GeneHandle value = gene_outcome(vm, task);
    gene_release(vm, task);
    return value;
}

static void check_text(GeneHandle value, const char *expected) {
    char *text = gene_text(vm, value);
    CHECK_STR(text, expected);
    free(text);
    gene_release(vm, value);
}

static int64_t int_member(GeneHandle value, const char *name) {
    GeneHandle member = gene_member(vm, value, name);
    int64_t number = -1;
    gene_read_int(vm, member, &number);
    gene_release(vm, member);
    return number;
}

TEST(evaluates_and_keeps_definitions) {
    begin();
    gene_release(vm, run("(var x 40) (fn add [y] (x + y))"));
    int64_t number;
    GeneHandle value = run("(add 2)");
    CHECK_EQ_INT(gene_type(vm, value), GENE_INT);
    CHECK(gene_read_int(vm, value, &number));
    CHECK_EQ_INT(number, 42);
    gene_release(vm, value);
    end();
}

TEST(reads_every_kind_of_value) {
    begin();
    static const struct {
        const char *source;
        GeneType type;
    } table[] = {
        {"nil", GENE_NIL},
        {"void", GENE_VOID},
        {"true", GENE_BOOL},
        {"1", GENE_INT},
        {"9223372036854775807", GENE_INT},
        {"1.5", GENE_FLOAT},
        {"'c'", GENE_CHAR},
        {"\"s\"", GENE_STRING},
        {"`s", GENE_SYMBOL},
        {"[1]", GENE_ARRAY},
        {"{^a 1}", GENE_MAP},
        {"(fn [] 1)", GENE_FUNCTION},
        {"println", GENE_FUNCTION},
        {"(new gene/Future)", GENE_FUTURE},
        {"(new Exception)", GENE_EXCEPTION},
        {"(1 .. 2)", GENE_OTHER},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        GeneHandle value = run(table[i].source);
        if (gene_type(vm, value) != table[i].type) printf("# %s\n", table[i].source);
        CHECK_EQ_INT(gene_type(vm, value), table[i].type);
        gene_release(vm, value);
    }
    end();
}

TEST(reads_containers_and_texts) {
    begin();
    GeneHandle value = run("[1 {^a 2 ^b \"å\"}]");
    CHECK_EQ_INT(gene_count(vm, value), 2);
    GeneHandle map = gene_item(vm, value, 1);
    CHECK_EQ_INT(gene_count(vm, map), 2);
    CHECK_EQ_INT(int_member(map, "a"), 2);
    GeneHandle text = gene_member(vm, map, "b");
    const char *bytes;
    size_t size;
    CHECK(gene_read_text(vm, text, &bytes, &size));
    CHECK_EQ_INT(size, 2);
    CHECK_STR(bytes, "å");
    double number = 7;
    CHECK(!gene_read_number(vm, text, &number));
    CHECK_EQ_FLOAT(number, 7);
    GeneHandle nothing = gene_item(vm, value, 9);
    CHECK_EQ_INT(gene_type(vm, nothing), GENE_VOID);
    GeneHandle used[] = {value, map, text, nothing};
    for (size_t i = 0; i < sizeof used / sizeof used[0]; i++) gene_release(vm, used[i]);
    end();
}

TEST(builds_values_and_calls) {
    begin();
    GeneHandle items[] = {gene_int(vm, 1), gene_number(vm, 2.5), gene_string(vm, "x", 1), gene_bool(vm, true)};
    GeneHandle array = gene_array(vm, items, 4);
    const char *keys[] = {"list", "none"};
    GeneHandle values[] = {array, gene_nil(vm)};
    GeneHandle map = gene_map(vm, keys, values, 2);
    CHECK(gene_define(vm, "data/value", map));
    check_text(gene_get(vm, "data/value"), "{^list [1 2.5 \"x\" true] ^none nil}");
    GeneHandle function = run("(fn [m n] [(m/list .size) n])");
    GeneHandle arguments[] = {map, items[0]};
    GeneHandle task = gene_call(vm, function, arguments, 2);
    CHECK(gene_finish(vm, task));
    check_text(gene_outcome(vm, task), "[4 1]");
    end();
}

TEST(tells_why_something_failed) {
    begin();
    CHECK_EQ_INT(gene_error(vm), 0);
    CHECK_EQ_INT(gene_eval(vm, "(1 + ", 5, "bad"), 0);
    GeneHandle error = gene_error(vm);
    CHECK(error != 0);
    check_text(gene_member(vm, error, "code"), "\"GENE.READ.UNCLOSED\"");
    check_text(gene_member(vm, error, "location"), "\"bad:1:1\"");
    CHECK_EQ_INT(gene_error(vm), 0);
    CHECK_EQ_INT(gene_get(vm, "nothing"), 0);
    CHECK(gene_error(vm) != 0);
    GeneHandle task = gene_eval(vm, "(throw \"boom\")", 14, NULL);
    CHECK(gene_finish(vm, task));
    CHECK_EQ_INT(gene_state(vm, task), GENE_FAILURE);
    GeneHandle exception = gene_outcome(vm, task);
    CHECK_EQ_INT(gene_type(vm, exception), GENE_EXCEPTION);
    check_text(gene_member(vm, exception, "message"), "\"boom\"");
    end();
}

TEST(operations_answer_futures) {
    begin();
    uint32_t number, other;
    GeneHandle future = gene_start(vm, &number);
    GeneHandle failing = gene_start(vm, &other);
    gene_define(vm, "answer", future);
    gene_define(vm, "failing", failing);
    static const char source[] = "[(await answer) (try (await failing) catch e e/message)]";
    GeneHandle task = gene_eval(vm, source, sizeof source - 1, NULL);
    CHECK(!gene_finish(vm, task));
    CHECK_EQ_INT(gene_stats(vm).operations, 2);
    gene_complete(vm, number, gene_int(vm, 7));
    gene_fail(vm, other, "no luck");
    CHECK(gene_finish(vm, task));
    check_text(gene_outcome(vm, task), "[7 \"no luck\"]");
    gene_complete(vm, number, gene_nil(vm));
    end();
}

TEST(cancel_and_interrupt_end_tasks) {
    begin();
    uint32_t number;
    gene_define(vm, "never", gene_start(vm, &number));
    GeneHandle waiting = gene_eval(vm, "(await never)", 13, NULL);
    GeneHandle spinning = gene_eval(vm, "(while true 1)", 14, NULL);
    CHECK_EQ_INT(gene_step(vm), GENE_MORE);
    CHECK(gene_cancel(vm, waiting, "enough"));
    gene_step(vm);
    CHECK_EQ_INT(gene_state(vm, waiting), GENE_CANCELLED);
    CHECK(!gene_cancel(vm, waiting, "again"));
    CHECK_EQ_INT(gene_state(vm, spinning), GENE_PENDING);
    gene_interrupt(vm, "all of it");
    CHECK(gene_finish(vm, spinning));
    CHECK_EQ_INT(gene_state(vm, spinning), GENE_CANCELLED);
    end();
}

TEST(limits_hold) {
    GeneConfig config;
    gene_config_init(&config);
    config.memory_limit = 8u << 20;
    config.depth_limit = 100;
    vm = gene_create(&config);
    check_text(run("(fn r [n] (1 + (r n))) (try (r 1) catch e e/code)"), "\"GENE.VM.STACK_OVERFLOW\"");
    /* In pieces of 32 KB: under GC stress each allocation costs a collection. */
    check_text(run("(var s \"0123456789abcdef\") (repeat 11 (s = (s ++ s)))"
                   "(fn fill [] (var a []) (while true (a .push (s ++ \"!\")))) (try (fill) catch e e/code)"),
               "\"GENE.LIMIT.MEMORY\"");
    end();
}

TEST(a_shorter_configuration_of_an_older_header_is_accepted) {
    GeneConfig config;
    gene_config_init(&config);
    config.struct_size = offsetof(GeneConfig, time_limit_ms);
    config.task_limit = 1; /* beyond what the old struct has: not looked at */
    vm = gene_create(&config);
    gene_release(vm, run("(spawn (fn [] 1)) (spawn (fn [] 2)) nil"));
    CHECK_STR(gene_version(), GENE_VERSION);
    end();
}

TEST(nothing_is_left_when_all_handles_are_released) {
    begin();
    gene_collect(vm);
    GeneStats before = gene_stats(vm);
    for (int i = 0; i < 50; i++) gene_release(vm, run("(fn f [x] [x {^a x}]) (f \"text\")"));
    gene_release(vm, run("(f = nil) nil"));
    gene_collect(vm);
    GeneStats after = gene_stats(vm);
    CHECK_EQ_INT(after.handles, before.handles);
    CHECK_EQ_INT(after.tasks, 0);
    CHECK(after.live_objects < before.live_objects + 250); /* 50 variables f were declared, each with its code */
    end();
}

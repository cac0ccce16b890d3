/* check.h — the smallest unit test frame: one executable per tests/c/<room>_test.c, which includes this once.
 *
 *     TEST(grows_past_its_first_capacity) {
 *         CHECK(buffer.size == 3);
 *         CHECK_EQ_INT(buffer.size, 3);
 *         CHECK_STR(buffer_text(&buffer), "abc");
 *     }
 *
 * A TEST registers itself; a failed CHECK is reported and the test goes on. Prints TAP; exits 1 after a failure.
 * An argument runs only the tests whose name contains it. */
#ifndef GENE_TESTS_CHECK_H
#define GENE_TESTS_CHECK_H

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

typedef struct CheckTest {
    const char *name;
    void (*run)(void);
    struct CheckTest *next;
} CheckTest;

static CheckTest *check_tests;
static CheckTest **check_last = &check_tests;
static bool check_failed;

#define TEST(test_name)                                                         \
    static void test_name(void);                                                \
    static CheckTest check_entry_##test_name = {#test_name, test_name, NULL};   \
    __attribute__((constructor)) static void check_register_##test_name(void) { \
        *check_last = &check_entry_##test_name;                                 \
        check_last = &check_entry_##test_name.next;                             \
    }                                                                           \
    static void test_name(void)

#define CHECK(condition) check_that((condition), #condition, __FILE__, __LINE__)
#define CHECK_EQ_INT(actual, expected) \
    check_int((long long)(actual), (long long)(expected), #actual, __FILE__, __LINE__)
#define CHECK_EQ_FLOAT(actual, expected) check_float((actual), (expected), #actual, __FILE__, __LINE__)
#define CHECK_STR(actual, expected) check_str((actual), (expected), #actual, __FILE__, __LINE__)

static inline void check_that(bool passed, const char *what, const char *file, int line) {
    if (passed) return;
    check_failed = true;
    printf("# %s:%d: not true: %s\n", file, line, what);
}

static inline void check_int(long long actual, long long expected, const char *what, const char *file, int line) {
    if (actual == expected) return;
    check_failed = true;
    printf("# %s:%d: %s is %lld, expected %lld\n", file, line, what, actual, expected);
}

static inline void check_float(double actual, double expected, const char *what, const char *file, int line) {
    if (actual == expected || (actual != actual && expected != expected)) return;
    check_failed = true;
    printf("# %s:%d: %s is %.17g, expected %.17g\n", file, line, what, actual, expected);
}

static inline void check_str(const char *actual, const char *expected, const char *what, const char *file, int line) {
    if (actual && expected && strcmp(actual, expected) == 0) return;
    if (!actual && !expected) return;
    check_failed = true;
    printf("# %s:%d: %s is \"%s\", expected \"%s\"\n", file, line, what, actual ? actual : "(null)",
           expected ? expected : "(null)");
}

int main(int argc, char **argv) {
    int count = 0;
    int failures = 0;
    for (CheckTest *test = check_tests; test; test = test->next) {
        if (argc > 1 && !strstr(test->name, argv[1])) continue;
        check_failed = false;
        test->run();
        printf("%s %d - %s\n", check_failed ? "not ok" : "ok", ++count, test->name);
        fflush(stdout); /* a crash in the next test must not hide this one */
        failures += check_failed;
    }
    printf("1..%d\n", count);
    return failures > 0;
}

#endif

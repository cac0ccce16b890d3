/* cstack_test.c — C stacks of their own: many suspended at once, resumed in any order, nested. */
#include "check.h"

#include "port/cstack.h"

typedef struct Job {
    CStack *stack;
    uint32_t number, rounds;
    uint32_t result;
    bool done;
} Job;

/* Leaves a pattern on the stack around a suspension at the given depth and checks it afterwards. */
static uint32_t dive(Job *job, uint32_t depth) {
    volatile uint32_t pattern[8];
    for (uint32_t i = 0; i < 8; i++) pattern[i] = job->number * 31 + depth + i;
    uint32_t below = 0;
    if (depth > 0)
        below = dive(job, depth - 1);
    else
        cstack_suspend(job->stack, 1);
    for (uint32_t i = 0; i < 8; i++) {
        if (pattern[i] != job->number * 31 + depth + i) return 1000000;
    }
    return below + 1;
}

static void run_job(void *argument) {
    Job *job = argument;
    uint32_t total = 0;
    for (uint32_t i = 0; i < job->rounds; i++) total += dive(job, job->number % 7);
    job->result = total;
    job->done = true;
}

TEST(a_stack_that_never_suspends_finishes_at_once) {
    CStackPool *pool = cstack_pool_make();
    Job job = {.stack = cstack_acquire(pool), .rounds = 0};
    CHECK(cstack_start(job.stack, run_job, &job));
    CHECK(job.done);
    cstack_release(pool, job.stack);
    cstack_pool_free(pool);
}

TEST(suspended_stacks_resume_in_any_order) {
    enum { COUNT = 500, ROUNDS = 4 };
    CStackPool *pool = cstack_pool_make();
    static Job jobs[COUNT];
    for (uint32_t i = 0; i < COUNT; i++) {
        jobs[i] = (Job){.stack = cstack_acquire(pool), .number = i, .rounds = ROUNDS};
        CHECK(!cstack_start(jobs[i].stack, run_job, &jobs[i]));
    }
    uint32_t random = 1;
    for (uint32_t left = COUNT; left > 0;) {
        random = random * 1103515245 + 12345;
        uint32_t i = (random >> 8) % COUNT;
        while (jobs[i].done) i = (i + 1) % COUNT;
        if (cstack_resume(jobs[i].stack)) {
            left--;
            cstack_release(pool, jobs[i].stack);
        }
    }
    for (uint32_t i = 0; i < COUNT; i++) CHECK_EQ_INT(jobs[i].result, ROUNDS * (i % 7 + 1));
    uint32_t total, used;
    cstack_pool_stats(pool, &total, &used);
    CHECK_EQ_INT(used, 0);
    CHECK(total < COUNT); /* most were given back to the host */
    cstack_pool_free(pool);
}

typedef struct Outer {
    CStackPool *pool;
    CStack *stack;
    Job inner;
    bool inner_was_suspended, done;
} Outer;

static void run_outer(void *argument) {
    Outer *outer = argument;
    outer->inner_was_suspended = !cstack_start(outer->inner.stack, run_job, &outer->inner);
    cstack_suspend(outer->stack, 1);
    outer->done = true;
}

TEST(a_stack_may_start_another_one) {
    CStackPool *pool = cstack_pool_make();
    Outer outer = {.pool = pool, .stack = cstack_acquire(pool)};
    outer.inner = (Job){.stack = cstack_acquire(pool), .number = 3, .rounds = 2};
    CHECK(!cstack_start(outer.stack, run_outer, &outer));
    CHECK(outer.inner_was_suspended);
    CHECK(!cstack_resume(outer.inner.stack)); /* from here, not from the stack that started it */
    CHECK(cstack_resume(outer.stack));
    CHECK(outer.done);
    CHECK(cstack_resume(outer.inner.stack));
    CHECK_EQ_INT(outer.inner.result, 8);
    cstack_release(pool, outer.inner.stack);
    cstack_release(pool, outer.stack);
    cstack_pool_free(pool);
}

typedef struct Probe {
    CStack *stack;
    size_t remaining;
} Probe;

static void run_probe(void *argument) {
    Probe *probe = argument;
    probe->remaining = cstack_remaining(probe->stack);
}

TEST(remaining_room_is_known) {
    CStackPool *pool = cstack_pool_make();
    Probe probe = {.stack = cstack_acquire(pool)};
    CHECK(cstack_start(probe.stack, run_probe, &probe));
    CHECK(probe.remaining > 32 * 1024);
    CHECK(probe.remaining <= 1024 * 1024);
    cstack_release(pool, probe.stack);
    cstack_pool_free(pool);
}

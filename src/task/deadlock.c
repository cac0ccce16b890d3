/* deadlock.c — waiting that can never end (SCH-12): a circle of tasks, found when its last one waits; and a program
 * that nothing can wake any more, found when the host has nothing left to tell. */
#include "task/scheduler_private.h"

#define HOPS_MAX 1000u /* length of a circle that is found at once; a longer one is found when all is quiet */
#define LISTED_MAX 20u

/* --- circles ------------------------------------------------------------------------------------------------------ */

typedef struct Search {
    const TaskObj *task; /* the one that is about to wait */
    uint32_t hops;
    const TaskObj *path[HOPS_MAX]; /* tasks from the one it waits for to the one that waits for it */
    uint32_t length;
} Search;

static bool leads_back(Search *search, const FutureObj *future);

static bool combination_leads_back(Search *search, const FutureObj *future) {
    if (!combination_needs_all(future)) return false;
    Value sources = combination_sources(future);
    if (is_future(sources)) return leads_back(search, future_of(sources));
    for (uint32_t i = 0; is_array(sources) && i < array_of(sources)->count; i++) {
        Value item = array_of(sources)->items[i];
        if (is_future(item) && leads_back(search, future_of(item))) return true;
    }
    return false;
}

/* Does what would complete `future` wait for the task? Recurses only at combinations. */
static bool leads_back(Search *search, const FutureObj *future) {
    uint32_t length = search->length;
    while (future && future->state == FUTURE_PENDING && search->hops++ < HOPS_MAX) {
        if (future->header.type != OBJ_TASK) {
            if (combination_leads_back(search, future)) return true;
            break;
        }
        const TaskObj *next = (const TaskObj *)future;
        search->path[search->length++] = next;
        if (next == search->task) return true;
        future = next->state == TASK_WAITING ? next->waiting_on : NULL;
    }
    search->length = length;
    return false;
}

static Value circle_exception(VM *vm, const Search *search) {
    Buffer text;
    buffer_init(&text);
    buffer_append_text(&text, "deadlock: ");
    task_describe_one(vm, search->task, &text);
    buffer_append_text(&text, " waits for ");
    if (search->length == 1) buffer_append_text(&text, "itself");
    for (uint32_t i = 0; search->length > 1 && i < search->length; i++) {
        if (i > 0) buffer_append_text(&text, ", which waits for ");
        if (i == LISTED_MAX) {
            buffer_append_format(&text, "%u more tasks, the last of which waits for ", search->length - 1 - i);
            i = search->length - 1;
        }
        task_describe_one(vm, search->path[i], &text);
    }
    Value exception = vm_make_exception(vm, ERR_DEADLOCK, buffer_text(&text), text.size);
    buffer_free(&text);
    return exception;
}

bool deadlock_closes_circle(VM *vm, TaskObj *task, FutureObj *future, Value *out_exception) {
    bool may_close = future->header.type == OBJ_TASK || combination_is(future);
    if (!may_close) return false;
    Search search;
    search.task = task;
    search.hops = search.length = 0;
    if (!leads_back(&search, future)) return false;
    *out_exception = circle_exception(vm, &search);
    return true;
}

/* --- nothing can happen any more ---------------------------------------------------------------------------------- */

static bool is_quiet(const Scheduler *scheduler) {
    return scheduler->pump_depth == 0 && !scheduler->ready.first && !scheduler->inline_top && !scheduler->fresh.first &&
           scheduler->answers.count == 0 && scheduler->operations.count == 0 && scheduler->timers.event_count == 0 &&
           scheduler->server_count == 0 && scheduler->run_forever_count == 0;
}

static void describe_wait(VM *vm, const TaskObj *task, Buffer *out) {
    buffer_append_text(out, "\n  ");
    task_describe_one(vm, task, out);
    buffer_append_text(out, " waits for ");
    const FutureObj *future = task->waiting_on;
    if (future->header.type == OBJ_TASK)
        task_describe_one(vm, (const TaskObj *)future, out);
    else
        buffer_append_text(out, combination_is(future) ? "several futures" : "a future that nobody completes");
    size_t before = out->size;
    buffer_append_text(out, " at ");
    size_t place = out->size;
    task_position(task, out);
    if (out->size == place) out->size = before;
}

static Value quiet_exception(VM *vm) {
    Buffer text;
    buffer_init(&text);
    buffer_append_text(&text, "deadlock: nothing can wake the program any more");
    uint32_t listed = 0, left = 0;
    const TaskObj *oldest = vm->scheduler->all;
    while (oldest && oldest->all_next) oldest = oldest->all_next;
    for (const TaskObj *task = oldest; task; task = task->all_previous) {
        if (task->state != TASK_WAITING) continue;
        if (listed++ < LISTED_MAX)
            describe_wait(vm, task, &text);
        else
            left++;
    }
    if (left) buffer_append_format(&text, "\n  … and %u more", left);
    Value exception = vm_make_exception(vm, ERR_DEADLOCK, buffer_text(&text), text.size);
    buffer_free(&text);
    return exception;
}

bool scheduler_check_deadlock(VM *vm) {
    Scheduler *scheduler = vm->scheduler;
    if (!is_quiet(scheduler) || scheduler->main_count == 0) return false;
    bool found = false;
    uint32_t scope = roots_open(vm);
    for (TaskObj *task = scheduler->all, *next; task; task = next) {
        next = task->all_next;
        if (!task->is_main || task->state != TASK_WAITING) continue;
        Value exception = quiet_exception(vm);
        root_push(vm, exception);
        future_forget(vm, &task->waiter);
        task_wake(vm, task, RESUME_RAISE, exception);
        found = true;
    }
    roots_close(vm, scope);
    return found;
}

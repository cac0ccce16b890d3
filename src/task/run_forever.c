/* run_forever.c — see run_forever.h. There is no loop here: a future that somebody completes (SCH-1, SCH-10). */
#include "task/scheduler_private.h"

/* Position of the newest one with this id, or -1. */
static int32_t find(VM *vm, Value id) {
    const Scheduler *scheduler = vm->scheduler;
    for (uint32_t i = scheduler->run_forever_count; i-- > 0;) {
        bool equal = false;
        if (values_equal_fast(scheduler->run_forevers[i].id, id, &equal) && equal) return (int32_t)i;
    }
    return -1;
}

static bool is_id(Value id) { return is_string(id) || is_symbol(id) || is_int(id); }

static bool raise_with_id(VM *vm, const char *before, Value id, const char *after) {
    Buffer text;
    buffer_init(&text);
    print_value_safely(vm, &text, id, RENDER_QUOTED);
    vm_raise(vm, ERR_SCHEDULER, "%s %s %s", before, buffer_text(&text), after);
    buffer_free(&text);
    return false;
}

static bool raise_bad_id(VM *vm, Value id) {
    vm_raise(vm, ERR_ARGUMENT, "the id of a run_forever must be a String, Symbol or Int, got %s", kind_name(id));
    return false;
}

bool run_forever_start(VM *vm, Value id, Value *out_future) {
    Scheduler *scheduler = vm->scheduler;
    if (!is_nil(id)) {
        if (!is_id(id)) return raise_bad_id(vm, id);
        if (find(vm, id) >= 0) return raise_with_id(vm, "a run_forever with the id", id, "is already active");
    }
    if (scheduler->run_forever_count == scheduler->run_forever_capacity) {
        uint32_t capacity = scheduler->run_forever_capacity ? scheduler->run_forever_capacity * 2 : 4;
        scheduler->run_forevers =
            heap_realloc_buffer(vm, scheduler->run_forevers, scheduler->run_forever_capacity * sizeof(RunForever),
                                capacity * sizeof(RunForever));
        scheduler->run_forever_capacity = capacity;
    }
    uint32_t scope = roots_open(vm);
    root_push(vm, id);
    FutureObj *future = future_of(future_make(vm));
    roots_close(vm, scope);
    future->operation = NUMBER_RUN_FOREVER | (++scheduler->last_run_forever & NUMBER_MASK);
    scheduler->run_forevers[scheduler->run_forever_count++] = (RunForever){id, future, future->operation};
    *out_future = value_pointer(future);
    return true;
}

void run_forever_forget(VM *vm, uint32_t number) {
    Scheduler *scheduler = vm->scheduler;
    uint32_t at = 0;
    while (scheduler->run_forevers[at].number != number) at++;
    scheduler->run_forever_count--;
    memmove(&scheduler->run_forevers[at], &scheduler->run_forevers[at + 1],
            (scheduler->run_forever_count - at) * sizeof(RunForever));
}

bool run_forever_stop(VM *vm, Value id) {
    Scheduler *scheduler = vm->scheduler;
    if (is_nil(id)) {
        if (scheduler->run_forever_count == 0) return true;
        FutureObj *innermost = scheduler->run_forevers[scheduler->run_forever_count - 1].future;
        return future_finish(vm, innermost, FUTURE_SUCCESS, VAL_NIL);
    }
    if (!is_id(id)) return raise_bad_id(vm, id);
    int32_t at = find(vm, id);
    if (at < 0) return raise_with_id(vm, "no run_forever with the id", id, "is active");
    return future_finish(vm, scheduler->run_forevers[at].future, FUTURE_SUCCESS, VAL_NIL);
}

/* outcome.h — what a program ended with, as text; for the tests of host/program.h. */
#ifndef GENE_TESTS_OUTCOME_H
#define GENE_TESTS_OUTCOME_H

#include "host/program.h"
#include "task/scheduler.h"

/* Runs the task to its end: its value quoted, or the message of its exception. NULL: the exception is pending. */
static inline void outcome_text(VM *vm, TaskObj *task, char *text, size_t size) {
    uint32_t scope = roots_open(vm);
    Value value;
    if (task) {
        root_push(vm, value_pointer(task));
        task->future.observed = true;
        scheduler_start(vm, task, 0);
        scheduler_run_sync(vm, task);
        value = task->future.value;
    } else {
        value = vm_take_exception(vm);
    }
    Value message = is_instance(value) ? instance_get(instance_of(value), SYM(vm, MESSAGE)) : VAL_UNSET;
    Buffer out;
    buffer_init(&out);
    print_value_safely(vm, &out, message == VAL_UNSET ? value : message, RENDER_QUOTED);
    snprintf(text, size, "%s", buffer_text(&out));
    buffer_free(&out);
    roots_close(vm, scope);
}

#endif

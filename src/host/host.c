/* host.c — see host.h. The order of start-up: heap and names, scheduler, native library, main module. */
#include "host/host.h"

#include "host/program.h"
#include "lib/lib.h"
#include "port/port.h"
#include "task/scheduler.h"

VM *host_create(const Limits *limits, double slice_ms, uint32_t hash_seed) {
    VM *vm = malloc(sizeof *vm);
    if (!vm) return NULL;
    vm_init(vm, limits, hash_seed);
    bool is_attached = host_attach(vm);
    if (!is_attached || !scheduler_init(vm, slice_ms, 0)) {
        vm_destroy(vm);
        if (is_attached) host_detach(vm);
        free(vm);
        return NULL;
    }
    vm->space.release_host = port_release_host;
    lib_install(vm);
    vm->main_module = program_module(vm, string_from(vm, "<main>"));
    heap_touch(vm, vm->main_module);
    return vm;
}

void host_destroy(VM *vm) {
    scheduler_destroy(vm);
    vm_destroy(vm);
    host_detach(vm);
    free(vm);
}

bool host_cancel(VM *vm, Value future, Value reason_exception) {
    if (!is_object(future) || !is_future(future)) return false;
    if (is_task(future) && task_of(future)->state != TASK_ENDED) {
        task_cancel(vm, task_of(future), CANCEL_HARD, reason_exception);
        return true;
    }
    FutureObj *ended = future_of(future);
    if (ended->state == FUTURE_PENDING) return future_cancel(vm, ended, reason_exception);
    if (ended->state != FUTURE_SUCCESS || !is_object(ended->value) || !is_future(ended->value)) return false;
    return host_cancel(vm, ended->value, reason_exception);
}

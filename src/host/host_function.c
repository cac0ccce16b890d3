/* host_function.c — functions and promises of the host as Gene values.
 * The host keeps the real things in a table under a number; a HostObj counts as one reference to its number and gives it
 * back when it is collected (port_release_host). */
#include "host/host_function.h"

#include "port/port.h"
#include "task/scheduler.h"

/* Calls the host with all arguments; it may enter the VM again meanwhile. */
static NativeResult call_host_function(VM *vm, const Args *args, Value *out) {
    uint32_t number = ((HostObj *)pointer_of(native_of(args->callee)->data))->handle;
    bool ok = port_call_host(vm, number, vm->fiber->stack + args->base, args->count, out);
    return ok ? NATIVE_RETURN : vm_raise_exception(vm, *out);
}

static const NativeDef host_function_def = {
    "host function", call_host_function, 0, -1, NATIVE_REENTRANT, "(f args…)", "A function defined by the embedder."};

Value host_function_make(VM *vm, uint32_t number) {
    uint32_t scope = roots_open(vm);
    uint32_t data = root_push(vm, host_make(vm, number));
    Value function = native_make(vm, &host_function_def, root_get(vm, data));
    roots_close(vm, scope);
    return function;
}

uint32_t host_function_number(Value value) {
    if (!is_obj_type(value, OBJ_NATIVE) || native_of(value)->def != &host_function_def) return 0;
    return ((HostObj *)pointer_of(native_of(value)->data))->handle;
}

Value host_promise_future(VM *vm, uint32_t number) {
    uint32_t operation;
    Value future = scheduler_expect_operation(vm, &operation);
    port_adopt_promise(vm, number, operation);
    return future;
}

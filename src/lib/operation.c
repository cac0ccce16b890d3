/* operation.c — see operation.h.
 * The program gets a future of its own that carries the operation's number, so that cancelling it aborts the operation;
 * the operation's own future is only kept by the scheduler and completes the other one. */
#include "lib/operation.h"

#include "task/future.h"
#include "task/scheduler.h"

/* What a waiter of the operation keeps: [future, subject, adaptation]. */
enum { TARGET_FUTURE, TARGET_SUBJECT, TARGET_ADAPTATION };

/* "%s" is the subject, "%r" the reason. */
static void append_message(Buffer *out, const char *format, const char *subject, const char *reason) {
    for (; *format; format++) {
        bool is_place = format[0] == '%' && (format[1] == 's' || format[1] == 'r');
        if (is_place)
            buffer_append_text(out, *++format == 's' ? subject : reason);
        else
            buffer_append_byte(out, *format);
    }
}

static const char *text_of(Value value) { return is_string(value) ? string_of(value)->text : ""; }

static bool is_io_error(VM *vm, Value exception) {
    return is_instance(exception) && class_descends_from(instance_of(exception)->class_, vm->error_classes[ERR_IO]);
}

/* The exception for a failure; `exception` is reachable. */
static Value adapt_exception(VM *vm, const Adaptation *adaptation, Value exception, Value subject) {
    if (!adaptation->message || !is_io_error(vm, exception)) return exception;
    Value reason = instance_get(instance_of(exception), SYM(vm, MESSAGE));
    Buffer message;
    buffer_init(&message);
    append_message(&message, adaptation->message, text_of(subject), text_of(reason));
    Value adapted = vm_make_exception(vm, ERR_IO, buffer_text(&message), message.size);
    buffer_free(&message);
    return adapted;
}

/* How the operation's outcome ends the program's future; *out_value is unrooted. */
static FutureState adapt(VM *vm, const FutureObj *operation, const Adaptation *adaptation, Value subject,
                         Value *out_value) {
    FutureState state = (FutureState)operation->state;
    *out_value = operation->value;
    if (state == FUTURE_SUCCESS) {
        if (adaptation->success) *out_value = adaptation->success(vm, operation->value, subject);
        if (*out_value != VAL_UNSET) return FUTURE_SUCCESS;
        *out_value = vm_take_exception(vm);
        return FUTURE_FAILURE;
    }
    if (state == FUTURE_FAILURE) {
        bool is_replaceable = adaptation->failure && is_io_error(vm, operation->value);
        if (is_replaceable) {
            Value reason = instance_get(instance_of(operation->value), SYM(vm, MESSAGE));
            Value value = adaptation->failure(vm, text_of(reason), subject);
            if (value != VAL_UNSET) {
                *out_value = value;
                return FUTURE_SUCCESS;
            }
        }
        *out_value = adapt_exception(vm, adaptation, operation->value, subject);
    }
    return state;
}

static void finish(VM *vm, FutureObj *operation, Value target, uint32_t number) {
    (void)number;
    const Value *parts = array_of(target)->items;
    const Adaptation *adaptation = (const Adaptation *)(uintptr_t)int_of(parts[TARGET_ADAPTATION]);
    uint32_t scope = roots_open(vm);
    root_push(vm, target);
    root_push(vm, value_pointer(operation));
    Value value;
    FutureState state = adapt(vm, operation, adaptation, parts[TARGET_SUBJECT], &value);
    root_push(vm, value);
    future_finish(vm, future_of(array_of(target)->items[TARGET_FUTURE]), state, value);
    roots_close(vm, scope);
}

Value operation_begin(VM *vm, int kind, const Value *argv, uint32_t argc, Value subject, const Adaptation *adaptation) {
    uint32_t scope = roots_open(vm);
    root_push(vm, subject);
    uint32_t operation = root_push(vm, scheduler_begin_operation(vm, kind, argv, argc, false));
    uint32_t future = root_push(vm, future_make(vm));
    uint32_t address = root_push(vm, int_make(vm, (int64_t)(uintptr_t)adaptation));
    Value parts[] = {root_get(vm, future), root_get(vm, scope), root_get(vm, address)};
    uint32_t target = root_push(vm, array_from(vm, parts, COUNT_OF(parts)));
    future_of(root_get(vm, future))->operation = future_of(root_get(vm, operation))->operation;
    future_wait(vm, future_of(root_get(vm, operation)), WAITER_NATIVE, root_get(vm, target), finish, 0);
    Value result = root_get(vm, future);
    roots_close(vm, scope);
    return result;
}

/* host_wasm.c — the port answered by JavaScript: every port_ function through the imports of port/host_imports.h.
 * Invariant: a message is written to the scratch buffer immediately before the import that reads it, and what an import
 * has left there is read immediately after it. Read exports_wasm.c next. */
#include "host/host.h"
#include "host/wasm.h"

#include "port/host_imports.h"
#include "port/port.h"

#define HOST_IMPORT(result, name, parameters) \
    __attribute__((import_module("gene"), import_name(#name))) result host_##name parameters;
HOST_IMPORTS(HOST_IMPORT)
#undef HOST_IMPORT

bool host_attach(VM *vm) {
    WasmHost *host = calloc(1, sizeof *host);
    if (!host) return false;
    vm->host = host;
    if (buffer_reserve(&host->scratch, SCRATCH_FIRST)) return true;
    free(host);
    return false;
}

void host_detach(VM *vm) {
    buffer_free(message_buffer(vm));
    free(vm->host);
}

/* --- messages ---------------------------------------------------------------------------------------------------------- */

bool message_put(VM *vm, Value value, CodecMode mode) { return codec_encode(vm, message_buffer(vm), value, mode); }

void message_single(VM *vm, Value value) {
    buffer_clear(message_buffer(vm));
    if (message_put(vm, value, CODEC_LIVE)) return;
    message_exception(vm, vm_take_exception(vm));
}

void message_exception(VM *vm, Value exception) {
    buffer_clear(message_buffer(vm));
    if (message_put(vm, exception, CODEC_LIVE)) return;
    /* It holds something that cannot be converted: tell that instead. */
    Value reason = vm_take_exception(vm);
    buffer_clear(message_buffer(vm));
    if (!message_put(vm, reason, CODEC_LIVE)) base_fatal("no memory left to report an error to the host");
}

/* argv as records. False after raising. */
static bool message_arguments(VM *vm, const Value *argv, uint32_t argc) {
    buffer_clear(message_buffer(vm));
    for (uint32_t i = 0; i < argc; i++) {
        if (!message_put(vm, argv[i], CODEC_LIVE)) return false;
    }
    return true;
}

void message_begin(VM *vm, Message *out_message) {
    *out_message = (Message){.data = (const uint8_t *)message_buffer(vm)->data, .size = message_buffer(vm)->size};
}

bool message_take(VM *vm, Message *message, Value *out_value) {
    return codec_decode(vm, message->data, message->size, &message->offset, out_value);
}

/* --- clock, random, output ------------------------------------------------------------------------------------------- */

double port_now_ms(VM *vm) {
    (void)vm;
    return host_now_ms();
}

double port_wall_ms(VM *vm) {
    (void)vm;
    return host_wall_ms();
}

double port_zone_minutes(VM *vm, double wall_ms) {
    (void)vm;
    return host_zone_minutes(wall_ms);
}

double port_random(VM *vm) {
    (void)vm;
    return host_random();
}

void port_write(VM *vm, int stream, const char *text, size_t size) {
    (void)vm;
    host_write(stream, text, (uint32_t)size);
}

void port_arm_timer(VM *vm, double delay_ms) {
    (void)vm;
    host_arm_timer(delay_ms);
}

void port_request_turn(VM *vm) {
    (void)vm;
    host_request_turn();
}

/* --- operations --------------------------------------------------------------------------------------------------------- */

/* Reads why the host refused: a code and a message. */
static void take_refusal(VM *vm, Buffer *out_error, int *out_error_id) {
    Message message;
    Value code, text;
    *out_error_id = ERR_HOST;
    message_begin(vm, &message);
    if (!message_take(vm, &message, &code) || !is_string(code)) return;
    *out_error_id = (int)error_by_code(string_of(code)->text, string_of(code)->size);
    if (message_take(vm, &message, &text) && is_string(text)) {
        buffer_append(out_error, string_of(text)->text, string_of(text)->size);
    }
}

bool port_start_operation(VM *vm, int kind, uint32_t operation, const Value *argv, uint32_t argc, Buffer *out_error,
                          int *out_error_id) {
    if (!message_arguments(vm, argv, argc)) {
        InstanceObj *exception = instance_of(vm_take_exception(vm));
        Value code = instance_get(exception, SYM(vm, CODE)), text = instance_get(exception, SYM(vm, MESSAGE));
        *out_error_id =
            is_string(code) ? (int)error_by_code(string_of(code)->text, string_of(code)->size) : (int)ERR_CONVERT;
        if (is_string(text)) buffer_append(out_error, string_of(text)->text, string_of(text)->size);
        return false;
    }
    if (host_start_operation(kind, operation, argc)) return true;
    take_refusal(vm, out_error, out_error_id);
    return false;
}

void port_cancel_operation(VM *vm, uint32_t operation) {
    (void)vm;
    host_cancel_operation(operation);
}

bool port_call_host(VM *vm, uint32_t function, const Value *argv, uint32_t argc, Value *out) {
    bool ok = message_arguments(vm, argv, argc);
    if (ok) {
        Message message;
        ok = host_call_host(function, argc) != 0;
        message_begin(vm, &message);
        if (message_take(vm, &message, out)) return ok;
    }
    *out = vm_take_exception(vm);
    return false;
}

void port_adopt_promise(VM *vm, uint32_t promise, uint32_t operation) {
    (void)vm;
    host_adopt_promise(promise, operation);
}

void port_release_host(VM *vm, uint32_t handle) {
    (void)vm;
    host_release_host(handle);
}

/* --- reports ------------------------------------------------------------------------------------------------------------- */

void port_task_ended(VM *vm, uint32_t ticket, int state, Value value) {
    int reported = state;
    if (state == FUTURE_SUCCESS) {
        buffer_clear(message_buffer(vm));
        if (!message_put(vm, value, CODEC_LIVE)) {
            reported = FUTURE_FAILURE;
            message_exception(vm, vm_take_exception(vm));
        }
    } else {
        message_exception(vm, value);
    }
    host_task_ended(ticket, reported);
}

void port_unhandled(VM *vm, Value exception) {
    message_exception(vm, exception);
    host_unhandled();
}

void port_exit(VM *vm, int code) {
    (void)vm;
    host_exit(code);
}

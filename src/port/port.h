/* port.h — the asks: everything the core needs from any host. Implemented by host/host_wasm.c (JavaScript answers) and
 * host/host_native.c (POSIX). None of these may call back into the core before it returns, except port_call_host. */
#ifndef GENE_PORT_PORT_H
#define GENE_PORT_PORT_H

#include "base/buffer.h"

typedef uint64_t Value; /* value/value.h, which this room may not include */

/* Milliseconds of a clock that never goes back. */
double port_now_ms(VM *vm);
/* Milliseconds since 1970. */
double port_wall_ms(VM *vm);
/* Minutes the local clock is ahead of UTC at `wall_ms`. */
double port_zone_minutes(VM *vm, double wall_ms);
/* [0, 1) */
double port_random(VM *vm);

enum PortStream { PORT_STDOUT = 1, PORT_STDERR = 2 };
void port_write(VM *vm, int stream, const char *text, size_t size);

/* One timer for the whole VM: pump again in `delay_ms` (replaces the one armed before); negative: disarm. */
void port_arm_timer(VM *vm, double delay_ms);
/* Pump again as soon as the host has had its turn (a macrotask). */
void port_request_turn(VM *vm);

/* Starts a host operation (port/operations.h) whose arguments are the values argv[0..argc). `operation` is the number the
 * host answers with, through scheduler_complete/scheduler_fail, once and never before this returns. False: the host
 * refused at once, `out_error` has the text and *out_error_id (ErrorId) the kind. */
bool port_start_operation(VM *vm, int kind, uint32_t operation, const Value *argv, uint32_t argc, Buffer *out_error,
                          int *out_error_id);
/* No answer is wanted any more. */
void port_cancel_operation(VM *vm, uint32_t operation);

/* Calls a function the embedder defined, now: *out is its value (a promise comes as a future), or the exception when the result
 * is false. The host may enter the VM again meanwhile. */
bool port_call_host(VM *vm, uint32_t function, const Value *argv, uint32_t argc, Value *out);
/* The host's promise `promise` answers `operation` when it settles. */
void port_adopt_promise(VM *vm, uint32_t promise, uint32_t operation);
/* The last reference to a host value is gone. */
void port_release_host(VM *vm, uint32_t handle);

/* The task the host started under this number has ended (see scheduler_start); state is a FutureState. */
void port_task_ended(VM *vm, uint32_t ticket, int state, Value value);
/* An error nobody will see otherwise. */
void port_unhandled(VM *vm, Value exception);
/* The program asked to end with this exit code, now. */
void port_exit(VM *vm, int code);

#endif

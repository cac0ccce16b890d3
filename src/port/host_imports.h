/* host_imports.h — everything that crosses between the wasm module and JavaScript, declared once: C declarations
 * (host/host_wasm.c), the import object (js/imports.js) and the loader's check (js/loader.js), which
 * tests/js/tables.test.js compares with this file.
 *
 * Values cross as records (host/codec.h) in one scratch buffer; a message is any number of records in a row. `status` is
 * 0 when the message is the exception, else 1. Pointers to the VM are plain numbers to JavaScript. */
#ifndef GENE_PORT_HOST_IMPORTS_H
#define GENE_PORT_HOST_IMPORTS_H

#include "base/common.h"

/* Changes with any change of this file, codec.h or operations.h that an older loader would misread. */
#define HOST_ABI 4

/* HOST_IMPORT(result, name, parameters): module "gene". None of them throws; only call_host may enter the VM again. */
/* A longer row would move the ends of all others. */
/* clang-format off */
#define HOST_IMPORTS(HOST_IMPORT)                                                            \
    HOST_IMPORT(double, now_ms, (void))                                                      \
    HOST_IMPORT(double, wall_ms, (void))                                                     \
    HOST_IMPORT(double, zone_minutes, (double wall_ms))                                      \
    HOST_IMPORT(double, random, (void))                                                      \
    HOST_IMPORT(void, write, (int stream, const char *text, uint32_t size))                  \
    HOST_IMPORT(void, arm_timer, (double delay_ms))                                          \
    HOST_IMPORT(void, request_turn, (void))                                                  \
    /* arguments: argc records → status; 0: a code and a message say why it was refused */ \
    HOST_IMPORT(int, start_operation, (int kind, uint32_t operation, uint32_t argc))         \
    HOST_IMPORT(void, cancel_operation, (uint32_t operation))                                \
    /* arguments: argc records → status; the value or the exception */                     \
    HOST_IMPORT(int, call_host, (uint32_t function, uint32_t argc))                          \
    HOST_IMPORT(void, adopt_promise, (uint32_t promise, uint32_t operation))                 \
    HOST_IMPORT(void, release_host, (uint32_t number))                                       \
    /* the value or the exception; state is a FutureState */                                 \
    HOST_IMPORT(void, task_ended, (uint32_t ticket, int state))                              \
    HOST_IMPORT(void, unhandled, (void))                                                     \
    HOST_IMPORT(void, exit, (int code))
/* clang-format on */

/* What wasm_pump returns, or'ed together. */
enum PumpFlag {
    PUMP_FLAG_WAITING = 1, /* tasks wait for something */
    PUMP_FLAG_STUCK = 2, /* … and nothing in the runtime will ever wake them: wasm_check_deadlock a macrotask later */
    PUMP_FLAG_HOLD = 4,  /* a run_forever wants the process to stay */
};

/* wasm_call_sync and wasm_eval_sync */
enum SyncStatus { SYNC_RAISED = 0, SYNC_VALUE = 1, SYNC_WOULD_BLOCK = 2 };

/* What wasm_open is told of types (language 09). */
enum OpenFlags { OPEN_STRICT_NIL = 1, OPEN_IGNORES_TYPES = 2, OPEN_CONTRACTS_OFF = 4 };

/* HOST_EXPORT(result, name, parameters, message in → message out) */
/* A longer row would move the ends of all others. */
/* clang-format off */
#define HOST_EXPORTS(HOST_EXPORT)                                                                                    \
    HOST_EXPORT(int, wasm_abi, (void), "")                                                                           \
    HOST_EXPORT(VM *, wasm_open,                                                                                     \
                (double memory, double time_ms, double depth, double tasks, double slice_ms, double seed, int flags), \
                "")                                                                                                  \
    HOST_EXPORT(void, wasm_close, (VM * vm), "")                                                                     \
    HOST_EXPORT(void *, wasm_scratch, (VM * vm), "address of the Buffer")                                            \
    HOST_EXPORT(int, wasm_reserve, (VM * vm, uint32_t size), "")                                                     \
    HOST_EXPORT(int, wasm_set_program, (VM * vm), "$args, $program, $env, system map")                               \
    HOST_EXPORT(int, wasm_pump, (VM * vm), "")                                                                       \
    /* the handle of the task, or 0 */                                                                               \
    HOST_EXPORT(uint32_t, wasm_eval, (VM * vm, uint32_t ticket), "source, file, bindings map or nil → exception")    \
    HOST_EXPORT(uint32_t, wasm_run, (VM * vm, uint32_t ticket), "source or image, path, its name → exception")       \
    HOST_EXPORT(int, wasm_eval_sync, (VM * vm, double timeout_ms), "source, file, bindings → value or exception")    \
    HOST_EXPORT(int, wasm_call, (VM * vm, uint32_t ticket, uint32_t handle, uint32_t argc), "arguments → exception") \
    HOST_EXPORT(uint32_t, wasm_start, (VM * vm, uint32_t ticket, uint32_t handle), "→ handle of the task, or 0")     \
    HOST_EXPORT(int, wasm_call_sync, (VM * vm, uint32_t handle, uint32_t argc), "arguments → value or exception")    \
    HOST_EXPORT(int, wasm_call_method, (VM * vm, uint32_t ticket, uint32_t handle, uint32_t argc),                   \
                "name, arguments → exception")                                                                       \
    /* task_ended(ticket) when the future behind the handle ends */                                                  \
    HOST_EXPORT(int, wasm_watch, (VM * vm, uint32_t ticket, uint32_t handle), "")                                    \
    HOST_EXPORT(int, wasm_cancel, (VM * vm, uint32_t handle),                                                        \
                "exception: reason to stop the task, or the future it returned")                                     \
    HOST_EXPORT(int, wasm_interrupt, (VM * vm), "exception: reason to stop every task")                              \
    HOST_EXPORT(int, wasm_complete, (VM * vm, uint32_t operation), "value")                                          \
    HOST_EXPORT(int, wasm_fail, (VM * vm, uint32_t operation), "exception")                                          \
    HOST_EXPORT(int, wasm_define, (VM * vm), "path, value → exception")                                              \
    HOST_EXPORT(int, wasm_get, (VM * vm), "path → value or exception")                                               \
    HOST_EXPORT(int, wasm_member, (VM * vm, uint32_t handle), "name → value or exception")                           \
    HOST_EXPORT(int, wasm_text, (VM * vm, uint32_t handle), "→ string")                                              \
    /* of the value of a task that has ended, or of the future it returned */                                        \
    HOST_EXPORT(int, wasm_outcome_text, (VM * vm, uint32_t handle), "→ string, quoted form")                         \
    HOST_EXPORT(int, wasm_print, (VM * vm), "value → string, quoted form")                                           \
    HOST_EXPORT(int, wasm_plain, (VM * vm, uint32_t handle), "→ plain data or exception")                            \
    HOST_EXPORT(void, wasm_release, (VM * vm, uint32_t handle), "")                                                  \
    HOST_EXPORT(int, wasm_parse, (VM * vm), "source, file → map ^forms ^diagnostics")                                \
    HOST_EXPORT(int, wasm_form_texts, (VM * vm, int style),                                                          \
                "source, file → map ^texts ^diagnostics ^incomplete; a FormStyle")                                   \
    HOST_EXPORT(int, wasm_tokens, (VM * vm), "source, file → listing, as far as the text can be read")               \
    HOST_EXPORT(int, wasm_load, (VM * vm), "source, file → function or exception")                                   \
    /* a listing shows the lines of the text, an image keeps it */                                                   \
    HOST_EXPORT(int, wasm_compile, (VM * vm, int makes_image),                                                       \
                "source (for a listing also an image), file, text or nil → listing, image or exception")             \
    HOST_EXPORT(int, wasm_image, (VM * vm),                                                                          \
                "image, its name, text or nil → map ^file ^text (if it keeps it) ^is_source (was it compiled from "  \
                "that text?) ^is_current (… with the options of this VM?) or exception")                             \
    HOST_EXPORT(int, wasm_pending, (VM * vm), "→ map")                                                               \
    HOST_EXPORT(int, wasm_stats, (VM * vm), "→ map")                                                                 \
    HOST_EXPORT(int, wasm_names, (VM * vm), "→ array of the names a program can use")                                \
    HOST_EXPORT(int, wasm_docs, (VM * vm), "→ array of maps ^name ^kind ^signature ^doc")                            \
    HOST_EXPORT(int, wasm_is_drained, (VM * vm), "")                                                                 \
    HOST_EXPORT(int, wasm_check_deadlock, (VM * vm), "")
/* clang-format on */

#endif

/* wasm.h — what host_wasm.c and exports_wasm.c share: messages of records in the scratch buffer. */
#ifndef GENE_HOST_WASM_H
#define GENE_HOST_WASM_H

#include "host/codec.h"
#include "vm/vm.h"

#define SCRATCH_FIRST 65536u

/* VM.host of this host. */
typedef struct WasmHost {
    Buffer scratch;
} WasmHost;

static inline Buffer *message_buffer(VM *vm) { return &((WasmHost *)vm->host)->scratch; }

/* --- to JavaScript --- */
/* Adds a record to the message; false after raising. */
bool message_put(VM *vm, Value value, CodecMode mode);
/* The message is one value; one that cannot be converted is replaced by the exception that says so. */
void message_single(VM *vm, Value value);
/* The message is one exception. */
void message_exception(VM *vm, Value exception);

/* --- from JavaScript --- */
/* Borrows the buffer: all of it is taken before anything else uses it. */
typedef struct Message {
    const uint8_t *data;
    size_t size, offset;
} Message;
void message_begin(VM *vm, Message *out_message);
/* The next value, unrooted; false after raising. */
bool message_take(VM *vm, Message *message, Value *out_value);

#endif

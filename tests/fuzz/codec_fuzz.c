/* codec_fuzz.c — any bytes are a record or an error: no crash, no leak, nothing believed. What was decoded is encoded and
 * decoded again.
 *
 *     clang -g -O1 -fsanitize=fuzzer,address,undefined -D_GNU_SOURCE -Isrc tests/fuzz/codec_fuzz.c \
 *         $(ls src/{base,heap,object,reader,compiler,vm,task,lib}/?*.c src/host/?*.c | grep -v -e _wasm.c -e _main.c) \
 *         build/native/prelude_data.c -lm -o build/codec_fuzz
 *     build/codec_fuzz -max_total_time=60
 */
#include "host/codec.h"

#include "host/host.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Host numbers would be released with the VM: this host has none. */
static bool mentions_host(const uint8_t *data, size_t size) {
    for (size_t i = 0; i < size; i++) {
        if (data[i] == CODEC_PROMISE) return true;
    }
    return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static VM *vm;
    static const Limits limits = {.memory = 64u << 20};
    if (!vm) vm = host_create(&limits, 0, 1);
    if (mentions_host(data, size)) return 0;
    size_t offset = 0;
    Value value;
    uint32_t scope = roots_open(vm);
    if (codec_decode(vm, data, size, &offset, &value)) {
        if (offset > size) abort();
        root_push(vm, value);
        Buffer record;
        buffer_init(&record);
        uint32_t handles = vm->handle_live;
        if (codec_encode(vm, &record, value, CODEC_LIVE)) {
            offset = 0;
            bool has_handles = vm->handle_live != handles;
            if (!codec_decode(vm, (const uint8_t *)record.data, record.size, &offset, &value) && !has_handles) abort();
            if (!has_handles && offset != record.size) abort();
        }
        for (uint32_t handle = 1; handle <= vm->handle_count; handle++) handle_release(vm, handle);
        buffer_free(&record);
    }
    vm->exception = VAL_UNSET;
    roots_close(vm, scope);
    return 0;
}

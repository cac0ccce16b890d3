/* reader_fuzz.c — any bytes are read without a crash, a leak or endless work.
 *
 *     clang -g -O1 -fsanitize=fuzzer,address,undefined -Isrc tests/fuzz/reader_fuzz.c \
 *         $(ls src/{base,heap,object,reader}/?*.c) -lm -o build/reader_fuzz
 *     build/reader_fuzz -max_total_time=60
 */
#include "reader/reader.h"

struct VM {
    ObjectSpace space;
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void mark_roots(VM *vm, Heap *heap, bool final) {
    (void) final;
    space_mark(vm, heap);
}

/* What must hold of any result. */
static void check_result(const ReadResult *result) {
    if (!is_array(result->forms)) abort();
    if (result->diagnostics.count > READER_DIAGNOSTICS_MAX) abort();
    if (result->incomplete && result->diagnostics.count == 0) abort();
    const Diagnostic *before = NULL;
    for (uint32_t i = 0; i < result->diagnostics.count; i++) {
        const Diagnostic *d = &result->diagnostics.items[i];
        if (d->line == 0 || d->column == 0 || d->end_line < d->line) abort();
        if (d->end_line == d->line && d->end_column < d->column) abort();
        if (before && (d->line < before->line || (d->line == before->line && d->column < before->column))) abort();
        before = d;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    VM *vm = calloc(1, sizeof *vm);
    heap_init(vm_heap(vm), vm, 0);
    space_init(vm);
    vm_heap(vm)->mark_roots = mark_roots;
    ReadOptions options = {.file = "f", .max_depth = 50};
    ReadResult result;
    reader_read(vm, (const char *)data, size, &options, &result);
    check_result(&result);
    reader_free(&result);
    Value form;
    Diagnostics diagnostics;
    if (!reader_read_first(vm, (const char *)data, size, &options, &form, &diagnostics) && diagnostics.count == 0)
        abort();
    diagnostics_free(&diagnostics);
    space_destroy(vm);
    heap_destroy(vm_heap(vm));
    free(vm);
    return 0;
}

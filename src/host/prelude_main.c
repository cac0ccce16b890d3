/* prelude_main.c — compiles the Gene files of the library while the program is built: prelude-images OUT.c FILE.gene…
 * It needs the rooms up to the compiler only, so it is small enough to be linked for each build, wasm too, where node runs it. */
#include "compiler/compiler.h"
#include "compiler/image.h"

#include <stdio.h>

struct VM {
    ObjectSpace space;
};

static const char *base_name(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static bool read_file(const char *path, Buffer *out) {
    FILE *file = fopen(path, "rb");
    if (!file) return false;
    char chunk[4096];
    for (size_t size; (size = fread(chunk, 1, sizeof chunk, file)) > 0;) buffer_append(out, chunk, size);
    return fclose(file) == 0 && !out->failed;
}

static void report(const char *path, const Diagnostics *diagnostics) {
    for (uint32_t i = 0; i < diagnostics->count; i++) {
        const Diagnostic *item = &diagnostics->items[i];
        fprintf(stderr, "%s:%u:%u: error: %s\n", path, item->line, item->column, item->message);
    }
}

static bool compile(VM *vm, const char *path, const ReadResult *read, Buffer *out) {
    ModuleObj *module = module_make(vm, symbol_from(vm, base_name(path)), NULL);
    CompileRequest request = {.forms = read->forms, .positions = read->positions, .module = module};
    request.file = string_of(string_from(vm, base_name(path)));
    Diagnostics diagnostics = {0};
    const CodeObj *code = compiler_compile(vm, &request, &diagnostics);
    report(path, &diagnostics);
    diagnostics_free(&diagnostics);
    const char *problem = NULL;
    ImageOrigin origin = {.file = base_name(path), .file_size = strlen(base_name(path))};
    /* An error in library code is told at the place of its caller. */
    bool ok = code && image_write(vm, code, &origin, false, out, &problem);
    if (problem) fprintf(stderr, "%s: error: %s\n", path, problem);
    return ok;
}

/* The image of a file, made in a VM that never collects. */
static bool make_image(const char *path, Buffer *out) {
    Buffer source;
    buffer_init(&source);
    if (!read_file(path, &source)) return fprintf(stderr, "%s: error: cannot be read\n", path), false;
    VM *vm = calloc(1, sizeof *vm);
    if (!vm) base_fatal("no memory for the VM");
    heap_init(vm_heap(vm), vm, 0);
    space_init(vm);
    heap_pause(vm);
    ReadOptions options = {.file = base_name(path)};
    ReadResult read;
    reader_read(vm, source.data, source.size, &options, &read);
    report(path, &read.diagnostics);
    bool ok = read.diagnostics.count == 0 && compile(vm, path, &read, out);
    reader_free(&read);
    heap_resume(vm);
    space_destroy(vm);
    heap_destroy(vm_heap(vm));
    free(vm);
    buffer_free(&source);
    return ok;
}

static void write_array(FILE *out, int number, const Buffer *image) {
    fprintf(out, "static const unsigned char image_%d[] = {", number);
    for (size_t i = 0; i < image->size; i++) {
        fprintf(out, "%s%d,", i % 24 ? " " : "\n    ", (unsigned char)image->data[i]);
    }
    fprintf(out, "\n};\n\n");
}

int main(int argc, char **argv) {
    FILE *out = argc > 1 ? fopen(argv[1], "wb") : NULL;
    if (!out) return fprintf(stderr, "usage: prelude-images OUT.c FILE.gene…\n"), 1;
    fprintf(out, "/* Made by host/prelude_main.c from the .gene files of src/lib. */\n#include \"lib/prelude.h\"\n\n");
    bool ok = true;
    for (int i = 2; i < argc; i++) {
        Buffer image;
        buffer_init(&image);
        ok = make_image(argv[i], &image) && ok;
        write_array(out, i, &image);
        buffer_free(&image);
    }
    fprintf(out, "const GenePreludeFile gene_prelude_files[] = {\n");
    for (int i = 2; i < argc; i++) {
        fprintf(out, "    {\"%s\", image_%d, sizeof image_%d},\n", base_name(argv[i]), i, i);
    }
    fprintf(out, "    {NULL, NULL, 0},\n};\nconst size_t gene_prelude_file_count = %d;\n", argc - 2);
    if (fclose(out) != 0) ok = false;
    if (!ok) remove(argv[1]);
    return ok ? 0 : 1;
}

/* native_main.c — gene-native [options] FILE [args]: runs a program on the POSIX host, for tests and profiling.
 * FILE may be an image; --image runs source text by way of one. Exit codes as in api.md §2. */
#include "compiler/image.h"
#include "host/native.h"
#include "host/program.h"
#include "host/report.h"
#include "lib/system.h"
#include "port/port.h"
#include "task/scheduler.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

enum { EXIT_OK = 0, EXIT_UNCAUGHT = 1, EXIT_USAGE = 2, EXIT_TIMEOUT = 124 };

/* "64mb", "5s", "1000" … in bytes or ms; negative when malformed. */
static double quantity(const char *text) {
    static const struct {
        const char *unit;
        double factor;
    } units[] = {{"", 1},   {"b", 1},    {"kb", 1024}, {"mb", 1048576}, {"gb", 1073741824.0},
                 {"ms", 1}, {"s", 1000}, {"m", 60000}};
    char *end;
    double number = strtod(text, &end);
    if (end == text) return -1;
    for (size_t i = 0; i < COUNT_OF(units); i++) {
        if (strcmp(end, units[i].unit) == 0) return number * units[i].factor;
    }
    return -1;
}

typedef struct Options {
    Limits limits;
    const char *package; /* directory or name; NULL: where the program lies */
    bool strict_nil, ignores_types, contracts_off, as_image;
} Options;

static bool read_flag(const char *option, Options *io_options) {
    if (strcmp(option, "--strict-nil") == 0)
        io_options->strict_nil = true;
    else if (strcmp(option, "--no-type-check") == 0)
        io_options->ignores_types = true;
    else if (strcmp(option, "--image") == 0)
        io_options->as_image = true;
    else
        return strcmp(option, "--no-color") == 0;
    return true;
}

/* False: not an option this program knows. */
static bool read_option(const char *option, Options *io_options) {
    const char *equals = strchr(option, '=');
    if (!equals) return read_flag(option, io_options);
    Limits *io_limits = &io_options->limits;
    size_t size = (size_t)(equals - option);
    if (size == 11 && strncmp(option, "--contracts", size) == 0) {
        io_options->contracts_off = strcmp(equals, "=off") == 0;
        return io_options->contracts_off || strcmp(equals, "=on") == 0;
    }
    bool ignored = strncmp(option, "--allow", size) == 0 || strncmp(option, "--deny", size) == 0;
    if (ignored) return true;
    if (size == 5 && strncmp(option, "--pkg", size) == 0) {
        io_options->package = equals + 1;
        return true;
    }
    double value = quantity(equals + 1);
    if (value < 0) return false;
    if (size == 7 && strncmp(option, "--depth", size) == 0)
        io_limits->depth = (uint32_t)value;
    else if (size == 12 && strncmp(option, "--max-memory", size) == 0)
        io_limits->memory = (size_t)value;
    else if (size == 9 && strncmp(option, "--timeout", size) == 0)
        io_limits->time_ms = value;
    else
        return false;
    return true;
}

/* Array of the program's arguments and map of the environment. */
static void set_program(VM *vm, const char *file, const char *package, char **arguments) {
    vm->program = string_make_lossy(vm, file, strlen(file));
    vm->args = array_make(vm, 0);
    for (; *arguments; arguments++) {
        Value text = string_make_lossy(vm, *arguments, strlen(*arguments));
        array_push(vm, array_of(vm->args), text);
    }
    char *folder = getcwd(NULL, 0);
    vm->system = map_make(vm);
    if (folder) map_set_text(vm, map_of(vm->system), "cwd", string_make_lossy(vm, folder, strlen(folder)));
    free(folder);
    if (package) map_set_text(vm, map_of(vm->system), "package", string_make_lossy(vm, package, strlen(package)));
    vm->env = map_make(vm);
    for (char **entry = environ; *entry; entry++) {
        const char *equals = strchr(*entry, '=');
        if (!equals) continue;
        uint32_t scope = roots_open(vm);
        SymbolObj *name = symbol_intern(vm, *entry, (size_t)(equals - *entry));
        root_push(vm, value_pointer(name));
        Value value = string_make_lossy(vm, equals + 1, strlen(equals + 1));
        map_set(vm, map_of(vm->env), name, value);
        roots_close(vm, scope);
    }
    system_bind_program(vm);
}

/* The program as program_task wants it: an image as it is, source text as text or, on request, as an image of it.
 * VAL_UNSET after raising. */
static Value program_of(VM *vm, Value name, const char *source, size_t size, bool as_image) {
    if (image_is(source, size)) return bytes_make(vm, (const uint8_t *)source, size);
    Value text = string_make_lossy(vm, source, size);
    return as_image ? program_image(vm, text, name) : text;
}

/* Compiles the file and runs it to the end of the program. */
static int run(VM *vm, const char *file, const char *source, size_t size, bool as_image) {
    uint32_t scope = roots_open(vm);
    Value name = string_make_lossy(vm, file, strlen(file));
    root_push(vm, name);
    ImageOrigin origin = {.file = file, .file_size = strlen(file)};
    if (image_is(source, size)) image_origin(source, size, &origin);
    Value path = string_make_lossy(vm, origin.file, origin.file_size);
    root_push(vm, path);
    ModuleObj *module = program_module(vm, path);
    vm->main_module = module;
    Value program = program_of(vm, name, source, size, as_image);
    root_push(vm, program);
    TaskObj *task = program == VAL_UNSET ? NULL : program_task(vm, module, program, name, VAL_NIL);
    if (!task) {
        Value exception = vm_take_exception(vm);
        root_push(vm, exception);
        native_report(vm, exception);
        roots_close(vm, scope);
        return EXIT_UNCAUGHT;
    }
    root_push(vm, value_pointer(task));
    if (vm->limits.time_ms > 0) task->deadline_ms = port_now_ms(vm) + vm->limits.time_ms;
    scheduler_start(vm, task, MAIN_TICKET);
    native_run(vm);
    const NativeHost *host = vm->host;
    roots_close(vm, scope);
    if (host->has_exited) return host->exit_code;
    if (task->future.state == FUTURE_SUCCESS) return EXIT_OK;
    return task->future.state == FUTURE_CANCELLED ? EXIT_TIMEOUT : EXIT_UNCAUGHT;
}

int main(int argc, char **argv) {
    Options options = {0};
    int at = 1;
    while (at < argc && strncmp(argv[at], "--", 2) == 0 && read_option(argv[at], &options)) at++;
    if (at >= argc || strncmp(argv[at], "--", 2) == 0) {
        fprintf(stderr,
                "usage: gene-native [--depth=N] [--max-memory=64mb] [--timeout=5s] [--strict-nil] [--no-type-check] "
                "[--contracts=off] [--pkg=DIR|NAME] [--image] FILE [args…]\n");
        return EXIT_USAGE;
    }
    size_t size;
    char *source = native_read_file(argv[at], &size);
    if (!source) {
        fprintf(stderr, "error[GENE.IO.ERROR]: cannot read %s: %s\n", argv[at], strerror(errno));
        return EXIT_UNCAUGHT;
    }
    VM *vm = native_create(&options.limits, 1);
    if (!vm) base_fatal("no memory for the VM");
    vm->space.strict_nil = options.strict_nil;
    vm->space.ignores_types = options.ignores_types;
    vm->space.contracts_off = options.contracts_off;
    set_program(vm, argv[at], options.package, argv + at + 1);
    int code = run(vm, argv[at], source, size, options.as_image);
    native_flush(vm);
    native_destroy(vm);
    free(source);
    return code;
}

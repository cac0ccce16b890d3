/* host_native.c — the port on a POSIX host, for tests, sanitizers and profiling: a main loop on poll(), buffered
 * stdout, files read and written at once but answered through the scheduler. No network, no embedder's functions. */
#include "host/native.h"

#include "host/report.h"
#include "port/operations.h"
#include "port/port.h"
#include "task/scheduler.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <poll.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define OUT_FLUSH_SIZE 65536u
#define LONGEST_POLL_MS 1e9

static NativeHost *host_of(VM *vm) { return vm->host; }

/* --- clock, random, output ---------------------------------------------------------------------------------------- */

static double clock_ms(clockid_t clock) {
    struct timespec now;
    clock_gettime(clock, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

double port_now_ms(VM *vm) {
    (void)vm;
    return clock_ms(CLOCK_MONOTONIC);
}

double port_wall_ms(VM *vm) {
    (void)vm;
    return clock_ms(CLOCK_REALTIME);
}

double port_zone_minutes(VM *vm, double wall_ms) {
    (void)vm;
    time_t seconds = (time_t)(wall_ms / 1000);
    struct tm local;
    return localtime_r(&seconds, &local) ? (double)local.tm_gmtoff / 60 : 0;
}

double port_random(VM *vm) {
    (void)vm;
    uint64_t bits = 0;
    if (getentropy(&bits, sizeof bits) != 0) bits = (uint64_t)(clock_ms(CLOCK_MONOTONIC) * 1e6);
    return (double)(bits >> 11) / (double)(1ull << 53);
}

static void write_all(int file, const char *data, size_t size) {
    while (size > 0) {
        ssize_t written = write(file, data, size);
        if (written < 0 && errno != EINTR) return; /* a closed pipe: nobody reads it any more */
        if (written <= 0) continue;
        data += written;
        size -= (size_t)written;
    }
}

void native_flush(VM *vm) {
    Buffer *out = &host_of(vm)->out;
    write_all(STDOUT_FILENO, out->data, out->size);
    buffer_clear(out);
}

void port_write(VM *vm, int stream, const char *text, size_t size) {
    Buffer *out = &host_of(vm)->out;
    if (stream == PORT_STDOUT) {
        buffer_append(out, text, size);
        if (out->size >= OUT_FLUSH_SIZE) native_flush(vm);
        return;
    }
    native_flush(vm);
    write_all(STDERR_FILENO, text, size);
}

void port_arm_timer(VM *vm, double delay_ms) { host_of(vm)->wake_ms = delay_ms < 0 ? -1 : port_now_ms(vm) + delay_ms; }

void port_request_turn(VM *vm) { host_of(vm)->turn_requested = true; }

/* --- files -------------------------------------------------------------------------------------------------------- */

char *native_read_file(const char *path, size_t *out_size) {
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) return NULL;
    Buffer text;
    buffer_init(&text);
    for (;;) {
        if (!buffer_reserve(&text, 65536)) {
            errno = ENOMEM;
            break;
        }
        ssize_t count = read(file, text.data + text.size, 65536);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) break;
        text.size += (size_t)count;
        if (count == 0) {
            close(file);
            *out_size = text.size;
            buffer_append_byte(&text, 0);
            return text.data;
        }
    }
    int reason = errno;
    close(file);
    buffer_free(&text);
    errno = reason;
    return NULL;
}

static bool write_file(const char *path, const StrObj *text, int mode) {
    int file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | mode, 0666);
    if (file < 0) return false;
    write_all(file, text->text, text->size);
    return close(file) == 0;
}

static int remove_entry(const char *path, const struct stat *info, int kind, struct FTW *walk) {
    (void)info, (void)kind, (void)walk;
    return remove(path);
}

static bool remove_file(const char *path, bool recursive) {
    if (!recursive) return unlink(path) == 0;
    return nftw(path, remove_entry, 16, FTW_DEPTH | FTW_PHYS) == 0;
}

static bool make_directories(const char *path) {
    Buffer part;
    buffer_init(&part);
    bool ok = true;
    for (size_t i = 0; ok && path[0]; i++) {
        if ((path[i] == '/' && i > 0) || !path[i]) ok = mkdir(buffer_text(&part), 0777) == 0 || errno == EEXIST;
        if (!path[i]) break;
        buffer_append_byte(&part, path[i]);
    }
    buffer_free(&part);
    struct stat info;
    return ok && stat(path, &info) == 0 && (S_ISDIR(info.st_mode) || (errno = ENOTDIR, false));
}

static bool list_directory(VM *vm, const char *path, Value *out) {
    DIR *directory = opendir(path);
    if (!directory) return false;
    uint32_t scope = roots_open(vm);
    uint32_t list = root_push(vm, array_make(vm, 0));
    for (const struct dirent *entry; (entry = readdir(directory));) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
        Value name = string_make_lossy(vm, entry->d_name, strlen(entry->d_name));
        array_push(vm, array_of(root_get(vm, list)), name);
    }
    closedir(directory);
    *out = root_get(vm, list);
    roots_close(vm, scope);
    return true;
}

static bool stat_file(VM *vm, const char *path, Value *out) {
    struct stat info;
    if (stat(path, &info) != 0) return false;
    uint32_t scope = roots_open(vm);
    uint32_t map = root_push(vm, map_make(vm));
    double modified = (double)info.st_mtim.tv_sec * 1e3 + (double)info.st_mtim.tv_nsec / 1e6;
    map_set_text(vm, map_of(root_get(vm, map)), "size", int_make(vm, info.st_size));
    map_set_text(vm, map_of(root_get(vm, map)), "is_file", value_bool(S_ISREG(info.st_mode)));
    map_set_text(vm, map_of(root_get(vm, map)), "is_dir", value_bool(S_ISDIR(info.st_mode)));
    map_set_text(vm, map_of(root_get(vm, map)), "modified", value_float(modified));
    *out = root_get(vm, map);
    roots_close(vm, scope);
    return true;
}

static bool read_file(VM *vm, const char *path, Value *out) {
    size_t size;
    char *text = native_read_file(path, &size);
    if (!text) return false;
    *out = string_make_lossy(vm, text, size);
    free(text);
    return true;
}

static bool file_exists(const char *path) {
    struct stat info;
    return stat(path, &info) == 0 && !S_ISDIR(info.st_mode);
}

/* The operation's value; false: errno says why. */
static bool run_file_operation(VM *vm, Operation kind, const char *path, Value second, Value *out) {
    *out = VAL_NIL;
    switch (kind) {
    case OPERATION_READ_FILE: return read_file(vm, path, out);
    case OPERATION_WRITE_FILE: return write_file(path, string_of(second), O_TRUNC);
    case OPERATION_APPEND_FILE: return write_file(path, string_of(second), O_APPEND);
    case OPERATION_FILE_EXISTS: *out = value_bool(file_exists(path)); return true;
    case OPERATION_DELETE_FILE: return remove_file(path, second == VAL_TRUE);
    case OPERATION_LIST_DIR: return list_directory(vm, path, out);
    case OPERATION_STAT_FILE: return stat_file(vm, path, out);
    case OPERATION_MAKE_DIR: return make_directories(path);
    default: errno = ENOTSUP; return false;
    }
}

/* Text of argument `i`, "" when it is no string. */
static const char *text_argument(const Value *argv, uint32_t argc, uint32_t i) {
    return i < argc && is_string(argv[i]) ? string_of(argv[i])->text : "";
}

/* --- modules ------------------------------------------------------------------------------------------------------ */

/* Adds {^path ^source} to the array in root `list` if `path` is a file. False: errno says why it cannot be read. */
static bool add_module(VM *vm, const char *path, uint32_t list) {
    char *found = file_exists(path) ? realpath(path, NULL) : NULL;
    if (!found) return true;
    uint32_t scope = roots_open(vm);
    uint32_t map = root_push(vm, map_make(vm));
    Value name = string_make_lossy(vm, found, strlen(found));
    map_set_text(vm, map_of(root_get(vm, map)), "path", name);
    Value source;
    bool ok = read_file(vm, found, &source);
    if (ok) {
        map_set_text(vm, map_of(root_get(vm, map)), "source", source);
        array_push(vm, array_of(root_get(vm, list)), root_get(vm, map));
    }
    free(found);
    roots_close(vm, scope);
    return ok;
}

/* Array of {^path ^source}: the files among `paths`. False: errno says why one cannot be read. */
static bool load_modules(VM *vm, Value paths, Value *out) {
    uint32_t scope = roots_open(vm);
    root_push(vm, paths);
    uint32_t list = root_push(vm, array_make(vm, 1));
    bool ok = true;
    for (uint32_t i = 0; ok && is_array(paths) && i < array_of(paths)->count; i++) {
        ok = add_module(vm, text_argument(array_of(paths)->items, array_of(paths)->count, i), list);
    }
    *out = root_get(vm, list);
    roots_close(vm, scope);
    return ok;
}

/* --- operations --------------------------------------------------------------------------------------------------- */

static bool add_read(VM *vm, uint32_t operation, bool all) {
    NativeHost *host = host_of(vm);
    if (host->read_count == host->read_capacity) {
        uint32_t capacity = host->read_capacity ? host->read_capacity * 2 : 8;
        PendingRead *reads = realloc(host->reads, capacity * sizeof *reads);
        if (!reads) return errno = ENOMEM, false;
        host->reads = reads;
        host->read_capacity = capacity;
    }
    host->reads[host->read_count++] = (PendingRead){operation, all};
    return true;
}

/* The scheduler takes an answer up in a later pump, so it may be given at once. */
bool port_start_operation(VM *vm, int kind, uint32_t operation, const Value *argv, uint32_t argc, Buffer *out_error,
                          int *out_error_id) {
    const char *first = text_argument(argv, argc, 0);
    Value value = VAL_NIL;
    bool ok;
    switch ((Operation)kind) {
    case OPERATION_READ_LINE:
    case OPERATION_READ_ALL: return add_read(vm, operation, kind == OPERATION_READ_ALL);
    case OPERATION_LOAD_MODULE: ok = load_modules(vm, argc ? argv[0] : VAL_NIL, &value); break;
    case OPERATION_FETCH:
    case OPERATION_SERVE:
    case OPERATION_STOP_SERVER:
        *out_error_id = ERR_UNSUPPORTED;
        buffer_append_text(out_error, "[GENE.WASM.UNSUPPORTED] the network is not available in the native build");
        return false;
    case OPERATION_RUN_PROGRAM:
    case OPERATION_START_PROCESS:
    case OPERATION_ASK_PROCESS:
    case OPERATION_ON_INTERRUPT:
        *out_error_id = ERR_UNSUPPORTED;
        buffer_append_format(out_error, "[GENE.WASM.UNSUPPORTED] %s is not available in wasm",
                             kind == OPERATION_ON_INTERRUPT ? "signal" : "process");
        return false;
    default: ok = run_file_operation(vm, (Operation)kind, first, argc > 1 ? argv[1] : VAL_NIL, &value); break;
    }
    if (ok) {
        scheduler_complete(vm, operation, value);
    } else {
        const char *reason = strerror(errno);
        scheduler_fail(vm, operation, vm_make_exception(vm, ERR_IO, reason, strlen(reason)));
    }
    return true;
}

void port_cancel_operation(VM *vm, uint32_t operation) {
    NativeHost *host = host_of(vm);
    for (uint32_t i = 0; i < host->read_count; i++) {
        if (host->reads[i].operation != operation) continue;
        memmove(&host->reads[i], &host->reads[i + 1], (--host->read_count - i) * sizeof *host->reads);
        return;
    }
}

bool port_call_host(VM *vm, uint32_t function, const Value *argv, uint32_t argc, Value *out) {
    (void)function, (void)argv, (void)argc;
    static const char text[] = "the native build has no functions of an embedder";
    *out = vm_make_exception(vm, ERR_UNSUPPORTED, text, sizeof text - 1);
    return false;
}

void port_adopt_promise(VM *vm, uint32_t promise, uint32_t operation) { (void)vm, (void)promise, (void)operation; }
void port_release_host(VM *vm, uint32_t handle) { (void)vm, (void)handle; }

/* --- reports ------------------------------------------------------------------------------------------------------ */

static char *source_of(VM *vm, const char *file) {
    (void)vm;
    size_t size;
    return native_read_file(file, &size);
}

void native_report(VM *vm, Value exception) {
    Buffer text;
    buffer_init(&text);
    report_exception(vm, exception, source_of, &text);
    port_write(vm, PORT_STDERR, buffer_text(&text), text.size);
    buffer_free(&text);
}

void port_unhandled(VM *vm, Value exception) { native_report(vm, exception); }

static bool is_exit(VM *vm, Value exception) {
    Value code = instance_get(instance_of(exception), SYM(vm, CODE));
    return is_string(code) && strcmp(string_of(code)->text, error_table[ERR_EXIT].code) == 0;
}

void port_task_ended(VM *vm, uint32_t ticket, int state, Value value) {
    if (ticket == MAIN_TICKET && state != FUTURE_SUCCESS && !is_exit(vm, value)) native_report(vm, value);
}

void port_exit(VM *vm, int code) {
    host_of(vm)->has_exited = true;
    host_of(vm)->exit_code = code;
}

/* --- the main loop ------------------------------------------------------------------------------------------------ */

/* Removes and returns the first read; there is one. */
static PendingRead take_read(NativeHost *host) {
    PendingRead first = host->reads[0];
    for (uint32_t i = 1; i < host->read_count; i++) host->reads[i - 1] = host->reads[i];
    host->read_count--;
    return first;
}

static void answer_read(VM *vm, size_t size, size_t skip) {
    NativeHost *host = host_of(vm);
    PendingRead read = take_read(host);
    bool has_return = !read.all && size > 0 && host->in.data[size - 1] == '\r';
    Value text = string_make_lossy(vm, host->in.data ? host->in.data : "", has_return ? size - 1 : size);
    if (host->in.data && size + skip < host->in.size)
        memmove(host->in.data, host->in.data + size + skip, host->in.size - size - skip);
    host->in.size -= size + skip;
    scheduler_complete(vm, read.operation, text);
}

/* Answers the reads that the text at hand satisfies. */
static void answer_reads(VM *vm) {
    NativeHost *host = host_of(vm);
    while (host->read_count > 0) {
        const char *end = host->in.size ? memchr(host->in.data, '\n', host->in.size) : NULL;
        if (host->reads[0].all) {
            if (!host->in_ended) return;
            answer_read(vm, host->in.size, 0);
        } else if (end) {
            answer_read(vm, (size_t)(end - host->in.data), 1);
        } else if (host->in_ended && host->in.size > 0) {
            answer_read(vm, host->in.size, 0);
        } else if (host->in_ended) {
            scheduler_complete(vm, take_read(host).operation, VAL_NIL);
        } else {
            return;
        }
    }
}

static void read_stdin(NativeHost *host) {
    if (!buffer_reserve(&host->in, 65536)) base_fatal("no memory left for the text of stdin");
    ssize_t count = read(STDIN_FILENO, host->in.data + host->in.size, 65536);
    if (count > 0)
        host->in.size += (size_t)count;
    else if (count == 0 || errno != EINTR)
        host->in_ended = true;
}

/* Waits until the armed timer is due or stdin has something to read. */
static void wait_for_host(VM *vm) {
    NativeHost *host = host_of(vm);
    answer_reads(vm);
    double delay_ms = host->wake_ms < 0 ? LONGEST_POLL_MS : host->wake_ms - port_now_ms(vm);
    if (delay_ms > LONGEST_POLL_MS) delay_ms = LONGEST_POLL_MS;
    if (delay_ms < 0 || host->turn_requested || scheduler_has_answer(vm)) delay_ms = 0;
    host->turn_requested = false;
    struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
    bool reads = host->read_count > 0 && !host->in_ended;
    struct timespec timeout = {(time_t)(delay_ms / 1e3), 0};
    timeout.tv_nsec = (long)((delay_ms - (double)timeout.tv_sec * 1e3) * 1e6);
    native_flush(vm);
    if (ppoll(&input, reads ? 1 : 0, &timeout, NULL) > 0) read_stdin(host);
    answer_reads(vm);
}

/* True when the pump must go on: the program has not ended. */
static bool step(VM *vm) {
    PumpResult result = scheduler_pump(vm);
    if (host_of(vm)->has_exited) return false;
    if (result == PUMP_MORE) return true;
    if (scheduler_is_drained(vm)) return false;
    if (!scheduler_check_deadlock(vm)) wait_for_host(vm);
    return true;
}

/* The same while what is left of an ended program runs its finally parts. */
static bool stop_step(VM *vm) {
    PumpResult result = scheduler_pump(vm);
    if (host_of(vm)->has_exited || scheduler_pending(vm).tasks == 0) return false;
    if (result != PUMP_MORE) wait_for_host(vm);
    return true;
}

void native_run(VM *vm) {
    NativeHost *host = host_of(vm);
    while (step(vm)) {}
    if (!host->has_exited) {
        static const char text[] = "the program has ended";
        scheduler_interrupt(vm, vm_make_exception(vm, ERR_CANCELLED, text, sizeof text - 1));
        while (stop_step(vm)) {}
    }
    native_flush(vm);
}

bool host_attach(VM *vm) {
    NativeHost *host = calloc(1, sizeof *host);
    if (!host) return false;
    buffer_init(&host->out);
    buffer_init(&host->in);
    host->wake_ms = -1;
    vm->host = host;
    return true;
}

void host_detach(VM *vm) {
    NativeHost *host = host_of(vm);
    buffer_free(&host->out);
    buffer_free(&host->in);
    free(host->reads);
    free(host);
}

VM *native_create(const Limits *limits, uint32_t hash_seed) { return host_create(limits, 0, hash_seed); }

void native_destroy(VM *vm) { host_destroy(vm); }

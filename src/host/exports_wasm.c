/* exports_wasm.c — what JavaScript calls: HOST_EXPORTS of port/host_imports.h, which says what each reads and leaves in the
 * scratch buffer. Read host_wasm.c first. */
#include "compiler/image.h"
#include "host/host.h"
#include "host/program.h"
#include "lib/docs.h"
#include "lib/form_text.h"
#include "lib/source.h"
#include "lib/system.h"
#include "host/wasm.h"
#include "port/host_imports.h"
#include "port/port.h"
#include "task/scheduler.h"

/* A bigger scratch buffer is given back when the next pump begins. */
#define SCRATCH_KEEP (1024u * 1024u)
#define ARGUMENTS_MAX 65535u
#define ARGUMENTS_SMALL 8u /* so many need no allocation */
#define NAMES_MAX 10000u

#define HOST_EXPORT(result, name, parameters, message) result name parameters;
HOST_EXPORTS(HOST_EXPORT)
#undef HOST_EXPORT

/* --- life ---------------------------------------------------------------------------------------------------------------- */

WASM_EXPORT(wasm_abi) int wasm_abi(void) { return HOST_ABI; }

static uint32_t count_limit(double limit) { return limit >= 1 && limit < 4294967295.0 ? (uint32_t)limit : 0; }

WASM_EXPORT(wasm_open)
VM *wasm_open(double memory, double time_ms, double depth, double tasks, double slice_ms, double seed, int flags) {
    Limits limits = {.memory = count_limit(memory),
                     .time_ms = time_ms > 0 ? time_ms : 0,
                     .depth = count_limit(depth),
                     .tasks = count_limit(tasks)};
    VM *vm = host_create(&limits, slice_ms, count_limit(seed));
    if (!vm) return NULL;
    vm->space.strict_nil = flags & OPEN_STRICT_NIL;
    vm->space.ignores_types = flags & OPEN_IGNORES_TYPES;
    vm->space.contracts_off = flags & OPEN_CONTRACTS_OFF;
    return vm;
}

WASM_EXPORT(wasm_close) void wasm_close(VM *vm) { host_destroy(vm); }
WASM_EXPORT(wasm_scratch) void *wasm_scratch(VM *vm) { return message_buffer(vm); }

WASM_EXPORT(wasm_reserve) int wasm_reserve(VM *vm, uint32_t size) {
    Buffer *scratch = message_buffer(vm);
    bool ok = size <= scratch->size || buffer_reserve(scratch, size - scratch->size);
    scratch->failed = false;
    return ok;
}

static int raised(VM *vm) {
    message_exception(vm, vm_take_exception(vm));
    return SYNC_RAISED;
}

/* Leaves a value; 0 when it cannot be converted. */
static int answer(VM *vm, Value value, CodecMode mode) {
    buffer_clear(message_buffer(vm));
    return message_put(vm, value, mode) ? SYNC_VALUE : raised(vm);
}

static int answer_text(VM *vm, Buffer *text) {
    Value value = string_make_lossy(vm, text->data ? text->data : "", text->size);
    buffer_free(text);
    return answer(vm, value, CODEC_LIVE);
}

/* Pushes `count` values of the message as roots; false after raising. */
static bool take_roots(VM *vm, uint32_t count) {
    Message message;
    message_begin(vm, &message);
    for (uint32_t i = 0; i < count; i++) {
        Value value;
        if (!message_take(vm, &message, &value)) return false;
        root_push(vm, value);
    }
    return true;
}

/* The same, and the first `strings` of them are strings, of which the first `images` may be bytes. */
static bool take_texts(VM *vm, uint32_t count, uint32_t images, uint32_t strings) {
    uint32_t first = vm->fiber->top;
    if (!take_roots(vm, count)) return false;
    for (uint32_t i = 0; i < strings; i++) {
        if (is_string(root_get(vm, first + i)) || (i < images && is_bytes(root_get(vm, first + i)))) continue;
        vm_raise(vm, ERR_CONVERT, "the host must send a string here");
        return false;
    }
    return true;
}

WASM_EXPORT(wasm_set_program) int wasm_set_program(VM *vm) {
    uint32_t scope = roots_open(vm);
    bool ok = take_roots(vm, 4);
    if (ok) {
        vm->args = root_get(vm, scope);
        vm->program = root_get(vm, scope + 1);
        vm->env = root_get(vm, scope + 2);
        vm->system = root_get(vm, scope + 3);
        system_bind_program(vm);
    }
    roots_close(vm, scope);
    return ok ? answer(vm, VAL_NIL, CODEC_LIVE) : raised(vm);
}

/* --- running ------------------------------------------------------------------------------------------------------------- */

WASM_EXPORT(wasm_pump) int wasm_pump(VM *vm) {
    Buffer *scratch = message_buffer(vm);
    if (UNLIKELY(scratch->capacity > SCRATCH_KEEP)) {
        buffer_free(scratch);
        if (!buffer_reserve(scratch, SCRATCH_FIRST)) base_fatal("no memory for the scratch buffer");
    }
    PumpResult result = scheduler_pump(vm);
    if (result == PUMP_MORE) return PUMP_FLAG_WAITING;
    PendingCounts pending = scheduler_pending(vm);
    int flags = result == PUMP_WAITING ? PUMP_FLAG_WAITING : 0;
    if (pending.run_forevers) return flags | PUMP_FLAG_HOLD;
    bool can_wake = pending.operations || pending.timers || pending.servers;
    return pending.tasks && !can_wake ? flags | PUMP_FLAG_STUCK : flags;
}

WASM_EXPORT(wasm_check_deadlock) int wasm_check_deadlock(VM *vm) { return scheduler_check_deadlock(vm); }
WASM_EXPORT(wasm_is_drained) int wasm_is_drained(VM *vm) { return scheduler_is_drained(vm); }

/* --- tasks --------------------------------------------------------------------------------------------------------------- */

/* A task for source, file and bindings in the message. NULL after raising; unrooted. */
static TaskObj *take_source(VM *vm) {
    uint32_t scope = roots_open(vm);
    TaskObj *task = NULL;
    if (take_texts(vm, 3, 0, 2)) {
        task = program_task(vm, vm->main_module, root_get(vm, scope), root_get(vm, scope + 1), root_get(vm, scope + 2));
    }
    roots_close(vm, scope);
    return task;
}

/* A task for source or image, path and name. NULL after raising; unrooted. */
static TaskObj *take_program(VM *vm) {
    uint32_t scope = roots_open(vm);
    TaskObj *task = NULL;
    if (take_texts(vm, 3, 1, 3)) {
        ModuleObj *module = program_module(vm, root_get(vm, scope + 1));
        task = program_task(vm, module, root_get(vm, scope), root_get(vm, scope + 2), VAL_NIL);
    }
    roots_close(vm, scope);
    return task;
}

static uint32_t start_source(VM *vm, uint32_t ticket, TaskObj *task) {
    if (!task) return raised(vm), 0;
    uint32_t handle = handle_make(vm, value_pointer(task));
    scheduler_start(vm, task, ticket);
    return handle;
}

WASM_EXPORT(wasm_eval) uint32_t wasm_eval(VM *vm, uint32_t ticket) { return start_source(vm, ticket, take_source(vm)); }
WASM_EXPORT(wasm_run) uint32_t wasm_run(VM *vm, uint32_t ticket) { return start_source(vm, ticket, take_program(vm)); }

/* Cancels what would have to wait; gives the reason, unrooted. */
static Value stop_sync(VM *vm, Value future) {
    static const char text[] = "the result has to wait for the host: use the asynchronous call";
    uint32_t scope = roots_open(vm);
    root_push(vm, future);
    Value reason = vm_make_exception(vm, ERR_WOULD_BLOCK, text, sizeof text - 1);
    root_push(vm, reason);
    future_of(future)->observed = true;
    host_cancel(vm, future, reason);
    port_request_turn(vm); /* for its finally parts */
    roots_close(vm, scope);
    return reason;
}

static int would_block(VM *vm, Value future) {
    uint32_t reason = root_push(vm, stop_sync(vm, future));
    message_exception(vm, root_get(vm, reason));
    roots_close(vm, reason);
    return SYNC_WOULD_BLOCK;
}

/* `task` is rooted. */
static void run_task_sync(VM *vm, TaskObj *task) {
    task->future.observed = true;
    scheduler_start(vm, task, 0);
    scheduler_run_sync(vm, task);
}

/* Runs a task to its end now; the outcome of a future that it returned is its own. */
static int run_sync(VM *vm, TaskObj *task) {
    if (!task) return raised(vm);
    uint32_t scope = roots_open(vm);
    root_push(vm, value_pointer(task));
    run_task_sync(vm, task);
    const FutureObj *future = &task->future;
    while (future->state == FUTURE_SUCCESS && is_object(future->value) && is_future(future->value)) {
        future = future_of(future->value);
    }
    int status;
    if (future->state == FUTURE_PENDING) {
        status = would_block(vm, value_pointer(future));
    } else if (future->state == FUTURE_SUCCESS) {
        status = answer(vm, future->value, CODEC_LIVE);
    } else {
        message_exception(vm, future->value);
        status = SYNC_RAISED;
    }
    roots_close(vm, scope);
    return status;
}

WASM_EXPORT(wasm_eval_sync) int wasm_eval_sync(VM *vm, double timeout_ms) {
    TaskObj *task = take_source(vm);
    if (task && timeout_ms > 0) {
        double deadline_ms = port_now_ms(vm) + timeout_ms;
        if (task->deadline_ms <= 0 || task->deadline_ms > deadline_ms) task->deadline_ms = deadline_ms;
    }
    return run_sync(vm, task);
}

/* A task that calls the value behind `handle` with argc values of the message. NULL after raising; unrooted. */
static TaskObj *take_call(VM *vm, uint32_t handle, uint32_t argc) {
    Value callee = handle_get(vm, handle);
    if (callee == VAL_UNSET || argc > ARGUMENTS_MAX) {
        vm_raise(vm, ERR_HOST, "the handle was released or belongs to another runtime");
        return NULL;
    }
    uint32_t scope = roots_open(vm);
    TaskObj *task = NULL;
    if (take_roots(vm, argc)) task = program_call(vm, callee, scope, argc);
    roots_close(vm, scope);
    return task;
}

WASM_EXPORT(wasm_call) int wasm_call(VM *vm, uint32_t ticket, uint32_t handle, uint32_t argc) {
    TaskObj *task = take_call(vm, handle, argc);
    if (!task) return raised(vm);
    scheduler_start(vm, task, ticket);
    return SYNC_VALUE;
}

/* As wasm_call without arguments, with a handle for the task and limits.time_ms, as if the function were a program. */
WASM_EXPORT(wasm_start) uint32_t wasm_start(VM *vm, uint32_t ticket, uint32_t handle) {
    TaskObj *task = take_call(vm, handle, 0);
    if (!task) return raised(vm), 0;
    if (vm->limits.time_ms > 0) task->deadline_ms = port_now_ms(vm) + vm->limits.time_ms;
    uint32_t task_handle = handle_make(vm, value_pointer(task));
    scheduler_start(vm, task, ticket);
    return task_handle;
}

WASM_EXPORT(wasm_call_sync) int wasm_call_sync(VM *vm, uint32_t handle, uint32_t argc) {
    return run_sync(vm, take_call(vm, handle, argc));
}

/* (receiver .name args…): the native behind a task that calls a method. */
static NativeResult send(VM *vm, const Args *args, Value *out) {
    Value small[ARGUMENTS_SMALL];
    uint32_t argc = args->count - 2;
    Value *argv = argc <= ARGUMENTS_SMALL ? small : malloc(argc * sizeof *argv);
    if (!argv) return vm_raise(vm, ERR_LIMIT_MEMORY, "no memory left for a call");
    for (uint32_t i = 0; i < argc; i++) argv[i] = native_arg(vm, args, i + 2);
    bool ok = exec_method(vm, native_arg(vm, args, 0), symbol_of(native_arg(vm, args, 1)), argv, argc, out);
    if (argv != small) free(argv);
    return ok ? NATIVE_RETURN : NATIVE_RAISE;
}

static const NativeDef send_def = {"send", send, 2, -1, NATIVE_REENTRANT, "(send value name args…)", ""};

WASM_EXPORT(wasm_call_method) int wasm_call_method(VM *vm, uint32_t ticket, uint32_t handle, uint32_t argc) {
    Value receiver = handle_get(vm, handle);
    uint32_t scope = roots_open(vm);
    root_push(vm, receiver == VAL_UNSET ? VAL_NIL : receiver);
    TaskObj *task = NULL;
    if (argc <= ARGUMENTS_MAX && take_texts(vm, argc + 1, 0, 1)) {
        SymbolObj *name = symbol_from_string(vm, string_of(root_get(vm, scope + 1)));
        root_set(vm, scope + 1, value_pointer(name));
        Value callee = native_make(vm, &send_def, VAL_NIL);
        task = program_call(vm, callee, scope, argc + 2);
    }
    roots_close(vm, scope);
    if (!task) return raised(vm);
    scheduler_start(vm, task, ticket);
    return SYNC_VALUE;
}

static void report_future(VM *vm, FutureObj *future, Value target, uint32_t ticket) {
    (void)target;
    port_task_ended(vm, ticket, future->state, future->value);
}

WASM_EXPORT(wasm_watch) int wasm_watch(VM *vm, uint32_t ticket, uint32_t handle) {
    Value value = handle_get(vm, handle);
    if (!is_object(value) || !is_future(value)) {
        vm_raise(vm, ERR_HOST, "the handle was released or belongs to another runtime");
        return raised(vm);
    }
    future_of(value)->observed = true;
    future_wait(vm, future_of(value), WAITER_NATIVE, VAL_NIL, report_future, ticket);
    return SYNC_VALUE;
}

/* --- stopping and answering ------------------------------------------------------------------------------------------------ */

WASM_EXPORT(wasm_cancel) int wasm_cancel(VM *vm, uint32_t handle) {
    uint32_t scope = roots_open(vm);
    bool ok = take_roots(vm, 1);
    if (ok) host_cancel(vm, handle_get(vm, handle), root_get(vm, scope));
    roots_close(vm, scope);
    return ok ? SYNC_VALUE : raised(vm);
}

WASM_EXPORT(wasm_interrupt) int wasm_interrupt(VM *vm) {
    uint32_t scope = roots_open(vm);
    bool ok = take_roots(vm, 1);
    if (ok) scheduler_interrupt(vm, root_get(vm, scope));
    roots_close(vm, scope);
    return ok ? SYNC_VALUE : raised(vm);
}

WASM_EXPORT(wasm_complete) int wasm_complete(VM *vm, uint32_t operation) {
    uint32_t scope = roots_open(vm);
    bool ok = take_roots(vm, 1);
    if (ok)
        scheduler_complete(vm, operation, root_get(vm, scope));
    else
        scheduler_fail(vm, operation, vm_take_exception(vm));
    roots_close(vm, scope);
    return ok;
}

WASM_EXPORT(wasm_fail) int wasm_fail(VM *vm, uint32_t operation) {
    uint32_t scope = roots_open(vm);
    bool ok = take_roots(vm, 1);
    scheduler_fail(vm, operation, ok ? root_get(vm, scope) : vm_take_exception(vm));
    roots_close(vm, scope);
    return ok;
}

/* --- names and values -------------------------------------------------------------------------------------------------------- */

WASM_EXPORT(wasm_define) int wasm_define(VM *vm) {
    uint32_t scope = roots_open(vm);
    bool ok = take_texts(vm, 2, 0, 1) && program_define(vm, string_of(root_get(vm, scope)), root_get(vm, scope + 1));
    roots_close(vm, scope);
    return ok ? answer(vm, VAL_NIL, CODEC_LIVE) : raised(vm);
}

WASM_EXPORT(wasm_get) int wasm_get(VM *vm) {
    uint32_t scope = roots_open(vm);
    Value value;
    bool ok = take_texts(vm, 1, 0, 1) && program_get(vm, string_of(root_get(vm, scope)), &value);
    roots_close(vm, scope);
    return ok ? answer(vm, value, CODEC_LIVE) : raised(vm);
}

WASM_EXPORT(wasm_member) int wasm_member(VM *vm, uint32_t handle) {
    uint32_t scope = roots_open(vm);
    bool ok = take_texts(vm, 1, 0, 1);
    Value value = VAL_NIL;
    if (ok) {
        SymbolObj *name = symbol_from_string(vm, string_of(root_get(vm, scope)));
        value = program_member(vm, handle_get(vm, handle), name);
    }
    roots_close(vm, scope);
    return ok ? answer(vm, value, CODEC_LIVE) : raised(vm);
}

/* The native behind a task that asks an instance for its text. */
static NativeResult own_text(VM *vm, const Args *args, Value *out) {
    Buffer text;
    buffer_init(&text);
    if (!print_value(vm, &text, native_arg(vm, args, 0), RENDER_PLAIN)) return buffer_free(&text), NATIVE_RAISE;
    *out = string_from_buffer(vm, &text);
    return NATIVE_RETURN;
}

static const NativeDef own_text_def = {"text", own_text, 1, 1, NATIVE_REENTRANT, "(text value)", ""};

/* What the class's own to_s says; VAL_UNSET when it raises or would have to wait. Unrooted. */
static Value ask_text(VM *vm, Value instance) {
    uint32_t scope = roots_open(vm);
    root_push(vm, instance);
    TaskObj *task = program_call(vm, native_make(vm, &own_text_def, VAL_NIL), scope, 1);
    if (!task) vm_take_exception(vm);
    Value text = VAL_UNSET;
    if (task) {
        root_push(vm, value_pointer(task));
        if (vm->limits.time_ms > 0) task->deadline_ms = port_now_ms(vm) + vm->limits.time_ms;
        run_task_sync(vm, task);
        if (task->future.state == FUTURE_PENDING) stop_sync(vm, value_pointer(task));
        if (task->future.state == FUTURE_SUCCESS) text = task->future.value;
    }
    roots_close(vm, scope);
    return text;
}

WASM_EXPORT(wasm_text) int wasm_text(VM *vm, uint32_t handle) {
    Value value = handle_get(vm, handle);
    if (value != VAL_UNSET && is_instance(value) &&
        is_function(class_find_method(instance_of(value)->class_, SYM(vm, TO_S), NULL))) {
        Value own = ask_text(vm, value);
        if (own != VAL_UNSET) {
            uint32_t text = root_push(vm, own);
            int status = answer(vm, own, CODEC_LIVE);
            roots_close(vm, text);
            return status;
        }
        value = handle_get(vm, handle);
    }
    Buffer text;
    buffer_init(&text);
    print_value_safely(vm, &text, value, RENDER_PLAIN);
    return answer_text(vm, &text);
}

static int answer_printed(VM *vm, Value value) {
    Buffer text;
    buffer_init(&text);
    print_value_safely(vm, &text, value, RENDER_QUOTED);
    return answer_text(vm, &text);
}

/* The value at the end of a chain of futures. */
static Value outcome_of(Value value) {
    while (is_object(value) && is_future(value) && future_of(value)->state == FUTURE_SUCCESS) {
        value = future_of(value)->value;
    }
    return value;
}

WASM_EXPORT(wasm_outcome_text) int wasm_outcome_text(VM *vm, uint32_t handle) {
    return answer_printed(vm, outcome_of(handle_get(vm, handle)));
}

WASM_EXPORT(wasm_print) int wasm_print(VM *vm) {
    uint32_t scope = roots_open(vm);
    if (!take_roots(vm, 1)) return roots_close(vm, scope), raised(vm);
    int status = answer_printed(vm, root_get(vm, scope));
    roots_close(vm, scope);
    return status;
}

WASM_EXPORT(wasm_plain) int wasm_plain(VM *vm, uint32_t handle) {
    return answer(vm, handle_get(vm, handle), CODEC_PLAIN);
}
WASM_EXPORT(wasm_release) void wasm_release(VM *vm, uint32_t handle) { handle_release(vm, handle); }

/* --- reading and compiling without running ------------------------------------------------------------------------------------ */

/* Reads the source text and file name in the scratch buffer, which become the roots at `scope`. `tokens`: a listing, or NULL.
 * False after raising. */
static bool read_texts(VM *vm, uint32_t scope, Buffer *tokens, ReadResult *out) {
    if (!take_texts(vm, 2, 0, 2)) return false;
    ReadOptions options = {.file = string_of(root_get(vm, scope + 1))->text, .tokens = tokens};
    const StrObj *source = string_of(root_get(vm, scope));
    reader_read(vm, source->text, source->size, &options, out);
    return true;
}

WASM_EXPORT(wasm_parse) int wasm_parse(VM *vm) {
    uint32_t scope = roots_open(vm);
    ReadResult read;
    if (!read_texts(vm, scope, NULL, &read)) return roots_close(vm, scope), raised(vm);
    uint32_t forms = root_push(vm, read.forms);
    uint32_t map = root_push(vm, map_make(vm));
    map_set_text(vm, map_of(root_get(vm, map)), "forms", root_get(vm, forms));
    map_set_text(vm, map_of(root_get(vm, map)), "diagnostics", source_diagnostics(vm, &read.diagnostics));
    reader_free(&read);
    int status = answer(vm, root_get(vm, map), CODEC_PLAIN);
    if (status == SYNC_RAISED) { /* forms nested too deeply for a record; what is wrong with them can still be said */
        map_set_text(vm, map_of(root_get(vm, map)), "forms", array_make(vm, 0));
        status = answer(vm, root_get(vm, map), CODEC_PLAIN);
    }
    roots_close(vm, scope);
    return status;
}

/* Array of the forms' texts; `forms` is a root. Unrooted. */
static Value form_texts(VM *vm, uint32_t forms, FormStyle style) {
    uint32_t scope = roots_open(vm);
    uint32_t list = root_push(vm, array_make(vm, 0));
    for (uint32_t i = 0; i < array_of(root_get(vm, forms))->count; i++) {
        Buffer text;
        buffer_init(&text);
        form_append(vm, &text, array_of(root_get(vm, forms))->items[i], style);
        Value string = string_from_buffer(vm, &text);
        array_push(vm, array_of(root_get(vm, list)), string);
    }
    Value result = root_get(vm, list);
    roots_close(vm, scope);
    return result;
}

WASM_EXPORT(wasm_form_texts) int wasm_form_texts(VM *vm, int style) {
    uint32_t scope = roots_open(vm);
    ReadResult read;
    if (!read_texts(vm, scope, NULL, &read)) return roots_close(vm, scope), raised(vm);
    uint32_t forms = root_push(vm, read.forms);
    uint32_t map = root_push(vm, map_make(vm));
    map_set_text(vm, map_of(root_get(vm, map)), "texts", form_texts(vm, forms, (FormStyle)style));
    map_set_text(vm, map_of(root_get(vm, map)), "diagnostics", source_diagnostics(vm, &read.diagnostics));
    map_set_text(vm, map_of(root_get(vm, map)), "incomplete", value_bool(read.incomplete));
    reader_free(&read);
    int status = answer(vm, root_get(vm, map), CODEC_PLAIN);
    roots_close(vm, scope);
    return status;
}

WASM_EXPORT(wasm_tokens) int wasm_tokens(VM *vm) {
    uint32_t scope = roots_open(vm);
    Buffer tokens;
    buffer_init(&tokens);
    ReadResult read;
    if (!read_texts(vm, scope, &tokens, &read)) return roots_close(vm, scope), raised(vm);
    reader_free(&read);
    int status = answer(vm, string_from_buffer(vm, &tokens), CODEC_PLAIN);
    roots_close(vm, scope);
    return status;
}

/* Source compiled once, to be run any number of times: a function of the main module. */
WASM_EXPORT(wasm_load) int wasm_load(VM *vm) {
    uint32_t scope = roots_open(vm);
    CodeObj *code = NULL;
    if (take_texts(vm, 2, 0, 2)) {
        StrObj *source = string_of(root_get(vm, scope)), *file = string_of(root_get(vm, scope + 1));
        code = source_compile(vm, vm->main_module, source, file);
    }
    if (code) root_push(vm, value_pointer(code));
    Value function = code ? function_make(vm, code, vm->main_module->ns) : VAL_NIL;
    roots_close(vm, scope);
    return code ? answer(vm, function, CODEC_LIVE) : raised(vm);
}

WASM_EXPORT(wasm_compile) int wasm_compile(VM *vm, int makes_image) {
    uint32_t scope = roots_open(vm);
    CodeObj *code = NULL;
    if (take_texts(vm, 3, makes_image ? 0 : 1, 2)) {
        Value source = root_get(vm, scope);
        const StrObj *file = string_of(root_get(vm, scope + 1));
        ModuleObj *module = program_module(vm, root_get(vm, scope + 1));
        root_push(vm, value_pointer(module));
        code = is_bytes(source) ? source_load(vm, module, bytes_of(source), file)
                                : source_compile(vm, module, string_of(source), string_of(module->path));
    }
    if (!code) return roots_close(vm, scope), raised(vm);
    root_push(vm, value_pointer(code));
    Value text = root_get(vm, scope + 2);
    Buffer listing;
    buffer_init(&listing);
    int status;
    if (makes_image) {
        Value image = source_image(vm, code, string_of(root_get(vm, scope)), is_string(text));
        status = image == VAL_UNSET ? raised(vm) : answer(vm, image, CODEC_LIVE);
    } else {
        compiler_disassemble_source(code, is_string(text) ? string_of(text)->text : NULL, &listing);
        status = answer_text(vm, &listing);
    }
    roots_close(vm, scope);
    return status;
}

WASM_EXPORT(wasm_image) int wasm_image(VM *vm) {
    uint32_t scope = roots_open(vm);
    ImageOrigin origin;
    bool ok = take_texts(vm, 3, 1, 2);
    if (ok) {
        Value image = root_get(vm, scope);
        const char *problem =
            is_bytes(image) ? image_origin(bytes_of(image)->data, bytes_of(image)->size, &origin) : IMAGE_MALFORMED;
        if (problem) vm_raise(vm, ERR_IMAGE, "%s: %s", string_of(root_get(vm, scope + 1))->text, problem);
        ok = !problem;
    }
    if (!ok) return roots_close(vm, scope), raised(vm);
    Value text = root_get(vm, scope + 2);
    bool is_source = is_string(text) && image_hash(string_of(text)->text, string_of(text)->size) == origin.hash;
    bool is_current = is_source && image_options(vm) == origin.options;
    uint32_t map = root_push(vm, map_make(vm));
    map_set_text(vm, map_of(root_get(vm, map)), "file", string_make(vm, origin.file, origin.file_size));
    if (origin.text_size > 0)
        map_set_text(vm, map_of(root_get(vm, map)), "text", string_make(vm, origin.text, origin.text_size));
    map_set_text(vm, map_of(root_get(vm, map)), "is_source", value_bool(is_source));
    map_set_text(vm, map_of(root_get(vm, map)), "is_current", value_bool(is_current));
    int status = answer(vm, root_get(vm, map), CODEC_LIVE);
    roots_close(vm, scope);
    return status;
}

/* --- questions ------------------------------------------------------------------------------------------------------------------ */

static void set_count(VM *vm, uint32_t map, const char *name, double count) {
    Value number = count < 9007199254740992.0 ? int_make(vm, (int64_t)count) : value_float(count);
    map_set_text(vm, map_of(root_get(vm, map)), name, number);
}

static int answer_map(VM *vm, uint32_t map) {
    Value value = root_get(vm, map);
    roots_close(vm, map);
    return answer(vm, value, CODEC_LIVE);
}

WASM_EXPORT(wasm_pending) int wasm_pending(VM *vm) {
    PendingCounts pending = scheduler_pending(vm);
    uint32_t map = root_push(vm, map_make(vm));
    set_count(vm, map, "tasks", pending.tasks);
    set_count(vm, map, "operations", pending.operations);
    set_count(vm, map, "timers", pending.timers);
    set_count(vm, map, "servers", pending.servers);
    set_count(vm, map, "runForevers", pending.run_forevers);
    return answer_map(vm, map);
}

WASM_EXPORT(wasm_stats) int wasm_stats(VM *vm) {
    HeapStats heap = heap_stats(vm);
    uint32_t stacks = 0, stacks_used = 0;
    scheduler_cstack_counts(vm, &stacks, &stacks_used);
    uint32_t map = root_push(vm, map_make(vm));
    set_count(vm, map, "liveObjects", (double)heap.live_objects);
    set_count(vm, map, "liveBytes", (double)heap.live_bytes);
    set_count(vm, map, "peakBytes", (double)heap.peak_bytes);
    set_count(vm, map, "collections", (double)heap.collections);
    set_count(vm, map, "tasks", scheduler_pending(vm).tasks);
    set_count(vm, map, "handles", vm->handle_live);
    set_count(vm, map, "cstacks", stacks);
    set_count(vm, map, "cstacksUsed", stacks_used);
    return answer_map(vm, map);
}

static void push_names(VM *vm, uint32_t list, const Table *table) {
    for (uint32_t i = table_next(table, 0); i < table->used; i = table_next(table, i + 1)) {
        ArrayObj *names = array_of(root_get(vm, list));
        if (names->count >= NAMES_MAX) return;
        array_push(vm, names, string_from_symbol(vm, symbol_of(table->entries[i].key)));
    }
}

WASM_EXPORT(wasm_names) int wasm_names(VM *vm) {
    uint32_t list = root_push(vm, array_make(vm, 64));
    push_names(vm, list, &vm->main_module->names);
    for (const NamespaceObj *ns = vm->main_module->ns; ns; ns = ns->parent) push_names(vm, list, &ns->members);
    return answer_map(vm, list);
}

WASM_EXPORT(wasm_docs) int wasm_docs(VM *vm) {
    uint32_t scope = roots_open(vm);
    int status = answer(vm, root_get(vm, root_push(vm, docs_list(vm))), CODEC_PLAIN);
    roots_close(vm, scope);
    return status;
}

/* api.c — the public C API (include/gene.h). Thin: every function looks its handles up, calls the room that does the work
 * and makes a handle of the result. */
#include "include/gene.h"

#include "base/number.h"
#include "host/host.h"
#include "host/program.h"
#include "task/scheduler.h"

/* --- version, configuration, lifetime -------------------------------------------------------------------------------- */

const char *gene_version(void) { return GENE_VERSION; }

void gene_config_init(GeneConfig *out_config) { *out_config = (GeneConfig){.struct_size = sizeof *out_config}; }

GeneVM *gene_create(const GeneConfig *config) {
    GeneConfig settings;
    gene_config_init(&settings);
    /* A caller compiled with an older header knows a shorter struct. */
    if (config)
        memcpy(&settings, config, config->struct_size < sizeof settings ? config->struct_size : sizeof settings);
    Limits limits = {.memory = settings.memory_limit,
                     .time_ms = settings.time_limit_ms,
                     .depth = settings.depth_limit,
                     .nesting = settings.nesting_limit,
                     .tasks = settings.task_limit};
    VM *vm = host_create(&limits, settings.slice_ms, settings.hash_seed);
    if (!vm) return NULL;
    vm->space.strict_nil = settings.strict_nil;
    vm->space.ignores_types = settings.ignores_types;
    vm->space.contracts_off = settings.contracts_off;
    return vm;
}

void gene_destroy(GeneVM *vm) {
    if (vm) host_destroy(vm);
}

/* --- handles ------------------------------------------------------------------------------------------------------------ */

/* Nil for a number that is no handle. */
static Value value_of(GeneVM *vm, GeneHandle handle) {
    Value value = handle_get(vm, handle);
    return value == VAL_UNSET ? VAL_NIL : value;
}

GeneHandle gene_retain(GeneVM *vm, GeneHandle value) { return handle_make(vm, value_of(vm, value)); }
void gene_release(GeneVM *vm, GeneHandle value) { handle_release(vm, value); }

GeneHandle gene_error(GeneVM *vm) { return vm->exception == VAL_UNSET ? 0 : handle_make(vm, vm_take_exception(vm)); }

/* --- evaluate and step --------------------------------------------------------------------------------------------------- */

static GeneHandle start(GeneVM *vm, TaskObj *task) {
    if (!task) return 0;
    task->future.observed = true; /* by whoever asks for gene_outcome */
    GeneHandle handle = handle_make(vm, value_pointer(task));
    scheduler_start(vm, task, 0);
    return handle;
}

GeneHandle gene_eval(GeneVM *vm, const char *source, size_t source_size, const char *file) {
    uint32_t scope = roots_open(vm);
    uint32_t text = root_push(vm, string_make_lossy(vm, source, source_size));
    uint32_t name = root_push(vm, string_from(vm, file ? file : "<eval>"));
    TaskObj *task = program_task(vm, vm->main_module, root_get(vm, text), root_get(vm, name), VAL_NIL);
    roots_close(vm, scope);
    return start(vm, task);
}

GeneStatus gene_step(GeneVM *vm) {
    switch (scheduler_pump(vm)) {
    case PUMP_MORE: return GENE_MORE;
    case PUMP_WAITING: return GENE_WAITING;
    default: return GENE_IDLE;
    }
}

bool gene_finish(GeneVM *vm, GeneHandle future) {
    while (gene_state(vm, future) == GENE_PENDING) {
        if (gene_step(vm) != GENE_MORE) break;
    }
    return gene_state(vm, future) != GENE_PENDING;
}

GeneState gene_state(GeneVM *vm, GeneHandle future) {
    Value value = value_of(vm, future);
    if (!is_object(value) || !is_future(value)) return GENE_SUCCESS;
    return (GeneState)future_of(value)->state; /* the same order as FutureState */
}

GeneHandle gene_outcome(GeneVM *vm, GeneHandle future) {
    Value value = value_of(vm, future);
    if (!is_object(value) || !is_future(value)) return handle_make(vm, value);
    if (future_of(value)->state == FUTURE_PENDING) return 0;
    future_of(value)->observed = true;
    return handle_make(vm, future_of(value)->value);
}

/* --- read values ---------------------------------------------------------------------------------------------------------- */

static GeneType object_type(Value value) {
    switch (obj_type_of(value)) {
    case OBJ_INT: return GENE_INT;
    case OBJ_STR: return GENE_STRING;
    case OBJ_SYMBOL: return GENE_SYMBOL;
    case OBJ_BYTES: return GENE_BYTES;
    case OBJ_ARRAY: return GENE_ARRAY;
    case OBJ_MAP: return GENE_MAP;
    case OBJ_FUNCTION:
    case OBJ_BLOCK:
    case OBJ_NATIVE:
    case OBJ_BOUND_METHOD:
    case OBJ_SELECTOR:
    case OBJ_INTERCEPTOR:
    case OBJ_INTERCEPTION:
    case OBJ_CLASS:
    case OBJ_INTERFACE: return GENE_FUNCTION;
    case OBJ_FUTURE:
    case OBJ_TASK: return GENE_FUTURE;
    case OBJ_INSTANCE: return instance_of(value)->class_->is_exception ? GENE_EXCEPTION : GENE_OTHER;
    default: return GENE_OTHER;
    }
}

GeneType gene_type(GeneVM *vm, GeneHandle handle) {
    Value value = value_of(vm, handle);
    if (is_object(value)) return object_type(value);
    if (is_small_int(value)) return GENE_INT;
    if (is_float(value)) return GENE_FLOAT;
    if (is_bool(value)) return GENE_BOOL;
    if (is_char(value)) return GENE_CHAR;
    if (is_nil(value)) return GENE_NIL;
    return is_void(value) ? GENE_VOID : GENE_OTHER;
}

bool gene_read_bool(GeneVM *vm, GeneHandle handle, bool *out) {
    Value value = value_of(vm, handle);
    if (!is_bool(value)) return false;
    *out = value == VAL_TRUE;
    return true;
}

bool gene_read_int(GeneVM *vm, GeneHandle handle, int64_t *out) {
    Value value = value_of(vm, handle);
    if (!is_int(value)) return false;
    *out = int_of(value);
    return true;
}

bool gene_read_number(GeneVM *vm, GeneHandle handle, double *out) {
    Value value = value_of(vm, handle);
    if (!is_number(value)) return false;
    *out = number_of(value);
    return true;
}

bool gene_read_text(GeneVM *vm, GeneHandle handle, const char **out_text, size_t *out_size) {
    Value value = value_of(vm, handle);
    if (is_string(value)) {
        *out_text = string_of(value)->text;
        *out_size = string_of(value)->size;
    } else if (is_symbol(value)) {
        *out_text = symbol_of(value)->text;
        *out_size = symbol_of(value)->size;
    } else if (is_bytes(value)) {
        *out_text = (const char *)bytes_of(value)->data;
        *out_size = bytes_of(value)->size;
    } else {
        return false;
    }
    return true;
}

size_t gene_count(GeneVM *vm, GeneHandle handle) {
    Value value = value_of(vm, handle);
    if (is_array(value)) return array_of(value)->count;
    return is_map(value) ? map_of(value)->table.count : 0;
}

GeneHandle gene_item(GeneVM *vm, GeneHandle array, size_t index) {
    Value value = value_of(vm, array);
    bool is_inside = is_array(value) && index < array_of(value)->count;
    return handle_make(vm, is_inside ? array_of(value)->items[index] : VAL_VOID);
}

GeneHandle gene_member(GeneVM *vm, GeneHandle value, const char *name) {
    return handle_make(vm, program_member(vm, value_of(vm, value), symbol_from(vm, name)));
}

char *gene_text(GeneVM *vm, GeneHandle value) {
    Buffer text;
    buffer_init(&text);
    print_value_safely(vm, &text, value_of(vm, value), RENDER_QUOTED);
    const char *result = buffer_text(&text);
    return text.data ? text.data : *result ? NULL : calloc(1, 1);
}

/* --- build values ---------------------------------------------------------------------------------------------------------- */

GeneHandle gene_nil(GeneVM *vm) { return handle_make(vm, VAL_NIL); }
GeneHandle gene_bool(GeneVM *vm, bool flag) { return handle_make(vm, value_bool(flag)); }
GeneHandle gene_int(GeneVM *vm, int64_t number) { return handle_make(vm, int_make(vm, number)); }
GeneHandle gene_number(GeneVM *vm, double number) { return handle_make(vm, value_float(number)); }
GeneHandle gene_string(GeneVM *vm, const char *text, size_t size) {
    return handle_make(vm, string_make_lossy(vm, text, size));
}

GeneHandle gene_array(GeneVM *vm, const GeneHandle *items, size_t count) {
    Value array = array_make(vm, (uint32_t)count);
    for (size_t i = 0; i < count; i++) array_push(vm, array_of(array), value_of(vm, items[i]));
    return handle_make(vm, array);
}

GeneHandle gene_map(GeneVM *vm, const char *const *keys, const GeneHandle *values, size_t count) {
    uint32_t scope = roots_open(vm);
    uint32_t map = root_push(vm, map_make(vm));
    for (size_t i = 0; i < count; i++) map_set_text(vm, map_of(root_get(vm, map)), keys[i], value_of(vm, values[i]));
    GeneHandle handle = handle_make(vm, root_get(vm, map));
    roots_close(vm, scope);
    return handle;
}

/* --- names and calls ---------------------------------------------------------------------------------------------------------- */

bool gene_define(GeneVM *vm, const char *path, GeneHandle value) {
    return program_define(vm, string_of(string_from(vm, path)), value_of(vm, value));
}

GeneHandle gene_get(GeneVM *vm, const char *path) {
    Value value;
    return program_get(vm, string_of(string_from(vm, path)), &value) ? handle_make(vm, value) : 0;
}

GeneHandle gene_call(GeneVM *vm, GeneHandle callee, const GeneHandle *args, size_t count) {
    uint32_t scope = roots_open(vm);
    for (size_t i = 0; i < count; i++) root_push(vm, value_of(vm, args[i]));
    TaskObj *task = program_call(vm, value_of(vm, callee), scope, (uint32_t)count);
    roots_close(vm, scope);
    return start(vm, task);
}

/* --- host operations, limits ---------------------------------------------------------------------------------------------------- */

GeneHandle gene_start(GeneVM *vm, uint32_t *out_operation) {
    return handle_make(vm, scheduler_expect_operation(vm, out_operation));
}

void gene_complete(GeneVM *vm, uint32_t operation, GeneHandle value) {
    scheduler_complete(vm, operation, value_of(vm, value));
}

void gene_fail(GeneVM *vm, uint32_t operation, const char *message) {
    scheduler_fail(vm, operation, vm_make_exception(vm, ERR_HOST, message, strlen(message)));
}

bool gene_cancel(GeneVM *vm, GeneHandle future, const char *reason) {
    return host_cancel(vm, value_of(vm, future), vm_make_exception(vm, ERR_CANCELLED, reason, strlen(reason)));
}

void gene_interrupt(GeneVM *vm, const char *reason) {
    scheduler_interrupt(vm, vm_make_exception(vm, ERR_CANCELLED, reason, strlen(reason)));
}

GeneStats gene_stats(GeneVM *vm) {
    HeapStats heap = heap_stats(vm);
    PendingCounts pending = scheduler_pending(vm);
    return (GeneStats){.live_objects = heap.live_objects,
                       .live_bytes = heap.live_bytes,
                       .peak_bytes = heap.peak_bytes,
                       .collections = heap.collections,
                       .handles = vm->handle_live,
                       .tasks = pending.tasks,
                       .operations = pending.operations,
                       .timers = pending.timers};
}

void gene_collect(GeneVM *vm) { heap_collect(vm); }

/* combinators.c — see combinators.h.
 * A record is the array [future kind sources …]: for a combination sources is an array and [remaining] follows,
 * for a chain it is the one future waited for at the moment and [on_success on_failure outcome] follow.
 * Sources have a native waiter whose target is the record, so record, future and callbacks live as long as any of
 * them is reachable. */
#include "task/combinators.h"

#include "task/scheduler_private.h"

enum { RECORD_FUTURE, RECORD_KIND, RECORD_SOURCES, RECORD_REMAINING, RECORD_COMBINATION_SIZE };
enum { CHAIN_ON_SUCCESS = 3, CHAIN_ON_FAILURE, CHAIN_OUTCOME, RECORD_CHAIN_SIZE };
#define FIRST_CHAIN_KIND 16 /* record kinds: Combination, or this + ChainKind */

enum { STEP_SOURCE, STEP_CALLBACK, STEP_ADOPTED }; /* what a chain waits for */

static Value field(const ArrayObj *record, uint32_t i) { return record->items[i]; }
static uint32_t record_kind(const ArrayObj *record) { return (uint32_t)small_int_of(field(record, RECORD_KIND)); }
static FutureObj *record_future(const ArrayObj *record) { return future_of(field(record, RECORD_FUTURE)); }

static void set_field(VM *vm, ArrayObj *record, uint32_t i, Value value) {
    record->items[i] = value;
    heap_touch(vm, record);
}

bool combination_is(const FutureObj *future) {
    return future->state == FUTURE_PENDING && future->header.type == OBJ_FUTURE && is_array(future->value);
}

Value combination_sources(const FutureObj *future) {
    return combination_is(future) ? field(array_of(future->value), RECORD_SOURCES) : VAL_NIL;
}

bool combination_needs_all(const FutureObj *future) {
    if (!combination_is(future)) return false;
    uint32_t kind = record_kind(array_of(future->value));
    return kind != COMBINE_ANY && kind != COMBINE_RACE;
}

void combination_detach(VM *vm, FutureObj *future) {
    if (!combination_is(future)) return;
    Value record = future->value;
    Value sources = combination_sources(future);
    if (is_future(sources)) future_forget_target(vm, future_of(sources), record);
    for (uint32_t i = 0; is_array(sources) && i < array_of(sources)->count; i++) {
        Value item = array_of(sources)->items[i];
        if (is_future(item)) future_forget_target(vm, future_of(item), record);
    }
}

/* The same outcome as `from`, which is finished. */
static void finish_like(VM *vm, FutureObj *future, const FutureObj *from) {
    future_finish(vm, future, (FutureState)from->state, from->value);
}

/* --- combinations ------------------------------------------------------------------------------------------------- */

static bool is_finished(Value item) { return !is_future(item) || future_of(item)->state != FUTURE_PENDING; }
static bool has_failed(Value item) { return is_future(item) && future_of(item)->state != FUTURE_SUCCESS; }
static Value value_of_item(Value item) { return is_future(item) ? future_of(item)->value : item; }

/* First failed item, or VAL_UNSET. All are finished. */
static Value first_failure(const ArrayObj *items) {
    for (uint32_t i = 0; i < items->count; i++) {
        if (has_failed(items->items[i])) return items->items[i];
    }
    return VAL_UNSET;
}

static Value settled_entry(VM *vm, Value item) {
    bool failed = has_failed(item);
    FutureState state = is_future(item) ? (FutureState)future_of(item)->state : FUTURE_SUCCESS;
    SymbolObj *name = state == FUTURE_SUCCESS   ? SYM(vm, SUCCESS)
                      : state == FUTURE_FAILURE ? SYM(vm, FAILURE)
                                                : SYM(vm, CANCELLED);
    uint32_t scope = roots_open(vm);
    Value entry = map_make(vm);
    root_push(vm, entry);
    map_set(vm, map_of(entry), SYM(vm, STATE), value_pointer(name));
    map_set(vm, map_of(entry), SYM(vm, VALUE), failed ? VAL_NIL : value_of_item(item));
    map_set(vm, map_of(entry), SYM(vm, ERROR), failed ? value_of_item(item) : VAL_NIL);
    roots_close(vm, scope);
    return entry;
}

/* Array of values or of settled entries; `items` is reachable. Unrooted. */
static Value collect(VM *vm, Combination kind, Value items) {
    uint32_t count = array_of(items)->count;
    uint32_t scope = roots_open(vm);
    Value result = array_make(vm, count);
    root_push(vm, result);
    for (uint32_t i = 0; i < count; i++) {
        Value item = array_of(items)->items[i];
        Value value = kind == COMBINE_SETTLED ? settled_entry(vm, item) : value_of_item(item);
        array_push(vm, array_of(result), value);
    }
    roots_close(vm, scope);
    return result;
}

/* The finished item that decides: VAL_UNSET when the values of all are collected instead. `items` are such that the
 * combination is over. */
static Value deciding_item(Combination kind, const ArrayObj *items) {
    if (kind == COMBINE_SETTLED) return VAL_UNSET;
    if (kind == COMBINE_ONE) return items->items[0];
    if (kind == COMBINE_ALL) return first_failure(items);
    for (uint32_t i = 0; i < items->count; i++) {
        Value item = items->items[i];
        if (is_finished(item) && (kind == COMBINE_RACE || !has_failed(item))) return item;
    }
    return first_failure(items);
}

static bool is_over(Combination kind, const ArrayObj *items) {
    bool all_finished = true;
    for (uint32_t i = 0; i < items->count; i++) {
        Value item = items->items[i];
        if (!is_finished(item))
            all_finished = false;
        else if (kind == COMBINE_RACE || (kind == COMBINE_ANY && !has_failed(item)))
            return true;
    }
    return all_finished;
}

static void item_ended(VM *vm, FutureObj *source, Value target, uint32_t number) {
    (void)number;
    ArrayObj *record = array_of(target);
    FutureObj *future = record_future(record);
    Combination kind = (Combination)record_kind(record);
    int64_t remaining = small_int_of(field(record, RECORD_REMAINING)) - 1;
    set_field(vm, record, RECORD_REMAINING, value_small_int(remaining));
    bool decides = kind == COMBINE_RACE || (kind == COMBINE_ANY && source->state == FUTURE_SUCCESS);
    if (future->state != FUTURE_PENDING || (remaining > 0 && !decides)) return;
    combination_detach(vm, future);
    if (decides) {
        finish_like(vm, future, source);
        return;
    }
    Value items = field(record, RECORD_SOURCES);
    Value deciding = deciding_item(kind, array_of(items));
    if (is_future(deciding))
        finish_like(vm, future, future_of(deciding));
    else
        future_finish(vm, future, FUTURE_SUCCESS, deciding != VAL_UNSET ? deciding : collect(vm, kind, items));
}

/* Gives the outcome of a combination that is over at once. */
static NativeResult return_outcome(VM *vm, Combination kind, Value items, Value *out) {
    Value deciding = deciding_item(kind, array_of(items));
    if (deciding == VAL_UNSET) {
        *out = collect(vm, kind, items);
        return NATIVE_RETURN;
    }
    if (has_failed(deciding)) return vm_throw(vm, future_of(deciding)->value);
    *out = value_of_item(deciding);
    return NATIVE_RETURN;
}

/* Makes the pending future and its record. */
static Value start_combination(VM *vm, Combination kind, Value items, uint32_t pending, double timeout_ms) {
    uint32_t scope = roots_open(vm);
    Value future = future_make(vm);
    root_push(vm, future);
    Value fields[RECORD_COMBINATION_SIZE] = {future, value_small_int(kind), items, value_small_int(pending)};
    Value record = array_from(vm, fields, RECORD_COMBINATION_SIZE);
    future_of(future)->value = record;
    heap_touch(vm, future_of(future));
    for (uint32_t i = 0; i < array_of(items)->count; i++) {
        Value item = array_of(items)->items[i];
        if (!is_finished(item)) future_wait(vm, future_of(item), WAITER_NATIVE, record, item_ended, i);
    }
    if (timeout_ms >= 0) {
        double due_ms = port_now_ms(vm) + timeout_ms;
        future_of(future)->operation = timers_add(vm, TIMER_TIMEOUT, due_ms, future, scheduler_in_daemon(vm));
    }
    roots_close(vm, scope);
    return future;
}

NativeResult futures_combine(VM *vm, Combination kind, const Value *items, uint32_t count, double timeout_ms,
                             Value *out) {
    if (count == 0 && (kind == COMBINE_ANY || kind == COMBINE_RACE)) {
        return vm_raise(vm, ERR_ARGUMENT, "await_%s requires at least one future",
                        kind == COMBINE_ANY ? "any" : "race");
    }
    uint32_t scope = roots_open(vm);
    Value copy = array_from(vm, items, count);
    root_push(vm, copy);
    uint32_t pending = 0;
    for (uint32_t i = 0; i < count; i++) {
        Value item = array_of(copy)->items[i];
        if (is_future(item)) future_of(item)->observed = true;
        if (!is_finished(item)) pending++;
    }
    NativeResult result = NATIVE_WAIT;
    if (is_over(kind, array_of(copy)))
        result = return_outcome(vm, kind, copy, out);
    else
        *out = start_combination(vm, kind, copy, pending, timeout_ms);
    roots_close(vm, scope);
    return result;
}

/* --- chains ------------------------------------------------------------------------------------------------------- */

static void chain_step(VM *vm, FutureObj *ended, Value target, uint32_t step);

/* The chain now waits for `next`. */
static void chain_wait(VM *vm, ArrayObj *record, Value next, uint32_t step) {
    set_field(vm, record, RECORD_SOURCES, next);
    future_wait(vm, future_of(next), WAITER_NATIVE, value_pointer(record), chain_step, step);
}

static void chain_call(VM *vm, ArrayObj *record, Value callee, Value argument, uint32_t argc) {
    TaskObj *task = task_make(vm, callee, &argument, argc, VAL_NIL);
    if (!task) {
        future_finish(vm, record_future(record), FUTURE_FAILURE, vm_take_exception(vm));
        return;
    }
    task->is_callback = true;
    scheduler_start_inline(vm, task);
    chain_wait(vm, record, value_pointer(task), STEP_CALLBACK);
}

static void source_ended(VM *vm, ArrayObj *record, FutureObj *source, ChainKind kind) {
    bool success = source->state == FUTURE_SUCCESS;
    Value callee = field(record, success || kind == CHAIN_FINALLY ? CHAIN_ON_SUCCESS : CHAIN_ON_FAILURE);
    if (is_nil(callee)) {
        finish_like(vm, record_future(record), source);
    } else {
        set_field(vm, record, CHAIN_OUTCOME, value_pointer(source));
        chain_call(vm, record, callee, source->value, kind == CHAIN_FINALLY ? 0 : 1);
    }
}

static void chain_step(VM *vm, FutureObj *ended, Value target, uint32_t step) {
    ArrayObj *record = array_of(target);
    FutureObj *future = record_future(record);
    ChainKind kind = (ChainKind)(record_kind(record) - FIRST_CHAIN_KIND);
    if (future->state != FUTURE_PENDING) return;
    bool success = ended->state == FUTURE_SUCCESS;
    Value value = ended->value;
    if (step == STEP_SOURCE) {
        source_ended(vm, record, ended, kind);
    } else if (success && step == STEP_CALLBACK && value == value_pointer(future)) {
        static const char text[] = "a future cannot wait for itself";
        Value exception = vm_make_exception(vm, ERR_DEADLOCK, text, sizeof text - 1);
        future_finish(vm, future, FUTURE_FAILURE, exception);
    } else if (success && step == STEP_CALLBACK && kind != CHAIN_MAP && is_future(value)) {
        chain_wait(vm, record, value, STEP_ADOPTED);
    } else if (success && kind == CHAIN_FINALLY) {
        finish_like(vm, future, future_of(field(record, CHAIN_OUTCOME)));
    } else {
        finish_like(vm, future, ended);
    }
}

Value future_chain(VM *vm, FutureObj *source, ChainKind kind, Value on_success, Value on_failure) {
    uint32_t scope = roots_open(vm);
    root_push(vm, value_pointer(source));
    root_push(vm, on_success);
    root_push(vm, on_failure);
    Value future = future_make(vm);
    root_push(vm, future);
    Value fields[RECORD_CHAIN_SIZE] = {
        future, value_small_int(FIRST_CHAIN_KIND + (int)kind), value_pointer(source), on_success, on_failure, VAL_NIL};
    Value record = array_from(vm, fields, RECORD_CHAIN_SIZE);
    future_of(future)->value = record;
    heap_touch(vm, future_of(future));
    future_wait(vm, source, WAITER_NATIVE, record, chain_step, STEP_SOURCE);
    roots_close(vm, scope);
    return future;
}

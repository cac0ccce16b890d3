/* selector.c — applying selectors (language 12 §12.4).
 * Segments that need no Gene code are done here, without allocation where the mode is a single value. At one that does (a
 * function, an iterable that is no plain data) the run becomes a state array and goes on in selector.gene, which asks `advance`
 * for the plain segments between.
 * Invariant: the lists of a run are its own, never part of the target. */
#include "lib/modules.h"
#include "lib/prelude.h"
#include "lib/support.h"
#include "vm/access.h"
#include "vm/operators.h"
#include "vm/property.h"

typedef enum Mode {
    MODE_VALUE,   /* data is the value */
    MODE_VALUES,  /* data is a list */
    MODE_ENTRIES, /* data and keys are lists of the same length */
} Mode;

/* What selector.gene has to do next. */
typedef enum Progress {
    PROGRESS_DONE,
    PROGRESS_CALL,         /* the function with the value */
    PROGRESS_CALL_VALUES,  /* … with each value */
    PROGRESS_CALL_ENTRIES, /* … with each key and value */
    PROGRESS_ITEMS,        /* * over something to iterate */
    PROGRESS_ENTRIES,      /* ** over something to iterate */
    PROGRESS_READ,         /* the values, of which some are unread nodes of trees, and the segment again */
    PROGRESS_RAISED,
} Progress;

/* Places in the state array. */
enum { STATE_SELECTOR, STATE_NEXT, STATE_MODE, STATE_DATA, STATE_KEYS, STATE_FUNCTION, STATE_DEFAULT };

typedef struct Run {
    VM *vm;
    uint32_t selector, data, keys; /* roots */
    uint32_t next;                 /* segment */
    Mode mode;
} Run;

static Value data_of(const Run *run) { return root_get(run->vm, run->data); }
static void set_data(const Run *run, Value value) { root_set(run->vm, run->data, value); }
static Value keys_of(const Run *run) { return root_get(run->vm, run->keys); }

static Run run_open(VM *vm, Value selector, Value data) {
    Run run = {.vm = vm, .selector = root_push(vm, selector), .mode = MODE_VALUE};
    run.data = root_push(vm, data);
    run.keys = root_push(vm, VAL_NIL);
    return run;
}

/* --- lookup ------------------------------------------------------------------------------------------------ */

static Value namespace_chain(const NamespaceObj *ns, const SymbolObj *name) {
    Value found = vm_lookup_name((NamespaceObj *)ns, name);
    return found == VAL_UNSET ? VAL_VOID : found;
}

/* The literal lookup of selectors: no variables, indices of arrays and genes only. */
static Value look_up(VM *vm, Value value, Value segment) {
    if (value == VAL_NIL || value == VAL_VOID) return value;
    if (is_int(segment)) {
        return is_array(value) || is_node(value) ? property_get_index(vm, value, int_of(segment)) : VAL_VOID;
    }
    const SymbolObj *name = property_key(vm, segment);
    if (is_namespace(value)) return namespace_chain(namespace_of(value), name);
    Value found = property_get(vm, value, name);
    if (found != VAL_VOID || !is_class(value)) return found;
    return namespace_chain(class_of_value(value)->ns, name);
}

/* --- streams ----------------------------------------------------------------------------------------------- */

/* Drops void values, and their keys. */
static void drop_void(const Run *run) {
    ArrayObj *values = array_of(data_of(run));
    ArrayObj *keys = run->mode == MODE_ENTRIES ? array_of(keys_of(run)) : NULL;
    uint32_t kept = 0;
    for (uint32_t i = 0; i < values->count; i++) {
        if (values->items[i] == VAL_VOID) continue;
        values->items[kept] = values->items[i];
        if (keys) keys->items[kept] = keys->items[i];
        kept++;
    }
    array_resize(run->vm, values, kept);
    if (keys) array_resize(run->vm, keys, kept);
}

static bool is_iterable(VM *vm, Value value) {
    if (!is_object(value)) return false;
    switch (obj_type_of(value)) {
    case OBJ_ARRAY:
    case OBJ_MAP:
    case OBJ_HASHMAP:
    case OBJ_SET:
    case OBJ_RANGE:
    case OBJ_GENERATOR: return true;
    default: return vm_find_method(vm, value, SYM(vm, ITER)) != VAL_UNSET;
    }
}

/* Appends what * makes of a value to the array `items`, in a root; false when it has to be iterated. */
static bool add_plain_items(VM *vm, Value value, uint32_t items) {
    const Value *from = NULL;
    uint32_t count = 0;
    if (is_array(value)) {
        from = array_of(value)->items;
        count = array_of(value)->count;
    } else if (is_node(value)) {
        from = node_of(value)->children;
        count = node_of(value)->count;
    } else {
        return !is_iterable(vm, value);
    }
    ArrayObj *list = array_of(root_get(vm, items));
    for (uint32_t i = 0; i < count; i++) {
        if (from[i] != VAL_VOID) array_push(vm, list, from[i]);
    }
    return true;
}

static const Table *members_of(Value value) {
    if (!is_object(value)) return NULL;
    switch (obj_type_of(value)) {
    case OBJ_MAP: return &map_of(value)->table;
    case OBJ_NODE: return &node_of(value)->props;
    case OBJ_NAMESPACE: return &namespace_of(value)->members;
    case OBJ_CLASS: return &class_of_value(value)->ns->members;
    default: return NULL;
    }
}

static void add_entry(VM *vm, uint32_t keys, uint32_t values, Value key, Value value) {
    if (value == VAL_VOID) return;
    array_push(vm, array_of(root_get(vm, keys)), key);
    array_push(vm, array_of(root_get(vm, values)), value);
}

/* The same for **, with the keys to `keys`. */
static bool add_plain_entries(VM *vm, Value value, uint32_t keys, uint32_t values) {
    const Table *table = members_of(value);
    if (table) {
        for (uint32_t i = table_next(table, 0); i < table->used; i = table_next(table, i + 1)) {
            add_entry(vm, keys, values, table->entries[i].key, table->entries[i].value);
        }
        return true;
    }
    if (!is_instance(value)) return !is_iterable(vm, value);
    const InstanceObj *instance = instance_of(value);
    uint32_t count = instance->shape->count;
    if (count == 0) return true;
    uint32_t scope = roots_open(vm);
    uint32_t first = root_push(vm, VAL_NIL);
    for (const ShapeObj *shape = instance->shape; shape->parent; shape = shape->parent) {
        root_push(vm, value_pointer(shape->name));
    }
    for (uint32_t i = 0; i < count; i++) {
        add_entry(vm, keys, values, root_get(vm, first + count - i), instance->values[i]);
    }
    roots_close(vm, scope);
    return true;
}

/* How many values * or ** makes of one; UINT32_MAX: it has to be iterated. */
static uint32_t plain_count(VM *vm, Value value, SelectorOp op) {
    if (op == SELECTOR_ITEMS) {
        if (is_array(value)) return array_of(value)->count;
        if (is_node(value)) return node_of(value)->count;
    } else {
        const Table *table = members_of(value);
        if (table) return table->count;
        if (is_instance(value)) return instance_of(value)->shape->count;
    }
    return is_iterable(vm, value) ? UINT32_MAX : 0;
}

/* * and **; the new stream replaces the old one. */
static Progress expand(Run *run, SelectorOp op) {
    VM *vm = run->vm;
    bool single = run->mode == MODE_VALUE;
    if (single) set_data(run, array_from(vm, &(Value){data_of(run)}, 1));
    run->mode = MODE_VALUES;
    uint64_t total = 0;
    const ArrayObj *from = array_of(data_of(run));
    for (uint32_t i = 0; i < from->count; i++) {
        uint32_t count = plain_count(vm, from->items[i], op);
        if (count == UINT32_MAX) return op == SELECTOR_ITEMS ? PROGRESS_ITEMS : PROGRESS_ENTRIES;
        total += count;
    }
    if (total >= UINT32_MAX / sizeof(Value) || !lib_check_space(vm, (size_t)total * sizeof(Value) * 2)) {
        if (vm->exception == VAL_UNSET) vm_raise(vm, ERR_LIMIT_MEMORY, "memory limit reached in a selector");
        return PROGRESS_RAISED;
    }
    uint32_t scope = roots_open(vm);
    uint32_t values = root_push(vm, array_make(vm, (uint32_t)total));
    uint32_t keys = root_push(vm, op == SELECTOR_ENTRIES ? array_make(vm, (uint32_t)total) : VAL_NIL);
    for (uint32_t i = 0; i < array_of(data_of(run))->count; i++) {
        Value value = array_of(data_of(run))->items[i];
        if (op == SELECTOR_ITEMS)
            add_plain_items(vm, value, values);
        else
            add_plain_entries(vm, value, keys, values);
    }
    set_data(run, root_get(vm, values));
    root_set(vm, run->keys, root_get(vm, keys));
    if (op == SELECTOR_ENTRIES) run->mode = MODE_ENTRIES;
    roots_close(vm, scope);
    return PROGRESS_DONE;
}

/* --- single segments --------------------------------------------------------------------------------------- */

static Value entry_pairs(const Run *run) {
    VM *vm = run->vm;
    uint32_t scope = roots_open(vm);
    uint32_t count = array_of(data_of(run))->count;
    uint32_t result = root_push(vm, array_make(vm, count));
    for (uint32_t i = 0; i < count; i++) {
        Value pair = lib_pair(vm, array_of(keys_of(run))->items[i], array_of(data_of(run))->items[i]);
        array_push(vm, array_of(root_get(vm, result)), pair);
    }
    Value pairs = root_get(vm, result);
    roots_close(vm, scope);
    return pairs;
}

static void collect_array(Run *run) {
    VM *vm = run->vm;
    if (run->mode == MODE_ENTRIES) {
        set_data(run, entry_pairs(run));
    } else if (run->mode == MODE_VALUE) {
        Value value = data_of(run);
        set_data(run, array_from(vm, &value, value == VAL_VOID ? 0 : 1));
    }
    run->mode = MODE_VALUE;
}

static bool collect_map(Run *run) {
    VM *vm = run->vm;
    if (run->mode != MODE_ENTRIES) {
        vm_raise(vm, ERR_ARGUMENT, "@@ requires an entry stream (use ** to expand entries first)");
        return false;
    }
    Value map = map_make(vm);
    const ArrayObj *keys = array_of(keys_of(run));
    const ArrayObj *values = array_of(data_of(run));
    for (uint32_t i = 0; i < keys->count; i++) map_set(vm, map_of(map), symbol_of(keys->items[i]), values->items[i]);
    set_data(run, map);
    run->mode = MODE_VALUE;
    return true;
}

static bool require_present(const Run *run) {
    if (run->mode == MODE_VALUE) return access_require_present(run->vm, data_of(run));
    const ArrayObj *values = array_of(data_of(run));
    if (values->count == 0) {
        vm_raise(run->vm, ERR_RUNTIME, "Selector did not match (empty)");
        return false;
    }
    for (uint32_t i = 0; i < values->count; i++) {
        if (!access_require_present(run->vm, values->items[i])) return false;
    }
    return true;
}

static void look_up_all(const Run *run, Value segment) {
    if (run->mode == MODE_VALUE) {
        set_data(run, look_up(run->vm, data_of(run), segment));
        return;
    }
    ArrayObj *values = array_of(data_of(run));
    for (uint32_t i = 0; i < values->count; i++) values->items[i] = look_up(run->vm, values->items[i], segment);
    heap_touch(run->vm, values);
    drop_void(run);
}

static bool has_unread(const Run *run) {
    if (run->mode == MODE_VALUE) return is_unread(data_of(run));
    const ArrayObj *values = array_of(data_of(run));
    for (uint32_t i = 0; i < values->count; i++) {
        if (is_unread(values->items[i])) return true;
    }
    return false;
}

static Progress apply_segment(Run *run, Value segment) {
    SelectorOp op = is_symbol(segment) ? selector_operator(symbol_of(segment)) : SELECTOR_NAME;
    if (has_unread(run)) {
        run->next--;
        return PROGRESS_READ;
    }
    switch (op) {
    case SELECTOR_NAME: break;
    case SELECTOR_ITEMS:
    case SELECTOR_ENTRIES: return expand(run, op);
    case SELECTOR_ARRAY: collect_array(run); return PROGRESS_DONE;
    case SELECTOR_MAP: return collect_map(run) ? PROGRESS_DONE : PROGRESS_RAISED;
    case SELECTOR_PRESENT: return require_present(run) ? PROGRESS_DONE : PROGRESS_RAISED;
    }
    if (is_int(segment) || lib_is_name(segment)) {
        look_up_all(run, segment);
        return PROGRESS_DONE;
    }
    if (run->mode == MODE_VALUE) return data_of(run) == VAL_VOID ? PROGRESS_DONE : PROGRESS_CALL;
    return run->mode == MODE_VALUES ? PROGRESS_CALL_VALUES : PROGRESS_CALL_ENTRIES;
}

/* Goes on until all segments are done or one needs Gene code; `next` is then behind it. */
static Progress run_segments(Run *run) {
    for (;;) {
        const SelectorObj *selector = selector_of(root_get(run->vm, run->selector));
        if (run->next == selector->count) return PROGRESS_DONE;
        Progress progress = apply_segment(run, selector->segments[run->next++]);
        if (progress != PROGRESS_DONE) return progress;
    }
}

/* `fallback` VAL_UNSET: none. */
static Value run_result(const Run *run, Value fallback) {
    Value data = data_of(run);
    bool is_nothing = run->mode == MODE_VALUE ? data == VAL_VOID : array_of(data)->count == 0;
    if (is_nothing && fallback != VAL_UNSET) return fallback;
    return run->mode == MODE_ENTRIES ? entry_pairs(run) : data;
}

/* --- the state of a run in selector.gene --------------------------------------------------------------------- */

static ArrayObj *state_arg(VM *vm, const Args *args) { return array_of(native_arg(vm, args, 0)); }

static void store_run(const Run *run, ArrayObj *state) {
    state->items[STATE_NEXT] = value_small_int(run->next);
    state->items[STATE_MODE] = value_small_int((int64_t)run->mode);
    state->items[STATE_DATA] = data_of(run);
    state->items[STATE_KEYS] = keys_of(run);
    if (run->next > 0) {
        state->items[STATE_FUNCTION] = selector_of(root_get(run->vm, run->selector))->segments[run->next - 1];
    }
    heap_touch(run->vm, state);
}

static Run load_run(VM *vm, const ArrayObj *state) {
    Run run = run_open(vm, state->items[STATE_SELECTOR], state->items[STATE_DATA]);
    root_set(vm, run.keys, state->items[STATE_KEYS]);
    run.next = (uint32_t)small_int_of(state->items[STATE_NEXT]);
    run.mode = (Mode)small_int_of(state->items[STATE_MODE]);
    return run;
}

static NativeResult advance(VM *vm, const Args *args, Value *out) {
    uint32_t scope = roots_open(vm);
    Run run = load_run(vm, state_arg(vm, args));
    Progress progress = run_segments(&run);
    store_run(&run, state_arg(vm, args));
    roots_close(vm, scope);
    return progress == PROGRESS_RAISED ? NATIVE_RAISE : lib_return(out, value_small_int((int64_t)progress));
}

static NativeResult settle_values(VM *vm, const Args *args, Value *out) {
    *out = VAL_NIL;
    Value data = state_arg(vm, args)->items[STATE_DATA];
    if (!is_array(data)) return unread_settle(vm, data) ? NATIVE_RETURN : NATIVE_RAISE;
    for (uint32_t i = 0; i < array_of(data)->count; i++) {
        if (!unread_settle(vm, array_of(data)->items[i])) return NATIVE_RAISE;
    }
    return NATIVE_RETURN;
}

static NativeResult result_of(VM *vm, const Args *args, Value *out) {
    uint32_t scope = roots_open(vm);
    Run run = load_run(vm, state_arg(vm, args));
    const ArrayObj *state = state_arg(vm, args);
    *out = run_result(&run, state->count > STATE_DEFAULT ? state->items[STATE_DEFAULT] : VAL_UNSET);
    roots_close(vm, scope);
    return NATIVE_RETURN;
}

/* Makes lists the state's stream. */
static NativeResult give_stream(VM *vm, const Args *args, Mode mode, Value keys, Value values, Value *out) {
    uint32_t scope = roots_open(vm);
    Run run = load_run(vm, state_arg(vm, args));
    run.mode = mode;
    set_data(&run, values);
    root_set(vm, run.keys, keys);
    drop_void(&run);
    store_run(&run, state_arg(vm, args));
    roots_close(vm, scope);
    return lib_return(out, VAL_NIL);
}

static NativeResult give_value(VM *vm, const Args *args, Value *out) {
    ArrayObj *state = state_arg(vm, args);
    state->items[STATE_DATA] = native_arg(vm, args, 1);
    heap_touch(vm, state);
    return lib_return(out, VAL_NIL);
}

static NativeResult give_values(VM *vm, const Args *args, Value *out) {
    return give_stream(vm, args, MODE_VALUES, VAL_NIL, native_arg(vm, args, 1), out);
}

/* Makes a key a symbol; false after raising. */
static bool check_key(VM *vm, Value *io_key) {
    const SymbolObj *key = property_key(vm, *io_key);
    if (!key) {
        vm_raise(vm, ERR_TYPE_PLAIN, "Entry key must be string/symbol/int, got %s", kind_name(*io_key));
        return false;
    }
    *io_key = value_pointer(key);
    return true;
}

/* Lists of keys and values that were iterated. */
static NativeResult give_pairs(VM *vm, const Args *args, Value *out) {
    ArrayObj *keys = array_of(native_arg(vm, args, 1));
    for (uint32_t i = 0; i < keys->count; i++) {
        if (!check_key(vm, &keys->items[i])) return NATIVE_RAISE;
        heap_touch(vm, keys);
    }
    return give_stream(vm, args, MODE_ENTRIES, native_arg(vm, args, 1), native_arg(vm, args, 2), out);
}

/* What a function made of each entry: a new pair, a new value, or void. */
static NativeResult give_entries(VM *vm, const Args *args, Value *out) {
    ArrayObj *keys = array_of(state_arg(vm, args)->items[STATE_KEYS]);
    ArrayObj *values = array_of(native_arg(vm, args, 1));
    for (uint32_t i = 0; i < values->count; i++) {
        if (!is_array(values->items[i])) continue;
        const ArrayObj *pair = array_of(values->items[i]);
        if (pair->count != 2) return vm_raise(vm, ERR_RUNTIME, "Entry transform must return [key value]");
        Value key = pair->items[0];
        if (!check_key(vm, &key)) return NATIVE_RAISE;
        keys->items[i] = key;
        heap_touch(vm, keys);
        values->items[i] = pair->items[1];
        heap_touch(vm, values);
    }
    return give_stream(vm, args, MODE_ENTRIES, value_pointer(keys), value_pointer(values), out);
}

static NativeResult add_items(VM *vm, const Args *args, Value *out) {
    return lib_return(out, value_bool(add_plain_items(vm, native_arg(vm, args, 0), args->base + 1)));
}

static NativeResult add_entries(VM *vm, const Args *args, Value *out) {
    bool done = add_plain_entries(vm, native_arg(vm, args, 0), args->base + 1, args->base + 2);
    return lib_return(out, value_bool(done));
}

static void install_helpers(VM *vm, NamespaceObj *ns) {
    static const NativeDef helpers[] = {
        {"read", settle_values, 1, 1, NATIVE_REENTRANT, "(read state)", "Reads unread nodes among the values."},
        {"advance", advance, 1, 1, 0, "(advance state)", "Does plain segments; what Gene code has to do next."},
        {"result_of", result_of, 1, 1, 0, "(result_of state)", "The selected value."},
        {"give_value", give_value, 2, 2, 0, "(give_value state v)", "Replaces the value."},
        {"give_values", give_values, 2, 2, 0, "(give_values state list)", "Replaces the stream."},
        {"give_pairs", give_pairs, 3, 3, 0, "(give_pairs state keys list)", "Replaces the stream by entries."},
        {"give_entries", give_entries, 2, 2, 0, "(give_entries state list)",
         "Replaces the entries by what became of them."},
        {"add_items", add_items, 2, 2, 0, "(add_items v list)", "Adds the items of plain data; false for other data."},
        {"add_entries", add_entries, 3, 3, 0, "(add_entries v keys list)", "Adds the entries of plain data."},
    };
    vm_define_natives(vm, ns, helpers, COUNT_OF(helpers));
}

/* --- the class ------------------------------------------------------------------------------------------------ */

static Value state_make(const Run *run, Value fallback) {
    VM *vm = run->vm;
    ArrayObj *state = array_of(array_make(vm, STATE_DEFAULT + 1));
    array_resize(vm, state, fallback == VAL_UNSET ? STATE_DEFAULT : STATE_DEFAULT + 1);
    state->items[STATE_SELECTOR] = root_get(vm, run->selector);
    if (fallback != VAL_UNSET) state->items[STATE_DEFAULT] = fallback;
    store_run(run, state);
    return value_pointer(state);
}

static NativeResult selector_call(VM *vm, const Args *args, Value *out) {
    if (!lib_receiver(vm, args, OBJ_SELECTOR)) return NATIVE_RAISE;
    if (!lib_has_arg(args, 1)) return vm_raise(vm, ERR_ARGUMENT, "Selector.call expects a target value");
    uint32_t scope = roots_open(vm);
    Value fallback = native_arg_or(vm, args, 2, VAL_UNSET);
    Run run = run_open(vm, native_arg(vm, args, 0), native_arg(vm, args, 1));
    Progress progress = run_segments(&run);
    if (progress == PROGRESS_RAISED) return NATIVE_RAISE;
    if (progress == PROGRESS_DONE) {
        *out = run_result(&run, fallback);
        roots_close(vm, scope);
        return NATIVE_RETURN;
    }
    /* The segment is done again by `advance`, which tells selector.gene what to do. */
    if (progress != PROGRESS_READ) run.next--;
    Value state = state_make(&run, fallback);
    roots_close(vm, scope);
    return prelude_call(vm, "selector.gene", install_helpers, "run", &state, 1, out);
}

/* (@ seg…) with computed segments. */
static NativeResult make_selector(VM *vm, const Args *args, Value *out) {
    for (uint32_t i = 0; i < args->count; i++) {
        Value segment = native_arg(vm, args, i);
        if (is_int(segment) || lib_is_name(segment) || is_selector(segment) || is_callable(vm, segment)) continue;
        return vm_raise(vm, ERR_TYPE, "Selector segment must be string, symbol, int, or callable, got %s",
                        kind_name(segment));
    }
    *out = selector_make(vm, args->count);
    for (uint32_t i = 0; i < args->count; i++) selector_of(*out)->segments[i] = native_arg(vm, args, i);
    return NATIVE_RETURN;
}

static const NativeDef methods[] = {
    {"call", selector_call, 0, -1, NATIVE_METHOD, "(sel .call target [default])",
     "What the selector finds in the target, else the default."},
};

static const NativeDef constructor = {"@", make_selector, 1, -1, 0, "(@ seg…)", "A selector."};

void lib_install_selector(VM *vm) {
    vm_define_methods(vm, vm_space(vm)->type_classes[OBJ_SELECTOR], methods, COUNT_OF(methods));
    vm_install_intrinsic(vm, INTRINSIC_SELECTOR, &constructor);
}

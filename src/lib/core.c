/* core.c — global functions: output, assertions, reading, environment, concatenation (language 28 §1, 3, 4, 27 §2). */
#include "base/utf8.h"
#include "lib/modules.h"
#include "lib/support.h"
#include "port/port.h"
#include "reader/reader.h"
#include "vm/operators.h"

/* --- output --------------------------------------------------------------------------------------------- */

static bool print_args(VM *vm, const Args *args, Buffer *text) {
    for (uint32_t i = 0; i < args->count; i++) {
        if (i > 0) buffer_append_byte(text, ' ');
        if (!print_value(vm, text, native_arg(vm, args, i), RENDER_PLAIN)) return false;
    }
    return true;
}

/* The whole text is written at once: other tasks may run while a value's to_s is asked. */
static NativeResult print(VM *vm, const Args *args, const char *end, Value *out) {
    for (uint32_t i = 0; i < args->keyword_count; i++) {
        const SymbolObj *name = symbol_of(args->keyword_names[i]);
        if (name != SYM(vm, STDERR)) return vm_raise(vm, ERR_KEYWORD, "Unexpected keyword argument: %s", name->text);
    }
    Value to_stderr = native_keyword(vm, args, "stderr");
    int stream = to_stderr != VAL_UNSET && is_truthy(to_stderr) ? PORT_STDERR : PORT_STDOUT;
    Buffer text;
    lib_buffer_init(vm, &text);
    bool ok = print_args(vm, args, &text);
    buffer_append_text(&text, end);
    if (ok && text.failed) {
        vm_raise(vm, ERR_LIMIT_MEMORY, "memory limit reached while printing (limits.memory)");
        ok = false;
    }
    if (ok && text.size > 0) port_write(vm, stream, text.data, text.size);
    buffer_free(&text);
    return ok ? lib_return(out, VAL_NIL) : NATIVE_RAISE;
}

static NativeResult core_print(VM *vm, const Args *args, Value *out) { return print(vm, args, "", out); }
static NativeResult core_println(VM *vm, const Args *args, Value *out) { return print(vm, args, "\n", out); }

/* Every write has reached the host already. */
static NativeResult core_flush(VM *vm, const Args *args, Value *out) {
    (void)vm, (void)args;
    return lib_return(out, VAL_NIL);
}

static NativeResult core_debug(VM *vm, const Args *args, Value *out) {
    return lib_return(out, args->count ? native_arg(vm, args, args->count - 1) : VAL_NIL);
}

static NativeResult core_trace_start(VM *vm, const Args *args, Value *out) {
    (void)args;
    vm->is_traced = true;
    vm->fuel = 0;
    return lib_return(out, VAL_NIL);
}

static NativeResult core_trace_end(VM *vm, const Args *args, Value *out) {
    (void)args;
    vm->is_traced = false;
    return lib_return(out, VAL_NIL);
}

/* --- checks, sizes ---------------------------------------------------------------------------------------- */

static NativeResult core_assert(VM *vm, const Args *args, Value *out) {
    if (is_truthy(native_arg(vm, args, 0))) return lib_return(out, VAL_NIL);
    if (!lib_has_arg(args, 1)) return vm_raise(vm, ERR_ASSERT, "Assertion failed");
    Buffer text;
    lib_buffer_init(vm, &text);
    if (print_value(vm, &text, native_arg(vm, args, 1), RENDER_STRING_FORM)) {
        vm_raise(vm, ERR_ASSERT, "%s", buffer_text(&text));
    }
    buffer_free(&text);
    return NATIVE_RAISE;
}

/* Numbers a range yields; 0 unless its bounds are Ints. */
static int64_t range_length(const RangeObj *range) {
    Value step = range->step == VAL_UNSET ? value_small_int(1) : range->step;
    if (!is_int(range->first) || !is_int(range->last) || !is_int(step) || int_of(step) == 0) return 0;
    int64_t first = int_of(range->first), last = int_of(range->last), by = int_of(step);
    if (by > 0 ? first > last : first < last) return 0;
    uint64_t distance = by > 0 ? (uint64_t)last - (uint64_t)first : (uint64_t)first - (uint64_t)last;
    uint64_t width = (uint64_t)by;
    if (by < 0) width = 0 - width;
    ENSURE(width != 0, "a range without a step has no length");
    uint64_t steps = distance / width;
    return steps < INT64_MAX ? (int64_t)steps + 1 : INT64_MAX;
}

static int64_t length_of(Value value) {
    if (!is_object(value)) return 0;
    switch (obj_type_of(value)) {
    case OBJ_ARRAY: return array_of(value)->count;
    case OBJ_MAP: return map_of(value)->table.count;
    case OBJ_HASHMAP:
    case OBJ_SET: return hash_of(value)->table.count;
    case OBJ_RANGE: return range_length(range_of(value));
    case OBJ_STR: return string_length(string_of(value));
    case OBJ_SYMBOL: return (int64_t)utf8_count(symbol_of(value)->text, symbol_of(value)->size);
    case OBJ_BYTES: return bytes_of(value)->size;
    case OBJ_NODE: return node_of(value)->count;
    default: return 0;
    }
}

static NativeResult core_len(VM *vm, const Args *args, Value *out) {
    if (args->count == 0) return vm_raise_message(vm, "len requires 1 argument (collection)");
    return lib_return(out, int_make(vm, length_of(native_arg(vm, args, 0))));
}

/* --- reading ------------------------------------------------------------------------------------------------ */

static NativeResult core_parse(VM *vm, const Args *args, Value *out) {
    Value source = native_arg(vm, args, 0);
    if (!is_string(source)) return vm_raise_message(vm, "parse expects a string");
    Diagnostics diagnostics = {0};
    ReadOptions options = {.file = "<parse>"};
    const StrObj *text = string_of(source);
    bool ok = reader_read_first(vm, text->text, text->size, &options, out, &diagnostics);
    if (!ok) vm_raise(vm, diagnostics_main(&diagnostics)->id, "%s", diagnostics_main(&diagnostics)->message);
    diagnostics_free(&diagnostics);
    return ok ? NATIVE_RETURN : NATIVE_RAISE;
}

/* --- text ----------------------------------------------------------------------------------------------------- */

static NativeResult core_text(VM *vm, const Args *args, Value *out) {
    Buffer text;
    lib_buffer_init(vm, &text);
    if (lib_append_args(vm, args, 0, &text)) return lib_return_text(vm, &text, out);
    buffer_free(&text);
    return NATIVE_RAISE;
}

static NativeResult core_concat(VM *vm, const Args *args, Value *out) {
    Buffer text;
    lib_buffer_init(vm, &text);
    for (uint32_t i = 0; i < args->count; i++) {
        Value part = native_arg(vm, args, i);
        if (!is_string(part)) {
            buffer_free(&text);
            return vm_raise_message(vm, "++ expects String arguments");
        }
        buffer_append(&text, string_of(part)->text, string_of(part)->size);
    }
    return lib_return_text(vm, &text, out);
}

/* --- environment --------------------------------------------------------------------------------------------- */
/* The variables are the map that the host put into vm->env; set_env changes what this program sees. */

static Value variable(VM *vm, const char *name) {
    return is_map(vm->env) ? map_get_text(vm, map_of(vm->env), name) : VAL_UNSET;
}

/* The variable named by argument 0; false after raising. */
static bool variable_arg(VM *vm, const Args *args, const char *missing, Value *out_value) {
    const char *function = native_of(args->callee)->def->name;
    if (args->count == 0) {
        vm_raise_message(vm, "%s requires %s (variable name)", function, missing);
        return false;
    }
    Value name = native_arg(vm, args, 0);
    if (!is_string(name)) {
        vm_raise_message(vm, "%s requires a string variable name", function);
        return false;
    }
    *out_value = variable(vm, string_of(name)->text);
    return true;
}

static NativeResult core_get_env(VM *vm, const Args *args, Value *out) {
    if (!variable_arg(vm, args, "at least 1 argument", out)) return NATIVE_RAISE;
    return *out == VAL_UNSET ? lib_return(out, native_arg_or(vm, args, 1, VAL_NIL)) : NATIVE_RETURN;
}

static NativeResult core_has_env(VM *vm, const Args *args, Value *out) {
    Value value;
    if (!variable_arg(vm, args, "1 argument", &value)) return NATIVE_RAISE;
    return lib_return(out, value_bool(value != VAL_UNSET));
}

static NativeResult core_set_env(VM *vm, const Args *args, Value *out) {
    if (args->count < 2) return vm_raise_message(vm, "set_env requires 2 arguments (name, value)");
    if (!is_string(native_arg(vm, args, 0))) return vm_raise_message(vm, "set_env requires a string variable name");
    Buffer buffer;
    lib_buffer_init(vm, &buffer);
    Value text;
    if (!print_value(vm, &buffer, native_arg(vm, args, 1), RENDER_STRING_FORM)) {
        buffer_free(&buffer);
        return NATIVE_RAISE;
    }
    if (lib_return_text(vm, &buffer, &text) == NATIVE_RAISE) return NATIVE_RAISE;
    native_set_arg(vm, args, 1, text);
    if (!is_map(vm->env)) vm->env = map_make(vm);
    SymbolObj *name = symbol_from_string(vm, string_of(native_arg(vm, args, 0)));
    map_set(vm, map_of(vm->env), name, native_arg(vm, args, 1));
    return lib_return(out, VAL_NIL);
}

static NativeResult core_cwd(VM *vm, const Args *args, Value *out) {
    (void)args;
    Value folder = is_map(vm->system) ? map_get_text(vm, map_of(vm->system), "cwd") : VAL_UNSET;
    return lib_return(out, is_string(folder) ? folder : string_from(vm, "/"));
}

/* --- table ------------------------------------------------------------------------------------------------ */

static const NativeDef functions[] = {
    {"print", core_print, 0, -1, NATIVE_REENTRANT | NATIVE_KEYWORDS, "(print v… ^^stderr)",
     "Writes the values with a space between them."},
    {"println", core_println, 0, -1, NATIVE_REENTRANT | NATIVE_KEYWORDS, "(println v… ^^stderr)",
     "Writes the values with a space between them and a newline at the end."},
    {"flush", core_flush, 0, -1, 0, "(flush)", "Sees to it that all output has been written."},
    {"debug", core_debug, 0, -1, 0, "(debug v…)", "The last value."},
    {"trace_start", core_trace_start, 0, -1, 0, "(trace_start)",
     "From now on calls and turns of loops are told on stderr."},
    {"trace_end", core_trace_end, 0, -1, 0, "(trace_end)", "Ends what trace_start began."},
    {"assert", core_assert, 1, -1, NATIVE_REENTRANT, "(assert condition [message])",
     "Raises when the condition is false."},
    {"parse", core_parse, 1, -1, 0, "(parse s)", "The first form of s as data."},
    {"get_env", core_get_env, 0, -1, 0, "(get_env name [default])", "The variable, else the default, else nil."},
    {"has_env", core_has_env, 0, -1, 0, "(has_env name)", "Is the variable set?"},
    {"set_env", core_set_env, 0, -1, NATIVE_REENTRANT, "(set_env name value)", "Sets a variable."},
    {"cwd", core_cwd, 0, -1, 0, "(cwd)", "The current directory."},
    {"len", core_len, 0, -1, 0, "(len v)", "Number of elements, entries, characters or bytes; 0 for other values."},
    {"$", core_text, 0, -1, NATIVE_REENTRANT, "($ v…)", "The texts of the values as one string."},
    {"++", core_concat, 0, -1, 0, "(++ s…)", "The strings as one."},
};
#define GENE_COUNT 12 /* the names from len on are not in `gene` */

void lib_install_core(VM *vm) {
    vm_define_natives(vm, vm->global_ns, functions, COUNT_OF(functions));
    vm_define_natives(vm, vm->gene_ns, functions, GENE_COUNT);
    vm_define_natives(vm, vm->global_ns, &eval_value_native, 1);
    vm_define_natives(vm, vm->gene_ns, &eval_value_native, 1);
}

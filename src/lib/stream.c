/* stream.c — stdin, stdout, stderr as IOHandle objects, readline (language 28 §1, 29 §4). */
#include "lib/modules.h"
#include "lib/operation.h"
#include "lib/support.h"

#include "port/operations.h"
#include "port/port.h"
#include "task/scheduler.h"

/* Numbers of the streams; those of output are PortStream. */
enum { STREAM_STDIN = 0 };
static const char *const stream_names[] = {"stdin", "stdout", "stderr"};

/* Which stream the receiver is; -1 after raising. */
static int stream_of(VM *vm, const Args *args) {
    Value self = native_arg(vm, args, 0);
    Value number = is_instance(self) ? instance_get(instance_of(self), symbol_from(vm, "fd")) : VAL_UNSET;
    if (number != VAL_UNSET && is_int(number) && int_of(number) >= 0 && int_of(number) < 3) return (int)int_of(number);
    lib_raise_receiver(vm, args);
    return -1;
}

/* --- reading ------------------------------------------------------------------------------------------------- */

static NativeResult begin_read(VM *vm, int kind, Value *out) {
    *out = scheduler_begin_operation(vm, kind, NULL, 0, false);
    return NATIVE_WAIT;
}

/* False after raising that the receiver cannot be read. */
static bool check_readable(VM *vm, const Args *args) {
    int stream = stream_of(vm, args);
    if (stream > STREAM_STDIN) vm_raise_message(vm, "%s is not readable", stream_names[stream]);
    return stream == STREAM_STDIN;
}

static NativeResult stream_read(VM *vm, const Args *args, Value *out) {
    return check_readable(vm, args) ? begin_read(vm, OPERATION_READ_ALL, out) : NATIVE_RAISE;
}

static NativeResult stream_read_line(VM *vm, const Args *args, Value *out) {
    return check_readable(vm, args) ? begin_read(vm, OPERATION_READ_LINE, out) : NATIVE_RAISE;
}

static NativeResult readline(VM *vm, const Args *args, Value *out) {
    (void)args;
    return begin_read(vm, OPERATION_READ_LINE, out);
}

/* --- writing ------------------------------------------------------------------------------------------------- */

static NativeResult write_values(VM *vm, const Args *args, const char *end, Value *out) {
    int stream = stream_of(vm, args);
    if (stream < 0) return NATIVE_RAISE;
    if (stream == STREAM_STDIN) return vm_raise_message(vm, "stdin is not writable");
    Buffer text;
    lib_buffer_init(vm, &text);
    bool ok = true;
    for (uint32_t i = 1; ok && i < args->count; i++) {
        ok = print_value(vm, &text, native_arg(vm, args, i), RENDER_PLAIN);
    }
    buffer_append_text(&text, end);
    if (ok) port_write(vm, stream, text.data ? text.data : "", text.size);
    buffer_free(&text);
    return ok ? lib_return(out, VAL_NIL) : NATIVE_RAISE;
}

static NativeResult stream_write(VM *vm, const Args *args, Value *out) { return write_values(vm, args, "", out); }
static NativeResult stream_write_line(VM *vm, const Args *args, Value *out) {
    return write_values(vm, args, "\n", out);
}

/* Output is handed to the host as it is written: there is nothing to flush. */
static NativeResult stream_flush(VM *vm, const Args *args, Value *out) {
    return stream_of(vm, args) < 0 ? NATIVE_RAISE : lib_return(out, VAL_NIL);
}

static NativeResult stream_is_tty(VM *vm, const Args *args, Value *out) {
    int stream = stream_of(vm, args);
    if (stream < 0) return NATIVE_RAISE;
    Value tty = is_map(vm->system) ? map_get_text(vm, map_of(vm->system), "tty") : VAL_UNSET;
    bool is_known = tty != VAL_UNSET && is_array(tty) && (uint32_t)stream < array_of(tty)->count;
    return lib_return(out, is_known ? value_bool(is_truthy(array_of(tty)->items[stream])) : VAL_FALSE);
}

/* --- tables -------------------------------------------------------------------------------------------------- */

#define REENTRANT_METHOD (NATIVE_METHOD | NATIVE_REENTRANT)

static const NativeDef functions[] = {
    {"readline", readline, 0, -1, 0, "(readline)", "The next line of stdin without its terminator; nil at the end."},
};

static const NativeDef methods[] = {
    {"read", stream_read, 0, -1, NATIVE_METHOD, "(stdin .read)", "The rest of the input."},
    {"read_line", stream_read_line, 0, -1, NATIVE_METHOD, "(stdin .read_line)", "The next line, or nil at the end."},
    {"write", stream_write, 0, -1, REENTRANT_METHOD, "(stdout .write v…)", "Writes the values without separators."},
    {"write_line", stream_write_line, 0, -1, REENTRANT_METHOD, "(stdout .write_line v…)",
     "Writes the values and a line end."},
    {"flush", stream_flush, 0, -1, NATIVE_METHOD, "(stdout .flush)", "Everything written is out."},
    {"isatty?", stream_is_tty, 0, -1, NATIVE_METHOD, "(stdout .isatty?)", "Is it a terminal?"},
};

void lib_install_stream(VM *vm) {
    ClassObj *class_ = vm_define_class(vm, vm->global_ns, "IOHandle", vm_space(vm)->object_class);
    vm_define_methods(vm, class_, methods, COUNT_OF(methods));
    SymbolObj *fd = symbol_from(vm, "fd");
    for (uint32_t i = 0; i < COUNT_OF(stream_names); i++) {
        Value stream = instance_make(vm, class_);
        instance_set(vm, instance_of(stream), fd, value_small_int(i));
        vm_set_global(vm, vm->global_ns, stream_names[i], stream);
    }
    vm_define_natives(vm, vm->global_ns, functions, COUNT_OF(functions));
    vm_define_natives(vm, vm->gene_ns, functions, COUNT_OF(functions));
}

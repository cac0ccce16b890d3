/* process.c — other programs: system/exec, system/shell, gene/os/exec, system/Process (language 29 §5–6), and on_signal (28 §3).
 * What is called here goes on in process.gene, which waits for the host like any task. */
#include "lib/modules.h"
#include "lib/operation.h"
#include "lib/prelude.h"
#include "lib/support.h"
#include "port/operations.h"
#include "task/future.h"
#include "task/scheduler.h"

/* --- what process.gene calls ----------------------------------------------------------------------------------------- */

static const Adaptation as_it_is = {NULL, NULL, NULL};

/* A native that waits for one operation of the host. Invariant: `def` comes first, so a running native finds its row. */
typedef struct OperationRow {
    NativeDef def;
    Operation operation;
} OperationRow;

#define OPERATION_ARGUMENTS_MAX 4u

static NativeResult operate(VM *vm, const Args *args, Value *out) {
    const OperationRow *row = (const OperationRow *)native_of(args->callee)->def;
    Value argv[OPERATION_ARGUMENTS_MAX];
    for (uint32_t i = 0; i < args->count; i++) argv[i] = native_arg(vm, args, i);
    *out = operation_begin(vm, (int)row->operation, argv, args->count, VAL_NIL, &as_it_is);
    return NATIVE_WAIT;
}

static void keep_exit_code(VM *vm, FutureObj *operation, Value process, uint32_t number) {
    (void)number;
    if (operation->state != FUTURE_SUCCESS) return;
    uint32_t scope = roots_open(vm);
    root_push(vm, process);
    root_push(vm, value_pointer(operation));
    instance_set(vm, instance_of(process), symbol_from(vm, "exit_code"), operation->value);
    roots_close(vm, scope);
}

/* (watch process number): its property exit_code is set when it ends. This alone does not keep the program alive. */
static NativeResult watch(VM *vm, const Args *args, Value *out) {
    uint32_t scope = roots_open(vm);
    uint32_t question = root_push(vm, string_from(vm, "end"));
    Value argv[] = {native_arg(vm, args, 1), root_get(vm, question)};
    uint32_t future = root_push(vm, scheduler_begin_operation(vm, OPERATION_ASK_PROCESS, argv, COUNT_OF(argv), true));
    future_wait(vm, future_of(root_get(vm, future)), WAITER_NATIVE, native_arg(vm, args, 0), keep_exit_code, 0);
    roots_close(vm, scope);
    return lib_return(out, VAL_NIL);
}

static NativeResult make(VM *vm, const Args *args, Value *out) {
    (void)args;
    Value class_ = vm_lookup_name(lib_namespace(vm, vm->global_ns, "system"), symbol_from(vm, "Process"));
    return lib_return(out, instance_make(vm, class_of_value(class_)));
}

static const OperationRow operations[] = {
    {{"run_program", operate, 1, 1, 0, "", "Runs a program to its end."}, OPERATION_RUN_PROGRAM},
    {{"start_process", operate, 1, 1, 0, "", "Starts a program."}, OPERATION_START_PROCESS},
    {{"ask_process", operate, 4, 4, 0, "", "Asks the host about a process."}, OPERATION_ASK_PROCESS},
};

static const NativeDef helpers[] = {
    {"watch", watch, 2, 2, 0, "", "Keeps the exit code when the process ends."},
    {"make_process", make, 0, 0, 0, "", "An instance of system/Process."},
};

static void install(VM *vm, NamespaceObj *ns) {
    for (size_t i = 0; i < COUNT_OF(operations); i++) vm_define_natives(vm, ns, &operations[i].def, 1);
    vm_define_natives(vm, ns, helpers, COUNT_OF(helpers));
}

/* --- what programs call ------------------------------------------------------------------------------------------------ */

/* A native that goes on in a function of process.gene, which gets the positionals and the keywords. `def` comes first. */
typedef struct ProcessRow {
    NativeDef def;
    const char *function;
} ProcessRow;

static NativeResult run(VM *vm, const Args *args, Value *out) {
    const ProcessRow *row = (const ProcessRow *)native_of(args->callee)->def;
    uint32_t scope = roots_open(vm);
    uint32_t positionals = root_push(vm, array_make(vm, args->count));
    for (uint32_t i = 0; i < args->count; i++)
        array_push(vm, array_of(root_get(vm, positionals)), native_arg(vm, args, i));
    Value keywords = lib_keyword_map(vm, args);
    if (is_nil(keywords)) keywords = map_make(vm);
    Value argv[] = {root_get(vm, positionals), keywords};
    roots_close(vm, scope);
    return prelude_call(vm, "process.gene", install, row->function, argv, COUNT_OF(argv), out);
}

static NativeResult refuse(VM *vm, const Args *args, Value *out) {
    (void)args, (void)out;
    return vm_raise_message(vm, "Process cannot be constructed directly - use system/Process/start");
}

static NativeResult on_signal(VM *vm, const Args *args, Value *out) {
    if (args->count < 2) return vm_raise_message(vm, "on_signal requires a signal name and handler");
    Value name = native_arg(vm, args, 0), handler = native_arg(vm, args, 1);
    bool is_known = lib_is_name(name) && strcmp(lib_name_text(name), "INT") == 0;
    if (!is_known) return vm_raise_message(vm, "on_signal currently supports only INT");
    if (!is_callable(vm, handler)) return vm_raise_message(vm, "on_signal handler must be callable");
    *out = operation_begin(vm, OPERATION_ON_INTERRUPT, &handler, 1, VAL_NIL, &as_it_is);
    return NATIVE_WAIT;
}

/* --- tables --------------------------------------------------------------------------------------------------------------- */

#define FUNCTION(name, signature, doc) \
    { name, run, 0, -1, NATIVE_KEYWORDS, signature, doc }
#define METHOD(name, signature, doc) \
    { name, run, 0, -1, NATIVE_METHOD | NATIVE_KEYWORDS, signature, doc }

static const ProcessRow system_rows[] = {
    {FUNCTION("exec", "(system/exec command arg…)", "The output of a program that is run without a shell."), "exec"},
    {FUNCTION("shell", "(system/shell line)", "Map ^output ^exit_code of a line that the shell runs."), "shell"},
};

static const ProcessRow os_rows[] = {
    {FUNCTION("exec", "(gene/os/exec line)", "The output of a line that the shell runs."), "os_exec"},
};

static const ProcessRow start_rows[] = {
    {FUNCTION("start", "(system/Process/start command arg… ^cwd ^env ^^stderr_to_stdout)", "Starts a program."),
     "start"},
};

static const ProcessRow method_rows[] = {
    {METHOD("write", "(p .write s)", "Writes to the input of the process."), "write"},
    {METHOD("write_line", "(p .write_line s)", "The same and a line end."), "write_line"},
    {METHOD("close_stdin", "(p .close_stdin)", "The process sees the end of its input."), "close_stdin"},
    {METHOD("read_line", "(p .read_line ^timeout t)", "The next line; nil at the end or when time is over."),
     "read_line"},
    {METHOD("read_until", "(p .read_until delimiter ^timeout t)", "Text up to and with the delimiter."), "read_until"},
    {METHOD("read_available", "(p .read_available)", "What the process has written and nobody has read."),
     "read_available"},
    {METHOD("read_stderr", "(p .read_stderr ^timeout t)", "The next text of stderr; empty at its end."), "read_stderr"},
    {METHOD("alive?", "(p .alive?)", "Does it run?"), "is_alive"},
    {METHOD("signal", "(p .signal name)", "Sends INT, TERM or KILL."), "signal"},
    {METHOD("wait", "(p .wait ^timeout t)", "The exit code; nil when time is over."), "wait"},
    {METHOD("shutdown", "(p .shutdown ^timeout t)", "Ends it gently, then by force; the exit code."), "shutdown"},
};

static const NativeDef constructor = {"Process",
                                      refuse,
                                      0,
                                      -1,
                                      NATIVE_METHOD | NATIVE_KEYWORDS,
                                      "(system/Process/start command arg…)",
                                      "Processes are started, not constructed."};

static const NativeDef signal_def = {"on_signal", on_signal, 0, -1, 0, "(on_signal \"INT\" f)", "Calls f on Ctrl-C."};

static void define(VM *vm, NamespaceObj *ns, const ProcessRow *rows, size_t count) {
    for (size_t i = 0; i < count; i++) vm_define_natives(vm, ns, &rows[i].def, 1);
}

void lib_install_process(VM *vm) {
    NamespaceObj *system = lib_namespace(vm, vm->global_ns, "system");
    define(vm, system, system_rows, COUNT_OF(system_rows));
    define(vm, lib_namespace(vm, vm->gene_ns, "os"), os_rows, COUNT_OF(os_rows));
    ClassObj *class_ = vm_define_class(vm, system, "Process", vm_space(vm)->object_class);
    class_->ctor = native_make(vm, &constructor, VAL_NIL);
    define(vm, class_->ns, start_rows, COUNT_OF(start_rows));
    for (size_t i = 0; i < COUNT_OF(method_rows); i++) vm_define_methods(vm, class_, &method_rows[i].def, 1);
    vm_define_natives(vm, vm->global_ns, &signal_def, 1);
    vm_define_natives(vm, vm->gene_ns, &signal_def, 1);
}

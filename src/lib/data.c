/* data.c — values as text that keeps what plain JSON loses (language 28 §4, 31 §2–3). The work is done in data.gene. */
#include "lib/form_text.h"
#include "lib/modules.h"
#include "lib/prelude.h"
#include "lib/source.h"
#include "lib/support.h"

/* --- what data.gene calls ------------------------------------------------------------------------------------------- */

static NativeResult is_void_value(VM *vm, const Args *args, Value *out) {
    return lib_return(out, value_bool(native_arg(vm, args, 0) == VAL_VOID));
}

static NativeResult is_plain(VM *vm, const Args *args, Value *out) {
    Value value = native_arg(vm, args, 0);
    return lib_return(out, value_bool(is_nil(value) || is_bool(value) || is_number(value) || is_string(value)));
}

static NativeResult is_token(VM *vm, const Args *args, Value *out) {
    Value value = native_arg(vm, args, 0);
    return lib_return(out, value_bool(is_symbol(value) || is_obj_type(value, OBJ_PATH)));
}

static NativeResult kind(VM *vm, const Args *args, Value *out) {
    return lib_return(out, string_from(vm, kind_name(native_arg(vm, args, 0))));
}

static NativeResult literal(VM *vm, const Args *args, Value *out) {
    Buffer text;
    lib_buffer_init(vm, &text);
    form_append(vm, &text, native_arg(vm, args, 0), FORM_COMPACT);
    return lib_return_text(vm, &text, out);
}

static const NativeDef helpers[] = {
    {"void?", is_void_value, 1, 1, 0, "(void? v)", "Is it void: an argument that was not passed?"},
    {"plain?", is_plain, 1, 1, 0, "(plain? v)", "Has JSON a scalar for it?"},
    {"token?", is_token, 1, 1, 0, "(token? v)", "A symbol or path?"},
    {"kind", kind, 1, 1, 0, "(kind v)", "The kind's name."},
    {"literal", literal, 1, 1, 0, "(literal v)", "A scalar as source text."},
    {"read_forms", source_read_forms, 1, 1, 0, "(read_forms text)", "Array of the forms of a text."},
};

static void install_helpers(VM *vm, NamespaceObj *ns) { vm_define_natives(vm, ns, helpers, COUNT_OF(helpers)); }

/* --- what programs call --------------------------------------------------------------------------------------------- */

/* A native that goes on in a function of data.gene. Invariant: `def` comes first, so a running native finds its row. */
typedef struct DataRow {
    NativeDef def;
    const char *function;
} DataRow;

#define ARGUMENTS_MAX 2u

static NativeResult run(VM *vm, const Args *args, Value *out) {
    const DataRow *row = (const DataRow *)native_of(args->callee)->def;
    Value argv[ARGUMENTS_MAX];
    uint32_t count = args->count < ARGUMENTS_MAX ? args->count : ARGUMENTS_MAX;
    for (uint32_t i = 0; i < count; i++) argv[i] = native_arg(vm, args, i);
    return prelude_call(vm, "data.gene", install_helpers, row->function, argv, count, out);
}

#define FUNCTION(name, signature, doc) \
    { name, run, 0, -1, 0, signature, doc }

static const DataRow json_rows[] = {
    {FUNCTION("serialize", "(gene/json/serialize v)", "JSON that keeps symbols, genes and large Ints."),
     "json_serialize"},
    {FUNCTION("deserialize", "(gene/json/deserialize s)", "The value that gene/json/serialize wrote."),
     "json_deserialize"},
};

static const DataRow gdat_rows[] = {
    {FUNCTION("save", "(gene/gdat/save v path)", "Writes the value to a .gdat file; the path."), "gdat_save"},
    {FUNCTION("load", "(gene/gdat/load path)", "The value of a .gdat file."), "gdat_load"},
};

static const DataRow form_rows[] = {
    {FUNCTION("parse_file", "(gene/parse_file path)", "Array of all forms in a file."), "parse_file"},
};

static void define(VM *vm, NamespaceObj *ns, const DataRow *rows, size_t count) {
    for (size_t i = 0; i < count; i++) vm_define_natives(vm, ns, &rows[i].def, 1);
}

void lib_install_data(VM *vm) {
    define(vm, lib_namespace(vm, vm->gene_ns, "json"), json_rows, COUNT_OF(json_rows));
    define(vm, lib_namespace(vm, vm->gene_ns, "gdat"), gdat_rows, COUNT_OF(gdat_rows));
    define(vm, vm->gene_ns, form_rows, COUNT_OF(form_rows));
}

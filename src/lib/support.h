/* support.h — what the native modules share: receivers, arguments, texts, limits. */
#ifndef GENE_LIB_SUPPORT_H
#define GENE_LIB_SUPPORT_H

#include "vm/vm.h"

static inline NativeResult lib_return(Value *out, Value value) {
    *out = value;
    return NATIVE_RETURN;
}

/* --- receivers ---------------------------------------------------------------------------------------- */
/* A class may be derived from a built-in one, so a method's receiver need not be of the kind it works on. */

/* Raises that the running method does not work on argument 0. */
NativeResult lib_raise_receiver(VM *vm, const Args *args);
/* The receiver's object, or NULL after raising. */
static inline void *lib_receiver(VM *vm, const Args *args, ObjType type) {
    Value self = native_arg(vm, args, 0);
    if (LIKELY(is_obj_type(self, type))) return pointer_of(self);
    lib_raise_receiver(vm, args);
    return NULL;
}

/* --- arguments ------------------------------------------------------------------------------------------ */
/* True when argument `i` was passed. */
static inline bool lib_has_arg(const Args *args, uint32_t i) { return i < args->count; }
/* String or symbol. */
static inline bool lib_is_name(Value value) { return is_string(value) || is_symbol(value); }
/* The symbol of a string or symbol; unrooted. */
SymbolObj *lib_symbol(VM *vm, Value name);
/* Text of a string or symbol; lives as long as the value. */
static inline const char *lib_name_text(Value name) {
    return is_string(name) ? string_of(name)->text : symbol_of(name)->text;
}
/* Number of list item `index` of `count`, where negative counts from the end: clamped to 0…count. */
uint32_t lib_clamp_index(int64_t index, uint32_t count);
/* Argument `i` as an Int; false after raising `error`. */
bool lib_int_arg(VM *vm, const Args *args, uint32_t i, const char *error, int64_t *out_number);
/* Keyword arguments of the call as a map, nil when there are none; unrooted. */
Value lib_keyword_map(VM *vm, const Args *args);
/* True when argument `i` can be called; else raises `error`, to which ", got KIND" is added if `with_kind`. */
bool lib_callable_arg(VM *vm, const Args *args, uint32_t i, const char *error, bool with_kind);

/* --- classes in C --------------------------------------------------------------------------------------- */
/* A global class that is also a member of `ns`. */
ClassObj *lib_define_class(VM *vm, NamespaceObj *ns, const char *name);
/* Fields of an instance that natives made; the instance is reachable. Nil when it has none of that name. */
void lib_set_field(VM *vm, Value instance, const char *name, Value value);
Value lib_get_field(VM *vm, Value instance, const char *name);

/* --- memory ------------------------------------------------------------------------------------------- */
/* Asks before a request whose size the program chose; false after raising GENE.LIMIT.MEMORY. */
bool lib_check_space(VM *vm, size_t size);
/* A rooted array of `capacity`; false after raising. */
bool lib_push_array(VM *vm, uint32_t capacity, uint32_t *out_root);
/* New array of items[0..count), which a reachable object owns. */
NativeResult lib_return_items(VM *vm, const Value *items, uint32_t count, Value *out);
/* [a b]; both must be reachable. */
Value lib_pair(VM *vm, Value a, Value b);

typedef enum TablePart { TABLE_KEYS, TABLE_VALUES, TABLE_PAIRS } TablePart;

/* New array of what a reachable object's table holds, in its order; `names`: its keys are names, which become strings. */
NativeResult lib_return_table(VM *vm, const Table *table, TablePart part, bool names, Value *out);
/* New array key value key value … of a table, for loops whose body may change it. False after raising. */
bool lib_push_entries(VM *vm, const Table *table, uint32_t *out_root);

/* --- text ----------------------------------------------------------------------------------------------- */
/* A buffer that fails at the VM's memory limit. */
void lib_buffer_init(VM *vm, Buffer *buffer);
/* The buffer's text as the native's value; frees the buffer. Raises when the buffer failed. */
NativeResult lib_return_text(VM *vm, Buffer *buffer, Value *out);
/* Appends the texts (string form, language 02 §2.5) of arguments first… as one. Re-entrant; false after raising. */
bool lib_append_args(VM *vm, const Args *args, uint32_t first, Buffer *buffer);

/* --- registration ------------------------------------------------------------------------------------------ */
/* The namespace `name` of `ns`, made when it is missing. */
NamespaceObj *lib_namespace(VM *vm, NamespaceObj *ns, const char *name);
/* Makes def, which keeps `data`, a method. */
void lib_define_method(VM *vm, ClassObj *class_, const NativeDef *def, Value data);

#endif

/* each.c — methods of arrays and maps that call a function for each element (language 10 §10.1–10.2).
 * The natives check their arguments and go on in a loop of each.gene, written in Gene so that the function may wait without a C
 * stack and recurse as deep as any Gene code. */
#include "lib/modules.h"
#include "lib/prelude.h"
#include "lib/support.h"

/* A native and the loop it goes on in. Invariant: `def` comes first, so a running native finds its row. */
typedef struct LoopRow {
    NativeDef def;
    const char *loop;       /* function of each.gene: receiver and the arguments up to the callback */
    uint8_t callback;       /* which argument is called */
    const char *missing;    /* error when there are not that many arguments; NULL: arity has seen to it */
    const char *uncallable; /* error when it cannot be called */
    bool names_kind;        /* the error ends with the kind that was passed */
} LoopRow;

static NativeResult run(VM *vm, const Args *args, ObjType type, Value *out) {
    const LoopRow *row = (const LoopRow *)native_of(args->callee)->def;
    if (!lib_receiver(vm, args, type)) return NATIVE_RAISE;
    if (row->missing && !lib_has_arg(args, row->callback)) return vm_raise_message(vm, "%s", row->missing);
    if (!lib_callable_arg(vm, args, row->callback, row->uncallable, row->names_kind)) return NATIVE_RAISE;
    Value argv[3];
    for (uint32_t i = 0; i <= row->callback; i++) argv[i] = native_arg(vm, args, i);
    return prelude_call(vm, "each.gene", NULL, row->loop, argv, row->callback + 1u, out);
}

static NativeResult array_loop(VM *vm, const Args *args, Value *out) { return run(vm, args, OBJ_ARRAY, out); }
static NativeResult map_loop(VM *vm, const Args *args, Value *out) { return run(vm, args, OBJ_MAP, out); }

#define ARRAY_METHOD(name, min, signature, doc) \
    { name, array_loop, min, -1, NATIVE_METHOD, signature, doc }
#define MAP_METHOD(name, min, signature, doc) \
    { name, map_loop, min, -1, NATIVE_METHOD, signature, doc }

static const LoopRow array_rows[] = {
    {ARRAY_METHOD("map", 1, "(a .map f)", "New array of (f element)."), "array_map", 1, NULL,
     "map callback must be a function", true},
    {ARRAY_METHOD("filter", 1, "(a .filter f)", "New array of the elements for which (f element) is true."),
     "array_filter", 1, NULL, "filter predicate must be callable", true},
    {ARRAY_METHOD("reduce", 0, "(a .reduce init f)", "Folds (f result element) from the left, starting with init."),
     "array_reduce", 2, "Array.reduce requires an initial value and a reducer function",
     "reduce reducer must be callable", true},
    {ARRAY_METHOD("each", 1, "(a .each f)", "Calls (f element) for each; the array."), "array_each", 1, NULL,
     "each callback must be a function", false},
    {ARRAY_METHOD("find", 1, "(a .find f)", "First element for which (f element) is true, or nil."), "array_find", 1,
     NULL, "find predicate must be callable", true},
    {ARRAY_METHOD("any", 1, "(a .any f)", "Is (f element) true for any element?"), "array_any", 1, NULL,
     "any predicate must be callable", true},
    {ARRAY_METHOD("all", 1, "(a .all f)", "Is (f element) true for all elements?"), "array_all", 1, NULL,
     "all predicate must be callable", true},
};

static const LoopRow map_rows[] = {
    {MAP_METHOD("map", 1, "(m .map f)", "New map with the values (f key value)."), "map_map", 1, NULL,
     "map callback must be callable", true},
    {MAP_METHOD("filter", 1, "(m .filter f)", "New map of the entries for which (f key value) is true."), "map_filter",
     1, NULL, "filter predicate must be callable", true},
    {MAP_METHOD("reduce", 0, "(m .reduce init f)", "Folds (f result key value), starting with init."), "map_reduce", 2,
     "Map.reduce requires an initial value and a reducer function", "reduce reducer must be callable", true},
    {MAP_METHOD("each", 1, "(m .each f)", "Calls (f key value) for each entry; the map."), "map_each", 1, NULL,
     "each callback must be a function", false},
};

static void define(VM *vm, ClassObj *class_, const LoopRow *rows, size_t count) {
    for (size_t i = 0; i < count; i++) vm_define_methods(vm, class_, &rows[i].def, 1);
}

void lib_install_each(VM *vm) {
    ClassObj *const *classes = vm_space(vm)->type_classes;
    define(vm, classes[OBJ_ARRAY], array_rows, COUNT_OF(array_rows));
    define(vm, classes[OBJ_MAP], map_rows, COUNT_OF(map_rows));
}

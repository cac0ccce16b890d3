/* node.c — methods of Gene values: type, properties, children (language 10 §10.6). */
#include "lib/modules.h"
#include "lib/support.h"
#include "vm/property.h"

static NodeObj *receiver(VM *vm, const Args *args) { return lib_receiver(vm, args, OBJ_NODE); }

static NativeResult node_type(VM *vm, const Args *args, Value *out) {
    const NodeObj *node = receiver(vm, args);
    return node ? lib_return(out, node->type) : NATIVE_RAISE;
}

static NativeResult node_props(VM *vm, const Args *args, Value *out) {
    const NodeObj *node = receiver(vm, args);
    if (!node) return NATIVE_RAISE;
    Value map = map_make(vm);
    table_copy(vm, &map_of(map)->table, &node->props);
    return lib_return(out, map);
}

static NativeResult node_children(VM *vm, const Args *args, Value *out) {
    const NodeObj *node = receiver(vm, args);
    return node ? lib_return_items(vm, node->children, node->count, out) : NATIVE_RAISE;
}

static NativeResult node_is_immutable(VM *vm, const Args *args, Value *out) {
    const NodeObj *node = receiver(vm, args);
    return node ? lib_return(out, value_bool(is_obj_immutable(node))) : NATIVE_RAISE;
}

static NativeResult node_set_type(VM *vm, const Args *args, Value *out) {
    NodeObj *node = receiver(vm, args);
    if (!node || !check_mutable(vm, value_pointer(node), "set type on", "set_genetype")) return NATIVE_RAISE;
    node->type = native_arg(vm, args, 1);
    heap_touch(vm, node);
    return lib_return(out, value_pointer(node));
}

/* --- properties ------------------------------------------------------------------------------------------ */

static NativeResult node_has(VM *vm, const Args *args, Value *out) {
    const NodeObj *node = receiver(vm, args);
    if (!node) return NATIVE_RAISE;
    Value key = native_arg_or(vm, args, 1, VAL_NIL);
    if (!lib_is_name(key)) return vm_raise_message(vm, "Gene.has key must be a string or symbol");
    return lib_return(out, value_bool(table_get_symbol(&node->props, lib_symbol(vm, key)) != VAL_UNSET));
}

static NativeResult node_get(VM *vm, const Args *args, Value *out) {
    const NodeObj *node = receiver(vm, args);
    if (!node) return NATIVE_RAISE;
    Value key = native_arg_or(vm, args, 1, VAL_NIL);
    if (!lib_is_name(key)) return vm_raise_message(vm, "Gene.get key must be a string or symbol");
    Value value = table_get_symbol(&node->props, lib_symbol(vm, key));
    return lib_return(out, value == VAL_UNSET ? native_arg_or(vm, args, 2, VAL_NIL) : value);
}

static NativeResult node_set(VM *vm, const Args *args, Value *out) {
    NodeObj *node = receiver(vm, args);
    if (!node) return NATIVE_RAISE;
    Value key = native_arg(vm, args, 1);
    if (!lib_is_name(key)) return vm_raise_message(vm, "Gene.set key must be a string or symbol");
    if (!check_mutable(vm, value_pointer(node), "set property on", "set")) return NATIVE_RAISE;
    node_set_prop(vm, node, lib_symbol(vm, key), native_arg(vm, args, 2));
    return lib_return(out, value_pointer(node));
}

static NativeResult node_del(VM *vm, const Args *args, Value *out) {
    NodeObj *node = receiver(vm, args);
    if (!node) return NATIVE_RAISE;
    for (uint32_t i = 1; i < args->count; i++) {
        if (!lib_is_name(native_arg(vm, args, i))) {
            return vm_raise_message(vm, "Gene.del key must be a string or symbol");
        }
    }
    if (!check_mutable(vm, value_pointer(node), "delete property from", "del")) return NATIVE_RAISE;
    uint32_t scope = roots_open(vm);
    uint32_t removed = root_push(vm, VAL_NIL);
    for (uint32_t i = 1; i < args->count; i++) {
        Value value = table_delete_symbol(vm, &node->props, lib_symbol(vm, native_arg(vm, args, i)));
        if (value != VAL_UNSET) root_set(vm, removed, value);
    }
    *out = root_get(vm, removed);
    roots_close(vm, scope);
    return NATIVE_RETURN;
}

/* --- children -------------------------------------------------------------------------------------------- */

/* Argument 1 as the number of a child below `limit`; *out_in_range says whether it is. False after raising that it is
 * no integer. Negative numbers are out of range. */
static bool child_arg(VM *vm, const Args *args, const char *method, uint32_t limit, uint32_t *out_index,
                      bool *out_in_range) {
    Value index = native_arg_or(vm, args, 1, VAL_NIL);
    if (!is_int(index)) {
        vm_raise_message(vm, "Gene.%s index must be an integer", method);
        return false;
    }
    *out_in_range = int_of(index) >= 0 && int_of(index) < limit;
    *out_index = *out_in_range ? (uint32_t)int_of(index) : 0;
    return true;
}

/* The same where a number out of range is an error. */
static bool child_in_range(VM *vm, const Args *args, const char *method, uint32_t limit, uint32_t *out_index) {
    bool in_range;
    if (!child_arg(vm, args, method, limit, out_index, &in_range)) return false;
    if (!in_range) vm_raise(vm, ERR_INDEX, "Gene.%s index out of bounds", method);
    return in_range;
}

static NativeResult node_has_child(VM *vm, const Args *args, Value *out) {
    const NodeObj *node = receiver(vm, args);
    uint32_t index;
    bool in_range;
    if (!node || !child_arg(vm, args, "has_child", node->count, &index, &in_range)) return NATIVE_RAISE;
    return lib_return(out, value_bool(in_range));
}

static NativeResult node_get_child(VM *vm, const Args *args, Value *out) {
    const NodeObj *node = receiver(vm, args);
    uint32_t index;
    bool in_range;
    if (!node || !child_arg(vm, args, "get_child", node->count, &index, &in_range)) return NATIVE_RAISE;
    return lib_return(out, in_range ? node->children[index] : native_arg_or(vm, args, 2, VAL_NIL));
}

static NativeResult node_set_child(VM *vm, const Args *args, Value *out) {
    NodeObj *node = receiver(vm, args);
    uint32_t index;
    if (!node || !child_in_range(vm, args, "set_child", node->count, &index)) return NATIVE_RAISE;
    if (!check_mutable(vm, value_pointer(node), "set child on", "set_child")) return NATIVE_RAISE;
    node->children[index] = native_arg(vm, args, 2);
    heap_touch(vm, node);
    return lib_return(out, value_pointer(node));
}

static NativeResult node_add_child(VM *vm, const Args *args, Value *out) {
    NodeObj *node = receiver(vm, args);
    if (!node || !check_mutable(vm, value_pointer(node), "append child to", "add_child")) return NATIVE_RAISE;
    node_push(vm, node, native_arg(vm, args, 1));
    return lib_return(out, value_pointer(node));
}

static NativeResult node_ins_child(VM *vm, const Args *args, Value *out) {
    NodeObj *node = receiver(vm, args);
    uint32_t index;
    if (!node || !child_in_range(vm, args, "ins_child", node->count + 1, &index)) return NATIVE_RAISE;
    if (!check_mutable(vm, value_pointer(node), "insert child into", "ins_child")) return NATIVE_RAISE;
    node_insert(vm, node, index, native_arg(vm, args, 2));
    return lib_return(out, value_pointer(node));
}

static NativeResult node_del_child(VM *vm, const Args *args, Value *out) {
    NodeObj *node = receiver(vm, args);
    uint32_t index;
    if (!node || !child_in_range(vm, args, "del_child", node->count, &index)) return NATIVE_RAISE;
    if (!check_mutable(vm, value_pointer(node), "delete child from", "del_child")) return NATIVE_RAISE;
    return lib_return(out, node_remove(vm, node, index));
}

static NativeResult node_contains(VM *vm, const Args *args, Value *out) {
    const NodeObj *node = receiver(vm, args);
    if (!node) return NATIVE_RAISE;
    bool equal = false;
    for (uint32_t i = 0; !equal && i < node->count; i++) {
        Value child = node->children[i], wanted = native_arg(vm, args, 1);
        uint32_t scope = roots_open(vm);
        root_push(vm, child);
        bool ok = values_equal(vm, child, wanted, &equal);
        roots_close(vm, scope);
        if (!ok) return NATIVE_RAISE;
    }
    return lib_return(out, value_bool(equal));
}

/* --- table ------------------------------------------------------------------------------------------------ */

static const NativeDef methods[] = {
    {"type", node_type, 0, -1, NATIVE_METHOD, "(g .type)", "The type (head)."},
    {"genetype", node_type, 0, -1, NATIVE_METHOD, "(g .genetype)", "The type (head)."},
    {"props", node_props, 0, -1, NATIVE_METHOD, "(g .props)", "New map of the properties."},
    {"children", node_children, 0, -1, NATIVE_METHOD, "(g .children)", "New array of the children."},
    {"immutable?", node_is_immutable, 0, -1, NATIVE_METHOD, "(g .immutable?)", "Is the gene sealed or frozen?"},
    {"set_genetype", node_set_type, 1, -1, NATIVE_METHOD, "(g .set_genetype t)", "Sets the type; the gene."},
    {"has", node_has, 0, -1, NATIVE_METHOD, "(g .has key)", "Is there such a property?"},
    {"get", node_get, 0, -1, NATIVE_METHOD, "(g .get key [default])", "The property, else the default, else nil."},
    {"set", node_set, 2, -1, NATIVE_METHOD, "(g .set key value)", "Sets a property; the gene."},
    {"del", node_del, 1, -1, NATIVE_METHOD, "(g .del key…)", "Removes properties; the value removed last, or nil."},
    {"has_child", node_has_child, 0, -1, NATIVE_METHOD, "(g .has_child i)", "Is there a child i?"},
    {"get_child", node_get_child, 0, -1, NATIVE_METHOD, "(g .get_child i [default])",
     "Child i, else the default, else nil."},
    {"set_child", node_set_child, 2, -1, NATIVE_METHOD, "(g .set_child i v)", "Replaces child i; the gene."},
    {"add_child", node_add_child, 1, -1, NATIVE_METHOD, "(g .add_child v)", "Appends a child; the gene."},
    {"ins_child", node_ins_child, 2, -1, NATIVE_METHOD, "(g .ins_child i v)", "Inserts a child before i; the gene."},
    {"del_child", node_del_child, 1, -1, NATIVE_METHOD, "(g .del_child i)", "Removes and returns child i."},
    {"contains", node_contains, 1, -1, NATIVE_METHOD | NATIVE_REENTRANT, "(g .contains v)", "Is a child equal to v?"},
};

void lib_install_node(VM *vm) {
    vm_define_methods(vm, vm_space(vm)->type_classes[OBJ_NODE], methods, COUNT_OF(methods));
}

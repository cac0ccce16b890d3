/* form.c — see form.h. */
#include "object/form.h"

#include "object/space.h"

/* --- size ----------------------------------------------------------------------------------------------- */

static bool measure(Value form, uint32_t depth, uint32_t *io_left);

static bool measure_values(const Value *values, uint32_t count, uint32_t depth, uint32_t *io_left) {
    if (count > *io_left) return false;
    for (uint32_t i = 0; i < count; i++) {
        if (!measure(values[i], depth, io_left)) return false;
    }
    return true;
}

static bool measure_table(const Table *table, uint32_t depth, uint32_t *io_left) {
    for (uint32_t i = table_next(table, 0); i < table->used; i = table_next(table, i + 1)) {
        if (!measure(table->entries[i].value, depth, io_left)) return false;
    }
    return true;
}

static bool measure(Value form, uint32_t depth, uint32_t *io_left) {
    if (*io_left == 0 || depth == FORM_DEPTH_MAX) return false;
    --*io_left;
    if (!is_object(form)) return true;
    switch (obj_type_of(form)) {
    case OBJ_ARRAY: return measure_values(array_of(form)->items, array_of(form)->count, depth + 1, io_left);
    case OBJ_MAP: return measure_table(&map_of(form)->table, depth + 1, io_left);
    case OBJ_NODE: {
        const NodeObj *node = node_of(form);
        return measure(node->type, depth + 1, io_left) && measure_table(&node->props, depth + 1, io_left) &&
               measure_values(node->children, node->count, depth + 1, io_left);
    }
    case OBJ_QUOTE:
    case OBJ_UNQUOTE: return measure(quote_of(form)->form, depth + 1, io_left);
    case OBJ_HASHMAP:
    case OBJ_SET: return false;
    default: return true;
    }
}

bool form_is_small(Value form) {
    uint32_t left = FORM_SIZE_MAX;
    return measure(form, 0, &left);
}

/* --- equality ------------------------------------------------------------------------------------------- */

static bool values_match(const Value *a, const Value *b, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) {
        if (!forms_equal(a[i], b[i])) return false;
    }
    return true;
}

/* The order of the keys counts: it is that of evaluation. */
static bool tables_match(const Table *a, const Table *b) {
    if (a->count != b->count) return false;
    uint32_t j = table_next(b, 0);
    for (uint32_t i = table_next(a, 0); i < a->used; i = table_next(a, i + 1), j = table_next(b, j + 1)) {
        if (a->entries[i].key != b->entries[j].key) return false;
        if (!forms_equal(a->entries[i].value, b->entries[j].value)) return false;
    }
    return true;
}

static bool nodes_match(const NodeObj *a, const NodeObj *b) {
    return a->count == b->count && a->line == b->line && a->column == b->column && forms_equal(a->type, b->type) &&
           tables_match(&a->props, &b->props) && values_match(a->children, b->children, a->count);
}

static bool paths_match(const PathObj *a, const PathObj *b) {
    if (a->count != b->count || a->line != b->line || a->column != b->column) return false;
    return memcmp(a->parts, b->parts, a->count * sizeof *a->parts) == 0;
}

bool forms_equal(Value a, Value b) {
    if (a == b) return true;
    if (!is_object(a) || !is_object(b) || obj_type_of(a) != obj_type_of(b)) return false;
    const Obj *first = pointer_of(a), *second = pointer_of(b);
    if ((first->flags ^ second->flags) & OBJ_SEALED) return false;
    switch (obj_type_of(a)) {
    case OBJ_ARRAY:
        return array_of(a)->count == array_of(b)->count &&
               values_match(array_of(a)->items, array_of(b)->items, array_of(a)->count);
    case OBJ_MAP: return tables_match(&map_of(a)->table, &map_of(b)->table);
    case OBJ_NODE: return nodes_match(node_of(a), node_of(b));
    case OBJ_QUOTE:
    case OBJ_UNQUOTE:
        return quote_of(a)->discard == quote_of(b)->discard && forms_equal(quote_of(a)->form, quote_of(b)->form);
    case OBJ_PATH: return paths_match(path_of(a), path_of(b));
    case OBJ_STR: return string_equals(string_of(a), string_of(b));
    default: return false;
    }
}

/* --- copying -------------------------------------------------------------------------------------------- */

static Value copy(VM *vm, Value form);

static Value copy_node(VM *vm, const NodeObj *source) {
    NodeObj *node = node_of(node_make(vm, copy(vm, source->type)));
    node->line = source->line;
    node->column = source->column;
    const Table *props = &source->props;
    for (uint32_t i = table_next(props, 0); i < props->used; i = table_next(props, i + 1)) {
        node_set_prop(vm, node, symbol_of(props->entries[i].key), copy(vm, props->entries[i].value));
    }
    for (uint32_t i = 0; i < source->count; i++) node_push(vm, node, copy(vm, source->children[i]));
    return value_pointer(node);
}

static Value copy_map(VM *vm, const Table *source) {
    MapObj *map = map_of(map_make(vm));
    for (uint32_t i = table_next(source, 0); i < source->used; i = table_next(source, i + 1)) {
        map_set(vm, map, symbol_of(source->entries[i].key), copy(vm, source->entries[i].value));
    }
    return value_pointer(map);
}

static Value copy_array(VM *vm, const ArrayObj *source) {
    ArrayObj *array = array_of(array_make(vm, source->count));
    for (uint32_t i = 0; i < source->count; i++) array_push(vm, array, copy(vm, source->items[i]));
    return value_pointer(array);
}

static Value copy(VM *vm, Value form) {
    if (!is_object(form)) return form;
    Value result = form;
    switch (obj_type_of(form)) {
    case OBJ_ARRAY: result = copy_array(vm, array_of(form)); break;
    case OBJ_MAP: result = copy_map(vm, &map_of(form)->table); break;
    case OBJ_NODE: result = copy_node(vm, node_of(form)); break;
    case OBJ_QUOTE:
    case OBJ_UNQUOTE: return quote_make(vm, obj_type_of(form), copy(vm, quote_of(form)->form), quote_of(form)->discard);
    default: return form;
    }
    ((Obj *)pointer_of(result))->flags |= ((Obj *)pointer_of(form))->flags & OBJ_SEALED;
    return result;
}

/* Collection waits: the copy is small, and what is half made has no root here. */
Value form_copy(VM *vm, Value form) {
    heap_pause(vm);
    Value result = copy(vm, form);
    heap_resume(vm);
    return result;
}

/* json.c — values to plain JSON: gene/json/stringify and .to_json (language 31 §1).
 * Invariant: a container is rooted while it is written and read afresh at each element, because the text of an instance
 * may be made by Gene code. */
#include "base/number.h"
#include "lib/json_parse.h"
#include "lib/modules.h"
#include "lib/support.h"
#include "vm/operators.h"
#include "vm/recursion.h"

static void write_string(Buffer *out, const char *text, size_t size) {
    static const char hex[] = "0123456789abcdef";
    buffer_append_byte(out, '"');
    size_t start = 0;
    for (size_t i = 0; i < size; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c >= 0x20 && c != '"' && c != '\\') continue;
        buffer_append(out, text + start, i - start);
        start = i + 1;
        buffer_append_byte(out, '\\');
        switch (c) {
        case '\b': buffer_append_byte(out, 'b'); break;
        case '\f': buffer_append_byte(out, 'f'); break;
        case '\n': buffer_append_byte(out, 'n'); break;
        case '\r': buffer_append_byte(out, 'r'); break;
        case '\t': buffer_append_byte(out, 't'); break;
        case '"':
        case '\\': buffer_append_byte(out, (char)c); break;
        default:
            buffer_append_text(out, "u00");
            buffer_append_byte(out, hex[c >> 4]);
            buffer_append_byte(out, hex[c & 15]);
        }
    }
    buffer_append(out, text + start, size - start);
    buffer_append_byte(out, '"');
}

/* JSON has no infinity and no NaN: null, as in JavaScript. */
static void write_number(Buffer *out, Value number) {
    char text[NUMBER_TEXT_MAX];
    if (is_int(number)) {
        buffer_append(out, text, number_format_int(int_of(number), text));
    } else if (float_of(number) - float_of(number) != 0) {
        buffer_append_text(out, "null");
    } else {
        buffer_append(out, text, number_format_double(float_of(number), text));
    }
}

/* Any other value: its printed text. False after raising. */
static bool write_text(VM *vm, Buffer *out, Value value) {
    Buffer text;
    lib_buffer_init(vm, &text);
    bool ok = print_value(vm, &text, value, RENDER_QUOTED);
    if (ok) write_string(out, text.data, text.size);
    buffer_free(&text);
    return ok;
}

static bool write_json(VM *vm, Buffer *out, Value value);

static bool write_array(VM *vm, Buffer *out, const ArrayObj *array) {
    buffer_append_byte(out, '[');
    for (uint32_t i = 0; i < array->count; i++) {
        if (i > 0) buffer_append_byte(out, ',');
        if (!write_json(vm, out, array->items[i])) return false;
    }
    buffer_append_byte(out, ']');
    return true;
}

static bool write_map(VM *vm, Buffer *out, const MapObj *map) {
    const Table *table = &map->table;
    bool first = true;
    buffer_append_byte(out, '{');
    for (uint32_t i = table_next(table, 0); i < table->used; i = table_next(table, i + 1)) {
        const SymbolObj *key = symbol_of(table->entries[i].key);
        if (!first) buffer_append_byte(out, ',');
        first = false;
        write_string(out, key->text, key->size);
        buffer_append_byte(out, ':');
        if (!write_json(vm, out, table->entries[i].value)) return false;
    }
    buffer_append_byte(out, '}');
    return true;
}

static bool write_container(VM *vm, Buffer *out, Value value) {
    if (!recursion_enter(vm, "JSON value")) return false;
    uint32_t scope = roots_open(vm);
    root_push(vm, value);
    bool ok = is_array(value) ? write_array(vm, out, array_of(value)) : write_map(vm, out, map_of(value));
    roots_close(vm, scope);
    recursion_leave(vm);
    return ok && !out->failed;
}

/* False after raising, or when the buffer failed. */
static bool write_json(VM *vm, Buffer *out, Value value) {
    if (!unread_settle(vm, value)) return false;
    if (is_nil(value)) {
        buffer_append_text(out, "null");
    } else if (is_bool(value)) {
        buffer_append_text(out, value == VAL_TRUE ? "true" : "false");
    } else if (is_number(value)) {
        write_number(out, value);
    } else if (is_string(value)) {
        write_string(out, string_of(value)->text, string_of(value)->size);
    } else if (is_symbol(value)) {
        write_string(out, symbol_of(value)->text, symbol_of(value)->size);
    } else if (is_array(value) || is_map(value)) {
        return write_container(vm, out, value);
    } else {
        return write_text(vm, out, value);
    }
    return true;
}

static NativeResult json_of(VM *vm, Value value, Value *out) {
    Buffer text;
    lib_buffer_init(vm, &text);
    if (write_json(vm, &text, value) || text.failed) return lib_return_text(vm, &text, out);
    buffer_free(&text);
    return NATIVE_RAISE;
}

static NativeResult json_stringify(VM *vm, const Args *args, Value *out) {
    if (args->count == 0) return vm_raise_message(vm, "json.stringify requires a value");
    return json_of(vm, native_arg(vm, args, 0), out);
}

static NativeResult to_json(VM *vm, const Args *args, Value *out) { return json_of(vm, native_arg(vm, args, 0), out); }

static NativeResult json_parse(VM *vm, const Args *args, Value *out) {
    if (args->count == 0) return vm_raise_message(vm, "json.parse requires a string argument");
    Value text = native_arg(vm, args, 0);
    if (!is_string(text)) return vm_raise_message(vm, "json.parse expects a string");
    return json_parse_text(vm, string_of(text), out);
}

static const NativeDef defs[] = {
    {"parse", json_parse, 0, -1, 0, "(gene/json/parse s)", "The value that a JSON text stands for."},
    {"stringify", json_stringify, 0, -1, NATIVE_REENTRANT, "(gene/json/stringify v)", "The value as JSON."},
    {"to_json", to_json, 0, -1, NATIVE_METHOD | NATIVE_REENTRANT, "(v .to_json)", "The array or map as JSON."},
};
#define FUNCTION_COUNT 2 /* the last row is a method */

void lib_install_json(VM *vm) {
    vm_define_natives(vm, lib_namespace(vm, vm->gene_ns, "json"), defs, FUNCTION_COUNT);
    vm_define_methods(vm, vm_space(vm)->type_classes[OBJ_ARRAY], defs + FUNCTION_COUNT, 1);
    vm_define_methods(vm, vm_space(vm)->type_classes[OBJ_MAP], defs + FUNCTION_COUNT, 1);
}

/* emit_literal.c — arrays, maps, hash maps, genes, interpolated strings. Long ones are filled in chunks, so that a
 * literal of any size needs few registers. */
#include "compiler/emit.h"

/* Values of items [*io_next, …) up to a spread or a full chunk, in registers from `top` on; returns how many. */
static uint32_t emit_chunk(Emitter *e, const Arguments *arguments, uint32_t *io_next) {
    uint32_t count = 0;
    while (*io_next < arguments->item_count && count < CHUNK_MAX && !arguments->items[*io_next].spread) {
        uint32_t reg = take_registers(e, 1);
        emit_value(e, arguments->items[*io_next].value, (int)reg);
        ++*io_next;
        count++;
    }
    return count;
}

void emit_items(Emitter *e, uint32_t reg, uint32_t first, uint32_t count, const Arguments *arguments,
                uint32_t spread_context) {
    uint32_t top = e->top;
    uint32_t next = 0;
    bool is_made = count > 0;
    if (is_made) code_abc(&e->code, OP_ARRAY, reg, first, count);
    do {
        uint32_t chunk = e->top;
        uint32_t size = emit_chunk(e, arguments, &next);
        if (!is_made) {
            code_abc(&e->code, OP_ARRAY, reg, chunk, size);
            is_made = true;
        } else if (size > 0) {
            code_abc(&e->code, OP_ARRPUSH, reg, chunk, size);
        }
        if (next < arguments->item_count && arguments->items[next].spread) {
            uint32_t spread = emit_operand(e, arguments->items[next++].value);
            code_abc(&e->code, OP_ARRSPREAD, reg, spread, spread_context);
        }
        e->top = top;
    } while (next < arguments->item_count);
}

void emit_entries(Emitter *e, uint32_t reg, const Arguments *arguments, uint32_t spread_context) {
    code_abc(&e->code, OP_MAP, reg, 0, 0);
    for (uint32_t i = 0; i < arguments->entry_count; i++) {
        uint32_t top = e->top;
        const Entry *entry = &arguments->entries[i];
        uint32_t value = emit_operand(e, entry->value);
        if (entry->key) {
            code_abc(&e->code, OP_MAPSET, reg, value, 0);
            code_extra(&e->code, code_symbol(&e->code, entry->key));
        } else {
            code_abc(&e->code, OP_MAPSPREAD, reg, value, spread_context);
        }
        e->top = top;
    }
}

static void seal(Emitter *e, const Expr *x, uint32_t reg) {
    if (x->sealed) code_abc(&e->code, OP_SEAL, reg, 0, 0);
}

void emit_array(Emitter *e, Expr *x, int target) {
    uint32_t reg = build_register(e, target);
    emit_items(e, reg, 0, 0, &x->as.arguments, 0);
    seal(e, x, reg);
    deliver(e, reg, target);
}

void emit_map(Emitter *e, Expr *x, int target) {
    uint32_t reg = build_register(e, target);
    emit_entries(e, reg, &x->as.arguments, 0);
    seal(e, x, reg);
    deliver(e, reg, target);
}

void emit_hashmap(Emitter *e, Expr *x, int target) {
    const ExprList *list = &x->as.list;
    uint32_t map = block_register(e, target);
    uint32_t count = list->count <= 2 * CHUNK_MAX ? list->count : 2 * CHUNK_MAX;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t reg = i == 0 ? map : take_registers(e, 1);
        emit_value(e, list->items[i], (int)reg);
    }
    emit_intrinsic_call(e, INTRINSIC_HASHMAP, map, count);
    e->top = map + 1;
    for (uint32_t i = count; i < list->count; i += 2) {
        uint32_t put = take_registers(e, 3);
        code_abc(&e->code, OP_MOVE, put, map, 0);
        emit_value(e, list->items[i], (int)put + 1);
        if (i + 1 < list->count) {
            emit_value(e, list->items[i + 1], (int)put + 2);
            emit_intrinsic_call(e, INTRINSIC_HASHMAP_PUT, put, 3);
        } else {
            emit_intrinsic_call(e, INTRINSIC_HASHMAP, put + 1, 1); /* odd: raises */
        }
        e->top = map + 1;
    }
    seal(e, x, map);
    deliver(e, map, target);
}

static void emit_properties(Emitter *e, uint32_t node, const Arguments *arguments) {
    for (uint32_t i = 0; i < arguments->entry_count; i++) {
        uint32_t top = e->top;
        const Entry *entry = &arguments->entries[i];
        uint32_t value = emit_operand(e, entry->value);
        if (entry->key) {
            code_abc(&e->code, OP_NODEPROP, node, value, 0);
            code_extra(&e->code, code_symbol(&e->code, entry->key));
        } else {
            code_abc(&e->code, OP_NODESPREAD, node, value, 1);
        }
        e->top = top;
    }
}

void emit_node(Emitter *e, Expr *x, int target) {
    const Arguments *arguments = &x->as.call.arguments;
    uint32_t node = build_register(e, target);
    uint32_t top = e->top;
    uint32_t type = emit_operand(e, x->as.call.callee);
    code_abc(&e->code, OP_NODE, node, type, 0);
    e->top = top;
    emit_properties(e, node, arguments);
    uint32_t next = 0;
    while (next < arguments->item_count) {
        uint32_t chunk = e->top;
        uint32_t size = emit_chunk(e, arguments, &next);
        if (size > 0) code_abc(&e->code, OP_NODEPUSH, node, chunk, size);
        if (next < arguments->item_count && arguments->items[next].spread) {
            uint32_t spread = emit_operand(e, arguments->items[next++].value);
            code_abc(&e->code, OP_NODESPREAD, node, spread, 0);
        }
        e->top = top;
    }
    seal(e, x, node);
    deliver(e, node, target);
}

/* The text so far is the first part of every further chunk. */
void emit_interpolation(Emitter *e, const ExprList *parts, int target) {
    uint32_t first = take_registers(e, 1);
    e->top = first;
    uint32_t next = 0;
    uint32_t count = 0;
    while (next < parts->count) {
        while (next < parts->count && count < CHUNK_MAX) {
            uint32_t reg = take_registers(e, 1);
            emit_value(e, parts->items[next++], (int)reg);
            count++;
        }
        bool is_last = next == parts->count;
        uint32_t dst = is_last && target >= 0 ? (uint32_t)target : first;
        code_abc(&e->code, OP_INTERP, dst, first, count);
        if (is_last) deliver(e, dst, target);
        e->top = first + 1;
        count = 1;
    }
    if (parts->count == 0 && target != TARGET_DROP) {
        code_abc(&e->code, OP_INTERP, first, first, 0);
        deliver(e, first, target);
    }
}

/* code_builder.c — see code_builder.h.
 * Invariant: a constant occurs once (by its word), positions are recorded only where they change. */
#include "compiler/code_builder.h"

#include "base/hash.h"

static void *grow(void *array, uint32_t *io_capacity, uint32_t needed, size_t item_size) {
    if (needed <= *io_capacity) return array;
    uint32_t capacity = *io_capacity ? *io_capacity * 2 : 16;
    while (capacity < needed) capacity *= 2;
    array = realloc(array, capacity * item_size);
    if (!array) base_fatal("out of memory while compiling");
    *io_capacity = capacity;
    return array;
}

void code_begin(CodeBuilder *b, VM *vm) {
    memset(b, 0, sizeof *b);
    b->vm = vm;
    b->last_target = UINT32_MAX;
    b->last_start = UINT32_MAX;
}

static void *move_to_heap(VM *vm, void *array, uint32_t count, size_t item_size) {
    void *copy = NULL;
    if (count > 0) {
        copy = heap_alloc_buffer(vm, count * item_size);
        memcpy(copy, array, count * item_size);
    }
    free(array);
    return copy;
}

void code_finish(CodeBuilder *b, CodeObj *code) {
    code->word_count = b->word_count;
    code->words = move_to_heap(b->vm, b->words, b->word_count, sizeof *b->words);
    code->constant_count = b->constant_count;
    code->constants = move_to_heap(b->vm, b->constants, b->constant_count, sizeof *b->constants);
    code->line_count = b->line_count;
    code->lines = move_to_heap(b->vm, b->lines, b->line_count, sizeof *b->lines);
    code->handler_count = b->handler_count;
    code->handlers = move_to_heap(b->vm, b->handlers, b->handler_count, sizeof *b->handlers);
    code->cache_count = b->cache_count;
    if (b->cache_count > 0) {
        code->caches = heap_alloc_buffer(b->vm, b->cache_count * sizeof *code->caches);
        memset(code->caches, 0, b->cache_count * sizeof *code->caches);
    }
    free(b->constant_index);
    memset(b, 0, sizeof *b);
}

/* --- words ---------------------------------------------------------------------------------------------- */

static void add_word(CodeBuilder *b, uint32_t word) {
    b->words = grow(b->words, &b->word_capacity, b->word_count + 1, sizeof *b->words);
    b->words[b->word_count++] = word;
}

static void note_position(CodeBuilder *b) {
    const LineEntry *last = b->line_count ? &b->lines[b->line_count - 1] : NULL;
    if (last && last->line == b->line && last->column == b->column) return;
    b->lines = grow(b->lines, &b->line_capacity, b->line_count + 1, sizeof *b->lines);
    b->lines[b->line_count++] = (LineEntry){b->word_count, b->line, b->column};
}

static void add_instruction(CodeBuilder *b, uint32_t word) {
    note_position(b);
    b->last_start = b->word_count;
    add_word(b, word);
}

void code_abc(CodeBuilder *b, OpCode op, uint32_t a, uint32_t b_field, uint32_t c) {
    add_instruction(b, (uint32_t)op | (a & 0xFF) << 8 | (b_field & 0xFF) << 16 | (c & 0xFF) << 24);
}

void code_abx(CodeBuilder *b, OpCode op, uint32_t a, uint32_t bx) {
    add_instruction(b, (uint32_t)op | (a & 0xFF) << 8 | (bx & 0xFFFF) << 16);
}

void code_extra(CodeBuilder *b, uint32_t word) { add_word(b, word); }

/* --- constants ------------------------------------------------------------------------------------------ */

static void index_constant(CodeBuilder *b, uint32_t number) {
    uint32_t mask = b->constant_index_size - 1;
    uint32_t slot = hash_word(b->constants[number]) & mask;
    while (b->constant_index[slot]) slot = (slot + 1) & mask;
    b->constant_index[slot] = number + 1;
}

static void grow_constant_index(CodeBuilder *b) {
    b->constant_index_size = b->constant_index_size ? b->constant_index_size * 2 : 32;
    free(b->constant_index);
    b->constant_index = calloc(b->constant_index_size, sizeof *b->constant_index);
    if (!b->constant_index) base_fatal("out of memory while compiling");
    for (uint32_t i = 0; i < b->constant_count; i++) index_constant(b, i);
}

uint32_t code_constant(CodeBuilder *b, Value value) {
    if (b->constant_count * 2 >= b->constant_index_size) grow_constant_index(b);
    uint32_t mask = b->constant_index_size - 1;
    uint32_t slot = hash_word(value) & mask;
    for (; b->constant_index[slot]; slot = (slot + 1) & mask) {
        if (b->constants[b->constant_index[slot] - 1] == value) return b->constant_index[slot] - 1;
    }
    b->constants = grow(b->constants, &b->constant_capacity, b->constant_count + 1, sizeof *b->constants);
    b->constants[b->constant_count++] = value;
    b->constant_index[slot] = b->constant_count;
    return b->constant_count - 1;
}

uint32_t code_symbol(CodeBuilder *b, const SymbolObj *symbol) { return code_constant(b, value_pointer(symbol)); }

void code_load_constant(CodeBuilder *b, uint32_t reg, Value value) {
    if (value >> VALUE_TAG_SHIFT == VALUE_TAG_SPECIAL) {
        code_abc(b, OP_LOADS, reg, (uint32_t)value, 0);
        return;
    }
    if (is_small_int(value) && small_int_of(value) >= INT16_MIN && small_int_of(value) <= INT16_MAX) {
        code_abx(b, OP_LOADI, reg, (uint32_t)small_int_of(value));
        return;
    }
    uint32_t constant = code_constant(b, value);
    if (constant <= UINT16_MAX) {
        code_abx(b, OP_LOADK, reg, constant);
    } else {
        code_abc(b, OP_LOADKX, reg, 0, 0);
        code_extra(b, constant);
    }
}

/* --- jumps ---------------------------------------------------------------------------------------------- */

/* A list entry: word position and whether that word is a JMP (24-bit field) or a W1, + 1 so that 0 is the empty
 * list. An unpatched field holds the distance to the entry before it, 0 at the end. */
#define ENTRY(position, is_short) (((position) << 1 | (is_short)) + 1)
#define ENTRY_POSITION(entry) (((entry)-1) >> 1)
#define ENTRY_IS_SHORT(entry) (((entry)-1) & 1)
#define SHORT_MAX 0x7FFFFFu

static void link_jump(CodeBuilder *b, JumpList *list, uint32_t entry) {
    uint32_t distance = *list ? entry - *list : 0;
    if (!ENTRY_IS_SHORT(entry)) {
        b->words[ENTRY_POSITION(entry)] = distance;
    } else if (distance <= SHORT_MAX) {
        b->words[ENTRY_POSITION(entry)] = OP_JMP | distance << 8;
    } else {
        b->too_large = true;
        return;
    }
    *list = entry;
}

void code_jump_if(CodeBuilder *b, OpCode op, uint32_t a, uint32_t b_field, JumpList *list) {
    code_abx(b, op, a, b_field);
    add_word(b, 0);
    link_jump(b, list, ENTRY(b->word_count - 1, 0));
}

void code_jump(CodeBuilder *b, JumpList *list) {
    if (code_is_dead(b)) return;
    add_instruction(b, OP_JMP);
    link_jump(b, list, ENTRY(b->word_count - 1, 1));
}

void code_loop(CodeBuilder *b, uint32_t target) {
    if (code_is_dead(b)) return;
    int64_t offset = (int64_t)target - (int64_t)(b->word_count + 1);
    if (offset < -(int64_t)SHORT_MAX) b->too_large = true;
    add_instruction(b, OP_LOOP | (uint32_t)offset << 8);
}

void code_jump_back(CodeBuilder *b, OpCode op, uint32_t a, uint32_t b_field, uint32_t target) {
    code_abx(b, op, a, b_field);
    add_word(b, target - (b->word_count + 1));
}

void code_patch(CodeBuilder *b, JumpList *list) {
    uint32_t entry = *list;
    if (!entry) return;
    uint32_t target = code_here(b);
    while (entry) {
        uint32_t position = ENTRY_POSITION(entry);
        uint32_t offset = target - (position + 1);
        uint32_t distance = b->words[position];
        if (ENTRY_IS_SHORT(entry)) {
            distance >>= 8;
            if (offset > SHORT_MAX) b->too_large = true;
            b->words[position] = OP_JMP | offset << 8;
        } else {
            b->words[position] = offset;
        }
        entry = distance ? entry - distance : 0;
    }
    *list = 0;
}

uint32_t code_here(CodeBuilder *b) {
    b->last_target = b->word_count;
    return b->word_count;
}

bool code_is_dead(const CodeBuilder *b) {
    if (b->word_count == 0 || b->last_target == b->word_count) return false;
    switch (INSTR_OP(b->words[b->last_start])) {
    case OP_RETURN:
    case OP_JMP:
    case OP_LOOP:
    case OP_THROW:
    case OP_RETHROW: return true;
    default: return false;
    }
}

void code_handler(CodeBuilder *b, uint32_t start, uint32_t end, uint32_t target, uint32_t slot, bool is_finally) {
    if (start == end) return;
    b->handlers = grow(b->handlers, &b->handler_capacity, b->handler_count + 1, sizeof *b->handlers);
    b->handlers[b->handler_count++] = (Handler){start, end, target, (uint8_t)slot, is_finally};
}

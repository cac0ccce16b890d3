/* image_verify.c — code of an image that may be damaged or malicious: what it could do to the VM, found without running it.
 *
 * The loop trusts the compiler: a register that an instruction uses as a cell holds a cell, a jump leads to an instruction.
 * Three passes over each code object make sure of it: the fields, every instruction's operands, and a walk along all
 * paths that follows which registers are known to hold something special. What a program could put anywhere is KIND_ANY;
 * reading something special as any value is harmless, so two paths that differ meet in KIND_ANY. What is not surely a
 * value on every path is KIND_UNSET and cannot be read: an absent argument, what a call left above its result.
 *
 * Bounds follow from the meaning column of opcodes.h (as for the disassembler). What else an instruction trusts is its row
 * in image_rules.h. */
#include "compiler/image.h"
#include "compiler/image_rules.h"

#include "base/hash.h"
#include "object/type.h"

static bool is_optional(ParamKind kind) { return kind == PARAM_OPTIONAL || kind == PARAM_KEYWORD_OPTIONAL; }

/* --- operands -------------------------------------------------------------------------------------------------------- */

/* What a meaning says about operands, looked up once. */
enum {
    USES_A = 1 << 0,
    USES_B = 1 << 1,
    USES_C = 1 << 2,
    UPVALUE_A = 1 << 3,
    UPVALUE_B = 1 << 4,
    CONSTANT_BX = 1 << 5,
    CONSTANT_B = 1 << 6,
    CONSTANT_C = 1 << 7,
    CONSTANT_W1 = 1 << 8,
    CONSTANT_W3 = 1 << 9,
    CACHE_W2 = 1 << 10,
    JUMP_W1 = 1 << 11,
    VARIABLE_BX = 1 << 12,
    VARIABLE_W1 = 1 << 13,
    WRITES_A = 1 << 14,
    READS_A = 1 << 16,
    TICKS = 1 << 15, /* can be interrupted */
};

static const struct {
    const char *text;
    uint32_t flag;
} operand_texts[] = {
    {"R[A]", USES_A},
    {"R[A.", USES_A},
    {"R[A+", USES_A},
    {"R[B]", USES_B},
    {"R[B+", USES_B},
    {"R[C]", USES_C},
    {"U[A]", UPVALUE_A},
    {"U[B]", UPVALUE_B},
    {"K[Bx]", CONSTANT_BX},
    {"K[B]", CONSTANT_B},
    {"K[C]", CONSTANT_C},
    {"K[W1]", CONSTANT_W1},
    {"K[W3]", CONSTANT_W3},
    {"cache W2", CACHE_W2},
    {"jump W1", JUMP_W1},
    {"variable Bx", VARIABLE_BX},
    {"variable W1", VARIABLE_W1},
    {"(tick)", TICKS},
};

static const char *const meanings[OP_COUNT] = {
#define OP(name, format, extra, meaning) [OP_##name] = meaning,
    OPCODES(OP) /* NOLINT(bugprone-suspicious-missing-comma): a long meaning is written as two literals */
#undef OP
};

static const uint8_t formats[OP_COUNT] = {
#define OP(name, format, extra, meaning) [OP_##name] = FORMAT_##format,
    OPCODES(OP)
#undef OP
};

static const uint8_t extra_words[OP_COUNT] = {
#define OP(name, format, extra, meaning) [OP_##name] = extra,
    OPCODES(OP)
#undef OP
};

/* --- a code object ------------------------------------------------------------------------------------------------------ */

#define PASSES_MAX 50u
#define COVERED_MAX (16u * 1024u * 1024u) /* instruction words in handlers' ranges, each counted for each handler */
#define STATES_MAX (256u * 1024u * 1024u)

enum { WORD_START = 1, WORD_TARGET = 2 };

/* A register's kind and, for a constant Int, the number. */
typedef uint32_t Cell;
#define STATE(kind, number) ((Cell)(kind) | (Cell)(number) << 8)
#define STATE_KIND(state) ((Kind)((state)&0xFF))
#define STATE_NUMBER(state) ((state) >> 8)

typedef struct Verifier {
    const uint32_t *operands; /* of each opcode */
    const CodeObj *code;
    uint8_t *marks;      /* WORD_… of each word */
    uint8_t *cache_used; /* each inline cache belongs to one instruction */
    uint32_t *state_at;  /* of a target: number of its state + 1; 0: not reached */
    Cell *states;        /* slot_count each */
    uint32_t state_count, target_count;
    uint32_t *first_handler; /* at a word: number of the first handler that begins there + 1 */
    uint32_t *next_handler;
    Cell now[256];
    bool reachable, changed;
    const char *problem;
} Verifier;

static bool fail(Verifier *v, const char *problem) {
    if (!v->problem) v->problem = problem;
    return false;
}

static bool is_symbol_array(Value value) {
    if (!is_array(value)) return false;
    for (uint32_t i = 0; i < array_of(value)->count; i++) {
        if (!is_symbol(array_of(value)->items[i])) return false;
    }
    return true;
}

static uint32_t keyword_count(const CodeObj *code, uint32_t pc) {
    uint32_t op = INSTR_OP(code->words[pc]);
    if (op == OP_TAILCHECKED && code->words[pc + 1]) return array_of(code->constants[code->words[pc + 1] - 1])->count;
    if (!rules[op].keywords) return 0;
    return array_of(code->constants[code->words[pc + (extra_words[op] == 3 ? 3 : 1)]])->count;
}

/* One more than the last register of the instruction. */
static uint32_t registers_end(const CodeObj *code, uint32_t pc) {
    uint32_t word = code->words[pc];
    uint32_t a = INSTR_A(word), b = INSTR_B(word), c = INSTR_C(word);
    switch (rules[INSTR_OP(word)].span) {
    case SPAN_NONE: return 0;
    case SPAN_B_COUNT_C: return b + c;
    case SPAN_B_RANGE: return b + (c == 3 ? 3 : 2);
    case SPAN_A_COUNT_B: return a + (b ? b : 1);
    case SPAN_CALL: return a + 1 + b + keyword_count(code, pc);
    case SPAN_METHOD: return a + 2 + b + keyword_count(code, pc);
    case SPAN_SPREAD: return a + 3;
    case SPAN_ITERATE: return a + (c ? 5 : 4);
    case SPAN_NEXT: return a + (b ? 5 : 4);
    }
    return UINT32_MAX;
}

static bool check_constant(const CodeObj *code, const Rule *rule, uint32_t number, bool is_keywords) {
    if (number >= code->constant_count) return false;
    Value value = code->constants[number];
    if (is_keywords) return is_symbol_array(value);
    return !rule->k || is_obj_type(value, rule->k);
}

/* Registers, upvalues, constants and variables in their bounds. */
static bool check_operands(Verifier *v, uint32_t pc) {
    const CodeObj *code = v->code;
    uint32_t word = code->words[pc];
    uint32_t op = INSTR_OP(word);
    uint32_t uses = v->operands[op];
    uint32_t w1 = extra_words[op] > 0 ? code->words[pc + 1] : 0;
    const Rule *rule = &rules[op];
    if (op == OP_TAILCHECKED && w1 > 0 && !check_constant(code, rule, w1 - 1, true)) return false;
    bool names_in_w1 = rule->keywords && extra_words[op] < 3;
    uint32_t vars = code->module->var_count;
    return !(((uses & USES_A) && INSTR_A(word) >= code->slot_count) ||
             ((uses & USES_B) && INSTR_B(word) >= code->slot_count) ||
             ((uses & USES_C) && INSTR_C(word) >= code->slot_count) ||
             ((uses & UPVALUE_A) && INSTR_A(word) >= code->capture_count) ||
             ((uses & UPVALUE_B) && INSTR_B(word) >= code->capture_count) ||
             ((uses & CONSTANT_BX) && !check_constant(code, rule, INSTR_BX(word), false)) ||
             ((uses & CONSTANT_B) && !check_constant(code, rule, INSTR_B(word), false)) ||
             ((uses & CONSTANT_C) && !check_constant(code, rule, INSTR_C(word), false)) ||
             (((uses & CONSTANT_W1) || names_in_w1) && !check_constant(code, rule, w1, names_in_w1)) ||
             ((uses & CONSTANT_W3) && !check_constant(code, rule, code->words[pc + 3], true)) ||
             ((uses & VARIABLE_BX) && INSTR_BX(word) >= vars) || ((uses & VARIABLE_W1) && w1 >= vars));
}

static bool claim_cache(Verifier *v, uint32_t number) {
    if (number >= v->code->cache_count || v->cache_used[number]) return false;
    v->cache_used[number] = 1;
    return true;
}

static bool can_jump(const Verifier *v, uint32_t op) { return formats[op] == FORMAT_sJ || (v->operands[op] & JUMP_W1); }

/* Where an instruction that can jump does so: any number at all before check_instructions. */
static uint32_t jump_target(const Verifier *v, uint32_t pc) {
    uint32_t word = v->code->words[pc];
    uint32_t op = INSTR_OP(word);
    uint32_t next = pc + 1 + extra_words[op];
    return next + (formats[op] == FORMAT_sJ ? (uint32_t)INSTR_SJ(word) : v->code->words[pc + 1]);
}

static bool mark_target(Verifier *v, uint32_t target) {
    if (target >= v->code->word_count || !(v->marks[target] & WORD_START)) return false;
    if (!(v->marks[target] & WORD_TARGET)) v->target_count++;
    v->marks[target] |= WORD_TARGET;
    return true;
}

static bool check_instruction(Verifier *v, uint32_t pc) {
    const CodeObj *code = v->code;
    uint32_t word = code->words[pc];
    uint32_t op = INSTR_OP(word);
    if (!check_operands(v, pc) || registers_end(code, pc) > code->slot_count) return false;
    if ((v->operands[op] & CACHE_W2) && !claim_cache(v, code->words[pc + 2])) return false;
    if (rules[op].gives == KIND_CHECKED && INSTR_C(word) > BOUNDARY_VARIABLE) return false;
    if (op == OP_LOADS && INSTR_B(word) > IMAGE_UNSET) return false;
    if (op == OP_INTRINSIC && INSTR_C(word) >= INTRINSIC_COUNT) return false;
    if (can_jump(v, op)) {
        uint32_t target = jump_target(v, pc);
        if (!mark_target(v, target)) return false;
        if (target <= pc && !(v->operands[op] & TICKS)) return false; /* a loop that nothing could stop */
    }
    if (op != OP_FORNEXT) return true;
    uint32_t check = pc + 2; /* at the end FORNEXT skips it */
    return check + 2 < code->word_count && INSTR_OP(code->words[check]) == OP_FORCHECK && mark_target(v, check + 2);
}

static bool check_instructions(Verifier *v) {
    const CodeObj *code = v->code;
    for (uint32_t pc = 0; pc < code->word_count; pc += 1 + extra_words[INSTR_OP(code->words[pc])]) {
        v->marks[pc] = WORD_START;
    }
    for (uint32_t pc = 0; pc < code->word_count; pc += 1 + extra_words[INSTR_OP(code->words[pc])]) {
        if (!check_instruction(v, pc)) return fail(v, IMAGE_MALFORMED);
    }
    return true;
}

static bool check_params(const CodeObj *code) {
    bool is_simple = true;
    for (uint32_t i = 0; i < code->param_count; i++) {
        const Param *param = &code->params[i];
        if (param->slot >= code->slot_count) return false;
        if (param->kind >= PARAM_KEYWORD && !param->name) return false;
        is_simple = is_simple && param->kind == PARAM_REQUIRED && param->slot == i;
    }
    if (code->param_count > code->slot_count) return false;
    if (code->flags & CODE_SIMPLE) return is_simple && code->required_count == code->param_count;
    return true;
}

static bool check_fields(Verifier *v) {
    const CodeObj *code = v->code;
    bool has_self = code->param_count > 0;
    if (!check_params(code) || ((code->flags & CODE_METHOD) && !has_self)) return fail(v, IMAGE_MALFORMED);
    if (!is_nil(code->metadata) && !is_map(code->metadata)) return fail(v, IMAGE_MALFORMED);
    bool is_function = is_type(code->signature) && type_of(code->signature)->form == TYPE_FUNCTION;
    if (!is_nil(code->signature) && !is_function) return fail(v, IMAGE_MALFORMED);
    for (uint32_t i = 1; i < code->scope_count; i++) {
        if (code->scopes[i].pc < code->scopes[i - 1].pc) return fail(v, IMAGE_MALFORMED);
    }
    if (code->slot_count == 0 && code->word_count > 0) return fail(v, IMAGE_MALFORMED);
    uint64_t covered = 0;
    for (uint32_t i = 0; i < code->handler_count; i++) {
        const Handler *handler = &code->handlers[i];
        if (handler->start >= handler->end || handler->end > code->word_count) return fail(v, IMAGE_MALFORMED);
        if (handler->target < handler->end) return fail(v, IMAGE_MALFORMED); /* nor may it catch what it raises */
        if (handler->slot >= code->slot_count || !mark_target(v, handler->target)) return fail(v, IMAGE_MALFORMED);
        covered += handler->end - handler->start;
    }
    if (covered > COVERED_MAX && covered > (uint64_t)code->word_count * 64) return fail(v, IMAGE_MALFORMED);
    return true;
}

/* --- paths ------------------------------------------------------------------------------------------------------------------ */

static bool is_readable(Cell state) { return STATE_KIND(state) != KIND_UNSET && STATE_KIND(state) != KIND_VALUES; }

static Cell meet(Cell a, Cell b) {
    if (a == b) return a;
    return is_readable(a) && is_readable(b) ? KIND_ANY : KIND_UNSET;
}

/* A path arrives at a target with the registers `state`. */
static bool arrive(Verifier *v, uint32_t target, const Cell *state) {
    uint32_t slots = v->code->slot_count;
    if (!v->state_at[target]) {
        memcpy(v->states + (size_t)v->state_count * slots, state, slots * sizeof *state);
        v->state_at[target] = ++v->state_count;
        v->changed = true;
        return true;
    }
    Cell *known = v->states + (size_t)(v->state_at[target] - 1) * slots;
    for (uint32_t i = 0; i < slots; i++) {
        Cell both = meet(known[i], state[i]);
        if (both == known[i]) continue;
        known[i] = both;
        v->changed = true;
    }
    return true;
}

static Kind constant_kind(Value value) {
    if (!is_object(value)) return KIND_ANY;
    switch (obj_type_of(value)) {
    case OBJ_SYMBOL: return KIND_SYMBOL;
    case OBJ_STR: return KIND_STRING;
    case OBJ_CODE: return KIND_CODE;
    case OBJ_MODULE: return KIND_MODULE;
    case OBJ_VARIANT: return KIND_VARIANT;
    case OBJ_ENUM:
    case OBJ_NAMESPACE:
    case OBJ_TYPE_VALUE: return KIND_ANY;
    default: return KIND_DATA;
    }
}

static Cell constant_state(const CodeObj *code, uint32_t word, uint32_t w1) {
    if (INSTR_OP(word) == OP_LOADS) return INSTR_B(word) == IMAGE_UNSET ? KIND_UNSET : KIND_ANY;
    if (INSTR_OP(word) == OP_LOADI) return INSTR_SBX(word) < 0 ? KIND_ANY : STATE(KIND_INT, INSTR_SBX(word));
    uint32_t number = INSTR_OP(word) == OP_LOADK ? INSTR_BX(word) : w1;
    Value value = code->constants[number];
    if (is_small_int(value) && small_int_of(value) >= 0 && small_int_of(value) < (1 << 24)) {
        return STATE(KIND_INT, small_int_of(value));
    }
    Kind kind = constant_kind(value);
    return kind == KIND_DATA || kind == KIND_CODE || kind == KIND_SYMBOL ? STATE(kind, number) : (Cell)kind;
}

static bool check_captures(const Verifier *v, const CodeObj *inner) {
    if (inner->word_count == 0) return false;
    for (uint32_t i = 0; i < inner->capture_count; i++) {
        uint32_t index = inner->captures[i].index;
        if (!inner->captures[i].from_register) {
            if (index >= v->code->capture_count) return false;
        } else if (index >= v->code->slot_count || STATE_KIND(v->now[index]) != KIND_CELL) {
            return false;
        }
    }
    return true;
}

static bool check_scope(const Verifier *v, uint32_t number) {
    if (number >= v->code->scope_count) return false;
    const ScopeDescriptor *scope = &v->code->scopes[number];
    for (uint32_t i = 0; i < scope->count; i++) {
        const ScopeName *name = &scope->names[i];
        if (!name->from_register) {
            if (name->index >= v->code->capture_count) return false;
        } else if (name->index >= v->code->slot_count || STATE_KIND(v->now[name->index]) != KIND_CELL) {
            return false;
        }
    }
    return true;
}

static bool is_absent_or_string(const Table *table, const char *key) {
    for (uint32_t i = table_next(table, 0); i < table->used; i = table_next(table, i + 1)) {
        if (symbol_is(symbol_of(table->entries[i].key), key)) return is_string(table->entries[i].value);
    }
    return true;
}

/* See intrinsics.h: ^items [[parts name] …], and strings. */
static bool is_import_specification(Value value) {
    if (!is_map(value)) return false;
    const Table *table = &map_of(value)->table;
    bool has_items = false;
    for (uint32_t i = table_next(table, 0); i < table->used; i = table_next(table, i + 1)) {
        if (!symbol_is(symbol_of(table->entries[i].key), "items")) continue;
        if (!is_array(table->entries[i].value)) return false;
        const ArrayObj *items = array_of(table->entries[i].value);
        has_items = true;
        for (uint32_t j = 0; j < items->count; j++) {
            if (!is_array(items->items[j]) || array_of(items->items[j])->count != 2) return false;
            const Value *pair = array_of(items->items[j])->items;
            if (!is_symbol_array(pair[0]) || array_of(pair[0])->count == 0) return false;
            if (!is_nil(pair[1]) && !is_symbol(pair[1])) return false;
        }
    }
    return has_items && is_absent_or_string(table, "from");
}

static bool check_argument(const Verifier *v, char letter, Cell state, uint32_t arguments_after) {
    Value constant = STATE_KIND(state) == KIND_DATA || STATE_KIND(state) == KIND_CODE
                         ? v->code->constants[STATE_NUMBER(state)]
                         : VAL_NIL;
    switch (letter) {
    case 'v': return is_readable(state);
    case 'u': return STATE_KIND(state) != KIND_VALUES;
    case 's': return STATE_KIND(state) == KIND_SYMBOL;
    case 't': return STATE_KIND(state) == KIND_STRING;
    case 'f': return STATE_KIND(state) == KIND_FUNCTION;
    case 'h': return STATE_KIND(state) == KIND_HASHMAP;
    case 'm': return STATE_KIND(state) == KIND_MODULE;
    case 'd':
        return STATE_KIND(state) == KIND_DATA || STATE_KIND(state) == KIND_SYMBOL || STATE_KIND(state) == KIND_STRING;
    case 'p': return is_map(constant);
    case 'a': return is_symbol_array(constant);
    case 'n': return is_symbol_array(constant) && array_of(constant)->count <= arguments_after;
    case 'c': return is_obj_type(constant, OBJ_CODE);
    case 'e': return STATE_KIND(state) == KIND_INT && check_scope(v, STATE_NUMBER(state));
    case 'i': return is_import_specification(constant);
    default: return false;
    }
}

static bool are_readable(const Verifier *v, uint32_t from, uint32_t end) {
    for (uint32_t i = from; i < end; i++) {
        if (!is_readable(v->now[i])) return false;
    }
    return true;
}

static bool check_intrinsic(Verifier *v, uint32_t word) {
    const char *letters = intrinsic_arguments[INSTR_C(word)];
    uint32_t count = INSTR_B(word);
    if (strlen(letters) > count) return false;
    for (uint32_t i = 0; letters[i]; i++) {
        if (!check_argument(v, letters[i], v->now[INSTR_A(word) + i], count - i - 1)) return false;
    }
    return are_readable(v, INSTR_A(word) + (uint32_t)strlen(letters), INSTR_A(word) + count);
}

/* Registers that the instruction reads besides those its meaning names. */
static bool is_span_readable(const Verifier *v, uint32_t pc) {
    uint32_t word = v->code->words[pc];
    uint32_t op = INSTR_OP(word), a = INSTR_A(word), b = INSTR_B(word);
    uint32_t end = registers_end(v->code, pc);
    switch (rules[op].span) {
    case SPAN_B_COUNT_C:
    case SPAN_B_RANGE: return are_readable(v, b, end);
    case SPAN_CALL:
    case SPAN_SPREAD: return are_readable(v, a, end);
    case SPAN_METHOD: {
        bool is_new = op == OP_NEW || op == OP_NEWKW; /* their R[A+1] is scratch, R[A] that of the others */
        return (!is_new || is_readable(v->now[a])) && are_readable(v, a + (is_new ? 2 : 1), end);
    }
    case SPAN_NEXT: return op != OP_FORCHECK || is_readable(v->now[a + 3]);
    default: return true;
    }
}

/* The element of what DESTRUCTURE gave: it is missing only where the parameter may be. */
static Kind destructured(const Verifier *v, uint32_t pc) {
    Cell list = v->now[INSTR_B(v->code->words[pc])];
    if (STATE_KIND(list) != KIND_VALUES) return KIND_ANY;
    const CodeObj *pattern = pointer_of(v->code->constants[STATE_NUMBER(list)]);
    uint32_t index = v->code->words[pc + 1];
    return index < pattern->param_count && !is_optional(pattern->params[index].kind) ? KIND_ANY : KIND_UNSET;
}

static bool are_operands_readable(const Verifier *v, uint32_t pc) {
    uint32_t word = v->code->words[pc];
    uint32_t op = INSTR_OP(word), uses = v->operands[op];
    if (op == OP_JSET) return STATE_KIND(v->now[INSTR_A(word)]) != KIND_VALUES;
    if (op == OP_GETIDX && STATE_KIND(v->now[INSTR_B(word)]) == KIND_VALUES) return true;
    return (!(uses & READS_A) || is_readable(v->now[INSTR_A(word)])) &&
           (!(uses & USES_B) || rules[op].span == SPAN_B_COUNT_C || is_readable(v->now[INSTR_B(word)])) &&
           (!(uses & USES_C) || is_readable(v->now[INSTR_C(word)])) && is_span_readable(v, pc);
}

static bool has_kind(const Verifier *v, uint32_t reg, Kind kind) {
    return kind == KIND_ANY || STATE_KIND(v->now[reg]) == kind;
}

static bool check_kinds(Verifier *v, uint32_t pc) {
    uint32_t word = v->code->words[pc];
    uint32_t op = INSTR_OP(word);
    const Rule *rule = &rules[op];
    if (!has_kind(v, INSTR_A(word), rule->a) || (rule->b && !has_kind(v, INSTR_B(word), rule->b))) return false;
    if (rule->a == KIND_ITERATOR &&
        (!has_kind(v, INSTR_A(word) + 1, KIND_ITERATOR_1) || !has_kind(v, INSTR_A(word) + 2, KIND_ITERATOR_2))) {
        return false;
    }
    if (op == OP_INTRINSIC) return check_intrinsic(v, word);
    if (!are_operands_readable(v, pc)) return false;
    if (op != OP_FUNC && op != OP_FUNCX) return true;
    uint32_t number = op == OP_FUNC ? INSTR_BX(word) : v->code->words[pc + 1];
    return check_captures(v, pointer_of(v->code->constants[number]));
}

/* What the registers hold after the instruction. */
static void apply(Verifier *v, uint32_t pc) {
    const CodeObj *code = v->code;
    uint32_t word = code->words[pc];
    uint32_t op = INSTR_OP(word), a = INSTR_A(word);
    const Rule *rule = &rules[op];
    switch (rule->gives) {
    case KIND_CHECKED: v->now[a] = KIND_ANY; break;
    case KIND_SAME: v->now[a] = v->now[INSTR_B(word)]; break;
    case KIND_CONSTANT: v->now[a] = constant_state(code, word, extra_words[op] ? code->words[pc + 1] : 0); break;
    case KIND_UNWIND:
        if (op == OP_INTRINSIC && INSTR_C(word) == INTRINSIC_DESTRUCTURE)
            v->now[a] = STATE(KIND_VALUES, STATE_NUMBER(v->now[a]));
        else
            v->now[a] = KIND_ANY;
        if (op == OP_INTRINSIC && INSTR_C(word) == INTRINSIC_METHOD_NAME) {
            v->now[a] = STATE(KIND_SYMBOL, 0xFFFFFF); /* the receiver behind it is there already */
            break;
        }
        for (uint32_t i = a + 1; i < code->slot_count; i++) v->now[i] = KIND_UNSET;
        if (op != OP_INTRINSIC) break;
        if (INSTR_C(word) == INTRINSIC_ENUM_PATTERN) v->now[a] = KIND_VARIANT;
        if (INSTR_C(word) == INTRINSIC_HASHMAP || INSTR_C(word) == INTRINSIC_HASHMAP_PUT) v->now[a] = KIND_HASHMAP;
        break;
    case KIND_ITERATOR:
        for (uint32_t i = a; i < code->slot_count; i++) v->now[i] = KIND_UNSET;
        for (uint32_t i = 0; i < 3; i++) v->now[a + i] = KIND_ITERATOR + i;
        break;
    case KIND_ANY:
        if (op == OP_GETIDX)
            v->now[a] = destructured(v, pc);
        else if (v->operands[op] & WRITES_A)
            v->now[a] = KIND_ANY;
        if (rule->span != SPAN_NEXT) break;
        for (uint32_t i = a + 3; i < code->slot_count; i++)
            v->now[i] = i < registers_end(code, pc) ? KIND_ANY : KIND_UNSET;
        break;
    default: v->now[a] = (Cell)rule->gives; break;
    }
}

/* The registers as a handler finds them when the instruction raises: those above its own are cleared. */
static void arrive_at_handlers(Verifier *v, uint32_t pc, const uint32_t *active, uint32_t count) {
    Cell state[256];
    for (uint32_t i = 0; i < count; i++) {
        const Handler *handler = &v->code->handlers[active[i]];
        if (pc >= handler->end) continue;
        memcpy(state, v->now, sizeof state);
        for (uint32_t j = handler->slot; j < v->code->slot_count; j++) state[j] = KIND_ANY;
        arrive(v, handler->target, state);
    }
}

static bool ends_path(uint32_t op) {
    return op == OP_RETURN || op == OP_THROW || op == OP_RETHROW || op == OP_JMP || op == OP_LOOP;
}

/* A macro may evaluate forms in the scope of its call, which says where the frame waits. */
static bool check_call_scopes(const Verifier *v, uint32_t next) {
    uint32_t low = 0, high = v->code->scope_count; /* scopes before `low` are those of earlier calls */
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (v->code->scopes[middle].pc < next)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < v->code->scope_count && v->code->scopes[low].pc == next; low++) {
        if (!check_scope(v, low)) return false;
    }
    return true;
}

/* Where the loop ends nothing is left of its item; a Gene-defined next has left one for FORCHECK. */
static void end_iteration(Verifier *v, uint32_t pc) {
    uint32_t word = v->code->words[pc], item = INSTR_A(word) + 3;
    for (uint32_t i = item; i < v->code->slot_count; i++) v->now[i] = KIND_UNSET;
    if (INSTR_OP(word) != OP_FORNEXT) return;
    arrive(v, pc + 4, v->now);
    v->now[item] = KIND_ANY;
}

static bool step(Verifier *v, uint32_t pc, const uint32_t *active, uint32_t active_count) {
    uint32_t op = INSTR_OP(v->code->words[pc]);
    if (!check_kinds(v, pc)) return fail(v, IMAGE_MALFORMED);
    arrive_at_handlers(v, pc, active, active_count);
    apply(v, pc);
    if (v->code->scope_count && !check_call_scopes(v, pc + 1 + extra_words[op])) return fail(v, IMAGE_MALFORMED);
    arrive_at_handlers(v, pc, active, active_count);
    uint32_t a = INSTR_A(v->code->words[pc]);
    Cell before = v->now[a];
    if (op == OP_JSET) v->now[a] = is_readable(before) ? before : KIND_ANY;
    if (can_jump(v, op)) arrive(v, jump_target(v, pc), v->now);
    if (op == OP_JSET) v->now[a] = before;
    if (rules[op].span == SPAN_NEXT) end_iteration(v, pc);
    v->reachable = !ends_path(op);
    return true;
}

/* The registers as a call leaves them. */
static void enter(Verifier *v) {
    const CodeObj *code = v->code;
    for (uint32_t i = 0; i < COUNT_OF(v->now); i++) v->now[i] = KIND_UNSET;
    for (uint32_t i = 0; i < code->param_count; i++) v->now[code->params[i].slot] = KIND_ANY;
    for (uint32_t i = 0; i < code->param_count; i++) {
        if (is_optional(code->params[i].kind)) v->now[code->params[i].slot] = KIND_UNSET;
    }
}

/* Once along the code; paths that lead back are followed by the next pass. */
static bool walk(Verifier *v, uint32_t *active) {
    const CodeObj *code = v->code;
    uint32_t active_count = 0;
    enter(v);
    v->reachable = true;
    for (uint32_t pc = 0; pc < code->word_count; pc += 1 + extra_words[INSTR_OP(code->words[pc])]) {
        uint32_t kept = 0;
        for (uint32_t i = 0; i < active_count; i++) {
            if (code->handlers[active[i]].end > pc) active[kept++] = active[i];
        }
        active_count = kept;
        for (uint32_t i = v->first_handler[pc]; i; i = v->next_handler[i - 1]) active[active_count++] = i - 1;
        if (v->marks[pc] & WORD_TARGET) {
            if (v->reachable) arrive(v, pc, v->now);
            v->reachable = v->state_at[pc] != 0;
            if (v->reachable) {
                memcpy(v->now, v->states + (size_t)(v->state_at[pc] - 1) * code->slot_count,
                       code->slot_count * sizeof *v->now);
            }
        }
        if (v->reachable && !step(v, pc, active, active_count)) return false;
    }
    return !v->reachable || fail(v, IMAGE_MALFORMED); /* off the end */
}

static bool walk_all(Verifier *v) {
    uint32_t *active = malloc((v->code->handler_count + 1) * sizeof *active);
    bool ok = active != NULL || fail(v, "no memory left to check the compiled code");
    v->changed = true;
    for (uint32_t pass = 0; ok && v->changed; pass++) {
        v->changed = false;
        ok = walk(v, active) && (pass < PASSES_MAX || fail(v, IMAGE_MALFORMED));
    }
    free(active);
    return ok;
}

/* --- all code ------------------------------------------------------------------------------------------------------------------ */

static bool list_handlers(Verifier *v) {
    for (uint32_t i = v->code->handler_count; i > 0; i--) {
        uint32_t start = v->code->handlers[i - 1].start;
        if (!(v->marks[start] & WORD_START)) return fail(v, IMAGE_MALFORMED);
        v->next_handler[i - 1] = v->first_handler[start];
        v->first_handler[start] = i;
    }
    return true;
}

static bool verify_words(Verifier *v) {
    const CodeObj *code = v->code;
    uint32_t count = code->word_count;
    v->marks = calloc(count + 1, 1);
    v->cache_used = calloc(code->cache_count + 1u, 1);
    v->state_at = calloc(count + 1, sizeof *v->state_at);
    v->first_handler = calloc(count + 1, sizeof *v->first_handler);
    v->next_handler = calloc(code->handler_count + 1u, sizeof *v->next_handler);
    if (!v->marks || !v->cache_used || !v->state_at || !v->first_handler || !v->next_handler)
        return fail(v, "no memory left to check the compiled code");
    if (!check_instructions(v) || !check_fields(v) || !list_handlers(v)) return false;
    size_t size = (size_t)v->target_count * code->slot_count * sizeof *v->states;
    v->states = size <= STATES_MAX ? malloc(size + 1) : NULL;
    if (!v->states) return fail(v, "no memory left to check the compiled code");
    return walk_all(v);
}

uint32_t image_table_hash(void) {
    static const char *const others[] = {
#define INTRINSIC_ROW(name, arguments, meaning) #name arguments,
        INTRINSICS(INTRINSIC_ROW)
#undef INTRINSIC_ROW
#define OBJ_TYPE(suffix, kind, type_name) #suffix,
            OBJ_TYPES(OBJ_TYPE)
#undef OBJ_TYPE
    };
    uint32_t hash = IMAGE_FORMAT;
    for (uint32_t op = 0; op < OP_COUNT; op++) {
        hash = hash_bytes(meanings[op], strlen(meanings[op]), hash + formats[op] * 8u + extra_words[op]);
    }
    for (size_t i = 0; i < COUNT_OF(others); i++) hash = hash_bytes(others[i], strlen(others[i]), hash);
    return hash;
}

void image_operands(uint32_t out_operands[OP_COUNT]) {
    for (uint32_t op = 0; op < OP_COUNT; op++) {
        out_operands[op] = 0;
        for (size_t i = 0; i < COUNT_OF(operand_texts); i++) {
            if (strstr(meanings[op], operand_texts[i].text)) out_operands[op] |= operand_texts[i].flag;
        }
        if (strncmp(meanings[op], "R[A", 3) == 0 && strstr(meanings[op], "] = ")) out_operands[op] |= WRITES_A;
        bool begins_with_result = strncmp(meanings[op], "R[A] = ", 7) == 0;
        if (strstr(meanings[op] + (begins_with_result ? 7 : 0), "R[A]")) out_operands[op] |= READS_A;
    }
}

const char *image_verify(const uint32_t operands[OP_COUNT], const CodeObj *code) {
    Verifier v = {.operands = operands, .code = code};
    if (code->word_count == 0)
        check_fields(&v);
    else
        verify_words(&v);
    free(v.marks);
    free(v.cache_used);
    free(v.state_at);
    free(v.first_handler);
    free(v.next_handler);
    free(v.states);
    return v.problem;
}

/* disassemble.c — code as text. What an operand is follows from the meaning column of opcodes.h. */
#include "compiler/compiler.h"
#include "compiler/intrinsics.h"
#include "compiler/opcodes.h"

#include "base/number.h"

typedef struct OpInfo {
    const char *name, *meaning;
    OpFormat format;
    uint32_t extra;
} OpInfo;

static const OpInfo op_table[OP_COUNT] = {
#define OP(name, format, extra, meaning) [OP_##name] = {#name, meaning, FORMAT_##format, extra},
    OPCODES(OP)
#undef OP
};

static const char *const intrinsic_names[INTRINSIC_COUNT] = {
#define INTRINSIC_ROW(name, arguments, meaning) [INTRINSIC_##name] = #name,
    INTRINSICS(INTRINSIC_ROW)
#undef INTRINSIC_ROW
};

static const char *const special_names[] = {"nil", "void", "false", "true", "_", "not_found", "unset"};

static void print_constant(Buffer *out, Value value) {
    char number[NUMBER_TEXT_MAX];
    if (value >> VALUE_TAG_SHIFT == VALUE_TAG_SPECIAL) {
        buffer_append_text(out, special_names[value & 7]);
    } else if (is_int(value)) {
        number_format_int(int_of(value), number);
        buffer_append_text(out, number);
    } else if (is_float(value)) {
        number_format_double(float_of(value), number);
        buffer_append_text(out, number);
    } else if (is_symbol(value)) {
        buffer_append_text(out, symbol_of(value)->text);
    } else if (is_string(value)) {
        buffer_append_format(out, "\"%s\"", string_of(value)->text);
    } else if (is_array(value)) {
        const ArrayObj *array = array_of(value);
        buffer_append_text(out, "[");
        for (uint32_t i = 0; i < array->count && i < 8; i++) {
            if (i > 0) buffer_append_text(out, " ");
            if (is_array(array->items[i])) {
                buffer_append_text(out, "[…]");
            } else {
                print_constant(out, array->items[i]);
            }
        }
        buffer_append_text(out, "]");
    } else if (is_obj_type(value, OBJ_CODE)) {
        buffer_append_format(out, "<code %s>", ((const CodeObj *)pointer_of(value))->name->text);
    } else {
        buffer_append_format(out, "<%s>", kind_name(value));
    }
}

/* A is a register unless it is an upvalue; B and C may be counts. */
static void print_field(Buffer *out, const char *meaning, char letter, uint32_t value) {
    char pattern[] = "U[?";
    pattern[2] = letter;
    const char *prefix = letter == 'A' ? "r" : "";
    if (strstr(meaning, pattern)) prefix = "u";
    pattern[0] = 'R';
    if (strstr(meaning, pattern)) prefix = "r";
    buffer_append_format(out, " %s%u", prefix, value);
}

static void print_constant_field(Buffer *out, const CodeObj *code, const char *meaning, const char *field,
                                 uint32_t number) {
    if (!strstr(meaning, field) || number >= code->constant_count) return;
    buffer_append_text(out, " ");
    print_constant(out, code->constants[number]);
}

static void print_operands(Buffer *out, const CodeObj *code, uint32_t pc) {
    uint32_t word = code->words[pc];
    const OpInfo *info = &op_table[INSTR_OP(word)];
    uint32_t next = pc + 1 + info->extra;
    if (info->format == FORMAT_sJ) {
        buffer_append_format(out, " -> %u", (uint32_t)((int32_t)next + INSTR_SJ(word)));
        return;
    }
    print_field(out, info->meaning, 'A', INSTR_A(word));
    if (info->format == FORMAT_ABx) {
        if (strstr(info->meaning, "K[Bx]")) {
            print_constant_field(out, code, info->meaning, "K[Bx]", INSTR_BX(word));
        } else {
            buffer_append_format(out, " %u", INSTR_BX(word));
        }
    } else if (info->format == FORMAT_AsBx) {
        buffer_append_format(out, " %d", INSTR_SBX(word));
    } else if (INSTR_OP(word) == OP_LOADS) {
        buffer_append_format(out, " %s", special_names[INSTR_B(word) & 7]);
    } else if (strstr(info->meaning, "K[B]")) {
        print_constant_field(out, code, info->meaning, "K[B]", INSTR_B(word));
    } else if (info->format != FORMAT_A) {
        print_field(out, info->meaning, 'B', INSTR_B(word));
    }
    if (INSTR_OP(word) == OP_INTRINSIC) {
        buffer_append_format(out, " %s", intrinsic_names[INSTR_C(word)]);
    } else if (INSTR_OP(word) == OP_ADDI) {
        buffer_append_format(out, " %d", INSTR_SC(word));
    } else if (strstr(info->meaning, "K[C]")) {
        print_constant_field(out, code, info->meaning, "K[C]", INSTR_C(word));
    } else if (info->format == FORMAT_ABC) {
        print_field(out, info->meaning, 'C', INSTR_C(word));
    }
    if (info->extra == 0) return;
    uint32_t extra = code->words[pc + 1];
    if (strstr(info->meaning, "jump W1")) {
        buffer_append_format(out, " -> %u", next + extra);
    } else if (strstr(info->meaning, "K[W1]")) {
        print_constant_field(out, code, info->meaning, "K[W1]", extra);
    } else {
        buffer_append_format(out, " %d", (int32_t)extra);
    }
    if (info->extra == 3) print_constant_field(out, code, info->meaning, "K[W3]", code->words[pc + 3]);
}

static void print_params(Buffer *out, const CodeObj *code) {
    static const char *const marks[] = {"", "?", "...", "^", "^?", "^..."};
    for (uint32_t i = 0; i < code->param_count; i++) {
        const Param *param = &code->params[i];
        buffer_append_format(out, "%s%s%s", i ? " " : "", param->name ? param->name->text : "[]", marks[param->kind]);
    }
}

/* The source line that instructions from `pc` on belong to, when it is another one than *io_line. */
static void print_source_line(Buffer *out, const CodeObj *code, uint32_t pc, const char *source, uint32_t *io_line) {
    uint32_t line, column;
    code_position(code, pc, &line, &column);
    if (!source || line == 0 || line == *io_line) return;
    *io_line = line;
    for (uint32_t i = 1; i < line && source; i++) {
        source = strchr(source, '\n');
        if (source) source++;
    }
    if (!source) return;
    buffer_append_format(out, "# %u: ", line);
    buffer_append(out, source, strcspn(source, "\r\n"));
    buffer_append_text(out, "\n");
}

static void print_code(Buffer *out, const CodeObj *code, const char *source) {
    buffer_append_format(out, "%s [", code->name->text);
    print_params(out, code);
    buffer_append_format(out, "] slots %u", code->slot_count);
    if (code->flags & CODE_GENERATOR) buffer_append_text(out, " generator");
    if (code->flags & CODE_ASYNC) buffer_append_text(out, " async");
    if (code->flags & CODE_BLOCK) buffer_append_text(out, " block");
    for (uint32_t i = 0; i < code->capture_count; i++) {
        const Capture *capture = &code->captures[i];
        buffer_append_format(out, "%s%c%u", i ? " " : " captures ", capture->from_register ? 'r' : 'u', capture->index);
    }
    buffer_append_text(out, "\n");
    uint32_t line = 0;
    for (uint32_t pc = 0; pc < code->word_count;) {
        const OpInfo *info = &op_table[INSTR_OP(code->words[pc])];
        print_source_line(out, code, pc, source, &line);
        buffer_append_format(out, "%5u  %s", pc, info->name);
        print_operands(out, code, pc);
        buffer_append_text(out, "\n");
        pc += 1 + info->extra;
    }
    for (uint32_t i = 0; i < code->handler_count; i++) {
        const Handler *handler = &code->handlers[i];
        buffer_append_format(out, "%s %u..%u -> %u r%u\n", handler->is_finally ? "finally" : "catch", handler->start,
                             handler->end, handler->target, handler->slot);
    }
    for (uint32_t i = 0; i < code->scope_count; i++) {
        buffer_append_format(out, "scope %u:", i);
        for (uint32_t j = 0; j < code->scopes[i].count; j++) {
            const ScopeName *name = &code->scopes[i].names[j];
            buffer_append_format(out, " %s=%c%u", name->name->text, name->from_register ? 'r' : 'u', name->index);
        }
        buffer_append_text(out, "\n");
    }
}

/* Nesting is that of functions in the source, which the compiler bounds. */
void compiler_disassemble_source(const CodeObj *code, const char *source, Buffer *out) {
    print_code(out, code, source);
    for (uint32_t i = 0; i < code->constant_count; i++) {
        if (!is_obj_type(code->constants[i], OBJ_CODE)) continue;
        const CodeObj *inner = pointer_of(code->constants[i]);
        if (inner->word_count > 0) compiler_disassemble_source(inner, source, out);
    }
}

void compiler_disassemble(const CodeObj *code, Buffer *out) { compiler_disassemble_source(code, NULL, out); }

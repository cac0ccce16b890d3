/* code_builder.h — words, constants, positions and handlers of one function while it is emitted. */
#ifndef GENE_COMPILER_CODE_BUILDER_H
#define GENE_COMPILER_CODE_BUILDER_H

#include "compiler/opcodes.h"
#include "object/space.h"

/* Jumps still without a target: the newest one, tagged; each holds the way to the one before. 0: none. */
typedef uint32_t JumpList;

typedef struct CodeBuilder {
    VM *vm;
    uint32_t *words;
    uint32_t word_count, word_capacity;
    uint32_t last_start;  /* first word of the newest instruction */
    uint32_t last_target; /* newest place something jumps to */
    Value *constants;
    uint32_t constant_count, constant_capacity;
    uint32_t *constant_index; /* hash of words → number + 1 */
    uint32_t constant_index_size;
    LineEntry *lines;
    uint32_t line_count, line_capacity;
    Handler *handlers;
    uint32_t handler_count, handler_capacity;
    uint32_t cache_count;
    uint32_t line, column; /* of what is emitted now */
    bool too_large;        /* a jump does not reach */
} CodeBuilder;

void code_begin(CodeBuilder *b, VM *vm);
/* Moves everything into `code` and frees the builder. */
void code_finish(CodeBuilder *b, CodeObj *code);

void code_abc(CodeBuilder *b, OpCode op, uint32_t a, uint32_t b_field, uint32_t c);
void code_abx(CodeBuilder *b, OpCode op, uint32_t a, uint32_t bx);
void code_extra(CodeBuilder *b, uint32_t word);
uint32_t code_constant(CodeBuilder *b, Value value);
uint32_t code_symbol(CodeBuilder *b, const SymbolObj *symbol);
static inline uint32_t code_cache(CodeBuilder *b) { return b->cache_count++; }
void code_load_constant(CodeBuilder *b, uint32_t reg, Value value);

/* A conditional jump (target in W1); `b_field` may be 16 bits for the immediate forms. */
void code_jump_if(CodeBuilder *b, OpCode op, uint32_t a, uint32_t b_field, JumpList *list);
void code_jump(CodeBuilder *b, JumpList *list);
void code_loop(CodeBuilder *b, uint32_t target);
/* The same kind of jump back to a known place, for FORNEXT and FORCHECK. */
void code_jump_back(CodeBuilder *b, OpCode op, uint32_t a, uint32_t b_field, uint32_t target);
/* All jumps of the list come here. */
void code_patch(CodeBuilder *b, JumpList *list);
/* Something jumps to the next instruction; returns its number. */
uint32_t code_here(CodeBuilder *b);
/* Nothing reaches the next instruction. */
bool code_is_dead(const CodeBuilder *b);
void code_handler(CodeBuilder *b, uint32_t start, uint32_t end, uint32_t target, uint32_t slot, bool is_finally);

#endif

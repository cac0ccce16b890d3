/* image_rules.h — what instructions and intrinsics trust the compiler with, a row each; for image_verify.c only.
 * An instruction or intrinsic without a row does not compile. */
#ifndef GENE_COMPILER_IMAGE_RULES_H
#define GENE_COMPILER_IMAGE_RULES_H

#include "compiler/intrinsics.h"
#include "compiler/opcodes.h"

/* What a register is known to hold. */
typedef enum Kind {
    KIND_ANY,
    KIND_CELL,
    KIND_ARRAY, /* made by ARRAY in this function */
    KIND_MAP,
    KIND_NODE,
    KIND_HASHMAP,
    KIND_SYMBOL,
    KIND_STRING,
    KIND_FUNCTION, /* made by FUNC */
    KIND_DATA,     /* constant container */
    KIND_CODE,     /* constant code */
    KIND_MODULE,
    KIND_VARIANT, /* constant, or checked by ENUM_PATTERN */
    KIND_INT,     /* constant; the number is in the state */
    KIND_ITERATOR,
    KIND_ITERATOR_1,
    KIND_ITERATOR_2,
    KIND_VALUES, /* what DESTRUCTURE gave for the code that is this constant: only GETIDX may read it */
    KIND_UNSET,  /* may be unset, or never written on some path: nothing but JSET may read it */
    /* results only: */
    KIND_SAME,     /* of register B */
    KIND_CONSTANT, /* of the constant loaded */
    KIND_CHECKED,  /* R[A] is any value, whatever the meaning says */
    KIND_UNWIND,   /* R[A] is any value, nothing is left above: a call used them */
} Kind;

/* Registers an instruction uses besides those its meaning names one by one. */
typedef enum Span {
    SPAN_NONE,
    SPAN_B_COUNT_C, /* B … B+C-1 */
    SPAN_B_RANGE,   /* B … B+C-1, C of 2 or 3 */
    SPAN_A_COUNT_B, /* A … A+B-1 */
    SPAN_CALL,      /* A … A+B, and as many as constant W1 has keywords */
    SPAN_METHOD,    /* A … A+1+B, and as many as the keywords of constant W1 or W3 */
    SPAN_SPREAD,    /* A … A+2 */
    SPAN_ITERATE,   /* A … A+3, A+4 for pairs by C */
    SPAN_NEXT,      /* A … A+3, A+4 for pairs by B */
} Span;

typedef struct Rule {
    Kind a, b;     /* what R[A] and R[B] must hold */
    ObjType k;     /* kind of the constant, 0: any */
    bool keywords; /* the constant is an array of symbols; with W3 that one */
    Span span;
    Kind gives; /* what R[A] holds afterwards, when the meaning says that it is written */
} Rule;

/* A rule stands in one line. */
/* clang-format off */
#define ANYTHING {.a = KIND_ANY}
#define NEEDS_A(kind) {.a = KIND_##kind}
#define NEEDS_B(kind) {.b = KIND_##kind}
#define SYMBOL_K {.k = OBJ_SYMBOL}
#define SPANS(which) {.span = SPAN_##which}
/* A conversion may put another value in R[A]. */
#define CHECKS {.k = OBJ_TYPE_VALUE, .gives = KIND_CHECKED}
#define GIVES(kind) {.gives = KIND_##kind}

#define RULE_MOVE GIVES(SAME)
#define RULE_LOADK GIVES(CONSTANT)
#define RULE_LOADKX GIVES(CONSTANT)
#define RULE_LOADI GIVES(CONSTANT)
#define RULE_LOADS GIVES(CONSTANT)
#define RULE_NEWCELL GIVES(CELL)
#define RULE_GETCELL NEEDS_B(CELL)
#define RULE_SETCELL NEEDS_A(CELL)
#define RULE_GETUP ANYTHING
#define RULE_SETUP ANYTHING
#define RULE_GETVAR ANYTHING
#define RULE_GETVARX ANYTHING
#define RULE_SETVAR ANYTHING
#define RULE_SETVARX ANYTHING
#define RULE_GETNAME SYMBOL_K
#define RULE_SETNAME SYMBOL_K
#define RULE_DEFNAME SYMBOL_K
#define RULE_FUNC {.k = OBJ_CODE, .gives = KIND_FUNCTION}
#define RULE_FUNCX {.k = OBJ_CODE, .gives = KIND_FUNCTION}
#define RULE_JMP ANYTHING
#define RULE_LOOP ANYTHING
#define RULE_LOOPLT ANYTHING
#define RULE_LOOPLE ANYTHING
#define RULE_LOOPGT ANYTHING
#define RULE_LOOPGE ANYTHING
#define RULE_LOOPLTI ANYTHING
#define RULE_LOOPLEI ANYTHING
#define RULE_LOOPGTI ANYTHING
#define RULE_LOOPGEI ANYTHING
#define RULE_LOOPLTK ANYTHING
#define RULE_LOOPLEK ANYTHING
#define RULE_LOOPGTK ANYTHING
#define RULE_LOOPGEK ANYTHING
#define RULE_JT ANYTHING
#define RULE_JF ANYTHING
#define RULE_JMACRO ANYTHING
#define RULE_JSET ANYTHING
#define RULE_JAND ANYTHING
#define RULE_JOR ANYTHING
#define RULE_JNLT ANYTHING
#define RULE_JNLE ANYTHING
#define RULE_JNGT ANYTHING
#define RULE_JNGE ANYTHING
#define RULE_JNLTK ANYTHING
#define RULE_JNLEK ANYTHING
#define RULE_JNGTK ANYTHING
#define RULE_JNGEK ANYTHING
#define RULE_JNLTI ANYTHING
#define RULE_JNLEI ANYTHING
#define RULE_JNGTI ANYTHING
#define RULE_JNGEI ANYTHING
#define RULE_JNEQI ANYTHING
#define RULE_JEQI ANYTHING
#define RULE_JNVAR NEEDS_B(VARIANT)
#define RULE_JNVARK {.k = OBJ_VARIANT}
#define RULE_GETFIELD ANYTHING
#define RULE_UNWRAP GIVES(CHECKED)
#define RULE_ADD ANYTHING
#define RULE_ADDI ANYTHING
#define RULE_SUB ANYTHING
#define RULE_MUL ANYTHING
#define RULE_DIV ANYTHING
#define RULE_MOD ANYTHING
#define RULE_ADDK ANYTHING
#define RULE_SUBK ANYTHING
#define RULE_MULK ANYTHING
#define RULE_DIVK ANYTHING
#define RULE_MODK ANYTHING
#define RULE_POW ANYTHING
#define RULE_NEG ANYTHING
#define RULE_EQ ANYTHING
#define RULE_NE ANYTHING
#define RULE_EQNUM ANYTHING
#define RULE_LT ANYTHING
#define RULE_LE ANYTHING
#define RULE_GT ANYTHING
#define RULE_GE ANYTHING
#define RULE_NOT ANYTHING
#define RULE_AND ANYTHING
#define RULE_OR ANYTHING
#define RULE_XOR ANYTHING
#define RULE_SHL ANYTHING
#define RULE_SHR ANYTHING
#define RULE_CONCAT ANYTHING
#define RULE_INTERP SPANS(B_COUNT_C)
#define RULE_TYPEOF ANYTHING
#define RULE_IS ANYTHING
#define RULE_CHECKINT CHECKS
#define RULE_CHECKFLOAT CHECKS
#define RULE_CHECKKIND CHECKS
#define RULE_CHECK CHECKS
#define RULE_TAILCHECKED {.span = SPAN_CALL, .gives = KIND_UNWIND}
#define RULE_RANGE SPANS(B_RANGE)
#define RULE_ARRAY {.span = SPAN_B_COUNT_C, .gives = KIND_ARRAY}
#define RULE_ARRPUSH {.a = KIND_ARRAY, .span = SPAN_B_COUNT_C}
#define RULE_ARRSPREAD NEEDS_A(ARRAY)
#define RULE_MAP GIVES(MAP)
#define RULE_MAPSET {.a = KIND_MAP, .k = OBJ_SYMBOL}
#define RULE_MAPSPREAD NEEDS_A(MAP)
#define RULE_NODE GIVES(NODE)
#define RULE_NODEPROP {.a = KIND_NODE, .k = OBJ_SYMBOL}
#define RULE_NODEPUSH {.a = KIND_NODE, .span = SPAN_B_COUNT_C}
#define RULE_NODESPREAD NEEDS_A(NODE)
#define RULE_SEAL ANYTHING
#define RULE_GETPROP SYMBOL_K
#define RULE_GETPROPVAR SYMBOL_K
#define RULE_GETIDX ANYTHING
#define RULE_GETDYN ANYTHING
#define RULE_GETKEY ANYTHING
#define RULE_PRESENT ANYTHING
#define RULE_SETPROP SYMBOL_K
#define RULE_SETIDX ANYTHING
#define RULE_SETDYN ANYTHING
#define RULE_CALL {.span = SPAN_CALL, .gives = KIND_UNWIND}
#define RULE_CALLKW {.span = SPAN_CALL, .keywords = true, .gives = KIND_UNWIND}
#define RULE_CALLSPREAD {.span = SPAN_SPREAD, .gives = KIND_UNWIND}
#define RULE_TAILCALL {.span = SPAN_CALL, .gives = KIND_UNWIND}
#define RULE_TAILCALLKW {.span = SPAN_CALL, .keywords = true, .gives = KIND_UNWIND}
#define RULE_CALLM {.k = OBJ_SYMBOL, .span = SPAN_METHOD, .gives = KIND_UNWIND}
#define RULE_CALLMKW {.k = OBJ_SYMBOL, .span = SPAN_METHOD, .keywords = true, .gives = KIND_UNWIND}
#define RULE_CALLMSPREAD {.a = KIND_SYMBOL, .span = SPAN_SPREAD, .gives = KIND_UNWIND}
#define RULE_SUPER {.k = OBJ_SYMBOL, .span = SPAN_METHOD, .gives = KIND_UNWIND}
#define RULE_SUPERSPREAD {.a = KIND_SYMBOL, .span = SPAN_SPREAD, .gives = KIND_UNWIND}
#define RULE_NEW {.span = SPAN_METHOD, .gives = KIND_UNWIND}
#define RULE_NEWKW {.span = SPAN_METHOD, .keywords = true, .gives = KIND_UNWIND}
#define RULE_NEWSPREAD {.span = SPAN_SPREAD, .gives = KIND_UNWIND}
#define RULE_RETURN ANYTHING
#define RULE_THROW ANYTHING
#define RULE_RETHROW ANYTHING
#define RULE_GETEX ANYTHING
#define RULE_SETEX ANYTHING
#define RULE_AWAIT ANYTHING
#define RULE_ASYNCOK ANYTHING
#define RULE_ASYNCFAIL ANYTHING
#define RULE_YIELD GIVES(UNWIND)
#define RULE_ITER {.span = SPAN_ITERATE, .gives = KIND_ITERATOR}
#define RULE_FORNEXT {.a = KIND_ITERATOR, .span = SPAN_NEXT}
#define RULE_FORCHECK {.a = KIND_ITERATOR, .span = SPAN_NEXT}
#define RULE_INTRINSIC {.span = SPAN_A_COUNT_B, .gives = KIND_UNWIND}

static const Rule rules[OP_COUNT] = {
#define OP(name, format, extra, meaning) [OP_##name] = RULE_##name,
    OPCODES(OP)
#undef OP
};

/* What an intrinsic trusts of its first arguments, a letter each; those missing here can be anything.
 * v any value, u the same or unset, s symbol, t string, f function made here, h hash map made here, d constant data, p constant map, a constant
 * array of symbols, n the same with a value each behind it, c code of a pattern, m the module, e number of a scope whose
 * cells are there, i import specification. Whatever else it needs to be sure of, the native checks. */
#define ARGS_HASHMAP ""
#define ARGS_HASHMAP_PUT "h"
#define ARGS_COPY_QUOTED "d"
#define ARGS_GET_STRICT ""
#define ARGS_LOOKUP ""
#define ARGS_SELECTOR ""
#define ARGS_INTERCEPTOR "svav"
#define ARGS_METHOD_NAME ""
#define ARGS_ELEMENT_SPREAD ""
#define ARGS_CLASS "su"
#define ARGS_CLASS_METHOD "vsf"
#define ARGS_CLASS_CTOR "vf"
#define ARGS_CLASS_MISSING "vf"
#define ARGS_CLASS_FIELD "vs"
#define ARGS_INTERFACE "sap"
#define ARGS_IMPLEMENTS "vvs"
#define ARGS_CHECK_INTERFACES "v"
#define ARGS_IMPLEMENT "vvs"
#define ARGS_CALL_BODY "fv"
#define ARGS_NAMESPACE "s"
#define ARGS_SET_MEMBER "us"
#define ARGS_GLOBAL "s"
#define ARGS_CURRENT_NS ""
#define ARGS_EXCEPTION_IS ""
#define ARGS_ENUM_PATTERN "vv"
#define ARGS_DESTRUCTURE "cv"
#define ARGS_IMPORT "im"
#define ARGS_EXPORT "nu"
#define ARGS_PACKAGE "mvv"
#define ARGS_AWAIT_MANY ""
#define ARGS_AWAIT_ALL "u"
#define ARGS_AWAIT_ANY ""
#define ARGS_AWAIT_RACE ""
#define ARGS_AWAIT_SETTLED ""
#define ARGS_EVAL "ve"
#define ARGS_CALLER_EVAL ""
#define ARGS_RENDER_IN "ve"
#define ARGS_RENDER "dv"
#define ARGS_PARSE ""
#define ARGS_REPEAT_COUNT ""
#define ARGS_CONTRACT ""
#define ARGS_RAISE "t"
#define ARGS_DURATION ""
/* clang-format on */

static const char *const intrinsic_arguments[INTRINSIC_COUNT] = {
#define INTRINSIC_ROW(name, arguments, meaning) [INTRINSIC_##name] = ARGS_##name,
    INTRINSICS(INTRINSIC_ROW)
#undef INTRINSIC_ROW
};

#endif

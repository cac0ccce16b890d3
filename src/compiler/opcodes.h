/* opcodes.h — the instruction set, declared once.
 * OP(name, format, extra words, meaning) → enum, dispatch, disassembler, verifier, documentation.
 *
 * A word is op | A<<8 | B<<16 | C<<24. Formats: A, AB, ABC (registers or small counts), ABx (Bx = 16 unsigned bits),
 * AsBx (16 signed bits), sJ (24 signed bits: jump), and up to three extra words W1 W2 W3 that follow. Jump offsets are
 * relative to the word after the whole instruction. R registers, K constants, U upvalues (cells).
 *
 * Conventions. A call's callee sits in R[A], its arguments follow, the result replaces R[A]. A callee's frame starts at
 * its first argument, so arguments are never copied. Instructions marked (tick) count against the fuel.
 * `lhs` comparisons with I take the signed Bx as an Int literal and compare numerically (language 02, operator note). */
#ifndef GENE_COMPILER_OPCODES_H
#define GENE_COMPILER_OPCODES_H

/* A longer row would move the ends of all others. */
/* clang-format off */
#define OPCODES(OP)                                                                                               \
    OP(MOVE, AB, 0, "R[A] = R[B]")                                                                                \
    OP(LOADK, ABx, 0, "R[A] = K[Bx]")                                                                             \
    OP(LOADKX, A, 1, "R[A] = K[W1]")                                                                              \
    OP(LOADI, AsBx, 0, "R[A] = sBx")                                                                              \
    OP(LOADS, AB, 0, "R[A] = VALUE_SPECIAL(B)")                                                                   \
    OP(NEWCELL, A, 0, "R[A] = cell(R[A])")                                                                        \
    OP(GETCELL, AB, 0, "R[A] = cell R[B]")                                                                        \
    OP(SETCELL, AB, 0, "cell R[A] = R[B]")                                                                        \
    OP(GETUP, AB, 0, "R[A] = U[B]")                                                                               \
    OP(SETUP, AB, 0, "U[A] = R[B]")                                                                               \
    OP(GETVAR, ABx, 0, "R[A] = module variable Bx")                                                               \
    OP(GETVARX, A, 1, "R[A] = module variable W1")                                                                \
    OP(SETVAR, ABx, 0, "module variable Bx = R[A]")                                                               \
    OP(SETVARX, A, 1, "module variable W1 = R[A]")                                                                \
    OP(GETNAME, A, 2, "R[A] = free name K[W1] (cache W2); raises 'NAME is not defined'")                          \
    OP(SETNAME, A, 1, "free name K[W1] = R[A]: nearest namespace that has it, else the module's")                 \
    OP(DEFNAME, A, 1, "member K[W1] of the current namespace = R[A]")                                             \
    OP(FUNC, ABx, 0, "R[A] = function of code K[Bx] over the captures its code lists")                            \
    OP(FUNCX, A, 1, "R[A] = function of code K[W1]")                                                              \
    OP(JMP, sJ, 0, "jump")                                                                                        \
    OP(LOOP, sJ, 0, "jump back (tick)")                                                                           \
    OP(LOOPLT, AB, 1, "if R[A] < R[B] jump W1 back (tick)")                                                       \
    OP(LOOPLE, AB, 1, "if R[A] <= R[B] jump W1 back (tick)")                                                      \
    OP(LOOPGT, AB, 1, "if R[A] > R[B] jump W1 back (tick)")                                                       \
    OP(LOOPGE, AB, 1, "if R[A] >= R[B] jump W1 back (tick)")                                                      \
    OP(LOOPLTI, AsBx, 1, "if R[A] < sBx jump W1 back (tick)")                                                     \
    OP(LOOPLEI, AsBx, 1, "if R[A] <= sBx jump W1 back (tick)")                                                    \
    OP(LOOPGTI, AsBx, 1, "if R[A] > sBx jump W1 back (tick)")                                                     \
    OP(LOOPGEI, AsBx, 1, "if R[A] >= sBx jump W1 back (tick)")                                                    \
    OP(LOOPLTK, AB, 1, "if R[A] < K[B] jump W1 back (tick)")                                                      \
    OP(LOOPLEK, AB, 1, "if R[A] <= K[B] jump W1 back (tick)")                                                     \
    OP(LOOPGTK, AB, 1, "if R[A] > K[B] jump W1 back (tick)")                                                      \
    OP(LOOPGEK, AB, 1, "if R[A] >= K[B] jump W1 back (tick)")                                                     \
    OP(JT, A, 1, "if R[A] is truthy jump W1")                                                                     \
    OP(JF, A, 1, "if R[A] is falsy jump W1")                                                                      \
    OP(JMACRO, A, 1, "if R[A] is a macro (it takes forms) jump W1")                                               \
    OP(JSET, A, 1, "if R[A] is not unset jump W1 (default arguments)")                                            \
    OP(JAND, A, 1, "if R[A] decides && (falsy) jump W1")                                                          \
    OP(JOR, A, 1, "if R[A] decides || (truthy, neither Int nor Bytes) jump W1")                                   \
    OP(JNLT, AB, 1, "if not R[A] < R[B] jump W1")                                                                 \
    OP(JNLE, AB, 1, "if not R[A] <= R[B] jump W1")                                                                \
    OP(JNGT, AB, 1, "if not R[A] > R[B] jump W1")                                                                 \
    OP(JNGE, AB, 1, "if not R[A] >= R[B] jump W1")                                                                \
    OP(JNLTK, AB, 1, "if not R[A] < K[B] jump W1")                                                                \
    OP(JNLEK, AB, 1, "if not R[A] <= K[B] jump W1")                                                               \
    OP(JNGTK, AB, 1, "if not R[A] > K[B] jump W1")                                                                \
    OP(JNGEK, AB, 1, "if not R[A] >= K[B] jump W1")                                                               \
    OP(JNLTI, AsBx, 1, "if not R[A] < sBx jump W1")                                                               \
    OP(JNLEI, AsBx, 1, "if not R[A] <= sBx jump W1")                                                              \
    OP(JNGTI, AsBx, 1, "if not R[A] > sBx jump W1")                                                               \
    OP(JNGEI, AsBx, 1, "if not R[A] >= sBx jump W1")                                                              \
    OP(JNEQI, AsBx, 1, "if not R[A] == sBx jump W1 (numeric)")                                                    \
    OP(JEQI, AsBx, 1, "if R[A] == sBx jump W1 (numeric)")                                                         \
    OP(JNVAR, AB, 1, "if R[A] is no value of the variant R[B] jump W1")                                           \
    OP(JNVARK, ABx, 1, "if R[A] is no value of the variant K[Bx] jump W1")                                        \
    OP(GETFIELD, ABC, 0, "R[A] = payload C of the enum value R[B]; void: there is none")                          \
    OP(UNWRAP, A, 1, "unless R[A] is Err or None: the payload of Ok and Some to R[A], jump W1")                   \
    OP(ADD, ABC, 0, "R[A] = R[B] + R[C]")                                                                         \
    OP(ADDI, ABC, 0, "R[A] = R[B] + signed C; a negative C words errors as a subtraction")                        \
    OP(SUB, ABC, 0, "R[A] = R[B] - R[C]")                                                                         \
    OP(MUL, ABC, 0, "R[A] = R[B] * R[C]")                                                                         \
    OP(DIV, ABC, 0, "R[A] = R[B] / R[C], always Float")                                                           \
    OP(MOD, ABC, 0, "R[A] = R[B] % R[C]")                                                                         \
    OP(ADDK, ABC, 0, "R[A] = R[B] + K[C]")                                                                        \
    OP(SUBK, ABC, 0, "R[A] = R[B] - K[C]")                                                                        \
    OP(MULK, ABC, 0, "R[A] = R[B] * K[C]")                                                                        \
    OP(DIVK, ABC, 0, "R[A] = R[B] / K[C]")                                                                        \
    OP(MODK, ABC, 0, "R[A] = R[B] % K[C]")                                                                        \
    OP(POW, ABC, 0, "R[A] = R[B] ** R[C]")                                                                        \
    OP(NEG, AB, 0, "R[A] = -R[B]")                                                                                \
    OP(EQ, ABC, 0, "R[A] = R[B] == R[C]")                                                                         \
    OP(NE, ABC, 0, "R[A] = R[B] != R[C]")                                                                         \
    OP(EQNUM, ABC, 0, "R[A] = R[B] == R[C], Int and Float compared numerically")                                  \
    OP(LT, ABC, 0, "R[A] = R[B] < R[C]")                                                                          \
    OP(LE, ABC, 0, "R[A] = R[B] <= R[C]")                                                                         \
    OP(GT, ABC, 0, "R[A] = R[B] > R[C]")                                                                          \
    OP(GE, ABC, 0, "R[A] = R[B] >= R[C]")                                                                         \
    OP(NOT, AB, 0, "R[A] = not R[B] (Int, Bytes: complement)")                                                    \
    OP(AND, ABC, 0, "R[A] = R[B] && R[C]")                                                                        \
    OP(OR, ABC, 0, "R[A] = R[B] || R[C]")                                                                         \
    OP(XOR, ABC, 0, "R[A] = R[B] &|& R[C]")                                                                       \
    OP(SHL, ABC, 0, "R[A] = R[B] << R[C]")                                                                        \
    OP(SHR, ABC, 0, "R[A] = R[B] >> R[C]")                                                                        \
    OP(CONCAT, ABC, 0, "R[A] = R[B] ++ R[C] (strings only)")                                                      \
    OP(INTERP, ABC, 0, "R[A] = text of the parts R[B..B+C) of an interpolated string")                            \
    OP(TYPEOF, AB, 0, "R[A] = typeof R[B]")                                                                       \
    OP(CHECKINT, ABC, 1, "R[A] passes boundary C of type K[W1], as an Int does")                                  \
    OP(CHECKFLOAT, ABC, 1, "R[A] passes boundary C of type K[W1], as a Float does")                               \
    OP(CHECKKIND, ABC, 1, "R[A] passes boundary C of type K[W1], as an object of ObjType B does")                 \
    OP(CHECK, ABC, 1, "R[A] passes boundary C of type K[W1]; converts it or raises")                              \
    OP(TAILCHECKED, AB, 1, "TAILCALL (W1 = 0) or TAILCALLKW with names K[W1 - 1] if the callee checks its result " \
                           "as this function would, else the plain call; a check and RETURN A follow (tick)")    \
    OP(IS, ABC, 0, "R[A] = R[B] is R[C]")                                                                         \
    OP(RANGE, ABC, 0, "R[A] = range R[B]..R[B+1], step R[B+2] when C = 3")                                        \
    OP(ARRAY, ABC, 0, "R[A] = array of R[B..B+C)")                                                                \
    OP(ARRPUSH, ABC, 0, "append R[B..B+C) to array R[A]")                                                         \
    OP(ARRSPREAD, ABC, 0, "append the elements of R[B] to array R[A]; C: 0 array, 1 gene children context")       \
    OP(MAP, A, 0, "R[A] = empty map")                                                                             \
    OP(MAPSET, AB, 1, "map R[A] key K[W1] = R[B]")                                                                \
    OP(MAPSPREAD, ABC, 0, "merge map R[B] into map R[A]; C: 0 map, 1 gene properties context")                    \
    OP(NODE, AB, 0, "R[A] = node with type R[B]")                                                                 \
    OP(NODEPROP, AB, 1, "node R[A] property K[W1] = R[B]")                                                        \
    OP(NODEPUSH, ABC, 0, "append R[B..B+C) to the children of node R[A]")                                         \
    OP(NODESPREAD, ABC, 0, "C = 0: children from array R[B]; C = 1: properties from map R[B]; into node R[A]")    \
    OP(SEAL, A, 0, "seal container R[A]")                                                                         \
    OP(GETPROP, AB, 2, "R[A] = R[B]/K[W1] (cache W2); absent gives void")                                         \
    OP(GETPROPVAR, ABC, 2,                                                                                        \
       "R[A] = R[B]/K[W1] (cache W2); not found in a map, or on an array: retried with the key in R[C]")          \
    OP(GETIDX, AB, 1, "R[A] = R[B]/W1 (integer step)")                                                            \
    OP(GETDYN, ABC, 0, "R[A] = R[B]/<R[C]>")                                                                      \
    OP(GETKEY, ABC, 0, "R[A] = R[B]/<R[C]>, where a plain last part named the variable: other message")               \
    OP(PRESENT, A, 0, "the step /!: raises unless R[A] is present")                                               \
    OP(SETPROP, AB, 2, "R[A]/K[W1] = R[B] (cache W2)")                                                            \
    OP(SETIDX, AB, 1, "R[A]/W1 = R[B]")                                                                           \
    OP(SETDYN, ABC, 0, "R[A]/<R[B]> = R[C]")                                                                      \
    OP(CALL, AB, 0, "R[A] = R[A](R[A+1..A+B]); C: GeneCallee (tick)")                                             \
    OP(CALLKW, AB, 1, "like CALL; values of the keywords named by array K[W1] follow the positionals (tick)")     \
    OP(CALLSPREAD, A, 0, "R[A] = R[A](items of array R[A+1], ^ entries of map R[A+2] or nil) (tick)")             \
    OP(TAILCALL, AB, 0, "CALL in tail position; a RETURN A follows (tick)")                                       \
    OP(TAILCALLKW, AB, 1, "CALLKW in tail position; a RETURN A follows (tick)")                                   \
    OP(CALLM, AB, 2, "R[A] = (R[A+1] .K[W1] R[A+2..A+1+B]) (cache W2) (tick)")                                    \
    OP(CALLMKW, AB, 3, "CALLM of K[W1] (cache W2); keywords named by array K[W3] follow (tick)")                  \
    OP(CALLMSPREAD, A, 0, "method named by R[A], receiver and arguments in array R[A+1], keywords R[A+2] (tick)") \
    OP(SUPER, AB, 1, "CALLM of K[W1] from the parent of the function's home class; R[A+1] is self (tick)")        \
    OP(SUPERSPREAD, A, 0, "like CALLMSPREAD for super (tick)")                                                    \
    OP(NEW, AB, 0, "R[A] = new instance of class R[A]; arguments R[A+2..A+1+B]; R[A+1] is scratch (tick)")        \
    OP(NEWKW, AB, 1, "like NEW with keywords named by array K[W1] (tick)")                                        \
    OP(NEWSPREAD, A, 0, "class R[A], arguments in array R[A+1], keywords in map R[A+2] or nil (tick)")            \
    OP(RETURN, A, 0, "return R[A]")                                                                               \
    OP(THROW, A, 0, "throw R[A], normalised to an exception")                                                     \
    OP(RETHROW, A, 0, "continue unwinding with exception R[A] as it is")                                          \
    OP(GETEX, A, 0, "R[A] = $ex")                                                                                 \
    OP(SETEX, A, 0, "$ex = R[A]")                                                                                 \
    OP(AWAIT, AB, 0, "R[A] = value of future R[B], waiting; a non-future is its own value")                       \
    OP(ASYNCOK, AB, 0, "R[A] = future that succeeded with R[B]")                                                  \
    OP(ASYNCFAIL, AB, 0, "R[A] = future that failed with exception R[B]")                                         \
    OP(YIELD, A, 0, "generator: produce R[A]; nil in R[A] when resumed")                                          \
    OP(ITER, ABC, 0, "R[A..A+2] = iterator over R[B]; C: 1 when pairs are wanted")                                \
    OP(FORNEXT, AB, 1,                                                                                            \
       "next item of iterator R[A] in R[A+3] (B = 1: key R[A+3], value R[A+4]): jump W1 (tick); "                 \
       "at the end skip the FORCHECK that follows")                                                               \
    OP(FORCHECK, AB, 1, "after a Gene-defined next: unless R[A+3] is not_found (unpack a pair) jump W1 (tick)")   \
    OP(INTRINSIC, ABC, 0, "R[A] = intrinsic C with arguments R[A..A+B)")
/* clang-format on */

typedef enum OpCode {
#define OP(name, format, extra, meaning) OP_##name,
    OPCODES(OP)
#undef OP
        OP_COUNT
} OpCode;

typedef enum OpFormat { FORMAT_A, FORMAT_AB, FORMAT_ABC, FORMAT_ABx, FORMAT_AsBx, FORMAT_sJ } OpFormat;

/* C of a call: what to do when the callee is no callable, by how the callee was written (language 03 §3.4). */
typedef enum GeneCallee {
    CALLEE_MUST,  /* a name: raise */
    CALLEE_FOUND, /* a path: raise for nil and void, else make a gene */
    CALLEE_ANY,   /* any other expression: make a gene */
} GeneCallee;

#define INSTR_OP(word) ((word)&0xFFu)
#define INSTR_A(word) ((word) >> 8 & 0xFFu)
#define INSTR_B(word) ((word) >> 16 & 0xFFu)
#define INSTR_C(word) ((word) >> 24)
#define INSTR_SC(word) ((int32_t)(int8_t)((word) >> 24))
#define INSTR_BX(word) ((word) >> 16)
#define INSTR_SBX(word) ((int32_t)(int16_t)((word) >> 16))
#define INSTR_SJ(word) ((int32_t)(word) >> 8)

#endif

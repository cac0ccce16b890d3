/* arith.h — the slow halves of the arithmetic instructions: mixed kinds, boxed ints, errors (language 03 §3.3). */
#ifndef GENE_VM_ARITH_H
#define GENE_VM_ARITH_H

#include "compiler/opcodes.h"
#include "vm/vm.h"

/* Operands must be reachable (in registers): results are allocated. */

/* ADD … POW, AND, OR, XOR, SHL, SHR, CONCAT. False after raising. */
bool arith_binary(VM *vm, OpCode op, Value a, Value b, Value *out);
bool arith_negate(VM *vm, Value a, Value *out);
bool arith_not(VM *vm, Value a, Value *out);
/* LT, LE, GT, GE. */
bool arith_compare(VM *vm, OpCode op, Value a, Value b, bool *out);
/* EQNUM and the JEQI family: numbers numerically, anything else not equal. */
bool arith_equal_number(Value a, Value b);

#endif

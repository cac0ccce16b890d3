/* bind.h — binding arguments to parameters (language 05 §5.3), shared by calls and destructuring. */
#ifndef GENE_VM_BIND_H
#define GENE_VM_BIND_H

#include "vm/vm.h"

/* Arguments of one call while they are being bound: a window of the fiber's stack. */
typedef struct Arguments {
    uint32_t base;  /* stack index of the first positional; keyword values follow the positionals */
    uint32_t count; /* positionals */
    const Value *keyword_names;
    uint32_t keyword_count;
    uint32_t uncounted; /* leading positionals that error texts do not count: a constructor's self */
} Arguments;

/* Binds into stack[target + params[i].slot]; missing optionals become VAL_UNSET. `prefix` goes before error texts. The
 * windows may overlap: arguments are moved out of the way first. The stack must reach to target + slot_count already, and
 * `code` must be reachable by more than its place among the arguments. False after raising. */
bool bind_arguments(VM *vm, const CodeObj *code, const Arguments *arguments, uint32_t target, const char *prefix);

#endif

/* iterate.h — for loops (language 04 §4.3, 25 §2): ITER, FORNEXT, FORCHECK.
 * State in three registers: [0] what is iterated, [1] position, [2] IterateMode, or for a range with step 1 its last Int. */
#ifndef GENE_VM_ITERATE_H
#define GENE_VM_ITERATE_H

#include "vm/vm.h"

/* Sets up stack[state…state+2] for `source`. CALL_FRAME etc.: its own iter method was called, the value goes to
 * stack[state]. */
CallResult iterate_begin(VM *vm, uint32_t state, Value source, bool pairs);
/* CALL_VALUE: *out_has_item tells whether stack[state+3] (pairs: and +4) got an item; otherwise a Gene-defined next runs
 * and FORCHECK decides afterwards. */
CallResult iterate_next(VM *vm, uint32_t state, bool pairs, bool *out_has_item);
/* After a Gene-defined next left its value in stack[state+3]. False after raising. */
bool iterate_check(VM *vm, uint32_t state, bool pairs, bool *out_has_item);

#endif

/* generator.h — generator objects (language 25): one suspended frame, run on the caller's fiber while resumed. */
#ifndef GENE_VM_GENERATOR_H
#define GENE_VM_GENERATOR_H

#include "vm/vm.h"

typedef enum GeneratorState { GENERATOR_SUSPENDED, GENERATOR_RUNNING, GENERATOR_ENDED } GeneratorState;

struct GeneratorObj {
    Obj header;
    FunctionObj *fn;
    Value *saved; /* room for the registers, whose values are here while it is suspended */
    uint32_t saved_count;
    uint32_t pc;
    uint8_t state;  /* GeneratorState */
    Value buffered; /* value has_next looked ahead to, or VAL_UNSET */
    Value handled;  /* $ex: its own while it is suspended, the resumer's while it runs */
};

/* Registers already bound at stack[base..base+slot_count). */
Value generator_make(VM *vm, FunctionObj *fn, uint32_t base);
/* Runs the body up to the next yield: pushes its frame; flags say what the caller gets (FRAME_HAS_NEXT …). */
CallResult generator_resume(VM *vm, GeneratorObj *generator, uint32_t result_slot, uint32_t flags);
/* Leaves the body at the yield where it stands: its finally parts run, its catch clauses do not. Raises
 * GENE.GENERATOR.CLOSED from the body's frame unless the body is not under way. For natives called by the loop. */
NativeResult generator_leave(VM *vm, Value generator, Value *out);
/* The exception that travels is the one of generator_leave, and this is the frame being left. */
bool generator_is_left(VM *vm, const Frame *frame);
/* The running frame yields `value`: saves and pops it, delivers to its result slot. False after raising. */
bool generator_yield(VM *vm, Value value);
/* The running frame returned. */
void generator_return(VM *vm);
/* The running generator will not run again. */
void generator_end(VM *vm, GeneratorObj *generator);
void generator_describe(Heap *heap);
extern const NativeDef generator_methods[];
extern const size_t generator_method_count;

#endif

/* suggest.h — what a misspelt name was probably meant to be, told in the `hint` of the error under way.
 * Invariant: called right after vm_raise of that error; nothing here runs Gene code. */
#ifndef GENE_VM_SUGGEST_H
#define GENE_VM_SUGGEST_H

#include "vm/vm.h"

/* A free name of the frame's function that is not defined: parameters and captured variables, then the names of the module
 * and of the namespaces around it. A word that belongs into a form (`elif`) is told to be outside of it. */
void suggest_name(VM *vm, const Frame *frame, const SymbolObj *name);
/* A method that the class and its ancestors lack. */
void suggest_method(VM *vm, const ClassObj *class_, const SymbolObj *name);

#endif

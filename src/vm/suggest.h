/* suggest.h — what a misspelt name was probably meant to be, told in the `hint` of the error under way.
 * Invariant: called right after vm_raise of that error; nothing here runs Gene code. */
#ifndef GENE_VM_SUGGEST_H
#define GENE_VM_SUGGEST_H

#include "vm/vm.h"

/* A free name of the frame's function that is not defined: what other languages mean by it, what it is instead of a variable
 * (the beginning or a part of a form, a field or method of self, a method of a kind, a variant), else the nearest of the
 * names that can be seen: parameters and captured variables, then those of the module and of the namespaces around it. */
void suggest_name(VM *vm, const Frame *frame, const SymbolObj *name);
/* A method that the receiver's class and its ancestors lack: a key of a map, a function, else the nearest. */
void suggest_method(VM *vm, Value receiver, const SymbolObj *name);
/* A value that was to be called and cannot be. */
void suggest_callee(VM *vm, Value callee);
/* A member that a namespace lacks. */
void suggest_member(VM *vm, const NamespaceObj *ns, const SymbolObj *name);
/* The hint of the error under way. */
void suggest_text(VM *vm, const char *text);

#endif

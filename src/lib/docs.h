/* docs.h — what there is to use and what it does, from the tables that the natives and special forms are declared in. */
#ifndef GENE_LIB_DOCS_H
#define GENE_LIB_DOCS_H

#include "vm/vm.h"

/* Array of maps ^name ^kind ^signature ^doc: special forms, operators, notations, variables, then the natives of every namespace
 * and class that the program can reach, by their full names: `if`, `println`, `math/sqrt`, `Array.map`. Kinds: form, operator,
 * notation, variable, function, constructor, method. Unrooted. */
Value docs_list(VM *vm);

#endif

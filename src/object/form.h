/* form.h — small forms compared and copied: how code compiled at run time is found again (vm/eval.c).
 * Invariant: both look at FORM_SIZE_MAX items and FORM_DEPTH_MAX levels at most, so they cost less than compiling. */
#ifndef GENE_OBJECT_FORM_H
#define GENE_OBJECT_FORM_H

#include "object/collection.h"

#define FORM_SIZE_MAX 200u
#define FORM_DEPTH_MAX 50u

/* Nothing in it is a container that was not read as one form, and it is not larger than the bounds. */
bool form_is_small(Value form);
/* Would they compile to the same code, positions included? What is no form is compared by identity. */
bool forms_equal(Value a, Value b);
/* A private copy of a small form, quotes and unquotes included. Unrooted; `form` must stay reachable. */
Value form_copy(VM *vm, Value form);

#endif

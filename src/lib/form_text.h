/* form_text.h — forms as source text that reads back as the same forms (language 36 §6). */
#ifndef GENE_LIB_FORM_TEXT_H
#define GENE_LIB_FORM_TEXT_H

#include "vm/vm.h"

typedef enum FormStyle {
    FORM_COMPACT, /* one line */
    FORM_PRETTY,  /* children of genes, arrays and maps on lines of their own */
    FORM_SEXP,    /* as compact, but the properties of the outermost gene are `:name value` */
} FormStyle;

/* `form` comes from the reader, which bounds its depth. Runs no Gene code. */
void form_append(VM *vm, Buffer *out, Value form, FormStyle style);
/* The key of a property, with its ^ and a space; a key is not empty. */
void form_append_key(Buffer *out, const SymbolObj *key);

#endif

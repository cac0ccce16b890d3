/* source.h — text to modules and code, for imports and for the hosts. */
#ifndef GENE_LIB_SOURCE_H
#define GENE_LIB_SOURCE_H

#include "vm/vm.h"

/* A module without variables, whose free names are those of the library. `path` is a string, reachable; its namespace
 * knows __is_main__ and __module_name__. Unrooted. */
ModuleObj *source_module(VM *vm, Value path, bool is_main);
/* The same with `parent` instead of the namespace `gene`, and a name of its own. */
ModuleObj *source_module_in(VM *vm, Value path, Value name, NamespaceObj *parent, bool is_main);

/* Code of the top-level forms in `source`; all arguments are reachable. NULL after raising: a syntax error has the field
 * `diagnostics`. Unrooted. */
CodeObj *source_compile(VM *vm, ModuleObj *module, StrObj *source, StrObj *file);

/* The same from an image (compiler/image.h), for a module without variables, whose path becomes the code's file; `name` is
 * the image's in what is raised. */
CodeObj *source_load(VM *vm, ModuleObj *module, const BytesObj *image, const StrObj *name);
/* The image of code compiled from `source`, as bytes; it holds that text too when it is to keep it. VAL_UNSET after raising.
 * Unrooted. */
Value source_image(VM *vm, const CodeObj *code, const StrObj *source, bool keeps_source);

/* An exception for what the reader or compiler found. Unrooted. */
Value source_syntax_error(VM *vm, const Diagnostics *diagnostics, StrObj *file);
/* (read_forms text): a native, the array of the forms of a text. */
NativeResult source_read_forms(VM *vm, const Args *args, Value *out);
/* Array of maps ^code ^message ^line ^column ^endLine ^endColumn. Unrooted. */
Value source_diagnostics(VM *vm, const Diagnostics *diagnostics);

#endif

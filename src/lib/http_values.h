/* http_values.h — Gene values as parts of HTTP messages and back. Nothing here runs Gene code. */
#ifndef GENE_LIB_HTTP_VALUES_H
#define GENE_LIB_HTTP_VALUES_H

#include "vm/vm.h"

/* The entries of a map as fields of an instance; both reachable. Anything but a map: none. */
void http_copy_fields(VM *vm, InstanceObj *instance, Value map);
/* Is this the name of a header? Case does not count; `name` is in lower case. */
bool http_name_is(const SymbolObj *symbol, const char *name);
/* A string, or an array of strings for a repeated header. Unrooted. */
Value http_header_value(VM *vm, Value value);
/* The decoded fields of an application/x-www-form-urlencoded body; the last of repeated names wins. Unrooted. */
Value http_parse_form(VM *vm, const StrObj *text);
/* {^status ^headers ^body} for what a handler gave (language 34 §2); `value` is reachable. Unrooted. */
Value http_answer(VM *vm, Value value);
Value http_text_answer(VM *vm, int status, const char *text);

/* The natives of http.gene. */
void http_install(VM *vm, NamespaceObj *ns);

#endif

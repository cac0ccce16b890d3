/* regex_search.h — what the methods of Regexp and String have in common. */
#ifndef GENE_LIB_REGEX_SEARCH_H
#define GENE_LIB_REGEX_SEARCH_H

#include "vm/vm.h"

typedef struct SearchRequest {
    SearchKind kind;
    RegexObj *regex;
    StrObj *subject;
    StrObj *replacement; /* NULL: the regex's own, if there is one */
    size_t at;           /* bytes: where to begin; behind the subject's size: nowhere */
    int64_t limit;       /* SEARCH_SPLIT: most pieces; 0: any number */
} SearchRequest;

/* Does it, in place of the running native. What is asked for is reachable from the native's arguments. */
NativeResult search_run(VM *vm, const SearchRequest *request, Value *out);
/* Argument `i`, or the replacement of the regex. False after raising. */
bool search_replacement_arg(VM *vm, const Args *args, uint32_t i, const RegexObj *regex, StrObj **out_replacement);

#endif

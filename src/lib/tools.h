/* tools.h — the natives that only testing.gene, html.gene, logging.gene (language 33) and repl.gene (36 §5) see. */
#ifndef GENE_LIB_TOOLS_H
#define GENE_LIB_TOOLS_H

#include "vm/vm.h"

void tools_install(VM *vm, NamespaceObj *ns);
/* The same and what a session reads its input with. */
void tools_install_repl(VM *vm, NamespaceObj *ns);
void tools_install_testing(VM *vm, NamespaceObj *ns);
/* What a logger asks about its surroundings. */
void tools_install_logging(VM *vm, NamespaceObj *ns);
/* (plain_text v): what println writes of it. */
NativeResult tools_plain_text(VM *vm, const Args *args, Value *out);

#endif

/* making.h — what the forms that make a class, namespace or interface and bind it share: analyze_class.c,
 * analyze_interface.c. */
#ifndef GENE_COMPILER_MAKING_H
#define GENE_COMPILER_MAKING_H

#include "compiler/analyze_forms.h"

/* Where what is made goes: a variable, a member of the current namespace, or of a container. */
typedef struct Destination {
    SymbolObj *name; /* NULL: invalid, reported */
    Var *var;
    Expr *container;
    SymbolObj *container_name; /* with a container */
    bool is_member;
    bool is_class; /* the container must be a class or namespace */
} Destination;

Destination destination_of(Compiler *c, Value form, const char *what);
Expr *bind_destination(Compiler *c, const Destination *d, Expr *value, bool joins_namespace);

/* The statements that make one thing, in a scope of the compiler's own. */
typedef struct Making {
    Scope *scope;
    Expr *sequence;
    Var *made;
} Making;

Making making_begin(Compiler *c, uint32_t capacity);
void making_add(Making *m, Expr *x);
/* The value is that of `made`. */
Expr *making_end(Compiler *c, Making *m);
/* Runs the forms with self = `made` in its namespace. */
Expr *making_body(Compiler *c, Var *made, SymbolObj *name, const Value *forms, uint32_t count, ClassInfo *info);

/* Body of a (method name [..] …) node begins here; node->count when there is none. */
uint32_t method_body_start(const NodeObj *node);

/* analyze_interface.c: what follows `implements` in the header of the class in `made`. */
void making_add_implements(Compiler *c, Making *m, const NodeObj *node, uint32_t at);

#endif

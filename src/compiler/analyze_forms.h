/* analyze_forms.h — forms that only the table in special.c refers to. */
#ifndef GENE_COMPILER_ANALYZE_FORMS_H
#define GENE_COMPILER_ANALYZE_FORMS_H

#include "compiler/analyze.h"

/* analyze_forms.c */
Expr *analyze_do(Compiler *c, NodeObj *node);
Expr *analyze_typeof(Compiler *c, NodeObj *node);
Expr *analyze_not(Compiler *c, NodeObj *node);
Expr *analyze_range_form(Compiler *c, NodeObj *node);
Expr *analyze_eval(Compiler *c, NodeObj *node);
Expr *analyze_parse(Compiler *c, NodeObj *node);
Expr *analyze_repl(Compiler *c, NodeObj *node);

/* analyze_macro.c */
Expr *analyze_caller_eval(Compiler *c, NodeObj *node);
Expr *analyze_render(Compiler *c, NodeObj *node);
Expr *analyze_emit(Compiler *c, NodeObj *node);

/* analyze_try.c */
Expr *analyze_try(Compiler *c, NodeObj *node);
Expr *analyze_throw(Compiler *c, NodeObj *node);
Expr *analyze_async(Compiler *c, NodeObj *node);
Expr *analyze_await(Compiler *c, NodeObj *node);
Expr *analyze_await_all(Compiler *c, NodeObj *node);
Expr *analyze_await_any(Compiler *c, NodeObj *node);
Expr *analyze_await_race(Compiler *c, NodeObj *node);
Expr *analyze_await_settled(Compiler *c, NodeObj *node);
Expr *analyze_yield(Compiler *c, NodeObj *node);

/* analyze_control.c */
Expr *analyze_if(Compiler *c, NodeObj *node);
Expr *analyze_if_not(Compiler *c, NodeObj *node);
Expr *analyze_ifel(Compiler *c, NodeObj *node);
Expr *analyze_case(Compiler *c, NodeObj *node);
Expr *analyze_loop(Compiler *c, NodeObj *node);
Expr *analyze_while(Compiler *c, NodeObj *node);
Expr *analyze_repeat(Compiler *c, NodeObj *node);
Expr *analyze_for(Compiler *c, NodeObj *node);
Expr *analyze_break(Compiler *c, NodeObj *node);
Expr *analyze_continue(Compiler *c, NodeObj *node);
Expr *analyze_return(Compiler *c, NodeObj *node);

/* analyze_variable.c */
Expr *analyze_var(Compiler *c, NodeObj *node);
Expr *analyze_let(Compiler *c, NodeObj *node);

/* analyze_type.c */
Expr *analyze_type_form(Compiler *c, NodeObj *node);

/* analyze_function.c */
Expr *analyze_fn(Compiler *c, NodeObj *node);
Expr *analyze_block_form(Compiler *c, NodeObj *node);

/* analyze_enum.c */
Expr *analyze_enum(Compiler *c, NodeObj *node);

/* analyze_class.c */
Expr *analyze_class(Compiler *c, NodeObj *node);
Expr *analyze_object(Compiler *c, NodeObj *node);
Expr *analyze_ns(Compiler *c, NodeObj *node);
Expr *analyze_method(Compiler *c, NodeObj *node);
Expr *analyze_ctor(Compiler *c, NodeObj *node);
Expr *analyze_field(Compiler *c, NodeObj *node);
Expr *analyze_on_method_missing(Compiler *c, NodeObj *node);
Expr *analyze_new(Compiler *c, NodeObj *node);
Expr *analyze_with(Compiler *c, NodeObj *node);
Expr *analyze_tap(Compiler *c, NodeObj *node);

/* analyze_interface.c */
Expr *analyze_interface(Compiler *c, NodeObj *node);
Expr *analyze_implement(Compiler *c, NodeObj *node);

/* analyze_interceptor.c */
Expr *analyze_interceptor(Compiler *c, NodeObj *node);
Expr *analyze_fn_interceptor(Compiler *c, NodeObj *node);

/* analyze_selector.c */
Expr *analyze_selector(Compiler *c, NodeObj *node);
Expr *analyze_set(Compiler *c, NodeObj *node);

/* analyze_module.c */
Expr *analyze_import(Compiler *c, NodeObj *node);
Expr *analyze_export(Compiler *c, NodeObj *node);
Expr *analyze_dep(Compiler *c, NodeObj *node);
Expr *analyze_comptime(Compiler *c, NodeObj *node);
Expr *analyze_if_main(Compiler *c, NodeObj *node);

#endif

/* compiler.h — forms to code (language 03–07, 20, 22, 25).
 *
 * Two passes: analysis turns forms into a tree of expressions with resolved variables (which are captured, which are
 * assigned), emission writes register code. Top-level variables live in the module; all others in registers, or in
 * cells when a closure captures them. */
#ifndef GENE_COMPILER_COMPILER_H
#define GENE_COMPILER_COMPILER_H

#include "base/buffer.h"
#include "object/space.h"
#include "reader/reader.h"

typedef struct CompileRequest {
    Value forms;                   /* array of top-level forms, reachable */
    const FormPosition *positions; /* one a form, or NULL */
    ModuleObj *module;             /* gets the new top-level variables */
    StrObj *file;
    const StrObj *source; /* text the forms were read from, for exact positions; NULL: unknown */
    uint32_t max_depth;   /* nesting of forms; 0: READER_DEPTH_MAX */
    bool is_source;       /* a whole source text: its (comptime …) blocks are run and expanded */
    Value environment;    /* for them: map of the environment's variables, or nil */
} CompileRequest;

/* Code of a function without parameters (CODE_TOP_LEVEL) that runs the forms and returns the value of the last.
 * NULL: diagnostics say why. A module's variables that were declared by a failed compilation stay declared (nil).
 * The result is unrooted. */
CodeObj *compiler_compile(VM *vm, const CompileRequest *request, Diagnostics *out_diagnostics);

/* The same for forms evaluated in a running scope (eval): code without parameters whose captures are the cells that
 * `names` lists (Capture.index and from_register are those of the running function). Variables it declares are its own. */
CodeObj *compiler_compile_in_scope(VM *vm, const CompileRequest *request, const ScopeDescriptor *names,
                                   Diagnostics *out_diagnostics);

/* Listing of a code object and all code nested in it. */
void compiler_disassemble(const CodeObj *code, Buffer *out);
/* The same with each line of the source above its instructions. */
void compiler_disassemble_source(const CodeObj *code, const char *source, Buffer *out);

#endif

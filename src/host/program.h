/* program.h — source text to a task that runs it, and the names a host defines or asks for. */
#ifndef GENE_HOST_PROGRAM_H
#define GENE_HOST_PROGRAM_H

#include "task/task.h"

/* A module without variables whose free names are those of the library. Unrooted. */
ModuleObj *program_module(VM *vm, Value path);

/* A task, not yet queued, that runs `source` as top-level forms of `module`: its definitions stay there. `bindings`, a map
 * or nil, are names that only this source sees, its closures included; they hide the module's, and `$ex` is the exception in
 * hand. It may take limits.time_ms. NULL after raising. `source` is a string, or the bytes of an image, for a module without
 * variables; `file` is a string, of an image only its name in what is raised. Unrooted. */
TaskObj *program_task(VM *vm, ModuleObj *module, Value source, Value file, Value bindings);

/* The image of the source, as bytes; VAL_UNSET after raising. `source` and `file` are strings. Unrooted. */
Value program_image(VM *vm, Value source, Value file);

/* A task, not yet queued, that calls `callee` with the argc roots from `first_root` on. NULL after raising. Unrooted. */
TaskObj *program_call(VM *vm, Value callee, uint32_t first_root, uint32_t argc);

/* Sets a global name, or a member of a namespace by a path `a/b/name`, whose namespaces are made when they are missing. A
 * variable of the main module with that name gets the value too. False after raising. */
bool program_define(VM *vm, StrObj *path, Value value);
/* What a name, or a path into namespaces, classes, instances and maps, means in the main module. */
bool program_get(VM *vm, StrObj *path, Value *out_value);
/* A property without running Gene code: fields, members, properties of a node; void when there is none. */
Value program_member(VM *vm, Value value, const SymbolObj *name);

#endif

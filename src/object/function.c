/* function.c — code objects, functions, cells, natives, bound methods.
 * Invariant: what an inline cache points to is not traced. A cache counts only while its key is the live
 * object being looked at and its epoch is current; class.c changes the epoch when a class or namespace dies,
 * so that a successor at the same address cannot be mistaken for it. */
#include "object/function.h"

#include "object/class.h"
#include "object/space.h"

Value cell_make(VM *vm, Value value) {
    CellObj *cell = heap_alloc(vm, OBJ_CELL, sizeof(CellObj));
    cell->value = value;
    return value_pointer(cell);
}

CodeObj *code_make(VM *vm) {
    CodeObj *code = heap_alloc(vm, OBJ_CODE, sizeof(CodeObj));
    code->metadata = VAL_NIL;
    code->signature = VAL_NIL;
    return code;
}

void code_position(const CodeObj *code, uint32_t pc, uint32_t *out_line, uint32_t *out_column) {
    *out_line = *out_column = 0;
    uint32_t low = 0, high = code->line_count; /* entries before `low` start at or before pc */
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (code->lines[middle].pc <= pc)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == 0) return;
    *out_line = code->lines[low - 1].line;
    *out_column = code->lines[low - 1].column;
}

Value function_make(VM *vm, CodeObj *code, NamespaceObj *ns) {
    size_t size = offsetof(FunctionObj, upvalues) + code->capture_count * sizeof(CellObj *);
    FunctionObj *fn = heap_alloc(vm, code->flags & CODE_BLOCK ? OBJ_BLOCK : OBJ_FUNCTION, size);
    fn->code = code;
    fn->ns = ns;
    fn->upvalue_count = code->capture_count;
    return value_pointer(fn);
}

Value native_make(VM *vm, const NativeDef *def, Value data) {
    NativeObj *native = heap_alloc(vm, OBJ_NATIVE, sizeof(NativeObj));
    native->def = def;
    native->data = data;
    return value_pointer(native);
}

Value bound_method_make(VM *vm, Value receiver, Value method) {
    BoundMethodObj *bound = heap_alloc(vm, OBJ_BOUND_METHOD, sizeof(BoundMethodObj));
    bound->receiver = receiver;
    bound->method = method;
    return value_pointer(bound);
}

/* --- descriptors ---------------------------------------------------------------------------------- */

static void trace_cell(Heap *heap, Obj *object) { heap_mark_value(heap, ((CellObj *)object)->value); }

static void trace_code(Heap *heap, Obj *object) {
    CodeObj *code = (CodeObj *)object;
    heap_mark_object(heap, code->name);
    heap_mark_object(heap, code->file);
    heap_mark_object(heap, code->module);
    heap_mark_values(heap, code->constants, code->constant_count);
    heap_mark_value(heap, code->metadata);
    heap_mark_value(heap, code->signature);
    for (uint32_t i = 0; i < code->param_count; i++) heap_mark_object(heap, code->params[i].name);
    for (uint32_t i = 0; i < code->capture_count; i++) heap_mark_object(heap, code->captures[i].name);
    for (uint32_t i = 0; i < code->scope_count; i++) {
        const ScopeDescriptor *scope = &code->scopes[i];
        for (uint32_t j = 0; j < scope->count; j++) {
            heap_mark_object(heap, scope->names[j].name);
            heap_mark_value(heap, scope->names[j].type);
        }
        for (uint32_t j = 0; scope->memo && j < SCOPE_MEMO_COUNT; j++) {
            heap_mark_value(heap, scope->memo->entries[j].form);
            heap_mark_object(heap, scope->memo->entries[j].code);
        }
    }
}

static void finalize_code(Heap *heap, Obj *object) {
    CodeObj *code = (CodeObj *)object;
    for (uint32_t i = 0; i < code->scope_count; i++) {
        const ScopeDescriptor *scope = &code->scopes[i];
        heap_free_buffer(heap, scope->names, scope->count * sizeof *scope->names);
        if (scope->memo) heap_free_buffer(heap, scope->memo, sizeof *scope->memo);
    }
    heap_free_buffer(heap, code->words, code->word_count * sizeof *code->words);
    heap_free_buffer(heap, code->constants, code->constant_count * sizeof *code->constants);
    heap_free_buffer(heap, code->params, code->param_count * sizeof *code->params);
    heap_free_buffer(heap, code->captures, code->capture_count * sizeof *code->captures);
    heap_free_buffer(heap, code->handlers, code->handler_count * sizeof *code->handlers);
    heap_free_buffer(heap, code->lines, code->line_count * sizeof *code->lines);
    heap_free_buffer(heap, code->scopes, code->scope_count * sizeof *code->scopes);
    heap_free_buffer(heap, code->caches, code->cache_count * sizeof *code->caches);
}

static void trace_function(Heap *heap, Obj *object) {
    FunctionObj *fn = (FunctionObj *)object;
    heap_mark_object(heap, fn->code);
    heap_mark_object(heap, fn->ns);
    heap_mark_object(heap, fn->home_class);
    for (uint32_t i = 0; i < fn->upvalue_count; i++) heap_mark_object(heap, fn->upvalues[i]);
}

static void trace_native(Heap *heap, Obj *object) { heap_mark_value(heap, ((NativeObj *)object)->data); }

static void trace_bound_method(Heap *heap, Obj *object) {
    BoundMethodObj *bound = (BoundMethodObj *)object;
    heap_mark_value(heap, bound->receiver);
    heap_mark_value(heap, bound->method);
}

void function_describe(Heap *heap) {
    static const ObjDescriptor cell = {trace_cell, NULL};
    static const ObjDescriptor code = {trace_code, finalize_code};
    static const ObjDescriptor function = {trace_function, NULL};
    static const ObjDescriptor native = {trace_native, NULL};
    static const ObjDescriptor bound_method = {trace_bound_method, NULL};
    heap_describe(heap, OBJ_CELL, &cell);
    heap_describe(heap, OBJ_CODE, &code);
    heap_describe(heap, OBJ_FUNCTION, &function);
    heap_describe(heap, OBJ_BLOCK, &function);
    heap_describe(heap, OBJ_NATIVE, &native);
    heap_describe(heap, OBJ_BOUND_METHOD, &bound_method);
}

/* interceptor.c — interceptors and interceptions. */
#include "object/interceptor.h"

Value interceptor_make(VM *vm, SymbolObj *name, bool wraps_class, Value parameters, Value advice) {
    InterceptorObj *interceptor = heap_alloc(vm, OBJ_INTERCEPTOR, sizeof(InterceptorObj));
    interceptor->name = name;
    interceptor->wraps_class = wraps_class;
    interceptor->parameters = parameters;
    interceptor->advice = advice;
    return value_pointer(interceptor);
}

Value interception_make(VM *vm, Value interceptor, uint32_t parameter, Value target) {
    InterceptionObj *interception = heap_alloc(vm, OBJ_INTERCEPTION, sizeof(InterceptionObj));
    interception->interceptor = interceptor;
    interception->target = target;
    interception->parameter = parameter;
    return value_pointer(interception);
}

static void trace_interceptor(Heap *heap, Obj *object) {
    InterceptorObj *interceptor = (InterceptorObj *)object;
    heap_mark_object(heap, interceptor->name);
    heap_mark_value(heap, interceptor->parameters);
    heap_mark_value(heap, interceptor->advice);
}

static void trace_interception(Heap *heap, Obj *object) {
    InterceptionObj *interception = (InterceptionObj *)object;
    heap_mark_value(heap, interception->interceptor);
    heap_mark_value(heap, interception->target);
}

void interceptor_describe(Heap *heap) {
    static const ObjDescriptor interceptor = {trace_interceptor, NULL};
    static const ObjDescriptor interception = {trace_interception, NULL};
    heap_describe(heap, OBJ_INTERCEPTOR, &interceptor);
    heap_describe(heap, OBJ_INTERCEPTION, &interception);
}

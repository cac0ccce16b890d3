/* selector.c — selector objects. */
#include "object/selector.h"

Value selector_make(VM *vm, uint32_t count) {
    SelectorObj *selector = heap_alloc(vm, OBJ_SELECTOR, offsetof(SelectorObj, segments) + count * sizeof(Value));
    selector->count = count;
    for (uint32_t i = 0; i < count; i++) selector->segments[i] = VAL_NIL;
    return value_pointer(selector);
}

SelectorOp selector_operator(const SymbolObj *symbol) {
    static const char *const texts[] = {
        [SELECTOR_ITEMS] = "*", [SELECTOR_ENTRIES] = "**", [SELECTOR_ARRAY] = "@",
        [SELECTOR_MAP] = "@@",  [SELECTOR_PRESENT] = "!",
    };
    for (uint32_t i = SELECTOR_ITEMS; i < COUNT_OF(texts); i++) {
        if (symbol_is(symbol, texts[i])) return (SelectorOp)i;
    }
    return SELECTOR_NAME;
}

static void trace_selector(Heap *heap, Obj *object) {
    SelectorObj *selector = (SelectorObj *)object;
    heap_mark_values(heap, selector->segments, selector->count);
}

void selector_describe(Heap *heap) {
    static const ObjDescriptor selector = {trace_selector, NULL};
    heap_describe(heap, OBJ_SELECTOR, &selector);
}

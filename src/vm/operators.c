/* operators.c — ==, interpolation and missing members when they have to run Gene code. */
#include "vm/operators.h"

#include "vm/property.h"

/* --- handing natives to the driver ---------------------------------------------------------------------- */

void pend_native(VM *vm, const NativeDef *def, uint32_t base, uint32_t count, uint32_t slot) {
    vm->pending_native = def;
    vm->pending_args = (Args){base, count, 0, NULL, VAL_NIL};
    vm->pending_slot = slot;
}

bool pend_pair(VM *vm, const NativeDef *def, Value a, Value b, uint32_t slot) {
    Fiber *fiber = vm->fiber;
    if (!fiber_reserve(vm, fiber, 2)) return false;
    uint32_t base = fiber->top;
    fiber->stack[base] = a;
    fiber->stack[base + 1] = b;
    fiber->top = base + 2;
    pend_native(vm, def, base, 2, slot);
    return true;
}

bool pend_jump(VM *vm, Value a, Value b, int32_t offset, bool when) {
    Fiber *fiber = vm->fiber;
    if (!fiber_reserve(vm, fiber, 4)) return false;
    uint32_t base = fiber->top;
    fiber->stack[base] = a;
    fiber->stack[base + 1] = b;
    fiber->stack[base + 2] = value_small_int(offset);
    fiber->stack[base + 3] = value_bool(when);
    fiber->top = base + 4;
    pend_native(vm, &jump_if_equal_native, base, 4, base);
    return true;
}

bool pend_again(VM *vm, Frame *frame, Value unread, uint32_t words, uint32_t slot) {
    vm->exception = VAL_UNSET;
    frame->pc -= words;
    return pend_pair(vm, &unread_member_native, unread, VAL_NIL, slot);
}

static NativeResult compare(VM *vm, const Args *args, bool wanted, Value *out) {
    bool equal;
    if (!values_equal(vm, native_arg(vm, args, 0), native_arg(vm, args, 1), &equal)) return NATIVE_RAISE;
    *out = value_bool(equal == wanted);
    return NATIVE_RETURN;
}

static NativeResult equals(VM *vm, const Args *args, Value *out) { return compare(vm, args, true, out); }
static NativeResult not_equals(VM *vm, const Args *args, Value *out) { return compare(vm, args, false, out); }

bool equals_is_gene(VM *vm, Value a) {
    return is_instance(a) && class_find_method(instance_of(a)->class_, SYM(vm, EQUALS), NULL) != VAL_UNSET;
}

static NativeResult jump_if_equal(VM *vm, const Args *args, Value *out) {
    bool equal;
    if (!values_equal(vm, native_arg(vm, args, 0), native_arg(vm, args, 1), &equal)) return NATIVE_RAISE;
    Frame *frame = &vm->fiber->frames[vm->fiber->frame_count - 1];
    if (value_bool(equal) == native_arg(vm, args, 3)) frame->pc += (uint32_t)small_int_of(native_arg(vm, args, 2));
    *out = VAL_NIL;
    return NATIVE_RETURN;
}

bool interpolated_string(VM *vm, Buffer *text, Value *out) {
    bool fits = !text->failed && text->size < UINT32_MAX &&
                (text->size <= HEAP_SMALL_REQUEST || heap_can_allocate(vm, text->size));
    if (fits)
        *out = string_from_buffer(vm, text);
    else
        vm_raise(vm, ERR_LIMIT_MEMORY, "memory limit reached: a string of %zu bytes (limits.memory)", text->size);
    buffer_free(text);
    return fits;
}

static NativeResult interpolate(VM *vm, const Args *args, Value *out) {
    Buffer text;
    buffer_init(&text);
    for (uint32_t i = 0; i < args->count; i++) {
        if (!print_value(vm, &text, native_arg(vm, args, i), RENDER_INTERPOLATED)) {
            buffer_free(&text);
            return NATIVE_RAISE;
        }
    }
    return interpolated_string(vm, &text, out) ? NATIVE_RETURN : NATIVE_RAISE;
}

static NativeResult missing_member(VM *vm, const Args *args, Value *out) {
    uint32_t scope = roots_open(vm);
    SymbolObj *name = symbol_of(native_arg(vm, args, 1));
    uint32_t handlers = root_push(vm, namespace_of(native_arg(vm, args, 0))->missing_handlers);
    uint32_t text = root_push(vm, string_from_symbol(vm, name));
    for (uint32_t i = 0; i < array_of(root_get(vm, handlers))->count; i++) {
        Value handler = array_of(root_get(vm, handlers))->items[i];
        Value argument = root_get(vm, text);
        Value found;
        if (!exec_callable(vm, handler, &argument, 1, &found)) return NATIVE_RAISE;
        if (found == VAL_NIL || found == VAL_VOID) continue;
        namespace_set(vm, namespace_of(native_arg(vm, args, 0)), name, found);
        *out = found;
        roots_close(vm, scope);
        return NATIVE_RETURN;
    }
    *out = namespace_of(native_arg(vm, args, 0)) == vm->genex_ns ? VAL_NIL : VAL_VOID; /* language 21 §3.3 */
    roots_close(vm, scope);
    return NATIVE_RETURN;
}

/* --- nodes of trees not read yet ------------------------------------------------------------------------ */

bool unread_settle(VM *vm, Value value) {
    Value ignored;
    return !is_unread(value) || exec_callable(vm, vm->tree_reader, &value, 1, &ignored);
}

static NativeResult unread_member(VM *vm, const Args *args, Value *out) {
    if (!unread_settle(vm, native_arg(vm, args, 0))) return NATIVE_RAISE;
    Value key = native_arg(vm, args, 1);
    *out = native_arg(vm, args, 0);
    if (key == VAL_NIL) return NATIVE_RETURN;
    if (!property_get_dynamic(vm, *out, key, out)) return NATIVE_RAISE;
    native_set_arg(vm, args, 1, *out);
    if (!unread_settle(vm, *out)) return NATIVE_RAISE;
    *out = native_arg(vm, args, 1);
    return NATIVE_RETURN;
}

static NativeResult unread_method(VM *vm, const Args *args, Value *out) {
    if (!unread_settle(vm, native_arg(vm, args, 0))) return NATIVE_RAISE;
    SymbolObj *name = symbol_of(native_arg(vm, args, 1));
    const Value *argv = vm->fiber->stack + args->base + 2;
    return exec_method(vm, native_arg(vm, args, 0), name, argv, args->count - 2, out) ? NATIVE_RETURN : NATIVE_RAISE;
}

const NativeDef unread_member_native = {
    "/", unread_member, 2, 2, NATIVE_REENTRANT, "", "A member of what is read first."};
const NativeDef unread_method_native = {
    "call", unread_method, 2, -1, NATIVE_REENTRANT, "", "Calls a method of what is read first."};
const NativeDef equals_native = {"==", equals, 2, 2, NATIVE_REENTRANT, "(a == b)", "True when a equals b."};
const NativeDef not_equals_native = {"!=", not_equals, 2, 2, NATIVE_REENTRANT, "(a != b)", "Negation of ==."};
const NativeDef jump_if_equal_native = {"==", jump_if_equal, 4, 4, NATIVE_REENTRANT, "(a == b)", "Jumps after ==."};
const NativeDef interpolate_native = {
    "#Str", interpolate, 0, -1, NATIVE_REENTRANT, "#\"text #{e}\"", "The text of all parts."};
const NativeDef missing_member_native = {"on_member_missing",
                                         missing_member,
                                         2,
                                         2,
                                         NATIVE_REENTRANT,
                                         "ns/name",
                                         "Asks the namespace's handlers for a missing member."};

bool namespace_needs_handler(Value ns, const SymbolObj *name) {
    return namespace_of(ns)->missing_handlers != VAL_NIL && namespace_get(namespace_of(ns), name) == VAL_UNSET;
}

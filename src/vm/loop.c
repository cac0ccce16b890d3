/* loop.c — run_loop: the interpreter.
 *
 * Invariants: it never calls anything that may suspend a C stack (re-entrant natives are handed to drive_native through
 * LOOP_NATIVE); before anything that may allocate, raise or call, frame->pc is saved; after anything that may grow the
 * stack, R is computed again. Cases stay short: whatever is not the common case is in a helper below or in call.c,
 * arith.c, property.c, iterate.c. */
#include "vm/access.h"
#include "vm/arith.h"
#include "vm/call.h"
#include "vm/generator.h"
#include "vm/iterate.h"
#include "vm/operators.h"
#include "vm/property.h"
#include "vm/type_check.h"
#include "vm/variant.h"

/* --- helpers: everything they need is in the VM and in the saved frame ------------------------------------------- */

/* The interpolated text of stack[base..base+count). *out_plain is false when a part is a container or an instance, which the
 * loop leaves to the driver. False after raising. */
static __attribute__((noinline)) bool interpolate_scalars(VM *vm, uint32_t base, uint32_t count, bool *out_plain,
                                                          Value *out) {
    Buffer text;
    buffer_init(&text);
    text.limit = vm->limits.memory;
    bool plain = true;
    for (uint32_t i = 0; plain && i < count; i++) plain = print_scalar(&text, vm->fiber->stack[base + i]);
    *out_plain = plain;
    if (plain) return interpolated_string(vm, &text, out);
    buffer_free(&text);
    return true;
}

/* The same as namespace_needs_handler for a computed key, which becomes a symbol. */
static __attribute__((noinline)) bool key_needs_handler(VM *vm, Value ns, Value *io_key) {
    SymbolObj *name = property_key(vm, *io_key);
    if (!name || !namespace_needs_handler(ns, name)) return false;
    *io_key = value_pointer(name);
    return true;
}

/* False: an exception is to be raised. */
static bool deliver_resumption(VM *vm, Fiber *fiber) {
    if (fiber->resume != RESUME_RAISE) fiber->at_start = false;
    Value value = VAL_NIL;
    if (!fiber_take_resumption(vm, fiber, &value)) return false;
    fiber->stack[fiber->resume_slot] = value;
    return true;
}

/* End of a frame that is more than a plain call. LOOP_DONE: it was the entry; LOOP_RAISED: unwinding is needed;
 * LOOP_FUEL: go on in the caller. */
static __attribute__((noinline)) LoopStatus return_flagged(VM *vm, Fiber *fiber, Value value) {
    Frame frame = fiber->frames[fiber->frame_count - 1];
    bool is_entry = (frame.flags & FRAME_ENTRY) != 0;
    if (frame.flags & FRAME_GENERATOR) {
        generator_return(vm);
        value = fiber->stack[frame.result];
    } else {
        if (frame.flags & FRAME_NEW) value = fiber->stack[frame.base];
        fiber->frame_count--;
        fiber->top = frame.base;
        if (!is_entry) fiber->stack[frame.result] = value;
    }
    if (!is_entry) return LOOP_FUEL;
    vm->result = value;
    return LOOP_DONE;
}

/* A yield leaves its frame: as return_flagged, but unwinding is done already when LOOP_RAISED is returned. */
static __attribute__((noinline)) LoopStatus yield_value(VM *vm, Fiber *fiber, Value value) {
    Frame frame = fiber->frames[fiber->frame_count - 1];
    bool is_entry = (frame.flags & FRAME_ENTRY) != 0;
    if (!frame.generator) {
        vm_raise(vm, ERR_GENERATOR, "yield used outside of generator function");
        return vm_unwind(vm) ? LOOP_FUEL : LOOP_RAISED;
    }
    if (!generator_yield(vm, value)) {
        /* The frame is gone. If it was the entry, those below it are not this run's to unwind. */
        return !is_entry && vm_unwind(vm) ? LOOP_FUEL : LOOP_RAISED;
    }
    if (!is_entry) return LOOP_FUEL;
    vm->result = fiber->stack[frame.result];
    return LOOP_DONE;
}

/* A tail call in a function with a return type, which must not be left before its value was checked. */
static __attribute__((noinline)) CallResult call_checked(VM *vm, Value callee, uint32_t a, uint32_t count,
                                                         const ArrayObj *names) {
    const Frame *frame = &vm->fiber->frames[vm->fiber->frame_count - 1];
    const Value *keyword_names = names ? names->items : NULL;
    uint32_t keyword_count = names ? names->count : 0;
    if (type_covers_return(frame, callee)) return vm_tail_call(vm, callee, a, count, keyword_names, keyword_count);
    return vm_call(vm, callee, frame->base + a + 1, count, keyword_names, keyword_count, frame->base + a, 0);
}

/* --- the loop -------------------------------------------------------------------------------------------------------- */

#define A INSTR_A(word)
#define B INSTR_B(word)
#define C INSTR_C(word)
#define BX INSTR_BX(word)
#define SBX INSTR_SBX(word)
#define SAVE_PC() (frame->pc = (uint32_t)(pc - code->words))
#define LOAD_FRAME()                                    \
    do {                                                \
        frame = &fiber->frames[fiber->frame_count - 1]; \
        code = frame->code;                             \
        K = code->constants;                            \
        caches = code->caches;                          \
        R = fiber->stack + frame->base;                 \
        pc = code->words + frame->pc;                   \
        fiber->top = frame->base + code->slot_count;    \
    } while (0)
/* After calls that may have moved the stack but not changed the frame. */
#define LOAD_STACK()                                    \
    do {                                                \
        frame = &fiber->frames[fiber->frame_count - 1]; \
        R = fiber->stack + frame->base;                 \
        fiber->top = frame->base + code->slot_count;    \
    } while (0)
/* The instruction at `start` runs again after the pause. */
#define TICK_BEFORE(start)          \
    do {                            \
        if (UNLIKELY(--fuel < 0)) { \
            pc = (start);           \
            goto out_of_fuel;       \
        }                           \
    } while (0)
#define JUMP_IF(condition)               \
    do {                                 \
        int32_t offset = (int32_t)*pc++; \
        if (condition) pc += offset;     \
    } while (0)
/* An operator on registers, and the same with a constant on the right. */
#define ARITH_CASE(op, right, general_op, fast)                              \
    case op: {                                                               \
        Value a = R[B], b = right;                                           \
        fast SAVE_PC();                                                      \
        Value out;                                                           \
        if (UNLIKELY(!arith_binary(vm, general_op, a, b, &out))) goto raise; \
        R[A] = out;                                                          \
        break;                                                               \
    }
#define ARITH_CASES(op, fast)      \
    ARITH_CASE(op, R[C], op, fast) \
    ARITH_CASE(op##K, K[C], op, fast)
#define FLOATS_FAST(operator)                                 \
    if (is_float(a) && is_float(b)) {                         \
        R[A] = value_float(float_of(a) operator float_of(b)); \
        break;                                                \
    }
#define INTS_FAST(operator)                                     \
    if (LIKELY(are_small_ints(a, b))) {                         \
        int64_t sum = small_int_of(a) operator small_int_of(b); \
        if (LIKELY(fits_small_int(sum))) {                      \
            R[A] = value_small_int(sum);                        \
            break;                                              \
        }                                                       \
    }
/* Factors of 32 bits cannot overflow; the check for larger ones is a call in wasm. */
#define PRODUCT_FAST                                                               \
    if (LIKELY(are_small_ints(a, b))) {                                            \
        int64_t x = small_int_of(a);                                               \
        int64_t y = small_int_of(b);                                               \
        if (LIKELY(x == (int32_t)x && y == (int32_t)y && fits_small_int(x * y))) { \
            R[A] = value_small_int(x * y);                                         \
            break;                                                                 \
        }                                                                          \
    }
/* 32-bit division is several times faster where it will do. */
#define REMAINDER_FAST                                                                     \
    if (LIKELY(are_small_ints(a, b)) && small_int_of(b) > 0) {                             \
        uint64_t x = (uint64_t)small_int_of(a);                                            \
        uint64_t y = (uint64_t)small_int_of(b);                                            \
        R[A] = (x | y) <= UINT32_MAX ? value_small_int((uint32_t)x % (uint32_t)y)          \
                                     : value_small_int(small_int_of(a) % small_int_of(b)); \
        break;                                                                             \
    }
#define COMPARE_CASE(op, operator)                                            \
    case op: {                                                                \
        Value a = R[B], b = R[C];                                             \
        if (LIKELY(are_small_ints(a, b))) {                                   \
            R[A] = value_bool((int64_t)(a << 16) operator(int64_t)(b << 16)); \
            break;                                                            \
        }                                                                     \
        if (is_float(a) && is_float(b)) {                                     \
            R[A] = value_bool(float_of(a) operator float_of(b));              \
            break;                                                            \
        }                                                                     \
        SAVE_PC();                                                            \
        bool holds;                                                           \
        if (!arith_compare(vm, op, a, b, &holds)) goto raise;                 \
        R[A] = value_bool(holds);                                             \
        break;                                                                \
    }
/* Declares holds: does `a` compare so with `b`? */
#define COMPARE_OPERANDS(compare_op, operator)                        \
    bool holds;                                                       \
    if (LIKELY(are_small_ints(a, b)))                                 \
        holds = (int64_t)(a << 16) operator(int64_t)(b << 16);        \
    else if (is_float(a) && is_float(b))                              \
        holds = float_of(a) operator float_of(b);                     \
    else {                                                            \
        SAVE_PC();                                                    \
        if (!arith_compare(vm, compare_op, a, b, &holds)) goto raise; \
    }
#define BRANCH_CASE(op, right, compare_op, operator) \
    case op: {                                       \
        Value a = R[A], b = right;                   \
        int32_t offset = (int32_t)*pc++;             \
        COMPARE_OPERANDS(compare_op, operator)       \
        if (!holds) pc += offset;                    \
        break;                                       \
    }
#define BRANCH_CASES(op, compare_op, operator)  \
    BRANCH_CASE(op, R[B], compare_op, operator) \
    BRANCH_CASE(op##K, K[B], compare_op, operator)
#define BRANCH_INT_CASE(op, compare_op, operator)                                            \
    case op: {                                                                               \
        Value a = R[A];                                                                      \
        int32_t offset = (int32_t)*pc++;                                                     \
        bool holds;                                                                          \
        if (LIKELY(is_small_int(a)))                                                         \
            holds = small_int_of(a) operator SBX;                                            \
        else {                                                                               \
            SAVE_PC();                                                                       \
            if (!arith_compare(vm, compare_op, a, value_small_int(SBX), &holds)) goto raise; \
        }                                                                                    \
        if (!holds) pc += offset;                                                            \
        break;                                                                               \
    }
/* The test at the bottom of a while loop. */
#define LOOP_CASE(op, right, compare_op, operator)  \
    case op: {                                      \
        Value a = R[A];                             \
        Value b = right;                            \
        int32_t offset = (int32_t)*pc++;            \
        COMPARE_OPERANDS(compare_op, operator)      \
        if (!holds) break;                          \
        pc += offset;                               \
        if (UNLIKELY(--fuel < 0)) goto out_of_fuel; \
        break;                                      \
    }
#define LOOP_CASES(op, compare_op, operator)                     \
    LOOP_CASE(op, R[B], compare_op, operator)                    \
    LOOP_CASE(op##I, value_small_int(SBX), compare_op, operator) \
    LOOP_CASE(op##K, K[B], compare_op, operator)
/* The common call, without leaving the loop: a function that only takes positionals, with as many as it wants and room for its
 * frame. Leaves the switch when it applies. */
#define ENTER_IF_PLAIN(callee_value, positionals)                                                  \
    if (LIKELY(is_obj_type(callee_value, OBJ_FUNCTION))) {                                         \
        FunctionObj *fn = function_of(callee_value);                                               \
        CodeObj *target = fn->code;                                                                \
        uint32_t base = frame->base + A + 1;                                                       \
        uint32_t top = base + target->slot_count;                                                  \
        if (LIKELY((target->flags & (CODE_SIMPLE | CODE_GENERATOR | CODE_ASYNC)) == CODE_SIMPLE && \
                   target->required_count == (positionals) && top <= fiber->capacity &&            \
                   fiber->frame_count < fiber->frame_capacity)) {                                  \
            frame = &fiber->frames[fiber->frame_count++];                                          \
            frame->fn = fn;                                                                        \
            frame->code = code = target;                                                           \
            frame->base = base;                                                                    \
            frame->result = base - 1;                                                              \
            frame->flags = 0;                                                                      \
            frame->generator = NULL;                                                               \
            fiber->top = top;                                                                      \
            K = code->constants;                                                                   \
            caches = code->caches;                                                                 \
            R = fiber->stack + base;                                                               \
            pc = code->words;                                                                      \
            break;                                                                                 \
        }                                                                                          \
    }
/* Hands the work to a native, which may run Gene code: its value goes to R[A]. */
#define ASK_NATIVE(def, a, b)                                       \
    do {                                                            \
        if (!pend_pair(vm, def, a, b, frame->base + A)) goto raise; \
        return LOOP_NATIVE;                                         \
    } while (0)
/* An assignment to something unread waits until that is read, then the instruction of 1 + words runs again. What has raised
 * may have moved the stack. */
#define ASSIGN(assigned, words)                                                                             \
    do {                                                                                                    \
        if (assigned) break;                                                                                \
        Value target = fiber->stack[frame->base + A];                                                       \
        if (!is_unread(target) || !pend_again(vm, frame, target, (words) + 1, frame->base + A)) goto raise; \
        return LOOP_NATIVE;                                                                                 \
    } while (0)
#define CALL_RESULT(expression) \
    do {                        \
        called = (expression);  \
        goto call_result;       \
    } while (0)

WASM_EXPORT(run_loop) LoopStatus run_loop(VM *vm) {
    Fiber *fiber = vm->fiber;
    Frame *frame;
    CodeObj *code;
    const Value *K;
    InlineCache *caches;
    Value *R;
    const uint32_t *pc;
    int32_t fuel = FUEL_SLICE;
    CallResult called;
    uint32_t word;

    if (UNLIKELY(fiber->resume != RESUME_NONE)) {
        bool ok = deliver_resumption(vm, fiber);
        if (!ok && !vm_unwind(vm)) return LOOP_RAISED;
    }
    LOAD_FRAME();
    if (UNLIKELY(vm_heap(vm)->limit_passed) && vm_memory_is_exhausted(vm)) goto raise;
    if (UNLIKELY(vm->is_traced)) fuel = fiber->at_start ? 1 : 0; /* what was told last is to run now */
    fiber->at_start = false;
    if (vm->fuel == 0) fuel = 0; /* somebody wants to be heard: task.c, scheduler.c */
    vm->fuel = FUEL_SLICE;

    for (;;) {
        word = *pc++;
        switch ((OpCode)INSTR_OP(word)) {
        case OP_MOVE: R[A] = R[B]; break;
        case OP_LOADK: R[A] = K[BX]; break;
        case OP_LOADKX: R[A] = K[*pc++]; break;
        case OP_LOADI: R[A] = value_small_int(SBX); break;
        case OP_LOADS: R[A] = VALUE_SPECIAL(B); break;
        case OP_NEWCELL: {
            SAVE_PC();
            Value cell = cell_make(vm, R[A]);
            R[A] = cell;
            break;
        }
        case OP_GETCELL: R[A] = cell_of(R[B])->value; break;
        case OP_SETCELL: {
            CellObj *cell = cell_of(R[A]);
            cell->value = R[B];
            heap_touch(vm, cell);
            break;
        }
        case OP_GETUP: R[A] = frame->fn->upvalues[B]->value; break;
        case OP_SETUP: {
            CellObj *cell = frame->fn->upvalues[A];
            cell->value = R[B];
            heap_touch(vm, cell);
            break;
        }
        case OP_GETVAR: R[A] = code->module->vars[BX]; break;
        case OP_GETVARX: R[A] = code->module->vars[*pc++]; break;
        case OP_SETVAR:
            code->module->vars[BX] = R[A];
            heap_touch(vm, code->module);
            break;
        case OP_SETVARX:
            code->module->vars[*pc++] = R[A];
            heap_touch(vm, code->module);
            break;
        case OP_GETNAME: {
            const InlineCache *cache = &caches[pc[1]];
            if (LIKELY(cache->key == frame->fn->ns && cache->epoch == vm->space.namespace_epoch)) {
                R[A] = *cache->slot;
                pc += 2;
                break;
            }
            pc += 2;
            SAVE_PC();
            Value value;
            if (!access_get_name(vm, frame, pc[-2], pc[-1], &value)) goto raise;
            R[A] = value;
            break;
        }
        case OP_SETNAME: access_set_name(vm, frame, symbol_of(K[*pc++]), R[A]); break;
        case OP_DEFNAME: namespace_set(vm, frame->fn->ns, symbol_of(K[*pc++]), R[A]); break;
        case OP_FUNC:
        case OP_FUNCX: {
            uint32_t constant = INSTR_OP(word) == OP_FUNC ? BX : *pc++;
            SAVE_PC();
            Value value = access_make_function(vm, frame, pointer_of(K[constant]));
            R[A] = value;
            break;
        }
        case OP_JMP: pc += INSTR_SJ(word); break;
        case OP_LOOP:
            pc += INSTR_SJ(word);
            if (UNLIKELY(--fuel < 0)) goto out_of_fuel;
            break;
        case OP_JT: JUMP_IF(is_truthy(R[A])); break;
        case OP_JF: JUMP_IF(is_falsy(R[A])); break;
        case OP_JMACRO: JUMP_IF(is_macro(R[A])); break;
        case OP_JSET: JUMP_IF(R[A] != VAL_UNSET); break;
        case OP_JNVAR: JUMP_IF(!variant_matches(variant_of(R[B]), R[A])); break;
        case OP_JNVARK: JUMP_IF(!variant_matches(variant_of(K[BX]), R[A])); break;
        case OP_GETFIELD: R[A] = variant_payload(R[B], C); break;
        case OP_UNWRAP: JUMP_IF(variant_unwrap(vm, &R[A]) == UNWRAPPED_VALUE); break;
        case OP_JAND: JUMP_IF(is_falsy(R[A])); break;
        case OP_JOR:
            JUMP_IF(is_truthy(R[A]) && !is_int(R[A]) && !is_bytes(R[A]));
            break;
            LOOP_CASES(OP_LOOPLT, OP_LT, <)
            LOOP_CASES(OP_LOOPLE, OP_LE, <=)
            LOOP_CASES(OP_LOOPGT, OP_GT, >)
            LOOP_CASES(OP_LOOPGE, OP_GE, >=)
            BRANCH_CASES(OP_JNLT, OP_LT, <)
            BRANCH_CASES(OP_JNLE, OP_LE, <=)
            BRANCH_CASES(OP_JNGT, OP_GT, >)
            BRANCH_CASES(OP_JNGE, OP_GE, >=)
            BRANCH_INT_CASE(OP_JNLTI, OP_LT, <)
            BRANCH_INT_CASE(OP_JNLEI, OP_LE, <=)
            BRANCH_INT_CASE(OP_JNGTI, OP_GT, >)
            BRANCH_INT_CASE(OP_JNGEI, OP_GE, >=)
        case OP_JNEQI: {
            Value a = R[A], b = value_small_int(SBX);
            if (UNLIKELY(is_instance(a)) && equals_is_gene(vm, a)) {
                int32_t offset = (int32_t)*pc++;
                SAVE_PC();
                if (!pend_jump(vm, a, b, offset, false)) goto raise;
                return LOOP_NATIVE;
            }
            JUMP_IF(a != b && (is_small_int(a) || !arith_equal_number(a, b)));
            break;
        }
        case OP_JEQI: {
            Value a = R[A], b = value_small_int(SBX);
            if (UNLIKELY(is_instance(a)) && equals_is_gene(vm, a)) {
                int32_t offset = (int32_t)*pc++;
                SAVE_PC();
                if (!pend_jump(vm, a, b, offset, true)) goto raise;
                return LOOP_NATIVE;
            }
            JUMP_IF(a == b || (!is_small_int(a) && arith_equal_number(a, b)));
            break;
        }
            ARITH_CASES(OP_ADD, INTS_FAST(+) FLOATS_FAST(+))
            ARITH_CASES(OP_SUB, INTS_FAST(-) FLOATS_FAST(-))
            ARITH_CASES(OP_MUL, PRODUCT_FAST FLOATS_FAST(*))
            ARITH_CASES(OP_DIV, FLOATS_FAST(/))
            ARITH_CASES(OP_MOD, REMAINDER_FAST)
        case OP_ADDI: {
            Value a = R[B];
            if (LIKELY(is_small_int(a))) {
                int64_t sum = small_int_of(a) + INSTR_SC(word);
                if (LIKELY(fits_small_int(sum))) {
                    R[A] = value_small_int(sum);
                    break;
                }
            }
            SAVE_PC();
            Value out;
            int32_t amount = INSTR_SC(word);
            bool ok = amount < 0 ? arith_binary(vm, OP_SUB, a, value_small_int(-amount), &out)
                                 : arith_binary(vm, OP_ADD, a, value_small_int(amount), &out);
            if (!ok) goto raise;
            R[A] = out;
            break;
        }
        case OP_POW:
        case OP_AND:
        case OP_OR:
        case OP_XOR:
        case OP_SHL:
        case OP_SHR:
        case OP_CONCAT: {
            SAVE_PC();
            Value out;
            if (!arith_binary(vm, (OpCode)INSTR_OP(word), R[B], R[C], &out)) goto raise;
            R = fiber->stack + frame->base;
            R[A] = out;
            break;
        }
        case OP_NEG: {
            SAVE_PC();
            Value out;
            if (!arith_negate(vm, R[B], &out)) goto raise;
            R[A] = out;
            break;
        }
        case OP_NOT: {
            SAVE_PC();
            Value out;
            if (!arith_not(vm, R[B], &out)) goto raise;
            LOAD_STACK();
            R[A] = out;
            break;
        }
        case OP_EQ:
        case OP_NE: {
            bool is_eq = INSTR_OP(word) == OP_EQ;
            bool equal;
            if (LIKELY(values_equal_fast(R[B], R[C], &equal))) {
                R[A] = value_bool(equal == is_eq);
                break;
            }
            if (is_instance(R[B]) && !equals_is_gene(vm, R[B])) {
                R[A] = value_bool((R[B] == R[C]) == is_eq);
                break;
            }
            SAVE_PC();
            const NativeDef *def = is_eq ? &equals_native : &not_equals_native;
            ASK_NATIVE(def, R[B], R[C]);
        }
        case OP_EQNUM: {
            Value a = R[B], b = R[C];
            if (UNLIKELY(is_instance(a)) && equals_is_gene(vm, a)) {
                SAVE_PC();
                ASK_NATIVE(&equals_native, a, b);
            }
            R[A] = value_bool(arith_equal_number(a, b));
            break;
        }
            COMPARE_CASE(OP_LT, <)
            COMPARE_CASE(OP_LE, <=)
            COMPARE_CASE(OP_GT, >)
            COMPARE_CASE(OP_GE, >=)
        case OP_INTERP: {
            SAVE_PC();
            Value out;
            bool plain;
            if (!interpolate_scalars(vm, frame->base + B, C, &plain, &out)) goto raise;
            if (!plain) {
                pend_native(vm, &interpolate_native, frame->base + B, C, frame->base + A);
                return LOOP_NATIVE;
            }
            R[A] = out;
            break;
        }
        case OP_TYPEOF: {
            SAVE_PC();
            Value out = string_from(vm, type_name(vm, R[B]));
            R[A] = out;
            break;
        }
        case OP_CHECKINT:
            if (LIKELY(is_small_int(R[A]))) {
                pc++;
                break;
            }
            goto check;
        case OP_CHECKFLOAT:
            if (LIKELY(is_float(R[A]))) {
                pc++;
                break;
            }
            goto check;
        case OP_CHECKKIND:
            if (LIKELY(is_object(R[A]) && ((const Obj *)pointer_of(R[A]))->type == B)) {
                pc++;
                break;
            }
            goto check;
        case OP_CHECK:
        check:
            pc++;
            SAVE_PC();
            if (UNLIKELY(!type_check_register(vm, A, K[pc[-1]], (Boundary)C))) goto raise;
            break;
        case OP_IS: {
            SAVE_PC();
            bool holds;
            if (!value_is(vm, R[B], R[C], &holds)) goto raise;
            R[A] = value_bool(holds);
            break;
        }
        case OP_RANGE: {
            SAVE_PC();
            Value out = range_make(vm, R[B], R[B + 1], C == 3 ? R[B + 2] : VAL_UNSET);
            R[A] = out;
            break;
        }
        case OP_ARRAY: {
            SAVE_PC();
            Value out = array_from(vm, R + B, C);
            R[A] = out;
            break;
        }
        case OP_ARRPUSH: array_append(vm, array_of(R[A]), R + B, C); break;
        case OP_ARRSPREAD:
            SAVE_PC();
            if (!access_append_spread(vm, array_of(R[A]), R[B], C)) goto raise;
            break;
        case OP_MAP: {
            SAVE_PC();
            Value out = map_make(vm);
            R[A] = out;
            break;
        }
        case OP_MAPSET: map_set(vm, map_of(R[A]), symbol_of(K[*pc++]), R[B]); break;
        case OP_MAPSPREAD:
            SAVE_PC();
            if (!access_merge_spread(vm, R[A], R[B], C)) goto raise;
            break;
        case OP_NODE: {
            SAVE_PC();
            Value out = node_make(vm, R[B]);
            R[A] = out;
            break;
        }
        case OP_NODEPROP: node_set_prop(vm, node_of(R[A]), symbol_of(K[*pc++]), R[B]); break;
        case OP_NODEPUSH:
            for (uint32_t i = 0; i < C; i++) node_push(vm, node_of(R[A]), R[B + i]);
            break;
        case OP_NODESPREAD:
            SAVE_PC();
            if (!access_spread_into_node(vm, R[A], R[B], C)) goto raise;
            break;
        case OP_SEAL:
            if (LIKELY(is_object(R[A]))) ((Obj *)pointer_of(R[A]))->flags |= OBJ_SEALED;
            break;
        case OP_GETPROP: {
            Value container = R[B];
            const InlineCache *cache = &caches[pc[1]];
            if (LIKELY(is_instance(container)) && instance_of(container)->shape == cache->key) {
                R[A] = instance_of(container)->values[cache->index];
                pc += 2;
                break;
            }
            if (is_settled(container, OBJ_MAP)) {
                const Table *table = &map_of(container)->table;
                if (cache->index < table->used && table->entries[cache->index].key == K[pc[0]]) {
                    R[A] = table->entries[cache->index].value;
                    pc += 2;
                    break;
                }
            }
            pc += 2;
            SAVE_PC();
            if (is_namespace(container) && namespace_needs_handler(container, symbol_of(K[pc[-2]]))) {
                ASK_NATIVE(&missing_member_native, container, K[pc[-2]]);
            }
            Value out = access_get_property(vm, code, pc[-1], container, symbol_of(K[pc[-2]]));
            if (is_unread(out) || is_unread(container)) ASK_NATIVE(&unread_member_native, container, K[pc[-2]]);
            R[A] = out;
            break;
        }
        case OP_GETPROPVAR: {
            pc += 2;
            SAVE_PC();
            if (is_namespace(R[B]) && namespace_needs_handler(R[B], symbol_of(K[pc[-2]]))) {
                ASK_NATIVE(&missing_member_native, R[B], K[pc[-2]]);
            }
            if (is_unread(R[B])) ASK_NATIVE(&unread_member_native, R[B], K[pc[-2]]);
            Value out = access_get_property_or_variable(vm, R[B], symbol_of(K[pc[-2]]), R[C]);
            R[A] = out;
            break;
        }
        case OP_GETIDX: {
            int32_t index = (int32_t)*pc++;
            Value container = R[B];
            if (LIKELY(is_settled(container, OBJ_ARRAY)) && index >= 0 &&
                (uint32_t)index < array_of(container)->count) {
                R[A] = array_of(container)->items[index];
                break;
            }
            SAVE_PC();
            Value out = property_get_index(vm, container, index);
            if (is_unread(out) || is_unread(container)) {
                ASK_NATIVE(&unread_member_native, container, value_small_int(index));
            }
            R[A] = out;
            break;
        }
        case OP_GETDYN:
        case OP_GETKEY: {
            Value container = R[B], key = R[C];
            if (is_small_int(key) && is_settled(container, OBJ_ARRAY)) {
                int64_t index = small_int_of(key);
                if (LIKELY(index >= 0 && index < array_of(container)->count)) {
                    R[A] = array_of(container)->items[index];
                    break;
                }
            }
            SAVE_PC();
            if (UNLIKELY(is_namespace(container)) && key_needs_handler(vm, container, &key)) {
                ASK_NATIVE(&missing_member_native, container, key);
            }
            Value out;
            if (UNLIKELY(INSTR_OP(word) == OP_GETKEY) && !property_check_key(vm, key)) goto raise;
            if (!property_get_dynamic(vm, container, key, &out)) goto raise;
            if (is_unread(out) || is_unread(container)) ASK_NATIVE(&unread_member_native, container, key);
            R[A] = out;
            break;
        }
        case OP_PRESENT:
            SAVE_PC();
            if (!access_require_present(vm, R[A])) goto raise;
            break;
        case OP_SETPROP: {
            Value container = R[A];
            const InlineCache *cache = &caches[pc[1]];
            pc += 2;
            if (LIKELY(is_instance(container)) && instance_of(container)->shape == cache->key) {
                instance_of(container)->values[cache->index] = R[B];
                heap_touch(vm, instance_of(container));
                break;
            }
            SAVE_PC();
            ASSIGN(access_set_property(vm, code, pc[-1], container, symbol_of(K[pc[-2]]), R[B]), 2);
            break;
        }
        case OP_SETIDX: {
            int32_t index = (int32_t)*pc++;
            SAVE_PC();
            ASSIGN(property_set_index(vm, R[A], index, R[B]), 1);
            break;
        }
        case OP_SETDYN: {
            SAVE_PC();
            ASSIGN(property_set_dynamic(vm, R[A], R[B], R[C]), 0);
            break;
        }
        case OP_CALL: {
            TICK_BEFORE(pc - 1);
            SAVE_PC();
            Value callee = R[A];
            ENTER_IF_PLAIN(callee, B);
            CALL_RESULT(vm_call(vm, callee, frame->base + A + 1, B, NULL, 0, frame->base + A, 0));
        }
        case OP_CALLKW: {
            TICK_BEFORE(pc - 1);
            const ArrayObj *names = array_of(K[*pc++]);
            SAVE_PC();
            CALL_RESULT(vm_call(vm, R[A], frame->base + A + 1, B, names->items, names->count, frame->base + A, 0));
        }
        case OP_CALLSPREAD: {
            TICK_BEFORE(pc - 1);
            SAVE_PC();
            SpreadCall spread;
            if (!vm_spread_arguments(vm, R[A], R[A + 1], R[A + 2], &spread)) goto raise;
            CALL_RESULT(vm_call(vm, fiber->stack[spread.base - 1], spread.base, spread.count, spread.keyword_names,
                                spread.keyword_count, frame->base + A, 0));
        }
        case OP_TAILCALL: {
            TICK_BEFORE(pc - 1);
            SAVE_PC();
            Value callee = R[A];
            if (LIKELY(is_obj_type(callee, OBJ_FUNCTION) && !(frame->flags & ~(uint32_t)FRAME_ENTRY))) {
                FunctionObj *fn = function_of(callee);
                CodeObj *target = fn->code;
                if (LIKELY((target->flags & (CODE_SIMPLE | CODE_GENERATOR | CODE_ASYNC)) == CODE_SIMPLE &&
                           target->required_count == B && frame->base + target->slot_count <= fiber->capacity)) {
                    memmove(R, R + A + 1, B * sizeof(Value));
                    frame->fn = fn;
                    frame->code = code = target;
                    fiber->top = frame->base + target->slot_count;
                    K = code->constants;
                    caches = code->caches;
                    pc = code->words;
                    break;
                }
            }
            CALL_RESULT(vm_tail_call(vm, callee, A, B, NULL, 0));
        }
        case OP_TAILCHECKED: {
            TICK_BEFORE(pc - 1);
            uint32_t names = *pc++;
            SAVE_PC();
            CALL_RESULT(call_checked(vm, R[A], A, B, names ? array_of(K[names - 1]) : NULL));
        }
        case OP_TAILCALLKW: {
            TICK_BEFORE(pc - 1);
            const ArrayObj *names = array_of(K[*pc++]);
            SAVE_PC();
            CALL_RESULT(vm_tail_call(vm, R[A], A, B, names->items, names->count));
        }
        case OP_CALLM: {
            TICK_BEFORE(pc - 1);
            Value receiver = R[A + 1];
            InlineCache *cache = &caches[pc[1]];
            ClassObj *class_ = LIKELY(is_instance(receiver)) ? instance_of(receiver)->class_ : class_of(vm, receiver);
            if (UNLIKELY(cache->key != class_ || cache->epoch != vm->space.class_epoch)) {
                cache->value = class_find_method(class_, symbol_of(K[pc[0]]), NULL);
                cache->key = class_;
                cache->epoch = vm->space.class_epoch;
            }
            pc += 2;
            SAVE_PC();
            ENTER_IF_PLAIN(cache->value, B + 1);
            CALL_RESULT(vm_call_found(vm, cache->value, symbol_of(K[pc[-2]]), frame->base + A + 1, B + 1, NULL, 0,
                                      frame->base + A, 0));
        }
        case OP_CALLMKW: {
            TICK_BEFORE(pc - 1);
            pc += 3;
            SAVE_PC();
            const ArrayObj *names = array_of(K[pc[-1]]);
            CALL_RESULT(vm_call_method(vm, symbol_of(K[pc[-3]]), frame->base + A + 1, B + 1, names->items, names->count,
                                       frame->base + A, 0));
        }
        case OP_CALLMSPREAD: {
            TICK_BEFORE(pc - 1);
            SAVE_PC();
            SpreadCall spread;
            SymbolObj *name = symbol_of(R[A]);
            if (!vm_spread_method(vm, R[A], R[A + 1], R[A + 2], &spread)) goto raise;
            CALL_RESULT(vm_call_method(vm, name, spread.base, spread.count, spread.keyword_names, spread.keyword_count,
                                       frame->base + A, 0));
        }
        case OP_SUPER: {
            TICK_BEFORE(pc - 1);
            pc++;
            SAVE_PC();
            CALL_RESULT(vm_call_super(vm, frame->fn, symbol_of(K[pc[-1]]), frame->base + A + 1, B + 1, NULL, 0,
                                      frame->base + A));
        }
        case OP_SUPERSPREAD: {
            TICK_BEFORE(pc - 1);
            SAVE_PC();
            SpreadCall spread;
            SymbolObj *name = symbol_of(R[A]);
            if (!vm_spread_method(vm, R[A], R[A + 1], R[A + 2], &spread)) goto raise;
            CALL_RESULT(vm_call_super(vm, frame->fn, name, spread.base, spread.count, spread.keyword_names,
                                      spread.keyword_count, frame->base + A));
        }
        case OP_NEW:
            TICK_BEFORE(pc - 1);
            SAVE_PC();
            CALL_RESULT(vm_construct(vm, R[A], frame->base + A + 1, B, NULL, 0, frame->base + A, 0));
        case OP_NEWKW: {
            TICK_BEFORE(pc - 1);
            const ArrayObj *names = array_of(K[*pc++]);
            SAVE_PC();
            CALL_RESULT(vm_construct(vm, R[A], frame->base + A + 1, B, names->items, names->count, frame->base + A, 0));
        }
        case OP_NEWSPREAD: {
            TICK_BEFORE(pc - 1);
            SAVE_PC();
            SpreadCall spread;
            Value class_ = R[A];
            if (!vm_spread_arguments(vm, class_, R[A + 1], R[A + 2], &spread)) goto raise;
            CALL_RESULT(vm_construct(vm, class_, spread.base - 1, spread.count, spread.keyword_names,
                                     spread.keyword_count, frame->base + A, 0));
        }
        case OP_RETURN: {
            Value value = R[A];
            if (UNLIKELY(frame->flags != 0)) {
                LoopStatus status = return_flagged(vm, fiber, value);
                if (status == LOOP_DONE) return LOOP_DONE;
            } else {
                fiber->stack[frame->result] = value;
                fiber->frame_count--;
            }
            LOAD_FRAME();
            break;
        }
        case OP_THROW:
            SAVE_PC();
            vm_throw(vm, R[A]);
            goto raise;
        case OP_RETHROW:
            SAVE_PC();
            if (LIKELY(is_instance(R[A]) && instance_of(R[A])->class_->is_exception))
                vm->exception = R[A];
            else
                vm_throw(vm, R[A]);
            goto raise;
        case OP_GETEX: R[A] = fiber->handled; break;
        case OP_SETEX: fiber->handled = R[A]; break;
        case OP_AWAIT: {
            Value awaited = R[B];
            if (!is_future(awaited)) {
                R[A] = awaited;
                break;
            }
            SAVE_PC();
            FutureObj *future = future_of(awaited);
            future->observed = true;
            if (future->state == FUTURE_SUCCESS) {
                R[A] = future->value;
                break;
            }
            if (future->state != FUTURE_PENDING) {
                vm_throw(vm, future->value);
                goto raise;
            }
            vm->wait_for = awaited;
            fiber->resume_slot = frame->base + A;
            return LOOP_WAIT;
        }
        case OP_ASYNCOK: {
            SAVE_PC();
            Value out = vm->hooks.finished_future(vm, FUTURE_SUCCESS, R[B]);
            LOAD_STACK();
            R[A] = out;
            break;
        }
        case OP_ASYNCFAIL: {
            SAVE_PC();
            Value out = vm->hooks.finished_future(vm, FUTURE_FAILURE, R[B]);
            LOAD_STACK();
            R[A] = out;
            break;
        }
        case OP_YIELD: {
            SAVE_PC();
            Value value = R[A];
            R[A] = VAL_NIL;
            LoopStatus status = yield_value(vm, fiber, value);
            if (status != LOOP_FUEL) return status;
            LOAD_FRAME();
            break;
        }
        case OP_ITER: SAVE_PC(); CALL_RESULT(iterate_begin(vm, frame->base + A, R[B], C));
        case OP_FORNEXT: {
            Value source = R[A];
            int32_t offset = (int32_t)*pc++;
            if (LIKELY(is_obj_type(source, OBJ_RANGE)) && B == 0 && is_small_int(R[A + 2])) {
                int64_t at = small_int_of(R[A + 1]);
                if (at > small_int_of(R[A + 2])) {
                    pc += 2; /* the FORCHECK */
                    break;
                }
                R[A + 3] = value_small_int(at);
                R[A + 1] = value_small_int(at + 1);
                pc += offset;
                if (UNLIKELY(--fuel < 0)) goto out_of_fuel;
                break;
            }
            SAVE_PC();
            bool has_item;
            called = iterate_next(vm, frame->base + A, B, &has_item);
            if (called == CALL_RAISED) goto raise;
            if (called == CALL_VALUE) {
                LOAD_STACK();
                pc += has_item ? offset : 2;
                if (UNLIKELY(--fuel < 0)) goto out_of_fuel;
                break;
            }
            goto call_result;
        }
        case OP_FORCHECK: {
            int32_t offset = (int32_t)*pc++;
            SAVE_PC();
            bool has_item;
            if (!iterate_check(vm, frame->base + A, B, &has_item)) goto raise;
            if (has_item) pc += offset;
            if (UNLIKELY(--fuel < 0)) goto out_of_fuel;
            break;
        }
        case OP_INTRINSIC: {
            SAVE_PC();
            CALL_RESULT(vm_call(vm, vm->intrinsics[C], frame->base + A, B, NULL, 0, frame->base + A, 0));
        }
        case OP_COUNT: ENSURE(false, "the compiler emits only opcodes of the table"); break;
        }
        continue;

    call_result:
        switch (called) {
        case CALL_FRAME: LOAD_FRAME(); continue;
        case CALL_VALUE:
            LOAD_STACK();
            if (UNLIKELY(vm_heap(vm)->limit_passed) && vm_memory_is_exhausted(vm)) goto raise;
            if (UNLIKELY(vm->fuel == 0)) {
                fuel = 0;
                vm->fuel = FUEL_SLICE;
            }
            continue;
        case CALL_NATIVE: return LOOP_NATIVE;
        case CALL_WAIT:
            if (future_of(vm->wait_for)->state == FUTURE_PENDING) return LOOP_WAIT;
            future_of(vm->wait_for)->observed = true;
            fiber->resume = RESUME_FUTURE;
            fiber->resume_value = vm->wait_for;
            if (!deliver_resumption(vm, fiber)) goto raise;
            LOAD_STACK();
            continue;
        case CALL_SWITCH: return LOOP_SWITCH;
        case CALL_RAISED: goto raise;
        }

    raise:
        if (!vm_unwind(vm)) return LOOP_RAISED;
        LOAD_FRAME();
        continue;

    out_of_fuel:
        SAVE_PC();
        fiber->at_start = true;
        if (UNLIKELY(vm->is_traced)) vm_trace(vm);
        return LOOP_FUEL;
    }
}

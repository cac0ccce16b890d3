/* math.c — math functions, global and in the namespace `math` (language 28 §2). */
#include <math.h>

#include "lib/modules.h"
#include "lib/support.h"
#include "port/port.h"

static const char *name_of(const Args *args) { return native_of(args->callee)->def->name; }

/* The one numeric argument; false after raising. */
static bool number_arg(VM *vm, const Args *args, Value *out_number) {
    if (args->count == 0) {
        vm_raise_message(vm, "%s requires 1 argument", name_of(args));
        return false;
    }
    *out_number = native_arg(vm, args, 0);
    if (is_number(*out_number)) return true;
    vm_raise_message(vm, "%s requires a numeric argument", name_of(args));
    return false;
}

static NativeResult math_abs(VM *vm, const Args *args, Value *out) {
    Value number;
    if (!number_arg(vm, args, &number)) return NATIVE_RAISE;
    if (is_float(number)) return lib_return(out, value_float(fabs(float_of(number))));
    if (int_of(number) == INT64_MIN) return vm_raise(vm, ERR_OVERFLOW, "Integer overflow in abs");
    return lib_return(out, int_of(number) < 0 ? int_make(vm, -int_of(number)) : number);
}

/* --- functions of one Float ----------------------------------------------------------------------------- */

static NativeResult apply(VM *vm, const Args *args, double (*function)(double), Value *out) {
    Value number;
    if (!number_arg(vm, args, &number)) return NATIVE_RAISE;
    return lib_return(out, value_float(function(number_of(number))));
}

static NativeResult math_sqrt(VM *vm, const Args *args, Value *out) { return apply(vm, args, sqrt, out); }
static NativeResult math_sin(VM *vm, const Args *args, Value *out) { return apply(vm, args, sin, out); }
static NativeResult math_cos(VM *vm, const Args *args, Value *out) { return apply(vm, args, cos, out); }
static NativeResult math_tan(VM *vm, const Args *args, Value *out) { return apply(vm, args, tan, out); }
static NativeResult math_log(VM *vm, const Args *args, Value *out) { return apply(vm, args, log, out); }
static NativeResult math_log10(VM *vm, const Args *args, Value *out) { return apply(vm, args, log10, out); }

/* A whole number near a Float; Ints are whole already. */
static NativeResult to_whole(VM *vm, const Args *args, double (*function)(double), Value *out) {
    Value number;
    if (!number_arg(vm, args, &number)) return NATIVE_RAISE;
    return lib_return(out, is_int(number) ? number : value_float(function(float_of(number))));
}

static NativeResult math_floor(VM *vm, const Args *args, Value *out) { return to_whole(vm, args, floor, out); }
static NativeResult math_ceil(VM *vm, const Args *args, Value *out) { return to_whole(vm, args, ceil, out); }
static NativeResult math_round(VM *vm, const Args *args, Value *out) { return to_whole(vm, args, round, out); }

/* --- several arguments ------------------------------------------------------------------------------------ */

static NativeResult math_pow(VM *vm, const Args *args, Value *out) {
    if (args->count < 2) return vm_raise_message(vm, "pow requires 2 arguments (base, exponent)");
    Value base = native_arg(vm, args, 0), exponent = native_arg(vm, args, 1);
    if (!is_number(base)) return vm_raise_message(vm, "pow base must be numeric");
    if (!is_number(exponent)) return vm_raise_message(vm, "pow exponent must be numeric");
    return lib_return(out, value_float(pow(number_of(base), number_of(exponent))));
}

static NativeResult extreme(VM *vm, const Args *args, bool least, Value *out) {
    if (args->count < 2) return vm_raise_message(vm, "%s requires at least 2 arguments", name_of(args));
    for (uint32_t i = 0; i < args->count; i++) {
        if (!is_number(native_arg(vm, args, i))) {
            return vm_raise_message(vm, "%s requires numeric arguments", name_of(args));
        }
    }
    NumberOrder better = least ? ORDER_LESS : ORDER_GREATER;
    Value best = native_arg(vm, args, 0);
    for (uint32_t i = 1; i < args->count; i++) {
        Value other = native_arg(vm, args, i);
        if (number_order(other, best) == better) best = other;
    }
    return lib_return(out, best);
}

static NativeResult math_min(VM *vm, const Args *args, Value *out) { return extreme(vm, args, true, out); }
static NativeResult math_max(VM *vm, const Args *args, Value *out) { return extreme(vm, args, false, out); }

/* --- chance --------------------------------------------------------------------------------------------- */

static NativeResult math_random(VM *vm, const Args *args, Value *out) {
    (void)args;
    return lib_return(out, value_float(port_random(vm)));
}

/* A number in [0, span). */
static uint64_t random_below(VM *vm, uint64_t span) {
    if (span <= (1ull << 32)) return (uint64_t)(port_random(vm) * (double)span);
    uint64_t high = (uint64_t)(port_random(vm) * 0x1p32), low = (uint64_t)(port_random(vm) * 0x1p32);
    return (high << 32 | low) % span;
}

static NativeResult math_random_int(VM *vm, const Args *args, Value *out) {
    if (args->count == 0) return vm_raise_message(vm, "random_int requires at least 1 argument (max)");
    int64_t max, min = 0;
    if (!lib_int_arg(vm, args, 0, "random_int max must be an integer", &max)) return NATIVE_RAISE;
    if (lib_has_arg(args, 1)) {
        if (!lib_int_arg(vm, args, 1, "random_int min must be an integer", &min)) return NATIVE_RAISE;
        if (max <= min) return vm_raise_message(vm, "random_int max must be greater than min");
    } else if (max <= 0) {
        return vm_raise_message(vm, "random_int max must be greater than 0");
    }
    uint64_t offset = random_below(vm, (uint64_t)max - (uint64_t)min);
    return lib_return(out, int_make(vm, (int64_t)((uint64_t)min + offset)));
}

/* --- table ------------------------------------------------------------------------------------------------ */

static const NativeDef functions[] = {
    {"abs", math_abs, 0, -1, 0, "(abs n)", "The number without its sign."},
    {"sqrt", math_sqrt, 0, -1, 0, "(sqrt n)", "Square root, a Float."},
    {"pow", math_pow, 0, -1, 0, "(pow base exponent)", "The power, a Float."},
    {"floor", math_floor, 0, -1, 0, "(floor n)", "The next whole number below."},
    {"ceil", math_ceil, 0, -1, 0, "(ceil n)", "The next whole number above."},
    {"round", math_round, 0, -1, 0, "(round n)", "The nearest whole number; halves go away from zero."},
    {"min", math_min, 0, -1, 0, "(min a b…)", "The least argument."},
    {"max", math_max, 0, -1, 0, "(max a b…)", "The greatest argument."},
    {"random", math_random, 0, -1, 0, "(random)", "A Float from 0 up to but without 1."},
    {"random_int", math_random_int, 0, -1, 0, "(random_int max [min])", "An Int from min (0) up to but without max."},
    {"sin", math_sin, 0, -1, 0, "(math/sin n)", "Sine of radians."},
    {"cos", math_cos, 0, -1, 0, "(math/cos n)", "Cosine of radians."},
    {"tan", math_tan, 0, -1, 0, "(math/tan n)", "Tangent of radians."},
    {"log", math_log, 0, -1, 0, "(math/log n)", "Natural logarithm."},
    {"log10", math_log10, 0, -1, 0, "(math/log10 n)", "Decimal logarithm."},
};
#define GLOBAL_COUNT 10 /* the names from sin on are in `math` only */

void lib_install_math(VM *vm) {
    NamespaceObj *math = lib_namespace(vm, vm->global_ns, "math");
    vm_set_global(vm, vm->gene_ns, "math", value_pointer(math));
    vm_define_natives(vm, vm->global_ns, functions, GLOBAL_COUNT);
    vm_define_natives(vm, math, functions, COUNT_OF(functions));
    vm_set_global(vm, math, "PI", value_float(3.14159265358979323846));
    vm_set_global(vm, math, "E", value_float(2.71828182845904523536));
}

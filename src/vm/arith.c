/* arith.c — arithmetic, bitwise and ordering operators on any operands.
 * Invariant: integer results are 64-bit exact or an overflow error, never wrapped. */
#include "vm/arith.h"

#include "vm/suggest.h"

#include <math.h>

/* Texts of one operator's errors: for a left operand that is no number, and for the pair. */
typedef struct OperatorText {
    const char *left;
    const char *pair_before, *pair_between;
    bool swapped; /* the pair names the right operand first */
    const char *overflow;
} OperatorText;

static const OperatorText texts[] = {
    [OP_ADD] = {"Cannot add values of type: ", "Cannot add ", " and ", false, "Integer overflow in addition"},
    [OP_SUB] = {"Cannot subtract from values of type: ", "Cannot subtract ", " from ", true,
                "Integer overflow in subtraction"},
    [OP_MUL] = {"Cannot multiply values of type: ", "Cannot multiply ", " by ", false,
                "Integer overflow in multiplication"},
    [OP_DIV] = {"Cannot divide values of type: ", "Cannot divide ", " by ", false, ""},
    [OP_MOD] = {"Cannot modulo values of type: ", "Cannot modulo ", " by ", false, ""},
    [OP_POW] = {"Cannot raise values of type: ", "Cannot raise ", " to ", false, "Integer overflow in power"},
};

static bool raise_kinds(VM *vm, OpCode op, Value a, Value b) {
    const OperatorText *text = &texts[op];
    bool joins = op == OP_ADD && (is_string(a) || is_string(b));
    if (!is_number(a))
        vm_raise(vm, ERR_TYPE_PLAIN, "%s%s", text->left, kind_name(a));
    else
        vm_raise(vm, ERR_TYPE_PLAIN, "%s%s%s%s", text->pair_before, kind_name(text->swapped ? b : a),
                 text->pair_between, kind_name(text->swapped ? a : b));
    if (joins) suggest_text(vm, "join texts with ($ a b) or (a ++ b)");
    if (is_void(a) || is_void(b)) suggest_text(vm, "void: nothing was found where it came from");
    return false;
}

static bool raise_overflow(VM *vm, OpCode op) {
    vm_raise(vm, ERR_OVERFLOW, "%s", texts[op].overflow);
    return false;
}

static bool int_power(VM *vm, int64_t base, int64_t exponent, Value *out) {
    if (exponent < 0) {
        *out = value_float(pow((double)base, (double)exponent));
        return true;
    }
    int64_t result = 1;
    while (exponent > 0) {
        if ((exponent & 1) && __builtin_mul_overflow(result, base, &result)) return raise_overflow(vm, OP_POW);
        exponent >>= 1;
        if (exponent && __builtin_mul_overflow(base, base, &base)) return raise_overflow(vm, OP_POW);
    }
    *out = int_make(vm, result);
    return true;
}

static bool int_binary(VM *vm, OpCode op, int64_t a, int64_t b, Value *out) {
    int64_t result = 0;
    switch (op) {
    case OP_ADD:
        if (__builtin_add_overflow(a, b, &result)) return raise_overflow(vm, op);
        break;
    case OP_SUB:
        if (__builtin_sub_overflow(a, b, &result)) return raise_overflow(vm, op);
        break;
    case OP_MUL:
        if (__builtin_mul_overflow(a, b, &result)) return raise_overflow(vm, op);
        break;
    case OP_DIV: *out = value_float((double)a / (double)b); return true;
    case OP_MOD:
        if (b == 0) {
            vm_raise(vm, ERR_DIV_ZERO, "Modulo by zero");
            return false;
        }
        result = b == -1 ? 0 : a % b;
        break;
    case OP_POW: return int_power(vm, a, b, out);
    default: ENSURE(false, "only arithmetic operators come here"); break;
    }
    *out = int_make(vm, result);
    return true;
}

static double float_binary(OpCode op, double a, double b) {
    switch (op) {
    case OP_ADD: return a + b;
    case OP_SUB: return a - b;
    case OP_MUL: return a * b;
    case OP_DIV: return a / b;
    case OP_MOD: return fmod(a, b);
    default: return pow(a, b);
    }
}

static uint8_t byte_operation(OpCode op, uint8_t a, uint8_t b) {
    return op == OP_AND ? a & b : op == OP_OR ? a | b : a ^ b;
}

/* As many zeroed bytes as `source` has. False after raising. */
static bool make_bytes(VM *vm, Value source, Value *out) {
    size_t size = bytes_of(source)->size;
    if (size > HEAP_SMALL_REQUEST && !heap_can_allocate(vm, size)) {
        vm_raise(vm, ERR_LIMIT_MEMORY, "memory limit reached: %zu bytes (limits.memory)", size);
        return false;
    }
    *out = bytes_make(vm, NULL, size);
    return true;
}

static bool bytes_binary(VM *vm, OpCode op, Value a, Value b, Value *out) {
    BytesObj *left = bytes_of(a), *right = bytes_of(b);
    if (left->size != right->size) {
        const char *name = op == OP_AND ? "AND" : op == OP_OR ? "OR" : "XOR";
        vm_raise(vm, ERR_TYPE_PLAIN, "Bitwise %s requires same-size bytes (got %u and %u)", name, left->size,
                 right->size);
        return false;
    }
    Value result;
    if (!make_bytes(vm, a, &result)) return false;
    for (uint32_t i = 0; i < left->size; i++) {
        bytes_of(result)->data[i] = byte_operation(op, left->data[i], right->data[i]);
    }
    *out = result;
    return true;
}

static bool logic_binary(VM *vm, OpCode op, Value a, Value b, Value *out) {
    if (is_int(a) && is_int(b)) {
        int64_t x = int_of(a), y = int_of(b);
        *out = int_make(vm, op == OP_AND ? x & y : op == OP_OR ? x | y : x ^ y);
        return true;
    }
    if (is_bytes(a) && is_bytes(b)) return bytes_binary(vm, op, a, b, out);
    if (op == OP_AND)
        *out = is_truthy(a) ? b : a;
    else if (op == OP_OR)
        *out = is_truthy(a) ? a : b;
    else
        *out = value_bool(is_truthy(a) != is_truthy(b));
    return true;
}

static bool shift_bytes(VM *vm, OpCode op, Value a, int64_t amount, Value *out) {
    if (amount < 0) {
        vm_raise(vm, ERR_RUNTIME, "Shift amount must be non-negative");
        return false;
    }
    BytesObj *source = bytes_of(a);
    Value result;
    if (!make_bytes(vm, a, &result)) return false;
    uint8_t *data = bytes_of(result)->data;
    uint64_t bits = (uint64_t)source->size * 8;
    if ((uint64_t)amount < bits) {
        uint32_t whole = (uint32_t)(amount / 8), part = (uint32_t)(amount % 8), size = source->size;
        for (uint32_t i = 0; i + whole < size; i++) {
            if (op == OP_SHL) {
                uint32_t low = i + whole + 1 < size ? source->data[i + whole + 1] : 0;
                data[i] = (uint8_t)(((uint32_t)source->data[i + whole] << part) | (low >> (8 - part)));
            } else {
                uint32_t at = size - 1 - i, from = at - whole;
                uint32_t high = from > 0 ? source->data[from - 1] : 0;
                data[at] = (uint8_t)((source->data[from] >> part) | (high << (8 - part)));
            }
        }
    }
    *out = result;
    return true;
}

static bool shift(VM *vm, OpCode op, Value a, Value b, Value *out) {
    if (is_int(b) && is_bytes(a)) return shift_bytes(vm, op, a, int_of(b), out);
    if (!is_int(a) || !is_int(b)) {
        vm_raise(vm, ERR_TYPE_PLAIN, "Cannot shift %s by %s", kind_name(a), kind_name(b));
        return false;
    }
    int64_t amount = int_of(b);
    if (amount < 0 || amount > 63) {
        vm_raise(vm, ERR_RUNTIME, "Invalid shift amount");
        return false;
    }
    int64_t x = int_of(a);
    *out = int_make(vm, op == OP_SHL ? (int64_t)((uint64_t)x << amount) : x >> amount);
    return true;
}

static bool concat(VM *vm, Value a, Value b, Value *out) {
    if (!is_string(a) || !is_string(b)) {
        vm_raise(vm, ERR_ARGUMENT, "++ expects String arguments");
        return false;
    }
    size_t size = (size_t)string_of(a)->size + string_of(b)->size;
    if (size > HEAP_SMALL_REQUEST && !heap_can_allocate(vm, 2 * size)) {
        vm_raise(vm, ERR_LIMIT_MEMORY, "memory limit reached: a string of %zu bytes (limits.memory)", size);
        return false;
    }
    Buffer text;
    buffer_init(&text);
    buffer_reserve(&text, size);
    buffer_append(&text, string_of(a)->text, string_of(a)->size);
    buffer_append(&text, string_of(b)->text, string_of(b)->size);
    if (text.failed) {
        buffer_free(&text);
        vm_raise(vm, ERR_LIMIT_MEMORY, "memory limit reached: a string of %zu bytes (limits.memory)", size);
        return false;
    }
    *out = string_from_buffer(vm, &text);
    buffer_free(&text);
    return true;
}

bool arith_binary(VM *vm, OpCode op, Value a, Value b, Value *out) {
    switch (op) {
    case OP_AND:
    case OP_OR:
    case OP_XOR: return logic_binary(vm, op, a, b, out);
    case OP_SHL:
    case OP_SHR: return shift(vm, op, a, b, out);
    case OP_CONCAT: return concat(vm, a, b, out);
    default: break;
    }
    if (is_int(a) && is_int(b)) return int_binary(vm, op, int_of(a), int_of(b), out);
    if (!is_number(a) || !is_number(b)) return raise_kinds(vm, op, a, b);
    *out = value_float(float_binary(op, number_of(a), number_of(b)));
    return true;
}

bool arith_negate(VM *vm, Value a, Value *out) {
    if (is_float(a)) {
        *out = value_float(-float_of(a));
        return true;
    }
    if (!is_int(a)) {
        vm_raise(vm, ERR_TYPE_PLAIN, "Cannot negate value of type: %s", kind_name(a));
        return false;
    }
    if (int_of(a) == INT64_MIN) {
        vm_raise(vm, ERR_OVERFLOW, "Integer overflow in negation");
        return false;
    }
    *out = int_make(vm, -int_of(a));
    return true;
}

bool arith_not(VM *vm, Value a, Value *out) {
    if (is_int(a)) {
        *out = int_make(vm, ~int_of(a));
    } else if (is_bytes(a)) {
        Value result;
        if (!make_bytes(vm, a, &result)) return false;
        for (uint32_t i = 0; i < bytes_of(a)->size; i++) bytes_of(result)->data[i] = (uint8_t)~bytes_of(a)->data[i];
        *out = result;
    } else {
        *out = value_bool(is_falsy(a));
    }
    return true;
}

static int compare_parts(int64_t a, int64_t b) { return a < b ? -1 : a > b; }

/* Days since 1970-01-01 in the proleptic Gregorian calendar. */
static int64_t days_of(const DateObj *date) {
    int64_t year = date->year - (date->month <= 2);
    int64_t era = (year >= 0 ? year : year - 399) / 400;
    int64_t year_of_era = year - era * 400;
    int64_t day_of_year = (153 * (date->month + (date->month > 2 ? -3 : 9)) + 2) / 5 + date->day - 1;
    return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719468;
}

static int64_t microseconds_of(const DateObj *date, bool with_days) {
    int64_t seconds = (int64_t)date->hour * 3600 + date->minute * 60 + date->second;
    if (date->has_offset) seconds -= (int64_t)date->offset_minutes * 60;
    if (with_days) seconds += days_of(date) * 86400;
    return seconds * 1000000 + date->microsecond;
}

static bool compare_dates(VM *vm, ObjType type, const DateObj *a, const DateObj *b, int *out) {
    if (type == OBJ_DATE) {
        *out = compare_parts(days_of(a), days_of(b));
        return true;
    }
    if (a->has_offset != b->has_offset && type == OBJ_DATETIME) {
        vm_raise(vm, ERR_COMPARE, "Cannot compare naive and offset-aware datetimes");
        return false;
    }
    bool with_days = type == OBJ_DATETIME;
    *out = compare_parts(microseconds_of(a, with_days), microseconds_of(b, with_days));
    return true;
}

static bool ordered(OpCode op, int order) {
    switch (op) {
    case OP_LT: return order < 0;
    case OP_LE: return order <= 0;
    case OP_GT: return order > 0;
    default: return order >= 0;
    }
}

bool arith_compare(VM *vm, OpCode op, Value a, Value b, bool *out) {
    if (is_number(a) && is_number(b)) {
        NumberOrder order = number_order(a, b);
        *out = order != ORDER_NONE && ordered(op, order);
        return true;
    }
    if (is_date_kind(a) && is_date_kind(b) && obj_type_of(a) == obj_type_of(b)) {
        int order;
        if (!compare_dates(vm, obj_type_of(a), date_of(a), date_of(b), &order)) return false;
        *out = ordered(op, order);
        return true;
    }
    static const char *const names[] = {[OP_LT] = "<", [OP_LE] = "<=", [OP_GT] = ">", [OP_GE] = ">="};
    vm_raise(vm, ERR_COMPARE, "Cannot compare %s %s %s", kind_name(a), names[op], kind_name(b));
    return false;
}

bool arith_equal_number(Value a, Value b) { return is_number(a) && is_number(b) && number_order(a, b) == ORDER_SAME; }

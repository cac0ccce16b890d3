/* value.h — the value word: how a Gene value is packed into 64 bits. No allocation happens here.
 *
 *   top 16 bits   meaning of the rest
 *   0xFFFF        Int that fits 48 bits, sign-extended from the low 48 (all-ones tag: two values are both
 *                 small ints when (a & b) still carries it)
 *   0xFFFE        pointer to a heap object (low 32/48 bits)
 *   0xFFFD        special: nil, void, false, true, _ , not_found, unset
 *   0xFFFC        Char: a Unicode scalar value
 *   anything else a double; NaNs are stored as the one canonical NaN
 *
 * Ints outside 48 bits are boxed (OBJ_INT); int_make() never boxes what fits, so boxed and inline never
 * compare equal. Booleans, nil, void, chars, small ints, symbols and all identity objects are equal exactly
 * when their words are. */
#ifndef GENE_VALUE_VALUE_H
#define GENE_VALUE_VALUE_H

#include "base/common.h"

typedef uint64_t Value;

#define VALUE_TAG_SHIFT 48
#define VALUE_TAG_INT 0xFFFFull
#define VALUE_TAG_OBJ 0xFFFEull
#define VALUE_TAG_SPECIAL 0xFFFDull
#define VALUE_TAG_CHAR 0xFFFCull
#define VALUE_PAYLOAD_MASK 0x0000FFFFFFFFFFFFull
#define VALUE_FIRST_TAGGED (VALUE_TAG_CHAR << VALUE_TAG_SHIFT)

#define VALUE_SPECIAL(n) ((VALUE_TAG_SPECIAL << VALUE_TAG_SHIFT) | (Value)(n))
/* The three falsy values come first: is_falsy() is one subtraction and one comparison. */
#define VAL_NIL VALUE_SPECIAL(0)
#define VAL_VOID VALUE_SPECIAL(1)
#define VAL_FALSE VALUE_SPECIAL(2)
#define VAL_TRUE VALUE_SPECIAL(3)
#define VAL_PLACEHOLDER VALUE_SPECIAL(4)
#define VAL_NOT_FOUND VALUE_SPECIAL(5)
/* Never seen by a program: a missing optional argument, an absent table entry. */
#define VAL_UNSET VALUE_SPECIAL(6)

#define INT48_MIN (-(1ll << 47))
#define INT48_MAX ((1ll << 47) - 1)

static inline Value value_bool(bool flag) { return flag ? VAL_TRUE : VAL_FALSE; }
static inline bool is_falsy(Value value) { return value - VAL_NIL <= 2; }
static inline bool is_truthy(Value value) { return value - VAL_NIL > 2; }
static inline bool is_nil(Value value) { return value == VAL_NIL; }
static inline bool is_void(Value value) { return value == VAL_VOID; }
static inline bool is_bool(Value value) { return value == VAL_TRUE || value == VAL_FALSE; }

static inline bool is_small_int(Value value) { return value >= (VALUE_TAG_INT << VALUE_TAG_SHIFT); }
static inline bool are_small_ints(Value a, Value b) { return (a & b) >= (VALUE_TAG_INT << VALUE_TAG_SHIFT); }
static inline int64_t small_int_of(Value value) { return (int64_t)(value << 16) >> 16; }
static inline bool fits_small_int(int64_t number) { return number >= INT48_MIN && number <= INT48_MAX; }
static inline Value value_small_int(int64_t number) {
    return ((Value)number & VALUE_PAYLOAD_MASK) | (VALUE_TAG_INT << VALUE_TAG_SHIFT);
}

static inline bool is_float(Value value) { return value < VALUE_FIRST_TAGGED; }
static inline double float_of(Value value) {
    double number;
    memcpy(&number, &value, sizeof number);
    return number;
}
static inline Value value_float(double number) {
    Value value;
    if (number != number) return 0x7FF8000000000000ull;
    memcpy(&value, &number, sizeof value);
    return value;
}

static inline bool is_char(Value value) { return value >> VALUE_TAG_SHIFT == VALUE_TAG_CHAR; }
static inline uint32_t char_of(Value value) { return (uint32_t)value; }
static inline Value value_char(uint32_t code_point) { return VALUE_FIRST_TAGGED | code_point; }

static inline bool is_object(Value value) { return value >> VALUE_TAG_SHIFT == VALUE_TAG_OBJ; }
static inline void *pointer_of(Value value) { return (void *)(uintptr_t)(value & VALUE_PAYLOAD_MASK); }
static inline Value value_pointer(const void *object) {
    return (VALUE_TAG_OBJ << VALUE_TAG_SHIFT) | (Value)(uintptr_t)object;
}

#endif

/* number.c — numbers to text and back, exactly.
 * Invariant: what number_format_double writes, number_parse_double reads back as the same double, and no
 * shorter text would. Slow paths lean on the C library's correctly rounded "%.*e" and strtod; the common
 * short decimals avoid both, which in wasm compute with 128-bit soft floats. */
#include "base/number.h"

#include <float.h>
#include <stdio.h>

/* Powers of ten that are exact doubles. */
static const double power_of_ten[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                      1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
#define EXACT_POWER_MAX 22
/* Any decimal of this many digits survives a trip through a normal double. */
#define EXACT_DIGITS 15
#define MOST_DIGITS 17

/* The value 0.d1d2…dn × 10^point, d1 ≠ 0 and dn ≠ 0. */
typedef struct Decimal {
    char digits[MOST_DIGITS + 1];
    int count;
    int point;
} Decimal;

static size_t write_unsigned(uint64_t number, char *out) {
    char reversed[20];
    size_t length = 0;
    do {
        reversed[length++] = (char)('0' + number % 10);
        number /= 10;
    } while (number);
    for (size_t i = 0; i < length; i++) out[i] = reversed[length - 1 - i];
    return length;
}

size_t number_format_int(int64_t number, char out[NUMBER_TEXT_MAX]) {
    size_t sign = number < 0;
    out[0] = '-';
    uint64_t magnitude = sign ? 0 - (uint64_t)number : (uint64_t)number;
    size_t length = sign + write_unsigned(magnitude, out + sign);
    out[length] = '\0';
    return length;
}

static void strip_zeros(Decimal *decimal) {
    while (decimal->count > 1 && decimal->digits[decimal->count - 1] == '0') decimal->count--;
}

/* Finds an integer below 10^15 and k with integer / 10^k == number. The division is correctly rounded, so
 * the integer's digits read back exactly; being at most 15 they are also the only such short ones. */
static bool find_short_decimal(double number, Decimal *decimal) {
    if (number < 1e-5 || number >= 1e15) return false;
    for (int scale = 0; scale <= EXACT_POWER_MAX; scale++) {
        double scaled = number * power_of_ten[scale];
        if (scaled >= 1e15) return false;
        uint64_t integer = (uint64_t)scaled;
        if ((double)integer != scaled || scaled / power_of_ten[scale] != number) continue;
        decimal->count = (int)write_unsigned(integer, decimal->digits);
        decimal->point = decimal->count - scale;
        strip_zeros(decimal);
        return true;
    }
    return false;
}

/* The nearest decimal of `count` digits. */
static void round_to_digits(double number, int count, Decimal *decimal) {
    char text[NUMBER_TEXT_MAX];
    snprintf(text, sizeof text, "%.*e", count - 1, number);
    const char *from = text;
    decimal->count = 0;
    for (; *from != 'e'; from++) {
        if (*from >= '0' && *from <= '9') decimal->digits[decimal->count++] = *from;
    }
    decimal->point = (int)strtol(from + 1, NULL, 10) + 1;
}

static bool reads_back(const Decimal *decimal, double number) {
    char text[NUMBER_TEXT_MAX];
    snprintf(text, sizeof text, "%.*se%d", decimal->count, decimal->digits, decimal->point - decimal->count);
    return strtod(text, NULL) == number;
}

/* The next decimal away from zero with as many digits. */
static void step_up(Decimal *decimal) {
    int at = decimal->count - 1;
    while (at >= 0 && decimal->digits[at] == '9') decimal->digits[at--] = '0';
    if (at >= 0) {
        decimal->digits[at]++;
    } else {
        decimal->digits[0] = '1';
        decimal->point++;
    }
}

/* Below a power of two doubles lie twice as close as above it, so there the nearest 16-digit decimal may
 * fall outside the lower, narrower half while the one above still reads back (2^-44 is such a number). */
static bool is_power_of_two(double number) {
    uint64_t bits;
    memcpy(&bits, &number, sizeof bits);
    return (bits & 0xFFFFFFFFFFFFFull) == 0;
}

/* Shortest digits of a positive finite number. */
static void find_shortest(double number, Decimal *decimal) {
    if (find_short_decimal(number, decimal)) return;
    /* Stripping zeros off 15 digits is exact for normal numbers; subnormals have fewer good digits. */
    int count = number < DBL_MIN ? 1 : EXACT_DIGITS;
    for (; count <= MOST_DIGITS; count++) {
        round_to_digits(number, count, decimal);
        if (count == MOST_DIGITS || reads_back(decimal, number)) break;
        if (is_power_of_two(number)) {
            step_up(decimal);
            if (reads_back(decimal, number)) break;
        }
    }
    strip_zeros(decimal);
}

static size_t write_zeros(char *out, int count) {
    memset(out, '0', (size_t)count);
    return (size_t)count;
}

static size_t write_digits(char *out, const char *digits, int count) {
    memcpy(out, digits, (size_t)count);
    return (size_t)count;
}

static size_t lay_out_fixed(const Decimal *decimal, char *out) {
    size_t length = 0;
    int point = decimal->point, count = decimal->count;
    if (point <= 0) {
        out[length++] = '0';
        out[length++] = '.';
        length += write_zeros(out + length, -point);
        return length + write_digits(out + length, decimal->digits, count);
    }
    if (point >= count) {
        length += write_digits(out, decimal->digits, count);
        length += write_zeros(out + length, point - count);
        out[length++] = '.';
        out[length++] = '0';
        return length;
    }
    length += write_digits(out, decimal->digits, point);
    out[length++] = '.';
    return length + write_digits(out + length, decimal->digits + point, count - point);
}

static size_t lay_out_scientific(const Decimal *decimal, char *out) {
    size_t length = 0;
    int exponent = decimal->point - 1;
    out[length++] = decimal->digits[0];
    if (decimal->count > 1) {
        out[length++] = '.';
        length += write_digits(out + length, decimal->digits + 1, decimal->count - 1);
    }
    out[length++] = 'e';
    out[length++] = exponent < 0 ? '-' : '+';
    return length + write_unsigned((uint64_t)(exponent < 0 ? -exponent : exponent), out + length);
}

static size_t copy_name(const char *name, char *out) {
    size_t length = strlen(name);
    memcpy(out, name, length + 1);
    return length;
}

size_t number_format_double(double number, char out[NUMBER_TEXT_MAX]) {
    if (number != number) return copy_name("nan", out);
    size_t length = 0;
    if (__builtin_signbit(number)) {
        out[length++] = '-';
        number = -number;
    }
    if (number == 0) return length + copy_name("0.0", out + length);
    if (number > DBL_MAX) return length + copy_name("inf", out + length);
    Decimal decimal;
    find_shortest(number, &decimal);
    bool fixed = decimal.point >= -6 && decimal.point <= 17;
    length += fixed ? lay_out_fixed(&decimal, out + length) : lay_out_scientific(&decimal, out + length);
    out[length] = '\0';
    return length;
}

bool number_parse_int(const char *text, size_t size, int64_t *out_number) {
    size_t at = 0;
    bool negative = size > 0 && text[0] == '-';
    if (size > 0 && (text[0] == '-' || text[0] == '+')) at = 1;
    if (at == size) return false;
    uint64_t most = (uint64_t)INT64_MAX + negative, number = 0;
    for (; at < size; at++) {
        unsigned digit = (unsigned)(unsigned char)text[at] - '0';
        if (digit > 9 || number > (most - digit) / 10) return false;
        number = number * 10 + digit;
    }
    *out_number = negative ? (int64_t)(0 - number) : (int64_t)number;
    return true;
}

/* No double lies nearer to the midpoint of two doubles than 768 digits can tell; a nonzero digit after
 * these only matters as "a bit more", for which one final '1' stands. */
#define SIGNIFICANT_DIGITS 800
/* Far past what any double reaches, far from overflowing an int64. */
#define EXPONENT_CLAMP 1000000000000ll

/* A decimal being read: digits without leading zeros, times 10^exponent. */
typedef struct Scan {
    char digits[SIGNIFICANT_DIGITS + 32]; /* room for strtod's exponent */
    int count;
    int64_t exponent;
} Scan;

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

static void take_digit(Scan *scan, char digit, bool after_point) {
    if (scan->count == 0 && digit == '0') {
        scan->exponent -= after_point;
    } else if (scan->count < SIGNIFICANT_DIGITS) {
        scan->digits[scan->count++] = digit;
        scan->exponent -= after_point;
    } else {
        if (digit != '0') scan->digits[SIGNIFICANT_DIGITS - 1] |= 1;
        scan->exponent += !after_point;
    }
}

/* Reads [digits][.[digits]] with at least one digit; the offset behind it, or 0 when there is none. */
static size_t scan_mantissa(Scan *scan, const char *text, size_t at, size_t size) {
    bool any = false, after_point = false;
    for (; at < size; at++) {
        if (is_digit(text[at])) {
            any = true;
            take_digit(scan, text[at], after_point);
        } else if (text[at] == '.' && !after_point) {
            after_point = true;
        } else {
            break;
        }
    }
    return any ? at : 0;
}

/* Reads e[+-]digits up to the end of the text. */
static bool scan_exponent(Scan *scan, const char *text, size_t at, size_t size) {
    if (text[at] != 'e' && text[at] != 'E') return false;
    at++;
    bool negative = at < size && text[at] == '-';
    if (at < size && (text[at] == '-' || text[at] == '+')) at++;
    if (at == size) return false;
    int64_t exponent = 0;
    for (; at < size; at++) {
        if (!is_digit(text[at])) return false;
        if (exponent < EXPONENT_CLAMP) exponent = exponent * 10 + (text[at] - '0');
    }
    scan->exponent += negative ? -exponent : exponent;
    return true;
}

static double scan_value(Scan *scan) {
    if (scan->count == 0) return 0;
    if (scan->count <= EXACT_DIGITS && scan->exponent >= -EXACT_POWER_MAX && scan->exponent <= EXACT_POWER_MAX) {
        /* Both operands are exact, so the one rounding is the correct one. */
        int64_t integer = 0;
        for (int i = 0; i < scan->count; i++) integer = integer * 10 + (scan->digits[i] - '0');
        if (scan->exponent < 0) return (double)integer / power_of_ten[-scan->exponent];
        return (double)integer * power_of_ten[scan->exponent];
    }
    int exponent = scan->exponent > 99999 ? 99999 : scan->exponent < -99999 ? -99999 : (int)scan->exponent;
    snprintf(scan->digits + scan->count, 32, "e%d", exponent);
    return strtod(scan->digits, NULL);
}

bool number_parse_double(const char *text, size_t size, double *out_number) {
    Scan scan;
    scan.count = 0;
    scan.exponent = 0;
    size_t at = size > 0 && (text[0] == '-' || text[0] == '+');
    bool negative = at == 1 && text[0] == '-';
    at = scan_mantissa(&scan, text, at, size);
    if (at == 0 || (at < size && !scan_exponent(&scan, text, at, size))) return false;
    double number = scan_value(&scan);
    *out_number = negative ? -number : number;
    return true;
}

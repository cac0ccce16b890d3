/* reader_number.c — integers, floats, hexadecimal integers, bytes (language 01 §1.4, §1.5).
 * Invariant: a number ends where its grammar ends, except that a letter directly behind it is an error: `5px`
 * read as two forms would hide a mistake. */
#include "base/number.h"
#include "reader/reader_internal.h"

#define HEX_DIGITS_MAX 16

static int hex_digit(int byte) {
    if (reader_is_digit(byte)) return byte - '0';
    int lower = byte | 0x20;
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/* --- decimal and hexadecimal numbers -------------------------------------------------------------------- */

static ReadStatus fail_at_suffix(Reader *reader, size_t start, const char *what) {
    reader_skip_token(reader);
    const char *raw = reader->text + start;
    return reader_fail(reader, ERR_READ_NUMBER, start, "%s: %.*s", what, reader_excerpt(raw, reader->at - start), raw);
}

static ReadStatus fail_out_of_range(Reader *reader, size_t start) {
    return reader_fail(reader, ERR_READ_NUMBER, start, "Parsed integer outside of valid range");
}

static ReadStatus read_hex_int(Reader *reader, size_t start, Value *out_form) {
    uint64_t number = 0;
    size_t digit_count = 0, significant_count = 0;
    reader->at += 2;
    for (;; reader->at++) {
        int c = reader_peek(reader, 0);
        int digit = hex_digit(c);
        if (c == '_') continue;
        if (digit < 0) break;
        digit_count++;
        significant_count += significant_count > 0 || digit > 0;
        number = number << 4 | (uint64_t)digit;
    }
    if (digit_count == 0) {
        reader_skip_token(reader);
        return reader_fail(reader, ERR_READ_NUMBER, start, "Expected hex digits after 0x");
    }
    if (reader_is_letter(reader_peek(reader, 0)))
        return fail_at_suffix(reader, start, "number with unit is not supported");
    if (significant_count > HEX_DIGITS_MAX) return fail_out_of_range(reader, start);
    *out_form = int_make(reader->vm, (int64_t)number);
    return READ_FORM;
}

static void skip_digits(Reader *reader) {
    while (reader_is_digit(reader_peek(reader, 0))) reader->at++;
}

/* Behind the digits before the point; in `5...` it belongs to the spread. *out_end: behind the last digit that counts, as "1e" means 1.0. */
static bool skip_fraction(Reader *reader, size_t *out_end) {
    bool is_float = false;
    if (reader_peek(reader, 0) == '.' && !(reader_peek(reader, 1) == '.' && reader_peek(reader, 2) == '.')) {
        is_float = true;
        reader->at++;
        skip_digits(reader);
    }
    *out_end = reader->at;
    if ((reader_peek(reader, 0) | 0x20) == 'e') {
        is_float = true;
        reader->at++;
        int sign = reader_peek(reader, 0);
        if (sign == '+' || sign == '-') reader->at++;
        size_t digits = reader->at;
        skip_digits(reader);
        if (reader->at > digits) *out_end = reader->at;
    }
    return is_float;
}

static ReadStatus read_decimal(Reader *reader, size_t start, Value *out_form) {
    const char *raw = reader->text + start;
    size_t end;
    bool is_float = skip_fraction(reader, &end);
    int next = reader_peek(reader, 0);
    if (reader_is_letter(next)) return fail_at_suffix(reader, start, "number with unit is not supported");
    if (!is_float && next == '/' && reader_is_digit(reader_peek(reader, 1)))
        return fail_at_suffix(reader, start, "ratio is not supported");
    if (is_float) {
        double number;
        if (!number_parse_double(raw, end - start, &number))
            return reader_fail(reader, ERR_READ_NUMBER, start, "Parsed float outside of valid range");
        *out_form = value_float(number);
        return READ_FORM;
    }
    int64_t number;
    if (!number_parse_int(raw, end - start, &number)) return fail_out_of_range(reader, start);
    *out_form = int_make(reader->vm, number);
    return READ_FORM;
}

/* --- bytes ---------------------------------------------------------------------------------------------- */

/* The next character of bytes data; '~' and the blanks behind it mean nothing. */
static int peek_data(Reader *reader) {
    while (reader_peek(reader, 0) == '~') {
        reader->at++;
        reader_skip_blank(reader);
    }
    return reader_peek(reader, 0);
}

/* Groups of `group` digits of `bits` bits each make a byte; returns how many digits there were. */
static size_t collect_digits(Reader *reader, int bits, size_t group) {
    unsigned byte = 0;
    size_t count = 0;
    for (;; reader->at++) {
        int digit = hex_digit(peek_data(reader));
        if (digit < 0 || digit >= 1 << bits) break;
        byte = byte << bits | (unsigned)digit;
        if (++count % group == 0) {
            buffer_append_byte(&reader->scratch, (char)byte);
            byte = 0;
        }
    }
    if (count % group != 0) buffer_append_byte(&reader->scratch, (char)byte);
    return count;
}

static int base64_digit(int byte) {
    if (byte >= 'A' && byte <= 'Z') return byte - 'A';
    if (byte >= 'a' && byte <= 'z') return byte - 'a' + 26;
    if (reader_is_digit(byte)) return byte - '0' + 52;
    return byte == '+' ? 62 : byte == '/' ? 63 : -1;
}

/* One group: up to four characters, '=' only at its end. False: it makes no byte. */
static bool decode_group(Reader *reader, const char *group, size_t size) {
    while (size > 0 && group[size - 1] == '=') size--;
    if (size < 2) return false;
    uint32_t bits = 0;
    for (size_t i = 0; i < 4; i++) {
        int digit = i < size ? base64_digit((unsigned char)group[i]) : 0;
        if (digit < 0) return false;
        bits = bits << 6 | (uint32_t)digit;
    }
    for (size_t i = 0; i + 1 < size; i++) buffer_append_byte(&reader->scratch, (char)(bits >> (16 - 8 * i) & 0xFF));
    return true;
}

static size_t collect_base64(Reader *reader, bool *out_valid) {
    char group[4];
    size_t count = 0;
    *out_valid = true;
    for (;; reader->at++) {
        int c = peek_data(reader);
        if (c != '=' && base64_digit(c) < 0) break;
        group[count++ % 4] = (char)c;
        if (count % 4 == 0 && !decode_group(reader, group, 4)) *out_valid = false;
    }
    if (count % 4 != 0 && !decode_group(reader, group, count % 4)) *out_valid = false;
    return count;
}

static ReadStatus read_bytes(Reader *reader, size_t start, Value *out_form) {
    char kind = reader->text[reader->at + 1];
    size_t base = reader->scratch.size;
    const char *fault = NULL;
    bool valid = true;
    reader->at += 2;
    if (kind == '#') {
        if (collect_digits(reader, 4, 2) == 0) fault = "parse_hex: no hex digits after 0#";
    } else if (kind == '!') {
        if (collect_digits(reader, 1, 8) == 0) fault = "parse_bin: no binary digits after 0!";
    } else if (collect_base64(reader, &valid) == 0) {
        fault = "parse_base64: no data after 0*";
    } else if (!valid) {
        fault = "parse_base64: invalid base64 input";
    }
    size_t size = reader->scratch.size - base;
    reader->scratch.size = base;
    int next = reader_peek(reader, 0);
    if (!fault && (reader_is_letter(next) || reader_is_digit(next))) {
        fault = kind == '#'   ? "parse_hex: invalid hex digit"
                : kind == '!' ? "parse_bin: invalid binary digit"
                              : "parse_base64: invalid base64 input";
    }
    if (fault) {
        reader_skip_token(reader);
        return reader_fail(reader, ERR_READ_NUMBER, start, "%s", fault);
    }
    if (!reader_can_hold(reader, size, start)) return READ_BAD;
    *out_form = bytes_make(reader->vm, (const uint8_t *)reader->scratch.data + base, size);
    return READ_FORM;
}

/* --- what begins with a digit or a signed digit --------------------------------------------------------- */

ReadStatus reader_number(Reader *reader, Value *out_form) {
    size_t start = reader->at;
    int first = reader_peek(reader, 0);
    if (first == '0') {
        int second = reader_peek(reader, 1);
        if (second == 'x' || second == 'X') return read_hex_int(reader, start, out_form);
        if (second == '#' || second == '!' || second == '*') return read_bytes(reader, start, out_form);
    }
    if (!reader_is_digit(first)) reader->at++;
    skip_digits(reader);
    switch (reader_peek(reader, 0)) {
    case '-': return reader_date(reader, start, out_form);
    case ':': return reader_time(reader, start, out_form);
    default: return read_decimal(reader, start, out_form);
    }
}

/* reader_time.c — dates, date-times and times (language 01 §1.5).
 * Invariant: every part of the DateObj made is in range; the day is not checked against its month. */
#include "reader/reader_internal.h"

/* A literal being read: where it starts and how its messages call it. */
typedef struct Literal {
    Reader *reader;
    size_t start;
    const char *name;
    DateObj parts;
} Literal;

/* The rest of the token belongs to the faulty literal. */
PRINTF_LIKE(2, 3) static bool fail(Literal *literal, const char *format, ...) {
    reader_skip_token(literal->reader);
    va_list args;
    va_start(args, format);
    reader_report_list(literal->reader, ERR_READ_DATE, literal->start, format, args);
    va_end(args);
    return false;
}

/* Exactly two digits, or -1. */
static int two_digits(Reader *reader) {
    int tens = reader_peek(reader, 0), ones = reader_peek(reader, 1);
    if (!reader_is_digit(tens) || !reader_is_digit(ones) || reader_is_digit(reader_peek(reader, 2))) return -1;
    reader->at += 2;
    return (tens - '0') * 10 + ones - '0';
}

static bool take(Reader *reader, char expected) {
    if (reader_peek(reader, 0) != expected) return false;
    reader->at++;
    return true;
}

/* "2-digit <part> in <name> literal", at most `max`. */
static bool clock_part(Literal *literal, const char *part, int max, uint8_t *out_part) {
    int number = two_digits(literal->reader);
    if (number < 0) return fail(literal, "Expected 2-digit %s in %s literal", part, literal->name);
    if (number > max) return fail(literal, "Invalid %s: %d", part, number);
    *out_part = (uint8_t)number;
    return true;
}

/* At most six digits, padded to microseconds; a seventh digit begins the next form. */
static bool fraction(Literal *literal) {
    Reader *reader = literal->reader;
    if (!reader_is_digit(reader_peek(reader, 0)))
        return fail(literal, "Expected digits after '.' in %s literal", literal->name);
    uint32_t microsecond = 0;
    for (uint32_t unit = 100000; unit > 0 && reader_is_digit(reader_peek(reader, 0)); unit /= 10)
        microsecond += (uint32_t)(reader->text[reader->at++] - '0') * unit;
    literal->parts.microsecond = microsecond;
    return true;
}

static bool offset(Literal *literal) {
    Reader *reader = literal->reader;
    int sign = reader->text[reader->at++] == '-' ? -1 : 1;
    int hour = two_digits(reader);
    if (hour < 0) return fail(literal, "Expected 2-digit hour in timezone offset");
    if (!take(reader, ':')) return fail(literal, "Expected ':' in timezone offset");
    int minute = two_digits(reader);
    if (minute < 0) return fail(literal, "Expected 2-digit minute in timezone offset");
    if (hour > 23 || minute > 59) return fail(literal, "Invalid timezone offset");
    literal->parts.has_offset = true;
    literal->parts.offset_minutes = (int16_t)(sign * (hour * 60 + minute));
    return true;
}

/* `at` is on the '['. */
static bool zone_name(Literal *literal) {
    Reader *reader = literal->reader;
    size_t start = ++reader->at;
    while (!reader_at_end(reader) && !strchr("] \t,()\r\n", reader->text[reader->at])) reader->at++;
    if (reader_peek(reader, 0) != ']') return fail(literal, "Unterminated timezone name bracket");
    const char *name = reader->text + start;
    size_t size = reader->at++ - start;
    if (!memchr(name, '/', size))
        return fail(literal, "IANA timezone name must contain '/': %.*s", reader_excerpt(name, size), name);
    if (!reader_can_hold(reader, size, literal->start)) return false;
    literal->parts.zone = string_of(string_make(reader->vm, name, size));
    return true;
}

static bool zone(Literal *literal, bool name_needs_offset) {
    Reader *reader = literal->reader;
    int next = reader_peek(reader, 0);
    if (next == 'Z') {
        reader->at++;
        literal->parts.has_offset = true;
        literal->parts.zone = string_of(string_from(reader->vm, "UTC"));
    } else if (next == '+' || next == '-') {
        if (!offset(literal)) return false;
    }
    if (reader_peek(reader, 0) != '[') return true;
    if (name_needs_offset && !literal->parts.has_offset)
        return fail(literal, "DateTime literal requires offset or Z before [Zone/Name]");
    return zone_name(literal);
}

/* What follows the hour and its ':'. */
static bool minute_to_fraction(Literal *literal) {
    if (!clock_part(literal, "minute", 59, &literal->parts.minute)) return false;
    if (take(literal->reader, ':') && !clock_part(literal, "second", 59, &literal->parts.second)) return false;
    return !take(literal->reader, '.') || fraction(literal);
}

static ReadStatus finish(Literal *literal, ObjType type, Value *out_form) {
    Reader *reader = literal->reader;
    if (reader_is_letter(reader_peek(reader, 0))) {
        fail(literal, "Unexpected text after %s literal", literal->name);
        return READ_BAD;
    }
    *out_form = date_make(reader->vm, type, &literal->parts);
    return READ_FORM;
}

static bool day(Literal *literal) {
    Reader *reader = literal->reader;
    const char *year = reader->text + literal->start;
    size_t size = reader->at - literal->start;
    if (size != 4 || year[0] < '1' || year[0] > '9')
        return fail(literal, "Date literal requires 4-digit year, got: %.*s", reader_excerpt(year, size), year);
    for (size_t i = 0; i < 4; i++) literal->parts.year = literal->parts.year * 10 + year[i] - '0';
    reader->at++;
    int month = two_digits(reader);
    if (month < 0) return fail(literal, "Expected 2-digit month in date literal");
    if (month < 1 || month > 12) return fail(literal, "Invalid month: %d", month);
    int number = take(reader, '-') ? two_digits(reader) : -1;
    if (number < 0) return fail(literal, "Expected 2-digit day in date literal");
    if (number < 1 || number > 31) return fail(literal, "Invalid day: %d", number);
    literal->parts.month = (uint8_t)month;
    literal->parts.day = (uint8_t)number;
    return true;
}

ReadStatus reader_date(Reader *reader, size_t start, Value *out_form) {
    Literal literal = {.reader = reader, .start = start, .name = "date"};
    if (!day(&literal)) return READ_BAD;
    if (!take(reader, 'T')) return finish(&literal, OBJ_DATE, out_form);
    literal.name = "datetime";
    if (!clock_part(&literal, "hour", 23, &literal.parts.hour)) return READ_BAD;
    if (!take(reader, ':')) {
        fail(&literal, "Expected ':' after hour in datetime literal");
        return READ_BAD;
    }
    if (!minute_to_fraction(&literal) || !zone(&literal, true)) return READ_BAD;
    return finish(&literal, OBJ_DATETIME, out_form);
}

ReadStatus reader_time(Reader *reader, size_t start, Value *out_form) {
    Literal literal = {.reader = reader, .start = start, .name = "time"};
    const char *hour = reader->text + start;
    size_t size = reader->at - start;
    bool plain = size <= 2 && reader_is_digit(hour[0]);
    int number = !plain ? 24 : size == 1 ? hour[0] - '0' : (hour[0] - '0') * 10 + hour[1] - '0';
    if (number > 23) {
        fail(&literal, "Invalid hour: %.*s", reader_excerpt(hour, size), hour);
        return READ_BAD;
    }
    literal.parts.hour = (uint8_t)number;
    reader->at++;
    if (!minute_to_fraction(&literal) || !zone(&literal, false)) return READ_BAD;
    return finish(&literal, OBJ_TIME, out_form);
}

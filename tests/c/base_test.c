/* base_test.c — buffers, UTF-8, hashing, and numbers to text and back. */
#include "check.h"

#include <math.h>

#include "base/buffer.h"
#include "base/hash.h"
#include "base/number.h"
#include "base/utf8.h"

/* A fixed sequence: a failure can be run again. */
static uint64_t next_random(uint64_t *state) {
    *state += 0x9E3779B97F4A7C15ull;
    uint64_t word = *state;
    word = (word ^ word >> 30) * 0xBF58476D1CE4E5B9ull;
    word = (word ^ word >> 27) * 0x94D049BB133111EBull;
    return word ^ word >> 31;
}

/* --- buffer ------------------------------------------------------------------------------------------ */

TEST(buffer_collects_what_is_appended) {
    Buffer buffer;
    buffer_init(&buffer);
    CHECK_STR(buffer_text(&buffer), "");
    buffer_append_text(&buffer, "ab");
    buffer_append_byte(&buffer, 'c');
    buffer_append_utf8(&buffer, 0x20AC);
    buffer_append_format(&buffer, "-%d-%s", 42, "x");
    buffer_append(&buffer, NULL, 0);
    CHECK_STR(buffer_text(&buffer), "abc\xE2\x82\xAC-42-x");
    CHECK_EQ_INT(buffer.size, 11);
    buffer_clear(&buffer);
    CHECK_STR(buffer_text(&buffer), "");
    buffer_free(&buffer);
    CHECK(buffer.data == NULL);
}

TEST(buffer_grows_past_its_first_capacity) {
    Buffer buffer;
    buffer_init(&buffer);
    for (int i = 0; i < 100000; i++) buffer_append_byte(&buffer, (char)('a' + i % 26));
    CHECK_EQ_INT(buffer.size, 100000);
    CHECK(buffer.data[99999] == 'a' + 99999 % 26);
    CHECK_EQ_INT(strlen(buffer_text(&buffer)), 100000);
    buffer_free(&buffer);
}

TEST(buffer_formats_text_longer_than_its_scratch_space) {
    char word[1001];
    memset(word, 'w', 1000);
    word[1000] = '\0';
    Buffer buffer;
    buffer_init(&buffer);
    for (int padding = 240; padding < 270; padding++) {
        buffer_clear(&buffer);
        buffer_append_format(&buffer, "%.*s", padding, word);
        CHECK_EQ_INT(buffer.size, padding);
    }
    buffer_append_format(&buffer, "[%s]", word);
    CHECK_EQ_INT(buffer.size, 269 + 1002);
    CHECK(buffer.data[buffer.size - 1] == ']');
    buffer_free(&buffer);
}

TEST(buffer_fails_at_its_limit_and_stays_failed) {
    Buffer buffer;
    buffer_init(&buffer);
    buffer.limit = 10;
    buffer_append_text(&buffer, "0123456789");
    CHECK(!buffer.failed);
    CHECK_STR(buffer_text(&buffer), "0123456789");
    buffer_append_byte(&buffer, 'x');
    CHECK(buffer.failed);
    CHECK_EQ_INT(buffer.size, 10);
    CHECK_STR(buffer_text(&buffer), "");
    buffer_append_format(&buffer, "%s", "more");
    CHECK_EQ_INT(buffer.size, 10);
    buffer_clear(&buffer);
    CHECK(buffer_reserve(&buffer, 10));
    CHECK(!buffer_reserve(&buffer, SIZE_MAX));
    buffer_free(&buffer);
    CHECK_EQ_INT(buffer.limit, 10);
}

TEST(buffer_format_of_exactly_the_limit_fits) {
    char word[301];
    memset(word, 'w', 300);
    word[300] = '\0';
    Buffer buffer;
    buffer_init(&buffer);
    buffer.limit = 300;
    buffer_append_format(&buffer, "%s", word);
    CHECK(!buffer.failed);
    CHECK_STR(buffer_text(&buffer), word);
    buffer_free(&buffer);
}

/* --- utf8 -------------------------------------------------------------------------------------------- */

TEST(utf8_round_trips_every_scalar_value) {
    int wrong = 0;
    for (uint32_t code_point = 0; code_point <= 0x10FFFF; code_point++) {
        if (code_point == 0xD800) code_point = 0xE000;
        char bytes[4];
        uint32_t back = 0;
        size_t width = utf8_encode(code_point, bytes);
        wrong += utf8_decode(bytes, width, &back) != width || back != code_point;
        wrong += utf8_width(bytes[0]) != width;
        /* Cut short it is malformed. */
        for (size_t cut = 1; cut < width; cut++) wrong += utf8_decode(bytes, cut, &back) != 0;
    }
    CHECK_EQ_INT(wrong, 0);
}

TEST(utf8_encodes_what_is_no_scalar_value_as_the_replacement_character) {
    const uint32_t wrong[] = {0xD800, 0xDFFF, 0x110000, 0xFFFFFFFF};
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        char bytes[4];
        CHECK_EQ_INT(utf8_encode(wrong[i], bytes), 3);
        CHECK(memcmp(bytes, "\xEF\xBF\xBD", 3) == 0);
    }
}

TEST(utf8_rejects_malformed_sequences) {
    const char *malformed[] = {
        "\x80",             /* tail without a lead */
        "\xBF",             /* likewise */
        "\xC0\x80",         /* overlong NUL */
        "\xC1\xBF",         /* overlong */
        "\xE0\x80\x80",     /* overlong */
        "\xE0\x9F\xBF",     /* overlong */
        "\xF0\x80\x80\x80", /* overlong */
        "\xF0\x8F\xBF\xBF", /* overlong */
        "\xED\xA0\x80",     /* surrogate D800 */
        "\xED\xBF\xBF",     /* surrogate DFFF */
        "\xF4\x90\x80\x80", /* 110000 */
        "\xF5\x80\x80\x80", /* lead past the range */
        "\xFE",             /* never a lead */
        "\xFF",             /* never a lead */
        "\xC3",             /* cut short */
        "\xE2\x82",         /* cut short */
        "\xF0\x9F\x98",     /* cut short */
        "\xC3\x28",         /* bad second byte */
        "\xE2\x28\xA1",     /* bad second byte */
        "\xE2\x82\x28",     /* bad third byte */
        "\xF0\x9F\x98\x28", /* bad fourth byte */
    };
    for (size_t i = 0; i < COUNT_OF(malformed); i++) {
        uint32_t code_point;
        CHECK_EQ_INT(utf8_decode(malformed[i], strlen(malformed[i]), &code_point), 0);
        char text[64];
        /* At any distance from the eight-byte steps over ASCII. */
        for (size_t lead = 0; lead < 20; lead++) {
            size_t size =
                (size_t)snprintf(text, sizeof text, "%.*s%szz", (int)lead, "abcdefghijklmnopqrst", malformed[i]);
            CHECK_EQ_INT(utf8_find_invalid(text, size), lead);
        }
    }
    const char *good = "ascii only, ascii only; h\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x98\x80";
    CHECK_EQ_INT(utf8_find_invalid(good, strlen(good)), strlen(good));
    CHECK_EQ_INT(utf8_find_invalid("", 0), 0);
}

TEST(utf8_counts_and_finds_code_points) {
    uint64_t state = 1;
    Buffer text;
    buffer_init(&text);
    size_t offsets[201], count = 0;
    for (; count < 200; count++) {
        const uint32_t tops[] = {0x7F, 0x7FF, 0xD7FF, 0x10FFFF - 0x10000};
        size_t kind = next_random(&state) % 4;
        offsets[count] = text.size;
        buffer_append_utf8(&text, (uint32_t)(next_random(&state) % tops[kind]) + (kind == 3 ? 0x10000 : 0));
    }
    offsets[count] = text.size;
    for (size_t i = 0; i <= count; i++) {
        CHECK_EQ_INT(utf8_count(text.data, offsets[i]), i);
        CHECK_EQ_INT(utf8_offset(text.data, text.size, i), offsets[i]);
    }
    CHECK_EQ_INT(utf8_offset(text.data, text.size, 1000), text.size);
    CHECK_EQ_INT(utf8_find_invalid(text.data, text.size), text.size);
    buffer_free(&text);
}

/* --- hash -------------------------------------------------------------------------------------------- */

TEST(hash_depends_on_every_byte_the_size_and_the_seed) {
    char bytes[32] = {0};
    for (size_t size = 0; size < sizeof bytes; size++) {
        uint32_t plain = hash_bytes(bytes, size, 7);
        CHECK(plain == hash_bytes(bytes, size, 7));
        CHECK(plain != hash_bytes(bytes, size, 8));
        CHECK(plain != hash_bytes(bytes, size + 1, 7));
        for (size_t i = 0; i < size; i++) {
            bytes[i] = 1;
            CHECK(plain != hash_bytes(bytes, size, 7));
            bytes[i] = 0;
        }
    }
}

TEST(hash_spreads_similar_keys_evenly) {
    enum { KEYS = 4096, BUCKETS = 1024 };
    int bucket[BUCKETS] = {0}, fullest = 0;
    for (int i = 0; i < KEYS; i++) {
        char key[16];
        int size = snprintf(key, sizeof key, "key%d", i);
        int filled = ++bucket[hash_bytes(key, (size_t)size, 1) % BUCKETS];
        if (filled > fullest) fullest = filled;
    }
    CHECK(fullest <= 20); /* 4 on average */
}

/* --- numbers to text --------------------------------------------------------------------------------- */

static const char *double_text(double number) {
    static char text[NUMBER_TEXT_MAX];
    size_t length = number_format_double(number, text);
    CHECK_EQ_INT(length, strlen(text));
    return text;
}

TEST(float_text_follows_the_language_page) {
    const struct {
        double number;
        const char *text;
    } table[] = {
        {1.0, "1.0"},
        {0.1, "0.1"},
        {0.1 + 0.2, "0.30000000000000004"},
        {10.0 / 3, "3.3333333333333335"},
        {8.8, "8.8"},
        {-2.50, "-2.5"},
        {1e15, "1000000000000000.0"},
        {1e16, "10000000000000000.0"},
        {1e17, "1e+17"},
        {123456789012345678.0, "1.2345678901234568e+17"},
        {1e-5, "0.00001"},
        {1e-7, "0.0000001"},
        {1.5e-8, "1.5e-8"},
        {1e100, "1e+100"},
        {0.0, "0.0"},
        {-0.0, "-0.0"},
        {INFINITY, "inf"},
        {-INFINITY, "-inf"},
        {NAN, "nan"},
        {100.0, "100.0"},
        {123.456, "123.456"},
        {12345678901234567.0, "12345678901234568.0"},
        {99999999999999980.0, "99999999999999980.0"},
        {1.25e-7, "0.000000125"},
        {9.99e-8, "9.99e-8"},
        {-1e-300, "-1e-300"},
    };
    for (size_t i = 0; i < COUNT_OF(table); i++) CHECK_STR(double_text(table[i].number), table[i].text);
}

TEST(float_text_is_shortest_at_the_edges_of_the_format) {
    CHECK_STR(double_text(5e-324), "5e-324");
    CHECK_STR(double_text(1.5e-323), "1.5e-323");
    CHECK_STR(double_text(2.225073858507201e-308), "2.225073858507201e-308");
    CHECK_STR(double_text(2.2250738585072014e-308), "2.2250738585072014e-308");
    CHECK_STR(double_text(1.7976931348623157e308), "1.7976931348623157e+308");
    CHECK_STR(double_text(9007199254740993.0), "9007199254740992.0");
    CHECK_STR(double_text(ldexp(1, -44)), "5.684341886080802e-14"); /* nearest 16 digits do not read back */
    CHECK_STR(double_text(5e22), "5e+22");
    CHECK_STR(double_text(1e23), "1e+23");
    CHECK_STR(double_text(9.5e-6), "0.0000095");
}

static bool reads_back(double number) {
    char text[NUMBER_TEXT_MAX];
    double back;
    size_t length = number_format_double(number, text);
    return number_parse_double(text, length, &back) && memcmp(&back, &number, sizeof back) == 0 &&
           strtod(text, NULL) == number;
}

TEST(float_text_reads_back_for_random_doubles) {
    uint64_t state = 2;
    int wrong = 0;
    for (int i = 0; i < 100000; i++) {
        uint64_t bits = next_random(&state);
        double number;
        memcpy(&number, &bits, sizeof number);
        if (isfinite(number)) wrong += !reads_back(number);
        /* Everyday magnitudes, a few decimals. */
        wrong += !reads_back((double)(int64_t)(bits % 2000000000) / 1000 - 1e6);
        wrong += !reads_back((double)(bits >> 11) * 0x1p-53);
    }
    for (int exponent = -1074; exponent < 1024; exponent++) {
        double power = ldexp(1, exponent);
        wrong += !reads_back(power) + !reads_back(nextafter(power, 0)) + !reads_back(nextafter(power, 1e308));
    }
    CHECK_EQ_INT(wrong, 0);
}

TEST(int_text) {
    const struct {
        int64_t number;
        const char *text;
    } table[] = {{0, "0"},
                 {7, "7"},
                 {-1, "-1"},
                 {1234567890, "1234567890"},
                 {INT64_MAX, "9223372036854775807"},
                 {INT64_MIN, "-9223372036854775808"}};
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        char text[NUMBER_TEXT_MAX];
        CHECK_EQ_INT(number_format_int(table[i].number, text), strlen(table[i].text));
        CHECK_STR(text, table[i].text);
        int64_t back = 1;
        CHECK(number_parse_int(text, strlen(text), &back));
        CHECK_EQ_INT(back, table[i].number);
    }
}

/* --- text to numbers --------------------------------------------------------------------------------- */

TEST(int_parsing_takes_signs_and_zeros_and_nothing_else) {
    int64_t number = 0;
    CHECK(number_parse_int("+5", 2, &number) && number == 5);
    CHECK(number_parse_int("-007", 4, &number) && number == -7);
    CHECK(number_parse_int("00000000000000000000000012", 26, &number) && number == 12);
    const char *wrong[] = {"",
                           "+",
                           "-",
                           "--1",
                           "1-",
                           " 1",
                           "1 ",
                           "0x1",
                           "1.0",
                           "1e3",
                           "1_0",
                           "9223372036854775808",
                           "-9223372036854775809",
                           "99999999999999999999"};
    for (size_t i = 0; i < COUNT_OF(wrong); i++) CHECK(!number_parse_int(wrong[i], strlen(wrong[i]), &number));
}

TEST(float_parsing_takes_the_grammar_and_nothing_else) {
    const char *right[] = {"0",   "-0",   "1",     "+1.5",    "5.",     ".5",      "-.5e1",
                           "1e5", "1E+5", "1.e-5", "0.00e99", "000.10", "1e00005", "123456789012345678901234567890"};
    for (size_t i = 0; i < COUNT_OF(right); i++) {
        double number = -1;
        CHECK(number_parse_double(right[i], strlen(right[i]), &number));
        CHECK_EQ_FLOAT(number, strtod(right[i], NULL));
    }
    const char *wrong[] = {"",     "+",    "-",   ".",     "e5",  ".e5",   "1e",   "1e+",  "1..2",    "1.2.3",
                           "1 ",   " 1",   "inf", "-inf",  "nan", "0x10",  "1p3",  "1,5",  "--1",     "+-1",
                           "1e5.", "1e5x", "1_0", "nan()", "1f",  "1e--5", "1ee5", "0x.8", "infinity"};
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        double number;
        CHECK(!number_parse_double(wrong[i], strlen(wrong[i]), &number));
    }
    double number;
    CHECK(number_parse_double("12345", 2, &number) && number == 12); /* the size ends the text, not a NUL */
    CHECK(number_parse_double("-0.0", 4, &number) && number == 0 && signbit(number));
}

TEST(float_parsing_of_what_is_out_of_range) {
    double number;
    CHECK(number_parse_double("1e999", 5, &number) && number == INFINITY);
    CHECK(number_parse_double("-1e99999999999999999999", 23, &number) && number == -INFINITY);
    CHECK(number_parse_double("1e-99999999999999999999", 23, &number) && number == 0);
    CHECK(number_parse_double("0e99999999999999999999", 22, &number) && number == 0);
}

static double parse_buffer(Buffer *text) {
    double number = -1;
    CHECK(number_parse_double(buffer_text(text), text->size, &number));
    return number;
}

TEST(float_parsing_of_very_long_digit_strings) {
    Buffer text;
    buffer_init(&text);
    for (int i = 0; i < 5000; i++) buffer_append_byte(&text, '0');
    buffer_append_text(&text, "1.5");
    for (int i = 0; i < 5000; i++) buffer_append_byte(&text, '0');
    CHECK_EQ_FLOAT(parse_buffer(&text), 1.5);

    buffer_clear(&text);
    buffer_append_text(&text, "0.");
    for (int i = 0; i < 5000; i++) buffer_append_byte(&text, '0');
    buffer_append_text(&text, "25e5001");
    CHECK_EQ_FLOAT(parse_buffer(&text), 2.5);

    buffer_clear(&text);
    for (int i = 0; i < 5000; i++) buffer_append_byte(&text, '7');
    buffer_append_text(&text, "e-4999");
    CHECK_EQ_FLOAT(parse_buffer(&text), 7.777777777777778);

    /* Halfway between two doubles ties to even; one digit 4000 places on breaks the tie. */
    buffer_clear(&text);
    buffer_append_text(&text, "9007199254740993.");
    for (int i = 0; i < 4000; i++) buffer_append_byte(&text, '0');
    CHECK_EQ_FLOAT(parse_buffer(&text), 9007199254740992.0);
    buffer_append_byte(&text, '1');
    CHECK_EQ_FLOAT(parse_buffer(&text), 9007199254740994.0);
    buffer_free(&text);
}

TEST(float_parsing_agrees_with_strtod_on_random_texts) {
    uint64_t state = 3;
    int wrong = 0;
    for (int i = 0; i < 100000; i++) {
        char text[64];
        uint64_t a = next_random(&state), b = next_random(&state);
        int digits = (int)(a % 20);
        int length = snprintf(text, sizeof text, "%llu.%0*llue%d", (unsigned long long)(b >> (a % 64)), digits + 1,
                              (unsigned long long)(a % 1000), (int)(b % 60) - 30);
        double number;
        wrong += !number_parse_double(text, (size_t)length, &number) || number != strtod(text, NULL);
    }
    CHECK_EQ_INT(wrong, 0);
}

/* reader_test.c — the reader against every rule of language page 01: what is read, and what is said when
 * it is not. A form is compared as text, in the notation of dump() below, which tells kinds apart that print alike:
 *
 *   path a/b: <a b>   char: 'x'   quote: (quote x)   date: D2024-01-02   bytes: 0#00ff   sealed: #(…)
 *   regex: /pattern/replacement/flags   unknown hash map value: ?   symbols: as they are, ~ for the empty one
 *
 * A text with faults is compared with its diagnostics: "line:column code message", one a line. */
#include "check.h"

#include <time.h>

#include "base/number.h"
#include "reader/reader.h"

struct VM {
    ObjectSpace space;
};

/* --- forms as text -------------------------------------------------------------------------------------- */

static void dump(Buffer *out, Value form);

static void dump_props(Buffer *out, const Table *table, const char *separator) {
    for (uint32_t i = table_next(table, 0); i < table->used; i = table_next(table, i + 1)) {
        buffer_append_format(out, "%s^%s ", separator, symbol_of(table->entries[i].key)->text);
        dump(out, table->entries[i].value);
        separator = " ";
    }
}

static void dump_items(Buffer *out, const Value *items, uint32_t count, const char *separator) {
    for (uint32_t i = 0; i < count; i++) {
        buffer_append_text(out, separator);
        dump(out, items[i]);
        separator = " ";
    }
}

static void dump_hash_map(Buffer *out, const Table *table) {
    buffer_append_text(out, "{{");
    for (uint32_t i = table_next(table, 0); i < table->used; i = table_next(table, i + 1)) {
        if (i > 0) buffer_append_text(out, " ");
        dump(out, table->entries[i].key);
        buffer_append_text(out, " ");
        dump(out, table->entries[i].value);
    }
    buffer_append_text(out, "}}");
}

static void dump_date(Buffer *out, ObjType type, const DateObj *date) {
    if (type != OBJ_TIME) buffer_append_format(out, "D%04d-%02d-%02d", (int)date->year, date->month, date->day);
    if (type == OBJ_DATE) return;
    buffer_append_format(out, "T%02d:%02d:%02d.%06u", date->hour, date->minute, date->second,
                         (unsigned)date->microsecond);
    if (date->has_offset) buffer_append_format(out, "%+d", (int)date->offset_minutes);
    if (date->zone) buffer_append_format(out, "[%s]", date->zone->text);
}

static void dump_regex(Buffer *out, const RegexObj *regex) {
    buffer_append_format(out, "/%s/", regex->pattern->text);
    if (regex->replacement) buffer_append_format(out, "%s/", regex->replacement->text);
    if (regex->ignore_case) buffer_append_text(out, "i");
    if (regex->multi_line) buffer_append_text(out, "m");
}

static void dump_path(Buffer *out, const PathObj *path) {
    for (uint32_t i = 0; i < path->count; i++)
        buffer_append_format(out, "%s%s", i ? " " : "<", path->parts[i]->size ? path->parts[i]->text : "~");
    buffer_append_text(out, ">");
}

static void dump_node(Buffer *out, const NodeObj *node) {
    buffer_append_text(out, "(");
    dump(out, node->type);
    dump_props(out, &node->props, " ");
    dump_items(out, node->children, node->count, " ");
    buffer_append_text(out, ")");
}

static void dump_object(Buffer *out, Value form) {
    const Obj *object = pointer_of(form);
    if (object->flags & OBJ_SEALED) buffer_append_text(out, "#");
    switch (object->type) {
    case OBJ_INT: buffer_append_format(out, "%lld", (long long)int_of(form)); break;
    case OBJ_STR:
        buffer_append_text(out, "\"");
        buffer_append(out, string_of(form)->text, string_of(form)->size);
        buffer_append_text(out, "\"");
        break;
    case OBJ_SYMBOL: buffer_append_text(out, symbol_of(form)->size ? symbol_of(form)->text : "~"); break;
    case OBJ_PATH: dump_path(out, path_of(form)); break;
    case OBJ_BYTES:
        buffer_append_text(out, "0#");
        for (uint32_t i = 0; i < bytes_of(form)->size; i++) buffer_append_format(out, "%02x", bytes_of(form)->data[i]);
        break;
    case OBJ_ARRAY:
        buffer_append_text(out, "[");
        dump_items(out, array_of(form)->items, array_of(form)->count, "");
        buffer_append_text(out, "]");
        break;
    case OBJ_MAP:
        buffer_append_text(out, "{");
        dump_props(out, &map_of(form)->table, "");
        buffer_append_text(out, "}");
        break;
    case OBJ_HASHMAP: dump_hash_map(out, &hash_of(form)->table); break;
    case OBJ_NODE: dump_node(out, node_of(form)); break;
    case OBJ_REGEX: dump_regex(out, regex_of(form)); break;
    case OBJ_DATE:
    case OBJ_DATETIME:
    case OBJ_TIME: dump_date(out, object->type, date_of(form)); break;
    case OBJ_QUOTE:
    case OBJ_UNQUOTE:
        buffer_append_text(out, object->type == OBJ_QUOTE ? "(quote "
                                : quote_of(form)->discard ? "(discard "
                                                          : "(unquote ");
        dump(out, quote_of(form)->form);
        buffer_append_text(out, ")");
        break;
    default: buffer_append_format(out, "<%s>", kind_name(form));
    }
}

static void dump(Buffer *out, Value form) {
    char text[NUMBER_TEXT_MAX];
    if (is_object(form)) {
        dump_object(out, form);
    } else if (is_small_int(form)) {
        buffer_append_format(out, "%lld", (long long)small_int_of(form));
    } else if (is_float(form)) {
        number_format_double(float_of(form), text);
        buffer_append_text(out, text);
    } else if (is_char(form)) {
        buffer_append_text(out, "'");
        buffer_append_utf8(out, char_of(form));
        buffer_append_text(out, "'");
    } else {
        buffer_append_text(out, form == VAL_NIL         ? "NIL"
                                : form == VAL_VOID      ? "VOID"
                                : form == VAL_TRUE      ? "TRUE"
                                : form == VAL_FALSE     ? "FALSE"
                                : form == VAL_NOT_FOUND ? "NOT_FOUND"
                                : form == VAL_UNSET     ? "?"
                                                        : "unexpected special");
    }
}

/* --- checks --------------------------------------------------------------------------------------------- */

static void mark_roots(VM *vm, Heap *heap, bool final) {
    (void) final;
    space_mark(vm, heap);
}

static VM *vm_make(size_t limit) {
    VM *vm = calloc(1, sizeof *vm);
    heap_init(vm_heap(vm), vm, limit);
    space_init(vm);
    vm_heap(vm)->mark_roots = mark_roots;
    return vm;
}

static void vm_free(VM *vm) {
    space_destroy(vm);
    heap_destroy(vm_heap(vm));
    free(vm);
}

static void append_diagnostics(Buffer *out, const Diagnostics *diagnostics) {
    for (uint32_t i = 0; i < diagnostics->count; i++) {
        const Diagnostic *d = &diagnostics->items[i];
        buffer_append_format(out, "%s%u:%u %s %s", out->size ? "\n" : "", (unsigned)d->line, (unsigned)d->column,
                             error_table[d->id].code + strlen("GENE."), d->message);
    }
}

static void read_and_check(const char *text, size_t size, uint32_t max_depth, const char *forms, const char *faults,
                           const char *file, int line) {
    VM *vm = vm_make(0);
    ReadResult result;
    ReadOptions options = {.file = "t.gene", .max_depth = max_depth};
    reader_read(vm, text, size, &options, &result);
    Buffer actual_forms, actual_faults;
    buffer_init(&actual_forms);
    buffer_init(&actual_faults);
    dump_items(&actual_forms, array_of(result.forms)->items, array_of(result.forms)->count, "");
    append_diagnostics(&actual_faults, &result.diagnostics);
    if (forms) check_str(buffer_text(&actual_forms), forms, text, file, line);
    check_str(buffer_text(&actual_faults), faults, text, file, line);
    buffer_free(&actual_forms);
    buffer_free(&actual_faults);
    reader_free(&result);
    vm_free(vm);
}

/* The text reads as these forms, without a fault. */
#define READS(text, forms) read_and_check((text), sizeof(text) - 1, 0, (forms), "", __FILE__, __LINE__)
/* The text has these faults; its forms do not matter. */
#define FAILS(text, faults) read_and_check((text), sizeof(text) - 1, 0, NULL, (faults), __FILE__, __LINE__)
/* The text has these faults and still these forms. */
#define RECOVERS(text, forms, faults) read_and_check((text), sizeof(text) - 1, 0, (forms), (faults), __FILE__, __LINE__)

/* --- 1.1 whitespace and comments ------------------------------------------------------------------------ */

TEST(nothing_reads_as_no_forms) {
    READS("", "");
    READS(" \t\r\n,,\v\f", "");
    READS("# only a comment", "");
}

TEST(commas_and_vertical_space_separate) { READS("a,b ,c\vd\fe\r\nf\rg", "a b c d e f g"); }

TEST(a_nul_byte_ends_the_text) {
    READS("a b\0c )", "a b");
    READS("\0", "");
    RECOVERS("(a\0)", "(a)", "1:1 READ.UNCLOSED EOF while reading list ) t.gene 1");
}

TEST(a_byte_order_mark_is_skipped) {
    READS("\xEF\xBB\xBF"
          "a",
          "a");
    FAILS("\xEF\xBB\xBF)", "1:1 READ.UNMATCHED Unmatched delimiter: ) at t.gene:1:1");
}

TEST(line_comments_begin_with_hash_and_a_blank_or_mark) {
    READS("# c\na #!/bin/x\nb ## c\nc #\nd #\r\ne", "a b c d e");
    READS("#!/usr/bin/env gene\na", "a");
    READS("[1 # 2]\n3]", "[1 3]");
    READS("#", "");
    READS("#foo #_ a#b #\tx", "#foo #_ a#b");
}

TEST(block_comments_end_at_a_single_close) {
    READS("a #< x >#b", "a b");
    READS("a #<># b", "a b");
    READS("a #< one #<< two >># still >#b", "a b");
    READS("a #< x >># b", "a");
    READS("a #< never ends ( [ \"", "a");
    READS("[1 #< a\nb ># 2]", "[1 2]");
    READS("a #<#> b", "a");
    READS("a #<", "a");
}

TEST(a_semicolon_outside_forms_begins_a_comment) {
    READS("; c ) \"\na;b\nc", "a c");
    READS("a ;", "a");
}

TEST(a_semicolon_in_an_array_or_map_is_reported) {
    RECOVERS("[a; b]", "[a b]", "1:3 READ.SYNTAX ';' chains calls inside ( ) only");
    FAILS("{{a ; b}}", "1:5 READ.SYNTAX ';' chains calls inside ( ) only");
    FAILS("{^a 1 ; ^b 2}", "1:7 READ.PROPERTY Expect key at 6 but found ;");
}

/* --- 1.2 what a form starts with -------------------------------------------------------------------------- */

TEST(a_stray_closer_is_reported_and_passed) {
    RECOVERS("a ) b", "a b", "1:3 READ.UNMATCHED Unmatched delimiter: ) at t.gene:1:3");
    RECOVERS("]\n  }", "",
             "1:1 READ.UNMATCHED Unmatched delimiter: ] at t.gene:1:1\n"
             "2:3 READ.UNMATCHED Unmatched delimiter: } at t.gene:2:3");
    RECOVERS("(a ] b) c", "(a b) c", "1:4 READ.UNMATCHED Unmatched delimiter: ] at t.gene:1:4");
}

TEST(a_closer_of_an_outer_form_ends_the_inner_ones) {
    RECOVERS("(a [b {^c 1 ) d", "(a [b {^c 1}]) d", "1:13 READ.UNMATCHED Unmatched delimiter: ) at t.gene:1:13");
    RECOVERS("[(a {{b] c", "[(a {{b ?}})] c", "1:8 READ.UNMATCHED Unmatched delimiter: ] at t.gene:1:8");
}

TEST(decorators_wrap_the_next_form) {
    READS("#@f x", "(f x)");
    READS("#@f #@g a", "(f (g a))");
    READS("{^k #@f x ^l 2}", "{^k (f x) ^l 2}");
    READS("(a #@(f 1) (b) c)", "(a ((f 1) (b)) c)");
    FAILS("(a #@f)", "1:4 READ.SYNTAX a form must follow #@");
    FAILS("[#@]", "1:2 READ.SYNTAX a form must follow #@");
    FAILS("#@f", "1:1 READ.UNCLOSED EOF while reading the form after #@");
    RECOVERS("#@f 5x y", "y", "1:5 READ.NUMBER number with unit is not supported: 5x");
}

TEST(a_property_outside_genes_and_maps_is_a_symbol) {
    READS("^a ^^b ^!c", "^a ^^b ^!c");
    READS("[^a 1]", "[^a 1]");
    READS("(^a 1)", "(^a 1)");
}

/* --- 1.3 symbols and paths -------------------------------------------------------------------------------- */

TEST(symbols_may_hold_almost_anything) {
    READS("a-b c? d! *e* $f @g <h> 'i'j' .k ... -> =", "a-b c? d! *e* $f @g <h> 'i' j' .k ... -> =");
    READS("x'y'z a:b a^b a#b + - +a -a .5 -.5", "x'y'z a:b a^b a#b + - +a -a .5 -.5");
    READS("\xC3\xA9t\xC3\xA9 \xF0\x9F\x98\x80", "\xC3\xA9t\xC3\xA9 \xF0\x9F\x98\x80");
}

TEST(tokens_end_at_delimiters) {
    READS("a\"b\"c(d)e[f]g{^h 1}i`j k%l", "a \"b\" c (d) e [f] g {^h 1} i (quote j) k (unquote l)");
}

TEST(backslash_takes_the_next_character_literally) {
    READS("a\\ b", "a b");
    READS("a\\/b \\(x\\) \\\\", "a/b (x) \\");
    READS("a\\\xC3\xA9", "a\xC3\xA9");
    READS("a\\;b", "a;b");
    FAILS("(a b\\", "1:4 READ.SYNTAX EOF after \\");
}

TEST(special_names_are_values_unless_escaped) {
    READS("nil void true false not_found _", "NIL VOID TRUE FALSE NOT_FOUND _");
    READS("\\nil nile nil? Nil", "nil nile nil? Nil");
}

TEST(paths_split_at_unescaped_slashes) {
    READS("a/b/c /x a/ ./ ./a .@a/b", "<a b c> <~ x> <a ~> <. ~> <. a> <.@a b>");
    READS("a\\/b / /= // /=x a//b", "a/b / /= <~ ~ ~> <~ =x> <a ~ b>");
    READS("x\\/y/z\\/w nil/a data/<state/key>", "<x/y z/w> <nil a> <data <state key>>");
    READS("a/[1 2] a/0/-1", "<a ~> [1 2] <a 0 -1>");
    READS("a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p/q/r/s", "<a b c d e f g h i j k l m n o p q r s>");
}

TEST(paths_know_their_position) {
    VM *vm = vm_make(0);
    ReadResult result;
    const char *text = "a\n(\xC3\xA9 b/c)";
    reader_read(vm, text, strlen(text), NULL, &result);
    NodeObj *node = node_of(array_of(result.forms)->items[1]);
    PathObj *path = path_of(node->children[0]);
    CHECK_EQ_INT(path->line, 2);
    CHECK_EQ_INT(path->column, 4);
    reader_free(&result);
    vm_free(vm);
}

/* --- 1.4 numbers ------------------------------------------------------------------------------------------ */

TEST(integers_are_64_bits) {
    READS("42 -7 +5 0 -0 007", "42 -7 5 0 0 7");
    READS("9223372036854775807 -9223372036854775808", "9223372036854775807 -9223372036854775808");
    READS("140737488355327 140737488355328", "140737488355327 140737488355328");
    FAILS("9223372036854775808", "1:1 READ.NUMBER Parsed integer outside of valid range");
    FAILS("-9223372036854775809", "1:1 READ.NUMBER Parsed integer outside of valid range");
}

TEST(floats_need_a_digit_first) {
    READS("1.5e3 2.5e-1 5. 1E5 +1.5 -0.25 5.e2 1e+2", "1500.0 0.25 5.0 100000.0 1.5 -0.25 500.0 100.0");
    READS("1e 1e+ 1.e", "1.0 1.0 1.0");
    READS("1..3 (1 .. 3)", "1.0 .3 (1 .. 3)");
    READS("1.5-3 1.5(a)", "1.5 -3 1.5 (a)");
}

TEST(hex_integers) {
    READS("0x1F 0xff_ff 0X0 0x_a", "31 65535 0 10");
    READS("0xffffffffffffffff 0x8000000000000000 0x0000000000000000000001", "-1 -9223372036854775808 1");
    FAILS("0x10000000000000000", "1:1 READ.NUMBER Parsed integer outside of valid range");
    FAILS("0x", "1:1 READ.NUMBER Expected hex digits after 0x");
    FAILS("0x_", "1:1 READ.NUMBER Expected hex digits after 0x");
    FAILS("0xg", "1:1 READ.NUMBER Expected hex digits after 0x");
    FAILS("0x1g", "1:1 READ.NUMBER number with unit is not supported: 0x1g");
    FAILS("-0x10", "1:1 READ.NUMBER number with unit is not supported: -0x10");
}

TEST(units_and_ratios_are_errors) {
    RECOVERS("a 5s b", "a b", "1:3 READ.NUMBER number with unit is not supported: 5s");
    FAILS("10px", "1:1 READ.NUMBER number with unit is not supported: 10px");
    FAILS("1.5x", "1:1 READ.NUMBER number with unit is not supported: 1.5x");
    FAILS("1ex", "1:1 READ.NUMBER number with unit is not supported: 1ex");
    FAILS("5\xC2\xB5", "1:1 READ.NUMBER number with unit is not supported: 5\xC2\xB5");
    FAILS("1/2", "1:1 READ.NUMBER ratio is not supported: 1/2");
    READS("1/x 1_000", "1 <~ x> 1 _000");
}

/* --- 1.5 dates, times, bytes ------------------------------------------------------------------------------ */

TEST(dates) {
    READS("2030-05-06 2024-02-31 1000-01-01 9999-12-31", "D2030-05-06 D2024-02-31 D1000-01-01 D9999-12-31");
    FAILS("999-01-01", "1:1 READ.DATE Date literal requires 4-digit year, got: 999");
    FAILS("0999-01-01", "1:1 READ.DATE Date literal requires 4-digit year, got: 0999");
    FAILS("12345-01-01", "1:1 READ.DATE Date literal requires 4-digit year, got: 12345");
    FAILS("1-2", "1:1 READ.DATE Date literal requires 4-digit year, got: 1");
    FAILS("2024-1-01", "1:1 READ.DATE Expected 2-digit month in date literal");
    FAILS("2024-001-01", "1:1 READ.DATE Expected 2-digit month in date literal");
    FAILS("2024-01", "1:1 READ.DATE Expected 2-digit day in date literal");
    FAILS("2024-01-1", "1:1 READ.DATE Expected 2-digit day in date literal");
    FAILS("2024-01-011", "1:1 READ.DATE Expected 2-digit day in date literal");
    FAILS("2024-13-01", "1:1 READ.DATE Invalid month: 13");
    FAILS("2024-00-01", "1:1 READ.DATE Invalid month: 0");
    FAILS("2024-01-32", "1:1 READ.DATE Invalid day: 32");
    FAILS("2024-01-00", "1:1 READ.DATE Invalid day: 0");
    RECOVERS("2024-01-01x y", "y", "1:1 READ.DATE Unexpected text after date literal");
}

TEST(date_times) {
    READS("2030-05-06T07:08", "D2030-05-06T07:08:00.000000");
    READS("2030-05-06T07:08:09.5Z", "D2030-05-06T07:08:09.500000+0[UTC]");
    READS("2030-05-06T07:08.000001+05:30", "D2030-05-06T07:08:00.000001+330");
    READS("2030-05-06T07:08-00:30[Area/Name]", "D2030-05-06T07:08:00.000000-30[Area/Name]");
    READS("2030-05-06T07:08Z[Europe/Paris]", "D2030-05-06T07:08:00.000000+0[Europe/Paris]");
    READS("2030-05-06T07:08:09.1234567", "D2030-05-06T07:08:09.123456 7");
    FAILS("2030-05-06T7:08", "1:1 READ.DATE Expected 2-digit hour in datetime literal");
    FAILS("2030-05-06T07", "1:1 READ.DATE Expected ':' after hour in datetime literal");
    FAILS("2030-05-06T07:8", "1:1 READ.DATE Expected 2-digit minute in datetime literal");
    FAILS("2030-05-06T07:08:9", "1:1 READ.DATE Expected 2-digit second in datetime literal");
    FAILS("2030-05-06T07:08.", "1:1 READ.DATE Expected digits after '.' in datetime literal");
    FAILS("2030-05-06T24:08", "1:1 READ.DATE Invalid hour: 24");
    FAILS("2030-05-06T07:60", "1:1 READ.DATE Invalid minute: 60");
    FAILS("2030-05-06T07:08:60", "1:1 READ.DATE Invalid second: 60");
    FAILS("2030-05-06T07:08+1:00", "1:1 READ.DATE Expected 2-digit hour in timezone offset");
    FAILS("2030-05-06T07:08+01", "1:1 READ.DATE Expected ':' in timezone offset");
    FAILS("2030-05-06T07:08+01:0", "1:1 READ.DATE Expected 2-digit minute in timezone offset");
    FAILS("2030-05-06T07:08+24:00", "1:1 READ.DATE Invalid timezone offset");
    FAILS("2030-05-06T07:08+00:60", "1:1 READ.DATE Invalid timezone offset");
    FAILS("2030-05-06T07:08[]", "1:1 READ.DATE DateTime literal requires offset or Z before [Zone/Name]");
}

TEST(times) {
    READS("7:05 07:05:00 23:59:59.999999", "T07:05:00.000000 T07:05:00.000000 T23:59:59.999999");
    READS("7:05Z 7:05-01:00 7:05[Europe/Paris]", "T07:05:00.000000+0[UTC] T07:05:00.000000-60 "
                                                 "T07:05:00.000000[Europe/Paris]");
    READS("7:05+01:00[Europe/Paris]", "T07:05:00.000000+60[Europe/Paris]");
    FAILS("24:00", "1:1 READ.DATE Invalid hour: 24");
    FAILS("123:00", "1:1 READ.DATE Invalid hour: 123");
    FAILS("-1:00", "1:1 READ.DATE Invalid hour: -1");
    FAILS("7:5", "1:1 READ.DATE Expected 2-digit minute in time literal");
    FAILS("7:", "1:1 READ.DATE Expected 2-digit minute in time literal");
    FAILS("7:05.", "1:1 READ.DATE Expected digits after '.' in time literal");
    FAILS("7:05[Paris]", "1:1 READ.DATE IANA timezone name must contain '/': Paris");
    FAILS("7:05[Europe/Paris", "1:1 READ.DATE Unterminated timezone name bracket");
    RECOVERS("7:05pm x", "x", "1:1 READ.DATE Unexpected text after time literal");
}

TEST(bytes_in_three_spellings) {
    READS("0#A0ff 0#abc 0#0 0#12~34 0#12~ # c\n 34", "0#a0ff 0#ab0c 0#00 0#1234 0#1234");
    READS("0!11110000 0!101 0!000000001 0!1111~\n0000", "0#f0 0#05 0#0001 0#f0");
    READS("0*QUJD 0*QUI= 0*QQ== 0*QUI 0*QQ 0*QU~ JD 0*+/+/", "0#414243 0#4142 0#41 0#4142 0#41 0#414243 0#fbffbf");
    READS("(0#ff)", "(0#ff)");
    FAILS("0#", "1:1 READ.NUMBER parse_hex: no hex digits after 0#");
    FAILS("0# 12", "1:1 READ.NUMBER parse_hex: no hex digits after 0#");
    FAILS("0!", "1:1 READ.NUMBER parse_bin: no binary digits after 0!");
    FAILS("0!2", "1:1 READ.NUMBER parse_bin: no binary digits after 0!");
    FAILS("0*", "1:1 READ.NUMBER parse_base64: no data after 0*");
    FAILS("0*Q", "1:1 READ.NUMBER parse_base64: invalid base64 input");
    FAILS("0*Q=JD", "1:1 READ.NUMBER parse_base64: invalid base64 input");
    FAILS("0*====", "1:1 READ.NUMBER parse_base64: invalid base64 input");
    FAILS("0#12g", "1:1 READ.NUMBER parse_hex: invalid hex digit");
    FAILS("0!12", "1:1 READ.NUMBER parse_bin: invalid binary digit");
}

/* --- 1.6 strings and characters ----------------------------------------------------------------------------- */

TEST(string_escapes) {
    READS("\"\" \"a b\" \"a\nb\"", "\"\" \"a b\" \"a\nb\"");
    READS("\"\\b\\f\\n\\r\\t\\\"\\\\\\/\\#\\z\"", "\"\b\f\n\r\t\"\\/#z\"");
    READS("\"\\u0041\\u00e9\\u20AC\\ud83d\\uDE00\"", "\"A\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80\"");
    READS("\"\\\xC3\xA9\" \"# #{a} ; ( ]\"", "\"\xC3\xA9\" \"# #{a} ; ( ]\"");
}

TEST(bad_escapes_are_reported_once_and_passed) {
    RECOVERS("(a \"x\\u12g4 \\uzz\" b)", NULL, "1:6 READ.STRING read_string failure: ErrInvalidToken");
    FAILS("\"\\ud83d\"", "1:2 READ.STRING read_string failure: ErrInvalidToken");
    FAILS("\"\\ud83dx\"", "1:2 READ.STRING read_string failure: ErrInvalidToken");
    FAILS("\"\\ud83d\\u0041\"", "1:2 READ.STRING read_string failure: ErrInvalidToken");
    FAILS("\"\\udc00\"", "1:2 READ.STRING read_string failure: ErrInvalidToken");
    FAILS("#\"\\u\"", "1:3 READ.STRING read_string_interpolation failure: ErrInvalidToken");
}

TEST(unclosed_strings_are_reported_where_they_begin) {
    FAILS("(a\n \"b c) d", "2:2 READ.STRING read_string failure: ErrQuoteExpected");
    FAILS("\"", "1:1 READ.STRING read_string failure: ErrQuoteExpected");
    FAILS("\"a\\", "1:1 READ.STRING read_string failure: ErrQuoteExpected");
    FAILS("\"a\\\"", "1:1 READ.STRING read_string failure: ErrQuoteExpected");
    FAILS("\"\"\"a\"\"", "1:1 READ.STRING read_string failure: ErrQuoteExpected");
    FAILS("#\"a", "1:1 READ.STRING read_string_interpolation failure: ErrQuoteExpected");
    FAILS("#\"a #{b}", "1:1 READ.STRING read_string_interpolation failure: ErrQuoteExpected");
    FAILS("#\"a #< b", "1:1 READ.STRING read_string_interpolation failure: ErrQuoteExpected");
}

TEST(triple_quotes_trim_their_line_breaks) {
    READS("\"\"\"a \"b\" \"\"c\"\"\"", "\"a \"b\" \"\"c\"");
    READS("\"\"\"\"\"\"", "\"\"");
    READS("\"\"\"\n  two\n\"\"\"", "\"\n  two\n\"");
    READS("\"\"\" \n\n  two \n \n  \"\"\"", "\"\n  two \n\"");
    READS("\"\"\" \r\n\t one\"\"\"", "\"\n\t one\"");
    READS("\"\"\"  a  \"\"\"", "\"  a  \"");
    READS("\"\"\" \n \n \"\"\"", "\"\n\"");
    READS("\"\"\"a\\n\\tb\\\"\\u0041\"\"\"", "\"a\n\tb\"A\"");
}

TEST(interpolation_without_forms_is_a_constant) {
    READS("#\"\" #\"abc\" #\"a # b#\" #\"\\#{n}\"", "\"\" \"abc\" \"a # b#\" \"#{n}\"");
    READS("#\"a#< gone \" >#b\"", "\"ab\"");
    READS("#\"a #{\"b\"} c\" #\"#{\"x\"}\"", "\"a b c\" \"x\"");
    READS("#\"#{#\"a#{\"b\"}\"}c\"", "\"abc\"");
}

TEST(interpolation_with_forms_is_a_gene) {
    READS("#\"n=#{n} n+1=#(n + 1) #[n] #{^k n} \\#{n} a # b\"",
          "(#Str \"n=\" n \" n+1=\" (n + 1) \" \" [n] \" \" {^k n} \" #{n} a # b\")");
    READS("#\"#{ a }#{ # c\n b}\"", "(#Str a b)");
    READS("#\"#{{^a 1}} #{{{k v}}} #{[1]} #{ ^a 1 }\"", "(#Str {^a 1} \" \" {{k v}} \" \" [1] \" \" {^a 1})");
    READS("#\"a #{(f \"x#{y}\" #\"in #{z}\")} b\"", "(#Str \"a \" (f \"x#{y}\" (#Str \"in \" z)) \" b\")");
    READS("#\"#{n}\"", "(#Str n)");
    READS("#\"\"\"\n  a #{b}\n  c\n  \"\"\"", "(#Str \"\n  a \" b \"\n  c\n\")");
    READS("#\"\"\" \n #{b} \n \"\"\"", "(#Str \"\n \" b \" \n\")");
    READS("#\"\"\"#{b}\"\"\"", "(#Str b)");
}

TEST(interpolation_faults) {
    RECOVERS("#\"a #{} b\" c", "\"a  b\" c", "1:5 READ.STRING #{ } in a string needs a form");
    RECOVERS("#\"#{a b} c\" d", "(#Str a \" c\") d", "1:7 READ.STRING #{ } in a string holds one form only");
    FAILS("#\"#{a b c} \"", "1:7 READ.STRING #{ } in a string holds one form only");
    FAILS("#\"#{a; b}\"", "1:6 READ.SYNTAX ';' chains calls inside ( ) only\n"
                          "1:8 READ.STRING #{ } in a string holds one form only");
    RECOVERS("(f #\"#{a)}\" b)", "(f (#Str a) b)", "1:9 READ.UNMATCHED Unmatched delimiter: ) at t.gene:1:9");
    RECOVERS("(f #\"#{(a}\" b)", "(f (#Str (a)) b)", "1:10 READ.UNMATCHED Unmatched delimiter: } at t.gene:1:10");
    RECOVERS("#\"#{5x}\" b", "\"\" b", "1:5 READ.NUMBER number with unit is not supported: 5x");
    FAILS("#\"#{a", "1:3 READ.UNCLOSED EOF while reading");
}

TEST(characters) {
    READS("'x' ' ' ''' '(' '\xE2\x82\xAC' '\"'", "'x' ' ' ''' '(' '\xE2\x82\xAC' '\"'");
    READS("'\\n' '\\t' '\\r' '\\b' '\\f' '\\'' '\\\\' '\\z' '\\\xE2\x82\xAC'",
          "'\n' '\t' '\r' '\b' '\f' ''' '\\' 'z' '\xE2\x82\xAC'");
    RECOVERS("'ab' c", "c", "1:1 READ.STRING Expected closing ' in character literal, got: b (ord: 98)");
    RECOVERS("'a\xE2\x82\xAC", "",
             "1:1 READ.STRING Expected closing ' in character literal, got: \xE2\x82\xAC (ord: 8364)");
    RECOVERS("'(a b) c", "(a b) c", "1:1 READ.STRING Expected closing ' in character literal, got: a (ord: 97)");
    FAILS("'", "1:1 READ.STRING Expected closing ' in character literal, got: end of text (ord: 0)");
    FAILS("'a", "1:1 READ.STRING Expected closing ' in character literal, got: end of text (ord: 0)");
    FAILS("'\\", "1:1 READ.STRING Expected closing ' in character literal, got: end of text (ord: 0)");
}

/* --- 1.7 genes, arrays, maps -------------------------------------------------------------------------------- */

TEST(genes) {
    READS("() (a) ((f) 1) (`a b) (1 + 2) (x -> (x * 2)) (-> 1)",
          "(NIL) (a) ((f) 1) ((quote a) b) (1 + 2) (x -> (x * 2)) (-> 1)");
    READS("#() #(a #(b) (c))", "#(NIL) #(a #(b) (c))");
}

TEST(properties) {
    READS("(f x ^a 1 ^^b ^!c y)", "(f ^a 1 ^b TRUE ^c NIL x y)");
    READS("(f ^a 1) (f x ^a (g ^b 2))", "(f ^a 1) (f ^a (g ^b 2) x)");
    READS("{^p 1 ^q^r 2 ^q^^s ^q^!t}", "{^p 1 ^q {^r 2 ^s TRUE ^t FALSE}}");
    READS("(f ^a^b^c 1 ^a^b^d 2 ^a^^e)", "(f ^a {^b {^c 1 ^d 2} ^e TRUE})");
    READS("{^a {^b 1} ^a^c 2}", "{^a {^b 1 ^c 2}}");
    READS("{^a/b 1 ^c\\/d 2 ^e\\^f 3 ^g\\ h 4 ^2 5}", "{^a/b 1 ^c/d 2 ^e^f 3 ^g h 4 ^2 5}");
    READS("{^^a ^^a ^!a}", "{^a NIL}");
    READS("{^a 1 ^^a}", "{^a TRUE}");
    READS("(f ^a\n# c\n1)", "(f ^a 1)");
    READS("{^a nil ^nil 1}", "{^a NIL ^nil 1}");
}

TEST(a_second_run_of_properties_is_an_error) {
    RECOVERS("(f ^a 1 x ^b 2 ^c 3)", "(f ^a 1 ^b 2 ^c 3 x)",
             "1:11 READ.PROPERTY properties found in wrong place while reading list ) t.gene 1");
    FAILS("(f ^a 1 x\n ^b 2 y ^c 3)",
          "2:2 READ.PROPERTY properties found in wrong place while reading list ) t.gene 2\n"
          "2:9 READ.PROPERTY properties found in wrong place while reading list ) t.gene 2");
}

TEST(property_faults) {
    RECOVERS("(f ^a)", "(f)", "1:4 READ.PROPERTY Expect value for a");
    FAILS("{^a ^b 1}", "1:2 READ.PROPERTY Expect value for a");
    FAILS("(f ^a; g)", "1:4 READ.PROPERTY Expect value for a");
    FAILS("{^a^b}", "1:2 READ.PROPERTY Expect value for a^b");
    FAILS("(f ^a", "1:1 READ.UNCLOSED EOF while reading list ) t.gene 1");
    RECOVERS("{^a 1 ^a 2 ^b 3}", "{^a 1 ^b 3}",
             "1:7 READ.PROPERTY Bad input at 6 (conflict with property shortcut found earlier.)");
    FAILS("{^^a ^a 2}", "1:6 READ.PROPERTY Bad input at 5 (conflict with property shortcut found earlier.)");
    RECOVERS("{^a 1 ^a^b 2 ^c 3}", "{^a 1 ^c 3}",
             "1:7 READ.PROPERTY Bad input at 6 (conflict with property shortcut found earlier.)");
    FAILS("{^a 1 ^a^b^c^d 2}", "1:7 READ.PROPERTY Bad input at 6 (conflict with property shortcut found earlier.)");
    FAILS("{^a #{} ^a^b 2}", "1:9 READ.PROPERTY Bad input at 8 (conflict with property shortcut found earlier.)");
    FAILS("(f ^ x)", "1:4 READ.PROPERTY Expect key at 4 but found  ");
    FAILS("{^}", "1:2 READ.PROPERTY Expect key at 2 but found }");
    FAILS("{^a 5x ^b 6y}", "1:5 READ.NUMBER number with unit is not supported: 5x\n"
                           "1:11 READ.NUMBER number with unit is not supported: 6y");
}

TEST(chains_make_each_segment_the_type_of_the_next) {
    READS("(a b; c d; e)", "(((a b) c d) e)");
    READS("(a; .b; .c 1)", "(((a) .b) .c 1)");
    READS("(a b;)", "((a b))");
    READS("(a ^x 1 b; ^y 2 c; d ^z 3)", "(((a ^x 1 b) ^y 2 c) ^z 3 d)");
    READS("#(a; b)", "#((a) b)");
    READS("(a (b; c); d)", "((a ((b) c)) d)");
    FAILS("(; a)", "1:2 READ.SYNTAX ';' needs a form before it");
}

TEST(arrays) { READS("[] [1, 2 #< gone ># 3] #[a [b]] [nil]", "[] [1 2 3] #[a [b]] [NIL]"); }

TEST(maps) {
    READS("{} #{} #{^a {^b 1}}", "{} #{} #{^a {^b 1}}");
    RECOVERS("{a 1 (b) ^c 2} d", "{^c 2} d", "1:2 READ.PROPERTY Expect key at 1 but found a");
    FAILS("{\xC3\xA9}", "1:2 READ.PROPERTY Expect key at 1 but found \xC3\xA9");
}

TEST(hash_maps) {
    READS("{{}} {{a 1 \"k\" [2]}} #{{1 2}} {{a {^b 1}}}", "{{}} {{a 1 \"k\" [2]}} #{{1 2}} {{a {^b 1}}}");
    READS("{{{{a b}} c}}", "{{{{a b}} c}}");
    READS("{{a 1 a 2}} {{a}}", "{{a 1 a 2}} {{a ?}}");
    FAILS("{ {a}}", "1:3 READ.PROPERTY Expect key at 2 but found {\n"
                    "1:4 READ.PROPERTY Expect key at 3 but found a");
    RECOVERS("{{a 1} b", "{{a 1}} b", "1:1 READ.UNCLOSED a hash map ends with }}");
}

TEST(unclosed_forms_are_reported_once_at_the_innermost) {
    FAILS("(a", "1:1 READ.UNCLOSED EOF while reading list ) t.gene 1");
    FAILS("\n [a", "2:2 READ.UNCLOSED EOF while reading list ] t.gene 2");
    FAILS("{^a 1", "1:1 READ.UNCLOSED EOF while reading");
    FAILS("{{a 1", "1:1 READ.UNCLOSED EOF while reading");
    FAILS("{{a 1}", "1:1 READ.UNCLOSED EOF while reading");
    FAILS("(a\n (b\n [c", "3:2 READ.UNCLOSED EOF while reading list ] t.gene 3");
}

/* --- 1.8 quote and unquote ---------------------------------------------------------------------------------- */

TEST(quotes) {
    READS("`a `(b) ` c ``d `nil", "(quote a) (quote (b)) (quote c) (quote (quote d)) (quote NIL)");
    READS("%a %(b) %_c %_(d) %_ e", "(unquote a) (unquote (b)) (discard c) (discard (d)) (discard e)");
    READS("a%b (7 % 3) (%) [%] {^a %} %= a%=b", "a (unquote b) (7 % 3) (%) [%] {^a %} %= a %= b");
    READS("(a %; b) (x %_)", "((a %) b) (x (unquote _))");
    READS("%", "%");
    FAILS("(a `)", "1:4 READ.SYNTAX a form must follow `");
    FAILS("`", "1:1 READ.UNCLOSED EOF while reading the form after `");
    FAILS("(%_ )", "1:2 READ.SYNTAX a form must follow %_");
}

/* --- 1.9 regex literals --------------------------------------------------------------------------------------- */

TEST(regex_literals) {
    READS("#/a/ #/a/i #/a/m #/a/im #/a/mi [#/a/i]", "/a/ /a/i /a/m /a/im /a/im [/a/i]");
    READS("#/a/b/ #/a/b/i #/a// #/a//m #/a/i/ #/a/im/i", "/a/b/ /a/b/i /a// /a//m /a/i/ /a/im/i");
    READS("#/a\\/b\\\\d\\w/ #//", "/a/b\\d\\w/ //");
    READS("#/a/x\\/y\\\\1/ #/a\nb/", "/a/x/y\\1/ /a\nb/");
    READS("(#/a/) (#/a/;b) #/a/,c {^r #/a/i}", "(/a/) ((/a/) b) /a/ c {^r /a/i}");
    READS("#/a/x)y/", "/a/x)y/");
    RECOVERS("#/a/i)/", "/a/i /", "1:6 READ.UNMATCHED Unmatched delimiter: ) at t.gene:1:6");
}

TEST(regex_faults) {
    RECOVERS("#/a/x b", "b", "1:1 READ.REGEX Invalid regex flag: x");
    FAILS("#/a/b/g", "1:1 READ.REGEX Invalid regex flag: g");
    FAILS("#/a/\xC3\xA9", "1:1 READ.REGEX Invalid regex flag: \xC3\xA9");
    FAILS("(f #/a", "1:4 READ.REGEX EOF while reading regex literal");
    FAILS("#/a\\", "1:1 READ.REGEX EOF while reading regex literal");
    FAILS("#/a\\/", "1:1 READ.REGEX EOF while reading regex literal");
}

/* --- positions, recovery, limits ------------------------------------------------------------------------------ */

TEST(positions_count_code_points) {
    VM *vm = vm_make(0);
    ReadResult result;
    const char *text = "\xC3\xA9 (a\r\n  (b))\r\"x\ny\" z";
    reader_read(vm, text, strlen(text), NULL, &result);
    ArrayObj *forms = array_of(result.forms);
    CHECK_EQ_INT(forms->count, 4);
    CHECK_EQ_INT(result.diagnostics.count, 0);
    CHECK(!result.incomplete);
    NodeObj *outer = node_of(forms->items[1]), *inner = node_of(outer->children[0]);
    CHECK_EQ_INT(outer->line, 1);
    CHECK_EQ_INT(outer->column, 3);
    CHECK_EQ_INT(inner->line, 2);
    CHECK_EQ_INT(inner->column, 3);
    CHECK_EQ_INT(result.positions[0].end_column, 2);
    CHECK_EQ_INT(result.positions[1].end_line, 2);
    CHECK_EQ_INT(result.positions[1].end_column, 7);
    CHECK_EQ_INT(result.positions[2].line, 3);
    CHECK_EQ_INT(result.positions[2].end_line, 4);
    CHECK_EQ_INT(result.positions[3].column, 4);
    reader_free(&result);
    vm_free(vm);
}

TEST(diagnostics_know_where_a_token_ends) {
    VM *vm = vm_make(0);
    ReadResult result;
    reader_read(vm, "a 5px b (", 9, NULL, &result);
    CHECK_EQ_INT(result.diagnostics.count, 2);
    CHECK_EQ_INT(result.diagnostics.items[0].column, 3);
    CHECK_EQ_INT(result.diagnostics.items[0].end_column, 6);
    CHECK_EQ_INT(result.diagnostics.items[1].end_column, 9);
    CHECK(result.incomplete);
    CHECK_STR(diagnostics_main(&result.diagnostics)->message, "number with unit is not supported: 5px");
    CHECK_STR(result.diagnostics.items[1].message, "EOF while reading list ) <input> 1");
    reader_free(&result);
    vm_free(vm);
}

TEST(many_faults_come_in_source_order_and_stop_at_the_maximum) {
    RECOVERS("(a 5x [1 ] } 6y \"\\u\" 'zz ) ok", "(a [1] \"\") ok",
             "1:4 READ.NUMBER number with unit is not supported: 5x\n"
             "1:12 READ.UNMATCHED Unmatched delimiter: } at t.gene:1:12\n"
             "1:14 READ.NUMBER number with unit is not supported: 6y\n"
             "1:18 READ.STRING read_string failure: ErrInvalidToken\n"
             "1:22 READ.STRING Expected closing ' in character literal, got: z (ord: 122)");
    FAILS("(a 5x", "1:1 READ.UNCLOSED EOF while reading list ) t.gene 1\n"
                   "1:4 READ.NUMBER number with unit is not supported: 5x");
    VM *vm = vm_make(0);
    ReadResult result;
    char text[200];
    memset(text, ')', sizeof text);
    reader_read(vm, text, sizeof text, NULL, &result);
    CHECK_EQ_INT(result.diagnostics.count, READER_DIAGNOSTICS_MAX);
    reader_free(&result);
    vm_free(vm);
}

TEST(malformed_utf8_is_the_fault_not_what_it_leaves_open) {
    RECOVERS("a (b \"\xFF\") c", NULL, "1:7 READ.UTF8 invalid UTF-8: byte 0xFF");
    RECOVERS("5x\n\xC3\xA9 \xC0\x80", "\xC3\xA9",
             "1:1 READ.NUMBER number with unit is not supported: 5x\n"
             "2:3 READ.UTF8 invalid UTF-8: byte 0xC0");
    FAILS("# \xED\xA0\x80", "1:3 READ.UTF8 invalid UTF-8: byte 0xED");
    FAILS("a\xE2\x82", "1:2 READ.UTF8 invalid UTF-8: byte 0xE2");
}

TEST(nesting_up_to_the_limit_is_read) {
    read_and_check("(((a)))", 7, 3, "(((a)))", "", __FILE__, __LINE__);
    const char *fault = "1:3 READ.DEPTH nesting deeper than 2 forms (limit reader depth)";
    read_and_check("(((a))) b", 9, 2, NULL, fault, __FILE__, __LINE__);
    read_and_check("[`[a]] b", 8, 2, NULL, fault, __FILE__, __LINE__);
    read_and_check("[[{^a 1}]]", 10, 2, NULL, fault, __FILE__, __LINE__);
    read_and_check("`#@a #@b c", 10, 2, NULL, "1:6 READ.DEPTH nesting deeper than 2 forms (limit reader depth)",
                   __FILE__, __LINE__);
    read_and_check("(a; b; c)", 9, 2, NULL, "1:1 READ.DEPTH nesting deeper than 2 forms (limit reader depth)", __FILE__,
                   __LINE__);
    read_and_check("{^a^b^c 1}", 10, 2, NULL, "1:2 READ.DEPTH nesting deeper than 2 forms (limit reader depth)",
                   __FILE__, __LINE__);
    read_and_check("#\"#{#\"#{#\"#{a}\"}\"}\"", 19, 2, NULL,
                   "1:9 READ.DEPTH nesting deeper than 2 forms (limit reader depth)", __FILE__, __LINE__);
}

static void check_deep(const char *opening, size_t count) {
    VM *vm = vm_make(0);
    size_t width = strlen(opening), size = width * count;
    char *text = malloc(size);
    for (size_t i = 0; i < count; i++) memcpy(text + i * width, opening, width);
    ReadResult result;
    reader_read(vm, text, size, NULL, &result);
    CHECK_EQ_INT(result.diagnostics.count, 1);
    CHECK_STR(result.diagnostics.items[0].message, "nesting deeper than 1000 forms (limit reader depth)");
    CHECK_EQ_INT(result.diagnostics.items[0].id, ERR_READ_DEPTH);
    reader_free(&result);
    free(text);
    vm_free(vm);
}

TEST(endless_nesting_of_any_kind_gives_one_diagnostic) {
    const char *openings[] = {"(", "[", "{{", "`", "%", "#@", "#@f ", "{^a ", "#\"#{", "#\"#(", "#(", "%_", "(a ^b "};
    for (size_t i = 0; i < COUNT_OF(openings); i++) check_deep(openings[i], 100000);
}

TEST(endless_chains_and_nested_keys_are_limited) {
    VM *vm = vm_make(0);
    size_t size = 200000;
    char *text = malloc(size);
    const char *starts[] = {"(a", "{^a"};
    const char *repeats[] = {";b", "^a"};
    for (size_t kind = 0; kind < 2; kind++) {
        size_t at = strlen(starts[kind]);
        memcpy(text, starts[kind], at);
        for (; at + 2 <= size; at += 2) memcpy(text + at, repeats[kind], 2);
        ReadResult result;
        reader_read(vm, text, at, NULL, &result);
        CHECK_EQ_INT(result.diagnostics.count, 1);
        CHECK_EQ_INT(result.diagnostics.items[0].id, ERR_READ_DEPTH);
        reader_free(&result);
    }
    free(text);
    vm_free(vm);
}

TEST(a_literal_past_the_memory_limit_is_reported) {
    VM *vm = vm_make(4 << 20);
    size_t size = 5 << 20;
    char *text = malloc(size);
    memset(text, 'x', size);
    text[0] = text[size - 1] = '"';
    ReadResult result;
    reader_read(vm, text, size, NULL, &result);
    CHECK_EQ_INT(result.diagnostics.count, 1);
    CHECK_EQ_INT(result.diagnostics.items[0].id, ERR_LIMIT_MEMORY);
    reader_free(&result);
    /* So are many small ones. */
    for (size_t i = 0; i < size; i++) text[i] = "\"\" "[i % 3];
    text[0] = '[';
    text[1] = ' ';
    reader_read(vm, text, size, NULL, &result);
    CHECK_EQ_INT(result.diagnostics.count, 1);
    CHECK_EQ_INT(result.diagnostics.items[0].id, ERR_LIMIT_MEMORY);
    reader_free(&result);
    free(text);
    vm_free(vm);
}

TEST(big_texts_are_read_in_linear_time) {
    VM *vm = vm_make(0);
    Buffer text;
    buffer_init(&text);
    for (int i = 0; i < 100000; i++)
        buffer_append_format(&text, "(var name_%d (f%d ^key \"text\" [1 2.5 a/b]))\n", i, i % 100);
    clock_t start = clock();
    ReadResult result;
    reader_read(vm, text.data, text.size, NULL, &result);
    CHECK_EQ_INT(array_of(result.forms)->count, 100000);
    CHECK_EQ_INT(result.positions[99999].line, 100000);
    /* Sanitizers and a busy machine included; a quadratic reader takes minutes. */
    CHECK(clock() - start < 10 * CLOCKS_PER_SEC);
    reader_free(&result);
    buffer_free(&text);
    vm_free(vm);
}

TEST(a_string_of_50_megabytes_is_read) {
    VM *vm = vm_make(0);
    size_t size = 50u << 20;
    char *text = malloc(size);
    memset(text, 'x', size);
    text[0] = text[size - 1] = '"';
    ReadResult result;
    reader_read(vm, text, size, NULL, &result);
    CHECK_EQ_INT(result.diagnostics.count, 0);
    CHECK_EQ_INT(string_of(array_of(result.forms)->items[0])->size, size - 2);
    reader_free(&result);
    text[1] = '\\';
    reader_read(vm, text, size, NULL, &result);
    CHECK_EQ_INT(string_of(array_of(result.forms)->items[0])->size, size - 3);
    reader_free(&result);
    free(text);
    vm_free(vm);
}

static void check_incomplete(const char *text, bool incomplete) {
    VM *vm = vm_make(0);
    ReadResult result;
    reader_read(vm, text, strlen(text), NULL, &result);
    check_that(result.incomplete == incomplete, text, __FILE__, __LINE__);
    reader_free(&result);
    vm_free(vm);
}

TEST(text_that_ends_inside_a_form_is_incomplete) {
    const char *unfinished[] = {"(a", "[", "{^a", "{{", "\"a", "#\"#{", "`", "#@f", "#/a", "'", "a\\", "5x ("};
    const char *finished[] = {"", "(a)", ")", "5x", "'ab'", "(\xFF"};
    for (size_t i = 0; i < COUNT_OF(unfinished); i++) check_incomplete(unfinished[i], true);
    for (size_t i = 0; i < COUNT_OF(finished); i++) check_incomplete(finished[i], false);
}

/* --- the first form only --------------------------------------------------------------------------------------- */

TEST(the_first_form_is_read_alone) {
    VM *vm = vm_make(0);
    Value form;
    Diagnostics diagnostics;
    CHECK(reader_read_first(vm, "# c\n(y + 100) ignored )", 23, NULL, &form, &diagnostics));
    CHECK(is_node(form) && node_of(form)->count == 2);
    CHECK(reader_read_first(vm, " # nothing", 10, NULL, &form, &diagnostics));
    CHECK(form == VAL_NIL);
    CHECK(!reader_read_first(vm, ") a", 3, NULL, &form, &diagnostics));
    CHECK_STR(diagnostics.items[0].message, "Unmatched delimiter: ) at <input>:1:1");
    diagnostics_free(&diagnostics);
    CHECK(!reader_read_first(vm, "(a 5x)", 6, NULL, &form, &diagnostics));
    CHECK(form == VAL_NIL);
    CHECK_EQ_INT(diagnostics.count, 1);
    diagnostics_free(&diagnostics);
    vm_free(vm);
}

TEST(other_rooms_may_add_diagnostics) {
    Diagnostics list = {0};
    for (int i = 0; i < 30; i++) diagnostics_add(&list, ERR_COMPILE_FORM, 3, 4, "fault %d", i);
    CHECK_EQ_INT(list.count, READER_DIAGNOSTICS_MAX);
    CHECK_STR(list.items[1].message, "fault 1");
    CHECK_EQ_INT(list.items[1].end_column, 4);
    diagnostics_free(&list);
    CHECK_EQ_INT(list.count, 0);
}

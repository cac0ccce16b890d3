/* string.c — String methods that look at a string as a whole or by position (language 27 §1); searching and replacing
 * are in string_search.c. Positions are code points unless a name says bytes. */
#include "base/number.h"
#include "base/utf8.h"
#include "lib/modules.h"
#include "lib/support.h"
#include "lib/unicode.h"

static StrObj *receiver(VM *vm, const Args *args) { return lib_receiver(vm, args, OBJ_STR); }

static bool is_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

/* --- sizes, conversions ------------------------------------------------------------------------------- */

static NativeResult string_size(VM *vm, const Args *args, Value *out) {
    StrObj *string = receiver(vm, args);
    return string ? lib_return(out, value_small_int(string_length(string))) : NATIVE_RAISE;
}

static NativeResult string_byte_size(VM *vm, const Args *args, Value *out) {
    const StrObj *string = receiver(vm, args);
    return string ? lib_return(out, value_small_int(string->size)) : NATIVE_RAISE;
}

static NativeResult string_is_empty(VM *vm, const Args *args, Value *out) {
    const StrObj *string = receiver(vm, args);
    return string ? lib_return(out, value_bool(string->size == 0)) : NATIVE_RAISE;
}

static NativeResult string_is_not_empty(VM *vm, const Args *args, Value *out) {
    const StrObj *string = receiver(vm, args);
    return string ? lib_return(out, value_bool(string->size > 0)) : NATIVE_RAISE;
}

static NativeResult string_to_s(VM *vm, const Args *args, Value *out) {
    const StrObj *string = receiver(vm, args);
    return string ? lib_return(out, value_pointer(string)) : NATIVE_RAISE;
}

/* The part of the text between surrounding blanks; those at the chosen ends only. */
static const char *trimmed(const StrObj *string, bool left, bool right, size_t *out_size) {
    const char *text = string->text;
    size_t size = string->size;
    while (left && size > 0 && is_blank(text[0])) text++, size--;
    while (right && size > 0 && is_blank(text[size - 1])) size--;
    *out_size = size;
    return text;
}

static NativeResult string_to_i(VM *vm, const Args *args, Value *out) {
    const StrObj *string = receiver(vm, args);
    if (!string) return NATIVE_RAISE;
    size_t size;
    int64_t number;
    const char *text = trimmed(string, true, true, &size);
    if (!number_parse_int(text, size, &number)) return vm_raise_message(vm, "to_i requires a numeric string");
    return lib_return(out, int_make(vm, number));
}

static NativeResult string_to_f(VM *vm, const Args *args, Value *out) {
    const StrObj *string = receiver(vm, args);
    if (!string) return NATIVE_RAISE;
    size_t size;
    double number;
    const char *text = trimmed(string, true, true, &size);
    if (!number_parse_double(text, size, &number)) return vm_raise_message(vm, "to_f requires a numeric string");
    return lib_return(out, value_float(number));
}

static NativeResult trim(VM *vm, const Args *args, bool left, bool right, Value *out) {
    const StrObj *string = receiver(vm, args);
    if (!string) return NATIVE_RAISE;
    size_t size;
    const char *text = trimmed(string, left, right, &size);
    return lib_return(out, size == string->size ? value_pointer(string) : string_make(vm, text, size));
}

static NativeResult string_trim(VM *vm, const Args *args, Value *out) { return trim(vm, args, true, true, out); }
static NativeResult string_lstrip(VM *vm, const Args *args, Value *out) { return trim(vm, args, true, false, out); }
static NativeResult string_rstrip(VM *vm, const Args *args, Value *out) { return trim(vm, args, false, true, out); }

/* --- case, order --------------------------------------------------------------------------------------- */

typedef enum CaseChange { CASE_UPPER, CASE_LOWER, CASE_CAPITALIZE } CaseChange;

static NativeResult change_case(VM *vm, const Args *args, CaseChange change, Value *out) {
    const StrObj *string = receiver(vm, args);
    if (!string) return NATIVE_RAISE;
    Buffer text;
    lib_buffer_init(vm, &text);
    buffer_reserve(&text, string->size);
    for (size_t i = 0; i < string->size;) {
        uint32_t code_point;
        bool upper = change == CASE_UPPER || (change == CASE_CAPITALIZE && i == 0);
        i += utf8_decode(string->text + i, string->size - i, &code_point);
        buffer_append_utf8(&text, upper ? unicode_upper(code_point) : unicode_lower(code_point));
    }
    return lib_return_text(vm, &text, out);
}

static NativeResult string_upper(VM *vm, const Args *args, Value *out) {
    return change_case(vm, args, CASE_UPPER, out);
}

static NativeResult string_lower(VM *vm, const Args *args, Value *out) {
    return change_case(vm, args, CASE_LOWER, out);
}

static NativeResult string_capitalize(VM *vm, const Args *args, Value *out) {
    return change_case(vm, args, CASE_CAPITALIZE, out);
}

static NativeResult string_reverse(VM *vm, const Args *args, Value *out) {
    const StrObj *string = receiver(vm, args);
    if (!string || !lib_check_space(vm, string->size)) return NATIVE_RAISE;
    *out = string_make(vm, string->text, string->size);
    char *end = string_of(*out)->text + string->size;
    if (string->size == 0) return NATIVE_RETURN;
    for (size_t i = 0; i < string->size;) {
        size_t width = utf8_width(string->text[i]);
        end -= width;
        memcpy(end, string->text + i, width);
        i += width;
    }
    return NATIVE_RETURN;
}

/* --- parts by position ----------------------------------------------------------------------------------- */

/* Byte offset of code point `index`; the size when past the end. */
static size_t offset_of(StrObj *string, uint32_t index) {
    if (string_is_ascii(string)) return index < string->size ? index : string->size;
    return utf8_offset(string->text, string->size, index);
}

static NativeResult string_char_at(VM *vm, const Args *args, Value *out) {
    StrObj *string = receiver(vm, args);
    int64_t index;
    if (!string || !lib_int_arg(vm, args, 1, "char_at expects string and integer", &index)) return NATIVE_RAISE;
    if (index < 0 || index >= string_length(string)) return vm_raise(vm, ERR_INDEX, "char_at index out of bounds");
    uint32_t code_point;
    size_t offset = offset_of(string, (uint32_t)index);
    utf8_decode(string->text + offset, string->size - offset, &code_point);
    return lib_return(out, value_char(code_point));
}

/* Arguments 1 and 2 as an inclusive range of `count` items, negatives from the end: [*out_from, *out_to), empty when
 * reversed or past the end. False after raising. */
static bool inclusive_range(VM *vm, const Args *args, const char *error, uint32_t count, uint32_t *out_from,
                            uint32_t *out_to) {
    int64_t first, last = -1;
    if (!lib_int_arg(vm, args, 1, error, &first)) return false;
    if (lib_has_arg(args, 2) && !lib_int_arg(vm, args, 2, error, &last)) return false;
    *out_from = lib_clamp_index(first, count);
    if (last < 0) last += count;
    *out_to = last < 0 ? 0 : last >= count ? count : (uint32_t)last + 1;
    if (*out_to < *out_from) *out_to = *out_from;
    return true;
}

static NativeResult string_substr(VM *vm, const Args *args, Value *out) {
    StrObj *string = receiver(vm, args);
    if (!string) return NATIVE_RAISE;
    if (!lib_has_arg(args, 1)) return vm_raise_message(vm, "String.substr requires start index");
    uint32_t from, to;
    if (!inclusive_range(vm, args, "substr expects integer indexes", string_length(string), &from, &to)) {
        return NATIVE_RAISE;
    }
    size_t start = offset_of(string, from), end = offset_of(string, to);
    if (!lib_check_space(vm, end - start)) return NATIVE_RAISE;
    return lib_return(out, string_make(vm, string->text + start, end - start));
}

static NativeResult string_byte_at(VM *vm, const Args *args, Value *out) {
    const StrObj *string = receiver(vm, args);
    int64_t index;
    if (!string || !lib_int_arg(vm, args, 1, "byte_at expects an integer index", &index)) return NATIVE_RAISE;
    if (index < 0 || index >= string->size) return vm_raise(vm, ERR_INDEX, "byte_at index out of bounds");
    return lib_return(out, value_small_int((uint8_t)string->text[index]));
}

static NativeResult string_byte_slice(VM *vm, const Args *args, Value *out) {
    const StrObj *string = receiver(vm, args);
    uint32_t from, to;
    if (!string || !inclusive_range(vm, args, "byte_slice expects integer indexes", string->size, &from, &to)) {
        return NATIVE_RAISE;
    }
    if (!lib_check_space(vm, to - from)) return NATIVE_RAISE;
    return lib_return(out, bytes_make(vm, (const uint8_t *)string->text + from, to - from));
}

/* --- lists of characters and bytes ---------------------------------------------------------------------- */

static NativeResult string_chars(VM *vm, const Args *args, Value *out) {
    StrObj *string = receiver(vm, args);
    uint32_t scope = roots_open(vm), result;
    if (!string || !lib_push_array(vm, string_length(string), &result)) return NATIVE_RAISE;
    ArrayObj *chars = array_of(root_get(vm, result));
    for (size_t i = 0; i < string->size;) {
        uint32_t code_point;
        i += utf8_decode(string->text + i, string->size - i, &code_point);
        array_push(vm, chars, value_char(code_point));
    }
    *out = root_get(vm, result);
    roots_close(vm, scope);
    return NATIVE_RETURN;
}

static NativeResult string_bytes(VM *vm, const Args *args, Value *out) {
    const StrObj *string = receiver(vm, args);
    if (!string || !lib_check_space(vm, string->size)) return NATIVE_RAISE;
    return lib_return(out, bytes_make(vm, (const uint8_t *)string->text, string->size));
}

/* Calls argument 1, if there is one, with each item of the array, which is the native's value. */
static NativeResult call_each(VM *vm, const Args *args, const char *error, Value array, Value *out) {
    if (!lib_has_arg(args, 1)) return lib_return(out, array);
    uint32_t scope = roots_open(vm);
    uint32_t items = root_push(vm, array);
    bool ok = lib_callable_arg(vm, args, 1, error, true);
    for (uint32_t i = 0; ok && i < array_of(root_get(vm, items))->count; i++) {
        Value item = array_of(root_get(vm, items))->items[i], ignored;
        ok = exec_callable(vm, native_arg(vm, args, 1), &item, 1, &ignored);
    }
    *out = root_get(vm, items);
    roots_close(vm, scope);
    return ok ? NATIVE_RETURN : NATIVE_RAISE;
}

static NativeResult string_each_char(VM *vm, const Args *args, Value *out) {
    Value chars;
    if (string_chars(vm, args, &chars) == NATIVE_RAISE) return NATIVE_RAISE;
    return call_each(vm, args, "each_char callback must be callable", chars, out);
}

static NativeResult string_each_byte(VM *vm, const Args *args, Value *out) {
    const StrObj *string = receiver(vm, args);
    uint32_t scope = roots_open(vm), result;
    if (!string || !lib_push_array(vm, string->size, &result)) return NATIVE_RAISE;
    Value bytes = root_get(vm, result);
    for (uint32_t i = 0; i < string->size; i++) {
        array_push(vm, array_of(bytes), value_small_int((uint8_t)string->text[i]));
    }
    roots_close(vm, scope);
    return call_each(vm, args, "each_byte callback must be callable", bytes, out);
}

/* --- building ------------------------------------------------------------------------------------------- */

/* `start`, which may be NULL, and the texts of arguments 1… */
static NativeResult concatenate(VM *vm, const Args *args, const StrObj *start, Value *out) {
    Buffer text;
    lib_buffer_init(vm, &text);
    if (start) buffer_append(&text, start->text, start->size);
    if (lib_append_args(vm, args, 1, &text)) return lib_return_text(vm, &text, out);
    buffer_free(&text);
    return NATIVE_RAISE;
}

static NativeResult string_append(VM *vm, const Args *args, Value *out) {
    const StrObj *string = receiver(vm, args);
    if (!string) return NATIVE_RAISE;
    if (!lib_has_arg(args, 1)) return vm_raise_message(vm, "String.append requires a value to append");
    return concatenate(vm, args, string, out);
}

static NativeResult string_new(VM *vm, const Args *args, Value *out) {
    bool is_one_string = args->count == 2 && is_string(native_arg(vm, args, 1));
    return is_one_string ? lib_return(out, native_arg(vm, args, 1)) : concatenate(vm, args, NULL, out);
}

/* --- table ------------------------------------------------------------------------------------------------ */

#define REENTRANT_METHOD (NATIVE_METHOD | NATIVE_REENTRANT)

static const NativeDef constructor = {
    "String", string_new, 0, -1, REENTRANT_METHOD, "(new String v…)", "The texts of the values as one string."};

static const NativeDef methods[] = {
    {"size", string_size, 0, -1, NATIVE_METHOD, "(s .size)", "Number of characters."},
    {"length", string_size, 0, -1, NATIVE_METHOD, "(s .length)", "Number of characters."},
    {"bytesize", string_byte_size, 0, -1, NATIVE_METHOD, "(s .bytesize)", "Number of bytes."},
    {"empty", string_is_empty, 0, -1, NATIVE_METHOD, "(s .empty)", "True for the empty string."},
    {"empty?", string_is_empty, 0, -1, NATIVE_METHOD, "(s .empty?)", "True for the empty string."},
    {"not_empty?", string_is_not_empty, 0, -1, NATIVE_METHOD, "(s .not_empty?)", "False for the empty string."},
    {"to_s", string_to_s, 0, -1, NATIVE_METHOD, "(s .to_s)", "The string itself."},
    {"to_i", string_to_i, 0, -1, NATIVE_METHOD, "(s .to_i)", "The Int that a decimal text stands for."},
    {"to_f", string_to_f, 0, -1, NATIVE_METHOD, "(s .to_f)", "The Float that a decimal text stands for."},
    {"to_upper", string_upper, 0, -1, NATIVE_METHOD, "(s .to_upper)", "In capitals."},
    {"upper", string_upper, 0, -1, NATIVE_METHOD, "(s .upper)", "In capitals."},
    {"upcase", string_upper, 0, -1, NATIVE_METHOD, "(s .upcase)", "In capitals."},
    {"to_uppercase", string_upper, 0, -1, NATIVE_METHOD, "(s .to_uppercase)", "In capitals."},
    {"to_lower", string_lower, 0, -1, NATIVE_METHOD, "(s .to_lower)", "In small letters."},
    {"lower", string_lower, 0, -1, NATIVE_METHOD, "(s .lower)", "In small letters."},
    {"downcase", string_lower, 0, -1, NATIVE_METHOD, "(s .downcase)", "In small letters."},
    {"to_lowercase", string_lower, 0, -1, NATIVE_METHOD, "(s .to_lowercase)", "In small letters."},
    {"capitalize", string_capitalize, 0, -1, NATIVE_METHOD, "(s .capitalize)",
     "The first character as a capital, the rest small."},
    {"reverse", string_reverse, 0, -1, NATIVE_METHOD, "(s .reverse)", "The characters in reverse order."},
    {"trim", string_trim, 0, -1, NATIVE_METHOD, "(s .trim)", "Without blanks at both ends."},
    {"strip", string_trim, 0, -1, NATIVE_METHOD, "(s .strip)", "Without blanks at both ends."},
    {"lstrip", string_lstrip, 0, -1, NATIVE_METHOD, "(s .lstrip)", "Without blanks at the start."},
    {"rstrip", string_rstrip, 0, -1, NATIVE_METHOD, "(s .rstrip)", "Without blanks at the end."},
    {"char_at", string_char_at, 0, -1, NATIVE_METHOD, "(s .char_at i)", "Character i from 0."},
    {"substr", string_substr, 0, -1, NATIVE_METHOD, "(s .substr a [b])",
     "Characters a to b inclusive; negative counts from the end."},
    {"byte_at", string_byte_at, 0, -1, NATIVE_METHOD, "(s .byte_at i)", "Byte i as an Int."},
    {"byte_slice", string_byte_slice, 0, -1, NATIVE_METHOD, "(s .byte_slice a [b])", "Bytes a to b inclusive."},
    {"byteslice", string_byte_slice, 0, -1, NATIVE_METHOD, "(s .byteslice a [b])", "Bytes a to b inclusive."},
    {"chars", string_chars, 0, -1, NATIVE_METHOD, "(s .chars)", "New array of the characters."},
    {"bytes", string_bytes, 0, -1, NATIVE_METHOD, "(s .bytes)", "The UTF-8 bytes."},
    {"to_bytes", string_bytes, 0, -1, NATIVE_METHOD, "(s .to_bytes)", "The UTF-8 bytes."},
    {"each_char", string_each_char, 0, -1, REENTRANT_METHOD, "(s .each_char f)",
     "Calls (f char) for each; the array of characters."},
    {"each_byte", string_each_byte, 0, -1, REENTRANT_METHOD, "(s .each_byte f)",
     "Calls (f byte) for each; the array of bytes as Ints."},
    {"append", string_append, 0, -1, REENTRANT_METHOD, "(s .append v…)", "The string and the texts of the values."},
};

void lib_install_string(VM *vm) {
    ClassObj *class_ = vm_space(vm)->type_classes[OBJ_STR];
    class_->ctor = native_make(vm, &constructor, VAL_NIL);
    vm_define_methods(vm, class_, methods, COUNT_OF(methods));
}

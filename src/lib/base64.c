/* base64.c — standard base64 with padding (language 27 §6). */
#include "base/utf8.h"
#include "lib/modules.h"
#include "lib/support.h"

/* The argument's text; NULL after raising. */
static const StrObj *text_arg(VM *vm, const Args *args) {
    Value text = native_arg_or(vm, args, 0, VAL_NIL);
    if (is_string(text)) return string_of(text);
    vm_raise_message(vm, "%s requires a string argument", native_of(args->callee)->def->name);
    return NULL;
}

static NativeResult encode(VM *vm, const Args *args, Value *out) {
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const StrObj *text = text_arg(vm, args);
    if (!text) return NATIVE_RAISE;
    Buffer encoded;
    lib_buffer_init(vm, &encoded);
    for (size_t i = 0; i < text->size; i += 3) {
        uint32_t group = 0;
        for (size_t k = 0; k < 3; k++) group = group << 8 | (i + k < text->size ? (uint8_t)text->text[i + k] : 0);
        size_t present = text->size - i < 3 ? text->size - i : 3;
        for (size_t k = 0; k < 4; k++) {
            buffer_append_byte(&encoded, k <= present ? digits[group >> (18 - 6 * k) & 63] : '=');
        }
    }
    return lib_return_text(vm, &encoded, out);
}

/* Value of a base64 digit, or -1. */
static int digit_value(char c) {
    if (c >= 'A' && c <= 'Z') return c - 'A';
    if (c >= 'a' && c <= 'z') return c - 'a' + 26;
    if (c >= '0' && c <= '9') return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* Appends the decoded bytes; why it cannot be done, or NULL. */
static const char *decode_into(const StrObj *text, Buffer *decoded) {
    if (text->size % 4 != 0) return "the length is not a multiple of 4";
    size_t padding = 0;
    while (padding < 2 && padding < text->size && text->text[text->size - 1 - padding] == '=') padding++;
    for (size_t i = 0; i < text->size; i += 4) {
        uint32_t group = 0;
        size_t wanted = i + 4 == text->size ? 4 - padding : 4;
        for (size_t k = 0; k < 4; k++) {
            int digit = k < wanted ? digit_value(text->text[i + k]) : 0;
            if (digit < 0) return "it has characters that are no base64 digits";
            group = group << 6 | (uint32_t)digit;
        }
        for (size_t k = 0; k + 1 < wanted; k++) buffer_append_byte(decoded, (char)(group >> (16 - 8 * k) & 255));
    }
    if (decoded->failed) return NULL; /* reported as the memory limit */
    bool is_text = utf8_find_invalid(decoded->data, decoded->size) == decoded->size;
    return is_text ? NULL : "what it encodes is not UTF-8 text";
}

static NativeResult decode(VM *vm, const Args *args, Value *out) {
    const StrObj *text = text_arg(vm, args);
    if (!text) return NATIVE_RAISE;
    Buffer decoded;
    lib_buffer_init(vm, &decoded);
    const char *problem = decode_into(text, &decoded);
    if (!problem) return lib_return_text(vm, &decoded, out);
    buffer_free(&decoded);
    return vm_raise(vm, ERR_RUNTIME, "Invalid base64 string: %s", problem);
}

static const NativeDef functions[] = {
    {"base64", encode, 0, -1, 0, "(base64 s)", "Base64 of the string's UTF-8 bytes."},
    {"base64_decode", decode, 0, -1, 0, "(base64_decode s)", "The string that base64 made s from."},
    {"base64_encode", encode, 0, -1, 0, "(gene/base64_encode s)", "Base64 of the string's UTF-8 bytes."},
};
#define GLOBAL_COUNT 2 /* the last name is in `gene` only */

void lib_install_base64(VM *vm) {
    vm_define_natives(vm, vm->global_ns, functions, GLOBAL_COUNT);
    vm_define_natives(vm, vm->gene_ns, functions, COUNT_OF(functions));
}

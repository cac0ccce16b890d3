/* errors.c — the error table behind ErrorId. All content is in errors.h. */
#include "object/errors.h"

#include <string.h>

const ErrorInfo error_table[ERROR_COUNT] = {
#define ERROR(id, code, class_name, hint) {code, class_name, hint},
    ERRORS(ERROR)
#undef ERROR
};

ErrorId error_by_code(const char *code, size_t size) {
    for (int i = 0; i < ERROR_COUNT; i++) {
        if (strlen(error_table[i].code) == size && memcmp(error_table[i].code, code, size) == 0) return (ErrorId)i;
    }
    return ERR_HOST;
}

const char *error_hint(const char *code) {
    const ErrorInfo *row = &error_table[error_by_code(code, strlen(code))];
    return strcmp(row->code, code) == 0 ? row->hint : "";
}

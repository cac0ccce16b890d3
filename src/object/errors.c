/* errors.c — the error table behind ErrorId. All content is in errors.h. */
#include "object/errors.h"

const ErrorInfo error_table[ERROR_COUNT] = {
#define ERROR(id, code, class_name, hint) {code, class_name, hint},
    ERRORS(ERROR)
#undef ERROR
};

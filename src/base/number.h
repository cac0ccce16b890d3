/* number.h — numbers to text and back, exactly. */
#ifndef GENE_BASE_NUMBER_H
#define GENE_BASE_NUMBER_H

#include "base/common.h"

#define NUMBER_TEXT_MAX 40

/* Gene's float text (language 02 §2.4): shortest digits that read back to the same double, fixed
 * notation for −6 ≤ P ≤ 17, else d[.ddd]e±X; "inf", "-inf", "nan". NUL-terminated; returns the length. */
size_t number_format_double(double number, char out[NUMBER_TEXT_MAX]);
/* JSON/JavaScript-independent integer text. */
size_t number_format_int(int64_t number, char out[NUMBER_TEXT_MAX]);
/* Whole text must be [+-]?digit+ within 64 bits; false otherwise. */
bool number_parse_int(const char *text, size_t size, int64_t *out_number);
/* Whole text must be a decimal float ([+-]? digits [. digits] [e[+-]digits], "5.", ".5"); locale-free. */
bool number_parse_double(const char *text, size_t size, double *out_number);

#endif

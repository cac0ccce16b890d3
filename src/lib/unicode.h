/* unicode.h — simple case mapping of code points. */
#ifndef GENE_LIB_UNICODE_H
#define GENE_LIB_UNICODE_H

#include "base/common.h"

/* `count` code points from `first` on, `step` apart, that all move by `delta`. ASCII is in no row. */
typedef struct CaseRow {
    uint32_t first;
    uint16_t count, step;
    int32_t delta;
} CaseRow;

/* Ordered by `first`; a row ends before the next one begins. Generated: js/dev/unicode_tables.js. */
extern const CaseRow unicode_to_upper[], unicode_to_lower[];
extern const size_t unicode_to_upper_count, unicode_to_lower_count;

uint32_t unicode_upper(uint32_t code_point);
uint32_t unicode_lower(uint32_t code_point);

#endif

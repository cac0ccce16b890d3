/* unicode.c — looks case mappings up in the generated tables. */
#include "lib/unicode.h"

static uint32_t map_case(const CaseRow *rows, size_t count, uint32_t code_point) {
    size_t low = 0, high = count; /* rows before `low` start at or before code_point */
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (rows[middle].first <= code_point)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == 0) return code_point;
    const CaseRow *row = &rows[low - 1];
    uint32_t distance = code_point - row->first;
    bool is_in_row = distance % row->step == 0 && distance / row->step < row->count;
    return is_in_row ? (uint32_t)((int32_t)code_point + row->delta) : code_point;
}

uint32_t unicode_upper(uint32_t code_point) {
    if (code_point < 0x80) return code_point >= 'a' && code_point <= 'z' ? code_point - 32 : code_point;
    return map_case(unicode_to_upper, unicode_to_upper_count, code_point);
}

uint32_t unicode_lower(uint32_t code_point) {
    if (code_point < 0x80) return code_point >= 'A' && code_point <= 'Z' ? code_point + 32 : code_point;
    return map_case(unicode_to_lower, unicode_to_lower_count, code_point);
}

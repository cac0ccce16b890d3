/* array_sort.c — stable merge sort.
 * Invariant: the two work arrays are the sort's own, so whatever a comparator does to the program's array, and however
 * inconsistent its answers are, every turn of the merge stays inside them and moves each item exactly once. */
#include "lib/array_sort.h"

#include "lib/support.h"

typedef struct Sort {
    VM *vm;
    Value compare;       /* VAL_UNSET: items are [text value] pairs, ordered by text */
    ArrayObj *from, *to; /* rooted by array_sorted */
} Sort;

static bool texts_in_order(Value a, Value b) {
    const StrObj *left = string_of(array_of(a)->items[0]), *right = string_of(array_of(b)->items[0]);
    uint32_t size = left->size < right->size ? left->size : right->size;
    int order = memcmp(left->text, right->text, size);
    return order < 0 || (order == 0 && left->size <= right->size);
}

/* Does `left`, which stands first, stay before `right`? A comparator that answers with truth says false for equal items
 * too; asking it the other way round keeps them in place. */
static bool stays_first(const Sort *sort, Value left, Value right, bool *out_stays) {
    if (sort->compare == VAL_UNSET) {
        *out_stays = texts_in_order(left, right);
        return true;
    }
    Value argv[] = {left, right}, answer;
    if (!exec_callable(sort->vm, sort->compare, argv, 2, &answer)) return false;
    if (is_number(answer)) {
        *out_stays = !(number_of(answer) > 0);
        return true;
    }
    *out_stays = is_truthy(answer);
    if (*out_stays) return true;
    Value swapped[] = {right, left};
    if (!exec_callable(sort->vm, sort->compare, swapped, 2, &answer)) return false;
    *out_stays = is_number(answer) ? number_of(answer) >= 0 : is_falsy(answer);
    return true;
}

/* Merges from[low..middle) and from[middle..high) into to[low..high). */
static bool merge(Sort *sort, uint32_t low, uint32_t middle, uint32_t high) {
    ArrayObj *from = sort->from, *to = sort->to;
    uint32_t left = low, right = middle;
    bool stays = true;
    if (middle < high && !stays_first(sort, from->items[middle - 1], from->items[middle], &stays)) return false;
    if (stays) { /* already in order */
        memcpy(to->items + low, from->items + low, (high - low) * sizeof(Value));
        heap_touch(sort->vm, to);
        return true;
    }
    for (uint32_t i = low; i < high; i++) {
        bool take_left = right == high;
        if (left < middle && right < high && !stays_first(sort, from->items[left], from->items[right], &take_left)) {
            return false;
        }
        to->items[i] = take_left ? from->items[left++] : from->items[right++];
        heap_touch(sort->vm, to);
    }
    return true;
}

static bool sort_items(Sort *sort) {
    uint32_t count = sort->from->count;
    for (uint32_t width = 1; width < count; width *= 2) {
        for (uint32_t low = 0; low < count; low += 2 * width) {
            uint32_t middle = count - low < width ? count : low + width;
            uint32_t high = count - low < 2 * width ? count : low + 2 * width;
            if (!merge(sort, low, middle, high)) return false;
        }
        ArrayObj *merged = sort->to;
        sort->to = sort->from;
        sort->from = merged;
    }
    return true;
}

/* Replaces each item by [text item]. */
static bool add_texts(VM *vm, ArrayObj *items) {
    for (uint32_t i = 0; i < items->count; i++) {
        Buffer text;
        lib_buffer_init(vm, &text);
        Value key;
        if (!print_value(vm, &text, items->items[i], RENDER_STRING_FORM)) {
            buffer_free(&text);
            return false;
        }
        if (lib_return_text(vm, &text, &key) == NATIVE_RAISE) return false;
        uint32_t scope = roots_open(vm);
        root_push(vm, key);
        items->items[i] = lib_pair(vm, key, items->items[i]);
        roots_close(vm, scope);
        heap_touch(vm, items);
    }
    return true;
}

static bool sort_rooted(VM *vm, Sort *sort) {
    bool by_text = sort->compare == VAL_UNSET;
    if (by_text && !add_texts(vm, sort->from)) return false;
    if (!sort_items(sort)) return false;
    for (uint32_t i = 0; by_text && i < sort->from->count; i++) {
        sort->from->items[i] = array_of(sort->from->items[i])->items[1];
    }
    heap_touch(vm, sort->from);
    return true;
}

NativeResult array_sorted(VM *vm, Value array, Value compare, Value *out) {
    uint32_t count = array_of(array)->count;
    if (!lib_check_space(vm, 2 * (size_t)count * sizeof(Value))) return NATIVE_RAISE;
    uint32_t scope = roots_open(vm);
    Sort sort = {vm, compare, NULL, NULL};
    sort.from = array_of(root_get(vm, root_push(vm, array_from(vm, array_of(array)->items, count))));
    sort.to = array_of(root_get(vm, root_push(vm, array_from(vm, sort.from->items, count))));
    bool sorted = sort_rooted(vm, &sort);
    roots_close(vm, scope);
    return sorted ? lib_return(out, value_pointer(sort.from)) : NATIVE_RAISE;
}

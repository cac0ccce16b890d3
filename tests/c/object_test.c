/* object_test.c — the object room on a VM that is nothing but its ObjectSpace and a list of roots.
 * Each test keeps what it needs across allocations with keep(), so all of it runs under GENE_GC_STRESS. */
#include "check.h"

#include "base/hash.h"
#include "base/utf8.h"
#include "object/errors.h"
#include "object/future.h"
#include "object/space.h"

#define ROOTS_MAX 64

struct VM {
    ObjectSpace space;
    Value roots[ROOTS_MAX];
    uint32_t root_count;
    uint32_t released; /* sum of the handles given back to the host */
};

static void mark_roots(VM *vm, Heap *heap, bool final) {
    (void) final;
    space_mark(vm, heap);
    heap_mark_values(heap, vm->roots, vm->root_count);
}

static VM *open_vm(void) {
    VM *vm = calloc(1, sizeof *vm);
    heap_init(vm_heap(vm), vm, 0);
    vm_heap(vm)->mark_roots = mark_roots;
    vm_space(vm)->hash_seed = 12345;
    space_init(vm);
    return vm;
}

static void close_vm(VM *vm) {
    space_destroy(vm);
    heap_destroy(vm_heap(vm));
    free(vm);
}

static Value keep(VM *vm, Value value) {
    ENSURE(vm->root_count < ROOTS_MAX, "a test keeps few values");
    return vm->roots[vm->root_count++] = value;
}

static SymbolObj *sym(VM *vm, const char *text) {
    Value symbol = value_pointer(symbol_from(vm, text));
    return symbol_of(keep(vm, symbol));
}

/* A symbol that only its user keeps alive. */
static SymbolObj *numbered(VM *vm, const char *prefix, uint32_t number) {
    char text[32];
    int size = snprintf(text, sizeof text, "%s%u", prefix, number);
    return symbol_intern(vm, text, (size_t)size);
}

static uint32_t next_random(uint32_t *state) {
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

/* --- strings -------------------------------------------------------------------------------------- */

TEST(strings_know_bytes_and_code_points) {
    VM *vm = open_vm();
    StrObj *text = string_of(keep(vm, string_from(vm, "h\xC3\xA9\xF0\x9F\x98\x80!")));
    CHECK_EQ_INT(text->size, 8);
    CHECK_EQ_INT(string_length(text), 4);
    CHECK_EQ_INT(string_length(text), 4);
    CHECK(!string_is_ascii(text));
    CHECK_STR(text->text, "h\xC3\xA9\xF0\x9F\x98\x80!");
    CHECK(string_is_ascii(string_of(string_from(vm, "plain"))));
    CHECK_STR(string_of(string_from_char(vm, 0x20AC))->text, "\xE2\x82\xAC");
    CHECK(string_make(vm, NULL, 0) == value_pointer(vm_space(vm)->empty_string));
    StrObj *with_nul = string_of(string_make(vm, "a\0b", 3));
    CHECK_EQ_INT(with_nul->size, 3);
    CHECK_EQ_INT(with_nul->text[3], 0);
    close_vm(vm);
}

TEST(strings_compare_by_text) {
    VM *vm = open_vm();
    StrObj *a = string_of(keep(vm, string_from(vm, "same")));
    StrObj *b = string_of(keep(vm, string_from(vm, "same")));
    StrObj *c = string_of(keep(vm, string_from(vm, "sama")));
    CHECK(a != b && string_equals(a, b) && string_equals(a, a) && !string_equals(a, c));
    CHECK(string_hash(vm, a) != 0);
    CHECK(string_hash(vm, a) == string_hash(vm, b));
    CHECK(string_hash(vm, a) == sym(vm, "same")->header.hash);
    CHECK(string_hash(vm, c) != string_hash(vm, a) && !string_equals(a, c));
    close_vm(vm);
}

TEST(malformed_text_is_replaced) {
    static const struct {
        const char *bytes;
        const char *expected;
    } cases[] = {
        {"a\xFF!", "a\xEF\xBF\xBD!"},
        {"\xC3", "\xEF\xBF\xBD"},       /* cut off */
        {"\xE2\x82!", "\xEF\xBF\xBD!"}, /* the longest prefix at once */
        {"\xF0\x9F\x98", "\xEF\xBF\xBD"},
        {"\xED\xA0\x80", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"}, /* a surrogate */
        {"\xC0\xAF", "\xEF\xBF\xBD\xEF\xBF\xBD"},                 /* overlong */
        {"\xF5\x80\xC3\xA9", "\xEF\xBF\xBD\xEF\xBF\xBD\xC3\xA9"},
        {"fine \xC3\xA9", "fine \xC3\xA9"},
    };
    VM *vm = open_vm();
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        StrObj *repaired = string_of(string_make_lossy(vm, cases[i].bytes, strlen(cases[i].bytes)));
        CHECK_STR(repaired->text, cases[i].expected);
        CHECK_EQ_INT(repaired->size, strlen(cases[i].expected));
        CHECK_EQ_INT(utf8_find_invalid(repaired->text, repaired->size), repaired->size);
    }
    close_vm(vm);
}

TEST(buffers_become_strings) {
    VM *vm = open_vm();
    Buffer buffer;
    buffer_init(&buffer);
    buffer_append_text(&buffer, "made of ");
    buffer_append_utf8(&buffer, 0xE9);
    CHECK_STR(string_of(string_from_buffer(vm, &buffer))->text, "made of \xC3\xA9");
    CHECK_EQ_INT(buffer.size, 0);
    CHECK(string_from_buffer(vm, &buffer) == value_pointer(vm_space(vm)->empty_string));
    close_vm(vm);
}

/* --- symbols, paths, bytes ------------------------------------------------------------------------ */

TEST(symbols_with_one_text_are_one_object) {
    VM *vm = open_vm();
    SymbolObj *a = sym(vm, "alpha");
    CHECK(a == symbol_from(vm, "alpha"));
    CHECK(a == symbol_intern(vm, "alphabet", 5));
    CHECK(a != sym(vm, "alphabet"));
    CHECK(a->header.hash != 0);
    CHECK(symbol_is(a, "alpha") && !symbol_is(a, "alph") && !symbol_is(a, "alphb"));
    StrObj *text = string_of(keep(vm, string_from_symbol(vm, a)));
    CHECK_STR(text->text, "alpha");
    CHECK(symbol_from_string(vm, text) == a);
    CHECK(SYM(vm, SELF) == symbol_from(vm, "self") && SYM(vm, EMPTY)->size == 0);
    close_vm(vm);
}

TEST(unused_symbols_are_collected) {
    VM *vm = open_vm();
    heap_collect(vm);
    uint32_t before = vm_space(vm)->symbols.count;
    Value kept = keep(vm, array_make(vm, 0));
    for (uint32_t i = 0; i < 5000; i++) {
        SymbolObj *symbol = numbered(vm, "s", i);
        if (i % 10 == 0) array_push(vm, array_of(kept), value_pointer(symbol));
    }
    heap_collect(vm);
    CHECK_EQ_INT(vm_space(vm)->symbols.count, before + 500);
    for (uint32_t i = 0; i < 5000; i += 10) {
        CHECK(array_of(kept)->items[i / 10] == value_pointer(numbered(vm, "s", i)));
    }
    CHECK(SYM(vm, SELF) == symbol_from(vm, "self"));
    vm->root_count = 0;
    heap_collect(vm);
    CHECK_EQ_INT(vm_space(vm)->symbols.count, before);
    close_vm(vm);
}

TEST(paths_and_bytes_keep_their_parts) {
    VM *vm = open_vm();
    SymbolObj *parts[] = {sym(vm, "a"), SYM(vm, EMPTY), sym(vm, "c")};
    PathObj *path = path_of(keep(vm, path_make(vm, parts, 3)));
    vm->roots[0] = vm->roots[1] = VAL_NIL;
    heap_collect(vm);
    CHECK_EQ_INT(path->count, 3);
    CHECK(path->parts[0] == symbol_from(vm, "a") && path->parts[1] == SYM(vm, EMPTY));
    CHECK_STR(path->parts[2]->text, "c");
    BytesObj *bytes = bytes_of(keep(vm, bytes_make(vm, (const uint8_t *)"\x01\xFF", 2)));
    CHECK(bytes->size == 2 && bytes->data[0] == 1 && bytes->data[1] == 255);
    BytesObj *zeroed = bytes_of(bytes_make(vm, NULL, 3));
    CHECK(zeroed->size == 3 && zeroed->data[0] == 0 && zeroed->data[2] == 0);
    close_vm(vm);
}

/* --- tables --------------------------------------------------------------------------------------- */

#define MODEL_KEYS 200

/* What a map must look like: keys by number, in insertion order. */
typedef struct Model {
    uint32_t keys[MODEL_KEYS];
    int64_t values[MODEL_KEYS];
    uint32_t count;
} Model;

static uint32_t model_find(const Model *model, uint32_t key) {
    uint32_t i = 0;
    while (i < model->count && model->keys[i] != key) i++;
    return i;
}

static void model_set(Model *model, uint32_t key, int64_t value) {
    uint32_t i = model_find(model, key);
    if (i == model->count) model->keys[model->count++] = key;
    model->values[i] = value;
}

static void model_delete(Model *model, uint32_t key) {
    uint32_t i = model_find(model, key);
    if (i == model->count) return;
    model->count--;
    for (; i < model->count; i++) {
        model->keys[i] = model->keys[i + 1];
        model->values[i] = model->values[i + 1];
    }
}

static void check_against_model(const Table *table, const Model *model, Value symbols) {
    CHECK_EQ_INT(table->count, model->count);
    CHECK((table->index != NULL) == (table->capacity > TABLE_LINEAR_MAX));
    uint32_t position = 0;
    for (uint32_t i = table_next(table, 0); i < table->used; i = table_next(table, i + 1)) {
        Value key = array_of(symbols)->items[model->keys[position]];
        CHECK(table->entries[i].key == key);
        CHECK_EQ_INT(small_int_of(table->entries[i].value), model->values[position]);
        CHECK(table_find_symbol(table, symbol_of(key)) == &table->entries[i].value);
        position++;
    }
    CHECK_EQ_INT(position, model->count);
}

static void run_model(VM *vm, uint32_t key_count, uint32_t steps, uint32_t seed) {
    Value symbols = keep(vm, array_make(vm, key_count));
    for (uint32_t i = 0; i < key_count; i++) {
        array_push(vm, array_of(symbols), value_pointer(numbered(vm, "key", i)));
    }
    MapObj *map = map_of(keep(vm, map_make(vm)));
    Model model = {.count = 0};
    uint32_t random = seed;
    for (uint32_t step = 0; step < steps; step++) {
        uint32_t key = next_random(&random) % key_count;
        SymbolObj *symbol = symbol_of(array_of(symbols)->items[key]);
        bool is_present = model_find(&model, key) < model.count;
        uint32_t version = map->table.version;
        /* Grows for a while, then shrinks, then grows again. */
        bool is_set = next_random(&random) % 10 < (step / 300 % 2 ? 3u : 7u);
        if (is_set) {
            map_set(vm, map, symbol, value_small_int(step));
            model_set(&model, key, step);
            CHECK((map->table.version == version) == is_present);
        } else {
            Value removed = map_delete(vm, map, symbol);
            CHECK((removed != VAL_UNSET) == is_present);
            CHECK((map->table.version != version) == is_present);
            model_delete(&model, key);
            CHECK(map_get(map, symbol) == VAL_UNSET);
        }
        if (step % 7 == 0) check_against_model(&map->table, &model, symbols);
    }
    check_against_model(&map->table, &model, symbols);
    MapObj *copy = map_of(keep(vm, map_make(vm)));
    table_copy(vm, &copy->table, &map->table);
    check_against_model(&copy->table, &model, symbols);
    vm->root_count = 0;
}

TEST(small_tables_agree_with_a_model) {
    VM *vm = open_vm();
    for (uint32_t seed = 1; seed <= 5; seed++) run_model(vm, 10, 2000, seed);
    close_vm(vm);
}

TEST(indexed_tables_agree_with_a_model) {
    VM *vm = open_vm();
    for (uint32_t seed = 1; seed <= 5; seed++) run_model(vm, MODEL_KEYS, 4000, seed);
    close_vm(vm);
}

TEST(overwriting_keeps_the_place_and_readding_moves_to_the_end) {
    VM *vm = open_vm();
    MapObj *map = map_of(keep(vm, map_make(vm)));
    map_set_text(vm, map, "a", VAL_TRUE);
    map_set_text(vm, map, "b", VAL_TRUE);
    map_set_text(vm, map, "c", VAL_TRUE);
    map_set_text(vm, map, "a", VAL_FALSE);
    CHECK(symbol_is(symbol_of(map->table.entries[0].key), "a"));
    CHECK(map_get_text(vm, map, "a") == VAL_FALSE && map_get_text(vm, map, "zz") == VAL_UNSET);
    map_delete(vm, map, symbol_from(vm, "a"));
    map_set_text(vm, map, "a", VAL_NIL);
    uint32_t first = table_next(&map->table, 0);
    CHECK(symbol_is(symbol_of(map->table.entries[first].key), "b"));
    CHECK(symbol_is(symbol_of(map->table.entries[map->table.used - 1].key), "a"));
    CHECK(map_get_text(vm, map, "a") == VAL_NIL);
    close_vm(vm);
}

TEST(large_tables_keep_order_and_find_everything) {
    VM *vm = open_vm();
    MapObj *map = map_of(keep(vm, map_make(vm)));
    for (uint32_t i = 0; i < 3000; i++) map_set(vm, map, numbered(vm, "k", i), value_small_int(i));
    for (uint32_t i = 0; i < 3000; i += 3) map_delete(vm, map, numbered(vm, "k", i));
    CHECK_EQ_INT(map->table.count, 2000);
    int64_t last = -1;
    for (uint32_t i = table_next(&map->table, 0); i < map->table.used; i = table_next(&map->table, i + 1)) {
        int64_t number = small_int_of(map->table.entries[i].value);
        CHECK(number > last && number % 3 != 0);
        last = number;
    }
    for (uint32_t i = 0; i < 3000; i += 100) {
        CHECK(map_get(map, numbered(vm, "k", i)) == (i % 3 ? value_small_int(i) : VAL_UNSET));
    }
    table_clear(vm, &map->table);
    CHECK(map->table.count == 0 && map->table.capacity == 0);
    CHECK(map_get_text(vm, map, "k1") == VAL_UNSET);
    map_set_text(vm, map, "k1", VAL_TRUE);
    CHECK(map_get_text(vm, map, "k1") == VAL_TRUE);
    close_vm(vm);
}

TEST(a_queue_of_entries_does_not_grow) {
    VM *vm = open_vm();
    HashObj *set = hash_of(keep(vm, set_make(vm)));
    for (uint32_t i = 0; i < 5000; i++) {
        table_append(vm, &set->table, value_small_int(i), hash_word(i), VAL_NIL);
        if (i >= 20) table_delete_entry(vm, &set->table, &set->table.entries[table_next(&set->table, 0)]);
    }
    CHECK_EQ_INT(set->table.count, 20);
    CHECK(set->table.capacity <= 64);
    CHECK(set->table.entries[table_next(&set->table, 0)].key == value_small_int(4980));
    close_vm(vm);
}

TEST(candidates_come_in_order_of_insertion) {
    VM *vm = open_vm();
    for (uint32_t size = 6; size <= 60; size += 54) {
        HashObj *hash = hash_of(keep(vm, hashmap_make(vm)));
        table_reserve(vm, &hash->table, size);
        for (uint32_t i = 0; i < size; i++) {
            table_append(vm, &hash->table, value_small_int(i), i % 3, value_small_int(i * 10));
        }
        table_delete_entry(vm, &hash->table, &hash->table.entries[1]);
        uint32_t cursor = 0, found = 0;
        int64_t last = -1;
        TableEntry *entry;
        while ((entry = table_next_candidate(&hash->table, 1, &cursor)) != NULL) {
            CHECK(small_int_of(entry->key) % 3 == 1 && small_int_of(entry->key) > last);
            last = small_int_of(entry->key);
            found++;
        }
        CHECK_EQ_INT(found, size / 3 - 1);
        CHECK(table_next_candidate(&hash->table, 1, &cursor) == NULL);
        cursor = 0;
        CHECK(table_next_candidate(&hash->table, 77, &cursor) == NULL);
    }
    close_vm(vm);
}

TEST(reserved_room_is_used) {
    VM *vm = open_vm();
    MapObj *map = map_of(keep(vm, map_make(vm)));
    table_reserve(vm, &map->table, 3);
    CHECK_EQ_INT(map->table.capacity, 3);
    TableEntry *entries = map->table.entries;
    for (uint32_t i = 0; i < 3; i++) map_set(vm, map, numbered(vm, "r", i), VAL_NIL);
    CHECK(map->table.entries == entries);
    table_reserve(vm, &map->table, 20);
    CHECK(map->table.capacity >= 23 && map->table.index != NULL);
    CHECK(map_get_text(vm, map, "r2") == VAL_NIL);
    close_vm(vm);
}

/* --- collections ---------------------------------------------------------------------------------- */

static void check_items(const Value *items, uint32_t count, const char *expected) {
    char text[256] = "";
    for (uint32_t i = 0; i < count; i++) {
        size_t used = strlen(text);
        snprintf(text + used, sizeof text - used, "%s%lld", i ? " " : "",
                 is_nil(items[i]) ? -1ll : (long long)small_int_of(items[i]));
    }
    CHECK_STR(text, expected);
}

TEST(arrays_grow_shift_and_append_themselves) {
    VM *vm = open_vm();
    ArrayObj *array = array_of(keep(vm, array_make(vm, 0)));
    for (int i = 1; i <= 5; i++) array_push(vm, array, value_small_int(i));
    array_insert(vm, array, 0, value_small_int(0));
    array_insert(vm, array, 6, value_small_int(6));
    array_insert(vm, array, 3, value_small_int(99));
    check_items(array->items, array->count, "0 1 2 99 3 4 5 6");
    CHECK(array_remove(vm, array, 3) == value_small_int(99));
    CHECK(array_remove(vm, array, 6) == value_small_int(6));
    CHECK(array_remove(vm, array, 0) == value_small_int(0));
    check_items(array->items, array->count, "1 2 3 4 5");
    array_append(vm, array, array->items + 1, 3);
    array_append(vm, array, array->items, array->count);
    check_items(array->items, array->count, "1 2 3 4 5 2 3 4 1 2 3 4 5 2 3 4");
    array_resize(vm, array, 2);
    array_resize(vm, array, 4);
    check_items(array->items, array->count, "1 2 -1 -1");
    ArrayObj *copy = array_of(keep(vm, array_from(vm, array->items, array->count)));
    array_push(vm, copy, VAL_TRUE);
    CHECK(copy->count == 5 && array->count == 4);
    array_append(vm, array_of(array_from(vm, NULL, 0)), NULL, 0);
    close_vm(vm);
}

TEST(arrays_keep_their_items_alive) {
    VM *vm = open_vm();
    ArrayObj *array = array_of(keep(vm, array_make(vm, 0)));
    for (uint32_t i = 0; i < 2000; i++) {
        char text[16];
        snprintf(text, sizeof text, "item %u", i);
        array_push(vm, array, string_from(vm, text));
        if (i % 97 == 0) heap_step(vm, 500);
    }
    heap_collect(vm);
    CHECK_STR(string_of(array->items[0])->text, "item 0");
    CHECK_STR(string_of(array->items[1999])->text, "item 1999");
    close_vm(vm);
}

TEST(nodes_have_a_type_properties_and_children) {
    VM *vm = open_vm();
    NodeObj *node = node_of(keep(vm, node_make(vm, value_pointer(sym(vm, "row")))));
    CHECK(node->line == 0 && node->column == 0);
    node_set_prop(vm, node, symbol_from(vm, "id"), value_small_int(7));
    node_set_prop(vm, node, symbol_from(vm, "id"), value_small_int(8));
    for (int i = 1; i <= 5; i++) node_push(vm, node, value_small_int(i));
    node_insert(vm, node, 0, value_small_int(0));
    CHECK(node_remove(vm, node, 2) == value_small_int(2));
    heap_collect(vm);
    CHECK(symbol_is(symbol_of(node->type), "row"));
    CHECK_EQ_INT(node->props.count, 1);
    CHECK(table_get_symbol(&node->props, symbol_from(vm, "id")) == value_small_int(8));
    check_items(node->children, node->count, "0 1 3 4 5");
    close_vm(vm);
}

TEST(ranges_and_quotes_keep_their_parts) {
    VM *vm = open_vm();
    Value low = keep(vm, string_from(vm, "a")), high = keep(vm, string_from(vm, "b"));
    RangeObj *range = range_of(keep(vm, range_make(vm, low, high, VAL_UNSET)));
    QuoteObj *quote = quote_of(keep(vm, quote_make(vm, OBJ_UNQUOTE, value_pointer(range), true)));
    vm->roots[0] = vm->roots[1] = vm->roots[2] = VAL_NIL;
    heap_collect(vm);
    CHECK(is_unquote(value_pointer(quote)) && quote->discard && quote->form == value_pointer(range));
    CHECK_STR(string_of(range->first)->text, "a");
    CHECK_STR(string_of(range->last)->text, "b");
    CHECK(range->step == VAL_UNSET);
    close_vm(vm);
}

/* --- scalars -------------------------------------------------------------------------------------- */

TEST(ints_are_boxed_only_beyond_48_bits) {
    static const int64_t numbers[] = {0,         -1,        INT48_MAX,     INT48_MIN, /* inline */
                                      INT64_MAX, INT64_MIN, INT48_MAX + 1, INT48_MIN - 1};
    VM *vm = open_vm();
    for (size_t i = 0; i < COUNT_OF(numbers); i++) {
        Value value = keep(vm, int_make(vm, numbers[i]));
        CHECK_EQ_INT(int_of(value), numbers[i]);
        CHECK(is_int(value) && is_number(value) && !is_float(value));
        CHECK(is_small_int(value) == (i < 4));
        CHECK_STR(kind_name(value), "VkInt");
        CHECK_STR(type_name(vm, value), "Int");
        CHECK_STR(class_of(vm, value)->name->text, "Int");
    }
    CHECK(number_of(int_make(vm, 3)) == 3.0 && number_of(value_float(2.5)) == 2.5);
    close_vm(vm);
}

TEST(dates_and_regexes_keep_their_strings) {
    VM *vm = open_vm();
    DateObj parts = {.year = 2031, .month = 2, .day = 3, .has_offset = true, .offset_minutes = -330};
    parts.zone = string_of(keep(vm, string_from(vm, "Asia/Kolkata")));
    DateObj *date = date_of(keep(vm, date_make(vm, OBJ_DATETIME, &parts)));
    StrObj *pattern = string_of(keep(vm, string_from(vm, "a+")));
    RegexObj *regex = regex_of(keep(vm, regex_make(vm, pattern, NULL, true, false)));
    vm->roots[0] = vm->roots[2] = VAL_NIL;
    heap_collect(vm);
    CHECK(is_date_kind(value_pointer(date)) && date->year == 2031 && date->day == 3);
    CHECK(date->has_offset && date->offset_minutes == -330);
    CHECK_STR(date->zone->text, "Asia/Kolkata");
    CHECK_STR(regex->pattern->text, "a+");
    CHECK(regex->ignore_case && !regex->multi_line && !regex->replacement);
    close_vm(vm);
}

/* --- classes, shapes, instances ------------------------------------------------------------------- */

static ClassObj *make_class(VM *vm, const char *name, ClassObj *parent) {
    return class_of_value(keep(vm, value_pointer(class_make(vm, sym(vm, name), parent))));
}

static void set_text(VM *vm, InstanceObj *instance, SymbolObj *name, const char *text) {
    keep(vm, value_pointer(name));
    instance_set(vm, instance, name, string_from(vm, text));
    vm->root_count--;
}

TEST(methods_are_found_along_the_chain) {
    VM *vm = open_vm();
    ClassObj *object = vm_space(vm)->object_class;
    ClassObj *animal = make_class(vm, "Animal", object);
    ClassObj *dog = make_class(vm, "Dog", animal);
    SymbolObj *speak = sym(vm, "speak");
    ClassObj *owner = NULL;
    CHECK(class_find_method(dog, speak, &owner) == VAL_UNSET && owner == NULL);
    uint32_t epoch = vm_space(vm)->class_epoch;
    class_set_method(vm, animal, speak, VAL_TRUE);
    CHECK(vm_space(vm)->class_epoch != epoch);
    CHECK(class_find_method(dog, speak, &owner) == VAL_TRUE && owner == animal);
    class_set_method(vm, dog, speak, VAL_FALSE);
    CHECK(class_find_method(dog, speak, NULL) == VAL_FALSE);
    CHECK(class_find_method(object, speak, NULL) == VAL_UNSET);
    CHECK(class_descends_from(dog, dog) && class_descends_from(dog, animal));
    CHECK(class_descends_from(dog, object));
    CHECK(!class_descends_from(animal, dog));
    CHECK(is_nil(dog->ctor) && is_nil(dog->missing_method) && dog->ns && dog->ns->name == dog->name);
    animal->is_exception = true;
    CHECK(make_class(vm, "Puppy", animal)->is_exception && !dog->is_exception);
    close_vm(vm);
}

TEST(a_class_that_dies_changes_the_epoch) {
    VM *vm = open_vm();
    make_class(vm, "Doomed", vm_space(vm)->object_class);
    vm->root_count = 0;
    uint32_t class_epoch = vm_space(vm)->class_epoch, namespace_epoch = vm_space(vm)->namespace_epoch;
    heap_collect(vm);
    CHECK(vm_space(vm)->class_epoch != class_epoch && vm_space(vm)->namespace_epoch != namespace_epoch);
    close_vm(vm);
}

TEST(instances_share_shapes) {
    VM *vm = open_vm();
    ClassObj *point = make_class(vm, "Point", vm_space(vm)->object_class);
    SymbolObj *x = sym(vm, "x"), *y = sym(vm, "y");
    InstanceObj *a = instance_of(keep(vm, instance_make(vm, point)));
    InstanceObj *b = instance_of(keep(vm, instance_make(vm, point)));
    InstanceObj *c = instance_of(keep(vm, instance_make(vm, point)));
    CHECK(a->shape == vm_space(vm)->empty_shape && instance_get(a, x) == VAL_UNSET);
    instance_set(vm, a, x, value_small_int(1));
    instance_set(vm, a, y, value_small_int(2));
    instance_set(vm, b, x, value_small_int(3));
    instance_set(vm, b, y, value_small_int(4));
    instance_set(vm, c, y, value_small_int(5));
    instance_set(vm, c, x, value_small_int(6));
    CHECK(a->shape == b->shape && a->shape != c->shape);
    CHECK(shape_find(a->shape, x) == 0 && shape_find(a->shape, y) == 1 && shape_find(c->shape, y) == 0);
    instance_set(vm, a, x, value_small_int(7));
    CHECK(a->shape == b->shape && instance_get(a, x) == value_small_int(7));
    CHECK(instance_get(b, x) == value_small_int(3) && instance_get(c, x) == value_small_int(6));
    SymbolObj *names[2];
    shape_names(c->shape, names);
    CHECK(names[0] == y && names[1] == x);
    close_vm(vm);
}

TEST(later_instances_have_their_values_inline) {
    VM *vm = open_vm();
    ClassObj *record = make_class(vm, "Record", vm_space(vm)->object_class);
    for (int round = 0; round < 3; round++) {
        InstanceObj *record_instance = instance_of(keep(vm, instance_make(vm, record)));
        for (uint32_t i = 0; i < 6; i++) {
            set_text(vm, record_instance, numbered(vm, "field", i), "text");
        }
        CHECK((record_instance->values == record_instance->inline_values) == (round > 0));
        for (uint32_t i = 0; i < 6; i++) {
            CHECK_STR(string_of(instance_get(record_instance, numbered(vm, "field", i)))->text, "text");
        }
    }
    /* One name more than the hint moves the values out again. */
    InstanceObj *grown = instance_of(keep(vm, instance_make(vm, record)));
    for (uint32_t i = 0; i < 7; i++) instance_set(vm, grown, numbered(vm, "field", i), value_small_int(i));
    for (uint32_t i = 0; i < 7; i++) {
        CHECK(instance_get(grown, numbered(vm, "field", i)) == value_small_int(i));
    }
    close_vm(vm);
}

TEST(large_shapes_branch) {
    VM *vm = open_vm();
    ClassObj *bag = make_class(vm, "Bag", vm_space(vm)->object_class);
    InstanceObj *instances[4];
    for (uint32_t k = 0; k < 4; k++) instances[k] = instance_of(keep(vm, instance_make(vm, bag)));
    /* All agree on 20 × k names, then go their own ways with names the others have elsewhere. */
    for (uint32_t k = 0; k < 4; k++) {
        for (uint32_t i = 0; i < 20 * k; i++) {
            instance_set(vm, instances[k], numbered(vm, "common", i), value_small_int(i));
        }
        for (uint32_t i = 0; i < 50; i++) {
            instance_set(vm, instances[k], numbered(vm, "own", i * 7 % 50), value_small_int(1000 * k + i));
            instance_set(vm, instances[k], numbered(vm, k % 2 ? "odd" : "even", i), value_small_int(i));
        }
    }
    heap_collect(vm);
    for (uint32_t k = 0; k < 4; k++) {
        CHECK_EQ_INT(instances[k]->shape->count, 20 * k + 100);
        for (uint32_t i = 0; i < 80; i++) {
            Value expected = i < 20 * k ? value_small_int(i) : VAL_UNSET;
            CHECK(instance_get(instances[k], numbered(vm, "common", i)) == expected);
        }
        for (uint32_t i = 0; i < 50; i++) {
            Value own = instance_get(instances[k], numbered(vm, "own", i * 7 % 50));
            CHECK(own == value_small_int(1000 * k + i));
            CHECK(instance_get(instances[k], numbered(vm, k % 2 ? "even" : "odd", i)) == VAL_UNSET);
        }
        const ShapeObj *shape = instances[k]->shape;
        for (; shape->count; shape = shape->parent) {
            CHECK_EQ_INT(shape_find(shape, shape->name), shape->count - 1);
            CHECK_EQ_INT(shape_find(shape->parent, shape->name), -1);
        }
    }
    CHECK(instances[0]->class_->instance_hint <= 32);
    close_vm(vm);
}

TEST(fields_stay_alive_while_a_cycle_marks) {
    VM *vm = open_vm();
    InstanceObj *holder = instance_of(keep(vm, instance_make(vm, make_class(vm, "Holder", NULL))));
    for (uint32_t i = 0; i < 3000; i++) {
        set_text(vm, holder, numbered(vm, "f", i % 40), "some text to fill the heap with");
        heap_step(vm, 200);
        if (i % 700 == 0) heap_collect(vm);
    }
    for (uint32_t i = 0; i < 40; i++) {
        Value text = instance_get(holder, numbered(vm, "f", i));
        CHECK_STR(string_of(text)->text, "some text to fill the heap with");
    }
    close_vm(vm);
}

/* --- namespaces, modules, host values, functions -------------------------------------------------- */

TEST(namespaces_count_new_names_only) {
    VM *vm = open_vm();
    NamespaceObj *outer = namespace_of(keep(vm, value_pointer(namespace_make(vm, NULL, NULL))));
    NamespaceObj *inner = namespace_of(keep(vm, value_pointer(namespace_make(vm, sym(vm, "inner"), outer))));
    SymbolObj *name = sym(vm, "name");
    const uint32_t *epoch = &vm_space(vm)->namespace_epoch;
    uint32_t before = *epoch;
    namespace_set(vm, outer, name, VAL_TRUE);
    CHECK(*epoch != before);
    before = *epoch;
    namespace_set(vm, outer, name, VAL_FALSE);
    CHECK(*epoch == before);
    CHECK(namespace_get(outer, name) == VAL_FALSE && namespace_get(inner, name) == VAL_UNSET);
    CHECK(namespace_delete(vm, inner, name) == VAL_UNSET && *epoch == before);
    CHECK(namespace_delete(vm, outer, name) == VAL_FALSE && *epoch != before);
    CHECK(inner->parent == outer && is_nil(inner->missing_handlers));
    close_vm(vm);
}

TEST(module_variables_of_one_name_have_their_own_slots) {
    VM *vm = open_vm();
    ModuleObj *module = pointer_of(keep(vm, value_pointer(module_make(vm, sym(vm, "main"), NULL))));
    SymbolObj *x = sym(vm, "x");
    for (uint32_t i = 0; i < 20; i++) {
        SymbolObj *name = i % 2 ? x : numbered(vm, "v", i);
        CHECK_EQ_INT(module_add_var(vm, module, name), i);
    }
    CHECK(table_get_symbol(&module->names, x) == value_small_int(19));
    CHECK(is_nil(module->vars[19]) && module->var_count == 20);
    module->vars[3] = string_from(vm, "kept");
    heap_touch(vm, module);
    heap_collect(vm);
    CHECK_STR(string_of(module->vars[3])->text, "kept");
    CHECK(symbol_is(module->ns->name, "main"));
    close_vm(vm);
}

static void release_host(VM *vm, uint32_t handle) { vm->released += handle; }

TEST(host_values_are_released_when_collected) {
    VM *vm = open_vm();
    vm_space(vm)->release_host = release_host;
    keep(vm, host_make(vm, 1));
    host_make(vm, 10);
    heap_collect(vm);
    CHECK_EQ_INT(vm->released, 10);
    vm->root_count = 0;
    heap_collect(vm);
    CHECK_EQ_INT(vm->released, 11);
    close_vm(vm);
}

TEST(code_owns_its_arrays_and_knows_positions) {
    VM *vm = open_vm();
    CodeObj *code = code_make(vm);
    keep(vm, value_pointer(code));
    code->lines = heap_alloc_buffer(vm, 3 * sizeof *code->lines);
    code->line_count = 3;
    code->lines[0] = (LineEntry){2, 1, 5};
    code->lines[1] = (LineEntry){4, 2, 3};
    code->lines[2] = (LineEntry){9, 7, 1};
    static const uint32_t expected[][3] = {{0, 0, 0}, {2, 1, 5}, {3, 1, 5}, {4, 2, 3},
                                           {8, 2, 3}, {9, 7, 1}, {50, 7, 1}};
    for (size_t i = 0; i < COUNT_OF(expected); i++) {
        uint32_t line, column;
        code_position(code, expected[i][0], &line, &column);
        CHECK(line == expected[i][1] && column == expected[i][2]);
    }
    code->constants = heap_alloc_buffer(vm, sizeof(Value));
    code->constants[0] = VAL_NIL;
    code->constant_count = 1;
    code->scopes = heap_alloc_buffer(vm, sizeof *code->scopes);
    code->scopes[0] = (ScopeDescriptor){.names = heap_alloc_buffer(vm, sizeof(ScopeName)), .count = 1};
    code->scopes[0].names[0] = (ScopeName){NULL, VAL_NIL, 0, true, false};
    code->scope_count = 1;
    code->constants[0] = string_from(vm, "constant");
    code->scopes[0].names[0].name = symbol_from(vm, "captured");
    code->capture_count = 2;
    code->captures = heap_alloc_buffer(vm, 2 * sizeof *code->captures);
    for (uint32_t i = 0; i < 2; i++) code->captures[i] = (Capture){.name = symbol_from(vm, "captured")};
    FunctionObj *fn = function_of(keep(vm, function_make(vm, code, NULL)));
    CHECK(fn->upvalue_count == 2 && fn->upvalues[0] == NULL && is_function(value_pointer(fn)));
    fn->upvalues[1] = cell_of(cell_make(vm, VAL_TRUE));
    vm->roots[0] = VAL_NIL;
    heap_collect(vm);
    CHECK_STR(string_of(fn->code->constants[0])->text, "constant");
    CHECK_STR(code->scopes[0].names[0].name->text, "captured");
    CHECK(fn->upvalues[1]->value == VAL_TRUE);
    code->flags = CODE_BLOCK;
    CHECK(is_obj_type(function_make(vm, code, NULL), OBJ_BLOCK));
    close_vm(vm);
}

/* --- kinds ---------------------------------------------------------------------------------------- */

static void check_kind(VM *vm, Value value, const char *kind, const char *type, const char *class_name) {
    keep(vm, value);
    CHECK_STR(kind_name(value), kind);
    CHECK_STR(type_name(vm, value), type);
    CHECK_STR(class_of(vm, value)->name->text, class_name);
    CHECK(class_descends_from(class_of(vm, value), vm_space(vm)->object_class));
}

TEST(every_kind_has_its_names) {
    static const NativeDef def = {"f", NULL, 0, 0, 0, "", ""};
    VM *vm = open_vm();
    check_kind(vm, VAL_NIL, "VkNil", "Nil", "Nil");
    check_kind(vm, VAL_VOID, "VkVoid", "VkVoid", "Void");
    check_kind(vm, VAL_PLACEHOLDER, "VkPlaceholder", "VkPlaceholder", "Placeholder");
    check_kind(vm, VAL_NOT_FOUND, "VkChar", "VkChar", "Char");
    check_kind(vm, VAL_TRUE, "VkBool", "Bool", "Bool");
    check_kind(vm, value_small_int(1), "VkInt", "Int", "Int");
    check_kind(vm, value_float(1.5), "VkFloat", "Float", "Float");
    check_kind(vm, value_char('c'), "VkChar", "VkChar", "Char");
    check_kind(vm, string_from(vm, "s"), "VkString", "String", "String");
    check_kind(vm, value_pointer(sym(vm, "s")), "VkSymbol", "Symbol", "Symbol");
    check_kind(vm, path_make(vm, NULL, 0), "VkComplexSymbol", "ComplexSymbol", "ComplexSymbol");
    check_kind(vm, bytes_make(vm, NULL, 0), "VkBytes", "VkBytes", "Bytes");
    check_kind(vm, array_make(vm, 0), "VkArray", "Array", "Array");
    check_kind(vm, map_make(vm), "VkMap", "Map", "Map");
    check_kind(vm, hashmap_make(vm), "VkHashMap", "HashMap", "HashMap");
    check_kind(vm, set_make(vm), "VkSet", "HashSet", "HashSet");
    check_kind(vm, node_make(vm, VAL_NIL), "VkGene", "Gene", "Gene");
    check_kind(vm, range_make(vm, VAL_NIL, VAL_NIL, VAL_UNSET), "VkRange", "VkRange", "Range");
    check_kind(vm, native_make(vm, &def, VAL_NIL), "VkNativeFn", "Function", "Function");
    check_kind(vm, bound_method_make(vm, VAL_NIL, VAL_NIL), "VkBoundMethod", "VkBoundMethod", "Function");
    check_kind(vm, value_pointer(vm_space(vm)->object_class), "VkClass", "Class", "Class");
    check_kind(vm, value_pointer(namespace_make(vm, NULL, NULL)), "VkNamespace", "VkNamespace", "Namespace");
    check_kind(vm, host_make(vm, 1), "VkCustom", "VkCustom", "Custom");
    check_kind(vm, value_pointer(heap_alloc(vm, OBJ_TASK, sizeof(FutureObj))), "VkFuture", "Task", "Task");
    Value iterator = value_pointer(heap_alloc(vm, OBJ_ITERATOR, sizeof(Obj)));
    check_kind(vm, iterator, "VkInstance", "Iterator", "Iterator");
    ClassObj *own = make_class(vm, "Own", vm_space(vm)->object_class);
    check_kind(vm, instance_make(vm, own), "VkInstance", "Own", "Own");
    ClassObj *future = vm_space(vm)->type_classes[OBJ_FUTURE];
    CHECK(vm_space(vm)->type_classes[OBJ_TASK]->parent == future);
    CHECK_EQ_INT(vm_space(vm)->type_classes[OBJ_STR]->builtin_type, OBJ_STR + 1);
    CHECK(vm_space(vm)->nil_class->builtin_type != 0 && own->builtin_type == 0);
    close_vm(vm);
}

TEST(error_table_rows_are_complete) {
    for (int i = 0; i < ERROR_COUNT; i++) {
        CHECK(strncmp(error_table[i].code, "GENE.", 5) == 0);
        CHECK(error_table[i].class_name[0] != 0 && error_table[i].hint != NULL);
    }
    CHECK_STR(error_table[ERR_DIV_ZERO].code, "GENE.ARITH.DIV_ZERO");
}

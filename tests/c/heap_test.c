/* heap_test.c — the collector, driven by a VM that is nothing but a heap and some roots.
 * Also runs in the stress build, where every allocation collects: what a test needs is rooted at every
 * allocation, and statements about *when* something is collected hold in both. */
#include "check.h"

#include "heap/heap_private.h"

#define STRESSED (GENE_GC_STRESS != 0)

#define ROOT_COUNT 32
#define CANARY 0x5AFEC0DEu

typedef struct NodeObj {
    Obj header;
    uint32_t canary;
    uint32_t id;
    struct NodeObj *link;
    Value *slots; /* a buffer */
    uint32_t slot_count;
    uint32_t spare_size; /* bytes behind the struct, filled with id */
} NodeObj;

struct VM {
    Heap heap;
    NodeObj *roots[ROOT_COUNT];
    Obj *weak[ROOT_COUNT];
    int finalized;
    int root_scans, final_scans;
};

static void trace_node(Heap *heap, Obj *object) {
    NodeObj *node = (NodeObj *)object;
    heap_mark_object(heap, node->link);
    heap_mark_values(heap, node->slots, node->slot_count);
}

static void finalize_node(Heap *heap, Obj *object) {
    NodeObj *node = (NodeObj *)object;
    heap_free_buffer(heap, node->slots, node->slot_count * sizeof(Value));
    heap->vm->finalized++;
}

static const ObjDescriptor node_descriptor = {trace_node, finalize_node};
static const ObjDescriptor leaf_descriptor = {NULL, NULL};

static void mark_roots(VM *vm, Heap *heap, bool final) {
    for (int i = 0; i < ROOT_COUNT; i++) heap_mark_object(heap, vm->roots[i]);
    vm->root_scans++;
    vm->final_scans += final;
}

static void clear_weak(VM *vm, Heap *heap) {
    for (int i = 0; i < ROOT_COUNT; i++) {
        if (vm->weak[i] && heap_is_dead(heap, vm->weak[i])) vm->weak[i] = NULL;
    }
}

static void open_vm(VM *vm, size_t limit) {
    *vm = (VM){0};
    heap_init(&vm->heap, vm, limit);
    heap_describe(&vm->heap, OBJ_ARRAY, &node_descriptor);
    heap_describe(&vm->heap, OBJ_STR, &leaf_descriptor);
    vm->heap.mark_roots = mark_roots;
    vm->heap.clear_weak = clear_weak;
}

static void close_vm(VM *vm) {
    heap_destroy(&vm->heap);
    CHECK_EQ_INT(vm->heap.live_objects, 0);
    CHECK_EQ_INT(vm->heap.live_bytes, 0);
}

/* Not rooted by itself. */
static NodeObj *make_node(VM *vm, uint32_t id, uint32_t slot_count, uint32_t spare_size) {
    NodeObj *node = heap_alloc(vm, OBJ_ARRAY, sizeof *node + spare_size);
    node->canary = CANARY;
    node->id = id;
    node->spare_size = spare_size;
    memset(node + 1, (int)(id & 0xFF), spare_size);
    if (slot_count > 0) {
        node->slots = heap_alloc_buffer(vm, slot_count * sizeof(Value));
        for (uint32_t i = 0; i < slot_count; i++) node->slots[i] = VAL_NIL;
        node->slot_count = slot_count;
    }
    return node;
}

static bool is_sound(const NodeObj *node) {
    const unsigned char *spare = (const unsigned char *)(node + 1);
    for (uint32_t i = 0; i < node->spare_size; i++) {
        if (spare[i] != (node->id & 0xFF)) return false;
    }
    return node->header.type == OBJ_ARRAY && node->canary == CANARY;
}

/* Starts a cycle without finishing it, whatever the build. */
static void begin_cycle(VM *vm) {
    vm->heap.busy = true;
    heap_begin_mark(&vm->heap);
    vm->heap.busy = false;
    vm->heap.threshold = (size_t)1 << 30; /* no hurry */
}

static void finish_cycle(VM *vm) {
    for (int i = 0; i < 1000000 && vm->heap.phase != 0; i++) heap_step(vm, 1000);
    CHECK_EQ_INT(vm->heap.phase, 0);
}

/* --- allocation -------------------------------------------------------------------------------------- */

TEST(objects_are_zeroed_aligned_and_apart) {
    VM vm;
    open_vm(&vm, 0);
    heap_pause(&vm);
    unsigned char *last[3] = {0};
    for (size_t size = sizeof(Obj); size < 3000; size++) {
        for (int i = 0; i < 3; i++) {
            unsigned char *object = heap_alloc(&vm, OBJ_STR, size);
            CHECK(((uintptr_t)object & 7) == 0);
            CHECK(((Obj *)(void *)object)->type == OBJ_STR);
            size_t sum = 0;
            for (size_t at = sizeof(Obj); at < size; at++) sum += object[at];
            CHECK_EQ_INT(sum, 0);
            memset(object + sizeof(Obj), 0xFF, size - sizeof(Obj));
            if (i > 0) CHECK(last[i - 1] + size <= object || object + size <= last[i - 1]);
            last[i] = object;
        }
    }
    CHECK_EQ_INT(heap_stats(&vm).live_objects, 3 * (3000 - sizeof(Obj)));
    heap_resume(&vm);
    close_vm(&vm);
}

TEST(cells_waste_little) {
    VM vm;
    open_vm(&vm, 0);
    heap_pause(&vm);
    for (size_t size = sizeof(Obj); size <= HEAP_CELL_MAX; size++) {
        size_t before = vm.heap.live_bytes;
        heap_alloc(&vm, OBJ_STR, size);
        size_t cell = vm.heap.live_bytes - before;
        CHECK(cell >= size && cell <= size + size / 2 + 8);
    }
    heap_resume(&vm);
    close_vm(&vm);
}

TEST(freed_cells_are_used_again) {
    VM vm;
    open_vm(&vm, 0);
    for (int i = 0; i < (STRESSED ? 2000 : 200000); i++) heap_alloc(&vm, OBJ_STR, 48);
    CHECK(heap_stats(&vm).peak_bytes < 3u << 20);
    CHECK(heap_stats(&vm).collections > 0);
    close_vm(&vm);
}

/* --- reachability ------------------------------------------------------------------------------------ */

TEST(collecting_keeps_what_is_reachable_and_frees_the_rest) {
    VM vm;
    open_vm(&vm, 0);
    vm.roots[0] = make_node(&vm, 1, 2, 0);
    vm.roots[0]->link = make_node(&vm, 2, 0, 100);
    NodeObj *third = make_node(&vm, 3, 0, 0);
    vm.roots[0]->slots[1] = value_pointer(third);
    heap_touch(&vm, vm.roots[0]);
    for (uint32_t i = 0; i < 100; i++) make_node(&vm, 1000 + i, i % 5, i);
    heap_collect(&vm);
    CHECK_EQ_INT(heap_stats(&vm).live_objects, 3);
    CHECK_EQ_INT(vm.finalized, 100);
    CHECK(is_sound(vm.roots[0]) && is_sound(vm.roots[0]->link) && is_sound(third));
    vm.roots[0] = third;
    heap_collect(&vm);
    CHECK_EQ_INT(heap_stats(&vm).live_objects, 1);
    CHECK(is_sound(third));
    close_vm(&vm);
    CHECK_EQ_INT(vm.finalized, 103);
}

TEST(cycles_are_collected) {
    VM vm;
    open_vm(&vm, 0);
    vm.roots[0] = make_node(&vm, 1, 0, 0);
    vm.roots[0]->link = vm.roots[0];
    vm.roots[1] = make_node(&vm, 2, 0, 0);
    vm.roots[2] = make_node(&vm, 3, 0, 0);
    vm.roots[1]->link = vm.roots[2];
    vm.roots[2]->link = vm.roots[1];
    heap_collect(&vm);
    CHECK_EQ_INT(heap_stats(&vm).live_objects, 3);
    vm.roots[0] = vm.roots[1] = NULL;
    heap_collect(&vm);
    CHECK_EQ_INT(heap_stats(&vm).live_objects, 2);
    vm.roots[2] = NULL;
    heap_collect(&vm);
    CHECK_EQ_INT(heap_stats(&vm).live_objects, 0);
    close_vm(&vm);
}

TEST(a_long_list_does_not_use_the_c_stack) {
    enum { LENGTH = 300000 };
    VM vm;
    open_vm(&vm, 0);
    heap_pause(&vm); /* the stress build would take minutes */
    for (uint32_t i = 0; i < LENGTH; i++) {
        NodeObj *node = make_node(&vm, i, 0, 0);
        node->link = vm.roots[0];
        vm.roots[0] = node;
    }
    heap_resume(&vm);
    heap_collect(&vm);
    CHECK_EQ_INT(heap_stats(&vm).live_objects, LENGTH);
    vm.roots[0] = NULL;
    heap_collect(&vm);
    CHECK_EQ_INT(heap_stats(&vm).live_objects, 0);
    close_vm(&vm);
}

TEST(large_objects_live_and_die_like_small_ones) {
    VM vm;
    open_vm(&vm, 0);
    for (int round = 0; round < 4; round++) {
        for (uint32_t i = 0; i < 20; i++) {
            NodeObj *node = make_node(&vm, i, 0, HEAP_CELL_MAX + i * 1000);
            if (i % 4 != 0) continue;
            node->link = vm.roots[0];
            vm.roots[0] = node;
        }
        heap_collect(&vm);
        CHECK_EQ_INT(heap_stats(&vm).live_objects, 5);
        for (NodeObj *node = vm.roots[0]; node; node = node->link) CHECK(is_sound(node));
        vm.roots[0] = NULL;
    }
    close_vm(&vm);
}

TEST(statistics_return_to_the_start) {
    VM vm;
    open_vm(&vm, 0);
    vm.roots[0] = make_node(&vm, 0, 8, 0);
    heap_collect(&vm);
    HeapStats start = heap_stats(&vm);
    for (uint32_t i = 0; i < 2000; i++) {
        NodeObj *node = make_node(&vm, i, i % 50, i % 1500);
        node->link = vm.roots[1];
        vm.roots[1] = node;
        if (i % 100 == 99) vm.roots[1] = NULL;
    }
    HeapStats busy = heap_stats(&vm);
    CHECK(busy.peak_bytes > start.live_bytes);
    vm.roots[1] = NULL;
    heap_collect(&vm);
    HeapStats end = heap_stats(&vm);
    CHECK_EQ_INT(end.live_objects, start.live_objects);
    CHECK_EQ_INT(end.live_bytes, start.live_bytes);
    CHECK(end.peak_bytes >= busy.peak_bytes);
    CHECK(end.collections > start.collections);
    close_vm(&vm);
}

TEST(pinned_objects_are_roots) {
    VM vm;
    open_vm(&vm, 0);
    NodeObj *pinned = make_node(&vm, 1, 0, 0);
    heap_pin(&vm, pinned);
    heap_pin(&vm, pinned);
    NodeObj *linked = make_node(&vm, 2, 0, 0);
    pinned->link = linked;
    heap_touch(&vm, pinned);
    heap_collect(&vm);
    CHECK_EQ_INT(heap_stats(&vm).live_objects, 2);
    CHECK(is_sound(pinned) && is_sound(linked));
    close_vm(&vm);
}

TEST(weak_entries_are_cleared_only_when_dead) {
    VM vm;
    open_vm(&vm, 0);
    vm.roots[0] = make_node(&vm, 1, 0, 0);
    vm.weak[0] = &vm.roots[0]->header;
    for (int i = 1; i < ROOT_COUNT; i++) vm.weak[i] = heap_alloc(&vm, i % 2 ? OBJ_STR : OBJ_ARRAY, sizeof(NodeObj));
    heap_collect(&vm);
    CHECK(vm.weak[0] == &vm.roots[0]->header);
    for (int i = 1; i < ROOT_COUNT; i++) CHECK(vm.weak[i] == NULL);
    vm.roots[0] = NULL;
    heap_collect(&vm);
    CHECK(vm.weak[0] == NULL);
    close_vm(&vm);
}

/* --- increments -------------------------------------------------------------------------------------- */

TEST(an_increment_is_bounded) {
    enum { LENGTH = 20000 };
    VM vm;
    open_vm(&vm, 0);
    heap_pause(&vm);
    for (uint32_t i = 0; i < LENGTH; i++) {
        NodeObj *node = make_node(&vm, i, 0, 0);
        node->link = vm.roots[0];
        vm.roots[0] = node;
    }
    heap_resume(&vm);
    begin_cycle(&vm);
    int steps = 0;
    for (; vm.heap.phase != 0; steps++) {
        size_t traced = vm.heap.traced;
        heap_step(&vm, 1000);
        CHECK(vm.heap.traced - traced < 2000);
    }
    CHECK(steps > 500);
    CHECK_EQ_INT(vm.final_scans, vm.heap.collections);
    close_vm(&vm);
}

TEST(a_reference_moved_behind_the_marker_survives) {
    VM vm;
    open_vm(&vm, 0);
    heap_pause(&vm);
    /* roots[1] is traced long before the end of the list under roots[0]. */
    for (uint32_t i = 0; i < 5000; i++) {
        NodeObj *node = make_node(&vm, i, 0, 0);
        node->link = vm.roots[0];
        vm.roots[0] = node;
    }
    NodeObj *tail = vm.roots[0];
    while (tail->link->link) tail = tail->link;
    vm.roots[1] = make_node(&vm, 9999, 1, 0);
    heap_resume(&vm);
    begin_cycle(&vm);
    heap_step(&vm, 2000);
    CHECK_EQ_INT(vm.roots[1]->header.mark, HEAP_BLACK);
    NodeObj *moved = tail->link;
    tail->link = NULL;
    vm.roots[1]->link = moved;
    heap_touch(&vm, vm.roots[1]);
    finish_cycle(&vm);
    CHECK(is_sound(moved));
    heap_collect(&vm);
    CHECK_EQ_INT(heap_stats(&vm).live_objects, 5001);
    close_vm(&vm);
}

TEST(objects_born_in_a_cycle_survive_it) {
    VM vm;
    open_vm(&vm, 0);
    heap_pause(&vm);
    for (uint32_t i = 0; i < 5000; i++) {
        NodeObj *node = make_node(&vm, i, 0, i % 300);
        node->link = vm.roots[0];
        vm.roots[0] = node;
        make_node(&vm, i, 0, i % 300); /* garbage in between, for the sweeper */
    }
    heap_resume(&vm);
    begin_cycle(&vm);
    int count = 0;
    while (vm.heap.phase != 0) {
        heap_step(&vm, 5000);
        heap_pause(&vm); /* keeps the stress build from ending the cycle */
        NodeObj *node = make_node(&vm, 7, 2, 40);
        heap_resume(&vm);
        node->link = vm.roots[2];
        vm.roots[2] = node;
        count++;
    }
    CHECK(count > 50);
    heap_collect(&vm);
    CHECK_EQ_INT(heap_stats(&vm).live_objects, 5000 + count);
    for (NodeObj *node = vm.roots[2]; node; node = node->link, count--) CHECK(is_sound(node));
    CHECK_EQ_INT(count, 0);
    close_vm(&vm);
}

TEST(a_cycle_ends_before_the_heap_has_grown_much) {
    VM vm;
    open_vm(&vm, 0);
    heap_pause(&vm);
    for (uint32_t i = 0; i < 100000; i++) {
        NodeObj *node = make_node(&vm, i, 0, 0);
        node->link = vm.roots[0];
        vm.roots[0] = node;
    }
    heap_resume(&vm);
    heap_collect(&vm);
    size_t live = heap_stats(&vm).live_bytes;
    size_t most = 0;
    for (int i = 0; i < (STRESSED ? 0 : 1000000); i++) {
        heap_alloc(&vm, OBJ_STR, (size_t)(i % 10 * 16 + 16));
        if (vm.heap.live_bytes > most) most = vm.heap.live_bytes;
    }
    CHECK(most < live * 26 / 10);
    close_vm(&vm);
}

/* A random graph and its shadow. Between any two mutations a bounded step may run; at any time everything the
 * shadow says is reachable must be sound, and a full collection must leave exactly that. */
enum { MODEL_NODES = 600, MODEL_SLOTS = 5 };

typedef struct Model {
    VM vm;
    NodeObj *nodes[MODEL_NODES]; /* valid only while reachable */
    int edges[MODEL_NODES][MODEL_SLOTS + 1];
    int roots[ROOT_COUNT];
    bool reachable[MODEL_NODES];
    bool exists[MODEL_NODES];
    uint64_t random;
} Model;

static uint32_t pick(Model *model, uint32_t count) {
    model->random = model->random * 6364136223846793005ull + 1442695040888963407ull;
    return (uint32_t)(model->random >> 33) % count;
}

static void reach(Model *model, int node) {
    if (node < 0 || model->reachable[node]) return;
    model->reachable[node] = true;
    for (int i = 0; i <= MODEL_SLOTS; i++) reach(model, model->edges[node][i]);
}

static int recompute(Model *model) {
    memset(model->reachable, 0, sizeof model->reachable);
    for (int i = 0; i < ROOT_COUNT; i++) reach(model, model->roots[i]);
    int count = 0;
    for (int i = 0; i < MODEL_NODES; i++) {
        count += model->reachable[i];
        model->exists[i] = model->reachable[i];
    }
    return count;
}

static int any_reachable(Model *model) {
    for (int tries = 0; tries < 50; tries++) {
        int node = (int)pick(model, MODEL_NODES);
        if (model->exists[node] && model->reachable[node]) return node;
    }
    return -1;
}

static void model_root(Model *model, int slot, int node) {
    model->roots[slot] = node;
    model->vm.roots[slot] = node < 0 ? NULL : model->nodes[node];
}

static void model_connect(Model *model, int from, int slot, int to) {
    NodeObj *node = model->nodes[from];
    model->edges[from][slot] = to;
    if (slot == MODEL_SLOTS) {
        node->link = to < 0 ? NULL : model->nodes[to];
    } else {
        node->slots[slot] = to < 0 ? value_small_int(slot) : value_pointer(model->nodes[to]);
    }
    heap_touch(&model->vm, node);
}

/* A new node in the place of an unreachable one. */
static void model_create(Model *model) {
    recompute(model);
    int at = (int)pick(model, MODEL_NODES);
    if (model->exists[at]) return;
    const uint32_t spares[] = {0, 8, 60, 200, 900, 3000};
    model->nodes[at] = make_node(&model->vm, (uint32_t)at, MODEL_SLOTS, spares[pick(model, 6)]);
    for (int i = 0; i <= MODEL_SLOTS; i++) model->edges[at][i] = -1;
    model->exists[at] = model->reachable[at] = true;
    int from = any_reachable(model);
    if (from >= 0 && from != at && pick(model, 4) > 0) {
        model_connect(model, from, (int)pick(model, MODEL_SLOTS + 1), at);
    } else {
        model_root(model, (int)pick(model, ROOT_COUNT), at);
    }
}

static void model_mutate(Model *model) {
    recompute(model);
    int from = any_reachable(model), to = any_reachable(model);
    switch (pick(model, 8)) {
    case 0: model_root(model, (int)pick(model, ROOT_COUNT), to); break;
    case 1: model_root(model, (int)pick(model, ROOT_COUNT), -1); break;
    case 2:
        if (from >= 0) model_connect(model, from, (int)pick(model, MODEL_SLOTS + 1), -1);
        break;
    case 3:
        if (from >= 0) { /* replace the buffer */
            NodeObj *node = model->nodes[from];
            size_t size = MODEL_SLOTS * sizeof(Value);
            node->slots = heap_realloc_buffer(&model->vm, node->slots, size, 4 * size);
            node->slots = heap_realloc_buffer(&model->vm, node->slots, 4 * size, size);
        }
        break;
    default:
        if (from >= 0) model_connect(model, from, (int)pick(model, MODEL_SLOTS + 1), to);
    }
}

static int count_unsound(Model *model) {
    int unsound = 0;
    recompute(model);
    for (int i = 0; i < MODEL_NODES; i++) {
        if (!model->reachable[i]) continue;
        NodeObj *node = model->nodes[i];
        unsound += !is_sound(node) || node->id != (uint32_t)i;
        for (int slot = 0; slot < MODEL_SLOTS; slot++) {
            int to = model->edges[i][slot];
            if (to >= 0) unsound += node->slots[slot] != value_pointer(model->nodes[to]);
        }
        int link = model->edges[i][MODEL_SLOTS];
        unsound += node->link != (link < 0 ? NULL : model->nodes[link]);
    }
    return unsound;
}

static void run_model(uint64_t seed, int operations, uint32_t most_work) {
    static Model model;
    model = (Model){.random = seed};
    open_vm(&model.vm, 0);
    for (int i = 0; i < ROOT_COUNT; i++) model.roots[i] = -1;
    int unsound = 0;
    for (int i = 0; i < operations; i++) {
        /* Most are born in a pause, so that the stress build has cycles under way too. */
        bool pause = pick(&model, 20) > 0;
        if (pause) heap_pause(&model.vm);
        if (pick(&model, 3) == 0)
            model_create(&model);
        else
            model_mutate(&model);
        if (pause) heap_resume(&model.vm);
        if (model.vm.heap.phase == 0 && pick(&model, 20) == 0) begin_cycle(&model.vm);
        heap_step(&model.vm, pick(&model, most_work));
        if (i % 50 == 0) unsound += count_unsound(&model);
        if (i % 1000 == 999) {
            heap_collect(&model.vm);
            CHECK_EQ_INT(heap_stats(&model.vm).live_objects, recompute(&model));
        }
    }
    CHECK_EQ_INT(unsound, 0);
    CHECK(model.vm.heap.collections > 10);
    close_vm(&model.vm);
}

TEST(random_graphs_survive_tiny_steps) {
    for (uint64_t seed = 1; seed <= 3; seed++) run_model(seed, STRESSED ? 3000 : 10000, 300);
}

TEST(random_graphs_survive_larger_steps) {
    for (uint64_t seed = 11; seed <= 13; seed++) run_model(seed, STRESSED ? 3000 : 10000, 20000);
}

/* --- limits and pauses ------------------------------------------------------------------------------- */

TEST(garbage_does_not_pass_the_limit) {
    VM vm;
    open_vm(&vm, 512 * 1024);
    for (int i = 0; i < (STRESSED ? 2000 : 20000); i++) make_node(&vm, 1, 20, 400);
    CHECK(!vm.heap.limit_passed);
    close_vm(&vm);
}

TEST(live_objects_pass_the_limit_and_the_program_may_go_on) {
    VM vm;
    open_vm(&vm, 256 * 1024);
    heap_alloc(&vm, OBJ_STR, 16);
    int count = 0;
    while (!vm.heap.limit_passed && count < 100000) {
        NodeObj *node = make_node(&vm, 1, 0, 1000);
        node->link = vm.roots[0];
        vm.roots[0] = node;
        count++;
    }
    CHECK(vm.heap.limit_passed);
    CHECK(count > 150 && count < 350);
    /* Allocation goes on until the VM gets to a safe point, without one collection after another. */
    size_t collections = heap_stats(&vm).collections;
    for (int i = 0; i < 100; i++) make_node(&vm, 2, 0, 1000);
    if (!STRESSED) CHECK_EQ_INT(heap_stats(&vm).collections, collections);
    vm.roots[0] = NULL;
    vm.heap.limit_passed = false;
    for (int i = 0; i < 1000; i++) make_node(&vm, 3, 0, 1000);
    CHECK(!vm.heap.limit_passed);
    close_vm(&vm);
}

TEST(a_step_notices_that_buffers_passed_the_limit) {
    VM vm;
    open_vm(&vm, 256 * 1024);
    vm.roots[0] = make_node(&vm, 1, 1, 0);
    uint32_t slots = 64 * 1024;
    vm.roots[0]->slots = heap_realloc_buffer(&vm, vm.roots[0]->slots, sizeof(Value), slots * sizeof(Value));
    for (uint32_t i = 1; i < slots; i++) vm.roots[0]->slots[i] = VAL_NIL;
    vm.roots[0]->slot_count = slots;
    CHECK(!vm.heap.limit_passed);
    heap_step(&vm, 1);
    CHECK(vm.heap.limit_passed);
    close_vm(&vm);
}

TEST(can_allocate_counts_what_a_collection_would_free) {
    VM vm;
    open_vm(&vm, 1024 * 1024);
    vm.roots[0] = make_node(&vm, 1, 50000, 0); /* 400 KB */
    CHECK(heap_can_allocate(&vm, 500 * 1024));
    CHECK(!heap_can_allocate(&vm, 700 * 1024));
    CHECK(!heap_can_allocate(&vm, SIZE_MAX));
    vm.roots[0] = NULL;
    CHECK(heap_can_allocate(&vm, 1000 * 1024));
    CHECK_EQ_INT(heap_stats(&vm).live_objects, 0);
    CHECK(!heap_can_allocate(&vm, 1024 * 1024 + 1));
    close_vm(&vm);
    open_vm(&vm, 0);
    CHECK(heap_can_allocate(&vm, 10 * 1024 * 1024));
    CHECK(!heap_can_allocate(&vm, SIZE_MAX - 64));
    close_vm(&vm);
}

TEST(buffers_are_counted) {
    VM vm;
    open_vm(&vm, 0);
    void *buffer = heap_alloc_buffer(&vm, 1000);
    CHECK_EQ_INT(heap_stats(&vm).live_bytes, 1000);
    buffer = heap_realloc_buffer(&vm, buffer, 1000, 5000);
    CHECK_EQ_INT(heap_stats(&vm).live_bytes, 5000);
    buffer = heap_realloc_buffer(&vm, buffer, 5000, 10);
    CHECK_EQ_INT(heap_stats(&vm).live_bytes, 10);
    CHECK(heap_realloc_buffer(&vm, buffer, 10, 0) == NULL);
    CHECK_EQ_INT(heap_stats(&vm).live_bytes, 0);
    CHECK_EQ_INT(heap_stats(&vm).peak_bytes, 5000);
    CHECK(heap_alloc_buffer(&vm, 0) == NULL);
    heap_free_buffer(&vm.heap, NULL, 0);
    close_vm(&vm);
}

TEST(nothing_is_collected_while_paused) {
    VM vm;
    open_vm(&vm, 100 * 1024);
    heap_pause(&vm);
    heap_pause(&vm);
    NodeObj *loose = make_node(&vm, 1, 3, 0);
    for (int i = 0; i < 50000; i++) heap_alloc(&vm, OBJ_STR, 64);
    heap_resume(&vm);
    heap_collect(&vm);
    heap_step(&vm, 1000000);
    CHECK(is_sound(loose));
    CHECK_EQ_INT(heap_stats(&vm).live_objects, 50001);
    CHECK(!vm.heap.limit_passed);
    heap_resume(&vm);
    heap_collect(&vm);
    CHECK_EQ_INT(heap_stats(&vm).live_objects, 0);
    close_vm(&vm);
}

TEST(destroying_in_any_phase_finalizes_everything) {
    for (int steps = 0; steps < 60; steps++) {
        VM vm;
        open_vm(&vm, 0);
        heap_pause(&vm);
        for (uint32_t i = 0; i < 500; i++) {
            NodeObj *node = make_node(&vm, i, i % 7, i * 5);
            if (i % 3 == 0) continue;
            node->link = vm.roots[0];
            vm.roots[0] = node;
        }
        heap_pin(&vm, vm.roots[0]);
        heap_resume(&vm);
        begin_cycle(&vm);
        for (int i = 0; i < steps; i++) heap_step(&vm, 10000);
        close_vm(&vm);
        CHECK_EQ_INT(vm.finalized, 500);
    }
}

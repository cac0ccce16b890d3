/* raise.c — making exceptions and finding who handles them (language 22).
 * Invariant: while an error travels, vm->exception holds an instance whose class descends from Exception. */
#include "port/port.h"
#include "vm/generator.h"
#include "vm/suggest.h"

#include <stdarg.h>
#include <stdio.h>

#define STACK_ENTRIES_MAX 50u

/* The position a frame is at: the instruction before pc, unless the loop stopped in front of one. */
static void frame_position(const Fiber *fiber, const Frame *frame, uint32_t *out_line, uint32_t *out_column) {
    bool innermost = frame == &fiber->frames[fiber->frame_count - 1];
    uint32_t pc = frame->pc;
    if (pc > 0 && !(innermost && fiber->at_start)) pc--;
    code_position(frame->code, pc, out_line, out_column);
}

static Value stack_entry(VM *vm, const Frame *frame) {
    uint32_t line, column;
    frame_position(vm->fiber, frame, &line, &column);
    uint32_t scope = roots_open(vm);
    uint32_t entry = root_push(vm, map_make(vm));
    map_set_text(vm, map_of(root_get(vm, entry)), "fn", string_from_symbol(vm, frame->code->name));
    Value file = frame->code->file ? value_pointer(frame->code->file) : VAL_NIL;
    map_set_text(vm, map_of(root_get(vm, entry)), "file", file);
    map_set_text(vm, map_of(root_get(vm, entry)), "line", value_small_int(line));
    map_set_text(vm, map_of(root_get(vm, entry)), "column", value_small_int(column));
    Value result = root_get(vm, entry);
    roots_close(vm, scope);
    return result;
}

/* Code of the library written in Gene counts as native: errors in it are those of its caller. */
static bool is_shown(const Frame *frame) { return !frame->code->module || !frame->code->module->is_internal; }

/* The frame an error belongs to: the innermost one shown, else the innermost. */
static const Frame *blamed_frame(const Fiber *fiber) {
    for (uint32_t i = fiber->frame_count; i > 0; i--) {
        if (is_shown(&fiber->frames[i - 1])) return &fiber->frames[i - 1];
    }
    return &fiber->frames[fiber->frame_count - 1];
}

void vm_append_place(VM *vm, Buffer *out) {
    const Fiber *fiber = vm->fiber;
    if (fiber->frame_count == 0) return;
    uint32_t line, column;
    const Frame *frame = blamed_frame(fiber);
    frame_position(fiber, frame, &line, &column);
    buffer_append_format(out, "%s:%u:%u", frame->code->file ? frame->code->file->text : "<input>", line, column);
}

/* The innermost frames as a list of stack entries. Unrooted. */
static Value stack_list(VM *vm) {
    const Fiber *fiber = vm->fiber;
    uint32_t scope = roots_open(vm);
    uint32_t list = root_push(vm, array_make(vm, 4));
    for (uint32_t i = fiber->frame_count; i > 0 && array_of(root_get(vm, list))->count < STACK_ENTRIES_MAX; i--) {
        if (!is_shown(&fiber->frames[i - 1])) continue;
        Value entry = stack_entry(vm, &fiber->frames[i - 1]);
        array_push(vm, array_of(root_get(vm, list)), entry);
    }
    Value result = root_get(vm, list);
    roots_close(vm, scope);
    return result;
}

/* Adds `location` and `stack`, once: an exception thrown again keeps its first origin. */
static void exception_locate(VM *vm, InstanceObj *exception) {
    Fiber *fiber = vm->fiber;
    if (fiber->frame_count == 0 || instance_get(exception, SYM(vm, STACK)) != VAL_UNSET) return;
    uint32_t scope = roots_open(vm);
    uint32_t root = root_push(vm, value_pointer(exception));
    uint32_t list = root_push(vm, stack_list(vm));
    Buffer text;
    buffer_init(&text);
    vm_append_place(vm, &text);
    Value location = string_from_buffer(vm, &text);
    buffer_free(&text);
    instance_set(vm, instance_of(root_get(vm, root)), SYM(vm, LOCATION), location);
    instance_set(vm, instance_of(root_get(vm, root)), SYM(vm, STACK), root_get(vm, list));
    roots_close(vm, scope);
}

static Value make_exception(VM *vm, ErrorId id, ClassObj *class_, const char *message, size_t message_size) {
    uint32_t scope = roots_open(vm);
    uint32_t root = root_push(vm, instance_make(vm, class_));
    Value text = string_make_lossy(vm, message, message_size);
    instance_set(vm, instance_of(root_get(vm, root)), SYM(vm, MESSAGE), text);
    Value code = string_from(vm, error_table[id].code);
    instance_set(vm, instance_of(root_get(vm, root)), SYM(vm, CODE), code);
    /* What shares the code of errors without advice carries its own. */
    if (*error_table[id].hint && strcmp(error_table[id].code, error_table[ERR_RUNTIME].code) == 0) {
        Value hint = string_from(vm, error_table[id].hint);
        instance_set(vm, instance_of(root_get(vm, root)), SYM(vm, HINT), hint);
    }
    Value result = root_get(vm, root);
    roots_close(vm, scope);
    return result;
}

Value vm_make_exception(VM *vm, ErrorId id, const char *message, size_t message_size) {
    return make_exception(vm, id, vm->error_classes[id] ? vm->error_classes[id] : vm->exception_class, message,
                          message_size);
}

static bool contains(const char *text, const char *needle) {
    size_t size = strlen(needle);
    for (; *text; text++) {
        size_t i = 0;
        while (i < size && text[i] && (text[i] | 0x20) == (needle[i] | 0x20)) i++;
        if (i == size) return true;
    }
    return false;
}

/* Some kinds of error get their class from their words as messages without a kind do (language 22 §3.1). */
static ClassObj *class_of_error(VM *vm, ErrorId id, const char *message) {
    bool has_choice = id == ERR_OOP || id == ERR_NOT_CALLABLE || id == ERR_ARITY || id == ERR_KEYWORD ||
                      id == ERR_TYPE_PLAIN || id == ERR_GENERATOR;
    bool is_argument = has_choice && (contains(message, "requires") || contains(message, "expects"));
    ClassObj *class_ = vm->error_classes[is_argument ? ERR_ARGUMENT : id];
    return class_ ? class_ : vm->exception_class;
}

static NativeResult raise_formatted(VM *vm, ErrorId id, const char *format, va_list list) {
    char small[256];
    va_list copy;
    va_copy(copy, list);
    int size = vsnprintf(small, sizeof small, format, list);
    if (size < 0) size = 0;
    char *text = small;
    if ((size_t)size >= sizeof small) {
        text = malloc((size_t)size + 1);
        if (text)
            vsnprintf(text, (size_t)size + 1, format, copy);
        else
            text = small, size = (int)sizeof small - 1;
    }
    va_end(copy);
    Value exception = make_exception(vm, id, class_of_error(vm, id, text), text, (size_t)size);
    if (text != small) free(text);
    return vm_raise_exception(vm, exception);
}

NativeResult vm_raise(VM *vm, ErrorId id, const char *format, ...) {
    va_list list;
    va_start(list, format);
    NativeResult result = raise_formatted(vm, id, format, list);
    va_end(list);
    return result;
}

/* Language 22 §3.1: the first row whose text occurs in the message decides. */
static ErrorId infer_error(const char *message) {
    static const struct {
        const char *text, *also;
        ErrorId id;
    } rules[] = {
        {"division by zero", "", ERR_DIV_ZERO}, {"integer overflow", "", ERR_OVERFLOW},
        {"modulo by zero", "", ERR_DIV_ZERO},   {"stack overflow", "", ERR_STACK_OVERFLOW},
        {"type mismatch", "", ERR_TYPE},        {"type error", "", ERR_TYPE},
        {"cannot compare", "", ERR_COMPARE},    {"not supported for", "", ERR_UNSUPPORTED_CALL},
        {"requires", "", ERR_ARGUMENT},         {"expects", "", ERR_ARGUMENT},
        {"invalid", "argument", ERR_ARGUMENT},  {"invalid", "parameter", ERR_ARGUMENT},
        {"file not found", "", ERR_IO},         {"failed to read", "", ERR_IO},
        {"failed to write", "", ERR_IO},        {"failed to open", "", ERR_IO},
        {"timeout", "", ERR_TIMEOUT},           {"cancelled", "", ERR_CANCELLED},
        {"cancellation", "", ERR_CANCELLED},
    };
    for (size_t i = 0; i < COUNT_OF(rules); i++) {
        if (!contains(message, rules[i].text)) continue;
        if (!rules[i].also[0] || contains(message, rules[i].also)) return rules[i].id;
    }
    return ERR_RUNTIME;
}

NativeResult vm_raise_message(VM *vm, const char *format, ...) {
    va_list list, copy;
    va_start(list, format);
    va_copy(copy, list);
    char start[256];
    vsnprintf(start, sizeof start, format, copy);
    va_end(copy);
    NativeResult result = raise_formatted(vm, infer_error(start), format, list);
    va_end(list);
    return result;
}

NativeResult vm_raise_exception(VM *vm, Value exception) {
    uint32_t scope = roots_open(vm);
    uint32_t root = root_push(vm, exception);
    exception_locate(vm, instance_of(exception));
    vm->exception = root_get(vm, root);
    roots_close(vm, scope);
    return NATIVE_RAISE;
}

/* A text that the library's own Gene code throws is a message as natives raise them; one with a marker has no class. */
static ErrorId thrown_error(const Fiber *fiber, const char *message) {
    bool is_library = fiber->frame_count > 0 && !is_shown(&fiber->frames[fiber->frame_count - 1]);
    return is_library && message[0] != '[' ? infer_error(message) : ERR_THROWN;
}

NativeResult vm_throw(VM *vm, Value value) {
    if (is_instance(value) && instance_of(value)->class_->is_exception) {
        vm_raise_exception(vm, value);
        if (instance_get(instance_of(vm->exception), SYM(vm, MESSAGE)) == VAL_UNSET)
            suggest_text(vm, "it has no message: write (throw \"text\"), or a class with (ctor [/message])");
        return NATIVE_RAISE;
    }
    Buffer text;
    buffer_init(&text);
    bool is_text = is_string(value);
    if (is_text)
        buffer_append(&text, string_of(value)->text, string_of(value)->size);
    else
        print_value_safely(vm, &text, value, RENDER_QUOTED);
    uint32_t scope = roots_open(vm);
    uint32_t cause = root_push(vm, value);
    ErrorId id = is_text ? thrown_error(vm->fiber, buffer_text(&text)) : ERR_THROWN;
    uint32_t root = root_push(vm, vm_make_exception(vm, id, text.data ? text.data : "", text.size));
    buffer_free(&text);
    if (!is_text) {
        instance_set(vm, instance_of(root_get(vm, root)), SYM(vm, CAUSE), root_get(vm, cause));
    }
    Value exception = root_get(vm, root);
    bool is_class_alone = is_class(root_get(vm, cause));
    roots_close(vm, scope);
    vm_raise_exception(vm, exception);
    if (is_class_alone) suggest_text(vm, "throw takes one value: (throw (new Class …))");
    return NATIVE_RAISE;
}

Value vm_take_exception(VM *vm) {
    Value exception = vm->exception;
    vm->exception = VAL_UNSET;
    return exception;
}

static const Handler *find_handler(const CodeObj *code, uint32_t pc, bool finally_only) {
    for (uint32_t i = 0; i < code->handler_count; i++) {
        const Handler *handler = &code->handlers[i];
        if (pc >= handler->start && pc < handler->end && (handler->is_finally || !finally_only)) return handler;
    }
    return NULL;
}

static bool is_memory_scarce(VM *vm) {
    const Heap *heap = vm_heap(vm);
    return heap->limit && heap->live_bytes > heap->limit / 2;
}

static bool is_about_memory(VM *vm, Value exception) {
    Value code = instance_get(instance_of(exception), SYM(vm, CODE));
    return is_string(code) && strcmp(string_of(code)->text, error_table[ERR_LIMIT_MEMORY].code) == 0;
}

bool vm_unwind(VM *vm) {
    Fiber *fiber = vm->fiber;
    ENSURE(vm->exception != VAL_UNSET, "unwinding needs an exception");
    while (fiber->frame_count > 0) {
        Frame *frame = &fiber->frames[fiber->frame_count - 1];
        uint32_t pc = frame->pc > 0 && !fiber->at_start ? frame->pc - 1 : frame->pc;
        fiber->at_start = false;
        bool finally_only = fiber->hard_stop || generator_is_left(vm, frame);
        const Handler *handler = find_handler(frame->code, pc, finally_only);
        if (handler) {
            Value exception = vm_take_exception(vm);
            uint32_t slot = frame->base + handler->slot;
            fiber->top = frame->base + frame->code->slot_count;
            frame->pc = handler->target;
            fiber->stack[slot] = exception;
            /* Registers are taken like a stack: those above are dead, and should not keep alive what was unwound. */
            for (uint32_t i = slot + 1; i < fiber->top; i++) fiber->stack[i] = VAL_NIL;
            /* What was unwound may be what filled the memory: the handler can do with it. */
            if (UNLIKELY(is_memory_scarce(vm)) && is_about_memory(vm, exception)) heap_collect(vm);
            return true;
        }
        bool entry = (frame->flags & FRAME_ENTRY) != 0;
        if (frame->generator) generator_end(vm, frame->generator);
        fiber->frame_count--;
        if (entry) return false;
    }
    return false;
}

void vm_trace(VM *vm) {
    const Frame *frame = &vm->fiber->frames[vm->fiber->frame_count - 1];
    if (!is_shown(frame)) return;
    uint32_t line, column;
    frame_position(vm->fiber, frame, &line, &column);
    Buffer text;
    buffer_init(&text);
    buffer_append_format(&text, "trace: %s:%u:%u %s\n", frame->code->file ? frame->code->file->text : "<input>", line,
                         column, frame->code->name->text);
    port_write(vm, PORT_STDERR, text.data, text.size);
    buffer_free(&text);
}

bool vm_memory_is_exhausted(VM *vm) {
    vm_heap(vm)->limit_passed = false;
    heap_collect(vm);
    if (vm_heap(vm)->live_bytes < vm_heap(vm)->limit) return false;
    vm_raise(vm, ERR_LIMIT_MEMORY, "memory limit of %zu bytes reached (limits.memory)", vm_heap(vm)->configured_limit);
    heap_open_reserve(vm);
    return true;
}

/* type_check.c — see type_check.h.
 * Invariant: everything here is reached from the loop only when a value is not plainly of its type, and runs no Gene code. */
#include "vm/type_check.h"

#include "base/number.h"
#include "port/port.h"

/* --- names that get their meaning later ----------------------------------------------------------------------------- */

static Frame *running_frame(VM *vm) {
    Fiber *fiber = vm->fiber;
    return fiber->frame_count ? &fiber->frames[fiber->frame_count - 1] : NULL;
}

/* What a type's name is bound to where the program runs: an imported alias or a class under another name. */
static Value bound_to_name(VM *vm, const TypeObj *type) {
    const Frame *frame = running_frame(vm);
    if (type->form != TYPE_NAME || type->mask || !frame) return VAL_UNSET;
    const ModuleObj *module = frame->code->module;
    Value slot = module ? table_get_symbol(&module->names, type->name) : VAL_UNSET;
    if (slot != VAL_UNSET) return module->vars[small_int_of(slot)];
    return vm_lookup_name(frame->fn->ns, type->name);
}

static const TypeObj *resolve(VM *vm, const TypeObj *type) {
    Value bound = bound_to_name(vm, type);
    return is_type(bound) ? type_of(bound) : type;
}

static bool admits_bound(VM *vm, const TypeObj *type, Value value) {
    for (uint32_t i = 0; type->form == TYPE_UNION && i < type->count; i++) {
        if (admits_bound(vm, type->parts[i].type, value)) return true;
    }
    Value bound = bound_to_name(vm, type);
    if (is_type(bound)) return type_admits(vm, type_of(bound), value);
    return is_class(bound) && is_instance(value) &&
           class_descends_from(instance_of(value)->class_, class_of_value(bound));
}

/* --- messages -------------------------------------------------------------------------------------------------------- */

static void append_context(Buffer *out, const TypeContext *context) {
    const char *name = context->name ? context->name->text : "?";
    switch (context->boundary) {
    case BOUNDARY_PARAMETER: buffer_append_text(out, name); break;
    case BOUNDARY_RETURN:
    case BOUNDARY_EXPLICIT_RETURN: buffer_append_format(out, "return value of %s", name); break;
    case BOUNDARY_VARIABLE: buffer_append_text(out, "variable"); break;
    case BOUNDARY_FIELD: buffer_append_format(out, "property %s", name); break;
    case BOUNDARY_PAYLOAD:
        buffer_append_format(out, "field %s/%s.%s", context->owner->text, context->variant->text, name);
        break;
    case BOUNDARY_CONVERSION: buffer_append_text(out, "value"); break;
    }
}

static bool shows_place(Boundary boundary) {
    return boundary != BOUNDARY_PARAMETER && boundary != BOUNDARY_RETURN && boundary != BOUNDARY_CONVERSION;
}

static void append_place(VM *vm, Buffer *out, Boundary boundary) {
    if (!shows_place(boundary) || vm->fiber->frame_count == 0) return;
    buffer_append_text(out, " @ ");
    vm_append_place(vm, out);
}

static bool raise_mismatch(VM *vm, const TypeObj *type, Value value, const TypeContext *context) {
    Buffer text;
    buffer_init(&text);
    if (context->boundary == BOUNDARY_CONVERSION) {
        buffer_append_format(&text, "Type error: cannot convert %s to ", type_name(vm, value));
        type_append_text(&text, type);
    } else {
        buffer_append_text(&text, "Type error [GENE_TYPE_MISMATCH]: expected ");
        type_append_text(&text, type);
        buffer_append_format(&text, ", got %s in ", type_name(vm, value));
        append_context(&text, context);
        if (is_nil(value) && context->boundary != BOUNDARY_PAYLOAD) {
            buffer_append_text(&text,
                               "; strict nil mode admits nil only for Any, Nil, Option[T], or unions containing Nil");
        }
        append_place(vm, &text, context->boundary);
    }
    vm_raise(vm, ERR_TYPE, "%s", buffer_text(&text));
    buffer_free(&text);
    return false;
}

static void warn_of_loss(VM *vm, double from, int64_t to, const TypeContext *context) {
    char digits[NUMBER_TEXT_MAX];
    Buffer text;
    buffer_init(&text);
    buffer_append_text(&text, "Warning: Lossy conversion Float -> Int for ");
    append_context(&text, context);
    buffer_append_text(&text, ": ");
    buffer_append(&text, digits, number_format_double(from, digits));
    buffer_append_format(&text, " -> %lld", (long long)to);
    append_place(vm, &text, context->boundary);
    buffer_append_text(&text, "\n");
    if (!text.failed) port_write(vm, PORT_STDERR, text.data, text.size);
    buffer_free(&text);
}

/* --- checking -------------------------------------------------------------------------------------------------------- */

/* Only numbers convert, so of a union too the first member that does is the one of the other numeric kind. */
static bool convert(VM *vm, const TypeObj *type, Value *io_value, const TypeContext *context) {
    if (is_int(*io_value) && type->mask & KIND_BIT(KIND_FLOAT)) {
        *io_value = value_float(number_of(*io_value));
        return true;
    }
    if (!is_float(*io_value) || !(type->mask & KIND_BIT(OBJ_INT))) return false;
    double number = float_of(*io_value);
    if (!(number >= -0x1p63 && number < 0x1p63)) return false;
    int64_t whole = (int64_t)number;
    if ((double)whole != number) warn_of_loss(vm, number, whole, context);
    *io_value = int_make(vm, whole);
    return true;
}

bool type_check(VM *vm, const TypeObj *type, Value *io_value, const TypeContext *context) {
    Boundary boundary = context->boundary;
    if (is_nil(*io_value) && boundary != BOUNDARY_PAYLOAD && boundary != BOUNDARY_CONVERSION) {
        if (!vm->space.strict_nil || type_admits_nil(resolve(vm, type))) return true;
        return raise_mismatch(vm, type, *io_value, context);
    }
    if (type_admits(vm, type, *io_value) || admits_bound(vm, type, *io_value)) return true;
    if (boundary != BOUNDARY_VARIABLE && convert(vm, resolve(vm, type), io_value, context)) return true;
    return raise_mismatch(vm, type, *io_value, context);
}

static const SymbolObj *parameter_name(const CodeObj *code, uint32_t reg) {
    for (uint32_t i = 0; i < code->param_count; i++) {
        if (code->params[i].slot == reg) return code->params[i].name;
    }
    return NULL;
}

bool type_check_register(VM *vm, uint32_t reg, Value type, Boundary boundary) {
    const Frame *frame = running_frame(vm);
    TypeContext context = {.boundary = boundary};
    context.name = boundary == BOUNDARY_PARAMETER ? parameter_name(frame->code, reg) : frame->code->name;
    uint32_t slot = frame->base + reg;
    Value value = vm->fiber->stack[slot];
    if (!type_check(vm, type_of(type), &value, &context)) return false;
    vm->fiber->stack[slot] = value;
    return true;
}

TypeObj *type_of_field(const ClassObj *class_, const SymbolObj *name) {
    for (; class_; class_ = class_->parent) {
        Value type = table_get_symbol(&class_->fields, name);
        if (is_type(type)) return type_of(type);
    }
    return NULL;
}

bool type_covers_return(const Frame *frame, Value callee) {
    Value mine = frame->code->signature;
    if (!is_function(callee)) return false;
    Value theirs = function_of(callee)->code->signature;
    if (!is_type(mine) || !is_type(theirs)) return false;
    const TypeObj *my_result = type_of(mine)->parts[type_of(mine)->count - 1].type;
    const TypeObj *their_result = type_of(theirs)->parts[type_of(theirs)->count - 1].type;
    return my_result->mask != 0 && my_result->form == their_result->form && my_result->mask == their_result->mask &&
           type_equivalent(my_result, their_result);
}

/* --- types as values ------------------------------------------------------------------------------------------------- */

static TypeObj *find_alias(void *context, SymbolObj *name) {
    VM *vm = context;
    TypeObj probe = {.form = TYPE_NAME, .name = name};
    if (type_is_builtin(name)) return NULL;
    Value bound = bound_to_name(vm, &probe);
    return is_type(bound) ? type_of(bound) : NULL;
}

TypeObj *type_from_value(VM *vm, Value value) {
    if (is_type(value)) return type_of(value);
    const char *error;
    TypeNames names = {find_alias, vm};
    if (is_string(value)) value = value_pointer(symbol_from_string(vm, string_of(value)));
    bool is_expression = is_symbol(value) || is_node(value) || is_class(value) || is_path(value) || is_quote(value);
    return is_expression ? type_parse(vm, value, &names, &error) : NULL;
}

bool value_is(VM *vm, Value value, Value type, bool *out_holds) {
    if (is_enum(type)) {
        const VariantObj *variant = variant_of_any(value);
        *out_holds = variant && variant->parent == enum_of(type);
        return true;
    }
    if (is_class(type)) {
        ClassObj *class_ = class_of_value(type);
        /* By name: an instance is its class and all above it, other values are never Object. */
        *out_holds = class_descends_from(class_of(vm, value), class_) &&
                     (is_instance(value) || is_class(value) || class_ != vm_space(vm)->object_class);
        if (*out_holds) return true;
    }
    TypeObj *wanted = type_from_value(vm, type);
    if (!wanted) {
        vm_raise(vm, ERR_ARGUMENT, "is requires a type value on the right side");
        return false;
    }
    *out_holds = type_admits(vm, wanted, value);
    return true;
}

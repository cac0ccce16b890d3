/* eval.c — forms compiled and run inside a scope that is running: eval, $caller_eval, $render of computed templates
 * (language 06 §6.2–6.4).
 * Invariants: the code made here captures only the cells its scope descriptor lists, so it can be instantiated for the frame
 * that has them; a frame that runs it for $caller_eval says which frame that is (FRAME_EVAL), and that one stays below it. */
#include "object/form.h"
#include "vm/access.h"
#include "vm/call.h"
#include "vm/operators.h"

/* C stack that one level of a form's nesting may need in the compiler, and what must remain. */
#define CSTACK_PER_LEVEL 1024u
#define CSTACK_RESERVE 8192u

/* Where a form is evaluated. */
typedef struct Environment {
    uint32_t frame;         /* its number */
    ScopeDescriptor *scope; /* NULL: nothing but the module's names is known there */
} Environment;

static Frame *frame_of(VM *vm, const Environment *env) { return &vm->fiber->frames[env->frame]; }

/* --- names ---------------------------------------------------------------------------------------------- */

/* What analysis gives a meaning of its own, whatever is declared. */
static bool is_always_known(VM *vm, const SymbolObj *name) {
    return name == SYM(vm, SELF) || name == SYM(vm, UNDERSCORE) || name->text[0] == '$' || name->text[0] == '@';
}

static bool is_known_name(VM *vm, const Environment *env, const SymbolObj *name) {
    for (uint32_t i = 0; env->scope && i < env->scope->count; i++) {
        if (env->scope->names[i].name == name) return true;
    }
    const Frame *frame = frame_of(vm, env);
    return is_always_known(vm, name) || table_get_symbol(&frame->code->module->names, name) != VAL_UNSET ||
           vm_lookup_name(frame->fn->ns, name) != VAL_UNSET;
}

/* --- compiling ------------------------------------------------------------------------------------------ */

/* The error belongs to the place in the form, when that came from source text. */
static void raise_diagnostic(VM *vm, const Environment *env, const Diagnostic *item) {
    const StrObj *file = frame_of(vm, env)->code->file;
    vm_raise(vm, item->id, "%s", item->message);
    if (item->line == 0) return;
    Buffer place;
    buffer_init(&place);
    buffer_append_format(&place, "%s:%u:%u", file ? file->text : "<input>", item->line, item->column);
    uint32_t roots = roots_open(vm);
    uint32_t exception = root_push(vm, vm_take_exception(vm));
    Value location = string_from_buffer(vm, &place);
    buffer_free(&place);
    instance_set(vm, instance_of(root_get(vm, exception)), SYM(vm, LOCATION), location);
    vm->exception = root_get(vm, exception);
    roots_close(vm, roots);
}

/* Code of an array of one form. NULL after raising. */
static CodeObj *compile(VM *vm, const Environment *env, Value forms, bool declares_in_module) {
    static const ScopeDescriptor no_names = {.names = NULL};
    const CodeObj *around = frame_of(vm, env)->code;
    size_t room = cstack_remaining(vm->current_cstack);
    size_t levels = room > CSTACK_RESERVE ? (room - CSTACK_RESERVE) / CSTACK_PER_LEVEL + 1 : 1;
    FormPosition here = {0}; /* what was not read from text is blamed on the place that evaluates it */
    code_position(around, frame_of(vm, env)->pc - 1, &here.line, &here.column);
    CompileRequest request = {.forms = forms,
                              .positions = &here,
                              .module = around->module,
                              .file = around->file,
                              .max_depth = levels < READER_DEPTH_MAX ? (uint32_t)levels : READER_DEPTH_MAX};
    Diagnostics diagnostics = {NULL, 0, 0};
    CodeObj *code = declares_in_module
                        ? compiler_compile(vm, &request, &diagnostics)
                        : compiler_compile_in_scope(vm, &request, env->scope ? env->scope : &no_names, &diagnostics);
    if (!code) raise_diagnostic(vm, env, &diagnostics.items[0]);
    diagnostics_free(&diagnostics);
    return code;
}

static CodeObj *find_memo(const ScopeMemo *memo, Value form, uint32_t var_count) {
    for (uint32_t i = 0; memo && i < SCOPE_MEMO_COUNT; i++) {
        if (memo->entries[i].var_count != var_count || memo->entries[i].form == VAL_UNSET) continue;
        if (forms_equal(memo->entries[i].form, form)) return memo->entries[i].code;
    }
    return NULL;
}

static void remember(VM *vm, const Environment *env, Value form, CodeObj *code) {
    ScopeMemo *memo = env->scope->memo;
    if (!memo) {
        memo = heap_alloc_buffer(vm, sizeof *memo);
        memset(memo, 0, sizeof *memo);
        for (uint32_t i = 0; i < SCOPE_MEMO_COUNT; i++) memo->entries[i].form = VAL_UNSET;
        env->scope->memo = memo;
    }
    memo->entries[memo->next].form = form;
    memo->entries[memo->next].code = code;
    memo->entries[memo->next].var_count = frame_of(vm, env)->code->module->var_count;
    memo->next = (memo->next + 1) % SCOPE_MEMO_COUNT;
    heap_touch(vm, frame_of(vm, env)->code);
}

/* Code of the form in `form`, a root. A small form is compiled once for a site: what a macro gets is a new copy each time, so
 * forms are compared, not their addresses. */
static CodeObj *code_of_form(VM *vm, const Environment *env, uint32_t form, bool declares_in_module) {
    bool is_kept = env->scope && !declares_in_module && form_is_small(root_get(vm, form));
    if (is_kept) {
        CodeObj *known = find_memo(env->scope->memo, root_get(vm, form), frame_of(vm, env)->code->module->var_count);
        if (known) return known;
        root_set(vm, form, form_copy(vm, root_get(vm, form)));
    }
    Value single = root_get(vm, form);
    uint32_t roots = roots_open(vm);
    uint32_t forms = root_push(vm, array_from(vm, &single, 1));
    CodeObj *code = compile(vm, env, root_get(vm, forms), declares_in_module);
    roots_close(vm, roots);
    if (code && is_kept) remember(vm, env, root_get(vm, form), code);
    return code;
}

/* --- running -------------------------------------------------------------------------------------------- */

/* Runs the form in the native's first argument in place of the native. */
static NativeResult run(VM *vm, const Args *args, const Environment *env, bool declares_in_module, uint32_t flags,
                        Value *out) {
    uint32_t slot = vm->native_slot;
    CodeObj *code = code_of_form(vm, env, args->base, declares_in_module);
    if (!code) return NATIVE_RAISE;
    uint32_t roots = roots_open(vm);
    root_push(vm, value_pointer(code));
    Value fn = access_make_function(vm, frame_of(vm, env), code);
    roots_close(vm, roots);
    native_set_arg(vm, args, 0, fn);
    Fiber *fiber = vm->fiber;
    switch (vm_call(vm, fn, args->base + 1, 0, NULL, 0, slot, flags)) {
    case CALL_FRAME: fiber->frames[fiber->frame_count - 1].environment = env->frame; return NATIVE_FRAME;
    case CALL_VALUE: *out = fiber->stack[slot]; return NATIVE_RETURN;
    default: return NATIVE_RAISE;
    }
}

/* The scope that the native's second argument numbers. */
static Environment current_environment(VM *vm, const Args *args) {
    uint32_t top = vm->fiber->frame_count - 1;
    return (Environment){top, &vm->fiber->frames[top].code->scopes[small_int_of(native_arg(vm, args, 1))]};
}

/* Other values are themselves. */
static bool is_code(Value form) { return is_node(form) || is_quote(form) || is_symbol(form) || is_path(form); }

static NativeResult eval_in(VM *vm, const Args *args, const Environment *env, bool declares_in_module, Value *out) {
    Value form = native_arg(vm, args, 0);
    if (!is_code(form)) {
        *out = form;
        return NATIVE_RETURN;
    }
    if (is_symbol(form) && !is_known_name(vm, env, symbol_of(form))) {
        return vm_raise(vm, ERR_UNDEFINED, "Unknown symbol: %s", symbol_of(form)->text);
    }
    return run(vm, args, env, declares_in_module, 0, out);
}

static NativeResult eval_form(VM *vm, const Args *args, Value *out) {
    Environment env = current_environment(vm, args);
    bool is_module_level = (frame_of(vm, &env)->code->flags & CODE_TOP_LEVEL) && env.scope->count == 0;
    return eval_in(vm, args, &env, is_module_level, out);
}

/* Called as a value it has no scope: only the names of the module that called it are known. */
static NativeResult eval_value(VM *vm, const Args *args, Value *out) {
    const Fiber *fiber = vm->fiber;
    uint32_t count = fiber->frame_count;
    while (count > 0 && fiber->frames[count - 1].code->module->is_internal) count--;
    if (count == 0) {
        *out = native_arg(vm, args, 0);
        return is_code(*out) ? vm_raise(vm, ERR_RUNTIME, "eval has no scope here: no Gene code has called it")
                             : NATIVE_RETURN;
    }
    Environment env = {count - 1, NULL};
    return eval_in(vm, args, &env, false, out);
}

/* As ($render `template) written here. */
static NativeResult render_in(VM *vm, const Args *args, Value *out) {
    Environment env = current_environment(vm, args);
    Value form = native_arg(vm, args, 0);
    if (!is_node(form) && !is_array(form) && !is_map(form) && !is_unquote(form)) {
        *out = form;
        return NATIVE_RETURN;
    }
    uint32_t roots = roots_open(vm);
    uint32_t quote = root_push(vm, quote_make(vm, OBJ_QUOTE, form, false));
    uint32_t head = root_push(vm, value_pointer(symbol_from(vm, "$render")));
    NodeObj *node = node_of(node_make(vm, root_get(vm, head)));
    node_push(vm, node, root_get(vm, quote));
    roots_close(vm, roots);
    native_set_arg(vm, args, 0, value_pointer(node));
    return run(vm, args, &env, false, 0, out);
}

/* --- the caller of a macro ------------------------------------------------------------------------------ */

/* The site whose call the frame is waiting for; NULL: it called in a way that passes no forms. */
static ScopeDescriptor *site_of(const Frame *frame) {
    const CodeObj *code = frame->code;
    uint32_t low = 0, high = code->scope_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (code->scopes[middle].pc == frame->pc) return &code->scopes[middle];
        if (code->scopes[middle].pc < frame->pc)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

static bool is_macro_activation(const Frame *frame) {
    return (frame->code->flags & CODE_MACRO) && !(frame->flags & FRAME_GENERATOR);
}

/* Who called the innermost macro that is running. A form evaluated for $caller_eval belongs to the frame whose scope it runs
 * in, so the search goes on from there. Functions of the library are not users of what they are given. */
static bool find_caller(const Fiber *fiber, Environment *out) {
    uint32_t i = fiber->frame_count - 1;
    while (!is_macro_activation(&fiber->frames[i])) {
        if (i == 0) return false;
        i = fiber->frames[i].flags & FRAME_EVAL ? fiber->frames[i].environment : i - 1;
    }
    if (i == 0) return false;
    uint32_t caller = i - 1;
    while (caller > 0 && !site_of(&fiber->frames[caller]) && fiber->frames[caller].code->module->is_internal) caller--;
    *out = (Environment){caller, site_of(&fiber->frames[caller])};
    return true;
}

static NativeResult caller_eval(VM *vm, const Args *args, Value *out) {
    Environment env;
    if (!find_caller(vm->fiber, &env)) {
        return vm_raise(vm, ERR_RUNTIME, "$caller_eval can only be used within macros or macro-like functions");
    }
    Value form = native_arg(vm, args, 0);
    if (is_symbol(form) && !is_known_name(vm, &env, symbol_of(form))) {
        return vm_raise(vm, ERR_UNDEFINED, "Unknown symbol in caller context: %s", symbol_of(form)->text);
    }
    bool is_form = is_node(form) || is_quote(form) || is_symbol(form) || is_path(form) || is_array(form) ||
                   is_map(form) || is_hashmap(form) || is_unquote(form);
    if (!is_form) {
        *out = form;
        return NATIVE_RETURN;
    }
    return run(vm, args, &env, false, FRAME_EVAL, out);
}

const NativeDef eval_native = {"eval",
                               eval_form,
                               2,
                               2,
                               0,
                               "(eval form…)",
                               "Compiles and runs a data form in the current scope; other values are themselves."};
const NativeDef eval_value_native = {
    "eval", eval_value, 1, -1, 0, "(eval form)", "Compiles and runs a data form in the current scope."};
const NativeDef render_in_native = {
    "$render", render_in, 2, 2, 0, "($render template)", "Renders a computed template."};
const NativeDef caller_eval_native = {
    "$caller_eval", caller_eval, 1, 1, 0, "($caller_eval form)", "Evaluates a form where the macro was called."};

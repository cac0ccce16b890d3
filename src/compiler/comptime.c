/* comptime.c — (comptime …) at the top level of a source text: a small evaluator that runs before anything is compiled and
 * puts the definitions it reaches in the block's place (language 06 §6.5).
 * Invariant: it calls nothing and has no loops, so it ends; its values are made while the collector is paused. */
#include "compiler/analyze.h"

#include <math.h>

typedef struct Comptime {
    Compiler *c;
    MapObj *variables; /* of all blocks of the text */
    Value environment;
    ArrayObj *forms; /* the text with its blocks expanded */
    FormPosition *positions;
    uint32_t position_capacity;
    bool failed;
} Comptime;

static Value evaluate(Comptime *t, Value form);

static Value fail(Comptime *t, const char *message) {
    if (!t->failed) analyze_error(t->c, ERR_COMPILE_FORM, "comptime: %s", message);
    t->failed = true;
    return VAL_NIL;
}

static Value unsupported(Comptime *t) { return fail(t, "unsupported expression"); }

/* --- the expanded text ---------------------------------------------------------------------------------- */

static void emit_form(Comptime *t, Value form, FormPosition position) {
    if (t->forms->count == t->position_capacity) {
        t->position_capacity = t->position_capacity ? t->position_capacity * 2 : 16;
        FormPosition *grown = ARENA_ARRAY(&t->c->arena, FormPosition, t->position_capacity);
        if (t->forms->count) memcpy(grown, t->positions, t->forms->count * sizeof *grown);
        t->positions = grown;
    }
    ENSURE(t->positions, "there is room for the first position");
    t->positions[t->forms->count] = position;
    array_push(t->c->vm, t->forms, form);
}

static Value emit_definition(Comptime *t, Value form) {
    uint32_t line = t->c->line, column = t->c->column;
    emit_form(t, form, (FormPosition){line, column, line, column});
    return VAL_NIL;
}

/* --- operators ------------------------------------------------------------------------------------------ */

static Value int_arithmetic(Comptime *t, char operation, int64_t a, int64_t b) {
    int64_t result = 0;
    bool overflows = false;
    switch (operation) {
    case '+': overflows = __builtin_add_overflow(a, b, &result); break;
    case '-': overflows = __builtin_sub_overflow(a, b, &result); break;
    case '*': overflows = __builtin_mul_overflow(a, b, &result); break;
    default:
        if (b == 0) return fail(t, "modulo by zero");
        result = b == -1 ? 0 : a % b;
        break;
    }
    return overflows ? fail(t, "integer overflow") : int_make(t->c->vm, result);
}

static Value arithmetic(Comptime *t, char operation, Value a, Value b) {
    if (!is_number(a) || !is_number(b)) {
        char message[] = "? expects numbers";
        message[0] = operation;
        return fail(t, message);
    }
    if (is_int(a) && is_int(b) && operation != '/') return int_arithmetic(t, operation, int_of(a), int_of(b));
    double x = number_of(a), y = number_of(b);
    switch (operation) {
    case '+': return value_float(x + y);
    case '-': return value_float(x - y);
    case '*': return value_float(x * y);
    case '/': return value_float(x / y);
    default: return value_float(fmod(x, y));
    }
}

static Value concatenate(Comptime *t, Value a, Value b) {
    if (!is_string(a) || !is_string(b)) return fail(t, "++ expects two strings");
    Buffer text;
    buffer_init(&text);
    buffer_append(&text, string_of(a)->text, string_of(a)->size);
    buffer_append(&text, string_of(b)->text, string_of(b)->size);
    Value result = string_from_buffer(t->c->vm, &text);
    buffer_free(&text);
    return result;
}

/* Two numbers or two strings. */
static NumberOrder order_of(Value a, Value b) {
    if (is_number(a)) return number_order(a, b);
    const StrObj *s = string_of(a), *u = string_of(b);
    int order = memcmp(s->text, u->text, s->size < u->size ? s->size : u->size);
    if (order == 0) order = (s->size > u->size) - (s->size < u->size);
    return order < 0 ? ORDER_LESS : order > 0 ? ORDER_GREATER : ORDER_SAME;
}

static Value compare(Comptime *t, const char *operation, Value a, Value b) {
    bool comparable = (is_number(a) && is_number(b)) || (is_string(a) && is_string(b));
    if (!comparable) return fail(t, "comparison expects numbers or strings");
    NumberOrder order = order_of(a, b);
    bool or_equal = operation[1] == '=';
    if (order == ORDER_NONE) return VAL_FALSE;
    if (order == 0) return value_bool(or_equal);
    return value_bool(operation[0] == '<' ? order < 0 : order > 0);
}

static bool equal(Comptime *t, Value a, Value b);

static bool arrays_equal(Comptime *t, const ArrayObj *a, const ArrayObj *b) {
    if (a->count != b->count) return false;
    for (uint32_t i = 0; i < a->count; i++) {
        if (!equal(t, a->items[i], b->items[i])) return false;
    }
    return true;
}

static bool maps_equal(Comptime *t, const Table *a, const Table *b) {
    if (a->count != b->count) return false;
    for (uint32_t i = table_next(a, 0); i < a->used; i = table_next(a, i + 1)) {
        Value other = table_get_symbol(b, symbol_of(a->entries[i].key));
        if (other == VAL_UNSET || !equal(t, a->entries[i].value, other)) return false;
    }
    return true;
}

/* As at run time (language 02 §2.3): Int and Float are different unless the operator compares with a literal. */
static bool equal(Comptime *t, Value a, Value b) {
    if (is_float(a) && is_float(b)) return float_of(a) == float_of(b);
    if (is_int(a) && is_int(b)) return int_of(a) == int_of(b);
    if (a == b) return true;
    if (is_string(a) && is_string(b)) return string_equals(string_of(a), string_of(b));
    if (is_path(a) && is_path(b)) {
        const PathObj *p = path_of(a), *q = path_of(b);
        return p->count == q->count && memcmp(p->parts, q->parts, p->count * sizeof *p->parts) == 0;
    }
    bool are_arrays = is_array(a) && is_array(b);
    if (!are_arrays && !(is_map(a) && is_map(b))) return false;
    if (++t->c->depth > t->c->max_depth) fail(t, "values are nested too deeply");
    bool same = !t->failed && (are_arrays ? arrays_equal(t, array_of(a), array_of(b))
                                          : maps_equal(t, &map_of(a)->table, &map_of(b)->table));
    t->c->depth--;
    return same;
}

static Value equality(Comptime *t, bool negated, Value left, Value right) {
    Value a = evaluate(t, left), b = evaluate(t, right);
    bool same = is_symbol(left) && is_number(right) && is_number(a) ? number_order(a, b) == ORDER_SAME : equal(t, a, b);
    return value_bool(same != negated);
}

static bool is_operator(Value form) {
    static const char *const operators[] = {
        "+", "-", "*", "/", "%", "++", "==", "!=", "<", "<=", ">", ">=", "&&", "||"};
    for (uint32_t i = 0; i < COUNT_OF(operators); i++) {
        if (is_symbol_text(form, operators[i])) return true;
    }
    return false;
}

static Value binary(Comptime *t, const char *operation, Value left, Value right) {
    if (strcmp(operation, "&&") == 0) {
        return value_bool(is_truthy(evaluate(t, left)) && is_truthy(evaluate(t, right)));
    }
    if (strcmp(operation, "||") == 0) {
        return value_bool(is_truthy(evaluate(t, left)) || is_truthy(evaluate(t, right)));
    }
    if (operation[1] == '=' && (operation[0] == '=' || operation[0] == '!')) {
        return equality(t, operation[0] == '!', left, right);
    }
    Value a = evaluate(t, left);
    Value b = t->failed ? VAL_NIL : evaluate(t, right);
    if (t->failed) return VAL_NIL;
    if (strcmp(operation, "++") == 0) return concatenate(t, a, b);
    if (operation[0] == '<' || operation[0] == '>') return compare(t, operation, a, b);
    return arithmetic(t, operation[0], a, b);
}

static Value prefix(Comptime *t, const NodeObj *node) {
    const char *operation = symbol_of(node->type)->text;
    if (node->count == 2) return binary(t, operation, node->children[0], node->children[1]);
    bool joins = strcmp(operation, "++") == 0;
    if (node->count == 0 || (!joins && (operation[1] || !strchr("+-*/%", operation[0])))) return unsupported(t);
    Value result = evaluate(t, node->children[0]);
    if (node->count == 1 && operation[0] == '-' && !t->failed) {
        if (is_float(result)) return value_float(-float_of(result));
        return arithmetic(t, '-', value_small_int(0), result);
    }
    if (node->count == 1) return unsupported(t);
    for (uint32_t i = 1; i < node->count && !t->failed; i++) {
        Value operand = evaluate(t, node->children[i]);
        if (t->failed) break;
        result = joins ? concatenate(t, result, operand) : arithmetic(t, operation[0], result, operand);
    }
    return t->failed ? VAL_NIL : result;
}

/* --- variables ------------------------------------------------------------------------------------------ */

static Value define(Comptime *t, const NodeObj *node) {
    if (node->count == 0 || !is_symbol(node->children[0])) return unsupported(t);
    bool typed;
    SymbolObj *name = strip_colon(t->c, symbol_of(node->children[0]), &typed);
    uint32_t value_at = typed ? 2 : 1;
    if (node->count > value_at + 1) return unsupported(t);
    Value value = value_at < node->count ? evaluate(t, node->children[value_at]) : VAL_NIL;
    map_set(t->c->vm, t->variables, name, value);
    return value;
}

static Value variable(Comptime *t, const SymbolObj *name) {
    Value value = map_get(t->variables, name);
    if (value != VAL_UNSET) return value;
    if (!t->failed) analyze_error(t->c, ERR_COMPILE_FORM, "comptime: unknown variable %s", name->text);
    t->failed = true;
    return VAL_NIL;
}

/* (x = v) (x += v) (x -= v) (x %= v) */
static bool is_assignment(Value form) {
    return is_symbol_text(form, "=") || is_symbol_text(form, "+=") || is_symbol_text(form, "-=") ||
           is_symbol_text(form, "%=");
}

static Value assign(Comptime *t, const NodeObj *node) {
    if (!is_symbol(node->type)) return unsupported(t);
    const char *operation = symbol_of(node->children[0])->text;
    Value current = operation[0] == '=' ? VAL_NIL : variable(t, symbol_of(node->type));
    Value value = t->failed ? VAL_NIL : evaluate(t, node->children[1]);
    if (operation[0] != '=' && !t->failed) value = arithmetic(t, operation[0], current, value);
    map_set(t->c->vm, t->variables, symbol_of(node->type), value);
    return value;
}

/* An empty variable of the environment counts as missing. */
static Value environment_variable(Comptime *t, const NodeObj *node) {
    if (node->count == 0 || node->count > 2) return unsupported(t);
    Value name = evaluate(t, node->children[0]);
    if (t->failed) return VAL_NIL;
    if (!is_string(name)) return fail(t, "the name of an environment variable must be a string");
    Value value = VAL_UNSET;
    if (is_map(t->environment)) {
        value = map_get(map_of(t->environment), symbol_from_string(t->c->vm, string_of(name)));
    }
    if (is_string(value) && string_of(value)->size > 0) return value;
    return node->count == 2 ? evaluate(t, node->children[1]) : VAL_NIL;
}

/* --- control -------------------------------------------------------------------------------------------- */

static Value evaluate_all(Comptime *t, const Value *forms, uint32_t count) {
    Value value = VAL_NIL;
    for (uint32_t i = 0; i < count && !t->failed; i++) value = evaluate(t, forms[i]);
    return value;
}

static bool at_word(const NodeObj *node, uint32_t i, const char *word) {
    return i < node->count && is_symbol_text(node->children[i], word);
}

/* The same clauses as at run time; a branch that is not taken is not looked at. */
static Value choose(Comptime *t, const NodeObj *node) {
    uint32_t i = 0;
    for (;;) {
        bool is_else = at_word(node, i, "else");
        bool negated = !is_else && at_word(node, i, "not");
        if (is_else || negated) i++;
        if (!is_else && i >= node->count) return fail(t, "if: missing condition");
        bool holds = is_else || is_truthy(evaluate(t, node->children[i++])) != negated;
        if (t->failed) return VAL_NIL;
        if (!is_else && i >= node->count) return fail(t, "if: missing body after condition");
        if (at_word(node, i, "then")) i++;
        uint32_t first = i;
        while (i < node->count && (is_else || !(at_word(node, i, "elif") || at_word(node, i, "else")))) i++;
        if (holds) return evaluate_all(t, node->children + first, i - first);
        if (i >= node->count) return VAL_NIL;
        if (at_word(node, i, "elif")) i++;
    }
}

static Value choose_one(Comptime *t, const NodeObj *node) {
    if (node->count < 2 || node->count > 3) return unsupported(t);
    bool holds = is_truthy(evaluate(t, node->children[0]));
    if (t->failed) return VAL_NIL;
    if (holds) return evaluate(t, node->children[1]);
    return node->count == 3 ? evaluate(t, node->children[2]) : VAL_NIL;
}

static Value negate(Comptime *t, const NodeObj *node) {
    if (node->count != 1) return unsupported(t);
    return value_bool(!is_truthy(evaluate(t, node->children[0])));
}

static Value run_block(Comptime *t, const NodeObj *node) {
    evaluate_all(t, node->children, node->count);
    return VAL_NIL;
}

static Value run_sequence(Comptime *t, const NodeObj *node) { return evaluate_all(t, node->children, node->count); }

static Value evaluate_node(Comptime *t, Value form) {
    static const struct {
        const char *name;
        Value (*evaluate)(Comptime *t, const NodeObj *node);
    } rows[] = {
        {"var", define},         {"if", choose},  {"ifel", choose_one},           {"do", run_sequence},
        {"comptime", run_block}, {"not", negate}, {"$env", environment_variable}, {"get_env", environment_variable},
    };
    const NodeObj *node = node_of(form);
    if (special_definition(form)) return emit_definition(t, form);
    if (node->count == 2 && is_assignment(node->children[0])) return assign(t, node);
    bool has_word = false;
    for (uint32_t i = 0; i < COUNT_OF(rows); i++) {
        if (!is_symbol_text(node->type, rows[i].name)) continue;
        has_word = true;
        if (node->count != 2 || !is_operator(node->children[0])) return rows[i].evaluate(t, node);
    }
    if (!has_word && is_operator(node->type)) return prefix(t, node);
    if (node->count == 2 && is_operator(node->children[0])) {
        return binary(t, symbol_of(node->children[0])->text, node->type, node->children[1]);
    }
    return unsupported(t);
}

/* --- forms ---------------------------------------------------------------------------------------------- */

static Value evaluate_array(Comptime *t, const ArrayObj *source) {
    Value array = array_make(t->c->vm, source->count);
    for (uint32_t i = 0; i < source->count && !t->failed; i++) {
        array_push(t->c->vm, array_of(array), evaluate(t, source->items[i]));
    }
    return array;
}

static Value evaluate_map(Comptime *t, const Table *source) {
    Value map = map_make(t->c->vm);
    for (uint32_t i = table_next(source, 0); i < source->used && !t->failed; i = table_next(source, i + 1)) {
        map_set(t->c->vm, map_of(map), symbol_of(source->entries[i].key), evaluate(t, source->entries[i].value));
    }
    return map;
}

static Value evaluate_unquote(Comptime *t, const QuoteObj *unquote) {
    Value value = evaluate(t, unquote->form);
    return unquote->discard ? VAL_NIL : value;
}

static Value evaluate_object(Comptime *t, Value form) {
    switch (obj_type_of(form)) {
    case OBJ_SYMBOL: return variable(t, symbol_of(form));
    case OBJ_NODE: return evaluate_node(t, form);
    case OBJ_ARRAY: return evaluate_array(t, array_of(form));
    case OBJ_MAP: return evaluate_map(t, &map_of(form)->table);
    case OBJ_QUOTE:
        while (is_quote(form)) form = quote_of(form)->form;
        return form;
    case OBJ_UNQUOTE: return evaluate_unquote(t, quote_of(form));
    case OBJ_HASHMAP: return unsupported(t);
    default: return form;
    }
}

static Value evaluate(Comptime *t, Value form) {
    Compiler *c = t->c;
    if (!is_object(form) || t->failed) return form;
    uint32_t line = c->line, column = c->column;
    if (is_node(form) && node_of(form)->line) {
        c->line = node_of(form)->line;
        c->column = node_of(form)->column;
    }
    Value value = VAL_NIL;
    if (++c->depth > c->max_depth) {
        fail(t, "forms are nested too deeply");
    } else {
        value = evaluate_object(t, form);
    }
    c->depth--;
    c->line = line;
    c->column = column;
    return value;
}

/* --- the text ------------------------------------------------------------------------------------------- */

static bool is_block(Value form) { return is_node(form) && is_symbol_text(node_of(form)->type, "comptime"); }

void expand_comptime(Compiler *c, CompileRequest *io_request) {
    const ArrayObj *source = array_of(io_request->forms);
    uint32_t first = 0;
    while (first < source->count && !is_block(source->items[first])) first++;
    if (first == source->count) return;
    Comptime t = {.c = c, .environment = io_request->environment};
    t.variables = map_of(map_make(c->vm));
    t.forms = array_of(array_make(c->vm, source->count));
    for (uint32_t i = 0; i < source->count && !t.failed; i++) {
        FormPosition none = {0, 0, 0, 0};
        if (is_block(source->items[i])) {
            evaluate(&t, source->items[i]);
        } else {
            emit_form(&t, source->items[i], io_request->positions ? io_request->positions[i] : none);
        }
    }
    io_request->forms = value_pointer(t.forms);
    io_request->positions = t.positions;
}

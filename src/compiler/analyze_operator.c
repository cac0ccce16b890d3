/* analyze_operator.c — infix chains, prefix operators, the ./ operator and assignment (language 03 §3.3, §3.6). */
#include "base/number.h"
#include "compiler/analyze.h"

typedef enum OperatorKind { ARITHMETIC, COMPARISON, LOGICAL, LOOKUP_OP } OperatorKind;

typedef struct Operator {
    const char *text;
    uint8_t precedence;
    uint8_t op; /* OpCode */
    OperatorKind kind;
} Operator;

/* Sorted by text. `./` reads as a path and is found by is_lookup_operator. */
static const Operator operators[] = {
    {"!=", 60, OP_NE, COMPARISON},   {"%", 80, OP_MOD, ARITHMETIC},     {"&&", 50, OP_AND, LOGICAL},
    {"&|&", 45, OP_XOR, ARITHMETIC}, {"*", 80, OP_MUL, ARITHMETIC},     {"**", 80, OP_POW, ARITHMETIC},
    {"+", 70, OP_ADD, ARITHMETIC},   {"++", 70, OP_CONCAT, ARITHMETIC}, {"-", 70, OP_SUB, ARITHMETIC},
    {"/", 80, OP_DIV, ARITHMETIC},   {"<", 60, OP_LT, COMPARISON},      {"<<", 65, OP_SHL, ARITHMETIC},
    {"<=", 60, OP_LE, COMPARISON},   {"==", 60, OP_EQ, COMPARISON},     {">", 60, OP_GT, COMPARISON},
    {">=", 60, OP_GE, COMPARISON},   {">>", 65, OP_SHR, ARITHMETIC},    {"is", 60, OP_IS, ARITHMETIC},
    {"||", 40, OP_OR, LOGICAL},
};

static const Operator lookup_operator = {"./", 90, 0, LOOKUP_OP};

bool is_lookup_operator(Value form) {
    return is_path(form) && path_of(form)->count == 2 && symbol_is(path_of(form)->parts[0], ".") &&
           path_of(form)->parts[1]->size == 0;
}

/* `./name`, `./0`: operator and literal key in one token. */
static bool is_lookup_with_key(Value form) {
    return is_path(form) && path_of(form)->count == 2 && symbol_is(path_of(form)->parts[0], ".") &&
           path_of(form)->parts[1]->size > 0;
}

static const Operator *find_operator(Value form) {
    if (is_lookup_operator(form)) return &lookup_operator;
    if (!is_symbol(form) || symbol_of(form)->size > 3) return NULL;
    uint32_t low = 0;
    uint32_t high = COUNT_OF(operators);
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        int order = strcmp(symbol_of(form)->text, operators[middle].text);
        if (order == 0) return &operators[middle];
        if (order < 0) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return NULL;
}

/* Heads whose first child is never an infix operator. */
static bool is_never_infix(Value head) {
    static const char *const heads[] = {
        "var",   "if",    "ifel", "fn",      "do",     "loop",   "while",     "for",
        "ns",    "class", "try",  "throw",   "import", "export", "interface", "implement",
        "field", "$",     "$vm",  "$vmstmt", ".",      "->",     "@",
    };
    if (!is_symbol(head)) return false;
    for (uint32_t i = 0; i < COUNT_OF(heads); i++) {
        if (symbol_is(symbol_of(head), heads[i])) return true;
    }
    return false;
}

/* --- operands ------------------------------------------------------------------------------------------- */

/* Without a default ./ is the path step <key>. */
static Expr *lookup_step(Compiler *c, Expr *container, Expr *key) {
    Expr *x = expr_new(c, EXPR_PATH);
    x->as.path.base = container;
    x->as.path.steps = ARENA_NEW(&c->arena, Step);
    x->as.path.count = 1;
    x->as.path.steps->kind = STEP_DYNAMIC;
    x->as.path.steps->dynamic = key;
    return x;
}

static Expr *lookup(Compiler *c, Expr *container, Expr *key, Expr *fallback) {
    return expr_intrinsic(c, INTRINSIC_LOOKUP, 2, lookup_step(c, container, key), fallback);
}

Value literal_key(const SymbolObj *part) {
    int64_t number;
    if (part->text[0] != '+' && number_parse_int(part->text, part->size, &number) && fits_small_int(number)) {
        return value_small_int(number);
    }
    return symbol_value(part);
}

Expr *analyze_lookup_prefix(Compiler *c, NodeObj *node) {
    if (node->count < 2 || node->count > 3) {
        return analyze_error(c, ERR_COMPILE_FORM, "./ expects 2 or 3 arguments");
    }
    Expr *container = analyze_form(c, node->children[0]);
    Expr *key = analyze_form(c, node->children[1]);
    if (node->count == 2) return lookup_step(c, container, key);
    return lookup(c, container, key, analyze_form(c, node->children[2]));
}

/* (V ./name) (V ./name default) (V ./ K default); NULL: something else. */
static Expr *analyze_lookup_infix(Compiler *c, NodeObj *node) {
    Value child = node->children[0];
    if (is_lookup_with_key(child)) {
        if (node->count > 2) return NULL;
        Expr *container = analyze_form(c, node->type);
        Expr *key = expr_const(c, literal_key(path_of(child)->parts[1]));
        if (node->count == 1) return lookup_step(c, container, key);
        return lookup(c, container, key, analyze_form(c, node->children[1]));
    }
    if (is_lookup_operator(child) && node->count == 3 && !find_operator(node->children[2])) {
        Expr *container = analyze_form(c, node->type);
        Expr *key = analyze_form(c, node->children[1]);
        return lookup(c, container, key, analyze_form(c, node->children[2]));
    }
    return NULL;
}

static bool is_plain_var(const Expr *x) { return x->kind == EXPR_VAR; }
static bool is_number_literal(const Expr *x) { return x->kind == EXPR_CONST && is_number(x->as.constant); }

static Expr *chain(Compiler *c, ExprKind kind, Expr *first) {
    Expr *x = expr_new(c, kind);
    x->as.chain.first = first;
    return x;
}

static void chain_grow(Compiler *c, Expr *x) {
    uint32_t capacity = x->as.chain.capacity ? x->as.chain.capacity * 2 : 1;
    Operation *grown = ARENA_ARRAY(&c->arena, Operation, capacity);
    if (x->as.chain.count) memcpy(grown, x->as.chain.rest, x->as.chain.count * sizeof *grown);
    x->as.chain.rest = grown;
    x->as.chain.capacity = capacity;
}

static void chain_add(Compiler *c, Expr *x, const Operator *operator_, Expr *operand) {
    if (x->as.chain.count == x->as.chain.capacity) chain_grow(c, x);
    const Expr *left = x->as.chain.count ? x->as.chain.rest[x->as.chain.count - 1].operand : x->as.chain.first;
    Operation *operation = &x->as.chain.rest[x->as.chain.count++];
    operation->op = operator_->op;
    operation->operand = operand;
    operation->is_numeric = is_plain_var(left) && is_number_literal(operand);
    x->assigns |= operand->assigns | x->as.chain.first->assigns;
}

static ExprKind chain_kind(const Operator *operator_) {
    return operator_->kind == COMPARISON ? EXPR_COMPARE : operator_->kind == LOGICAL ? EXPR_LOGIC : EXPR_ARITHMETIC;
}

/* --- infix chains --------------------------------------------------------------------------------------- */

typedef struct InfixParser {
    Compiler *c;
    const Value *forms; /* operator operand operator operand … */
    uint32_t count, next;
} InfixParser;

static const Operator *peek_operator(InfixParser *p) {
    return p->next < p->count ? find_operator(p->forms[p->next]) : NULL;
}

static Expr *parse_operand(InfixParser *p) { return analyze_form(p->c, p->forms[p->next++]); }

/* a ./ b ./ c … */
static Expr *parse_lookups(InfixParser *p, Expr *left) {
    uint32_t first = p->next;
    while (peek_operator(p) == &lookup_operator) p->next += 2;
    Expr *x = expr_new(p->c, EXPR_PATH);
    x->as.path.base = left;
    x->as.path.steps = ARENA_ARRAY(&p->c->arena, Step, (p->next - first) / 2);
    for (uint32_t i = first; i < p->next; i += 2) {
        Step *step = &x->as.path.steps[x->as.path.count++];
        step->kind = STEP_DYNAMIC;
        step->dynamic = analyze_form(p->c, p->forms[i + 1]);
        x->assigns |= step->dynamic->assigns;
    }
    x->assigns |= left->assigns;
    return x;
}

/* Operators of at least `precedence` after `left`: one chain for a run of one level, so that a million terms make
 * a list, not a tree. */
static Expr *parse_level(InfixParser *p, Expr *left, uint32_t precedence) {
    for (;;) {
        const Operator *operator_ = peek_operator(p);
        if (!operator_ || operator_->precedence < precedence) return left;
        uint32_t level = operator_->precedence;
        if (operator_->kind == LOOKUP_OP) {
            left = parse_lookups(p, left);
            continue;
        }
        bool is_logic = operator_->kind == LOGICAL;
        bool is_comparison = operator_->kind == COMPARISON;
        Expr *x = chain(p->c, is_logic ? EXPR_LOGIC : EXPR_ARITHMETIC, left);
        do {
            p->next++;
            if (is_logic) scope_enter_conditional(p->c);
            Expr *operand = parse_operand(p);
            const Operator *following = peek_operator(p);
            if (following && following->precedence > level) operand = parse_level(p, operand, level + 1);
            if (is_logic) scope_leave_conditional(p->c);
            chain_add(p->c, x, operator_, operand);
            operator_ = peek_operator(p);
        } while (operator_ && operator_->precedence == level);
        /* Several comparisons in a mixed chain fold from the left: (a == b) == c. */
        if (is_comparison && x->as.chain.count == 1) x->kind = EXPR_COMPARE;
        left = x;
    }
}

/* (a < b <= c): every operator a comparison, at least two. */
static Expr *analyze_comparison_chain(Compiler *c, NodeObj *node) {
    if (node->count < 4) return NULL;
    for (uint32_t i = 0; i < node->count; i += 2) {
        const Operator *operator_ = find_operator(node->children[i]);
        if (!operator_ || operator_->kind != COMPARISON) return NULL;
    }
    Expr *x = chain(c, EXPR_COMPARE, analyze_form(c, node->type));
    for (uint32_t i = 0; i < node->count; i += 2) {
        if (i > 0) scope_enter_conditional(c);
        Expr *operand = analyze_form(c, node->children[i + 1]);
        if (i > 0) scope_leave_conditional(c);
        chain_add(c, x, find_operator(node->children[i]), operand);
    }
    return x;
}

/* (method < [other] …) in a class body. */
static bool is_operator_method(const Compiler *c, const NodeObj *node) {
    return c->fn->kind == FUNCTION_BODY && c->fn->class_info && is_symbol_text(node->type, "method") &&
           node->count >= 2 && is_array(node->children[1]);
}

Expr *analyze_infix(Compiler *c, NodeObj *node) {
    Value child = node->children[0];
    const Operator *operator_ = find_operator(child);
    if (!operator_ && !is_lookup_with_key(child)) return NULL;
    if (is_never_infix(node->type) || is_operator_method(c, node)) return NULL;
    Expr *x = analyze_lookup_infix(c, node);
    if (x || !operator_) return x;
    if (node->count % 2) return analyze_error(c, ERR_COMPILE_FORM, "Incomplete infix expression");
    for (uint32_t i = 0; i < node->count; i += 2) {
        if (!find_operator(node->children[i])) return analyze_error(c, ERR_COMPILE_FORM, "Invalid infix expression");
    }
    x = analyze_comparison_chain(c, node);
    if (x) return x;
    InfixParser parser = {c, node->children, node->count, 0};
    Expr *first = analyze_form(c, node->type);
    return parse_level(&parser, first, 0);
}

/* --- prefix operators ----------------------------------------------------------------------------------- */

static Expr *prefix_chain(Compiler *c, NodeObj *node, const Operator *operator_) {
    Expr *x = chain(c, chain_kind(operator_), analyze_form(c, node->children[0]));
    for (uint32_t i = 1; i < node->count; i++) {
        bool conditional = operator_->kind == LOGICAL;
        if (conditional) scope_enter_conditional(c);
        Expr *operand = analyze_form(c, node->children[i]);
        if (conditional) scope_leave_conditional(c);
        chain_add(c, x, operator_, operand);
    }
    return x;
}

/* (+) (+ a) (- a) (/ a) … : fewer than two operands. */
static Expr *analyze_short_prefix(Compiler *c, NodeObj *node, const Operator *operator_) {
    if (node->count == 0) {
        if (operator_->op == OP_ADD) return expr_const(c, value_small_int(0));
        if (operator_->op == OP_MUL) return expr_const(c, value_small_int(1));
        if (operator_->op == OP_CONCAT) return expr_const(c, value_pointer(vm_space(c->vm)->empty_string));
        return analyze_error(c, ERR_COMPILE_FORM, "%s requires at least one argument", operator_->text);
    }
    if (operator_->op == OP_MOD || operator_->op == OP_POW) {
        return analyze_error(c, ERR_COMPILE_FORM, "%s requires at least 2 arguments", operator_->text);
    }
    Expr *operand = analyze_form(c, node->children[0]);
    if (operator_->op == OP_SUB) return expr_unary(c, OP_NEG, operand);
    if (operator_->op == OP_DIV || operator_->op == OP_CONCAT) {
        /* 1 / a, and "" ++ a, which checks the operand. */
        Value left = operator_->op == OP_DIV ? value_small_int(1) : value_pointer(vm_space(c->vm)->empty_string);
        Expr *x = chain(c, EXPR_ARITHMETIC, expr_const(c, left));
        chain_add(c, x, operator_, operand);
        return x;
    }
    return operand;
}

static bool has_spread(const NodeObj *node) {
    for (uint32_t i = 0; i < node->count; i++) {
        if (!is_symbol(node->children[i])) continue;
        const SymbolObj *symbol = symbol_of(node->children[i]);
        if (symbol->size >= 3 && memcmp(symbol->text + symbol->size - 3, "...", 3) == 0) return true;
    }
    return false;
}

static Value identity_of(Compiler *c, uint32_t op) {
    if (op == OP_ADD) return value_small_int(0);
    if (op == OP_MUL) return value_small_int(1);
    return op == OP_CONCAT ? value_pointer(vm_space(c->vm)->empty_string) : VAL_NIL;
}

static Expr *assign_hidden(Compiler *c, Var *var, Expr *value) {
    Expr *x = expr_declare(c, var, value);
    x->kind = EXPR_ASSIGN;
    return x;
}

/* result = first ? item : result op item */
static Expr *fold_step(Compiler *c, const Operator *operator_, Var *result, Var *index, Var *item) {
    Expr *test = chain(c, EXPR_COMPARE, expr_var(c, index));
    Operator equals = {"==", 0, OP_EQ, COMPARISON};
    chain_add(c, test, &equals, expr_const(c, value_small_int(0)));
    Expr *sum = chain(c, EXPR_ARITHMETIC, expr_var(c, result));
    chain_add(c, sum, operator_, expr_var(c, item));
    Expr *choice = expr_new(c, EXPR_IF);
    choice->as.branches.clauses = ARENA_NEW(&c->arena, Clause);
    choice->as.branches.clauses->test = test;
    choice->as.branches.clauses->body = assign_hidden(c, result, expr_var(c, item));
    choice->as.branches.count = 1;
    choice->as.branches.otherwise = assign_hidden(c, result, sum);
    return choice;
}

/* (+ a xs... b): a loop over the array of operands. */
static Expr *analyze_spread_prefix(Compiler *c, NodeObj *node, const Operator *operator_) {
    Expr *operands = analyze_form(c, array_from(c->vm, node->children, node->count));
    Scope *scope = scope_open(c, true);
    Var *result = scope_add_hidden(c);
    Expr *fold = expr_new(c, EXPR_LOOP);
    fold->as.loop.loop = ARENA_NEW(&c->arena, Loop);
    fold->as.loop.loop->kind = LOOP_FOR;
    fold->as.loop.subject = operands;
    fold->as.loop.pairs = true;
    fold->as.loop.scope = scope_open(c, true);
    fold->as.loop.key = scope_add_hidden(c);
    fold->as.loop.value = scope_add_hidden(c);
    fold->as.loop.body = fold_step(c, operator_, result, fold->as.loop.key, fold->as.loop.value);
    scope_close(c);
    scope_close(c);
    Expr *x = expr_new(c, EXPR_SCOPE);
    x->as.scoped.scope = scope;
    Expr *begin = expr_declare(c, result, expr_const(c, identity_of(c, operator_->op)));
    x->as.scoped.body = expr_sequence(c, expr_sequence(c, begin, fold), expr_var(c, result));
    return x;
}

Expr *analyze_prefix_operator(Compiler *c, NodeObj *node) {
    const Operator *operator_ = find_operator(node->type);
    if (!operator_) return NULL;
    if (operator_->kind != COMPARISON && operator_->op != OP_IS && has_spread(node)) {
        return analyze_spread_prefix(c, node, operator_);
    }
    bool exactly_two = operator_->kind == COMPARISON || operator_->op == OP_SHL || operator_->op == OP_SHR;
    if (operator_->op == OP_IS && node->count != 2) {
        return analyze_error(c, ERR_COMPILE_FORM, "is requires exactly 2 arguments: (value is Type)");
    }
    if (exactly_two && node->count != 2) {
        return analyze_error(c, ERR_COMPILE_FORM, "%s requires exactly 2 arguments", operator_->text);
    }
    if (node->count < 2) return analyze_short_prefix(c, node, operator_);
    return prefix_chain(c, node, operator_);
}

/* --- assignment ----------------------------------------------------------------------------------------- */

/* OpCode of `+=` …, with *out_compound; OP_COUNT when `form` is no assignment operator. */
static OpCode assignment_operator(Value form, bool *out_compound) {
    static const struct {
        const char *text;
        OpCode op;
    } rows[] = {{"=", OP_MOVE}, {"+=", OP_ADD}, {"-=", OP_SUB}, {"*=", OP_MUL}, {"/=", OP_DIV}, {"%=", OP_MOD}};
    *out_compound = false;
    if (!is_symbol(form) || symbol_of(form)->size > 2) return OP_COUNT;
    for (uint32_t i = 0; i < COUNT_OF(rows); i++) {
        if (symbol_is(symbol_of(form), rows[i].text)) {
            *out_compound = i > 0;
            return rows[i].op;
        }
    }
    return OP_COUNT;
}

Expr *analyze_assign_name(Compiler *c, SymbolObj *name, Expr *value) {
    Var *var = scope_resolve(c, name);
    if (!var) {
        Expr *x = expr_new(c, EXPR_SET_NAME);
        x->as.named.name = name;
        x->as.named.value = value;
        return x;
    }
    if (var->is_let) {
        return analyze_error(c, ERR_COMPILE_LET, "Cannot reassign 'let' binding '%s'", name->text);
    }
    if (!var->is_module) c->fn->assign_serial++;
    var->is_assigned = true;
    if (var->holds && enum_of_expr(c, value) != var->holds) var->holds = NULL;
    Expr *x = expr_new(c, EXPR_ASSIGN);
    x->as.assign.var = var;
    x->as.assign.value = value;
    return x;
}

static Expr *compound_value(Compiler *c, Expr *current, OpCode op, Expr *operand) {
    Operator operator_ = {"", 0, (uint8_t)op, ARITHMETIC};
    Expr *x = chain(c, EXPR_ARITHMETIC, current);
    chain_add(c, x, &operator_, operand);
    return x;
}

static Expr *assign_symbol(Compiler *c, SymbolObj *name, Value form, OpCode op, bool compound) {
    if (name == SYM(c->vm, SELF)) {
        return analyze_error(c, ERR_COMPILE_FORM, "Reserved identifier 'self' cannot be used for variable");
    }
    Expr *current = compound ? analyze_form(c, symbol_value(name)) : NULL;
    Expr *value = analyze_form(c, form);
    if (compound) value = compound_value(c, current, op, value);
    if (name->size > 1 && name->text[0] == '$') {
        SymbolObj *global = symbol_intern(c->vm, name->text + 1, name->size - 1);
        return expr_intrinsic(c, INTRINSIC_SET_MEMBER, 3, expr_const(c, VAL_UNSET), expr_const(c, symbol_value(global)),
                              value);
    }
    return analyze_assign_name(c, name, value);
}

Expr *analyze_assignment(Compiler *c, NodeObj *node) {
    bool compound;
    OpCode op = assignment_operator(node->children[0], &compound);
    if (op == OP_COUNT) return NULL;
    Value target = node->type;
    if (is_array(target) || is_map(target)) {
        return analyze_error(c, ERR_COMPILE_FORM,
                             "destructuring assignment has been removed; use (var pattern value) and then assign "
                             "explicitly");
    }
    if (!is_symbol(target) && !is_path(target)) {
        return analyze_error(c, ERR_COMPILE_FORM, "Invalid assignment target");
    }
    if (node->count < 2) return analyze_error(c, ERR_COMPILE_FORM, "Assignment requires a value");
    if (is_path(target)) return analyze_path_assignment(c, path_of(target), node->children[1], op, compound);
    return assign_symbol(c, symbol_of(target), node->children[1], op, compound);
}

/* analyze_control.c — if, case, loops, break, continue, return (language 04). */
#include "compiler/analyze_forms.h"

/* --- branches ------------------------------------------------------------------------------------------- */

typedef struct Branches {
    Compiler *c;
    const NodeObj *node;
    uint32_t next;
    Expr *x;
    const char *error; /* first one, a complete message */
} Branches;

static bool at_word(const Branches *b, const char *word) {
    return b->next < b->node->count && is_symbol_text(b->node->children[b->next], word);
}

static bool at_end(const Branches *b) { return b->next >= b->node->count; }

/* Forms up to one of the two words, as a scope of their own. */
static Expr *parse_branch_body(Branches *b, const char *word, const char *other_word) {
    uint32_t first = b->next;
    while (!at_end(b) && !at_word(b, word) && !at_word(b, other_word)) b->next++;
    return analyze_scoped(b->c, b->node->children + first, b->next - first);
}

static void parse_if_clause(Branches *b, const char *no_condition, const char *no_body) {
    Clause *clause = &b->x->as.branches.clauses[b->x->as.branches.count];
    if (at_word(b, "not")) {
        clause->negated = true;
        b->next++;
    }
    if (at_end(b)) {
        b->error = no_condition;
        return;
    }
    bool first = b->x->as.branches.count == 0;
    if (!first) scope_enter_conditional(b->c);
    clause->test = analyze_form(b->c, b->node->children[b->next++]);
    if (!first) scope_leave_conditional(b->c);
    if (at_end(b)) {
        b->error = no_body;
        return;
    }
    if (at_word(b, "then")) b->next++;
    clause->body = parse_branch_body(b, "elif", "else");
    b->x->as.branches.count++;
}

static Branches branches_begin(Compiler *c, NodeObj *node, ExprKind kind) {
    Branches b = {.c = c, .node = node, .x = expr_new(c, kind)};
    b.x->as.branches.clauses = ARENA_ARRAY(&c->arena, Clause, node->count + 1);
    return b;
}

static Expr *branches_end(Branches *b) {
    return b->error ? analyze_error(b->c, ERR_COMPILE_FORM, "%s", b->error) : b->x;
}

Expr *analyze_if(Compiler *c, NodeObj *node) {
    Branches b = branches_begin(c, node, EXPR_IF);
    parse_if_clause(&b, "if: missing condition", "if: missing body after condition");
    while (!b.error && at_word(&b, "elif")) {
        b.next++;
        parse_if_clause(&b, "elif: missing condition", "elif: missing body after condition");
    }
    if (!b.error && at_word(&b, "else")) {
        b.next++;
        b.x->as.branches.otherwise = analyze_scoped(c, node->children + b.next, node->count - b.next);
    }
    return branches_end(&b);
}

Expr *analyze_if_not(Compiler *c, NodeObj *node) {
    for (uint32_t i = 0; i < node->count; i++) {
        if (is_symbol_text(node->children[i], "else")) {
            return analyze_error(c, ERR_COMPILE_FORM,
                                 "if_not: else branches are not supported; use if ... else ... or nest if_not");
        }
        if (is_symbol_text(node->children[i], "elif")) {
            return analyze_error(c, ERR_COMPILE_FORM,
                                 "if_not: elif branches are not supported; use if ... elif ... or nest if_not");
        }
    }
    Branches b = branches_begin(c, node, EXPR_IF);
    parse_if_clause(&b, "if_not: missing condition", "if_not: missing body after condition");
    b.x->as.branches.clauses[0].negated = !b.x->as.branches.clauses[0].negated;
    return branches_end(&b);
}

Expr *analyze_ifel(Compiler *c, NodeObj *node) {
    if (node->count == 0) return analyze_error(c, ERR_COMPILE_FORM, "ifel: missing condition");
    if (node->count == 1) return analyze_error(c, ERR_COMPILE_FORM, "ifel: missing body after condition");
    if (node->count > 3) {
        return analyze_error(c, ERR_COMPILE_FORM,
                             "ifel: expected condition, then expression, and optional else expression");
    }
    Branches b = branches_begin(c, node, EXPR_IF);
    Clause *clause = &b.x->as.branches.clauses[0];
    clause->test = analyze_form(c, node->children[0]);
    clause->body = analyze_scoped(c, node->children + 1, 1);
    b.x->as.branches.count = 1;
    if (node->count == 3) b.x->as.branches.otherwise = analyze_scoped(c, node->children + 2, 1);
    return b.x;
}

static void parse_when(Branches *b) {
    Clause *clause = &b->x->as.branches.clauses[b->x->as.branches.count];
    b->next++;
    if (at_end(b)) {
        b->error = "case: missing value after 'when'";
        return;
    }
    Value pattern = b->node->children[b->next++];
    if (!is_symbol(pattern) || symbol_of(pattern) != SYM(b->c->vm, UNDERSCORE)) {
        scope_enter_conditional(b->c);
        clause->pattern = analyze_enum_pattern(b->c, pattern);
        if (!clause->pattern) clause->test = analyze_form(b->c, pattern);
        scope_leave_conditional(b->c);
    }
    if (clause->pattern) {
        scope_open(b->c, false);
        declare_enum_binders(b->c, clause->pattern);
    }
    clause->body = parse_branch_body(b, "when", "else");
    if (clause->pattern) scope_close(b->c);
    b->x->as.branches.count++;
}

static const char *word_text(Value form) { return is_symbol(form) ? symbol_of(form)->text : kind_name(form); }

Expr *analyze_case(Compiler *c, NodeObj *node) {
    if (node->count == 0) return analyze_error(c, ERR_COMPILE_FORM, "case: missing target expression");
    Branches b = branches_begin(c, node, EXPR_CASE);
    b.x->as.branches.target = analyze_form(c, node->children[b.next++]);
    while (!b.error && at_word(&b, "when")) parse_when(&b);
    if (!b.error && at_word(&b, "else")) {
        b.next++;
        b.x->as.branches.otherwise = analyze_scoped(c, node->children + b.next, node->count - b.next);
    } else if (!b.error && !at_end(&b)) {
        return analyze_error(c, ERR_COMPILE_FORM, "case: expected 'when' or 'else', got: %s",
                             word_text(node->children[b.next]));
    }
    if (!b.error) check_exhaustive(c, b.x);
    return branches_end(&b);
}

/* --- loops ---------------------------------------------------------------------------------------------- */

/* Label given by a property: symbol or string. False when it is neither. */
static bool label_of(Compiler *c, const NodeObj *node, const char *property, SymbolObj **out_label) {
    *out_label = NULL;
    if (node->props.count == 0) return true;
    Value label = table_get_symbol(&node->props, symbol_from(c->vm, property));
    if (label == VAL_UNSET) return true;
    if (is_symbol(label)) *out_label = symbol_of(label);
    if (is_string(label)) *out_label = symbol_from_string(c->vm, string_of(label));
    return *out_label != NULL;
}

static Expr *loop_begin(Compiler *c, NodeObj *node, LoopKind kind) {
    Loop *loop = ARENA_NEW(&c->arena, Loop);
    loop->kind = kind;
    loop->outer = c->fn->loop;
    loop->finally_level = c->fn->finally_level;
    if (!label_of(c, node, "name", &loop->label)) {
        analyze_error(c, ERR_COMPILE_FORM, "^name must be a symbol or string");
    }
    Expr *x = expr_new(c, EXPR_LOOP);
    x->as.loop.loop = loop;
    return x;
}

static void loop_body(Compiler *c, Expr *x, const Value *forms, uint32_t count) {
    c->fn->loop = x->as.loop.loop;
    x->as.loop.body = analyze_sequence(c, forms, count);
    c->fn->loop = x->as.loop.loop->outer;
}

Expr *analyze_loop(Compiler *c, NodeObj *node) {
    Expr *x = loop_begin(c, node, LOOP_FOREVER);
    scope_enter_conditional(c);
    loop_body(c, x, node->children, node->count);
    scope_leave_conditional(c);
    return x;
}

Expr *analyze_while(Compiler *c, NodeObj *node) {
    if (node->count == 0) {
        return analyze_error(c, ERR_COMPILE_FORM, "while expects at least 1 argument (condition)");
    }
    Expr *x = loop_begin(c, node, LOOP_WHILE);
    scope_enter_conditional(c);
    x->as.loop.subject = analyze_form(c, node->children[0]);
    loop_body(c, x, node->children + 1, node->count - 1);
    scope_leave_conditional(c);
    return x;
}

Expr *analyze_repeat(Compiler *c, NodeObj *node) {
    if (node->count == 0) return analyze_error(c, ERR_COMPILE_FORM, "repeat expects at least 1 argument (count)");
    Expr *x = loop_begin(c, node, LOOP_REPEAT);
    x->as.loop.subject = analyze_form(c, node->children[0]);
    x->as.loop.scope = scope_open(c, false);
    loop_body(c, x, node->children + 1, node->count - 1);
    scope_close(c);
    return x;
}

static void declare_loop_value(Compiler *c, Expr *x, Value form) {
    if (is_array(form) || is_map(form)) {
        x->as.loop.pattern = analyze_pattern(c, form, false);
    } else if (is_symbol(form)) {
        bool typed;
        SymbolObj *name = strip_colon(c, symbol_of(form), &typed);
        if (name != SYM(c->vm, UNDERSCORE)) x->as.loop.value = scope_declare(c, name);
    } else {
        analyze_error(c, ERR_COMPILE_FORM, "for loop variable must be a symbol or destructuring pattern");
    }
}

Expr *analyze_for(Compiler *c, NodeObj *node) {
    if (node->count < 2) {
        return analyze_error(c, ERR_COMPILE_FORM, "for expects at least 2 arguments (variable and collection)");
    }
    const Value *forms = node->children;
    uint32_t in = is_symbol_text(forms[1], "in") ? 1 : 2;
    if (in + 1 >= node->count || !is_symbol_text(forms[in], "in")) {
        return analyze_error(c, ERR_COMPILE_FORM, "for loop requires 'in' keyword followed by a collection");
    }
    if (in == 2 && !is_symbol(forms[0])) {
        return analyze_error(c, ERR_COMPILE_FORM, "for loop index/key binding must be a symbol");
    }
    Expr *x = loop_begin(c, node, LOOP_FOR);
    x->as.loop.subject = analyze_form(c, forms[in + 1]);
    x->as.loop.pairs = in == 2;
    x->as.loop.scope = scope_open(c, false);
    if (in == 2 && symbol_of(forms[0]) != SYM(c->vm, UNDERSCORE)) {
        x->as.loop.key = scope_declare(c, symbol_of(forms[0]));
    }
    declare_loop_value(c, x, forms[in - 1]);
    loop_body(c, x, forms + in + 2, node->count - in - 2);
    scope_close(c);
    return x;
}

/* --- leaving -------------------------------------------------------------------------------------------- */

static Loop *find_loop(Compiler *c, const SymbolObj *label) {
    Loop *loop = c->fn->loop;
    while (loop && label && loop->label != label) loop = loop->outer;
    return loop;
}

static Expr *analyze_jump(Compiler *c, NodeObj *node, bool is_continue) {
    SymbolObj *label;
    if (!label_of(c, node, "from", &label)) {
        return analyze_error(c, ERR_COMPILE_FORM, "^from must be a symbol or string");
    }
    Expr *value = !is_continue && node->count > 0 ? analyze_form(c, node->children[0]) : NULL;
    Loop *loop = find_loop(c, label);
    if (!loop && label) return analyze_error(c, ERR_COMPILE_FORM, "No loop named '%s' found", label->text);
    if (!loop) return expr_raise(c, is_continue ? "continue used outside of a loop" : "break used outside of a loop");
    if (loop->finally_level != c->fn->finally_level) {
        /* Inside a finally body it is ignored (language 04 §4.5). */
        return expr_sequence(c, value ? value : expr_const(c, VAL_NIL), expr_const(c, VAL_NIL));
    }
    Expr *x = expr_new(c, EXPR_JUMP);
    x->as.jump.loop = loop;
    x->as.jump.value = value;
    x->as.jump.is_continue = is_continue;
    return x;
}

Expr *analyze_break(Compiler *c, NodeObj *node) { return analyze_jump(c, node, false); }
Expr *analyze_continue(Compiler *c, NodeObj *node) { return analyze_jump(c, node, true); }

Expr *analyze_return(Compiler *c, NodeObj *node) {
    Expr *value = node->count > 0 ? analyze_form(c, node->children[0]) : expr_const(c, VAL_NIL);
    if (c->fn->finally_level > 0) return expr_sequence(c, value, expr_const(c, VAL_NIL));
    Expr *x = expr_new(c, EXPR_RETURN);
    x->as.operand = value;
    return x;
}

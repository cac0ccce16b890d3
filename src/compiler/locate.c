/* locate.c — where in the source text a free name stands.
 * Symbols carry no position, the genes around them do. A name nothing defines yet is looked for in the text of its gene, so
 * that a message about it points at it. Invariant: it only improves a position: what is not found within SEARCH_MAX bytes,
 * or in text the scan does not look into (interpolated strings), keeps that of the gene. */
#include "compiler/analyze.h"

#define SEARCH_MAX 4096
#define SEARCH_TOTAL_MAX (8u << 20) /* bytes a compilation looks at: it stays linear */

typedef struct Scanner {
    const char *at, *end;
    uint32_t line, column;
    uint32_t depth; /* open brackets of all kinds */
    uint32_t genes; /* open ( */
    bool in_gene;   /* the scan began at one */
    bool quoted;    /* behind ` */
} Scanner;

static char peek(const Scanner *s, size_t ahead) { return s->at + ahead < s->end ? s->at[ahead] : '\0'; }

static void step(Scanner *s) {
    if (s->at == s->end) return;
    if (*s->at == '\n') {
        s->line++;
        s->column = 0;
    }
    do s->at++;
    while (s->at < s->end && ((unsigned char)*s->at & 0xC0) == 0x80);
    s->column++;
}

/* To the character behind `text`; what follows a backslash does not count when `escapes`. */
static void skip_behind(Scanner *s, const char *text, bool escapes) {
    size_t size = strlen(text);
    while (s->at < s->end) {
        if ((size_t)(s->end - s->at) >= size && memcmp(s->at, text, size) == 0) {
            while (size-- > 0) step(s);
            return;
        }
        if (escapes && *s->at == '\\') step(s);
        step(s);
    }
}

static void skip_string(Scanner *s) {
    bool is_triple = peek(s, 1) == '"' && peek(s, 2) == '"';
    for (int i = is_triple ? 3 : 1; i > 0; i--) step(s);
    skip_behind(s, is_triple ? "\"\"\"" : "\"", true);
}

/* `at` is on a '#'. False: it begins a token. */
static bool skip_hash(Scanner *s) {
    char next = peek(s, 1);
    if (next == '\0' || !strchr(" !#\r\n<\"/([{@", next)) return false;
    step(s);
    if (strchr(" !#\r\n", next)) {
        while (s->at < s->end && *s->at != '\n') step(s);
    } else if (next == '<') {
        skip_behind(s, ">#", false);
    } else if (next == '"') {
        skip_string(s);
    } else if (next == '/') {
        step(s);
        skip_behind(s, "/", true);
    }
    return true;
}

/* Is the token at `at` the name, or a spread of it? Goes behind it. */
static bool take_token(Scanner *s, const SymbolObj *name) {
    const char *start = s->at;
    while (s->at < s->end && !strchr(" \t\r\n,;\"`%()[]{}", *s->at)) {
        if (*s->at == '\\') step(s);
        step(s);
    }
    size_t size = (size_t)(s->at - start);
    if (size == name->size + 3 && memcmp(start + name->size, "...", 3) == 0) size = name->size;
    bool is_name = size == name->size && memcmp(start, name->text, size) == 0;
    bool counts = is_name && !s->quoted && s->genes == (s->in_gene ? 1u : 0u);
    s->quoted = false;
    return counts;
}

/* One item; true: it is the name. */
static bool scan_item(Scanner *s, const SymbolObj *name) {
    char c = *s->at;
    if (strchr(" \t\r\n,;%", c)) {
        step(s);
    } else if (c == '`') {
        s->quoted = true;
        step(s);
    } else if (strchr("([{", c)) {
        s->depth++;
        if (c == '(') s->genes++;
        s->quoted = false;
        step(s);
    } else if (strchr(")]}", c)) {
        if (s->depth > 0) s->depth--;
        if (c == ')' && s->genes > 0) s->genes--;
        step(s);
    } else if (c == '"') {
        skip_string(s);
    } else if (c == '\'') {
        step(s);
        if (peek(s, 0) == '\\') step(s);
        step(s);
        if (peek(s, 0) == '\'') step(s);
    } else if (c != '#' || !skip_hash(s)) {
        return take_token(s, name);
    }
    return false;
}

/* Byte offset of a line of the source. */
static size_t line_start(Compiler *c, uint32_t line) {
    if (!c->line_starts) {
        const char *text = c->source->text, *end = text + c->source->size;
        for (const char *at = text; at && at < end; at = memchr(at, '\n', (size_t)(end - at)), at = at ? at + 1 : at)
            c->line_count++;
        c->line_starts = ARENA_ARRAY(&c->arena, uint32_t, c->line_count + 1);
        uint32_t count = 0;
        for (const char *at = text; at && at < end; at = memchr(at, '\n', (size_t)(end - at)), at = at ? at + 1 : at)
            c->line_starts[count++] = (uint32_t)(at - text);
    }
    return line >= 1 && line <= c->line_count ? c->line_starts[line - 1] : c->source->size;
}

static bool is_defined(const Compiler *c, const SymbolObj *name) {
    for (const NamespaceObj *ns = c->module->ns; ns; ns = ns->parent) {
        if (namespace_get(ns, name) != VAL_UNSET) return true;
    }
    return false;
}

/* To the position of the gene, an array or what else the name is in. */
static Scanner scanner_at(Compiler *c, uint32_t line, uint32_t column) {
    const char *start = c->source->text + line_start(c, line), *end = c->source->text + c->source->size;
    Scanner s = {.at = start, .end = end, .line = line, .column = 1};
    while (s.column < column && s.at < s.end && *s.at != '\n') step(&s);
    c->searched += (size_t)(s.at - start);
    if ((size_t)(s.end - s.at) > SEARCH_MAX) s.end = s.at + SEARCH_MAX;
    s.in_gene = peek(&s, 0) == '(' || (peek(&s, 0) == '#' && peek(&s, 1) == '(');
    return s;
}

void locate_name(Compiler *c, Expr *x, const SymbolObj *name) {
    if (!c->source || !x->line || c->searched > SEARCH_TOTAL_MAX || is_defined(c, name)) return;
    Scanner s = scanner_at(c, x->line, x->column);
    const char *start = s.at;
    bool has_begun = false;
    while (s.at < s.end && !(has_begun && s.depth == 0)) {
        uint32_t line = s.line, column = s.column;
        bool is_item = !strchr(" \t\r\n,;%`#", *s.at) || (*s.at == '#' && peek(&s, 1) == '"');
        if (scan_item(&s, name)) {
            x->line = line;
            x->column = column;
            break;
        }
        has_begun = has_begun || is_item || s.depth > 0;
    }
    c->searched += (size_t)(s.at - start);
}

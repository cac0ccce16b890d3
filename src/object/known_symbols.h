/* known_symbols.h — names the VM itself looks at, interned once. KNOWN_SYMBOL(suffix, text) */
#ifndef GENE_OBJECT_KNOWN_SYMBOLS_H
#define GENE_OBJECT_KNOWN_SYMBOLS_H

#define KNOWN_SYMBOLS(KNOWN_SYMBOL)        \
    KNOWN_SYMBOL(EMPTY, "")                \
    KNOWN_SYMBOL(UNDERSCORE, "_")          \
    KNOWN_SYMBOL(SELF, "self")             \
    KNOWN_SYMBOL(UNNAMED, "<unnamed>")     \
    KNOWN_SYMBOL(TO_S, "to_s")             \
    KNOWN_SYMBOL(EQUALS, "==")             \
    KNOWN_SYMBOL(HASH, "hash")             \
    KNOWN_SYMBOL(CALL, "call")             \
    KNOWN_SYMBOL(CTOR, "ctor")             \
    KNOWN_SYMBOL(ITER, "iter")             \
    KNOWN_SYMBOL(NEXT, "next")             \
    KNOWN_SYMBOL(NEXT_PAIR, "next_pair")   \
    KNOWN_SYMBOL(HAS_NEXT, "has_next")     \
    KNOWN_SYMBOL(MESSAGE, "message")       \
    KNOWN_SYMBOL(CODE, "code")             \
    KNOWN_SYMBOL(CAUSE, "cause")           \
    KNOWN_SYMBOL(LOCATION, "location")     \
    KNOWN_SYMBOL(STACK, "stack")           \
    KNOWN_SYMBOL(HINT, "hint")             \
    KNOWN_SYMBOL(STATE, "state")           \
    KNOWN_SYMBOL(VALUE, "value")           \
    KNOWN_SYMBOL(ERROR, "error")           \
    KNOWN_SYMBOL(NAME, "name")             \
    KNOWN_SYMBOL(INIT, "__init__")         \
    KNOWN_SYMBOL(STR_HEAD, "#Str")         \
    KNOWN_SYMBOL(PENDING, "pending")       \
    KNOWN_SYMBOL(SUCCESS, "success")       \
    KNOWN_SYMBOL(FAILURE, "failure")       \
    KNOWN_SYMBOL(CANCELLED, "cancelled")   \
    KNOWN_SYMBOL(TIMEOUT, "timeout")       \
    KNOWN_SYMBOL(STDERR, "stderr")         \
    KNOWN_SYMBOL(HOST_ERROR, "host_error") \
    KNOWN_SYMBOL(DIAGNOSTICS, "diagnostics")

enum {
#define KNOWN_SYMBOL(suffix, text) KNOWN_##suffix,
    KNOWN_SYMBOLS(KNOWN_SYMBOL)
#undef KNOWN_SYMBOL
        KNOWN_SYMBOL_COUNT
};

#endif

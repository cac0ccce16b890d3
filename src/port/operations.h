/* operations.h — every kind of host operation, declared once: C enum, JS dispatch table, docs.
 * OPERATION(name, capability, arguments, result)
 * capability: the grant it needs ("" none). An operation is one-shot unless its result says "stream of". */
#ifndef GENE_PORT_OPERATIONS_H
#define GENE_PORT_OPERATIONS_H

/* A longer row would move the ends of all others. */
/* clang-format off */
#define OPERATIONS(OPERATION)                                                                                 \
    OPERATION(READ_FILE, "fs", "path", "String")                                                              \
    OPERATION(WRITE_FILE, "fs", "path text", "nil")                                                           \
    OPERATION(APPEND_FILE, "fs", "path text", "nil")                                                          \
    OPERATION(FILE_EXISTS, "fs", "path", "Bool")                                                              \
    OPERATION(DELETE_FILE, "fs", "path recursive", "nil; a directory only when recursive is true")            \
    OPERATION(LIST_DIR, "fs", "path", "Array of names")                                                       \
    OPERATION(STAT_FILE, "fs", "path", "Map ^size ^is_file ^is_dir ^modified")                                \
    OPERATION(MAKE_DIR, "fs", "path", "nil")                                                                  \
    OPERATION(LOAD_MODULE, "", "paths specifier referrer",                                                    \
              "Array of Maps ^path ^source: which of the files there are; with a specifier the embedder may "   \
              "choose another; nil: only the embedder can say, and without a specifier it is not asked")        \
    OPERATION(FETCH, "net", "request map ^url ^method ^headers ^body ^timeout", "Map ^status ^headers ^body") \
    OPERATION(SERVE, "net", "options map ^port ^host, handler",                                               \
              "Map ^port ^host once listening; the server stays open")                                        \
    OPERATION(STOP_SERVER, "net", "server number", "nil")                                                     \
    OPERATION(READ_LINE, "", "", "String or nil at the end of stdin")                                         \
    OPERATION(READ_ALL, "", "", "String: the rest of stdin")                                                  \
    OPERATION(RUN_PROGRAM, "run", "request map ^command ^args ^is_shell ^cwd ^env", "Map ^output ^exit_code") \
    OPERATION(START_PROCESS, "run", "request map ^command ^args ^is_merged ^cwd ^env", "Map ^process ^pid")   \
    OPERATION(ASK_PROCESS, "run", "process question argument seconds", "by the question; nil: time is over")  \
    OPERATION(ON_INTERRUPT, "", "handler", "nil; from now on Ctrl-C calls the handler")
/* clang-format on */

typedef enum Operation {
#define OPERATION(name, capability, arguments, result) OPERATION_##name,
    OPERATIONS(OPERATION)
#undef OPERATION
        OPERATION_COUNT
} Operation;

#endif

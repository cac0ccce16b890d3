/* errors.h — every error the runtime itself can report, declared once.
 * ERROR(id, stable code, exception class, what the user can do about it)
 * Feeds the ErrorId enum, the exception raised (class and code), diagnostics, the JS error table and the docs.
 * The message is written where the error is raised, because language pages fix its text. */
#ifndef GENE_OBJECT_ERRORS_H
#define GENE_OBJECT_ERRORS_H

#include <stddef.h>

/* A longer row would move the ends of all others. */
/* clang-format off */
#define ERRORS(ERROR)                                                                                          \
    /* reading */                                                                                              \
    ERROR(READ_SYNTAX, "GENE.READ.SYNTAX", "ParseException", "fix the marked text")                            \
    ERROR(READ_UNCLOSED, "GENE.READ.UNCLOSED", "ParseException", "close the form that starts here")            \
    ERROR(READ_UNMATCHED, "GENE.READ.UNMATCHED", "ParseException", "remove the delimiter or open its form")    \
    ERROR(READ_STRING, "GENE.READ.STRING", "ParseException", "'c' is one character, text stands in \"…\"")     \
    ERROR(READ_NUMBER, "GENE.READ.NUMBER", "ParseException", "write a valid number")                           \
    ERROR(READ_DATE, "GENE.READ.DATE", "ParseException", "write the date or time as in YYYY-MM-DDTHH:MM:SS")   \
    ERROR(READ_PROPERTY, "GENE.READ.PROPERTY", "ParseException", "write {^name value …}, each name once")      \
    ERROR(READ_REGEX, "GENE.READ.REGEX", "ParseException", "flags are i and m; close the literal with /")      \
    ERROR(READ_UTF8, "GENE.READ.UTF8", "ParseException", "save the file as UTF-8")                             \
    ERROR(READ_DEPTH, "GENE.READ.DEPTH", "ParseException", "nest less deeply")                                 \
    /* compiling */                                                                                            \
    ERROR(COMPILE_FORM, "GENE.COMPILE.FORM", "Exception", "")                                                  \
    ERROR(COMPILE_NAME, "GENE.COMPILE.FORM", "Exception", "")                                                  \
    ERROR(COMPILE_LIMIT, "GENE.COMPILE.LIMIT", "Exception", "split the function into smaller ones")            \
    ERROR(COMPILE_LET, "GENE.COMPILE.LET", "Exception", "declare it with var to reassign it")                  \
    ERROR(IMAGE, "GENE.COMPILE.IMAGE", "Exception", "compile the source again")                                \
    /* running */                                                                                              \
    ERROR(RUNTIME, "GENE.RUNTIME.ERROR", "Exception", "")                                                      \
    ERROR(THROWN, "GENE.RUNTIME.ERROR", "Exception", "")                                                       \
    ERROR(UNDEFINED, "GENE.SCOPE.UNDEFINED_VAR", "Exception", "declare it with (var name value)")              \
    ERROR(ARITY, "GENE.CALL.ARITY", "Exception", "pass what it declares; the receiver of a method counts")     \
    ERROR(KEYWORD, "GENE.CALL.KEYWORD", "Exception", "pass the keywords the function declares")                \
    ERROR(NOT_CALLABLE, "GENE.CALL.NOT_CALLABLE", "Exception", "call a function, class or other callable")     \
    ERROR(METHOD_NOT_FOUND, "GENE.OOP.METHOD_NOT_FOUND", "Exception", "define the method or check its name")   \
    ERROR(UNSUPPORTED_CALL, "GENE.OOP.METHOD_NOT_FOUND", "TypeException", "check the receiver's kind")         \
    ERROR(OOP, "GENE.OOP.ERROR", "Exception", "")                                                              \
    ERROR(INTERCEPT, "GENE.OOP.INTERCEPT", "Exception", "apply the interceptor as the message says")           \
    ERROR(TYPE, "GENE.TYPE.ERROR", "TypeException", "convert the value first")                                 \
    ERROR(TYPE_PLAIN, "GENE.TYPE.ERROR", "Exception", "convert the value first")                               \
    ERROR(COMPARE, "GENE.TYPE.COMPARE", "TypeException", "numbers, dates and times have an order; (array .sort) orders strings") \
    ERROR(ARGUMENT, "GENE.ARG.INVALID", "ArgumentException", "")                                               \
    ERROR(INDEX, "GENE.ARG.INDEX", "Exception", "check the size first")                                        \
    ERROR(SEALED, "GENE.VALUE.SEALED", "Exception", "copy the value to change it")                             \
    ERROR(OVERFLOW, "GENE.ARITH.OVERFLOW", "RuntimeException", "use Floats for numbers beyond 64 bits")        \
    ERROR(DIV_ZERO, "GENE.ARITH.DIV_ZERO", "RuntimeException", "check the divisor")                            \
    ERROR(DESTRUCTURE, "GENE.BIND.MISMATCH", "Exception", "match the pattern to the value")                    \
    ERROR(ASSERT, "GENE.ASSERT.FAILED", "Exception", "")                                                       \
    ERROR(CONTRACT, "GENE.CONTRACT.VIOLATION", "Exception", "call it as its contract says, or correct it")     \
    ERROR(GENERATOR_CLOSED, "GENE.GENERATOR.CLOSED", "Exception", "")                                         \
    ERROR(GENERATOR, "GENE.GENERATOR.ERROR", "Exception", "")                                                  \
    ERROR(REGEX, "GENE.REGEX.SYNTAX", "Exception", "correct the regular expression")                           \
    ERROR(REGEX_LIMIT, "GENE.REGEX.LIMIT", "RuntimeException", "make the regular expression more specific")    \
    /* modules */                                                                                              \
    ERROR(MODULE_NOT_FOUND, "GENE.RUNTIME.ERROR", "Exception", "check the path of the import")                 \
    ERROR(MODULE_CYCLE, "GENE.RUNTIME.ERROR", "Exception", "break the cycle of imports")                       \
    ERROR(IMPORT, "GENE.RUNTIME.ERROR", "Exception", "fn, class and the like can be imported, and names written /name") \
    ERROR(EXPORT_MISSING, "GENE.RUNTIME.ERROR", "Exception", "export the name")                                \
    /* tasks */                                                                                                \
    ERROR(DEADLOCK, "GENE.ASYNC.DEADLOCK", "DeadlockException", "complete one of the futures waited for")      \
    ERROR(TIMEOUT, "GENE.ASYNC.TIMEOUT", "TimeoutException", "allow more time")                                \
    ERROR(CANCELLED, "GENE.ASYNC.CANCELLED", "CancellationException", "")                                      \
    ERROR(ALREADY_TERMINAL, "GENE.ASYNC.ALREADY_TERMINAL", "Exception", "complete a future once")              \
    ERROR(WOULD_BLOCK, "GENE.ASYNC.WOULD_BLOCK", "ConcurrencyException", "use the asynchronous call")          \
    ERROR(SCHEDULER, "GENE.ASYNC.SCHEDULER", "Exception", "")                                                  \
    ERROR(EXIT, "GENE.RUNTIME.EXIT", "Exception", "")                                                          \
    /* limits */                                                                                               \
    ERROR(STACK_OVERFLOW, "GENE.VM.STACK_OVERFLOW", "RuntimeException", "raise limits.depth or recurse less")  \
    ERROR(LIMIT_NESTING, "GENE.LIMIT.NESTING", "RuntimeException", "nest native calls less deeply")            \
    ERROR(LIMIT_MEMORY, "GENE.LIMIT.MEMORY", "RuntimeException", "raise limits.memory or keep less data")      \
    ERROR(LIMIT_TIME, "GENE.LIMIT.TIME", "TimeoutException", "raise limits.time")                              \
    ERROR(LIMIT_TASKS, "GENE.LIMIT.TASKS", "RuntimeException", "raise limits.tasks or start fewer tasks")      \
    /* host */                                                                                                 \
    ERROR(IO, "GENE.IO.ERROR", "IOError", "check the path and its permissions")                                \
    ERROR(NETWORK, "GENE.NET.ERROR", "NetworkException", "check the address and that the server runs")         \
    ERROR(HOST, "GENE.HOST.ERROR", "Exception", "")                                                            \
    ERROR(DENIED, "GENE.HOST.DENIED", "Exception", "grant the capability: allow.fs, allow.net, allow.env …")   \
    ERROR(UNSUPPORTED, "GENE.WASM.UNSUPPORTED", "Exception", "use another facility on this host")              \
    ERROR(CONVERT, "GENE.CONVERT.ERROR", "TypeException", "convert the value to plain data")                   \
    ERROR(CONVERT_CYCLE, "GENE.CONVERT.CYCLE", "TypeException", "break the cycle before converting")           \
    ERROR(CONVERT_DEPTH, "GENE.CONVERT.DEPTH", "TypeException", "nest the data less deeply")                   \
    ERROR(DISPOSED, "GENE.RUNTIME.DISPOSED", "Exception", "create a new runtime")
/* clang-format on */

typedef enum ErrorId {
#define ERROR(id, code, class_name, hint) ERR_##id,
    ERRORS(ERROR)
#undef ERROR
        ERROR_COUNT
} ErrorId;

typedef struct ErrorInfo {
    const char *code, *class_name, *hint;
} ErrorInfo;

/* Indexed by ErrorId; defined in object/errors.c. */
extern const ErrorInfo error_table[ERROR_COUNT];

/* The first row with this code; rows after it raise it for something special. ERR_HOST when there is none. */
ErrorId error_by_code(const char *code, size_t size);

/* What the user can do about an error with this code, "" when the table does not know. */
const char *error_hint(const char *code);

#endif

/* intrinsics.h — operations of the language too rare for an opcode: called by INTRINSIC with their arguments in
 * consecutive registers. Implemented as natives by the room that owns them and installed at start-up.
 * INTRINSIC_ROW(name, arguments, meaning) */
#ifndef GENE_COMPILER_INTRINSICS_H
#define GENE_COMPILER_INTRINSICS_H

/* IMPORT's specification is a constant map:
 *   ^items   [[parts name] …]: `parts` an array of symbols ([a], [n h], [gene json]), the last of them `*` for a
 *            wildcard, which IMPORT itself defines in the module; `name` the symbol the compiler binds, nil for a
 *            wildcard. Without ^from the first part is gene, genex or global.
 *   ^from    string as written; absent: the items are members of built-in namespaces
 *   ^pkg ^path ^native   as written (`of "lib"` is ^pkg); absent when not given
 * `module` is the importing ModuleObj. */
/* A longer row would move the ends of all others. */
/* clang-format off */
#define INTRINSICS(INTRINSIC_ROW)                                                                                     \
    INTRINSIC_ROW(HASHMAP, "k v k v …", "hash map literal; raises on an odd count")                                   \
    INTRINSIC_ROW(HASHMAP_PUT, "map k v", "adds to the hash map; value: the map")                                     \
    INTRINSIC_ROW(COPY_QUOTED, "data", "fresh copy of quoted containers")                                             \
    INTRINSIC_ROW(GET_STRICT, "container key", "current value for a compound assignment; raises when missing")        \
    INTRINSIC_ROW(LOOKUP, "value default", "the ./ operator with a default, which replaces void")                     \
    INTRINSIC_ROW(SELECTOR, "segment…", "a selector with computed segments")                                          \
    INTRINSIC_ROW(INTERCEPTOR, "name wraps_class parameters advice",                                                  \
                  "an interceptor; advice: parameter, AdviceKind, function or name, flags; …")                        \
    INTRINSIC_ROW(METHOD_NAME, "value", "checks and converts the name of a dynamic method call to a symbol")          \
    INTRINSIC_ROW(ELEMENT_SPREAD, "value", "array to spread: nil gives [], others raise")                             \
    INTRINSIC_ROW(CLASS, "name parent|unset fields|nil", "new class in the current namespace")                        \
    INTRINSIC_ROW(CLASS_METHOD, "class name function",                                                                \
                  "adds a method; name 'ctor' and 'on_method_missing' are special rows")                              \
    INTRINSIC_ROW(CLASS_CTOR, "class function", "sets the constructor")                                               \
    INTRINSIC_ROW(CLASS_MISSING, "class function", "sets on_method_missing")                                          \
    INTRINSIC_ROW(CLASS_FIELD, "class name type", "declares a field")                                                 \
    INTRINSIC_ROW(INTERFACE, "name methods fields",                                                                   \
                  "new interface: symbols of its methods, map of its fields to read-only")                            \
    INTRINSIC_ROW(IMPLEMENTS, "class interface name",                                                                 \
                  "notes an inline implementation; raises 'Unknown interface: name'")                                 \
    INTRINSIC_ROW(CHECK_INTERFACES, "class", "raises when a method of an inline implementation is missing")           \
    INTRINSIC_ROW(IMPLEMENT, "interface|symbol class name",                                                           \
                  "the class of adapters; a symbol is looked up; raises 'Interface not found: name'")                 \
    INTRINSIC_ROW(CALL_BODY, "function self", "runs a class or ns body with self and its namespace")                  \
    INTRINSIC_ROW(NAMESPACE, "name", "new namespace whose parent is the current one")                                 \
    INTRINSIC_ROW(SET_MEMBER, "container name value [container-name [true]]",                                         \
                  "defines a member: (var a/b v), (fn ns/f …), (class A/B …). Unset container: the global namespace, or " \
                  "what the container's name means. With that name only namespaces and classes will do; true: for a "    \
                  "class, with its messages")                                                                         \
    INTRINSIC_ROW(GLOBAL, "name", "$name: member of the global namespace; raises 'NAME is not defined'")              \
    INTRINSIC_ROW(CURRENT_NS, "", "$ns")                                                                              \
    INTRINSIC_ROW(EXCEPTION_IS, "exception class", "does this catch clause apply?")                                   \
    INTRINSIC_ROW(ENUM_PATTERN, "variant binders", "the variant; raises when it is none or has other fields")           \
    INTRINSIC_ROW(DESTRUCTURE, "code value",                                                                          \
                  "value bound to the params of `code`; gives an array with one value a param, unset when missing")   \
    INTRINSIC_ROW(IMPORT, "specification module",                                                                     \
                  "loads a module; gives an array with one value an item (nil for wildcards)")                        \
    INTRINSIC_ROW(EXPORT, "names value…",                                                                             \
                  "adds exported members to the module; an unset value: the name's present member, or "               \
                  "raises 'Cannot export 'x': value not found'")                                                      \
    INTRINSIC_ROW(PACKAGE, "module what path|nil",                                                                    \
                  "what: nil for $pkg, true for $app, the name for ($dep name ^path path)")                           \
    INTRINSIC_ROW(AWAIT_MANY, "timeout|nil future …", "(await f g …), (await ^timeout t f …)")                        \
    INTRINSIC_ROW(AWAIT_ALL, "futures|unset", "($await_all …)")                                                       \
    INTRINSIC_ROW(AWAIT_ANY, "futures", "($await_any …)")                                                             \
    INTRINSIC_ROW(AWAIT_RACE, "futures", "($await_race …)")                                                           \
    INTRINSIC_ROW(AWAIT_SETTLED, "futures", "($await_settled …)")                                                     \
    INTRINSIC_ROW(EVAL, "form scope",                                                                                 \
                  "evaluates a form in scope number `scope` of the running code: compiler_compile_in_scope")          \
    INTRINSIC_ROW(CALLER_EVAL, "form", "($caller_eval form): evaluates it in the scope of the macro's caller")        \
    INTRINSIC_ROW(RENDER_IN, "template scope",                                                                        \
                  "($render template) of a computed template: its unquotes are evaluated like the form of EVAL")      \
    INTRINSIC_ROW(RENDER, "template values",                                                                          \
                  "copy of a template; the array has the values of its unquotes in the order of collect_unquotes")    \
    INTRINSIC_ROW(PARSE, "string", "($parse s)")                                                                      \
    INTRINSIC_ROW(REPEAT_COUNT, "value",                                                                              \
                  "turns of (repeat value …) as an Int: a Float truncated; 1 for other truthy values, 0 for falsy")   \
    INTRINSIC_ROW(CONTRACT, "number condition [result]", "raises that the running function's condition does not hold")  \
    INTRINSIC_ROW(RAISE, "message [kind [hint]]",                                                                           \
                  "raises the message; with a kind (ErrorId) it is a compile error of the body called")               \
    INTRINSIC_ROW(DURATION, "start?", "$duration_start, $duration")
/* clang-format on */

typedef enum Intrinsic {
#define INTRINSIC_ROW(name, arguments, meaning) INTRINSIC_##name,
    INTRINSICS(INTRINSIC_ROW)
#undef INTRINSIC_ROW
        INTRINSIC_COUNT
} Intrinsic;

#endif

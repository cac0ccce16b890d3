/* obj_types.h — every kind of heap object, declared once.
 * OBJ_TYPE(enum suffix, kind name shown in messages (language 02 §2.1), typeof text)
 * Expanded into the ObjType enum (heap.h), the name tables (object/kinds.c) and the descriptor table. */
#define OBJ_TYPES(OBJ_TYPE)                                           \
    OBJ_TYPE(INT, "VkInt", "Int")                                     \
    OBJ_TYPE(STR, "VkString", "String")                               \
    OBJ_TYPE(SYMBOL, "VkSymbol", "Symbol")                            \
    OBJ_TYPE(PATH, "VkComplexSymbol", "ComplexSymbol")                \
    OBJ_TYPE(BYTES, "VkBytes", "VkBytes")                             \
    OBJ_TYPE(ARRAY, "VkArray", "Array")                               \
    OBJ_TYPE(MAP, "VkMap", "Map")                                     \
    OBJ_TYPE(HASHMAP, "VkHashMap", "HashMap")                         \
    OBJ_TYPE(SET, "VkSet", "HashSet")                                 \
    OBJ_TYPE(NODE, "VkGene", "Gene")                                  \
    OBJ_TYPE(RANGE, "VkRange", "VkRange")                             \
    OBJ_TYPE(REGEX, "VkRegex", "VkRegex")                             \
    OBJ_TYPE(MATCH, "VkRegexMatch", "VkRegexMatch")                   \
    OBJ_TYPE(SEARCH, "VkRegexSearch", "VkRegexSearch")                \
    OBJ_TYPE(ENGINE, "VkRegexEngine", "VkRegexEngine")                \
    OBJ_TYPE(DATE, "VkDate", "VkDate")                                \
    OBJ_TYPE(DATETIME, "VkDateTime", "VkDateTime")                    \
    OBJ_TYPE(TIME, "VkTime", "VkTime")                                \
    OBJ_TYPE(SELECTOR, "VkSelector", "VkSelector")                    \
    OBJ_TYPE(QUOTE, "VkQuote", "VkQuote")                             \
    OBJ_TYPE(UNQUOTE, "VkUnquote", "VkUnquote")                       \
    OBJ_TYPE(FUNCTION, "VkFunction", "Function")                      \
    OBJ_TYPE(BLOCK, "VkBlock", "Block")                               \
    OBJ_TYPE(NATIVE, "VkNativeFn", "Function")                        \
    OBJ_TYPE(BOUND_METHOD, "VkBoundMethod", "VkBoundMethod")          \
    OBJ_TYPE(INTERCEPTOR, "VkInterceptor", "Interceptor")             \
    OBJ_TYPE(INTERCEPTION, "VkInterception", "Interception")          \
    OBJ_TYPE(CLASS, "VkClass", "Class")                               \
    OBJ_TYPE(INSTANCE, "VkInstance", "Instance")                      \
    OBJ_TYPE(INTERFACE, "VkInterface", "Interface")                   \
    OBJ_TYPE(ADAPTER_STORE, "VkAdapterInternal", "VkAdapterInternal") \
    OBJ_TYPE(NAMESPACE, "VkNamespace", "VkNamespace")                 \
    OBJ_TYPE(PACKAGE, "VkPackage", "VkPackage")                       \
    OBJ_TYPE(APPLICATION, "VkApplication", "VkApplication")           \
    OBJ_TYPE(FUTURE, "VkFuture", "Future")                            \
    OBJ_TYPE(TASK, "VkFuture", "Task")                                \
    OBJ_TYPE(TIMER, "VkTimer", "Timer")                               \
    OBJ_TYPE(GENERATOR, "VkGenerator", "Generator")                   \
    OBJ_TYPE(ITERATOR, "VkInstance", "Iterator")                      \
    OBJ_TYPE(VARIANT, "VkEnumMember", "VkEnumMember")                 \
    OBJ_TYPE(ENUM_VALUE, "VkEnumValue", "VkEnumValue")                \
    OBJ_TYPE(ADAPTER, "VkAdapter", "Adapter")                         \
    OBJ_TYPE(ENUM, "VkEnum", "VkEnum")                                \
    OBJ_TYPE(HOST, "VkCustom", "VkCustom")                            \
    OBJ_TYPE(TYPE_VALUE, "VkCustom", "VkCustom")                      \
    OBJ_TYPE(CELL, "VkCell", "VkCell")                                \
    OBJ_TYPE(CODE, "VkCode", "VkCode")                                \
    OBJ_TYPE(SHAPE, "VkShape", "VkShape")                             \
    OBJ_TYPE(MODULE, "VkModule", "VkModule")                          \
    OBJ_TYPE(UNREAD, "VkMap", "Map")

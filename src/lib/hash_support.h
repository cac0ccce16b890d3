/* hash_support.h — changing hash maps and sets from natives; callers are NATIVE_REENTRANT, because a key's hash and ==
 * may be Gene methods. */
#ifndef GENE_LIB_HASH_SUPPORT_H
#define GENE_LIB_HASH_SUPPORT_H

#include "vm/vm.h"

/* Stores a pair; the three must be reachable. False after raising. */
bool hash_put(VM *vm, HashObj *hash, Value key, Value value, const char *container_name);
/* Removes a key: *out_key and *out_value are VAL_UNSET when it was absent. False after raising. */
bool hash_remove(VM *vm, HashObj *hash, Value key, const char *container_name, Value *out_key, Value *out_value);
bool hash_has(VM *vm, HashObj *hash, Value key, const char *container_name, bool *out_found);

#endif

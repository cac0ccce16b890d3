/* operation.h — host operations whose outcome is adapted before the program sees it: values turned into what the
 * language promises, reasons of the host into the messages that the language pages fix. */
#ifndef GENE_LIB_OPERATION_H
#define GENE_LIB_OPERATION_H

#include "vm/vm.h"

/* The value for a success; `subject` is what the program asked about (a path …). VAL_UNSET after raising. Must not run
 * Gene code. Both arguments are reachable. */
typedef Value (*OperationSuccessFn)(VM *vm, Value value, Value subject);
/* The value instead of a failure, or VAL_UNSET: it stays a failure. `reason` is the host's text. */
typedef Value (*OperationFailureFn)(VM *vm, const char *reason, Value subject);

/* Never copied: adaptations are static rows. */
typedef struct Adaptation {
    /* Message for a GENE.IO.ERROR of the host: "%s" is the subject, "%r" the host's reason. NULL: the host's own. Other
     * errors (denied, cancelled …) pass as they are. */
    const char *message;
    OperationSuccessFn success; /* NULL: the host's value */
    OperationFailureFn failure; /* NULL: none */
} Adaptation;

/* Starts a host operation (port/operations.h) and gives the future of its adapted outcome; cancelling it cancels the
 * operation. `subject` and the arguments must be reachable. */
Value operation_begin(VM *vm, int kind, const Value *argv, uint32_t argc, Value subject, const Adaptation *adaptation);

#endif

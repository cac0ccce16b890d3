/* native.h — the POSIX host: what it keeps for one VM, and its main loop. */
#ifndef GENE_HOST_NATIVE_H
#define GENE_HOST_NATIVE_H

#include "host/host.h"

#define MAIN_TICKET 1u /* of the task whose failure is the program's */

typedef struct PendingRead {
    uint32_t operation;
    bool all; /* the rest of stdin, not one line */
} PendingRead;

typedef struct NativeHost {
    Buffer out;         /* of stdout, not yet written */
    double wake_ms;     /* when to pump again; negative: no timer is armed */
    PendingRead *reads; /* of stdin, in order */
    uint32_t read_count, read_capacity;
    Buffer in; /* of stdin, read but not asked for */
    bool in_ended;
    bool turn_requested, has_exited;
    int exit_code;
} NativeHost;

/* A VM with this host. NULL: no memory. */
VM *native_create(const Limits *limits, uint32_t hash_seed);
void native_destroy(VM *vm);
/* Pumps until the program has ended (design §3) and stops what is left of it. */
void native_run(VM *vm);
void native_flush(VM *vm);
/* The error as text on stderr. */
void native_report(VM *vm, Value exception);
/* Text of a file, NUL-terminated, with its size; NULL: errno says why. Freed with free(). */
char *native_read_file(const char *path, size_t *out_size);

#endif

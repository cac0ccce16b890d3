/* common.c — the end of the road: what happens when an invariant of the VM itself is broken.
 * In wasm there is no stream below port/ to write to, so the trap's own stack trace is the message. */
#include "base/common.h"

#if !defined(__wasm__)
#include <stdio.h>
#endif

void base_fatal(const char *why) {
#if defined(__wasm__)
    (void)why;
    __builtin_trap();
#else
    fprintf(stderr, "gene: fatal: %s\n", why);
    abort();
#endif
}

#ifndef NDEBUG
void base_ensure_failed(const char *condition, const char *why, const char *file, int line) {
#if defined(__wasm__)
    (void)condition;
    (void)why;
    (void)file;
    (void)line;
    __builtin_trap();
#else
    fprintf(stderr, "%s:%d: broken invariant: %s\n  must hold: %s\n", file, line, why, condition);
    abort();
#endif
}
#endif

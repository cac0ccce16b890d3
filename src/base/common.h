/* common.h — what every file may assume: fixed-width types, assertions, attributes.
 * Nothing here knows about Gene. */
#ifndef GENE_BASE_COMMON_H
#define GENE_BASE_COMMON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* The whole state of one runtime. Defined in vm/vm.h; passed first everywhere. */
typedef struct VM VM;

#define LIKELY(x) __builtin_expect(!!(x), 1)
#define UNLIKELY(x) __builtin_expect(!!(x), 0)
#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

#if defined(__wasm__)
/* Exported from the module: never inlined into a caller, never removed. */
#define WASM_EXPORT(name) __attribute__((export_name(#name), noinline, used))
#else
#define WASM_EXPORT(name) __attribute__((noinline))
#endif

#if defined(__GNUC__)
#define PRINTF_LIKE(format_index, first_arg) __attribute__((format(printf, format_index, first_arg)))
#else
#define PRINTF_LIKE(format_index, first_arg)
#endif

/* Nothing sensible can follow (the host has no memory left, say): ends the process or traps. All builds. */
_Noreturn void base_fatal(const char *why);

/* A broken invariant of the VM itself, never of a Gene program. `why` says why it must hold. */
#ifdef NDEBUG
#define ENSURE(condition, why) ((void)0)
#else
_Noreturn void base_ensure_failed(const char *condition, const char *why, const char *file, int line);
#define ENSURE(condition, why) ((condition) ? (void)0 : base_ensure_failed(#condition, why, __FILE__, __LINE__))
#endif

#endif

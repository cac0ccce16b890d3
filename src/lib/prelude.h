/* prelude.h — the part of the library written in Gene: the .gene files of this folder, embedded by js/dev/embed.js. */
#ifndef GENE_LIB_PRELUDE_H
#define GENE_LIB_PRELUDE_H

#include <stddef.h>

typedef struct GenePreludeFile {
    const char *name;
    const char *source; /* NUL-terminated */
    size_t size;        /* without the NUL */
} GenePreludeFile;

/* Sorted by name; a row of NULLs ends the list. */
extern const GenePreludeFile gene_prelude_files[];
extern const size_t gene_prelude_file_count;

#endif

/* image.h — compiled code as bytes and back: precompiled library files and `gene compile`.
 *
 *   "GIR" and the format's number, 4 bytes of table hash, 4 bytes of checksum over the rest, then the origin: name of the
 *   source file, 4 bytes of hash of its text, the options it was compiled with, the text itself or nothing; then the body: counts of the module's variables
 *   and of objects, the objects, the variables' names, the number of the top-level code.
 *
 * An object is its ObjType, its flags and what its row in image_write.c and image_read.c says. It refers only to objects
 * before it, so an image has no cycles and is read in one pass. Numbers are LEB128, signed ones zigzag; a value is a
 * number whose low bits say what the rest is (ImageValue). The table hash covers opcodes, intrinsics and object kinds:
 * code made for other ones is refused.
 *
 * Invariant: whatever the bytes, reading ends with code that cannot break the VM, or with a problem (image_verify.c). */
#ifndef GENE_COMPILER_IMAGE_H
#define GENE_COMPILER_IMAGE_H

#include "base/buffer.h"
#include "compiler/opcodes.h"
#include "object/space.h"

/* Below 9, so that no source text begins like an image. */
#define IMAGE_FORMAT 2
#define IMAGE_HEADER_SIZE 12
#define IMAGE_MALFORMED "the compiled code is malformed"

/* What an image was compiled from. */
typedef struct ImageOrigin {
    const char *file, *text; /* UTF-8; text_size 0: the image does not keep the text */
    size_t file_size, text_size;
    uint32_t hash;   /* image_hash of the source text */
    uint8_t options; /* image_options */
} ImageOrigin;

/* Low bits of a written value. */
typedef enum ImageValue {
    IMAGE_OBJECT,  /* number of the object */
    IMAGE_INT,     /* zigzag small int */
    IMAGE_SPECIAL, /* VALUE_SPECIAL, or one of those below */
    IMAGE_CHAR,    /* code point */
    IMAGE_FLOAT,   /* 8 bytes follow */
} ImageValue;
#define IMAGE_VALUE_BITS 3
#define IMAGE_UNSET 6     /* VAL_UNSET as a special value: only for the step of a range and a value of a hash map */
#define IMAGE_MODULE 7    /* the module the code belongs to, as a special value */
#define IMAGE_NAMESPACE 8 /* … and its namespace, which `self` means at the top level */

/* Whether these bytes are to be taken for an image, be it a good one or not. */
static inline bool image_is(const void *bytes, size_t size) {
    return size > 3 && memcmp(bytes, "GIR", 3) == 0 && ((const uint8_t *)bytes)[3] < 9;
}

/* Appends the image of a file's top-level code, with the place in the source of every instruction or, smaller, without. False:
 * *out_problem (static text) says why; `out` is unchanged. */
bool image_write(VM *vm, const CodeObj *code, const ImageOrigin *origin, bool with_places, Buffer *out,
                 const char **out_problem);

/* What the image was compiled from; the texts lie inside of it. NULL, or a problem: not to be read by this version. */
const char *image_origin(const void *bytes, size_t size, ImageOrigin *out_origin);
uint32_t image_hash(const char *text, size_t size);
/* What decides, besides the text, which code it becomes. */
uint8_t image_options(VM *vm);

/* The code of an image, in a module without variables, which gets those of the image. `file` becomes the code's file; NULL:
 * the one that the image names. Trusted images (the library's own) are not verified. NULL: *out_problem (static text) says
 * why. Unrooted. */
CodeObj *image_read(VM *vm, const void *bytes, size_t size, ModuleObj *module, StrObj *file, bool is_trusted,
                    const char **out_problem);

/* Hash of the tables that code depends on, at byte 4 of an image, and of all after the header, at byte 8 (little-endian). */
uint32_t image_table_hash(void);
uint32_t image_checksum(const void *image, size_t size);

/* NULL, or why running this code could break the VM; code in it has been verified. The module has its variables. */
const char *image_verify(const uint32_t operands[OP_COUNT], const CodeObj *code);
/* The table it works with. */
void image_operands(uint32_t out_operands[OP_COUNT]);

/* A field more here must be written and read. (Sizes of the two pointer widths built for.) */
_Static_assert(sizeof(CodeObj) == (sizeof(void *) == 8 ? 160 : 112), "image_write.c and image_read.c know every field");
_Static_assert(sizeof(Param) == (sizeof(void *) == 8 ? 16 : 12), "image_write.c and image_read.c know every field");
_Static_assert(sizeof(Capture) == (sizeof(void *) == 8 ? 16 : 8), "image_write.c and image_read.c know every field");
_Static_assert(sizeof(Handler) == 16, "image_write.c and image_read.c know every field");
_Static_assert(sizeof(LineEntry) == 12, "image_write.c and image_read.c know every field");
_Static_assert(sizeof(ScopeDescriptor) == (sizeof(void *) == 8 ? 24 : 16),
               "image_write.c and image_read.c know every field");
_Static_assert(sizeof(ScopeName) == 24, "image_write.c and image_read.c know every field");

#endif

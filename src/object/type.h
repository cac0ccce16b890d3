/* type.h — gradual types (language 09): what a type expression means and which values it admits.
 *
 * A type never changes once made, so the compiler puts it among a function's constants, and a program can hold it as a value
 * (kind VkCustom). Invariant: `mask` has a bit for each kind of value that belongs to the type whatever the value; only
 * when it says no can a class's or enum's name, a function's parameters or a union's member still admit a value.
 * `size` bounds the tree, so everything here may recurse on it. */
#ifndef GENE_OBJECT_TYPE_H
#define GENE_OBJECT_TYPE_H

#include "base/buffer.h"
#include "object/function.h"

typedef struct TypeObj TypeObj;

typedef enum TypeForm {
    TYPE_NAME,
    TYPE_VARIABLE, /* a type parameter: admits everything */
    TYPE_APPLIED,  /* parts: constructor, arguments */
    TYPE_UNION,    /* parts: members, sorted by their texts, none twice */
    TYPE_FUNCTION, /* parts: parameters, result */
} TypeForm;

typedef struct TypePart {
    TypeObj *type;
    SymbolObj *keyword; /* of PARAM_KEYWORD */
    ParamKind kind;     /* of a function's parameter: required, rest, keyword, keyword rest */
} TypePart;

struct TypeObj {
    Obj header;
    uint8_t form;    /* TypeForm */
    uint32_t count;  /* parts */
    uint32_t size;   /* nodes of the tree, shared ones counted each time */
    uint64_t mask;   /* 1 << type_kind(value) */
    SymbolObj *name; /* NAME, VARIABLE: what is compared; of a path the last part */
    Value written;   /* NAME, VARIABLE: symbol, path, nil or void as in the source */
    TypePart parts[];
};

/* Kinds of values that are no objects; kinds of objects are their ObjType. */
enum { KIND_FLOAT = 58, KIND_BOOL, KIND_NIL, KIND_VOID, KIND_CHAR, KIND_PLACEHOLDER };
_Static_assert(OBJ_TYPE_COUNT <= KIND_FLOAT, "a type's mask has a bit for each kind");
#define KIND_BIT(kind) ((uint64_t)1 << (kind))
#define TYPE_MASK_ANY UINT64_MAX
uint32_t type_kind(Value value);

/* Where a value meets a type; C of the CHECK instructions. */
typedef enum Boundary {
    BOUNDARY_PARAMETER,
    BOUNDARY_RETURN,          /* the end of a function's body */
    BOUNDARY_EXPLICIT_RETURN, /* (return v) */
    BOUNDARY_VARIABLE,        /* declaration and assignment: nothing is converted */
    BOUNDARY_FIELD,           /* of an instance */
    BOUNDARY_PAYLOAD,         /* of an enum's variant: nil has no privilege */
    BOUNDARY_CONVERSION,      /* (v .to T) */
} Boundary;

/* What a name means that is no built-in one: an alias or a type parameter; NULL: nothing special. */
typedef struct TypeNames {
    TypeObj *(*find)(void *context, SymbolObj *name);
    void *context;
} TypeNames;

/* The type a form describes. NULL: *out_error says why not (a constant text). Collects nothing while it runs. `names` may
 * be NULL. */
TypeObj *type_parse(VM *vm, Value form, const TypeNames *names, const char **out_error);
/* The type parameter of that name. */
TypeObj *type_variable(VM *vm, SymbolObj *name);
/* Type of a function from its parts, the last of which is the result; a NULL type is Any. The collector must be paused. */
TypeObj *type_function(VM *vm, const TypePart *parts, uint32_t count);
/* The type with these fields as an image has them (`shape` needs form, mask, name and written). NULL: there is no such type.
 * The collector must be paused. */
TypeObj *type_restore(VM *vm, const TypeObj *shape, const TypePart *parts, uint32_t count);
/* Is it a type name that needs no declaration? */
bool type_is_builtin(const SymbolObj *name);

/* Does the value belong to the type as it is? nil is nothing special here. */
bool type_admits(VM *vm, const TypeObj *type, Value value);
/* Language 09 §9.3: may nil pass in strict mode? */
bool type_admits_nil(const TypeObj *type);
/* Structural equivalence (language 09 §9.4). */
bool type_equivalent(const TypeObj *a, const TypeObj *b);

void type_append_text(Buffer *out, const TypeObj *type);

static inline bool is_type(Value value) { return is_obj_type(value, OBJ_TYPE_VALUE); }
static inline TypeObj *type_of(Value value) { return (TypeObj *)pointer_of(value); }

void type_describe(Heap *heap);

#endif

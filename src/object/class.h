/* class.h — classes, shapes, instances, namespaces, modules, opaque host values.
 * Invariant: every instance's `values` has shape->count initialised entries. Shapes form one tree per VM rooted at
 * ObjectSpace.empty_shape: the same names added in the same order give the same shape. Classes with typed fields have
 * roots of their own, one for each list of such names: a shape tells whether a name has to be checked. */
#ifndef GENE_OBJECT_CLASS_H
#define GENE_OBJECT_CLASS_H

#include "object/collection.h"
#include "object/function.h"
#include "object/table.h"

struct NamespaceObj {
    Obj header;
    SymbolObj *name; /* NULL: nameless */
    NamespaceObj *parent;
    Table members;          /* symbol → value */
    Value missing_handlers; /* array of callables (on_member_missing), or nil */
};

/* Kinds without objects: Float, Bool, Char, Nil, Void. */
#define CLASS_BUILTIN_IMMEDIATE (OBJ_TYPE_COUNT + 1)

typedef struct ShapeObj ShapeObj;

struct ClassObj {
    Obj header;
    SymbolObj *name;
    ClassObj *parent;       /* NULL for Object and Exception */
    Table methods;          /* symbol → function or native; own methods only */
    Value ctor;             /* function, native or nil */
    Value missing_method;   /* on_method_missing or nil */
    NamespaceObj *ns;       /* class members; its parent is the enclosing namespace */
    Table fields;           /* declared fields: symbol → type to check, else type form; empty when none */
    ShapeObj *root;         /* shape of a new instance */
    Value metadata;         /* map of method intents etc., or nil */
    Value interfaces;       /* those it implements (interface.h), or nil */
    uint32_t builtin_type;  /* of a built-in kind's class: ObjType + 1 or CLASS_BUILTIN_IMMEDIATE; else 0 */
    bool is_exception;      /* descends from Exception; inherited by class_make */
    bool checks_fields;     /* some of `fields` here or above are types to check; inherited by class_make */
    uint32_t instance_hint; /* fields of the largest instance seen: inline capacity of the next one */
};

struct ShapeObj {
    Obj header;
    ShapeObj *parent;  /* shape without `name`; NULL at the root */
    SymbolObj *name;   /* the last name added */
    uint32_t count;    /* names, this one included */
    Table transitions; /* symbol → shape */
    MapObj *lookup;    /* symbol → slot, shared along a chain (see class.c); NULL for small shapes */
    MapObj *typed;     /* of a root: symbol → root for classes that check that field too; NULL: none */
};

typedef struct InstanceObj {
    Obj header;
    ClassObj *class_;
    ShapeObj *shape;
    Value *values;     /* inline_values or a buffer */
    uint32_t capacity; /* of values */
    Value inline_values[];
} InstanceObj;

/* A module: its variables live in `vars`, found at compile time through `names`. */
struct ModuleObj {
    Obj header;
    NamespaceObj *ns;
    Value path;  /* string */
    Table names; /* symbol → small int slot of the newest top-level variable of that name */
    Value *vars;
    uint32_t var_count, var_capacity;
    Table lets;    /* names bound with let → true */
    Table types;   /* names declared with a type → it */
    Table exports; /* non-empty: only these can be imported */
    bool has_exports, is_main;
    bool has_macros;      /* its code defines or imports macro functions */
    bool is_internal;     /* of the library: its frames are not shown in stack traces */
    uint8_t state;        /* ModuleState in lib/module.h */
    Value ready;          /* while it runs: future of its end, or nil when nobody has asked */
    ModuleObj *waits_for; /* the module whose import is under way */
};

/* A value of the host that Gene only passes around. ObjectSpace.release_host learns when it is collected. */
typedef struct HostObj {
    Obj header;
    uint32_t handle; /* host's number for it */
} HostObj;

/* Constructors want their arguments to stay reachable until they return; mutators look after theirs. */

/* With an empty namespace `ns` of the same name, whose parent the caller sets. */
ClassObj *class_make(VM *vm, SymbolObj *name, ClassObj *parent);
/* Bumps the class epoch so that inline caches look again. */
void class_set_method(VM *vm, ClassObj *class_, SymbolObj *name, Value method);
/* Declares a field whose values are checked against `type`, a TypeObj; before there are instances. */
void class_add_typed_field(VM *vm, ClassObj *class_, SymbolObj *name, Value type);
/* Searches the chain; VAL_UNSET when absent. *out_owner (may be NULL) gets the class that defines it. */
Value class_find_method(const ClassObj *class_, const SymbolObj *name, ClassObj **out_owner);
bool class_descends_from(const ClassObj *class_, const ClassObj *ancestor); /* itself included */

Value instance_make(VM *vm, ClassObj *class_);
/* Field value or VAL_UNSET. */
Value instance_get(const InstanceObj *instance, const SymbolObj *name);
void instance_set(VM *vm, InstanceObj *instance, SymbolObj *name, Value value);
/* instance_set once the transition is known: next->parent is the instance's shape. Never collects. */
void instance_add(VM *vm, InstanceObj *instance, ShapeObj *next, Value value);
/* Slot of a name in a shape, or -1. */
int32_t shape_find(const ShapeObj *shape, const SymbolObj *name);
/* The shape->count names, by slot. */
void shape_names(const ShapeObj *shape, SymbolObj **out_names);
/* The shape after adding `name`; created on first use. */
ShapeObj *shape_extend(VM *vm, ShapeObj *shape, SymbolObj *name);

NamespaceObj *namespace_make(VM *vm, SymbolObj *name, NamespaceObj *parent);
/* Defines or overwrites; bumps the namespace epoch when the name is new. */
void namespace_set(VM *vm, NamespaceObj *ns, SymbolObj *name, Value value);
Value namespace_get(const NamespaceObj *ns, const SymbolObj *name); /* own members only; VAL_UNSET when absent */

/* The removed value or VAL_UNSET; bumps the namespace epoch. */
Value namespace_delete(VM *vm, NamespaceObj *ns, const SymbolObj *name);

/* With an empty namespace of that name and parent. */
ModuleObj *module_make(VM *vm, SymbolObj *name, NamespaceObj *parent);
/* A new variable slot for `name`, holding nil; earlier slots of the same name stay valid. `vars` may move. */
uint32_t module_add_var(VM *vm, ModuleObj *module, SymbolObj *name);

Value host_make(VM *vm, uint32_t handle);

static inline bool is_class(Value value) { return is_obj_type(value, OBJ_CLASS); }
static inline ClassObj *class_of_value(Value value) { return (ClassObj *)pointer_of(value); }
static inline bool is_instance(Value value) { return is_obj_type(value, OBJ_INSTANCE); }
static inline InstanceObj *instance_of(Value value) { return (InstanceObj *)pointer_of(value); }
static inline bool is_namespace(Value value) { return is_obj_type(value, OBJ_NAMESPACE); }
static inline NamespaceObj *namespace_of(Value value) { return (NamespaceObj *)pointer_of(value); }

void class_describe(Heap *heap);

#endif

// tags.js — the tags of records and the kinds of handles: a copy of the tables in src/host/codec.h, which
// tests/js/tables.test.js compares with them.

export const TAG = Object.freeze({
  NIL: 0,
  VOID: 1,
  FALSE: 2,
  TRUE: 3,
  INT32: 4,
  INT64: 5,
  FLOAT: 6,
  CHAR: 7,
  STRING: 8,
  BYTES: 9,
  ARRAY: 10,
  MAP: 11,
  HASHMAP: 12,
  SET: 13,
  DATETIME: 14,
  SYMBOL: 15,
  NODE: 16,
  HOST: 17,
  HANDLE: 18,
  EXCEPTION: 19,
  REFERENCE: 20,
  FUNCTION: 21,
  PROMISE: 22,
  ERROR: 23,
})

export const HANDLE_KIND = Object.freeze({ OPAQUE: 0, FUNCTION: 1, FUTURE: 2, ITERATOR: 3 })

/** Levels of containers that a record may have, as CODEC_DEPTH_MAX. */
export const DEPTH_MAX = 1000

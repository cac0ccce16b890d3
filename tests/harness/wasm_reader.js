// wasm_reader.js — reads a wasm binary as far as the tests need: imports, exports, function names and which
// globals each function body touches. Knows the instructions that Emscripten emits (MVP, sign extension,
// saturating conversion, bulk memory, reference types); anything else is an error, never a guess.

/** A cursor over the bytes. */
class Reader {
  #at
  /**
   * @param {Uint8Array} bytes
   * @param {number} [at]
   */
  constructor(bytes, at = 0) {
    this.bytes = bytes
    this.#at = at
  }
  get at() {
    return this.#at
  }
  skip(/** @type {number} */ count) {
    this.#at += count
  }
  byte() {
    return this.bytes[this.#at++]
  }
  /** An unsigned LEB128 number. */
  number() {
    let result = 0
    for (let factor = 1; ; factor *= 128) {
      const byte = this.byte()
      result += (byte & 0x7f) * factor
      if (byte < 0x80) return result
    }
  }
  /** Steps over a LEB128 number of any size and sign. */
  skipNumber() {
    while (this.byte() >= 0x80);
  }
  text() {
    const size = this.number()
    this.skip(size)
    return new TextDecoder().decode(this.bytes.subarray(this.#at - size, this.#at))
  }
  /**
   * @template T
   * @param {() => T} read
   * @returns {T[]}
   */
  list(read) {
    return Array.from({ length: this.number() }, read)
  }
}

/**
 * @typedef {object} FunctionFacts
 * @property {number} index
 * @property {string} name from the name section or an export; '' when unknown
 * @property {Set<number>} reads indices of the globals that it reads
 * @property {Set<number>} writes indices of the globals that it writes
 * @property {number} size bytes of the body
 *
 * @typedef {object} WasmFacts
 * @property {FunctionFacts[]} functions the defined ones, in order
 * @property {Map<string, number>} exportedFunctions name → function index
 */

const SECTION = { custom: 0, imports: 2, exports: 7, code: 10 }
const KIND = { func: 0, table: 1, memory: 2, global: 3 }

/**
 * The number of imported functions; they come first in the index space.
 * @param {Reader} reader
 */
function readImports(reader) {
  let functions = 0
  reader.list(() => {
    reader.text()
    reader.text()
    const kind = reader.byte()
    if (kind === KIND.func) {
      functions++
      reader.number()
    } else if (kind === KIND.global) reader.skip(2)
    else {
      if (kind === KIND.table) reader.skip(1)
      const bounded = reader.byte() & 1
      reader.number()
      if (bounded) reader.number()
    }
  })
  return functions
}

/** @param {Reader} reader @returns {Map<string, number>} */
function readExports(reader) {
  const found = new Map()
  reader.list(() => {
    const name = reader.text()
    const kind = reader.byte()
    const index = reader.number()
    if (kind === KIND.func) found.set(name, index)
  })
  return found
}

/** @param {Reader} reader @param {number} end @returns {Map<number, string>} */
function readFunctionNames(reader, end) {
  const names = new Map()
  while (reader.at < end) {
    const id = reader.byte()
    const size = reader.number()
    if (id === 1) reader.list(() => names.set(reader.number(), reader.text()))
    else reader.skip(size)
  }
  return names
}

/**
 * Steps over the operands of an instruction that does not touch a global.
 * @param {Reader} reader
 * @param {number} opcode
 */
function skipOperands(reader, opcode) {
  if (opcode >= 0x02 && opcode <= 0x04) reader.skipNumber() // block, loop, if: a block type
  else if (opcode === 0x0c || opcode === 0x0d || opcode === 0x10) reader.number() // br, br_if, call
  else if (opcode === 0x0e) {
    reader.list(() => reader.number()) // br_table
    reader.number()
  } else if (opcode === 0x11) {
    reader.number() // call_indirect
    reader.number()
  } else if (opcode === 0x1c) reader.list(() => reader.byte()) // select with types
  else if (opcode >= 0x20 && opcode <= 0x26) reader.number() // locals, tables
  else if (opcode >= 0x28 && opcode <= 0x3e) {
    reader.number() // loads and stores: alignment, offset
    reader.number()
  } else if (opcode === 0x3f || opcode === 0x40) reader.skip(1) // memory.size, memory.grow
  else if (opcode === 0x41 || opcode === 0x42) reader.skipNumber() // i32.const, i64.const
  else if (opcode === 0x43) reader.skip(4) // f32.const
  else if (opcode === 0x44) reader.skip(8) // f64.const
  else if (opcode === 0xd0 || opcode === 0xd2) reader.number() // ref.null, ref.func
  else if (opcode === 0xfc) skipPrefixed(reader)
  else if (!isBare(opcode)) throw new Error(`unknown instruction 0x${opcode.toString(16)} at ${reader.at - 1}`)
}

/** Instructions without operands. */
function isBare(/** @type {number} */ opcode) {
  return opcode <= 0x01 || opcode === 0x05 || opcode === 0x0b || opcode === 0x0f || opcode === 0x1a || opcode === 0x1b ||
    (opcode >= 0x45 && opcode <= 0xc4) || opcode === 0xd1
}

/** The 0xfc family: conversions have no operands, memory and table instructions one or two. */
function skipPrefixed(/** @type {Reader} */ reader) {
  const operands = [0, 0, 0, 0, 0, 0, 0, 0, 2, 1, 2, 1, 2, 1, 2, 1, 1, 1]
  const code = reader.number()
  if (operands[code] === undefined) throw new Error(`unknown instruction 0xfc ${code}`)
  for (let left = operands[code]; left > 0; left--) reader.number()
}

/** @param {Reader} reader @returns {Omit<FunctionFacts, 'index' | 'name'>} */
function readBody(reader) {
  const size = reader.number()
  const end = reader.at + size
  const reads = new Set()
  const writes = new Set()
  reader.list(() => {
    reader.number()
    reader.byte()
  })
  while (reader.at < end) {
    const opcode = reader.byte()
    if (opcode === 0x23) reads.add(reader.number())
    else if (opcode === 0x24) writes.add(reader.number())
    else skipOperands(reader, opcode)
  }
  return { reads, writes, size }
}

/**
 * @param {Uint8Array} bytes
 * @returns {WasmFacts}
 */
export function readWasm(bytes) {
  const reader = new Reader(bytes, 8)
  let importCount = 0
  let exportedFunctions = new Map()
  let names = new Map()
  /** @type {Omit<FunctionFacts, 'index' | 'name'>[]} */
  let bodies = []
  while (reader.at < bytes.length) {
    const id = reader.byte()
    const size = reader.number()
    const end = reader.at + size
    const section = new Reader(bytes, reader.at)
    if (id === SECTION.imports) importCount = readImports(section)
    else if (id === SECTION.exports) exportedFunctions = readExports(section)
    else if (id === SECTION.code) bodies = section.list(() => readBody(section))
    else if (id === SECTION.custom && section.text() === 'name') names = readFunctionNames(section, end)
    reader.skip(size)
  }
  for (const [name, index] of exportedFunctions) if (!names.has(index)) names.set(index, name)
  const functions = bodies.map((body, at) => ({ index: importCount + at, name: names.get(importCount + at) ?? '', ...body }))
  return { functions, exportedFunctions }
}

/**
 * Names of the functions that Asyncify instrumented: those that read the state which asyncify_get_state returns,
 * its own control functions apart.
 * @param {WasmFacts} facts
 * @returns {string[]} sorted
 */
export function instrumentedFunctions({ functions, exportedFunctions }) {
  const getter = functions.find(({ index }) => index === exportedFunctions.get('asyncify_get_state'))
  if (!getter || getter.reads.size !== 1) throw new Error('asyncify_get_state is missing or reads more than the state')
  const [state] = getter.reads
  const control = new Set([...exportedFunctions].filter(([name]) => name.startsWith('asyncify_')).map(([, index]) => index))
  return functions
    .filter(({ index, reads }) => reads.has(state) && !control.has(index))
    .map(({ index, name }) => name || `function ${index}`)
    .sort()
}

// record_writer.js — a JavaScript value as a record for Gene; the other end is src/host/codec_decode.c.
// Invariant: between begin() and end() nothing else writes into the scratch buffer. A getter or proxy of the value could
// call back into the runtime; then begin() throws.

import { GeneError, describeHostError } from './errors.js'
import { GeneNode, GeneSymbol } from './forms.js'
import { DEPTH_MAX, TAG } from './tags.js'

/**
 * What the writer asks about objects that do not travel by value.
 * @typedef {object} Lookup
 * @property {(value: object) => number} handleOf handle of the Gene value behind one of our wrappers, or 0
 * @property {(value: unknown) => number} addHost number under which Gene may refer to the value; one reference more
 * @property {(number: number) => void} releaseHost takes a reference back
 */

/** @typedef {ReturnType<typeof describeHostError>} HostErrorText */

/** Longer strings go through TextEncoder. */
const SHORT_STRING = 64
const TWO_32 = 2 ** 32
const INT64_LIMIT = 2 ** 63
const encoder = new TextEncoder()

export class RecordWriter {
  #scratch
  #lookup
  #at = 0
  #end = 0
  #active = false
  /** @type {unknown[]} containers being written, outermost first */ #path = []
  /** @type {number[]} host numbers referred to by this record */ #added = []

  /**
   * @param {import('./scratch.js').Scratch} scratch
   * @param {Lookup} lookup
   */
  constructor(scratch, lookup) {
    this.#scratch = scratch
    this.#lookup = lookup
  }

  /** Starts a message of any number of records. */
  begin() {
    if (this.#active) throw convertError('ERROR', 'a getter of a value being converted must not call the runtime')
    this.#active = true
    this.#at = this.#scratch.data
    this.#end = this.#at + this.#scratch.capacity
    return this
  }

  /** The message stands. */
  end() {
    const { data } = this.#scratch
    this.#scratch.size = this.#at - data
    this.#active = false
    if (this.#added.length) this.#added = []
  }

  /** Gives up: nothing of the message will be read. */
  abandon() {
    for (const number of this.#added) this.#lookup.releaseHost(number)
    this.#added = []
    this.#path = []
    this.#active = false
  }

  /**
   * One value, or nothing at all: after an error the message is abandoned.
   * @param {unknown} value
   */
  value(value) {
    try {
      this.#write(value)
    } catch (error) {
      this.abandon()
      if (error instanceof RangeError && /call stack/i.test(error.message)) throw depthError()
      throw error
    }
    return this
  }

  /**
   * An exception for Gene from anything that was thrown; it comes back as the cause of what Gene throws then.
   * @param {unknown} error
   * @param {HostErrorText} [text] what Gene sees of it, if not what it says itself
   */
  error(error, text) {
    return this.value(new Thrown(error, text))
  }

  // --- bytes ---------------------------------------------------------------------------------------------------------

  #need(/** @type {number} */ size) {
    if (this.#at + size > this.#end) this.#grow(size)
  }

  #grow(/** @type {number} */ size) {
    const used = this.#at - this.#scratch.data
    this.#scratch.grow(Math.max(used + size, this.#scratch.capacity * 2), used)
    this.#at = this.#scratch.data + used
    this.#end = this.#scratch.data + this.#scratch.capacity
  }

  #tag(/** @type {number} */ tag) {
    this.#need(1)
    this.#scratch.u8[this.#at++] = tag
  }

  #counted(/** @type {number} */ tag, /** @type {number} */ number) {
    this.#need(5)
    this.#scratch.u8[this.#at] = tag
    this.#scratch.view.setUint32(this.#at + 1, number, true)
    this.#at += 5
  }

  #u32(/** @type {number} */ number) {
    this.#need(4)
    this.#scratch.view.setUint32(this.#at, number, true)
    this.#at += 4
  }

  /** A string without a tag: u32 size, UTF-8. */
  #text(/** @type {string} */ text) {
    const { length } = text
    if (length > SHORT_STRING) return this.#longText(text)
    this.#need(4 + length * 3)
    const { u8 } = this.#scratch
    const start = this.#at + 4
    for (let i = 0; i < length; i++) {
      const unit = text.charCodeAt(i)
      if (unit >= 0x80) return this.#longText(text)
      u8[start + i] = unit
    }
    this.#scratch.view.setUint32(this.#at, length, true)
    this.#at = start + length
  }

  #longText(/** @type {string} */ text) {
    this.#need(4 + text.length)
    const used = this.#at - this.#scratch.data
    this.#at += 4
    for (let read = 0; read < text.length; ) {
      this.#need(Math.max(text.length - read, 4))
      const rest = read ? text.slice(read) : text
      const result = encoder.encodeInto(rest, this.#scratch.u8.subarray(this.#at, this.#end))
      this.#at += result.written
      read += result.read
    }
    const start = this.#scratch.data + used
    this.#scratch.view.setUint32(start, this.#at - start - 4, true)
  }

  // --- values --------------------------------------------------------------------------------------------------------

  /** @param {any} value */
  #write(value) {
    switch (typeof value) {
      case 'number': return this.#number(value)
      case 'string': return this.#tag(TAG.STRING), this.#text(value)
      case 'boolean': return this.#tag(value ? TAG.TRUE : TAG.FALSE)
      case 'undefined': return this.#tag(TAG.VOID)
      case 'bigint': return this.#bigint(value)
      case 'function': return this.#reference(value) || this.#host(TAG.FUNCTION, value)
      case 'symbol': return this.#host(TAG.HOST, value)
      default: return value === null ? this.#tag(TAG.NIL) : this.#object(value)
    }
  }

  #number(/** @type {number} */ number) {
    if ((number | 0) === number && !Object.is(number, -0)) {
      this.#need(5)
      this.#scratch.u8[this.#at] = TAG.INT32
      this.#scratch.view.setInt32(this.#at + 1, number, true)
      this.#at += 5
      return
    }
    this.#need(9)
    const isInt = Number.isInteger(number) && number >= -INT64_LIMIT && number < INT64_LIMIT && !Object.is(number, -0)
    this.#scratch.u8[this.#at] = isInt ? TAG.INT64 : TAG.FLOAT
    if (isInt) {
      this.#scratch.view.setUint32(this.#at + 1, number % TWO_32 < 0 ? (number % TWO_32) + TWO_32 : number % TWO_32, true)
      this.#scratch.view.setInt32(this.#at + 5, Math.floor(number / TWO_32), true)
    } else this.#scratch.view.setFloat64(this.#at + 1, number, true)
    this.#at += 9
  }

  #bigint(/** @type {bigint} */ number) {
    if (BigInt.asIntN(64, number) !== number) return this.#number(Number(number))
    this.#need(9)
    this.#scratch.u8[this.#at] = TAG.INT64
    this.#scratch.view.setBigInt64(this.#at + 1, number, true)
    this.#at += 9
  }

  /** @param {object} value */
  #reference(value) {
    const handle = this.#lookup.handleOf(value)
    if (handle) this.#counted(TAG.REFERENCE, handle)
    return handle !== 0
  }

  /** @param {number} tag @param {unknown} value */
  #host(tag, value) {
    const number = this.#lookup.addHost(value)
    this.#added.push(number)
    this.#counted(tag, number)
  }

  /** @param {any} value */
  #object(value) {
    if (Array.isArray(value)) return this.#array(value)
    if (this.#reference(value)) return
    if (typeof value.then === 'function') return this.#host(TAG.PROMISE, value)
    const proto = Object.getPrototypeOf(value)
    if (proto === Object.prototype || proto === null) return this.#map(value)
    if (value instanceof Map) return this.#hashMap(value)
    if (value instanceof Set) return this.#set(value)
    if (value instanceof Uint8Array) return this.#bytes(value)
    if (value instanceof Date && !Number.isNaN(value.getTime())) return this.#date(value)
    if (value instanceof Thrown) return this.#error(value.error, value.text)
    if (value instanceof Error) return this.#error(value)
    if (value instanceof GeneSymbol) return this.#tag(TAG.SYMBOL), this.#text(value.name)
    if (value instanceof GeneNode) return this.#node(value)
    // Object.prototype of another realm.
    if (Object.getPrototypeOf(proto) === null && Object.hasOwn(proto, 'isPrototypeOf')) return this.#map(value)
    return this.#host(TAG.HOST, value)
  }

  /** @param {unknown} container */
  #open(container) {
    if (this.#path.length >= DEPTH_MAX) throw new Set(this.#path).size < this.#path.length ? cycleError() : depthError()
    this.#path.push(container)
  }

  /** @param {unknown[]} array */
  #array(array) {
    this.#open(array)
    const { length } = array
    this.#counted(TAG.ARRAY, length)
    for (let i = 0; i < length; i++) this.#write(array[i])
    this.#path.pop()
  }

  /** @param {Record<string, unknown>} object */
  #map(object) {
    this.#open(object)
    const keys = Object.keys(object)
    this.#counted(TAG.MAP, keys.length)
    for (let i = 0; i < keys.length; i++) {
      this.#text(keys[i])
      this.#write(object[keys[i]])
    }
    this.#path.pop()
  }

  /** @param {Map<unknown, unknown>} map */
  #hashMap(map) {
    this.#open(map)
    this.#counted(TAG.HASHMAP, map.size)
    for (const [key, value] of [...map]) {
      this.#write(key)
      this.#write(value)
    }
    this.#path.pop()
  }

  /** @param {Set<unknown>} set */
  #set(set) {
    this.#open(set)
    this.#counted(TAG.SET, set.size)
    for (const value of [...set]) this.#write(value)
    this.#path.pop()
  }

  /** @param {Uint8Array} bytes */
  #bytes(bytes) {
    this.#counted(TAG.BYTES, bytes.length)
    this.#need(bytes.length)
    this.#scratch.u8.set(bytes, this.#at)
    this.#at += bytes.length
  }

  /** @param {Date} date */
  #date(date) {
    this.#need(10)
    this.#scratch.u8[this.#at] = TAG.DATETIME
    this.#scratch.view.setFloat64(this.#at + 1, date.getTime(), true)
    this.#scratch.u8[this.#at + 9] = 0
    this.#at += 10
  }

  /** @param {GeneNode} node */
  #node(node) {
    this.#open(node)
    this.#counted(TAG.NODE, node.line)
    this.#u32(node.column)
    this.#write(node.type)
    this.#map(node.props)
    this.#array(node.children)
    this.#path.pop()
  }

  /** @param {any} error @param {HostErrorText} [text] */
  #error(error, text) {
    if (!text && error instanceof GeneError && this.#reference(error)) return
    this.#open(error)
    const { code, className, message, stack, cause } = text ?? describeHostError(error)
    if (error === undefined) this.#counted(TAG.ERROR, 0)
    else this.#host(TAG.ERROR, error)
    for (const part of [code, className, String(message), String(stack)]) this.#text(part)
    this.#write(cause ?? null)
    this.#path.pop()
  }
}

/** Anything that was thrown: an Error or not, Gene gets an exception. */
class Thrown {
  /** @param {unknown} error @param {HostErrorText} [text] */
  constructor(error, text) {
    this.error = error
    this.text = text
  }
}

/** @param {string} code @param {string} message */
const convertError = (code, message) => new GeneError(message, { code: `GENE.CONVERT.${code}`, className: 'TypeException' })
const cycleError = () => convertError('CYCLE', 'cannot convert data that contains itself')
const depthError = () => convertError('DEPTH', `cannot convert data nested more than ${DEPTH_MAX} levels`)

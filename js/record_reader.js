// record_reader.js — a record from Gene as a JavaScript value; the other end is src/host/codec_encode.c.
// A message is read completely before anything else runs: the next crossing overwrites it.

import { errorFromGene, hostError } from './errors.js'
import { GeneNode, GeneSymbol } from './forms.js'
import { TAG } from './tags.js'

/**
 * What the reader asks about values that do not travel by value.
 * @typedef {object} Wrapper
 * @property {(kind: number, identity: number, handle: number, text: string) => any} wrap
 * @property {(error: object, wrapper: object) => void} adopt the error stands for the Gene value behind the wrapper
 * @property {(number: number) => unknown} hostValue
 */

/** Longer strings go through TextDecoder. */
const SHORT_STRING = 24
const TWO_32 = 2 ** 32
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

export class RecordReader {
  #scratch
  #wrapper
  #at = 0

  /**
   * @param {import('./scratch.js').Scratch} scratch
   * @param {Wrapper} wrapper
   */
  constructor(scratch, wrapper) {
    this.#scratch = scratch
    this.#wrapper = wrapper
  }

  /** Starts reading a message. */
  begin() {
    this.#at = this.#scratch.data
    return this
  }

  /** The only value of a message. @returns {any} */
  single() {
    this.#at = this.#scratch.data
    return this.value()
  }

  /** `count` values. @param {number} count @returns {any[]} */
  values(count) {
    const list = new Array(count)
    for (let i = 0; i < count; i++) list[i] = this.value()
    return list
  }

  /** The next value. @returns {any} */
  value() {
    const tag = this.#scratch.u8[this.#at++]
    switch (tag) {
      case TAG.NIL: return null
      case TAG.VOID: return undefined
      case TAG.FALSE: return false
      case TAG.TRUE: return true
      case TAG.INT32:
        this.#at += 4
        return this.#scratch.view.getInt32(this.#at - 4, true)
      case TAG.INT64: return this.#int64()
      case TAG.FLOAT: return this.#float()
      case TAG.CHAR: return String.fromCodePoint(this.#u32())
      case TAG.STRING: return this.#text()
      case TAG.BYTES: return this.#bytes()
      case TAG.ARRAY: return this.values(this.#u32())
      case TAG.MAP: return this.#map()
      case TAG.HASHMAP: return this.#hashMap()
      case TAG.SET: return new Set(this.values(this.#u32()))
      case TAG.DATETIME: return this.#date()
      case TAG.SYMBOL: return new GeneSymbol(this.#text())
      case TAG.NODE: return this.#node()
      case TAG.HOST: return this.#wrapper.hostValue(this.#u32())
      case TAG.HANDLE: return this.#handle()
      case TAG.EXCEPTION: return this.#exception()
      default: throw hostError('GENE.HOST.ERROR', `malformed record from the core: tag ${tag}`)
    }
  }

  #u32() {
    this.#at += 4
    return this.#scratch.view.getUint32(this.#at - 4, true)
  }

  #float() {
    this.#at += 8
    return this.#scratch.view.getFloat64(this.#at - 8, true)
  }

  #int64() {
    const low = this.#u32()
    const high = this.#scratch.view.getInt32(this.#at, true)
    this.#at += 4
    const number = high * TWO_32 + low
    return Number.isSafeInteger(number) ? number : (BigInt(high) << 32n) | BigInt(low)
  }

  #text() {
    const size = this.#u32()
    const start = this.#at
    const { u8 } = this.#scratch
    this.#at += size
    if (size > SHORT_STRING) return decoder.decode(u8.subarray(start, this.#at))
    let text = ''
    for (let i = start; i < this.#at; i++) {
      const byte = u8[i]
      if (byte >= 0x80) return decoder.decode(u8.subarray(start, this.#at))
      text += String.fromCharCode(byte)
    }
    return text
  }

  #bytes() {
    const size = this.#u32()
    this.#at += size
    return this.#scratch.u8.slice(this.#at - size, this.#at)
  }

  #map() {
    /** @type {Record<string, unknown>} */
    const object = {}
    for (let left = this.#u32(); left > 0; left--) {
      const key = this.#text()
      const value = this.value()
      if (key === '__proto__') {
        Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true })
      } else object[key] = value
    }
    return object
  }

  #hashMap() {
    const map = new Map()
    for (let left = this.#u32(); left > 0; left--) {
      const key = this.value()
      map.set(key, this.value())
    }
    return map
  }

  #date() {
    const ms = this.#float()
    const isLocal = this.#scratch.u8[this.#at++] === 1
    if (!isLocal) return new Date(ms)
    // Fields of a wall clock here, sent as if they were UTC.
    const utc = new Date(ms)
    const local = new Date(0)
    local.setFullYear(utc.getUTCFullYear(), utc.getUTCMonth(), utc.getUTCDate())
    local.setHours(utc.getUTCHours(), utc.getUTCMinutes(), utc.getUTCSeconds(), utc.getUTCMilliseconds())
    return local
  }

  #node() {
    const line = this.#u32()
    const column = this.#u32()
    const type = this.value()
    const props = this.value()
    const children = this.value()
    return new GeneNode(type, props, children, line, column)
  }

  #handle() {
    const kind = this.#scratch.u8[this.#at++]
    const identity = this.#u32()
    const handle = this.#u32()
    return this.#wrapper.wrap(kind, identity, handle, this.#text())
  }

  #exception() {
    const identity = this.#u32()
    const number = this.#u32()
    const classes = Array.from({ length: this.#scratch.u8[this.#at++] }, () => this.#text())
    const code = this.#text()
    const hint = this.#text()
    const [message, location, stack, cause, hostCause, diagnostics] = this.values(6)
    const handle = this.#wrapper.wrap(0, identity, number, classes[0] ?? 'Exception')
    const error = errorFromGene({ classes, code, hint, message, location, stack, cause, hostError: hostCause, diagnostics, handle })
    this.#wrapper.adopt(error, handle)
    return error
  }
}

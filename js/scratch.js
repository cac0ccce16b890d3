// scratch.js — the one buffer in wasm memory through which every value crosses.
// Invariant: `u8`, `view` and `words` are views of the memory as it is now: refresh() runs whenever it has grown. The
// buffer's own words (data, size, capacity: `Buffer` in src/base/buffer.h) are at `cell`; either side may move it, so its
// address is read anew for each record.

import { hostError } from './errors.js'

const DATA = 0
const SIZE = 1
const CAPACITY = 2

export class Scratch {
  u8 = new Uint8Array()
  view = new DataView(new ArrayBuffer(0))
  words = new Uint32Array()
  #memory
  #cell
  #reserve

  /**
   * @param {{ buffer: ArrayBuffer }} memory
   * @param {number} cell address of the Buffer
   * @param {(size: number) => number} reserve makes the buffer's capacity at least `size`; 0 when it cannot
   */
  constructor(memory, cell, reserve) {
    this.#memory = memory
    this.#cell = cell >>> 2
    this.#reserve = reserve
    this.refresh()
  }

  /** The memory has grown: the old views are detached. */
  refresh() {
    const { buffer } = this.#memory
    this.u8 = new Uint8Array(buffer)
    this.view = new DataView(buffer)
    this.words = new Uint32Array(buffer)
  }

  /** Lets go of the memory. */
  close() {
    this.u8 = new Uint8Array()
    this.view = new DataView(new ArrayBuffer(0))
    this.words = new Uint32Array()
    this.#memory = { buffer: new ArrayBuffer(0) }
  }

  /** Address of the record. */
  get data() {
    return this.words[this.#cell + DATA]
  }

  /** Bytes in the record. */
  get size() {
    return this.words[this.#cell + SIZE]
  }
  set size(bytes) {
    this.words[this.#cell + SIZE] = bytes
  }

  get capacity() {
    return this.words[this.#cell + CAPACITY]
  }

  /**
   * Makes room for `size` bytes in all; `used` of them are kept.
   * @param {number} size
   * @param {number} used
   */
  grow(size, used) {
    this.size = used
    if (!this.#reserve(size)) throw hostError('GENE.LIMIT.MEMORY', 'no memory left to convert a value')
    if (this.u8.buffer !== this.#memory.buffer) this.refresh()
  }
}

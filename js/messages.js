// messages.js — messages between JavaScript and the core: any number of records in the scratch buffer.
// Invariant: a message is read, or written, completely before anything else happens.

import { describeHostError } from './errors.js'
import { RecordReader } from './record_reader.js'
import { RecordWriter } from './record_writer.js'
import { Scratch } from './scratch.js'

export class Messages {
  #scratch
  #writer
  #reader

  /**
   * @param {any} exports of the instance
   * @param {number} vm
   * @param {import('./handles.js').Handles} handles
   * @param {import('./host_values.js').HostValues} hostValues
   */
  constructor(exports, vm, handles, hostValues) {
    this.#scratch = new Scratch(exports.memory, exports.wasm_scratch(vm), (size) => exports.wasm_reserve(vm, size))
    this.#writer = new RecordWriter(this.#scratch, {
      handleOf: (value) => handles.handleOf(value),
      addHost: (value) => hostValues.add(value),
      releaseHost: (number) => hostValues.release(number),
    })
    this.#reader = new RecordReader(this.#scratch, {
      wrap: (kind, identity, handle, text) => handles.wrap(kind, identity, handle, text),
      adopt: (error, handle) => handles.adopt(error, handle),
      hostValue: (number) => hostValues.get(number),
    })
  }

  /** Leaves values as the message. @param {unknown[]} values */
  send(values) {
    const writer = this.#writer.begin()
    for (let i = 0; i < values.length; i++) writer.value(values[i])
    writer.end()
  }

  /**
   * Leaves an exception as the message.
   * @param {unknown} error
   * @param {import('./record_writer.js').HostErrorText} [text] what Gene sees of it
   */
  sendError(error, text) {
    try {
      this.#writer.begin().error(error, text).end()
    } catch {
      // It holds something that cannot be converted: without its causes then.
      this.#writer.begin().error(undefined, { ...(text ?? describeHostError(error)), cause: undefined }).end()
    }
  }

  /** The only value of the message. @returns {any} */
  one() {
    return this.#reader.single()
  }

  /** @param {number} count @returns {any[]} */
  many(count) {
    return this.#reader.begin().values(count)
  }

  /** Bytes of the memory, which may move: for reading at once. */
  get bytes() {
    return this.#scratch.u8
  }

  /** The memory has grown. */
  refresh() {
    this.#scratch.refresh()
  }

  /** Lets go of the memory. */
  close() {
    this.#scratch.close()
  }
}

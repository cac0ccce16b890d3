// port.js — what the core asks of JavaScript: the imports, answered.
// Invariant: nothing is thrown into wasm, but to leave an instance that has failed.

import { describeHostError } from './errors.js'

const STATUS = { REFUSED: 0, RAISED: 0, VALUE: 1 }
const FUTURE_SUCCESS = 1
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

/**
 * What the port needs of the core beside its world.
 * @typedef {object} PortOwner
 * @property {import('./core.js').World} world
 * @property {import('./turns.js').Turns} turns
 * @property {import('./tasks.js').Tickets} tickets
 * @property {import('./host_values.js').HostValues} hostValues
 * @property {(operation: number, value: unknown, failed: boolean) => void} answer
 * @property {() => boolean} hasFailed the instance must not go on
 */

export class Port {
  #owner
  /** @type {import('./messages.js').Messages} */ #messages = /** @type {any} */ (null) // see attach()
  /** @type {WebAssembly.Memory | null} */ #memory = null
  /** @type {Map<number, AbortController>} */ #operations = new Map()

  /** @param {PortOwner} owner */
  constructor(owner) {
    this.#owner = owner
  }

  /** The instance is there. @param {import('./messages.js').Messages} messages @param {WebAssembly.Memory} memory */
  attach(messages, memory) {
    this.#messages = messages
    this.#memory = memory
  }

  /** @returns {import('./imports.js').Port} */
  answers() {
    const { world, turns, hostValues } = this.#owner
    return {
      nowMs: () => performance.now(),
      wallMs: () => numberFrom(world.now),
      zoneMinutes: (wallMs) => -new Date(wallMs).getTimezoneOffset() || 0,
      random: () => numberFrom(world.random),
      write: (stream, address, size) => this.#write(stream, address >>> 0, size),
      armTimer: (delay) => turns.armTimer(delay),
      requestTurn: () => turns.requestTurn(),
      startOperation: (kind, operation, argc) => this.#startOperation(kind, operation, argc),
      cancelOperation: (operation) => this.#cancelOperation(operation),
      callHost: (fn, argc) => this.#callHost(fn, argc),
      adoptPromise: (promise, operation) => this.#guard(() => this.#adoptPromise(promise, operation)),
      releaseHost: (value) => hostValues.release(value),
      taskEnded: (ticket, state) => this.#taskEnded(ticket, state),
      unhandled: () => this.#guard(() => world.unhandled(this.#messages.one())),
      exit: (code) => this.#guard(() => world.exit(code)),
      memoryGrew: () => this.#messages?.refresh(),
      writeRaw: (fd, iovs, count, written) => this.#writeRaw(fd, iovs, count, written),
    }
  }

  /** Aborts every operation. */
  close() {
    for (const controller of this.#operations.values()) controller.abort()
    this.#operations.clear()
    this.#memory = null
  }

  /** @param {() => void} work */
  #guard(work) {
    try {
      work()
    } catch (error) {
      this.#owner.world.unhandled(error)
    }
  }

  // --- output ----------------------------------------------------------------------------------------------------------

  /** @param {number} stream @param {number} address @param {number} size */
  #write(stream, address, size) {
    const { world } = this.#owner
    const text = decoder.decode(this.#messages.bytes.subarray(address, address + size))
    try {
      world.write(stream, text)
    } catch (error) {
      world.outputFailed(stream, error)
    }
  }

  /** The text of base_fatal(). @param {number} fd @param {number} iovs @param {number} count @param {number} written */
  #writeRaw(fd, iovs, count, written) {
    const view = new DataView(this.#memory?.buffer ?? new ArrayBuffer(0))
    let total = 0
    for (let i = 0; i < count; i++) {
      const address = view.getUint32(iovs + i * 8, true)
      const size = view.getUint32(iovs + i * 8 + 4, true)
      const text = decoder.decode(new Uint8Array(view.buffer, address, size))
      this.#guard(() => this.#owner.world.write(fd, text))
      total += size
    }
    view.setUint32(written, total, true)
    return 0
  }

  // --- functions and promises --------------------------------------------------------------------------------------------

  /** @param {number} fn @param {number} argc */
  #callHost(fn, argc) {
    const { hasFailed, hostValues } = this.#owner
    try {
      const args = this.#messages.many(argc)
      const result = hostValues.get(fn)(...args)
      this.#messages.send([result])
      return STATUS.VALUE
    } catch (error) {
      if (!hasFailed()) this.#messages.sendError(error)
      return STATUS.RAISED
    } finally {
      // The frames of wasm below this call must not go on.
      if (hasFailed()) throw new WebAssembly.RuntimeError('the core has failed')
    }
  }

  /** @param {number} promise @param {number} operation */
  #adoptPromise(promise, operation) {
    const { answer, hostValues } = this.#owner
    const value = hostValues.get(promise)
    hostValues.release(promise)
    Promise.resolve(value).then(
      (result) => answer(operation, result, false),
      (error) => answer(operation, error, true),
    )
  }

  // --- operations ----------------------------------------------------------------------------------------------------------

  /** @param {number} kind @param {number} operation @param {number} argc */
  #startOperation(kind, operation, argc) {
    try {
      const args = this.#messages.many(argc)
      const controller = new AbortController()
      const started = this.#owner.world.operate(kind, args, controller.signal)
      if (!(started instanceof Promise)) return this.#refuse(started)
      this.#operations.set(operation, controller)
      started.then(
        (value) => this.#operationEnded(operation, controller, value, false),
        (error) => this.#operationEnded(operation, controller, error, true),
      )
      return STATUS.VALUE
    } catch (error) {
      return this.#refuse(describeHostError(error))
    }
  }

  /** @param {{ code: string, message: string }} why */
  #refuse({ code, message }) {
    this.#messages.send([code, String(message)])
    return STATUS.REFUSED
  }

  /** Numbers are used again: the controller says whether this is still the one. @param {number} operation @param {AbortController} controller @param {unknown} value @param {boolean} failed */
  #operationEnded(operation, controller, value, failed) {
    if (this.#operations.get(operation) !== controller) return
    this.#operations.delete(operation)
    this.#owner.answer(operation, value, failed)
  }

  /** @param {number} operation */
  #cancelOperation(operation) {
    const controller = this.#operations.get(operation)
    this.#operations.delete(operation)
    // The listeners of a signal may call in: not while the core is on the stack.
    if (controller) queueMicrotask(() => controller.abort())
  }

  // --- tasks -----------------------------------------------------------------------------------------------------------------

  /** @param {number} ticket @param {number} state */
  #taskEnded(ticket, state) {
    const settle = this.#owner.tickets.take(ticket)
    try {
      const value = this.#messages.one()
      if (state === FUTURE_SUCCESS) settle?.resolve(value)
      else settle?.reject(value)
    } catch (error) {
      settle?.reject(error)
    }
  }
}

/** @param {() => number} read */
function numberFrom(read) {
  try {
    return Number(read())
  } catch {
    return 0
  }
}

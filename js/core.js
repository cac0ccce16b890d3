// core.js — one wasm instance: every call into it and every call out of it.
// Invariants: a message in the scratch buffer is read, or written, completely before anything else happens; no exception
// leaves an import; a trap ends this core and no other. The one place that pumps is pump().

import { GeneLimitError, describeHostError, disposedError, hostError } from './errors.js'
import { Handles } from './handles.js'
import { HostValues } from './host_values.js'
import { makeImports } from './imports.js'
import { instantiate } from './loader.js'
import { RecordReader } from './record_reader.js'
import { RecordWriter } from './record_writer.js'
import { Scratch } from './scratch.js'
import { Tickets } from './tasks.js'
import { Turns } from './turns.js'

/** Calls JavaScript → Gene → JavaScript → … on one stack; PUMP_DEPTH_MAX in src/task/scheduler.c. */
const NESTING_MAX = 32
const STATUS = { RAISED: 0, VALUE: 1, WOULD_BLOCK: 2 }
const PUMP = { WAITING: 1, STUCK: 2, HOLD: 4 }
const FUTURE_SUCCESS = 1
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

/**
 * What the core asks of its runtime.
 * @typedef {object} World
 * @property {(stream: number, text: string) => void} write
 * @property {() => number} now wall clock, ms
 * @property {() => number} random
 * @property {(kind: number, args: any[], signal: AbortSignal) => { code: string, message: string } | Promise<any>} operate
 *   starts an operation; an object with a code: it is refused
 * @property {(error: unknown) => void} unhandled
 * @property {(stream: number, error: unknown) => void} outputFailed
 * @property {(code: number) => void} exit
 * @property {() => void} rested the core has pumped and is not running
 * @property {{ memory: number, time: number, depth: number, tasks: number }} limits 0: the core's own
 * @property {number} sliceMs
 */

export class Core {
  #world
  /** @type {any} */ #exports
  #vm = 0
  /** @type {Scratch} */ #scratch = /** @type {any} */ (null) // these three: see #open
  /** @type {RecordWriter} */ #writer = /** @type {any} */ (null)
  /** @type {RecordReader} */ #reader = /** @type {any} */ (null)
  #turns = new Turns(() => this.pump(), () => this.#checkDeadlock())
  #tickets = new Tickets()
  #hostValues = new HostValues()
  #handles = new Handles({
    release: (handle) => this.#release(handle),
    call: (handle, args) => this.call(handle, args),
    callSync: (handle, args) => this.callSync(handle, args),
    callMethod: (handle, method, args) => this.callMethod(handle, method, args),
    member: (handle, name) => this.ask('wasm_member', [name], handle),
    text: (handle) => this.ask('wasm_text', [], handle),
    plain: (handle) => this.ask('wasm_plain', [], handle),
    watch: (handle, settle) => this.watch(handle, settle),
  })
  /** @type {Map<number, AbortController>} running operations */ #operations = new Map()
  #depth = 0 // calls into wasm on the stack
  /** @type {(() => Error) | null} why the core cannot be used */ #end = null
  #closing = false
  #hasTrapped = false

  /** @param {World} world */
  constructor(world) {
    this.#world = world
  }

  /**
   * @param {WebAssembly.Module} module
   * @param {World} world
   */
  static async open(module, world) {
    const core = new Core(world)
    await core.#open(module)
    return core
  }

  /** @param {WebAssembly.Module} module */
  async #open(module) {
    const { limits, sliceMs } = this.#world
    const exports = await instantiate(module, makeImports(this.#port()))
    this.#exports = exports
    const { memory, time, depth, tasks } = limits
    this.#vm = exports.wasm_open(memory, time, depth, tasks, sliceMs, Math.floor(Math.random() * 2 ** 32))
    if (!this.#vm) throw hostError('GENE.LIMIT.MEMORY', 'no memory for a runtime')
    this.#scratch = new Scratch(exports.memory, exports.wasm_scratch(this.#vm), (size) => exports.wasm_reserve(this.#vm, size))
    this.#writer = new RecordWriter(this.#scratch, {
      handleOf: (value) => this.#handles.handleOf(value),
      addHost: (value) => this.#hostValues.add(value),
      releaseHost: (number) => this.#hostValues.release(number),
    })
    this.#reader = new RecordReader(this.#scratch, {
      wrap: (kind, identity, handle, text) => this.#handles.wrap(kind, identity, handle, text),
      adopt: (error, handle) => this.#handles.adopt(error, handle),
      hostValue: (number) => this.#hostValues.get(number),
    })
  }

  // --- running -------------------------------------------------------------------------------------------------------

  /** Runs what is ready. Inside the core there is nothing to do: the pump that is under way sees it. */
  pump() {
    if (this.#depth > 0 || this.#end) return
    this.#depth++
    let state = 0
    try {
      state = this.#exports.wasm_pump(this.#vm)
    } catch (error) {
      this.#trap(error)
    } finally {
      this.#depth--
    }
    this.#rest(state)
  }

  /** @param {number} state PumpFlags */
  #rest(state) {
    if (this.#closing) return this.#close()
    if (this.#end) return
    this.#turns.hold((state & PUMP.HOLD) !== 0)
    if (state & PUMP.STUCK) this.#turns.requestDeadlockCheck()
    this.#world.rested()
  }

  #checkDeadlock() {
    if (this.#end) return
    if (this.#enter('wasm_check_deadlock', 0, 0, 0)) this.pump()
  }

  /**
   * Any export; only pump() and callSync() do without it, for speed.
   * @param {string} name
   * @param {number} a
   * @param {number} b
   * @param {number} c
   * @returns {number}
   */
  #enter(name, a, b, c) {
    this.#depth++
    try {
      return this.#exports[name](this.#vm, a, b, c)
    } catch (error) {
      throw this.#trap(error)
    } finally {
      this.#depth--
      if (this.#closing && this.#depth === 0) this.#close()
    }
  }

  #check() {
    if (this.#end) throw this.#end()
    if (this.#depth >= NESTING_MAX) {
      throw new GeneLimitError(`more than ${NESTING_MAX} nested calls between JavaScript and Gene`, {
        code: 'GENE.LIMIT.NESTING', className: 'RuntimeException',
      })
    }
  }

  /** Leaves `values` as the message. @param {unknown[]} values */
  #send(values) {
    const writer = this.#writer.begin()
    for (let i = 0; i < values.length; i++) writer.value(values[i])
    writer.end()
  }

  /** A call that answers with one record. @param {string} name @param {unknown[]} values @param {number} [handle] @returns {any} */
  ask(name, values, handle = 0) {
    this.#check()
    this.#send(values)
    const status = this.#enter(name, handle, 0, 0)
    const answer = this.#reader.single()
    if (status === STATUS.RAISED) throw answer
    return answer
  }

  /** A call that answers with a number. @param {'wasm_is_drained'} name */
  test(name) {
    return !this.#end && this.#enter(name, 0, 0, 0) !== 0
  }

  // --- tasks ---------------------------------------------------------------------------------------------------------

  /**
   * Starts a task and runs it to its first wait.
   * @param {string} name export that starts it and returns 0 with an exception when it cannot
   * @param {unknown[]} values
   * @param {Settle} settle
   * @param {number} [handle]
   * @param {number} [argc]
   * @returns {number} what the export returned
   * @typedef {import('./tasks.js').Settle} Settle
   */
  start(name, values, settle, handle = 0, argc = 0) {
    this.#check()
    this.#send(values)
    const ticket = this.#tickets.add(settle)
    const started = this.#enter(name, ticket, handle, argc)
    if (started === 0) this.#tickets.take(ticket)?.reject(this.#reader.single())
    else this.pump()
    return started
  }

  /** @param {number} handle @param {unknown[]} args @returns {Promise<any>} */
  call(handle, args) {
    return new Promise((resolve, reject) => this.start('wasm_call', args, { resolve, reject }, handle, args.length))
  }

  /** @param {number} handle @param {string} method @param {unknown[]} args @returns {Promise<any>} */
  callMethod(handle, method, args) {
    return new Promise((resolve, reject) => this.start('wasm_call_method', [method, ...args], { resolve, reject }, handle, args.length))
  }

  /** @param {number} handle @param {unknown[]} args @returns {any} */
  callSync(handle, args) {
    this.#check()
    this.#send(args)
    let status
    this.#depth++
    try {
      status = this.#exports.wasm_call_sync(this.#vm, handle, args.length)
    } catch (error) {
      throw this.#trap(error)
    } finally {
      this.#depth--
    }
    return this.#answerSync(status)
  }

  /** @param {string} source @param {string} file @param {object | null} bindings @param {number} timeout @returns {any} */
  evalSync(source, file, bindings, timeout) {
    this.#check()
    this.#send([source, file, bindings])
    return this.#answerSync(this.#enter('wasm_eval_sync', timeout, 0, 0))
  }

  /** @param {number} status */
  #answerSync(status) {
    if (this.#closing && this.#depth === 0) this.#close()
    if (this.#end) throw this.#end()
    const answer = this.#reader.single()
    if (status === STATUS.VALUE) return answer
    throw answer
  }

  /** Tells when the future behind a handle ends. @param {number} handle @param {Settle} settle */
  watch(handle, settle) {
    this.#check()
    const ticket = this.#tickets.add(settle)
    if (this.#enter('wasm_watch', ticket, handle, 0) === 0) this.#tickets.take(ticket)?.reject(this.#reader.single())
  }

  /**
   * Stops a task, or the pending future that it returned.
   * @param {number} handle
   * @param {unknown} reason
   * @param {import('./record_writer.js').HostErrorText} text
   */
  cancel(handle, reason, text) {
    if (this.#end) return
    this.#writer.begin().error(reason, text).end()
    this.#enter('wasm_cancel', handle, 0, 0)
    this.pump()
  }

  /** Stops every task. @param {unknown} reason @param {import('./record_writer.js').HostErrorText} text */
  interrupt(reason, text) {
    this.#check()
    this.#writer.begin().error(reason, text).end()
    this.#enter('wasm_interrupt', 0, 0, 0)
    this.pump()
  }

  /** @param {unknown} value one of our wrappers, or anything else @returns {number} */
  handleOf(value) {
    return (typeof value === 'object' && value !== null) || typeof value === 'function' ? this.#handles.handleOf(value) : 0
  }

  /** @param {number} handle */
  release(handle) {
    this.#release(handle)
  }

  /** @param {number} handle */
  #release(handle) {
    if (!this.#end) this.#exports.wasm_release(this.#vm, handle)
  }

  get hostValueCount() {
    return this.#hostValues.count
  }

  /** Bytes of wasm memory. */
  get memorySize() {
    return this.#scratch.u8.length
  }

  // --- imports -------------------------------------------------------------------------------------------------------

  /** @returns {import('./imports.js').Port} */
  #port() {
    const world = this.#world
    return {
      nowMs: () => performance.now(),
      wallMs: () => number(world.now),
      random: () => number(world.random),
      write: (stream, address, size) => this.#write(stream, address, size),
      armTimer: (delay) => this.#turns.armTimer(delay),
      requestTurn: () => this.#turns.requestTurn(),
      startOperation: (kind, operation, argc) => this.#startOperation(kind, operation, argc),
      cancelOperation: (operation) => this.#cancelOperation(operation),
      callHost: (fn, argc) => this.#callHost(fn, argc),
      adoptPromise: (promise, operation) => this.#guard(() => this.#adoptPromise(promise, operation)),
      releaseHost: (value) => this.#hostValues.release(value),
      taskEnded: (ticket, state) => this.#taskEnded(ticket, state),
      unhandled: () => this.#guard(() => world.unhandled(this.#reader.single())),
      exit: (code) => this.#guard(() => world.exit(code)),
      memoryGrew: () => this.#scratch?.refresh(),
      writeRaw: (fd, iovs, count, written) => this.#writeRaw(fd, iovs, count, written),
    }
  }

  /** Nothing is thrown into wasm. @param {() => void} work */
  #guard(work) {
    try {
      work()
    } catch (error) {
      this.#world.unhandled(error)
    }
  }

  /** @param {number} stream @param {number} address @param {number} size */
  #write(stream, address, size) {
    const text = decoder.decode(this.#scratch.u8.subarray(address >>> 0, (address >>> 0) + size))
    try {
      this.#world.write(stream, text)
    } catch (error) {
      this.#world.outputFailed(stream, error)
    }
  }

  /** The text of base_fatal(). @param {number} fd @param {number} iovs @param {number} count @param {number} written */
  #writeRaw(fd, iovs, count, written) {
    const memory = this.#exports?.memory
    if (!memory) return 0
    const view = new DataView(memory.buffer)
    let total = 0
    for (let i = 0; i < count; i++) {
      const size = view.getUint32(iovs + i * 8 + 4, true)
      this.#world.write(fd, new TextDecoder().decode(new Uint8Array(memory.buffer, view.getUint32(iovs + i * 8, true), size)))
      total += size
    }
    view.setUint32(written, total, true)
    return 0
  }

  /** @param {number} fn @param {number} argc */
  #callHost(fn, argc) {
    try {
      const args = this.#reader.begin().values(argc)
      const result = this.#hostValues.get(fn)(...args)
      this.#writer.begin().value(result).end()
      return STATUS.VALUE
    } catch (error) {
      if (!this.#hasTrapped) this.#sendError(error)
      return STATUS.RAISED
    } finally {
      // The frames of wasm below this call must not go on.
      if (this.#hasTrapped) throw new WebAssembly.RuntimeError('the core has failed')
    }
  }

  /** Leaves an exception as the message, whatever was thrown. @param {unknown} error */
  #sendError(error) {
    try {
      this.#writer.begin().error(error).end()
    } catch (failure) {
      this.#writer.abandon()
      this.#writer.begin().error(undefined, { ...describeHostError(error), cause: undefined }).end()
      void failure
    }
  }

  /** @param {number} kind @param {number} operation @param {number} argc */
  #startOperation(kind, operation, argc) {
    try {
      const args = this.#reader.begin().values(argc)
      const controller = new AbortController()
      const started = this.#world.operate(kind, args, controller.signal)
      if (!(started instanceof Promise)) {
        this.#send([started.code, started.message])
        return 0
      }
      this.#operations.set(operation, controller)
      started.then(
        (value) => this.#operations.get(operation) === controller && this.#answer(operation, value, false),
        (error) => this.#operations.get(operation) === controller && this.#answer(operation, error, true),
      )
      return 1
    } catch (error) {
      const { code, message } = describeHostError(error)
      this.#send([code, message])
      return 0
    }
  }

  /** @param {number} operation */
  #cancelOperation(operation) {
    const controller = this.#operations.get(operation)
    this.#operations.delete(operation)
    // The listeners of a signal may call in: not while the core is on the stack.
    if (controller) queueMicrotask(() => controller.abort())
  }

  /** @param {number} promise @param {number} operation */
  #adoptPromise(promise, operation) {
    const value = this.#hostValues.get(promise)
    this.#hostValues.release(promise)
    Promise.resolve(value).then(
      (result) => this.#answer(operation, result, false),
      (error) => this.#answer(operation, error, true),
    )
  }

  /** @param {number} operation @param {unknown} value @param {boolean} failed */
  #answer(operation, value, failed) {
    this.#operations.delete(operation)
    if (this.#end) return
    let isError = failed
    if (!isError) {
      try {
        this.#send([value])
      } catch (error) {
        isError = true
        value = error
      }
    }
    if (isError) this.#sendError(value)
    this.#enter(isError ? 'wasm_fail' : 'wasm_complete', operation, 0, 0)
    this.pump()
  }

  /** @param {number} ticket @param {number} state */
  #taskEnded(ticket, state) {
    const settle = this.#tickets.take(ticket)
    try {
      const value = this.#reader.single()
      if (state === FUTURE_SUCCESS) settle?.resolve(value)
      else settle?.reject(value)
    } catch (error) {
      settle?.reject(error)
    }
  }

  // --- the end -------------------------------------------------------------------------------------------------------

  /** Cancels everything and frees the instance; later when the core is on the stack now. */
  close() {
    if (this.#end) return
    if (this.#depth > 0) {
      this.#closing = true
      return
    }
    this.#close()
  }

  #close() {
    this.#closing = false
    if (this.#end) return
    try {
      this.#writer.begin().error(undefined, { ...describeHostError(disposedError()), stack: '' }).end()
      this.#enter('wasm_interrupt', 0, 0, 0)
      this.pump() // lets finally parts run
    } catch {
      // A trap: there is nothing left to end.
    }
    this.#finish(disposedError)
  }

  /** @param {() => Error} makeError what every later use throws */
  #finish(makeError) {
    if (this.#end) return
    const exports = this.#exports
    this.#end = makeError
    this.#turns.close()
    for (const controller of this.#operations.values()) controller.abort()
    this.#operations.clear()
    this.#tickets.rejectAll(makeError)
    if (makeError === disposedError) exports.wasm_close(this.#vm)
    this.#hostValues.clear()
    this.#scratch.close()
    this.#exports = undefined
  }

  /** The instance cannot be used any more. @param {any} error @returns {Error} */
  #trap(error) {
    this.#hasTrapped = true
    if (!this.#end) this.#finish(() => hostError('GENE.HOST.TRAP', `the core has failed: ${error?.message ?? error}`, error))
    return /** @type {() => Error} */ (this.#end)()
  }
}

/** @param {() => number} read */
function number(read) {
  try {
    return Number(read())
  } catch {
    return 0
  }
}

// core.js — one wasm instance: every call into it. What it calls is port.js.
// Invariants: a trap ends this core and no other; the one place that pumps is pump().

import { GeneLimitError, describeHostError, disposedError, hostError } from './errors.js'
import { adopting } from './future.js'
import { Handles } from './handles.js'
import { HostValues } from './host_values.js'
import { makeImports } from './imports.js'
import { instantiate } from './loader.js'
import { Messages } from './messages.js'
import { Port } from './port.js'
import { Tickets } from './tasks.js'
import { Turns } from './turns.js'

/** Calls JavaScript → Gene → JavaScript → … on one stack; PUMP_DEPTH_MAX in src/task/scheduler.c. */
const NESTING_MAX = 32
const STATUS = { RAISED: 0, VALUE: 1 }
const PUMP = { WAITING: 1, STUCK: 2, HOLD: 4 }
const OPEN = { STRICT_NIL: 1, IGNORES_TYPES: 2, CONTRACTS_OFF: 4 }

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
 * @property {boolean} contracts `^pre` and `^post` are checked
 * @property {number} sliceMs
 * @property {boolean} strictNil
 * @property {boolean} typeCheck
 */

export class Core {
  #world
  /** @type {any} */ #exports
  #vm = 0
  /** @type {Messages} */ #messages = /** @type {any} */ (null) // see #open
  #turns = new Turns(() => this.pump(), () => this.#checkDeadlock())
  #tickets = new Tickets()
  #hostValues = new HostValues()
  #handles = new Handles({
    release: (handle) => this.#release(handle),
    call: (handle, args) => this.call(handle, args),
    callSync: (handle, args) => this.callSync(handle, args),
    callMethod: (handle, method, args) => this.callMethod(handle, method, args),
    member: (handle, name) => this.ask('wasm_member', [name], handle),
    text: (handle) => this.#text(handle),
    plain: (handle) => this.ask('wasm_plain', [], handle),
    watch: (handle, settle) => this.watch(handle, settle),
  })
  #port
  #depth = 0 // calls into wasm on the stack
  /** @type {(() => Error) | null} why the core cannot be used */ #end = null
  #closing = false
  #hasTrapped = false

  /** @param {World} world */
  constructor(world) {
    this.#world = world
    this.#port = new Port({
      world,
      turns: this.#turns,
      tickets: this.#tickets,
      hostValues: this.#hostValues,
      answer: (operation, value, failed) => this.#answer(operation, value, failed),
      hasFailed: () => this.#hasTrapped,
    })
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
    const { limits, sliceMs, strictNil, typeCheck, contracts } = this.#world
    const exports = await instantiate(module, makeImports(this.#port.answers()))
    this.#exports = exports
    const { memory, time, depth, tasks } = limits
    const flags = (strictNil ? OPEN.STRICT_NIL : 0) | (typeCheck ? 0 : OPEN.IGNORES_TYPES) | (contracts ? 0 : OPEN.CONTRACTS_OFF)
    try {
      this.#vm = exports.wasm_open(memory, time, depth, tasks, sliceMs, Math.floor(Math.random() * 2 ** 32), flags)
    } catch (error) {
      throw this.#trap(error)
    }
    if (!this.#vm) throw hostError('GENE.LIMIT.MEMORY', 'no memory for a runtime')
    this.#messages = new Messages(exports, this.#vm, this.#handles, this.#hostValues)
    this.#port.attach(this.#messages, exports.memory)
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

  /** A call that answers with one record. @param {string} name @param {unknown[]} values @param {number} [handle] @returns {any} */
  ask(name, values, handle = 0) {
    this.#check()
    this.#messages.send(values)
    const status = this.#enter(name, handle, 0, 0)
    const answer = this.#messages.one()
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
    this.#messages.send(values)
    const ticket = this.#tickets.add(settle)
    const started = this.#enter(name, ticket, handle, argc)
    if (started === 0) this.#tickets.take(ticket)?.reject(this.#messages.one())
    else this.pump()
    return started
  }

  /** @param {number} handle @param {unknown[]} args @returns {Promise<any>} */
  call(handle, args) {
    return new Promise((resolve, reject) => this.start('wasm_call', args, adopting(resolve, reject), handle, args.length))
  }

  /** @param {number} handle @param {string} method @param {unknown[]} args @returns {Promise<any>} */
  callMethod(handle, method, args) {
    return new Promise((resolve, reject) => this.start('wasm_call_method', [method, ...args], adopting(resolve, reject), handle, args.length))
  }

  /** @param {number} handle @param {unknown[]} args @returns {any} */
  callSync(handle, args) {
    this.#check()
    this.#messages.send(args)
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
    this.#messages.send([source, file, bindings])
    return this.#answerSync(this.#enter('wasm_eval_sync', timeout, 0, 0))
  }

  /** May run Gene code: an own `to_s`. @param {number} handle @returns {string} */
  #text(handle) {
    this.#check()
    return this.#answerSync(this.#enter('wasm_text', handle, 0, 0))
  }

  /** @param {number} status */
  #answerSync(status) {
    if (this.#closing && this.#depth === 0) this.#close()
    if (this.#end) throw this.#end()
    const answer = this.#messages.one()
    if (status === STATUS.VALUE) return answer
    throw answer
  }

  /** Tells when the future behind a handle ends. @param {number} handle @param {Settle} settle */
  watch(handle, settle) {
    this.#check()
    const ticket = this.#tickets.add(settle)
    if (this.#enter('wasm_watch', ticket, handle, 0) === 0) this.#tickets.take(ticket)?.reject(this.#messages.one())
  }

  /**
   * Stops a task, or the pending future that it returned.
   * @param {number} handle
   * @param {unknown} reason
   * @param {import('./record_writer.js').HostErrorText} text
   */
  cancel(handle, reason, text) {
    if (this.#end) return
    this.#messages.sendError(reason, text)
    this.#enter('wasm_cancel', handle, 0, 0)
    this.pump()
  }

  /** Stops every task. @param {unknown} reason @param {import('./record_writer.js').HostErrorText} text */
  interrupt(reason, text) {
    this.#check()
    this.#messages.sendError(reason, text)
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
    return this.#messages.bytes.length
  }

  /** @param {number} operation @param {unknown} value @param {boolean} failed */
  #answer(operation, value, failed) {
    if (this.#end) return
    let isError = failed
    if (!isError) {
      try {
        this.#messages.send([value])
      } catch (error) {
        isError = true
        value = error
      }
    }
    if (isError) this.#messages.sendError(value)
    this.#enter(isError ? 'wasm_fail' : 'wasm_complete', operation, 0, 0)
    this.pump()
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
      this.#messages.sendError(undefined, { ...describeHostError(disposedError()), stack: '' })
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
    this.#port.close()
    this.#tickets.rejectAll(makeError)
    if (makeError === disposedError) exports.wasm_close(this.#vm)
    this.#hostValues.clear()
    this.#messages?.close()
    this.#exports = undefined
  }

  /** The instance cannot be used any more. @param {any} error @returns {Error} */
  #trap(error) {
    this.#hasTrapped = true
    if (!this.#end) this.#finish(() => hostError('GENE.HOST.TRAP', `the core has failed: ${error?.message ?? error}`, error))
    return /** @type {() => Error} */ (this.#end)()
  }
}

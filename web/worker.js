// worker.js — the other side of the page: loads the wasm once, runs each program in a fresh runtime, sends what it prints.
// Invariant: at most one run at a time, and at most OUTBOX_CREDIT undrawn `output` messages. The messages are listed in
// protocol.js; the page's side is runner.js.

import { createRuntime, version } from '../js/index.js'
import { problemOf } from './protocol.js'
import { Tail } from './tail.js'

/** @typedef {import('./protocol.js').ToPage} ToPage @typedef {import('./protocol.js').ToWorker} ToWorker */

const MEMORY_LIMIT = 512 * 1024 * 1024
const OUTBOX_CREDIT = 4
const OUTBOX_CHARS = 16 * 1024
const OUTBOX_MS = 16
const RESULT_CHARS = 20_000
const UNHANDLED_LIMIT = 50

/** @type {{ id: number, controller: AbortController, outbox: Outbox } | null} */
let current = null

/** @param {ToPage} message */
const post = (message) => self.postMessage(message)

/**
 * What a run has printed and the page has not been sent. Text leaves at once when the page is idle, then every
 * OUTBOX_MS and only while the page keeps drawing; what piles up meanwhile is cut from the front (tail.js). The clock
 * is read in `write` and not left to a timer: a program that never returns to the event loop still gets its text out.
 */
class Outbox {
  #id
  #tail = new Tail()
  #credit = OUTBOX_CREDIT
  #sentAt = -Infinity
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #timer
  #unhandledCount = 0

  /** @param {number} id */
  constructor(id) {
    this.#id = id
  }

  /** @param {'out' | 'err'} stream @param {string} text */
  write(stream, text) {
    this.#tail.push(stream, text)
    this.#sendSoon()
  }

  /** An error stands where it happened in the output; after the first ones only a line of text. @param {unknown} error */
  unhandled(error) {
    const problem = problemOf(error)
    this.#unhandledCount += 1
    if (this.#unhandledCount > UNHANDLED_LIMIT) return this.write('err', `error[${problem.code}]: ${problem.message}\n`)
    this.#send(Infinity)
    post({ type: 'unhandled', id: this.#id, error: problem })
  }

  drawn() {
    this.#credit = Math.min(this.#credit + 1, OUTBOX_CREDIT)
    this.#sendSoon()
  }

  /** Sends everything that is left; nothing may be written after it. */
  end() {
    this.#send(Infinity)
  }

  #sendSoon() {
    if (this.#credit === 0 || this.#tail.isEmpty) return
    const wait = this.#sentAt + OUTBOX_MS - performance.now()
    if (wait <= 0) this.#send(OUTBOX_CHARS)
    else this.#timer ??= setTimeout(() => this.#onTimer(), wait)
  }

  #onTimer() {
    this.#timer = undefined
    if (this.#credit > 0) this.#send(OUTBOX_CHARS)
  }

  /** @param {number} maxChars */
  #send(maxChars) {
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (this.#tail.isEmpty) return
    this.#credit -= 1
    this.#sentAt = performance.now()
    post({ type: 'output', id: this.#id, ...this.#tail.take(maxChars) })
  }
}

/** One line under the output, not a dump. @param {import('../js/index.js').Runtime} runtime @param {unknown} value */
function print(runtime, value) {
  if (value == null) return ''
  const text = runtime.print(value)
  return text.length > RESULT_CHARS ? `${text.slice(0, RESULT_CHARS)} …` : text
}

/** @param {number} id @param {string} source @param {string} file @param {AbortSignal} signal @param {Outbox} outbox @returns {Promise<ToPage>} */
async function execute(id, source, file, signal, outbox) {
  let runtime
  try {
    runtime = await createRuntime({
      stdout: (/** @type {string} */ text) => outbox.write('out', text),
      stderr: (/** @type {string} */ text) => outbox.write('err', text),
      fs: 'memory',
      allow: { fs: true },
      limits: { memory: MEMORY_LIMIT },
      onUnhandled: (/** @type {unknown} */ error) => outbox.unhandled(error),
    })
    if (signal.aborted) return { type: 'stopped', id }
    const { value, exitCode } = await runtime.run({ source, file }, { signal })
    return { type: 'done', id, value: print(runtime, value), exitCode }
  } catch (error) {
    return signal.aborted ? { type: 'stopped', id } : { type: 'failed', id, error: problemOf(error) }
  } finally {
    runtime?.dispose()
  }
}

/** @param {{ id: number, source: string, file: string }} message */
async function start({ id, source, file }) {
  const controller = new AbortController()
  const outbox = new Outbox(id)
  current = { id, controller, outbox }
  const last = await execute(id, source, file, controller.signal, outbox)
  current = null
  outbox.end()
  post(last)
}

/** @param {MessageEvent<ToWorker>} event */
self.onmessage = ({ data: message }) => {
  if (message.type === 'run') start(message)
  else if (message.id !== current?.id) return
  else if (message.type === 'interrupt') current.controller.abort(new DOMException('stopped', 'AbortError'))
  else if (message.type === 'drawn') current.outbox.drawn()
}

/** The first runtime compiles the wasm, which all later ones share, and tells whether it can be used at all. */
createRuntime().then(
  (runtime) => {
    post({ type: 'ready', version })
    post({ type: 'docs', tables: { rows: runtime.docs(), names: runtime.names() } })
    runtime.dispose()
  },
  (error) => post({ type: 'broken', message: problemOf(error).message }),
)

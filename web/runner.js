// runner.js — owns the worker: starts it, starts and stops runs, and replaces it when it does not answer.
// Invariant: every run ends with exactly one `onEnd`, however it ends. `onState` tells `loading`, `idle`, `running`,
// `stopping` or `broken`. Stop is asked for politely first, because the program's `finally` parts then run and the
// worker stays warm; a worker that has not answered after `graceMs` is busy inside something that cannot be interrupted
// and is terminated.

import { FILE } from './protocol.js'

/**
 * @typedef {import('./protocol.js').ToPage} ToPage
 * @typedef {import('./protocol.js').Chunk} Chunk
 * @typedef {import('./protocol.js').Problem} Problem
 * @typedef {'loading' | 'idle' | 'running' | 'stopping' | 'broken'} State
 * @typedef {{ kind: 'done', value: string, exitCode: number, ms: number }
 *   | { kind: 'failed', error: Problem, ms: number }
 *   | { kind: 'stopped', killed: boolean, ms: number }
 *   | { kind: 'crashed', message: string, ms: number }} End
 * @typedef {{
 *   onState: (state: State, detail: string) => void,
 *   onDocs: (tables: import('./protocol.js').Tables) => void,
 *   onOutput: (chunks: Chunk[], skipped: number, drawn: () => void) => void,
 *   onUnhandled: (error: Problem) => void,
 *   onEnd: (end: End) => void }} Listener
 */

const LOADING_FAILED = 'The Gene runtime could not be loaded.'

export class Runner {
  /** @type {Worker | null} */ #worker = null
  /** @type {State} */ #state = 'loading'
  #url
  #graceMs
  #listener
  #id = 0
  #ready = false
  #startedAt = 0
  /** @type {string | null} the program to start when the stopping one has ended */ #next = null
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #grace

  /** @param {URL} url @param {Listener} listener */
  constructor(url, listener, { graceMs = 1000 } = {}) {
    this.#url = url
    this.#listener = listener
    this.#graceMs = graceMs
    this.#startWorker()
    this.#enter('loading')
  }

  get isRunning() {
    return this.#state === 'running' || this.#state === 'stopping'
  }

  /** Milliseconds since the current run was started. */
  get elapsed() {
    return performance.now() - this.#startedAt
  }

  /** Starts a program; one that is still running is stopped first. @param {string} source */
  run(source) {
    if (this.isRunning) {
      this.#next = source
      return this.#askToStop()
    }
    if (!this.#worker) this.#startWorker()
    this.#id += 1
    this.#startedAt = performance.now()
    this.#worker?.postMessage({ type: 'run', id: this.#id, source, file: FILE })
    this.#enter('running')
  }

  stop() {
    this.#next = null
    this.#askToStop()
  }

  #askToStop() {
    if (this.#state !== 'running') return
    this.#worker?.postMessage({ type: 'interrupt', id: this.#id })
    this.#grace = setTimeout(() => this.#kill(), this.#graceMs)
    this.#enter('stopping')
  }

  #kill() {
    this.#dropWorker()
    this.#startWorker()
    this.#end({ kind: 'stopped', killed: true, ms: this.elapsed })
  }

  #startWorker() {
    const worker = new Worker(this.#url, { type: 'module', name: 'gene' })
    worker.onmessage = (event) => this.#receive(event.data)
    worker.onmessageerror = () => this.#crash('A message from the runtime could not be read.')
    worker.onerror = (event) => {
      event.preventDefault()
      this.#crash(event.message || LOADING_FAILED)
    }
    this.#worker = worker
    this.#ready = false
  }

  #dropWorker() {
    clearTimeout(this.#grace)
    this.#worker?.terminate()
    this.#worker = null
  }

  /** @param {ToPage} message */
  #receive(message) {
    if (message.type === 'ready') return this.#becomeReady()
    if (message.type === 'docs') return this.#listener.onDocs(message.tables)
    if (message.type === 'broken') return this.#crash(`${LOADING_FAILED} ${message.message}`)
    if (message.id !== this.#id || !this.isRunning) return
    switch (message.type) {
      case 'output': return this.#listener.onOutput(message.chunks, message.skipped, this.#drawn(message.id))
      case 'unhandled': return this.#listener.onUnhandled(message.error)
      case 'done': return this.#end({ kind: 'done', value: message.value, exitCode: message.exitCode, ms: this.elapsed })
      case 'failed': return this.#end({ kind: 'failed', error: message.error, ms: this.elapsed })
      case 'stopped': return this.#end({ kind: 'stopped', killed: false, ms: this.elapsed })
    }
  }

  /** @param {number} id */
  #drawn(id) {
    return () => this.#worker?.postMessage({ type: 'drawn', id })
  }

  #becomeReady() {
    this.#ready = true
    if (this.#state === 'loading') this.#enter('idle')
  }

  /** @param {string} message */
  #crash(message) {
    this.#dropWorker()
    this.#next = null
    if (this.isRunning) this.#listener.onEnd({ kind: 'crashed', message, ms: this.elapsed })
    this.#enter('broken', message)
  }

  /** @param {End} end */
  #end(end) {
    clearTimeout(this.#grace)
    this.#listener.onEnd(end)
    this.#enter(this.#ready ? 'idle' : 'loading')
    const next = this.#next
    this.#next = null
    if (next !== null) this.run(next)
  }

  /** @param {State} state */
  #enter(state, detail = '') {
    this.#state = state
    this.#listener.onState(state, detail)
  }
}

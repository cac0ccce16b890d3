// execution.js — a task started for JavaScript, with a signal and a timeout: one promise, settled once.

import { GeneCancelError } from './errors.js'
import { adopting } from './future.js'

/** What Gene sees when the embedder stops something. @param {unknown} reason */
export function cancelText(reason) {
  const message = reason instanceof Error ? reason.message : reason === undefined ? 'cancelled by the host' : `cancelled: ${printable(reason)}`
  return { code: 'GENE.ASYNC.CANCELLED', className: 'CancellationException', message, stack: '', cause: undefined }
}

/** @param {number} timeout */
export function timeoutText(timeout) {
  const message = `timed out after ${timeout} ms`
  return { code: 'GENE.ASYNC.TIMEOUT', className: 'TimeoutException', message, stack: '', cause: undefined }
}

/** As the core says it for a task. */
export const limitText = {
  code: 'GENE.LIMIT.TIME', className: 'TimeoutException', message: 'the time limit is reached (limits.time)', stack: '', cause: undefined,
}

/** @param {unknown} reason */
export function cancelError(reason) {
  return new GeneCancelError(cancelText(reason).message, { cause: reason })
}

/** @param {unknown} value */
function printable(value) {
  try {
    return String(value)
  } catch {
    return typeof value
  }
}

/**
 * @typedef {object} Control
 * @property {AbortSignal} [signal]
 * @property {number} [timeout] ms
 */

/**
 * @param {import('./core.js').Core} core
 * @param {(settle: import('./tasks.js').Settle) => number} begin starts the task and gives its handle, or 0 when it failed
 * @param {Control} control
 * @param {{ finish?: (value: any, handle: number) => any, stopAll?: boolean, asIs?: boolean }} [how] finish: what becomes of the
 *   task's value; stopAll: the signal stops every task of the runtime; asIs: a future is a value like any other, and the outcome is
 *   `{ value }`, which a promise does not take for one
 * @returns {Promise<any>} settles with the outcome of the task, or of the future that it returned
 */
export function execute(core, begin, { signal, timeout }, { finish, stopAll = false, asIs = false } = {}) {
  if (signal?.aborted) return Promise.reject(cancelError(signal.reason))
  return new Promise((resolve, reject) => {
    let handle = 0
    let isOver = false
    /** @type {ReturnType<typeof setTimeout> | undefined} */ let timer
    /** @param {unknown} reason @param {ReturnType<typeof cancelText>} text */
    const stop = (reason, text) => {
      if (stopAll) core.interrupt(reason, text)
      else core.cancel(handle, reason, text)
    }
    const onAbort = () => stop(signal?.reason, cancelText(signal?.reason))
    const end = () => {
      if (isOver) return false
      isOver = true
      clearTimeout(timer)
      signal?.removeEventListener('abort', onAbort)
      return true
    }
    /** @param {any} error */
    const fail = (error) => {
      if (!end()) return
      if (handle) core.release(handle)
      reject(error)
    }
    /** @param {() => any} read */
    const conclude = (read) => {
      try {
        resolve(read())
      } catch (error) {
        reject(error)
      }
      if (handle) core.release(handle)
    }
    /** @param {any} value */
    const succeed = (value) => {
      if (!end()) return
      // The core is on the stack and must not be entered now.
      if (finish) queueMicrotask(() => conclude(() => finish(value, handle)))
      else conclude(() => (asIs ? { value } : value))
    }
    /** @type {(() => void) | null} the end of a task that did not wait, before its handle is known */ let early = null
    let hasBegun = false
    /** @param {() => void} settle */
    const afterBegin = (settle) => {
      if (hasBegun) settle()
      else early = settle
    }
    const settle = { resolve: (/** @type {any} */ value) => afterBegin(() => succeed(value)), reject: (/** @type {any} */ error) => afterBegin(() => fail(error)) }
    handle = begin(asIs ? settle : adopting(settle.resolve, settle.reject))
    hasBegun = true
    if (early) /** @type {() => void} */ (early)()
    if (isOver) return
    signal?.addEventListener('abort', onAbort)
    if (timeout !== undefined) timer = setTimeout(() => stop(undefined, timeoutText(timeout)), timeout)
  })
}

// iterator.js — generators and iterators of Gene as async iterators.

import { GeneHandle } from './handle.js'

/** `for await (const item of handle)` asks `.next` in Gene until it answers `not_found`. */
export class GeneIterator extends GeneHandle {
  #isClosed = false

  #close() {
    this.#isClosed = true
    this.dispose()
  }

  /** Leaving the loop gives the handle back; the `finally` parts of a generator that is left do not run. */
  [Symbol.asyncIterator]() {
    let isDone = this.#isClosed
    return {
      next: async () => {
        const value = isDone ? undefined : await this.call('next')
        isDone ||= value instanceof GeneHandle && value.type === 'NotFound'
        return isDone ? { done: /** @type {const} */ (true), value: undefined } : { done: /** @type {const} */ (false), value }
      },
      return: async () => {
        isDone = true
        this.#close()
        return { done: /** @type {const} */ (true), value: undefined }
      },
    }
  }
}

// iterator.js — generators and iterators of Gene as async iterators.

import { GeneHandle } from './handle.js'

/** `for await (const item of handle)` asks `.next` in Gene until it answers `not_found`. */
export class GeneIterator extends GeneHandle {
  #isClosed = false

  #close() {
    this.#isClosed = true
    this.dispose()
  }

  /** Leaving the loop runs the `finally` parts of a generator and gives the handle back. */
  [Symbol.asyncIterator]() {
    let isDone = this.#isClosed
    return {
      next: async () => {
        const value = isDone ? undefined : await this.call('next')
        isDone ||= value instanceof GeneHandle && value.type === 'NotFound'
        return isDone ? { done: /** @type {const} */ (true), value: undefined } : { done: /** @type {const} */ (false), value }
      },
      return: async () => {
        const isLeft = !isDone && !this.#isClosed && this.type === 'Generator'
        isDone = true
        try {
          if (isLeft) await this.call('close')
        } finally {
          this.#close()
        }
        return { done: /** @type {const} */ (true), value: undefined }
      },
    }
  }
}

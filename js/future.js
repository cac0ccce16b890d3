// future.js — a Gene Future as a promise.

/**
 * A promise that asks Gene for the outcome when somebody asks it: a failed future that JavaScript only passes on stays
 * Gene's business (its unhandled-error report), and does not end a Node process as an unhandled rejection.
 * @extends {Promise<any>}
 */
export class GeneFuture extends Promise {
  /** @type {((settle: import('./tasks.js').Settle) => void) | null} */ #watch
  /** @type {import('./tasks.js').Settle} */ #settle

  /** @param {(settle: import('./tasks.js').Settle) => void} watch called at most once */
  constructor(watch) {
    /** @type {any} */ let settle
    super((resolve, reject) => {
      settle = { resolve, reject }
    })
    this.#watch = watch
    this.#settle = settle
  }

  static get [Symbol.species]() {
    return Promise
  }

  /**
   * @param {((value: any) => any) | null} [onFulfilled]
   * @param {((reason: any) => any) | null} [onRejected]
   * @returns {Promise<any>}
   */
  then(onFulfilled, onRejected) {
    const watch = this.#watch
    this.#watch = null
    try {
      watch?.(this.#settle)
    } catch (error) {
      this.#settle.reject(error)
    }
    return super.then(onFulfilled, onRejected)
  }
}

/**
 * For who waits for the end of a task: a future that it returned is watched at once, before the core, which is at the end of
 * its pump, reports a failure that nobody looks at.
 * @param {(value: any) => void} resolve
 * @param {(error: any) => void} reject
 * @returns {import('./tasks.js').Settle}
 */
export const adopting = (resolve, reject) => ({
  resolve: (value) => (value instanceof GeneFuture ? void value.then(resolve, reject) : resolve(value)),
  reject,
})

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

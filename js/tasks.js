// tasks.js — who waits for which task: the numbers ("tickets") under which the core reports the end of a task.

/** @typedef {{ resolve: (value: any) => void, reject: (error: any) => void }} Settle */

const TICKET_MAX = 2 ** 31 - 1

export class Tickets {
  /** @type {Map<number, Settle>} */ #waiting = new Map()
  #last = 0

  /** @param {Settle} settle @returns {number} */
  add(settle) {
    do this.#last = this.#last === TICKET_MAX ? 1 : this.#last + 1
    while (this.#waiting.has(this.#last))
    this.#waiting.set(this.#last, settle)
    return this.#last
  }

  /** Who waits for it; nobody afterwards. @param {number} ticket @returns {Settle | undefined} */
  take(ticket) {
    const settle = this.#waiting.get(ticket)
    if (settle !== undefined) this.#waiting.delete(ticket)
    return settle
  }

  /** Everybody who waits is told that it was in vain. @param {() => Error} makeError */
  rejectAll(makeError) {
    const all = [...this.#waiting.values()]
    this.#waiting.clear()
    for (const { reject } of all) reject(makeError())
  }
}

// turns.js — when the runtime runs next: one timer, macrotasks, and what keeps a process alive meanwhile.
// Invariant: at most one timer and one requested turn exist; with neither, nothing of the runtime wakes up (SCH-11).

import { platform } from '#platform'

/** setTimeout takes no more; an earlier wake-up arms the timer again. */
const MAX_DELAY = 2 ** 31 - 1

export class Turns {
  #pump
  #checkDeadlock
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #timer
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #hold
  /** @type {import('./platform/web.js').Turn} */ #turn
  #isTurnRequested = false
  #isCheckRequested = false
  #isClosed = false

  /**
   * @param {() => void} pump
   * @param {() => void} checkDeadlock
   */
  constructor(pump, checkDeadlock) {
    this.#pump = pump
    this.#checkDeadlock = checkDeadlock
    this.#turn = platform.makeTurn(() => this.#onTurn())
  }

  /** Pump again in `delay` ms; a negative delay: not before something happens. @param {number} delay */
  armTimer(delay) {
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (this.#isClosed || delay < 0) return
    const pump = this.#pump
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      pump()
    }, Math.min(Math.ceil(delay), MAX_DELAY))
  }

  /** Pump again after the host has had its turn. */
  requestTurn() {
    if (this.#isClosed || this.#isTurnRequested) return
    this.#isTurnRequested = true
    this.#turn.request()
  }

  /** Nothing will ever wake the waiting tasks, unless JavaScript calls in before its turn is over. */
  requestDeadlockCheck() {
    if (this.#isClosed || this.#isCheckRequested) return
    this.#isCheckRequested = true
    this.#turn.request()
  }

  /** Keeps a process alive, or does so no more. @param {boolean} wanted */
  hold(wanted) {
    if (wanted === (this.#hold !== undefined) || this.#isClosed) return
    clearTimeout(this.#hold)
    this.#hold = wanted ? setTimeout(() => this.#renewHold(), MAX_DELAY) : undefined
  }

  close() {
    this.#isClosed = true
    clearTimeout(this.#timer)
    clearTimeout(this.#hold)
    this.#turn.close()
  }

  #renewHold() {
    this.#hold = undefined
    this.hold(true)
  }

  #onTurn() {
    if (this.#isClosed) return
    const check = this.#isCheckRequested
    const pump = this.#isTurnRequested
    this.#isCheckRequested = false
    this.#isTurnRequested = false
    if (pump) this.#pump()
    else if (check) this.#checkDeadlock()
  }
}

// host_values.js — JavaScript values that Gene refers to by number: functions, promises, errors, opaque objects.
// Invariant: a number lives as long as it has references; each HostObj in Gene is one. Number 0 is nobody's.

import { hostError } from './errors.js'

export class HostValues {
  /** @type {Map<number, { value: unknown, references: number }>} */ #entries = new Map()
  /** @type {WeakMap<object, number>} */ #numbers = new WeakMap()
  #next = 1

  /** The value's number, with one reference more. @param {unknown} value @returns {number} */
  add(value) {
    const isObject = (typeof value === 'object' && value !== null) || typeof value === 'function'
    const known = isObject ? this.#numbers.get(/** @type {object} */ (value)) : undefined
    const entry = known === undefined ? undefined : this.#entries.get(known)
    if (known !== undefined && entry) {
      entry.references++
      return known
    }
    const number = this.#next++
    this.#entries.set(number, { value, references: 1 })
    if (isObject) this.#numbers.set(/** @type {object} */ (value), number)
    return number
  }

  /** @param {number} number @returns {any} */
  get(number) {
    const entry = this.#entries.get(number)
    if (!entry) throw hostError('GENE.HOST.ERROR', `host value ${number} is gone`)
    return entry.value
  }

  /** Takes one reference back. @param {number} number */
  release(number) {
    const entry = this.#entries.get(number)
    if (entry && --entry.references === 0) this.#entries.delete(number)
  }

  /** How many there are. */
  get count() {
    return this.#entries.size
  }

  clear() {
    this.#entries.clear()
  }
}

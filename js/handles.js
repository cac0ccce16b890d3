// handles.js — Gene values that JavaScript holds: functions, promises, iterators and other handles.
// Invariant: while a wrapper lives its handle number is registered in the core, so the value stays and its identity
// (address) is not used again; the same Gene value is the same wrapper. A collected wrapper gives its handle back.

import { GeneFuture } from './future.js'
import { GeneIterator } from './iterator.js'
import { GeneHandle } from './handle.js'
import { HANDLE_KIND } from './tags.js'

/**
 * What handles need of their runtime; throws once it is disposed.
 * @typedef {object} HandleOwner
 * @property {(handle: number) => void} release
 * @property {(handle: number, args: unknown[]) => Promise<any>} call
 * @property {(handle: number, args: unknown[]) => any} callSync
 * @property {(handle: number, method: string, args: unknown[]) => Promise<any>} callMethod
 * @property {(handle: number, name: string) => any} member
 * @property {(handle: number) => string} text
 * @property {(handle: number) => any} plain
 * @property {(handle: number, settle: import('./tasks.js').Settle) => void} watch
 */

/** @typedef {{ handle: number, identity: number }} Hold */

export class Handles {
  #owner
  /** @type {Map<number, WeakRef<object>>} by identity */ #wrappers = new Map()
  /** @type {WeakMap<object, Hold>} */ #holds = new WeakMap()
  /** @type {WeakMap<object, object>} what stands for a wrapper, and the wrapper */ #adopted = new WeakMap()
  /** @type {FinalizationRegistry<Hold>} */ #registry

  /** @param {HandleOwner} owner */
  constructor(owner) {
    this.#owner = owner
    this.#registry = new FinalizationRegistry((hold) => this.#release(hold))
  }

  /**
   * The wrapper for a handle that the core has just made; an older one for the same value is used again.
   * @param {number} kind
   * @param {number} identity
   * @param {number} handle
   * @param {string} text type, or name of a function
   */
  wrap(kind, identity, handle, text) {
    const known = this.#wrappers.get(identity)?.deref()
    if (known) {
      this.#owner.release(handle)
      return known
    }
    const hold = { handle, identity }
    const wrapper = this.#make(kind, hold, text)
    this.#wrappers.set(identity, new WeakRef(wrapper))
    this.#holds.set(wrapper, hold)
    this.#registry.register(wrapper, hold, hold)
    return wrapper
  }

  /** Lets another object, such as an error, stand for a wrapper's value; it keeps the wrapper. @param {object} other @param {object} wrapper */
  adopt(other, wrapper) {
    const hold = this.#holds.get(wrapper)
    if (!hold) return
    this.#holds.set(other, hold)
    this.#adopted.set(other, wrapper)
  }

  /** Handle number behind one of our wrappers, or 0. @param {object} value */
  handleOf(value) {
    const hold = this.#holds.get(value)
    return hold === undefined ? 0 : hold.handle
  }

  /** Gives a handle back now; its wrapper cannot be used any more. @param {object} wrapper */
  dispose(wrapper) {
    const hold = this.#holds.get(wrapper)
    if (!hold || hold.handle === 0) return
    this.#registry.unregister(hold)
    this.#release(hold)
  }

  /** @param {Hold} hold */
  #release(hold) {
    const { handle, identity } = hold
    if (handle === 0) return
    hold.handle = 0
    const current = this.#wrappers.get(identity)?.deref()
    if (!current || this.#holds.get(current) === hold) this.#wrappers.delete(identity)
    this.#owner.release(handle)
  }

  /** @param {number} kind @param {Hold} hold @param {string} text @returns {object} */
  #make(kind, hold, text) {
    const owner = this.#owner
    switch (kind) {
      case HANDLE_KIND.FUNCTION: return wrapFunction(owner, hold, text)
      case HANDLE_KIND.FUTURE: return new GeneFuture((settle) => owner.watch(hold.handle, settle))
      case HANDLE_KIND.ITERATOR: return new GeneIterator(this, owner, hold, text)
      default: return new GeneHandle(this, owner, hold, text)
    }
  }
}

/**
 * A Gene function as a JavaScript one: it returns a promise; `.sync(…)` returns the value itself.
 * @param {HandleOwner} owner
 * @param {Hold} hold
 * @param {string} name
 */
function wrapFunction(owner, hold, name) {
  const wrapper = (/** @type {unknown[]} */ ...args) => owner.call(hold.handle, args)
  // Refers to the wrapper, so that keeping `f.sync` alone keeps the handle.
  const kept = { hold, wrapper }
  wrapper.sync = (/** @type {unknown[]} */ ...args) => owner.callSync(kept.hold.handle, args)
  Object.defineProperty(wrapper, 'name', { value: name === '<unnamed>' ? '' : name, configurable: true })
  return wrapper
}

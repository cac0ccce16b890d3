// handle.js — a Gene value that has no JavaScript counterpart: instances, symbols, ranges, regexes, namespaces …

import { hostError } from './errors.js'

/**
 * Frees itself when it is collected; `dispose()` frees it now.
 */
export class GeneHandle {
  #handles
  #owner
  #hold

  /**
   * @param {import('./handles.js').Handles} handles
   * @param {import('./handles.js').HandleOwner} owner
   * @param {import('./handles.js').Hold} hold
   * @param {string} type
   */
  constructor(handles, owner, hold, type) {
    this.#handles = handles
    this.#owner = owner
    this.#hold = hold
    /** @readonly what `typeof` says in Gene: "Symbol", the class of an instance … */
    this.type = type
  }

  /** A property: a field of an instance, a member of a namespace, a property of a node. @param {string} name @returns {any} */
  get(name) {
    return this.#owner.member(this.#number(), String(name))
  }

  /** Calls a method. @param {string} name @param {unknown[]} args @returns {Promise<any>} */
  call(name, ...args) {
    return this.#owner.callMethod(this.#number(), String(name), args)
  }

  /** The value as Gene prints it. An own `to_s` is asked, unless it raises or has to wait: then the plain text. */
  toString() {
    return this.#owner.text(this.#number())
  }

  /** A deep copy as plain data: fields of an instance, parts of a form (GeneNode, GeneSymbol), ends of a range. @returns {any} */
  toJS() {
    return this.#owner.plain(this.#number())
  }

  toJSON() {
    return this.toJS()
  }

  /** Frees the value now, as far as this handle keeps it. */
  dispose() {
    this.#handles.dispose(this)
  }

  #number() {
    if (this.#hold.handle === 0) throw hostError('GENE.HOST.RELEASED', `the handle (${this.type}) was disposed`)
    return this.#hold.handle
  }

  /** Engines without these symbols get a method called `undefined`, which harms nobody. */
  [Symbol.dispose]() {
    this.dispose()
  }
}

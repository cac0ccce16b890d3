// handle.js — a Gene value that has no JavaScript counterpart: instances, symbols, ranges, regexes, namespaces …

/**
 * Frees itself when it is collected; `dispose()` frees it now.
 */
export class GeneHandle {
  #handles
  #owner
  #handle

  /**
   * @param {import('./handles.js').Handles} handles
   * @param {import('./handles.js').HandleOwner} owner
   * @param {number} handle
   * @param {string} type
   */
  constructor(handles, owner, handle, type) {
    this.#handles = handles
    this.#owner = owner
    this.#handle = handle
    /** @readonly what `typeof` says in Gene: "Symbol", the class of an instance … */
    this.type = type
  }

  /** A property: a field of an instance, a member of a namespace, a property of a node. @param {string} name @returns {any} */
  get(name) {
    return this.#owner.member(this.#handle, String(name))
  }

  /** Calls a method. @param {string} name @param {unknown[]} args @returns {Promise<any>} */
  call(name, ...args) {
    return this.#owner.callMethod(this.#handle, String(name), args)
  }

  /** The value as Gene prints it; an own `to_s` is not asked. */
  toString() {
    return this.#owner.text(this.#handle)
  }

  /** A deep copy as plain data: fields of an instance, parts of a form (GeneNode, GeneSymbol), ends of a range. @returns {any} */
  toJS() {
    return this.#owner.plain(this.#handle)
  }

  toJSON() {
    return this.toJS()
  }

  dispose() {
    this.#handles.dispose(this)
  }
}

for (const name of /** @type {const} */ (['dispose', 'asyncDispose'])) {
  const symbol = Symbol[name]
  if (symbol) Object.defineProperty(GeneHandle.prototype, symbol, { value: GeneHandle.prototype.dispose, configurable: true, writable: true })
}

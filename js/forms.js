// forms.js — Gene's own kinds of data as plain JavaScript: what `runtime.parse` and `handle.toJS()` give, and what may be
// passed into Gene to make a symbol or a node there.

/** A symbol, or a path like `a/b`. */
export class GeneSymbol {
  /** @param {string} name */
  constructor(name) {
    /** @readonly */
    this.name = String(name)
    Object.freeze(this)
  }

  toString() {
    return this.name
  }

  toJSON() {
    return { symbol: this.name }
  }
}

/**
 * A form `(type ^prop value child …)`. A quoted form has the type `quote`, an unquoted one `unquote` or
 * `unquote_discard`, each with the form as its only child.
 */
export class GeneNode {
  /**
   * @param {unknown} type
   * @param {Record<string, unknown>} [props]
   * @param {unknown[]} [children]
   * @param {number} [line] 1-based place in the source; 0 when it was not read from one
   * @param {number} [column]
   */
  constructor(type, props = {}, children = [], line = 0, column = 0) {
    this.type = type
    this.props = props
    this.children = children
    this.line = line
    this.column = column
  }
}

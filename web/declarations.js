// declarations.js — what a program's text declares, read from its tokens without running it: names, methods, properties
// and the members of its enums and namespaces. It looks at the whole text and not at scopes: a half-typed program has
// none to rely on, and a name too many costs less than one that is missing. Total, as the tokens are; nothing here
// recurses, because brackets nest as deep as somebody types them.

/** @typedef {import('./syntax.js').Token} Token */
/** @typedef {{ start: number, end: number, word: string, bracket: string, items: Node[] }} Node  a word, or a bracket with what is in it */
/** @typedef {{ name: string, signature: string, at: number }} Declaration  `at` is where; a method's name begins with its dot */
/**
 * @typedef {object} Declarations
 * @property {Map<string, Declaration>} names
 * @property {Map<string, Declaration>} methods
 * @property {Map<string, Declaration>} properties
 * @property {Map<string, Map<string, Declaration>>} members by what they belong to
 */

/** Forms whose second word is the name they declare. */
const NAMED = new Set('fn class ns enum type interface object interceptor fn-interceptor var let'.split(' '))
const WITH_PARAMETERS = new Set('fn method ctor block on_method_missing interceptor fn-interceptor'.split(' '))
const NAME = /^[\p{L}_$][^:/\s]*/u
const PROPERTY = /^(?:\^\^?|\/)([\p{L}_][^:/\s]*)$/u

/** @param {string} text @param {Token[]} tokens @returns {Node} brackets that are not closed end with the text */
function treeOf(text, tokens) {
  /** @type {Node} */
  const root = { start: 0, end: text.length, word: '', bracket: '', items: [] }
  const open = [root]
  for (const { kind, start, end } of tokens) {
    const parent = open[open.length - 1]
    if (kind === 'open') {
      const list = { start, end: text.length, word: '', bracket: text[end - 1], items: [] }
      parent.items.push(list)
      open.push(list)
    } else if (kind === 'close') {
      parent.end = end
      if (open.length > 1) open.pop()
    } else if (kind !== 'space' && kind !== 'comment' && kind !== 'quote') {
      parent.items.push({ start, end, word: kind === 'string' ? '' : text.slice(start, end), bracket: '', items: [] })
    }
  }
  return root
}

/** @param {string} text @param {Token[]} tokens @param {number} caret the word there is still being typed @returns {Declarations} */
export function declarationsIn(text, tokens, caret) {
  const reader = new Reader(text, caret)
  /** @type {{ list: Node, owner: string }[]} */
  const lists = [{ list: treeOf(text, tokens), owner: '' }]
  for (let at = lists.pop(); at; at = lists.pop()) {
    const { list, owner } = at
    reader.read(list, owner)
    const inside = list.items[0]?.word === 'ns' ? nameOf(list.items[1]) : ''
    for (const item of list.items) if (item.bracket) lists.push({ list: item, owner: inside })
  }
  return reader.found
}

class Reader {
  /** @type {Declarations} */ found = { names: new Map(), methods: new Map(), properties: new Map(), members: new Map() }
  #text
  #caret

  /** @param {string} text @param {number} caret */
  constructor(text, caret) {
    this.#text = text
    this.#caret = caret
  }

  /** @param {Node} list @param {string} owner the namespace whose body it stands in */
  read(list, owner) {
    for (const item of list.items) this.#property(item)
    if (list.bracket !== '(') return
    const [{ word: head } = { word: '' }, second, third] = list.items
    const parameters = WITH_PARAMETERS.has(head) ? [second, third].find((item) => item?.bracket === '[') : undefined
    if (parameters) this.#bind([parameters])
    if (NAMED.has(head)) {
      if (second?.bracket) return this.#bind([second])
      this.#add(this.found.names, second, nameOf(second), this.#call(second, parameters))
      if (owner && second) this.#member(owner, second, this.#call(second, parameters))
    }
    if (head === 'method') this.#add(this.found.methods, second, `.${nameOf(second)}`, this.#call(second, parameters, '.'))
    if (head === 'field') this.#add(this.found.properties, second, nameOf(second))
    if (head === 'for') this.#bind(between(list.items, 'in'))
    if (head === 'import') this.#bind(between(list.items, 'from'))
    if (head === 'try') this.#bind(list.items.filter((item, i) => list.items[i - 1]?.word === 'catch' && /^\p{Ll}/u.test(item.word)))
    if (head === 'enum' && second) this.#variants(nameOf(second), list.items.slice(2))
  }

  /** Every name in a pattern, or in parameters; not the types behind a colon and the values behind a sign. @param {Node[]} items */
  #bind(items) {
    const rest = [...items]
    for (let item = rest.pop(); item; item = rest.pop()) {
      const { items } = item
      const isNew = (/** @type {number} */ i) => items[i - 1]?.word !== '=' && !items[i - 1]?.word.endsWith(':')
      rest.push(...items.filter((inner, i) => isNew(i) && inner.bracket !== '('))
      const bare = item.word.replace(/^\^{1,2}|^\//, '').replace(/\.\.\..*$/, '')
      if (item.word !== '_') this.#add(this.found.names, item, nameOf({ ...item, word: bare }))
    }
  }

  /** @param {string} owner @param {Node[]} items */
  #variants(owner, items) {
    for (const item of items) {
      const [name = item, ...fields] = item.items
      this.#member(owner, name, fields.length ? `(${owner}/${name.word} ${this.#between(fields)})` : '')
    }
  }

  /** @param {string} owner @param {Node} node @param {string} signature */
  #member(owner, node, signature) {
    const members = this.found.members.get(owner) ?? new Map()
    this.found.members.set(owner, members)
    this.#add(members, node, nameOf(node), signature)
  }

  /** @param {Node} node */
  #property(node) {
    const isMarked = node.word[0] === '^' || node.word[0] === '/'
    const name = isMarked && PROPERTY.exec(node.word)?.[1]
    if (name) this.#add(this.found.properties, node, name)
  }

  /** How it is called, when the text shows its parameters. @param {Node} name @param {Node | undefined} parameters */
  #call(name, parameters, prefix = '') {
    if (!parameters || !name || name.bracket) return ''
    return `(${[`${prefix}${nameOf(name)}`, this.#between(parameters.items)].filter(Boolean).join(' ')})`
  }

  /** The source of some neighbours in one line. @param {Node[]} items */
  #between(items) {
    return items.length ? this.#text.slice(items[0].start, items[items.length - 1].end).replace(/\s+/g, ' ') : ''
  }

  /** @param {Map<string, Declaration>} map @param {Node | undefined} node @param {string} name */
  #add(map, node, name, signature = '') {
    if (!node || name === '' || name === '.' || map.has(name)) return
    if (node.start < this.#caret && this.#caret <= node.end) return
    map.set(name, { name, signature, at: node.start })
  }
}

/** What stands behind the first item and before a word; nothing while the word is missing. @param {Node[]} items @param {string} word */
function between(items, word) {
  return items.slice(1, Math.max(1, items.findIndex((item) => item.word === word)))
}

/** Without type parameters and the colon before a type. @param {Node | undefined} node */
function nameOf(node) {
  return NAME.exec(node?.word ?? '')?.[0] ?? ''
}

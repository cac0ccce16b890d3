// drafts.js — remembers, in localStorage, which program was open and what the visitor changed in each: so a reload loses
// nothing, and looking at an example never costs anybody their own text. Storage may be missing or full; then `save`
// says false and the page goes on.

const KEY = 'gene-playground.1'

/** @typedef {{ open: string, texts: Record<string, string> }} Saved */

export class Drafts {
  #storage
  /** @type {Saved} */ #saved

  /** @param {() => Storage} getStorage a function, because merely naming localStorage can throw */
  constructor(getStorage) {
    this.#storage = attempt(getStorage)
    this.#saved = parse(attempt(() => this.#storage?.getItem(KEY)))
  }

  get open() {
    return this.#saved.open
  }

  /** The changed text of a program, undefined when it is as it was delivered. @param {string} id @returns {string | undefined} */
  textOf(id) {
    return this.#saved.texts[id]
  }

  /** @param {string} id @param {string | undefined} text undefined forgets the change @returns {boolean} whether it is stored */
  save(id, text) {
    this.#saved.open = id
    if (text === undefined) delete this.#saved.texts[id]
    else this.#saved.texts[id] = text
    return attempt(() => {
      this.#storage?.setItem(KEY, JSON.stringify(this.#saved))
      return this.#storage != null
    }) ?? false
  }
}

/** @param {string | null | undefined} json @returns {Saved} */
function parse(json) {
  const value = attempt(() => JSON.parse(json ?? 'null'))
  const texts = Object.entries(value?.texts ?? {}).filter(([, text]) => typeof text === 'string')
  return { open: String(value?.open ?? ''), texts: Object.fromEntries(texts) }
}

/** @template T @param {() => T} action @returns {T | undefined} */
function attempt(action) {
  try {
    return action()
  } catch {
    return undefined
  }
}

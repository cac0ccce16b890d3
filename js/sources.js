// sources.js — the source texts that error reports quote from: the newest ones, up to a bound.

const MAX_CHARS = 4_000_000

export class Sources {
  /** @type {Map<string, string>} oldest first */ #texts = new Map()
  #chars = 0

  /** @param {string} file @param {string} text */
  add(file, text) {
    if (this.#texts.get(file) === text) return
    this.#remove(file)
    if (text.length > MAX_CHARS) return
    this.#texts.set(file, text)
    this.#chars += text.length
    for (const oldest of this.#texts.keys()) {
      if (this.#chars <= MAX_CHARS) break
      this.#remove(oldest)
    }
  }

  /** @param {string} file */
  get(file) {
    return this.#texts.get(file)
  }

  /** @param {string} file */
  #remove(file) {
    this.#chars -= this.#texts.get(file)?.length ?? 0
    this.#texts.delete(file)
  }
}

// modules.js — where the source of an `import` comes from: what the embedder gave, else the file system.

import { absolutePath } from './files.js'
import { decodeSource } from './source_text.js'

/** @typedef {{ path: string, source: string }} Found */

/** @param {string} path */
function folderOf(path) {
  const slash = path.lastIndexOf('/')
  return slash < 0 ? '.' : path.slice(0, slash + 1)
}

export class ModuleSources {
  #modules
  #cwd
  /** @type {() => Promise<Partial<import('./files.js').FileSystem>>} */ #files
  #onLoad

  /**
   * @param {import('./options.js').Modules | undefined} modules
   * @param {string} cwd
   * @param {() => Promise<Partial<import('./files.js').FileSystem>>} files
   * @param {(found: Found) => void} onLoad
   */
  constructor(modules, cwd, files, onLoad) {
    this.#modules = modules
    this.#cwd = cwd
    this.#files = files
    this.#onLoad = onLoad
  }

  /**
   * @param {string} specifier as written in the import
   * @param {string} referrer path of the importing module
   * @returns {Promise<Found | null>} null: there is none, which src/lib/module.c reports
   */
  async load(specifier, referrer) {
    const base = absolutePath(this.#cwd, specifier.startsWith('/') ? '/' : folderOf(referrer))
    const paths = [...new Set([`${specifier}.gene`, specifier].map((name) => absolutePath(base, name)))]
    const found = this.#modules ? await this.#given(specifier, referrer, paths) : await this.#file(paths)
    if (found) this.#onLoad(found)
    return found
  }

  /** @param {string} specifier @param {string} referrer @param {string[]} paths @returns {Promise<Found | null>} */
  async #given(specifier, referrer, paths) {
    if (typeof this.#modules === 'function') {
      const found = await this.#modules(specifier, referrer)
      if (found === null || found === undefined) return null
      return typeof found === 'string' ? { path: paths[0], source: found } : { path: found.path ?? paths[0], source: found.source }
    }
    const given = this.#modules instanceof Map ? this.#modules : new Map(Object.entries(this.#modules ?? {}))
    // Keys may be written as in the import, or as paths relative to the current directory.
    const base = this.#cwd.endsWith('/') ? this.#cwd : `${this.#cwd}/`
    for (const path of paths) {
      for (const key of [path, path.startsWith(base) ? path.slice(base.length) : path, `./${path.slice(base.length)}`]) {
        const source = given.get(key)
        if (source !== undefined) return { path, source }
      }
    }
    const source = given.get(specifier) ?? given.get(`${specifier}.gene`)
    return source === undefined ? null : { path: specifier, source }
  }

  /** @param {string[]} paths @returns {Promise<Found | null>} */
  async #file(paths) {
    const files = await this.#files()
    for (const path of paths) {
      const content = await files.readFile?.(path).catch(() => undefined)
      if (content !== undefined) return { path, source: typeof content === 'string' ? content : decodeSource(content, path) }
    }
    return null
  }
}

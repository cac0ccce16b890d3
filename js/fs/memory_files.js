// memory_files.js — a file system in memory, empty at first: files are bytes under absolute paths.
// Invariant: the parent of every entry is a directory that exists.

import { absolutePath, fileError } from '../files.js'

/** @typedef {import('../files.js').FileSystem} FileSystem */

/** @typedef {{ bytes: Uint8Array | null, modified: number }} Entry bytes is null for a directory */

const encoder = new TextEncoder()

/** @param {string} path */
const parentOf = (path) => path.slice(0, path.lastIndexOf('/')) || '/'

/** @implements {FileSystem} */
export class MemoryFiles {
  /** @type {Map<string, Entry>} */ #entries = new Map([['/', { bytes: null, modified: 0 }]])
  #cwd

  /** @param {string} cwd */
  constructor(cwd) {
    this.#cwd = cwd
    this.#makeDirs(absolutePath('/', cwd))
  }

  /** @param {string} path */
  async readFile(path) {
    return this.#file(path).bytes.slice()
  }

  /** @param {string} path @param {string} text */
  async writeFile(path, text) {
    this.#put(path, encoder.encode(text))
  }

  /** @param {string} path @param {string} text */
  async appendFile(path, text) {
    const old = this.#entries.has(this.#absolute(path)) ? this.#file(path).bytes : new Uint8Array()
    const added = encoder.encode(text)
    const bytes = new Uint8Array(old.length + added.length)
    bytes.set(old)
    bytes.set(added, old.length)
    this.#put(path, bytes)
  }

  /** @param {string} path */
  async exists(path) {
    return this.#entries.has(this.#absolute(path))
  }

  /** @param {string} path */
  async remove(path) {
    const gone = this.#absolute(path)
    this.#entry(gone)
    for (const other of [...this.#entries.keys()]) {
      if (other !== '/' && (other === gone || other.startsWith(gone === '/' ? '/' : `${gone}/`))) this.#entries.delete(other)
    }
  }

  /** @param {string} path */
  async list(path) {
    const directory = this.#absolute(path)
    if (this.#entry(directory).bytes) throw fileError('ENOTDIR')
    return [...this.#entries.keys()].filter((other) => other !== '/' && parentOf(other) === directory).map((other) => other.slice(other.lastIndexOf('/') + 1))
  }

  /** @param {string} path */
  async stat(path) {
    const { bytes, modified } = this.#entry(this.#absolute(path))
    return { size: bytes?.length ?? 0, isFile: bytes !== null, isDir: bytes === null, modified }
  }

  /** @param {string} path */
  async makeDir(path) {
    this.#makeDirs(this.#absolute(path))
  }

  /** @param {string} path */
  #absolute(path) {
    return absolutePath(this.#cwd, path)
  }

  /** @param {string} path absolute */
  #entry(path) {
    const entry = this.#entries.get(path)
    if (!entry) throw fileError('ENOENT')
    return entry
  }

  /** @param {string} path @returns {{ bytes: Uint8Array, modified: number }} */
  #file(path) {
    const { bytes, modified } = this.#entry(this.#absolute(path))
    if (!bytes) throw fileError('EISDIR')
    return { bytes, modified }
  }

  /** @param {string} path @param {Uint8Array} bytes */
  #put(path, bytes) {
    const file = this.#absolute(path)
    if (this.#entries.get(file)?.bytes === null) throw fileError('EISDIR')
    if (this.#entry(parentOf(file)).bytes) throw fileError('ENOTDIR')
    this.#entries.set(file, { bytes, modified: Date.now() })
  }

  /** @param {string} path absolute */
  #makeDirs(path) {
    const entry = this.#entries.get(path)
    if (entry?.bytes) throw fileError('EEXIST')
    if (entry) return
    this.#makeDirs(parentOf(path))
    this.#entries.set(path, { bytes: null, modified: Date.now() })
  }
}

// node_files.js — the files of the machine, through node:fs/promises.

import { access, appendFile, mkdir, readFile, readdir, realpath, rm, stat, writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'

/** @typedef {import('../files.js').FileSystem} FileSystem */

/** @implements {FileSystem} */
export class NodeFiles {
  #cwd

  /** @param {string} cwd */
  constructor(cwd) {
    this.#cwd = resolve(cwd)
  }

  /** @param {string} path */
  readFile(path) {
    return readFile(this.#absolute(path))
  }

  /** @param {string} path @param {string} text */
  writeFile(path, text) {
    return writeFile(this.#absolute(path), text)
  }

  /** @param {string} path @param {string} text */
  appendFile(path, text) {
    return appendFile(this.#absolute(path), text)
  }

  /** @param {string} path */
  exists(path) {
    return access(this.#absolute(path)).then(() => true, () => false)
  }

  /** @param {string} path */
  remove(path) {
    return rm(this.#absolute(path), { recursive: true })
  }

  /** @param {string} path */
  list(path) {
    return readdir(this.#absolute(path))
  }

  /** @param {string} path */
  realPath(path) {
    return realpath(this.#absolute(path))
  }

  /** @param {string} path */
  async stat(path) {
    const found = await stat(this.#absolute(path))
    return { size: found.size, isFile: found.isFile(), isDir: found.isDirectory(), modified: Math.round(found.mtimeMs) }
  }

  /** @param {string} path */
  async makeDir(path) {
    await mkdir(this.#absolute(path), { recursive: true })
  }

  /** @param {string} path */
  #absolute(path) {
    return resolve(this.#cwd, path)
  }
}

// opfs_files.js — the origin's private file system of a browser (in pages and workers).

import { absolutePath, fileError } from '../files.js'
import { MemoryFiles } from './memory_files.js'

/** @typedef {import('../files.js').FileSystem} FileSystem */

/** Where there is no such file system (private windows, old browsers) files live in memory. @param {string} cwd */
export async function openOpfs(cwd) {
  const root = await globalThis.navigator?.storage?.getDirectory?.().catch(() => null)
  return root ? new OpfsFiles(root, cwd) : new MemoryFiles(cwd)
}

/** DOMException to the codes of file systems. @param {any} error @returns {never} */
function rethrow(error) {
  if (error?.name === 'NotFoundError') throw fileError('ENOENT')
  if (error?.name === 'TypeMismatchError') throw fileError('EISDIR')
  if (error?.name === 'NoModificationAllowedError') throw fileError('EACCES')
  if (error?.name === 'QuotaExceededError') throw fileError('ENOSPC')
  throw error
}

/** @implements {FileSystem} */
class OpfsFiles {
  #root
  #cwd

  /** @param {FileSystemDirectoryHandle} root @param {string} cwd */
  constructor(root, cwd) {
    this.#root = root
    this.#cwd = cwd
  }

  /** @param {string} path */
  async readFile(path) {
    const file = await (await this.#file(path, false)).getFile()
    return new Uint8Array(await file.arrayBuffer())
  }

  /** @param {string} path @param {string} text */
  writeFile(path, text) {
    return this.#write(path, text, false)
  }

  /** @param {string} path @param {string} text */
  appendFile(path, text) {
    return this.#write(path, text, true)
  }

  /** @param {string} path */
  async exists(path) {
    return this.#find(path).then(() => true, () => false)
  }

  /** @param {string} path */
  async remove(path) {
    const { parent, name } = await this.#place(path, false)
    if (!name) throw fileError('EPERM')
    await parent.removeEntry(name, { recursive: true }).catch(rethrow)
  }

  /** @param {string} path */
  async list(path) {
    const handle = await this.#find(path)
    if (handle.kind === 'file') throw fileError('ENOTDIR')
    const names = []
    for await (const name of /** @type {any} */ (handle).keys()) names.push(name)
    return names
  }

  /** @param {string} path */
  async stat(path) {
    const handle = await this.#find(path)
    if (handle.kind === 'directory') return { size: 0, isFile: false, isDir: true, modified: 0 }
    const file = await /** @type {FileSystemFileHandle} */ (handle).getFile()
    return { size: file.size, isFile: true, isDir: false, modified: file.lastModified }
  }

  /** @param {string} path */
  async makeDir(path) {
    await this.#directory(absolutePath(this.#cwd, path).split('/').filter(Boolean), true)
  }

  /** @param {string[]} parts @param {boolean} create */
  async #directory(parts, create) {
    let directory = this.#root
    for (const part of parts) directory = await directory.getDirectoryHandle(part, { create }).catch(rethrow)
    return directory
  }

  /** The directory a path lies in, and its last name; '' for the root. @param {string} path @param {boolean} create */
  async #place(path, create) {
    const parts = absolutePath(this.#cwd, path).split('/').filter(Boolean)
    const name = parts.pop() ?? ''
    return { parent: await this.#directory(parts, create), name }
  }

  /** @param {string} path @param {boolean} create */
  async #file(path, create) {
    const { parent, name } = await this.#place(path, false)
    if (!name) throw fileError('EISDIR')
    return parent.getFileHandle(name, { create }).catch(rethrow)
  }

  /** @param {string} path @returns {Promise<FileSystemHandle>} */
  async #find(path) {
    const { parent, name } = await this.#place(path, false)
    if (!name) return parent
    return parent.getFileHandle(name).catch((error) => (error?.name === 'TypeMismatchError' ? parent.getDirectoryHandle(name) : rethrow(error)))
  }

  /** @param {string} path @param {string} text @param {boolean} append */
  async #write(path, text, append) {
    const handle = await this.#file(path, true)
    const stream = await handle.createWritable({ keepExistingData: append })
    if (append) await stream.seek((await handle.getFile()).size)
    await stream.write(text)
    await stream.close()
  }
}

// files.js — the file operations that a runtime's file system offers, and which system a runtime gets.

import { platform } from '#platform'
import { GeneError } from './errors.js'

/**
 * Paths are absolute or relative to the runtime's `cwd`. A method fails with an error whose `code` is ENOENT, EISDIR …
 * as in Node.
 * @typedef {object} FileSystem
 * @property {(path: string) => Promise<string | Uint8Array>} readFile
 * @property {(path: string, text: string) => Promise<void>} writeFile creates or overwrites
 * @property {(path: string, text: string) => Promise<void>} appendFile
 * @property {(path: string) => Promise<boolean>} exists
 * @property {(path: string) => Promise<void>} remove a file, or a directory with all in it
 * @property {(path: string) => Promise<string[]>} list names in a directory
 * @property {(path: string) => Promise<{ size: number, isFile: boolean, isDir: boolean, modified: number }>} stat
 *   modified: ms since 1970
 * @property {(path: string) => Promise<string>} [realPath] the path without symbolic links; default: as it is
 * @property {(path: string) => Promise<void>} makeDir with its parents; one that is there is fine
 */

/** What the C library says. @type {Record<string, string>} */
const REASONS = {
  ENOENT: 'No such file or directory',
  EACCES: 'Permission denied',
  EPERM: 'Operation not permitted',
  EISDIR: 'Is a directory',
  ENOTDIR: 'Not a directory',
  EEXIST: 'File exists',
  ENOTEMPTY: 'Directory not empty',
  EMFILE: 'Too many open files',
  ENOSPC: 'No space left on device',
  EROFS: 'Read-only file system',
  ELOOP: 'Too many levels of symbolic links',
  ENAMETOOLONG: 'File name too long',
}

/** An error of a file system of ours. @param {string} code */
export const fileError = (code) => Object.assign(new Error(REASONS[code] ?? code), { code })

/** The exception for a failed file operation: an IOError with the reason only. @param {any} error */
export function ioError(error) {
  if (error instanceof GeneError) return error
  const message = REASONS[error?.code] ?? String(error?.message ?? error)
  return new GeneError(message, { code: 'GENE.IO.ERROR', className: 'IOError', cause: error })
}

/** `path` without `.`, `..` and double slashes, from the root. @param {string} cwd @param {string} path */
export function absolutePath(cwd, path) {
  const parts = []
  for (const part of (path.startsWith('/') ? path : `${cwd}/${path}`).split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '' && part !== '.') parts.push(part)
  }
  return `/${parts.join('/')}`
}

/**
 * @param {import('./options.js').RuntimeOptions['fs']} option
 * @param {string} cwd
 * @returns {Promise<Partial<FileSystem>>}
 */
export async function openFiles(option, cwd) {
  if (typeof option === 'object' && option !== null) return option
  switch (option ?? 'memory') {
    case 'memory': {
      const { MemoryFiles } = await import('./fs/memory_files.js')
      return new MemoryFiles(cwd)
    }
    case 'opfs': {
      const { openOpfs } = await import('./fs/opfs_files.js')
      return openOpfs(cwd)
    }
    case 'node': {
      const disk = await platform.openDisk(cwd)
      if (disk) return disk
      throw new TypeError("options.fs: 'node' needs Node")
    }
    default: throw new TypeError("options.fs must be 'node', 'memory', 'opfs' or an object of file operations")
  }
}

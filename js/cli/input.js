// input.js — the source text that a command works on.

import { existsSync, readFileSync, statSync } from 'node:fs'
import { sep } from 'node:path'
import { GeneError } from '../errors.js'
import { ioError } from '../files.js'
import { isImage } from '../image.js'
import { decodeSource } from '../source_text.js'
import { CommandError } from './exit.js'

const STDIN_LIMIT = 512_000_000 // bytes; JavaScript has no string much longer

/** @param {string} message @param {unknown} [cause] */
const inputError = (message, cause) => new GeneError(message, { code: 'GENE.IO.ERROR', className: 'IOError', cause })

/** @param {AsyncIterable<Uint8Array>} input @param {number} limit bytes */
async function readAll(input, limit) {
  /** @type {Uint8Array[]} */ const chunks = []
  let size = 0
  for await (const chunk of input) {
    size += chunk.length
    if (size > limit) throw inputError(`cannot read stdin: it is larger than ${limit / 1e6} MB`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/** All of standard input. @param {AsyncIterable<Uint8Array>} [input] @param {number} [limit] bytes @returns {Promise<string>} */
export async function readStdin(input = process.stdin, limit = STDIN_LIMIT) {
  return textOf(await readAll(input, limit), '<stdin>')
}

/** @param {Uint8Array} bytes @param {string} path */
function textOf(bytes, path) {
  if (isImage(bytes)) throw new CommandError(`${path} is compiled code, which can be run; here its source is needed`)
  return decodeSource(bytes, path)
}

/** @param {string} path */
export function readBytes(path) {
  try {
    return readFileSync(path)
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'ENOENT') throw new CommandError(`File not found: ${path}`)
    const { message, cause } = ioError(error)
    throw inputError(`cannot read ${path}: ${message}`, cause)
  }
}

/** @param {string} path */
export const readSource = (path) => textOf(readBytes(path), path)

/** Code that is too long for a name is none either. @param {string} path */
export function isFile(path) {
  try {
    return statSync(path).isFile()
  } catch {
    return false
  }
}

/** Whether nobody would take it for code. @param {string} word */
const isFileName = (word) => /^[^\s()[\]{}"'`]+$/.test(word) && (word.endsWith('.gene') || word.includes('/') || word.includes(sep))

/** A word of the command line that is neither `-` nor a file, nor looks like one. @param {string} word */
export const isCode = (word) => word !== '-' && !isFileName(word) && !existsSync(word)

/**
 * A word of the command line: `-` or a file, with source text or a compiled program.
 * @param {string} word
 * @returns {Promise<{ source: string, file: string } | { image: Uint8Array, file: string }>}
 */
export async function programOf(word) {
  const file = word === '-' ? '<stdin>' : word
  const bytes = word === '-' ? await readAll(process.stdin, STDIN_LIMIT) : readBytes(word)
  return isImage(bytes) ? { image: bytes, file } : { source: decodeSource(bytes, file), file }
}

// input.js — the source text that a command works on.

import { existsSync, readFileSync } from 'node:fs'
import { sep } from 'node:path'
import { GeneError } from '../errors.js'
import { ioError } from '../files.js'

const STDIN_LIMIT = 512_000_000 // bytes; JavaScript has no string much longer

/** @param {string} message @param {unknown} [cause] */
const inputError = (message, cause) => new GeneError(message, { code: 'GENE.IO.ERROR', className: 'IOError', cause })

/** All of standard input. @param {AsyncIterable<Uint8Array>} [input] @param {number} [limit] bytes @returns {Promise<string>} */
export async function readStdin(input = process.stdin, limit = STDIN_LIMIT) {
  const decoder = new TextDecoder()
  let text = ''
  let size = 0
  for await (const chunk of input) {
    size += chunk.length
    if (size > limit) throw inputError(`cannot read stdin: it is larger than ${limit / 1e6} MB`)
    text += decoder.decode(chunk, { stream: true })
  }
  return text + decoder.decode()
}

/** @param {string} path */
export function readSource(path) {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    const { message, cause } = ioError(error)
    throw inputError(`cannot read ${path}: ${message}`, cause)
  }
}

/** Whether nobody would take it for code. @param {string} word */
const isFileName = (word) => /^[^\s()[\]{}"'`]+$/.test(word) && (word.endsWith('.gene') || word.includes('/') || word.includes(sep))

/** A word of the command line: `-`, a file, or (if that is allowed) code. @param {string} word @param {{ allowCode?: boolean }} [how] */
export async function sourceOf(word, { allowCode = false } = {}) {
  if (word === '-') return { source: await readStdin(), file: '<stdin>' }
  if (allowCode && !isFileName(word) && !existsSync(word)) return { source: word, file: '<code>' }
  return { source: readSource(word), file: word }
}

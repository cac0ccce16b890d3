// input.js — the source text that a command works on.

import { existsSync, readFileSync } from 'node:fs'
import { GeneError } from '../errors.js'
import { ioError } from '../files.js'

/** All of standard input. @returns {Promise<string>} */
export async function readStdin() {
  const decoder = new TextDecoder()
  let text = ''
  for await (const chunk of process.stdin) text += typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true })
  return text + decoder.decode()
}

/** @param {string} path */
export function readSource(path) {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    const { message, cause } = ioError(error)
    throw new GeneError(`cannot read ${path}: ${message}`, { code: 'GENE.IO.ERROR', className: 'IOError', cause })
  }
}

/** A word of the command line: `-`, a file, or (if that is allowed) code. @param {string} word @param {{ allowCode?: boolean }} [how] */
export async function sourceOf(word, { allowCode = false } = {}) {
  if (word === '-') return { source: await readStdin(), file: '<stdin>' }
  if (allowCode && !existsSync(word)) return { source: word, file: '<code>' }
  return { source: readSource(word), file: word }
}

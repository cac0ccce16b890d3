// source_text.js — bytes of a source file to text. Source is UTF-8; what is not is told, with its place.

import { GeneSyntaxError } from './errors.js'

const NEWLINE = 10

/** @param {Uint8Array} bytes */
function isUtf8(bytes) {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return true
  } catch {
    return false
  }
}

/** Where the first malformed byte stands. @param {Uint8Array} bytes @returns {{ line: number, column: number }} 1-based, in code points */
function placeOfFault(bytes) {
  let line = 1
  let start = 0
  let end = bytes.indexOf(NEWLINE)
  while (end >= 0 && isUtf8(bytes.subarray(start, end))) {
    line++
    start = end + 1
    end = bytes.indexOf(NEWLINE, start)
  }
  const row = bytes.subarray(start, end < 0 ? bytes.length : end)
  // The longest sound beginning of the row, by halves: a beginning that ends inside a sound character is up to 3 bytes short.
  let sound = 0
  for (let step = row.length; step >= 1; step = step >> 1) {
    while (sound + step <= row.length && isSoundUpTo(row, sound + step)) sound += step
  }
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(row.subarray(0, sound), { stream: true })
  return { line, column: [...text].length + 1 }
}

/** Is nothing malformed in the first `size` bytes, apart from a last character that is cut off? @param {Uint8Array} bytes @param {number} size */
function isSoundUpTo(bytes, size) {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, size), { stream: true })
    return true
  } catch {
    return false
  }
}

/**
 * @param {Uint8Array} bytes
 * @param {string} file its name in the error
 * @returns {string}
 * @throws {GeneSyntaxError} GENE.READ.UTF8
 */
export function decodeSource(bytes, file) {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    const { line, column } = placeOfFault(bytes)
    const message = `${file} is not UTF-8: malformed byte in line ${line}, column ${column}`
    const details = { code: 'GENE.READ.UTF8', className: 'ParseException', file, line, column, hint: 'save the file as UTF-8' }
    throw new GeneSyntaxError(message, details)
  }
}

// expectations.js — reads what a corpus program says about itself.
//
//   # expect: text          one line of stdout; all of them in order are the whole of it
//   # stderr: text          stderr contains this; several must come in order
//   # error: CODE [@LINE[:COL]] [message part]
//                           the program ends with this uncaught error (exit code 1)
//   # exit: N               exit code, when it is neither 0 nor an error's 1
//   # option: --depth=1000  a command line option of the runtime
//   # args: a b             the program's arguments
//   # only: wasm            the builds it runs on (native, native-stress, wasm), when not all
//   # covers: SCH-4 ASY-1   the requirements it checks
//   # names: Array.push len what of the language it checks, as in docs/coverage.md
//
// A directive stands after code or alone on its line. A file NAME.in beside NAME.gene is its stdin.

import { existsSync, readFileSync } from 'node:fs'

/**
 * @typedef {object} ExpectedError
 * @property {string} code
 * @property {number} [line]
 * @property {number} [column]
 * @property {string} message a part of the message
 *
 * @typedef {object} Expectations
 * @property {string} stdout
 * @property {string[]} stderr parts, in order
 * @property {ExpectedError} [error]
 * @property {number} exit
 * @property {string[]} options
 * @property {string[]} args
 * @property {string[]} only builds; empty means all
 * @property {string[]} covers requirement ids
 * @property {string[]} names methods, functions and forms it checks
 * @property {string} stdin
 */

const DIRECTIVE = /#\s(expect|stderr|error|exit|option|args|only|covers|names):(?: (.*)|\s*)$/
const ERROR = /^([A-Z][A-Z0-9_]*(?:\.[A-Z0-9_]+)*)(?:\s+@(\d+)(?::(\d+))?)?(?:\s+(.*))?$/

const words = (/** @type {string} */ text) => text.split(/[\s,]+/).filter(Boolean)

/**
 * @param {string} text
 * @param {string} where
 * @returns {ExpectedError}
 */
function parseError(text, where) {
  const match = ERROR.exec(text.trim())
  if (!match) throw new Error(`${where}: malformed "# error:", want CODE [@LINE[:COL]] [message part]`)
  const [, code, line, column, message = ''] = match
  return { code, line: line ? Number(line) : undefined, column: column ? Number(column) : undefined, message }
}

/**
 * @param {string} file path of the program
 * @returns {Expectations}
 */
export function readExpectations(file) {
  const input = file.replace(/\.gene$/, '.in')
  /** @type {Expectations} */
  const found = {
    stdout: '',
    stderr: [],
    exit: 0,
    options: [],
    args: [],
    only: [],
    covers: [],
    names: [],
    stdin: existsSync(input) ? readFileSync(input, 'utf8') : '',
  }
  readFileSync(file, 'utf8').split('\n').forEach((line, index) => {
    const [, name, text = ''] = DIRECTIVE.exec(line) ?? []
    if (name === 'expect') found.stdout += `${text}\n`
    else if (name === 'stderr') found.stderr.push(text)
    else if (name === 'error') Object.assign(found, { error: parseError(text, `${file}:${index + 1}`), exit: 1 })
    else if (name === 'exit') found.exit = Number(text)
    else if (name === 'option') found.options.push(...words(text))
    else if (name === 'args') found.args.push(...text.split(' ').filter(Boolean))
    else if (name === 'only') found.only.push(...words(text))
    else if (name === 'covers') found.covers.push(...words(text))
    else if (name === 'names') found.names.push(...words(text))
  })
  return found
}

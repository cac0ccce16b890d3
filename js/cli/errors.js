// errors.js — an error as --errors wants it: text for people (js/report.js), or one line of Gene or JSON for programs
// (language 22 §4).

import { GeneError, GeneSyntaxError } from '../errors.js'
import { CommandError } from './exit.js'

/** @param {any} error @param {string} title in front of its message */
function recordOf(error, title) {
  const { message, code = 'GENE.HOST.ERROR', file = '', line = 0, column = 0, hint } = error
  const stage = !(error instanceof GeneSyntaxError) ? 'runtime' : code.startsWith('GENE.READ.') ? 'parse' : 'compile'
  return { message: title.replace(/^Error: /, '') + message, code, severity: 'error', stage, span: { file, line, column }, hints: hint ? [hint] : [], repair_tags: [stage] }
}

/** Data as Gene source. @param {any} value @returns {string} */
function geneText(value) {
  if (Array.isArray(value)) return `[${value.map(geneText).join(' ')}]`
  if (typeof value !== 'object') return JSON.stringify(value)
  return `{${Object.entries(value).map(([key, item]) => `^${key} ${geneText(item)}`).join(' ')}}`
}

/** @type {[RegExp, string][]} what a message says first decides */
const CODES_BY_MESSAGE = [
  [/division by zero|divide/, 'GENE.ARITH.DIV_ZERO'],
  [/method not found|no method/, 'GENE.OOP.METHOD_NOT_FOUND'],
  [/undefined variable|not defined/, 'GENE.SCOPE.UNDEFINED_VAR'],
  [/stack overflow/, 'GENE.VM.STACK_OVERFLOW'],
]
const NEWER_CODES = /^GENE\.(ASYNC|CONVERT|HOST|IO|LIMIT|NET|WASM)\./

/** The line that page 22 fixes to the letter: fewer codes than ours, no hints, and contracts without a place.
 * @param {any} error @param {string} title */
function pageLine(error, title) {
  const { code, message, span, ...rest } = recordOf(error, title)
  if (rest.stage === 'parse') return message
  if (rest.stage === 'compile') return `${span.file}:${span.line}:${span.column}: ${message}`
  const byMessage = CODES_BY_MESSAGE.find(([words]) => words.test(message))?.[1] ?? 'GENE.RUNTIME.ERROR'
  const place = code === 'GENE.CONTRACT.VIOLATION' ? { file: '', line: 0, column: 0 } : span
  const { severity, stage, repair_tags } = rest
  return geneText({ message, code: NEWER_CODES.test(code) ? code : byMessage, severity, stage, span: place, hints: [], repair_tags })
}

/** The frames of JavaScript below those of Gene. @param {any} error */
const hostFrames = (error) => String(error?.stack ?? '').split('\n').filter((line) => /^\s+at .*(?:file:|node:|\.m?js)/.test(line))

/** @param {NodeJS.WriteStream} stream @param {Record<string, any>} options */
export function wantsColor(stream, options) {
  return stream.isTTY === true && !options['no-color'] && !process.env.NO_COLOR && process.env.TERM !== 'dumb'
}

export class ErrorPrinter {
  #form
  #trace
  #color
  /** @type {import('../runtime.js').Runtime | undefined} */ #runtime

  /** @param {Record<string, any>} options of the command line */
  constructor(options) {
    this.#form = options.errors ?? 'text'
    this.#trace = options.trace === true
    this.#color = wantsColor(process.stderr, options)
  }

  /** Source lines come from this runtime. @param {import('../runtime.js').Runtime} runtime */
  quoteFrom(runtime) {
    this.#runtime = runtime
  }

  /** Lines with their ends. @param {unknown} error @param {string} [title] says what has failed @returns {string} */
  text(error, title = '') {
    if (this.#form === 'json') return `${JSON.stringify(recordOf(error, title))}\n`
    if (error instanceof CommandError) return `Error: ${error.message}\n`
    if (this.#form === 'gene') return `Error: ${pageLine(error, title)}\n`
    const text = this.#runtime?.report(error, { color: this.#color, trace: this.#trace }) ?? `error: ${/** @type {any} */ (error)?.message ?? error}\n`
    const frames = this.#trace || !(error instanceof GeneError) ? hostFrames(error) : []
    return title + text + frames.map((line) => `${line}\n`).join('')
  }
}

// errors.js — an error as --errors wants it: text for people (js/report.js), or one line of Gene or JSON for programs
// (language 22 §4.1).

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
    if (this.#form === 'gene') return `Error: ${geneText(recordOf(error, title))}\n`
    const text = this.#runtime?.report(error, { color: this.#color, trace: this.#trace }) ?? `error: ${/** @type {any} */ (error)?.message ?? error}\n`
    const frames = this.#trace || !(error instanceof GeneError) ? hostFrames(error) : []
    return title + text + frames.map((line) => `${line}\n`).join('')
  }
}

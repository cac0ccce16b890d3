// errors.js — an error as --errors wants it: text for people (js/report.js), or one line of Gene or JSON for programs
// (language 22 §4.1).

import { GeneError, GeneSyntaxError } from '../errors.js'
import { CommandError } from './exit.js'

/** @param {any} error */
function recordOf(error) {
  const { message, code = 'GENE.HOST.ERROR', file = '', line = 0, column = 0, hint } = error
  const stage = !(error instanceof GeneSyntaxError) ? 'runtime' : code.startsWith('GENE.READ.') ? 'parse' : 'compile'
  return { message: String(message), code, severity: 'error', stage, span: { file, line, column }, hints: hint ? [hint] : [], repair_tags: [stage] }
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

  /** Lines with their ends. @param {unknown} error @returns {string} */
  text(error) {
    if (this.#form === 'json') return `${JSON.stringify(recordOf(error))}\n`
    if (error instanceof CommandError) return `Error: ${error.message}\n`
    if (this.#form === 'gene') return `Error: ${geneText(recordOf(error))}\n`
    const text = this.#runtime?.report(error, { color: this.#color, trace: this.#trace }) ?? `error: ${/** @type {any} */ (error)?.message ?? error}\n`
    const frames = this.#trace || !(error instanceof GeneError) ? hostFrames(error) : []
    return text + frames.map((line) => `${line}\n`).join('')
  }
}

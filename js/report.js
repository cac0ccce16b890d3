// report.js — an error as text for people: code and message, place with the source line and a caret, the Gene stack, the
// causes (see `docs/`, "Errors"). What it prints is also what the command line prints.

import { GeneError } from './errors.js'

const MAX_CAUSES = 5
const MAX_FRAMES = 20
// Of a long line this much is shown, in characters, from so far before the column on.
const MAX_LINE = 160
const LINE_BEFORE = 80

/**
 * @typedef {object} ReportOptions
 * @property {boolean} [color] ANSI colours
 * @property {boolean} [trace] every frame of the Gene stack
 * @property {(file: string) => string | undefined} [sourceOf] text of a source file, for the line that failed
 */

/** @param {boolean} color */
function painter(color) {
  const paint = (/** @type {number} */ code) => (/** @type {string} */ text) => (color && text ? `\u001b[${code}m${text}\u001b[0m` : text)
  return { red: paint(31), blue: paint(34), bold: paint(1), dim: paint(2) }
}

/** `  --> file:line:col` and the line itself. @param {GeneError} error @param {ReportOptions} options */
function placeLines(error, { color = false, sourceOf }) {
  const { file, line, column } = error
  if (!line) return []
  const { blue, red } = painter(color)
  const lines = [`${blue('  -->')} ${file}:${line}:${column}`]
  const text = sourceOf?.(file)?.split('\n')[line - 1]
  if (text === undefined) return lines
  const number = String(line)
  const margin = ' '.repeat(number.length)
  // The caret counts code points, as columns do; a tab stays a tab.
  const characters = [...text.trimEnd()]
  const first = characters.length > MAX_LINE && column > MAX_LINE - LINE_BEFORE / 2 ? column - LINE_BEFORE : 1
  const shown = characters.slice(first - 1, first - 1 + MAX_LINE)
  const before = shown.slice(0, Math.max(column - first, 0)).map((character) => (character === '\t' ? '\t' : ' ')).join('')
  const [cut, indent] = first > 1 ? ['…', ' '] : ['', '']
  const rest = first - 1 + MAX_LINE < characters.length ? '…' : ''
  lines.push(blue(`${margin} |`), `${blue(`${number} |`)} ${cut}${shown.join('')}${rest}`, `${blue(`${margin} |`)} ${indent}${before}${red('^')}`)
  return lines
}

/** @param {GeneError} error @param {ReportOptions} options @returns {string[]} */
function errorLines(error, options) {
  const { red, bold, dim } = painter(options.color ?? false)
  const lines = [`${red(`error[${error.code}]`)}${bold(`: ${error.message}`)}`, ...placeLines(error, options)]
  if (error.hint) lines.push(dim(`  hint: ${error.hint}`))
  const shown = options.trace ? error.geneStack.length : MAX_FRAMES
  for (const { fn, file, line, column } of error.geneStack.slice(0, shown)) lines.push(dim(`  at ${fn} (${file}:${line}:${column})`))
  const left = error.geneStack.length - shown
  if (left > 0) lines.push(dim(`  … ${left} more`))
  for (const { code, message, line, column } of error.diagnostics.slice(1)) {
    lines.push(`${red(`error[${code}]`)}: ${message}`, ...placeLines(Object.assign(Object.create(error), { line, column }), options))
  }
  return lines
}

/** @param {unknown} cause */
function describeCause(cause) {
  if (cause instanceof GeneError) return `${cause.className} [${cause.code}]: ${cause.message}${cause.line ? ` (${cause.file}:${cause.line}:${cause.column})` : ''}`
  if (cause instanceof Error) return `${cause.name}: ${cause.message}`
  try {
    return String(cause)
  } catch {
    return typeof cause
  }
}

/**
 * @param {unknown} error
 * @param {ReportOptions} [options]
 * @returns {string} lines, each with its end
 */
export function formatError(error, options = {}) {
  const { dim } = painter(options.color ?? false)
  const lines = error instanceof GeneError ? errorLines(error, options) : [`error[GENE.HOST.ERROR]: ${describeCause(error)}`]
  const seen = new Set([error])
  let told = /** @type {any} */ (error)
  let cause = told?.cause
  for (let depth = 0; cause !== undefined && cause !== null && depth < MAX_CAUSES && !seen.has(cause); depth++) {
    // The cause of what `(throw 5)` raised is the 5, and what only wraps the same message adds nothing either.
    const isTold = (told instanceof GeneError && !(cause instanceof Error)) || (cause.message !== undefined && cause.message === told.message)
    if (!isTold) lines.push(dim(`  caused by: ${describeCause(cause)}`))
    told = cause
    seen.add(cause)
    cause = cause.cause
  }
  return `${lines.join('\n')}\n`
}

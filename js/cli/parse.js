// parse.js — gene parse: the forms of code, files or stdin as source text. What cannot be read is told on stderr, and the exit
// code is 1; the other files are shown all the same.

import { GeneSyntaxError } from '../errors.js'
import { CommandError, EXIT } from './exit.js'
import { isCode, readSource, readStdin } from './input.js'
import { writeFile } from './output.js'
import { Session } from './session.js'

/** Errors are told as of a file; code and stdin have no name. @typedef {{ name: string, read: () => string | Promise<string> }} Input */

/** @param {string | undefined} code @param {string[]} words @returns {Input[]} */
function inputsOf(code, words) {
  if (code !== undefined) return [{ name: '', read: () => code }]
  if (words.length && words.every(isCode)) return [{ name: '', read: () => words.join(' ') }]
  if (words.length === 0 && process.stdin.isTTY) throw new CommandError('No input provided. Use -e for code or provide a file.')
  if (words.length === 0) return [{ name: '', read: readStdin }]
  return words.map((word) => (word === '-' ? { name: '', read: readStdin } : { name: word, read: () => readSource(word) }))
}

/** @param {string} file @param {import('../errors.js').Diagnostic[]} diagnostics */
function syntaxError(file, diagnostics) {
  const [{ code, message, line, column }] = diagnostics
  return new GeneSyntaxError(message, { code, className: 'ParseException', file, line, column, diagnostics })
}

/** @param {import('./arguments.js').Arguments} given */
export async function command({ options, words }) {
  const { format = 'pretty' } = options
  const inputs = inputsOf(options.eval, words)
  const session = await Session.open(options)
  /** @type {string[]} */ const parts = []

  /** @param {Input} input */
  async function show({ name, read }) {
    const file = name || '<stdin>'
    const { texts, diagnostics } = session.runtime.formTexts(await read(), { file, format })
    if (diagnostics.length) throw syntaxError(file, diagnostics)
    const title = name && (format === 'pretty' || inputs.length > 1) ? `=== Parsing: ${name} ===\n` : ''
    parts.push(`${title}${texts.length ? texts.join('\n\n') : '(empty)'}\n`)
  }

  return session.exitCodeOf(async () => {
    /** @type {number} */ let code = EXIT.OK
    for (const input of inputs) {
      try {
        await show(input)
      } catch (error) {
        code = EXIT.FAILED
        session.showError(error, error instanceof CommandError ? '' : input.name ? `Parse error in ${input.name}: ` : 'Parse error: ')
      }
    }
    const text = parts.join('\n')
    if (options.output && code === EXIT.OK) writeFile(options.output, text)
    else if (!options.output) session.output.write(text)
    return code
  })
}

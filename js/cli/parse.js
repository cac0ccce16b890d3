// parse.js — gene parse FILE|CODE: the forms as data. What cannot be read goes to stderr, and the exit code is 1.

import { writeFileSync } from 'node:fs'
import { GeneSyntaxError } from '../errors.js'
import { sourceOf } from './input.js'
import { Session } from './session.js'

/** @param {string} file @param {import('../errors.js').Diagnostic[]} diagnostics */
function syntaxError(file, diagnostics) {
  const [{ code, message, line, column }] = diagnostics
  return new GeneSyntaxError(message, { code, className: 'ParseException', file, line, column, diagnostics })
}

/** @param {import('./arguments.js').Arguments} given */
export async function command({ options, words }) {
  const session = await Session.open(options)
  return session.exitCodeOf(async () => {
    const { source, file } = await sourceOf(words.length ? words.join(' ') : '-', { allowCode: true })
    const { texts, diagnostics } = session.runtime.formTexts(source, { file, pretty: options.format !== 'compact' })
    if (diagnostics.length) throw syntaxError(file, diagnostics)
    const text = texts.length ? `${texts.join(options.format === 'compact' ? '\n' : '\n\n')}\n` : '(empty)\n'
    if (options.output) writeFileSync(options.output, text)
    else session.output.write(text)
    return 0
  })
}

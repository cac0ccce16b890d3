// eval.js — gene eval CODE

import { CommandError } from './exit.js'
import { readStdin } from './input.js'
import { Session } from './session.js'

const FILE = '<eval>'

/** @param {import('./arguments.js').Arguments} given */
export async function command({ options, words }) {
  if (words.length === 0 && process.stdin.isTTY) throw new CommandError('No code provided to evaluate')
  const source = words.length ? words.join(' ') : await readStdin()
  if (source.trim() === '') throw new CommandError('No code provided to evaluate')
  const session = await Session.open(options, { program: FILE })
  return session.exitCodeOf(async () => {
    session.dump(options, source, FILE)
    return session.evaluate(source, FILE, (text) => {
      if (options['print-last'] || (text !== 'nil' && text !== 'void')) session.output.write(`${text}\n`)
    })
  })
}

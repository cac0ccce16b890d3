// eval.js — gene eval CODE

import { readStdin } from './input.js'
import { CommandError } from './exit.js'
import { Session } from './session.js'

const FILE = '<eval>'
const EXIT_CODE = 'GENE.RUNTIME.EXIT'

/** @param {import('./arguments.js').Arguments} given */
export async function command({ options, words }) {
  if (words.length === 0 && process.stdin.isTTY) throw new CommandError('No code provided to evaluate')
  const source = words.length ? words.join(' ') : await readStdin()
  if (source.trim() === '') throw new CommandError('No code provided to evaluate')
  const session = await Session.open(options, { program: FILE })
  const { runtime, output, signal } = session
  return session.exitCodeOf(async () => {
    session.dump(options, source, FILE)
    try {
      const text = await runtime.eval(source, { file: FILE, as: 'text', signal })
      if (options['print-last'] || (text !== 'nil' && text !== 'void')) output.write(`${text}\n`)
      await runtime.drained({ signal })
    } catch (error) {
      if (error?.code !== EXIT_CODE) throw error
    }
    return runtime.exitCode
  })
}

// run.js — gene run FILE [args…]

import { CommandError } from './exit.js'
import { Session } from './session.js'
import { programOf } from './input.js'

/** @param {import('./arguments.js').Arguments} given */
export async function command({ options, words: [word], rest: args }) {
  if (word === undefined && process.stdin.isTTY) throw new CommandError('No file provided to run.')
  const session = await Session.open(options, { args, program: word ?? '-' })
  return session.exitCodeOf(async () => {
    const program = await programOf(word === undefined || word === '-' ? '-' : await session.fileOf(word, options))
    if ('image' in program) return session.runImage(options, program.image, program.file, args)
    const { source, file } = program
    if (file === '<stdin>' && source.trim() === '') throw new CommandError('No input provided. Provide a file to run.')
    session.dump(options, source, file)
    return options['repl-on-error'] ? session.evaluate(source, file) : session.run(source, file, args)
  })
}

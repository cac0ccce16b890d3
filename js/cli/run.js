// run.js — gene run FILE [args…]

import { CommandError } from './exit.js'
import { Session } from './session.js'
import { sourceOf } from './input.js'

/** @param {import('./arguments.js').Arguments} given */
export async function command({ options, words: [word], rest: args }) {
  if (word === undefined && process.stdin.isTTY) throw new CommandError('No file provided to run.')
  const session = await Session.open(options, { args, program: word ?? '-' })
  return session.exitCodeOf(async () => {
    const { source, file } = await sourceOf(word === undefined || word === '-' ? '-' : await session.fileOf(word, options))
    if (file === '<stdin>' && source.trim() === '') throw new CommandError('No input provided. Provide a file to run.')
    session.dump(options, source, file)
    return options['repl-on-error'] ? session.evaluate(source, file) : session.run(source, file, args)
  })
}

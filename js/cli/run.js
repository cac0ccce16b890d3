// run.js — gene run FILE [args…]

import { CommandError } from './exit.js'
import { Session } from './session.js'
import { sourceOf } from './input.js'

/** @param {import('./arguments.js').Arguments} given */
export async function command({ options, words: [word], rest: args }) {
  if (word === undefined && process.stdin.isTTY) throw new CommandError('No file provided to run.')
  const session = await Session.open(options, { args })
  return session.exitCodeOf(async () => {
    const { source, file } = await sourceOf(word ?? '-')
    if (file === '<stdin>' && source.trim() === '') throw new CommandError('No input provided. Provide a file to run.')
    session.dump(options, source, file)
    const { exitCode } = await session.runtime.run({ source, file }, { args, signal: session.signal })
    return exitCode
  })
}

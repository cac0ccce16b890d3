// compile.js — gene compile FILE: the bytecode listing; nothing is run or written but to -o FILE.

import { writeFileSync } from 'node:fs'
import { sourceOf } from './input.js'
import { UsageError } from './options.js'
import { Session } from './session.js'

/** @param {import('./arguments.js').Arguments} given */
export async function command({ options, words: [word] }) {
  if (word === undefined) throw new UsageError('no file to compile')
  const session = await Session.open(options)
  return session.exitCodeOf(async () => {
    const { source, file } = await sourceOf(word)
    const listing = session.runtime.compile(source, { file, pretty: options.format !== 'bytecode' })
    const text = listing.endsWith('\n') ? listing : `${listing}\n`
    if (options.output) writeFileSync(options.output, text)
    else session.output.write(text)
    return 0
  })
}

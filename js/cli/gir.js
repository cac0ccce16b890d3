// gir.js — gene gir show FILE: the listing of a compiled program (language 36 §10).

import { isImage } from '../image.js'
import { CommandError } from './exit.js'
import { isFile, readBytes } from './input.js'
import { compactListing } from './listing.js'
import { Session } from './session.js'

/** @param {import('./arguments.js').Arguments} given */
export async function command({ options, words: [subcommand, file] }) {
  if (subcommand !== undefined && subcommand !== 'show') throw new CommandError(`Unknown subcommand for gir: ${subcommand}`)
  if (file === undefined) throw new CommandError('Missing GIR file path. Usage: gene gir show <file>')
  if (!isFile(file)) throw new CommandError(`GIR file not found: ${file}`)
  const image = readBytes(file)
  if (!isImage(image)) throw new CommandError(`${file} is not compiled Gene code; gene compile makes it`)
  const session = await Session.open(options)
  return session.exitCodeOf(async () => {
    const { runtime, output } = session
    const { format = 'pretty', addresses } = options
    const { file: source } = runtime.imageOrigin(image, { file })
    const listing = runtime.compile(image, { file, pretty: format === 'pretty' })
    output.write(`# ${file}, compiled from ${source}\n${format === 'compact' ? compactListing(listing, addresses) : listing}`)
    return 0
  })
}

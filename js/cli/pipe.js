// pipe.js — gene pipe CODE|FILE: compiled once, run once for each line of stdin (language 36 §4).

import { EXIT_CODE } from '../errors.js'
import { CommandError, EXIT } from './exit.js'
import { isFile, readSource } from './input.js'
import { Session } from './session.js'

const FILE = '<pipe>'

/** Lines without their ends. @param {AsyncIterable<Uint8Array>} input @returns {AsyncGenerator<string>} */
async function* linesOf(input) {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of input) {
    const lines = decoder.decode(chunk, { stream: true }).split('\n') // not the rest again: a line may have any length
    lines[0] = rest + lines[0]
    rest = /** @type {string} */ (lines.pop())
    for (const line of lines) yield line.endsWith('\r') ? line.slice(0, -1) : line
  }
  rest += decoder.decode()
  if (rest !== '') yield rest.endsWith('\r') ? rest.slice(0, -1) : rest
}

/** The program: code, or the content of a file. @param {string} text */
function sourceOf(text) {
  if (/^[^\s()]+\.gene$/.test(text) && !isFile(text)) throw new CommandError(`File not found: ${text}`)
  return isFile(text) ? { source: readSource(text), file: text } : { source: text, file: FILE }
}

/** What is printed for a line. @param {{ value: any, text: string }} result @param {string} line @param {Record<string, any>} options */
function outputOf({ value, text }, line, options) {
  if (options.filter) return value === false || value === null || value === undefined ? '' : `${line}\n`
  if (text === 'nil') return ''
  return `${text.startsWith('"') && !options['quote-str'] ? value : text}\n`
}

/** @param {import('./arguments.js').Arguments} given */
export async function command({ options, words }) {
  const given = words.join(' ')
  if (given.trim() === '') throw new CommandError("No code provided. Usage: gene pipe '<code>'")
  const session = await Session.open(options, { program: FILE, stdin: () => null })
  const { runtime, output, signal } = session
  return session.exitCodeOf(async () => {
    const { source, file } = sourceOf(await session.fileOf(given, options))
    session.dump(options, source, file)
    if (file !== FILE && runtime.parse(source).forms.length === 0) throw new CommandError('No code found in file (only shebang/comments)')
    let title = 'Error: Compilation error: '
    try {
      session.interruptStdin()
      const program = runtime.load(source, { file })
      let count = 0
      for await (const line of linesOf(process.stdin)) {
        title = `Error at line ${++count}: `
        runtime.define('line', line) // $name is a global name
        output.write(outputOf(await program({ signal }), line, options))
      }
      await runtime.drained({ signal })
    } catch (error) {
      if (error?.code === EXIT_CODE) return runtime.exitCode
      session.fail(error, title)
    }
    return EXIT.OK
  })
}

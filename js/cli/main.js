// main.js — finds the command, runs it and ends the process with its exit code.

import { existsSync } from 'node:fs'
import { GeneError } from '../errors.js'
import { version } from '../version.js'
import { readArguments } from './arguments.js'
import { ALIASES, COMMANDS } from './commands.js'
import { CommandError, EXIT, UsageError } from './exit.js'
import { generalHelp } from './help.js'
import { suggestion } from './nearest.js'

/** Commands of other Gene implementations. */
const UNSUPPORTED = ['view', 'deps', 'lsp']

/**
 * The command and the words that follow it. What is no command is a file to run.
 * @param {string[]} args
 */
function findCommand(args) {
  const [first = 'help', ...rest] = args
  if (first === '--help' || first === '-h') return { name: 'help', rest }
  const name = ALIASES[first] ?? first
  if (Object.hasOwn(COMMANDS, name)) return { name, rest }
  const isWord = /^[a-z][a-z-]*$/.test(first) && !existsSync(first)
  return { name: isWord ? '' : 'run', rest: args }
}

/** @param {string[]} args */
async function execute(args) {
  if (args[0] === '--version' || args[0] === '-v') {
    process.stdout.write(`gene ${version}\n`)
    return EXIT.OK
  }
  const { name, rest } = findCommand(args)
  if (UNSUPPORTED.includes(args[0])) return failed(new CommandError(`gene ${args[0]} is not supported here; see gene help`))
  if (name === '') {
    const meant = suggestion(args[0], [...Object.keys(COMMANDS), ...Object.keys(ALIASES)])
    process.stderr.write(`Error: Unknown command: ${args[0]}${meant}\n\n${generalHelp()}`)
    return EXIT.USAGE
  }
  const command = COMMANDS[name]
  try {
    const given = readArguments(rest, command, process.env)
    if (given.wantsHelp) return (await import('./help.js')).command({ ...given, words: [name] })
    return await (await command.load()).command(given)
  } catch (error) {
    if (!(error instanceof UsageError)) return failed(error)
    process.stderr.write(`Error: ${error.message}\nusage: ${command.usage} — see: gene help ${name}\n`)
    return EXIT.USAGE
  }
}

/** Tells of an error that came before there was a runtime. @param {any} error */
function failed(error) {
  if (error instanceof GeneError) process.stderr.write(`error[${error.code}]: ${error.message}\n`)
  else if (error instanceof CommandError) process.stderr.write(`Error: ${error.message}\n`)
  else throw error
  return EXIT.FAILED
}

/** Resolves when everything written so far is out. @param {NodeJS.WriteStream} stream @returns {Promise<void>} */
const flushed = (stream) => new Promise((resolve) => {
  if (stream.writableLength === 0) resolve()
  else stream.write('', () => resolve())
})

/** Does not return. A reader that has gone away, as `head` does: there is nothing left to say. @param {NodeJS.ErrnoException} error */
function outputFailed(error) {
  if (error.code === 'EPIPE') process.exit(EXIT.OK)
  process.stderr.write(`gene: cannot write to stdout: ${error.message}\n`)
  process.exit(EXIT.FAILED)
}

/** Does not return. @param {string[]} args */
export async function main(args) {
  process.stdout.on('error', outputFailed)
  process.stderr.on('error', () => {})
  const code = await execute(args)
  await flushed(process.stdout)
  if (process.stdout.errored) outputFailed(process.stdout.errored) // its event is still to come
  await flushed(process.stderr)
  process.exit(code)
}

// main.js — finds the command, runs it and ends the process with its exit code.

import { existsSync } from 'node:fs'
import { GeneError } from '../errors.js'
import { version } from '../version.js'
import { readArguments } from './arguments.js'
import { ALIASES, COMMANDS } from './commands.js'
import { UsageError } from './options.js'

export const EXIT = Object.freeze({ OK: 0, FAILED: 1, USAGE: 2, TIMEOUT: 124, INTERRUPTED: 130 })

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
  if (name === '') {
    process.stderr.write(`gene: there is no command ${args[0]}, and no file of that name — see: gene help\n`)
    return EXIT.USAGE
  }
  const command = COMMANDS[name]
  try {
    const given = readArguments(rest, command, process.env)
    if (given.wantsHelp) return (await import('./help.js')).command({ ...given, words: [name] })
    return await (await command.load()).command(given)
  } catch (error) {
    if (error instanceof GeneError) { // before there is a runtime
      process.stderr.write(`error[${error.code}]: ${error.message}\n`)
      return EXIT.FAILED
    }
    if (!(error instanceof UsageError)) throw error
    process.stderr.write(`gene: ${error.message}\nusage: ${command.usage} — see: gene help ${name}\n`)
    return EXIT.USAGE
  }
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

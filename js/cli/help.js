// help.js — gene help [COMMAND], from the tables of commands and options.

import { version } from '../version.js'
import { ALIASES, COMMANDS } from './commands.js'
import { UsageError } from './exit.js'
import { suggestion } from './nearest.js'
import { variableOf } from './options.js'

/** Two columns. @param {[string, string][]} rows */
function columns(rows) {
  const width = Math.max(...rows.map(([left]) => left.length))
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}\n`).join('')
}

export function generalHelp() {
  const rows = Object.entries(COMMANDS).map(([name, { summary }]) => /** @type {[string, string]} */ ([name, summary]))
  return [
    `Gene ${version}: a language with tasks, in WebAssembly\n\n`,
    'Usage: gene <command> [options] [args]\n\n',
    `Commands:\n${columns(rows)}\n`,
    `Options:\n${columns([['--version', 'the version'], ['-h, --help', 'help; after a command: its options']])}\n`,
    'Exit codes: 0 success, 1 uncaught exception or failed check, 2 wrong usage, 124 timeout, 130 interrupted, n after (exit n)\n\n',
    `Examples:\n${columns([
      ['gene hello.gene a b', 'run a file with arguments'],
      ["gene eval '(1 + 2)'", 'print 3'],
      ['gene run --deny=net --timeout=5s job.gene', 'run with limits'],
    ])}`,
  ].join('')
}

/** @param {string} name */
function commandHelp(name) {
  const { usage, summary, options } = COMMANDS[name]
  const alias = Object.keys(ALIASES).find((short) => ALIASES[short] === name)
  const own = options.filter(({ help }) => help !== '')
  const ignored = options.filter(({ help }) => help === '')
  const rows = own.map(({ name: option, short, value, help }) => {
    return /** @type {[string, string]} */ ([`${short ? `-${short}, ` : ''}--${option}${value ? `=${value}` : ''}`, help])
  })
  const accepted = ignored.length ? `\nAccepted without effect: ${ignored.map((row) => `--${row.name}`).join(' ')}\n` : ''
  const mirrored = options.length ? `\nEach option can be set in the environment, as in ${variableOf(options[0].name)}.\n` : ''
  return `${usage}\n  ${summary}${alias ? ` (short: ${alias})` : ''}\n${rows.length ? `\nOptions:\n${columns(rows)}` : ''}${accepted}${mirrored}`
}

/** @param {import('./arguments.js').Arguments} given */
export async function command({ words: [word] }) {
  const name = word === undefined ? undefined : (ALIASES[word] ?? word)
  if (name !== undefined && !Object.hasOwn(COMMANDS, name)) throw new UsageError(`Unknown command: ${word}${suggestion(word, Object.keys(COMMANDS))}`)
  process.stdout.write(name === undefined ? generalHelp() : commandHelp(name))
  return 0
}

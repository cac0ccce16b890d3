// arguments.js — from the words of a command line to options and positional words.

import { UsageError } from './exit.js'
import { suggestion } from './nearest.js'
import { readOption, variableOf } from './options.js'

/**
 * @typedef {object} Arguments
 * @property {Record<string, any>} options by name, as their rows read them
 * @property {string[]} words
 * @property {string[]} rest what belongs to the program
 * @property {boolean} wantsHelp
 */

const HELP = { name: 'help', short: 'h', help: '' }

/**
 * Reads one word (language 36 §1): `--name`, `--name=value`, `--name:value`, `-x`, `-x=value`, `-x:value`.
 * @param {string} word
 * @param {import('./options.js').OptionRow[]} rows
 * @returns {{ row: import('./options.js').OptionRow, shown: string, value: string | undefined } | null} null: no option
 */
function readOptionWord(word, rows) {
  if (!word.startsWith('-') || word === '-' || /^-[\d.]/.test(word)) return null // a negative number is code
  const [, shown = word, dashes = '', given = '', value] = /^((--?)([a-zA-Z][\w-]*))(?:[=:]([^]*))?$/.exec(word) ?? []
  const row = rows.find(({ name, short, aliases = [] }) => (dashes === '--' ? name === given || aliases.includes(given) : short === given))
  if (!row) throw new UsageError(`Unknown option: ${shown}${suggestion(shown, rows.map(({ name }) => `--${name}`))}`)
  if (!row.value && value !== undefined) throw new UsageError(`option ${shown} takes no value`)
  return { row, shown, value }
}

/**
 * Sorts the words into options and others. What follows `--` is no option; when the program has arguments of its own, neither
 * is what follows the first other word.
 * @param {string[]} args
 * @param {import('./options.js').OptionRow[]} rows
 * @param {boolean} ownArguments
 */
function sortWords(args, rows, ownArguments) {
  /** @type {Record<string, any>} */ const given = {}
  /** @type {string[]} */ const words = []
  for (let i = 0; i < args.length; i++) {
    if (ownArguments && words.length) return { given, words: [...words, ...args.slice(i)] }
    if (args[i] === '--') return { given, words: [...words, ...args.slice(i + 1)] }
    const option = readOptionWord(args[i], rows)
    if (!option) words.push(args[i])
    else if (!option.row.value) given[option.row.name] = true
    else {
      const value = option.value ?? args[++i]
      if (value === undefined) throw new UsageError(`${option.shown} requires a value`)
      given[option.row.name] = value
    }
  }
  return { given, words }
}

/**
 * @param {string[]} args after the command
 * @param {import('./commands.js').Command} command
 * @param {Record<string, string | undefined>} env
 * @returns {Arguments}
 */
export function readArguments(args, { options: rows, words: most = Infinity, ownArguments = false }, env) {
  const { given, words } = sortWords(args, [...rows, HELP], ownArguments)
  if (words.length > most) throw new UsageError(`unexpected argument: ${words[most]}`)
  const own = ownArguments ? words.slice(0, 1) : words
  return { options: readOptions(rows, given, env), words: own, rest: ownArguments ? words.slice(1) : [], wantsHelp: given.help === true }
}

/**
 * @param {import('./options.js').OptionRow[]} rows
 * @param {Record<string, any>} given
 * @param {Record<string, string | undefined>} env
 */
function readOptions(rows, given, env) {
  /** @type {Record<string, any>} */
  const options = {}
  for (const row of rows) {
    const { name, value } = row
    const text = given[name]
    const variable = env[variableOf(name)]
    if (text !== undefined) options[name] = value ? readOption(row, text, `--${name}`) : text
    else if (variable) options[name] = value ? readOption(row, variable, variableOf(name)) : variable !== '0'
  }
  return options
}

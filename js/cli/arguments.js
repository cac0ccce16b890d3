// arguments.js — from the words of a command line to options and positional words.

import { parseArgs } from 'node:util'
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

/** @param {import('./options.js').OptionRow[]} rows */
function configOf(rows) {
  /** @type {Record<string, { type: 'string' | 'boolean', short?: string }>} */
  const config = {}
  for (const { name, short, value } of rows) config[name] = { type: value ? 'string' : 'boolean', ...(short && { short }) }
  config.help = { type: 'boolean', short: 'h' }
  return config
}

/**
 * Every way to write an option (language 36 §1) as node:util reads it: `--name:value`, `-x=value` and `-x:value` become
 * `--name=value`, and another name of an option its first. One word stays one word.
 * @param {string[]} words
 * @param {import('./options.js').OptionRow[]} rows
 */
function normalise(words, rows) {
  const end = words.indexOf('--')
  return words.map((word, i) => {
    const [, dashes = '', given = '', value] = /^(--?)([a-zA-Z][\w-]*)(?:[=:]([^]*))?$/.exec(word) ?? []
    const row = rows.find(({ name, short, aliases = [] }) => (dashes === '--' ? name === given || aliases.includes(given) : short === given))
    if (!row || (end >= 0 && i > end)) return word
    return value === undefined ? `--${row.name}` : `--${row.name}=${value}`
  })
}

/** How many of the words come before the program's own. @param {string[]} args @param {ReturnType<typeof configOf>} options */
function ownCount(args, options) {
  const { tokens = [] } = parseArgs({ args, options, strict: false, allowPositionals: true, tokens: true })
  return tokens.find(({ kind }) => kind === 'positional')?.index ?? args.length
}

/** @param {any} error @param {import('./options.js').OptionRow[]} rows */
function usageError(error, rows) {
  const unknown = /^Unknown option '(.*?)'/.exec(error.message)
  if (unknown) return new UsageError(`Unknown option: ${unknown[1]}${suggestion(unknown[1], rows.map(({ name }) => `--${name}`))}`)
  const empty = /^Option '(-\w+|--[\w-]+).*' argument missing/.exec(error.message)
  if (empty) return new UsageError(`${empty[1]} requires a value`)
  return new UsageError(error.message.replace(/^Option /, 'option ').split('\n')[0])
}

/**
 * @param {string[]} args after the command
 * @param {import('./commands.js').Command} command
 * @param {Record<string, string | undefined>} env
 * @returns {Arguments}
 */
export function readArguments(args, { options: rows, ownArguments = false }, env) {
  const config = configOf(rows)
  const normal = normalise(args, rows)
  const own = ownArguments ? normal.slice(0, ownCount(normal, config)) : normal
  /** @type {{ values: Record<string, any>, positionals: string[] }} */ let parsed
  try {
    parsed = parseArgs({ args: own, options: config, allowPositionals: true })
  } catch (error) {
    throw usageError(error, rows)
  }
  const rest = args.slice(own.length)
  const words = ownArguments ? rest.slice(0, 1) : parsed.positionals
  return { options: readOptions(rows, parsed.values, env), words, rest: rest.slice(1), wantsHelp: parsed.values.help === true }
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

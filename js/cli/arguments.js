// arguments.js — from the words of a command line to options and positional words.

import { parseArgs } from 'node:util'
import { readOption, UsageError, variableOf } from './options.js'

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
  const config = Object.fromEntries(rows.map(({ name, value }) => [name, { type: /** @type {'string' | 'boolean'} */ (value ? 'string' : 'boolean') }]))
  if ('output' in config) config.output.short = 'o'
  config.help = { type: 'boolean', short: 'h' }
  return config
}

/** How many of the words come before the program's own. @param {string[]} args @param {ReturnType<typeof configOf>} options */
function ownCount(args, options) {
  const { tokens = [] } = parseArgs({ args, options, strict: false, allowPositionals: true, tokens: true })
  return tokens.find(({ kind }) => kind === 'positional')?.index ?? args.length
}

/** @param {any} error */
function usageError(error) {
  const unknown = /^Unknown option '(.*?)'/.exec(error.message)
  if (unknown) return new UsageError(`unknown option ${unknown[1]}`)
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
  const own = ownArguments ? args.slice(0, ownCount(args, config)) : args
  /** @type {{ values: Record<string, any>, positionals: string[] }} */ let parsed
  try {
    parsed = parseArgs({ args: own, options: config, allowPositionals: true })
  } catch (error) {
    throw usageError(error)
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

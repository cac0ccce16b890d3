// options.js — the options that commands share, declared once: parsing, environment variables and help come from here.

import { UsageError } from './exit.js'

/**
 * @typedef {object} OptionRow
 * @property {string} name without dashes
 * @property {string} [short] a letter
 * @property {string[]} [aliases] other names
 * @property {string} [value] what its value is called in the help; none: a flag
 * @property {string} help
 * @property {(text: string) => any} [read] value of the option; throws a RangeError that says what is wrong
 */

const GRANTS = ['fs', 'net', 'env', 'run']
const BYTES = { '': 1, b: 1, kb: 2 ** 10, mb: 2 ** 20, gb: 2 ** 30 }
const MILLISECONDS = { '': 1, ms: 1, s: 1000, m: 60_000, h: 3_600_000 }

/** A number with a unit. @param {Record<string, number>} units @param {string} example */
const quantity = (units, example) => (/** @type {string} */ text) => {
  const [, number = '', unit = ''] = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/.exec(text.trim().toLowerCase()) ?? []
  const amount = Number(number) * (units[unit] ?? NaN)
  if (!(amount > 0)) throw new RangeError(`is not like ${example}: ${text}`)
  return amount
}

/** @param {string} text */
function count(text) {
  if (!/^[1-9]\d*$/.test(text)) throw new RangeError(`must be a positive whole number: ${text}`)
  return Number(text)
}

/** @param {string} text */
function grants(text) {
  const names = text.split(',').map((name) => name.trim()).filter(Boolean)
  const unknown = names.find((name) => !GRANTS.includes(name))
  if (unknown) throw new RangeError(`knows ${GRANTS.join(', ')}, not ${unknown}`)
  return names
}

/** @param {string[]} words */
const oneOf = (words) => (/** @type {string} */ text) => {
  if (!words.includes(text)) throw new RangeError(`must be ${words.join(' or ')}, not ${text}`)
  return text
}

/** @param {string[]} words */
const formatOf = (words) => (/** @type {string} */ text) => {
  if (!words.includes(text)) throw new UsageError(`Invalid format '${text}'. Must be: ${words.slice(0, -1).join(', ')}, or ${words.at(-1)}`)
  return text
}

/** Are contracts checked? undefined: as without the option. @param {string} text */
function contractsMode(text) {
  if (['on', 'true', '1'].includes(text)) return true
  if (['off', 'false', '0'].includes(text)) return false
  process.stderr.write(`Unknown contracts mode: ${text}\n`)
  return undefined
}

/** @type {OptionRow[]} */
export const COMMON = [
  { name: 'allow', value: 'LIST', help: `what the program may use, of ${GRANTS.join(',')} (default: all)`, read: grants },
  { name: 'deny', value: 'LIST', help: 'what it may not use', read: grants },
  { name: 'max-memory', value: 'SIZE', help: 'limit of its data: 64mb', read: quantity(BYTES, '64mb') },
  { name: 'timeout', value: 'TIME', help: 'limit of its time: 5s, 500ms (exit code 124)', read: quantity(MILLISECONDS, '5s or 500ms') },
  { name: 'depth', value: 'N', help: 'limit of nested calls', read: count },
  { name: 'strict-nil', help: 'nil passes a typed boundary only where its type says so' },
  { name: 'no-type-check', aliases: ['no-typecheck'], help: 'do not check type annotations' },
  { name: 'contracts', value: 'MODE', help: 'on or off: whether ^pre and ^post are checked (default: on)', read: contractsMode },
  { name: 'errors', value: 'FORM', help: 'how errors are told: text, gene or json', read: oneOf(['text', 'gene', 'json']) },
  { name: 'trace', help: 'show the whole stack of an error, the host\'s part too' },
  { name: 'debug', short: 'd', help: 'the same as --dump=code, and messages of level DEBUG are logged' },
  { name: 'dump', value: 'WHAT', help: 'first show on stderr what the source becomes: tokens, forms or code', read: oneOf(['tokens', 'forms', 'code']) },
  { name: 'no-color', help: 'no colours (also NO_COLOR)' },
]

/** Options of other Gene implementations, which change nothing here (language 36 §1, §2). @type {OptionRow[]} */
export const WITHOUT_EFFECT = [
  ...['native-code', 'checked-vm', 'trace-instruction', 'compile', 'profile', 'profile-instructions', 'no-gir-cache', 'force-compile']
    .map((name) => ({ name, help: '' })),
  { name: 'native-tier', value: 'TIER', help: '' },
]
/** The same of `eval` (language 36 §3). @type {OptionRow[]} */
export const WITHOUT_EFFECT_IN_EVAL = ['csv', 'gene', 'line'].map((name) => ({ name, help: '' }))

/** @type {OptionRow} */
export const FORMAT_FORMS = { name: 'format', short: 'f', value: 'FORM', help: 'pretty (default), compact or sexp', read: formatOf(['pretty', 'compact', 'sexp']) }
/** @type {OptionRow[]} */
export const VALUES = [
  { name: 'eval', short: 'e', value: 'TEXT', help: 'decode TEXT' },
  { name: 'format', short: 'f', value: 'FORM', help: 'pretty (default), compact or gene', read: formatOf(['pretty', 'compact', 'gene']) },
  { name: 'gene', help: 'the same as --format=gene: strings as literals' },
  { name: 'print-type', short: 'p', help: 'print the type of the value too' },
  { name: 'project', value: 'DIR', help: 'where modules are looked for' },
  { name: 'debug', short: 'd', help: '' },
]
/** @type {OptionRow} */
export const CODE = { name: 'eval', short: 'e', value: 'CODE', help: 'work on CODE' }
/** @type {OptionRow} */
export const PRINT_LAST = { name: 'print-last', short: 'p', help: 'print the value also when it is nil or void' }
/** @type {OptionRow[]} */
export const PIPE = [
  { name: 'filter', help: 'the code is a condition: print the lines for which it holds' },
  { name: 'quote-str', help: 'print strings as literals' },
]
/** @type {OptionRow} */
export const PACKAGE = { name: 'pkg', value: 'DIR|NAME', help: 'the package that the program belongs to' }
/** @type {OptionRow} */
export const REPL_ON_ERROR = { name: 'repl-on-error', help: 'after an uncaught exception open an interactive session, where $ex is that' }
/** @type {OptionRow} */
export const CHECK = { name: 'check', help: 'change nothing; exit code 1 when a file is not laid out so' }
/** @type {OptionRow} */
export const OUTPUT = { name: 'output', short: 'o', value: 'FILE', help: 'write to FILE instead of stdout' }
export const NO_COLOR = /** @type {OptionRow} */ (COMMON.find(({ name }) => name === 'no-color'))
export const ERRORS = /** @type {OptionRow} */ (COMMON.find(({ name }) => name === 'errors'))
/** @type {OptionRow} */
export const ADDRESSES = { name: 'addresses', short: 'a', help: 'addresses of instructions in a compact listing; others have them anyway' }
/** @type {OptionRow} */
export const FORMAT_LISTING = { name: 'format', short: 'f', value: 'FORM', help: 'pretty (with source lines, default), bytecode or compact', read: formatOf(['pretty', 'compact', 'bytecode']) }
/** @type {OptionRow[]} */
export const COMPILE = [
  { name: 'eval', short: 'e', value: 'CODE', help: 'compile CODE' },
  { name: 'format', short: 'f', value: 'FORM', help: 'gir: a compiled program (default for files); as text pretty (with source lines), bytecode, compact, ai-metadata', read: formatOf(['pretty', 'compact', 'bytecode', 'gir', 'ai-metadata']) },
  { name: 'output', short: 'o', value: 'DIR', help: 'write into DIR instead of build; NAME.gir, and any name for a text, is a file' },
  { name: 'force', help: 'write again what is up to date' },
  { name: 'emit-debug', help: 'keep the source text in the file: errors quote it where the source is not there' },
  ADDRESSES,
  ...COMMON.filter(({ name }) => ['strict-nil', 'no-type-check', 'contracts', 'errors', 'no-color'].includes(name)),
  { name: 'eager', help: '' },
]

/** The environment variable that stands for an option. @param {string} name */
export const variableOf = (name) => `GENE_${name.replaceAll('-', '_').toUpperCase()}`

/** What a row's text means. @param {OptionRow} row @param {string} text @param {string} shown how the user wrote the option */
export function readOption(row, text, shown) {
  try {
    return row.read ? row.read(text) : text
  } catch (error) {
    if (error instanceof UsageError) throw error
    throw new UsageError(`${shown} ${error.message}`)
  }
}

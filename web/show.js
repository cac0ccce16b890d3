// show.js — prints the result of a program the way Gene writes it (`language/02` §2.4, §2.5, the quoted form), from the
// JS value it was converted to. Handles print themselves. Cut at MAX_CHARS: this is one line under the output, not a dump.

const MAX_CHARS = 20_000
const MAX_DEPTH = 50

/** @param {unknown} value @returns {string} '' for nil and void, which a program that only prints ends with */
export function show(value) {
  if (value === null || value === undefined) return ''
  const budget = { left: MAX_CHARS }
  const text = print(value, budget, 0)
  return text.length > MAX_CHARS ? `${text.slice(0, MAX_CHARS)} …` : text
}

/** @param {any} value @param {{ left: number }} budget @param {number} depth @returns {string} */
function print(value, budget, depth) {
  if (depth > MAX_DEPTH || budget.left <= 0) return '…'
  const text = printOne(value, (inner) => print(inner, budget, depth + 1))
  budget.left -= Math.min(text.length, 8)
  return text
}

/** @param {any} value @param {(inner: any) => string} inner */
function printOne(value, inner) {
  switch (typeof value) {
    case 'undefined': return 'void'
    case 'string': return `"${value}"`
    case 'number': return printNumber(value)
    case 'function': return 'VkFunction'
    case 'object': return value === null ? 'nil' : printObject(value, inner)
    default: return String(value)
  }
}

/** @param {any} value @param {(inner: any) => string} inner */
function printObject(value, inner) {
  if (Array.isArray(value)) return `[${value.map(inner).join(' ')}]`
  if (value instanceof Map) return `{{${[...value].flat().map(inner).join(' ')}}}`
  if (value instanceof Set) return `(HashSet${[...value].map((item) => ` ${inner(item)}`).join('')})`
  if (value instanceof Uint8Array) return `0#${Array.from(value, (byte) => byte.toString(16).padStart(2, '0')).join('')}`
  if (value instanceof Date) return value.toISOString()
  if (value instanceof Promise) return 'VkFuture'
  if (value instanceof Error) return `${value.name}: ${value.message}`
  if (Object.getPrototypeOf(value) === Object.prototype) {
    return `{${Object.entries(value).map(([key, item]) => `^${key} ${inner(item)}`).join(' ')}}`
  }
  return String(value)
}

/** @param {number} value */
function printNumber(value) {
  if (Number.isNaN(value)) return 'nan'
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf'
  if (Object.is(value, -0)) return '-0.0'
  return String(value)
}

// property_support.js — random programs whose output a model in JavaScript foretells. A program is a list of steps; when one
// fails, steps are left out as long as it still fails, and what remains is printed. All random numbers are seeded.

import assert from 'node:assert/strict'
import { open } from './helpers.js'

/**
 * A line of a program. `tell` changes the model and gives what the line prints.
 * @template Model
 * @typedef {{ code: string, tell: (model: Model) => string }} Step
 */

/** @typedef {ReturnType<typeof randomOf>} Random */

/** Random choices, the same for the same seed. @param {number} seed */
export function randomOf(seed) {
  let state = seed >>> 0
  const bits = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return (mixed ^ (mixed >>> 14)) >>> 0
  }
  const below = (/** @type {number} */ n) => bits() % n
  return {
    bits,
    /** A whole number from 0 to below n. */
    below,
    /** A whole number from a to b, both included. @param {number} a @param {number} b */
    between: (a, b) => a + below(b - a + 1),
    /** @template T @param {readonly T[]} list @returns {T} */
    one: (list) => list[below(list.length)],
    /** Up to `most` things. @template T @param {number} most @param {(i: number) => T} make @returns {T[]} */
    some: (most, make) => Array.from({ length: below(most + 1) }, (_, i) => make(i)),
  }
}

/**
 * Runs random programs on one runtime; the first that goes wrong is made small and told.
 * @template Model
 * @param {import('node:test').TestContext} t
 * @param {{ programs: number, seed: number, model: () => Model, steps: (random: Random) => Step<Model>[], before?: string }} options
 *   before: code in front of every program
 */
export async function checkPrograms(t, { programs, seed, model, steps, before = '' }) {
  const gene = await open(t)
  /** @param {Step<Model>[]} all */
  const attempt = (all) => {
    const state = model()
    const expected = all.map((step) => `${step.tell(state)}\n`).join('')
    const program = [before, ...all.map((step) => step.code)].filter(Boolean).join('\n')
    gene.text.out = ''
    let failed = ''
    try {
      gene.evalSync(program)
    } catch (error) {
      failed = String(error)
    }
    return { program, expected, actual: gene.text.out + failed }
  }
  const isWrong = (/** @type {Step<Model>[]} */ all) => {
    const { expected, actual } = attempt(all)
    return expected !== actual
  }
  for (let i = 0; i < programs; i++) {
    let all = steps(randomOf(seed * 100_003 + i))
    if (!isWrong(all)) continue
    for (let size = Math.ceil(all.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
      for (let at = 0; at < all.length && all.length > 1; ) {
        const fewer = [...all.slice(0, at), ...all.slice(at + size)]
        if (fewer.length && isWrong(fewer)) all = fewer
        else at += size
      }
    }
    const { program, expected, actual } = attempt(all)
    assert.equal(actual, expected, `program ${i}:\n${program}\n`)
    assert.fail(`program ${i} fails only together with others:\n${program}`)
  }
}

/** A step that prints an expression, or the message of the error that it raises. @param {string} expression */
export const printed = (expression) => `(println (try ${expression} catch e e/.message))`

// --- numbers ---------------------------------------------------------------------------------------------------------------

export const LEAST = -(2n ** 63n)
export const MOST = 2n ** 63n - 1n

/** An Int, often at an edge of some representation. @param {Random} random */
export function randomInt(random) {
  if (random.below(3) === 0) return BigInt(random.between(-20, 20))
  const wide = BigInt.asIntN(64, (BigInt(random.bits()) << 32n) | BigInt(random.bits()))
  if (random.below(2)) return wide >> BigInt(random.below(64))
  const edge = random.one([31n, 32n, 46n, 47n, 48n, 52n, 53n, 62n, 63n])
  return BigInt.asIntN(64, random.one([1n, -1n]) * 2n ** edge + BigInt(random.between(-2, 2)))
}

/** A finite double. @param {Random} random @returns {number} */
export function randomFloat(random) {
  const kind = random.below(4)
  if (kind === 0) return random.one([0, -0, 0.5, -1.5, 2, 1e15, 1e16, 1e17, 123456789012345678, 1e-5, 1e-6, 1e-7, 5e-324, 1.7976931348623157e308, 2 ** 53, 2 ** 63, -(2 ** 63)])
  if (kind === 1) return random.between(-4000, 4000) / 8
  if (kind === 2) return random.between(-1e6, 1e6) / 10 ** random.below(12)
  const [value] = new Float64Array(Uint32Array.of(random.bits(), random.bits()).buffer)
  return Number.isFinite(value) ? value : 0.1
}

/** What a Float prints as. @param {number} value */
export function floatText(value) {
  if (Number.isNaN(value)) return 'nan'
  const sign = value < 0 || Object.is(value, -0) ? '-' : ''
  if (!Number.isFinite(value)) return `${sign}inf`
  if (value === 0) return `${sign}0.0`
  const [digits, exponent] = Math.abs(value).toExponential().replace('.', '').split('e')
  const places = Number(exponent) + 1
  if (places > 17 || places < -6) {
    const fraction = digits.length > 1 ? `.${digits.slice(1)}` : ''
    return `${sign}${digits[0]}${fraction}e${places > 0 ? '+' : '-'}${Math.abs(places - 1)}`
  }
  if (places <= 0) return `${sign}0.${'0'.repeat(-places)}${digits}`
  return `${sign}${digits.slice(0, places).padEnd(places, '0')}.${digits.slice(places) || '0'}`
}

/** @param {bigint | number | boolean | string} value */
export const numberText = (value) => (typeof value === 'number' ? floatText(value) : String(value))

// --- text ------------------------------------------------------------------------------------------------------------------

export const CHARACTERS = [...'aabz019_-./\\"\'`~!@#$%^&*()[]{}<>?:;, \n\t\r\b\f\v\u0001\u001f\u007f\u00a0éßñ你\u2028\ufeff😀\u{10ffff}=+|']

/** @param {Random} random @param {number} [most] */
export const randomText = (random, most = 6) => random.some(most, () => random.one(CHARACTERS)).join('')

/** A string literal, with escapes where they must be. @param {string} text */
export const stringLiteral = (text) => `"${text.replace(/["\\]/g, '\\$&')}"`

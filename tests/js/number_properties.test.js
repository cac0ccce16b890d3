// number_properties.test.js — arithmetic, comparisons, bits, texts of numbers and ranges against BigInt and doubles.

import { describe, test } from 'node:test'
import { checkPrograms, floatText, LEAST, MOST, numberText, printed, randomFloat, randomInt } from './property_support.js'

/** @typedef {bigint | number} Operand a bigint is an Int, a number is a Float */

const isInt = (/** @type {Operand} */ value) => typeof value === 'bigint'
const kind = (/** @type {Operand} */ value) => (isInt(value) ? 'VkInt' : 'VkFloat')
const fits = (/** @type {bigint} */ value, /** @type {string} */ doing) => (value >= LEAST && value <= MOST ? value : `Integer overflow in ${doing}`)

/** @param {string} doing @param {(a: bigint, b: bigint) => bigint} exact @param {(a: number, b: number) => number} floating */
const arithmetic = (doing, exact, floating) => (/** @type {Operand} */ a, /** @type {Operand} */ b) =>
  typeof a === 'bigint' && typeof b === 'bigint' ? fits(exact(a, b), doing) : floating(Number(a), Number(b))

/** @param {(a: bigint, b: bigint) => bigint} ints @param {(a: Operand, b: Operand) => Operand | boolean} others */
const bits = (ints, others) => (/** @type {Operand} */ a, /** @type {Operand} */ b) =>
  typeof a === 'bigint' && typeof b === 'bigint' ? ints(a, b) : others(a, b)

/** @param {string} operator @param {(a: bigint, amount: bigint) => bigint} ints */
const shift = (operator, ints) => (/** @type {Operand} */ a, /** @type {Operand} */ b) => {
  if (typeof a !== 'bigint' || typeof b !== 'bigint') return `Cannot shift ${kind(a)} by ${kind(b)}`
  return b < 0n || b > 63n ? 'Invalid shift amount' : BigInt.asIntN(64, ints(a, b))
}

/** @type {Record<string, (a: Operand, b: Operand) => Operand | boolean | string>} */
const OPERATORS = {
  '+': arithmetic('addition', (a, b) => a + b, (a, b) => a + b),
  '-': arithmetic('subtraction', (a, b) => a - b, (a, b) => a - b),
  '*': arithmetic('multiplication', (a, b) => a * b, (a, b) => a * b),
  '/': (a, b) => Number(a) / Number(b),
  '%': (a, b) => (typeof a === 'bigint' && typeof b === 'bigint' ? (b === 0n ? 'Modulo by zero' : a % b) : Number(a) % Number(b)),
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
  '==': (a, b) => isInt(a) === isInt(b) && a === b,
  '!=': (a, b) => isInt(a) !== isInt(b) || a !== b,
  '&&': bits((a, b) => a & b, (_, b) => b),
  '||': bits((a, b) => a | b, (a) => a),
  '&|&': bits((a, b) => a ^ b, () => false),
  '<<': shift('<<', (a, b) => a << b),
  '>>': shift('>>', (a, b) => a >> b),
}
const ARITHMETIC = ['+', '-', '*', '/', '%']
const COMPARISONS = ['<', '<=', '>', '>=', '==', '!=']

/** Every way to write an operation leads to other code. @param {string} a @param {string} b @param {string} operator */
function spellings(a, b, operator) {
  const all = [
    `(${a} ${operator} ${b})`,
    `(${operator} ${a} ${b})`,
    `((fn [a b] (a ${operator} b)) ${a} ${b})`,
    `((fn [b] (${a} ${operator} b)) ${b})`,
    `([${a} ${b}] .reduce nil (fn [m x] (if (m == nil) x else (m ${operator} x))))`,
  ]
  if (operator !== '==' && operator !== '!=') all.push(`((fn [a] (a ${operator} ${b})) ${a})`) // there numbers are compared as numbers
  if (ARITHMETIC.includes(operator)) all.push(`(do (var x ${a}) (x ${operator}= ${b}) x)`, `(do (var m {^x ${a}}) (m/x ${operator}= ${b}) m/x)`)
  if (COMPARISONS.includes(operator)) {
    all.push(
      `((fn [a b] (if (a ${operator} b) true else false)) ${a} ${b})`,
      `((fn [a b] (do (var r true) (if_not (a ${operator} b) (r = false)) r)) ${a} ${b})`,
      `((fn [a b] (var n 0) (while (a ${operator} b) (n = 1) (break)) (n > 0)) ${a} ${b})`,
    )
  }
  return all
}

describe('numbers', () => {
  for (const [operator, expected] of Object.entries(OPERATORS)) {
    test(`(a ${operator} b)`, (t) =>
      checkPrograms(t, {
        programs: 250,
        seed: operator.charCodeAt(0) + operator.length * 1000,
        model: () => undefined,
        steps: (random) => {
          const operand = (/** @type {boolean} */ isAmount) =>
            isAmount && random.below(8) ? BigInt(random.between(-1, 65)) : random.below(3) ? randomInt(random) : randomFloat(random)
          const a = operand(false)
          const b = random.below(6) ? operand(/<<|>>/.test(operator)) : a
          return spellings(numberText(a), numberText(b), operator).map((code) => ({ code: printed(code), tell: () => numberText(expected(a, b)) }))
        },
      }))
  }

  test('a variable against a literal is compared as numbers', (t) =>
    checkPrograms(t, {
      programs: 300,
      seed: 17,
      model: () => undefined,
      steps: (random) => {
        const a = random.below(2) ? randomInt(random) : randomFloat(random)
        const b = random.below(3) ? (isInt(a) ? Number(a) : random.below(2) ? a : BigInt(random.between(-3, 3))) : randomInt(random)
        const [x, y] = [numberText(a), numberText(b)]
        return [
          { code: printed(`((fn [a] (a == ${y})) ${x})`), tell: () => String(a == b) },
          { code: printed(`((fn [a] (if (a != ${y}) true else false)) ${x})`), tell: () => String(a != b) },
        ]
      },
    }))

  test('with one operand', (t) =>
    checkPrograms(t, {
      programs: 400,
      seed: 23,
      model: () => undefined,
      steps: (random) => {
        const a = random.below(2) ? randomInt(random) : randomFloat(random)
        const x = numberText(a)
        const n = Number(a)
        const half = (/** @type {number} */ value) => (Math.abs(value) >= 2 ** 52 ? value : Math.sign(value) * Math.floor(Math.abs(value) + 0.5))
        const same = (/** @type {(value: number) => number} */ convert) => () => (isInt(a) ? x : floatText(convert(n)))
        return [
          { code: printed(`((fn [a] (- a)) ${x})`), tell: () => numberText(typeof a === 'bigint' ? fits(-a, 'negation') : -a) },
          { code: printed(`((fn [a] (/ a)) ${x})`), tell: () => floatText(1 / n) },
          { code: printed(`((fn [a] (not a)) ${x})`), tell: () => (typeof a === 'bigint' ? String(~a) : 'false') },
          { code: printed(`(sqrt ${x})`), tell: () => floatText(Math.sqrt(n)) },
          { code: printed(`(floor ${x})`), tell: same(Math.floor) },
          { code: printed(`(ceil ${x})`), tell: same(Math.ceil) },
          { code: printed(`(round ${x})`), tell: same((value) => (half(value) === 0 ? 0 * value : half(value))) },
          { code: printed(`(${x} .to_f)`), tell: () => floatText(n) },
          { code: printed(`(${x} .to_s)`), tell: () => x },
          ...(Math.abs(n) < 2 ** 62 ? [{ code: printed(`(${x} .to_i)`), tell: () => (isInt(a) ? x : String(BigInt(Math.trunc(n)))) }] : []),
          ...(isInt(a) && a === LEAST ? [] : [{ code: printed(`(abs ${x})`), tell: () => x.replace(/^-/, '') }]),
        ]
      },
    }))

  test('min and max take the extreme argument as it is', (t) =>
    checkPrograms(t, {
      programs: 200,
      seed: 31,
      model: () => undefined,
      steps: (random) => {
        const all = [randomInt(random), ...random.some(4, () => (random.below(2) ? randomInt(random) : randomFloat(random))), randomInt(random)]
        const text = all.map(numberText).join(' ')
        return [
          { code: printed(`(min ${text})`), tell: () => numberText(all.reduce((best, x) => (x < best ? x : best))) },
          { code: printed(`(max ${text})`), tell: () => numberText(all.reduce((best, x) => (x > best ? x : best))) },
        ]
      },
    }))

  test('texts are read as what they were written from', (t) =>
    checkPrograms(t, {
      programs: 60,
      seed: 41,
      model: () => undefined,
      steps: (random) =>
        Array.from({ length: 20 }, () => {
          const value = random.below(3) ? randomFloat(random) : randomInt(random)
          const text = numberText(value)
          const written = typeof value === 'number' ? random.one([text, value.toExponential(), value.toPrecision(17)]) : text
          const other = /[.e]/.test(written) || typeof value === 'bigint' ? written : `${written}.`
          const zero = (/** @type {string} */ result) => (Object.is(value, -0) ? '-0.0' : result)
          const literal = Object.is(value, -0) ? '-0.0' : other
          return random.below(2)
            ? { code: `(println ${literal})`, tell: () => zero(text) }
            : { code: `(println ("${literal}" .${isInt(value) ? 'to_i' : 'to_f'}))`, tell: () => zero(text) }
        }),
    }))
})

describe('ranges', () => {
  test('give what a loop gives', (t) =>
    checkPrograms(t, {
      programs: 300,
      seed: 53,
      model: () => undefined,
      steps: (random) => {
        const start = random.below(2) ? randomInt(random) : random.one([LEAST, MOST, 0n]) / BigInt(random.between(1, 2))
        const step = random.one([undefined, 1n, -1n, 0n, 2n, 3n, -7n, randomInt(random)])
        const wanted = start + (step ?? 1n) * BigInt(random.between(-3, 12)) + BigInt(random.between(-1, 1))
        const end = wanted > MOST ? MOST : wanted < LEAST ? LEAST : wanted
        const by = step ?? 1n
        /** @type {bigint[]} */
        const values = []
        for (let x = start; by > 0n ? x <= end : by < 0n && x >= end; x += by) values.push(x)
        const range = step === undefined ? random.one([`(${start} .. ${end})`, `(range ${start} ${end})`]) : `(range ${start} ${end} ${step})`
        const list = (/** @type {(bigint | string)[]} */ all) => `[${all.join(' ')}]`
        return [
          { code: `(println (do (var all []) (for x in ${range} (all .push x)) all))`, tell: () => list(values) },
          { code: `(println ((fn [] (var all []) (for x in ${range} (all .push x)) all)))`, tell: () => list(values) },
          { code: `(println ((fn [r] (var all []) (for i x in r (all .push [i x])) all) ${range}))`, tell: () => list(values.map((x, i) => `[${i} ${x}]`)) },
          { code: `(println (do (var it (${range} .iter)) (var all []) (while (it .has_next) (all .push (it .next))) [all (it .next)]))`, tell: () => `[${list(values)} not_found]` },
          { code: `(println (len ${range}))`, tell: () => String(values.length) },
          { code: `(println ${range})`, tell: () => `${start}..${end}${step === undefined ? '' : ` step ${step}`}` },
        ]
      },
    }))
})

describe('bytes', () => {
  const hex = (/** @type {bigint} */ value, /** @type {number} */ size) => (size ? `0#${value.toString(16).padStart(size * 2, '0')}` : '')
  const one = (/** @type {import('./property_support.js').Random} */ random, /** @type {number} */ size) =>
    Array.from({ length: size }).reduce((/** @type {bigint} */ value) => (value << 8n) | BigInt(random.below(256)), 0n)

  test('bits are those of one large number', (t) =>
    checkPrograms(t, {
      programs: 200,
      seed: 61,
      model: () => undefined,
      steps: (random) => {
        const size = random.between(1, 12)
        const [a, b] = [one(random, size), one(random, size)]
        const amount = random.between(0, size * 8 + 9)
        const mask = (1n << BigInt(size * 8)) - 1n
        const [x, y] = [hex(a, size), hex(b, size)]
        /** @type {[string, bigint][]} */
        const cases = [
          [`(${x} && ${y})`, a & b],
          [`(${x} || ${y})`, a | b],
          [`(${x} &|& ${y})`, a ^ b],
          [`((fn [x] (not x)) ${x})`, ~a & mask],
          [`(${x} << ${amount})`, (a << BigInt(amount)) & mask],
          [`(${x} >> ${amount})`, a >> BigInt(amount)],
        ]
        return cases.map(([code, value]) => ({ code: printed(code), tell: () => hex(value, size) }))
      },
    }))
})

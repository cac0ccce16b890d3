// data_properties.test.js — random data of every kind: what is printed is read again as the same, plain JSON agrees with
// JavaScript's, and tagged JSON brings everything back.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { open } from './helpers.js'
import { CHARACTERS, floatText, randomFloat, randomInt, randomOf, randomText, stringLiteral } from './property_support.js'

/** @typedef {import('./property_support.js').Random} Random */

const ROUNDS = 400

/**
 * Source text of a value, and the texts of what it is made of, which are tried when it fails.
 * @typedef {{ text: string, parts: Data[] }} Data
 */

// --- text of every kind of literal -----------------------------------------------------------------------------------------------

/** A character as \\u escapes, one for each UTF-16 unit. @param {string} c */
const utf16 = (c) => Array.from({ length: c.length }, (_, i) => `\\u${c.charCodeAt(i).toString(16).padStart(4, '0')}`).join('')

/** A string literal that may write each character in any way. @param {Random} random @param {string} text */
function anyStringLiteral(random, text) {
  const letters = /** @type {Record<string, string>} */ ({ '\n': 'n', '\t': 't', '\r': 'r', '\b': 'b', '\f': 'f' })
  const written = [...text].map((c) => {
    const kind = random.below(4)
    if (kind === 0) return utf16(c)
    if (kind === 1 && letters[c]) return `\\${letters[c]}`
    return c === '"' || c === '\\' || (kind === 2 && /[^bfnrtu\n]/.test(c)) ? `\\${c}` : c
  })
  const body = written.join('')
  return random.below(5) === 0 && !/^\s*\n|\n\s*$/.test(text) && !body.endsWith('"') ? `"""${body.replaceAll('"""', '\\"\\"\\"')}"""` : `"${body}"`
}

/** A token whose odd characters have a backslash. @param {Random} random @param {number} most */
const token = (random, most) =>
  random.some(most, () => random.one([...CHARACTERS, 'é', 'k', '-', '.', '^', '#', '%', '/'])).map((c) => (/[a-z0-9_\-é]/.test(c) ? c : `\\${c}`)).join('')

/** @param {Random} random */
const symbol = (random) => random.one([`s${token(random, 4)}`, `\\${random.one(CHARACTERS)}${token(random, 3)}`, '+', '<=', '=', '/', '/=', '%', '%=', '_', '..', '\\nil', '\\5', '\\^k', '#x', 'x...', '$a', '@b', '\\\'', 'true1', '-x', '.5', '->', '&|&'])

/** @param {Random} random */
function path(random) {
  const parts = Array.from({ length: random.between(2, 4) }, (_, i) => (i > 0 && random.below(3) ? random.one(['0', '-1', '.size', '*', '!', '<a>', '']) : `p${token(random, 2)}`))
  return random.below(4) ? parts.join('/') : `/${parts.join('/')}`
}

const two = (/** @type {number} */ n) => String(n).padStart(2, '0')
/** @param {Random} random */
function clock(random) {
  const fraction = random.one(['', '', '.5', '.000001', `.${random.between(0, 999999)}`])
  const seconds = fraction || random.below(2) ? `:${two(random.below(60))}${fraction}` : ''
  return `${two(random.below(24))}:${two(random.below(60))}${seconds}`
}
const ZONES = ['Europe/Paris', 'Asia/Kolkata', 'Etc/X-1', 'A/b']
/** @param {Random} random */
const offset = (random) => random.one(['Z', '+00:00', `${random.one(['+', '-'])}${two(random.below(24))}:${two(random.below(60))}`])
/** @param {Random} random */
const date = (random) => `${random.between(1000, 9999)}-${two(random.between(1, 12))}-${two(random.between(1, 31))}`
/** @param {Random} random */
function bytes(random) {
  const digits = (/** @type {string} */ set) => Array.from({ length: random.between(1, 20) }, () => random.one([...set]) + random.one(['', '', '', '', '~', '~ ', '~\n ~'])).join('').replace(/[~\s]+$/, '')
  return random.one([() => `0#${digits('0123456789abcdefABCDEF')}`, () => `0!${digits('01')}`, () => `0*${Buffer.from(randomText(random)).toString('base64') || 'QQ=='}`])()
}
/** @param {Random} random */
function regex(random) {
  const part = (/** @type {string[]} */ set) => Array.from({ length: random.between(1, 5) }, () => random.one(set)).join('')
  const pattern = part(['a', 'b+', '\\d', '\\/', '\\\\', '[xy]', '(c)', '.', 'é', ' ', '"', '\\.'])
  return `#/${pattern}/${random.below(3) ? '' : `r${part(['r', '\\/', '\\\\', '\\1'])}/`}${random.one(['', 'i', 'm', 'im'])}`
}

/** @type {((random: Random) => string)[]} */
const LITERALS = [
  (random) => random.one(['nil', 'void', 'true', 'false', 'not_found']),
  (random) => String(randomInt(random)),
  (random) => floatText(randomFloat(random)),
  (random) => random.one(['0xff_ff', '0x7fffffffffffffff', '+5', '5.', '1e3', '25E-1', '1E+2']),
  (random) => anyStringLiteral(random, randomText(random)),
  symbol,
  path,
  (random) => { const c = random.one(CHARACTERS); return `'${c === "'" || c === '\\' ? '\\' : ''}${c}'` },
  (random) => random.one(["'\\n'", "'\\t'", "'\\r'", "'\\b'", "'\\f'", "'\\''", "'\\\\'", "'\\z'"]),
  bytes,
  date,
  (random) => `${date(random)}T${clock(random)}${random.one(['', offset(random), `${offset(random)}[${random.one(ZONES)}]`])}`,
  (random) => `${clock(random)}${random.one(['', offset(random), `[${random.one(ZONES)}]`, `${offset(random)}[${random.one(ZONES)}]`])}`,
  regex,
]

/** @param {Random} random @param {number} depth @returns {Data} */
function data(random, depth) {
  const kind = depth > 0 ? random.below(9) : 0
  const parts = kind > 2 ? random.some(4, () => data(random, depth - 1)) : []
  const seal = random.one(['', '', '#'])
  const items = parts.map((part) => part.text).join(random.one([' ', ', ', '\n  ', ' #< note ># ']))
  const key = (/** @type {number} */ i) => `^k${i}${token(random, 3)}`
  const entries = (/** @type {Data[]} */ some) => some.map((part, i) => (random.below(5) ? `${key(i)} ${part.text}` : random.one([`^^${key(i).slice(1)}`, `^!${key(i).slice(1)}`]))).join(' ')
  if (kind === 3) return { text: `${seal}[${items}]`, parts }
  if (kind === 4) return { text: `${seal}{${entries(parts)}}`, parts }
  if (kind === 5) return { text: `${seal}{{${parts.flatMap((part, i) => [`"k${i}"`, part.text]).join(' ')}}}`, parts }
  if (kind === 6 || kind === 7) {
    const [type, ...rest] = parts
    const cut = random.between(0, rest.length)
    return { text: type ? `${seal}(${type.text} ${entries(rest.slice(0, cut))} ${rest.slice(cut).map((part) => part.text).join(' ')})` : '()', parts }
  }
  if (kind === 8) {
    const part = data(random, depth - 1)
    return { text: `${random.one(['`', '`', '%'])}${part.text}`, parts: [part] }
  }
  return { text: random.one(LITERALS)(random), parts: [] }
}

/** Forms without their places. @param {any} form @returns {any} */
function plain(form) {
  if (form === null || typeof form !== 'object') return form
  if (Array.isArray(form)) return form.map(plain)
  const copy = Object.fromEntries(Object.entries(form).filter(([name]) => name !== 'line' && name !== 'column').map(([name, value]) => [name, plain(value)]))
  return { kind: form.constructor?.name, text: form instanceof Map || form instanceof Set ? plain([...form]) : Object.keys(copy).length ? '' : String(form), ...copy }
}

/**
 * Makes random data until one fails; of that, the smallest part that fails is told.
 * @param {{ seed: number, make: (random: Random) => Data, check: (text: string) => void, rounds?: number }} options
 */
function checkData({ seed, make, check, rounds = ROUNDS }) {
  const errorOf = (/** @type {string} */ text) => {
    try {
      check(text)
    } catch (error) {
      return /** @type {Error} */ (error)
    }
    return undefined
  }
  for (let i = 0; i < rounds; i++) {
    let failing = make(randomOf(seed * 100_003 + i))
    if (!errorOf(failing.text)) continue
    for (let part; (part = failing.parts.find((one) => errorOf(one.text))); ) failing = part
    const error = errorOf(failing.text)
    if (error) error.message = `data ${i}: ${failing.text}\n${error.message}`
    throw error
  }
}

describe('data', () => {
  for (const format of /** @type {const} */ (['compact', 'pretty'])) {
    test(`is the same when its ${format} text is read`, async (t) => {
      const gene = await open(t)
      const read = (/** @type {string} */ source) => {
        const { forms, diagnostics } = gene.parse(source)
        assert.deepEqual(diagnostics, [], source)
        assert.equal(forms.length, 1, source)
        return plain(forms[0])
      }
      checkData({
        seed: 1,
        make: (random) => data(random, 3),
        check: (source) => {
          const form = read(source)
          const [text] = gene.formTexts(source, { format }).texts
          assert.deepEqual(read(text), form, text)
          assert.deepEqual(gene.formTexts(text, { format }).texts, [text])
        },
      })
    })
  }

  test('is the same after gene/serdes', async (t) => {
    const gene = await open(t)
    const roundTrip = gene.evalSync('(fn [source] (var text (gene/serdes/serialize (parse source))) [text (gene/serdes/serialize (gene/serdes/deserialize text))])')
    checkData({
      seed: 2,
      make: (random) => data(random, 3),
      check: (source) => {
        let result
        try {
          result = gene.callSync(roundTrip, source)
        } catch (error) {
          if (/cannot|not supported|Unsupported|serializ/i.test(String(error))) return
          throw error
        }
        assert.equal(result[1], result[0])
      },
    })
  })

  test('strings, numbers and characters are what was written', async (t) => {
    const gene = await open(t)
    const value = (/** @type {string} */ source) => gene.parse(source).forms[0]
    for (let i = 0; i < ROUNDS; i++) {
      const random = randomOf(i)
      const text = randomText(random, 12)
      const literal = anyStringLiteral(random, text)
      assert.equal(value(literal), text, literal)
      assert.equal(gene.evalSync(literal), text, literal)
      const [int, float] = [randomInt(random), randomFloat(random)]
      assert.equal(BigInt(value(String(int))), int)
      assert.equal(BigInt(gene.evalSync(String(int))), int)
      assert.ok(Object.is(Number(value(floatText(float))), float), floatText(float))
      assert.ok(Object.is(gene.evalSync(floatText(float)), float), floatText(float))
    }
  })
})

// --- JSON ------------------------------------------------------------------------------------------------------------------------

/** A value of plain JSON. @param {Random} random @param {number} depth @returns {any} */
function json(random, depth) {
  const kind = depth > 0 ? random.below(6) : random.below(4)
  if (kind === 0) return random.one([null, true, false])
  if (kind === 1) return random.below(2) ? Number(BigInt.asIntN(53, randomInt(random))) : randomFloat(random) || 0
  if (kind < 4) return randomText(random)
  if (kind === 4) return random.some(4, () => json(random, depth - 1))
  return Object.fromEntries(random.some(4, (i) => [`${random.one(['', 'k', '^', '__proto__'])}${randomText(random, 3)}-${i}`, json(random, depth - 1)]))
}

/** The same text with other white space and escapes. @param {Random} random @param {string} text */
const loose = (random, text) =>
  text.replace(/"(?:[^"\\]|\\.)*"|[[\]{},:]/g, (part) =>
    part.startsWith('"') ? part.replace(/\\u....|\\.|[a-z/é😀]/gu, (c) => (c.startsWith('\\') || random.below(4) ? c : utf16(c)))
      : `${random.one(['', ' ', '\n\t'])}${part}${random.one(['', '\r\n', ' '])}`)

describe('JSON', () => {
  test('plain JSON is what JavaScript reads and writes', async (t) => {
    const gene = await open(t)
    const again = gene.evalSync('(fn [text] (gene/json/stringify (gene/json/parse text)))')
    const noFloats = (/** @type {string} */ text) => text.replace(/"(?:[^"\\]|\\.)*"|-?\d+(\.\d+)?(e[+-]?\d+)?/g, (part) => (part.startsWith('"') ? part : '0'))
    for (let i = 0; i < ROUNDS; i++) {
      const random = randomOf(i + 5000)
      const value = json(random, 3)
      const text = JSON.stringify(value)
      const result = gene.callSync(again, random.below(2) ? text : loose(random, text))
      assert.deepEqual(JSON.parse(result), value, `(println (gene/json/stringify (gene/json/parse ${stringLiteral(text)})))`)
      assert.equal(noFloats(result), noFloats(text))
    }
  })

  test('what JavaScript refuses is refused', async (t) => {
    const gene = await open(t)
    const parse = gene.evalSync('(fn [text] (try (do (gene/json/parse text) "fine") catch e e/.message))')
    for (let i = 0; i < ROUNDS * 4; i++) {
      const random = randomOf(i + 9000)
      const text = [...JSON.stringify(json(random, 2))]
      for (let n = random.between(1, 2); n > 0; n--) text.splice(random.below(text.length + 1), random.below(2), random.one([...'[]{},:"\\0-.e1tn \n\0\u000b\u00a0', 'é', '']))
      const source = text.join('')
      let accepted = true
      try {
        JSON.parse(source)
      } catch {
        accepted = false
      }
      const message = gene.callSync(parse, source)
      assert.equal(message === 'fine', accepted, `(gene/json/parse ${stringLiteral(source)}): ${message}`)
      if (!accepted) assert.match(message, /^Invalid JSON: /)
    }
  })

  /**
   * Source of data that tagged JSON can carry, and the JSON where it is simple to tell.
   * @param {Random} random @param {number} depth @returns {{ source: string, json: string }}
   */
  function tagged(random, depth) {
    const kind = random.below(depth > 0 ? 8 : 5)
    if (kind === 0) {
      const word = random.one(['nil', 'true', 'false'])
      return { source: word, json: word === 'nil' ? 'null' : word }
    }
    if (kind === 1) {
      const int = randomInt(random)
      return { source: String(int), json: int > 2n ** 53n - 1n || int < -(2n ** 53n - 1n) ? `"#GENE#${int}"` : String(int) }
    }
    if (kind === 2) return { source: floatText(randomFloat(random)), json: '' }
    if (kind === 3) {
      const text = random.below(4) ? randomText(random) : `#GENE#${randomText(random)}`
      return { source: stringLiteral(text), json: '' }
    }
    if (kind === 4) return { source: random.below(3) ? symbol(random) : path(random), json: '' }
    const parts = random.some(4, () => tagged(random, depth - 1).source)
    const entries = (/** @type {string[]} */ all) => all.map((source, i) => `^${'abcd'[i]}${token(random, 2)} ${source}`).join(' ')
    if (kind === 5) return { source: `[${parts.join(' ')}]`, json: '' }
    if (kind === 6) return { source: `{${entries(parts)}}`, json: '' }
    const cut = random.between(0, parts.length)
    return { source: `(${tagged(random, depth - 1).source} ${entries(parts.slice(0, cut))} ${parts.slice(cut).join(' ')})`, json: '' }
  }

  test('tagged JSON brings data back', async (t) => {
    const gene = await open(t)
    const roundTrip = gene.evalSync('(fn [source] (var value (parse source)) (var text (gene/json/serialize value)) (var back (gene/json/deserialize text)) [text (gene/json/serialize back) (value .to_s) (back .to_s)])')
    for (let i = 0; i < ROUNDS; i++) {
      const { source, json: expected } = tagged(randomOf(i + 7000), 3)
      const [text, again, before, after] = gene.callSync(roundTrip, source)
      assert.equal(again, text, source)
      assert.equal(after, before, source)
      JSON.parse(text)
      if (expected) assert.equal(text, expected, source)
    }
  })
})

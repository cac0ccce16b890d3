// strings.test.js — string methods and regular expressions against JavaScript's own, on random Unicode text. The random
// numbers are seeded: a failure comes again.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { root } from '../../js/dev/shell.js'
import { delay, failure, open } from './helpers.js'

const ROUNDS = 400

/** Numbers from 0 to below n, always the same ones. @param {number} seed */
function randomNumbers(seed) {
  let state = seed >>> 0
  return (/** @type {number} */ n) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * n)
  }
}

const CHARACTERS = [...'aabbcXYZ09 _-,.éÉßÿŸİıſǅΣσςЯяﬁ你好あ𐐀𐐨😀🇩🇪', '\t', 'e\u0301', '\u200d']

/** @param {(n: number) => number} random @param {number} [most] */
const text = (random, most = 12) => Array.from({ length: random(most + 1) }, () => CHARACTERS[random(CHARACTERS.length)]).join('')

/** Simple case mapping: one code point for one. @param {string} value @param {(c: string) => string} convert */
const simple = (value, convert) => [...value].map((c) => ([...convert(c)].length === 1 ? convert(c) : c)).join('')
const upper = (/** @type {string} */ value) => simple(value, (c) => c.toUpperCase())
const lower = (/** @type {string} */ value) => simple(value, (c) => c.toLowerCase())

/** Code points before a UTF-16 offset; -1 stays. @param {string} value @param {number} offset */
const points = (value, offset) => (offset < 0 ? -1 : [...value.slice(0, offset)].length)
const bytesOf = (/** @type {string} */ value) => [...new TextEncoder().encode(value)]

/** Inclusive substr of page 27. @param {string} value @param {number} from @param {number} to */
function substr(value, from, to) {
  const all = [...value]
  const start = from < 0 ? Math.max(0, from + all.length) : from
  const end = to < 0 ? to + all.length : to
  return end < start ? '' : all.slice(start, end + 1).join('')
}

/** @type {[string, (a: string, b: string, i: number, j: number) => any][]} Gene code of a b i j, and what it is in JavaScript */
const METHODS = [
  ['(a .length)', (a) => [...a].length],
  ['(a .bytesize)', (a) => bytesOf(a).length],
  ['(a .to_upper)', (a) => upper(a)],
  ['(a .to_lower)', (a) => lower(a)],
  ['(a .capitalize)', (a) => upper([...a].slice(0, 1).join('')) + lower([...a].slice(1).join(''))],
  ['(a .reverse)', (a) => [...a].reverse().join('')],
  ['(a .chars)', (a) => [...a]],
  ['((a .bytes) .to_array)', (a) => bytesOf(a)],
  ['(a .each_byte)', (a) => bytesOf(a)],
  ['(a .trim)', (a) => a.replace(/^[ \t-\r]+|[ \t-\r]+$/g, '')],
  ['(a .substr i j)', (a, _, i, j) => substr(a, i, j)],
  ['(a .substr i)', (a, _, i) => substr(a, i, -1)],
  ['(a .index b)', (a, b) => points(a, a.indexOf(b))],
  ['(a .rindex b)', (a, b) => points(a, a.lastIndexOf(b))],
  ['(a .contain b)', (a, b) => a.includes(b)],
  ['(a .starts_with b)', (a, b) => a.startsWith(b)],
  ['(a .ends_with b)', (a, b) => a.endsWith(b)],
  ['(a .split b)', (a, b) => (b ? a.split(b) : [a])],
  ['(a .replace_all b "<é>")', (a, b) => (b ? a.replaceAll(b, '<é>') : a)],
  ['(a .replace b "")', (a, b) => (b ? a.replace(b, () => '') : a)],
  ['(a ++ b)', (a, b) => a + b],
  ['(a .append b i)', (a, b, i) => a + b + i],
  ['(base64 a)', (a) => Buffer.from(a).toString('base64')],
  ['(base64_decode (base64 a))', (a) => a],
]

describe('string methods', () => {
  for (const [source, expected] of METHODS) {
    test(source, async (t) => {
      const gene = await open(t)
      const method = gene.evalSync(`(fn [a b i j] ${source})`)
      const random = randomNumbers(source.length * 7919)
      for (let round = 0; round < ROUNDS; round++) {
        const a = text(random)
        const b = random(3) ? [...a].slice(random(4), random(8)).join('') : text(random, 2)
        const [i, j] = [random(20) - 10, random(20) - 10]
        assert.deepEqual(await method(a, b, i, j), expected(a, b, i, j), JSON.stringify([source, a, b, i, j]))
      }
    })
  }

  test('case of every code point is that of JavaScript, where it is one for one', async (t) => {
    const source = readFileSync(join(root, 'src/lib/unicode_tables.c'), 'utf8')
    const version = Number(/Unicode (\d+)/.exec(source)?.[1])
    if (version < Number.parseFloat(process.versions.unicode)) return t.diagnostic('this Node knows a newer Unicode')
    const gene = await open(t)
    const [toUpper, toLower] = gene.evalSync('[(fn [s] (s .to_upper)) (fn [s] (s .to_lower))]')
    for (let start = 0; start < 0x110000; start += 0x1000) {
      const codes = Array.from({ length: 0x1000 }, (_, i) => start + i).filter((code) => code < 0xd800 || code > 0xdfff)
      const all = codes.map((code) => String.fromCodePoint(code)).join('')
      // A newer table may map what this Node leaves alone.
      const same = (/** @type {string} */ ours, /** @type {string} */ theirs) => {
        const [own, known, original] = [[...ours], [...theirs], [...all]]
        const wrong = known.findIndex((c, i) => c !== own[i] && c !== original[i])
        assert.equal(wrong, -1, `U+${codes[wrong]?.toString(16)}`)
      }
      same(await toUpper(all), upper(all))
      same(await toLower(all), lower(all))
    }
  })
})

// --- regular expressions -----------------------------------------------------------------------------------------------

const ATOMS = ['a', 'b', 'X', 'é', '你', '😀', '.', '\\d', '\\w', '\\s', '\\W', '[a-c]', '[^a]', '[é😀X]', '\\bX', '-']
const REPEATS = ['', '', '', '*', '+', '?', '{2}', '{1,2}', '+?', '*?']

/** A pattern that both engines understand alike. @param {(n: number) => number} random @param {number} depth @returns {string} */
function pattern(random, depth) {
  const branch = () =>
    Array.from({ length: 1 + random(3) }, () =>
      depth > 0 && random(4) === 0
        // A repeated group that may match nothing is where Perl and JavaScript differ.
        ? `(${['', '?:'][random(2)]}${pattern(random, depth - 1)})`
        : ATOMS[random(ATOMS.length)] + REPEATS[random(REPEATS.length)],
    ).join('')
  return Array.from({ length: 1 + (random(3) === 0 ? 1 : 0) }, branch).join('|')
}

/** @type {[string, (re: RegExp, s: string) => any][]} */
const SEARCHES = [
  ['(re .find_all s)', (re, s) => s.match(re) ?? []],
  ['(re .split s)', (re, s) => (s ? s.split(new RegExp(re.source.replace(/(?<!\\)\((?!\?)/g, '(?:'), 'gu')) : [])],
  ['(re .gsub s "<\\\\0>")', (re, s) => s.replace(re, '<$&>')],
  ['(s .index re)', (re, s) => points(s, s.search(re))],
  ['(re .match? s)', (re, s) => s.search(re) >= 0],
  ['(do (var m (re .match s)) (if m [m/value m/start m/end m/pre_match m/post_match] else nil))', (re, s) => {
    const m = new RegExp(re.source, 'u').exec(s)
    const end = m ? m.index + m[0].length : 0
    return m && [m[0], points(s, m.index), points(s, end), s.slice(0, m.index), s.slice(end)]
  }],
]

describe('regular expressions', () => {
  for (const [source, expected] of SEARCHES) {
    test(`${source} finds what JavaScript finds`, async (t) => {
      const gene = await open(t)
      const search = gene.evalSync(`(fn [p s] (var re (new Regexp p)) ${source})`)
      const random = randomNumbers(source.length * 104729)
      for (let round = 0; round < ROUNDS; round++) {
        const [p, s] = [pattern(random, 2), text(random, 20)]
        assert.deepEqual(await search(p, s), expected(new RegExp(p, 'gu'), s), JSON.stringify([source, p, s]))
      }
    })
  }

  test('a regex and a match come as handles', async (t) => {
    const gene = await open(t)
    const [regex, match] = gene.evalSync('[#/a(.)/i (#/a(.)/ .match "xab")]')
    assert.deepEqual([regex.type, String(regex), regex.toJS()], ['VkRegex', '#/a(.)/i', { pattern: 'a(.)', flags: 'i' }])
    assert.equal(await regex.call('find', 'xAB'), 'AB')
    assert.deepEqual([match.type, match.get('value'), match.get('captures'), match.get('start')], ['VkRegexMatch', 'ab', ['b'], 1])
    gene.dispose()
  })

  test('10 MB are searched without keeping the page waiting', async (t) => {
    const gene = await open(t)
    const search = gene.evalSync('(fn [s] ((#/[a-z]+/ .find_all s) .size))')
    const subject = 'some words, '.repeat(2 ** 20 * 10 / 12)
    let longest = 0
    let last = performance.now()
    const watch = setInterval(() => {
      longest = Math.max(longest, performance.now() - last)
      last = performance.now()
    }, 1)
    const count = await search(subject)
    clearInterval(watch)
    t.diagnostic(`longest pause ${longest.toFixed(0)} ms`)
    assert.equal(count, subject.match(/[a-z]+/g)?.length)
  })

  const LONG = '(var s "a") (var i 0) (while (i < 20) (s = (s ++ s)) (i += 1)) (#/a+[bc]/ .match? s)'

  test('a signal stops a search', async (t) => {
    const gene = await open(t)
    const controller = new AbortController()
    const running = gene.eval(LONG, { signal: controller.signal })
    setTimeout(() => controller.abort(), 50)
    const started = performance.now()
    await assert.rejects(running, { name: 'AbortError' })
    t.diagnostic(`after ${(performance.now() - started).toFixed(0)} ms`)
    assert.ok(performance.now() - started < 1000)
  })

  test('the time limit stops a search', async (t) => {
    const gene = await open(t)
    assert.equal((await failure(gene.eval(LONG, { timeout: 100 }))).code, 'GENE.ASYNC.TIMEOUT')
    assert.equal(gene.evalSync('(#/b/ .find "abc")'), 'b')
  })

  test('a runtime may be disposed of in the middle of a search', async (t) => {
    const gene = await open(t)
    const running = failure(gene.eval(LONG.replace('match? s', 'gsub s "x"')))
    await delay(30)
    gene.dispose()
    assert.equal((await running).code, 'GENE.RUNTIME.DISPOSED')
  })
})

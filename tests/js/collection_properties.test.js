// collection_properties.test.js — sort, maps, sets and arrays under random operations against models in JavaScript.

import { describe, test } from 'node:test'
import { checkPrograms, floatText, printed, stringLiteral } from './property_support.js'

/** @typedef {import('./property_support.js').Random} Random */
/** @typedef {import('./property_support.js').Step<any>} Step */

const list = (/** @type {unknown[]} */ all) => `[${all.join(' ')}]`

/** Steps of one program: each function makes one. @param {Random} random @param {number} most @param {(() => Step)[]} makers @returns {Step[]} */
const sequence = (random, most, makers) => [...random.some(most, () => random.one(makers)()), makers[0]()]

// --- sort --------------------------------------------------------------------------------------------------------------------

/** Source of an element, and its text inside an array as interpolation writes it. @param {Random} random @returns {string} */
function element(random) {
  const kind = random.below(6)
  if (kind === 0) return String(random.between(-12, 12))
  if (kind === 1) return floatText(random.between(-8, 8) / 4)
  if (kind === 2) return stringLiteral(random.one(['', 'a', 'b', 'ab', 'B', '1', '-1', 'é', '😀', '\uffff', 'nil']))
  if (kind === 3) return random.one(['true', 'false', 'nil'])
  if (kind === 4) return `'${random.one(['a', 'b', 'é'])}'`
  return list(random.some(2, () => element(random)))
}

/** The string form of an element, from its source. @param {string} source */
const stringForm = (source) => (source === 'nil' ? '' : source.startsWith('"') ? source.slice(1, -1) : source)
const compareBytes = (/** @type {string} */ a, /** @type {string} */ b) => Buffer.compare(Buffer.from(a), Buffer.from(b))

describe('sort', () => {
  test('without a function orders by text and keeps the order of equal texts', (t) =>
    checkPrograms(t, {
      programs: 250,
      seed: 101,
      model: () => undefined,
      steps: (random) => {
        const all = random.some(random.one([4, 40, 120]), () => element(random))
        const sorted = all.map((source) => ({ source, key: stringForm(source) })).sort((a, b) => compareBytes(a.key, b.key))
        return [{ code: `(println #"#(${list(all)} .sort)")`, tell: () => list(sorted.map(({ source }) => source)) }]
      },
    }))

  test('with a function is stable', (t) =>
    checkPrograms(t, {
      programs: 250,
      seed: 103,
      model: () => undefined,
      steps: (random) => {
        const most = random.one([5, 60, 200])
        const all = random.some(most, (i) => [random.below(most), i])
        const source = list(all.map(list))
        const up = [...all].sort((a, b) => a[0] - b[0]).map(list)
        const down = [...all].sort((a, b) => b[0] - a[0]).map(list)
        return [
          { code: `(println (${source} .sort (fn [a b] (a/0 - b/0))))`, tell: () => list(up) },
          { code: `(println (${source} .sort (fn [a b] (b/0 - a/0))))`, tell: () => list(down) },
          { code: `(println (${source} .sort (fn [a b] (a/0 <= b/0))))`, tell: () => list(up) },
          { code: `(println (${source} .sort (fn [a b] 0)))`, tell: () => list(all.map(list)) },
          { code: `(println (do (var all ${source}) (all .sort (fn [a b] (b/0 - a/0))) all))`, tell: () => list(all.map(list)) },
        ]
      },
    }))

  test('with any answers of the function gives all elements back', (t) =>
    checkPrograms(t, {
      programs: 100,
      seed: 107,
      model: () => undefined,
      steps: (random) => {
        const all = random.some(80, (i) => i)
        const code = `(var seed ${random.between(1, 1e6)}) (println ((${list(all)} .sort (fn [a b] (seed = (seed * 48271 % 2147483647)) (seed % 3 - 1))) .sort (fn [a b] (a - b))))`
        return [{ code, tell: () => list(all) }]
      },
    }))
})

// --- maps and sets -------------------------------------------------------------------------------------------------------------

/**
 * A map or set: its entries in order.
 * @typedef {Map<string, string>} Entries
 */

/** @param {Random} random @param {string[]} keys @param {() => string} value @param {(key: string) => string} shown text of a key */
function mapSteps(random, keys, value, shown) {
  const text = (/** @type {Entries} */ m) => list([...m].map(([key, item]) => `[${shown(key)} ${item}]`))
  const key = () => random.one(keys)
  /** @param {string} code @param {(m: Entries) => string} tell @returns {() => Step} */
  const step = (code, tell) => () => ({ code: `(println ${code})`, tell })
  return [
    () => step('#"#(m .pairs)"', text)(),
    () => { const [k, v] = [key(), value()]; return step(`((m .set ${k} ${v}) .size)`, (m) => String(m.set(k, v).size))() },
    () => { const [k, v] = [key(), value()]; return step(`((m .set ${k} ${v}) .size)`, (m) => String(m.set(k, v).size))() },
    () => { const k = key(); return step(`#"#{[(m .get ${k})]}"`, (m) => list([m.get(k) ?? 'nil']))() },
    () => { const k = key(); return step(`#"#{[(m .get ${k} void)]}"`, (m) => list([m.get(k) ?? 'void']))() },
    () => { const k = key(); return step(`(m .has ${k})`, (m) => String(m.has(k)))() },
    () => { const k = key(); return step(`(m .contains ${k})`, (m) => String(m.has(k)))() },
    () => {
      const gone = [key(), ...random.some(2, key)]
      return step(`#"#{[(m .del ${gone.join(' ')})]}"`, (m) => list([gone.reduce((last, k) => { const old = m.get(k); return m.delete(k) ? String(old) : last }, 'nil')]))()
    },
    () => step('[(m .size) (len m)]', (m) => list([m.size, m.size]))(),
    () => step('#"#(m .values)"', (m) => list([...m.values()]))(),
    () => step('#"#(m .keys)"', (m) => list([...m.keys()].map(shown)))(),
    () => step('(do (var n 0) (for v in m (n += 1)) n)', (m) => String(m.size))(),
  ]
}

describe('maps', () => {
  test('Map', (t) =>
    checkPrograms(t, {
      programs: 150,
      seed: 211,
      before: '(var m {})',
      model: () => /** @type {Entries} */ (new Map()),
      steps: (random) => {
        const large = random.below(4) === 0
        const keys = large ? Array.from({ length: 150 }, (_, i) => `"k${i}"`) : ['"a"', '"b"', '"a b"', '""', '"0"', '"1"', '"é"', '"nil"', '"size"', '"/"']
        const value = () => random.one(['1', '-2.5', '"x"', 'nil', 'true', '[1 "y"]'])
        const shown = (/** @type {string} */ key) => key
        const key = () => random.one(keys)
        const text = (/** @type {Entries} */ m) => list([...m].map(([k, item]) => `[${k} ${item}]`))
        /** @type {(() => Step)[]} */
        const own = [
          () => ({ code: '(println (m .empty?) (m .not_empty?))', tell: (m) => `${m.size === 0} ${m.size > 0}` }),
          () => {
            const other = random.some(5, () => [key(), value()])
            const code = `(println (do (var o {}) ${other.map(([k, v]) => `(o .set ${k} ${v})`).join(' ')} ((m .merge o) .size)))`
            return { code, tell: (m) => { for (const [k, v] of new Map(/** @type {any} */ (other))) m.set(k, v); return String(m.size) } }
          },
          () => {
            const k = key()
            return { code: `(println #"#((m .filter (fn [k v] (k != ${k}))) .pairs)")`, tell: (m) => text(new Map([...m].filter(([one]) => one !== k))) }
          },
          () => ({ code: '(println #"#((m .map (fn [k v] k)) .values)")', tell: (m) => list([...m.keys()]) }),
          () => ({ code: '(println #"#(m .reduce [] (fn [all k v] (all .add [k v])))")', tell: text }),
          () => ({ code: '(println #"#{(do (var all []) (for k v in m (all .push [#"#{k}" v])) all)}")', tell: text }),
          () => ({ code: '(println #"#{(do (var all []) (m .each (fn [k v] (all .push [k v]))) all)}")', tell: text }),
          () => ({ code: '(println ({^... m} == m) (m == {}))', tell: (m) => `true ${m.size === 0}` }),
          () => ({ code: '(println ((m .pairs) .to_map))', tell: (m) => `{${[...m].map(([k, v]) => `^${k.slice(1, -1)} ${v.replaceAll('"', '')}`).join(' ')}}` }),
        ]
        if (random.below(3) === 0) own.push(() => ({ code: '(println ((m .clear) .size))', tell: (m) => (m.clear(), '0') }))
        return sequence(random, large ? 400 : 40, [...mapSteps(random, keys, value, shown), ...own])
      },
    }))

  // What a key looks like, and one text for all spellings of the same key.
  const KEYS = ['nil', 'true', 'false', '0', '1', '-1', '140737488355328', '9223372036854775807', '1.0', '0.5', '-1.5', '"1"', '"a"', '""', "'a'", "'1'", '`a', '`nil2', '`a/b', '[1]', '[1.0]', '["1"]', '[]', '[[] [1]]', '{}', '{^a 1}', '{^a 1 ^b [2]}', '{{1 2}}', '{{}}', '[`a "a" \'a\']']
  const SAME = new Map([['0.0', '-0.0'], ['{^a 1 ^b 2}', '{^b 2 ^a 1}'], ['[{^x 1 ^y nil}]', '[{^y nil ^x 1}]']])
  const shown = (/** @type {string} */ key) => key.replaceAll('`', '')

  test('HashMap', (t) =>
    checkPrograms(t, {
      programs: 150,
      seed: 223,
      before: '(var m {{}})',
      model: () => /** @type {Entries} */ (new Map()),
      steps: (random) => {
        const large = random.below(4) === 0
        const keys = large ? [...KEYS, ...Array.from({ length: 120 }, (_, i) => random.one([`${i}`, `${i}.5`, `"k${i}"`, `[${i} "x"]`]))] : KEYS
        const value = () => random.one(['1', '"x"', 'true', '[1 "y"]'])
        /** @type {(() => Step)[]} */
        const own = [() => ({ code: '(println #"#{m}")', tell: (m) => `{{${[.../** @type {Entries} */ (m)].map(([k, v]) => `${shown(k)} ${v}`).join(' ')}}}` })]
        if (random.below(3) === 0) own.push(() => ({ code: '(println ((m .clear) .size))', tell: (m) => (m.clear(), '0') }))
        return sequence(random, large ? 400 : 50, [...mapSteps(random, keys, value, shown), ...own])
      },
    }))

  test('equal keys are one key', (t) =>
    checkPrograms(t, {
      programs: 1,
      seed: 227,
      model: () => undefined,
      steps: () =>
        [...SAME].flatMap(([a, b]) => [
          { code: `(println (${a} == ${b}) ({{${a} 1}} .get ${b}) ((new HashSet ${a} ${b}) .size) ({{${a} 1 ${b} 2}} .size))`, tell: () => 'true 1 1 1' },
        ]),
    }))

  test('HashSet', (t) =>
    checkPrograms(t, {
      programs: 200,
      seed: 229,
      before: '(var s (new HashSet)) (var o (new HashSet))',
      model: () => ({ s: /** @type {Set<string>} */ (new Set()), o: /** @type {Set<string>} */ (new Set()) }),
      steps: (random) => {
        const large = random.below(4) === 0
        const keys = large ? Array.from({ length: 100 }, (_, i) => String(i)) : KEYS
        const members = (/** @type {number} */ most) => [random.one(keys), ...random.some(most, () => random.one(keys))]
        const text = (/** @type {Iterable<string>} */ set) => `(HashSet${[...set].map((key) => ` ${shown(key)}`).join('')})`
        /** @param {string} code @param {(m: any, target: Set<string>) => string} tell @returns {Step} */
        const step = (code, tell) => {
          const name = /** @type {'s' | 'o'} */ (random.one(['s', 'o']))
          return { code: `(println #"#{${code.replaceAll('$', name)}}")`, tell: (m) => tell(m, m[name]) }
        }
        const sequenceOf = [
          () => step('$', (_, set) => text(set)),
          () => { const all = members(4); return step(`($ .add ${all.join(' ')})`, (_, set) => { for (const x of all) set.add(x); return text(set) }) },
          () => { const all = members(2); return step(`[($ .del ${all.join(' ')})]`, (_, set) => list([all.reduce((last, x) => (set.delete(x) ? shown(x) : last), 'nil')])) },
          () => { const [x] = members(0); return step(`[($ .has ${x}) ($ .contains ${x})]`, (_, set) => list([set.has(x), set.has(x)])) },
          () => step('[($ .size) (len $)]', (_, set) => list([set.size, set.size])),
          () => step('($ .to_array)', (_, set) => list([...set].map(shown))),
          () => step('(s .union o)', ({ s, o }) => text(new Set([...s, ...o]))),
          () => step('(s .intersect o)', ({ s, o }) => text([...s].filter((x) => o.has(x)))),
          () => step('(s .diff o)', ({ s, o }) => text([...s].filter((x) => !o.has(x)))),
          () => step('[(s .subset? o) (o .subset? s) (s == o)]', ({ s, o }) => {
            const [within, contains] = [[...s].every((x) => o.has(x)), [...o].every((x) => s.has(x))]
            return list([within, contains, within && contains])
          }),
          () => step('(do (var all []) (for x in $ (all .push x)) all)', (_, set) => list([...set].map(shown))),
        ]
        if (random.below(3) === 0) sequenceOf.push(() => step('(($ .clear) .size)', (_, set) => (set.clear(), '0')))
        return sequence(random, large ? 200 : 40, sequenceOf)
      },
    }))
})

// --- arrays ----------------------------------------------------------------------------------------------------------------------

describe('arrays', () => {
  test('methods, indices and assignments', (t) =>
    checkPrograms(t, {
      programs: 400,
      seed: 307,
      before: '(var a [])',
      model: () => /** @type {number[]} */ ([]),
      steps: (random) => {
        const number = () => random.between(0, 9)
        const index = () => random.between(-8, 8)
        const at = (/** @type {number[]} */ a, /** @type {number} */ i) => (i < 0 ? i + a.length : i)
        const clamp = (/** @type {number} */ n, /** @type {number[]} */ a) => Math.min(Math.max(n, 0), a.length)
        /** @param {string} code @param {(a: number[]) => unknown} tell @returns {Step} */
        const step = (code, tell) => ({ code: printed(code), tell: (a) => { const result = tell(a); return Array.isArray(result) ? text(result) : String(result ?? 'nil') } })
        /** @param {unknown[]} all @returns {string} */
        const text = (all) => list(all.map((item) => (Array.isArray(item) ? text(item) : item)))
        return sequence(random, 30, [
          () => step('a', (a) => a),
          () => { const n = number(); return step(`(a .push ${n})`, (a) => a.push(n)) },
          () => { const n = number(); return step(`(a .push ${n})`, (a) => a.push(n)) },
          () => { const n = number(); return step(`(a .add ${n})`, (a) => (a.push(n), a)) },
          () => { const n = number(); return step(`((a .append ${n}) .size)`, (a) => a.push(n)) },
          () => step('(a .pop)', (a) => a.pop()),
          () => { const i = index(); return step(`(a .get ${i})`, (a) => a[i]) },
          () => { const i = index(); return step(`a/${i}`, (a) => a[at(a, i)] ?? 'void') },
          () => { const [i, n] = [index(), number()]; return step(`(a .set ${i} ${n})`, (a) => (at(a, i) in a ? ((a[at(a, i)] = n), a) : 'set index out of bounds')) },
          () => { const i = index(); return step(`(a .del ${i})`, (a) => (at(a, i) in a ? a.splice(at(a, i), 1)[0] : 'del index out of bounds')) },
          () => { const [i, n] = [index(), number()]; return step(`(a/${i} = ${n})`, (a) => (i in a ? (a[i] = n) : `Array index out of bounds: ${i} (len=${a.length})`)) },
          () => { const i = Math.abs(index()); return step(`(if (a .get ${i}) (a/${i} += 3) else nil)`, (a) => (i in a ? (a[i] += 3) : null)) },
          () => step('[(a .first) (a .last) (a .size) (a .length) (len a)]', (a) => [a[0] ?? 'nil', a.at(-1) ?? 'nil', a.length, a.length, a.length]),
          () => step('[(a .empty) (a .empty?) (a .not_empty?)]', (a) => [!a.length, !a.length, a.length > 0]),
          () => { const [i, j] = [index(), index()]; return step(`(a .slice ${i} ${j})`, (a) => a.slice(i, j)) },
          () => { const i = index(); return step(`(a .slice ${i})`, (a) => a.slice(i)) },
          () => { const n = index(); return step(`[(a .take ${n}) (a .skip ${n})]`, (a) => [a.slice(0, clamp(n, a)), a.slice(clamp(n, a))]) },
          () => { const n = number(); return step(`[(a .index_of ${n}) (a .contains ${n})]`, (a) => [a.indexOf(n), a.includes(n)]) },
          () => step('(a .reverse)', (a) => [...a].reverse()),
          () => { const other = random.some(6, number); return step(`(a .zip ${list(other)})`, (a) => a.slice(0, other.length).map((x, i) => [x, other[i]])) },
          () => step('(a .pairs)', (a) => a.map((x, i) => [i, x])),
          () => step('((a .pairs) .to_map)', (a) => `{${a.map((x, i) => `^${i} ${x}`).join(' ')}}`),
          () => { const n = number(); return step(`(a .map (fn [x] (x * ${n})))`, (a) => a.map((x) => x * n)) },
          () => { const n = number(); return step(`(a .filter (fn [x] (x < ${n})))`, (a) => a.filter((x) => x < n)) },
          () => { const n = number(); return step(`[(a .any (fn [x] (x == ${n}))) (a .all (fn [x] (x < ${n}))) (a .find (fn [x] (x > ${n})))]`, (a) => [a.some((x) => x === n), a.every((x) => x < n), a.find((x) => x > n) ?? 'nil']) },
          () => step('(a .reduce 7 (fn [s x] (s * 3 + x % 1000)))', (a) => a.reduce((s, x) => s * 3 + (x % 1000), 7)),
          () => step('(do (var all []) (a .each (fn [x] (all .push x))) (for i x in a (all .push (i + x))) all)', (a) => [...a, ...a.map((x, i) => i + x)]),
          () => step('(a .join "-")', (a) => a.join('-')),
          () => step('(a .join)', (a) => a.join('')),
          () => { const n = number(); return step(`[${n} a... (a .take 1) ... ${n}]`, (a) => [n, ...a, ...a.slice(0, 1), n]) },
          () => step('(a == [a...])', () => true),
          () => step('((fn [all...] (all .size)) a...)', (a) => a.length),
          ...(random.below(4) ? [] : [() => step('(a .clear)', (a) => ((a.length = 0), a))]),
        ])
      },
    }))
})

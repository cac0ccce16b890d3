// robustness_properties.test.js — random calls of any method on any value with any arguments, and special forms with parts that
// do not belong there: each ends with a value or with an exception that has a code, the program goes on, and every build prints
// the same.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { createRuntime } from '../../js/index.js'
import { runNative } from '../harness/native_run.js'
import { runWasm } from '../harness/wasm_run.js'
import { open } from './helpers.js'
import { randomOf } from './property_support.js'

/** @typedef {import('./property_support.js').Random} Random */

const DECLARATIONS = `
(class C (ctor [] (/a = 1)) (method m [x] x) (method hash [] 7) (method "==" [other] true))
(class D < C (method to_s [] "D") (method call [x = 1] x))
(enum E A (B x))
(ns N (var /k 1))
(interface I (method m [x]) (field a Int))
(implement I for C)
(fn-interceptor W [f] (before f [x] nil))
(fn g* [] (yield 1) (yield [1 2]))
(var circle [1]) (circle .add circle)
(var round {^a 1}) (round .set "c" round)
(var frozen (freeze [1 {^a [2]}]))
(fn tell [run]
  (println (try #"= #{(run)}" catch e #"! #{e/code} #{e/message}")))
`

/** Values by the class whose methods they have. @type {Record<string, string[]>} */
const KINDS = {
  Nil: ['nil'],
  Void: ['void'],
  Bool: ['true'],
  Int: ['0', '1', '-1', '9223372036854775807', '-9223372036854775808'],
  Float: ['1.5', '-0.0', '1e308', '(0.0 / 0)'],
  String: ['""', '"é"', '"abc"', '"a,b"'],
  Char: ["'c'"],
  Symbol: ['`sym', '_', 'not_found'],
  ComplexSymbol: ['`a/b'],
  Gene: ['`(g ^p 1 2 3)'],
  Regexp: ['#/a+/i'],
  RegexpMatch: ['("abc" .match #/(b)(?<n>c)/)'],
  Date: ['2020-01-02'],
  DateTime: ['2020-01-02T03:04Z'],
  Time: ['03:04'],
  Bytes: ['0#abcd'],
  Array: ['[]', '[1 2 3]', '#[1 [2]]', '[[1 2] ["k" 3]]', 'circle', 'frozen'],
  Map: ['{}', '{^a 1 ^b nil}', '#{^a 1}', 'round'],
  HashMap: ['{{}}', '{{1 2 [1] 3}}'],
  HashSet: ['(new HashSet)', '(new HashSet 1 2)'],
  Range: ['(1 .. 3)', '(range 3 1 -1)', '(range 1 3 0)'],
  Selector: ['@a/0', '(@ * x)'],
  ArrayIterator: ['([1 2] .iter)'],
  Generator: ['(g*)'],
  Function: ['len', '(fn [x] x)', '(fn [a b] a)', '(x -> x)', '(fn [x y z] (throw "t"))'],
  Interception: ['(W len)'],
  Interceptor: ['W'],
  Class: ['Int', 'C', 'E'],
  Type: ['(Array Int)'],
  Object: ['(new C)', '(new D)', '(I (new C))'],
  Enum: ['E', 'E/A', 'E/B', '(E/B 1)', 'Ok'],
  Option: ['None', '(Some 1)'],
  Result: ['(Ok 1)', '(Err "e")'],
  Namespace: ['$ns', 'N'],
  Interface: ['I'],
  Package: ['$pkg'],
  Application: ['$app'],
}
const VALUES = Object.values(KINDS).flat()

/** What waits for somebody, ends something, or tells the time. */
const LEFT_OUT = /^(exit|cancel|close|read|write|write_line|listen|kill|wait|stop|join|run|send|now|today|.*!)$/

/** @param {Random} random @param {string[]} methods `Class.method` */
function randomCall(random, methods) {
  /** @param {number} depth @returns {string} */
  const value = (depth) => {
    const kind = depth < 2 ? random.below(12) : 12
    if (kind === 0) return `[${random.some(3, () => value(depth + 1)).join(' ')}]`
    if (kind === 1) return `{{${random.some(2, () => `${value(depth + 1)} ${value(depth + 1)}`).join(' ')}}}`
    return random.one(VALUES)
  }
  const words = random.some(3, () => value(0))
  const keywords = random.one(['', '', '', '', '', '', '', '', ' ^k 1', ' ^... {^a 1}'])
  const kind = random.below(20)
  if (kind < 15) {
    const [owner, method] = random.one(methods).split('.')
    const receiver = random.below(4) === 0 ? value(0) : random.one(KINDS[owner] ?? VALUES)
    return `(do (var q ${receiver}) (q .${method} ${words.join(' ')}${keywords}))`
  }
  if (kind < 17) return `(do (var q ${value(0)}) (q ${random.one(['==', '!=', 'is', '+', '<', '&&', './'])} ${value(0)}))`
  if (kind < 18) return `(do (var q ${value(0)}) (var s ${value(0)}) (q/<s> = ${value(0)}))`
  if (kind < 19) return `(${random.one(['len', 'freeze', 'types_equivalent', 'assert'])} ${words.join(' ')})`
  const steps = Array.from({ length: random.between(1, 4) }, () => random.one(['*', '**', '@', '@@', '!', 'a', '0', '(fn [x] x)', '(fn [k v] [k v])']))
  return `((@ ${steps.join(' ')}) ${value(0)} ${random.one(['', value(0)])})`
}

describe('any method of any value', () => {
  /** @type {string} */ let folder
  /** @type {string[]} */ let methods
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'gene-robustness-'))
    const runtime = await createRuntime()
    const names = runtime.docs().filter(({ kind }) => kind === 'method').map(({ name }) => name.slice(name.lastIndexOf('/') + 1))
    methods = names.filter((name) => !LEFT_OUT.test(name.split('.')[1])).sort()
    runtime.dispose()
  })
  after(() => rmSync(folder, { recursive: true }))

  /** @param {number} seed @param {number} calls @returns {import('../harness/corpus.js').Program} */
  const programOf = (seed, calls) => {
    const random = randomOf(seed)
    const lines = Array.from({ length: calls }, () => `(tell (fn [] ${randomCall(random, methods)}))`)
    const file = join(folder, `${seed}.gene`)
    writeFileSync(file, `${DECLARATIONS}${lines.join('\n')}\n(println "the end")\n`)
    const expected = { stdout: '', stderr: [], exit: 0, options: [], args: [], only: [], covers: [], names: [], stdin: '' }
    return { name: String(seed), file, expected }
  }

  for (let seed = 1; seed <= 12; seed++) {
    test(`ends alike on native and wasm: seed ${seed}`, async () => {
      const program = programOf(seed, 150)
      const [wasm, native] = await Promise.all([runWasm(createRuntime, program), runNative('native', program)])
      assert.match(wasm.stdout, /\nthe end\n$/, `${wasm.stdout.split('\n').length} lines\n${wasm.stderr}`)
      assert.doesNotMatch(wasm.stdout, /^! (?!GENE\.[A-Z_.]+ )/m)
      assert.equal(native.stdout, wasm.stdout)
    })
  }

  for (const seed of [101, 102, 103]) {
    test(`ends where every allocation collects and every stack moves: seed ${seed}`, async () => {
      const { stdout } = await runNative('native-stress', programOf(seed, 60))
      assert.match(stdout, /\nthe end\n$/)
    })
  }
})

const PARTS = [
  ...['', '1', 'x', '"s"', '[]', '[a]', '{^a 1}', '()', '(f)', 'nil', '`q', '^k 1', '^k', '%u', 'in', 'else', 'catch', 'when', 'a/b', '/x', '.m', '@s', '$g'],
  ...['...', 'x...', '_', 'self', '[1', '(a', 'not_found', 'Int', '->', '=', '^^a', '#/r/', 'x 1', 'x [] 1', '[x] 1', 'x in 1', 'x in [1]', 'x = 1', 'A < B'],
  ...['A (B', '1 when 1', 'true then', 'true 1 else', '1 .. 2', '. x', '"x" [] 1', 'x: Int 1', 'x: 1', 'x -> Int 1', '[x: Foo] 1', '[x...y] 1', '[x = ] 1'],
  ...['catch e', '1 catch', '1 catch e 2 finally', '(break)', '(continue)', '(return)', '(yield 1)', '(await 1)', '(super)', '{{1 2}}', '{{1}}', '#[x]', '#(x)'],
]

describe('any special form', () => {
  for (let seed = 1; seed <= 8; seed++) {
    test(`with parts that do not belong there gives a value or an error with a code: seed ${seed}`, async (t) => {
      const random = randomOf(seed)
      const gene = await open(t, { limits: { time: 500 } })
      for (const { name } of gene.docs().filter(({ kind }) => kind === 'form' || kind === 'operator')) {
        for (const around of [(/** @type {string} */ form) => form, (/** @type {string} */ form) => `(fn outer [] ${form}) (println (outer))`]) {
          const source = around(`(${name} ${random.one(PARTS)} ${random.one(PARTS)})`)
          const error = await gene.run({ source }).then(() => undefined, (reason) => reason)
          if (error) assert.match(String(error.code), /^GENE\.(?!HOST|RUNTIME\.DISPOSED)/, `${source}\n${error.stack}`)
        }
      }
      assert.equal(gene.evalSync('(1 + 1)'), 2)
    })
  }
})

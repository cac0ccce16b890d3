// serdes.test.js — random data through gene/serdes and through directory trees: what comes back is written as it was.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { createRuntime } from '../../js/node.js'

const ROUNDS = 150

/** Whole numbers below n, the same for the same seed (Park–Miller). @param {number} seed */
function dice(seed) {
  let state = seed
  return (/** @type {number} */ n) => (state = (state * 48271) % 0x7fffffff) % n
}

const CHARACTERS = [...'abz019_-./\\"\'`~!@#$%^&*()[]{}<>?:;, \n\té\u{1f600}=+|']

/** Source text of a random value. @param {(n: number) => number} roll */
function makerOf(roll) {
  const one = (/** @type {any[]} */ list) => list[roll(list.length)]
  const repeat = (/** @type {() => string} */ make) => Array.from({ length: roll(5) }, make)
  const text = () => Array.from({ length: roll(6) }, () => one(CHARACTERS)).join('')
  const quoted = (/** @type {string} */ content) => `"${content.replace(/["\\]/g, '\\$&')}"`
  const symbol = () => one(['a', 'nilly', '+', '<=', 'x-y', 'a?', 'b!', '=', '\\nil', '\\5', '\\^k', 'true1', '\\#x'])
  const scalar = () => one([
    () => 'nil', () => 'true', () => 'false', () => 'void',
    () => String(roll(2000) - 1000), () => `${roll(9) + 1}${roll(1e9)}${roll(1e8)}`, () => (roll(1e6) / 7 - 5000).toFixed(roll(6) + 1), () => `${roll(9)}.5e${roll(600) - 300}`,
    () => quoted(text()), symbol, () => one(["'a'", "'\\n'", "'é'", "'\\''", "'\\\\'"]),
  ])()
  /** No two of a container are the same. @param {number} number */
  const key = (number) => [...`${text()}${number}`].reduce((done, c) => done + (/[a-z0-9_-]|[^\0-\x7f]/.test(c) ? c : `\\${c}`), '^')
  /** @type {(depth: number) => string} */
  const value = (depth) => {
    const kind = depth > 0 ? roll(5) : 0
    const entries = () => repeat(() => value(depth - 1)).map((item, i) => `${key(i)} ${item}`).join(' ')
    const items = () => repeat(() => value(depth - 1)).join(' ')
    if (kind === 1) return `${one(['', '#'])}[${items()}]`
    if (kind === 2) return `${one(['', '#'])}{${entries()}}`
    if (kind === 3) return `${one(['', '#'])}(${value(one([0, 0, depth - 1]))} ${entries()} ${items()})`
    return scalar()
  }
  return value
}

describe('gene/serdes', () => {
  /** @type {Awaited<ReturnType<typeof createRuntime>>} */ let runtime
  /** @type {any} */ let check
  /** @type {any} */ let tree
  before(async () => {
    runtime = await createRuntime({ fs: 'memory', allow: { fs: true } })
    check = await runtime.eval(`
      (fn [source]
        (var value (parse source))
        (var text (gene/serdes/serialize value))
        (var back (gene/serdes/deserialize text))
        [text (gene/serdes/serialize back)])`)
    tree = await runtime.eval(`
      (fn [source separate]
        (var value (parse source))
        (var path "tree")
        (gene/serdes/write_tree path value ^separate separate)
        (var back (gene/serdes/read_tree path))
        (gene/serdes/write_tree "again" back ^separate separate)
        (var again (gene/serdes/read_tree "again"))
        [(gene/serdes/serialize back) (gene/serdes/serialize again) (Dir/exists path)])`)
  })
  after(() => runtime.dispose())

  test('random data comes back', async () => {
    for (let seed = 1; seed <= ROUNDS; seed++) {
      const source = makerOf(dice(seed * 7919))(4)
      const [text, again] = await check(source)
      assert.equal(again, text, `seed ${seed}: ${source}`)
      assert.ok(text.startsWith('(gene/serialization ') && text.endsWith(')'))
    }
  })

  test('random trees come back', async () => {
    for (let seed = 1; seed <= ROUNDS / 3; seed++) {
      const roll = dice(seed * 104729)
      const value = makerOf(roll)
      const source = `{^a [${value(2)} ${value(2)} {^x ${value(1)}}] ^b (f ^p ${value(2)} ${value(2)} [1 1]) ^_genearray ${value(1)} ^c\\.gene {}}`
      const separate = ['/*', '/a/*', '/a/2/*', '/b/*', '/b/1/*', '/c.gene/*'].filter(() => roll(3) > 0)
      const [text, again, isDirectory] = await tree(source, separate)
      assert.equal(again, text, `seed ${seed}: ${source} ${separate}`)
      assert.equal(isDirectory, separate.length > 0)
      const [plain] = await check(source)
      assert.equal(text.length, plain.length, `seed ${seed}: ${source} ${separate}`)
    }
  })
})

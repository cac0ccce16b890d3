// values.test.js — the conversion table of the API, both ways.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { GeneHandle, GeneNode, GeneSymbol } from '../../js/index.js'
import { collectUntil, failure, open } from './helpers.js'

describe('from Gene to JavaScript', () => {
  /** @type {[string, any][]} */
  const table = [
    ['nil', null],
    ['void', undefined],
    ['true', true],
    ['false', false],
    ['42', 42],
    ['-1', -1],
    ['140737488355328', 2 ** 47],
    ['9007199254740991', Number.MAX_SAFE_INTEGER],
    ['9007199254740992', 9007199254740992n],
    ['-9223372036854775808', -(2n ** 63n)],
    ['1.5', 1.5],
    ['-0.0', -0],
    ['"text"', 'text'],
    ['"å∫ç 😀"', 'å∫ç 😀'],
    ['""', ''],
    ["'c'", 'c'],
    ['[]', []],
    ['[1 "a" [nil]]', [1, 'a', [null]]],
    ['{}', {}],
    ['{^a 1 ^b {^c []}}', { a: 1, b: { c: [] } }],
    ['{{1 "one" [2] 3}}', new Map(/** @type {any} */ ([[1, 'one'], [[2], 3]]))],
    ['(HashSet 1 "a")', new Set([1, 'a'])],
    ['2024-05-06T07:08:09.5+02:00', new Date('2024-05-06T07:08:09.500+02:00')],
    ['2024-05-06T07:08:09', new Date(2024, 4, 6, 7, 8, 9)],
  ]
  for (const [source, expected] of table) {
    test(source, async (t) => {
      const gene = await open(t)
      assert.deepEqual(gene.evalSync(source), expected)
      assert.ok(Object.is(gene.evalSync(source), expected) || typeof expected === 'object')
    })
  }

  test('bytes are a copy', async (t) => {
    const gene = await open(t)
    const bytes = gene.evalSync('("aé" .bytes)')
    assert.deepEqual(bytes instanceof Uint8Array || Array.isArray(bytes), true)
  })

  test('a map with a key __proto__ changes no prototype', async (t) => {
    const gene = await open(t)
    const value = gene.evalSync('{^__proto__ {^x 1}}')
    assert.deepEqual(Object.keys(value), ['__proto__'])
    assert.equal(value.x, undefined)
    assert.equal(Object.getPrototypeOf(value), Object.prototype)
  })

  test('not data: a handle with type, text and parts', async (t) => {
    const gene = await open(t)
    const [symbol, range] = gene.evalSync('[`name (1 .. 3)]')
    assert.ok(symbol instanceof GeneHandle)
    assert.deepEqual([symbol.type, String(symbol), symbol.toJS()], ['Symbol', 'name', new GeneSymbol('name')])
    assert.deepEqual([range.get('first'), range.get('last')], [1, 3])
    assert.deepEqual(range.toJS(), { first: 1, last: 3 })
  })

  test('an instance: fields, methods, plain copy, same object again', async (t) => {
    const gene = await open(t)
    const point = await gene.eval('(class Point (ctor [x y] (/x = x) (/y = y)) (method add [d] (/x + d))) (var p (new Point 1 [2])) p')
    assert.equal(point.type, 'Point')
    assert.deepEqual([point.get('x'), point.get('y'), point.get('z')], [1, [2], undefined])
    assert.equal(await point.call('add', 5), 6)
    assert.deepEqual(point.toJS(), { x: 1, y: [2] })
    assert.equal(JSON.stringify({ point }), '{"point":{"x":1,"y":[2]}}')
    assert.equal(gene.get('p'), point)
    assert.equal(gene.evalSync('(fn [q] (q == p))').sync(point), true)
  })

  test('a form: a node with type, properties and children', async (t) => {
    const gene = await open(t)
    const handle = gene.evalSync('`(f ^p 1 [x "s"])')
    assert.equal(handle.get('p'), 1)
    const { type, props, children } = handle.toJS()
    assert.deepEqual({ type, props, children }, { type: new GeneSymbol('f'), props: { p: 1 }, children: [[new GeneSymbol('x'), 's']] })
  })

  test('a generator is an async iterator', async (t) => {
    const gene = await open(t)
    const generator = await gene.eval('(fn upto* [n] (var i 1) (while (i <= n) (sleep 1) (yield i) (i += 1))) (upto* 3)')
    const seen = []
    for await (const item of generator) seen.push(item)
    assert.deepEqual(seen, [1, 2, 3])
  })

  test('a generator whose loop was left has ended and is given back', async (t) => {
    const gene = await open(t)
    const { handles } = gene.stats()
    const generator = await gene.eval('(fn upto* [n] (var i 1) (while (i <= n) (yield i) (i += 1))) (upto* 3)')
    const seen = []
    for await (const item of generator) {
      seen.push(item)
      break
    }
    assert.equal(gene.stats().handles, handles)
    for await (const item of generator) seen.push(item)
    assert.deepEqual(seen, [1])
  })

  test('leaving a loop over a generator runs its finally parts', async (t) => {
    const gene = await open(t)
    const generator = await gene.eval('(fn upto* [n] (try (for i in (1 .. n) (yield i)) finally (sleep 1) (println "left"))) (upto* 3)')
    for await (const item of generator) if (item === 2) break
    assert.equal(gene.text.out, 'left\n')
    const whole = await gene.eval('(upto* 2)')
    for await (const _ of whole);
    assert.equal(gene.text.out, 'left\nleft\n')
    const failing = await gene.eval('(fn bad* [] (try (yield 1) finally (throw "in finally"))) (bad*)')
    await assert.rejects(async () => {
      for await (const _ of failing) break
    }, { message: 'in finally' })
    for await (const item of await gene.eval('([1 2] .iter)')) if (item === 1) break
  })

  test('the text of an instance is what its to_s says', async (t) => {
    const gene = await open(t)
    gene.define('text_of', String)
    const text = (/** @type {string} */ body) => String(gene.evalSync(`(class P (method to_s [] ${body})) (new P)`))
    assert.equal(text('"PPP"'), 'PPP')
    assert.equal(text('[1 "s"]'), '[1 "s"]')
    assert.equal(gene.evalSync('(class Q (method to_s [] "QQQ")) [(text_of (new Q)) (text_of (new Q))]').join(), 'QQQ,QQQ')
    // When it cannot say it now, the plain text is the answer.
    const plain = String(gene.evalSync('(class R) (new R)'))
    assert.equal(text('(throw "broken")'), plain)
    assert.equal(text('(println "slow") (sleep 1000000) "late"'), plain)
    await gene.idle()
    assert.equal(gene.text.out + gene.text.err, 'slow\n')
    // Nor is it asked while a value is on its way.
    const [error, two] = gene.evalSync('(class S (method to_s [] "SSS")) (var e (try (throw (new Exception (new S))) catch * $ex)) [e 2]')
    const odd = gene.evalSync('(class E < Exception (ctor [m] (/message = m))) (try (throw (new E (new S))) catch * [$ex 2])')
    assert.deepEqual([error instanceof Error, two, odd[0].message, odd[1]], [true, 2, plain, 2])
    gene.define('end', () => gene.dispose())
    assert.throws(() => text('(end) "gone"'), { code: 'GENE.RUNTIME.DISPOSED' })
  })
})

describe('from JavaScript to Gene', () => {
  /** @type {[any, string][]} */
  const table = [
    [null, 'nil'],
    [undefined, 'void'],
    [true, 'true'],
    [7, '7'],
    [-(2 ** 31), '-2147483648'],
    [2 ** 40, '1099511627776'],
    [2 ** 53, '9007199254740992'],
    [2n ** 63n - 1n, '9223372036854775807'],
    [5n, '5'],
    [0.5, '0.5'],
    [-0, '-0.0'],
    [1e300, '1e+300'],
    [Infinity, 'inf'],
    [NaN, 'nan'],
    ['text', '"text"'],
    [[1, [2]], '[1 [2]]'],
    [{ a: 1, b: [null] }, '{^a 1 ^b [nil]}'],
    [Object.assign(Object.create(null), { z: 1 }), '{^z 1}'],
    [new Map(/** @type {any} */ ([[1, 'x'], ['k', [2]]])), '{{1 "x" "k" [2]}}'],
    [new Set([1, 2]), '(HashSet 1 2)'],
    [new GeneSymbol('s'), 's'],
    [new GeneNode(new GeneSymbol('f'), { p: 1 }, [2]), '(f ^p 1 2)'],
  ]
  for (const [value, expected] of table) {
    test(`${typeof value} → ${expected}`, async (t) => {
      const gene = await open(t)
      gene.define('value', value)
      assert.equal(gene.print(value), gene.print(gene.evalSync('value')))
      assert.equal(gene.evalSync('#"#{value}"').replaceAll('"', ''), expected.replaceAll('"', ''))
    })
  }

  test('a bigint beyond 64 bits is a Float', async (t) => {
    const gene = await open(t)
    assert.equal(gene.evalSync('x', { bindings: { x: 2n ** 70n } }), 2 ** 70)
  })

  test('a lone surrogate becomes U+FFFD, a pair stays', async (t) => {
    const gene = await open(t)
    const same = gene.evalSync('(fn [x] x)')
    assert.equal(same.sync('a\ud800b'), 'a\ufffdb')
    assert.equal(same.sync('😀'), '😀')
    assert.equal(same.sync('\ufeffbom\0nul'), '\ufeffbom\0nul')
    assert.equal(same.sync(`${'x'.repeat(100)}\udc00`), `${'x'.repeat(100)}\ufffd`)
  })

  test('long strings, in both directions, of any width', async (t) => {
    const gene = await open(t)
    const same = gene.evalSync('(fn [x] x)')
    for (const part of ['x', 'é', '😀', 'aé😀']) {
      for (const count of [23, 24, 25, 63, 64, 65, 100_000, 3_000_000]) {
        const text = part.repeat(count)
        assert.ok(same.sync(text) === text, `${count} × ${part}`)
      }
    }
  })

  test('a Date is a DateTime and comes back', async (t) => {
    const gene = await open(t)
    const date = new Date('2024-02-29T23:59:59.123Z')
    assert.deepEqual(gene.evalSync('[d d/.year d/.month d/.day]', { bindings: { d: date } }), [date, 2024, 2, 29])
  })

  test('what cannot be converted passes through and comes back identical', async (t) => {
    const gene = await open(t)
    const same = gene.evalSync('(fn [x] x)')
    const values = [new (class Foo {})(), Symbol('s'), new URL('http://x/'), /re/, new Float64Array(2), new WeakMap(), new Date(NaN)]
    for (const value of values) assert.equal(same.sync(value), value)
    assert.deepEqual(same.sync([values[0], { a: values[0] }]), [values[0], { a: values[0] }])
  })

  test('a function passes as the same function', async (t) => {
    const gene = await open(t)
    const fn = () => 1
    assert.equal(gene.evalSync('(fn [f] f)').sync(fn), fn)
  })

  test('the numbers of host values are given back when Gene has dropped them', async (t) => {
    const gene = await open(t)
    const drop = gene.evalSync('(fn [x] (var i 0) (while (i < 1000) [i] (i += 1)) nil)')
    for (let i = 0; i < 20_000; i++) drop.sync({ toString: () => 'x', value: new URL('http://x/') })
    await gene.eval('(var j 0) (while (j < 2000000) [j] (j += 1))')
    assert.ok(gene.stats().hostValues < 20_000, `${gene.stats().hostValues} are left`)
  })

  test('getters that call the runtime, and that throw', async (t) => {
    const gene = await open(t)
    const reentrant = { get x() { return gene.evalSync('1') } }
    assert.equal((await failure(() => gene.define('a', reentrant))).code, 'GENE.CONVERT.ERROR')
    const broken = new Error('getter')
    assert.equal(await failure(() => gene.define('a', { get x() { throw broken } })), broken)
    assert.equal(gene.evalSync('1'), 1)
  })
})

describe('cycles and depth', () => {
  /** @param {number} levels @param {any} inner */
  const nest = (levels, inner) => {
    for (let i = 0; i < levels; i++) inner = [inner]
    return inner
  }

  test('1000 levels pass in both directions', async (t) => {
    const gene = await open(t)
    let value = gene.evalSync('(fn [x] x)').sync(nest(1000, 7))
    for (let i = 0; i < 1000; i++) value = value[0]
    assert.equal(value, 7)
  })

  test('more are GENE.CONVERT.DEPTH', async (t) => {
    const gene = await open(t)
    assert.equal((await failure(() => gene.define('x', nest(1001, 7)))).code, 'GENE.CONVERT.DEPTH')
    assert.equal((await failure(() => gene.define('x', nest(100_000, 7)))).code, 'GENE.CONVERT.DEPTH')
    assert.equal((await failure(gene.eval('(var d 1) (var i 0) (while (i < 100000) (d = [d]) (i += 1)) d'))).code, 'GENE.CONVERT.DEPTH')
  })

  test('data that contains itself is GENE.CONVERT.CYCLE', async (t) => {
    const gene = await open(t)
    const cycle = { list: [] }
    cycle.list.push(cycle)
    const map = new Map()
    map.set('self', new Set([map]))
    for (const value of [cycle, map]) assert.equal((await failure(() => gene.define('x', value))).code, 'GENE.CONVERT.CYCLE')
    assert.equal((await failure(gene.eval('(var a []) (a .push {^back a}) a'))).code, 'GENE.CONVERT.CYCLE')
  })

  test('an error whose causes are a circle can still be thrown', async (t) => {
    const gene = await open(t)
    const error = new Error('round')
    error.cause = error
    gene.define('fail', () => { throw error })
    assert.match((await failure(gene.eval('(fail)'))).code, /^GENE\./)
    assert.equal(gene.evalSync('(try (fail) catch * 1)'), 1)
  })

  test('shared data is no cycle', async (t) => {
    const gene = await open(t)
    const shared = [1]
    assert.deepEqual(gene.evalSync('x', { bindings: { x: [shared, { shared }, shared] } }), [[1], { shared: [1] }, [1]])
  })

  test('deep data on a deep JavaScript stack is an error, not a crash', async (t) => {
    const gene = await open(t)
    const value = nest(900, 1)
    const dig = (/** @type {number} */ n) => /** @type {any} */ (n > 0 ? dig(n - 1) : gene.define('x', value))
    let depth = 1000
    let outcome
    try {
      for (;; depth += 500) dig(depth)
    } catch (error) {
      outcome = error
    }
    assert.ok(outcome instanceof RangeError || outcome.code === 'GENE.CONVERT.DEPTH', String(outcome))
    assert.equal(gene.evalSync('(1 + 1)'), 2)
  })
})

describe('handles', () => {
  test('free themselves when JavaScript drops them', async (t) => {
    const gene = await open(t)
    const before = gene.stats().handles
    for (let i = 0; i < 500; i++) gene.evalSync('(fn [] 1)')
    assert.ok(gene.stats().handles >= before + 100)
    await collectUntil(() => gene.stats().handles <= before + 5)
  })

  test('keep the value while anything of them is kept', async (t) => {
    const gene = await open(t)
    const { sync } = gene.evalSync('(fn [] "kept")')
    const before = gene.stats().handles
    for (let i = 0; i < 200; i++) gene.evalSync('(fn [] 1)')
    await collectUntil(() => gene.stats().handles <= before + 5)
    assert.equal(sync(), 'kept')
  })

  test('can be disposed of', async (t) => {
    const gene = await open(t)
    const before = gene.stats().handles
    const handle = gene.evalSync('(1 .. 2)')
    assert.equal(gene.stats().handles, before + 1)
    handle.dispose()
    handle.dispose()
    assert.equal(gene.stats().handles, before)
    assert.equal((await failure(() => handle.get('first'))).code, 'GENE.HOST.RELEASED')
    assert.equal(typeof handle[Symbol.dispose], 'function')
  })

  test('of one runtime are opaque to another', async (t) => {
    const [one, two] = [await open(t), await open(t)]
    const range = one.evalSync('(1 .. 2)')
    two.define('r', range)
    assert.equal(two.get('r'), range)
    const fn = one.evalSync('(fn [x] (x * 2))')
    two.define('f', fn)
    assert.equal(await two.eval('(await (f 21))'), 42)
  })
})

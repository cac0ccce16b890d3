// runtime.test.js — evaluating, defining, calling, and several of everything at once.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createRuntime } from '../../js/index.js'
import { delay, failure, open, until } from './helpers.js'

describe('eval', () => {
  test('gives the value of the last form', async (t) => {
    const gene = await open(t)
    assert.equal(await gene.eval('(println "hi") (1 + 2)'), 3)
    assert.equal(gene.text.out, 'hi\n')
    assert.equal(await gene.eval(''), null)
    assert.equal(await gene.eval('# nothing'), null)
  })

  test('keeps definitions', async (t) => {
    const gene = await open(t)
    await gene.eval('(var x 1) (fn f [y] (x + y)) (class C (ctor [] (/v = 5)))')
    await gene.eval('(x = 10)')
    assert.deepEqual(gene.evalSync('[x (f 1) ((new C) .v)]').slice(0, 2), [10, 11])
    await gene.eval('(var x 100)')
    assert.equal(gene.evalSync('x'), 100)
  })

  test('checks types as its options say', async (t) => {
    const program = '(var x: Int 1) (fn f [y: Int] y)'
    const strict = await open(t, { strictNil: true })
    await strict.eval(program)
    assert.match((await failure(strict.eval('(f nil)'))).message, /expected Int, got Nil in y; strict nil mode/)
    assert.match((await failure(strict.eval('(x = "later")'))).message, /expected Int, got String in variable @ /)
    const loose = await open(t, { typeCheck: false })
    assert.equal(await loose.eval(`${program} (x = "text") (f x)`), 'text')
    await assert.rejects(createRuntime({ strictNil: /** @type {any} */ (1) }), /options\.strictNil must be a boolean/)
  })

  test('checks contracts unless they are off', async (t) => {
    const source = '(fn f [x] ^pre [(x > 0)] x) (f 0)'
    assert.match((await failure((await open(t)).eval(source))).message, /^ContractViolation: f precondition #1 failed: \(x > 0\)/)
    assert.equal(await (await open(t, { contracts: false })).eval(source), 0)
    await assert.rejects(open(t, { contracts: /** @type {any} */ ('off') }), TypeError)
  })

  test('waits for a future that is the result', async (t) => {
    const gene = await open(t)
    assert.equal(await gene.eval('(async 5)'), 5)
    assert.equal(await gene.eval('(fn ^^async f [] (sleep 5) (async "inner")) (f)'), 'inner')
    assert.equal(await gene.eval('(gene/sleep_async 5)'), null)
    assert.equal((await failure(gene.eval('(fn ^^async g [] (sleep 5) (throw "late")) (g)'))).message, 'late')
  })

  test('runs many at once', async (t) => {
    const gene = await open(t)
    const started = performance.now()
    const values = await Promise.all(Array.from({ length: 50 }, (_, i) => gene.eval(`(sleep 50) ${i}`)))
    assert.deepEqual(values, Array.from({ length: 50 }, (_, i) => i))
    assert.ok(performance.now() - started < 1000)
  })

  test('knows the file in errors', async (t) => {
    const gene = await open(t)
    const error = await failure(gene.eval('1\n  (nope)', { file: 'dir/a.gene' }))
    assert.deepEqual([error.file, error.line, error.column], ['dir/a.gene', 2, 3])
  })

  test('refuses unknown options and other sources than text', async (t) => {
    const gene = await open(t)
    assert.ok((await failure(gene.eval('1', /** @type {any} */ ({ tiemout: 1 })))) instanceof TypeError)
    assert.ok((await failure(gene.eval(/** @type {any} */ (1)))) instanceof TypeError)
    assert.ok((await failure(gene.eval('1', { bindings: /** @type {any} */ ([1]) }))) instanceof TypeError)
    for (const timeout of [-1, NaN, /** @type {any} */ ('5'), null]) {
      assert.ok((await failure(gene.eval('1', { timeout }))) instanceof TypeError)
      assert.throws(() => gene.evalSync('1', { timeout }), TypeError)
    }
  })

  test('can answer with text', async (t) => {
    const gene = await open(t)
    assert.equal(await gene.eval(`[1 "s" 'c' \`sym]`, { as: 'text' }), `[1 "s" 'c' sym]`)
    assert.equal(await gene.eval('(async "x")', { as: 'text' }), '"x"')
  })
})

describe('bindings', () => {
  test('are named by symbols', async (t) => {
    const gene = await open(t)
    for (const name of ['', 'a b', 'a/b', '1', '-1x', 'nil', '"', 'a(', '^a']) {
      assert.throws(() => gene.evalSync('1', { bindings: { [name]: 1 } }), TypeError, name)
    }
    for (const name of ['är', 'a?', 'a-b', '%']) assert.equal(gene.evalSync(name, { bindings: { [name]: 1 } }), 1, name)
  })

  test('are seen by the source only', async (t) => {
    const gene = await open(t)
    assert.equal(await gene.eval('(x * y)', { bindings: { x: 6, y: 7 } }), 42)
    assert.equal((await failure(gene.eval('x'))).code, 'GENE.SCOPE.UNDEFINED_VAR')
  })

  test('hide variables of the same name for this source and its closures', async (t) => {
    const gene = await open(t)
    await gene.eval('(var x 1) (fn outer [] x)')
    assert.deepEqual(await gene.eval('(fn inner [] x) [x (outer) (inner)]', { bindings: { x: 2 } }), [2, 1, 2])
    assert.deepEqual(await gene.eval('[x (outer) (inner)]'), [1, 1, 2])
  })

  test('can be assigned without touching the variable', async (t) => {
    const gene = await open(t)
    await gene.eval('(var x 1)')
    assert.equal(await gene.eval('(x = 5) (x += 1) x', { bindings: { x: 2 } }), 6)
    assert.equal(gene.evalSync('x'), 1)
  })

  test('differ between evals that run at the same time', async (t) => {
    const gene = await open(t)
    const values = await Promise.all([1, 2, 3].map((n) => gene.eval('(sleep 5) (var y (n * 10)) (sleep 5) (n + y)', { bindings: { n } })))
    assert.deepEqual(values.length, 3)
    assert.equal(values[2], 33)
  })

  test('may be functions, promises and anything else', async (t) => {
    const gene = await open(t)
    const bindings = { add: (/** @type {number} */ a, /** @type {number} */ b) => a + b, later: delay(5).then(() => 'done'), o: new URL('http://x/') }
    assert.deepEqual(await gene.eval('[(add 1 2) (await later) o]', { bindings }), [3, 'done', bindings.o])
  })
})

describe('evalSync and callSync', () => {
  test('give the value at once', async (t) => {
    const gene = await open(t)
    assert.equal(gene.evalSync('(fn f [a b] (a + b)) (f 1 2)'), 3)
    assert.equal(gene.callSync('f', 3, 4), 7)
    assert.equal(gene.evalSync('(await (async 5))'), 5)
    assert.equal(gene.evalSync('(async 6)'), 6)
  })

  test('throw GENE.ASYNC.WOULD_BLOCK for what has to wait for the host', async (t) => {
    const gene = await open(t)
    const ended = []
    gene.define('ended', (/** @type {string} */ what) => void ended.push(what))
    for (const source of ['(try (sleep 5) finally (ended "sleep"))', '(gene/sleep_async 5)', '(await (new gene/Future))']) {
      assert.equal((await failure(() => gene.evalSync(source))).code, 'GENE.ASYNC.WOULD_BLOCK', source)
    }
    await until(() => ended.length === 1)
    await gene.idle()
    assert.deepEqual(gene.pending, { tasks: 0, operations: 0, timers: 0 })
  })

  test('throw what Gene throws', async (t) => {
    const gene = await open(t)
    assert.equal((await failure(() => gene.evalSync('(throw "no")'))).message, 'no')
    assert.equal((await failure(() => gene.evalSync('(var'))).name, 'ParseException')
  })

  test('leave what they have started running', async (t) => {
    const gene = await open(t)
    gene.evalSync('(var n 0) (spawn (fn [] (sleep 5) (n = 1))) nil')
    await until(() => gene.evalSync('n') === 1)
  })
})

describe('define, get, call', () => {
  test('functions, called with converted arguments', async (t) => {
    const gene = await open(t)
    gene.define('join', (/** @type {unknown[]} */ ...parts) => JSON.stringify(parts))
    assert.equal(gene.evalSync('(join 1 "a" [2 nil] {^k true})'), '[1,"a",[2,null],{"k":true}]')
  })

  test('an async function gives a Future (ASY-1)', async (t) => {
    const gene = await open(t)
    gene.define('later', async (/** @type {number} */ x) => (await delay(5), x * 2))
    assert.equal(gene.evalSync('((later 1) .state)').toString(), 'pending')
    assert.equal(await gene.eval('(await (later 21))'), 42)
    assert.deepEqual(await gene.eval('(var a (later 1)) (var b (later 2)) [(await a) (await b)]'), [2, 4])
  })

  test('values, and names with a path', async (t) => {
    const gene = await open(t)
    gene.define('answer', 42)
    gene.define('tools/math/twice', (/** @type {number} */ x) => x * 2)
    gene.define('tools/name', 'box')
    assert.deepEqual(gene.evalSync('[answer (tools/math/twice 4) tools/name]'), [42, 8, 'box'])
    assert.equal(gene.get('tools/name'), 'box')
    assert.equal(await gene.call('tools/math/twice', 5), 10)
    assert.equal((await failure(() => gene.define('answer/x', 1))).code, 'GENE.ARG.INVALID')
  })

  test('wins over what Gene has by that name', async (t) => {
    const gene = await open(t)
    const said = /** @type {string[]} */ ([])
    await gene.eval('(fn say [x] (println x))')
    gene.define('println', (/** @type {string} */ text) => void said.push(text))
    gene.define('assert', 7)
    await gene.eval('(say "a") (println "b")')
    await gene.run({ source: '(println "c")' })
    assert.deepEqual([said, gene.text.out, gene.evalSync('assert'), gene.get('assert')], [['a', 'b', 'c'], '', 7, 7])
    const other = await open(t)
    await other.eval('(println "d")')
    assert.equal(other.text.out, 'd\n')
  })

  test('needs a name', async (t) => {
    const gene = await open(t)
    for (const name of ['', 'a b', 'a//b', 'a/', '/a', '12', 'true']) assert.throws(() => gene.define(name, 1), TypeError, name)
  })

  test('defining again replaces, also a variable of the program', async (t) => {
    const gene = await open(t)
    gene.define('v', 1)
    gene.define('v', 2)
    assert.equal(gene.evalSync('v'), 2)
    gene.evalSync('(var w 1) (fn read_w [] w)')
    gene.define('w', 5)
    assert.deepEqual(gene.evalSync('[w (read_w)]'), [5, 5])
  })

  test('get finds variables, functions, classes, members; else it throws', async (t) => {
    const gene = await open(t)
    gene.evalSync('(var x [1]) (fn f [] 1) (class C (ctor [a] (/a = a))) (ns /N (var /k 7))')
    assert.deepEqual(gene.get('x'), [1])
    assert.equal(gene.get('f').name, 'f')
    assert.equal(gene.get('N/k'), 7)
    assert.equal((await gene.get('C')(3)).get('a'), 3)
    assert.equal((await failure(() => gene.get('nothing'))).code, 'GENE.SCOPE.UNDEFINED_VAR')
    assert.equal(gene.get('x'.concat('/y')), undefined)
  })

  test('call takes a name or a function', async (t) => {
    const gene = await open(t)
    const add = await gene.eval('(fn add [a b] (a + b))')
    assert.equal(await gene.call(add, 1, 2), 3)
    assert.equal(await gene.call('add', 1, 2), 3)
    assert.equal(gene.callSync(add, 1, 2), 3)
    assert.equal(add.sync(1, 2), 3)
    assert.ok((await failure(gene.call('add/x'))) instanceof Error)
    gene.define('five', 5)
    assert.ok((await failure(gene.call('five'))) instanceof TypeError)
  })

  test('the same function is the same object', async (t) => {
    const gene = await open(t)
    gene.evalSync('(fn f [x] x)')
    const f = gene.get('f')
    assert.equal(gene.get('f'), f)
    assert.equal(f.sync(f), f)
  })

  test('SCH-7: JavaScript awaits Gene functions: their value, or their exception', async (t) => {
    const gene = await open(t)
    const f = gene.evalSync('(fn [x] (sleep 1) (if (x == 0) (throw "zero")) (10 / x))')
    assert.equal(await f(5), 2)
    const error = await failure(f(0))
    assert.deepEqual([error.message, error.code, error.geneStack.length > 0], ['zero', 'GENE.RUNTIME.ERROR', true])
  })

  test('SCH-14: an exception that is returned is a value', async (t) => {
    const gene = await open(t)
    const value = await gene.eval('(class E < Exception (ctor [] (/message = "not thrown"))) (new E)')
    assert.equal(value.message, 'not thrown')
    assert.equal(await gene.eval('(fn f [] (new E)) (f)').then((/** @type {any} */ e) => e.message), 'not thrown')
  })
})

describe('calls across the boundary', () => {
  test('nest on one stack, and inside natives', async (t) => {
    const gene = await open(t)
    gene.define('js', (/** @type {any} */ f, /** @type {number} */ n) => f.sync(n) + 1)
    gene.evalSync('(fn down [n] (if (n == 0) 0 else (js down (n - 1))))')
    assert.equal(gene.callSync('down', 20), 20)
    gene.define('cmp', (/** @type {number} */ a, /** @type {number} */ b) => a < b)
    assert.deepEqual(gene.evalSync('([1 2 3] .map (fn [x] (js (fn [y] (y * 2)) x)))'), [3, 5, 7])
  })

  test('nested without end are an error that can be caught', async (t) => {
    const gene = await open(t)
    gene.define('again', () => gene.evalSync('(again)'))
    const error = await failure(gene.eval('(again)'))
    assert.deepEqual([error.code, error.name], ['GENE.LIMIT.NESTING', 'RuntimeException'])
    assert.equal(gene.evalSync('(1 + 1)'), 2)
  })

  test('a host function may start asynchronous calls', async (t) => {
    const gene = await open(t)
    gene.define('both', (/** @type {any} */ f) => Promise.all([f(1), f(2)]))
    assert.deepEqual(await gene.eval('(await (both (fn [x] (sleep 2) (x * 10))))'), [10, 20])
  })

  test('a Gene future passes through JavaScript as the same future', async (t) => {
    const gene = await open(t)
    gene.define('pass', (/** @type {any} */ x) => x)
    gene.evalSync('(var f (new gene/Future)) nil')
    assert.equal(gene.evalSync('((pass f) == f)'), true)
    const future = gene.get('f').then((/** @type {any} */ x) => x)
    gene.evalSync('(f .complete 7)')
    assert.equal(await future, 7)
  })

  test('a failed future that JavaScript only passes on crashes nothing', async (t) => {
    const unhandled = []
    const gene = await open(t, { onUnhandled: (error) => void unhandled.push(error.message) })
    gene.define('drop', (/** @type {any} */ _future) => null)
    await gene.eval('(fn ^^async late [] (sleep 1) (throw "nobody")) (drop (late))')
    await until(() => unhandled.length === 1)
    assert.deepEqual(unhandled, ['nobody'])
  })

  test('thenables are futures', async (t) => {
    const gene = await open(t)
    class Query {
      then(/** @type {(value: string) => void} */ resolve) { resolve('rows') }
    }
    gene.define('query', () => new Query())
    assert.equal(await gene.eval('(await (query))'), 'rows')
  })

  test('calls with many arguments', async (t) => {
    const gene = await open(t)
    const count = gene.evalSync('(fn [rest...] (rest .size))')
    assert.equal(count.sync(...Array.from({ length: 5000 }, (_, i) => i)), 5000)
    gene.define('count', (/** @type {any[]} */ ...args) => args.length)
    assert.equal(gene.evalSync('(count 1 2 3)'), 3)
  })
})

describe('two runtimes', () => {
  test('never meet', async (t) => {
    const [one, two] = [await open(t), await open(t)]
    one.evalSync('(var x 1)')
    two.evalSync('(var x 2)')
    assert.deepEqual([one.evalSync('x'), two.evalSync('x')], [1, 2])
    one.dispose()
    assert.equal(two.evalSync('x'), 2)
  })

  test('a hundred can be made and thrown away', async () => {
    for (let i = 0; i < 100; i++) {
      const gene = await createRuntime()
      assert.equal(gene.evalSync(`(${i} + 1)`), i + 1)
      gene.dispose()
    }
  })
})

describe('pending, idle, stats', () => {
  test('count what is under way', async (t) => {
    const gene = await open(t)
    assert.deepEqual(gene.pending, { tasks: 0, operations: 0, timers: 0 })
    gene.define('wait', () => delay(20))
    const first = gene.eval('(sleep 20)')
    const second = gene.eval('(await (wait))')
    await delay(1)
    assert.deepEqual(gene.pending, { tasks: 2, operations: 1, timers: 1 })
    await gene.idle()
    assert.deepEqual(gene.pending, { tasks: 0, operations: 0, timers: 0 })
    await Promise.all([first, second])
    await gene.idle()
  })

  test('stats are numbers', async (t) => {
    const gene = await open(t)
    const stats = gene.stats()
    for (const name of ['liveObjects', 'liveBytes', 'peakBytes', 'collections', 'tasks', 'handles', 'cstacks', 'memoryBytes']) {
      assert.equal(typeof stats[name], 'number', name)
    }
    assert.ok(stats.liveObjects > 100)
  })
})

describe('parse and compile', () => {
  test('forms are plain data, with places', async (t) => {
    const gene = await open(t)
    const { forms, diagnostics } = gene.parse('(a ^b 1 [c "d"] {^k x/y})\n5')
    assert.deepEqual(diagnostics, [])
    assert.equal(forms.length, 2)
    const [node] = forms
    assert.equal(node.type.name, 'a')
    assert.deepEqual(node.props, { b: 1 })
    assert.equal(node.children[0][0].name, 'c')
    assert.equal(node.children[1].k.name, 'x/y')
    assert.deepEqual([node.line, node.column], [1, 1])
  })

  test('bad source gives diagnostics, never an exception', async (t) => {
    const gene = await open(t)
    for (const source of ['(', '(a', ')', '"', '#"#{', '(a ^b)', '\0', '\ud800', '('.repeat(100_000), '['.repeat(999), '"\\u{zz}"']) {
      const { forms, diagnostics } = gene.parse(source)
      assert.ok(Array.isArray(forms) && Array.isArray(diagnostics), source.slice(0, 20))
    }
    const [{ code, message, line, column }] = gene.parse('1\n (a', { file: 'f.gene' }).diagnostics
    assert.deepEqual([code, typeof message, line, column], ['GENE.READ.UNCLOSED', 'string', 2, 2])
  })

  test('deep but legal forms can be parsed', async (t) => {
    const gene = await open(t)
    let { forms: [form] } = gene.parse(`${'['.repeat(900)}1${']'.repeat(900)}`)
    for (let i = 0; i < 900; i++) [form] = form
    assert.equal(form, 1)
  })

  test('a listing of the code', async (t) => {
    const gene = await open(t)
    assert.match(gene.compile('(fn f [x] (x + 1))'), /ADDI/)
    assert.equal((await failure(() => gene.compile('(var)'))).code, 'GENE.COMPILE.FORM')
  })
})

// errors.test.js — what a failure looks like in JavaScript, and in Gene when it comes from JavaScript.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { GeneCancelError, GeneError, GeneLimitError, GeneSyntaxError, GeneTimeoutError, formatError } from '../../js/index.js'
import { failure, open, until } from './helpers.js'

describe('an exception of Gene', () => {
  test('is a GeneError with class, code, message, place and stack', async (t) => {
    const gene = await open(t)
    const source = '(fn f []\n  (throw "boom"))\n(fn g [] (f) 1)\n(g)'
    const error = await failure(gene.eval(source, { file: 'a.gene' }))
    assert.ok(error instanceof GeneError && error instanceof Error)
    assert.deepEqual([error.name, error.code, error.message], ['Exception', 'GENE.RUNTIME.ERROR', 'boom'])
    assert.deepEqual([error.file, error.line, error.column], ['a.gene', 2, 3])
    assert.deepEqual(error.geneStack.slice(0, 2).map(({ fn, file, line }) => [fn, file, line]), [['f', 'a.gene', 2], ['g', 'a.gene', 3]])
    assert.match(error.stack, /^Exception \[GENE\.RUNTIME\.ERROR\]: boom\n {4}at f \(a\.gene:2:3\)/)
  })

  test('has the class of Gene as its name, and the object as its value', async (t) => {
    const gene = await open(t)
    await gene.eval('(class BadAge < Exception (ctor [m age] (/message = m) (/age = age)))')
    const error = await failure(gene.eval('(throw (new BadAge "too old" 200))'))
    assert.deepEqual([error.name, error.message, error.value.get('age'), error.value.type], ['BadAge', 'too old', 200, 'BadAge'])
  })

  test('made of another value: that is the value and the cause', async (t) => {
    const gene = await open(t)
    const error = await failure(gene.eval('(throw {^code 7})'))
    assert.deepEqual([error.value, error.cause], [{ code: 7 }, { code: 7 }])
  })

  test('has its cause', async (t) => {
    const gene = await open(t)
    await gene.eval('(class E < Exception (ctor [m c] (/message = m) (/cause = c)))')
    const error = await failure(gene.eval('(try (throw "inner") catch * (throw (new E "outer" $ex)))'))
    assert.deepEqual([error.message, error.cause.message], ['outer', 'inner'])
    assert.ok(error.cause instanceof GeneError)
  })

  test('goes back into Gene as the same object', async (t) => {
    const gene = await open(t)
    gene.define('relay', (/** @type {any} */ f) => f.sync())
    gene.define('relay_later', (/** @type {any} */ f) => f())
    await gene.eval('(class E < Exception (ctor [n] (/n = n))) (var e (new E 9))')
    assert.deepEqual(await gene.eval('(try (relay (fn [] (throw e))) catch E [($ex == e) $ex/n])'), [true, 9])
    assert.deepEqual(await gene.eval('(try (await (relay_later (fn [] (throw e)))) catch E [($ex == e) $ex/n])'), [true, 9])
  })

  test('has a subclass by what it is about', async (t) => {
    const gene = await open(t, { limits: { depth: 500, tasks: 20 } })
    /** @type {[string, any, string][]} */
    const table = [
      ['(1 + ', GeneSyntaxError, 'GENE.READ.UNCLOSED'],
      ['(var)', GeneSyntaxError, 'GENE.COMPILE.FORM'],
      ['(fn r [n] (1 + (r n))) (r 1)', GeneLimitError, 'GENE.VM.STACK_OVERFLOW'],
      ['(await ^timeout 5 (new gene/Future))', GeneTimeoutError, 'GENE.ASYNC.TIMEOUT'],
      ['(var f (new gene/Future)) (f .cancel) (await f)', GeneCancelError, 'GENE.ASYNC.CANCELLED'],
      ['(for i in (0 .. 100) (spawn (fn [] (sleep 10000))))', GeneLimitError, 'GENE.LIMIT.TASKS'],
      ['nope', GeneError, 'GENE.SCOPE.UNDEFINED_VAR'],
    ]
    for (const [source, kind, code] of table) {
      const error = await failure(gene.eval(source))
      assert.equal(error.code, code, source)
      assert.ok(error instanceof kind, source)
    }
  })

  test('a syntax error has all diagnostics and runs nothing', async (t) => {
    const gene = await open(t)
    const error = await failure(gene.eval('(println "no")\n(var)\n(var)\n', { file: 's.gene' }))
    assert.equal(gene.text.out, '')
    assert.ok(error.diagnostics.length >= 1)
    assert.deepEqual([error.file, error.line, error.diagnostics[0].line], ['s.gene', 2, 2])
  })
})

describe('an error of JavaScript', () => {
  test('is an exception in Gene, with message and stack, and comes back as the cause', async (t) => {
    const gene = await open(t)
    const thrown = new RangeError('from js', { cause: 'why' })
    gene.define('fail', () => { throw thrown })
    gene.define('fail_later', async () => { throw thrown })
    assert.deepEqual(gene.evalSync('(try (fail) catch e [e/message e/code e/cause (e is Exception)])'), ['from js', 'GENE.HOST.ERROR', 'why', true])
    assert.match(gene.evalSync('(try (fail) catch e e/host_stack)'), /RangeError: from js\n/)
    for (const source of ['(fail)', '(await (fail_later))', '(try (fail) finally 1)']) {
      const error = await failure(gene.eval(source))
      assert.equal(error.cause, thrown, source)
      assert.equal(error.message, 'from js')
    }
  })

  test('anything can be thrown', async (t) => {
    const gene = await open(t)
    for (const thrown of ['text', 5, null, undefined, Symbol('s'), { a: 1 }, () => 1]) {
      gene.define('fail', () => { throw thrown })
      const error = await failure(gene.eval('(fail)'))
      assert.equal(error.code, 'GENE.HOST.ERROR')
      if (thrown !== undefined && thrown !== null) assert.equal(error.cause, thrown)
    }
  })

  test('abort and timeout errors have their classes in Gene', async (t) => {
    const gene = await open(t)
    gene.define('aborted', () => { throw new DOMException('stop', 'AbortError') })
    gene.define('late', () => { throw new DOMException('late', 'TimeoutError') })
    assert.equal(gene.evalSync('(try (aborted) catch CancellationException "c")'), 'c')
    assert.equal(gene.evalSync('(try (late) catch TimeoutException "t")'), 't')
  })

  test('a value that cannot be converted is an exception in Gene', async (t) => {
    const gene = await open(t)
    const cycle = []
    cycle.push(cycle)
    gene.define('cycle', () => cycle)
    gene.define('later', async () => cycle)
    assert.equal(gene.evalSync('(try (cycle) catch e e/code)'), 'GENE.CONVERT.CYCLE')
    assert.equal(await gene.eval('(try (await (later)) catch e e/code)'), 'GENE.CONVERT.CYCLE')
  })
})

describe('failures that nobody sees', () => {
  test('go to onUnhandled, once', async (t) => {
    const seen = []
    const gene = await open(t, { onUnhandled: (error) => void seen.push(error) })
    await gene.eval('(spawn (fn [] (throw "in a task"))) 1')
    await until(() => seen.length > 0)
    assert.deepEqual(seen.map(({ message }) => message), ['in a task'])
    assert.ok(seen[0] instanceof GeneError)
  })

  test('are reported on stderr by default', async (t) => {
    const gene = await open(t)
    await gene.eval('(spawn (fn []\n  (throw "in a task"))) 1', { file: 'x.gene' })
    await until(() => gene.text.err !== '')
    assert.match(gene.text.err, /^error\[GENE\.RUNTIME\.ERROR\]: in a task\n {2}--> x\.gene:2:3\n/)
    assert.equal(gene.text.out, '')
  })

  test('an onUnhandled that throws harms nothing', async (t) => {
    const gene = await open(t, { onUnhandled: () => { throw new Error('in the handler') } })
    await gene.eval('(spawn (fn [] (throw "x"))) 1')
    await until(() => gene.text.err.includes('in the handler'))
    assert.equal(gene.evalSync('1'), 1)
  })
})

describe('formatError', () => {
  test('shows code, place, line with caret, stack, causes', async (t) => {
    const gene = await open(t)
    const error = await failure(gene.eval('(var x 1)\n\t(x nope 2)', { file: 'f.gene' }))
    const text = gene.report(error)
    assert.match(text, /^error\[GENE\.SCOPE\.UNDEFINED_VAR\]: nope is not defined\n {2}--> f\.gene:2:5\n {2}\|\n2 \| \t\(x nope 2\)\n {2}\| \t {3}\^\n {2}hint: .*\n/)
    assert.doesNotMatch(text, /\u001b/)
    assert.match(gene.report(error, { color: true }), /\u001b\[31m/)
  })

  test('a misspelt name has a hint of its own', async (t) => {
    const gene = await open(t)
    assert.equal((await failure(gene.eval('(fn average [xs] xs) (averge [1])'))).hint, 'did you mean average?')
    assert.equal((await failure(gene.eval('([1] .szie)'))).hint, 'did you mean size?')
    assert.equal((await failure(gene.eval('([1] .frobnicate)'))).hint, 'define the method or check its name')
  })

  test('a thrown value is in the message only', async (t) => {
    const gene = await open(t)
    const error = await failure(gene.eval('(throw {^code 7})', { file: 'a.gene' }))
    assert.deepEqual(gene.report(error).split('\n')[0], 'error[GENE.RUNTIME.ERROR]: {^code 7}')
    assert.doesNotMatch(gene.report(error), /caused by/)
  })

  test('a long line is shown from before its column on, with the caret below the character', async (t) => {
    const gene = await open(t)
    const source = `"${'é'.repeat(200)}" (missing) "${'b'.repeat(200)}"`
    const [, , , line, caret] = gene.report(await failure(gene.eval(source, { file: 'a.gene' }))).split('\n')
    assert.match(line, /^1 \| …é+" \(missing\) "b+…$/)
    assert.equal([...line].length, 4 + 1 + 160 + 1)
    assert.equal([...line].indexOf('('), caret.indexOf('^'))
  })

  test('takes anything', () => {
    const error = new GeneError('m', { code: 'GENE.X.Y', cause: new TypeError('inner', { cause: 5 }) })
    assert.equal(formatError(error), 'error[GENE.X.Y]: m\n  caused by: TypeError: inner\n  caused by: 5\n')
    for (const value of [null, undefined, 'text', new Error('e'), Symbol('s')]) assert.match(formatError(value), /^error\[/)
    const round = new GeneError('round')
    round.cause = round
    assert.match(formatError(round), /round/)
  })
})

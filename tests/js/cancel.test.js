// cancel.test.js — signals, timeouts, interrupt, limits and dispose: everything that ends code before it ends itself.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { GeneCancelError, GeneTimeoutError, createRuntime } from '../../js/index.js'
import { delay, failure, open, until } from './helpers.js'

const FOREVER = ['(while true 1)', '(fn f [] (f)) (f)', '(var a []) (while true (a = [a 1]) (a = []))', '(sleep 100000)', '(await (new gene/Future))', '(loop nil)']

describe('a signal', () => {
  for (const source of FOREVER) {
    test(`ends ${source} within 100 ms`, async (t) => {
      const gene = await open(t)
      const controller = new AbortController()
      const reason = new Error('enough')
      const keeps = source.includes('Future') ? gene.eval('(sleep 300)') : undefined // else it is a deadlock
      const running = failure(gene.eval(source, { signal: controller.signal }))
      await delay(20)
      const started = performance.now()
      controller.abort(reason)
      const error = await running
      assert.ok(performance.now() - started < 100)
      assert.ok(error instanceof GeneCancelError)
      assert.deepEqual([error.name, error.code, error.cause], ['AbortError', 'GENE.ASYNC.CANCELLED', reason])
      gene.interrupt()
      await keeps?.catch(() => {})
      assert.equal(gene.pending.tasks, 0)
      assert.equal(gene.evalSync('(1 + 1)'), 2)
    })
  }

  test('passes catch clauses and runs finally parts, which may wait', async (t) => {
    const gene = await open(t)
    const controller = new AbortController()
    const running = failure(gene.eval('(try (try (while true 1) catch * (println "caught")) finally (sleep 5) (println "finally"))', { signal: controller.signal }))
    await delay(10)
    controller.abort()
    assert.equal((await running).name, 'AbortError')
    assert.equal(gene.text.out, 'finally\n')
  })

  test('that is aborted already starts nothing', async (t) => {
    const gene = await open(t)
    const error = await failure(gene.eval('(println "no")', { signal: AbortSignal.abort('why') }))
    assert.deepEqual([error.name, error.cause, gene.text.out], ['AbortError', 'why', ''])
    assert.equal((await failure(() => gene.evalSync('1', { signal: AbortSignal.abort() }))).name, 'AbortError')
  })

  test('ends the wait for a future that the code returned', async (t) => {
    const gene = await open(t)
    const controller = new AbortController()
    gene.define('never', () => new Promise(() => {}))
    const running = failure(gene.eval('(never)', { signal: controller.signal }))
    await delay(5)
    controller.abort('why')
    const error = await running
    assert.deepEqual([error.name, error.cause], ['AbortError', 'why'])
    assert.deepEqual(gene.pending, { tasks: 0, operations: 0, timers: 0 })
  })

  test('ends its own eval only', async (t) => {
    const gene = await open(t)
    const controller = new AbortController()
    const ended = failure(gene.eval('(while true 1)', { signal: controller.signal }))
    const other = gene.eval('(sleep 40) "other"')
    await delay(10)
    controller.abort()
    await ended
    assert.equal(await other, 'other')
  })

  test('after the end does nothing', async (t) => {
    const gene = await open(t)
    const controller = new AbortController()
    assert.equal(await gene.eval('1', { signal: controller.signal }), 1)
    controller.abort()
    assert.equal(await gene.eval('2'), 2)
  })

  test('ASY-13: reaches the operation that is waited for', async (t) => {
    let started = false
    let aborted = false
    const fetch = (/** @type {any} */ _url, /** @type {any} */ { signal }) => new Promise((_, reject) => {
      started = true
      signal.addEventListener('abort', () => reject((aborted = true, new Error('aborted'))))
    })
    const gene = await open(t, { fetch: /** @type {any} */ (fetch), allow: { net: true } })
    const controller = new AbortController()
    const running = failure(gene.eval('(import genex/http) (await (http_get "http://x/"))', { signal: controller.signal }))
    await until(() => started)
    controller.abort()
    assert.equal((await running).name, 'AbortError')
    await until(() => aborted)
  })
})

describe('a timeout', () => {
  for (const source of ['(while true 1)', '(sleep 100000)', '(gene/sleep_async 100000)']) {
    test(`ends ${source}`, async (t) => {
      const gene = await open(t)
      const error = await failure(gene.eval(source, { timeout: 20 }))
      assert.ok(error instanceof GeneTimeoutError)
      assert.equal(error.code, 'GENE.ASYNC.TIMEOUT')
      assert.deepEqual(gene.pending, { tasks: 0, operations: 0, timers: 0 })
    })
  }

  test('works without the event loop', async (t) => {
    const gene = await open(t)
    const started = performance.now()
    assert.ok((await failure(() => gene.evalSync('(while true 1)', { timeout: 20 }))) instanceof GeneTimeoutError)
    assert.ok(performance.now() - started < 500)
  })

  test('that is not reached leaves no timer', async (t) => {
    const gene = await open(t)
    assert.equal(await gene.eval('1', { timeout: 1e6 }), 1)
    await gene.idle()
  })
})

describe('limits', () => {
  test('time', async (t) => {
    const gene = await open(t, { limits: { time: 30 } })
    const error = await failure(gene.eval('(while true 1)'))
    assert.equal(error.code, 'GENE.LIMIT.TIME')
    assert.ok(error instanceof GeneTimeoutError)
    assert.equal(await gene.eval('1'), 1)
  })

  test('memory: caught in Gene, and the runtime goes on', async (t) => {
    const gene = await open(t, { limits: { memory: 16 * 2 ** 20 } })
    await gene.eval('(fn fill [] (var a []) (while true (a .push [1 2 3 4 5 6 7 8])))')
    assert.equal(await gene.eval('(try (fill) catch e e/code)'), 'GENE.LIMIT.MEMORY')
    assert.equal((await failure(gene.eval('(fn grow [s] (while true (s = #"#{s}#{s}"))) (grow "x")'))).code, 'GENE.LIMIT.MEMORY')
    assert.equal(await gene.eval('(1 + 1)'), 2)
  })

  test('memory: values that come in', async (t) => {
    const gene = await open(t, { limits: { memory: 8 * 2 ** 20 } })
    assert.equal((await failure(() => gene.define('s', 'x'.repeat(50_000_000)))).code, 'GENE.LIMIT.MEMORY')
    assert.equal(gene.evalSync('1'), 1)
  })

  test('depth and tasks', async (t) => {
    const gene = await open(t, { limits: { depth: 100, tasks: 10 } })
    assert.equal(await gene.eval('(fn r [n] (1 + (r n))) (try (r 1) catch e e/code)'), 'GENE.VM.STACK_OVERFLOW')
    assert.equal(await gene.eval('(try (for i in (0 .. 20) (spawn (fn [] (sleep 10)))) catch e e/code)'), 'GENE.LIMIT.TASKS')
  })
})

describe('interrupt', () => {
  test('ends everything that runs, with the reason', async (t) => {
    const gene = await open(t)
    const reason = new Error('all of it')
    const running = ['(while true 1)', '(sleep 100000)', '(loop (sleep 1))'].map((source) => failure(gene.eval(source)))
    await delay(10)
    gene.interrupt(reason)
    for (const error of await Promise.all(running)) assert.deepEqual([error.name, error.cause], ['AbortError', reason])
    assert.equal(gene.evalSync('1'), 1)
  })
})

describe('a long loop', () => {
  test('gives the host its turn about every slice (SCH-9, D6)', async (t) => {
    const gene = await open(t, { sliceMs: 8 })
    const controller = new AbortController()
    let turns = 0
    const timer = setInterval(() => turns++, 5)
    const running = failure(gene.eval('(while true 1)', { signal: controller.signal }))
    await delay(300)
    controller.abort()
    await running
    clearInterval(timer)
    assert.ok(turns > 12, `${turns} timers fired`)
  })
})

describe('dispose', () => {
  test('rejects what is under way, runs finally parts, and twice is once', async (t) => {
    const gene = await open(t)
    const running = ['(try (sleep 100000) finally (println "finally"))', '(while true 1)'].map((source) => failure(gene.eval(source)))
    await delay(5)
    gene.dispose()
    gene.dispose()
    for (const error of await Promise.all(running)) assert.match(error.code, /GENE\.RUNTIME\.DISPOSED|GENE\.ASYNC\.CANCELLED/)
    assert.equal(gene.text.out, 'finally\n')
  })

  test('makes every later use GENE.RUNTIME.DISPOSED', async (t) => {
    const gene = await open(t)
    const fn = gene.evalSync('(fn [] 1)')
    const handle = gene.evalSync('(1 .. 2)')
    const future = gene.evalSync('[(new gene/Future)]')[0]
    gene.dispose()
    const uses = [
      () => gene.eval('1'), () => gene.evalSync('1'), () => gene.run({ source: '1' }), () => gene.define('x', 1), () => gene.get('x'),
      () => gene.call('f'), () => gene.callSync(fn), () => gene.parse('1'), () => gene.compile('1'), () => gene.pending, () => gene.idle(),
      () => gene.stats(), () => gene.interrupt(), () => gene.names(), () => fn(), () => fn.sync(), () => handle.get('first'),
      () => handle.call('x'), () => handle.toString(), () => handle.toJS(), () => future,
    ]
    for (const use of uses) assert.equal((await failure(use)).code, 'GENE.RUNTIME.DISPOSED', String(use))
  })

  test('inside a host function ends the runtime after it', async (t) => {
    const gene = await open(t)
    gene.define('end', () => gene.dispose())
    assert.equal((await failure(gene.eval('(end) (while true 1)'))).code, 'GENE.RUNTIME.DISPOSED')
    const other = await open(t)
    other.define('end', () => other.dispose())
    assert.equal((await failure(() => other.evalSync('(end) 1'))).code, 'GENE.RUNTIME.DISPOSED')
  })

  test('by using', async () => {
    const gene = await createRuntime()
    assert.equal(typeof gene[Symbol.dispose], 'function')
    await gene[Symbol.asyncDispose]()
    assert.equal((await failure(() => gene.evalSync('1'))).code, 'GENE.RUNTIME.DISPOSED')
  })

  test('cancels host operations, and late answers are ignored', async (t) => {
    const gene = await open(t)
    /** @type {any} */ let resolve
    gene.define('wait', () => new Promise((done) => { resolve = done }))
    const running = failure(gene.eval('(await (wait))'))
    await delay(1)
    gene.dispose()
    resolve('late')
    assert.ok(await running)
    await delay(5)
  })
})

describe('deadlock', () => {
  test('SCH-12: waiting for what nothing can complete is an error, not a hang', async (t) => {
    const gene = await open(t)
    const error = await failure(gene.eval('(await (new gene/Future))'))
    assert.equal(error.code, 'GENE.ASYNC.DEADLOCK')
    assert.equal(error.name, 'DeadlockException')
  })

  test('SCH-12: is not reported while JavaScript may still call in the same turn', async (t) => {
    const gene = await open(t)
    gene.evalSync('(var f (new gene/Future)) nil')
    const waiting = gene.eval('(await f)')
    gene.evalSync('(f .complete 5)')
    assert.equal(await waiting, 5)
  })

  test('SCH-12: is not reported while the host has something pending', async (t) => {
    const gene = await open(t)
    gene.define('later', () => delay(30).then(() => 1))
    gene.evalSync('(var f (new gene/Future)) nil')
    const waiting = gene.eval('(await f)')
    const other = gene.eval('(await (later)) (f .complete 6)')
    assert.equal(await waiting, 6)
    await other
  })
})

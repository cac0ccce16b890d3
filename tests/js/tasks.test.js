// tasks.test.js — many tasks at once: below natives and plain, woken in random order, and what is left of them afterwards.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { open } from './helpers.js'

/** A build that collects at every allocation (GENE_TEST_WASM) is given smaller numbers. */
const isStressed = Boolean(process.env.GENE_TEST_WASM)
const BELOW_NATIVES = isStressed ? 60 : 1000
const PLAIN = isStressed ? 500 : 100_000

/** Whether a task waits for a promise of JavaScript, a timer or another task is drawn; so is when it is woken. */
const WAITERS = `
  (class Slow
    (ctor [n] (/n = n))
    (method to_s [] (pause /n) #"<#{/n}>")
    (method "==" [o] (pause /n) (/n == o)))
  (fn pause [n]
    (case (random_int 3)
      when 0 (await (promise n))
      when 1 (sleep (random_int 30))
      else (await (spawn (fn [] (sleep (random_int 20)))))))
  (fn below [n]
    (case (n % 4)
      when 0 ([n (n + 2) (n + 1)] .sort (fn [a b] (pause n) (a - b)))
      when 1 #"#{(new Slow n)}"
      when 2 ([n (n + 1)] .map (fn [x] (pause n) (x * 2)))
      else ((new Slow n) == n)))
  (fn expected [n]
    (case (n % 4)
      when 0 [n (n + 1) (n + 2)]
      when 1 #"<#{n}>"
      when 2 [(n * 2) (n * 2 + 2)]
      else true))
  (fn run_below [count]
    (var tasks [])
    (for n in (1 .. count) (tasks .add (spawn below n)))
    (var right 0)
    (for i t in tasks (if ((await t) == (expected (i + 1))) (right += 1)))
    right)
  (fn run_plain [count]
    (var sum 0)
    (fn work [n] (sleep (random_int 50)) (sum += n))
    (var tasks [])
    (for n in (1 .. count) (tasks .add (spawn work n)))
    ($await_all tasks)
    sum)`

/** A runtime with `promise`, which JavaScript resolves in random order. @param {import('node:test').TestContext} t */
async function openWaiters(t) {
  const gene = await open(t)
  /** @type {(() => void)[]} */ const resolvers = []
  gene.define('promise', (/** @type {number} */ n) => new Promise((resolve) => resolvers.push(() => resolve(n))))
  const timer = setInterval(() => {
    for (let left = Math.ceil(resolvers.length / 2); left > 0; left--) {
      resolvers.splice(Math.floor(Math.random() * resolvers.length), 1)[0]()
    }
  }, 2)
  t.after(() => clearInterval(timer))
  await gene.eval(`${WAITERS} nil`)
  return gene
}

/** The fewest live objects seen while some whole collections go by. @param {Awaited<ReturnType<typeof open>>} gene */
async function settledObjects(gene) {
  const { collections } = gene.stats()
  let fewest = Infinity
  let stats
  do {
    await gene.eval('(repeat 50 [1 2]) nil')
    stats = gene.stats()
    if (stats.collections > collections + 1) fewest = Math.min(fewest, stats.liveObjects)
  } while (stats.collections < collections + 4)
  assert.ok(Number.isFinite(fewest))
  return fewest
}

describe('many tasks', () => {
  test(`SCH-5, SCH-8, ASY-18: ${BELOW_NATIVES} wait below natives, and nothing of them is left`, async (t) => {
    const gene = await openWaiters(t)
    const run = async () => assert.equal(await gene.eval('(run_below count)', { bindings: { count: BELOW_NATIVES } }), BELOW_NATIVES)
    await run()
    const before = await settledObjects(gene)
    const { hostValues } = gene.stats()
    for (let i = 0; i < 3; i++) await run()
    const after = await settledObjects(gene)
    t.diagnostic(`${before} live objects, then ${after}`)
    assert.ok(after <= before + BELOW_NATIVES / 2, `${after - before} objects more`)
    assert.ok(gene.stats().hostValues <= hostValues + 5, `${gene.stats().hostValues} host values, ${hostValues} before`)
    assert.deepEqual([gene.stats().tasks, gene.pending], [0, { tasks: 0, operations: 0, timers: 0 }])
  })

  test(`ASY-18: ${PLAIN} wait for timers, and nothing of them is left`, async (t) => {
    const gene = await openWaiters(t)
    const run = async () => assert.equal(await gene.eval('(run_plain count)', { bindings: { count: PLAIN } }), (PLAIN * (PLAIN + 1)) / 2)
    await run()
    const before = await settledObjects(gene)
    await run()
    const after = await settledObjects(gene)
    t.diagnostic(`${before} live objects, then ${after}`)
    // Some garbage waits for its collection, the more the larger the heap has been; far less than an object a task.
    assert.ok(after <= before + PLAIN / 20, `${after - before} objects more`)
    assert.deepEqual([gene.stats().tasks, gene.pending], [0, { tasks: 0, operations: 0, timers: 0 }])
  })

  test('ASY-18: operations that are under way cost other turns nothing', async (t) => {
    const gene = await open(t)
    gene.define('never', () => new Promise(() => {}))
    await gene.eval('(fn turns [] (repeat 300 (yield_now))) nil')
    /** The quickest of several rounds, so that only a scan shows. */
    const quickest = () => Math.min(...Array.from({ length: 12 }, () => {
      const started = performance.now()
      gene.evalSync('(turns) nil')
      return performance.now() - started
    }))
    quickest()
    const alone = quickest()
    await gene.eval(`(repeat ${isStressed ? 100 : 30_000} (never)) nil`)
    const beside = quickest()
    t.diagnostic(`${alone.toFixed(3)} ms alone, ${beside.toFixed(3)} ms beside operations`)
    assert.ok(isStressed || beside < alone * 20)
  })
})

describe('an idle runtime', () => {
  /** Counts the timers and macrotasks that are asked for, but those that only keep the process alive. @param {import('node:test').TestContext} t */
  function countWakeUps(t) {
    const count = { timers: 0, turns: 0 }
    const { setTimeout: startTimer, setImmediate: startTurn } = globalThis
    t.after(() => Object.assign(globalThis, { setTimeout: startTimer, setImmediate: startTurn }))
    globalThis.setTimeout = /** @type {any} */ ((/** @type {any} */ f, /** @type {number} */ ms, /** @type {any[]} */ ...rest) => {
      if (ms < 1e9) count.timers++
      return startTimer(f, ms, ...rest)
    })
    globalThis.setImmediate = /** @type {any} */ ((/** @type {any} */ f, /** @type {any[]} */ ...rest) => {
      count.turns++
      return startTurn(f, ...rest)
    })
    return { count, pause: (/** @type {number} */ ms) => new Promise((resolve) => startTimer(resolve, ms)) }
  }

  test('SCH-1, SCH-11: a server stays up without a single wake-up', async (t) => {
    const { count, pause } = countWakeUps(t)
    const gene = await open(t, { allow: { net: true } })
    const source = '(import genex/http) (var server (start_server 0 (fn [req] (respond "up")))) server/port'
    const url = `http://127.0.0.1:${await gene.eval(source)}`
    const running = gene.eval('(run_forever ^id "web") "stopped"')
    await pause(50)
    Object.assign(count, { timers: 0, turns: 0 })
    await pause(700)
    assert.deepEqual(count, { timers: 0, turns: 0 })
    assert.equal(await (await fetch(url)).text(), 'up')
    await gene.eval('(stop_forever "web") (server .stop)')
    assert.equal(await running, 'stopped')
  })

  test('SCH-1, SCH-11: (run_forever) with no other work stays, and does not wake up', async (t) => {
    const { count, pause } = countWakeUps(t)
    const gene = await open(t)
    let ended = false
    const running = gene.run({ source: '(run_forever) "stopped"' }).finally(() => { ended = true })
    await pause(50)
    Object.assign(count, { timers: 0, turns: 0 })
    await pause(500)
    assert.deepEqual([count, ended], [{ timers: 0, turns: 0 }, false])
    gene.evalSync('(stop_forever) nil')
    assert.equal((await running).value, 'stopped')
  })

  test('SCH-11: one wake-up for a timer that is due later', async (t) => {
    const { count, pause } = countWakeUps(t)
    const gene = await open(t)
    const running = gene.eval('(sleep 400) "woken"')
    await pause(20)
    Object.assign(count, { timers: 0, turns: 0 })
    await pause(200)
    assert.deepEqual(count, { timers: 0, turns: 0 })
    assert.equal(await running, 'woken')
  })
})

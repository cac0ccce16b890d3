// tasks.js — what tasks, futures and crossings to the host cost, each beside the same in JavaScript.

import { createRuntime } from '../js/index.js'
import { interleave } from './measure.js'

const COUNT = 200000

const program = `
(fn switch_tasks [n]
  (fn spin [] (var i 0) (while (i < n) (yield_now) (i += 1)))
  ($await_all [(spawn spin) (spawn spin)]))
(fn await_finished [n] (var i 0) (while (i < n) (await (async i)) (i += 1)) i)
(fn call_host [n] (var i 0) (while (i < n) (host_add i 1) (i += 1)) i)
(fn add [a b] (a + b))
`

/** Two async functions that take turns, as a yardstick. @param {number} count */
async function jsSwitch(count) {
  const spin = async () => {
    for (let i = 0; i < count; i++) await undefined
  }
  await Promise.all([spin(), spin()])
}

/** @param {number} rounds @param {(row: string[]) => void} report */
export async function benchTasks(rounds, report) {
  const runtime = await createRuntime({ stdout() {} })
  runtime.define('host_add', (/** @type {number} */ a, /** @type {number} */ b) => a + b)
  await runtime.eval(program)
  const add = await runtime.get('add')
  report(['operation', 'gene ns', 'JS ns', '×'])
  /** @param {string} label @param {number} count operations a run @param {() => unknown} own @param {() => unknown} js */
  const row = async (label, count, own, js) => {
    const [ownMs, jsMs] = await interleave([own, js], rounds)
    const each = (/** @type {number} */ ms) => (ms * 1e6) / count
    report([label, each(ownMs).toFixed(0), each(jsMs).toFixed(0), (ownMs / jsMs).toFixed(2)])
  }
  await row('suspend and resume a task', 2 * COUNT, () => runtime.call('switch_tasks', COUNT), () => jsSwitch(COUNT))
  await row('async and await, finished', COUNT, () => runtime.call('await_finished', COUNT), async () => {
    for (let i = 0; i < COUNT; i++) await (async () => i)()
  })
  await row('Gene calls a host function', COUNT, () => runtime.call('call_host', COUNT), () => {
    const hostAdd = (/** @type {number} */ a, /** @type {number} */ b) => a + b
    let sum = 0
    for (let i = 0; i < COUNT; i++) sum += hostAdd(i, 1)
    return sum
  })
  await row('host calls Gene, two numbers', COUNT, () => {
    for (let i = 0; i < COUNT; i++) add.sync(i, 1)
  }, () => {
    const jsAdd = (/** @type {number} */ a, /** @type {number} */ b) => a + b
    let sum = 0
    for (let i = 0; i < COUNT; i++) sum += jsAdd(i, 1)
    return sum
  })
  runtime.dispose()
}

// callables.test.js — Gene values other than functions that JavaScript calls: selectors and interceptions; frozen values
// that cross.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { failure, open } from './helpers.js'

describe('callables and frozen values', () => {
  test('a selector is a function of its target', async (t) => {
    const gene = await open(t)
    const names = await gene.eval('@users/*/name')
    assert.deepEqual(await names({ users: [{ name: 'Ada' }, { age: 3 }, { name: 'Bob' }] }), ['Ada', 'Bob'])
    const doubled = await gene.eval('(@ * (fn [x] (* x 2)))')
    assert.deepEqual(await doubled([1, 2]), [2, 4])
  })

  test('an interception is called with its advice', async (t) => {
    const gene = await open(t)
    const twice = await gene.eval(`
      (fn-interceptor Twice [f] (after f ^^replace_result [x r] (* r 2)))
      (Twice (fn [x] (gene/sleep 1) (x + 1)))`)
    assert.equal(await twice(4), 10)
    assert.match((await failure(twice(1, 2))).message, /Expected|too many/)
  })

  test('what JavaScript gets of a frozen value is a copy of its own', async (t) => {
    const gene = await open(t)
    const list = await gene.eval('(var list (freeze [1 {^k [2]}])) list')
    list.push(3)
    list[1].k.push(4)
    assert.deepEqual(list, [1, { k: [2, 4] }, 3])
    assert.deepEqual(await gene.eval('list'), [1, { k: [2] }])
  })
})

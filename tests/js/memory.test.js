// memory.test.js — what is left to do when the memory limit has been reached.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { failure, open } from './helpers.js'

test('SCH-13: data that fills the heap can still be let go', async (t) => {
  const gene = await open(t, { limits: { memory: 8e6 } })
  const error = await failure(gene.eval('(var a []) (while true (a .add "x"))'))
  assert.equal(error.code, 'GENE.LIMIT.MEMORY')
  assert.equal(await gene.eval('(1 + 1)'), 2)
  await gene.eval('(a = nil)')
  assert.equal(await gene.eval('(var b []) (repeat 200000 (b .add "x")) (len b)'), 200000)
})

test('SCH-13: the reserve for that is no way round the limit', async (t) => {
  const gene = await open(t, { limits: { memory: 8e6 } })
  await failure(gene.eval('(var a []) (while true (a .add [1 2 3]))'))
  const errors = await gene.eval('(var n 0) (repeat 20 (try (while true (a .add [1 2 3])) catch * (n += 1))) n')
  assert.equal(errors, 20)
  assert.ok(gene.stats().liveBytes < 10e6)
})

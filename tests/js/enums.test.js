// Enum values in JavaScript: handles that come back as what they were; variants known to later evaluations.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { GeneHandle } from '../../js/index.js'
import { open } from './helpers.js'

test('a value of an enum goes out as a handle and comes back as itself', async (t) => {
  const gene = await open(t)
  gene.evalSync('(enum Shape (Circle r) Dot) (fn same [a b] [(a == b) (typeof a)])')
  const circle = gene.evalSync('(Shape/Circle "big")')
  assert.ok(circle instanceof GeneHandle)
  const same = gene.evalSync('same')
  assert.deepEqual(await same(circle, gene.evalSync('(Shape/Circle "big")')), [true, 'Shape'])
  assert.deepEqual(await same(gene.evalSync('Shape/Dot'), gene.evalSync('Shape/Dot')), [true, 'Shape'])
  assert.deepEqual(await same(circle, gene.evalSync('Shape/Dot')), [false, 'Shape'])
})

test('patterns know the enums of earlier evaluations', async (t) => {
  const gene = await open(t)
  gene.evalSync('(enum Shape (Circle r) Dot)')
  gene.evalSync('(fn size [s] (case s when (Circle r) r when Dot 0 else nil))')
  assert.equal(gene.evalSync('(size (Shape/Circle 3))'), 3)
  gene.evalSync('(enum Shape (Circle r) Dot)')
  assert.equal(gene.evalSync('(size (Shape/Circle 3))'), null)
  assert.equal(gene.evalSync('(case (Shape/Circle 4) when (Circle r) r else nil)'), 4)
})

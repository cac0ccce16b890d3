// coverage.test.js — docs/coverage.md: up to date, and every name of the language and its library is tested.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { root } from '../js/dev/shell.js'
import { createRuntime } from '../js/index.js'
import { coverage, coverageText } from './harness/coverage.js'

const runtime = await createRuntime()
const { entries, unknown } = coverage(runtime.docs())
runtime.dispose()

test('programs name what there is', () => assert.deepEqual(unknown, []))

test('every name has a test', () => {
  assert.deepEqual(entries.filter(({ places }) => places.length === 0).map(({ names }) => names[0]), [])
})

test('docs/coverage.md is what npm run coverage writes', () => {
  assert.equal(readFileSync(join(root, 'docs/coverage.md'), 'utf8'), coverageText(entries))
})

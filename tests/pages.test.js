// pages.test.js — the code blocks of the language pages print what the pages say, on native and on wasm, and so do those
// of our manual, docs/language. The language pages are no part of the project: where they are missing, the manual stands
// for them.

import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { pageExceptions } from './harness/page_exceptions.js'
import { BlockRunner, blocksOf, difference, havePages, manualBlocks, pageBlocks } from './harness/pages.js'

const PAGES = ['01', '02', '03', '04', '05', '06', '07', '08', '09', '10', '11', '12', '20', '21', '22', '23', '24', '25', '26', '27', '28', '29', '30', '31', '32', '33']

test('blocks are found with their output and failure', () => {
  const text = 'a\n```gene\n(println 1)\n# => 1\n# =>\n```\n```js\n# => 2\n```\n```gene-new\n(f)\n# !! f is\n```\n'
  assert.deepEqual(
    blocksOf('07-x.md', text).map(({ page, block, line, output, failure }) => [page, block, line, output, failure]),
    [
      ['07', 1, 3, ['1', ''], undefined],
      ['07', 2, 11, [], 'f is'],
    ],
  )
})

if (!havePages) test('language pages', (t) => t.diagnostic('no language pages here'))

for (const build of /** @type {const} */ (havePages ? ['native', 'wasm'] : [])) {
  describe(`language pages on ${build}`, { concurrency: build === 'native' ? 2 : 1 }, () => {
    const runner = new BlockRunner()
    after(() => runner.dispose())
    for (const block of pageBlocks(PAGES)) {
      const exception = pageExceptions.find((e) => e.page === block.page && e.block === block.block)
      test(`${block.file}:${block.line} block ${block.block}`, async (t) => {
        const problem = difference(block, await runner.run(block, build))
        if (!exception) return assert.ok(!problem, problem)
        t.diagnostic(exception.reason)
        assert.ok(problem, 'passes now: remove it from page_exceptions.js')
      })
    }
  })
}

describe('the manual on wasm', () => {
  const runner = new BlockRunner()
  after(() => runner.dispose())
  for (const block of manualBlocks()) {
    test(`${block.file}:${block.line} block ${block.block}`, async () => {
      const problem = difference(block, await runner.run(block, 'wasm'))
      assert.ok(!problem, problem)
    })
  }
})

// large_programs.test.js — programs with very many of one thing compile and run; `npm run bench -- compile` measures them.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { mixedProgram, programShapes } from '../../bench/programs.js'
import { createRuntime } from '../../js/index.js'

/** What a program prints; by way of an image it is verified too. @param {string} source @param {boolean} [asImage] */
async function printed(source, asImage = false) {
  let text = ''
  const runtime = await createRuntime({ stdout: (piece) => (text += piece) })
  await runtime.run(asImage ? runtime.compile(source, { as: 'image' }) : { source })
  runtime.dispose()
  return text
}

// Slow (a few seconds): 5 MB of source.
test('a program of 200,000 forms prints its result', async () => {
  assert.equal(await printed(mixedProgram(200000)), '200000\n')
})

describe('20,000', () => {
  for (const [name, make] of Object.entries(programShapes)) {
    test(name, async () => {
      const { source, prints } = make(20000)
      for (const asImage of [false, true]) assert.equal(await printed(source, asImage), `${prints}\n`)
    })
  }
})

test('a parser gives the forms of a long text in time that grows with it', async () => {
  const runtime = await createRuntime()
  const bindings = { text: '(a b) '.repeat(100_000) }
  assert.equal(await runtime.eval('(var p (new gene/Parser text)) (var n 0) (while (p .read) (n += 1)) n', { bindings, timeout: 20_000 }), 100_000)
  runtime.dispose()
})

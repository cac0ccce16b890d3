// large_programs.test.js — programs with very many of one thing compile and run; `npm run bench -- compile` measures them.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { mixedProgram, programShapes } from '../../bench/programs.js'
import { createRuntime } from '../../js/index.js'

/** What a program prints. @param {string} source */
async function printed(source) {
  let text = ''
  const runtime = await createRuntime({ stdout: (piece) => (text += piece) })
  await runtime.run({ source })
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
      assert.equal(await printed(source), `${prints}\n`)
    })
  }
})

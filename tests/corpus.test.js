// corpus.test.js — every program under tests/gene on every build: native (sanitized), native with GC at every
// allocation, wasm. What a program prints and how it ends stands in the program (harness/expectations.js).

import { before, describe, test } from 'node:test'
import { compare, corpusPrograms } from './harness/corpus.js'
import { runNative } from './harness/native_run.js'
import { runWasm } from './harness/wasm_run.js'

const programs = corpusPrograms()

/** @param {string} build */
const programsFor = (build) => programs.filter(({ expected }) => expected.only.length === 0 || expected.only.includes(build))

for (const build of /** @type {const} */ (['native', 'native-stress'])) {
  describe(`corpus on ${build}`, { concurrency: 2 }, () => {
    for (const program of programsFor(build)) {
      test(program.name, async () => compare(await runNative(build, program), program.expected))
    }
  })
}

describe('corpus on wasm', () => {
  /** @type {typeof import('../js/index.js').createRuntime} */
  let createRuntime
  before(async () => ({ createRuntime } = await import('../js/index.js')))
  for (const program of programsFor('wasm')) {
    test(program.name, async () => compare(await runWasm(createRuntime, program), program.expected))
  }
})

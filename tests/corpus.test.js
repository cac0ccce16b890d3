// corpus.test.js — every program under tests/gene on every build: native (sanitized), the same by way of a compiled image,
// native with GC at every allocation, wasm. What a program prints and how it ends stands in the program (harness/expectations.js);
// besides, everything it writes is the same, byte by byte, on all of them.

import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { compare, corpusPrograms } from './harness/corpus.js'
import { runNative } from './harness/native_run.js'
import { runWasm } from './harness/wasm_run.js'

const programs = corpusPrograms()

/** @param {string} build */
const programsFor = (build) => programs.filter(({ expected }) => expected.only.length === 0 || expected.only.includes(build))

/** What each build made of a program. @type {Map<string, { build: string, outcome: import('./harness/corpus.js').Outcome }[]>} */
const outcomes = new Map(programs.map(({ name }) => [name, []]))

/**
 * @param {string} build
 * @param {import('./harness/corpus.js').Program} program
 * @param {Promise<import('./harness/corpus.js').Outcome>} run
 */
async function check(build, program, run) {
  const outcome = await run
  outcomes.get(program.name)?.push({ build, outcome })
  compare(outcome, program.expected)
}

for (const build of /** @type {const} */ (['native', 'native-stress'])) {
  describe(`corpus on ${build}`, { concurrency: 2 }, () => {
    for (const program of programsFor(build)) {
      test(program.name, () => check(build, program, runNative(build, program)))
    }
  })
}

describe('corpus from images', { concurrency: 2 }, () => {
  for (const program of programsFor('native')) {
    test(program.name, () => check('images', program, runNative('native', program, ['--image'])))
  }
})

describe('corpus on wasm', () => {
  /** @type {typeof import('../js/index.js').createRuntime} */
  let createRuntime
  before(async () => ({ createRuntime } = await import('../js/index.js')))
  for (const program of programsFor('wasm')) {
    test(program.name, () => check('wasm', program, runWasm(createRuntime, program)))
  }
})

/** Logging writes the time of day. */
const withoutTimes = (/** @type {unknown} */ written) => (typeof written === 'string' ? written.replace(/\d\d:\d\d:\d\d\.\d{3}/g, 'TIME') : written)

describe('corpus compared between builds', () => {
  for (const { name } of programs) {
    test(name, () => {
      const [first, ...others] = outcomes.get(name) ?? []
      for (const { build, outcome } of others) {
        for (const stream of /** @type {const} */ (['stdout', 'stderr', 'exit'])) {
          assert.equal(withoutTimes(outcome[stream]), withoutTimes(first.outcome[stream]), `${stream} of ${build} is not that of ${first.build}`)
        }
      }
    })
  }
})

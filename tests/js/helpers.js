// helpers.js — runtimes for tests: each is disposed of when its test ends, and nothing of it may be left over.

import assert from 'node:assert/strict'
import { createRuntime } from '../../js/index.js'

/**
 * A runtime for one test, with what it wrote.
 * @param {import('node:test').TestContext} t
 * @param {import('../../js/options.js').RuntimeOptions} [options]
 */
export async function open(t, options = {}) {
  const text = { out: '', err: '' }
  const gene = await createRuntime({
    stdout: (part) => void (text.out += part),
    stderr: (part) => void (text.err += part),
    wasm: process.env.GENE_TEST_WASM, // another build of the module, such as one with GENE_GC_STRESS
    ...options,
  })
  t.after(() => gene.dispose())
  return Object.assign(gene, { text })
}

/** What a promise is rejected with, or a function throws. @param {Promise<any> | (() => any)} work @returns {Promise<any>} */
export async function failure(work) {
  try {
    await (typeof work === 'function' ? work() : work)
  } catch (error) {
    return error
  }
  assert.fail('nothing was thrown')
}

/** @param {number} ms */
export const delay = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

/** Until a condition holds, looked at every few milliseconds. @param {() => boolean} condition */
export async function until(condition) {
  for (let i = 0; i < 1000; i++) {
    if (condition()) return
    await delay(5)
  }
  assert.fail('it did not happen')
}

/** Runs garbage collections until the condition holds. @param {() => boolean} condition */
export async function collectUntil(condition) {
  const { setFlagsFromString } = await import('node:v8')
  const { runInNewContext } = await import('node:vm')
  setFlagsFromString('--expose-gc')
  const gc = runInNewContext('gc')
  await until(() => {
    gc()
    return condition()
  })
}

// wasm_run.js — runs programs on the wasm build through the JavaScript API, in this process, one runtime each.

import { basename, dirname } from 'node:path'
import { reportedError } from './corpus.js'

const UNITS = { b: 1, kb: 2 ** 10, mb: 2 ** 20, gb: 2 ** 30, ms: 1, s: 1000, m: 60_000 }

/** `64mb` in bytes, `5s` in ms. */
function quantity(/** @type {string} */ text) {
  const [, number, unit = ''] = /^(\d+(?:\.\d+)?)([a-z]*)$/.exec(text) ?? []
  const factor = unit ? UNITS[/** @type {keyof typeof UNITS} */ (unit)] : 1
  if (!number || !factor) throw new Error(`malformed quantity: ${text}`)
  return Number(number) * factor
}

const named = (/** @type {string} */ list, /** @type {boolean} */ value) => Object.fromEntries(list.split(',').map((name) => [name, value]))

/**
 * The runtime options for command line options, with the command line's default: everything is allowed.
 * @param {string[]} options
 */
function runtimeOptions(options) {
  /** @type {Record<string, number>} */
  const limits = {}
  let allow = { fs: true, net: true, env: true, run: true }
  let strictNil = false
  let contracts = true
  let typeCheck = true
  let pkg
  for (const option of options) {
    const [, name, value] = /^--([\w-]+)(?:=(.*))?$/.exec(option) ?? []
    if (name === 'depth') limits.depth = Number(value)
    else if (name === 'max-memory') limits.memory = quantity(value)
    else if (name === 'timeout') limits.time = quantity(value)
    else if (name === 'contracts') contracts = value !== 'off'
    else if (name === 'allow') allow = { fs: false, net: false, env: false, run: false, ...named(value, true) }
    else if (name === 'deny') allow = { ...allow, ...named(value, false) }
    else if (name === 'pkg') pkg = value
    else if (name === 'strict-nil') strictNil = true
    else if (name === 'no-type-check') typeCheck = false
    else throw new Error(`the wasm harness does not know the option ${option}`)
  }
  return { limits, allow, strictNil, typeCheck, contracts, package: pkg }
}

/**
 * @param {typeof import('../../js/index.js').createRuntime} createRuntime
 * @param {import('./corpus.js').Program} program
 * @returns {Promise<import('./corpus.js').Outcome>}
 */
export async function runWasm(createRuntime, { file, expected }) {
  let stdout = ''
  let stderr = ''
  const runtime = await createRuntime({
    ...runtimeOptions(expected.options),
    fs: 'node',
    cwd: dirname(file),
    env: { ...process.env, GENE_TEST_BUILD: 'wasm' },
    args: expected.args,
    stdin: expected.stdin,
    stdout: (/** @type {string} */ text) => void (stdout += text),
    stderr: (/** @type {string} */ text) => void (stderr += text),
  })
  try {
    const { exitCode } = await runtime.run(basename(file), { args: expected.args, signal: AbortSignal.timeout(60_000) })
    return { stdout, stderr, exit: exitCode, error: exitCode === 1 ? reportedError(stderr) : undefined }
  } catch (error) {
    if (!error.code) throw error
    const { code, message, line, column } = error
    return { stdout, stderr: stderr + runtime.report(error), exit: 1, error: { code, message, line, column } }
  } finally {
    runtime.dispose()
  }
}

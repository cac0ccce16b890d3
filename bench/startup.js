// startup.js — a cold Node process to its first Gene result, over one that does nothing; and the size of the binary.

import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync } from 'node:zlib'
import { interleave } from './measure.js'

const path = (/** @type {string} */ name) => fileURLToPath(new URL(name, import.meta.url))

/** @param {number} rounds @param {(row: string[]) => void} report */
export async function benchStartup(rounds, report) {
  const run = (/** @type {string} */ file) => () => {
    const { status } = spawnSync(process.execPath, [path(file)])
    if (status !== 0) throw new Error(`${file} ended with ${status}`)
  }
  const [first, empty] = await interleave([run('processes/first_result.js'), run('processes/empty.js')], rounds * 3)
  const wasm = readFileSync(path('../dist/gene.wasm'))
  report(['start-up and size', 'value'])
  report(['first result over an empty script', `${(first - empty).toFixed(1)} ms`])
  report(['gene.wasm', `${(wasm.length / 1024).toFixed(0)} KB raw, ${(brotliCompressSync(wasm).length / 1024).toFixed(0)} KB brotli`])
}

// wasm_binary.test.js — reads the built binaries: what they import and export, how big they are, and that Asyncify
// instruments exactly the functions listed in asyncify_functions.txt, which the dispatch loop is never among.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { buildFolder } from '../js/dev/cmake.js'
import { root } from '../js/dev/shell.js'
import { instrumentedFunctions, readWasm } from './harness/wasm_reader.js'

const MAX_SIZE = 900 * 1024

const shipped = readFileSync(join(root, 'dist/gene.wasm'))
// The same code before its names were taken out.
const named = readFileSync(join(buildFolder('wasm'), 'gene.wasm'))

describe('the wasm binary', () => {
  test('is at most 900 KB', (t) => {
    t.diagnostic(`dist/gene.wasm has ${shipped.length} bytes`)
    assert.ok(shipped.length <= MAX_SIZE, `${shipped.length} bytes`)
  })

  test('ships without custom sections, but with the same code as the named one', () => {
    const plain = readWasm(shipped)
    assert.ok(plain.functions.some(({ name }) => name === ''), 'no function has lost its name')
    assert.deepEqual(
      plain.functions.map(({ index, size }) => [index, size]),
      readWasm(named).functions.map(({ index, size }) => [index, size]),
    )
  })

  test('imports only from the host port and the C runtime', () => {
    const rooms = new Set(WebAssembly.Module.imports(new WebAssembly.Module(shipped)).map(({ module }) => module))
    for (const room of rooms) assert.ok(['gene', 'env', 'wasi_snapshot_preview1'].includes(room), `imports from ${room}`)
  })

  test('exports memory, run_loop and the Asyncify controls', () => {
    const names = new Set(WebAssembly.Module.exports(new WebAssembly.Module(shipped)).map(({ name }) => name))
    const wanted = ['memory', '_initialize', 'run_loop', 'asyncify_get_state']
    assert.deepEqual(wanted.filter((name) => !names.has(name)), [])
  })
})

describe('Asyncify', () => {
  const facts = readWasm(named)
  const instrumented = instrumentedFunctions(facts)

  test('does not instrument run_loop', () => {
    const loop = facts.exportedFunctions.get('run_loop')
    const body = facts.functions.find(({ index }) => index === loop)
    assert.ok(body, 'run_loop is not exported: it may have been inlined into an instrumented function')
    assert.ok(body.size > 2000, `run_loop has only ${body.size} bytes: the real loop is elsewhere`)
    assert.ok(!instrumented.includes(body.name), 'run_loop reads the Asyncify state')
  })

  test('instruments exactly the functions in asyncify_functions.txt', (t) => {
    const listed = readFileSync(join(root, 'tests/asyncify_functions.txt'), 'utf8')
      .split('\n')
      .map((line) => line.replace(/#.*/, '').trim())
      .filter(Boolean)
    t.diagnostic(`instrumented: ${instrumented.join(' ')}`)
    assert.deepEqual(instrumented, listed.sort(), 'update tests/asyncify_functions.txt if this is intended')
  })
})

// wasm_binary.test.js — reads the built binaries: what they import and export, how big they are, and that Asyncify
// instruments exactly the functions listed in asyncify_functions.txt, which the dispatch loop is never among.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { brotliCompressSync } from 'node:zlib'
import { buildFolder } from '../js/dev/cmake.js'
import { root } from '../js/dev/shell.js'
import { instrumentedFunctions, readWasm } from './harness/wasm_reader.js'

const MAX_SIZE = 900 * 1024
const MAX_TRANSFERRED = 300 * 1024

const shipped = readFileSync(join(root, 'dist/gene.wasm'))
// The same program before it was optimised for shipping and lost its names.
const named = readFileSync(join(buildFolder('wasm'), 'gene.wasm'))

describe('the wasm binary', () => {
  test('is at most 900 KB, 300 KB compressed with brotli', (t) => {
    const transferred = brotliCompressSync(shipped).length
    t.diagnostic(`dist/gene.wasm has ${shipped.length} bytes, ${transferred} with brotli`)
    assert.ok(shipped.length <= MAX_SIZE, `${shipped.length} bytes`)
    assert.ok(transferred <= MAX_TRANSFERRED, `${transferred} bytes with brotli`)
  })

  test('ships without the names of its functions, with the exports and imports of the named one', () => {
    const exported = new Set(readWasm(shipped).exportedFunctions.values())
    const leftover = readWasm(shipped).functions.filter(({ index, name }) => name !== '' && !exported.has(index))
    assert.deepEqual(leftover, [])
    const [plain, full] = [shipped, named].map((bytes) => new WebAssembly.Module(bytes))
    const names = (/** @type {{ name: string }[]} */ list) => list.map(({ name }) => name).sort()
    assert.deepEqual(names(WebAssembly.Module.exports(plain)), names(WebAssembly.Module.exports(full)))
    assert.deepEqual(names(WebAssembly.Module.imports(plain)), names(WebAssembly.Module.imports(full)))
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
  for (const [state, bytes] of /** @type {const} */ ([['linked', named], ['shipped', shipped]])) {
    test(`does not instrument run_loop, as ${state}`, () => {
      const { exportedFunctions, functions } = readWasm(bytes)
      const loop = exportedFunctions.get('run_loop')
      const body = functions.find(({ index }) => index === loop)
      assert.ok(body, 'run_loop is not exported: it may have been inlined into an instrumented function')
      assert.ok(body.size > 2000, `run_loop has only ${body.size} bytes: the real loop is elsewhere`)
      const names = instrumentedFunctions({ exportedFunctions, functions })
      assert.ok(names.length > 0 && !names.includes(body.name || `function ${loop}`), 'run_loop reads the Asyncify state')
    })
  }

  test('instruments exactly the functions in asyncify_functions.txt', (t) => {
    const instrumented = instrumentedFunctions(readWasm(named))
    const listed = readFileSync(join(root, 'tests/asyncify_functions.txt'), 'utf8')
      .split('\n')
      .map((line) => line.replace(/#.*/, '').trim())
      .filter(Boolean)
    t.diagnostic(`instrumented: ${instrumented.join(' ')}`)
    assert.deepEqual(instrumented, listed.sort(), 'update tests/asyncify_functions.txt if this is intended')
  })
})

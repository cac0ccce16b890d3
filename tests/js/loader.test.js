// loader.test.js — where the wasm file comes from, wrong files, and a core that fails.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { root } from '../../js/dev/shell.js'
import { createRuntime } from '../../js/index.js'
import { failure, open } from './helpers.js'

const file = join(root, 'dist/gene.wasm')
const bytes = readFileSync(file)

describe('options.wasm', () => {
  /** @type {[string, () => any][]} */
  const sources = [
    ['nothing', () => undefined],
    ['bytes', () => bytes],
    ['an ArrayBuffer', () => new Uint8Array(bytes).buffer],
    ['a file URL', () => pathToFileURL(file)],
    ['a file URL as a string', () => pathToFileURL(file).href],
    ['a module', () => new WebAssembly.Module(bytes)],
    ['a promise of a module', () => WebAssembly.compile(bytes)],
    ['a Response', () => new Response(bytes, { headers: { 'content-type': 'application/wasm' } })],
    ['a Response of another type', () => new Response(bytes)],
  ]
  for (const [name, make] of sources) {
    test(`may be ${name}`, async (t) => {
      const gene = await open(t, { wasm: make() })
      assert.equal(gene.evalSync('(1 + 2)'), 3)
    })
  }

  test('may be an http URL', async (t) => {
    const server = createServer((_request, response) => response.setHeader('content-type', 'application/wasm').end(bytes)).listen(0)
    t.after(() => server.close())
    const { port } = /** @type {import('node:net').AddressInfo} */ (server.address())
    const gene = await open(t, { wasm: `http://127.0.0.1:${port}/gene.wasm` })
    assert.equal(gene.evalSync('(1 + 2)'), 3)
    server.closeAllConnections()
  })
})

describe('a wrong wasm file', () => {
  // The smallest module there is, and one that exports a function f.
  const empty = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0])
  /** @type {[string, any, RegExp][]} */
  const wrong = [
    ['no wasm at all', new Uint8Array([1, 2, 3]), /cannot load the wasm file/],
    ['another module', empty, /not the wasm file of gene-wasm: it has no memory/],
    ['a cut one', bytes.subarray(0, 5000), /cannot load the wasm file/],
    ['a missing file', pathToFileURL('/nope/gene.wasm'), /cannot load the wasm file.*ENOENT/],
    ['a failed Response', new Response('not found', { status: 404 }), /404/],
  ]
  for (const [name, wasm, message] of wrong) {
    test(name, async () => {
      const error = await failure(createRuntime({ wasm }))
      assert.equal(error.code, 'GENE.HOST.WASM')
      assert.match(error.message, message)
    })
  }
})

describe('a core that fails', () => {
  /** Our module, with an export that traps instead of an import. @param {string} importName */
  const withTrap = async (importName) => {
    const { instantiate } = WebAssembly
    return async (/** @type {() => Promise<any>} */ work) => {
      WebAssembly.instantiate = /** @type {any} */ ((/** @type {any} */ module, /** @type {any} */ imports) => {
        const gene = { ...imports.gene, [importName]: () => { throw new WebAssembly.RuntimeError('unreachable') } }
        return instantiate.call(WebAssembly, module, { ...imports, gene })
      })
      try {
        return await work()
      } finally {
        WebAssembly.instantiate = instantiate
      }
    }
  }

  test('ends its runtime with GENE.HOST.TRAP, and no other', async (t) => {
    const other = await open(t)
    const broken = await (await withTrap('write'))(() => open(t))
    const waiting = failure(broken.eval('(sleep 100000)'))
    assert.equal((await failure(broken.eval('(println "x") (flush)'))).code, 'GENE.HOST.TRAP')
    assert.equal((await waiting).code, 'GENE.HOST.TRAP')
    assert.equal((await failure(() => broken.evalSync('1'))).code, 'GENE.HOST.TRAP')
    broken.dispose()
    assert.equal((await failure(() => broken.evalSync('1'))).code, 'GENE.RUNTIME.DISPOSED')
    assert.equal(other.evalSync('(1 + 1)'), 2)
  })

  test('below a host function as well', async (t) => {
    const broken = await (await withTrap('write'))(() => open(t))
    broken.define('inner', () => { try { broken.evalSync('(println "x") (flush)') } catch { /* goes on */ } })
    assert.equal((await failure(broken.eval('(inner) (inner) 1'))).code, 'GENE.HOST.TRAP')
  })
})

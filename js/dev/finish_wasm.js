// finish_wasm.js — checks the linked module's imports and writes the one that is shipped.
// Usage: node finish_wasm.js LINKED.wasm SHIPPED.wasm HOST_IMPORTS.h
// An import that the loader does not supply would only fail when the module is instantiated; here it fails the
// build. LINKED keeps its function names for the tests and for profiling; SHIPPED has no custom section and was
// optimised once more by a current Binaryen, whose code is smaller and faster than that of the SDK's own.

import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

/** What a wasm binary without our own imports may ask for; js/ supplies these too. */
const RUNTIME_IMPORTS = [
  'env.emscripten_notify_memory_growth',
  'wasi_snapshot_preview1.fd_close',
  'wasi_snapshot_preview1.fd_seek',
  'wasi_snapshot_preview1.fd_write',
  'wasi_snapshot_preview1.proc_exit',
]

const wasmOpt = join(dirname(createRequire(import.meta.url).resolve('binaryen/package.json')), 'bin', 'wasm-opt')

/**
 * Names of imports that neither host_imports.h nor the runtime list mentions.
 * @param {WebAssembly.Module} module
 * @param {string} declarations
 */
function unknownImports(module, declarations) {
  const declared = new Set(declarations.match(/\w+/g))
  return WebAssembly.Module.imports(module)
    .filter(({ module: room, name }) => !(room === 'gene' ? declared.has(name) : RUNTIME_IMPORTS.includes(`${room}.${name}`)))
    .map(({ module: room, name }) => `${room}.${name}`)
}

const [linked, shipped, declarations] = process.argv.slice(2)
const bytes = readFileSync(linked)
const unknown = unknownImports(new WebAssembly.Module(bytes), existsSync(declarations) ? readFileSync(declarations, 'utf8') : '')
for (const name of unknown) console.error(`error: undefined symbol: the module imports ${name}, which nobody supplies`)
if (unknown.length) process.exit(1)

mkdirSync(dirname(shipped), { recursive: true })
const passes = ['-Os', '--reorder-functions', '--strip-debug', '--strip-producers', '--strip-target-features']
execFileSync(process.execPath, [wasmOpt, linked, '-o', shipped, ...passes], { stdio: 'inherit' })
new WebAssembly.Module(readFileSync(shipped))
console.log(`${shipped}: ${(statSync(shipped).size / 1024).toFixed(1)} KB`)

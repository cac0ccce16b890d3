// finish_wasm.js — checks the linked module's imports and writes the one that is shipped.
// Usage: node finish_wasm.js LINKED.wasm SHIPPED.wasm HOST_IMPORTS.h
// An import that the loader does not supply would only fail when the module is instantiated; here it fails the
// build. LINKED keeps its function names for the tests and for profiling; SHIPPED has no custom section.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

/** What a wasm binary without our own imports may ask for; js/ supplies these too. */
const RUNTIME_IMPORTS = [
  'env.emscripten_notify_memory_growth',
  'wasi_snapshot_preview1.fd_close',
  'wasi_snapshot_preview1.fd_seek',
  'wasi_snapshot_preview1.fd_write',
  'wasi_snapshot_preview1.proc_exit',
]

/**
 * The module without its custom sections.
 * @param {Uint8Array} bytes
 */
function withoutCustomSections(bytes) {
  const kept = [bytes.subarray(0, 8)]
  let at = 8
  while (at < bytes.length) {
    const start = at
    const id = bytes[at++]
    let size = 0
    for (let shift = 0, more = true; more; shift += 7) {
      more = (bytes[at] & 0x80) !== 0
      size += (bytes[at++] & 0x7f) * 2 ** shift
    }
    at += size
    if (id !== 0) kept.push(bytes.subarray(start, at))
  }
  return Buffer.concat(kept)
}

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

const result = withoutCustomSections(bytes)
new WebAssembly.Module(result)
mkdirSync(dirname(shipped), { recursive: true })
writeFileSync(shipped, result)
console.log(`${shipped}: ${(result.length / 1024).toFixed(1)} KB`)

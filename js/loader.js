// loader.js — from what the embedder gives (or our own file) to a running wasm instance.
// Nothing is compiled before the first runtime; the module of our own file is compiled once and shared by all runtimes.

import { platform } from '#platform'
import { hostError } from './errors.js'

/** As HOST_ABI in src/port/host_imports.h. */
export const ABI = 4

/** As HOST_EXPORTS there, and what every module has. */
export const EXPORTS = Object.freeze([
  'memory', '_initialize', 'wasm_abi', 'wasm_open', 'wasm_close', 'wasm_scratch', 'wasm_reserve', 'wasm_set_program', 'wasm_pump',
  'wasm_eval', 'wasm_run', 'wasm_eval_sync', 'wasm_call', 'wasm_start', 'wasm_call_sync', 'wasm_call_method', 'wasm_watch', 'wasm_cancel',
  'wasm_interrupt', 'wasm_complete', 'wasm_fail', 'wasm_define', 'wasm_get', 'wasm_member', 'wasm_text', 'wasm_outcome_text', 'wasm_print',
  'wasm_plain', 'wasm_release', 'wasm_parse', 'wasm_form_texts', 'wasm_tokens', 'wasm_load', 'wasm_compile', 'wasm_image', 'wasm_pending', 'wasm_stats', 'wasm_names', 'wasm_docs',
  'wasm_is_drained', 'wasm_check_deadlock',
])

/** @type {Promise<WebAssembly.Module> | undefined} */
let ownModule

/** @param {string} message @param {unknown} [cause] */
const wasmError = (message, cause) => hostError('GENE.HOST.WASM', message, cause)

/** @param {Response} response */
async function compileResponse(response) {
  if (!response.ok) throw wasmError(`${response.url}: ${response.status} ${response.statusText}`)
  const streams = response.headers.get('content-type') === 'application/wasm' && WebAssembly.compileStreaming
  return streams ? WebAssembly.compileStreaming(response) : WebAssembly.compile(await response.arrayBuffer())
}

/** By its name: in Node the mere mention of `Response` loads the whole of fetch. @param {any} value @returns {value is Response} */
const isResponse = (value) => value?.[Symbol.toStringTag] === 'Response'

/** @param {unknown} wasm @returns {Promise<WebAssembly.Module>} */
async function compile(wasm) {
  if (wasm instanceof URL || typeof wasm === 'string') {
    const loaded = await platform.loadWasm(wasm)
    return isResponse(loaded) ? compileResponse(loaded) : platform.compile(loaded)
  }
  if (wasm instanceof WebAssembly.Module) return wasm
  if (isResponse(wasm)) return compileResponse(wasm)
  if (wasm instanceof ArrayBuffer || ArrayBuffer.isView(wasm)) return platform.compile(/** @type {BufferSource} */ (wasm))
  throw new TypeError('options.wasm must be bytes, a URL, a Response or a WebAssembly.Module')
}

/**
 * @param {unknown} wasm undefined: our own file
 * @returns {Promise<WebAssembly.Module>}
 */
export async function loadModule(wasm) {
  try {
    if (wasm !== undefined) return await compile(await wasm)
    ownModule ??= compile(new URL('../dist/gene.wasm', import.meta.url))
    return await ownModule
  } catch (error) {
    if (wasm === undefined) ownModule = undefined
    if (error instanceof TypeError || error?.code === 'GENE.HOST.WASM') throw error
    throw wasmError(`cannot load the wasm file: ${error?.message ?? error}`, error)
  }
}

/**
 * Instantiates, checks that it is our module, and starts it.
 * @param {WebAssembly.Module} module
 * @param {WebAssembly.Imports} imports
 * @returns {Promise<any>} its exports
 */
export async function instantiate(module, imports) {
  let exports
  try {
    exports = /** @type {any} */ (await WebAssembly.instantiate(module, imports)).exports
  } catch (error) {
    throw wasmError(`this is not the wasm file of gene-wasm: ${error?.message ?? error}`, error)
  }
  const missing = EXPORTS.filter((name) => !(name in exports))
  if (missing.length) throw wasmError(`this is not the wasm file of gene-wasm: it has no ${missing.join(', ')}`)
  exports._initialize()
  const abi = exports.wasm_abi()
  if (abi !== ABI) throw wasmError(`the wasm file has interface ${abi}, this loader needs ${ABI}: use the files of one version`)
  return exports
}

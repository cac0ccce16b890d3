// operations.js — host operations by the number of src/port/operations.h: which grant each needs and what it does.

import { platform } from '#platform'
import { GeneError } from './errors.js'
import { fileError, ioError } from './files.js'
import { isImage } from './image.js'
import { decodeSource } from './source_text.js'

/**
 * @typedef {object} ServeRequest
 * @property {number} port
 * @property {string} host
 * @property {(request: object) => Promise<any>} handler
 * @property {(error: unknown) => void} onError a handler that failed
 * @property {(code: string, message: string) => Error} makeError
 *
 * @typedef {{ port: number, host: string, close: (isHurried?: boolean) => Promise<void> }} Server
 *
 * @typedef {object} Facilities
 * @property {Required<import('./options.js').Allow>} allow
 * @property {() => Promise<Partial<import('./files.js').FileSystem>>} files
 * @property {import('./modules.js').ModuleSources} modules
 * @property {import('./io.js').Input} input
 * @property {typeof globalThis.fetch | undefined} fetch
 * @property {(error: unknown) => void} unhandled
 *
 * @typedef {{ name: string, needs: '' | 'fs' | 'net' | 'run', run: (operations: Operations, args: any[], signal: AbortSignal) => Promise<any> }} Row
 */

/** In the order of OPERATIONS there; tests/js/tables.test.js compares. @type {Row[]} */
export const OPERATIONS = [
  { name: 'READ_FILE', needs: 'fs', run: async (o, [path]) => textOf(await o.file('readFile', path)) },
  { name: 'WRITE_FILE', needs: 'fs', run: async (o, [path, text]) => nil(await o.file('writeFile', path, text)) },
  { name: 'APPEND_FILE', needs: 'fs', run: async (o, [path, text]) => nil(await o.file('appendFile', path, text)) },
  { name: 'FILE_EXISTS', needs: 'fs', run: (o, [path]) => o.file('exists', path) },
  { name: 'DELETE_FILE', needs: 'fs', run: async (o, [path, recursive]) => nil(await o.remove(path, recursive === true)) },
  { name: 'LIST_DIR', needs: 'fs', run: (o, [path]) => o.file('list', path) },
  { name: 'STAT_FILE', needs: 'fs', run: async (o, [path]) => statMap(await o.file('stat', path)) },
  { name: 'MAKE_DIR', needs: 'fs', run: async (o, [path]) => nil(await o.file('makeDir', path)) },
  { name: 'LOAD_MODULE', needs: '', run: (o, [paths, specifier, referrer]) => o.facilities.modules.load(paths, specifier, referrer ?? '') },
  { name: 'FETCH', needs: 'net', run: (o, [request], signal) => o.fetch(request, signal) },
  { name: 'SERVE', needs: 'net', run: (o, [options, handler]) => o.serve(options ?? {}, handler) },
  { name: 'STOP_SERVER', needs: 'net', run: async (o, [number]) => nil(await o.stopServer(number)) },
  { name: 'READ_LINE', needs: '', run: (o) => o.facilities.input.readLine() },
  { name: 'READ_ALL', needs: '', run: (o) => o.facilities.input.readAll() },
  { name: 'RUN_PROGRAM', needs: 'run', run: async (o, [request], signal) => (await o.processes()).run(request, signal) },
  { name: 'START_PROCESS', needs: 'run', run: async (o, [request]) => (await o.processes()).start(request) },
  { name: 'ASK_PROCESS', needs: 'run', run: async (o, [number, question, argument = null, seconds = null], signal) =>
    (await o.processes()).ask(number, question, argument, seconds, signal) },
  { name: 'ON_INTERRUPT', needs: '', run: async (o, [handler]) => nil(await o.onInterrupt(handler)) },
]

/** @param {unknown} _done */
const nil = (_done) => null

/** @param {string | Uint8Array} content */
const textOf = (content) => (typeof content === 'string' ? content : new TextDecoder().decode(content))

/** @param {{ size: number, isFile: boolean, isDir: boolean, modified: number }} found */
const statMap = ({ size, isFile, isDir, modified }) => ({ size, is_file: isFile, is_dir: isDir, modified })

/** @param {string} message @param {unknown} [cause] */
export const networkError = (message, cause) => new GeneError(message, { code: 'GENE.NET.ERROR', className: 'NetworkException', cause })

/** No path is no file; a file system would take it for the current folder. @param {string} method */
function noPath(method) {
  if (method === 'exists') return false
  throw ioError(fileError('ENOENT'))
}

export class Operations {
  /** @type {Map<number, Server>} */ #servers = new Map()
  #lastServer = 0
  /** @type {Promise<import('./node/processes.js').Processes> | undefined} */ #processes
  /** @type {(() => void) | undefined} ends the handling of Ctrl-C */ #endInterrupts
  #isClosed = false

  /** @param {Facilities} facilities */
  constructor(facilities) {
    this.facilities = facilities
  }

  /**
   * @param {number} kind
   * @param {any[]} args
   * @param {AbortSignal} signal
   * @returns {{ code: string, message: string } | Promise<any>} an object: refused
   */
  start(kind, args, signal) {
    const row = OPERATIONS[kind]
    if (!row) return { code: 'GENE.WASM.UNSUPPORTED', message: `the host does not know operation ${kind}` }
    const isMissing = (row.needs === 'run' && !platform.openProcesses) || (row.name === 'ON_INTERRUPT' && !platform.onInterrupt)
    if (isMissing) return { code: 'GENE.WASM.UNSUPPORTED', message: `[GENE.WASM.UNSUPPORTED] ${row.needs ? 'process' : 'signal'} is not available in wasm` }
    if (row.needs && !this.facilities.allow[row.needs]) {
      return { code: 'GENE.HOST.DENIED', message: `access to ${row.needs} is not allowed (allow.${row.needs})` }
    }
    return row.run(this, args, signal)
  }

  /** @param {keyof import('./files.js').FileSystem} method @param {string[]} args @returns {Promise<any>} */
  async file(method, ...args) {
    if (args[0] === '') return noPath(method)
    const files = await this.facilities.files()
    const call = /** @type {((...args: string[]) => any) | undefined} */ (files[method])
    if (!call) throw new GeneError(`this file system has no ${method}`, { code: 'GENE.WASM.UNSUPPORTED' })
    try {
      return await call.apply(files, args)
    } catch (error) {
      throw ioError(error)
    }
  }

  /** Source text or image of a program that the embedder asked for: no grant is needed. @param {Partial<import('./files.js').FileSystem>} files @param {string} path */
  async readProgram(files, path) {
    let content
    try {
      content = await /** @type {import('./files.js').FileSystem} */ (files).readFile(path)
    } catch (error) {
      const { message, cause } = ioError(error)
      throw new GeneError(`Failed to read file '${path}': ${message}`, { code: 'GENE.IO.ERROR', className: 'IOError', cause })
    }
    return typeof content === 'string' || isImage(content) ? content : decodeSource(content, path)
  }

  /** @param {string} path @param {boolean} recursive else directories stay */
  async remove(path, recursive) {
    const isDir = !recursive && (await this.file('stat', path)).isDir
    if (isDir) throw ioError(fileError('EISDIR'))
    await this.file('remove', path)
  }

  /** @param {any} request @param {AbortSignal} signal */
  async fetch(request, signal) {
    const { request: send } = await import('./http_client.js')
    return send(this.facilities.fetch ?? globalThis.fetch, request, signal)
  }

  /** @param {any} options @param {(request: object) => Promise<any>} handler */
  async serve(options, handler) {
    const { port = 8080, host = '127.0.0.1' } = options
    const onError = this.facilities.unhandled
    const server = await platform.serve({ port, host, handler, onError, makeError: (_code, message) => networkError(message) })
    const number = ++this.#lastServer
    this.#servers.set(number, server)
    return { port: server.port, host: server.host, server: number }
  }

  /** @param {number} number */
  async stopServer(number) {
    const server = this.#servers.get(number)
    this.#servers.delete(number)
    await server?.close()
  }

  /** @returns {Promise<import('./node/processes.js').Processes>} */
  processes() {
    return (this.#processes ??= /** @type {Function} */ (platform.openProcesses)())
  }

  /** From now on Ctrl-C calls the handler, and no other. @param {() => Promise<any>} handler */
  async onInterrupt(handler) {
    const listener = () => void handler().catch(this.facilities.unhandled)
    const end = await /** @type {Function} */ (platform.onInterrupt)(listener)
    this.#endInterrupts?.()
    if (this.#isClosed) end()
    else this.#endInterrupts = end
  }

  /** Ends what outlives single operations. */
  close() {
    for (const server of this.#servers.values()) void server.close(true)
    this.#servers.clear()
    this.facilities.input.close()
    this.#isClosed = true
    this.#endInterrupts?.()
    void this.#processes?.then((processes) => processes.close())
  }
}

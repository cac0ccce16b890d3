// node.js — what differs between hosts, for Node (and what behaves like it). web.js has the same shape.
// Only the built-in modules that every start needs are imported here; the others when they are used.

import { readFileSync } from 'node:fs'
import { isatty } from 'node:tty'

export const platform = {
  name: 'node',

  /**
   * @param {URL | string} url
   * @returns {Promise<Response | BufferSource>}
   */
  async loadWasm(url) {
    const isRemote = /^https?:/.test(String(url))
    if (isRemote) return fetch(url)
    return readFileSync(typeof url === 'string' && url.startsWith('file:') ? new URL(url) : url)
  },

  /** Synchronous: quicker than the asynchronous form for a file of this size. @param {BufferSource} bytes */
  compile: async (bytes) => new WebAssembly.Module(bytes),

  /** @param {() => void} run @returns {import('./web.js').Turn} */
  makeTurn(run) {
    /** @type {NodeJS.Immediate | undefined} */ let immediate
    return {
      request: () => void (immediate = setImmediate(run)),
      close: () => clearImmediate(immediate),
    }
  },

  /** @returns {{ stdout: (text: string) => void, stderr: (text: string) => void }} */
  makeOutput: () => ({
    stdout: (text) => void process.stdout.write(text),
    stderr: (text) => void process.stderr.write(text),
  }),

  env: () => /** @type {Record<string, string>} */ ({ ...process.env }),

  cwd: () => process.cwd(),

  /** What a program can ask of the machine. */
  system: () => ({
    os: ({ darwin: 'macos', win32: 'windows' })[/** @type {string} */ (process.platform)] ?? 'linux',
    arch: process.arch,
    args: process.argv.slice(2),
    tty: [0, 1, 2].map((stream) => isatty(stream)),
  }),

  /** @param {string} cwd @returns {Promise<import('../files.js').FileSystem | null>} */
  async openDisk(cwd) {
    const { NodeFiles } = await import('../node/node_files.js')
    return new NodeFiles(cwd)
  },

  /** @param {import('../operations.js').ServeRequest} request @returns {Promise<import('../operations.js').Server>} */
  async serve(request) {
    const { serve } = await import('../node/http_server.js')
    return serve(request)
  },

  /** @returns {Promise<import('../node/processes.js').Processes>} */
  async openProcesses() {
    const { Processes } = await import('../node/processes.js')
    return new Processes()
  },

  /** @param {() => void} listener @returns {Promise<() => void>} */
  async onInterrupt(listener) {
    const { onInterrupt } = await import('../node/interrupts.js')
    return onInterrupt(listener)
  },
}

// web.js — what differs between hosts, for browsers, workers and everything that is not Node (see `imports` in
// package.json). node.js has the same shape.

import { hostError } from '../errors.js'

/**
 * A macrotask that can be asked for again and again.
 * @typedef {object} Turn
 * @property {() => void} request
 * @property {() => void} close
 */

/** @param {(text: string) => void} log */
function lineWriter(log) {
  let pending = ''
  return (/** @type {string} */ text) => {
    const end = text.lastIndexOf('\n')
    if (end < 0) {
      pending += text
      return
    }
    log(pending + text.slice(0, end))
    pending = text.slice(end + 1)
  }
}

export const platform = {
  name: 'web',

  /**
   * @param {URL | string} url
   * @returns {Promise<Response | BufferSource>}
   */
  loadWasm: (url) => fetch(url),

  /** @param {BufferSource} bytes @returns {Promise<WebAssembly.Module>} */
  compile: (bytes) => WebAssembly.compile(bytes),

  /** @param {() => void} run @returns {Turn} */
  makeTurn(run) {
    /** @type {MessageChannel | undefined} */ let channel
    return {
      request() {
        if (!channel) {
          channel = new MessageChannel()
          channel.port1.onmessage = () => run()
        }
        channel.port2.postMessage(0)
      },
      close: () => channel?.port1.close(),
    }
  },

  /** Where output goes when the embedder does not say. @returns {{ stdout: (text: string) => void, stderr: (text: string) => void }} */
  makeOutput: () => ({
    stdout: lineWriter((line) => console.log(line)),
    stderr: lineWriter((line) => console.error(line)),
  }),

  /** @returns {Record<string, string>} */
  env: () => ({}),

  cwd: () => '/',

  /** What a program can ask of the machine. */
  system: () => ({ os: 'linux', arch: 'wasm32', args: /** @type {string[]} */ ([]), tty: [false, false, false] }),

  /** The file system of the machine. @param {string} _cwd @returns {Promise<import('../files.js').FileSystem | null>} */
  openDisk: async (_cwd) => null,

  /** @param {import('../operations.js').ServeRequest} _request @returns {Promise<import('../operations.js').Server>} */
  serve: (_request) => Promise.reject(unsupported('an HTTP server')),

  /** Other programs. @type {undefined | (() => Promise<import('../node/processes.js').Processes>)} */
  openProcesses: undefined,

  /** Ctrl-C. @type {undefined | ((listener: () => void) => Promise<() => void>)} */
  onInterrupt: undefined,
}

/** @param {string} what */
const unsupported = (what) => hostError('GENE.WASM.UNSUPPORTED', `[GENE.WASM.UNSUPPORTED] ${what} is not available in wasm`)

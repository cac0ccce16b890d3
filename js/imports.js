// imports.js — the import object of the wasm module: HOST_IMPORTS of src/port/host_imports.h and the few functions that
// every module built by Emscripten asks for. Nothing here throws into wasm.

/**
 * What answers the imports; see core.js.
 * @typedef {object} Port
 * @property {() => number} nowMs
 * @property {() => number} wallMs
 * @property {(wallMs: number) => number} zoneMinutes
 * @property {() => number} random
 * @property {(stream: number, address: number, size: number) => void} write
 * @property {(delay: number) => void} armTimer
 * @property {() => void} requestTurn
 * @property {(kind: number, operation: number, argc: number) => number} startOperation
 * @property {(operation: number) => void} cancelOperation
 * @property {(fn: number, argc: number) => number} callHost
 * @property {(promise: number, operation: number) => void} adoptPromise
 * @property {(number: number) => void} releaseHost
 * @property {(ticket: number, state: number) => void} taskEnded
 * @property {() => void} unhandled
 * @property {(code: number) => void} exit
 * @property {() => void} memoryGrew
 * @property {(fd: number, iovs: number, count: number, written: number) => number} writeRaw
 */

/** A module that calls this has ended itself: base_fatal() or a failed assertion. */
export class WasmExit extends Error {}

const BAD_FILE = 8

/**
 * @param {Port} port
 * @returns {WebAssembly.Imports & { gene: Record<string, Function> }}
 */
export function makeImports(port) {
  return {
    gene: {
      now_ms: () => port.nowMs(),
      wall_ms: () => port.wallMs(),
      zone_minutes: (/** @type {number} */ wallMs) => port.zoneMinutes(wallMs),
      random: () => port.random(),
      write: (/** @type {number} */ stream, /** @type {number} */ address, /** @type {number} */ size) => port.write(stream, address, size),
      arm_timer: (/** @type {number} */ delay) => port.armTimer(delay),
      request_turn: () => port.requestTurn(),
      start_operation: (/** @type {number} */ kind, /** @type {number} */ operation, /** @type {number} */ argc) =>
        port.startOperation(kind, operation >>> 0, argc),
      cancel_operation: (/** @type {number} */ operation) => port.cancelOperation(operation >>> 0),
      call_host: (/** @type {number} */ fn, /** @type {number} */ argc) => port.callHost(fn, argc),
      adopt_promise: (/** @type {number} */ promise, /** @type {number} */ operation) => port.adoptPromise(promise, operation >>> 0),
      release_host: (/** @type {number} */ number) => port.releaseHost(number),
      task_ended: (/** @type {number} */ ticket, /** @type {number} */ state) => port.taskEnded(ticket, state),
      unhandled: () => port.unhandled(),
      exit: (/** @type {number} */ code) => port.exit(code),
    },
    env: {
      emscripten_notify_memory_growth: () => port.memoryGrew(),
    },
    wasi_snapshot_preview1: {
      // Reached from base_fatal() and assertions only: their text goes to stderr.
      fd_write: (/** @type {number} */ fd, /** @type {number} */ iovs, /** @type {number} */ count, /** @type {number} */ written) =>
        port.writeRaw(fd, iovs, count, written),
      fd_close: () => BAD_FILE,
      fd_seek: () => BAD_FILE,
      proc_exit: (/** @type {number} */ code) => {
        throw new WasmExit(`the core ended itself (${code})`)
      },
    },
  }
}

// protocol.js — what the page and its worker say to each other; nothing crosses the boundary that is not in this table.
// `id` numbers the runs of one page: a message about an earlier run is ignored by whoever receives it.
//
// page → worker
// | type        | fields                | meaning                                                                     |
// | ----------- | --------------------- | --------------------------------------------------------------------------- |
// | `run`       | id, source, file      | start the program in a fresh runtime; only after the last one has ended      |
// | `interrupt` | id                    | stop cooperatively: abort the run's signal, let its `finally` parts happen  |
// | `drawn`     | id                    | the last `output` is on screen, send the next                               |
//
// worker → page
// | type        | fields                | meaning                                                                     |
// | ----------- | --------------------- | --------------------------------------------------------------------------- |
// | `ready`     | version               | the runtime is loaded and compiled                                          |
// | `broken`    | message               | it cannot be loaded; no run will work                                       |
// | `output`    | id, chunks, skipped   | printed text in order; `skipped` lines before it were dropped (see tail.js) |
// | `unhandled` | id, error             | a background task failed and nobody asked for its result; the run goes on   |
// | `done`      | id, value, exitCode   | the program ended; `value` is its printed result, '' for nil and void       |
// | `failed`    | id, error             | it ended with an uncaught error                                             |
// | `stopped`   | id                    | it ended because of `interrupt`                                             |
//
// `done`, `failed` and `stopped` are the last message of a run; all its output has been sent before.

/**
 * @typedef {{ stream: 'out' | 'err', text: string }} Chunk
 * @typedef {{ fn: string, file: string, line: number, column: number }} StackEntry
 * @typedef {{
 *   name: string, code: string, message: string, file: string, line: number, column: number,
 *   geneStack: StackEntry[], cause: Problem | null }} Problem  an error as plain data; line and column are 1-based, 0 = unknown
 * @typedef {{ type: 'run', id: number, source: string, file: string }
 *   | { type: 'interrupt', id: number }
 *   | { type: 'drawn', id: number }} ToWorker
 * @typedef {{ type: 'ready', version: string }
 *   | { type: 'broken', message: string }
 *   | { type: 'output', id: number, chunks: Chunk[], skipped: number }
 *   | { type: 'unhandled', id: number, error: Problem }
 *   | { type: 'done', id: number, value: string, exitCode: number }
 *   | { type: 'failed', id: number, error: Problem }
 *   | { type: 'stopped', id: number }} ToPage
 */

/** The name a program has in error positions. */
export const FILE = 'main.gene'

/**
 * Turns anything thrown into plain data that can be posted. Causes are followed a few levels deep.
 * @param {any} error
 * @returns {Problem}
 */
export function problemOf(error, depth = 0) {
  const isObject = typeof error === 'object' && error !== null
  const from = isObject ? error : { message: String(error) }
  return {
    name: String(from.name ?? 'Error'),
    code: String(from.code ?? ''),
    message: String(from.message ?? ''),
    file: String(from.file ?? ''),
    line: Number(from.line) || 0,
    column: Number(from.column) || 0,
    geneStack: Array.isArray(from.geneStack) ? from.geneStack.slice(0, 50).map(stackEntryOf) : [],
    cause: from.cause != null && depth < 5 ? problemOf(from.cause, depth + 1) : null,
  }
}

/** @param {any} entry @returns {StackEntry} */
function stackEntryOf(entry) {
  return {
    fn: String(entry?.fn ?? ''),
    file: String(entry?.file ?? ''),
    line: Number(entry?.line) || 0,
    column: Number(entry?.column) || 0,
  }
}

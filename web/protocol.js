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
// | `docs`      | tables                | what completion offers; once, after `ready`                                 |
// | `broken`    | message               | it cannot be loaded; no run will work                                       |
// | `output`    | id, chunks, skipped   | printed text in order; `skipped` lines before it were dropped (see tail.js) |
// | `unhandled` | id, error             | a background task failed and nobody looks at its result; the run goes on    |
// | `done`      | id, value, exitCode   | the program ended; `value` is its printed result, '' for nil and void       |
// | `failed`    | id, error             | it ended with an uncaught error                                             |
// | `stopped`   | id                    | it ended because of `interrupt`                                             |
//
// `done`, `failed` and `stopped` are the last message of a run; all its output has been sent before.

/**
 * @typedef {{ stream: 'out' | 'err', text: string }} Chunk
 * @typedef {{ fn: string, file: string, line: number, column: number }} StackEntry
 * @typedef {{ code: string, message: string, line: number, column: number }} Diagnostic
 * @typedef {{
 *   name: string, code: string, message: string, hint: string, file: string, line: number, column: number,
 *   geneStack: StackEntry[], diagnostics: Diagnostic[], cause: Problem | null }} Problem  an error as plain data; line and
 *   column are 1-based, 0 = unknown; the first of the diagnostics of a syntax error is the error itself
 * @typedef {{ rows: import('../js/completion.js').Row[], names: string[] }} Tables  what the language and its library declare,
 *   and the names that a program begins with
 * @typedef {{ type: 'run', id: number, source: string, file: string }
 *   | { type: 'interrupt', id: number }
 *   | { type: 'drawn', id: number }} ToWorker
 * @typedef {{ type: 'ready', version: string }
 *   | { type: 'docs', tables: Tables }
 *   | { type: 'broken', message: string }
 *   | { type: 'output', id: number, chunks: Chunk[], skipped: number }
 *   | { type: 'unhandled', id: number, error: Problem }
 *   | { type: 'done', id: number, value: string, exitCode: number }
 *   | { type: 'failed', id: number, error: Problem }
 *   | { type: 'stopped', id: number }} ToPage
 */

/** The name a program has in error positions. */
export const FILE = 'main.gene'

const MAX_CAUSES = 5
const MAX_FRAMES = 100
const MAX_DIAGNOSTICS = 20

/**
 * Turns anything thrown into plain data that can be posted. Causes are followed a few levels deep.
 * @param {any} error
 * @returns {Problem}
 */
export function problemOf(error, depth = 0) {
  const from = error instanceof Error ? /** @type {any} */ (error) : { name: 'Error', message: textOf(error) }
  // A cause that is no error is the value that was thrown: the message already shows it.
  const hasCause = from.cause instanceof Error && from.cause !== error && depth < MAX_CAUSES
  return {
    name: textOf(from.name),
    code: textOf(from.code ?? ''),
    message: textOf(from.message),
    hint: textOf(from.hint ?? ''),
    ...placeOf(from),
    geneStack: listOf(from.geneStack, MAX_FRAMES).map((entry) => ({ fn: textOf(entry?.fn ?? ''), ...placeOf(entry) })),
    diagnostics: listOf(from.diagnostics, MAX_DIAGNOSTICS).map((entry) => ({
      code: textOf(entry?.code ?? ''),
      message: textOf(entry?.message ?? ''),
      ...placeOf(entry),
    })),
    cause: hasCause ? problemOf(from.cause, depth + 1) : null,
  }
}

/** @param {any} from */
function placeOf(from) {
  return { file: textOf(from?.file ?? ''), line: Number(from?.line) || 0, column: Number(from?.column) || 0 }
}

/** @param {unknown} list @param {number} limit @returns {any[]} */
function listOf(list, limit) {
  return Array.isArray(list) ? list.slice(0, limit) : []
}

/** @param {unknown} value */
function textOf(value) {
  try {
    return String(value)
  } catch {
    return typeof value
  }
}

// errors.js — what the runtime throws: GeneError and its kinds, and how an exception of Gene becomes one.
// Codes are stable and declared once, in src/object/errors.h; those that only exist on this side begin with GENE.HOST,
// GENE.CONVERT or GENE.RUNTIME too.

/**
 * @typedef {{ fn: string, file: string, line: number, column: number }} StackEntry a frame of Gene code; 1-based
 * @typedef {{ code: string, message: string, line: number, column: number, endLine: number, endColumn: number }} Diagnostic
 *
 * @typedef {object} ErrorDetails
 * @property {string} [code] stable, `GENE.AREA.REASON`
 * @property {string} [className] class of the exception in Gene
 * @property {string} [file]
 * @property {number} [line] 1-based; 0 unknown
 * @property {number} [column]
 * @property {StackEntry[]} [geneStack] innermost first
 * @property {unknown} [cause]
 * @property {unknown} [value] the thrown Gene value
 * @property {string} [hint] what the user can do about it
 * @property {Diagnostic[]} [diagnostics] everything the reader or compiler found
 */

/** What `(exit n)` raises: no failure. */
export const EXIT_CODE = 'GENE.RUNTIME.EXIT'

/** A failure of a Gene program or of the runtime. `name` is the exception's class in Gene. */
export class GeneError extends Error {
  /** @type {string} */ code
  /** @type {string} */ className
  /** @type {string} */ file
  /** @type {number} */ line
  /** @type {number} */ column
  /** @type {StackEntry[]} */ geneStack
  /** @type {unknown} */ value
  /** @type {string} */ hint
  /** @type {Diagnostic[]} */ diagnostics

  /**
   * @param {string} message
   * @param {ErrorDetails} [details]
   */
  constructor(message, details = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.className = details.className ?? 'Exception'
    this.code = details.code ?? 'GENE.RUNTIME.ERROR'
    this.file = details.file ?? ''
    this.line = details.line ?? 0
    this.column = details.column ?? 0
    this.geneStack = details.geneStack ?? []
    this.value = details.value
    this.hint = details.hint ?? ''
    this.diagnostics = details.diagnostics ?? []
    hide(this, 'name', this.className)
    hide(this, 'stack', stackText(this, this.stack ?? ''))
  }
}

/** The source could not be read or compiled; see `diagnostics`. */
export class GeneSyntaxError extends GeneError {}

/** A limit of the runtime was reached: memory, depth, tasks, nesting. */
export class GeneLimitError extends GeneError {}

/** Something took longer than its `timeout`, its `^timeout` or `limits.time`. */
export class GeneTimeoutError extends GeneError {}

/** The code was cancelled. `name` is 'AbortError', as everywhere on the platform. */
export class GeneCancelError extends GeneError {
  /**
   * @param {string} message
   * @param {ErrorDetails} [details]
   */
  constructor(message, details = {}) {
    super(message, { code: 'GENE.ASYNC.CANCELLED', className: 'CancellationException', ...details })
    hide(this, 'name', 'AbortError')
  }
}

/** @param {object} object @param {string} key @param {unknown} value */
function hide(object, key, value) {
  Object.defineProperty(object, key, { value, writable: true, configurable: true, enumerable: false })
}

/**
 * The stack a debugger shows: the Gene frames above the JavaScript ones.
 * @param {GeneError} error
 * @param {string} stack
 */
function stackText(error, stack) {
  const gene = error.geneStack.map(({ fn, file, line, column }) => `    at ${fn} (${file}:${line}:${column})`)
  const host = stack.split('\n').filter((line) => /^\s+at /.test(line))
  return [`${error.className} [${error.code}]: ${error.message}`, ...gene, ...host].join('\n')
}

/**
 * The class for an exception.
 * @param {string} code
 * @param {string[]} classes its class and all above
 */
function kindOf(code, classes) {
  if (code.startsWith('GENE.READ.') || code.startsWith('GENE.COMPILE.')) return GeneSyntaxError
  if (classes.includes('TimeoutException')) return GeneTimeoutError
  if (classes.includes('CancellationException')) return GeneCancelError
  if (code.startsWith('GENE.LIMIT.') || code === 'GENE.VM.STACK_OVERFLOW') return GeneLimitError
  return GeneError
}

/** `FILE:LINE:COL` in its parts. @param {unknown} location */
function place(location) {
  const [, file = '', line = '0', column = '0'] = /^(.*):(\d+):(\d+)$/s.exec(String(location ?? '')) ?? []
  return { file, line: Number(line), column: Number(column) }
}

/** @param {any} list @returns {StackEntry[]} */
function stackOf(list) {
  if (!Array.isArray(list)) return []
  return list.map((entry) => ({
    fn: String(entry?.fn ?? ''),
    file: String(entry?.file ?? ''),
    line: Number(entry?.line ?? 0),
    column: Number(entry?.column ?? 0),
  }))
}

/** A program may have put anything there. @param {any} list @returns {Diagnostic[]} */
function diagnosticsOf(list) {
  const isDiagnostic = (/** @type {any} */ item) => typeof item?.code === 'string' && typeof item.message === 'string'
  return Array.isArray(list) && list.every(isDiagnostic) ? list : []
}

/**
 * The error for an exception of Gene, from the parts of its record (see EXCEPTION in src/host/codec.h).
 * @param {{ classes: string[], code: string, hint: string, message: unknown, location: unknown, stack: unknown,
 *   cause: unknown, hostError: unknown, diagnostics: unknown, handle: unknown }} parts
 * @returns {GeneError}
 */
export function errorFromGene({ classes, code, hint, message, location, stack, cause, hostError, diagnostics, handle }) {
  const Kind = kindOf(code, classes)
  // (throw 5) arrives as an exception whose cause is the 5: that is the value thrown.
  const thrown = cause === null || cause === undefined || cause instanceof Error ? handle : cause
  return new Kind(typeof message === 'string' ? message : message == null ? 'VkInstance' : String(message), {
    code: code || 'GENE.RUNTIME.ERROR',
    className: classes[0] ?? 'Exception',
    ...place(location),
    geneStack: stackOf(stack),
    cause: hostError ?? cause ?? undefined,
    value: thrown,
    hint,
    diagnostics: diagnosticsOf(diagnostics),
  })
}

/** @param {string} code @param {string} message @param {unknown} [cause] */
export const hostError = (code, message, cause) => new GeneError(message, { code, cause })

/** A runtime used after dispose(). */
export const disposedError = () =>
  new GeneError('the runtime was disposed', { code: 'GENE.RUNTIME.DISPOSED', hint: 'create a new runtime' })

/**
 * What Gene is told of an error of the host: the class and code of its exception.
 * @param {unknown} error
 * @returns {{ code: string, className: string, message: string, stack: string, cause: unknown }}
 */
export function describeHostError(error) {
  if (error instanceof GeneError) {
    const { code, className, message, stack = '', cause } = error
    return { code, className, message, stack, cause }
  }
  if (!(error instanceof Error)) return { code: 'GENE.HOST.ERROR', className: '', message: printable(error), stack: '', cause: undefined }
  const { name, message, stack = '', cause } = error
  if (name === 'AbortError') return { code: 'GENE.ASYNC.CANCELLED', className: 'CancellationException', message, stack, cause }
  if (name === 'TimeoutError') return { code: 'GENE.ASYNC.TIMEOUT', className: 'TimeoutException', message, stack, cause }
  return { code: 'GENE.HOST.ERROR', className: '', message: message || name, stack, cause }
}

/** @param {unknown} value */
function printable(value) {
  try {
    return String(value)
  } catch {
    return typeof value
  }
}

// options.js — what createRuntime accepts: checked, with defaults. An option that is not listed is an error.

/**
 * @typedef {object} Limits
 * @property {number} [memory] bytes of Gene data (default 1 GiB)
 * @property {number} [time] ms that one program or eval may take (default: no limit)
 * @property {number} [depth] nested Gene calls (default 200,000)
 * @property {number} [tasks] unfinished tasks (default 1,000,000)
 *
 * @typedef {object} Allow what a program may reach; all false by default
 * @property {boolean} [fs] files
 * @property {boolean} [net] HTTP client and server
 * @property {boolean} [env] the environment of the process; `options.env` is visible in any case
 * @property {boolean} [run] other programs
 *
 * @typedef {((text: string) => void) | WritableStream<string> | { write: (text: string) => unknown }} OutputTarget
 * @typedef {string | (() => string | null | undefined | Promise<string | null | undefined>) | AsyncIterable<string | Uint8Array>
 *   | Iterable<string | Uint8Array> | ReadableStream<string | Uint8Array>} InputSource
 * @typedef {{ path?: string, source: string | Uint8Array } | string | Uint8Array | null | undefined} ModuleSource text, also as
 *   bytes, or what compile() made of it
 * @typedef {Record<string, string | Uint8Array> | Map<string, string | Uint8Array>
 *   | ((specifier: string, referrer: string) => ModuleSource | Promise<ModuleSource>)} Modules
 *
 * @typedef {object} RuntimeOptions
 * @property {BufferSource | URL | string | Response | WebAssembly.Module | Promise<any>} [wasm] default: our own file
 * @property {InputSource} [stdin] a function is called for the next piece until it gives null; default: at its end
 * @property {OutputTarget} [stdout] default: the process's, or the console
 * @property {OutputTarget} [stderr]
 * @property {Record<string, string>} [env] default: with `allow.env` the process's, else empty
 * @property {string[]} [args] `$args`
 * @property {string} [program] `$program`, until run() tells another
 * @property {string} [cwd] base of relative paths; default: the process's, or `/`
 * @property {'node' | 'memory' | 'opfs' | Partial<import('./files.js').FileSystem>} [fs] default 'memory'
 * @property {typeof globalThis.fetch} [fetch]
 * @property {Modules} [modules] sources for `import`; default: files
 * @property {string} [package] the program's package, a directory or a name; default: where the program lies
 * @property {Allow} [allow]
 * @property {Limits} [limits]
 * @property {boolean} [contracts] false: `^pre` and `^post` of functions are not checked (default true)
 * @property {number} [sliceMs] ms after which the host gets its turn (default 8)
 * @property {boolean} [strictNil] `nil` passes a typed boundary only where its type says so
 * @property {boolean} [typeCheck] false: type annotations are not checked
 * @property {'ERROR' | 'WARN' | 'INFO' | 'DEBUG' | 'TRACE'} [logLevel] what genex/logging shows unless it is configured (default INFO)
 * @property {() => number} [now] the wall clock, ms since 1970
 * @property {() => number} [random] in [0, 1)
 * @property {(error: any) => void} [onUnhandled] failures nobody looks at; default: a report on stderr
 */

const OPTIONS = [
  'wasm', 'stdin', 'stdout', 'stderr', 'env', 'args', 'program', 'cwd', 'fs', 'fetch', 'modules', 'allow', 'limits', 'sliceMs', 'now', 'random',
  'strictNil', 'typeCheck', 'contracts', 'logLevel', 'package',
  'onUnhandled',
]
const LOG_LEVELS = ['ERROR', 'WARN', 'INFO', 'DEBUG', 'TRACE']
const LIMITS = ['memory', 'time', 'depth', 'tasks']
const ALLOW = ['fs', 'net', 'env', 'run']

/**
 * @param {string} where
 * @param {any} given
 * @param {string[]} known
 */
export function checkKeys(where, given, known) {
  if (given === undefined) return
  if (typeof given !== 'object' || given === null) throw new TypeError(`${where} must be an object`)
  for (const key of Object.keys(given)) {
    if (!known.includes(key)) throw new TypeError(`unknown option ${where}.${key}; there are ${known.join(', ')}`)
  }
}

/** @param {string} where @param {unknown} given */
function checkNumber(where, given) {
  if (given === undefined) return
  if (typeof given !== 'number' || !(given > 0)) throw new TypeError(`${where} must be a positive number`)
}

/** Milliseconds; 0: at once. @param {string} where @param {unknown} given */
export function checkTimeout(where, given) {
  if (given === undefined) return
  if (typeof given !== 'number' || !(given >= 0)) throw new TypeError(`${where} must be a number of milliseconds, not ${String(given)}`)
}

/** What the reader takes for one symbol. No name of an embedder needs the rest. */
const SYMBOL = /^(?!\d|[+-]\d|[\^#]|(?:true|false|nil|void|not_found)$)(?:%|[^\s\p{Cc}"'`%(),;[\\\]{}]+)$/u

/** @param {string} what @param {string} name */
export function checkName(what, name) {
  if (!SYMBOL.test(name) || (name.includes('/') && name !== '/')) throw new TypeError(`${what} ${JSON.stringify(name)} is not a Gene symbol`)
}

/** What run() takes. @param {unknown} program */
export function checkProgram(program) {
  if (typeof program === 'string' || program instanceof URL || program instanceof Uint8Array) return
  if (typeof program !== 'object' || program === null) {
    throw new TypeError('a program is a file name, a URL, a compiled program or { source: text }')
  }
  checkKeys('program', program, 'image' in program ? ['image', 'file', 'source'] : ['source', 'file'])
  if (!('image' in program || 'source' in program)) throw new TypeError('program.source is missing: the text of the program')
}

/** A name, or several with slashes between. @param {string} what @param {string} path */
export function checkPath(what, path) {
  if (typeof path !== 'string') throw new TypeError(`${what} must be a string, not ${String(path)}`)
  for (const name of path === '/' ? [path] : path.split('/')) checkName(what, name)
}

/** @param {string} where @param {unknown} given @param {string} type */
function checkType(where, given, type) {
  if (given !== undefined && typeof given !== type) throw new TypeError(`${where} must be a ${type}`)
}

/**
 * @param {RuntimeOptions} options
 * @returns {RuntimeOptions & { allow: Required<Allow>, limits: { memory: number, time: number, depth: number, tasks: number } }}
 */
export function checkOptions(options) {
  checkKeys('options', options, OPTIONS)
  checkKeys('options.limits', options.limits, LIMITS)
  checkKeys('options.allow', options.allow, ALLOW)
  for (const name of LIMITS) checkNumber(`options.limits.${name}`, options.limits?.[/** @type {keyof Limits} */ (name)])
  checkNumber('options.sliceMs', options.sliceMs)
  for (const name of /** @type {const} */ (['now', 'random', 'onUnhandled', 'fetch'])) checkType(`options.${name}`, options[name], 'function')
  checkType('options.program', options.program, 'string')
  checkType('options.cwd', options.cwd, 'string')
  checkType('options.package', options.package, 'string')
  for (const name of /** @type {const} */ (['strictNil', 'typeCheck', 'contracts'])) checkType(`options.${name}`, options[name], 'boolean')
  const { logLevel = 'INFO' } = options
  if (!LOG_LEVELS.includes(logLevel)) throw new TypeError(`options.logLevel must be one of ${LOG_LEVELS.join(', ')}`)
  const { memory = 0, time = 0, depth = 0, tasks = 0 } = options.limits ?? {}
  const { fs = false, net = false, env = false, run = false } = options.allow ?? {}
  return { ...options, limits: { memory, time, depth, tasks }, allow: { fs, net, env, run } }
}

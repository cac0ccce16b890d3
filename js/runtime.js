// runtime.js — the JavaScript API: one Runtime is one Gene VM with its own globals, tasks and limits.

import { platform } from '#platform'
import { Core } from './core.js'
import { EXIT_CODE, GeneTimeoutError, describeHostError, disposedError, hostError } from './errors.js'
import { cancelError, cancelText, execute, limitText } from './execution.js'
import { openFiles } from './files.js'
import { isImage, sourcePath } from './image.js'
import { Input, makeOutput } from './io.js'
import { loadModule } from './loader.js'
import { ModuleSources } from './modules.js'
import { Operations } from './operations.js'
import { checkKeys, checkName, checkOptions, checkPath, checkProgram, checkTimeout } from './options.js'
import { formatError } from './report.js'
import { decodeSource } from './source_text.js'
import { Sources } from './sources.js'

/** @typedef {import('./options.js').RuntimeOptions} RuntimeOptions */

/**
 * @typedef {object} EvalOptions
 * @property {string} [file] name in messages (default `<eval>`)
 * @property {Record<string, unknown>} [bindings] names that only this source sees
 * @property {AbortSignal} [signal] stops it; the promise rejects with the signal's reason as cause
 * @property {number} [timeout] ms
 * @property {'value' | 'text'} [as] 'text': the result as Gene prints it
 *
 * @typedef {object} RunOptions
 * @property {string[]} [args] `$args`
 * @property {AbortSignal} [signal]
 *
 * @typedef {{ image: Uint8Array, file?: string, source?: string }} CompiledProgram what compile() has made; file: where it lies;
 *   source: the text it was compiled from, which error reports quote; default: the file that it names, if it is still the same
 * @typedef {string | URL | Uint8Array | { source: string, file?: string } | CompiledProgram} Program a file (source text or a compiled
 *   program), a compiled program, or source text
 *
 * @typedef {object} CompileOptions
 * @property {string} [file] name of the source in messages; of a compiled program its path
 * @property {'listing' | 'image'} [as] what to make: a text for people (default), or a compiled program for run()
 * @property {boolean} [pretty] a listing shows the source lines
 * @property {boolean} [keepSource] a compiled program holds its source text, which error reports quote
 *
 * @typedef {object} ImageOrigin what a compiled program was made of
 * @property {string} file path of the source
 * @property {string} [text] the source text, when the program holds it
 * @property {boolean} isSource was it made of the source text given?
 * @property {boolean} isCurrent … and would this runtime, with its options, make the same of it?
 *
 * @typedef {{ value: any, exitCode: number }} RunResult
 * @typedef {{ tasks: number, operations: number, timers: number }} Pending
 */

const EVAL_OPTIONS = ['file', 'bindings', 'signal', 'timeout', 'as']
const COMPILE_OPTIONS = ['file', 'as', 'pretty', 'keepSource']
const FORM_STYLES = ['compact', 'pretty', 'sexp'] // FormStyle in src/lib/form_text.h
const SOURCE_MAX = 4_000_000 // bytes

/** A program has not failed because its last value is none that JavaScript can have. @param {any} error */
function unconvertible(error) {
  const isConversion = String(error?.code).startsWith('GENE.CONVERT.') && !error.geneStack?.length
  if (!isConversion) throw error
  return { value: undefined }
}

/**
 * A new runtime.
 * @param {RuntimeOptions} [options]
 * @returns {Promise<Runtime>}
 */
export async function createRuntime(options = {}) {
  const checked = checkOptions(options)
  return Runtime.open(await loadModule(checked.wasm), checked)
}

export class Runtime {
  /** @type {Core} */ #core = /** @type {any} */ (null) // see open()
  #options
  #stdout
  #stderr
  #files
  /** @type {() => Promise<Partial<import('./files.js').FileSystem>>} where programs and modules come from */ #sourceFiles
  /** @type {ModuleSources} */ #modules
  #operations
  #sources = new Sources()
  #cwd
  /** @type {Set<() => void>} called whenever the core rests */ #restListeners = new Set()
  /** @type {number | undefined} */ #exitCode
  #isDisposed = false
  #hasOutputFailed = false

  /** @param {ReturnType<typeof checkOptions>} options use createRuntime() */
  constructor(options) {
    this.#options = options
    const output = platform.makeOutput()
    this.#stdout = makeOutput(options.stdout, output.stdout, 'stdout')
    this.#stderr = makeOutput(options.stderr, output.stderr, 'stderr')
    const cwd = (this.#cwd = options.cwd ?? (options.fs === 'node' || options.fs === undefined ? platform.cwd() : '/'))
    /** @type {Promise<Partial<import('./files.js').FileSystem>> | undefined} */ let files
    this.#files = () => (files ??= openFiles(options.fs, cwd))
    this.#sourceFiles = this.#files
    this.#operations = new Operations({
      allow: options.allow,
      files: () => this.#files(),
      modules: (this.#modules = new ModuleSources(
        options.modules, cwd, options.allow.fs, () => this.#sourceFiles(),
        ({ path, source, text = source }) => typeof text === 'string' && this.#sources.add(path, text),
        (image, file) => this.imageOrigin(image, { file }),
      )),
      input: new Input(options.stdin),
      fetch: options.fetch,
      unhandled: (error) => this.#unhandled(error),
    })
  }

  /** @param {WebAssembly.Module} module @param {ReturnType<typeof checkOptions>} options */
  static async open(module, options) {
    const runtime = new Runtime(options)
    runtime.#core = await Core.open(module, runtime.#world())
    runtime.#describe(options.args ?? [], options.program ?? null)
    return runtime
  }

  /** @returns {import('./core.js').World} */
  #world() {
    const { now = Date.now, random = Math.random, limits, sliceMs = 0, strictNil = false, typeCheck = true, contracts = true } = this.#options
    return {
      write: (stream, text) => (stream === 2 ? this.#stderr(text) : this.#stdout(text)),
      now,
      random,
      operate: (kind, args, signal) => this.#operations.start(kind, args, signal),
      unhandled: (error) => this.#unhandled(error),
      outputFailed: (stream, error) => this.#outputFailed(stream, error),
      exit: (code) => void (this.#exitCode = code),
      rested: () => this.#restListeners.forEach((listener) => listener()),
      limits,
      contracts,
      sliceMs,
      strictNil,
      typeCheck,
    }
  }

  /** Tells the core what a program can ask: `$args`, `$program`, `$env` and the surroundings. @param {string[]} args @param {string | null} program */
  #describe(args, program) {
    const { env, allow, logLevel = null, package: name = null } = this.#options
    const system = { cwd: this.#cwd, log_level: logLevel, package: name, ...platform.system() }
    this.#modules.program = program ?? undefined
    this.#core.ask('wasm_set_program', [args, program, env ?? (allow.env ? platform.env() : {}), system])
  }

  // --- running code --------------------------------------------------------------------------------------------------

  /**
   * Runs source text in the runtime's main module: its definitions stay. Any number may be under way.
   * @param {string} source
   * @param {EvalOptions} [options]
   * @param {{ asIs?: boolean }} [how] for the REPL, with as: 'text': a future is not waited for
   * @returns {Promise<any>} settles when the result does: a future is waited for
   */
  async eval(source, options = {}, { asIs = false } = {}) {
    const { file, bindings, signal, timeout, as } = this.#evalOptions(source, options)
    const core = this.#core
    const finish = as === 'text' ? (/** @type {any} */ _value, /** @type {number} */ handle) => core.ask('wasm_outcome_text', [], handle) : undefined
    return execute(core, (settle) => core.start('wasm_eval', [source, file, bindings], settle), { signal, timeout }, { finish, asIs })
  }

  /**
   * Source text compiled once, to be run any number of times in the runtime's main module.
   * @param {string} source
   * @param {{ file?: string }} [options]
   * @returns {(options?: { signal?: AbortSignal }) => Promise<{ value: any, text: string }>} each time its result, and that as Gene
   *   prints it inside data
   */
  load(source, { file = '<load>' } = {}) {
    this.#check()
    this.#sources.add(file, source)
    const core = this.#core
    const program = core.ask('wasm_load', [String(source), file])
    const finish = (/** @type {any} */ value, /** @type {number} */ handle) => ({ value, text: core.ask('wasm_outcome_text', [], handle) })
    return (options = {}) => execute(core, (settle) => core.start('wasm_start', [], settle, core.handleOf(program)), options, { finish })
  }

  /**
   * The same, at once. Throws GENE.ASYNC.WOULD_BLOCK when the result had to wait for the host.
   * @param {string} source
   * @param {EvalOptions} [options]
   * @returns {any}
   */
  evalSync(source, options = {}) {
    const { file, bindings, signal, timeout = 0 } = this.#evalOptions(source, options)
    if (signal?.aborted) throw cancelError(signal.reason)
    return this.#core.evalSync(source, file, bindings, timeout)
  }

  /** @param {string} source @param {EvalOptions} options */
  #evalOptions(source, options) {
    this.#check()
    checkKeys('options', options, EVAL_OPTIONS)
    if (typeof source !== 'string') throw new TypeError('the source must be a string')
    const { file = '<eval>', bindings = null, signal, timeout, as } = options
    if (bindings !== null && (typeof bindings !== 'object' || Array.isArray(bindings))) throw new TypeError('options.bindings must be an object')
    for (const name in bindings) checkName('the binding', name)
    checkTimeout('options.timeout', timeout)
    this.#sources.add(file, source)
    return { file: String(file), bindings, signal, timeout, as }
  }

  /**
   * Runs a whole program in a module of its own: `$args` and `$program` are set; the promise settles when the main task
   * has ended and no one-shot work is left. An uncaught exception rejects it at once.
   * @param {Program} program
   * @param {RunOptions} [options]
   * @returns {Promise<RunResult>}
   */
  async run(program, options = {}) {
    this.#check()
    checkKeys('options', options, ['args', 'signal'])
    const { args = this.#options.args ?? [], signal } = options
    checkProgram(program)
    const { code, text, file, name } = await this.#programOf(program)
    this.#check()
    if (signal?.aborted) throw cancelError(signal.reason)
    if (text !== undefined) this.#sources.add(file, text)
    this.#modules.image = typeof code === 'string' ? undefined : name
    this.#describe(args, name)
    this.#exitCode = undefined
    const core = this.#core
    const started = performance.now()
    try {
      const begin = (/** @type {import('./tasks.js').Settle} */ settle) => core.start('wasm_run', [code, file, name], settle)
      const { value } = await execute(core, begin, { signal }, { stopAll: true, asIs: true }).catch(unconvertible)
      await this.#drained(signal, started)
      return { value, exitCode: this.#exitCode ?? 0 }
    } catch (error) {
      if (error?.code !== EXIT_CODE) throw error
      await this.#when(() => this.#exitCode !== undefined)
      return { value: undefined, exitCode: this.#exitCode ?? 0 }
    }
  }

  /**
   * @typedef {{ code: string | Uint8Array, text: string | undefined, file: string, name: string }} Loaded file: of the source; name:
   *   `$program`, of a compiled program its own
   *
   * @param {Program} program
   * @returns {Promise<Loaded>}
   */
  async #programOf(program) {
    if (program instanceof Uint8Array) return this.#imageProgram({ image: program })
    if (typeof program === 'object' && 'image' in program) return this.#imageProgram(program)
    if (typeof program === 'object' && 'source' in program) {
      const { source, file = '<program>' } = program
      return { code: String(source), text: String(source), file, name: file }
    }
    const file = program instanceof URL ? program.pathname : String(program)
    // Without a file system of the embedder's choice a program is a file of the machine, and so are its modules.
    if (this.#options.fs === undefined) {
      const disk = await platform.openDisk(this.#cwd)
      if (disk) this.#sourceFiles = async () => disk
    }
    const files = await this.#sourceFiles()
    if (!files.readFile) throw hostError('GENE.WASM.UNSUPPORTED', 'this file system has no readFile')
    const content = await this.#operations.readProgram(files, file)
    return isImage(content) ? this.#imageProgram({ image: content, file }) : { code: content, text: content, file, name: file }
  }

  /** @param {CompiledProgram} program @returns {Promise<Loaded>} */
  async #imageProgram({ image, file: name = '<program>', source }) {
    if (!(image instanceof Uint8Array)) throw new TypeError('a compiled program must be a Uint8Array')
    const { file, text } = this.imageOrigin(image, { file: name })
    if (text !== undefined) return { code: image, text, file, name }
    const candidate = source ?? (await this.#quotable(file))
    const { isSource } = this.imageOrigin(image, { file: name, source: candidate })
    return { code: image, text: isSource ? candidate : undefined, file, name }
  }

  /** What is there where a compiled program says that its source was. It can say what it likes. @param {string} path */
  async #quotable(path) {
    try {
      const files = await this.#sourceFiles()
      const found = await files.stat?.(path)
      if (!found?.isFile || found.size > SOURCE_MAX) return undefined
      const content = await files.readFile?.(path)
      return typeof content === 'object' ? decodeSource(content, path) : content
    } catch {
      return undefined
    }
  }

  /** Until no one-shot work is left, as run() waits for it. @param {{ signal?: AbortSignal }} [options] the signal stops every task */
  async drained({ signal } = {}) {
    this.#check()
    await this.#drained(signal)
  }

  /** @param {AbortSignal | undefined} signal @param {number} [started] when the program did, whose time is limited */
  async #drained(signal, started = performance.now()) {
    const { time } = this.#options.limits
    const core = this.#core
    let isLate = false
    const onAbort = () => core.interrupt(signal?.reason, cancelText(signal?.reason))
    const onLate = () => {
      isLate = true
      core.interrupt(undefined, limitText)
    }
    const timer = time ? setTimeout(onLate, started + time - performance.now()) : undefined
    signal?.addEventListener('abort', onAbort)
    try {
      await this.#when(() => core.test('wasm_is_drained') || this.#exitCode !== undefined)
    } finally {
      clearTimeout(timer)
      signal?.removeEventListener('abort', onAbort)
    }
    if (signal?.aborted) throw cancelError(signal.reason)
    if (isLate) throw new GeneTimeoutError(limitText.message, limitText)
  }

  /** Until the condition holds; it is looked at whenever the core rests. @param {() => boolean} condition @returns {Promise<void>} */
  #when(condition) {
    if (condition()) return Promise.resolve()
    return new Promise((resolve, reject) => {
      const listener = () => {
        if (!this.#isDisposed && !condition()) return
        this.#restListeners.delete(listener)
        if (this.#isDisposed) reject(disposedError())
        else resolve()
      }
      this.#restListeners.add(listener)
    })
  }

  /** Stops every task. @param {unknown} [reason] */
  interrupt(reason) {
    this.#check()
    this.#core.interrupt(reason, cancelText(reason))
  }

  // --- names and calls -------------------------------------------------------------------------------------------------

  /** Makes a function or value known to Gene, by a name or a path `ns/member`. @param {string} name @param {unknown} value */
  define(name, value) {
    this.#check()
    checkPath('the name', name)
    this.#core.ask('wasm_define', [name, value])
  }

  /** What a name or path means in the main module. @param {string} name @returns {any} */
  get(name) {
    this.#check()
    return this.#core.ask('wasm_get', [String(name)])
  }

  /** Calls a function, given by name or as a value. @param {string | Function} nameOrFn @param {unknown[]} args @returns {Promise<any>} */
  async call(nameOrFn, ...args) {
    return this.#callable(nameOrFn)(...args)
  }

  /** The same, at once; see evalSync. @param {string | Function} nameOrFn @param {unknown[]} args @returns {any} */
  callSync(nameOrFn, ...args) {
    const callee = this.#callable(nameOrFn)
    const handle = this.#core.handleOf(callee)
    return handle ? this.#core.callSync(handle, args) : callee(...args)
  }

  /** @param {string | Function} nameOrFn @returns {Function} */
  #callable(nameOrFn) {
    this.#check()
    const callee = typeof nameOrFn === 'string' ? this.get(nameOrFn) : nameOrFn
    if (typeof callee !== 'function') throw new TypeError(`${typeof nameOrFn === 'string' ? nameOrFn : 'the value'} is not a function`)
    return callee
  }

  // --- looking -----------------------------------------------------------------------------------------------------------

  /**
   * Reads source text without running it; never throws for bad source. Forms are plain data: GeneNode, GeneSymbol, arrays,
   * objects, numbers, strings …
   * @param {string} source
   * @param {{ file?: string }} [options]
   * @returns {{ forms: any[], diagnostics: import('./errors.js').Diagnostic[] }}
   */
  parse(source, { file = '<parse>' } = {}) {
    this.#check()
    return this.#core.ask('wasm_parse', [String(source), file])
  }

  /**
   * The forms of source text as source text again; never throws for bad source.
   * @param {string} source
   * @param {{ file?: string, format?: 'compact' | 'pretty' | 'sexp' }} [options] pretty: on several lines; sexp: the properties of
   *   an outermost node are `:name value`
   * @returns {{ texts: string[], diagnostics: import('./errors.js').Diagnostic[], incomplete: boolean }} incomplete: the text
   *   ended inside a form
   */
  formTexts(source, { file = '<parse>', format = 'compact' } = {}) {
    this.#check()
    this.#sources.add(file, source)
    return this.#core.ask('wasm_form_texts', [String(source), file], FORM_STYLES.indexOf(format))
  }

  /**
   * Listing of the tokens of source text, a line `line:column kind text` each; it ends where the text cannot be read.
   * @param {string} source
   * @param {{ file?: string }} [options]
   * @returns {string}
   */
  tokens(source, { file = '<tokens>' } = {}) {
    this.#check()
    return this.#core.ask('wasm_tokens', [String(source), file])
  }

  /**
   * Compiles source text without running it: to a listing of its code, or with `as: 'image'` to a compiled program, which run()
   * runs in any runtime of the same version. A compiled program can be listed too.
   * @template {CompileOptions} [O=CompileOptions]
   * @param {string | Uint8Array} source
   * @param {O} [options]
   * @returns {O extends { as: 'image' } ? Uint8Array : string}
   */
  compile(source, options = /** @type {O} */ ({})) {
    this.#check()
    checkKeys('options', options, COMPILE_OPTIONS)
    const { file = '<compile>', as = 'listing', pretty = false, keepSource = false } = options
    if (as !== 'listing' && as !== 'image') throw new TypeError("options.as must be 'listing' or 'image'")
    if (source instanceof Uint8Array) {
      if (as === 'image') throw new TypeError('a compiled program cannot be compiled')
      const { text = null } = this.imageOrigin(source, { file })
      return this.#core.ask('wasm_compile', [source, file, pretty ? text : null])
    }
    const text = String(source)
    this.#sources.add(file, text)
    const shown = as === 'image' ? keepSource : pretty
    return this.#core.ask('wasm_compile', [text, file, shown ? text : null], as === 'image' ? 1 : 0)
  }

  /**
   * What a compiled program was made of. Throws GENE.COMPILE.IMAGE when it is none, or one of another version.
   * @param {Uint8Array} image
   * @param {{ file?: string, source?: string }} [options] file: path of the image, to which that of its source is relative
   * @returns {ImageOrigin}
   */
  imageOrigin(image, { file = '<program>', source } = {}) {
    this.#check()
    const origin = this.#core.ask('wasm_image', [image, file, source ?? null])
    return { file: sourcePath(file, origin.file), text: origin.text, isSource: origin.is_source, isCurrent: origin.is_current }
  }

  /** A value as Gene prints it inside data: strings quoted. @param {unknown} value @returns {string} */
  print(value) {
    this.#check()
    return this.#core.ask('wasm_print', [value])
  }

  /** The names a program can use without a path. @returns {string[]} */
  names() {
    this.#check()
    return [...new Set(this.#core.ask('wasm_names', []))]
  }

  /**
   * What the language and its library have: special forms, operators, notations (`a/.b`), variables, functions, constructors and
   * methods (`Class.name`).
   * @returns {{ name: string, kind: 'form' | 'operator' | 'notation' | 'variable' | 'function' | 'constructor' | 'method',
   *   signature: string, doc: string }[]}
   */
  docs() {
    this.#check()
    return this.#core.ask('wasm_docs', [])
  }

  /** Text of an error with the source line it points at. @param {unknown} error @param {{ color?: boolean, trace?: boolean }} [options] */
  report(error, { color = false, trace = false } = {}) {
    return formatError(error, { color, trace, sourceOf: (file) => this.#sources.get(file) })
  }

  /** @returns {Pending} */
  get pending() {
    this.#check()
    const { tasks, operations, timers } = this.#core.ask('wasm_pending', [])
    return { tasks, operations, timers }
  }

  /** Resolves when nothing is pending. @returns {Promise<void>} */
  async idle() {
    this.#check()
    await this.#when(() => {
      const { tasks, operations, timers } = this.pending
      return tasks + operations + timers === 0
    })
  }

  /** Counts: objects and bytes of Gene data, handles, tasks, C stacks, collections; bytes of wasm memory. @returns {Record<string, number>} */
  stats() {
    this.#check()
    return { ...this.#core.ask('wasm_stats', []), hostValues: this.#core.hostValueCount, memoryBytes: this.#core.memorySize }
  }

  /** What `(exit n)` asked for; undefined when nothing did. */
  get exitCode() {
    return this.#exitCode
  }

  // --- the end -------------------------------------------------------------------------------------------------------------

  /** Cancels all tasks and frees everything. Again: nothing. */
  dispose() {
    if (this.#isDisposed) return
    this.#isDisposed = true
    this.#core.close()
    this.#operations.close()
    for (const listener of [...this.#restListeners]) listener()
  }

  #check() {
    if (this.#isDisposed) throw disposedError()
  }

  /** What the embedder's function for output has thrown. @param {number} stream @param {unknown} error */
  #outputFailed(stream, error) {
    // Each line would fail in the same way, and a report on stderr as well.
    if (this.#hasOutputFailed) return
    this.#hasOutputFailed = true
    const name = stream === 2 ? 'stderr' : 'stdout'
    if (stream !== 2 || this.#options.onUnhandled) this.#unhandled(hostError('GENE.IO.ERROR', `${name} has failed`, error))
  }

  /** @param {unknown} error */
  #unhandled(error) {
    if (this.#isDisposed) return
    try {
      const { onUnhandled } = this.#options
      if (onUnhandled) onUnhandled(error)
      else this.#stderr(this.report(error))
    } catch (failure) {
      try {
        this.#stderr(`onUnhandled failed: ${describeHostError(failure).message}\n`)
      } catch {
        // Nobody is left to tell.
      }
    }
  }

  /** Engines without these symbols get a method called `undefined`, which harms nobody. */
  [Symbol.dispose]() {
    this.dispose()
  }

  async [Symbol.asyncDispose]() {
    this.dispose()
  }
}

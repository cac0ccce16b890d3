// session.js — a runtime for the command line: its options, where output goes, Ctrl-C, and what an error makes of the exit
// code.

import { isAbsolute, join } from 'node:path'
import { EXIT_CODE, GeneError, GeneSyntaxError } from '../errors.js'
import { isInterruptHandled } from '../node/interrupts.js'
import { createRuntime } from '../runtime.js'
import { ErrorPrinter } from './errors.js'
import { CommandError, EXIT } from './exit.js'
import { isFile } from './input.js'
import { Output } from './output.js'

const GRANTS = /** @type {const} */ (['fs', 'net', 'env', 'run'])
const TIME_LIMIT = 'GENE.LIMIT.TIME'

/** Everything is allowed unless it is said otherwise. @param {Record<string, any>} options */
function allowOf({ allow = GRANTS, deny = [] }) {
  return Object.fromEntries(GRANTS.map((name) => [name, allow.includes(name) && !deny.includes(name)]))
}

/** @param {Record<string, any>} options @returns {import('../options.js').RuntimeOptions} */
function runtimeOptions(options) {
  const { 'max-memory': memory, timeout: time, depth, contracts = true, pkg } = options
  const strictNil = options['strict-nil'] === true
  const typeCheck = options['no-type-check'] !== true
  const logLevel = options.debug ? 'DEBUG' : undefined
  return { allow: allowOf(options), limits: { memory, time, depth }, contracts, strictNil, typeCheck, package: pkg, logLevel, fs: 'node' }
}

/** Standard input, opened when the program first reads it. */
const lazyStdin = {
  async *[Symbol.asyncIterator]() {
    yield* process.stdin
  },
}

export class Session {
  #abort = new AbortController()
  #hasUnhandled = false
  #interrupted = false
  #title = ''
  /** With --repl-on-error. @type {((error: unknown) => Promise<unknown>) | undefined} */ #interact

  /**
   * @param {import('../runtime.js').Runtime} runtime
   * @param {ErrorPrinter} printer
   * @param {Output} output
   */
  constructor(runtime, printer, output) {
    this.runtime = runtime
    this.printer = printer
    this.output = output
  }

  /**
   * @param {Record<string, any>} options of the command line
   * @param {Partial<import('../options.js').RuntimeOptions>} [own] what the command adds
   */
  static async open(options, own = {}) {
    const output = new Output()
    const printer = new ErrorPrinter(options)
    /** @type {Session | undefined} */ let session
    const runtime = await createRuntime({
      ...runtimeOptions(options),
      stdin: lazyStdin,
      stdout: (text) => output.write(text),
      stderr: (text) => output.writeError(text),
      onUnhandled: (error) => session?.unhandled(error),
      ...own,
    })
    session = new Session(runtime, printer, output)
    if (options['repl-on-error']) session.#interact = async (error) => (await import('./repl.js')).interact(/** @type {Session} */ (session), options, error)
    printer.quoteFrom(runtime)
    return session
  }

  /** Stops the program when the user interrupts; a second time ends the process at once. */
  get signal() {
    if (process.listenerCount('SIGINT') === 0) process.on('SIGINT', () => this.#onInterrupt())
    return this.#abort.signal
  }

  /** For a command that waits for its input itself: an interrupt ends the wait. */
  interruptStdin() {
    this.signal.addEventListener('abort', () => process.stdin.destroy())
  }

  #onInterrupt() {
    if (isInterruptHandled()) return
    if (this.#interrupted) {
      this.output.flush()
      process.exit(EXIT.INTERRUPTED)
    }
    this.#interrupted = true
    this.#abort.abort(new Error('interrupted'))
  }

  /** A failure that nobody looks at. @param {unknown} error */
  unhandled(error) {
    this.#hasUnhandled = true
    this.showError(error)
  }

  /** @param {unknown} error @param {string} [title] in front of its text */
  showError(error, title = '') {
    this.output.writeError(this.printer.text(error, title))
  }

  /** An error that a command tells with a title of its own, and that decides the exit code. @param {unknown} error @param {string} title */
  fail(error, title) {
    this.#title = title
    throw error
  }

  /**
   * A file that the command line names: with --pkg one of that package, when it is there.
   * @param {string} word
   * @param {Record<string, any>} options
   */
  async fileOf(word, { pkg }) {
    if (pkg === undefined || isAbsolute(word)) return word
    const file = join(await this.runtime.eval('$app/.pkg/.dir'), word)
    return isFile(file) ? file : word
  }

  /** Shows on stderr what the source becomes, as --dump and --debug ask. @param {Record<string, any>} options @param {string} source @param {string} file */
  dump({ dump, debug }, source, file) {
    const what = dump ?? (debug ? 'code' : undefined)
    if (what === 'tokens') this.output.writeError(this.runtime.tokens(source, { file }))
    if (what === 'forms') this.output.writeError(this.runtime.formTexts(source, { file }).texts.map((text) => `${text}\n`).join(''))
    if (what === 'code') this.output.writeError(this.runtime.compile(source, { file }))
  }

  /** A program in a module of its own. @param {string} source @param {string} file @param {string[]} args */
  async run(source, file, args) {
    const { exitCode } = await this.runtime.run({ source, file }, { args, signal: this.signal })
    return exitCode
  }

  /** A compiled program. @param {Record<string, any>} options @param {Uint8Array} image @param {string} file @param {string[]} args */
  async runImage(options, image, file, args) {
    const { runtime } = this
    const what = options.dump ?? (options.debug ? 'code' : undefined)
    if (what === 'code') this.output.writeError(runtime.compile(image, { file, pretty: true }))
    else if (what !== undefined) throw new CommandError(`${file} is compiled code: there is no source text to show ${what} of`)
    const { exitCode } = await runtime.run({ image, file }, { args, signal: this.signal })
    return exitCode
  }

  /**
   * A program in the main module, where a REPL sees its definitions.
   * @param {string} source
   * @param {string} file
   * @param {(text: string) => void} [show] its value
   */
  async evaluate(source, file, show = () => {}) {
    const { runtime, signal } = this
    try {
      show(await runtime.eval(source, { file, as: 'text', signal }))
      await runtime.drained({ signal })
    } catch (error) {
      if (error?.code !== EXIT_CODE) throw error
    }
    return runtime.exitCode
  }

  /**
   * Runs a program and tells its exit code. An error is shown.
   * @param {() => Promise<number | undefined>} program gives the code that `(exit n)` asked for
   * @returns {Promise<number>}
   */
  async exitCodeOf(program) {
    let code
    try {
      code = (await program()) || (this.#hasUnhandled ? EXIT.FAILED : EXIT.OK)
    } catch (error) {
      code = this.#codeOf(error)
      if (code !== EXIT.INTERRUPTED) this.showError(error, this.#title)
      if (code === EXIT.FAILED && error instanceof GeneError && !(error instanceof GeneSyntaxError)) await this.#interact?.(error)
    }
    this.close()
    return code
  }

  /** @param {any} error */
  #codeOf(error) {
    if (this.#interrupted) return EXIT.INTERRUPTED
    return error?.code === TIME_LIMIT ? EXIT.TIMEOUT : EXIT.FAILED
  }

  close() {
    this.runtime.dispose()
    this.output.flush()
  }
}

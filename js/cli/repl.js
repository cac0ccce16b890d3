// repl.js — gene repl: reads a form, which may take several lines, runs it, prints its value; names stay.
// Invariant: one piece of code runs at a time; lines typed meanwhile wait. Output of background tasks goes above the prompt.

import { createInterface } from 'node:readline'
import { EXIT_CODE } from '../errors.js'
import { completer } from './completion.js'
import { docText } from './doc.js'
import { History } from './history.js'
import { EXIT } from './exit.js'
import { Session } from './session.js'

const FILE = '<repl>'
const PROMPT = 'gene> '
const CONTINUED = '....> '

const HELP = `Gene REPL Help:
  exit, quit: Exit the REPL
  help: Show this help message
  Any other input is evaluated as Gene code
`
const MORE_HELP = `${HELP}
  :names [PREFIX]  names that can be used
  :doc NAME        what a function, method or special form does
  :clear           clear the screen
  :quit            leave (also Ctrl-D)
  Tab completes names; Ctrl-C stops what runs, or drops what is typed.
  An open form goes on in the next line.
`

class Repl {
  #session
  #options
  #bindings
  #readline
  #isTerminal
  #lines = '' // of the form that is not complete yet
  /** @type {AbortController | null} */ #running = null
  #isPrompting = false
  #isMidLine = false // on the screen, or in stdout where there is none
  #inputs = 0 // evaluated so far
  /** @type {string[]} typed, and neither run nor read yet */ #typed = []
  /** @type {((line: string | null) => void)[]} programs that wait for a line */ #readers = []
  #isBusy = false
  #isClosed = false
  #isOver = false
  /** @type {(code: number) => void} */ #end = () => {}

  /**
   * @param {Session} session
   * @param {Record<string, any>} options
   * @param {History} history
   * @param {Record<string, unknown>} [bindings]
   */
  constructor(session, options, history, bindings) {
    this.#session = session
    this.#bindings = bindings
    this.#options = options
    this.#isTerminal = process.stdin.isTTY === true
    this.#readline = createInterface({
      input: process.stdin,
      output: process.stdout,
      terminal: this.#isTerminal,
      prompt: PROMPT,
      history: history.load(),
      historySize: history.size,
      removeHistoryDuplicates: true,
      completer: completer(session.runtime),
    })
    if (this.#isTerminal) this.#readline.on('history', (/** @type {string[]} */ lines) => history.save(lines))
    session.output.write = (text) => this.#print(process.stdout, text)
    session.output.writeError = (text) => this.#print(process.stderr, text)
  }

  /** Until the user leaves. @returns {Promise<number>} exit code */
  run() {
    if (this.#isTerminal) process.stdout.write(`Gene REPL - Interactive Gene Language Shell\nType 'exit' or 'quit' to exit, 'help' for help\n\n`)
    this.#readline.on('line', (line) => this.#onLine(line))
    this.#readline.on('SIGINT', () => this.#onInterrupt())
    process.on('SIGINT', () => this.#onInterrupt())
    this.#readline.on('close', () => this.#onClose())
    this.#prompt()
    return new Promise((resolve) => {
      this.#end = resolve
    })
  }

  /** The next line typed, for the program's own reading. @returns {Promise<string | null>} */
  readLine() {
    const line = this.#typed.shift()
    if (line !== undefined) return Promise.resolve(`${line}\n`)
    if (this.#isClosed) return Promise.resolve(null)
    return new Promise((resolve) => this.#readers.push((read) => resolve(read === null ? null : `${read}\n`)))
  }

  // --- input -----------------------------------------------------------------------------------------------------------

  /** @param {string} line */
  #onLine(line) {
    this.#isPrompting = false
    if (this.#isTerminal) this.#isMidLine = false // the user's Enter was echoed
    const reader = this.#readers.shift()
    if (reader) return reader(line)
    this.#typed.push(line)
    void this.#work()
  }

  #onClose() {
    this.#isClosed = true
    for (const reader of this.#readers.splice(0)) reader(null)
    void this.#work()
  }

  /** Deals with what was typed; at its end, with the end. */
  async #work() {
    if (this.#isBusy) return
    this.#isBusy = true
    for (let line; !this.#isOver && (line = this.#typed.shift()) !== undefined; ) await this.#take(line)
    this.#isBusy = false
    if (this.#isOver || !this.#isClosed) return
    if (this.#lines) await this.#evaluate(this.#lines) // tells what is not closed
    if (this.#isTerminal) process.stdout.write('\n')
    this.#leave(EXIT.OK)
  }

  /** @param {string} line */
  async #take(line) {
    if (this.#lines === '' && this.#command(line.trim())) return this.#prompt()
    const source = `${this.#lines}${line}\n`
    if (this.#session.runtime.formTexts(source, { file: FILE }).incomplete) this.#lines = source
    else {
      this.#lines = ''
      if (source.trim() !== '') await this.#evaluate(source)
    }
    this.#prompt()
  }

  /** A line that is no Gene code. @param {string} line @returns {boolean} whether it was one */
  #command(line) {
    const [word, prefix = ''] = line.split(/\s+/)
    switch (word) {
      case 'help': process.stdout.write(HELP); return true
      case ':help': process.stdout.write(MORE_HELP); return true
      case ':doc': process.stdout.write(prefix ? docText(this.#session.runtime.docs(), prefix) : 'type :doc NAME\n'); return true
      case ':quit': case ':exit': case 'quit': case 'exit': this.#leave(EXIT.OK); return true
      case ':clear': process.stdout.write('\u001b[2J\u001b[H'); return true
      case ':names': {
        const names = this.#session.runtime.names().filter((name) => name.startsWith(prefix)).sort()
        process.stdout.write(`${names.join(' ')}\n`)
        return true
      }
      default:
        if (!/^:[a-z]/.test(word)) return false
        process.stdout.write(`there is no ${word}; see :help\n`)
        return true
    }
  }

  /** Ctrl-C: stops what runs; else drops what is typed. Where nobody types it ends the session. */
  #onInterrupt() {
    if (this.#running) return this.#running.abort(new Error('interrupted'))
    if (!this.#isTerminal) return this.#leave(EXIT.INTERRUPTED)
    this.#lines = ''
    process.stdout.write('^C\n')
    this.#readline.setPrompt(PROMPT)
    for (const name of ['e', 'u']) this.#readline.write(null, { ctrl: true, name })
    this.#prompt()
  }

  /** @param {number} code */
  #leave(code) {
    this.#isOver = true
    this.#readline.close()
    this.#end(code)
  }

  // --- evaluation --------------------------------------------------------------------------------------------------------

  /** @param {string} source */
  async #evaluate(source) {
    const { runtime } = this.#session
    const file = `<repl:${++this.#inputs}>` // its own, for errors in what it defines
    this.#running = new AbortController()
    try {
      this.#session.dump(this.#options, source, file)
      const text = await runtime.eval(source, { file, as: 'text', signal: this.#running.signal, bindings: this.#bindings }, { asIs: true })
      if (text !== 'nil' && text !== 'void') this.#tell(`${text}\n`)
    } catch (error) {
      if (error?.code === EXIT_CODE) return this.#leave(runtime.exitCode ?? EXIT.OK)
      if (this.#running.signal.aborted) return this.#isTerminal ? this.#tell('interrupted\n') : this.#leave(EXIT.INTERRUPTED)
      if (this.#isTerminal) this.#tell('')
      this.#session.showError(error)
    } finally {
      this.#running = null
    }
  }

  // --- output ------------------------------------------------------------------------------------------------------------

  #prompt() {
    if (this.#isOver || !this.#isTerminal) return
    this.#tell('')
    this.#readline.setPrompt(this.#lines ? CONTINUED : PROMPT)
    this.#isPrompting = true
    this.#readline.prompt()
  }

  /** At the start of a line. @param {string} text with its end */
  #tell(text) {
    process.stdout.write(this.#isMidLine ? `\n${text}` : text)
    this.#isMidLine = false
  }

  /** While the prompt stands, text goes above it. @param {NodeJS.WriteStream} stream @param {string} text */
  #print(stream, text) {
    if (!this.#isPrompting || !this.#isTerminal) {
      if (text && (stream === process.stdout || (stream.isTTY && process.stdout.isTTY))) this.#isMidLine = !text.endsWith('\n')
      return void stream.write(text)
    }
    stream.write(`\r\u001b[J${text}${text.endsWith('\n') ? '' : '\n'}`)
    this.#readline.prompt(true)
  }
}

/**
 * A session within a session: after a program has failed (--repl-on-error).
 * @param {Session} session
 * @param {Record<string, any>} options
 * @param {unknown} error is `$ex` there
 */
export const interact = (session, options, error) => new Repl(session, options, new History(), { $ex: error }).run()

/** @param {import('./arguments.js').Arguments} given */
export async function command({ options }) {
  /** @type {Repl | undefined} */ let repl
  const session = await Session.open(options, { stdin: () => repl?.readLine() ?? null })
  repl = new Repl(session, options, new History())
  const code = await repl.run()
  session.close()
  return code
}

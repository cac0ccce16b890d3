// processes.js — other programs on node:child_process: those that run to their end, and those that the program talks to.
// Invariants: a process never keeps this one alive, only waiting for it does, and every wait has a time limit or can be aborted;
// what was started and still runs is killed by close(), and when this process exits.

import { spawn } from 'node:child_process'
import { accessSync, constants, statSync } from 'node:fs'
import { constants as osConstants } from 'node:os'
import { delimiter, join, resolve } from 'node:path'
import { GeneError } from '../errors.js'
import { fileError, ioError } from '../files.js'

const IS_WINDOWS = process.platform === 'win32'
const LONGEST_TIMER_MS = 2 ** 31 - 1
const PIPES_END_MS = 100
const BUFFER_LIMIT = 1 << 20 // characters nobody has read: the process has to wait

/**
 * @typedef {object} Request
 * @property {string} command
 * @property {string[]} args
 * @property {string} cwd
 * @property {Record<string, string>} env added to that of this process
 * @property {boolean} [is_shell] the command is a line for the shell, whose outputs are one
 * @property {boolean} [is_merged] stderr goes where stdout goes
 */

/** @param {string} message */
const failure = (message) => new GeneError(message, { code: 'GENE.HOST.ERROR', className: 'Exception' })

/** @param {string} what @param {unknown} error */
function startFailure(what, error) {
  const { message, cause } = ioError(error)
  return new GeneError(`${what}: ${message}`, { code: 'GENE.IO.ERROR', className: 'IOError', cause })
}

/** Throws unless there is such a program: a shell that stands in front of it would not say so. @param {Request} request @param {NodeJS.ProcessEnv} env */
function checkProgram({ command, cwd }, env) {
  const folders = command.includes('/') ? [cwd] : (env.PATH ?? '').split(delimiter)
  const isThere = folders.some((folder) => {
    try {
      const path = command.includes('/') ? resolve(folder, command) : join(folder, command)
      accessSync(path, constants.X_OK)
      return statSync(path).isFile()
    } catch {
      return false
    }
  })
  if (!isThere) throw fileError('ENOENT')
}

/** @param {Request} request @param {'pipe' | 'ignore'} stdin */
function open({ command, args, cwd, env: own, is_shell, is_merged }, stdin) {
  const env = { ...process.env, ...own }
  if (!statSync(cwd, { throwIfNoEntry: false })?.isDirectory()) throw fileError('ENOENT')
  /** @type {import('node:child_process').SpawnOptions} */
  const options = { cwd, env, stdio: [stdin, 'pipe', 'pipe'], windowsHide: true }
  if (is_shell) return spawn(IS_WINDOWS ? command : `exec 2>&1; ${command}`, { ...options, shell: true })
  if (!is_merged || IS_WINDOWS) return spawn(command, args, options)
  // One pipe for both keeps the order of what is written.
  checkProgram({ command, args, cwd, env: own }, env)
  return spawn('/bin/sh', ['-c', 'exec "$0" "$@" 2>&1', command, ...args], options)
}

/** As shells count: 128 and the number of the signal that ended it. @param {number | null} code @param {NodeJS.Signals | null} signal */
const exitCodeOf = (code, signal) => code ?? 128 + (signal ? osConstants.signals[signal] : 0)

/** What a process writes, until it is read. */
class Pipe {
  text = ''
  isOver = false

  /** @param {import('node:stream').Readable} stream @param {() => void} changed */
  constructor(stream, changed) {
    this.stream = stream
    stream.setEncoding('utf8')
    stream.on('data', (text) => {
      this.text += text
      changed()
      if (this.text.length > BUFFER_LIMIT) stream.pause()
    })
    const end = () => {
      this.isOver = true
      changed()
    }
    stream.on('end', end).on('error', end).on('close', end)
  }

  /** The text up to `end`, which is taken out. */
  take(end = this.text.length) {
    const taken = this.text.slice(0, end)
    this.text = this.text.slice(end)
    this.stream.resume()
    return taken
  }
}

class Child {
  #hasExited = false
  /** @type {number | undefined} */ #exitCode
  /** @type {Set<() => void>} those who wait for something to change */ #watchers = new Set()
  #isInputClosed = false

  /** @param {import('node:child_process').ChildProcess} child @param {boolean} isMerged */
  constructor(child, isMerged) {
    const changed = () => [...this.#watchers].forEach((look) => look())
    this.child = child
    this.input = /** @type {import('node:net').Socket} */ (child.stdin)
    this.out = new Pipe(/** @type {any} */ (child.stdout), changed)
    this.err = new Pipe(/** @type {any} */ (child.stderr), changed)
    if (isMerged) child.stderr?.resume()
    // The pipes end after the process, unless a child of it still has them: what it has written can be read when its end is known.
    child.on('exit', (code, signal) => {
      this.#hasExited = true
      const end = () => {
        this.#exitCode = exitCodeOf(code, signal)
        changed()
      }
      const grace = setTimeout(end, PIPES_END_MS)
      child.on('close', () => {
        clearTimeout(grace)
        end()
      })
    })
    child.on('error', () => {}) // of a signal that comes too late
    this.input.on('error', () => (this.#isInputClosed = true))
    child.unref()
    for (const stream of [child.stdin, child.stdout, child.stderr]) /** @type {any} */ (stream).unref?.()
  }

  /**
   * @param {string} question
   * @param {string | null} argument
   * @param {number | null} seconds
   * @param {AbortSignal} signal
   * @returns {any}
   */
  answer(question, argument, seconds, signal) {
    const until = (/** @type {() => any} */ look) => this.#until(look, seconds, signal)
    const { out, err } = this
    switch (question) {
      case 'write': return this.#write(argument ?? '')
      case 'close_stdin': return this.#closeInput()
      case 'read_line': return until(() => this.#line())
      case 'read_until': return until(() => this.#textTo(argument ?? ''))
      case 'read_available': return out.take()
      case 'read_stderr': return until(() => (err.text || err.isOver ? err.take() : undefined))
      case 'signal': return this.#signal(/** @type {NodeJS.Signals} */ (`SIG${argument}`))
      default: return until(() => this.#exitCode)
    }
  }

  kill() {
    if (!this.#hasExited) this.child.kill('SIGKILL')
    for (const stream of [this.child.stdin, this.child.stdout, this.child.stderr]) stream?.destroy()
  }

  /** What `look` finds, as soon as it finds something; null when time is over. @param {() => any} look @param {number | null} seconds null: no limit @param {AbortSignal} signal */
  #until(look, seconds, signal) {
    const found = look()
    if (found !== undefined) return found
    return new Promise((resolve) => {
      /** @param {any} value */
      const end = (value) => {
        clearTimeout(timer)
        this.#watchers.delete(watcher)
        signal.removeEventListener('abort', abort)
        resolve(value)
      }
      const abort = () => end(null)
      const watcher = () => {
        const value = look()
        if (value !== undefined) end(value)
      }
      const timer = seconds === null ? undefined : setTimeout(end, Math.min(seconds * 1000, LONGEST_TIMER_MS), null)
      signal.addEventListener('abort', abort)
      this.#watchers.add(watcher)
      this.out.stream.resume()
      this.err.stream.resume()
    })
  }

  #line() {
    const line = this.#textTo('\n')
    return typeof line === 'string' ? line.replace(/\r?\n$/, '') : line
  }

  /** Null: nothing follows; undefined: not yet. @param {string} end */
  #textTo(end) {
    const { out } = this
    const at = out.text.indexOf(end)
    if (at >= 0) return out.take(at + end.length)
    if (!out.isOver) return undefined
    return out.text === '' ? null : out.take()
  }

  /** @param {string} text @returns {Promise<null>} */
  #write(text) {
    if (this.#hasExited) throw failure('Process is no longer running')
    if (this.#isInputClosed) throw failure('Process stdin is closed')
    this.input.ref()
    return new Promise((resolve, reject) => {
      this.input.write(text, (error) => {
        this.input.unref()
        if (error) reject(failure('Process is no longer running'))
        else resolve(null)
      })
    })
  }

  #closeInput() {
    this.#isInputClosed = true
    this.input.end()
    return null
  }

  /** @param {NodeJS.Signals} name */
  #signal(name) {
    if (!this.#hasExited) this.child.kill(name)
    return null
  }
}

export class Processes {
  /** @type {Map<number, Child>} */ #children = new Map()
  /** @type {Set<import('node:child_process').ChildProcess>} */ #programs = new Set()
  #last = 0
  #exit = () => this.close()

  constructor() {
    process.on('exit', this.#exit)
  }

  /** Runs a program to its end. @param {Request} request @param {AbortSignal} signal @returns {Promise<{ output: string, exit_code: number }>} */
  run(request, signal) {
    return new Promise((resolve, reject) => {
      const fail = (/** @type {unknown} */ error) => reject(startFailure('Failed to execute command', error))
      let child
      try {
        child = open(request, 'ignore')
      } catch (error) {
        return fail(error)
      }
      const { stdout, stderr } = child
      let output = ''
      stdout?.setEncoding('utf8').on('data', (text) => (output += text))
      if (request.is_shell) stderr?.setEncoding('utf8').on('data', (text) => (output += text))
      else stderr?.resume()
      const stop = () => child.kill('SIGKILL')
      signal.addEventListener('abort', stop)
      this.#programs.add(child)
      child.on('error', fail)
      child.on('close', (code, name) => {
        signal.removeEventListener('abort', stop)
        this.#programs.delete(child)
        resolve({ output, exit_code: exitCodeOf(code, name) })
      })
    })
  }

  /** @param {Request} request @returns {Promise<{ process: number, pid: number }>} */
  start(request) {
    return new Promise((resolve, reject) => {
      const fail = (/** @type {unknown} */ error) => reject(startFailure('Failed to start process', error))
      try {
        const child = open(request, 'pipe')
        child.once('error', fail)
        child.once('spawn', () => {
          const number = ++this.#last
          this.#children.set(number, new Child(child, request.is_merged === true))
          resolve({ process: number, pid: child.pid ?? 0 })
        })
      } catch (error) {
        fail(error)
      }
    })
  }

  /** @param {number} number @param {string} question @param {string | null} argument @param {number | null} seconds @param {AbortSignal} signal */
  ask(number, question, argument, seconds, signal) {
    const child = this.#children.get(number)
    if (!child) throw failure('Process is no longer running')
    return child.answer(question, argument, seconds, signal)
  }

  /** Kills what still runs. */
  close() {
    process.off('exit', this.#exit)
    for (const child of this.#programs) child.kill('SIGKILL')
    for (const child of this.#children.values()) child.kill()
    this.#programs.clear()
    this.#children.clear()
  }
}

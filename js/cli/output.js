// output.js — stdout and stderr of a program, in the order in which it writes. What is written in one turn of the event loop
// goes out together: a system call for each line would cost more than the program.

import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { ioError } from '../files.js'
import { CommandError } from './exit.js'

const LIMIT = 65_536 // characters kept back

export class Output {
  #pending = ''
  #isScheduled = false

  /** @param {string} text */
  write(text) {
    this.#pending += text
    if (this.#pending.length >= LIMIT) this.flush()
    else if (!this.#isScheduled) {
      this.#isScheduled = true
      setImmediate(() => {
        this.#isScheduled = false
        this.flush()
      })
    }
  }

  /** @param {string} text */
  writeError(text) {
    this.flush()
    process.stderr.write(text)
  }

  flush() {
    if (this.#pending === '') return
    const text = this.#pending
    this.#pending = ''
    process.stdout.write(text)
  }
}

/** @param {string} path @param {string | Uint8Array} content @param {boolean} [makesFolder] where there is none */
export function writeFile(path, content, makesFolder = false) {
  try {
    if (makesFolder) mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, content)
  } catch (error) {
    throw new CommandError(`cannot write ${path}: ${ioError(error).message}`)
  }
}

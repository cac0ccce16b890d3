// history.js — the lines typed in earlier sessions, in a file below the user's state folder.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'

const SIZE = 1000

/** @param {Record<string, string | undefined>} env */
export const historyFile = (env) => join(env.XDG_STATE_HOME || join(homedir(), '.local', 'state'), 'gene', 'history')

export class History {
  size = SIZE
  #file

  /** @param {string} [file] */
  constructor(file = historyFile(process.env)) {
    this.#file = file
  }

  /** Newest first. @returns {string[]} */
  load() {
    try {
      return readFileSync(this.#file, 'utf8').split('\n').filter(Boolean).reverse().slice(0, SIZE)
    } catch {
      return []
    }
  }

  /** A history that cannot be kept is no reason to disturb the session. @param {string[]} lines newest first */
  save(lines) {
    try {
      mkdirSync(dirname(this.#file), { recursive: true })
      writeFileSync(this.#file, `${lines.slice(0, SIZE).reverse().join('\n')}\n`, { mode: 0o600 })
    } catch {
      return
    }
  }
}

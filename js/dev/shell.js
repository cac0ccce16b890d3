// shell.js — how the development scripts find tools, run them and say what they do.

import { spawnSync } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The project's folder. */
export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))

/** One line on stderr: stdout belongs to the program or test run that follows. */
export function say(/** @type {string} */ text) {
  process.stderr.write(`gene-wasm: ${text}\n`)
}

/** A failure that needs no stack: the message tells what to do. */
export class SetupError extends Error {}

/**
 * The absolute path of a program on PATH, or undefined.
 * @param {string} name
 */
export function which(name) {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const path = join(folder || '.', name)
    try {
      accessSync(path, constants.X_OK)
      return path
    } catch {
      // not in this folder
    }
  }
  return undefined
}

/**
 * Runs a command; what it prints is shown when `show` is set or when it fails.
 * @param {string} command
 * @param {string[]} args
 * @param {{ env?: Record<string, string>, show?: boolean, cwd?: string }} [options]
 * @returns {string} what it printed, when not shown
 */
export function run(command, args, { env = {}, show = false, cwd = root } = {}) {
  const result = spawnSync(command, args, {
    cwd,
    env: { ...process.env, ...env },
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    // What a tool prints goes to our stderr, for the same reason as say().
    stdio: ['ignore', show ? 2 : 'pipe', show ? 2 : 'pipe'],
  })
  if (result.error) throw new SetupError(`cannot run ${command}: ${result.error.message}`)
  if (result.status !== 0) {
    if (!show) process.stderr.write(result.stdout + result.stderr)
    throw new SetupError(`failed (${result.signal ?? `exit code ${result.status}`}): ${[command, ...args].join(' ')}`)
  }
  return show ? '' : result.stdout
}

/**
 * Runs a script's main function; a SetupError ends it with its message and exit code 1.
 * @param {() => void | number | Promise<void | number>} main
 */
export async function runMain(main) {
  try {
    const code = await main()
    if (typeof code === 'number') process.exitCode = code
  } catch (error) {
    if (!(error instanceof SetupError)) throw error
    say(error.message)
    process.exitCode = 1
  }
}

// cli_support.js — runs the command `gene` as a user does: one process, its streams, its exit code.

import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { root } from '../../js/dev/shell.js'

const CLI = join(root, 'js/cli.js')

/**
 * @param {string[]} args
 * @param {{ cwd?: string, env?: Record<string, string>, stdin?: string | null }} [options] stdin null: left open
 */
export function start(args, { cwd, env = {}, stdin = '' } = {}) {
  const child = spawn(process.execPath, [CLI, ...args], { cwd, env: { ...process.env, NO_COLOR: '1', ...env } })
  const outcome = { stdout: '', stderr: '' }
  child.stdout.setEncoding('utf8').on('data', (text) => (outcome.stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text) => (outcome.stderr += text))
  child.stdin.on('error', () => {})
  if (stdin !== null) child.stdin.end(stdin)
  const watchdog = setTimeout(() => child.kill('SIGKILL'), 30_000)
  /** @type {Promise<{ stdout: string, stderr: string, exit: number | null, signal: NodeJS.Signals | null }>} */
  const ended = new Promise((resolve) => child.on('close', (exit, signal) => {
    clearTimeout(watchdog)
    resolve({ ...outcome, exit, signal })
  }))
  /** Resolves when stdout contains the text. @param {string} text @returns {Promise<void>} */
  const printed = (text) => new Promise((resolve, reject) => {
    const look = () => outcome.stdout.includes(text) && resolve()
    child.stdout.on('data', look)
    child.on('close', () => reject(new Error(`ended without printing ${text}: ${outcome.stdout}${outcome.stderr}`)))
    look()
  })
  return { child, ended, printed }
}

/** @param {string[]} args @param {Parameters<typeof start>[1]} [options] */
export const gene = (args, options) => start(args, options).ended

/** A folder with these files, removed after the test. @param {import('node:test').TestContext} t @param {Record<string, string>} files */
export function folder(t, files) {
  const path = mkdtempSync(join(tmpdir(), 'gene-cli-'))
  t.after(() => rmSync(path, { recursive: true, force: true }))
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(path, name)), { recursive: true })
    writeFileSync(join(path, name), text)
  }
  return path
}

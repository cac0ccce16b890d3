// native_run.js — runs programs on a native build, one process each.

import { spawn } from 'node:child_process'
import { basename, dirname, join } from 'node:path'
import { buildFolder } from '../../js/dev/cmake.js'
import { reportedError } from './corpus.js'

/** A sanitizer's finding ends the process with this code, which no Gene program uses. */
const SANITIZER_EXIT = 99

/** AddressSanitizer says at the first coroutine that it may err; it has no option for that. */
const SANITIZER_WARNING = /^==\d+==WARNING: ASan doesn't fully support makecontext.*\n/gm

/** The environment of every native test process. */
export const sanitizerEnv = {
  ASAN_OPTIONS: `exitcode=${SANITIZER_EXIT}:detect_stack_use_after_return=0:allocator_may_return_null=1`,
  LSAN_OPTIONS: `exitcode=${SANITIZER_EXIT}:print_suppressions=0`,
  UBSAN_OPTIONS: `exitcode=${SANITIZER_EXIT}:print_stacktrace=1`,
}

/**
 * Runs an executable to its end.
 * @param {string} executable
 * @param {string[]} args
 * @param {{ cwd?: string, env?: Record<string, string>, stdin?: string, timeout: number }} options timeout in ms
 * @returns {Promise<{ stdout: string, stderr: string, exit: number }>}
 */
export function runProcess(executable, args, { cwd, env = {}, stdin = '', timeout }) {
  return new Promise((done, fail) => {
    const child = spawn(executable, args, { cwd, env: { ...process.env, ...sanitizerEnv, ...env } })
    /** @type {Buffer[][]} */
    const [out, err] = [[], []]
    const timer = setTimeout(() => {
      child.kill('SIGKILL')
      fail(new Error(`${basename(executable)} ${args.join(' ')}: not finished after ${timeout} ms\n${Buffer.concat(err)}`))
    }, timeout)
    child.stdout.on('data', (chunk) => out.push(chunk))
    child.stderr.on('data', (chunk) => err.push(chunk))
    child.stdin.on('error', () => {}) // a program need not read its stdin
    child.stdin.end(stdin)
    child.on('error', fail)
    child.on('close', (code, signal) => {
      clearTimeout(timer)
      const stderr = Buffer.concat(err).toString().replace(SANITIZER_WARNING, '')
      if (signal) fail(new Error(`ended by ${signal}\n${stderr}`))
      else if (code === SANITIZER_EXIT) fail(new Error(`sanitizer finding\n${stderr}`))
      else done({ stdout: Buffer.concat(out).toString(), stderr, exit: code ?? -1 })
    })
  })
}

/**
 * @param {'native' | 'native-stress'} build
 * @param {import('./corpus.js').Program} program
 * @param {string[]} [options] of gene-native besides those of the program
 * @returns {Promise<import('./corpus.js').Outcome>}
 */
export async function runNative(build, { file, expected }, options = []) {
  const outcome = await runProcess(
    join(buildFolder(build), 'gene-native'),
    [...options, ...expected.options, basename(file), ...expected.args],
    {
      cwd: dirname(file),
      env: { GENE_TEST_BUILD: build },
      stdin: expected.stdin,
      timeout: build === 'native-stress' ? 120_000 : 30_000,
    },
  )
  return { ...outcome, error: outcome.exit === 1 ? reportedError(outcome.stderr) : undefined }
}

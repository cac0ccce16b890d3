// start.js — `npm start [-- FILE args…]`: sets up, builds dist/gene.wasm, runs the program (examples/tour.gene).

import { spawn } from 'node:child_process'
import { join, resolve } from 'node:path'
import { buildVariant } from './cmake.js'
import { FOR_WASM, setUp } from './setup.js'
import { root, runMain, say } from './shell.js'

/**
 * Runs the CLI on our terminal. Ctrl-C reaches it directly; we only wait for what it makes of it.
 * @param {string[]} args
 * @returns {Promise<number>} its exit code
 */
function runCli(args) {
  process.on('SIGINT', () => {})
  const child = spawn(process.execPath, [join(root, 'js/cli.js'), ...args], { stdio: 'inherit' })
  process.on('SIGTERM', () => child.kill('SIGTERM'))
  return new Promise((done, fail) => {
    child.on('error', fail)
    child.on('exit', (code, signal) => done(signal ? 1 : (code ?? 1)))
  })
}

await runMain(() => {
  const [file = join(root, 'examples/tour.gene'), ...args] = process.argv.slice(2)
  setUp(FOR_WASM)
  buildVariant('wasm')
  say(`running ${file}`)
  // npm runs scripts in the package's folder; INIT_CWD is where the user is.
  return runCli(['run', file === '-' ? file : resolve(process.env.INIT_CWD ?? '.', file), ...args])
})

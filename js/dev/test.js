// test.js — `npm test [-- FILE… --test-name-pattern=…]`: sets up, builds everything, runs node's test runner over
// tests/**/*.test.js. The runner's summary is the last thing printed; its exit code is ours.

import { spawnSync } from 'node:child_process'
import { globFiles } from './files.js'
import { buildTypes } from './build.js'
import { buildVariant, compilerOf } from './cmake.js'
import { FOR_TESTS, setUp } from './setup.js'
import { root, runMain, say } from './shell.js'
import { findChromium, findFirefox } from './system_packages.js'

/** @type {[import('./cmake.js').Variant, string][]} */
const BUILDS = [
  ['wasm', 'dist/gene.wasm'],
  ['native', 'AddressSanitizer + UBSan'],
  ['native-stress', 'AddressSanitizer + UBSan, GC at every allocation'],
]

/**
 * A thread of V8 that compiles JavaScript may wait for a collection by the main thread, which waits in Node for that very
 * thread when a test file ends (nodejs/node#54918). Compiled on the main thread, it cannot.
 */
const NO_HANG = '--no-concurrent-recompilation'

await runMain(() => {
  const args = process.argv.slice(2)
  const options = args.filter((arg) => arg.startsWith('-'))
  const files = args.filter((arg) => !arg.startsWith('-'))

  setUp(FOR_TESTS)
  for (const [variant] of BUILDS) buildVariant(variant)
  buildTypes()
  for (const [variant, what] of BUILDS) say(`testing ${variant}: ${what}, ${compilerOf(variant)}`)
  say(`testing in node ${process.version}, chromium ${findChromium()}, firefox ${findFirefox() ?? 'not there'}`)

  const selected = files.length ? files : globFiles('tests', /\.test\.js$/)
  const { status } = spawnSync(
    process.execPath,
    [NO_HANG, '--test', '--test-timeout=900000', '--test-concurrency=2', '--test-reporter=spec', ...options, ...selected],
    { cwd: root, stdio: 'inherit' },
  )
  return status ?? 1
})

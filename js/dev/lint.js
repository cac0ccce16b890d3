// lint.js — `npm run lint [-- --fix | --tidy]`: the C format and the types of the JavaScript. --fix rewrites the
// C format; --tidy adds clang-tidy, which is slow.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { spawnSync } from 'node:child_process'
import { buildFolder, buildVariant } from './cmake.js'
import { globFiles } from './files.js'
import { FOR_TESTS, setUp } from './setup.js'
import { root, runMain, say, which } from './shell.js'

/**
 * Runs one check with its output on the terminal.
 * @param {string} title
 * @param {string} command
 * @param {string[]} args
 * @returns {boolean} whether it passed
 */
function check(title, command, args) {
  const passed = spawnSync(command, args, { cwd: root, stdio: 'inherit' }).status === 0
  say(`lint ${title}: ${passed ? 'clean' : 'FAILED'}`)
  return passed
}

await runMain(() => {
  const fix = process.argv.includes('--fix')
  const tidy = process.argv.includes('--tidy')
  setUp(FOR_TESTS.filter((tool) => tool !== 'browser'))

  const c = [...globFiles('src', /\.[ch]$/), ...globFiles('tests/c', /\.[ch]$/)]
  const results = []
  const format = which('clang-format')
  if (!format) say('lint format: skipped, clang-format is not installed (apt-get install clang-format)')
  else if (c.length) results.push(check('format', format, fix ? ['-i', ...c] : ['--dry-run', '--Werror', ...c]))

  if (tidy) {
    buildVariant('native')
    const sources = globFiles('src', /\.c$/).filter((file) => !file.endsWith('_wasm.c'))
    results.push(check('tidy', 'clang-tidy', ['--quiet', '-p', buildFolder('native'), ...sources]))
  }
  if (existsSync(join(root, 'js/index.js'))) {
    results.push(check('types', process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.json']))
  }
  return results.every(Boolean) ? 0 : 1
})

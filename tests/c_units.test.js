// c_units.test.js — the C unit tests (tests/c/*_test.c) on both sanitized native builds, one test per TEST().

import assert from 'node:assert/strict'
import { basename, join } from 'node:path'
import { describe, test } from 'node:test'
import { buildFolder } from '../js/dev/cmake.js'
import { globFiles } from '../js/dev/files.js'
import { runProcess } from './harness/native_run.js'

/**
 * The tests in an executable's TAP output, each with the notes printed before its line.
 * @param {string} output
 */
function parseTap(output) {
  const tests = []
  let notes = ''
  for (const line of output.split('\n')) {
    const [, failed, name] = /^(not )?ok \d+ - (\w+)$/.exec(line) ?? []
    if (name) {
      tests.push({ name, passed: !failed, notes })
      notes = ''
    } else if (line.startsWith('# ')) notes += `${line}\n`
  }
  return tests
}

for (const build of /** @type {const} */ (['native', 'native-stress'])) {
  describe(`C units on ${build}`, () => {
    for (const file of globFiles('tests/c', /_test\.c$/)) {
      const unit = basename(file, '.c')
      test(unit, async (t) => {
        const { stdout, stderr, exit } = await runProcess(join(buildFolder(build), 'units', unit), [], { timeout: 120_000 })
        const results = parseTap(stdout)
        for (const { name, passed, notes } of results) await t.test(name.replaceAll('_', ' '), () => assert.ok(passed, notes))
        assert.match(stdout, new RegExp(`^1\\.\\.${results.length}$`, 'm'), `ended early\n${stderr}`)
        assert.equal(exit, results.every(({ passed }) => passed) ? 0 : 1, stderr)
      })
    }
  })
}

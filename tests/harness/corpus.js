// corpus.js — the Gene programs under tests/gene and the comparison of a run with what a program says.

import assert from 'node:assert/strict'
import { globFiles } from '../../js/dev/files.js'
import { join } from 'node:path'
import { root } from '../../js/dev/shell.js'
import { readExpectations } from './expectations.js'

/**
 * @typedef {object} Outcome what one run of a program did
 * @property {string} stdout
 * @property {string} stderr
 * @property {number} exit
 * @property {{ code: string, message: string, line?: number, column?: number }} [error] the uncaught error
 *
 * @typedef {object} Program
 * @property {string} name path below tests/gene, without .gene
 * @property {string} file absolute path
 * @property {import('./expectations.js').Expectations} expected
 */

/** Helper modules for imports live in folders named `modules`; they are no programs. @returns {Program[]} */
export function corpusPrograms() {
  return globFiles('tests/gene', /\.gene$/)
    .filter((path) => !path.includes('/modules/'))
    .map((path) => {
      const file = join(root, path)
      return { name: path.slice('tests/gene/'.length, -'.gene'.length), file, expected: readExpectations(file) }
    })
}

/**
 * The uncaught error that a runtime reported on stderr (api.md: `error[CODE]: message`, `  --> file:line:col`).
 * @param {string} stderr
 * @returns {Outcome['error']}
 */
export function reportedError(stderr) {
  const head = /^error\[([\w.]+)\]: (.*(?:\n(?! +-->).*)*)/m.exec(stderr)
  if (!head) return undefined
  const [, code, message] = head
  const place = /^ +--> .*:(\d+):(\d+)$/m.exec(stderr.slice(head.index))
  return { code, message, line: place ? Number(place[1]) : undefined, column: place ? Number(place[2]) : undefined }
}

/**
 * @param {Outcome} outcome
 * @param {import('./expectations.js').Expectations} expected
 */
export function compare(outcome, expected) {
  const { error } = expected
  const context = outcome.stderr ? `\n--- stderr ---\n${outcome.stderr}` : ''
  if (!error && outcome.error) assert.fail(`uncaught ${outcome.error.code}: ${outcome.error.message}${context}`)
  const report = expected.stderr.length ? null : /^error\[.*$/m.exec(outcome.stderr)
  if (!error && report) assert.fail(`reported, but not expected: ${report[0]}${context}`)
  assert.equal(outcome.stdout, expected.stdout)
  if (error) {
    assert.ok(outcome.error, `no uncaught error, expected ${error.code}${context}`)
    const { code, message, line, column } = outcome.error
    assert.deepEqual(
      { code, line: error.line === undefined ? undefined : line, column: error.column === undefined ? undefined : column },
      { code: error.code, line: error.line, column: error.column },
    )
    assert.ok(message.includes(error.message), `message ${JSON.stringify(message)} lacks ${JSON.stringify(error.message)}`)
  }
  let at = 0
  for (const part of expected.stderr) {
    const found = outcome.stderr.indexOf(part, at)
    assert.ok(found >= 0, `stderr lacks ${JSON.stringify(part)}${context}`)
    at = found + part.length
  }
  assert.equal(outcome.exit, expected.exit, `exit code${context}`)
}

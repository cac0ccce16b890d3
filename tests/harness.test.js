// harness.test.js — the test harness itself: a harness that overlooks things makes every test green.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { functionsIn } from './harness/c_source.js'
import { compare, reportedError } from './harness/corpus.js'
import { readExpectations } from './harness/expectations.js'

const folder = mkdtempSync(join(tmpdir(), 'gene-harness-'))
after(() => rmSync(folder, { recursive: true }))

/** The expectations of a program with this text. */
function expectationsOf(/** @type {string} */ source) {
  const file = join(folder, 'program.gene')
  writeFileSync(file, source)
  return readExpectations(file)
}

describe('expectations', () => {
  test('are the concatenated lines, blank ones too', () => {
    const { stdout, exit } = expectationsOf('(println 1) # expect: 1\n# expect:\n# expect:   two  \n')
    assert.equal(stdout, '1\n\n  two  \n')
    assert.equal(exit, 0)
  })

  test('read an error with place and message', () => {
    const { error, exit } = expectationsOf('(f) # error: GENE.READ.UNCLOSED @2:7 is never closed\n')
    assert.deepEqual(error, { code: 'GENE.READ.UNCLOSED', line: 2, column: 7, message: 'is never closed' })
    assert.equal(exit, 1)
  })

  test('refuse a malformed error', () => assert.throws(() => expectationsOf('# error: @2:7\n'), /malformed/))
})

describe('comparison', () => {
  const outcome = { stdout: '', stderr: '', exit: 0 }
  const error = { code: 'GENE.A', message: 'boom', line: 3, column: 4 }

  test('fails on more, less and other output', () => {
    const expected = expectationsOf('# expect: a\n# expect: b\n')
    compare({ ...outcome, stdout: 'a\nb\n' }, expected)
    for (const stdout of ['', 'a\n', 'a\nb', 'a\nb\nc\n', 'b\na\n']) assert.throws(() => compare({ ...outcome, stdout }, expected))
  })

  test('fails on an error that is not expected, and on one that does not come', () => {
    assert.throws(() => compare({ ...outcome, exit: 1, error }, expectationsOf('')), /uncaught GENE\.A/)
    assert.throws(() => compare(outcome, expectationsOf('# error: GENE.A\n')), /no uncaught error/)
  })

  test('fails on another code, place or message', () => {
    const failed = { ...outcome, exit: 1, error }
    compare(failed, expectationsOf('# error: GENE.A @3:4 oo\n'))
    for (const other of ['GENE.B', 'GENE.A @2', 'GENE.A @3:5', 'GENE.A ox']) {
      assert.throws(() => compare(failed, expectationsOf(`# error: ${other}\n`)), other)
    }
  })

  test('fails on another exit code', () => assert.throws(() => compare({ ...outcome, exit: 3 }, expectationsOf('')), /exit code/))
})

test('an uncaught error is read from stderr', () => {
  const stderr = 'noise\nerror[GENE.TYPE]: not a number\n  --> dir/file.gene:12:5\n   |\n12 | (+ 1 nil)\n'
  assert.deepEqual(reportedError(stderr), { code: 'GENE.TYPE', message: 'not a number', line: 12, column: 5 })
})

test('C functions are found with their lengths', () => {
  const source = [
    '/* f() { */',
    'static const int table[] = {',
    '    1,',
    '};',
    'WASM_EXPORT(g) int g(int a,',
    '                     int b) {',
    '    if (a) {',
    '        return "}"[0];',
    '    }',
    '    return b;',
    '}',
    'static inline bool is_x(int a) { return a == 1; }',
    'typedef struct S {',
    '    int (*call)(void);',
    '} S;',
    'void last(void) {',
    '}',
  ].join('\n')
  assert.deepEqual(functionsIn(source).map(({ name, line, length }) => [name, line, length]), [['g', 5, 7], ['is_x', 12, 1], ['last', 16, 2]])
})

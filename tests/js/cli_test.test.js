// cli_test.test.js — gene test and gene run-examples.

import assert from 'node:assert/strict'
import { mkdirSync, realpathSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { folder, gene } from './cli_support.js'

/** @param {import('node:test').TestContext} t @param {Record<string, string>} files in folders */
function project(t, files) {
  const cwd = folder(t, {})
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(cwd, name, '..'), { recursive: true })
    writeFileSync(join(cwd, name), text)
  }
  return cwd
}

describe('gene test', () => {
  test('finds *_test.gene, and every Gene file in test folders; each is a program of its own', async (t) => {
    const cwd = project(t, {
      'a_test.gene': '(var x 1) (print "a")', 'lib.gene': '(throw "not a test")', 'tests/b.gene': '(assert (! $env/x)) (println "b" $args)',
      'sub/tests/deep/c.gene': '', 'node_modules/m/d_test.gene': '(throw "not ours")',
    })
    const { stdout, stderr, exit } = await gene(['test'], { cwd })
    assert.equal(stdout, 'a_test.gene\na\nsub/tests/deep/c.gene\ntests/b.gene\nb []\n\n' +
      'Files run: 3, passed: 3, failed: 0\nTests run: 0, passed: 0, failed: 0, skipped: 0\n')
    assert.deepEqual([stderr, exit], ['', 0])
    assert.match((await gene(['test', 'tests'], { cwd })).stdout, /^tests\/b\.gene\n[^]*Files run: 1, /)
  })

  test('counts the tests of genex/test', async (t) => {
    const source = '(import genex/test/[test! suite! check])\n(suite! "s" (test! "one" (check true)) (test! "two" (check false))' +
      ' (suite! "in" (test! ^^skip "three" nil)))\n(test! "four" (await (gene/sleep_async 1)))'
    const { stdout, exit } = await gene(['test'], { cwd: project(t, { 'a_test.gene': source }) })
    assert.match(stdout, /^a_test\.gene\nSUITE: s\n {2}TEST: one \.\.\. PASS\n {2}TEST: two \.\.\. FAIL\n {4}Check failed\.\n/)
    assert.match(stdout, /\nTests run: 3, passed: 2, failed: 1, skipped: 1\nFAILED a_test\.gene\n$/)
    assert.equal(exit, 1)
  })

  test('counts what the test library prints; a failed test fails the run', async (t) => {
    const cwd = project(t, {
      'a_test.gene': '(println "SUITE: s\\n  TEST: one ... PASS\\n  TEST: two ... FAIL\\n    differs\\n  TEST: three ... SKIP")',
      'b_test.gene': '(println "TEST: four ... PASS")',
    })
    const { stdout, exit } = await gene(['test', 'a_test.gene', 'b_test.gene'], { cwd })
    assert.match(stdout, /\nFiles run: 2, passed: 1, failed: 1\nTests run: 3, passed: 2, failed: 1, skipped: 1\nFAILED a_test\.gene\n$/)
    assert.equal(exit, 1)
  })

  test('an uncaught exception, a syntax error or an exit code fails the file, and the others run', async (t) => {
    const cwd = project(t, { 'a_test.gene': '(assert (1 == 2))', 'b_test.gene': '(f', 'c_test.gene': '(exit 3)', 'd_test.gene': '(println "d")' })
    const { stdout, stderr, exit } = await gene(['test'], { cwd })
    assert.match(stdout, /d_test\.gene\nd\n\nFiles run: 4, passed: 1, failed: 3\n/)
    assert.match(stderr, /--> a_test\.gene:1:1\n[^]*--> b_test\.gene:1:1\n/)
    assert.equal(exit, 1)
  })

  test('nothing to run is told', async (t) => {
    const cwd = project(t, { 'lib.gene': '' })
    assert.equal((await gene(['test'], { cwd })).stderr, 'Error: No tests found: *_test.gene, or Gene files in test/ or tests/\n')
    assert.equal((await gene(['test', 'nope'], { cwd })).stderr, 'Error: File not found: nope\n')
  })
})

describe('gene run-examples', () => {
  test('runs the examples of each function, sorted by name', async (t) => {
    const cwd = project(t, {
      'file.gene': `(println "out")
(fn add ^examples [[1 2] -> 3 [2 2] -> 5 [k (k + 1)] -> 21 [1 2] -> _ [1 nope] -> 1] [a b] (a + b))
(class Boom < Exception)
(fn a ^examples [[1] throws Boom [1] throws Exception [2] throws Boom [3] throws Boom] [x]
  (if (x == 1) (throw (new Boom "b")) elif (x == 2) (throw "p") else "s"))
(fn later ^^async ^examples [[] -> {^k "v"}] [] (sleep 1) {^k "v"})
(fn none [] 1)
(var k 10)
`,
    })
    const { stdout, stderr, exit } = await gene(['run-examples', 'file.gene'], { cwd })
    const path = join(realpathSync(cwd), 'file.gene')
    assert.equal(stdout, `out
PASS a example 1: [1] throws Boom
PASS a example 2: [1] throws Exception
FAIL a example 3: [2] throws Boom
  expected: throws Boom
  actual: throws Exception: p
  location: ${path}:4:1
FAIL a example 4: [3] throws Boom
  expected: throws Boom
  actual: return "s"
  location: ${path}:4:1
PASS add example 1: [1 2] -> 3
FAIL add example 2: [2 2] -> 5
  expected: return 5
  actual: return 4
  location: ${path}:2:1
PASS add example 3: [k (k + 1)] -> 21
PASS add example 4: [1 2] -> _
FAIL add example 5: [1 nope] -> 1
  expected: return 1
  actual: spec error: Unknown symbol: nope
  location: ${path}:2:1
PASS later example 1: [] -> {^k "v"}
Examples run: 10, passed: 6, failed: 4, functions: 3
`)
    assert.deepEqual([stderr, exit], ['', 1])
  })

  test('limits and (exit n) hold in examples; of two functions with one name the last is meant', async (t) => {
    const cwd = project(t, {
      'endless.gene': '(fn f ^examples [[] -> 1] [] (while true nil))', 'leaves.gene': '(fn f ^examples [[] -> 1] [] (exit 5))',
      'ends.gene': '(fn f ^examples [[] -> 1] [] 1) (exit 3)', 'twice.gene': '(fn f ^examples [[] -> 1] [] 2) (fn f ^examples [[] -> 1] [] 1)',
    })
    const { stderr, exit } = await gene(['run-examples', '--timeout=100ms', 'endless.gene'], { cwd })
    assert.match(stderr, /^error\[GENE\.LIMIT\.TIME\]/)
    assert.equal(exit, 124)
    assert.equal((await gene(['run-examples', 'leaves.gene'], { cwd })).exit, 5)
    assert.deepEqual(await gene(['run-examples', 'ends.gene'], { cwd }), { stdout: '', stderr: '', exit: 3, signal: null })
    assert.equal((await gene(['run-examples', 'twice.gene'], { cwd })).stdout, 'PASS f example 1: [] -> 1\nExamples run: 1, passed: 1, failed: 0, functions: 1\n')
  })

  test('messages', async (t) => {
    const cwd = project(t, { 'none.gene': '(fn f [] 1)', 'bad.gene': '(fn f ^examples [[1] => 2] [x] x)', 'ok.gene': '(fn f ^examples [[] -> 1] [] 1)' })
    assert.equal((await gene(['run-examples', 'ok.gene'], { cwd })).exit, 0)
    const none = await gene(['run-examples', 'none.gene'], { cwd })
    assert.deepEqual([none.stdout, none.exit], [`No examples found in ${join(realpathSync(cwd), 'none.gene')}\n`, 0])
    const bad = await gene(['run-examples', 'bad.gene'], { cwd })
    assert.match(bad.stderr, /^Error: Failed to load\/compile examples file: error\[GENE\.COMPILE\.FORM\]: .*unsupported operator '=>'; expected '->' or 'throws'\n/)
    assert.equal(bad.exit, 1)
    assert.equal((await gene(['run-examples'])).stderr, 'Error: Missing file path. Usage: gene run-examples <file.gene>\n')
    assert.equal((await gene(['run-examples', 'no.gene'], { cwd })).stderr, 'Error: File not found: no.gene\n')
  })
})

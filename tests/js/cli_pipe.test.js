// cli_pipe.test.js — gene pipe: once for each line of stdin (language 36 §4).

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { folder, gene, start } from './cli_support.js'

describe('gene pipe', () => {
  test('code longer than any file name is code', async () => {
    const { stdout, exit } = await gene(['pipe', `($line .append "${'x'.repeat(5000)}")`], { stdin: 'a\n' })
    assert.deepEqual([stdout.length, exit], [5002, 0])
  })

  test('prints the value for each line: strings as they are, other values as data, nothing for nil', async () => {
    for (const [code, stdin, stdout] of [
      ['(* $line/.to_i 2)', '1\n2\n', '2\n4\n'],
      ['$line', 'a\n\nb\n', 'a\n\nb\n'],
      ['#"Hello #{$line}!"', 'w\n', 'Hello w!\n'],
      ['[$line nil]', 'a\r\nb', '["a" nil]\n["b" nil]\n'],
      ['(if ($line == "a") nil else {}/x)', 'a\nb\n', 'void\n'],
      ['$line', '\u00e9\u{1f600}\n', '\u00e9\u{1f600}\n'],
      ['$line', '', ''],
    ]) assert.deepEqual(await gene(['pipe', code], { stdin }), { stdout, stderr: '', exit: 0, signal: null }, code)
    assert.equal((await gene(['pipe', '[$line', '1]'], { stdin: 'x' })).stdout, '["x" 1]\n')
    assert.equal((await gene(['pipe', '--quote-str', '$line'], { stdin: 'a' })).stdout, '"a"\n')
  })

  test('--filter prints the lines for which the code holds', async () => {
    assert.equal((await gene(['pipe', '--filter', '($line == "keep")'], { stdin: 'x\nkeep\n' })).stdout, 'keep\n')
    assert.equal((await gene(['pipe', '--filter', '$line/.to_i'], { stdin: '0\n' })).stdout, '0\n')
  })

  test('the code may be in a file, which may import', async (t) => {
    const cwd = folder(t, {
      'main.gene': '#!/usr/bin/env gene\n\n# twice\n(import twice from "./lib")\n(twice $line)\n', 'lib.gene': '(fn twice [x] (x .append x))', 'none.gene': '#!x\n# y\n',
    })
    assert.equal((await gene(['pipe', 'main.gene'], { cwd, stdin: 'ab\nc\n' })).stdout, 'abab\ncc\n')
    const told = 'Error: No code found in file (only shebang/comments)\n'
    assert.deepEqual(await gene(['pipe', 'none.gene'], { cwd, stdin: 'x' }), { stdout: '', stderr: told, exit: 1, signal: null })
  })

  test('keeps definitions, waits for futures, knows its name', async () => {
    assert.equal((await gene(['pipe', '(if_not n (var n 0)) [$program $args]'], { stdin: 'x' })).exit, 1)
    assert.equal((await gene(['pipe', '(sleep 1) (async [$program $line])'], { stdin: 'x\ny' })).stdout, '["<pipe>" "x"]\n["<pipe>" "y"]\n')
  })

  test('streams', async () => {
    const run = start(['pipe', '[$line]'], { stdin: null })
    run.child.stdin.write('first\n')
    await run.printed('["first"]\n')
    run.child.stdin.end('second')
    assert.equal((await run.ended).stdout, '["first"]\n["second"]\n')
  })

  test('an exception tells the line and stops; what came before stays', async () => {
    const { stdout, stderr, exit } = await gene(['pipe', '(if ($line == "0") (throw "zero")) $line'], { stdin: '5\n0\n2\n' })
    assert.deepEqual([stdout, exit], ['5\n', 1])
    assert.match(stderr, /^Error at line 2: error\[GENE\.RUNTIME\.ERROR\]: zero\n {2}--> <pipe>:1:20\n/)
  })

  test('code that does not compile, and no code', async () => {
    const { stdout, stderr, exit } = await gene(['pipe', '(f'], { stdin: 'x' })
    assert.deepEqual([stdout, exit], ['', 1])
    assert.match(stderr, /^Error: Compilation error: error\[GENE\.READ\.UNCLOSED\]/)
    const told = "Error: No code provided. Usage: gene pipe '<code>'\n"
    assert.deepEqual(await gene(['pipe'], { stdin: 'x' }), { stdout: '', stderr: told, exit: 1, signal: null })
    assert.equal((await gene(['pipe', 'no.gene'], { stdin: 'x' })).stderr, 'Error: File not found: no.gene\n')
  })

  test('(exit n) ends it; a time limit holds for each line', async () => {
    const { stdout, exit } = await gene(['pipe', '(if ($line == "b") (exit 3)) $line'], { stdin: 'a\nb\nc\n' })
    assert.deepEqual([stdout, exit], ['a\n', 3])
    assert.equal((await gene(['pipe', '--timeout=100ms', '(while true 1)'], { stdin: 'a' })).exit, 124)
  })
})

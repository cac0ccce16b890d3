// cli_parse.test.js — gene parse: formats, where its input comes from, its messages (language 36 §6).

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { folder, gene } from './cli_support.js'

describe('gene parse', () => {
  test('compact: forms that read back as themselves', async () => {
    const code = '(f ^x 1 "a\\"\\n" \'c\' `q %u [1.0 (g)] {^k v} {{1 2}} #[s] a/b 2024-01-02)'
    assert.equal((await gene(['parse', '--format=compact', code])).stdout, `${code}\n`)
    const { stdout } = await gene(['parse', '-f', 'compact', '-e=(class ^x 1 A\n(method m [a] "s\n")) {^k 1}'])
    assert.equal(stdout, '(class ^x 1 A (method m [a] "s\\n"))\n\n{^k 1}\n')
  })

  test('pretty: children, items and entries on lines of their own', async () => {
    const { stdout } = await gene(['parse', '-e', '(f ^x [1 2] [2 (g h) (i ^j 1)] [] {}) {^k [1 2] ^l (m n)}'])
    assert.equal(stdout, '(f ^x [1 2]\n  [\n    2\n    (g\n      h\n    )\n    (i ^j 1)\n  ]\n  []\n  {}\n)\n\n{\n  ^k [1 2]\n  ^l (m n)\n}\n')
    assert.equal((await gene(['parse', '-f=compact', '-e', stdout])).stdout, '(f ^x [1 2] [2 (g h) (i ^j 1)] [] {})\n\n{^k [1 2] ^l (m n)}\n')
  })

  test('sexp: the properties of the outermost gene have colons', async () => {
    const { stdout } = await gene(['parse', '--format:sexp', '-e', '(f ^x (g ^y 1) ^z 2 (h ^i 3)) [(f ^x 1)]'])
    assert.equal(stdout, '(f :x (g ^y 1) :z 2 (h ^i 3))\n\n[(f ^x 1)]\n')
  })

  test('files have titles when they are pretty or several; -o writes to a file', async (t) => {
    const cwd = folder(t, { 'a.gene': '(f 1)', 'b.gene': '# nothing' })
    assert.equal((await gene(['parse', 'a.gene'], { cwd })).stdout, '=== Parsing: a.gene ===\n(f\n  1\n)\n')
    assert.equal((await gene(['parse', '-f=compact', 'a.gene'], { cwd })).stdout, '(f 1)\n')
    const { stdout } = await gene(['parse', '-f=compact', 'a.gene', 'b.gene'], { cwd })
    assert.equal(stdout, '=== Parsing: a.gene ===\n(f 1)\n\n=== Parsing: b.gene ===\n(empty)\n')
    assert.equal((await gene(['parse', '-f=compact', 'a.gene', '-o', 'out.txt'], { cwd })).stdout, '')
    assert.equal(readFileSync(join(cwd, 'out.txt'), 'utf8'), '(f 1)\n')
  })

  test('a file that cannot be written is told', async () => {
    const { stdout, stderr, exit } = await gene(['parse', '-e', '1', '-o', '/no-such-folder/out.txt'])
    assert.deepEqual([stdout, stderr, exit], ['', 'Error: cannot write /no-such-folder/out.txt: No such file or directory\n', 1])
  })

  test('stdin', async () => {
    assert.equal((await gene(['parse', '-f=compact', '-'], { stdin: '(g 2)' })).stdout, '(g 2)\n')
    assert.equal((await gene(['parse'], { stdin: '#!x\n' })).stdout, '(empty)\n')
  })

  test('what cannot be read is told with its place; the other files are shown', async (t) => {
    const cwd = folder(t, { 'a.gene': '(f 1)', 'bad.gene': '(f\n1/2' })
    for (const word of ['no-such-file.gene', 'no-such-folder/file']) {
      const { stdout, stderr, exit } = await gene(['parse', word])
      assert.deepEqual([stdout, stderr, exit], ['', `Error: File not found: ${word}\n`, 1])
    }
    const { stdout, stderr, exit } = await gene(['parse', '-f=compact', 'bad.gene', 'a.gene'], { cwd })
    assert.deepEqual([stdout, exit], ['=== Parsing: a.gene ===\n(f 1)\n', 1])
    assert.match(stderr, /^Parse error in bad\.gene: error\[GENE\.READ\.UNCLOSED\]: .*\n {2}--> bad\.gene:1:1\n/)
    assert.match((await gene(['parse', '-e', '(f'])).stderr, /^Parse error: error\[GENE\.READ\.UNCLOSED\]: EOF while reading list \)/)
    assert.match((await gene(['parse'], { stdin: ')' })).stderr, /^Parse error: .*\n {2}--> <stdin>:1:1\n/)
  })

  test('wrong usage', async () => {
    const format = await gene(['parse', '--format=zz', '-e', '1'])
    assert.match(format.stderr, /^Error: Invalid format 'zz'\. Must be: pretty, compact, or sexp\n/)
    const option = await gene(['parse', '--bogus', '1'])
    assert.match(option.stderr, /^Error: Unknown option: --bogus\n/)
    assert.deepEqual([format.exit, option.exit], [2, 2])
  })
})

// cli_deser.test.js — gene deser: formats, types, where its input comes from, its messages (language 36 §9).

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { folder, gene } from './cli_support.js'

const TEXT = '(gene/serialization [1 1.0 "a b" #[s {^k {^a\\ b "x"}}] (f ^x "y" 1 (g)) () nil])'

/** @param {string[]} args @param {Parameters<typeof gene>[1]} [options] */
const deser = (args, options) => gene(['deser', ...args], options)

describe('gene deser', () => {
  test('pretty: items, entries and children on lines of their own, strings without quotes', async () => {
    const { stdout, exit } = await deser(['-e', TEXT, '-p'])
    assert.equal(stdout, `[
  1
  1.0
  a b
  #[
    s
    {
      ^k {^a\\ b x}
    }
  ]
  (f ^x y
    1
    (g)
  )
  ()
  nil
]
Type: Array
`)
    assert.equal(exit, 0)
  })

  test('compact: one line; gene: strings as literals', async () => {
    assert.equal((await deser(['-f', 'compact', '-e', TEXT])).stdout, '[1 1.0 a b #[s {^k {^a\\ b x}}] (f ^x y 1 (g)) () nil]\n')
    assert.equal((await deser(['--gene', '--eval', '{^a ["q\\n"]}'])).stdout, '{\n  ^a ["q\\n"]\n}\n')
    assert.equal((await deser(['--format', 'gene', '-e', '"q\\n"'])).stdout, '"q\\n"\n')
    assert.equal((await deser(['-e', '"q\\n"'])).stdout, 'q\n\n')
  })

  test('references', async () => {
    const text = '[(ClassRef ^path "String") (FunctionRef ^path "gene/json/parse") (NamespaceRef ^path "gene")]'
    assert.equal((await deser(['-f', 'compact', '-e', text])).stdout, '[<Class String> <Function parse> <Namespace>]\n')
  })

  test('instances of a project', async (t) => {
    const cwd = folder(t, {
      'shapes.gene': '(class Dot (ctor [] (/a = 1) (/b = ["x" {^c 1}])))\n(var /ONE (new Dot))\n(fn /make [] 1)',
      'a.gene': '(gene/serialization (InstanceRef ^module "shapes" ^path "ONE"))',
      'b.gene': '(FunctionRef ^module "shapes" ^path "make")',
    })
    const dot = '<Instance of Dot> {\n  a: 1\n  b: [\n    x\n    {\n      ^c 1\n    }\n  ]\n}\n'
    assert.equal((await deser(['a.gene', '-p'], { cwd })).stdout, `${dot}Type: Instance of Dot\n`)
    const all = await deser(['a.gene', 'no.gene', 'b.gene'], { cwd })
    assert.equal(all.stdout, `=== a.gene ===\n${dot}=== no.gene ===\nError: File not found: no.gene\n=== b.gene ===\n<Function make>\n`)
    assert.deepEqual([all.stderr, all.exit], ['Error: File not found: no.gene\n', 1])
    const elsewhere = await deser(['--project', cwd, '-e', '(InstanceRef ^module "shapes" ^path "ONE")'])
    assert.equal(elsewhere.stdout, dot)
    const nowhere = await deser(['--project', `${cwd}/none`, '-e', '1'])
    assert.deepEqual([nowhere.stderr, nowhere.exit], [`Error: Project directory not found: ${cwd}/none\n`, 1])
  })

  test('types', async () => {
    const rows = [['nil', 'Nil'], ['true', 'Bool'], ['1', 'Int'], ['1.5', 'Float'], ["'c'", 'Char'], ['"s"', 'String'], ['s', 'Symbol'], ['{}', 'Map'],
      ['(f)', 'Gene'], ['(ClassRef ^path "Int")', 'Class'], ['(NamespaceRef ^path "gene")', 'Namespace'], ['(gene/ref "println")', 'Function']]
    for (const [text, type] of rows) assert.match((await deser(['-p', '-e', text])).stdout, new RegExp(`\nType: ${type}\n$`), text)
  })

  test('stdin', async () => {
    assert.equal((await gene(['deserialize'], { stdin: '(gene/serialization 5)' })).stdout, '5\n')
    const { stdout, stderr, exit } = await deser([], { stdin: ' \n' })
    assert.deepEqual([stdout, stderr, exit], ['', 'Error: Empty input from stdin.\n', 1])
  })

  test('what cannot be decoded is told on both streams', async () => {
    const { stdout, stderr, exit } = await deser(['-e', '(ClassRef ^path "No")'])
    const message = 'path_to_value: not found: No'
    assert.deepEqual([stdout, stderr, exit], [`Error: ${message}\n`, `Deserialization error in <eval>: ${message}\n`, 1])
    const unread = await deser([], { stdin: '(' })
    assert.match(unread.stderr, /^Parse error in <stdin>: EOF while reading list/)
    assert.match(unread.stdout, /^Error: EOF while reading list/)
  })

  test('wrong usage', async () => {
    assert.match((await deser(['-f', 'zz', '-e', '1'])).stderr, /^Error: Invalid format 'zz'\. Must be: pretty, compact, or gene\n/)
    assert.match((await deser(['-e'])).stderr, /^Error: -e requires a value\n/)
    assert.match((await deser(['--bogus'])).stderr, /^Error: Unknown option: --bogus/)
  })
})

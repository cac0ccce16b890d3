// cli_doc.test.js — gene doc: what the tables of the library and of the special forms say.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { completer } from '../../js/cli/completion.js'
import { docText } from '../../js/cli/doc.js'
import { gene } from './cli_support.js'
import { open } from './helpers.js'

describe('gene doc', () => {
  test('a full name, an unqualified one, a method, a special form', async () => {
    const map = 'Array.map  (method)\n  (a .map f)\n  New array of (f element).\n'
    assert.equal((await gene(['doc', 'Array.map'])).stdout, map)
    assert.ok((await gene(['doc', 'map'])).stdout.includes(map))
    assert.match((await gene(['doc', '.map'])).stdout, /Map\.map {2}\(method\)\n/)
    assert.match((await gene(['doc', 'sqrt'])).stdout, /^math\/sqrt {2}\(function\)\n {2}\(sqrt n\)\n/m)
    assert.match((await gene(['doc', 'if'])).stdout, /^if {2}\(special form\)\n {2}\(if condition /)
  })

  test('a class or namespace: all it has; several names', async () => {
    const { stdout } = await gene(['doc', 'math', 'while'])
    assert.match(stdout, /^math\/\w+ {2}\(function\)\n[^]*^while {2}\(special form\)/m)
  })

  test('every name, asked for in full, comes first; nothing is no name', async (t) => {
    const rows = (await open(t)).docs()
    for (const { name } of rows) assert.ok(docText(rows, name).startsWith(`${name}  (`), name)
    assert.match(docText(rows, 'json'), /^gene\/json\/parse {2}\(function\)$/m)
    assert.match(docText(rows, ''), /^There is no /)
  })

  test('without a name: what there is', async () => {
    const { stdout } = await gene(['doc'])
    assert.match(stdout, /^Special forms\n {2}!.*\n/)
    for (const title of ['Functions', 'Array', 'String', 'math']) assert.match(stdout, new RegExp(`^${title}\n  \\S`, 'm'))
  })

  test('a name that there is not: what was probably meant; exit code 1', async () => {
    const { stdout, stderr, exit } = await gene(['doc', 'pritnln'])
    assert.deepEqual([stdout, stderr, exit], ['', 'Error: There is no pritnln; did you mean println?\n', 1])
    assert.match((await gene(['doc', 'xyzzy-plugh'])).stderr, /^Error: There is no xyzzy-plugh; gene doc lists what there is\n/)
  })
})

describe('the table', () => {
  test('every row has a signature; every special form is in it, and every name once', async (t) => {
    const runtime = await open(t)
    const rows = runtime.docs()
    assert.deepEqual(rows.filter(({ signature }) => !signature.trim()).map(({ name }) => name), [])
    const places = rows.map(({ name, kind }) => `${kind} ${name}`)
    assert.deepEqual(places.filter((place, i) => places.indexOf(place) !== i), [])
    for (const { name, doc } of rows.filter(({ kind }) => kind === 'form')) {
      assert.ok(doc.endsWith('.'), name)
      assert.ok(!runtime.names().includes(name) || ['eval', 'typeof', 'interceptor', 'fn-interceptor'].includes(name), name)
    }
  })

  test('completion: names, special forms, members, methods', async (t) => {
    const complete = completer(await open(t))
    assert.deepEqual(complete('(println (whi'), [['while'], 'whi'])
    assert.ok(complete('(math/sq')[0].includes('math/sqrt'))
    assert.ok(complete('("a" .to_lo')[0].includes('.to_lower'))
  })
})

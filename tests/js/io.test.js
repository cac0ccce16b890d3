// io.test.js — output, input, files, environment, clock: what a program reaches of the world, and what is granted.

import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { describe, test } from 'node:test'
import { createRuntime } from '../../js/index.js'
import { failure, open } from './helpers.js'

describe('output', () => {
  test('goes to functions, web streams and Node streams', async () => {
    let text = ''
    const web = new WritableStream({ write: (part) => void (text += part) })
    const node = new PassThrough()
    const gene = await createRuntime({ stdout: web, stderr: /** @type {any} */ (node) })
    gene.evalSync('(println "out å") (println ^^stderr "err")')
    await new Promise((resolve) => setTimeout(resolve, 5))
    assert.equal(text, 'out å\n')
    assert.equal(String(node.read()), 'err\n')
    gene.dispose()
  })

  test('a function that throws is reported once, and the program goes on', async (t) => {
    const full = () => { throw new Error('full') }
    const seen = []
    const gene = await open(t, { stdout: full, stderr: full, onUnhandled: (error) => void seen.push(error.cause.message) })
    assert.equal(await gene.eval('(println "x") (println "y") (println ^^stderr "z") 1'), 1)
    assert.deepEqual(seen, ['full'])
    const silent = await open(t, { stdout: full, stderr: full })
    assert.equal(await silent.eval('(println "x") 2'), 2)
  })
})

describe('input', () => {
  const program = '(var lines []) (var line (readline)) (while (line != nil) (lines .push line) (line = (readline))) lines'
  /** @type {[string, () => any][]} */
  const sources = [
    ['a string', () => 'one\ntwo\r\nthree'],
    ['a function', () => { const parts = ['on', 'e\ntwo\nthr', 'ee']; return () => parts.shift() ?? null }],
    ['an async iterable', () => (async function* () { yield 'one\n'; yield new TextEncoder().encode('two\nthree') })()],
    ['a web stream', () => new Blob(['one\ntwo\nthree']).stream()],
    ['a Node stream', () => Readable.from([Buffer.from('one\ntw'), Buffer.from('o\nthree\n')])],
  ]
  for (const [name, make] of sources) {
    test(`from ${name}`, async (t) => {
      const gene = await open(t, { stdin: make() })
      assert.deepEqual(await gene.eval(program), ['one', 'two', 'three'])
    })
  }

  test('all at once, UTF-8 split between chunks, and the end by default', async (t) => {
    const bytes = new TextEncoder().encode('å😀')
    const gene = await open(t, { stdin: [bytes.slice(0, 1), bytes.slice(1, 4), bytes.slice(4)] })
    assert.equal(await gene.eval('(stdin .read)'), 'å😀')
    const none = await open(t)
    assert.equal(await none.eval('(readline)'), null)
  })
})

describe('files', () => {
  test('are denied by default', async (t) => {
    const gene = await open(t, { fs: 'memory' })
    const error = await failure(gene.eval('(gene/io/read "x")'))
    assert.equal(error.code, 'GENE.HOST.DENIED')
    assert.equal(await gene.eval('(try (gene/io/write "x" "y") catch e e/code)'), 'GENE.HOST.DENIED')
  })

  const session = `
    (await (gene/io/mkdir_async "d/e"))
    (await (gene/io/write_async "d/e/f.txt" "one"))
    (await (gene/io/append_async "d/e/f.txt" " å"))
    (var text (await (gene/io/read_async "d/e/f.txt")))
    (var stat (await (gene/io/stat_async "d/e/f.txt")))
    (var names (await (gene/io/list_async "d")))
    (var here (await (gene/io/exists_async "d/e/f.txt")))
    (Dir/delete "d")
    [text stat/size stat/is_file stat/is_dir (names .size) here (await (gene/io/exists_async "d/e/f.txt"))
     (try (await (gene/io/read_async "none")) catch IOError $ex/message)]`
  const expected = ['one å', 6, true, false, 1, true, false, 'Error opening file: No such file or directory']

  test('no path is no file, and not the folder one is in', async (t) => {
    const gene = await open(t, { fs: 'memory', cwd: '/home', allow: { fs: true } })
    await gene.eval('(File/write "a" "kept")')
    assert.deepEqual(await gene.eval('[(Dir/delete "") (File/delete "") (File/exists "") (Dir/exists "") (Dir/list "") (await (io/exists_async ""))]'), [null, null, false, false, [], false])
    assert.equal((await failure(gene.eval('(File/write "" "x")'))).message, "Failed to write file '': cannot open: ")
    assert.equal((await failure(gene.eval('(await (io/mkdir_async ""))'))).message, 'No such file or directory')
    assert.equal(await gene.eval('(File/read "/home/a")'), 'kept')
  })

  test('ASY-8: in memory', async (t) => {
    const gene = await open(t, { fs: 'memory', allow: { fs: true } })
    assert.deepEqual(await gene.eval(session), expected)
  })

  test('ASY-8: of the machine', async (t) => {
    const cwd = mkdtempSync(join(tmpdir(), 'gene-io-'))
    t.after(() => rmSync(cwd, { recursive: true }))
    const gene = await open(t, { fs: 'node', cwd, allow: { fs: true } })
    assert.deepEqual(await gene.eval(session), expected)
    await gene.eval('(gene/io/write "sync.txt" "text")')
    assert.equal(readFileSync(join(cwd, 'sync.txt'), 'utf8'), 'text')
    assert.equal((await failure(gene.eval('(gene/io/read "/nope")'))).message, "Failed to read file '/nope': cannot open: /nope")
  })

  test('by an object of the embedder, with what it has', async (t) => {
    const gene = await open(t, { fs: { readFile: async (path) => `content of ${path}` }, cwd: '/home', allow: { fs: true } })
    assert.equal(await gene.eval('(gene/io/read "x.txt")'), 'content of /home/x.txt')
    assert.equal((await failure(gene.eval('(gene/io/write "x" "y")'))).code, 'GENE.WASM.UNSUPPORTED')
  })

  test('bytes that are not UTF-8 are replaced', async (t) => {
    const gene = await open(t, { fs: { readFile: async () => new Uint8Array([97, 255, 98]) }, allow: { fs: true } })
    assert.equal(await gene.eval('(gene/io/read "x")'), 'a\ufffdb')
  })
})

describe('modules', () => {
  test('from an object, a Map and a function', async (t) => {
    const source = '(fn twice [x] (x * 2))'
    /** @type {any[]} */
    const given = [{ 'lib.gene': source }, new Map([['./lib', source]]), async (/** @type {string} */ specifier) => (specifier === './lib' ? source : null)]
    for (const modules of given) {
      const gene = await open(t, { modules })
      assert.equal(await gene.eval('(import twice from "./lib") (twice 4)'), 8)
    }
  })

  test('run once, and may import further ones', async (t) => {
    const gene = await open(t, { modules: { 'a.gene': '(println "a") (import b from "./b") (fn a [] (b))', 'b.gene': '(println "b") (fn b [] 7)' } })
    assert.equal(await gene.eval('(import a from "./a") (a)'), 7)
    assert.equal(await gene.eval('(import b from "./b") (b)'), 7)
    assert.equal(gene.text.out, 'b\na\n')
  })

  test('that are missing, or fail', async (t) => {
    const gene = await open(t, { modules: (specifier) => { if (specifier === 'bad') throw new Error('broken'); return null } })
    const error = await failure(gene.eval('(import x from "./nope")'))
    assert.match(error.message, /^\[GENE\.MODULE\.NOT_FOUND\] Module '\.\/nope' was not found \(importer=.*; specifier=\.\/nope; searched=\[.*\]\)$/)
    assert.equal((await failure(gene.eval('(import x from "bad")'))).message, 'broken')
  })

  test('a syntax error in one names its file', async (t) => {
    const gene = await open(t, { modules: { 'bad.gene': '\n(var' } })
    const error = await failure(gene.eval('(import x from "bad")'))
    assert.equal(error.code, 'GENE.READ.UNCLOSED')
    assert.match(error.file, /bad\.gene$/)
    assert.equal(error.line, 2)
  })
})

describe('environment and clock', () => {
  test('env: what was given, or with allow.env the process', async (t) => {
    const given = await open(t, { env: { A: '1' } })
    assert.deepEqual(given.evalSync('[$env/A (get_env "A") (get_env "PATH" "none")]'), ['1', '1', 'none'])
    const closed = await open(t)
    assert.equal(closed.evalSync('(get_env "PATH" "none")'), 'none')
    const granted = await open(t, { allow: { env: true } })
    assert.equal(granted.evalSync('(get_env "PATH" "none")'), process.env.PATH)
  })

  test('random comes from the embedder', async (t) => {
    const gene = await open(t, { random: () => 0.25 })
    assert.equal(gene.evalSync('(random)'), 0.25)
  })

  test('a clock that throws harms nothing', async (t) => {
    const gene = await open(t, { random: () => { throw new Error('x') } })
    assert.equal(gene.evalSync('(random)'), 0)
  })
})

describe('options', () => {
  test('unknown or malformed ones are TypeErrors', async () => {
    /** @type {any[]} */
    const bad = [
      { stdot: () => {} }, { limits: { memori: 1 } }, { allow: { file: true } }, { limits: { memory: -1 } }, { limits: { time: '5s' } },
      { sliceMs: 0 }, { now: 5 }, { stdout: 5 }, { cwd: 1 }, { limits: 5 }, { wasm: 5 }, 5, null,
    ]
    for (const options of bad) assert.ok((await failure(createRuntime(options))) instanceof TypeError, JSON.stringify(options))
  })

  test('a bad fs shows when it is used', async (t) => {
    const gene = await open(t, { fs: /** @type {any} */ ('tape'), allow: { fs: true } })
    assert.match((await failure(gene.eval('(gene/io/read "x")'))).message, /options\.fs/)
  })
})

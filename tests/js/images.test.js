// images.test.js — compiled programs in the JavaScript API: made, run, listed, and refused when they are none.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { isImage, sourcePath } from '../../js/image.js'
import { failure, open } from './helpers.js'

describe('compiled programs', () => {
  test('compile makes one that another runtime runs, as often as it likes', async (t) => {
    const maker = await open(t)
    const image = maker.compile('(println "args" $args $program)\n(var x 20)\n((fn [y] (x + y)) 22)', { file: 'sum.gene', as: 'image' })
    assert.ok(image instanceof Uint8Array && isImage(image))
    const gene = await open(t)
    for (const args of [['a'], []]) {
      assert.deepEqual(await gene.run({ image, file: 'build/sum.gir' }, { args }), { value: 42, exitCode: 0 })
    }
    assert.equal(gene.text.out, 'args [a] build/sum.gir\nargs [] build/sum.gir\n')
    assert.deepEqual(await gene.run(image), { value: 42, exitCode: 0 })
    assert.equal((await gene.run(maker.compile('(exit 7)', { as: 'image' }))).exitCode, 7)
  })

  test('an empty program, and a large one', async (t) => {
    const gene = await open(t)
    assert.equal((await gene.run(gene.compile('', { as: 'image' }))).value, null)
    const source = Array.from({ length: 20_000 }, (_, i) => `(var v${i} "text ${i}")`).join('\n')
    const image = gene.compile(`${source}\nv19999`, { as: 'image' })
    assert.equal((await gene.run(image)).value, 'text 19999')
  })

  test('errors have file, line and column; the line is quoted when the source is known', async (t) => {
    const source = '(fn f [x]\n  (x .nope))\n(f 1)'
    const maker = await open(t)
    const image = maker.compile(source, { file: '../src/a.gene', as: 'image' })
    const kept = maker.compile(source, { file: '../src/a.gene', as: 'image', keepSource: true })
    for (const [program, caret] of /** @type {[any, boolean][]} */ ([
      [{ image, file: 'build/a.gir' }, false],
      [{ image, file: 'build/a.gir', source: `${source} ` }, false],
      [{ image, file: 'build/a.gir', source }, true],
      [{ image: kept, file: 'build/a.gir' }, true],
    ])) {
      const gene = await open(t)
      const error = await failure(gene.run(program))
      assert.deepEqual([error.file, error.line, error.column], ['src/a.gene', 2, 3])
      assert.equal(/2 \| {3}\(x \.nope\)\)\n {2}\| {3}\^/.test(gene.report(error)), caret)
      assert.match(gene.report(error), /at __init__ \(src\/a\.gene:3:1\)/)
    }
  })

  test('what a compiled program was made of', async (t) => {
    const gene = await open(t)
    const image = gene.compile('(+ 1 2)', { file: '../a.gene', as: 'image' })
    assert.deepEqual(gene.imageOrigin(image), { file: '../a.gene', text: undefined, isSource: false, isCurrent: false })
    assert.deepEqual(gene.imageOrigin(image, { file: '/x/build/a.gir', source: '(+ 1 2)' }), { file: '/x/a.gene', text: undefined, isSource: true, isCurrent: true })
    assert.equal(gene.imageOrigin(image, { source: '(+ 1 3)' }).isSource, false)
    const kept = gene.compile('(+ 1 2) # ü', { as: 'image', keepSource: true })
    assert.equal(gene.imageOrigin(kept).text, '(+ 1 2) # ü')
    for (const options of [{ strictNil: true }, { typeCheck: false }, { contracts: false }]) {
      const other = await open(t, options)
      const { isSource, isCurrent } = other.imageOrigin(image, { source: '(+ 1 2)' })
      assert.deepEqual([isSource, isCurrent], [true, false])
    }
  })

  test('one can be listed, with the source that it keeps', async (t) => {
    const gene = await open(t)
    const source = '(var x 1)\n(x + 1)'
    const image = gene.compile(source, { as: 'image', keepSource: true })
    assert.equal(gene.compile(image), gene.compile(source))
    assert.equal(gene.compile(image, { pretty: true }), gene.compile(source, { pretty: true }))
    assert.match(gene.compile(image, { pretty: true }), /^# 2: \(x \+ 1\)$/m)
  })

  test('a program of another version, a damaged and a foreign one are refused, and told', async (t) => {
    const gene = await open(t)
    const image = gene.compile('(println "never")', { as: 'image' })
    const changed = (/** @type {number} */ at) => image.map((byte, i) => (i === at ? byte ^ 1 : byte))
    const version = /^a\.gir: this code was compiled by another version of Gene$/
    const damaged = /^a\.gir: the compiled code is damaged$/
    for (const [bytes, told] of /** @type {[Uint8Array, RegExp][]} */ ([
      [changed(3), version], [changed(4), version], [changed(8), damaged], [changed(image.length - 1), damaged],
      [new Uint8Array(), /^a\.gir: this is not compiled Gene code$/], [image.slice(0, 11), /not compiled Gene code/], [image.slice(0, 30), damaged],
    ])) {
      for (const attempt of [() => gene.run({ image: bytes, file: 'a.gir' }), () => gene.compile(bytes, { file: 'a.gir' }), () => gene.imageOrigin(bytes, { file: 'a.gir' })]) {
        const error = await failure(attempt)
        assert.equal(error.code, 'GENE.COMPILE.IMAGE')
        assert.match(error.message, told)
      }
    }
    assert.equal(gene.text.out, '')
    assert.equal((await gene.run(image)).exitCode, 0)
  })

  test('wherever one is cut or changed, it is refused and the runtime goes on', async (t) => {
    const gene = await open(t)
    const image = gene.compile('(fn f [a ^b = 2] (try (a + b) catch e [e])) (f 1)', { as: 'image' })
    for (let i = 0; i < image.length; i++) {
      for (const bytes of [image.slice(0, i), image.map((byte, at) => (at === i ? byte + 1 + (i % 250) : byte))]) {
        assert.equal((await failure(gene.run(bytes))).code, 'GENE.COMPILE.IMAGE', `byte ${i}`)
      }
    }
    assert.equal((await gene.run(image)).value, 3)
  })

  test('wrong use is a TypeError', async (t) => {
    const gene = await open(t)
    const image = gene.compile('1', { as: 'image' })
    for (const wrong of [
      () => gene.compile('1', /** @type {any} */ ({ as: 'exe' })), () => gene.compile('1', /** @type {any} */ ({ form: 1 })),
      () => gene.compile(image, { as: 'image' }), () => gene.run(/** @type {any} */ ({ image: 'GIR' })),
    ]) assert.ok((await failure(wrong)) instanceof TypeError)
    assert.equal((await failure(() => gene.compile('(var)', { as: 'image' }))).code, 'GENE.COMPILE.FORM')
  })

  test('modules: as of the source; a compiled one from beside the program when the source is not there', async (t) => {
    const gene = await open(t, { fs: 'memory', cwd: '/p' })
    const main = gene.compile('(import f from "./lib/util")\n(f)', { file: '../main.gene', as: 'image' })
    const util = gene.compile('(println $ns/.name)\n(fn f []\n  (throw "told"))', { file: '../lib/util.gene', as: 'image', keepSource: true })
    const files = new Map(/** @type {[string, any][]} */ ([['/p/build/main.gir', main], ['/p/build/util.gir', util]]))
    const missing = Object.assign(new Error('ENOENT'), { code: 'ENOENT' })
    const fs = { readFile: async (/** @type {string} */ path) => files.get(path.startsWith('/') ? path : `/p/${path}`) ?? Promise.reject(missing) }
    const compiled = await open(t, { fs, cwd: '/p' })
    const error = await failure(compiled.run('build/main.gir'))
    assert.deepEqual([error.message, error.file, error.line], ['told', '/p/lib/util.gene', 3])
    assert.match(compiled.report(error), /3 \| {3}\(throw "told"\)\)\n/)
    assert.equal(compiled.text.out, '/p/lib/util.gene\n')
    files.set('/p/lib/util.gene', '(fn f [] "source")')
    assert.equal((await (await open(t, { fs, cwd: '/p' })).run('build/main.gir')).value, 'source')
    files.delete('/p/lib/util.gene')
    files.set('/p/build/util.gir', gene.compile('1', { file: '../other/util.gene', as: 'image' }))
    assert.match((await failure((await open(t, { fs, cwd: '/p' })).run('build/main.gir'))).message, /MODULE\.NOT_FOUND/)
    files.set('/p/build/util.gir', util.map((byte, i) => (i === 4 ? byte ^ 1 : byte)))
    const stale = await failure((await open(t, { fs, cwd: '/p' })).run('build/main.gir'))
    assert.match(stale.message, /\/p\/build\/util\.gir: this code was compiled by another version/)
  })
})

test('modules that the embedder gives can be the bytes of source text', async (t) => {
  const source = new TextEncoder().encode('(fn five [] 5)')
  for (const modules of [{ './m.gene': source }, () => source, () => ({ source })]) {
    const gene = await open(t, { modules })
    assert.equal(await gene.eval('(import five from "./m") (five)'), 5)
  }
})

test('modules that the embedder gives can be compiled ones', async (t) => {
  const maker = await open(t)
  const image = maker.compile('(fn f [] "compiled")', { file: 'm.gene', as: 'image' })
  for (const modules of [{ './m.gene': image }, new Map([['./m', image]]), () => image, () => ({ path: '/x/m.gene', source: image })]) {
    const gene = await open(t, { modules })
    assert.equal((await gene.run({ source: '(import f from "./m")\n(f)' })).value, 'compiled')
  }
  const gene = await open(t, { modules: { './m.gene': image.slice(0, 20) } })
  assert.equal((await failure(gene.run({ source: '(import f from "./m")\n(f)' }))).code, 'GENE.COMPILE.IMAGE')
})

test('what lies where a program says that its source was is not believed', async (t) => {
  const maker = await open(t)
  const files = { text: '(throw "x")', other: '(throw "y")', binary: new Uint8Array([255, 254]), folder: null, endless: null }
  for (const [name, content] of Object.entries(files)) {
    const image = maker.compile('(throw "x")', { file: `/${name}`, as: 'image' })
    const fs = {
      stat: async () => ({ size: name === 'endless' ? 2 ** 40 : 1, isFile: name !== 'folder', isDir: name === 'folder', modified: 0 }),
      readFile: async () => content ?? assert.fail(`${name} was read`),
    }
    const gene = await open(t, { fs })
    const error = await failure(gene.run({ image, file: '/p.gir' }))
    assert.equal(error.message, 'x')
    assert.equal(gene.report(error).includes('1 | (throw "x")'), name === 'text', name)
  }
})

test('a program cannot widen what it may read by saying where its source was', async (t) => {
  const maker = await open(t)
  const image = maker.compile('(import f from "./b")\n(f)', { file: '/secret/a.gene', as: 'image' })
  const fs = { readFile: async (/** @type {string} */ path) => (path === '/secret/b.gene' ? '(fn f [] "secret")' : Promise.reject(new Error(path))) }
  const gene = await open(t, { fs, cwd: '/p' })
  assert.match((await failure(gene.run({ image, file: '/p/a.gir' }))).message, /MODULE\.NOT_FOUND/)
  const allowed = await open(t, { fs, cwd: '/p', allow: { fs: true } })
  assert.equal((await allowed.run({ image, file: '/p/a.gir' })).value, 'secret')
})

test('the path of a source is relative to its image', () => {
  for (const [image, named, path] of [
    ['build/a.gir', '../a.gene', 'a.gene'], ['a.gir', '../a.gene', '../a.gene'], ['../b/a.gir', '../../a.gene', '../../a.gene'],
    ['/p/build/a.gir', '../src/a.gene', '/p/src/a.gene'], ['/a.gir', '../../a.gene', '/a.gene'], ['b/a.gir', '/x/a.gene', '/x/a.gene'],
    ['b/a.gir', '<eval>', '<eval>'], ['./b/c/a.gir', 'a.gene', 'b/c/a.gene'],
  ]) assert.equal(sourcePath(image, named), path, `${image} ${named}`)
})

test('source text is not taken for a compiled program', () => {
  for (const text of ['GIR', 'GIR 1', 'GIR\n', '(GIR)', 'GIR\t1']) assert.equal(isImage(new TextEncoder().encode(text)), false, text)
  assert.equal(isImage('GIR\u0002'), false)
})

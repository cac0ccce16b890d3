// packages.test.js — packages from what the embedder gives, what may be read without a grant, and --pkg on the command line.

import assert from 'node:assert/strict'
import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { folder, gene } from './cli_support.js'
import { failure, open } from './helpers.js'

const FILES = {
  'package.gene': '^name "acme/app" ^version "2.0"',
  'src/start.gene': '(import area from "index" of "acme/shapes") (fn run [] [(area 2 3) $pkg/.name])',
  'acme/shapes/package.gene': '{^name "acme/shapes"}',
  'acme/shapes/src/index.gene': '(fn area [w h] (w * h))',
}
const USE = '(import run from "start") [(run) $pkg/.name $pkg/.dir $app/.pkg/.version]'
const RESULT = [[6, 'acme/app'], 'acme/app', '/', '2.0']

describe('packages', () => {
  test('from the option modules', async (t) => {
    for (const modules of [FILES, new Map(Object.entries(FILES))]) {
      const runtime = await open(t, { modules, cwd: '/' })
      assert.deepEqual(await runtime.eval(USE), RESULT)
    }
  })

  test('from a file system in memory', async (t) => {
    const runtime = await open(t, { fs: 'memory', cwd: '/', allow: { fs: true } })
    for (const [name, text] of Object.entries(FILES)) {
      await runtime.eval(`(await (gene/io/mkdir_async "/${name.split('/').slice(0, -1).join('/')}")) (gene/io/write "/${name}" source)`, { bindings: { source: text } })
    }
    assert.deepEqual(await runtime.eval(USE), RESULT)
  })

  test('a function is asked for PACKAGE/MODULE, and for nothing else', async (t) => {
    /** @type {string[]} */ const asked = []
    const modules = (/** @type {string} */ specifier) => {
      asked.push(specifier)
      return specifier === 'acme/shapes/index' ? FILES['acme/shapes/src/index.gene'] : null
    }
    const runtime = await open(t, { modules })
    assert.equal(await runtime.eval('(import area from "index" of "acme/shapes") (area 3 4)'), 12)
    assert.equal(await runtime.eval('$pkg/.name'), 'gene')
    assert.match((await failure(runtime.eval('(import a from "a" of "x/none")'))).message, /^\[GENE\.PACKAGE\.NOT_FOUND\] Package 'x\/none' was not found \(importer=<main>; package=x\/none; searched=\[\]\)$/)
    assert.match((await failure(runtime.eval('(import a from "b")'))).message, /^\[GENE\.MODULE\.NOT_FOUND\] Module 'b' was not found/)
    assert.deepEqual(asked, ['acme/shapes/index', 'x/none/a', 'b'])
  })

  test('the option package names the package of the program', async (t) => {
    const modules = Object.fromEntries(Object.entries(FILES).map(([name, text]) => [`/${name}`, text]))
    const runtime = await open(t, { modules, cwd: '/somewhere', package: '/acme/shapes' })
    assert.deepEqual(await runtime.eval('(import area from "index") [(area 1 2) $pkg/.name $app/.pkg/.dir (cwd)]'), [2, 'acme/shapes', '/acme/shapes', '/somewhere'])
    await assert.rejects(open(t, { package: /** @type {any} */ (3) }), TypeError)
  })

  test('are found by name in the directories of GENE_PACKAGE_PATH, modules in those of GENE_WORKSPACE_PATH', async (t) => {
    const modules = {
      '/shared/one/package.gene': '^name "x/one"', '/shared/one/src/index.gene': '(fn one [] 1)',
      '/other/x/two/package.gene': '^version "1"', '/other/x/two/src/index.gene': '(fn two [] 2)',
      '/space/three.gene': '(fn three [] 3)', '/more/src/four.gene': '(fn four [] 4)', '/space/src/five.gene': '', '/more/five.gene': '',
    }
    const env = { GENE_PACKAGE_PATH: '/shared:/shared/one:/other', GENE_WORKSPACE_PATH: '/space:/more' }
    const runtime = await open(t, { modules, env, cwd: '/here' })
    assert.equal(await runtime.eval('(import one from "index" of "x/one") (one)'), 1)
    assert.equal(await runtime.eval('(import two from "index" of "x/two") (two)'), 2)
    assert.equal(await runtime.eval('(import three from "three") (import four from "four") ((three) + (four))'), 7)
    const { message } = await failure(runtime.eval('(import five from "five")'))
    assert.match(message, /in the 'workspace' tier \(importer=<main>; specifier=five; searched=\[\/space, \/space\/src, \/more, \/more\/src\]; candidates=\[\/space\/src\/five.gene, \/more\/five.gene\]\)$/)
  })
})

describe('without the grant fs', () => {
  test('modules are read beside the program and in the current directory only', async (t) => {
    const dir = folder(t, {
      'secret.gene': '(fn secret [] 1)', 'app/main.gene': '', 'app/lib/ok.gene': '(fn ok [] 7)', 'work/near.gene': '(fn near [] 8)',
      'app/package.gene': '^name "app"',
    })
    symlinkSync(join(dir, 'secret.gene'), join(dir, 'app/link.gene'))
    const runtime = await open(t, { fs: 'node', cwd: join(dir, 'work'), program: join(dir, 'app/main.gene') })
    assert.equal(await runtime.eval('(import near from "near") (near)'), 8)
    assert.equal(await runtime.eval('(import ok from "../app/lib/ok") (ok)'), 7)
    for (const path of ['../secret', '../app/link', join(dir, 'secret')]) {
      assert.match((await failure(runtime.eval(`(import secret from "${path}")`))).message, /NOT_FOUND/, path)
    }
    assert.equal(await runtime.eval('$pkg/.name'), 'gene')
  })

  test('there are no packages', async (t) => {
    const dir = folder(t, { 'package.gene': '^name "app"', 'x/package.gene': '^name "x"', 'x/src/index.gene': '(fn f [] 1)' })
    const runtime = await open(t, { fs: 'node', cwd: dir })
    assert.match((await failure(runtime.eval('(import f from "index" of "x")'))).message, /^\[GENE\.PACKAGE\.NOT_FOUND\]/)
    assert.equal(await runtime.eval('$app/.pkg/.name'), 'gene')
  })
})

test('a link does not lead out of a package', async (t) => {
  const dir = folder(t, { 'secret.gene': '(fn secret [] 1)', 'x/package.gene': '^name "x"', 'x/src/index.gene': '' })
  symlinkSync(join(dir, 'secret.gene'), join(dir, 'x/src/link.gene'))
  const runtime = await open(t, { fs: 'node', cwd: dir, allow: { fs: true } })
  assert.match((await failure(runtime.eval('(import secret from "link" of "x")'))).message, /^\[GENE\.PACKAGE\.BOUNDARY\] Module 'link' leaves the package/)
})

describe('--pkg', () => {
  const files = {
    'app/package.gene': '^name "acme/app" ^version "1.0"',
    'app/src/main.gene': '(import helper from "helper") (println (helper) $pkg/.name $app/.pkg/.version $args)',
    'app/lib/helper.gene': '(fn helper [] "helper")',
    'app/line.gene': '#!/usr/bin/env gene pipe\n(import helper from "helper") [(helper) $line $pkg/.name]',
  }

  test('run: a relative file is one of the package; the current directory stays', async (t) => {
    const cwd = folder(t, files)
    assert.deepEqual(await gene(['run', '--pkg', 'app', 'src/main.gene', 'x'], { cwd }), { stdout: 'helper acme/app 1.0 [x]\n', stderr: '', exit: 0, signal: null })
    assert.equal((await gene(['run', '--pkg=app', 'app/src/main.gene'], { cwd })).stdout, 'helper acme/app 1.0 []\n')
    const byName = await gene(['run', '--pkg:acme/app', 'src/main.gene'], { cwd, env: { GENE_PACKAGE_PATH: join(cwd, 'app') } })
    assert.equal(byName.stdout, 'helper acme/app 1.0 []\n')
  })

  test('eval, pipe and repl', async (t) => {
    const cwd = folder(t, files)
    assert.equal((await gene(['eval', '--pkg', 'app', '(import helper from "helper") [(helper) $pkg/.name ((cwd) .ends_with "app")]'], { cwd })).stdout, '["helper" "acme/app" false]\n')
    assert.equal((await gene(['pipe', '--pkg', 'app', 'line.gene'], { cwd, stdin: 'a\n' })).stdout, '["helper" "a" "acme/app"]\n')
    assert.equal((await gene(['repl', '--pkg', 'app'], { cwd, stdin: '$app/.pkg/.name\n' })).stdout, '"acme/app"\n')
  })

  test('a package that is not there is told', async (t) => {
    const cwd = folder(t, files)
    const { stderr, exit } = await gene(['eval', '--pkg', 'x/none', '$pkg'], { cwd })
    assert.match(stderr, /\[GENE\.PACKAGE\.NOT_FOUND\] Package 'x\/none' was not found/)
    assert.equal(exit, 1)
    assert.equal((await gene(['run', '--pkg', 'x/none', 'src/main.gene'], { cwd })).exit, 1)
  })
})

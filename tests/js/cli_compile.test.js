// cli_compile.test.js — gene compile, gene run FILE.gir and gene gir show (language 36 §10).

import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readFileSync, renameSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { folder, gene } from './cli_support.js'

const SUM = '(fn sum [a b]\n  (a + b))\n(println (sum 1 2) $args)\n'

describe('gene compile', () => {
  test('writes build/NAME.gir and says so; a second time it is up to date, however old the files are', async (t) => {
    const cwd = folder(t, { 'src/a.gene': SUM })
    const written = 'Compiling: src/a.gene -> build/a.gir\nWritten: build/a.gir\n'
    assert.deepEqual(await gene(['compile', 'src/a.gene'], { cwd }), { stdout: written, stderr: '', exit: 0, signal: null })
    utimesSync(join(cwd, 'build/a.gir'), 1, 1)
    assert.equal((await gene(['compile', 'src/a.gene'], { cwd })).stdout, 'Up to date: build/a.gir\n')
    assert.equal((await gene(['compile', '--force', 'src/a.gene'], { cwd })).stdout, written)
    writeFileSync(join(cwd, 'src/a.gene'), `${SUM}1`)
    assert.equal((await gene(['compile', 'src/a.gene'], { cwd })).stdout, written)
  })

  test('other options, another source and a file that is none are not up to date', async (t) => {
    const cwd = folder(t, { 'a.gene': SUM, 'other/a.gene': SUM, 'build/b.gir': 'rubbish', 'b.gene': '1' })
    await gene(['compile', 'a.gene'], { cwd })
    for (const args of [['--strict-nil', 'a.gene'], ['a.gene'], ['--emit-debug', 'a.gene'], ['other/a.gene'], ['b.gene']]) {
      assert.match((await gene(['compile', ...args], { cwd })).stdout, /^Compiling: .*\nWritten: /, args.join(' '))
      assert.match((await gene(['compile', ...args], { cwd })).stdout, /^Up to date: /, args.join(' '))
    }
    assert.match((await gene(['compile', '--eager', 'b.gene'], { cwd })).stdout, /^Up to date: /)
  })

  test('several files; -o names a folder or a .gir file', async (t) => {
    const cwd = folder(t, { 'a.gene': SUM, 'b.gene': '(println "b")', 'sub/a.gene': '1' })
    assert.equal(
      (await gene(['compile', '-o', 'out/deep', 'a.gene', 'b.gene'], { cwd })).stdout,
      'Compiling: a.gene -> out/deep/a.gir\nWritten: out/deep/a.gir\nCompiling: b.gene -> out/deep/b.gir\nWritten: out/deep/b.gir\n',
    )
    assert.equal((await gene(['compile', '-o=bin/prog.gir', 'b.gene'], { cwd })).stdout, 'Compiling: b.gene -> bin/prog.gir\nWritten: bin/prog.gir\n')
    assert.equal((await gene(['bin/prog.gir'], { cwd })).stdout, 'b\n')
    assert.equal((await gene(['compile', '-f', 'gir', '-o', 'e', '-e', '(println "code")'], { cwd })).stdout, 'Compiling: <eval> -> e/eval.gir\nWritten: e/eval.gir\n')
    assert.equal((await gene(['e/eval.gir'], { cwd })).stdout, 'code\n')
    const clash = await gene(['compile', 'a.gene', 'sub/a.gene'], { cwd })
    assert.deepEqual([clash.stdout, clash.exit], ['', 2])
    assert.match(clash.stderr, /^Error: a\.gene and sub\/a\.gene would both become build\/a\.gir; compile one with -o\n/)
    const texts = await gene(['compile', '-f', 'compact', '-o', 'texts/', 'a.gene', 'sub/a.gene'], { cwd })
    assert.match(texts.stderr, /^Error: a\.gene and sub\/a\.gene would both become texts\/a\.txt; compile one with -o\n/)
  })

  test('an error has the name that the user gave the file; the other files are compiled', async (t) => {
    const cwd = folder(t, { 'src/bad.gene': '(println 1)\n(var)', 'good.gene': '1' })
    const { stdout, stderr, exit } = await gene(['compile', 'src/bad.gene', 'good.gene'], { cwd })
    assert.equal(exit, 1)
    assert.match(stderr, /^error\[GENE\.COMPILE\.FORM\]: .*\n +--> src\/bad\.gene:2:1\n[^]*2 \| \(var\)\n/)
    assert.match(stdout, /Written: build\/good\.gir\n$/)
    assert.equal(existsSync(join(cwd, 'build/bad.gir')), false)
  })

  test('-e and stdin: a listing, in each format', async (t) => {
    const code = '(fn f [x]\n  (x + 1))\n(f 1)'
    const pretty = (await gene(['compile', '-e', code])).stdout
    assert.match(pretty, /^__init__ \[\] slots \d+\n# 1: \(fn f \[x\]\n +0 {2}FUNC/)
    assert.equal((await gene(['compile', '-f=pretty', '-'], { stdin: code })).stdout, pretty)
    const bytecode = (await gene(['compile', '--format:bytecode', `-e=${code}`])).stdout
    assert.doesNotMatch(bytecode, /^#/m)
    const compact = (await gene(['compile', '-f', 'compact', '-e', code])).stdout
    assert.match(compact, /^f \[x\] slots 2\n {2}ADDI r1 r0 1\n {2}RETURN r1\n$/m)
    assert.match((await gene(['compile', '-f', 'compact', '-a', '-e', code])).stdout, /^ {2}0 ADDI r1 r0 1\n {2}1 RETURN r1$/m)
    const cwd = folder(t, { 'a.gene': code, 'b.gene': code, 'texts/x': '' })
    assert.equal((await gene(['compile', '-f', 'bytecode', 'a.gene'], { cwd })).stdout, bytecode)
    assert.equal((await gene(['compile', '-f', 'bytecode', 'a.gene', 'b.gene'], { cwd })).stdout, `=== Compiling: a.gene ===\n${bytecode}=== Compiling: b.gene ===\n${bytecode}`)
    assert.equal((await gene(['compile', '-f', 'bytecode', '-o', 'a.txt', 'a.gene'], { cwd })).stdout, '')
    assert.equal(readFileSync(join(cwd, 'a.txt'), 'utf8'), bytecode)
    await gene(['compile', '-f', 'bytecode', '-o', 'texts', 'a.gene', 'b.gene'], { cwd })
    assert.equal(readFileSync(join(cwd, 'texts/b.txt'), 'utf8'), bytecode)
    assert.equal(existsSync(join(cwd, 'build')), false)
  })

  test('ai-metadata: what the module offers and needs', async (t) => {
    const cwd = folder(t, {
      'm.gene': [
        '(import a b:c from "./x")', '(import genex/http)', '(type Id (Int | String))', '(enum Shape (Circle r: Float) Dot)',
        '(class Point (ctor [x: Int y] nil)', '  (method dist [o: Point] -> Float 1.0))', '(ns n (class K) (fn inner [] 1))',
        '(fn f [a: Id b = 2 ^c: (Array Int) rest...] -> Int 1)', '(var g (fn [h: (Fn [Int] -> Id)] 1))', '(export [f])',
      ].join('\n'),
    })
    const { stdout } = await gene(['compile', '-f=ai-metadata', 'm.gene'], { cwd })
    assert.match(stdout, /^\{\n {2}"format": "ai-metadata",\n/)
    const { module_path: path, instruction_count: count, type_descriptors: types, callables, ...rest } = JSON.parse(stdout)
    assert.ok(path.endsWith('/m.gene') && count > 20)
    assert.deepEqual(rest, {
      format: 'ai-metadata',
      source: 'm.gene',
      module_exports: ['f'],
      module_imports: [{ path: './x', package: null, names: ['a', 'b:c'] }, { path: null, package: null, names: ['genex/http'] }],
      module_types: [
        { name: 'Shape', kind: 'enum', children: [{ name: 'Circle', kind: 'variant', children: [] }, { name: 'Dot', kind: 'variant', children: [] }] },
        { name: 'Point', kind: 'class', children: [] },
        { name: 'n', kind: 'namespace', children: [{ name: 'n/K', kind: 'class', children: [] }] },
      ],
      type_registry_module_path: path,
      type_aliases: [{ name: 'Id', type_id: 2 }],
    })
    const text = (/** @type {number | null} */ id) => (id === null ? null : types[id].text)
    assert.deepEqual(types[2], { id: 2, kind: 'union', text: '(Int | String)', parts: [0, 1] })
    assert.deepEqual(types.find((/** @type {any} */ type) => type.kind === 'function').text, '(Fn [Int] -> Id)')
    assert.deepEqual(callables.map((/** @type {any} */ { param_type_ids: ids, return_type_id: result, ...fn }) => ({ ...fn, types: ids.map(text), result: text(result) })), [
      { name: 'Point.ctor', typed: true, params: ['x', 'y'], line: 5, column: 14, types: ['Int', null], result: null },
      { name: 'Point.dist', typed: true, params: ['o'], line: 6, column: 3, types: ['Point'], result: 'Float' },
      { name: 'n/inner', typed: false, params: [], line: 7, column: 17, types: [], result: null },
      { name: 'f', typed: true, params: ['a', 'b', '^c', 'rest...'], line: 8, column: 1, types: ['Id', null, '(Array Int)', null], result: 'Int' },
      { name: 'g', typed: true, params: ['h'], line: 9, column: 8, types: ['(Fn [Int] -> Id)'], result: null },
    ])
    const open = JSON.parse((await gene(['compile', '-f=ai-metadata', '-e', '(fn a []) (class /B) (var c 1) (var /d 2)'])).stdout)
    assert.deepEqual(open.module_exports, ['a', 'B', 'd'])
    assert.equal((await gene(['compile', '-f=ai-metadata', '-e', '(fn'])).exit, 1)
  })

  test('wrong usage goes to stderr', async (t) => {
    const cwd = folder(t, { 'a.gene': '1', 'b.gene': '2', file: '' })
    for (const [args, exit, told] of /** @type {[string[], number, RegExp][]} */ ([
      [[], 2, /^Error: no file to compile/],
      [['-f=zz', 'a.gene'], 2, /^Error: Invalid format 'zz'\. Must be: pretty, compact, bytecode, gir, or ai-metadata\n/],
      [['-e'], 2, /^Error: -?-e(val)? requires a value\n/],
      [['-e', '1', 'a.gene'], 2, /^Error: -e CODE and files cannot be compiled together\n/],
      [['--bogus', 'a.gene'], 2, /^Error: Unknown option: --bogus\n/],
      [['-o', 'x.gir', 'a.gene', 'b.gene'], 2, /^Error: x\.gir cannot take 2 compiled files; name a folder\n/],
      [['-f=compact', '-o', 'x.txt', 'a.gene', 'b.gene'], 2, /^Error: x\.txt cannot take the text of 2 files; name a folder\n/],
      [['nofile.gene'], 1, /^Error: File not found: nofile\.gene\n/],
    ])) {
      const outcome = await gene(['compile', ...args], { cwd })
      assert.deepEqual([outcome.stdout, outcome.exit], ['', exit], args.join(' '))
      assert.match(outcome.stderr, told)
    }
    const unwritable = await gene(['compile', '-o', 'file/x', 'a.gene'], { cwd })
    assert.equal(unwritable.exit, 1)
    assert.match(unwritable.stderr, /^Error: cannot write file\/x\/a\.gir: /)
  })
})

describe('gene run FILE.gir', () => {
  test('runs as the source does: output, arguments, exit code, errors with their lines', async (t) => {
    const cwd = folder(t, { 'a.gene': `${SUM}(if ($args .empty?) (exit 3))\n(sum nil {})\n` })
    await gene(['compile', 'a.gene'], { cwd })
    assert.deepEqual(await gene(['run', 'build/a.gir'], { cwd }), { stdout: '3 []\n', stderr: '', exit: 3, signal: null })
    const compiled = await gene(['build/a.gir', 'x', '-y'], { cwd })
    assert.deepEqual(compiled, await gene(['a.gene', 'x', '-y'], { cwd }))
    assert.match(compiled.stderr, /--> a\.gene:2:3\n {2}\|\n2 \| {3}\(a \+ b\)\)\n/)
    const piped = await gene(['run', '-'], { cwd, stdin: /** @type {any} */ (readFileSync(join(cwd, 'build/a.gir'))) })
    assert.deepEqual([piped.stdout, piped.exit], ['3 []\n', 3])
  })

  test('without its source, or with another, errors have their places; --emit-debug keeps the lines', async (t) => {
    const cwd = folder(t, { 'a.gene': '(println 1)\n(throw "x")' })
    await gene(['compile', 'a.gene'], { cwd })
    await gene(['compile', '--emit-debug', '-o', 'kept', 'a.gene'], { cwd })
    writeFileSync(join(cwd, 'a.gene'), '# changed\n(println 1)')
    const changed = await gene(['build/a.gir'], { cwd })
    assert.match(changed.stderr, /^error\[GENE\.RUNTIME\.ERROR\]: x\n +--> a\.gene:2:1\n {2}at /)
    assert.match((await gene(['kept/a.gir'], { cwd })).stderr, /2 \| \(throw "x"\)\n/)
    renameSync(join(cwd, 'a.gene'), join(cwd, 'gone'))
    assert.equal((await gene(['build/a.gir'], { cwd })).stderr, changed.stderr)
  })

  test('modules are found as from the source, from any folder; without sources compiled ones beside the program', async (t) => {
    const files = { 'src/main.gene': '(import twice from "./lib/util")\n(println (twice 4))', 'src/lib/util.gene': '(println "loading")\n(fn twice [x] (x * 2))' }
    const cwd = folder(t, files)
    await gene(['compile', 'src/main.gene', 'src/lib/util.gene'], { cwd })
    for (const [from, args] of /** @type {[string, string[]][]} */ ([
      ['.', ['build/main.gir']], ['build', ['main.gir']], ['src/lib', ['../../build/main.gir']], ['/', [join(cwd, 'build/main.gir')]],
    ])) assert.deepEqual(await gene(args, { cwd: join(from === '/' ? '' : cwd, from) }), { stdout: 'loading\n8\n', stderr: '', exit: 0, signal: null })
    renameSync(join(cwd, 'src'), join(cwd, 'away'))
    assert.equal((await gene(['build/main.gir'], { cwd })).stdout, 'loading\n8\n')
    assert.equal((await gene(['run', '--deny=fs', join(cwd, 'build/main.gir')], { cwd: '/' })).stdout, 'loading\n8\n')
    mkdirSync(join(cwd, 'elsewhere'))
    renameSync(join(cwd, 'build'), join(cwd, 'elsewhere/copy'))
    assert.equal((await gene(['main.gir'], { cwd: join(cwd, 'elsewhere/copy') })).stdout, 'loading\n8\n')
    renameSync(join(cwd, 'elsewhere/copy/util.gir'), join(cwd, 'elsewhere/copy/other.gir'))
    const missing = await gene(['elsewhere/copy/main.gir'], { cwd })
    assert.equal(missing.exit, 1)
    assert.match(missing.stderr, /GENE\.MODULE\.NOT_FOUND\] Module '\.\/lib\/util' was not found/)
  })

  test('a file of another version, a damaged one, and one where source is needed', async (t) => {
    const cwd = folder(t, { 'a.gene': '(println 1)' })
    await gene(['compile', 'a.gene'], { cwd })
    const image = readFileSync(join(cwd, 'build/a.gir'))
    writeFileSync(join(cwd, 'old.gir'), image.map((byte, i) => (i === 3 ? 1 : byte)))
    writeFileSync(join(cwd, 'cut.gir'), image.subarray(0, image.length - 3))
    for (const [args, told] of /** @type {[string[], string][]} */ ([
      [['old.gir'], 'error[GENE.COMPILE.IMAGE]: old.gir: this code was compiled by another version of Gene\n  hint: compile the source again\n'],
      [['run', 'cut.gir'], 'error[GENE.COMPILE.IMAGE]: cut.gir: the compiled code is damaged\n  hint: compile the source again\n'],
      [['gir', 'show', 'cut.gir'], 'error[GENE.COMPILE.IMAGE]: cut.gir: the compiled code is damaged\n  hint: compile the source again\n'],
      [['compile', 'build/a.gir'], 'Error: build/a.gir is compiled code, which can be run; here its source is needed\n'],
      [['parse', 'build/a.gir'], 'Error: build/a.gir is compiled code, which can be run; here its source is needed\n'],
      [['run', '--dump=tokens', 'build/a.gir'], 'Error: build/a.gir is compiled code: there is no source text to show tokens of\n'],
      [['run', 'nofile.gir'], 'Error: File not found: nofile.gir\n'],
    ])) assert.deepEqual(await gene(args, { cwd }), { stdout: '', stderr: told, exit: 1, signal: null }, args.join(' '))
  })

  test('--dump=code and --repl-on-error', async (t) => {
    const cwd = folder(t, { 'a.gene': '(println 1)\n(throw "x")' })
    await gene(['compile', 'a.gene'], { cwd })
    const dumped = await gene(['run', '--dump=code', 'build/a.gir'], { cwd })
    assert.match(dumped.stderr, /^__init__ [^]*THROW/)
    const session = await gene(['run', '--repl-on-error', 'build/a.gir'], { cwd, stdin: '$ex/message\n' })
    assert.equal(session.exit, 1)
    assert.match(session.stdout, /"x"/)
  })
})

describe('gene gir', () => {
  test('show prints the listing, with the source lines that the file keeps', async (t) => {
    const cwd = folder(t, { 'a.gene': '(println 1)' })
    await gene(['compile', 'a.gene'], { cwd })
    const listing = (await gene(['compile', '-f=bytecode', 'a.gene'], { cwd })).stdout
    assert.deepEqual(await gene(['gir', 'show', 'build/a.gir'], { cwd }), { stdout: `# build/a.gir, compiled from a.gene\n${listing}`, stderr: '', exit: 0, signal: null })
    await gene(['compile', '--emit-debug', 'a.gene'], { cwd })
    assert.match((await gene(['gir', 'show', 'build/a.gir'], { cwd })).stdout, /^# 1: \(println 1\)$/m)
    assert.match((await gene(['gir', 'show', '-a', '-f', 'compact', 'build/a.gir'], { cwd })).stdout, /^ {2}0 \w+ /m)
  })

  test('wrong usage', async (t) => {
    const cwd = folder(t, { 'a.gene': '1' })
    for (const [args, told] of /** @type {[string[], string][]} */ ([
      [[], 'Missing GIR file path. Usage: gene gir show <file>'],
      [['show'], 'Missing GIR file path. Usage: gene gir show <file>'],
      [['show', 'no.gir'], 'GIR file not found: no.gir'],
      [['frob', 'a.gir'], 'Unknown subcommand for gir: frob'],
      [['show', 'a.gene'], 'a.gene is not compiled Gene code; gene compile makes it'],
    ])) assert.deepEqual(await gene(['gir', ...args], { cwd }), { stdout: '', stderr: `Error: ${told}\n`, exit: 1, signal: null })
  })
})

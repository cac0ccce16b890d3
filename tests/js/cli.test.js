// cli.test.js — the command line of api.md §2: commands, options, exit codes, error output, interruption.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { closeSync, existsSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { readStdin } from '../../js/cli/input.js'
import { version } from '../../js/version.js'
import { root } from '../../js/dev/shell.js'
import { folder, gene, start } from './cli_support.js'

describe('gene run', () => {
  test('runs a file with its arguments, which are passed unchanged', async (t) => {
    const cwd = folder(t, { 'a.gene': '(println $program $args)' })
    const wanted = { stdout: 'a.gene [--x 1 -- -y]\n', stderr: '', exit: 0, signal: null }
    assert.deepEqual(await gene(['run', 'a.gene', '--x', '1', '--', '-y'], { cwd }), wanted)
    assert.deepEqual(await gene(['a.gene', '--x', '1', '--', '-y'], { cwd }), wanted)
  })

  test('reads the program from stdin', async () => {
    const { stdout, exit } = await gene(['run', '-', 'x'], { stdin: '#!/usr/bin/env gene\n(println "in" $args)' })
    assert.deepEqual([stdout, exit], ['in [x]\n', 0])
  })

  test('imports modules beside the file, wherever it is run', async (t) => {
    const cwd = folder(t, { 'main.gene': '(import f from "./lib") (println (f))', 'lib.gene': '(fn f [] "from lib")' })
    assert.equal((await gene([join(cwd, 'main.gene')])).stdout, 'from lib\n')
  })

  test('streams output while the program runs', async (t) => {
    const cwd = folder(t, { 'a.gene': '(println "first") (readline) (println "second")' })
    const run = start(['a.gene'], { cwd, stdin: null })
    await run.printed('first\n')
    run.child.stdin.end('\n')
    assert.equal((await run.ended).stdout, 'first\nsecond\n')
  })

  test('waits for timers and tasks after the last statement, not for repeating timers', async (t) => {
    const cwd = folder(t, { 'a.gene': '(schedule/every 10 (fn [] nil)) (schedule/after 30 (fn [] (println "late"))) (println "end")' })
    const { stdout, exit } = await gene(['a.gene'], { cwd })
    assert.deepEqual([stdout, exit], ['end\nlate\n', 0])
  })

  test('ends with the code of (exit n), after finally parts', async (t) => {
    const cwd = folder(t, { 'a.gene': '(try (exit 7) finally (println "finally"))' })
    const { stdout, exit } = await gene(['a.gene'], { cwd })
    assert.deepEqual([stdout, exit], ['finally\n', 7])
  })

  test('a missing file is told; exit code 1', async () => {
    const { stdout, stderr, exit } = await gene(['run', 'no-such-file.gene'])
    assert.deepEqual([stdout, stderr, exit], ['', 'Error: File not found: no-such-file.gene\n', 1])
  })

  test('more on stdin than a string can hold is refused', async () => {
    async function* chunks() {
      for (;;) yield new Uint8Array(1_000_000).fill(32)
    }
    await assert.rejects(readStdin(chunks(), 2_000_000), { code: 'GENE.IO.ERROR', message: 'cannot read stdin: it is larger than 2 MB' })
  })
})

describe('errors', () => {
  const source = '(println "before")\n(fn f [x]\n  (throw "boom"))\n(f 1)\n'

  test('an uncaught exception shows code, place, line with caret and stack on stderr; exit code 1', async (t) => {
    const cwd = folder(t, { 'prog.gene': source })
    const { stdout, stderr, exit } = await gene(['prog.gene'], { cwd })
    assert.deepEqual([stdout, exit], ['before\n', 1])
    assert.match(stderr, /^error\[GENE\.RUNTIME\.ERROR\]: boom\n {2}--> prog\.gene:3:3\n/)
    assert.match(stderr, /3 \| {3}\(throw "boom"\)\)\n\s+\| {3}\^\n/)
    assert.match(stderr, /at f \(prog\.gene:3:3\)\n\s+at __init__ \(prog\.gene:4:1\)/)
  })

  test('in an imported module the line comes from that module', async (t) => {
    const cwd = folder(t, { 'main.gene': '(import g from "./lib")\n(g)', 'lib.gene': '(fn g []\n  (no_such 1))' })
    const { stderr } = await gene(['main.gene'], { cwd })
    assert.match(stderr, /no_such is not defined\n {2}--> .*lib\.gene:2:3\n/)
    assert.match(stderr, /2 \|   \(no_such 1\)/)
  })

  test('--errors=gene prints the one-line form', async (t) => {
    const cwd = folder(t, { 'prog.gene': source })
    const { stderr } = await gene(['run', '--errors=gene', 'prog.gene'], { cwd })
    assert.equal(stderr, 'Error: {^message "boom" ^code "GENE.RUNTIME.ERROR" ^severity "error" ^stage "runtime" ' +
      '^span {^file "prog.gene" ^line 3 ^column 3} ^hints [] ^repair_tags ["runtime"]}\n')
  })

  test('--errors=gene says what page 22 says of each kind of error', async (t) => {
    const said = async (/** @type {string} */ text) => {
      const { stderr, exit } = await gene(['run', '--errors=gene', 'a.gene'], { cwd: folder(t, { 'a.gene': text }) })
      assert.equal(exit, 1)
      return stderr
    }
    const line = (/** @type {string} */ message, /** @type {string} */ code, span = '^file "a.gene" ^line 1 ^column 1') =>
      `Error: {^message ${JSON.stringify(message)} ^code "${code}" ^severity "error" ^stage "runtime" ^span {${span}} ^hints [] ^repair_tags ["runtime"]}\n`
    assert.equal(await said('(throw "say \\"é\\"\\n\\\\")'), line('say "é"\n\\', 'GENE.RUNTIME.ERROR'))
    assert.equal(await said('(nope 1)'), line('nope is not defined', 'GENE.SCOPE.UNDEFINED_VAR'))
    assert.equal(await said('(5 .zip)'), line('Unified method call not supported for VkInt', 'GENE.RUNTIME.ERROR'))
    assert.equal(await said('(throw "division by zero")'), line('division by zero', 'GENE.ARITH.DIV_ZERO'))
    assert.equal(await said('(throw [1 "q"])'), line('[1 "q"]', 'GENE.RUNTIME.ERROR'))
    assert.equal(await said('(throw (new Exception))'), line('VkInstance', 'GENE.RUNTIME.ERROR'))
    assert.equal(await said('((fn [x] ^pre [(x > 0)] x) 0)'),
      line('ContractViolation: <unnamed> precondition #1 failed: (x > 0) | args=[x=0]', 'GENE.RUNTIME.ERROR', '^file "" ^line 0 ^column 0'))
    assert.match(await said('(fn r [n] (1 + (r n)))\n(r 1)'), /stack overflow.*\^code "GENE\.VM\.STACK_OVERFLOW"/)
    assert.match(await said('(gene/io/read "none")'), /\^code "GENE\.IO\.ERROR"/)
    assert.equal(await said('(println 1)\n(fn)'), 'Error: a.gene:2:1: fn requires a name or argument list\n')
    assert.equal(await said('(println 1'), 'Error: EOF while reading list ) a.gene 1\n')
  })

  test('--errors=json prints one line of JSON', async (t) => {
    const cwd = folder(t, { 'prog.gene': source })
    const { stderr } = await gene(['run', '--errors', 'json', 'prog.gene'], { cwd })
    const { message, code, span } = JSON.parse(stderr)
    assert.deepEqual([message, code, span], ['boom', 'GENE.RUNTIME.ERROR', { file: 'prog.gene', line: 3, column: 3 }])
  })

  test('every syntax error of a file is shown and nothing runs', async (t) => {
    const cwd = folder(t, { 'bad.gene': '(println "no")\n0xzz\n1/2\n' })
    const { stdout, stderr, exit } = await gene(['bad.gene'], { cwd })
    assert.deepEqual([stdout, exit], ['', 1])
    assert.match(stderr, /bad\.gene:2:1[^]*bad\.gene:3:1/)
  })

  test('a failure that nobody looks at is shown and makes the exit code 1', async (t) => {
    const cwd = folder(t, { 'a.gene': '(spawn (fn [] (throw "lost")))\n(sleep 10)\n(println "end")' })
    const { stdout, stderr, exit } = await gene(['a.gene'], { cwd })
    assert.deepEqual([stdout, exit], ['end\n', 1])
    assert.match(stderr, /error\[GENE\.RUNTIME\.ERROR\]: lost/)
  })

  test('a failed future that is the result is told once', async () => {
    for (const code of ['(async (throw "once"))', '(sleep 1) (async (throw "once"))']) {
      assert.equal((await gene(['eval', code])).stderr.match(/once\n/g)?.length, 1, code)
    }
  })

  test('what a command says in front of an error is part of the message in --errors=json', async () => {
    const pipe = await gene(['pipe', '--errors=json', '(throw "x")'], { stdin: 'a' })
    assert.equal(JSON.parse(pipe.stderr).message, 'Error at line 1: x')
    assert.match((await gene(['parse', '--errors=gene', '-e', ')'])).stderr, /^Error: Parse error: Unmatched /)
  })

  test('--trace adds the frames of the host', async () => {
    assert.match((await gene(['eval', '--trace', '(throw "x")'])).stderr, /\n\s+at .*\.js:\d+/)
    assert.doesNotMatch((await gene(['eval', '(throw "x")'])).stderr, /\.js:\d+/)
  })
})

describe('limits', () => {
  test('--timeout ends the program with code 124, after finally parts', async () => {
    const { stdout, stderr, exit } = await gene(['eval', '--timeout=200ms', '(try (while true 1) finally (println "finally"))'])
    assert.deepEqual([stdout, exit], ['finally\n', 124])
    assert.match(stderr, /GENE\.LIMIT\.TIME/)
  })

  test('--strict-nil and --no-type-check say what annotations mean', async () => {
    const code = '(fn f [x: Int] x) (try (f nil) catch e "refused")'
    assert.equal((await gene(['eval', code])).stdout, '')
    assert.equal((await gene(['eval', '--strict-nil', code])).stdout, '"refused"\n')
    for (const option of ['--no-type-check', '--no-typecheck']) {
      assert.equal((await gene(['eval', option, '(fn f [x: Int] x) (f "text")'])).stdout, '"text"\n')
    }
  })

  test('--depth and --max-memory are catchable errors', async () => {
    const deep = await gene(['eval', '--depth=500', '(fn f [] (1 + (f))) (try (f) catch e e/message)'])
    assert.match(deep.stdout, /more than 500 nested calls/)
    const big = await gene(['eval', '--max-memory=16mb', '(var a []) (try (while true (a .add [1 2 3])) catch e e/code)'])
    assert.match(big.stdout, /GENE\.LIMIT\.MEMORY/)
  })

  test('--contracts=off skips the checks of ^pre and ^post', async (t) => {
    const cwd = folder(t, { 'a.gene': '(fn half [n] ^pre [(n > 0)] ^post [(result > 9)] (n / 2))\n(println (half -4))' })
    for (const off of [['--contracts=off'], ['--contracts', 'off'], ['--contracts=false'], ['--contracts=0']]) {
      const { stdout, exit } = await gene(['run', ...off, 'a.gene'], { cwd })
      assert.deepEqual([stdout, exit], ['-2.0\n', 0], off.join(' '))
    }
    const { stderr, exit } = await gene(['run', '--contracts=on', 'a.gene'], { cwd })
    assert.equal(exit, 1)
    assert.match(stderr, /^error\[GENE\.CONTRACT\.VIOLATION\]: ContractViolation: half precondition #1 failed: \(n > 0\) \| args=\[n=-4\]/)
  })

  test('--deny and --allow take grants away', async (t) => {
    const cwd = folder(t, { 'x.txt': 'text' })
    const read = '(try (gene/io/read "x.txt") catch e e/code)'
    assert.equal((await gene(['eval', read], { cwd })).stdout, '"text"\n')
    assert.equal((await gene(['eval', '--deny=fs', read], { cwd })).stdout, '"GENE.HOST.DENIED"\n')
    assert.equal((await gene(['eval', '--allow=net,env', read], { cwd })).stdout, '"GENE.HOST.DENIED"\n')
  })

  test('GENE_* variables mirror the options, which win', async () => {
    const code = '(fn f [] (1 + (f))) (try (f) catch e e/message)'
    assert.match((await gene(['eval', code], { env: { GENE_DEPTH: '300' } })).stdout, /more than 300 /)
    assert.match((await gene(['eval', '--depth=400', code], { env: { GENE_DEPTH: '300' } })).stdout, /more than 400 /)
    assert.match((await gene(['eval', '(throw "x")'], { env: { GENE_ERRORS: 'json' } })).stderr, /^\{"message":"x"/)
  })
})

describe('--repl-on-error', () => {
  test('an uncaught exception opens a session that knows it and the names of the program; exit code 1', async (t) => {
    const cwd = folder(t, { 'a.gene': '(var secret 42) (fn f [] (throw "boom")) (println $program $args) (f)' })
    const { stdout, stderr, exit } = await gene(['run', '--repl-on-error', 'a.gene', 'x'], { cwd, stdin: 'secret\n$ex/message\n(try (throw "in") catch * $ex/message)\n$ex/message\n' })
    assert.deepEqual([stdout, exit], ['a.gene [x]\n42\n"boom"\n"in"\n"boom"\n', 1])
    assert.match(stderr, /^error\[GENE\.RUNTIME\.ERROR\]: boom\n/)
    assert.equal((await gene(['eval', '--repl-on-error', '(throw "x")'], { stdin: '(1 + 2)\n' })).stdout, '3\n')
  })

  test('no session without an exception, or when nothing could be compiled', async () => {
    assert.deepEqual(await gene(['eval', '--repl-on-error', '(1 + 2)'], { stdin: '7\n' }), { stdout: '3\n', stderr: '', exit: 0, signal: null })
    assert.equal((await gene(['eval', '--repl-on-error', '(f'], { stdin: '7\n' })).stdout, '')
  })
})

describe('interruption', () => {
  test('SIGINT stops a busy program, runs finally parts; exit code 130', async (t) => {
    const cwd = folder(t, { 'a.gene': '(println "ready") (try (while true 1) catch e (println "caught") finally (println "finally"))' })
    const run = start(['a.gene'], { cwd })
    await run.printed('ready')
    const since = performance.now()
    run.child.kill('SIGINT')
    const { stdout, stderr, exit } = await run.ended
    assert.deepEqual([stdout, stderr, exit], ['ready\nfinally\n', '', 130])
    assert.ok(performance.now() - since < 1000)
  })

  test('SIGINT stops a program that waits', async (t) => {
    const cwd = folder(t, { 'a.gene': '(println "ready") (try (run_forever) finally (println "finally"))' })
    const run = start(['a.gene'], { cwd })
    await run.printed('ready')
    run.child.kill('SIGINT')
    const { stdout, exit } = await run.ended
    assert.deepEqual([stdout, exit], ['ready\nfinally\n', 130])
  })

  test('SIGINT ends what waits for its input', async (t) => {
    for (const [args, input, printed] of /** @type {[string[], string, string][]} */ ([
      [['pipe', '$line'], 'a\n', 'a\n'],
      [['repl'], '(println "typed")\n', 'typed\n'],
      [['repl'], '(try (println "runs") (sleep 60000) finally (println "finally"))\n7\n', 'runs\n'],
    ])) {
      const run = start(args, { cwd: folder(t, {}), stdin: null })
      run.child.stdin.write(input)
      await run.printed(printed)
      run.child.kill('SIGINT')
      const { stdout, stderr, exit } = await run.ended
      assert.deepEqual([stdout, stderr, exit], [printed.startsWith('runs') ? 'runs\nfinally\n' : printed, '', 130], args.join(' '))
    }
  })

  test('a second SIGINT ends at once', async (t) => {
    const cwd = folder(t, { 'a.gene': '(println "ready") (try (sleep 60000) finally (println "cleaning") (sleep 60000))' })
    const run = start(['a.gene'], { cwd })
    await run.printed('ready')
    run.child.kill('SIGINT')
    await run.printed('cleaning')
    run.child.kill('SIGINT')
    assert.equal((await run.ended).exit, 130)
  })

  test('a closed stdout ends the program quietly', async (t) => {
    const cwd = folder(t, { 'a.gene': '(while true (println "line"))' })
    const run = start(['a.gene'], { cwd })
    await run.printed('line')
    run.child.stdout.destroy()
    const { stderr, exit } = await run.ended
    assert.deepEqual([stderr, exit], ['', 0])
  })
})

describe('gene eval', () => {
  test('prints the result as data unless it is nil or void', async () => {
    assert.equal((await gene(['eval', '(+ 1 2)'])).stdout, '3\n')
    assert.equal((await gene(['eval', '["a"', '{^k nil}]'])).stdout, '["a" {^k nil}]\n')
    assert.equal((await gene(['eval', 'nil'])).stdout, '')
    assert.equal((await gene(['eval', '(var m {}) m/x'])).stdout, '')
    assert.equal((await gene(['eval', '(gene/sleep_async 10)'])).stdout, '')
    assert.equal((await gene(['eval', '(sleep 20) 7'])).stdout, '7\n')
  })

  test('reads code from stdin', async () => {
    assert.equal((await gene(['eval'], { stdin: '(println "out")\n(2 * 3)' })).stdout, 'out\n6\n')
  })

  test('output that cannot be written is told; exit code 1', { skip: existsSync('/dev/full') ? false : 'there is no /dev/full' }, () => {
    const full = openSync('/dev/full', 'w')
    const { stderr, status } = spawnSync(process.execPath, [join(root, 'js/cli.js'), 'eval', '(println 1)'], { stdio: ['ignore', full, 'pipe'], encoding: 'utf8' })
    closeSync(full)
    assert.match(stderr, /^gene: cannot write to stdout: ENOSPC/)
    assert.equal(status, 1)
  })

  test('-p prints nil and void too', async () => {
    assert.equal((await gene(['eval', '-p', 'nil'])).stdout, 'nil\n')
    assert.equal((await gene(['eval', '--print-last', '--gene', '["a"', 'nil]'])).stdout, '["a" nil]\n')
  })

  test('knows its name, and that there are no arguments', async () => {
    assert.equal((await gene(['eval', '[$program $args]'])).stdout, '["<eval>" []]\n')
  })

  test('no code is told', async () => {
    assert.deepEqual(await gene(['eval'], { stdin: ' ' }), { stdout: '', stderr: 'Error: No code provided to evaluate\n', exit: 1, signal: null })
    assert.deepEqual(await gene(['run'], { stdin: '' }), { stdout: '', stderr: 'Error: No input provided. Provide a file to run.\n', exit: 1, signal: null })
  })

  test('(exit n) sets the exit code', async () => {
    assert.equal((await gene(['eval', '(exit 3)'])).exit, 3)
  })
})

describe('sources', () => {
  test('a source that is not UTF-8 is refused with the place of the byte', async (t) => {
    const cwd = folder(t, {})
    writeFileSync(join(cwd, 'latin1.gene'), Buffer.from('(println "a")\n(println "\u00e9")', 'latin1'))
    const { stdout, stderr, exit } = await gene(['run', 'latin1.gene'], { cwd })
    assert.deepEqual([stdout, exit], ['', 1])
    assert.match(stderr, /GENE\.READ\.UTF8.*\n\s+--> latin1\.gene:2:11/)
  })

  test('--dump shows tokens, forms or code on stderr, then the program runs', async () => {
    const tokens = await gene(['eval', '--dump=tokens', '(println `(f ^a -1)\n "s") # gone'])
    assert.deepEqual(tokens.stderr.split('\n'), [
      '1:1 open (', '1:2 symbol println', '1:10 quote `', '1:11 open (', '1:12 symbol f', '1:14 property ^a', '1:17 number -1',
      '1:19 close )', '2:2 string "s"', '2:5 close )', '',
    ])
    assert.equal(tokens.stdout, '(f ^a -1) s\n')
    const forms = await gene(['eval', '--dump=forms', '(println   1)'])
    assert.deepEqual([forms.stdout, forms.stderr], ['1\n', '(println 1)\n'])
    const code = await gene(['eval', '--dump=code', '(println 1)'])
    assert.equal(code.stdout, '1\n')
    assert.match(code.stderr, /CALL/)
  })
})

describe('usage', () => {
  test('an option may be written with = or : or a blank, and with its letter', async () => {
    for (const words of [['--dump=forms'], ['--dump:forms'], ['--dump', 'forms']]) {
      assert.equal((await gene(['eval', ...words, '(1 + 2)'])).stderr, '(1 + 2)\n', words.join(' '))
    }
    assert.match((await gene(['eval', '-d', '(1 + 2)'])).stderr, /RETURN/)
  })

  test('the value of an option is the next word, whatever it looks like; a negative number is no option', async () => {
    assert.equal((await gene(['parse', '-e', '-5'])).stdout, '-5\n')
    assert.equal((await gene(['parse', '-e', '--check'])).stdout, '--check\n')
    assert.equal((await gene(['eval', '-5'])).stdout, '-5\n')
    assert.match((await gene(['eval', '--print-last=no', '1'])).stderr, /^Error: option --print-last takes no value\n/)
  })

  test('options of other implementations are accepted', async () => {
    const { stdout, stderr } = await gene(['eval', '--native-tier', 'never', '--native-code', '--checked-vm', '--profile', '--no-typecheck', '--contracts=maybe', '(1 + 2)'])
    assert.deepEqual([stdout, stderr], ['3\n', 'Unknown contracts mode: maybe\n'])
  })

  test('a command that is not supported is told; exit code 1', async () => {
    for (const name of ['view', 'deps', 'lsp']) {
      const { stdout, stderr, exit } = await gene([name, 'x'])
      assert.deepEqual([stdout, stderr, exit], ['', `Error: gene ${name} is not supported here; see gene help\n`, 1])
    }
  })

  test('a word too many is told; exit code 2', async () => {
    for (const words of [['repl', 'x'], ['run-examples', 'a.gene', 'x'], ['gir', 'show', 'a.gir', 'x'], ['help', 'run', 'x']]) {
      const { stderr, exit } = await gene(words)
      assert.match(stderr, /^Error: unexpected argument: x\nusage: gene /)
      assert.equal(exit, 2)
    }
  })

  test('--version and help', async () => {
    assert.equal((await gene(['--version'])).stdout, `gene ${version}\n`)
    const { stdout, exit } = await gene([])
    assert.equal(exit, 0)
    for (const word of ['run', 'eval', 'repl', 'parse', 'compile', 'Usage:', 'Examples:']) assert.match(stdout, new RegExp(word))
    assert.match((await gene(['help', 'run'])).stdout, /--timeout=TIME/)
    assert.equal((await gene(['run', '--help'])).stdout, (await gene(['help', 'run'])).stdout)
  })

  test('wrong usage is told in a line; exit code 2', async () => {
    for (const [args, told] of /** @type {[string[], RegExp][]} */ ([
      [['run', '--bogus', 'x'], /^Error: Unknown option: --bogus\nusage: gene run/],
      [['eval', '--depth=many', '1'], /--depth must be a positive whole number/],
      [['eval', '--timeout=soon', '1'], /--timeout is not like 5s/],
      [['eval', '--allow=disk', '1'], /--allow knows fs, net, env, run, not disk/],
      [['eval', '--errors=xml', '1'], /--errors must be text or gene or json/],
      [['run', '--trce', 'x'], /^Error: Unknown option: --trce \(did you mean --trace\?\)\n/],
      [['frobnicate'], /^Error: Unknown command: frobnicate\n\nGene [^]*Usage: /],
      [['prase'], /^Error: Unknown command: prase \(did you mean parse\?\)\n\n/],
      [['help', 'frobnicate'], /^Error: Unknown command: frobnicate\n/],
      [['compile'], /no file to compile/],
    ])) {
      const { stdout, stderr, exit } = await gene(args)
      assert.deepEqual([stdout, exit], ['', 2], args.join(' '))
      assert.match(stderr, told)
    }
  })
})

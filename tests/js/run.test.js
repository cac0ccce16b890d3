// run.test.js — whole programs: modules of their own, draining, exit codes, and how a Node process lives with them.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { root } from '../../js/dev/shell.js'
import { delay, failure, open } from './helpers.js'

/** A folder with files, removed after the test. @param {import('node:test').TestContext} t @param {Record<string, string>} files */
function folder(t, files) {
  const path = mkdtempSync(join(tmpdir(), 'gene-run-'))
  t.after(() => rmSync(path, { recursive: true }))
  for (const [name, text] of Object.entries(files)) writeFileSync(join(path, name), text)
  return path
}

describe('run', () => {
  test('gives the value and exit code 0', async (t) => {
    const gene = await open(t)
    assert.deepEqual(await gene.run({ source: '(println "hi") (1 + 2)' }), { value: 3, exitCode: 0 })
    assert.equal(gene.text.out, 'hi\n')
  })

  test('has a module of its own', async (t) => {
    const gene = await open(t)
    await gene.eval('(var x 1)')
    await gene.run({ source: '(var x 2) (var y 3)' })
    assert.equal(gene.evalSync('x'), 1)
    assert.equal((await failure(() => gene.get('y'))).code, 'GENE.SCOPE.UNDEFINED_VAR')
  })

  test('sees what was defined', async (t) => {
    const gene = await open(t)
    gene.define('host_add', (/** @type {number} */ a, /** @type {number} */ b) => a + b)
    assert.equal((await gene.run({ source: '(host_add 1 2)' })).value, 3)
  })

  test('sets $args and $program', async (t) => {
    const gene = await open(t, { args: ['default'] })
    assert.deepEqual((await gene.run({ source: '[$args $program]', file: 'dir/prog.gene' }, { args: ['a', 'b'] })).value, [['a', 'b'], 'dir/prog.gene'])
    assert.deepEqual((await gene.run({ source: '$args' })).value, ['default'])
  })

  test('waits for spawned tasks, timers and host promises, not for daemons', async (t) => {
    const gene = await open(t)
    gene.define('later', () => delay(120))
    await gene.run({
      source: `(spawn (fn [] (sleep 10) (println "task")))
        ((gene/sleep_async 60) .on_success (fn [_] (println "callback")))
        ((later) .on_success (fn [_] (println "promise")))
        (spawn ^daemon true (fn [] (sleep 5000) (println "daemon")))
        (println "end")`,
    })
    const [first, ...others] = gene.text.out.trimEnd().split('\n')
    assert.equal(first, 'end')
    assert.deepEqual(others.sort(), ['callback', 'promise', 'task'])
  })

  test('an uncaught exception rejects', async (t) => {
    const gene = await open(t)
    const error = await failure(gene.run({ source: '(println "before")\n(throw "boom")', file: 'p.gene' }))
    assert.deepEqual([error.message, error.file, error.line], ['boom', 'p.gene', 2])
    assert.equal(gene.text.out, 'before\n')
  })

  test('(exit n) ends at once, after finally parts, also from a task', async (t) => {
    const gene = await open(t)
    assert.equal((await gene.run({ source: '(try (exit 3) finally (println "finally")) (println "no")' })).exitCode, 3)
    assert.equal(gene.text.out, 'finally\n')
    assert.equal((await gene.run({ source: '(spawn (fn [] (sleep 5) (exit 4))) (sleep 100000)' })).exitCode, 4)
    assert.equal((await gene.run({ source: '(spawn (fn [] (sleep 5) (exit 5))) "main has ended"' })).exitCode, 5)
    assert.equal((await gene.run({ source: '(exit)' })).exitCode, 0)
    assert.equal(await gene.eval('1'), 1)
  })

  test('a signal stops the program and what it has spawned', async (t) => {
    const gene = await open(t)
    for (const source of ['(while true 1)', '(spawn (fn [] (while true 1))) nil', '(spawn (fn [] (sleep 100000))) "ended"']) {
      const controller = new AbortController()
      const running = failure(gene.run({ source }, { signal: controller.signal }))
      await delay(20)
      controller.abort('why')
      const error = await running
      assert.deepEqual([error.name, error.cause], ['AbortError', 'why'], source)
      assert.equal(gene.pending.tasks, 0)
    }
  })

  test('limits.time covers the whole program', async (t) => {
    const gene = await open(t, { limits: { time: 40 } })
    for (const source of ['(while true 1)', '(spawn (fn [] (sleep 100000))) nil']) {
      assert.equal((await failure(gene.run({ source }))).code, 'GENE.LIMIT.TIME', source)
    }
  })

  test('a last value that is pending, failed or none for JavaScript is not the program\'s failure', async (t) => {
    const gene = await open(t, { onUnhandled() {} })
    const { value } = await gene.run({ source: '(new gene/Future)' })
    assert.ok(value instanceof Promise)
    assert.equal((await gene.run({ source: '(spawn (fn [] (throw "nobody")))' })).exitCode, 0)
    assert.deepEqual(await gene.run({ source: '(var a []) (a .push a) a' }), { value: undefined, exitCode: 0 })
  })

  test('a file of the machine, with its imports', async (t) => {
    const path = folder(t, { 'main.gene': '(import twice from "./lib") (println (twice 21)) $program', 'lib.gene': '(fn twice [x] (x * 2))' })
    const gene = await open(t)
    assert.equal((await gene.run(join(path, 'main.gene'))).value, join(path, 'main.gene'))
    assert.equal(gene.text.out, '42\n')
    const other = await open(t, { cwd: path })
    assert.equal((await other.run('main.gene')).value, 'main.gene')
    assert.equal((await other.run(pathToFileURL(join(path, 'main.gene')))).exitCode, 0)
    assert.equal((await failure(other.run('none.gene'))).message, "Failed to read file 'none.gene': No such file or directory")
  })

  test('a syntax error rejects before anything has run', async (t) => {
    const gene = await open(t)
    assert.equal((await failure(gene.run({ source: '(println 1)\n(', file: 'p.gene' }))).code, 'GENE.READ.UNCLOSED')
    assert.equal(gene.text.out, '')
  })
})

describe('run_forever', () => {
  test('SCH-1, SCH-2: goes on until it is stopped', async (t) => {
    const gene = await open(t)
    const running = gene.run({ source: '(spawn (fn [] (sleep 20) (stop_forever))) (run_forever) "stopped"' })
    assert.equal((await running).value, 'stopped')
  })
})

/** Runs a script in a process of its own. @param {string} script @param {number} [limit] */
function runScript(script, limit = 20_000) {
  const index = JSON.stringify(pathToFileURL(join(root, 'js/index.js')).href)
  const child = spawn(process.execPath, ['--input-type=module', '-e', `import { createRuntime } from ${index}\n${script}`])
  let out = ''
  child.stdout.on('data', (part) => (out += part))
  child.stderr.on('data', (part) => (out += part))
  return new Promise((/** @type {(result: { out: string, code: number | null }) => void} */ resolve) => {
    const timer = setTimeout(() => child.kill('SIGKILL'), limit)
    child.on('close', (code) => {
      clearTimeout(timer)
      resolve({ out, code })
    })
  })
}

describe('a Node process', () => {
  test('ends when the runtime is idle, without dispose', async () => {
    assert.deepEqual(await runScript(`const gene = await createRuntime(); console.log(await gene.eval('(1 + 1)'))`), { out: '2\n', code: 0 })
  })

  test('lives while tasks wait for timers or promises', async () => {
    const { out } = await runScript(`
      const gene = await createRuntime()
      gene.define('later', () => new Promise((resolve) => setTimeout(resolve, 30)))
      gene.eval('(sleep 50) (println "slept")')
      gene.eval('(await (later)) (println "promise")')`)
    assert.equal(out, 'promise\nslept\n')
  })

  test('SCH-1: lives in (run_forever) with no other work', async () => {
    const { code } = await runScript(`const gene = await createRuntime(); gene.eval('(run_forever)')`, 1500)
    assert.equal(code, null)
  })

  test('ends after (run_forever) was stopped', async () => {
    const { code } = await runScript(`const gene = await createRuntime(); gene.eval('(run_forever)'); setTimeout(() => gene.eval('(stop_forever) nil'), 50)`)
    assert.equal(code, 0)
  })

  test('SCH-11: uses no time while nothing is due', async () => {
    const { out } = await runScript(`
      const gene = await createRuntime()
      gene.eval('(run_forever)').catch(() => {})
      await new Promise((resolve) => setTimeout(resolve, 300))
      const before = process.cpuUsage()
      await new Promise((resolve) => setTimeout(resolve, 1500))
      const { user, system } = process.cpuUsage(before)
      console.log(user + system < 20_000 ? 'idle' : user + system)
      gene.dispose()`)
    assert.equal(out, 'idle\n')
  })

  test('prints to its own stdout and stderr by default', async () => {
    const { out } = await runScript(`const gene = await createRuntime(); await gene.eval('(print "a") (println "b")')`)
    assert.equal(out, 'ab\n')
  })
})

// examples.test.js — every program of examples/ runs to its end and shows what it promises. Most say themselves what they
// print, in comments `# => line`; these run on every build. The few whose output tells times or needs the net have patterns here.

import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { before, describe, test } from 'node:test'
import { root } from '../js/dev/shell.js'
import { compare } from './harness/corpus.js'
import { readExpectations } from './harness/expectations.js'
import { runNative } from './harness/native_run.js'
import { runWasm } from './harness/wasm_run.js'

const folder = join(root, 'examples')

/** The examples that say what they print. @type {import('./harness/corpus.js').Program[]} */
const programs = readdirSync(folder)
  .filter((name) => name.endsWith('.gene'))
  .map((name) => {
    const file = join(folder, name)
    const lines = [...readFileSync(file, 'utf8').matchAll(/^# => ?(.*)$/gm)].map(([, line]) => `${line}\n`)
    return { name, file, expected: { ...readExpectations(file), stdout: lines.join('') } }
  })
  .filter(({ expected }) => expected.stdout !== '')

/** Lines that an example must print, in this order. @type {Record<string, RegExp[]>} */
const promises = {
  'concurrency.gene': [/coffee: ready$/, /tea: ready$/, /race: quick$/, /job: cleaning up$/, /deadlock: .*left.*right|deadlock: .*right.*left/, /500500$/],
  'tour.gene': [/engine, wings, radio/, /a callback got: greetings/, /sorted \[1 2 3 4 5\]/, /-> 200 Hello, Gene!/, /all 200/, /cleans up first/, /^That was the tour/],
}

/**
 * Starts an example; `done` gives its exit code.
 * @param {string} name
 * @param {string[]} args
 */
async function start(name, args) {
  const { createRuntime } = await import('../js/index.js')
  const output = { stdout: '', stderr: '' }
  const runtime = await createRuntime({
    allow: { fs: true, net: true, env: true, run: true },
    fs: 'node',
    cwd: folder,
    stdout: (/** @type {string} */ text) => void (output.stdout += text),
    stderr: (/** @type {string} */ text) => void (output.stderr += text),
  })
  const done = runtime.run(name, { args, signal: AbortSignal.timeout(20_000) }).finally(() => runtime.dispose())
  return { output, done }
}

describe('examples', () => {
  test('each has its promises here', () => {
    const known = [...programs.map(({ name }) => name), ...Object.keys(promises), 'http_server.gene']
    assert.deepEqual(readdirSync(folder).filter((name) => name.endsWith('.gene')).sort(), known.sort())
  })

  test('README.md lists each', () => {
    const listed = [...readFileSync(join(folder, 'README.md'), 'utf8').matchAll(/^\| \[(\w+)\]\((\1\.gene)\)/gm)].map(([, , name]) => name)
    assert.deepEqual(listed.sort(), readdirSync(folder).filter((name) => name.endsWith('.gene')).sort())
  })

  for (const build of /** @type {const} */ (['native', 'native-stress'])) {
    describe(`on ${build}`, { concurrency: 2 }, () => {
      for (const program of programs) {
        test(program.name, async () => compare(await runNative(build, program), program.expected))
      }
    })
  }

  describe('on wasm', () => {
    /** @type {typeof import('../js/index.js').createRuntime} */
    let createRuntime
    before(async () => ({ createRuntime } = await import('../js/index.js')))
    for (const program of programs) {
      test(program.name, async () => compare(await runWasm(createRuntime, program), program.expected))
    }
  })

  for (const [name, wanted] of Object.entries(promises)) {
    test(name, async () => {
      const { output, done } = await start(name, [])
      const { exitCode } = await done
      let lines = output.stdout.split('\n')
      for (const pattern of wanted) {
        const at = lines.findIndex((line) => pattern.test(line))
        assert.ok(at >= 0, `no line like ${pattern} in the rest of\n${output.stdout}`)
        lines = lines.slice(at + 1)
      }
      assert.equal(output.stderr, '')
      assert.equal(exitCode, 0)
    })
  }

  test('http_server.gene answers until it is told to quit', async () => {
    const { output, done } = await start('http_server.gene', ['0'])
    while (!output.stdout.includes(' is open')) await new Promise((resolve) => setTimeout(resolve, 5))
    const base = /http:\/\/\S+/.exec(output.stdout)?.[0]
    /** @param {string} path @param {RequestInit} [init] */
    const ask = async (path, init) => {
      const response = await fetch(`${base}${path}`, init)
      return [response.status, await response.text()]
    }
    assert.deepEqual(await ask('/hello?name=Ada'), [200, 'Hello, Ada!'])
    assert.deepEqual(await ask('/hello'), [200, 'Hello, stranger!'])
    assert.deepEqual(await ask('/nowhere'), [404, 'There is no /nowhere here.'])
    const json = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"n":[1,2]}' }
    assert.deepEqual(await ask('/echo', json), [200, '{"you_sent":{"n":[1,2]},"as":"POST"}'])
    assert.deepEqual(await ask('/visits'), [200, '{"/hello":2,"/nowhere":1,"/echo":1,"/visits":1}'])
    assert.deepEqual(await ask('/quit'), [200, 'Bye.'])
    const { exitCode } = await done
    assert.equal(output.stderr, '')
    assert.equal(exitCode, 0)
    assert.match(output.stdout, /closed\n$/)
  })
})

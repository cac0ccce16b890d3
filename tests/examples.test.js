// examples.test.js — every program of examples/ runs to its end and shows what it promises.

import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { root } from '../js/dev/shell.js'

const folder = join(root, 'examples')

/** Lines that an example must print, in this order. @type {Record<string, RegExp[]>} */
const promises = {
  'hello.gene': [/^Hello from Gene!$/, /^Nice to meet Ada, ADA\.$/, /^first: Mercury - last: Mars$/, /^That did not work: Expected 1 arguments/],
  'classes.gene': [/^- circle of area 13\.0$/, /^by area: \[point square circle\]$/, /is called a$/, /^volume 7$/],
  'generators.gene': [/^lift off$/, /\[0 1 1 2 3 5 8 13 21 34\]$/, /^ {4}Dora$/, /^tick 3$/],
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
    assert.deepEqual(readdirSync(folder).sort(), [...Object.keys(promises), 'http_server.gene'].sort())
  })

  for (const [name, wanted] of Object.entries(promises)) {
    test(name, async () => {
      const { output, done } = await start(name, ['Ada'])
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

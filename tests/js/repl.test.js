// repl.test.js — gene repl, fed through a pipe; on a terminal (util-linux `script`) where there is one.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { root, which } from '../../js/dev/shell.js'
import { completer } from '../../js/cli/completion.js'
import { History, historyFile } from '../../js/cli/history.js'
import { createRuntime } from '../../js/index.js'
import { folder, gene } from './cli_support.js'

describe('gene repl', () => {
  test('keeps names, joins lines of an open form, prints values as data', async () => {
    const { stdout, exit } = await gene(['repl'], { stdin: '(var x 5)\n(fn f [a]\n\n  (a + x))\n(f 2)\n"s"\nnil\n[1 "a"]\n' })
    assert.deepEqual([stdout, exit], ['5\nVkFunction\n7\n"s"\n[1 "a"]\n', 0])
  })

  test('goes on after an error', async () => {
    const { stdout, stderr, exit } = await gene(['repl'], { stdin: '(throw "boom")\n)\n(1 + 1)\n' })
    assert.deepEqual([stdout, exit], ['2\n', 0])
    assert.match(stderr, /error\[GENE\.RUNTIME\.ERROR\]: boom[^]*error\[GENE\.READ\.UNMATCHED\]/)
  })

  test('awaits at the top level', async () => {
    assert.equal((await gene(['repl'], { stdin: '(await (async 4))\n(await (gene/sleep_async 10))\n(sleep 10) "woken"\n' })).stdout, '4\n"woken"\n')
  })

  test('does not wait for a future that is the value', async () => {
    const { stdout, exit } = await gene(['repl'], { stdin: '(var f (new gene/Future))\n(gene/sleep_async 60000)\n(1 + 1)\n(f .complete 3)\n(await f)\n' })
    assert.match(stdout, /^<Future FsPending>\n<Future FsPending>\n2\n[^]*3\n$/)
    assert.equal(exit, 0)
  })

  test('a value begins on a line of its own', async () => {
    assert.equal((await gene(['repl'], { stdin: '(do (print "pp") 42)\n(print "a")\n(print "b")\n7\n' })).stdout, 'pp\n42\nab\n7\n')
  })

  test('an error in a function of an earlier input shows the line of that input', async () => {
    const { stderr } = await gene(['repl'], { stdin: '(fn f []\n  (throw "boom"))\n(var x 1)\n(f)\n' })
    assert.match(stderr, /--> <repl:1>:2:3\n[^]*2 \| {3}\(throw "boom"\)\)\n/)
    assert.match(stderr, /\(<repl:3>:1:1\)/)
  })

  test('the program reads lines from the same input', async () => {
    assert.equal((await gene(['repl'], { stdin: '(println "got" (readline))\nline\n1\n' })).stdout, 'got line\n1\n')
  })

  test('ends with exit, quit, (exit n) and the end of input', async () => {
    assert.deepEqual((await gene(['repl'], { stdin: 'exit\n1\n' })).stdout, '')
    assert.equal((await gene(['repl'], { stdin: ':quit\n1\n' })).exit, 0)
    assert.equal((await gene(['repl'], { stdin: '(exit 5)\n1\n' })).exit, 5)
    const open = await gene(['repl'], { stdin: '(f' })
    assert.match(open.stderr, /GENE\.READ\.UNCLOSED/)
  })

  test(':help and :names', async () => {
    const { stdout } = await gene(['repl'], { stdin: ':help\n(var zebra 1)\n:names zeb\n:nonsense\n' })
    assert.match(stdout, /Ctrl-C stops what runs/)
    assert.match(stdout, /\nzebra\n/)
    assert.match(stdout, /there is no :nonsense/)
  })
})

describe('completion', () => {
  test('names of the program and members of namespaces', async (t) => {
    const runtime = await createRuntime()
    t.after(() => runtime.dispose())
    await runtime.eval('(var giraffe 1)')
    const complete = completer(runtime)
    assert.deepEqual(complete('(println gir'), [['giraffe'], 'gir'])
    assert.ok(complete('(prin')[0].includes('println'))
    assert.deepEqual(complete('(gene/io/read_a'), [['gene/io/read_async'], 'gene/io/read_a'])
    assert.deepEqual(complete('(f '), [[], ''])
    assert.ok(complete('giraffe/.to_s')[0].includes('giraffe/.to_s'))
    assert.deepEqual(complete('(boom)/x'), [[], '/x'])
  })
})

describe('history', () => {
  test('is kept in a file below the state folder, newest first in memory', (t) => {
    const path = folder(t, {})
    const file = historyFile({ XDG_STATE_HOME: path })
    assert.equal(file, join(path, 'gene', 'history'))
    new History(file).save(['second', 'first'])
    assert.deepEqual(new History(file).load(), ['second', 'first'])
    assert.deepEqual(new History(join(path, 'none')).load(), [])
  })
})

describe('on a terminal', { skip: which('script') ? false : 'there is no `script` command' }, () => {
  /** Types the keys one after the other, each after the text before it has appeared. @param {import('node:test').TestContext} t @param {[string, string][]} steps */
  async function session(t, steps) {
    const command = `${process.execPath} ${join(root, 'js/cli.js')} repl`
    const child = spawn('script', ['-qec', command, '/dev/null'], {
      env: { ...process.env, TERM: 'xterm', NO_COLOR: '1', XDG_STATE_HOME: folder(t, {}) },
    })
    t.after(() => child.kill('SIGKILL'))
    let output = ''
    let seen = 0
    /** @type {() => void} */ let look = () => {}
    child.stdout.setEncoding('utf8').on('data', (text) => {
      output += text
      look()
    })
    for (const [text, keys] of steps) {
      await new Promise((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error(`did not see ${JSON.stringify(text)} in ${JSON.stringify(output.slice(seen))}`)), 10_000)
        look = () => {
          const at = output.indexOf(text, seen)
          if (at < 0) return
          seen = at + text.length
          clearTimeout(timer)
          resolve(undefined)
        }
        look()
      })
      child.stdin.write(keys)
    }
    return output
  }

  test('Ctrl-C stops what runs, not the session', async (t) => {
    await session(t, [['gene> ', '(println "go") (while true 1)\r'], ['go\r\n', '\u0003'], ['interrupted', ''], ['gene> ', '(2 + 3)\r'], ['5\r\n', '\u0004']])
  })

  test('the prompt keeps output that has no newline', async (t) => {
    await session(t, [['gene> ', '(print "no" "newline")\r'], ['no newline\r\n', ''], ['gene> ', '(print "p") (throw "x")\r'], ['p\r\nerror[', ''], ['gene> ', '\u0004']])
  })

  test('output of background tasks goes above the prompt and what is typed', async (t) => {
    await session(t, [
      ['gene> ', '(schedule/after 300 (fn [] (println "from behind")))\r'], ['VkTimer', ''], ['gene> ', '(1 + '],
      ['from behind\r\n', ''], ['gene> (1 + ', '8)\r'], ['9\r\n', '\u0004'],
    ])
  })

  test('Tab completes; Ctrl-C drops what is typed', async (t) => {
    await session(t, [['gene> ', 'gene/io/read_a'], ['read_a', '\t'], ['sync', '\u0003'], ['^C', ''], ['gene> ', '6\r'], ['6\r\n', '\u0004']])
  })
})

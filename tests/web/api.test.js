// api.test.js — the JavaScript API on the main thread of a page: the same calls as in tests/js, in a real browser.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { useBrowser } from './support.js'

const { visit } = useBrowser()

/**
 * Runs a function in the page, with a fresh runtime; what it gives must be plain data.
 * @param {string} body of an async function of `gene`, `api` and `delay`
 * @param {string} [options] of the runtime
 * @param {Parameters<typeof visit>[1]} [how]
 */
async function inPage(body, options = '{}', how) {
  let result
  await visit(async ({ page }) => {
    result = await page.evaluate(async ({ body, options }) => {
      const path = '/js/index.js'
      const api = await import(path)
      const settings = JSON.parse(options)
      const printed = { out: '', err: '' }
      const gene = await api.createRuntime({
        stdout: (/** @type {string} */ text) => (printed.out += text),
        stderr: (/** @type {string} */ text) => (printed.err += text),
        ...settings,
      })
      const delay = (/** @type {number} */ ms) => new Promise((resolve) => setTimeout(resolve, ms))
      const module = URL.createObjectURL(new Blob([`export const run = async ({ gene, api, delay, printed }) => { ${body} }`], { type: 'text/javascript' }))
      try {
        const { run } = await import(module)
        return await run({ gene, api, delay, printed })
      } finally {
        gene.dispose()
      }
    }, { body, options })
  }, how)
  return /** @type {any} */ (result)
}

/** Scripts of a blob are against the page's policy, which is not what is tested here. */
const OPEN = { bypassCSP: true }

test('evaluates, prints, waits, calls both ways', async () => {
  const result = await inPage(`
    gene.define('later', async (x) => (await delay(5), x * 2))
    const f = await gene.eval('(fn [x] (sleep 2) (x + 1))')
    return [await gene.eval('(println "hi") (await (later 21))'), await f(1), gene.evalSync('{^a [1 nil]}'), printed.out]`, '{}', OPEN)
  assert.deepEqual(result, [42, 2, { a: [1, null] }, 'hi\n'])
})

test('errors have code and place', async () => {
  const result = await inPage(`
    const error = await gene.eval('1\\n(nope)', { file: 'p.gene' }).catch((e) => e)
    return [error instanceof api.GeneError, error.code, error.file, error.line, error.column]`, '{}', OPEN)
  assert.deepEqual(result, [true, 'GENE.SCOPE.UNDEFINED_VAR', 'p.gene', 2, 1])
})

test('an endless loop leaves the page alive and can be stopped', async () => {
  const result = await inPage(`
    const controller = new AbortController()
    let frames = 0
    const count = () => { frames++; requestAnimationFrame(count) }
    count()
    const running = gene.eval('(while true 1)', { signal: controller.signal }).catch((e) => e.name)
    await delay(300)
    const seen = frames
    const started = performance.now()
    controller.abort()
    return [await running, seen > 3, performance.now() - started < 200, gene.evalSync('(1 + 1)')]`, '{}', OPEN)
  assert.deepEqual(result, ['AbortError', true, true, 2])
})

test('SCH-13: runaway recursion of every kind is an error in a small stack', async () => {
  const result = await inPage(`
    const codes = []
    const sources = ['(fn r [n] (1 + (r n))) (r 1)', '(fn m [x] ([x] .map m)) (m 1)', '(class A (method to_s [] #"#{self}")) #"#{(new A)}"',
      '(var a []) (var i 0) (while (i < 100000) (a = [a]) (i += 1)) #"#{a}"', '('.repeat(100000)]
    for (const source of sources) codes.push(await gene.eval(source).then(() => 'no error', (e) => e.code))
    gene.define('again', () => gene.evalSync('(again)'))
    codes.push(await gene.eval('(again)').then(() => 'no error', (e) => e.code))
    return [codes.every((code) => /^GENE\\./.test(code)), codes.includes('GENE.HOST.TRAP'), codes.length, gene.evalSync('(1 + 1)')]`, '{}', OPEN)
  assert.deepEqual(result, [true, false, 6, 2])
})

for (const fs of ['memory', 'opfs']) {
  test(`ASY-8: files in ${fs}`, async () => {
    const result = await inPage(`
      const text = await gene.eval(\`(await (gene/io/mkdir_async "/d/e")) (await (gene/io/write_async "/d/e/f" "one"))
        (await (gene/io/append_async "/d/e/f" " å")) [(gene/io/read "/d/e/f") ((await (gene/io/list_async "/d")) .size)
        (await (gene/io/exists_async "/d/none"))]\`)
      await gene.eval('(Dir/delete "/d")')
      return [text, await gene.eval('(gene/io/read "/d/e/f")').catch((e) => e.name)]`, JSON.stringify({ fs, allow: { fs: true } }), OPEN)
    assert.deepEqual(result, [['one å', 1, false], 'IOError'])
  })
}

test('what a browser cannot do is a named error', async () => {
  const result = await inPage(`
    return [await gene.eval('(import genex/http) (start_server 0 (fn [r] "x"))').catch((e) => e.code)]`, JSON.stringify({ allow: { net: true } }), OPEN)
  assert.deepEqual(result, ['GENE.WASM.UNSUPPORTED'])
})

test('fetch from a page', async () => {
  const result = await inPage(`
    const address = new URL('/package.json', location.href).href
    return gene.eval('(import genex/http) (var r (await (http_get url))) (var json (r .json)) [r/status json/name]', { bindings: { url: address } })`,
    JSON.stringify({ allow: { net: true } }), OPEN)
  assert.deepEqual(result, [200, 'gene-wasm'])
})

// http.test.js — HTTP server and client on node:http and fetch.

import assert from 'node:assert/strict'
import { createServer, request as httpRequest } from 'node:http'
import { describe, test } from 'node:test'
import { delay, failure, open } from './helpers.js'

const NET = { allow: { net: true } }

/** A runtime with a server that answers by `handler`; its address. @param {import('node:test').TestContext} t @param {string} handler @param {any} [options] */
async function serve(t, handler, options = {}) {
  const gene = await open(t, { ...NET, ...options })
  const port = await gene.eval(`(import genex/http) (fn handle [req] ${handler}) (var server (start_server 0 handle)) server/port`)
  return { gene, url: `http://127.0.0.1:${port}`, port }
}

describe('the server', () => {
  test('hands over method, path, query, headers and body', async (t) => {
    const { url } = await serve(t, '(respond 200 (gene/json/stringify [req/method req/path req/params req/headers/x-a req/body]))')
    const response = await fetch(`${url}/a%20b?x=1&y=%C3%A5+z&x=2`, { method: 'POST', headers: { 'X-A': 'h', 'content-type': 'text/plain' }, body: 'text å' })
    assert.deepEqual(await response.json(), ['POST', '/a%20b', { x: '2', y: 'å z' }, 'h', 'text å'])
  })

  test('sends status, headers (also repeated) and body, with its length', async (t) => {
    const { url } = await serve(t, '(respond 201 "å" {^X-One "1" ^Set-Cookie ["a=1" "b=2"]})')
    const response = await fetch(url)
    assert.deepEqual([response.status, response.headers.get('x-one'), response.headers.getSetCookie(), response.headers.get('content-length'), await response.text()],
      [201, '1', ['a=1', 'b=2'], '2', 'å'])
    assert.ok(response.headers.get('date'))
  })

  test('HEAD has no body', async (t) => {
    const { url } = await serve(t, '(respond 200 "text")')
    const response = await fetch(url, { method: 'HEAD' })
    assert.deepEqual([response.headers.get('content-length'), await response.text()], ['4', ''])
  })

  test('SCH-15: a handler that throws is a 500 without details, others go on', async (t) => {
    const seen = []
    const { url } = await serve(t, '(if (req/path == "/bad") (throw "secret")) (respond "fine")', { onUnhandled: (/** @type {any} */ error) => void seen.push(error.message) })
    for (let i = 0; i < 5; i++) {
      const bad = await fetch(`${url}/bad`)
      assert.equal(bad.status, 500)
      assert.doesNotMatch(await bad.text(), /secret/)
      assert.equal(await (await fetch(`${url}/good`)).text(), 'fine')
    }
    assert.ok(seen.includes('secret'))
  })

  test('SCH-9: a slow handler holds nobody up', async (t) => {
    const { url } = await serve(t, '(if (req/path == "/slow") (sleep 200)) (respond req/path)')
    const started = performance.now()
    const slow = Promise.all(Array.from({ length: 100 }, () => fetch(`${url}/slow`).then((response) => response.text())))
    await delay(50)
    const before = performance.now()
    assert.equal(await (await fetch(`${url}/fast`)).text(), '/fast')
    t.diagnostic(`fast: ${(performance.now() - before).toFixed(1)} ms`)
    assert.equal((await slow).every((text) => text === '/slow'), true)
    t.diagnostic(`100 slow ones: ${(performance.now() - started).toFixed(0)} ms`)
    assert.ok(performance.now() - started < 2000)
  })

  test('a busy port is an error', async (t) => {
    const other = createServer().listen(0, '127.0.0.1')
    t.after(() => other.close())
    await delay(5)
    const { port } = /** @type {import('node:net').AddressInfo} */ (other.address())
    const gene = await open(t, NET)
    const error = await failure(gene.eval(`(import genex/http) (start_server ${port} (fn [req] "x"))`))
    assert.match(error.message, /Address already in use/)
    assert.equal(error.name, 'NetworkException')
  })

  test('needs the grant', async (t) => {
    const gene = await open(t)
    assert.equal((await failure(gene.eval('(import genex/http) (start_server 0 (fn [req] "x"))'))).code, 'GENE.HOST.DENIED')
  })

  test('stops with dispose, and with .stop', async (t) => {
    const { gene, url } = await serve(t, '"x"')
    assert.equal(await (await fetch(url)).text(), 'x')
    gene.dispose()
    await assert.rejects(fetch(url))
    const second = await serve(t, '"x"')
    await second.gene.eval('(server .stop)')
    await assert.rejects(fetch(second.url))
  })

  test('a client that goes away in the middle harms nothing', async (t) => {
    const { url, port } = await serve(t, '(sleep 30) (respond "late")')
    const request = httpRequest({ port, host: '127.0.0.1', method: 'POST', headers: { 'content-length': 100 } })
    request.on('error', () => {})
    request.write('part')
    await delay(10)
    request.destroy()
    const aborted = fetch(url, { signal: AbortSignal.timeout(10) })
    await assert.rejects(aborted)
    assert.equal(await (await fetch(url)).text(), 'late')
  })
})

describe('the client', () => {
  /** @param {import('node:test').TestContext} t */
  async function echo(t) {
    const server = createServer((request, response) => {
      let body = ''
      request.on('data', (part) => (body += part))
      request.on('end', () => {
        if (request.url === '/slow') return
        response.writeHead(request.url === '/404' ? 404 : 200, { 'X-Reply': 'yes' })
        response.end(JSON.stringify([request.method, request.url, request.headers['x-ask'] ?? null, body]))
      })
    }).listen(0, '127.0.0.1')
    t.after(() => { server.closeAllConnections(); server.close() })
    await delay(5)
    return `http://127.0.0.1:${/** @type {import('node:net').AddressInfo} */ (server.address()).port}`
  }

  test('ASY-16: sends a request and gets the response', async (t) => {
    const url = await echo(t)
    const gene = await open(t, NET)
    const source = '(import genex/http) (var r (await (http_post #"#{url}/p" "body å" {^X-Ask "q"}))) [r/status r/headers/x-reply (r .json)]'
    assert.deepEqual(await gene.eval(source, { bindings: { url } }), [200, 'yes', ['POST', '/p', 'q', 'body å']])
  })

  test('a 404 is a response', async (t) => {
    const gene = await open(t, NET)
    assert.equal(await gene.eval('(import genex/http) (var r (await (http_get #"#{url}/404"))) r/status', { bindings: { url: await echo(t) } }), 404)
  })

  test('a refused connection is a NetworkException', async (t) => {
    const gene = await open(t, NET)
    const error = await failure(gene.eval('(import genex/http) (await (http_get "http://127.0.0.1:1/"))'))
    assert.deepEqual([error.name, error.code], ['NetworkException', 'GENE.NET.ERROR'])
  })

  test('^timeout ends the request', async (t) => {
    const gene = await open(t, NET)
    const error = await failure(gene.eval('(import genex/http) (await (http_get #"#{url}/slow" ^timeout 30))', { bindings: { url: await echo(t) } }))
    assert.equal(error.code, 'GENE.ASYNC.TIMEOUT')
    assert.deepEqual(gene.pending.operations, 0)
  })

  test('uses the fetch of the embedder', async (t) => {
    const fetch = async (/** @type {any} */ url, /** @type {any} */ init) => new Response(`${init.method} ${url}`)
    const gene = await open(t, { ...NET, fetch: /** @type {any} */ (fetch) })
    assert.equal(await gene.eval('(import genex/http) (var r (await (http_get "http://x/"))) r/body'), 'GET http://x/')
  })

  test('a program queries its own server', async (t) => {
    const gene = await open(t, NET)
    const source = `(import genex/http)
      (var server (start_server 0 (fn [req] (respond 200 #"hello #{req/path}"))))
      (var r (await (http_get #"http://127.0.0.1:#{server/port}/me")))
      (server .stop)
      r/body`
    assert.deepEqual(await gene.run({ source }), { value: 'hello /me', exitCode: 0 })
  })
})

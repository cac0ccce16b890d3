// http_language.test.js — genex/http as language 34 describes it: classes, handler values, bodies, errors.
// names: genex/http/http_get genex/http/http_post genex/http/get genex/http/post genex/http/put genex/http/delete genex/http/get_json genex/http/post_json
// names: genex/http/json_parse genex/http/json_stringify gene/Request gene/Request.send gene/Response gene/Response.json
// names: genex/http/start_server genex/http/http_server_status genex/http/respond genex/http/redirect genex/http/Server.stop

import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { describe, test } from 'node:test'
import { failure, open } from './helpers.js'

const NET = { allow: { net: true } }

/** A runtime with a server whose handler is the given expression of `req`. @param {import('node:test').TestContext} t @param {string} handler @param {string} [options] */
async function serve(t, handler, options = '') {
  /** @type {string[]} */
  const unhandled = []
  const gene = await open(t, { ...NET, onUnhandled: (/** @type {any} */ error) => void unhandled.push(error.message) })
  const port = await gene.eval(`(import genex/http) (fn handle [req] ${handler}) (var server (start_server 0 handle ${options})) server/port`)
  return { gene, unhandled, url: `http://127.0.0.1:${port}` }
}

/** @param {string} url @param {RequestInit} [init] */
async function ask(url, init) {
  const response = await fetch(url, { redirect: 'manual', ...init })
  return { status: response.status, body: await response.text(), headers: response.headers }
}

describe('what a handler gives becomes the response', () => {
  const handler = `(case req/path
    when "/text" "plain" when "/nil" nil when "/status" (respond 204) when "/value" (respond [1 "a"])
    when "/full" (respond 201 {^k 1} {^X-A 5 ^X-B ["1" "2"]}) when "/redirect" (redirect "/text") when "/moved" (redirect "/text" 301)
    when "/map" {^status 202 ^headers {^X-C "c"} ^body "m"} when "/own" (new Own) when "/int" 5 when "/bare" {^other 1}
    when "/badstatus" {^status 20 ^body "x"} when "/later" (respond_later) when "/failed" (fail_later) when "/bytes" (respond 200 0#00ff))`
  const definitions = `(class Own (ctor [] (/status = 203) (/headers = {}) (/body = "own")))
    (fn ^^async respond_later [] (sleep 5) (respond 200 "later"))
    (fn ^^async fail_later [] (sleep 5) (throw "secret"))`

  /** @type {[string, number, string][]} */
  const table = [
    ['/text', 200, 'plain'], ['/nil', 404, 'Not Found'], ['/status', 204, ''], ['/value', 200, '[1 a]'], ['/full', 201, '{^k 1}'],
    ['/redirect', 302, ''], ['/moved', 301, ''], ['/map', 202, 'm'], ['/own', 203, 'own'], ['/int', 500, 'Invalid response type: VkInt'],
    ['/bare', 500, 'Invalid response type: VkMap'], ['/badstatus', 500, 'Invalid response status: VkInt'], ['/later', 200, 'later'],
    ['/failed', 500, 'Internal Server Error'], ['/none', 404, 'Not Found'],
  ]

  test('by the table of the page', async (t) => {
    const { url, gene, unhandled } = await serve(t, handler)
    await gene.eval(definitions)
    for (const [path, status, body] of table) {
      const answer = await ask(url + path)
      assert.deepEqual([answer.status, answer.body], [status, body], path)
    }
    assert.equal((await ask(`${url}/redirect`)).headers.get('location'), '/text')
    const full = await ask(`${url}/full`)
    assert.deepEqual([full.headers.get('x-a'), full.headers.get('x-b')], ['5', '1, 2'])
    assert.deepEqual(new Uint8Array(await (await fetch(`${url}/bytes`)).arrayBuffer()), new Uint8Array([0, 255]))
    assert.deepEqual(unhandled, ['secret'])
  })

  test('^debug shows what went wrong', async (t) => {
    const { url } = await serve(t, '(if (req/path == "/later") (do (var f (new gene/Future)) (f .fail "why") f) else (throw "because"))', '^debug true')
    assert.equal((await ask(url)).body, 'Internal Server Error: because')
    assert.equal((await ask(`${url}/later`)).body, 'Async response error: why')
  })

  test('a future that takes too long is a 504', async (t) => {
    const { url } = await serve(t, '(new gene/Future)', '^request_timeout_ms 30')
    const { status, body } = await ask(url)
    assert.deepEqual([status, body], [504, 'Async response error: await timed out'])
  })

  test('handlers may be objects with call, and none at all answers 404', async (t) => {
    const gene = await open(t, NET)
    const ports = await gene.eval(`(import genex/http)
      (class Logged (ctor [next] (/next = next) (/seen = [])) (method call [req] (/seen .add req/path) (/next req)))
      (var app (new Logged (fn [req] "inner")))
      (var a (start_server 0 app))
      (var b (start_server 0))
      [a/port b/port]`)
    assert.equal((await ask(`http://127.0.0.1:${ports[0]}/x`)).body, 'inner')
    assert.equal((await ask(`http://127.0.0.1:${ports[1]}/x`)).status, 404)
    assert.deepEqual(gene.evalSync('app/seen'), ['/x'])
  })
})

describe('requests', () => {
  test('body_params are the fields of JSON and forms, by content type or looks', async (t) => {
    const { url } = await serve(t, '(respond 200 (gene/json/stringify req/body_params))')
    /** @param {string} body @param {string} [type] */
    const params = async (body, type) => JSON.parse((await ask(url, { method: 'POST', body: new TextEncoder().encode(body), headers: type ? { 'content-type': type } : {} })).body)
    assert.deepEqual(await params('{"a":[1,null]}', 'application/json'), { a: [1, null] })
    assert.deepEqual(await params('a=1&b=x%20y+z&a=2', 'application/x-www-form-urlencoded; charset=utf-8'), { a: '2', b: 'x y z' })
    assert.deepEqual(await params('a=1'), { a: '1' })
    assert.equal(await params('{broken', 'application/json'), null)
    assert.equal(await params('text', 'text/plain'), null)
    assert.equal(await params(''), null)
  })

  test('properties are methods too', async (t) => {
    const { url } = await serve(t, '(respond 200 #"#{(req .method)} #{(req .path)} #{((req .params) .get "a")}")')
    assert.equal((await ask(`${url}/p?a=1`)).body, 'GET /p 1')
  })

  test('a header that cannot be sent is a 500, not a split response', async (t) => {
    const { url, unhandled } = await serve(t, '(respond 200 "x" {^X-A "a\\r\\nSet-Cookie: b=1"})')
    const { status, headers } = await ask(url)
    assert.deepEqual([status, headers.get('set-cookie')], [500, null])
    assert.equal(unhandled.length, 1)
  })
})

describe('the client', () => {
  /** Answers with what it was asked. @param {import('node:test').TestContext} t */
  async function mirror(t) {
    const server = createServer((request, response) => {
      let body = ''
      request.on('data', (part) => (body += part))
      request.on('end', () => {
        response.writeHead(request.url === '/gone' ? 410 : 200)
        response.end(JSON.stringify({ method: request.method, type: request.headers['content-type'] ?? null, body }))
      })
    })
    await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)))
    t.after(() => server.close())
    const gene = await open(t, NET)
    await gene.eval('(import genex/http)')
    const url = `http://127.0.0.1:${/** @type {import('node:net').AddressInfo} */ (server.address()).port}`
    return { url, run: (/** @type {string} */ source) => gene.eval(source, { bindings: { url } }) }
  }

  test('Request and Response are classes', async (t) => {
    const gene = await open(t, NET)
    assert.deepEqual(await gene.eval(`(import genex/http)
      (var r (new gene/Response 200 "{\\"n\\":[1,2]}" {^Server "x"}))
      (var q (new gene/Request "http://h/p" "post" {^A "1"} "data"))
      (var d (new gene/Request "http://h/p"))
      [r/status r/headers (r .json) q/url q/method q/headers q/body d/method d/headers d/body]`),
    [200, { Server: 'x' }, { n: [1, 2] }, 'http://h/p', 'POST', { A: '1' }, 'data', 'GET', {}, null])
  })

  test('a map is sent as JSON, a string as it is', async (t) => {
    const { run } = await mirror(t)
    assert.deepEqual(await run('((await (http_post url {^a [1 {^b nil}]})) .json)'), { method: 'POST', type: 'application/json', body: '{"a":[1,{"b":null}]}' })
    assert.deepEqual(await run('((await ((new gene/Request url "PUT" {^Content-Type "x/y"} "s") .send)) .json)'), { method: 'PUT', type: 'x/y', body: 's' })
  })

  test('the functions of genex/http wait and give bodies', async (t) => {
    const { run } = await mirror(t)
    assert.equal(JSON.parse(await run('(genex/http/get url)')).method, 'GET')
    assert.equal(JSON.parse(await run('(genex/http/put url "b")')).body, 'b')
    assert.equal(JSON.parse(await run('(genex/http/delete url)')).method, 'DELETE')
    assert.deepEqual(await run('(genex/http/get_json url)'), { method: 'GET', type: null, body: '' })
    assert.deepEqual(await run('(genex/http/post_json url [1])'), { method: 'POST', type: 'application/json', body: '[1]' })
    assert.equal((await failure(run('(genex/http/get #"#{url}/gone")'))).message, 'HTTP request failed with status 410')
  })

  test('an error status, an empty body, nothing there: what each of the functions makes of it', async (t) => {
    const { run } = await mirror(t)
    assert.equal(JSON.parse(await run('(genex/http/post url)')).body, '')
    assert.equal(JSON.parse(await run('(genex/http/post url "" {^Content-Type "x/y"})')).type, 'x/y')
    assert.equal((await failure(run('(genex/http/post #"#{url}/gone" "b")'))).message, 'HTTP request failed with status 410')
    assert.equal(JSON.parse(await run('(genex/http/put #"#{url}/gone")')).method, 'PUT')
    assert.equal(JSON.parse(await run('(genex/http/delete #"#{url}/gone")')).method, 'DELETE')
    assert.deepEqual(await run('(genex/http/post_json url {})'), { method: 'POST', type: 'application/json', body: '{}' })
    assert.deepEqual(await run('[(genex/http/json_parse "[1,null]") (genex/http/json_stringify {^a nil}) (genex/http/json_stringify [])]'), [[1, null], '{"a":null}', '[]'])
    assert.equal(await run('(await ((new gene/Request #"#{url}/gone") .send)) 1'), 1)
    for (const call of ['(genex/http/get 5)', '(genex/http/post 5)', '(genex/http/put 5)', '(genex/http/delete nil)', '(genex/http/get_json 5)',
      '(genex/http/post_json 5 [])', '(await (http_post 5 "b"))']) assert.equal((await failure(run(call))).message, 'URL must be a string', call)
    assert.match((await failure(run('(genex/http/json_parse "{")'))).message, /^Invalid JSON: /)
    assert.match((await failure(run('(genex/http/json_stringify)'))).message, /Expected 1 arguments, got 0/)
    assert.equal((await failure(run('(await ((new gene/Request "http://127.0.0.1:1/") .send))'))).name, 'NetworkException')
  })

  test('^strict makes an error status a failure', async (t) => {
    const { run } = await mirror(t)
    assert.equal(await run('(await (http_get #"#{url}/gone")) nil'), null)
    assert.equal((await failure(run('(await (http_get #"#{url}/gone" ^strict true))'))).name, 'NetworkException')
  })

  test('ASY-13: cancelling a request aborts it', async (t) => {
    /** @type {(value?: unknown) => void} */ let leave = () => {}
    const left = new Promise((resolve) => (leave = resolve))
    const server = createServer((request) => void request.on('close', leave))
    await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)))
    t.after(() => server.close())
    const gene = await open(t, NET)
    const url = `http://127.0.0.1:${/** @type {import('node:net').AddressInfo} */ (server.address()).port}`
    const source = '(import genex/http) (var f (http_get url)) (sleep 50) (f .cancel) [f/.state (try (await f) catch CancellationException "cancelled")]'
    assert.equal((await gene.eval(source, { bindings: { url } }))[1], 'cancelled')
    await left
    assert.equal(gene.pending.operations, 0)
  })

  /** @type {[string, string][]} */
  const errors = [
    ['(http_get)', 'http_get requires at least a URL'], ['(http_post "http://x")', 'http_post requires URL and body'],
    ['(http_get 5)', 'URL must be a string'], ['(new gene/Request)', 'Request requires at least a URL'],
    ['(new gene/Request "http://x" "FOO")', 'Unsupported HTTP method: FOO'], ['(new gene/Response 200)', 'Response requires status and body'],
    ['((new gene/Response 200 5) .json)', 'Response body must be a string to parse as JSON'],
    ['(respond)', 'respond requires at least status or body'], ['(redirect)', 'redirect requires a destination URL'],
    ['(redirect 5)', 'redirect destination must be a string'], ['(redirect "/" "x")', 'redirect status must be an integer'],
    ['(start_server)', 'start_server requires at least a port'],
    ['(start_server 0 nil ^request_timeout_ms 0)', 'start_server ^request_timeout_ms must be positive'],
    ['(start_server 0 nil ^concurrent true)', 'HTTP concurrent mode requires gene/actor/enable before start_server ^concurrent true'],
  ]
  test('wrong arguments are told', async (t) => {
    const gene = await open(t, NET)
    await gene.eval('(import genex/http)')
    for (const [source, message] of errors) assert.equal((await failure(gene.eval(source))).message, message, source)
    assert.match((await failure(gene.eval('((new gene/Response 200 "{") .json)'))).message, /^Failed to parse JSON: /)
  })
})

describe('several servers', () => {
  test('run side by side, stop one by one, and are counted', async (t) => {
    const gene = await open(t, NET)
    assert.equal(await gene.eval('(import genex/http) ((http_server_status) .get "status")'), 'stopped')
    const [a, b] = await gene.eval('(var a (start_server 0 (fn [_] "a"))) (var b (start_server 0 (fn [_] "b"))) [a/port b/port]')
    assert.equal((await ask(`http://127.0.0.1:${a}`)).body, 'a')
    await gene.eval('(a .stop) (a .stop)')
    await assert.rejects(fetch(`http://127.0.0.1:${a}`))
    assert.equal((await ask(`http://127.0.0.1:${b}`)).body, 'b')
    assert.deepEqual(await gene.eval('(var s (http_server_status)) [s/status s/port s/servers]'), ['ok', b, 1])
    assert.deepEqual(await gene.eval('(var s (http_server_status 5)) [s/status s/status_error]'), ['invalid-handle', 'GENE.HTTP.STATUS.INVALID_HANDLE'])
    assert.equal((await failure(gene.eval('(b .stop ^k 1)'))).message, 'Unexpected keyword argument: k')
  })

  test('a listening server alone does not keep a program alive; run_forever does', async (t) => {
    const gene = await open(t, NET)
    const { exitCode } = await gene.run({ source: '(import genex/http) (start_server 0 (fn [_] "x"))' })
    assert.equal(exitCode, 0)
    const port = await gene.eval(`(var server (start_server 0 (fn [req] (if (req/path == "/stop") (stop_forever)) "bye"))) server/port`)
    const running = gene.run({ source: '(run_forever) "ended"' })
    assert.equal((await ask(`http://127.0.0.1:${port}/stop`)).body, 'bye')
    assert.equal((await running).value, 'ended')
  })
})

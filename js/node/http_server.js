// http_server.js — the SERVE operation on node:http. A request is a plain object for the handler, which answers with
// { status, headers, body }; what that means in Gene is the business of src/lib/http.

import { createServer } from 'node:http'

const EMPTY = Object.freeze({})

/** @param {string} text */
function decode(text) {
  const spaced = text.includes('+') ? text.replaceAll('+', ' ') : text
  if (!spaced.includes('%')) return spaced
  try {
    return decodeURIComponent(spaced)
  } catch {
    return spaced
  }
}

/** The last of repeated names wins. @param {string} query */
function paramsOf(query) {
  /** @type {Record<string, string>} */
  const params = {}
  for (const pair of query.split('&')) {
    if (!pair) continue
    const at = pair.indexOf('=')
    const name = decode(at < 0 ? pair : pair.slice(0, at))
    Object.defineProperty(params, name, { value: at < 0 ? '' : decode(pair.slice(at + 1)), enumerable: true, configurable: true, writable: true })
  }
  return params
}

/** Names in lower case; those that were repeated as arrays. @param {import('node:http').IncomingMessage} request */
function headersOf(request) {
  const { rawHeaders, headers } = request
  // Node has joined repeated fields: fewer names than there were lines.
  if (Object.keys(headers).length * 2 === rawHeaders.length) return headers
  const distinct = request.headersDistinct
  return Object.fromEntries(Object.entries(distinct).map(([name, values]) => [name, values?.length === 1 ? values[0] : values]))
}

/** @param {import('node:http').IncomingMessage} request @param {string} body */
function describe(request, body) {
  const url = request.url ?? '/'
  const at = url.indexOf('?')
  const path = at < 0 ? url : url.slice(0, at)
  const query = at < 0 ? '' : url.slice(at + 1)
  return { method: request.method, path, url: path, query, params: query ? paramsOf(query) : EMPTY, headers: headersOf(request), body }
}

/** @param {import('node:http').ServerResponse} response @param {any} answer */
function send(response, answer) {
  const { status, headers, body } = answer
  const content = typeof body === 'string' || body instanceof Uint8Array ? body : ''
  response.statusCode = status
  if (headers) {
    for (const name of Object.keys(headers)) {
      const value = headers[name]
      response.setHeader(name.toLowerCase(), Array.isArray(value) ? value.map(String) : String(value))
    }
  }
  response.setHeader('content-length', typeof content === 'string' ? Buffer.byteLength(content) : content.length)
  response.end(content)
}

/** Nothing of the error reaches the client. @param {import('node:http').ServerResponse} response */
function sendFailure(response) {
  if (response.headersSent) return response.destroy()
  for (const name of response.getHeaderNames()) response.removeHeader(name)
  send(response, { status: 500, headers: { 'content-type': 'text/plain' }, body: 'Internal Server Error' })
}

/** @param {import('node:http').IncomingMessage} request @returns {Promise<string>} */
function bodyOf(request) {
  return new Promise((resolve, reject) => {
    /** @type {Buffer[]} */
    const chunks = []
    request.on('data', (chunk) => chunks.push(chunk))
    request.on('end', () => resolve(Buffer.concat(chunks).toString('utf8')))
    request.on('error', reject)
    request.on('aborted', () => reject(new Error('the client went away')))
  })
}

/**
 * @param {import('../operations.js').ServeRequest} options
 * @returns {Promise<import('../operations.js').Server>}
 */
export function serve({ port, host, handler, onError, makeError }) {
  /** @param {import('node:http').IncomingMessage} request @param {import('node:http').ServerResponse} response @param {string} body */
  const answer = (request, response, body) => {
    handler(describe(request, body)).then(
      (result) => send(response, result),
    ).catch((error) => {
      sendFailure(response)
      onError(error)
    })
  }
  const server = createServer((request, response) => {
    const { headers } = request
    const hasBody = headers['content-length'] !== undefined ? headers['content-length'] !== '0' : headers['transfer-encoding'] !== undefined
    if (!hasBody) answer(request, response, '')
    else bodyOf(request).then((body) => answer(request, response, body), () => response.destroy())
  })
  /** Requests that are being answered are finished, unless it must be quick. @param {boolean} [isHurried] */
  const close = (isHurried = false) => new Promise((/** @type {(value?: any) => void} */ resolve) => {
    server.close(() => resolve())
    if (isHurried) server.closeAllConnections()
    else server.closeIdleConnections()
  })
  return new Promise((resolve, reject) => {
    server.once('error', (/** @type {NodeJS.ErrnoException} */ error) => {
      const reason = error.code === 'EADDRINUSE' ? 'Address already in use' : error.message
      reject(makeError('GENE.NET.ERROR', `cannot listen on ${host}:${port}: ${reason}`))
    })
    server.listen(port, host, () => {
      server.removeAllListeners('error')
      server.on('error', onError)
      const address = /** @type {import('node:net').AddressInfo} */ (server.address())
      resolve({ port: address.port, host, close })
    })
  })
}

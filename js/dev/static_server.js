// static_server.js — serves the project's files to a browser on this machine, for the playground and its tests.

import { createReadStream } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { createServer } from 'node:http'
import { extname, join, sep } from 'node:path'
import { root } from './shell.js'
import { forBrowser } from './web_rules.js'

/** @type {Record<string, string>} */
const TYPES = {
  '.css': 'text/css; charset=utf-8',
  '.gene': 'text/plain; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json',
}

/**
 * The file a request asks for, or undefined when its path is malformed or leaves the project.
 * @param {string} url
 */
function requestedFile(url) {
  try {
    const path = decodeURIComponent(new URL(url, 'http://localhost').pathname)
    const file = join(root, path.endsWith('/') ? `${path}index.html` : path)
    return file.startsWith(root + sep) && !path.includes('\0') ? file : undefined
  } catch {
    return undefined
  }
}

/**
 * Serves the project on 127.0.0.1.
 * @param {number} port 0 takes a free one
 * @param {{ headers?: Record<string, string> }} [options] headers for every answer, e.g. a content security policy
 * @returns {Promise<{ origin: string, close: () => Promise<void> }>}
 */
export async function serveProject(port, { headers = {} } = {}) {
  const server = createServer(async (request, response) => {
    const file = requestedFile(request.url ?? '/')
    const found = file && (await stat(file).catch(() => undefined))
    if (!file || !found) return response.writeHead(404, headers).end('not found\n')
    if (found.isDirectory()) return response.writeHead(301, { ...headers, location: `${request.url}/` }).end()
    const isSource = file.startsWith(join(root, 'js') + sep) && extname(file) === '.js'
    const source = isSource ? Buffer.from(forBrowser(file, await readFile(file, 'utf8'))) : undefined
    response.writeHead(200, {
      'content-type': TYPES[extname(file)] ?? 'application/octet-stream',
      'content-length': source?.length ?? found.size,
      'cache-control': 'no-cache',
      ...headers,
    })
    if (request.method === 'HEAD') return response.end()
    if (source) return response.end(source)
    createReadStream(file).on('error', () => response.destroy()).pipe(response)
  })
  await new Promise((done, fail) => server.once('error', fail).listen(port, '127.0.0.1', () => done(undefined)))
  const address = /** @type {import('node:net').AddressInfo} */ (server.address())
  return {
    origin: `http://127.0.0.1:${address.port}`,
    close: () =>
      new Promise((done) => {
        server.close(() => done())
        server.closeAllConnections()
      }),
  }
}

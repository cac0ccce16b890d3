// playground.js — `npm run playground [-- --port=8080]`: sets up, builds dist/gene.wasm, serves web/ with js/, dist/ and
// examples/ on this machine only. How the sources are made fit for a browser: web_rules.js.

import { parseArgs } from 'node:util'
import { buildVariant } from './cmake.js'
import { FOR_WASM, setUp } from './setup.js'
import { runMain, say, SetupError } from './shell.js'
import { serveProject } from './static_server.js'
import { contentSecurityPolicy } from './web_rules.js'

const USAGE = 'usage: npm run playground [-- --port=8080]   (0 takes a free port)'
const PORT_LIMIT = 65_535

/** `--port=N`, `--port N` or just N. @returns {number} */
function requestedPort() {
  try {
    const { values, positionals } = parseArgs({ options: { port: { type: 'string' } }, allowPositionals: true })
    const text = values.port ?? positionals[0] ?? '8080'
    const port = Number(text)
    if (!/^\d+$/.test(text) || port > PORT_LIMIT) throw new Error(`not a port: ${text}`)
    return port
  } catch (error) {
    throw new SetupError(`${error.message}\n${USAGE}`)
  }
}

await runMain(async () => {
  const port = requestedPort()
  setUp(FOR_WASM)
  buildVariant('wasm')
  const headers = { 'content-security-policy': contentSecurityPolicy() }
  const server = await serveProject(port, { headers }).catch((error) => {
    if (error.code === 'EADDRINUSE') throw new SetupError(`port ${port} is in use; try: npm run playground -- --port=0`)
    throw new SetupError(error.message)
  })
  say(`playground: ${server.origin}/web/  (Ctrl-C ends it)`)
})

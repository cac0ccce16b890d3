// logging.test.js — genex/logging on the wasm build: levels that the embedder and the command line ask for, a missing or denied
// file system, colours.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createRuntime } from '../../js/index.js'
import { gene } from './cli_support.js'

const SOURCE = '(var log (new genex/logging/Logger "a/b")) (log .info "one") (log .debug "two") (log .trace "three")'

/** @param {import('../../js/options.js').RuntimeOptions} options */
async function messagesOf(options) {
  let text = ''
  const runtime = await createRuntime({ stderr: (part) => void (text += part), ...options })
  try {
    await runtime.run({ source: SOURCE, file: 'p.gene' })
  } finally {
    runtime.dispose()
  }
  return text
}

test('messages up to INFO are shown unless the embedder asks for more', async () => {
  const line = /^T00 INFO {2}\d\d-\d\d-\d\d (Mon|Tue|Wed|Thu|Fri|Sat|Sun) \d\d:\d\d:\d\d\.\d{3} a\/b one\n$/
  assert.match(await messagesOf({}), line)
  assert.match(await messagesOf({ allow: { fs: true }, fs: 'memory' }), line)
  assert.match(await messagesOf({ logLevel: 'DEBUG' }), /one\nT00 DEBUG .* two\n$/)
  assert.match(await messagesOf({ logLevel: 'TRACE' }), /two\nT00 TRACE .* three\n$/)
  assert.equal(await messagesOf({ logLevel: 'ERROR' }), '')
  await assert.rejects(createRuntime({ logLevel: /** @type {any} */ ('LOUD') }), /options\.logLevel must be one of ERROR, WARN/)
})

test('gene --debug shows messages of level DEBUG', async () => {
  const { stderr } = await gene(['eval', '--debug', SOURCE])
  assert.match(stderr, /T00 DEBUG .* a\/b two\n/)
  assert.doesNotMatch(stderr, /T00 TRACE/)
})

test('a synchronous eval can log', async () => {
  let text = ''
  const runtime = await createRuntime({ stderr: (part) => void (text += part) })
  runtime.evalSync('((new genex/logging/Logger "a/b") .warn "now")')
  runtime.dispose()
  assert.match(text, /^T00 WARN .* a\/b now\n$/)
})

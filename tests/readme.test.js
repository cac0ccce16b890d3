// readme.test.js — the examples of README.md run as they stand there: the module in Node, the page in a browser.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { createServer } from 'node:http'
import { readFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { root } from '../js/dev/shell.js'
import { launchChromium } from './harness/browser.js'

const readme = readFileSync(join(root, 'README.md'), 'utf8')

/** The first block of a language. @param {string} language */
function block(language) {
  const match = new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'm').exec(readme)
  assert.ok(match, `README.md has a ${language} block`)
  return match[1]
}

describe('README.md', () => {
  test('its module prints what its comment says', () => {
    const source = block('js')
    // A module without a file is resolved from the working directory, where the package can import itself by name.
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', source], { cwd: root, encoding: 'utf8' })
    assert.equal(stderr, '')
    assert.equal(stdout.trim(), /console\.log\(.*\) \/\/ (.*)/.exec(source)?.[1])
  })

  describe('its page', () => {
    const types = { '.js': 'text/javascript', '.wasm': 'application/wasm' }
    const server = createServer((request, response) => {
      const path = new URL(request.url ?? '/', 'http://localhost').pathname
      if (path === '/') return response.setHeader('content-type', 'text/html').end(block('html'))
      try {
        const file = readFileSync(join(root, path.replace(/^\/node_modules\/gene-wasm\//, '')))
        response.setHeader('content-type', types[/** @type {keyof typeof types} */ (extname(path))] ?? 'text/plain').end(file)
      } catch {
        response.writeHead(404).end()
      }
    })
    /** @type {import('playwright-core').Browser} */ let browser
    before(async () => {
      browser = await launchChromium()
      await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)))
    })
    after(async () => {
      await browser.close()
      server.close()
    })

    test('streams its output', async () => {
      const page = await browser.newPage()
      const address = /** @type {import('node:net').AddressInfo} */ (server.address())
      await page.goto(`http://127.0.0.1:${address.port}/`)
      await page.waitForFunction(() => document.querySelector('#out')?.textContent === 'tick 1\ntick 2\ntick 3\n')
    })
  })
})

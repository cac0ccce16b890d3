// support.js — what the page tests share: the project's own server, one browser, a fresh profile per page, and words for
// what a visitor does. A page that logs an error or breaks its content security policy fails its test.

import assert from 'node:assert/strict'
import { after, before } from 'node:test'
import { chromium } from 'playwright-core'
import { serveProject } from '../../js/dev/static_server.js'
import { findChromium } from '../../js/dev/system_packages.js'
import { contentSecurityPolicy } from '../../js/dev/web_rules.js'

/** @typedef {import('playwright-core').Page} PlaywrightPage */

/** Nothing in these tests waits this long unless it is broken; a busy machine is slow. */
const PATIENCE_MS = 30_000

const CHROMIUM_ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
  '--disable-quic',
]

/** Serves the page as `npm run playground` does. */
export function serve() {
  return serveProject(0, { headers: { 'content-security-policy': contentSecurityPolicy() } })
}

/** Starts server and browser for a test file; the result opens pages. */
export function useBrowser() {
  /** @type {Awaited<ReturnType<typeof serve>>} */ let server
  /** @type {import('playwright-core').Browser} */ let browser
  before(async () => {
    server = await serve()
    browser = await chromium.launch({ executablePath: findChromium(), args: CHROMIUM_ARGS })
  })
  after(async () => {
    await browser?.close()
    await server?.close()
  })

  return {
    /**
     * Opens the page in a fresh profile, hands it to `use`, and checks that it stayed clean.
     * @param {(visitor: Visitor) => Promise<void>} use
     * @param {import('playwright-core').BrowserContextOptions & { replace?: Record<string, string>, allowErrors?: boolean }} [options]
     *   `replace`: the text of some of our files, by path, for this page only
     */
    async visit(use, { replace = {}, allowErrors = false, ...options } = {}) {
      const context = await browser.newContext(options)
      context.setDefaultTimeout(PATIENCE_MS)
      for (const [path, body] of Object.entries(replace)) {
        await context.route(`${server.origin}${path}`, (route) => route.fulfill({ body, contentType: 'text/javascript' }))
      }
      const visitor = new Visitor(await context.newPage(), `${server.origin}/web/`)
      try {
        await visitor.open()
        await use(visitor)
        if (!allowErrors) assert.deepEqual(visitor.complaints, [], 'errors in the console')
      } finally {
        await context.close()
      }
    },
  }
}

/** Somebody who uses the page. */
export class Visitor {
  /** @type {string[]} errors of the page, its worker and its content security policy */
  complaints = []

  /** @param {PlaywrightPage} page @param {string} address */
  constructor(page, address) {
    this.page = page
    this.address = address
    page.on('pageerror', (error) => this.complaints.push(String(error)))
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') this.complaints.push(message.text())
    })
    page.on('requestfailed', (request) => {
      const reason = request.failure()?.errorText ?? ''
      // A reload ends what is still loading: that is no fault.
      if (reason !== 'net::ERR_ABORTED') this.complaints.push(`${request.url()}: ${reason}`)
    })
  }

  async open() {
    await this.page.goto(this.address)
    await this.page.waitForFunction(() => document.querySelector('textarea')?.value !== '')
  }

  /** Replaces the program. @param {string} source */
  async write(source) {
    await this.page.locator('textarea').fill(source)
  }

  async code() {
    return this.page.locator('textarea').inputValue()
  }

  async run() {
    await this.page.locator('#run').click()
  }

  /** Waits until the run has ended. @param {'done' | 'error' | 'stopped'} state how it has to end */
  async ends(state) {
    await this.page.locator('#status:is([data-state=done], [data-state=error], [data-state=stopped])').waitFor()
    assert.equal(await this.state(), state, await this.output())
    await this.nextFrame()
  }

  /** Writes a program, runs it and waits for its end. @param {string} source @param {'done' | 'error' | 'stopped'} state */
  async try(source, state = 'done') {
    await this.write(source)
    await this.run()
    await this.ends(state)
    return this.output()
  }

  /** Presses Stop and waits until the run has ended. @returns {Promise<number>} ms it took, by the page's clock */
  async stop() {
    const took = await this.page.evaluate(async () => {
      const status = /** @type {HTMLElement} */ (document.querySelector('#status'))
      const button = /** @type {HTMLElement} */ (document.querySelector('#stop'))
      const started = performance.now()
      const ended = new Promise((done) => {
        new MutationObserver(() => status.dataset.state !== 'running' && done(performance.now() - started)).observe(status, { attributes: true })
      })
      button.click()
      return ended
    })
    await this.ends('stopped')
    return took
  }

  async state() {
    return this.page.locator('#status').getAttribute('data-state')
  }

  /** What the program has printed, without the page's own remarks. */
  async output() {
    return (await this.page.locator('.output-text').textContent()) ?? ''
  }

  /** Waits until the output matches. @param {RegExp} pattern */
  async sees(pattern) {
    const { source, flags } = pattern
    await this.page.waitForFunction(
      ([source, flags]) => new RegExp(source, flags).test(document.querySelector('.output-text')?.textContent ?? ''),
      [source, flags],
    )
  }

  /** @param {string} selector */
  async text(selector) {
    return (await this.page.locator(selector).textContent()) ?? ''
  }

  /** Text is drawn in animation frames; the second one comes after the drawing. */
  async nextFrame() {
    await this.page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))))
  }
}

// firefox.test.js — the page once in Firefox, over WebDriver BiDi: load, run, stop, error.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { launch } from 'puppeteer-core'
import { findFirefox } from '../../js/dev/system_packages.js'
import { serve } from './support.js'

const firefox = findFirefox()

test('the page loads, runs, stops and marks errors in Firefox', { skip: firefox ? false : 'Firefox is not installed' }, async () => {
  const server = await serve()
  const browser = await launch({ browser: 'firefox', executablePath: firefox, headless: true, protocol: 'webDriverBiDi' })
  try {
    const page = await browser.newPage()
    await page.goto(`${server.origin}/web/`)
    await page.waitForSelector('#status[data-state=idle]')

    const runs = async (/** @type {string} */ source, /** @type {string} */ state) => {
      await page.evaluate((source) => {
        const field = /** @type {HTMLTextAreaElement} */ (document.querySelector('textarea'))
        field.focus()
        field.select()
        document.execCommand('insertText', false, source)
      }, source)
      await page.click('#run')
      await page.waitForSelector(`#status[data-state=${state}]`)
      await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))))
    }
    const text = (/** @type {string} */ selector) => page.$eval(selector, (node) => node.textContent)

    await runs('(println "in Firefox")\n(+ 1 2)', 'done')
    assert.equal(await text('.output-text'), 'in Firefox\n')
    assert.equal(await text('.result code'), '3')

    await runs('(while true 1)', 'running')
    await page.click('#stop')
    await page.waitForSelector('#status[data-state=stopped]')

    await runs('(println 1))', 'error')
    assert.equal(await text('.problem-position'), 'main.gene:1:12')
    assert.equal(await text('.mark-problem'), ')')
  } finally {
    await browser.close()
    await server.close()
  }
})

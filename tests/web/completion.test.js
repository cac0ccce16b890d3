// completion.test.js — the list of names at the caret, the call in the title, and Format, used as by hand.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { useBrowser } from './support.js'

const { visit } = useBrowser()

/** @typedef {import('./support.js').Visitor} Visitor */

/** A page that knows the library, with a text and the caret at its end. @param {Visitor} visitor @param {string} [text] */
async function begin(visitor, text = '') {
  await visitor.page.locator('#status[data-state=idle]').waitFor()
  await visitor.write(text)
  await visitor.page.locator('textarea').press('Control+End')
  // The tables follow the `ready` message: wait until a list can be opened.
  await visitor.page.waitForFunction(async () => {
    document.querySelector('textarea')?.dispatchEvent(new KeyboardEvent('keydown', { code: 'Space', key: ' ', ctrlKey: true }))
    return document.querySelector('.suggestion') !== null
  })
  await visitor.page.keyboard.press('Escape')
}

/** @param {Visitor} visitor */
const listed = ({ page }) => page.locator('.suggestions:visible .suggestion-name').allTextContents()

test('typing opens the list, arrows choose, Enter completes, Ctrl+Z takes it back', async () => {
  await visit(async (visitor) => {
    const { page } = visitor
    await begin(visitor)
    await page.keyboard.type('(p')
    assert.deepEqual(await listed(visitor), [])
    await page.keyboard.type('ri')
    assert.deepEqual(await listed(visitor), ['print', 'println'])
    await page.keyboard.press('ArrowDown')
    assert.match(await visitor.text('.suggestions-doc'), /newline/)
    await page.keyboard.press('Enter')
    assert.equal(await visitor.code(), '(println')
    assert.deepEqual(await listed(visitor), [])
    await page.keyboard.press('Control+z')
    assert.equal(await visitor.code(), '(pri')
  })
})

test('the field is a combobox while it has a list, and says which entry is selected', async () => {
  await visit(async (visitor) => {
    const { page } = visitor
    await begin(visitor)
    const field = page.locator('textarea')
    await page.keyboard.type('(pri')
    const state = await field.evaluate((node) => [node.role, node.ariaExpanded, node.getAttribute('aria-controls')])
    assert.deepEqual(state, ['combobox', 'true', 'suggestions'])
    await page.keyboard.press('ArrowUp')
    const id = await field.getAttribute('aria-activedescendant')
    const option = page.locator(`#${id}`)
    assert.match((await option.textContent()) ?? '', /^println\(println /)
    assert.equal(await option.getAttribute('aria-selected'), 'true')
    assert.equal(await page.getByRole('listbox').getByRole('option', { selected: true }).count(), 1)
    await page.keyboard.press('Escape')
    assert.deepEqual(await listed(visitor), [])
    const names = await field.evaluate((node) => node.getAttributeNames())
    assert.deepEqual(names.filter((name) => /^(role|aria-(expanded|controls|autocomplete|activedescendant))$/.test(name)), [])
  })
})

test('Ctrl+Space lists every name; Escape closes, and Tab then leaves the field', async () => {
  await visit(async (visitor) => {
    const { page } = visitor
    await begin(visitor)
    await page.keyboard.press('Control+Space')
    assert.ok((await listed(visitor)).length > 100)
    await page.keyboard.press('Escape')
    await page.keyboard.press('Tab')
    assert.notEqual(await page.evaluate(() => document.activeElement?.tagName), 'TEXTAREA')
    assert.equal(await visitor.code(), '')
  })
})

test('Tab completes; Enter on a whole name is a new line; moving the caret closes the list', async () => {
  await visit(async (visitor) => {
    const { page } = visitor
    await begin(visitor)
    await page.keyboard.type('(whi')
    await page.keyboard.press('Tab')
    assert.equal(await visitor.code(), '(while')
    await page.keyboard.type(' prin')
    await page.keyboard.type('t')
    assert.deepEqual(await listed(visitor), ['print', 'println'])
    await page.keyboard.press('Enter')
    assert.equal(await visitor.code(), '(while print\n  ')
    await page.keyboard.type('pri')
    assert.equal((await listed(visitor)).length, 2)
    await page.keyboard.press('ArrowLeft')
    await page.locator('.suggestions').waitFor({ state: 'hidden' })
  })
})

test('a click completes and the field keeps the focus; own names come first', async () => {
  await visit(async (visitor) => {
    const { page } = visitor
    await begin(visitor, '(var printer 1)\n')
    await page.keyboard.type('pri')
    assert.deepEqual(await listed(visitor), ['printer', 'print', 'println'])
    await page.locator('.suggestion').first().click()
    assert.equal(await visitor.code(), '(var printer 1)\nprinter')
    await page.keyboard.type('!')
    assert.equal(await visitor.code(), '(var printer 1)\nprinter!')
  })
})

test('an input method at work opens no list', async () => {
  await visit(async (visitor) => {
    const { page } = visitor
    await begin(visitor)
    const session = await page.context().newCDPSession(page)
    await session.send('Input.imeSetComposition', { text: 'pri', selectionStart: 3, selectionEnd: 3 })
    assert.equal(await visitor.code(), 'pri')
    assert.deepEqual(await listed(visitor), [])
    await session.send('Input.insertText', { text: '漢字' })
    assert.equal(await visitor.code(), '漢字')
    assert.deepEqual(await listed(visitor), [])
  })
})

test('on a phone the list stays on the screen, a tap completes', async () => {
  await visit(async (visitor) => {
    const { page } = visitor
    await begin(visitor, '(println 1)\n'.repeat(30))
    await page.keyboard.type('(println "a long line before it") (if tru')
    await page.keyboard.press('Backspace')
    const box = await page.locator('.suggestions').boundingBox()
    assert.ok(box && box.x >= 0 && box.y >= 0 && box.x + box.width <= 390 && box.y + box.height <= 700, JSON.stringify(box))
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 390)
    await page.locator('.suggestion').filter({ hasText: /^true/ }).tap()
    assert.ok((await visitor.code()).endsWith('(if true'))
    assert.equal(await page.evaluate(() => document.activeElement?.tagName), 'TEXTAREA')
  }, { viewport: { width: 390, height: 700 }, hasTouch: true, isMobile: true })
})

test('the title shows how the call around the caret is written', async () => {
  await visit(async (visitor) => {
    const { page } = visitor
    await begin(visitor)
    await page.keyboard.type('(fn area [w h] (w * h)) (area ')
    await page.locator('#call code', { hasText: '(area w h)' }).waitFor()
    await page.keyboard.type('([1] .map ')
    await page.locator('#call code', { hasText: '(a .map f)' }).waitFor()
    await page.keyboard.press('Control+Home')
    await page.locator('#call').waitFor({ state: 'hidden' })
    assert.ok(await page.locator('#editor-hint').isVisible())
  })
})

test('Format and Shift+Alt+F indent the program, keep the caret in its line, and can be undone', async () => {
  await visit(async (visitor) => {
    const { page } = visitor
    const before = '(fn f [n]\n(if n\n(println n)))'
    const after = '(fn f [n]\n  (if n\n    (println n)))'
    await begin(visitor, before)
    const caret = () => page.locator('textarea').evaluate((node) => /** @type {HTMLTextAreaElement} */ (node).selectionStart)
    for (let i = 0; i < 4; i += 1) await page.keyboard.press('ArrowLeft')
    await page.keyboard.press('Shift+Alt+F')
    assert.equal(await visitor.code(), after)
    assert.equal(await caret(), after.length - 4)
    await page.keyboard.press('Control+z')
    assert.equal(await visitor.code(), before)
    await page.locator('#format').click()
    assert.equal(await visitor.code(), after)
    await page.locator('#format').click()
    await page.keyboard.press('Control+z')
    assert.equal(await visitor.code(), before, 'formatting what is formatted is no step to undo')
  })
})

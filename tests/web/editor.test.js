// editor.test.js — the code field, used as by hand.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { useBrowser } from './support.js'

const { visit } = useBrowser()

test('Enter indents by the innermost open bracket', async () => {
  await visit(async (visitor) => {
    await visitor.write('')
    await visitor.page.locator('textarea').focus()
    for (const line of ['(fn f [n]', '(var m {^a 1', '^b 2})', '(n + 1))']) {
      await visitor.page.keyboard.type(line)
      await visitor.page.keyboard.press('Enter')
    }
    assert.equal(await visitor.code(), '(fn f [n]\n  (var m {^a 1\n          ^b 2})\n  (n + 1))\n')
  })
})

test('Tab indents the selected lines, Shift+Tab takes it back, Ctrl+Z undoes', async () => {
  await visit(async (visitor) => {
    const { page } = visitor
    await visitor.write('a\nb')
    await page.locator('textarea').selectText()
    await page.keyboard.press('Tab')
    assert.equal(await visitor.code(), '  a\n  b')
    await page.keyboard.press('Shift+Tab')
    assert.equal(await visitor.code(), 'a\nb')
    await page.keyboard.press('Control+z')
    assert.equal(await visitor.code(), '  a\n  b')
  })
})

test('Tab types two spaces, and after Escape it leaves the field', async () => {
  await visit(async (visitor) => {
    const { page } = visitor
    await visitor.write('x')
    await page.locator('textarea').press('End')
    await page.keyboard.press('Tab')
    assert.equal(await visitor.code(), 'x  ')
    await page.keyboard.press('Escape')
    await page.keyboard.press('Tab')
    assert.notEqual(await page.evaluate(() => document.activeElement?.tagName), 'TEXTAREA')
    assert.equal(await visitor.code(), 'x  ')
  })
})

test('the coloured layer has the text and the size of the field', async () => {
  await visit(async (visitor) => {
    const source = '(fn f [x]\n\t(println "漢字 #{no} 😀" #"a#{x}b" `q %u) # end\n'.repeat(80) + ' '.repeat(300) + '|'
    await visitor.write(source)
    const { page } = visitor
    assert.equal(await visitor.text('.editor-colours'), `${source}\n`)
    const sizes = await page.locator('textarea').evaluate((field) => [field.scrollWidth - field.clientWidth, field.scrollHeight - field.clientHeight])
    assert.deepEqual(sizes, [0, 0], 'the field never scrolls by itself')
    assert.equal((await visitor.text('.editor-numbers')).trim().split('\n').length, 161)
  })
})

test('the bracket that belongs to the one at the caret is marked', async () => {
  await visit(async (visitor) => {
    await visitor.write('(a (b [c]) ")")')
    await visitor.page.locator('textarea').press('Control+Home')
    await visitor.page.waitForFunction(() => document.querySelectorAll('.mark-bracket').length === 2)
    const at = await visitor.page.evaluate(() => {
      const layer = /** @type {Element} */ (document.querySelector('.mark-bracket')?.parentElement)
      return layer.textContent
    })
    assert.equal(at, '(a (b [c]) ")")')
  })
})

test('a text of a megabyte can still be edited', async () => {
  await visit(async (visitor) => {
    const { page } = visitor
    await page.locator('textarea').evaluate((field) => {
      const area = /** @type {HTMLTextAreaElement} */ (field)
      area.value = '(println 1)\n'.repeat(90_000)
      area.dispatchEvent(new Event('input'))
    })
    await page.locator('textarea').press('Control+End')
    await page.keyboard.type('xyz')
    assert.ok((await visitor.code()).endsWith('\nxyz'), 'the typed text is there')
  })
})

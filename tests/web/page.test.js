// page.test.js — what a visitor of web/ sees, with the real wasm in a real browser.
// covers: PRD-4

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { useBrowser } from './support.js'

const { visit } = useBrowser()

const ENDLESS = '(println "before")\n(var n 0)\n(while true (n += 1))\n'
const PHONE = { viewport: { width: 360, height: 740 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true }

test('the page loads without console errors and without breaking its content security policy', async () => {
  await visit(async ({ page }) => {
    await page.locator('#status[data-state=idle]').waitFor()
    assert.equal(await page.title(), 'Gene playground')
    assert.equal(await page.locator('script:not([src])').count(), 0, 'no inline script')
  })
})

test('the page defines nothing global', async () => {
  await visit(async ({ page }) => {
    const added = await page.evaluate(() => {
      const frame = document.createElement('iframe')
      document.body.append(frame)
      const plain = new Set(Object.getOwnPropertyNames(frame.contentWindow))
      const ids = new Set([...document.querySelectorAll('[id]')].map(({ id }) => id))
      return Object.getOwnPropertyNames(window).filter((name) => !plain.has(name) && !ids.has(name) && !/^\d+$/.test(name))
    })
    // What the test driver itself puts there begins with two underscores.
    assert.deepEqual(added.filter((name) => !name.startsWith('__')), [])
  })
})

test('Run prints the output and then the result', async () => {
  await visit(async (visitor) => {
    assert.equal(await visitor.try('(println "one" 2)\n(print "th")\n(println "ree")\n(+ 40 2)'), 'one 2\nthree\n')
    assert.equal(await visitor.text('.result code'), '42')
    assert.match(await visitor.text('#status-text'), /^Finished in \d/)
  })
})

test('output streams while the program still runs', async () => {
  await visit(async (visitor) => {
    await visitor.write('(println "first")\n(sleep 100000)\n(println "never")')
    await visitor.run()
    await visitor.sees(/^first\n$/)
    assert.equal(await visitor.state(), 'running')
    await visitor.stop()
    assert.equal(await visitor.output(), 'first\n')
  })
})

test('stdout and stderr are told apart and keep their order', async () => {
  await visit(async (visitor) => {
    assert.equal(await visitor.try('(println "a")\n(println "b" ^^stderr)\n(println "c")'), 'a\nb\nc\n')
    assert.deepEqual(await visitor.page.locator('.output-text .err').allTextContents(), ['b\n'])
    const colour = (/** @type {string} */ name) =>
      visitor.page.locator(`.output-text .${name}`).first().evaluate((node) => getComputedStyle(node).color)
    assert.notEqual(await colour('out'), await colour('err'))
  })
})

test('an uncaught error marks its line and column and shows the source line with a caret', async () => {
  await visit(async (visitor) => {
    const output = await visitor.try('(println "before")\n(fn f []\n  (throw "no milk"))\n(f)', 'error')
    assert.equal(output, 'before\n')
    assert.match(await visitor.text('.problem-title'), /^error\[GENE\.[A-Z_.]+\]: no milk$/)
    assert.match(await visitor.text('.problem-source'), /^3 \| {3}\(throw "no milk"\)\)$/)
    assert.match(await visitor.text('#status-text'), /^Error in line 3, column \d+$/)
    assert.equal(await visitor.text('.editor-number-problem'), '3\n')
    await assertMarkedWhereReported(visitor)
  })
})

test('a syntax error is marked exactly where it is', async () => {
  await visit(async (visitor) => {
    assert.equal(await visitor.try('(println "never printed")\n(println 1))', 'error'), '')
    assert.equal(await visitor.text('.problem-position'), 'main.gene:2:12')
    assert.equal(await visitor.text('.mark-problem'), ')')
    await assertMarkedWhereReported(visitor)
  })
})

test('columns are right behind tabs, wide characters and emoji', async () => {
  await visit(async (visitor) => {
    await visitor.try('(println "漢字 😀\té" 1))', 'error')
    assert.equal(await visitor.text('.mark-problem'), ')')
    await assertMarkedWhereReported(visitor)
  })
})

/** The mark in the editor and the caret in the output stand at the column the error reports. @param {import('./support.js').Visitor} visitor */
async function assertMarkedWhereReported({ page }) {
  const [line, column] = ((await page.locator('.problem-position').first().textContent()) ?? '').split(':').slice(1).map(Number)
  const found = await page.evaluate(() => {
    const mark = /** @type {Element} */ (document.querySelector('.mark-problem'))
    const before = (mark.previousSibling?.textContent ?? '').split('\n')
    const left = (/** @type {string} */ selector) => document.querySelector(selector)?.getBoundingClientRect().left ?? -1
    const row = /** @type {Element} */ (document.querySelector('.problem-source'))
    return {
      line: before.length,
      column: Array.from(before[before.length - 1]).length + 1,
      caret: left('.problem-caret') - (row.getBoundingClientRect().left ?? 0),
    }
  })
  assert.deepEqual([found.line, found.column], [line, column])
  assert.ok(found.caret > 0)
}

test('a click on an error position puts the caret there', async () => {
  await visit(async (visitor) => {
    await visitor.try('(println 1)\n(println 2))', 'error')
    await visitor.page.locator('.problem-position').first().click()
    const caret = await visitor.page.locator('textarea').evaluate((node) => /** @type {HTMLTextAreaElement} */ (node).selectionStart)
    assert.equal(caret, '(println 1)\n(println 2)'.length)
    assert.equal(await visitor.page.evaluate(() => document.activeElement?.tagName), 'TEXTAREA')
  })
})

test('editing takes the error mark away', async () => {
  await visit(async (visitor) => {
    await visitor.try('(println 1))', 'error')
    assert.equal(await visitor.page.locator('.editor-line').isVisible(), true)
    await visitor.page.locator('textarea').press('End')
    await visitor.page.keyboard.type(' ')
    assert.equal(await visitor.page.locator('.editor-line').isVisible(), false)
    assert.equal(await visitor.page.locator('.mark-problem').count(), 0)
  })
})

test('runaway recursion and endless memory end with an error, and the page goes on', async () => {
  await visit(async (visitor) => {
    await visitor.try('(fn f [n]\n  (1 + (f n)))\n(f 1)', 'error')
    assert.match(await visitor.text('.problem-title'), /^error\[GENE\.VM\.STACK_OVERFLOW\]/)
    assert.match(await visitor.text('.problem-stack'), /at f main\.gene:2:\d+, \d+ times/)
    await visitor.try('(var all [])\n(while true (all .add [1 2 3]))', 'error')
    assert.match(await visitor.text('.problem-title'), /^error\[GENE\.LIMIT\.MEMORY\]/)
    assert.equal(await visitor.try('(println "on")'), 'on\n')
  })
})

test('an error in a background task is shown and the program goes on', async () => {
  await visit(async (visitor) => {
    const output = await visitor.try('(println "before")\n(spawn (fn [] (throw "lost")))\n(sleep 20)\n(println "after")')
    assert.match(output, /^before\nin a background task.*: lost .*after\n$/s, 'the error stands where it happened')
    assert.match(await visitor.text('.problem'), /main\.gene:2:\d+/)
  })
})

test('a flood of errors in background tasks neither floods the page nor stops the program', async () => {
  await visit(async (visitor) => {
    await visitor.try('(for i in (range 1 300) (spawn (fn [] (throw #"no #{i}"))))\n(sleep 50)\n(println "end")')
    assert.equal(await visitor.page.locator('.problem').count(), 50)
    assert.match(await visitor.output(), /^error\[[A-Z_.]+\]: no 300$/m)
    assert.match(await visitor.output(), /^end$/m)
  })
})

test('(exit 3) ends the program and shows the code', async () => {
  await visit(async (visitor) => {
    assert.equal(await visitor.try('(println "a")\n(exit 3)\n(println "b")', 'error'), 'a\n')
    assert.equal(await visitor.text('#status-text'), 'Exit code 3')
  })
})

test('Stop ends an endless loop within a second, without restarting the worker, and Run works again', async () => {
  await visit(async (visitor) => {
    const { page } = visitor
    let workers = 0
    page.on('worker', () => (workers += 1))
    await visitor.write(ENDLESS)
    await visitor.run()
    await visitor.sees(/before/)
    const took = await visitor.stop()
    assert.ok(took < 1000, `Stop took ${took} ms`)
    assert.equal(workers, 0, 'the runtime was asked, not killed')
    assert.equal(await visitor.try('(println "again")'), 'again\n')
  })
})

test('Stop ends an endless print loop and the page answers meanwhile', async () => {
  await visit(async (visitor) => {
    const { page } = visitor
    await visitor.write('(var n 0)\n(while true (n += 1) (println "line" n))')
    await visitor.run()
    await visitor.sees(/line \d{4,}\n/)
    const slowest = await page.evaluate(
      () =>
        new Promise((done) => {
          const until = performance.now() + 1000
          let last = performance.now()
          let worst = 0
          const frame = (/** @type {number} */ now) => {
            worst = Math.max(worst, now - last)
            last = now
            if (now < until) requestAnimationFrame(frame)
            else done(worst)
          }
          requestAnimationFrame(frame)
        }),
    )
    assert.ok(/** @type {number} */ (slowest) < 1000, `a frame took ${slowest} ms`)
    await visitor.stop()
    const lines = (await visitor.output()).trimEnd().split('\n')
    assert.ok(lines.length >= 1000 && lines.length <= 5100, `${lines.length} lines are kept`)
    const numbers = lines.map((line) => Number(line.slice('line '.length)))
    numbers.forEach((number, index) => assert.equal(number, numbers[0] + index, 'no line is missing in between'))
  })
})

test('timers tick while a loop without any wait runs', async () => {
  await visit(async (visitor) => {
    await visitor.write('(schedule/every 10 (fn [] (println "tick")))\n(var n 0)\n(while true (n += 1))')
    await visitor.run()
    await visitor.sees(/(tick\n){5}/)
    await visitor.stop()
  })
})

test('Run during a run starts the new text', async () => {
  await visit(async (visitor) => {
    await visitor.write(ENDLESS)
    await visitor.run()
    await visitor.sees(/before/)
    await visitor.write('(println "the new one")')
    await visitor.run()
    await visitor.sees(/^the new one\n$/)
    await visitor.ends('done')
  })
})

test('Ctrl+Enter in the editor runs the program', async () => {
  await visit(async (visitor) => {
    await visitor.write('(println "by key")')
    await visitor.page.locator('textarea').press('Control+Enter')
    await visitor.ends('done')
    assert.equal(await visitor.output(), 'by key\n')
    assert.equal(await visitor.code(), '(println "by key")')
  })
})

test('each example of the menu loads and runs to its end', async () => {
  await visit(async (visitor) => {
    const menu = visitor.page.locator('#program')
    const ids = await menu.locator('option').evaluateAll((options) => options.map((option) => /** @type {HTMLOptionElement} */ (option).value))
    const examples = ids.filter((id) => id !== 'own')
    assert.equal(examples.length, 3)
    for (const id of examples) {
      const [response] = await Promise.all([visitor.page.waitForResponse(new RegExp(`/${id}\\.gene$`)), menu.selectOption(id)])
      await visitor.page.waitForFunction((text) => document.querySelector('textarea')?.value === text, await response.text())
      await visitor.run()
      await visitor.ends('done')
      assert.notEqual(await visitor.output(), '', id)
      assert.equal(await visitor.page.locator('.problem').count(), 0, id)
      assert.equal(await visitor.page.locator('.result').count(), 1, id)
    }
  })
})

test('the code and the chosen program survive a reload', async () => {
  await visit(async (visitor) => {
    await visitor.page.locator('#program').selectOption('generators')
    await visitor.page.waitForFunction(() => document.querySelector('textarea')?.value.includes('fibonacci*'))
    await visitor.write('(println "mine")')
    await visitor.page.reload()
    await visitor.page.waitForFunction(() => document.querySelector('textarea')?.value === '(println "mine")')
    assert.equal(await visitor.page.locator('#program').inputValue(), 'generators')
  })
})

test('looking at another example keeps what was written, and Reset brings the example back', async () => {
  await visit(async (visitor) => {
    const { page } = visitor
    const original = await visitor.code()
    const reads = (/** @type {string} */ text) => page.waitForFunction((text) => document.querySelector('textarea')?.value === text, text)
    await visitor.write('(println "mine")')
    await page.locator('#program').selectOption('generators')
    await page.waitForFunction(() => document.querySelector('textarea')?.value.includes('fibonacci*'))
    await page.locator('#program').selectOption('hello')
    await reads('(println "mine")')
    await page.locator('#reset').click()
    await reads(original)
    await page.locator('textarea').press('Control+z')
    await reads('(println "mine")')
  })
})

test('output that looks like HTML stays text', async () => {
  await visit(async (visitor) => {
    const html = '<img src=x onerror=alert(1)><b>bold</b> &amp; <script>1</script>'
    const source = `(println "${html}")\n(throw "<i>${'no'}</i>")`
    assert.equal(await visitor.try(source, 'error'), `${html}\n`)
    assert.match(await visitor.text('.problem-title'), /<i>no<\/i>$/)
    assert.equal(await visitor.page.locator('main :is(img, script, i, .output-text b)').count(), 0)
  })
})

test('only the newest 5,000 lines are kept, and the page says so', async () => {
  await visit(async (visitor) => {
    await visitor.try('(for i in (range 1 20000) (println i))')
    const lines = (await visitor.output()).trimEnd().split('\n')
    assert.equal(lines.at(-1), '20000')
    assert.ok(lines.length >= 5000 && lines.length < 5100, `${lines.length} lines`)
    assert.equal(Number(lines[0]), 20001 - lines.length)
    const dropped = Number(/^([\d,]+) earlier lines/.exec(await visitor.text('.output-notice'))?.[1].replaceAll(',', ''))
    assert.equal(dropped, 20000 - lines.length)
  })
})

test('one line of a million characters is shown in part and does not block the page', async () => {
  await visit(async (visitor) => {
    const output = await visitor.try('(var s "0123456789")\n(repeat 17 (s = (s ++ s)))\n(println s)\n(println "end")')
    assert.match(output, /789\nend\n$/)
    assert.ok(output.length <= 1_100_000, `${output.length} characters`)
  })
})

test('on a phone nothing scrolls sideways and the controls are large enough to touch', async () => {
  await visit(async (visitor) => {
    await visitor.try('(println "a long line, a long line, a long line, a long line, a long line")\n(println (1 + "x"))', 'error')
    const sizes = await visitor.page.evaluate(() => ({
      page: document.documentElement.scrollWidth,
      window: window.innerWidth,
      tall: document.documentElement.scrollHeight <= window.innerHeight,
      controls: ['#run', '#stop', '#program'].map((id) => document.querySelector(id)?.getBoundingClientRect().height ?? 0),
    }))
    assert.ok(sizes.page <= sizes.window, `${sizes.page} of ${sizes.window} pixels`)
    assert.ok(sizes.tall, 'editor and output share one screen')
    for (const height of sizes.controls) assert.ok(height >= 40, `${height} pixels`)
  }, PHONE)
})

test('the status is a live region that tells what happens', async () => {
  await visit(async (visitor) => {
    const status = visitor.page.getByRole('status')
    await visitor.page.locator('#status[data-state=idle]').waitFor()
    assert.equal(await status.textContent(), 'Ready')
    await visitor.write(ENDLESS)
    await visitor.run()
    await visitor.sees(/before/)
    assert.equal(await status.textContent(), 'Running …')
    await visitor.stop()
    assert.equal(await status.textContent(), 'Stopped')
  })
})

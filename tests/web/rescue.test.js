// rescue.test.js — what the page does when the runtime itself does not answer or does not load. Such runtimes are put in
// the place of js/index.js, for these pages only.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { useBrowser } from './support.js'

const { visit } = useBrowser()

/** Blocks its thread on a source that says so, prints the source otherwise. */
const STUBBORN = `
  export const version = '0'
  export const createRuntime = async ({ stdout } = {}) => ({
    async run({ source }) {
      stdout(source)
      if (source === 'block') for (;;);
      return { value: null, exitCode: 0 }
    },
    docs: () => [],
    names: () => [],
    dispose() {},
  })`

test('Stop terminates a worker that does not answer, keeps its output, and Run works in a new one', async () => {
  await visit(
    async (visitor) => {
      await visitor.write('block')
      await visitor.run()
      await visitor.sees(/^block$/)
      const took = await visitor.stop()
      assert.ok(took > 900 && took < 3000, `it took ${took} ms`)
      assert.match(await visitor.text('.remark'), /did not answer/)
      assert.equal(await visitor.output(), 'block')
      assert.equal(await visitor.try('fine'), 'fine')
    },
    { replace: { '/js/index.js': STUBBORN } },
  )
})

test('Run during a run that does not answer starts the new text', async () => {
  await visit(
    async (visitor) => {
      await visitor.write('block')
      await visitor.run()
      await visitor.sees(/^block$/)
      await visitor.write('next')
      await visitor.run()
      await visitor.sees(/^next$/)
      await visitor.ends('done')
    },
    { replace: { '/js/index.js': STUBBORN } },
  )
})

test('a runtime that cannot be loaded is reported, and nothing pretends to run', async () => {
  await visit(
    async (visitor) => {
      await visitor.page.locator('#status[data-state=error]').waitFor()
      await visitor.nextFrame()
      assert.match(await visitor.text('.remark'), /could not be loaded|SyntaxError/)
      assert.equal(await visitor.page.locator('#stop').isDisabled(), true)
    },
    { replace: { '/js/index.js': 'this is not JavaScript' }, allowErrors: true },
  )
})

test('a file that is no wasm is reported', async () => {
  await visit(
    async (visitor) => {
      await visitor.page.locator('#status[data-state=error]').waitFor()
      await visitor.nextFrame()
      assert.match(await visitor.text('.remark'), /could not be loaded/)
    },
    { replace: { '/dist/gene.wasm': '<!doctype html>' }, allowErrors: true },
  )
})

test('the page works where storage is forbidden, and says so', async () => {
  await visit(
    async (visitor) => {
      await visitor.write('no storage')
      await visitor.page.locator('.remark').waitFor()
      assert.match(await visitor.text('.remark'), /cannot be kept/)
      await visitor.run()
      await visitor.ends('done')
      assert.equal(await visitor.output(), 'no storage')
    },
    {
      replace: {
        '/js/index.js': STUBBORN,
        '/web/drafts.js': `export class Drafts { open = ''; textOf() {} save() { return false } }`,
      },
    },
  )
})

// embedding.test.js — docs/embedding.md: each block runs as a module and prints what its comments say.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { root } from '../js/dev/shell.js'

const page = readFileSync(join(root, 'docs/embedding.md'), 'utf8')

describe('docs/embedding.md', () => {
  for (const [, title, source] of page.matchAll(/^## (.*)\n(?:(?!^## |^```)[^\n]*\n)*^```js\n([\s\S]*?)^```/gm)) {
    test(title, () => {
      // A module without a file is resolved from the working directory, where the package can import itself by name.
      const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', source], { cwd: root, encoding: 'utf8' })
      assert.equal(stderr, '')
      assert.deepEqual(stdout.trim().split('\n'), [...source.matchAll(/\/\/ => (.*)$/gm)].map(([, text]) => text))
    })
  }

  test('has blocks', () => assert.equal(page.match(/^```js$/gm)?.length, 4))
})

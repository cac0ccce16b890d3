// types.test.js — the shipped declarations fit the API: a TypeScript program compiles against them, and a wrong one not.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'
import { root } from '../../js/dev/shell.js'

test('a strict TypeScript program compiles against dist/types', () => {
  const { stdout, status } = spawnSync(process.execPath, [
    'node_modules/typescript/bin/tsc', '--noEmit', '--strict', '--target', 'es2022', '--module', 'nodenext', '--moduleResolution', 'nodenext',
    '--lib', 'es2023,dom,dom.iterable,esnext.disposable', '--types', 'node', 'tests/js/types_fixture.mts',
  ], { cwd: root, encoding: 'utf8' })
  assert.equal(stdout, '')
  assert.equal(status, 0)
})

// cli_manual.test.js — docs/cli.md: its sessions run as they stand there, in a folder with its files.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { test } from 'node:test'
import { root } from '../js/dev/shell.js'
import { folder } from './js/cli_support.js'

const BLOCK = /^```(gene file=(\S+)|console)\n([^]*?)^```$/gm

test('docs/cli.md: each session prints what it shows', (t) => {
  const cwd = folder(t, {})
  mkdirSync(join(cwd, '.bin'))
  writeFileSync(join(cwd, '.bin/gene'), `#!/bin/sh\nexec "${process.execPath}" "${join(root, 'js/cli.js')}" "$@"\n`)
  chmodSync(join(cwd, '.bin/gene'), 0o755)
  const env = { ...process.env, NO_COLOR: '1', PATH: `${join(cwd, '.bin')}${delimiter}${process.env.PATH}` }
  let count = 0
  for (const [, , file, text] of readFileSync(join(root, 'docs/cli.md'), 'utf8').matchAll(BLOCK)) {
    if (file) writeFileSync(join(cwd, file), text)
    else for (const part of text.split(/^(?=\$ )/m)) {
      const [line, ...expected] = part.split('\n')
      const { stdout } = spawnSync('sh', ['-c', `exec 2>&1\n${line.slice(2)}`], { cwd, env, encoding: 'utf8' })
      assert.equal(stdout, expected.join('\n'), line)
      count++
    }
  }
  assert.ok(count > 10, `${count} commands`)
})

// cli_fmt.test.js — gene fmt: what it writes where, what it says, its exit codes. The layout itself: format.test.js.

import assert from 'node:assert/strict'
import { readFileSync, statSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { folder, gene } from './cli_support.js'

const ROUGH = '(f\nx)\n'
const NEAT = '(f\n  x)\n'

describe('gene fmt', () => {
  test('rewrites the files that change, and no others', async (t) => {
    const cwd = folder(t, { 'a.gene': ROUGH, 'b.gene': NEAT })
    utimesSync(join(cwd, 'b.gene'), 1000, 1000)
    assert.deepEqual(await gene(['fmt', 'a.gene', 'b.gene'], { cwd }), { stdout: '', stderr: '', exit: 0, signal: null })
    assert.equal(readFileSync(join(cwd, 'a.gene'), 'utf8'), NEAT)
    assert.equal(statSync(join(cwd, 'b.gene')).mtimeMs, 1_000_000)
  })

  test('stdin goes to stdout', async () => {
    assert.equal((await gene(['fmt'], { stdin: ROUGH })).stdout, NEAT)
    assert.equal((await gene(['format', '-'], { stdin: ROUGH })).stdout, NEAT)
    assert.deepEqual(await gene(['fmt'], { stdin: '' }), { stdout: '', stderr: 'Error: No input provided\n', exit: 1, signal: null })
  })

  test('--check changes nothing and tells of every file', async (t) => {
    const cwd = folder(t, { 'a.gene': ROUGH, 'b.gene': NEAT, 'c.gene': ROUGH })
    const { stdout, stderr, exit } = await gene(['fmt', '--check', 'a.gene', 'b.gene', 'c.gene'], { cwd })
    const told = 'Error: File is not canonically formatted: a.gene\nError: File is not canonically formatted: c.gene\n'
    assert.deepEqual([stdout, stderr, exit], ['', told, 1])
    assert.equal(readFileSync(join(cwd, 'a.gene'), 'utf8'), ROUGH)
    assert.deepEqual(await gene(['fmt', '--check', 'b.gene'], { cwd }), { stdout: 'All files are canonically formatted\n', stderr: '', exit: 0, signal: null })
  })

  test('--check of stdin', async () => {
    assert.deepEqual(await gene(['fmt', '--check'], { stdin: NEAT }), { stdout: 'Stdin is canonically formatted\n', stderr: '', exit: 0, signal: null })
    assert.deepEqual(await gene(['fmt', '--check'], { stdin: ROUGH }), { stdout: '', stderr: 'Error: Stdin is not canonically formatted\n', exit: 1, signal: null })
  })

  test('what cannot be read is told, and the other files are formatted', async (t) => {
    const cwd = folder(t, { 'a.gene': ROUGH })
    const { stderr, exit } = await gene(['fmt', 'missing.gene', '.', 'a.gene'], { cwd })
    assert.deepEqual([stderr, exit], ['Error: File not found: missing.gene\nError: . is a directory\n', 1])
    assert.equal(readFileSync(join(cwd, 'a.gene'), 'utf8'), NEAT)
    assert.match((await gene(['fmt', '--chekc'])).stderr, /^Error: Unknown option: --chekc \(did you mean --check\?\)\n/)
  })
})

// tables.test.js — what is declared twice, once in C and once in JavaScript, says the same.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { root } from '../../js/dev/shell.js'
import { version } from '../../js/index.js'
import { makeImports } from '../../js/imports.js'
import { ABI, EXPORTS } from '../../js/loader.js'
import { OPERATIONS } from '../../js/operations.js'
import { DEPTH_MAX, HANDLE_KIND, TAG } from '../../js/tags.js'

const read = (/** @type {string} */ file) => readFileSync(join(root, file), 'utf8')
const codec = read('src/host/codec.h')
const port = read('src/port/host_imports.h')
const shipped = new WebAssembly.Module(readFileSync(join(root, 'dist/gene.wasm')))

/** Rows `NAME(first, second` of an X-macro. @param {string} text @param {string} name */
const rows = (text, name) => [...text.matchAll(new RegExp(`^\\s+${name}\\((\\w[\\w *]*),\\s*("?)([\\w]*)\\2`, 'gm'))].map(([, first, , second]) => [first, second])

test('tags of records', () => {
  assert.deepEqual({ ...TAG }, Object.fromEntries(rows(codec, 'CODEC_TAG').map(([name, number]) => [name, Number(number)])))
})

test('kinds of handles', () => {
  assert.deepEqual({ ...HANDLE_KIND }, Object.fromEntries(rows(codec, 'HANDLE_KIND').map(([name, number]) => [name, Number(number)])))
})

test('the depth of records', () => {
  assert.equal(DEPTH_MAX, Number(/CODEC_DEPTH_MAX (\d+)/.exec(codec)?.[1]))
})

test('imports: declared, and supplied; no others are asked for', () => {
  const declared = rows(port, 'HOST_IMPORT').map(([, name]) => name)
  const supplied = makeImports(/** @type {any} */ ({}))
  assert.deepEqual(Object.keys(supplied.gene), declared)
  const asked = WebAssembly.Module.imports(shipped)
  for (const { module, name } of asked) assert.ok(/** @type {any} */ (supplied)[module]?.[name], `${module}.${name} is not supplied`)
})

test('exports: declared, expected by the loader, and there', () => {
  const declared = rows(port, 'HOST_EXPORT').map(([, name]) => name)
  assert.deepEqual([...EXPORTS].sort(), ['memory', '_initialize', ...declared].sort())
  const there = new Set(WebAssembly.Module.exports(shipped).map(({ name }) => name))
  assert.deepEqual(EXPORTS.filter((name) => !there.has(name)), [])
})

test('the interface number', () => {
  assert.equal(ABI, Number(/HOST_ABI (\d+)/.exec(port)?.[1]))
})

test('operations, with the grants they need', () => {
  const declared = rows(read('src/port/operations.h'), 'OPERATION')
  assert.deepEqual(OPERATIONS.map(({ name, needs }) => [name, needs]), declared)
})

test('the version', () => {
  assert.equal(version, JSON.parse(read('package.json')).version)
  assert.equal(version, /GENE_VERSION "(.*)"/.exec(read('src/include/gene.h'))?.[1])
})

// setup.test.js — what the set-up makes of a machine's package sources.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { asSourceList } from '../../js/dev/pcre2.js'

test('package sources in fields name source packages', () => {
  const text = 'Types: deb\nURIs: http://mirror.example/debian\nSuites: stable\n\nTypes: deb deb-src\nURIs: http://other.example\n'
  const sources = asSourceList('debian.sources', text)
  assert.equal(sources, text.replace(/^Types: .*$/gm, 'Types: deb-src'))
  assert.equal(sources.match(/^Types: deb-src$/gm)?.length, 2)
})

test('package sources in lines name source packages, each once', () => {
  const text = '# mirrors\ndeb [signed-by=/k.gpg] http://mirror.example/debian stable main\ndeb-src http://mirror.example/debian stable main\n'
  assert.equal(asSourceList('sources.list', text), 'deb-src [signed-by=/k.gpg] http://mirror.example/debian stable main\n')
})

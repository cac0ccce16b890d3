// coverage.js — `npm run coverage`: sets up, builds dist/gene.wasm, writes docs/coverage.md.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { coverage, coverageText } from '../../tests/harness/coverage.js'
import { buildVariant } from './cmake.js'
import { FOR_WASM, setUp } from './setup.js'
import { root, runMain, say } from './shell.js'

await runMain(async () => {
  setUp(FOR_WASM)
  buildVariant('wasm')
  const { createRuntime } = await import('../index.js')
  const runtime = await createRuntime()
  const { entries, unknown } = coverage(runtime.docs())
  runtime.dispose()
  writeFileSync(join(root, 'docs/coverage.md'), coverageText(entries))
  const missing = entries.filter(({ places }) => places.length === 0).map(({ names }) => names[0])
  say(`docs/coverage.md: ${entries.length} names, without a test: ${missing.length}`)
  for (const claim of unknown) say(`there is no such name: ${claim}`)
  return missing.length + unknown.length > 0 ? 1 : 0
})

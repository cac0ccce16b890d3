// bench.js — `npm run bench [-- options]`: sets up, builds dist/gene.wasm, runs bench/main.js.

import { spawnSync } from 'node:child_process'
import { buildVariant } from './cmake.js'
import { FOR_WASM, setUp } from './setup.js'
import { root, runMain } from './shell.js'

await runMain(() => {
  setUp(FOR_WASM)
  buildVariant('wasm')
  const { status } = spawnSync(process.execPath, ['bench/main.js', ...process.argv.slice(2)], { cwd: root, stdio: 'inherit' })
  return status ?? 1
})

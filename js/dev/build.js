// build.js — `npm run build [-- variant…]`: dist/gene.wasm and the type declarations, or the variants named.

import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { buildVariant } from './cmake.js'
import { FOR_TESTS, FOR_WASM, setUp } from './setup.js'
import { root, run, runMain, say, SetupError } from './shell.js'

const VARIANTS = ['wasm', 'native', 'native-stress', 'native-release']

/** Writes dist/types from the JSDoc of js/. Types are checked by `npm run lint`, not here. */
export function buildTypes() {
  if (!existsSync(join(root, 'js/index.js'))) return
  rmSync(join(root, 'dist/types'), { recursive: true, force: true })
  run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.types.json'])
  say('types: written to dist/types')
}

/** @param {string[]} names variants to build; none means what is shipped */
function main(names) {
  const unknown = names.filter((name) => !VARIANTS.includes(name))
  if (unknown.length) throw new SetupError(`unknown variant ${unknown.join(', ')}; there are ${VARIANTS.join(', ')}`)
  const variants = /** @type {import('./cmake.js').Variant[]} */ (names.length ? names : ['wasm'])
  setUp(variants.every((name) => name === 'wasm') ? FOR_WASM : FOR_TESTS.filter((tool) => tool !== 'browser'))
  for (const variant of variants) buildVariant(variant)
  if (names.length === 0) buildTypes()
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) await runMain(() => main(process.argv.slice(2)))

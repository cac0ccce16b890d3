// setup.js — brings a bare machine to where it can build: npm packages, system tools and the source of PCRE2. Each step is one line on
// stderr, and a step that is already done costs nothing.

import { ensureNpmPackages } from './npm_packages.js'
import { ensurePcre2 } from './pcre2.js'
import { ensureSystemTools } from './system_packages.js'

/** What building dist/gene.wasm takes. */
export const FOR_WASM = ['emscripten', 'cmake', 'ninja']
/** What the tests take. */
export const FOR_TESTS = [...FOR_WASM, 'compiler', 'browser']

/** @param {string[]} tools names from system_packages.js */
export function setUp(tools) {
  ensureNpmPackages()
  ensureSystemTools(tools)
  if (tools.includes('cmake')) ensurePcre2()
}

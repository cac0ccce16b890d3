// npm_packages.js — keeps node_modules as package-lock.json says.

import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root, run, say } from './shell.js'

const stamp = join(root, 'node_modules/.gene-wasm-lock')

/** The stamp holds the hash of the lock file that was installed: file times mean nothing after a checkout. */
function isInstalled(/** @type {string} */ hash) {
  try {
    return readFileSync(stamp, 'utf8') === hash
  } catch {
    return false
  }
}

/** Installs the locked npm packages unless they are. */
export function ensureNpmPackages() {
  const hash = createHash('sha256').update(readFileSync(join(root, 'package-lock.json'))).digest('hex')
  if (isInstalled(hash)) return say('npm packages: up to date')
  say('npm packages: installing what package-lock.json lists')
  run('npm', ['ci', '--no-audit', '--no-fund'])
  writeFileSync(stamp, hash)
}

// files.js — lists the project's files.

import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './shell.js'

const IGNORED = new Set(['.git', 'build', 'dist', 'node_modules'])

/**
 * Paths relative to the project, sorted, of the files below `folder` whose path matches.
 * @param {string} folder
 * @param {RegExp} pattern
 * @returns {string[]}
 */
export function globFiles(folder, pattern) {
  if (!existsSync(join(root, folder))) return []
  return readdirSync(join(root, folder), { withFileTypes: true })
    .filter((entry) => !IGNORED.has(entry.name))
    .flatMap((entry) => {
      const path = folder === '.' ? entry.name : `${folder}/${entry.name}`
      if (entry.isDirectory()) return globFiles(path, pattern)
      return pattern.test(path) ? [path] : []
    })
    .sort()
}

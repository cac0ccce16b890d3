// web_rules.js — what a server (or a static build) has to know to hand our unbundled sources to a browser.
// 1. `#platform`: Node and bundlers resolve it through package.json `imports`; a browser cannot, and import maps do not
//    reach workers. So whoever serves js/ replaces such a specifier by the relative path of its `default` target.
// 2. The content security policy stands in web/index.html. A worker does not inherit a page's <meta>, so the same
//    policy is also sent as a header.

import { readFileSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { root } from './shell.js'

const SPECIFIER = /((?:\bfrom|\bimport)\s*\(?\s*)(['"])(#[\w/-]+)\2/g

/** @returns {Record<string, string | Record<string, string>>} */
function packageImports() {
  return JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).imports ?? {}
}

/**
 * The text of one of our modules as a browser can load it.
 * @param {string} file its absolute path
 * @param {string} text
 */
export function forBrowser(file, text) {
  if (!text.includes('#')) return text
  const imports = packageImports()
  return text.replace(SPECIFIER, (whole, keyword, quote, specifier) => {
    const target = imports[specifier]
    const path = typeof target === 'object' ? target.default : target
    if (!path) return whole
    const relativePath = relative(dirname(file), join(root, path)).split(sep).join('/')
    return `${keyword}${quote}${relativePath.startsWith('.') ? relativePath : `./${relativePath}`}${quote}`
  })
}

/** The policy of the page, for the `content-security-policy` header of everything served beside it. */
export function contentSecurityPolicy() {
  const page = readFileSync(join(root, 'web/index.html'), 'utf8')
  const policy = /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(page)
  if (!policy) throw new Error('web/index.html has no content security policy')
  return policy[1]
}

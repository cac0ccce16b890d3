// completion.js — reading a name that is being typed: which part of it is meant to grow, and which methods of the library
// there are to grow into. The prompt (cli/completion.js) and the playground (web/completion.js) both begin here.

/** @typedef {ReturnType<import('./runtime.js').Runtime['docs']>[number]} Row */

const TOKEN = /[^\s()[\]{}"'`,;%]*$/

/**
 * The name at the end of a text: `base` stays, `typed` is to be completed. After a dot it is a method (`.ma`, `xs/.ma`),
 * after a slash a member of `path` (`gene/json/pa`), else a name of its own.
 * @param {string} text
 * @returns {{ kind: 'name' | 'member' | 'method', base: string, path: string, typed: string }}
 */
export function nameBefore(text) {
  const token = TOKEN.exec(text)?.[0] ?? ''
  const slash = token.lastIndexOf('/')
  const base = token.slice(0, slash + 1)
  const typed = token.slice(slash + 1)
  const kind = typed.startsWith('.') && !typed.startsWith('..') ? 'method' : slash >= 0 ? 'member' : 'name'
  return { kind, base, path: base.slice(0, -1), typed }
}

/** Methods by their name with its dot, each with the rows of the classes that have it. @param {Row[]} rows */
export function methodsOf(rows) {
  /** @type {Map<string, Row[]>} */ const methods = new Map()
  for (const row of rows) {
    if (row.kind !== 'method') continue
    const name = row.name.slice(row.name.lastIndexOf('.'))
    methods.set(name, [...(methods.get(name) ?? []), row])
  }
  return methods
}

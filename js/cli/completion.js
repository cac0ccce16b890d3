// completion.js — what a name typed at the prompt may become: names of the program and special forms, members of a
// namespace after a slash, methods of the library after a dot.

import { methodsOf, nameBefore } from '../completion.js'

/** Plain names only: completing must not run code of the user. */
const NAMESPACE = /^[A-Za-z_$][\w?!*+-]*(?:\/[A-Za-z_][\w?!*+-]*)*$/

/** @param {import('../runtime.js').Runtime} runtime @param {string} path @returns {string[]} */
function membersOf(runtime, path) {
  if (!NAMESPACE.test(path)) return []
  try {
    const names = runtime.evalSync(`(if (${path} is Namespace) (${path} .keys) else [])`, { file: '<completion>' })
    return Array.isArray(names) ? names.map(String) : []
  } catch {
    return []
  }
}

/** Names that have a value, and special forms. @param {import('../runtime.js').Runtime} runtime */
function namesOf(runtime) {
  const forms = runtime.docs().filter(({ kind }) => kind === 'form')
  return [...new Set([...runtime.names(), ...forms.map(({ name }) => name)])]
}

/**
 * For node:readline.
 * @param {import('../runtime.js').Runtime} runtime
 * @returns {(line: string) => [string[], string]}
 */
export function completer(runtime) {
  return (line) => {
    const { kind, base, path, typed } = nameBefore(line)
    const token = base + typed
    if (token === '') return [[], token]
    const names = kind === 'method' ? [...methodsOf(runtime.docs()).keys()] : kind === 'member' ? membersOf(runtime, path) : namesOf(runtime)
    return [names.filter((name) => name.startsWith(typed)).map((name) => base + name).sort(), token]
  }
}

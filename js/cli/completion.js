// completion.js — what a name typed so far may become: names of the program and
// special forms, members of a namespace after a slash, methods of the library after a dot.

const TOKEN = /[^\s()[\]{}"'`,;%]*$/
/** Plain names only: completing must not run code of the user. */
const NAMESPACE = /^[A-Za-z_$][\w?!*+-]*(?:\/[A-Za-z_][\w?!*+-]*)*$/

/** @param {import('../runtime.js').Runtime} runtime @param {string} path @returns {string[]} */
function membersOf(runtime, path) {
  if (!NAMESPACE.test(path)) return []
  try {
    const names = runtime.evalSync(`(if (${path} is Namespace) (${path} .keys) else [])`, { file: '<completion>' })
    return Array.isArray(names) ? names.map((name) => `${path}/${name}`) : []
  } catch {
    return []
  }
}

/** Of the library's classes. @param {import('../runtime.js').Runtime} runtime */
function methodNames(runtime) {
  const methods = runtime.docs().filter(({ kind }) => kind === 'method')
  return [...new Set(methods.map(({ name }) => name.slice(name.lastIndexOf('.'))))]
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
    const [token = ''] = TOKEN.exec(line) ?? []
    if (token === '') return [[], token]
    const slash = token.lastIndexOf('/')
    const names = token.startsWith('.') ? methodNames(runtime) : slash > 0 ? membersOf(runtime, token.slice(0, slash)) : namesOf(runtime)
    return [names.filter((name) => name.startsWith(token)).sort(), token]
  }
}

// completion.js — what a name typed so far may become: names of the program, or members of a namespace after a slash.

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
    const names = slash > 0 ? membersOf(runtime, token.slice(0, slash)) : runtime.names()
    return [names.filter((name) => name.startsWith(token)).sort(), token]
  }
}

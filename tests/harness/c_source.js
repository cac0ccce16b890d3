// c_source.js — just enough reading of C for the architecture test: includes, functions and their lengths.
// Relies on the house format: a function starts in column 0 and its closing brace stands alone in column 0.

/**
 * @typedef {object} CFunction
 * @property {string} name
 * @property {number} line where its signature starts, from 1
 * @property {number} length in lines, signature and closing brace included
 * @property {string} body
 */

/** The quoted includes of a source text. @returns {string[]} */
export function quotedIncludes(/** @type {string} */ source) {
  return [...source.matchAll(/^[ \t]*#[ \t]*include[ \t]+"([^"]+)"/gm)].map(([, path]) => path)
}

/** Comments, strings and character literals as blanks, line breaks kept. */
export function withoutText(/** @type {string} */ source) {
  const blank = (/** @type {string} */ text) => text.replace(/[^\n]/g, ' ')
  return source.replace(/\/\*[^]*?\*\/|\/\/[^\n]*|"(?:\\[^]|[^"\\\n])*"|'(?:\\[^]|[^'\\\n])+'/g, blank)
}

/**
 * The functions defined in a source text.
 * @param {string} source
 * @returns {CFunction[]}
 */
export function functionsIn(source) {
  const lines = withoutText(source).split('\n')
  const found = []
  let start = -1 // of the declaration that is being read
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at]
    if (/^[A-Za-z_]/.test(line) && start < 0) start = at
    if (start < 0) continue
    if (/\{\s*$/.test(line)) {
      const end = lines.indexOf('}', at)
      const signature = lines.slice(start, at + 1).join(' ')
      const name = /(\w+)\s*\([^]*\)\s*\{\s*$/.exec(signature)
      if (name && end > 0) {
        found.push({ name: firstCallee(signature), line: start + 1, length: end - start + 1, body: lines.slice(at + 1, end).join('\n') })
        at = end
      }
      start = -1
    } else if (/[;}]\s*$/.test(line) || line.trim() === '') {
      const oneLiner = /^[^={]*?(\w+)\s*\([^={]*\)\s*\{(.*)\}\s*$/.exec(lines.slice(start, at + 1).join(' '))
      if (oneLiner) found.push({ name: oneLiner[1], line: start + 1, length: at - start + 1, body: oneLiner[2] })
      start = -1
    }
  }
  return found
}

/** The function's name: the word before the first parenthesis that is no attribute or macro in capitals. */
function firstCallee(/** @type {string} */ signature) {
  const names = [...signature.matchAll(/(\w+)\s*\(/g)].map(([, name]) => name)
  return names.find((name) => !/^(__attribute__|[A-Z_0-9]+)$/.test(name)) ?? names[0]
}

// doc.js — gene doc [NAME]: signature and description of special forms, functions and methods, from the tables in which the
// library declares them.

import { CommandError, EXIT } from './exit.js'
import { nearest } from './nearest.js'
import { Session } from './session.js'

/** @typedef {ReturnType<import('../runtime.js').Runtime['docs']>[number]} Row */

/** What the overview calls them that belong to nothing, by kind. */
const TITLES = new Map([['form', 'Special forms'], ['operator', 'Operators'], ['notation', 'Notations'], ['variable', 'Variables']])

/** What a row belongs to: `Array` of `Array.map`, `math` of `math/sqrt`; '' is global. @param {Row} row */
function ownerOf({ name, kind }) {
  if (kind === 'constructor') return name
  if (kind === 'operator' || kind === 'notation') return ''
  const end = Math.max(name.lastIndexOf('.'), name.lastIndexOf('/'))
  return end > 0 && end < name.length - 1 ? name.slice(0, end) : ''
}

/** What a row is listed under. @param {Row} row */
export const titleOf = (row) => ownerOf(row) || TITLES.get(row.kind) || 'Functions'

/** The name without its owner. @param {Row} row */
const shortName = (row) => (row.kind !== 'constructor' && ownerOf(row) ? row.name.slice(ownerOf(row).length + 1) : row.name)

/** @param {Row} row */
const describe = ({ name, kind, signature, doc }) => `${name}  (${kind === 'form' ? 'special form' : kind})\n  ${signature}\n${doc ? `  ${doc}\n` : ''}`

/** Names side by side. @param {string[]} names */
function paragraph(names) {
  const lines = ['']
  for (const name of names) {
    if (lines[0] !== '' && `${lines[0]}${name}`.length > 96) lines.unshift('')
    lines[0] += `${lines[0] ? '  ' : ''}${name}`
  }
  return lines.reverse().map((line) => `  ${line}\n`).join('')
}

/** Everything there is, by what it belongs to. @param {Row[]} rows */
function overview(rows) {
  /** @type {Map<string, Set<string>>} */ const groups = new Map()
  for (const row of rows) {
    const title = titleOf(row)
    if (!groups.has(title)) groups.set(title, new Set())
    if (row.kind !== 'constructor') groups.get(title)?.add(shortName(row))
  }
  const text = [...groups].map(([title, names]) => `${title}\n${names.size ? paragraph([...names].sort()) : ''}`).join('\n')
  return `${text}\ngene doc NAME tells more: gene doc map, gene doc Array.map, gene doc Array, gene doc if\n`
}

/** The rows that a name means: full, unqualified, or what they belong to. @param {Row[]} rows @param {string} name */
function find(rows, name) {
  const wanted = name.replace(/^\$(?=\w)/, '').replace(/^\.(?=\w)/, '')
  if (wanted === '') return []
  /** The best first. @type {((row: Row) => boolean)[]} */
  const meanings = [
    (row) => row.name === name,
    (row) => row.name === wanted,
    (row) => row.name === wanted.replace(/\b\/\.?([^/]*)$/, '.$1'),
    (row) => ownerOf(row) === wanted,
    (row) => shortName(row) === wanted,
    (row) => ownerOf(row).endsWith(`/${wanted}`),
  ]
  return [...new Set(meanings.flatMap((meaning) => rows.filter(meaning)))]
}

/** What a name means, or the names that were probably meant. @param {Row[]} rows @param {string} name */
export function docText(rows, name) {
  const found = find(rows, name)
  return found.length ? found.map(describe).join('\n') : `${missing(rows, name)}\n`
}

/** @param {Row[]} rows @param {string} name */
function missing(rows, name) {
  const near = nearest(name, rows.flatMap((row) => [row.name, shortName(row), ownerOf(row)]).filter(Boolean), 3)
  return `There is no ${name}${near.length ? `; did you mean ${near.join(', ')}?` : '; gene doc lists what there is'}`
}

/** @param {import('./arguments.js').Arguments} given */
export async function command({ options, words }) {
  const session = await Session.open(options)
  return session.exitCodeOf(async () => {
    const rows = session.runtime.docs()
    if (words.length === 0) session.output.write(overview(rows))
    const unknown = words.find((word) => find(rows, word).length === 0)
    if (unknown !== undefined) throw new CommandError(missing(rows, unknown))
    session.output.write(words.map((word) => docText(rows, word)).join('\n'))
    return EXIT.OK
  })
}

// coverage.js — which programs and tests check which name of the language and its library: docs/coverage.md.
// The names are the rows of Runtime.docs(), which `gene doc` prints. A program says `# names: Array.push try`, a test file
// `// names: …`: it checks that these do what their page says; all that name a thing check a usual case, one at the edge and
// one that fails.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { titleOf } from '../../js/cli/doc.js'
import { globFiles } from '../../js/dev/files.js'
import { root } from '../../js/dev/shell.js'
import { corpusPrograms } from './corpus.js'

/**
 * @typedef {ReturnType<import('../../js/runtime.js').Runtime['docs']>[number]} Row
 * @typedef {{ rows: Row[], title: string, names: string[], places: string[] }} Entry one thing, under all its names, and what checks it
 */

/** What is reached by two paths (`abs`, `math/abs`) is one thing. @param {Row} row */
const identity = (row) => (row.kind === 'function' ? `function ${row.name.slice(row.name.lastIndexOf('/') + 1)} ${row.signature}` : `${row.kind} ${row.name}`)

/** @param {Row[]} rows @returns {Entry[]} */
function entriesOf(rows) {
  /** @type {Map<string, Entry>} */ const entries = new Map()
  for (const row of rows) {
    const found = entries.get(identity(row))
    if (!found) entries.set(identity(row), { rows: [row], title: titleOf(row), names: [row.name], places: [] })
    else if (!found.names.includes(row.name)) found.names.push(row.name)
  }
  return [...entries.values()]
}

/** What says that it checks something: the programs by their names below tests/gene, and test files. */
function claims() {
  const programs = corpusPrograms().map(({ name, expected }) => ({ place: name, names: expected.names }))
  const files = globFiles('tests', /\.test\.js$/).map((place) => {
    const lines = readFileSync(join(root, place), 'utf8').matchAll(/^\/\/ names: (.*)$/gm)
    return { place, names: [...lines].flatMap(([, names]) => names.split(' ').filter(Boolean)) }
  })
  return [...programs, ...files]
}

/**
 * @param {Row[]} rows
 * @returns {{ entries: Entry[], unknown: string[] }} unknown: claims about what there is not
 */
export function coverage(rows) {
  const entries = entriesOf(rows)
  /** @type {Map<string, Entry[]>} */ const byName = new Map()
  for (const entry of entries) for (const name of entry.names) byName.set(name, [...(byName.get(name) ?? []), entry])
  /** @type {string[]} */ const unknown = []
  for (const { place, names } of claims()) {
    for (const name of new Set(names)) {
      const found = byName.get(name) ?? byName.get(name.replace(/^gene\//, '')) ?? byName.get(`gene/${name}`)
      if (!found) unknown.push(`${place}: ${name}`)
      found?.forEach((entry) => entry.places.push(place))
    }
  }
  return { entries, unknown }
}

/** In a cell of a table. @param {string} name */
const code = (name) => (name.includes('`') ? `\`\` ${name} \`\`` : `\`${name.replaceAll('|', '\\|')}\``)

/** The text of docs/coverage.md. @param {Entry[]} entries */
export function coverageText(entries) {
  const titles = [...new Set(entries.map(({ title }) => title))]
  const sections = titles.map((title) => {
    const lines = entries
      .filter((entry) => entry.title === title)
      .map(({ names, places }) => `| ${names.map(code).join(' ')} | ${[...new Set(places)].sort().join(', ') || '—'} |`)
    return `## ${title}\n\n| name | checked by |\n| --- | --- |\n${lines.join('\n')}\n`
  })
  return `# What is tested where

Each name that \`gene doc\` knows, and what checks it: a usual case, one at the edge, one that fails. \`area/name\` is the program
\`tests/gene/area/name.gene\`, which runs on every build. Written by \`npm run coverage\` from the \`# names:\` lines of the programs;
a test fails when a name has none or when this page is not up to date.

${sections.join('\n')}`
}

// completion.js — what a name at the caret may become, and how the call around the caret is written. Names come from the
// tables in which the library declares them (the worker sends them) and from the program's own text; no program runs.
// Pure: text and caret in, plain data out.

import { methodsOf, nameBefore } from '../js/completion.js'
import { declarationsIn } from './declarations.js'
import { CONSTANTS, FORMS } from './syntax.js'

/** @typedef {import('../js/completion.js').Row} Row @typedef {import('./syntax.js').Token} Token */
/** @typedef {import('./declarations.js').Declaration} Declaration */
/** @typedef {'own' | 'form' | 'name' | 'method' | 'member'} Kind */
/** @typedef {{ name: string, kind: Kind, signature: string, doc: string }} Entry */
/** @typedef {{ from: number, typed: string, entries: Entry[] }} Completion  replace the text from `from` to the caret */

const LIMIT = 300
const OWNERS_SHOWN = 3
const AUTOMATIC_LENGTH = 2
/** Between these a caret is inside a name. */
const WORD = /[^\s()[\]{}"'`,;%]/
const LETTER = /^\.?[\p{L}_]/u
const WORDY = /^\$?[\p{L}_]/u
const NO_NAMES = new Set(['string', 'comment', 'regex', 'number', 'key'])
const SEGMENT = /^[^:]*:/

export class Completions {
  /** @type {Map<string, Entry>} */ #names = new Map()
  /** @type {Map<string, Entry>} */ #methods = new Map()
  /** @type {Map<string, Map<string, Entry>>} */ #members = new Map()
  /** The text that was read last. */ #read = { text: '', own: declarationsIn('', [], -1) }

  /** @param {{ rows: Row[], names: string[] }} tables */
  constructor({ rows, names }) {
    for (const word of [...FORMS, ...CONSTANTS].filter(({ length }) => length > 1)) this.#names.set(word, { name: word, kind: 'form', signature: '', doc: '' })
    for (const name of names) this.#names.set(name, { name, kind: 'name', signature: '', doc: '' })
    for (const row of rows) if (row.kind !== 'method') this.#addRow(row)
    for (const [name, same] of methodsOf(rows)) this.#methods.set(name, methodEntry(name, same))
    for (const [path, members] of this.#members) this.#describe(path, members)
  }

  /** @param {Row} row a form, function or constructor */
  #addRow({ name, kind, signature, doc }) {
    const parts = name.length > 1 && WORDY.test(name) ? name.split('/') : [name]
    for (let i = 1; i < parts.length; i += 1) {
      const path = parts.slice(0, i).join('/')
      const members = this.#members.get(path) ?? new Map()
      this.#members.set(path, members)
      const isLast = i === parts.length - 1
      if (isLast || !members.has(parts[i])) {
        members.set(parts[i], { name: parts[i], kind: 'member', signature: isLast ? signature : '', doc: isLast ? doc : '' })
      }
    }
    if (parts.length === 1) this.#names.set(name, { name, kind: kind === 'form' ? 'form' : 'name', signature, doc })
  }

  /** A namespace has no row of its own: its members tell what it is for. @param {string} path @param {Map<string, Entry>} members */
  #describe(path, members) {
    const short = path.replace(/^gene\//, '')
    const doc = [...members.keys()].sort().join('  ')
    const entry = this.#names.get(short)
    if (entry && !entry.doc) entry.doc = doc
    const slash = path.lastIndexOf('/')
    const inside = this.#members.get(path.slice(0, Math.max(slash, 0)))?.get(path.slice(slash + 1))
    if (inside && !inside.doc) inside.doc = doc
  }

  /** Of the library, with or without `gene/` before it. @param {string} path */
  #membersOf(path) {
    return this.#members.get(path) ?? this.#members.get(`gene/${path}`)
  }

  /**
   * What the name before the caret may become, the likeliest first; null when there is nothing to offer.
   * @param {string} text @param {Token[]} tokens of the text @param {number} caret
   * @param {{ isAsked?: boolean }} [options] asked for, not just typed: short names and the middle of a name will do
   * @returns {Completion | null}
   */
  at(text, tokens, caret, { isAsked = false } = {}) {
    const token = tokens.find(({ start, end }) => start < caret && caret <= end)
    if (token ? NO_NAMES.has(token.kind) : caret > 0) return null
    if (!isAsked && WORD.test(text[caret] ?? ' ')) return null
    const line = text.slice(text.lastIndexOf('\n', caret - 1) + 1, caret)
    const { kind, path, typed: word } = nameBefore(line)
    // In `n:Int` the type is typed.
    const typed = kind === 'name' ? word.replace(SEGMENT, '') : word
    const own = declarationsIn(text, tokens, caret)
    const library = kind === 'member' ? this.#membersOf(path) : undefined
    const isKnown = library !== undefined || own.members.has(path)
    if (!isAsked && typed.length < (kind !== 'member' ? AUTOMATIC_LENGTH : isKnown ? 0 : 1)) return null
    const declared = kind === 'method' ? own.methods : kind === 'name' ? own.names : isKnown ? own.members.get(path) : own.properties
    const known = kind === 'method' ? this.#methods : kind === 'name' ? this.#names : library
    const all = new Map([...(known ?? new Map()), ...(declared ?? new Map())])
    const entries = rank([...all.values()], typed).map((one) => ('at' in one ? ownEntry(text, one) : one))
    return entries.length ? { from: caret - typed.length, typed, entries } : null
  }

  /**
   * The call around the caret: of its method, or else of its function; null outside of one, and in its first word.
   * @param {string} text @param {Token[]} tokens @param {number} caret @returns {Entry | null}
   */
  callAt(text, tokens, caret) {
    const [head, second] = wordsOfCall(text, tokens, caret)
    if (!head) return null
    // Asked at every step of the caret: the same text has the same answer.
    if (this.#read.text !== text) this.#read = { text, own: declarationsIn(text, tokens, -1) }
    const { own } = this.#read
    const called = second?.startsWith('.') ? second : head
    const { kind, path, typed } = nameBefore(called)
    const declared = kind === 'method' ? own.methods : kind === 'member' ? own.members.get(path) : own.names
    const found = declared?.get(typed)
    const entry = found ? ownEntry(text, found) : (kind === 'method' ? this.#methods : kind === 'member' ? this.#membersOf(path) : this.#names)?.get(typed)
    return entry?.signature ? entry : null
  }
}

/** @param {string} name @param {Row[]} rows @returns {Entry} */
function methodEntry(name, rows) {
  const shown = rows.slice(0, OWNERS_SHOWN).map((row) => `${row.name.slice(0, -name.length)}: ${row.doc}`)
  const more = rows.slice(OWNERS_SHOWN).map((row) => row.name.slice(0, -name.length))
  const doc = [...shown, ...(more.length ? [`Also ${more.join(', ')}.`] : [])].join('\n')
  return { name, kind: 'method', signature: rows[0].signature, doc }
}

/** @param {string} text @param {Declaration} declaration @returns {Entry} */
function ownEntry(text, { name, signature, at }) {
  return { name, kind: 'own', signature, doc: `Line ${text.slice(0, at).split('\n').length} of this program.` }
}

/**
 * Names that begin with what was typed, then those that differ in case, then those of which a later part begins so
 * (`lines` finds `read_lines`); the program's own before the library's, short before long.
 * @param {(Entry | Declaration)[]} entries @param {string} typed
 */
function rank(entries, typed) {
  const lower = typed.toLowerCase()
  const bare = lower.replace(/^\./, '')
  /** @param {string} name */
  const distance = (name) => {
    if (name === typed) return 0
    if (name.startsWith(typed)) return typed !== '' || LETTER.test(name) ? 1 : WORDY.test(name) ? 2 : 9
    if (name.toLowerCase().startsWith(lower)) return 2
    return bare.length > 1 && name.toLowerCase().split(/[_/.-]/).some((part) => part.startsWith(bare)) ? 3 : 9
  }
  const ranked = entries.map((entry) => ({ entry, far: distance(entry.name), foreign: 'at' in entry ? 0 : 1 }))
  return ranked
    .filter(({ far }) => far < 9)
    .sort((a, b) => a.far - b.far || a.foreign - b.foreign || (typed ? a.entry.name.length - b.entry.name.length : 0) || (a.entry.name < b.entry.name ? -1 : 1))
    .slice(0, LIMIT)
    .map(({ entry }) => entry)
}

/** The first two words of the innermost open `(`, as far as they end before the caret. @param {string} text @param {Token[]} tokens @param {number} caret */
function wordsOfCall(text, tokens, caret) {
  /** @type {number[]} */
  const open = []
  for (const [i, { kind, start, end }] of tokens.entries()) {
    if (end > caret && start >= caret) break
    if (kind === 'open') open.push(i)
    else if (kind === 'close' && end <= caret) open.pop()
  }
  const call = open.filter((i) => text[tokens[i].end - 1] === '(').pop()
  if (call === undefined) return []
  const words = []
  let depth = 0
  for (const { kind, start, end } of tokens.slice(call + 1)) {
    if (end >= caret || words.length === 2 || depth < 0) break
    if (kind === 'open') depth += 1
    if (kind === 'close') depth -= 1
    if (depth === 0 && kind !== 'space' && kind !== 'comment') words.push(kind === 'string' ? '""' : text.slice(start, end))
  }
  return words
}

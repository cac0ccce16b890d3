// problem.js — an uncaught error as the page shows it: code and message, the place with its source line and a caret, the
// Gene stack, what else the reader found, the causes. The same order and words as the command line's (js/report.js), with
// places that can be clicked.

import { element } from './dom.js'
import { FILE } from './protocol.js'

/**
 * @typedef {import('./protocol.js').Problem} Problem
 * @typedef {import('./protocol.js').StackEntry} StackEntry
 * @typedef {(line: number, column: number) => void} OnPosition
 */

const MAX_FRAMES = 20
const EXCERPT_BEFORE = 60
const EXCERPT_AFTER = 100

/**
 * @param {Problem} problem
 * @param {string} source the program's text
 * @param {OnPosition} onPosition a place in the program was clicked
 */
export function problemBox(problem, source, onPosition) {
  const { code, file, line, hint, geneStack, diagnostics } = problem
  const text = file === FILE ? source : ''
  const box = element('div', 'problem', title(problem))
  box.dataset.code = code
  if (line > 0) box.append(place('  --> ', problem, onPosition), ...excerpt(text, problem))
  if (hint) box.append(element('p', 'problem-note', `hint: ${hint}`))
  const frames = collapsed(geneStack).map(({ entry, count }) => stackRow(entry, count, onPosition))
  if (frames.length > 0) box.append(element('div', 'problem-stack', ...frames.slice(0, MAX_FRAMES)))
  for (const more of diagnostics.slice(1)) {
    box.append(title(more), place('  --> ', { ...more, file }, onPosition), ...excerpt(text, more))
  }
  for (let cause = problem.cause; cause; cause = cause.cause) {
    box.append(element('p', 'problem-note', `caused by: ${cause.code ? `[${cause.code}] ` : ''}${cause.message}`))
  }
  return box
}

/** @param {{ code: string, message: string, name?: string }} problem */
function title({ code, message, name = '' }) {
  return element('p', 'problem-title', element('b', '', code ? `error[${code}]` : 'error'), `: ${message || name}`)
}

/** @param {StackEntry} entry @param {number} count how often it stands there, one after the other @param {OnPosition} onPosition */
function stackRow(entry, count, onPosition) {
  const row = place(`  at ${entry.fn} `, entry, onPosition)
  if (count > 1) row.append(`, ${count} times`)
  return row
}

/** @param {string} prefix @param {{ file: string, line: number, column: number }} position @param {OnPosition} onPosition */
function place(prefix, { file, line, column }, onPosition) {
  const row = element('div', 'problem-row', prefix)
  const label = line > 0 ? `${file}:${line}:${column}` : file
  if (line < 1 || file !== FILE) {
    row.append(label)
    return row
  }
  const link = element('button', 'problem-position', label)
  link.setAttribute('type', 'button')
  link.setAttribute('aria-label', `Go to line ${line}, column ${column}`)
  link.addEventListener('click', () => onPosition(line, column))
  row.append(link)
  return row
}

/** Recursion as one entry with a count. @param {StackEntry[]} stack */
function collapsed(stack) {
  /** @type {{ entry: StackEntry, count: number }[]} */
  const entries = []
  for (const entry of stack) {
    const last = entries[entries.length - 1]
    const isSame = last && last.entry.fn === entry.fn && last.entry.line === entry.line && last.entry.column === entry.column
    if (isSame) last.count += 1
    else entries.push({ entry, count: 1 })
  }
  return entries
}

/**
 * The source line and a caret below the column. The space before the caret is the invisible line itself, which is right
 * for tabs and wide characters too; a long line is cut round the column.
 * @param {string} source @param {{ line: number, column: number }} position
 */
function excerpt(source, { line, column }) {
  const text = source.split('\n')[line - 1]
  if (text === undefined) return []
  const characters = Array.from(text.slice(0, 100_000))
  const at = Math.min(Math.max(column - 1, 0), characters.length)
  const from = Math.max(0, at - EXCERPT_BEFORE)
  const to = at + EXCERPT_AFTER
  const cutLeft = from > 0 ? '…' : ''
  const before = cutLeft + characters.slice(from, at).join('')
  const shown = before + characters.slice(at, to).join('') + (to < characters.length ? '…' : '')
  const margin = `${line} | `
  const blank = ' '.repeat(String(line).length) + ' | '
  const row = element('div', 'problem-row problem-source', element('span', 'problem-margin', margin), shown)
  if (column < 1) return [row]
  const hidden = element('span', 'problem-hidden', before)
  const caret = element('b', 'problem-caret', '^')
  const caretRow = element('div', 'problem-row', element('span', 'problem-margin', blank), hidden, caret)
  caretRow.setAttribute('aria-hidden', 'true')
  return [row, caretRow]
}

// output.js — the pane that shows what a program prints, its result and its errors. Everything is put in as text nodes:
// nothing a program prints can become markup.
// Invariant: the page is touched once per animation frame at most, and never holds more than MAX_LINES lines or
// MAX_CHARS characters (plus one block); what was dropped is said on top. Text stands in blocks of whole lines, so the
// oldest can be removed cheaply.

import { MAX_CHARS, MAX_LINES, Tail, countLines } from './tail.js'

/**
 * @typedef {import('./protocol.js').Chunk} Chunk
 * @typedef {import('./protocol.js').Problem} Problem
 * @typedef {{ node: HTMLElement, lines: number, chars: number }} Block
 */

const BLOCK_LINES = 50
const BLOCK_CHARS = 8192
const EXCERPT_BEFORE = 60
const EXCERPT_AFTER = 100

/** @param {string} tag @param {string} className @param {(Node | string)[]} children */
function element(tag, className, ...children) {
  const node = document.createElement(tag)
  node.className = className
  node.append(...children)
  return node
}

export class Output {
  #root
  #onPosition
  #notice = element('p', 'output-notice')
  #text = element('div', 'output-text')
  #ending = element('div', 'output-ending')
  #waiting = new Tail()
  /** @type {Block[]} */ #blocks = []
  #lines = 0
  #chars = 0
  #dropped = 0
  #hasGap = false
  #frame = 0
  /** @type {(() => void)[]} what to call when the waiting text is on screen */ #drawn = []
  /** @type {Node[]} errors and the result, shown below the text */ #endings = []

  /** @param {HTMLElement} root @param {(line: number, column: number) => void} onPosition a position in an error was clicked */
  constructor(root, onPosition) {
    this.#root = root
    this.#onPosition = onPosition
    this.#notice.hidden = true
    root.append(this.#notice, this.#text, this.#ending)
  }

  clear() {
    cancelAnimationFrame(this.#frame)
    this.#frame = 0
    this.#waiting = new Tail()
    this.#drawn = []
    this.#endings = []
    this.#dropped = 0
    this.#empty()
    this.#notice.hidden = true
    this.#ending.replaceChildren()
    delete this.#root.dataset.filled
  }

  /** @param {Chunk[]} chunks @param {number} skipped lines lost before them @param {() => void} drawn */
  print(chunks, skipped, drawn) {
    if (skipped > 0) this.#noteGap(skipped)
    for (const { stream, text } of chunks) this.#waiting.push(stream, text)
    this.#drawn.push(drawn)
    this.#drawSoon()
  }

  /** Lines after a gap do not belong below the ones before it: only the newest stretch is kept. @param {number} skipped */
  #noteGap(skipped) {
    const before = this.#waiting.take()
    this.#dropped += skipped + before.skipped + before.chunks.reduce((sum, { text }) => sum + countLines(text), 0)
    this.#hasGap = true
  }

  /** Shows an uncaught error with its source line. @param {Problem} problem @param {string} source */
  problem(problem, source, { isBackground = false } = {}) {
    const box = element('div', 'problem', title(problem))
    box.dataset.code = problem.code
    if (isBackground) box.prepend(element('p', 'problem-note', 'in a background task'))
    if (problem.line > 0) box.append(this.#position('  --> ', problem), ...excerpt(source, problem))
    if (problem.hint) box.append(element('p', 'problem-note', `hint: ${problem.hint}`))
    const frames = problem.geneStack.map((entry) => this.#position(`  at ${entry.fn} `, entry))
    if (frames.length > 0) box.append(element('div', 'problem-stack', ...frames))
    for (const more of problem.diagnostics.slice(1)) {
      box.append(title(more), this.#position('  --> ', { ...more, file: problem.file }), ...excerpt(source, more))
    }
    for (let cause = problem.cause; cause; cause = cause.cause) {
      box.append(element('p', 'problem-note', `caused by: ${cause.code ? `[${cause.code}] ` : ''}${cause.message}`))
    }
    this.#end(box)
  }

  /** @param {string} text the printed value */
  result(text) {
    const line = element('p', 'result', element('span', 'result-arrow', '⇒ '), element('code', '', text))
    this.#end(line)
  }

  /** @param {string} text a remark of the page itself, not of the program */
  remark(text) {
    this.#end(element('p', 'remark', text))
  }

  /** @param {Node} node */
  #end(node) {
    this.#endings.push(node)
    this.#drawSoon()
  }

  #drawSoon() {
    if (this.#frame === 0) this.#frame = requestAnimationFrame(() => this.#draw())
  }

  #draw() {
    this.#frame = 0
    const view = this.#root
    const isAtEnd = view.scrollTop + view.clientHeight >= view.scrollHeight - 24
    this.#drawText()
    this.#ending.append(...this.#endings.splice(0))
    view.dataset.filled = ''
    if (isAtEnd) view.scrollTop = view.scrollHeight
    for (const drawn of this.#drawn.splice(0)) drawn()
  }

  #drawText() {
    const { chunks, skipped } = this.#waiting.take()
    if (skipped > 0 || this.#hasGap) {
      this.#dropped += skipped + this.#lines
      this.#empty()
    }
    for (const { stream, text } of chunks) {
      for (const piece of blocksOf(text)) this.#append(stream, piece)
    }
    this.#trim()
    this.#notice.hidden = this.#dropped === 0
    const count = this.#dropped.toLocaleString('en')
    this.#notice.textContent = `${count} earlier lines are not kept. The last ${MAX_LINES.toLocaleString('en')} are shown.`
  }

  /** @param {Chunk['stream']} stream @param {string} text */
  #append(stream, text) {
    const block = this.#openBlock()
    const last = block.node.lastElementChild
    if (last && last.className === stream) last.append(text)
    else block.node.append(element('span', stream, text))
    const lines = countLines(text)
    block.lines += lines
    block.chars += text.length
    this.#lines += lines
    this.#chars += text.length
  }

  /** The block to add to: the last one until it is full and its last line is complete (or absurdly long). */
  #openBlock() {
    const last = this.#blocks[this.#blocks.length - 1]
    const isFull = last && (last.lines >= BLOCK_LINES || last.chars >= BLOCK_CHARS)
    const isWhole = last && (last.chars >= 2 * BLOCK_CHARS || (last.node.textContent ?? '').endsWith('\n'))
    if (last && !(isFull && isWhole)) return last
    const block = { node: element('div', 'output-block'), lines: 0, chars: 0 }
    this.#blocks.push(block)
    this.#text.append(block.node)
    return block
  }

  #trim() {
    while (this.#blocks.length > 1) {
      const [first] = this.#blocks
      if (this.#lines - first.lines < MAX_LINES && this.#chars - first.chars < MAX_CHARS) return
      this.#blocks.shift()
      first.node.remove()
      this.#lines -= first.lines
      this.#chars -= first.chars
      this.#dropped += Math.max(first.lines, 1)
    }
  }

  #empty() {
    this.#hasGap = false
    this.#text.replaceChildren()
    this.#blocks = []
    this.#lines = 0
    this.#chars = 0
  }

  /** @param {string} prefix @param {{ file: string, line: number, column: number }} position */
  #position(prefix, { file, line, column }) {
    const row = element('div', 'problem-row', prefix)
    const label = `${file}:${line}:${column}`
    if (!(line > 0)) {
      row.append(file)
      return row
    }
    const link = element('button', 'problem-position', label)
    link.setAttribute('type', 'button')
    link.setAttribute('aria-label', `Go to line ${line}, column ${column}`)
    link.addEventListener('click', () => this.#onPosition(line, column))
    row.append(link)
    return row
  }
}

/** @param {{ code: string, message: string, name?: string }} problem */
function title({ code, message, name = '' }) {
  return element('p', 'problem-title', element('b', '', code ? `error[${code}]` : 'error'), `: ${message || name}`)
}

/** Cuts a text into parts that fit a block, after line ends where there are any. @param {string} text */
function blocksOf(text) {
  const parts = []
  let from = 0
  let lines = 0
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) {
    lines += 1
    if (lines % BLOCK_LINES !== 0) continue
    parts.push(text.slice(from, at + 1))
    from = at + 1
  }
  if (from < text.length) parts.push(text.slice(from))
  return parts
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

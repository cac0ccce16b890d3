// output.js — the pane that shows what a program prints, its result and its errors. Everything is put in as text nodes:
// nothing a program prints can become markup.
// Invariant: the page is touched once per animation frame at most, and never holds more than MAX_LINES lines or
// MAX_CHARS characters (plus one block); what was dropped is said on top. Text stands in blocks of whole lines, so the
// oldest can be removed cheaply.

import { element } from './dom.js'
import { problemBox } from './problem.js'
import { MAX_CHARS, MAX_LINES, Tail, countLines } from './tail.js'

/**
 * @typedef {import('./protocol.js').Chunk} Chunk
 * @typedef {import('./protocol.js').Problem} Problem
 * @typedef {{ node: HTMLElement, lines: number, chars: number, isText: boolean }} Block
 */

const BLOCK_LINES = 50
const BLOCK_CHARS = 8192

export class Output {
  #root
  #onPosition
  #notice = element('p', 'output-notice')
  #text = element('div', 'output-text')
  #ending = element('div', 'output-ending')
  /** @type {(Tail | HTMLElement)[]} text, and errors at their place in it */ #waiting = []
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
    this.#waiting = []
    this.#drawn = []
    this.#endings = []
    this.#empty()
    this.#dropped = 0
    this.#notice.hidden = true
    this.#ending.replaceChildren()
    delete this.#root.dataset.filled
  }

  /** @param {Chunk[]} chunks @param {number} skipped lines lost before them @param {() => void} drawn */
  print(chunks, skipped, drawn) {
    if (skipped > 0) this.#noteGap(skipped)
    const tail = this.#waitingTail()
    for (const { stream, text } of chunks) tail.push(stream, text)
    this.#drawn.push(drawn)
    this.#drawSoon()
  }

  #waitingTail() {
    const last = this.#waiting[this.#waiting.length - 1]
    if (last instanceof Tail) return last
    const tail = new Tail()
    this.#waiting.push(tail)
    return tail
  }

  /** Lines after a gap do not belong below the ones before it: only the newest stretch is kept. @param {number} skipped */
  #noteGap(skipped) {
    this.#dropped += skipped
    for (const item of this.#waiting.splice(0)) this.#dropped += item instanceof Tail ? countAll(item.take()) : 0
    this.#hasGap = true
  }

  /**
   * Shows an uncaught error with its source line: that of a background task among the text, the program's own at the end.
   * @param {Problem} problem @param {string} source
   */
  problem(problem, source, { isBackground = false } = {}) {
    const box = problemBox(problem, source, this.#onPosition)
    if (!isBackground) return this.#end(box)
    box.prepend(element('p', 'problem-note', 'in a background task'))
    this.#waiting.push(box)
    this.#drawSoon()
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
    if (this.#hasGap) this.#empty()
    for (const item of this.#waiting.splice(0)) {
      if (item instanceof Tail) this.#drawTail(item)
      else this.#addBlock(item, { isText: false, lines: 1 })
    }
    this.#trim()
    this.#notice.hidden = this.#dropped === 0
    const count = this.#dropped.toLocaleString('en')
    this.#notice.textContent = `${count} earlier lines are not kept. The last ${MAX_LINES.toLocaleString('en')} are shown.`
  }

  /** @param {Tail} tail */
  #drawTail(tail) {
    const { chunks, skipped } = tail.take()
    if (skipped > 0) {
      this.#dropped += skipped
      this.#empty()
    }
    for (const { stream, text } of chunks) {
      for (const piece of blocksOf(text)) this.#append(stream, piece)
    }
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
    if (last?.isText && !(isFull && isWhole)) return last
    return this.#addBlock(element('div', 'output-block'), { isText: true, lines: 0 })
  }

  /** @param {HTMLElement} node @param {{ isText: boolean, lines: number }} content @returns {Block} */
  #addBlock(node, { isText, lines }) {
    const block = { node, lines, chars: 0, isText }
    this.#blocks.push(block)
    this.#text.append(node)
    this.#lines += lines
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

  /** Takes everything off the screen that came before a gap. */
  #empty() {
    this.#dropped += this.#lines
    this.#hasGap = false
    this.#text.replaceChildren()
    this.#blocks = []
    this.#lines = 0
    this.#chars = 0
  }
}

/** @param {{ chunks: Chunk[], skipped: number }} taken */
function countAll({ chunks, skipped }) {
  return chunks.reduce((sum, { text }) => sum + countLines(text), skipped)
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

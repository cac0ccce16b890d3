// editor.js — a small code field: a plain <textarea> that keeps all the native behaviour (undo, IME, screen readers,
// phone keyboards), with the same text coloured behind it and line numbers beside it.
// Invariant: the coloured layer has exactly the textarea's text and metrics, and it gives both their size; one parent
// scrolls everything, so the layers cannot drift apart. Colours come from syntax.js; a text over
// COLOUR_LIMIT is not looked into at all.

import { element } from './dom.js'
import { Suggestions } from './suggestions.js'
import { endOfForm, indentationAt, matchingBrackets, tokenize } from './syntax.js'

/** @typedef {import('./syntax.js').Token} Token @typedef {import('./completion.js').Entry} Entry */

const COLOUR_LIMIT = 60_000
const INDENT = '  '

export class Editor {
  #text = document.createElement('textarea')
  #colours = element('pre', 'editor-colours')
  #brackets = element('pre', 'editor-marks')
  #problem = element('pre', 'editor-marks')
  #typed = element('pre', 'editor-marks')
  #numbers = element('pre', 'editor-numbers')
  #lineMarks = element('div', 'editor-lines')
  #root
  #onInput
  #onCall
  #suggestions
  /** @type {import('./completion.js').Completions | null} what can be offered; until it is set, nothing is */ completions = null
  #lineCount = 0
  /** @type {Set<number>} lines with a mark */ #problemLines = new Set()
  /** @type {Token[]} */ #tokens = []
  /** Set by Escape: the next Tab leaves the field, so a keyboard is never trapped in it. */ #tabLeaves = false

  /**
   * @param {HTMLElement} root an empty element
   * @param {{ labelledBy: string, describedBy: string, onInput: () => void, onCall: (call: Entry | null) => void }} options
   *   `onCall` learns which call the caret is in
   */
  constructor(root, { labelledBy, describedBy, onInput, onCall }) {
    this.#root = root
    this.#onInput = onInput
    this.#onCall = onCall
    Object.assign(this.#text, { className: 'editor-text', spellcheck: false, autocomplete: 'off', wrap: 'off' })
    const attributes = { 'aria-labelledby': labelledBy, 'aria-describedby': describedBy, autocapitalize: 'off', autocorrect: 'off' }
    for (const [name, value] of Object.entries(attributes)) this.#text.setAttribute(name, value)
    for (const layer of [this.#colours, this.#brackets, this.#problem, this.#typed, this.#numbers, this.#lineMarks]) {
      layer.setAttribute('aria-hidden', 'true')
    }
    const code = element('div', 'editor-code', this.#colours, this.#brackets, this.#problem, this.#typed, this.#text)
    root.classList.add('editor')
    root.append(element('div', 'editor-sheet', this.#lineMarks, this.#numbers, code))
    this.#suggestions = new Suggestions(this.#text, {
      complete: (isAsked) => this.completions?.at(this.value, this.#tokens, this.#text.selectionStart, { isAsked }) ?? null,
      rectOf: (from) => this.#rectOf(from),
      insert: (from, name) => {
        this.#text.setSelectionRange(from, this.#text.selectionStart)
        this.#insert(name)
      },
    })
    this.#listen()
    this.#draw()
  }

  get value() {
    return this.#text.value
  }

  /** Replaces the text and its undo history; the caret goes to the start. */
  set value(text) {
    this.#text.value = text
    this.#text.setSelectionRange(0, 0)
    this.#root.scrollTo(0, 0)
    this.#changed()
  }

  /** Replaces the text as if it had been typed: it can be undone. @param {string} text */
  replaceAll(text) {
    this.#text.focus()
    this.#text.select()
    this.#insert(text)
    this.#text.setSelectionRange(0, 0)
    this.#root.scrollTo(0, 0)
  }

  /**
   * Takes the same lines in another layout, as if typed; the caret stays in its line, before the same character.
   * @param {string} text
   */
  relayout(text) {
    const before = this.value
    if (text === before) return
    const caret = this.#text.selectionStart
    const index = before.slice(0, caret).split('\n').length - 1
    const [old, now] = [before, text].map((whole) => whole.split('\n')[index] ?? '')
    const column = caret - lineStart(before, caret) - indentOf(old)
    const { scrollTop, scrollLeft } = this.#root
    this.replaceAll(text)
    const start = text.split('\n').slice(0, index).reduce((sum, line) => sum + line.length + 1, 0)
    const at = start + Math.max(0, Math.min(indentOf(now) + column, now.length))
    this.#text.setSelectionRange(at, at)
    this.#root.scrollTo(scrollLeft, scrollTop)
  }

  /**
   * Marks positions (1-based, columns in characters; column 0 marks only the line) and scrolls the first into view; the
   * focus stays where it is.
   * @param {{ line: number, column: number }[]} positions
   */
  markProblems(positions) {
    this.clearProblems()
    const found = positions.flatMap(({ line, column }) => {
      const at = this.#offsetOf(line, column)
      return at === null ? [] : [{ line, column, at }]
    })
    if (found.length === 0) return
    this.#problemLines = new Set(found.map(({ line }) => line))
    this.#lineMarks.replaceChildren(...Array.from(this.#problemLines, lineMark))
    this.#drawNumbers()
    this.#overlay(this.#problem, this.#rangesOf(found.filter(({ column }) => column > 0)))
    this.#reveal(found[0].line, found[0].at)
  }

  /** What to underline: in order and without overlap. @param {{ at: number }[]} found @returns {[number, number, string][]} */
  #rangesOf(found) {
    const starts = [...new Set(found.map(({ at }) => at))].sort((a, b) => a - b)
    return starts.map((at, index) => {
      const end = endOfForm(this.value, this.#tokens, at)
      return [at, Math.min(end, starts[index + 1] ?? end), 'mark-problem']
    })
  }

  clearProblems() {
    if (this.#problemLines.size === 0) return
    this.#problemLines = new Set()
    this.#lineMarks.replaceChildren()
    this.#problem.replaceChildren()
    this.#drawNumbers()
  }

  /** Puts the caret at a position and focuses the field. @param {number} line @param {number} column */
  goTo(line, column) {
    const at = this.#offsetOf(line, column)
    if (at === null) return
    this.#text.focus({ preventScroll: true })
    this.#text.setSelectionRange(at, at)
    this.#reveal(line, at)
  }

  #listen() {
    this.#text.addEventListener('input', (event) => {
      this.#changed()
      this.#onInput()
      this.#suggestions.onInput(event)
    })
    this.#text.addEventListener('keydown', (event) => this.#onKey(event))
    this.#text.addEventListener('blur', () => {
      this.#brackets.replaceChildren()
      this.#suggestions.close()
    })
    document.addEventListener('selectionchange', () => {
      if (document.activeElement !== this.#text) return
      this.#drawBrackets()
      this.#suggestions.onCaret()
      this.#tellCall()
    })
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    if (event.isComposing) return
    if (this.#suggestions.onKey(event)) return event.preventDefault()
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const leaves = this.#tabLeaves && event.key === 'Tab'
    this.#tabLeaves = event.key === 'Escape' || (this.#tabLeaves && event.key === 'Shift')
    if (leaves) return
    if (event.key === 'Tab') this.#indent(event.shiftKey)
    else if (event.key === 'Enter' && !event.shiftKey) this.#newLine()
    else return
    event.preventDefault()
  }

  #newLine() {
    const { value, selectionStart, selectionEnd } = this.#text
    const isLong = value.length > COLOUR_LIMIT
    const line = value.slice(lineStart(value, selectionStart), selectionStart)
    const width = isLong ? indentOf(line) : indentationAt(value, selectionStart)
    const spaces = /^ */.exec(value.slice(selectionEnd))?.[0].length ?? 0
    this.#text.setSelectionRange(selectionStart, selectionEnd + spaces)
    this.#insert('\n' + ' '.repeat(width))
  }

  /** Tab: two spaces, or all selected lines two to the right; Shift+Tab: to the left. @param {boolean} outwards */
  #indent(outwards) {
    const { value, selectionStart, selectionEnd } = this.#text
    const isOneLine = !value.slice(selectionStart, selectionEnd).includes('\n')
    if (isOneLine && !outwards) return this.#insert(INDENT)
    const from = lineStart(value, selectionStart)
    const to = Math.max(selectionEnd, from)
    const lines = value.slice(from, to).split('\n')
    const moved = lines.map((line) => (outwards ? line.replace(/^ {1,2}/, '') : line && INDENT + line)).join('\n')
    if (moved === value.slice(from, to)) return
    this.#text.setSelectionRange(from, to)
    this.#insert(moved)
    const caret = Math.max(from, selectionEnd + moved.length - (to - from))
    this.#text.setSelectionRange(isOneLine ? caret : from, isOneLine ? caret : from + moved.length)
  }

  /** Replaces the selection; `insertText` is the one command that keeps the browser's undo history. @param {string} text */
  #insert(text) {
    const done = document.execCommand(text === '' ? 'delete' : 'insertText', false, text)
    if (done) return
    this.#text.setRangeText(text, this.#text.selectionStart, this.#text.selectionEnd, 'end')
    this.#text.dispatchEvent(new Event('input', { bubbles: true }))
  }

  #changed() {
    this.clearProblems()
    this.#draw()
  }

  #draw() {
    const text = this.#text.value
    this.#tokens = text.length <= COLOUR_LIMIT ? tokenize(text) : []
    const isColoured = this.#tokens.length > 0
    // The last, empty line has a height only when something follows its line end.
    this.#colours.replaceChildren(...(isColoured ? this.#tokens.map((token) => colour(text, token)) : [text]), '\n')
    this.#drawNumbers()
    this.#drawBrackets()
  }

  #drawNumbers() {
    const count = this.#text.value.split('\n').length
    const isSame = count === this.#lineCount && this.#problemLines.size === 0 && this.#numbers.childElementCount === 0
    if (isSame) return
    this.#lineCount = count
    /** @type {(string | Node)[]} */
    const parts = ['']
    for (let line = 1; line <= count; line += 1) {
      if (!this.#problemLines.has(line)) parts[parts.length - 1] += `${line}\n`
      else parts.push(element('b', 'editor-number-problem', document.createTextNode(`${line}\n`)), '')
    }
    this.#numbers.replaceChildren(...parts)
  }

  #drawBrackets() {
    const { selectionStart, selectionEnd, value } = this.#text
    const isCaret = selectionStart === selectionEnd && document.activeElement === this.#text
    const pair = isCaret ? matchingBrackets(value, this.#tokens, selectionStart) : null
    this.#overlay(this.#brackets, (pair ?? []).map((at) => [at, at + 1, 'mark-bracket']))
  }

  #tellCall() {
    const { selectionStart, selectionEnd, value } = this.#text
    this.#onCall((selectionStart === selectionEnd && this.completions?.callAt(value, this.#tokens, selectionStart)) || null)
  }

  /** Where a name that ends at the caret is on screen. @param {number} from */
  #rectOf(from) {
    this.#overlay(this.#typed, [[from, Math.max(from + 1, this.#text.selectionStart), 'mark-typed']])
    const rect = /** @type {Element} */ (this.#typed.querySelector('.mark-typed')).getBoundingClientRect()
    this.#typed.replaceChildren()
    return rect
  }

  /**
   * Fills a layer with invisible text in which some ranges have a class: they land exactly where the text is, whatever
   * its font, tabs and wide characters.
   * @param {HTMLElement} layer @param {[number, number, string][]} ranges in order
   */
  #overlay(layer, ranges) {
    const text = this.#text.value
    const nodes = []
    let at = 0
    for (const [start, end, className] of ranges) {
      nodes.push(text.slice(at, start), element('span', className, document.createTextNode(text.slice(start, end) || ' ')))
      at = end
    }
    layer.replaceChildren(...nodes)
  }

  /** @param {number} line @param {number} column @returns {number | null} */
  #offsetOf(line, column) {
    const lines = this.#text.value.split('\n')
    if (!(line >= 1 && line <= lines.length)) return null
    const start = lines.slice(0, line - 1).reduce((sum, text) => sum + text.length + 1, 0)
    const before = Array.from(lines[line - 1]).slice(0, Math.max(column - 1, 0))
    return start + before.join('').length
  }

  /** @param {number} line @param {number} at */
  #reveal(line, at) {
    const style = getComputedStyle(this.#text)
    const height = parseFloat(style.lineHeight)
    const top = (line - 1) * height
    const view = this.#root
    if (top < view.scrollTop || top + 3 * height > view.scrollTop + view.clientHeight) {
      view.scrollTop = Math.max(0, top - view.clientHeight / 3)
    }
    const column = at - lineStart(this.#text.value, at)
    const left = column * parseFloat(style.fontSize) * 0.6
    if (left < view.scrollLeft || left + 80 > view.scrollLeft + view.clientWidth - this.#numbers.offsetWidth) {
      view.scrollLeft = Math.max(0, left - view.clientWidth / 2)
    }
  }
}

/** @param {number} line */
function lineMark(line) {
  const mark = element('div', 'editor-line')
  mark.style.setProperty('--problem-line', String(line - 1))
  return mark
}

/** @param {string} text @param {number} at */
function lineStart(text, at) {
  return at === 0 ? 0 : text.lastIndexOf('\n', at - 1) + 1
}

/** @param {string} line */
function indentOf(line) {
  return line.length - line.trimStart().length
}

/** @param {string} text @param {Token} token @returns {string | Node} */
function colour(text, { kind, start, end }) {
  const part = text.slice(start, end)
  if (kind === 'space' || kind === 'symbol') return part
  return element('span', `token-${kind}`, document.createTextNode(part))
}

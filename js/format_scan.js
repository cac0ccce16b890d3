// format_scan.js — what the formatter has to know of source text: its logical lines, with the brackets and comments of each.
// It follows the reader (src/reader, language 01) as far as literals go. Invariant: a line break inside a string, a regular
// expression or a symbol ends no logical line, so what a literal holds is never touched; nor does one inside a block comment.

/**
 * @typedef {{ start: number, end: number }} Span
 * @typedef {{ at: number, isOpening: boolean }} Bracket
 *
 * @typedef {object} Line
 * @property {number} start
 * @property {number} end where its line break stands
 * @property {number} solid the end of its last token: blanks before it may belong to that
 * @property {Bracket[]} brackets those of code
 * @property {Span[]} comments
 */

const TOKEN_END = new Set([' ', '\t', '\n', '\v', '\f', '\r', ',', ';', '"', '`', '%', '(', ')', '[', ']', '{', '}', '\0', ''])
const BLANK = new Set([' ', '\t', '\n', '\v', '\f', '\r', ','])
const COMMENT_START = new Set([' ', '\t', '!', '#', '\r', '\n', ''])
const NUMBER = /[+-]?\d(?:[#!*])?[\w.+\-:~/=]*/y
const CHAR = /'\\?[^]'/uy
const LINE_BREAK = /\r\n?|\n/y

class Scanner {
  /** @type {Line[]} */ lines = []
  #text
  #end
  #at = 0
  /** @type {Line} */ #line = { start: 0, end: 0, solid: 0, brackets: [], comments: [] }
  /** What is open, innermost last: a bracket, a string's form part, or a string. @type {string[]} */ #open = []
  #strings = 0 // of these; inside one nothing is code of a line

  /** @param {string} text */
  constructor(text) {
    this.#text = text
    const nul = text.indexOf('\0') // the reader's end
    this.#end = nul < 0 ? text.length : nul
    if (text.startsWith('\ufeff')) this.#at = 1
  }

  scan() {
    while (this.#at < this.#end) {
      const isBlank = BLANK.has(this.#peek())
      const { comments } = this.#line
      const count = comments.length
      this.#step()
      if (!isBlank && comments.length === count) this.#line.solid = this.#at
    }
    if (this.#end < this.#text.length) this.#line.solid = this.#text.length // nobody reads that
    this.#endLine(this.#text.length)
    return this.lines
  }

  /** @param {number} [ahead] */
  #peek(ahead = 0) {
    const at = this.#at + ahead
    return at < this.#end ? this.#text[at] : ''
  }

  /** @param {number} end */
  #endLine(end) {
    this.#line.end = end
    this.lines.push(this.#line)
    this.#line = { start: end, end, solid: end, brackets: [], comments: [] }
  }

  /** The length of what the pattern matches here. @param {RegExp} pattern */
  #match(pattern) {
    pattern.lastIndex = this.#at
    return pattern.exec(this.#text)?.[0].length ?? 0
  }

  #step() {
    const top = this.#open.at(-1)
    if (top?.startsWith('"')) return this.#stringText(top)
    const c = this.#peek()
    switch (c) {
      case '\n': case '\r': return this.#lineBreak()
      case '(': case '[': case '{': return this.#bracket(true)
      case ')': case ']': case '}': return this.#bracket(false)
      case '"': return this.#openString('"')
      case "'": return this.#skip(this.#match(CHAR) || 1)
      case '%': return this.#skip(this.#percentSize())
      case '#': return this.#hash()
      case ';': return this.#open.length === 0 ? this.#lineComment() : this.#skip(1)
      default: return this.#token()
    }
  }

  /** @param {number} size */
  #skip(size) {
    this.#at += size
  }

  #lineBreak() {
    if (this.#strings) return this.#skip(1)
    this.#endLine(this.#at)
    this.#skip(this.#match(LINE_BREAK))
    this.#line.start = this.#line.solid = this.#at
  }

  /** @param {boolean} isOpening */
  #bracket(isOpening) {
    if (!this.#strings) this.#line.brackets.push({ at: this.#at, isOpening })
    if (isOpening) this.#open.push('(')
    else this.#open.pop()
    this.#skip(1)
  }

  /** `%` and `%=` are symbols; `%_` discards what follows it. */
  #percentSize() {
    const next = this.#peek(1)
    return next === '=' || (next === '_' && !TOKEN_END.has(this.#peek(2))) ? 2 : 1
  }

  #token() {
    const number = this.#match(NUMBER)
    if (number) return this.#skip(number)
    const start = this.#at
    while (!TOKEN_END.has(this.#peek())) this.#skip(this.#peek() === '\\' ? 2 : 1)
    if (this.#at === start) this.#skip(1) // a blank, a quote
    this.#at = Math.min(this.#at, this.#end)
  }

  // --- what begins with # ------------------------------------------------------------------------------------------------

  #hash() {
    const next = this.#peek(1)
    if (COMMENT_START.has(next)) return this.#lineComment()
    switch (next) {
      case '<': return this.#blockComment()
      case '"': this.#skip(1); return this.#openString('"#')
      case '/': return this.#regex()
      case '(': case '[': case '{': return this.#skip(1)
      case '@': return this.#skip(2)
      default: return this.#token()
    }
  }

  #lineComment() {
    const start = this.#at
    while (this.#at < this.#end && this.#peek() !== '\n' && this.#peek() !== '\r') this.#skip(1)
    this.#addComment(start)
  }

  /** Ends at the first `#` behind a single `>`. */
  #blockComment() {
    const start = this.#at
    let end = this.#text.indexOf('>#', start + 2)
    while (end >= 0 && end > start + 2 && this.#text[end - 1] === '>') end = this.#text.indexOf('>#', end + 1)
    this.#at = end < 0 ? this.#end : Math.min(end + 2, this.#end)
    this.#addComment(start)
  }

  /** @param {number} start */
  #addComment(start) {
    if (!this.#strings) this.#line.comments.push({ start, end: this.#at })
  }

  /** `#/pattern/flags` or `#/pattern/replacement/flags` (language 01 §1.9) */
  #regex() {
    this.#skip(2)
    this.#regexSegment()
    if (this.#hasReplacement()) this.#regexSegment()
    while (!this.#endsRegex(this.#peek())) this.#skip(1)
  }

  #regexSegment() {
    while (this.#at < this.#end) {
      const c = this.#peek()
      this.#skip(c === '\\' ? 2 : 1)
      if (c === '/') return
    }
  }

  /** @param {string} c */
  #endsRegex(c) {
    return c === '' || BLANK.has(c) || ')]};'.includes(c)
  }

  #hasReplacement() {
    let hasOnlyFlags = true
    for (let ahead = 0; ; ahead++) {
      const c = this.#peek(ahead)
      if (c === '/') return true
      if (c === '' || (BLANK.has(c) && c !== ',')) return false
      if (hasOnlyFlags && this.#endsRegex(c)) return false
      if (c === '\\') ahead++
      if (c !== 'i' && c !== 'm') hasOnlyFlags = false
    }
  }

  // --- strings -----------------------------------------------------------------------------------------------------------

  /** At the opening quotes. @param {string} kind `"`, or `"#` when forms may stand inside */
  #openString(kind) {
    const isTriple = this.#peek(1) === '"' && this.#peek(2) === '"'
    this.#open.push(isTriple ? `${kind}3` : kind)
    this.#strings++
    this.#skip(isTriple ? 3 : 1)
  }

  /** Up to the closing quotes or the next form in the string. @param {string} kind */
  #stringText(kind) {
    const isTriple = kind.endsWith('3')
    while (this.#at < this.#end) {
      const c = this.#peek()
      if (c === '"' && (!isTriple || (this.#peek(1) === '"' && this.#peek(2) === '"'))) {
        this.#open.pop()
        this.#strings--
        return this.#skip(isTriple ? 3 : 1)
      }
      if (c === '#' && kind.startsWith('"#')) {
        const next = this.#peek(1)
        if (next === '<') {
          this.#blockComment()
          continue
        }
        if (next === '(' || next === '[' || next === '{') return this.#skip(1), this.#bracket(true)
      }
      this.#skip(c === '\\' ? 2 : 1)
    }
  }
}

/** @param {string} text @returns {Line[]} at least one */
export const scanLines = (text) => new Scanner(text).scan()

// format.js — the canonical layout of source text: indentation, blanks at line ends, line breaks (language 36 §7). Lines are
// moved, never broken or joined, so comments stay where they are. Text that cannot be read is laid out as far as that goes.
// Invariants: formatting twice is formatting once; the forms that are read stay the same.

import { scanLines } from './format_scan.js'

const STEP = 2
const CLAUSE = /^(?:elif|else|when|catch|finally)(?=$|[ \t)\]}])/
/** `#` and what makes the rest of the line a comment. */
const COMMENT = /^[ \t]*#(?:$|[ \t!#<])/
const CLOSERS = /^(?:[)\]}][ \t]*)+/

/** @param {string} text */
const trimEnd = (text) => text.replace(/[ \t]+$/, '')

/** Of a comment, which may have several lines. @param {string} text */
const tidyComment = (text) => text.split(/\r\n?|\n/).map(trimEnd).join('\n')

/**
 * Source text with tidy comments, without blanks at its end.
 * @param {string} source
 * @param {import('./format_scan.js').Line} line
 * @param {number} from
 * @param {number} to
 */
function textOf(source, { comments, solid }, from, to) {
  let text = ''
  let at = from
  for (const { start, end } of comments) {
    if (start < from || end > to) continue
    text += source.slice(at, start) + tidyComment(source.slice(start, end))
    at = end
  }
  const fixed = Math.min(Math.max(at, solid), to)
  return text + source.slice(at, fixed) + trimEnd(source.slice(fixed, to))
}

/**
 * Where the comments at the end of a line begin; the line's end when it has none.
 * @param {string} source
 * @param {import('./format_scan.js').Line} line
 */
function commentStart(source, { comments, end }) {
  let start = end
  for (let i = comments.length - 1; i >= 0 && !/[^ \t]/.test(source.slice(comments[i].end, start)); i--) start = comments[i].start
  return start
}

/** @param {string} text */
const indentOf = (text) => /^[ \t]*/.exec(text)?.[0].length ?? 0

class Formatter {
  #source
  #depth = 0
  /** The indentation of what is open. @type {{ depth: number, indent: number, base: number }[]} */ #stack = []
  /** Behind an array that goes on in the next line. @type {{ depth: number, indent: number } | null} */ #hang = null

  /** @param {string} source */
  constructor(source) {
    this.#source = source
  }

  format() {
    return scanLines(this.#source).map((line) => this.#line(line)).join('\n')
  }

  /** @param {import('./format_scan.js').Line} line */
  #line(line) {
    const source = this.#source
    const whole = source.slice(line.start, line.end)
    const start = line.start + indentOf(whole)
    if (COMMENT.test(whole)) {
      if (line.brackets.length) this.#advance(line, start, this.#indent(source.slice(start, line.end), start - line.start))
      return textOf(source, line, line.start, line.end)
    }
    const comment = commentStart(source, line)
    const code = textOf(source, line, start, comment)
    if (code === '') return textOf(source, line, line.start, line.end)
    const indent = this.#indent(code, start - line.start)
    this.#advance(line, start, indent)
    return ' '.repeat(indent) + textOf(source, line, start, line.end)
  }

  /** Where a line belongs. @param {string} code @param {number} present its indentation so far */
  #indent(code, present) {
    const closers = CLOSERS.exec(code)?.[0].replace(/[ \t]/g, '').length ?? 0
    const depth = Math.max(this.#depth - closers, 0)
    while ((this.#stack.at(-1)?.depth ?? 0) > depth) this.#stack.pop()
    const top = this.#stack.at(-1)
    let indent = top?.indent ?? 0
    if (top && CLAUSE.test(code)) {
      const { base } = top
      indent = base <= present && present <= base + STEP ? present : base
      top.indent = indent === base + STEP ? base + 2 * STEP : base + STEP
    }
    const hang = this.#hang
    return hang && depth >= hang.depth && !/^[\])]/.test(code) ? hang.indent : indent
  }

  /** Notes what a line opens and closes. @param {import('./format_scan.js').Line} line @param {number} start of its code @param {number} indent */
  #advance({ brackets, solid }, start, indent) {
    const before = this.#depth
    for (const { isOpening } of brackets) this.#depth = isOpening ? this.#depth + 1 : Math.max(this.#depth - 1, 0)
    const depth = this.#depth
    if (depth > before) this.#stack.push({ depth, indent: indent + STEP, base: indent })
    if (this.#hang && depth < this.#hang.depth) this.#hang = null
    const text = this.#source
    const array = brackets.find(({ at }) => text[at] === '[')
    if (!array || brackets.some(({ at }) => text[at] === ']') || !/[^ \t]/.test(text.slice(array.at + 1, solid))) return
    // Inside a literal that has line breaks nothing moves.
    const lineStart = Math.max(text.lastIndexOf('\n', array.at), text.lastIndexOf('\r', array.at)) + 1
    this.#hang = { depth, indent: lineStart > start ? array.at - lineStart + 1 : indent + array.at - start + 1 }
  }
}

/**
 * The canonical layout of Gene source text.
 * @param {string} source
 * @returns {string}
 */
export const format = (source) => new Formatter(source).format()

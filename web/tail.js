// tail.js — the newest part of an endless text: a queue of printed chunks that forgets from the front.
// Invariant: at most MAX_LINES lines and MAX_CHARS characters (plus one piece) are held, however much is pushed.
// The worker uses it for what the page has not drawn yet, so a flood of output costs no memory and no messages; the
// page uses the same limits for what stays on screen. A chunk is kept in pieces of a few KB, because cutting the front
// off one long string again and again would copy it each time.

/** @typedef {import('./protocol.js').Chunk} Chunk */

export const MAX_LINES = 5000
export const MAX_CHARS = 1_000_000
const PIECE_CHARS = 8192
const PIECE_LINES = 250

/** Counts the line ends of a text. @param {string} text */
export function countLines(text) {
  let count = 0
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count += 1
  return count
}

export class Tail {
  /** @type {(Chunk & { lines: number })[]} */
  #pieces = []
  #lines = 0
  #chars = 0
  #skipped = 0
  #maxLines
  #maxChars

  constructor({ maxLines = MAX_LINES, maxChars = MAX_CHARS } = {}) {
    this.#maxLines = maxLines
    this.#maxChars = maxChars
  }

  get isEmpty() {
    return this.#pieces.length === 0
  }

  /** Appends text; forgets the oldest pieces beyond the limits. @param {Chunk['stream']} stream @param {string} text */
  push(stream, text) {
    for (let at = 0; at < text.length; ) {
      const end = pieceEnd(text, at)
      this.#append(stream, text.slice(at, end))
      at = end
    }
    this.#trim()
  }

  /**
   * Removes and returns the oldest chunks, about `maxChars` characters of them (all by default), and how many lines were
   * forgotten before them since the last call.
   * @returns {{ chunks: Chunk[], skipped: number }}
   */
  take(maxChars = Infinity) {
    const skipped = this.#skipped
    this.#skipped = 0
    let count = 0
    let chars = 0
    while (count < this.#pieces.length && chars < maxChars) chars += this.#pieces[count++].text.length
    const taken = this.#pieces.splice(0, count)
    for (const piece of taken) this.#forget(piece)
    return { chunks: taken.map(({ stream, text }) => ({ stream, text })), skipped }
  }

  /** @param {Chunk['stream']} stream @param {string} text */
  #append(stream, text) {
    const lines = countLines(text)
    const last = this.#pieces[this.#pieces.length - 1]
    const fits = last && last.text.length + text.length <= PIECE_CHARS && last.lines + lines <= PIECE_LINES
    if (fits && last.stream === stream) {
      last.text += text
      last.lines += lines
    } else {
      this.#pieces.push({ stream, text, lines })
    }
    this.#lines += lines
    this.#chars += text.length
  }

  #trim() {
    let count = 0
    for (const piece of this.#pieces) {
      if (this.#lines - piece.lines < this.#maxLines && this.#chars - piece.text.length < this.#maxChars) break
      this.#forget(piece)
      this.#skipped += Math.max(piece.lines, 1)
      count += 1
    }
    if (count === 0) return
    const forgotten = this.#pieces.splice(0, count)
    if (!forgotten[count - 1].text.endsWith('\n')) this.#cutFirstLine()
  }

  /** The line whose beginning was forgotten goes as well, when its end is in sight. */
  #cutFirstLine() {
    const first = this.#pieces[0]
    const end = first ? first.text.indexOf('\n') + 1 : 0
    if (end === 0) return
    first.text = first.text.slice(end)
    first.lines -= 1
    this.#lines -= 1
    this.#chars -= end
    this.#skipped += 1
    if (first.text === '') this.#pieces.shift()
  }

  /** @param {{ text: string, lines: number }} piece */
  #forget(piece) {
    this.#lines -= piece.lines
    this.#chars -= piece.text.length
  }
}

/** Where to cut a long text: never between the halves of a surrogate pair. @param {string} text @param {number} from */
function pieceEnd(text, from) {
  const end = from + PIECE_CHARS
  if (end >= text.length) return text.length
  const code = text.charCodeAt(end - 1)
  return code >= 0xd800 && code <= 0xdbff ? end - 1 : end
}

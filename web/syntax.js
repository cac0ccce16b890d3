// syntax.js — Gene text → tokens, for colours, bracket matching and indentation; never for running anything.
// Follows the reader (`language/01`) closely enough to look right and is total: any text gives tokens, in order and
// without gaps, and each token is at least one character, so a half-typed program is coloured as far as it goes.

/**
 * @typedef {'space' | 'comment' | 'string' | 'regex' | 'number' | 'constant' | 'key' | 'form' | 'head' | 'method'
 *   | 'symbol' | 'open' | 'close' | 'quote'} Kind
 * @typedef {{ kind: Kind, start: number, end: number }} Token
 */

export const FORMS = new Set(
  ('fn var let if elif else then if_not ifel loop while repeat for in break continue case when return try catch finally ' +
    'throw class ctor method field new super self object interface implement implements enum ns import from export ' +
    'async await yield do eval assert not spawn range typeof type interceptor comptime template').split(' '),
)
export const CONSTANTS = new Set(['nil', 'void', 'true', 'false', 'not_found', '_'])

/** What stands between a name and `(`-head position makes it no function: `(n + 1)`, `(list .map f)`, `(x = 1)`. */
const OPERATOR = /^(?:[-+*/%<>=!&|]+|&\|&|is|\.\S*|=|\.\.)$/

/** What a token can begin with, tried in this order at each position. @type {[Kind, RegExp][]} */
const RULES = [
  ['space', /[\s,]+/y],
  ['comment', /#(?=[ \t\r\n!#])[^\n]*|#$/y],
  ['comment', /#<[^]*?(?:(?<!>)>#|$)/y],
  ['string', /'(?:\\[^]|[^\\])'/yu],
  ['regex', /#\/(?:\\[^]|[^/\\\n])*\/[^\s()[\]{};,]*/y],
  ['open', /#?[([{]/y],
  ['close', /[)\]}]/y],
  ['quote', /`|%_?(?=[^\s)\]}=])|#@/y],
  ['number', /[+-]?\d[^\s,;"`%()[\]{}]*/y],
  ['symbol', /(?:\\[^]|[^\s,;"`%()[\]{}\\])+/y],
  ['symbol', /[^]/y],
]

/** A string from its opening quotes, or from behind a hole, to its end or its next hole (`#{`, `#(` or `#[`). */
const STRING_START = /#?"(?:"")?/y
const HOLE = /#(?=[{([])/
const STRING_REST = {
  '"': /(?:\\[^]|[^"\\])*(?:"|\\?$)/y,
  '"""': /(?:\\[^]|(?!""")[^\\])*(?:"""|\\?$)/y,
  '#"': /(?:\\[^]|(?!#[{([])[^"\\])*(?:"|(?=#[{([])|\\?$)/y,
  '#"""': /(?:\\[^]|(?!"""|#[{([])[^\\])*(?:"""|(?=#[{([])|\\?$)/y,
}

/** @typedef {keyof typeof STRING_REST} Quotes */

/** @param {string} text @returns {Token[]} */
export function tokenize(text) {
  return scan(text).tokens
}

/**
 * Strings with holes nest, so the open ones are kept on a stack together with the depth of brackets in their hole.
 * @param {string} text @returns {{ tokens: Token[], isInString: boolean }}
 */
function scan(text) {
  /** @type {Token[]} */
  const tokens = []
  /** @type {{ quotes: Quotes, depth: number }[]} */
  const holes = []
  let isInString = false
  for (let start = 0; start < text.length; ) {
    const token = tokenAt(text, start)
    const hole = holes[holes.length - 1]
    if (hole && token.kind === 'open') hole.depth += 1
    if (hole && token.kind === 'close') hole.depth -= 1
    const quotes = quotesAt(text, start)
    if (quotes) start = string(quotes, start, start + quotes.length)
    else {
      tokens.push(token)
      start = token.end
      if (hole && hole.depth === 0 && token.kind === 'close') start = string(/** @type {any} */ (holes.pop()).quotes, start, start)
    }
  }
  return { tokens: named(text, tokens), isInString }

  /** Pushes the token of a string's next part; its rest is read when the hole has ended. @param {Quotes} quotes @param {number} from @param {number} at */
  function string(quotes, from, at) {
    const rule = STRING_REST[quotes]
    rule.lastIndex = at
    rule.test(text)
    const end = rule.lastIndex
    if (end > from) tokens.push({ kind: 'string', start: from, end })
    const isClosed = text.slice(at, end).endsWith(quotes.replace('#', ''))
    const isHole = !isClosed && quotes.startsWith('#') && HOLE.test(text.slice(end, end + 2))
    if (isHole) holes.push({ quotes, depth: 0 })
    isInString = end === text.length && !isClosed
    return end
  }
}

/** @param {string} text @param {number} at @returns {Quotes | null} */
function quotesAt(text, at) {
  STRING_START.lastIndex = at
  const quotes = STRING_START.exec(text)?.[0]
  if (!quotes) return null
  // `""` is an empty string, `"""` opens a long one.
  return /** @type {Quotes} */ (quotes.endsWith('"""') ? quotes : quotes.replace('""', '"'))
}

/** @param {string} text @param {number} start @returns {Token} */
function tokenAt(text, start) {
  for (const [kind, rule] of RULES) {
    rule.lastIndex = start
    if (rule.test(text)) return { kind, start, end: rule.lastIndex }
  }
  return { kind: 'symbol', start, end: start + 1 }
}

/** Tells apart what the symbols are. @param {string} text @param {Token[]} tokens */
function named(text, tokens) {
  const solid = tokens.filter(({ kind }) => kind !== 'space' && kind !== 'comment')
  const textOf = (/** @type {Token | undefined} */ token) => (token ? text.slice(token.start, token.end) : '')
  solid.forEach((token, index) => {
    if (token.kind !== 'symbol') return
    const before = solid[index - 1]
    const isFirst = before?.kind === 'open' && text[before.end - 1] === '('
    token.kind = kindOfSymbol(textOf(token), isFirst && !OPERATOR.test(textOf(solid[index + 1])))
  })
  return tokens
}

/** @param {string} name @param {boolean} isHead @returns {Kind} */
function kindOfSymbol(name, isHead) {
  if (CONSTANTS.has(name)) return 'constant'
  if (name.length > 1 && name.startsWith('^')) return 'key'
  if (name.length > 1 && name.startsWith('.')) return 'method'
  if (FORMS.has(name)) return 'form'
  return isHead && !OPERATOR.test(name) ? 'head' : 'symbol'
}

const CLOSER_OF = /** @type {Record<string, string>} */ ({ '(': ')', '[': ']', '{': '}' })

/**
 * The bracket that belongs to the one touching `offset` (before it first, then after it), as two offsets; null when
 * there is no bracket there or it has no partner.
 * @param {string} text @param {Token[]} tokens @param {number} offset @returns {[number, number] | null}
 */
export function matchingBrackets(text, tokens, offset) {
  const isBracket = (/** @type {Token} */ token) => token.kind === 'open' || token.kind === 'close'
  const touched =
    tokens.find((token) => token.end === offset && isBracket(token)) ??
    tokens.find((token) => token.start === offset && isBracket(token))
  if (!touched) return null
  /** @type {number[]} */
  const open = []
  for (const token of tokens) {
    if (token.kind === 'open') open.push(token.end - 1)
    if (token.kind !== 'close') continue
    const opener = open.pop()
    if (opener === undefined) return null
    if (token.start !== touched.start && opener !== touched.end - 1) continue
    return CLOSER_OF[text[opener]] === text[token.start] ? [opener, token.start] : null
  }
  return null
}

/**
 * How many spaces a new line at `offset` begins with: two more than the column of the innermost open `(`, one more than
 * that of an open `[` or `{`; 0 at the top level and inside a string.
 * @param {string} text @param {number} offset
 */
export function indentationAt(text, offset) {
  const before = text.slice(0, offset)
  const { tokens, isInString } = scan(before)
  if (isInString) return 0
  /** @type {number[]} */
  const open = []
  for (const token of tokens) {
    if (token.kind === 'open') open.push(token.end - 1)
    else if (token.kind === 'close') open.pop()
  }
  const bracket = open[open.length - 1]
  if (bracket === undefined) return 0
  const column = bracket - (before.lastIndexOf('\n', bracket) + 1)
  return column + (text[bracket] === '(' ? 2 : 1)
}

/**
 * The part of a line to underline for an error at `offset`: to the end of the form that begins there, of the name, or of
 * the line, whichever comes first.
 * @param {string} text @param {Token[]} tokens @param {number} offset
 */
export function endOfForm(text, tokens, offset) {
  const token = tokens.find(({ start, end }) => start <= offset && offset < end)
  const lineEnd = text.indexOf('\n', offset)
  const limit = lineEnd < 0 ? text.length : lineEnd
  const closer = token?.kind === 'open' ? matchingBrackets(text, tokens, token.end)?.[1] : undefined
  if (token?.kind === 'open') return closer === undefined ? limit : Math.min(closer + 1, limit)
  return Math.max(offset, Math.min(token && token.kind !== 'space' ? token.end : offset + 1, limit))
}

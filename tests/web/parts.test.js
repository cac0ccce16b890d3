// parts.test.js — the parts of the page that need no browser.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { forBrowser } from '../../js/dev/web_rules.js'
import { root } from '../../js/dev/shell.js'
import { Drafts } from '../../web/drafts.js'
import { problemOf } from '../../web/protocol.js'
import { endOfForm, indentationAt, matchingBrackets, tokenize } from '../../web/syntax.js'
import { Tail } from '../../web/tail.js'

/** @param {{ chunks: { text: string }[] }} taken */
const textOf = ({ chunks }) => chunks.map(({ text }) => text).join('')

test('a tail within its limits gives back all text in order', () => {
  const tail = new Tail()
  tail.push('out', 'a\n')
  tail.push('err', 'b\n')
  tail.push('out', 'c')
  tail.push('out', 'd')
  assert.deepEqual(tail.take(), {
    chunks: [{ stream: 'out', text: 'a\n' }, { stream: 'err', text: 'b\n' }, { stream: 'out', text: 'cd' }],
    skipped: 0,
  })
  assert.equal(tail.isEmpty, true)
})

test('a tail forgets the oldest whole lines and counts them', () => {
  const tail = new Tail({ maxLines: 10, maxChars: 1e6 })
  for (let line = 1; line <= 1000; line += 1) tail.push('out', `${line}\n`)
  const taken = tail.take()
  const lines = textOf(taken).trimEnd().split('\n')
  assert.ok(lines.length >= 10 && lines.length <= 260, String(lines.length))
  assert.equal(lines.at(-1), '1000')
  assert.equal(taken.skipped, 1000 - lines.length)
})

test('a tail bounds a text without line ends and never splits a surrogate pair', () => {
  const tail = new Tail({ maxLines: 10, maxChars: 20_000 })
  tail.push('out', 'x' + '😀'.repeat(100_000))
  const taken = tail.take()
  const text = textOf(taken)
  assert.ok(text.length <= 30_000 && text.length >= 20_000, String(text.length))
  assert.equal(Buffer.from(text).toString(), text, 'well-formed')
  assert.ok(taken.skipped > 0)
})

test('taking part of a tail leaves the rest', () => {
  const tail = new Tail()
  for (let line = 0; line < 1000; line += 1) tail.push(line % 2 ? 'out' : 'err', `${line}\n`)
  let text = ''
  while (!tail.isEmpty) text += textOf(tail.take(100))
  assert.equal(text, Array.from({ length: 1000 }, (_, line) => `${line}\n`).join(''))
})

test('tokens cover any text without gaps', () => {
  const pieces = ['(', ')', '[', '}', '#{', '#', '"', '"""', '#"', '\\', "'", '`', '%', ' ', '\n', 'x', '^k', '#<', '#/', '/', ';', '😀']
  let seed = 1
  const random = (/** @type {number} */ below) => (seed = (seed * 48_271) % 2_147_483_647) % below
  for (let round = 0; round < 3000; round += 1) {
    const text = Array.from({ length: random(24) }, () => pieces[random(pieces.length)]).join('')
    let at = 0
    for (const { start, end } of tokenize(text)) {
      assert.equal(start, at, JSON.stringify(text))
      assert.ok(end > start, JSON.stringify(text))
      at = end
    }
    assert.equal(at, text.length, JSON.stringify(text))
  }
})

test('tokens tell what a reader of Gene sees', () => {
  const text = '(fn f [x] #"a#{x}b" "s" ^k 1 nil (x + 1) (x .m) (g x)) # c'
  const seen = tokenize(text)
    .filter(({ kind }) => !['space', 'open', 'close'].includes(kind))
    .map(({ kind, start, end }) => `${kind} ${text.slice(start, end)}`)
  assert.deepEqual(seen, [
    'form fn', 'symbol f', 'symbol x', 'string #"a', 'symbol x', 'string b"', 'string "s"', 'key ^k', 'number 1',
    'constant nil', 'symbol x', 'symbol +', 'number 1', 'symbol x', 'method .m', 'head g', 'symbol x', 'comment # c',
  ])
})

test('brackets in strings and comments have no partner', () => {
  const text = '(a ")" #< ) ># #"x#{(b)}" ) # )'
  const close = text.indexOf(' ) #') + 1
  assert.deepEqual(matchingBrackets(text, tokenize(text), 1), [0, close])
  assert.deepEqual(matchingBrackets(text, tokenize(text), close + 1), [0, close])
  assert.equal(matchingBrackets('(]', tokenize('(]'), 1), null)
})

test('a new line is indented by the innermost open bracket, and not inside a string', () => {
  const cases = /** @type {[string, number][]} */ ([
    ['(a)', 0], ['(a', 2], ['  (a [b', 6], ['(a "x', 0], ['(a "x"', 2], ['(a #"x#{y} ', 0], ['{', 1], [')))', 0], ['(a # (', 2],
  ])
  for (const [text, width] of cases) assert.equal(indentationAt(text, text.length), width, text)
})

test('an error underlines the form that begins there, up to the line end', () => {
  const underlined = (/** @type {string} */ text, /** @type {number} */ at) => text.slice(at, endOfForm(text, tokenize(text), at))
  assert.equal(underlined('(f (g 1) x)', 3), '(g 1)')
  assert.equal(underlined('(f\n 1)', 0), '(f')
  assert.equal(underlined('(f abc)', 3), 'abc')
  assert.equal(underlined('x', 1), '')
})

test('an error becomes plain data, with its causes and whatever it lacks', () => {
  const inner = Object.assign(new Error('inner'), { code: 'GENE.IO.MISSING' })
  const error = Object.assign(new Error('outer', { cause: inner }), { line: 3, column: 4, file: 'main.gene', geneStack: [{ fn: 'f', file: 'main.gene', line: 3, column: 4 }, null] })
  const problem = problemOf(error)
  assert.equal(problem.cause?.code, 'GENE.IO.MISSING')
  assert.deepEqual([problem.line, problem.column, problem.geneStack.length], [3, 4, 2])
  assert.equal(problemOf('text').message, 'text')
  const circle = new Error('circle')
  circle.cause = circle
  assert.deepEqual(structuredClone(problemOf(circle)).message, 'circle')
})

test('drafts survive broken and missing storage', () => {
  const stored = /** @type {Record<string, string>} */ ({})
  const storage = /** @type {any} */ ({ getItem: (/** @type {string} */ key) => stored[key] ?? null, setItem: (/** @type {string} */ key, /** @type {string} */ text) => (stored[key] = text) })
  assert.equal(new Drafts(() => storage).save('hello', 'mine'), true)
  const later = new Drafts(() => storage)
  assert.deepEqual([later.open, later.textOf('hello'), later.textOf('tasks')], ['hello', 'mine', undefined])
  later.save('tasks', undefined)
  for (const key of Object.keys(stored)) stored[key] = '{"texts": {"a": 1, "b": "x"}, "open": 7'
  assert.deepEqual([new Drafts(() => storage).open, new Drafts(() => storage).textOf('hello')], ['', undefined])
  const forbidden = new Drafts(() => {
    throw new Error('SecurityError')
  })
  assert.equal(forbidden.save('hello', 'x'), false)
  assert.equal(forbidden.textOf('hello'), 'x')
})

test('#platform becomes the web file, relative to the module', () => {
  const text = "import { now } from '#platform'\nawait import('#platform')\nconst name = '#platform'\n"
  const shallow = forBrowser(`${root}/js/index.js`, text)
  assert.equal(shallow, "import { now } from './platform/web.js'\nawait import('./platform/web.js')\nconst name = '#platform'\n")
  assert.match(forBrowser(`${root}/js/deep/er/file.js`, text), /from '\.\.\/\.\.\/platform\/web\.js'/)
  assert.match(forBrowser(`${root}/js/platform/file.js`, text), /from '\.\/web\.js'/)
})

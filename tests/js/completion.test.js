// completion.test.js — what completion offers at a caret (`|` in the texts), in the playground's editor.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createRuntime } from '../../js/node.js'
import { nameBefore } from '../../js/completion.js'
import { Completions } from '../../web/completion.js'
import { tokenize } from '../../web/syntax.js'

const runtime = await createRuntime()
const completions = new Completions({ rows: runtime.docs(), names: runtime.names() })
runtime.dispose()

/** @param {string} marked */
function split(marked) {
  const caret = marked.indexOf('|')
  const text = marked.replace('|', '')
  return { caret, text, tokens: tokenize(text) }
}

/** @param {string} marked @param {{ isAsked?: boolean }} [options] */
function offered(marked, options) {
  const { caret, text, tokens } = split(marked)
  const found = completions.at(text, tokens, caret, options)
  if (found) assert.equal(text.slice(found.from, caret), found.typed)
  return found?.entries ?? []
}

/** @param {string} marked @param {{ isAsked?: boolean }} [options] */
const names = (marked, options) => offered(marked, options).map(({ name }) => name)

/** @param {string} marked */
function call(marked) {
  const { caret, text, tokens } = split(marked)
  return completions.callAt(text, tokens, caret)?.signature ?? null
}

test('a name before the caret has a base that stays and a part that grows', () => {
  assert.deepEqual(nameBefore('(f pri'), { kind: 'name', base: '', path: '', typed: 'pri' })
  assert.deepEqual(nameBefore('(gene/json/pa'), { kind: 'member', base: 'gene/json/', path: 'gene/json', typed: 'pa' })
  assert.deepEqual(nameBefore('(xs .ma'), { kind: 'method', base: '', path: '', typed: '.ma' })
  assert.deepEqual(nameBefore('xs/.ma'), { kind: 'method', base: 'xs/', path: 'xs', typed: '.ma' })
  assert.deepEqual(nameBefore('f '), { kind: 'name', base: '', path: '', typed: '' })
})

test('functions and special forms, with what their tables say', () => {
  assert.deepEqual(names('(pri|'), ['print', 'println'])
  const [, println] = offered('(pri|')
  assert.deepEqual([println.signature.slice(0, 9), println.kind], ['(println ', 'name'])
  assert.match(println.doc, /newline/)
  assert.deepEqual(offered('(whil|').map(({ name, kind }) => [name, kind]), [['while', 'form']])
  assert.ok(names('(if a els|').includes('else'))
})

test('members of a namespace, from its slash on, with or without gene/', () => {
  assert.deepEqual(names('(gene/json/|'), ['deserialize', 'parse', 'serialize', 'stringify'])
  assert.deepEqual(names('(json/pa|'), ['parse'])
  assert.deepEqual(names('math/sq|'), ['sqrt'])
  assert.ok(names('gene/js|').includes('json'))
  assert.deepEqual(names('nowhere/|'), [])
})

test('methods after a dot and after a slash with a dot, one entry for all classes', () => {
  const [map] = offered('(xs .map|')
  assert.equal(map.name, '.map')
  assert.match(map.doc, /^Array: .+\nMap: /)
  assert.deepEqual(names('xs/.to_upper|').slice(0, 1), ['.to_upper'])
  assert.deepEqual(names('(1 .|'), [], 'a dot alone is not enough')
  assert.ok(names('(1 .|', { isAsked: true }).length > 100)
})

test('names that the text declares come first', () => {
  assert.deepEqual(names('(var printer 1) (pri|')[0], 'printer')
  assert.deepEqual(names('(fn f [width height: Int rest... ^key: Int = 3] (wi|'), ['width'])
  assert.ok(!names('(fn f [a: Strange] Str|').includes('Strange'), 'a type is used there, not declared')
  assert.deepEqual(names('(for fruit [price unit] in all pric|'), ['price'])
  assert.deepEqual(names('(import readers writers from "x") writ|'), ['writers'])
  assert.deepEqual(names('(try 1 catch failure fail|'), ['failure'])
  assert.deepEqual(names('(var {^id number} m) numb|'), ['number'])
  assert.deepEqual(names('later| (var later_on 1)'), ['later_on'])
  assert.deepEqual(names('(var lonely|'), [], 'the name being typed is not offered to itself')
})

test('own methods, properties, enum members and namespace members', () => {
  const shapes = '(class P (field side) (method area [unit] 1)) (enum Color red (Mix a b)) (ns geo (fn far [x] x)) '
  assert.deepEqual(offered(`${shapes}(p .are|`).map(({ name, signature }) => [name, signature]), [['.area', '(.area unit)']])
  assert.deepEqual(names(`${shapes}p/si|`), ['side'])
  assert.deepEqual(names(`${shapes}Color/|`), ['Mix', 'red'])
  assert.deepEqual(offered(`${shapes}geo/f|`).map(({ name, signature }) => [name, signature]), [['far', '(far x)']])
})

test('exact before other case before a later part; short before long', () => {
  assert.deepEqual(names('gen|').slice(0, 3), ['gene', 'genex', 'Gene'])
  assert.ok(names('(f .lower|').includes('.to_lower'))
  assert.equal(names('(f .map|')[0], '.map')
  assert.ok(names('n:In|').includes('Int'), 'a type behind a colon')
})

test('nothing is offered in strings and comments, nor inside a word or after one letter unless asked', () => {
  for (const text of ['"pri|"', '# pri|', '#/pri|/', '123|', '^pri|', '(p|', '(pri|nt', '', '|']) assert.deepEqual(names(text), [], text)
  assert.deepEqual(names('#"sum: #{pri|}"'), ['print', 'println'])
  assert.ok(names('(pri|nt', { isAsked: true }).includes('println'))
  assert.ok(names('|', { isAsked: true }).length > 100)
})

test('the call around the caret', () => {
  assert.match(call('(println |)') ?? '', /^\(println /)
  assert.equal(call('(printl|)'), null)
  assert.equal(call('([1 2] .map |)'), '(a .map f)')
  assert.equal(call('(println (xs .map (fn [x] x) |))'), '(a .map f)')
  assert.equal(call('(fn area [w h] (w * h)) (area |)'), '(area w h)')
  assert.equal(call('(enum Shape (Rect w h)) (Shape/Rect |)'), '(Shape/Rect w h)')
  assert.match(call('(println [1 |])') ?? '', /^\(println /)
  assert.equal(call('(println 1)|'), null)
  assert.equal(call('(unknown |)'), null)
})

test('any text and caret has an answer, deep brackets too', () => {
  const pieces = ['(', ')', '[', '}', '#{', '#"', '"', 'fn', ' ', 'ns', ' enum ', '/', '.', ' in', 'x', '^k', 'catch', ':', '\n', '😀']
  let seed = 7
  const random = (/** @type {number} */ below) => (seed = (seed * 48_271) % 2_147_483_647) % below
  for (let round = 0; round < 2000; round += 1) {
    const text = Array.from({ length: random(30) }, () => pieces[random(pieces.length)]).join('')
    const caret = random(text.length + 1)
    completions.at(text, tokenize(text), caret, { isAsked: true })
    completions.callAt(text, tokenize(text), caret)
  }
  assert.deepEqual(names(`(var deeper 1)${'(fn f [a] '.repeat(6000)}deep|`), ['deeper'])
})

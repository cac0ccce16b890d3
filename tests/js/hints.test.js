// hints.test.js — what an error advises: for words of other languages, for what is no variable, for forms written wrongly.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createRuntime } from '../../js/index.js'

const SHAPE = '(enum Shape (Circle r) Dot) '
const POINT = '(class Point (ctor [/x]) (method show [] x) (method twice [] (show))) '

/** Source → the hint of what it raises. */
const HINTS = {
  'words of other languages': [
    ['null', 'write nil'],
    ['(var x = 1)', 'write (var name value) and (name = value); == compares'],
    ['(defn f [x] x)', 'write (fn name [parameters] body…) or (x -> body…)'],
    ['(and true false)', 'write &&'],
    ['(1 === 1)', 'write =='],
    ['(fn f [] this) (f)', 'the instance is self, its field x is /x'],
    ['(class A extends Object)', 'write (class Name < Parent body…)'],
    ['(setTimeout (fn [] 1) 10)', 'write (schedule/after ms f), (schedule/every ms f)'],
  ],
  'what is no variable': [
    ['(if false 1 else if true 2)', 'write (if condition body… elif condition body… else body…)'],
    ['catch', 'catch is a part of try: a parenthesis before it may close too much'],
    [`${POINT}((new Point 1) .show)`, 'the field of the instance is /x'],
    [`${POINT}((new Point 1) .twice)`, 'call the method of the instance: (.show)'],
    ['(map [1] (fn [x] x))', 'it is a method: (value .map)'],
    [`${SHAPE}(Circle 2)`, 'it is a variant of the enum Shape: write Enum/Variant'],
    ['(console.log 1)', 'members are read with a/b, methods called with (a .b)'],
    ['(var x 1) (x-1)', 'operators stand between blanks: (a + b), (- a)'],
    ['(println #note)', 'a comment begins with # and a blank'],
    ['(fn m! [x] x) (m 1)', 'did you mean m!?'],
    ['(fn count* [] (yield 1)) (count)', 'did you mean count*?'],
    ['(unknown_thing)', 'declare it with (var name value)'],
  ],
  'calls': [
    ['(math/sqroot 4)', 'there is nothing of that name: check its spelling'],
    ['(f 1) (var f (fn [x] x))', 'nil is called: has it got its value yet?'],
    ['(var m {^a 1}) (m "a")', 'read an element with a path: value/key, value/0, value/<name>'],
    [`${SHAPE}(Shape 2)`, 'call a variant: (Enum/Variant …)'],
    ['(var m {^a 1}) (m .a)', 'read the key with value/a'],
    ['(-5 .abs)', 'it is a function: (abs value)'],
    ['("a" + "b")', 'join texts with ($ a b) or (a ++ b)'],
    ['({} + 1)', 'convert the value first'],
    ['(var m {}) (m/n + 1)', 'void: nothing was found where it came from'],
    ['("a" < "b")', 'numbers, dates and times have an order; (array .sort) orders strings'],
    [`${SHAPE}(case (Shape/Circle 1) when (Shape/Circl r) r)`, 'the pattern names no variant of an enum'],
    ['(import gene/json/[unknown_thing])', 'fn, class and the like can be imported, and names written /name'],
    ['(import gene/json/[stringfy])', 'did you mean stringify?'],
    ['(throw Exception "x")', 'throw takes one value: (throw (new Class …))'],
    ['(throw (new Exception "x"))', 'it has no message: write (throw "text"), or a class with (ctor [/message])'],
    ['(class Mine < Exception (ctor [/message])) (throw (new Mine "x"))', ''],
  ],
  'forms': [
    ['(for x of [1] x)', '(for pattern in collection body…)'],
    ['(import "./shapes")', '(import name… from "module")'],
    ['(fn f (a b) a)', '(fn name? [params] -> Type? body…)'],
    ['(match 1)', ''],
    ['(fn f [a] a) (f 1 2)', ''],
    ['(println \'hello\')', '\'c\' is one character, text stands in "…"'],
    ['{a: 1}', 'write {^name value …}, each name once'],
  ],
}

describe('the hint of an error', async () => {
  for (const [about, rows] of Object.entries(HINTS)) {
    test(about, async () => {
      for (const [source, hint] of rows) {
        const gene = await createRuntime({ stdout: () => {}, stderr: () => {} })
        await assert.rejects(gene.eval(source), (/** @type {any} */ error) => {
          assert.equal(error.hint ?? '', hint, `${source}: ${error.message}`)
          return true
        })
        gene.dispose()
      }
    })
  }
})

test('what is given in a wrong place is told', async () => {
  await assert.rejects(createRuntime({ stdout: /** @type {any} */ (1) }), /^TypeError: options\.stdout must be a function or a WritableStream$/)
  const gene = await createRuntime()
  assert.throws(() => gene.define(/** @type {any} */ (undefined), 1), /^TypeError: the name must be a string, not undefined$/)
  const wrong = /** @type {any[]} */ ([
    [undefined, 'a program is a file name, a URL, a compiled program or { source: text }'],
    [{ sorce: '1' }, 'unknown option program.sorce; there are source, file'],
    [{ source: '1', args: ['a'] }, 'unknown option program.args; there are source, file'],
    [{ file: 'a.gene' }, 'program.source is missing: the text of the program'],
  ])
  for (const [program, message] of wrong) await assert.rejects(gene.run(program), { name: 'TypeError', message })
  gene.dispose()
})

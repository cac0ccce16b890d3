// format.test.js — the layout of source text (language 36 §7): the algorithm on small examples; that it is stable and keeps the
// forms, over every program here and over random text.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { format } from '../../js/format.js'
import { globFiles } from '../../js/dev/files.js'
import { root } from '../../js/dev/shell.js'
import { open } from './helpers.js'

/** What a text is laid out as, and that this stands. @param {string[]} lines @param {string[]} expected */
function check(lines, expected) {
  const text = format(lines.join('\n'))
  assert.equal(text, expected.join('\n'))
  assert.equal(format(text), text)
}

describe('layout', () => {
  test('lines go to the depth of their form; closing brackets to that of the line that opened', () => {
    check(['(fn f [x]', 'x', '  )', '(g', '[', '1', ']', ')'], ['(fn f [x]', '  x', ')', '(g', '  [', '    1', '  ]', ')'])
  })

  test('the example of the language page', () => {
    check(['(if (x > 5)', '(foo [1', '2])', 'else', '(bar)   # b', ')', ''],
      ['(if (x > 5)', '  (foo [1', '        2])', 'else', '  (bar)   # b', ')', ''])
  })

  test('a clause keeps its column when it stands within two of its form, and its body follows', () => {
    check(['(try', '(f)', '  catch *', '(g)', '      finally', '(h)', ')'],
      ['(try', '  (f)', '  catch *', '    (g)', 'finally', '  (h)', ')'])
    check(['(case x', 'when 1', 'a', 'elsewhere', ')'], ['(case x', 'when 1', '  a', '  elsewhere', ')'])
  })

  test('an array that goes on hangs below its first element', () => {
    check(['(f [a', 'b', '(c', 'd)]', 'e)'], ['(f [a', '    b', '    (c', '    d)]', 'e)'])
    check(['(f [', 'a', '])'], ['(f [', '  a', '])'])
  })

  test('comment lines stay where they are; trailing comments keep their distance', () => {
    check(['   # free', '(f   # first  ', '#', 'x # second', '  #! third', ')'],
      ['   # free', '(f   # first', '#', '  x # second', '  #! third', ')'])
    check(['(f #< (( ># x', 'y)', '#< (', '  [ ># (g', 'z)'], ['(f #< (( ># x', '  y)', '#< (', '  [ ># (g', '  z)'])
  })

  test('blanks at line ends go, line breaks become \\n, the last one stays or stays away', () => {
    check(['(f)  \t', '', '  ', 'x\t'], ['(f)', '', '', 'x'])
    assert.equal(format('(f\r\nx)\r(g)\r\n'), '(f\n  x)\n(g)\n')
    assert.equal(format(''), '')
    assert.equal(format('\n'), '\n')
  })

  test('a first line that starts with #! stays', () => {
    check(['#!/usr/bin/env gene (', '(f', 'x)'], ['#!/usr/bin/env gene (', '(f', '  x)'])
  })

  test('what a literal holds stays: strings, interpolation, characters, regular expressions, escapes', () => {
    check(['(f "a  ', ' ( b" x', 'y)'], ['(f "a  ', ' ( b" x', '  y)'])
    check(['(f """', 'a" (  ', '   """', 'y)'], ['(f """', 'a" (  ', '   """', '  y)'])
    check(['(f #"a #{(g "(', '  ")} ( #[1', ' 2]  ', '"', 'y)'], ['(f #"a #{(g "(', '  ")} ( #[1', ' 2]  ', '"', '  y)'])
    check(["(f '(' '\\'' '\"'", 'y)'], ["(f '(' '\\'' '\"'", '  y)'])
    check(['(f #/[(" ]\\/', '  (/ x', 'y)'], ['(f #/[(" ]\\/', '  (/ x', '  y)'])
    check(['(f a\\ ', 'b\\', 'c', "don't)"], ['(f a\\ ', '  b\\', 'c', "  don't)"])
    assert.equal(format('("a\r\n  b"  \r\n1)'), '("a\r\n  b"\n  1)')
  })

  test('deep nesting takes no longer than its length', () => {
    const source = '('.repeat(100_000)
    const since = performance.now()
    assert.equal(format(source), source)
    assert.ok(performance.now() - since < 3000)
  })

  test('brackets that do not match do no harm', () => {
    check([')) ]', '(f', 'x', ')))', '(g', 'y'], [')) ]', '(f', '  x', ')))', '(g', '  y'])
  })
})

describe('meaning', () => {
  /** The forms and the faults. @param {import('../../js/runtime.js').Runtime} gene @param {string} source */
  const read = (gene, source) => {
    const { texts, diagnostics } = gene.formTexts(source)
    return [texts, diagnostics.map(({ code }) => code)]
  }

  /** @param {import('../../js/runtime.js').Runtime} gene @param {string} source @param {string} name */
  function checkMeaning(gene, source, name) {
    const once = format(source)
    assert.equal(format(once), once, `${name}: twice is once\n${source}`)
    const [texts, faults] = read(gene, source)
    if (faults.length === 0) assert.deepEqual(read(gene, once), [texts, faults], `${name}: the same forms\n${source}`)
  }

  test('every program of the tests and the examples is stable and stays the same program', async (t) => {
    const gene = await open(t)
    for (const file of [...globFiles('tests/gene', /\.gene$/), ...globFiles('examples', /\.gene$/), ...globFiles('src', /\.gene$/)]) {
      const source = readFileSync(join(root, file), 'utf8')
      checkMeaning(gene, source, file)
      checkMeaning(gene, source.replace(/^ +/gm, ''), `${file}, flat`)
      checkMeaning(gene, source.replace(/ (?=[([])/g, '\n \t'), `${file}, broken`)
      checkMeaning(gene, source.replaceAll('\n', '\r\n'), `${file}, CRLF`)
    }
  })

  /** A generator of our own, to fail in the same way each time. @param {number} state */
  const randomFrom = (state) => (/** @type {number} */ n) => (state = (Math.imul(state, 1103515245) + 12345) >>> 0, (state >>> 8) % n)

  test('random programs of every kind of literal, blank and comment', async (t) => {
    const gene = await open(t)
    const random = randomFrom(1)
    /** @template T @param {T[]} list */
    const pick = (list) => list[random(list.length)]
    const BLANKS = [' ', ' ', '  ', '\t', ',', '\n', '\n', '\n   ', ' \r\n\t', '\r', ' # ( " [\n', '\n# x\n', '\n  #! "\n', ' #\n', ' #< ( " \n  [>># >#', '\n#< x >#', '\v']
    const LEAVES = ['a', 'b/c', 'else', 'catch', 'when', 'x\\ ', 'y\\\n', "don't", '1', '-2.5', '0#ab', '1.', '.3', '2024-01-02', '7:05', '%', '"a ( \n  b"',
      '"\\" \r\n["', '""', '"""\n  a " ( \n """', "'('", "'\\''", "' '", "'\n'", '#/a[("]\\//', '#/x\n  y/im', '#/a/ (b/', '#foo', 'a#', '_']
    /** @param {number} depth @returns {string} */
    const form = (depth) => {
      if (depth === 0) return pick(LEAVES)
      const inner = () => form(depth - 1 - random(depth))
      const items = () => Array.from({ length: random(5) }, () => pick(BLANKS) + inner()).join('') + pick(BLANKS)
      switch (random(9)) {
        case 0: case 1: case 2: return `(f${items()})`
        case 3: return `[${items()}]`
        case 4: return `{${pick(BLANKS)}^k ${inner()}${pick(BLANKS)}}`
        case 5: return `(f ^k ${inner()}${items()}; g${items()})`
        case 6: return `#"a ( #{ ${inner()} } \n #(g${items()}) #[${items()}] " [`.slice(0, -2)
        case 7: return `\`${inner()}`
        default: return `%_${inner()}`
      }
    }
    let valid = 0
    for (let round = 0; round < 3000; round++) {
      const source = Array.from({ length: 1 + random(3) }, () => form(4) + pick(BLANKS)).join('')
      if (gene.formTexts(source).diagnostics.length === 0) valid++
      checkMeaning(gene, source, `round ${round}`)
    }
    assert.ok(valid > 1500, `${valid} of 3000 are programs`)
  })

  test('random text is stable, and what can be read stays the same', async (t) => {
    const gene = await open(t)
    const PIECES = ['(', ')', '[', ']', '{', '}', '"', '"""', '#"', '#{', '#(', '#<', '>#', '>>#', '#', '# ', '#\t', '#/', '/', '/i', '\\', "'", "'a'",
      "'('", ' ', '  ', '\t', '\n', '\n', '\n  ', '\r', '\r\n', ';', ',', '%', '%_', '%=', '`', '^k', '^^', 'else', 'when', 'catch', 'a', 'b/c',
      '1', '-2.5', '0#ab', '0!1~', '1..3', '2024-01-02', '#@', '#!', '##', '\u00e9', '\v', 'x\\ ', '_', '\0', '\ufeff']
    const random = randomFrom(2)
    for (let round = 0; round < 4000; round++) {
      const size = 1 + random(40)
      checkMeaning(gene, Array.from({ length: size }, () => PIECES[random(PIECES.length)]).join(''), `round ${round}`)
    }
  })
})

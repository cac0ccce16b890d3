// programs.js — large program texts of many shapes, for the test that they compile and for the benchmark of compiling.

/** @param {number} count @param {(index: number) => string} make */
const lines = (count, make) => Array.from({ length: count }, (_, index) => make(index)).join('\n')

const FORMS = [
  (/** @type {number} */ i) => `(fn f${i} [a b] (if (a > b) a else b))`,
  (/** @type {number} */ i) => `(var v${i} (${i} + 1))`,
  (/** @type {number} */ i) => `(len "text ${i}")`,
  (/** @type {number} */ i) => `[${i} "x${i}"]`,
]

/** A program of `count` forms of four kinds that prints the number of forms. @param {number} count */
export const mixedProgram = (count) => `${lines(count - 1, (i) => FORMS[i % FORMS.length](i))}\n(println (v1 + ${count - 2}))`

/**
 * Programs with `count` of one thing, and what each prints.
 * @type {Record<string, (count: number) => { source: string, prints: string }>}
 */
export const programShapes = {
  'statements in one function': (count) => ({
    source: `(fn work [] (var x 0)\n${'(x += 1)\n'.repeat(count)} x)\n(println (work))`,
    prints: `${count}`,
  }),
  'elements of one array': (count) => ({
    source: `(var a [${lines(count, (i) => `${i}`)}])\n(println (a .size))`,
    prints: `${count}`,
  }),
  'entries of one map': (count) => ({
    source: `(var m {${lines(count, (i) => `^k${i} ${i}`)}})\n(println (m .size))`,
    prints: `${count}`,
  }),
  'children of one quoted form': (count) => ({
    source: `(var q \`(a ${lines(count, (i) => `(b${i} ^x ${i} [1 "t"])`)}))\n(println (len q))`,
    prints: `${count}`,
  }),
  'functions that call each other': (count) => ({
    source: `${lines(count, (i) => `(fn f${i} [a] ${i ? `(f${i - 1} (a + 1))` : 'a'})`)}\n(println (f${count - 1} 1))`,
    prints: `${count}`,
  }),
  classes: (count) => ({
    source: `${lines(count, (i) => `(class C${i} (ctor [x] (/x = x)) (method m [] /x))`)}\n(println ((new C${count - 1} 5) .m))`,
    prints: '5',
  }),
  'string constants': (count) => ({
    source: `(var n 0)\n${lines(count, (i) => `(n += (len "string ${i}"))`)}\n(println (n > ${count}))`,
    prints: 'true',
  }),
  'functions in one function': (count) => ({
    source: `(fn work [] (var x 1) ${lines(count, (i) => `(fn [] (x += ${i}))`)})\n(println ((work)))`,
    prints: `${count}`,
  }),
  'clauses of one case': (count) => ({
    source: `(fn work [k] (case k ${lines(count, (i) => `when ${i} "v${i}"`)} else 0))\n(println (work ${count - 1}))`,
    prints: `v${count - 1}`,
  }),
  'branches of one if': (count) => ({
    source: `(fn work [k] (if (k == -1) 0 ${lines(count, (i) => `elif (k == ${i}) ${i}`)} else 0))\n(println (work ${count - 1}))`,
    prints: `${count - 1}`,
  }),
  'operands of one operator': (count) => ({ source: `(println (1 ${'+ 1 '.repeat(count)}))`, prints: `${count + 1}` }),
  'tries in one function': (count) => ({
    source: `(fn work [] ${'(try 1 catch * 2)\n'.repeat(count)} (try (throw "x") catch * 7))\n(println (work))`,
    prints: '7',
  }),
}

// examples.js — gene run-examples FILE: runs the file, then the `^examples` of each function at its top level (language 36 §8).
// The entries have been checked by the compiler: `[args…] -> EXPECTED`, `[args…] -> _` or `[args…] throws CLASS`.

import { resolve } from 'node:path'
import { EXIT_CODE } from '../errors.js'
import { CommandError, EXIT } from './exit.js'
import { readSource } from './input.js'
import { Session } from './session.js'

/**
 * Gene: the example `index` of a function, as [passed, what was expected, what happened]; nil when there is none. The text of a
 * value is that of an array which holds it, without the brackets.
 */
const RUN_EXAMPLE = `
(fn [f index]
  (var text (fn [value] (var all #"#{[value]}") (all .substr 1 (all/.length - 2))))
  (var entries (f .examples))
  (if (index * 3 >= entries/.length) (return nil))
  (var arguments (entries .get (index * 3)))
  (var throws ((entries .get (index * 3 + 1)) == \`throws))
  (var expected (entries .get (index * 3 + 2)))
  (var any (&& (! throws) (expected == \`_)))
  (var title #"#{(text arguments)} #{(if throws "throws" else "->")} #{(text expected)}")
  (try
    (var values (arguments .map (fn [form] (eval form))))
    (var wanted (if any nil else (eval expected)))
    (var result nil)
    (var error nil)
    (try (result = (await (f values...))) catch e (error = e))
    (var passed (if error (&& throws (error is wanted)) elif throws false else (|| any (result == wanted))))
    [passed title
      (if throws #"throws #{(text expected)}" elif any "any return" else #"return #{(text wanted)}")
      (if error #"throws #{(typeof error)}: #{error/message}" else #"return #{(text result)}")]
  catch e
    [false title
      (if throws #"throws #{(text expected)}" elif any "any return" else #"return #{(text expected)}")
      #"spec error: #{e/message}"]))
`
const FILE = '<examples>'

/** The functions with examples at the top level; of two with one name the last. @param {any[]} forms @returns {{ name: string, place: string }[]} sorted */
function functionsOf(forms) {
  const functions = forms.filter((form) => form?.type?.name === 'fn' && form.children[0]?.name)
  return [...new Map(functions.map((form) => [form.children[0].name, form])).entries()]
    .filter(([, { props }]) => props.examples?.length)
    .map(([name, { line, column }]) => ({ name, place: `${line}:${column}` }))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** @param {import('./arguments.js').Arguments} given */
export async function command({ options, words: [word] }) {
  if (word === undefined) throw new CommandError('Missing file path. Usage: gene run-examples <file.gene>')
  const source = readSource(word)
  const path = resolve(word)
  const session = await Session.open(options, { program: word })
  const { runtime, output, signal } = session
  return session.exitCodeOf(async () => {
    const functions = functionsOf(runtime.parse(source, { file: word }).forms)
    let title = 'Error: Failed to load/compile examples file: '
    try {
      await runtime.eval(source, { file: word, signal, as: 'text' }, { asIs: true })
      title = ''
      return await runExamples(functions)
    } catch (error) {
      if (error?.code === EXIT_CODE) return runtime.exitCode
      session.fail(error, title)
    }
  })

  /** @param {ReturnType<typeof functionsOf>} functions @returns {Promise<number>} */
  async function runExamples(functions) {
    if (functions.length === 0) {
      output.write(`No examples found in ${path}\n`)
      return EXIT.OK
    }
    const run = await runtime.eval(RUN_EXAMPLE, { file: FILE })
    let passed = 0
    let failed = 0
    for (const { name, place } of functions) {
      const fn = runtime.get(name)
      for (let i = 0; ; i++) {
        const outcome = await runtime.eval('(run fn i)', { file: FILE, bindings: { run, fn, i }, signal })
        if (outcome === null) break
        const [isPassed, title, expected, actual] = outcome
        output.write(`${isPassed ? 'PASS' : 'FAIL'} ${name} example ${i + 1}: ${title}\n`)
        if (!isPassed) output.write(`  expected: ${expected}\n  actual: ${actual}\n  location: ${path}:${place}\n`)
        if (isPassed) passed++
        else failed++
      }
    }
    output.write(`Examples run: ${passed + failed}, passed: ${passed}, failed: ${failed}, functions: ${functions.length}\n`)
    return failed ? EXIT.FAILED : EXIT.OK
  }
}

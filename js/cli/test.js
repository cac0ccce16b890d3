// test.js — gene test [FILE|DIR…]: runs files of tests, each as a program of its own in a fresh runtime, and counts. A file
// passes when it ends without an uncaught exception and prints no `TEST: name ... FAIL` (genex/test, language 33 §3).

import { readdirSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { CommandError, EXIT } from './exit.js'
import { readSource } from './input.js'
import { Session } from './session.js'

const TEST_FOLDERS = ['test', 'tests']
const RESULT = /^\s*TEST: .* \.\.\. (PASS|FAIL|SKIP)\s*$/gm

/**
 * In a folder: `*_test.gene` anywhere, and every Gene file below a folder called test or tests.
 * @param {string} folder
 * @param {boolean} isTests
 * @returns {string[]} sorted
 */
function filesIn(folder, isTests) {
  const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))
  return entries.flatMap((entry) => {
    const path = folder === '.' ? entry.name : join(folder, entry.name)
    if (entry.isDirectory()) {
      return entry.name.startsWith('.') || entry.name === 'node_modules' ? [] : filesIn(path, isTests || TEST_FOLDERS.includes(entry.name))
    }
    return entry.name.endsWith('_test.gene') || (isTests && entry.name.endsWith('.gene')) ? [path] : []
  })
}

/** The files that the words of the command line mean. @param {string[]} words */
function filesOf(words) {
  return words.flatMap((word) => {
    const stat = statSync(word, { throwIfNoEntry: false })
    if (!stat) throw new CommandError(`File not found: ${word}`)
    if (!stat.isDirectory()) return [word]
    const name = basename(join(process.cwd(), word))
    return filesIn(word, TEST_FOLDERS.includes(name))
  })
}

/**
 * Runs one file; its output appears below its name.
 * @param {string} file
 * @param {Record<string, any>} options
 */
async function runFile(file, options) {
  const counts = { PASS: 0, FAIL: 0, SKIP: 0, hasFailed: false, code: /** @type {number} */ (EXIT.OK) }
  let text = ''
  const session = await Session.open(options, { stdin: () => null })
  const write = session.output.write.bind(session.output)
  session.output.write = (part) => {
    text += part
    write(part)
  }
  process.stdout.write(`${file}\n`)
  counts.code = await session.exitCodeOf(async () => session.run(readSource(file), file, []))
  if (text !== '' && !text.endsWith('\n')) process.stdout.write('\n')
  for (const [, result] of text.matchAll(RESULT)) counts[/** @type {'PASS' | 'FAIL' | 'SKIP'} */ (result)]++
  counts.hasFailed = counts.code !== EXIT.OK || counts.FAIL > 0
  return counts
}

/** @param {import('./arguments.js').Arguments} given */
export async function command({ options, words }) {
  const files = filesOf(words.length ? words : ['.'])
  if (files.length === 0) throw new CommandError('No tests found: *_test.gene, or Gene files in test/ or tests/')
  const total = { PASS: 0, FAIL: 0, SKIP: 0 }
  /** @type {string[]} */ const failed = []
  for (const file of files) {
    const counts = await runFile(file, options)
    for (const key of /** @type {const} */ (['PASS', 'FAIL', 'SKIP'])) total[key] += counts[key]
    if (counts.hasFailed) failed.push(file)
    if (counts.code === EXIT.INTERRUPTED) return counts.code
  }
  process.stdout.write(`\nFiles run: ${files.length}, passed: ${files.length - failed.length}, failed: ${failed.length}\n`)
  process.stdout.write(`Tests run: ${total.PASS + total.FAIL}, passed: ${total.PASS}, failed: ${total.FAIL}, skipped: ${total.SKIP}\n`)
  for (const file of failed) process.stdout.write(`FAILED ${file}\n`)
  return failed.length ? EXIT.FAILED : EXIT.OK
}

// pages.js — the code blocks of the language pages and of our manual, as programs with the output that stands in them.
//
// In a `gene` or `gene-new` block a line `# => text` is one line of stdout, in order; `# !! text` says that the run
// fails there with an error whose message contains the text.
//
// Development: node tests/harness/pages.js 05 [--build native|native-stress|wasm] [--block N]
//              node tests/harness/pages.js docs/language/values.md

import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { root } from '../../js/dev/shell.js'
import { runNative } from './native_run.js'
import { runWasm } from './wasm_run.js'

/**
 * @typedef {object} PageBlock
 * @property {string} page its number, '05', or the name of a page of the manual
 * @property {string} file name of the page's file
 * @property {number} block number on the page, from 1
 * @property {number} line where its code begins
 * @property {string} source
 * @property {string[]} output the lines it prints
 * @property {string} [failure] part of the message of the error it ends with
 */

const pagesFolder = join(root, '../shared/language')
const manualFolder = join(root, 'docs/language')

/** The pages are no part of the project; without them there is nothing to check. */
export const havePages = existsSync(pagesFolder)

/**
 * @param {string} file name of a page's file
 * @param {string} text
 * @returns {PageBlock[]}
 */
export function blocksOf(file, text) {
  /** @type {PageBlock[]} */
  const blocks = []
  /** @type {PageBlock | undefined} */
  let open
  text.split('\n').forEach((line, index) => {
    if (open && /^```/.test(line)) open = undefined
    else if (open) addLine(open, line)
    else if (/^```gene(-new)?\s*$/.test(line)) {
      open = { page: /^\d\d/.exec(file)?.[0] ?? basename(file, '.md'), file, block: blocks.length + 1, line: index + 2, source: '', output: [] }
      blocks.push(open)
    }
  })
  return blocks
}

/** @param {PageBlock} block @param {string} line */
function addLine(block, line) {
  block.source += `${line}\n`
  const [, mark, text = ''] = /^\s*# (=>|!!)(?: (.*))?$/.exec(line) ?? []
  if (mark === '=>') block.output.push(text)
  if (mark === '!!') block.failure = text
}

/** Every block of the pages in a folder whose names pass. @param {string} folder @param {(file: string) => boolean} wanted */
function folderBlocks(folder, wanted) {
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .filter((file) => file.endsWith('.md') && wanted(file))
    .sort()
    .flatMap((file) => blocksOf(file, readFileSync(join(folder, file), 'utf8')))
}

/** Every block of the language pages with these numbers. @param {string[]} pages */
export const pageBlocks = (pages) => folderBlocks(pagesFolder, (file) => pages.includes(file.slice(0, 2)))

/** Every block of docs/language, or of the one page named. @param {string} [page] path of its file */
export const manualBlocks = (page) => folderBlocks(manualFolder, (file) => !page || file === basename(page))

/** `print` leaves lines unfinished, and pages show no blanks at the end of one. @param {string[]} lines */
const trimmed = (lines) => lines.map((line) => line.trimEnd()).join('\n')

/**
 * What is wrong with a run of the block; undefined when nothing is.
 * @param {PageBlock} block
 * @param {import('./corpus.js').Outcome} outcome
 */
export function difference(block, { stdout, stderr, exit, error }) {
  const problems = []
  const printed = stdout === '' ? [] : stdout.replace(/\n$/, '').split('\n')
  if (trimmed(printed) !== trimmed(block.output)) {
    problems.push(`--- expected\n${block.output.join('\n')}\n--- printed\n${stdout}`)
  }
  if (block.failure === undefined && (error || exit !== 0)) problems.push(`--- failed, exit ${exit}\n${error?.message ?? ''}\n${stderr}`)
  if (block.failure !== undefined && !error?.message.includes(block.failure)) {
    problems.push(`--- expected an error with\n${block.failure}\n--- got\n${error?.message ?? 'none'}`)
  }
  return problems.length ? problems.join('\n') : undefined
}

/** Runs blocks as programs of a folder of their own. */
export class BlockRunner {
  #folder = mkdtempSync(join(tmpdir(), 'gene-page-'))
  /** @type {typeof import('../../js/index.js').createRuntime | undefined} */
  #createRuntime

  /**
   * @param {PageBlock} block
   * @param {'native' | 'native-stress' | 'wasm'} build
   * @returns {Promise<import('./corpus.js').Outcome>}
   */
  async run(block, build) {
    const file = join(this.#folder, `page_${block.page}_${block.block}.gene`)
    writeFileSync(file, block.source)
    const expected = { stdout: '', stderr: [], exit: 0, options: [], args: [], only: [], covers: [], names: [], stdin: '' }
    const program = { name: basename(file), file, expected }
    if (build !== 'wasm') return runNative(build, program)
    this.#createRuntime ??= (await import('../../js/index.js')).createRuntime
    return runWasm(this.#createRuntime, program)
  }

  dispose() {
    rmSync(this.#folder, { recursive: true })
  }
}

/** The command line of this file. @param {string[]} args */
async function main(args) {
  const option = (/** @type {string} */ name) => (args.includes(name) ? args.splice(args.indexOf(name), 2)[1] : undefined)
  const build = /** @type {'native' | 'native-stress' | 'wasm'} */ (option('--build') ?? 'native')
  const only = option('--block')
  const manual = args.filter((arg) => arg.startsWith('docs/'))
  const numbers = args.filter((arg) => !manual.includes(arg))
  if (numbers.length && !havePages) return console.log('no language pages here')
  const runner = new BlockRunner()
  let failed = 0
  const blocks = [...pageBlocks(numbers), ...manual.flatMap(manualBlocks)].filter(({ block }) => !only || block === Number(only))
  for (const block of blocks) {
    const problem = await runner.run(block, build).then((outcome) => difference(block, outcome), String)
    if (problem) console.log(`\n=== ${block.file}:${block.line} block ${block.block}\n${problem}`)
    if (problem) failed++
  }
  runner.dispose()
  console.log(`\n${build}: ${blocks.length - failed} of ${blocks.length} blocks as written`)
  process.exitCode = failed ? 1 : 0
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main(process.argv.slice(2))

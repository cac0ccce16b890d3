// lint.js — `npm run lint [-- --fix]`: the C format, two searches for bugs in the C code (clang-tidy, cppcheck) and the types of
// the JavaScript. --fix rewrites the C format. Nothing is installed: a tool that is not there is named, and the run fails.

import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { buildFolder, buildVariant } from './cmake.js'
import { globFiles } from './files.js'
import { root, runMain, say } from './shell.js'
import { tools } from './system_packages.js'

/** What cppcheck 2.10 gets wrong about this code. */
const CPPCHECK_SUPPRESSIONS = [
  'incorrectLogicOperator', // reads hexadecimal floats such as 0x1p63 as something else
]

/**
 * A check of some files at a time, or of all at once.
 * @typedef {object} Check
 * @property {string} title
 * @property {string} [tool] a key of `tools`
 * @property {string} [needs] a file that a build makes
 * @property {string} command
 * @property {string[]} args
 * @property {string[]} [each] files of which each is checked by a process of its own
 */

/** @param {boolean} fix @returns {Check[]} */
function checks(fix) {
  const c = [...globFiles('src', /\.[ch]$/), ...globFiles('tests/c', /\.[ch]$/)]
  const sources = globFiles('src', /\.c$/).filter((file) => !file.endsWith('_wasm.c'))
  const database = join(buildFolder('native'), 'compile_commands.json')
  return [
    { title: 'format', tool: 'clang-format', command: 'clang-format', args: [...(fix ? ['-i'] : ['--dry-run', '--Werror']), ...c] },
    {
      title: 'cppcheck',
      tool: 'cppcheck',
      command: 'cppcheck',
      args: [
        ...['--quiet', '--std=c11', '--enable=warning,performance,portability', '--error-exitcode=1', '-j', String(availableParallelism())],
        ...['--library=js/dev/cppcheck.cfg', ...CPPCHECK_SUPPRESSIONS.map((id) => `--suppress=${id}`), '-D_GNU_SOURCE', '-I', 'src', 'src'],
      ],
    },
    { title: 'tidy', tool: 'clang-tidy', needs: database, command: 'clang-tidy', args: ['--quiet', '-p', buildFolder('native')], each: sources },
    { title: 'types', needs: join(root, 'node_modules/typescript/bin/tsc'), command: process.execPath, args: ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.json'] },
  ]
}

/**
 * Runs a command; what it prints is shown when it fails.
 * @param {string} command @param {string[]} args @returns {Promise<boolean>} whether it passed
 */
function passes(command, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
    let text = ''
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (part) => void (text += part))
    child.on('error', reject)
    child.on('close', (code) => {
      if (code !== 0) process.stderr.write(text)
      resolve(code === 0)
    })
  })
}

/** @param {Check} check @returns {Promise<boolean>} */
async function isClean({ command, args, each }) {
  if (!each) return passes(command, args)
  const waiting = [...each]
  let clean = true
  const work = async () => {
    for (let file = waiting.shift(); file; file = waiting.shift()) clean = (await passes(command, [...args, file])) && clean
  }
  await Promise.all(Array.from({ length: availableParallelism() }, work))
  return clean
}

/** What is not there for a check, as something to do about it. @param {Check} check */
function missing({ title, tool, needs }) {
  if (tool && !tools[tool].isThere()) return `${tool} (apt-get install ${tools[tool].packages.join(' ')})`
  if (needs && !existsSync(needs)) return title === 'types' ? 'the npm packages (npm ci)' : 'the native build (npm run build -- native)'
  return undefined
}

await runMain(async () => {
  const all = checks(process.argv.includes('--fix'))
  const absent = new Set(all.map(missing).filter((what) => what !== undefined))
  let clean = absent.size === 0
  for (const check of all) {
    if (missing(check)) {
      say(`lint ${check.title}: skipped`)
      continue
    }
    if (check.title === 'tidy') buildVariant('native') // for the files that the build writes
    const started = Date.now()
    const passed = await isClean(check)
    say(`lint ${check.title}: ${passed ? 'clean' : 'FAILED'} (${((Date.now() - started) / 1000).toFixed(0)} s)`)
    clean &&= passed
  }
  for (const what of absent) say(`lint needs ${what}`)
  return clean ? 0 : 1
})

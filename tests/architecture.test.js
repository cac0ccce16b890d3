// architecture.test.js — the house rules that a reader cannot see being broken: which room includes which, how long
// files and functions are, that there is one pump, and that nothing of a developer's machine is in the sources.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { globFiles } from '../js/dev/files.js'
import { root } from '../js/dev/shell.js'
import { functionsIn, quotedIncludes, withoutText } from './harness/c_source.js'

/** Each room may include itself and those before it; the public header belongs to the last. */
const ROOMS = ['base', 'port', 'value', 'heap', 'object', 'reader', 'compiler', 'vm', 'task', 'lib', 'host', 'include']
const MAX_FILE_LINES = 1000
const MAX_FUNCTION_LINES = 100
/** The dispatch loop: one switch, as long as there are opcodes. */
const LONG_FUNCTIONS = ['run_loop']

const read = (/** @type {string} */ file) => readFileSync(join(root, file), 'utf8')
const cFiles = globFiles('src', /\.[ch]$/)
const jsFiles = globFiles('js', /\.js$/).filter((file) => !file.startsWith('js/dev/'))
const allFunctions = cFiles.flatMap((file) => functionsIn(read(file)).map((found) => ({ file, ...found })))

const roomOf = (/** @type {string} */ path) => path.split('/')[0]

describe('rooms of src/', () => {
  test('every file is in a known room', () => {
    assert.deepEqual(cFiles.filter((file) => !ROOMS.includes(roomOf(file.slice('src/'.length)))), [])
  })

  test('every quoted include names its room', () => {
    const wrong = cFiles.flatMap((file) =>
      quotedIncludes(read(file)).filter((path) => !path.includes('/') || path.includes('..') || !ROOMS.includes(roomOf(path)))
        .map((path) => `${file} includes "${path}"`))
    assert.deepEqual(wrong, [])
  })

  test('no file includes a room below its own', () => {
    const wrong = cFiles.flatMap((file) => {
      const level = ROOMS.indexOf(roomOf(file.slice('src/'.length)))
      // host/ implements the public header.
      const allowed = ROOMS[level] === 'host' ? ROOMS.length : level + 1
      return quotedIncludes(read(file)).filter((path) => ROOMS.indexOf(roomOf(path)) >= allowed).map((path) => `${file} includes "${path}"`)
    })
    assert.deepEqual(wrong, [])
  })
})

describe('lengths', () => {
  test(`no source file is over ${MAX_FILE_LINES} lines`, () => {
    const files = [...cFiles, ...jsFiles, ...globFiles('js/dev', /\.js$/), ...globFiles('web', /\.(js|css|html)$/), ...globFiles('tests', /\.(js|c|h)$/)]
    const long = files.map((file) => ({ file, lines: read(file).split('\n').length - 1 })).filter(({ lines }) => lines > MAX_FILE_LINES)
    assert.deepEqual(long, [])
  })

  test(`no C function is over ${MAX_FUNCTION_LINES} lines but the dispatch loop`, (t) => {
    t.diagnostic(`${allFunctions.length} C functions in ${cFiles.length} files`)
    const long = allFunctions
      .filter(({ name, length }) => length > MAX_FUNCTION_LINES && !LONG_FUNCTIONS.includes(name))
      .map(({ file, line, name, length }) => `${file}:${line} ${name}: ${length} lines`)
    assert.deepEqual(long, [])
  })
})

describe('one loop', () => {
  /** Files with a call of the function; its definition and declarations do not count. */
  const callers = (/** @type {RegExp} */ call) =>
    [...new Set(allFunctions.filter(({ body }) => call.test(body)).map(({ file }) => file))]

  test('one function pumps the scheduler (SCH-10)', () => {
    const pumps = allFunctions.filter(({ file, name }) => /(^|_)pump$/.test(name) && !file.startsWith('src/host/'))
    const entered = pumps.filter(({ name }) => !/^(enter|leave)_/.test(name)).map(({ file, name }) => `${file} ${name}`)
    assert.deepEqual(entered, ['src/task/scheduler.c scheduler_pump'])
  })

  test('only a task\'s turn and the nested run below a native enter run_loop', () => {
    assert.deepEqual(callers(/\brun_loop\s*\(/).sort(), ['src/task/turn.c', 'src/vm/exec.c'])
  })

  test('JavaScript pumps in one file and polls nowhere (SCH-10, SCH-11)', () => {
    const pumping = jsFiles.filter((file) => /exports\.\w*pump\s*\(/.test(read(file)))
    assert.ok(pumping.length <= 1, pumping.join(', '))
    assert.deepEqual(jsFiles.filter((file) => /\bsetInterval\b/.test(withoutText(read(file)))), [])
  })

  test('only host/ knows Asyncify', () => {
    const users = cFiles.filter((file) => /\basyncify_\w+\s*\(/.test(withoutText(read(file))))
    assert.deepEqual(users.filter((file) => !file.startsWith('src/host/')), [])
  })
})

describe('the sources', () => {
  const texts = globFiles('.', /\.(c|h|js|json|gene|md|html|css|txt|svg|cmake|yml|yaml)$|^\.npmrc$|^CMakeLists\.txt$|^\.ci\/run$/)

  test('name no package registry and no path of a machine', () => {
    const hosts = ['registry', 'deb'].map((name) => `\\b${name}\\.(?:npmjs|yarnpkg|debian|nodesource)`).join('|')
    const forbidden = new RegExp(`${hosts}|"resolved"[:]|(?<![\\w.])/(?:work|root|Users)/`)
    const wrong = texts.flatMap((file) => {
      const match = forbidden.exec(read(file))
      return match ? [`${file}: ${match[0]}`] : []
    })
    assert.deepEqual(wrong, [])
  })

  test('keep node: imports out of what a browser loads', () => {
    // Files and folders named cli…, repl… and node… are reached in Node only.
    const nodeOnly = /(^|\/)(cli|repl|node)([._-]|\/)/
    const wrong = jsFiles.filter((file) => !nodeOnly.test(file) && /\bfrom\s+'node:|\bimport\('node:/.test(read(file)))
    assert.deepEqual(wrong, [])
  })

  test('of the tests are named after behaviour', () => {
    const programs = globFiles('tests/gene', /\.gene$/)
    assert.deepEqual(programs.filter((file) => !/^tests\/gene\/[a-z0-9_/-]+(\/modules\/[a-z0-9_/.-]+)?\.gene$/.test(file)), [])
  })
})

// compile.js — gene compile: files to compiled programs (build/NAME.gir), or to texts that show what they become (language 36 §10).
// Nothing is run.

import { existsSync, readFileSync, statSync } from 'node:fs'
import { basename, dirname, join, relative, resolve, sep } from 'node:path'
import { EXIT, UsageError } from './exit.js'
import { readSource, readStdin } from './input.js'
import { compactListing } from './listing.js'
import { writeFile } from './output.js'
import { Session } from './session.js'

const FOLDER = 'build'

/**
 * @typedef {object} Unit one source
 * @property {string} title what the user calls it
 * @property {string} name of what is written
 * @property {string} [path] none: not a file
 * @property {string} source
 */

/** @param {import('./arguments.js').Arguments} given @returns {Promise<Unit[]>} */
async function unitsOf({ options, words }) {
  const code = options.eval
  if (code !== undefined && words.length > 0) throw new UsageError('-e CODE and files cannot be compiled together')
  if (code !== undefined) return [{ title: '<eval>', name: 'eval', source: code }]
  if (words.length === 0) throw new UsageError('no file to compile; -e CODE compiles code')
  return Promise.all(words.map(async (word) => {
    if (word === '-') return { title: '<stdin>', name: 'stdin', source: await readStdin() }
    return { title: word, name: basename(word).replace(/\.gene$/, ''), path: word, source: readSource(word) }
  }))
}

/** @param {string | undefined} path */
const isFolder = (path) => path !== undefined && (path.endsWith('/') || (existsSync(path) && statSync(path).isDirectory()))

/** Where each unit's image goes. @param {Unit[]} units @param {string | undefined} output @returns {string[]} */
function targetsOf(units, output) {
  if (output?.endsWith('.gir') && !isFolder(output)) {
    if (units.length > 1) throw new UsageError(`${output} cannot take ${units.length} compiled files; name a folder`)
    return [output]
  }
  return targetsIn(output ?? FOLDER, units, 'gir')
}

/** @param {string} folder @param {Unit[]} units @param {string} extension @returns {string[]} */
function targetsIn(folder, units, extension) {
  const targets = units.map(({ name }) => join(folder, `${name}.${extension}`))
  targets.forEach((target, i) => {
    const first = targets.indexOf(target)
    if (first < i) throw new UsageError(`${units[first].title} and ${units[i].title} would both become ${target}; compile one with -o`)
  })
  return targets
}

/** The name that an image has for its source: relative to itself. @param {Unit} unit @param {string} target */
const namedIn = ({ title, path }, target) =>
  path === undefined ? title : relative(resolve(dirname(target)), resolve(path)).replaceAll(sep, '/')

/** Does the target hold what would be written? @param {Session} session @param {Unit} unit @param {string} target @param {boolean} keepsSource */
function isUpToDate({ runtime }, { title, path, source }, target, keepsSource) {
  try {
    const origin = runtime.imageOrigin(readFileSync(target), { file: resolve(target), source })
    const isSame = origin.file === (path === undefined ? title : resolve(path).replaceAll(sep, '/'))
    return origin.isCurrent && isSame && (origin.text !== undefined) === keepsSource
  } catch {
    return false // nothing there, or an image that this version cannot read
  }
}

/** @param {Session} session @param {Unit} unit @param {string} target @param {Record<string, any>} options */
function compileTo(session, unit, target, { force, 'emit-debug': keepSource = false }) {
  if (!force && isUpToDate(session, unit, target, keepSource)) {
    session.output.write(`Up to date: ${target}\n`)
    return
  }
  session.output.write(`Compiling: ${unit.title} -> ${target}\n`)
  writeFile(target, imageOf(session, unit, target, keepSource), true)
  session.output.write(`Written: ${target}\n`)
}

/** @param {Session} session @param {Unit} unit @param {string} target @param {boolean} keepSource */
function imageOf({ runtime }, unit, target, keepSource) {
  try {
    return runtime.compile(unit.source, { file: namedIn(unit, target), as: 'image', keepSource })
  } catch (error) {
    runtime.compile(unit.source, { file: unit.title }) // fails too, and calls the file what the user does
    throw error
  }
}

/** @param {Session} session @param {Unit} unit @param {Record<string, any>} options @param {string} format */
async function textOf({ runtime }, { title, path, source }, { addresses }, format) {
  if (format === 'ai-metadata') {
    const { metadataOf } = await import('./ai_metadata.js')
    return `${JSON.stringify(metadataOf(runtime, source, title, path === undefined ? title : resolve(path)), null, 2)}\n`
  }
  const listing = runtime.compile(source, { file: title, pretty: format === 'pretty' })
  return format === 'compact' ? compactListing(listing, addresses) : listing
}

/** Where each unit's text goes; none: to stdout. @param {Unit[]} units @param {string | undefined} output @param {string} format @returns {string[]} */
function textTargetsOf(units, output, format) {
  if (output === undefined) return []
  if (isFolder(output)) return targetsIn(output, units, format === 'ai-metadata' ? 'json' : 'txt')
  if (units.length > 1) throw new UsageError(`${output} cannot take the text of ${units.length} files; name a folder`)
  return [output]
}

/** @param {Session} session @param {Unit[]} units @param {string[]} targets @param {Record<string, any>} options @param {string} format */
async function showAll(session, units, targets, options, format) {
  for (const [i, unit] of units.entries()) {
    const text = await textOf(session, unit, options, format)
    if (targets.length > 0) writeFile(targets[i], text, true)
    else session.output.write(units.length > 1 ? `=== Compiling: ${unit.title} ===\n${text}` : text)
  }
  return EXIT.OK
}

/** @param {Session} session @param {Unit[]} units @param {string[]} targets @param {Record<string, any>} options */
function compileAll(session, units, targets, options) {
  let hasFailed = false
  units.forEach((unit, i) => {
    try {
      compileTo(session, unit, targets[i], options)
    } catch (error) {
      session.showError(error)
      hasFailed = true
    }
  })
  return hasFailed ? EXIT.FAILED : EXIT.OK
}

/** @param {import('./arguments.js').Arguments} given */
export async function command(given) {
  const { options } = given
  const units = await unitsOf(given)
  const format = options.format ?? (units[0].path === undefined ? 'pretty' : 'gir')
  const targets = format === 'gir' ? targetsOf(units, options.output) : textTargetsOf(units, options.output, format)
  const session = await Session.open(options)
  return session.exitCodeOf(async () => {
    return format === 'gir' ? compileAll(session, units, targets, options) : showAll(session, units, targets, options, format)
  })
}

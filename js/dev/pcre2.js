// pcre2.js — fetches the source of PCRE2, the regular expression engine, into build/pcre2/, once. It comes from the source
// packages of the machine's own Debian mirror, by apt-get, which checks the signature; a sha256 pins what is built.
// Invariant: the unpacked folder appears by one rename, so it is either missing or complete, also when several builds of
// the same folder fetch at once.

import { createHash } from 'node:crypto'
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root, run, say, SetupError, which } from './shell.js'

const VERSION = '10.42'
const SHA256 = 'c33b418e3b936ee3153de2c61cc638e7e4fe3156022a5c77d0711bcbb9d64f1f'
const TARBALL = `pcre2_${VERSION}.orig.tar.gz`

const cache = join(root, 'build/pcre2')
const unpacked = join(cache, `pcre2-${VERSION}`)

/**
 * A list of package sources that names the source packages of each repository instead of its binaries.
 * @param {string} file its name: .sources files have fields, .list files have lines
 * @param {string} text
 */
export function asSourceList(file, text) {
  if (file.endsWith('.sources')) return text.replace(/^Types:.*$/gm, 'Types: deb-src')
  return text.split('\n').filter((line) => /^deb\s/.test(line)).map((line) => line.replace(/^deb/, 'deb-src')).join('\n') + '\n'
}

/** Copies the machine's package sources, as source packages, into `folder`. */
function writeSourceLists(/** @type {string} */ folder) {
  const parts = '/etc/apt/sources.list.d'
  const files = existsSync(parts) ? readdirSync(parts).map((name) => join(parts, name)) : []
  if (existsSync('/etc/apt/sources.list')) files.push('/etc/apt/sources.list')
  const lists = files.filter((file) => /\.(sources|list)$/.test(file))
  for (const [i, file] of lists.entries()) {
    const name = `${i}${file.endsWith('.sources') ? '.sources' : '.list'}`
    writeFileSync(join(folder, name), asSourceList(file, readFileSync(file, 'utf8')))
  }
}

/** Downloads the tarball into `folder`, with package lists of its own: those of the machine stay as they are. */
function download(/** @type {string} */ folder) {
  const [sources, lists, caches] = ['sources', 'lists', 'cache'].map((name) => join(folder, name))
  for (const path of [sources, join(lists, 'partial'), join(caches, 'archives/partial')]) mkdirSync(path, { recursive: true })
  writeSourceLists(sources)
  const options = ['Etc::sourcelist=/dev/null', `Etc::sourceparts=${sources}/`, `State::lists=${lists}`, `Cache=${caches}`]
    .flatMap((option) => ['-o', `Dir::${option}`])
  // Of several repositories one that has no source packages does no harm.
  try {
    run('apt-get', [...options, 'update', '-qq'], { cwd: folder })
  } catch (error) {
    if (!(error instanceof SetupError)) throw error
  }
  run('apt-get', [...options, 'source', '-qq', '--tar-only', 'pcre2'], { cwd: folder })
}

const sha256 = (/** @type {string} */ file) => createHash('sha256').update(readFileSync(file)).digest('hex')

/**
 * The checked tarball's path, fetched when it is not in build/pcre2/ yet.
 * @param {string} folder for what is fetched
 */
function findTarball(folder) {
  const byHand = join(cache, TARBALL)
  const tarball = join(folder, TARBALL)
  if (existsSync(byHand)) copyFileSync(byHand, tarball)
  else if (which('apt-get')) {
    say(`pcre2: fetching the source of PCRE2 ${VERSION} with apt-get`)
    download(folder)
  }
  const found = readdirSync(folder).filter((name) => name.endsWith('.orig.tar.gz'))
  if (existsSync(tarball) && sha256(tarball) === SHA256) return tarball
  throw new SetupError(
    `PCRE2 ${VERSION} is needed, the regular expression engine; ` +
      (found.length ? `${found.join(', ')} is another version or was changed` : 'apt-get could not fetch it') +
      `.\nPlease put ${TARBALL} (of Debian's source package pcre2 ${VERSION}) into build/pcre2/ and repeat. Its sha256 is\n  ${SHA256}`,
  )
}

/** Makes sure that build/pcre2/pcre2-VERSION/ is there. */
export function ensurePcre2() {
  if (existsSync(unpacked)) return
  mkdirSync(cache, { recursive: true })
  const folder = mkdtempSync(join(cache, 'fetch-'))
  try {
    run('tar', ['-xzf', findTarball(folder), '--no-same-owner', '-C', folder])
    try {
      renameSync(join(folder, `pcre2-${VERSION}`), unpacked)
    } catch (error) {
      if (!existsSync(unpacked)) throw error // else another build was first
    }
    say(`pcre2: PCRE2 ${VERSION} is in build/pcre2`)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

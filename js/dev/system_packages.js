// system_packages.js — the tools that npm does not carry: how to see that one is there, and which Debian package
// brings it. Installing needs root or password-less sudo; without, the caller learns the exact command.

import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { run, say, SetupError, which } from './shell.js'

/**
 * @typedef {object} Tool
 * @property {() => boolean} isThere
 * @property {string[]} packages Debian packages that bring it
 * @property {string} elsewhere what to install where there is no apt-get
 */

/** @type {Record<string, Tool>} */
export const tools = {
  emscripten: {
    isThere: () => Boolean(which('emcc') && which('emcmake')),
    packages: ['emscripten'],
    elsewhere: 'Emscripten 3.1.6 or newer, with emcc on PATH (the Emscripten SDK: emsdk install latest, emsdk activate latest)',
  },
  cmake: {
    isThere: () => Boolean(which('cmake')),
    packages: ['cmake'],
    elsewhere: 'CMake 3.22 or newer',
  },
  ninja: {
    isThere: () => Boolean(which('ninja') ?? which('make')),
    packages: ['ninja-build'],
    elsewhere: 'Ninja (or make)',
  },
  compiler: {
    isThere: () => findCompiler() !== undefined,
    packages: ['gcc', 'libc6-dev'],
    elsewhere: 'clang or gcc with the address and undefined-behaviour sanitizers',
  },
  browser: {
    isThere: () => findChromium() !== undefined,
    packages: ['chromium'],
    elsewhere: 'Chromium or Chrome (GENE_CHROMIUM names its executable)',
  },
  // What `npm run lint` looks for and never installs.
  'clang-format': { isThere: () => Boolean(which('clang-format')), packages: ['clang-format'], elsewhere: 'clang-format 14 or newer' },
  'clang-tidy': { isThere: () => Boolean(which('clang-tidy')), packages: ['clang-tidy'], elsewhere: 'clang-tidy 14 or newer' },
  cppcheck: { isThere: () => Boolean(which('cppcheck')), packages: ['cppcheck'], elsewhere: 'cppcheck 2.10 or newer' },
}

/** Chromium's executable, or undefined. */
export function findChromium() {
  return process.env.GENE_CHROMIUM ?? which('chromium') ?? which('chromium-browser') ?? which('google-chrome')
}

/** Firefox's executable, or undefined. */
export function findFirefox() {
  return process.env.GENE_FIREFOX ?? which('firefox-esr') ?? which('firefox')
}

/** The first C compiler that can build and run a sanitized program, or undefined. Takes about a second. */
export function findCompiler() {
  const folder = mkdtempSync(join(tmpdir(), 'gene-cc-'))
  try {
    const source = join(folder, 'probe.c')
    const program = join(folder, 'probe')
    writeFileSync(source, '#include <stdlib.h>\nint main(void) { free(malloc(1)); return 0; }\n')
    return [process.env.CC, 'clang', 'gcc', 'cc'].find((compiler) => {
      if (!compiler || !(compiler.includes('/') || which(compiler))) return false
      const flags = ['-std=c11', '-fsanitize=address,undefined', source, '-o', program]
      return spawnSync(compiler, flags).status === 0 && spawnSync(program).status === 0
    })
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** The words before `apt-get` that make it work: none for root, sudo's where it asks nothing, else undefined. */
function aptPrefix() {
  if (process.getuid?.() === 0) return []
  const sudo = which('sudo')
  if (sudo && spawnSync(sudo, ['-n', 'true']).status === 0) return [sudo, '-n']
  return undefined
}

/**
 * Installs what is missing, or throws a SetupError that says what to install.
 * @param {string[]} names keys of `tools`
 */
export function ensureSystemTools(names) {
  const missing = names.filter((name) => !tools[name].isThere())
  if (missing.length === 0) return say(`system tools: ${names.join(', ')} are there`)

  const packages = missing.flatMap((name) => tools[name].packages)
  const apt = which('apt-get')
  if (!apt) {
    throw new SetupError(`please install:\n${missing.map((name) => `  - ${tools[name].elsewhere}`).join('\n')}`)
  }
  const prefix = aptPrefix()
  if (!prefix) {
    throw new SetupError(
      `missing: ${missing.join(', ')}. Without root it cannot be installed from here; please run\n` +
        `  sudo apt-get update && sudo apt-get install -y --no-install-recommends ${packages.join(' ')}\nand repeat.`,
    )
  }
  say(`system tools: installing ${packages.join(' ')} with apt-get (a minute or two)`)
  aptInstall([...prefix, 'env', 'DEBIAN_FRONTEND=noninteractive', apt], packages)

  const still = missing.filter((name) => !tools[name].isThere())
  if (still.length) throw new SetupError(`still missing after the installation: ${still.join(', ')}`)
}

/**
 * @param {string[]} apt the command up to apt-get
 * @param {string[]} packages
 */
function aptInstall([command, ...args], packages) {
  run(command, [...args, 'update', '-qq'])
  run(command, [...args, 'install', '-y', '-qq', '--no-install-recommends', ...packages])
}

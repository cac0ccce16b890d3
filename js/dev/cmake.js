// cmake.js — configures and builds one variant of CMakeLists.txt in build/<variant>/.

import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { root, run, say, SetupError, which } from './shell.js'
import { findCompiler } from './system_packages.js'

/** @typedef {'wasm' | 'native' | 'native-stress' | 'native-release'} Variant */

/** @param {Variant} variant */
export const buildFolder = (variant) => join(root, 'build', variant)

/**
 * The environment for emcc: its helper scripts run in our node and find acorn among our packages.
 * @returns {Record<string, string>}
 */
function emscriptenEnv() {
  return { EM_NODE_JS: process.execPath, NODE_PATH: join(root, 'node_modules') }
}

/** @param {Variant} variant */
function configureCommand(variant) {
  const args = ['-S', root, '-B', buildFolder(variant), `-DGENE_VARIANT=${variant}`, `-DNODE_EXECUTABLE=${process.execPath}`]
  args.push('-G', which('ninja') ? 'Ninja' : 'Unix Makefiles')
  if (variant === 'wasm') return ['emcmake', 'cmake', ...args, '-DCMAKE_BUILD_TYPE=Release']
  const compiler = findCompiler()
  if (!compiler) throw new SetupError('no C compiler with sanitizers')
  args.push(`-DCMAKE_C_COMPILER=${compiler}`)
  args.push(`-DCMAKE_BUILD_TYPE=${variant === 'native-release' ? 'Release' : 'RelWithDebInfo'}`)
  const ccache = which('ccache')
  if (ccache) args.push(`-DCMAKE_C_COMPILER_LAUNCHER=${ccache}`)
  return ['cmake', ...args]
}

/** Configures unless it is done; a folder that was configured for another place or tool is made anew. */
function configure(/** @type {Variant} */ variant) {
  const folder = buildFolder(variant)
  const stamp = join(folder, '.configured')
  const key = [root, process.execPath, which(variant === 'wasm' ? 'emcc' : 'cmake'), which('ninja')].join('\n')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === key) return
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const [command, ...args] = configureCommand(variant)
  run(command, args, { env: variant === 'wasm' ? emscriptenEnv() : {} })
  writeFileSync(stamp, key)
}

/**
 * Builds a variant; warnings and errors of the compiler are shown.
 * @param {Variant} variant
 */
export function buildVariant(variant) {
  const started = Date.now()
  configure(variant)
  const output = run('cmake', ['--build', buildFolder(variant), '--parallel', String(availableParallelism())], {
    env: variant === 'wasm' ? emscriptenEnv() : {},
  })
  if (/warning:/.test(output)) process.stderr.write(output)
  say(`build ${variant}: done in ${((Date.now() - started) / 1000).toFixed(1)} s`)
}

/** How a variant's compiler names itself, for the record of a test run. */
export function compilerOf(/** @type {Variant} */ variant) {
  if (variant === 'wasm') return run('emcc', ['--version']).split('\n')[0].trim()
  const cache = readFileSync(join(buildFolder(variant), 'CMakeCache.txt'), 'utf8')
  const compiler = /^CMAKE_C_COMPILER:\w+=(.*)$/m.exec(cache)?.[1] ?? 'cc'
  return run(compiler, ['--version']).split('\n')[0].trim()
}

// main.js — `npm run bench [-- --rounds=N] [interpreters|tasks|http|startup|compile …]`: medians of interleaved rounds, as ratios.

import { parseArgs } from 'node:util'
import { benchCompile } from './compile.js'
import { benchHttp } from './http.js'
import { benchInterpreters } from './interpreters.js'
import { benchStartup } from './startup.js'
import { benchTasks } from './tasks.js'

const suites = { interpreters: benchInterpreters, tasks: benchTasks, http: benchHttp, startup: benchStartup, compile: benchCompile }

const USAGE = `usage: npm run bench [-- --rounds=N] [${Object.keys(suites).join('|')} …]`

/** @returns {{ rounds: number, wanted: string[] }} */
function readArguments() {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { rounds: { type: 'string', default: '5' } } })
  const rounds = Number(values.rounds)
  if (!Number.isInteger(rounds) || rounds < 1) throw new Error(`--rounds takes a whole number from 1, not ${values.rounds}`)
  const unknown = positionals.find((name) => !(name in suites))
  if (unknown) throw new Error(`there is no suite ${unknown}`)
  return { rounds, wanted: positionals.length ? positionals : Object.keys(suites) }
}

/** @param {string[]} cells */
function report(cells) {
  console.log(cells.map((cell, index) => (index ? cell.padStart(12) : cell.padEnd(36))).join(''))
}

/** @type {ReturnType<typeof readArguments>} */ let asked
try {
  asked = readArguments()
} catch (error) {
  console.error(`${error.message}\n${USAGE}`)
  process.exit(2)
}
for (const name of asked.wanted) {
  await suites[/** @type {keyof typeof suites} */ (name)](asked.rounds, report)
  console.log()
}
process.exit(0)

// main.js — `npm run bench [-- --rounds=N] [interpreters|tasks|http|startup|compile …]`: medians of interleaved rounds, as ratios.

import { parseArgs } from 'node:util'
import { benchCompile } from './compile.js'
import { benchHttp } from './http.js'
import { benchInterpreters } from './interpreters.js'
import { benchStartup } from './startup.js'
import { benchTasks } from './tasks.js'

const suites = { interpreters: benchInterpreters, tasks: benchTasks, http: benchHttp, startup: benchStartup, compile: benchCompile }

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: 'string', default: '5' } },
})
const rounds = Number(values.rounds)
const wanted = positionals.length ? positionals : Object.keys(suites)

/** @param {string[]} cells */
function report(cells) {
  console.log(cells.map((cell, index) => (index ? cell.padStart(12) : cell.padEnd(36))).join(''))
}

for (const name of wanted) {
  if (!(name in suites)) throw new Error(`unknown suite ${name}; known: ${Object.keys(suites).join(', ')}`)
  await suites[/** @type {keyof typeof suites} */ (name)](rounds, report)
  console.log()
}
process.exit(0)

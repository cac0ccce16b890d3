// compile.js — large programs compiled and run: what twice the program costs, as a ratio that is 2 when compiling is linear.

import { createRuntime } from '../js/index.js'
import { interleave } from './measure.js'
import { mixedProgram, programShapes } from './programs.js'

/** @param {string} source */
async function runProgram(source) {
  const runtime = await createRuntime({ stdout() {} })
  await runtime.run({ source })
  runtime.dispose()
}

/** @param {number} rounds @param {(row: string[]) => void} report */
export async function benchCompile(rounds, report) {
  report(['program', 'MB', 'n ms', '2n ms', '2n / n'])
  /** @type {[string, number, (count: number) => string][]} */
  const programs = [
    ['100,000 mixed forms', 100000, mixedProgram],
    ...Object.entries(programShapes).map(
      ([name, make]) => /** @type {[string, number, (count: number) => string]} */ ([`20,000 ${name}`, 20000, (n) => make(n).source]),
    ),
  ]
  for (const [name, count, make] of programs) {
    const once = make(count)
    const twice = make(2 * count)
    const [single, double] = await interleave([() => runProgram(once), () => runProgram(twice)], rounds)
    report([name, (once.length / 1e6).toFixed(1), single.toFixed(0), double.toFixed(0), (double / single).toFixed(2)])
  }
}

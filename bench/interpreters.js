// interpreters.js — the workloads on each engine, as ratios to Lua in wasm, QuickJS in wasm and V8.

import * as gene from './engines/gene.js'
import * as lua from './engines/lua.js'
import * as quickjs from './engines/quickjs.js'
import * as v8 from './engines/v8.js'
import { interleave } from './measure.js'
import { workloads } from './workloads.js'

const engines = [gene, lua, quickjs, v8]

/** @param {number} rounds @param {(row: string[]) => void} report */
export async function benchInterpreters(rounds, report) {
  report(['workload', 'gene ms', '× Lua', '× QuickJS', '× V8'])
  for (const workload of workloads) {
    const prepared = await Promise.all(engines.map((engine) => engine.prepare(workload)))
    const candidates = prepared.map(({ run }, index) => () => {
      const value = run()
      if (Number(value) !== workload.expected) {
        throw new Error(`${workload.name} on ${engines[index].name}: got ${value}, expected ${workload.expected}`)
      }
    })
    const [own, ...others] = await interleave(candidates, rounds)
    report([workload.name, own.toFixed(1), ...others.map((other) => (own / other).toFixed(2))])
    for (const engine of prepared) engine.dispose()
  }
}

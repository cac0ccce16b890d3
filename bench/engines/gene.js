// gene.js — this project's own build.

import { createRuntime } from '../../js/index.js'

export const name = 'gene'

/** @param {{ gene: string }} workload */
export async function prepare(workload) {
  const runtime = await createRuntime({ stdout() {} })
  await runtime.eval(workload.gene)
  return { run: () => runtime.callSync('work'), dispose: () => runtime.dispose() }
}

// quickjs.js — QuickJS in WebAssembly (quickjs-emscripten).

import { getQuickJS } from 'quickjs-emscripten'

export const name = 'QuickJS'

/** @param {{ js: string }} workload */
export async function prepare(workload) {
  const context = (await getQuickJS()).newContext()
  context.unwrapResult(context.evalCode(workload.js)).dispose()
  const run = () => {
    const handle = context.unwrapResult(context.evalCode('work()'))
    const value = context.getNumber(handle)
    handle.dispose()
    return value
  }
  return { run, dispose: () => context.dispose() }
}

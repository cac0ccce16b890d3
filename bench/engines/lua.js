// lua.js — Lua 5.4 in WebAssembly (wasmoon).

import { LuaFactory } from 'wasmoon'

export const name = 'Lua'

/** @param {{ lua: string }} workload */
export async function prepare(workload) {
  const engine = await new LuaFactory().createEngine()
  await engine.doString(workload.lua)
  return { run: () => engine.doStringSync('return work()'), dispose: () => engine.global.close() }
}

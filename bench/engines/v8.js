// v8.js — the same work in JavaScript, compiled by the host.

export const name = 'V8'

/** @param {{ js: string }} workload */
export async function prepare(workload) {
  const work = new Function(`${workload.js}\nreturn work`)()
  return { run: () => work(), dispose() {} }
}

// examples.js — the programs of the page's menu: one row each, the text in `examples/` beside this file. The last one is
// the visitor's own and starts almost empty.

/** @typedef {{ id: string, title: string, file: string }} Example */

/** @type {Example[]} */
export const EXAMPLES = [
  { id: 'hello', title: 'Hello', file: 'hello.gene' },
  { id: 'tasks', title: 'Tasks and timers', file: 'tasks.gene' },
  { id: 'generators', title: 'Generators and classes', file: 'generators.gene' },
  { id: 'own', title: 'My program', file: 'own.gene' },
]

/** @param {Example} example @returns {Promise<string>} */
export async function load({ file }) {
  const response = await fetch(new URL(`./examples/${file}`, import.meta.url))
  if (!response.ok) throw new Error(`${file}: ${response.status} ${response.statusText}`)
  return response.text()
}

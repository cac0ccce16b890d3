// link.js — runs the wasm link and reads what it says.
// Usage: node link.js LOG COMMAND…   (CMake puts it before the link command, see RULE_LAUNCH_LINK.)
// The linker warns about every import by attribute as "undefined symbol"; whether an import is legitimate is
// decided on the linked module (finish_wasm.js), so those lines go to the log only. A name in
// src/host/asyncify_add.txt that does not exist in the module is an error: it is a typo, or the function was
// inlined away, and then nothing guarantees that its caller can be suspended.

import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'

const [log, command, ...args] = process.argv.slice(2)
const linked = spawnSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: 1 << 28 })
if (linked.error) throw linked.error

const lines = (linked.stdout + linked.stderr).split('\n').filter(Boolean)
writeFileSync(log, lines.join('\n') + '\n')

const isExpected = (/** @type {string} */ line) =>
  line.includes('[asyncify]') || /warning: undefined symbol: /.test(line)
const unknown = lines.filter((line) => /Asyncify \w+ contained a non-existing function/.test(line))

for (const line of linked.status === 0 ? lines.filter((line) => !isExpected(line)) : lines) console.error(line)
if (unknown.length) console.error('error: correct src/host/asyncify_add.txt, or export the function (WASM_EXPORT) so that it stays')
process.exit(linked.status === 0 && unknown.length ? 1 : (linked.status ?? 1))

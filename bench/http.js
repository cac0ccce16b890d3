// http.js — a hello handler in Gene beside bare node:http, under the same load.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
// @ts-expect-error the package has no declarations
import autocannon from 'autocannon'
import { median } from './measure.js'

const servers = [
  { name: 'gene', file: 'processes/gene.js' },
  { name: 'node:http', file: 'processes/node.js' },
]

/** Starts a server process and waits for the port it prints. @param {string} file */
async function startServer(file) {
  const child = spawn(process.execPath, [fileURLToPath(new URL(file, import.meta.url))], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [chunk] = await once(child.stdout, 'data')
  return { child, url: `http://127.0.0.1:${Number(String(chunk).trim())}/` }
}

/** @param {number} rounds @param {(row: string[]) => void} report */
export async function benchHttp(rounds, report) {
  const running = await Promise.all(servers.map(({ file }) => startServer(file)))
  /** @type {number[][]} */
  const rates = servers.map(() => [])
  for (let round = 0; round <= rounds; round++) {
    for (const [index, { url }] of running.entries()) {
      const result = await autocannon({ url, connections: 32, duration: 2 })
      if (result.non2xx || result.errors) throw new Error(`${servers[index].name}: ${result.non2xx} bad answers`)
      if (round > 0) rates[index].push(result.requests.average)
    }
  }
  for (const { child } of running) child.kill()
  const [own, bare] = rates.map(median)
  report(['server', 'requests/s', '× node:http'])
  report(['gene hello', own.toFixed(0), (own / bare).toFixed(2)])
  report(['node:http hello', bare.toFixed(0), '1.00'])
}

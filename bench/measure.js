// measure.js — interleaved timing: every round runs each candidate once, so that noise hits all alike.

/** @param {number[]} values */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

/**
 * Medians in milliseconds, in the order of the candidates. The first round warms up and does not count.
 * @param {Array<() => unknown>} candidates each may return a promise
 * @param {number} rounds
 */
export async function interleave(candidates, rounds) {
  /** @type {number[][]} */
  const times = candidates.map(() => [])
  for (let round = 0; round <= rounds; round++) {
    for (const [index, run] of candidates.entries()) {
      const start = performance.now()
      await run()
      if (round > 0) times[index].push(performance.now() - start)
    }
  }
  return times.map(median)
}

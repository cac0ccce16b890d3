// nearest.js — the name that was probably meant: for misspelt commands, options and names of the library.

/** Letters to insert, delete, replace or swap with their neighbour. @param {string} a @param {string} b @returns {number} */
function distance(a, b) {
  /** @type {number[]} */ let before = []
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const replaced = row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1)
      next[j] = Math.min(replaced, row[j] + 1, next[j - 1] + 1)
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      if (isSwap) next[j] = Math.min(next[j], before[j - 2] + 1)
    }
    before = row
    row = next
  }
  return row[b.length]
}

/**
 * The names most like one, best first; none that differs in more than a third.
 * @param {string} name
 * @param {Iterable<string>} names
 * @param {number} [limit]
 */
export function nearest(name, names, limit = 1) {
  const most = Math.max(1, Math.floor(name.length / 3))
  return [...new Set(names)]
    .map((candidate) => ({ candidate, score: Math.abs(candidate.length - name.length) > most ? Infinity : distance(name, candidate) }))
    .filter(({ score }) => score <= most)
    .sort((a, b) => a.score - b.score || (a.candidate < b.candidate ? -1 : 1))
    .slice(0, limit)
    .map(({ candidate }) => candidate)
}

/** ` (did you mean X?)`, or nothing. @param {string} name @param {Iterable<string>} names */
export function suggestion(name, names) {
  const [found] = nearest(name, names)
  return found === undefined ? '' : ` (did you mean ${found}?)`
}

// listing.js — a listing of compiled code with nothing but its instructions.

/** A line that begins with the address of its instruction. */
const INSTRUCTION = /^ *(\d+) {2}(.*)$/

/** Indented instructions below the line of their function. @param {string} listing @param {boolean} [addresses] in front of them */
export function compactListing(listing, addresses = false) {
  return listing.replace(/^.*$/gm, (line) => {
    const [, address, instruction] = INSTRUCTION.exec(line) ?? []
    return instruction === undefined ? line : `  ${addresses ? `${address} ` : ''}${instruction}`
  })
}

// page_exceptions.js — blocks of the language pages that do not (or not yet) print what the page says, each with the
// reason. A block that passes all the same makes the test fail, so nothing stays here longer than it must.

/**
 * @typedef {object} PageException
 * @property {string} page its number
 * @property {number} block number of the gene or gene-new block on the page, from 1
 * @property {string} reason
 */

const DESIGN = 'design.md wins over the page'

/** @type {PageException[]} */
export const pageExceptions = [
  { page: '03', block: 1, reason: `${DESIGN}: && and || short-circuit` },
]

// fmt.js — gene fmt [--check] [FILE…]: files are rewritten in place where their layout changes; stdin goes to stdout.

import { statSync } from 'node:fs'
import { format } from '../format.js'
import { CommandError, EXIT } from './exit.js'
import { readSource, readStdin } from './input.js'
import { writeFile } from './output.js'

/** @param {string} source @param {boolean} check */
function formatStdin(source, check) {
  if (source === '') throw new CommandError('No input provided')
  const text = format(source)
  if (!check) process.stdout.write(text)
  else if (text !== source) throw new CommandError('Stdin is not canonically formatted')
  else process.stdout.write('Stdin is canonically formatted\n')
  return EXIT.OK
}

/** @param {string} file @param {boolean} check @returns {string | null} what is wrong */
function formatFile(file, check) {
  if (statSync(file, { throwIfNoEntry: false })?.isDirectory()) return `${file} is a directory`
  const source = readSource(file)
  const text = format(source)
  if (text === source) return null
  if (check) return `File is not canonically formatted: ${file}`
  writeFile(file, text)
  return null
}

/** @param {import('./arguments.js').Arguments} given */
export async function command({ options: { check = false }, words: files }) {
  if (files.length === 0 || (files.length === 1 && files[0] === '-')) {
    if (process.stdin.isTTY) throw new CommandError('No input files provided')
    return formatStdin(await readStdin(), check)
  }
  // Every file is looked at, so that one run tells of all that have to be seen to.
  const faults = files.map((file) => {
    try {
      return formatFile(file, check)
    } catch (error) {
      return /** @type {Error} */ (error).message
    }
  }).filter((fault) => fault !== null)
  for (const fault of faults) process.stderr.write(`Error: ${fault}\n`)
  if (faults.length) return EXIT.FAILED
  if (check) process.stdout.write('All files are canonically formatted\n')
  return EXIT.OK
}

// commands.js — every command, declared once: usage, help and where it is.

import {
  ADDRESSES, CHECK, CODE, COMMON, COMPILE, ERRORS, FORMAT_LISTING, FORMAT_FORMS, NO_COLOR, OUTPUT, PACKAGE, PIPE, PRINT_LAST, REPL_ON_ERROR, VALUES, WITHOUT_EFFECT, WITHOUT_EFFECT_IN_EVAL,
} from './options.js'

/**
 * @typedef {import('./arguments.js').Arguments} Arguments
 *
 * @typedef {object} Command
 * @property {string} usage
 * @property {string} summary
 * @property {import('./options.js').OptionRow[]} options
 * @property {number} [words] how many words besides options it takes at most
 * @property {boolean} [ownArguments] what follows the first word belongs to the program
 * @property {() => Promise<{ command: (given: Arguments) => Promise<number> }>} load gives its exit code
 */

/** @type {Record<string, Command>} */
export const COMMANDS = {
  run: {
    usage: 'gene run FILE [args…]',
    summary: 'run a program or what gene compile made of it; - or no FILE reads it from stdin (also: gene FILE [args…])',
    options: [...COMMON, PACKAGE, REPL_ON_ERROR, ...WITHOUT_EFFECT],
    ownArguments: true,
    load: () => import('./run.js'),
  },
  eval: {
    usage: 'gene eval CODE',
    summary: 'evaluate code, from stdin without CODE, and print its value unless it is nil or void',
    options: [PRINT_LAST, ...COMMON, PACKAGE, REPL_ON_ERROR, ...WITHOUT_EFFECT, ...WITHOUT_EFFECT_IN_EVAL],
    load: () => import('./eval.js'),
  },
  pipe: {
    usage: 'gene pipe CODE|FILE',
    summary: 'run code once for each line of stdin, which is $line, and print its value unless it is nil',
    options: [...PIPE, ...COMMON, PACKAGE, ...WITHOUT_EFFECT],
    load: () => import('./pipe.js'),
  },
  repl: {
    usage: 'gene repl',
    summary: 'an interactive session',
    words: 0,
    options: [...COMMON, PACKAGE],
    load: () => import('./repl.js'),
  },
  parse: {
    usage: 'gene parse [-e CODE] [FILE…|CODE]',
    summary: 'print the forms of files, of code, or of stdin (-)',
    options: [CODE, FORMAT_FORMS, OUTPUT, ERRORS, NO_COLOR],
    load: () => import('./parse.js'),
  },
  fmt: {
    usage: 'gene fmt [--check] [FILE…]',
    summary: 'lay out files in place; without FILE stdin to stdout',
    options: [CHECK],
    load: () => import('./fmt.js'),
  },
  deser: {
    usage: 'gene deser [-e TEXT] [FILE…]',
    summary: 'print the values that texts of gene/serdes stand for; without FILE that of stdin',
    options: [...VALUES, ERRORS, NO_COLOR],
    load: () => import('./deser.js'),
  },
  test: {
    usage: 'gene test [FILE|DIR…]',
    summary: 'run tests: *_test.gene, and Gene files in test/ or tests/; each in a runtime of its own',
    options: COMMON,
    load: () => import('./test.js'),
  },
  'run-examples': {
    usage: 'gene run-examples FILE',
    summary: 'run a file, then the ^examples of its functions',
    words: 1,
    options: COMMON,
    load: () => import('./examples.js'),
  },
  doc: {
    usage: 'gene doc [NAME…]',
    summary: 'what a function, method or special form does; without NAME all names',
    options: [ERRORS],
    load: () => import('./doc.js'),
  },
  compile: {
    usage: 'gene compile [-e CODE] [FILE…]',
    summary: 'compile files to build/NAME.gir, which gene run takes; -e CODE and stdin (-) to a listing',
    options: COMPILE,
    load: () => import('./compile.js'),
  },
  gir: {
    usage: 'gene gir show FILE',
    summary: 'print the listing of a compiled file',
    words: 2,
    options: [FORMAT_LISTING, ADDRESSES, ERRORS, NO_COLOR],
    load: () => import('./gir.js'),
  },
  help: {
    usage: 'gene help [COMMAND]',
    summary: 'this text, or what a command does',
    words: 1,
    options: [],
    load: () => import('./help.js'),
  },
}

/** @type {Record<string, string>} */
export const ALIASES = { e: 'eval', r: 'repl', h: 'help', format: 'fmt', deserialize: 'deser' }

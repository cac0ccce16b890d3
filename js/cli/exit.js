// exit.js — exit codes, and the errors of the command line itself.

export const EXIT = Object.freeze({ OK: 0, FAILED: 1, USAGE: 2, TIMEOUT: 124, INTERRUPTED: 130 })

/** The command cannot do its work: `Error: TEXT` on stderr, exit code 1. */
export class CommandError extends Error {}

/** The command line is wrong: the same with the command's usage, exit code 2. */
export class UsageError extends Error {}
